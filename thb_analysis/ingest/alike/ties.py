"""Ties between rows: what a row says of another.  A sheet that has any is not read by some of its rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache

from thb_analysis.definitions import Catalogue, Table
from thb_analysis.ingest.alike.thin import Thinned, row_labels
from thb_analysis.ingest.recognition.grid import Grid
from thb_analysis.ingest.recognition.judge import Reading
from thb_analysis.ingest.recognition.roles import counts_lines
from thb_analysis.ingest.recognition.scene import LEFT


def hang_together(figures: Sequence[Reading], thinned: Thinned, grid: Grid, catalogue: Catalogue) -> bool:
    """Whether a figure may mean another thing for a row that was left out.

    A part (“of whom”) is one of the row before it; a label that is written once is lent to the rows below it only if
    these repeat; a column of labels may head figures below it; numbers that count rows do so without a gap; and under a
    heading with no figure at all every row has a blank.
    """
    labels = row_labels(thinned, grid)
    columns = {thinned.renumbered(row): group.columns for group in thinned.groups for row in group.standing}
    levels: dict[
        tuple[int, int], set[tuple[int, ...]]
    ] = {}  # place of a table → the columns of its rows' labels
    groups = set()
    for figure in figures:
        claim = figure.claim
        row, block = claim.place[0], claim.block
        if LEFT in claim.part:
            return True
        for role, place in claim.headings:
            top, _, bottom, _ = grid.span(place)
            if (role == "row" and not top <= row <= bottom) or (role == "column" and place in labels):
                return True
        if row in columns:
            if claim.place[1] not in columns[row]:
                return True
            groups.add((block.top, block.left))
        if LEFT not in claim.total:
            levels.setdefault((block.top, block.left), set()).add(block.columns)
    if any(len(levels[place]) > 1 for place in groups):
        return True
    return any(counts_lines(catalogue, cell.text) for cell in grid.cells.values() if cell.kind == "text")


def touch_others(
    names: tuple[str, ...], table: Table, figures: Iterable[Reading], catalogue: Catalogue
) -> bool:
    """Whether what the rows' labels set says something of others: children among them make adults of the rest, and
    what all of them imply holds of their total."""
    divided = {dimension for dimension, _, _ in table.complements} & set(names)
    if divided and any(
        one.claim.table is table and LEFT not in one.claim.total and not divided <= one.claim.stated
        for one in figures
    ):
        return True
    return any(_implies(catalogue, one.codes) for one in table.dimensions if one.name in names)


@cache
def _implies(catalogue: Catalogue, codes: str) -> bool:
    """Whether any member of a list implies something else."""
    return any(member.implies for member in catalogue.codes.get(codes, {}).values())
