"""Victims: totals by year, the breakdowns that each year has, and who registered them.

Figures stay as published: a total is compared with the sum of its parts, never replaced by it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any, Final

import pandas as pd

from thb_analysis.analysis import counts
from thb_analysis.analysis.frames import (
    DEMOGRAPHIC,
    SOURCE_COLUMNS,
    TOTAL,
    UNKNOWN,
    WITHHELD,
    require,
    yearly,
)

IDENTIFIED: Final = "identified"
OVERLAP: Final = "overlap"
REGISTRATION: Final = "registered_by"
DIMENSIONS: Final = (REGISTRATION, *DEMOGRAPHIC, "place")
"""The dimensions by which victims are broken down."""


@dataclass(frozen=True, slots=True)
class Breakdown:
    """One way in which a year's victims were broken down.

    `year`, `identification`; `dimensions`: those by which the rows differ.
    `rows`: those columns, then `value`, `obs_status` and the source columns; as published, also when mixed.
    `total`: the published total, None where there is none; `parts`: the sum of the rows that have a value.
    `covers`: `all` (parts = total), `partly` (fewer), `more` (parts exceed the total: persons counted in
    several rows, or a contradiction), `no_total`, `withheld` (a figure is withheld by the publisher: what the
    parts come to is not known).
    `unknown`: persons in rows of unknown characteristic; `not_covered`: total less parts, where that is
    positive.
    `mixed`: rows of different kinds that together make the total, such as men, women and minors.
    `derived`: added up here from a two-way breakdown, not published.
    """

    year: int
    identification: str
    dimensions: tuple[str, ...]
    rows: pd.DataFrame
    total: int | None
    parts: int
    covers: str
    unknown: int
    not_covered: int
    mixed: bool = False
    derived: bool = False


@dataclass(frozen=True, slots=True)
class Registration:
    """Who registered a year's victims, and how many persons that makes.

    `rows`: `registered_by`, `value`, `obs_status` and the source columns.  `total_of_rows`: their sum.
    `overlap`: persons counted twice, as declared; None where nobody said.  `total`: as published, None where
    absent.
    `computed`: sum less overlap; None where no overlap was declared.
    `lower`, `upper`: without a declared overlap the union is at least the largest and at most the sum of its
    parts (Fréchet 1935); with one, both are `computed`.  Of registrars that gave no total of their own
    (`lacking`) only the least is known that a breakdown of theirs comes to, so `upper` holds without them.
    `lacking`: those who gave figures, but no total.
    `verdict`: `deduplicated` (computed = published), `computed` (no published total), `no_overlap` (sum =
    published),
    `partial` (sum below the published total: not all registrars are named), `implied_overlap` (sum above it,
    within the bounds, none declared), `contradiction` (the published total cannot be), `bounds` (neither
    overlap nor total), `single` (the same, and only one named), `incomplete` (some registrar gave no total, and
    there is no published one either, or no other registrar), `none` (nobody named), `withheld` (a registrar's
    figure is withheld by the publisher).
    """

    year: int
    identification: str
    rows: pd.DataFrame
    total_of_rows: int
    overlap: int | None
    total: int | None
    computed: int | None
    lower: int
    upper: int
    verdict: str
    lacking: tuple[str, ...] = ()


def by_year(victims: pd.DataFrame, level: float = counts.LEVEL) -> pd.DataFrame:
    """The published totals of each year and identification, identified beside presumed.

    Columns: `year`, `identification`, `value`, `unit`, `obs_status`, `low`, `high` (Garwood; the range
    compatible with chance if persons were found independently of each other), source columns.
    """
    require(victims, ["identification", *DIMENSIONS])
    rows = yearly(victims)
    totals = rows[(rows[list(DIMENSIONS)] == TOTAL).all(axis=1) & (rows["identification"] != OVERLAP)].copy()
    intervals = [
        counts.garwood(v) if v == v else counts.Interval(math.nan, math.nan) for v in totals["value"]
    ]
    totals["low"] = [interval.low for interval in intervals]
    totals["high"] = [interval.high for interval in intervals]
    columns = ["year", "identification", "value", "unit", "obs_status", "low", "high", *SOURCE_COLUMNS]
    return totals[columns].sort_values(["year", "identification"], kind="stable").reset_index(drop=True)


def breakdowns(victims: pd.DataFrame, year: int, derive: bool = True) -> list[Breakdown]:
    """Every breakdown that a year has: one-way first, then two-way and mixed ones.

    Rows that share the same dimensions make one breakdown.  Two that fall short of the total alone and make
    it together are one mixed breakdown.  With `derive` a complete two-way breakdown also gives its one-way
    sums where nobody published them (`derived`).
    """
    require(victims, ["identification", *DIMENSIONS])
    rows = yearly(victims)
    rows = rows[(rows["year"] == year) & (rows["identification"] != OVERLAP)]
    results: list[Breakdown] = []
    for identification, part in rows.groupby("identification", sort=True):
        found = _mixed(list(_plain(year, str(identification), part)))
        results.extend(found)
        if derive:
            results.extend(_derived(found))
    return sorted(results, key=_reading_order)


def pooled(victims: pd.DataFrame, years: list[int], dimension: str) -> pd.DataFrame:
    """A one-way breakdown over several years together, for years that have it complete.

    Columns: `dimension` under its name, `value`, `years` (those added up, joined by a comma).  Years whose
    breakdown is absent or does not make the total are left out, and `years` shows it.
    """
    sums: dict[str, int] = {}
    used: list[int] = []
    for year in sorted(set(years)):
        for one in breakdowns(victims, year):
            complete = one.identification == IDENTIFIED and one.covers == "all" and not one.mixed
            if one.dimensions == (dimension,) and complete:
                used.append(year)
                for code, value in zip(one.rows[dimension], one.rows["value"], strict=True):
                    if value == value:
                        sums[code] = sums.get(code, 0) + int(value)
    named = ",".join(map(str, used))
    frame = pd.DataFrame({dimension: list(sums), "value": list(sums.values())})
    frame["years"] = named
    return frame.sort_values(["value", dimension], ascending=[False, True], kind="stable", ignore_index=True)


def grouped(one: Breakdown, dimension: str, groups: Mapping[str, str]) -> pd.DataFrame:
    """A one-way breakdown by wider groups, such as citizenship by national, other EU and third country.

    `groups` maps codes to groups (from the code list); a code without one stays as it is, as does the unknown.
    Columns: `group`, `value` (absent if any part of the group is), `codes` (those in it, joined by `+`).
    Raises ValueError for a breakdown by anything else than `dimension` alone.
    """
    if one.dimensions != (dimension,):
        raise ValueError(f"a breakdown by {dimension} is expected, not by {', '.join(one.dimensions)}")
    rows = one.rows.assign(group=[groups.get(code) or code for code in one.rows[dimension]])
    found = rows.groupby("group", sort=True)
    return pd.DataFrame(
        {
            "value": found["value"].agg(lambda values: values.sum(skipna=False)),
            "codes": found[dimension].agg("+".join),
        }
    ).reset_index()


def registration(
    victims: pd.DataFrame,
    year: int,
    identification: str = IDENTIFIED,
    parents: dict[str, str] | None = None,
) -> Registration:
    """Sum, overlap and deduplicated total of those who registered the victims of a year.

    `parents` says which registrar is part of which (from the code list): a part beside its whole is not
    added.
    """
    require(victims, ["identification", *DIMENSIONS])
    rows = yearly(victims)
    rows = rows[rows["year"] == year]
    others = [dimension for dimension in DIMENSIONS if dimension != REGISTRATION]
    finer = rows[(rows["identification"] == identification) & (rows[REGISTRATION] != TOTAL)]
    rows = rows[(rows[others] == TOTAL).all(axis=1)]
    own = rows[rows["identification"] == identification]
    named = own[own[REGISTRATION] != TOTAL]
    withheld = bool((named["obs_status"] == WITHHELD).any())
    present = set(named[REGISTRATION])
    parts = [code for code in named[REGISTRATION] if (parents or {}).get(code) in present]
    named = named[~named[REGISTRATION].isin(parts)]
    values = [int(value) for value in named["value"] if value == value]
    total = _single(own[own[REGISTRATION] == TOTAL])
    declared = rows[(rows["identification"] == OVERLAP) & rows["value"].notna()]
    overlap = int(declared["value"].sum()) if len(declared) and identification == IDENTIFIED else None
    summed = sum(values)
    computed = None if overlap is None or not values else summed - overlap
    least = _least(finer, set(named.loc[named["value"].notna(), REGISTRATION]), parents or {})
    lower, upper = (max(values, default=0), summed) if computed is None else (computed, computed)
    lower = max([lower, *least.values()])
    verdict = _registration_verdict(values, computed, total, lower, upper)
    if withheld:
        verdict = "withheld"
    elif least and (total is None or not values):
        verdict = "incomplete"
    columns = [REGISTRATION, "value", "obs_status", *SOURCE_COLUMNS]
    table = named[columns].sort_values(REGISTRATION, kind="stable").reset_index(drop=True)
    numbers = (summed, overlap, total, computed, lower, upper)
    return Registration(year, identification, table, *numbers, verdict, tuple(sorted(least)))


def _least(finer: pd.DataFrame, told: set[str], parents: Mapping[str, str]) -> dict[str, int]:
    """Of each registrar that gave no total of its own, what the largest of its breakdowns comes to."""
    found: dict[str, int] = {}
    for code, rows in finer[finer["value"].notna()].groupby(REGISTRATION, sort=True):
        if code in told or parents.get(str(code)) in told:
            continue
        others = rows[[dimension for dimension in DIMENSIONS if dimension != REGISTRATION]]
        kinds = (others != TOTAL).apply(tuple, axis=1)
        found[str(code)] = int(rows.groupby(kinds)["value"].sum().max())
    return found


def _registration_verdict(
    values: list[int], computed: int | None, total: int | None, lower: int, upper: int
) -> str:
    if not values:
        return "none"
    if computed is not None:
        if total is None:
            return "computed"
        return "deduplicated" if computed == total else "contradiction"
    if total is None:
        return "bounds" if len(values) > 1 else "single"
    if total == upper:
        return "no_overlap"
    if total > upper:
        return "partial"
    return "implied_overlap" if total >= lower else "contradiction"


def _single(rows: pd.DataFrame) -> int | None:
    present = rows["value"].dropna()
    return int(present.iloc[0]) if len(present) == 1 else None


def _plain(year: int, identification: str, rows: pd.DataFrame) -> Iterator[Breakdown]:
    """The rows of a year by the set of dimensions in which they are broken down."""
    kinds = [tuple(d for d in DIMENSIONS if row[d] != TOTAL) for row in rows.to_dict("records")]
    total = _single(rows[[not kind for kind in kinds]])
    for kind in sorted(set(kinds) - {()}):
        part = rows[[other == kind for other in kinds]]
        yield _breakdown(year, identification, kind, part, total)


def _breakdown(
    year: int, identification: str, kind: tuple[str, ...], part: pd.DataFrame, total: int | None
) -> Breakdown:
    columns = [*kind, "value", "obs_status", *SOURCE_COLUMNS]
    table = part[columns].sort_values([*kind], kind="stable").reset_index(drop=True)
    parts = int(table["value"].sum())
    covers = "withheld" if (table["obs_status"] == WITHHELD).any() else _covers(parts, total)
    unknown = int(table.loc[(table[list(kind)] == UNKNOWN).any(axis=1), "value"].sum())
    return Breakdown(
        year,
        identification,
        kind,
        table,
        total,
        parts,
        covers,
        unknown,
        0 if covers == "withheld" else max((total or 0) - parts, 0),
    )


def _covers(parts: int, total: int | None) -> str:
    if total is None:
        return "no_total"
    if parts == total:
        return "all"
    return "partly" if parts < total else "more"


def _mixed(found: list[Breakdown]) -> list[Breakdown]:
    """Two breakdowns by sex and age that only together make the total become one."""
    mixable = {"sex", "age_group"}
    for one, other in combinations(found, 2):
        kinds = set(one.dimensions) | set(other.dimensions)
        short = one.covers == other.covers == "partly"
        if short and kinds <= mixable and one.total == one.parts + other.parts:
            kind = tuple(d for d in DIMENSIONS if d in kinds)
            rows = pd.concat([one.rows, other.rows], ignore_index=True)
            rows[list(kind)] = rows[list(kind)].fillna(TOTAL)
            rows = rows[[*kind, "value", "obs_status", *SOURCE_COLUMNS]]
            joint = Breakdown(
                one.year,
                one.identification,
                kind,
                rows.sort_values([*kind], kind="stable").reset_index(drop=True),
                one.total,
                one.parts + other.parts,
                "all",
                one.unknown + other.unknown,
                0,
                mixed=True,
            )
            return [*(b for b in found if b is not one and b is not other), joint]
    return found


def _derived(found: list[Breakdown]) -> list[Breakdown]:
    """One-way sums of complete two-way breakdowns, for dimensions that have no breakdown of their own."""
    covered = {one.dimensions for one in found}
    results = []
    for two_way in found:
        # What does not make the published total may lack parts, or have persons that two have registered.
        usable = len(two_way.dimensions) == 2 and two_way.covers == "all" and not two_way.mixed
        if not usable or two_way.rows["value"].isna().any():
            continue
        for dimension in two_way.dimensions:
            if (dimension,) in covered:
                continue
            covered.add((dimension,))
            sums = two_way.rows.groupby(dimension, as_index=False, sort=True)["value"].sum()
            rows: dict[str, Any] = {"obs_status": "A"} | dict.fromkeys(SOURCE_COLUMNS, "")
            table = sums.assign(**rows)
            unknown = int(table.loc[table[dimension] == UNKNOWN, "value"].sum())
            results.append(
                replace(two_way, dimensions=(dimension,), rows=table, unknown=unknown, derived=True)
            )
    return results


def _reading_order(one: Breakdown) -> tuple[str, int, list[int]]:
    return one.identification, len(one.dimensions), [DIMENSIONS.index(d) for d in one.dimensions]
