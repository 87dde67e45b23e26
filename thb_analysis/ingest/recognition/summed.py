"""Headings that are told by sums: “Sum”, “All”, “Total, of which” are a total's, a total amid a list is a subtotal."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence, Set
from functools import cache, lru_cache

from thb_analysis.definitions import Catalogue
from thb_analysis.ingest.recognition.by_article import is_total
from thb_analysis.ingest.recognition.grid import FIGURE, LABEL, Grid, Place, by_row
from thb_analysis.ingest.recognition.outlines import kinds_named
from thb_analysis.ingest.recognition.values import count_of
from thb_analysis.ingest.words.fold import fold

FEW = 3  #: a number of several others that is hardly their sum by chance
MOST_BETWEEN = 3  #: lines of headings between such a one and its figures


def summed(grid: Grid, catalogue: Catalogue) -> dict[Place, str]:
    """Such headings, each with a word for a total in its place."""
    labels = [place for place, kind in grid.kinds.items() if kind == LABEL and place not in grid.hidden]
    found = {place for place in labels if _may_be(catalogue, grid.text(place))}
    total = str(catalogue.words["total"][0])
    return {place: total for place in sorted(found) if _adds_up(grid, catalogue, place, found)}


def subtotals(grid: Grid, catalogue: Catalogue) -> tuple[dict[Place, str], bool]:
    """Totals of groups that have no name, in a list that ends with that of all: each with a word that sets it aside.

    “154.1, 154.2, total, 285.1, 165.1, total, grand total”: every total comes to the lines from the last one on, the
    last to all of them.  All lines are of one kind, and none has another label beside its own: that may name a group.
    And whether there is such a list at all, be its sums as they may.
    """
    columns: dict[int, set[int]] = {}
    for (row, column), kind in grid.kinds.items():
        if (
            kind == LABEL
            and (row, column) not in grid.hidden
            and is_total(catalogue, grid.text((row, column)))
        ):
            columns.setdefault(column, set()).add(row)
    word = str(catalogue.words["share"][0])
    found: dict[Place, str] = {}
    grouped = False
    for column, totals in columns.items():
        for groups, total in _groups(grid, column, totals) if len(totals) > 2 else ():
            grouped = True
            lines = [row for group in groups for row in group[:-1]]
            kinds = (kinds_named(catalogue, grid.text((row, column))) for row in lines)
            sums = [(group[-1], group[:-1]) for group in groups]
            if frozenset.intersection(*kinds) and all(
                _comes_to(grid, (row, column), parts) for row, parts in [*sums, (total, lines)]
            ):
                found |= {(row, column): word for row, _ in sums}
    return found, grouped


def _groups(grid: Grid, column: int, totals: Set[int]) -> Iterator[tuple[list[list[int]], int]]:
    """Several groups of rows, each with its total as its last one, and the total right below the last of these."""
    found: list[list[int]] = []
    group: list[int] = []
    for row, places in sorted(grid.once(by_row).items()):
        label, *figures = sorted(places)
        if label[1] != column or not figures or any(grid.kinds.get(place) != FIGURE for place in figures):
            found, group = [], []
        elif row not in totals:
            group.append(row)
        elif group:
            found.append([*group, row])
            group = []
        else:
            if len(found) > 1:
                yield found, row
            found = []


def _comes_to(grid: Grid, label: Place, rows: Sequence[int]) -> bool:
    """Whether each of a line's figures is the sum of those of some lines, and one of them is hardly so by chance.

    What is blank, or a mark, adds nothing.
    """
    told = False
    for row, column in _figures(grid, (label[0], label[1] + 1), (0, 1)):
        parts = [grid.amount((part, column)) for part in rows]
        whole = grid.amount((row, column))
        if whole is None or whole != sum(part or 0 for part in parts):
            return False
        told = told or len(rows) == 1 or (whole >= FEW and sum(map(bool, parts)) > 1)
    return told


@lru_cache(maxsize=20_000)
def _may_be(catalogue: Catalogue, text: str) -> bool:
    """Whether a label is a word of which nobody knows whether it is a total's, or a total with its lines' numbers."""
    return _pattern(catalogue).fullmatch(fold(text)) is not None


@cache
def _pattern(catalogue: Catalogue) -> re.Pattern[str]:
    words = "|".join(re.escape(fold(word)) for word in catalogue.words["sums"])
    totals = "|".join(re.escape(fold(word)) for word in catalogue.words["total"])
    lines = r"\(\s*\d{1,2}\.?(?:\s*\+\s*\d{1,2}\.?)+\s*\)"
    part = "|".join(re.escape(fold(word)) for word in catalogue.words["part"])
    return re.compile(
        rf"(?:{words})\s*:?|(?:\d{{1,2}}[.)]\s*)?(?:{totals})(?:\s*{lines}|\s*,?\s*(?:{part}))\s*:?"
    )


def _adds_up(grid: Grid, catalogue: Catalogue, place: Place, others: set[Place]) -> bool:
    """Whether every figure that a label heads is the sum of all before it, from the last such label on, and ends them.

    Or of all behind it, where it stands before all; not “Total, of which”, which says so itself.  A line's label
    heads what is right of it, else what is below it is its own.
    """
    (row, column), right = place, grid.span(place)[3]
    along = list(_figures(grid, (row, right + 1), (0, 1)))
    ends = {other[0] for other in others if other[1] == column}
    step = (-1, 0)
    if not along:
        first = next(
            (r for r in range(row + 1, row + 2 + MOST_BETWEEN) if grid.kinds.get((r, column)) == FIGURE), 0
        )
        along = list(_figures(grid, (first, column), (1, 0))) if first else []
        ends = {other[1] for other in others if other[0] == row}
        step = (0, -1)
    axis, told = step.index(-1), False
    after = [*_figures(grid, along[0], (-step[0], -step[1]))] if along else []
    if after and after[-1][axis] not in {*ends, place[axis]}:
        first = not any(True for _ in _figures(grid, (along[0][0] + step[0], along[0][1] + step[1]), step))
        if not first or len(ends) > 1 or _announces(catalogue, grid.text(place)):
            return False  # others follow, of which it is no sum
        step = (-step[0], -step[1])
    for whole in along:
        before = _figures(grid, (whole[0] + step[0], whole[1] + step[1]), step)
        parts = []
        for part in before:
            if part[axis] in ends:
                break
            parts.append(part)
        numbers = [count_of(catalogue, grid.written(part)) for part in (whole, *parts)]
        counts = [number for number in numbers if number is not None]
        if len(counts) != len(numbers) or len(parts) < 2 or counts[0] != sum(counts[1:]):
            return False
        told = told or (counts[0] >= FEW and sum(map(bool, counts[1:])) > 1)
    return told


@lru_cache(maxsize=20_000)
def _announces(catalogue: Catalogue, text: str) -> bool:
    """Whether a label ends in a word for parts, which then stand behind it."""
    return fold(text).rstrip(" :").endswith(tuple(fold(word) for word in catalogue.words["part"]))


def _figures(grid: Grid, start: Place, step: Place) -> Iterator[Place]:
    """The figures that follow each other from a place on."""
    while grid.kinds.get(start) == FIGURE:
        yield start
        start = (start[0] + step[0], start[1] + step[1])
