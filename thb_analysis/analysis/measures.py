"""Plan measures by direction, responsible institution and status; published tallies and whether they agree; budget."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, Final

import pandas as pd

from thb_analysis.analysis.frames import SOURCE_COLUMNS, TOTAL, absent, require

STATUSES: Final = ("done", "partly_done", "not_done", "not_needed")
"""The traffic lights, from green to grey."""

NO_STATUS: Final = "no_status"
"""A measure whose status nobody stated; counted, never left out."""

PLANNED: Final = "planned"
GRANTED: Final = "granted"
SEPARATOR: Final = ","
"""Between several responsible institutions."""

BETWEEN: Final = "between_breakdowns"
WITHIN: Final = "status_sum"

TALLY_COLUMNS: Final = (*STATUSES, NO_STATUS, "total")


def responsibles(text: str, codes: Mapping[str, str]) -> tuple[str, ...]:
    """The institutions responsible for a measure, each by its code where a spelling in `codes` is known.

    What is not known stays as written.
    """
    known = {spelling.casefold(): code for spelling, code in codes.items()}
    parts = [" ".join(part.split()) for part in text.split(SEPARATOR)]
    return tuple(dict.fromkeys(known.get(part.casefold(), part) for part in parts if part))


def by_responsible(plan_measures: pd.DataFrame, codes: Mapping[str, str]) -> pd.DataFrame:
    """The plan measures with a row for each responsible institution (`responsible` then holds one).

    A measure of four institutions has four rows: tallies by institution add to more than the measures.
    """
    require(plan_measures, ["measure", "responsible", "status"])
    rows = plan_measures.assign(responsible=[responsibles(t, codes) for t in plan_measures["responsible"]])
    return rows.explode("responsible", ignore_index=True).fillna({"responsible": ""})


def tally(measures: pd.DataFrame, by: Sequence[str] = ("direction",)) -> pd.DataFrame:
    """How many measures are done, partly done, not done, not needed, or have no status, for each group of `by`.

    Columns: those of `by`, then `TALLY_COLUMNS`; the counts add to `total`.  `by` may be empty: one row.
    Raises ValueError for a status that is none of them.
    """
    require(measures, [*by, "measure", "status"])
    status = measures["status"].where(measures["status"].isin(STATUSES), NO_STATUS)
    strange = set(measures["status"][status == NO_STATUS]) - {""}
    if strange:
        raise ValueError(f"unknown status of a measure: {', '.join(sorted(map(str, strange)))}")
    rows = measures.assign(status=status)
    groups = rows.groupby(list(by), sort=True) if by else [((), rows)]
    results = []
    for codes, part in groups:
        named = dict(zip(by, codes, strict=True))
        found = part["status"].value_counts()
        counts = {code: int(found.get(code, 0)) for code in (*STATUSES, NO_STATUS)}
        results.append({**named, **counts, "total": len(part)})
    table = pd.DataFrame(results, columns=[*by, *TALLY_COLUMNS])
    return table.astype(dict.fromkeys(TALLY_COLUMNS, "int64"))


def contradictions(tallies: pd.DataFrame) -> pd.DataFrame:
    """Where published tallies of a plan's measures contradict each other or themselves.

    Columns: `plan`, `year`, `kind`, `status` (`_T` for all measures), `member`, `one`, `one_sum`, `other`,
    `other_sum`, source columns.
    `between_breakdowns`: two breakdowns (`one`, `other`) of the same measures add to different sums for a status.
    `status_sum`: a member's statuses add to another number (`one_sum`) than its own total (`other_sum`); checked
    only where every status that has a figure is among the known ones.  A blank counts as nothing stated.
    """
    require(tallies, ["plan", "year", "breakdown", "member", "status", "value"])
    rows = tallies[tallies["member"] != TOTAL]
    found: list[dict[str, Any]] = []
    for (plan, year), part in rows.groupby(["plan", "year"], sort=True):
        for item in [*_between(part), *_within(part)]:
            found.append({"plan": plan, "year": year, **item})
    columns = [
        "plan", "year", "kind", "status", "member", "one", "one_sum", "other", "other_sum", *SOURCE_COLUMNS,
    ]  # fmt: skip
    return pd.DataFrame(found, columns=columns)


def tally_totals(tallies: pd.DataFrame) -> pd.DataFrame:
    """What each published breakdown adds to, by status: `plan`, `year`, `breakdown`, `status`, `value`."""
    rows = tallies[(tallies["member"] != TOTAL) & tallies["value"].notna()]
    keys = ["plan", "year", "breakdown", "status"]
    return rows.groupby(keys, sort=True, as_index=False)["value"].sum().astype({"value": "int64"})


def budget(frame: pd.DataFrame) -> pd.DataFrame:
    """Planned against granted money, by plan, institution and year; whole euro and cents, never tested.

    Columns: `plan`, `institution` (`_T`: stated for all together), `year` (absent: for all years together),
    `planned`, `planned_status`, `granted`, `granted_status`, `difference` (granted less planned, where both are
    there), source columns of the planned amount, else of the granted one.  An amount that is absent stays
    absent: “not granted” in words is no zero.
    """
    require(frame, ["plan", "institution", "kind", "year", "value", "obs_status"])
    results = []
    for (plan, institution, year), part in frame.groupby(
        ["plan", "institution", "year"], sort=True, dropna=False
    ):
        sides = {str(row["kind"]): row for row in part.to_dict("records")}
        planned, granted = (sides.get(kind) for kind in (PLANNED, GRANTED))
        row: dict[str, Any] = {"plan": plan, "institution": institution, "year": year}
        for name, side in ((PLANNED, planned), (GRANTED, granted)):
            row[name] = math.nan if side is None else side["value"]
            row[f"{name}_status"] = "" if side is None else side["obs_status"]
        row["difference"] = row[GRANTED] - row[PLANNED]
        source = planned or granted or {}
        results.append(row | {column: source.get(column, "") for column in SOURCE_COLUMNS})
    columns = [
        "plan", "institution", "year", PLANNED, "planned_status", GRANTED, "granted_status", "difference",
        *SOURCE_COLUMNS,
    ]  # fmt: skip
    table = pd.DataFrame(results, columns=columns)
    table["year"] = table["year"].astype("Int64")
    return table.astype({PLANNED: "float64", GRANTED: "float64", "difference": "float64"})


def budget_sums(frame: pd.DataFrame) -> pd.DataFrame:
    """Each published sum over years beside the sum of the years: is it the same to the cent?

    Columns: `plan`, `institution`, `kind`, `first_year`, `last_year`, `published`, `summed`, `verdict` (`agrees`,
    `differs`, `incomplete`).  Only sums that are a number are compared.
    """
    results = []
    for (plan, institution, kind), part in frame.groupby(["plan", "institution", "kind"], sort=True):
        overall = part[part["year"].isna() & part["value"].notna()]
        years = part[part["year"].notna()]
        for row in overall.to_dict("records"):
            summed = float(years["value"].sum())
            complete = len(years) > 0 and bool(years["value"].notna().all())
            agrees = round(100 * summed) == round(100 * float(row["value"]))
            results.append(
                {
                    "plan": plan,
                    "institution": institution,
                    "kind": kind,
                    "first_year": int(years["year"].min()) if len(years) else None,
                    "last_year": int(years["year"].max()) if len(years) else None,
                    "published": float(row["value"]),
                    "summed": round(summed, 2),
                    "verdict": ("agrees" if agrees else "differs") if complete else "incomplete",
                }
            )
    columns = [
        "plan", "institution", "kind", "first_year", "last_year", "published", "summed", "verdict",
    ]  # fmt: skip
    return pd.DataFrame(results, columns=columns)


def _between(part: pd.DataFrame) -> list[dict[str, Any]]:
    sums = tally_totals(part)
    found = []
    for status, rows in sums.groupby("status", sort=True):
        records = rows.sort_values("breakdown").to_dict("records")
        for one, other in pairwise(records):
            if one["value"] != other["value"]:
                source = part[(part["breakdown"] == one["breakdown"]) & (part["status"] == status)].iloc[0]
                found.append(
                    {
                        "kind": BETWEEN,
                        "status": status,
                        "member": "",
                        "one": other["breakdown"],
                        "one_sum": other["value"],
                        "other": one["breakdown"],
                        "other_sum": one["value"],
                        "source_file": source.get("source_file", ""),
                        "source_sheet": "",
                        "source_cell": "",
                    }
                )
    return found


def _within(part: pd.DataFrame) -> list[dict[str, Any]]:
    found = []
    for (breakdown, member), rows in part.groupby(["breakdown", "member"], sort=True):
        by_status = {str(row["status"]): row for row in rows.to_dict("records")}
        total = by_status.pop(TOTAL, None)
        known = [row["value"] for row in by_status.values() if not absent(row["value"])]
        if total is None or absent(total["value"]) or not known or sum(known) == total["value"]:
            continue
        found.append(
            {
                "kind": WITHIN,
                "status": TOTAL,
                "member": member,
                "one": breakdown,
                "one_sum": int(sum(known)),
                "other": breakdown,
                "other_sum": int(total["value"]),
                **{column: total.get(column, "") for column in SOURCE_COLUMNS},
            }
        )
    return found
