"""Words where a figure belongs: a text among the figures of a list, beside a member's name, heads nothing."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Protocol

from thb_analysis.definitions import Catalogue
from thb_analysis.ingest.cells import Cell
from thb_analysis.ingest.words.footnotes import footnote, footnote_start
from thb_analysis.ingest.words.readers import readers

Place = tuple[int, int]
UNKNOWN = "_U"
_NUMBER_FIRST = re.compile(r"[^\w\s]*\s*\d")


class Plane(Protocol):
    """What stands where."""

    cells: dict[Place, Cell]
    kinds: dict[Place, str]
    series: dict[Place, str]
    hidden: set[Place]


def texts_as_figures(grid: Plane, catalogue: Catalogue, label: str, figure: str) -> None:
    """Take texts that nobody knows for (unreadable) figures where only a figure can stand.

    Such a text stands right of a member's name, or below one, and the next line of the same list has a figure in
    that place.  As a heading it would make the figures behind it another list's, and they would all be refused.
    """
    found = [
        place
        for place, kind in grid.kinds.items()
        if kind == label and place not in grid.hidden and _says_nothing(catalogue, grid.cells[place])
    ]
    taken = [
        place for place in found if any(_in_list(grid, catalogue, place, axis, figure) for axis in (0, 1))
    ]
    for place in taken:
        grid.kinds[place] = figure


def _says_nothing(catalogue: Catalogue, cell: Cell) -> bool:
    if cell.kind != "text" or cell.rows > 1 or cell.columns > 1 or footnote_start(cell.text):
        return False
    return _is_no_heading(catalogue, cell.text)


@lru_cache(maxsize=20_000)
def _is_no_heading(catalogue: Catalogue, text: str) -> bool:
    """Whether no table knows a text, or knows it only as what is not known, or as a number and its unit."""
    plain = footnote(text)[0]
    said = [reading for words in readers(catalogue, plain) for reading in words.read(plain)]
    if _NUMBER_FIRST.match(plain):
        return not any(reading.dims or reading.years for reading in said)
    return all(reading.dims and {code for _, code in reading.dims} == {UNKNOWN} for reading in said)


def _in_list(grid: Plane, catalogue: Catalogue, place: Place, axis: int, figure: str) -> bool:
    """Whether a place is one of a list of figures that runs down (0) or across (1)."""
    head = _head(grid, place, axis, figure)
    if head is None:
        return False
    step = (1, 0) if axis == 0 else (0, 1)
    for sign in (-1, 1):
        beside = (place[0] + sign * step[0], place[1] + sign * step[1])
        if grid.kinds.get(beside) != figure:
            continue
        other = _head(grid, beside, axis, figure)
        if other is not None and other[1 - axis] == head[1 - axis] and _alike(grid, catalogue, head, other):
            return True
    return False


def _head(grid: Plane, place: Place, axis: int, figure: str) -> Place | None:
    """The nearest cell left of a place (0) or above it (1) that is no figure, with figures only between."""
    step = (0, -1) if axis == 0 else (-1, 0)
    at = (place[0] + step[0], place[1] + step[1])
    while grid.kinds.get(at) == figure:
        at = (at[0] + step[0], at[1] + step[1])
    return at if at in grid.kinds and at not in grid.hidden else None


def _alike(grid: Plane, catalogue: Catalogue, one: Place, other: Place) -> bool:
    """Whether two headings are of one list: members of the same dimensions, or years."""
    series = grid.series.get(one), grid.series.get(other)
    if all(series):
        return series[0] == series[1]
    ones, others = (_dimensions(catalogue, grid.cells[place].text) for place in (one, other))
    return bool(ones & others)


@lru_cache(maxsize=20_000)
def _dimensions(catalogue: Catalogue, text: str) -> frozenset[tuple[str, tuple[str, ...]]]:
    """What a label is a member of, by table."""
    plain = footnote(text)[0]
    return frozenset(
        (words.table.id, tuple(sorted(name for name, _ in reading.dims)))
        for words in readers(catalogue, plain)
        for reading in words.read(plain)
        if reading.dims
    )
