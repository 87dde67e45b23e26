"""Years with something beside them: “2024 (provisional)”, “2023 (revised)”, “2024/2023” over changes."""

from __future__ import annotations

import re
from functools import cache

from thb_analysis.definitions import Catalogue
from thb_analysis.ingest.recognition.grid import EITHER, LABEL, Grid, Place
from thb_analysis.ingest.words.fold import fold
from thb_analysis.ingest.words.spans import YEAR

UNSURE = ("P", "E")  #: provisional and estimated figures
_QUALIFIED = re.compile(rf"\s*({YEAR})\.?\s*((?:gads|g\.)?)\s*\(([^()]+)\)\s*", re.IGNORECASE)


def qualified_years(grid: Grid, catalogue: Catalogue) -> dict[Place, str]:
    """Take the remarks from behind the years, and give what the cells said.

    Only remarks on how sure the figures are: any other may say that they are of something else.
    """
    found = {}
    for place, cell in grid.cells.items():
        match = _QUALIFIED.fullmatch(cell.text) if cell.kind == "text" else None
        if match and fold(match[3]).strip(" .:") in _remarks(catalogue):
            found[place] = cell.text
    for place, text in found.items():
        year = _QUALIFIED.fullmatch(text)
        assert year is not None
        grid.cells[place] = grid.cells[place]._replace(text=year[1])
        grid.kinds[place], grid.series[place] = EITHER, "year"
    return found


def compared_years(grid: Grid, catalogue: Catalogue) -> None:
    """Make a change of what sets a year against the one before: “2024/2023”, “2024 against 2023, %”."""
    for place, cell in grid.cells.items():
        match = _against(catalogue).fullmatch(fold(cell.text)) if cell.kind == "text" else None
        if match and int(match[1]) == int(match[2]) + 1:
            grid.cells[place] = cell._replace(text=catalogue.words["share"][0])
            grid.kinds[place] = LABEL
            grid.series.pop(place, None)


@cache
def _against(catalogue: Catalogue) -> re.Pattern[str]:
    words = "|".join(re.escape(fold(word)) for word in catalogue.words["against"])
    suffix = r"\.?(?:\s?(?:g\.|gads|gadu))?"
    return re.compile(rf"({YEAR}){suffix}\s*(?:{words})\s*({YEAR}){suffix}\s*,?\s*\(?%?\)?")


@cache
def _remarks(catalogue: Catalogue) -> frozenset[str]:
    said = (text for code in UNSURE for text in catalogue.codes["obs_status"][code].spellings)
    return frozenset(fold(text).strip(" .:") for text in (*said, *catalogue.words["revised"]))
