"""Dates in labels: written in words, and two of them that span a year."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from thb_analysis.definitions import Catalogue

YEAR = r"(?:19[89]\d|20[0-4]\d)"


def worded_dates(catalogue: Catalogue) -> Callable[[str], str]:
    """Writes dates in words as dates in figures: `2022. gada 1. janvāris` becomes 1.1.2022."""
    stems = catalogue.words["months"]
    month, year = "|".join(stems), "|".join(catalogue.words["year"])
    day = rf"(?P<day>\d{{1,2}})\.\s*(?P<month>(?:{month})\w*)"
    pattern = re.compile(rf"(?P<year>{YEAR})\.?\s*(?:{year})\s*{day}")

    def figures(found: re.Match[str]) -> str:
        number = next(n for n, stem in enumerate(stems, 1) if found["month"].startswith(stem))
        return f"{found['day']}.{number}.{found['year']}"

    return lambda text: pattern.sub(figures, text)


def full_date_span(dates: Iterable[str]) -> int:
    """The year that two dates span from its first to its last day; 0 if they do not."""
    found = [re.findall(r"\d+", date) for date in dates]
    if len(found) != 2 or any(len(date[-1]) != 4 for date in found):
        return 0
    (day, month, year), (last_day, last_month, last_year) = ([int(part) for part in date] for date in found)
    whole = (day, month) == (1, 1) and (last_day, last_month) == (31, 12) and year == last_year
    return year if whole else 0
