"""Parts that are more than their whole are an error, wherever the two stand; through `run_ingest` and `thb check`."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

import pytest
import xlsxwriter
from tall import labels

from thb_analysis.__main__ import main
from thb_analysis.job import run_ingest
from thb_analysis.stamps import SHIPPED

Line = Sequence[str | int]
HEADS = ("Pants", "Kopā", "t.sk. sievietes", "t.sk. nepilngadīgie")


def _sent(path: Path, lines: Sequence[Line]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("Dati")
        for row, line in enumerate(lines):
            sheet.write_row(row, 0, line)
    return path


def _told(raw: Path, processed: Path) -> list[dict[str, str]]:
    run_ingest(raw, processed, SHIPPED, "en")
    with (processed / "findings.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _convicted(year: int, *lines: Line) -> list[Line]:
    return [(f"Notiesātās personas {year}. gadā",), (), HEADS, *lines]


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        (("154.1", 3, 5, 1), True),
        (("154.1", 3, 5, 4), True),
        (("154.1", 3, 3, 0), False),
        (("154.1", "n/a", 3, 0), False),
    ],
)
def test_more_women_than_persons_on_a_line(tmp_path: Path, line: Line, wrong: bool) -> None:
    """Told once, be it of their line or of what is settled."""
    _sent(tmp_path / "raw/2023/TA_2023.xlsx", _convicted(2023, line, ("164", 7, 2, 0)))
    codes = ("total_differs", "whole_below_part")
    found = [row for row in _told(tmp_path / "raw", tmp_path / "out") if row["code"] in codes]
    assert [(row["severity"], row["source_cell"]) for row in found] == ([("error", "B4")] if wrong else [])


def test_parts_and_wholes_of_two_tables(tmp_path: Path) -> None:
    """Women who are minors, in one table, and all convicted, in another."""
    parts = [("Notiesātas nepilngadīgas sievietes 2023. gadā",), (), ("Pants", "Skaits"), ("164", 8)]
    _sent(tmp_path / "raw/2023/TA_2023.xlsx", [*_convicted(2023, ("164", 7, 2, 0)), (), (), *parts])
    found = [row for row in _told(tmp_path / "raw", tmp_path / "out") if row["severity"] == "error"]
    told = [(row["code"], row["source_cell"], row["found"], row["expected"]) for row in found]
    assert told == [
        ("whole_below_part", "C4", "2", "at least 8"),
        ("whole_below_part", "D4", "0", "at least 8"),
    ]


def test_a_total_that_was_revised_without_its_parts(tmp_path: Path) -> None:
    _sent(tmp_path / "raw/2022/TA_2022.xlsx", _convicted(2022, ("164", 7, 6, 0)))
    later = [("Notiesātās personas",), (), ("Pants", 2022, 2023), ("164", 5, 4)]
    _sent(tmp_path / "raw/2023/TA_2023.xlsx", later)
    found = [row for row in _told(tmp_path / "raw", tmp_path / "out") if "part" in row["code"]]
    told = [(row["severity"], row["source_file"], row["source_cell"]) for row in found]
    assert told == [("warning", "2023/TA_2023.xlsx", "B4")]
    assert "6 (2022/TA_2022.xlsx!Dati!C4)" in found[0]["message"]


def test_a_sum_that_is_wrong_is_told_once(tmp_path: Path) -> None:
    lines = [
        ("Notiesātās personas 2023. gadā",),
        (),
        ("Pants", "Kopā", "Sievietes", "Vīrieši"),
        ("164", 3, 5, 1),
    ]
    _sent(tmp_path / "raw/2023/TA_2023.xlsx", lines)
    codes = [row["code"] for row in _told(tmp_path / "raw", tmp_path / "out")]
    assert [code for code in codes if code in ("total_differs", "whole_below_part")] == ["total_differs"]


@pytest.mark.parametrize("size", [8, 150])
def test_long_lists_tell_the_same(tmp_path: Path, size: int) -> None:
    """Those that are settled by columns as those that are settled figure by figure."""
    people = labels("citizenship")[:size]
    lines = [(name, at % 7 + 2) for at, name in enumerate(people)]
    women = [(name, at % 3) for at, name in enumerate(people)]
    women[3], women[5] = (people[3], 9), (people[5], 8)
    for name, title, own in (
        ("TA_2023", "Notiesātās personas", lines),
        ("TA_s_2023", "Notiesātās sievietes", women),
    ):
        heads = [(f"{title}: 164. pants, 2023. gads",), (), ("Pilsonība", "Skaits")]
        _sent(tmp_path / f"raw/2023/{name}.xlsx", [*heads, *own])
    found = [row for row in _told(tmp_path / "raw", tmp_path / "out") if "part" in row["code"]]
    told = [(row["code"], row["source_file"], row["source_cell"], row["found"]) for row in found]
    assert told == [
        ("whole_below_part_elsewhere", "2023/TA_2023.xlsx", "B7", "5"),
        ("whole_below_part_elsewhere", "2023/TA_2023.xlsx", "B9", "7"),
    ]


def test_check_tells_it_before_the_workbook_is_taken_in(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    parts = [("Notiesātas nepilngadīgas sievietes 2023. gadā",), (), ("Pants", "Skaits"), ("164", 8)]
    path = _sent(tmp_path / "TA_2023.xlsx", [*_convicted(2023, ("164", 7, 2, 0)), (), (), *parts])
    assert main(["check", str(path), "--processed", str(tmp_path / "out")]) == 1
    assert "The figure 2 is smaller than a part of it: 8 (B10)." in capsys.readouterr().out
