"""The justice chain as a table with dots: stages in rows, years in columns, a block for each article."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd
from matplotlib.axes import Axes

from thb_analysis.analysis.frames import MONEY, absent
from thb_analysis.charts import hidden, style, words
from thb_analysis.charts.sheet import Chart, Heading, Sheet, text_height, text_width, wrap
from thb_analysis.language import Language

ROW: Final = 0.26
HEAD: Final = 0.3
LARGEST: Final = 0.115
"""Radius of the largest dot in inches."""

DOT: Final = 2 * LARGEST + 0.05
"""Room for a dot beside its number."""

NAMES: Final = 2.2
"""The least room for the names of the stages."""

SMALLEST: Final = 0.02
"""Radius of the dot of a one, however large the largest number is."""


@style.applied()
def stage_table(
    stage_frame: pd.DataFrame, language: Language, subject: str = "", title: str = "", source: str = ""
) -> Chart:
    """A frame from `analysis.justice_chain.stages` as a table: each number beside a dot of matching area.

    Articles stand apart by group, never added; each stage names its unit.  Amounts of money are left out
    (they have their own chart).  A zero is a small ring.  Where not all years fit,
    the latest that do are drawn and a note says so.  Raises ValueError when no stage is left.
    """
    frame = stage_frame[stage_frame["unit"] != MONEY]
    if frame.empty:
        raise ValueError("nothing to draw: there is no stage with counts")
    years = sorted({int(year) for year in frame["year"]})
    usable = style.WIDTH - 2 * style.MARGIN
    number = max(
        (text_width(words.figure_text(row, language), style.LABEL_SIZE) for row in _known(frame)), default=0.1
    )
    column = max(0.8, DOT + number + 0.1)
    column = max(min(column, (usable - NAMES) / len(years)), DOT + number + 0.04, 0.62)
    fitting = max(int((usable - NAMES) / column), 1)
    notes = []
    if len(years) > fitting:
        years = years[-fitting:]
        frame = frame[frame["year"] >= years[0]]
        notes.append(language.text("charts.stages.latest", first_year=years[0], last_year=years[-1]))
    subject = subject or language.text("charts.stages.default_subject")
    heading = Heading(
        title or _finding(frame, language, subject),
        language.text("charts.stages.subtitle"),
        [
            *notes,
            *hidden.note(frame.to_dict("records"), language),
            words.source_line(frame, language, source),
        ],
    )
    blocks = _blocks(frame, language)
    left = usable - column * len(years)
    titles = [wrap(block.name, usable, style.PANEL_SIZE, "bold") for block in blocks]
    heads = [text_height(len(lines), style.PANEL_SIZE) + 0.06 for lines in titles]
    above = [text_height(1, style.SUBTITLE_SIZE) + 0.08 if block.group else 0.0 for block in blocks]
    labels = [[wrap(label, left - 0.1, style.TICK_SIZE) for label, _ in block.rows] for block in blocks]
    steps = [
        [max(ROW, text_height(len(lines), style.TICK_SIZE) + 0.08) for lines in block] for block in labels
    ]
    heights = [group + head + sum(step) + 0.14 for group, head, step in zip(above, heads, steps, strict=True)]
    sheet = Sheet(heading, HEAD + sum(heights))
    largest = max(float(frame["value"].max()), 1.0) if frame["value"].notna().any() else 1.0
    for place, year in enumerate(years):
        sheet.text(left + (place + 0.5) * column, 0.05, str(year), ha="center", fontweight="bold")
    top = HEAD
    parts = zip(titles, blocks, above, heads, heights, labels, steps, strict=True)
    for lines, block, group, head, height, names, step in parts:
        sheet.text(0, top, block.group, fontsize=style.SUBTITLE_SIZE, color=style.MUTED)
        sheet.text(0, top + group, "\n".join(lines), fontsize=style.PANEL_SIZE, fontweight="bold")
        records = [[by_year.get(year, NOTHING) for year in years] for _, by_year in block.rows]
        _block(sheet, records, names, step, (left, top + group + head, column), (number, largest), language)
        top += height
    return _described(sheet.figure, frame, blocks, heading, language)


def _known(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return list(frame[frame["value"].notna()].to_dict("records"))


NOTHING: Final = {"value": None, "obs_status": "", "unit": ""}

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
                extra = _details(record["detail"], language)
                if by_institution:
                    extra.append(language.short("institution", record["institution"]))
                label = language.text("charts.stages.unit", stage=", ".join([name, *extra]), unit=unit)
                rows.append((words.capital(label), {int(row["year"]): row for row in one.to_dict("records")}))
        group = first["group"] or "other"
        article = words.capital(words.named({"article": first["article"]}, language))
        head = "" if group in seen else language.text(f"charts.stages.group.{group}")
        seen.add(group)
        blocks.append(_Block(head, article, rows))
    return blocks


def _details(detail: str, language: Language) -> list[str]:
    """What the stage is restricted to, in words: “first instance”."""
    pairs = [part.partition("=") for part in detail.split(";") if part]
    return [language.label(dimension, code) for dimension, _, code in pairs]


def _block(
    sheet: Sheet,
    rows: Sequence[Sequence[Mapping[str, Any]]],
    names: Sequence[Sequence[str]],
    steps: Sequence[float],
    place: tuple[float, float, float],
    largest: tuple[float, float],
    language: Language,
) -> None:
    """The stages of one article: names at the left, a cell for each year, a line below each stage.

    `largest`: the width of the widest number (inches) and the largest number.
    """
    left, top, column = place
    axes = sheet.axes(left, top, column * len(rows[0]), sum(steps))
    axes.set_xlim(0, len(rows[0]))
    axes.set_ylim(sum(steps), 0)
    axes.set_xticks([])
    axes.set_yticks([])
    axes.spines["bottom"].set_visible(False)
    start = 0.0
    for records, lines, step in zip(rows, names, steps, strict=True):
        middle = start + step / 2
        sheet.text(0, top + middle, "\n".join(lines), va="center", fontsize=style.TICK_SIZE)
        for position, record in enumerate(records):
            _cell(axes, position, middle, record, column, largest, language)
        start += step
        axes.plot([0, len(records)], [start, start], color=style.GRID, linewidth=0.8, zorder=1, clip_on=False)


def _cell(
    axes: Axes,
    position: int,
    middle: float,
    record: Mapping[str, Any],
    column: float,
    largest: tuple[float, float],
    language: Language,
) -> None:
    if hidden.is_hidden(record):
        hidden.draw(axes, position + 0.5, middle, language, beside=True)
        return
    said = words.figure_text(record, language)
    if absent(record["value"]):
        size = style.NOTE_SIZE - 0.5
        lines = wrap(said, column - 0.04, size)
        how = {"ha": "center", "va": "center", "linespacing": 1.0, "color": style.MUTED}
        size = size if len(lines) == 1 else size - 0.5
        axes.text(position + 0.5, middle, "\n".join(lines), fontsize=size, **how)
        return
    widest, most = largest
    radius = max(LARGEST * (float(record["value"]) / most) ** 0.5, SMALLEST)
    start = (column - DOT - widest) / 2 / column  # dot and number together stand in the middle of the cell
    axes.plot(
        [position + start + LARGEST / column],
        [middle],
        marker="o",
        markersize=2 * radius * style.POINTS,
        markerfacecolor=style.DARK_BLUE if record["value"] else style.PAPER,
        markeredgecolor=style.DARK_BLUE,
        markeredgewidth=0.0 if record["value"] else 0.8,
        zorder=3,
    )
    axes.text(position + start + DOT / column, middle, said, va="center", fontsize=style.LABEL_SIZE)


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
