"""Where children stand apart on a line of figures: whether the rest of the line are adults."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise
from types import MappingProxyType

from thb_analysis.definitions import TOTAL, Catalogue
from thb_analysis.findings import Finding
from thb_analysis.ingest.recognition.figured import Reading, lines_of
from thb_analysis.ingest.recognition.grid import Grid, Place, by_column, by_row
from thb_analysis.ingest.recognition.judge import refused_among
from thb_analysis.ingest.recognition.keys import Claim, Refusal, claim_key
from thb_analysis.ingest.recognition.scene import LEFT, UP
from thb_analysis.ingest.recognition.with_apart import ADULTS, UNSURE, Side, WithApart, unstated
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
    #: By the id of a figure that is undecided, the blank cell that would tell.
    blank: dict[int, str] = field(default_factory=dict)

    def doubt(self, readings: Iterable[Reading], blank: Reading) -> None:
        """Leave figures undecided for the sake of one that was not stated."""
        for one in readings:
            self.undecided.append(one)
            self.blank.setdefault(id(one), blank.cell)

    def findings(self) -> list[Finding]:
        """One for each figure of which nobody can say whether it is of adults."""
        found = []
        for one in self.undecided:
            code, lacking = "heading_gap", one.claim.table.complements[0][0]
            if id(one) in self.blank:
                code, lacking = "blank_decides", self.blank[id(one)]
            if one.figure.problem != "blank":
                found.append(Finding(code, one.file, one.sheet, one.cell, one.figure.raw, lacking))
        return found


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
    with_parts = any(reading.claim.part for reading in readings)
    contested = _contested(readings) if with_parts else frozenset()
    lines_across = _lines_across(readings) if with_parts else {}
    elsewhere: dict[
        object, set[frozenset[str]]
    ] = {}  # lines that divide by age: there the rest are no adults
    for reading in readings:
        for dimension, _, becomes in reading.claim.table.complements:
            if reading.claim.dims.get(dimension) == becomes:
                for axis in (UP, LEFT):
                    if reading.figure.problem != "blank" or not _names_next(
                        axis, reading, readings, dimension
                    ):
                        own = reading.claim.own[axis]
                        elsewhere.setdefault(_row_or_column(axis, reading), set()).add(own)
    for table, lines in lines_of(readings):
        for rule in table.complements:
            if not beside and not any(_is_child(one, rule) for _, line in lines for one in line):
                continue
            told = [(*each, elsewhere.get(_row_or_column(each[0], each[1][0]), set())) for each in lines]
            with_apart = [_with_apart(*each, rule, lost) for each in told]
            sides = _sides([one for one in with_apart if one is not None])
            for (axis, line, divided), one in zip(told, with_apart, strict=True):
                among_them = one is not None and _complement_line(one, rule, sides[_side(axis, line)], found)
                if among_them | _complement_parts(
                    axis, [*_whole_before(axis, line, lines_across), *line], rule, contested, found
                ):
                    found.sheets.add(line[0].sheet)
                elif not divided:
                    total = _whole_of(axis, line, lost)[0]
                    found.undecided += _beside_lost(axis, line, rule, total, apart)
    found.undecided = list({id(reading): reading for reading in found.undecided}.values())
    return found


def _names_next(axis: int, blank: Reading, readings: Iterable[Reading], dimension: str) -> bool:
    """Whether right behind adults without a figure women or men stand: it is the name of these."""
    line = _row_or_column(axis, blank)
    behind = (
        one for one in readings if one.claim.place > blank.claim.place and _row_or_column(axis, one) == line
    )
    following = min(behind, key=lambda one: one.claim.place, default=None)
    return (
        following is not None
        and "sex" in following.claim.own[axis] - {dimension}
        and dimension not in following.claim.stated
    )


def _lines_across(readings: Sequence[Reading]) -> dict[object, list[Reading]]:
    """The figures of each line of a sheet, be their headings as many or not."""
    found: dict[object, list[Reading]] = defaultdict(list)
    for one in sorted(readings, key=lambda one: one.claim.place):
        for axis in (UP, LEFT):
            found[one.sheet, one.claim.table.id, axis, one.claim.place[axis]].append(one)
    return found


def _whole_before(
    axis: int, line: Sequence[Reading], across: Mapping[object, Sequence[Reading]]
) -> list[Reading]:
    """The figure before the parts with which a line begins, if it has fewer headings than these, and is their whole."""
    part = line[0]
    if axis not in part.claim.part:
        return []
    beside = across[part.sheet, part.claim.table.id, axis, part.claim.place[axis]]
    before = [one for one in beside if one.claim.place < part.claim.place][-1:]
    return [
        one
        for one in before
        if axis not in one.claim.part
        and one.claim.year == part.claim.year
        and _differs(part, one) == part.claim.own[axis] - {"year"}
    ]


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


def _sum(readings: Iterable[Reading]) -> Decimal:
    return sum((r.figure.number or Decimal(0) for r in readings), Decimal(0))


def _totals_on(
    axis: int, line: Sequence[Reading], but: Set[str]
) -> tuple[frozenset[Decimal], list[tuple[Decimal, Reading]]]:
    """The total of a line; where it has none, what its breakdowns by other dimensions than `but` add to.

    And what those come to at least that have a figure which was not stated, each with that.
    """
    given = [r for r in line if axis in r.claim.total]
    known = [r.figure.number for r in given if r.figure.number is not None]
    if known:
        return frozenset(known[:1]), []
    others: dict[frozenset[str], list[Reading]] = {}
    for reading in line:
        own = reading.claim.own[axis]
        if own and own.isdisjoint(but) and axis not in reading.claim.part:
            others.setdefault(own, []).append(reading)
    sums = [(_sum(own), unstated(own)) for own in others.values()]
    told = frozenset(least for least, blank in sums if blank is None)
    sums += [] if told else [(Decimal(0), unstated(given))]
    return told, [(least, blank) for least, blank in sums if blank is not None]


def _with_apart(
    axis: int,
    line: list[Reading],
    divided: Set[frozenset[str]],
    rule: tuple[str, str, str],
    lost: Lost,
) -> WithApart | None:
    """A line on which children stand apart."""
    apart, rest = _apart_and_rest(axis, line, rule, divided)
    if not apart:
        return None
    totals, open_totals = _totals_on(
        axis, line, frozenset().union(*(r.claim.own[axis] for r in (*apart, *rest)))
    )
    total, lacking = _whole_of(axis, line, lost)
    parts = [r for r in _parts(axis, line) if r.figure.number]
    first = len(apart) == 1 and _is_first(axis, apart[0], rest)
    return WithApart(axis, apart, rest, parts, total, lacking, totals, open_totals, first)


def _sides(lines: Sequence[WithApart]) -> dict[tuple[object, ...], Side]:
    """What the lines of each part of a sheet show that run beside each other."""
    found: dict[tuple[object, ...], Side] = defaultdict(Side)
    for line in lines:
        found[_side(line.axis, line.apart)].add(line)
    return found


def _complement_line(line: WithApart, rule: tuple[str, str, str], side: Side, found: Complement) -> bool:
    """Make adults of the rest of a line; where it is not clear whether they are, leave them undecided."""
    dimension, _, becomes = rule
    verdict, blank = side.verdict(line)
    if verdict == UNSURE and blank is not None:
        found.doubt(line.rest, blank)
    elif verdict == UNSURE:
        found.undecided += line.doubted
    elif verdict == ADULTS:
        if line.total is None:  # “154.1” beside “154.1 (minors)” may be all of them, or the adults
            named = [one for one in line.rest if "sex" not in one.claim.own[line.axis]]
            found.undecided += [one for one in named if _is_whole_of(one, line.apart, dimension)]
        for reading in line.rest:
            reading.claim.dims[dimension] = becomes
            reading.claim.own[line.axis] |= {dimension}  # from here on the line divides by age as well
    return bool(line.rest)


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
    found: Complement,
) -> bool:
    """The same for the parts (“of whom …”) of one figure, if it is the sum of all of them with the children.

    Of a figure that another place of the workbook gives otherwise (`contested`) nobody knows.
    """
    changed = False
    wholes = [at for at, reading in enumerate(line) if axis not in reading.claim.part]
    found.undecided += _parts_of_none(axis, line[: next(iter(wholes), len(line))], rule)
    for first, end in pairwise([*wholes, len(line)]):
        whole, parts = line[first], line[first + 1 : end]
        apart = [r for r in parts if _differs(r, whole) == {rule[0]} and r.claim.dims[rule[0]] == rule[1]]
        rest = [r for r in parts if len(_differs(r, whole)) == 1 and rule[0] not in r.claim.stated]
        by = {name for r in rest for name in _differs(r, whole)}
        if len(apart) != 1 or len(rest) < 2 or len(by) != 1:
            continue
        total, children, blank = whole.figure.number, apart[0].figure.number, unstated([whole, *apart, *rest])
        if blank is not None:
            least = _sum((*rest, *apart)) + (children is None)  # if there are any
            if children != 0 and (total is None or least <= total):
                found.doubt(rest, blank)
        elif claim_key(whole.claim) in contested:
            found.undecided += rest
        elif total == _sum((*rest, *apart)) and children:
            for reading in rest:
                reading.claim.dims[rule[0]] = rule[2]
                reading.claim.own[axis] |= {rule[0]}
            changed = True
    return changed


def _parts_of_none(axis: int, parts: Sequence[Reading], rule: tuple[str, str, str]) -> list[Reading]:
    """Women and men among parts beside children, of a whole that has no figure: only their sum would tell."""
    apart = [r for r in parts if _is_child(r, rule) and r.figure.number and "sex" not in r.claim.own[axis]]
    rest = [r for r in parts if rule[0] not in r.claim.stated and "sex" in r.claim.own[axis]]
    return rest if apart and len(rest) > 1 else []


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
