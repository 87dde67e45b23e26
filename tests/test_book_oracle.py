"""The reader against independent ones: every shipped workbook, and workbooks that no one thought of."""

from __future__ import annotations

import random
import tempfile
import unicodedata
import zipfile
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
from thb_analysis.ingest.formats import xlsx_tokens
from thb_analysis.ingest.formats.richtext import RAISED, SET_OFF
from thb_analysis.ingest.numerals import number, number_text
from thb_analysis.ingest.people import is_name, personal

RAW = Path(__file__).parents[1] / "raw"
WORKBOOKS = sorted(RAW.rglob("*.xlsx"))


def shown(value: Any) -> Any:
    """What openpyxl gives for a rich text, with its superscripts as a person sees them."""
    if not isinstance(value, CellRichText):
        return value
    parts = []
    for run in value:
        raised = isinstance(run, TextBlock) and run.font.vertAlign == "superscript"
        parts.append(str(run).translate(SET_OFF[RAISED]) if raised else str(run))
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

#: Nothing personal, and no name: what stands beside a date could then be whose birth it is, and is not read.
TEXTS = st.text(
    alphabet=st.characters(exclude_categories=("Cs", "Cc", "Co", "Cn"), exclude_characters="\ufffe\uffff"),
    min_size=1,
    max_size=30,
).filter(
    lambda text: (
        not (personal(text) or is_name(text)) and "_x" not in text and not text.startswith(("=", "{"))
    )
)
NUMBERS = st.one_of(
    st.integers(-(10**9), 10**9),
    st.floats(-1e300, 1e300).map(lambda f: float(f"{f:.15g}")),
    st.decimals(-(10**7), 10**7, places=2, allow_nan=False).map(float),
)
DATES = st.one_of(
    st.dates(date(1900, 3, 1), date(2199, 12, 31)),
    st.datetimes(datetime(1900, 3, 1), datetime(2199, 12, 31)).map(lambda d: d.replace(microsecond=0)),
)
VALUES = st.one_of(TEXTS, NUMBERS, st.booleans(), DATES)


def expected(value: Any) -> Any:
    """What the reader gives: of a date its day, of a text its letters and their marks put together."""
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
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


# --- two lanes ------------------------------------------------------------------------------------

PIECES = (
    *(b"<", b">", b'"', b"/", b" ", b"1", b"\r", b"\x00", b"&amp;", b"<!-- x -->", b"<![CDATA[", b"x:"),
    *(b"<v>", b"</v>", b"</c>", b"</row>", b'<c r="B2">', b'<row r="3">', b"<f>1</f>", b"<v></v>"),
    *(b"<is><t>q</t></is>", b' hidden="1"', b's="0"', b't="str"'),
)


def test_both_lanes_read_damaged_sheets_alike(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The quick lane must give what the XML parser gives, or leave the work to it."""
    path = tmp_path / "a.xlsx"
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet()
    for row in range(30):
        sheet.write_row(row, 0, [f"{row}. rinda", row, row / 7])
        sheet.write_blank(row, 3, None, book.add_format({"bold": True}))
        sheet.write_formula(row, 4, f"B{row + 1}*2", None, row * 2)
    book.close()
    with zipfile.ZipFile(path) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    quick, runs = xlsx_tokens._quick, xlsx_tokens._pieces
    dice, used = random.Random(5), 0
    for _ in range(300):
        damaged = bytearray(parts["xl/worksheets/sheet1.xml"])
        for _ in range(dice.choice((1, 1, 2, 4))):
            at = dice.randrange(300, len(damaged))
            if dice.random() < 0.4:
                damaged[at:at] = dice.choice(PIECES)
            elif dice.random() < 0.6:
                del damaged[at : at + dice.choice((1, 2, 5, 30))]
            else:
                damaged[at] = dice.randrange(256)
        with zipfile.ZipFile(path, "w") as package:
            for name, content in {**parts, "xl/worksheets/sheet1.xml": bytes(damaged)}.items():
                package.writestr(name, content)
        monkeypatch.setattr(xlsx_tokens, "_quick", quick)
        monkeypatch.setattr(xlsx_tokens, "_pieces", runs)
        both = [read(path)]
        monkeypatch.setattr(xlsx_tokens, "_quick", lambda _: None)
        both.append(read(path))
        monkeypatch.setattr(xlsx_tokens, "_pieces", lambda *_: None)
        both.append(read(path))
        assert both[0].sheets == both[1].sheets == both[2].sheets
        assert codes(both[0]) == codes(both[1]) == codes(both[2])
        used += bool(both[0].sheets)
    assert used > 20  # some damage does not matter, and then the quick lane was tried
