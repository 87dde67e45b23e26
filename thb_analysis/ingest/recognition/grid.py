"""A sheet as a plane: what stands where, what touches what, and what one meets looking up or left from a figure."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Set
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cache, lru_cache
from typing import Any, Concatenate, ParamSpec, TypeVar

from thb_analysis.definitions import Catalogue
from thb_analysis.ingest.cells import Cell, Sheet, column_letters
from thb_analysis.ingest.numerals import shows_year
from thb_analysis.ingest.recognition.values import amount, looks_like_figure, mark_status
from thb_analysis.ingest.shown import is_faithful, is_whole, shown
from thb_analysis.ingest.words.ages import ages_of
from thb_analysis.ingest.words.article_numbers import SUPERSCRIPTS, pointed
from thb_analysis.ingest.words.fold import fold, visible
from thb_analysis.ingest.words.footnotes import footnote
from thb_analysis.ingest.words.readers import readers

Place = tuple[int, int]  #: (row, column), 1-based
Given = ParamSpec("Given")
Fact = TypeVar("Fact")

FIGURE, LABEL, EITHER = "figure", "label", "either"
MOST_BLANK = 2  #: rows amid one table, and between its headings and its figures
_YEAR = re.compile(r"^(19[89]\d|20[0-4]\d)\.?$")
_REMARKED = re.compile(r"^(?:19[89]\d|20[0-4]\d)\.?\s*[(\[]")  #: a year with a remark
_YEAR_IN_PART = re.compile(r"^(?:19[89]\d|20[0-4]\d)\.?\s*\((.*)\)$")  #: 2023 (9 months)
_RANGE = re.compile(r"^(?:\d{1,2}\s?[-–—]\s?\d{1,2}|\d{1,2}\s?\+)$")
_ENDS = re.compile(r"\s\d{1,2}\s?[-–—]\s?\d{1,2}\s*$")  #: “of whom 0–13”
_SPAN = re.compile(
    r"^(?:19[89]\d|20[0-4]\d)\.?\s*[-/]\s*(?:19[89]\d|20[0-4]\d)\.?$"
)  #: from a year to a year
_DAY = re.compile(r"(?<!\d)\d{1,2}\.\s?\d{1,2}\.")
_DATES = re.compile(
    r"^\d{1,2}\.\s?\d{1,2}\.\s?\d{4}\.?\s*-\s*\d{1,2}\.\s?\d{1,2}\.\s?\d{4}\.?$"
)  #: from a day to a day
_LISTED = re.compile(r"\s*(?:;|\+|/|&|,\s|\.,|\bun\b|\band\b)\s*")
#: A number with signs or a letter behind it that are no footnote's mark.
_ODD = re.compile(r"^(\d[\d .,]*)(?:[^\w\s]+|[a-z])$")
_NUMBER = re.compile(r"\d+(?:\.\d+)*")
SET_APART = re.compile(r"(?:[^\W\d_]\s+){2,}[^\W\d_]")  #: letters, each by itself
#: White space between words that is not one plain space; between digits it may part two numbers.
_WIDE = re.compile(r"(?<=[^\s\d])(?:[^\S\n]{2,}|[^\S\n ])(?=\S)|(?<=\d)(?:[^\S\n]{2,}|[^\S\n ])(?=[^\s\d])")
_CODE = re.compile(r"^(\d{2,4})\s?(\.?)\s?([⁰¹²³⁴⁵⁶⁷⁸⁹]+|\d)?\.?$")


def is_year(text: str) -> bool:
    """Whether a text is a year and nothing else."""
    return _YEAR.match(text) is not None


@lru_cache(maxsize=200_000)
def address(place: Place) -> str:
    """A1-style address."""
    return f"{column_letters(place[1])}{place[0]}"


@dataclass(slots=True)
class Grid:
    """The visible cells of one sheet by place; every place of a merged range leads to its first cell."""

    sheet: Sheet
    cells: dict[Place, Cell] = field(default_factory=dict)
    kinds: dict[Place, str] = field(default_factory=dict)
    covers: dict[Place, Place] = field(default_factory=dict)  #: place in a merged range → its first place
    hidden: set[Place] = field(default_factory=set)  #: labels that nobody sees
    overlaid: dict[Place, str] = field(default_factory=dict)  #: what stands under merged cells; no cells here
    unseen: set[Place] = field(default_factory=set)  #: figures that nobody sees; they are no cells here
    series: dict[Place, str] = field(default_factory=dict)  #: of either-cells: "year" or "code"
    full: dict[Place, str] = field(default_factory=dict)  #: what headings mean that are written short
    within: dict[Place, Place] = field(
        default_factory=dict
    )  #: labels of parts → those of the lines they divide
    unplaced: set[Place] = field(default_factory=set)  #: labels of parts of which nobody knows whose they are
    moved: dict[Place, Place] = field(default_factory=dict)  #: labels that stand elsewhere → where
    typed: dict[Place, str] = field(
        default_factory=dict
    )  #: what was typed there, where it is taken otherwise
    spelled: dict[Place, str] = field(default_factory=dict)  #: labels with words cut short, written out
    measured: set[Place] = field(default_factory=set)  #: titles that these say in full, each its own measure
    numbered: set[Place] = field(default_factory=set)  #: labels with a number, as questions have it
    alike: frozenset[int] | None = None  #: rows with several labels of an earlier one, once it was asked
    short: bool = False  #: whether there are titles below which headings may be written short
    weighed: bool = (
        False  #: whether what a label means was asked of numbers: other numbers may say another thing
    )
    facts: dict[Any, Any] = field(default_factory=dict, repr=False)  #: see `once`
    catalogue: Catalogue | None = None  #: to read numbers that are typed as text

    def at(self, place: Place) -> Place | None:
        """The first place of the cell that covers this place; None where it is blank."""
        if self.covers:
            place = self.covers.get(place, place)
        return place if place in self.cells else None

    def span(self, place: Place) -> tuple[int, int, int, int]:
        """Top, left, bottom, right of the cell at its first place."""
        row, column, _, _, _, look = self.cells[place]
        return row, column, row + look.rows - 1, column + look.columns - 1

    def once(
        self,
        asked: Callable[Concatenate[Grid, Given], Fact],
        /,
        *given: Given.args,
        **named: Given.kwargs,
    ) -> Fact:
        """What a function tells of the whole sheet, worked out once for all its regions.

        Asked only once it is settled what every cell is.
        """
        key = (asked, given)
        if key not in self.facts:
            self.facts[key] = asked(self, *given, **named)
        found: Fact = self.facts[key]
        return found

    def address(self, place: Place) -> str:
        """A1-style address in the workbook."""
        return self.sheet.address(*self.moved.get(place, place))

    def text(self, place: Place) -> str:
        """The text of the cell at its first place, "" where it is blank; in full where it is written short."""
        if self.full and (told := self.full.get(place)):
            return told
        if self.spelled and (told := self.spelled.get(place)):
            return told
        return self.cells[place].text if place in self.cells else ""

    def number(self, place: Place) -> Decimal | None:
        """The number that stands at a place, to tell what labels mean; None where none does."""
        self.weighed = True
        return self.amount(place)

    def amount(self, place: Place) -> Decimal | None:
        """The number that stands at a place, stored as one or as text with its unit; None where none does."""
        cell = self.cells.get(place)
        if cell is not None and cell.kind == "text" and self.catalogue is not None:
            return amount(self.catalogue, cell.text)
        return Decimal(cell.text) if cell is not None and cell.kind == "number" else None

    def written(self, place: Place) -> str:
        """The text as it stands in the cell."""
        return self.cells[place].text if place in self.cells else ""


def runs_of(columns: Set[int]) -> list[range]:
    """Columns that follow one another, from empty ones to the next."""
    starts = sorted(column for column in columns if column - 1 not in columns)
    ends = sorted(column + 1 for column in columns if column + 1 not in columns)
    return [range(start, end) for start, end in zip(starts, ends, strict=True)]


def stands_alone(grid: Grid, cell: Place) -> bool:
    """Whether nothing else of its table stands on a cell's row; beyond an empty column another one may."""
    tables = grid.once(_tables_abreast)
    row = grid.once(by_row)[cell[0]]
    return all(tables[place[1]] != tables[cell[1]] for place in row if place != cell)


def _tables_abreast(grid: Grid) -> dict[int, int]:
    figures = {place for place, kind in grid.kinds.items() if kind == FIGURE}
    return tables_abreast(figures, grid.kinds.keys() - figures)


def tables_abreast(figures: Set[Place], others: Set[Place]) -> dict[int, int]:
    """By column, the number of the table that it is of, where several stand side by side.

    Beyond an empty column another one begins where each row of figures has a label of its own.
    """
    found: dict[int, int] = {}
    for number, band in enumerate(runs_of({column for _, column in (*figures, *others)})):
        rows = {row for row, column in figures if column in band}
        apart = bool(rows) and rows <= {row for row, column in others if column in band}
        before = max(found.values(), default=0)
        found |= dict.fromkeys(band, number if apart else before)
    return found


def marks_of(grid: Grid) -> frozenset[str]:
    """The marks of footnotes that cells of a sheet bear."""
    return frozenset(footnote(grid.text(place))[1].strip() for place in grid.cells) - {""}


def by_row(grid: Grid) -> dict[int, list[Place]]:
    """The cells of each row, hidden labels too."""
    found: dict[int, list[Place]] = defaultdict(list)
    for place in grid.cells:
        found[place[0]].append(place)
    return dict(found)


def by_column(grid: Grid) -> dict[int, list[Place]]:
    """The cells of each column, hidden labels too."""
    found: dict[int, list[Place]] = defaultdict(list)
    for place in grid.cells:
        found[place[1]].append(place)
    return dict(found)


def seen_labels(grid: Grid) -> list[Place]:
    """The labels that a person sees."""
    return [place for place, kind in grid.kinds.items() if kind == LABEL and place not in grid.hidden]


def make_grid(sheet: Sheet, catalogue: Catalogue) -> Grid:
    """The visible cells with their kinds: label, figure, or either (a year or an article's number)."""
    grid = Grid(sheet, catalogue=catalogue)
    codes = section_numbers(catalogue)
    for cell in sheet.cells:
        if sheet.hidden:
            continue
        place = (cell.row, cell.column)
        if cell.kind == "date" and isinstance(cell.value, date) and shows_year(cell.number_format):
            cell = cell._replace(kind="text", text=str(cell.value.year))  # what a person sees of it
        elif cell.kind == "text" and ("  " in cell.text or not cell.text.isprintable()):
            cell = cell._replace(text=_in_words(cell.text))
        kind, series = _kind(cell, catalogue, codes)
        if series and cell.kind == "number" and not is_faithful(cell.number_format):
            seen = shown(cell.number_format, Decimal(cell.text))
            if seen == "":
                cell = cell._replace(look=cell.look._replace(hidden=True))
            elif seen is not None and seen != cell.text:
                cell = cell._replace(kind="text", text=seen)
                kind, series = _kind(cell, catalogue, codes)
        if series == "code" and cell.kind == "number" and not is_whole(cell.number_format, cell.text):
            seen = shown(cell.number_format, Decimal(cell.text))
            cell, kind, series = cell._replace(text=f"{seen} ≈ {cell.text}"), LABEL, ""  # neither is taken
        if cell.hidden:
            if kind == FIGURE:
                grid.unseen.add(place)
                continue
            grid.hidden.add(place)  # it may be the heading of what is seen: such a figure is refused
            kind = LABEL
        grid.cells[place] = cell
        grid.kinds[place] = kind
        if series:
            grid.series[place] = series
    _dates_as_labels(grid)
    _ranges_as_labels(grid, catalogue)
    _numbers_as_sections(grid, catalogue)
    for merge in sheet.merges:
        if (merge.bottom - merge.top + 1) * (merge.right - merge.left + 1) > 100_000:
            continue  # a merged whole sheet names no places
        first = (merge.top, merge.left)
        for row in range(merge.top, merge.bottom + 1):
            for column in range(merge.left, merge.right + 1):
                grid.covers[(row, column)] = first
    for place in [place for place, first in grid.covers.items() if place != first and place in grid.cells]:
        grid.overlaid[place] = grid.cells[place].text.strip()
        del grid.cells[place], grid.kinds[place]  # what stands under a merged cell nobody sees
        grid.hidden.discard(place)
        grid.series.pop(place, None)
    return grid


def _in_words(text: str) -> str:
    """A text with one space between its words, however they are set; what it begins and ends with stays."""
    text = visible(text)
    return text if SET_APART.fullmatch(text.strip()) else _WIDE.sub(" ", text)


def _ranges_as_labels(grid: Grid, catalogue: Catalogue) -> None:
    """Ranges (“0–17”, “up to 18”) below each other or other ages, each first in its line beside a figure, are labels.

    So are those beside each other that stand over figures, with no figure among them, nor a label before “up to 18”.
    """
    texts = [p for p, kind in grid.kinds.items() if kind == FIGURE and grid.cells[p].kind == "text"]
    said = {place: grid.text(place).strip() for place in texts}
    found = {place for place, text in said.items() if _RANGE.match(text) or ages_of(catalogue, text)}
    if not found:
        return
    first: dict[int, int] = {}
    figures: dict[int, list[Place]] = {}
    labels = set(found)
    for row, column in grid.cells:
        first[row] = min(first.get(row, column), column)
        if grid.kinds[(row, column)] == FIGURE:
            figures.setdefault(row, []).append((row, column))
        elif _ENDS.search(text := grid.text((row, column))) or ages_of(catalogue, text):
            labels.add((row, column))
    for row, column in found:
        beside = first[row] == column and grid.kinds.get((row, column + 1)) == FIGURE
        if beside and ((row - 1, column) in labels or (row + 1, column) in labels):
            grid.kinds[(row, column)] = LABEL
        over = found.issuperset(figures[row]) and len(figures[row]) > 1
        over = over and ((row, first[row]) in found or _RANGE.match(said[row, column]) is not None)
        if over and all(grid.kinds.get((row + 1, at)) == FIGURE for _, at in figures[row]):
            grid.kinds[(row, column)] = LABEL


def _numbers_as_sections(grid: Grid, catalogue: Catalogue) -> None:
    """A number among the sections of the law, below a heading that names them, is one that nobody knows: no figure."""
    names = _section_names(catalogue)
    for heading, kind in list(grid.kinds.items()):
        if kind != LABEL or fold(grid.text(heading)).strip(":. ") not in names:
            continue
        place, numbers, others = (heading[0] + 1, heading[1]), [], 0
        if all(grid.series.get((place[0], place[1] + step)) == "code" for step in (0, 1)):
            continue  # it names the codes beside each other on the line below, over columns of figures
        while place in grid.kinds:
            if grid.kinds[place] == FIGURE and grid.kinds.get((place[0], place[1] + 1)) == FIGURE:
                numbers.append(place)
            others += grid.series.get(place) == "code"
            place = place[0] + 1, place[1]
        if others:
            grid.kinds.update(dict.fromkeys(numbers, LABEL))


@cache
def _section_names(catalogue: Catalogue) -> frozenset[str]:
    """What a column of the law's sections is called."""
    law = {fold(word) for word in catalogue.words["law"]}
    names = {fold(text).strip(":. ") for text in catalogue.words["dimensions"].get("article", ())}
    return frozenset(name for name in names if law & set(re.findall(r"\w+", name)))


def _dates_as_labels(grid: Grid) -> None:
    """A date at the left end of a line of figures, or among headings, is what became of a label: no figure is one."""
    dates = {place for place, cell in grid.cells.items() if cell.kind == "date" and not cell.hidden}
    lines: dict[int, list[int]] = {row: [] for row, _ in dates}
    for row, column in grid.cells if dates else ():
        if row in lines:
            lines[row].append(column)
    for row, columns in lines.items():
        first = (row, min(columns))
        others = (place for column in columns if (place := (row, column)) not in dates)
        if first in dates and any(grid.kinds[place] == FIGURE for place in others):
            grid.kinds[first] = LABEL
    for place in sorted(dates):
        if any(_among_headings(grid, place, axis) for axis in (0, 1)):
            grid.kinds[place] = LABEL


def _among_headings(grid: Grid, place: Place, axis: int) -> bool:
    """Whether a cell on a line without figures heads one, as another cell of the line does that is not its first."""
    line = [place]
    for step in (-1, 1):
        at = place
        while (at := (at[0], at[1] + step) if axis == 0 else (at[0] + step, at[1])) in grid.cells:
            line.append(at)
    others = sorted(other for other in line if other != place)
    if any(grid.kinds[other] == FIGURE for other in others):
        return False
    behind = [(p[0] + 1, p[1]) if axis == 0 else (p[0], p[1] + 1) for p in (place, *others[1:])]
    heads = [grid.kinds.get(cell) == FIGURE for cell in behind]
    return heads[0] and any(heads[1:])


@cache
def section_numbers(catalogue: Catalogue) -> frozenset[str]:
    """Codes of any list that look like numbers, so that a cell with one may be a heading.

    Also what is left of them when the superscript is lost: such a heading is refused, not taken for a figure.
    """
    codes = {
        code
        for members in catalogue.codes.values()
        for code in members
        if re.fullmatch(r"\d{2,4}(\.\d)?", code)
    }
    return frozenset(codes | {code.replace(".", "") for code in codes})


def _kind(cell: Cell, catalogue: Catalogue, codes: frozenset[str]) -> tuple[str, str]:
    if cell.kind == "number":
        if isinstance(cell.value, int) and _YEAR.match(cell.text):
            return EITHER, "year"
        return (EITHER, "code") if cell.text in codes else (FIGURE, "")
    if cell.kind != "text":
        return FIGURE, ""
    return text_kind(catalogue, cell.text)


@lru_cache(maxsize=50_000)
def text_kind(catalogue: Catalogue, shown: str) -> tuple[str, str]:
    """What a text may be: label, figure, or either with what kind of number."""
    codes = section_numbers(catalogue)
    text = pointed(catalogue, fold(footnote(shown)[0]))
    if _YEAR.match(text):
        return EITHER, "year"
    code = _CODE.match(text)
    if code:
        _, point, raised = code.groups()
        if _code_name(code) in codes:
            certain = bool(point and raised and not raised.isascii())
            return (LABEL, "") if certain else (EITHER, "code")
    listed = [_CODE.match(part) for part in _LISTED.split(text.rstrip("., ")) if part]
    if len(listed) > 1 and all(found and _code_name(found) in codes for found in listed):
        return LABEL, ""
    if _DATES.match(text) or _SPAN.match(text):
        return LABEL, ""
    part = _YEAR_IN_PART.match(text)
    if part and (
        _DAY.search(part[1]) or any(r.years for v in readers(catalogue, text) for r in v.read(text))
    ):
        return LABEL, ""
    if mark_status(catalogue, shown) or looks_like_figure(catalogue, shown):
        named = text.endswith(")") and any(
            reading.dims and reading.number is None
            for words in readers(catalogue, text)
            for reading in words.read(text)
        )  # “154.1 (trafficking)” is a section of the law, and no figure with a remark
        numbers = _NUMBER.findall(text)
        if numbers and not named and (codes.issuperset(numbers) or _REMARKED.match(text)):
            return EITHER, "code"  # “164–165.1”, or one or a year with a remark that nobody knows
        return (LABEL, "") if named else (FIGURE, "")
    odd = _ODD.match(text)
    if odd and odd[1].strip() not in codes and not _YEAR.match(odd[1].strip()):
        return FIGURE, ""
    return LABEL, ""


def _code_name(found: re.Match[str]) -> str:
    number, _, raised = found.groups()
    return number + (f".{raised.translate(SUPERSCRIPTS)}" if raised else "")
