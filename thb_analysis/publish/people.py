"""The overview's sections on people: victims by year and breakdown, who registered them, rehabilitation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from thb_analysis.publish.cited import cited_sentence
from thb_analysis.publish.context import Context, code_list, legend, series, strip, yearly_table
from thb_analysis.publish.document import (
    Block,
    Bullets,
    Figured,
    Paragraph,
    Row,
    RowGroup,
    Runs,
    Section,
    Subheading,
    Table,
)
from thb_analysis.publish.facts import HIDDEN, TOTAL, Observation
from thb_analysis.publish.pictures import picture
from thb_analysis.publish.withheld import withheld

IDENTIFIED = "identified"
PRESUMED = "presumed"
OVERLAP = "overlap"


def victims(context: Context) -> Section:
    """Totals by year, then every breakdown that the years have, as it was published."""
    years = context.years("victims")
    if not years:
        return context.section("victims", [])
    facts = context.facts
    total = facts.only("victims", year=context.year, identification=IDENTIFIED)
    blocks: list[Block] = []
    if total is not None and total.value is not None:
        blocks.append(
            context.paragraph("victims.lead", role="lead", year=context.year, count=facts.run(total))
        )
    blocks.append(_totals(context, years))
    blocks += picture(context, "victims")
    blocks.append(context.paragraph("victims.words", role="note"))
    found = _breakdowns(context, years)
    if not any(one.year == context.year for one in found):
        blocks.append(_total_only(context))
    tables = [*_one_way(context, found), *_finer(context, found)]
    blocks += [Subheading(context.text("victims.breakdowns")), *tables] if tables else []
    blocks += _registered(context, years)
    blocks += withheld(context, ["victims"])
    return context.section("victims", blocks)


def _total_only(context: Context) -> Paragraph:
    if context.edition.is_public:
        return Paragraph((context.language.text("edition.total_only", year=context.year),))
    return context.paragraph("victims.total_only", year=context.year)


def _totals(context: Context, years: Sequence[int]) -> Table:
    from thb_analysis.analysis.victims import by_year

    frame = context.frame("victims")
    assert frame is not None
    ranges = {
        int(row["year"]): (row["low"], row["high"])
        for row in by_year(frame).to_dict("records")
        if row["identification"] == IDENTIFIED and row["value"] == row["value"]
    }
    rows = [
        strip(
            context,
            context.text(f"victims.{identification}"),
            years,
            series(context, "victims", identification=identification),
            total=identification == IDENTIFIED,
        )
        for identification in (IDENTIFIED, PRESUMED)
        if context.years("victims", identification=identification)
    ]
    interval = context.language.interval

    def between(year: int) -> Runs:
        row = series(context, "victims", identification=IDENTIFIED)(year)
        if year not in ranges or row is None:
            return (context.text("victims.no_range"),)
        written = interval(*ranges[year], decimals=0)
        return (context.facts.derive(written, ranges[year][0], "interval", [row]),)

    cells = tuple(between(year) for year in years)
    rows.append(Row((context.text("victims.range"),), cells))
    caption = context.text("victims.by_year", first_year=years[0], year=years[-1])
    notes = [context.say("victims.range_note")]
    groups = [RowGroup(tuple(rows))]
    return yearly_table(
        context, "victims-by-year", caption, context.text("victims.kind"), years, groups, notes
    )


def _breakdowns(context: Context, years: Sequence[int]) -> list[Any]:
    from thb_analysis.analysis.victims import breakdowns

    frame = context.frame("victims")
    assert frame is not None
    return [one for year in years for one in breakdowns(frame, year) if one.identification == IDENTIFIED]


def _one_way(context: Context, found: Sequence[Any]) -> list[Block]:
    """One table for each characteristic, with the years that have it."""
    blocks: list[Block] = []
    for dimension in ("sex", "age_group", "exploitation_form", "citizenship", "place"):
        having = [one for one in found if one.dimensions == (dimension,)]
        if having:
            blocks.append(_one_way_table(context, dimension, having))
    return blocks


def _one_way_table(context: Context, dimension: str, having: Sequence[Any]) -> Table:
    facts = context.facts
    years = [one.year for one in having]
    sums: dict[str, float] = {}
    cells: dict[tuple[str, int], Runs] = {}
    derived = [str(one.year) for one in having if one.derived]
    for one in having:
        for row in one.rows.to_dict("records"):
            code = str(row[dimension])
            sums[code] = sums.get(code, 0.0) + (row["value"] if row["value"] == row["value"] else 0.0)
            if one.derived:
                written = context.language.number(row["value"])
                parts = _parts(context, one.year, dimension, code)
                cells[code, one.year] = (facts.derive(written, row["value"], "sum", parts),)
            else:
                wanted = {"identification": IDENTIFIED, dimension: code}
                cells[code, one.year] = facts.show(facts.only("victims", year=one.year, **wanted))
    order = context.language.codes(dimension)
    ranked = sorted(
        sums,
        key=lambda code: (
            (-sums[code], order.index(code)) if dimension == "citizenship" else order.index(code)
        ),
    )
    rows = tuple(
        Row(
            (_capital(context.language.label(dimension, code)),),
            tuple(cells.get((code, year), facts.show(None)) for year in years),
        )
        for code in ranked
    )
    notes = [context.say("victims.derived", years=_told(context, derived))] if derived else []
    partly = [one for one in having if one.covers == "partly"]
    notes += [
        context.say("victims.partly", year=one.year, parts=one.parts, total=one.total) for one in partly
    ]
    if hidden := [str(one.year) for one in having if one.covers == "withheld"]:
        notes.append((context.language.text("edition.hidden_parts", years=_told(context, hidden)),))
    caption = context.text(f"victims.by_{dimension}")
    columns = (context.text(f"victims.{dimension}"), *map(str, years))
    groups = (RowGroup(rows),)
    return Table(f"victims-{dimension}", caption, columns, groups, (*notes, *legend(context, groups)))


def _told(context: Context, years: Sequence[str]) -> str:
    """Years one after another, each with the full stop of an ordinal where the language has one."""
    ordinal = context.language.text("language.number.ordinal")
    return context.language.enumeration(f"{year}{ordinal}" for year in years)


def _parts(context: Context, year: int, dimension: str, code: str) -> list[Observation]:
    """The finer figures that add to one of a characteristic: those of the breakdown with the fewest dimensions."""
    wanted = {"year": year, "identification": IDENTIFIED, dimension: code}
    rows = [row for row in context.facts.select("victims", **wanted) if row.code("registered_by") == TOTAL]
    detailed = [(sum(c not in (TOTAL, IDENTIFIED) for c in row.codes.values()), row) for row in rows]
    least = min((detail for detail, _ in detailed if detail > 1), default=0)
    return [row for detail, row in detailed if detail == least]


def _finer(context: Context, found: Sequence[Any]) -> list[Block]:
    """Breakdowns by two characteristics and mixed ones, each year as it was published."""
    return [
        _listed(context, one) if one.mixed or len(one.dimensions) > 2 else _crossed(context, one)
        for one in found
        if len(one.dimensions) > 1
    ]


def _crossed(context: Context, one: Any) -> Table:
    """A breakdown by two characteristics: the one with fewer codes across."""
    facts, language = context.facts, context.language
    codes = {
        name: sorted(set(one.rows[name]), key=language.codes(name).index)  # as in the code list
        for name in one.dimensions
    }
    down, across = sorted(one.dimensions, key=lambda name: -len(codes[name]))
    rows = []
    for code in codes[down]:
        cells = []
        for other in codes[across]:
            wanted = {down: code, across: other}
            cells.append(
                facts.show(facts.only("victims", year=one.year, identification=IDENTIFIED, **wanted))
            )
        rows.append(Row((_capital(language.label(down, code)),), tuple(cells)))
    groups = (RowGroup(tuple(rows)),)
    columns = (_heading(context, down), *(_capital(language.label(across, code)) for code in codes[across]))
    key = f"victims-{one.year}-{down}-{across}"
    caption = _several(context, one.year, (down, across))
    return Table(key, caption, columns, groups, tuple(legend(context, groups)))


def _heading(context: Context, dimension: str) -> str:
    return context.text("victims.registrar" if dimension == "registered_by" else f"victims.{dimension}")


def _several(context: Context, year: int, dimensions: Sequence[str]) -> str:
    names = (_heading(context, dimension) for dimension in dimensions)
    what = context.language.enumeration(name[:1].lower() + name[1:] for name in names)
    return context.text("victims.by_several", year=year, what=what)


def _listed(context: Context, one: Any) -> Table:
    """A breakdown whose groups are of different kinds, one after another."""
    facts = context.facts
    rows = []
    for row in one.rows.to_dict("records"):
        codes = {dimension: str(row[dimension]) for dimension in one.dimensions}
        observation = facts.only("victims", year=one.year, identification=IDENTIFIED, **codes)
        rows.append(Row((_capital(_group_label(context, codes)),), (facts.show(observation),)))
    what = context.language.enumeration(_heading(context, dimension) for dimension in one.dimensions)
    columns = (_capital(what.lower()), context.text("victims.column"))
    caption = _several(context, one.year, one.dimensions)
    groups = (RowGroup(tuple(rows)),)
    notes = [context.say("victims.mixed")] if one.mixed else []
    key = f"victims-{one.year}-{'-'.join(one.dimensions)}"
    return Table(key, caption, columns, groups, (*notes, *legend(context, groups)))


def _group_label(context: Context, codes: Mapping[str, str]) -> str:
    """What a group is called: by one word where the catalogue has it (girls), else by its characteristics."""
    wanted = {f"{dimension}={code}" for dimension, code in codes.items() if code != TOTAL}
    for entry in code_list("composite").values():
        if set(entry["implies"].split(";")) == wanted:
            return entry[f"label_{context.language.lang}"]
    return ", ".join(
        context.language.label(dimension, code) for dimension, code in codes.items() if code != TOTAL
    )


def _registered(context: Context, years: Sequence[int]) -> list[Block]:
    """Who registered the victims: parts, persons counted twice, and the total, never one for another."""
    from thb_analysis.analysis.sentences import sentence
    from thb_analysis.analysis.victims import registration

    frame = context.frame("victims")
    assert frame is not None
    parents = {code: entry["parent"] for code, entry in code_list("registered_by").items() if entry["parent"]}
    facts, language = context.facts, context.language
    codes: dict[str, None] = {}
    having: list[int] = []
    sentences: list[Runs] = []
    for year in years:
        found = registration(frame, year, parents=parents)
        if found.verdict != "none":
            having.append(year)
            codes |= dict.fromkeys([*found.rows["registered_by"], *found.lacking])
            sentences.append(cited_sentence(facts, partial(sentence, found), _registered_rows(context, year)))
    if not having:
        return []

    def overlap(year: int) -> Observation | None:
        rows = [
            row
            for row in facts.select("victims", year=year, identification=OVERLAP)
            if all(
                code == TOTAL
                for name, code in row.codes.items()
                if name not in ("identification", "registered_by")
            )
        ]
        return rows[0] if len(rows) == 1 else None

    order = language.codes("registered_by")
    rows = [
        strip(
            context,
            _capital(language.label("registered_by", code)),
            having,
            series(context, "victims", registered_by=code, identification=IDENTIFIED),
        )
        for code in sorted(codes, key=order.index)
    ]
    if any(overlap(year) for year in having):
        rows.append(strip(context, context.text("victims.overlap"), having, overlap))
    rows.append(
        strip(
            context,
            context.text("victims.total"),
            having,
            series(context, "victims", identification=IDENTIFIED),
            total=True,
        )
    )
    table = yearly_table(
        context,
        "victims-registered-by",
        context.text("victims.registered_by"),
        context.text("victims.registrar"),
        having,
        [RowGroup(tuple(rows))],
    )
    return [Subheading(context.text("victims.registration")), table, Bullets(tuple(sentences))]


def _registered_rows(context: Context, year: int) -> list[Observation]:
    """The figures behind a year's sentence: the registrars' in the order of the code list, overlap, total."""
    order = context.language.codes("registered_by")
    rows = [
        row
        for row in context.facts.select("victims", year=year)
        if row.code("identification") in (IDENTIFIED, OVERLAP)
        and all(
            c == TOTAL for name, c in row.codes.items() if name not in ("identification", "registered_by")
        )
    ]
    return sorted(
        rows,
        key=lambda row: (
            row.code("registered_by") == TOTAL,
            row.code("identification") == OVERLAP,
            order.index(row.code("registered_by")) if row.code("registered_by") in order else len(order),
        ),
    )


def support(context: Context) -> Section:
    """Clients of state-paid rehabilitation as a flow: carried over, new, together."""
    from thb_analysis.analysis.support import rehabilitation

    years = context.years("rehabilitation_clients")
    frame = context.frame("rehabilitation_clients")
    if not years or frame is None:
        return context.section("support", [])
    facts, language = context.facts, context.language
    rows = [
        strip(
            context,
            _capital(language.label("started", code)),
            years,
            series(context, "rehabilitation_clients", started=code),
            total=code == TOTAL,
        )
        for code in sorted(language.codes("started"), key=lambda code: code == TOTAL)
        if context.years("rehabilitation_clients", started=code)
    ]
    found = {int(row["year"]): row for row in rehabilitation(frame).to_dict("records")}
    cells: list[Runs] = []
    for year in years:
        left = found[year]["leavers"] if year in found else None
        if year in found and "leavers" in found[year]["withheld"].split("+"):
            cells.append((facts.absent(HIDDEN),))
            continue
        if left is None or left != left:
            cells.append((context.text("support.open"),))
            continue
        behind = [
            facts.only("rehabilitation_clients", year=year, started=TOTAL),
            facts.only("rehabilitation_clients", year=year + 1, started="previous_year"),
        ]
        known = [row for row in behind if row is not None]
        cells.append((facts.derive(language.number(left), left, "leavers", known),))
    rows.append(Row((context.text("support.leavers"),), tuple(cells)))
    caption = context.text("support.caption", first_year=years[0], year=years[-1])
    note = context.say("support.leavers_note")
    groups = [RowGroup(tuple(rows))]
    table = yearly_table(
        context, "rehabilitation", caption, context.text("support.column"), years, groups, [note]
    )
    now = facts.only("rehabilitation_clients", year=context.year)
    blocks: list[Block] = []
    if now is not None and isinstance(run := facts.run(now), Figured):
        blocks.append(context.paragraph("support.lead", role="lead", year=context.year, count=run))
    return context.section("support", [*blocks, table, *picture(context, "rehabilitation_clients")])


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
