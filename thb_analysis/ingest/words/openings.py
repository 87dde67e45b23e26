"""How labels begin and end: a caption's number, a number that counts them, a footnote's mark."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from thb_analysis.definitions import Catalogue
from thb_analysis.ingest.words.fold import fold
from thb_analysis.ingest.words.footnotes import footnote

_YEAR = r"(?:19[89]|20[0-4])\d(?!\d)"
#: "7. ", "7)", "2.1." or "a)" before words counts the headings and is no figure; so does "IV.", if no part of a year,
#: and "2. " before a year: "2. 2022. gadā …".
ORDINAL = re.compile(
    r"^\s*(?:(?:\d{1,2}(?:\.\d{1,2})*[.)]|[^\W\d_]\))\s*(?=[^\W\d])|\d{1,2}[.)]?\s+(?=" + _YEAR + "))"
)
_MATRIX = re.compile(r"^\s*[A-Z]{3,5}\d{3,4}m?\.?\s+(?=[^\W\d]{3})")  #: how data portals number their tables
_RAISED = re.compile(r"(?<=\d)\.?\s?([⁰¹²³⁴⁵⁶⁷⁸⁹])")
_DIGITS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_COMMA = re.compile(r"\s*([^\W\d]*\.?\s*)(\d{2,4}),(\d)\.?\s*")
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
    before, behind = _of_state(catalogue)
    if before.search(text) or behind.search(text):
        return behind.sub(r"\g<name>", before.sub(r"\g<name>", text))
    return text


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


def pointed(catalogue: Catalogue, text: str) -> str:
    """A code that is all of a text with its point, where Excel saved it with a decimal comma: “154,1”."""
    found = _COMMA.fullmatch(text)
    code = f"{found[2]}.{found[3]}" if found else ""
    if found and code in _pointed_codes(catalogue) and found[1].strip(" .").casefold() in _law(catalogue):
        return f"{found[1]}{code}"
    return text


def with_points(catalogue: Catalogue, text: str) -> str:
    """A text with raised numbers of articles behind points, where typed as “154-1”, “154^1”, “154. prim 1”.

    Only of articles that the catalogue knows so: no other number is one.
    """
    text = _lettered(catalogue).sub(r"\g<code>", text)
    if not _raising(catalogue).search(text):
        return text
    known = _pointed_codes(catalogue)
    return _raising(catalogue).sub(
        lambda found: code if (code := f"{found[1]}.{found[2]}") in known else found[0], text
    )


@cache
def _lettered(catalogue: Catalogue) -> re.Pattern[str]:
    """The number of an article and behind it the letters of the law, which are a country's as well: “154.1 CL”."""
    codes = "|".join(re.escape(code) for code in catalogue.codes["article"] if code[0].isdigit())
    letters = "|".join(map(re.escape, catalogue.words["law_letters"]))
    return re.compile(
        rf"(?<![\w.,/-])(?P<code>(?:{codes})[⁰¹²³⁴⁵⁶⁷⁸⁹]?\.?)\s+(?:{letters})(?!\w)", re.IGNORECASE
    )


@cache
def _raising(catalogue: Catalogue) -> re.Pattern[str]:
    words = "|".join(re.escape(word) for word in catalogue.words["prime"])
    between = rf"\s?\.?\s?(?:{words})\.?\s?|\.?[-^]"
    return re.compile(rf"(?<![\w.,/-])(\d{{2,3}})(?:{between})(\d)(?![\d/]|[.,-]\d)", re.IGNORECASE)


@cache
def _pointed_codes(catalogue: Catalogue) -> frozenset[str]:
    return frozenset(code for codes in catalogue.codes.values() for code in codes if "." in code)


@cache
def _law(catalogue: Catalogue) -> frozenset[str]:
    return frozenset({"", *(word.strip(" .").casefold() for word in catalogue.words["law"])})


@lru_cache(maxsize=2_000)
def runs_over(catalogue: Catalogue, text: str) -> bool:
    """Whether a text names articles from one to another between which others stand: “164–165.1” has 165 in it."""
    plain = _RAISED.sub(r".\1", with_points(catalogue, fold(text))).translate(_DIGITS)
    return any(_between(catalogue, found[1], found[2]) for found in _from_to(catalogue).finditer(plain))


@cache
def _from_to(catalogue: Catalogue) -> re.Pattern[str]:
    """The numbers of two articles that a dash joins, or a word for “until”."""
    words = "|".join(re.escape(fold(word)) for word in catalogue.words["bounds"]["until"])
    code = r"(\d{2,3}(?:\.\d)?)"
    return re.compile(rf"(?<![\d.]){code}\.?(?:\s?[^\W\d]+\.?)?\s*(?:-|\b(?:{words})\b)\s*{code}(?!\d)")


@lru_cache(maxsize=2_000)
def _between(catalogue: Catalogue, first: str, last: str) -> bool:
    codes = catalogue.codes["article"]
    if first not in codes or last not in codes:
        return False
    low, high = (tuple(map(int, code.split("."))) for code in (first, last))
    known = (tuple(map(int, code.split("."))) for code in codes if code.replace(".", "").isdigit())
    return any(low < code < high for code in known)


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
    start = rf"{number}\s?(?:{words})|(?:{words})\s?(?:{ordinal})?\s?{number}|(?:{ordinal})\s?{number}"
    return re.compile(rf"^\s*(?:{start})\s*[.:)-]?\s*(?=[^\W\d]|{_YEAR})", re.IGNORECASE)
