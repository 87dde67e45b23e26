"""Victims by citizenship group: nationals, non-citizens, other EU, third countries; nothing guessed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

import pandas as pd

from thb_analysis.analysis.frames import SOURCE_COLUMNS, UNKNOWN, require
from thb_analysis.analysis.victims import Breakdown

CITIZENSHIP: Final = "citizenship"
FOREIGN_UNKNOWN: Final = "foreign"
"""Foreign, of which group is not stated: neither other EU nor third country."""

ORDER: Final = ("national", "non_citizen", "other_eu", "third_country", FOREIGN_UNKNOWN, UNKNOWN)


def group_of(code: str, codes: pd.DataFrame) -> str:
    """The group of a citizenship by the code list (`code`, `group`); without one, foreign or unknown."""
    if code == UNKNOWN:
        return UNKNOWN
    found = codes.loc[codes["code"] == code, "group"]
    return str(found.iloc[0]) if len(found) and found.iloc[0] else FOREIGN_UNKNOWN


def citizenship_groups(breakdown: Breakdown, codes: pd.DataFrame) -> Breakdown:
    """A one-way breakdown by citizenship with its countries merged into groups, in the order of `ORDER`.

    `codes` is the code list: `code`, `group`, and `heads_group`, “yes” for a code that stands for its whole group.
    The breakdown is then added up here (`derived`), unless every group has one row only.  A group is absent
    where one of its countries has no figure, and where its own row stands beside countries of it and the total does
    not show whether these are in it or beside it (“EU countries 6, Lithuania 2”).

    Raises ValueError for a breakdown by anything else.
    """
    require(codes, ["code", "group", "heads_group"])
    if breakdown.dimensions != (CITIZENSHIP,):
        raise ValueError(f"expected a breakdown by {CITIZENSHIP}, not by {', '.join(breakdown.dimensions)}")
    heads = set(codes.loc[codes["heads_group"] == "yes", "code"])
    groups = [group_of(str(code), codes) for code in breakdown.rows[CITIZENSHIP]]
    parts = breakdown.rows.assign(**{CITIZENSHIP: groups})
    results: list[dict[str, Any]] = []
    for code in [code for code in ORDER if code in groups]:
        rows = _once(parts[parts[CITIZENSHIP] == code], breakdown, heads)
        gap = rows[rows["value"].isna()]
        first = (gap if len(gap) else rows).iloc[0]
        single = len(rows) == 1
        if (
            code == FOREIGN_UNKNOWN
            and breakdown.covers != "all"
            and {"other_eu", "third_country"} & set(groups)
        ):
            rows = rows.assign(value=float("nan"))  # foreigners of known groups may be among them
        results.append(
            {
                CITIZENSHIP: code,
                "value": float(rows["value"].sum(skipna=False)),
                "obs_status": first["obs_status"],
                **{column: first[column] if single else "" for column in SOURCE_COLUMNS},
            }
        )
    table = pd.DataFrame(results, columns=[CITIZENSHIP, "value", "obs_status", *SOURCE_COLUMNS])
    merged = breakdown.derived or len(results) < len(parts)
    return replace(breakdown, rows=table, derived=merged)


def _once(rows: pd.DataFrame, breakdown: Breakdown, heads: set[str]) -> pd.DataFrame:
    """The rows of a group of which no two have the same persons; without a value where that is not known."""
    own = breakdown.rows.loc[rows.index, CITIZENSHIP].isin(heads)
    if breakdown.covers == "all" or not own.any() or own.all():
        return rows
    inner = float(rows.loc[~own, "value"].sum())
    if breakdown.total is not None and breakdown.parts - inner == breakdown.total:
        return rows[own]
    return rows[own].assign(value=float("nan"), obs_status="")


def pooled_years(year: int, first_year: int, size: int = 3) -> list[tuple[int, ...]]:
    """The periods of `size` years, none overlapping another, that end with `year`; the earliest may be cut off.

    The latest first.  A period that would begin before `first_year` is left out.
    """
    periods = []
    end = year
    while end - size + 1 >= first_year:
        periods.append(tuple(range(end - size + 1, end + 1)))
        end -= size
    return periods


def present(
    breakdowns: Sequence[Breakdown], dimensions: tuple[str, ...], identification: str
) -> Breakdown | None:
    """The breakdown by exactly these dimensions, None where the year has none."""
    for one in breakdowns:
        if one.dimensions == dimensions and one.identification == identification:
            return one
    return None
