"""What a person does not see, or sees crossed out or set off the line: never read as if it stood there plainly."""

from __future__ import annotations

from pathlib import Path

import pytest
from books import MAIN, raw_ods, raw_xlsx, relations, worksheet
from drafts import Answer, Draft, Page, answer, answer_of, told, write
from test_layouts import short

LINES = (("A1", "Uzsāktie kriminālprocesi 2023. gadā"), ("A2", "KL pants"), ("B2", "Skaits"), ("A3", "154.1"))
PLAIN, FORMATTED = '<xf numFmtId="0" fontId="0" fillId="0"/>', '<xf numFmtId="170" fontId="1" fillId="2"/>'
GREY = '<patternFill patternType="gray125"/>'


def styles(font: str = "", fill: str = '<patternFill patternType="none"/>', code: str = "General") -> str:
    """Two styles: a plain one, and one of that font, fill and number format."""
    return (
        f'<styleSheet xmlns="{MAIN}"><numFmts><numFmt numFmtId="170" formatCode="{code}"/></numFmts>'
        f"<fonts><font/><font>{font}</font></fonts>"
        f'<fills><fill><patternFill patternType="none"/></fill><fill>{GREY}</fill><fill>{fill}</fill></fills>'
        f"<cellXfs>{PLAIN}{FORMATTED}</cellXfs></styleSheet>"
    )


def cell(address: str, value: str | int | float, style: int = 0) -> str:
    if isinstance(value, str) and not value.startswith("<"):
        value = f"<t>{value}</t>"
    if isinstance(value, str):
        return f'<c r="{address}" s="{style}" t="inlineStr"><is>{value}</is></c>'
    return f'<c r="{address}" s="{style}"><v>{value}</v></c>'


def told_of(
    folder: Path,
    changed: dict[str, tuple[str | int | float, int]],
    sheet_styles: str = "",
    before: str = "",
) -> Answer:
    """What the ingest makes of a list of two articles with 4 and 5 proceedings, some cells of it changed."""
    found: dict[str, tuple[str | int | float, int]] = {address: (text, 0) for address, text in LINES}
    found |= {"B3": (4, 0), "A4": ("164", 0), "B4": (5, 0)} | changed
    rows: dict[str, str] = {}
    for address, (value, style) in sorted(found.items(), key=lambda item: (item[0][1:], item[0])):
        rows[address[1:]] = rows.get(address[1:], "") + cell(address, value, style)
    data = "".join(f'<row r="{row}">{cells}</row>' for row, cells in rows.items())
    parts: dict[str, str | bytes | None] = {"xl/styles.xml": sheet_styles or styles()}
    path = raw_xlsx(folder / "VP_2023.xlsx", sheet=worksheet(data, before=before), parts=parts)
    return answer_of(path, "2023/VP_2023.xlsx")


def figures(found: Answer) -> dict[str, str]:
    return {short(key).split()[-1]: told(o) for key, o in found.rows.items()}


def at(found: Answer, code: str) -> list[str]:
    """Where a finding of that code points to."""
    return [finding.cell for finding in found.findings if finding.code == code]


def test_a_sheet_that_shows_no_zeros_is_told_of_each(tmp_path: Path) -> None:
    view = '<sheetViews><sheetView showZeros="0" workbookViewId="0"/></sheetViews>'
    found = told_of(tmp_path, {"B4": (0, 0)}, before=view)
    assert figures(found) == {"154.1": "4", "164": "0"}
    assert at(found, "zero_unseen") == ["B4"]
    assert not at(told_of(tmp_path, {"B4": (0, 0)}), "zero_unseen")


def test_a_lowered_digit_is_no_digit_of_the_number(tmp_path: Path) -> None:
    low = '<rPr><vertAlign val="subscript"/></rPr>'
    found = told_of(tmp_path, {"B4": (f"<r><t>9</t></r><r>{low}<t>2</t></r>", 0)})
    assert figures(found) == {"154.1": "4", "164": "M"}
    assert at(found, "number_as_text") == ["B4"]


UNSEEN = {
    "white letters on no ground": styles('<color rgb="FFFFFFFF"/>'),
    "nearly white letters": styles('<color rgb="FFF8F8F8"/>'),
    "red letters on red": styles(
        '<color rgb="FFFF0000"/>', '<patternFill patternType="solid"><fgColor rgb="FFFF0000"/></patternFill>'
    ),
    "black letters on black": styles(
        "", '<patternFill patternType="solid"><fgColor rgb="FF000000"/></patternFill>'
    ),
    "letters of one point": styles('<sz val="1"/>'),
    "a format that shows nothing": styles(code=";;;"),
}
SEEN = {
    "white letters on blue": styles(
        '<color theme="0"/>', '<patternFill patternType="solid"><fgColor rgb="FF0000FF"/></patternFill>'
    ),
    "white letters on a theme's colour": styles(
        '<color theme="0"/>', '<patternFill patternType="solid"><fgColor theme="4"/></patternFill>'
    ),
    "letters of eight points": styles('<sz val="8"/>'),
    "a format that shows texts": styles(code="0;-0;;@"),
}


@pytest.mark.parametrize("name", UNSEEN)
def test_what_nobody_sees_is_not_read(tmp_path: Path, name: str) -> None:
    figure = told_of(tmp_path, {"B4": (5, 1)}, UNSEEN[name])
    assert figures(figure) == {"154.1": "4", "164": "M"}
    assert at(figure, "shown_otherwise") == ["B4"]
    typed = told_of(tmp_path, {"B4": ("5", 1)}, UNSEEN[name])
    assert figures(typed) == {"154.1": "4", "164": "M"}
    assert at(typed, "cells_unseen") == ["B4"]
    label = told_of(tmp_path, {"A4": ("164", 1)}, UNSEEN[name])
    assert figures(label) == {"154.1": "4"}
    assert at(label, "heading_hidden") == at(label, "cells_unseen") == ["A4"]
    number = told_of(tmp_path, {"A4": (164, 1)}, UNSEEN[name])
    assert figures(number) == {"154.1": "4"}
    assert at(number, "heading_hidden") == ["A4"]
    title = told_of(tmp_path, {"A1": (LINES[0][1], 1)}, UNSEEN[name])
    assert not title.rows
    assert title.errors


@pytest.mark.parametrize("name", SEEN)
def test_what_is_seen_is_read(tmp_path: Path, name: str) -> None:
    changed = {"A1": (LINES[0][1], 1), "A4": ("164", 1), "B4": (5, 1)}
    found = told_of(tmp_path, changed, SEEN[name])
    assert figures(found) == {"154.1": "4", "164": "5"}
    assert not found.findings


@pytest.mark.parametrize(
    ("where", "lost"), [("A4", {"164"}), ("B2", {"154.1", "164"}), ("A1", {"154.1", "164"})]
)
def test_a_struck_heading_heads_nothing(tmp_path: Path, where: str, lost: set[str]) -> None:
    texts = {**dict(LINES), "A4": "164"}
    found = told_of(tmp_path, {where: (texts[where], 1)}, styles("<strike/>"))
    assert set(figures(found)) == {"154.1", "164"} - lost
    assert set(at(found, "heading_struck")) == {where}


def test_a_struck_line_is_told_of_once(tmp_path: Path) -> None:
    found = told_of(tmp_path, {"A4": ("164", 1), "B4": (5, 1)}, styles("<strike/>"))
    assert figures(found) == {"154.1": "4", "164": "M"}
    assert [finding.code for finding in found.findings] == ["value_struck"]


def test_a_struck_sentence_gives_no_figure(tmp_path: Path) -> None:
    page = Page("Dati")
    page.put((1, 1), "Uzsāktie kriminālprocesi pēc KL 154.1 2023. gadā: 4", struck=True)
    found = answer(Draft("2023/VP_2023.xlsx", [page]), tmp_path)
    assert [told(o) for o in found.rows.values()] == ["M"]
    assert at(found, "value_struck") == ["A1"]


def test_a_struck_measure_has_no_status(tmp_path: Path) -> None:
    rows = [
        ["Nr. p. k.", "Atbildīgā institūcija", "Izpilde"],
        ["1.1", "VP", "IZPILDĪTS"],
        ["1.2", "VP", "IZPILDĪTS"],
        ["1.3", "VP", "IZPILDĪTS"],
    ]
    page = Page("Pasākumi")
    for row, line in enumerate(rows, 1):
        for column, value in enumerate(line, 1):
            page.put((row, column), value, struck=(row, column) in ((2, 1), (3, 3)))
    found = answer(Draft("2023/IeM_plans_2023.xlsx", [page]), tmp_path)
    assert sorted(map(told, found.rows.values())) == ["M", "M", "done"]
    assert at(found, "heading_struck") == ["A2"]
    assert at(found, "value_struck") == ["C3"]


def test_a_heading_is_what_its_format_shows(tmp_path: Path) -> None:
    """A number as a heading, beside which its format writes what narrows it."""
    part = styles(code="0&quot; (9 mēn.)&quot;")
    found = told_of(tmp_path, {"A4": (164, 1)}, part)
    assert figures(found) == {"154.1": "4"}
    assert found.errors


def ods(folder: Path, figure: str, style: str = "", settings: str = "") -> Answer:
    """The same list as an OpenDocument workbook, with one cell as given."""

    def text(words: str) -> str:
        return f'<table:table-cell office:value-type="string"><text:p>{words}</text:p></table:table-cell>'

    four = (
        '<table:table-cell office:value-type="float" office:value="4"><text:p>4</text:p></table:table-cell>'
    )
    rows = [text(LINES[0][1]), text("KL pants") + text("Skaits"), text("154.1") + four, text("164") + figure]
    table = "".join(f"<table:table-row>{row}</table:table-row>" for row in rows)
    body = f'<table:table table:name="Dati">{table}</table:table>'
    parts = {"settings.xml": settings} if settings else {}
    return answer_of(raw_ods(folder / "VP_2023.ods", body, style, parts), "2023/VP_2023.ods")


def ods_figure(value: str, shown: str, style: str = "") -> str:
    named = f' table:style-name="{style}"' if style else ""
    return (
        f'<table:table-cell{named} office:value-type="float" office:value="{value}">'
        f"<text:p>{shown}</text:p></table:table-cell>"
    )


@pytest.mark.parametrize(
    ("value", "shown", "read"),
    [("5", "5", "5"), ("1204", "1 204", "1204"), ("1204", "1\u202f204", "1204"), ("5", "5,0", "5")],
)
def test_a_number_that_an_ods_cell_shows_is_read(tmp_path: Path, value: str, shown: str, read: str) -> None:
    found = ods(tmp_path, ods_figure(value, shown))
    assert figures(found)["164"] == read
    assert not found.errors


@pytest.mark.parametrize(("value", "shown"), [("5", "&lt;5"), ("5000", "5"), ("5", "5 tūkst."), ("5", "")])
def test_a_number_that_an_ods_cell_does_not_show_is_refused(tmp_path: Path, value: str, shown: str) -> None:
    found = ods(tmp_path, ods_figure(value, shown))
    assert figures(found)["164"] == "M"
    assert at(found, "shown_otherwise") == ["B4"]


def test_zeros_and_letters_that_an_ods_workbook_hides(tmp_path: Path) -> None:
    item = '<config:config-item config:name="ShowZeroValues" config:type="boolean">false</config:config-item>'
    settings = (
        f'<office:document-settings xmlns:office="o" xmlns:config="c">{item}</office:document-settings>'
    )
    found = ods(tmp_path, ods_figure("0", "0"), settings=settings)
    assert figures(found)["164"] == "0"
    assert at(found, "zero_unseen") == ["B4"]
    white = '<style:style style:name="w"><style:text-properties fo:color="#ffffff"/></style:style>'
    found = ods(tmp_path, ods_figure("5", "5", "w"), white)
    assert at(found, "shown_otherwise") == ["B4"]
    low = '<style:style style:name="s"><style:text-properties style:text-position="sub 58%"/></style:style>'
    low_two = '<text:span text:style-name="s">2</text:span>'
    figure = f'<table:table-cell office:value-type="string"><text:p>9{low_two}</text:p></table:table-cell>'
    found = ods(tmp_path, figure, low)
    assert at(found, "number_as_text") == ["B4"]


@pytest.mark.parametrize("born", [19850312, "19850312", 12031985, 31118, "120385"])
def test_a_date_of_birth_as_a_plain_number_goes_no_further(tmp_path: Path, born: str | int) -> None:
    changed: dict[str, tuple[str | int | float, int]] = {"C2": ("Dzimšanas datums", 0), "C4": (born, 0)}
    found = told_of(tmp_path, changed)
    assert figures(found) == {"154.1": "4", "164": "5"}
    assert at(found, "personal_birth") == ["C4"]
    assert not any(str(born) in str(finding) for finding in found.findings)


def test_an_amount_below_a_letterhead_with_a_phone_is_an_amount(tmp_path: Path) -> None:
    rows = [
        ["Valsts policija", "Tel."],
        ["Arestētie līdzekļi 2023. gadā"],
        ["KL pants", "Summa, EUR"],
        ["154.1", 12345678],
    ]
    page = Page("Dati")
    for row, line in enumerate(rows, 1):
        for column, value in enumerate(line, 1):
            page.put((row, column), value)
    path = write(Draft("2023/VP_2023.xlsx", [page]), tmp_path)
    assert list(figures(answer_of(path, "2023/VP_2023.xlsx")).values()) == ["12345678"]
    page.put((3, 2), "Summa")
    path = write(Draft("2023/VP_2023.xlsx", [page]), tmp_path)
    assert at(answer_of(path, "2023/VP_2023.xlsx"), "personal_phone") == ["B4"]


def beside_cells(folder: Path, kind: str, part: str) -> Answer:
    """The list with a part that stands beside the cells of its sheet."""
    found: dict[str, tuple[str | int | float, int]] = {address: (text, 0) for address, text in LINES}
    data = "".join(
        f'<row r="{row}">{"".join(cell(a, v, s) for a, (v, s) in sorted(found.items()) if a[1:] == row)}</row>'
        for row in "123"
    )
    data = data.replace("154.1</t></is></c></row>", '154.1</t></is></c><c r="B3"><v>4</v></c></row>')
    parts: dict[str, str | bytes | None] = {
        "xl/styles.xml": styles(),
        "xl/worksheets/_rels/sheet1.xml.rels": relations({"rId1": (kind, f"../{kind}1.xml")}),
        f"xl/{kind}1.xml": part,
    }
    path = raw_xlsx(folder / "VP_2023.xlsx", sheet=worksheet(data), parts=parts)
    return answer_of(path, "2023/VP_2023.xlsx")


def comment(address: str, words: str) -> str:
    return (
        f'<comments xmlns="{MAIN}"><commentList><comment ref="{address}"><text><t>{words}</t></text></comment>'
        "</commentList></comments>"
    )


@pytest.mark.parametrize(
    ("address", "words", "code"),
    [
        ("B3", "tikai Rīgā", "note_restricts"),
        ("B3", "bez nepilngadīgajiem", "note_restricts"),
        ("B3", "Skat. vēstuli\ndati par 6 mēnešiem", "note_part_of_year"),
        ("B3", "precizēts: 7", "number_in_text"),
        ("A1", "dati par 6 mēnešiem", "note_part_of_year"),
        ("B2", "dati par 2022. gadu", "note_of_year"),
        ("C3", "5", "comment_on_blank"),
    ],
)
def test_what_comments_say_is_told(tmp_path: Path, address: str, words: str, code: str) -> None:
    found = beside_cells(tmp_path, "comments", comment(address, words))
    assert figures(found) == {"154.1": "4"}
    assert at(found, code) == [address]
    assert not beside_cells(tmp_path, "comments", comment("B3", "Pārbaudīts")).findings


def test_what_stands_around_a_comment_that_can_be_answered_is_passed_over(tmp_path: Path) -> None:
    """Excel writes it for programs that do not know such comments, with a number in it."""
    around = (
        "[Pavediena komentārs]\n\nJūsu Excel versija ļauj lasīt šo komentāru; papildinformācija: "
        "https://go.microsoft.com/fwlink/?linkid=870924\n\nKomentārs:\n    "
    )
    assert not beside_cells(tmp_path, "comments", comment("B3", around + "Pārbaudīts")).findings
    told = beside_cells(tmp_path, "comments", comment("B3", around + "dati par 6 mēnešiem"))
    assert at(told, "note_part_of_year") == ["B3"]


def test_the_name_of_who_wrote_a_comment_is_passed_over(tmp_path: Path) -> None:
    """Excel begins a comment with it: it is nobody's business, and hid what the comment is of."""
    words = "Jānis Paraudziņš:\ndati par 6 mēnešiem"
    signed = comment("B3", words).replace(
        "<commentList>", "<authors><author>Jānis Paraudziņš</author></authors><commentList>"
    )
    told = beside_cells(tmp_path, "comments", signed.replace('ref="B3"', 'ref="B3" authorId="0"'))
    assert at(told, "note_part_of_year") == ["B3"]
    assert all("Paraudziņš" not in str(finding) for finding in told.findings)
    note = "<office:annotation><dc:creator>Jānis Paraudziņš</dc:creator><text:p>Jānis Paraudziņš:</text:p>"
    note += "<text:p>dati par 6 mēnešiem</text:p></office:annotation>"
    told = ods(tmp_path, ods_figure("5", "5").replace("</table:table-cell>", note + "</table:table-cell>"))
    assert [f.found for f in told.findings if f.code == "note_part_of_year"] == ["dati par 6 mēnešiem"]


def test_a_text_box_is_told_of(tmp_path: Path) -> None:
    box = "<x:sp><x:txBody><a:p><a:r><a:t>Dati par 6 mēnešiem</a:t></a:r></a:p></x:txBody></x:sp>"
    drawing = f'<x:wsDr xmlns:x="x" xmlns:a="a">{box}</x:wsDr>'
    found = beside_cells(tmp_path, "drawing", drawing)
    assert [f.found for f in found.findings if f.code == "drawing_text"] == ["Dati par 6 mēnešiem"]
    frame = "<draw:frame><draw:text-box><text:p>Tikai Rīgā</text:p></draw:text-box></draw:frame>"
    found = ods(tmp_path, ods_figure("5", "5").replace("</table:table-cell>", frame + "</table:table-cell>"))
    assert figures(found)["164"] == "5"
    assert [f.found for f in found.findings if f.code == "drawing_text"] == ["Tikai Rīgā"]


PALE = '<rPr><color rgb="FFFFFFFF"/></rPr>'


def test_a_run_of_white_letters_beside_others_is_no_part_of_the_text(tmp_path: Path) -> None:
    """A person sees “1 case” where “11 cases” is stored; on a dark ground it is the white letters that are seen."""
    figure = told_of(tmp_path, {"B4": (f"<r>{PALE}<t>1</t></r><r><t>1 kriminālprocesi</t></r>", 0)})
    assert figures(figure) == {"154.1": "4", "164": "M"}
    assert at(figure, "number_as_text") == ["B4"]
    title = f"<r><t>Uzsāktie kriminālprocesi </t></r><r>{PALE}<t>nav </t></r><r><t>2023. gadā</t></r>"
    assert not told_of(tmp_path, {"A1": (title, 0)}).rows
    dark = styles(
        '<color theme="0"/>', '<patternFill patternType="solid"><fgColor rgb="FF000080"/></patternFill>'
    )
    head = f"<r>{PALE}<t>KL 164</t></r><r>{PALE.replace('/></rPr>', '/><b/></rPr>')}<t>. pants</t></r>"
    assert figures(told_of(tmp_path, {"A4": (head, 1)}, dark)) == {"154.1": "4", "164": "5"}
