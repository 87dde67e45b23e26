"""Choosing rows of a tidy table by conditions written in a data file, and one figure a year out of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import pandas as pd

from thb_analysis.analysis.frames import JOINED, TOTAL, dimensions, require, yearly
from thb_analysis.definitions import OF_WHOM

AND: Final = ";"
IS: Final = "="
HAS: Final = "~"
"""Between a dimension and a part of its combined codes: “article has this one, alone or with others”."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure a year: its value, absent where a row has none, and where it was read."""

    value: float
    unit: str
    obs_status: str
    rows: int
    place: str


def conditions(text: str) -> list[tuple[str, str, str]]:
    """`a=x;b~y` as (dimension, sign, code).  Raises ValueError for anything else."""
    found = []
    for part in filter(None, (p.strip() for p in text.split(AND))):
        sign = IS if IS in part else HAS
        name, given, code = part.partition(sign)
        if not (given and name.strip() and code.strip()):
            raise ValueError(f"not a condition: {part!r} (expected dimension{IS}code or dimension{HAS}part)")
        found.append((name.strip(), sign, code.strip()))
    return found


def chosen(frame: pd.DataFrame, where: str) -> pd.DataFrame:
    """The rows that answer to every condition; ValueError when a condition names a column that is not there."""
    rows = frame
    for name, sign, code in conditions(where):
        require(rows, [name])
        if sign == IS:
            rows = rows[rows[name] == code]
        else:
            rows = rows[
                rows[name].map(lambda value, part=code: part in str(value).split(JOINED)).astype(bool)
            ]
    return rows


def figures(frame: pd.DataFrame, where: str, each: Sequence[str] = ()) -> dict[tuple[int, ...], Figure]:
    """One figure for each year and code of `each`: the chosen row, or the sum of several combined codes.

    Of dimensions that are not named, the totals.  A sum with an absent part is absent.  Several rows that are no
    combined codes are several figures for one thing: ambiguous, so absent, with the number of rows.
    """
    named = {name for name, _, _ in conditions(where)} | set(each)
    adding = any(sign == HAS for _, sign, _ in conditions(where))
    rows = yearly(chosen(frame, where))
    for dimension in dimensions(rows):
        if dimension not in named and (dimension in OF_WHOM or rows[dimension].nunique(dropna=False) > 1):
            rows = rows[rows[dimension] == TOTAL]
    found: dict[tuple[int, ...], Figure] = {}
    for key, part in rows.groupby(["year", *each], sort=True):
        single = len(part) == 1 or adding
        value = float(part["value"].sum(skipna=False)) if single else float("nan")
        first = part.iloc[0]
        statuses = [status for status in part["obs_status"] if status not in ("", "A")]
        found[tuple(key)] = Figure(
            value,
            str(first["unit"]),
            statuses[0] if statuses else str(first["obs_status"]),
            len(part),
            "; ".join(
                f"{row['source_file']}, {row['source_sheet']}, {row['source_cell']}"
                for row in part.to_dict("records")
            ),
        )
    return found
