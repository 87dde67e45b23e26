"""A large sheet on which no words can name a table: its numbers are refused together, those of each part at once.

To look at one number after the other would take long and come to the same: nothing tells what they count.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import islice
from typing import NamedTuple

from thb_analysis.definitions import Catalogue
from thb_analysis.findings import Finding
from thb_analysis.ingest.alike.restore import line_start
from thb_analysis.ingest.cells import Cell, RowRun, Segments, Sheet, Stored, column_letters
from thb_analysis.ingest.recognition.grid import LABEL, Place, address, text_kind
from thb_analysis.ingest.recognition.keys import Refusal, Source
from thb_analysis.ingest.recognition.naming import topical, without_order
from thb_analysis.ingest.recognition.titles import is_note
from thb_analysis.ingest.refused import MOST_UNREAD, hint
from thb_analysis.ingest.words.telling import can_name, stems_of

FEWEST_FIGURES = 100  #: of a sheet that is large
FIRST_CELLS = 20  #: among which a title is likely
MOST_PARTS = 20  #: of a sheet that are told of one by one
_LETTER, _DIGITS = re.compile(r"[^\W\d_]"), re.compile(r"\d+")
LABEL_ROLE, UNREAD = "label", "unread"
_ROW = "\2"  #: stands for a row's number

Part = RowRun | Sequence[Cell]
Shape = tuple[str | None, ...]  #: by column, the role of the cells of a row, None for a blank


class Unnamed(NamedTuple):
    """What is said of a sheet: findings, and the ledger's lines of its cells."""

    findings: list[Finding]
    ledger: str
    cells: int


def unnamed(sheet: Sheet, source: Source) -> Unnamed | None:
    """What is said of a large sheet on which nothing can name a table; None for any other."""
    catalogue = source.catalogue
    likely: set[str] = set()
    for cell in islice(sheet.cells, FIRST_CELLS):
        # titles differ by their numbers; to let through what would be refused here costs time only
        plain = _DIGITS.sub("", cell.text)
        if _LETTER.search(plain) and not likely.issuperset(said := stems_of(catalogue, plain)):
            likely |= said
            if can_name(catalogue, likely):
                return None
    parts = sheet.cells.parts if isinstance(sheet.cells, Segments) else (sheet.cells,)
    if sheet.hidden or not _is_large(parts) or _is_topic(catalogue, sheet.name, source.topic):
        return None
    texts = (sheet.name, *filter(_LETTER.search, sheet.texts()))
    stems = {stem for text in texts for stem in stems_of(catalogue, text)}
    return None if can_name(catalogue, stems) else _Told(sheet, source).told(parts)


def _is_topic(catalogue: Catalogue, name: str, topic: str) -> bool:
    """Whether the name of a sheet, or what a file's name says, stands for a table."""
    return any(topical(catalogue, said) for said in (name, without_order(name), topic))


def _is_large(parts: Iterable[Part]) -> bool:
    figures = 0
    for part in parts:
        if isinstance(part, RowRun):
            for column in part.columns:
                numbers = [key for key, entry in column.known.items() if entry and entry[0] == "number"]
                alike = len(numbers) == len(column.known)
                figures += part.rows if alike else sum(map(column.stored.count, numbers[:FEWEST_FIGURES]))
        else:
            figures += sum(1 for cell in part if cell.kind == "number")
        if figures >= FEWEST_FIGURES:
            return True
    return False


class _Rows(NamedTuple):
    """Rows that follow each other and are filled alike: their columns, the roles of their cells, and what these say."""

    first: int
    rows: int
    columns: tuple[int, ...]
    shape: Shape
    text: Callable[[int, int], str]  #: by row and column, both from 0

    def cells(self, role: str, most: int = MOST_UNREAD) -> list[tuple[Place, str]]:
        """The first of their cells that have a role: where they stand, and what they say."""
        there = [at for at, own in enumerate(self.shape) if own == role]
        places = islice(((row, at) for row in range(self.rows) for at in there), most)
        return [((self.first + row, self.columns[at]), self.text(row, at)) for row, at in places]


@dataclass(slots=True)
class _Stretch:
    """Rows that follow each other and hold numbers: what to look at, where they stand, the first of them."""

    cause: Place
    said: str  #: by the cause
    top: int
    bottom: int
    left: int
    right: int
    texts: list[str] = field(default_factory=list)
    more: bool = False

    def take(self, rows: _Rows) -> None:
        """Add some rows."""
        shape = rows.shape
        first, last = shape.index(UNREAD), len(shape) - 1 - shape[::-1].index(UNREAD)
        self.bottom = rows.first + rows.rows - 1
        self.left, self.right = min(self.left, rows.columns[first]), max(self.right, rows.columns[last])
        if not self.more:
            room = MOST_UNREAD - len(self.texts)
            self.texts += [text.strip() for _, text in rows.cells(UNREAD, room)]
            self.more = rows.rows * shape.count(UNREAD) > room


class _Told:
    """A sheet row by row: stretches of numbers with what stands over them, and lines of the ledger."""

    def __init__(self, sheet: Sheet, source: Source) -> None:
        self.sheet, self.source = sheet, source
        self.start = line_start(source.file, sheet.name)
        self.patterns: dict[tuple[tuple[int, ...], Shape], str] = {}
        self.over: list[tuple[Place, str]] = []  #: labels since the last numbers
        self.stretches: list[_Stretch] = []
        self.roles: dict[int, str | None] = {}  #: of the cells of runs, which live as long as the sheet
        self.lines: list[str] = []
        self.cells = 0

    def told(self, parts: Iterable[Part]) -> Unnamed:
        for part in parts:
            for rows in self._of_run(part) if isinstance(part, RowRun) else self._of_cells(part):
                self._take(rows)
        return Unnamed(self._findings(), "".join(self.lines), self.cells)

    def _of_run(self, run: RowRun) -> Iterator[_Rows]:
        """The rows of a run: at once where each of its columns is filled alike."""
        columns = tuple([column.column for column in run.columns])
        text = partial(_text_in_run, run)
        alike = [self._roles(column.known.values()) for column in run.columns]
        if all(len(own) == 1 for own in alike):
            yield _Rows(run.first, run.rows, columns, tuple([own.pop() for own in alike]), text)
            return
        roles = [
            {key: self.roles[id(entry)] for key, entry in column.known.items()} for column in run.columns
        ]
        told = [
            [known[key] for key in column.stored] for known, column in zip(roles, run.columns, strict=True)
        ]
        for at, shape in enumerate(zip(*told, strict=True)):
            yield _Rows(run.first + at, 1, columns, shape, partial(_text_from, text, at))

    def _roles(self, entries: Collection[Stored]) -> set[str | None]:
        """The roles of some cells, by their identity: the reader makes one cell of all that are written alike."""
        try:
            return set(map(self.roles.__getitem__, map(id, entries)))
        except KeyError:
            self.roles |= {id(entry): self._role(entry) for entry in entries if id(entry) not in self.roles}
            return self._roles(entries)

    def _of_cells(self, cells: Sequence[Cell]) -> Iterator[_Rows]:
        lines: dict[int, list[Cell]] = {}
        for cell in cells:
            lines.setdefault(cell.row, []).append(cell)
        for row, line in lines.items():
            shape = tuple([self._role(cell[2:]) for cell in line])
            yield _Rows(row, 1, tuple([cell.column for cell in line]), shape, partial(_text_in_line, line))

    def _role(self, entry: Stored) -> str | None:
        """The role of a cell on a sheet of which nothing is taken."""
        if entry is None:
            return None
        kind, _, text, look = entry
        if look.hidden:
            return "ignored"
        return LABEL_ROLE if kind == "text" and text_kind(self.source.catalogue, text)[0] == LABEL else UNREAD

    def _take(self, rows: _Rows) -> None:
        first, count, columns, shape, _ = rows
        pattern = self.patterns.get((columns, shape))
        if pattern is None:
            there = [(column, role) for column, role in zip(columns, shape, strict=True) if role]
            cells = [f"{self.start}{column_letters(column)}{_ROW},{role},\n" for column, role in there]
            pattern = self.patterns[(columns, shape)] = "".join(cells)
        self.lines += [pattern.replace(_ROW, str(row)) for row in range(first, first + count)]
        self.cells += count * (len(shape) - shape.count(None))
        if UNREAD not in shape:
            self.over += rows.cells(LABEL_ROLE)
            return
        if not self.stretches or self.stretches[-1].bottom < first - 1:
            self.stretches.append(self._begun(rows))
        self.stretches[-1].take(rows)
        self.over = []

    def _begun(self, rows: _Rows) -> _Stretch:
        """A new stretch: its title is the first label over it, else one of its row, else that of the stretch before."""
        titles = [label for label in self.over if not is_note(label[1], self.source.catalogue)]
        if not titles and not self.stretches:
            titles = self.over or rows.cells(LABEL_ROLE) or rows.cells(UNREAD)
        cause, said = titles[0] if titles else (self.stretches[-1].cause, self.stretches[-1].said)
        return _Stretch(cause, said, rows.first, rows.first, rows.columns[-1], rows.columns[0])

    def _findings(self) -> list[Finding]:
        file, name = self.source.file, self.sheet.name
        found = []
        for stretch in self.stretches if len(self.stretches) <= MOST_PARTS else [self._whole()]:
            cause = Refusal("table_unknown", stretch.cause, stretch.said)
            where, meant = address(stretch.cause), hint(cause, self.source)
            found.append(Finding(cause.code, file, name, where, stretch.said.strip(), "", meant))
            corners = [address((stretch.top, stretch.left)), address((stretch.bottom, stretch.right))]
            texts = ", ".join(stretch.texts) + (", …" if stretch.more else "")
            found.append(
                Finding("number_unread", file, name, ":".join(dict.fromkeys(corners)), texts, "", where)
            )
        return list(dict.fromkeys(found))

    def _whole(self) -> _Stretch:
        """All stretches as one."""
        first, last = self.stretches[0], self.stretches[-1]
        left, right = (
            (stretch.left for stretch in self.stretches),
            (stretch.right for stretch in self.stretches),
        )
        return replace(first, bottom=last.bottom, left=min(left), right=max(right), more=True)


def _text_in_run(run: RowRun, row: int, column: int) -> str:
    _, stored, known = run.columns[column]
    entry = known[stored[row]]
    return entry[2] if entry is not None else ""


def _text_from(text: Callable[[int, int], str], first: int, row: int, column: int) -> str:
    return text(first + row, column)


def _text_in_line(line: Sequence[Cell], row: int, column: int) -> str:
    return line[column].text
