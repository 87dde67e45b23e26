"""The overview's section on other countries: another publisher's figures, and our own beside them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from thb_analysis.definitions import SHIPPED
from thb_analysis.publish.context import Context, legend
from thb_analysis.publish.document import Absent, Block, Row, RowGroup, Run, Runs, Section, Subheading, Table
from thb_analysis.publish.facts import TOTAL, Observation

if TYPE_CHECKING:
    import pandas as pd

SHOWN = ("detected_victims", "convicted")
"""Ids of `comparisons.csv` that are shown country by country."""

WITHHELD = "Q"


def international(context: Context) -> Section:
    """Neighbours' totals as published, our own figures beside the published ones, and what they cannot say."""
    rules = _rules()
    frame = context.frame("international")
    if frame is None:
        return context.section("international", [])
    blocks: list[Block] = [context.paragraph("international.lead", role="lead")]
    for name in SHOWN:
        blocks += _by_country(context, rules[rules["id"] == name].to_dict("records"))
    blocks += _beside(context, rules, frame)
    blocks.append(context.paragraph("international.caution", role="note"))
    return context.section("international", blocks)


def _rules() -> pd.DataFrame:
    import pandas as pd

    return pd.read_csv(SHIPPED / "comparisons.csv", dtype=str, keep_default_na=False)


def _by_country(context: Context, rules: list[dict[str, Any]]) -> list[Block]:
    blocks: list[Block] = []
    for rule in rules:
        rows = [row for row in context.facts.rows("international") if _whole(row, rule)]
        rows = [row for row in rows if context.first_year <= row.year <= context.year]
        if not rows:
            continue
        years = sorted({row.year for row in rows})
        found = {(row.code("country"), row.year): row for row in rows}
        made = tuple(
            Row(
                (context.text(f"international.country.{country}"),),
                tuple((_run(context, found.get((country, year))),) for year in years),
            )
            for country in sorted(
                {row.code("country") for row in rows}, key=lambda c: (c != rule["country"], c)
            )
        )
        groups = (RowGroup(made),)
        caption = context.text(f"international.{rule['id']}", first_year=years[0], year=years[-1])
        columns = (context.text("international.column"), *map(str, years))
        files = ", ".join(sorted({PurePosixPath(row.file).name for row in rows}))
        source = context.say("international.source", publisher=_publisher(context, rule), files=files)
        notes = (source, *legend(context, groups))
        blocks.append(Table(f"abroad-{rule['id']}", caption, columns, groups, notes))
    return blocks


def _publisher(context: Context, rule: Mapping[str, str]) -> str:
    """A publisher by its full name and that of its data, where the texts have them."""
    key = f"international.publisher.{rule['publisher']}"
    return context.text(key) if context.language.has(f"overview.{key}") else rule["publisher"]


def _whole(row: Observation, rule: Mapping[str, str]) -> bool:
    """Whether a row is a publisher's total of the indicator of a rule."""
    same = row.code("publisher") == rule["publisher"] and row.code("indicator") == rule["indicator"]
    return same and all(row.code(name) == TOTAL for name in ("dimension", "category", "sex", "age_group"))


def _run(context: Context, row: Observation | None) -> Run:
    """A figure; one that the publisher withholds as it was published (`<5`)."""
    run = context.facts.run(row)
    if row is not None and row.status == WITHHELD and row.note and isinstance(run, Absent):
        return Absent(row.note, run.status, run.meaning, run.source, run.description)
    return run


def _beside(context: Context, rules: pd.DataFrame, frame: pd.DataFrame) -> list[Block]:
    """Years in which both sides have a figure of the same thing, and whether they agree."""
    from thb_analysis.analysis.international import beside, national, totals

    tables = {name: part for name in context.facts.tables if (part := context.frame(name)) is not None}
    both = beside(totals(frame, rules), national(tables, rules))
    both = both[both["national"].notna() & (both["published"].notna() | both["published_low"].notna())]
    by_rule = {str(rule["id"]): rule for rule in rules.to_dict("records")}
    made: dict[str, list[Row]] = {}
    for row in both.to_dict("records"):
        rule, year = by_rule[str(row["indicator"])], int(row["year"])
        own = _own(context, rule, year)
        theirs = next(
            (
                one
                for one in context.facts.select("international", year=year, country=row["country"])
                if _whole(one, rule)
            ),
            None,
        )
        cells: tuple[Runs, ...] = (
            context.facts.show(own),
            (_run(context, theirs),),
            (context.text(f"international.verdict.{row['verdict']}"),),
        )
        made.setdefault(str(rule["id"]), []).append(Row((str(year),), cells))
    if not made:
        return []
    groups = tuple(
        RowGroup(tuple(rows), context.text(f"international.thing.{name}")) for name, rows in made.items()
    )
    columns = tuple(
        context.text(f"international.{name}") for name in ("year", "national", "published", "same")
    )
    caption = context.text("international.beside")
    table = Table("abroad-beside", caption, columns, groups, tuple(legend(context, groups)), frozenset({3}))
    return [Subheading(context.text("international.beside_title")), table]


def _own(context: Context, rule: Mapping[str, Any], year: int) -> Observation | None:
    """The national figure that a rule sets beside the publisher's."""
    codes = dict(part.split("=", 1) for part in str(rule["where"]).split(";") if "=" in part)
    return context.facts.only(str(rule["table"]), year=year, **codes)
