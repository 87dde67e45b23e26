"""A workbook with a blank row or an empty column put in, turned round, in a letter, its numbers as text, or padded.

It says what it said before.

`python tests/test_spread.py 300 [SEED]` tries as many of the workbooks in `data/habits*.toml` as 300 seconds allow, at
places drawn by chance, and prints what became of them; `python tests/test_spread.py row NAME...` tries every place of
some.
"""

from __future__ import annotations

import hashlib
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from drafts import Draft, Page, Place, answer
from plain import PLAIN, Said, figures

from thb_analysis.definitions import load_catalogue
from thb_analysis.ingest.cells import column_letters
from thb_analysis.ingest.recognition import either_way

WAYS = ("row", "column", "turned", "letter", "text", "padded")
EVERY = 12  #: of how many workbooks one is tried in `make test`
HEAD = ("Rīgā", "15.01.2025. Nr. 1-57/12", "Par informācijas sniegšanu")
FOOT = ("Direktors", "Sagatavoja: J. Bērziņš", "tālr. 67208400")


@cache
def as_it_is(name: str) -> Said:
    """What a workbook says as it is."""
    with tempfile.TemporaryDirectory() as folder:
        return figures(answer(PLAIN[name], Path(folder)))


def places(page: Page, way: str) -> int:
    """At how many places a workbook can be changed so."""
    rows, columns = page.extent
    return {"row": rows - 1, "column": columns - 1}.get(way, 1)


def changed(page: Page, way: str, at: int) -> tuple[Page, Callable[[Place], Place]]:
    """A sheet changed, and where its cells are then."""
    moves: dict[str, Callable[[Place], Place]] = {
        "row": lambda cell: (cell[0] + (cell[0] > at), cell[1]),
        "column": lambda cell: (cell[0], cell[1] + (cell[1] > at)),
        "turned": lambda cell: (cell[1], cell[0]),
        "letter": lambda cell: (cell[0] + len(HEAD) + 2, cell[1]),
        "text": lambda cell: cell,
        "padded": lambda cell: cell,
    }
    move = moves[way]
    other = replace(page.copy(), cells={move(cell): ink for cell, ink in page.cells.items()}, merges=[])
    other.styled = set(map(move, page.styled))
    for top, left, bottom, right in page.merges:
        ends = move((top, left)), move((bottom, right))
        other.merges.append((*map(min, zip(*ends, strict=True)), *map(max, zip(*ends, strict=True))))  # type: ignore[arg-type]
    if way == "text":
        for cell, ink in page.cells.items():
            if isinstance(ink.value, int) and not ink.number_format:
                other.put(cell, str(ink.value))
    for cell, ink in page.cells.items() if way == "padded" else ():
        if isinstance(ink.value, str):
            other.put(cell, " \xa0" + ink.value.replace(" ", "  ") + "\xa0")
    if way == "letter":
        rows = other.extent[0]
        for row, text in [*enumerate(HEAD, 1), *enumerate(FOOT, rows + 2)]:
            other.put((row, 1), text)
    return other, move


def became(name: str, way: str, at: int) -> tuple[str, list[str]]:
    """What became of a workbook's figures: “same”, “refused” or “other”."""
    draft, before = PLAIN[name], as_it_is(name)
    page, move = changed(draft.pages[0], way, at)
    with tempfile.TemporaryDirectory() as folder:
        found = answer(Draft(draft.file, [page]), Path(folder))
    want = {move((row, column)): said for (_, row, column), said in before.items()}
    got = {(row, column): said for (_, row, column), said in figures(found).items()}
    other = [
        f"{column_letters(column)}{row}: {want.get((row, column))} → {said}"
        for (row, column), said in got.items()
        if want.get((row, column)) != said
    ]
    lost = want.keys() - got.keys()
    if other and not found.codes():
        return "other", other
    if lost and not found.codes("error", "warning"):
        return "other", [f"{len(lost)} figures are gone"]
    return ("refused" if lost or other else "same"), other


@pytest.mark.slow
@pytest.mark.parametrize("way", WAYS)
def test_a_workbook_says_the_same_however_it_is_spread_out(way: str) -> None:
    """Nothing becomes something else without a word, and most is read."""
    tried = {}
    for name in PLAIN:
        mark = hashlib.sha256(f"{way}{name}".encode()).digest()
        many = places(PLAIN[name].pages[0], way)
        if mark[0] % EVERY == 0 and many:
            tried[name] = became(name, way, 1 + mark[1] % many)
    outcomes = Counter(outcome for outcome, _ in tried.values())
    assert {name: what for name, (outcome, what) in tried.items() if outcome == "other"} == {}
    assert outcomes["same"] > outcomes["refused"]


def test_a_long_list_is_not_read_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A line under its title, an empty row and its headings are no doubt worth the time that a second look takes."""
    monkeypatch.setattr(either_way, "recognise", None)
    countries = [member.label["lv"] for member in load_catalogue().codes["citizenship"].values()][3:33]
    page = Page("Lapa1")
    page.put((1, 1), "Aizdomās turētās personas pēc 154.1 panta 2023. gadā")
    page.put((2, 1), "Informācija par gadu")
    page.put((4, 1), "Valstspiederība")
    page.put((4, 2), "Skaits")
    for row, country in enumerate(countries, 5):
        page.put((row, 1), country)
        page.put((row, 2), row)
    found = answer(Draft("2023/VP_2023.xlsx", [page]), tmp_path)
    assert len(figures(found)) == len(countries) and not found.codes()


def _sweep(seconds: float, seed: int) -> None:
    draw = random.Random(seed)
    for way in WAYS:
        names = sorted(PLAIN)
        draw.shuffle(names)
        counted: Counter[str] = Counter()
        end = time.monotonic() + seconds / len(WAYS)
        for name in names:
            many = places(PLAIN[name].pages[0], way)
            if many and time.monotonic() < end:
                at = draw.randint(1, many)
                outcome, what = became(name, way, at)
                counted[outcome] += 1
                if outcome == "other":
                    print(f"{way} {at} of {name!r}: {what[0]}", flush=True)
        print(
            f"{way}: {counted.total()} workbooks; the same figures {counted['same']}, some refused in words "
            f"{counted['refused']}, other figures without a word {counted['other']}",
            flush=True,
        )


def _at_every_place(way: str, names: list[str]) -> None:
    for name in names:
        for at in range(1, places(PLAIN[name].pages[0], way) + 1):
            outcome, what = became(name, way, at)
            print(f"{way} {at} of {name!r}: {outcome} {what[:1]}", flush=True)


if __name__ == "__main__":
    if sys.argv[1] in WAYS:
        _at_every_place(sys.argv[1], sys.argv[2:])
    else:
        seconds, *seed = map(int, sys.argv[1:])
        _sweep(seconds, seed[0] if seed else 0)
