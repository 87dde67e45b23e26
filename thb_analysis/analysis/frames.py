"""What every tidy table has in common, and how one series a group is taken from it."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from typing import Any, Final

import pandas as pd

from thb_analysis.definitions import DEMOGRAPHIC as DEMOGRAPHIC
from thb_analysis.definitions import OF_WHOM

TOTAL: Final = "_T"
UNKNOWN: Final = "_U"
WITHHELD: Final = "Q"
"""obs_status of a figure that its publisher hides."""
MONEY: Final = "EUR"
JOINED: Final = "+"
"""Between the parts of a combined code."""

SOURCE_COLUMNS: Final = ("source_file", "source_sheet", "source_cell")
COMMON_COLUMNS: Final = (
    "year",
    "value",
    "unit",
    "obs_status",
    "institution",
    *SOURCE_COLUMNS,
    "note",
)
"""The columns of every tidy table that are no dimension."""


def of_all(frame: pd.DataFrame, chosen: Sequence[str]) -> pd.DataFrame:
    """The rows of a tidy table that are of all whom it counts: with the total in each dimension that says of whom.

    Those `chosen`, by which a series is told apart or was picked, are left alone.
    """
    for name in frame.columns.intersection(sorted(OF_WHOM.difference(chosen))):
        frame = frame[frame[name] == TOTAL]
    return frame


class AmbiguousTableError(ValueError):
    """Several figures answer to one group and year; the message names them and the columns to choose by."""


def dimensions(frame: pd.DataFrame) -> list[str]:
    """The dimension columns of a tidy table, in their order."""
    return [column for column in frame.columns if column not in COMMON_COLUMNS]


def require(frame: pd.DataFrame, columns: Sequence[str]) -> None:
    """Raise ValueError naming every column that the table lacks."""
    missing = [column for column in columns if column not in frame.columns]
    if missing:
        raise ValueError(f"the table has no column {', '.join(missing)}; it has {', '.join(frame.columns)}")


def yearly(frame: pd.DataFrame) -> pd.DataFrame:
    """The rows of single years (a published total over several years has none), with `year` as int."""
    kept = frame[frame["year"].notna()].copy()
    kept["year"] = kept["year"].astype("int64")
    return kept


def series(frame: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """One row per group of `by` and year, sorted: of the other dimensions the totals.

    A dimension that has but one code throughout is no breakdown and stays as it is.
    Raises ValueError when a column of `by` is absent, AmbiguousTableError when more than one row remains.
    """
    require(frame, [*by, "year", "value", "unit", "obs_status"])
    rows = yearly(frame)
    for dimension in dimensions(rows):
        if dimension not in by and rows[dimension].nunique(dropna=False) > 1:
            rows = rows[rows[dimension] == TOTAL]
    keys = [*by, "year"]
    twice = rows[rows.duplicated(keys, keep=False)]
    if len(twice):
        first = twice.iloc[0]
        same = twice[(twice[keys] == first[keys]).all(axis=1)]
        differing = [c for c in same.columns if c not in keys and same[c].nunique(dropna=False) > 1]
        named = ", ".join(f"{key}={first[key]}" for key in keys)
        raise AmbiguousTableError(
            f"{len(same)} rows for {named}: they differ by {', '.join(differing) or 'nothing'}; "
            "choose rows, or add a column to `by`"
        )
    return rows.sort_values(keys, kind="stable").reset_index(drop=True)


def groups(frame: pd.DataFrame, by: Sequence[str]) -> Iterator[tuple[tuple[Hashable, ...], pd.DataFrame]]:
    """Each group's codes and its rows; a single group with no codes when `by` is empty."""
    if not by:
        yield (), frame
        return
    for codes, rows in frame.groupby(list(by), sort=True, dropna=False):
        yield tuple(codes), rows


def absent(value: Any) -> bool:
    """Whether a value is not there (None, NaN or NA)."""
    return bool(pd.isna(value))
