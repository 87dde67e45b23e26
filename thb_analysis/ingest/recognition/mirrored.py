"""Lists whose labels stand right of their figures (“7 | men”): read as if they stood left of them.

Or on both sides, in two languages (“vīrieši | 7 | men”): once is enough.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise

from thb_analysis.definitions import Catalogue
from thb_analysis.ingest.recognition.grid import FIGURE, LABEL, Grid, Place, by_row
from thb_analysis.ingest.words.mentions import understood
from thb_analysis.ingest.words.readers import readers

_Line = tuple[Place, list[Place]]  #: a label and the figures before it


def labels_first(grid: Grid, catalogue: Catalogue) -> dict[Place, Place]:
    """Put such labels left of their figures, with the heading over them; gives where they stood, by where they are now.

    Not where the figures may be the numbers of lines whose own figures are missing, or where anything stands right
    of the labels.
    """
    rows = {row: sorted(cells) for row, cells in by_row(grid).items()}
    moved: dict[Place, Place] = {}
    for lines in _lists(grid, rows):
        (top, column), figures = lines[0]
        over = [p for p in rows.get(top - 1, ()) if figures[0][1] <= p[1]]
        headed = {p[1] for p in over if grid.kinds[p] != FIGURE} >= {p[1] for p in figures} and len(over) > 1
        named = [p for p in over if p[1] == column and grid.kinds[p] == LABEL and len(over) > 1]
        told = [understood(catalogue, grid.text(label)) for label, _ in lines]
        if any(p[1] > column for p in over) or 2 * sum(told) <= len(lines):
            continue
        if any(grid.kinds[label] != LABEL for label, _ in lines) and not _names_articles(
            grid, catalogue, named
        ):
            continue  # their numbers may be figures themselves
        if headed or (len(figures) == 1 and _are_counts(grid, catalogue, lines)):
            for label in (*named, *(label for label, _ in lines)):
                moved[label[0], figures[0][1] - 1] = label
    for place, old in moved.items():
        grid.cells[place] = grid.cells.pop(old)._replace(column=place[1])
        grid.kinds[place] = grid.kinds.pop(old)
        for texts in (grid.spelled, grid.series):
            if old in texts:
                texts[place] = texts.pop(old)
    return moved


def _names_articles(grid: Grid, catalogue: Catalogue, named: list[Place]) -> bool:
    """Whether the heading of the labels says that they are articles."""
    texts = [grid.text(cell) for cell in named]
    return any(
        words.articles in reading.names
        for text in texts
        for words in readers(catalogue, text)
        for reading in words.read(text)
    )


def _lists(grid: Grid, rows: dict[int, list[Place]]) -> Iterator[list[_Line]]:
    """Rows that follow each other, each with figures from one column on and one label right behind them.

    Amid them a label may stand alone: its figures were left blank.
    """
    lines: list[_Line] = []
    blank: list[_Line] = []
    for cells in [*(cells for _, cells in sorted(rows.items())), []]:
        *figures, label = cells or [(0, 0)]
        plain = bool(cells) and grid.kinds[label] != FIGURE and label not in grid.hidden
        plain = plain and [column for _, column in cells] == [*range(cells[0][1], label[1] + 1)]
        plain = plain and all(grid.kinds[place] == FIGURE for place in figures)
        plain = plain and all(grid.span(place) == (*place, *place) for place in cells)
        before = blank or lines
        if before and not (plain and before[-1][0] == (label[0] - 1, label[1])):
            if len(lines) > 1 and not _labelled(rows, lines):
                yield lines
            lines, blank = [], []
        if plain and not figures:
            blank += [(label, [])] if lines else []
        elif plain and lines and figures[0][1] != lines[0][1][0][1]:
            lines, blank = [], []
        elif plain:
            lines, blank = [*lines, *blank, (label, figures)], []


def _labelled(rows: dict[int, list[Place]], lines: list[_Line]) -> bool:
    """Whether anything stands left of the figures on the row above them or below: there other labels may have been."""
    first = lines[0][1][0][1]
    beside = (lines[0][0][0] - 1, lines[-1][0][0] + 1)
    return any(place[1] < first for row in beside for place in rows.get(row, ()))


def _are_counts(grid: Grid, catalogue: Catalogue, lines: list[_Line]) -> bool:
    """Whether the one number before each label is no number of its line: they do not go up by even steps.

    If they go up, there are two of them, or the last is the sum of the others.
    """
    numbers = [grid.number(figures[0]) for _, figures in lines if figures]
    known = [number for number in numbers if number is not None]
    steps = {after - before for before, after in pairwise(known)}
    if len(known) < len(numbers) or steps == {1} or all(number % 10 == 0 for number in known):
        return False
    last = grid.text(lines[-1][0])
    total = any(reading.total for words in readers(catalogue, last) for reading in words.read(last))
    summed = total and sum(known[:-1]) == known[-1]
    return min(steps) <= 0 or len(known) == 2 or (len(steps) > 1 and summed)


def said_again(grid: Grid, catalogue: Catalogue) -> set[Place]:
    """Labels behind the figures of a list that say just what those before them do, with the name over them."""
    rows = {row: sorted(cells) for row, cells in by_row(grid).items()}
    found: set[Place] = set()
    lines: list[tuple[Place, Place]] = []
    for row in [*sorted(rows), 0]:
        cells = rows.get(row, [])
        both = (cells[0], cells[-1]) if len(cells) > 2 else None
        if both and not (
            grid.kinds[both[0]] != FIGURE
            and grid.kinds[both[1]] == LABEL
            and all(grid.kinds[place] == FIGURE for place in cells[1:-1])
        ):
            both = None
        if lines and (both is None or both[1] != (lines[-1][1][0] + 1, lines[-1][1][1])):
            if len(lines) > 1 and all(_same(catalogue, grid.text(a), grid.text(b)) for a, b in lines):
                found |= {behind for _, behind in lines} | _name_over(grid, catalogue, lines)
            lines = []
        if both is not None:
            lines.append(both)
    return found


def _name_over(grid: Grid, catalogue: Catalogue, lines: list[tuple[Place, Place]]) -> set[Place]:
    """What the second labels are called, if the first are called so, too."""
    names = [grid.at((place[0] - 1, place[1])) for place in lines[0]]
    texts = [grid.text(place) if place is not None else "" for place in names]
    named = [
        {n for words in readers(catalogue, text) for r in words.read(text) for n in r.names} for text in texts
    ]
    return {names[1]} if names[1] is not None and named[0] & named[1] else set()


@lru_cache(maxsize=10_000)
def _same(catalogue: Catalogue, one: str, other: str) -> bool:
    """Whether two texts say the same of the figures of each table that understands both, and of some."""
    said = (
        [{(r.dims, r.years, r.total, r.part) for r in words.read(text)} for text in (one, other)]
        for words in readers(catalogue, one)
    )
    both = [pair for pair in said if all(pair)]
    return bool(both) and all(first == second for first, second in both)
