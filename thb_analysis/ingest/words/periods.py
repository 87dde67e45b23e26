"""Whether a name, of a sheet or of a file, tells of a part of a year.

Names are written shorter than labels, without diacritics, and a numeral alone counts them: “III” is the third sheet.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from typing import NamedTuple

from thb_analysis.definitions import Catalogue
from thb_analysis.ingest.words.labels import Vocabulary, vocabulary
from thb_analysis.ingest.words.near import bare

_NUMERAL = re.compile(r"[ivxlc]+|\d+")
_APART = re.compile(r"[\W_]+")
#: A year with a month and no day: “2024-01”, “01.2024”.
_MONTH = re.compile(
    r"(?<![\d.,/-])(?:(?:19|20)\d\d[ ._/-](?:0[1-9]|1[0-2])(?![ .,/-]?\d)|(?:0[1-9]|1[0-2])[ ._/-](?:19|20)\d\d(?!\d))"
)

Phrases = frozenset[tuple[str, ...]]


class _Periods(NamedTuple):
    """Phrases for parts of a year, for a whole one, and for any part; each as it is written and by its stems."""

    parts: Phrases
    wholes: Phrases
    kinds: Phrases
    senders: frozenset[str]  #: words that are an institution's name: “Marta” is no month


@lru_cache(maxsize=2_000)
def of_part_of_year(catalogue: Catalogue, name: str) -> bool:
    """Whether a name tells of a month, a quarter, a half, and not of all of them."""
    known = _periods(catalogue)
    ways = _ways(catalogue, name)
    if any(_holds(words, known.wholes) for words in ways):
        return False
    return _MONTH.search(name) is not None or any(_holds(words, known.parts) for words in ways)


@lru_cache(maxsize=2_000)
def names_parts(catalogue: Catalogue, name: str) -> bool:
    """Whether a name says “half-year”, “months”: it may tell of one of them, or list them."""
    known = _periods(catalogue)
    ways = _ways(catalogue, name)
    return any(_holds(words, known.kinds) for words in ways) and not any(
        _holds(words, known.wholes) for words in ways
    )


def _ways(catalogue: Catalogue, name: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """A name's words without diacritics, and by their stems."""
    senders = _periods(catalogue).senders
    parts = [part for part in _APART.split(name) if part and bare(part) not in senders]
    stems = _any(catalogue).stems
    return tuple(map(bare, parts)), tuple([bare(stem) for part in parts for stem in stems(part)])


def _holds(words: Sequence[str], phrases: Phrases) -> bool:
    return any(
        tuple(words[start:end]) in phrases
        for start in range(len(words))
        for end in range(start + 1, len(words) + 1)
    )


def _any(catalogue: Catalogue) -> Vocabulary:
    return vocabulary(catalogue, next(iter(catalogue.tables)))


@cache
def _periods(catalogue: Catalogue) -> _Periods:
    words = catalogue.words
    parts = frozenset(
        phrase for phrase in _phrases(catalogue, words["period"]) if not all(map(_NUMERAL.fullmatch, phrase))
    )
    senders = (text for member in catalogue.codes["institution"].values() for text in member.spellings)
    return _Periods(
        parts,
        _phrases(catalogue, words["full"]),
        _phrases(catalogue, words["period_name"]),
        frozenset(map(bare, senders)),
    )


def _phrases(catalogue: Catalogue, texts: Iterable[str]) -> Phrases:
    stems = _any(catalogue).stems
    cut = [[part for part in _APART.split(text) if part] for text in texts]
    written = {tuple(map(bare, parts)) for parts in cut}
    return frozenset(
        written | {tuple([bare(stem) for part in parts for stem in stems(part)]) for parts in cut}
    )
