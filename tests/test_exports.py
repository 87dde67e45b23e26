"""Tables as pandas writes them: lists, pivots with one to four levels, margins, indexes from 0 on, xlsx and csv."""

from __future__ import annotations

import random
from collections.abc import Mapping
from itertools import product
from pathlib import Path

import pandas as pd
import pytest
from drafts import CATALOGUE, Answer, answer_of, told

DRAWS = 8  #: of each seed
SENDERS = {"suspects": "VP", "persons_convicted": "TA", "persons_prosecuted": "Prokuratura"}
TITLES = {
    "suspects": ("Aizdomās turētie", "Suspects"),
    "persons_convicted": ("Notiesātās personas", "Persons convicted"),
    "persons_prosecuted": ("Apsūdzētās personas", "Persons prosecuted"),
}
NAMES = {
    "article": ("Pants", "Article"),
    "sex": ("Dzimums", "Sex"),
    "age_group": ("Vecuma grupa", "Age group"),
    "citizenship": ("Valstspiederība", "Citizenship"),
    "year": ("Gads", "Year"),
}
MEMBERS = {
    "article": ("154.1", "164", "165.1"),
    "sex": ("F", "M"),
    "age_group": ("adult", "child"),
    "citizenship": ("LV", "UA", "EE"),
    "year": ("2022", "2023", "2024"),
}
YEAR = "2024"  #: of the file
Said = Mapping[frozenset[tuple[str, str]], int]


class Export:
    """One table with its counts, and how pandas writes it."""

    def __init__(self, draw: random.Random) -> None:
        self.draw, self.english = draw, draw.random() < 0.4
        self.table = draw.choice([*SENDERS])
        self.dims = ["article", *draw.sample(["sex", "age_group", "citizenship"], draw.randint(1, 2))]
        self.dims += ["year"] if draw.random() < 0.7 else []
        cells = [cell for cell in product(*(MEMBERS[name] for name in self.dims)) if draw.random() < 0.85]
        self.counts = {cell: draw.randint(0, 40) for cell in cells or [next(product(*MEMBERS.values()))]}

    def word(self, name: str, code: str) -> str | int:
        if name == "year":
            return int(code)
        if name == "article":
            return f"KL {code}" if self.english else f"{code}. pants"
        return CATALOGUE.codes[name][code].label["en" if self.english else "lv"]

    def frame(self) -> tuple[pd.DataFrame, bool]:
        """What is written, and whether its index is."""
        value = "Count" if self.english else "Skaits"
        names = [NAMES[name][self.english] for name in self.dims]
        rows = [[*map(self.word, self.dims, cell), count] for cell, count in self.counts.items()]
        whole = pd.DataFrame(rows, columns=[*names, value])
        self.draw.shuffle(names)
        how = self.draw.choice(("list", "indexed", "pivot", "pivot"))
        if how == "list":
            return whole, self.draw.random() < 0.3
        if how == "indexed":
            return whole.set_index(names), True
        split = self.draw.randint(1, len(names) - 1)
        total = "Total" if self.english else "Kopā"
        margins = self.draw.random() < 0.4
        pivot = whole.pivot_table(value, names[:split], names[split:], "sum", None, margins, True, total)
        return pivot, True

    def write(self, folder: Path) -> Path:
        title = TITLES[self.table][self.english]
        if "year" not in self.dims:
            title += f" in {YEAR}" if self.english else f" {YEAR}. gadā"
        frame, indexed = self.frame()
        engine = self.draw.choice(("xlsxwriter", "openpyxl", "csv"))
        path = folder / YEAR / f"{SENDERS[self.table]}_{YEAR}.{'csv' if engine == 'csv' else 'xlsx'}"
        path.parent.mkdir(parents=True, exist_ok=True)
        if engine == "csv":
            with path.open("w", encoding="utf-8", newline="") as lines:
                lines.write(f"{title}\n")
                frame.to_csv(lines, sep=";", index=indexed, lineterminator="\n")
            return path
        with pd.ExcelWriter(path, engine=engine) as writer:
            merged = self.draw.random() < 0.8
            frame.to_excel(writer, sheet_name=title, index=indexed, merge_cells=merged)
        return path

    def truth(self) -> Said:
        found = {frozenset(zip(self.dims, cell, strict=True)): count for cell, count in self.counts.items()}
        return found if "year" in self.dims else {cell | {("year", YEAR)}: n for cell, n in found.items()}


def wrong(found: Answer, table: str, truth: Said) -> list[str]:
    """The figures that are other than what was written: a count, or a sum of counts."""
    other = []
    for (own, year, dims, _), one in found.rows.items():
        said = {pair for pair in dims if pair[1] != "_T"} | ({("year", year)} if year != "_T" else set())
        true = sum(count for cell, count in truth.items() if said <= cell)
        if told(one) not in ("M", "X", str(true)) or own != table:
            other.append(f"{one.cell}: {own} {sorted(said)} {told(one)} for {true}")
    return other


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(6))
def test_tables_that_pandas_writes_are_read(tmp_path: Path, seed: int) -> None:
    """No figure is another's, and nearly all are read."""
    whole = 0
    for number in range(DRAWS):
        export = Export(random.Random(f"{seed} {number}"))
        path, truth = export.write(tmp_path / str(number)), export.truth()
        found = answer_of(path, path.relative_to(tmp_path / str(number)).as_posix())
        assert wrong(found, export.table, truth) == [], path.name
        read = {
            frozenset({("year", year), *(pair for pair in dims if pair[1] != "_T")})
            for (_, year, dims, _), one in found.rows.items()
            if told(one) != "M"
        }
        assert truth.keys() <= read or found.codes()
        whole += truth.keys() <= read and not found.codes()
    assert whole >= 0.8 * DRAWS
