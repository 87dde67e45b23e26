"""Sheets that are turned round as a whole: what else is a row is a column there, from the titles to the notes."""

from __future__ import annotations

import re
from bisect import bisect, bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import pairwise, takewhile

from thb_analysis.definitions import Catalogue
from thb_analysis.ingest.cells import Cell, Merge, RowRun, Segments, Sheet
from thb_analysis.ingest.recognition.grid import MOST_BLANK, Place
from thb_analysis.ingest.recognition.keys import Source, tables_named
from thb_analysis.ingest.recognition.questions import of_submissions
from thb_analysis.ingest.words.fold import fold

_LISTED = re.compile(r"(?:\s{2,}|\s*[-–—•]+\s*|\d\.\d{1,2}\.?\s+)[^\W\d_]")  #: labels of lines
FEWEST = 2  #: labels on the first row that make it a list
UPRIGHT = 12  #: rows that are written alike, so many that they are the lines of a list
MOST_ROWS, MOST_CELLS = 100, 2_000  #: a taller or larger sheet is not turned
MOST_CLOSED = 600  #: cells of a sheet that is read without its empty rows or columns, too


def may_be_turned(sheet: Sheet, source: Source) -> bool:
    """Whether a sheet may have its rows for columns: all of its tables have their titles beside them.

    Several of them stand below each other with empty rows between.  Or the labels of lists stand beside each other, or
    what a web form writes of an answer stands below each other.
    """
    if not _is_small(sheet, MOST_CELLS) or _alone_on_first_row(sheet):
        return False
    if _lists_beside(sheet.cells) or _of_web_form(sheet.cells, source.catalogue):
        return True
    tables: list[list[Cell]] = []
    last = -1
    for cell in sheet.cells:
        if not tables or cell.row > last + 1:
            tables.append([])
        tables[-1].append(cell)
        last = cell.row
    parts: list[list[Cell]] = []
    for table in tables:
        if _is_titled(table) or not parts:
            parts.append(table)
        else:
            parts[-1] += table
    return all(map(_is_titled, parts))


def _is_small(sheet: Sheet, most: int) -> bool:
    """Whether a sheet may be read in more than one way, which takes its time: small, with no long list."""
    if sheet.hidden or _last_row(sheet) not in range(1, MOST_ROWS) or len(sheet.cells) > most:
        return False
    return not _is_upright(sheet.cells)


def _is_upright(cells: Sequence[Cell]) -> bool:
    """Whether many rows are written alike from the first column on; by a look at the parts, without making cells."""
    if not isinstance(cells, Segments):
        return False
    runs = [part for part in cells.parts if isinstance(part, RowRun)]
    others = [cell.column for part in cells.parts if not isinstance(part, RowRun) for cell in part]
    first = min([*others, *(run.columns[0].column for run in runs)], default=0)
    return any(run.rows >= UPRIGHT and run.columns[0].column == first for run in runs)


def closed_up(sheet: Sheet, source: Source) -> list[tuple[Sheet, Callable[[Place], Place]]]:
    """A sheet without the empty rows amid its lists, and without such columns; each with where its cells have moved.

    Not without those above the title of another table, or below one.
    """
    if not _is_small(sheet, MOST_CLOSED):
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
    last = max((line for line in used if any(cell.kind == "number" for cell in lines[line])), default=0)
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
            counts = {c.column: any(m and m[0] == "number" for m in c.known.values()) for c in part.columns}
            lines[0].update(dict.fromkeys(range(part.first, part.first + part.rows), any(counts.values())))
            lines[1].update(
                (column, number) for column, number in counts.items() if number or column not in lines[1]
            )
            continue
        for cell in part:
            for axis, line in enumerate((cell.row, cell.column)):
                lines[axis][line] = cell.kind == "number" or lines[axis].get(line, False)
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


def _lists_beside(cells: Sequence[Cell]) -> bool:
    """Whether labels of the first row are such as lines of lists have: with dashes, further in, numbered by parts.

    Or have nothing below them, while others have: they part the lines.
    """
    first = [cell for cell in cells if cell.row == cells[0].row and cell.kind == "text"]
    filled = {cell.column for cell in cells if cell.row > cells[0].row}
    parting = [cell for cell in first[1:] if cell.column not in filled]
    listed = [cell for cell in first if _LISTED.match(cell.text)]
    return len(parting) >= FEWEST or len(listed) >= FEWEST


def _of_web_form(cells: Sequence[Cell], catalogue: Catalogue) -> bool:
    """Whether the first column has what only web forms write of an answer."""
    column = min(cell.column for cell in cells)
    known, others = of_submissions(catalogue)
    texts = {fold(cell.text).strip(" .:") for cell in cells if cell.column == column}
    return bool(texts & known) and len(texts & (known | others)) >= FEWEST


def _alone_on_first_row(sheet: Sheet) -> bool:
    """Whether the first row has one cell only, as where a title stands over all; without making the cells of a run."""
    part = sheet.cells.parts[0] if isinstance(sheet.cells, Segments) else sheet.cells
    if isinstance(part, RowRun):
        return len(part.columns) == 1
    return len(part) == 1 or part[1].row != part[0].row


def _last_row(sheet: Sheet) -> int:
    """The last row with a cell, 0 where there is none; without making the cells of a large sheet."""
    last = sheet.cells.parts[-1:] if isinstance(sheet.cells, Segments) else [sheet.cells]
    for part in last:
        return part.first + part.rows - 1 if isinstance(part, RowRun) else part[-1].row if part else 0
    return 0


def _is_titled(cells: Sequence[Cell]) -> bool:
    """Whether the first columns of a part of a sheet have one cell each, a text in its first row."""
    columns: dict[int, list[Cell]] = defaultdict(list)
    for cell in cells:
        columns[cell.column].append(cell)
    first = columns[min(columns)]
    return (
        len(columns) > 1
        and len(cells) > len(columns)
        and len(first) == 1
        and first[0] is cells[0]
        and first[0].kind == "text"
    )


def turned(sheet: Sheet) -> Sheet:
    """A sheet with its columns as rows."""
    cells = [
        cell._replace(
            row=cell.column,
            column=cell.row,
            look=cell.look._replace(rows=cell.look.columns, columns=cell.look.rows),
        )
        for cell in sheet.cells
    ]
    merges = tuple(Merge(left, top, right, bottom) for top, left, bottom, right in sheet.merges)
    return Sheet(sheet.name, sorted(cells), merges, sheet.hidden, margins=sheet.margins, turned=True)
