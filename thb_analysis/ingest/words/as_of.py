"""Whether a text says as of which day data are: “Data as of 30.09.2024, prepared by the 2nd unit”."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from thb_analysis.definitions import Catalogue
from thb_analysis.ingest.words.fold import fold
from thb_analysis.ingest.words.labels import vocabulary
from thb_analysis.ingest.words.spans import YEAR, day_after, worded_dates

_CLAUSE_ENDS = re.compile(r"[,;:()]|\s[-–—]\s|$")


@lru_cache(maxsize=20_000)
def stands_before_end(
    catalogue: Catalogue, reported: int | None, text: str, *, of_figures: bool = False
) -> bool:
    """Whether a text says that data are as of a day of the year reported before its last.

    The day ends what is said of it: “in reply to the letter of 30.09.2024 on data” says nothing of the kind.
    With `of_figures`, the text is a footnote on figures, and need not say that data are what it speaks of.
    """
    if reported is None or str(reported) not in text:
        return False
    days = _days_told(catalogue, text, of_figures)
    return any(year == reported and (month, day) != (12, 31) for year, month, day in days)


def earlier_year(
    catalogue: Catalogue, reported: int | None, text: str, of_figures: bool = False
) -> int | None:
    """The year of the day as of which data are, if it is one before that of the figures: “Data as of 31.12.2022”."""
    if reported is None or not any(map(str.isdigit, text)):
        return None
    days = _days_told(catalogue, text, of_figures)
    return next((year for year, _, _ in days if 0 < year < reported), None)


@lru_cache(maxsize=20_000)
def _days_told(catalogue: Catalogue, text: str, of_figures: bool) -> tuple[tuple[int, int, int], ...]:
    """The days with which clauses that speak of data end."""
    bounds = catalogue.words["bounds"]
    sources, as_of = tuple(bounds["sources"]), frozenset(" ".join(bounds["as_of"]).split())
    words = vocabulary(catalogue, next(iter(catalogue.tables)))
    before, start = of_figures, 0  #: whether the clauses before speak of data
    found = []
    for end in _CLAUSE_ENDS.finditer(text):
        tokens = words.tokens(text[start : end.start()])
        start = end.end()
        speaks = any(token.exact.startswith(sources) for token in tokens)
        at_end = len(tokens) > 1 and tokens[-1].kind == "date" and tokens[-2].exact in as_of
        if at_end and (speaks or (before and all(token.exact in as_of for token in tokens[:-1]))):
            found.append(day_after(catalogue, tokens))
        before = before or speaks
    return tuple(found)


@lru_cache(maxsize=20_000)
def without_last_day(catalogue: Catalogue, reported: int | None, text: str) -> str:
    """A title without the day as of which data are, where that is the last of the year reported or later.

    “Registered offences (as of 31.12.2024)”: all that there were of the year.
    """
    if reported is None or not any(map(str.isdigit, text)):
        return text
    tokens = vocabulary(catalogue, next(iter(catalogue.tables))).tokens(text)
    if day_after(catalogue, tokens) < (reported, 12, 31):
        return text
    kept = _as_of(catalogue).sub(" ", worded_dates(catalogue)(fold(text)))
    return kept if any(map(str.isalpha, kept)) else text


@cache
def _as_of(catalogue: Catalogue) -> re.Pattern[str]:
    """How a title says as of which day: “(data as of 31.12.2024)”."""
    bounds = catalogue.words["bounds"]
    sources = "|".join(rf"{re.escape(word)}\w*" for word in (*bounds["sources"], *bounds["after"]))
    as_of = "|".join(re.escape(word) for word in bounds["as_of"])
    day = rf"(?:\d{{1,2}}\.\s?\d{{1,2}}\.\s?{YEAR}|{YEAR}-\d\d-\d\d)\.?"
    bare = rf"\(\s*{day}\s*\)"  # “Persons convicted (31.12.2024)”
    return re.compile(rf"{bare}|[(,]?\s*(?:(?:{sources})\s+)*(?<!\w)(?:{as_of})\s+{day}\s*\)?")
