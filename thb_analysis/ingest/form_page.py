"""One table of a request form, read by the form's own map: labels are looked up, not positions.

So an inserted row, a moved column or a renamed sheet changes nothing, and what no label claims is a finding.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from thb_analysis.definitions import Catalogue, Table
from thb_analysis.findings import Finding
from thb_analysis.formmap import CHOSEN, DASH, NO_DATA, ZERO, FormMap, RowMap, SheetMap
from thb_analysis.ingest.cells import Cell, Sheet, column_letters
from thb_analysis.ingest.form_notes import NARROWS, told_of
from thb_analysis.ingest.outcome import LedgerRow, WorkbookReading
from thb_analysis.ingest.recognition.keys import Source
from thb_analysis.ingest.recognition.values import Figure, read_figure
from thb_analysis.ingest.words.fold import fold
from thb_analysis.ingest.words.near import suggestions
from thb_analysis.observations import Observation, plain

MOST_PARTS = 15  #: parts of a total that a finding names one by one
OWN_SUM = "COUNTA("  #: what a sum that the form itself wrote has in it, wherever the row is moved


def same(text: str) -> str:
    return " ".join(fold(text).split())


def heading_row(sheet: Sheet, page: SheetMap) -> int | None:
    """The row that holds this year's heading and every label heading, each once."""
    wanted = [same(text) for text in (*page.heads, page.figure)]
    rows: dict[int, list[str]] = {}
    for cell in sheet.cells:
        rows.setdefault(cell.row, []).append(same(cell.text))
    found = [row for row, texts in rows.items() if all(texts.count(text) == 1 for text in wanted)]
    return found[0] if len(found) == 1 else None


@dataclass(slots=True)
class _Line:
    """A row of the sheet with what it means."""

    row: int
    dims: dict[str, str]
    entry: RowMap | None
    labels: str


@dataclass(frozen=True, slots=True)
class Witness:
    """What the hidden sheet's formulas say of a table's rows, counted as they were drawn."""

    moved: frozenset[int]  #: a cell of the row was moved by itself
    words: frozenset[int]  #: the row's total says a word
    gone: int  #: how many rows of choices were taken out whole


@dataclass
class FormPage:
    """One table of a form on its way."""

    sheet: Sheet
    page: SheetMap
    form: FormMap
    source: Source
    result: WorkbookReading
    witness: Witness | None = None  #: what the hidden sheet's formulas say of the rows
    roles: dict[tuple[int, int], str] = field(default_factory=dict)
    unsure: list[str] = field(default_factory=list)  #: totals that an old file format cannot tell from 0

    def read(self) -> None:
        """Observations, findings and ledger rows of the table, into the result."""
        page = self.page
        self.table: Table = self.source.catalogue.tables[page.table]
        self.cells = {(c.row, c.column): c for c in self.sheet.cells if not c.hidden}
        self.head = heading_row(self.sheet, page) or 0
        self.columns = self._columns()
        self.blank, _ = self._answer(page.blank_label, page.blanks)
        self.agreed, self.agreed_at = self._answer(page.agree_label, page.agrees)
        self.lines = list(self._lines())
        drawn = [page.rows.index(line.entry) for line in self.lines if line.entry is not None]
        self.drawn_order = drawn == sorted(drawn)  # else the rows were sorted: witnesses speak of others
        self.lines = self._unmoved(self.lines)
        if not self._narrowed():
            self._figures(self.lines)
            self._last_year(self.lines)
        self._finish()

    def _narrowed(self) -> bool:
        """Tell of texts that are not the form's; whether one says that the figures are others than were asked for."""
        figures = [self.columns.get(text, 0) for text in (self.page.figure, self.page.fix)]
        entries = {*figures, self.columns.get(self.page.note, 0)}
        told = set()
        for place, cell in self.cells.items():
            own = self.roles.get(place, "note") != "note" or same(cell.text) == same(self.page.title)
            if cell.kind != "text" or own or (place[0] > self.head and place[1] in entries):
                continue
            code, expected = told_of(cell.text, self.page, self.source, self.form.year)
            if code:
                self._find(code, place, cell.text, expected, cell.text.strip())
                told.add(code)
        rows = {line.row for line in self.lines} if NARROWS in told else ()
        self.roles |= {place: "unread" for place in self.cells if place[0] in rows and place[1] in figures}
        return NARROWS in told

    # where things are --------------------------------------------------------------------------------

    def _columns(self) -> dict[str, int]:
        """Heading → column; a heading that is gone or stands twice is left out, with a finding."""
        found: dict[str, int] = {}
        for text in self.page.headings:
            at = [
                c for (r, c), cell in self.cells.items() if r == self.head and same(cell.text) == same(text)
            ]
            if len(at) == 1:
                found[text] = at[0]
                self.roles[(self.head, at[0])] = "label"
            else:
                self._find("form_column_missing", (self.head, 1), text)
        return found

    def _answer(self, label: str, answers: Sequence[tuple[str, str]]) -> tuple[str, tuple[int, int] | None]:
        """The answer beside a question over the table and its place; "" where there is none."""
        for (row, column), cell in sorted(self.cells.items()):
            if row >= self.head or not label or same(cell.text) != same(label):
                continue
            self.roles[(row, column)] = "label"
            for beside in range(column + 1, column + 4):
                said = self.cells.get((row, beside))
                if said is None:
                    continue
                self.roles[(row, beside)] = "label"
                for text, answer in answers:
                    if same(text) == same(said.text):
                        return answer, (row, beside)
                self._find("form_choice_unknown", (row, beside), said.text, " / ".join(t for t, _ in answers))
        return "", None

    def _lines(self) -> Iterable[_Line]:
        """The rows below the headings whose labels are the map's, or choices of a list."""
        page = self.page
        heads = [self.columns[text] for text in page.heads]
        known = {tuple(same(text) for text in row.labels): row for row in page.rows}
        seen: dict[tuple[str, ...], int] = {}
        for row in sorted({place[0] for place in self.cells if place[0] > self.head}):
            cells = [self.cells.get((row, column)) for column in heads]
            key = tuple(same(cell.text) if cell else "" for cell in cells)
            entry = known.get(key)
            labels = " / ".join(cell.text.strip() for cell in cells if cell)
            if entry is not None:
                dims = dict(entry.dims)
            elif page.kind == CHOSEN and all(key):
                chosen = self._chosen(row, heads)
                if chosen is None:
                    continue
                dims = {**dict(page.dims), **chosen}
            else:
                self._strange(row, key, labels)
                continue
            for column in heads:
                self.roles[(row, column)] = "label"
            mark = tuple(f"{name}={code}" for name, code in sorted(dims.items()))
            if mark in seen:
                self._find(
                    "form_row_twice", (row, heads[0]), labels, column_letters(heads[0]) + str(seen[mark])
                )
            seen.setdefault(mark, row)
            yield _Line(row, dims, entry, labels)
        for entry in page.rows:
            if tuple(f"{n}={c}" for n, c in sorted(entry.dims)) not in seen:
                self._find("form_row_missing", (self.head, heads[0]), " / ".join(entry.labels))

    def _unmoved(self, lines: list[_Line]) -> list[_Line]:
        """The lines without those of which a cell was moved: nobody can tell which figure is whose.

        Choices are told apart by what was chosen and not by their place, so there a moved cell spoils them all.
        """
        page = self.page
        moved = self.witness.moved if self.witness is not None else frozenset()
        if not moved:
            if self.witness is not None and self.witness.gone:
                self._find("form_choices_gone", (self.head, 1), str(self.witness.gone))
            return lines
        spoilt = {page.rows[at].dims for at in moved if page.kind != CHOSEN and at < len(page.rows)}
        apart = [
            line
            for line in lines
            if page.kind == CHOSEN or (line.entry is not None and line.entry.dims in spoilt)
        ]
        if apart:
            column = self.columns[page.figure]
            told = "; ".join(line.labels for line in apart)
            self._find("form_cells_moved", (apart[0].row, column), told)
        for line in apart:
            for entry in (page.figure, page.fix):
                place = (line.row, self.columns.get(entry, 0))
                if place in self.cells:
                    self.roles[place] = "unread"
        return [line for line in lines if line not in apart]

    def _chosen(self, row: int, heads: Sequence[int]) -> dict[str, str] | None:
        dims = {}
        for column, name in zip(heads, self.page.choose, strict=True):
            cell = self.cells[(row, column)]
            members = self.source.catalogue.codes[self.table.dimension(name).codes].values()
            codes = {m.code for m in members if same(cell.text) in {same(text) for text in m.spellings}}
            if len(codes) != 1:
                near = suggestions(self.source.catalogue, (self.table.id,), cell.text)
                self._find("form_choice_unknown", (row, column), cell.text, "", "; ".join(near))
                self._refuse(row)
                return None
            dims[name] = codes.pop()
        return dims

    def _strange(self, row: int, key: tuple[str, ...], labels: str) -> None:
        """A row that the map does not know: text is a note, a number cannot be told."""
        if self._refuse(row):
            first = min(place[1] for place in self.cells if place[0] == row)
            self._find("form_row_unknown", (row, first), labels, hint=", ".join(self._numbers(row)))

    def _numbers(self, row: int) -> list[str]:
        return [c.address for (r, _), c in sorted(self.cells.items()) if r == row and c.kind == "number"]

    def _refuse(self, row: int) -> bool:
        """Leave what a row says unread; whether it says anything that could be a figure."""
        entries = {self.columns.get(self.page.figure), self.columns.get(self.page.fix)}
        said = False
        for place in [place for place in self.cells if place[0] == row]:
            figure = self.cells[place].kind not in ("text", "") or place[1] in entries
            self.roles[place] = "unread" if figure else "note"
            said = said or figure
        return said

    # figures -----------------------------------------------------------------------------------------

    def _figures(self, lines: Sequence[_Line]) -> None:
        page = self.page
        column = self.columns[page.figure]
        read: dict[tuple[str, ...], Figure] = {}
        empty: list[str] = []
        stated = []
        plain_lines = [line for line in lines if line.entry is None or not line.entry.total]
        totals = [line for line in lines if line.entry is not None and line.entry.total]
        totals.sort(
            key=lambda line: (
                sum(1 for part in line.entry.parts if part >= 0 and page.rows[part].total)
                if line.entry
                else 0
            )
        )
        for line in lines:
            if (line.row, self.columns.get(page.note, 0)) in self.cells:
                self.roles[(line.row, self.columns[page.note])] = "note"
        for line in plain_lines:
            cell = self.cells.get((line.row, column))
            if cell is not None and cell.formula and OWN_SUM in cell.formula:
                self._find("form_sum_moved", (line.row, column), cell.text)
                self.roles[(line.row, column)] = "unread"
                continue
            figure = self._unfilled() if cell is None else self._read(line, cell)
            if figure is None:
                if page.kind != CHOSEN or line.entry is not None or self._note(line):
                    empty.append(f"{column_letters(column)}{line.row}")
                figure = Figure(None, "M", "", "blank")
            stated.append(cell is not None)
            read[_key(line)] = figure
            self._observe(line, column, figure, page.figure, self.form.year)
        for line in totals:
            figure = self._total(line, column, read)
            if figure is not None:
                read[_key(line)] = figure
                self._observe(line, column, figure, page.figure, self.form.year, "total")
        if self.unsure:
            self._find("form_total_unsure", None, ", ".join(self.unsure), cell=self.unsure[0])
        if empty:
            code = "figures_blank" if any(stated) else "form_table_empty"
            self._find(code, None, ", ".join(empty), self.table.id, cell=empty[0])

    def _unfilled(self) -> Figure | None:
        """What an empty cell says by the answer over the table; None where nothing is said."""
        if self.blank == ZERO:
            return Figure(Decimal(0), "", "")
        if self.blank in (DASH, NO_DATA):
            return Figure(None, self.blank, "")
        return None

    def _read(self, line: _Line, cell: Cell) -> Figure:
        unit = _unit(self.source.catalogue, self.table, line.dims)
        figure = read_figure(self.source.catalogue, self.table, unit, cell)
        if figure.problem:
            self._find(figure.problem, (cell.row, cell.column), figure.raw, unit, figure.hint)
        return figure

    def _total(self, line: _Line, column: int, read: Mapping[tuple[str, ...], Figure]) -> Figure | None:
        """A total as it stands, beside the sum of its parts; a sum that nothing has calculated is calculated here."""
        assert line.entry is not None
        chosen = self.page.kind == CHOSEN
        parts = (
            list(read.values())
            if chosen
            else [read.get(_row_key(self.page.rows[part])) for part in line.entry.parts]
        )
        hidden = chosen and any(cell.hidden for cell in self.sheet.cells)
        summed = None if hidden else _summed(parts, chosen)
        cell = self.cells.get((line.row, column))
        if cell is None:
            return None  # the form's sum was taken out: nobody says a total
        if same(cell.text) in ("", same(self.page.unsummed)):
            self.roles[(line.row, column)] = "total"
            return summed
        figure = self._read(line, cell)
        if figure.number == 0 and (summed is None or summed.number is None) and self._forgets_texts():
            words = self.witness.words if self.witness is not None and self.drawn_order else None
            drawn = self.page.rows.index(line.entry) + self.page.slots
            if words is None or drawn in words:
                self.roles[(line.row, column)] = "total"
                self.unsure += [cell.address] if words is None else []
                return summed
        if summed is not None and not figure.problem:
            agrees = (figure.number, figure.status) == (summed.number, summed.status)
            if not agrees and (figure.number is not None or figure.status != summed.status):
                spelled = " + ".join(plain(p.number) for p in parts if p is not None and p.number is not None)
                wanted = f"{plain(summed.number) or '-'} = {spelled}"
                self._find("total_differs", (line.row, column), figure.raw, wanted, self._parts(line, column))
        return figure

    def _parts(self, line: _Line, column: int) -> str:
        """The cells that a total adds up, as far as they are there: the first and the last of many."""
        assert line.entry is not None
        dims = {self.page.rows[part].dims for part in line.entry.parts if part >= 0}
        letters = column_letters(column)
        rows = [f"{letters}{o.row}" for o in self.lines if o.entry is not None and o.entry.dims in dims]
        if self.page.kind == CHOSEN:
            rows = [f"{letters}{o.row}" for o in self.lines if o.entry is not line.entry]
        return ", ".join(rows) if len(rows) <= MOST_PARTS else f"{rows[0]} … {rows[-1]}"

    def _forgets_texts(self) -> bool:
        """Whether the file is of the old kind, in which LibreOffice writes 0 where a formula says a word."""
        return self.source.file.lower().endswith(".xls")

    def _observe(
        self, line: _Line, column: int, figure: Figure, heading: str, year: int, role: str = "value"
    ) -> None:
        place = (line.row, column)
        if place in self.cells:
            self.roles[place] = "unread" if figure.problem and figure.problem != "blank" else role
        if figure.problem == "blank" and line.entry is None and not self._note(line):
            return
        self.result.observations.append(
            Observation(
                table=self.table.id,
                year=year,
                dims=tuple((name, line.dims[name]) for name in self.table.dimension_names),
                value=figure.number,
                status=figure.status or ("A" if figure.number is not None else "M"),
                unit=_unit(self.source.catalogue, self.table, line.dims),
                institution=self.source.institution,
                file=self.source.file,
                sheet=self.sheet.name,
                cell=f"{column_letters(column)}{line.row}",
                vintage=self.source.year or 0,
                text=figure.raw,
                note=self._note(line) if year == self.form.year else "",
                headings=f"form {self.form.form}; row “{line.labels}”; column “{heading}”",
                stated=figure.problem != "blank",
            )
        )

    def _note(self, line: _Line) -> str:
        cell = self.cells.get((line.row, self.columns.get(self.page.note, 0)))
        return cell.text.strip() if cell is not None else ""

    # last year ---------------------------------------------------------------------------------------

    def _last_year(self, lines: Sequence[_Line]) -> None:
        """Corrections of last year; what the form itself wrote there is nobody's answer and is passed over."""
        page, year = self.page, self.form.year - 1
        shown, fixed = self.columns.get(page.last), self.columns.get(page.fix)
        corrected = 0
        for line in lines:
            if shown is not None and (line.row, shown) in self.cells:
                self.roles[(line.row, shown)] = "ignored"
            cell = self.cells.get((line.row, fixed)) if fixed is not None else None
            if cell is not None and fixed is not None:
                self._observe(line, fixed, self._read(line, cell), page.fix, year)
                corrected += 1
        if self.agreed == "yes":
            code = "form_last_unclear" if corrected else "form_last_confirmed"
            self._find(code, self.agreed_at if corrected else None, str(year), page.title)
        elif self.agreed == "no" and not corrected:
            self._find("form_last_unclear", self.agreed_at, str(year), page.title)

    # the rest ----------------------------------------------------------------------------------------

    def _finish(self) -> None:
        """A role for every cell; a number that nothing has claimed is a finding."""
        for cell in self.sheet.cells:
            place = (cell.row, cell.column)
            role = "ignored" if cell.hidden else self.roles.get(place, "")
            if not role:
                role = "note" if cell.kind == "text" else "unread"
                if same(cell.text) == same(self.page.title):
                    role = "title"
                if role == "unread":
                    self._find("cell_unread", place, cell.text.strip())
            table = self.page.table if role in ("value", "total", "label", "title", "unread") else ""
            self.result.ledger.append(LedgerRow(self.source.file, self.sheet.name, cell.address, role, table))

    def _find(
        self,
        code: str,
        place: tuple[int, int] | None,
        found: str,
        expected: str = "",
        hint: str = "",
        cell: str = "",
    ) -> None:
        where = f"{column_letters(place[1])}{place[0]}" if place else cell
        self.result.findings.append(
            Finding(code, self.source.file, self.sheet.name, where, found.strip(), expected, hint)
        )


def _unit(catalogue: Catalogue, table: Table, dims: Mapping[str, str]) -> str:
    """The unit of a figure: its member's own, else the table's."""
    members = (catalogue.member(table, name, code) for name, code in dims.items())
    return next((member.unit for member in members if member is not None and member.unit), table.unit)


def _key(line: _Line) -> tuple[str, ...]:
    return tuple(f"{name}={code}" for name, code in sorted(line.dims.items()))


def _row_key(row: RowMap) -> tuple[str, ...]:
    return tuple(f"{name}={code}" for name, code in sorted(row.dims))


def _summed(parts: Sequence[Figure | None], chosen: bool) -> Figure | None:
    """The sum of parts where each is a number or does not apply; None where one of them is not known."""
    numbers = [part.number for part in parts if part is not None and part.number is not None]
    if chosen:
        return Figure(sum(numbers, Decimal(0)), "", "") if numbers else None
    if any(part is None or (part.number is None and part.status != DASH) for part in parts):
        return None
    if not numbers:
        return Figure(None, DASH, "")
    return Figure(sum(numbers, Decimal(0)), "", "")
