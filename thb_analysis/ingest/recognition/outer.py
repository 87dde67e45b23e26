"""What the names of a sheet, its file and its folders add to figures: a year, or that they are no counts of one."""

from __future__ import annotations

from thb_analysis.definitions import Table
from thb_analysis.ingest.recognition.grid import Grid
from thb_analysis.ingest.recognition.keys import Key, Over, Source
from thb_analysis.ingest.recognition.titles import COUNT
from thb_analysis.ingest.words.fold import fold
from thb_analysis.ingest.words.periods import (
    is_day_amid,
    names_parts,
    of_money,
    of_no_counts,
    of_part_of_year,
    of_plans,
    of_year_seen,
    spans_years,
)
from thb_analysis.ingest.words.spans import named_year, of_several_years

NUMBERS = ("count", "amount")  #: the values of tables that are given as they are
OF_NAMES = (of_part_of_year, names_parts, of_no_counts, of_plans, of_money)  #: what is asked of such a name


def own_name(source: Source, name: str) -> str:
    """A sheet's name; "" where it is the file's own, as that of a text file is: it says no more than the file's."""
    return "" if _is_of_file(source, name) else name


def year_of_sheet(source: Source, name: str) -> int | None:
    """The year that a sheet's name gives; one that is the file's own says no more than the file."""
    return None if _is_of_file(source, name) or of_several_years(name) else named_year(name)


def year_outside(source: Source, name: str) -> int | None:
    """The year of a sheet's name, else the file's."""
    on_sheet = year_of_sheet(source, name)
    stem = source.file.rpartition("/")[2].rpartition(".")[0]
    if on_sheet is not None:
        return on_sheet
    spans = spans_years(source.catalogue, name) or spans_years(source.catalogue, stem)
    spans = spans or (of_several_years(name) and not _is_of_file(source, name))  # “2023-24”
    seen = any(of_year_seen(source.catalogue, over) for over in names_over(source, name))
    return None if spans or seen or _of_all_years(source, name) else source.year


def _of_all_years(source: Source, name: str) -> bool:
    """Whether a sheet is named for a whole, beside others that are named for years: it may be the whole of these."""
    words = source.catalogue.words
    return source.pages.dated and fold(name) in {fold(word) for word in (*words["total"], *words["summary"])}


def outer_year(source: Source, grid: Grid, key: Key, over: Over, table: Table) -> None:
    """The year of the sheet's name, else the file's, where nothing nearer gives one; a part of it where they say so."""
    name = grid.sheet.name
    on_sheet = year_of_sheet(source, name)
    if on_sheet is not None:
        over.spans.append((on_sheet, on_sheet))
    if key.year is None and not key.year_total:
        key.year = year_outside(source, name)
        over.year_from = "sheet" if on_sheet is not None else "file"
    over.aside = over.aside or set_aside(source, grid, table, key.full)


def set_aside(source: Source, grid: Grid, table: Table, full: bool) -> bool:
    """Whether figures of a sheet are no counts of a year by its name or its file's; `full`: they say that they are."""
    part = not full and is_of_part(source, grid)
    return part or (table.values in NUMBERS and is_of_no_counts(source, grid, table))


def names_over(source: Source, sheet: str) -> tuple[str, ...]:
    """The names under which a sheet stands: its own, what the file's says beside its sender, the folders'."""
    return (sheet, source.topic, *source.file.split("/")[:-1])


def is_of_part(source: Source, grid: Grid) -> bool:
    """Whether a sheet is about a part of a year by its name or its file's: “1st quarter”.

    So is “half-year”, unless labels on the sheet tell one half from the other.
    """
    catalogue = source.catalogue
    if is_day_amid(grid.sheet.name, source.year):
        return True
    for name in names_over(source, grid.sheet.name):
        if of_part_of_year(catalogue, name):
            return True
        labels = (cell.text for cell in grid.cells.values() if cell.kind == "text")
        if names_parts(catalogue, name) and not any(of_part_of_year(catalogue, label) for label in labels):
            return True
    return False


def is_of_no_counts(source: Source, grid: Grid, table: Table) -> bool:
    """Whether a sheet is about shares, changes, plans by its name or its file's, unless labels on it tell which are.

    A table of a plan has its own words for what was planned, and one of amounts is in euro.
    """
    catalogue = source.catalogue
    tests = [of_no_counts]
    tests += [] if table.of_plan else [of_plans]
    tests += [of_money] if table.values == COUNT else []
    names = names_over(source, grid.sheet.name)
    told = [test for test in tests if any(test(catalogue, name) for name in names)]
    labels = [cell.text for cell in grid.cells.values() if cell.kind == "text"] if told else []
    return any(not any(test(catalogue, label) for label in labels) for test in told)


def _is_of_file(source: Source, name: str) -> bool:
    stem = source.file.rpartition("/")[2].rpartition(".")[0]
    return bool(source.institution and name) and stem.startswith(name)
