"""Labels merged over a list that begin parts of its lines: years over the lines of each, and head no columns."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from thb_analysis.ingest.recognition.grid import Place
from thb_analysis.ingest.words.spans import named_year

if TYPE_CHECKING:
    from thb_analysis.ingest.recognition.scene import Scene

UP = 0


def sections(scene: Scene) -> frozenset[Place]:
    """Labels merged over a list, its labels and its figures, that begin parts of its lines and head no columns.

    Each stands right over a line with a label; one at least right below such a line, where no heading of columns
    stands; and every column has a heading over all of them.
    """
    lines: dict[int, list[int]] = {}
    for row, column in scene.figures:
        lines.setdefault(row, []).append(column)
    groups: dict[range, list[Place]] = {}
    for cell in scene.region.places:
        over = scene.along(cell, UP)
        if len(over) > 1 and scene.is_heading(cell) and _labelled(scene, cell[0] + 1, over, lines):
            groups.setdefault(over, []).append(cell)
    found: set[Place] = set()
    for over, cells in groups.items():
        first = min(cells)[0]
        columns = {column for cell in cells for column in lines[cell[0] + 1]}
        heads = [
            scene.along(head, UP)
            for head in scene.region.places
            if head[0] < first and scene.is_heading(head) and len(scene.along(head, UP)) < len(over)
        ]
        headed = all(any(column in head for head in heads) for column in columns)
        begins = [row for row, _ in cells]
        if headed and any(
            _labelled(scene, row - 1, over, lines) for row in (*begins, *_unmerged(scene, over, cells, lines))
        ):
            found.update(cells)
    return frozenset(found)


def _unmerged(scene: Scene, over: range, cells: Iterable[Place], lines: dict[int, list[int]]) -> list[int]:
    """Rows right below a line with nothing but a year where others of their list are merged over all of it."""
    if any(named_year(scene.grid.text(cell)) is None for cell in cells):
        return []
    rows: dict[int, list[Place]] = {}
    for place in scene.region.places:
        rows.setdefault(place[0], []).append(place)
    alone = [line[0] for line in rows.values() if len(line) == 1 and line[0][1] == over[0]]
    years = [cell for cell in alone if named_year(scene.grid.text(cell)) is not None]
    return [row for row, _ in years if _labelled(scene, row + 1, over, lines)]


def _labelled(scene: Scene, row: int, over: range, lines: dict[int, list[int]]) -> bool:
    """Whether a line begins with a label and holds figures, all of them within these columns."""
    first = scene.grid.at((row, over[0]))
    figures = lines.get(row, ())
    labelled = first is not None and first in scene.region.places and scene.is_heading(first)
    return labelled and bool(figures) and all(column in over for column in figures)
