"""The overview's section on policy measures: how many were carried out, and which were not."""

from __future__ import annotations

from pathlib import PurePosixPath

from thb_analysis.publish.context import Context, code_list, legend
from thb_analysis.publish.document import Block, Row, RowGroup, Runs, Section, Subheading, Table
from thb_analysis.publish.facts import TOTAL, Observation
from thb_analysis.publish.indicators import budget, indicators

DONE = "done"


def measures(context: Context) -> Section:
    """The plan of the year, and of the newest evaluation its tallies, indicators and budget."""
    blocks: list[Block] = []
    rows = [row for row in context.facts.rows("plan_measures") if row.year == context.year]
    for plan in sorted({row.code("plan") for row in rows}):
        blocks += _plan(context, plan, [row for row in rows if row.code("plan") == plan])
    tallies, judged, money = _tallies(context), indicators(context), budget(context)
    if blocks or tallies or judged or money:
        if not blocks:
            blocks.append(context.paragraph("measures.no_data", year=context.year))
        blocks += [*tallies, *judged, *money]
    return context.section("measures", blocks)


def _plan(context: Context, plan: str, rows: list[Observation]) -> list[Block]:
    name = context.language.label("plan", plan)
    number, derive = context.language.number, context.facts.derive
    done = [row for row in rows if row.code("status") == DONE]
    counted = {
        "done": derive(number(len(done)), len(done), "count", done or rows),
        "all": derive(number(len(rows)), len(rows), "count", rows),
    }
    lead = context.paragraph("measures.lead", role="lead", plan=name, n=len(rows), **counted)
    return [lead, _by_direction(context, plan, name, rows), *_open(context, plan, rows)]


def _statuses(rows: list[Observation]) -> list[str]:
    used = {row.code("status") for row in rows}
    return [code for code in code_list("status") if code in used and code != TOTAL]


def _by_direction(context: Context, plan: str, name: str, rows: list[Observation]) -> Table:
    statuses = _statuses(rows)
    number, derive = context.language.number, context.facts.derive

    def counted(head: str, part: list[Observation], total: bool = False) -> Row:
        cells: list[Runs] = []
        for status in statuses:
            found = [row for row in part if row.code("status") == status]
            cells.append((derive(number(len(found)), len(found), "count", found or part),))
        cells.append((derive(number(len(part)), len(part), "count", part),))
        return Row((head,), tuple(cells), total=total)

    directions = sorted({row.code("direction") for row in rows})
    made = [
        counted(
            _capital(context.language.label("direction", direction)),
            [row for row in rows if row.code("direction") == direction],
        )
        for direction in directions
    ]
    made.append(counted(context.text("measures.all"), rows, total=True))
    columns = (
        context.text("measures.direction"),
        *(_capital(context.language.label("status", status)) for status in statuses),
        context.text("measures.all"),
    )
    files = sorted({(PurePosixPath(row.file).name, row.sheet) for row in rows})
    place = "; ".join(f"{file}, {sheet}" for file, sheet in files)
    note = context.say(
        "measures.counted", count=derive(number(len(rows)), len(rows), "count", rows), place=place
    )
    return Table(f"measures-{plan}", name, columns, (RowGroup(tuple(made)),), (note,))


def _open(context: Context, plan: str, rows: list[Observation]) -> list[Block]:
    """The measures that were not carried out in full, each with its cell."""
    facts = context.facts
    unfinished = [row for row in rows if row.code("status") != DONE]
    if not unfinished:
        return []
    named = any(row.code("responsible") for row in unfinished)
    made = []
    for row in sorted(
        unfinished, key=lambda row: [int(part) for part in row.code("measure").split(".") if part.isdigit()]
    ):
        status = facts.word(context.language.label("status", row.code("status")), row.code("status"), row)
        who = ((row.code("responsible"),),) if named else ()
        made.append(Row((row.code("measure"),), (*who, (status,))))
    names = ("measure", *(["responsible"] if named else []), "status")
    columns = tuple(context.text(f"measures.{name}") for name in names)
    caption, words = context.text("measures.unfinished"), frozenset(range(1, len(names)))
    groups = (RowGroup(tuple(made)),)
    notes = _abbreviations(context, [row.code("responsible") for row in unfinished])
    return [Table(f"measures-open-{plan}", caption, columns, groups, notes, words=words)]


def _abbreviations(context: Context, named: list[str]) -> tuple[Runs, ...]:
    """What the short names of institutions stand for, those that occur."""
    used = {part.strip() for names in named for part in names.split(",")}
    told = [
        f"{short}\N{NO-BREAK SPACE}\N{EN DASH} {context.language.label('institution', code)}"
        for code, entry in code_list("institution").items()
        for short in (code, *entry["synonyms"].split("|"))
        if short in used and (short == code or short.isupper())
    ]
    return ((context.text("measures.abbreviations", told="; ".join(told)),),) if told else ()


def _tallies(context: Context) -> list[Block]:
    """Published tallies of measures, by sector and by direction, side by side with what they add to."""
    facts, language = context.facts, context.language
    known = [row for row in facts.rows("measure_tallies") if row.year <= context.year]
    newest = max((row.year for row in known), default=0)
    rows = [row for row in known if row.year == newest >= context.first_year]
    blocks: list[Block] = [Subheading(context.text("measures.tallies", year=newest))] if rows else []
    for plan, breakdown in sorted({(row.code("plan"), row.code("breakdown")) for row in rows}):
        part = [row for row in rows if (row.code("plan"), row.code("breakdown")) == (plan, breakdown)]
        found = {(row.code("member"), row.code("status")): row for row in part}
        statuses = [code for code in code_list("status") if any(status == code for _, status in found)]
        statuses.sort(key=lambda status: status == TOTAL)
        members = sorted({member for member, _ in found}, key=language.codes("member").index)
        made = [
            Row(
                (_capital(language.label("member", member)),),
                tuple(facts.show(found.get((member, status))) for status in statuses),
                total=member == TOTAL,
            )
            for member in members
        ]
        sums: list[Runs] = []
        for status in statuses:
            part = [found[m, status] for m in members if m != TOTAL and (m, status) in found]
            added = sum(row.value or 0 for row in part)
            sums.append((facts.derive(language.number(added), added, "sum", part),))
        made.append(Row((context.text("measures.sum"),), tuple(sums), total=True))
        groups = (RowGroup(tuple(made)),)
        caption = context.text(
            "measures.tally", plan=language.label("plan", plan), by=language.label("breakdown", breakdown)
        )
        columns = (
            context.text(f"measures.{breakdown}"),
            *(_capital(language.label("status", status)) for status in statuses),
        )
        notes = (*legend(context, groups), context.say("measures.sum_note"))
        blocks.append(Table(f"tally-{plan}-{breakdown}", caption, columns, groups, notes))
    return blocks


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
