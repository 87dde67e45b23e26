"""Lists of single persons or cases, one a row: they count nothing, so nothing is taken of them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from typing import NamedTuple

from thb_analysis.definitions import Catalogue
from thb_analysis.ingest.cells import Cell
from thb_analysis.ingest.recognition.grid import Place, is_year
from thb_analysis.ingest.recognition.roles import counts_up
from thb_analysis.ingest.words.labels import vocabulary
from thb_analysis.ingest.words.mentions import says_how_many

FEWEST_NAMED, FEWEST_ROWS = 2, 2  #: columns that tell persons apart, and rows of them
OLDEST = 110
_BRACKETED = re.compile(r"\s*\([^)]*\)")


class PersonList(NamedTuple):
    """Where a list stands: its line of headings, and its lines of persons."""

    header: list[Cell]
    rows: list[list[Cell]]


def person_lists(cells: Mapping[Place, Cell], catalogue: Catalogue) -> list[PersonList]:
    """Every list whose headings name what persons are told apart by, and whose lines hold that and no figures.

    A line of ordinals before it, ages, years and dates are no figures.
    """
    lines: dict[int, list[Cell]] = {}
    for (row, _), cell in sorted(cells.items()):
        lines.setdefault(row, []).append(cell)
    found: list[PersonList] = []
    end = 0
    for row in sorted(lines):
        if row > end and sum(bool(_named(catalogue, cell)) for cell in lines[row]) >= FEWEST_NAMED:
            one = _below(lines, row, catalogue)
            if one is not None:
                found.append(one)
                end = one.rows[-1][0].row
    return found


def _below(lines: Mapping[int, list[Cell]], row: int, catalogue: Catalogue) -> PersonList | None:
    header = lines[row]
    left, right = header[0].column, header[-1].column
    rows: list[list[Cell]] = []
    while True:
        line = [cell for cell in lines.get(row + 1 + len(rows), ()) if left - 1 <= cell.column <= right]
        if not line:
            break
        behind = next((c for c in lines[row + 1 + len(rows)] if c.column == right + 1), None)
        if behind is not None and behind.is_number and not is_year(behind.text):
            return None  # its headings go on above: they are those of columns of counts
        rows.append(line)
    columns: dict[int, list[Cell]] = {}
    for line in rows:
        for cell in line:
            columns.setdefault(cell.column, []).append(cell)
    named = {cell.column: _named(catalogue, cell) for cell in header}
    told = {at for at, names in named.items() if names and _hold(columns.get(at, ()), names, catalogue)}
    if len(rows) < FEWEST_ROWS or len(told) < FEWEST_NAMED:
        return None
    others = {at: column for at, column in columns.items() if at not in told}
    if not all(_counts_nothing(column, at < min(told)) for at, column in others.items()):
        return None
    counted = (says_how_many(catalogue, cell.text) for cell in header if cell.column not in columns)
    return None if any(counted) else PersonList(header, rows)


def _hold(column: Sequence[Cell], names: frozenset[str], catalogue: Catalogue) -> bool:
    """Whether every cell of a column is a member of what its heading names, or an age."""
    return bool(column) and all(
        bool(_members(catalogue, cell.text) & names) or ("age_group" in names and _is_age(cell))
        for cell in column
    )


def _is_age(cell: Cell) -> bool:
    return cell.text.isdigit() and int(cell.text) <= OLDEST


def _counts_nothing(column: Sequence[Cell], first: bool) -> bool:
    """Whether the numbers of a column are ordinals before all else, years, dates or none."""
    numbers = [cell.text for cell in column if cell.is_number or cell.text.strip(" .").isdigit()]
    if first and counts_up([text.strip(" .") for text in numbers]):
        return True
    return all(is_year(text) for text in numbers)


@lru_cache(maxsize=20_000)
def _members(catalogue: Catalogue, text: str) -> frozenset[str]:
    """The dimensions of which a text is a member to any table."""
    return frozenset(
        name
        for table in catalogue.tables.values()
        if table.values in ("count", "amount")
        for reading in vocabulary(catalogue, table.id).read(text)
        for name, _ in reading.dims
    )


def _named(catalogue: Catalogue, cell: Cell) -> frozenset[str]:
    if cell.kind != "text":
        return frozenset()
    words = vocabulary(catalogue, next(iter(catalogue.tables)))
    return _headings(catalogue).get(words.stems(_BRACKETED.sub("", cell.text)), frozenset())


@cache
def _headings(catalogue: Catalogue) -> dict[tuple[str, ...], frozenset[str]]:
    """By the stems of a heading, the dimensions that it names."""
    words = vocabulary(catalogue, next(iter(catalogue.tables)))
    found: dict[tuple[str, ...], frozenset[str]] = {}
    for name, texts in catalogue.words["dimensions"].items():
        for text in texts:
            if not text.startswith("="):
                stems = words.stems(text)
                found[stems] = found.get(stems, frozenset()) | {name}
    return found
