"""Lists whose parts stand a column further right than the names of tables that they divide: one column of labels."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from thb_analysis.definitions import Catalogue
from thb_analysis.ingest.recognition.grid import FIGURE, LABEL, Grid, Place, by_row
from thb_analysis.ingest.recognition.keys import names_tables
from thb_analysis.ingest.recognition.nested import part_start
from thb_analysis.ingest.recognition.outlines import as_member

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
            for (row, column), _ in lines:
                if column != first:
                    moved[row, first] = row, column
    for place, old in moved.items():
        text = grid.text(old).strip()
        told = text if part_start(catalogue, text) else f"- {text}"
        grid.cells[place] = grid.cells.pop(old)._replace(column=place[1], text=told)
        grid.kinds[place] = grid.kinds.pop(old)
        grid.spelled.pop(old, None)
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
    if any(place[1] <= rightmost for _, figures in lines for place in figures):
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
            whole, *numbers = (_number(grid, (row, place[1])) for row in (head[0], *(c[0] for c, _ in below)))
            if whole is None or sum(number or 0 for number in numbers) > whole:
                return False
    return True


def _without_start(catalogue: Catalogue, text: str) -> str:
    return text.strip()[len(part_start(catalogue, text)) :].strip()


def _number(grid: Grid, place: Place) -> Decimal | None:
    cell = grid.cells.get(place)
    return Decimal(cell.text) if cell is not None and cell.kind == "number" else None
