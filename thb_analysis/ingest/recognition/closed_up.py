"""A sheet without the empty rows or columns amid its lists, and where its cells have moved."""

from __future__ import annotations

from bisect import bisect, bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import pairwise, takewhile

from thb_analysis.ingest.cells import Cell, Merge, RowRun, Segments, Sheet, is_number
from thb_analysis.ingest.recognition.grid import MOST_BLANK, Place
from thb_analysis.ingest.recognition.keys import Source, tables_named
from thb_analysis.ingest.recognition.turned import is_small

MOST_CELLS = 600  #: of a sheet that is read without them, too


def closed_up(sheet: Sheet, source: Source) -> list[tuple[Sheet, Callable[[Place], Place]]]:
    """A sheet without the empty rows amid its lists, and without such columns; each with where its cells have moved.

    Not without those above the title of another table, or below one.
    """
    if not is_small(sheet, MOST_CELLS):
        return []
    found: list[tuple[Sheet, Callable[[Place], Place]]] = []
    for axis, (used, last) in enumerate(_used(sheet)):
        gaps = _gaps(sheet, source, axis) if any(after <= last for _, after in _wide(used)) else []
        if gaps:
            found.append((_without(sheet, gaps, axis), partial(_moved, gaps, axis)))
    return found


def _gaps(sheet: Sheet, source: Source, axis: int) -> list[int]:
    """The empty rows, or columns, of a sheet amid what may be one list: below its first title, and above a figure."""
    lines: dict[int, list[Cell]] = defaultdict(list)
    for cell in sheet.cells:
        first, long = (cell.row, cell.rows) if axis == 0 else (cell.column, cell.columns)
        for line in range(first, first + long):
            lines[line].append(cell)
    used, gaps = sorted(lines), list[int]()
    last = max((line for line in used if any(cell.is_number for cell in lines[line])), default=0)
    titles = {n for n in used if len(lines[n]) == 1 and tables_named(source, lines[n][0].text)}
    first = min(titles, default=0) if axis == 0 else 0
    for before, after in _wide(used):
        alone = list(takewhile(lambda line: len(lines[line]) == 1, used[bisect_left(used, after) :]))
        if first <= before and after <= last and titles.isdisjoint((before, *alone)):
            gaps += range(before + 1, after)
    return gaps


def _wide(used: Sequence[int]) -> list[tuple[int, int]]:
    """Rows or columns in use between which some are empty, and not too many."""
    return [(one, other) for one, other in pairwise(used) if other - one in range(2, MOST_BLANK + 2)]


def _used(sheet: Sheet) -> Iterator[tuple[list[int], int]]:
    """The rows, then the columns with a cell, and the last with a number; without making the cells of a run."""
    lines: tuple[dict[int, bool], dict[int, bool]] = ({}, {})
    for part in sheet.cells.parts if isinstance(sheet.cells, Segments) else [sheet.cells]:
        if isinstance(part, RowRun):
            counts = {
                c.column: any(m and is_number(m[0], m[2]) for m in c.known.values()) for c in part.columns
            }
            rows = range(part.first, part.first + part.rows)
            gaps = all(None in c.known.values() for c in part.columns)
            used = {cell.row for cell in part.cells()} if gaps else rows
            lines[0].update(dict.fromkeys(used, any(counts.values())))
            lines[1].update(
                (column, number) for column, number in counts.items() if number or column not in lines[1]
            )
            continue
        for cell in part:
            for axis, line in enumerate((cell.row, cell.column)):
                lines[axis][line] = cell.is_number or lines[axis].get(line, False)
    for known in lines:
        yield sorted(known), max((line for line, number in known.items() if number), default=0)


def _moved(gaps: Sequence[int], axis: int, place: Place) -> Place:
    """Where a cell stands without empty rows or columns before it."""
    row, column = place
    return (row - bisect(gaps, row), column) if axis == 0 else (row, column - bisect(gaps, column))


def _without(sheet: Sheet, gaps: Sequence[int], axis: int) -> Sheet:
    places = ((cell, _moved(gaps, axis, (cell.row, cell.column))) for cell in sheet.cells)
    cells = [cell._replace(row=row, column=column) for cell, (row, column) in places]
    ends = ((_moved(gaps, axis, merge[:2]), _moved(gaps, axis, merge[2:])) for merge in sheet.merges)
    return replace(sheet, cells=cells, merges=tuple(Merge(*first, *last) for first, last in ends))
