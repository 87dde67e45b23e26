"""Which members the titles of a sheet are about: of another member of the same kind the same is said.

Only of members that are nothing but a name: what decides units, defaults or who counts how is no such thing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from itertools import pairwise

from thb_analysis.definitions import Catalogue, Table
from thb_analysis.ingest.words.labels import Vocabulary
from thb_analysis.ingest.words.meanings import Reading
from thb_analysis.ingest.words.readers import readers

SHORTEST = 4  #: letters of a name that is looked for in a title

#: A dimension, a code of it, and where in a title its name stands.
Named = tuple[str, str, int, int]


@lru_cache(maxsize=20_000)
def named_in(catalogue: Catalogue, text: str) -> tuple[Named, ...]:
    """The members that a title names in words of their own, each once; nothing for a text that is no title."""
    said: list[tuple[Vocabulary, Reading]] = []
    for words in readers(catalogue, text):
        for reading in words.read(text):
            if not reading.title or reading.listed:
                return ()  # most labels, known by the first table that reads them
            said.append((words, reading))
    if not said:
        return ()
    common = set.intersection(*({pair for pair in r.dims if _is_name(words, *pair)} for words, r in said))
    spans = [
        (name, code, *span)
        for name, code in sorted(common)
        if (span := _span(catalogue, said[0][0], name, code, text))
    ]
    spans.sort(key=lambda named: named[2])
    if any(one[3] > other[2] for one, other in pairwise(spans)):
        return ()
    return tuple(spans)


def without(text: str, named: Iterable[Named]) -> str:
    """A title with the names of dimensions in the place of their members' names."""
    for name, _, start, end in sorted(named, key=lambda each: -each[2]):
        text = f"{text[:start]}\2{name}\2{text[end:]}"
    return text


def about(titles: Iterable[tuple[Named, ...]]) -> Mapping[str, str]:
    """What all titles of a sheet are about: dimension → code; not those of which they name several."""
    found: dict[str, set[str]] = {}
    for title in titles:
        for name, code, _, _ in title:
            found.setdefault(name, set()).add(code)
    return {name: codes.pop() for name, codes in sorted(found.items()) if len(codes) == 1}


def _span(catalogue: Catalogue, words: Vocabulary, name: str, code: str, text: str) -> tuple[int, int] | None:
    """Where a member's name stands in a title, if it does so once and as it is spelled in the list."""
    for pattern in _spelled(catalogue, words.table.dimension(name).codes, code):
        found = list(pattern.finditer(text))
        if found:
            return found[0].span() if len(found) == 1 else None
    return None


@lru_cache(maxsize=20_000)
def _spelled(catalogue: Catalogue, codes: str, code: str) -> tuple[re.Pattern[str], ...]:
    """How a member's name is written in its list, the longest first."""
    return tuple(
        re.compile(rf"(?<!\w){re.escape(spelled)}(?!\w)", re.IGNORECASE)
        for spelled in sorted(catalogue.codes[codes][code].spellings, key=len, reverse=True)
        if len(spelled) >= SHORTEST and spelled.replace(" ", "").isalpha()
    )


@lru_cache(maxsize=20_000)
def _is_name(words: Vocabulary, name: str, code: str) -> bool:
    """Whether a member is nothing but a name to a table; the country that reports is more."""
    dimension = words.table.dimension(name)
    member = words.catalogue.codes.get(dimension.codes, {}).get(code)
    return (
        member is not None
        and not code.startswith("_")
        and not (member.implies or member.unit)
        and not (dimension.identifies or dimension.combined or dimension.by_year or dimension.by_sender)
        and not (dimension.open or dimension.pattern or dimension.relative or dimension.prefix_of)
        and name != words.articles
        and name not in _ruling(words.table)
        and not any(
            (name, code) in r.dims for home in words.catalogue.words["home"] for r in words.read(home)
        )
    )


def _ruling(table: Table) -> set[str]:
    """The dimensions that rules of a table are about."""
    return {
        *(name for name, _, _ in table.complements),
        *(name for name, _ in table.deduct),
        *(name for pair in table.agree for name in pair),
        *(dimension.prefix_of for dimension in table.dimensions),
    }
