"""Figures that stand at another year as well: somebody changed the years of a workbook, and not its figures."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from thb_analysis.definitions import TOTAL
from thb_analysis.findings import Finding
from thb_analysis.observations import Observation

FEWEST = 2  #: figures that moved, no two of them the same, before chance is no longer likely
ENOUGH = 4  #: figures above zero that a year repeats
DIFFERENT = 3  #: so many of them must not be the same


@dataclass(frozen=True, slots=True)
class Told:
    """All that one workbook says of one year of a table, as far as it stands."""

    file: str
    sheet: str
    cell: str  #: of the first figure
    digest: str  #: the same where every key but for the year, and every value, is the same


def years_shifted(revisions: Iterable[Sequence[str]]) -> list[Finding]:
    """One finding for each table of a workbook whose revisions all repeat what another gave for the year beside.

    `revisions` are rows of `revisions.csv`.  Only keys are compared of which both years were revised: of the others
    nobody knows what stood before.
    """
    by_table: dict[tuple[str, str], dict[str, dict[int, Sequence[str]]]] = {}
    for row in revisions:
        table, key, *_, source = row
        year, _, rest = key.removeprefix("year=").partition(";")
        if year != TOTAL:
            keys = by_table.setdefault((source.partition("!")[0], table), {})
            keys.setdefault(rest, {})[int(year)] = row
    findings = []
    for (file, table), keys in sorted(by_table.items()):
        for step in (-1, 1):
            pairs = [
                (row, years[year + step])
                for years in keys.values()
                for year, row in years.items()
                if year + step in years and row[4] and years[year + step][2]
            ]
            if len(pairs) < FEWEST or any(row[4] != other[2] for row, other in pairs):
                continue
            if len({row[4] for row, _ in pairs}) >= FEWEST:
                findings.append(_told(file, table, pairs))
    return findings


def _told(file: str, table: str, pairs: Sequence[tuple[Sequence[str], Sequence[str]]]) -> Finding:
    cells = [row[5].split("!") for row, _ in pairs]
    told = ", ".join(f"{row[4]} ({cell})" for (row, _), (*_, cell) in zip(pairs, cells, strict=True))
    earlier = "; ".join(dict.fromkeys(other[3].replace("!", ", ") for _, other in pairs))
    return Finding("years_shifted", file, cells[0][1], cells[0][2], told, earlier, table)


def tells_copies(values: Sequence[Decimal]) -> bool:
    """Whether figures above zero are enough to know a copy by."""
    return len(values) >= ENOUGH and len(set(values)) >= DIFFERENT


def told_by(standing: Iterable[Observation]) -> list[Told]:
    """What each workbook says of one year of a table; nothing of one that says too little to know a copy by."""
    by_file: dict[str, list[Observation]] = {}
    for each in standing:
        if each.value is not None:
            by_file.setdefault(each.file, []).append(each)
    found = []
    for file, own in sorted(by_file.items()):
        if tells_copies([each.value for each in own if each.value]):
            first = min(own, key=lambda each: each.place)
            said = sorted(repr((each.dims, each.institution, each.value)) for each in own)
            digest = hashlib.sha256("\n".join(said).encode()).hexdigest()
            found.append(Told(file, first.sheet, first.cell, digest))
    return found


def years_repeated(told: Mapping[tuple[str, int | None], Sequence[Told]]) -> list[Finding]:
    """A finding for each year of a table of which a workbook says just what was said of the year before."""
    findings = []
    for (table, year), own in told.items():
        before = {each.digest: each for each in told.get((table, year - 1), ())} if year else {}
        for each in own:
            other = before.get(each.digest)
            if other is not None:
                where = f"{other.file}, {other.sheet}, {other.cell}"
                said = each.file, each.sheet, each.cell, str(year)
                findings.append(Finding("year_repeated", *said, where, table))
    return findings
