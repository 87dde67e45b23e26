"""Tables side by side, each named by itself and empty columns between: each is read as if it were alone.

What is told by looking along a whole row (labels that announce parts, lists turned round, counts left of their labels)
would else be told of two tables at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace

from thb_analysis.definitions import Catalogue
from thb_analysis.ingest.cells import Sheet
from thb_analysis.ingest.recognition.grid import FIGURE, Grid, Place, runs_of
from thb_analysis.ingest.recognition.keys import names_tables

MOST = 12  #: tables side by side


def sides(grid: Grid, catalogue: Catalogue) -> list[Sheet]:
    """The sheets of such tables, each with the columns of one of them; none where it is one table or may be.

    All begin in the same row, where each is named by a title or a heading, if not by each of its lines, and each row
    with figures has a label, a year or an article in the same table.
    """
    columns = {column for _, column in (*grid.cells, *grid.covers, *grid.unseen, *grid.overlaid)}
    bands = runs_of(columns)
    if not 1 < len(bands) <= MOST:
        return []
    parts = [sorted(place for place in grid.cells if place[1] in band) for band in bands]
    if not all(parts) or len({part[0][0] for part in parts}) > 1:
        return []
    if not all(_is_whole(grid, catalogue, part) for part in parts):
        return []
    return [_part(grid.sheet, band) for band in bands]


def _is_whole(grid: Grid, catalogue: Catalogue, part: Sequence[Place]) -> bool:
    """Whether some columns begin with what names a table, or each line of them does, and label each row of figures."""
    labels: dict[int, list[str]] = {}
    for place in part:
        if grid.kinds[place] != FIGURE:
            labels.setdefault(place[0], []).append(grid.text(place))
    figured = {row for row, column in part if grid.kinds[row, column] == FIGURE}
    named = {row for row, said in labels.items() if any(names_tables(catalogue, text) for text in said)}
    top, first = part[0]
    counted = [column for row, column in part if row == top and grid.kinds[row, column] == FIGURE]
    titled = top in named and counted in ([], [first + 1])  # any other number there is none of its figures
    return bool(figured) and figured <= labels.keys() and (titled or figured <= named)


def _part(sheet: Sheet, band: range) -> Sheet:
    cells = [cell for cell in sheet.cells if cell.column in band]
    merges = tuple(merge for merge in sheet.merges if merge.left in band)
    return replace(sheet, cells=cells, merges=merges)


def joined(sheet: Sheet, grids: Sequence[Grid]) -> Grid:
    """The grid of the whole sheet, with all that is known of the cells of each table."""
    whole = Grid(sheet, catalogue=grids[0].catalogue)
    for grid in grids:
        for each in fields(Grid):
            mine, theirs = getattr(whole, each.name), getattr(grid, each.name)
            if each.name in ("sheet", "facts", "alike", "catalogue"):
                continue
            setattr(whole, each.name, mine | theirs)
    return whole
