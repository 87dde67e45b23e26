"""xlsx workbooks as real writers write them: what a person sees in a cell is what a Cell holds."""

from __future__ import annotations

from datetime import date, datetime, time
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from books import cells, codes, raw_xlsx, read, relations, worksheet
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.comments import Comment
from openpyxl.styles import Font

RAISED, STRUCK, BOLD = InlineFont(vertAlign="superscript"), InlineFont(strike=True), InlineFont(b=True)


#: The smallest picture
ONE_PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b550000000a49444154789c63600000000200"
    "01e221bc330000000049454e44ae426082"
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "VP_2021.xlsx"


def written(path: Path, **values: object) -> Path:
    """A workbook of one sheet by openpyxl, with these cells."""
    book = openpyxl.Workbook()
    for address, value in values.items():
        book.active[address] = value
    book.save(path)
    return path


# --- values ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stored", "value", "text"),
    [
        ("285.2", 285.2, "285.2"),
        ("285.19999999999999", 285.2, "285.2"),
        ("291609", 291609, "291609"),
        ("007", 7, "7"),
        ("5.0", 5, "5"),
        ("-3", -3, "-3"),
        ("-0", 0, "0"),
        ("0.30000000000000004", 0.1 + 0.2, "0.3"),
        ("44.00000000000001", 44.00000000000001, "44"),
        ("512294.47", 512294.47, "512294.47"),
        ("1E-7", 1e-7, "0.0000001"),
        ("1.5E3", 1500, "1500"),
        ("123456789012345678", 123456789012345680, "123456789012346000"),
        ("1E+300", 10**300, "1E+300"),
    ],
)
def test_a_number_reads_as_a_person_would_type_it(path: Path, stored: str, value: float, text: str) -> None:
    cell = cells(read(raw_xlsx(path, f'<row r="2"><c r="B2"><v>{stored}</v></c></row>')))["B2"]
    if isinstance(value, int):
        value = int(float(value))
    assert (cell.kind, cell.value, cell.text) == ("number", value, text)
    assert type(cell.value) is type(value)


def test_types_stay_apart(path: Path) -> None:
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet()
    day = book.add_format({"num_format": "dd.mm.yyyy"})
    hours = book.add_format({"num_format": "[h]:mm"})
    sheet.write_string("A1", "154.1")
    sheet.write_number("A2", 154.1)
    sheet.write_boolean("A3", True)
    sheet.write_datetime("A4", datetime(2021, 2, 28), day)
    sheet.write_number("A5", 0.25, book.add_format({"num_format": "0%"}))
    sheet.write_formula("A6", "=1/0", None, "#DIV/0!")
    sheet.write_number("A7", 1.5, hours)
    sheet.write_number("A8", -1, day)
    sheet.write_number("A9", 0.5, book.add_format({"num_format": "hh:mm"}))
    sheet.write_number("A10", 3, book.add_format({"num_format": '0 "mēneši, d"'}))
    book.close()
    found = {address: (cell.kind, cell.value, cell.text) for address, cell in cells(read(path)).items()}
    assert found == {
        "A1": ("text", "154.1", "154.1"),
        "A2": ("number", 154.1, "154.1"),
        "A3": ("bool", True, "TRUE"),
        "A4": ("date", date(2021, 2, 28), "2021-02-28"),
        "A5": ("number", 0.25, "0.25"),
        "A6": ("error", "#DIV/0!", "#DIV/0!"),
        "A7": ("date", datetime(1900, 1, 1, 12), "36:00:00"),
        "A8": ("error", "-1", "#####"),
        "A9": ("date", time(12), "12:00:00"),
        "A10": ("number", 3, "3"),
    }
    assert cells(read(path))["A5"].number_format == "0%"


def test_dates_of_1904_are_the_same_days(path: Path) -> None:
    book = openpyxl.Workbook()
    book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    book.active["A1"] = date(2021, 2, 28)
    book.save(path)
    assert cells(read(path))["A1"].value == date(2021, 2, 28)


def test_blank_cells_are_no_cells(path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet["A1"], sheet["A2"], sheet["A3"] = " \u00a0\n", "", "x"
    sheet["XFD1048576"].font = Font(b=True)
    book.save(path)
    assert list(cells(read(path))) == ["A3"]
    assert codes(read(path)) == []


# --- formulas -------------------------------------------------------------------------------------


def test_a_formula_without_a_stored_result_is_a_cell_of_no_kind(path: Path) -> None:
    cell = cells(read(written(path, A1=1, B4="=SUM(A1:A2)")))["B4"]
    assert (cell.kind, cell.value, cell.text, cell.formula) == ("", None, "", "SUM(A1:A2)")


def test_a_formula_with_a_stored_result_has_both(path: Path) -> None:
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet()
    sheet.write_formula("A1", '=IF(B1>0,"jā & nē","")', None, "jā & nē")
    sheet.write_formula("A2", "=SUM(B1:B2)", None, 65)
    book.close()
    found = read(path)
    assert {a: (c.kind, c.value, c.formula) for a, c in cells(found).items()} == {
        "A1": ("text", "jā & nē", 'IF(B1>0,"jā & nē","")'),
        "A2": ("number", 65, "SUM(B1:B2)"),
    }
    assert codes(found) == ["formulas_stale"]  # the writer cannot calculate and says so


def test_a_text_formula_may_give_nothing_and_a_number_may_not(path: Path) -> None:
    cell = '<c r="{}1"{}><f>IF(B1,"","")</f>{}</c>'
    row = (
        cell.format("A", ' t="str"', "<v></v>")
        + cell.format("B", ' t="str"', "<v/>")
        + cell.format("C", "", "<v></v>")
        + cell.format("D", "", "")
        + cell.format("E", "", "<v/>")
    )
    found = cells(read(raw_xlsx(path, f'<row r="1">{row}</row>')))
    assert {address: found[address].kind for address in found} == {"C1": "", "D1": "", "E1": ""}


def test_shared_formulas_are_written_out(path: Path) -> None:
    rows = (
        '<row r="1"><c r="C1"><f t="shared" ref="C1:C3" si="0">A1+$B$1+LOG10(B1)&amp;"A1"</f><v>3</v></c></row>'
        '<row r="2"><c r="C2"><f t="shared" si="0"/><v>4</v></c></row>'
        '<row r="3"><c r="D3"><f t="shared" si="0"/></c></row>'
    )
    found = cells(read(raw_xlsx(path, rows)))
    assert found["C2"].formula == 'A2+$B$1+LOG10(B2)&"A1"'
    assert (found["D3"].formula, found["D3"].kind) == ('B3+$B$1+LOG10(C3)&"A1"', "")


# --- looks ----------------------------------------------------------------------------------------


def test_superscripts_are_told_from_digits(path: Path) -> None:
    raised = Font(vertAlign="superscript")
    book = openpyxl.Workbook()
    sheet = book.active
    sheet["A1"] = CellRichText("154.", TextBlock(RAISED, "1"), " pants")
    sheet["A2"] = CellRichText("12", TextBlock(RAISED, "3)*"))
    sheet["A3"] = "2"
    sheet["A3"].font = raised
    sheet["A4"] = CellRichText(TextBlock(InlineFont(), "12"), "3")
    sheet["A4"].font = raised
    book.save(path)
    found = {address: (cell.value, cell.text) for address, cell in cells(read(path)).items()}
    assert found == {
        "A1": ("154.1 pants", "154.¹ pants"),
        "A2": ("123)*", "12³)*"),
        "A3": ("2", "²"),
        "A4": ("123", "12³"),
    }


def test_strike_through_and_bold_of_a_cell_and_of_a_run(path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet["A1"], sheet["A2"], sheet["A3"], sheet["A4"] = 5, CellRichText("7 ", TextBlock(STRUCK, "8")), 1, "x"
    sheet["A1"].font = Font(strike=True)
    sheet["A3"].font = Font(b=True)
    sheet["A5"] = CellRichText(TextBlock(BOLD, "viss "), TextBlock(BOLD, "treknrakstā"))
    sheet["A6"] = CellRichText(TextBlock(BOLD, "daļa"), " nē")
    book.save(path)
    found = cells(read(path))
    assert [address for address, cell in found.items() if cell.struck] == ["A1", "A2"]
    assert [address for address, cell in found.items() if cell.bold] == ["A3", "A5"]


def test_runs_of_a_reading_aid_are_left_out_and_escapes_decoded(path: Path) -> None:
    strings = (
        '<sst><si><t>本</t><rPh sb="0" eb="1"><t>ほん</t></rPh></si>'
        "<si><t>a_x000D_\nb_x005F_</t></si><si>\n <t xml:space='preserve'> x </t>\n</si></sst>"
    )
    row = "".join(f'<c r="{column}1" t="s"><v>{index}</v></c>' for index, column in enumerate("ABC"))
    book = read(raw_xlsx(path, f'<row r="1">{row}</row>', parts={"xl/sharedStrings.xml": strings}))
    assert [(cell.value, cell.text) for cell in book.sheets[0].cells] == [
        ("本", "本"),
        ("a\r\nb_", "a\nb_"),
        (" x ", " x "),
    ]


def test_merged_ranges_and_comments(path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet["B2"] = "Sievietes"
    sheet["B2"].comment = Comment("No tām divas\nnepilngadīgas", "x")
    sheet.merge_cells("B2:D3")
    sheet.merge_cells("F1:G1")
    book.save(path)
    found = read(path)
    cell = cells(found)["B2"]
    assert (cell.rows, cell.columns, cell.comment) == (2, 3, "No tām divas\nnepilngadīgas")
    assert [tuple(merge) for merge in found.sheets[0].merges] == [(2, 2, 3, 4), (1, 6, 1, 7)]
    assert codes(found) == []


def test_values_under_a_merged_range_are_hidden_and_named(path: Path) -> None:
    sheet = worksheet(
        '<row r="1"><c r="A1"><v>1</v></c><c r="B1"><v>2</v></c><c r="C1"><v>3</v></c></row>'
        '<row r="2"><c r="A2"><v>4</v></c><c r="C2"><v>5</v></c></row>',
        after='<mergeCells count="1"><mergeCell ref="A1:B2"/></mergeCells>',
    )
    found = read(raw_xlsx(path, sheet=sheet))
    assert [a for a, cell in cells(found).items() if cell.hidden] == ["B1", "A2"]
    assert [(f.code, f.cell, f.found) for f in found.findings] == [("cells_covered", "B1", "2")]


# --- hidden things --------------------------------------------------------------------------------


def test_hidden_rows_columns_and_sheets_are_marked_and_counted(path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    for row in range(1, 7):
        for column in range(1, 5):
            sheet.cell(row, column, row * column)
    sheet.row_dimensions[2].hidden = True
    sheet.row_dimensions[3].height = 0.75
    sheet.row_dimensions[5].hidden = True
    sheet.row_dimensions[9].hidden = True
    sheet.column_dimensions["C"].hidden = True
    sheet.column_dimensions["H"].hidden = True
    for state in ("hidden", "veryHidden"):
        other = book.create_sheet(state)
        other["A1"], other["A2"] = 1, 2
        other.sheet_state = state
    book.save(path)
    found = read(path)
    assert {cell.row for cell in found.sheets[0].cells if cell.hidden and cell.column != 3} == {2, 3, 5}
    assert all(cell.hidden for cell in found.sheets[0].cells if cell.column == 3)
    assert [(sheet.name, sheet.hidden) for sheet in found.sheets[1:]] == [
        ("hidden", True),
        ("veryHidden", True),
    ]
    assert all(cell.hidden for sheet in found.sheets[1:] for cell in sheet.cells)
    assert [(f.code, f.sheet, f.cell, f.found) for f in found.findings] == [
        ("rows_hidden", "Sheet", "2:3", "8"),
        ("rows_hidden", "Sheet", "5:5", "4"),
        ("columns_hidden", "Sheet", "C:C", "6"),
        ("sheet_hidden", "hidden", "", "2"),
        ("sheet_hidden", "veryHidden", "", "2"),
    ]


def test_chart_sheets_external_links_and_macros_are_named(path: Path) -> None:
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("Dati")
    sheet.write_number("A1", 1)
    chart = book.add_chart({"type": "column"})
    chart.add_series({"values": "=Dati!$A$1"})
    book.add_chartsheet("Attēls").set_chart(chart)
    book.close()
    found = read(path)
    assert [sheet.name for sheet in found.sheets] == ["Dati"]
    assert [(f.code, f.sheet) for f in found.findings] == [("sheet_not_cells", "Attēls")]


def test_pictures_and_charts_on_a_sheet_are_named(path: Path, tmp_path: Path) -> None:
    picture = tmp_path / "logo.png"
    picture.write_bytes(ONE_PIXEL)
    with xlsxwriter.Workbook(str(path)) as book:
        sheet, other, plain = (book.add_worksheet(name) for name in "ABC")
        for each in (sheet, other, plain):
            each.write(0, 0, 1)
        sheet.insert_image(2, 2, str(picture))
        chart = book.add_chart({"type": "line"})
        chart.add_series({"values": "=A!$A$1:$A$2"})
        sheet.insert_chart(9, 2, chart)
        other.insert_textbox(2, 2, "2023")
    told = [(f.code, f.sheet, f.found) for f in read(path).findings]
    assert told == [("pictures_unread", "A", "2"), ("drawing_text", "B", "2023")]


@pytest.mark.parametrize(
    ("kind", "target"),
    [("oleObject", "oleObject1.bin"), ("package", "Microsoft_Word_Document1.docx")],
)
def test_documents_embedded_in_a_sheet_are_named(path: Path, kind: str, target: str) -> None:
    """As Excel writes them: a hidden shape in the drawing, and a link of the sheet to the document itself."""
    linked = {"rId1": ("drawing", "../drawings/drawing1.xml"), "rId2": ("vmlDrawing", "../drawings/v.vml")}
    linked |= {"rId3": (kind, f"../embeddings/{target}"), "rId4": ("image", "../media/image1.emf")}
    shape = '<xdr:sp><xdr:nvSpPr><xdr:cNvPr id="1025" name="Object 1" hidden="1"/></xdr:nvSpPr></xdr:sp>'
    parts: dict[str, str | bytes | None] = {
        "xl/worksheets/_rels/sheet1.xml.rels": relations(linked),
        "xl/drawings/drawing1.xml": f'<xdr:wsDr xmlns:xdr="x">{shape}</xdr:wsDr>',
        f"xl/embeddings/{target}": b"\xd0\xcf",
    }
    found = read(raw_xlsx(path, '<row r="1"><c r="A1"><v>1</v></c></row>', parts=parts))
    assert [(f.code, f.sheet, f.found) for f in found.findings] == [("pictures_unread", "Dati", "1")]
    assert cells(found)["A1"].value == 1


def test_external_links_and_macros_are_named(path: Path) -> None:
    links = {
        "xl/vbaProject.bin": b"\xd0\xcf",
        "xl/_rels/workbook.xml.rels": '<Relationships><Relationship Id="rId1" Type="x/worksheet" '
        'Target="worksheets/sheet1.xml"/><Relationship Id="rId9" Type="x/externalLink" '
        'Target="externalLinks/externalLink1.xml"/></Relationships>',
    }
    found = read(raw_xlsx(path, '<row r="1"><c r="A1"><v>1</v></c></row>', parts=links))
    assert sorted(codes(found)) == ["external_links", "macros"]
    assert cells(found)["A1"].value == 1


# --- other ways to write the same -----------------------------------------------------------------

ROWS = (
    '<row r="1"><c r="A1" t="inlineStr"><is><t>Gads</t></is></c><c r="B1"><v>2021</v></c></row>'
    '<row r="3"><c r="A3" t="str"><f>B1&amp;""</f><v>2021</v></c><c r="B3"><f>B1</f><v>2021</v></c></row>'
)


@pytest.mark.parametrize(
    "sheet",
    [
        worksheet(ROWS),
        worksheet(ROWS).replace("<row", "\n  <row").replace("<c ", "\r\n\t<c "),
        worksheet(ROWS).replace('<c r="A1"', "<c r='A1'"),
        worksheet(ROWS).replace("<v>2021</v>", "<v><![CDATA[2021]]></v>"),
        worksheet(ROWS).replace("<v>", "<!-- --><v>"),
        worksheet(ROWS).replace(' r="A1"', "").replace(' r="B1"', ""),
        worksheet(ROWS).replace('<row r="1">', "<row>"),
        worksheet(ROWS).replace("<", "<x:").replace("<x:/", "</x:").replace("xmlns=", "xmlns:x="),
        '<?xml version="1.0" encoding="UTF-16"?>' + worksheet(ROWS),
    ],
    ids=["plain", "spaced", "quotes", "cdata", "comment", "no address", "no row", "prefix", "utf-16"],
)
def test_the_way_the_xml_is_written_does_not_matter(path: Path, sheet: str) -> None:
    content: str | bytes = sheet.encode("utf-16") if "UTF-16" in sheet else sheet
    found = read(raw_xlsx(path, parts={"xl/worksheets/sheet1.xml": content}))
    assert [(c.address, c.kind, c.value, c.formula) for c in found.sheets[0].cells] == [
        ("A1", "text", "Gads", None),
        ("B1", "number", 2021, None),
        ("A3", "text", "2021", 'B1&""'),
        ("B3", "number", 2021, "B1"),
    ]
    assert codes(found) == []


def test_rows_out_of_order_are_put_in_order(path: Path) -> None:
    rows = (
        '<row r="2"><c r="B2"><v>3</v></c></row><row r="1"><c r="B1"><v>2</v></c><c r="A1"><v>1</v></c></row>'
    )
    assert list(cells(read(raw_xlsx(path, rows)))) == ["A1", "B1", "B2"]


def test_sheets_longer_than_a_stretch_lose_nothing(path: Path) -> None:
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True})
    sheet = book.add_worksheet()
    for row in range(20_000):
        sheet.write_number(row, 0, row)
        sheet.write_string(row, 1, f"ā & {row}" if row % 7_000 == 0 else f"ā {row}")
    book.close()
    found = read(path).sheets[0].cells
    assert [(cell.row, cell.column) for cell in found] == [(r + 1, c) for r in range(20_000) for c in (1, 2)]
    assert all(cell.value == cell.row - 1 for cell in found if cell.column == 1)
    assert found[1].value == "ā & 0"
