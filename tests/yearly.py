"""Folders as institutions fill them over many years, at random, with what is true of every cell that tells a figure."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from random import Random

import xlsxwriter
from xlsxwriter.utility import xl_rowcol_to_cell

from thb_analysis.definitions import TOTAL, load_catalogue

CATALOGUE = load_catalogue()
Axis = tuple[
    str, tuple[str, ...]
]  #: a dimension and its codes; those of years are told by the workbook's own
NAMES = {
    "article": "Pants", "sex": "Dzimums", "citizenship": "Valstspiederība", "year": "Gads",
    "exploitation_form": "Ekspluatācijas veids",
}  # fmt: skip
#: table, senders: two of them tell the same table
SENT = (
    ("persons_convicted", ("TA",)),
    ("suspects", ("VP", "VRS")),
    ("victims", ("MARTA", "DM")),
    ("registered_offences", ("IC",)),
)
KINDS = ("one", "one", "columns", "columns", "rows", "stacked", "sheets")  #: where the years are


@dataclass(frozen=True)
class Fact:
    """What one cell says."""

    table: str
    key: tuple[str, ...]
    value: str
    status: str
    file: str
    sheet: str
    cell: str
    vintage: int

    @property
    def place(self) -> str:
        return f"{self.file}!{self.sheet}!{self.cell}"


@dataclass(frozen=True)
class Way:
    """An institution's way to tell a table, year after year."""

    table: str
    sender: str
    rows: tuple[Axis, ...]
    columns: tuple[Axis, ...]
    fixed: dict[str, str]
    kind: str
    span: int  #: years that are told
    total: str  #: where the total of the lines stands: before, after or ""
    merged: bool
    marks: float
    shuffled: bool


@dataclass
class Folder:
    """Workbooks under a folder, each of which can be written again with other figures."""

    raw: Path
    seed: int
    books: dict[str, tuple[Way, int, int]] = field(default_factory=dict)  #: the way, the year, the edition
    facts: dict[str, list[Fact]] = field(default_factory=dict)

    def write(self, file: str, way: Way, year: int, edition: int = 0) -> None:
        path = self.raw / file
        path.parent.mkdir(parents=True, exist_ok=True)
        self.books[file] = way, year, edition
        self.facts[file] = _book(path, file, way, year, (self.seed, edition))

    def remove(self, file: str) -> None:
        (self.raw / file).unlink()
        del self.books[file], self.facts[file]


def folder(raw: Path, seed: int) -> Folder:
    """The workbooks of some years, some of them sent again."""
    dice, made = Random(seed), Folder(raw, seed)
    for table, senders in dice.sample(SENT, 2):
        way = _way(dice, table, senders[0])
        for sender in senders:
            own = Way(**{**vars(way), "sender": sender})
            for year in range(2018, 2024):
                if dice.random() < 0.2:
                    continue
                made.write(f"{year}/{sender}_{year}.xlsx", own, year)
                if dice.random() < 0.2:
                    made.write(f"{year}/{sender}_{year}_v2.xlsx", own, year, dice.choice((0, 1)))
    return made


def _way(dice: Random, table: str, sender: str) -> Way:
    large = dice.random() < 0.8
    people = tuple(dice.sample([c for c in _codes("citizenship") if c.isalpha()], 30 if large else 4))
    forms = tuple(dice.sample(_codes("exploitation_form"), 3))
    sex = ("sex", ("F", "M", TOTAL) if dice.random() < 0.6 else ("F", "M"))
    articles = tuple(dice.sample(_codes("article"), 5 if table == "registered_offences" else 1))
    rows: tuple[Axis, ...]
    if table == "registered_offences":
        rows, columns, fixed = (("article", articles),), (), {}
    else:
        rows = (("citizenship", people),)
        if dice.random() < 0.5:
            rows = (("exploitation_form", forms), *rows)
        columns = (sex,) if dice.random() < 0.7 else ()
        fixed = {} if table == "victims" else {"article": articles[0]}
    kind, year = dice.choice(KINDS), ("year", ())
    if kind == "columns":
        columns = dice.choice(((year, *columns), (*columns, year)))
    elif kind == "rows":
        rows = dice.choice(((year, rows[-1]), (rows[-1], year)))
    total = dice.choice(("", "before", "after")) if kind != "rows" else ""
    return Way(
        table, sender, rows, columns, fixed, kind, 1 if kind == "one" else dice.choice((2, 4)), total,
        dice.random() < 0.5, dice.choice((0, 0, 0.1)), dice.random() < 0.4,
    )  # fmt: skip


def _codes(name: str) -> list[str]:
    return [code for code in CATALOGUE.codes[name] if code[0] != "_" and code != "foreign"]


def _label(name: str, code: str) -> str | int:
    if name == "year":
        return int(code)
    if code == TOTAL:
        return "Kopā"
    return f"{code}. pants" if name == "article" else CATALOGUE.codes[name][code].label["lv"]


def _book(path: Path, file: str, way: Way, year: int, world: tuple[int, int]) -> list[Fact]:
    years = [str(each) for each in range(year - way.span + 1, year + 1)]
    facts: list[Fact] = []
    with xlsxwriter.Workbook(str(path)) as book:
        if way.kind == "sheets":
            for each in years:
                facts += _table(book.add_worksheet(each), 0, file, way, [each], year, world)[0]
        else:
            sheet, row = book.add_worksheet("Dati"), 0
            for told in [[each] for each in years] if way.kind == "stacked" else [years]:
                found, row = _table(sheet, row, file, way, told, year, world)
                facts += found
                row += 2
    return facts


def _table(sheet, row, file, way, years, vintage, world) -> tuple[list[Fact], int]:
    """One table from a row on, and the row below it."""
    dated = any(name == "year" for name, _ in (*way.rows, *way.columns))
    title = [CATALOGUE.tables[way.table].label["lv"], *(str(_label(*pair)) for pair in way.fixed.items())]
    sheet.write(row, 0, ", ".join([*title, *([] if dated else [f"{years[-1]}. gads"])]))
    axes = [[(n, list(c) or years) for n, c in axes] for axes in (way.rows, way.columns)]
    if way.shuffled:
        Random(vintage).shuffle(axes[0][-1][1])
    names = [[name for name, _ in axis] for axis in axes]
    lines, places = ([tuple(each) for each in product(*(codes for _, codes in axis))] for axis in axes)
    whole = [(TOTAL,) * len(names[0])] if way.total else []
    lines = [*whole, *lines] if way.total == "before" else [*lines, *whole]
    row, first = row + 1, len(names[0])
    deep = max(1, len(names[1]))
    for at, name in enumerate(names[0]):
        sheet.write(row + deep - 1, at, NAMES[name])
    if not names[1]:
        sheet.write(row, first, "Skaits")
    for column, codes in enumerate(places, first):
        for level, pair in enumerate(zip(names[1], codes, strict=True)):
            sheet.write(row + level, column, _label(*pair))
    row += deep
    _labels(sheet, row, way, names[0], lines)
    facts, sums = [], dict.fromkeys(places, 0)
    for codes in sorted(lines, key=lambda line: line in whole):  # the total last: it is the sum of the others
        at = row + lines.index(codes)
        told: dict[str, int | str] = {}
        for column, others in enumerate(places, first):
            said = {
                **way.fixed,
                **dict(zip(names[0], codes, strict=True)),
                **dict(zip(names[1], others, strict=True)),
            }
            said.setdefault("year", years[-1])
            if codes in whole:
                value: int | str = sums[others]
            elif said.get("sex") == TOTAL:
                value = sum(v for v in told.values() if isinstance(v, int))
                told = {}
            else:
                value = _value(way, said, vintage, world)
                told[str(column)] = value
            sums[others] += value if isinstance(value, int) else 0
            if value != "":
                sheet.write(at, column, value)
            status = {"": "M", "-": "Z", "n/a": "L"}.get(str(value), "A")
            facts.append(
                Fact(
                    way.table, _key(way, said), "" if status != "A" else str(value), status, file,
                    sheet.name, xl_rowcol_to_cell(at, column), vintage,
                )
            )  # fmt: skip
    return facts, row + len(lines)


def _labels(sheet, row, way, names, lines) -> None:
    for level, name in enumerate(names):
        start = 0
        for at, codes in enumerate(lines):
            if codes[0] == TOTAL and level:
                start = at + 1
                continue
            outer = level < len(names) - 1 and codes[0] != TOTAL and way.merged
            if not outer:
                sheet.write(row + at, level, _label(name, codes[level]))
                start = at + 1
            elif at + 1 == len(lines) or lines[at + 1][level] != codes[level]:
                if at > start:
                    sheet.merge_range(row + start, level, row + at, level, _label(name, codes[level]))
                else:
                    sheet.write(row + at, level, _label(name, codes[level]))
                start = at + 1


def _value(way: Way, said: dict[str, str], vintage: int, world: tuple[int, int]) -> int | str:
    """A figure: the next years' workbooks mostly tell it again as it was."""
    key = (way.table, tuple(sorted(said.items())), world[0])
    later = next((v for v in range(vintage, int(said["year"]), -1) if _chance(key, v) < 0.1), 0)
    if _chance("mark", key, later) < way.marks:
        return ("", "-", "n/a")[int(_chance("which", key, later) * 3)]
    other = world[1] if _chance("edition", key, world) < 0.1 else 0
    return int(_chance("value", key, later, other) * 60)


def _chance(*what: object) -> float:
    return zlib.crc32(repr(what).encode()) / 2**32


def _key(way: Way, said: dict[str, str]) -> tuple[str, ...]:
    table = CATALOGUE.tables[way.table]
    found = []
    for name in table.key_columns:
        dimension = table.by_name.get(name)
        assert dimension is not None or name in ("year", "institution")
        by_sender = name == "institution" or (dimension is not None and dimension.by_sender)
        found.append(said.get(name) or (way.sender if by_sender else dimension.default if dimension else ""))
    return tuple(found)
