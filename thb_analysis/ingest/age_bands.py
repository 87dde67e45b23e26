"""Bands of ages that were refused in a list whose total was read: with what else was read they come to it."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from thb_analysis.definitions import Catalogue
from thb_analysis.ingest.recognition.grid import Place
from thb_analysis.ingest.recognition.keys import Claim
from thb_analysis.ingest.recognition.recognise import SheetReading
from thb_analysis.ingest.recognition.scene import LEFT, UP
from thb_analysis.ingest.words.ages import within


def bands_in_totals(reading: SheetReading, catalogue: Catalogue) -> frozenset[Place]:
    """The refused figures of bands of which nothing is lost but their group's own figure.

    Of each line of a list: its total was read, and is the sum of its bands and of the other ages read beside them.
    """
    bands = {
        place: refusal.place
        for place, refusal in reading.refusals.items()
        if refusal.code == "label_unknown" and within(catalogue, refusal.found)
    }
    found: set[Place] = set()
    claims = {claim.place: claim for claim in reading.claims if not claim.aside} if bands else {}
    lines: dict[tuple[int, int], list[Place]] = {}
    for place, label in bands.items():
        axis = LEFT if label[0] == place[0] else UP
        lines.setdefault((axis, place[axis]), []).append(place)
    for (axis, at), places in lines.items():
        if _come_to_total(reading, axis, at, places, claims):
            found |= {*places}
    return frozenset(found)


def _come_to_total(
    reading: SheetReading, axis: int, at: int, bands: list[Place], claims: Mapping[Place, Claim]
) -> bool:
    """Whether a line's total is the sum of its bands and of the figures on it that are of other ages."""
    numbers = [reading.grid.number(place) for place in bands]
    line = [claim for place, claim in claims.items() if place[axis] == at]
    totals = [claim for claim in line if axis in claim.total]
    if len(totals) != 1 or None in numbers:
        return False
    (total,) = totals
    whole = reading.grid.number(total.place)
    by_age = {name for name, _, _ in total.table.complements}
    parts = [c for c in line if c.table is total.table and c is not total and by_age & c.own[axis]]
    others = [reading.grid.number(claim.place) for claim in parts]
    if whole is None or None in others:
        return False
    return sum((n for n in (*numbers, *others) if n is not None), Decimal(0)) == whole
