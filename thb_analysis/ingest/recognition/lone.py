"""What stands alone: a bare number that gives a year, a line of a list without figures."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from thb_analysis.ingest.recognition.axes import Axes
from thb_analysis.ingest.recognition.grid import EITHER, FIGURE, Grid, Place, by_row
from thb_analysis.ingest.recognition.scene import LEFT, UP
from thb_analysis.ingest.words.labels import Vocabulary
from thb_analysis.ingest.words.meanings import Reading


def lone_year(
    axes: Axes,
    own: int | None,
    place: Place,
    year: int | None,
    spans: Collection[tuple[int, int]],
    words: Vocabulary,
) -> Place | None:
    """The heading that gives a year by a bare number, where no other year stands on its line and none is named.

    Under “Year”, or beside other years, a number is a year; alone it may have got there by accident.  None where a
    title or the file (`own`) says the same year, and for tables that are of no other years.
    """
    if not words.table.later_years or year is None or year == own or (year, year) in spans:
        return None
    found = (_alone(axes, place, axis, words) for axis in (UP, LEFT))
    return next((cell for cell in found if cell is not None), None)


def _alone(axes: Axes, place: Place, axis: int, words: Vocabulary) -> Place | None:
    part = axes.along(place, axis, words, frozenset())
    dated = [cell for cell, reading in part.entries if reading.years]
    named = any("year" in reading.names for _, reading in part.entries)
    if not dated or named or axes.grid.kinds[dated[0]] != EITHER:
        return None
    beside = axes.beside(place, axis, words)
    levels = axes.scene.levels(dated[0], axis)
    years = {year for level in levels for reading in beside.get(level, ()) for year in reading.years}
    corners = axes.line_corners(dated[0], place, axis)
    return dated[0] if len(years) == 1 and "year" not in axes.named_for(corners, words) else None


def is_year_alone(grid: Grid, place: Place) -> bool:
    """Whether a bare year stands by itself, with nothing on its row and right below: it heads no line of figures."""
    if place in grid.hidden or grid.series.get(place) != "year":
        return False
    below = any(grid.at((place[0] + 1, place[1] + right)) for right in (-1, 0, 1))
    return not below and len(grid.once(by_row)[place[0]]) == 1


def is_data_row(
    axes: Axes, cell: Place, place: Place, readings: Sequence[Reading], words: Vocabulary
) -> bool:
    """A label on the line of this figure's own headings whose figures are all blank: no title.

    A member's name may be that of the table as well (“checks”); what says more than the table's name is a title.
    """
    if any(reading.title and reading.sets for reading in readings):
        return False
    readings = [reading for reading in readings if not reading.title]
    rows, columns = axes.scene.fills(place, UP), axes.scene.level_map(place, LEFT)
    if cell[1] < _covered(axes).get(cell[0], 0):
        return True  # a merged figure reaches into its row
    beside = axes.grid.kinds.get((cell[0], place[1]))
    if beside == FIGURE and _closed(axes, cell, place, words):
        return True  # a line with a figure of its own, of a list before
    end = min(rows, default=place[0])
    if cell[0] < end and _in_earlier_list(axes, cell, end, readings, words):
        return True
    if cell[1] in columns and cell[0] > max(rows, default=0):
        axis = LEFT
    elif cell[0] in rows and cell[1] > max(columns, default=0):
        axis = UP
    else:
        return False
    sets = frozenset().union(*(reading.sets for reading in readings))
    told = axes.level_sets(
        place, axis, words
    )  # of its own level: an organization is no line among women and men
    line = frozenset().union(*(told.get(level, ()) for level in axes.scene.levels(cell, axis)))
    if "year" in sets and any(d.pattern and d.name in line for d in words.table.dimensions):
        return True
    begins = (
        axes.scene.grid.at((cell[0] - 1, cell[1])) is None
    )  # a part of nothing above it is of the list before
    shared = sets & line
    if shared == {"year"} and sets - line:  # a year that they all have divides nothing
        beside_it = axes.beside(place, axis, words).values()
        years = {reading.years for level in beside_it for reading in level if reading.years}
        shared = shared if years != {reading.years for reading in readings} else frozenset()
    whole = any(
        r.total and len(r.years) < 2 for r in readings
    )  # “Total 2014–2024” over a list says of which years
    return bool(shared) or whole or any(r.part and not begins for r in readings)


def _closed(axes: Axes, cell: Place, place: Place, words: Vocabulary) -> bool:
    """Whether the name of a kind of members (“by age”) stands between two labels: with it another list begins."""
    between = (axes.scene.grid.at((row, cell[1])) for row in range(cell[0] + 1, place[0]))
    said = (words.read(axes.scene.grid.text(at)) for at in between if at is not None)
    return any(r.names and not r.sets for own in said for r in own)


def _covered(axes: Axes) -> dict[int, int]:
    """By row the last column into which a merged figure reaches from another row."""
    known: dict[int, int] | None = axes.known.get(("covered",))
    if known is None:
        figures = set(axes.scene.figures)
        found: dict[int, int] = {}
        for (row, column), over in axes.scene.grid.covers.items():
            if over in figures and over[0] != row:
                found[row] = max(column, found.get(row, 0))
        known = axes.known[("covered",)] = found
    return known


def _in_earlier_list(
    axes: Axes, cell: Place, end: int, readings: Iterable[Reading], words: Vocabulary
) -> bool:
    """Whether a label is a line without figures of a list that ends before the row `end`, of others' headings."""
    sets = {name for reading in readings for name in reading.sets}
    below = [figure for figure in axes.scene.figures if cell[0] < figure[0] < end]
    lines = [axes.line_sets(f, LEFT, words) for f in below if cell[1] in axes.scene.fills(f, LEFT)]
    return any(sets & line for line in lines)
