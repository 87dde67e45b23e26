"""Lists whose lines are written further in, in several steps, below one that names their table: an outline."""

from __future__ import annotations

from collections.abc import Iterator

from thb_analysis.definitions import Catalogue
from thb_analysis.ingest.recognition.by_article import in_full, is_total, of_articles
from thb_analysis.ingest.recognition.coming_to import as_member, compared
from thb_analysis.ingest.recognition.grid import FIGURE, LABEL, Grid, Place
from thb_analysis.ingest.recognition.keys import names_tables
from thb_analysis.ingest.recognition.nested import part_start
from thb_analysis.ingest.recognition.outlines import Line, outlined
from thb_analysis.ingest.recognition.scene import LEFT


def written_further_in(grid: Grid, catalogue: Catalogue) -> dict[Place, str]:
    """The lines of such lists, each as a part of the one within which it is written.

    Each line is a member of what its table knows, and the lines of a kind right within another come to no more than it.
    Articles right within the first, of a table by articles, must have its sum: they are lines of their own.  A list
    with one step alone is read without that.
    """
    found: dict[Place, str] = {}
    for head, lines in _lists(grid, catalogue):
        numbers = _numbers([_depth(grid, cell) for cell in (head, *lines)])
        own = dict(zip((head, *lines), numbers, strict=True)) if numbers else {}
        if not own or not _are_parts(grid, catalogue, own):
            continue
        named = in_full(grid, catalogue, head, [cell for cell, number in own.items() if len(number) == 2])
        if named:
            own = {cell: number[1:] for cell, number in own.items() if cell != head}
        elif of_articles(catalogue, grid.written(_titled(grid, catalogue, head))):
            continue
        texts = (Line(cell, number, grid.written(cell).strip()) for cell, number in own.items())
        found |= {**outlined(grid, catalogue, [list(texts)]), **named}
    return found


def _lists(grid: Grid, catalogue: Catalogue) -> Iterator[tuple[Place, list[Place]]]:
    """Each line that names its table, with those right below it that are written further in than it."""
    figured = {place[0] for place, kind in grid.kinds.items() if kind == FIGURE}
    for head, kind in grid.kinds.items():
        if kind != LABEL or head[0] not in figured or head in grid.hidden:
            continue
        lines: list[Place] = []
        while (cell := (head[0] + len(lines) + 1, head[1])) in grid.kinds:
            label = grid.kinds[cell] == LABEL and cell[0] in figured and cell not in grid.hidden
            if not label or _depth(grid, cell) <= _depth(grid, head):
                break
            lines.append(cell)
        if len({_depth(grid, cell) for cell in lines}) > 1 and len(_tables(grid, catalogue, head)) == 1:
            yield head, lines


def _numbers(depths: list[int]) -> list[tuple[str, ...]]:
    """The places of lines in their outline; none where one is written less far in than it was stepped."""
    open_at: list[int] = []
    counts: list[int] = []
    found = []
    for depth in depths:
        if not open_at or depth > open_at[-1]:
            open_at.append(depth)
            counts.append(0)
        while open_at and open_at[-1] > depth:
            open_at.pop()
            counts.pop()
        if not open_at or open_at[-1] != depth:
            return []
        counts[-1] += 1
        found.append(tuple(map(str, counts)))
    return found


def _are_parts(grid: Grid, catalogue: Catalogue, numbers: dict[Place, tuple[str, ...]]) -> bool:
    """Whether all lines below the first are members, and those of a kind within one come to no more than it."""
    head = next(iter(numbers))
    tables = _tables(grid, catalogue, head)
    wholes = {number: cell for cell, number in numbers.items()}
    within: dict[tuple[Place, frozenset[str]], list[Place]] = {}
    for cell, number in numbers.items():
        if cell == head:
            continue
        text = grid.written(cell).strip()
        kind = as_member(catalogue, tables, text[len(part_start(catalogue, text)) :])
        if not kind or names_tables(catalogue, text):
            return False
        within.setdefault((wholes[number[:-1]], kind), []).append(cell)
    return all(compared(grid, LEFT, whole, own) for (whole, _), own in within.items())


def _tables(grid: Grid, catalogue: Catalogue, head: Place) -> frozenset[str]:
    return names_tables(catalogue, grid.written(_titled(grid, catalogue, head)))


def _titled(grid: Grid, catalogue: Catalogue, head: Place) -> Place:
    """A line; the label right above it where it is but a total."""
    above = grid.at((head[0] - 1, head[1]))
    total = above is not None and grid.kinds[above] == LABEL and is_total(catalogue, grid.written(head))
    return above if total and above is not None else head


def _depth(grid: Grid, cell: Place) -> int:
    text = grid.written(cell)
    return len(text) - len(text.lstrip())
