"""The overview's sections beside the figures: limits, definitions, revisions."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Any

from thb_analysis.language import LanguageError
from thb_analysis.publish.context import Context
from thb_analysis.publish.document import (
    Block,
    Bullets,
    Paragraph,
    Row,
    RowGroup,
    Run,
    Runs,
    Section,
    Subheading,
    Table,
    Terms,
)
from thb_analysis.publish.facts import TOTAL
from thb_analysis.publish.withheld import withheld


def limits(context: Context) -> Section:
    """What the figures do not say."""
    edition = context.edition
    tables = (*(one.table for one in edition.withheld), *edition.closed, *edition.rounded)
    others = [name for name in dict.fromkeys(tables) if name != "victims"]
    return context.section("limits", [Bullets(_numbered(context, "limits.item")), *withheld(context, others)])


def definitions(context: Context) -> Section:
    """Words, units and marks, and the articles that the overview speaks of."""
    language = context.language
    names = _names(context, "definitions.term")
    terms = Terms(
        tuple(
            (context.text(f"definitions.term.{name}"), context.say(f"definitions.meaning.{name}"))
            for name in names
        )
    )
    marks = Terms(
        tuple((context.text(f"marks.{name}"), context.say(f"marks.{name}_meaning")) for name in MARKS)
    )
    if context.edition.is_public:
        hidden = (language.text("analysis.hidden.mark"), (language.text("edition.hidden_meaning"),))
        marks = Terms((*marks.items, hidden))
    articles = sorted(_articles(context), key=language.codes("article").index)
    blocks: list[Block] = [terms, Subheading(context.text("definitions.marks")), marks]
    if articles:
        listed: list[Runs] = [(language.label("article", code),) for code in articles]
        blocks += [Subheading(context.text("definitions.articles")), Bullets(tuple(listed))]
        blocks.append(context.paragraph("definitions.articles_note", role="note"))
    return context.section("definitions", blocks)


MARKS = ("zero", "dash", "blank", "not_collected", "not_received")
"""The kinds of nothing, in the order in which they are explained."""


def _articles(context: Context) -> set[str]:
    known = set(context.language.codes("article"))
    return {
        part
        for table in context.facts.tables
        for row in context.facts.rows(table)
        if context.first_year <= row.year <= context.year
        for part in row.codes.get("article", "").split("+")
        if part in known and not part.startswith("_")
    }


def _numbered(context: Context, prefix: str) -> tuple[Runs, ...]:
    return tuple(context.say(f"{prefix}.{name}") for name in _names(context, prefix))


def _names(context: Context, prefix: str) -> list[str]:
    """The entries of a table of the text file, in its order."""
    start = f"overview.{prefix}."
    return [key.removeprefix(start) for key in context.language.in_order() if key.startswith(start)]


def revisions(context: Context) -> Section:
    """Figures that a later workbook gave anew."""
    frame = context.revisions
    rows = []
    for row in frame.to_dict("records"):
        key = dict(part.split("=", 1) for part in _text(row["key"]).split(";") if "=" in part)
        year = key.pop("year", "")
        if not year.isdigit() or not context.first_year <= int(year) <= context.year:
            continue
        if not _is_new(context, _text(row["new_source"])):
            continue
        codes = (_coded(context, name, code) for name, code in key.items() if code != TOTAL)
        head = ", ".join([context.stage(str(row["table"])), year, *codes])
        cells: tuple[Runs, ...] = (
            (_value(context, row["old_value"]),),
            (_standing(context, str(row["table"]), _text(row["new_source"]), row["new_value"]),),
            (" → ".join(_text(row[side]).replace("!", ", ") for side in ("old_source", "new_source")),),
        )
        rows.append(Row((head,), cells))
    unlisted: list[Block] = []
    if context.edition.is_public:
        unlisted.append(Paragraph((context.language.text("edition.revisions"),), "note"))
    later = _received_later(context)
    if not rows:
        none = context.paragraph("revisions.none")
        return context.section("revisions", [*(unlisted or [none]), *later])
    columns = tuple(context.text(f"revisions.{name}") for name in ("figure", "old", "new", "source"))
    groups = (RowGroup(tuple(rows)),)
    table = Table("revised", context.text("revisions.caption"), columns, groups, words=frozenset({3}))
    return context.section("revisions", [context.paragraph("revisions.lead"), table, *unlisted, *later])


def _received_later(context: Context) -> list[Block]:
    """Whole files of other publishers that came after the workbooks of the overview's year."""
    from thb_analysis.ingest.words.spans import named_year

    files = {row.file for row in context.facts.rows("international")}
    names = sorted(
        PurePosixPath(file).name
        for file in files
        if (received := named_year(PurePosixPath(file).stem)) and received > context.year
    )
    if not names:
        return []
    return [context.paragraph("revisions.later", year=context.year, files=", ".join(names))]


def _standing(context: Context, table: str, place: str, value: Any) -> Run:
    """A figure that replaced another, leading to its cell where the tables hold it."""
    for row in context.facts.rows(table):
        if f"{row.file}!{row.sheet}!{row.cell}" == place:
            return context.facts.run(row)
    return _value(context, value)


def _is_new(context: Context, place: str) -> bool:
    """Whether a workbook came after those that the last overview was made from; one of no year always did."""
    from thb_analysis.ingest.words.spans import named_year

    path = PurePosixPath(place.split("!")[0].split(",")[0])
    received = named_year(path.stem) or next(filter(None, map(named_year, reversed(path.parts[:-1]))), None)
    return received is None or received >= context.year


def _coded(context: Context, dimension: str, code: str) -> str:
    try:
        return context.language.short(dimension, code)
    except LanguageError:
        return code


def _value(context: Context, value: Any) -> str:
    try:
        return context.language.number(float(value))
    except (TypeError, ValueError):
        return context.text("marks.blank")


def _text(value: Any) -> str:
    return "" if value is None or value != value else str(value)
