"""A sheet read in more than one way where it is not sure how it was laid out: what is told otherwise is refused.

It may be turned round: titles stand beside their table in it, each alone in a column, and the first row has the labels
of a list.  That may be said of an upright sheet, too, whose title is the corner of its headings.  And empty rows and
columns may part two lists, or stand amid one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from thb_analysis.ingest.cells import Sheet
from thb_analysis.ingest.recognition.closed_up import closed_up
from thb_analysis.ingest.recognition.complements import complement, siblings
from thb_analysis.ingest.recognition.grid import Place
from thb_analysis.ingest.recognition.judge import Reading, numbers_at
from thb_analysis.ingest.recognition.keys import Claim, Pages, Refusal, Source, claim_key, said
from thb_analysis.ingest.recognition.recognise import SheetReading, figure_of, recognise
from thb_analysis.ingest.recognition.records import read_records
from thb_analysis.ingest.recognition.turned import may_be_turned, turned
from thb_analysis.ingest.recognition.values import Figure


def either_way(sheet: Sheet, source: Source) -> SheetReading | None:
    """A sheet that may be turned round, or has empty rows or columns amid its lists; None where it has neither.

    It is read the way round that leaves less unread.  A figure that is another's in another way is refused, but where
    only that way leaves something unread.
    """
    may, gaps = may_be_turned(sheet, source), closed_up(sheet, source)
    if not (may or gaps) or read_records(sheet, source).roles:
        return None
    best = recognise(sheet, source)
    if may:
        other = _recognised(turned(sheet), sheet, source)
        best, other = sorted((other, best), key=lambda way: len(way.refusals))
        _doubt(best, other, lambda place: place[::-1], source)
        gaps = closed_up(best.sheet, source)
    for closed, moved in gaps:
        _doubt(best, _recognised(closed, sheet, source), moved, source)
    return best


def _recognised(way: Sheet, sheet: Sheet, source: Source) -> SheetReading:
    """A sheet read in another way than it stands in its workbook."""
    sheets = tuple(way if each is sheet else each for each in source.pages.sheets)
    return recognise(way, source._replace(pages=Pages(sheets)))


def _doubt(best: SheetReading, other: SheetReading, moved: Callable[[Place], Place], source: Source) -> None:
    """Refuse figures that are another's in the other way, in which they have moved."""
    if other.refusals:
        return
    own, otherwise = _settled(best, source), _settled(other, source)
    for claim in list(best.claims):
        one, twin = own.get(claim.place), otherwise.get(moved(claim.place))
        if one is None or twin is None or (twin.aside, claim_key(twin)) == (one.aside, claim_key(one)):
            continue
        text, told = best.grid.text(claim.place), f"{said(one)} / {said(twin)}"
        refusal = Refusal("two_readings", claim.place, text, told, tables=(claim.table.id,))
        best.refusals[claim.place] = refusal
        best.roles[claim.place] = "unread"
        best.claims.remove(claim)


def _settled(reading: SheetReading, source: Source) -> dict[Place, Claim]:
    """The figures of a sheet with what children that stand apart make of the others; none of which nobody can say."""
    name, grid = reading.sheet.name, reading.grid
    figures = [(claim, figure_of(source, grid, claim)) for claim in reading.claims]
    figures += [(claim, Figure(None, "M", "", "blank")) for claim in reading.blanks]
    readings = [
        Reading(replace(one, dims=dict(one.dims), own=dict(one.own)), figure, source.file, name, "")
        for one, figure in figures
    ]
    lost = {name: numbers_at(grid, reading.refusals)}
    apart = {name: siblings(grid, source.catalogue, reading.refusals)}
    told = complement([one for one in readings if not one.claim.aside], lost, apart)
    unsure = {id(one) for one in told.undecided}
    return {one.claim.place: one.claim for one in readings if id(one) not in unsure}
