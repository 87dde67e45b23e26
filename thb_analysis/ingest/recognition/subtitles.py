"""Lines over tables that nobody understands: do they say more of the figures than their titles do?"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from thb_analysis.definitions import Catalogue
from thb_analysis.ingest.people import is_name
from thb_analysis.ingest.recognition.grid import LABEL, Place
from thb_analysis.ingest.recognition.home import is_letterhead
from thb_analysis.ingest.recognition.keys import Source, names_tables
from thb_analysis.ingest.recognition.naming import of_field
from thb_analysis.ingest.recognition.qualified import is_remark
from thb_analysis.ingest.recognition.recognise import SheetReading
from thb_analysis.ingest.recognition.titles import is_note, without_address
from thb_analysis.ingest.words.ages import ages_of
from thb_analysis.ingest.words.beside import SENDING
from thb_analysis.ingest.words.fold import fold
from thb_analysis.ingest.words.footnotes import footnote_start
from thb_analysis.ingest.words.labels import vocabulary
from thb_analysis.ingest.words.mentions import mentioned
from thb_analysis.ingest.words.spans import YEAR

MOST_WORDS = 4  #: of a subtitle
_SENTENCE = re.compile(r"[.:]\s+")
_YEARS = re.compile(rf"(?<!\d){YEAR}\b\.?")


def title_rows(reading: SheetReading) -> set[tuple[int, int]]:
    """The rows of titles that name the table of figures, each with the row in which these, or their headings, begin."""
    found = set()
    for claim in reading.claims:
        top = min((*claim.block.rows, claim.place[0]))
        titles = [cell for role, cell in claim.headings if role == "title" and cell[0] < top - 1]
        found |= {(cell[0], top) for cell in titles}
    return found


def corners_of(reading: SheetReading) -> set[Place]:
    """The labels on lines of headings and of labels at once, that head nothing."""
    heads = {heading for claim in reading.claims for heading in claim.headings}
    rows = {cell[0] for role, cell in heads if role == "column"}
    columns = {cell[1] for role, cell in heads if role == "row"}
    used = {cell for _, cell in heads}
    return {
        cell
        for cell, kind in reading.grid.kinds.items()
        if kind == LABEL and cell[0] in rows and cell[1] in columns and cell not in used
    }


def is_short(source: Source, text: str) -> bool:
    """Whether a text is a few words, as a subtitle is: no field, name with a post, or note that needs no look.

    Years may stand among them (“school year 2023/2024”), slashes, and letters that stand for words.
    """
    words = [word.strip("().,;-–") for word in _YEARS.sub(" ", text).replace("/", " ").split()]
    plain = len(words) <= MOST_WORDS and any(words) and all(map(_is_word, filter(None, words)))
    signed = plain and any(fold(word) in source.catalogue.words["posts"] for word in words)
    return (
        plain
        and not signed
        and not text.rstrip().endswith((".", ":"))
        and not is_note(text, source.catalogue)
    )


def is_said_of_all(source: Source, text: str) -> bool:
    """Whether a field and its value stand in one cell, and the value is a common word or two: “Recidivism: yes”.

    What letters have is a name, or speaks of the field; it begins with a capital, or is a date.
    """
    name, colon, value = (part.strip() for part in text.partition(":"))
    few = bool(colon) and is_short(source, name) and is_short(source, value)
    return few and value[0].islower() and not of_field(source.catalogue, text)


def is_prose(source: Source, text: str) -> bool:
    """Whether a text has more words than a subtitle, and may say anything: not who wrote it, nor its source."""
    catalogue = source.catalogue
    plain = without_address(text, catalogue).strip().lstrip("*() ")
    words = [word.strip("().,;:-–") for word in plain.split()]
    signed = any(fold(word) in catalogue.words["posts"] for word in words)
    once = any(fold(said) in fold(plain) for said in catalogue.words["once"])  # that is how all are counted
    return (
        not once
        and sum(map(str.isalpha, words)) > MOST_WORDS
        and not signed
        and not is_note(plain, catalogue)
        and not is_name(plain)
    )


def _is_word(word: str) -> bool:
    return all(map(str.isalpha, word.split("."))) and (word.isalpha() or len(word) < 4)


def titled_more(reading: SheetReading, source: Source, place: Place, tables: Iterable[str]) -> bool:
    """Whether a line over all figures names their table, and more that nobody understands: “Victims in shelters”.

    Where a title tells what the figures are of, what a letter is about may stand over it: the field, an institution,
    several tables.  Else the name of the file or the sheet told it, and such a line is the title.
    """
    text = reading.grid.text(place).strip()
    if text.endswith((".", ":")) or is_note(text, source.catalogue):
        return False
    if any(claim.place[0] <= place[0] for claim in reading.claims):
        return False
    named = mentioned(source.catalogue, text)
    if not reading.claims or named.isdisjoint(tables):
        return False
    titles = {cell for claim in reading.claims for role, cell in claim.headings if role == "title"}
    titled = any(names_tables(source.catalogue, reading.grid.text(cell)) for cell in titles)
    return not titled or (len(named) == 1 and not of_field(source.catalogue, text))


def is_unheard(reading: SheetReading, source: Source, place: Place, tables: Iterable[str] = ()) -> bool:
    """Whether a few words that nobody understands stand by figures, of which they may say something.

    Not a remark on the figures of a row or a footnote to some, which the tables keep, or the name of such; nor the
    name of a field, or what letters have: a name, an office, a source.
    """
    catalogue, grid, (row, column), corner = source.catalogue, reading.grid, place, bool(tables)
    text = grid.text(place).strip()
    mark = footnote_start(text)
    text = text.removeprefix(mark).strip(" .!()*")
    name, *rest = _SENTENCE.split(text, maxsplit=1)
    text = rest[0] if rest and fold(name) in _of_letters(catalogue) else text  # “Note. Data were revised.”
    beside = grid.at((row, grid.span(place)[3] + 1))  # of which it may be the name
    return (
        not any(at == column for _, at in reading.remarks)
        and (corner or beside is None or bool(names_tables(catalogue, grid.text(beside))))
        and not (corner and any(vocabulary(catalogue, table).read(text) for table in tables))
        and (
            corner
            or is_short(source, text)
            or ages_of(catalogue, text) is not None
            or is_said_of_all(source, text)
        )
        and not is_name(text)
        and not is_remark(catalogue, text)
        and not is_note(text, catalogue)
        and not is_letterhead(catalogue, source.institution, text)
        and fold(text) not in _of_letters(catalogue)
        and not (corner and _is_over_senders(reading, source, place))
    )


def _is_over_senders(reading: SheetReading, source: Source, corner: Place) -> bool:
    """Whether a corner says that its line lists institutions (“Institution”), and there is nothing else in the line."""
    catalogue, (row, column) = source.catalogue, corner
    if fold(reading.grid.text(corner)).strip(" .:") not in _kinds_of_senders(catalogue):
        return False
    line = {
        (cell, claim.table.id)
        for claim in reading.claims
        for role, cell in claim.headings
        if (role == "row" and cell[1] == column and cell[0] > row)
        or (role == "column" and cell[0] == row and cell[1] > column)
    }
    below = {(cell, table) for cell, table in line if cell[1] == column}
    return any(
        own and all(_is_sender(catalogue, table, reading.grid.text(cell)) for cell, table in own)
        for own in (below, line - below)
    )


def _is_sender(catalogue: Catalogue, table: str, text: str) -> bool:
    """Whether a label is the name of an institution, or a total of several, and no more."""
    read = vocabulary(catalogue, table).read(text)
    return bool(read) and all(
        not (one.dims or one.title or one.years) and (one.sender or one.total) for one in read
    )


@cache
def _kinds_of_senders(catalogue: Catalogue) -> frozenset[str]:
    """What lists of institutions are called, whatever they do for a table."""
    return frozenset(fold(word) for kind in SENDING for word in catalogue.words["dimensions"][kind])


@cache
def _of_letters(catalogue: Catalogue) -> frozenset[str]:
    return frozenset(fold(word) for kind in ("seat", "remark", "unit") for word in catalogue.words[kind])
