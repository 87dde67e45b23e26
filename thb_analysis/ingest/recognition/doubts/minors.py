"""Women and men beside minors whose line was lost: with it they would be the adults, and without it they are all."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache

from thb_analysis.definitions import Catalogue
from thb_analysis.ingest.recognition.doubts.case import HEADING_LOST, Case
from thb_analysis.ingest.recognition.grid import Place
from thb_analysis.ingest.recognition.keys import Claim, Refusal
from thb_analysis.ingest.recognition.rivals import RegionReading
from thb_analysis.ingest.recognition.scene import LEFT, UP
from thb_analysis.ingest.words.ages import within
from thb_analysis.ingest.words.labels import Vocabulary, vocabulary

SPLIT = "sex"  #: the dimension that minors stand beside
_LABEL_LOST = (*HEADING_LOST, "label_unknown", "label_ambiguous", "key_twice")


def minors_lost(case: Case) -> dict[Place, Refusal]:
    """Women and men beside a refused line that is the minors', or may be; or beside minors without a figure, or hidden.

    Where the adults of a list are hidden, nothing in it tells of whom the other lines are.
    """
    scene, grid = case.scene, case.grid
    found: dict[Place, Refusal] = {}
    if not any(claim.table.complements for claim in case.claims.values()):
        return found
    hidden = scene.region.places & grid.hidden
    used = {
        cell for one in (case.claims, case.blanks) for claim in one.values() for _, cell in claim.headings
    }
    used |= {cell for place in case.refusals for axis in (UP, LEFT) for cell in scene.stack(place, axis)}
    labels = hidden | {
        cell
        for cell in (scene.region.places - used) | case.resolver.unfilled.doubted
        if scene.is_heading(cell)
    }
    lost = tuple(_bands(case, axis) for axis in (UP, LEFT))
    whole = tuple(_whole_lines(case, axis) if case.refusals else frozenset() for axis in (UP, LEFT))

    @cache
    def unseen(words: Vocabulary, split: bool) -> list[Place]:
        """Labels of minors that head no figure, which tell of women and men alone; and hidden ones of adults."""
        minors = {cell for cell in labels if split and _are(words, grid.text(cell), minors=True)}
        return sorted(minors | {cell for cell in hidden if _are(words, grid.text(cell), minors=False)})

    opened: list[tuple[Place, Claim, int, Place]] = []  #: parts that only begin the list of all
    for place, claim, axis in _undecided(case.claims) if case.refusals or labels else ():
        words, split = case.words(claim), SPLIT in claim.own[axis]
        for cell in unseen(words, split):
            if cell[axis] in scene.fills(place, axis):
                found[place] = case.blamed(claim, "heading_hidden" if cell in hidden else "heading_gap", cell)
        other = lost[axis].get(scene.band(place, axis)) if split and axis not in claim.total else None
        if (
            other is None
            or _of_another_whole(case, claim, other, axis)
            or (place[axis], claim.table.id, claim.year) in whole[axis]
        ):
            continue
        if axis not in claim.part or _are(words, grid.text(case.refusals[other].place), minors=True):
            found[place] = case.refused(claim, "heading_gap", case.grid.address(other))
        else:
            opened.append((place, claim, axis, other))
    for place, claim, axis, other in opened:
        beside = (
            one
            for at, one in case.claims.items()
            if one.table is claim.table
            and scene.band(at, axis) == scene.band(place, axis)
            and axis not in one.part
        )
        if any(one.place in found or _of_minors(one) for one in beside):
            found[place] = case.refused(claim, "heading_gap", case.grid.address(other))
    return found


def _whole_lines(case: Case, axis: int) -> frozenset[tuple[int, str, int | None]]:
    """The lines on which women and men come to the total, by table and year: whatever else stands there is of them.

    What was refused there is not nought, or not so on another of these lines: children of whom there are none tell
    nothing.
    """
    lines: dict[tuple[int, str, int | None], list[Claim]] = {}
    for place, claim in case.claims.items():
        if axis not in claim.part:
            lines.setdefault((place[axis], claim.table.id, claim.year), []).append(claim)
    found = set()
    for key, line in lines.items():
        totals = [one for one in line if axis in one.total and not one.own[axis]]
        split = [one for one in line if one.own[axis] == {SPLIT}]
        told = [{**one.dims, SPLIT: ""} for one in (*totals, *split)]
        if len(totals) != 1 or len(split) < 2 or any(dims != told[0] for dims in told):
            continue
        total, *numbers = (case.grid.number(one.place) for one in (*totals, *split))
        codes = [one.dims[SPLIT] for one in split]
        if None not in numbers and len(codes) == len(set(codes)) and total == sum(n or 0 for n in numbers):
            found.add(key)
    sums = {line for line, *_ in found}
    told_at = {p[1 - axis] for p in case.refusals if p[axis] in sums and case.grid.number(p)}
    silent = {p[axis] for p in case.refusals if not case.grid.number(p) and p[1 - axis] not in told_at}
    return frozenset(key for key in found if key[0] not in silent)


def _of_minors(claim: Claim) -> bool:
    """Whether a figure is of minors, of whichever sex."""
    return any(
        claim.dims.get(name) == minors and SPLIT not in claim.stated
        for name, minors, _ in claim.table.complements
    )


def _of_another_whole(case: Case, claim: Claim, lost: Place, axis: int) -> bool:
    """Whether a part (“of whom …”) and a refused one are of two wholes: “of victims and of clients”."""
    heads = case.scene.own_stack(lost, axis)
    words = case.words(claim)
    if axis not in claim.part or not any(words.begins(case.grid.text(cell), "part") for cell in heads):
        return False
    wholes = (
        one.place for one in case.claims.values() if axis not in one.part and one.place[axis] == lost[axis]
    )
    lines = sorted(place[1 - axis] for place in wholes)
    return bisect_left(lines, claim.place[1 - axis]) != bisect_left(lines, lost[1 - axis])


def all_or_adults(case: Case) -> dict[Place, Refusal]:
    """Women and men beside minors who are called by the same word, where no total tells whether these are among them.

    “Women, 4; girls, 1” are adults and minors; of “women, 4; underage women, 1” the one may be one of the four.
    """
    found: dict[Place, Refusal] = {}
    for axis in (UP, LEFT):
        lines: dict[tuple[int | None, int, str], list[Claim]] = {}
        for place, claim in case.claims.items():
            if any(SPLIT in own for own in claim.own.values()) or axis in claim.total:
                key = case.scene.band(place, axis), place[axis], claim.table.id
                lines.setdefault(key, []).append(claim)
        for line in lines.values():
            words, rules = case.words(line[0]), line[0].table.complements
            split = [claim for claim in line if SPLIT in claim.own[axis] and axis not in claim.part]
            minors = [c for c in split if any(c.dims.get(name) == child for name, child, _ in rules)]
            rest = [c for c in split if not any(name in c.stated for name, _, _ in rules)]
            called = [words.stems(_label(case, claim, axis)) for claim in minors]
            own = [words.stems(_label(case, claim, axis)) for claim in rest]
            within = any(set(one) < set(other) for one in own for other in called if one)
            if within and not any(axis in claim.total for claim in line):
                found |= {c.place: case.refused(c, "heading_gap", rules[0][0]) for c in rest}
    return found


def _label(case: Case, claim: Claim, axis: int) -> str:
    """A figure's own heading along an axis, the nearest that divides by sex."""
    words = case.words(claim)
    stack = case.scene.own_stack(claim.place, axis)
    texts = (case.grid.text(cell) for cell in reversed(stack))
    return next((text for text in texts if any(SPLIT in r.sets for r in words.read(text))), "")


def beside_younger(case: Case) -> dict[Place, Refusal]:
    """Figures of an age group called by a part of its years, “14–17”, in a list that has another part of it.

    All minors who answer for a crime are older than those whom that part holds, unless it is there; nobody knows that
    of a line right beside it that is not understood.
    """
    catalogue, text = case.catalogue, case.grid.text
    bands = {
        refusal.place: within(catalogue, refusal.found)
        for refusal in case.refusals.values()
        if refusal.code == "label_unknown"
    }
    found: dict[Place, Refusal] = {}
    for place, claim in case.claims.items() if bands else ():
        for _, cell in claim.headings:
            group = within(catalogue, text(cell))
            beside = (
                own == group if own else abs(label[0] - cell[0]) + abs(label[1] - cell[1]) == 1
                for label, own in bands.items()
                if label[0] == cell[0] or label[1] == cell[1]
            )
            if group in claim.dims.values() and any(beside):
                found[place] = case.blamed(claim, "label_unknown", cell)
    return found


def _bands(case: Case, axis: int) -> dict[int | None, Place]:
    """The bands of headings with a figure of which nobody knows the label along an axis."""
    doubles = (place for place, refusal in case.refusals.items() if refusal.code == "key_twice")
    summed = {case.scene.band(place, axis) for place, claim in case.claims.items() if axis in claim.total}
    twins = Counter(place[axis] for place in doubles)
    found: dict[int | None, Place] = {}
    for place, refusal in case.refusals.items():
        heads = case.scene.stack(place, axis)
        twin = refusal.code == "key_twice" and twins[place[axis]] > 1
        if _is_of_adults(case, refusal) and case.scene.band(place, axis) in summed:
            continue  # the total tells whether the minors are among the women and men
        if refusal.code in _LABEL_LOST and (not heads or refusal.place in heads or twin):
            found.setdefault(case.scene.band(place, axis), place)
    return found


def _is_of_adults(case: Case, refusal: Refusal) -> bool:
    """Whether a refused label is a band of ages of which none is a minor’s."""
    group = within(case.catalogue, refusal.found) if refusal.code == "label_unknown" else ""
    known = (case.catalogue.tables[name].complements for name in refusal.tables)
    return bool(group) and any(adult == group for rules in known for _, _, adult in rules)


def _are(words: Vocabulary, text: str, minors: bool) -> bool:
    """Whether a label says that figures are of minors, or that they are of adults."""
    said = {pair for reading in words.read(text) for pair in reading.dims}
    return any((name, child if minors else adult) in said for name, child, adult in words.table.complements)


def minors_pasted(
    reading: RegionReading, pasted: Mapping[Place, Refusal], catalogue: Catalogue
) -> dict[Place, Refusal]:
    """Women and men beside minors whose figure a label was pasted over, or is headed by it."""
    scene = reading.scene
    found: dict[Place, Refusal] = {}
    for place, claim, axis in _undecided(reading.claims) if pasted else ():
        words = vocabulary(catalogue, claim.table.id)
        for lost, refusal in pasted.items():
            beside = SPLIT in claim.own[axis] and lost[axis] == place[axis]
            heads = scene.own_stack(lost, axis) if beside else ()
            if any(_are(words, scene.grid.text(cell), minors=True) for cell in heads):
                found[place] = refusal
    return found


def _undecided(claims: Mapping[Place, Claim]) -> Iterator[tuple[Place, Claim, int]]:
    """The figures of which no heading says whether they are of adults, and the axes along which one says more."""
    for place, claim in claims.items():
        if any(name not in claim.stated for name, _, _ in claim.table.complements):
            yield from ((place, claim, axis) for axis in (UP, LEFT) if claim.own[axis])
