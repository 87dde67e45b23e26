"""Moulds: what a thinned sheet came to, kept for every other sheet that is written in the same way.

Two sheets are of one mould if all their headings and notes stand in the same places and say the same, but for the
workbook's own year and the number of one article; their rows' labels and numbers are their own.  Such a sheet means
what the first of them means, with its own year, article, labels and numbers, just as a row of a table means what its
neighbours mean.  So it is not recognised again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from thb_analysis.definitions import Catalogue, Table
from thb_analysis.ingest.alike.blocks import Block, Checks, Expansion, Shape
from thb_analysis.ingest.alike.expand import codes_of, filled, tables_named
from thb_analysis.ingest.alike.frames import MOST_FRAMES, Frame, forget_frames
from thb_analysis.ingest.alike.likeness import (
    Change,
    Script,
    are_plain,
    articles_of,
    likened,
    members_of,
)
from thb_analysis.ingest.alike.plain import Group, plain_dims
from thb_analysis.ingest.alike.thin import Thinned, first_labels, row_labels
from thb_analysis.ingest.cells import Cell
from thb_analysis.ingest.observe import Teller, retold
from thb_analysis.ingest.recognition.grid import Grid, Place
from thb_analysis.ingest.recognition.judge import Reading
from thb_analysis.ingest.recognition.keys import Claim, Source, claim_key, names_tables
from thb_analysis.ingest.recognition.notes import Note, says_nothing, unexplained
from thb_analysis.ingest.recognition.recognise import SheetReading, figure_of, unit_of, with_units
from thb_analysis.ingest.recognition.values import Figure
from thb_analysis.ingest.words.labels import vocabulary
from thb_analysis.observations import Observation

MOST_MOULDS = 1_000  #: how many are remembered


@dataclass(slots=True)
class Part:
    """What a group of rows means."""

    readings: Sequence[Reading]
    places: Sequence[Place]
    names: tuple[str, ...]
    shape: Shape
    named: tuple[frozenset[str], ...]  #: by label column, the tables that its labels name
    table: Table
    checks: Checks
    apart: bool
    templates: tuple[Observation, ...]
    moving: bool  #: a heading stands where left-out rows change its address
    changed: dict[object, tuple[Observation, ...]] = field(
        default_factory=dict
    )  #: templates, by what is another


@dataclass(slots=True)
class Other:
    """A figure beside the groups, such as a total, and the labels of groups that speak for it."""

    reading: Reading
    labels: tuple[tuple[int, int], ...]  #: a group and one of its label columns, by index
    names: tuple[tuple[str, ...], ...]  #: the dimensions that each of them sets


@dataclass(slots=True)
class Mould:
    """What the first sheet of its kind came to."""

    script: Script
    grid: Grid  #: without its cells
    roles: Mapping[Place, str]
    tables: Mapping[Place, str]
    parts: tuple[Part, ...]
    others: tuple[Other, ...]
    notes: tuple[Note, ...]
    articles: frozenset[str]  #: that the figures are about
    members: Mapping[str, frozenset[str]]  #: by dimension, the codes of their keys


#: What stands for the number in each row of a group.
ANY_NUMBER = Figure(Decimal(0), "", "")
_moulds: dict[int, Mould] = {}


def forget() -> None:
    """Forget every mould: the next sheets are recognised by themselves."""
    _moulds.clear()
    forget_frames()


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
    if not are_plain(reading.claims, source):
        return
    if not all(says_nothing(note, source) for note in notes) or unexplained(readings, notes, reading.grid):
        return
    if any(cell.hidden or (cell.row, cell.column) not in reading.roles for cell in reading.sheet.cells):
        return
    heads = {place for one in readings for role, place in one.claim.headings if role == "row"}
    if not heads.isdisjoint(reading.grid.series):
        return  # a bare number is a label according to what the labels beside it are
    standing = set(thinned.standing)
    firsts, of_rows = first_labels(thinned, reading.grid), row_labels(thinned, reading.grid)
    beside = [
        _other(one, thinned, firsts, of_rows, reading.grid, source.catalogue)
        for one in readings
        if one.claim.place[0] not in standing
    ]
    others = tuple([one for one in beside if one is not None])
    told = {one.reading.claim.place for one in others}
    if len(others) < len(beside) or not frame.free <= told:
        return  # the second: a number that was taken for no figure because of what number it is
    last = dict(sorted(frame.free))
    if any(column > last.get(row, column) for (row, column), _ in frame.script.texts):
        return  # before a text, numbers may count rows
    if len(_moulds) >= MOST_MOULDS:
        del _moulds[next(iter(_moulds))]
    _moulds[frame.key] = Mould(
        frame.script,
        replace(reading.grid, cells={}, sheet=replace(thinned.bare, cells=())),
        dict(reading.roles),
        dict(reading.tables),
        tuple(_part(block, reading.grid, notes, thinned, of_rows, source) for block in expansion.blocks),
        others,
        tuple(notes),
        articles_of(reading.claims, source.catalogue),
        members_of(reading.claims),
    )


def _other(
    one: Reading,
    thinned: Thinned,
    firsts: Mapping[Place, Sequence[tuple[int, int]]],
    of_rows: set[Place],
    grid: Grid,
    catalogue: Catalogue,
) -> Other | None:
    """A figure beside the groups; None where another label than those of the groups says the same as they do."""
    table, claim = one.claim.table, one.claim
    heads = dict.fromkeys(place for _, place in claim.headings)
    labels, names = [], []
    own: dict[str, str] = {}
    for place in sorted(heads.keys() & firsts.keys(), key=lambda each: firsts[each][0]):
        at, number = firsts[place][0]
        dims = plain_dims(catalogue, table.id, thinned.groups[at].first_label(number))
        if dims is None or own.keys() & dict(dims).keys():
            return None
        own |= dims
        labels.append((at, number))
        names.append(tuple([name for name, _ in dims]))
        del heads[place]
    if not of_rows.isdisjoint(heads) or any(claim.dims[name] != code for name, code in own.items()):
        return None  # the first: a label of one row, and not of those that follow
    words = vocabulary(catalogue, table.id)
    said = {name for place in heads for each in words.read(grid.text(place)) for name, _ in each.dims}
    return None if said & own.keys() else Other(one, tuple(labels), tuple(names))


def _part(
    block: Block, grid: Grid, notes: Sequence[Note], thinned: Thinned, of_rows: set[Place], source: Source
) -> Part:
    named = tuple([names_tables(source.catalogue, texts[block.group.first]) for texts in block.group.labels])
    teller = Teller(grid, notes, source, (), {})
    headings = {place for one in block.readings for _, place in one.claim.headings} - of_rows
    return Part(
        block.readings,
        block.places,
        block.names,
        block.shape,
        named,
        block.table,
        block.checks,
        block.apart,
        tuple([teller.template(one, of_rows) for one in block.readings]),
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
    own_year: bool  #: every figure is of the workbook's own year


def cast(frame: Frame, thinned: Thinned, source: Source) -> Cast | None:
    """The reading of a sheet by the mould of its frame; None where there is none, or where it does not fit."""
    sheet, catalogue = thinned.bare, source.catalogue
    alike = likened(_moulds, frame.key, frame.script, catalogue)
    if alike is None:
        return None
    mould, change, titles = alike
    cells = {(cell.row, cell.column): cell for cell in sheet.cells}
    if mould.others:  # some of the groups' labels may be theirs as well
        cells |= _label_cells(thinned, mould.grid)
    known = mould.grid
    grid = Grid(
        sheet, cells, known.kinds, known.covers, known.hidden, series=known.series, catalogue=catalogue
    )
    caster = _Caster(source, grid, change, titles)
    blocks = []
    for group, part in zip(thinned.groups, mould.parts, strict=True):
        block = caster.block(group, part)
        if block is None:
            return None
        blocks.append(block)
    others = []
    for other in mould.others:
        one = caster.other(other, thinned)
        if one is None:
            return None
        others.append(one)
    claims = [one.claim for one in others]
    if len(set(map(claim_key, claims))) < len(claims):
        return None  # the labels of two groups are the same
    expansion = filled(thinned, blocks, others, catalogue)
    if expansion is None:
        return None
    reading = SheetReading(sheet, caster.grid, claims, roles=dict(mould.roles), tables=dict(mould.tables))
    return Cast(reading, others, list(mould.notes), expansion, not frame.script.dated)


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
        if any(name in part.names for name, _, _ in self.change.members):
            return None
        codes = codes_of(group, part.names, part.shape, table, catalogue)
        if codes is None:
            return None
        for texts, tables in zip(group.labels, part.named, strict=True):
            if tables_named(catalogue, tuple(texts)) != {tables}:
                return None
        own = dict(zip(part.names, [column[group.first] for column in codes], strict=True))
        file, name = self.source.file, self.grid.sheet.name

        def readings() -> Sequence[Reading]:
            return [Reading(self._claim(one.claim, own), ANY_NUMBER, file, name, "") for one in part.readings]

        block = Block(
            group,
            readings,
            part.places,
            (file, name),
            part.names,
            codes,
            part.shape,
            table,
            part.checks,
            part.apart,
        )
        if not part.moving:
            units = bool(with_units(catalogue, table.id))
            block.templates = tuple(
                [
                    Observation(
                        one.table,
                        one.year,
                        tuple([(dimension, own.get(dimension, code)) for dimension, code in one.dims]),
                        None,
                        one.status,
                        unit_of(self.source, block.readings[at].claim) if units else one.unit,
                        one.institution,
                        file,
                        name,
                        one.cell,
                        one.vintage,
                        note=one.note,
                        headings=one.headings,
                    )
                    for at, one in enumerate(self._changed(part))
                ]
            )
        return block

    def _changed(self, part: Part) -> Sequence[Observation]:
        """The templates of a part with the workbook's own year, article and headings; of the mould's file and rows."""
        what = self.change, tuple(self.titles.items()), self.source.year
        known = part.changed.get(what)
        if known is None:
            if len(part.changed) >= MOST_FRAMES:
                part.changed.clear()
            known = part.changed[what] = tuple(map(self._template, part.templates, part.readings))
        return known

    def _template(self, one: Observation, reading: Reading) -> Observation:
        claim, dims = reading.claim, self.change.dims(reading.claim, self.source)
        return Observation(
            one.table,
            None if claim.year is None else self.change.year(claim.year),
            tuple([(name, dims[name]) for name in claim.table.dimension_names]),
            one.value,
            one.status,
            one.unit,
            one.institution,
            one.file,
            one.sheet,
            one.cell,
            self.source.year or 0,
            note=one.note,
            headings=retold(one.headings, self.titles),
        )

    def other(self, other: Other, thinned: Thinned) -> Reading | None:
        claim = other.reading.claim
        own: dict[str, str] = {}
        for (group, column), names in zip(other.labels, other.names, strict=True):
            part = thinned.groups[group]
            dims = plain_dims(self.source.catalogue, claim.table.id, part.labels[column][part.first])
            if dims is None or tuple([name for name, _ in dims]) != names:
                return None
            own |= dims
        claim = self._claim(claim, own)
        figure = figure_of(self.source, self.grid, claim)
        if figure.mark:
            return None  # what it points to is not known here
        return Reading(claim, figure, self.source.file, self.grid.sheet.name, self.grid.address(claim.place))

    def _claim(self, claim: Claim, own: dict[str, str]) -> Claim:
        return self.change.claim(claim, self.change.dims(claim, self.source) | own, self.titles)
