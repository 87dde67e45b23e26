"""Lists whose parts stand a column further right than the names of tables that they divide: one column of labels.

So may their figures.
"""

from __future__ import annotations

from collections.abc import Iterator

from thb_analysis.definitions import Catalogue
from thb_analysis.ingest.recognition.coming_to import as_member
from thb_analysis.ingest.recognition.grid import FIGURE, LABEL, Grid, Place, by_row
from thb_analysis.ingest.recognition.keys import names_tables
from thb_analysis.ingest.recognition.nested import part_start

_Line = tuple[Place, list[Place]]  #: a label and the figures of its row


def close_up(grid: Grid, catalogue: Catalogue) -> dict[Place, Place]:
    """Put such parts below their lines, each with a dash; gives where they stood, by where they are now.

    So it is where each line has one label, each part is one by its words, and the parts come to no more than their
    whole.
    """
    moved: dict[Place, Place] = {}
    for lines in _lists(grid):
        first, *others = sorted({label[1] for label, _ in lines})
        if others != [first + 1] or lines[0][0][1] != first or grid.at((lines[0][0][0] - 1, first + 1)):
            continue
        if _are_parts(grid, catalogue, lines, first):
            for (row, column), figures in lines:
                if column != first:
                    moved[row, first] = row, column
                    if _are_beside(lines):
                        moved[row, first + 1] = figures[0]
    for place, old in moved.items():
        cell, kind = grid.cells.pop(old), grid.kinds.pop(old)
        text = grid.spelled.pop(old, cell.text).strip()
        if kind == LABEL:
            grid.typed[place] = cell.text
            cell = cell._replace(text=text if part_start(catalogue, text) else f"- {text}")
        grid.cells[place], grid.kinds[place] = cell._replace(column=place[1]), kind
    return moved


def _lists(grid: Grid) -> Iterator[list[_Line]]:
    """Rows that follow each other, each with one label and figures right of the labels of all."""
    lines: list[_Line] = []
    for row, cells in sorted(by_row(grid).items()):
        labels = [place for place in cells if grid.kinds[place] == LABEL and place not in grid.hidden]
        figures = [place for place in cells if grid.kinds[place] == FIGURE]
        plain = len(labels) == 1 and figures and len(labels) + len(figures) == len(cells)
        plain = plain and all(grid.span(place) == (*place, *place) for place in cells)
        if lines and not (plain and lines[-1][0][0] == row - 1):
            yield lines
            lines = []
        if plain:
            lines.append((labels[0], figures))
    if lines:
        yield lines


def _are_parts(grid: Grid, catalogue: Catalogue, lines: list[_Line], first: int) -> bool:
    """Whether all labels right of the first column are parts of the lines over them, which name their tables."""
    rightmost = max(label[1] for label, _ in lines)
    beside = _are_beside(lines)
    if not beside and any(place[1] <= rightmost for _, figures in lines for place in figures):
        return False
    parts: list[tuple[_Line, list[_Line]]] = []
    for line in lines:
        if line[0][1] == first:
            parts.append((line, []))
        else:
            parts[-1][1].append(line)
    for (head, figures), below in parts:
        tables = names_tables(catalogue, grid.text(head)) if below else frozenset()
        if below and len(tables) != 1:
            return False
        kinds = {
            as_member(catalogue, tables, _without_start(catalogue, grid.text(cell))) for cell, _ in below
        }
        if below and (len(kinds) != 1 or not kinds.pop()):
            return False
        for place in figures if below else ():
            rows = [(cell[0], place[1] + beside) for cell, _ in below]
            whole, *numbers = (grid.number(cell) for cell in (place, *rows))
            if whole is None or sum(number or 0 for number in numbers) > whole:
                return False
    return True


def _are_beside(lines: list[_Line]) -> bool:
    """Whether each line has one figure, right beside its label: it stands as far in."""
    return all(figures == [(label[0], label[1] + 1)] for label, figures in lines)


def _without_start(catalogue: Catalogue, text: str) -> str:
    return text.strip()[len(part_start(catalogue, text)) :].strip()
