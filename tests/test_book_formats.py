"""csv, xls and ods: what can be seen in them is read, what cannot is said."""

from __future__ import annotations

import random
from datetime import date, time
from pathlib import Path

import pytest
from books import cells, codes, raw_ods, read

DATA = Path(__file__).parent / "data"
TABLE = "Gads;Pants;Summa\n2021;154.¹;1 204 511,07 euro\n2022;285.2;„12,5” ē\n"


def values(path: Path) -> list[list[object]]:
    """The one sheet of a file as rows of values."""
    rows: dict[int, list[object]] = {}
    for cell in read(path).sheets[0].cells:
        rows.setdefault(cell.row, []).append(cell.value)
    return list(rows.values())


# --- csv ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_csv_in_any_usual_form_is_the_same(tmp_path: Path, encoding: str, delimiter: str, end: str) -> None:
    path = tmp_path / "VP_2021.csv"
    path.write_bytes(TABLE.replace(";", delimiter).replace("\n", end).encode(encoding))
    assert values(path) == [line.split(";") for line in TABLE.splitlines()]
    assert codes(read(path)) == []
    assert read(path).sheets[0].name == "VP_2021"


def test_csv_in_the_baltic_code_page(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("Pants;Notiesātās šķērsgriezumā;ž\n154.1;6;1\n".encode("cp1257"))
    assert values(path)[0] == ["Pants", "Notiesātās šķērsgriezumā", "ž"]


def test_csv_with_commas_and_quotes(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('a,b\n"x, ""y""\nz",1\n,  \n"4",<5\n', encoding="utf-8")
    assert [(c.address, c.kind, c.value) for c in read(path).sheets[0].cells] == [
        ("A1", "text", "a"),
        ("B1", "text", "b"),
        ("A2", "text", 'x, "y"\nz'),
        ("B2", "text", "1"),
        ("A4", "text", "4"),
        ("B4", "text", "<5"),
    ]


def test_csv_with_titles_and_notes_around_the_table(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("Valsts policija, Rīga\n\nGads;Skaits\n2021;3\n2022;4\nPiezīme\n", encoding="utf-8")
    assert values(path) == [
        ["Valsts policija, Rīga"],
        ["Gads", "Skaits"],
        ["2021", "3"],
        ["2022", "4"],
        ["Piezīme"],
    ]


@pytest.mark.parametrize("text", ["a;b,c\n1;2,x\n", "a,b\tc\nd,e\tf\n"])
def test_csv_with_two_delimiters_that_fit_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text(text, encoding="utf-8")
    assert codes(read(path)) == ["csv_delimiter"]
    path.write_text("sep=;\n" + text.replace("\t", ";"), encoding="utf-8")
    assert codes(read(path)) == []


def test_csv_decimal_commas_do_not_separate(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("2021;12,5\n2022;13,7\n", encoding="utf-8")
    assert values(path) == [["2021", "12,5"], ["2022", "13,7"]]


def test_csv_whose_commas_stand_within_numbers_too_is_refused(tmp_path: Path) -> None:
    """Not where the headings have as many cells as the lines, or where the numbers are quoted."""
    path = tmp_path / "a.csv"
    path.write_text("Arestēts (EUR),2024\nKL 154.1,88940,50\nKL 164,12345,60\n", encoding="utf-8")
    assert codes(read(path)) == ["csv_decimal_comma"]
    path.write_text("Pants,2023,2024\nKL 154.1,88940,50\nKL 164,12345,60\n", encoding="utf-8")
    assert values(path)[1] == ["KL 154.1", "88940", "50"]
    path.write_text('Arestēts (EUR),2024\nKL 154.1,"88940,50"\nKL 164,7\n', encoding="utf-8")
    assert values(path)[1] == ["KL 154.1", "88940,50"]


def test_csv_of_one_column(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("Ievads, ar komatu\n2021. gadā sāktas 3 lietas\n", encoding="utf-8")
    assert values(path) == [["Ievads, ar komatu"], ["2021. gadā sāktas 3 lietas"]]
    path.write_text("Policija | ziņas\n2021. gadā sāktas 3 lietas\n", encoding="utf-8")
    assert values(path) == [["Policija | ziņas"], ["2021. gadā sāktas 3 lietas"]]


def test_csv_that_a_colon_cuts_where_nothing_else_does(tmp_path: Path) -> None:
    """A line of nothing but the colon is blank: in a column of its own it would say that nothing is collected."""
    path = tmp_path / "a.csv"
    path.write_text("Notiesātās personas:KL 154.1\n:\n2021:3\n", encoding="utf-8")
    assert values(path) == [["Notiesātās personas", "KL 154.1"], ["2021", "3"]]
    path.write_text("Avots: TIS\n2021. gadā sāktas 3 lietas\n", encoding="utf-8")
    assert values(path) == [["Avots: TIS"], ["2021. gadā sāktas 3 lietas"]]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file_empty"),
        (b"a;b\x00;c", "file_type"),
        (b"a;\x81\n", "csv_encoding"),
        (b'a;b\n"c;d\n', "csv_delimiter"),
    ],
)
def test_csv_that_cannot_be_read(tmp_path: Path, content: bytes, code: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    book = read(path)
    assert codes(book) in ([code], ["file_damaged"])
    assert book.sheets == ()


# --- xls ------------------------------------------------------------------------------------------


def test_xls_gives_values_and_says_what_it_cannot_see() -> None:
    book = read(DATA / "small.xls")
    assert {a: (c.kind, c.value, c.text) for a, c in cells(book).items()} == {
        "A1": ("text", "Notiesātās personas 2021", "Notiesātās personas 2021"),
        "A3": ("text", "154.1", "154.1"),
        "B3": ("number", 6, "6"),
        "C3": ("number", 88940.5, "88940.5"),
        "A4": ("text", "Datums", "Datums"),
        "B4": ("date", date(2021, 2, 28), "2021-02-28"),
        "B5": ("bool", True, "TRUE"),
    }
    assert cells(book)["A1"].columns == 3
    assert (book.sheets[1].hidden, book.sheets[1].cells[0].hidden) == (True, True)
    assert codes(book) == ["format_blind", "sheet_hidden"]


def test_xls_keeps_what_a_person_sees() -> None:
    """Written by LibreOffice: raised digits, struck, hidden and white cells, errors, formats, comments."""
    book = read(DATA / "looks.xls")
    found = cells(book)
    assert {a: found[a].text for a in ("A2", "B2", "B6", "B7", "C7", "B13")} == {
        "A2": "154.¹ pants",
        "B2": "9²",
        "B6": "#N/A",
        "B7": "2021-02-28",
        "C7": "TRUE",
        "B13": "7",
    }
    assert found["B6"].kind == "error"
    assert {a for a, c in found.items() if c.hidden} == {"A4", "B4", "C8", "D10"}
    assert {a for a, c in found.items() if c.struck} == {"C2", "B3"}
    assert [found[a].number_format for a in ("B5", "B8", "B12")] == ["0%", ";;;", ""]
    assert found["B9"].comment == "provizoriski"
    assert (found["A1"].columns, found["A1"].bold) == (3, True)
    assert codes(book) == ["format_blind", "cells_unseen", "rows_hidden", "columns_hidden", "sheet_hidden"]


@pytest.mark.parametrize("hidden", [True, False])
def test_xls_rows_that_are_not_described_are_as_the_sheet_says(tmp_path: Path, hidden: bool) -> None:
    """LibreOffice, which describes every row, wrote the file and reads these two as this test does."""
    content = (DATA / "rows_hidden.xls").read_bytes()
    for index in (2, 3, 4):  # the record of a row becomes one that says nothing
        described = bytes([0x08, 0x02, 16, 0, index])
        assert described in content
        content = content.replace(described, bytes([0xE2, 0x00, 16, 0, index]))
    if not hidden:
        content = content.replace(bytes([0x25, 0x02, 4, 0, 2]), bytes([0x25, 0x02, 4, 0, 0]))
    path = tmp_path / "a.xls"
    path.write_bytes(content)
    book = read(path)
    unseen = {"A3", "B3", "A4", "B4", "A5", "B5"} if hidden else set()
    assert {cell.address for cell in book.sheets[0].cells if cell.hidden} == unseen
    told = [(f.code, f.cell, f.found) for f in book.findings if f.code != "format_blind"]
    assert told == ([("rows_hidden", "3:5", "6")] if hidden else [])


def test_a_damaged_xls_never_raises_and_says_nothing_aloud(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    whole, dice = (DATA / "small.xls").read_bytes(), random.Random(2)
    path = tmp_path / "a.xls"
    for _ in range(60):
        damaged = bytearray(whole)
        for _ in range(3):
            damaged[dice.randrange(len(damaged))] = dice.randrange(256)
        path.write_bytes(damaged)
        assert codes(read(path))
    assert capfd.readouterr() == ("", "")


def test_of_a_damaged_xls_the_sheets_that_are_whole_are_read() -> None:
    book = read(DATA / "sheet_damaged.xls")
    assert [sheet.name for sheet in book.sheets] == ["Slēptā"]
    assert codes(book) == ["format_blind", "sheet_missing", "sheet_hidden"]
    assert book.findings[1].sheet == "Notiesātie"


def test_a_truncated_xls_is_a_finding(tmp_path: Path) -> None:
    path = tmp_path / "a.xls"
    path.write_bytes((DATA / "small.xls").read_bytes()[:3000])
    assert codes(read(path)) in (["file_damaged"], ["file_type"])


# --- ods ------------------------------------------------------------------------------------------


def cell(kind: str, text: str = "", **attributes: str) -> str:
    given = "".join(
        f' {name.replace("__", ":").replace("_", "-")}="{value}"' for name, value in attributes.items()
    )
    return f'<table:table-cell office:value-type="{kind}"{given}><text:p>{text}</text:p></table:table-cell>'


def row(*inner: str, attributes: str = "") -> str:
    return f"<table:table-row{attributes}>{''.join(inner)}</table:table-row>"


STYLES = (
    '<style:style style:name="T1"><style:text-properties style:text-position="super 58%"/></style:style>'
    '<style:style style:name="T2"><style:text-properties style:text-line-through-style="solid"/></style:style>'
    '<style:style style:name="ce1" style:family="table-cell">'
    '<style:text-properties fo:font-weight="bold"/></style:style>'
    '<style:style style:name="ta2"><style:table-properties table:display="false"/></style:style>'
)


def test_ods_keeps_what_a_person_sees(tmp_path: Path) -> None:
    body = '<table:table table:name="Dati"><table:table-column/><table:table-column table:visibility="collapse"/>'
    body += row(
        cell("string", '154.<text:span text:style-name="T1">1</text:span> pants', table__style_name="ce1"),
        cell("float", "1 204,5", office__value="1204.5"),
        cell("percentage", "12%", office__value="0.12", table__number_columns_repeated="2"),
    )
    body += row(
        '<table:table-cell table:number-columns-repeated="1024"/>',
        attributes=' table:number-rows-repeated="5"',
    )
    body += row(
        cell("date", "28.02.21", office__date_value="2021-02-28"),
        cell("time", "12:30", office__time_value="PT12H30M00S"),
        cell("boolean", "PATIESA", office__boolean_value="true"),
        cell("string", '<text:span text:style-name="T2">vecs</text:span> a<text:s text:c="2"/>b'),
        cell("string", "#DIV/0!", calcext__value_type="error", table__formula="of:=1/0"),
        '<table:table-cell table:formula="of:=SUM([.A1:.A2])"/>',
        attributes=' table:visibility="filter"',
    )
    body += row(
        '<table:table-cell table:number-columns-spanned="2" table:number-rows-spanned="2" office:value-type="string">'
        "<office:annotation><text:p>Piezīme</text:p></office:annotation><text:p>a</text:p><text:p>b</text:p>"
        "</table:table-cell><table:covered-table-cell/>"
    )
    body += "</table:table>"
    body += (
        f'<table:table table:name="Slēpta" table:style-name="ta2">{row(cell("string", "x"))}</table:table>'
    )
    book = read(raw_ods(tmp_path / "a.ods", body, STYLES))
    found = cells(book)
    assert {a: (c.kind, c.value, c.text) for a, c in found.items()} == {
        "A1": ("text", "154.1 pants", "154.¹ pants"),
        "B1": ("number", 1204.5, "1204.5"),
        "C1": ("number", 0.12, "0.12"),
        "D1": ("number", 0.12, "0.12"),
        "A7": ("date", date(2021, 2, 28), "2021-02-28"),
        "B7": ("date", time(12, 30), "12:30:00"),
        "C7": ("bool", True, "TRUE"),
        "D7": ("text", "vecs a  b", "vecs a  b"),
        "E7": ("error", "#DIV/0!", "#DIV/0!"),
        "F7": ("", None, ""),
        "A8": ("text", "a\nb", "a\nb"),
    }
    assert [a for a, c in found.items() if c.hidden] == ["B1", "A7", "B7", "C7", "D7", "E7", "F7"]
    assert (found["A1"].bold, found["D7"].struck, found["C1"].number_format) == (True, True, "0%")
    assert (found["F7"].formula, found["A8"].comment) == ("SUM([.A1:.A2])", "Piezīme")
    assert (found["A8"].rows, found["A8"].columns) == (2, 2)
    assert book.sheets[1].hidden and book.sheets[1].cells[0].hidden
    assert codes(book) == ["rows_hidden", "columns_hidden", "sheet_hidden"]


def test_ods_cells_look_as_their_column_says(tmp_path: Path) -> None:
    """LibreOffice leaves out a cell's style where its column has the same, and writes equal neighbours once."""
    columns = '<table:table-column table:default-cell-style-name="T2"/><table:table-column/>'
    columns += '<table:table-column table:visibility="collapse"/><table:table-column/>'
    columns += (
        '<table:table-column-group table:display="false"><table:table-column/></table:table-column-group>'
    )
    four = cell("float", "4", office__value="4", table__number_columns_repeated="5")
    body = f'<table:table table:name="Dati">{columns}{row(four)}'
    body += row(four, attributes=' table:default-cell-style-name="T2"')
    body += f'<table:table-row-group table:display="false">{row(four)}</table:table-row-group></table:table>'
    found = cells(read(raw_ods(tmp_path / "a.ods", body, STYLES)))
    assert [a for a, c in found.items() if c.struck] == ["A1", "A2", "B2", "C2", "D2", "E2", "A3"]
    assert [a for a, c in found.items() if c.hidden] == [
        *["C1", "E1", "C2", "E2", "A3", "B3", "C3", "D3", "E3"]
    ]
    assert len(found) == 15


def test_ods_tells_of_what_stands_beside_its_cells(tmp_path: Path) -> None:
    """A comment on a blank cell; the heads and feet of its pages, without fields; a date that shows its year."""
    styles = STYLES + '<style:style style:name="ta1" style:family="table" style:master-page-name="mp1"/>'
    pages = (
        '<office:document-styles><office:master-styles><style:master-page style:name="mp1">'
        "<style:header><style:region-left><text:p>Upuri<text:s/>2024,<text:span> tūkst.</text:span></text:p>"
        '</style:region-left></style:header><style:header-left style:display="false"><text:p>cits</text:p>'
        "</style:header-left><style:footer><text:p><text:page-number>1</text:page-number></text:p></style:footer>"
        '</style:master-page><style:master-page style:name="mp2"><style:header><text:p>cits</text:p></style:header>'
        "</style:master-page></office:master-styles></office:document-styles>"
    )
    noted = "<table:table-cell><office:annotation><text:p>Precizēts</text:p></office:annotation></table:table-cell>"
    body = '<table:table table:name="Dati" table:style-name="ta1">'
    body += row(cell("date", "2024", office__date_value="2024-01-01"), noted)
    body += row(cell("date", "01.01.24", office__date_value="2024-01-01")) + "</table:table>"
    book = read(raw_ods(tmp_path / "a.ods", body, styles, {"styles.xml": pages}))
    assert book.sheets[0].margins == ("Upuri 2024, tūkst.",)
    assert [(f.code, f.cell, f.found) for f in book.findings] == [("comment_on_blank", "B1", "Precizēts")]
    assert [c.number_format for c in book.sheets[0].cells] == ["yyyy", ""]


def test_ods_pictures_charts_and_embedded_texts_are_named() -> None:
    """Written by LibreOffice: a picture and a chart, a text box, and a document among shapes without a word."""
    told = [(f.code, f.sheet, f.found) for f in read(DATA / "beside_cells.ods").findings]
    assert told == [
        ("pictures_unread", "A", "2"),
        ("drawing_text", "B", "2023"),
        ("pictures_unread", "C", "1"),
    ]


def test_ods_that_repeats_a_value_without_end_is_refused(tmp_path: Path) -> None:
    filled = cell("float", "1", office__value="1", table__number_columns_repeated="16384")
    endless = row(filled, attributes=' table:number-rows-repeated="1048576"')
    body = f'<table:table table:name="Bumba">{endless}</table:table>'
    body += f'<table:table table:name="Labi">{row(cell("string", "x"))}</table:table>'
    book = read(raw_ods(tmp_path / "a.ods", body))
    assert [(f.code, f.sheet) for f in book.findings] == [("sheet_spread", "Bumba")]
    assert [sheet.name for sheet in book.sheets] == ["Labi"]


def test_an_encrypted_ods_is_named_so(tmp_path: Path) -> None:
    manifest = '<m:manifest xmlns:m="x"><m:file-entry><m:encryption-data/></m:file-entry></m:manifest>'
    path = raw_ods(tmp_path / "a.ods", "", parts={"META-INF/manifest.xml": manifest})
    assert codes(read(path)) == ["file_encrypted"]
