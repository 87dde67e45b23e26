"""Which numbers in a remark may be figures: not its dates, nor those of letters, of parts of documents, of articles."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from thb_analysis.definitions import Catalogue
from thb_analysis.ingest.words.fold import fold
from thb_analysis.ingest.words.spans import worded_dates

LONG = 9  #: digits of what is no count but the number of a case
_HARMLESS = re.compile(
    r"\d{2,4}\s?\.\s?[⁰¹²³⁴⁵⁶⁷⁸⁹]+|\d{1,2}\.\s?\d{1,2}\.\s?\d{4}\.?|\d{4}-\d\d-\d\d"
    r"|(?<!\d)(?:19|20)\d\d(?!\d)(?:/\d{1,3}(?:/[^\W\d]+)?)?|(?<!\d)\d{1,2}:\d\d(?!\d)|^\s*\d{1,2}[.)]|[⁰¹²³⁴⁵⁶⁷⁸⁹]+|(?<![\w.,])\d\)"
)


@lru_cache(maxsize=20_000)
def numbers_in(catalogue: Catalogue, text: str) -> tuple[str, ...]:
    """The numbers of a remark that may be figures, as they are written."""
    dated = worded_dates(catalogue)(fold(text))
    rest = _HARMLESS.sub(" ", _reference(catalogue).sub(" ", dated))
    codes = {code for code in catalogue.codes.get("article", {}) if code[0].isdigit()}
    found = re.findall(r"(?<!\w)(?<!\w-)(?:\d{1,3}(?: \d{3})+|\d+)(?:[.,]\d+)?(?![\w-])", rest)
    return tuple(number for number in found if number not in codes and len(number) < LONG)


@lru_cache(maxsize=20_000)
def without_references(catalogue: Catalogue, text: str) -> str:
    """A text without the numbers of letters and of parts of documents in it: “Victims, table 12”."""
    return _reference(catalogue).sub(" ", text)


@cache
def _reference(catalogue: Catalogue) -> re.Pattern[str]:
    """The number of a letter or of a part of a document: “No. 1-28/345”, “Annex 2”, “2nd annex”, “3rd unit”."""
    captions = "|".join(re.escape(word) for word in catalogue.words["caption"])
    ordinals = "|".join(re.escape(word) for word in catalogue.words["ordinal"] if " " not in word)
    parts, others = ("|".join(map(re.escape, catalogue.words[kind])) for kind in ("divisions", "ordered"))
    all_of = "|".join(map(re.escape, catalogue.words["out_of"]))
    before = rf"(?<!\w)(?:{ordinals}|{captions}|(?:{parts})\w*)\s*\d[\w./-]*(?:\s*(?:{all_of})\s*\d+)?"
    numbers = rf"{before}|(?<!\w)\d{{1,2}}(?:\.\d{{1,2}})*(?:\.|st|nd|rd|th)\s*(?:{parts}|{others})\w*"
    return re.compile(numbers, re.IGNORECASE)
