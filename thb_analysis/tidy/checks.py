"""What tables say of each other: breakdowns beside totals, two breakdowns of one thing, parts beyond their whole."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from thb_analysis.definitions import TOTAL, Catalogue, Table
from thb_analysis.edited import toml
from thb_analysis.findings import Finding
from thb_analysis.observations import Observation, plain
from thb_analysis.tidy.plausible import leaps, named_cases

_Pairs = tuple[tuple[str, str], ...]  #: dimensions with codes
_Whole = tuple[
    tuple[int | None, str, str, _Pairs], _Pairs
]  #: year, sender, file and who gives it; what is fixed


def check_tables(standing: Mapping[str, Sequence[Observation]], catalogue: Catalogue) -> list[Finding]:
    """Every contradiction between figures of different places that the catalogue's rules can see."""
    findings: list[Finding] = []
    named = named_cases(catalogue)
    for table in catalogue.tables.values():
        rows = standing[table.id]
        findings += leaps(table, rows, named)
        if table.values == "count":
            findings += _one_way(table, rows, catalogue)
        for over, between in table.agree:
            findings += _agreement(table, rows, over, between)
    findings += _series_parts(standing.get("international", ()), catalogue)
    return findings


def _one_way(table: Table, rows: Iterable[Observation], catalogue: Catalogue) -> list[Finding]:
    """Breakdowns by one dimension beside the published total of the same year, sender and remaining key.

    What one of several who count gives is a whole as well; of it only a breakdown that comes to more is told.
    """
    totals: dict[_Whole, Observation] = {}
    parts: dict[tuple[_Whole, str], list[Observation]] = {}
    deduct = dict(table.deduct)
    fixed = set(deduct)
    by_sender = [dimension.name for dimension in table.dimensions if dimension.by_sender]
    for row, held in ((each, held) for each in rows for held in _held(table, each)):
        dims = {name: code for name, code in row.dims if name not in dict(held)}
        divided = [n for n, code in dims.items() if code != TOTAL and n not in fixed]
        whole = tuple(sorted((n, c) for n, c in dims.items() if n in fixed and c != deduct[n]))
        base = (row.year, row.institution if table.by_institution else "", row.file, held)
        if not divided and whole:
            totals[(base, whole)] = row
        elif not divided and not fixed:
            totals[(base, ())] = row
        else:
            overlap = any(dims.get(n) == c for n, c in deduct.items())
            if overlap and not divided:  # who is counted by two of those who register
                divided = by_sender
            key = (base, whole or tuple((n, table.dimension(n).default) for n in sorted(fixed)))
            if len(divided) == 1:
                parts.setdefault((key, divided[0]), []).append(_signed(row, overlap))
    findings = []
    for (whole_key, dimension), found in parts.items():
        total = totals.get(whole_key)
        numbers = [row.value for row in found if row.value is not None]
        if total is None or total.value is None or len(numbers) < 2 or len(numbers) < len(found):
            continue
        summed = sum(numbers, Decimal(0))
        if summed > total.value or (summed < total.value and not whole_key[0][-1]):
            known = [(dict(row.dims), row.value) for row in found if row.value is not None]
            inner = catalogue.counted_within(table, known)
            outer = sum(n for at, (_, n) in enumerate(known) if at not in inner)
            if whole_key[0][-1]:
                outer = sum(
                    n for dims, n in known if not _is_within(table, dims, dimension, known, catalogue)
                )
            if outer == total.value or (whole_key[0][-1] and outer < total.value):
                continue  # countries beside the group that has them in it
            if dimension not in by_sender and sum(n for n in numbers if n > 0) == total.value:
                continue  # of totals by sex or age those who are counted twice are taken off already
            findings.append(
                Finding(
                    "breakdown_differs",
                    total.file,
                    total.sheet,
                    total.cell,
                    found=f"{plain(summed)} ({', '.join(row.cell for row in found)})",
                    expected=plain(total.value),
                    hint=dimension,
                )
            )
    return findings


def _is_within(
    table: Table,
    dims: Mapping[str, str],
    name: str,
    known: Sequence[tuple[dict[str, str], Decimal]],
    catalogue: Catalogue,
) -> bool:
    """Whether one of some parts lies in another of them by its list: a country among foreigners."""
    member = catalogue.member(table, name, dims[name])
    return member is not None and any(member.parent == other[name] for other, _ in known)


def _held(table: Table, row: Observation) -> list[_Pairs]:
    """Nothing, and who gives a figure of several who count, which is then no part of anything."""
    own = tuple((name, code) for name, code in row.dims if name in table.sent_by and code != TOTAL)
    return [(), own] if own else [()]


def _signed(row: Observation, negative: bool) -> Observation:

    return row._replace(value=-row.value) if negative and row.value is not None else row


def _agreement(table: Table, rows: Iterable[Observation], over: str, between: str) -> list[Finding]:
    """The same measures counted in two ways must come to the same."""
    sums: dict[tuple[int | None, tuple[tuple[str, str], ...]], dict[str, tuple[Decimal, Observation]]] = {}
    for row in rows:
        dims = dict(row.dims)
        if row.value is None or dims[over] == TOTAL:
            continue
        rest = tuple((n, c) for n, c in row.dims if n not in (over, between))
        ways = sums.setdefault((row.year, rest), {})
        known = ways.get(dims[between], (Decimal(0), row))
        ways[dims[between]] = (known[0] + row.value, known[1])
    findings = []
    for (_, rest), ways in sums.items():
        values = {value for value, _ in ways.values()}
        if len(ways) > 1 and len(values) > 1:
            named = ", ".join(f"{n}={c}" for n, c in rest)
            told = "; ".join(f"{between}={way}: {plain(value)}" for way, (value, _) in sorted(ways.items()))
            first = min((row for _, row in ways.values()), key=lambda row: row.place)
            findings.append(
                Finding("breakdowns_disagree", first.file, found=f"{named}: {told}", hint=table.id)
            )
    return findings


def _series_parts(rows: Sequence[Observation], catalogue: Catalogue) -> list[Finding]:
    """Parts of a publisher's series that exceed their whole, such as women and men more than the total."""
    path = catalogue.folder / "sources.toml"
    sources: dict[str, Any] = toml(path) if path.exists() else {}
    findings = []
    for source in sources.values():
        for dimension, codes in source.get("parts", {}).items():
            groups: dict[object, dict[str, Observation]] = {}
            for row in rows:
                dims = dict(row.dims)
                if dims["publisher"] == source["publisher"]:
                    code = dims.pop(dimension)
                    groups.setdefault((row.year, tuple(dims.items())), {})[code] = row
            for found in groups.values():
                findings += _exceeding(found, codes)
    return findings


def _exceeding(found: Mapping[str, Observation], codes: Sequence[str]) -> list[Finding]:
    total = found.get(TOTAL)
    parts = [found[code] for code in codes if code in found]
    numbers = [row.value for row in parts if row.value is not None]
    if total is None or total.value is None or not numbers or sum(numbers, Decimal(0)) <= total.value:
        return []
    dims = dict(total.dims)
    spelled = " + ".join(plain(number) for number in numbers)
    cells = ", ".join(row.cell for row in parts)
    where = f"{dims['country']} {total.year}, {dims['indicator']}"
    return [
        Finding(
            "parts_exceed_total",
            total.file,
            total.sheet,
            total.cell,
            found=f"{where}: {spelled} = {plain(sum(numbers, Decimal(0)))} ({cells})",
            expected=plain(total.value),
        )
    ]
