"""`evidence.csv`: what workbooks say of each figure.  A column of a large table is one line, taken apart here.

Such a line has the areas of the column as its cell (`E4:E75 E77`), and `*` in its key for what its rows set.  Value,
status and text are empty, since the tidy table has them; but a text that is no number has a line of its own.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import count, pairwise
from operator import eq
from pathlib import Path
from typing import Any

from thb_analysis.definitions import TOTAL, Table
from thb_analysis.observations import Plate, of_row
from thb_analysis.tidy.columns import quoted, quoted_once
from thb_analysis.tidy.store import rows_of

ANY = "*"  #: what stands for that of which each row has its own
_AREA = re.compile(r"([A-Z]+)(\d+)(?::[A-Z]+(\d+))?")
_OPEN = re.compile(r"(?<![^;])(\w+)=\*(?=;|$)")

_NONE: dict[str, list[int]] = {}

Line = dict[str, str]  #: of `evidence.csv`, or of a table


def plate_lines(plate: Plate, alone: Any, marked: Sequence[int], table: Table) -> Iterator[tuple[int, str]]:
    """The lines for a plate, each with the index of its first figure among the plate's, column by column.

    `alone` says of each figure whether nobody else speaks of it, None where that is so for all; `marked` are the
    indices of those that are no numbers.
    """
    if alone is not None and not alone.any():
        return
    marks, size = dict(plate.marks), len(plate.rows)
    out: dict[int, set[int]] = {}  # by column, the rows that are told otherwise
    by_text: dict[int, dict[str, list[int]]] = {}
    if alone is not None:
        for at in (~alone).nonzero()[0].tolist():
            out.setdefault(at // size, set()).add(at % size)
    figures = plate.figures if marked else ()
    for at in marked:
        column, row = divmod(at, size)
        if row not in out.get(column, ()):
            by_text.setdefault(column, {}).setdefault(figures[column][row], []).append(row)
    written = _Areas(plate.rows)
    key = _keys(plate.names, table.key_columns)
    told = f"{table.id},"
    before: tuple[object, ...] = ()
    middle = ""
    for column, template in enumerate(plate.templates):
        source = (template.vintage, template.institution, template.file, template.sheet)
        if source != before:
            before, vintage = source, str(template.vintage or "")
            middle = ",".join(map(quoted, (vintage, "yes", *source[1:])))
        said = {"institution": template.institution}
        said.update(template.dims)
        said["year"] = TOTAL if template.year is None else str(template.year)
        start, headings = f"{told}{quoted_once(key % said)},,", quoted_once(template.headings)
        texts, own = by_text.get(column, _NONE), out.get(column)
        left: tuple[int, ...] = ()
        if own or len(texts) > 1:
            left = tuple(sorted((own or set()).union(*texts.values())))
        elif texts:
            (rows,) = texts.values()
            left = tuple(rows)
        if len(left) < size:
            first = 0
            if left and not left[0]:
                first = next((row for row, at in enumerate(left) if row != at), len(left))
            cells = written.without(left).replace("\0", template.cell)
            yield column * size + first, f"{start},{middle},{cells},,{headings}\n"
        for text, rows in texts.items():
            if len(rows) == 1:
                cells = f"{template.cell}{plate.rows[rows[0]]}"
            else:
                cells = written.of(tuple(rows)).replace("\0", template.cell)
            line = f"{start}{quoted(marks[text])},{middle},{cells},{quoted(text)},{headings}\n"
            yield column * size + rows[0], line


class _Areas:
    """Areas of rows of a plate, by the indices of the rows; columns that are alike have the same."""

    def __init__(self, rows: Sequence[int]) -> None:
        self.rows = rows
        self._one_area = all(map(eq, rows, count(rows[0])))
        self._of: dict[tuple[int, ...], str] = {}
        self._without: dict[tuple[int, ...], str] = {}

    def of(self, some: tuple[int, ...]) -> str:
        if some not in self._of:
            self._of[some] = areas("\0", [self.rows[row] for row in some])
        return self._of[some]

    def without(self, some: tuple[int, ...]) -> str:
        if some not in self._without:
            self._without[some] = self._left(some)
        return self._without[some]

    def _left(self, some: tuple[int, ...]) -> str:
        if self._one_area:
            first, after = self.rows[0], self.rows[-1] + 1
            spans = []
            for row in some:
                if row + self.rows[0] > first:
                    spans.append((first, row + self.rows[0] - 1))
                first = row + self.rows[0] + 1
            if first < after:
                spans.append((first, after - 1))
            return _spans("\0", spans)
        left = list(self.rows)
        for row in reversed(some):
            del left[row]
        return areas("\0", left)


@lru_cache
def _keys(names: tuple[str, ...], columns: tuple[str, ...]) -> str:
    """The key of a column of a plate whose rows set `names`, as a text to fill."""
    return ";".join([f"{name}={ANY}" if name in names else f"{name}=%({name})s" for name in columns])


def areas(letters: str, rows: Sequence[int]) -> str:
    """The address of cells of one column: rows that follow each other are one area."""
    if len(rows) == 1:
        return f"{letters}{rows[0]}"
    ordered = sorted(rows)
    if ordered[-1] - ordered[0] == len(ordered) - 1:
        breaks = []
    else:
        breaks = [at for at, (a, b) in enumerate(pairwise(ordered), start=1) if b - a > 1]
    spans = zip([0, *breaks], [*breaks, len(ordered)], strict=True)
    return _spans(letters, [(ordered[start], ordered[end - 1]) for start, end in spans])


def _spans(letters: str, spans: Iterable[tuple[int, int]]) -> str:
    return " ".join([f"{letters}{a}:{letters}{b}" if a < b else f"{letters}{a}" for a, b in spans])


def told(
    processed: Path, tables: Mapping[str, Table], wanted: Collection[str] | None = None
) -> Iterator[Line]:
    """Every line of `evidence.csv` for a figure of its own, and for each figure of the other lines one like them.

    Of all tables, or those that are `wanted`.  Nothing where nothing has been ingested.
    """
    open_lines: dict[str, list[_Open]] = {}
    for line in _lines(processed):
        if wanted is None or line["table"] in wanted:
            if _OPEN.search(line["key"]) is None:
                yield line
            else:
                open_lines.setdefault(line["table"], []).append(_Open.of(line))
    for name, lines in open_lines.items():
        by_column = _by_column(lines)
        for row in rows_of(processed / f"{name}.csv"):
            yield from _for_row(row, by_column, tables[name])


def told_of(processed: Path, table: Table, rows: Sequence[Line]) -> dict[str, list[Line]]:
    """By key, the same for some rows of a table."""
    found: dict[str, list[Line]] = {key_of_row(row, table): [] for row in rows}
    columns = {_column(row["source_file"], row["source_sheet"], row["source_cell"]) for row in rows}
    open_lines = []
    for line in _lines(processed):
        if line["table"] != table.id:
            continue
        if line["key"] in found:
            found[line["key"]].append(line)
        elif _OPEN.search(line["key"]) is not None:
            one = _Open.of(line)
            if one.column in columns:
                open_lines.append(one)
    by_column = _by_column(open_lines)
    for row in rows:
        known = found[key_of_row(row, table)]
        places = {(line["source_file"], line["source_sheet"], line["source_cell"]) for line in known}
        if (row["source_file"], row["source_sheet"], row["source_cell"]) not in places:
            known += _for_row(row, by_column, table)
    return found


def key_of_row(row: Mapping[str, str], table: Table) -> str:
    """The key of a row of a tidy table as `KEY=VALUE;…`."""
    return ";".join([f"{name}={row[name]}" for name in table.key_columns])


_Column = tuple[str, str, str]  #: file, sheet, letters


@dataclass(frozen=True, slots=True)
class _Open:
    """A line for a column of a large table."""

    line: Line
    column: _Column
    spans: tuple[tuple[int, int], ...]

    @classmethod
    def of(cls, line: Line) -> _Open:
        spans = [(int(a), int(b or a)) for _, a, b in _AREA.findall(line["source_cell"])]
        column = _column(line["source_file"], line["source_sheet"], line["source_cell"])
        return cls(line, column, tuple(spans))

    def figure(self, row: Line, key: str, number: int) -> Line | None:
        """The line as it would be for one row of the table; None where that is no figure of it."""
        if not any(first <= number <= last for first, last in self.spans):
            return None
        if _OPEN.sub(lambda name: f"{name[1]}={row[name[1]]}", self.line["key"]) != key:
            return None
        return self.line | {
            "key": key,
            "value": row["value"],
            "obs_status": row["obs_status"],
            "source_cell": row["source_cell"],
            "text": self.line["text"] or row["value"],
            "headings": of_row(self.line["headings"], number),
        }


def _lines(processed: Path) -> Iterator[Line]:
    path = processed / "evidence.csv"
    return rows_of(path) if path.exists() else iter(())


def _column(file: str, sheet: str, cell: str) -> _Column:
    first = _AREA.match(cell)
    return file, sheet, first[1] if first else ""


def _by_column(lines: Iterable[_Open]) -> dict[_Column, list[_Open]]:
    found: dict[_Column, list[_Open]] = {}
    for line in lines:
        found.setdefault(line.column, []).append(line)
    return found


def _for_row(row: Line, by_column: Mapping[_Column, Sequence[_Open]], table: Table) -> Iterator[Line]:
    column = _column(row["source_file"], row["source_sheet"], row["source_cell"])
    for line in by_column.get(column, ()):
        number = int(row["source_cell"][len(column[2]) :])
        figure = line.figure(row, key_of_row(row, table), number)
        if figure is not None:
            yield figure
