"""The justice chain as a table with dots: stages in rows, years in columns, a block for each article."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

from thb_analysis.analysis.frames import MONEY, absent
from thb_analysis.charts import style, words
from thb_analysis.charts.sheet import Chart, Heading, Sheet, text_height, wrap
from thb_analysis.language import Language

ROW: Final = 0.26
HEAD: Final = 0.3
LARGEST: Final = 0.115
"""Radius of the largest dot in inches."""

SMALLEST: Final = 0.02
"""Radius of the dot of a one, however large the largest number is."""


def stage_table(
    stage_frame: pd.DataFrame, language: Language, subject: str = "", title: str = "", source: str = ""
) -> Chart:
    """A frame from `analysis.justice_chain.stages` as a table: each number beside a dot of matching area.

    Articles stand apart by group, never added; each stage names its unit.  Amounts of money are left out
    (they have their own chart).  A zero is a small ring.  Raises ValueError when no stage is left.
    """
    frame = stage_frame[stage_frame["unit"] != MONEY]
    if frame.empty:
        raise ValueError("nothing to draw: there is no stage with counts")
    years = sorted({int(year) for year in frame["year"]})
    subject = subject or language.text("charts.stages.default_subject")
    heading = Heading(
        title or _finding(frame, language, subject),
        language.text("charts.stages.subtitle"),
        [words.source_line(frame, language, source)],
    )
    blocks = _blocks(frame, language)
    usable = style.WIDTH - 2 * style.MARGIN
    column = min(0.8, 0.58 * usable / len(years))
    left = usable - column * len(years)
    titles = [wrap(block.name, usable, style.PANEL_SIZE, "bold") for block in blocks]
    heads = [text_height(len(lines), style.PANEL_SIZE) + 0.06 for lines in titles]
    above = [text_height(1, style.SUBTITLE_SIZE) + 0.08 if block.group else 0.0 for block in blocks]
    heights = [
        group + head + ROW * len(block.rows) + 0.14
        for group, head, block in zip(above, heads, blocks, strict=True)
    ]
    sheet = Sheet(heading, HEAD + sum(heights))
    largest = max(float(frame["value"].max()), 1.0) if frame["value"].notna().any() else 1.0
    for place, year in enumerate(years):
        sheet.text(left + (place + 0.5) * column, 0.05, str(year), ha="center", fontweight="bold")
    top = HEAD
    for lines, block, group, head, height in zip(titles, blocks, above, heads, heights, strict=True):
        sheet.text(0, top, block.group, fontsize=style.SUBTITLE_SIZE, color=style.MUTED)
        sheet.text(0, top + group, "\n".join(lines), fontsize=style.PANEL_SIZE, fontweight="bold")
        _block(sheet, block.rows, years, (left, top + group + head, column), largest, language)
        top += height
    return _described(sheet.figure, frame, blocks, heading, language)


Row = tuple[str, dict[int, dict[str, Any]]]
"""A stage with its unit, and its records by year."""


@dataclass(frozen=True, slots=True)
class _Block:
    """One article; `group` is the heading of its group, before the first article of it only."""

    group: str
    name: str
    rows: list[Row]


def _finding(frame: pd.DataFrame, language: Language, subject: str) -> str:
    """What the latest year reported for the first article of the list, stage by stage."""
    present = frame[frame["value"].notna()]
    if present.empty:
        return language.text("charts.finding.none", subject=subject)
    year = int(present["year"].max())
    latest = present[present["year"] == year]
    article = latest["article"].iloc[0]
    own = latest[latest["article"] == article].drop_duplicates("stage", keep=False)
    parts = [
        language.text(
            "charts.stages.part", stage=language.text(f"analysis.stage.{row['stage']}"), value=row["value"]
        )
        for row in own.to_dict("records")
    ]
    if not parts:
        return language.text("charts.stages.title", subject=subject)
    named = words.capital(words.named({"article": article}, language, short=True))
    return language.text("charts.stages.finding", article=named, year=year, parts=", ".join(parts))


def _blocks(frame: pd.DataFrame, language: Language) -> list[_Block]:
    """For each article, in the order of the frame's groups: its name and its stages with their years."""
    seen: set[str] = set()
    blocks = []
    order = frame.drop_duplicates("article")
    rank = {group: place for place, group in enumerate(dict.fromkeys(order["group"]))}
    for first in sorted(order.to_dict("records"), key=lambda row: rank[row["group"]]):
        part = frame[frame["article"] == first["article"]]
        rows: list[Row] = []
        for _, stage in part.groupby(["stage", "detail", "unit"], sort=False):
            by_institution = stage["year"].duplicated().any()
            for _, one in stage.groupby("institution" if by_institution else "stage", sort=False):
                record = one.iloc[0]
                name = language.text(f"analysis.stage.{record['stage']}")
                unit = language.label("unit", record["unit"])
                extra = [record["institution"]] if by_institution else []
                named = ", ".join([unit, *extra])
                label = words.capital(language.text("charts.stages.unit", stage=name, unit=named))
                rows.append((label, {int(row["year"]): row for row in one.to_dict("records")}))
        group = first["group"] or "other"
        article = words.capital(words.named({"article": first["article"]}, language))
        head = "" if group in seen else language.text(f"charts.stages.group.{group}")
        seen.add(group)
        blocks.append(_Block(head, article, rows))
    return blocks


def _block(
    sheet: Sheet,
    rows: Sequence[Row],
    years: Sequence[int],
    place: tuple[float, float, float],
    largest: float,
    language: Language,
) -> None:
    left, top, column = place
    axes = sheet.axes(left, top, column * len(years), ROW * len(rows))
    axes.set_xlim(0, len(years))
    axes.set_ylim(len(rows), 0)
    axes.set_xticks([])
    axes.set_yticks([])
    axes.spines["bottom"].set_visible(False)
    for number, (label, by_year) in enumerate(rows):
        sheet.text(0, top + (number + 0.5) * ROW, label, va="center", fontsize=style.TICK_SIZE)
        axes.plot([0, len(years)], [number + 1] * 2, color=style.GRID, linewidth=0.8, zorder=1, clip_on=False)
        for position, year in enumerate(years):
            row = by_year.get(year, {"value": None, "obs_status": "", "unit": ""})
            said = words.figure_text(row, language)
            if absent(row["value"]):
                size = style.NOTE_SIZE - 0.5
                lines = wrap(said, column - 0.04, size)
                axes.text(
                    position + 0.5,
                    number + 0.5,
                    "\n".join(lines),
                    ha="center",
                    va="center",
                    fontsize=size if len(lines) == 1 else size - 0.5,
                    linespacing=1.0,
                    color=style.MUTED,
                )
                continue
            radius = max(LARGEST * (float(row["value"]) / largest) ** 0.5, SMALLEST)
            axes.plot(
                [position + 0.36],
                [number + 0.5],
                marker="o",
                markersize=2 * radius * style.POINTS,
                markerfacecolor=style.DARK_BLUE if row["value"] else style.PAPER,
                markeredgecolor=style.DARK_BLUE,
                markeredgewidth=0.0 if row["value"] else 0.8,
                zorder=3,
            )
            axes.text(position + 0.56, number + 0.5, said, va="center", fontsize=style.LABEL_SIZE)


def _described(
    figure: Chart,
    frame: pd.DataFrame,
    blocks: Sequence[_Block],
    heading: Heading,
    language: Language,
) -> Chart:
    figure.data = frame.reset_index(drop=True)
    lines = []
    for block in blocks:
        stages = []
        for label, by_year in block.rows:
            figures = ", ".join(
                f"{year}: {words.figure_text(row, language)}" for year, row in by_year.items()
            )
            stages.append(f"{label} – {figures}")
        lines.append(f"{block.name}. {'; '.join(stages)}.")
    figure.alt = words.alternative("stages", heading.title, heading.subtitle, lines, language)
    return figure
