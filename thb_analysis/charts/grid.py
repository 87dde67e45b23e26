"""A table as a picture: rows of words, figures and marks whose shape alone tells them apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd
from matplotlib.axes import Axes

from thb_analysis.charts import style, words
from thb_analysis.charts.sheet import Chart, Heading, Sheet, text_height, text_width, wrap
from thb_analysis.language import Language

SLOT: Final = 0.2
"""Room for a mark beside its words, in inches."""

PAD: Final = 0.05
LINE_PAD: Final = 0.1
GROUP: Final = 0.3

MARKS: Final[Mapping[str, Mapping[str, Any]]] = {
    "full": {"marker": "o", "markerfacecolor": style.DARK_BLUE, "fillstyle": "full"},
    "half": {"marker": "o", "markerfacecolor": style.DARK_BLUE, "fillstyle": "left"},
    "hollow": {"marker": "o", "markerfacecolor": style.PAPER},
    "cross": {"marker": "X", "markerfacecolor": style.ORANGE, "markersize": 8.0},
    "up": {"marker": "^", "markerfacecolor": style.DARK_BLUE},
    "down": {"marker": "v", "markerfacecolor": style.ORANGE},
    "dash": {"marker": "_", "markeredgecolor": style.MUTED},
    "square": {"marker": "s", "markerfacecolor": style.DARK_BLUE, "markersize": 6.0},
    "half_square": {
        "marker": "s",
        "markerfacecolor": style.DARK_BLUE,
        "fillstyle": "left",
        "markersize": 6.0,
    },
    "box": {"marker": "s", "markerfacecolor": style.PAPER, "markersize": 6.0},
}
"""Marks by name: each has a shape of its own; colour only repeats it."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its head, its width in inches, and where its words stand."""

    head: str
    width: float
    align: str = "left"


@dataclass(frozen=True, slots=True)
class Cell:
    """Words with a mark before them, either of which may be empty."""

    words: str = ""
    mark: str = ""
    muted: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A row; with `group` it stands under a heading of its own."""

    label: str
    cells: Sequence[Cell]
    group: str = ""


def mark(axes: Axes, name: str, x: float, y: float) -> None:
    """Draw a mark by its name at a place of the axes."""
    how: dict[str, Any] = {
        "markersize": 7.0,
        "markeredgecolor": style.DARK_BLUE,
        "markeredgewidth": 1.1,
        "markerfacecoloralt": style.PAPER,
        "linestyle": "none",
        "zorder": 3,
        "clip_on": False,
    }
    axes.plot([x], [y], **(how | dict(MARKS[name])))


@style.applied()
def grid(
    columns: Sequence[Column],
    rows: Sequence[Row],
    language: Language,
    *,
    title: str,
    subtitle: str,
    data: pd.DataFrame,
    notes: Sequence[str] = (),
    source: str = "",
    legend: Sequence[tuple[str, str]] = (),
) -> Chart:
    """Rows and columns of cells; the first column, of row labels, takes the width that the others leave.

    `legend`: marks and what they mean, above the table.  `data`: the figures behind it, saved with it; `notes`
    stand beneath, before the source line.  The text alternative is made from the cells.
    Raises ValueError when there are no rows, or a row has more or fewer cells than there are columns.
    """
    if not rows:
        raise ValueError("nothing to draw: the table has no rows")
    if any(len(row.cells) != len(columns) for row in rows):
        raise ValueError("every row needs a cell for each column")
    heading = Heading(title, subtitle, [*notes, words.source_line(data, language, source)])
    usable = style.WIDTH - 2 * style.MARGIN
    left = usable - sum(column.width for column in columns)
    heads = [wrap(column.head, column.width - PAD, style.TICK_SIZE, "bold") for column in columns]
    top = text_height(max((len(lines) for lines in heads), default=0), style.TICK_SIZE) + 0.08
    key = _legend_lines(legend, usable)
    above = 0.26 * len(key) + (0.08 if key else 0.0)
    lines = [
        [_wrapped(cell, column) for cell, column in zip(row.cells, columns, strict=True)] for row in rows
    ]
    labels = [wrap(row.label, left - 0.1, style.TICK_SIZE) for row in rows]
    heights = [
        text_height(max(len(label), *(len(cell) for cell in cells), 1), style.TICK_SIZE) + LINE_PAD
        for label, cells in zip(labels, lines, strict=True)
    ]
    body = top + sum(heights) + GROUP * sum(bool(row.group) for row in rows) + 0.05
    sheet = Sheet(heading, above + body)
    axes = sheet.axes(0, above, usable, body)
    axes.set_xlim(0, usable)
    axes.set_ylim(body, 0)
    axes.set_xticks([])
    axes.set_yticks([])
    axes.spines["bottom"].set_visible(False)
    _draw_legend(sheet, key)
    x = left
    for column, head in zip(columns, heads, strict=True):
        place = {"left": x, "right": x + column.width - PAD, "center": x + column.width / 2}[column.align]
        sheet.text(
            place,
            above + top - 0.06,
            "\n".join(head),
            ha=column.align,
            va="bottom" if max(map(len, heads)) > 1 else "baseline",
            fontsize=style.TICK_SIZE,
            fontweight="bold",
        )
        x += column.width
    y = top
    for row, label, cells, height in zip(rows, labels, lines, heights, strict=True):
        if row.group:
            sheet.text(
                0,
                above + y + GROUP - 0.05,
                row.group,
                va="bottom",
                fontsize=style.PANEL_SIZE,
                fontweight="bold",
            )
            y += GROUP
        axes.plot([0, usable], [y, y], color=style.GRID, linewidth=0.8, zorder=1, clip_on=False)
        middle = y + height / 2
        sheet.text(0, above + middle, "\n".join(label), va="center", fontsize=style.TICK_SIZE)
        x = left
        for cell, text, column in zip(row.cells, cells, columns, strict=True):
            _cell(sheet, axes, cell, text, column, x, middle, above)
            x += column.width
        y += height
    figure = sheet.figure
    figure.data = data.reset_index(drop=True)
    figure.alt = _alternative(heading, columns, rows, legend, language)
    return figure


def _wrapped(cell: Cell, column: Column) -> list[str]:
    room = column.width - PAD - (SLOT if cell.mark else 0.0)
    if text_width(cell.words, style.TICK_SIZE) > room:  # a fraction breaks at its stroke, not in a number
        return wrap(cell.words.replace("/", "/ "), room, style.TICK_SIZE)
    return [cell.words] if cell.words else []


def _cell(
    sheet: Sheet,
    axes: Axes,
    cell: Cell,
    lines: Sequence[str],
    column: Column,
    x: float,
    middle: float,
    above: float,
) -> None:
    wide = max((text_width(line, style.TICK_SIZE) for line in lines), default=0.0)
    slot = SLOT if cell.mark else 0.0
    if column.align == "left":
        start = x
    elif column.align == "right":
        start = x + column.width - PAD - wide - slot
    else:
        start = x + (column.width - wide - slot) / 2
    if cell.mark:
        mark(axes, cell.mark, start + SLOT / 2 - (0.02 if lines else 0.0), middle)
    if lines:
        sheet.text(
            start + slot,
            above + middle,
            "\n".join(lines),
            va="center",
            fontsize=style.TICK_SIZE,
            color=style.MUTED if cell.muted else style.TEXT,
        )


def _legend_lines(legend: Sequence[tuple[str, str]], usable: float) -> list[list[tuple[str, str]]]:
    """The entries of the legend in as many lines as they need."""
    lines: list[list[tuple[str, str]]] = []
    room = 0.0
    for name, meaning in legend:
        wide = SLOT + text_width(meaning, style.TICK_SIZE) + 0.25
        if wide > room:
            lines.append([])
            room = usable
        lines[-1].append((name, meaning))
        room -= wide
    return lines


def _draw_legend(sheet: Sheet, lines: Sequence[Sequence[tuple[str, str]]]) -> None:
    for place, line in enumerate(lines):
        axes = sheet.axes(0, 0.26 * place, sheet.body_width, 0.24)
        axes.set_xlim(0, sheet.body_width)
        axes.set_ylim(0.24, 0)
        axes.set_xticks([])
        axes.set_yticks([])
        axes.spines["bottom"].set_visible(False)
        x = 0.0
        for name, meaning in line:
            mark(axes, name, x + SLOT / 2 - 0.02, 0.12)
            sheet.text(x + SLOT, 0.26 * place + 0.12, meaning, va="center", fontsize=style.TICK_SIZE)
            x += SLOT + text_width(meaning, style.TICK_SIZE) + 0.25


def _alternative(
    heading: Heading,
    columns: Sequence[Column],
    rows: Sequence[Row],
    legend: Sequence[tuple[str, str]],
    language: Language,
) -> str:
    meanings = dict(legend)
    lines = []
    for row in rows:
        said = []
        for cell, column in zip(row.cells, columns, strict=True):
            parts = [meanings[cell.mark]] if cell.mark in meanings and not cell.words else []
            text = " ".join([*parts, cell.words]).strip()
            if text:
                said.append(f"{column.head}: {text}" if column.head else text)
        group = f"{row.group}. " if row.group else ""
        lines.append(f"{group}{row.label} – {'; '.join(said)}." if said else f"{group}{row.label}.")
    return words.alternative("grid", heading.title, heading.subtitle, lines, language)
