"""OpenDocument spreadsheets (ods) in one pass of expat: values, text with runs, what is hidden, comments.

The prefixes are those that the standard recommends and every known program writes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import time
from functools import partial
from pathlib import Path
from typing import NamedTuple

from thb_analysis.findings import Finding
from thb_analysis.ingest.cells import Cell, CellValue, Look, Merge, Sheet, column_letters
from thb_analysis.ingest.formats.arrange import SheetPart, gathered
from thb_analysis.ingest.formats.comments import said
from thb_analysis.ingest.formats.ink import BLACK, WHITE, hexadecimal, is_unseen
from thb_analysis.ingest.formats.margins import MasterPages
from thb_analysis.ingest.formats.package import Package
from thb_analysis.ingest.formats.refused import Refused
from thb_analysis.ingest.formats.richtext import LOWERED, RAISED, Run, wording
from thb_analysis.ingest.numerals import date_of_text, number
from thb_analysis.ingest.shown import NOTHING, is_rounded

MAX_REPEATED = 1_000_000  #: cells that stand for themselves by a repeat count, in one sheet
MAX_LINE = 1_048_576  #: the last row that a program can show
SHOWS_YEAR = "yyyy"  #: the format of a date of which only the year is seen
GROUPS = ("table:table-row-group", "table:table-column-group")


def read_ods(path: Path, file: str) -> tuple[list[Sheet], list[Finding]]:
    """The sheets of an ods workbook.  Raises Refused where nothing of it can be read."""
    package = Package(path)
    try:
        if "content.xml" not in package:
            raise Refused("workbook_missing")
        if "META-INF/manifest.xml" in package:
            package.parse("META-INF/manifest.xml", _refuse_encryption)
        content = _Content()
        if "settings.xml" in package:
            package.parse("settings.xml", content.start_setting, content.end_setting, content.setting)
        if "styles.xml" in package:
            package.parse("styles.xml", content.start_named, content.margins.end, content.margins.text)
        package.parse("content.xml", content.start, content.end, content.text)
    finally:
        package.close()
    return gathered(
        ((name, hidden, partial(_unless, refused, part)) for name, hidden, part, refused in content.sheets),
        file,
    )


def _unless(refused: Refused | None, part: SheetPart) -> SheetPart:
    """A sheet as far as it was read, unless it was refused on the way."""
    if refused is not None:
        raise refused
    return part


def _refuse_encryption(tag: str, _: dict[str, str]) -> None:
    if tag.endswith("encryption-data"):
        raise Refused("file_encrypted")


class _Marks(NamedTuple):
    """What a style says of letters; None where the style around it decides."""

    level: str | None = None
    struck: bool | None = None
    bold: bool | None = None
    colour: str | None = None
    ground: str | None = None
    points: str | None = None

    def unseen(self) -> bool:
        """Whether nobody sees what is written so."""
        if self[3:] == (None, None, None):
            return False
        letters = hexadecimal(self.colour or "") or BLACK
        ground = hexadecimal(self.ground or "") or WHITE
        return is_unseen(letters, [ground], (self.points or "").removesuffix("pt"))


class _Content:
    """The handlers for content.xml; `sheets` is what they found: name, hidden, cells, why it was refused."""

    def __init__(self) -> None:
        self.sheets: list[tuple[str, bool, SheetPart, Refused | None]] = []
        self.style = ""
        self.marks: dict[str, _Marks] = {}
        self.zeros_unseen = False
        self.zeros_item = False  # the setting being read says whether zeros are shown
        self.hidden_tables: set[str] = set()
        self.margins = MasterPages()
        self.pages: dict[str, str] = {}  # the master page that a table's style names
        self.part = SheetPart()
        self.row = self.column = self.column_defined = self.repeated = 0
        self.row_repeat = 1
        self.row_style = ""
        self.column_styles: dict[int, str] = {}  # what cells without a style of their own look like
        self.folded: list[bool] = []  # groups of rows or columns that are open: whether they are closed up
        self.row_cells: list[Cell] = []
        self.row_merges: list[Merge] = []
        self.cell: dict[str, str] | None = None
        self.paragraphs = 0
        self.runs: list[Run] = []
        self.spans: list[str] = []
        self.in_text = self.naming = False
        self.note: list[str] | None = None
        self.note_text = self.creator = ""
        self.comments: dict[str, str] = {}  # on blank cells, by address
        self.drawing = 0  # elements of drawings that are open: their texts are no cells
        self.nested = 0  # tables within tables and drawings hold no cells of the sheet

    def start_style(self, tag: str, attributes: dict[str, str]) -> None:
        """Gather what styles say of how letters look, and of hidden tables."""
        if tag == "style:style":
            self.style = attributes.get("style:name", "")
            if (parent := attributes.get("style:parent-style-name", "")) in self.marks:
                self.marks[self.style] = self.marks[parent]
            self.pages[self.style] = attributes.get("style:master-page-name", "")
        elif tag == "style:text-properties":
            level, struck, bold, colour, ground, points = self.marks.get(self.style, _Marks())
            position = attributes.get("style:text-position")
            if position is not None:
                size = position.split()[0]
                raised = size == "super" or (size.endswith("%") and not size.startswith(("-", "0%")))
                lowered = size == "sub" or (size.endswith("%") and size.startswith("-"))
                level = RAISED if raised else LOWERED if lowered else ""
            line = attributes.get(
                "style:text-line-through-style", attributes.get("style:text-line-through-type")
            )
            if line is not None:
                struck = line != "none"
            weight = attributes.get("fo:font-weight")
            if weight is not None:
                bold = weight == "bold" or (weight.isdecimal() and int(weight) >= 600)
            colour = attributes.get("fo:color", colour)
            points = attributes.get("fo:font-size", points)
            self.marks[self.style] = _Marks(level, struck, bold, colour, ground, points)
        elif tag == "style:table-cell-properties" and "fo:background-color" in attributes:
            marks = self.marks.get(self.style, _Marks())
            self.marks[self.style] = marks._replace(ground=attributes["fo:background-color"])
        elif tag == "style:table-properties" and attributes.get("table:display") == "false":
            self.hidden_tables.add(self.style)

    def start_named(self, tag: str, attributes: dict[str, str]) -> None:
        """The same of the styles that have names of their own, and what stands at the head and foot of pages."""
        self.start_style(tag, attributes)
        self.margins.start(tag, attributes)

    def start_setting(self, _: str, attributes: dict[str, str]) -> None:
        self.zeros_item = attributes.get("config:name") == "ShowZeroValues"

    def setting(self, data: str) -> None:
        """Whether a window shows a blank for each zero."""
        self.zeros_unseen = self.zeros_unseen or (self.zeros_item and data.strip() == "false")

    def end_setting(self, _: str) -> None:
        self.zeros_item = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "table:table":
            self.nested += 1
            if self.nested == 1:
                self._start_table(attributes)
        elif self.nested != 1:
            if not self.nested:
                self.start_style(tag, attributes)
        elif tag.startswith("draw:") or self.drawing:
            self.drawing += tag.startswith("draw:")
            self.part.pictures += (tag == "draw:frame") - (tag == "draw:text-box")
            self.in_text = self.in_text or tag == "text:p"
        elif tag in GROUPS:
            self.folded.append(attributes.get("table:display") == "false")
        elif tag == "table:table-column":
            self._start_column(attributes)
        elif tag == "table:table-row":
            self.row += 1
            self.column = 0
            self.row_repeat = _count(attributes.get("table:number-rows-repeated"))
            self.row_style = attributes.get("table:default-cell-style-name", "")
            self.row_cells, self.row_merges = [], []
            if self._is_hidden(attributes):
                self.part.hidden_rows.update(range(self.row, min(self.row + self.row_repeat, MAX_LINE + 1)))
        elif tag in ("table:table-cell", "table:covered-table-cell"):
            self.cell = attributes
            self.runs, self.paragraphs, self.note_text = [], 0, ""
        elif tag == "office:annotation":
            self.note, self.creator = [], ""
        elif self.cell is not None:
            self._start_text(tag, attributes)

    def _start_table(self, attributes: dict[str, str]) -> None:
        style = attributes.get("table:style-name", "")
        hidden = style in self.hidden_tables
        margins = self.margins.of(self.pages.get(style, ""))
        self.comments = {}
        self.part = SheetPart(zeros_unseen=self.zeros_unseen, margins=margins, comments=self.comments)
        self.sheets.append((attributes.get("table:name", ""), hidden, self.part, None))
        self.row = self.column_defined = self.repeated = 0
        self.column_styles, self.folded = {}, []

    def _start_column(self, attributes: dict[str, str]) -> None:
        first = self.column_defined + 1
        self.column_defined += _count(attributes.get("table:number-columns-repeated"))
        columns = range(first, min(self.column_defined, 16_384) + 1)
        style = attributes.get("table:default-cell-style-name", "")
        if style in self.marks:
            self.column_styles.update(dict.fromkeys(columns, style))
        if self._is_hidden(attributes):
            self.part.hidden_columns.update(columns)

    def _is_hidden(self, line: dict[str, str]) -> bool:
        return line.get("table:visibility", "visible") != "visible" or any(self.folded)

    def _start_text(self, tag: str, attributes: dict[str, str]) -> None:
        self.naming = tag == "dc:creator"
        if tag == "text:p":
            if self.note is None:
                if self.paragraphs:
                    self._add("\n")
                self.paragraphs += 1
            elif self.note:
                self.note.append("\n")
            self.in_text = True
        elif tag == "text:span":
            self.spans.append(attributes.get("text:style-name", ""))
        elif tag == "text:s":
            self._add(" " * min(_count(attributes.get("text:c")), 1000))
        elif tag == "text:tab":
            self._add("\t")
        elif tag == "text:line-break":
            self._add("\n")

    def text(self, data: str) -> None:
        if self.in_text:
            self._add(data)
        elif self.naming:
            self.creator += data

    def _add(self, data: str) -> None:
        if self.drawing:
            self.part.drawn.append(data)
        elif self.note is not None:
            self.note.append(data)
        else:
            level, struck, bold = None, None, None
            for span in self.spans:
                marks = self.marks.get(span, _Marks())
                level = marks.level if marks.level is not None else level
                struck = marks.struck if marks.struck is not None else struck
                bold = marks.bold if marks.bold is not None else bold
            self.runs.append(Run(data, level, struck, bold))

    def end(self, tag: str) -> None:
        if tag == "table:table":
            self.nested -= 1
        elif self.nested != 1:
            pass
        elif tag.startswith("draw:") or self.drawing:
            self.drawing -= tag.startswith("draw:")
            if tag == "text:p":
                self.in_text = False
                self.part.drawn.append("\n")
        elif tag in ("table:table-cell", "table:covered-table-cell"):
            self._end_cell(tag == "table:covered-table-cell")
        elif tag == "table:table-row":
            self._end_row()
        elif tag in GROUPS:
            self.folded.pop()
        elif tag == "office:annotation":
            self.note_text, self.note = said("".join(self.note or ()), self.creator), None
        elif tag == "text:p":
            self.in_text = False
        elif tag == "text:span" and self.spans:
            self.spans.pop()

    def _end_cell(self, covered: bool) -> None:
        attributes, self.cell = self.cell or {}, None
        repeat = _count(attributes.get("table:number-columns-repeated"))
        first = self.column + 1
        self.column += repeat
        rows = _count(attributes.get("table:number-rows-spanned"))
        columns = _count(attributes.get("table:number-columns-spanned"))
        if not covered and (rows > 1 or columns > 1):
            self.row_merges.append(Merge(self.row, first, self.row + rows - 1, first + columns - 1))
        cell = self._cell(attributes, first)
        if cell is None:
            if words := self.note_text.strip():
                self.comments[f"{column_letters(first)}{self.row}"] = words
            return
        self.repeated += repeat * self.row_repeat - 1
        if self.repeated > MAX_REPEATED or self.column > 16_384 or self.row + self.row_repeat > MAX_LINE + 1:
            place = f"{column_letters(self.column)}{self.row + self.row_repeat - 1}"
            self._refuse(
                Refused("sheet_spread", found=place, expected=f"{MAX_REPEATED // 1_000_000} 000 000")
            )
            return
        look = self._look(attributes, first)
        for column in range(first, first + repeat):
            if (other := self._look(attributes, column)) != look:
                look, cell = other, self._cell(attributes, column) or cell
            self.row_cells.append(cell._replace(column=column))

    def _look(self, attributes: dict[str, str], column: int) -> tuple[str, bool]:
        """The style of the cell that just ended, in one of the columns it stands in, and whether it is hidden there."""
        style = attributes.get("table:style-name") or self.row_style or self.column_styles.get(column, "")
        lines = self.row in self.part.hidden_rows or column in self.part.hidden_columns
        return style, lines or self._table_hidden()

    def _refuse(self, refused: Refused) -> None:
        name, hidden, part, _ = self.sheets[-1]
        part.cells.clear()
        self.row_cells.clear()
        self.sheets[-1] = name, hidden, part, refused

    def _end_row(self) -> None:
        for row in range(self.row, self.row + self.row_repeat) if self.row_cells else ():
            self.part.cells.extend(cell._replace(row=row) for cell in self.row_cells)
        self.part.merges.extend(self.row_merges)
        self.row += self.row_repeat - 1

    def _cell(self, attributes: dict[str, str], column: int) -> Cell | None:
        """The cell that just ended, or None where it is blank."""
        named, hidden = self._look(attributes, column)
        style = self.marks.get(named, _Marks())
        struck, bold = bool(style.struck), bool(style.bold)
        formula = attributes.get("table:formula")
        if formula is not None:
            formula = _FORMULA_PREFIX.sub("", formula)
        words = wording(self.runs)
        shown = ""
        if words is not None:
            shown = words.at(style.level or "")
            struck = words.struck if words.struck is not None else struck
            bold = words.bold if words.bold is not None else bold
        typed = _typed(attributes, words.value if words is not None else "", shown)
        if typed is None:
            if formula is None or attributes.get("office:value-type") == "string":
                return None
            typed = "", None, ""
        kind, value, text = typed
        unseen = style.unseen()
        self.part.unseen = self.part.unseen or unseen
        code = NOTHING if unseen else self._code(attributes, kind, text, shown)
        hidden = hidden or (unseen and kind in ("text", "date"))
        note = self.note_text.strip() or None
        look = Look(code, formula, hidden, struck, bold, note)
        return Cell(self.row, column, kind, value, text, look)

    def _code(self, attributes: Mapping[str, str], kind: str, text: str, shown: str) -> str:
        """A number format that shows what the cell shows: "" where that is the number, at most rounded, or a day."""
        if kind == "date":
            return SHOWS_YEAR if shown.strip() == text[:4] else ""
        if kind != "number" or not self.paragraphs:
            return ""
        if attributes.get("office:value-type") == "percentage":
            return "0%"
        if not shown.strip():
            return NOTHING
        if shown == text or is_rounded(shown, text):
            return ""
        return '"' + shown.replace('"', "") + '"'

    def _table_hidden(self) -> bool:
        return self.sheets[-1][1]


def _typed(attributes: dict[str, str], value: str, shown: str) -> tuple[str, CellValue, str] | None:
    """Kind, value and text by the type that the cell declares, or None where it holds nothing."""
    declared = attributes.get("office:value-type", "")
    if attributes.get("calcext:value-type") == "error":
        return "error", value, shown
    if declared in ("float", "percentage", "currency"):
        read = number(attributes.get("office:value", ""))
        return ("number", *read) if read is not None else ("error", value, shown)
    if declared == "date":
        day = date_of_text(attributes.get("office:date-value", ""))
        return ("date", *day) if day is not None else ("error", value, shown)
    if declared == "time":
        match = _DURATION.fullmatch(attributes.get("office:time-value", ""))
        if match is None:
            return "error", value, shown
        hours, minutes, seconds = (int(group or 0) for group in match.groups())
        return "date", time(hours % 24, minutes % 60, seconds % 60), f"{hours}:{minutes:02}:{seconds:02}"
    if declared == "boolean":
        true = attributes.get("office:boolean-value") == "true"
        return "bool", true, "TRUE" if true else "FALSE"
    return ("text", value, shown) if shown else None


def _count(text: str | None) -> int:
    """A repeat or span count: 1 where none is given."""
    return (
        int(text)
        if text is not None and text.isascii() and text.isdigit() and 0 < len(text) < 9 and int(text)
        else 1
    )


_FORMULA_PREFIX = re.compile(r"\A(?:\w+:)?=")
_DURATION = re.compile(r"PT(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9})(?:[.,]\d+)?S)?")
