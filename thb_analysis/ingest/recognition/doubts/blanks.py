"""Labels without a figure amid the lines of a list: lines of it that were left blank, or names of a part of it."""

from __future__ import annotations

from collections.abc import Set

from thb_analysis.ingest.recognition.doubts.case import Case
from thb_analysis.ingest.recognition.grid import Place
from thb_analysis.ingest.recognition.keys import Claim, Refusal, said
from thb_analysis.ingest.recognition.scene import LEFT, UP

MOST_BLANK = 2  #: rows above such a label


def below_blank_parts(case: Case) -> dict[Place, Refusal]:
    """Figures below a member's name that heads nothing, and may be a part of the line above it without a figure.

    “KL 154.1, 3; women; men; KL 164, 4”: the four are not the men of the other article.  So are those below one with
    another of its kind right above it; or one amid a list that goes on below it without saying any line once more.
    """
    scene = case.scene
    loose = set(scene.loose)
    rows = {place[0] for place in case.claims}
    labels: dict[
        Place, tuple[int, Place | None]
    ] = {}  #: such labels → the row over it that is not blank there
    for cell in loose.intersection(cell for heads in case.headings.values() for _, cell in heads):
        row, above = _over(case, cell)
        if row in rows or above in loose:
            labels[cell] = row, above
    lines: dict[int, list[Claim]] = {}  #: row → its figures
    under: dict[Place, list[Claim]] = {}  #: such a label → the figures below it
    for place, claim in case.claims.items() if labels else ():
        lines.setdefault(place[0], []).append(claim)
        first = next((cell for role, cell in claim.headings if role == "row"), None)
        for role, cell in claim.headings:
            if role == "title" and cell in labels and (first is None or first[1] == cell[1]):
                under.setdefault(cell, []).append(claim)
    found: dict[Place, Refusal] = {}
    known: dict[tuple[int, str], set[frozenset[tuple[str, str]]]] = {}
    for cell, claims in under.items():
        row, above = labels[cell]
        before = lines.get(row, ())
        twin = above is not None and above in loose
        kinds = _kinds(case, claims[0], cell) if twin or before else set()
        blank = above is not None and twin and bool(kinds & _kinds(case, claims[0], above))
        if blank or any(_goes_on(case, loose, kind, claims, before, known) for kind in kinds):
            for claim in claims:
                found[claim.place] = case.blamed(claim, "label_ambiguous", cell, f"{said(claim)} / —")
    return found


def _over(case: Case, cell: Place) -> tuple[int, Place | None]:
    """The first row above a label that is not blank in its column, a few blank ones between, and what stands there."""
    rows = range(cell[0] - 1, cell[0] - MOST_BLANK - 2, -1)
    over = ((row, case.grid.at((row, cell[1]))) for row in rows)
    return next((one for one in over if one[1] is not None), (0, None))


def _goes_on(
    case: Case,
    loose: Set[Place],
    kind: str,
    claims: list[Claim],
    before: list[Claim] | tuple[()],
    known: dict[tuple[int, str], set[frozenset[tuple[str, str]]]],
) -> bool:
    """Whether the list right above a label, which is not divided by its kind, goes on below it with other lines.

    `known` is what the lines say that are not divided by a kind, by column and kind.
    """
    own = claims[0]
    above = [one for one in before if one.place[1] == own.place[1] and LEFT not in one.total]
    if not any(one.own[LEFT] & own.own[LEFT] and _whole(case, loose, one, kind) for one in above):
        return False
    key = (own.place[1], kind)
    if key not in known:
        ones = (one for place, one in case.claims.items() if place[1] == key[0])
        known[key] = {_rest(one, kind) for one in ones if _whole(case, loose, one, kind)}
    return not any(_rest(claim, kind) in known[key] for claim in claims if LEFT not in claim.total)


def _kinds(case: Case, claim: Claim, cell: Place) -> set[str]:
    """What kinds of members a label names that is no title, or a year."""
    readings = case.words(claim).read(case.grid.text(cell))
    return set() if any(r.title for r in readings) else {name for r in readings for name in r.sets}


def _whole(case: Case, loose: Set[Place], claim: Claim, kind: str) -> bool:
    """Whether neither a heading nor a label amid its list divides a figure by a kind of members."""
    titles = (cell for role, cell in claim.headings if role == "title" and cell in loose)
    divided = kind in claim.own[UP] | claim.own[LEFT]
    return not divided and not any(kind in _kinds(case, claim, cell) for cell in titles)


def _rest(claim: Claim, kind: str) -> frozenset[tuple[str, str]]:
    return frozenset((name, code) for name, code in claim.dims.items() if name != kind)
