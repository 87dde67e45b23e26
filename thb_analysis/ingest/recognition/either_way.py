"""A sheet that may be turned round, read both as it stands and turned back.

Titles stand beside their table in it, each alone in a column, and the first row has the labels of a list.  That may be
said of an upright sheet, too, whose title is the corner of its headings.
"""

from __future__ import annotations

from thb_analysis.ingest.cells import Sheet
from thb_analysis.ingest.recognition.keys import Refusal, Source, claim_key, said
from thb_analysis.ingest.recognition.recognise import SheetReading, recognise
from thb_analysis.ingest.recognition.records import read_records
from thb_analysis.ingest.recognition.turned import may_be_turned, turned


def either_way(sheet: Sheet, source: Source) -> SheetReading | None:
    """A sheet that may be turned round, read the way that leaves less unread; None where it stands upright.

    A figure that is another's the other way is refused, but where only that way leaves something unread.
    """
    if not may_be_turned(sheet, source) or read_records(sheet, source).roles:
        return None
    best, other = sorted(
        (recognise(turned(sheet), source), recognise(sheet, source)), key=lambda way: len(way.refusals)
    )
    whole = not best.refusals and bool(
        other.refusals
    )  # the other way leaves something unread, and this nothing
    otherwise = {} if whole else {claim.place[::-1]: claim for claim in other.claims}
    for claim in list(best.claims):
        twin = otherwise.get(claim.place)
        if twin is not None and (twin.aside, claim_key(twin)) != (claim.aside, claim_key(claim)):
            text, told = best.grid.text(claim.place), f"{said(claim)} / {said(twin)}"
            best.refusals[claim.place] = Refusal(
                "two_readings", claim.place, text, told, tables=(claim.table.id,)
            )
            best.roles[claim.place] = "unread"
            best.claims.remove(claim)
    return best
