"""What a sheet comes to: observations of its figures, and a role for every cell of it."""

from __future__ import annotations

from collections.abc import Callable
from operator import itemgetter

from thb_analysis.findings import Finding
from thb_analysis.ingest.alike.restore import ledger_text, plates, spelled
from thb_analysis.ingest.alike.thin import row_labels
from thb_analysis.ingest.cells import Cell
from thb_analysis.ingest.observe import Teller
from thb_analysis.ingest.outcome import LedgerLines, LedgerRow, WorkbookReading
from thb_analysis.ingest.pages import Page
from thb_analysis.ingest.recognition.grid import Place, address
from thb_analysis.ingest.recognition.judge import Reading
from thb_analysis.ingest.recognition.keys import Claim, Source
from thb_analysis.ingest.recognition.recognise import unit_of
from thb_analysis.ingest.recognition.values import Figure
from thb_analysis.observations import Observation

_COLUMN_FIRST: Callable[[Cell], tuple[int, int]] = itemgetter(1, 0)


def account(page: Page, source: Source, result: WorkbookReading) -> None:
    """Add a sheet's observations, its findings about single figures, and its part of the ledger."""
    if page.twin is not None:
        result.findings += page.twin.findings
        result.observations += page.twin.observations
        result.ledger.append(LedgerLines(page.name, page.twin.ledger, page.twin.cells))
        return
    _observe(page, source, result)
    _account(page, source, result)


def _observe(page: Page, source: Source, result: WorkbookReading) -> None:
    grid = page.reading.grid
    teller = Teller(grid, page.notes, source, page.figures, page.letters)
    blanks: dict[str, list[tuple[int, int]]] = {}  # table → true places
    marks: dict[Place, Reading] = {}
    observed: list[tuple[Place, Observation]] = []  # with true places
    kept = set(page.expansion.thinned.standing) if page.expansion is not None else ()
    for reading in page.figures:
        claim, figure = reading.claim, reading.figure
        if claim.place[0] in kept:
            continue  # comes with the rows that it stands for
        place = grid.covers.get(claim.place, claim.place)
        problem = figure.problem
        if problem == "blank":
            blanks.setdefault(claim.table.id, []).append(grid.sheet.place(*claim.place))
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
        observed.append((grid.sheet.place(*place), teller.observation(reading, grid.address(place))))
    for reading in marks.values():
        where = grid.address(grid.covers.get(reading.claim.place, reading.claim.place))
        result.findings.append(Finding("mark_read", source.file, reading.sheet, where, reading.figure.raw))
    if page.expansion is not None:
        result.findings += page.expansion.findings
        for table, places in page.expansion.blanks.items():
            blanks.setdefault(table, []).extend(places)
        labels, columns = row_labels(page.expansion.thinned, grid), page.expansion.thinned.label_columns
        for block in page.expansion.blocks:
            templates = block.templates or [teller.template(reading, labels) for reading in block.readings]
            if block.spelled:
                observed += spelled(block, templates, columns)
            else:
                result.plates += plates(block, templates, source.catalogue)
    if grid.sheet.turned or (page.expansion is not None and any(b.spelled for b in page.expansion.blocks)):
        observed.sort(key=itemgetter(0))
    result.observations += [one for _, one in observed]
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


def _account(page: Page, source: Source, result: WorkbookReading) -> None:
    """A role for every non-blank cell; a number without one is unread and said so."""
    reading, expansion = page.reading, page.expansion
    rows: list[tuple[int, str, str, str]] = []
    moved = {(row, column) for (_, column), row in expansion.thinned.moved.items()} if expansion else ()
    standing = set(expansion.thinned.standing) if expansion is not None else ()
    roles, tables = reading.roles, reading.tables
    taken = {old: place for place, old in reading.grid.moved.items()}
    sheet = reading.sheet
    standing_cells = sorted(sheet.cells, key=_COLUMN_FIRST) if sheet.turned else sheet.cells
    for cell in standing_cells:
        number, column, _, _, text, look = cell
        place = taken.get((number, column), (number, column))
        if number in standing or place in moved:
            continue  # told of with the rows of its group
        hidden = look.hidden or reading.sheet.hidden
        role = "ignored" if hidden else roles.get(place, "unread")
        true = reading.sheet.place(number, column)
        where = address(true)
        if role == "unread" and not hidden and place not in reading.refusals and place not in roles:
            result.findings.append(
                Finding("cell_unread", source.file, reading.sheet.name, where, text.strip())
            )
        rows.append((true[0], where, role, tables.get(place, "")))
    if expansion is None:
        result.ledger += [LedgerRow(source.file, reading.sheet.name, *told) for _, *told in rows]
    else:
        text, cells = ledger_text(expansion, reading, rows, source.file)
        result.ledger.append(LedgerLines(reading.sheet.name, text, cells))
