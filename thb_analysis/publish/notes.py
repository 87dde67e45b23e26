"""The overview's last sections: limits, definitions, data quality, revisions, and every number's source."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Any

from thb_analysis.language import LanguageError
from thb_analysis.publish.context import Context
from thb_analysis.publish.document import (
    Absent,
    Block,
    Bullets,
    Link,
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
from thb_analysis.publish.facts import NOT_RECEIVED, TOTAL, Observation, places
from thb_analysis.publish.withheld import withheld

SHOWN_SEVERITIES = ("error", "warning")
"""Findings that a reader of the overview should know of; the rest is for the record."""


def limits(context: Context) -> Section:
    """What the figures do not say."""
    others = dict.fromkeys(one.table for one in context.edition.withheld if one.table != "victims")
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


def _quality(context: Context) -> list[Block]:
    """What was noticed in the workbooks of these years, each with its place and what to do."""
    frame = context.findings
    rows = [row for row in frame.to_dict("records") if _concerns(context, str(row["source_file"]))]
    shown = [row for row in rows if row["severity"] in SHOWN_SEVERITIES]
    title = Subheading(context.text("quality.title"))
    rest = len(rows) - len(shown)
    if not shown:
        return [title, context.paragraph("quality.none")]
    if context.edition.is_public:  # findings quote cells
        return [title, Paragraph((context.language.text("edition.findings", n=len(shown)),))]
    groups = []
    for severity in SHOWN_SEVERITIES:
        part = tuple(_finding(row) for row in shown if row["severity"] == severity)
        if part:
            groups.append(RowGroup(part, context.text(f"quality.{severity}")))
    columns = tuple(context.text(f"quality.{name}") for name in ("place", "message"))
    notes = [context.say("quality.rest", n=rest)] if rest else []
    table = Table(
        "findings",
        context.text("quality.caption"),
        columns,
        tuple(groups),
        tuple(notes),
        words=frozenset({1}),
    )
    return [title, context.paragraph("quality.lead", n=len(shown)), table]


def _finding(row: dict[str, Any]) -> Row:
    place = [
        PurePosixPath(_text(row["source_file"])).name,
        _text(row["source_sheet"]),
        _text(row["source_cell"]),
    ]
    message = " ".join(part for part in (_text(row["message"]), _text(row["suggestion"])) if part)
    return Row((", ".join(part for part in place if part),), ((message,),))


def _concerns(context: Context, file: str) -> bool:
    """Whether a file is of the years that the overview looks at; files of no year concern every overview."""
    folder = PurePosixPath(file).parts[0] if PurePosixPath(file).parts else ""
    return not folder.isdigit() or context.first_year <= int(folder) <= context.year


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
        head = ", ".join(
            [context.stage(str(row["table"])), year, *(_coded(context, *item) for item in key.items())]
        )
        cells: tuple[Runs, ...] = (
            (_value(context, row["old_value"]),),
            (_value(context, row["new_value"]),),
            (_text(row["new_source"]).replace("!", ", "),),
        )
        rows.append(Row((head,), cells))
    unlisted: list[Block] = []
    if context.edition.is_public:
        unlisted.append(Paragraph((context.language.text("edition.revisions"),), "note"))
    if not rows:
        none = context.paragraph("revisions.none")
        return context.section("revisions", unlisted or [none])
    columns = tuple(context.text(f"revisions.{name}") for name in ("figure", "old", "new", "source"))
    groups = (RowGroup(tuple(rows)),)
    table = Table("revised", context.text("revisions.caption"), columns, groups, words=frozenset({3}))
    return context.section("revisions", [context.paragraph("revisions.lead"), table, *unlisted])


def _is_new(context: Context, place: str) -> bool:
    """Whether a workbook came after those that the last overview was made from; one of no year always did."""
    from thb_analysis.ingest.labels import named_year

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


def sources(context: Context) -> Section:
    """Which institution gave figures for which year, and what was noticed in the workbooks."""
    return context.section(
        "sources", [context.paragraph("sources.lead"), _received(context), *_quality(context)]
    )


def annex(context: Context) -> Section:
    """Every cell cited, and every number worked out with the cells behind it."""
    blocks: list[Block] = []
    if context.facts.cited():
        blocks += [context.paragraph("annex.lead"), Subheading(context.text("annex.cells")), _cells(context)]
    if context.facts.calculations():
        blocks += [Subheading(context.text("annex.derived")), _derived(context)]
    return context.section("annex", blocks)


def _received(context: Context) -> Table:
    """How many figures each institution's workbooks gave; those asked that gave none too."""
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
    institutions = sorted({who for who, _ in counted if who in order} | asked, key=order.index)
    rows = []
    for who in institutions:
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
    note = context.say("sources.received_note")
    return Table("received", context.text("sources.received"), columns, (RowGroup(tuple(rows)),), (note,))


def _cells(context: Context) -> Table:
    language = context.language
    groups: dict[str, list[Row]] = {}
    for source, observations in context.facts.cited():
        if not source.file:
            row = Row(
                (context.stage(source.sheet),),
                ((language.text("edition.unnamed_what"),), (language.text("edition.unnamed_value"),)),
                key=source.key,
            )
            groups.setdefault(language.text("edition.unnamed_group"), []).append(row)
            continue
        what = "; ".join(dict.fromkeys(_meaning(context, row) for row in observations))
        if revised := context.facts.revision_of(source):
            what = f"{what} ({revised})"
        values = "; ".join(dict.fromkeys(_shown(context, row) for row in observations))
        row = Row(
            (f"{source.sheet}, {source.cell}" if source.sheet else source.cell,),
            ((what,), (values,)),
            key=source.key,
        )
        who, name = _coded_institution(context, source.institution), PurePosixPath(source.file).name
        groups.setdefault(f"{name} – {who}" if who else name, []).append(row)
    columns = tuple(context.text(f"annex.{name}") for name in ("cell", "what", "value"))
    made = tuple(RowGroup(tuple(rows), head) for head, rows in groups.items())
    return Table("cells", context.text("annex.caption"), columns, made, words=frozenset({1}))


def _derived(context: Context) -> Table:
    """Numbers worked out: what was done and from which cells, by kind of work."""
    groups: dict[str, list[Row]] = {}
    for key, how, text, behind in context.facts.calculations():
        linked: list[Run] = []
        for source in behind if len(behind) <= MOST_LINKED else ():
            linked += [", "] if linked else []
            linked.append(Link(context.facts.describe(source), source.key))
        cells: Runs = tuple(linked) or (places(source for source in behind if source.file),)
        groups.setdefault(how, []).append(Row((text,), (cells,), key=key))
    columns = tuple(context.text(f"annex.{name}") for name in ("number", "from"))
    made = tuple(RowGroup(tuple(rows), context.facts.how(how)) for how, rows in groups.items())
    return Table("calculations", context.text("annex.derived_caption"), columns, made, words=frozenset({1}))


MOST_LINKED = 4
"""Cells that are named one by one; more are named as ranges."""


def _coded_institution(context: Context, code: str) -> str:
    if code == TOTAL:
        return ""
    return (
        context.language.label("institution", code) if code in context.language.codes("institution") else code
    )


def _meaning(context: Context, row: Observation) -> str:
    """What a cell stands for: table, year and the codes that are no totals."""
    from thb_analysis.definitions import load_catalogue

    parts = [context.stage(row.table), str(row.year)]
    table = load_catalogue().tables.get(row.table)
    lists = {} if table is None else {one.name: one.codes or one.name for one in table.dimensions}
    for dimension, code in row.codes.items():
        if code not in ("_T", "identified", "") and dimension not in QUIET:
            parts.append(_coded(context, lists.get(dimension, dimension), code))
    return ", ".join(parts)


QUIET = frozenset(
    {
        "plan",
        "direction",
        "responsible",
        "status",
        "breakdown",
        "raw_value",
        "low",
        "high",
        "relative_to_year",
    }
)
"""Columns that the description of a cell does not need."""


def _shown(context: Context, row: Observation) -> str:
    if row.value is None:
        status = row.codes.get("status", "")
        return context.language.label("status", status) if status else context.facts.meaning(row.status)
    return context.language.money(row.value) if row.unit == "EUR" else context.language.number(row.value)


def _text(value: Any) -> str:
    return "" if value is None or value != value else str(value)
