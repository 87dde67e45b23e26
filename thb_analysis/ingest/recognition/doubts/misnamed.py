"""Figures below what may be of other tables: a title that none of them is of, a member's name apart from all tables."""

from __future__ import annotations

from thb_analysis.ingest.recognition.coordinated import parts_of
from thb_analysis.ingest.recognition.doubts.case import Case
from thb_analysis.ingest.recognition.grid import FIGURE, LABEL, Grid, Place, by_row, stands_alone
from thb_analysis.ingest.recognition.keys import Refusal, names_tables
from thb_analysis.ingest.recognition.titles import is_note
from thb_analysis.ingest.words.labels import Vocabulary, vocabulary

MOST_APART = 3  #: rows between a title and its table


def of_another_title(case: Case) -> dict[Place, Refusal]:
    """All figures of a part of a sheet, where they are of one table and a title of another stands right over them.

    The title may be a copy's, or the heading; below it a list of several tables has its year.
    """
    tables = {claim.table.id for claim in case.claims.values()}
    cell = _right_over(case) if len(tables) == 1 else None
    if cell is None:
        return {}
    named = names_tables(case.catalogue, case.grid.text(cell))
    headed = frozenset().union(
        *(names_tables(case.catalogue, case.grid.text(used)) for used in case.scene.used)
    )
    others = {table for refusal in case.refusals.values() for table in refusal.tables}
    others |= {claim.table.id for claim in case.blanks.values()}
    counted = any(
        reading.number is not None
        for table in named
        for reading in vocabulary(case.catalogue, table).read(case.grid.text(cell))
    )
    if not named or counted or not headed <= tables or named & (tables | others):
        return {}
    return {place: case.blamed(claim, "title_not_understood", cell) for place, claim in case.claims.items()}


def _right_over(case: Case) -> Place | None:
    """The label alone on its row that nothing but notes parts from the headings of the first figure."""
    scene, grid, region = case.scene, case.grid, case.scene.region
    corners = set(scene.corners(scene.figures[0])) if scene.figures else set()
    over = [cell for cell in scene.loose if scene.heads_region(cell) and cell not in corners]
    above = ((region.top - n, region.left) for n in range(1, MOST_APART + 1)) if not over else ()
    over += [cell for cell in reversed(list(filter(None, map(grid.at, above)))) if cell in grid.kinds]
    while over and is_note(grid.text(over[-1]), case.catalogue):
        over.pop()
    last = over[-1] if over else None
    return last if last is not None and grid.kinds[last] == LABEL and stands_alone(grid, last) else None


def under_name_apart(case: Case) -> dict[Place, Refusal]:
    """Figures over whose title the name of a member stands by itself, between blank rows and below other figures.

    “Women” may be the name of what follows, or what is left of the table above.  Not where one of its kind stands so
    over the figures above as well.  So may names on a row of several, “woman | adult”, be a line left blank.
    """
    grid, found = case.grid, {}
    first = grid.once(_first_figure)
    cells = {cell for claim in case.claims.values() for role, cell in claim.headings if role == "title"}
    titles = [cell for cell in cells if names_tables(case.catalogue, grid.text(cell))]
    last = max(titles, default=(0, 0))
    apart = {cell for cell in cells if cell[0] > first and (_is_apart(grid, cell) or cell < last)}
    for place, claim in case.claims.items() if apart else ():
        words = case.words(claim)
        for cell in [cell for role, cell in claim.headings if role == "title" and cell in apart]:
            kinds = _kinds(words, grid.text(cell))
            over = (other for other, kind in grid.kinds.items() if kind == LABEL and other[0] < first)
            alike = any(
                kinds & _kinds(words, grid.text(other)) for other in over if stands_alone(grid, other)
            )
            if kinds and not alike and (_is_apart(grid, cell) or _is_line(grid, words, cell)):
                found[place] = case.blamed(claim, "label_unfilled", cell)
    return found


def of_two_titles(case: Case) -> dict[Place, Refusal]:
    """Figures of which a title over them names several tables, and no heading the one: “Suspects and victims”.

    They may be of both together.
    """
    tables = {claim.table.id for claim in case.claims.values()}
    cells = {cell for claim in case.claims.values() for role, cell in claim.headings if role == "title"}
    apart = {cell for cell in cells if len(tables) == 1 and _names_others(case, cell, *tables)}
    return {
        place: case.blamed(claim, "title_not_understood", cell)
        for place, claim in (case.claims.items() if apart else ())
        for role, cell in claim.headings
        if cell in apart
    }


def _names_others(case: Case, cell: Place, table: str) -> bool:
    """Whether a title names another table beside one, and no heading below it has a word of the title."""
    text = case.grid.text(cell)
    words = vocabulary(case.catalogue, table)
    parts = parts_of(case.catalogue, text) if names_tables(case.catalogue, text) > {table} else ()
    named = (names_tables(case.catalogue, part) for part in parts)
    if not any(tables and table not in tables for tables in named):
        return False
    said = set(words.stems(text))
    return all(said.isdisjoint(words.stems(case.grid.text(used))) for used in case.scene.used)


def _first_figure(grid: Grid) -> int:
    """The row of the first figure on a sheet."""
    return min((row for (row, _), kind in grid.kinds.items() if kind == FIGURE), default=0)


def _is_line(grid: Grid, words: Vocabulary, cell: Place) -> bool:
    """Whether names of other members stand on the row of one, and no figure: a line of a list that was left blank."""
    line = grid.once(by_row)[cell[0]]
    return len(line) > 1 and all(grid.kinds[p] == LABEL and _kinds(words, grid.text(p)) for p in line)


def _is_apart(grid: Grid, cell: Place) -> bool:
    """Whether nothing stands beside a label, and right over and below it."""
    lines = grid.once(by_row)
    return len(lines[cell[0]]) == 1 and not any(lines.get(cell[0] + step) for step in (-1, 1))


def _kinds(words: Vocabulary, text: str) -> frozenset[str]:
    """The kinds of which a text names a member, if it is no title."""
    readings = words.read(text)
    titled = any(reading.title for reading in readings)
    return frozenset() if titled else frozenset(name for r in readings for name, _ in r.dims)
