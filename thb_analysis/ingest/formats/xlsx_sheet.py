"""One sheet of an xlsx workbook: tokens become cells.

Most of the time of reading is spent here, so one loop does it, and everything that repeats (looks, column
letters, numbers, texts) is looked up instead of worked out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property, lru_cache

from thb_analysis.ingest.cells import Cell, CellValue, Look, RowRun, Stored, Typed, column_letters, new_cell
from thb_analysis.ingest.formats.arrange import SheetPart
from thb_analysis.ingest.formats.formulas import moved
from thb_analysis.ingest.formats.margins import margins_of
from thb_analysis.ingest.formats.package import Package
from thb_analysis.ingest.formats.refused import Refused
from thb_analysis.ingest.formats.richtext import Run, Wording, wording
from thb_analysis.ingest.formats.styles import Style, dated, worded
from thb_analysis.ingest.formats.xlsx_parts import is_true
from thb_analysis.ingest.formats.xlsx_runs import SHARED, UNPLAIN, Cut, pieces, read_cut
from thb_analysis.ingest.formats.xlsx_tokens import (
    ADDRESS,
    MAX_COLUMN,
    MAX_ROW,
    STRETCH,
    Key,
    Nested,
    Token,
    column_number,
    read_formula_group,
    read_look,
    read_plain,
    read_row_hidden,
    read_tokens,
)
from thb_analysis.ingest.numerals import date_of_text, number

MAX_CELLS = 3_000_000  #: not blank, in one workbook; a list of 100,000 rows by 20 columns has 2 million
SHORT = 120  #: characters of a cut that is remembered from workbook to workbook
KNOWN_CUTS = 50_000  #: how many different cuts
TEXTS = frozenset({"s", "str", "inline", "inlineStr"})  #: the types of cells that hold texts
KNOWN_NUMBERS = 20_000  #: how many different numbers are remembered; counts and years repeat


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
        self._unseen = any(style.unseen for style in styles)
        self._columns = {column_letters(column): column for column in range(1, 27)}
        self._looks = _Looks(styles, self._strings)
        self._cuts = _remembered_cuts(styles, epoch_1904)
        self._texts = _Texts(self._strings, self._cuts)
        self._cells = 0  # of the sheets read before, at most
        self._read: list[SheetPart] = []  # those of which it is not known how many they have

    def read(self, part: str, hidden: bool) -> SheetPart:
        """Read one sheet part; `hidden` says that the whole sheet is.

        Raises Refused as `Package.chunks`, and `xml_damaged` for an address or a text that no workbook has.
        """
        sheet = SheetPart(unseen=self._unseen)
        masters: dict[str, tuple[str, int, int]] = {}  # shared formulas: the one written out
        whole = 0 < self._package.size(part) <= STRETCH

        def take(tokens: list[Token], inline: list[Wording | None]) -> None:
            self._add(sheet, masters, hidden, tokens, inline)
            self._count(sheet)

        def split(text: str) -> Iterable[RowRun | list[Cell] | str]:
            self._count(sheet)
            if hidden or sheet.hidden_columns:
                return [text]
            return pieces(text, self._cuts, self._texts)

        try:
            content = self._package.content(part) if whole else b""
            with self._package.guarded(part):
                if not (whole and read_plain(content, sheet, take, split)):
                    sheet, masters = SheetPart(unseen=self._unseen), {}
                    try:
                        read_tokens([content] if whole else self._package.chunks(part), sheet, take, split)
                    except Nested:
                        sheet, masters = SheetPart(unseen=self._unseen), {}
                        read_tokens([content] if whole else self._package.chunks(part), sheet, take, None)
        except KeyError as error:  # a text that the workbook's list of texts does not have
            raise Refused("xml_damaged", found=f"row {sheet.last_row}") from error
        sheet.margins = margins_of(content)
        self._count(sheet)
        self._cells += sheet.total(MAX_CELLS)
        self._read.append(sheet)
        return sheet

    def _count(self, sheet: SheetPart) -> None:
        if self._cells + sheet.total(MAX_CELLS - self._cells) <= MAX_CELLS:
            return
        self._cells = sum([before.total() for before in self._read])
        if self._cells + sheet.total() > MAX_CELLS:
            raise Refused("cells_many", expected=f"{MAX_CELLS // 1_000_000} 000 000")

    def _add(
        self,
        sheet: SheetPart,
        masters: dict[str, tuple[str, int, int]],
        sheet_hidden: bool,
        tokens: list[Token],
        inline: list[Wording | None],
    ) -> None:
        """Turn tokens into cells of the sheet."""
        columns, looks, hidden_columns = self._columns, self._looks, sheet.hidden_columns
        add = sheet.cells.append
        row, before, row_text, row_hidden = sheet.last_row, 0, "", sheet_hidden
        for reference, new_row, key, formula_tag, formula_text, stored in tokens:
            if new_row:
                previous, row = row, int(new_row)
                if not previous < row <= MAX_ROW:
                    if not 1 <= row <= MAX_ROW:
                        raise Refused("xml_damaged", found=f"row {row}")
                    sheet.orderly = False
                row_text, before = str(row), 0
                row_hidden = sheet_hidden or (read_row_hidden(key) if isinstance(key, str) else bool(key))
                if row_hidden:
                    sheet.hidden_rows.add(row)
                continue
            column = columns.get(reference.removesuffix(row_text)) or self._column(reference, row)
            kind, style, known, seen, unseen = looks[key]
            look = unseen if row_hidden or column in hidden_columns else seen
            if formula_tag:
                look = look._replace(formula=_formula(formula_tag, formula_text, masters, row, column))
                if not stored and kind != "str":  # only a text may be empty: `<v></v>` is no number
                    kind, known = "", None
                sheet.formulas += kind != ""
            if known is not None:
                shape, value, text = known[stored]
            else:
                (shape, value, text), look = self._rarer(kind, style, look, stored, inline)
            if not text and shape:
                continue  # blank
            if column <= before:
                sheet.orderly = False
            before = column
            add(new_cell((row, column, shape, value, text, look)))
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

    def _rarer(
        self, kind: str, style: Style, look: Look, stored: str, inline: list[Wording | None]
    ) -> tuple[Typed, Look]:
        """What a cell holds that no table of known values has, and how it looks."""
        if kind == "s":
            return worded(self._strings[stored], style, look)
        if kind == "inline":
            return worded(inline[int(stored)], style, look)
        return _rarer(kind, style, look, stored, self._epoch_1904)


def _rarer(kind: str, style: Style, look: Look, stored: str, epoch_1904: bool) -> tuple[Typed, Look]:
    """What a cell holds that says all of it itself, and how it looks."""
    if kind in ("str", "inlineStr"):
        return worded(wording((Run(stored),)), style, look)
    if kind == "n":
        return dated(_numeric(stored), style, epoch_1904), look
    return _typed(kind, stored), look


class _Cuts(dict[str, Cut]):
    """What cuts of rows mean in workbooks of some styles, each worked out when first met."""

    def __init__(self, styles: Sequence[Style], epoch_1904: bool) -> None:
        self.looks = _Looks(styles, {})
        self.epoch_1904 = epoch_1904

    def __missing__(self, cut: str) -> Cut:
        after, key, stored = read_cut(cut)
        if after == UNPLAIN or not stored:
            means: Cut = after, None
        else:
            kind, style, known, look, _ = self.looks[key]
            if kind == "s":
                means = after, SHARED
            else:
                if known is not None:
                    shape, value, text = known[stored]
                else:
                    (shape, value, text), look = _rarer(kind, style, look, stored, self.epoch_1904)
                means = after, (shape, value, text, look) if text or not shape else None
        if len(self) < KNOWN_CUTS and len(cut) < SHORT:
            self[cut] = means
        return means


@lru_cache(maxsize=4)
def _all_cuts(styles: Sequence[Style], epoch_1904: bool) -> _Cuts:
    return _Cuts(styles, epoch_1904)


def _remembered_cuts(styles: Sequence[Style], epoch_1904: bool) -> _Cuts:
    """Remembered from workbook to workbook: a program writes the same styles and small numbers into all of them."""
    cuts = _all_cuts(styles, epoch_1904)
    for known in (cuts, cuts.looks, cuts.looks.numbers, cuts.looks.inline, cuts.looks.worded):
        if len(known) > KNOWN_CUTS // 5:
            known.clear()
    return cuts


class _Texts(dict[str, Stored]):
    """What the cuts mean whose text is one of a workbook's shared strings.  Raises KeyError where it has no such."""

    def __init__(self, strings: Mapping[str, Wording | None], cuts: _Cuts) -> None:
        self.strings = strings
        self.looks = cuts.looks

    def __missing__(self, cut: str) -> Stored:
        _, key, stored = read_short(cut) if len(cut) < SHORT else read_cut(cut)
        words = self.strings[stored]
        known = self.looks.worded.get((key, words))
        if known is None:
            _, style, _, look, _ = self.looks[key]
            typed, look = worded(words, style, look)
            known = (*typed, look)
            if len(typed[2]) < SHORT and len(self.looks.worded) < KNOWN_CUTS:
                self.looks.worded[key, words] = known
        self[cut] = means = known if known[2] else None
        return means


read_short = lru_cache(maxsize=20_000)(read_cut)


class _Numbers(dict[str, Typed]):
    """Numbers by how they are stored; worked out when first met."""

    def __missing__(self, stored: str) -> Typed:
        typed = _numeric(stored)
        if len(self) < KNOWN_NUMBERS and len(stored) < SHORT:
            self[stored] = typed
        return typed


class _Inline(dict[str, Typed]):
    """Texts that stand in their cells."""

    def __missing__(self, stored: str) -> Typed:
        words = wording((Run(stored),))
        typed: Typed = ("text", "", "") if words is None else ("text", words.value, words.shown)
        if len(self) < KNOWN_NUMBERS and len(stored) < SHORT:
            self[stored] = typed
        return typed


class _Looks(dict[Key, tuple[str, Style, Mapping[str, Typed] | None, Look, Look]]):
    """By the key of a cell's look: its type, its style, the table of known values that the type and style allow,
    and how it looks where it is seen and where it is hidden."""

    def __init__(self, styles: Sequence[Style], strings: Mapping[str, Wording | None]) -> None:
        self.styles = styles
        self.strings = strings
        self.numbers = _Numbers()
        self.inline = _Inline()
        self.worded: dict[tuple[str, Wording | None], tuple[str, CellValue, str, Look]] = {}

    @cached_property
    def texts(self) -> Mapping[str, Typed] | None:
        return _plain_texts(self.strings)

    def __missing__(self, key: Key) -> tuple[str, Style, Mapping[str, Typed] | None, Look, Look]:
        index, kind = key if isinstance(key, tuple) else read_look(str(key))
        sound = index.isdecimal() and len(index) < 7 and int(index) < len(self.styles)
        style = self.styles[int(index)] if sound else Style()
        known: Mapping[str, Typed] | None = None
        if kind == "n" and not style.date:
            known = self.numbers
        elif kind == "s" and not style.level:
            known = self.texts
        elif kind == "inlineStr" and not style.level:
            known = self.inline
        written = kind in TEXTS or (kind == "n" and style.date)
        hidden = written and style.unseen
        seen = Look(style.number_format, hidden=hidden, struck=style.struck, bold=style.bold)
        self[key] = kind, style, known, seen, seen._replace(hidden=True)
        return self[key]


def _plain_texts(strings: Mapping[str, Wording | None]) -> dict[str, Typed] | None:
    """The texts of a workbook by index, or None where runs of their own look make them more than texts."""
    texts: dict[str, Typed] = {}
    for index, words in strings.items():
        if words is None:
            texts[index] = "text", "", ""
        elif words.struck is None and words.bold is None:
            texts[index] = "text", words.value, words.shown
        else:
            return None
    return texts


def _numeric(stored: str) -> Typed:
    """A stored number; what is none is an error, so that it is not read as anything."""
    read = number(stored)
    if read is not None:
        return "number", *read
    return "error", stored, stored.strip()


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
