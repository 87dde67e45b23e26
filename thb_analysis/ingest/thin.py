"""Large tables made small: rows that can only say the same but for one label's member and their numbers are left out.

What is left is read like any other sheet.  Left out is a row only if two others of its stretch stay to speak for it,
all its labels are plain members, and its figures are whole numbers, marks or blanks; `expand` puts it back, once the
reading of what was left has shown what its neighbours mean.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from thb_analysis.definitions import TOTAL, Catalogue, figures
from thb_analysis.ingest.cells import Cell, Look, Merge, RowRun, RunColumn, Segments, Sheet, Stored
from thb_analysis.ingest.footnotes import footnote, footnote_start
from thb_analysis.ingest.grid import LABEL, is_year, section_numbers, text_kind
from thb_analysis.ingest.labels import Reading, vocabulary
from thb_analysis.ingest.values import mark_status

FEWEST_LEFT_OUT = 8  #: fewer rows are not worth it
LONGEST_NUMBER = 9  #: digits of a figure in a plain row

Labels = tuple[str, ...]
Figures = tuple[str, ...]


class Row(NamedTuple):
    """A plain row: its labels with those that merged cells lend, which of them are its own, and its figures as text."""

    number: int
    labels: Labels
    own: tuple[bool, ...]
    figures: Figures


@dataclass(slots=True)
class Group:
    """Rows left out around two that were kept; `first` and `last` are the kept ones."""

    first: Row
    last: Row
    rows: list[Row] = field(default_factory=list)


@dataclass(slots=True)
class Thinned:
    """A sheet without the rows of its groups.  Its rows are numbered anew; `Sheet.address` gives the true ones."""

    sheet: Sheet
    groups: list[Group]
    label_columns: tuple[int, ...]
    figure_columns: tuple[int, ...]
    moved: frozenset[tuple[int, int]] = (
        frozenset()
    )  #: places of merged cells whose own first row was left out

    def renumbered(self, row: int) -> int:
        """The number on the thinned sheet of a row that was kept."""
        return next((row - more for start, more in reversed(self.sheet.shifts) if row - more >= start), row)


def thinned(sheet: Sheet, catalogue: Catalogue) -> Thinned | None:
    """The sheet without rows that say nothing new, or None where there are too few of them."""
    if not isinstance(sheet.cells, Segments) or sheet.hidden:
        return None
    columns = _columns(sheet)
    if columns is None:
        return None
    labels, numbers = columns
    rows = _plain_rows(sheet, catalogue, labels, numbers)
    groups = _groups(rows)
    left_out = sum(len(group.rows) for group in groups)
    if left_out < FEWEST_LEFT_OUT:
        return None
    gone = sorted(row.number for group in groups for row in group.rows)
    if any(
        merge.right >= numbers[0] and bisect_left(gone, merge.top) != bisect_left(gone, merge.bottom + 1)
        for merge in sheet.merges
    ):
        return None
    small, moved = _without(sheet, gone)
    return Thinned(small, groups, labels, numbers, moved)


def _columns(sheet: Sheet) -> tuple[tuple[int, ...], tuple[int, ...]] | None:
    """The columns of labels and, right of them, of figures, by the largest run of rows."""
    assert isinstance(sheet.cells, Segments)
    runs = [part for part in sheet.cells.parts if isinstance(part, RowRun)]
    if not runs:
        return None
    largest = max(runs, key=lambda run: run.rows)
    kinds = {column.column: _kind(column) for column in largest.columns}
    numbers = tuple(sorted(column for column, kind in kinds.items() if kind == "number"))
    if not numbers or any(kind != "number" and column > numbers[0] for column, kind in kinds.items()):
        return None
    own = {column for column in kinds if column < numbers[0]}
    lent = {
        column
        for merge in sheet.merges
        if merge.right < numbers[0] and merge.bottom > merge.top and merge.bottom >= largest.first
        for column in range(merge.left, merge.right + 1)
    }
    labels = tuple(sorted(own | lent))
    return (labels, numbers) if labels else None


def _plain_rows(
    sheet: Sheet, catalogue: Catalogue, labels: tuple[int, ...], numbers: tuple[int, ...]
) -> list[Row]:
    """Every plain row, in order."""
    assert isinstance(sheet.cells, Segments)
    lent = _lent(sheet, labels)
    found: list[Row] = []
    for part in sheet.cells.parts:
        if isinstance(part, RowRun):
            found += _of_run(part, catalogue, labels, numbers, lent)
        else:
            found += _of_cells(part, catalogue, labels, numbers, lent)
    return found


def _kind(column: RunColumn) -> str:
    """The commonest kind of a column's cells."""
    means = map(column.known.__getitem__, column.stored)
    kinds = Counter(cell[0] for cell in means if cell is not None)
    return kinds.most_common(1)[0][0]


def _of_run(
    run: RowRun,
    catalogue: Catalogue,
    labels: tuple[int, ...],
    numbers: tuple[int, ...],
    lent: Mapping[int, Mapping[int, str]],
) -> list[Row]:
    """The plain rows of a run; what a column says is looked at once for each different text."""
    there = {column.column: column for column in run.columns}
    span = range(run.first, run.first + run.rows)
    odd: set[int] = set()  # offsets
    for column in run.columns:
        if column.column in labels or column.column in numbers:
            odd |= _where(column, lambda cell: cell is not None and not _is_plain_look(cell[3]))
        else:
            odd |= _where(column, lambda cell: cell is not None)
    words: list[Sequence[str]] = []
    own: list[Sequence[bool]] = []
    for number in labels:
        covered = lent.get(number, {})
        if number not in there:
            words.append([covered.get(row, "") for row in span])
            own.append([False] * run.rows)
        else:
            column = there[number]
            odd |= _where(column, lambda cell: cell is not None and cell[0] != "text")
            means = [column.known[stored] for stored in column.stored]
            words.append(
                [
                    covered.get(row, "") if cell is None else cell[2]
                    for row, cell in zip(span, means, strict=True)
                ]
            )
            own.append([cell is not None for cell in means])
        odd |= _others(words[-1], lambda text: is_plain_label(catalogue, text))
    values: list[Sequence[str]] = []
    uncounted = set(range(run.rows))
    for number in numbers:
        if number not in there:
            values.append([""] * run.rows)
            continue
        column = there[number]
        texts = {stored: _figure(catalogue, cell) for stored, cell in column.known.items()}
        values.append([texts[stored] or "" for stored in column.stored])
        odd |= _where(column, lambda cell: _figure(catalogue, cell) is None)
        uncounted &= _where(column, lambda cell: cell is None or cell[0] != "number")
    odd |= uncounted
    rows = map(Row, span, zip(*words, strict=True), zip(*own, strict=True), zip(*values, strict=True))
    return [row for at, row in enumerate(rows) if at not in odd] if odd else list(rows)


def _others(texts: Sequence[str], fits: Callable[[str], bool]) -> set[int]:
    """Where texts stand that do not fit."""
    wrong = {text for text in set(texts) if not fits(text)}
    return {at for at, text in enumerate(texts) if text in wrong} if wrong else set()


def _figure(catalogue: Catalogue, cell: Stored) -> str | None:
    """What stands for a figure: a count, a mark, "" for a blank; None for anything else."""
    if cell is None:
        return ""
    kind, _, text, _ = cell
    if kind == "number" and is_plain_number(catalogue, text):
        return text
    return text.strip() if kind == "text" and mark_status(catalogue, text) else None


def _where(column: RunColumn, holds: Callable[[Stored], bool]) -> set[int]:
    """The rows of a column, as offsets, whose cell is such."""
    such = {stored for stored, cell in column.known.items() if holds(cell)}
    return {at for at, stored in enumerate(column.stored) if stored in such} if such else set()


def _of_cells(
    cells: Sequence[Cell],
    catalogue: Catalogue,
    labels: tuple[int, ...],
    numbers: tuple[int, ...],
    lent: Mapping[int, Mapping[int, str]],
) -> Iterator[Row]:
    lines: dict[int, dict[int, Cell]] = {}
    for cell in cells:
        lines.setdefault(cell.row, {})[cell.column] = cell
    for number, line in lines.items():
        row = _of_line(number, line, catalogue, labels, numbers, lent)
        if row is not None:
            yield row


def _of_line(
    number: int,
    line: Mapping[int, Cell],
    catalogue: Catalogue,
    labels: tuple[int, ...],
    numbers: tuple[int, ...],
    lent: Mapping[int, Mapping[int, str]],
) -> Row | None:
    if not line.keys() <= {*labels, *numbers} or not all(_is_plain_look(cell.look) for cell in line.values()):
        return None
    words, said, counted = [], [], False
    for column in labels:
        cell = line.get(column)
        if cell is not None and (cell.kind != "text" or cell.look.columns > 1):
            return None
        words.append(lent.get(column, {}).get(number, "") if cell is None else cell.text)
    for column in numbers:
        cell = line.get(column)
        if cell is None:
            said.append("")
        elif (cell.look.rows, cell.look.columns) != (1, 1):
            return None
        elif cell.kind == "number" and is_plain_number(catalogue, cell.text):
            said.append(cell.text)
            counted = True
        elif cell.kind == "text" and mark_status(catalogue, cell.text):
            said.append(cell.text.strip())
        else:
            return None
    if not counted or not all(is_plain_label(catalogue, text) for text in words):
        return None
    return Row(number, tuple(words), tuple(column in line for column in labels), tuple(said))


def _is_plain_look(look: Look) -> bool:
    return not (
        look.hidden
        or look.struck
        or look.comment is not None
        or look.formula is not None
        or "%" in look.number_format
    )


@lru_cache(maxsize=50_000)
def is_plain_number(catalogue: Catalogue, stored: str) -> bool:
    """Whether a stored number is a count and nothing else: no year, no section's number."""
    return (
        stored.isascii()
        and stored.isdigit()
        and len(stored) <= LONGEST_NUMBER
        and (stored == "0" or stored[0] != "0")
        and not is_year(stored)
        and stored not in section_numbers(catalogue)
    )


def _lent(sheet: Sheet, labels: tuple[int, ...]) -> dict[int, dict[int, str]]:
    """Column → row → the text of the merged cell that covers it, for rows below its first."""
    assert isinstance(sheet.cells, Segments)
    texts = {
        (cell.row, cell.column): cell.text
        for part in sheet.cells.parts
        if not isinstance(part, RowRun)
        for cell in part
        if cell.kind == "text" and _is_plain_look(cell.look)
    }
    lent: dict[int, dict[int, str]] = {}
    for top, left, bottom, right in sheet.merges:
        if left == right and left in labels and (top, left) in texts:
            lent.setdefault(left, {}).update(dict.fromkeys(range(top + 1, bottom + 1), texts[(top, left)]))
    return lent


def _groups(rows: Sequence[Row]) -> list[Group]:
    """Stretches of plain rows that follow each other; two of which every figure is a number stand for all."""
    groups = []
    start = 0
    for at in range(1, len(rows) + 1):
        if at < len(rows) and rows[at].number == rows[at - 1].number + 1:
            continue
        first, last = start, at - 1
        while first < last and not _is_complete(rows[first]):
            first += 1
        while last > first and not _is_complete(rows[last]):
            last -= 1
        if first < last and at - start > 2:
            others = [*rows[start:first], *rows[first + 1 : last], *rows[last + 1 : at]]
            groups.append(Group(rows[first], rows[last], others))
        start = at
    return groups


def _is_complete(row: Row) -> bool:
    return all(map(str.isdigit, row.figures))


def _without(sheet: Sheet, gone: Sequence[int]) -> tuple[Sheet, frozenset[tuple[int, int]]]:
    """The sheet without some rows, numbered anew, and where merged cells had to move down to a row that is left."""
    assert isinstance(sheet.cells, Segments)
    absent = set(gone)

    def renumbered(row: int) -> int:
        return row - bisect_left(gone, row)

    merges: list[Merge] = []
    spans: dict[tuple[int, int], int] = {}  # first place of a merged range → rows that are left of it
    moved: dict[tuple[int, int], int] = {}  # first place that is gone → the row that it stands on now
    for merge in sheet.merges:
        left = (
            merge.bottom
            - merge.top
            + 1
            - (bisect_left(gone, merge.bottom + 1) - bisect_left(gone, merge.top))
        )
        if left:
            top = renumbered(merge.top)
            merges.append(Merge(top, merge.left, top + left - 1, merge.right))
            spans[(merge.top, merge.left)] = left
            if merge.top in absent:
                moved[(merge.top, merge.left)] = top
    cells: list[Cell] = []
    for part in sheet.cells.parts:
        if isinstance(part, RowRun):
            for at in range(part.rows):
                if part.first + at not in absent:
                    row = renumbered(part.first + at)
                    cells += [
                        Cell(row, column, *means)
                        for column, stored, known in part.columns
                        if (means := known[stored[at]]) is not None
                    ]
            continue
        for cell in part:
            place = (cell.row, cell.column)
            if cell.row in absent and place not in moved:
                continue
            rows = spans.get(place, cell.look.rows)
            look = cell.look if rows == cell.look.rows else cell.look._replace(rows=rows)
            cells.append(cell._replace(row=moved.get(place) or renumbered(cell.row), look=look))
    cells.sort(key=lambda cell: cell[:2])
    shifts = [
        (row - at, at + 1) for at, row in enumerate(gone) if at + 1 == len(gone) or gone[at + 1] != row + 1
    ]
    small = Sheet(sheet.name, tuple(cells), tuple(merges), sheet.hidden, tuple(shifts))
    return small, frozenset((row, column) for (_, column), row in moved.items())


# plain labels -----------------------------------------------------------------------------------------


@lru_cache(maxsize=50_000)
def is_plain_label(catalogue: Catalogue, text: str) -> bool:
    """Whether a label is a member's name for some table, and for none anything but that."""
    if (
        not text.strip()
        or text_kind(catalogue, text) != (LABEL, "")
        or footnote(text)[1]
        or footnote_start(text)
    ):
        return False
    return any(plain_dims(catalogue, table.id, text) for table in figures(catalogue))


@lru_cache(maxsize=200_000)
def plain_dims(catalogue: Catalogue, table: str, text: str) -> tuple[tuple[str, str], ...] | None:
    """What a label sets for a table, where it is nothing but a member's name; else None."""
    readings = vocabulary(catalogue, table).read(text)
    if len(readings) != 1:
        return None
    reading = readings[0]
    if not reading.dims or reading != Reading(dims=reading.dims, worded=reading.worded):
        return None
    if any(code == TOTAL for _, code in reading.dims):
        return None
    return reading.dims
