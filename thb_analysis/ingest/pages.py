"""What one sheet comes to: read by itself, by the mould of its kind, or by the sheet that it repeats."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from thb_analysis.findings import Finding
from thb_analysis.ingest.alike import twins
from thb_analysis.ingest.alike.blocks import Expansion
from thb_analysis.ingest.alike.expand import expanded
from thb_analysis.ingest.alike.frames import frame_of
from thb_analysis.ingest.alike.mould import cast, remember
from thb_analysis.ingest.alike.pieces import Fewer, fewer
from thb_analysis.ingest.alike.thin import Thinned, thinned
from thb_analysis.ingest.alike.told import told
from thb_analysis.ingest.alike.twins import Twin
from thb_analysis.ingest.cells import Sheet
from thb_analysis.ingest.covers import is_cover
from thb_analysis.ingest.parts_of_year import differing_parts
from thb_analysis.ingest.recognition.assembly import Doubtful
from thb_analysis.ingest.recognition.complements import complement
from thb_analysis.ingest.recognition.either_way import either_way
from thb_analysis.ingest.recognition.grid import Grid
from thb_analysis.ingest.recognition.judge import Reading, TableOnSheet
from thb_analysis.ingest.recognition.keys import Claim, Source, claim_key
from thb_analysis.ingest.recognition.loose import read_loose
from thb_analysis.ingest.recognition.notes import (
    Note,
    apply_notes,
    astray,
    of_doubtful_reach,
    of_part_of_year,
    on_years,
    unexplained,
)
from thb_analysis.ingest.recognition.qualified import slipped_from
from thb_analysis.ingest.recognition.recognise import SheetReading, figure_of, recognise
from thb_analysis.ingest.recognition.records import RecordReading, read_records
from thb_analysis.ingest.recognition.values import Figure
from thb_analysis.ingest.refused import refusals
from thb_analysis.ingest.remarks import days_told, narrowed_by_sender, yearly, years_left_out
from thb_analysis.ingest.unnamed import unnamed
from thb_analysis.ingest.words.spans import named_year
from thb_analysis.observations import Observation


@dataclass(slots=True)
class Page:
    """A sheet on its way: its figures and notes, what was found on it, and the rows that were left out."""

    reading: SheetReading
    figures: list[Reading] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    records: list[Observation] = field(default_factory=list)  #: of a list with one record a row
    has_records: bool = False  #: it holds such a list, though of nothing that is taken
    expansion: Expansion | None = None
    cast: bool = False  #: read by a mould: the figures of its groups are those of the expansion only
    own_year: bool = False  #: all of its figures are of the workbook's own year
    twin: Twin | None = None  #: it repeats another sheet
    letters: dict[int, str] = field(
        default_factory=dict
    )  #: status letters that notes give, by id of the reading
    years: dict[TableOnSheet, set[int]] = field(default_factory=dict)  #: of columns of which nothing is taken

    @property
    def name(self) -> str:
        return self.reading.sheet.name

    @property
    def is_short(self) -> bool:
        """Whether it was not read cell by cell."""
        return self.expansion is not None or self.twin is not None

    @property
    def is_known(self) -> bool:
        """Whether another sheet was judged in its stead."""
        return self.cast or self.twin is not None

    def spoken_for(self) -> list[Reading]:
        """The figures of rows that stand for others: they come with these."""
        if self.twin is not None:
            return self.twin.samples
        if self.expansion is None:
            return []
        if self.cast:
            return [reading for block in self.expansion.blocks for reading in block.readings]
        standing = set(self.expansion.thinned.standing)
        return [figure for figure in self.figures if figure.claim.place[0] in standing]

    def judged(self) -> list[Reading]:
        """The figures by which the sheet's years and its children are judged."""
        if self.twin is not None:
            return self.twin.samples
        return [*self.spoken_for(), *self.figures] if self.cast else self.figures

    def is_cover(self) -> bool:
        """Whether the sheet holds no figure: what it says it says of the workbook."""
        return not (self.is_short or self.has_records or self.figures) and is_cover(self.reading)

    def set_aside(self) -> None:
        """Take none of its figures: they are of a part of a year."""
        for claim in self.reading.claims:
            claim.aside = True
        self.figures = []

    def sets_aside(self) -> bool:
        """Whether any figure is of a part of a year, or a share."""
        return any(claim.aside for claim in self.reading.claims)

    def lacks_year(self) -> bool:
        """Whether there is such a figure for which the sheet has none of the year."""
        aside = {claim_key(claim) for claim in self.reading.claims if claim.aside}
        return bool(aside) and not aside <= yearly([self.reading])

    def says_nothing(self) -> bool:
        """Whether nothing was found on it but figures."""
        return not (self.findings or self.records)

    def pass_over(self, reading: Reading) -> None:
        """Take a figure for unread."""
        self.figures.remove(reading)
        self._mark_unread(reading)

    def _mark_unread(self, reading: Reading) -> None:
        if reading.figure.problem != "blank":
            place = reading.claim.place
            self.reading.roles[self.reading.grid.covers.get(place, place)] = "unread"

    def heed_notes(self, source: Source) -> list[Finding]:
        """Let its notes qualify its figures; what is found of notes that qualify none, and of marks without a note."""
        unsure = of_doubtful_reach(self.figures, self.notes, source)
        doubted = {id(reading): reading for _, narrowed in unsure for reading in narrowed}
        self.figures = [reading for reading in self.figures if id(reading) not in doubted]
        for reading in doubted.values():
            self._mark_unread(reading)
        figures, notes, grid = self.figures, self.notes, self.reading.grid
        self.letters = apply_notes(figures, notes, source, grid)
        found = [
            Finding(
                "note_reach",
                source.file,
                self.name,
                grid.address(note.place),
                note.text.strip(),
                ", ".join(reading.cell for reading in narrowed if reading.figure.problem != "blank"),
            )
            for note, narrowed in unsure
        ]
        found += [
            Finding(
                "note_astray", source.file, self.name, grid.address(note.place), note.text.strip(), note.mark
            )
            for note in astray(figures, notes, source, grid)
        ]
        for mark, places in unexplained(figures, notes, grid).items():
            first, *others = map(grid.address, places)
            found.append(
                Finding("mark_unexplained", source.file, self.name, first, mark, hint=", ".join(others))
            )
        return found


def page_of(sheet: Sheet, source: Source, in_full: bool) -> Page:
    """A sheet read by the shortest way that leaves no doubt; `in_full`, cell by cell."""
    strange = unnamed(sheet, source)
    if strange is not None:
        return Page(SheetReading(sheet, Grid(sheet)), twin=Twin([], [], *strange))
    either = either_way(sheet, source)
    if either is not None:
        return _told(either, RecordReading(), source)
    if in_full:
        return _read(sheet, source)
    small = thinned(sheet, source.catalogue)
    page = None if small is None else _thinned(small, source)
    return page if page is not None else _repeated(sheet, source)


def _thinned(small: Thinned, source: Source) -> Page | None:
    """The page of a sheet of which rows were left out: by the mould of its kind, else by itself.

    None where the rows that were left out leave a doubt.
    """
    frame = frame_of(small, source)
    found = cast(frame, small, source)
    if found is not None:
        return Page(
            found.reading,
            found.others,
            found.notes,
            expansion=found.expansion,
            cast=True,
            own_year=found.own_year,
        )
    few = fewer(small, source)
    page = None if few is None else _by_some_tables(few, source)
    if page is not None:
        return page
    page = _by_some_rows(small, source)
    if page is None:
        return None
    page.expansion = expanded(small, page.reading, page.figures, source)
    if page.expansion is None:
        return None
    if page.says_nothing():
        remember(frame, page.reading, page.figures, page.notes, page.expansion, source)
    return page


def _by_some_rows(small: Thinned, source: Source) -> Page | None:
    """What is left of a sheet, read; None where that leaves a doubt about what was left out."""
    try:
        page = _read(small.sheet(), source, strict=True)
    except Doubtful:
        return None
    short = page.has_records or page.reading.grid.short or complement(page.figures).sheets
    return None if short else page


def _by_some_tables(few: Fewer, source: Source) -> Page | None:
    """The page of a sheet of which tables were left out; None where those that were read leave a doubt about them."""
    page = _by_some_rows(few.thinned, source)
    if page is None or not page.says_nothing():
        return None
    page.expansion = told(few, page.reading, page.figures, page.notes, source)
    return page if page.expansion is not None else None


def _repeated(sheet: Sheet, source: Source) -> Page:
    """The page of a sheet by the one that it repeats, else by itself."""
    outline = twins.outline_of(sheet, source)
    twin = twins.twin_of(outline, sheet, source) if outline is not None else None
    if twin is not None:
        return Page(SheetReading(sheet, Grid(sheet)), twin=twin)
    page = _read(sheet, source)
    grid = page.reading.grid
    is_plain = page.says_nothing() and not page.sets_aside() and not (grid.short or grid.weighed)
    if outline is not None and is_plain:
        twins.remember(outline, page.reading, page.figures, page.notes, source)
    return page


def _read(sheet: Sheet, source: Source, strict: bool = False) -> Page:
    """A sheet read by itself, every cell of it.  With `strict`, raises Doubtful at the first refused figure."""
    records = read_records(sheet, source)
    return _told(recognise(sheet, source, frozenset(records.roles), strict), records, source)


def _told(reading: SheetReading, records: RecordReading, source: Source) -> Page:
    """The page of a sheet whose tables are recognised, with what is said beside them."""
    sheet = reading.sheet
    reading.roles.update(records.roles)
    reading.tables.update(records.tables)
    said, notes, remarks = read_loose(reading, source)
    notes += on_years(reading)
    marked = [note for note in notes if note.mark and note.about is None]
    figures = []

    def add(claim: Claim, figure: Figure) -> None:
        cell = reading.grid.address(claim.place)
        figures.append(Reading(claim, figure, source.file, sheet.name, cell, sheet.turned))

    for claim in reading.claims:
        if claim.aside:
            continue
        figure = figure_of(source, reading.grid, claim)
        if marked and of_part_of_year(claim, figure, marked, reading.grid, source):
            claim.aside = True
            reading.roles[reading.grid.covers.get(claim.place, claim.place)] = "ignored"
        else:
            add(claim, figure)
    for claim, figure in said:
        add(claim, figure)
    for claim in reading.blanks:
        add(claim, Figure(None, "M", "", "blank"))
        for _, place in claim.headings:
            reading.roles.setdefault(place, "label")
    refused = refusals(reading, source)
    named = {(one.cell, one.found) for one in refused if one.severity == "error"}
    findings = [
        *records.findings,
        *(one for one in remarks if one.severity == "error" or (one.cell, one.found) not in named),
        *refused,
        *days_told(reading, source),
        *years_left_out(reading, figures, source),
        *differing_parts(reading, figures, source),
        *narrowed_by_sender(figures, reading, source),
    ]
    years = _years_told(reading, figures, source.year)
    return Page(reading, figures, notes, findings, records.observations, bool(records.roles), years=years)


def _years_told(
    reading: SheetReading, figures: Sequence[Reading], own: int | None
) -> dict[TableOnSheet, set[int]]:
    """The years that headings of a table tell where nothing is taken: they are of a part of a year, or not known.

    Or they are the workbook's own, mistyped.
    """
    name, grid = reading.sheet.name, reading.grid
    found: dict[TableOnSheet, set[int]] = {}
    for claim in reading.claims:
        if claim.aside and claim.year is not None and claim.year_from == "heading":
            found.setdefault((name, claim.table.id, claim.block), set()).add(claim.year)
    unknown = {r.place for r in reading.refusals.values() if r.code == "label_unknown"}
    dated = {place: year for place in unknown if (year := named_year(grid.text(place))) is not None}
    dated |= {place: own for place in unknown if own is not None and slipped_from(grid.text(place), own)}
    for block, table in {(figure.claim.block, figure.claim.table.id) for figure in figures if dated}:
        for (row, column), year in dated.items():
            if (row in block.rows and column >= block.left) or (column in block.columns and row >= block.top):
                found.setdefault((name, table, block), set()).add(year)
    return found
