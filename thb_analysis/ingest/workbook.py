"""One workbook from cells to observations, with a role for every cell and a finding for all that was refused."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from thb_analysis.findings import Finding
from thb_analysis.ingest.alike import twins
from thb_analysis.ingest.alike.expand import Expansion, expanded
from thb_analysis.ingest.alike.mould import cast, frame_of, remember
from thb_analysis.ingest.alike.restore import ledger_text, plates
from thb_analysis.ingest.alike.thin import Thinned, row_labels, thinned
from thb_analysis.ingest.alike.twins import Twin
from thb_analysis.ingest.cells import Book, Sheet
from thb_analysis.ingest.covers import is_cover, margins_told, narrowed_titles
from thb_analysis.ingest.observe import Teller
from thb_analysis.ingest.outcome import LedgerLines, LedgerRow, WorkbookReading
from thb_analysis.ingest.outside import outside
from thb_analysis.ingest.recognition.assembly import Doubtful
from thb_analysis.ingest.recognition.complements import complement, siblings
from thb_analysis.ingest.recognition.grid import Grid, Place, address
from thb_analysis.ingest.recognition.judge import (
    Reading,
    TableOnSheet,
    check_totals,
    numbers_at,
    years_that_fit,
)
from thb_analysis.ingest.recognition.keys import Claim, Source, claim_key
from thb_analysis.ingest.recognition.loose import (
    Note,
    apply_notes,
    astray,
    of_part_of_year,
    on_years,
    read_loose,
    unexplained,
)
from thb_analysis.ingest.recognition.recognise import SheetReading, figure_of, recognise, unit_of
from thb_analysis.ingest.recognition.records import read_records
from thb_analysis.ingest.recognition.values import Figure
from thb_analysis.ingest.remarks import (
    asides,
    by_block,
    days_told,
    narrowed_by_sender,
    of_other_topic,
    other_senders,
    refusals,
    tables_in,
    unusual_senders,
    year_findings,
    yearly,
    years_left_out,
)
from thb_analysis.ingest.unnamed import unnamed
from thb_analysis.ingest.words.labels import named_year


@dataclass(slots=True)
class _Page:
    """A sheet on its way: its reading, its figures, its notes, and the rows that were left out of it."""

    reading: SheetReading
    figures: list[Reading]
    notes: list[Note]
    records: bool = False  #: it holds a record list
    expansion: Expansion | None = None
    cast: bool = False  #: read by a mould: the figures of its groups are those of the expansion only
    own_year: bool = False  #: all of its figures are of the workbook's own year
    twin: Twin | None = None  #: it repeats another sheet
    letters: dict[int, str] = field(default_factory=dict)
    years: dict[TableOnSheet, set[int]] = field(default_factory=dict)  #: of columns of which nothing is taken

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

    def is_cover(self) -> bool:
        """Whether the sheet holds no figure: what it says it says of the workbook."""
        return not (self.twin or self.expansion or self.records or self.figures) and is_cover(self.reading)

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

    def judged(self) -> list[Reading]:
        """The figures by which the sheet's years and its children are judged."""
        if self.twin is not None:
            return self.twin.samples
        return [*self.spoken_for(), *self.figures] if self.cast else self.figures


def read_workbook(book: Book, source: Source, thin: bool = False) -> WorkbookReading:
    """Observations, ledger and findings of one workbook.  Never raises for what a workbook holds.

    With `thin`, large tables are read by some of their rows, and their figures come as plates without the text of
    their headings; a sheet of which that leaves a doubt is read in full.  The result is the same.
    """
    whole: set[int] = set(range(len(book.sheets))) if not thin else set()
    while True:
        result, doubtful = _read(book, source, whole, thin)
        if not doubtful:
            return result
        whole |= doubtful


def _read(book: Book, source: Source, whole: Collection[int], thin: bool) -> tuple[WorkbookReading, set[int]]:
    """One attempt at a workbook, and the sheets of which rows may not be left out; `whole` are read in full."""
    result = WorkbookReading(book.file, book.sha256, findings=list(book.findings))
    pages = []
    for number, sheet in enumerate(book.sheets):
        strange = unnamed(sheet, source)
        if strange is not None:
            pages.append(_Page(SheetReading(sheet, Grid(sheet)), [], [], twin=Twin([], [], *strange)))
            continue
        small = None if number in whole else thinned(sheet, source.catalogue)
        page = None if small is None else _thinned_page(small, source, result)
        if page is None:
            again = thin and number not in whole
            page = _repeated_page(sheet, source, result) if again else _page(sheet, source, result)
        pages.append(page)
    around = outside((page.reading for page in pages if page.is_cover()), source)
    if around.matters or any(page.lacks_year() for page in pages):
        doubtful = {n for n, page in enumerate(pages) if (page.expansion or page.twin) and n not in whole}
        if doubtful:
            return result, doubtful  # what is said of figures is known once all of their rows are read
    for page in pages if around.part else ():
        page.set_aside()
    known_years = yearly(page.reading for page in pages)
    for page in pages:
        result.findings += asides(page.reading, source, known_years)
        result.findings += narrowed_titles(page.reading, source)
    good: list[Reading] = [figure for page in pages for figure in page.figures]
    bad: list[tuple[Reading, str, str]] = []
    alone = good
    if not all(page.own_year for page in pages):
        told = {key: years for page in pages for key, years in page.years.items()}
        good, bad = years_that_fit([figure for page in pages for figure in page.judged()], source.year, told)
        spoken = {id(figure) for page in pages for figure in page.spoken_for()}
        alone = [reading for reading in good if id(reading) not in spoken]
    astray = around.of_other_year(good)
    refused = around.refused(good)
    lost = {
        id(reading)
        for reading in (*[one for one, *_ in astray], *[one for *_, own in refused for one in own])
    }
    if lost:
        good, alone = ([one for one in readings if id(one) not in lost] for readings in (good, alone))
    for code, said, own in refused:
        result.findings += by_block(code, own, said)
        _pass_over(own, pages)
    bad += astray
    result.findings += around.findings(bool(astray))
    result.findings += margins_told(book.sheets, source)
    known = {page.reading.sheet.name for page in pages if page.cast or page.twin}
    read = [page.reading for page in pages]
    lost_numbers = {one.sheet.name: numbers_at(one.grid, one.refusals) for one in read if one.refusals}
    children = {
        one.sheet.name: siblings(one.grid, source.catalogue, one.refusals) for one in read if one.refusals
    }
    apart = complement([one for one in good if one.sheet not in known], lost_numbers, children)
    uneven = apart.sheets | {reading.sheet for reading, _, _ in bad}
    doubtful = {
        n
        for n, page in enumerate(pages)
        if (page.expansion or page.twin) and page.reading.sheet.name in uneven
    }
    sums = [one for page in pages if page.expansion is not None for one in page.expansion.sums]
    single = [reading for reading in alone if reading.figure.problem != "blank"]
    differing = check_totals([*single, *sums], source.catalogue, lost_numbers)
    summed = {one.sheet for one in sums} & {finding.sheet for finding in differing}
    doubtful |= {n for n, page in enumerate(pages) if page.expansion and page.reading.sheet.name in summed}
    if doubtful:
        return result, doubtful
    _pass_over([*apart.undecided, *(reading for reading, _, _ in bad)], pages)
    result.findings += [*year_findings(bad), *apart.findings()]
    for page in pages:
        if not page.cast and page.twin is None:
            _heed_notes(page, source, result)
    result.findings += differing
    for page in pages:
        if page.twin is not None:
            result.findings += page.twin.findings
            result.observations += page.twin.observations
            result.ledger.append(LedgerLines(page.reading.sheet.name, page.twin.ledger, page.twin.cells))
            continue
        _observe(page, source, result)
        _account(page, source, result)
    tables = tables_in(result)
    result.findings += [*unusual_senders(tables, source), *of_other_topic(tables, source)]
    result.findings += other_senders(result.observations, source)
    result.findings = list(dict.fromkeys(result.findings))
    return result, set()


def _pass_over(readings: Iterable[Reading], pages: Sequence[_Page]) -> None:
    """Take none of some figures."""
    for reading in readings:
        page = next(p for p in pages if p.reading.sheet.name == reading.sheet)
        page.figures.remove(reading)
        if reading.figure.problem != "blank":
            place = reading.claim.place
            page.reading.roles[page.reading.grid.covers.get(place, place)] = "unread"


def _heed_notes(page: _Page, source: Source, result: WorkbookReading) -> None:
    """Let the notes on a sheet qualify its figures."""
    page.letters = apply_notes(page.figures, page.notes, source, page.reading.grid)
    for note in astray(page.figures, page.notes, source, page.reading.grid):
        where = page.reading.grid.address(note.place)
        result.findings.append(
            Finding("note_astray", source.file, page.reading.sheet.name, where, note.text.strip(), note.mark)
        )
    for mark, places in unexplained(page.figures, page.notes, page.reading.grid).items():
        first, *others = map(page.reading.grid.address, places)
        told = ", ".join(others)
        result.findings.append(
            Finding("mark_unexplained", source.file, page.reading.sheet.name, first, mark, hint=told)
        )


def _thinned_page(small: Thinned, source: Source, result: WorkbookReading) -> _Page | None:
    """The page of a sheet of which rows were left out: by the mould of its kind, else by itself.

    None where the rows that were left out leave a doubt.
    """
    frame = frame_of(small, source)
    found = cast(frame, small, source)
    if found is not None:
        return _Page(
            found.reading,
            found.others,
            found.notes,
            expansion=found.expansion,
            cast=True,
            own_year=found.own_year,
        )
    said = len(result.findings), len(result.observations)
    try:
        page = _page(small.sheet(), source, result, strict=True)
    except Doubtful:
        del result.findings[said[0] :], result.observations[said[1] :]
        return None
    if not page.records and not page.reading.grid.short and not complement(page.figures).sheets:
        page.expansion = expanded(small, page.reading, page.figures, source)
    if page.expansion is None:
        del result.findings[said[0] :], result.observations[said[1] :]
        return None
    if said == (len(result.findings), len(result.observations)):
        remember(frame, page.reading, page.figures, page.notes, page.expansion, source)
    return page


def _repeated_page(sheet: Sheet, source: Source, result: WorkbookReading) -> _Page:
    """The page of a sheet by the one that it repeats, else by itself."""
    outline = twins.outline_of(sheet, source)
    twin = twins.twin_of(outline, sheet, source) if outline is not None else None
    if twin is not None:
        return _Page(SheetReading(sheet, Grid(sheet)), [], [], twin=twin)
    said = len(result.findings), len(result.observations)
    page = _page(sheet, source, result)
    nothing_said = said == (len(result.findings), len(result.observations)) and not page.sets_aside()
    if outline is not None and nothing_said and not page.reading.grid.short:
        twins.remember(outline, page.reading, page.figures, page.notes, source)
    return page


def _page(sheet: Sheet, source: Source, result: WorkbookReading, strict: bool = False) -> _Page:
    records = read_records(sheet, source)
    result.observations += records.observations
    result.findings += records.findings
    reading = recognise(sheet, source, frozenset(records.roles), strict)
    reading.roles.update(records.roles)
    reading.tables.update(records.tables)
    said, notes, remarks = read_loose(reading, source)
    notes += on_years(reading)
    result.findings += remarks
    figures = []

    def add(claim: Claim, figure: Figure) -> None:
        cell = reading.grid.address(claim.place)
        figures.append(Reading(claim, figure, source.file, sheet.name, cell))

    for claim in reading.claims:
        if claim.aside:
            continue
        figure = figure_of(source, reading.grid, claim)
        if of_part_of_year(claim, figure, notes, reading.grid, source):
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
    result.findings += [*refusals(reading, source), *days_told(reading, source)]
    result.findings += years_left_out(reading, figures, source)
    result.findings += narrowed_by_sender(figures, reading, source)
    return _Page(reading, figures, notes, bool(records.roles), years=_years_told(reading, figures))


def _years_told(reading: SheetReading, figures: Sequence[Reading]) -> dict[TableOnSheet, set[int]]:
    """The years that headings of a table tell where nothing is taken: they are of a part of a year, or not known."""
    name, grid = reading.sheet.name, reading.grid
    found: dict[TableOnSheet, set[int]] = {}
    for claim in reading.claims:
        if claim.aside and claim.year is not None and claim.year_from == "heading":
            found.setdefault((name, claim.table.id, claim.block), set()).add(claim.year)
    unknown = {r.place for r in reading.refusals.values() if r.code == "label_unknown"}
    dated = {place: year for place in unknown if (year := named_year(grid.text(place))) is not None}
    for block, table in {(figure.claim.block, figure.claim.table.id) for figure in figures if dated}:
        for (row, column), year in dated.items():
            if (row in block.rows and column >= block.left) or (column in block.columns and row >= block.top):
                found.setdefault((name, table, block), set()).add(year)
    return found


# observations ------------------------------------------------------------------------------------------


def _observe(page: _Page, source: Source, result: WorkbookReading) -> None:
    grid = page.reading.grid
    teller = Teller(grid, page.notes, source, page.figures, page.letters)
    blanks: dict[str, list[tuple[int, int]]] = {}  # table → true places
    marks: dict[Place, Reading] = {}
    kept = set(page.expansion.thinned.standing) if page.expansion is not None else ()
    for reading in page.figures:
        claim, figure = reading.claim, reading.figure
        if claim.place[0] in kept:
            continue  # comes with the rows that it stands for
        place = grid.covers.get(claim.place, claim.place)
        problem = figure.problem
        if problem == "blank":
            row, column = claim.place
            blanks.setdefault(claim.table.id, []).append((grid.sheet.row(row), column))
        elif problem:
            result.findings.append(
                Finding(
                    problem,
                    source.file,
                    reading.sheet,
                    grid.address(place),
                    figure.raw,
                    unit_of(source, claim),
                    figure.hint,
                )
            )
        elif _is_own_year(claim, figure, source):
            result.findings.append(
                Finding(
                    "figure_is_year",
                    source.file,
                    reading.sheet,
                    grid.address(place),
                    figure.raw,
                    claim.table.id,
                )
            )
            page.reading.roles[place] = "unread"
            continue
        elif figure.status == "Z":
            marks.setdefault(place, reading)
        result.observations.append(teller.observation(reading, grid.address(place)))
    for reading in marks.values():
        where = grid.address(grid.covers.get(reading.claim.place, reading.claim.place))
        result.findings.append(Finding("mark_read", source.file, reading.sheet, where, reading.figure.raw))
    if page.expansion is not None:
        result.findings += page.expansion.findings
        for table, places in page.expansion.blanks.items():
            blanks.setdefault(table, []).extend(places)
        labels = row_labels(page.expansion.thinned, grid)
        for block in page.expansion.blocks:
            templates = block.templates or [teller.template(reading, labels) for reading in block.readings]
            result.plates += plates(block, templates, source.catalogue)
    for table, places in blanks.items():
        cells = [address(place) for place in sorted(places)]
        sheet = page.reading.sheet.name
        result.findings.append(
            Finding("figures_blank", source.file, sheet, cells[0], ", ".join(cells), table)
        )


def _is_own_year(claim: Claim, figure: Figure, source: Source) -> bool:
    """Whether a count equals its year or the workbook's, which may stand below a title."""
    years = {claim.year, source.year} - {None}
    return claim.table.values == "count" and figure.number in years


# ledger ------------------------------------------------------------------------------------------------


def _account(page: _Page, source: Source, result: WorkbookReading) -> None:
    """A role for every non-blank cell; a number without one is unread and said so."""
    reading, expansion = page.reading, page.expansion
    rows: list[tuple[int, str, str, str]] = []
    moved = {(row, column) for (_, column), row in expansion.thinned.moved.items()} if expansion else ()
    standing = set(expansion.thinned.standing) if expansion is not None else ()
    roles, tables, true_row = reading.roles, reading.tables, reading.sheet.row
    taken = {old: place for place, old in reading.grid.moved.items()}
    for cell in reading.sheet.cells:
        number, column, _, _, text, look = cell
        place = taken.get((number, column), (number, column))
        if number in standing or place in moved:
            continue  # told of with the rows of its group
        hidden = look.hidden or reading.sheet.hidden
        role = "ignored" if hidden else roles.get(place, "unread")
        row = true_row(number)
        where = address((row, column))
        if role == "unread" and not hidden and place not in reading.refusals and place not in roles:
            result.findings.append(
                Finding("cell_unread", source.file, reading.sheet.name, where, text.strip())
            )
        rows.append((row, where, role, tables.get(place, "")))
    if expansion is None:
        result.ledger += [LedgerRow(source.file, reading.sheet.name, *told) for _, *told in rows]
    else:
        text, cells = ledger_text(expansion, reading, rows, source.file)
        result.ledger.append(LedgerLines(reading.sheet.name, text, cells))
