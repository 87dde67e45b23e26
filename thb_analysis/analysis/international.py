"""National figures beside another publisher's, country by country; what was withheld stays an interval.

UNODC's GLOTIP data give small counts as “<5” and never as 0: in series that add up, the withheld part is
nought about as often as one to four.  So “<5” is read as 0 to 4.  It is not narrowed down from margins, which
would undo the publisher's protection.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any, Final

import pandas as pd

from thb_analysis.analysis import counts
from thb_analysis.analysis.frames import SOURCE_COLUMNS, TOTAL, absent, require
from thb_analysis.analysis.trends import MINIMUM_FOR_RATE
from thb_analysis.analysis.where import figures

WITHHELD: Final = "Q"
LESS_THAN: Final = re.compile(r"<\s*(\d+)")
NATIONAL: Final = "national"

SERIES_COLUMNS: Final = (
    "indicator",
    "country",
    "year",
    "publisher",
    "value",
    "low",
    "high",
    "censored",
    "chance_low",
    "chance_high",
    "obs_status",
    *SOURCE_COLUMNS,
)

VERDICTS: Final = ("agrees", "differs", "compatible", "outside_interval", "incomplete")


def censored_interval(obs_status: str, note: str) -> counts.Interval | None:
    """The range of a withheld count: from 0 to one less than the limit in the note (`<5`: 0 to 4).

    None where the figure is not withheld, or the note names no limit.
    """
    found = LESS_THAN.search(note or "")
    if obs_status != WITHHELD or found is None:
        return None
    return counts.Interval(0.0, float(int(found[1]) - 1))


def totals(international: pd.DataFrame, comparisons: pd.DataFrame) -> pd.DataFrame:
    """The publisher's totals for each indicator of `comparisons`, by country and year, as `SERIES_COLUMNS`.

    `indicator`: the id in `comparisons`; `value`: the number, absent where withheld or contradictory;
    `low`, `high`: the number itself, or the interval of a withheld one (`censored`);
    `chance_low`, `chance_high`: the exact interval of a number (none for a withheld one).
    """
    require(international, ["publisher", "country", "indicator", "dimension", "category", "sex", "age_group"])
    ids = {(row["publisher"], row["indicator"]): row["id"] for row in comparisons.to_dict("records")}
    whole = (international[["dimension", "category", "sex", "age_group"]] == TOTAL).all(axis=1)
    results = []
    for row in international[whole & international["year"].notna()].to_dict("records"):
        name = ids.get((row["publisher"], row["indicator"]))
        if name is not None:
            results.append({**_row(row, name), "publisher": row["publisher"]})
    return _frame(results)


def national(
    tables: Mapping[str, pd.DataFrame], comparisons: pd.DataFrame, countries: Mapping[str, str] | None = None
) -> pd.DataFrame:
    """The national figures of the same things, as `SERIES_COLUMNS` with `publisher` = `national`.

    `comparisons`: `id`, `country`, `table`, `where` (which rows of the table are the same thing).
    """
    results = []
    for rule in comparisons.to_dict("records"):
        if rule["table"] not in tables:
            continue
        for (year, *_), figure in figures(tables[rule["table"]], rule["where"]).items():
            file, sheet, cell = (*figure.place.split("; ")[0].split(", "), "", "")[:3]
            row = {
                "country": rule["country"],
                "year": year,
                "value": figure.value,
                "obs_status": figure.obs_status,
                "note": "",
                "source_file": file,
                "source_sheet": sheet,
                "source_cell": cell,
            }
            results.append({**_row(row, rule["id"]), "publisher": NATIONAL})
    return _frame(results)


def rates(series: pd.DataFrame, population: pd.DataFrame, per: int = 100_000) -> pd.DataFrame:
    """The series with `rate`, `rate_low`, `rate_high` per `per` inhabitants on 1 January, and `population_source`.

    `population`: `country`, `year`, `persons`, `source`.  A withheld count has the range only; a count below 3
    has no rate.  The range of a rate is that of chance, or of what was withheld.
    """
    known = population[["country", "year", "persons", "source"]].rename(
        columns={"source": "population_source"}
    )
    known = known.astype({"year": "Int64"})
    merged = series.merge(known, on=["country", "year"], how="left", validate="many_to_one")
    usable = merged["value"] >= MINIMUM_FOR_RATE
    low = merged["chance_low"].where(usable, merged["low"].where(merged["censored"]))
    high = merged["chance_high"].where(usable, merged["high"].where(merged["censored"]))
    merged["rate"] = (merged["value"] / merged["persons"] * per).where(usable)
    merged["rate_low"], merged["rate_high"] = low / merged["persons"] * per, high / merged["persons"] * per
    return merged.drop(columns="persons")


def beside(series: pd.DataFrame, own: pd.DataFrame) -> pd.DataFrame:
    """National and the publisher's figures of the same country, year and thing, side by side.

    Columns: `indicator`, `country`, `year`, `national`, `published`, `published_low`, `published_high`,
    `publisher`, `difference`, `verdict`: `agrees`, `differs`, `compatible` (the national figure lies in the
    withheld range), `outside_interval` (it does not), `incomplete` (a side has no figure); `place_national`,
    `place_published`.  Years that only one side knows are kept: silence is information too.
    """
    keys = ["indicator", "country", "year"]
    countries = set(own["country"])
    left = {tuple(row[k] for k in keys): row for row in own.to_dict("records")}
    right = {
        tuple(row[k] for k in keys): row
        for row in series[series["country"].isin(countries)].to_dict("records")
    }
    results = []
    for key in sorted({*left, *right}):
        one, other = left.get(key, {}), right.get(key, {})
        ours, theirs = one.get("value", math.nan), other.get("value", math.nan)
        results.append(
            dict(zip(keys, key, strict=True))
            | {
                "national": ours,
                "published": theirs,
                "published_low": other.get("low", math.nan),
                "published_high": other.get("high", math.nan),
                "publisher": other.get("publisher", ""),
                "difference": ours - theirs,
                "verdict": _verdict(ours, theirs, other),
                "place_national": _place(one),
                "place_published": _place(other),
            }
        )
    columns = [
        *keys, "national", "published", "published_low", "published_high", "publisher", "difference",
        "verdict", "place_national", "place_published",
    ]  # fmt: skip
    return pd.DataFrame(results, columns=columns)


def contradictions(international: pd.DataFrame, comparisons: pd.DataFrame) -> pd.DataFrame:
    """Where a publisher's parts exceed their total: women and men, children and adults of one total.

    Columns: `indicator`, `publisher`, `country`, `year`, `dimension` (`sex` or `age_group`), `parts` (joined by
    +), `least` (the sum of what the parts are at least; a withheld part counts as its lower end), `total`,
    source columns of the total.  Parts that fall short are none: unknown persons may be missing.
    """
    ids = {(row["publisher"], row["indicator"]): row["id"] for row in comparisons.to_dict("records")}
    plain = (international[["dimension", "category"]] == TOTAL).all(axis=1) & international["year"].notna()
    results = []
    names = ["publisher", "indicator", "country", "year"]
    figures = international[plain & international["value"].notna()]
    several = figures.groupby(names)["value"].transform("size") > 1  # a total and a part
    for key, group in figures[several].groupby(names, sort=True):
        publisher, indicator, country, year = key
        if (publisher, indicator) not in ids:
            continue
        for dimension, other in (("sex", "age_group"), ("age_group", "sex")):
            rows = group[group[other] == TOTAL]
            whole, parts = rows[rows[dimension] == TOTAL], rows[rows[dimension] != TOTAL]
            if len(whole) != 1 or float(parts["value"].sum()) <= float(whole["value"].iloc[0]):
                continue
            total = whole.iloc[0]
            results.append(
                {
                    "indicator": ids[publisher, indicator],
                    "publisher": publisher,
                    "country": country,
                    "year": int(year),
                    "dimension": dimension,
                    "parts": " + ".join(f"{value:g}" for value in parts["value"]),
                    "least": int(parts["value"].sum()),
                    "total": int(total["value"]),
                    **{column: total[column] for column in SOURCE_COLUMNS},
                }
            )
    columns = [
        "indicator", "publisher", "country", "year", "dimension", "parts", "least", "total", *SOURCE_COLUMNS,
    ]  # fmt: skip
    return pd.DataFrame(results, columns=columns)


def _row(row: Mapping[str, Any], name: str) -> dict[str, Any]:
    interval = censored_interval(str(row["obs_status"]), str(row.get("note", "")))
    value = row["value"]
    result = {"indicator": name, "country": row["country"], "year": int(row["year"]), "value": value}
    result |= {"censored": interval is not None, "obs_status": row["obs_status"]}
    result |= {column: row[column] for column in SOURCE_COLUMNS}
    if interval is not None:
        return result | {"low": interval.low, "high": interval.high}
    if not absent(value) and float(value).is_integer() and value >= 0:
        chance = counts.garwood(value)
        return result | {"low": value, "high": value, "chance_low": chance.low, "chance_high": chance.high}
    return result


def _frame(results: list[dict[str, Any]]) -> pd.DataFrame:
    table = pd.DataFrame(results, columns=list(SERIES_COLUMNS))
    numbers = dict.fromkeys(("value", "low", "high", "chance_low", "chance_high"), "float64")
    table = table.astype({"year": "Int64", "censored": bool, **numbers})
    return table.sort_values(["indicator", "country", "publisher", "year"], kind="stable", ignore_index=True)


def _verdict(ours: float, theirs: float, other: Mapping[str, Any]) -> str:
    if absent(ours):
        return "incomplete"
    if not absent(theirs):
        return "agrees" if ours == theirs else "differs"
    if other.get("censored"):
        return "compatible" if other["low"] <= ours <= other["high"] else "outside_interval"
    return "incomplete"


def _place(row: Mapping[str, Any]) -> str:
    return ", ".join(str(row[column]) for column in SOURCE_COLUMNS if row.get(column))
