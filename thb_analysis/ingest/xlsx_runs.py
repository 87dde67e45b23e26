"""Rows of an xlsx sheet that are written alike, taken by one regular expression a row and kept as columns.

Most rows of a large table differ only in their number and their values.  From one of them an expression is made
that matches such rows and nothing else, to the letter; the expressions are remembered, because a program writes
all its workbooks in the same way.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from thb_analysis.ingest.cells import Look, RowRun, RunColumn, Typed
from thb_analysis.ingest.xlsx_tokens import column_number

#: A look's key → its table of known values (None where each cell must be looked at) and how it looks.
Known = Callable[[Any], tuple[Mapping[str, Typed] | None, Look]]

MAX_ROW_LENGTH = 20_000  #: characters of a row that an expression is made for
RECENT = 12  #: expressions that are tried before a row is looked at more closely


class Pattern(NamedTuple):
    """Rows written alike: their expression, and column and attributes of each cell that holds something."""

    match: Callable[[str, int], re.Match[str] | None]
    columns: tuple[tuple[int, str], ...]


def pieces(text: str, after: int, known: Known, sound: Callable[[str], bool]) -> Iterator[RowRun | str]:
    """Whole rows as runs, and what lies between them as text; `after` is the last row before.

    The text holds no comments, sections or instructions; `sound` says whether attributes are plain.
    """
    recent: list[Pattern] = []
    seen = ""  # the shape of the row before, if it was loose
    loose = at = 0
    while at < len(text):
        pattern = next((pattern for pattern in recent if pattern.match(text, at)), None)
        if pattern is None:
            end = text.find("</row>", at) + 6
            if end < 6:
                break
            shape = _shape(text[at:end]) if end - at < MAX_ROW_LENGTH else ""
            repeated, seen = shape and (shape == seen or _pattern.knows(shape)), shape
            pattern = _pattern(shape, sound) if repeated else None
            if pattern is None:
                after = _row_number(text, at) or after
                at = end
                continue
            recent = [pattern, *recent[: RECENT - 1]]
        run, end = _run(pattern, text, at, after, known)
        if run is None:
            after = _row_number(text, at) or after
            at = text.find("</row>", at) + 6
            continue
        if loose < at:
            yield text[loose:at]
        yield run
        after = run.first + run.rows - 1
        loose = at = end
    if loose < len(text):
        yield text[loose:]


def _run(pattern: Pattern, text: str, at: int, after: int, known: Known) -> tuple[RowRun | None, int]:
    """The rows that follow each other in one pattern, and where they end; None where one asks for a closer look."""
    means = [known(attributes) for _, attributes in pattern.columns]
    if any(values is None for values, _ in means):
        return None, at
    match = pattern.match
    rows: list[tuple[str, ...]] = []
    number = after
    while (found := match(text, at)) is not None:
        groups = found.groups()
        row = int(groups[0])
        if row <= after or (rows and row != number + 1):
            break
        rows.append(groups)
        number = row
        at = found.end()
    if not rows:
        return None, at
    _, *columns = zip(*rows, strict=True)
    filled = []
    for (column, _), (values, look), stored in zip(pattern.columns, means, columns, strict=True):
        assert values is not None
        try:
            given = frozenset(stored)
            if "" in [values[one][2] for one in given]:
                return None, at  # a text of white space is blank
        except KeyError:  # a text that the workbook does not have
            return None, at
        filled.append(RunColumn(column, look, list(stored), given, values))
    return RowRun(number - len(rows) + 1, len(rows), tuple(filled)), at


def _row_number(text: str, at: int) -> int:
    found = _ROW.match(text, at)
    return int(found[1]) if found else 0


def _shape(row: str) -> str:
    """What rows written alike share: everything but the row's number and the values; "" where it is not plain."""
    if "<v>" not in row or "<f" in row or "&" in row:
        return ""
    head, *cells = row.split('<c r="')
    found = _ROW.match(head)
    if found is None:
        return ""
    number = f'{found[1]}"'
    kept = ['<row r="', head[found.end() - 1 :]]
    for cell in cells:
        letters, own, rest = cell.partition(number)
        if not own or not letters.isalpha():
            return ""
        kept += ('<c r="', letters, '"', rest)
    shape = _VALUE.sub("<v></v>", "".join(kept))
    if "<t>" in shape:
        shape = _INLINE.sub("<t></t>", shape)
    return shape if shape.isascii() and shape.isprintable() else ""


class _Patterns:
    """Patterns by shape, each made once."""

    def __init__(self) -> None:
        self.made: dict[str, Pattern | None] = {}

    def knows(self, shape: str) -> bool:
        return shape in self.made

    def __call__(self, shape: str, sound: Callable[[str], bool]) -> Pattern | None:
        if shape not in self.made:
            if len(self.made) > 500:
                self.made.clear()
            self.made[shape] = _made(shape, sound)
        return self.made[shape]


_pattern = _Patterns()


def _made(shape: str, sound: Callable[[str], bool]) -> Pattern | None:
    """The expression for rows of a shape; None where the shape is not made of plain cells only."""
    head = _HEAD.match(shape)
    if head is None or not sound(head[1]):
        return None
    written = [rf'<row r="([0-9]{{1,7}})"{re.escape(head[1])}>']
    columns = []
    at = head.end()
    last = 0
    while cell := _CELL.match(shape, at):
        letters, attributes, closed, inline = cell.groups()
        column = column_number(letters)
        if column <= last or not sound(attributes):
            return None
        last = column
        written.append(rf'<c r="{letters}\1"{re.escape(attributes)}')
        if inline is not None:
            written.append(r"><is><t>([^<&]*)</t></is></c>")
            columns.append((column, attributes))
        elif closed is None:
            text = 't="s"' in attributes
            written.append(r"><v>([0-9]{1,7})</v></c>" if text else r"><v>([0-9.]{1,20})</v></c>")
            columns.append((column, attributes))
        else:
            written.append("/>")
        at = cell.end()
    if shape[at:] != "</row>" or not columns:
        return None
    return Pattern(re.compile("".join(written) + "</row>").match, tuple(columns))


_ROW = re.compile(r'<row r="([0-9]{1,7})"')
_VALUE = re.compile(r"<v>[0-9.]+</v>")
_HEAD = re.compile(r'<row r=""((?:[^>]*[^/>])?)>')
_INLINE = re.compile(r"<t>[^<]*</t>")
_CELL = re.compile(r'<c r="([A-Z]{1,3})"([^>]*?)(?:(/)>|><v></v></c>|>(<is><t></t></is>)</c>)')
