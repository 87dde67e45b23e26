"""The overview's first section: the headline figures, each with the year before and the range of earlier years."""

from __future__ import annotations

from typing import Any

from thb_analysis.publish.context import Context
from thb_analysis.publish.document import Block, Card, Cards, Runs, Section
from thb_analysis.publish.facts import Observation

TRAFFICKING = "trafficking"
"""The group of the articles that are trafficking itself."""

HEADLINES: tuple[tuple[str, str], ...] = (
    ("victims", ""),
    ("registered_offences", TRAFFICKING),
    ("cases_sent_to_court", TRAFFICKING),
    ("persons_convicted", TRAFFICKING),
    ("seized_assets", TRAFFICKING),
    ("rehabilitation_clients", ""),
)
"""Tables whose totals are headline figures, with the group of articles that they are taken for."""


def key_results(context: Context) -> Section:
    """The headline counts, each with the year before and the range of earlier years."""
    cards = [card for table, group in HEADLINES if (card := _card(context, table, group))]
    if not cards:
        return context.section("key-results", [], year=context.year)
    columns = (
        context.text("key_results.figure"),
        context.text("key_results.number"),
        context.text("key_results.beside"),
    )
    blocks: list[Block] = [
        Cards(tuple(cards), columns),
        context.paragraph("key_results.caution", role="note"),
    ]
    return context.section("key-results", blocks, year=context.year)


def _card(context: Context, table: str, group: str) -> Card | None:
    codes: dict[str, Any] = {"article": context.articles(group)[0]} if group else {}
    facts = context.facts
    now = facts.only(table, year=context.year, **codes)
    earlier = [facts.only(table, year=year, **codes) for year in context.years(table) if year < context.year]
    known = [row for row in earlier if row is not None and row.value is not None]
    if now is None and not known:
        return None
    lines: list[Runs] = []
    before = facts.only(table, year=context.year - 1, **codes)
    if before is not None:
        lines.append(
            context.say("key_results.before", previous_year=context.year - 1, previous=facts.run(before))
        )
    if len(known) > 1:
        lines.append(_range(context, known))
    return Card(
        context.text(f"key_results.{table}"),
        facts.show(now, bare=True),
        _unit(context, table, now),
        tuple(lines),
    )


def _range(context: Context, known: list[Observation]) -> Runs:
    low = min(known, key=lambda row: (row.value or 0, row.year))
    high = max(known, key=lambda row: (row.value or 0, -row.year))
    years = {"first_year": known[0].year, "last_year": known[-1].year}
    run = context.facts.run
    if low.value == high.value:
        return context.say("key_results.constant", same=run(low), **years)
    return context.say("key_results.range", low=run(low), high=run(high), **years)


def _unit(context: Context, table: str, row: Observation | None) -> str:
    """The unit after the number."""
    if row is None or row.value is None:
        return ""
    if row.unit == "EUR":
        return context.language.label("unit", row.unit)
    return context.text(f"units.{table}", n=row.value)
