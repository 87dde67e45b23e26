"""One sheet of an xlsx workbook in one pass of expat: cells, merged ranges, hidden rows and columns.

Most of the time of reading is spent here.  So the handlers only gather the raw cells of a row, one loop a row
turns them into cells, and everything that repeats (styles, column letters, numbers) is looked up.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from xml.parsers import expat

from thb_analysis.ingest.arrange import SheetPart
from thb_analysis.ingest.cells import Cell, CellValue, Merge, column_letters
from thb_analysis.ingest.formulas import moved
from thb_analysis.ingest.numerals import date_of_serial, date_of_text, number
from thb_analysis.ingest.package import Package, guarded_parser, local
from thb_analysis.ingest.refused import Refused
from thb_analysis.ingest.richtext import Run, Wording, wording
from thb_analysis.ingest.xlsx_parts import Style, TextReader, is_true

MAX_ROW, MAX_COLUMN = 1_048_576, 16_384  #: what the format can name
KNOWN_NUMBERS = 20_000  #: how many different numbers are remembered; counts and years repeat

Formula = tuple[str, dict[str, str]]  # the text and the attributes of <f>
#: one cell as the handlers hand it over: address, attributes, stored result, formula, inline text
RawCell = tuple[str, dict[str, str], str | None, Formula | None, list[Run] | None]
Typed = tuple[str, CellValue, str]  # kind, value, text


class SheetReader:
    """Reads the sheets of one workbook; what they share is given once."""

    def __init__(
        self,
        package: Package,
        strings: Sequence[Wording | None],
        styles: Sequence[Style],
        epoch_1904: bool,
    ) -> None:
        self._package = package
        self._strings = strings
        self._styles = {str(index): style for index, style in enumerate(styles)}
        self._plain = self._styles.get("0", Style())
        self._epoch_1904 = epoch_1904
        self._columns = {column_letters(column): column for column in range(1, 27)}
        self._numbers: dict[str, tuple[int | float, str] | None] = {}

    def read(self, part: str, hidden: bool) -> SheetPart:
        """Read one sheet part; `hidden` says that the whole sheet is.

        Raises Refused as `Package.feed`, and `xml_damaged` for an address or a text that no workbook has.
        """
        sheet = SheetPart()
        masters: dict[str, tuple[str, int, int]] = {}  # shared formulas: the one written out

        def row_done(row: int, row_hidden: bool, raw: list[RawCell]) -> None:
            self._add_row(sheet, masters, row, hidden or row_hidden, raw)

        parser = guarded_parser()
        _Events(parser, sheet, row_done)
        self._package.feed(part, parser)
        return sheet

    def _add_row(
        self,
        sheet: SheetPart,
        masters: dict[str, tuple[str, int, int]],
        row: int,
        row_hidden: bool,
        raw: list[RawCell],
    ) -> None:
        """Turn the raw cells of one row into cells."""
        cells, columns, styles, numbers = sheet.cells, self._columns, self._styles, self._numbers
        plain, hidden_columns = self._plain, sheet.hidden_columns
        # the quickest way to a named tuple
        make: Callable[[type[Cell], tuple[object, ...]], Cell] = tuple.__new__
        row_text = str(row)
        before = 0
        if cells and cells[-1].row >= row:
            sheet.orderly = False
        for reference, attributes, stored, written, runs in raw:
            column = columns.get(reference.removesuffix(row_text)) or self._column(reference, row)
            style = styles.get(attributes["s"], plain) if "s" in attributes else plain
            number_format, date, _, bold, struck, superscript = style
            kind = attributes.get("t", "n")
            formula = None
            if written is not None:
                formula = _formula(written, masters, row, column)
                if not stored and kind != "str":  # only a text may be empty: `<v></v>` is no number
                    kind = ""
                sheet.formulas += kind != ""
            words: Wording | None = None
            shape: str
            value: CellValue
            if kind == "n":
                read = numbers.get(stored) or self._number(stored) if stored else None
                if read is None:
                    if not stored or stored.isspace():
                        continue
                    shape, value, text = "error", stored, stored
                elif date:
                    shape, value, text = self._date(read, style)
                else:
                    shape = "number"
                    value, text = read
            elif kind == "s" or kind == "str" or kind == "inlineStr":
                if kind == "s":
                    words = self._shared(stored)
                else:
                    words = wording(runs if runs is not None else (Run(stored or ""),))
                if words is None:
                    continue  # blank
                shape = "text"
                value, text, raised, all_struck, all_bold = words
                if superscript:
                    text = raised
                if all_struck is not None:
                    struck = all_struck
                if all_bold is not None:
                    bold = all_bold
            else:
                shape, value, text = _typed(kind, stored or "")
            if column <= before:
                sheet.orderly = False
            before = column
            hidden = row_hidden or column in hidden_columns
            look = (number_format, formula, hidden, struck, bold, None, 1, 1)
            cells.append(make(Cell, (row, column, shape, value, text, *look)))

    def _column(self, reference: str, row: int) -> int:
        """The column of an address that was not met before, once it has been found sound."""
        match = _ADDRESS.fullmatch(reference)
        if match is None or int(match[2]) != row or (column := column_number(match[1])) > MAX_COLUMN:
            raise Refused("xml_damaged", found=f"row {row}, cell {reference[:20]}")
        self._columns[match[1]] = column
        return column

    def _shared(self, stored: str | None) -> Wording | None:
        try:
            return self._strings[int(stored or "")]
        except (ValueError, IndexError) as error:
            raise Refused("xml_damaged", found=f"shared string {(stored or '')[:20]}") from error

    def _number(self, stored: str) -> tuple[int | float, str] | None:
        read = number(stored.strip())
        if len(self._numbers) < KNOWN_NUMBERS:
            self._numbers[stored] = read
        return read

    def _date(self, read: tuple[int | float, str], style: Style) -> Typed:
        day = date_of_serial(read[0], self._epoch_1904, style.elapsed)
        return ("error", read[1], "#####") if day is None else ("date", *day)


class _Events:
    """The parser's handlers for one sheet part: gathers raw cells and hands over each row at its end."""

    __slots__ = (
        "attributes",
        "clear",
        "formula",
        "formula_attributes",
        "parser",
        "parts",
        "prefixed",
        "raw",
        "reference",
        "rich",
        "row",
        "row_done",
        "row_hidden",
        "runs",
        "sheet",
        "stored",
    )

    def __init__(
        self,
        parser: expat.XMLParserType,
        sheet: SheetPart,
        row_done: Callable[[int, bool, list[RawCell]], None],
    ) -> None:
        self.parser = parser
        self.sheet = sheet
        self.row_done = row_done
        self.parts: list[str] = []
        self.clear = self.parts.clear
        self.rich = TextReader()
        self.raw: list[RawCell] = []
        self.attributes: dict[str, str] = {}
        self.formula_attributes: dict[str, str] = {}
        self.stored: str | None = None
        self.formula: Formula | None = None
        self.runs: list[Run] | None = None
        self.row = 0
        self.row_hidden = False
        self.reference = ""
        self.prefixed = False
        parser.StartElementHandler = self.root

    def root(self, tag: str, _: dict[str, str]) -> None:
        self.prefixed = ":" in tag  # some programs write <x:c> for <c>
        self.listen(self.start, self.end, self.parts.append)

    def listen(
        self,
        start: Callable[[str, dict[str, str]], None],
        end: Callable[[str], None],
        text: Callable[[str], None],
    ) -> None:
        if self.prefixed:
            self.parser.StartElementHandler = lambda tag, attributes: start(local(tag), attributes)
            self.parser.EndElementHandler = lambda tag: end(local(tag))
        else:
            self.parser.StartElementHandler = start
            self.parser.EndElementHandler = end
        self.parser.CharacterDataHandler = text

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "c":
            self.attributes = attributes
            self.stored = self.formula = self.runs = None
        elif tag == "v":
            self.clear()
        elif tag == "row":
            self.row = _index(attributes["r"], MAX_ROW) if "r" in attributes else self.row + 1
            self.row_hidden = is_true(attributes.get("hidden", "0")) or _is_zero(attributes.get("ht"))
            self.reference = ""
        elif tag == "f":
            self.clear()
            self.formula_attributes = attributes
        elif tag == "is":
            self.listen(self.rich.start, self.rich_end, self.rich.text)
        elif tag == "mergeCell":
            self.sheet.merges.append(_merge(attributes.get("ref", "")))
        elif tag == "col" and (is_true(attributes.get("hidden", "0")) or _is_zero(attributes.get("width"))):
            first, last = _index(attributes.get("min"), MAX_COLUMN), _index(attributes.get("max"), MAX_COLUMN)
            self.sheet.hidden_columns.update(range(first, last + 1))

    def end(self, tag: str) -> None:
        if tag == "v":
            parts = self.parts
            self.stored = parts[0] if len(parts) == 1 else "".join(parts)
        elif tag == "c":
            attributes = self.attributes
            if "r" in attributes:
                self.reference = attributes["r"]
            else:
                self.reference = _after(self.reference, self.row)
            if self.stored is not None or self.formula is not None or self.runs is not None:
                self.raw.append((self.reference, attributes, self.stored, self.formula, self.runs))
        elif tag == "row":
            if self.row_hidden:
                self.sheet.hidden_rows.add(self.row)
            if self.raw:
                self.row_done(self.row, self.row_hidden, self.raw)
                self.raw.clear()
        elif tag == "f":
            self.formula = ("".join(self.parts), self.formula_attributes)

    def rich_end(self, tag: str) -> None:
        if tag == "is":
            self.runs = self.rich.take()
            self.listen(self.start, self.end, self.parts.append)
        else:
            self.rich.end(tag)


def _typed(kind: str, stored: str) -> Typed:
    """A cell of one of the rarer kinds: boolean, error, ISO date, formula without a result."""
    if kind == "":
        return "", None, ""
    if kind == "b":
        return "bool", is_true(stored), "TRUE" if is_true(stored) else "FALSE"
    if kind == "d" and (day := date_of_text(stored)) is not None:
        return "date", *day
    return "error", stored, stored or "?"


def _formula(written: Formula, masters: dict[str, tuple[str, int, int]], row: int, column: int) -> str:
    """A formula's text; one that is shared is written out once and moved to the other cells."""
    text, attributes = written
    if attributes.get("t") != "shared":
        return text
    group = attributes.get("si", "")
    if text:
        masters[group] = text, row, column
        return text
    if group not in masters:
        return ""
    text, first_row, first_column = masters[group]
    return moved(text, row - first_row, column - first_column)


def column_number(letters: str) -> int:
    """A → 1, AA → 27."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def _index(text: str | None, limit: int) -> int:
    """A row or column number, refused where the format cannot have it."""
    if text is None or _INDEX.fullmatch(text) is None or not 1 <= int(text) <= limit:
        raise Refused("xml_damaged", found=f"row or column {(text or '')[:20]}")
    return int(text)


def _after(reference: str, row: int) -> str:
    """The address right of `reference` in the same row, for cells that do not name theirs."""
    match = _ADDRESS.fullmatch(reference)
    return f"{column_letters(column_number(match[1]) + 1 if match else 1)}{row}"


def _merge(reference: str) -> Merge:
    match = _RANGE.fullmatch(reference)
    if match is None:
        raise Refused("xml_damaged", found=f"merged range {reference[:30]}")
    left, top, right, bottom = match.groups()
    merge = Merge(int(top), column_number(left), int(bottom or top), column_number(right or left))
    if not 1 <= merge.top <= merge.bottom <= MAX_ROW or not merge.left <= merge.right <= MAX_COLUMN:
        raise Refused("xml_damaged", found=f"merged range {reference[:30]}")
    return merge


def _is_zero(size: str | None) -> bool:
    """Whether a height or a width is given as nothing at all."""
    return size is not None and size.strip("0.") == "" and size != ""


_INDEX = re.compile(r"[0-9]{1,7}")
_ADDRESS = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_RANGE = re.compile(r"\$?([A-Z]{1,3})\$?([0-9]{1,7})(?::\$?([A-Z]{1,3})\$?([0-9]{1,7}))?")
