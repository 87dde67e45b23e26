"""Headings of groups whose cells were not merged, where it is sure how far each of them reaches."""

from __future__ import annotations

from collections.abc import Sequence, Set
from functools import lru_cache

from thb_analysis.definitions import Catalogue
from thb_analysis.ingest.recognition.coming_to import EXACTLY, compared, is_all
from thb_analysis.ingest.recognition.grid import EITHER, FIGURE, LABEL, Grid, Place, by_row, runs_of
from thb_analysis.ingest.recognition.keys import names_tables
from thb_analysis.ingest.recognition.naming import parents
from thb_analysis.ingest.recognition.nested import part_start
from thb_analysis.ingest.recognition.scene import UP
from thb_analysis.ingest.words.meanings import Reading
from thb_analysis.ingest.words.readers import readers


def groups_merged(grid: Grid, catalogue: Catalogue) -> bool:
    """Take headings over groups for merged ones; whether there are any.

    “Of whom:” written once over columns of members reaches to the last of them.  Another heading reaches over all
    members of one kind (women, men), or over a total and columns that come to it.  On a line on which all figures
    have such a heading or their own: else one was lost or slid aside.  Groups that repeat need no look at what they
    say (see `Scene`).
    """
    found: dict[Place, int] = {}
    rows = grid.once(by_row)
    for row, line in rows.items():
        heads = sorted(p for p in line if grid.kinds[p] in (LABEL, EITHER))
        if row + 1 not in rows or not any(_may_reach(grid, head) for head in heads):
            continue
        lines = [rows.get(row + step, []) for step in range(3)]
        for columns in _under_heads(heads, {column for line in lines for _, column in line}):
            figured = sorted(c for r, c in lines[2] if grid.kinds[r, c] == FIGURE and c in columns)
            own = [head for head in heads if head[1] in columns]
            reach = _reaching(grid, catalogue, own, figured, columns) if own and figured else {}
            if any(end > head[1] for head, end in reach.items()):
                found |= reach
    for head, end in found.items():
        cell = grid.cells[head]
        grid.cells[head] = cell._replace(look=cell.look._replace(columns=end - head[1] + 1))
        grid.covers |= {(head[0], column): head for column in range(head[1], end + 1)}
    return bool(found)


def _under_heads(heads: Sequence[Place], columns: Set[int]) -> list[set[int]]:
    """Columns side by side that empty ones part, of tables that stand abreast: each has a heading on the line."""
    found: list[set[int]] = []
    for band in runs_of(columns):
        headed = any(column in band for _, column in heads)
        if headed or not found:
            found.append(set())
        found[-1].update(band)
    return found


def _may_reach(grid: Grid, head: Place) -> bool:
    """Whether a label that stands right over another has a blank place right of it, which is over one as well.

    That one may stand beyond an empty column.
    """
    row, column = head
    near = column + 1 if grid.at((row + 1, column + 1)) is not None else column + 2
    return (
        grid.kinds[head] == LABEL
        and head not in grid.hidden
        and head not in grid.covers
        and all(grid.at((row, c)) is None for c in range(column + 1, near + 1))
        and all(grid.kinds.get((row + 1, c)) == LABEL for c in (column, near))
    )


def _reaching(
    grid: Grid, catalogue: Catalogue, heads: Sequence[Place], figured: Sequence[int], columns: Set[int]
) -> dict[Place, int]:
    """The headings of a line that reach over more than their column, each with its last; none if one is not sure."""
    found: dict[Place, int] = {}
    sure: set[int] = set()  #: columns with a heading on the line
    for head, follows in zip(heads, (*(h[1] for h in heads[1:]), figured[-1] + 1), strict=True):
        row, column = head
        end = grid.span(head)[3]
        if _may_reach(grid, head) and column in figured:
            group = [(row + 1, c) for c in range(column, follows) if c in columns]
            if not all(grid.kinds.get(cell) == LABEL and cell not in grid.hidden for cell in group):
                return {}
            if not _is_group(grid, catalogue, head, group):
                return {}
            end = found[head] = follows - 1
        sure.update(range(column, end + 1))
    return found if set(figured) <= sure else {}


def _is_group(grid: Grid, catalogue: Catalogue, head: Place, group: Sequence[Place]) -> bool:
    """Whether the headings below one are its own, all of them."""
    texts = [grid.text(cell) for cell in group]
    if any(names_tables(catalogue, text) for text in texts):
        return False
    if _announces(catalogue, grid.text(head)):
        return all(_members(catalogue, text) for text in texts)
    if all(part_start(catalogue, text) for text in texts[1:]):
        return True  # parts of the first
    over = {code for _, code in _members(catalogue, grid.text(head))}
    inner = [{code for _, code in _members(catalogue, text)} for text in texts]
    if over and all(codes and over <= parents(catalogue, min(codes)) for codes in inner):
        return True  # “NGOs” over two of them
    whole, parts = (group[:1], group[1:]) if _is_whole(catalogue, texts[0]) else ([], group)
    kinds = [_members(catalogue, grid.text(cell)) for cell in parts]
    said = frozenset().union(*kinds)
    alike = len(said) == len(kinds) > 1 and all(len(kind) == 1 for kind in kinds)
    if not alike or len({name for name, _ in said}) > 1:
        return False
    return is_all(catalogue, said) if not whole else compared(grid, UP, whole[0], parts) == EXACTLY


@lru_cache(maxsize=10_000)
def _announces(catalogue: Catalogue, text: str) -> bool:
    """Whether a label says “of whom”, and no more."""
    said = [reading for words in readers(catalogue, text) for reading in words.read(text)]
    return bool(said) and all(r.part and not (r.sets or r.total or r.title) for r in said)


@lru_cache(maxsize=10_000)
def _is_whole(catalogue: Catalogue, text: str) -> bool:
    """Whether a label is a total's, or only says that something is counted."""
    said = [reading for words in readers(catalogue, text) for reading in words.read(text)]
    return bool(said) and all((r.total or r.figure) and not (r.sets or r.title or r.part) for r in said)


@lru_cache(maxsize=10_000)
def _members(catalogue: Catalogue, text: str) -> frozenset[tuple[str, str]]:
    """The members that a label names for the tables that understand it, if they agree; nothing where it says more."""
    every = (r for words in readers(catalogue, text) for r in words.read(text))
    said = {r for r in every if r.dims or not r.sender}  # an institution to the tables that have none
    plain = all(r == Reading(dims=r.dims, names=r.names, figure=r.figure) for r in said)
    dims = {r.dims for r in said}
    return frozenset(dims.pop()) if plain and len(dims) == 1 else frozenset()
