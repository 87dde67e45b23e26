"""xls workbooks of the years before 2007, through python-calamine: values and merged ranges only."""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

from thb_analysis.findings import Finding
from thb_analysis.ingest.cells import Cell, CellValue, Look, Merge, Sheet
from thb_analysis.ingest.formats.arrange import MAX_SPREAD, SheetPart, gathered
from thb_analysis.ingest.formats.refused import Refused
from thb_analysis.ingest.formats.richtext import printable
from thb_analysis.ingest.guard import Stopped, guarded
from thb_analysis.ingest.numerals import number_text

Reading = tuple[list[Sheet], list[Finding]]


def read_xls(path: Path, file: str) -> Reading:
    """The sheets of an xls workbook, with a finding that says what cannot be seen in it.

    A hostile file can end the process that reads it, so it is read in one of its own.  Raises Refused as
    `guarded` stops, and `file_encrypted`, `file_damaged`.
    """
    if multiprocessing.current_process().daemon:  # already in a process that may die
        result: Reading | Refusal | Stopped = _read_apart((path, file))
    else:
        (result,) = guarded(_read_apart, [(path, file)])
    if isinstance(result, Stopped):
        raise Refused(result.code, result.found, result.expected)
    if isinstance(result, Refusal):
        raise Refused(*result)
    return result


class Refusal(NamedTuple):
    """What a Refused says, in a form that goes from process to process."""

    code: str
    found: str
    expected: str


def _read_apart(given: tuple[Path, str]) -> Reading | Refusal:
    import python_calamine  # here, since few files need it

    try:
        with _silence():
            return _read(*given, python_calamine)
    except Refused as refused:
        return Refusal(refused.code, refused.found, refused.expected)
    except BaseException as error:
        # A fault in the library itself comes as a class of its own that is no Exception, after every other guard.
        if type(error).__name__ != "PanicException":
            raise
        return Refusal("file_damaged", "xls", "")  # its text may quote the file


@contextmanager
def _silence() -> Iterator[None]:
    """Keep what the library writes on the standard error stream off the logs: it may quote the file."""
    sys.stderr.flush()
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


def _read(path: Path, file: str, python_calamine: ModuleType) -> Reading:
    findings = [Finding("format_blind", file, found="xls")]
    try:
        book = python_calamine.CalamineWorkbook.from_path(str(path))
    except python_calamine.PasswordError as error:
        raise Refused("file_encrypted") from error
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        raise Refused("file_damaged", found=str(error)) from error
    visible = python_calamine.SheetVisibleEnum.Visible
    sheets, about = gathered(
        (
            (sheet.name, sheet.visible != visible, partial(_sheet, book, sheet, python_calamine))
            for sheet in book.sheets_metadata
        ),
        file,
    )
    return sheets, findings + about


def _sheet(book: Any, about: Any, python_calamine: ModuleType) -> SheetPart:
    """One sheet.  Raises Refused where it is none of cells, or cannot be read."""
    if about.typ != python_calamine.SheetTypeEnum.WorkSheet:
        raise Refused("sheet_not_cells", found=str(about.typ).rpartition(".")[2])
    try:
        return _part(
            book.get_sheet_by_name(about.name), about.visible != python_calamine.SheetVisibleEnum.Visible
        )
    except python_calamine.CalamineError as error:
        raise Refused("sheet_missing", found=str(error)) from error


def _part(sheet: Any, hidden: bool) -> SheetPart:
    part = SheetPart()
    look = Look(hidden=hidden)
    if sheet.height * sheet.width > MAX_SPREAD:
        raise Refused("sheet_spread", found=f"{sheet.height} × {sheet.width}", expected=f"{MAX_SPREAD}")
    if sheet.start is None:
        return part
    first_row, first_column = sheet.start
    for row, values in enumerate(sheet.to_python(skip_empty_area=True), first_row + 1):
        for column, value in enumerate(values, first_column + 1):
            if value != "" and not (isinstance(value, str) and value.isspace()):
                part.cells.append(Cell(row, column, *_typed(value), look))
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or ():
        part.merges.append(Merge(top + 1, left + 1, bottom + 1, right + 1))
    return part


def _typed(value: Any) -> tuple[str, CellValue, str]:
    """Kind, value and text of what calamine gives."""
    if isinstance(value, bool):
        return "bool", value, "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        whole = int(value) if value == int(value) else value
        return "number", whole, number_text(value)
    if isinstance(value, datetime):
        return "date", value, value.isoformat(sep=" ")
    if isinstance(value, date | time):
        return "date", value, value.isoformat()
    if isinstance(value, timedelta):
        moment = datetime(1899, 12, 31) + value
        return "date", moment, str(value)
    return "text", value, printable(value)
