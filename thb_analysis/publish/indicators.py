"""The overview's parts on indicators of a policy plan and on its budget: the newest evaluation received."""

from __future__ import annotations

from typing import Any

from thb_analysis.publish.context import Context, code_list, yearly_table
from thb_analysis.publish.document import (
    Block,
    Figured,
    Row,
    RowGroup,
    Run,
    Runs,
    Strong,
    Subheading,
    Table,
)
from thb_analysis.publish.facts import TOTAL, Observation

FORECAST, RESULT = "forecast", "result"


def indicators(context: Context) -> list[Block]:
    """The newest evaluation: each indicator's forecast, result, verdict by the rule, and what it is worth."""
    import pandas as pd

    from thb_analysis.analysis.scorecard import scorecard

    frame = context.facts.tables.get("indicators")
    if frame is None or not len(frame):
        return []
    lists = (pd.DataFrame(list(code_list(name).values())) for name in ("indicator", "result"))
    judged = scorecard(frame, *lists)
    judged = judged[(judged["year"] <= context.year) & (judged["year"] >= context.first_year)]
    if not len(judged):
        return []
    year = int(judged["year"].max())
    blocks: list[Block] = [Subheading(context.text("indicators.title"))]
    for plan, part in judged[judged["year"] == year].groupby("plan", sort=True):
        blocks += _plan(context, str(plan), year, part.to_dict("records"))
    return blocks


def _plan(context: Context, plan: str, year: int, rows: list[dict[str, Any]]) -> list[Block]:
    facts, language = context.facts, context.language
    cells = {row["indicator"]: _sides(context, plan, year, row) for row in rows}
    states: dict[str, list[Observation]] = {}
    for row in rows:
        states.setdefault(_state(row), []).extend(cells[row["indicator"]].values())
    name = language.label("plan", plan)
    behind = [side for sides in cells.values() for side in sides.values()]
    counted: dict[str, Any] = {}
    for state in STATES:
        number = sum(_state(row) == state for row in rows)
        counted[state] = facts.derive(language.number(number), number, "count", states.get(state) or behind)
    counted["count"] = facts.derive(language.number(len(rows)), len(rows), "count", behind)
    lead = context.paragraph("indicators.lead", plan=name, year=year, **counted)
    groups: dict[str, list[Row]] = {}
    remarks: dict[str, str] = {}
    for row in rows:
        sides = cells[row["indicator"]]
        label = language.label("indicator", row["indicator"])
        verdict: Runs = (context.text(f"indicators.verdict.{_state(row)}"),)
        made = (
            (_written(context, sides.get(FORECAST)),),
            (_written(context, sides.get(RESULT)),),
            verdict,
            (_letters(_worth(row), remarks),),
        )
        groups.setdefault(language.label("result", row["result"]), []).append(
            Row((label[:1].upper() + label[1:],), made)
        )
    columns = tuple(context.text(f"indicators.{part}") for part in COLUMNS)
    told: list[Runs] = [
        (Strong(letter), f"\N{NO-BREAK SPACE}\N{EN DASH} {context.text(f'indicators.{remark}')}.")
        for remark, letter in remarks.items()
    ]
    table = Table(
        f"indicators-{plan}",
        context.text("indicators.caption", plan=name, year=year),
        columns,
        tuple(RowGroup(tuple(part), head[:1].upper() + head[1:]) for head, part in groups.items()),
        (context.say("indicators.rule"), *told),
        words=frozenset({3, 4}),
    )
    return [lead, table]


COLUMNS = ("indicator", "forecast", "result", "verdict_column", "worth")
STATES = ("better", "achieved", "worse", "discontinued", "not_assessable")


def _state(row: dict[str, Any]) -> str:
    return "discontinued" if row["reason"] == "discontinued" else str(row["verdict"])


def _sides(context: Context, plan: str, year: int, row: dict[str, Any]) -> dict[str, Observation]:
    """The forecast's and the result's cells."""
    wanted = {"plan": plan, "result": row["result"], "indicator": row["indicator"]}
    found = context.facts.select("indicators", year=year, **wanted)
    return {one.code("kind"): one for one in found}


def _written(context: Context, row: Observation | None) -> Run:
    """A forecast or result as written where it is no plain number."""
    if row is None or row.value is not None:
        return context.facts.run(row)
    raw = row.code("raw_value")
    if not raw or raw == TOTAL or row.status != "A":
        return context.facts.run(row)
    source = context.facts.cite(row)
    return Figured(raw, raw, source, context.facts.describe(source))


def _worth(row: dict[str, Any]) -> list[str]:
    """What stands beside the verdict, as texts: why there is none, or what a count so small can tell."""
    said = []
    if row["reason"] and row["reason"] != "discontinued":
        said.append(f"reason.{row['reason']}")
    if row["chance_compatible"] is True and not row["own_work"]:
        said.append("chance")
    if row["resolvable"] is False and row["verdict"] in ("better", "worse"):
        said.append("fine")
    if row["position"] == "above" or row["position"] == "below":
        said.append(str(row["position"]))
    return said


def _letters(worth: list[str], remarks: dict[str, str]) -> str:
    """The letters of remarks, which are given in the order of their first use and explained below the table."""
    return ", ".join(sorted(remarks.setdefault(remark, LETTERS[len(remarks)]) for remark in worth))


LETTERS = "abcdefghijklmnopqrstuvwxyz"
"""Marks of remarks."""


def budget(context: Context) -> list[Block]:
    """Additional money planned and granted for a plan, by institution and year, as published."""
    facts, language = context.facts, context.language
    rows = [row for row in facts.rows("budget") if context.first_year <= row.year <= context.year]
    blocks: list[Block] = []
    for plan in sorted({row.code("plan") for row in rows}):
        part = [row for row in rows if row.code("plan") == plan]
        years = sorted({row.year for row in part})
        found = {(row.institution, row.code("kind"), row.year): row for row in part}
        made = []
        for kind in language.codes("budget_kind"):
            for who in dict.fromkeys(who for who, of, _ in found if of == kind):
                label = language.label("institution", who) if who != TOTAL else context.text("budget.all")
                cells = tuple(facts.show(found.get((who, kind, year)), bare=True) for year in years)
                head = context.text("budget.row", kind=language.label("budget_kind", kind), who=label)
                made.append(Row((head[:1].upper() + head[1:],), cells))
        groups = [RowGroup(tuple(made))]
        caption = context.text("budget.caption", plan=language.label("plan", plan))
        table = yearly_table(context, f"budget-{plan}", caption, context.text("budget.column"), years, groups)
        blocks += [Subheading(context.text("budget.title")), table]
    return blocks
