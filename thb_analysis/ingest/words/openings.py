"""How labels begin and end: a caption's number, a number that counts them, a footnote's mark."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from thb_analysis.definitions import Catalogue
from thb_analysis.ingest.words.article_numbers import pointed
from thb_analysis.ingest.words.footnotes import footnote

_YEAR = r"(?:19[89]|20[0-4])\d(?!\d)"
#: "7. ", "7)", "2.1.", "2.a)" or "a)" before words counts the headings and is no figure; so does "IV.", if no part of
#: a year, and "2. " before a year: "2. 2022. gadā …".
ORDINAL = re.compile(
    r"^\s*(?:(?:\d{1,2}(?:\.\d{1,2})*(?:\.?(?:[a-z](?=\))|[a-c](?=\.)))?[.)]|\d{1,2}(?:\.\d{1,2})+(?=\s)|Q(?:[5-9]|\d{2})(?:\.\d{1,2})*[.):]?(?=\s)|[^\W\d_]\)|[A-E](?:\.\d{1,2})*[.)])\s*(?=[^\W\d])|\d{1,2}[.)]?\s+(?="
    + _YEAR
    + "))"
)
_MATRIX = re.compile(r"^\s*[A-Z]{3,5}\d{3,4}m?\.?\s+(?=[^\W\d]{3})")  #: how data portals number their tables
SHORT = 4  #: letters of words that have no ending
_ROMAN = re.compile(r"^\s*[IVX]{1,4}[.)]\s*(?=[^\W\d])")


@lru_cache(maxsize=2_000)
def openings(catalogue: Catalogue, text: str) -> tuple[str, re.Match[str] | None, re.Match[str] | None]:
    """A label without a caption's number and a footnote's mark, and how it is counted: for every table the same."""
    whole = captionless(catalogue, footnote(text)[0])
    whole = _codes_like_words(catalogue).get(whole.strip(), whole)
    whole = stateless(catalogue, pointed(catalogue, whole))
    return whole, ORDINAL.match(whole), _ROMAN.match(whole)


@lru_cache(maxsize=20_000)
def stateless(catalogue: Catalogue, text: str) -> str:
    """A label without the country beside an institution's name: of “State Police of Latvia”, “State Police” is left."""
    if _state(catalogue).search(text) is None:
        return text
    before, behind = _of_state(catalogue)
    if before.search(text) or behind.search(text):
        return behind.sub(r"\g<name>", before.sub(r"\g<name>", text))
    return text


@cache
def _state(catalogue: Catalogue) -> re.Pattern[str]:
    """The country's name beside an institution's: most texts are without it, and there are many institutions."""
    words = catalogue.words["of_state"]
    return re.compile("|".join(map(re.escape, (*words["before"], *words["behind"]))), re.IGNORECASE)


@cache
def _of_state(catalogue: Catalogue) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """An institution's name, in any case, behind the country's and before it; none that is a part of the name."""
    spelled = {text for member in catalogue.codes["institution"].values() for text in member.spellings}
    words = catalogue.words["of_state"]
    own = tuple(word.casefold() for word in (*words["before"], *words["behind"]))
    names = [text for text in spelled if not any(word in text.casefold() for word in own)]
    name = "|".join(
        r"\s+".join(map(in_any_case, text.split())) for text in sorted(names, key=len, reverse=True)
    )
    before, behind = ("|".join(map(re.escape, words[place])) for place in ("before", "behind"))
    return (
        re.compile(rf"(?<!\w)(?:{before})\s+(?P<name>(?:{name})(?!\w))", re.IGNORECASE),
        re.compile(rf"(?<!\w)(?P<name>{name})\s*,?\s+(?:{behind})(?!\w)", re.IGNORECASE),
    )


def in_any_case(word: str) -> str:
    """A word's pattern without its ending; a short one, which may be letters, as it is."""
    return rf"{re.escape(word[:-1])}\w*" if len(word) > SHORT else re.escape(word)


@lru_cache(maxsize=2_000)
def unannounced(catalogue: Catalogue, text: str) -> str:
    """A label without an ending “of whom:”, which announces parts and makes none."""
    return _announcement(catalogue).sub("", text)


@cache
def _announcement(catalogue: Catalogue) -> re.Pattern[str]:
    words = "|".join(re.escape(word) for word in sorted(catalogue.words["part"], key=len, reverse=True))
    return re.compile(rf"(?<=\w)[\s.,;:(\[–-]+(?:{words})[\s:)\]]*$", re.IGNORECASE)


@cache
def _codes_like_words(catalogue: Catalogue) -> dict[str, str]:
    """Codes in capitals that would be passed over as small words (“BY”), with the names of what they stand for."""
    small = {word.lstrip("=").casefold() for word in catalogue.words["filler"]}
    return {
        code: next(iter(member.label.values()))
        for members in catalogue.codes.values()
        for code, member in members.items()
        if code.isalpha() and code.isupper() and code.casefold() in small
    }


def captionless(catalogue: Catalogue, text: str) -> str:
    """A title without the number of its table: “Table 2. Persons convicted”, “NOZ010. Offences”."""
    found = _MATRIX.match(text) or _caption(catalogue).match(text)
    return text[found.end() :] if found else text


@cache
def _caption(catalogue: Catalogue) -> re.Pattern[str]:
    words = "|".join(re.escape(word) for word in catalogue.words["caption"])
    ordinal = "|".join(re.escape(word) for word in catalogue.words["ordinal"])
    number = r"\d{1,2}(?:\.\d{1,2})*\.?"
    start = rf"{number}\s?(?:{words})(?!\w)|(?:{words})\s?(?:{ordinal})?\s?{number}|(?:{ordinal})\s?{number}"
    return re.compile(rf"^\s*(?:{start})\s*[.:()-]?\s*(?=[^\W\d]|{_YEAR})", re.IGNORECASE)
