"""Charts in rows: amounts by year, breakdowns as bars, the flow of rehabilitation clients."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from thb_analysis.analysis.frames import MONEY, SOURCE_COLUMNS, TOTAL, UNKNOWN, absent, groups
from thb_analysis.analysis.sentences import sentence
from thb_analysis.analysis.victims import Breakdown
from thb_analysis.charts import hidden, style, words
from thb_analysis.charts.sheet import Chart, Heading, Sheet, text_height, text_width, wrap
from thb_analysis.language import Language

ROW: Final = 0.27
"""Height of a row in inches."""

BAR: Final = 0.62
"""Thickness of a bar as a share of its row."""

SCALE: Final = 0.3
"""Room for the numbers of the scale below a panel."""


@dataclass(frozen=True, slots=True)
class _Panel:
    """One panel of rows: its name, a label for each row, the records behind them."""

    name: str
    labels: list[str]
    records: list[dict[str, Any]]


@style.applied()
def amounts(
    trend_frame: pd.DataFrame, language: Language, subject: str, title: str = "", source: str = ""
) -> Chart:
    """Amounts of money by year as labelled dots, from `analysis.trends.trend` or `analysis.support.seized`.

    No interval and no line; a year without an amount says why.  Parameters as in `trend_panels`.
    Raises ValueError for an empty frame.
    """
    if trend_frame.empty:
        raise ValueError("nothing to draw: the table has no rows")
    by = ["article"] if "article" in trend_frame.columns else []
    years = range(int(trend_frame["year"].min()), int(trend_frame["year"].max()) + 1)
    panels = []
    for codes, rows in groups(trend_frame, by):
        name = words.capital(words.named(dict(zip(by, codes, strict=True)), language))
        found = {int(row["year"]): row for row in rows.to_dict("records")}
        records = [found.get(year, {"value": None, "obs_status": "", "unit": MONEY}) for year in years]
        panels.append(_Panel(name, [str(year) for year in years], records))
    heading = Heading(
        title or words.finding(trend_frame, by, subject, language),
        language.text("charts.amounts.subtitle"),
        [
            language.text("charts.amounts.note"),
            *hidden.note(trend_frame.to_dict("records"), language),
            words.source_line(trend_frame, language, source),
        ],
    )
    figure = _panels(panels, heading, language, _dots)
    return _described(figure, "amounts", trend_frame, panels, heading, language)


@style.applied()
def bars(
    breakdown: Breakdown,
    language: Language,
    subject: str,
    title: str = "",
    source: str = "",
    unit: str = "persons",
) -> Chart:
    """A breakdown from `analysis.victims.breakdowns` as horizontal bars, the largest first, unknown last.

    A mixed breakdown stays as published, row by row; a two-way one has a panel for each code of its second
    dimension, on one scale.  What the parts leave of the total is a row of its own, hollow.
    Raises ValueError for a breakdown without rows.
    """
    if breakdown.rows.empty:
        raise ValueError("nothing to draw: the breakdown has no rows")
    panels = _bar_panels(breakdown, language, unit)
    subtitle = (
        language.text("charts.bars.subtitle_no_total", unit=language.label("unit", unit))
        if breakdown.total is None
        else language.text("charts.bars.subtitle", unit=language.label("unit", unit), total=breakdown.total)
    )
    heading = Heading(
        title or _bar_finding(breakdown, language, subject),
        subtitle,
        [
            sentence(breakdown, language),
            *hidden.note(breakdown.rows.to_dict("records"), language),
            words.source_line(breakdown.rows, language, source),
        ],
    )
    figure = _panels(panels, heading, language, _bars)
    frame = breakdown.rows.assign(year=breakdown.year, unit=unit)
    shown = frame[["year", *breakdown.dimensions, "value", "unit", "obs_status", *SOURCE_COLUMNS]]
    return _described(figure, "bars", shown, panels, heading, language)


def _bar_panels(breakdown: Breakdown, language: Language, unit: str) -> list[_Panel]:
    rows = breakdown.rows.assign(unit=unit)
    records = sorted(rows.to_dict("records"), key=lambda row: _bar_order(row, breakdown.dimensions))
    by_panel = len(breakdown.dimensions) == 2 and not breakdown.mixed
    outer = breakdown.dimensions[1] if by_panel else None
    inner = [dimension for dimension in breakdown.dimensions if dimension != outer]
    names = list(dict.fromkeys(row[outer] for row in records)) if outer else [TOTAL]
    panels = []
    for code in names:
        part = [row for row in records if outer is None or row[outer] == code]
        labels = [words.named({d: row[d] for d in _said(breakdown, inner)}, language) for row in part]
        panels.append(
            _Panel(words.capital(words.named({outer: code}, language)) if outer else "", labels, part)
        )
    if breakdown.covers == "partly" and not by_panel:
        rest = {"value": float(breakdown.not_covered), "unit": unit, "obs_status": "A", "rest": True}
        panels[0].labels.append(language.text("charts.not_covered"))
        panels[0].records.append(rest)
    return panels


def _said(breakdown: Breakdown, inner: list[str]) -> Sequence[str]:
    """The dimensions that name a row: sex and age make one word, also where one of them names the panel."""
    return breakdown.dimensions if set(breakdown.dimensions) == {"sex", "age_group"} else inner


def _bar_order(row: dict[str, Any], dimensions: Sequence[str]) -> tuple[bool, bool, float]:
    """Unknown last, before it what has no figure, before that by size."""
    unknown = any(row[dimension] == UNKNOWN for dimension in dimensions)
    missing = absent(row["value"])
    return unknown, missing, 0.0 if missing else -float(row["value"])


def _bar_finding(breakdown: Breakdown, language: Language, subject: str) -> str:
    present = breakdown.rows[breakdown.rows["value"].notna()]
    params: dict[str, Any] = {"subject": subject, "year": breakdown.year}
    if present.empty:
        key = "withheld" if breakdown.covers == "withheld" else "none"
        return language.text(f"charts.bars.{key}", **params)
    most = present[present["value"] == present["value"].max()]
    value = int(most["value"].iloc[0])
    if value == 0:
        return language.text("charts.bars.all_zero", **params)
    if breakdown.covers == "withheld" and (
        breakdown.total is None or breakdown.total - breakdown.parts > value
    ):
        return language.text("charts.bars.withheld", **params)  # a hidden group may be the largest
    if breakdown.total is not None and breakdown.not_covered > value:
        return language.text("charts.bars.partly", parts=breakdown.parts, total=breakdown.total, **params)
    names = [
        words.named({d: row[d] for d in breakdown.dimensions}, language) for row in most.to_dict("records")
    ]
    params |= {"series": language.enumeration(names), "value": value}
    if breakdown.total is None:
        return language.text("charts.bars.most_no_total", **params)
    return language.text("charts.bars.most", total=breakdown.total, **params)


# -- drawing -----------------------------------------------------------------------------------------------

Draw = Callable[[Axes, Sequence[dict[str, Any]], Language], None]


def _panels(panels: Sequence[_Panel], heading: Heading, language: Language, draw: Draw) -> Chart:
    """Panels one below the other on one scale, row labels at the left."""
    usable = style.WIDTH - 2 * style.MARGIN
    widest = max(text_width(label, style.LABEL_SIZE) for panel in panels for label in panel.labels)
    left = min(widest + 0.12, 0.45 * usable)
    width = usable - left
    wrapped = [[wrap(label, left - 0.12, style.LABEL_SIZE) for label in panel.labels] for panel in panels]
    row = ROW * max(len(lines) for panel in wrapped for lines in panel) ** 0.75
    titles = [wrap(panel.name, usable, style.PANEL_SIZE, "bold") if panel.name else [] for panel in panels]
    heads = [text_height(len(lines), style.PANEL_SIZE) + (0.06 if lines else 0.0) for lines in titles]
    bodies = [row * len(panel.labels) for panel in panels]
    ceiling = _ceiling(panels, width, language)
    sheet = Sheet(heading, sum(heads) + sum(bodies) + len(panels) * (SCALE + 0.1))
    top = 0.0
    for panel, lines, title, head, body in zip(panels, wrapped, titles, heads, bodies, strict=True):
        sheet.text(0, top, "\n".join(title), fontsize=style.PANEL_SIZE, fontweight="bold")
        axes = sheet.axes(left, top + head, width, body)
        axes.set_xlim(0, ceiling)
        axes.set_ylim(len(panel.labels) - 0.5, -0.5)
        axes.set_yticks(range(len(lines)), ["\n".join(part) for part in lines])
        axes.tick_params(axis="y", labelsize=style.LABEL_SIZE)
        ticks = [
            int(t) for t in MaxNLocator(nbins=5, integer=True).tick_values(0, ceiling) if 0 <= t <= ceiling
        ]
        ticks = ticks if any(not absent(r["value"]) for p in panels for r in p.records) else [0]
        axes.set_xticks(ticks, _scale_labels(ticks, width / ceiling, width, language))
        axes.xaxis.grid(True, color=style.GRID, linewidth=0.8)
        axes.spines["bottom"].set_visible(False)
        axes.axvline(0, color=style.AXIS, linewidth=1, zorder=1, clip_on=False)
        draw(axes, panel.records, language)
        top += head + body + SCALE + 0.1
    return sheet.figure


def _ceiling(panels: Sequence[_Panel], width: float, language: Language) -> float:
    """The end of the scale, so that the label of the largest value still fits beside it."""
    ceiling = 1.0
    for panel in panels:
        for record in panel.records:
            if not absent(record["value"]):
                label = text_width(words.figure_text(record, language), style.LABEL_SIZE) + 0.2
                ceiling = max(ceiling, float(record["value"]) / (1 - label / width))
    return ceiling


def _scale_labels(ticks: Sequence[int], inches: float, width: float, language: Language) -> list[str]:
    """The numbers of the scale; every other one left out as long as they would touch; none over the edge."""
    labels = [language.number(tick) for tick in ticks]
    every = 1
    widths = [text_width(label, style.TICK_SIZE) for label in labels]
    widest = max(widths) + 0.1
    while len(ticks) > 1 and every < len(ticks) and (ticks[1] - ticks[0]) * inches * every < widest:
        every += 1
    fits = [
        tick * inches + half / 2 <= width + style.MARGIN for tick, half in zip(ticks, widths, strict=True)
    ]
    return [label if fits[place] and place % every == 0 else "" for place, label in enumerate(labels)]


def _write(axes: Axes, value: float, row: float, label: str, offset: float, **how: Any) -> None:
    axes.annotate(
        label,
        (value, row),
        xytext=(offset, 0),
        textcoords="offset points",
        va="center",
        fontsize=style.LABEL_SIZE,
        zorder=5,
        **how,
    )


def _dots(axes: Axes, records: Sequence[dict[str, Any]], language: Language) -> None:
    for row, record in enumerate(records):
        if hidden.is_hidden(record):
            hidden.draw(axes, 0, row, language, beside=True)
            continue
        label = words.figure_text(record, language)
        if absent(record["value"]):
            _write(axes, 0, row, label, 8, color=style.MUTED)
            continue
        place = ([record["value"]], [row])
        axes.plot(*place, marker="o", markersize=6.5, color=style.DARK_BLUE, zorder=4, clip_on=False)
        _write(axes, record["value"], row, label, 8)


def _bars(axes: Axes, records: Sequence[dict[str, Any]], language: Language) -> None:
    for row, record in enumerate(records):
        if hidden.is_hidden(record):
            hidden.draw(axes, 0, row, language, beside=True)
            continue
        label = words.figure_text(record, language)
        if absent(record["value"]):
            _write(axes, 0, row, label, 5, color=style.MUTED)
            continue
        rest = record.get("rest", False)
        face = style.PAPER if rest else style.DARK_BLUE
        made = axes.barh(row, record["value"], height=BAR, color=face, edgecolor=style.DARK_BLUE, zorder=3)
        if rest:
            made.patches[0].set_linestyle((0, (3, 2)))
        _write(axes, record["value"], row, label, 5)


def _described(
    figure: Chart,
    kind: str,
    frame: pd.DataFrame,
    panels: Sequence[_Panel],
    heading: Heading,
    language: Language,
) -> Chart:
    figure.data = frame.reset_index(drop=True)
    lines = []
    for panel in panels:
        parts = zip(panel.labels, panel.records, strict=True)
        figures = "; ".join(f"{label}: {words.figure_text(record, language)}" for label, record in parts)
        lines.append(f"{panel.name}: {figures}." if panel.name else f"{words.capital(figures)}.")
    shown = f"{heading.subtitle} {words.extent(frame, language)}"
    figure.alt = words.alternative(kind, heading.title, shown, lines, language)
    return figure
