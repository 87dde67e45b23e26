"""Bands of ages, “0–13” or “30 and over”, and the member of the age groups within which one lies.

They are written as ranges, or as the names of the age groups are, with another age.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

from thb_analysis.definitions import Catalogue
from thb_analysis.ingest.words.fold import fold

_BAND = re.compile(r"^(\d{1,2})\s*(?:-\s*(\d{1,2})|\+)(?:\s+[^\W\d_]+\.?)?$")
_AGE = re.compile(r"\d{1,2}")


@lru_cache(maxsize=10_000)
def within(catalogue: Catalogue, text: str) -> str:
    """The code of the age group of which a band is a part, whatever word says that it is one; "" if there is none.

    The group's own name may stand before the band: “Minors (14–17)”.
    """
    for code, (low, high) in catalogue.words["ages"].items():
        found = ages_of(catalogue, text) or ages_of(catalogue, _unnamed(catalogue, code, text))
        if found is not None and low <= found[0] <= found[1] <= high and found != (low, high):
            return str(code)
    return ""


def _unnamed(catalogue: Catalogue, code: str, text: str) -> str:
    """What stands behind the name of an age group."""
    plain = fold(text)
    names = (name for name in _called(catalogue, code) if plain.startswith(name))
    return plain.removeprefix(max(names, key=len, default=plain)).strip(" .:,;()-–")


@cache
def _called(catalogue: Catalogue, code: str) -> tuple[str, ...]:
    """What an age group is called, in words alone."""
    lists = (m for m in catalogue.codes.values() if catalogue.words["ages"].keys() <= m.keys())
    names = (fold(text) for members in lists for text in members[code].spellings)
    return tuple(dict.fromkeys(name for name in names if not _AGE.search(name)))


@lru_cache(maxsize=10_000)
def ages_of(catalogue: Catalogue, text: str) -> tuple[int, int] | None:
    """The first and the last year of age of a band; None for a text that is none."""
    if not _AGE.search(text):
        return None
    plain = fold(text).lstrip("- ")
    start = max(
        (fold(word) for word in catalogue.words["part"] if plain.startswith(fold(word))), key=len, default=""
    )
    plain = plain.removeprefix(start).strip(" .:")
    youngest, oldest = _bounds(catalogue)
    found = _BAND.match(plain)
    if found is not None:
        return int(found[1]), int(found[2] or oldest)
    for pattern, upward in _names(catalogue):
        found = pattern.fullmatch(plain)
        if found is not None:
            first, *last = (int(age) for age in found.groups())
            return (first, last[0]) if last else (first, oldest) if upward else (youngest, first)
    return None


@cache
def _bounds(catalogue: Catalogue) -> tuple[int, int]:
    ages = catalogue.words["ages"].values()
    return min(low for low, _ in ages), max(high for _, high in ages)


@cache
def _names(catalogue: Catalogue) -> tuple[tuple[re.Pattern[str], bool], ...]:
    """How age groups with an age in their names are written, with any age there, and whether they go up from it."""
    _, oldest = _bounds(catalogue)
    found: dict[str, bool] = {}
    for members in catalogue.codes.values():
        if not catalogue.words["ages"].keys() <= members.keys():
            continue
        for code, (_, high) in catalogue.words["ages"].items():
            for text in members[code].spellings:
                pieces = [re.escape(piece) for piece in _AGE.split(fold(text).strip(" .:"))]
                if 1 < len(pieces) < 4:
                    found.setdefault(r"(\d{1,2})".join(pieces), high == oldest)
    return tuple((re.compile(pattern), upward) for pattern, upward in found.items())
