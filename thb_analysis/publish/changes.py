"""The overview's section on what changed: what is certain first, then the rest by what can be said of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from thb_analysis.definitions import SHIPPED
from thb_analysis.language import Language
from thb_analysis.publish.cited import cited_sentence
from thb_analysis.publish.context import Context
from thb_analysis.publish.document import Block, Bullets, Run, Runs, Section, Strong, Subheading
from thb_analysis.publish.facts import Observation

if TYPE_CHECKING:
    import pandas as pd

COMPARED: tuple[tuple[str, tuple[str, ...], Mapping[str, str]], ...] = (
    ("victims", (), {"identification": "identified"}),
    ("registered_offences", ("article",), {}),
    ("cases_sent_to_court", ("article",), {}),
    ("cases_adjudicated", ("article",), {}),
    ("persons_convicted", ("article",), {}),
    ("seized_assets", ("article",), {}),
    ("rehabilitation_clients", (), {"started": "this_year"}),
)
"""Tables that are set beside the year before, by what, and which of their rows.

Of the clients of rehabilitation only those who began in the year: one who stays is in the figures of both years, and
a test of independent counts would take the same person for two.
"""

CERTAIN = ("rise", "fall")
"""Verdicts that speak of a change."""

TESTED = (*CERTAIN, "no_reliable_change", "unchanged", "both_zero")
"""Verdicts of figures that could be compared."""

KINDS: Mapping[str, tuple[str, ...]] = {
    "no_reliable_change": ("no_reliable_change",),
    "unchanged": ("unchanged", "both_zero"),
    "batches": ("batches",),
    "amount": ("amount", "planned"),
    "no_earlier_year": ("no_earlier_year",),
    "not_comparable": ("not_comparable",),
    "absent": ("absent",),
}
"""What is said once for all figures of a kind (`what_changed.kind.*`), with its verdicts, in their order."""


def what_changed(context: Context) -> Section:
    """Each series beside the year before, in sentences that claim no more than the counts bear."""
    found = {table: rows for table, by, codes in COMPARED if (rows := _compared(context, table, by, codes))}
    if not found:
        return context.section("what-changed", [], year=context.year)
    blocks: list[Block] = [context.paragraph("what_changed.lead", previous_year=context.year - 1)]
    certain = tuple(
        _cited(context, table, row, whole=True)
        for table, rows in found.items()
        for row in rows
        if row["verdict"] in CERTAIN
    )
    if certain:
        blocks += [Subheading(context.text("what_changed.certain")), Bullets(certain)]
    elif any(row["verdict"] in TESTED for rows in found.values() for row in rows):
        blocks.append(context.paragraph("what_changed.none_certain"))
    for table, rows in found.items():
        if items := _by_kind(context, table, rows):
            blocks += [Subheading(_title(context, table)), Bullets(items)]
    blocks += _large_cases(context)
    blocks.append(context.paragraph("what_changed.method", role="note"))
    return context.section("what-changed", blocks, year=context.year)


def _large_cases(context: Context) -> list[Block]:
    """Single cases that the catalogue names, each beside the figure that it is part of; none in a public edition."""
    from thb_analysis.analysis.cases import large_cases
    from thb_analysis.analysis.where import IS, conditions

    known = named_cases()
    items: list[Runs] = []
    for table in dict.fromkeys(known["table"]) if not context.edition.is_public else ():
        frame = context.frame(table)
        if frame is None:
            continue
        found = large_cases(known, table, frame, context.language.lang)
        for row in found[found["year"].between(context.first_year, context.year)].to_dict("records"):
            codes = {name: code for name, sign, code in conditions(row["where"]) if sign == IS}
            total = context.facts.only(table, year=row["year"], **codes)
            behind = [total] if total is not None and total.value is not None else []
            say = partial(_case, row, context.stage(table))
            items.append(cited_sentence(context.facts, say, behind, "case"))
    return [Subheading(context.text("what_changed.cases")), Bullets(tuple(items))] if items else []


def _case(row: Mapping[str, Any], subject: str, language: Language) -> str:
    """What is said of a large case, in the words of the studies."""
    numbers = {
        name: language.number(row[name]) if row[name] == row[name] else ""
        for name in ("value", "total", "without")
    }
    words = {"subject": subject, "year": row["year"], "case": row["case"], "source": row["source"]}
    return language.text(f"studies.case.{row['verdict']}", **words, **numbers)


def named_cases() -> pd.DataFrame:
    """The catalogue's list of single cases so large that they make a year's figure."""
    import pandas as pd

    return pd.read_csv(SHIPPED / "large_cases.csv", dtype=str, keep_default_na=False, encoding="utf-8-sig")


def _compared(
    context: Context, table: str, by: tuple[str, ...], codes: Mapping[str, str]
) -> list[dict[str, Any]]:
    from thb_analysis.analysis.frames import of_all
    from thb_analysis.analysis.trends import trend

    frame = context.frame(table)
    if frame is None:
        return []
    for name, code in codes.items():
        frame = frame[frame[name] == code]
    found = trend(of_all(frame, (*by, *codes)), by=by)
    rows: list[dict[str, Any]] = found[found["year"] == context.year].to_dict("records")
    return [row | {"verdict": _verdict(row), "codes": codes} for row in rows]


def _verdict(row: Mapping[str, Any]) -> str:
    """An analysis' verdict; for an amount too, whether there was anything to compare it with."""
    if row["value"] != row["value"]:
        return "absent"
    if row["verdict"] == "amount" and row["difference"] != row["difference"]:
        return "no_earlier_year" if row["previous_value"] != row["previous_value"] else "not_comparable"
    return str(row["verdict"])


def _by_kind(context: Context, table: str, rows: list[dict[str, Any]]) -> tuple[Runs, ...]:
    """The figures of a table that did not change for certain: one item for each kind of thing to be said."""
    items: list[Runs] = []
    for kind, verdicts in KINDS.items():
        alike = [_cited(context, table, row) for row in rows if row["verdict"] in verdicts]
        if alike:
            told = context.text(
                f"what_changed.kind.{kind}", year=context.year, previous_year=context.year - 1
            )
            runs: list[Run] = [Strong(f"{told}:"), " "]
            for place, part in enumerate(alike):
                runs += ["; "] if place else []
                runs += part
            items.append((*runs, "."))
    known = {*CERTAIN, *(verdict for verdicts in KINDS.values() for verdict in verdicts)}
    items += [_cited(context, table, row, whole=True) for row in rows if row["verdict"] not in known]
    return tuple(items)


def _cited(context: Context, table: str, row: dict[str, Any], whole: bool = False) -> Runs:
    """What an analysis says of a change, each number leading to its cells: in few words, or a whole sentence."""
    from thb_analysis.analysis.sentences import brief, nothing, sentence

    language, facts = context.language, context.facts
    subject = _subject(context, table, row, whole)
    say = sentence if whole else brief
    now = facts.at(table, row)
    if now is None:
        return (say(row, language, subject),)
    if now.value is None:
        why = nothing(now.status, language)
        start, found, rest = say(row, language, subject).partition(why)
        mark = replace(facts.absent(now.status, facts.cite(now), facts.describe(facts.cite(now))), text=why)
        return tuple(run for run in (start, mark, rest) if run) if found else (start,)
    codes = {**row["codes"], **({"article": str(row["article"])} if row.get("article") else {})}
    before = facts.only(table, year=context.year - 1, **codes)
    behind = [row for row in (now, before) if row is not None and row.value is not None]
    if row["verdict"] == "batches":
        behind += [one for one in _series_before(context, table, codes) if one not in behind]
    return cited_sentence(facts, lambda marking: say(row, marking, subject), behind)


def _subject(context: Context, table: str, row: Mapping[str, Any], whole: bool) -> str:
    """What a sentence is about: the article, and where it stands alone the table as well."""
    article = str(row.get("article", ""))
    named = (
        context.text("words.article", article=context.language.short("article", article)) if article else ""
    )
    return ", ".join(part for part in (_title(context, table) if whole else "", named) if part)


def _title(context: Context, table: str) -> str:
    own = f"what_changed.subject.{table}"
    return context.text(own) if context.language.has(f"overview.{own}") else context.stage(table)


def _series_before(context: Context, table: str, codes: Mapping[str, Any]) -> list[Observation]:
    """The figures of all years of a series: a dispersion index is worked out from them all."""
    found = (context.facts.only(table, year=year, **codes) for year in context.years(table))
    return [row for row in found if row is not None and row.value is not None]
