"""From cells as a format's reader found them to a Sheet: order, merged ranges, comments, what is hidden.

The same for every spreadsheet format.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import pairwise
from operator import itemgetter
from typing import Any

from thb_analysis.findings import Finding
from thb_analysis.ingest.cells import (
    Cell,
    Look,
    Merge,
    RowRun,
    RunColumn,
    Segments,
    Sheet,
    column_letters,
    joined,
    new_cell,
    part_of,
)
from thb_analysis.ingest.formats.refused import Refused
from thb_analysis.ingest.shown import NOTHING

#: rows times columns between A1 and the farthest cell that is not blank; a list of 100,000 × 20 has 2 million
MAX_SPREAD = 30_000_000
LARGE_MERGE = 100_000  #: a merged range of more cells is cut to the part of the sheet that is in use


@dataclass(slots=True)
class SheetPart:
    """A sheet as its part of the file holds it: cells, and runs of rows that stand before them."""

    cells: list[Cell] = field(default_factory=list)
    before: list[RowRun | list[Cell]] = field(default_factory=list)  #: what stands before `cells`
    most: int = 0  #: so many cells at most stand before `cells`
    merges: list[Merge] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    comments: Mapping[str, str] = field(default_factory=dict)  #: by address
    orderly: bool = True  #: the cells came in row-major order, each address once
    last_row: int = 0  #: the last row begun
    formulas: int = 0  #: cells with a formula and a stored result
    unseen: bool = False  #: some cells may be hidden by how they are written, and not by their row or column
    drawn: list[str] = field(default_factory=list)  #: what stands in text boxes
    pictures: int = 0  #: how many pictures, charts and the like it has
    margins: tuple[str, ...] = ()  #: what stands at the head and foot of its pages
    zeros_unseen: bool = False  #: the sheet shows a blank for each zero

    def add_run(self, run: RowRun) -> None:
        """Rows that follow what came before; `arranged` puts them in order where they do not."""
        self._reach(run.first, run.first + run.rows - 1)
        if run.columns:
            if self.cells:
                self.before.append(self.cells)
                self.most += len(self.cells)
                self.cells = []
            self.before.append(run)
            self.most += run.rows * len(run.columns)

    def add_row(self, cells: Sequence[Cell]) -> None:
        """The cells of one row, of which there is at least one."""
        self._reach(cells[0].row, cells[0].row)
        self.cells += cells

    def _reach(self, first: int, last: int) -> None:
        if first <= self.last_row:
            self.orderly = False
        self.last_row = last

    def total(self, enough: int = 0) -> int:
        """How many cells there are; where it cannot be more than `enough`, what it cannot be more than."""
        most = self.most + len(self.cells)
        if most <= enough:
            return most
        before = [part.filled() if isinstance(part, RowRun) else len(part) for part in self.before]
        return sum(before) + len(self.cells)


def gathered(
    sheets: Iterable[tuple[str, bool, Callable[[], SheetPart]]], file: str
) -> tuple[list[Sheet], list[Finding]]:
    """The sheets of a workbook, and what is to be said of them.

    Of each sheet its name, whether it is hidden, and how it is read, which may raise Refused: then the others are
    read all the same.
    """
    found: list[Sheet] = []
    findings: list[Finding] = []
    empty = True
    for name, hidden, read in sheets:
        empty = False
        try:
            part = read()
            sheet, about_sheet = arranged(part, name, hidden, file)
            if part.margins:
                sheet = replace(sheet, margins=part.margins)
        except Refused as error:
            findings.append(Finding(error.code, file, name, found=error.found, expected=error.expected))
        else:
            found.append(sheet)
            findings.extend(about_sheet)
            if not hidden:
                findings.extend(_beside_cells(part, sheet, file))
    if empty:
        findings.append(Finding("no_sheets", file))
    return found, findings


def arranged(part: SheetPart, name: str, hidden: bool, file: str) -> tuple[Sheet, list[Finding]]:
    """The finished sheet and what is to be said of it.

    Raises Refused: `cell_twice` where an address comes twice, `sheet_spread` where the cells lie so far apart
    that laying them out would fill the memory.
    """
    if part.before:
        if segments := _in_segments(part, hidden):
            return Sheet(name, Segments(segments[0]), tuple(segments[1]), hidden), []
        part.cells = list(Segments([*part.before, part.cells]))
        part.before, part.most = [], 0
    cells = part.cells
    if not part.orderly:
        cells.sort(key=lambda cell: cell[:2])
        for before, after in pairwise(cells):
            if before[:2] == after[:2]:
                raise Refused("cell_twice", found=after.address)
    if not cells:
        return Sheet(name, (), (), hidden), []
    last_row, last_column = cells[-1].row, max(map(itemgetter(1), cells))
    if last_row * last_column > MAX_SPREAD:
        farthest = f"{column_letters(last_column)}{last_row}"
        raise Refused("sheet_spread", found=farthest, expected=f"{MAX_SPREAD // 1_000_000} 000 000")
    if part.zeros_unseen:
        cells[:] = [_relooked(cell, number_format=NOTHING) if _is_zero(cell) else cell for cell in cells]
    unseen = [] if hidden or not part.unseen else [cell for cell in cells if _hidden_by_ink(cell, part)]
    merges = [_in_use(merge, last_row, last_column) for merge in part.merges]
    covered = _merge_cells(cells, merges)
    _attach_comments(cells, part.comments)
    findings = []
    if covered:
        findings.append(Finding("cells_covered", file, name, covered[0], found=str(len(covered))))
    if unseen:
        findings.append(Finding("cells_unseen", file, name, unseen[0].address, found=str(len(unseen))))
    if hidden:
        findings.append(Finding("sheet_hidden", file, name, found=str(len(cells))))
    else:
        findings.extend(_hidden_lines(part, file, name))
    return Sheet(name, tuple(cells), tuple(merges), hidden), findings


def _in_segments(part: SheetPart, hidden: bool) -> tuple[Sequence[RowRun | list[Cell]], list[Merge]] | None:
    """The parts of a sheet with its merged ranges, where runs can stay runs: nothing hidden, covered or noted."""
    odd = part.unseen or part.zeros_unseen or part.comments or not part.orderly
    if hidden or part.hidden_rows or part.hidden_columns or odd:
        return None
    parts = [*part.before, part.cells] if part.cells else list(part.before)
    last_row = _last_row(parts[-1])
    last_column = max(
        piece.columns[-1].column if isinstance(piece, RowRun) else max(map(itemgetter(1), piece))
        for piece in parts
    )
    if last_row * last_column > MAX_SPREAD:
        return None
    merges = [_in_use(merge, last_row, last_column) for merge in part.merges]
    kept: list[RowRun | list[Cell]] = []
    for piece in parts:
        first = piece.first if isinstance(piece, RowRun) else piece[0].row
        end = piece.first + piece.rows if isinstance(piece, RowRun) else piece[-1].row + 1
        near = [merge for merge in merges if merge.top < end and merge.bottom >= first]
        if not isinstance(piece, RowRun):
            if near and _merge_cells(piece, near):
                return None
            kept.append(piece)
            continue
        cut = _spanned(piece, near) if near else [piece]
        if cut is None:
            return None
        kept += cut
    return joined(kept), merges


def _last_row(piece: RowRun | list[Cell]) -> int:
    """The last row that is not blank."""
    if not isinstance(piece, RowRun):
        return piece[-1].row
    at = piece.rows - 1
    while all(known[stored[at]] is None for _, stored, known in piece.columns):
        at -= 1
    return piece.first + at


def _spanned(run: RowRun, merges: Iterable[Merge]) -> list[RowRun | list[Cell]] | None:
    """A run whose cells have the spans of merged ranges; None where a range covers a cell.

    Rows in which a range of several columns begins are taken out as cells: they are headings.
    """
    begun: dict[
        int, dict[int, Merge]
    ] = {}  # column → place in the run → merged range whose first cell is there
    for merge in merges:
        top, bottom = max(merge.top - run.first, 0), min(merge.bottom - run.first, run.rows - 1)
        for column, stored, known in run.columns:
            if column > merge.right:
                break
            if column < merge.left:
                continue
            first = top
            if column == merge.left and merge.top >= run.first and known[stored[top]] is not None:
                if begun.setdefault(column, {}).setdefault(top, merge) is not merge:
                    return None
                first += 1
            if any(known[one] is not None for one in set(stored[first : bottom + 1])):
                return None
    if not begun:
        return [run]
    run = run._replace(columns=tuple(_spanned_column(one, begun.get(one.column, {})) for one in run.columns))
    headings = {at for column in begun.values() for at, merge in column.items() if merge.right > merge.left}
    kept = []
    done = 0
    for at in sorted(headings):
        kept += [part_of(run, done, at), part_of(run, at, at + 1)]
        done = at + 1
    return [*kept, part_of(run, done, run.rows)]


def _spanned_column(column: RunColumn, begun: Mapping[int, Merge]) -> RunColumn:
    """A column of a run in which some cells begin merged ranges."""
    if not begun:
        return column
    stored, means = list(column.stored), dict(column.known)
    for at, (top, left, bottom, right) in begun.items():
        cell = column.known[stored[at]]
        assert cell is not None
        kind, value, text, look = cell
        rows, columns = bottom - top + 1, right - left + 1
        stored[at] = f"{stored[at]}\0{rows}\0{columns}"  # no file writes such a cell
        means[stored[at]] = (kind, value, text, _spanning(look, rows, columns))
    return RunColumn(column.column, stored, {one: means[one] for one in set(stored)})


def _in_use(merge: Merge, last_row: int, last_column: int) -> Merge:
    if (merge.bottom - merge.top + 1) * (merge.right - merge.left + 1) <= LARGE_MERGE:
        return merge
    bottom, right = min(merge.bottom, last_row), min(merge.right, last_column)
    return Merge(merge.top, merge.left, max(bottom, merge.top), max(right, merge.left))


def _merge_cells(cells: list[Cell], merges: Iterable[Merge]) -> list[str]:
    """Give first cells their span; hide cells that lie under a merged range and return their addresses."""
    covered: list[str] = []
    for top, left, bottom, right in merges:
        at = bisect_left(cells, (top, left))
        if at < len(cells) and cells[at][:2] == (top, left):
            look = _spanning(cells[at].look, bottom - top + 1, right - left + 1)
            cells[at] = new_cell((*cells[at][:5], look))
            at += 1
        while at < len(cells) and (row := cells[at].row) <= bottom:
            column = cells[at].column
            if left <= column <= right:
                cells[at] = _relooked(cells[at], hidden=True)
                covered.append(cells[at].address)
                at += 1
            elif column < left:
                at = bisect_left(cells, (row, left), at)
            else:
                at = bisect_left(cells, (row + 1, left), at)
    return covered


@lru_cache(maxsize=1_000)
def _spanning(look: Look, rows: int, columns: int) -> Look:
    return look._replace(rows=rows, columns=columns)


def _relooked(cell: Cell, **changes: Any) -> Cell:
    return cell._replace(look=cell.look._replace(**changes))


def _beside_cells(part: SheetPart, sheet: Sheet, file: str) -> Iterator[Finding]:
    """What a person sees on a sheet that stands in no cell: text boxes, pictures, and comments on blank cells."""
    drawn = " ".join(" ".join(part.drawn).split())
    if drawn:
        yield Finding("drawing_text", file, sheet.name, found=drawn)
    if part.pictures:
        yield Finding("pictures_unread", file, sheet.name, found=str(part.pictures))
    filled = {cell.address for cell in sheet.cells} if part.comments else set()
    for address, words in part.comments.items():
        if address not in filled:
            yield Finding("comment_on_blank", file, sheet.name, address, found=words)


def _attach_comments(cells: list[Cell], comments: Mapping[str, str]) -> None:
    if comments:
        places = {cell.address: at for at, cell in enumerate(cells)}
        for address, words in comments.items():
            if address in places:
                cells[places[address]] = _relooked(cells[places[address]], comment=words)


def _is_zero(cell: Cell) -> bool:
    return cell.kind == "number" and cell.value == 0


def _hidden_by_ink(cell: Cell, part: SheetPart) -> bool:
    """Whether a cell is hidden although its row and its column are not."""
    return cell.hidden and cell.row not in part.hidden_rows and cell.column not in part.hidden_columns


def _hidden_lines(part: SheetPart, file: str, name: str) -> Iterator[Finding]:
    """One finding for each stretch of hidden rows, and of hidden columns, that holds cells."""
    if part.hidden_rows:
        rows = Counter(cell.row for cell in part.cells if cell.row in part.hidden_rows)
        for first, last, count in _stretches(rows):
            yield Finding("rows_hidden", file, name, f"{first}:{last}", found=str(count))
    if part.hidden_columns:
        columns = Counter(cell.column for cell in part.cells if cell.column in part.hidden_columns)
        for first, last, count in _stretches(columns):
            place = f"{column_letters(first)}:{column_letters(last)}"
            yield Finding("columns_hidden", file, name, place, found=str(count))


def _stretches(counts: Counter[int]) -> Iterator[tuple[int, int, int]]:
    """Neighbouring numbers joined: (first, last, sum of their counts)."""
    first = last = total = 0
    for index in sorted(counts):
        if index != last + 1:
            if total:
                yield first, last, total
            first, total = index, 0
        last = index
        total += counts[index]
    if total:
        yield first, last, total
