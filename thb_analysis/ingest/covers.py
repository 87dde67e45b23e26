"""What sheets without figures say of a whole workbook: a year or a part of one, a sender, what figures are narrowed to.

A title page speaks for the sheets behind it, which often give no year of their own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from thb_analysis.definitions import TOTAL, Catalogue
from thb_analysis.findings import Finding
from thb_analysis.ingest.cells import Sheet
from thb_analysis.ingest.recognition.doubts.scaled import other_money
from thb_analysis.ingest.recognition.grid import Grid, Place, is_year
from thb_analysis.ingest.recognition.keys import Claim, Source
from thb_analysis.ingest.recognition.notes import status_told, told_about
from thb_analysis.ingest.recognition.recognise import SheetReading
from thb_analysis.ingest.recognition.titles import without_address
from thb_analysis.ingest.words.beside import SENDING
from thb_analysis.ingest.words.fold import fold
from thb_analysis.ingest.words.labels import vocabulary
from thb_analysis.ingest.words.meanings import Reading
from thb_analysis.ingest.words.not_taken import is_other
from thb_analysis.ingest.words.readers import readers
from thb_analysis.ingest.words.spans import day_after


class Told(NamedTuple):
    """A cell of a cover, and what it says."""

    sheet: str
    cell: str
    text: str
    years: frozenset[int]
    part: bool  #: it names a part of a year
    sender: str
    narrow: bool  #: it names women, an article, a region: the figures may be of that only
    money: bool  #: it speaks of thousands, or of another currency


def told_by(covers: Iterable[SheetReading], source: Source) -> list[Told]:
    """What covers tell of the year and of who sends the workbook."""
    return [told for cover in covers for told in _told(cover.grid, source)]


def margins_told(sheets: Iterable[Sheet], source: Source) -> list[Finding]:
    """What the heads and feet of pages say that figures are, and the workbook does not: nothing is taken from it.

    They are often what an earlier year's workbook left there.
    """
    found: list[Finding] = []
    for sheet in sheets:
        for text in sheet.margins if not sheet.hidden else ():
            readings = [r for words in readers(source.catalogue, text) for r in words.read(text)]
            years, part, _ = _said(readings, source)
            other = bool(years) and source.year is not None and source.year not in years
            doubt = (
                other or part or other_money(source.catalogue, text) or status_told(source.catalogue, text)
            )
            if doubt or _narrows(readings, text, source):
                found.append(Finding("page_margin_says", source.file, sheet.name, found=text))
    return found


def narrowed_titles(reading: SheetReading, source: Source) -> list[Finding]:
    """What titles of figures that were read narrow them to, though their table does not keep it.

    “Suspects linked to trafficking” over an article that is mostly something else may be some of those.
    """
    found: dict[object, Finding] = {}
    sheet, grid = reading.sheet.name, reading.grid
    for claim in reading.claims:
        heads = ((cell, grid.text(cell)) for _, cell in claim.headings)
        for cell, told in narrowing(claim, heads, source.catalogue):
            place = (source.file, sheet, grid.address(cell), grid.text(cell).strip())
            found[cell] = Finding("note_restricts", *place, hint=", ".join(told))
        for _, told in narrowing(claim, [((0, 0), sheet)], source.catalogue):
            found[sheet] = Finding("note_restricts", source.file, sheet, found=sheet, hint=", ".join(told))
    return list(found.values())


def narrowing(
    claim: Claim, heads: Iterable[tuple[Place, str]], catalogue: Catalogue
) -> Iterator[tuple[Place, list[str]]]:
    """Which headings of a figure narrow it to what its table does not keep, and by what words."""
    words = vocabulary(catalogue, claim.table.id)
    linked = is_other(words, claim.dims.items(), mostly=True)
    for cell, said in heads if claim.table.narrowed or linked else ():
        text = fold(said)
        told = [word for word in claim.table.narrowed if fold(word) in text]
        if linked and any(reading.linked for reading in words.read(said)):
            told += [next((w for w in catalogue.words["linked"] if fold(w) in text), text)]
        if told:
            yield cell, told


def is_cover(reading: SheetReading) -> bool:
    """Whether a sheet that was read holds no figure, not even one that was refused."""
    return not (reading.claims or reading.blanks or reading.refusals or reading.sheet.hidden)


def _told(grid: Grid, source: Source) -> Iterator[Told]:
    for place, cell in sorted(grid.cells.items()):
        if cell.kind == "text":
            words = vocabulary(source.catalogue, next(iter(source.catalogue.tables)))
            if any(day_after(source.catalogue, words.tokens(cell.text))):
                continue  # the day of signing
            readings = [r for words in readers(source.catalogue, cell.text) for r in words.read(cell.text)]
            if not readings:
                readings = list(words.read(told_about(words, cell.text)))
            said = _said(readings, source)
            narrow, money = _narrows(readings, cell.text, source), other_money(source.catalogue, cell.text)
        elif cell.kind == "number" and is_year(cell.text) and _asks_year(grid, place, source):
            said, narrow, money = (frozenset({int(cell.text)}), False, ""), False, False
        else:
            continue
        if any(said) or narrow or money:
            yield Told(grid.sheet.name, grid.address(place), cell.text, *said, narrow, money)


def _said(readings: Sequence[Reading], source: Source) -> tuple[frozenset[int], bool, str]:
    """The year that a text on a cover tells, whether only a part of it, and a sender.

    A month of another year, or the bare number of the next, is when it was sent.
    """
    sender = next((source.titled(r.sender) for r in readings if r.sender), "")
    years = frozenset(year for reading in readings for year in reading.years)
    if any(r.compared or r.number is not None for r in readings) or len(years) > 1:
        return frozenset(), False, sender
    part = any(r.period and r.names != {"period"} and not r.full for r in readings)
    bare = not any(reading.names for reading in readings)
    next_year = source.year is not None and years == {source.year + 1}
    if years and years != {source.year} and (part or (bare and next_year)):
        return frozenset(), False, sender
    return years, part, sender


def _narrows(readings: Sequence[Reading], text: str, source: Source) -> bool:
    """Whether a text names a member of a list, or a kind of region: a town alone is where it was signed."""
    catalogue = source.catalogue
    if readings:
        known = {*catalogue.words["subject"], TOTAL, *_home(catalogue)}
        return bool(
            {code for r in readings if not r.title for name, code in r.dims if name not in SENDING} - known
        )
    kinds = tuple(area for area in catalogue.words["area"] if area.islower())
    return any(word.startswith(kinds) for word in fold(without_address(text, catalogue)).split())


def _home(catalogue: Catalogue) -> set[str]:
    """Codes of the country that reports."""
    said = ((words, text) for text in catalogue.words["home"] for words in readers(catalogue, text))
    return {code for words, text in said for reading in words.read(text) for _, code in reading.dims}


def _asks_year(grid: Grid, place: Place, source: Source) -> bool:
    """Whether the label right before or above a number asks for a year."""
    row, column = place
    labels = (grid.at(before) for before in ((row, column - 1), (row - 1, column)))
    texts = [grid.text(label) for label in labels if label is not None]
    return any(_names_year(r) for t in texts for words in readers(source.catalogue, t) for r in words.read(t))


def _names_year(reading: Reading) -> bool:
    return "year" in reading.names and not reading.years
