"""What sheets are called, also where Excel took no longer name: a word is cut off, or the end of the title."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from thb_analysis.definitions import Catalogue
from thb_analysis.ingest.recognition.keys import names_tables
from thb_analysis.ingest.recognition.naming import without_order
from thb_analysis.ingest.recognition.titles import is_division, narrows
from thb_analysis.ingest.words.beside import PEOPLE
from thb_analysis.ingest.words.fold import fold
from thb_analysis.ingest.words.labels import Vocabulary, vocabulary
from thb_analysis.ingest.words.meanings import Meaning
from thb_analysis.ingest.words.mentions import understood
from thb_analysis.ingest.words.written_out import written_out

LONGEST_NAME = 31  #: of a sheet
SPOKEN = 4  #: letters of an institution's that are read out as a word


@lru_cache(maxsize=1_000)
def called(catalogue: Catalogue, name: str) -> str:
    """What a sheet is called: in full, without its number, and without a word that Excel's longest name cut off.

    What is left then names a table, and the word begins like one of its own that is no member's.
    """
    plain = _in_capitals(catalogue, without_order(name))
    plain = (written_out(catalogue, plain) if "." in plain else "") or plain
    said, _, cut = fold(plain).rpartition(" ")
    tables = names_tables(catalogue, said) if len(name) >= LONGEST_NAME else ()
    if not cut.isalpha() or not tables or understood(catalogue, plain):
        return plain
    for words in (vocabulary(catalogue, table) for table in tables):
        stems = words.stems(said)
        full = (words.stems(title)[: len(stems) + 1] for title in words.table.titles)
        if any(title[:-1] == stems and title[-1].startswith(cut) for title in full):
            continue
        members = {stem for phrase, said in words.phrases.items() if _of_members(said) for stem in phrase}
        begun = {stem for stem in words.known if stem.startswith(cut)}
        if not begun or begun & members:
            return plain
    return said


def _in_capitals(catalogue: Catalogue, name: str) -> str:
    """A name with institutions' letters in it as their list has them: “vp 2023”, where they are all its words.

    Those that are read out as a word, anywhere: “Marta 2023”.
    """
    letters = {code.lower(): code for code in catalogue.codes["institution"] if code.isupper()}
    words = [word for word in re.split(r"[\W\d_]+", name) if word]
    for word in words:
        if word.lower() in letters and ((len(words) == 1 and word.islower()) or len(word) >= SPOKEN):
            name = name.replace(word, letters[word.lower()])
    return name


def _of_members(entries: Iterable[tuple[tuple[str, ...], Meaning]]) -> bool:
    return any(meaning.kind in ("member", "composite") for _, meaning in entries)


def told_over(words: Vocabulary, name: str, titles: Iterable[str]) -> bool:
    """Whether titles name a table, or the sheet is called by the beginning of one, as far as the longest name goes."""
    plain = fold(name) if len(name) >= LONGEST_NAME else "\0"
    return any(
        words.table.id in names_tables(words.catalogue, title) or fold(title).startswith(plain)
        for title in titles
    )


def sender_of(name: str, words: Vocabulary) -> str:
    """The institution that a sheet is called by: whose figures stand on it, where nothing nearer says that."""
    return next((reading.sender for reading in words.read(name) if reading.sender), "")


def names_some(sheet: str, name: str, words: Vocabulary) -> bool:
    """Whether a sheet is called by one of several offices, “1st precinct”, or by a word for people that was cut off."""
    catalogue, plain = words.catalogue, without_order(sheet)
    numbered = plain != sheet and is_division(catalogue, plain) and narrows(plain, catalogue)
    return numbered or _cut_at_member(name, words)


def _cut_at_member(name: str, words: Vocabulary) -> bool:
    """Whether the longest name that Excel takes ends in letters that begin a word for people: “Victims – wom”."""
    cut = fold(name).rpartition(" ")[2]
    if len(name) < LONGEST_NAME or not cut.isalpha() or words.read(cut) or words.read(name):
        return False
    return any(
        phrase[0].startswith(cut) and any(_of_people(meaning) for _, meaning in entries)
        for phrase, entries in words.phrases.items()
    )


def _of_people(meaning: Meaning) -> bool:
    return meaning.name in PEOPLE or not PEOPLE.isdisjoint(name for name, _ in meaning.implies)
