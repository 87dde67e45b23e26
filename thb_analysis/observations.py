"""The observation: one figure of one year with its key, its status and the way back to its cell."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from types import MappingProxyType
from typing import Any, NamedTuple


class Observation(NamedTuple):
    """One figure as one workbook gives it.

    `year` is None for a published total over several years.  `value` is None where there is no number, then
    `status` says why (M blank, Z not applicable, L not collected, Q suppressed, X contradictory).
    """

    table: str
    year: int | None
    dims: tuple[tuple[str, str], ...]
    value: Decimal | None
    status: str
    unit: str
    institution: str
    file: str
    sheet: str
    cell: str
    vintage: int  #: the year of the workbook
    text: str = ""  #: the cell as a person reads it
    note: str = ""
    headings: str = ""  #: the heading cells that gave the key, as text
    code: str = ""  #: a coded value, where the table holds no numbers
    low: Decimal | None = None
    high: Decimal | None = None
    relative_to: int | None = None
    answer: str = ""  #: the answer that the file is a version of; "" where it was sent once
    version: int = 1  #: which sending of the answer the file is
    stated: bool = True  #: a cell says it; False for a blank cell under headings

    def __reduce__(self) -> tuple[type[Observation], tuple[Any, ...]]:
        """For pickle: the general way takes several times as long, and there are very many."""
        return Observation, tuple(self)

    @property
    def place(self) -> str:
        """File, sheet and cell as one text."""
        return f"{self.file}!{self.sheet}!{self.cell}"


def plain(number: Decimal | None) -> str:
    """A number as the tidy tables write it: no exponent, no trailing zeros after a point."""
    if number is None:
        return ""
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


#: A label of rows in the headings of a column that stands for all rows: its column's letters.
_OF_ROWS = re.compile(r"(?:(?<=; )|^)(\w+ [A-Z]{1,3}) “\*”(?=;|$)")


def of_row(headings: str, number: int | str, labels: Mapping[str, str] = MappingProxyType({})) -> str:
    """The headings of a column that stands for all rows as those of one row; with its labels, by column, if known."""
    first, *others = _around_labels(headings)
    said = [first]
    for (place, letters), text in others:
        said.append(f"{place}{number} {labels[letters]}{text}" if labels else f"{place}{number}{text}")
    return "".join(said)


@lru_cache(maxsize=1 << 10)
def _around_labels(headings: str) -> tuple[Any, ...]:
    """What stands before the first label of rows, then of each its place, its column and what follows."""
    first, *others = _OF_ROWS.split(headings)
    pairs = zip(others[::2], others[1::2], strict=True)
    return first, *(((place, place.split()[1]), text) for place, text in pairs)


@dataclass(frozen=True, slots=True)
class Plate:
    """Figures of rows that are alike: one observation a column that stands for all, and what each row has of its own.

    All are of one table and one year.
    A template's `cell` is its column's letters, and its `status` that of a number.
    """

    templates: tuple[Observation, ...]
    names: tuple[str, ...]  #: the dimensions that the rows give
    rows: Sequence[int]  #: numbers in the workbook
    codes: tuple[tuple[str, ...], ...]  #: by name, each row's code
    text: str  #: by template, each row's figure as a line of its own; "" for a blank
    marks: tuple[tuple[str, str], ...] = ()  #: texts that are no numbers, with their status; blanks too

    def __post_init__(self) -> None:
        first = self.templates[0]
        if {one[:2] for one in self.templates} != {(first.table, first.year)}:
            raise ValueError(f"{first.place}: a plate is of one year")

    def __len__(self) -> int:
        return len(self.rows) * len(self.templates)

    def __reduce__(self) -> tuple[Callable[..., Plate], tuple[Any, ...]]:
        """For pickle: one long text is read faster than many short ones, and a tuple than one of our own."""
        templates, codes = list(map(tuple, self.templates)), list(map("\n".join, self.codes))
        return _plate, (templates, self.names, self.rows, codes, self.text, self.marks)

    @property
    def figures(self) -> Sequence[Sequence[str]]:
        """By template, each row's figure."""
        return _columns(self.text, len(self.rows))

    def observation(self, row: int, column: int) -> Observation:
        """One of the figures, by the indices of its row and its column."""
        template = self.templates[column]
        own = {name: codes[row] for name, codes in zip(self.names, self.codes, strict=True)}
        text = self.figures[column][row]
        status = next((status for mark, status in self.marks if mark == text), "")
        return template._replace(
            dims=tuple((name, own.get(name, code)) for name, code in template.dims),
            value=None if status else Decimal(text),
            status=status or template.status,
            cell=f"{template.cell}{self.rows[row]}",
            text=text,
            headings=of_row(template.headings, self.rows[row]),
            stated=text != "",
        )

    def observations(self) -> Iterator[Observation]:
        """The figures one by one, row by row."""
        for row in range(len(self.rows)):
            for column in range(len(self.templates)):
                yield self.observation(row, column)


def _plate(
    templates: Sequence[tuple[Any, ...]],
    names: tuple[str, ...],
    rows: Sequence[int],
    codes: Sequence[str],
    text: str,
    marks: tuple[tuple[str, str], ...],
) -> Plate:
    every = tuple(map(Observation._make, templates))
    return Plate(every, names, rows, tuple(map(_again, codes)), text, marks)


@lru_cache(maxsize=1 << 10)
def _again(joined: str) -> tuple[str, ...]:
    """Codes, which many plates have in common."""
    return tuple(joined.split("\n"))


@lru_cache(maxsize=1)
def _columns(text: str, rows: int) -> Sequence[Sequence[str]]:
    """The lines of a text, so many a column; of the last plate that was asked for, since many of its are."""
    lines = text.split("\n")
    return [lines[at : at + rows] for at in range(0, len(lines), rows)]
