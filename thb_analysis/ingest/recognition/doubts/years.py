"""Years and dates where figures belong, and figures where years do: one of the two slipped."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import product

from thb_analysis.definitions import Catalogue
from thb_analysis.ingest.recognition.doubts.case import Case
from thb_analysis.ingest.recognition.grid import LABEL, MOST_BLANK, Grid, Place
from thb_analysis.ingest.recognition.islands import Region
from thb_analysis.ingest.recognition.keys import Block, Claim, Refusal
from thb_analysis.ingest.recognition.rivals import RegionReading
from thb_analysis.ingest.recognition.scene import LEFT, UP, Scene, place_at
from thb_analysis.ingest.words.fold import fold
from thb_analysis.ingest.words.labels import Vocabulary, vocabulary
from thb_analysis.ingest.words.paragraphs import numbers
from thb_analysis.ingest.words.spans import named_year

_RANGE = re.compile(r"\d\s*[-–/]\s*\d|\d\s*\+|[<>≤≥]")


def years_in_a_row(case: Case) -> dict[Place, Refusal]:
    """Figures that are years, one after the other: the figures beside these headings are lost."""
    grid = case.grid
    seen = (place for place, kind in grid.series.items() if kind == "year" and place not in grid.hidden)
    named = {place: named_year(grid.text(place)) for place in seen}
    years = {place: year for place, year in named.items() if year is not None}
    found: dict[Place, Refusal] = {}
    for place in years.keys() & case.claims.keys():
        row, column = place
        for step in (-2, -1, 1, 2):
            for near in ((row + step, column), (row, column + step)):
                true_rows = abs(grid.sheet.row(near[0]) - grid.sheet.row(row))  # rows may have been left out
                lone = near in years and near not in case.claims and true_rows <= abs(step)
                # past a year that was mistyped, or a column of remarks
                if lone and abs(years[near] - years[place]) in (1, abs(step)):
                    found[place] = case.refused(
                        case.claims[place], "figure_is_year", case.claims[place].table.id
                    )
    return found


def beside_parts(case: Case) -> dict[Place, Refusal]:
    """Figures in whose row a number stands under “Month”, “Quarter” or “Paragraph”: they are of that part only."""
    scene, grid, words = case.scene, case.grid, case.catalogue.words
    periods, paragraphs = ({fold(t).strip(" .") for t in words[n]} for n in ("period_name", "paragraph"))
    labels = (p for p in scene.region.places if grid.kinds[p] == LABEL and p not in grid.hidden)
    heads = [cell for cell in labels if fold(grid.text(cell)).strip(" .:") in periods | paragraphs]
    found: dict[Place, Refusal] = {}
    for row, column in heads if case.claims else ():
        article = fold(grid.text((row, column))).strip(" .:") in paragraphs
        for place, claim in case.claims.items():
            part = grid.at((place[0], column))
            if part is None or part == place or not (row < place[0] and column < place[1]):
                continue
            if article and case.words(claim).articles:
                if numbers(case.catalogue, grid.text(part)):
                    whole = claim.dims.get(case.words(claim).articles, "")
                    found[place] = case.blamed(claim, "paragraph_alone", part, whole)
            elif (
                grid.kinds[part] != LABEL
                and scene.stack(part, UP)[:1] == ((row, column),)
                and not any(r.period for r in case.words(claim).read(grid.text((row, column + 1))))
            ):  # else it is the name of what stands beside it
                found[place] = case.blamed(claim, "label_ambiguous", part, grid.text((row, column)))
    return found


def lacking_year(case: Case) -> dict[Place, Refusal]:
    """Figures of whose column others have a year on their line, left of all that these have: theirs is lost.

    The sheet's or the file's year is not taken for it.
    """
    columns: dict[tuple[int, tuple[int, ...]], list[Claim]] = {}
    for (_, column), claim in case.claims.items():
        columns.setdefault((column, case.scene.fills(claim.place, UP)), []).append(claim)
    found: dict[Place, Refusal] = {}
    for own in columns.values():
        dated = {case.scene.fills(claim.place, LEFT) for claim in own if "year" in claim.own[LEFT]}
        for claim in own if dated else ():
            levels = set(case.scene.fills(claim.place, LEFT))
            undated = claim.year_from != "heading" and not {LEFT, UP} & claim.total
            if undated and any(levels < set(other) for other in dated):
                found[claim.place] = case.refused(claim, "heading_gap", "year")
    return found


def amid_titled(case: Case) -> dict[Place, Refusal]:
    """Figures under a heading with another year than the title's, beside others of their list that have its year.

    “Offences committed in 2022” in a list of proceedings of 2023 were begun in 2023; so may a total have slipped.
    """
    columns: dict[tuple[str, int, int], list[Claim]] = {}
    for claim in case.claims.values():
        for axis in (UP, LEFT):
            columns.setdefault((claim.table.id, axis, claim.place[axis]), []).append(claim)
    found: dict[Place, Refusal] = {}
    for (_, axis, _), line in columns.items():
        undated = [c for c in line if c.year_from != "heading" and not c.aside]
        for claim in line if undated else ():
            if claim.year_from != "heading" or "year" not in claim.own[axis] or claim.aside:
                continue
            heading = _year_of(case, claim, axis)
            if heading is None:
                continue
            for other in undated:
                # the file's year says nothing of a line that has its own; but a total's parts do
                told = other.year_from in ("title", "sheet") or axis in claim.total
                if told and other.year != claim.year and heading[axis] in case.scene.fills(other.place, axis):
                    found[claim.place] = case.blamed(claim, "year_disagrees", heading, str(other.year))
    return found


def below_title(case: Case) -> dict[Place, Refusal]:
    """Figures whose year stands over a title of theirs that names another: it heads what is above that title."""
    found: dict[Place, Refusal] = {}
    for place, claim in case.claims.items():
        titles = [cell for role, cell in claim.headings if role == "title" and cell[0] < place[0]]
        if not titles or claim.year_from != "heading" or "year" not in claim.own[UP] or claim.aside:
            continue
        heading = _year_of(case, claim, UP)
        if heading is None:
            continue
        for cell in titles:
            years = next((r.years for r in case.words(claim).read(case.grid.text(cell)) if r.years), None)
            if cell[0] > heading[0] and years and not years[0] <= (claim.year or 0) <= years[-1]:
                found[place] = case.blamed(claim, "year_disagrees", heading, str(years[-1]))
    return found


def _year_of(case: Case, claim: Claim, axis: int) -> Place | None:
    """The heading that says the year of a figure."""
    words = case.words(claim)
    stack = case.scene.own_stack(claim.place, axis)
    return next((cell for cell in stack if any(r.years for r in words.read(case.grid.text(cell)))), None)


def amid_years(case: Case) -> dict[Place, Refusal]:
    """Figures whose heading has no year and stands between others that are years: it may divide the one before it.

    Behind the last of them, which is the figure's own year from elsewhere, it divides that: “2023, 2024, women”.
    """
    scene, found = case.scene, {}
    lines: dict[tuple[int, int | None, int], dict[int, int]] = {}  # line of headings → position → year
    for place, claim in case.claims.items():
        for axis in (UP, LEFT) if claim.year_from == "heading" else ():
            for cell in scene.own_stack(place, axis):
                if claim.year is not None and named_year(case.grid.text(cell)) == claim.year:
                    line = lines.setdefault((axis, scene.band(place, axis), cell[axis]), {})
                    line[place[1 - axis]] = claim.year
    ends = {key: sorted(line) for key, line in lines.items() if len(set(line.values())) > 1}
    for place, claim in case.claims.items() if ends else ():
        undated = claim.year_from != "heading" and not (claim.total or claim.aside)
        for axis in (UP, LEFT) if undated else ():
            for cell in scene.own_stack(place, axis):
                key = (axis, scene.band(place, axis), cell[axis])
                places = ends.get(key, ())
                before = bisect_left(places, place[1 - axis])
                if places and (before < len(places) or lines[key][places[-1]] != claim.year):
                    found[place] = case.blamed(claim, "heading_gap", cell, "year")
    return found


def beside_empty_years(case: Case) -> dict[Place, Refusal]:
    """Figures that have no year of their own, on whose line of headings another year heads nothing: is it theirs?"""
    found: dict[Place, Refusal] = {}
    text = case.grid.text
    idle = [cell for cell in case.scene.loose if named_year(text(cell)) is not None]
    rows = {cell[0] for cell in idle}
    for place, claim in case.claims.items() if idle else ():
        if claim.year_from == "heading" or claim.aside or rows.isdisjoint(claim.block.rows):
            continue
        words = case.words(claim)
        for cell in (
            cell for cell in idle if cell[0] in claim.block.rows and cell not in case.resolver.outer.cells
        ):
            readings = [reading for reading in words.read(text(cell)) if reading.years and not reading.title]
            corner = cell[1] in claim.block.columns or ("title", cell) in claim.headings
            first, last = sorted((cell[1], place[1]))
            corner = corner or any(
                case.grid.at((cell[0], n)) is None for n in range(first, last)
            )  # another table's
            if not corner and any(reading.years != (claim.year,) for reading in readings):
                found[place] = case.blamed(claim, "heading_gap", cell, "year")
    return found


def lone_years(grid: Grid, readings: Sequence[RegionReading]) -> dict[Place, Refusal]:
    """The one figure of a table, where it looks like a year and every other place of the table is blank."""
    found: dict[Place, Refusal] = {}
    for reading in readings:
        filled = Counter((claim.block, claim.table.id) for claim in reading.claims.values())
        blank = {(claim.block, claim.table.id) for claim in reading.blanks.values()}
        for place, claim in reading.claims.items() if blank else ():
            alone = filled[claim.block, claim.table.id] == 1 and (claim.block, claim.table.id) in blank
            if alone and claim.table.values == "count" and named_year(grid.text(place)) is not None:
                table = claim.table.id
                found[place] = Refusal("figure_is_year", place, grid.text(place), table, tables=(table,))
    return found


def beside_title_of_years(
    grid: Grid, catalogue: Catalogue, readings: Sequence[RegionReading]
) -> dict[Place, Refusal]:
    """Figures without a year beside a table's name, right over its list of several years: of which?"""
    dated: dict[str, list[Region]] = {}  # table → parts of the sheet with several years
    for reading in readings:
        years: dict[str, set[int | None]] = {}
        for claim in reading.claims.values():
            if claim.year_from == "heading":
                years.setdefault(claim.table.id, set()).add(claim.year)
        for table in (table for table, own in years.items() if len(own) > 1):
            dated.setdefault(table, []).append(reading.scene.region)
    found: dict[Place, Refusal] = {}
    for reading in readings if dated else ():
        region = reading.scene.region
        for place, claim in reading.claims.items():
            below = [
                other
                for other in dated.get(claim.table.id, ())
                if claim.year_from != "heading"
                if 0 < other.top - region.bottom <= MOST_BLANK + 1
                and other.left <= region.right
                and region.left <= other.right
            ]
            words = vocabulary(catalogue, claim.table.id)
            heads = [cell for role, cell in claim.headings if role != "title"]
            if below and any(r.title for cell in heads for r in words.read(grid.text(cell))):
                found[place] = Refusal("year_missing", place, grid.text(place), tables=(claim.table.id,))
    return found


def out_of_order(case: Case) -> dict[Place, Refusal]:
    """Figures under a year without which those of its line would be in order, beside figures that lack their year."""
    scene, grid, found = case.scene, case.grid, {}
    for axis in (UP, LEFT) if case.lost else ():
        lines: dict[tuple[Block, int], dict[Place, int]] = {}
        for place, claim in [*case.claims.items(), *case.blanks.items()]:
            for cell in scene.own_stack(place, axis):
                year = named_year(grid.text(cell)) if grid.series.get(cell) == "year" else None
                if year is not None:
                    lines.setdefault((claim.block, cell[axis]), {})[cell] = year
        astray = {cell for line in lines.values() for cell in _astray(line)}
        for place, claim in case.claims.items() if astray else ():
            heads = [cell for cell in scene.stack(place, axis) if cell in astray]
            if heads:
                found[place] = case.blamed(claim, "label_ambiguous", heads[0])
    return found


def _astray(line: Mapping[Place, int]) -> list[Place]:
    """The years of a line any one of which keeps the others, all different, from being in order."""
    cells = sorted(line)
    years = [line[cell] for cell in cells]
    if len(years) < 3 or len(set(years)) < len(years) or _ordered(years):
        return []
    return [cell for n, cell in enumerate(cells) if _ordered(years[:n] + years[n + 1 :])]


def _ordered(years: Sequence[int]) -> bool:
    return list(years) in (sorted(years), sorted(years, reverse=True))


def over_one_part(case: Case) -> dict[Place, Refusal]:
    """Figures of another year than the workbook's only by a bare number, over or beside a part of their table.

    Nothing else stands on its line, so that it says nothing of the year of the others: it is likely to be astray.
    """
    grid, found = case.grid, {}
    own = case.resolver.source.year
    for place, claim in case.claims.items() if own is not None else ():
        if claim.year == own or claim.year is None:
            continue
        for _, cell in claim.headings:
            if grid.series.get(cell) != "year" or not grid.cells[cell].is_number:
                continue
            axis = next((axis for axis in (UP, LEFT) if cell[1 - axis] == place[1 - axis]), None)
            if axis is None and _over_other_list(case, claim, cell):
                told = ", ".join(
                    sorted(
                        case.grid.address(p) for p, o in case.claims.items() if ("title", cell) in o.headings
                    )
                )
                found[place] = Refusal("year_alone", cell, grid.text(cell), str(own), told, (claim.table.id,))
            if axis is None or any(other != cell and other[axis] == cell[axis] for other in grid.cells):
                continue
            beside = [p for p, other in case.claims.items() if p != place and other.block == claim.block]
            if any(p[1 - axis] != cell[1 - axis] for p in beside):
                told = ", ".join(
                    sorted(case.grid.address(p) for p in case.claims if p[1 - axis] == cell[1 - axis])
                )
                found[place] = Refusal("year_alone", cell, grid.text(cell), str(own), told, (claim.table.id,))
    return found


def _over_other_list(case: Case, claim: Claim, cell: Place) -> bool:
    """Whether a bare year alone on its line amid a part of a sheet stands over other lines than those above it.

    Those have their year from elsewhere, and none of them says what this one does: it is no list of another year.
    """
    if ("title", cell) not in claim.headings or cell not in case.scene.region.places:
        return False
    if any(other[0] == cell[0] and other != cell for other in case.scene.region.places):
        return False
    above = [other for place, other in case.claims.items() if place[0] < cell[0]]
    dated = any(c in case.scene.headings for other in above for _, c in other.headings)
    return bool(above) and not dated and all(other.dims != claim.dims for other in above)


def behind_lost_years(case: Case) -> dict[Place, Refusal]:
    """Figures behind a year, or an article, that was no figure: it may be the heading that they lack.

    So may one on a line between the headings of figures and the first of these, where its column is empty.
    """
    grid, scene = case.grid, case.scene
    found: dict[Place, Refusal] = {}
    doubtful = [place for place in case.refusals if place in grid.series]
    first: dict[tuple[int, int | None], int] = {}  # axis and band → where its figures begin
    for place in case.claims if doubtful else ():
        for axis in (UP, LEFT):
            band = (axis, scene.band(place, axis))
            first[band] = min(place[axis], first.get(band, place[axis]))
    for place, claim in case.claims.items() if doubtful else ():
        words = case.words(claim)
        told = claim.own[UP] | claim.own[LEFT]
        for other in doubtful:
            behind = any(
                other[axis] < place[axis] and other[1 - axis] == place[1 - axis] for axis in (UP, LEFT)
            ) or any(
                max(scene.fills(place, axis), default=place[axis])
                < other[axis]
                < first[axis, scene.band(place, axis)]
                for axis in (UP, LEFT)
            )
            if behind and any(reading.sets - told for reading in words.read(grid.text(other))):
                found[place] = case.refused(claim, "heading_gap", case.grid.address(other))
    return found


def under_dates(case: Case) -> dict[Place, Refusal]:
    """Figures over whose headings stands a date or a range (“0-17”), or below a date that alone parts the rows.

    No figure is a date, and none stands among headings: it was a heading itself.
    """
    scene, found = case.scene, {}
    cells = {place: scene.grid.cells[place] for place in scene.figures}
    dates = [place for place, cell in cells.items() if cell.kind == "date"]
    odd = dates + [p for p, cell in cells.items() if cell.kind == "text" and _RANGE.search(cell.text)]
    rows = Counter(row for row, _ in scene.region.places)
    parting = [day for day in dates if rows[day[0]] == 1 and scene.figures[0][0] < day[0]]
    ends = [
        (axis, level, line, o) for o in odd for axis in (UP, LEFT) for level, line in _reach(scene, o, axis)
    ]
    touching = {(axis, level, line): other for axis, level, line, other in ends}
    among: dict[
        tuple[int, int | None], list[Place]
    ] = {}  # axis and band of headings → what stands in their lines
    for place, claim in case.claims.items() if odd else ():
        nearest = max((cell[0] for role, cell in claim.headings if role == "title"), default=0)
        words = case.words(claim)
        over = [day for day in parting if nearest < day[0] < place[0] and day[1] <= place[1]]
        for axis in (UP, LEFT):
            outer, line = min(scene.fills(place, axis), default=0) - 1, place[1 - axis]
            key = (axis, scene.band(place, axis))
            if key not in among:
                among[key] = [other for other in odd if other[axis] in scene.level_map(place, axis)]
            fills = scene.fills(place, axis)
            for other in among[key]:
                before = other[axis] <= outer and other[1 - axis] <= line
                between = other[1 - axis] == line and other[axis] < place[axis] and other[axis] not in fills
                over += [other] if before or between else []
            bare = (
                day
                for day in dates
                if not _says_line(scene, words, day, place, 1 - axis) and scene.own_stack(place, 1 - axis)
            )
            over += [day for day in bare if day[1 - axis] == line and outer < day[axis] < place[axis]]
            far = (
                max(fills, default=place[axis]) + MOST_BLANK
            )  # beyond blank lines a heading is another table's
            over += [day for day in dates if day[1 - axis] == line and far < day[axis] < place[axis]]
            over += [touching[axis, outer, line]] if (axis, outer, line) in touching else []
            over += _lent(
                scene, place, axis, [(n, o) for (a, m, n), o in touching.items() if (a, m) == (axis, outer)]
            )
        if over and place not in over:
            found[place] = case.refused(claim, "heading_gap", case.grid.address(over[0]))
    return found


def _says_line(scene: Scene, words: Vocabulary, place: Place, other: Place, axis: int) -> bool:
    """Whether the labels of a line say which line it is, and are not only the name of what such labels say.

    Those that head another's line as well do not.
    """
    shared = scene.stack(other, axis)
    own = (cell for cell in scene.own_stack(place, axis) if cell not in shared)
    readings = [words.read(scene.grid.text(cell)) for cell in own]
    return any(not said or any(r.sets or r.total or not r.names for r in said) for said in readings)


def _lent(scene: Scene, place: Place, axis: int, dates: Sequence[tuple[int, Place]]) -> list[Place]:
    """The last of some dates right over the headings beside a place's: what it was would be lent to the place."""
    beside = {mate[1 - axis] for mate in scene.mates(place, axis)}
    before = [(line, date) for line, date in dates if line < place[1 - axis] and line in beside]
    if not before:
        return []
    line, date = max(before)
    level = date[axis]
    between = [place_at(axis, level, n) for n in range(line + 1, place[1 - axis] + 1)]
    return [date] if all(scene.grid.at(cell) in (None, date) for cell in between) else []


def _reach(scene: Scene, place: Place, axis: int) -> Iterator[tuple[int, int]]:
    """Every level and line that a cell fills along an axis."""
    return product(scene.levels(place, axis), scene.along(place, axis))
