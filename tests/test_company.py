"""Two workbooks' tables on one sheet, one below the other or side by side, or on two sheets: each says what it said.

`python tests/test_company.py 300 [SEED]` tries as many pairs of the workbooks in `data/habits*.toml` as 300 seconds
allow, and prints what became of them.
"""

from __future__ import annotations

import hashlib
import random
import sys
import tempfile
import time
from collections import Counter
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from drafts import Draft, Page, answer
from plain import PLAIN, Said, figures

from thb_analysis.ingest.cells import column_letters

WAYS = ("below", "beside", "sheets")
EVERY = 25  #: of how many workbooks one is tried in `make test`

#: What stands over all of a sheet, or what a word means on a workbook that names other countries: of the other, too.
SPEAKS_FOR_ALL = {
    "a note that narrows over two tables",
    "a copy of a sheet that is named for women",
    "citizenship named as a filter",
    "fields: sex filter",
    "letters whose marks are stored apart",
    "statistics of the country above a title",
    "the country over one part of a sheet, another over the next",
    "where in a heading over women and men",
    "where in headings of two kinds of victims",
    "women left of a sentence",
}

ALONE = {name: draft for name, draft in PLAIN.items() if name not in SPEAKS_FOR_ALL}


@cache
def alone(name: str, file: str, sheet: str) -> tuple[Said, bool]:
    """What a workbook says under another's name, and whether anything was refused then."""
    page = replace(ALONE[name].pages[0].copy(), name=sheet)
    with tempfile.TemporaryDirectory() as folder:
        found = answer(Draft(file, [page]), Path(folder))
    return figures(found), bool(found.codes())


def together(first: str, second: str, way: str, gap: int) -> tuple[Draft, str, int, int]:
    """Both in one workbook; the sheet of the second, and how far it was moved there."""
    draft, page = ALONE[first], ALONE[first].pages[0].copy()
    other = ALONE[second].pages[0].copy()
    if way == "sheets":
        name = other.name if other.name != page.name else f"{page.name[:28]} 2"
        return Draft(draft.file, [page, replace(other, name=name)]), name, 0, 0
    rows, columns = page.extent
    down, right = (rows + gap, 0) if way == "below" else (0, columns + gap)
    _put(page, other, down, right)
    return Draft(draft.file, [page]), page.name, down, right


def _put(page: Page, other: Page, down: int, right: int) -> None:
    page.cells |= {(row + down, column + right): ink for (row, column), ink in other.cells.items()}
    page.merges += [(t + down, a + right, b + down, z + right) for t, a, b, z in other.merges]


def became(first: str, second: str, way: str, gap: int) -> tuple[str, list[str]]:
    """What became of the figures of two workbooks in one: “same”, “refused” or “other”; "" where it cannot be told."""
    draft, sheet, down, right = together(first, second, way, gap)
    one, refused = alone(first, draft.file, draft.pages[0].name)
    two, refused_too = alone(second, draft.file, sheet)
    keys = {key for key, _ in one.values()} & {key for key, _ in two.values()}
    if refused or refused_too or keys or not one or not two:
        return "", []
    want = {(draft.pages[0].name, row, column): said for (_, row, column), said in one.items()}
    want |= {(sheet, row + down, column + right): said for (_, row, column), said in two.items()}
    with tempfile.TemporaryDirectory() as folder:
        found = answer(draft, Path(folder))
    got = figures(found)
    other = [
        f"{place[0]}!{column_letters(place[2])}{place[1]}: {want.get(place)} → {said}"
        for place, said in got.items()
        if want.get(place) != said
    ]
    lost = want.keys() - got.keys()
    if other and not found.codes():
        return "other", other
    if lost and not found.codes("error", "warning"):
        return "other", [f"{len(lost)} figures are gone"]
    return ("refused" if lost or other else "same"), other


def _partner(name: str, way: str) -> str:
    """Another workbook, the same one whatever else there is."""
    return min(ALONE, key=lambda other: hashlib.sha256(f"{name}|{way}|{other}".encode()).digest())


@pytest.mark.slow
@pytest.mark.parametrize("way", WAYS)
def test_tables_say_in_company_what_they_say_alone(way: str) -> None:
    """None becomes another's without a word, and most are read."""
    marks = {name: hashlib.sha256(f"{way}{name}".encode()).digest()[0] for name in ALONE}
    tried = {
        name: became(name, _partner(name, way), way, 2) for name, mark in marks.items() if mark % EVERY == 0
    }
    outcomes = Counter(outcome for outcome, _ in tried.values())
    assert {name: what for name, (outcome, what) in tried.items() if outcome == "other"} == {}
    assert outcomes["same"] > 3 * outcomes["refused"] > 0 or not outcomes["refused"]


if __name__ == "__main__":
    seconds, *seed = map(int, sys.argv[1:])
    draw, names = random.Random(seed[0] if seed else 0), sorted(ALONE)
    for way in WAYS:
        counted: Counter[str] = Counter()
        end = time.monotonic() + seconds / len(WAYS)
        while time.monotonic() < end:
            first, second = draw.sample(names, 2)
            outcome, what = became(first, second, way, draw.choice((2, 3)))
            counted[outcome] += bool(outcome)
            if outcome == "other":
                print(f"{way}: {first!r} and {second!r}: {what[0]}")
        print(
            f"{way}: {counted.total()} pairs; the same figures {counted['same']}, some refused in words "
            f"{counted['refused']}, other figures without a word {counted['other']}"
        )
