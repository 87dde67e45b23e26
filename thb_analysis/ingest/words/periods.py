"""Whether a name, of a sheet or of a file, tells of a part of a year, or of what is no count of one.

A numeral alone counts sheets: “III” is the third of them.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import NamedTuple

from thb_analysis.definitions import Catalogue
from thb_analysis.ingest.words.fold import fold
from thb_analysis.ingest.words.names import Phrase, holds, phrases_of, plain, ways, words_of
from thb_analysis.ingest.words.near import bare
from thb_analysis.ingest.words.shortened import spelled
from thb_analysis.ingest.words.spans import YEAR

_NUMERAL = re.compile(r"[ivxlc]+|\d+")
#: A year with a month and no day: “2024-01”, “01.2024”.
_MONTH = re.compile(
    r"(?<![\d.,/-])(?:(?:19|20)\d\d[ ._/-](?:0[1-9]|1[0-2])(?![ .,/-]?\d)|(?:0[1-9]|1[0-2])[ ._/-](?:19|20)\d\d(?!\d))"
)
#: Two days of one year, “01.01.-30.09.”, and two months beside their year, “01-09_2024”, “2024.01-06”.
_DAYS = re.compile(
    rf"(?<!\d)(\d{{1,2}})\.\s?(\d{{1,2}})\.?(?:\s?{YEAR}\.?)?\s*-\s*(\d{{1,2}})\.\s?(\d{{1,2}})(?:\.|(?!\d))"
)
_NUMBERED = r"(0[1-9]|1[0-2]|[1-9](?=\.))\.?"
_SPAN_OF_MONTHS = re.compile(
    rf"(?<![\d.-]){_NUMBERED}\s?-\s?{_NUMBERED}[._ /-]*{YEAR}(?!\d)"
    rf"|(?<!\d){YEAR}[._ /-]+{_NUMBERED}\s?-\s?{_NUMBERED}(?![\d.])"
)
_DAY = re.compile(rf"\s*(?:(\d{{1,2}})\.(\d{{1,2}})\.({YEAR})\.?|({YEAR})[-.](\d\d)[-.](\d\d))\s*")
_LAST_DAY = (12, 31)
_ALL_DAYS, _ALL_MONTHS = (1, 1, 31, 12), (1, 12)


class _Periods(NamedTuple):
    """Phrases for parts of a year, for a whole one, and for any part."""

    parts: frozenset[Phrase]
    wholes: frozenset[Phrase]
    kinds: frozenset[Phrase]
    unlike: frozenset[Phrase]  #: for what is no count
    counts: frozenset[Phrase]  #: for counts beside it
    plans: frozenset[Phrase]  #: for what was planned, in these forms only: “of the plan” is what became of it
    money: frozenset[str]  #: what amounts are in
    neutral: frozenset[str]  #: single words that say nothing beside those
    senders: frozenset[str]  #: words that are an institution's name: “Marta” is no month


@lru_cache(maxsize=2_000)
def of_part_of_year(catalogue: Catalogue, name: str) -> bool:
    """Whether a name tells of a month, a quarter, a half, and not of all of them."""
    known, said = _periods(catalogue), _ways(catalogue, name)
    if any(holds(words, known.wholes) for words in said):
        return False
    if _ends_early(catalogue, name) or _spans_a_part(fold(name)):
        return True
    return _MONTH.search(name) is not None or any(holds(words, known.parts) for words in said)


def _spans_a_part(name: str) -> bool:
    """Whether a name has the first and the last day, or month, of what is no whole year."""
    for pattern, whole in ((_DAYS, _ALL_DAYS), (_SPAN_OF_MONTHS, _ALL_MONTHS)):
        for found in pattern.finditer(name):
            told = tuple(int(number) for number in found.groups() if number)
            if all(1 <= month <= 12 for month in told[1::2]) and told != whole:
                return True
    return False


def _ends_early(catalogue: Catalogue, name: str) -> bool:
    """Whether a name gives the day until which its figures are, and it is not a year's last or the next one's first."""
    bounds = catalogue.words["bounds"]
    words = "|".join(re.escape(word) for word in dict.fromkeys((*bounds["until"], *bounds["as_of"])))
    found = re.search(
        rf"(?<!\w)(?:{words})\s+(\d{{1,2}})\.\s?(\d{{1,2}})\.(?:\s?(?:19|20)\d\d|$)", name, re.IGNORECASE
    )
    return found is not None and (int(found[1]), int(found[2])) not in ((31, 12), (1, 1))


def is_day_amid(name: str, year: int | None) -> bool:
    """Whether a name is no more than a day of a year that is not its last: “30.06.2023”."""
    found = _DAY.fullmatch(name)
    if found is None:
        return False
    day, month, of_year = found[1] or found[6], found[2] or found[5], found[3] or found[4]
    return int(of_year) == year and (int(month), int(day)) != _LAST_DAY


@lru_cache(maxsize=2_000)
def names_parts(catalogue: Catalogue, name: str) -> bool:
    """Whether a name says “half-year”, “months”: it may tell of one of them, or list them."""
    known, said = _periods(catalogue), _ways(catalogue, name)
    return any(holds(w, known.kinds) for w in said) and not any(holds(w, known.wholes) for w in said)


@lru_cache(maxsize=2_000)
def of_no_counts(catalogue: Catalogue, name: str) -> bool:
    """Whether a name says that shares, changes, thousands stand under it, and no counts beside them."""
    known, said = _periods(catalogue), _ways(catalogue, spelled(catalogue, name).replace("%", " percent "))
    return any(holds(w, known.unlike) for w in said) and not any(holds(w, known.counts) for w in said)


@lru_cache(maxsize=2_000)
def of_plans(catalogue: Catalogue, name: str) -> bool:
    """Whether a name says that what was planned or is aimed at stands under it: no counts of what there was."""
    return holds(_ways(catalogue, name)[0], _periods(catalogue).plans) is not None


@lru_cache(maxsize=2_000)
def of_money(catalogue: Catalogue, name: str) -> bool:
    """Whether a name is no more than that of a currency: “EUR”, “2024, EUR”."""
    known = _periods(catalogue)
    said = [
        word for word in re.split(r"[\s\d_.,()-]+", fold(name)) if word and plain(word) not in known.neutral
    ]
    return bool(said) and all(word in known.money for word in said)


@lru_cache(maxsize=2_000)
def spans_years(catalogue: Catalogue, name: str) -> bool:
    """Whether a name tells of several years, “2022-2024”, “2022 to 2024”: figures without their own are of none."""
    words, bounds = catalogue.words, catalogue.words["bounds"]["until"]
    between = {fold(word).strip(".") for word in (*words["joint"], *bounds, *words["to"], *words["year"])}
    between |= {bare(word) for word in between}
    said = "|".join(sorted(map(re.escape, between), key=len, reverse=True))
    years = rf"(?<!\d)({YEAR})(?:[^\w]|_|(?<![^\W_])(?:{said})(?![^\W_]))+({YEAR})(?!\d)"
    return any(one != other for one, other in re.findall(years, fold(name)))


@lru_cache(maxsize=2_000)
def of_year_seen(catalogue: Catalogue, name: str) -> bool:
    """Whether a name tells of another year as it is seen from the workbook's own: “the previous year”."""
    return any(holds(words, _seen(catalogue)) for words in _ways(catalogue, name))


@cache
def _seen(catalogue: Catalogue) -> frozenset[Phrase]:
    apart = (text for years, texts in catalogue.words["seen_from"].items() if int(years) for text in texts)
    return phrases_of(catalogue, apart)


def _ways(catalogue: Catalogue, name: str) -> tuple[Phrase, Phrase]:
    senders = _periods(catalogue).senders  # in no other case: “Martā” is in March
    return ways(
        catalogue, [word for word in words_of(name) if not (word.isascii() and plain(word) in senders)]
    )


@cache
def _periods(catalogue: Catalogue) -> _Periods:
    words = catalogue.words
    parts = phrases_of(catalogue, words["period"])
    senders = (text for member in catalogue.codes["institution"].values() for text in member.spellings)
    units = {table.unit for table in catalogue.tables.values() if table.values == "amount"}
    money = (text for unit in units for text in catalogue.codes["unit"][unit].spellings)
    small = (*words["filler"], *words["figure"], *words["year"])
    return _Periods(
        frozenset(phrase for phrase in parts if not all(map(_NUMERAL.fullmatch, phrase))),
        phrases_of(catalogue, words["full"]),
        phrases_of(catalogue, words["period_name"]),
        phrases_of(catalogue, words["unlike"]),
        phrases_of(catalogue, words["counts_too"]),
        frozenset(tuple(map(plain, words_of(text))) for text in (*words["planned"], *words["aimed"])),
        frozenset(fold(text).strip(" .") for text in (*money, *words["currencies"])),
        frozenset(plain(text.removeprefix("=")) for text in small if " " not in text),
        frozenset(map(plain, senders)),
    )
