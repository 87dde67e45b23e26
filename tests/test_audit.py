"""Folders of many years through `thb ingest`: every figure, its place, what replaced it, and every cell of the files.

What is right of each cell is known from the workbooks' making (`yearly.py`), and worked out here again without the
program: which figure stands, what is a revision, what contradicts.
"""

from __future__ import annotations

import csv
import re
import shutil
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from random import Random

import openpyxl
import pyarrow.parquet as pq
import pytest
from yearly import CATALOGUE, Fact, folder

from thb_analysis.cli import main
from thb_analysis.door import explain

SEEDS = range(10)
VERSION = re.compile(r"_v(\d+)\.xlsx$")
AREA = re.compile(r"([A-Z]+)(\d+)(?::[A-Z]+(\d+))?")
Standing = tuple[Fact, str, str]  #: with the value and the status in the table
Line = tuple[str, str, str, str, str, str]  #: of revisions.csv


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def key_text(fact: Fact) -> str:
    names = CATALOGUE.tables[fact.table].key_columns
    return ";".join(f"{name}={code}" for name, code in zip(names, fact.key, strict=True))


def said(fact: Fact) -> str:
    """A mark says something too; a blank and “n/a” say nothing against a number."""
    return fact.value or ("" if fact.status in ("M", "L") else f"({fact.status})")


def shown(fact: Fact) -> str:
    return fact.value or ("" if fact.status == "M" else f"({fact.status})")


def sending(file: str) -> int:
    found = VERSION.search(file)
    return int(found[1]) if found else 1


def latest(facts: Sequence[Fact], versioned: set[str], revisions: list[Line]) -> list[Fact]:
    """Of each answer the last sending that says something."""
    kept, answers = [], defaultdict(lambda: defaultdict(list))
    for fact in facts:
        answers[VERSION.sub(".xlsx", fact.file)][sending(fact.file)].append(fact)
    for answer, sendings in answers.items():
        if answer not in versioned:
            kept += sendings[1]
            continue
        spoke = [n for n in sorted(sendings) if any(map(said, sendings[n]))]
        last = sendings[spoke[-1] if spoke else max(sendings)]
        kept += last
        for earlier in spoke[:-1]:
            old, new = (next(f for f in found if said(f)) for found in (sendings[earlier], last))
            if said(old) != said(new):
                revisions.append((old.table, key_text(old), old.value, old.place, new.value, new.place))
    return kept


def settled(facts: Iterable[Fact]) -> tuple[dict[tuple[str, ...], Standing], list[Line]]:
    """What stands of each figure, and the revisions."""
    by_key: dict[tuple[str, ...], dict[int, list[Fact]]] = defaultdict(lambda: defaultdict(list))
    versioned = set()
    for fact in facts:
        by_key[(fact.table, *fact.key)][fact.vintage].append(fact)
        if sending(fact.file) > 1:
            versioned.add(VERSION.sub(".xlsx", fact.file))
    standing, revisions = {}, []
    for key, by_year in by_key.items():
        now: Standing | None = None
        for year in sorted(by_year):
            kept = latest(by_year[year], versioned, revisions)
            kept.sort(key=lambda f: (f.file, f.sheet, int(re.sub(r"\D", "", f.cell)), f.cell))
            answers = {said(fact): fact for fact in reversed(kept) if said(fact)}
            first = next((fact for fact in kept if said(fact)), kept[0])
            new = (first, "", "X") if len(answers) > 1 else (first, first.value, first.status)
            if now is not None and (
                (not said(first) and said(now[0])) or (not shown(first) and shown(now[0]))
            ):
                continue
            if now is not None and new[2] != "X":
                was = now[1] or ("" if now[2] == "M" else f"({now[2]})")
                if was != shown(first):
                    revisions.append(
                        (first.table, key_text(first), now[1], now[0].place, first.value, first.place)
                    )
            now = new
        assert now is not None
        standing[key] = now
    return standing, revisions


def told(
    processed: Path, tables: dict[str, list[dict[str, str]]]
) -> dict[str, tuple[str, str, str, str, str]]:
    """By place, what the evidence says: key, value, status, whether it stands, headings."""
    of_rows = {
        (table, row["source_file"], row["source_sheet"], row["source_cell"]): row
        for table, found in tables.items()
        for row in found
    }
    found: dict[str, tuple[str, str, str, str, str]] = {}
    for line in rows(processed / "evidence.csv"):
        sheet = line["source_file"], line["source_sheet"]
        cells = [line["source_cell"]]
        if "=*" in line["key"]:
            areas = AREA.findall(line["source_cell"])
            cells = [f"{one}{n}" for one, a, b in areas for n in range(int(a), int(b or a) + 1)]
        for cell in cells:
            key, value, status = line["key"], line["value"], line["obs_status"]
            if "=*" in key:
                row = of_rows[(line["table"], *sheet, cell)]
                key = re.sub(r"(\w+)=\*", lambda name, row=row: f"{name[1]}={row[name[1]]}", key)
                value, status = row["value"], row["obs_status"]
            else:
                assert "“*”" not in line["headings"]
            place = "!".join((*sheet, cell))
            assert place not in found
            found[place] = line["table"] + ":" + key, value, status, line["stands"], line["headings"]
    return found


def check(raw: Path, processed: Path, facts: Sequence[Fact]) -> None:
    """All outputs against what is true."""
    tables = {name: rows(processed / f"{name}.csv") for name in {fact.table for fact in facts}}
    standing, revisions = settled(facts)
    found = {}
    for name, lines in tables.items():
        columns = CATALOGUE.tables[name].key_columns
        for row in lines:
            key = (name, *(row[column] for column in columns))
            assert key not in found
            place = "!".join(row[f"source_{part}"] for part in ("file", "sheet", "cell"))
            found[key] = place, row["value"], row["obs_status"]
        parquet = pq.read_table(processed / f"{name}.parquet").to_pylist()
        numbers = [None if row["value"] == "" else float(row["value"]) for row in lines]
        assert [row["value"] for row in parquet] == numbers
        assert [row["source_cell"] for row in parquet] == [row["source_cell"] for row in lines]
    assert found == {key: (fact.place, value, status) for key, (fact, value, status) in standing.items()}
    evidence = told(processed, tables)
    places = {fact.place for fact, *_ in standing.values()}
    assert {place: one[:4] for place, one in evidence.items()} == {
        fact.place: (
            f"{fact.table}:{key_text(fact)}", fact.value, fact.status, "yes" if fact.place in places else "no"
        )
        for fact in facts
    }  # fmt: skip
    assert Counter(tuple(row.values()) for row in rows(processed / "revisions.csv")) == Counter(revisions)
    ledger = Counter(
        "!".join((row["source_file"], row["source_sheet"], row["source_cell"]))
        for row in rows(processed / "ledger.csv")
    )
    assert ledger == Counter(
        f"{path.relative_to(raw).as_posix()}!{sheet.title}!{cell.coordinate}"
        for path in raw.rglob("*.xlsx")
        for sheet in openpyxl.load_workbook(path).worksheets
        for line in sheet.iter_rows()
        for cell in line
        if cell.value is not None
    )


def outputs(processed: Path) -> dict[str, bytes]:
    return {
        path.name: path.read_bytes() for path in processed.iterdir() if path.suffix in (".csv", ".parquet")
    }


@pytest.mark.parametrize("seed", SEEDS)
def test_figures_of_many_years_are_what_their_cells_say(tmp_path: Path, seed: int) -> None:
    """From nothing, and again after workbooks were corrected, removed, renamed and sent again."""
    made, dice = folder(tmp_path / "raw", seed), Random(seed)
    out = tmp_path / "out"
    arguments = ["ingest", "--raw", str(made.raw), "--processed", str(out)]
    main(arguments)
    check(made.raw, out, [fact for facts in made.facts.values() for fact in facts])
    changed, gone, renamed = dice.sample([file for file in made.books if "_v" not in file], 3)
    made.write(changed, *made.books[changed][:2], edition=2)
    made.remove(gone)
    again = made.books[renamed]
    made.remove(renamed)
    made.write(renamed.replace(".xlsx", "_v3.xlsx"), *again)
    facts = [fact for own in made.facts.values() for fact in own]
    main(arguments)
    check(made.raw, out, facts)
    shutil.move(out, tmp_path / "warm")
    main([*arguments[:-1], str(tmp_path / "cold")])
    assert outputs(tmp_path / "warm") == outputs(tmp_path / "cold")
    _explained(tmp_path / "warm", facts, dice)


def _explained(processed: Path, facts: Sequence[Fact], dice: Random) -> None:
    for fact in dice.sample(facts, 3):
        names = CATALOGUE.tables[fact.table].key_columns
        (found,) = explain(fact.table, processed, **dict(zip(names, fact.key, strict=True)))
        own = {f"{one.file}!{one.sheet}!{one.cell}": one for one in found.sayings}
        assert own.keys() == {one.place for one in facts if (one.table, one.key) == (fact.table, fact.key)}
        row = re.sub(r"\D", "", fact.cell)
        assert re.search(rf"\brow [A-Z]+{row}\b", own[fact.place].headings)


def test_a_total_before_lines_with_two_labels_has_no_blank_beside_it(tmp_path: Path) -> None:
    """The place under the heading of the second label is no figure that was not stated."""
    path = tmp_path / "raw" / "2021" / "VP_2021.xlsx"
    path.parent.mkdir(parents=True)
    book = openpyxl.Workbook()
    lines = [
        ("Aizdomās turētās personas, 275. pants, 2021. gads",),
        ("Ekspluatācijas veids", "Valstspiederība", "Skaits"),
        ("Kopā", None, 10),
        ("Ubagošana", "Lietuva", 1),
        ("Ubagošana", "Igaunija", 2),
        ("Kalpība", "Lietuva", 3),
        ("Kalpība", "Igaunija", 4),
    ]
    for line in lines:
        book.active.append(line)
    book.save(path)
    assert main(["ingest", "--raw", str(tmp_path / "raw"), "--processed", str(tmp_path / "out")]) == 0
    assert [row["value"] for row in rows(tmp_path / "out" / "suspects.csv")] == ["2", "4", "1", "3", "10"]
    assert len(rows(tmp_path / "out" / "evidence.csv")) == 5
    assert rows(tmp_path / "out" / "findings.csv") == []
