"""What a region of a sheet comes to, and what is left of it where two readings fit equally well."""

from __future__ import annotations

from dataclasses import dataclass, field

from thb_analysis.ingest.grid import Place, Region
from thb_analysis.ingest.keys import Claim, Refusal, claim_key, said
from thb_analysis.ingest.scene import Scene


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
        """Whether a reading takes for figures what in another are headings of nothing, and is else as good.

        A number past the end of a list is no heading, but the figure whose place another figure has taken.
        """
        idle = other.scene.headings - self.scene.headings
        as_good = self.cost <= other.cost
        return as_good and self.scene.headings < other.scene.headings and not idle & other.scene.used

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
    """The first reading without the figures that the second takes for something else: these are refused."""
    for place in list(one.claims):
        if place in other.claims and claim_key(other.claims[place]) == claim_key(one.claims[place]):
            continue
        first = one.claims.pop(place)
        second = other.claims.get(place)
        one.refusals[place] = Refusal(
            "two_readings",
            place,
            one.scene.grid.text(place),
            said(first) + (" / " + said(second) if second else ""),
            tables=(first.table.id,),
        )
    one.blanks.clear()
    return one
