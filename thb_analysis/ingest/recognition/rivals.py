"""What a region of a sheet comes to, and what is left of it where two readings fit equally well."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from thb_analysis.ingest.recognition.grid import Place
from thb_analysis.ingest.recognition.islands import Region
from thb_analysis.ingest.recognition.keys import Claim, Refusal, claim_key, said
from thb_analysis.ingest.recognition.scene import Scene


@dataclass(slots=True)
class RegionReading:
    """One region under one assumption."""

    scene: Scene
    claims: dict[Place, Claim] = field(default_factory=dict)
    blanks: dict[Place, Claim] = field(default_factory=dict)
    refusals: dict[Place, Refusal] = field(default_factory=dict)
    titles: set[Place] = field(default_factory=set)
    idle: int = 0  #: years or article numbers taken for headings that head nothing
    doubted: int = 0  #: refused figures that have a key

    @property
    def price(self) -> int:
        """How much is left unexplained."""
        keys = [claim_key(claim) for claim in self.claims.values()]
        return len(self.refusals) + self.idle + (len(keys) - len(set(keys)))

    def without_idle(self, other: RegionReading) -> bool:
        """Whether a reading takes for figures what in another are headings of nothing read, and is else as good.

        A number past the end of a list is no heading, but the figure whose place another figure has taken.
        """
        idle = other.scene.headings - self.scene.headings
        used = {cell for claim in other.claims.values() for _, cell in claim.headings}
        as_good = self.cost <= other.cost
        return as_good and self.scene.headings < other.scene.headings and not idle & used

    @property
    def cost(self) -> int:
        """How much the headings leave unexplained, whatever else makes figures doubtful.

        A part of a sheet must not look better than the whole because it holds less to doubt them by.
        """
        return self.price - self.doubted

    @property
    def outcome(self) -> dict[Place, tuple[object, ...]]:
        """What every figure is taken for."""
        return {place: claim_key(claim) for place, claim in self.claims.items()}


def same_outcome(one: RegionReading, other: RegionReading, region: Region) -> bool:
    """Whether two readings take the figures of a region for the same."""
    return {place: key for place, key in one.outcome.items() if place in region.places} == other.outcome


def of_other_tables(one: RegionReading, other: RegionReading) -> bool:
    """Whether two readings take a figure for one of different tables."""
    both = one.claims.keys() & other.claims.keys()
    return any(one.claims[place].table.id != other.claims[place].table.id for place in both)


def undecided(one: RegionReading, other: RegionReading) -> RegionReading:
    """The first reading without the figures that the second takes for something else: these are refused.

    Where it all comes from one number that is a heading in one of them and a figure in the other, it is the cause.
    """
    grid = one.scene.grid
    either = [p for p in one.scene.headings ^ other.scene.headings if p in one.claims or p in other.claims]
    lost: dict[Place, list[Claim]] = {}
    for place in {*one.claims, *either}:
        both = [reading.claims[place] for reading in (one, other) if place in reading.claims]
        if len({claim_key(claim) for claim in both}) > 1 or len(both) == 1:
            lost[place] = both
    cause = either[0] if len(either) == 1 else None
    if cause is not None and len(lost) > 1:
        below = lost[min(lost.keys() - {cause})]
        heading = below[0 if cause in one.scene.headings else -1]
        told = f"{said(lost[cause][0])} / {said(heading)}"
        alike = Refusal("two_readings", cause, grid.text(cause), told, tables=(heading.table.id,))
        one.refusals |= dict.fromkeys(lost, alike)
    else:
        for place, both in lost.items():
            told = " / ".join(map(said, both))
            tables = (both[0].table.id,)
            one.refusals[place] = Refusal("two_readings", place, grid.text(place), told, tables=tables)
    for place in lost.keys() & one.claims.keys():
        del one.claims[place]
    _refuse_adults(one, [claim for both in lost.values() for claim in both])
    one.blanks.clear()
    return one


def _refuse_adults(reading: RegionReading, lost: Sequence[Claim]) -> None:
    """Refuse figures of a table that are of adults if children stand beside them, where such children were refused."""
    for place, claim in list(reading.claims.items()):
        for dimension, sibling, _ in claim.table.complements:
            apart = (c for c in lost if c.table is claim.table and c.dims.get(dimension) == sibling)
            first = next(apart, None)
            if first is not None and dimension not in claim.stated and claim.place != first.place:
                del reading.claims[place]
                text, told = reading.scene.grid.text(place), reading.scene.grid.address(first.place)
                reading.refusals[place] = Refusal("heading_gap", place, text, told, tables=(claim.table.id,))
                break
