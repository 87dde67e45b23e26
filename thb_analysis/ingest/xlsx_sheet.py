"""One sheet of an xlsx workbook: tokens become cells.

Most of the time of reading is spent here, so one loop does it, and everything that repeats (looks, column
letters, numbers, texts) is looked up instead of worked out.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from thb_analysis.ingest.arrange import SheetPart
from thb_analysis.ingest.cells import Cell, CellValue, Look, column_letters
from thb_analysis.ingest.formulas import moved
from thb_analysis.ingest.numerals import date_of_serial, date_of_text, number
from thb_analysis.ingest.package import Package
from thb_analysis.ingest.refused import Refused
from thb_analysis.ingest.richtext import Run, Wording, wording
from thb_analysis.ingest.xlsx_parts import Style, is_true
from thb_analysis.ingest.xlsx_tokens import (
    ADDRESS,
    MAX_COLUMN,
    MAX_ROW,
    Key,
    Token,
    column_number,
    read_formula_group,
    read_look,
    read_row_hidden,
    read_tokens,
)

MAX_CELLS = 3_000_000  #: not blank, in one workbook; a list of 100,000 rows by 20 columns has 2 million
KNOWN_NUMBERS = 20_000  #: how many different numbers are remembered; counts and years repeat

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
        self._strings = {str(index): words for index, words in enumerate(strings)}
        self._epoch_1904 = epoch_1904
        self._columns = {column_letters(column): column for column in range(1, 27)}
        self._numbers = _Numbers()
        self._looks = _Looks(styles)
        self._cells = 0  # of the sheets read before

    def read(self, part: str, hidden: bool) -> SheetPart:
        """Read one sheet part; `hidden` says that the whole sheet is.

        Raises Refused as `Package.chunks`, and `xml_damaged` for an address or a text that no workbook has.
        """
        sheet = SheetPart()
        masters: dict[str, tuple[str, int, int]] = {}  # shared formulas: the one written out

        def take(tokens: list[Token], inline: list[Wording | None]) -> None:
            self._add(sheet, masters, hidden, tokens, inline)
            if self._cells + len(sheet.cells) > MAX_CELLS:
                raise Refused("cells_many", expected=f"{MAX_CELLS // 1_000_000} 000 000")

        try:
            with self._package.guarded(part):
                read_tokens(self._package.chunks(part), sheet, take)
        except KeyError as error:  # a text that the workbook's list of texts does not have
            raise Refused("xml_damaged", found=f"row {sheet.last_row}") from error
        self._cells += len(sheet.cells)
        return sheet

    def _add(
        self,
        sheet: SheetPart,
        masters: dict[str, tuple[str, int, int]],
        sheet_hidden: bool,
        tokens: list[Token],
        inline: list[Wording | None],
    ) -> None:
        """Turn tokens into cells of the sheet."""
        columns, looks, numbers, strings = self._columns, self._looks, self._numbers, self._strings
        hidden_columns = sheet.hidden_columns
        # the quickest way to a named tuple
        make: Callable[[type[Cell], tuple[object, ...]], Cell] = tuple.__new__
        add = sheet.cells.append
        row, before, row_text, row_hidden = sheet.last_row, 0, "", sheet_hidden
        for reference, new_row, key, formula_tag, formula_text, stored in tokens:
            if new_row:
                previous, row = row, int(new_row)
                if not previous < row <= MAX_ROW:
                    sheet.orderly = False
                row_text, before = str(row), 0
                row_hidden = sheet_hidden or (read_row_hidden(key) if isinstance(key, str) else bool(key))
                if row_hidden:
                    sheet.hidden_rows.add(row)
                continue
            column = columns.get(reference.removesuffix(row_text)) or self._column(reference, row)
            kind, style, seen, unseen = looks[key]
            look = unseen if row_hidden or column in hidden_columns else seen
            if formula_tag:
                look = look._replace(formula=_formula(formula_tag, formula_text, masters, row, column))
                if not stored and kind != "str":  # only a text may be empty: `<v></v>` is no number
                    kind = ""
                sheet.formulas += kind != ""
            value: CellValue
            if kind == "n":
                read = numbers[stored]
                if read is None:
                    if stored.isspace():
                        continue
                    shape, value, text = "error", stored, stored
                elif style.date:
                    shape, value, text = self._date(read, style.elapsed)
                else:
                    shape = "number"
                    value, text = read
            elif kind in _TEXTS:
                if kind == "s":
                    words = strings[stored]
                else:
                    words = inline[int(stored)] if kind == "inline" else wording((Run(stored),))
                if words is None:
                    continue  # blank
                shape = "text"
                value, text, raised, all_struck, all_bold = words
                if style.superscript:
                    text = raised
                if all_struck is not None:
                    look = look._replace(struck=all_struck)
                if all_bold is not None:
                    look = look._replace(bold=all_bold)
            else:
                shape, value, text = _typed(kind, stored)
            if column <= before:
                sheet.orderly = False
            before = column
            add(make(Cell, (row, column, shape, value, text, look)))
        sheet.last_row = row

    def _column(self, reference: str, row: int) -> int:
        """The column of an address that was not met before, once it has been found sound."""
        match = ADDRESS.fullmatch(reference)
        if match is None or int(match[2]) != row or not 1 <= row <= MAX_ROW:
            raise Refused("xml_damaged", found=f"row {row}, cell {reference[:20]}")
        column = column_number(match[1])
        if column > MAX_COLUMN:
            raise Refused("xml_damaged", found=f"cell {reference}")
        self._columns[match[1]] = column
        return column

    def _date(self, read: tuple[int | float, str], elapsed: bool) -> Typed:
        day = date_of_serial(read[0], self._epoch_1904, elapsed)
        return ("error", read[1], "#####") if day is None else ("date", *day)


class _Numbers(dict[str, tuple[int | float, str] | None]):
    """Numbers by how they are stored; worked out when first met."""

    def __missing__(self, stored: str) -> tuple[int | float, str] | None:
        read = number(stored)
        if len(self) < KNOWN_NUMBERS:
            self[stored] = read
        return read


class _Looks(dict[Key, tuple[str, Style, Look, Look]]):
    """By the key of a cell's look: its type, its style, and how it looks where it is seen and where hidden."""

    def __init__(self, styles: Sequence[Style]) -> None:
        self.styles = styles

    def __missing__(self, key: Key) -> tuple[str, Style, Look, Look]:
        number, kind = key if isinstance(key, tuple) else read_look(str(key))
        index = int(number) if number.isdecimal() and len(number) < 7 else 0
        style = self.styles[index] if index < len(self.styles) else Style()
        seen = Look(style.number_format, struck=style.struck, bold=style.bold)
        self[key] = kind, style, seen, seen._replace(hidden=True)
        return self[key]


_TEXTS = frozenset(("s", "str", "inline", "inlineStr"))


def _typed(kind: str, stored: str) -> Typed:
    """A cell of one of the rarer kinds: boolean, error, ISO date, formula without a result."""
    if kind == "":
        return "", None, ""
    if kind == "b":
        return "bool", is_true(stored), "TRUE" if is_true(stored) else "FALSE"
    if kind == "d" and (day := date_of_text(stored)) is not None:
        return "date", *day
    return "error", stored, stored


def _formula(tag: str, text: str, masters: dict[str, tuple[str, int, int]], row: int, column: int) -> str:
    """A formula's text; one that is shared is written out once and moved to the other cells."""
    group = read_formula_group(tag)
    if group is None:
        return text
    if text:
        masters[group] = text, row, column
        return text
    if group not in masters:
        return ""
    text, first_row, first_column = masters[group]
    return moved(text, row - first_row, column - first_column)
