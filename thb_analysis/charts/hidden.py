"""A figure that its publisher withholds, as a chart shows it: a hollow mark on the axis with a sign of its own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from matplotlib.axes import Axes

from thb_analysis.analysis.frames import WITHHELD, absent
from thb_analysis.charts import style
from thb_analysis.language import Language


def is_hidden(record: Mapping[str, Any]) -> bool:
    """Whether there is a figure that is not told."""
    return absent(record["value"]) and record.get("obs_status") == WITHHELD


def sign(language: Language) -> str:
    """The one sign of all figures withheld."""
    return language.text("analysis.hidden.mark")


def note(records: Iterable[Mapping[str, Any]], language: Language) -> list[str]:
    """What the mark means, where any of the records has it."""
    return [language.text("charts.hidden", mark=sign(language))] if any(map(is_hidden, records)) else []


def draw(axes: Axes, x: float, y: float, language: Language, beside: bool) -> None:
    """The mark at a place of the axis, and the sign beside or above it."""
    axes.plot(
        [x],
        [y],
        marker="D",
        markersize=5.5,
        markerfacecolor=style.PAPER,
        markeredgecolor=style.MUTED,
        markeredgewidth=1.1,
        zorder=4,
        clip_on=False,
    )
    axes.annotate(
        sign(language),
        (x, y),
        xytext=(8, 0) if beside else (0, 6),
        textcoords="offset points",
        ha="left" if beside else "center",
        va="center" if beside else "bottom",
        fontsize=style.LABEL_SIZE,
        fontweight="bold",
        color=style.MUTED,
        zorder=5,
    )
