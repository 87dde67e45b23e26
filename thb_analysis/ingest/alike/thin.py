"""Large tables made small: rows that can only say the same but for one label's member and their numbers are left out.

What is left is read like any other sheet.  Left out is a row only if two others of its stretch stay to speak for it,
all its labels are plain members, and its figures are whole numbers, marks or blanks; `expand` puts it back, once the
reading of what was left has shown what its neighbours mean.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from operator import itemgetter
from typing import Any

from thb_analysis.definitions import Catalogue
from thb_analysis.ingest.alike.plain import Group, Lent, PlainRows, is_plain_look
from thb_analysis.ingest.cells import Cell, Merge, RowRun, Segments, Sheet, new_cell
from thb_analysis.ingest.recognition.grid import Grid, Place

_KIND: Callable[[Any], str] = itemgetter(0)
FEWEST_LEFT_OUT = 8  #: fewer rows are not worth it


@dataclass(slots=True)
class Thinned:
    """A sheet without the rows of its groups but for those that stand for them, its rows numbered anew.

    `Sheet.address` gives the true addresses.
    """

    whole: Sheet
    bare: Sheet  #: without the rows that stand for others, too
    groups: list[Group]
    label_columns: tuple[int, ...]
    figure_columns: tuple[int, ...]
    gone: list[int]  #: rows that were left out
    moved: Mapping[
        Place, int
    ]  #: true places of merged cells whose first row was left out → the row of them that is left
    standing: list[int]  #: its numbers of the rows that stand for others, group by group

    def renumbered(self, row: int) -> int:
        """The number on the thinned sheet of a row that was kept."""
        return row - bisect_left(self.gone, row)

    def sheet(self) -> Sheet:
        """The sheet with the rows that stand for others."""
        return _with_standing(self)


def thinned(sheet: Sheet, catalogue: Catalogue) -> Thinned | None:
    """The sheet without rows that say nothing new, or None where there are too few of them."""
    if not isinstance(sheet.cells, Segments) or sheet.hidden:
        return None
    columns = _columns(sheet)
    if columns is None:
        return None
    labels, numbers = columns
    plain = PlainRows(catalogue, labels, numbers, _lent(sheet, labels))
    for part in sheet.cells.parts:
        if isinstance(part, RowRun):
            plain.add_run(part)
        else:
            plain.add_cells(part)
    groups = plain.groups()
    gone = [row for group in groups for stretch in group.stretches() for row in stretch]
    if len(gone) < FEWEST_LEFT_OUT:
        return None
    if any(
        merge.right >= numbers[0] and bisect_left(gone, merge.top) != bisect_left(gone, merge.bottom + 1)
        for merge in sheet.merges
    ):
        return None
    merges, moved = _renumbered(sheet.merges, gone)
    others = _others(sheet, groups, gone)
    tops = tuple(((row, column), top) for (top, column), row in moved.items())
    bare = Sheet(sheet.name, others, merges, sheet.hidden, _shifts(groups), tops)
    standing = [row - bisect_left(gone, row) for group in groups for row in group.standing]
    return Thinned(sheet, bare, groups, labels, numbers, gone, moved, standing)


def _columns(sheet: Sheet) -> tuple[tuple[int, ...], tuple[int, ...]] | None:
    """The columns of labels and, right of them, of figures, by the largest run of rows."""
    assert isinstance(sheet.cells, Segments)
    runs = [part for part in sheet.cells.parts if isinstance(part, RowRun)]
    if not runs:
        return None
    largest = max(runs, key=lambda run: run.rows)
    kinds: dict[int, set[str]] = {}
    for column in largest.columns:
        found = set(map(_KIND, filter(None, column.known.values())))
        if found:
            kinds[column.column] = found
    numbers = tuple(sorted(column for column, found in kinds.items() if "number" in found))
    if not numbers or any("number" not in found and column > numbers[0] for column, found in kinds.items()):
        return None
    own = {column for column in kinds if column < numbers[0]}
    lent = {
        column
        for merge in sheet.merges
        if merge.right < numbers[0] and merge.bottom > merge.top and merge.bottom >= largest.first
        for column in range(merge.left, merge.right + 1)
    }
    labels = tuple(sorted(own | lent))
    if not labels or numbers != tuple(range(labels[-1] + 1, labels[-1] + 1 + len(numbers))):
        return None  # rows with blanks hang together by the cells beside them only
    return labels, numbers


def _lent(sheet: Sheet, labels: tuple[int, ...]) -> Lent:
    """The rows below the first that merged cells of one column cover, with the text that they lend them."""
    wanted = {
        (merge.top, merge.left): merge.bottom
        for merge in sheet.merges
        if merge.left == merge.right and merge.left in labels and merge.bottom > merge.top
    }
    lent: dict[int, list[tuple[int, int, str]]] = {}
    for cell in _cells_at(sheet, wanted):
        if cell.kind == "text" and is_plain_look(cell.look):
            last = wanted[(cell.row, cell.column)]
            lent.setdefault(cell.column, []).append((cell.row + 1, last, cell.text))
    return lent


def _cells_at(sheet: Sheet, places: Iterable[Place]) -> Iterator[Cell]:
    """The cells at some places."""
    assert isinstance(sheet.cells, Segments)
    wanted = set(places)
    for part in sheet.cells.parts if wanted else ():
        if isinstance(part, RowRun):
            columns = {column.column: column for column in part.columns}
            for row, number in wanted:
                column = columns.get(number)
                if column is not None and part.first <= row < part.first + part.rows:
                    entry = column.known[column.stored[row - part.first]]
                    if entry is not None:
                        yield new_cell((row, number, *entry))
        else:
            yield from [cell for cell in part if cell[:2] in wanted]


def _shifts(groups: Sequence[Group]) -> tuple[tuple[int, int], ...]:
    """How the rows of a sheet are numbered anew, as `Sheet.shifts` has it."""
    shifts = []
    count = 0
    for group in groups:
        for stretch in group.stretches():
            if stretch:
                count += len(stretch)
                shifts.append((stretch.stop - count, count))
    return tuple(shifts)


def _renumbered(merges: Sequence[Merge], gone: Sequence[int]) -> tuple[tuple[Merge, ...], dict[Place, int]]:
    """Merged ranges without some rows, and the rows that those now begin in whose first row is gone."""
    absent = set(gone)
    found: list[Merge] = []
    moved: dict[Place, int] = {}
    for top, left, bottom, right in merges:
        above = bisect_left(gone, top)
        rows = bottom - top + 1 - (bisect_left(gone, bottom + 1) - above)
        if rows:
            found.append(Merge(top - above, left, top - above + rows - 1, right))
            if top in absent:
                moved[(top, left)] = top - above
    return tuple(found), moved


def _others(sheet: Sheet, groups: Sequence[Group], gone: Sequence[int]) -> tuple[Cell, ...]:
    """The cells that are in no group, numbered anew."""
    assert isinstance(sheet.cells, Segments)
    grouped: set[int] = set().union(*(group.numbers for group in groups))
    return tuple(
        [
            new_cell((row - bisect_left(gone, row), column, kind, value, text, look))
            for part in sheet.cells.parts
            for row, column, kind, value, text, look in (
                _of_rows(part, set(range(part.first, part.first + part.rows)) - grouped)
                if isinstance(part, RowRun)
                else part
            )
            if row not in grouped
        ]
    )


def _of_rows(run: RowRun, rows: Set[int]) -> Iterator[Cell]:
    """The cells of some rows of a run."""
    for number in sorted(rows):
        for column, stored, known in run.columns:
            entry = known[stored[number - run.first]]
            if entry is not None:
                yield new_cell((number, column, *entry))


def _with_standing(thinned: Thinned) -> Sheet:
    """The thinned sheet with the rows that stand for others, and merged cells with as many rows as are left."""
    segments = thinned.whole.cells
    assert isinstance(segments, Segments)
    spans = {(merge.top, merge.left): merge.bottom - merge.top + 1 for merge in thinned.bare.merges}
    wanted = {row for group in thinned.groups for row in group.standing} | {row for row, _ in thinned.moved}
    cells = list(thinned.bare.cells)
    for part in segments.parts:
        if isinstance(part, RowRun):
            found = _of_rows(part, wanted & set(range(part.first, part.first + part.rows)))
        else:
            found = (cell for cell in part if cell.row in wanted)
        for cell in found:
            row = thinned.moved.get((cell.row, cell.column))
            if row is None:
                if bisect_left(thinned.gone, cell.row) != bisect_left(thinned.gone, cell.row + 1):
                    continue  # of a row that is gone, and not moved out of it
                row = thinned.renumbered(cell.row)
            cells.append(cell._replace(row=row))
    for at, cell in enumerate(cells):
        rows = spans.get((cell.row, cell.column), cell.look.rows)
        if rows != cell.look.rows:
            cells[at] = cell._replace(look=cell.look._replace(rows=rows))
    cells.sort(key=itemgetter(0, 1))
    return replace(thinned.bare, cells=tuple(cells))


def row_labels(thinned: Thinned, grid: Grid) -> set[Place]:
    """Where the labels stand of the rows that stand for others."""
    places = [(row, column) for row in thinned.standing for column in thinned.label_columns]
    return {grid.covers.get(place, place) for place in places}


def first_labels(thinned: Thinned, grid: Grid) -> dict[Place, list[tuple[int, int]]]:
    """Where the labels of each group's first row stand, with the group and the label column, by index."""
    found: dict[Place, list[tuple[int, int]]] = {}
    for at, group in enumerate(thinned.groups):
        row = thinned.renumbered(group.standing[0])
        for number, column in enumerate(thinned.label_columns):
            found.setdefault(grid.covers.get((row, column), (row, column)), []).append((at, number))
    return found
