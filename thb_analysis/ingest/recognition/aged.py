"""Ages that look like figures, “<18” and “up to 18”, where they are headings beside other ages."""

from __future__ import annotations

from functools import lru_cache

from thb_analysis.definitions import Catalogue
from thb_analysis.ingest.recognition.grid import FIGURE, LABEL, Grid, Place, by_column, by_row
from thb_analysis.ingest.words.ages import ages_of
from thb_analysis.ingest.words.readers import readers


def ages_as_labels(grid: Grid, catalogue: Catalogue) -> None:
    """Take known ages for the labels that they are: on a line of ages without a figure, each with one behind it."""
    texts = (
        place for place, kind in grid.kinds.items() if kind == FIGURE and grid.cells[place].kind == "text"
    )
    ages = {p for p in texts if ages_of(catalogue, grid.text(p)) and _is_member(catalogue, grid.text(p))}
    if not ages:
        return
    rows, columns = by_row(grid), by_column(grid)
    for row, column in sorted(ages):
        over = _heads(grid, catalogue, ages, rows[row], (row, column), (row + 1, column))
        first = all(grid.kinds[place] != FIGURE for place in rows[row] if place[1] < column)
        if over or (
            first and _heads(grid, catalogue, ages, columns[column], (row, column), (row, column + 1))
        ):
            grid.kinds[row, column] = LABEL


def _heads(
    grid: Grid, catalogue: Catalogue, ages: set[Place], line: list[Place], place: Place, behind: Place
) -> bool:
    """Whether a place is on a line of ages, and a row of them behind no member of another list."""
    others = [other for other in line if other != place]
    return (
        grid.kinds.get(behind) == FIGURE
        and behind not in ages
        and all(grid.kinds[other] != FIGURE or other in ages for other in others)
        and any(other in ages or ages_of(catalogue, grid.text(other)) for other in others)
        and not (
            behind[0] > place[0] and min(line) not in ages and _is_member(catalogue, grid.text(min(line)))
        )
    )


@lru_cache(maxsize=10_000)
def _is_member(catalogue: Catalogue, text: str) -> bool:
    """Whether a text names a member of a list."""
    return any(
        reading.dims and not reading.title and reading.number is None
        for words in readers(catalogue, text)
        for reading in words.read(text)
    )
