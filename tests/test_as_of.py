"""The overview as it was: from the workbooks received by then, it differs from today's by the listed revisions."""

from __future__ import annotations

import csv
import re
import shutil
from pathlib import Path

import openpyxl
import pytest

from thb_analysis.build import received
from thb_analysis.definitions import load_catalogue
from thb_analysis.door import explain
from thb_analysis.job import run_ingest
from thb_analysis.publish import html
from thb_analysis.publish.overview import Overview

ROOT = Path(__file__).parent.parent
YEAR = 2022


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@pytest.fixture(scope="module")
def processed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Tables of today and of then, where a later workbook gives one figure of an earlier year anew.

    Another is given for the first time: the workbook of its own year had left it blank.
    """
    folder = tmp_path_factory.mktemp("as-of")
    raw = folder / "raw"
    shutil.copytree(ROOT / "raw", raw)
    later = raw / str(YEAR + 1) / f"IC_{YEAR + 1}.xlsx"
    book = openpyxl.load_workbook(later)
    number = book.worksheets[0]["B5"]
    assert number.value == 10, "the later workbook tells of earlier years too"
    number.value = 11
    book.save(later)
    made = {"today": folder / "today", "then": folder / "then"}
    run_ingest(raw, made["today"], load_catalogue(), "en")
    by_then = lambda path: (received(raw, path) or 0) <= YEAR  # noqa: E731
    run_ingest(raw, made["then"], load_catalogue(), "en", None, by_then)
    return made


def test_the_tables_differ_by_the_listed_revisions(processed: dict[str, Path]) -> None:
    listed = {
        (row["table"], row["old_value"], row["new_value"])
        for row in rows(processed["today"] / "revisions.csv")
    }
    assert listed == {("registered_offences", "10", "11"), ("rehabilitation_clients", "", "65")}
    assert rows(processed["then"] / "revisions.csv") == []
    changed = set()
    for table in load_catalogue().tables.values():
        if table.values == "series":  # another publisher's, received as a whole after the year
            assert rows(processed["then"] / f"{table.id}.csv") == []
            continue
        sides = []
        for side in ("then", "today"):
            found = {
                tuple(row[name] for name in table.key_columns): row.get("value", row.get("status", ""))
                for row in rows(processed[side] / f"{table.id}.csv")
                if row["year"].isdigit() and int(row["year"]) <= YEAR
            }
            sides.append(found)
        assert set(sides[0]) == set(sides[1]), table.id
        changed |= {
            (table.id, sides[0][key], sides[1][key]) for key in sides[0] if sides[0][key] != sides[1][key]
        }
    assert changed == listed


@pytest.mark.parametrize("lang", ["lv", "en"])
def test_the_overview_says_which_it_is_and_what_was_revised(processed: dict[str, Path], lang: str) -> None:
    pages = {}
    for side, as_of in (("today", None), ("then", YEAR)):
        made = Overview.open(processed[side], YEAR, 2021, lang, as_of=as_of)
        made.key_results(), made.what_changed(), made.revisions(), made.annex()
        pages[side] = made.page()
    assert str(YEAR) in re.findall(r'class="subtitle">(.*?)<', pages["then"])[0]
    assert ">11<" in pages["today"] and f"IC_{YEAR}.xlsx" in pages["today"]
    revised = "precizēts; iepriekš 10" if lang == "lv" else "revised; before 10"
    assert revised in pages["today"] and revised not in pages["then"]


def test_explain_agrees_with_the_page(processed: dict[str, Path]) -> None:
    """Every cell that the page leads to is the one that explain names."""
    made = Overview.open(processed["today"], YEAR, 2021, "en")
    text = html.section(made.what_changed()) + html.section(made.key_results())
    cited = made.context.facts.cited()
    assert len(cited) > 10 and 'class="q"' in text
    for source, observations in cited:
        for row in observations:
            codes = {name: code for name, code in row.codes.items() if name != "institution"}
            told = explain(row.table, processed["today"], year=row.year, **codes)
            places = {(s.file, s.sheet, s.cell) for one in told for s in one.sayings if s.stands}
            assert (source.file, source.sheet, source.cell) in places
