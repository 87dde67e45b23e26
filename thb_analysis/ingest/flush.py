"""Sheets all of whose texts begin with white space, as exports pad them: none of them is written further in by it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from thb_analysis.ingest.cells import Book, RowRun, Segments, Sheet


def flush(book: Book) -> Book:
    """A workbook without the white space that every text of a sheet begins with."""
    return replace(book, sheets=tuple(map(_flush, book.sheets)))


def _flush(sheet: Sheet) -> Sheet:
    least = 0
    for text in _texts(sheet):
        white = len(text) - len(text.lstrip())
        if not white:
            return sheet
        least = min(least or white, white)
    if not least:
        return sheet
    cells = (cell._replace(text=cell.text[least:]) if cell.kind == "text" else cell for cell in sheet.cells)
    return replace(sheet, cells=tuple(cells))


def _texts(sheet: Sheet) -> Iterator[str]:
    """What cells say that are no numbers; of rows that are written alike each text once."""
    for part in sheet.cells.parts if isinstance(sheet.cells, Segments) else [sheet.cells]:
        if isinstance(part, RowRun):
            means = (mean for column in part.columns for mean in column.known.values() if mean)
            yield from (mean[2] for mean in means if mean[0] == "text")
        else:
            yield from (cell.text for cell in part if cell.kind == "text")
