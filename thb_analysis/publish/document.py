"""What a publication is made of, before it has a form: sections of words, tables, figures and their sources.

HTML, DOCX and PDF are made from the same parts, so that the numbers in them are the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Source:
    """A cell of a workbook that a number came from; `key` names it within the publication."""

    key: str
    file: str
    sheet: str
    cell: str
    institution: str


@dataclass(frozen=True, slots=True)
class Figured:
    """A number from the data: as people read it, as machines do, and where it stands."""

    text: str
    value: str
    source: Source
    description: str


@dataclass(frozen=True, slots=True)
class Derived:
    """A number worked out from the data; `key` names the row of the annex that says how and from which cells."""

    text: str
    value: str
    key: str
    description: str


@dataclass(frozen=True, slots=True)
class Absent:
    """A number that is not there, with the mark that says why; `meaning` spells the mark out."""

    text: str
    status: str
    meaning: str
    source: Source | None = None
    description: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """Words that lead to another place of the publication."""

    text: str
    target: str


@dataclass(frozen=True, slots=True)
class Strong:
    """Words that matter more than those around them."""

    text: str


Run = str | Figured | Derived | Absent | Link | Strong
Runs = tuple[Run, ...]
"""Running text."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    runs: Runs
    role: str = ""
    """`lead` opens a section; `note` explains something beside it; `comment` is the analyst's own."""


@dataclass(frozen=True, slots=True)
class Subheading:
    text: str
    key: str = ""


@dataclass(frozen=True, slots=True)
class Bullets:
    items: tuple[Runs, ...]


@dataclass(frozen=True, slots=True)
class Terms:
    """Words and what is meant by them."""

    items: tuple[tuple[str, Runs], ...]


@dataclass(frozen=True, slots=True)
class Card:
    """One headline figure with the lines that put it in place."""

    label: str
    number: Runs
    unit: str
    lines: tuple[Runs, ...]


@dataclass(frozen=True, slots=True)
class Cards:
    """Headline figures side by side; `columns` heads them where they are set as a table."""

    items: tuple[Card, ...]
    columns: tuple[str, str, str] = ("", "", "")


@dataclass(frozen=True, slots=True)
class Row:
    """A table's row: its heading and its cells.  `key` names it, so that other places can lead to it."""

    head: Runs
    cells: tuple[Runs, ...]
    total: bool = False
    key: str = ""


@dataclass(frozen=True, slots=True)
class RowGroup:
    """Rows under a common heading, or under none."""

    rows: tuple[Row, ...]
    head: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table with its caption; `columns` begins with the heading of the row headings.

    `words` says which columns hold words rather than numbers (they are set to the left).
    """

    key: str
    caption: str
    columns: tuple[str, ...]
    groups: tuple[RowGroup, ...]
    notes: tuple[Runs, ...] = ()
    words: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Picture:
    """A chart as SVG and PNG, with the text that stands for it when it cannot be seen, and its source line."""

    key: str
    svg: str
    alt: str
    caption: str
    source: str
    png: bytes = b""


Block = Paragraph | Subheading | Bullets | Terms | Cards | Table | Picture


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the publication.  In a notebook it shows itself as the page will."""

    key: str
    title: str
    blocks: tuple[Block, ...]

    def _repr_html_(self) -> str:
        from thb_analysis.publish import html

        return html.section(self)


@dataclass(frozen=True, slots=True)
class Publication:
    """The whole: title, what stands under it, the sections in order, and the words of its frame."""

    lang: str
    locale: str
    title: str
    subtitle: str
    publisher: str
    description: str
    sections: tuple[Section, ...]
    contents_title: str
    skip_text: str
    footer: tuple[Runs, ...] = field(default=())


_ORDINAL = re.compile(r"(?<=\d\.) (?=\w)|(?<=\d\.[¹²³]) (?=\w)")
_DASH = re.compile(" (?=\N{EN DASH} )")
_FIGURE = re.compile(r"(?<=\w:) $")


def typeset(text: str) -> str:
    """Words as they are set: an ordinal number and its word, a dash and what is before it, and a colon and the figure
    that follows as the next run, stay on one line.
    """
    tied = _ORDINAL.sub(lambda found: "\N{NO-BREAK SPACE}" if text[found.end()].islower() else " ", text)
    return _FIGURE.sub("\N{NO-BREAK SPACE}", _DASH.sub("\N{NO-BREAK SPACE}", tied))


def plain(runs: Iterable[Run]) -> str:
    """Running text without its links and marks."""
    return "".join(run if isinstance(run, str) else run.text for run in runs)


def tables(section: Section) -> Iterator[Table]:
    """The tables of a section, in order."""
    return (block for block in section.blocks if isinstance(block, Table))
