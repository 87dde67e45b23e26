"""A collection of realistic workbooks, as Excel writes them: shared strings, styles, merged headings, notes.

    python benchmarks/corpus.py FOLDER [COUNT]

Each workbook has one to eight sheets and about 2,500 filled cells.  No two give the same figure.
The same count gives the same files.
"""

from __future__ import annotations

import csv
import random
import sys
from datetime import datetime
from importlib import resources
from itertools import product
from pathlib import Path

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

FILLED_CELLS = 2_500
FIRST_YEAR, YEARS = 1980, 45
PEOPLE = 80  #: citizenships that a workbook has at most: the next part begins with the next ones
#: table id, the institution that sends it, and its title
TABLES = (
    ("persons_convicted", "TA", "Notiesātās personas"),
    ("persons_prosecuted", "Prokuratura", "Apsūdzētās personas"),
    ("suspects", "VP", "Aizdomās turētās personas"),
)
MARKS = ("-", "n/a", None)  # what stands where no number is


def write_corpus(folder: Path, count: int) -> list[Path]:
    """Write `count` workbooks below `folder`, as `<year>/<institution>_<part>_<year>.xlsx`."""
    articles = [code for code in _labels("article") if not code.startswith("_")]
    plan = list(product(articles, TABLES, range(FIRST_YEAR, FIRST_YEAR + YEARS)))
    paths = []
    for number in range(count):
        article, (_, institution, title), year = plan[number % len(plan)]
        part = number // len(plan)  # citizenships are dealt out among the parts
        path = folder / str(year) / f"{institution}_{article.replace('.', '-')}-{part}_{year}.xlsx"
        path.parent.mkdir(parents=True, exist_ok=True)
        _write(path, title, article, year, part, random.Random(number))
        paths.append(path)
    return paths


def _write(path: Path, title: str, article: str, year: int, part: int, dice: random.Random) -> None:
    forms = [label for code, label in _labels("exploitation_form").items() if not code.startswith("_")]
    people = [label for code, label in _labels("citizenship").items() if len(code) == 2 and code.isalpha()]
    sheets = dice.randint(1, 8)
    dice.shuffle(forms)
    book = xlsxwriter.Workbook(str(path))
    book.set_properties({"created": datetime(2024, 1, 1)})
    heading = book.add_format(
        {"bold": True, "border": 1, "align": "center", "text_wrap": True, "bg_color": "#D9E1F2"}
    )
    label = book.add_format({"border": 1})
    figure = book.add_format({"border": 1, "num_format": "#,##0"})
    per_sheet = FILLED_CELLS // sheets
    for number in range(sheets):
        mine = forms[number::sheets][: max(1, 8 // sheets)]
        rows = min(PEOPLE, max(3, (per_sheet - 14) // (7 * len(mine))))
        lines = people[part * PEOPLE :][:rows]
        sheet = book.add_worksheet(f"{number + 1}. lapa")
        sheet.merge_range(0, 0, 0, 7, f"{title}: {article}. pants, {year}. gads", heading)
        _heading(sheet, heading)
        row = 3
        for form in mine:
            sheet.merge_range(row, 0, row + len(lines) - 1, 0, form, label)
            for person in lines:
                sheet.write_string(row, 1, person, label)
                _figures(sheet, row, dice, figure, label)
                row += 1
        sheet.write_string(row + 1, 0, "Piezīme. Persona skaitīta vienu reizi gadā, pēc smagākā nodarījuma.")
        sheet.write_string(row + 2, 0, "Avots: iestādes informācijas sistēma")
        sheet.set_column(0, 0, 30)
        sheet.set_column(1, 1, 24)
    book.close()


def _heading(sheet: Worksheet, heading: Format) -> None:
    sheet.merge_range(1, 0, 2, 0, "Ekspluatācijas veids", heading)
    sheet.merge_range(1, 1, 2, 1, "Valstspiederība", heading)
    for left, sex in ((2, "Sievietes"), (5, "Vīrieši")):
        sheet.merge_range(1, left, 1, left + 2, sex, heading)
        for offset, age in enumerate(("Pilngadīgas personas", "Nepilngadīgas personas", "Kopā")):
            sheet.write_string(2, left + offset, age, heading)


def _figures(sheet: Worksheet, row: int, dice: random.Random, figure: Format, label: Format) -> None:
    for left in (2, 5):
        adults, children = (int(dice.paretovariate(1.2)) - 1 for _ in range(2))
        if dice.random() < 0.03:
            mark = dice.choice(MARKS)
            for column in range(left, left + 3):
                if mark is not None:
                    sheet.write_string(row, column, mark, label)
                else:
                    sheet.write_blank(row, column, None, label)
            continue
        for column, value in enumerate((adults, children, adults + children), left):
            sheet.write_number(row, column, value, figure)


def codes(name: str) -> list[str]:
    """The codes of a list's members, without those for totals and the unknown."""
    return [code for code in _labels(name) if not code.startswith("_")]


def labels(name: str) -> list[str]:
    """Their Latvian labels; of citizenships those of countries."""
    known = _labels(name)
    return [
        known[code] for code in codes(name) if name != "citizenship" or (len(code) == 2 and code.isalpha())
    ]


def _labels(codes: str) -> dict[str, str]:
    """The Latvian labels of a code list."""
    path = resources.files("thb_analysis") / "catalogue" / "codes" / f"{codes}.csv"
    with path.open(encoding="utf-8", newline="") as stream:
        return {line["code"]: line["label_lv"] for line in csv.DictReader(stream)}


if __name__ == "__main__":
    made = write_corpus(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1_000)
    print(f"{len(made)} workbooks below {sys.argv[1]}")
