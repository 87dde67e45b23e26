"""The words of names, of sheets and of files: without diacritics, parted by whatever a file system allows."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Sequence

from thb_analysis.definitions import Catalogue
from thb_analysis.ingest.words.labels import Vocabulary, vocabulary
from thb_analysis.ingest.words.near import bare

_APART = re.compile(r"[^\w.]+|_+|\.(?!\d)|(?<!\d)\.")

Phrase = tuple[str, ...]  #: words without diacritics


def words_of(name: str) -> list[str]:
    """The words of a name, as they are written; an article's number is one."""
    return [part for part in _APART.split(name) if part]


def ways(catalogue: Catalogue, parts: Sequence[str]) -> tuple[Phrase, Phrase]:
    """Words without diacritics, and their stems."""
    stems = any_vocabulary(catalogue).stems
    return tuple(map(plain, parts)), tuple([plain(stem) for part in parts for stem in stems(part)])


def holds(words: Phrase, phrases: Container[Phrase]) -> Phrase | None:
    """The longest phrase that stands in some words, the first of several; None if there is none."""
    for length in range(len(words), 0, -1):
        for start in range(len(words) - length + 1):
            if words[start : start + length] in phrases:
                return words[start : start + length]
    return None


def phrases_of(catalogue: Catalogue, texts: Iterable[str]) -> frozenset[Phrase]:
    """Phrases as they may stand in a name, each as it is written and by its stems."""
    found = [ways(catalogue, words_of(text)) for text in texts]
    return frozenset(phrase for both in found for phrase in both if phrase)


def plain(word: str) -> str:
    """A word without diacritics and case; a number keeps its point."""
    return word.strip("#") if word.strip("#").replace(".", "").isdigit() else bare(word)


def any_vocabulary(catalogue: Catalogue) -> Vocabulary:
    """A vocabulary of the catalogue: all of them cut texts into words alike."""
    return vocabulary(catalogue, next(iter(catalogue.tables)))
