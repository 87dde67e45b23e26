"""Plan measures as traffic lights: one mark a measure, told apart by shape, with the counts beside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import pandas as pd

from thb_analysis.analysis.measures import NO_STATUS, STATUSES
from thb_analysis.charts import style, words
from thb_analysis.charts.grid import SLOT, mark
from thb_analysis.charts.sheet import Chart, Heading, Sheet, text_height, text_width, wrap
from thb_analysis.language import Language

LIGHTS: Final[Mapping[str, str]] = {
    "done": "full",
    "partly_done": "half",
    "not_done": "cross",
    "not_needed": "dash",
    NO_STATUS: "hollow",
}
"""The mark of each status."""

STEP: Final = 0.17
"""From one mark to the next, in inches."""

COUNT: Final = 0.78
LINE: Final = 0.24


@style.applied()
def lights(
    tally: pd.DataFrame,
    language: Language,
    by: str,
    *,
    title: str,
    names: Mapping[str, str],
    notes: Sequence[str] = (),
    source: str = "",
) -> Chart:
    """A tally from `analysis.measures.tally` by one column, as marks in rows with their counts.

    `names`: what each code of `by` is called.  Statuses that occur nowhere have no column.
    Raises ValueError for an empty tally.
    """
    if tally.empty:
        raise ValueError("nothing to draw: there are no measures")
    shown = [status for status in (*STATUSES, NO_STATUS) if int(tally[status].sum())]
    heading = Heading(
        title,
        language.text("evaluation.lights.subtitle"),
        [*notes, words.source_line(tally, language, source)],
    )
    usable = style.WIDTH - 2 * style.MARGIN
    counts = usable - COUNT * len(shown)
    records = tally.to_dict("records")
    labels = [names[str(row[by])] for row in records]
    widest = max(text_width(label, style.TICK_SIZE) for label in labels) + 0.15
    left = min(widest, 0.38 * usable)
    wrapped = [wrap(label, left - 0.1, style.TICK_SIZE) for label in labels]
    across = max(int((counts - left - 0.1) / STEP), 1)
    rows = [-(-int(row["total"]) // across) for row in records]
    heights = [
        max(LINE * max(lines, 1), text_height(len(label), style.TICK_SIZE)) + 0.08
        for lines, label in zip(rows, wrapped, strict=True)
    ]
    heads = [wrap(_capital(_named(status, language)), COUNT - 0.08, style.TICK_SIZE) for status in shown]
    head = text_height(max(len(lines) for lines in heads), style.TICK_SIZE) + 0.3
    sheet = Sheet(heading, head + sum(heights) + 0.05)
    axes = sheet.axes(0, 0, usable, sheet.body_height)
    axes.set_xlim(0, usable)
    axes.set_ylim(sheet.body_height, 0)
    axes.set_xticks([])
    axes.set_yticks([])
    axes.spines["bottom"].set_visible(False)
    for place, (status, lines) in enumerate(zip(shown, heads, strict=True)):
        x = counts + (place + 0.5) * COUNT
        mark(axes, LIGHTS[status], x, 0.1)
        sheet.text(x, 0.22, "\n".join(lines), ha="center", fontsize=style.TICK_SIZE)
    y = head
    for row, label, height in zip(records, wrapped, heights, strict=True):
        axes.plot([0, usable], [y, y], color=style.GRID, linewidth=0.8, zorder=1, clip_on=False)
        sheet.text(0, y + height / 2, "\n".join(label), va="center", fontsize=style.TICK_SIZE)
        marks = [status for status in shown for _ in range(int(row[status]))]
        high = -(-len(marks) // across)
        for place, status in enumerate(marks):
            line, column = divmod(place, across)
            down = y + height / 2 + (line - (high - 1) / 2) * LINE
            mark(axes, LIGHTS[status], left + SLOT / 2 + column * STEP, down)
        for place, status in enumerate(shown):
            sheet.text(
                counts + (place + 0.5) * COUNT,
                y + height / 2,
                language.number(int(row[status])),
                ha="center",
                va="center",
                color=style.TEXT if row[status] else style.MUTED,
            )
        y += height
    figure = sheet.figure
    figure.data = tally.reset_index(drop=True)
    lines_told = [_told(row, label, shown, language) for row, label in zip(records, labels, strict=True)]
    figure.alt = words.alternative("lights", heading.title, heading.subtitle, lines_told, language)
    return figure


def _named(status: str, language: Language) -> str:
    if status == NO_STATUS:
        return language.text("evaluation.no_status")
    return language.label("status", status)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _told(row: Mapping[str, Any], label: str, shown: Sequence[str], language: Language) -> str:
    parts = ", ".join(f"{_named(status, language)} {language.number(int(row[status]))}" for status in shown)
    return f"{label}: {parts}."
