"""What a figure is known by: where it comes from, its key, or why it has none; and what the catalogue fills in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Any, NamedTuple

from thb_analysis.definitions import TOTAL, Catalogue, Dimension, Table
from thb_analysis.ingest.cells import Sheet
from thb_analysis.ingest.recognition.grid import Place
from thb_analysis.ingest.words.labels import Vocabulary, vocabulary
from thb_analysis.ingest.words.meanings import Reading
from thb_analysis.ingest.words.readers import readers
from thb_analysis.ingest.words.spans import named_year

QUALIFIED = ("period", "scaled", "share", "compared")  #: what a part of a title says of all of it


@dataclass(frozen=True, eq=False, slots=True)
class Pages:
    """The sheets of a workbook, for what one says of another."""

    sheets: tuple[Sheet, ...] = ()

    @property
    def several(self) -> bool:
        """Whether there are other sheets than one."""
        return len(self.sheets) > 1

    @property
    def dated(self) -> bool:
        """Whether several sheets are named for years, each for its own."""
        return len({named_year(sheet.name) for sheet in self.sheets} - {None}) > 1


NO_PAGES = Pages()


class Source(NamedTuple):
    """What is known of a file before it is read."""

    catalogue: Catalogue
    file: str
    institution: str
    topic: str
    year: int | None
    pages: Pages = NO_PAGES

    @property
    def around(self) -> tuple[object, ...]:
        """What is said outside a sheet and matters to it."""
        return self.catalogue, self.institution, self.topic, self.year, self.pages.several, self.pages.dated

    def titled(self, sender: str) -> str:
        """Whose figures stand under a title that names an institution; "" where it is only whom they are sent to."""
        above = self.catalogue.words["above"]
        return "" if sender in above and self.institution and self.institution not in above else sender


class Block(NamedTuple):
    """The table on the sheet that a figure belongs to: its region, its heading rows and its heading columns."""

    top: int
    left: int
    rows: tuple[int, ...] = ()
    columns: tuple[int, ...] = ()


NOWHERE = Block(0, 0)


@dataclass(slots=True)
class Claim:
    """A figure's place with its key.  `year` is None for a published total over several years."""

    place: Place
    table: Table
    year: int | None
    dims: dict[str, str]
    stated: frozenset[str]  #: dimensions that a heading stated
    own: dict[int, frozenset[str]]  #: per axis, what the headings along it fix
    institution: str
    headings: tuple[tuple[str, Place], ...]  #: ("row" | "column" | "title", place)
    year_from: str  #: heading, title, sheet or file
    total: frozenset[int] = frozenset()  #: axes along which it is a total
    part: frozenset[int] = frozenset()  #: axes along which it is a part of the line before
    titles: tuple[str, ...] = ()
    block: Block = NOWHERE
    title_years: tuple[tuple[int, int], ...] = ()  #: spans of years that titles over it and its sheet name
    aside: bool = False  #: understood, and not a yearly figure (a quarter, a share)
    marks: frozenset[str] = frozenset()
    once: bool = False  #: a heading says that nobody is counted twice in it
    lone_year: Place | None = (
        None  #: the heading that gives the year, where it is a bare number and the only one
    )


def claim_key(claim: Claim) -> tuple[object, ...]:
    """What makes two claims the same figure."""
    sender = claim.institution if claim.table.by_institution else ""
    return (claim.table.id, claim.year, tuple(sorted(claim.dims.items())), sender)


def said(claim: Claim) -> str:
    """A claim's key as a finding tells it."""
    dims = "; ".join(f"{name}={code}" for name, code in claim.dims.items())
    return f"{claim.table.id}: year={claim.year or '_T'}; {dims}"


class Refusal(NamedTuple):
    """Why a figure has no key: a finding's code, the cell to look at and the particulars."""

    code: str
    place: Place
    found: str = ""
    expected: str = ""
    hint: str = ""
    tables: tuple[str, ...] = ()


@dataclass(slots=True)
class Key:
    """A key in the making."""

    dims: dict[str, str] = field(default_factory=dict)
    year: int | None = None
    year_total: bool = False
    sender: str = ""
    aside: bool = False  #: a change or a share, which needs no year
    full: bool = False  #: the whole year beside parts of it
    worded: dict[str, str] = field(default_factory=dict)  #: what holds where nothing says another


@dataclass(slots=True)
class Over:
    """What stands over a figure: the cells that say something of it, and the spans of years that they name."""

    cells: list[Place] = field(default_factory=list)
    spans: list[tuple[int, int]] = field(default_factory=list)
    ranged: Place | None = None  #: the title that names several years
    year_from: str = ""
    aside: bool = False
    worded: dict[str, str] = field(
        default_factory=dict
    )  #: what the table's title says in words, not by a code


def fill_defaults(source: Source, table: Table, dims: dict[str, str], aside: bool = False) -> str:
    """Fill what no heading states from the catalogue's rules; the name of a dimension that must be stated, or "".

    What is set `aside`, such as a line of shares below a table, is of the whole where nothing else is stated.
    """
    for dimension in table.dimensions:
        if dimension.name not in dims:
            code = _default(source, dimension, dims) or (TOTAL if aside else "")
            if not code:
                return dimension.name
            dims[dimension.name] = code
    return ""


def _default(source: Source, dimension: Dimension, dims: dict[str, str]) -> str:
    members = source.catalogue.codes.get(dimension.codes, {})
    if dimension.by_sender and source.institution in members:
        return source.institution
    if dimension.by_year and source.year is not None:
        valid = [code for code, member in members.items() if member.valid_in(source.year)]
        return valid[0] if len(valid) == 1 else ""
    if dimension.prefix_of and dimension.prefix_of in dims:
        prefix = dims[dimension.prefix_of].partition(".")[0]
        return prefix if prefix in members else ""
    return dimension.default


def from_its_year(table: Table, dims: dict[str, str], year: int | None) -> str:
    """Put a year that a dimension's code is told by (“started in 2021”) in the words of a figure's own year.

    Gives the name of a dimension that has no code for it, or "".
    """
    for dimension in table.dimensions:
        said = dims.get(dimension.name, "")
        if dimension.relative and said.isdecimal():
            code = {offset: code for code, offset in dimension.relative}.get(int(said) - (year or 0))
            if code is None:
                return dimension.name
            dims[dimension.name] = code
    return ""


@lru_cache(maxsize=50_000)
def names_tables(catalogue: Catalogue, text: str) -> frozenset[str]:
    """The tables that a label names by itself, every word of it understood."""
    return _named_by(catalogue, text) or frozenset().union(*_joint(catalogue, text))


def tables_named(source: Source, text: str) -> frozenset[str]:
    """The tables that a label names in this workbook: by itself, or by what only their senders mean by it."""
    return names_tables(source.catalogue, text) or _own(source.catalogue, source.institution, text)


@lru_cache(maxsize=50_000)
def _own(catalogue: Catalogue, sender: str, text: str) -> frozenset[str]:
    said = (words for words in readers(catalogue, text) if sender in words.table.senders)
    return frozenset(words.table.id for words in said if any(reading.own for reading in words.read(text)))


def _named_by(catalogue: Catalogue, text: str) -> frozenset[str]:
    found = set()
    for words in readers(catalogue, text):
        for reading in words.read(text):
            if reading.title or any(words.table.dimension(name).identifies for name, _ in reading.dims):
                found.add(words.table.id)
    without = "" if found else the_country(catalogue).sub(" ", text)
    return _named_by(catalogue, without) if without not in ("", text) else frozenset(found)


@cache
def the_country(catalogue: Catalogue) -> re.Pattern[str]:
    """The country, which beside the name of a table goes without saying: “Suspects in Latvia”."""
    words = sorted(catalogue.words["country"], key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, words))})(?!\w)", re.IGNORECASE)


def _joint(catalogue: Catalogue, text: str) -> list[frozenset[str]]:
    """The tables that each part of a title of several names: “cases sent to court and persons prosecuted”."""
    parts = _parts(catalogue, text)
    named = [_named_by(catalogue, part) for part in parts] if len(parts) > 1 else []
    return named if named and all(named) and not frozenset.intersection(*named) else []


def _parts(catalogue: Catalogue, text: str) -> list[str]:
    words = "|".join(re.escape(word) for word in catalogue.words["joint"])
    return re.split(rf"\s+(?:{words})\s+|\s*[;/]\s*", text)


@lru_cache(maxsize=50_000)
def readings(catalogue: Catalogue, table: str, text: str) -> tuple[Reading, ...]:
    """How a table reads a label; a title of several tables by its own part, with what is said of them all.

    That is the year, an article, and whatever else stands before the first name or behind the last: “cases tried and
    persons convicted in the first instance”.  Where the table does not understand that, it may still be meant of it,
    and nothing is read.  What else is said in between is of that part alone.
    """
    words = vocabulary(catalogue, table)
    whole = words.read(text)
    if whole:
        return whole
    joint = _joint(catalogue, text)
    if not any(table in named for named in joint):
        return ()
    parts = _parts(catalogue, text)
    at = next(at for at, named in enumerate(joint) if table in named)
    own = parts[at]
    for outer, before in ((0, True), (len(parts) - 1, False)):
        beside = list(_beside_name(catalogue, parts[outer], joint[outer], before)) if outer != at else []
        wider = (f"{said} {own}" if before else f"{own} {said}" for said, _ in beside)
        own, alone = next(((text, True) for text in wider if words.read(text)), (own, False))
        others = vocabulary(catalogue, min(joint[outer]))
        if not alone and any(_members(others, rest) != _members(others, parts[outer]) for _, rest in beside):
            return ()
    parts[at] = own
    read = [
        vocabulary(catalogue, table if table in named else min(named)).read(part)
        for part, named in zip(parts, joint, strict=True)
    ]
    if any(len(found) != 1 for found in read):
        return ()
    found = [each[0] for each in read]
    if any(reading.listed or reading.number is not None for reading in found):
        return ()
    dims = dict(found[at].dims)
    articles = {code for reading in found for name, code in reading.dims if name == words.articles}
    if words.articles not in dims and len(articles) == 1:
        dims[words.articles] = articles.pop()
    years = sorted({year for reading in found for year in reading.years})
    flags: dict[str, Any] = {flag: any(getattr(r, flag) for r in found) for flag in QUALIFIED}
    spans = tuple(years) if len(years) < 2 else (years[0], years[-1])
    return (found[at]._replace(dims=tuple(sorted(dims.items())), years=spans, **flags),)


def _beside_name(
    catalogue: Catalogue, part: str, named: frozenset[str], before: bool
) -> Iterator[tuple[str, str]]:
    """What can stand before, or behind, what names a table in a part of a title, and the rest; the most first."""
    words = part.split()
    for count in range(len(words) - 1, 0, -1):
        at = count if before else len(words) - count
        said, rest = " ".join(words[:at]), " ".join(words[at:])
        if not before:
            said, rest = rest, said
        if named & _named_by(catalogue, rest):
            yield said, rest


def _members(words: Vocabulary, text: str) -> set[tuple[str, str]]:
    """The members that a label names, but its article."""
    return {pair for reading in words.read(text) for pair in reading.dims if pair[0] != words.articles}
