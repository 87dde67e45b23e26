"""Headings where figures belong, and the other way round: numbers like years, the one figure of a part, a label."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence, Set
from itertools import pairwise, product

from thb_analysis.definitions import Catalogue
from thb_analysis.ingest.recognition.grid import FIGURE, LABEL, MOST_BLANK, Grid, Place, is_year
from thb_analysis.ingest.recognition.islands import Region
from thb_analysis.ingest.recognition.keys import Block, Claim, Refusal, names_tables
from thb_analysis.ingest.recognition.rivals import RegionReading
from thb_analysis.ingest.recognition.scene import LEFT, UP, Scene
from thb_analysis.ingest.recognition.titles import is_note
from thb_analysis.ingest.words.fold import fold
from thb_analysis.ingest.words.labels import vocabulary
from thb_analysis.ingest.words.mentions import divides
from thb_analysis.ingest.words.readers import readers
from thb_analysis.ingest.words.spans import named_year

NOWHERE = 1 << 20  #: a column beyond all
MOST_COMPARED = 5_000  #: figures of a part of a sheet; of more, each is compared with its own headings only


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


def _twice_beside(reading: RegionReading, grid: Grid) -> dict[Place, Refusal]:
    """Headings of a column that say just what the label left of them says, in the column of labels: pasted there."""
    found: dict[Place, Refusal] = {}
    seen: set[tuple[Place, Block]] = set()
    for claim in reading.claims.values():
        for role, cell in claim.headings:
            if role != "column" or (cell, claim.block) in seen:
                continue
            seen.add((cell, claim.block))
            beside = grid.at((cell[0], cell[1] - 1)) if cell not in found else None
            labels = beside is not None and beside != cell and beside[1] in claim.block.columns
            if labels and beside is not None and fold(grid.text(beside)) == fold(grid.text(cell)):
                tables = (claim.table.id,)
                found[cell] = Refusal(
                    "value_not_number", cell, grid.text(cell), claim.table.id, tables=tables
                )
    return found


def labels_for_figures(reading: RegionReading, grid: Grid, catalogue: Catalogue) -> dict[Place, Refusal]:
    """Labels pasted over figures, and the figures that they would head.

    Each stands on a line of figures or blank places and has headings of the kind that theirs are, and it heads
    nothing, or it stands right below a figure, right before one, or over those of the lines below its own.
    """
    scene = reading.scene
    found: dict[Place, Refusal] = {}
    known: dict[object, bool] = {}
    seen: set[tuple[int, int, frozenset[str]]] = set()  #: columns of a block whose headings were looked at
    sets: dict[tuple[int, tuple[int, ...]], set[str]] = {}  #: what headings at the same levels say of others
    for one in reading.claims.values() if len(reading.claims) < MOST_COMPARED else ():
        for axis, levels in ((UP, one.block.rows), (LEFT, one.block.columns)):
            sets.setdefault((axis, levels), set()).update(one.own[axis])
    tables = {one.table.id for one in reading.claims.values()}
    refused = reading.refusals.keys() & set(scene.figures) if tables else set()
    for place in refused if len(refused) < MOST_COMPARED else ():
        for axis, table in product((UP, LEFT), tables):
            words = vocabulary(catalogue, table)
            told = (r.sets for head in scene.own_stack(place, axis) for r in words.read(grid.text(head)))
            sets.setdefault((axis, scene.fills(place, axis)), set()).update(*told)

    def look(cell: Place, claim: Claim, axis: int) -> None:
        both = scene.stack(
            claim.place, axis
        )  # a title merged over labels and figures makes no figure of a label
        heads = tuple(head for head in scene.own_stack(cell, axis) if head not in both)
        own = scene.fills(claim.place, axis)
        key = (heads, claim.table.id, claim.own[axis], axis in claim.total, own)
        if key not in known:
            words = vocabulary(catalogue, claim.table.id)
            said = [r for head in heads for r in words.read(grid.text(head))]
            kind = claim.own[axis] | sets.get((axis, own), set())
            of_any = axis in claim.total and not kind  # nothing beside the total tells what its list is of
            alike = any(r.part or (r.sets if of_any else r.sets & kind) for r in said)
            total = any(r.total for r in said)
            named = axis == UP and not (alike or total) and _both_named(grid, catalogue, heads, both)
            levels = scene.fills(cell, axis) if heads and (alike or total or named) else ()
            known[key] = bool(levels) and (levels == own or (total and set(levels) < set(own)))
        if known[key]:
            tables = (claim.table.id,)
            found[cell] = Refusal("value_not_number", cell, grid.text(cell), claim.table.id, tables=tables)

    lines: tuple[dict[int, Claim], dict[int, Claim]] = ({}, {})
    for figure in (*reading.blanks.values(), *reading.claims.values()) if scene.loose else ():
        for axis in (UP, LEFT):
            lines[axis][figure.place[axis]] = figure
    for cell in scene.loose:
        for axis in (UP, LEFT):
            claim = lines[axis].get(cell[axis]) if grid.kinds[cell] == LABEL else None
            if claim is not None:
                crossed = (bool(scene.own_stack(one, 1 - axis)) for one in (cell, claim.place))
                if next(crossed) == next(crossed):
                    look(cell, claim, axis)
    firsts: dict[int, int] = {}
    for row, column in scene.figures:
        firsts.setdefault(row, column)
    for (row, column), claim in reading.claims.items():
        for cell, axis in (((row + 1, column), LEFT), ((row, _before(reading, (row, column))), UP)):
            if (
                cell in scene.used
                and grid.kinds[cell] == LABEL
                and _between(reading, cell, axis, firsts.get(cell[0], NOWHERE))
            ):
                look(cell, claim, axis)
        if _ends_line(scene, catalogue, claim, cell := (row, column + 1)):
            text, table = grid.text(cell), claim.table.id
            found[cell] = Refusal("value_not_number", cell, text, table, tables=(table,))
        kind = (column, id(claim.block), claim.own[LEFT])
        for cell in scene.own_stack((row, column), UP) if kind not in seen else ():
            seen.add(kind)
            if grid.kinds[cell] == LABEL and not _is_header(scene, catalogue, cell):
                look(cell, claim, LEFT)  # beside a label of the list's kind, over the figures below its own
    found |= _twice_beside(reading, grid)
    for place, claim in reading.claims.items() if found else ():
        cause = next((cell for role, cell in claim.headings if role != "title" and cell in found), None)
        if cause is not None:
            found[place] = found[cause]
    return found


def _ends_line(scene: Scene, catalogue: Catalogue, claim: Claim, cell: Place) -> bool:
    """Whether a label that heads others stands right behind a figure, on its line and below a heading of its kind."""
    if cell not in scene.used or scene.grid.kinds[cell] != LABEL:
        return False
    line, over = (scene.own_stack(cell, axis)[:1] for axis in (LEFT, UP))
    beside = scene.own_stack(claim.place, UP)[:1]
    if not over or not beside or over[0][0] != beside[0][0] or line != scene.own_stack(claim.place, LEFT)[:1]:
        return False
    words = vocabulary(catalogue, claim.table.id)
    return any(r.sets & claim.own[UP] for r in words.read(scene.grid.text(over[0])))


def _is_header(scene: Scene, catalogue: Catalogue, cell: Place) -> bool:
    """Whether a word for figures, a year, or the first of several headings stands beside the table’s title, and bare.

    “Checks | Number”; “Victims | In 2022 | In 2023”; “Victims | Women | Men”.
    """
    grid, heads = scene.grid, scene.own_stack(cell, LEFT)
    titled = bool(heads) and all(names_tables(catalogue, grid.text(head)) for head in heads)
    if not titled or scene.own_stack(cell, UP):
        return False
    beside = grid.at((cell[0], grid.span(cell)[3] + 1))
    several = beside is not None and grid.kinds[beside] == LABEL and beside in scene.used
    return several or _names_figures(catalogue, grid.text(cell)) or _is_year(grid, cell)


def _is_year(grid: Grid, cell: Place) -> bool:
    """Whether a label tells a year, and another right beside it another one, or no other label has its words."""
    beside = (grid.at((cell[0], cell[1] - 1)), grid.at((cell[0], grid.span(cell)[3] + 1)))
    years = {named_year(grid.text(each)) for each in beside if each is not None}
    own = named_year(grid.text(cell))
    once = grid.once(_said_by_cells)[fold(grid.text(cell))] == 1
    return own is not None and (once or bool(years - {own, None}))


def _said_by_cells(grid: Grid) -> Counter[str]:
    """How many cells say the same, by what they say."""
    return Counter(fold(grid.text(place)) for place in grid.cells)


def labels_of_lost(reading: RegionReading, grid: Grid, catalogue: Catalogue) -> dict[Place, Refusal]:
    """Labels of lines that have a text nobody knows below a word for figures: they are no titles of other lists."""
    found: dict[Place, Refusal] = {}
    for refusal in set(reading.refusals.values()):
        cell = refusal.place
        over = grid.at((cell[0] - 1, cell[1])) if refusal.code == "label_unknown" else None
        if over is not None and _names_figures(catalogue, grid.text(over)):
            found |= dict.fromkeys(reading.scene.own_stack(cell, LEFT), refusal)
    return found


def _before(reading: RegionReading, place: Place) -> int:
    """The column left of a figure, past blank places of its line."""
    row, column = place[0], place[1] - 1
    while (row, column) in reading.blanks:
        column -= 1
    return column


def _both_named(grid: Grid, catalogue: Catalogue, heads: Sequence[Place], others: Sequence[Place]) -> bool:
    """Whether headings name tables, each its own column's."""
    named = [any(names_tables(catalogue, grid.text(cell)) for cell in cells) for cells in (heads, others)]
    return all(named)


def _between(reading: RegionReading, cell: Place, axis: int, first: int) -> bool:
    """Whether no figure stands right of a label below a figure, or one left of it; beside one: anything before it.

    `first` is the column of the first figure of its row: none of a list is beyond a blank place, with nothing over it.
    """
    before, scene = first < cell[1], reading.scene
    if axis == UP:
        return before or bool(scene.own_stack(cell, LEFT))
    beyond = first > scene.grid.span(cell)[3] + 1 and not scene.own_stack((cell[0], first), UP)
    return before or beyond


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


def figure_like_year(grid: Grid, region: Region, catalogue: Catalogue) -> dict[Place, Refusal]:
    """The one figure of a table, where it looks like a year: since nothing else is a figure, it passed for a heading.

    It stands at the end, beside a label of what is counted, or beside its year and below another heading.  One that
    looks like an article's number stands below a label, beside a word for figures (“Number”).
    """
    last = sorted(place for place in region.places if place[0] == region.bottom)
    if len(last) != 2 or last[1] not in grid.series:
        return {}
    if grid.series[last[1]] != "year":
        above = grid.at((last[1][0] - 1, last[1][1]))
        labelled = above is not None and grid.kinds[above] == LABEL and grid.kinds[last[0]] == LABEL
        if not labelled or not _names_figures(catalogue, grid.text(last[0])):
            return {}
        return {last[1]: Refusal("two_readings", last[1], grid.text(last[1]))}
    texts = {place: grid.text(place) for place in region.places}
    labels = (text for place, text in texts.items() if grid.kinds[place] == LABEL)
    tables = sorted({table for text in labels for table in names_tables(catalogue, text)})
    if not tables:
        return {}
    label, figure = last
    over = [grid.at((label[0] - 1, column)) for _, column in last]
    if grid.kinds[label] == LABEL:
        counted = bool(names_tables(catalogue, texts[label])) or divides(catalogue, texts[label])
    else:
        counted = over[0] is not None and _names_year(catalogue, grid.text(over[0])) and over[1] in texts
    if not counted or _names_year(catalogue, texts[label]):
        return {}
    refusal = Refusal("figure_is_year", figure, texts[figure], ", ".join(tables), tables=tuple(tables))
    return {figure: refusal}


def figures_like_articles(
    grid: Grid, region: Region, catalogue: Catalogue, figured: Set[Place]
) -> dict[Place, Refusal]:
    """Numbers beside a label that may be articles, where a blank row parts them from `figured` ones in their columns.

    Nothing below them is a figure either, so that they passed for headings.  Not beside a name for articles.
    """
    found: dict[Place, Refusal] = {}
    rows = range(region.top - 1, region.top - MOST_BLANK - 2, -1)
    for row, column in sorted(region.places):
        place, label = (row, column), grid.at((row, region.left))
        if grid.series.get(place) != "code" or label is None or label == place:
            continue
        above = next((row for row in rows if grid.at((row, column))), 0)
        if (above, column) in figured and not _names_lines(catalogue, grid.text(label)):
            found[place] = Refusal("two_readings", place, grid.text(place))
    return found


def label_for_figure(
    grid: Grid, region: Region, catalogue: Catalogue, titled: frozenset[str]
) -> dict[Place, Refusal]:
    """Labels below a word for figures (“Number”), and beside a member or a year, where no figure stands at all.

    So is a label beside nothing but a year, where a title right over both names tables (`titled`) and heads no figure.
    """
    if any(grid.kinds[place] == FIGURE for place in region.places):
        return {}
    texts = {place: grid.text(place) for place in sorted(region.places)}
    first = [place for place in texts if place[0] == region.top]
    if titled and len(first) == 2 and is_year(texts[first[0]].strip()) and grid.kinds[first[1]] == LABEL:
        others = [text for place, text in texts.items() if place != first[0]]
        if not is_note(others[0], catalogue) and all(is_note(text, catalogue) for text in others[1:]):
            told = tuple(sorted(titled))
            return {first[1]: Refusal("value_not_number", first[1], others[0], ", ".join(told), tables=told)}
    tables = tuple(sorted({table for text in texts.values() for table in names_tables(catalogue, text)}))
    found: dict[Place, Refusal] = {}
    line: set[str] = set()  #: what stands before a label on its line
    last: dict[int, Place] = {}  #: by column, the label above
    for before, place in pairwise(texts):
        last[before[1]] = before
        over, text = grid.at((place[0] - 1, place[1])) or last.get(place[1]), texts[place]
        if before[0] != place[0]:
            line.clear()
            continue
        line.add(fold(texts[before]))
        if grid.kinds[place] != LABEL or (over and grid.span(over)[3] > place[1]):
            continue
        year = named_year(texts[before])
        member = year is not None or divides(catalogue, texts[before])
        twice = fold(text) in line or (year is not None and named_year(text) == year)
        if twice or (member and _names_figures(catalogue, grid.text(over) if over else "")):
            found[place] = Refusal("value_not_number", place, text, ", ".join(tables), tables=tables)
    return found


def _names_lines(catalogue: Catalogue, text: str) -> bool:
    """Whether a label is what the lines or the columns of a list are called (“Section”)."""
    return any(r.mere and r.names for words in readers(catalogue, text) for r in words.read(text))


def _names_figures(catalogue: Catalogue, text: str) -> bool:
    """Whether a label is a neutral word over figures."""
    readings = [r for words in readers(catalogue, text) for r in words.read(text)]
    return any(r.figure for r in readings) and all(reading.neutral for reading in readings)


def _names_year(catalogue: Catalogue, text: str) -> bool:
    """Whether a label is what years are called."""
    return any("year" in r.names for words in readers(catalogue, text) for r in words.read(text))
