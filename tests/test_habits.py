"""Workbooks in the habits of institutions (`data/habits*.toml`): right figures or an error, every cell told of."""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pytest
from drafts import Draft, Page, answer, told, write
from saved import save_csv
from test_layouts import short

from thb_analysis.cli import main
from thb_analysis.findings import Finding

DATA = sorted((Path(__file__).parent / "data").glob("habits*.toml"))


@dataclass(frozen=True)
class Habit:
    """One workbook, the figures that come out of it, and the errors that are told."""

    draft: Draft
    read: dict[str, str]
    says: frozenset[str]
    quiet: bool  #: nothing at all is told
    warns: frozenset[str]  #: what is warned of
    at: dict[str, list[str]]  #: the cells that findings of a code name


def habits() -> dict[str, Habit]:
    found: dict[str, Habit] = {}
    for case in [case for path in DATA for case in tomllib.loads(path.read_text(encoding="utf-8"))["case"]]:
        pages = []
        for sheet in case["sheets"]:
            page = Page(sheet["name"], merges=[tuple(merge) for merge in sheet.get("merges", ())])
            page.hidden_rows = set(sheet.get("hidden_rows", ()))
            page.hidden_columns = set(sheet.get("hidden_columns", ()))
            for row, line in enumerate(sheet["cells"], 1):
                for column, value in enumerate(line, 1):
                    if value != "":
                        page.put((row, column), value, rich=True)
            pages.append(page)
        outcome = case["outcome"]
        assert case["name"] not in found
        found[case["name"]] = Habit(
            Draft(case["file"], pages),
            outcome["read"],
            frozenset(outcome.get("says", ())),
            outcome.get("quiet", False),
            frozenset(outcome.get("warns", ())),
            outcome.get("at", {}),
        )
    return found


HABITS = habits()


@pytest.mark.parametrize("name", HABITS)
def test_a_habit_is_read_right_or_refused(tmp_path: Path, name: str) -> None:
    habit = HABITS[name]
    found = answer(habit.draft, tmp_path)
    assert {short(key): told(o) for key, o in found.rows.items() if told(o) != "M"} == habit.read
    errors = set(found.codes())
    assert habit.says <= errors
    assert bool(errors) == bool(habit.says)
    assert not (habit.quiet and found.findings)
    assert habit.warns <= set(found.codes("warning"))
    assert habit.at == {code: [f.cell for f in found.findings if f.code == code] for code in habit.at}
    assert told_once(found.findings)
    assert found.ledger.total() == sum(len(page.cells) for page in habit.draft.pages)
    assert bool(found.ledger["unread"]) <= bool(errors)


def told_once(findings: Iterable[Finding]) -> bool:
    """Whether no text is warned of for what it may say, where that or an error is told of it already."""
    by_text: dict[tuple[str, str, str], list[Finding]] = {}
    for finding in findings:
        by_text.setdefault((finding.sheet, finding.cell, finding.found), []).append(finding)
    return all(
        len(own) == 1 or not any(f.code in ("note_between", "note_restricts", "number_in_text") for f in own)
        for own in by_text.values()
    )


def test_most_figures_of_plain_workbooks_are_read() -> None:
    """The corpus does not drift into refusals: what is read in full stays the greater part by far."""
    full = sum(not habit.says for habit in HABITS.values())
    assert full >= 120
    assert sum(len(habit.read) for habit in HABITS.values()) > 480


def test_habits_come_through_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The same through `thb ingest`: tables, findings that name file, sheet and cell, and the whole ledger."""
    chosen: dict[str, Habit] = {}
    for name, habit in HABITS.items():
        if habit.says or name.startswith("two tables"):
            chosen.setdefault(habit.draft.file, habit)
    for habit in chosen.values():
        write(habit.draft, tmp_path / "raw")
    assert main(["ingest", "--raw", str(tmp_path / "raw"), "--processed", str(tmp_path / "out")]) == 1
    capsys.readouterr()
    with (tmp_path / "out" / "findings.csv").open(encoding="utf-8", newline="") as lines:
        findings = list(csv.DictReader(lines))
    with (tmp_path / "out" / "ledger.csv").open(encoding="utf-8", newline="") as lines:
        ledger = {
            (row["source_file"], row["source_sheet"], row["source_cell"]) for row in csv.DictReader(lines)
        }
    for file, habit in chosen.items():
        errors = [f for f in findings if f["source_file"] == file and f["severity"] == "error"]
        assert habit.says <= {f["code"] for f in errors}
        placed = [f for f in errors if f["code"] != "institution_unknown"]  # that is of the file's name
        assert all(f["source_sheet"] and f["source_cell"] for f in placed)
        assert all(f["message"] for f in errors)
        assert len([place for place in ledger if place[0] == file]) == sum(
            len(page.cells) for page in habit.draft.pages
        )


def test_a_text_file_says_no_more_than_a_workbook_of_its_name(tmp_path: Path) -> None:
    """The one sheet of a text file bears the file's name: the sender in it heads no figure."""
    page = Page("Lapa1")
    for place, value in {
        (1, 1): "Finansējums",
        (1, 2): "Summa (EUR)",
        (2, 1): "plānotais",
        (2, 2): 357,
    }.items():
        page.put(place, value)
    book = answer(Draft("2018/IeM_2018.xlsx", [page]), tmp_path)
    text = answer(Draft("2018/IeM_2018.csv", [page]), tmp_path, save_csv)
    assert not text.errors
    assert {k: told(o) for k, o in text.rows.items()} == {k: told(o) for k, o in book.rows.items()}
    assert [short(key) for key in text.rows] == ["budget 2018 planned 2014-2020"]


def test_a_text_file_named_for_some_victims_is_doubted_as_a_workbook_is(tmp_path: Path) -> None:
    page = Page("Lapa1")
    for row, line in enumerate([["Upuru skaits 2024. gadā"], ["Dzimums", "Skaits"], ["Sievietes", 4]], 1):
        for column, value in enumerate(line, 1):
            page.put((row, column), value)
    book = answer(Draft("2024/IeM_upuri_NVO_2024.xlsx", [page]), tmp_path)
    text = answer(Draft("2024/IeM_upuri_NVO_2024.csv", [page]), tmp_path, save_csv)
    assert not book.rows
    assert not text.rows
    assert set(book.codes()) == set(text.codes()) == {"file_name_narrows"}


@pytest.mark.parametrize(
    "title",
    ["Iekšlietu ministrijai", "Valsts policijas atbildes uz IeM anketu", "Informācija IeM par 2023. gadu"],
)
def test_a_ministry_to_which_a_letter_is_sent_is_not_whose_figures_they_are(
    tmp_path: Path, title: str
) -> None:
    page = Page("Lapa1")
    for place, value in {(1, 1): title, (2, 1): "Uzsāktie kriminālprocesi pēc KL 154.1", (2, 2): 6}.items():
        page.put(place, value)
    found = answer(Draft("2023/VP_2023.xlsx", [page]), tmp_path)
    assert [(o.institution, told(o)) for o in found.rows.values()] == [("VP", "6")]
    assert not found.codes()


def test_a_remark_left_of_figures_names_no_sender(tmp_path: Path) -> None:
    page = Page("Lapa1")
    rows = [
        ["Kriminālprocesi 2022. gadā"],
        ["Pants", "Piezīme", "Skaits"],
        ["154.1", "dati no IC", 6],
        ["164", "ok", 2],
    ]
    for row, line in enumerate(rows, 1):
        for column, value in enumerate(line, 1):
            page.put((row, column), value)
    found = answer(Draft("2022/VP_2022.xlsx", [page]), tmp_path)
    assert not found.errors
    assert {o.institution for o in found.rows.values()} == {"VP"}
    assert {short(key) for key in found.rows} == {
        "criminal_proceedings 2022 154.1",
        "criminal_proceedings 2022 164",
    }


@pytest.mark.parametrize(
    ("file", "label", "code"),
    [
        ("2023/VDI_2023.xlsx", "Kopīgās pārbaudes ar VP", "note_restricts"),
        ("2023/VDI_2023.xlsx", "Kopīgās pārbaudes ar VP un VRS", ""),
        ("2023/MARTA_2023.xlsx", "Kriminālprocesos cietušās personas", "sender_differs"),
        ("2023/VP_2023.xlsx", "Kriminālprocesos cietušās personas", ""),
    ],
)
def test_a_label_that_may_be_a_part_as_its_sender_uses_it_is_told(
    tmp_path: Path, file: str, label: str, code: str
) -> None:
    """Joint checks with one of two partners; the victims of proceedings as one who registers others gives them."""
    page = Page("Lapa1")
    for place, value in {(1, 2): 2023, (2, 1): label, (2, 2): 5}.items():
        page.put(place, value)
    found = answer(Draft(file, [page]), tmp_path)
    assert [told(o) for o in found.rows.values()] == ["5"]
    assert found.codes("error", "warning") == ([code] if code else [])


@pytest.mark.parametrize(
    ("file", "title", "told"),
    [
        ("2024/VP_notiesatie_2024.xlsx", "Uzsāktie kriminālprocesi", "notiesatie"),
        ("2024/VP_aizdomas_turetie_2024.xlsx", "Uzsāktie kriminālprocesi", "aizdomas turetie"),
        ("2024/VP_kriminalprocesi_2024.xlsx", "Uzsāktie kriminālprocesi", ""),
        ("2024/Prokuratura_kriminalprocesi_2024.xlsx", "Iztiesāšanai nodotās krimināllietas", ""),
        ("2024/VP_cilveku_tirdznieciba_2024.xlsx", "Uzsāktie kriminālprocesi", ""),
    ],
)
def test_a_file_named_for_another_table_than_its_titles_is_told(
    tmp_path: Path, file: str, title: str, told: str
) -> None:
    page = Page("Lapa1")
    for place, value in {(1, 1): title, (2, 1): "154.1", (2, 2): 6}.items():
        page.put(place, value)
    found = answer(Draft(file, [page]), tmp_path)
    assert len(found.rows) == 1
    assert not found.errors
    assert [f.found for f in found.findings if f.code == "file_name_differs"] == ([told] if told else [])


def test_findings_name_what_they_compare(tmp_path: Path) -> None:
    """The title of another year, and the lines that a total is compared with, in both languages."""
    page = Page("Lapa1")
    for row, line in enumerate([["Uzsāktie kriminālprocesi 2021. gadā"], ["KL 154.1", 3], ["Kopā", 3]], 1):
        for column, value in enumerate(line, 1):
            page.put((row, column), value)
    (year,) = answer(Draft("2023/VP_2023.xlsx", [page]), tmp_path).findings
    assert "2021 (A1 “Uzsāktie kriminālprocesi 2021. gadā”)" in year.worded("en")["message"]
    assert "2021 (A1 “Uzsāktie kriminālprocesi 2021. gadā”)" in year.worded("lv")["message"]
    page.put((1, 1), "Uzsāktie kriminālprocesi 2023. gadā")
    page.put((4, 1), "KL 164")
    page.put((4, 2), 2)
    page.put((5, 1), "Pavisam")
    page.put((5, 2), 7)
    page.put((3, 1), "KL 165")
    found = answer(Draft("2023/VP_2023.xlsx", [page]), tmp_path).findings
    (total,) = (finding for finding in found if finding.code == "total_differs")
    assert total.worded("en")["message"].endswith("of its parts (cells: B2, B3, B4).")
    assert total.worded("lv")["message"].endswith("daļu summas (šūnas: B2, B3, B4).")
