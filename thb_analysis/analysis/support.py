"""Support and assets: rehabilitation clients as a flow, amounts seized."""

from __future__ import annotations

from typing import Any, Final

import pandas as pd

from thb_analysis.analysis.frames import (
    JOINED,
    MONEY,
    SOURCE_COLUMNS,
    TOTAL,
    WITHHELD,
    AmbiguousTableError,
    absent,
    require,
    yearly,
)

CARRIED_OVER: Final = "previous_year"
NEW: Final = "this_year"

NAMED: Final = {"carried_over": CARRIED_OVER, "new": NEW, "total": TOTAL}

FLOW_COLUMNS: Final = (
    "year",
    "unit",
    "carried_over",
    "new",
    "total",
    "parts",
    "leavers",
    "withheld",
    "verdict",
    *SOURCE_COLUMNS,
)


def rehabilitation(frame: pd.DataFrame) -> pd.DataFrame:
    """The clients of each year: carried over + new = total; who left follows from the next year's carry-over.

    Columns: `year`, `unit`, `carried_over`, `new`, `total` (as published; absent where it was not), `parts`
    (the sum of the two), `leavers` (clients of the year less those carried over into the next; absent in the
    last year and before a gap), `withheld` (which of these the publisher withholds, joined by `+`), `verdict`:
    `closes` (parts = total), `no_total` (only the parts are known), `incomplete` (a part is absent), `withheld`
    (a part or the total is), `contradiction` (parts differ from the total, or more are carried over into the next
    year than there were clients), and the source columns of the total, or of the carried-over where there is none.
    Raises ValueError when a column is missing, AmbiguousTableError when a figure is there twice.
    """
    require(frame, ["started", "year", "value", "unit"])
    rows = yearly(frame)
    if rows.duplicated(["year", "started"]).any():
        raise AmbiguousTableError(
            "rehabilitation clients: a year gives a figure twice; choose an institution"
        )
    by_year: dict[int, dict[str, dict[str, Any]]] = {}
    for row in rows.sort_values("year", kind="stable").to_dict("records"):
        by_year.setdefault(int(row["year"]), {})[str(row["started"])] = row
    results = [_flow(year, found, by_year.get(year + 1, {})) for year, found in by_year.items()]
    table = pd.DataFrame(results, columns=list(FLOW_COLUMNS))
    for column in ("year", "carried_over", "new", "total", "parts", "leavers"):
        table[column] = table[column].astype("Int64")
    return table


def seized(frame: pd.DataFrame) -> pd.DataFrame:
    """Amounts seized by article and year, as published: no interval, no test (a few items make the whole).

    Columns: `article`, `year`, `value`, `unit`, `obs_status`, `difference` (to the year before, absent where
    it has no figure), `verdict`: `amount` or `not_comparable` (no figure), source columns.
    """
    require(frame, ["article", "year", "value", "unit", "obs_status"])
    from thb_analysis.analysis.trends import trend

    found = trend(frame[frame["unit"] == MONEY], by=("article",))
    return found[["article", "year", "value", "unit", "obs_status", "difference", "verdict", *SOURCE_COLUMNS]]


def seized_totals(frame: pd.DataFrame) -> pd.DataFrame:
    """Published totals over several years beside the sum of the years.

    Columns: `article`, `published`, `summed`, `first_year`, `last_year`, `verdict` (`agrees`, `differs`,
    `incomplete`: a year has no figure), source columns.  Compared to the cent.
    """
    require(frame, ["article", "year", "value", "unit"])
    results = []
    for total in frame[frame["year"].isna() & frame["value"].notna()].to_dict("records"):
        years = yearly(frame[frame["article"] == total["article"]])
        complete = len(years) > 0 and bool(years["value"].notna().all())
        summed = float(years["value"].sum())
        agrees = round(100 * summed) == round(100 * float(total["value"]))
        results.append(
            {
                "article": total["article"],
                "published": total["value"],
                "summed": round(summed, 2),
                "first_year": int(years["year"].min()) if len(years) else None,
                "last_year": int(years["year"].max()) if len(years) else None,
                "verdict": ("agrees" if agrees else "differs") if complete else "incomplete",
                **{column: total.get(column, "") for column in SOURCE_COLUMNS},
            }
        )
    columns = ["article", "published", "summed", "first_year", "last_year", "verdict", *SOURCE_COLUMNS]
    return pd.DataFrame(results, columns=columns)


def _flow(
    year: int, found: dict[str, dict[str, Any]], following: dict[str, dict[str, Any]]
) -> dict[str, Any]:
    carried, new, total = (_count(found, code) for code in (CARRIED_OVER, NEW, TOTAL))
    withheld = {name for name, code in NAMED.items() if _is_withheld(found, code)}
    if "total" in withheld or _is_withheld(following, CARRIED_OVER):
        withheld.add("leavers")
    parts = None if carried is None or new is None else carried + new
    clients = parts if total is None else total
    staying = _count(following, CARRIED_OVER)
    leavers = None if clients is None or staying is None else clients - staying
    if (total is not None and parts is not None and parts != total) or (leavers is not None and leavers < 0):
        verdict = "contradiction"
    elif withheld & {"carried_over", "new", "total"}:
        verdict = "withheld"
    elif parts is None:
        verdict = "incomplete"
    else:
        verdict = "no_total" if total is None else "closes"
    source = found.get(TOTAL) or found.get(CARRIED_OVER) or found.get(NEW) or {}
    return {
        "year": year,
        "unit": source.get("unit", ""),
        "carried_over": carried,
        "new": new,
        "total": total,
        "parts": parts,
        "leavers": leavers,
        "withheld": JOINED.join(name for name in (*NAMED, "leavers") if name in withheld),
        "verdict": verdict,
        **{column: source.get(column, "") for column in SOURCE_COLUMNS},
    }


def _is_withheld(found: dict[str, dict[str, Any]], code: str) -> bool:
    return code in found and found[code].get("obs_status") == WITHHELD


def _count(found: dict[str, dict[str, Any]], code: str) -> int | None:
    row = found.get(code)
    return None if row is None or absent(row["value"]) else int(row["value"])
