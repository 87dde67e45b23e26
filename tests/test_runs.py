"""Rows kept as columns: they say what the XML parser says of each cell, or are left to it."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import NamedTuple

import pytest
from books import MAIN, codes, raw_xlsx, read, worksheet
from hypothesis import given, settings
from hypothesis import strategies as st

from thb_analysis.ingest.cells import FEWEST, Book, RowRun, Segments
from thb_analysis.ingest.formats import xlsx_tokens

STYLES = (
    f'<styleSheet xmlns="{MAIN}"><fonts><font/><font><b/></font><font><strike/></font>'
    '<font><vertAlign val="superscript"/></font></fonts><cellXfs><xf numFmtId="0" fontId="0"/>'
    '<xf numFmtId="3" fontId="1"/><xf numFmtId="14" fontId="0"/><xf numFmtId="46" fontId="2"/>'
    '<xf numFmtId="0" fontId="3"/><xf numFmtId="9" fontId="0"/></cellXfs></styleSheet>'
)
TEXTS = ("Latvija", "-", "n/a", " ", "", "1. rinda", "x\u00b2", "a_x000D_b", "2", "nav\ndatu", "31.12.2020")
STRINGS = "".join(f'<si><t xml:space="preserve">{text}</t></si>' for text in TEXTS)
RICH = "<si><r><rPr><strike/></rPr><t>5</t></r><r><rPr><vertAlign val='superscript'/></rPr><t>1</t></r></si>"

#: Cells as programs write them, and as none should; {a} is the address.
USUAL = (
    '<c r="{a}"><v>7</v></c>', '<c r="{a}" s="1"><v>12</v></c>', '<c r="{a}" s="1"/>', '<c r="{a}" s="1"></c>',
    '<c r="{a}" s="0" t="s"><v>0</v></c>', '<c r="{a}" t="s"><v>1</v></c>', '<c r="{a}" t="s"><v>3</v></c>',
)  # fmt: skip
RARER = (
    '<c r="{a}" s="2"><v>44197</v></c>', '<c r="{a}" s="3"><v>1.5</v></c>', '<c r="{a}" s="2"><v>-1</v></c>',
    '<c r="{a}" s="4" t="s"><v>8</v></c>', '<c r="{a}" s="4"><v>2</v></c>', '<c r="{a}" s="5"><v>0.125</v></c>',
    '<c r="{a}" t="b"><v>1</v></c>', '<c r="{a}" t="b"><v>0</v></c>', '<c r="{a}" t="e"><v>#N/A</v></c>',
    '<c r="{a}" t="str"><v>kopā 4</v></c>', '<c r="{a}" t="str"><v> </v></c>', '<c r="{a}" t="str"><v></v></c>',
    '<c r="{a}" t="d"><v>2021-03-01</v></c>', '<c r="{a}" t="d"><v>rīt</v></c>', '<c r="{a}"><v>1,5</v></c>',
    '<c r="{a}" t="inlineStr"><is><t>teksts</t></is></c>', '<c r="{a}" t="inlineStr"><is><t> </t></is></c>',
    '<c r="{a}" t="inlineStr"><v>8</v></c>', '<c r="{a}"><is><t>5</t></is></c>', '<c r="{a}" t="n"><v></v></c>',
    '<c r="{a}" t="s"><v>7</v></c>', '<c r="{a}" t="s"><v></v></c>', '<c r="{a}" s="999"><v>1E3</v></c>',
    '<c r="{a}" s="1" ><v>3</v></c>', '<c r="{a}" s="1" />', '<c r="{a}" cm="1" s="1"><v>3</v></c>',
)  # fmt: skip
UNPLAIN = (
    '<c r="{a}"><f>1+1</f><v>2</v></c>', '<c r="{a}" t="str"><v>a &amp; b</v></c>', '<c  r="{a}"><v>1</v></c>',
    '<c r="{a}"><v>4</v><!-- x --></c>', '<c r="{a}"><v><![CDATA[4]]></v></c>', '<c s="1" r="{a}"><v>2</v></c>',
    '<c r="{a}" t="inlineStr"><is><r><t>a</t></r><r><t>b</t></r></is></c>', '<c><v>9</v></c>',
    '<c r="{a}"> <v>1</v></c>', '<c r="{a}" t="s"><v>99</v></c>', '<c r="{a}" r="B2"><v>1</v></c>',
    '<c r="{a}" s="1" s="2"><v>1</v></c>', '<c r="{a}"><v>1</v><v>2</v></c>', '<c r="{a}" s="1"/></c>',
    "<c r='{a}'><v>1</v></c>", '<c r="{a}" s="a>b"><v>1</v></c>', '<c r="B2"><v>1</v></c>', "<x/>", "",
)  # fmt: skip
HEADS = ("", ' spans="1:4"', ' spans="1:8" x14ac:dyDescent="0.25"', ' ht="12.5" customHeight="1"')
ODD_HEADS = (' hidden="1"', ' ht="0"', ' r="7"', ' s="2" ', "/")


class Row(NamedTuple):
    """A row as written: how far after the one before, what its head says, its cells by column."""

    step: int
    head: str
    cells: tuple[str, ...]


def rows(cells: tuple[str, ...], heads: tuple[str, ...], steps: tuple[int, ...]) -> st.SearchStrategy[Row]:
    """A few kinds of rows, so that some follow others of their kind."""
    return st.builds(
        Row,
        st.sampled_from(steps),
        st.sampled_from(heads),
        st.lists(st.sampled_from(cells), min_size=1, max_size=4).map(tuple),
    )


def written(lines: list[Row], numbered: bool = True) -> str:
    number, text = 0, ""
    for step, head, cells in lines:
        number = max(1, number + step)
        inner = "".join(cell.replace("{a}", f"{'ABCD'[at]}{number}") for at, cell in enumerate(cells))
        own = f' r="{number}"' if numbered else ""
        text += f"<row{own}{head}>" if head.endswith("/") else f"<row{own}{head}>{inner}</row>"
    return text


def both(sheet: str, monkeypatch: pytest.MonkeyPatch, strings: str = STRINGS) -> tuple[Book, Book]:
    """The sheet as it is read, and as it is read where every row goes through the XML parser."""
    with tempfile.TemporaryDirectory() as folder:
        parts = {"xl/styles.xml": STYLES, "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}">{strings}</sst>'}
        path = raw_xlsx(Path(folder) / "a.xlsx", sheet=sheet, parts=parts)
        quick = read(path)
        with monkeypatch.context() as patch:
            patch.setattr(xlsx_tokens, "_pieces", lambda *_: None)
            return quick, read(path)


def alike(one: Book, other: Book) -> None:
    assert [(s.name, list(s.cells), s.merges, s.hidden) for s in one.sheets] == [
        (s.name, list(s.cells), s.merges, s.hidden) for s in other.sheets
    ]
    assert codes(one) == codes(other)
    for sheet, same in zip(one.sheets, other.sheets, strict=True):
        assert len(sheet.cells) == len(list(same.cells))
        assert sheet.texts() == {cell.text for cell in same.cells}


RANGES = st.lists(
    st.tuples(st.sampled_from("ABCD"), st.integers(1, 30), st.sampled_from("ABCD"), st.integers(0, 9)).map(
        lambda r: f"{min(r[0], r[2])}{r[1]}:{max(r[0], r[2])}{r[1] + r[3]}"
    ),
    max_size=3,
)


def merged(ranges: list[str]) -> str:
    inner = "".join([f'<mergeCell ref="{ref}"/>' for ref in ranges])
    return f"<mergeCells>{inner}</mergeCells>"


def repeated(kinds: st.SearchStrategy[Row]) -> st.SearchStrategy[list[Row]]:
    return st.lists(st.tuples(kinds, st.sampled_from((1, 1, 2, 6))), min_size=1, max_size=8).map(
        lambda some: [row for row, times in some for row in [row] * times]
    )


@settings(max_examples=150, deadline=None)
@given(
    lines=repeated(rows((*USUAL, *USUAL, *RARER), HEADS, (1, 1, 1, 1, 2))),
    ranges=RANGES,
    rich=st.booleans(),
)
def test_runs_say_what_the_parser_says(lines: list[Row], ranges: list[str], rich: bool) -> None:
    with pytest.MonkeyPatch.context() as monkeypatch:
        sheet = worksheet(written(lines), after=merged(ranges)).replace(
            "<worksheet", '<worksheet xmlns:x14ac="x"'
        )
        alike(*both(sheet, monkeypatch, STRINGS + RICH * rich))


@settings(max_examples=150, deadline=None)
@given(
    lines=repeated(rows((*USUAL, *USUAL, *USUAL, *RARER), HEADS, (1, 1, 1, 1, 2))),
    odd=st.lists(rows((*USUAL, *UNPLAIN), (*HEADS, *ODD_HEADS), (1, 1, 0, -2, 3)), min_size=1, max_size=3),
    at=st.integers(0, 40),
)
def test_rows_that_are_not_plain_are_left_to_the_parser(lines: list[Row], odd: list[Row], at: int) -> None:
    with pytest.MonkeyPatch.context() as monkeypatch:
        sheet = worksheet(written([*lines[:at], *odd, *lines[at:]])).replace(
            "<worksheet", '<worksheet xmlns:x14ac="x"'
        )
        alike(*both(sheet, monkeypatch))


PLAIN = "".join(f'<row r="{n}"><c r="A{n}"><v>{n * 7}</v></c><c r="B{n}"/></row>' for n in range(10, 20))


@pytest.mark.parametrize(
    "data",
    [
        f"<!-- {PLAIN} -->",
        f'<row r="3"><!-- </row>{PLAIN} --></row>',
        f'<row r="3"><c r="A3"><v>1</v>{PLAIN}</c></row>',
        f'<row r="3"><c r="A3"><is><t>{PLAIN}</t></is></c></row>',
        f'<row r="3"><row r="4"></row>{PLAIN}</row>',
        f'<row r="3"></row><c r="A3"><v>5</v><row r="4"></row>{PLAIN}</c>',
        f"<row><c><v>1</v></c></row>{PLAIN}<row><c><v>1</v></c></row>",
        f'<row r="9"></row><row><c><v>1</v></c></row>{PLAIN}',
        f"{PLAIN}{PLAIN}",
        f'<row r="30"><c r="A30"><v>1</v></c></row>{PLAIN}',
        PLAIN.replace('<row r="15">', '<row r="15" hidden="1">'),
        PLAIN.replace('r="15"', 'r="015"').replace('"A15"', '"A015"').replace('"B15"', '"B015"'),
        PLAIN.replace('r="15"', 'r="1048577"').replace("A15", "A1048577").replace("B15", "B1048577"),
        PLAIN.replace('r="10"', 'r="0"').replace("A10", "A0").replace("B10", "B0"),
        PLAIN.replace("A15", "XFE15"),
        PLAIN.replace("A15", "C15"),
        PLAIN.replace("105<", "105\r<"),
        PLAIN.replace("105<", "105]]><"),
        PLAIN.replace("105<", "105\x01<"),
        PLAIN.replace("</row>", "</row>\n"),
        PLAIN.replace('<c r="B15"/>', '<c r="B15" s="15"/>'),
        PLAIN + PLAIN.replace("<v>", "<f>A1</f><v>"),
    ],
)
def test_what_encloses_or_disturbs_rows_is_seen(data: str, monkeypatch: pytest.MonkeyPatch) -> None:
    alike(*both(worksheet(data), monkeypatch))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('<dimension ref="A10:B19"/><cols><col min="2" max="2" hidden="1"/></cols>', ""),
        ('<cols><col min="1" max="1" width="0.5"/></cols>', merged(["A12:B13"])),
        ("", '<mergeCells count="1"><mergeCell ref="A11:A12"></mergeCell></mergeCells>'),
        ("", merged(["A11:B11"]) + merged(["B12:B13"])),
        ("", merged(["A11:B11", "A11:A12"])),
        ("", merged(["A11:ZZZZ12"])),
        ("", merged(["A12:A11"])),
        ("", f"<?x {merged(['A11:B11'])}?>"),
        ("", f"<!-- {merged(['A11:B11'])} -->"),
        ("", merged(["A11:B11"]) + "<oops>"),
        ("", merged(["A11:B11"]) + '<row r="30"><c r="A30"><v>1</v></c></row>'),
        ("", merged(["A11:B11"]) + '<sheetData><row r="30"><c r="A30"><v>1</v></c></row></sheetData>'),
        ('<row r="1"><c r="A1"><v>1</v></c></row>', ""),
        ("<sheetData></sheetData>", ""),
    ],
)
def test_what_stands_around_the_rows_counts(before: str, after: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(2):  # the second time it is remembered
        alike(*both(worksheet(PLAIN, before, after), monkeypatch))


def test_marks_blanks_and_merged_labels_do_not_break_a_table_into_many_parts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lines = []
    for number in range(1, 101):
        label = f'<c r="A{number}" s="1" t="s"><v>0</v></c>' if number == 51 else f'<c r="A{number}" s="1"/>'
        figure = (None, "<v>3</v>", "<v>12</v>")[number % 3]
        mark = f'<c r="B{number}" s="0" t="s"><v>1</v></c>'
        cell = mark if figure is None else f'<c r="B{number}" s="1">{figure}</c>'
        lines.append(f'<row r="{number}" spans="1:2">{label}{cell}</row>')
    quick, wide = both(worksheet("".join(lines), after=merged(["A51:A100"])), monkeypatch)
    alike(quick, wide)
    cells = quick.sheets[0].cells
    assert isinstance(cells, Segments)
    (run,) = cells.parts
    assert isinstance(run, RowRun) and (run.first, run.rows) == (1, 100)
    assert [cell.rows for cell in run.cells() if cell.column == 1] == [50]
    for column in run.columns:
        assert set(column.stored) == column.known.keys()


def test_a_few_rows_are_cells(monkeypatch: pytest.MonkeyPatch) -> None:
    quick, wide = both(worksheet(written([Row(1, "", USUAL[:2])] * (FEWEST - 1))), monkeypatch)
    alike(quick, wide)
    assert not isinstance(quick.sheets[0].cells, Segments)
