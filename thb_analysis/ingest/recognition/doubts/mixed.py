"""Lines of one kind amid those of another, written alike: of all that the list is of, or parts of the line above."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from thb_analysis.definitions import TOTAL
from thb_analysis.ingest.recognition.coming_to import is_all
from thb_analysis.ingest.recognition.doubts.case import Case
from thb_analysis.ingest.recognition.grid import Place
from thb_analysis.ingest.recognition.keys import Claim, Refusal
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
        mains = [line[0].place[1 - axis] for line in every if not _are_parts(line, axis)]
        for run, parts in _runs(case, every, axis):
            between: frozenset[str] = frozenset()  # the kind of lines that stand between two of another
            for before, group, after in zip(run, run[1:], [*run[2:], []], strict=False):
                kind = _kind(case, group[0], axis)
                if kind & _kind(case, run[0][0], axis) or not _is_of_all(case, group, before, axis):
                    continue  # what a list begins with is divided, and divides nothing
                if parts and (_divide(before[-1], kind) or not all(_are_parts(line, axis) for line in group)):
                    continue
                if _is_taken_off(group):
                    continue  # who is counted twice is no part of what stands before
                if after and _kind(case, after[0], axis) & _kind(case, before[0], axis):
                    between |= kind
                if not (between & kind or _is_sum_of_last(case, group, before, axis, parts)):
                    continue
                above = case.scene.stack(before[-1][0].place, axis)[0]
                own = {line[0].place[1 - axis] for line in group}
                found |= {
                    claim.place: case.refused(claim, "heading_gap", case.grid.text(above).strip())
                    for at, line in lines.items()
                    if (at if parts else max((n for n in mains if n <= at), default=at)) in own
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
    parts = any(claim.part for claim in case.claims.values())
    return not (case.refusals or parts) and all(not own or frozenset.intersection(*own) for own in kinds)


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


def _runs(case: Case, lines: Sequence[_Line], axis: int) -> Iterator[tuple[list[list[_Line]], bool]]:
    """The lines that follow each other, by their kind, between totals: without those that say “of whom”, and with."""
    mains = [line for line in lines if not _are_parts(line, axis)]
    for own, parts in ((mains, False), (lines, True)) if len(mains) < len(lines) else ((mains, False),):
        run: list[list[_Line]] = []
        for line in own:
            if any(axis in claim.total for claim in line):
                yield run, parts
                run = []
            elif run and _kind(case, line, axis) & _kind(case, run[-1][-1], axis):
                run[-1].append(line)
            else:
                run.append([line])
        yield run, parts


def _divide(line: _Line, kind: frozenset[str]) -> bool:
    """Whether a line is of one member of a kind: then those that name another one stand beside what it divides."""
    return any(claim.dims.get(name, TOTAL) != TOTAL for claim in line for name in kind)


def _are_parts(line: _Line, axis: int) -> bool:
    """Whether a line says that it is a part of the one before it."""
    return any(axis in claim.part for claim in line)


def _kind(case: Case, line: _Line, axis: int) -> frozenset[str]:
    """What the lines of a kind name a member of; of a part, what it says itself and not the line that it divides."""
    claim = line[0]
    if axis not in claim.part:
        return claim.own[axis]
    text = case.grid.text(case.scene.stack(claim.place, axis)[0])
    return frozenset(name for reading in case.words(claim).read(text) for name, _ in reading.dims)


def _is_of_all(case: Case, group: Sequence[_Line], before: Sequence[_Line], axis: int) -> bool:
    """Whether lines say nothing of what those before them say, and are of the same years and of all of it."""
    names = _kind(case, before[0], axis) - {"year"}
    claims = [claim for line in group for claim in line]
    return bool(names) and all(claim.dims.get(name) == TOTAL for name in names for claim in claims)


def _is_taken_off(group: Sequence[_Line]) -> bool:
    """Whether lines are of what is taken off a sum."""
    claims = [claim for line in group for claim in line]
    deduct = claims[0].table.deduct
    return bool(deduct) and all(claim.dims.get(name) == code for claim in claims for name, code in deduct)


def _is_sum_of_last(
    case: Case, group: Sequence[_Line], before: Sequence[_Line], axis: int, parts: bool
) -> bool:
    """Whether lines come to just what the last line before them is, throughout, and not to all of those lines.

    Parts that are all that there are of their kind, and do not come to all of those lines, may be of the last as well.
    """
    if len(group) < 2 or (len(before) < 2 and not parts):
        return False
    kind = _kind(case, group[0], axis)
    said = frozenset((name, claim.dims[name]) for line in group for claim in line for name in kind)
    every = parts and is_all(case.catalogue, said)
    told = []
    for across in {claim.place[axis] for claim in before[-1]}:
        own, theirs = (
            [case.grid.number(place_at(axis, across, line[0].place[1 - axis])) or 0 for line in lines]
            for lines in (group, before)
        )
        summed = sum(own)
        other = sum(theirs) if len(before) > 1 else _whole(case, group, across, axis)
        several = summed >= FEW and sum(map(bool, own)) > 1
        of_last = summed == theirs[-1] or (every and summed < theirs[-1])
        told.append(several and other is not None and of_last and summed != other)
    return bool(told) and all(told)


def _whole(case: Case, group: Sequence[_Line], across: int, axis: int) -> int | None:
    """The number that lines divide by their headings, where the list has it."""
    for claim in group[0]:
        if claim.place[axis] == across:
            dims = {**claim.dims, **dict.fromkeys(claim.own[axis] - {"year"}, TOTAL)}
            for other in case.claims.values():
                if other.place[axis] == across and other.dims == dims and other.year == claim.year:
                    number = case.grid.number(other.place)
                    return None if number is None else int(number)
    return None
