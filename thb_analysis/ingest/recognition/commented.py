"""What comments on figures and headings say of them, as notes do."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection

from thb_analysis.definitions import figures
from thb_analysis.findings import Finding
from thb_analysis.ingest.recognition.grid import Place
from thb_analysis.ingest.recognition.keys import Source
from thb_analysis.ingest.recognition.naming import speaks_of
from thb_analysis.ingest.recognition.recognise import SheetReading
from thb_analysis.ingest.recognition.subtitles import is_short
from thb_analysis.ingest.words.labels import vocabulary


def on_comments(
    reading: SheetReading,
    source: Source,
    tables: Collection[str],
    heard: Callable[[Place, str], list[Finding]],
) -> list[Finding]:
    """Another year, a part of it, less than all; `heard` is what is found of a text, `tables` those of the figures.

    Numbers in them are how a figure came about, but for one alone that is not the figure.  A few words that speak of a
    member and are not understood (“without minors”) may narrow the figure.
    """
    grid, found = reading.grid, []
    told = [place for place, cell in grid.cells.items() if cell.comment is not None]
    for place in sorted(told):
        cell = grid.cells[place]
        if cell.comment is None or place in grid.hidden:
            continue
        others = set(re.findall(r"\d+", cell.comment)) - {cell.text}
        corrected = cell.is_number and len(others) == 1
        own = [one for one in heard(place, cell.comment) if corrected or one.code != "number_in_text"]
        for line in cell.comment.splitlines() if not own else ():
            words = line.strip(" .!")
            if is_short(source, words) and _speaks(source, tables, words):
                where = reading.sheet.name, grid.address(place)
                own.append(Finding("note_restricts", source.file, *where, words, hint=words))
        found += own
    return found


def _speaks(source: Source, tables: Collection[str], text: str) -> bool:
    """Whether some words hold the name of any table's member, and these tables do not understand them whole."""
    catalogue = source.catalogue
    if any(vocabulary(catalogue, table).read(text) for table in tables):
        return False
    known = (vocabulary(catalogue, table.id) for table in figures(catalogue))
    return any(speaks_of(text, words, source.institution) for words in known)
