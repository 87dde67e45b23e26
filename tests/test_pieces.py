"""Sheets of many small tables: read by some of them, they come to what they come to when every table is read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import product
from pathlib import Path
from random import Random

import pytest
import xlsxwriter
from tall import CATALOGUE, labels
from test_tall import observed

from thb_analysis.ingest import pages
from thb_analysis.ingest.alike.pieces import Fewer, forget
from thb_analysis.ingest.pipeline import read_file
from thb_analysis.observations import Observation

SEEDS = 40
TITLES = (
    ("TA", "Notiesātās personas"),
    ("Prokuratura", "Apsūdzētās personas"),
    ("VP", "Aizdomās turētās personas"),
)
ARTICLES = ("154.1", "164", "165", "165.1", "285.2", "195", "280")
PATTERNS = (
    "{title}, {article}. pants, {form}, {year}. gadā",
    "{title} pēc {article}. panta ({form}) {year}. gadā",
)
HEADS = (
    ["Vīrieši", "Sievietes", "Kopā"],
    ["Kopā", "Vīrieši", "Sievietes"],
    ["Sievietes", "Vīrieši"],
    ["Skaits"],
    ["Pilngadīgas personas", "Nepilngadīgas personas"],
)
NOTES = ("Avots: iestādes informācijas sistēma", "", "Dati ir provizoriski.", "* Tikai pilngadīgas personas.")
Row = Sequence[str | int | float]
Table = list[Row]  #: its title, its headings, its lines, a note after a blank row


def tables(dice: Random, year: int, plan: Random) -> tuple[str, list[Table]]:
    """The sender and the tables of a sheet, with an accident in one of them, or in none.

    Those of the same `plan` are written alike.
    """
    sender, title = plan.choice(TITLES)
    pattern, note, corner = (
        plan.choice(PATTERNS),
        plan.choice(NOTES[:2] * 3 + NOTES),
        plan.choice(("Valsts", "")),
    )
    kinds = list(product(dice.sample(ARTICLES, 5), dice.sample(labels("exploitation_form"), 4)))
    dice.shuffle(kinds)
    heads = plan.sample(HEADS, plan.choice((1, 1, 2, 3)))
    found: list[Table] = []
    for article, form in kinds[: dice.choice((10, 14, 20))]:
        columns = dice.choice(heads)
        table: Table = [
            [pattern.format(title=title, article=article, form=form, year=year)],
            [corner, *columns],
        ]
        for person in dice.sample(labels("citizenship"), dice.choice((3, 4, 6, 8))):
            line = [dice.randrange(30) for _ in columns]
            if "Kopā" in columns:
                at = columns.index("Kopā")
                line[at] = sum(line) - line[at]
            table.append([person, *line])
        found.append([*table, [""], [note]])
    at = dice.randrange(len(found))
    accident = dice.choice((lambda before, own, dice: own, dice.choice(ACCIDENTS)))
    found[at] = accident(found[at - 1], [list(row) for row in found[at]], dice)
    return sender, found


def _at(row: int, column: int, value: str | float) -> Callable[[Table, Table, Random], Table]:
    """An accident that puts something else into a cell."""

    def put(before: Table, own: Table, dice: Random) -> Table:
        own[row] = [*own[row][:column], value, *own[row][column + 1 :]]
        return own

    return put


ACCIDENTS: tuple[Callable[[Table, Table, Random], Table], ...] = (
    _at(0, 0, ""),
    _at(0, 0, "Uzsāktie kriminālprocesi"),
    _at(0, 0, "Notiesātās personas, 2019. gadā"),
    _at(0, 0, "Nodarbinātās personas"),
    _at(1, 1, ""),
    _at(1, 1, "Jumts"),
    _at(1, 1, "Ārvalstnieki"),
    _at(2, 0, "Nekuriene"),
    _at(2, 0, "Kopā"),
    _at(2, 1, "-"),
    _at(2, 1, ""),
    _at(3, 1, 2019),
    _at(3, 1, 165),
    _at(3, 1, 7.5),
    _at(-1, 0, "Bez Rīgas reģiona datiem"),
    _at(-1, 0, "12 sievietes"),
    _at(-1, 1, 7),
    lambda before, own, dice: [before[0], *own[1:]],  # the title of the table above
    lambda before, own, dice: [own[0], own[1][:1], *(line[:2] for line in own[2:])],  # headings lost
    lambda before, own, dice: [own[0], *own[2:]],
    lambda before, own, dice: [*own[:3], *own[-2:]],  # one line
    lambda before, own, dice: [*own[:3], [""], *own[3:]],  # a blank row amid the lines
    lambda before, own, dice: [own[0], [""], *own[1:]],
    lambda before, own, dice: [*own, ["Latvija", 3]],
    lambda before, own, dice: [*own[:-2], ["Kopā", *[1] * (len(own[1]) - 1)], *own[-2:]],
    lambda before, own, dice: [["Tikai pilngadīgie"], *own],
)


def write(path: Path, sheet: Sequence[Table]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with xlsxwriter.Workbook(str(path)) as book:
        page, row = book.add_worksheet("Tabulas"), 0
        for table in sheet:
            for line in table:
                for column, value in enumerate(line):
                    if value != "":
                        page.write(row, column, value)
                row += 1
            row += 1


def compared(path: Path) -> list[Observation]:
    """The figures of a workbook that is read by some of its tables, once they are what reading all comes to."""
    file = "/".join(path.parts[-2:])
    some, every = read_file(path, file, CATALOGUE, thin=True), read_file(path, file, CATALOGUE)
    assert observed(some) == observed(every), path
    assert sorted(some.findings, key=repr) == sorted(every.findings, key=repr), path
    assert list(some.ledger_rows()) == list(every.ledger_rows()), path
    headings = {one.cell: one.headings for one in every.observations}
    assert all(one.headings == headings[one.cell] for one in some.observations), path
    return some.observations


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Whether each sheet of which tables were left out could be told by the others."""
    told: list[bool] = []
    real = pages.told

    def counted(*given: object) -> object:
        found = real(*given)  # type: ignore[arg-type]
        told.append(found is not None)
        return found

    monkeypatch.setattr(pages, "told", counted)
    return told


@pytest.mark.slow
def test_tables_left_out_change_nothing(tmp_path: Path, short: list[bool]) -> None:
    forget()
    for seed in range(SEEDS):
        dice = Random(seed)
        sender, sheet = tables(dice, 2022, dice)
        path = tmp_path / str(seed) / "2022" / f"{sender}_2022.xlsx"
        write(path, sheet)
        compared(path)
    assert sum(short) > SEEDS / 5


@pytest.mark.slow
def test_what_was_read_before_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Workbooks of several years whose tables are written alike, one after the other."""
    read: list[int] = []
    real = pages.told

    def counted(few: Fewer, *given: object) -> object:
        found = real(few, *given)  # type: ignore[arg-type]
        read.append(len(few.kept) if found is not None else 0)
        return found

    monkeypatch.setattr(pages, "told", counted)
    forget()
    for seed in range(SEEDS):
        dice, year = Random(seed), 2020 + seed % 4
        sender, sheet = tables(dice, year, Random(seed // 8))
        path = tmp_path / str(seed) / str(year) / f"{sender}_{year}.xlsx"
        write(path, sheet)
        compared(path)
    assert sum(0 < kept < 5 for kept in read) > SEEDS / 10


def test_a_table_without_headings_is_read_between_those_between_which_it_stands(tmp_path: Path) -> None:
    """Its figures may be under the headings of the table right above it, which is not left out."""
    for at in range(8, 12):
        forget()
        sheet: list[Table] = []
        for number, (article, form) in enumerate(product(ARTICLES[:4], labels("exploitation_form")[:5])):
            heads = ["Vīrieši", "Sievietes", "Kopā"] if number % 2 else ["Skaits"]
            lines = [[who, *range(1, len(heads) + 1)] for who in labels("citizenship")[number : number + 4]]
            title = f"Aizdomās turētās personas, {article}. pants, {form}, 2022. gadā"
            sheet.append([[title], ["Valstspiederība", *heads], *lines])
        sheet[at] = [sheet[at][0], ["Valstspiederība"], *(line[:2] for line in sheet[at][2:])]
        path = tmp_path / str(at) / "2022" / "VP_2022.xlsx"
        write(path, sheet)
        compared(path)


def test_most_tables_of_a_long_sheet_are_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sizes: list[tuple[int, int]] = []
    real = pages.fewer

    def counted(*given: object) -> object:
        found = real(*given)  # type: ignore[arg-type]
        assert found is not None
        sizes.append((len(found.kept), len(found.left_out)))
        return found

    monkeypatch.setattr(pages, "fewer", counted)
    forget()
    sheet: list[Table] = [
        [
            [f"Notiesātās personas, {article}. pants, {form}, 2022. gadā"],
            ["Valstspiederība", "Sievietes", "Vīrieši"],
            *([who, 1, 2] for who in labels("citizenship")[:5]),
        ]
        for article, form in product(ARTICLES[:5], labels("exploitation_form")[:8])
    ]
    write(tmp_path / "2022" / "TA_2022.xlsx", sheet)
    compared(tmp_path / "2022" / "TA_2022.xlsx")
    ((kept, left_out),) = sizes
    assert kept < 10
    assert left_out > 20
