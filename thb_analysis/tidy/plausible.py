"""Counts ten times above or below all that earlier years had (a digit too many, or one too few), amounts a thousand.

That is no test of significance: large cases make true counts leap, too.  It asks for a second look at what a slip of
the finger changes most.  A year for which the catalogue names a large case is not asked about.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from thb_analysis.definitions import Catalogue, Table
from thb_analysis.edited import rows
from thb_analysis.findings import Finding
from thb_analysis.observations import Observation, plain

TIMES = {"count": 10, "amount": 1_000}  #: as a digit more or less makes it, or thousands written for ones
LARGE = {"count": 20, "amount": 1_000}  #: what the greater of the two must at least be: below, it is ordinary
FEWEST, SPAN = 2, 5  #: earlier years of which there must be figures, of the last so many


def named_cases(catalogue: Catalogue) -> frozenset[tuple[str, str]]:
    """Tables and years of which `large_cases.csv` of the catalogue names a case."""
    path = catalogue.folder / "large_cases.csv"
    if not path.exists():
        return frozenset()
    return frozenset((row["table"].strip(), row["year"].strip()) for _, row in rows(path, ("table", "year")))


def leaps(table: Table, of_years: Iterable[Observation], named: frozenset[tuple[str, str]]) -> list[Finding]:
    """A finding for each figure of all years that leaps; these are totals and simple breakdowns."""
    if table.values not in TIMES:
        return []
    series: dict[object, dict[int, tuple[Decimal, Observation]]] = {}
    for row in of_years:
        if row.year is not None and row.value is not None:
            sender = row.institution if table.by_institution else ""
            series.setdefault((row.dims, sender), {})[row.year] = row.value, row
    found = []
    for years in series.values():
        for year, (value, row) in sorted(years.items()):
            before = {y: years[y][0] for y in range(year - SPAN, year) if y in years}
            if len(before) < FEWEST or (table.id, str(year)) in named:
                continue
            if _leaps(value, list(before.values()), table.values):
                told = "; ".join(f"{y}: {plain(each)}" for y, each in before.items())
                said = row.file, row.sheet, row.cell, f"{year}: {plain(value)}"
                found.append(Finding(f"{table.values}_leaps", *said, told, table.id))
    return found


def _leaps(value: Decimal, before: Sequence[Decimal], kind: str) -> bool:
    low, high, times, large = min(before), max(before), TIMES[kind], LARGE[kind]
    up = value >= large and high > 0 and value >= times * high
    return up or (low >= large and 0 < value * times <= low)
