"""The regions of a sheet, joined where blank rows or columns part what belongs together."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from thb_analysis.ingest.recognition.above import Above, holds_fields
from thb_analysis.ingest.recognition.abreast import set_apart
from thb_analysis.ingest.recognition.chains import chain_left, chain_up, is_table
from thb_analysis.ingest.recognition.doubts.stray import (
    figure_like_year,
    figures_like_articles,
    label_for_figure,
)
from thb_analysis.ingest.recognition.grid import FIGURE, LABEL, Grid, Place
from thb_analysis.ingest.recognition.islands import Region, regions
from thb_analysis.ingest.recognition.keys import Refusal, Source, names_tables
from thb_analysis.ingest.recognition.region import read_region
from thb_analysis.ingest.recognition.rivals import RegionReading, of_other_tables, same_outcome, undecided
from thb_analysis.ingest.recognition.scene import LEFT, UP
from thb_analysis.ingest.recognition.spread import spread
from thb_analysis.ingest.words.openings import captionless
from thb_analysis.ingest.words.spans import named_year

MOST_JOINED = 12  #: regions that are tried together with one that lacks headings
MOST_BLANK = 2  #: blank rows within a table whose lower part begins with figures
DOWN, RIGHT = 0, 1  #: ways in which a table goes on: rows and columns of a place


class Doubtful(Exception):
    """A figure was refused, where nothing may be left in doubt."""


def _bounds(region: Region, along: int) -> tuple[int, int]:
    """Where a region begins and ends, downwards or to the right."""
    return (region.top, region.bottom) if along == DOWN else (region.left, region.right)


@dataclass
class Assembly:
    """The regions of a sheet, joined where blank rows or columns part what belongs together.

    With `strict`, the first refused figure raises Doubtful.
    """

    grid: Grid
    source: Source
    strict: bool = False
    found: list[Region] = field(default_factory=list)
    read: dict[Region, RegionReading] = field(default_factory=dict)
    apart: set[Region] = field(default_factory=set)  #: those that nothing above makes another thing of

    def __post_init__(self) -> None:
        self.above = Above(self.grid, self.source)

    def readings(self) -> list[RegionReading]:
        """One reading a region with figures, in reading order."""
        self.found = spread(self.grid, set_apart(self.grid, regions(self.grid)))
        for region in list(self.found):
            if region in self.found and self.above.has_figures(region):
                self._settle(region)
                if self.strict:
                    self._hold(region)
        holders = [region for region in self.found if self.above.has_figures(region)]
        return [self._reading(region) for region in sorted(holders, key=lambda r: (r.top, r.left))]

    def _hold(self, region: Region) -> None:
        """Raises Doubtful where a figure of a region was refused, alone or in what it was joined to."""
        whole = next((one for one in self.found if region.places <= one.places), None)
        if whole is not None and self._reading(whole).refusals:
            raise Doubtful

    def headings_alone(self, readings: list[RegionReading]) -> dict[Place, Refusal]:
        """Numbers like years or articles in a region without figures, which may be its own; labels in their place."""
        heads = {cell for one in readings for claim in one.claims.values() for _, cell in claim.headings}
        figured = {place for one in readings for place in (*one.claims, *one.refusals)}
        found: dict[Place, Refusal] = {}
        for region in self.found:
            known = self.read.get(region)
            if known and (known.claims or known.refusals):
                continue
            titled = self._idle_title(region, heads)
            found |= label_for_figure(self.grid, region, self.source.catalogue, titled)
            if heads.isdisjoint(region.places):
                found |= figure_like_year(self.grid, region, self.source.catalogue)
                found |= figures_like_articles(self.grid, region, self.source.catalogue, figured)
        return found

    def _idle_title(self, region: Region, heads: set[Place]) -> frozenset[str]:
        """The tables that a title right over a region names by itself, where it heads no figure."""
        over = [other for other in self.found if 0 < region.top - other.bottom <= MOST_BLANK + 1]
        if len(over) != 1 or len(over[0].places) > 1 or not heads.isdisjoint(over[0].places):
            return frozenset()
        return names_tables(self.source.catalogue, self.grid.text(next(iter(over[0].places))))

    def _reading(self, region: Region) -> RegionReading:
        known = self.read.get(region)
        if known is None:
            known = self.read[region] = read_region(self.grid, region, self.found, self.source, self.above)
        return known

    def _settle(self, region: Region) -> None:
        """Join a region with those that hold its headings, if that explains more."""
        region = self._join_left(region)
        if self._headed(region) or self._captioned(region) or self._contradicted(region):
            return
        titled = self._titled(region)
        for parts, joined, whole, apart in self._unions(region, chain_up):
            if (whole.cost, whole.price) < apart:
                begun = titled or self._begins_anew(region, parts[1:])
                if begun and not same_outcome(whole, self._reading(region), region):
                    self.read[region] = undecided(self._reading(region), whole)
                    return
                self._replace(parts, joined, whole)
                self._go_on(joined, region)
                return
            own = self._reading(region)
            if whole.cost == apart[0] and not same_outcome(whole, own, region):
                self.read[region] = undecided(own, whole)
                return
            if (whole.cost, whole.price) <= apart and self._continues(parts):
                self._replace(parts, joined, whole)
                self._go_on(joined, region)
                return
            if len(parts) == 2 and self._goes_with(region, parts[1]):
                break
        self.apart.add(region)

    def _go_on(self, joined: Region, last: Region, along: int = DOWN) -> Region:
        """Join what follows and is laid out like the part that was joined last, all at once where that does.

        One by one each would be read with all before it.  Where it makes of any of them other than joining them one by
        one could, fewer are tried.
        """
        start = _bounds(last, along)[0]
        ends = (self.grid.span(place)[2 + along] for place in joined.places if place[along] < start)
        step = start - max(ends)
        alike = self._like_after(joined, last, step, along)
        while alike:
            whole = joined
            for part in alike:
                whole = whole.join(part)
            reading = read_region(self.grid, whole, self.found, self.source, self.above)
            if self._gains(reading, joined, alike, near=along == DOWN and step - 1 <= MOST_BLANK):
                self._replace([joined, *alike], whole, reading)
                joined = whole
                alike = self._like_after(joined, last, step, along)
            else:
                alike = alike[: len(alike) // 2]
        return joined

    def _like_after(self, joined: Region, last: Region, step: int, along: int) -> list[Region]:
        """The parts below, or to the right, each as far from the one before it, and nothing beside any of them."""
        found: list[Region] = []
        end = _bounds(joined, along)[1]
        across, layout = _bounds(last, 1 - along), self._layout(last, along)
        after = [region for region in self.found if _bounds(region, along)[0] > end]
        for other in sorted(after, key=lambda region: _bounds(region, along)[0]):
            start = _bounds(other, along)[0]
            crossing = start != end + step or _bounds(other, 1 - along) != across
            if crossing or self._layout(other, along) != layout:
                break
            found.append(other)
            end = _bounds(other, along)[1]
        if found:
            first, final = _bounds(found[-1], along)
            beside = (r for r in self.found if r is not found[-1])
            if any(_bounds(r, along)[0] <= final and _bounds(r, along)[1] >= first for r in beside):
                found.pop()
        return found

    def _layout(self, region: Region, along: int) -> frozenset[tuple[int, int, str]]:
        start = _bounds(region, along)[0]
        return frozenset(
            (place[along] - start, place[1 - along], self.grid.kinds[place]) for place in region.places
        )

    def _gains(self, whole: RegionReading, joined: Region, parts: list[Region], near: bool) -> bool:
        """Whether parts are explained better below a region than by themselves, or, near it, as well and alike."""
        before, outcome = self._reading(joined), whole.outcome
        if whole.price - len(whole.refusals) > before.price - len(before.refusals):
            return False
        if len(whole.refusals.keys() & joined.places) > len(before.refusals):
            return False
        if not same_outcome(whole, before, joined):
            return False
        for part in parts:
            own, lost = self._reading(part), len(whole.refusals.keys() & part.places)
            alike = near and lost == own.price and {p: outcome.get(p) for p in own.claims} == own.outcome
            if not (lost < own.price or alike):
                return False
        return True

    def _goes_with(self, region: Region, upper: Region) -> bool:
        """Whether what stands above makes as little of a region as of the one right above it, which stands apart.

        Any heading over the columns of the lower one would be over the upper one's as well, and say as much of it.
        """
        if upper not in self.apart:
            return False
        own, other = self._reading(region), self._reading(upper)
        if own.price or other.price:
            return False
        columns, over = ({place[1] for place in one.scene.figures} for one in (own, other))
        stated, known = ({(c.table.id, c.stated) for c in one.claims.values()} for one in (own, other))
        return columns <= over and stated <= known

    def _join_left(self, region: Region) -> Region:
        """Join with what stands left: figures beside labels of their own row belong to them."""
        best: tuple[int, bool, list[Region], Region, RegionReading] | None = None
        own = self._reading(region).scene
        whole_alone = bool(own.figures) and all(own.stack(place, LEFT) for place in own.figures)
        for parts, joined, whole, apart in self._unions(region, chain_left):
            if whole_alone and any(is_table(self.grid, part) for part in parts[1:]):
                break  # a table beside it
            rows = (place for place in whole.scene.figures if place in region.places)
            labelled = all(whole.scene.stack(place, LEFT) for place in rows)
            gains = (whole.cost, whole.price) < apart or (labelled and (whole.cost, whole.price) == apart)
            if gains and (best is None or (whole.cost, not labelled) < best[:2]):
                best = (whole.cost, not labelled, parts, joined, whole)
            if labelled:
                break
        if best is None:
            return region
        parts, joined, whole = best[2:]
        alone = self._reading(region)
        if whole.cost == alone.cost and of_other_tables(alone, whole):
            whole = undecided(whole, alone)
        self._replace(parts, joined, whole)
        return self._go_on(joined, region, RIGHT)

    def _unions(
        self, region: Region, chain: Callable[[Grid, Region, list[Region]], list[Region]]
    ) -> Iterator[tuple[list[Region], Region, RegionReading, tuple[int, int]]]:
        """A region with one, two, … of the others along a chain: the parts, the whole, and the price of the parts."""
        joined, parts = region, [region]
        for other in chain(self.grid, region, self.found)[:MOST_JOINED]:
            if other.bottom < region.top and holds_fields(self.grid, other, self.source.catalogue):
                break
            if chain is chain_left and self._titles_below(region, other):
                continue
            lines = self._between(joined, other) if chain is chain_up else []
            for part in (other, *lines):
                joined, parts = joined.join(part), [*parts, part]
            known = [self._reading(part) for part in parts if self.above.has_figures(part)]
            apart = (sum(one.cost for one in known), sum(one.price for one in known))
            yield parts, joined, read_region(self.grid, joined, self.found, self.source, self.above), apart

    def _between(self, region: Region, upper: Region) -> list[Region]:
        """Labels alone between a region and one above it: lines that part a list, blank rows around each; no titles."""
        return [
            other
            for other in self.found
            if upper.bottom < other.top
            and other.bottom < region.top
            and region.left <= other.left
            and other.right <= region.right
            and other.places.isdisjoint(region.places)
            and all(
                self.grid.kinds[place] == LABEL
                and not names_tables(self.source.catalogue, self.grid.text(place))
                for place in other.places
            )
        ]

    def _titles_below(self, region: Region, title: Region) -> bool:
        """Whether what stands left of a line with a label names the table of figures below it, beside the region."""
        named = (names_tables(self.source.catalogue, self.grid.text(place)) for place in title.places)
        return (
            title.top == title.bottom
            and region.top < region.bottom
            and any(self.grid.kinds[p] == LABEL for p in region.places if p[0] == title.top)
            and any(named)
            and any(
                0 < below.top - title.bottom <= MOST_BLANK + 1
                and below.left <= title.right
                and title.left <= below.right < region.left
                for below in self.found
                if below is not region and self.above.has_figures(below)
            )
        )

    def _captioned(self, region: Region) -> bool:
        """Whether a list with one figure a line begins with a numbered title, or one with its year.

        No column above it has its heading.
        """
        text = self._own_title(region)
        return bool(text) and (captionless(self.source.catalogue, text) != text or bool(named_year(text)))

    def _contradicted(self, region: Region) -> bool:
        """Whether the title of a table above says more of figures than theirs does: it is not made their own."""
        refusals = self._reading(region).refusals.values()
        over = (r.place for r in refusals if r.code == "title_contradicts" and r.place not in region.places)
        return any(names_tables(self.source.catalogue, self.grid.text(place)) for place in over)

    def _titled(self, region: Region) -> bool:
        """Whether such a list begins with any title, and is understood without what stands above."""
        return bool(self._own_title(region)) and self._reading(region).price == 0

    def _begins_anew(self, region: Region, upper: list[Region]) -> bool:
        """Whether a list of one figure a line, whose first names a table, stands below several columns of another.

        The lines of that one are named by its title: it is no list of such lines.
        """
        names, kinds = self.source.catalogue, self.grid.kinds
        first = self.grid.at((region.top, region.left))
        figures = {place[1] for place in self._reading(region).scene.figures}
        if len(figures) > 1 or first is None or not names_tables(names, self.grid.text(first)):
            return False
        over = [place for part in upper for place in part.places]
        held = [place for place in over if kinds[place] == FIGURE]
        lines, columns = {row for row, _ in held}, {column for _, column in held}
        labels = (place for place in over if place[0] in lines and kinds[place] == LABEL)
        named = any(names_tables(names, self.grid.text(place)) for place in labels)
        return len(columns) > 1 and not named and self._reading(region).price == 0

    def _own_title(self, region: Region) -> str:
        """The title with which a list of one figure a line begins, "" where there is none."""
        first = self.grid.at((region.top, region.left))
        text = self.grid.text(first) if first is not None and self.grid.kinds[first] == LABEL else ""
        alone = not any(place[0] == region.top and place != first for place in region.places)
        if not alone or not names_tables(self.source.catalogue, captionless(self.source.catalogue, text)):
            return ""
        return text if len({column for _, column in self._reading(region).scene.figures}) == 1 else ""

    def _headed(self, region: Region) -> bool:
        """Whether every figure of a region has a heading of its own above it."""
        scene = self._reading(region).scene
        return all(scene.stack(place, UP) for place in scene.figures)

    def _continues(self, parts: list[Region]) -> bool:
        """Whether a blank row or two part a region that begins with figures from the figures above it: one table."""
        lower, *upper = parts
        begins = any(place[0] == lower.top and self.grid.kinds[place] != LABEL for place in lower.places)
        return (
            begins
            and len(upper) == 1
            and lower.top - upper[0].bottom - 1 <= MOST_BLANK
            and self.above.has_figures(upper[0])
        )

    def _replace(self, parts: list[Region], joined: Region, whole: RegionReading) -> None:
        self.found = sorted(
            [*(region for region in self.found if region not in parts), joined],
            key=lambda region: (region.top, region.left),
        )
        self.read[joined] = whole
