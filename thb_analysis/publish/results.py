"""The overview's first sections: headline figures in their place, and what changed as far as data bear it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from thb_analysis.publish.cited import cited_sentence
from thb_analysis.publish.context import Context
from thb_analysis.publish.document import Block, Bullets, Card, Cards, Runs, Section, Subheading
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

COMPARED: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("victims", ()),
    ("registered_offences", ("article",)),
    ("cases_sent_to_court", ("article",)),
    ("cases_adjudicated", ("article",)),
    ("persons_convicted", ("article",)),
    ("seized_assets", ("article",)),
)
"""Tables that are set beside the year before, and by what."""


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
        context.text(f"key_results.{table}"), facts.show(now), _unit(context, table, now), tuple(lines)
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
    """The unit after the number; money carries its own."""
    if row is None or row.value is None or row.unit == "EUR":
        return ""
    return context.text(f"units.{table}", n=row.value)


def what_changed(context: Context) -> Section:
    """Each series beside the year before, in sentences that claim no more than the counts bear."""
    from thb_analysis.analysis.trends import trend

    blocks: list[Block] = []
    for table, by in COMPARED:
        frame = context.frame(table)
        if frame is None:
            continue
        if table == "victims":
            frame = frame[frame["identification"] == "identified"]
        found = trend(frame, by=by)
        rows = found[found["year"] == context.year].to_dict("records")
        items = [_cited_sentence(context, table, row) for row in rows]
        if items:
            blocks += [Subheading(context.stage(table)), Bullets(tuple(items))]
    if blocks:
        blocks.insert(0, context.paragraph("what_changed.lead", previous_year=context.year - 1))
        blocks.append(context.paragraph("what_changed.method", role="note"))
    return context.section("what-changed", blocks, year=context.year)


def _cited_sentence(context: Context, table: str, row: dict[str, Any]) -> Runs:
    """What an analysis says of a change, each number leading to its cells."""
    from thb_analysis.analysis.sentences import nothing, sentence

    language, facts = context.language, context.facts
    article = row.get("article", "")
    subject = context.text("words.article", article=language.short("article", article)) if article else ""
    now = facts.at(table, row)
    if now is None:
        return (sentence(row, language, subject),)
    if now.value is None:
        said = sentence(row, language, subject)
        why = nothing(now.status, language)
        start, found, rest = said.partition(why)
        mark = replace(facts.absent(now.status, facts.cite(now), facts.describe(facts.cite(now))), text=why)
        return (start, mark, rest) if found else (said,)
    codes = (
        {"article": article} if article else {"identification": "identified"} if table == "victims" else {}
    )
    before = facts.only(table, year=context.year - 1, **codes)
    behind = [row for row in (now, before) if row is not None and row.value is not None]
    if row["verdict"] == "batches":
        behind += [one for one in _series_before(context, table, codes) if one not in behind]
    return cited_sentence(facts, lambda marking: sentence(row, marking, subject), behind)


def _series_before(context: Context, table: str, codes: Mapping[str, Any]) -> list[Observation]:
    """The figures of all years of a series: a dispersion index is worked out from them all."""
    found = (context.facts.only(table, year=year, **codes) for year in context.years(table))
    return [row for row in found if row is not None and row.value is not None]
