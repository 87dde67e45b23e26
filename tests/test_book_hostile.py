"""Broken and dangerous files: each is a finding in words, none an exception, none takes the machine down."""

from __future__ import annotations

import random
import warnings
import zipfile
from pathlib import Path

import openpyxl
import pytest
from books import cells, codes, raw_ods, raw_xlsx, read, relations, worksheet

ONE = '<row r="1"><c r="A1"><v>1</v></c></row>'


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "VP_2021.xlsx"


# --- whole files ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file_empty"),
        (b"PK\x03\x04 and then nothing", "file_damaged"),
        (b"PK\x05\x06" + bytes(18), "file_type"),
        (b"%PDF-1.7 ...", "file_type"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "file_type"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le"),
            "file_encrypted",
        ),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "WordDocument".encode("utf-16-le"), "file_type"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "Workbook".encode("utf-16-le"), "file_damaged"),
        (random.Random(1).randbytes(5000), "file_type"),
    ],
)
def test_what_is_no_workbook_is_named(path: Path, content: bytes, code: str) -> None:
    path.write_bytes(content)
    book = read(path)
    assert (codes(book), book.sheets) == ([code], ())


def test_a_file_that_is_not_there_or_is_a_folder(path: Path, tmp_path: Path) -> None:
    assert codes(read(path)) == ["file_unopened"]
    assert codes(read(tmp_path)) == ["file_unopened"]


def test_a_file_cut_anywhere_or_with_a_wrong_byte_never_raises(path: Path) -> None:
    book = openpyxl.Workbook()
    for number in range(50):
        book.active.append([f"{number}. rinda", number, number / 7])
    book.save(path)
    whole = path.read_bytes()
    right = cells(read(path))
    dice = random.Random(3)
    for _ in range(150):
        damaged = bytearray(whole)
        if dice.random() < 0.3:
            del damaged[dice.randrange(len(whole)) :]
        else:
            damaged[dice.randrange(len(whole))] ^= 1 << dice.randrange(8)
        path.write_bytes(damaged)
        found = read(path)
        assert codes(found) or {a: c.value for a, c in cells(found).items()} == {
            a: c.value for a, c in right.items()
        }


# --- parts ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        ({"xl/workbook.xml": None}, "workbook_missing"),
        ({"xl/worksheets/sheet1.xml": None}, "sheet_missing"),
        ({"xl/sharedStrings.xml": None}, "part_missing"),
        ({"xl/_rels/workbook.xml.rels": relations({})}, "sheet_missing"),
        ({"xl/workbook.xml": "<workbook/>"}, "no_sheets"),
        ({"xl/workbook.xml": "<workbook><sheets>"}, "xml_damaged"),
        ({"xl/styles.xml": "<styleSheet"}, "xml_damaged"),
        ({"xl/worksheets/sheet1.xml": worksheet(ONE)[:-20]}, "xml_damaged"),
        (
            {"xl/worksheets/sheet1.xml": worksheet('<row r="1"><c r="A1" t="s"><v>7</v></c></row>')},
            "xml_damaged",
        ),
        (
            {"xl/worksheets/sheet1.xml": worksheet('<row r="1"><c r="A1" t="s"><v>-1</v></c></row>')},
            "xml_damaged",
        ),
        ({"xl/worksheets/sheet1.xml": worksheet('<row r="1"><c r="A2"><v>7</v></c></row>')}, "xml_damaged"),
        ({"xl/worksheets/sheet1.xml": worksheet('<row r="1"><c r="ZZZ1"><v>7</v></c></row>')}, "xml_damaged"),
        ({"xl/worksheets/sheet1.xml": worksheet('<row r="0"><c r="A0"><v>7</v></c></row>')}, "xml_damaged"),
        ({"xl/worksheets/sheet1.xml": worksheet(ONE + ONE)}, "cell_twice"),
        (
            {
                "xl/worksheets/sheet1.xml": worksheet(
                    ONE, after='<mergeCells><mergeCell ref="B2:A1"/></mergeCells>'
                )
            },
            "xml_damaged",
        ),
    ],
)
def test_missing_and_broken_parts_are_named(path: Path, parts: dict[str, str | None], code: str) -> None:
    book = read(raw_xlsx(path, ONE, parts=parts))
    assert code in codes(book)
    assert not any(sheet.cells for sheet in book.sheets)


@pytest.mark.parametrize("again", ["xl/worksheets/sheet1.xml", "XL/Worksheets/Sheet1.xml"])
def test_of_two_parts_of_one_name_none_is_read(path: Path, again: str) -> None:
    """Which of them counts, programs decide differently: a person would see other figures than were read."""
    raw_xlsx(path, ONE)
    with zipfile.ZipFile(path, "a") as package, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        package.writestr(again, worksheet(ONE.replace("<v>1</v>", "<v>9</v>")))
    found = read(path)
    assert codes(found) == ["file_damaged"] and not found.sheets


def test_one_broken_sheet_leaves_the_others(path: Path) -> None:
    workbook = (
        '<workbook xmlns:r="r"><sheets><sheet name="Slikta" r:id="rId1"/><sheet name="Laba" r:id="rId4"/>'
        "</sheets></workbook>"
    )
    targets = {
        "rId1": ("worksheet", "worksheets/sheet1.xml"),
        "rId4": ("worksheet", "/xl/worksheets/sheet2.xml"),
    }
    parts = {
        "xl/workbook.xml": workbook,
        "xl/_rels/workbook.xml.rels": relations(targets),
        "xl/worksheets/sheet1.xml": worksheet(ONE)[:-1],
        "xl/worksheets/sheet2.xml": worksheet(ONE),
    }
    book = read(raw_xlsx(path, parts=parts))
    assert [(f.code, f.sheet) for f in book.findings] == [("xml_damaged", "Slikta")]
    assert [sheet.name for sheet in book.sheets] == ["Laba"]


def test_a_cell_with_two_contents_takes_none_of_another_cell(path: Path) -> None:
    inline = '<c r="{}1" t="inlineStr"><is><t>{}</t></is>{}</c>'
    row = (
        inline.format("A", "a", "")
        + inline.format("B", "b", "<v>0</v>")
        + inline.format("C", "c", "<v>99</v>")
    )
    found = cells(read(raw_xlsx(path, f'<row r="1">{row}</row>')))
    assert {address: cell.value for address, cell in found.items()} == {"A1": "a", "B1": "0", "C1": "99"}


def test_a_number_that_is_none_is_an_error_cell(path: Path) -> None:
    row = "".join(
        f'<c r="{letter}1"><v>{text}</v></c>' for letter, text in zip("ABCDE", _NO_NUMBERS, strict=True)
    )
    found = read(raw_xlsx(path, f'<row r="1">{row}</row>'))
    assert [(c.kind, c.value) for c in found.sheets[0].cells] == [("error", text) for text in _NO_NUMBERS]


_NO_NUMBERS = ("nan", "inf", "1_000", "0x10", "1,5")


# --- bombs ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/sharedStrings.xml", "xl/worksheets/sheet1.xml"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_document_type_is_refused_in_any_part(path: Path, part: str, encoding: str) -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
    text = f'<?xml version="1.0" encoding="{encoding}"?>{bomb}<worksheet><sheetData>{ONE}</sheetData></worksheet>'
    book = read(raw_xlsx(path, parts={part: text.encode(encoding)}))
    assert codes(book) == ["xml_doctype"]
    assert not any(sheet.cells for sheet in book.sheets)


def test_an_external_entity_reads_no_file(path: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("slepeni", encoding="utf-8")
    sheet = (
        f'<!DOCTYPE x [<!ENTITY a SYSTEM "file://{tmp_path}/secret.txt">]><worksheet><sheetData><row r="1">'
        '<c r="A1" t="inlineStr"><is><t>&a;</t></is></c></row></sheetData></worksheet>'
    )
    assert codes(read(raw_xlsx(path, sheet=sheet))) == ["xml_doctype"]


def test_a_zip_bomb_is_refused_before_it_is_inflated(path: Path) -> None:
    zeros = b"<worksheet><sheetData>" + b" " * 30_000_000 + b"</sheetData></worksheet>"
    assert codes(read(raw_xlsx(path, parts={"xl/worksheets/sheet1.xml": zeros}))) == ["file_bomb"]
    assert codes(read(raw_xlsx(path, parts={"xl/sharedStrings.xml": zeros}))) == ["file_bomb"]


def test_a_directory_without_end_is_refused(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as package:
        for number in range(10_001):
            package.writestr(f"xl/{number}", b"")
    assert codes(read(path)) == ["file_bomb"]


@pytest.mark.parametrize(
    "rows",
    [
        '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
        ONE + '<row r="1048576"><c r="XFD1048576" t="str"><v>x</v></c></row>',
    ],
)
def test_a_cell_in_the_last_corner_is_refused_and_costs_nothing(path: Path, rows: str) -> None:
    book = read(raw_xlsx(path, rows))
    assert [(f.code, f.sheet, f.found) for f in book.findings] == [("sheet_spread", "Dati", "XFD1048576")]
    assert book.sheets == ()


def test_formatted_emptiness_is_nothing(path: Path) -> None:
    rows = ONE + '<row r="1048576"><c r="XFD1048576" s="0"/></row>'
    sheet = worksheet(
        rows,
        before='<dimension ref="A1:XFD1048576"/><cols><col min="1" max="16384" width="9"/></cols>',
        after='<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>',
    )
    book = read(raw_xlsx(path, sheet=sheet))
    assert codes(book) == []
    assert [tuple(merge) for merge in book.sheets[0].merges] == [(1, 1, 1, 1)]


def test_many_sheets_that_are_one_part_are_read_once(path: Path) -> None:
    sheets = "".join(f'<sheet name="{n}" r:id="rId1"/>' for n in range(500))
    workbook = f'<workbook xmlns:r="r"><sheets>{sheets}</sheets></workbook>'
    book = read(raw_xlsx(path, ONE, parts={"xl/workbook.xml": workbook}))
    assert len(book.sheets) == 1
    assert set(codes(book)) == {"xml_damaged"}


def test_cells_are_counted_over_the_whole_workbook(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("thb_analysis.ingest.formats.xlsx_sheet.MAX_CELLS", 100)
    rows = "".join(f'<row r="{n}"><c r="A{n}"><v>{n}</v></c></row>' for n in range(1, 102))
    assert codes(read(raw_xlsx(path, rows))) == ["cells_many"]


def test_an_ods_bomb_and_document_type(tmp_path: Path) -> None:
    path = raw_ods(tmp_path / "a.ods", "")
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("content.xml", '<!DOCTYPE x [<!ENTITY a "a">]><x>&a;</x>')
    assert codes(read(path)) == ["xml_doctype"]
