"""Counts over the years: one small panel a series, all on one scale, dots with their exact intervals."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd
from matplotlib import patheffects
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from thb_analysis.analysis.counts import LEVEL
from thb_analysis.analysis.frames import MONEY, absent, groups
from thb_analysis.analysis.sentences import nothing
from thb_analysis.analysis.trends import BREAKS, RESULT_COLUMNS
from thb_analysis.charts import hidden, style, words
from thb_analysis.charts.rows import amounts
from thb_analysis.charts.sheet import Chart, Heading, Sheet, text_height, text_width, wrap
from thb_analysis.language import Language

LINE_FROM: Final = 5
"""Fewer points are not joined by a line."""

PANEL_HEIGHT: Final = 1.5
LOW_PANEL: Final = 1.15
"""Where panels stand below each other: such a chart leaves words and a table room on its page."""

SMALLEST_LABEL: Final = 7.0
"""Values that would need smaller letters stand upright."""

BELOW: Final = 0.5
GAP: Final = 0.3
HOLLOW: Final = frozenset({"P", "E"})
"""obs_status letters drawn hollow: the figure is not final."""


@dataclass(frozen=True, slots=True)
class _Plan:
    """What all panels share: places (inches), years, the scale, and where values are written."""

    years: list[int]
    columns: int
    width: float
    height: float
    left: float
    ceiling: float
    beside: bool
    size: float
    upright: bool

    @property
    def step(self) -> float:
        """From one year to the next, in points."""
        return self.width / (len(self.years) + 0.1) * style.POINTS


@style.applied()
def trend_panels(
    trend_frame: pd.DataFrame,
    language: Language,
    subject: str,
    title: str = "",
    source: str = "",
    level: float = LEVEL,
    cases: Sequence[str] = (),
    until: int | None = None,
) -> Chart:
    """Small multiples of a frame from `analysis.trends.trend`, one panel per group.

    The columns before `year` tell the series apart.  `subject` is what is counted, as the title names it
    (“Persons convicted”); `title` replaces the finding made from the verdicts; `source` the list of files in
    the source line; `level` is that of the frame's intervals.  With a column `mark` (`analysis.cases.marked`)
    a figure made by a single case carries it, and `cases` says beneath what each mark means.

    The years shown end with the last of the frame, or with `until` where that is later: it has no figure then.
    A year without a figure says why; a real zero is a dot on the axis; figures not final are hollow; a dashed
    line stands before a break in the series.  Five points and more are joined by a thin line.  Amounts of
    money are drawn by `amounts`.  Raises
    ValueError for an empty frame.
    """
    if trend_frame.empty:
        raise ValueError("nothing to draw: the table has no rows")
    if (trend_frame["unit"] == MONEY).all():
        return amounts(trend_frame, language, subject, title, source)
    by = list(trend_frame.columns)[: trend_frame.columns.get_loc("year")]
    if trend_frame.duplicated([*by, "year"]).any():
        raise ValueError(f"several rows for one year: the columns {by} do not tell the series apart")
    series = [(dict(zip(by, codes, strict=True)), rows) for codes, rows in groups(trend_frame, by)]
    names = [words.capital(words.named(codes, language)) for codes, _ in series]
    plan = _plan(trend_frame, names, [rows for _, rows in series], language, until)
    heading = _heading(trend_frame, by, language, subject, title, source, level, cases)
    titles = [wrap(name, plan.width, style.PANEL_SIZE, "bold") for name in names]
    bands = [titles[start : start + plan.columns] for start in range(0, len(titles), plan.columns)]
    heights = [text_height(max(map(len, band)), style.PANEL_SIZE) for band in bands]
    sheet = Sheet(heading, sum(heights) + len(bands) * (plan.height + BELOW) - 0.05)
    for place, (lines, (_, rows)) in enumerate(zip(titles, series, strict=True)):
        band, column = divmod(place, plan.columns)
        left = plan.left + column * (plan.width + GAP)
        top = sum(heights[: band + 1]) + band * (plan.height + BELOW)
        bold = {"fontsize": style.PANEL_SIZE, "fontweight": "bold"}
        sheet.text(left, top, "\n".join(lines), va="bottom", **bold)
        axes = sheet.axes(left, top + 0.1, plan.width, plan.height)
        _draw(axes, rows, plan, language, scale=column == 0)
    return _described(sheet.figure, trend_frame, by, language, heading)


def _highest(frame: pd.DataFrame) -> float:
    present = frame[["value", "high"]].max().max()
    return 1.0 if absent(present) or present <= 0 else float(present)


def _plan(
    frame: pd.DataFrame,
    names: Sequence[str],
    series: Sequence[pd.DataFrame],
    language: Language,
    until: int | None,
) -> _Plan:
    """As many columns as leave each year room for its label, at most three."""
    last = max(int(frame["year"].max()), until or 0)
    years = list(range(int(frame["year"].min()), last + 1))
    top = _highest(frame)
    usable = style.WIDTH - 2 * style.MARGIN
    left = text_width(language.number(math.ceil(top)), style.TICK_SIZE) + 0.12
    columns = min(3, len(names))
    values = [_label(row, language) for row in frame.to_dict("records") if not absent(row["value"])]
    widest = max((text_width(value, style.LABEL_SIZE) for value in values), default=0.0)
    while columns > 1 and _panel_width(usable, left, columns) / (len(years) + 0.1) < max(0.36, widest + 0.05):
        columns -= 1
    width = _panel_width(usable, left, columns)
    if len(names) == 1:
        width = min(width, max(2.6, 0.75 * len(years)))
    joined = any(int(rows["value"].notna().sum()) >= LINE_FROM for rows in series)
    step = width / (len(years) + 0.1)
    beside = not joined and widest * style.POINTS + 9 <= 0.6 * step * style.POINTS
    size = (
        style.LABEL_SIZE
        if widest + 0.04 <= step
        else max(SMALLEST_LABEL, style.LABEL_SIZE * step / (widest + 0.04))
    )
    upright = widest * size / style.LABEL_SIZE + 0.03 > step
    above = widest * style.POINTS + 6 if upright else style.LABEL_SIZE * 1.6
    room = 6 if beside else above
    height = LOW_PANEL if len(names) > columns else PANEL_HEIGHT
    ceiling = top / (1 - room / (height * style.POINTS))
    return _Plan(years, columns, width, height, left, ceiling, beside, size, upright)


def _label(row: Mapping[str, Any], language: Language) -> str:
    """The number beside a dot, with its mark where a single case makes it."""
    return language.number(row["value"]) + _mark(row)


def _panel_width(usable: float, left: float, columns: int) -> float:
    return (usable - left - GAP * (columns - 1)) / columns


def _draw(axes: Axes, rows: pd.DataFrame, plan: _Plan, language: Language, scale: bool) -> None:
    years = plan.years
    axes.set_xlim(-0.45, len(years) - 0.35)
    axes.set_ylim(0, plan.ceiling)
    _scale(axes, plan, language, scale, empty=not rows["value"].notna().any())
    by_year = {int(row["year"]): row for row in rows.to_dict("records")}
    if int(rows["value"].notna().sum()) >= LINE_FROM:
        _join(axes, by_year, years)
    for x, year in enumerate(years):
        row = by_year.get(year, {"value": math.nan, "obs_status": ""})
        if row["obs_status"] in BREAKS and x > 0:
            axes.axvline(x - 0.5, color=style.AXIS, linewidth=0.8, linestyle=(0, (3, 2)), zorder=1)
        if hidden.is_hidden(row):
            hidden.draw(axes, x, 0, language, beside=False)
        elif absent(row["value"]):
            _say_nothing(axes, x, row, plan.step, language)
        else:
            _dot(axes, x, row, plan, language)


def _dot(axes: Axes, x: int, row: Mapping[str, Any], plan: _Plan, language: Language) -> None:
    beside = plan.beside
    value = float(row["value"])
    upper = value
    if not absent(row["low"]):
        upper = float(row["high"])
        axes.plot(
            [x, x],
            [row["low"], upper],
            color=style.INTERVAL,
            linewidth=3,
            solid_capstyle="butt",
            zorder=2,
            clip_on=False,
        )
    face = style.PAPER if row["obs_status"] in HOLLOW else style.DARK_BLUE
    axes.plot(
        [x],
        [value],
        marker="o",
        markersize=6,
        markerfacecolor=face,
        markeredgecolor=style.DARK_BLUE,
        markeredgewidth=1.3,
        zorder=4,
        clip_on=False,  # a dot on the axis is a whole dot
    )
    low_down = value < 0.06 * axes.get_ylim()[1]
    offset, anchor = ((6, 4 if low_down else 0), value) if beside else ((0, 4), upper)
    axes.annotate(
        _label(row, language),
        (x, anchor),
        xytext=offset,
        textcoords="offset points",
        ha="left" if beside else "center",
        va="center" if beside else "bottom",
        fontsize=plan.size,
        rotation=90 if plan.upright else 0,
        zorder=5,
        path_effects=[patheffects.withStroke(linewidth=2, foreground=style.PAPER)],
    )


def _say_nothing(axes: Axes, x: int, row: Mapping[str, Any], step: float, language: Language) -> None:
    """In place of a dot: why there is none; upright where the column is too narrow."""
    said = nothing(str(row["obs_status"]), language)
    stacked = said.replace(" ", "\n")
    widest = max(text_width(word, style.NOTE_SIZE) for word in stacked.split("\n")) * style.POINTS
    upright = widest > step - 3
    axes.annotate(
        said if upright else stacked,
        (x, 0),
        xytext=(0, 4),
        textcoords="offset points",
        ha="center",
        va="bottom",
        rotation=90 if upright else 0,
        fontsize=style.NOTE_SIZE,
        color=style.MUTED,
        linespacing=1.1,
    )


def _join(axes: Axes, by_year: Mapping[int, Mapping[str, Any]], years: list[int]) -> None:
    """A thin line over neighbouring years; a gap and a break stay open."""
    for x, year in enumerate(years[1:], start=1):
        before, after = by_year.get(year - 1), by_year.get(year)
        if before is None or after is None or absent(before["value"]) or absent(after["value"]):
            continue
        if after["obs_status"] not in BREAKS and before["obs_status"] != "D":
            ends = [before["value"], after["value"]]
            axes.plot([x - 1, x], ends, color=style.DARK_BLUE, linewidth=1, zorder=3, clip_on=False)


def _scale(axes: Axes, plan: _Plan, language: Language, numbers: bool, empty: bool) -> None:
    years = plan.years
    every = math.ceil((text_width("0000", style.TICK_SIZE) * style.POINTS + 4) / plan.step)
    shown = [x for x in range(len(years)) if (len(years) - 1 - x) % every == 0]
    axes.set_xticks(shown, [str(years[x]) for x in shown])
    ticks = MaxNLocator(nbins=4, integer=True).tick_values(0, plan.ceiling)
    ticks = [int(tick) for tick in ticks if 0 <= tick <= plan.ceiling]
    if empty and plan.ceiling < 2:
        ticks = [0]  # nothing anywhere: no scale to read
    axes.set_yticks(ticks, [language.number(tick) if numbers else "" for tick in ticks])
    axes.yaxis.grid(True, color=style.GRID, linewidth=0.8)


def _heading(
    frame: pd.DataFrame,
    by: Sequence[str],
    language: Language,
    subject: str,
    title: str,
    source: str,
    level: float,
    cases: Sequence[str],
) -> Heading:
    unit = str(frame["unit"].dropna().iloc[0])
    shown = language.text("charts.trend.subtitle", unit=language.label("unit", unit))
    notes = []
    if frame["low"].notna().any():
        shown += " " + language.text("charts.trend.dots", level=language.percent(100 * level))
        notes.append(language.text("charts.trend.interval"))
    if frame["obs_status"].isin(HOLLOW).any():
        notes.append(language.text("charts.trend.hollow"))
    if frame["obs_status"].isin(BREAKS).any():
        notes.append(language.text("charts.trend.break"))
    if (frame["verdict"] == "batches").any():
        notes.append(language.text("charts.trend.batches"))
    notes += hidden.note(frame.to_dict("records"), language)
    source_line = words.source_line(frame, language, source)
    finding = title or words.finding(frame, by, subject, language)
    return Heading(finding, shown, [*cases, " ".join(notes), source_line])


def _mark(row: Mapping[str, Any]) -> str:
    return f" {row['mark']}" if row.get("mark") and not absent(row["value"]) else ""


def _described(
    figure: Chart, frame: pd.DataFrame, by: Sequence[str], language: Language, heading: Heading
) -> Chart:
    kept = [*by, *(column for column in (*RESULT_COLUMNS, "mark") if column in frame.columns)]
    figure.data = frame[kept].reset_index(drop=True)
    lines = []
    for codes, rows in groups(frame, by):
        name = words.capital(words.named(dict(zip(by, codes, strict=True)), language, short=True))
        figures = "; ".join(
            f"{row['year']}: {words.figure_text(row, language)}{_mark(row)}"
            for row in rows.to_dict("records")
        )
        lines.append(f"{name}: {figures}.")
    shown = f"{heading.subtitle} {words.extent(frame, language)}"
    lines += heading.notes[:-2]  # what the marks mean
    figure.alt = words.alternative("trend", heading.title, shown, lines, language)
    return figure
