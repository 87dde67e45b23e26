"""The overview's annex: every cell that was cited, and every number worked out with the cells behind it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import PurePosixPath

from thb_analysis.definitions import SHIPPED
from thb_analysis.edited import rows
from thb_analysis.language import LanguageError
from thb_analysis.publish.context import Context
from thb_analysis.publish.document import (
    Block,
    Link,
    Row,
    RowGroup,
    Run,
    Runs,
    Section,
    Source,
    Subheading,
    Table,
)
from thb_analysis.publish.facts import TOTAL, Observation, place_on_sheet, places

MOST_LINKED = 4
"""Cells that are named one by one; more are named as ranges."""

QUIET = frozenset(
    {
        "plan",
        "direction",
        "responsible",
        "breakdown",
        "raw_value",
        "low",
        "high",
        "relative_to_year",
        "publisher",
    }
)
"""Columns that the description of a cell does not need."""


def annex(context: Context) -> Section:
    """Every cell cited, and every number worked out with the cells behind it."""
    blocks: list[Block] = []
    if context.facts.cited():
        blocks += [context.paragraph("annex.lead"), Subheading(context.text("annex.cells")), _cells(context)]
    if context.facts.calculations():
        blocks += [Subheading(context.text("annex.derived")), _derived(context)]
    return context.section("annex", blocks)


def _cells(context: Context) -> Table:
    language = context.language
    groups: dict[str, list[Row]] = {}
    for source, observations in context.facts.cited():
        if not source.file:
            said = ((language.text("edition.unnamed_what"),), (language.text("edition.unnamed_value"),))
            row = Row((context.stage(source.sheet),), said, key=source.key)
            groups.setdefault(language.text("edition.unnamed_group"), []).append(row)
            continue
        what = "; ".join(dict.fromkeys(", ".join(_meaning(context, row)) for row in observations))
        if revised := context.facts.revision_of(source):
            what = f"{what} ({revised})"
        values = "; ".join(dict.fromkeys(_shown(context, row) for row in observations))
        row = Row((place_on_sheet(source),), ((what,), (values,)), key=source.key)
        who, name = _institution(context, source.institution), PurePosixPath(source.file).name
        groups.setdefault(f"{name} – {who}" if who else name, []).append(row)
    columns = tuple(context.text(f"annex.{name}") for name in ("cell", "what", "value"))
    made = tuple(RowGroup(tuple(rows), head) for head, rows in groups.items())
    return Table("cells", context.text("annex.caption"), columns, made, words=frozenset({1}))


def _derived(context: Context) -> Table:
    """Numbers worked out: what each means, what was done and from which cells, by kind of work."""
    groups: dict[str, list[Row]] = {}
    for key, how, text, behind in context.facts.calculations():
        named = places(source for source in behind if source.file)
        cells = _linked(context, behind) if len(behind) <= MOST_LINKED else (named,)
        what = _common(context, context.facts.behind(key))
        groups.setdefault(how, []).append(Row((text,), ((what,), cells), key=key))
    columns = tuple(context.text(f"annex.{name}") for name in ("number", "what", "from"))
    made = tuple(RowGroup(tuple(rows), context.facts.how(how)) for how, rows in groups.items())
    caption = context.text("annex.derived_caption")
    return Table("calculations", caption, columns, made, words=frozenset({1, 2}))


def _linked(context: Context, behind: Sequence[Source]) -> Runs:
    """Cells that lead to their own rows; the file and the sheet are named where they change."""
    linked: list[Run] = []
    before: Source | None = None
    for source in behind:
        same_file = before is not None and before.file == source.file
        if before is not None:
            linked.append(", " if same_file else "; ")
        if not source.file:
            linked.append(Link(context.facts.describe(source), source.key))
            before = source
            continue
        if not same_file:
            linked.append(f"{PurePosixPath(source.file).name}, ")
        same_sheet = before is not None and same_file and before.sheet == source.sheet
        linked.append(Link(source.cell if same_sheet else place_on_sheet(source), source.key))
        before = source
    return tuple(linked)


def _institution(context: Context, code: str) -> str:
    if code == TOTAL:
        return ""
    known = code in context.language.codes("institution")
    return context.language.label("institution", code) if known else code


def _meaning(context: Context, row: Observation) -> list[str]:
    """What a cell stands for: table, year and the codes that are no totals."""
    from thb_analysis.definitions import load_catalogue

    parts = [context.stage(row.table), str(row.year)]
    table = load_catalogue().tables.get(row.table)
    lists = {} if table is None else {one.name: one.codes or one.name for one in table.dimensions}
    for dimension, code in row.codes.items():
        if code in ("_T", "identified", "") or dimension in QUIET:
            continue
        if dimension == "status" and row.value is None and row.status == "A":
            continue  # it is the value
        parts.append(_word(context, lists.get(dimension, dimension), code))
    return parts


def _common(context: Context, rows: Iterable[Observation]) -> str:
    """What all these cells have in common: the parts of their meanings that all have, years as a stretch."""
    found = list(rows)
    meanings = [_meaning(context, row) for row in found]
    years = sorted({row.year for row in found})
    span = str(years[0]) if len(years) == 1 else f"{years[0]}\N{EN DASH}{years[-1]}"
    shared = [part for part in meanings[0][2:] if all(part in other[2:] for other in meanings)]
    tables = list(dict.fromkeys(meaning[0] for meaning in meanings))
    return ", ".join([*tables, span, *shared])


def _word(context: Context, dimension: str, code: str) -> str:
    """A code in words: from the code lists, else from the texts on other publishers' data, else as it is."""
    try:
        named = context.language.short(dimension, code)
        return context.text("words.article", article=named) if dimension == "article" else named
    except LanguageError:
        pass
    for key in (f"international.country.{code}", f"international.thing.{_rules().get(code, code)}"):
        if context.language.has(f"overview.{key}"):
            return context.text(key)
    return code


@cache
def _rules() -> dict[str, str]:
    """What other publishers call a thing, and its id in the rules of comparison."""
    return {row["indicator"]: row["id"] for _, row in rows(SHIPPED / "comparisons.csv", ("id", "indicator"))}


def _shown(context: Context, row: Observation) -> str:
    """A cell's content as the overview has it: the number, the word, the text as written, or why there is none."""
    if row.value is not None:
        return context.facts.written(row)
    if row.status == "Q" and row.note:
        return row.note
    if row.status == "A":
        status, raw = row.codes.get("status", ""), row.codes.get("raw_value", "")
        if status:
            return context.language.label("status", status)
        if raw and raw != TOTAL:
            return raw
    return context.facts.meaning(row.status)
