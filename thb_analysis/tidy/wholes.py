"""Parts that are more than their whole: three convicted, five of them women.  The two cannot both be right."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from itertools import combinations
from typing import NamedTuple

from thb_analysis.definitions import TOTAL, Table
from thb_analysis.findings import Finding
from thb_analysis.observations import Observation, plain
from thb_analysis.tidy.columns import Columns
from thb_analysis.tidy.reconcile import key_of

OF_NUMBERS = ("count", "amount")  #: tables of figures that add up
MOST_NAMED = 10  #: parts of one whole that are named
SMALLER, SMALLER_ELSEWHERE = "whole_below_part", "whole_below_part_elsewhere"


class Stated(NamedTuple):
    """A figure and where it stands."""

    value: Decimal
    file: str
    sheet: str
    cell: str


def wholes_below(table: Table, rows: Sequence[Observation]) -> list[Finding]:
    """One finding for each figure of a year of a table that is smaller than a part of it.

    A part has the same key but for dimensions of which it names a member and the whole none.  Of a part that is more
    than several wholes the one is told from which it differs least.
    """
    divided = [table.key_columns.index(name) + 1 for name in divided_by(table)]
    if not divided:
        return []
    known = {key_of(row, table): row for row in rows if row.value is not None}
    below: dict[tuple[str, ...], list[Stated]] = {}
    for key, row in known.items():
        for whole in _wholes(key, divided, known, row):
            below.setdefault(whole, []).append(_stated(row))
    return sorted(_told(_stated(known[whole]), parts) for whole, parts in below.items())


def _wholes(
    key: tuple[str, ...],
    divided: Sequence[int],
    known: Mapping[tuple[str, ...], Observation],
    part: Observation,
) -> list[tuple[str, ...]]:
    """The keys of the wholes that a part is more than: those from which fewest dimensions part it."""
    own = [at for at in divided if key[at] != TOTAL]
    for count in range(1, len(own) + 1):
        wholes = [
            tuple(TOTAL if at in left else code for at, code in enumerate(key))
            for left in combinations(own, count)
        ]
        found = [w for w in wholes if w in known and known[w].value < part.value]  # type: ignore[operator]
        if found:
            return found
    return []


def columns_below(columns: Columns) -> list[Finding]:
    """The same where many figures are kept as columns."""
    below: dict[int, list[Stated]] = {}
    for whole, part in columns.below(divided_by(columns.table)):
        below.setdefault(whole, []).append(Stated(*columns.stated(part)))
    return sorted(_told(Stated(*columns.stated(whole)), parts) for whole, parts in below.items())


def divided_by(table: Table) -> list[str]:
    """The dimensions by which a whole of the table is divided; none of a table of something else than numbers."""
    fixed = {name for name, _ in table.deduct}
    return [n for n in table.dimension_names if n not in fixed] if table.values in OF_NUMBERS else []


def untold(findings: Sequence[Finding], known: Callable[[str], Iterable[Finding]]) -> list[Finding]:
    """Findings but those about wholes of which it is known already that they are not the sum of their parts.

    `known` gives what was found in a file; only files are asked for in which a whole is smaller than a part of it.
    """
    files = {f.file for f in findings if f.code == SMALLER}
    wrong = {(f.file, f.sheet, f.cell) for file in files for f in known(file) if f.code == "total_differs"}
    return [f for f in findings if f.code != SMALLER or (f.file, f.sheet, f.cell) not in wrong]


def _stated(row: Observation) -> Stated:
    return Stated(row.value or Decimal(0), row.file, row.sheet, row.cell)


def _told(whole: Stated, parts: Sequence[Stated]) -> Finding:
    """A whole with its parts that are more, the largest first; their files where they are others."""
    inside = [part for part in parts if part.file == whole.file]
    parts = sorted(inside or parts, key=lambda part: (-part.value, part[1:]))
    named = [f"{plain(part.value)} ({_where(part, whole)})" for part in parts[:MOST_NAMED]]
    more = [] if len(parts) <= MOST_NAMED else ["…"]
    code = SMALLER if inside else SMALLER_ELSEWHERE
    return Finding(
        code,
        *whole[1:],
        found=plain(whole.value),
        expected=plain(parts[0].value),
        hint="; ".join(named + more),
    )


def _where(part: Stated, whole: Stated) -> str:
    if part.file != whole.file:
        return f"{part.file}!{part.sheet}!{part.cell}"
    return part.cell if part.sheet == whole.sheet else f"{part.sheet}!{part.cell}"
