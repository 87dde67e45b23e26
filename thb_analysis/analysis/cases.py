"""Single cases so large that they make a year's figure: marked where the figure stands, and named."""

from __future__ import annotations

from typing import Final

import pandas as pd

from thb_analysis.analysis.frames import require
from thb_analysis.analysis.where import IS, conditions, figures

LARGE_SHARE: Final = 0.5
"""From this share of its figure on, a single case is said to make it."""

LETTERS: Final = "abcdefghijklmnopqrstuvwxyz"
"""Marks of cases in a chart, in their order."""

COLUMNS: Final = ("table", "year", "where", "value", "case", "source", "total", "without", "share", "verdict")


def large_cases(cases: pd.DataFrame, table: str, frame: pd.DataFrame, lang: str) -> pd.DataFrame:
    """The named cases of a table, each beside the figure that it is part of.

    `cases` (from the catalogue): `table`, `year`, `where` (conditions on the table's dimensions), `value` (how
    many of the figure belong to the case), `case_lv`, `case_en` (a name without personal data), `source`.
    Columns: those, with `case` in the given language, then `total`: the figure; `without`: the rest of it;
    `share`; `verdict`: `makes_figure` (half of it or more), `part`, `contradiction` (the case is larger than the
    figure), `no_figure`.
    """
    require(cases, ["table", "year", "where", "value", f"case_{lang}", "source"])
    results = []
    for row in cases[cases["table"] == table].to_dict("records"):
        found = figures(frame, str(row["where"])).get((int(row["year"]),))
        total = float("nan") if found is None else found.value
        value = float(row["value"])
        share = value / total if total > 0 else float("nan")
        if total != total:
            verdict = "no_figure"
        elif value > total:
            verdict = "contradiction"
        else:
            verdict = "makes_figure" if share >= LARGE_SHARE else "part"
        results.append(
            {
                "table": table,
                "year": int(row["year"]),
                "where": row["where"],
                "value": value,
                "case": row[f"case_{lang}"],
                "source": row["source"],
                "total": total,
                "without": total - value,
                "share": share,
                "verdict": verdict,
            }
        )
    return pd.DataFrame(results, columns=list(COLUMNS))


def marked(frame: pd.DataFrame, found: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """A trend frame with a column `mark`: the letters of the cases that each figure holds, as “a)”.

    `found`: from `large_cases` of the same table.  A case is marked where every condition of its `where` is a
    column of the frame with that code, and its year is there.  The second result has the mark of each row of
    `found`, empty where the frame has no such figure.
    """
    marks = ["" for _ in range(len(frame))]
    used: list[str] = []
    for case in found.to_dict("records"):
        wanted = conditions(str(case["where"]))
        fits = [
            int(row["year"]) == case["year"]
            and all(sign == IS and row.get(name) == code for name, sign, code in wanted)
            for row in frame.to_dict("records")
        ]
        letter = LETTERS[sum(mark != "" for mark in used) % len(LETTERS)] + ")" if any(fits) else ""
        used.append(letter)
        marks = [
            " ".join(filter(None, (mark, letter if fit else "")))
            for mark, fit in zip(marks, fits, strict=True)
        ]
    return frame.assign(mark=marks), used
