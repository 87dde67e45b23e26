"""Moulds: what a thinned sheet came to, kept for every other sheet that is written in the same way.

Two sheets are of one mould if all their headings and notes stand in the same places and say the same, but for the
workbook's own year and the number of one article; their rows' labels and numbers are their own.  Such a sheet means
what the first of them means, with its own year, article, labels and numbers, just as a row of a table means what its
neighbours mean.  So it is not recognised again.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache

from thb_analysis.definitions import Catalogue, Table, figures
from thb_analysis.ingest.cells import Cell
from thb_analysis.ingest.expand import Block, Checks, Expansion, Shape, codes_of, filled, tables_named
from thb_analysis.ingest.grid import Grid, Place, section_numbers, text_kind
from thb_analysis.ingest.judge import Reading
from thb_analysis.ingest.keys import Claim, Source, names_tables
from thb_analysis.ingest.labels import SUPERSCRIPTS, vocabulary
from thb_analysis.ingest.labels import Reading as Words
from thb_analysis.ingest.loose import Note, says_nothing
from thb_analysis.ingest.observe import Teller, dims_of, quoted, row_labels
from thb_analysis.ingest.plain import Group, is_plain_number
from thb_analysis.ingest.recognise import SheetReading, figure_of, unit_of
from thb_analysis.ingest.resolve import without_order
from thb_analysis.ingest.thin import Thinned
from thb_analysis.ingest.values import Figure
from thb_analysis.observations import Observation

MOST_MOULDS = 300  #: how many are remembered

_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
#: A number as that of an article is written: with a raised digit, with a point and a digit, or plain.
_NUMBER = re.compile(
    r"(?<![\d.,])(\d{2,4})(?:\s?\.?\s?([⁰¹²³⁴⁵⁶⁷⁸⁹]+)|\.(\d)(?![\d,])|(?![\d,⁰¹²³⁴⁵⁶⁷⁸⁹])(?!\.\d))"
)
_ZEROS = str.maketrans("0123456789⁰¹²³⁴⁵⁶⁷⁸⁹", "0000000000⁰⁰⁰⁰⁰⁰⁰⁰⁰⁰")


@dataclass(frozen=True, slots=True)
class Frame:
    """How a sheet is written, apart from its own year and article and the labels and numbers of its rows."""

    key: object
    texts: tuple[tuple[Place, str], ...]  #: the texts that may hold the year or the article, in order
    article: str  #: the one article whose number they name, "" where they name none or several


@dataclass(slots=True)
class Part:
    """What a group of rows means."""

    readings: tuple[Reading, ...]
    names: tuple[str, ...]
    shape: Shape
    named: tuple[frozenset[str], ...]  #: by label column, the tables that its labels name
    table: Table
    checks: Checks
    apart: bool
    templates: tuple[Observation, ...]
    moving: bool  #: a heading stands where left-out rows change its address


@dataclass(slots=True)
class Mould:
    """What the first sheet of its kind came to."""

    frame: Frame
    year: int | None
    grid: Grid  #: without its cells
    roles: Mapping[Place, str]
    tables: Mapping[Place, str]
    parts: tuple[Part, ...]
    others: tuple[Reading, ...]  #: figures beside the groups: totals
    notes: tuple[Note, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """What is said of another year, and of another article, than the mould's."""

    years: tuple[int, int] | None
    articles: tuple[str, str] | None

    def year(self, year: int | None) -> int | None:
        return self.years[1] if self.years is not None and year == self.years[0] else year

    def code(self, code: str) -> str:
        return self.articles[1] if self.articles is not None and code == self.articles[0] else code

    def words(self, words: Words, article: str) -> Words:
        """What a text says with this change; `article` is the dimension of its table that an article sets."""
        dims = tuple((name, self.code(code) if name == article else code) for name, code in words.dims)
        years = tuple([self.year(year) or year for year in words.years])
        return replace(words, dims=dims, years=years, listed=tuple(map(self.code, words.listed)))


#: What stands for the number in each row of a group.
_ANY = Figure(Decimal(0), "", "")
_moulds: dict[object, Mould] = {}


def forget() -> None:
    """Forget every mould: the next sheets are recognised by themselves."""
    _moulds.clear()


# frames -----------------------------------------------------------------------------------------------


def frame_of(thinned: Thinned, source: Source) -> Frame:
    """How a sheet of which rows were left out is written."""
    catalogue = source.catalogue
    labels, numbers = set(thinned.label_columns), set(thinned.figure_columns)
    first = thinned.standing[0]
    cells: list[object] = []
    texts: list[tuple[Place, str]] = []
    fixed: set[str] = set()
    labelled: set[int] = set()
    for row, column, kind, _, text, look in thinned.bare.cells:
        said: object = None
        if kind == "text":
            if column in labels:
                labelled.add(row)
            said = len(texts)
            texts.append(((row, column), text))
        elif (
            kind != "number"
            or column not in numbers
            or row < first
            or row not in labelled
            or not is_plain_number(catalogue, text)
        ):  # not a total's figure
            said = text
            fixed.add(text)
        cells.append((row, column, kind, said, look))
    said_texts = [text for _, text in texts]
    year = source.year if _only_year([*said_texts, *fixed, thinned.bare.name], source.year) else None
    articles = {article for text in said_texts for article in _articles(catalogue, text)}
    alone = len(articles) == 1 and not fixed & section_numbers(catalogue)
    article = articles.pop() if alone else ""
    key = (
        catalogue,
        source.institution,
        source.topic,
        source.year if year is None else 0,
        without_order(thinned.bare.name),
        tuple(cells),
        tuple([_blanked(text, year, article) for text in said_texts]),
        thinned.bare.merges,
        thinned.label_columns,
        thinned.figure_columns,
        tuple(thinned.standing),
        tuple([(own[group.first], own[group.last]) for group in thinned.groups for own in group.own]),
        tuple([(row, column) for (_, column), row in thinned.moved.items()]),
    )
    return Frame(key, tuple(texts), article)


def _only_year(texts: Sequence[str], year: int | None) -> bool:
    """Whether texts speak of no other year than the workbook's own."""
    return year is not None and set(_YEAR.findall("\n".join(texts))) <= {str(year)}


@lru_cache(maxsize=20_000)
def _articles(catalogue: Catalogue, text: str) -> frozenset[str]:
    """The codes of articles that a text names by their numbers."""
    known = catalogue.codes.get("article", {})
    return frozenset(code for code in map(_code, _NUMBER.finditer(text)) if code in known)


def _code(found: re.Match[str]) -> str:
    number, raised = found[1], found[2] or found[3]
    return f"{number}.{raised.translate(SUPERSCRIPTS)}" if raised else number


@lru_cache(maxsize=20_000)
def _blanked(text: str, year: int | None, article: str) -> str:
    """A text without a year and an article's number: only where they stand, and how they are written, is left."""
    if article:
        text = _NUMBER.sub(
            lambda found: f"\0{found[0].translate(_ZEROS)}" if _code(found) == article else found[0], text
        )
    return text if year is None else _YEAR.sub("\1", text)


# keeping ----------------------------------------------------------------------------------------------


def remember(
    frame: Frame,
    reading: SheetReading,
    readings: Sequence[Reading],
    notes: Sequence[Note],
    expansion: Expansion,
    source: Source,
) -> None:
    """Keep what a sheet came to, where all of it can be said of any other sheet of its frame."""
    thinned = expansion.thinned
    if reading.refusals or reading.blanks or reading.remarks or len(readings) != len(reading.claims):
        return
    if not all(_is_plain(claim, frame, source) for claim in reading.claims):
        return
    if not all(says_nothing(note, source) for note in notes):
        return
    if any(cell.hidden or (cell.row, cell.column) not in reading.roles for cell in reading.sheet.cells):
        return
    standing = set(thinned.standing)
    if len(_moulds) >= MOST_MOULDS:
        _moulds.clear()
    _moulds[frame.key] = Mould(
        frame,
        source.year,
        replace(reading.grid, cells={}, sheet=replace(thinned.bare, cells=())),
        dict(reading.roles),
        dict(reading.tables),
        tuple(_part(block, reading.grid, notes, thinned, source) for block in expansion.blocks),
        tuple([one for one in readings if one.claim.place[0] not in standing]),
        tuple(notes),
    )


def _is_plain(claim: Claim, frame: Frame, source: Source) -> bool:
    """Whether a key may be said of another year and another article."""
    own = source.year
    return (
        own is not None
        and claim.year is not None
        and not claim.aside
        and claim.institution == source.institution
        and not any(dimension.by_year for dimension in claim.table.dimensions)
        and (_is_dated(frame) or (claim.year == own and set(claim.title_years) <= {(own, own)}))
    )


def _is_dated(frame: Frame) -> bool:
    """Whether a frame is that of one year only."""
    assert isinstance(frame.key, tuple)
    return bool(frame.key[3] != 0)


def _part(block: Block, grid: Grid, notes: Sequence[Note], thinned: Thinned, source: Source) -> Part:
    named = tuple([names_tables(source.catalogue, texts[block.group.first]) for texts in block.group.labels])
    teller, labels = Teller(grid, notes, source, (), {}), row_labels(thinned, grid)
    headings = {place for one in block.readings for _, place in one.claim.headings} - labels
    return Part(
        block.readings,
        block.names,
        block.shape,
        named,
        block.table,
        block.checks,
        block.apart,
        tuple([teller.template(one, labels) for one in block.readings]),
        any(row > thinned.standing[0] for row, _ in headings),
    )


# casting ----------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Cast:
    """A sheet read by a mould: its figures beside the groups, and what the groups come to."""

    reading: SheetReading
    others: list[Reading]
    notes: list[Note]
    expansion: Expansion


def cast(frame: Frame, thinned: Thinned, source: Source) -> Cast | None:
    """The reading of a sheet by the mould of its frame; None where there is none, or where it does not fit."""
    mould = _moulds.get(frame.key)
    if mould is None:
        return None
    sheet, catalogue = thinned.bare, source.catalogue
    change = _change(mould, frame, source)
    titles: dict[str, str] = {}
    for (place, text), (_, model) in zip(frame.texts, mould.frame.texts, strict=True):
        if text != model:
            if mould.roles[place] == "note" or not _same(catalogue, model, text, change):
                return None
            titles[model] = text
    if sheet.name != mould.grid.sheet.name and not _same(
        catalogue, mould.grid.sheet.name, sheet.name, Change(None, None)
    ):
        return None
    cells = {(cell.row, cell.column): cell for cell in sheet.cells}
    if mould.others:  # some of the groups' labels may be theirs as well
        cells |= _label_cells(thinned, mould.grid)
    caster = _Caster(source, replace(mould.grid, sheet=sheet, cells=cells), change, titles)
    blocks = []
    for group, part in zip(thinned.groups, mould.parts, strict=True):
        block = caster.block(group, part)
        if block is None:
            return None
        blocks.append(block)
    others = [caster.other(one) for one in mould.others]
    expansion = filled(thinned, blocks, others, catalogue)
    if expansion is None:
        return None
    claims = [one.claim for one in others]
    reading = SheetReading(sheet, caster.grid, claims, roles=dict(mould.roles), tables=dict(mould.tables))
    return Cast(reading, others, list(mould.notes), expansion)


def _label_cells(thinned: Thinned, grid: Grid) -> dict[Place, Cell]:
    """The labels of the rows that stand for others."""
    found = {}
    for group in thinned.groups:
        for at in (group.first, group.last):
            row = thinned.renumbered(group.numbers[at])
            for column, texts in zip(thinned.label_columns, group.labels, strict=True):
                place = (row, column)
                if grid.covers.get(place, place) == place:
                    found[place] = Cell(row, column, "text", texts[at], texts[at])
    return found


def _change(mould: Mould, frame: Frame, source: Source) -> Change:
    years = articles = None
    if mould.year is not None and source.year is not None and mould.year != source.year:
        years = mould.year, source.year
    if mould.frame.article != frame.article:
        articles = mould.frame.article, frame.article
    return Change(years, articles)


@lru_cache(maxsize=20_000)
def _same(catalogue: Catalogue, model: str, text: str, change: Change) -> bool:
    """Whether a text says to every table what another says with a change."""
    if text_kind(catalogue, model) != text_kind(catalogue, text):
        return False
    if names_tables(catalogue, model) != names_tables(catalogue, text):
        return False
    for table in figures(catalogue):
        words = vocabulary(catalogue, table.id)
        expected = tuple([change.words(one, words.articles) for one in words.read(model)])
        if words.read(text) != expected:
            return False
    return True


@dataclass(slots=True)
class _Caster:
    """Says of one sheet what a mould says."""

    source: Source
    grid: Grid
    change: Change
    titles: Mapping[str, str]

    def block(self, group: Group, part: Part) -> Block | None:
        catalogue, table = self.source.catalogue, part.table
        if self.change.articles is not None and vocabulary(catalogue, table.id).articles in part.names:
            return None
        codes = codes_of(group, part.names, part.shape, table, catalogue)
        if codes is None:
            return None
        for texts, tables in zip(group.labels, part.named, strict=True):
            if tables_named(catalogue, tuple(texts)) != {tables}:
                return None
        own = dict(zip(part.names, [column[group.first] for column in codes], strict=True))
        name = self.grid.sheet.name
        readings = tuple(
            [Reading(self._claim(one.claim, own), _ANY, self.source.file, name, "") for one in part.readings]
        )
        templates = () if part.moving else tuple(map(self._template, part.templates, readings))
        return Block(
            group, readings, part.names, codes, part.shape, table, part.checks, part.apart, templates
        )

    def _template(self, one: Observation, reading: Reading) -> Observation:
        headings = one.headings
        for model, text in self.titles.items():
            headings = headings.replace(quoted(model), quoted(text))
        claim = reading.claim
        return Observation(
            one.table,
            claim.year,
            dims_of(claim),
            None,
            one.status,
            unit_of(self.source, claim),
            one.institution,
            reading.file,
            reading.sheet,
            one.cell,
            self.source.year or 0,
            note=one.note,
            headings=headings,
        )

    def other(self, one: Reading) -> Reading:
        claim = self._claim(one.claim, {})
        figure = figure_of(self.source, self.grid, claim)
        return Reading(claim, figure, self.source.file, self.grid.sheet.name, self.grid.address(claim.place))

    def _claim(self, claim: Claim, own: dict[str, str]) -> Claim:
        change = self.change
        dims = claim.dims | own
        if change.articles is not None:
            article = vocabulary(self.source.catalogue, claim.table.id).articles
            if article in dims:
                dims[article] = change.code(dims[article])
        spans, titles = claim.title_years, claim.titles
        if change.years is not None:
            spans = tuple([(change.year(one) or one, change.year(other) or other) for one, other in spans])
        if self.titles:
            titles = tuple([self.titles.get(text, text) for text in titles])
        return Claim(
            claim.place,
            claim.table,
            change.year(claim.year),
            dims,
            claim.stated,
            dict(claim.own),
            claim.institution,
            claim.headings,
            claim.year_from,
            claim.total,
            claim.part,
            titles,
            claim.block,
            spans,
            claim.aside,
            claim.marks,
        )
