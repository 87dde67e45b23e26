"""Countries and publishers side by side: small panels on one scale, withheld counts as open intervals."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Final

import pandas as pd
from matplotlib import patheffects
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from thb_analysis.analysis.frames import absent
from thb_analysis.analysis.sentences import nothing
from thb_analysis.charts import style, words
from thb_analysis.charts.sheet import Chart, Heading, Sheet, text_height, text_width, wrap
from thb_analysis.language import Language

HEIGHT: Final = 1.35
BELOW: Final = 0.45
GAP: Final = 0.35
LINE_FROM: Final = 5
"""Fewer points are not joined by a line."""


@style.applied()
def countries(
    series: pd.DataFrame,
    language: Language,
    names: Mapping[tuple[str, str], str],
    years: Sequence[int],
    *,
    title: str,
    subtitle: str,
    column: str = "value",
    ends: tuple[str, str] = ("chance_low", "chance_high"),
    withheld: tuple[str, str] = ("low", "high"),
    decimals: int | None = None,
    notes: Sequence[str] = (),
    source: str = "",
) -> Chart:
    """One panel for each (country, publisher) of `names`, in their order, all on one scale and over `years`.

    `series`: as from `analysis.international.totals` or `rates`; `column`: what is drawn, `ends`: its interval of
    chance, `withheld`: the range of a withheld count, drawn as an open bar with “<” at its foot, never as a dot.
    A year without a figure says so.  Raises ValueError when no panel has a row.
    """
    years = list(years)
    rows = series[series["year"].isin(years)]
    panels = [(name, _of(rows, key)) for key, name in names.items()]
    if not any(by_year for _, by_year in panels):
        raise ValueError("nothing to draw: no series has a figure in these years")
    usable = style.WIDTH - 2 * style.MARGIN
    across = 2 if len(panels) > 1 and len(years) <= 8 else 1
    highest = _highest(panels, column, ends, withheld)
    widest = language.number(math.ceil(10 * highest) / 10 + 0.1 if decimals else math.ceil(highest))
    left = text_width(widest, style.TICK_SIZE) + 0.12
    width = (usable - left - GAP * (across - 1)) / across
    titles = [wrap(name, width, style.PANEL_SIZE, "bold") for name, _ in panels]
    head = text_height(max(map(len, titles)), style.PANEL_SIZE) + 0.1
    bands = -(-len(panels) // across)
    told = [*notes]
    if any(row.get("censored") for _, by_year in panels for row in by_year.values()):
        told.append(language.text("international.chart.withheld"))
    heading = Heading(title, subtitle, [*told, words.source_line(rows, language, source)])
    sheet = Sheet(heading, bands * (head + HEIGHT + BELOW))
    step = width / len(years) * style.POINTS
    told_values = [
        written(row, language, column, decimals)
        for _, by_year in panels
        for row in by_year.values()
        if row.get("censored") or not absent(row[column])
    ]
    longest = max((text_width(text, style.NOTE_SIZE) for text in told_values), default=0.0) * style.POINTS
    room = longest + 8 if longest > step - 1 else style.LABEL_SIZE * 1.7
    ceiling = highest / (1 - room / (HEIGHT * style.POINTS))
    for place, (lines, (_, by_year)) in enumerate(zip(titles, panels, strict=True)):
        band, column_place = divmod(place, across)
        x = left + column_place * (width + GAP)
        top = band * (head + HEIGHT + BELOW) + head
        sheet.text(x, top - 0.1, "\n".join(lines), va="bottom", fontsize=style.PANEL_SIZE, fontweight="bold")
        axes = sheet.axes(x, top, width, HEIGHT)
        axes.set_xlim(-0.5, len(years) - 0.5)
        axes.set_ylim(0, ceiling)
        _scale(axes, years, ceiling, width, language, numbers=column_place == 0)
        _join(axes, by_year, years, column)
        for position, year in enumerate(years):
            _point(axes, position, by_year.get(year), step, language, column, ends, withheld, decimals)
    figure = sheet.figure
    figure.data = rows.reset_index(drop=True)
    told_lines = [
        f"{name}: {'; '.join(_told(year, by_year.get(year), language, column, decimals) for year in years)}."
        for name, by_year in panels
    ]
    figure.alt = words.alternative("countries", heading.title, heading.subtitle, told_lines, language)
    return figure


def _of(rows: pd.DataFrame, key: tuple[str, str]) -> dict[int, dict[str, Any]]:
    part = rows[(rows["country"] == key[0]) & (rows["publisher"] == key[1])]
    return {int(row["year"]): row for row in part.to_dict("records")}


def _highest(
    panels: Sequence[tuple[str, dict[int, dict[str, Any]]]],
    column: str,
    ends: tuple[str, str],
    withheld: tuple[str, str],
) -> float:
    values = [
        float(row[name])
        for _, by_year in panels
        for row in by_year.values()
        for name in (column, ends[1], withheld[1] if row.get("censored") else column)
        if not absent(row[name])
    ]
    return max([1e-9, *values]) if values else 1.0


def _scale(
    axes: Axes, years: Sequence[int], ceiling: float, width: float, language: Language, numbers: bool
) -> None:
    every = math.ceil((text_width("0000", style.TICK_SIZE) + 0.06) / (width / len(years)))
    shown = [x for x in range(len(years)) if (len(years) - 1 - x) % every == 0]
    axes.set_xticks(shown, [str(years[x]) for x in shown])
    ticks = [
        t for t in MaxNLocator(nbins=4, integer=ceiling > 4).tick_values(0, ceiling) if 0 <= t <= ceiling
    ]
    axes.set_yticks(ticks, [language.number(round(t, 6)) if numbers else "" for t in ticks])
    axes.yaxis.grid(True, color=style.GRID, linewidth=0.8)


def _point(
    axes: Axes,
    x: int,
    row: Mapping[str, Any] | None,
    step: float,
    language: Language,
    column: str,
    ends: tuple[str, str],
    withheld: tuple[str, str],
    decimals: int | None,
) -> None:
    if row is not None and row.get("censored") and not absent(row[withheld[1]]):
        low, high = (float(row[name]) for name in withheld)
        corners = ([x - 0.12, x + 0.12, x + 0.12, x - 0.12, x - 0.12], [low, low, high, high, low])
        axes.plot(
            *corners, color=style.DARK_BLUE, linewidth=1, linestyle=(0, (2, 1.5)), clip_on=False, zorder=3
        )
        _label(axes, x, high, written(row, language, column, decimals), step)
        return
    if row is None or absent(row[column]):
        said = _why_not(row, language)
        axes.annotate(
            said,
            (x, 0),
            xytext=(0, 4),
            textcoords="offset points",
            ha="center",
            va="bottom",
            rotation=90,
            fontsize=style.NOTE_SIZE,
            color=style.MUTED,
        )
        return
    value, upper = float(row[column]), float(row[column])
    if not absent(row[ends[0]]):
        upper = float(row[ends[1]])
        axes.plot(
            [x, x], [row[ends[0]], upper], color=style.INTERVAL, linewidth=3, solid_capstyle="butt", zorder=2
        )
    axes.plot([x], [value], marker="o", markersize=5.5, color=style.DARK_BLUE, zorder=4, clip_on=False)
    _label(axes, x, upper, written(row, language, column, decimals), step)


def _label(axes: Axes, x: float, y: float, text: str, step: float) -> None:
    size = (
        style.LABEL_SIZE if text_width(text, style.LABEL_SIZE) * style.POINTS < step - 2 else style.NOTE_SIZE
    )
    upright = text_width(text, size) * style.POINTS > step - 1
    axes.annotate(
        text,
        (x, y),
        xytext=(0, 3),
        textcoords="offset points",
        ha="center",
        va="bottom",
        rotation=90 if upright else 0,
        fontsize=size,
        zorder=5,
        path_effects=[patheffects.withStroke(linewidth=2, foreground=style.PAPER)],
    )


def written(row: Mapping[str, Any], language: Language, column: str, decimals: int | None = None) -> str:
    """A figure as it stands in the chart: the number, or “<” and the limit of what was withheld."""
    if row.get("censored"):
        limit = row["high"] + 1 if column == "value" else row[f"{column}_high"]
        return f"<{language.number(limit, decimals)}"
    return language.number(row[column], decimals)


def _told(
    year: int, row: Mapping[str, Any] | None, language: Language, column: str, decimals: int | None
) -> str:
    if row is not None and (row.get("censored") or not absent(row[column])):
        return f"{year}: {written(row, language, column, decimals)}"
    return f"{year}: {_why_not(row, language)}"


def _why_not(row: Mapping[str, Any] | None, language: Language) -> str:
    """Why there is no point: no figure, or a count too small for a rate."""
    if row is not None and not absent(row["value"]):
        return language.text("international.chart.few")
    return nothing("" if row is None else str(row["obs_status"]), language)


def _join(axes: Axes, by_year: Mapping[int, Mapping[str, Any]], years: Sequence[int], column: str) -> None:
    """A thin line over years without a gap, where there are points enough."""
    runs: list[list[int]] = [[]]
    for year in years:
        if year in by_year and not absent(by_year[year][column]):
            runs[-1].append(year)
        else:
            runs.append([])
    for run in runs:
        if len(run) >= LINE_FROM:
            places = [years.index(year) for year in run]
            values = [by_year[year][column] for year in run]
            axes.plot(places, values, color=style.DARK_BLUE, linewidth=1, zorder=3)
