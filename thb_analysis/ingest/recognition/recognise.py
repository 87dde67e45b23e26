"""One sheet, read by meaning: figures with their keys, the role of every cell, and what was not understood.

Every way of taking years and article numbers for headings, and of joining parts that blank lines divide, is
tried; a reading stands only if it is the one that leaves least unexplained.  Two that fit equally are refused.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache

from thb_analysis.definitions import Catalogue
from thb_analysis.ingest.cells import Sheet
from thb_analysis.ingest.recognition.aged import ages_as_labels
from thb_analysis.ingest.recognition.asides import lines_aside
from thb_analysis.ingest.recognition.assembly import Assembly
from thb_analysis.ingest.recognition.by_article import articles_below, articles_beside
from thb_analysis.ingest.recognition.coordinated import in_full
from thb_analysis.ingest.recognition.dates import days_alone
from thb_analysis.ingest.recognition.doubts.order import refuse_on_sheet
from thb_analysis.ingest.recognition.further_in import written_further_in
from thb_analysis.ingest.recognition.grid import SET_APART, Grid, Place, make_grid, seen_labels
from thb_analysis.ingest.recognition.keys import Claim, Refusal, Source
from thb_analysis.ingest.recognition.levels import in_levels
from thb_analysis.ingest.recognition.mirrored import labels_first, said_again
from thb_analysis.ingest.recognition.misplaced import words_for_figures
from thb_analysis.ingest.recognition.neighbours import numbered_parts, ten_of_months
from thb_analysis.ingest.recognition.outlines import announced, below_named, numbered, outlined
from thb_analysis.ingest.recognition.qualified import (
    compared_years,
    counts_with_shares,
    qualified_years,
    slipped_years,
    years_by_name,
)
from thb_analysis.ingest.recognition.questions import answered_in_words, submissions
from thb_analysis.ingest.recognition.rivals import RegionReading
from thb_analysis.ingest.recognition.roles import marks_as_remarks
from thb_analysis.ingest.recognition.sides import joined, sides
from thb_analysis.ingest.recognition.stepped import close_up
from thb_analysis.ingest.recognition.summed import subtotals, summed
from thb_analysis.ingest.recognition.unmerged import groups_merged
from thb_analysis.ingest.recognition.values import Figure, read_figure
from thb_analysis.ingest.words.written_out import written_out


@dataclass(slots=True)
class SheetReading:
    """What a sheet came to."""

    sheet: Sheet
    grid: Grid
    claims: list[Claim] = field(default_factory=list)
    blanks: list[Claim] = field(default_factory=list)
    refusals: dict[Place, Refusal] = field(default_factory=dict)
    roles: dict[Place, str] = field(default_factory=dict)
    tables: dict[Place, str] = field(default_factory=dict)
    remarks: dict[Place, frozenset[Place]] = field(default_factory=dict)  #: a remark and its figures
    days: tuple[Place, ...] = ()  #: on which it was signed or sent
    qualified: dict[Place, str] = field(default_factory=dict)  #: years with a remark on how sure they are


def recognise(
    sheet: Sheet, source: Source, taken: frozenset[Place] = frozenset(), strict: bool = False
) -> SheetReading:
    """Read one sheet.  `taken` are cells that another reader (a record list) has accounted for.

    With `strict`, raises Doubtful at the first part in which a figure was refused.
    """
    grid = make_grid(sheet, source.catalogue)
    for place in taken:
        grid.cells.pop(place, None)
        grid.kinds.pop(place, None)
    apart = sides(grid, source.catalogue)
    if apart:
        return _joined(sheet, [recognise(side, source, taken, strict) for side in apart])
    days = days_alone(grid, source.catalogue, source.year)
    for place in days:
        del grid.cells[place], grid.kinds[place]
    sent = submissions(grid, source.catalogue)
    for place in sent:
        del grid.cells[place], grid.kinds[place]
    aside = lines_aside(grid, source.catalogue)
    answered, counting = answered_in_words(grid, source.catalogue)
    aside |= dict.fromkeys(answered, True)
    remarks = {place: (grid.cells[place], grid.kinds[place]) for place, said in aside.items() if said}
    counting |= said_again(grid, source.catalogue)
    for place in (*aside, *counting):
        del grid.cells[place], grid.kinds[place]
    ages_as_labels(grid, source.catalogue)
    qualified = qualified_years(grid, source.catalogue, source.year)
    named_years = years_by_name(grid, source)
    counts_with_shares(grid)
    compared_years(grid, source.catalogue)
    slipped_years(grid)
    ten_of_months(grid)
    numbered_parts(grid, source.catalogue)
    words_for_figures(grid, source.catalogue)
    marks_as_remarks(grid, source.catalogue)
    grid.spelled = {place: told for place in seen_labels(grid) if (told := _spelled(grid, place, source))}
    grid.moved = close_up(grid, source.catalogue) | labels_first(grid, source.catalogue)
    merged = groups_merged(grid, source.catalogue)
    lines = numbered(grid)
    grid.numbered = {line.place for column in lines for line in column}
    parts = {**announced(grid, source.catalogue), **below_named(grid, source.catalogue)}
    parts |= outlined(grid, source.catalogue, lines)
    further = written_further_in(grid, source.catalogue)
    parts |= further
    parts |= {**articles_below(grid, source.catalogue), **articles_beside(grid, source.catalogue)}
    parts |= in_levels(grid, source.catalogue, lines, further)
    measures, grid.measured = in_full(grid, source.catalogue)
    of_groups, grouped = subtotals(grid, source.catalogue)
    totals = {**of_groups, **summed(grid, source.catalogue)}
    grid.short = bool(
        (parts or totals or grid.measured or qualified or grid.spelled or grid.moved)
        or (aside or sent or merged or named_years or grouped)
    )
    grid.full = {**parts, **measures, **totals}
    reading = SheetReading(
        sheet,
        grid,
        roles=dict.fromkeys((*days, *aside.keys() - remarks), "note")
        | dict.fromkeys(counting, "label")
        | sent,
        days=tuple(days),
        qualified=qualified,
    )
    assembly = Assembly(grid, source, strict)
    found = assembly.readings()
    refuse_on_sheet(grid, source.catalogue, found)
    for best in found:
        _take(reading, best)
    lost = assembly.headings_alone(found)
    reading.refusals |= lost
    reading.roles |= dict.fromkeys(lost, "unread")
    for place, (cell, kind) in remarks.items():
        grid.cells[place], grid.kinds[place] = cell, kind
    return reading


def _joined(sheet: Sheet, parts: Sequence[SheetReading]) -> SheetReading:
    """What the tables of a sheet came to that were read one by one."""
    whole = SheetReading(sheet, joined(sheet, [part.grid for part in parts]))
    for part in parts:
        whole.claims += part.claims
        whole.blanks += part.blanks
        whole.refusals |= part.refusals
        whole.roles |= part.roles
        whole.tables |= part.tables
        whole.remarks |= part.remarks
        whole.days += part.days
        whole.qualified |= part.qualified
    return whole


def _spelled(grid: Grid, place: Place, source: Source) -> str:
    """A label with words cut short written out, or its letters put together: “T O T A L”; "" where it has none."""
    text = grid.written(place)
    if SET_APART.fullmatch(text.strip()):
        return " ".join("".join(word.split()) for word in re.split(r"\s{2,}", text.strip()))
    return written_out(source.catalogue, text) if "." in text else ""


def _take(reading: SheetReading, best: RegionReading) -> None:
    scene = best.scene
    reading.claims += [claim for _, claim in sorted(best.claims.items())]
    reading.blanks += [claim for _, claim in sorted(best.blanks.items())]
    reading.refusals.update(best.refusals)
    for place in (scene.aside - scene.remarks.keys()) | scene.used | scene.headings:
        reading.roles[place] = "label"
    for remark in scene.remarks:
        about = (place for place in best.claims if scene.remark_on(place) == remark)
        reading.remarks[remark] = frozenset(about)
    for claim in best.claims.values():
        reading.roles[claim.place] = "ignored" if claim.aside else "total" if claim.total else "value"
        reading.tables[claim.place] = claim.table.id
        for role, cell in claim.headings:
            reading.tables.setdefault(cell, claim.table.id)
            if role == "title" or cell in best.titles:
                reading.roles[cell] = "title"
        for cell in scene.corners(claim.place):
            reading.roles[cell] = "label"
            reading.tables.setdefault(cell, claim.table.id)
    for place in best.refusals:
        reading.roles[place] = "unread"


def figure_of(source: Source, grid: Grid, claim: Claim) -> Figure:
    """What a claim's cell says."""
    unit = unit_of(source, claim)
    return read_figure(
        source.catalogue, claim.table, unit, grid.cells[grid.covers.get(claim.place, claim.place)]
    )


def unit_of(source: Source, claim: Claim) -> str:
    """The unit of a claim: its member's own, else the table's."""
    for name in with_units(source.catalogue, claim.table.id):
        member = source.catalogue.member(claim.table, name, claim.dims[name])
        if member is not None and member.unit:
            return member.unit
    return claim.table.unit


@cache
def with_units(catalogue: Catalogue, table: str) -> tuple[str, ...]:
    """The dimensions of a table whose members have units of their own."""
    return tuple(
        dimension.name
        for dimension in catalogue.tables[table].dimensions
        if any(member.unit for member in catalogue.codes.get(dimension.codes, {}).values())
    )
