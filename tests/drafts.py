"""Workbooks as drafts: what stands in which cell, easy to make and to change, written as .xlsx and read back."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import xlsxwriter

from thb_analysis.definitions import load_catalogue
from thb_analysis.findings import Finding
from thb_analysis.ingest.cells import Book, column_letters
from thb_analysis.ingest.pipeline import read_file
from thb_analysis.observations import Observation, plain
from thb_analysis.tidy.checks import check_tables
from thb_analysis.tidy.reconcile import reconcile
from thb_analysis.tidy.wholes import untold, wholes_below

CATALOGUE = load_catalogue()
RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹"
_RAISED = re.compile(f"[{RAISED}]+|[^{RAISED}]+")

Place = tuple[int, int]  #: (row, column), 1-based
Value = str | int | float | bool | date
Key = tuple[str, str, tuple[tuple[str, str], ...], str]  #: table, year, dimensions, sender


@dataclass(frozen=True)
class Ink:
    """What stands in a cell.  `rich` writes raised digits as a superscript run."""

    value: Value
    number_format: str = ""
    rich: bool = False
    formula: str = ""
    struck: bool = False

    @property
    def is_number(self) -> bool:
        return isinstance(self.value, (int, float)) and not isinstance(self.value, bool)


@dataclass
class Page:
    """One sheet."""

    name: str
    cells: dict[Place, Ink] = field(default_factory=dict)
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)  #: top, left, bottom, right
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    hidden: bool = False
    styled: set[Place] = field(default_factory=set)  #: blank cells with a colour

    def put(self, place: Place, value: Value, **how: object) -> None:
        self.cells[place] = Ink(value, **how)  # type: ignore[arg-type]

    def copy(self) -> Page:
        return replace(
            self,
            cells=dict(self.cells),
            merges=list(self.merges),
            hidden_rows=set(self.hidden_rows),
            hidden_columns=set(self.hidden_columns),
            styled=set(self.styled),
        )

    @property
    def extent(self) -> tuple[int, int]:
        """The last row and the last column in use."""
        return max((r for r, _ in self.cells), default=0), max((c for _, c in self.cells), default=0)


@dataclass
class Draft:
    """One workbook under the name that it is sent with, such as `2022/TA_2022.xlsx`."""

    file: str
    pages: list[Page]

    def copy(self) -> Draft:
        return Draft(self.file, [page.copy() for page in self.pages])


def draft_of(book: Book) -> Draft:
    """A workbook as it was read, to be changed and written anew."""
    pages = []
    for sheet in book.sheets:
        page = Page(sheet.name, hidden=sheet.hidden)
        page.merges = [tuple(merge) for merge in sheet.merges]  # type: ignore[misc]
        for cell in sheet.cells:
            value = cell.text if cell.kind in ("text", "error", "") else cell.value
            assert isinstance(value, (str, int, float, bool, date))
            page.cells[(cell.row, cell.column)] = Ink(
                value, cell.number_format, formula=cell.formula or "", struck=cell.struck
            )
            if cell.hidden and not sheet.hidden:
                page.hidden_rows.add(cell.row)
        pages.append(page)
    return Draft(book.file, pages)


def write(draft: Draft, folder: Path) -> Path:
    """Write the workbook to `folder` under its own name."""
    path = folder / draft.file
    path.parent.mkdir(parents=True, exist_ok=True)
    book = xlsxwriter.Workbook(path)
    raised = book.add_format({"font_script": 1})
    for page in draft.pages:
        sheet = book.add_worksheet(page.name)
        for row, column in page.styled - set(page.cells):
            sheet.write_blank(row - 1, column - 1, None, book.add_format({"bg_color": "#DDDDDD"}))
        for top, left, bottom, right in page.merges:
            if (top, left) != (bottom, right):
                sheet.merge_range(top - 1, left - 1, bottom - 1, right - 1, None)
        for (row, column), ink in sorted(page.cells.items()):
            _write_cell(book, sheet, row - 1, column - 1, ink, raised)
        for row in page.hidden_rows:
            sheet.set_row(row - 1, None, None, {"hidden": True})
        for column in page.hidden_columns:
            sheet.set_column(column - 1, column - 1, None, None, {"hidden": True})
        if page.hidden:
            sheet.hide()
    if draft.pages[0].hidden:
        shown = next((n for n, page in enumerate(draft.pages) if not page.hidden), None)
        if shown is not None:
            book.worksheets()[shown].activate()
            book.worksheets()[shown].set_first_sheet()
    book.close()
    return path


def _write_cell(
    book: xlsxwriter.Workbook, sheet: object, row: int, column: int, ink: Ink, raised: object
) -> None:
    style = {}
    if ink.number_format:
        style["num_format"] = ink.number_format
    if ink.struck:
        style["font_strikeout"] = True
    look = book.add_format(style) if style else None
    value = ink.value
    if ink.formula:
        sheet.write_formula(row, column, "=" + ink.formula, look, value)  # type: ignore[attr-defined]
    elif isinstance(value, bool):
        sheet.write_boolean(row, column, value, look)  # type: ignore[attr-defined]
    elif isinstance(value, date):
        shown = look or book.add_format({"num_format": "dd.mm.yyyy"})
        sheet.write_datetime(row, column, value, shown)  # type: ignore[attr-defined]
    elif isinstance(value, (int, float)):
        sheet.write_number(row, column, value, look)  # type: ignore[attr-defined]
    elif ink.rich and any(digit in value for digit in RAISED) and len(_RAISED.findall(value)) > 1:
        parts: list[object] = []
        for run in _RAISED.findall(value):
            up = run[0] in RAISED
            parts += [raised, run.translate(str.maketrans(RAISED, "0123456789"))] if up else [run]
        sheet.write_rich_string(row, column, *parts)  # type: ignore[attr-defined]
    else:
        sheet.write_string(row, column, value, look)  # type: ignore[attr-defined]


# reading back ------------------------------------------------------------------------------------------


@dataclass
class Answer:
    """What the ingest made of a workbook: rows by key, and everything it had to say."""

    rows: dict[Key, Observation]
    said: list[Observation]
    findings: list[Finding]
    ledger: Counter[str]  #: how many cells have which role

    def codes(self, *severities: str) -> list[str]:
        """The codes of the findings of some severities, sorted."""
        return sorted(f.code for f in self.findings if f.severity in (severities or ("error",)))

    @property
    def errors(self) -> list[Finding]:
        return [finding for finding in self.findings if finding.severity == "error"]


def key_of(observation: Observation) -> Key:
    """What makes a figure the same figure."""
    table = CATALOGUE.tables[observation.table]
    year = "_T" if observation.year is None else str(observation.year)
    return (
        observation.table,
        year,
        tuple(sorted(observation.dims)),
        observation.institution if table.by_institution else "",
    )


def answer(draft: Draft, folder: Path, save: Callable[[Draft, Path], Path] = write) -> Answer:
    """Write a draft, read it through the ingest, settle contradictions as a whole run does."""
    path = save(draft, folder)
    return answer_of(path, draft.file)


def answer_of(path: Path, file: str) -> Answer:
    """What the ingest makes of one file, by its quick ways, after all the files that were read before."""
    reading = read_file(path, file, CATALOGUE, thin=True)
    observations = [*reading.observations, *(o for plate in reading.plates for o in plate.observations())]
    tidy = reconcile(observations, CATALOGUE)
    corrections = {"correction_void", "corrected"}  # they are of other workbooks
    below = [f for table, own in tidy.standing.items() for f in wholes_below(CATALOGUE.tables[table], own)]
    settled = (
        *tidy.findings,
        *check_tables(tidy.standing, CATALOGUE),
        *untold(below, lambda _: reading.findings),
    )
    later = [f for f in settled if f.code not in corrections]
    rows = {key_of(o): o for found in tidy.standing.values() for o in found}
    findings = list(dict.fromkeys([*reading.findings, *later]))
    return Answer(rows, observations, findings, Counter(row.role for row in reading.ledger_rows()))


def told(observation: Observation) -> str:
    """What a row says: its number, its code, or the letter of its status."""
    if observation.status == "X":
        return "X"
    if observation.low is not None:
        return observation.text
    return observation.code or (
        plain(observation.value) if observation.value is not None else observation.status
    )


def is_figure(text: str) -> bool:
    """Whether a row's answer is data and not the absence of any."""
    return text not in ("M", "X", "L", "Z", "Q", "")


def at(row: int, column: int) -> str:
    """A1-style address."""
    return f"{column_letters(column)}{row}"


def number(value: Value | None) -> Decimal | None:
    return Decimal(str(value)) if isinstance(value, (int, float)) else None


def describe(draft: Draft) -> str:
    """The draft as text, for a failing test's message."""
    lines = [draft.file]
    for page in draft.pages:
        lines.append(f"  [{page.name}]{' hidden' if page.hidden else ''} merges={page.merges}")
        by_row: dict[int, list[str]] = {}
        for (row, column), ink in sorted(page.cells.items()):
            by_row.setdefault(row, []).append(f"{at(row, column)}={ink.value!r}")
        lines += ["    " + "  ".join(found) for found in by_row.values()]
    return "\n".join(lines)


def numbered(findings: Iterable[Finding]) -> Counter[tuple[str, str]]:
    """Findings by code and what was found, without their places, which a change may move."""
    return Counter((finding.code, finding.found) for finding in findings)
