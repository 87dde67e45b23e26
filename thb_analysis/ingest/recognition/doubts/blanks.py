"""Labels without a figure amid the lines of a list: lines of it that were left blank, or names of a part of it."""

from __future__ import annotations

from thb_analysis.definitions import TOTAL
from thb_analysis.ingest.recognition.doubts.case import Case
from thb_analysis.ingest.recognition.grid import Place
from thb_analysis.ingest.recognition.keys import Claim, Refusal, said
from thb_analysis.ingest.recognition.scene import LEFT


def below_blank_parts(case: Case) -> dict[Place, Refusal]:
    """Figures below a member's name that heads nothing, and may be a part of the line above it without a figure.

    “KL 154.1, 3; women; men; KL 164, 4”: the four are not the men of the other article.  So are those below one with
    another of its kind right above it; or one amid a list that goes on below it without saying any line once more.
    """
    scene, found = case.scene, {}
    loose = set(scene.loose)
    lines: dict[int, list[Claim]] = {}  #: row → its figures
    whole: dict[
        tuple[int, str], set[frozenset[tuple[str, str]]]
    ] = {}  #: column and kind → those not divided by it
    for place, claim in case.claims.items() if loose else ():
        lines.setdefault(place[0], []).append(claim)
    for place, claim in case.claims.items() if loose else ():
        own = [cell for role, cell in claim.headings if role == "row"]
        for role, cell in claim.headings:
            row, column = cell
            if role != "title" or cell not in loose or not own or own[0][1] != column:
                continue
            kinds = _kinds(case, claim, cell)
            above = case.grid.at((row - 1, column))
            blank = above in loose and above is not None and bool(kinds & _kinds(case, claim, above))
            for kind in kinds if not blank else ():
                before = [one for one in lines.get(row - 1, ()) if one.place[1] == place[1]]
                undivided = [one for one in before if _whole(one, kind) and LEFT not in one.total]
                if any(one.own[LEFT] & claim.own[LEFT] for one in undivided):
                    key = (place[1], kind)
                    if key not in whole:
                        ones = (one for own in lines.values() for one in own if one.place[1] == place[1])
                        whole[key] = {_rest(one, kind) for one in ones if _whole(one, kind)}
                    blank = blank or _rest(claim, kind) not in whole[key]
            if blank:
                found[place] = case.blamed(claim, "label_ambiguous", cell, f"{said(claim)} / —")
    return found


def _kinds(case: Case, claim: Claim, cell: Place) -> set[str]:
    """What kinds of members a label names that is no title."""
    readings = case.words(claim).read(case.grid.text(cell))
    return {name for reading in readings if not reading.title for name, _ in reading.dims}


def _whole(claim: Claim, kind: str) -> bool:
    """Whether nothing divides a figure by a kind of members."""
    return kind not in claim.stated or claim.dims.get(kind) == TOTAL


def _rest(claim: Claim, kind: str) -> frozenset[tuple[str, str]]:
    return frozenset((name, code) for name, code in claim.dims.items() if name != kind)
