"""What a workbook holds, as a person sees it: the types that leave the reading room (`book`).

Only `book` and its neighbours know spreadsheet formats.  Everything after them works on these types.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from functools import lru_cache, partial
from operator import itemgetter
from typing import Any, NamedTuple, overload

from thb_analysis.findings import Finding

type_names = ("text", "number", "date", "bool", "error")
CellValue = str | int | float | Decimal | date | datetime | time | bool | None


class Look(NamedTuple):
    """What else a person sees of a cell.  Cells that look the same share one."""

    number_format: str = ""  #: the format code, "" for General
    formula: str | None = None  #: the formula's text without "=", None for a typed value
    hidden: bool = False  #: its row, its column or its sheet is hidden
    struck: bool = False  #: any part of it is struck through
    bold: bool = False
    comment: str | None = None
    rows: int = 1  #: how many rows a merged range that starts here spans
    columns: int = 1  #: how many columns a merged range that starts here spans


class Cell(NamedTuple):
    """One non-blank cell (white space alone is blank; a formula without a stored result is not).

    A named tuple with a shared look, because a collection has millions of cells: a frozen dataclass takes five
    times as long to make and to send to another process, and twice the memory.
    """

    row: int  #: 1-based
    column: int  #: 1-based
    kind: str  #: text, number, date, bool, error, or "" for a formula without a stored result
    value: CellValue  #: as stored; a number is an int where it has no fractional part, else a float
    text: str  #: what a person reads; superscript digits as ¹²³…, struck-through runs left in
    look: Look = Look()

    @property
    def address(self) -> str:
        """A1-style address, such as `C12`."""
        return f"{column_letters(self.column)}{self.row}"

    @property
    def is_number(self) -> bool:
        """Whether it holds a number and nothing else, stored as one or as text."""
        return is_number(self.kind, self.text)

    @property
    def number_format(self) -> str:
        return self.look.number_format

    @property
    def formula(self) -> str | None:
        return self.look.formula

    @property
    def hidden(self) -> bool:
        return self.look.hidden

    @property
    def struck(self) -> bool:
        return self.look.struck

    @property
    def bold(self) -> bool:
        return self.look.bold

    @property
    def comment(self) -> str | None:
        return self.look.comment

    @property
    def rows(self) -> int:
        return self.look.rows

    @property
    def columns(self) -> int:
        return self.look.columns


def is_number(kind: str, text: str) -> bool:
    """Whether a cell of a kind holds a number and nothing else: what is exported or typed as text is one, too."""
    return kind == "number" or (kind == "text" and _NUMBER.fullmatch(text.strip()) is not None)


_NUMBER = re.compile(r"\d+(?:[ \xa0.,]\d+)*")

Typed = tuple[str, CellValue, str]  #: kind, value and text of a cell
Stored = (
    tuple[str, CellValue, str, Look] | None
)  #: kind, value, text and look of a cell; None for a blank one


#: A cell of a tuple of all its fields: the quickest way to a named tuple, of which there are very many.
new_cell: Callable[[tuple[Any, ...]], Cell] = partial(tuple.__new__, Cell)


class RunColumn(NamedTuple):
    """One column of a run: what each row has here, as the file writes it."""

    column: int  #: 1-based
    stored: Sequence[str]  #: how the file writes each cell, one a row
    known: Mapping[str, Stored]  #: what each of them means; exactly the different ones of `stored`

    def filled(self) -> int:
        """How many cells are not blank."""
        if all(self.known.values()):
            return len(self.stored)
        blank = [one for one, means in self.known.items() if means is None]
        return len(self.stored) - sum(map(self.stored.count, blank))


class RowRun(NamedTuple):
    """Rows that follow each other and have the same columns; a column that is blank in all of them is left out.

    A cell may begin a merged range that spans several rows of its column.
    """

    first: int  #: 1-based row
    rows: int
    columns: tuple[RunColumn, ...]

    def cells(self) -> Iterator[Cell]:
        """The cells that are not blank, in row-major order."""
        for at in range(self.rows):
            for column, stored, known in self.columns:
                means = known[stored[at]]
                if means is not None:
                    yield new_cell((self.first + at, column, *means))

    def filled(self) -> int:
        """How many cells are not blank."""
        return sum([column.filled() for column in self.columns])


FEWEST = 4  #: rows that stay columns; fewer are cheaper as cells


def part_of(run: RowRun, start: int, end: int) -> RowRun | list[Cell]:
    """Some rows of a run, by their place in it; cells where they are few."""
    if (start, end) == (0, run.rows):
        return run
    columns = []
    for column, stored, known in run.columns:
        some = stored[start:end]
        means = {one: known[one] for one in set(some)}
        if any(means.values()):
            columns.append(RunColumn(column, some, means))
    part = RowRun(run.first + start, end - start, tuple(columns))
    return part if end - start >= FEWEST else list(part.cells())


def joined(parts: Iterable[RowRun | list[Cell]]) -> tuple[RowRun | list[Cell], ...]:
    """Runs and cells with no two lists of cells side by side, and nothing that is blank."""
    kept: list[RowRun | list[Cell]] = []
    for part in parts:
        if isinstance(part, RowRun):
            if part.columns:
                kept.append(part)
        elif part:
            if kept and isinstance(before := kept[-1], list):
                kept[-1] = before + part
            else:
                kept.append(part)
    return tuple(kept)


class Segments(Sequence[Cell]):
    """The cells of a sheet, kept as runs where rows are written alike, and made only when they are asked for."""

    __slots__ = ("_cells", "_texts", "parts")

    def __init__(self, parts: Sequence[RowRun | list[Cell]]) -> None:
        self.parts = tuple(parts)
        self._cells: tuple[Cell, ...] | None = None
        self._texts: set[str] | None = None

    def __iter__(self) -> Iterator[Cell]:
        if self._cells is not None:
            yield from self._cells
            return
        for part in self.parts:
            yield from part.cells() if isinstance(part, RowRun) else part

    @overload
    def __getitem__(self, index: int) -> Cell: ...

    @overload
    def __getitem__(self, index: slice) -> tuple[Cell, ...]: ...

    def __getitem__(self, index: int | slice) -> Cell | tuple[Cell, ...]:
        if self._cells is None:
            self._cells = tuple(self)
        return self._cells[index]

    def texts(self) -> set[str]:
        """What the cells say, each text once."""
        if self._texts is not None:
            return self._texts
        found: set[str] = set()
        for part in self.parts:
            if isinstance(part, RowRun):
                for column in part.columns:
                    found.update(map(_THIRD, filter(None, column.known.values())))
            else:
                found.update(map(_FIFTH, part))
        self._texts = found
        return found

    def __len__(self) -> int:
        return sum(part.filled() if isinstance(part, RowRun) else len(part) for part in self.parts)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and tuple(self) == tuple(other)

    def __hash__(self) -> int:
        return hash(tuple(self))


class Merge(NamedTuple):
    """A merged range, 1-based and inclusive.  Its first cell may be blank, then no Cell stands for it."""

    top: int
    left: int
    bottom: int
    right: int


_ENDLESS = 1 << 60
_THIRD: Callable[[Any], str] = itemgetter(2)
_FIFTH: Callable[[Any], str] = itemgetter(4)


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: its non-blank cells in row-major order, and the merged ranges."""

    name: str
    cells: Sequence[Cell]
    merges: tuple[Merge, ...] = ()
    hidden: bool = False
    #: Where rows were left out and the rest numbered anew: (from this row on, so many more in the workbook).
    shifts: tuple[tuple[int, int], ...] = ()
    #: Cells that were put into another row of the range they are merged over, with their row in the workbook.
    moved: tuple[tuple[tuple[int, int], int], ...] = ()
    margins: tuple[str, ...] = ()  #: what stands at the head and foot of its pages
    turned: bool = False  #: its rows are the columns of the workbook, and its columns the rows

    def texts(self) -> set[str]:
        """What the cells say, each text once."""
        return self.cells.texts() if isinstance(self.cells, Segments) else {cell.text for cell in self.cells}

    def row(self, row: int) -> int:
        """The number in the workbook of a row of this sheet."""
        at = bisect_right(self.shifts, (row, _ENDLESS))
        return row + self.shifts[at - 1][1] if at else row

    def place(self, row: int, column: int) -> tuple[int, int]:
        """The row and the column in the workbook of a place on this sheet."""
        for moved, own in self.moved:
            if moved == (row, column):
                return own, column
        return (column, row) if self.turned else (self.row(row), column)

    def address(self, row: int, column: int) -> str:
        """A1-style address in the workbook of a place on this sheet."""
        row, column = self.place(row, column)
        return f"{column_letters(column)}{row}"


@dataclass(frozen=True, slots=True)
class Book:
    """One file as read.  `file` is its path relative to `raw/`, with forward slashes."""

    file: str
    sha256: str
    sheets: tuple[Sheet, ...] = ()
    findings: tuple[Finding, ...] = field(default=())

    def cells(self) -> Iterator[tuple[Sheet, Cell]]:
        """Every non-blank cell with its sheet, in the order of the workbook."""
        for sheet in self.sheets:
            for cell in sheet.cells:
                yield sheet, cell


@lru_cache(maxsize=20_000)
def column_letters(column: int) -> str:
    """1 → A, 27 → AA."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
