"""Rows of an xlsx sheet cut at their own number, and kept as columns where they are written alike.

The row `<row r="4" spans="1:2"><c r="A4" s="2" t="s"><v>8</v></c><c r="B4" s="3"><v>3</v></c></row>` cut at every `4"`
gives ` spans="1:2"><c r="A`, ` s="2" t="s"><v>8</v></c><c r="B` and ` s="3"><v>3</v></c>`: the head, then each cell
with the column of the one after it.  The same cuts come again and again, so what one means is looked up.  A row is
taken only where each of its cuts is plain to the letter: put together they are the whole row, so nothing goes unseen.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import count, groupby, pairwise
from operator import sub
from typing import NamedTuple

from thb_analysis.ingest.cells import FEWEST, Cell, Look, RowRun, RunColumn, Stored
from thb_analysis.ingest.xlsx_tokens import (
    MAX_COLUMN,
    MAX_ROW,
    column_number,
    is_plain_row,
    is_sound,
    read_look,
)

MANY = 1_000  #: rows of which the memory matters
HIGHEST = 8  #: rows of a heading
END = 0  #: the column after the last cell of a row
UNPLAIN = -1  #: the column after a cut that is not plain

#: The column of the next cell, END or UNPLAIN, and the cell as one cut says it.
Cut = tuple[int, Stored]
SHARED: Stored = ("shared", None, "", Look())  #: its text is among the workbook's own
Cuts = Mapping[str, Cut]
Texts = Mapping[str, Stored]  #: by cut


class Written(NamedTuple):
    """What one cut says of a cell, before the workbook's styles and texts are known."""

    after: int  #: the column of the next cell, END, or UNPLAIN
    key: str  #: its attributes
    stored: str  #: its value, or the text that stands in it; "" for a blank one


def pieces(text: str, cuts: Cuts, texts: Texts) -> Iterator[RowRun | list[Cell] | str]:
    """Whole rows as runs, few rows as cells, and what is not plain as text, in order.

    The text has a letter for each byte: so it is the smallest, and each different cut is made proper text only once.
    A run without columns stands for blank rows.  `cuts` says what a cut means, `texts` what one that is SHARED does;
    it raises KeyError for a text that the workbook does not have.
    """
    if not text.startswith(_BEGIN) or not text.endswith(_CLOSE):
        yield text
        return
    rows = text.split(_BETWEEN)
    rows[0] = rows[0][len(_BEGIN) :]
    rows[-1] = rows[-1][: -len(_CLOSE)]
    written = [row.partition('"')[0] for row in rows]
    digits = "".join(written)
    if not (digits.isascii() and digits.isdigit()) or "" in written or max(map(len, written)) > 7:
        yield text
        return
    numbers = list(map(int, written))
    if not 1 <= min(numbers) <= max(numbers) <= MAX_ROW:
        yield text
        return
    done = 0
    for start, end, piece in _taken(numbers, _cut(rows, written), cuts, texts):
        if done < start:
            yield f"{_BEGIN}{_BETWEEN.join(rows[done:start])}{_CLOSE}"
        yield piece
        done = end
    if done < len(rows):
        yield f"{_BEGIN}{_BETWEEN.join(rows[done:])}{_CLOSE}"


def _cut(rows: Sequence[str], numbers: Sequence[str]) -> list[list[str]]:
    """Each row cut at its own number; the first cut is always empty."""
    cut = list(map(str.split, rows, [f'{number}"' for number in numbers]))
    sizes = list(map(len, cut))
    usual = sizes[len(sizes) // 2]
    for at, size in enumerate(sizes):
        if size != usual and size != rows[at].count(_CELL) + 2:  # the number stands in an attribute too
            cut[at] = _cut_at_cells(rows[at], numbers[at]) or cut[at]
    return cut


def _cut_at_cells(row: str, number: str) -> list[str] | None:
    """A row cut where its cells have its number and nowhere else; None where one has another number."""
    head, *cells = row.split(_CELL)
    cut = [""]
    carried = head[len(number) + 1 :]
    for cell in cells:
        letters, own, rest = cell.partition(f'{number}"')
        if not own:
            return None
        cut.append(f"{carried}{_CELL}{letters}")
        carried = rest
    return [*cut, carried]


def _taken(
    numbers: Sequence[int], cut: list[list[str]], cuts: Cuts, texts: Texts
) -> Iterator[tuple[int, int, RowRun | list[Cell]]]:
    """What can be taken, with the places of its first row and of the one after its last."""
    keys = list(zip(map(sub, numbers, count()), map(len, cut), strict=False))
    breaks = [at for at, (one, other) in enumerate(pairwise(keys), 1) if one != other]
    for start, end in zip([0, *breaks], [*breaks, len(cut)], strict=True):
        if keys[start][1] < 3:
            continue  # a row without cells
        head = (
            start + _heading(cut[start : min(end, start + HIGHEST)], cuts) if end - start >= FEWEST else start
        )
        for first, after in ((start, head), (head, end)):
            run = _run(numbers[first], cut[first:after], cuts, texts) if after - first >= FEWEST else None
            if run is not None:
                yield first, after, run
            else:
                yield from _by_shape(numbers, cut, cuts, texts, first, after)


def _heading(cut: Sequence[Sequence[str]], cuts: Cuts) -> int:
    """How many of a table's first rows are its heading: they have no numbers, and the row after them has."""
    for at, row in enumerate(cut):
        for one in row[2:]:
            cell = cuts[one][1]
            if cell is not None and cell[0] == "number":
                return at
    return 0


def _run(first: int, cut: Sequence[Sequence[str]], cuts: Cuts, texts: Texts) -> RowRun | None:
    """Rows that follow each other as a run; None where one is not plain or has other columns."""
    _, heads, *rest = zip(*cut, strict=True)
    following = set(map(_head, set(heads)))
    columns = []
    last = 0
    look_up = cuts.__getitem__
    for stored in rest:
        column = following.pop()
        if following or column <= last:
            return None
        last = column
        given = set(stored)
        afters, cells = zip(*map(look_up, given), strict=True)
        following = set(afters)
        try:
            means = {
                one: texts[one] if cell is SHARED else cell for one, cell in zip(given, cells, strict=True)
            }
        except KeyError:
            return None
        if any(means.values()):
            if len(stored) > MANY:  # the same text once, not once a row
                stored = tuple(map(dict(zip(given, given, strict=True)).__getitem__, stored))
            columns.append(RunColumn(column, stored, means))
    return RowRun(first, len(cut), tuple(columns)) if following == {END} else None


def _by_shape(
    numbers: Sequence[int], cut: list[list[str]], cuts: Cuts, texts: Texts, start: int, end: int
) -> Iterator[tuple[int, int, RowRun | list[Cell]]]:
    """The rows from `start` to `end`, of as many cells each, by the columns they have."""
    at = start
    shapes = [(_head(row[1]), *[cuts[one][0] for one in row[2:]]) for row in cut[start:end]]
    for columns, group in groupby(shapes):
        first, at = at, at + len(list(group))
        if not _is_orderly(columns):
            continue
        if at - first >= FEWEST and (run := _run(numbers[first], cut[first:at], cuts, texts)) is not None:
            yield first, at, run
            continue
        for place in range(first, at):
            row, written = numbers[place], cut[place][2:]
            try:
                means = [texts[one] if (cell := cuts[one][1]) is SHARED else cell for one in written]
            except KeyError:
                continue
            pairs = zip(columns, means, strict=False)
            cells = [Cell(row, column, *cell) for column, cell in pairs if cell is not None]
            yield place, place + 1, cells or RowRun(row, 1, ())


@lru_cache(maxsize=1_000)
def _is_orderly(columns: tuple[int, ...]) -> bool:
    """Whether a row's columns rise, and end."""
    return columns[-1] == END and all(one < other for one, other in pairwise((0, *columns[:-1])))


def _head(head: str) -> int:
    """The column of a row's first cell, or UNPLAIN."""
    column = _heads.get(head)
    if column is None:
        match = _HEAD.fullmatch(head) if head.isascii() else None
        column = UNPLAIN
        if match is not None and is_plain_row(match[1]):
            column = column_number(match[2])
        if column > MAX_COLUMN:
            column = UNPLAIN
        if len(_heads) > 1_000:
            _heads.clear()
        _heads[head] = column
    return column


_heads: dict[str, int] = {}


def read_cut(cut: str) -> Written:
    """One cut taken apart."""
    if not cut.isascii():
        try:
            cut = cut.encode("latin-1").decode()
        except UnicodeDecodeError:
            return _UNPLAIN
    match = _CUT.fullmatch(cut)
    if match is None:
        return _UNPLAIN
    key, stored, inline, letters = match.groups()
    after = END if letters is None else column_number(letters)
    if after > MAX_COLUMN:
        return _UNPLAIN
    _, kind = read_look(key)
    if not is_sound(key) or kind == "inline" or (inline is not None and kind != "inlineStr"):
        return _UNPLAIN
    return Written(after, key, stored or inline or "")


_UNPLAIN = Written(UNPLAIN, "", "")
_BEGIN, _BETWEEN, _CLOSE, _CELL = '<row r="', '</row><row r="', "</row>", '<c r="'
_NAMED = r'(?: [A-Za-z_][A-Za-z0-9_.:-]*="[^"<>&\x00-\x1f]*")*'
_TEXT = r"[^<>&\x00-\x08\x0b-\x1f]*"
_HEAD = re.compile(rf'({_NAMED}) ?><c r="([A-Z]{{1,3}})')
_CUT = re.compile(
    rf"({_NAMED}) ?(?:/>|>(?:<v>({_TEXT})</v>|<is><t>({_TEXT})</t></is>)?</c>)"
    r'(?:<c r="([A-Z]{1,3}))?'
)
