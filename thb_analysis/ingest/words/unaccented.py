"""The catalogue for workbooks that were typed without diacritics: the same words, none of which has any.

Nothing is guessed: where two words fall together (“Latvija”, “Latvijā”), a label may mean either and is refused.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache
from itertools import islice
from typing import Any

from thb_analysis.definitions import Catalogue, Dimension, Member, Table
from thb_analysis.ingest.cells import Book
from thb_analysis.ingest.words.fold import fold
from thb_analysis.ingest.words.readers import known_stems

FIRST = 400  #: cells of a sheet that are looked at: whoever writes without diacritics does so from the first line on
FEWEST = 2  #: words that are known but for their diacritics, so that it is no workbook in English; or one long word
LONG = 7
_WORD = re.compile(r"[a-z]{3,}")


def as_typed(catalogue: Catalogue, book: Book) -> Catalogue:
    """The catalogue by which a workbook is to be read: without diacritics, where it has words that lack them."""
    found: set[str] = set()
    for sheet in book.sheets:
        if sheet.name.isascii():  # else somebody else may have named it, who sent out the form
            found.add(sheet.name)
        for text in (cell.text for cell in islice(sheet.cells, FIRST) if cell.kind == "text"):
            if text.isascii():
                found.add(text)
            elif any(letter.isalpha() and not letter.isascii() for letter in text):
                return catalogue
    lost, words = _lost(catalogue), {word for text in found for word in _WORD.findall(text.lower())}
    named = [word for word in words if any(word[:size] in lost for size in range(3, len(word) + 1))]
    enough = len(named) >= FEWEST or any(len(word) >= LONG for word in named)
    return without_diacritics(catalogue) if enough else catalogue


@cache
def _lost(catalogue: Catalogue) -> frozenset[str]:
    """The stems of known words as they are without their diacritics, where no word has them so."""
    known = known_stems(catalogue)
    return frozenset(plain(stem) for stem in known if not stem.isascii()) - known


@cache
def without_diacritics(catalogue: Catalogue) -> Catalogue:
    """A catalogue in which no word has diacritics.

    A spelling that two members of a list would share is left out, and a small word that would be a member's code
    keeps its own.
    """
    codes = {fold(code) for members in catalogue.codes.values() for code in members}
    return replace(
        catalogue,
        words=_plain_words(catalogue.words, codes),
        codes={name: _plain_members(members) for name, members in catalogue.codes.items()},
        tables={name: _plain_table(table) for name, table in catalogue.tables.items()},
    )


def plain(text: str) -> str:
    """A text without its diacritics."""
    if text.isascii():
        return text
    return "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))


def _plain_words(words: Any, codes: set[str]) -> Any:
    if isinstance(words, str):
        changed = plain(words)
        return words if changed != words and fold(changed).strip(".=") in codes else changed
    if isinstance(words, Mapping):
        return {_plain_words(key, codes): _plain_words(value, codes) for key, value in words.items()}
    return (
        list(dict.fromkeys(_plain_words(each, codes) for each in words))
        if isinstance(words, list) and all(isinstance(each, str) for each in words)
        else [_plain_words(each, codes) for each in words]
        if isinstance(words, list)
        else words
    )


def _plain_members(members: Mapping[str, Member]) -> dict[str, Member]:
    shared = Counter(fold(text) for member in members.values() for text in _all(member.spellings))
    return {
        code: replace(
            member, spellings=tuple(text for text in _all(member.spellings) if shared[fold(text)] == 1)
        )
        for code, member in members.items()
    }


def _all(texts: Iterable[str]) -> tuple[str, ...]:
    kept: dict[str, str] = {}
    for text in map(plain, texts):
        kept.setdefault(fold(text), text)
    return tuple(kept.values())


def _plain_table(table: Table) -> Table:
    return replace(
        table,
        titles=_all(table.titles),
        own=_all(table.own),
        headings=_all(table.headings),
        compounds=tuple(tuple(_all(group) for group in groups) for groups in table.compounds),
        topics=_all(table.topics),
        subject=_all(table.subject),
        dimensions=tuple(map(_plain_dimension, table.dimensions)),
        record={name: _all(texts) for name, texts in table.record.items()},
    )


def _plain_dimension(dimension: Dimension) -> Dimension:
    return replace(dimension, spelled=tuple((plain(text), code) for text, code in dimension.spelled))
