"""How good the data are: who answered and with what, what is missing, what was found, revised and reconciled."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Final

import pandas as pd

from thb_analysis.analysis.frames import absent, require
from thb_analysis.analysis.where import Figure, figures

ABSENT: Final = ("M", "Z", "L", "Q", "X")
"""The kinds of nothing that a completeness table tells apart (see the code list obs_status)."""

ANSWERED: Final = "answered"
SILENT: Final = "no_answer"
NOT_ASKED: Final = "not_asked"

AT_MOST: Final = "at_most"
BESIDE: Final = "beside"

ANSWER_COLUMNS: Final = (
    "institution",
    "year",
    "state",
    "files",
    "sheets",
    "tables",
    "figures",
    "stated",
)


def answers(evidence: pd.DataFrame, asked: Mapping[str, Sequence[int]], years: Sequence[int]) -> pd.DataFrame:
    """Which institution answered in which year, and with what.

    `evidence`: a row for every figure of every workbook, as `Study.said` gives them (`institution`, `vintage`,
    `table`, `value`, `source_file`, `source_sheet`); `asked`: the years in which an institution existed and is
    asked, by institution.
    One row per institution and year.  Columns: `institution`, `year` (of the workbook), `state` (`answered`;
    `no_answer`: asked, and no workbook is there; `not_asked`), `files`, `sheets`, `tables` (joined by `; `),
    `figures` (cells with a figure or a sign for nothing), `stated` (those with a number).
    When a workbook came is known to the year only: no time of receipt enters the tables.
    """
    require(evidence, ["institution", "vintage", "table", "value", "source_file", "source_sheet"])
    rows = evidence[evidence["vintage"].astype(str) != ""].copy()
    rows["year"] = rows["vintage"].astype(int)
    institutions = sorted({*asked, *rows["institution"]} - {""})
    found = {(code, year): part for (code, year), part in rows.groupby(["institution", "year"], sort=True)}
    results = []
    for institution in institutions:
        for year in years:
            part = found.get((institution, year))
            waiting = SILENT if year in asked.get(institution, ()) else NOT_ASKED
            results.append(
                {"institution": institution, "year": year, "state": waiting, "figures": 0, "stated": 0}
                | dict.fromkeys(("files", "sheets", "tables"), "")
                if part is None
                else {
                    "institution": institution,
                    "year": year,
                    "state": ANSWERED,
                    "files": _joined(part["source_file"]),
                    "sheets": _joined(part["source_sheet"]),
                    "tables": _joined(part["table"]),
                    "figures": len(part[["source_file", "source_sheet", "source_cell"]].drop_duplicates())
                    if "source_cell" in part
                    else len(part),
                    "stated": int((part["value"].astype(str) != "").sum()),
                }
            )
    return pd.DataFrame(results, columns=list(ANSWER_COLUMNS))


def completeness(tables: Mapping[str, pd.DataFrame], years: Sequence[int]) -> pd.DataFrame:
    """How many figures each table has for each year, and how many of them say nothing, by kind.

    One row per table and year, also where there is none.  Columns: `table`, `year`, `figures`, `stated` (with a
    number, or a status for measures), one column for each code of `ABSENT`, `other` (absent for another reason).
    """
    results = []
    for name, frame in tables.items():
        value = "value" if "value" in frame.columns else "status"
        for year in years:
            part = frame[frame["year"] == year]
            stated = part[value].notna() & (part[value].astype(str) != "")
            if {"low", "high"} <= set(part.columns):  # a range is a figure
                stated |= part["low"].notna() | part["high"].notna()
            kinds = part.loc[~stated, "obs_status"].value_counts()
            row: dict[str, Any] = {"table": name, "year": year, "figures": len(part)}
            row |= {"stated": int(stated.sum()), **{kind: int(kinds.get(kind, 0)) for kind in ABSENT}}
            row["other"] = row["figures"] - row["stated"] - sum(row[kind] for kind in ABSENT)
            results.append(row)
    return pd.DataFrame(results, columns=["table", "year", "figures", "stated", *ABSENT, "other"])


def findings_by_kind(findings: pd.DataFrame, files: Sequence[str] | None = None) -> pd.DataFrame:
    """How often each kind of finding occurs, the gravest first, with the first place and what to do.

    `files` limits it to those source files.  Columns: `severity`, `code`, `number`, `files`, `first_place`,
    `message`, `suggestion`.
    """
    rows = findings if files is None else findings[findings["source_file"].isin(set(files))]
    order = {severity: place for place, severity in enumerate(("error", "warning", "info"))}
    results = []
    for (severity, code), part in rows.groupby(["severity", "code"], sort=True):
        first = part.iloc[0]
        place = [str(first[name]) for name in ("source_file", "source_sheet", "source_cell") if first[name]]
        results.append(
            {
                "severity": severity,
                "code": code,
                "number": len(part),
                "files": part["source_file"].nunique(),
                "first_place": ", ".join(place),
                "message": first["message"],
                "suggestion": first["suggestion"],
            }
        )
    columns = ["severity", "code", "number", "files", "first_place", "message", "suggestion"]
    table = pd.DataFrame(results, columns=columns)
    table["_rank"] = [order.get(severity, len(order)) for severity in table["severity"]]
    table = table.sort_values(["_rank", "number", "code"], ascending=[True, False, True], kind="stable")
    return table.drop(columns="_rank").reset_index(drop=True)


def revised(revisions: pd.DataFrame) -> pd.DataFrame:
    """Revisions with the size of the change: the columns of `revisions.csv`, then `year` and `difference`.

    `difference` is absent where a side is no number.
    """
    require(revisions, ["table", "key", "old_value", "new_value"])
    rows = revisions.copy()
    keys = [dict(part.partition("=")[::2] for part in str(key).split(";")) for key in rows["key"]]
    rows["year"] = [key.get("year", "") for key in keys]
    old, new = (pd.to_numeric(rows[name], errors="coerce") for name in ("old_value", "new_value"))
    return rows.assign(difference=(new - old).astype("float64")).reset_index(drop=True)


def reconcile(tables: Mapping[str, pd.DataFrame], rules: pd.DataFrame) -> pd.DataFrame:
    """What one institution says beside what another says of the same or of a part of it.

    `rules` (from the catalogue): `rule`, `left`, `left_where`, `relation` (`at_most` or `beside`), `right`,
    `right_where`, `each` (a dimension that both have, or nothing).
    Columns: `rule`, `year`, `each`, `code`, `left`, `left_value`, `left_unit`, `right`, `right_value`,
    `right_unit`, `relation`, `verdict` (`holds`; `contradiction`: the part exceeds its whole; `beside`: two
    figures, not comparable as part and whole; `incomplete`: a side has no figure), `left_place`, `right_place`.
    Units that differ are shown, never divided.  Rules about tables that are not there give no rows.
    """
    results = []
    for rule in rules.to_dict("records"):
        if rule["left"] not in tables or rule["right"] not in tables:
            continue
        each = [rule["each"]] if rule["each"] else []
        left = figures(tables[rule["left"]], rule["left_where"], each)
        right = figures(tables[rule["right"]], rule["right_where"], each)
        for key in sorted({*left, *right}, key=str):
            if key not in left:
                continue  # the whole alone says nothing about a part
            one, other = left[key], right.get(key)
            results.append(
                {
                    "rule": rule["rule"],
                    "year": key[0],
                    "each": rule["each"],
                    "code": key[1] if each else "",
                    "left": rule["left"],
                    "left_value": one.value,
                    "left_unit": one.unit,
                    "right": rule["right"],
                    "right_value": math.nan if other is None else other.value,
                    "right_unit": "" if other is None else other.unit,
                    "relation": rule["relation"],
                    "verdict": _verdict(rule["relation"], one, other),
                    "left_place": one.place,
                    "right_place": "" if other is None else other.place,
                }
            )
    columns = [
        "rule", "year", "each", "code", "left", "left_value", "left_unit", "right", "right_value", "right_unit",
        "relation", "verdict", "left_place", "right_place",
    ]  # fmt: skip
    table = pd.DataFrame(results, columns=columns)
    return table.astype({"left_value": "float64", "right_value": "float64"})


def _verdict(relation: str, one: Figure, other: Figure | None) -> str:
    if other is None or absent(one.value) or absent(other.value):
        return "incomplete"
    if relation == BESIDE:
        return BESIDE
    return "holds" if one.value <= other.value else "contradiction"


def _joined(values: pd.Series) -> str:
    return "; ".join(sorted({str(value) for value in values if value}))
