"""Figures of what is done with others, on lines that name institutions: with whom, or whose, nobody knows."""

from __future__ import annotations

from thb_analysis.ingest.recognition.doubts.case import Case
from thb_analysis.ingest.recognition.grid import Place
from thb_analysis.ingest.recognition.keys import Claim, Refusal, said


def with_whom(case: Case) -> dict[Place, Refusal]:
    """Joint checks on another institution's line, in the workbook of one that does them: its partner, and not theirs.

    Where a line is the sender's own, the lines say whose they are.
    """
    sender = case.resolver.source.institution
    found: dict[Place, Refusal] = {}
    mine = [claim for claim in case.claims.values() if claim.institution == sender and not claim.total]
    own = {_what(claim) for claim in mine}
    for place, claim in case.claims.items():
        joint = claim.table.by_institution and not case.words(claim).joint.isdisjoint(claim.dims.items())
        other = claim.institution != sender and sender in claim.table.senders
        if joint and other and _what(claim) not in own:
            found[place] = case.refused(claim, "two_readings", said(claim))
    return found


def _what(claim: Claim) -> tuple[object, ...]:
    """What a figure counts, whoever did it."""
    return claim.table.id, claim.year, tuple(sorted(claim.dims.items()))
