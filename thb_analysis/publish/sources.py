"""The overview's section on its sources: what each institution gave, and what was noticed in the workbooks."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Any

from thb_analysis.publish.context import Context
from thb_analysis.publish.document import (
    Absent,
    Block,
    Paragraph,
    Row,
    RowGroup,
    Runs,
    Section,
    Source,
    Subheading,
    Table,
)
from thb_analysis.publish.facts import NOT_RECEIVED, places

SHOWN_SEVERITIES = ("error", "warning")
"""Findings that a reader of the overview should know of; the rest is for the record."""


def sources(context: Context) -> Section:
    """Which institution gave figures for which year, and what was noticed in the workbooks."""
    return context.section(
        "sources", [context.paragraph("sources.lead"), *_received(context), *_quality(context)]
    )


def _received(context: Context) -> list[Block]:
    """How many figures each institution's workbooks gave; those asked that gave none are named."""
    from thb_analysis.definitions import load_catalogue

    language = context.language
    counted: dict[tuple[str, int], int] = {}
    for table in context.facts.tables:
        for row in context.facts.rows(table):
            if context.first_year <= row.year <= context.year and row.institution:
                place = row.institution, row.year
                counted[place] = counted.get(place, 0) + 1
    catalogue = load_catalogue()
    asked = {sender for table in catalogue.tables.values() for sender in table.senders}
    known = catalogue.codes["institution"]
    order = language.codes("institution")
    years = range(context.first_year, context.year + 1)
    gave = sorted({who for who, _ in counted if who in order}, key=order.index)
    silent = [who for who in order if who in asked and who not in gave]
    silent = [who for who in silent if any(known[who].valid_in(year) for year in years)]
    rows = []
    for who in gave:
        cells: list[Runs] = []
        for year in years:
            number = counted.get((who, year))
            if number:
                cells.append((language.number(number),))
            else:
                mark = context.text("sources.nothing" if known[who].valid_in(year) else "sources.not_yet")
                cells.append((Absent(mark, NOT_RECEIVED, mark),))
        rows.append(Row((language.label("institution", who),), tuple(cells)))
    columns = (context.text("sources.institution"), *map(str, years))
    notes = [context.say("sources.received_note")]
    if context.edition.is_public:
        notes.append((language.text("edition.received"),))
    blocks: list[Block] = []
    if rows:
        caption = context.text("sources.received")
        blocks.append(Table("received", caption, columns, (RowGroup(tuple(rows)),), tuple(notes)))
    if silent:
        names = "; ".join(language.label("institution", who) for who in silent)
        blocks.append(context.paragraph("sources.silent", institutions=names))
    return blocks


def _quality(context: Context) -> list[Block]:
    """What was noticed in the workbooks of these years, in a reader's words, by file."""
    frame = context.findings
    rows = [row for row in frame.to_dict("records") if _concerns(context, str(row["source_file"]))]
    shown = [row for row in rows if row["severity"] in SHOWN_SEVERITIES]
    title = Subheading(context.text("quality.title"))
    rest = len(rows) - len(shown)
    more: list[Block] = [Paragraph(context.say("quality.rest", n=rest))] if rest else []
    if not shown:
        return [title, context.paragraph("quality.none"), *more]
    if context.edition.is_public:  # findings quote cells
        return [title, Paragraph((context.language.text("edition.findings", n=len(shown)),))]
    groups = []
    for severity in SHOWN_SEVERITIES:
        part = _alike(context, [row for row in shown if row["severity"] == severity])
        if part:
            groups.append(RowGroup(part, context.text(f"quality.{severity}")))
    columns = tuple(context.text(f"quality.{name}") for name in ("place", "message"))
    caption = context.text("quality.caption")
    table = Table("findings", caption, columns, tuple(groups), words=frozenset({1}))
    return [title, context.paragraph("quality.lead", n=len(shown)), table, *more]


def _alike(context: Context, found: list[dict[str, Any]]) -> tuple[Row, ...]:
    """Findings of one kind in one file as one row, where the texts have a reader's words for the kind.

    Others stand each for itself, in the words of the findings.  What to do about one is not a reader's concern.
    """
    kinds: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for row in found:
        key: tuple[str, ...] = (_text(row["source_file"]), _text(row["code"]))
        if not context.language.has(f"overview.quality.code.{row['code']}"):
            key = (*key, *(_text(row[name]) for name in ("source_sheet", "source_cell", "found")))
        kinds.setdefault(key, []).append(row)
    made = []
    for (file, code, *own), rows in kinds.items():
        cells = [Source("", file, _text(row["source_sheet"]), _text(row["source_cell"]), "") for row in rows]
        message = _text(rows[0]["message"]) if own else context.text(f"quality.code.{code}", n=len(rows))
        made.append(Row((places(cells),), ((message,),)))
    return tuple(made)


def _concerns(context: Context, file: str) -> bool:
    """Whether a file is of the years that the overview looks at; files of no year concern every overview."""
    folder = PurePosixPath(file).parts[0] if PurePosixPath(file).parts else ""
    return not folder.isdigit() or context.first_year <= int(folder) <= context.year


def _text(value: Any) -> str:
    return "" if value is None or value != value else str(value)
