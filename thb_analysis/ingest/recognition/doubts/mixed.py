"""Lines of one kind amid those of another, written alike: of all that the list is of, or parts of the line above."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from thb_analysis.definitions import TOTAL
from thb_analysis.ingest.recognition.doubts.case import Case
from thb_analysis.ingest.recognition.grid import Place
from thb_analysis.ingest.recognition.keys import Claim, Refusal
from thb_analysis.ingest.recognition.nested import told_alike
from thb_analysis.ingest.recognition.scene import LEFT, UP, place_at

FEW = 3  #: a number that is hardly the sum of others by chance

_Line = list[Claim]  #: the figures of a row, or of a column


def mixed_lines(case: Case) -> dict[Place, Refusal]:
    """Figures whose lines stand between two of another kind, or come to just what the last one before them is.

    “Women, Latvia, Ukraine, men”: of the women, and “Latvia, Germany” below the men of these.  “Women 19, men 51,
    Latvia 2, Ukraine 49”: of the men, since all of them are 70.
    """
    found: dict[Place, Refusal] = {}
    lists: dict[tuple[int, object], dict[int, _Line]] = {}
    for claim in (*case.claims.values(), *_blanks(case), *_twins(case)) if not _of_one_kind(case) else ():
        for axis in (UP, LEFT) if not claim.aside else ():
            if len((claim.block.rows, claim.block.columns)[axis]) == 1 and claim.own[axis]:
                lines = lists.setdefault((axis, (claim.block, claim.table.id)), {})
                lines.setdefault(claim.place[1 - axis], []).append(claim)
    for (axis, _), lines in lists.items():
        every = [lines[at] for at in sorted(lines)]
        mains = [line[0].place[1 - axis] for line in every if not any(axis in claim.part for claim in line)]
        for run in [*_runs(every, axis), *_alike(case, every, axis)]:
            between: frozenset[str] = frozenset()  # the kind of lines that stand between two of another
            for before, group, after in zip(run, run[1:], [*run[2:], []], strict=False):
                kind = _kind(group[0], axis)
                if kind & _kind(run[0][0], axis) or not _is_of_all(group, before, axis):
                    continue  # what a list begins with is divided, and divides nothing
                if _is_taken_off(group):
                    continue  # who is counted twice is no part of what stands before
                if after and _kind(after[0], axis) & _kind(before[0], axis):
                    between |= kind
                if not (between & kind or _is_sum_of_last(case, group, before, axis)):
                    continue
                above = case.scene.stack(before[-1][0].place, axis)[0]
                own = {line[0].place[1 - axis] for line in group}
                found |= {
                    claim.place: case.refused(claim, "heading_gap", case.grid.text(above).strip())
                    for at, line in lines.items()
                    if max((n for n in mains if n <= at), default=at) in own
                    for claim in line
                    if claim.place in case.claims
                }
    return found


def _of_one_kind(case: Case) -> bool:
    """Whether the lines of every table say something of one kind throughout, and none was refused."""
    kinds = (
        {claim.own[axis] for claim in members if claim.own[axis]}
        for members in case.blocks.values()
        for axis in (UP, LEFT)
    )
    return not case.refusals and all(not own or frozenset.intersection(*own) for own in kinds)


def _blanks(case: Case) -> Iterator[Claim]:
    """The places without a figure: lines too.  Not adults, whose name may stand over women and men, minors below."""
    for claim in case.blanks.values():
        aged = {dimension for dimension, _, _ in claim.table.complements}
        if not any(aged & own for own in claim.own.values()):
            yield claim


def _twins(case: Case) -> Iterator[Claim]:
    """What the figures would be that nothing tells apart: which lines they stand on is known."""
    for place, refusal in case.refusals.items():
        if refusal.code == "key_twice":
            claim = case.resolver.resolve(place, case.catalogue.tables[refusal.tables[0]])
            if isinstance(claim, Claim):
                yield claim


def _runs(lines: Sequence[_Line], axis: int) -> list[list[list[_Line]]]:
    """The lines that follow each other, by their kind, between totals; parts are of what is before them."""
    found: list[list[list[_Line]]] = [[]]
    for line in lines:
        if any(axis in claim.part for claim in line):
            continue
        if any(axis in claim.total for claim in line):
            found.append([])
        elif found[-1] and _kind(line, axis) & _kind(found[-1][-1][-1], axis):
            found[-1][-1].append(line)
        else:
            found[-1].append([line])
    return found


def _alike(case: Case, lines: Sequence[_Line], axis: int) -> Iterator[list[list[_Line]]]:
    """The parts that follow each other and begin alike, by their kind: “t.sk. women, t.sk. minors, t.sk. men”."""
    run: list[list[_Line]] = []
    before = ""
    for line in lines:
        heads = case.scene.stack(line[0].place, axis)
        text = case.grid.text(heads[0]) if heads and all(axis in claim.part for claim in line) else ""
        if not (before and told_alike(case.catalogue, before, text)):
            yield run
            run = []
        if text and run and _kind(line, axis) & _kind(run[-1][-1], axis):
            run[-1].append(line)
        elif text:
            run.append([line])
        before = text
    yield run


def _kind(line: _Line, axis: int) -> frozenset[str]:
    return line[0].own[axis]


def _is_of_all(group: Sequence[_Line], before: Sequence[_Line], axis: int) -> bool:
    """Whether lines say nothing of what those before them say, and are of the same years and of all of it."""
    names = _kind(before[0], axis) - {"year"}
    claims = [claim for line in group for claim in line]
    return bool(names) and all(claim.dims.get(name) == TOTAL for name in names for claim in claims)


def _is_taken_off(group: Sequence[_Line]) -> bool:
    """Whether lines are of what is taken off a sum."""
    claims = [claim for line in group for claim in line]
    deduct = claims[0].table.deduct
    return bool(deduct) and all(claim.dims.get(name) == code for claim in claims for name, code in deduct)


def _is_sum_of_last(case: Case, group: Sequence[_Line], before: Sequence[_Line], axis: int) -> bool:
    """Whether lines come to just what the last line before them is, throughout, and not to all of those lines."""
    if len(before) < 2 or len(group) < 2:
        return False
    told = []
    for across in {claim.place[axis] for claim in before[-1]}:
        own, theirs = (
            [case.grid.number(place_at(axis, across, line[0].place[1 - axis])) or 0 for line in lines]
            for lines in (group, before)
        )
        summed = sum(own)
        told.append(summed >= FEW and summed == theirs[-1] != sum(theirs) and sum(map(bool, own)) > 1)
    return bool(told) and all(told)
