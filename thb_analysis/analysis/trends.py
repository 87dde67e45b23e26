"""Each year beside the year before: differences first, exact ranges, no more claimed than the counts bear."""

from __future__ import annotations

import math
from collections.abc import Collection, Hashable, Sequence
from typing import Any, Final

import numpy as np
import pandas as pd

from thb_analysis.analysis import counts
from thb_analysis.analysis.frames import MONEY, SOURCE_COLUMNS, absent, groups, series

BATCHED_UNITS: Final = frozenset({"offences"})
"""Units that may be recorded in batches: one case can bring dozens at once."""

PLANNED_UNITS: Final = frozenset({"activities", "checks", "measures"})
"""Units of an institution's own work: planned, not befallen, so that chance has no part in them."""

BATCHES_ABOVE: Final = 2.0
"""A dispersion index above this says that the counts come in batches; then nothing is tested."""

BREAKS: Final = frozenset({"B", "D"})
"""obs_status letters after which a figure cannot be set beside the one before."""

RESULT_COLUMNS: Final = (
    "year",
    "value",
    "unit",
    "obs_status",
    "low",
    "high",
    "previous_year",
    "previous_value",
    "difference",
    "ratio",
    "ratio_low",
    "ratio_high",
    "p_value",
    "p_holm",
    "percent",
    "percent_flag",
    "verdict",
    "dispersion",
    *SOURCE_COLUMNS,
)


def trend(
    frame: pd.DataFrame,
    by: Sequence[str] = ("article",),
    level: float = counts.LEVEL,
    batched: Collection[str] = BATCHED_UNITS,
    planned: Collection[str] = PLANNED_UNITS,
) -> pd.DataFrame:
    """One row per group and year of a tidy table, each compared with the calendar year before.

    Columns: those of `by`, then
    `year`, `value`, `unit`, `obs_status`;
    `low`, `high`: the exact (Garwood) interval of the count;
    `previous_year`, `previous_value`: the row of the year before, absent where there is none (a gap is not
    bridged);
    `difference`: in units; `ratio`, `ratio_low`, `ratio_high`: exact and conditional, for this pair alone
    (`ratio` is absent over a base of 0, where `ratio_high` is infinite);
    `p_value`: exact; `p_holm`: adjusted over the groups compared for the same pair of years;
    `percent`, `percent_flag`: as in `counts.Comparison`;
    `verdict`: `rise`, `fall`, `no_reliable_change`, `unchanged`, `both_zero`, `not_comparable` (a side is
    absent),
    `no_earlier_year`, `break` (a break in the series lies between), `batches` (recorded in batches: not
    tested),
    `amount` (money: neither interval nor test), `planned` (own work: neither interval nor test), `no_count`
    (a value that is no whole number);
    `dispersion`: variance over mean of the group's counts since its last break (NaN for fewer than three);
    `source_file`, `source_sheet`, `source_cell`.

    `verdict` is by `p_holm`.  Other dimensions than `by` must be constant or have a total, else
    AmbiguousTableError; ValueError when a column is missing.  `batched` are the units that are not tested
    when their dispersion is above 2.
    """
    rows = series(frame, by)
    results: list[dict[str, Any]] = []
    for codes, group in groups(rows, by):
        results.extend(_group_results(dict(zip(by, codes, strict=True)), group, level, batched, planned))
    table = pd.DataFrame(results, columns=[*by, *RESULT_COLUMNS])
    table = _typed(table)
    for _, pair in table[table["p_value"].notna()].groupby("year"):
        table.loc[pair.index, "p_holm"] = counts.holm(pair["p_value"].to_numpy(dtype=float))
    shaky = table["verdict"].isin(("rise", "fall")) & ~(table["p_holm"] < 1 - level)
    table.loc[shaky, "verdict"] = "no_reliable_change"
    return table


def rates(
    trend_frame: pd.DataFrame,
    population: pd.DataFrame,
    per: int = 100_000,
) -> pd.DataFrame:
    """Counts of a trend frame over the population of the same year.

    `population` has the columns `year`, `persons` (on 1 January) and `source`.
    Adds `rate`, `rate_low`, `rate_high` (all per `per` inhabitants) and `population_source`; absent where the
    population of the year is not known, the unit is money, or the count is below 3 (then only the count is
    given).
    """
    merged = trend_frame.merge(
        population[["year", "persons", "source"]].rename(columns={"source": "population_source"}),
        on="year",
        how="left",
        validate="many_to_one",
    )
    usable = (merged["unit"] != MONEY) & (merged["value"] >= MINIMUM_FOR_RATE)
    for name, column in (("rate", "value"), ("rate_low", "low"), ("rate_high", "high")):
        merged[name] = (merged[column] / merged["persons"] * per).where(usable)
    return merged.drop(columns="persons")


TESTED: Final = frozenset({"rise", "fall", "no_reliable_change"})
PLANNED: Final = dict.fromkeys(("low", "high", "ratio", "ratio_low", "ratio_high", "p_value", "dispersion"))
"""What is not said of planned work."""

MINIMUM_FOR_RATE: Final = 3
"""No rate on a smaller count (ONS, user guide to mortality statistics)."""


def _group_results(
    codes: dict[str, Hashable],
    group: pd.DataFrame,
    level: float,
    batched: Collection[str],
    planned: Collection[str],
) -> list[dict[str, Any]]:
    by_year = {int(row["year"]): row for row in group.to_dict("records")}
    dispersion = _dispersion(group)
    suspicious = dispersion > BATCHES_ABOVE
    results = []
    for year, row in by_year.items():
        result = {**codes, **{column: row.get(column) for column in RESULT_COLUMNS}}
        result |= _level(row, level)
        result |= _change(by_year.get(year - 1), row, level, suspicious and row["unit"] in batched)
        result["dispersion"] = math.nan if row["unit"] == MONEY else dispersion
        if row["unit"] in planned:
            result |= PLANNED
            if result["verdict"] in TESTED:
                result["verdict"] = "planned"
        results.append(result)
    return results


def _level(row: dict[str, Any], level: float) -> dict[str, Any]:
    if row["unit"] == MONEY or absent(row["value"]) or not _is_count(row["value"]):
        return {"low": math.nan, "high": math.nan}
    interval = counts.garwood(row["value"], level)
    return {"low": interval.low, "high": interval.high}


def _change(
    previous: dict[str, Any] | None, row: dict[str, Any], level: float, in_batches: bool
) -> dict[str, Any]:
    value = row["value"]
    result: dict[str, Any] = {
        "previous_year": None if previous is None else previous["year"],
        "previous_value": math.nan if previous is None else previous["value"],
        "percent_flag": "none",
    }
    both = previous is not None and not absent(previous["value"]) and not absent(value)
    if both:
        result["difference"] = value - result["previous_value"]
    verdict = _untested(previous, row, both)
    if verdict:
        return result | {"verdict": verdict}
    comparison = counts.compare(result["previous_value"], value, level=level)
    result |= {
        "percent": comparison.percent,
        "percent_flag": comparison.percent_flag,
        "verdict": comparison.verdict,
    }
    if in_batches:
        return result | {"verdict": "batches" if comparison.verdict in TESTED else comparison.verdict}
    interval = comparison.interval
    assert interval is not None  # both sides are there
    return result | {
        "ratio": comparison.ratio,
        "ratio_low": interval.low,
        "ratio_high": interval.high,
        "p_value": comparison.p_value,
    }


def _untested(previous: dict[str, Any] | None, row: dict[str, Any], both: bool) -> str:
    """The verdict on a pair that allows no test, or nothing."""
    if row["unit"] == MONEY:
        return "not_comparable" if absent(row["value"]) else "amount"
    if absent(row["value"]):
        return "not_comparable"
    if not _is_count(row["value"]):
        return "no_count"
    if previous is None:
        return "no_earlier_year"
    if not both:
        return "not_comparable"
    if row["obs_status"] in BREAKS or previous["obs_status"] == "D" or previous["unit"] != row["unit"]:
        return "break"
    return "" if _is_count(previous["value"]) else "no_count"


def _is_count(value: float) -> bool:
    return bool(value >= 0 and float(value).is_integer())


def since_last_break(group: pd.DataFrame) -> pd.DataFrame:
    """The rows of one group from its last break in series on (all of them where there is none)."""
    broken = group.loc[group["obs_status"].isin(BREAKS), "year"]
    return group[group["year"] >= broken.max()] if len(broken) else group


def _dispersion(group: pd.DataFrame) -> float:
    values = since_last_break(group)["value"].to_numpy(dtype=float)
    present = values[~np.isnan(values)]
    return counts.dispersion_index(present) if all(map(_is_count, present)) else math.nan


def _typed(table: pd.DataFrame) -> pd.DataFrame:
    table["year"] = table["year"].astype("Int64")
    table["previous_year"] = table["previous_year"].astype("Int64")
    numbers = ["value", "low", "high", "previous_value", "difference", "ratio", "ratio_low", "ratio_high"]
    for column in [*numbers, "p_value", "p_holm", "percent", "dispersion"]:
        table[column] = table[column].astype("float64")
    return table
