"""What tables say of each other: breakdowns beside totals, two breakdowns of one thing, parts beyond their whole."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from thb_analysis.definitions import TOTAL, Catalogue, Table
from thb_analysis.findings import Finding
from thb_analysis.observations import Observation, plain
from thb_analysis.tidy.plausible import leaps, named_cases


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
    """Breakdowns by one dimension beside the published total of the same year, sender and remaining key."""
    totals: dict[object, Observation] = {}
    parts: dict[tuple[object, str], list[Observation]] = {}
    deduct = dict(table.deduct)
    fixed = set(deduct)
    for row in rows:
        dims = dict(row.dims)
        divided = [n for n, code in dims.items() if code != TOTAL and n not in fixed]
        whole = tuple(sorted((n, c) for n, c in dims.items() if n in fixed and c != deduct[n]))
        base = (row.year, row.institution if table.by_institution else "", row.file)
        if not divided and whole:
            totals[(base, whole)] = row
        elif not divided and not fixed:
            totals[(base, ())] = row
        else:
            overlap = any(dims.get(n) == c for n, c in deduct.items())
            if overlap and not divided:  # who is counted by two of those who register
                divided = [dimension.name for dimension in table.dimensions if dimension.by_sender]
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
        if summed != total.value:
            known = [(dict(row.dims), row.value) for row in found if row.value is not None]
            inner = catalogue.counted_within(table, known)
            if sum(n for at, (_, n) in enumerate(known) if at not in inner) == total.value:
                continue  # countries beside the group that has them in it
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
    sources: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
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
