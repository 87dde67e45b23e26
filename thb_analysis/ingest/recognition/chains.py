"""What stands left of a region and above it: the parts that may belong to it, the nearest first."""

from __future__ import annotations

from thb_analysis.ingest.recognition.above import has_figures
from thb_analysis.ingest.recognition.grid import LABEL, Grid
from thb_analysis.ingest.recognition.islands import Region


def chain_left(grid: Grid, region: Region, found: list[Region]) -> list[Region]:
    """What stands left of it on the same rows, the nearest first; only labels where it has its own for every row."""
    rows = {place[0] for place in region.places if grid.kinds[place] != LABEL}
    ends: dict[int, int] = {}
    for row, column in region.places:
        ends[row] = max(column, ends.get(row, 0))
    labelled = {
        row for row, column in region.places if grid.kinds[(row, column)] == LABEL and column < ends[row]
    }
    own = rows <= labelled
    left = [
        other
        for other in found
        if other is not region
        and other.right < region.left
        and any(place[0] in rows for place in other.places)
        and not (own and is_table(grid, other))
    ]
    return sorted(left, key=lambda other: -other.right)


def is_table(grid: Grid, region: Region) -> bool:
    """Whether a region holds figures, not years alone: these are a column that an empty one parts from its list.

    Nor only what numbers the lines of that list: 1, 2, 3, each alone on its row.
    """
    if not has_figures(grid, region) or _numbers_lines(grid, region):
        return False
    return not all(grid.kinds[place] == LABEL or grid.series.get(place) == "year" for place in region.places)


def _numbers_lines(grid: Grid, region: Region) -> bool:
    numbers = sorted(place for place in region.places if grid.kinds[place] != LABEL)
    rows = [row for row, _ in region.places]
    alone = len({column for _, column in numbers}) == 1 and all(rows.count(row) == 1 for row, _ in numbers)
    return alone and [grid.text(place).strip(" .)") for place in numbers] == [
        str(number) for number in range(1, len(numbers) + 1)
    ]


def chain_up(grid: Grid, region: Region, found: list[Region]) -> list[Region]:
    """What stands above its figures, the nearest first."""
    columns = {place[1] for place in region.places if grid.kinds[place] != LABEL}
    above = [
        other
        for other in found
        if other.bottom < region.top
        and any(grid.span(p)[1] <= column <= grid.span(p)[3] for p in other.places for column in columns)
    ]
    return sorted(above, key=lambda other: (-other.bottom, -other.right))
