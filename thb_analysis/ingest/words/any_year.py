"""Texts that name one year or two, read once for all years: what is said of some, a label says of any others.

Titles are many because their years are.  Two years stay as far apart, and in their order.  A year that the catalogue
names itself, as in the number of a law or an article without its point, is not any year.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from functools import lru_cache
from typing import TYPE_CHECKING

from thb_analysis.ingest.words.meanings import Reading
from thb_analysis.ingest.words.spans import YEAR

if TYPE_CHECKING:
    from thb_analysis.ingest.words.labels import Vocabulary

ANY = 2_000  #: stands for every year, and beside it, as far from it, stands the other of two
_YEARS = re.compile(rf"(?<!\d){YEAR}(?!\d)")


def read_of_any_year(words: Vocabulary, text: str) -> tuple[Reading, ...]:
    """What a text says to a table."""
    dated = in_any_year(text)
    if dated is None or not words.years_named.isdisjoint((*dated[1], *dated[1].values())):
        return words.read_by_itself(text)
    other, years = dated
    found = words.read(other)
    own = {int(stands): int(year) for year, stands in years.items()}
    if not _are_plain(found, own):
        return words.read_by_itself(text)
    return tuple(
        [one._replace(years=tuple([own[year] for year in one.years])) if one.years else one for one in found]
    )


@lru_cache(maxsize=20_000)
def in_any_year(text: str) -> tuple[str, dict[str, str]] | None:
    """A text that names one year, or two, with others in their places, and by year what stands for it.

    None for any other text.
    """
    found = _YEARS.findall(text)
    if not 0 < len(set(found)) == len(found) <= 2 or found[0] == str(ANY):
        return None
    years = {year: str(ANY + int(year) - int(found[0])) for year in found}
    if not all(map(_YEARS.fullmatch, years.values())):
        return None
    return _YEARS.sub(lambda year: years[year[0]], text), years


def years_named(phrases: Iterable[Iterable[str]], numbers: Iterable[str]) -> frozenset[str]:
    """The years among the stems of phrases, and numbers of articles without their points that look like years."""
    stems = (stem for phrase in phrases for stem in phrase if stem[-1:].isdigit())
    return frozenset(_YEARS.findall(" ".join([*stems, *numbers])))


def _are_plain(found: Iterable[Reading], years: Collection[int]) -> bool:
    """Whether the years are nothing but the years of what is said."""
    texts = tuple(map(str, years))
    return all(
        set(one.years) <= set(years) and one.number is None and not _has_code(one, texts) for one in found
    )


def _has_code(one: Reading, years: Iterable[str]) -> bool:
    return any(year in code for _, code in (*one.dims, *one.listed) for year in years)
