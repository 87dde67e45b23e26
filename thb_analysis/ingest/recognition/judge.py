"""What the figures of a workbook say together: years that fit the file, children beside adults, totals and parts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from decimal import Decimal
from itertools import pairwise
from types import MappingProxyType

from thb_analysis.definitions import TOTAL, Catalogue, Table
from thb_analysis.findings import Finding
from thb_analysis.ingest.recognition.figured import Reading, summed_lines
from thb_analysis.ingest.recognition.grid import Grid, Place
from thb_analysis.ingest.recognition.keys import Block, Claim
from thb_analysis.ingest.recognition.scene import UP
from thb_analysis.ingest.words.beside import PEOPLE
from thb_analysis.ingest.words.meanings import EARLIEST, LATEST
from thb_analysis.ingest.words.spans import named_year
from thb_analysis.observations import plain

EVEN = 2  #: figures that just have the sum of their parts, so that others should
MOST_SPELLED = 12  #: parts of a sum that a finding writes out


TableOnSheet = tuple[str, str, Block]  #: a sheet, a table of the catalogue and where it stands


def years_that_fit(
    readings: Sequence[Reading],
    year: int | None,
    told: Mapping[TableOnSheet, Set[int]] = MappingProxyType({}),
) -> tuple[list[Reading], list[tuple[Reading, str, str]]]:
    """Readings whose years suit the workbook's own; and those that do not, each with the year found and expected.

    `told` are the years that a table has in headings under which nothing is taken, such as one of a part of a year.

    A table fits if the workbook's year is among its years and none lies after it, or if another table of the
    same shape in the workbook has that year (one table a year).  A table that may be of later years fits if its
    years are several or are called years: a bare number alone over figures is no year by itself.
    """
    if year is None:
        return list(readings), []
    blocks: dict[object, list[Reading]] = {}
    for reading in readings:
        block_of = None if reading.claim.headings[:1] == _sentence(reading) else reading.claim.block
        blocks.setdefault((reading.sheet, reading.claim.table.id, block_of), []).append(reading)
    shapes = {
        _shape(block) for block in blocks.values() if any(reading.claim.year == year for reading in block)
    }
    of_sheet: dict[
        tuple[str, str, frozenset[str]], set[int]
    ] = {}  #: the years of tables of a shape on a sheet
    for block in blocks.values():
        own_years = {reading.claim.year for reading in block if reading.claim.year is not None}
        of_sheet.setdefault((block[0].sheet, *_shape(block)), set()).update(own_years)
    good: list[Reading] = []
    bad: list[tuple[Reading, str, str]] = []
    for block in blocks.values():
        years = {reading.claim.year for reading in block if reading.claim.year is not None}
        first = block[0]
        years |= (
            told.get((first.sheet, first.claim.table.id, first.claim.block), frozenset()) if years else set()
        )
        free = block[0].claim.table.later_years
        expected = str(year)
        fits = free or not years or year in years or _shape(block) in shapes
        if free and any(reading.claim.year_from == "title" for reading in block):
            years = {year}  # a plan's figures may be of later years if their headings say so, not its title
        beside = of_sheet.get((first.sheet, *_shape(block)), set())
        title = "" if not years or (free and years != {year}) else _misfit(block, years, beside)
        for reading in block:
            own = reading.claim.year
            if reading.claim.lone_year is not None:
                bad.append((reading, str(own), str(year)))
            elif title:
                bad.append((reading, title, ", ".join(map(str, sorted(years)))))
            elif not fits or (own is not None and own > year and not free):
                span = "–".join(map(str, sorted({min(years), max(years)})))  # of which a total is told to be
                bad.append((reading, str(own or span), expected))
            else:
                good.append(reading)
    return good, bad


def _sentence(reading: Reading) -> tuple[tuple[str, Place], ...]:
    """How the headings of a figure in a sentence begin: the sentences of a sheet are judged together."""
    return (("sentence", reading.claim.place),)


def _misfit(block: Sequence[Reading], years: Set[int], beside: Set[int]) -> str:
    """The years of a title, or of the sheet's name, that are not the table's: "" where all agree.

    A single year is among the table's, a span holds them all.  A sheet may be named for one of the years of tables
    that stand beside each other (`beside`), where none of their titles says it.
    """
    named = named_year(block[0].sheet)
    told = any(str(named) in text for reading in block[:1] for text in reading.claim.titles)
    for first, last in sorted({span for reading in block for span in reading.claim.title_years}):
        if first == last == named and first in beside and not told:
            continue
        if first == last and first not in years:
            return str(first)
        if first != last and not all(first <= year <= last for year in years):
            return f"{first if first > EARLIEST else '…'}–{last if last < LATEST else '…'}"
    return ""


def _shape(block: Iterable[Reading]) -> tuple[str, frozenset[str]]:
    """The table of some figures, and what their headings divide it by; what goes without saying may be said of one."""
    claims = [reading.claim for reading in block]
    table = claims[0].table
    stated = {(name, claim.dims[name]) for claim in claims for name in claim.stated}
    return table.id, frozenset(name for name, code in stated if code != table.dimension(name).default)


def check_totals(
    readings: Sequence[Reading],
    catalogue: Catalogue,
    lost: Mapping[str, Mapping[Place, int]] = MappingProxyType({}),
) -> list[Finding]:
    """Published totals beside the sum of their parts; a finding for each that differs, with both sums.

    And for each figure that is less than its parts (“of whom”) come to.  `lost` are the numbers that were refused, by
    sheet: a sum that comes short of its total by exactly those that stand among its parts does not differ from it.
    """
    findings = []
    for table, lines in summed_lines(readings):
        for axis, line in lines:
            totals = [r for r in line if is_total(r.claim, axis) and axis not in r.claim.part]
            years = None if any(axis in r.claim.part for r in line) else _by_year(line)
            for total in totals:
                refused = lost.get(total.sheet)
                lacking = refused_among(refused, axis, line, total.claim) if refused else 0
                dated = years is not None and "year" in total.claim.own[axis] and not total.claim.once
                near = years[total.claim.year] if years is not None and dated else line
                finding = check_total(catalogue, table, axis, near, total, lacking)
                if finding is not None:
                    findings.append(finding)
            findings += exceeded(axis, line, catalogue)
    return list(dict.fromkeys(findings))


def _by_year(line: Sequence[Reading]) -> dict[int | None, list[Reading]]:
    """The figures of a line by their years: a total that has one is of those of its year."""
    found: dict[int | None, list[Reading]] = {}
    for reading in line:
        found.setdefault(reading.claim.year, []).append(reading)
    return found


def is_total(claim: Claim, axis: int) -> bool:
    """Whether a figure is a total along an axis: by a word for totals, or by the name of a dimension's total."""
    return axis in claim.total or any(claim.dims.get(name) == TOTAL for name in claim.own[axis])


def numbers_at(grid: Grid, places: Iterable[Place]) -> dict[Place, int]:
    """The whole numbers at some places."""
    numbers = ((place, grid.amount(place)) for place in places)
    return {place: int(number) for place, number in numbers if number is not None and number % 1 == 0}


def refused_among(lost: Mapping[Place, int], axis: int, line: Sequence[Reading], total: Claim) -> int:
    """The sum of the refused numbers on a line of figures, from where its list begins to right behind its end.

    Not of one beyond a total that ends the list: that is none of its parts.
    """
    last, own = max(reading.claim.place[1 - axis] for reading in line), total.place[1 - axis]
    begin, end = total.block.left if axis == UP else total.block.top, last if own == last else last + 1
    return sum(n for p, n in lost.items() if p[axis] == total.place[axis] and begin <= p[1 - axis] <= end)


def check_total(
    catalogue: Catalogue, table: Table, axis: int, line: list[Reading], total: Reading, lacking: int = 0
) -> Finding | None:
    """A total beside the sum of its parts on its line: a finding where they differ, with both sums.

    `lacking` is what parts come to that were refused.
    """
    if total.figure.number is None:
        return None
    least = max(
        (r.figure.number for r in line if r is not total and r.figure.number is not None), default=Decimal(0)
    )
    for parts in partitions(table, axis, line, total):
        if len(parts) < 2:
            continue
        numbers = [sign * r.figure.number for sign, r in parts if r.figure.number is not None]
        complete = all(r.figure.number is not None or r.figure.status == "Z" for _, r in parts)
        summed = sum(numbers, Decimal(0))
        if lacking and summed + lacking == total.figure.number:
            continue
        if total.claim.once and least <= total.figure.number <= summed:
            continue  # who is in two parts is counted once
        if summed != total.figure.number and (complete or summed > total.figure.number):
            if complete and total.figure.number in _without_inner(catalogue, table, axis, parts):
                continue
            return _differing(total, summed, parts)
    return None


def _without_inner(
    catalogue: Catalogue, table: Table, axis: int, parts: Sequence[tuple[int, Reading]]
) -> Iterator[Decimal]:
    """What parts come to without those that stand beside what has them in it.

    Countries beside their group (“EU countries”, “Poland”), or lines of some beside all (“154.1”, “154.1 (minors)”).
    """
    known = [(r.claim, sign * r.figure.number) for sign, r in parts if r.figure.number is not None]
    inner = catalogue.counted_within(table, [(claim.dims, number) for claim, number in known])
    yield sum((number for at, (_, number) in enumerate(known) if at not in inner), Decimal(0))
    some = {at for at, one in enumerate(known) if any(_is_some_of(axis, one, other) for other in known)}
    yield sum((number for at, (_, number) in enumerate(known) if at not in some), Decimal(0))


def _is_some_of(axis: int, part: tuple[Claim, Decimal], whole: tuple[Claim, Decimal]) -> bool:
    """Whether a figure is of some of those whom another is of, and no more than that.

    Not girls beside women: where people are told apart, these are the adults.
    """
    (own, number), (other, most) = part, whole
    differ = [name for name, code in own.dims.items() if other.dims.get(name) != code]
    among = bool(differ) and all(other.dims.get(name) == TOTAL for name in differ)
    return among and number <= most and not other.own[axis] <= PEOPLE


def _differing(total: Reading, summed: Decimal, parts: list[tuple[int, Reading]]) -> Finding:
    return Finding(
        "total_differs",
        total.file,
        total.sheet,
        total.cell,
        found=plain(total.figure.number),
        expected=_spelled(summed, parts),
        hint=_cells([reading.cell for _, reading in parts]),
    )


def exceeded(axis: int, line: Sequence[Reading], catalogue: Catalogue) -> list[Finding]:
    """A finding for each figure of a line that is less than its parts come to: one of them is wrong.

    And for one that is more, where two others that are divided by the same just have their parts' sum.
    """
    findings: list[Finding] = []
    uneven: dict[tuple[str, ...], list[Finding]] = {}
    even: Counter[tuple[str, ...]] = Counter()
    for whole, names, parts in wholes(axis, line, catalogue):
        total, numbers = whole.figure.number, [one.figure.number for one in parts]
        summed = sum((number for number in numbers if number is not None), Decimal(0))
        if total is None:
            continue
        if summed > total:
            findings.append(_differing(whole, summed, [(1, one) for one in parts]))
        elif summed == total:
            even[names] += bool(total)
        elif None not in numbers and _is_part(whole.claim):
            found = f"{plain(summed)} ({_cells([one.cell for one in parts])})"
            where = whole.file, whole.sheet, whole.cell
            differing = Finding("breakdown_differs", *where, found, plain(total), names[0])
            uneven.setdefault(names, []).append(differing)
    return findings + [one for names, told in uneven.items() if even[names] >= EVEN for one in told]


def _is_part(claim: Claim) -> bool:
    """Whether a figure is not of all: whose parts are compared with it where tables are put together."""
    fixed = {name for name, _ in claim.table.deduct}
    return any(code != TOTAL for name, code in claim.dims.items() if name not in fixed)


def wholes(
    axis: int, line: Sequence[Reading], catalogue: Catalogue
) -> Iterable[tuple[Reading, tuple[str, ...], list[Reading]]]:
    """Figures with the parts (“of whom …”) of each kind on their line, of which no two count the same.

    Of a part within another (“foreigners”, “Ukraine”) the outer one is taken, which has the other in it.
    """
    if not any(axis in reading.claim.part for reading in line):
        return
    starts = [at for at, reading in enumerate(line) if axis not in reading.claim.part]
    for first, end in pairwise([*starts, len(line)]):
        whole, kinds = line[first], dict[tuple[str, ...], list[Reading]]()
        for one in line[first + 1 : end]:
            names = tuple(n for n, code in one.claim.dims.items() if whole.claim.dims.get(n) != code)
            within = names and all(whole.claim.dims.get(name) == TOTAL for name in names)
            if within and one.claim.year == whole.claim.year and one.claim.table is whole.claim.table:
                kinds.setdefault(names, []).append(one)
        for names, parts in kinds.items():
            codes = {name: {one.claim.dims[name] for one in parts} for name in names}
            outer = [
                one
                for one in parts
                if not any(
                    member is not None and member.parent in codes[name]
                    for name in names
                    for member in (catalogue.member(one.claim.table, name, one.claim.dims[name]),)
                )
            ]
            if len(outer) > 1:  # of one that is more by itself is told where all tables are compared
                yield whole, names, outer


def _spelled(summed: Decimal, parts: list[tuple[int, Reading]]) -> str:
    """A sum with its parts, where they are few enough to be read."""
    if not 1 < len(parts) <= MOST_SPELLED:
        return plain(summed)
    signs = [(" − " if sign < 0 else " + ", r.figure.number) for sign, r in parts]
    spelled = "".join(f"{sign}{plain(number)}" for sign, number in signs if number is not None)
    return f"{plain(summed)} = {spelled.removeprefix(' + ')}"


def _cells(cells: list[str]) -> str:
    return ", ".join(cells) if len(cells) <= MOST_SPELLED else f"{cells[0]} … {cells[-1]}"


def _within(part: Claim, total: Claim, axis: int) -> bool:
    """Whether a figure lies in what a total is of: a total of the women says nothing of the men.

    What no heading of the line says, such as the article over a part of the list, is alike in both.
    """
    own, apart = total.own[axis], part.own[axis]
    same = all(
        part.dims[name] == total.dims[name]
        for name in own
        if name in part.dims and name in total.stated and total.dims[name] != TOTAL
    )
    over = total.stated - own - apart  # of a section that the part is not in, it says what the part does not
    alike = all(part.dims.get(name) == total.dims[name] for name in over if name in total.dims)
    return same and alike and (part.year == total.year or ("year" in apart and "year" not in own))


def _for_wholes(axis: int, line: Sequence[Reading]) -> set[Place]:
    """The parts (“of whom”) on a line whose own whole has no figure: they stand for it; of parts of parts the outer."""
    parts = [one.claim for one in line if axis in one.claim.part]
    mains = (
        [one.claim for one in line if axis not in one.claim.part and not is_total(one.claim, axis)]
        if parts
        else []
    )
    kinds = {claim.own[axis] for claim in mains if claim.own[axis]}
    stated = [*mains, *(claim for claim in parts if claim.own[axis] in kinds)]  # “t.sk. women”, then “men”
    told = {frozenset((name, claim.dims.get(name)) for name in claim.own[axis]) for claim in stated}
    alone: list[tuple[frozenset[tuple[str, str]], Place]] = []
    for claim in parts:
        for kind in kinds:
            said = {(name, claim.dims.get(name, TOTAL)) for name in kind}
            if kind < claim.own[axis] and not any(code == TOTAL for _, code in said) and said not in told:
                alone.append((frozenset(claim.dims.items()), claim.place))
    members = [frozenset(pair for pair in dims if pair[1] != TOTAL) for dims, _ in alone]
    return {
        place for own, (_, place) in zip(members, alone, strict=True) if not any(one < own for one in members)
    }


def _dividing(part: Claim, total: Claim, axis: int) -> Iterable[str]:
    """What the labels of a part say that the total's do not: what both say alike, such as a title, divides nothing."""
    own = part.own[axis]
    apart = [
        n for n in own if (part.year != total.year if n == "year" else part.dims.get(n) != total.dims.get(n))
    ]
    return apart or own


def partitions(
    table: Table, axis: int, line: list[Reading], total: Reading
) -> list[list[tuple[int, Reading]]]:
    """The ways in which a line divides a total: labels that share a dimension divide it together.

    Parts (“of whom”) are in what they divide, but where that has no figure: then they stand for it.
    """
    deduct = {n: c for n, c in table.deduct if total.claim.dims.get(n) != c}
    groups: list[tuple[set[str], list[tuple[int, Reading]]]] = []
    for_wholes = _for_wholes(axis, line)
    for reading in line:
        if reading is total or is_total(reading.claim, axis) or not _within(reading.claim, total.claim, axis):
            continue
        taken_off = any(reading.claim.dims.get(name) == code for name, code in deduct.items())
        if axis in reading.claim.part and not taken_off and reading.claim.place not in for_wholes:
            continue
        fields = set(_dividing(reading.claim, total.claim, axis)) - set(dict(table.deduct))
        if taken_off and not fields:  # who is counted by two of those who register
            fields = {dimension.name for dimension in table.dimensions if dimension.by_sender}
        fields = fields or {"_"}
        entry = [(-1 if taken_off else 1, reading)]
        for group in [g for g in groups if g[0] & fields]:
            groups.remove(group)
            fields |= group[0]
            entry = [*group[1], *entry]
        groups.append((fields, entry))
    return [parts for _, parts in groups]


__all__ = [
    "Reading",
    "TableOnSheet",
    "check_total",
    "check_totals",
    "exceeded",
    "is_total",
    "partitions",
    "refused_among",
    "summed_lines",
    "wholes",
    "years_that_fit",
]
