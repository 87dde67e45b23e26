"""Sheets that are turned round as a whole: what else is a row is a column there, from the titles to the notes."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

from thb_analysis.definitions import Catalogue
from thb_analysis.ingest.cells import Cell, Merge, RowRun, Segments, Sheet
from thb_analysis.ingest.recognition.keys import Source
from thb_analysis.ingest.recognition.questions import of_submissions
from thb_analysis.ingest.words.fold import fold

_LISTED = re.compile(r"(?:\s{2,}|\s*[-–—•]+\s*|\d\.\d{1,2}\.?\s+)[^\W\d_]")  #: labels of lines
FEWEST = 2  #: labels on the first row that make it a list
UPRIGHT = 12  #: rows that are written alike, so many that they are the lines of a list
MOST_ROWS, MOST_CELLS = 100, 2_000  #: a taller or larger sheet is not turned


def may_be_turned(sheet: Sheet, source: Source) -> bool:
    """Whether a sheet may have its rows for columns: all of its tables have their titles beside them.

    Several of them stand below each other with empty rows between.  Or the labels of lists stand beside each other, or
    what a web form writes of an answer stands below each other.
    """
    if _alone_on_first_row(sheet) or not is_small(sheet, MOST_CELLS):
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


def is_small(sheet: Sheet, most: int) -> bool:
    """Whether a sheet may be read in more than one way, which takes its time: small, with no long list."""
    if sheet.hidden or _last_row(sheet) not in range(1, MOST_ROWS) or _is_upright(sheet.cells):
        return False
    return len(sheet.cells) <= most  # the last: of a large sheet it takes the longest to tell


def _is_upright(cells: Sequence[Cell]) -> bool:
    """Whether many rows are written alike from the first column on; by a look at the parts, without making cells."""
    if not isinstance(cells, Segments):
        return False
    runs = [part for part in cells.parts if isinstance(part, RowRun)]
    others = [cell.column for part in cells.parts if not isinstance(part, RowRun) for cell in part]
    first = min([*others, *(run.columns[0].column for run in runs)], default=0)
    return any(run.rows >= UPRIGHT and run.columns[0].column == first for run in runs)


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
    return len(part) < 2 or part[1].row != part[0].row


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
