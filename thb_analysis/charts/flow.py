"""Rehabilitation clients as a flow: carried over and new make a year's clients; who left stands beside."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import pandas as pd
from matplotlib.axes import Axes

from thb_analysis.analysis.frames import JOINED, WITHHELD, absent
from thb_analysis.analysis.sentences import nothing, quantity
from thb_analysis.charts import hidden, style, words
from thb_analysis.charts.sheet import Chart, Heading, Sheet, text_width
from thb_analysis.language import Language

ROW: Final = 0.42
HEAD: Final = 0.5
BESIDE: Final = 0.4
"""Room to the right of the longest bar for a number that does not fit into it."""

COLUMN: Final = 1.0
"""Width of the two columns of numbers (total, left) in inches."""

PARTS: Final = (("carried_over", style.DARK_BLUE, style.PAPER), ("new", style.ORANGE, style.TEXT))
"""The two parts of a bar: column, colour, colour of the number in it."""


@style.applied()
def flow(
    rehabilitation: pd.DataFrame, language: Language, subject: str, title: str = "", source: str = ""
) -> Chart:
    """A frame from `analysis.support.rehabilitation` as stacked bars, one a year, with total and leavers
    beside.

    `subject` names the clients' service; `title` replaces the finding; `source` the list of files.
    A number that does not fit into its part of the bar stands above or beside it.  Raises ValueError for an
    empty frame.
    """
    if rehabilitation.empty:
        raise ValueError("nothing to draw: the table has no rows")
    records = _every_year(rehabilitation)
    heading = Heading(
        title or _finding(records, language, subject),
        language.text("charts.flow.subtitle"),
        [
            *([language.text("charts.hidden", mark=hidden.sign(language))] if _any_hidden(records) else []),
            words.source_line(rehabilitation, language, source),
        ],
    )
    left = text_width("0000", style.LABEL_SIZE) + 0.15
    sheet = Sheet(heading, HEAD + ROW * len(records))
    width = sheet.body_width - left - 2 * COLUMN
    _legend(sheet, left, width, language)
    axes = sheet.axes(left, HEAD, width, ROW * len(records))
    longest = max((sum(_parts(record)) for record in records), default=0)
    scale = max(longest, 1) / (width - BESIDE)  # clients an inch
    axes.set_xlim(0, scale * width)
    axes.set_ylim(len(records) - 0.5, -0.5)
    axes.set_xticks([])
    axes.spines["bottom"].set_visible(False)
    axes.set_yticks(range(len(records)), [str(record["year"]) for record in records])
    axes.tick_params(axis="y", labelsize=style.LABEL_SIZE)
    for row, record in enumerate(records):
        _bar(axes, row, record, 1 / scale, language)
        for place, column in enumerate(("total", "leavers"), start=1):
            value = record["parts"] if column == "total" and absent(record["total"]) else record[column]
            said = _drawn(record, column, value, row == len(records) - 1, language)
            sheet.text(
                left + width + place * COLUMN - 0.05,
                HEAD + (row + 0.5) * ROW,
                said,
                va="center",
                ha="right",
                fontsize=style.NOTE_SIZE if absent(value) else style.LABEL_SIZE,
                fontweight="bold" if column == "total" else "normal",
                color=style.MUTED if absent(value) else style.TEXT,
            )
    return _described(sheet.figure, rehabilitation, records, heading, language)


def _every_year(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows by year, with a row of nothing for a year that is not there."""
    found = {int(row["year"]): row for row in frame.to_dict("records")}
    nothing_there = dict.fromkeys(("carried_over", "new", "total", "parts", "leavers", "withheld"))
    years = range(min(found), max(found) + 1)
    return [{**found.get(year, nothing_there), "year": year} for year in years]


def _parts(record: dict[str, Any]) -> list[int]:
    return [0 if absent(record[name]) else int(record[name]) for name, _, _ in PARTS]


def _is_hidden(record: dict[str, Any], name: str) -> bool:
    return absent(record[name]) and name in str(record["withheld"] or "").split(JOINED)


def _any_hidden(records: Sequence[dict[str, Any]]) -> bool:
    return any(record["withheld"] for record in records)


def _drawn(record: dict[str, Any], name: str, value: Any, newest: bool, language: Language) -> str:
    """A figure of the columns: the number, the sign of a hidden one, or that there is none (yet: who leaves
    a year is told by the next)."""
    if newest and name == "leavers":
        return language.text("charts.flow.pending")
    return hidden.sign(language) if absent(value) and _is_hidden(record, name) else _number(value, language)


def _bar(axes: Axes, row: int, record: dict[str, Any], inches: float, language: Language) -> None:
    if all(absent(record[name]) and not _is_hidden(record, name) for name, _, _ in PARTS):
        said = nothing("", language)
        axes.annotate(said, (0, row), (4, 0), textcoords="offset points", va="center", color=style.MUTED)
        return
    start = 0
    if any(_is_hidden(record, name) for name, _, _ in PARTS):
        hidden.draw(axes, sum(_parts(record)), row, language, beside=True)
    for (name, colour, ink), value in zip(PARTS, _parts(record), strict=True):
        if _is_hidden(record, name):
            continue
        label = _number(record[name], language)
        axes.barh(row, value, left=start, height=0.55, color=colour, edgecolor=style.PAPER, linewidth=1.2)
        fits = text_width(label, style.LABEL_SIZE) + 0.08 < value * inches
        # A number that does not fit stands above the first part, or to the right of the last.
        above = not fits and name == "carried_over"
        axes.annotate(
            label,
            (start + (value / 2 if fits else 0 if above else value), row),
            (0 if fits else 1 if above else 3, 13 if above else 0),
            textcoords="offset points",
            ha="center" if fits else "left",
            va="center",
            color=ink if fits else style.TEXT,
            annotation_clip=False,
        )
        start += value


def _legend(sheet: Sheet, left: float, width: float, language: Language) -> None:
    """What the colours mean, in words and in the order of the parts; the heads of the columns."""
    x = left
    for name, colour, _ in PARTS:
        words_ = language.text(f"charts.flow.{name}")
        sheet.text(x, 0.05, "\N{BLACK SQUARE}", color=colour, fontsize=style.LABEL_SIZE + 3)
        sheet.text(x + 0.2, 0.08, words_)
        x += text_width(words_, style.LABEL_SIZE) + 0.5
    for place, name in enumerate(("total", "leavers"), start=1):
        sheet.text(
            left + width + place * COLUMN - 0.05,
            0.08,
            language.text(f"charts.flow.{name}"),
            ha="right",
            color=style.MUTED,
            fontsize=style.TICK_SIZE,
        )


def _number(value: Any, language: Language) -> str:
    return nothing("", language) if absent(value) else language.number(int(value))


def _finding(records: Sequence[dict[str, Any]], language: Language, subject: str) -> str:
    known = [record for record in records if not (absent(record["total"]) and absent(record["parts"]))]
    if not known:
        return language.text("charts.flow.title_none", subject=subject)
    last = known[-1]
    total = last["parts"] if absent(last["total"]) else last["total"]
    amount = quantity(int(total), "clients", language)
    params = {"subject": subject, "year": last["year"], "amount": amount}
    if absent(last["new"]):
        return language.text("charts.flow.title_short", **params)
    return language.text("charts.flow.title", new=int(last["new"]), **params)


def _described(
    figure: Chart,
    frame: pd.DataFrame,
    records: Sequence[dict[str, Any]],
    heading: Heading,
    language: Language,
) -> Chart:
    figure.data = frame.reset_index(drop=True)
    lines = [
        language.text(
            "charts.flow.line",
            year=record["year"],
            **{
                name: nothing(WITHHELD, language)
                if _is_hidden(record, name)
                else _drawn(record, name, record[name], row == len(records) - 1, language)
                for name in ("carried_over", "new", "total", "leavers")
            },
        )
        for row, record in enumerate(records)
    ]
    figure.alt = words.alternative("flow", heading.title, heading.subtitle, lines, language)
    return figure
