"""The map that a request form carries of itself: which labels stand for which codes, so that it reads itself back.

`forms` draws a form and writes the map onto its hidden sheet; `ingest` finds the map there and reads by it.
Positions are not in it: labels are, so that an inserted row or a moved column changes nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

MARK = "thb-form"  #: what the first cell of the hidden sheet says
CHECKED = (
    "thb-check"  #: what a cell in the first row of a summary sheet says, so that it is never read as data
)
FORMAT = "1"
LONGEST = 30_000  #: characters in a cell of the hidden sheet; spreadsheets take 32 767

LISTS_FROM = 30  #: columns of the hidden sheet (from 0) from which the drop-down lists stand
WITNESSES_FROM = (
    40  #: and from which each table has a column of formulas that are 0 while no cell of a row is moved
)
WORD = 0.25  #: what such a formula adds where a total says a word in place of a number

FIXED, CHOSEN = "fixed", "chosen"
ZERO, DASH, NO_DATA, UNSAID = "zero", "Z", "L", ""


@dataclass(frozen=True, slots=True)
class RowMap:
    """One row of a table: its labels from left to right, what they mean, and, for a total, its parts."""

    labels: tuple[str, ...]
    dims: tuple[tuple[str, str], ...]
    parts: tuple[int, ...] = ()  #: positions of the rows that it adds up; none for a figure to be entered

    @property
    def total(self) -> bool:
        return bool(self.parts)


@dataclass(frozen=True, slots=True)
class SheetMap:
    """One table of a form.

    A `fixed` table has its rows listed; in a `chosen` one, people choose codes of `choose` row by row, and
    `rows` holds no more than the total.  `dims` hold for every figure of the table.
    """

    key: str
    table: str
    name: str
    title: str
    kind: str
    heads: tuple[str, ...]  #: headings over the labels
    figure: str  #: the heading over this year's figures
    note: str
    last: str  #: over last year's figures, as they are known; "" where the form shows none
    fix: str  #: over their corrections
    dims: tuple[tuple[str, str], ...]
    rows: tuple[RowMap, ...]
    choose: tuple[str, ...] = ()
    slots: int = 0  #: how many rows a chosen table was drawn with
    unsummed: str = ""  #: what a total says as long as one of its parts is not known
    blank_label: str = ""  #: the question what blank cells stand for
    blanks: tuple[tuple[str, str], ...] = ()  #: its answers: text, and zero, Z or L
    agree_label: str = ""  #: the question whether last year's figures are right
    agrees: tuple[tuple[str, str], ...] = ()  #: its answers: text, and yes or no

    @property
    def headings(self) -> tuple[str, ...]:
        return (*self.heads, *(text for text in (self.figure, self.note, self.last, self.fix) if text))


@dataclass(frozen=True, slots=True)
class FormMap:
    """A whole form."""

    form: str  #: its id: institution and year
    catalogue: str  #: the version of the catalogue that drew it
    institution: str
    year: int
    lang: str
    plain: tuple[str, ...] = ()  #: titles of the sheets that hold no figures: the cover, how to fill it in
    sheets: tuple[SheetMap, ...] = field(default_factory=tuple)

    def lines(self) -> Iterator[tuple[str, ...]]:
        """The rows of the hidden sheet."""
        yield (MARK, FORMAT, self.form)
        about = {
            "form": self.form,
            "catalogue": self.catalogue,
            "institution": self.institution,
            "year": self.year,
            "lang": self.lang,
            "plain": self.plain,
        }
        yield ("form", *_pieces(about))
        for sheet in self.sheets:
            yield ("sheet", *_pieces(asdict(sheet)))


def _pieces(content: Mapping[str, Any]) -> list[str]:
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return [text[start : start + LONGEST] for start in range(0, len(text), LONGEST)]


def read_lines(lines: Sequence[Sequence[str]]) -> FormMap | None:
    """The map from the rows of a hidden sheet; None where they hold none, or not a whole one."""
    if not lines or not lines[0] or lines[0][0] != MARK or list(lines[0][1:2]) != [FORMAT]:
        return None
    about: dict[str, Any] = {}
    sheets = []
    try:
        for kind, *pieces in lines[1:]:
            content = json.loads("".join(pieces))
            if kind == "form":
                about = content
            elif kind == "sheet":
                sheets.append(_sheet(content))
        return FormMap(**{**about, "plain": tuple(about["plain"])}, sheets=tuple(sheets))
    except (ValueError, TypeError, KeyError):
        return None


def _sheet(content: dict[str, Any]) -> SheetMap:
    rows = tuple(
        RowMap(tuple(row["labels"]), _pairs(row["dims"]), tuple(row["parts"])) for row in content.pop("rows")
    )
    for name in ("dims", "blanks", "agrees"):
        content[name] = _pairs(content[name])
    for name in ("heads", "choose"):
        content[name] = tuple(content[name])
    return SheetMap(rows=rows, **content)


def _pairs(content: Sequence[Sequence[str]]) -> tuple[tuple[str, str], ...]:
    return tuple((str(one), str(other)) for one, other in content)
