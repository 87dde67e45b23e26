"""Figures where something slipped: pasted a line too far, under a date or a hidden title, years, a stray number."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import product

from thb_analysis.definitions import Catalogue
from thb_analysis.ingest.recognition.grid import EITHER, LABEL, Grid, Place, address
from thb_analysis.ingest.recognition.keys import Block, Claim, Refusal, names_tables, said
from thb_analysis.ingest.recognition.resolve import Resolver
from thb_analysis.ingest.recognition.rivals import RegionReading
from thb_analysis.ingest.recognition.scene import LEFT, UP, Scene
from thb_analysis.ingest.words.labels import Vocabulary, named_year, vocabulary
from thb_analysis.ingest.words.meanings import Reading
from thb_analysis.ingest.words.mentions import divides

MOST_BLANK = 2  #: blank lines before a list that are looked past for the line before it
_RANGE = re.compile(r"\d\s*[-–/]\s*\d|\d\s*\+|[<>≤≥]")


def refused(resolver: Resolver, claim: Claim, code: str, expected: str) -> Refusal:
    """The refusal of a figure that had a key."""
    place = claim.place
    return Refusal(code, place, resolver.grid.text(place), expected, tables=(claim.table.id,))


def below_blank_lines(resolver: Resolver, claims: Mapping[Place, Claim]) -> dict[Place, Refusal]:
    """A total right below lines of a list of which none has a figure: of all of them, and not of the last alone."""
    grid, loose = resolver.grid, set(resolver.scene.loose)
    found: dict[Place, Refusal] = {}
    for place, claim in claims.items() if loose else ():
        words = vocabulary(resolver.source.catalogue, claim.table.id)
        for role, cell in claim.headings if LEFT in claim.total else ():
            above = grid.at((cell[0] - 1, cell[1]))
            if role != "title" or cell not in loose or above not in loose or above is None:
                continue
            own, other = (
                {name for reading in words.read(grid.text(line)) for name, _ in reading.dims}
                for line in (cell, above)
            )
            if own & other:
                told = f"{said(claim)} / —"
                text, tables = grid.text(cell), (claim.table.id,)
                found[place] = Refusal("label_ambiguous", cell, text, told, tables=tables)
    return found


def years_in_a_row(resolver: Resolver, claims: Mapping[Place, Claim]) -> dict[Place, Refusal]:
    """Figures that are years, one after the other: the figures beside these headings are lost."""
    grid = resolver.grid
    seen = (place for place, kind in grid.series.items() if kind == "year" and place not in grid.hidden)
    named = {place: named_year(grid.text(place)) for place in seen}
    years = {place: year for place, year in named.items() if year is not None}
    found: dict[Place, Refusal] = {}
    for place in years.keys() & claims.keys():
        row, column = place
        for near in ((row - 1, column), (row + 1, column), (row, column - 1), (row, column + 1)):
            touching = abs(grid.sheet.row(near[0]) - grid.sheet.row(row)) <= 1  # rows may have been left out
            lone = near in years and near not in claims
            if lone and touching and abs(years[near] - years[place]) == 1:
                found[place] = refused(resolver, claims[place], "figure_is_year", claims[place].table.id)
    return found


def years_for_figures(reading: RegionReading, grid: Grid, catalogue: Catalogue) -> dict[Place, Refusal]:
    """Numbers like years that were taken for headings, where figures belong.

    They head nothing, beside a label in a column of figures, or below a heading in a row of them; or they head
    figures of their row, and stand right of its label and below the name of a figure, as these do.
    """
    told = {*reading.claims, *reading.refusals}
    heads = reading.scene.used | {cell for blank in reading.blanks.values() for _, cell in blank.headings}
    labels = reading.scene.region.places - told
    tables = tuple(sorted({claim.table.id for claim in reading.claims.values()}))
    found: dict[Place, Refusal] = {}
    for place in reading.scene.headings - heads - grid.hidden:
        among = any(
            any(other[axis] == place[axis] for other in told)
            and any(o[axis] < place[axis] and o[1 - axis] == place[1 - axis] for o in labels)
            for axis in (UP, LEFT)
        )
        if among and grid.series.get(place) == "year":
            text = grid.text(place)
            found[place] = Refusal("figure_is_year", place, text, ", ".join(tables), tables=tables)
    for claim in reading.claims.values():
        for axis in (UP, LEFT):
            for cell in reading.scene.stack(claim.place, axis):
                year = cell in reading.scene.headings and grid.series.get(cell) == "year"
                if year and _headed_as_figure(reading, cell, claim, axis, catalogue):
                    table = claim.table.id
                    found[cell] = Refusal("figure_is_year", cell, grid.text(cell), table, tables=(table,))
    return found


def _headed_as_figure(
    reading: RegionReading, cell: Place, claim: Claim, axis: int, catalogue: Catalogue
) -> bool:
    """Whether a lone year before a figure has headings like the figure's: of both axes, or one of the same kind."""
    scene, across = reading.scene, 1 - axis
    grid = scene.grid
    line = (other for other in scene.headings if other[axis] == cell[axis] and other != cell)
    if any(grid.series.get(other) == "year" for other in line):
        return False
    levels = scene.fills(claim.place, across)
    beside = {grid.at((n, cell[1]) if across == UP else (cell[0], n)) for n in levels}
    heads = [other for other in beside if other is not None and grid.kinds[other] == LABEL]
    before = any(
        other[across] == cell[across] and other[axis] < cell[axis] and grid.kinds[other] == LABEL
        for other in scene.region.places.difference(heads)
    )
    if before and any(
        names_tables(catalogue, grid.text(o)) or divides(catalogue, grid.text(o)) for o in heads
    ):
        return True
    words = vocabulary(catalogue, claim.table.id)
    taken = {pair for other in reading.claims.values() for pair in other.dims.items()}
    said = [reading for head in heads for reading in words.read(grid.text(head))]
    return any(
        r.total or any(n in claim.own[across] and (n, code) not in taken for n, code in r.dims) for r in said
    )


def years_among_headings(resolver: Resolver, claims: Mapping[Place, Claim]) -> dict[Place, Refusal]:
    """Figures that are years and stand in a column, or a row, of years that head other figures."""
    scene, grid = resolver.scene, resolver.grid
    years = {place for place, kind in grid.series.items() if kind == "year"}
    if not years & claims.keys() or not years & scene.headings:
        return {}
    lines = {
        (axis, cell[axis])
        for figure in scene.figures
        for axis in (UP, LEFT)
        for cell in scene.stack(figure, axis)
        if cell in years
    }
    return {
        place: refused(resolver, claims[place], "figure_is_year", claims[place].table.id)
        for place in years & claims.keys()
        if any((axis, place[axis]) in lines for axis in (UP, LEFT))
    }


def behind_lost_years(
    resolver: Resolver, claims: Mapping[Place, Claim], lost: Sequence[Place]
) -> dict[Place, Refusal]:
    """Figures behind a year, or an article, that was no figure: it may be the heading that they lack.

    So may one on a line between the headings of figures and the first of these, where its column is empty.
    """
    grid, scene = resolver.grid, resolver.scene
    found: dict[Place, Refusal] = {}
    doubtful = [place for place in lost if place in grid.series]
    first: dict[tuple[int, int | None], int] = {}  # axis and band → where its figures begin
    for place in claims if doubtful else ():
        for axis in (UP, LEFT):
            band = (axis, scene.band(place, axis))
            first[band] = min(place[axis], first.get(band, place[axis]))
    for place, claim in claims.items() if doubtful else ():
        words = vocabulary(resolver.source.catalogue, claim.table.id)
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
                found[place] = refused(resolver, claim, "heading_gap", address(other))
    return found


def slid(
    resolver: Resolver,
    claims: Mapping[Place, Claim],
    blanks: Mapping[Place, Claim],
    refusals: Mapping[Place, Refusal],
) -> dict[Place, Refusal]:
    """Figures after a blank place and before one that nothing heads: they may stand one place too far."""
    found: dict[Place, Refusal] = {}
    if not refusals:
        return found
    blocks: dict[tuple[Block, str], list[Claim]] = {}
    for claim in (*claims.values(), *blanks.values()):
        blocks.setdefault((claim.block, claim.table.id), []).append(claim)
    for members in blocks.values():
        for axis in (UP, LEFT):
            lines = {claim.place[1 - axis] for claim in members}
            end = max(lines) + 1
            while any(p[1 - axis] == end for p in refusals) and _kindred(resolver, members, axis, end):
                end += 1
            past = {p[axis]: p for p in refusals if p[1 - axis] == end}
            if not past:
                continue
            empty = lines - {claim.place[1 - axis] for claim in members if claim.place in claims}
            before = min(lines) - 1
            if _headed_only(resolver, members, axis, _filled_before(resolver, members, axis, before)):
                empty.add(before)
            empty |= {
                n
                for n in range(before + 1, max(lines))
                if n not in lines and _like(resolver, members, axis, n)
            }
            last: dict[int, int] = {}  # the last blank place before such a figure
            for claim in members:
                if claim.place in blanks and claim.place[axis] in past:
                    last[claim.place[axis]] = max(last.get(claim.place[axis], 0), claim.place[1 - axis])
            for claim in members:
                across, position = claim.place[axis], claim.place[1 - axis]
                start = max(empty, default=last.get(across, position))
                if claim.place in claims and position > start:
                    first = past.get(across, min(past.values()))
                    found[claim.place] = refused(resolver, claim, "figures_slid", address(first))
    return found


def _headed_only(resolver: Resolver, members: Sequence[Claim], axis: int, line: int) -> bool:
    """Whether the line before those of a block has a heading like theirs and no figure."""
    scene, block = resolver.scene, members[0].block
    levels, others = (block.columns, block.rows) if axis == LEFT else (block.rows, block.columns)
    places = [(line, level) if axis == LEFT else (level, line) for level in levels]
    dates = {place for place in places if place in scene.figures and scene.grid.cells[place].kind == "date"}
    heads = [place for place in places if place in scene.region.places and scene.is_heading(place)]
    if any(figure[1 - axis] == line and figure not in dates for figure in scene.figures):
        return False
    if not heads:
        return bool(dates) or _like(
            resolver, members, axis, line
        )  # a label that became a date, or of another part
    before = others or [figure[1 - axis] for figure in scene.figures if figure[1 - axis] < line]
    like = _kindred(resolver, members, axis, line) if dates else _like(resolver, members, axis, line)
    return like or (bool(before) and line > max(before))


def _filled_before(resolver: Resolver, members: Sequence[Claim], axis: int, line: int) -> int:
    """The last line up to this one with a cell where a block has figures or headings, not beyond a few blank ones."""
    block = members[0].block
    across = {claim.place[axis] for claim in members} | set(block.columns if axis == LEFT else block.rows)
    filled = {p[1 - axis] for p in resolver.grid.cells if p[axis] in across}
    return next((n for n in range(line, line - MOST_BLANK, -1) if n in filled), line)


def _like(resolver: Resolver, members: Sequence[Claim], axis: int, line: int) -> bool:
    """Whether a line has no figure, and a heading like those of a block."""
    kinds = resolver.grid.kinds
    if any(figure[1 - axis] == line for figure in resolver.scene.figures):
        return False
    crossed = {claim.place[axis] for claim in members}
    if any(kinds.get((line, n) if axis == LEFT else (n, line), LABEL) != LABEL for n in crossed):
        return False
    return _kindred(resolver, members, axis, line)


def _kindred(resolver: Resolver, members: Sequence[Claim], axis: int, line: int) -> bool:
    """Whether a line has, in the headings' place, a label that says of a figure what those of a block do."""
    scene, block, kinds = resolver.scene, members[0].block, resolver.grid.kinds
    levels = block.columns if axis == LEFT else block.rows
    places = [(line, level) if axis == LEFT else (level, line) for level in levels]
    words = vocabulary(resolver.source.catalogue, members[0].table.id)
    own = frozenset().union(*(claim.own[axis] for claim in members))
    heads = [
        p for p in places if kinds.get(p) == LABEL or (kinds.get(p) == EITHER and p not in scene.figures)
    ]
    return any(r.sets & own for head in heads for r in words.read(scene.grid.text(head)))


def under_dates(resolver: Resolver, claims: Mapping[Place, Claim]) -> dict[Place, Refusal]:
    """Figures over whose headings stands a date or a range (“0-17”), or below a date that alone parts the rows.

    No figure is a date, and none stands among headings: it was a heading itself.
    """
    scene, found = resolver.scene, {}
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
    for place, claim in claims.items() if odd else ():
        nearest = max((cell[0] for role, cell in claim.headings if role == "title"), default=0)
        words = vocabulary(resolver.source.catalogue, claim.table.id)
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
                if not _says_line(scene, words, day, 1 - axis) and scene.own_stack(place, 1 - axis)
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
            found[place] = refused(resolver, claim, "heading_gap", address(over[0]))
    return found


def _says_line(scene: Scene, words: Vocabulary, place: Place, axis: int) -> bool:
    """Whether the labels of a line say which line it is, and are not only the name of what such labels say."""
    readings = [words.read(scene.grid.text(cell)) for cell in scene.own_stack(place, axis)]
    return any(not said or any(r.sets or r.total or not r.names for r in said) for said in readings)


def _lent(scene: Scene, place: Place, axis: int, dates: Sequence[tuple[int, Place]]) -> list[Place]:
    """The last of some dates right over the headings beside a place's: what it was would be lent to the place."""
    beside = {mate[1 - axis] for mate in scene.mates(place, axis)}
    before = [(line, date) for line, date in dates if line < place[1 - axis] and line in beside]
    if not before:
        return []
    line, date = max(before)
    level = date[axis]
    between = [(level, n) if axis == UP else (n, level) for n in range(line + 1, place[1 - axis] + 1)]
    return [date] if all(scene.grid.at(cell) in (None, date) for cell in between) else []


def _reach(scene: Scene, place: Place, axis: int) -> Iterator[tuple[int, int]]:
    """Every level and line that a cell fills along an axis."""
    return product(scene.levels(place, axis), scene.along(place, axis))


def under_hidden_title(resolver: Resolver, claims: Mapping[Place, Claim]) -> dict[Place, Refusal]:
    """Figures over which a hidden title or section stands nearer than what they would be taken for without it."""
    scene, grid, found = resolver.scene, resolver.grid, {}
    catalogue = resolver.source.catalogue
    lines = {c.row for c in grid.sheet.cells if c.hidden and (c.row, c.column) not in grid.cells}
    hidden = sorted(grid.hidden)
    for place, claim in claims.items() if hidden else ():
        words = vocabulary(catalogue, claim.table.id)
        titles = [cell for role, cell in claim.headings if role == "title"]
        nearest = max((cell[0] for cell in titles), default=0)
        titled = max((cell[0] for cell in titles if claim.table.id in resolver.named((cell,))), default=0)
        heads = (*scene.stack(place, UP), *scene.stack(place, LEFT))
        own = resolver.named(heads)
        naming = [cell for cell in heads if claim.table.id in resolver.named((cell,))]
        for cell in hidden:
            if not titled < cell[0] < place[0] or cell[1] > place[1] or cell[0] in scene.fills(place, UP):
                continue
            if cell[0] in lines and not _over_group(scene, cell, place):
                continue  # it hides figures, too: its own
            text = grid.text(cell)
            tables = names_tables(catalogue, text)
            other = claim.table.id not in tables and any(
                not own or _members(vocabulary(catalogue, table), grid, naming) for table in tables
            )
            nearer = nearest < cell[0] and any(_says_else(reading, claim) for reading in words.read(text))
            if other or nearer:
                found[place] = Refusal("heading_hidden", cell, text, tables=(claim.table.id,))
    return found


def _members(words: Vocabulary, grid: Grid, cells: Sequence[Place]) -> bool:
    """Whether labels are all members of a table's lists."""
    said = (words.read(grid.text(cell)) for cell in cells)
    return bool(cells) and all(any(r.dims and not r.title for r in readings) for readings in said)


def below_hidden(resolver: Resolver, claims: Mapping[Place, Claim]) -> dict[Place, Refusal]:
    """Figures right below a label, and headed by nothing else, whose own figure is hidden: it is the label of that."""
    scene, grid, found = resolver.scene, resolver.grid, {}
    numbers = [c for c in grid.sheet.cells if c.hidden and c.kind == "number" and named_year(c.text) is None]
    rows = {cell.row: cell.column for cell in numbers}
    for place, claim in claims.items() if rows else ():
        stack = scene.stack(place, UP)
        if len(stack) == 1 and not scene.stack(place, LEFT) and rows.get(stack[0][0], 0) > stack[0][1]:
            text = grid.text(stack[0])
            found[place] = Refusal("heading_hidden", stack[0], text, tables=(claim.table.id,))
    return found


def _over_group(scene: Scene, cell: Place, place: Place) -> bool:
    """Whether a hidden label of a list stands farther out than a figure's own, with nothing in its column since."""
    own = scene.fills(place, LEFT)
    since = range(cell[0] + 1, place[0] + 1)
    return (
        bool(own)
        and cell[1] < min(own)
        and all(scene.grid.at((row, cell[1])) in (None, cell) for row in since)
    )


def _says_else(reading: Reading, claim: Claim) -> bool:
    """Whether a label would make another figure of one whose headings leave open what it says."""
    own = claim.stated if claim.total else claim.own[UP] | claim.own[LEFT]
    dated = bool(reading.years) and claim.year_from != "heading" and claim.year not in reading.years
    return dated or any(
        name not in own and claim.dims[name] != code for name, code in reading.dims if name in claim.dims
    )
