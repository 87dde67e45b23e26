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
from itertools import compress, count, groupby, pairwise
from operator import ne, or_, sub

from thb_analysis.ingest.cells import FEWEST, Cell, Look, RowRun, RunColumn, Stored, new_cell
from thb_analysis.ingest.formats.xlsx_tokens import (
    MAX_COLUMN,
    MAX_ROW,
    column_number,
    is_plain_row,
    is_sound,
    read_look,
)

MANY = 1_000  #: rows of which the memory matters
HIGHEST = 8  #: rows of a heading
LONG = 500  #: characters of attributes that are not looked at here, nor remembered
LONGEST = 7  #: digits of a row's number
END = 0  #: the column after the last cell of a row
UNPLAIN = -1  #: the column after a cut that is not plain

#: The column of the next cell, END or UNPLAIN, and the cell as one cut says it.
Cut = tuple[int, Stored]
SHARED: Stored = ("shared", None, "", Look())  #: its text is among the workbook's own
Cuts = Mapping[str, Cut]
Texts = Mapping[str, Stored]  #: by cut


#: What one cut says before the workbook's styles and texts are known: the column of the next cell, END or UNPLAIN, the
#: cell's attributes, and its value or the text that stands in it, "" for a blank one.
Written = tuple[int, str, str]


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
    numbered = _numbered(rows)
    if numbered is None:
        yield text
        return
    numbers, marks = numbered
    done = 0
    for start, end, piece in _taken(numbers, _cut(rows, marks), cuts, texts):
        if done < start:
            yield f"{_BEGIN}{_BETWEEN.join(rows[done:start])}{_CLOSE}"
        yield piece
        done = end
    if done < len(rows):
        yield f"{_BEGIN}{_BETWEEN.join(rows[done:])}{_CLOSE}"


def _numbered(rows: Sequence[str]) -> tuple[list[int], list[str]] | None:
    """The rows' numbers, and what each row begins with; None where one has none that a row can have."""
    numbers: list[int] = []
    marks: list[str] = []
    opening = rows[0].partition('"')[0]
    if (
        opening.isascii() and opening.isdigit() and len(opening) <= LONGEST
    ):  # most rows follow on the one before
        first = int(opening)
        marks = _marks(first, first + len(rows))
        fits = [*map(str.startswith, rows, marks), False]
        del marks[fits.index(False) :]
        numbers = list(range(first, first + len(marks)))
    others = [row.partition('"')[0] for row in rows[len(numbers) :]]
    if others:
        digits = "".join(others)
        if not (digits.isascii() and digits.isdigit()) or "" in others or max(map(len, others)) > LONGEST:
            return None
        numbers += map(int, others)
        marks += [f'{number}"' for number in others]
    return (numbers, marks) if 1 <= min(numbers) <= max(numbers) <= MAX_ROW else None


def _marks(first: int, after: int) -> list[str]:
    """Row numbers as text with the quote that follows them."""
    if after > len(_LOW_MARKS):
        return [f'{number}"' for number in range(first, after)]
    return _LOW_MARKS[first:after]


def _cut(rows: Sequence[str], marks: Sequence[str]) -> list[list[str]]:
    """Each row cut at its own number; the first cut is always empty."""
    cut = list(map(str.split, rows, marks))
    sizes = list(map(len, cut))
    usual = sizes[len(sizes) // 2]
    for at in [at for at, size in enumerate(sizes) if size != usual]:
        if sizes[at] != rows[at].count(_CELL) + 2:  # the number stands in an attribute too
            cut[at] = _cut_at_cells(rows[at], marks[at]) or cut[at]
    return cut


def _cut_at_cells(row: str, mark: str) -> list[str] | None:
    """A row cut where its cells have its number and nowhere else; None where one has another number."""
    head, *cells = row.split(_CELL)
    cut = [""]
    carried = head[len(mark) :]
    for cell in cells:
        letters, own, rest = cell.partition(mark)
        if not own:
            return None
        cut.append(f"{carried}{_CELL}{letters}")
        carried = rest
    return [*cut, carried]


def _taken(
    numbers: Sequence[int], cut: list[list[str]], cuts: Cuts, texts: Texts
) -> Iterator[tuple[int, int, RowRun | list[Cell]]]:
    """What can be taken, with the places of its first row and of the one after its last."""
    lengths, places = list(map(len, cut)), list(map(sub, numbers, count()))
    other = map(or_, map(ne, lengths, lengths[1:]), map(ne, places, places[1:]))
    breaks = list(compress(count(1), other))
    for start, end in zip([0, *breaks], [*breaks, len(cut)], strict=True):
        if lengths[start] < 3:
            continue  # a row without cells
        head = (
            start + _heading(cut[start : min(end, start + HIGHEST)], cuts) if end - start >= FEWEST else start
        )
        for first, after in ((start, head), (head, end)):
            run = None
            if after - first >= FEWEST and _shape(cut[first], cuts) == _shape(cut[after - 1], cuts) != ():
                run = _run(numbers[first], cut[first:after], cuts, texts)
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
        said = list(map(look_up, given))
        following = {after for after, _ in said}
        try:
            means = {
                one: texts[one] if cell is SHARED else cell
                for one, (_, cell) in zip(given, said, strict=True)
            }
        except KeyError:
            return None
        if any(means.values()):
            if len(stored) > MANY:  # the same text once, not once a row
                stored = tuple(map(dict(zip(given, given, strict=True)).__getitem__, stored))
            columns.append(RunColumn(column, stored, means))
    return RowRun(first, len(cut), tuple(columns)) if following == {END} else None


def _shape(row: Sequence[str], cuts: Cuts) -> tuple[int, ...]:
    """The columns of a row, then END; nothing for a row that is not plain."""
    shape = (_head(row[1]), *[cuts[one][0] for one in row[2:]])
    return shape if _is_orderly(shape) else ()


def _by_shape(
    numbers: Sequence[int], cut: list[list[str]], cuts: Cuts, texts: Texts, start: int, end: int
) -> Iterator[tuple[int, int, RowRun | list[Cell]]]:
    """The rows from `start` to `end`, of as many cells each, by the columns they have."""
    at = start
    found = [list(map(cuts.__getitem__, row[2:])) for row in cut[start:end]]
    shapes = [
        (_head(row[1]), *[after for after, _ in cells])
        for row, cells in zip(cut[start:end], found, strict=True)
    ]
    for columns, group in groupby(shapes):
        first, at = at, at + len(list(group))
        if not _is_orderly(columns):
            continue
        if at - first >= FEWEST and (run := _run(numbers[first], cut[first:at], cuts, texts)) is not None:
            yield first, at, run
            continue
        for place in range(first, at):
            row = numbers[place]
            try:
                cells = [
                    new_cell((row, column, *means))
                    for column, one, (_, cell) in zip(
                        columns, cut[place][2:], found[place - start], strict=False
                    )
                    if (means := texts[one] if cell is SHARED else cell) is not None
                ]
            except KeyError:
                continue
            yield place, place + 1, cells or RowRun(row, 1, ())


@lru_cache(maxsize=1_000)
def _is_orderly(columns: tuple[int, ...]) -> bool:
    """Whether a row's columns rise, and end."""
    return columns[-1] == END and all(one < other for one, other in pairwise((0, *columns[:-1])))


def _head(head: str) -> int:
    """The column of a row's first cell, or UNPLAIN."""
    column = _heads.get(head)
    if column is None:
        if len(head) > LONG or not head.isascii():
            return UNPLAIN
        match = _HEAD.fullmatch(head)
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
    kind = _kind(key) if len(key) < LONG else None
    if after > MAX_COLUMN or kind is None or (inline is not None and kind != "inlineStr"):
        return _UNPLAIN
    return after, key, stored or inline or ""


@lru_cache(maxsize=4_096)
def _kind(attributes: str) -> str | None:
    """The type of a cell by its attributes; None where they are not plain."""
    _, kind = read_look(attributes)
    return kind if kind != "inline" and is_sound(attributes) else None


_LOW_MARKS = [f'{number}"' for number in range(5_000)]
_UNPLAIN: Written = UNPLAIN, "", ""
_BEGIN, _BETWEEN, _CLOSE, _CELL = '<row r="', '</row><row r="', "</row>", '<c r="'
_NAMED = r'(?: [A-Za-z_][A-Za-z0-9_.:-]*="[^"<>&\x00-\x1f]*")*'
_TEXT = r"[^<>&\x00-\x08\x0b-\x1f]*"
_HEAD = re.compile(rf'({_NAMED}) ?><c r="([A-Z]{{1,3}})')
_CUT = re.compile(
    rf"({_NAMED}) ?(?:/>|>(?:<v>({_TEXT})</v>|<is><t>({_TEXT})</t></is>)?</c>)"
    r'(?:<c r="([A-Z]{1,3}))?'
)
