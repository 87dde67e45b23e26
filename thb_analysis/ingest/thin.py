"""Large tables made small: rows that can only say the same but for one label's member and their numbers are left out.

What is left is read like any other sheet.  Left out is a row only if two others of its stretch stay to speak for it,
all its labels are plain members, and its figures are whole numbers, marks or blanks; `expand` puts it back, once the
reading of what was left has shown what its neighbours mean.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import compress
from operator import itemgetter

from thb_analysis.definitions import TOTAL, Catalogue, figures
from thb_analysis.ingest.cells import Cell, Look, Merge, RowRun, Segments, Sheet, Stored
from thb_analysis.ingest.footnotes import footnote, footnote_start
from thb_analysis.ingest.grid import LABEL, Place, is_year, section_numbers, text_kind
from thb_analysis.ingest.labels import Reading, vocabulary
from thb_analysis.ingest.values import mark_status

FEWEST_LEFT_OUT = 8  #: fewer rows are not worth it
ODD = "\0"  #: in place of a figure that is not plain
LONGEST_NUMBER = 9  #: digits of a figure in a plain row

Words = tuple[list[str], ...]  #: by column, one text a row
Lent = Mapping[int, Sequence[tuple[int, int, str]]]  #: column → first row, last row, text of what covers them


@dataclass(slots=True)
class Group:
    """Plain rows that follow each other, by columns; two of which every figure is a number stand for all."""

    numbers: list[int]  #: of the rows in the workbook
    labels: Words  #: with those that merged cells lend
    own: tuple[list[bool], ...]  #: by label column: whether the label is in a cell of the row's own
    figures: Words  #: "" for a blank
    first: int  #: the rows that stand for all, by index
    last: int

    @property
    def standing(self) -> tuple[int, int]:
        """The numbers of the rows that stand for all."""
        return self.numbers[self.first], self.numbers[self.last]

    def stretches(self) -> tuple[range, range, range]:
        """The numbers of the other rows."""
        (first, last), rows = self.standing, self.numbers
        return range(rows[0], first), range(first + 1, last), range(last + 1, rows[-1] + 1)


@dataclass(slots=True)
class Thinned:
    """A sheet without the rows of its groups but for those that stand for them, its rows numbered anew.

    `Sheet.address` gives the true addresses.
    """

    whole: Sheet
    bare: Sheet  #: without the rows that stand for others, too
    groups: list[Group]
    label_columns: tuple[int, ...]
    figure_columns: tuple[int, ...]
    gone: list[int]  #: rows that were left out
    moved: Mapping[
        Place, int
    ]  #: true places of merged cells whose first row was left out → the row of them that is left
    standing: list[int]  #: its numbers of the rows that stand for others, group by group

    def renumbered(self, row: int) -> int:
        """The number on the thinned sheet of a row that was kept."""
        return row - bisect_left(self.gone, row)

    def sheet(self) -> Sheet:
        """The sheet with the rows that stand for others."""
        return _with_standing(self)


def thinned(sheet: Sheet, catalogue: Catalogue) -> Thinned | None:
    """The sheet without rows that say nothing new, or None where there are too few of them."""
    if not isinstance(sheet.cells, Segments) or sheet.hidden:
        return None
    columns = _columns(sheet)
    if columns is None:
        return None
    labels, numbers = columns
    plain = _Plain(catalogue, labels, numbers, _lent(sheet, labels))
    for part in sheet.cells.parts:
        if isinstance(part, RowRun):
            plain.add_run(part)
        else:
            plain.add_cells(part)
    groups = plain.groups()
    gone = [row for group in groups for stretch in group.stretches() for row in stretch]
    if len(gone) < FEWEST_LEFT_OUT:
        return None
    if any(
        merge.right >= numbers[0] and bisect_left(gone, merge.top) != bisect_left(gone, merge.bottom + 1)
        for merge in sheet.merges
    ):
        return None
    merges, moved = _renumbered(sheet.merges, gone)
    others = _others(sheet, groups, gone)
    bare = Sheet(sheet.name, others, merges, sheet.hidden, _shifts(groups))
    standing = [row - bisect_left(gone, row) for group in groups for row in group.standing]
    return Thinned(sheet, bare, groups, labels, numbers, gone, moved, standing)


def _columns(sheet: Sheet) -> tuple[tuple[int, ...], tuple[int, ...]] | None:
    """The columns of labels and, right of them, of figures, by the largest run of rows."""
    assert isinstance(sheet.cells, Segments)
    runs = [part for part in sheet.cells.parts if isinstance(part, RowRun)]
    if not runs:
        return None
    largest = max(runs, key=lambda run: run.rows)
    kinds: dict[int, set[str]] = {}
    for column in largest.columns:
        found = {entry[0] for entry in column.known.values() if entry is not None}
        if found:
            kinds[column.column] = found
    numbers = tuple(sorted(column for column, found in kinds.items() if "number" in found))
    if not numbers or any("number" not in found and column > numbers[0] for column, found in kinds.items()):
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


class _Plain:
    """The plain rows of a sheet, gathered by columns."""

    def __init__(
        self, catalogue: Catalogue, labels: tuple[int, ...], numbers: tuple[int, ...], lent: Lent
    ) -> None:
        self.catalogue, self.label_columns, self.figure_columns, self.lent = catalogue, labels, numbers, lent
        self.wanted = {*labels, *numbers}
        self.said: dict[
            str, str
        ] = {}  #: figures by how the file writes them, which is the same all over a sheet
        self.looks: dict[Look, bool] = {}  #: whether a plain cell may look so
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
                known = column.known
                filled = {key: self._label(entry) for key, entry in known.items() if entry is not None}
                if len(filled) == len(known):
                    texts = [filled[key] for key in column.stored]
                    owned = [True] * run.rows
                elif filled:
                    texts = [filled.get(key, text) for key, text in zip(column.stored, texts, strict=True)]
                    owned = [key in filled for key in column.stored]
                else:
                    owned = [False] * run.rows
            _strike(plain, texts, {text for text in set(texts) if not is_plain_label(self.catalogue, text)})
            labels.append(texts)
            own.append(owned)
        figures: list[list[str]] = []
        blank: set[int] | None = None  # rows without any figure
        for number in self.figure_columns:
            column = there.get(number)
            if column is None:
                figures.append([""] * run.rows)
                continue
            said = self.said
            for key in column.known.keys() - said.keys():
                said[key] = self._figure(column.known[key])
            texts = [said[key] for key in column.stored]
            unlike = "" in texts or ODD in texts
            if unlike:
                _strike(plain, texts, {ODD})
            figures.append(texts)
            if blank is None or blank:
                rows = {at for at, text in enumerate(texts) if not text} if unlike else set()
                blank = rows if blank is None else blank & rows
        if blank is None:
            return
        for at in blank:
            plain[at] = False
        self._keep(plain, span, labels, own, figures)

    def _label(self, cell: Stored) -> str:
        """A label's text; ODD for what is none by its kind or its look."""
        if cell is None or cell[0] != "text" or not self._looks_plain(cell[3]) or cell[3].columns > 1:
            return ODD
        return cell[2]

    def _figure(self, cell: Stored) -> str:
        """A figure as text, "" for a blank; ODD for what is neither a plain number nor a mark."""
        if cell is None:
            return ""
        kind, _, text, look = cell
        if not self._looks_plain(look) or look.rows > 1 or look.columns > 1:
            return ODD
        if kind == "number":
            return text if is_plain_number(self.catalogue, text) else ODD
        return text.strip() if kind == "text" and mark_status(self.catalogue, text) else ODD

    def _looks_plain(self, look: Look) -> bool:
        plain = self.looks.get(look)
        if plain is None:
            plain = self.looks[look] = _is_plain_look(look)
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
        """The plain rows among some cells."""
        lines: dict[int, dict[int, Cell]] = {}
        for cell in cells:
            lines.setdefault(cell.row, {})[cell.column] = cell
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
            said.append(text)
        if not any(said) or not all(is_plain_label(self.catalogue, text) for text in words):
            return
        own = [[column in line] for column in self.label_columns]
        self._keep([True], [number], [[text] for text in words], own, [[text] for text in said])

    def groups(self) -> list[Group]:
        """Stretches of plain rows that follow each other, each with two that stand for all."""
        numbers = self.numbers
        ends = [at for at in range(1, len(numbers)) if numbers[at] != numbers[at - 1] + 1]
        found = []
        for start, end in zip([0, *ends], [*ends, len(numbers)], strict=True):
            if end - start <= 2:
                continue
            figures = tuple(column[start:end] for column in self.figures)
            first, last = 0, end - start - 1
            while first < last and not _is_complete(figures, first):
                first += 1
            while last > first and not _is_complete(figures, last):
                last -= 1
            if first < last:
                labels = tuple(column[start:end] for column in self.labels)
                own = tuple(column[start:end] for column in self.own)
                found.append(Group(numbers[start:end], labels, own, figures, first, last))
        return found


def _strike(plain: list[bool], column: Sequence[str], odd: set[str]) -> None:
    """Note the rows that have one of some texts in a column as not plain."""
    if odd:
        for at, text in enumerate(column):
            if text in odd:
                plain[at] = False


def _is_complete(figures: Words, at: int) -> bool:
    return all(column[at].isdigit() for column in figures)


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


def _lent(sheet: Sheet, labels: tuple[int, ...]) -> Lent:
    """The rows below the first that merged cells of one column cover, with the text that they lend them."""
    wanted = {
        (merge.top, merge.left): merge.bottom
        for merge in sheet.merges
        if merge.left == merge.right and merge.left in labels and merge.bottom > merge.top
    }
    lent: dict[int, list[tuple[int, int, str]]] = {}
    for cell in _cells_at(sheet, wanted):
        if cell.kind == "text" and _is_plain_look(cell.look):
            last = wanted[(cell.row, cell.column)]
            lent.setdefault(cell.column, []).append((cell.row + 1, last, cell.text))
    return lent


def _cells_at(sheet: Sheet, places: Iterable[Place]) -> Iterator[Cell]:
    """The cells at some places."""
    assert isinstance(sheet.cells, Segments)
    wanted = set(places)
    for part in sheet.cells.parts if wanted else ():
        if isinstance(part, RowRun):
            columns = {column.column: column for column in part.columns}
            for row, number in wanted:
                column = columns.get(number)
                if column is not None and part.first <= row < part.first + part.rows:
                    entry = column.known[column.stored[row - part.first]]
                    if entry is not None:
                        yield Cell(row, number, *entry)
        else:
            yield from (cell for cell in part if (cell.row, cell.column) in wanted)


def _shifts(groups: Sequence[Group]) -> tuple[tuple[int, int], ...]:
    """How the rows of a sheet are numbered anew, as `Sheet.shifts` has it."""
    shifts = []
    count = 0
    for group in groups:
        for stretch in group.stretches():
            if stretch:
                count += len(stretch)
                shifts.append((stretch.stop - count, count))
    return tuple(shifts)


def _renumbered(merges: Sequence[Merge], gone: Sequence[int]) -> tuple[tuple[Merge, ...], dict[Place, int]]:
    """Merged ranges without some rows, and the rows that those now begin in whose first row is gone."""
    absent = set(gone)
    found: list[Merge] = []
    moved: dict[Place, int] = {}
    for top, left, bottom, right in merges:
        above = bisect_left(gone, top)
        rows = bottom - top + 1 - (bisect_left(gone, bottom + 1) - above)
        if rows:
            found.append(Merge(top - above, left, top - above + rows - 1, right))
            if top in absent:
                moved[(top, left)] = top - above
    return tuple(found), moved


def _others(sheet: Sheet, groups: Sequence[Group], gone: Sequence[int]) -> tuple[Cell, ...]:
    """The cells that are in no group, numbered anew."""
    assert isinstance(sheet.cells, Segments)
    grouped: set[int] = set().union(*(group.numbers for group in groups))
    return tuple(
        [
            Cell(row - bisect_left(gone, row), column, kind, value, text, look)
            for part in sheet.cells.parts
            for row, column, kind, value, text, look in (
                _of_rows(part, set(range(part.first, part.first + part.rows)) - grouped)
                if isinstance(part, RowRun)
                else part
            )
            if row not in grouped
        ]
    )


def _of_rows(run: RowRun, rows: Set[int]) -> Iterator[Cell]:
    """The cells of some rows of a run."""
    for number in sorted(rows):
        for column, stored, known in run.columns:
            entry = known[stored[number - run.first]]
            if entry is not None:
                yield Cell(number, column, *entry)


def _with_standing(thinned: Thinned) -> Sheet:
    """The thinned sheet with the rows that stand for others, and merged cells with as many rows as are left."""
    segments = thinned.whole.cells
    assert isinstance(segments, Segments)
    spans = {(merge.top, merge.left): merge.bottom - merge.top + 1 for merge in thinned.bare.merges}
    wanted = {row for group in thinned.groups for row in group.standing} | {row for row, _ in thinned.moved}
    cells = list(thinned.bare.cells)
    for part in segments.parts:
        if isinstance(part, RowRun):
            found = _of_rows(part, wanted & set(range(part.first, part.first + part.rows)))
        else:
            found = (cell for cell in part if cell.row in wanted)
        for cell in found:
            row = thinned.moved.get((cell.row, cell.column))
            if row is None:
                if bisect_left(thinned.gone, cell.row) != bisect_left(thinned.gone, cell.row + 1):
                    continue  # of a row that is gone, and not moved out of it
                row = thinned.renumbered(cell.row)
            cells.append(cell._replace(row=row))
    for at, cell in enumerate(cells):
        rows = spans.get((cell.row, cell.column), cell.look.rows)
        if rows != cell.look.rows:
            cells[at] = cell._replace(look=cell.look._replace(rows=rows))
    cells.sort(key=itemgetter(0, 1))
    return replace(thinned.bare, cells=tuple(cells))


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
