"""Answers that come back: marked copies, letters, versions, the status, and a year of forms and own tables together."""

from __future__ import annotations

import io
import random
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from form_filling import fill, key, said

from thb_analysis.cli import main
from thb_analysis.definitions import SHIPPED, load_catalogue
from thb_analysis.findings import wordings
from thb_analysis.formplan import institutions, plan_form, requests
from thb_analysis.forms.annotate import annotated, asked
from thb_analysis.forms.compare import compare_forms
from thb_analysis.forms.formulas import FIRST, HEADS
from thb_analysis.forms.last_year import Known, known_of
from thb_analysis.forms.letter import letter
from thb_analysis.forms.make import make_forms
from thb_analysis.forms.owed import tables_owed
from thb_analysis.forms.questions import questions
from thb_analysis.forms.status import status, status_as_read
from thb_analysis.forms.workbook import HIDDEN, draw_form
from thb_analysis.ingest.pipeline import read_file
from thb_analysis.ingest.recognition.keys import names_tables
from thb_analysis.ingest.recognition.values import mark_status
from thb_analysis.ingest.versions import unversioned
from thb_analysis.ingest.words.labels import vocabulary
from thb_analysis.job import run_ingest
from thb_analysis.language import Language
from thb_analysis.studies.quality import DataQuality
from thb_analysis.tidy.store import read_rows

ROOT = Path(__file__).resolve().parents[1]
CATALOGUE = load_catalogue()
RAW = ROOT / "raw"


@pytest.fixture(scope="module")
def processed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The shipped workbooks of the last three years, ingested once."""
    folder = tmp_path_factory.mktemp("answers")
    for year in ("2021", "2022", "2023"):
        shutil.copytree(RAW / year, folder / "raw" / year)
    run_ingest(folder / "raw", folder / "processed", CATALOGUE, "en")
    yield folder / "processed"


def border_guard(folder: Path, **cells: object) -> Path:
    """An answer in an institution's own habit: the checks of the border guard."""
    path = folder / "2024" / "VRS_2024.xlsx"
    path.parent.mkdir(parents=True, exist_ok=True)
    book = openpyxl.load_workbook(RAW / "2023" / "VRS_2023.xlsx")
    book["Kriminālprocesi"]["A1"] = "2024. gads:"
    page = book["Pārbaudes"]
    for place, value in {"A3": 2024, "B3": 990, "C3": 1, **cells}.items():
        page[place] = value
    book.save(path)
    return path


# forms ---------------------------------------------------------------------------------------------------


def test_forms_are_the_same_bytes_every_time_and_one_an_institution(tmp_path: Path, processed: Path) -> None:
    first = make_forms(CATALOGUE, 2024, tmp_path / "a", "lv", processed)
    second = make_forms(CATALOGUE, 2024, tmp_path / "b", "lv", processed)
    assert [p.read_bytes() for p in first] == [p.read_bytes() for p in second]
    assert [p.name for p in first] == [f"{code}_2024.xlsx" for code in institutions(CATALOGUE, 2024)]
    assert "VBTAI_2024.xlsx" not in {p.name for p in first}  # its duties went to another at the end of 2023
    assert "BAC_2024.xlsx" in {p.name for p in first}


def test_every_yearly_table_is_asked_of_somebody_and_what_the_law_asks_is_there() -> None:
    plans = {"budget", "indicators", "measure_tallies", "plan_measures", "international"}
    assert {request.table.id for request in requests(CATALOGUE)} == set(CATALOGUE.tables) - plans
    by_law = {request.table.id for request in requests(CATALOGUE) if request.directive}
    assert by_law == {
        "victims",
        "suspects",
        "persons_prosecuted",
        "persons_convicted",
        "prosecution_decisions",
        "court_judgments",
        "use_of_services",
    }


def test_every_title_names_its_table_and_no_other() -> None:
    for request in requests(CATALOGUE):
        for lang in ("lv", "en"):
            title = request.title[lang]
            assert names_tables(CATALOGUE, title) == {request.table.id}, title
            assert vocabulary(CATALOGUE, request.table.id).read(title), title


def test_the_marks_of_the_forms_are_marks_that_are_read() -> None:
    for lang in ("lv", "en"):
        for mark in ("Z", "L"):
            assert mark_status(CATALOGUE, Language(lang).text(f"forms.mark.{mark}")) == mark
        assert mark_status(CATALOGUE, Language(lang).text("forms.table.unsummed")) == "M"


def test_a_form_is_fit_for_paper_keyboard_and_screen_reader() -> None:
    form = plan_form(CATALOGUE, "TA", 2024, "lv")
    book = openpyxl.load_workbook(io.BytesIO(draw_form(form, CATALOGUE)))
    assert book[HIDDEN].sheet_state == "hidden"
    for sheet in form.sheets:
        page = book[sheet.name]
        assert not page.merged_cells.ranges
        assert page.page_setup.paperSize == 9 and page.sheet_properties.pageSetUpPr.fitToPage
        assert page.print_title_rows == f"${HEADS + 1}:${HEADS + 1}"
        assert page.freeze_panes is not None and page.protection.sheet
        assert [cell.value for cell in page[HEADS + 1]][: len(sheet.headings)] == list(sheet.headings)
        column = len(sheet.heads) + 1
        assert (
            page.cell(HEADS + 1, 1).protection.locked and not page.cell(FIRST + 1, column).protection.locked
        )
        assert any(str(rule.type) == "custom" for rule in page.data_validations.dataValidation)
    warning = Language("lv").text("forms.cover.warning")
    assert warning in [cell.value for row in book.worksheets[0].iter_rows() for cell in row]
    assert len([name for name in book.defined_names if name.startswith("TitleRegion")]) == len(form.sheets)


@pytest.mark.parametrize("lost", [False, True], ids=["with its map", "without"])
def test_last_years_figures_come_back_as_corrections_of_last_year_and_never_as_this_years(
    tmp_path: Path, processed: Path, lost: bool
) -> None:
    last = known_of(processed, CATALOGUE, "TA", 2023)
    form = plan_form(CATALOGUE, "TA", 2024, "lv", last)
    filling = fill(form, CATALOGUE, random.Random(5))
    book = openpyxl.load_workbook(io.BytesIO(draw_form(form, CATALOGUE, last)))
    for (name, row, column), value in filling.cells.items():
        book[name].cell(row, column).value = value
    sheet = next(sheet for sheet in form.sheets if sheet.key == "convicted_article")
    page = book[sheet.name]
    assert page.cell(FIRST + 1, 4).value == 6  # as published for 2023
    page.cell(FIRST + 1, 5).value = 7
    page["B4"] = "labojam"
    if lost:
        del book[HIDDEN]
    path = tmp_path / "2024" / "TA_2024.xlsx"
    path.parent.mkdir()
    book.save(path)
    reading = read_file(path, "2024/TA_2024.xlsx", CATALOGUE)
    before = [o for o in reading.observations if o.year == 2023]
    assert [(o.table, dict(o.dims)["article"], str(o.value), o.cell) for o in before] == [
        ("persons_convicted", "154.1", "7", f"E{FIRST + 1}")
    ]
    now = [o for o in reading.observations if o.year == 2024]
    assert all(said(o) in filling.expected[key(o)] for o in now)
    assert {
        row.role for row in reading.ledger if row.cell == f"D{FIRST + 1}" and row.sheet == sheet.name
    } == {"ignored"}


def test_a_form_says_who_sent_it_where_the_name_does_not(tmp_path: Path) -> None:
    path = tmp_path / "2026" / "aizpildita veidlapa.xlsx"
    path.parent.mkdir()
    form = plan_form(CATALOGUE, "IC", 2026, "lv")
    book = openpyxl.load_workbook(io.BytesIO(draw_form(form, CATALOGUE)))
    book[form.sheets[0].name].cell(FIRST + 1, 2).value = 3
    book.save(path)
    reading = read_file(path, "2026/aizpildita veidlapa.xlsx", CATALOGUE)
    assert {(o.institution, o.year) for o in reading.observations} == {("IC", 2026)}
    other = read_file(path, "2026/VP_2026.xlsx", CATALOGUE)
    assert [f.code for f in other.findings if f.severity == "error"] == ["form_of_another"]
    assert other.observations == []


def test_what_the_new_form_asks_anew_is_told(tmp_path: Path) -> None:
    make_forms(CATALOGUE, 2025, tmp_path / "same", "lv", tmp_path)
    assert compare_forms(CATALOGUE, 2026, tmp_path / "same") == []
    shutil.copytree(SHIPPED, tmp_path / "catalogue")
    path = tmp_path / "catalogue" / "forms.toml"
    text = (
        path.read_text(encoding="utf-8")
        .replace(', "surrogacy"', "")
        .replace("Tiesas nolēmumi pa", "Nolēmumi pa")
    )
    path.write_text(text.replace('key = "seized"', 'key = "assets"'), encoding="utf-8")
    make_forms(load_catalogue(tmp_path / "catalogue"), 2025, tmp_path / "old", "lv", tmp_path)
    told = {
        (c.institution, c.kind, c.what, c.new or c.old)
        for c in compare_forms(CATALOGUE, 2026, tmp_path / "old")
    }
    assert ("TA", "new", "row", "surogācija") in told
    assert ("TA", "renamed", "title", "Tiesas nolēmumi pa pantiem un nolēmuma veidiem") in told
    assert {kind for name, kind, what, _ in told if name == "VP" and what == "table"} == {"new", "dropped"}
    assert main(["forms", "--year", "2026", "--compare", str(tmp_path / "old")]) == 0
    assert main(["forms", "--year", "2026", "--compare", str(tmp_path / "catalogue")]) == 2


# checks --------------------------------------------------------------------------------------------------


def test_a_jump_is_a_question_and_an_ordinary_change_is_none(tmp_path: Path, processed: Path) -> None:
    jump = read_file(border_guard(tmp_path, B3=60), "2024/VRS_2024.xlsx", CATALOGUE)
    found = [f for f in questions(jump, CATALOGUE, processed) if f.code == "figure_jump"]
    assert [(f.sheet, f.cell, f.severity) for f in found] == [("Pārbaudes", "B3", "warning")]
    assert found[0].expected == "2021: 728; 2022: 1193; 2023: 996"
    usual = read_file(border_guard(tmp_path, B3=972), "2024/VRS_2024.xlsx", CATALOGUE)
    assert questions(usual, CATALOGUE, processed) == []


def test_last_years_figures_under_this_year_are_asked_about(tmp_path: Path, processed: Path) -> None:
    for last, codes in ((13, ["year_repeated"]), (12, [])):
        book = openpyxl.Workbook()
        sheet = book.active
        assert sheet is not None
        sheet.append(["Reģistrētie noziedzīgie nodarījumi 2024. gadā"])
        for article, figure in (("154.1", 2), ("164", 9), ("165", 2), ("165.1", 0), ("285.2", last)):
            sheet.append([article, figure])
        sheet.append(["195", 5])  # of which nothing is known before
        if codes:
            sheet.delete_rows(7)
        path = tmp_path / "IC_2024.xlsx"
        book.save(path)
        reading = read_file(path, "2024/IC_2024.xlsx", CATALOGUE)
        found = [f for f in questions(reading, CATALOGUE, processed) if f.code == "year_repeated"]
        assert [f.code for f in found] == codes
    assert found == []


def test_sheets_that_disagree_and_institutions_that_disagree_are_asked_about(
    tmp_path: Path, processed: Path
) -> None:
    book = openpyxl.load_workbook(RAW / "2023" / "IC_2023.xlsx")
    sheet = book["IC"]
    sheet.title = "Dati"  # by the name of another institution they would be its own figures
    copied = book.copy_worksheet(sheet)
    copied["B6"] = 5
    path = tmp_path / "2023" / "Prokuratura_2023.xlsx"
    path.parent.mkdir()
    book.save(path)
    reading = read_file(path, "2023/Prokuratura_2023.xlsx", CATALOGUE)
    codes = {finding.code for finding in questions(reading, CATALOGUE, processed)}
    assert "contradiction" in codes
    copied["B6"] = 2
    for each in (sheet, copied):
        each["C6"] = 4
    book.save(path)
    reading = read_file(path, "2023/Prokuratura_2023.xlsx", CATALOGUE)
    (other,) = questions(reading, CATALOGUE, processed)
    assert (other.code, other.found) == ("other_says", "4") and other.expected.startswith(
        "9 (IC: 2023/IC_2023.xlsx"
    )


def test_the_marked_copy_keeps_the_workbook_and_the_original_is_not_touched(
    tmp_path: Path, processed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = border_guard(tmp_path, B3=60, C3="divi")
    before = path.read_bytes()
    out, docx = tmp_path / "marked.xlsx", tmp_path / "letter.docx"
    command = [
        "check",
        str(path),
        "--processed",
        str(processed),
        "--annotate",
        str(out),
        "--letter",
        str(docx),
    ]
    assert main(command) == 1
    assert path.read_bytes() == before
    first = out.read_bytes()
    out.unlink()
    main(command)
    assert out.read_bytes() == first
    book, original = openpyxl.load_workbook(out), openpyxl.load_workbook(path)
    summary, *rest = book.sheetnames
    assert rest == original.sheetnames
    for name in rest:
        kept = {c.coordinate: c.value for row in book[name].iter_rows() for c in row if c.value is not None}
        assert kept == {
            c.coordinate: c.value for row in original[name].iter_rows() for c in row if c.value is not None
        }
    page = book["Pārbaudes"]
    assert "Lūdzam apstiprināt skaitli" in page["B3"].comment.text and "divi" in page["C3"].comment.text
    assert page["C3"].fill.fgColor.rgb != page["B3"].fill.fgColor.rgb
    assert {row[3].value for row in book[summary].iter_rows(min_row=5) if row[3].value} == {"B3", "C3"}
    again = tmp_path / "again" / "2024" / "VRS_2024.xlsx"
    again.parent.mkdir(parents=True)
    shutil.copy(out, again)
    reading = read_file(again, "2024/VRS_2024.xlsx", CATALOGUE)
    assert {row.role for row in reading.ledger if row.sheet == summary} == {"ignored"}
    assert {f.code for f in reading.findings} == {
        f.code for f in read_file(path, "2024/VRS_2024.xlsx", CATALOGUE).findings
    }


def test_personal_data_do_not_travel_with_the_marked_copy(tmp_path: Path, processed: Path) -> None:
    path = border_guard(tmp_path, D3="Anna Ozola, 120385-11234")
    out = tmp_path / "marked.xlsx"
    assert main(["check", str(path), "--processed", str(processed), "--annotate", str(out)]) == 1
    with zipfile.ZipFile(out) as package:
        texts = "".join(package.read(name).decode("utf-8", "replace") for name in package.namelist())
    assert "11234" not in texts and "Ozola" not in texts
    assert (
        "Lūdzam personas datus no faila izdzēst"
        in openpyxl.load_workbook(out)["Pārbaudes"]["D3"].comment.text
    )


def test_a_total_that_differs_is_asked_about_with_its_parts(tmp_path: Path) -> None:
    form = plan_form(CATALOGUE, "SIVA", 2026, "lv")
    book = openpyxl.load_workbook(io.BytesIO(draw_form(form, CATALOGUE)))
    sheet = next(sheet for sheet in form.sheets if sheet.key == "rehabilitation")
    for row, value in ((FIRST + 1, 14), (FIRST + 2, 21), (FIRST + 3, 99)):
        book[sheet.name].cell(row, 2).value = value
    path = tmp_path / "2026" / "SIVA_2026.xlsx"
    path.parent.mkdir()
    book.save(path)
    found = [
        f for f in read_file(path, "2026/SIVA_2026.xlsx", CATALOGUE).findings if f.code == "total_differs"
    ]
    assert [asked(f, Language("lv")) for f in found] == [
        "Kopskaits 99 atšķiras no daļu summas (šūnas: B7, B8). Daļu summa: 35 = 14 + 21. "
        "Lūdzam norādīt, vai labojams kopskaits vai kāda no daļām."
    ]
    assert f"B{FIRST + 1}, B{FIRST + 2}" in found[0].worded("lv")["suggestion"]


def test_the_letter_is_a_docx_with_every_question(tmp_path: Path, processed: Path) -> None:
    docx = pytest.importorskip("docx")
    reading = read_file(border_guard(tmp_path, B3=60, C3="divi"), "2024/VRS_2024.xlsx", CATALOGUE)
    findings = [*reading.findings, *questions(reading, CATALOGUE, processed)]
    content = letter("VRS", 2024, "VRS_2024.xlsx", findings, ["Aizdomās turētās personas"], "lv")
    assert content == letter("VRS", 2024, "VRS_2024.xlsx", findings, ["Aizdomās turētās personas"], "lv")
    document = docx.Document(io.BytesIO(content))
    (table,) = document.tables
    asked_in = [row.cells[2].text for row in table.rows[1:]]
    language = Language("lv")
    assert asked_in == [asked(f, language) for f in findings if f.severity != "info"]
    text = "\n".join(paragraph.text for paragraph in document.paragraphs)
    assert "Valsts robežsardze" in text and "Aizdomās turētās personas" in text and "Labdien!" in text
    assert "catalogue/" not in "".join(asked_in), "a sender is not told about the house's own files"


def test_the_letter_names_a_table_that_did_not_come_once(tmp_path: Path, processed: Path) -> None:
    docx = pytest.importorskip("docx")
    (form,) = (
        path
        for path in make_forms(CATALOGUE, 2024, tmp_path, "lv", tmp_path)
        if path.name == "SIVA_2024.xlsx"
    )
    out = tmp_path / "letter.docx"
    assert main(["check", str(form), "--processed", str(processed), "--letter", str(out)]) == 0
    document = docx.Document(str(out))
    (table,) = document.tables
    assert len(table.rows) == 2, "but for the heading, no more than that the file holds no figure"
    text = "\n".join(paragraph.text for paragraph in document.paragraphs)
    assert text.count("Cilvēku tirdzniecības upuri") == 1 and "2024. gadu" in text
    other = tmp_path / "nosaukums.xlsx"
    shutil.copy(RAW / "2023" / "SIVA_2023.xlsx", other)
    assert main(["check", str(other), "--letter", str(out)]) == 2


def test_a_copy_of_another_format_says_what_it_has_lost(tmp_path: Path) -> None:
    path = tmp_path / "2024" / "VRS_2024.csv"
    path.parent.mkdir()
    path.write_text("Pārbaudes;\nGads;Pārbaužu skaits\n2024;divi\n", encoding="utf-8")
    reading = read_file(path, "2024/VRS_2024.csv", CATALOGUE)
    book = openpyxl.load_workbook(io.BytesIO(annotated(path, reading.findings, "lv")))
    assert "xlsx" in book.worksheets[0]["A3"].value
    assert book.worksheets[1]["A3"].value == 2024 or book.worksheets[1]["A3"].value == "2024"


def test_outputs_never_replace_an_answer(tmp_path: Path) -> None:
    path = border_guard(tmp_path)
    assert main(["check", str(path), "--annotate", str(path)]) == 2
    assert main(["check", str(path), "--letter", str(tmp_path / "x.txt")]) == 2
    assert main(["check", str(path), str(path), "--letter", str(tmp_path / "x.docx")]) == 2


def test_every_question_that_is_worded_is_about_a_finding() -> None:
    for lang in ("lv", "en"):
        keys = [key for key in Language(lang).in_order() if key.startswith("forms.ask.")]
        assert {key.rpartition(".")[2] for key in keys} - {"default"} <= set(wordings())


# versions and the status ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stem", "base", "number"),
    [
        ("VP_2026", "VP_2026", 1),
        ("VP_2026_v2", "VP_2026", 2),
        ("VP_2026_V3", "VP_2026", 3),
        ("VP_2026 (1)", "VP_2026", 2),
        ("VP_2026_labots", "VP_2026", 2),
        ("VP_2026_precizēts2", "VP_2026", 3),
        ("VP_2026_versija 4", "VP_2026", 4),
        ("VP_2026_2", "VP_2026", 2),
        ("VP_2026_v2 (1)", "VP_2026", 3),
        ("IeM_upuri_2023", "IeM_upuri_2023", 1),
        ("SIVA_2021", "SIVA_2021", 1),
        ("VP", "VP", 1),
        ("v2", "v2", 1),
    ],
)
def test_the_version_is_in_the_name(stem: str, base: str, number: int) -> None:
    assert unversioned(stem, CATALOGUE) == (base, number)


def test_the_later_version_stands_the_earlier_is_kept_and_the_status_tells(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    raw, out = tmp_path / "raw", tmp_path / "processed"
    (raw / "2023").mkdir(parents=True)
    shutil.copy(RAW / "2023" / "SIVA_2023.xlsx", raw / "2023")
    shutil.copy(RAW / "2023" / "TA_2023.xlsx", raw / "2023")
    book = openpyxl.load_workbook(RAW / "2023" / "SIVA_2023.xlsx")
    sheet = book.worksheets[0]
    sheet["D4"], sheet["D5"], sheet["D6"] = 36, None, 22
    book.save(raw / "2023" / "SIVA_2023_v2.xlsx")
    summary = run_ingest(raw, out, CATALOGUE, "en")
    rows = {r["started"]: r for r in read_rows(out / "rehabilitation_clients.csv") if r["year"] == "2023"}
    assert {k: r["value"] for k, r in rows.items()} == {"_T": "36", "this_year": "22", "previous_year": "14"}
    assert rows["previous_year"]["source_file"] == "2023/SIVA_2023.xlsx"
    changed = {(r["old_value"], r["new_value"]) for r in read_rows(out / "revisions.csv")}
    assert changed == {("35", "36"), ("21", "22")}
    codes = [f.code for f in summary.findings]
    assert codes.count("version_earlier") == 1 and "contradiction" not in codes
    shutil.copy(RAW / "2023" / "IC_2023.xlsx", raw / "2023")
    standing = {s.institution: s for s in status(raw, out, CATALOGUE, 2023)}
    assert standing["SIVA"].files == ("SIVA_2023.xlsx [1]", "SIVA_2023_v2.xlsx [2]")
    assert standing["SIVA"].state == "partly" and standing["SIVA"].missing == ("victims",)
    assert standing["VP"].state == "nothing" and list(standing["VP"].owed) == tables_owed(CATALOGUE, "VP")
    assert standing["IC"].unread == ("2023/IC_2023.xlsx",)
    table = tmp_path / "status.csv"
    assert (
        main(["status", "--year", "2023", "--raw", str(raw), "--processed", str(out), "--csv", str(table)])
        == 0
    )
    assert "SIVA" in capsys.readouterr().out
    assert [row["institution"] for row in read_rows(table)] == list(standing)
    shown, owed = DataQuality.open(out, 2023, 2021).request().tables
    told = next(row for row in shown.rows if row[0] == "Sociālās integrācijas valsts aģentūra")
    assert "; ".join(standing["SIVA"].files) in told and "1/2" in told
    assert ["Sociālās integrācijas valsts aģentūra", "Cilvēku tirdzniecības upuri"] in owed.rows


def test_a_sheet_that_was_sent_again_settles_what_was_found_on_it(tmp_path: Path) -> None:
    raw, out = tmp_path / "raw", tmp_path / "processed"
    (raw / "2023").mkdir(parents=True)
    book = openpyxl.load_workbook(RAW / "2023" / "TA_2023.xlsx")
    first, second = book.worksheets[:2]
    kept = [
        next(c for row in sheet.iter_rows(min_row=2) for c in row if c.value == 2)
        for sheet in (first, second)
    ]
    for cell in kept:
        cell.value = "divi"
    book.save(raw / "2023" / "TA_2023.xlsx")
    run_ingest(raw, out, CATALOGUE, "en")
    assert next(s for s in status(raw, out, CATALOGUE, 2023) if s.institution == "TA").errors == 2
    kept[0].value = 2
    del book[second.title]
    book.save(raw / "2023" / "TA_2023_v2.xlsx")
    run_ingest(raw, out, CATALOGUE, "en")
    (standing,) = (s for s in status(raw, out, CATALOGUE, 2023) if s.institution == "TA")
    assert standing.errors == 1 and len(standing.files) == 2
    assert [s.row() for s in status_as_read(out, CATALOGUE, 2023)] == [
        s.row() for s in status(raw, out, CATALOGUE, 2023)
    ]


def test_two_senders_of_one_version_still_contradict_each_other(tmp_path: Path) -> None:
    raw = tmp_path / "raw" / "2023"
    raw.mkdir(parents=True)
    for name, value in (("SIVA_2023", 35), ("SIVA_2023_v2", 36), ("IeM_rehabilitācija_2023", 37)):
        book = openpyxl.load_workbook(RAW / "2023" / "SIVA_2023.xlsx")
        book.worksheets[0]["D4"] = value
        book.save(raw / f"{name}.xlsx")
    summary = run_ingest(tmp_path / "raw", tmp_path / "out", CATALOGUE, "en")
    told = [f.found for f in summary.findings if f.code == "contradiction"]
    assert len(told) == 1 and "36" in told[0] and "37" in told[0] and "35 (" not in told[0]


# a year of both ------------------------------------------------------------------------------------------


def filled_from(known: dict[object, Known], institution: str, path: Path) -> int:
    """A form filled with figures that are known; gives how many."""
    form = plan_form(CATALOGUE, institution, 2023, "lv")
    book = openpyxl.load_workbook(io.BytesIO(draw_form(form, CATALOGUE)))
    entered = 0
    for sheet in form.sheets:
        for offset, row in enumerate(sheet.rows):
            figure = known.get((sheet.table, row.dims))
            if figure is not None and sheet.kind == "fixed":
                value = float(figure.value) if figure.value is not None else "-"
                book[sheet.name].cell(FIRST + 1 + offset, len(sheet.heads) + 1).value = value
                entered += 1
    path.parent.mkdir(parents=True, exist_ok=True)
    book.save(path)
    return entered


def test_half_by_form_and_half_by_own_tables_give_the_same_tables(tmp_path: Path, processed: Path) -> None:
    raw = mixed(tmp_path, processed)
    run_ingest(raw, tmp_path / "out", CATALOGUE, "en")
    for table in (
        "registered_offences",
        "cases_sent_to_court",
        "cases_adjudicated",
        "rehabilitation_clients",
        "inspections",
    ):
        before = figures(processed / f"{table}.csv")
        after = figures(tmp_path / "out" / f"{table}.csv")
        assert before.items() <= after.items(), table
    errors = [r for r in read_rows(tmp_path / "out" / "findings.csv") if r["severity"] == "error"]
    assert errors == [r for r in read_rows(processed / "findings.csv") if r["severity"] == "error"]


def figures(path: Path) -> dict[tuple[str, ...], tuple[str, str]]:
    evidence = ("value", "obs_status", "source_file", "source_sheet", "source_cell", "note")
    return {
        tuple(v for k, v in row.items() if k not in evidence): (row["value"], row["obs_status"])
        for row in read_rows(path)
        if row["value"] and row["year"] == "2023"
    }


def mixed(folder: Path, processed: Path) -> Path:
    """The last three years as sent, but in the last of them half of the institutions used the form."""
    raw = folder / "raw"
    for year in ("2021", "2022", "2023"):
        shutil.copytree(RAW / year, raw / year)
    for institution in ("IC", "Prokuratura", "TA", "SIVA"):
        known = dict(known_of(processed, CATALOGUE, institution, 2023))
        assert filled_from(known, institution, raw / "2023" / f"{institution}_2023.xlsx") > 0  # type: ignore[arg-type]
    return raw


@pytest.mark.slow
def test_such_a_year_is_built_into_one_overview(tmp_path: Path, processed: Path) -> None:
    raw = mixed(tmp_path, processed)
    folders = [f"--{name}={tmp_path / name}" for name in ("processed", "figures", "reports")]
    assert main(["build", f"--raw={raw}", *folders, "--year=2023"]) in (0, 1)
    page = tmp_path / "reports" / "2023" / "overview.lv.html"
    assert page.is_file() and "2023" in page.read_text(encoding="utf-8")


def test_nothing_in_a_package_says_when_it_was_made() -> None:
    content = draw_form(plan_form(CATALOGUE, "IC", 2024, "lv"), CATALOGUE)
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        assert {entry.date_time[:3] for entry in package.infolist()} == {(1980, 1, 1)}
