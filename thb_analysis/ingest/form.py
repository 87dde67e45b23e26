"""A request form among the workbooks: found by its hidden sheet, read by its own map, sheet by sheet.

Where the map is lost, the catalogue that drew the form draws it again.  A sheet that the map does not know, or
whose headings are gone, is read by meaning like any other workbook.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import takewhile

from thb_analysis.definitions import Catalogue
from thb_analysis.findings import Finding
from thb_analysis.formmap import CHECKED, CHOSEN, MARK, WITNESSES_FROM, FormMap, SheetMap, read_lines
from thb_analysis.formplan import asked_of, plan_form, with_last_year
from thb_analysis.ingest.cells import Book, Cell, Sheet
from thb_analysis.ingest.form_page import FormPage, Witness, heading_row, same
from thb_analysis.ingest.outcome import LedgerRow, WorkbookReading
from thb_analysis.ingest.recognition.keys import Source
from thb_analysis.ingest.workbook import read_workbook
from thb_analysis.language import Language, languages

TOP = 20  #: rows in which a lost form's titles are looked for
LISTS_FROM = 26  #: columns of the hidden sheet from here on hold drop-down lists


def form_of(book: Book) -> tuple[FormMap, Sheet] | None:
    """The map of the form that a workbook is, and the sheet that holds it; None for any other workbook."""
    for sheet in book.sheets:
        first = next(iter(sheet.cells), None)
        if first is None or (first.row, first.column, first.text) != (1, 1, MARK):
            continue
        lines: dict[int, list[str]] = {}
        for cell in sheet.cells:
            if cell.column <= LISTS_FROM:
                lines.setdefault(cell.row, []).append(cell.text)
        form = read_lines([lines[row] for row in sorted(lines)])
        if form is not None:
            return form, sheet
    return None


def form_again(book: Book, source: Source) -> FormMap | None:
    """The map of a form that has lost its own, with the tables that stand in the workbook as they were drawn.

    A table is such if its title, all of its headings and no others, and most of its rows are there; whatever else
    the workbook holds is left to be read by meaning.  None where there is no such table.
    """
    if source.year is None:
        return None
    asked = asked_of(source.catalogue, source.institution)
    titles = {text for request in asked for text in request.title.values()}
    sheets = [
        sheet
        for sheet in book.sheets
        if not sheet.hidden
        and not titles.isdisjoint(
            map(str.strip, sheet.texts())
        )  # most sheets have none, and are not looked at
        and any(c.text.strip() in titles for c in _top(sheet))
    ]
    for lang in languages() if sheets else ():
        form = plan_form(source.catalogue, source.institution, source.year, lang)
        kept = []
        for page in form.sheets:
            beside = with_last_year(page, Language(lang), source.year - 1)
            whole = (p for p in (page, beside) if any(_stands_whole(sheet, p) for sheet in sheets))
            kept += list(whole)[:1]
        if kept:
            return replace(form, sheets=tuple(kept))
    return None


def _top(sheet: Sheet) -> Iterator[Cell]:
    """The cells of a sheet's first rows, where a form's table has its title."""
    return takewhile(lambda cell: cell.row <= TOP, sheet.cells)


def _stands_whole(sheet: Sheet, page: SheetMap) -> bool:
    """Whether a table stands on a sheet as it was drawn: its title, its headings alone, most of its rows."""
    head = heading_row(sheet, page)
    if head is None or same(page.title) not in {same(cell.text) for cell in sheet.cells if cell.row < head}:
        return False
    heads = {same(cell.text): cell.column for cell in sheet.cells if cell.row == head}
    if set(heads) != {same(text) for text in page.headings}:
        return False
    columns = [heads[same(text)] for text in page.heads]
    cells = {(cell.row, cell.column): same(cell.text) for cell in sheet.cells if cell.column in columns}
    rows = {row for row, _ in cells if row > head}
    found = {tuple(cells.get((row, column), "") for column in columns) for row in rows}
    known = {tuple(same(text) for text in row.labels) for row in page.rows}
    return page.kind == CHOSEN or 2 * len(known & found) > len(known)


def read_answer(book: Book, source: Source, thin: bool = False) -> WorkbookReading:
    """A workbook by its form's map where it is a form, else (and for its other sheets) by meaning."""
    summaries = [sheet for sheet in book.sheets if _is_summary(sheet)]
    if summaries:
        kept = tuple(sheet for sheet in book.sheets if sheet not in summaries)
        result = read_answer(replace(book, sheets=kept), source, thin)
        for sheet in summaries:
            rows = [LedgerRow(source.file, sheet.name, cell.address, "ignored", "") for cell in sheet.cells]
            result.ledger += rows
        return result
    found = form_of(book)
    form, own = found if found is not None else (form_again(book, source), None)
    if form is None:
        return read_workbook(book, source, thin)
    known, rest, doubtful = _sheets_of(book, form, own, source.catalogue)
    # Sums of a form are worked out anew here, so that it says nothing if no spreadsheet has calculated them yet.
    silent = {("sheet_hidden", own.name if own is not None else "")}
    silent |= set() if rest else {("formulas_stale", "")}
    findings = tuple(f for f in book.findings if (f.code, f.sheet) not in silent)
    result = read_workbook(replace(book, sheets=tuple(rest), findings=findings), source, thin)
    if own is None:
        result.findings.append(Finding("form_map_lost", source.file, found=str(len(form.sheets))))
    result.findings += _about_the_form(form, source, known, rest)
    witnesses = _witnesses(form, own) if own is not None else {}
    ours = (form.institution, form.year) == (source.institution, source.year)
    if ours:
        result.findings += [Finding("form_sheet_unsure", source.file, s.name, found=s.name) for s in doubtful]
        for sheet, page in known:
            if page is not None:
                FormPage(sheet, page, form, source, result, witnesses.get(page.key)).read()
    else:
        known = [(sheet, None) for sheet, _ in known]
    read = {id(sheet) for sheet, page in known if page is not None}
    others = {id(sheet) for sheet in rest}
    for sheet in book.sheets:
        if id(sheet) not in read and id(sheet) not in others:
            for cell in sheet.cells:
                role = "ignored" if sheet is own or cell.hidden else _plain_role(cell, form, source)
                result.ledger.append(LedgerRow(source.file, sheet.name, cell.address, role, ""))
                if role == "unread" and ours and sheet not in doubtful:
                    text = cell.text.strip()
                    result.findings.append(
                        Finding("cell_unread", source.file, sheet.name, cell.address, text)
                    )
    order = {sheet.name: position for position, sheet in enumerate(book.sheets)}
    result.ledger.sort(key=lambda row: order[row.sheet])
    return result


def _witnesses(form: FormMap, own: Sheet) -> dict[str, Witness]:
    """Table → what the hidden sheet's formulas say of its rows; none where nothing has calculated them.

    One that is an error, or is gone, referred to a cell that is gone (an old file format leaves no trace of it): a row
    of choices may have been taken out whole, any other row not.
    """
    told = {(c.row - 1, c.column - 1 - WITNESSES_FROM): c for c in own.cells if c.column > WITNESSES_FROM}
    if not any(cell.kind for cell in told.values()):
        return {}
    found = {}
    for table, page in enumerate(form.sheets):
        known: dict[int, float] = {}
        gone = set()
        for row in range(len(page.rows) + page.slots):
            cell = told.get((row, table))
            if cell is not None and isinstance(cell.value, int | float):
                known[row] = float(cell.value)
            elif cell is None or cell.kind:
                gone.add(row)
        moved = {row for row, value in known.items() if int(value)}
        found[page.key] = Witness(
            frozenset(moved if page.kind == CHOSEN else moved | gone),
            frozenset(row for row, value in known.items() if value % 1),
            max(len(gone), _lacking(told, table, page)) if page.kind == CHOSEN else 0,
        )
    return found


def _lacking(told: Mapping[tuple[int, int], Cell], table: int, page: SheetMap) -> int:
    """How many rows fewer a table has than it was drawn with, as the formula below its witnesses counts them."""
    drawn = len(page.rows) + page.slots
    cell = told.get((drawn, table))
    counted = cell.value if cell is not None else None
    return max(0, drawn - int(counted)) if isinstance(counted, int | float) else 0


def _is_known(page: SheetMap, catalogue: Catalogue) -> bool:
    """Whether the catalogue still has the table of a form that an older catalogue drew, with the same dimensions."""
    table = catalogue.tables.get(page.table)
    return table is not None and all(
        {name for name, _ in row.dims} == set(table.dimension_names) for row in page.rows
    )


def _is_summary(sheet: Sheet) -> bool:
    """Whether the program itself wrote the sheet into a marked copy, which then came back."""
    return any(cell.text == CHECKED for cell in takewhile(lambda cell: cell.row == 1, sheet.cells))


def _plain_role(cell: Cell, form: FormMap, source: Source) -> str:
    """A cell of the cover and the like: words, the form's year and the date are notes; a number is nobody's."""
    if (form.institution, form.year) != (source.institution, source.year):
        return "note" if cell.kind == "text" else "unread"
    return "unread" if cell.kind == "number" and cell.text.strip() != str(form.year) else "note"


Matched = list[tuple[Sheet, SheetMap | None]]


def _sheets_of(
    book: Book, form: FormMap, own: Sheet | None, catalogue: Catalogue
) -> tuple[Matched, list[Sheet], list[Sheet]]:
    """The form's sheets as they are found, by title and else by name; the sheets that are not the form's; and those
    whose title is one table's and whose name another's."""
    titles = {page.title: page for page in form.sheets}
    names = {page.name: page for page in form.sheets}
    known: Matched = []
    rest = []
    doubtful: list[Sheet] = []
    for sheet in book.sheets:
        if sheet is own:
            continue
        texts = {same(cell.text) for cell in sheet.cells}
        page = next((titles[text] for text in titles if same(text) in texts), None)
        named = names.get(sheet.name)
        page = page if page is not None and same(page.figure) in texts else named
        if page is not None and named not in (page, None):
            known.append((sheet, None))  # the title says one table, the sheet's name another
            doubtful.append(sheet)
        elif (
            page is not None
            and _is_known(page, catalogue)
            and not sheet.hidden
            and heading_row(sheet, page) is not None
        ):
            known.append((sheet, page))
        elif any(same(text) in texts for text in form.plain):
            known.append((sheet, None))
        else:
            rest.append(sheet)
    return known, rest, doubtful


def _about_the_form(form: FormMap, source: Source, known: Matched, rest: Sequence[Sheet]) -> list[Finding]:
    """What is wrong with the form as a whole: another's form, sheets that are gone, sheets that are new."""
    if (form.institution, form.year) != (source.institution, source.year):
        wanted = f"{source.institution}-{source.year or '?'}"
        return [Finding("form_of_another", source.file, found=form.form, expected=wanted)]
    findings = []
    tables = [page.key for _, page in known if page is not None]
    for sheet, page in known:
        if page is not None and tables.count(page.key) > 1:
            findings.append(Finding("form_table_twice", source.file, sheet.name, found=page.title))
        if page is not None and not any(same(cell.text) == same(page.title) for cell in sheet.cells):
            findings.append(Finding("form_title_gone", source.file, sheet.name, found=page.title))
    there = {page.key for _, page in known if page is not None}
    for page in form.sheets:
        if page.key not in there:
            findings.append(Finding("form_table_missing", source.file, found=page.title, hint=page.table))
    for sheet in rest:
        if sheet.cells and not sheet.hidden:
            findings.append(Finding("form_sheet_foreign", source.file, sheet.name, found=sheet.name))
    return findings
