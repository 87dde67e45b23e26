"""A hostile statistician against public releases: other tables, wholes beside parts, one release after another."""

from __future__ import annotations

import csv
import json
import random
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path

import openpyxl
import pytest
from scipy.optimize import Bounds, LinearConstraint, milp

from thb_analysis.cli import main
from thb_analysis.definitions import Catalogue, load_catalogue
from thb_analysis.disclosure import protect
from thb_analysis.disclosure.optimum import Pattern
from thb_analysis.disclosure.registry import Published
from thb_analysis.disclosure.release import Release, prepare
from thb_analysis.disclosure.risks import Risks
from thb_analysis.disclosure.system import System
from thb_analysis.export.resources import read_tables
from thb_analysis.job import IngestSummary

Shipped = tuple[Path, IngestSummary]
Row = dict[str, str]
RAW = Path(__file__).parent.parent / "raw"
WIDTH = 3


@pytest.fixture(scope="module")
def public(shipped: Shipped, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("public")
    asked = ["export", "--profile", "public", "--lang", "en", "--out", str(folder / "out")]
    asked += ["--processed", str(shipped[0]), "--raw", str(RAW), "--registry", str(folder / "registry.csv")]
    assert main(asked) == 0
    return folder / "out"


def rows(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


# --- the shipped data ------------------------------------------------------------------------------------


def test_no_other_table_tells_what_the_victims_table_hides(shipped: Shipped, public: Path) -> None:
    """UNODC's figures of the same persons by attribute would: 48 less 10 less 37 is one person."""
    persons = ("dimension", "category", "sex", "age_group")
    ours = [r for r in rows(public / "international.csv") if r["country"] == "LVA"]
    assert ours and all(r[name] == "_T" for r in ours for name in persons)
    before = [r for r in rows(shipped[0] / "international.csv") if r["country"] == "LVA"]
    assert {"10", "37"} <= {r["value"] for r in before if r["year"] == "2020" and r["dimension"] != "_T"}
    assert any(r["table"] == "international" for r in rows(public / "withheld.csv")), "it is said"


def test_every_form_of_the_export_hides_the_same(public: Path) -> None:
    """Workbook and database have the figures of the CSV files and no others."""
    told = rows(public / "victims.csv")
    with sqlite3.connect(public / "thb.sqlite") as base:
        found = base.execute("SELECT value FROM victims").fetchall()
    assert sorted("" if v is None else f"{v:g}" for (v,) in found) == sorted(r["value"] for r in told)
    sheet = openpyxl.load_workbook(public / "statistics.xlsx")["victims"]
    (table,) = sheet.tables.values()
    head, *lines = [[cell.value for cell in line] for line in sheet[table.ref]]
    values = [line[head.index("value")] for line in lines]
    assert sorted(str(v) for v in values) == sorted(r["value"] or "[q]" for r in told)
    described = json.loads((public / "datapackage.json").read_text(encoding="utf-8"))
    assert not {"sources", "warnings", "status"} & set(described)


def test_release_after_release_of_the_shipped_years_gives_nobody_away(shipped: Shipped) -> None:
    """The tables as they were known year by year, each released: the attacker has all of it."""
    catalogue = load_catalogue()
    tables = read_tables(shipped[0], catalogue)
    earlier: list[Published] = []
    seen: list[Row] = []
    for year in range(2017, 2024):
        known = {name: [r for r in part if r["year"] <= str(year)] for name, part in tables.items()}
        release = prepare(known, catalogue, earlier)
        earlier += [Published(str(year), *each.figure) for each in release.published]
        seen += release.tables["victims"]
    truth = {key(r): int(r["value"]) for r in tables["victims"] if r["value"]}
    assert list(broken(seen, truth)) == []
    assert any(r["obs_status"] == "Q" for r in seen)


# --- made-up data ----------------------------------------------------------------------------------------

ATTRIBUTES = ("registered_by", "sex", "age_group", "citizenship", "exploitation_form", "place")


def key(row: Row) -> tuple[str, ...]:
    return (row["year"], row["identification"], *(row[name] for name in ATTRIBUTES))


def victims(
    catalogue: Catalogue, year: int, value: int, identification: str = "identified", **codes: str
) -> Row:
    row = dict.fromkeys(catalogue.tables["victims"].columns, "")
    row |= dict.fromkeys(ATTRIBUTES, "_T") | {"year": str(year), "identification": identification, **codes}
    return row | {"value": str(value), "unit": "persons", "obs_status": "A", "institution": "IeM"}


def released(
    catalogue: Catalogue, table: str, made: Sequence[Row], earlier: Sequence[Published] = ()
) -> Release:
    tables: dict[str, list[Row]] = {name: [] for name in catalogue.tables}
    tables[table] = list(made)
    return prepare(tables, catalogue, earlier)


def broken(seen: Sequence[Row], truth: dict[tuple[str, ...], int]) -> Iterator[str]:
    """Figures from 1 to 2 that the attacker gets to less than three apart: one attribute of one year at a time.

    Own reading: a part that was ever told is known; parts that were seen and their rest make the total.
    """
    told = {key(r): int(r["value"]) for r in seen if r["value"]}
    for year in sorted({r["year"] for r in seen}):
        for at, name in enumerate(ATTRIBUTES, start=2):
            part = sorted({key(r) for r in seen if r["year"] == year and r[name] != "_T"})
            whole = (year, "identified", *["_T"] * len(ATTRIBUTES))
            if not part or whole not in told:
                continue
            values = [truth.get(each) for each in part]
            full = None not in values and sum(v or 0 for v in values) == told[whole]
            for cell, value in zip(part, values, strict=True):
                if value is None or not 0 < value < WIDTH:
                    continue
                low, high = _ends(part, told, told[whole], part.index(cell), full)
                if high - low < WIDTH:
                    yield f"{year} {name} {cell[at]}: {low} to {high}"


def _ends(
    part: Sequence[tuple[str, ...]], told: dict[tuple[str, ...], int], total: int, at: int, full: bool
) -> tuple[int, int]:
    count = len(part) + 1  # and the rest
    low = [told.get(each, 0) for each in part] + [0]
    high = [told.get(each, total) for each in part] + [0 if full else total]
    ends = []
    for sign in (1, -1):
        goal = [sign * (place == at) for place in range(count)]
        rule = LinearConstraint([[1] * count], total, total)
        found = milp(goal, integrality=[1] * count, bounds=Bounds(low, high), constraints=[rule])
        assert found.status == 0, "what was told fits together"
        ends.append(round(sign * found.fun))
    return ends[0], ends[1]


def test_a_whole_and_its_parts_do_not_both_tell_their_attributes() -> None:
    """Women of all sections less women of one would be the one woman of the other."""
    catalogue = load_catalogue()
    made = []
    for article, women, men in (("154.1", 1, 5), ("165", 9, 4), ("_T", 10, 9)):
        for sex, value in (("F", women), ("M", men), ("_T", women + men)):
            row = dict.fromkeys(catalogue.tables["persons_convicted"].columns, "")
            row |= dict.fromkeys(("age_group", "citizenship", "exploitation_form"), "_T")
            row |= {"year": "2023", "article": article, "sex": sex, "value": str(value)}
            made.append(row | {"unit": "persons", "obs_status": "A", "institution": "TA"})
    release = released(catalogue, "persons_convicted", made)
    told = {(r["article"], r["sex"]): r["value"] for r in release.tables["persons_convicted"]}
    assert told["165", "F"] == "9" and told["154.1", "F"] == "" and ("_T", "F") not in told
    assert told["_T", "_T"] == "19" and told["154.1", "_T"] == "6"
    assert ("2023", "nested") in {(w.period, w.reason) for w in release.withheld}
    earlier = [Published("1", "persons_convicted", "2023", _cell("_T", "F"), 10)]
    after = released(catalogue, "persons_convicted", made, earlier)
    assert {r["sex"] for r in after.tables["persons_convicted"]} == {"_T"}, "nor one release after the other"


def pooled_victims(forms: Sequence[str], astray: int = 0) -> list[Row]:
    """Three years in which women and men are crossed with age and with forms, where the second has more women."""
    catalogue, made = load_catalogue(), []
    for year in (2020, 2021, 2022):
        made.append(victims(catalogue, year, 80))
        for sex in ("F", "M"):
            made += [victims(catalogue, year, 20, sex=sex, age_group=age) for age in ("child", "adult")]
            more = astray if sex == "F" else -astray
            made += [victims(catalogue, year, 20 + more, sex=sex, exploitation_form=form) for form in forms]
    return made


def test_several_crossings_of_a_window_do_not_add_up_to_more_persons() -> None:
    made = pooled_victims(("sexual", "labour"))
    found = {
        key({"year": "", **row}): row for row in released(load_catalogue(), "victims", made).pooled["victims"]
    }
    told = {cell[2:]: row["value"] for cell, row in found.items()}
    none = "_T"
    assert told[none, none, none, none, none, none] == "240"
    assert told[none, "F", none, none, none, none] == told[none, "M", none, none, none, none] == "120"
    assert (
        told[none, none, "child", none, none, none] == told[none, none, none, none, "labour", none] == "120"
    )
    assert told[none, "F", "child", none, none, none] == told[none, "F", none, none, "labour", none] == "60"


def test_crossings_that_give_different_margins_are_not_told_over_several_years() -> None:
    made = pooled_victims(("sexual", "labour"), astray=4)
    assert "victims" not in released(load_catalogue(), "victims", made).pooled


def test_no_figure_is_hidden_that_follows_from_those_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the optimum takes too long a pattern may hide too much; what others in its line tell is told."""
    suppress = protect.suppress

    def hasty(system: System, risks: Risks, limit: float) -> Pattern:
        found = suppress(system, risks, limit)
        girls = next(i for i, cell in enumerate(system.cells) if cell.key == ("2020/2022", "F", "child"))
        return Pattern(found.suppressed | {girls}, found.cost, False, found.bound)

    monkeypatch.setattr(protect, "suppress", hasty)
    catalogue, made = load_catalogue(), []
    for year, girls in ((2020, 1), (2021, 20), (2022, 20)):
        made.append(victims(catalogue, year, 60 + girls))
        for sex, age, value in (
            ("F", "child", girls),
            ("F", "adult", 20),
            ("M", "child", 20),
            ("M", "adult", 20),
        ):
            made.append(victims(catalogue, year, value, sex=sex, age_group=age))
    release = released(catalogue, "victims", made)
    told = {(row["sex"], row["age_group"]): row["value"] for row in release.pooled["victims"]}
    assert release.heuristic
    assert (told["F", "child"], told["F", "adult"], told["F", "_T"]) == ("41", "60", "101")


@pytest.mark.parametrize("told", [{"F": 1, "M": 59}, {"F": 59}, {"F": 2}, {"F": 2, "M": 2}, {"F": 0, "M": 1}])
def test_parts_of_which_nobody_told_the_whole_can_be_released(told: dict[str, int]) -> None:
    """Nothing bounds what is hidden then."""
    catalogue = load_catalogue()
    made = [victims(catalogue, 2021, value, sex=sex) for sex, value in told.items()]
    rows = released(catalogue, "victims", made).tables["victims"]
    assert {row["sex"]: row["value"] for row in rows} == {
        sex: "" if 0 < value < WIDTH else str(value) for sex, value in told.items()
    }


def test_a_whole_that_a_breakdown_gives_away_protects_the_others() -> None:
    """Nobody told the whole; four adults and four children are eight persons, so six women leave two men."""
    catalogue = load_catalogue()
    made = [victims(catalogue, 2018, value, sex=sex) for sex, value in (("F", 6), ("M", 2))]
    made += [victims(catalogue, 2018, 4, age_group=age) for age in ("child", "adult")]
    rows = released(catalogue, "victims", made).tables["victims"]
    told = {(row["sex"], row["age_group"]): row["value"] for row in rows}
    assert told.get(("F", "_T"), "") == told.get(("M", "_T"), "") == ""


def test_codes_are_merged_only_where_a_whole_shows_that_they_are_all() -> None:
    catalogue = load_catalogue()
    made = [
        victims(catalogue, 2018, value, citizenship=code)
        for code, value in (("LV", 20), ("LT", 2), ("UA", 5))
    ]
    rows = released(catalogue, "victims", made).tables["victims"]
    assert "foreign" not in {row["citizenship"] for row in rows}


def _cell(article: str, sex: str) -> str:
    return f"article={article};sex={sex};age_group=_T;citizenship=_T;exploitation_form=_T"


def test_those_presumed_are_not_told_by_attribute() -> None:
    catalogue = load_catalogue()
    made = [
        victims(catalogue, 2023, value, kind, sex=sex)
        for kind, women, men in (("identified", 20, 10), ("presumed", 21, 14))
        for sex, value in (("F", women), ("M", men), ("_T", women + men))
    ]
    told = released(catalogue, "victims", made).tables["victims"]
    assert {r["sex"] for r in told if r["identification"] == "presumed"} == {"_T"}
    assert {r["sex"] for r in told if r["identification"] == "identified"} == {"F", "M", "_T"}


@pytest.mark.parametrize("parts", [{"F": 24}, {"F": 24, "M": 0}])
def test_where_all_are_alike_it_is_not_told(parts: dict[str, int]) -> None:
    """A row with a single figure that is not zero, whether the zero was written down or not."""
    catalogue = load_catalogue()
    made = [victims(catalogue, 2023, value, sex=sex) for sex, value in parts.items()]
    told = released(catalogue, "victims", [*made, victims(catalogue, 2023, 24)]).tables["victims"]
    assert all(not r["value"] for r in told if r["sex"] != "_T")
    assert next(r["value"] for r in told if r["sex"] == "_T") == "24"


@pytest.mark.parametrize("seed", range(12))
def test_random_releases_one_after_the_other(seed: int) -> None:
    """Years are added, a figure is revised, a breakdown comes later: the attacker keeps everything ever told."""
    dice = random.Random(seed)
    catalogue = load_catalogue()
    forms = ("sexual", "labour", "sham_marriage", "begging")
    made: dict[tuple[str, ...], Row] = {}
    earlier: list[Published] = []
    seen: list[Row] = []
    for year in (2019, 2020, 2021):
        values = [dice.choice((0, 0, 1, 1, 2, 4, 7, 12)) for _ in forms]
        new = [victims(catalogue, year, v, exploitation_form=f) for f, v in zip(forms, values, strict=True)]
        new.append(victims(catalogue, year, sum(values) + dice.choice((0, 0, 1, 5))))
        if dice.random() < 0.5:
            women = dice.randint(0, int(new[-1]["value"]))
            new += [victims(catalogue, year, women, sex="F")]
            new += [victims(catalogue, year, int(new[-2]["value"]) - women, sex="M")]
        made |= {key(row): row for row in new}
        if dice.random() < 0.4:  # persons move between two forms of an earlier year
            first = [k for k in made if k[0] == "2019" and k[6] != "_T"][:2]
            a, b = (int(made[k]["value"]) for k in first)
            made[first[0]] = made[first[0]] | {"value": str(a + b)}
            made[first[1]] = made[first[1]] | {"value": "0"}
        release = released(catalogue, "victims", list(made.values()), earlier)
        earlier += [Published(str(year), *each.figure) for each in release.published]
        current = {key(r) for r in release.tables["victims"]}
        seen = [r for r in seen if key(r) not in current] + list(release.tables["victims"])
        truth = {k: int(r["value"]) for k, r in made.items()}
        for each in {k[0] for k in truth}:  # what a merge makes of the rarer forms
            rare = [k for k in truth if k[0] == each and k[6] in forms[2:]]
            truth[*rare[0][:6], "other", "_T"] = sum(truth[k] for k in rare)
        known = {key(r): r["value"] for r in seen if r["value"]}
        assert all(int(value) == truth[k] for k, value in known.items() if k in current)
        assert list(broken(release.tables["victims"], truth)) == []
        old = [_row(catalogue, each) for each in earlier]
        if all(truth.get(key(r), -1) == int(r["value"]) for r in old):  # nothing told was revised
            assert list(broken([*release.tables["victims"], *old], truth)) == []


def _row(catalogue: Catalogue, each: Published) -> Row:
    codes = {k: v for k, v in each.codes.items() if k in ATTRIBUTES}
    return victims(catalogue, int(each.period), each.value, **codes)
