"""Sheets that make no sense, labels, numbers, dates and merged cells jumbled: refused or read, never a failure."""

from __future__ import annotations

import csv
import tomllib
from collections import Counter
from datetime import date
from pathlib import Path
from random import Random

from drafts import Draft, Page, write

from thb_analysis.cli import main

SHEETS = 250
ODD = [
    "-",
    "n/a",
    "12*",
    "3 1)",
    "5 (t.sk. 2)",
    "seši",
    "<5",
    "2024/2023",
    "%",
    "12.03.2025",
    "EUR 12 345,60",
]


def known_texts() -> list[str]:
    """What the workbooks of the habits say, in any cell."""
    paths = sorted((Path(__file__).parent / "data").glob("habits*.toml"))
    cases = [case for path in paths for case in tomllib.loads(path.read_text(encoding="utf-8"))["case"]]
    rows = [row for case in cases for sheet in case["sheets"] for row in sheet["cells"]]
    return sorted({text for row in rows for text in row if isinstance(text, str) and text.strip()})


def jumble(rng: Random, texts: list[str], name: str) -> Draft:
    rows, columns = rng.randint(2, 9), rng.randint(2, 7)
    own = rng.sample(texts, rng.randint(3, 12))
    merges: list[tuple[int, int, int, int]] = []
    taken: set[tuple[int, int]] = set()
    for _ in range(rng.choice([0, 0, 1, 2, 3])):
        top, left = rng.randint(1, rows), rng.randint(1, columns)
        bottom, right = top + rng.randint(0, 2), left + rng.randint(0, 2)
        places = {(row, column) for row in range(top, bottom + 1) for column in range(left, right + 1)}
        if len(places) > 1 and taken.isdisjoint(places):
            merges.append((top, left, bottom, right))
            taken |= places
    page = Page(rng.choice(["Lapa1", "Upuri", "154.1", "I pusgads", "2023", "Vīrieši"]), merges=merges)
    page.hidden_rows = set(rng.sample(range(1, rows + 1), rng.choice([0, 0, 0, 1])))
    covered = taken - {(top, left) for top, left, _, _ in merges}
    for row in range(1, rows + 1):
        for column in range(1, columns + 1):
            kind = rng.random()
            if kind < 0.3 or (row, column) in covered:
                continue
            if kind < 0.62:
                page.put(
                    (row, column),
                    rng.choice([rng.randrange(60), rng.randrange(60), rng.randrange(2019, 2025), 154]),
                )
            elif kind < 0.65:
                page.put((row, column), date(2021, rng.randint(1, 12), rng.randint(1, 28)))
            else:
                page.put((row, column), rng.choice(own) if rng.random() < 0.9 else rng.choice(ODD))
    return Draft(name, [page])


def test_no_jumble_makes_a_reading_fail_and_every_cell_is_told_of_once(tmp_path: Path) -> None:
    texts = known_texts()
    cells: dict[str, int] = {}
    for seed in range(SHEETS):
        draft = jumble(Random(seed), texts, f"2024/VP_nr{seed}_2024.xlsx")
        if draft.pages[0].cells:
            write(draft, tmp_path / "raw")
            cells[draft.file] = len(draft.pages[0].cells)
    assert main(["ingest", "--raw", str(tmp_path / "raw"), "--processed", str(tmp_path / "processed")]) == 1
    with (tmp_path / "processed" / "findings.csv").open(encoding="utf-8", newline="") as file:
        findings = list(csv.DictReader(file))
    failed = [
        f for f in findings if f["code"] in ("file_not_understood", "file_broke_reader", "file_damaged")
    ]
    assert failed == []
    with (tmp_path / "processed" / "ledger.csv").open(encoding="utf-8", newline="") as file:
        ledger = list(csv.DictReader(file))
    assert Counter(row["source_file"] for row in ledger) == cells
    assert len({(row["source_file"], row["source_cell"]) for row in ledger}) == len(ledger)
    unread = {row["source_file"] for row in ledger if row["role"] == "unread"}
    assert unread <= {f["source_file"] for f in findings if f["severity"] == "error"}
    assert len(unread) > SHEETS / 2
