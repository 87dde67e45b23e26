"""Indicators of a policy plan against their forecasts: the literal verdict, and beside it what it is worth.

The rule is the ministry's own: a result within 2 % of its forecast is achieved, beyond that it is better or
worse than forecast.  Decided in exact arithmetic, so that no rounding moves a verdict.  The evidence never
replaces the verdict; it stands beside it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from fractions import Fraction
from typing import Any, Final

import pandas as pd

from thb_analysis.analysis import counts
from thb_analysis.analysis.frames import MONEY, SOURCE_COLUMNS, absent, require, yearly
from thb_analysis.analysis.readings import Reading, Span, readings, span_of

TOLERANCE_PERCENT: Final = 2
"""A result this near to its forecast, in per cent of the forecast, is achieved (the boundary included)."""

ACHIEVED: Final = "achieved"
BETTER: Final = "better"
WORSE: Final = "worse"
NOT_ASSESSABLE: Final = "not_assessable"
DISCONTINUED: Final = "discontinued"
STATES: Final = (BETTER, ACHIEVED, WORSE, DISCONTINUED, NOT_ASSESSABLE)
"""The states that a summary counts; every indicator is in exactly one."""

COUNTED: Final = frozenset({"count", "persons"})
"""Units of whole things."""

MILESTONE: Final = "milestone"
FLOW: Final = "flow"
NOT_COLLECTED: Final = "L"

REASONS: Final[Mapping[str, str]] = {
    "L": "not_collected",
    "Z": "not_applicable",
    "M": "not_stated",
    "X": "contradictory",
}

COLUMNS: Final = (
    "plan",
    "year",
    "result",
    "goal",
    "level",
    "indicator",
    "unit",
    "nature",
    "direction",
    "own_work",
    "raw_forecast",
    "forecast_base_year",
    "raw_result",
    "result_base_year",
    "forecast",
    "forecast_low",
    "forecast_high",
    "value",
    "low",
    "high",
    "baseline_year",
    "baseline",
    "verdict",
    "reason",
    "position",
    "difference",
    "percent",
    "tolerance",
    "resolvable",
    "chance_low",
    "chance_high",
    "chance_compatible",
    "cumulative",
    "cumulative_forecast",
    "cumulative_value",
    "readings",
    *SOURCE_COLUMNS,
    "forecast_cell",
)


def literal(result: Fraction, forecast: Fraction, direction: str = "higher") -> str:
    """The verdict of the ±2 % rule on two exact numbers: `achieved`, `better` or `worse`.

    A forecast of 0 is achieved by 0 only.  More than forecast is better, unless `direction` is `lower`.
    """
    if 100 * abs(result - forecast) <= TOLERANCE_PERCENT * abs(forecast):
        return ACHIEVED
    return BETTER if (result > forecast) != (direction == "lower") else WORSE


def literal_of_spans(result: Span, forecast: Span, direction: str = "higher") -> str:
    """The same for ranges, end against end; `not_assessable` where they overlap without one holding the other.

    Achieved: the result lies within the forecast range, its ends widened by 2 %.  An end that is absent is open.
    """
    if result.single is not None and forecast.single is not None:
        return literal(result.single, forecast.single, direction)
    slack = Fraction(TOLERANCE_PERCENT, 100)
    floor = None if forecast.low is None else forecast.low - slack * abs(forecast.low)
    roof = None if forecast.high is None else forecast.high + slack * abs(forecast.high)
    above_floor = floor is None or (result.low is not None and result.low >= floor)
    below_roof = roof is None or (result.high is not None and result.high <= roof)
    if above_floor and below_roof:
        return ACHIEVED
    more, less = (WORSE, BETTER) if direction == "lower" else (BETTER, WORSE)
    if roof is not None and result.low is not None and result.low > roof:
        return more
    if floor is not None and result.high is not None and result.high < floor:
        return less
    return NOT_ASSESSABLE


def scorecard(indicators: pd.DataFrame, definitions: pd.DataFrame, results: pd.DataFrame) -> pd.DataFrame:
    """One row per plan, year and indicator that has a forecast (or should have one), judged.

    `indicators` is the tidy table; `definitions` the code list of indicators (`code`, `direction`: higher, lower
    or neutral; `nature`: flow, milestone, share or change; `work`: yes for an institution's own work);
    `results` that of results (`code`, `goal`, `level`: policy or activity).

    Columns: the codes; `raw_forecast`, `raw_result`: as written; `forecast_base_year`, `result_base_year`: the
    year that each compares with, empty where none is named; `forecast`, `value` with `_low`, `_high`, `low`,
    `high` for ranges (an absent upper end is open); `baseline_year`, `baseline`: the earliest result;
    `verdict`: the literal one; `reason`: why there is none (`not_collected`, `discontinued`, `not_applicable`,
    `not_stated`, `contradictory`, `no_forecast`, `base_missing`, `depends_on_reading`, `ranges_overlap`);
    `position`: above, within or below the forecast, for indicators of which more is not better (`neutral`);
    `difference` in units; `percent` of the forecast (none on a forecast under 20); `tolerance`: 2 % of the
    forecast; `resolvable`: whether that is one unit at least (absent for shares);
    `chance_low`, `chance_high`: the exact interval of a counted result; `chance_compatible`: whether the forecast
    lies in it, for better and worse only (read with `own_work`: planned work is not left to chance);
    `cumulative`: for milestones `achieved`, `not_achieved` or `not_due`, over all years up to this one;
    `readings`: every reading of an ambiguous forecast with its verdict; source columns of the result, and
    `forecast_cell`.
    Raises ValueError when a column is missing, KeyError for an indicator that the code list lacks.
    """
    require(
        indicators, ["plan", "result", "indicator", "kind", "raw_value", "relative_to_year", "low", "high"]
    )
    require(definitions, ["code", "direction", "nature", "work"])
    require(results, ["code", "goal", "level"])
    about = {str(row["code"]): row for row in definitions.to_dict("records")}
    place = {str(row["code"]): row for row in results.to_dict("records")}
    rank = {code: position for position, code in enumerate(about)}
    judged: list[dict[str, Any]] = []
    rows = yearly(indicators)
    for (plan, result, indicator), group in rows.groupby(["plan", "result", "indicator"], sort=True):
        series = _Series(group, about[str(indicator)])
        codes = {"plan": plan, "result": result, "indicator": indicator}
        where = place.get(str(result), {"goal": "", "level": ""})
        judged += [
            codes | {"goal": where["goal"], "level": where["level"]} | series.judge(year)
            for year in series.due
        ]
    table = pd.DataFrame(judged, columns=list(COLUMNS))
    table["year"] = table["year"].astype("Int64")
    table["_place"] = [rank[code] for code in table["indicator"]]
    table = table.sort_values(["plan", "year", "_place"], kind="stable").drop(columns="_place")
    return table.reset_index(drop=True)


def summary(judged: pd.DataFrame) -> pd.DataFrame:
    """How many indicators of a scorecard are in each of the five states, by plan and year; they add to `total`.

    Columns: `plan`, `year`, those of `STATES`, `total`.
    """
    state = judged["verdict"].where(judged["reason"] != DISCONTINUED, DISCONTINUED)
    rows = []
    for (plan, year), part in judged.assign(state=state).groupby(["plan", "year"], sort=True):
        tally = part["state"].value_counts()
        rows.append(
            {"plan": plan, "year": year, **{s: int(tally.get(s, 0)) for s in STATES}, "total": len(part)}
        )
    return pd.DataFrame(rows, columns=["plan", "year", *STATES, "total"])


def too_small(judged: pd.DataFrame) -> tuple[int, int]:
    """How many counted indicators there are, and of how many 2 % of the forecast is less than one unit."""
    counted = judged[(judged["nature"] == FLOW) & judged["unit"].isin(COUNTED) & judged["resolvable"].notna()]
    return len(counted), int((~counted["resolvable"].astype(bool)).sum())


class _Series:
    """One indicator over the years: its results and forecasts, judged year by year."""

    def __init__(self, group: pd.DataFrame, about: Mapping[str, Any]) -> None:
        self.about = about
        self.results, self.forecasts = (
            {int(row["year"]): row for row in group[group["kind"] == kind].to_dict("records")}
            for kind in ("result", "forecast")
        )
        self.unit = str(group["unit"].iloc[0])
        known = [y for y, row in sorted(self.results.items()) if not absent(row["value"])]
        self.baseline_year = known[0] if known else None

    @property
    def due(self) -> list[int]:
        """The years with a forecast in words or numbers; a base year has none."""
        return sorted(year for year, row in self.forecasts.items() if str(row["raw_value"]).strip())

    def judge(self, year: int) -> dict[str, Any]:
        forecast, result = self.forecasts[year], self.results.get(year)
        nature, direction = str(self.about["nature"]), str(self.about["direction"])
        ways = readings(forecast, nature, self._base(forecast))
        row: dict[str, Any] = {
            "year": year,
            "unit": self.unit,
            "nature": nature,
            "direction": direction,
            "own_work": str(self.about["work"]) == "yes",
            "raw_forecast": forecast["raw_value"],
            "forecast_base_year": forecast["relative_to_year"],
            "raw_result": "" if result is None else result["raw_value"],
            "result_base_year": "" if result is None else result["relative_to_year"],
            "baseline_year": self.baseline_year,
            "baseline": None if self.baseline_year is None else self.results[self.baseline_year]["value"],
            "forecast_cell": forecast["source_cell"],
            **{column: ("" if result is None else result[column]) for column in SOURCE_COLUMNS},
        }
        if len(ways) == 1:
            row |= _ends(ways[0].span, "forecast", "forecast_low", "forecast_high")
        found = None if result is None else span_of(result)
        if found is not None:
            row |= _ends(found, "value", "low", "high")
        row |= self._verdict(year, found, ways, direction)
        if row["verdict"] != NOT_ASSESSABLE and found is not None and len(ways) == 1:
            row |= self._evidence(found, ways[0].span, row["verdict"], direction)
        if nature == MILESTONE:
            row |= self._cumulative(year)
        return row

    def _base(self, forecast: Mapping[str, Any]) -> Fraction | None:
        named = forecast["relative_to_year"]
        if absent(named) or not str(named).strip():
            return None
        base = self.results.get(int(float(str(named))))
        span = None if base is None else span_of(base)
        return None if span is None else span.single

    def _verdict(self, year: int, found: Span | None, ways: list[Reading], direction: str) -> dict[str, Any]:
        if found is None:
            return {"verdict": NOT_ASSESSABLE, "reason": self._why(year)}
        if not ways:
            status = str(self.forecasts[year]["obs_status"])
            return {"verdict": NOT_ASSESSABLE, "reason": "no_forecast" if status != "A" else "base_missing"}
        verdicts = {way.name: literal_of_spans(found, way.span, direction) for way in ways}
        told = ""
        if len(ways) > 1:
            told = "; ".join(
                f"{way.name}={float(way.span.single):g}: {verdicts[way.name]}"
                for way in ways
                if way.span.single is not None
            )
        same = set(verdicts.values())
        if len(same) > 1:
            return {"verdict": NOT_ASSESSABLE, "reason": "depends_on_reading", "readings": told}
        verdict = same.pop()
        reason = "ranges_overlap" if verdict == NOT_ASSESSABLE else ""
        return {"verdict": verdict, "reason": reason, "readings": told}

    def _why(self, year: int) -> str:
        """Why a result is absent; discontinued when there were figures once and none was collected since."""
        row = self.results.get(year)
        status = "" if row is None else str(row["obs_status"])
        since = [str(r["obs_status"]) for y, r in self.results.items() if y >= year]
        before = [r for y, r in self.results.items() if y < year and not absent(r["value"])]
        if status == NOT_COLLECTED and before and set(since) == {NOT_COLLECTED}:
            return DISCONTINUED
        return REASONS.get(status, "not_stated")

    def _evidence(self, found: Span, forecast: Span, verdict: str, direction: str) -> dict[str, Any]:
        if found.single is None or forecast.single is None:
            return {}
        value, planned = found.single, forecast.single
        tolerance = abs(planned) * TOLERANCE_PERCENT / 100
        whole = self.unit in COUNTED
        row: dict[str, Any] = {
            "difference": float(value - planned),
            "tolerance": float(tolerance),
            "resolvable": tolerance >= 1 if whole or self.unit == MONEY else None,
        }
        if direction == "neutral":
            row["position"] = {ACHIEVED: "within", BETTER: "above", WORSE: "below"}[verdict]
        if abs(planned) >= counts.NO_PERCENT_BELOW:
            row["percent"] = float(100 * (value - planned) / planned)
        if whole and self.about["nature"] == FLOW and value >= 0 and value.denominator == 1:
            interval = counts.garwood(int(value))
            row |= {"chance_low": interval.low, "chance_high": interval.high}
            if verdict != ACHIEVED:
                row["chance_compatible"] = float(planned) in interval
        return row

    def _cumulative(self, year: int) -> dict[str, Any]:
        """Whether what was to exist by now exists, whatever year it was to come in."""
        ends = [
            max(
                (float(r["value"]) for y, r in side.items() if y <= year and not absent(r["value"])),
                default=math.nan,
            )
            for side in (self.forecasts, self.results)
        ]
        target, reached = ends
        due = not math.isnan(target) and target > 0
        verdict = (ACHIEVED if reached >= target else "not_achieved") if due else "not_due"
        return {"cumulative": verdict, "cumulative_forecast": target, "cumulative_value": reached}


def _ends(span: Span, single: str, low: str, high: str) -> dict[str, Any]:
    if span.single is not None:
        return {single: float(span.single)}
    ends = {low: span.low, high: span.high}
    return {name: None if end is None else float(end) for name, end in ends.items()}
