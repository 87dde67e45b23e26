"""Lists of two and three levels, each marked in a way of its own: what is read is what was drawn, or refused.

`python tests/test_levels.py 2000 [SEED]` draws more of them and prints what became of them.
"""

from __future__ import annotations

import random
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from drafts import Draft, Page, answer

DRAWN = 60
READ = 0.93  #: of the figures drawn; the rest is refused in words

_Member = tuple[str, str, str, str]  #: dimension, code, label, and with which word what divides it agrees

SEXES: list[_Member] = [("sex", "F", "sievietes", "no tām"), ("sex", "M", "vīrieši", "no tiem")]
AGES: dict[str, list[_Member]] = {
    "no tām": [
        ("age_group", "child", "nepilngadīgas", "no tām"),
        ("age_group", "adult", "pilngadīgas", "no tām"),
    ],
    "no tiem": [
        ("age_group", "child", "nepilngadīgi", "no tiem"),
        ("age_group", "adult", "pilngadīgi", "no tiem"),
    ],
}
FORMS: list[_Member] = [
    ("exploitation_form", "sexual", "seksuālā ekspluatācija", "no tiem"),
    ("exploitation_form", "labour", "darba ekspluatācija", "no tiem"),
    ("exploitation_form", "sham_marriage", "fiktīvas laulības", "no tiem"),
]
CITIZENS: list[_Member] = [
    ("citizenship", "LV", "Latvijas pilsoņi", "no tiem"),
    ("citizenship", "UA", "Ukrainas pilsoņi", "no tiem"),
    ("citizenship", "EE", "Igaunijas pilsoņi", "no tiem"),
]
ARTICLES: list[_Member] = [
    ("article", code, f"KL {code}. pants", "no tām") for code in ("154.1", "165.1", "285.1")
]
TABLES = {
    "Identificētie upuri": ("2023/VP_2023.xlsx", (FORMS, CITIZENS)),
    "Aizdomās turētās personas": ("2023/VP_2023.xlsx", (ARTICLES,)),
    "Notiesātās personas": ("2023/TA_2023.xlsx", (ARTICLES,)),
}
#: What the lines of a list's levels begin with: {n} is the number, {agrees} the word that agrees with the line above.
MARKS = (
    ("", "- ", "-- "),
    ("", "t.sk. ", "{agrees} "),
    ("", "- ", "t.sk. "),
    ("{n}. ", "- ", "t.sk. "),
    ("{n}. ", "{n}. ", "{n}. "),
    ("- ", "-- ", "--- "),
    ("", "   ", "      "),
    ("   ", "      ", "         "),
    ("", "   - ", "      t.sk. "),
    ("", "tai skaitā ", "t.sk. "),
    ("", "tai skaitā:", "t.sk. "),
    ("- ", "{agrees} ", "-- "),
)


@dataclass(slots=True)
class List:
    """A drawn list: its draft, and what each figure is of."""

    draft: Draft
    meant: dict[str, tuple[dict[str, str], int]] = field(default_factory=dict)


def drawn(seed: int) -> List:
    draw = random.Random(seed)
    title = draw.choice(list(TABLES))
    file, firsts = TABLES[title]
    first = draw.choice(firsts)
    marks = draw.choice(MARKS)
    deep = draw.choice((2, 3, 3))
    page = Page("Lapa1")
    page.put((1, 1), f"{title} 2023. gadā", rich=True)
    page.put(
        (2, 1), draw.choice(["Rādītājs", "Sadalījums", "Pants" if first is ARTICLES else "Upuri"]), rich=True
    )
    page.put((2, 2), draw.choice(["Skaits", "Personu skaits"]), rich=True)
    found = List(Draft(file, [page]))
    row, units = 2, draw.random() < 0.2

    def put(label: str, value: int | None, dims: dict[str, str]) -> None:
        nonlocal row
        row += 1
        page.put((row, 1), label, rich=True)
        if value is not None and draw.random() < 0.05:
            page.put((row, 2), "–", rich=True)
        elif value is not None and units:
            page.put((row, 2), f"{value} personas", rich=True)
            found.meant[f"B{row}"] = (dims, value)
        elif value is not None:
            page.put((row, 2), value, rich=True)
            found.meant[f"B{row}"] = (dims, value)

    def members(level: int, agrees: str) -> list[_Member]:
        every = (first, SEXES, AGES[agrees])[level]
        return every[: draw.randint(1, len(every))] if level and draw.random() < 0.4 else list(every)

    def parts(level: int, agrees: str) -> list[tuple[_Member, int, list[object]]]:
        own = []
        for member in members(level, agrees) if level < deep else ():
            below = (
                parts(level + 1, member[3] if level else agrees) if draw.random() < 0.8 or not level else []
            )
            value = sum(part[1] for part in below) + (draw.randint(0, 3) if below else draw.randint(1, 9))
            own.append((member, value, below))
        if level and len(own) > 1 and not any(part[2] for part in own[:-1]):
            own[-1] = (*own[-1][:2], [])  # of the last, or of all?
        return own

    def write(lines: list, level: int, dims: dict[str, str], agrees: str, number: str) -> None:
        mark = marks[level] if lines else ""
        if mark.endswith(":") and lines:
            put(mark, None, {})
            mark = ""
        for n, ((name, code, label, own), value, below) in enumerate(lines, 1):
            count = f"{number}.{n}" if number else str(n)
            put(mark.format(n=count, agrees=agrees) + label, value, {**dims, name: code})
            write(below, level + 1, {**dims, name: code}, own if level else agrees, count)

    lines = parts(0, first[0][3])
    if draw.random() < 0.5:
        put("Kopā", sum(line[1] for line in lines), {})
    write(lines, 0, {}, first[0][3], "")
    return found


def tried(seed: int, folder: Path) -> tuple[int, int, list[str]]:
    """How many figures of a list were drawn, how many read, and those that became something else."""
    one = drawn(seed)
    found = answer(one.draft, folder)
    read, wrong = 0, []
    for key, row in found.rows.items():
        if row.value is None:
            continue
        read += 1
        said = {n: code for n, code in key[2] if code != "_T" and n in NAMES}
        if one.meant.get(row.cell) != (said, int(row.value)):
            wrong.append(
                f"{seed}: {row.cell} is read as {row.value} of {said}, and is {one.meant.get(row.cell)}"
            )
    return len(one.meant), read, wrong


NAMES = ("sex", "age_group", "exploitation_form", "citizenship", "article")


@pytest.mark.parametrize("seed", range(DRAWN))
def test_a_list_of_levels_says_what_was_drawn(tmp_path: Path, seed: int) -> None:
    assert tried(seed, tmp_path)[2] == []


def test_most_figures_of_such_lists_are_read(tmp_path: Path) -> None:
    counts = [tried(seed, tmp_path / str(seed))[:2] for seed in range(DRAWN)]
    assert sum(read for _, read in counts) > READ * sum(every for every, _ in counts)


if __name__ == "__main__":
    wanted, start = int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 0
    tally: Counter[str] = Counter()
    for seed in range(start, start + wanted):
        with tempfile.TemporaryDirectory() as name:
            every, read, wrong = tried(seed, Path(name))
        tally.update(lists=1, figures=every, read=read, other=len(wrong))
        if wrong:
            print(*wrong, sep="\n")
    print(dict(tally))
