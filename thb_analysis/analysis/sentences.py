"""From a result to a sentence: which text, and what stands in it.

The words are in `catalogue/texts/<language>/analysis.toml`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol, TypeAlias

import pandas as pd

from thb_analysis.analysis.counts import FREE_PERCENT_FROM
from thb_analysis.analysis.frames import JOINED, MONEY, WITHHELD, absent
from thb_analysis.analysis.justice_chain import MINIMUM_DENOMINATOR, MINIMUM_YEARS, PooledRatio
from thb_analysis.analysis.slopes import MINIMUM_POINTS, Slope
from thb_analysis.analysis.trends import BATCHED_UNITS
from thb_analysis.analysis.victims import Breakdown, Registration


class Words(Protocol):
    """What is asked of a language (`thb_analysis.language.Language` has it)."""

    def text(self, key: str, **params: Any) -> str: ...
    def has(self, key: str) -> bool: ...
    def number(self, x: Any, decimals: int | None = None) -> str: ...
    def money(self, x: Any, decimals: int | None = None) -> str: ...
    def percent(self, x: Any, decimals: int = 0) -> str: ...


Result: TypeAlias = Mapping[str, Any] | PooledRatio | Slope | Registration | Breakdown
"""A row of a result table (a Series will do too) or a result of its own."""


def sentence(row: Result, language: Words, subject: str = "") -> str:
    """What a result says, in the given language.

    `row`: a row (mapping or Series) of `trends.trend`, `slopes.slopes`, `support.rehabilitation`,
    `support.seized` or `support.seized_totals`, or a `Slope`, `PooledRatio`, `Registration` or `Breakdown`.
    `subject` is set before it with a colon.  Raises TypeError for anything else.
    """
    said = _said(row.to_dict() if isinstance(row, pd.Series) else row, language)
    return language.text("analysis.with_subject", subject=subject, sentence=said) if subject else said


def brief(row: Mapping[str, Any], language: Words, subject: str = "") -> str:
    """A row of `trends.trend` without its verdict, for a list of rows with the same one: “1 case, 3 fewer”."""
    if absent(row["value"]):
        said = nothing(row["obs_status"], language)
    else:
        params = _change_params(row, language)
        way = "" if "difference" not in params or row["difference"] == 0 else _direction(row)
        dispersion = row.get("dispersion")
        if way and row["verdict"] == "batches" and not absent(dispersion):
            params["dispersion"] = language.number(dispersion, 1)
            way += "_batches"
        said = language.text(f"analysis.brief.{way}", **params) if way else str(params["amount"])
    return language.text("analysis.brief.with_subject", subject=subject, said=said) if subject else said


def quantity(value: float, unit: str, language: Words) -> str:
    """A number with its unit in the right plural form: “11 offences”; money as an amount."""
    if unit == MONEY:
        return language.money(value)
    key = f"analysis.unit.{unit}"
    return language.text(key if language.has(key) else "analysis.unit.count", n=_plain(value))


def nothing(obs_status: str, language: Words) -> str:
    """Why a figure is absent, in a word or two: “no data”, “not applicable”."""
    key = f"analysis.absent.{obs_status}"
    return language.text(key if language.has(key) else "analysis.absent.none")


def _said(row: Result, language: Words) -> str:
    if isinstance(row, Slope):
        return _slope(row, language)
    if isinstance(row, PooledRatio):
        return _ratio(row, language)
    if isinstance(row, Registration):
        return _registration(row, language)
    if isinstance(row, Breakdown):
        return _breakdown(row, language)
    if "percent_per_year" in row:
        return _slope(Slope(**{name: row[name] for name in Slope.__dataclass_fields__}), language)
    if "leavers" in row:
        return _flow(row, language)
    if "published" in row:
        return _sum_of_years(row, language)
    if "verdict" in row and "value" in row:
        return _change(row, language)
    raise TypeError(f"no sentence for a row with the columns {', '.join(row)}")


# -- trends ------------------------------------------------------------------------------------------------


def _change(row: Mapping[str, Any], language: Words) -> str:
    year, verdict = int(row["year"]), row["verdict"]
    if absent(row["value"]):
        return language.text("analysis.trend.absent", year=year, why=nothing(row["obs_status"], language))
    params = _change_params(row, language)
    if "difference" not in params:
        alone = verdict if verdict in ("no_earlier_year", "not_comparable", "no_count") else "alone"
        return language.text(f"analysis.trend.{alone}", **params)
    if verdict in ("break", "no_count", "both_zero"):
        return language.text(f"analysis.trend.{verdict}", **params)
    if row["difference"] == 0:
        return language.text("analysis.trend.unchanged", **params)
    change = language.text(f"analysis.trend.{_direction(row)}", **params)
    if verdict in ("amount", "planned"):
        return language.text("analysis.trend.amount", change=change)
    dispersion = row.get("dispersion")
    written = "" if absent(dispersion) else language.number(dispersion, 1)
    if verdict in ("rise", "fall") and row["unit"] in BATCHED_UNITS and not written:
        verdict = f"{verdict}_if_independent"
    return language.text(f"analysis.trend.{verdict}", change=change, dispersion=written)


def _change_params(row: Mapping[str, Any], language: Words) -> dict[str, Any]:
    """What a sentence on a change is filled with; `difference` only where there is one."""
    year, unit = int(row["year"]), row["unit"]
    params: dict[str, Any] = {"year": year, "previous_year": year - 1}
    params["amount"] = quantity(row["value"], unit, language)
    if absent(row.get("difference")):
        return params
    before, size = row["value"] - row["difference"], abs(row["difference"])
    money = unit == MONEY
    params["before"] = language.money(before) if money else language.number(_plain(before))
    params["difference"] = language.money(size) if money else language.number(_plain(size))
    params["percent"] = _percent_in_brackets(row, language)
    return params


def _direction(row: Mapping[str, Any]) -> str:
    if row["difference"] > 0:
        return "more"
    return "less" if row["unit"] == MONEY else "fewer"


def _percent_in_brackets(row: Mapping[str, Any], language: Words) -> str:
    percent = row.get("percent")
    if percent is None or absent(percent):
        return ""
    sign = "+" if percent > 0 else ""
    flag = "small_base" if row["percent_flag"] == "small_base" else "shown"
    written = sign + language.percent(percent)
    return language.text(f"analysis.percent.{flag}", percent=written, base=FREE_PERCENT_FROM)


def _slope(slope: Slope, language: Words) -> str:
    if slope.verdict in ("amount", "no_count"):
        return language.text(f"analysis.slope.{slope.verdict}")
    if slope.verdict == "too_short":
        return language.text("analysis.slope.too_short", n=int(slope.n), minimum=MINIMUM_POINTS)
    params: dict[str, Any] = {"first_year": slope.first_year, "last_year": slope.last_year}
    if slope.verdict in ("increase", "decrease", "no_evidence"):
        limits = {"low": slope.low, "high": slope.high, "percent": abs(slope.percent_per_year)}
        params |= {name: language.percent(value, 1) for name, value in limits.items()}
    return language.text(f"analysis.slope.{slope.verdict}", **params)


# -- the justice chain -------------------------------------------------------------------------------------


def _ratio(ratio: PooledRatio, language: Words) -> str:
    stages = (ratio.numerator_stage, ratio.denominator_stage)
    names = [language.text(f"analysis.stage.{stage}") for stage in stages]
    both = [
        nothing("", language) if count is None else language.number(count)
        for count in (ratio.numerator, ratio.denominator)
    ]
    without = ", ".join(map(str, ratio.missing_years))
    found = language.text(
        "analysis.ratio.counts_without"
        if without and ratio.numerator is not None
        else "analysis.ratio.counts",
        without=without,
        first_year=ratio.first_year,
        last_year=ratio.last_year,
        numerator_stage=names[0],
        numerator=both[0],
        denominator_stage=names[1],
        denominator=both[1],
    )
    if ratio.verdict == "ratio":
        limits = {"per_100": ratio.per_100, "low": ratio.low, "high": ratio.high}
        params = {name: language.number(value, 0) for name, value in limits.items()}
        return language.text("analysis.ratio.ratio", counts=found, **params)
    return language.text(
        f"analysis.ratio.{ratio.verdict}",
        counts=found,
        minimum_years=str(MINIMUM_YEARS),
        minimum=MINIMUM_DENOMINATOR,
    )


# -- victims -----------------------------------------------------------------------------------------------


def _registration(found: Registration, language: Words) -> str:
    values = [value for value in found.rows["value"] if not absent(value)]
    total = found.computed if found.total is None else found.total
    alone = "" if values else "_all" if found.total is None else "_total"
    return language.text(
        f"analysis.registration.{found.verdict}{alone if found.verdict == 'incomplete' else ''}",
        year=found.year,
        parts=" + ".join(language.number(_plain(value)) for value in values),
        sum=language.text("analysis.registration.entries", n=found.total_of_rows),
        overlap=language.number(found.overlap or 0),
        computed=language.number(found.total_of_rows if found.computed is None else found.computed),
        total="" if total is None else language.text("analysis.unit.victims", n=total),
        lower=language.number(found.lower),
        upper=language.number(found.upper),
        lacking=language.text("analysis.registration.registrars", n=len(found.lacking)),
    )


def _breakdown(found: Breakdown, language: Words) -> str:
    said = language.text(
        f"analysis.breakdown.{found.covers}",
        year=found.year,
        parts=found.parts,
        total=found.total or 0,
        not_covered=found.not_covered,
    )
    notes = [language.text("analysis.breakdown.unknown", unknown=found.unknown)] if found.unknown else []
    notes += [
        language.text(f"analysis.breakdown.{mark}") for mark in ("mixed", "derived") if getattr(found, mark)
    ]
    return " ".join([said, *notes])


# -- support -----------------------------------------------------------------------------------------------


def _flow(row: Mapping[str, Any], language: Words) -> str:
    year = int(row["year"])
    numbers = {
        name: nothing(_why(row, name), language) if absent(row[name]) else language.number(int(row[name]))
        for name in ("carried_over", "new", "parts")
    }
    total = row["parts"] if absent(row["total"]) else row["total"]
    written = (
        nothing(_why(row, "total"), language)
        if absent(total)
        else language.text("analysis.unit.clients", n=int(total))
    )
    said = language.text(f"analysis.rehabilitation.{row['verdict']}", year=year, total=written, **numbers)
    if absent(row["leavers"]) or row["leavers"] < 0:
        return said
    left = language.text("analysis.rehabilitation.leavers", n=int(row["leavers"]), next_year=year + 1)
    return f"{said} {left}"


def _why(row: Mapping[str, Any], name: str) -> str:
    """The status of a figure of the flow that is not there."""
    return WITHHELD if name in str(row.get("withheld") or "").split(JOINED) else ""


def _sum_of_years(row: Mapping[str, Any], language: Words) -> str:
    return language.text(
        f"analysis.seized_total.{row['verdict']}",
        first_year=row["first_year"],
        last_year=row["last_year"],
        published=language.money(row["published"]),
        summed=language.money(row["summed"]),
    )


def _plain(value: float) -> int | float:
    """A whole number as one, so that it is written without decimals."""
    return int(value) if float(value).is_integer() else float(value)
