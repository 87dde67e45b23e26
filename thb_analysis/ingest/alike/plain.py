"""Plain rows of a sheet, by columns: labels that are members' names and nothing else, beside counts, marks, blanks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import compress

from thb_analysis.definitions import TOTAL, Catalogue
from thb_analysis.ingest.cells import Cell, Look, RowRun, Stored
from thb_analysis.ingest.recognition.grid import LABEL, is_year, section_numbers, text_kind
from thb_analysis.ingest.recognition.values import mark_status
from thb_analysis.ingest.shown import is_faithful
from thb_analysis.ingest.words.footnotes import footnote, footnote_start
from thb_analysis.ingest.words.labels import vocabulary
from thb_analysis.ingest.words.meanings import Reading
from thb_analysis.ingest.words.openings import ORDINAL
from thb_analysis.ingest.words.readers import readers

ODD = "\0"  #: in place of a figure or a label that is not plain
MOST_CELLS = 50_000  #: that are remembered
LONGEST_NUMBER = 7  #: digits of a figure in a plain row

Words = tuple[list[str], ...]  #: by column, one text a row
Lent = Mapping[int, Sequence[tuple[int, int, str]]]  #: column → first row, last row, text of what covers them


@dataclass(slots=True)
class Group:
    """Plain rows that follow each other, by columns; two of which every figure is a number stand for all."""

    numbers: range  #: of the rows in the workbook
    labels: Words  #: with those that merged cells lend
    own: tuple[list[bool], ...]  #: by label column: whether the label is in a cell of the row's own
    figures: Words  #: "" for a blank
    columns: tuple[int, ...]  #: of the figures: not the sheet's last ones where all these rows are blank
    first: int  #: the rows that stand for all, by index
    last: int

    @property
    def standing(self) -> tuple[int, int]:
        """The numbers of the rows that stand for all."""
        return self.numbers[self.first], self.numbers[self.last]

    def first_label(self, column: int) -> str:
        """What the first of the rows that stand for all says in a label column, by index."""
        return self.labels[column][self.first]

    def stretches(self) -> tuple[range, range, range]:
        """The numbers of the other rows."""
        (first, last), rows = self.standing, self.numbers
        return range(rows[0], first), range(first + 1, last), range(last + 1, rows[-1] + 1)


class PlainRows:
    """The plain rows of a sheet, gathered by columns."""

    def __init__(
        self, catalogue: Catalogue, labels: tuple[int, ...], numbers: tuple[int, ...], lent: Lent
    ) -> None:
        self.catalogue, self.label_columns, self.figure_columns, self.lent = catalogue, labels, numbers, lent
        self.wanted = {*labels, *numbers}
        self.counted, self.labelled = _said(catalogue)
        self.numbered = section_numbers(catalogue)
        self.looks: dict[Look, bool] = {}  #: whether a plain cell may look so
        self.sections: set[str] = set()  #: figures that are written like a section's number
        self.numbers: list[int] = []
        self.labels: Words = tuple([] for _ in labels)
        self.own: tuple[list[bool], ...] = tuple([] for _ in labels)
        self.figures: Words = tuple([] for _ in numbers)

    def add_run(self, run: RowRun) -> None:
        """The plain rows of a run; what a column says is looked at once for each different text."""
        there = {column.column: column for column in run.columns}
        span = range(run.first, run.first + run.rows)
        plain = [True] * run.rows
        for number, other in there.items():
            if number not in self.wanted:
                _strike(plain, other.stored, {key for key, entry in other.known.items() if entry is not None})
        labels: list[list[str]] = []
        own: list[list[bool]] = []
        for number in self.label_columns:
            texts = self._lent_texts(number, span)
            column = there.get(number)
            if column is None:
                owned = [False] * run.rows
            else:
                filled = self._labels(column.known)
                if len(filled) == len(column.known):
                    texts, owned = list(map(filled.__getitem__, column.stored)), [True] * run.rows
                else:
                    owned = [key in filled for key in column.stored]
                    for at in where(owned, (True,)):
                        texts[at] = filled[column.stored[at]]
            _strike(plain, texts, {"", ODD, *self._odd_lent(number)})
            labels.append(texts)
            own.append(owned)
        figures: list[list[str]] = []
        blank: set[int] | None = None  # rows without any figure
        own_figures = [there[number] for number in self.figure_columns if number in there]
        known: dict[str, Stored] = {}
        for column in own_figures:
            known |= column.known  # what is written alike means the same all over a sheet
        said = self._figures(known)
        different = set(said.values())
        self.sections |= self.numbered & different
        for number in self.figure_columns:
            column = there.get(number)
            if column is None:
                figures.append([""] * run.rows)
                continue
            texts = list(map(said.__getitem__, column.stored))
            if ODD in different:
                _strike(plain, texts, (ODD,))
            figures.append(texts)
            if blank is None or blank:
                rows = set(where(texts, ("",))) if "" in different else set()
                blank = rows if blank is None else blank & rows
        if blank is None:
            return
        for at in blank:
            plain[at] = False
        self._keep(plain, span, labels, own, figures)

    def _labels(self, known: Mapping[str, Stored]) -> dict[str, str]:
        """What each of a column's cells says as a label, by how the file writes it, without blanks."""
        said = self.labelled.of(known, self._label)
        if None in known.values():
            return {key: text for key, text in said.items() if known[key] is not None}
        return said

    def _label(self, cell: Stored) -> str:
        """A plain label's text; ODD for what is none by its kind, its look, or its words."""
        if cell is None or cell[0] != "text" or not self._looks_plain(cell[3]) or cell[3].columns > 1:
            return ODD
        return cell[2] if is_plain_label(self.catalogue, cell[2]) else ODD

    def _odd_lent(self, column: int) -> set[str]:
        """The texts that merged cells lend a column and that are no plain labels."""
        lent = {text for _, _, text in self.lent.get(column, ())}
        return {text for text in lent if not is_plain_label(self.catalogue, text)}

    def _figures(self, known: Mapping[str, Stored]) -> dict[str, str]:
        """What each of a column's cells says, by how the file writes it."""
        return self.counted.of(known, self._figure)

    def _figure(self, cell: Stored) -> str:
        """A figure as text, "" for a blank; ODD for what is neither a plain number nor a mark."""
        if cell is None:
            return ""
        kind, _, text, look = cell
        if not self._looks_plain(look) or look.rows > 1 or look.columns > 1:
            return ODD
        if kind == "number":
            return text if is_count(text) else ODD
        is_mark = kind == "text" and "\n" not in text and mark_status(self.catalogue, text)
        return text.strip() if is_mark else ODD

    def _looks_plain(self, look: Look) -> bool:
        plain = self.looks.get(look)
        if plain is None:
            plain = self.looks[look] = is_plain_look(look)
        return plain

    def _lent_texts(self, column: int, span: range) -> list[str]:
        texts = [""] * len(span)
        for first, last, text in self.lent.get(column, ()):
            start, end = max(first, span.start), min(last + 1, span.stop)
            if start < end:
                texts[start - span.start : end - span.start] = [text] * (end - start)
        return texts

    def _keep(
        self,
        plain: list[bool],
        span: Sequence[int],
        labels: Sequence[list[str]],
        own: Sequence[list[bool]],
        figures: Sequence[list[str]],
    ) -> None:
        whole = all(plain)
        self.numbers += span if whole else compress(span, plain)
        for gathered, new in ((self.labels, labels), (self.figures, figures)):
            for column, texts in zip(gathered, new, strict=True):
                column += texts if whole else compress(texts, plain)
        for flags, more in zip(self.own, own, strict=True):
            flags += more if whole else compress(more, plain)

    def add_cells(self, cells: Sequence[Cell]) -> None:
        """The plain rows among some cells, as far as they have a number."""
        counted = {cell[0] for cell in cells if cell[2] == "number"}
        if not counted:
            return
        lines: dict[int, dict[int, Cell]] = {}
        for cell in cells:
            if cell[0] in counted:
                lines.setdefault(cell[0], {})[cell[1]] = cell
        for number, line in lines.items():
            self._add_line(number, line)

    def _add_line(self, number: int, line: Mapping[int, Cell]) -> None:
        if not line.keys() <= self.wanted:
            return
        words, said = [], []
        for column in self.label_columns:
            cell = line.get(column)
            if cell is None:
                words.append(self._lent_texts(column, range(number, number + 1))[0])
            else:
                words.append(self._label(cell[2:]))
        for column in self.figure_columns:
            cell = line.get(column)
            text = self._figure(None if cell is None else cell[2:])
            if text == ODD:
                return
            if text in self.numbered:
                self.sections.add(text)
            said.append(text)
        if not any(said) or not all(is_plain_label(self.catalogue, text) for text in words):
            return
        own = [[column in line] for column in self.label_columns]
        self._keep([True], [number], [[text] for text in words], own, [[text] for text in said])

    def _leave_sections(self) -> None:
        """Leave out the rows in which a figure may be the number of a section: no figure stands beside it on its line.

        Beside a figure, in its row and in its column, no number is a heading (`roles`).
        """
        numbers, but = self.numbers, self.sections
        plain = [True] * len(numbers)
        for place, column in enumerate(self.figures):
            for at in where(column, but.intersection(column)):
                in_row = [
                    beside
                    for beside in (place - 1, place + 1)
                    if 0 <= beside < len(self.figures) and _is_figure(self.figures[beside], at, but)
                ]
                in_column = [
                    beside
                    for beside in (at - 1, at + 1)
                    if _is_figure(column, beside, but) and abs(numbers[beside] - numbers[at]) == 1
                ]
                plain[at] = plain[at] and bool(in_row and in_column)
        if not all(plain):
            self.numbers = list(compress(numbers, plain))
            self.labels = tuple(list(compress(column, plain)) for column in self.labels)
            self.own = tuple(list(compress(column, plain)) for column in self.own)
            self.figures = tuple(list(compress(column, plain)) for column in self.figures)

    def groups(self) -> list[Group]:
        """Stretches of plain rows that follow each other, each with two that stand for all."""
        if self.sections:
            self._leave_sections()
        numbers, sections = self.numbers, self.sections
        ends = []
        if numbers and numbers[-1] - numbers[0] != len(numbers) - 1:
            ends = [at for at in range(1, len(numbers)) if numbers[at] != numbers[at - 1] + 1]
        found = []
        for start, end in zip([0, *ends], [*ends, len(numbers)], strict=True):
            if end - start <= 2:
                continue
            figures = tuple(column[start:end] for column in self.figures)
            while figures and not any(figures[-1]):
                figures = figures[:-1]  # another table of the sheet has more columns
            first, last = 0, end - start - 1
            while first < last and not _is_complete(figures, first, sections):
                first += 1
            while last > first and not _is_complete(figures, last, sections):
                last -= 1
            if first < last:
                labels = tuple(column[start:end] for column in self.labels)
                own = tuple(column[start:end] for column in self.own)
                columns = self.figure_columns[: len(figures)]
                rows = range(numbers[start], numbers[end - 1] + 1)
                found.append(Group(rows, labels, own, figures, columns, first, last))
        return found


def _is_figure(column: Sequence[str], at: int, but: Set[str]) -> bool:
    """Whether a number stands there that can be nothing but a figure."""
    return 0 <= at < len(column) and column[at].isdigit() and column[at] not in but


class _Said:
    """What cells say, by their identity: the reader makes one cell of all that are written alike."""

    def __init__(self) -> None:
        self.texts: dict[int, str] = {}
        self.cells: list[Stored] = []  #: held, so that no other takes the place of one

    def of(self, known: Mapping[str, Stored], says: Callable[[Stored], str]) -> dict[str, str]:
        """What each of a column's cells says, by how the file writes it; `says` tells of one that is new."""
        try:
            return dict(zip(known, map(self.texts.__getitem__, map(id, known.values())), strict=True))
        except KeyError:
            if len(self.texts) > MOST_CELLS:
                self.texts.clear()
                self.cells.clear()
            for cell in known.values():
                if id(cell) not in self.texts:
                    self.cells.append(cell)
                    self.texts[id(cell)] = says(cell)
            return {key: self.texts[id(cell)] for key, cell in known.items()}


@cache
def _said(catalogue: Catalogue) -> tuple[_Said, _Said]:
    """What cells say as figures, and as labels."""
    return _Said(), _Said()


def where(column: Sequence[object], wanted: Iterable[object]) -> list[int]:
    """The places of some texts, or of a flag, in a column that has few of them."""
    found = []
    for text in wanted:
        at = -1
        for _ in range(column.count(text)):
            at = column.index(text, at + 1)
            found.append(at)
    return found


def _strike(plain: list[bool], column: Sequence[str], odd: Iterable[str]) -> None:
    """Note the rows that have one of some texts in a column as not plain."""
    for at in where(column, odd):
        plain[at] = False


def _is_complete(figures: Words, at: int, but: Set[str]) -> bool:
    return all(column[at].isdigit() and column[at] not in but for column in figures)


def is_plain_look(look: Look) -> bool:
    return not (
        look.hidden
        or look.struck
        or look.comment is not None
        or look.formula is not None
        or not is_faithful(look.number_format)
    )


def is_plain_number(catalogue: Catalogue, stored: str) -> bool:
    """Whether a stored number is a count and nothing else: no year, no section's number."""
    return is_count(stored) and stored not in section_numbers(catalogue)


@lru_cache(maxsize=50_000)
def is_count(stored: str) -> bool:
    """Whether a stored number is a count and no year; a section's number it may be."""
    return (
        stored.isascii()
        and stored.isdigit()
        and len(stored) <= LONGEST_NUMBER
        and (stored == "0" or stored[0] != "0")
        and not is_year(stored)
    )


@lru_cache(maxsize=50_000)
def is_plain_label(catalogue: Catalogue, text: str) -> bool:
    """Whether a label is a member's name for some table, and for none anything but that."""
    if (
        not text.strip()
        or text_kind(catalogue, text) != (LABEL, "")
        or footnote(text)[1]
        or footnote_start(text)
        or ORDINAL.match(text)
    ):
        return False
    return any(plain_dims(catalogue, words.table.id, text) for words in readers(catalogue, text))


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
