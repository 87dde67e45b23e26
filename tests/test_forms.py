"""Request forms: drawn the same every time, and read back exactly as filled, or with a finding."""

from __future__ import annotations

import io
import random
from collections import Counter, defaultdict
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import openpyxl
import pytest
from form_filling import Filling, fill, key, said

from thb_analysis.definitions import load_catalogue
from thb_analysis.formmap import FormMap
from thb_analysis.formplan import institutions, plan_form
from thb_analysis.forms.formulas import FIRST, HEADS
from thb_analysis.forms.workbook import HIDDEN, draw_form
from thb_analysis.ingest.pipeline import read_file
from thb_analysis.ingest.workbook import WorkbookReading

CATALOGUE = load_catalogue()
YEAR = 2026
ASKED = institutions(CATALOGUE, YEAR)


def filled(
    institution: str, seed: int, lang: str = "lv", years: bool = True
) -> tuple[FormMap, Filling, openpyxl.Workbook]:
    form = plan_form(CATALOGUE, institution, YEAR, lang)
    filling = fill(form, CATALOGUE, random.Random(f"{institution}{seed}"), years)
    book = openpyxl.load_workbook(io.BytesIO(draw_form(form, CATALOGUE)))
    for (sheet, row, column), value in filling.cells.items():
        book[sheet].cell(row, column).value = value
    return form, filling, book


def read(book: openpyxl.Workbook, folder: Path, institution: str, suffix: str = ".xlsx") -> WorkbookReading:
    path = folder / str(YEAR) / f"{institution}_{YEAR}{suffix}"
    path.parent.mkdir(parents=True, exist_ok=True)
    book.save(path)
    return read_file(path, f"{YEAR}/{path.name}", CATALOGUE)


def differences(reading: WorkbookReading, filling: Filling) -> tuple[list[object], list[object]]:
    """Figures that were entered and did not come back, and figures that came back and were not entered."""
    got = defaultdict(set)
    for observation in reading.observations:
        got[key(observation)].add(said(observation))
    lost: list[object] = [(k, v) for k, v in filling.expected.items() if not v <= got.get(k, set())]
    strange: list[object] = [(k, v) for k, v in got.items() if not v <= filling.expected.get(k, set())]
    return lost, strange


def other_data(reading: WorkbookReading, filling: Filling) -> list[object]:
    """Figures of this year that say something else than was entered."""
    wrong: list[object] = []
    for observation in reading.observations:
        wanted = {value for value, _ in filling.expected.get(key(observation), ())}
        if observation.stated and observation.value is not None and said(observation)[0] not in wanted:
            wrong.append((observation.sheet, observation.cell, said(observation), wanted))
    return wrong


def errors(reading: WorkbookReading) -> Counter[str]:
    return Counter(finding.code for finding in reading.findings if finding.severity == "error")


@pytest.mark.parametrize("institution", sorted(set(ASKED) - {"DM", "VPK", "BAC"}))
def test_a_random_filling_comes_back_exactly(institution: str, tmp_path: Path) -> None:
    lang = "en" if len(institution) % 2 else "lv"
    _, filling, book = filled(institution, 1, lang)
    reading = read(book, tmp_path, institution)
    assert differences(reading, filling) == ([], [])
    assert errors(reading) == Counter()
    assert not {row.role for row in reading.ledger} & {"unread"}


def test_every_cell_has_a_role_and_the_form_id_makes_no_noise(tmp_path: Path) -> None:
    _, _, book = filled("VP", 2)
    reading = read(book, tmp_path, "VP")
    cells = [
        (s.title, c.coordinate)
        for s in book
        for row in s.iter_rows()
        for c in row
        if c.value not in (None, "")
    ]
    assert Counter((row.sheet, row.cell) for row in reading.ledger) == Counter(cells)
    assert {row.role for row in reading.ledger if row.sheet == HIDDEN} == {"ignored"}
    assert "sheet_hidden" not in {finding.code for finding in reading.findings}


def test_an_empty_form_says_nothing_and_says_so(tmp_path: Path) -> None:
    form = plan_form(CATALOGUE, "TA", YEAR, "lv")
    path = tmp_path / "2026" / "TA_2026.xlsx"
    path.parent.mkdir()
    path.write_bytes(draw_form(form, CATALOGUE))
    reading = read_file(path, "2026/TA_2026.xlsx", CATALOGUE)
    assert all(not o.stated and o.status == "M" for o in reading.observations)
    empty = [finding for finding in reading.findings if finding.code == "form_table_empty"]
    assert {finding.code for finding in reading.findings} == {"form_table_empty", "nothing_read"}
    assert len(empty) == sum(1 for sheet in form.sheets if sheet.kind == "fixed")


# what people do to forms ---------------------------------------------------------------------------------


def insert_rows(book: openpyxl.Workbook, form: FormMap) -> None:
    for sheet in form.sheets:
        book[sheet.name].insert_rows(2)
        book[sheet.name].insert_rows(FIRST + 3)


def rename_sheets(book: openpyxl.Workbook, form: FormMap) -> None:
    for number, sheet in enumerate(form.sheets):
        book[sheet.name].title = f"Lapa{number}"


def delete_columns(book: openpyxl.Workbook, form: FormMap) -> None:
    for sheet in form.sheets:
        book[sheet.name].delete_cols(len(sheet.heads) + 2)  # the notes


def insert_columns(book: openpyxl.Workbook, form: FormMap) -> None:
    for sheet in form.sheets:
        book[sheet.name].insert_cols(len(sheet.heads) + 1)
        book[sheet.name].cell(HEADS + 1, len(sheet.heads) + 1).value = "Mūsu kolonna"


def shuffle_sheets(book: openpyxl.Workbook, form: FormMap) -> None:
    random.Random(7).shuffle(book._sheets)


def delete_figures(book: openpyxl.Workbook, form: FormMap) -> None:
    for sheet in form.sheets:
        book[sheet.name].delete_cols(len(sheet.heads) + 1)


def delete_rows(book: openpyxl.Workbook, form: FormMap) -> None:
    for sheet in form.sheets:
        if sheet.kind == "fixed":  # a row of choices may be taken out by whoever made it
            book[sheet.name].delete_rows(FIRST + 2)


def delete_labels(book: openpyxl.Workbook, form: FormMap) -> None:
    for sheet in form.sheets:
        book[sheet.name].delete_cols(1)


def shift_cells(book: openpyxl.Workbook, form: FormMap) -> None:
    for sheet in form.sheets:
        column = len(sheet.heads) + 1
        page = book[sheet.name]
        page.cell(page.max_row, column).value = 3  # what falls off the end is what gives it away
        for row in range(page.max_row + 1, FIRST + 1, -1):
            page.cell(row, column).value = page.cell(row - 1, column).value
        page.cell(FIRST + 1, column).value = None


def paste_labels(book: openpyxl.Workbook, form: FormMap) -> None:
    for sheet in form.sheets:
        page = book[sheet.name]
        for column in range(1, len(sheet.heads) + 1):
            page.cell(FIRST + 1, column).value = page.cell(FIRST + 2, column).value


def stray_number(book: openpyxl.Workbook, form: FormMap) -> None:
    for sheet in form.sheets:
        book[sheet.name].cell(FIRST + 1, 12).value = 77


def hide_rows(book: openpyxl.Workbook, form: FormMap) -> None:
    for sheet in form.sheets:
        book[sheet.name].row_dimensions[FIRST + 1].hidden = True


def erase_titles(book: openpyxl.Workbook, form: FormMap) -> None:
    for sheet in form.sheets:
        book[sheet.name].cell(1, 1).value = None


def erase_and_rename(book: openpyxl.Workbook, form: FormMap) -> None:
    erase_titles(book, form)
    rename_sheets(book, form)


def copy_sheets(book: openpyxl.Workbook, form: FormMap) -> None:
    for sheet in form.sheets:
        copied = book.copy_worksheet(book[sheet.name])
        copied.cell(FIRST + 1, len(sheet.heads) + 1).value = 501


def swap_titles(book: openpyxl.Workbook, form: FormMap) -> None:
    alike = [sheet for sheet in form.sheets if sheet.kind == "fixed"]
    for one, other in pairwise(alike):
        first, second = book[one.name].cell(1, 1), book[other.name].cell(1, 1)
        first.value, second.value = second.value, first.value


def without_id(book: openpyxl.Workbook, form: FormMap) -> None:
    del book[HIDDEN]


def spoil_id(book: openpyxl.Workbook, form: FormMap) -> None:
    book[HIDDEN].cell(3, 2).value = str(book[HIDDEN].cell(3, 2).value)[:100]


HARMLESS: list[Callable[[openpyxl.Workbook, FormMap], None]] = [
    insert_rows,
    rename_sheets,
    insert_columns,
    shuffle_sheets,
    erase_titles,
]
HARMFUL: list[Callable[[openpyxl.Workbook, FormMap], None]] = [
    delete_columns,
    delete_figures,
    delete_rows,
    delete_labels,
    shift_cells,
    paste_labels,
    stray_number,
    hide_rows,
    erase_and_rename,
    copy_sheets,
    swap_titles,
    without_id,
    spoil_id,
]


@pytest.mark.parametrize("institution", ["TA"])
@pytest.mark.parametrize("mutate", HARMLESS, ids=lambda f: f.__name__)
def test_what_changes_only_the_layout_changes_nothing(
    mutate: Callable[[openpyxl.Workbook, FormMap], None], institution: str, tmp_path: Path
) -> None:
    form, filling, book = filled(institution, 3)
    mutate(book, form)
    reading = read(book, tmp_path, institution)
    assert differences(reading, filling) == ([], [])
    assert errors(reading) == Counter()
    gone = [finding.sheet for finding in reading.findings if finding.code == "form_title_gone"]
    assert gone == ([sheet.name for sheet in form.sheets] if mutate is erase_titles else [])


@pytest.mark.parametrize("institution", ["VRS", pytest.param("SIVA", marks=pytest.mark.slow)])
@pytest.mark.parametrize("mutate", HARMFUL, ids=lambda f: f.__name__)
def test_what_is_broken_is_right_or_a_finding(
    mutate: Callable[[openpyxl.Workbook, FormMap], None], institution: str, tmp_path: Path
) -> None:
    form, filling, book = filled(institution, 4)
    mutate(book, form)
    reading = read(book, tmp_path, institution)
    said_so = {finding.sheet for finding in reading.findings if finding.severity == "error"}
    silent = [wrong for wrong in other_data(reading, filling) if wrong[0] not in said_so]  # type: ignore[index]
    assert silent == []
    assert len(reading.ledger) == sum(
        1 for s in book for r in s.iter_rows() for c in r if c.value not in (None, "")
    )


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Tikai sievietes", "note_reach"),
        ("Skaitļi tūkstošos", "note_reach"),
        ("Dati par I pusgadu", "note_part_of_year"),
        (f"Dati par {YEAR - 1}. gadu", "note_of_year"),
        ("Bez Latgales", "note_restricts"),
        ("Ar cieņu, statistikas nodaļa", ""),
    ],
)
@pytest.mark.parametrize("lost", [False, True])
def test_a_note_on_a_form_is_heard(tmp_path: Path, text: str, code: str, lost: bool) -> None:
    """Below the table, right of it, between its title and its headings; what narrows leaves none of its figures."""
    form, filling, book = filled("TA", 3)
    sheet = next(sheet for sheet in form.sheets if sheet.key == "convicted_article")
    for place in ((FIRST + len(sheet.rows) + 4, 1), (FIRST + 2, 9), (2, 4)):
        _, _, book = filled("TA", 3)
        book[sheet.name].cell(*place).value = text
        if lost:
            without_id(book, form)
        reading = read(book, tmp_path, "TA")
        found = {f.code for f in reading.findings if f.sheet == sheet.name and f.found == text}
        assert found == ({code} if code else set())
        read_there = [o for o in reading.observations if o.sheet == sheet.name]
        assert bool(read_there) == (code != "note_reach")
        assert other_data(reading, filling) == []


@pytest.mark.parametrize("more", [" (I pusgads)", f" {YEAR - 1}. gadā", ", tikai sievietes"])
def test_a_title_of_a_form_that_says_more_is_an_error(tmp_path: Path, more: str) -> None:
    form, _, book = filled("TA", 3)
    sheet = next(sheet for sheet in form.sheets if sheet.key == "convicted_article")
    book[sheet.name].cell(1, 1).value = sheet.title + more
    reading = read(book, tmp_path, "TA")
    assert {f.sheet for f in reading.findings if f.severity == "error"} == {sheet.name}


@pytest.mark.parametrize("lose", [without_id, spoil_id], ids=lambda f: f.__name__)
@pytest.mark.parametrize("institution", ["TA", "VRS", pytest.param("VP", marks=pytest.mark.slow)])
def test_a_form_that_lost_its_map_comes_back_exactly(
    institution: str, lose: Callable[[openpyxl.Workbook, FormMap], None], tmp_path: Path
) -> None:
    form, filling, book = filled(institution, 5, "en" if institution == "VRS" else "lv")
    insert_rows(book, form)
    rename_sheets(book, form)
    lose(book, form)
    reading = read(book, tmp_path, institution)
    assert differences(reading, filling) == ([], [])
    assert errors(reading) == Counter()
    assert [f.found for f in reading.findings if f.code == "form_map_lost"] == [str(len(form.sheets))]


def test_an_own_table_that_is_like_a_forms_is_read_by_meaning(tmp_path: Path) -> None:
    form, _, book = filled("TA", 5)
    sheet = next(sheet for sheet in form.sheets if sheet.key == "convicted_article")
    for name in set(book.sheetnames) - {sheet.name}:
        del book[name]
    page = book[sheet.name]
    page.cell(HEADS + 1, len(sheet.heads) + 2).value = YEAR - 1  # where the form has its notes
    for row in range(FIRST + 1, FIRST + 6):
        page.cell(row, 2).value, page.cell(row, 3).value = row, row + 10
    reading = read(book, tmp_path, "TA")
    assert "form_map_lost" not in {finding.code for finding in reading.findings}
    assert {(o.year, o.cell, str(o.value)) for o in reading.observations} == {
        (year, f"{column}{row}", str(row + more))
        for row in range(FIRST + 1, FIRST + 6)
        for column, year, more in (("B", YEAR, 0), ("C", YEAR - 1, 10))
    }


def rebuilt(book: openpyxl.Workbook, form: FormMap) -> openpyxl.Workbook:
    """The tables of a form copied by hand into a new workbook: no hidden sheet, and no questions over them."""
    new = openpyxl.Workbook()
    new.remove(new.active)
    for number, sheet in enumerate(form.sheets):
        page = new.create_sheet(f"Lapa{number}")
        page["B2"] = sheet.title + f", {form.year}. gads"
        for row in book[sheet.name].iter_rows(min_row=HEADS + 1):
            for cell in row:
                # Totals are sums of their own kind by now; the copy leaves them out.
                if cell.value is not None and cell.data_type != "f":
                    page.cell(cell.row - HEADS + 3, cell.column + 1).value = cell.value
    return new


@pytest.mark.parametrize("institution", ["TA", "VRS", pytest.param("IeM", marks=pytest.mark.slow)])
def test_a_form_that_was_rebuilt_is_read_by_meaning(institution: str, tmp_path: Path) -> None:
    form, filling, book = filled(institution, 6, years=False)
    reading = read(rebuilt(book, form), tmp_path, institution)
    assert other_data(reading, filling) == []
    got = {key(o): said(o)[0] for o in reading.observations}
    typed = {k: {value for value, _ in v} for k, v in filling.expected.items()}
    sums = {row.dims for sheet in form.sheets for row in sheet.rows if row.total}
    owed = {k for k, values in typed.items() if values != {"M"} and k[2] not in sums}
    blanks = {k for k in owed if got.get(k) == "M"}  # what the question over the table said went with it
    right = {k for k in owed if got.get(k) in typed[k]}
    assert owed - blanks == right
    assert len(right) > 50
