"""The reader against independent ones: every shipped workbook, and workbooks that no one thought of."""

from __future__ import annotations

import tempfile
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from books import codes, read
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.cell.rich_text import CellRichText, TextBlock

from thb_analysis.ingest.book import read_book
from thb_analysis.ingest.numerals import number, number_text
from thb_analysis.ingest.people import personal
from thb_analysis.ingest.richtext import SUPERSCRIPTS

RAW = Path(__file__).parents[1] / "raw"
WORKBOOKS = sorted(RAW.rglob("*.xlsx"))


def shown(value: Any) -> Any:
    """What openpyxl gives for a rich text, with its superscripts as a person sees them."""
    if not isinstance(value, CellRichText):
        return value
    parts = []
    for run in value:
        raised = isinstance(run, TextBlock) and run.font.vertAlign == "superscript"
        parts.append(str(run).translate(SUPERSCRIPTS) if raised else str(run))
    return "".join(parts)


@pytest.mark.parametrize("path", WORKBOOKS, ids=lambda path: path.stem)
def test_shipped_workbooks_read_as_openpyxl_reads_them(path: Path) -> None:
    ours = read_book(path, path.relative_to(RAW).as_posix())
    theirs = openpyxl.load_workbook(path, rich_text=True)
    cached = openpyxl.load_workbook(path, rich_text=True, data_only=True)
    assert ours.findings == ()
    assert [sheet.name for sheet in ours.sheets] == theirs.sheetnames
    for sheet in ours.sheets:
        expected = {}
        for row in theirs[sheet.name].iter_rows():
            for cell in row:
                value = shown(cell.value)
                if value is None or (isinstance(value, str) and not value.strip()):
                    continue
                formula = value[1:] if cell.data_type == "f" else None
                value = shown(cached[sheet.name][cell.coordinate].value) if formula else value
                text = "" if value is None else value if isinstance(value, str) else number_text(value)
                look = (cell.font.b or False, cell.font.strike or False, cell.number_format)
                expected[cell.coordinate] = (text, formula, *look)
        found = {
            cell.address: (cell.text, cell.formula, cell.bold, cell.struck, cell.number_format or "General")
            for cell in sheet.cells
        }
        assert found == expected
        merged = {merge.coord for merge in theirs[sheet.name].merged_cells.ranges}
        assert {
            openpyxl.worksheet.cell_range.CellRange(*_corner(merge)).coord for merge in sheet.merges
        } == merged


def _corner(merge: Any) -> tuple[None, int, int, int, int]:
    return None, merge.left, merge.top, merge.right, merge.bottom


# --- round trips ----------------------------------------------------------------------------------

TEXTS = st.text(
    alphabet=st.characters(exclude_categories=("Cs", "Cc", "Co", "Cn"), exclude_characters="\ufffe\uffff"),
    min_size=1,
    max_size=30,
).filter(lambda text: personal(text) is None and "_x" not in text and not text.startswith(("=", "{")))
NUMBERS = st.one_of(
    st.integers(-(10**9), 10**9),
    st.floats(allow_nan=False, allow_infinity=False, width=64).map(lambda f: float(f"{f:.15g}")),
    st.decimals(-(10**7), 10**7, places=2, allow_nan=False).map(float),
)
DATES = st.one_of(
    st.dates(date(1900, 3, 1), date(2199, 12, 31)),
    st.datetimes(datetime(1900, 3, 1), datetime(2199, 12, 31)).map(lambda d: d.replace(microsecond=0)),
)
VALUES = st.one_of(TEXTS, NUMBERS, st.booleans(), DATES)


def expected(value: Any) -> Any:
    if isinstance(value, datetime) and value.time() == time():
        return value.date()
    return value


@pytest.mark.parametrize("writer", ["openpyxl", "xlsxwriter"])
@settings(max_examples=40, deadline=None)
@given(rows=st.lists(st.lists(st.one_of(st.none(), VALUES), max_size=5), max_size=6))
def test_what_is_written_is_read(writer: str, rows: list[list[Any]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.xlsx"
        _write(writer, path, rows)
        book = read(path)
    wanted = {
        (row, column): expected(value)
        for row, values in enumerate(rows, 1)
        for column, value in enumerate(values, 1)
        if value is not None and not (isinstance(value, str) and value.isspace())
    }
    assert {(cell.row, cell.column): cell.value for cell in book.sheets[0].cells} == wanted
    assert codes(book) == []


def _write(writer: str, path: Path, rows: list[list[Any]]) -> None:
    if writer == "openpyxl":
        book = openpyxl.Workbook()
        for row, values in enumerate(rows, 1):
            for column, value in enumerate(values, 1):
                cell = book.active.cell(row, column)
                cell.value = value
                if isinstance(value, str):
                    cell.data_type = "s"  # a text that looks like an error stays a text
        book.save(path)
        return
    other = xlsxwriter.Workbook(str(path), {"default_date_format": "yyyy-mm-dd hh:mm:ss"})
    sheet = other.add_worksheet()
    for row, values in enumerate(rows):
        for column, value in enumerate(values):
            if isinstance(value, str):
                sheet.write_string(row, column, value)
            elif value is not None:
                sheet.write(row, column, value)
    other.close()


@given(NUMBERS)
def test_the_text_of_a_number_is_the_number(value: float) -> None:
    text = number_text(value)
    assert float(text) == value
    read = number(text)
    assert read is not None and read[0] == value
    assert number(repr(value)) == read
