"""What a public edition says of breakdowns that it does not have: of which years, by what, and why."""

from __future__ import annotations

from collections.abc import Iterable

from thb_analysis.publish.context import Context
from thb_analysis.publish.document import Block, Bullets, Runs, Subheading


def withheld(context: Context, tables: Iterable[str]) -> list[Block]:
    """The breakdowns of some tables that the edition holds back; nothing in an edition that holds back none."""
    language = context.language
    items: list[Runs] = []
    for table in tables:
        for one in context.edition.withheld:
            first, _, last = one.period.partition("/")
            if one.table != table or int(last or first) < context.first_year or int(first) > context.year:
                continue
            said = language.text(
                "edition.withheld",
                table=context.stage(table),
                years="–".join(filter(None, (first, last))),
                attributes=language.enumeration(_name(context, name) for name in one.attributes),
                reason=language.text(f"export.withheld.{one.reason}"),
            )
            items.append((said,))
        if table in context.edition.closed:
            items.append((language.text("edition.closed", table=context.stage(table)),))
        if base := context.edition.rounded.get(table):
            items.append((language.text("edition.rounded", table=context.stage(table), base=base),))
    return [Subheading(language.text("edition.withheld_title")), Bullets(tuple(items))] if items else []


def _name(context: Context, column: str) -> str:
    key = f"export.column.{column}.title"
    return context.language.text(key) if context.language.has(key) else column
