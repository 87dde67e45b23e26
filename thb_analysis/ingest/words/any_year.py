"""Texts that name one year, read once for all years: what is said of one, a label says of any other.

Titles are many because their years are.  A year that the catalogue names itself, as in the number of a law or an
article without its point, is not any year.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING

from thb_analysis.ingest.words.meanings import Reading
from thb_analysis.ingest.words.spans import YEAR

if TYPE_CHECKING:
    from thb_analysis.ingest.words.labels import Vocabulary

ANY = 2_000  #: stands for every year
_YEARS = re.compile(rf"(?<!\d){YEAR}(?!\d)")


def read_of_any_year(words: Vocabulary, text: str) -> tuple[Reading, ...]:
    """What a text says to a table."""
    dated = in_any_year(text)
    if dated is None or not words.years_named.isdisjoint((dated[1], str(ANY))):
        return words.read_by_itself(text)
    other, year = dated
    found = words.read(other)
    if not _are_plain(found):
        return words.read_by_itself(text)
    return tuple([one._replace(years=(int(year),)) if one.years else one for one in found])


@lru_cache(maxsize=20_000)
def in_any_year(text: str) -> tuple[str, str] | None:
    """A text that names one year with `ANY` in its place, and that year; None for any other text."""
    found = _YEARS.findall(text)
    if len(found) != 1 or found[0] == str(ANY):
        return None
    return _YEARS.sub(str(ANY), text), found[0]


def years_named(phrases: Iterable[Iterable[str]], numbers: Iterable[str]) -> frozenset[str]:
    """The years among the stems of phrases, and numbers of articles without their points that look like years."""
    stems = (stem for phrase in phrases for stem in phrase if stem[-1:].isdigit())
    return frozenset(_YEARS.findall(" ".join([*stems, *numbers])))


def _are_plain(found: Iterable[Reading]) -> bool:
    """Whether the year is nothing but the year of what is said."""
    return all(one.years in ((), (ANY,)) and one.number is None and not _is_code(one) for one in found)


def _is_code(one: Reading) -> bool:
    return any(str(ANY) in code for _, code in (*one.dims, *one.listed))
