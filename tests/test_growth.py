"""How the work grows with a sheet: what twice as much of the same takes, counted in lines run and not in seconds.

The square of two is four.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from itertools import islice, product
from pathlib import Path
from types import FrameType

import pytest
import xlsxwriter
from drafts import CATALOGUE
from xlsxwriter.worksheet import Worksheet

from thb_analysis.ingest.pipeline import read_file

TraceFunction = Callable[[FrameType, str, object], object]
PEOPLE = ("Latvija", "Lietuva", "Igaunija", "Ukraina", "Indija", "Nepāla")
FORMS = ("seksuālā ekspluatācija", "darbaspēka ekspluatācija", "piespiedu laulības")
ARTICLES = ("154.1", "164", "165", "165.1", "285.2", "195")


def small_tables(page: Worksheet, many: int) -> None:
    """Tables below each other, each with its title, three lines and a note."""
    kinds = product(range(1990, 2024), ARTICLES, FORMS)
    for number, (year, article, form) in enumerate(islice(kinds, many)):
        row = number * 8
        page.write(row, 0, f"Notiesātās personas, {article}. pants, {form}, {year}. gadā")
        page.write_row(row + 1, 0, ["Valstspiederība", "Vīrieši", "Sievietes", "Kopā"])
        for at, person in enumerate(PEOPLE[:3], row + 2):
            page.write_row(at, 0, [person, number, at, number + at])
        page.write(row + 6, 0, "Avots: iestādes informācijas sistēma")


def sentences(page: Worksheet, many: int) -> None:
    """Sentences below each other that state a figure each."""
    for number in range(many):
        page.write(number, 0, f"{1990 + number % 35}. gadā veiktas {number} pārbaudes")


def lines_of_many_tables(page: Worksheet, many: int) -> None:
    """Lines of which each names its table itself."""
    titles = ("Aizdomās turētās personas", "Apsūdzētās personas", "Notiesātās personas")
    for number in range(many):
        page.write_row(number, 0, [titles[number % 3], ARTICLES[number % 6], number])


def sections(page: Worksheet, many: int) -> None:
    """One list with a line for each year and article, and below each its citizenships."""
    page.write(0, 0, "Notiesātās personas")
    page.write_row(1, 0, ["", "Vīrieši", "Sievietes"])
    for number, (year, article) in enumerate(islice(product(range(1990, 2024), ARTICLES), many)):
        row = 2 + number * 4
        page.write(row, 0, f"{year}. gads, {article}. pants")
        for at, person in enumerate(PEOPLE[:3], row + 1):
            page.write_row(at, 0, [person, number, at])


def questions(page: Worksheet, many: int) -> None:
    """Questions with their answers, each a part of the sheet by itself."""
    for number in range(many):
        row = number * 4
        question = f"{number + 1}. Cik aizdomās turēto bija {1990 + number % 35}. gadā pēc KL 154.1 panta?"
        page.write(row, 0, question)
        page.write_row(row + 1, 0, ["Atbilde:", number])
        page.write_row(row + 2, 0, ["t.sk. sievietes", number // 2])


def lines_apart(page: Worksheet, many: int) -> None:
    """One list under one line of headings, with a blank row after each line."""
    page.write(0, 0, "Notiesātās personas (KL 154.1) 2019. gadā")
    page.write_row(1, 0, ["Valsts", "Vīrieši", "Sievietes"])
    members = [one for code, one in CATALOGUE.codes["citizenship"].items() if not code.startswith("_")]
    for number, member in enumerate(members[:many]):
        page.write_row(2 + 2 * number, 0, [member.spellings[0], number, 1])


def columns_apart(page: Worksheet, many: int) -> None:
    """One list beside its labels, with a blank column after each column."""
    page.write(0, 0, "Notiesātās personas (KL 154.1) 2019. gadā")
    page.write_column(1, 0, ["Dzimums", "Vīrieši", "Sievietes"])
    members = [one for code, one in CATALOGUE.codes["citizenship"].items() if not code.startswith("_")]
    for number, member in enumerate(members[:many]):
        page.write_column(1, 2 + 2 * number, [member.spellings[0], number, 1])


def unknown_lines(page: Worksheet, many: int) -> None:
    """One list under the title of a table whose lines nobody knows."""
    page.write(0, 0, "Notiesātās personas (KL 154.1) 2019. gadā")
    page.write_row(1, 0, ["", "Vīrieši", "Jumts", "Pagrabs un katls"])
    for number in range(many):
        page.write_row(2 + number, 0, [f"Iela {PEOPLE[number % 6]}", number, 1, number % 7])


def unknown_columns(page: Worksheet, many: int) -> None:
    """The same turned round."""
    page.write(0, 0, "Notiesātās personas (KL 154.1) 2019. gadā")
    page.write_column(1, 0, ["", "Vīrieši", "Jumts", "Pagrabs un katls"])
    for number in range(many):
        page.write_column(1, 1 + number, [f"Iela {PEOPLE[number % 6]}", number, 1, number % 7])


def flat_list(page: Worksheet, many: int) -> None:
    """One line a figure, with its year, article, sex and citizenship beside it, as a database exports them."""
    page.write(0, 0, "Notiesātās personas")
    page.write_row(1, 0, ["Gads", "KL pants", "Dzimums", "Valstspiederība", "Skaits"])
    keys = product(range(1990, 2024), ARTICLES, ("sievietes", "vīrieši"), PEOPLE)
    for number, key in enumerate(islice(keys, many)):
        page.write_row(2 + number, 0, [*key, number % 40])


def list_with_totals(page: Worksheet, many: int) -> None:
    """The same with the total of each of its parts above it."""
    page.write(0, 0, "Notiesātās personas")
    page.write_row(1, 0, ["Gads", "KL pants", "Dzimums", "Valstspiederība", "Skaits"])
    keys = product(range(1990, 2024), ARTICLES, ("sievietes", "vīrieši"), ("Kopā", *PEOPLE[:3]))
    for number, key in enumerate(islice(keys, many)):
        page.write_row(2 + number, 0, [*key, 1 if number % 4 else 3])


def labels_only(page: Worksheet, many: int) -> None:
    """Texts beside each other, among them years and members, and no figure at all."""
    for number in range(many):
        page.write_row(
            number, 0, [f"{1990 + number % 35}. gads", PEOPLE[number % 6], f"skat. {number}. lapu"]
        )


@pytest.mark.parametrize(
    ("write", "many", "times"),
    [
        (small_tables, 15, 2.2),
        (sections, 15, 2.75),
        (questions, 10, 2.3),
        (lines_apart, 15, 2.1),
        (columns_apart, 12, 2.2),
        (sentences, 60, 2.1),
        (lines_of_many_tables, 60, 2.2),
        (labels_only, 60, 2.1),
        (flat_list, 150, 2.1),
        (list_with_totals, 100, 2.2),
        (unknown_lines, 150, 2.1),
        (unknown_columns, 60, 2.04),
    ],
)
def test_twice_as_much_takes_little_more_than_twice_the_steps(
    tmp_path: Path, write: Callable[[Worksheet, int], None], many: int, times: float
) -> None:
    steps = []
    for share in (1, 2, 4):
        path = tmp_path / str(share) / "VP_2023.xlsx"
        path.parent.mkdir()
        with xlsxwriter.Workbook(str(path)) as book:
            write(book.add_worksheet("1"), many * share)
        read_file(path, "2023/VP_2023.xlsx", CATALOGUE)  # every word is learned
        steps.append(_steps(path))
    assert steps[2] / steps[1] < times
    assert steps[1] > steps[0]


def _steps(path: Path) -> int:
    """How many lines of ours are run to read a workbook; each turn of a loop is one."""
    count = 0

    def counted(frame: FrameType, event: str, given: object) -> TraceFunction:
        nonlocal count
        count += 1
        return counted

    before = sys.gettrace()
    sys.settrace(counted)
    try:
        read_file(path, "2023/VP_2023.xlsx", CATALOGUE)
    finally:
        sys.settrace(before)
    return count
