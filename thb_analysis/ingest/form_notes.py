"""Texts on a form's sheet that are not the form's: do they say that the figures are others than were asked for?"""

from __future__ import annotations

from thb_analysis.definitions import TOTAL
from thb_analysis.formmap import SheetMap
from thb_analysis.ingest.recognition.doubts.scaled import scales
from thb_analysis.ingest.recognition.keys import Source
from thb_analysis.ingest.recognition.loose import fates
from thb_analysis.ingest.recognition.notes import part_of_year, restricting, status_told
from thb_analysis.ingest.recognition.titles import is_note, names_other_unit, of_area
from thb_analysis.ingest.words.as_of import stands_before_end
from thb_analysis.ingest.words.labels import vocabulary

NARROWS = "note_reach"  #: what is told of a text after which no figure of the sheet is taken


def told_of(text: str, page: SheetMap, source: Source, year: int) -> tuple[str, str]:
    """The code of what is to be told of a text, "" where it says nothing of the figures; and what was expected.

    The unit line is the form's own; a title that was changed is such a text.
    """
    code = _told(text, page, source, year)
    return code, {"note_of_year": str(year), NARROWS: page.title}.get(code, "")


def _told(text: str, page: SheetMap, source: Source, year: int) -> str:
    words = vocabulary(source.catalogue, page.table)
    other_unit = names_other_unit(text, words)
    if other_unit is not None:
        return "unit_not_tables" if other_unit else ""
    if part_of_year(words, text) or stands_before_end(source.catalogue, year, text):
        return "note_part_of_year"
    if scales(source.catalogue, text):
        return NARROWS
    readings = [reading for reading in words.read(text) if reading.number is None]
    asked = {*page.dims, *(pair for row in page.rows for pair in row.dims)}
    for reading in readings:
        if reading.years and not reading.years[0] <= year <= reading.years[-1]:
            return "note_of_year"
        if reading.share or reading.scaled or reading.accumulated:
            return NARROWS
        lacking = {name for name, code in reading.dims if (name, code) not in page.dims and code != TOTAL}
        if lacking and not is_note(text, source.catalogue):
            divided = {name for name, code in asked if code != TOTAL}
            if not (reading.title and lacking <= divided):
                return NARROWS
    limits = [word for word in restricting(text, source) if not status_told(source.catalogue, word)]
    if limits or of_area(text, source.catalogue) or fates(source, [page.table], text):
        return "note_restricts"
    return ""
