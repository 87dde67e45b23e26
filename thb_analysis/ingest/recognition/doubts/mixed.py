"""Lines of one kind amid those of another, written alike: of all that the list is of, or parts of the line above."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from thb_analysis.definitions import TOTAL
from thb_analysis.ingest.recognition.doubts.case import Case
from thb_analysis.ingest.recognition.grid import Place
from thb_analysis.ingest.recognition.keys import Claim, Refusal
from thb_analysis.ingest.recognition.scene import LEFT

FEW = 3  #: a number that is hardly the sum of others by chance

_Line = list[Claim]  #: the figures of a row


def mixed_lines(case: Case) -> dict[Place, Refusal]:
    """Figures whose lines stand between two of another kind, or come to just what the last one before them is.

    “Women, Latvia, Ukraine, men”: of the women.  “Women 19, men 51, Latvia 2, Ukraine 49”: of the men, since all of
    them are 70.
    """
    found: dict[Place, Refusal] = {}
    lists: dict[object, dict[int, _Line]] = {}
    for place, claim in case.claims.items():
        if len(claim.block.columns) == 1 and claim.own[LEFT] and not claim.aside:
            lists.setdefault((claim.block, claim.table.id), {}).setdefault(place[0], []).append(claim)
    for rows in lists.values():
        every = [rows[row] for row in sorted(rows)]
        mains = [line[0].place[0] for line in every if not any(LEFT in claim.part for claim in line)]
        for run in _runs(every):
            for at, group in enumerate(run[1:], 1):
                before, after = run[at - 1], run[at + 1 : at + 2]
                between = bool(after) and bool(_kind(after[0][0]) & _kind(before[0]))
                if _is_of_all(group, before) and (between or _is_sum_of_last(case, group, before)):
                    above = next(cell for role, cell in before[-1][0].headings if role == "row")
                    told = case.grid.text(above).strip()
                    lines = {line[0].place[0] for line in group}
                    found |= {
                        claim.place: case.refused(claim, "heading_gap", told)
                        for row, line in rows.items()
                        if max((n for n in mains if n <= row), default=row) in lines
                        for claim in line
                    }
    return found


def _runs(lines: Sequence[_Line]) -> list[list[list[_Line]]]:
    """The lines that follow each other, by their kind, between totals; parts are of what is before them."""
    found: list[list[list[_Line]]] = [[]]
    for line in lines:
        if any(LEFT in claim.part for claim in line):
            continue
        if any(LEFT in claim.total for claim in line):
            found.append([])
        elif found[-1] and _kind(line) & _kind(found[-1][-1][-1]):
            found[-1][-1].append(line)
        else:
            found[-1].append([line])
    return found


def _kind(line: _Line) -> frozenset[str]:
    return line[0].own[LEFT]


def _is_of_all(group: Sequence[_Line], before: Sequence[_Line]) -> bool:
    """Whether lines say nothing of what those before them say, and are of the same years and of all of it."""
    names = _kind(before[0]) - {"year"}
    claims = [claim for line in group for claim in line]
    return bool(names) and all(claim.dims.get(name) == TOTAL for name in names for claim in claims)


def _is_sum_of_last(case: Case, group: Sequence[_Line], before: Sequence[_Line]) -> bool:
    """Whether lines come to just what the last line before them is, in every column, and not to all of those lines."""
    if len(before) < 2 or len(group) < 2:
        return False
    told = []
    for column in {claim.place[1] for claim in before[-1]}:
        own, theirs = (
            [_number(case, (line[0].place[0], column)) for line in lines] for lines in (group, before)
        )
        summed = sum(own)
        told.append(summed >= FEW and summed == theirs[-1] != sum(theirs) and sum(map(bool, own)) > 1)
    return bool(told) and all(told)


def _number(case: Case, place: Place) -> Decimal:
    cell = case.grid.cells.get(place)
    return Decimal(cell.text) if cell is not None and cell.kind == "number" else Decimal(0)
