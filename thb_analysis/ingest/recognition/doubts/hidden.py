"""Figures whose headings are right only where nobody looks at what is hidden, or struck through."""

from __future__ import annotations

from collections.abc import Sequence

from thb_analysis.ingest.cells import Cell
from thb_analysis.ingest.recognition.doubts.case import AXES, Case
from thb_analysis.ingest.recognition.grid import Grid, Place
from thb_analysis.ingest.recognition.keys import Claim, Refusal, names_tables
from thb_analysis.ingest.recognition.scene import LEFT, UP, Scene, place_at
from thb_analysis.ingest.recognition.titles import narrows
from thb_analysis.ingest.words.labels import Vocabulary, vocabulary
from thb_analysis.ingest.words.meanings import Reading
from thb_analysis.ingest.words.spans import named_year


def under_hidden_title(case: Case) -> dict[Place, Refusal]:
    """Figures over which a hidden title or section stands nearer than what they would be taken for without it.

    Or which a hidden note narrows, wherever it stands.
    """
    scene, grid, found = case.scene, case.grid, {}
    catalogue = case.catalogue
    hidden = grid.once(_hidden)
    lines = grid.once(_unseen_lines) if hidden else frozenset()
    notes = {cell for cell in hidden if narrows(grid.text(cell), catalogue)}
    for place, claim in case.claims.items() if hidden else ():
        words = vocabulary(catalogue, claim.table.id)
        corners = scene.corners(place)
        titles = [cell for role, cell in claim.headings if role == "title" and cell not in corners]
        nearest = max((cell[0] for cell in titles), default=0)
        titled = max(
            (cell[0] for cell in titles if claim.table.id in case.resolver.named((cell,))), default=0
        )
        heads = (*scene.stack(place, UP), *scene.stack(place, LEFT))
        own = case.resolver.named(heads)
        naming = [cell for cell in heads if claim.table.id in case.resolver.named((cell,))]
        for cell in hidden:
            said = words.read(grid.text(cell))
            if cell in notes and any(
                name not in claim.stated for reading in said for name, _ in reading.dims
            ):
                found[place] = case.blamed(claim, "heading_hidden", cell)
            if not titled < cell[0] < place[0] or cell[1] > place[1] or cell[0] in scene.fills(place, UP):
                continue
            if cell[0] in lines and not _over_group(scene, cell, place):
                continue  # it hides figures, too: its own
            tables = names_tables(catalogue, grid.text(cell))
            other = claim.table.id not in tables and any(
                not own or _members(vocabulary(catalogue, table), grid, naming) for table in tables
            )
            nearer = nearest < cell[0] and any(_says_else(reading, claim) for reading in said)
            if other or nearer:
                found[place] = case.blamed(claim, "heading_hidden", cell)
    return found


def struck(case: Case) -> dict[Place, Refusal]:
    """Figures of which a heading or a title is struck through, if only in part: somebody took back what they are."""
    crossed = case.grid.once(_crossed)
    found = {}
    for place, claim in case.claims.items() if crossed else ():
        cell = next((cell for _, cell in claim.headings if cell in crossed and cell != place), None)
        if cell is not None and not case.grid.cells[place].struck:
            found[place] = case.blamed(claim, "heading_struck", cell)
    return found


def below_hidden(case: Case) -> dict[Place, Refusal]:
    """Figures right below a label, and headed by nothing else, whose own figure is hidden: it is the label of that."""
    scene, grid, found = case.scene, case.grid, {}
    rows = grid.once(_hidden_numbers)
    for place, claim in case.claims.items() if rows else ():
        stack = scene.stack(place, UP)
        if len(stack) == 1 and not scene.stack(place, LEFT) and rows.get(stack[0][0], 0) > stack[0][1]:
            found[place] = case.blamed(claim, "heading_hidden", stack[0])
    return found


def _hidden(grid: Grid) -> list[Place]:
    """The hidden labels, in reading order."""
    return sorted(grid.hidden)


def _hidden_cells(grid: Grid) -> list[Cell]:
    """Everything that is hidden, figures too."""
    return [cell for cell in grid.sheet.cells if cell.look.hidden]


def _unseen_lines(grid: Grid) -> frozenset[int]:
    """The rows with hidden figures; what stands before all labels of its row numbers it."""
    cells, labels = grid.once(_hidden_cells), dict[int, int]()
    for row, column in grid.hidden:
        labels[row] = min(column, labels.get(row, column))
    unseen = (cell for cell in cells if (cell.row, cell.column) not in grid.cells)
    return frozenset(cell.row for cell in unseen if cell.column > labels.get(cell.row, 0))


def _hidden_numbers(grid: Grid) -> dict[int, int]:
    """Row → column of a hidden number that is no year."""
    cells = grid.once(_hidden_cells)
    return {cell.row: cell.column for cell in cells if cell.is_number and named_year(cell.text) is None}


def _crossed(grid: Grid) -> frozenset[Place]:
    """What is struck through."""
    return frozenset(place for place, cell in grid.cells.items() if cell.look.struck)


def _members(words: Vocabulary, grid: Grid, cells: Sequence[Place]) -> bool:
    """Whether labels are all members of a table's lists."""
    said = (words.read(grid.text(cell)) for cell in cells)
    return bool(cells) and all(any(r.dims and not r.title for r in readings) for readings in said)


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


def overlaid(case: Case) -> dict[Place, Refusal]:
    """Figures of which a merged heading covers another text on their own line: that was merged over one too many.

    And those below the name of a table that is covered, where their own title stands farther.
    """
    found: dict[Place, Refusal] = {}
    for place, claim in case.claims.items() if case.grid.overlaid else ():
        for role, cell in claim.headings:
            axis = AXES.get(role, -1)
            for level in case.scene.levels(cell, axis) if axis in (UP, LEFT) else ():
                under = place_at(axis, level, place[1 - axis])
                text = case.grid.overlaid.get(under, "")
                if text and text != case.grid.text(cell).strip():
                    found[place] = case.blamed(claim, "heading_hidden", cell, text)
    for under, text in case.grid.overlaid.items():
        named = names_tables(case.catalogue, text)
        for place, claim in case.claims.items() if named else ():
            titled = max((cell[0] for role, cell in claim.headings if role == "title"), default=0)
            if under[1] <= place[1] and titled < under[0] < place[0] and claim.table.id not in named:
                found[place] = case.blamed(claim, "heading_hidden", case.grid.covers[under], text)
    return found
