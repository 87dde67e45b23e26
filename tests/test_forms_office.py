"""Request forms in a real LibreOffice: filled by a program, saved as xlsx, ods and xls, and read back."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from pathlib import Path

import office
import pytest
from form_filling import Filling, fill, key, said

from thb_analysis.definitions import load_catalogue
from thb_analysis.formmap import CHOSEN, FIXED, FormMap
from thb_analysis.formplan import institutions, plan_form
from thb_analysis.forms.formulas import FIRST
from thb_analysis.forms.workbook import draw_form
from thb_analysis.ingest.pipeline import read_file
from thb_analysis.ingest.workbook import WorkbookReading
from thb_analysis.observations import Observation

pytestmark = pytest.mark.skipif(bool(office.missing()), reason=office.missing() or "LibreOffice is there")

CATALOGUE = load_catalogue()
YEAR = 2026


def round_trip(asked: list[str], seeds: int, folder: Path) -> None:
    """Let LibreOffice fill each form at random and save it in three formats; all must come back as entered."""
    jobs: list[dict[str, object]] = []
    made: list[tuple[Path, str, Filling]] = []
    for institution in asked:
        for seed in range(seeds):
            form = plan_form(CATALOGUE, institution, YEAR, "lv" if seed % 2 == 0 else "en")
            filling = fill(form, CATALOGUE, random.Random(f"office {institution} {seed}"))
            source = folder / f"{institution}_{seed}.xlsx"
            source.write_bytes(draw_form(form, CATALOGUE))
            saves = []
            for suffix, name in office.FILTERS.items():
                path = folder / f"{suffix[1:]}{seed}" / f"{institution}_{YEAR}{suffix}"
                path.parent.mkdir(exist_ok=True)
                saves.append([str(path), name])
                made.append((path, institution, filling))
            cells = [[*place, value] for place, value in filling.cells.items()]
            jobs.append({"source": str(source), "cells": cells, "saves": saves})
    rules = office.fill(jobs, folder / "office")
    assert rules["custom"] > 0, "figures are validated in LibreOffice too"
    for path, institution, filling in made:
        reading = read_file(path, f"{YEAR}/{path.name}", CATALOGUE)
        got = defaultdict(set)
        for observation in reading.observations:
            got[key(observation)].add(said(observation))
        lost = {k: v for k, v in filling.expected.items() if not v <= got.get(k, set())}
        assert lost == {}, path
        assert {k: v for k, v in got.items() if not v <= filling.expected.get(k, set())} == {}, path
        assert Counter(f.code for f in reading.findings if f.severity == "error") == Counter(), institution


HARMLESS = ("insert rows", "insert columns", "rename")
HARMFUL = ("push", "push aside", "pull", "drag", "paste", "delete rows", "delete columns", "hide", "sort")
MOVED = ("push", "push aside", "pull", "drag")  #: what the formulas of the hidden sheet bear witness to
Damage = tuple[str, str, int, int, int]  #: sheet, how, row, column, last row


def damaged(form: FormMap, filling: Filling, jobs: dict[str, list[Damage]], folder: Path) -> dict[Path, str]:
    """A form that LibreOffice fills, damages and saves in every format; gives the files by what was done to them."""
    source = folder / "form.xlsx"
    source.write_bytes(draw_form(form, CATALOGUE))
    cells = [[*place, value] for place, value in filling.cells.items()]
    made: dict[Path, str] = {}
    orders = []
    for number, (how, damages) in enumerate(jobs.items()):
        saves = []
        for suffix, name in office.FILTERS.items():
            path = folder / f"{number}{suffix[1:]}" / f"{form.institution}_{YEAR}{suffix}"
            path.parent.mkdir(exist_ok=True)
            saves.append([str(path), name])
            made[path] = how
        orders.append({"source": str(source), "cells": cells, "damages": damages, "saves": saves})
    office.fill(orders, folder / "office")
    return made


def wrong(reading: WorkbookReading, filling: Filling) -> list[Observation]:
    """Figures of the year that say something else than was entered, on sheets about which nothing is said."""
    told = {finding.sheet for finding in reading.findings if finding.severity != "info"}
    return [
        o
        for o in reading.observations
        if o.stated
        and o.value is not None
        and o.sheet not in told
        and said(o)[0] not in {value for value, _ in filling.expected.get(key(o), ())}
    ]


@pytest.mark.slow
def test_a_row_of_choices_may_be_taken_out_and_its_cells_may_not_be_pushed(tmp_path: Path) -> None:
    form = plan_form(CATALOGUE, "SIVA", YEAR, "lv")
    sheet = next(sheet for sheet in form.sheets if sheet.kind == CHOSEN)
    filling = Filling()
    for row, (country, number) in enumerate(
        (("Latvija", 3), ("Igaunija", 4), ("Lietuva", 5)), start=FIRST + 1
    ):
        filling.cells |= {(sheet.name, row, 1): country, (sheet.name, row, 2): number}
    second = FIRST + 2
    jobs: dict[str, list[Damage]] = {
        how: [(sheet.name, how, second, 2, second)] for how in ("delete rows", "push")
    }
    # LibreOffice lets a reference to a deleted cell live again when rows are inserted afterwards.
    jobs["delete and insert"] = [*jobs["delete rows"], (sheet.name, "insert rows", 2, 1, 2)]
    for path, how in damaged(form, filling, jobs, tmp_path).items():
        reading = read_file(path, f"{YEAR}/{path.name}", CATALOGUE)
        told = sorted(
            (dict(o.dims)["citizenship"], str(o.value))
            for o in reading.observations
            if o.sheet == sheet.name and o.stated
        )
        codes = {finding.code for finding in reading.findings} & {"form_cells_moved", "form_choices_gone"}
        if how == "push":
            assert (told, codes) == ([], {"form_cells_moved"}), path
        else:
            assert (told, codes) == ([("LT", "5"), ("LV", "3"), ("_T", "8")], {"form_choices_gone"}), path


@pytest.mark.slow
@pytest.mark.parametrize("institution", ["SIVA", "VRS"])
def test_what_people_do_to_a_form_is_right_or_a_finding(institution: str, tmp_path: Path) -> None:
    form = plan_form(CATALOGUE, institution, YEAR, "lv")
    filling = fill(form, CATALOGUE, random.Random(f"damage {institution}"))
    fixed = [sheet for sheet in form.sheets if sheet.kind == FIXED]
    jobs: dict[str, list[Damage]] = {}
    for how in (*HARMLESS, *HARMFUL):
        for sheet in fixed:
            first, column = FIRST + 1, len(sheet.heads) + 1
            last = first + len(sheet.rows) - 1
            if how != "sort":
                first, last = min(first + 1, last), min(first + 1, last)
            if how == "paste":
                column = len(sheet.heads)  # over a label: a figure that is pasted over a figure is an entry
            jobs.setdefault(how, []).append((sheet.name, how, first, column, last))
    for path, how in damaged(form, filling, jobs, tmp_path).items():
        reading = read_file(path, f"{YEAR}/{path.name}", CATALOGUE)
        codes = Counter(finding.code for finding in reading.findings if finding.severity == "error")
        assert wrong(reading, filling) == [], path
        if how in HARMLESS:
            got = {(key(o), said(o)[0]) for o in reading.observations}
            owed = {
                (k, value) for k, values in filling.expected.items() for value, _ in values if value != "M"
            }
            assert owed - got == set(), path
            assert codes == Counter(), path
        if how in MOVED:
            assert codes["form_cells_moved"] >= len(fixed), path


def test_a_form_filled_in_libreoffice_comes_back_exactly(tmp_path: Path) -> None:
    round_trip(["IC", "SIVA"], 1, tmp_path)


@pytest.mark.slow
def test_every_form_filled_in_libreoffice_comes_back_exactly(tmp_path: Path) -> None:
    round_trip(institutions(CATALOGUE, YEAR), 3, tmp_path)
