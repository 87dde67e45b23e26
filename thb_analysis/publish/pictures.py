"""Charts in the overview: drawn by the charts room, saved beside the page, shown in it with their text."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from thb_analysis.publish.context import Context
from thb_analysis.publish.document import Block, Picture

if TYPE_CHECKING:
    import pandas as pd

    from thb_analysis.charts.sheet import Chart


FEWEST_YEARS = 2
"""Figures of a single year are as plain in their table."""


def picture(context: Context, table: str) -> list[Block]:
    """The chart of a table over the years; nothing when there are not figures of at least two years to draw.

    Breakdowns whose totals nobody published are no such figures.
    The picture, its data and its text are saved below the folder of figures, where the overview has one.
    """
    from thb_analysis.charts.save import save

    frame = context.frame(table)
    if frame is None or not _of_several_years(frame):
        return []
    subject = context.stage(table)
    senders = _senders(context, frame)
    chart = _chart(context, frame, subject, senders if table in context.edition.protected else "")
    if chart is None:
        return []
    name = context.edition.file(table, context.language.lang)
    with tempfile.TemporaryDirectory() as passing:
        stem = (context.figures or Path(passing)) / name
        save(chart, stem, chart.data, chart.alt)
        svg = stem.with_name(f"{name}.svg").read_text(encoding="utf-8")
        png = stem.with_name(f"{name}.png").read_bytes()
    caption = context.text("pictures.caption", subject=subject)
    source = context.text("pictures.source", institutions=senders)
    return [Picture(f"figure-{table}", svg, chart.alt, caption, source, png)]


def _chart(context: Context, frame: pd.DataFrame, subject: str, source: str) -> Chart | None:
    """Clients as a flow, money as amounts, counts as panels with their intervals; `source` where no file is named."""
    from thb_analysis.analysis.frames import of_all
    from thb_analysis.analysis.support import rehabilitation
    from thb_analysis.analysis.trends import trend
    from thb_analysis.charts.flow import flow
    from thb_analysis.charts.rows import amounts
    from thb_analysis.charts.trends import trend_panels

    if "started" in frame.columns:
        return flow(rehabilitation(frame), context.language, subject, source=source)
    if "identification" in frame.columns:
        frame = frame[frame["identification"] == "identified"]
    by = ("article",) if "article" in frame.columns else ()
    found = trend(of_all(frame, (*by, "identification")), by=by)
    if not _of_several_years(found):
        return None
    draw = amounts if (frame["unit"] == "EUR").all() else trend_panels
    return draw(found, context.language, subject, source=source)


def _of_several_years(frame: pd.DataFrame) -> bool:
    return int(frame.loc[frame["value"].notna(), "year"].nunique()) >= FEWEST_YEARS


def _senders(context: Context, frame: pd.DataFrame) -> str:
    """The institutions that a chart's figures came from."""
    named = dict.fromkeys(str(code) for code in frame["institution"] if code)
    return context.language.enumeration(context.language.label("institution", code) for code in named)
