"""Collections of other kinds than that of `corpus.py`: what is fast there need not be fast everywhere.

    python benchmarks/others.py FOLDER [COUNT]

`years` has tables of the last five years, each figure of which five workbooks tell alike; `varied` has tables that
differ in where they stand, in their titles and in their headings; `small` has many small tables below each other on
few sheets, with notes between them; `strange` has tables of something else, all of which is refused; `flat` has lists
of one figure a line below a line about them, as a database exports them.  About 2,500 filled cells a workbook.
"""

from __future__ import annotations

import random
import sys
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import product
from pathlib import Path

import xlsxwriter
from corpus import FILLED_CELLS, TABLES, codes, labels
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

FIRST_YEAR, YEARS, SPAN = 1985, 40, 5
SOURCE = "Avots: iestādes informācijas sistēma"
MEN, WOMEN, ALL = "Vīrieši", "Sievietes", "Kopā"
ORDERS = [[MEN, WOMEN, ALL], [ALL, MEN, WOMEN], [WOMEN, MEN]]  #: in which columns stand
Row = Sequence[str | int]
Subject = tuple[str, str, str, int]  #: of a table: its title, article, form of exploitation and year
Looks = tuple[
    xlsxwriter.Workbook, Format, Format
]  #: a workbook with the looks of its headings and of its cells
STRANGE = [  # of how a town keeps its houses
    "ēka",
    "jumts",
    "siltums",
    "ūdens",
    "rēķins",
    "remonts",
    "pagrabs",
    "katls",
    "skola",
    "dārzs",
    "iela",
    "tilts",
    "celiņš",
    "apgaismojums",
    "logs",
    "durvis",
    "krāsns",
    "malka",
    "ogles",
    "gāze",
    "skaitītājs",
    "līgums",
    "izmaksas",
    "patēriņš",
    "janvāris",
    "maijs",
    "oktobris",
    "piegāde",
    "kārta",
    "posms",
    "platība",
    "stāvs",
]


def write_years(folder: Path, count: int) -> None:
    """Workbooks with a table an article: citizenships by the last five years, with a total."""
    articles = codes("article")
    for number in range(count):
        (table, _, title), year, part = _plan(number)
        with _book(folder, number) as (book, head, body):
            own = articles[part % 2 :: 2]
            people = labels("citizenship")[part // 2 * 60 :][: FILLED_CELLS // len(own) // (SPAN + 1)]
            years = range(year - SPAN + 1, year + 1)
            for sheet, article in enumerate(own):
                rows = [[person, *(_figure(table, article, person, y) for y in years)] for person in people]
                total = [ALL, *(sum(int(row[at]) for row in rows) for at in range(1, SPAN + 1))]
                said = f"{title}, {article}. pants, {years[0]}.–{year}. gads"
                heads = [f"{each}. gads" if sheet % 2 else each for each in years]
                page = book.add_worksheet(f"{sheet + 1}. tabula")
                _table(page, (sheet % 3, 0), said, ["Valstspiederība", *heads], [*rows, total], head, body)


def write_varied(folder: Path, count: int) -> None:
    """Workbooks whose tables differ in place, title, order of columns, and number of rows."""
    for dice, own, (book, head, body) in _drawn(folder, count):
        cells = 0
        for title, article, form, year in own:
            if cells >= FILLED_CELLS:
                break
            said = dice.choice(
                (
                    f"{title}, {article}. pants, {form}, {year}. gadā",
                    f"{title} pēc {article}. panta ({form}) {year}. gadā",
                )
            )
            heads = dice.choice(ORDERS)
            rows = list(_rows(dice, heads))
            place = dice.choice((0, 0, 1, 3)), dice.choice((0, 0, 1))
            page = book.add_worksheet(f"{len(book.worksheets()) + 1}. tabula")
            _table(page, place, said, ["Valstspiederība", *heads], rows, head, body)
            cells += _filled(rows, heads)


def write_small(folder: Path, count: int) -> None:
    """Workbooks of one to four sheets with small tables below each other: a title, headings, a few lines, a note."""
    for dice, own, (book, head, body) in _drawn(folder, count):
        sheets = dice.randint(1, 4)
        cells, row, page = FILLED_CELLS, 0, None
        for title, article, form, year in own:
            if cells >= FILLED_CELLS // sheets:
                if len(book.worksheets()) == sheets:
                    break
                page, cells, row = book.add_worksheet(f"{len(book.worksheets()) + 1}. lapa"), 0, 0
            assert page is not None
            heads = dice.choice(ORDERS)
            rows = list(_rows(dice, heads, 3, 9))
            said = f"{title}, {article}. pants, {form}, {year}. gadā"
            _table(page, (row, 0), said, ["Valstspiederība", *heads], rows, head, body)
            row += len(rows) + 5
            cells += _filled(rows, heads)


def write_strange(folder: Path, count: int) -> None:
    """Workbooks with headings of two levels and labels that nobody knows."""
    for number in range(count):
        year = _plan(number)[1]
        dice = random.Random(number)
        with _book(folder, number) as (book, head, body):
            sheets = dice.randint(1, 8)
            for sheet in range(sheets):
                page = book.add_worksheet(f"{sheet + 1}. pielikums")
                columns = dice.randint(4, 12)
                page.merge_range(0, 0, 0, columns, f"{_words(dice, 6)}, {year}. gads", head)
                for left in range(1, columns, 2):
                    page.merge_range(1, left, 1, left + 1, _words(dice, 2), head)
                page.write_row(2, 1, [_words(dice, 2) for _ in range(columns)], head)
                for row in range(3, 3 + FILLED_CELLS // sheets // (columns + 1)):
                    page.write(row, 0, _words(dice, 3), body)
                    page.write_row(row, 1, [dice.randrange(200) for _ in range(columns)], body)


def write_flat(folder: Path, count: int) -> None:
    """Workbooks of one list with a line for each figure, the years, articles, sexes and citizenships in columns."""
    articles = codes("article")
    for number in range(count):
        (table, _, title), year, part = _plan(number)
        years = range(year - SPAN + 1, year + 1)
        with _book(folder, number) as (book, head, body):
            people = labels("citizenship")[part * 3 :][: FILLED_CELLS // 5 // SPAN // 2 // len(articles) + 1]
            keys = list(product(years, articles, (MEN, WOMEN), people))[: FILLED_CELLS // 5]
            page = book.add_worksheet("Dati")
            page.write(0, 0, title, head)
            page.write(1, 0, SOURCE, body)
            page.write_row(3, 0, ["Gads", "KL pants", "Dzimums", "Valstspiederība", "Skaits"], head)
            for row, key in enumerate(keys, 4):
                page.write_row(row, 0, [*key, _figure(table, *key)], body)


def _words(dice: random.Random, most: int) -> str:
    return " ".join(dice.choice(STRANGE) for _ in range(dice.randint(1, most))).capitalize()


def _drawn(folder: Path, count: int) -> Iterator[tuple[random.Random, list[Subject], Looks]]:
    """Every workbook, begun, with its dice and what its tables are about, in an order of its own; none comes twice."""
    kinds = list(product(codes("article"), labels("exploitation_form")))
    for number in range(count):
        (_, _, title), year, part = _plan(number)
        dice = random.Random(number)
        own = kinds[part :: max(1, count // (YEARS * len(TABLES)) + 1)]
        dice.shuffle(own)
        with _book(folder, number) as looks:
            yield dice, [(title, article, form, year) for article, form in own], looks


def _filled(rows: Sequence[Row], heads: Sequence[str]) -> int:
    """How many cells a table fills, with its title and its note."""
    return (len(rows) + 1) * (len(heads) + 1) + 2


def _plan(number: int) -> tuple[tuple[str, str, str], int, int]:
    """Table, year and part of a workbook by its number."""
    part, rest = divmod(number, len(TABLES) * YEARS)
    year, table = divmod(rest, len(TABLES))
    return TABLES[table], FIRST_YEAR + year, part


def _rows(dice: random.Random, heads: Sequence[str], fewest: int = 20, most: int = 90) -> Iterator[Row]:
    for person in dice.sample(labels("citizenship"), dice.randint(fewest, most)):
        said = {MEN: dice.randrange(30), WOMEN: dice.randrange(30)}
        said[ALL] = said[MEN] + said[WOMEN]
        yield [person, *(said[head] for head in heads)]


def _figure(*key: object) -> int:
    """The same figure for the same key, in whichever workbook."""
    return zlib.crc32(repr(key).encode()) % 30


@contextmanager
def _book(folder: Path, number: int) -> Iterator[Looks]:
    """A workbook by its number, with the looks of its headings and of its cells."""
    (_, institution, _), year, part = _plan(number)
    path = folder / str(year) / f"{institution}_{part}_{year}.xlsx"
    path.parent.mkdir(parents=True, exist_ok=True)
    with xlsxwriter.Workbook(str(path)) as book:
        head = book.add_format({"bold": True, "border": 1, "bg_color": "#D9E1F2", "align": "center"})
        yield book, head, book.add_format({"border": 1})


def _table(
    page: Worksheet,
    place: tuple[int, int],
    title: str,
    heads: Row,
    rows: Sequence[Row],
    head: Format,
    body: Format,
) -> None:
    row, column = place
    page.write(row, column, title, head)
    page.write_row(row + 1, column, heads, head)
    for at, each in enumerate(rows, row + 2):
        page.write_row(at, column, each, body)
    page.write(row + len(rows) + 3, column, SOURCE)


if __name__ == "__main__":
    place, many = Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 200
    write_years(place / "years", many)
    write_varied(place / "varied", many)
    write_small(place / "small", many)
    write_strange(place / "strange", many)
    write_flat(place / "flat", many)
