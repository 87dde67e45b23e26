"""What a figure is known by: where it comes from, its key, or why it has none; and what the catalogue fills in."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

from thb_analysis.definitions import Catalogue, Dimension, Table
from thb_analysis.ingest.grid import Place
from thb_analysis.ingest.labels import vocabulary


@dataclass(frozen=True, slots=True)
class Source:
    """What is known of a file before it is read."""

    catalogue: Catalogue
    file: str
    institution: str
    topic: str
    year: int | None


@dataclass(frozen=True, slots=True)
class Block:
    """The table on the sheet that a figure belongs to: its region, its heading rows and its heading columns."""

    top: int
    left: int
    rows: tuple[int, ...] = ()
    columns: tuple[int, ...] = ()


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
    block: Block = Block(0, 0)
    title_years: tuple[tuple[int, int], ...] = ()  #: spans of years that titles over it and its sheet name
    aside: bool = False  #: understood, and not a yearly figure (a quarter, a share)
    marks: frozenset[str] = frozenset()
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


@dataclass(frozen=True, slots=True)
class Refusal:
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


def fill_defaults(source: Source, table: Table, dims: dict[str, str]) -> str:
    """Fill what no heading states from the catalogue's rules; the name of a dimension that must be stated, or ""."""
    for dimension in table.dimensions:
        if dimension.name not in dims:
            code = _default(source, dimension, dims)
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


@lru_cache(maxsize=50_000)
def names_tables(catalogue: Catalogue, text: str) -> frozenset[str]:
    """The tables that a label names by itself, every word of it understood."""
    found = set()
    for table in catalogue.tables.values():
        if table.values in ("status", "series"):
            continue
        for reading in vocabulary(catalogue, table.id).read(text):
            if reading.title or any(table.dimension(name).identifies for name, _ in reading.dims):
                found.add(table.id)
    return frozenset(found)
