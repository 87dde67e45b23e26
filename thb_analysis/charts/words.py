"""The words of a chart, made from its data: names, the finding, the text alternative, the source line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from thb_analysis.analysis.frames import MONEY, TOTAL, absent
from thb_analysis.analysis.sentences import nothing, quantity
from thb_analysis.language import Language

LONGEST_LIST = 60
"""A text alternative lists at most so many figures; beyond that it points to the data file."""


def named(codes: Mapping[str, Any], language: Language, short: bool = False) -> str:
    """A series by its codes (dimension: code), totals left out: “Sexual exploitation, women”."""
    name = language.short if short else language.label
    person = f"charts.person.{codes.get('sex')}.{codes.get('age_group')}"
    parts = []
    if language.has(person):  # “girls”, not “women, children”
        parts.append(language.text(person))
        codes = {
            dimension: code for dimension, code in codes.items() if dimension not in ("sex", "age_group")
        }
    for dimension, code in codes.items():
        if code != TOTAL:
            key = f"charts.short.{dimension}"
            words = name(dimension, str(code))
            parts.append(language.text(key, code=words) if short and language.has(key) else words)
    return ", ".join(parts) if parts else language.text("charts.total")


def capital(words: str) -> str:
    """With a capital first letter."""
    return words[:1].upper() + words[1:]


def figure_text(row: Mapping[str, Any], language: Language) -> str:
    """A figure as it is read: the number, the amount, or why there is none."""
    if absent(row["value"]):
        return nothing(str(row.get("obs_status") or ""), language)
    if row["unit"] == MONEY:
        return language.money(row["value"])
    return language.number(row["value"])


def source_line(frame: pd.DataFrame, language: Language, source: str = "") -> str:
    """Where the figures come from: as said, else the files that the rows name."""
    if not source:
        files = sorted({str(name) for name in frame.get("source_file", []) if not absent(name) and name})
        source = ", ".join(files) if files else language.text("charts.source_unknown")
    return language.text("charts.source", source=source)


def finding(rows: pd.DataFrame, by: Sequence[str], subject: str, language: Language) -> str:
    """The title of a trend chart: what the latest year's verdicts allow to be said."""
    present = rows[rows["value"].notna()]
    if present.empty:
        return language.text("charts.finding.none", subject=subject)
    year = int(present["year"].max())
    latest = present[present["year"] == year]
    changes = [
        language.text(f"charts.finding.{verdict}", series=_series(found, by, language))
        for verdict in ("rise", "fall")
        if len(found := latest[latest["verdict"] == verdict])
    ]
    if changes:
        return language.text("charts.finding.change", subject=subject, year=year, changes="; ".join(changes))
    tested = latest["verdict"].isin(("no_reliable_change", "unchanged", "both_zero"))
    if tested.any() and not latest["verdict"].isin(("batches", "amount", "planned")).any():
        return language.text("charts.finding.no_reliable_change", subject=subject, year=year)
    most = latest[latest["value"] == latest["value"].max()]
    amount = quantity(float(most["value"].iloc[0]), str(most["unit"].iloc[0]), language)
    if len(rows[list(by)].drop_duplicates()) < 2 or not by:
        return language.text("charts.finding.single", subject=subject, year=year, amount=amount)
    if most["value"].iloc[0] == 0:
        return language.text("charts.finding.all_zero", subject=subject, year=year)
    return language.text(
        "charts.finding.most", subject=subject, year=year, amount=amount, series=_series(most, by, language)
    )


def _series(rows: pd.DataFrame, by: Sequence[str], language: Language) -> str:
    names = [named({d: row[d] for d in by}, language, short=True) for row in rows.to_dict("records")]
    return language.enumeration(names)


def alternative(kind: str, title: str, shown: str, lines: Iterable[str], language: Language) -> str:
    """The text alternative: the finding, the kind of chart and what it shows, then the figures."""
    listed = list(lines)
    figures = " ".join(listed) if len(listed) <= LONGEST_LIST else language.text("charts.alt.too_many")
    said = title if title.endswith((".", "?", "!")) else title + "."
    return " ".join([said, language.text(f"charts.alt.{kind}"), shown, figures]).strip()


def extent(frame: pd.DataFrame, language: Language) -> str:
    """From which to which value and year: “2021–2023; values from 0 to 48.”"""
    present = frame[frame["value"].notna()]
    years = frame["year"].dropna()
    if present.empty or years.empty:
        return language.text("charts.alt.no_values")
    ends = [
        figure_text(present.loc[place], language)
        for place in (present["value"].idxmin(), present["value"].idxmax())
    ]
    return language.text(
        "charts.alt.extent",
        first_year=int(years.min()),
        last_year=int(years.max()),
        low=ends[0],
        high=ends[1],
    )
