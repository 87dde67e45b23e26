"""The justice chain as stages by year, each in its own unit: never a funnel, never a rate within one year.

Offences, proceedings, cases and persons of one calendar year are separate flows; those that reach a court
mostly began in earlier years.  A ratio is offered only between like units, pooled over several years.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

from thb_analysis.analysis import counts
from thb_analysis.analysis.frames import (
    DEMOGRAPHIC,
    JOINED,
    MONEY,
    SOURCE_COLUMNS,
    TOTAL,
    dimensions,
    of_all,
    require,
    series,
    yearly,
)

ORDER: Final = (
    "registered_offences",
    "criminal_proceedings",
    "suspects",
    "persons_prosecuted",
    "prosecution_decisions",
    "cases_sent_to_court",
    "cases_adjudicated",
    "court_judgments",
    "persons_convicted",
    "seized_assets",
)
"""The tables that are stages, in the order of the chain."""

STAGE_COLUMNS: Final = (
    "stage",
    "unit",
    "detail",
    "group",
    "article",
    "year",
    "value",
    "obs_status",
    "institution",
    *SOURCE_COLUMNS,
)

MINIMUM_YEARS: Final = 3
MINIMUM_DENOMINATOR: Final = 10


def stages(
    tables: Mapping[str, pd.DataFrame], codes: pd.DataFrame, first_year: int, year: int
) -> pd.DataFrame:
    """What each stage of the chain reported, for each year from `first_year` to `year`.

    `codes` is the code list of articles with the columns `code` and `group` (trafficking, related, linked).
    One row per stage, detail, article and year, also where no workbook gave a figure (`value` absent,
    `obs_status` empty).  Columns: `stage` (the table), `unit`, `detail` (a dimension that is no breakdown of
    persons, as `instance=first`; several joined by a semicolon; empty for totals), `group` (of a combined
    article that of its parts which comes first in the code list; empty where unknown), `article`, `year`,
    `value`, `obs_status`,
    `institution`, source columns. Raises ValueError when `first_year` is after `year`, or a table lacks a
    column.
    """
    if first_year > year:
        raise ValueError(f"the first year {first_year} is after the year {year}")
    require(codes, ["code", "group"])
    rank = {code: place for place, code in enumerate(codes["code"])}
    rows: list[dict[str, Any]] = []
    for stage in [name for name in ORDER if name in tables]:
        rows.extend(_stage_rows(stage, tables[stage], range(first_year, year + 1)))
    table = pd.DataFrame(rows, columns=list(STAGE_COLUMNS))
    groups = {article: group_of(article, codes) for article in table["article"].unique()}
    table["group"] = [groups[article] for article in table["article"]]
    table["_stage"] = [ORDER.index(stage) for stage in table["stage"]]
    table["_article"] = [_place(article, rank) for article in table["article"]]
    table = table.sort_values(["_stage", "detail", "institution", "_article", "year"], kind="stable")
    table["year"] = table["year"].astype("Int64")
    table["value"] = table["value"].astype("float64")
    return table.drop(columns=["_stage", "_article"]).reset_index(drop=True)


def group_of(article: str, codes: pd.DataFrame) -> str:
    """The group of an article; of a combined one the first of its parts' groups in the code list."""
    known = codes.dropna(subset=["group"])
    known = known[known["group"] != ""]
    order = list(dict.fromkeys(known["group"]))
    by_code = dict(zip(known["code"], known["group"], strict=True))
    found = [by_code[part] for part in article.split(JOINED) if part in by_code]
    return min(found, key=order.index) if found else ""


def _place(article: str, rank: Mapping[str, int]) -> tuple[int, int, str]:
    """Where an article stands: as in the code list, combined ones after it, unknown ones last."""
    parts = article.split(JOINED)
    return min(rank.get(part, len(rank)) for part in parts), len(parts), article


def _stage_rows(stage: str, frame: pd.DataFrame, years: range) -> list[dict[str, Any]]:
    require(frame, ["article", "year", "value", "unit", "obs_status"])
    rows = of_all(yearly(frame), ("scope",))
    details = [name for name in dimensions(rows) if name != "article" and name not in DEMOGRAPHIC]
    keys = ["article", *details]
    if rows.duplicated([*keys, "year"]).any() and "institution" in rows.columns:
        keys.append("institution")  # several institutions count the same thing: side by side, never added
    results: list[dict[str, Any]] = []
    for codes, group in rows.groupby(keys, sort=True, dropna=False):
        named = dict(zip(keys, codes, strict=True))
        found = {row["year"]: row for row in series(group, keys).to_dict("records")}
        detail = ";".join(f"{name}={named[name]}" for name in details if named[name] != TOTAL)
        for year in years:
            row = found.get(year, {"value": math.nan, "obs_status": "", "unit": group["unit"].iloc[0]})
            kept = {column: row.get(column, "") for column in STAGE_COLUMNS}
            fixed = {"stage": stage, "detail": detail, "article": named["article"], "year": year}
            institution = named.get("institution", row.get("institution", ""))
            results.append({**kept, **fixed, "institution": institution})
    return results


@dataclass(frozen=True, slots=True)
class PooledRatio:
    """Two stages of like unit over the same years, per 100 of the denominator; or both counts and why not.

    `kind`: `pooled_period` (flows of the same years, not the same cases).  `numerator_stage`,
    `denominator_stage`.
    `first_year`, `last_year`; `missing_years`: those for which a side is absent.
    `numerator`, `denominator`: the sums over the years that both have.
    `per_100`, `low`, `high`: the ratio and its exact range, None when refused.
    `verdict`: `ratio`, or the reason: `unlike_units`, `money`, `too_few_years`, `incomplete_years`,
    `not_computable` (denominator 0), `small_denominator`.
    """

    kind: str
    numerator_stage: str
    denominator_stage: str
    unit: str
    article: str
    first_year: int
    last_year: int
    missing_years: tuple[int, ...]
    numerator: int | None
    denominator: int | None
    per_100: float | None
    low: float | None
    high: float | None
    verdict: str


def pooled_ratio(
    stage_frame: pd.DataFrame,
    numerator: str,
    denominator: str,
    article: str,
    years: Sequence[int],
    level: float = counts.LEVEL,
) -> PooledRatio:
    """The ratio of two stages of `stages(...)` per 100, where one may be given.

    Never a share of cases: both are flows of the same years, so that it may exceed 100.  Range: exact and
    conditional (`counts.compare`).  Raises ValueError when a stage has several figures for one year and the
    article (several institutions, instances): choose rows first.
    """
    wanted = sorted(set(years))
    over, over_unit = _counts_of(stage_frame, numerator, article)
    under, under_unit = _counts_of(stage_frame, denominator, article)
    both = [year for year in wanted if year in over and year in under]
    missing = tuple(year for year in wanted if year not in both)
    sums = (int(sum(over[y] for y in both)), int(sum(under[y] for y in both))) if both else (None, None)
    units = {over_unit, under_unit} - {""}
    verdict = _reason(units, wanted, missing, sums[1])
    per_100 = low = high = None
    if verdict == "ratio" and sums[0] is not None and sums[1] is not None:
        comparison = counts.compare(sums[1], sums[0], level=level)
        assert comparison.interval is not None and comparison.ratio is not None
        per_100 = 100 * comparison.ratio
        low, high = 100 * comparison.interval.low, 100 * comparison.interval.high
    return PooledRatio(
        kind="pooled_period",
        numerator_stage=numerator,
        denominator_stage=denominator,
        unit=over_unit if len(units) == 1 else "",
        article=article,
        first_year=wanted[0] if wanted else 0,
        last_year=wanted[-1] if wanted else 0,
        missing_years=missing,
        numerator=sums[0],
        denominator=sums[1],
        per_100=per_100,
        low=low,
        high=high,
        verdict=verdict,
    )


def _counts_of(stage_frame: pd.DataFrame, stage: str, article: str) -> tuple[dict[int, float], str]:
    rows = stage_frame[(stage_frame["stage"] == stage) & (stage_frame["article"] == article)]
    present = rows[rows["value"].notna()]
    if present["year"].duplicated().any():
        raise ValueError(
            f"{stage}, {article}: several figures for one year; choose a detail or an institution"
        )
    values = {int(y): float(v) for y, v in zip(present["year"], present["value"], strict=True)}
    return values, str(rows["unit"].iloc[0]) if len(rows) else ""


def _reason(units: set[str], years: list[int], missing: tuple[int, ...], denominator: int | None) -> str:
    if len(units) > 1:
        return "unlike_units"
    if MONEY in units:
        return "money"
    if len(years) < MINIMUM_YEARS:
        return "too_few_years"
    if missing:
        return "incomplete_years"
    if denominator == 0:
        return "not_computable"
    return "ratio" if denominator is not None and denominator >= MINIMUM_DENOMINATOR else "small_denominator"
