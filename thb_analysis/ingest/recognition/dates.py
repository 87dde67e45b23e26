"""Days on which a sheet was signed or sent: a date in a cell of its own, in a letterhead or below a table."""

from __future__ import annotations

import re
from datetime import date

from thb_analysis.definitions import Catalogue
from thb_analysis.ingest.cells import Cell
from thb_analysis.ingest.recognition.grid import LABEL, Grid, Place
from thb_analysis.ingest.recognition.islands import Region, regions
from thb_analysis.ingest.words.beside import SENDING
from thb_analysis.ingest.words.mentions import mentioned
from thb_analysis.ingest.words.readers import readers

MOST = 2  #: dates in one part of a sheet that is no table
YEARS = 2  #: within which an answer is sent
_DAY = re.compile(r"\d{1,2}\.\s?\d{1,2}\.\s?(\d{4})\.?(?:\s?g\.)?|(\d{4})-\d\d-\d\d")


def days_alone(grid: Grid, catalogue: Catalogue, year: int | None) -> list[Place]:
    """Dates that stand apart from all figures, beside nothing that any table understands, after the year reported.

    A date without its year or its day may be a figure that a spreadsheet took for one (“3-5”), and is none of these.
    """
    if year is None or not any(_year_of_day(cell) for cell in grid.cells.values()):
        return []
    return [place for region in regions(grid) for place in _of_region(grid, region, catalogue, year)]


def _of_region(grid: Grid, region: Region, catalogue: Catalogue, year: int) -> list[Place]:
    found = [place for place in region.places if grid.kinds[place] != LABEL]
    if not 0 < len(found) <= MOST:
        return []
    if any(not year <= _year_of_day(grid.cells[place]) <= year + YEARS for place in found):
        return []
    for label in (place for place in region.places if grid.kinds[place] == LABEL):
        if _says_something(catalogue, grid.text(label), frozenset() if _heads(label, found) else SENDING):
            return []
    return found


def _heads(label: Place, dates: list[Place]) -> bool:
    """Whether a label may head a date: not where the day of a letter stands alone below who sends it."""
    below = len(dates) == 1 and dates[0][1] == label[1] and dates[0][0] > label[0]
    return not below and any(label[0] == row or label[1] == column for row, column in dates)


def _says_something(catalogue: Catalogue, text: str, but: frozenset[str]) -> bool:
    """Whether a label may head a figure; not by what it says of some dimensions."""
    if mentioned(catalogue, text):
        return True
    readings = (reading for words in readers(catalogue, text) for reading in words.read(text))
    return any(r.title or r.sets - but or r.total or r.figure for r in readings)


def _year_of_day(cell: Cell) -> int:
    """The year of a cell that shows a whole date and nothing else; 0 for any other."""
    if cell.kind == "text":
        text = cell.text.strip()
        found = _DAY.fullmatch(text) if text[:1].isdigit() else None
        return int(found[1] or found[2]) if found else 0
    shown = cell.number_format.lower()
    whole = isinstance(cell.value, date) and (not shown or ("y" in shown and "d" in shown))
    return cell.value.year if whole and isinstance(cell.value, date) else 0
