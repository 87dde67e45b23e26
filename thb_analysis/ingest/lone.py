"""What stands alone: a bare number that gives a year, a line of a list without figures."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from thb_analysis.ingest.axes import Axes
from thb_analysis.ingest.grid import EITHER, Place
from thb_analysis.ingest.labels import Vocabulary
from thb_analysis.ingest.meanings import Reading
from thb_analysis.ingest.scene import LEFT, UP


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


def in_earlier_list(
    axes: Axes, cell: Place, end: int, readings: Iterable[Reading], words: Vocabulary
) -> bool:
    """Whether a label is a line without figures of a list that ends before the row `end`, of others' headings."""
    sets = {name for reading in readings for name in reading.sets}
    below = [figure for figure in axes.scene.figures if cell[0] < figure[0] < end]
    lines = [axes.line_sets(f, LEFT, words) for f in below if cell[1] in axes.scene.fills(f, LEFT)]
    return any(sets & line for line in lines)
