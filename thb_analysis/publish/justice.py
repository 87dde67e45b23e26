"""The overview's sections on proceedings, courts, assets and checks: flows of a year in their own units."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING

from thb_analysis.publish.context import Context, code_list, has_value, legend, series, strip, yearly_table
from thb_analysis.publish.document import Block, Row, RowGroup, Section, Table
from thb_analysis.publish.pictures import picture

if TYPE_CHECKING:
    import pandas as pd


def justice_chain(context: Context) -> Section:
    """Stages by year, grouped by article; never a rate of one by another."""
    import pandas as pd

    from thb_analysis.analysis.justice_chain import stages

    articles = pd.DataFrame(list(code_list("article").values()))
    chain = stages(context.facts.tables, articles, context.first_year, context.year)
    chain = chain[chain["stage"] != "seized_assets"]
    received = chain[chain["obs_status"] != ""]
    years = sorted({int(year) for year in received["year"]})
    if not years:
        return context.section("justice-chain", [])
    tables: list[Block] = []
    for group in dict.fromkeys(articles["group"]):
        part = chain[(chain["group"] == group) & chain["year"].isin(years)]
        if group and len(part):
            tables.append(_chain_table(context, str(group), part, years))
    # each chart takes more than half a page: what one leaves of it is filled by the table between them
    blocks = [
        context.paragraph("justice_chain.lead", role="lead"),
        *tables[:-1],
        *picture(context, "registered_offences"),
        *tables[-1:],
        context.paragraph("justice_chain.flows", role="note"),
        *picture(context, "persons_convicted"),
    ]
    return context.section("justice-chain", blocks)


def _chain_table(context: Context, group: str, part: pd.DataFrame, years: list[int]) -> Table:
    groups = []
    for article, rows in part.groupby("article", sort=False):
        made = [_stage_row(context, key, found, years) for key, found in _series(rows)]
        kept = tuple(row for row in made if has_value([row]))
        if kept:
            groups.append(RowGroup(kept, context.article(str(article))))
    caption = context.text(f"justice_chain.{group}", first_year=years[0], year=years[-1])
    columns = (context.text("justice_chain.column"), *map(str, years))
    notes = [context.say("justice_chain.source", stages=_institutions(context, part))]
    return Table(f"chain-{group}", caption, columns, tuple(groups), (*notes, *legend(context, groups)))


def _series(rows: pd.DataFrame) -> list[tuple[tuple[Hashable, ...], pd.DataFrame]]:
    by_institution = rows.duplicated(["stage", "detail", "year"]).any()
    keys = ["stage", "detail", "institution"] if by_institution else ["stage", "detail"]
    return [(tuple(key), found) for key, found in rows.groupby(keys, sort=False)]


def _stage_row(context: Context, key: tuple[Hashable, ...], rows: pd.DataFrame, years: list[int]) -> Row:
    stage, detail = str(key[0]), str(key[1])
    head = context.stage(stage)
    if detail:
        head = context.text("justice_chain.detail", stage=head, detail=_detail(context, detail))
    if len(key) > 2 and key[2]:
        head = context.text("justice_chain.by", stage=head, institution=str(key[2]))
    unit = context.language.label("unit", str(rows["unit"].iloc[0]))
    found = {int(row["year"]): row for row in rows.to_dict("records")}
    head = context.text("justice_chain.stage", stage=head, unit=unit)
    return strip(context, head, years, lambda year: context.facts.at(stage, found.get(year)))


def _detail(context: Context, detail: str) -> str:
    """`instance=first;scope=linked` in words."""
    pairs = (part.split("=", 1) for part in detail.split(";"))
    return context.language.enumeration(context.language.label(name, code) for name, code in pairs)


def _institutions(context: Context, part: pd.DataFrame) -> str:
    """Who gave which stage: “registered offences: …; persons convicted: …”."""
    named: dict[str, list[str]] = {}
    for row in part[part["institution"] != ""].to_dict("records"):
        names = named.setdefault(context.stage(row["stage"]), [])
        label = context.language.label("institution", str(row["institution"]))
        if label not in names:
            names.append(label)
    return "; ".join(f"{stage} – {context.language.enumeration(who)}" for stage, who in named.items())


def assets(context: Context) -> Section:
    """Amounts seized by article and year, as published; neither interval nor trend."""
    years = context.years("seized_assets")
    if not years:
        return context.section("assets", [])
    seized = context.facts.rows("seized_assets")
    articles = sorted({row.code("article") for row in seized}, key=_place)
    cents = 2 if any(row.value and row.value % 1 for row in seized if row.year in years) else 0
    rows = tuple(
        strip(
            context,
            context.article(article),
            years,
            series(context, "seized_assets", article=article),
            decimals=cents,
            bare=True,
        )
        for article in articles
    )
    caption = context.text("assets.caption", first_year=years[0], year=years[-1])
    table = yearly_table(context, "seized", caption, context.text("assets.column"), years, [RowGroup(rows)])
    blocks: list[Block] = [
        table,
        context.paragraph("assets.caution", role="note"),
        *picture(context, "seized_assets"),
    ]
    return context.section("assets", blocks)


def _place(article: str) -> tuple[int, str]:
    order = list(code_list("article"))
    return (order.index(article) if article in order else len(order)), article


def checks(context: Context) -> Section:
    """Checks of institutions, prevention, training and co-operation, by institution and year."""
    blocks: list[Block] = []
    for table, dimension in (("inspections", "measure"), ("activities", "activity")):
        years = context.years(table)
        if years:
            blocks.append(_by_institution(context, table, dimension, years))
    if blocks:
        blocks.append(context.paragraph("checks.caution", role="note"))
    return context.section("checks", blocks)


def _by_institution(context: Context, table: str, dimension: str, years: list[int]) -> Table:
    seen = {(row.institution, row.code(dimension)) for row in context.facts.rows(table) if row.year in years}
    institutions, codes = list(code_list("institution")), list(code_list(dimension))
    groups = []
    for institution in sorted({who for who, _ in seen}, key=institutions.index):
        rows = []
        for code in sorted({what for who, what in seen if who == institution}, key=codes.index):
            wanted = {"institution": institution, dimension: code}
            label = context.language.label(dimension, code)
            rows.append(
                strip(
                    context,
                    label[:1].upper() + label[1:],
                    years,
                    series(context, table, **wanted),
                )
            )
        groups.append(RowGroup(tuple(rows), context.language.label("institution", institution)))
    caption = context.text(f"checks.{table}", first_year=years[0], year=years[-1])
    return yearly_table(context, table, caption, context.text(f"checks.{table}_column"), years, groups)
