"""Every published figure comes out of the shipped workbooks, with its year, dimensions, unit and cell."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from thb_analysis.job import IngestSummary

PUBLISHED = Path(__file__).parent / "data" / "published"
Shipped = tuple[Path, IngestSummary]
ABSENT = {"": "M", "-": "Z", "n/a": "L"}
#: Published, and in none of the shipped workbooks: no institution's workbook of that kind is among them.
WITHOUT_WORKBOOK = {"Tiesibsargs", "VBTAI", "VPK"}
#: Published, but the workbook of that year has no cell for it.
WITHOUT_CELL = {("2021", "VRS", "proceedings_started_from_checks")}
#: The workbook has a dash where a later publication printed 0; a dash is never turned into a zero.
DASH_PUBLISHED_AS_ZERO = {("2021", "sexual", "M"), ("2021", "sham_marriage", "M")}


def published(name: str) -> list[dict[str, str]]:
    with (PUBLISHED / f"{name}.csv").open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


def table(processed: Path, name: str) -> list[dict[str, str]]:
    with (processed / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def pick(rows: list[dict[str, str]], **where: str) -> dict[str, str]:
    found = [row for row in rows if all(row[name] == value for name, value in where.items())]
    assert len(found) == 1, (where, found)
    assert found[0]["source_file"] and found[0]["source_sheet"] and found[0]["source_cell"]
    return found[0]


def same(row: dict[str, str], text: str, unit: str) -> None:
    assert row["unit"] == unit
    if text in ABSENT:
        assert (row["value"], row["obs_status"]) == ("", ABSENT[text])
    else:
        plain = text.replace("\xa0", "").replace(" ", "").replace(",", ".")
        assert Decimal(row["value"]) == Decimal(plain)
        assert row["obs_status"] == "A"


WHOLE = {"sex": "_T", "age_group": "_T", "citizenship": "_T", "exploitation_form": "_T"}


@pytest.mark.parametrize(
    ("name", "to", "unit", "fixed"),
    [
        ("registered_offences", "registered_offences", "offences", {}),
        ("cases_sent_to_court", "cases_sent_to_court", "cases", {}),
        ("cases_adjudicated_first_instance", "cases_adjudicated", "cases", {"instance": "first"}),
        ("persons_convicted", "persons_convicted", "persons", WHOLE),
    ],
)
def test_counts_by_article(shipped: Shipped, name: str, to: str, unit: str, fixed: dict[str, str]) -> None:
    rows = table(shipped[0], to)
    for line in published(name):
        same(
            pick(rows, year=line["year"], article=line["article"], **fixed), line["count_as_published"], unit
        )
    assert len(rows) == len(published(name))


def test_border_guard_proceedings(shipped: Shipped) -> None:
    rows = table(shipped[0], "criminal_proceedings")
    for line in published("border_guard_thb_proceedings"):
        row = pick(rows, year=line["year"], article=line["articles"], institution="VRS", scope="linked")
        same(row, line["proceedings"], "proceedings")
    assert len(rows) == len(published("border_guard_thb_proceedings"))


def test_seized_assets_and_their_total(shipped: Shipped) -> None:
    rows = table(shipped[0], "seized_assets")
    for line in published("seized_assets"):
        year = {"total": "_T"}.get(line["year"], line["year"])
        same(pick(rows, year=year, article=line["article"]), line["eur_as_published"], "EUR")
    assert len(rows) == 4


def test_rehabilitation_clients(shipped: Shipped) -> None:
    rows = table(shipped[0], "rehabilitation_clients")
    for line in published("rehabilitation_clients"):
        started = {"total": "_T"}.get(line["started"], line["started"])
        same(pick(rows, year=line["year"], started=started), line["persons"], "persons")


def test_inspections(shipped: Shipped) -> None:
    rows = table(shipped[0], "inspections")
    for line in published("inspections"):
        if (line["year"], line["institution"], line["measure"]) in WITHOUT_CELL:
            continue
        row = pick(rows, year=line["year"], institution=line["institution"], measure=line["measure"])
        same(row, line["count"], "proceedings" if "proceedings" in line["measure"] else "checks")


def test_prevention_and_joint_operations(shipped: Shipped) -> None:
    rows = table(shipped[0], "activities")
    for line in published("prevention_activities"):
        if line["institution"] in WITHOUT_WORKBOOK or line["activity"] == "trained_border_guards":
            continue
        row = pick(rows, year=line["year"], institution=line["institution"], activity=line["activity"])
        same(row, line["count"], "activities")
    for line in published("joint_operations"):
        row = pick(rows, year=line["year"], institution=line["institution"], activity="joint_operations")
        same(row, line["activities"], "activities")


def victims_key(line: dict[str, str]) -> dict[str, str]:
    by = line["registered_by"]
    identification = {"presumed": "presumed", "overlap_VP_NGO": "overlap"}.get(by, "identified")
    age = line["age"]
    return {
        "year": line["year"],
        "identification": identification,
        "registered_by": {"presumed": "_T", "overlap_VP_NGO": "VP"}.get(by, by),
        "sex": line["sex"],
        "age_group": age,
        "citizenship": line["citizenship"],
        "exploitation_form": line["form"],
        "place": line["place"],
    }


def test_victims(shipped: Shipped) -> None:
    rows = table(shipped[0], "victims")
    for line in published("victims_identified"):
        if line["year"] == "2016":
            continue  # there is no workbook of that year
        key = victims_key(line)
        if (line["year"], line["form"], line["sex"]) in DASH_PUBLISHED_AS_ZERO:
            same(pick(rows, **key), "-", "persons")
        else:
            same(pick(rows, **key), line["persons"], "persons")


def test_plan_measures(shipped: Shipped) -> None:
    rows = table(shipped[0], "plan_measures")
    for line in published("plan_measures"):
        row = pick(rows, measure=line["measure"], plan="2021-2023", year="2023")
        assert row["direction"] == line["direction"]
        assert row["responsible"] == line["responsible"]
        assert row["status"] == line["status"]
    assert len(rows) == 31
    tally = {
        status: sum(row["status"] == status for row in rows) for status in ("done", "partly_done", "not_done")
    }
    assert tally == {"done": 22, "partly_done": 4, "not_done": 5}


def indicator_lines() -> Iterator[tuple[dict[str, str], str, str]]:
    for line in published("guidelines_indicators"):
        for column in ("y2012", "y2016", "y2020"):
            yield line, column.removeprefix("y"), line[column] or ""


def test_indicators(shipped: Shipped) -> None:
    rows = table(shipped[0], "indicators")
    labels = {line["indicator"]: line["label_lv"] for line in published("guidelines_indicator_labels")}
    codes = {row["label_lv"]: row["code"] for row in code_list("indicator")}
    for line, year, text in indicator_lines():
        code = codes[labels[line["indicator"]]]
        row = pick(rows, year=year, plan="2014-2020", result=line["result"], indicator=code, kind=line["row"])
        assert row["raw_value"] == text
        assert row["unit"] == line["unit"]


def code_list(name: str) -> list[dict[str, str]]:
    path = Path(__file__).parent.parent / "thb_analysis" / "catalogue" / "codes" / f"{name}.csv"
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@pytest.mark.parametrize(
    ("raw", "value", "low", "high", "relative"),
    [
        ("35-70>", "", "35", "", ""),
        ("35-82", "", "35", "82", ""),
        ("+10% (salīdzinājumā ar 2012.gadu)", "10", "", "", "2012"),
        ("+3(salīdzinājumā ar 2012.gadu)", "3", "", "", "2012"),
        ("88 949", "88949", "", "", ""),
        ("15%", "15", "", "", ""),
    ],
)
def test_indicator_texts(shipped: Shipped, raw: str, value: str, low: str, high: str, relative: str) -> None:
    rows = [row for row in table(shipped[0], "indicators") if row["raw_value"] == raw]
    assert rows
    for row in rows:
        assert (row["value"], row["low"], row["high"], row["relative_to_year"]) == (
            value,
            low,
            high,
            relative,
        )


def test_measure_tallies(shipped: Shipped) -> None:
    rows = table(shipped[0], "measure_tallies")
    sectors = {row["label_lv"]: row["code"] for row in code_list("member")}
    statuses = {
        "done": "done",
        "partly_done": "partly_done",
        "not_done": "not_done",
        "not_needed": "not_needed",
    }
    for line in published("guidelines_measures_by_sector"):
        for column, status in {**statuses, "total": "_T"}.items():
            row = pick(rows, breakdown="sector", member=sectors[line["sector"]], status=status)
            same(row, line[column] or "", "measures")
    for line in published("guidelines_measures_by_direction"):
        for column, status in {**statuses, "measures": "_T"}.items():
            same(
                pick(rows, breakdown="direction", member=line["direction"], status=status),
                line[column],
                "measures",
            )


def test_budget(shipped: Shipped) -> None:
    rows = table(shipped[0], "budget")
    codes = {row["label_lv"]: row["code"] for row in code_list("institution")}
    for line in published("guidelines_budget"):
        for column in (*map(str, range(2014, 2021)), "total"):
            year = "_T" if column == "total" else column
            row = pick(
                rows, year=year, plan="2014-2020", institution=codes[line["institution"]], kind="planned"
            )
            same(row, line[column], "EUR")
    granted = [row for row in rows if row["kind"] == "granted"]
    assert {row["obs_status"] for row in granted} == {"Z"}
    assert {row["value"] for row in granted} == {""}
