"""Lines over tables that nobody understands: do they say more of the figures than their titles do?"""

from __future__ import annotations

from collections.abc import Iterable

from thb_analysis.ingest.recognition.grid import Place
from thb_analysis.ingest.recognition.keys import Source, names_tables
from thb_analysis.ingest.recognition.recognise import SheetReading
from thb_analysis.ingest.recognition.titles import is_note
from thb_analysis.ingest.words.fold import fold
from thb_analysis.ingest.words.mentions import mentioned

MOST_WORDS = 4  #: of a subtitle


def title_rows(reading: SheetReading) -> set[tuple[int, int]]:
    """The rows of titles that name the table of figures, each with the row in which these, or their headings, begin."""
    found = set()
    for claim in reading.claims:
        top = min((*claim.block.rows, claim.place[0]))
        titles = [cell for role, cell in claim.headings if role == "title" and cell[0] < top - 1]
        found |= {(cell[0], top) for cell in titles}
    return found


def is_short(source: Source, text: str) -> bool:
    """Whether a text is a few words, as a subtitle is: no field, name with a post, or note that needs no look."""
    words = [word.strip("().,;-–") for word in text.split()]
    plain = len(words) <= MOST_WORDS and all(map(str.isalpha, words))
    signed = plain and any(fold(word) in source.catalogue.words["posts"] for word in words)
    return (
        plain
        and not signed
        and not text.rstrip().endswith((".", ":"))
        and not is_note(text, source.catalogue)
    )


def titled_more(reading: SheetReading, source: Source, place: Place, tables: Iterable[str]) -> bool:
    """Whether a line over all figures names their table, and more that nobody understands: “Victims in shelters”.

    It is no title, then: the name of the file or the sheet told what the figures are of.
    """
    text = reading.grid.text(place).strip()
    if text.endswith((".", ":")) or is_note(text, source.catalogue):
        return False
    if any(claim.place[0] <= place[0] for claim in reading.claims):
        return False
    titles = {cell for claim in reading.claims for role, cell in claim.headings if role == "title"}
    if any(names_tables(source.catalogue, reading.grid.text(cell)) for cell in titles):
        return False
    return bool(reading.claims) and not mentioned(source.catalogue, text).isdisjoint(tables)
