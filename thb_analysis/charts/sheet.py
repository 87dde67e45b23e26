"""The sheet that a chart is drawn on: finding on top, what is shown below it, panels, source line beneath."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path

from thb_analysis.charts import style


class Chart(Figure):  # type: ignore[misc]  # matplotlib counts as untyped
    """A matplotlib figure that carries the data it shows, its finding and its text alternative.

    `data`: the figures drawn; `finding`: the title; `alt`: what a reader who cannot see it is told.
    """

    data: pd.DataFrame
    finding: str = ""
    alt: str = ""

    def _repr_png_(self) -> bytes:
        """So that a notebook shows the chart without pyplot."""
        stream = io.BytesIO()
        with style.applied():
            self.savefig(stream, format="png", dpi=style.PNG_DPI)
        return stream.getvalue()


@dataclass(frozen=True, slots=True)
class Heading:
    """The words around a chart: the finding, what is shown and in which unit, the lines beneath."""

    title: str
    subtitle: str
    notes: Sequence[str] = ()


class Sheet:
    """A figure of the common width whose height follows from its words and its body; lengths in inches.

    The body's origin is its top left corner, y grows downwards.
    """

    def __init__(self, heading: Heading, body_height: float) -> None:
        usable = style.WIDTH - 2 * style.MARGIN
        blocks = [
            (wrap(heading.title, usable, style.TITLE_SIZE, "bold"), style.TITLE_SIZE, "bold", style.TEXT),
            (wrap(heading.subtitle, usable, style.SUBTITLE_SIZE), style.SUBTITLE_SIZE, "normal", style.MUTED),
        ]
        notes = [line for note in heading.notes if note for line in wrap(note, usable, style.NOTE_SIZE)]
        top = style.MARGIN + sum(text_height(len(lines), size) + 0.05 for lines, size, _, _ in blocks) + 0.08
        foot = text_height(len(notes), style.NOTE_SIZE) + 0.1 if notes else 0.0
        self.top = top
        self.height = top + body_height + foot + style.MARGIN
        self.body_height = body_height
        self.body_width = usable
        with style.applied():
            self.figure = Chart(figsize=(style.WIDTH, self.height))
            FigureCanvasAgg(self.figure)
            self.figure.finding = heading.title
            y = style.MARGIN
            for lines, size, weight, colour in blocks:
                self._lines(lines, y, size, weight, colour)
                y += text_height(len(lines), size) + 0.05
            self._lines(notes, top + body_height + 0.1, style.NOTE_SIZE, "normal", style.MUTED)

    def axes(self, left: float, top: float, width: float, height: float) -> Axes:
        """Bare axes at a place of the body."""
        x = (style.MARGIN + left) / style.WIDTH
        y = 1 - (self.top + top + height) / self.height
        made = self.figure.add_axes((x, y, width / style.WIDTH, height / self.height))
        made.set_facecolor("none")
        for side in ("top", "right", "left"):
            made.spines[side].set_visible(False)
        made.spines["bottom"].set_color(style.AXIS)
        made.tick_params(length=0, labelsize=style.TICK_SIZE, labelcolor=style.TEXT, pad=6)
        made.set_axisbelow(True)
        return made

    def text(self, left: float, top: float, words: str, **how: Any) -> None:
        """Words at a place of the body; as in matplotlib otherwise (`va` is top unless said)."""
        x = (style.MARGIN + left) / style.WIDTH
        y = 1 - (self.top + top) / self.height
        how = {"va": "top", "fontsize": style.LABEL_SIZE, "linespacing": style.LINE_HEIGHT, **how}
        self.figure.text(x, y, words, **how)

    def _lines(self, lines: Sequence[str], top: float, size: float, weight: str, colour: str) -> None:
        for place, line in enumerate(lines):
            y = top + place * size * style.LINE_HEIGHT / style.POINTS
            self.figure.text(
                style.MARGIN / style.WIDTH,
                1 - y / self.height,
                line,
                fontsize=size,
                fontweight=weight,
                color=colour,
                va="top",
            )


def text_height(lines: int, size: float) -> float:
    """The height of some lines of text in inches."""
    return lines * size * style.LINE_HEIGHT / style.POINTS


@lru_cache(maxsize=4096)
def text_width(words: str, size: float, weight: str = "normal") -> float:
    """The width of one line of text in inches."""
    font = FontProperties(family="DejaVu Sans", size=size, weight=weight)
    width, _, _ = text_to_path.get_text_width_height_descent(words, font, ismath=False)
    return float(width) * 1.02 / style.POINTS  # hinting on screens makes letters a little wider


def wrap(words: str, width: float, size: float, weight: str = "normal") -> list[str]:
    """Words broken into lines of at most `width` inches; a single longer word is broken inside."""
    lines: list[str] = []
    line = ""
    for word in words.split(" "):
        candidate = f"{line} {word}" if line else word
        if text_width(candidate, size, weight) <= width:
            line = candidate
            continue
        if line:
            lines.append(line)
        line = word
        while text_width(line, size, weight) > width and len(line) > 1:
            fits = max(
                (n for n in range(1, len(line)) if text_width(line[:n] + "-", size, weight) <= width),
                default=1,
            )
            lines.append(line[:fits] + "-")
            line = line[fits:]
    return [*lines, line] if line else lines
