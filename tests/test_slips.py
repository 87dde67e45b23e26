"""Slips that only other years tell: years changed and figures left, a digit too many; through `run_ingest`."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest
import xlsxwriter

from thb_analysis.job import run_ingest
from thb_analysis.stamps import SHIPPED

ARTICLES = ("154.1", "164", "165", "165.1", "285.2")
Line = Sequence[str | int]


def _sent(raw: Path, year: int, lines: Sequence[Line]) -> None:
    """A workbook of a year: recorded offences, a line a year."""
    path = raw / str(year) / f"IC_{year}.xlsx"
    path.parent.mkdir(parents=True)
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("IC")
        sheet.write(0, 0, "Reģistrētie noziedzīgie nodarījumi")
        for row, line in enumerate([("Gads", *ARTICLES), *lines], 1):
            sheet.write_row(row, 0, line)


def _told(raw: Path, processed: Path, catalogue: Path = SHIPPED) -> dict[str, list[dict[str, str]]]:
    """Findings by code."""
    run_ingest(raw, processed, catalogue, "en")
    found: dict[str, list[dict[str, str]]] = {}
    with (processed / "findings.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found.setdefault(row["code"], []).append(row)
    return found


BEFORE = [(2021, 4, 12, 13, 3, 48), (2022, 10, 5, 1, 0, 5), (2023, 2, 9, 2, 1, 13)]


def test_years_moved_on_and_figures_left(tmp_path: Path) -> None:
    _sent(tmp_path / "raw", 2023, BEFORE)
    _sent(tmp_path / "raw", 2024, [(year + 1, *figures) for year, *figures in BEFORE])
    found = _told(tmp_path / "raw", tmp_path / "out")
    (shifted,) = found["years_shifted"]
    assert (shifted["source_file"], shifted["source_sheet"]) == ("2024/IC_2024.xlsx", "IC")
    assert shifted["found"] == "10 (B4), 5 (C4), 1 (D4), 0 (E4), 5 (F4)"
    assert "2023/IC_2023.xlsx, IC, B4" in shifted["expected"]
    (repeated,) = found["year_repeated"]
    assert (repeated["found"], repeated["source_cell"]) == ("2022", "B3")
    assert repeated["expected"].endswith("2023/IC_2023.xlsx, IC, B3")


def test_last_years_figures_under_this_year(tmp_path: Path) -> None:
    _sent(tmp_path / "raw", 2023, BEFORE[-1:])
    _sent(tmp_path / "raw", 2024, [(2024, *BEFORE[-1][1:])])
    (repeated,) = _told(tmp_path / "raw", tmp_path / "out")["year_repeated"]
    assert (repeated["source_file"], repeated["found"]) == ("2024/IC_2024.xlsx", "2024")


@pytest.mark.parametrize(
    "lines",
    [
        [(2022, 10, 5, 1, 0, 5), (2023, 2, 9, 2, 1, 13), (2024, 3, 9, 2, 1, 13)],  # one figure is another
        [(2022, 12, 5, 1, 0, 6), (2023, 2, 8, 2, 1, 14), (2024, 3, 4, 5, 0, 2)],  # true revisions
        [
            (2022, 0, 0, 0, 0, 0),
            (2023, 0, 0, 0, 0, 0),
            (2024, 0, 0, 0, 0, 0),
        ],  # nothing tells one from another
        [(2022, 10, 5, 1, 0, 5), (2023, 10, 9, 2, 1, 13), (2024, 3, 4, 5, 0, 2)],  # one alone, by chance
    ],
)
def test_other_revisions_say_nothing_of_it(tmp_path: Path, lines: Sequence[Line]) -> None:
    _sent(tmp_path / "raw", 2023, BEFORE)
    _sent(tmp_path / "raw", 2024, lines)
    found = _told(tmp_path / "raw", tmp_path / "out")
    assert not {"years_shifted", "year_repeated"} & found.keys()


@pytest.mark.parametrize(
    ("figures", "leaping"),
    [
        ((100, 9, 2, 1, 13), {"B5"}),  # of 10 and 4
        ((2, 9, 2, 1, 2), set()),
        ((99, 0, 0, 0, 13), set()),  # ordinary, or none
        ((2, 1, 10, 1, 120), set()),  # few, or beside what was large once
    ],
)
def test_a_digit_too_many(tmp_path: Path, figures: Line, leaping: set[str]) -> None:
    _sent(tmp_path / "raw", 2023, [*BEFORE[:2], (2023, *figures)])
    found = _told(tmp_path / "raw", tmp_path / "out").get("count_leaps", [])
    assert {each["source_cell"] for each in found} == leaping
    if leaping:
        assert found[0]["found"] == "2023: 100"
        assert found[0]["expected"].endswith("2021: 4; 2022: 10")


def test_a_digit_too_few(tmp_path: Path) -> None:
    _sent(tmp_path / "raw", 2023, [(2021, 40, 1, 1, 1, 1), (2022, 52, 1, 1, 1, 1), (2023, 4, 1, 1, 1, 1)])
    (leap,) = _told(tmp_path / "raw", tmp_path / "out")["count_leaps"]
    assert leap["source_cell"] == "B5"


def test_a_large_case_that_is_named_is_not_asked_about(tmp_path: Path) -> None:
    catalogue = tmp_path / "catalogue"
    shutil.copytree(SHIPPED, catalogue)
    with (catalogue / "large_cases.csv").open("a", encoding="utf-8") as file:
        file.write("registered_offences,2023,article=154.1,96,liela lieta,a large case,VP\n")
    _sent(tmp_path / "raw", 2023, [*BEFORE[:2], (2023, 100, 9, 2, 1, 13)])
    assert "count_leaps" not in _told(tmp_path / "raw", tmp_path / "out", catalogue)


def test_one_workbook_under_two_names(tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    _sent(raw, 2023, BEFORE)
    folder = raw / "2023"
    for name in ("VP_2023.xlsx", "IC_2023 (1).xlsx"):  # the second is the same answer, saved again
        shutil.copy(folder / "IC_2023.xlsx", folder / name)
    found = _told(raw, tmp_path / "out")["file_repeated"]
    assert [each["source_file"] for each in found] == ["2023/VP_2023.xlsx"]
    assert "IC_2023" in found[0]["message"]


@pytest.mark.parametrize(("amount", "leaps"), [("291,6", True), (6_000, False), (600_000_000, True)])
def test_an_amount_in_thousands(tmp_path: Path, amount: str | int, leaps: bool) -> None:
    path = tmp_path / "raw" / "2023" / "VP_2023.xlsx"
    path.parent.mkdir(parents=True)
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("Arests")
        sheet.write(0, 0, "Arestētie līdzekļi cilvēku tirdzniecības lietās (euro)")
        sheet.write_row(1, 0, ["KL pants", 2021, 2022, 2023])
        sheet.write_row(2, 0, ["154.1", "512 294,47", 291_609, amount])
    found = _told(tmp_path / "raw", tmp_path / "out")
    assert "label_unknown" not in found
    assert [each["source_cell"] for each in found.get("amount_leaps", [])] == ["D3"] * leaps
