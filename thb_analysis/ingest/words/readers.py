"""Which tables can understand a text at all: those that know each of its words.  Others need not be asked."""

from __future__ import annotations

from collections.abc import Mapping, Set
from functools import lru_cache

from thb_analysis.definitions import Catalogue, figures
from thb_analysis.ingest.words.any_year import in_any_year
from thb_analysis.ingest.words.labels import Vocabulary, vocabulary
from thb_analysis.ingest.words.learned import learned
from thb_analysis.ingest.words.openings import openings


@lru_cache(maxsize=20_000)
def readers(catalogue: Catalogue, text: str) -> tuple[Vocabulary, ...]:
    """The vocabularies that know each word of a text, in the tables' order: all others read it as nothing."""
    dated = in_any_year(text)
    if dated is not None:
        return readers(catalogue, dated[0])
    every, knowing = _knowing(catalogue)
    whole, *beginnings = openings(catalogue, text)
    if any(beginnings):
        return every  # without its number a text may say something to more of them
    left = (1 << len(every)) - 1
    for token in every[0].tokens(whole):
        if token.kind == "word":
            left &= knowing.get(token.stem, 0)
            if not left:
                return ()
    return tuple([words for at, words in enumerate(every) if left >> at & 1])


@learned
def _knowing(catalogue: Catalogue) -> tuple[tuple[Vocabulary, ...], dict[str, int]]:
    """All vocabularies, and for each stem which of them know it, as bits."""
    every = tuple([vocabulary(catalogue, table.id) for table in figures(catalogue)])
    found: dict[str, int] = {}
    for at, words in enumerate(every):
        for stem in words.known:
            found[stem] = found.get(stem, 0) | 1 << at
    return every, found


def known_stems(catalogue: Catalogue) -> frozenset[str]:
    """The stems of all words that any table knows."""
    return frozenset(_knowing(catalogue)[1])


@lru_cache(maxsize=20_000)
def beyond(catalogue: Catalogue, outer: str, inner: str) -> dict[str, object]:
    """By table, what a heading says that one over it does not say already: “boys” under “Children” are the male."""
    found: dict[str, object] = {}
    for words in readers(catalogue, inner):
        over, own = words.read(outer), words.read(inner)
        if len(over) == len(own) == 1 and over[0].sets and (own[0].sets or own[0].total):
            found[words.table.id] = (
                frozenset(own[0].dims) - frozenset(over[0].dims),
                own[0].years,
                own[0].total,
            )
    return found


@lru_cache(maxsize=20_000)
def kinds_by_table(catalogue: Catalogue, text: str) -> Mapping[str, Set[str]]:
    """What kinds of things a label names, by the tables that understand it."""
    return {words.table.id: _kinds(words, text) for words in readers(catalogue, text)}


def share_kind(one: Mapping[str, Set[str]], other: Mapping[str, Set[str]]) -> bool:
    """Whether two labels name things of one kind to any table."""
    return any(not kinds.isdisjoint(other.get(table, ())) for table, kinds in one.items())


def _kinds(words: Vocabulary, text: str) -> set[str]:
    """What kinds of things a label names; a title's year is none of its own."""
    readings = words.read(text)
    years = {"year" for reading in readings if reading.years and not reading.title}
    return years | {name for reading in readings for name, _ in reading.dims}
