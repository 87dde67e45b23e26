"""Headings of a list that are there once more, half-way down, as where a page begins: they say nothing new."""

from __future__ import annotations

from collections.abc import Sequence

from thb_analysis.definitions import Catalogue
from thb_analysis.ingest.recognition.grid import FIGURE, Grid, Place
from thb_analysis.ingest.recognition.islands import Region
from thb_analysis.ingest.recognition.listed import named_by
from thb_analysis.ingest.words.fold import fold
from thb_analysis.ingest.words.readers import readers


def _rows_alike(grid: Grid) -> frozenset[int]:
    """The rows of a sheet in which two labels or more are those of an earlier row, each in its column."""
    known: set[tuple[int, str]] = set()
    count: dict[int, int] = {}
    for row, column in sorted(grid.kinds):
        if grid.kinds[(row, column)] == FIGURE:
            continue
        label = column, grid.text((row, column)).strip()
        if label in known:
            count[row] = count.get(row, 0) + 1
        else:
            known.add(label)
    return frozenset(row for row, labels in count.items() if labels > 1)


def headings_again(grid: Grid, region: Region, catalogue: Catalogue) -> frozenset[Place]:
    """The cells of a region that only say once more what the headings of their list say, amid its lines.

    Nothing else parts these lines: no other row without figures, no total, no line that is there twice.
    """
    if grid.alike is None:
        grid.alike = _rows_alike(grid)
    rows = sorted(row for row in grid.alike if region.top < row < region.bottom)
    if not rows:
        return frozenset()
    lines: dict[int, list[Place]] = {}
    for place in region.places:
        lines.setdefault(place[0], []).append(place)
    merged = {place[0] for place, first in grid.covers.items() if grid.kinds.get(first) == FIGURE}
    bare = {row for row, line in lines.items() if all(grid.kinds[place] != FIGURE for place in line)} - merged
    bare -= {row for row in bare if _left_blank(grid, lines, row, catalogue)}
    found: set[int] = set()
    for row in rows:
        first = max((other for other in bare - found if other < row), default=0)
        below = min((other for other in bare if other > row), default=region.bottom + 1)
        alone = len(lines.get(first - 1, ())) < 2 or first - 1 not in bare
        if row in bare and first and alone and _texts(grid, lines[row]) == _texts(grid, lines[first]):
            between = [n for n in (*range(first + 1, row), *range(row + 1, below)) if n not in found]
            if _is_one_list(grid, lines, between, (first, row), catalogue):
                found.add(row)
    return frozenset(place for row in found for place in lines[row])


def _left_blank(grid: Grid, lines: dict[int, list[Place]], row: int, catalogue: Catalogue) -> bool:
    """Whether all that a row holds is the label of a line, one like that right above it or right below."""
    label = lines[row][0]
    kinds = named_by(catalogue, grid.text(label))
    beside = ((row + step, label[1]) for step in (-1, 1) if len(lines.get(row + step, ())) > 1)
    return len(lines[row]) == 1 and any(kinds and kinds == named_by(catalogue, grid.text(p)) for p in beside)


def _texts(grid: Grid, line: Sequence[Place]) -> list[tuple[int, str]]:
    return [(place[1], grid.text(place).strip()) for place in sorted(line)]


def _is_one_list(
    grid: Grid,
    lines: dict[int, list[Place]],
    rows: Sequence[int],
    heads: tuple[int, int],
    catalogue: Catalogue,
) -> bool:
    """Whether rows with figures stand above and below a row of headings, each with a label that no other has."""
    first, again = heads
    column = min(place[1] for place in lines[first])
    if first + 1 not in rows or again - 1 not in rows or again + 1 not in rows:
        return False
    own = [label for row in rows if (label := grid.at((row, column))) is not None and label[0] == row]
    if len(own) < len(rows) or any(grid.kinds[label] == FIGURE for label in own):
        return False
    texts = [grid.text(label) for label in own]
    above = texts[: rows.index(again - 1) + 1]
    return len({fold(text) for text in texts}) == len(texts) and not any(
        _is_total(catalogue, text) for text in above
    )


def _is_total(catalogue: Catalogue, text: str) -> bool:
    return any(reading.total for words in readers(catalogue, text) for reading in words.read(text))
