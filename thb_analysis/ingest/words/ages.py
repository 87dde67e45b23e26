"""Bands of ages, “0–13”, and the member of the age groups within which one lies."""

from __future__ import annotations

import re
from functools import lru_cache

from thb_analysis.definitions import Catalogue
from thb_analysis.ingest.words.fold import fold

_BAND = re.compile(r"^(\d{1,2})\s*(?:-\s*(\d{1,2})|\+)(?:\s+[^\W\d_]+\.?)?$")


@lru_cache(maxsize=10_000)
def within(catalogue: Catalogue, text: str) -> str:
    """The code of the age group of which a band is a part, whatever word says that it is one; "" if there is none."""
    plain = fold(text).lstrip("- ")
    start = max(
        (fold(word) for word in catalogue.words["part"] if plain.startswith(fold(word))), key=len, default=""
    )
    found = _BAND.match(plain.removeprefix(start).strip(" .:"))
    if found is None:
        return ""
    ages = catalogue.words["ages"]
    first, last = int(found[1]), int(found[2] or max(high for _, high in ages.values()))
    for code, (low, high) in ages.items():
        if low <= first <= last <= high and (first, last) != (low, high):
            return str(code)
    return ""
