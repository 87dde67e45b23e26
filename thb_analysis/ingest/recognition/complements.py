"""Where children stand apart on a line of figures: whether the rest of the line are adults."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise
from types import MappingProxyType

from thb_analysis.definitions import TOTAL, Catalogue
from thb_analysis.findings import Finding
from thb_analysis.ingest.recognition.grid import Grid, Place, by_column, by_row
from thb_analysis.ingest.recognition.judge import Reading, lines_of, refused_among
from thb_analysis.ingest.recognition.keys import Claim, Refusal, claim_key
from thb_analysis.ingest.recognition.scene import LEFT, UP
from thb_analysis.ingest.words.labels import vocabulary

FARTHEST = (
    2  #: lines from the last figure that was read to children that were refused: one between may be lost, too
)
Lost = Mapping[str, Mapping[Place, int]]  #: numbers that were refused, by sheet
Siblings = Mapping[str, Mapping[Place, str]]  #: those of them that are of children apart, each with its table


@dataclass(slots=True)
class Complement:
    """What children that stand apart make of the rest of their lines."""

    sheets: set[str] = field(default_factory=set)  #: on which they do stand apart
    #: The rest of lines of which numbers were refused: whether they are adults the sums could say with those only.
    undecided: list[Reading] = field(default_factory=list)

    def findings(self) -> list[Finding]:
        """One for each figure of which nobody can say whether it is of adults."""
        lacking = ((one, one.claim.table.complements[0][0]) for one in self.undecided)
        return [
            Finding("heading_gap", one.file, one.sheet, one.cell, one.figure.raw, what)
            for one, what in lacking
        ]


def siblings(grid: Grid, catalogue: Catalogue, refusals: Mapping[Place, Refusal]) -> dict[Place, str]:
    """Refused figures whose own label says that they are of children, each with the table that it would be of.

    Not those that are a part of what stands before them, and it is only not clear of what.
    """
    found: dict[Place, str] = {}
    clear = {place: refusal for place, refusal in refusals.items() if refusal.code != "label_ambiguous"}
    for place, refusal in clear.items():
        for table in (catalogue.tables[name] for name in refusal.tables):
            words = vocabulary(catalogue, table.id)
            lines = grid.once(_rows).get(place[0], []), grid.once(_columns).get(place[1], [])
            labels = [grid.text(line[at - 1]) for line in lines if (at := bisect_left(line, place))]
            said = [(dict(r.dims), rule) for t in labels for r in words.read(t) for rule in table.complements]
            if any(dims.get(dimension) == sibling for dims, (dimension, sibling, _) in said):
                found[place] = table.id
    return found


def _rows(grid: Grid) -> dict[int, list[Place]]:
    return {row: sorted(cells) for row, cells in grid.once(by_row).items()}


def _columns(grid: Grid) -> dict[int, list[Place]]:
    return {column: sorted(cells) for column, cells in grid.once(by_column).items()}


def complement(
    readings: Sequence[Reading],
    lost: Lost = MappingProxyType({}),
    apart: Siblings = MappingProxyType({}),
) -> Complement:
    """Where children stand apart on a line, the rest of the line are adults, if the sums do not say otherwise.

    `lost` are the numbers that were refused, by sheet, and `apart` those of children among them.
    """
    found = Complement()
    beside = any(apart.values())
    contested = _contested(readings) if any(reading.claim.part for reading in readings) else frozenset()
    elsewhere: dict[
        object, set[frozenset[str]]
    ] = {}  # lines that divide by age: there the rest are no adults
    for reading in readings:
        for dimension, _, becomes in reading.claim.table.complements:
            if reading.claim.dims.get(dimension) == becomes:
                for axis in (UP, LEFT):
                    own = reading.claim.own[axis]
                    elsewhere.setdefault(_row_or_column(axis, reading), set()).add(own)
    for table, lines in lines_of(readings):
        for rule in table.complements:
            if not beside and not any(_is_child(one, rule) for _, line in lines for one in line):
                continue
            told = [(*each, elsewhere.get(_row_or_column(each[0], each[1][0]), set())) for each in lines]
            among = {
                _side(axis, line)
                for axis, line, divided in told
                if _among_the_rest(axis, line, *_apart_and_rest(axis, line, rule, divided))
            }
            for axis, line, divided in told:
                as_beside = _side(axis, line) in among
                whole = _whole_of(axis, line, lost)
                among_them = _complement_line(axis, line, rule, divided, as_beside, whole, found.undecided)
                if among_them | _complement_parts(axis, line, rule, contested, found.undecided):
                    found.sheets.add(line[0].sheet)
                elif not divided:
                    found.undecided += _beside_lost(axis, line, rule, whole[0], apart)
    found.undecided = list({id(reading): reading for reading in found.undecided}.values())
    return found


def _contested(readings: Sequence[Reading]) -> frozenset[object]:
    """The keys that are given twice with different numbers: what adds up to one of them tells nothing."""
    known: dict[object, set[Decimal | None]] = {}
    for reading in readings:
        known.setdefault(claim_key(reading.claim), set()).add(reading.figure.number)
    return frozenset(key for key, numbers in known.items() if len(numbers) > 1)


def _is_child(reading: Reading, rule: tuple[str, str, str]) -> bool:
    """Whether a figure is of those that a rule of the table sets apart."""
    return reading.claim.dims.get(rule[0]) == rule[1]


def _beside_lost(
    axis: int, line: Sequence[Reading], rule: tuple[str, str, str], whole: Decimal | None, apart: Siblings
) -> list[Reading]:
    """The men and women of a line on which children that may be apart from them were refused, and no sum tells."""
    first, last = line[0], line[-1]
    begin = first.claim.block.left if axis == UP else first.claim.block.top
    lost = [
        place
        for place, table in apart.get(first.sheet, {}).items()
        if table == first.claim.table.id
        and place[axis] == first.claim.place[axis]
        and begin <= place[1 - axis] <= last.claim.place[1 - axis] + FARTHEST
    ]
    rest = [
        one
        for one in line
        if "sex" in one.claim.own[axis]
        and rule[0] not in one.claim.stated
        and axis not in one.claim.total | one.claim.part
    ]
    return rest if lost and _sum(rest) != whole else []


def _whole_of(axis: int, line: Sequence[Reading], lost: Lost) -> tuple[Decimal | None, int]:
    """The total of a line, and what numbers come to that were refused among its parts."""
    found = next((r for r in line if axis in r.claim.total and r.figure.number is not None), None)
    if found is None:
        return None, 0
    return found.figure.number, refused_among(lost.get(found.sheet, {}), axis, line, found.claim)


def _side(axis: int, line: Sequence[Reading]) -> tuple[object, ...]:
    """The lines of one part of a sheet that run beside each other."""
    return (line[0].sheet, line[0].claim.block, axis)


def _row_or_column(axis: int, reading: Reading) -> tuple[object, ...]:
    """The row or the column of a figure, whatever headings it has."""
    claim = reading.claim
    return (reading.sheet, claim.table.id, claim.block.top, claim.block.left, axis, claim.place[axis])


def _apart_and_rest(
    axis: int, line: list[Reading], rule: tuple[str, str, str], divided: Set[frozenset[str]]
) -> tuple[list[Reading], list[Reading]]:
    """The children that stand apart on a line, and those of its figures that may be of the rest.

    `rule` is the dimension, the code that stands apart and that of the rest; `divided` what else divides by it.
    """
    dimension, sibling, _ = rule
    parts = {id(r) for r in _parts(axis, line)}
    apart = [
        r
        for r in line
        if r.claim.dims.get(dimension) == sibling
        and dimension in r.claim.own[axis]
        and id(r) not in parts
        and r.claim.own[axis] not in divided
    ]
    rest = [
        r
        for r in line
        if (dimension not in r.claim.stated or (axis in r.claim.part and r.claim.dims[dimension] == TOTAL))
        and axis not in r.claim.total
        and id(r) not in parts
        and r.claim.own[axis]
        and any(_near(axis, r.claim, other.claim, dimension) and _together(axis, r, other) for other in apart)
    ]
    return apart, rest


def _parts(axis: int, line: Sequence[Reading]) -> list[Reading]:
    """The parts (“of whom …”) of a line; none of those with which it begins, where the next of their list are none.

    “Of whom: women; men; minors” are parts of the total before them, or of what the title says, all three.
    """
    parts = [reading for reading in line if axis in reading.claim.part]
    rest = [reading for reading in line if axis not in reading.claim.total] if parts else []
    first = next((at for at, reading in enumerate(rest) if axis not in reading.claim.part), 0)
    one, other = (rest[0].claim, rest[first].claim) if first else (None, None)
    alike = (
        one is not None
        and other is not None
        and one.own[axis] & other.own[axis]
        and all(one.dims.get(n) == other.dims.get(n) for n in one.own[axis] - other.own[axis] - {"year"})
    )  # what only the part says parts it from the next: “154.1: of whom women”, then another article
    return parts[first:] if alike else parts


def _sum(readings: Sequence[Reading]) -> Decimal:
    return sum((r.figure.number or Decimal(0) for r in readings), Decimal(0))


def _totals_on(axis: int, line: Sequence[Reading], but: Set[str]) -> Set[Decimal]:
    """The total of a line; where it has none, what its breakdowns by other dimensions than `but` add to."""
    given = [r.figure.number for r in line if axis in r.claim.total and r.figure.number is not None]
    if given:
        return {given[0]}
    others: dict[frozenset[str], list[Reading]] = {}
    for reading in line:
        own = reading.claim.own[axis]
        if own and own.isdisjoint(but) and axis not in reading.claim.part:
            others.setdefault(own, []).append(reading)
    return {_sum(own) for own in others.values()}


def _among_the_rest(axis: int, line: list[Reading], apart: list[Reading], rest: list[Reading]) -> bool:
    """Whether the total of a line shows that the children are counted among the men and women."""
    if not apart:
        return False
    inner, outer = _sum(rest), _sum(rest) + _sum(apart)
    totals = _totals_on(axis, line, frozenset().union(*(r.claim.own[axis] for r in (*apart, *rest))))
    return inner in totals and outer not in totals


def _complement_line(
    axis: int,
    line: list[Reading],
    rule: tuple[str, str, str],
    divided: Set[frozenset[str]],
    as_beside: bool,
    whole: tuple[Decimal | None, int],
    undecided: list[Reading],
) -> bool:
    """`as_beside`: on a line beside it the children are counted among the rest; so they are where no sum tells.

    A line without children, of which the total is the sum either way, tells nothing.
    """
    dimension, _, becomes = rule
    apart, rest = _apart_and_rest(axis, line, rule, divided)
    if not apart:
        return False
    (total, lacking), outer = whole, _sum(rest) + _sum(apart)
    if _among_the_rest(axis, line, apart, rest) or (as_beside and (outer != total or not _sum(apart))):
        return bool(rest)
    others = [r for r in _parts(axis, line) if r.figure.number]
    if total is not None and others and outer != total == outer + _sum(others):
        undecided += [
            *rest,
            *others,
        ]  # “of whom women” are a part of the total, and not of the minors before them
        return bool(rest)
    alone = len({tuple(sorted(r.claim.dims.items())) for r in rest}) == 1
    if total is not None and alone and outer != total and not (lacking and outer + lacking == total):
        undecided += rest if lacking else []
        return bool(rest)  # women and minors of a whole that has others, too: each counted by itself
    if total is None and len(apart) == 1 and _sum(rest) == _sum(apart) and _is_first(axis, apart[0], rest):
        undecided += rest  # “minors 7, women 5, men 2” may be the minors by sex
        return bool(rest)
    if total is None:  # “154.1” beside “154.1 (minors)” may be all of them, or the adults
        undecided += [r for r in rest if "sex" not in r.claim.own[axis] and _is_whole_of(r, apart, dimension)]
    for reading in rest:
        reading.claim.dims[dimension] = becomes
        reading.claim.own[axis] |= {dimension}  # from here on the line divides by age as well
    return bool(rest)


def _is_first(axis: int, one: Reading, others: Sequence[Reading]) -> bool:
    """Whether a figure that is not nought stands before several others on its line."""
    at = one.claim.place[1 - axis]
    return bool(one.figure.number) and len(others) > 1 and all(at < o.claim.place[1 - axis] for o in others)


def _is_whole_of(one: Reading, apart: Iterable[Reading], dimension: str) -> bool:
    """Whether some who stand apart are just the same as these but for their age."""
    return any(_differs(other, one) == {dimension} for other in apart)


def _complement_parts(
    axis: int,
    line: list[Reading],
    rule: tuple[str, str, str],
    contested: Set[object],
    undecided: list[Reading],
) -> bool:
    """The same for the parts (“of whom …”) of one figure, if it is the sum of all of them with the children.

    Of a figure that another place of the workbook gives otherwise (`contested`) nobody knows.
    """
    changed = False
    wholes = [at for at, reading in enumerate(line) if axis not in reading.claim.part]
    for first, end in pairwise([*wholes, len(line)]):
        whole, parts = line[first], line[first + 1 : end]
        apart = [r for r in parts if _differs(r, whole) == {rule[0]} and r.claim.dims[rule[0]] == rule[1]]
        rest = [r for r in parts if len(_differs(r, whole)) == 1 and rule[0] not in r.claim.stated]
        numbers = [r.figure.number for r in (*rest, *apart)]
        by = {name for r in rest for name in _differs(r, whole)}
        if len(apart) != 1 or len(rest) < 2 or len(by) != 1 or None in numbers:
            continue
        if claim_key(whole.claim) in contested:
            undecided += rest
        elif whole.figure.number == sum(number for number in numbers if number is not None) and numbers[-1]:
            for reading in rest:
                reading.claim.dims[rule[0]] = rule[2]
                reading.claim.own[axis] |= {rule[0]}
            changed = True
    return changed


def _differs(one: Reading, other: Reading) -> set[str]:
    """The dimensions in which two figures differ."""
    return {name for name, code in one.claim.dims.items() if other.claim.dims.get(name) != code}


def _near(axis: int, one: Claim, other: Claim, dimension: str) -> bool:
    """Whether two labels of a line divide the same thing: they share a dimension, or one of them only has the age.

    What a title says of both divides nothing: forms of exploitation in the same list are another breakdown.
    Those of another year are another thing: “2023 | 2024 (minors)”; and so are those of another article.
    """
    mine = one.own[axis] - {dimension}
    theirs = other.own[axis] - {dimension}
    apart = (name for name in mine & theirs - {"sex"} if one.dims.get(name) != other.dims.get(name))
    if one.year != other.year or any(apart):
        return False
    return bool(mine & theirs) or "sex" in mine


def _together(axis: int, one: Reading, other: Reading) -> bool:
    """Whether two labels of a line stand in one part of it: not each below a heading or a subtitle of its own."""
    first, second = (_part_of_line(axis, reading.claim) for reading in (one, other))
    return not first or not second or first == second


def _part_of_line(axis: int, claim: Claim) -> tuple[Place, ...]:
    """The outer headings of a figure along an axis, or the nearest label over its row."""
    own = [cell for role, cell in claim.headings if role == ("column" if axis == UP else "row")]
    if own[1:] or axis == UP:
        return tuple(own[1:])
    return tuple(sorted(c for role, c in claim.headings if role == "title" and c[0] < claim.place[0])[-1:])
