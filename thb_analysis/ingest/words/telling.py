"""Whether some words can name a table at all, however they are put together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Set
from functools import lru_cache
from typing import NamedTuple

from thb_analysis.definitions import NEEDED, Catalogue, Table
from thb_analysis.ingest.words.labels import Vocabulary, vocabulary
from thb_analysis.ingest.words.learned import learned
from thb_analysis.ingest.words.openings import openings

Phrase = frozenset[str]  #: the stems of its words


class _Telling(NamedTuple):
    """What names tables: phrases by the rarest of their stems; and what needs one phrase of each of some groups.

    That are compound titles, by their pieces, and lists of records, by their fields.
    """

    phrases: Mapping[str, tuple[Phrase, ...]]
    compounds: tuple[tuple[tuple[Phrase, ...], ...], ...]


def can_name(catalogue: Catalogue, stems: Set[str]) -> bool:
    """Whether there is a table of which these stems can make up the title, or another name, in any order.

    Of a list of records they make it up where they name the fields that it cannot be without.
    """
    telling = _telling(catalogue)
    for stem in stems & telling.phrases.keys():
        if any(phrase <= stems for phrase in telling.phrases[stem]):
            return True
    return any(
        all(any(phrase <= stems for phrase in group) for group in groups) for groups in telling.compounds
    )


@lru_cache(maxsize=20_000)
def stems_of(catalogue: Catalogue, text: str) -> Phrase:
    """The stems of a text's words, with and without the number with which it begins."""
    words = _any(catalogue)
    whole, *beginnings = openings(catalogue, text)
    found = {*words.stems(text), *words.stems(whole)}
    for beginning in beginnings:
        if beginning is not None:
            found.update(words.stems(whole[beginning.end() :]))
    return frozenset(found)


def _any(catalogue: Catalogue) -> Vocabulary:
    """A vocabulary of the catalogue: all cut texts into words alike."""
    return vocabulary(catalogue, next(iter(catalogue.tables)))


@learned
def _telling(catalogue: Catalogue) -> _Telling:
    phrases = {phrase for table in catalogue.tables.values() for phrase in _names(catalogue, table)}
    count = Counter(stem for phrase in phrases for stem in phrase)
    by_rarest: dict[str, list[Phrase]] = {}
    for phrase in sorted(phrases, key=sorted):
        by_rarest.setdefault(min(phrase, key=lambda stem: (count[stem], stem)), []).append(phrase)
    words = _any(catalogue)
    compounds = tuple(
        tuple(tuple(_phrases(words, group)) for group in groups)
        for table in catalogue.tables.values()
        for groups in (*table.compounds, *([[table.record[name] for name in NEEDED]] if table.record else []))
    )
    return _Telling({stem: tuple(found) for stem, found in by_rarest.items()}, compounds)


def _names(catalogue: Catalogue, table: Table) -> Iterable[Phrase]:
    """What names a table: its titles, and the members that only it has."""
    words = vocabulary(catalogue, table.id)
    yield from _phrases(words, (*table.titles, *table.own))
    own = {dimension.name for dimension in table.dimensions if dimension.identifies}
    for stems, entries in words.phrases.items() if own else ():
        if any(not own.isdisjoint({m.name, *(name for name, _ in m.implies)}) for _, m in entries):
            yield frozenset(stems)


def _phrases(words: Vocabulary, texts: Iterable[str]) -> list[Phrase]:
    found = (frozenset(words.stems(text.removeprefix("="))) for text in texts)
    return [phrase for phrase in found if phrase]
