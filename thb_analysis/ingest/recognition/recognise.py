"""One sheet, read by meaning: figures with their keys, the role of every cell, and what was not understood.

Every way of taking years and article numbers for headings, and of joining parts that blank lines divide, is
tried; a reading stands only if it is the one that leaves least unexplained.  Two that fit equally are refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache

from thb_analysis.definitions import Catalogue
from thb_analysis.ingest.cells import Sheet
from thb_analysis.ingest.recognition.again import headings_again
from thb_analysis.ingest.recognition.blame import (
    as_titled,
    lacking_under_title,
    under_one_title,
    untitled,
    weighed,
)
from thb_analysis.ingest.recognition.chains import chain_left, chain_up, is_table
from thb_analysis.ingest.recognition.coordinated import in_full
from thb_analysis.ingest.recognition.dates import days_alone
from thb_analysis.ingest.recognition.doubts.case import Case
from thb_analysis.ingest.recognition.doubts.doubles import heads_apart, refuse_doubles
from thb_analysis.ingest.recognition.doubts.order import doubted, refuse_on_sheet
from thb_analysis.ingest.recognition.doubts.stray import figure_like_year, label_for_figure
from thb_analysis.ingest.recognition.grid import LABEL, Grid, Place, Region, make_grid, region_of, regions
from thb_analysis.ingest.recognition.keys import Block, Claim, Refusal, Source, claim_key, names_tables, said
from thb_analysis.ingest.recognition.misplaced import words_for_figures
from thb_analysis.ingest.recognition.neighbours import ten_of_months
from thb_analysis.ingest.recognition.outlines import announced, below_named, numbered, outlined
from thb_analysis.ingest.recognition.qualified import compared_years, qualified_years
from thb_analysis.ingest.recognition.resolve import Resolver
from thb_analysis.ingest.recognition.rivals import RegionReading, of_other_tables, same_outcome, undecided
from thb_analysis.ingest.recognition.roles import assumptions, beside, marks_as_remarks, remarks
from thb_analysis.ingest.recognition.scene import LEFT, UP, Scene
from thb_analysis.ingest.recognition.titles import Above, holds_fields
from thb_analysis.ingest.recognition.values import Figure, mark_status, read_figure

MOST_JOINED = 12  #: regions that are tried together with one that lacks headings
MOST_BLANK = 2  #: blank rows within a table whose lower part begins with figures
MOST_SPANNED = 200  #: places of one merged figure that are looked at


@dataclass(slots=True)
class SheetReading:
    """What a sheet came to."""

    sheet: Sheet
    grid: Grid
    claims: list[Claim] = field(default_factory=list)
    blanks: list[Claim] = field(default_factory=list)
    refusals: dict[Place, Refusal] = field(default_factory=dict)
    roles: dict[Place, str] = field(default_factory=dict)
    tables: dict[Place, str] = field(default_factory=dict)
    remarks: dict[Place, frozenset[Place]] = field(default_factory=dict)  #: a remark and its figures
    days: tuple[Place, ...] = ()  #: on which it was signed or sent
    qualified: dict[Place, str] = field(default_factory=dict)  #: years with a remark on how sure they are


def recognise(sheet: Sheet, source: Source, taken: frozenset[Place] = frozenset()) -> SheetReading:
    """Read one sheet.  `taken` are cells that another reader (a record list) has accounted for."""
    grid = make_grid(sheet, source.catalogue)
    for place in taken:
        grid.cells.pop(place, None)
        grid.kinds.pop(place, None)
    days = days_alone(grid, source.catalogue, source.year)
    for place in days:
        del grid.cells[place], grid.kinds[place]
    qualified = qualified_years(grid, source.catalogue)
    compared_years(grid, source.catalogue)
    ten_of_months(grid)
    words_for_figures(grid, source.catalogue)
    marks_as_remarks(grid, source.catalogue)
    lines = numbered(grid)
    grid.numbered = {line.place for column in lines for line in column}
    parts = {**announced(grid, source.catalogue), **below_named(grid, source.catalogue)}
    parts |= outlined(grid, source.catalogue, lines)
    measures, grid.measured = in_full(grid, source.catalogue)
    grid.short = bool(parts or grid.measured or qualified)
    grid.full = {**parts, **measures}
    reading = SheetReading(
        sheet, grid, roles=dict.fromkeys(days, "note"), days=tuple(days), qualified=qualified
    )
    assembly = Assembly(grid, source)
    found = assembly.readings()
    refuse_on_sheet(grid, source.catalogue, found)
    for best in found:
        _take(reading, best)
    lost = assembly.years_alone(found)
    reading.refusals |= lost
    reading.roles |= dict.fromkeys(lost, "unread")
    return reading


@dataclass
class Assembly:
    """The regions of a sheet, joined where blank rows or columns part what belongs together."""

    grid: Grid
    source: Source
    found: list[Region] = field(default_factory=list)
    read: dict[Region, RegionReading] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.above = Above(self.grid, self.source.catalogue)

    def readings(self) -> list[RegionReading]:
        """One reading a region with figures, in reading order."""
        self.found = regions(self.grid)
        for region in list(self.found):
            if region in self.found and self.above.has_figures(region):
                self._settle(region)
        holders = [region for region in self.found if self.above.has_figures(region)]
        return [self._reading(region) for region in sorted(holders, key=lambda r: (r.top, r.left))]

    def years_alone(self, readings: list[RegionReading]) -> dict[Place, Refusal]:
        """Numbers like years that are the only ones of their region, and may be its figures; labels in their place."""
        heads = {cell for one in readings for claim in one.claims.values() for _, cell in claim.headings}
        found: dict[Place, Refusal] = {}
        for region in self.found:
            known = self.read.get(region)
            if known and (known.claims or known.refusals):
                continue
            found |= label_for_figure(self.grid, region, self.source.catalogue)
            if heads.isdisjoint(region.places):
                found |= figure_like_year(self.grid, region, self.source.catalogue)
        return found

    def _reading(self, region: Region) -> RegionReading:
        known = self.read.get(region)
        if known is None:
            known = self.read[region] = _read_region(self.grid, region, self.found, self.source, self.above)
        return known

    def _settle(self, region: Region) -> None:
        """Join a region with those that hold its headings, if that explains more."""
        region = self._join_left(region)
        if self._headed(region):
            return
        for parts, joined, whole, apart in self._unions(region, chain_up):
            if (whole.cost, whole.price) < apart:
                self._replace(parts, joined, whole)
                return
            own = self._reading(region)
            if whole.cost == apart[0] and not same_outcome(whole, own, region):
                self.read[region] = undecided(own, whole)
                return
            if (whole.cost, whole.price) <= apart and self._continues(parts):
                self._replace(parts, joined, whole)
                return

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
        return joined

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
            joined, parts = joined.join(other), [*parts, other]
            known = [self._reading(part) for part in parts if self.above.has_figures(part)]
            apart = (sum(one.cost for one in known), sum(one.price for one in known))
            yield parts, joined, _read_region(self.grid, joined, self.found, self.source, self.above), apart

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


def _read_region(
    grid: Grid, region: Region, found: list[Region], source: Source, above: Above
) -> RegionReading:
    noted = remarks(grid, region, source.catalogue)
    again = headings_again(grid, region, source.catalogue)
    aside = beside(grid, region, source.catalogue) | noted.keys() | again
    titles, sheet_titles = above.titles(region, found)
    far = above.far(titles, region, found)
    tried: list[RegionReading] = []
    for headings in assumptions(grid, region, source.catalogue, aside):
        scene = Scene(grid, region, headings, aside, noted, again)
        tried.append(_read_scene(Resolver(source, scene, titles, sheet_titles, far)))
        if tried[-1].price == 0 and len(tried) == 1 and not headings:
            break
    best = min(tried, key=lambda reading: reading.price)
    if best.claims:
        best = min(
            (r for r in tried if r.without_idle(best)), key=lambda reading: reading.price, default=best
        )
    rivals = [r for r in tried if r.price == best.price and r.outcome != best.outcome]
    if rivals and best.claims:
        return undecided(best, rivals[0])
    return best


def _read_scene(resolver: Resolver) -> RegionReading:
    scene = resolver.scene
    reading = RegionReading(scene)
    for first in scene.figures:
        for place, result in _read_spanned(resolver, first):
            if isinstance(result, Claim):
                reading.claims[place] = result
                reading.titles |= {cell for role, cell in result.headings if role == "title"}
            else:
                reading.refusals[place] = result
    reading.idle = sum(
        1 for place in scene.headings if place not in scene.used and not _is_corner(scene, place)
    )
    reading.blanks = _blanks(resolver, reading)
    refuse_doubles(resolver, reading)
    for place, refusal in doubted(Case(resolver, reading.claims, reading.blanks, reading.refusals)).items():
        del reading.claims[place]
        reading.refusals[place] = refusal
        reading.doubted += 1
    if not reading.claims:
        reading.refusals |= under_one_title(resolver, reading.refusals)
        reading.refusals |= lacking_under_title(resolver, reading.refusals)
    return reading


def _is_corner(scene: Scene, place: Place) -> bool:
    return any(place in scene.corners(figure) for figure in scene.figures[:50])


def _read_spanned(resolver: Resolver, first: Place) -> list[tuple[Place, Claim | Refusal]]:
    """A figure's reading; a mark in a merged range stands for every place that the range covers."""
    grid = resolver.grid
    result = _read_place(resolver, first)
    top, left, bottom, right = grid.span(first)
    if (top, left) == (bottom, right) or not isinstance(result, Claim):
        return [(first, result)]
    places = [(row, column) for row in range(top, bottom + 1) for column in range(left, right + 1)]
    readings = [(place, _read_place(resolver, place)) for place in places[:MOST_SPANNED]]
    keys = {claim_key(claim) for _, claim in readings if isinstance(claim, Claim)}
    if len(keys) < 2 and not heads_apart(resolver.scene, first, (top, left, bottom, right)):
        return [(first, result)]
    if mark_status(resolver.source.catalogue, grid.text(first)):
        return [(place, claim) for place, claim in readings if isinstance(claim, Claim)]
    return [(first, Refusal("figure_spans", first, grid.text(first), tables=(result.table.id,)))]


def _read_place(resolver: Resolver, place: Place) -> Claim | Refusal:
    tables = resolver.tables_of(place)
    if not tables:
        cause = untitled(resolver, place)
        return Refusal("table_unknown", cause, resolver.grid.written(cause))
    known = resolver.source.catalogue.tables
    results = [resolver.resolve(place, known[name]) for name in tables]
    if len(tables) == 1 and (isinstance(results[0], Claim) or results[0].code == "label_ambiguous"):
        return as_titled(resolver, place, results[0])
    if all(isinstance(result, Refusal) and result.code == "heading_missing" for result in results):
        others = set(resolver.titled(place)) - set(tables)  # a member named like a table
        results += [resolver.resolve(place, known[name]) for name in sorted(others)]
    claims = [result for result in results if isinstance(result, Claim)]
    weighted = weighed(resolver, place, claims) if len(tables) > 1 else claims
    if isinstance(weighted, Refusal):
        return weighted
    if len(weighted) == 1:
        return weighted[0]
    if weighted:
        return Refusal("two_readings", place, resolver.grid.text(place), " / ".join(map(said, weighted)))
    return next(result for result in results if isinstance(result, Refusal))


def _blanks(resolver: Resolver, reading: RegionReading) -> dict[Place, Claim]:
    """Blank cells where a heading of each axis meets: figures that were not stated."""
    scene, grid = resolver.scene, resolver.grid
    by_block: dict[Block, list[Claim]] = {}
    for claim in reading.claims.values():
        by_block.setdefault(claim.block, []).append(claim)
    found: dict[Place, Claim] = {}
    start = resolver.source.catalogue.words["part"][0]
    labels_only = {column for block in by_block for column in block.columns}
    labels_only -= {claim.place[1] for claim in reading.claims.values()}
    for block, claims in by_block.items():
        rows = {claim.place[0] for claim in claims}
        columns = {claim.place[1] for claim in claims}
        stated = {axis: frozenset().union(*(claim.own[axis] for claim in claims)) for axis in (UP, LEFT)}
        if block.columns:
            low, high = min(rows), max(rows)
            labels = {
                p[0]
                for p in scene.region.places
                if p[1] in block.columns and scene.is_heading(p) and p not in reading.titles
            }
            labels -= {p[0] for p in grid.full if grid.full[p] == start}  # they only announce parts
            rows |= _stretch(labels, low, high)
        if block.rows:
            headings = [p for p in scene.region.places if p[0] in block.rows and scene.is_heading(p)]
            heads = {column for heading in headings for column in scene.along(heading, UP)}
            columns |= {column for column in heads - labels_only if column > max(block.columns, default=0)}
        for row in rows:
            for column in columns:
                place = (row, column)
                if grid.at(place) is None and place not in grid.covers:
                    blank = _blank(resolver, place, claims[0], stated)
                    if blank is not None and blank.block == block:
                        found[place] = blank
    return found


def _stretch(labels: set[int], low: int, high: int) -> set[int]:
    """The rows with labels that touch the figures' rows without a gap."""
    rows = {row for row in labels if low <= row <= high}
    for step, row in ((1, high + 1), (-1, low - 1)):
        while row in labels:
            rows.add(row)
            row += step
    return rows


def _blank(
    resolver: Resolver, place: Place, example: Claim, stated: dict[int, frozenset[str]]
) -> Claim | None:
    result = resolver.resolve(place, example.table)
    if not isinstance(result, Claim) or result.aside:
        return None
    for axis in (UP, LEFT):
        if stated[axis] and not (result.own[axis] & stated[axis]) and axis not in result.total:
            return None
    return result


def _take(reading: SheetReading, best: RegionReading) -> None:
    scene = best.scene
    reading.claims += [claim for _, claim in sorted(best.claims.items())]
    reading.blanks += [claim for _, claim in sorted(best.blanks.items())]
    reading.refusals.update(best.refusals)
    for place in (scene.aside - scene.remarks.keys()) | scene.used | scene.headings:
        reading.roles[place] = "label"
    for remark in scene.remarks:
        about = (place for place in best.claims if scene.remark_on(place) == remark)
        reading.remarks[remark] = frozenset(about)
    for claim in best.claims.values():
        reading.roles[claim.place] = "ignored" if claim.aside else "total" if claim.total else "value"
        reading.tables[claim.place] = claim.table.id
        for role, cell in claim.headings:
            reading.tables.setdefault(cell, claim.table.id)
            if role == "title" or cell in best.titles:
                reading.roles[cell] = "title"
        for cell in scene.corners(claim.place):
            reading.roles[cell] = "label"
            reading.tables.setdefault(cell, claim.table.id)
    for place in best.refusals:
        reading.roles[place] = "unread"


def figure_of(source: Source, grid: Grid, claim: Claim) -> Figure:
    """What a claim's cell says."""
    unit = unit_of(source, claim)
    return read_figure(
        source.catalogue, claim.table, unit, grid.cells[grid.covers.get(claim.place, claim.place)]
    )


def unit_of(source: Source, claim: Claim) -> str:
    """The unit of a claim: its member's own, else the table's."""
    for name in with_units(source.catalogue, claim.table.id):
        member = source.catalogue.member(claim.table, name, claim.dims[name])
        if member is not None and member.unit:
            return member.unit
    return claim.table.unit


@cache
def with_units(catalogue: Catalogue, table: str) -> tuple[str, ...]:
    """The dimensions of a table whose members have units of their own."""
    return tuple(
        dimension.name
        for dimension in catalogue.tables[table].dimensions
        if any(member.unit for member in catalogue.codes.get(dimension.codes, {}).values())
    )


__all__ = [
    "RegionReading",
    "SheetReading",
    "claim_key",
    "figure_of",
    "recognise",
    "region_of",
    "unit_of",
    "with_units",
]
