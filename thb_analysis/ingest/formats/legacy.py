"""xls workbooks of the years before 2007, through xlrd: values and how they look, what is hidden, comments."""

from __future__ import annotations

import multiprocessing
import re
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from io import StringIO
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

from thb_analysis.findings import Finding
from thb_analysis.ingest.cells import Cell, Look, Merge, Sheet, Typed, column_letters
from thb_analysis.ingest.formats.arrange import SheetPart, gathered
from thb_analysis.ingest.formats.comments import said
from thb_analysis.ingest.formats.ink import BLACK, WHITE, Colour, is_unseen
from thb_analysis.ingest.formats.refused import Refused
from thb_analysis.ingest.formats.richtext import LOWERED, RAISED, Run, wording
from thb_analysis.ingest.formats.styles import Style, dated, style_of, worded
from thb_analysis.ingest.guard import Stopped, guarded
from thb_analysis.ingest.numerals import number_text

Reading = tuple[list[Sheet], list[Finding]]

BOLD = 600  #: the weight from which letters are bold
TWIPS = 20  #: in a point
SOLID = 1  #: the pattern of a ground that has one colour
#: Kinds of cells, as the library numbers them; what is neither is a number or a date.
EMPTY, TEXT, BOOLEAN, ERROR = (0, 6), 1, 4, 5
ERRORS = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A"}
LEVELS = ("", RAISED, LOWERED)  #: by the number that says where letters stand
_NO_SHEET = re.compile(r"Ignoring non-worksheet data named '(.*)' \(type 0x\w+ = (.*)\)")


def read_xls(path: Path, file: str) -> Reading:
    """The sheets of an xls workbook, with a finding that says what cannot be seen in it.

    It is read in a process of its own, within bounds.  Raises Refused as `guarded` stops, and `file_encrypted`,
    `file_damaged`.
    """
    if multiprocessing.current_process().daemon:  # already in a process that may die
        result: Reading | Refusal | Stopped = _read_apart((path, file))
    else:
        (result,) = guarded(_read_apart, [(path, file)])
    if isinstance(result, Stopped):
        raise Refused(result.code, result.found, result.expected)
    if isinstance(result, Refusal):
        raise Refused(*result)
    return result


class Refusal(NamedTuple):
    """What a Refused says, in a form that goes from process to process."""

    code: str
    found: str
    expected: str


def _read_apart(given: tuple[Path, str]) -> Reading | Refusal:
    try:
        return _read(*given)
    except Refused as refused:
        return Refusal(refused.code, refused.found, refused.expected)


def _read(path: Path, file: str) -> Reading:
    import xlrd  # here, since few files need it

    remarks = StringIO()  # what the library remarks may quote the file, and belongs into no log
    try:
        book = xlrd.open_workbook(
            str(path), logfile=remarks, verbosity=1, formatting_info=True, on_demand=True, ragged_rows=True
        )
    except MemoryError:
        raise
    except Exception as error:  # of a damaged file the library says so in many ways
        encrypted = isinstance(error, xlrd.XLRDError) and "encrypted" in str(error)
        raise Refused("file_encrypted" if encrypted else "file_damaged", found="xls") from error
    findings = [Finding("format_blind", file, found="xls")]
    findings += [
        Finding("sheet_not_cells", file, name, found=kind)
        for name, kind in _NO_SHEET.findall(remarks.getvalue())
    ]
    sheets, about = gathered(_sheets(book), file)
    return sheets, findings + about


def _sheets(book: Any) -> Iterator[tuple[str, bool, Callable[[], SheetPart]]]:
    """Each sheet's name, whether it is hidden, and how it is read."""
    styles = _Styles(book)
    for number, name in enumerate(book.sheet_names()):
        try:
            sheet = book.sheet_by_index(number)
        except MemoryError:
            raise
        except Exception as error:
            yield name, False, partial(_missing, type(error).__name__)
            continue
        yield name, sheet.visibility != 0, partial(_part, sheet, styles)
        book.unload_sheet(number)


def _missing(found: str) -> SheetPart:
    raise Refused("sheet_missing", found=found)


class _Styles(dict[int, Style]):
    """What the styles of a workbook say, each worked out when first met; and how its fonts write."""

    def __init__(self, book: Any) -> None:
        self.book = book
        self.looks: dict[Style, Look] = {}

    def __missing__(self, index: int) -> Style:
        book = self.book
        look = book.xf_list[index]
        font = book.font_list[look.font_index]
        code = book.format_map[look.format_key].format_str
        background = look.background
        ground: Colour = WHITE
        if background.fill_pattern:
            ground = self._colour(background.pattern_colour_index, WHITE) if _is_solid(background) else None
        letters, points = self.ink(font)
        self[index] = style = style_of(
            code, _is_bold(font), bool(font.struck_out), _level(font), letters, points, [ground]
        )
        return style

    def look(self, style: Style) -> Look:
        """How a cell of a style looks; such cells share one."""
        known = self.looks.get(style)
        if known is None:
            known = self.looks[style] = Look(style.number_format, struck=style.struck, bold=style.bold)
        return known

    def ink(self, font: Any) -> tuple[Colour, str]:
        """The colour of a font's letters, and their size in points."""
        return self._colour(font.colour_index, BLACK), str(font.height / TWIPS)

    def _colour(self, index: int, automatic: Colour) -> Colour:
        known = self.book.colour_map.get(index)
        return automatic if known is None else tuple(map(float, known))

    def runs(self, text: str, style: Style, marks: Sequence[tuple[int, int]]) -> list[Run]:
        """The runs of a text: each begins at a place in it and has the look of a font."""
        if not marks:
            return [Run(text)]
        first = marks[0][0]
        found = [Run(text[:first], style.level, style.struck, style.bold)] if first else []
        for (start, index), (end, _) in pairwise([*marks, (len(text), 0)]):
            font = self.book.font_list[index]
            letters, points = self.ink(font)
            pale = is_unseen(letters, [WHITE], points)
            found.append(Run(text[start:end], _level(font), bool(font.struck_out), _is_bold(font), pale))
        return found


def _is_solid(background: Any) -> bool:
    return bool(background.fill_pattern == SOLID)


def _is_bold(font: Any) -> bool:
    return bool(font.weight >= BOLD)


def _level(font: Any) -> str:
    return LEVELS[font.escapement] if font.escapement in range(len(LEVELS)) else ""


def _part(sheet: Any, styles: _Styles) -> SheetPart:
    """One sheet.  Raises Refused where it is damaged."""
    try:
        return _cells(sheet, styles)
    except MemoryError:
        raise
    except Exception as error:
        raise Refused("sheet_missing", found=type(error).__name__) from error


def _cells(sheet: Any, styles: _Styles) -> SheetPart:
    described = sheet.rowinfo_map
    part = SheetPart(zeros_unseen=not sheet.show_zero_values)
    part.hidden_columns = {at + 1 for at, about in sheet.colinfo_map.items() if about.hidden}
    part.hidden_rows = {at + 1 for at, about in described.items() if about.hidden}
    if sheet.default_row_hidden:
        part.hidden_rows |= {at + 1 for at in range(sheet.nrows) if at not in described}
    for row in range(sheet.nrows):
        row_hidden = sheet.visibility != 0 or row + 1 in part.hidden_rows
        for column, (kind, value) in enumerate(zip(sheet.row_types(row), sheet.row_values(row), strict=True)):
            if kind in EMPTY:
                continue
            style = styles[sheet.cell_xf_index(row, column)]
            if kind == TEXT:
                marks = sheet.rich_text_runlist_map.get((row, column), ())
                typed, look = worded(wording(styles.runs(value, style, marks)), style, styles.look(style))
                if not typed[2]:
                    continue  # white space alone is blank
            else:
                typed, look = _typed(kind, value, style, sheet.book.datemode == 1), styles.look(style)
            lost = style.unseen and typed[0] in ("text", "date")
            part.unseen |= lost
            if row_hidden or lost or column + 1 in part.hidden_columns:
                look = look._replace(hidden=True)
            part.cells.append(Cell(row + 1, column + 1, *typed, look))
    part.merges = [Merge(top + 1, left + 1, bottom, right) for top, bottom, left, right in sheet.merged_cells]
    part.comments = {
        f"{column_letters(column + 1)}{row + 1}": said(note.text, note.author or "")
        for (row, column), note in sheet.cell_note_map.items()
    }
    return part


def _typed(kind: int, value: Any, style: Style, epoch_1904: bool) -> Typed:
    """What a cell holds that is no text."""
    if kind == BOOLEAN:
        return "bool", bool(value), "TRUE" if value else "FALSE"
    if kind == ERROR:
        text = ERRORS.get(value, f"#{value}")
        return "error", text, text
    number = int(value) if value.is_integer() else value
    return dated(("number", number, number_text(value)), style, epoch_1904)
