"""The numbers of articles as people write them: raised behind points, and several in one label."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, lru_cache
from itertools import pairwise

from thb_analysis.definitions import Catalogue
from thb_analysis.ingest.words.fold import fold
from thb_analysis.ingest.words.meanings import Reading

_RAISED = re.compile(r"(?<=\d)\.?\s?([⁰¹²³⁴⁵⁶⁷⁸⁹])")
SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_DIGIT, _NUMERAL = re.compile(r"\d"), re.compile(r"[\d⁰¹²³⁴⁵⁶⁷⁸⁹]")
_COMMA = re.compile(r"\s*([^\W\d]*\.?\s*)(\d{2,4}),(\d)\.?\s*")
_BRACKETS = re.compile(r"([^()]+)\(([^()]+)\)")
_CODE = re.compile(r"(?<![\d.])(\d{2,3}(?:\.\d)?)(?!\d)")


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
    if _DIGIT.search(text) is None:
        return text
    if _raising(catalogue).search(text):
        known = _pointed_codes(catalogue)
        text = _raising(catalogue).sub(
            lambda found: code if (code := f"{found[1]}.{found[2]}") in known else found[0], text
        )
    return _lettered(catalogue).sub(r"\g<code>", text)


@cache
def _lettered(catalogue: Catalogue) -> re.Pattern[str]:
    """The number of an article and behind it the letters of the law, which are a country's as well: “154.1 CL”."""
    codes = "|".join(re.escape(code) for code in catalogue.codes["article"] if code[0].isdigit())
    letters = "|".join(map(re.escape, catalogue.words["law_letters"]))
    raised = r"\d{2,3}\.?\s?[⁰¹²³⁴⁵⁶⁷⁸⁹]"
    return re.compile(rf"(?<![\w.,/-])(?P<code>(?:{codes}|{raised})\.?)\s+(?:{letters})(?!\w)", re.IGNORECASE)


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
def not_both(catalogue: Catalogue, text: str) -> bool:
    """Whether a text has the numbers of two articles and its figures are not of the two together.

    Those from one to another between which others stand (“164–165.1” has 165 in it), what became another (“from 164 to
    154.1”), and one that is a part of the other (“154.1, of which 165.1”).
    """
    if _NUMERAL.search(text) is None:
        return False
    plain = _RAISED.sub(r".\1", with_points(catalogue, fold(text))).translate(SUPERSCRIPTS)
    codes = [found for found in _CODE.finditer(plain) if found[1] in catalogue.codes["article"]]
    for first, last in pairwise(codes):
        between = plain[first.end() : last.start()]
        if first[1] != last[1] and (
            _apart(catalogue).search(between)
            or (_until(catalogue).fullmatch(between) and _has_between(catalogue, first[1], last[1]))
        ):
            return True
    return False


def another_in_brackets(text: str, read: Callable[[str], tuple[Reading, ...]], articles: str) -> bool:
    """Whether brackets behind an article have another in them: “154.1 (164)”, whose figures are of which nobody knows.

    `read` gives what the parts of the text say, `articles` is the dimension.
    """
    for parts in _BRACKETS.findall(text):
        said = [[dict(reading.dims).get(articles, "") for reading in read(part)] for part in parts]
        outer, inner = ({code for codes in one for code in codes.split("+")} - {""} for one in said)
        if outer and inner and not (outer <= inner or inner <= outer):
            return True
    return False


@cache
def _apart(catalogue: Catalogue) -> re.Pattern[str]:
    """What between two numbers says that they do not count together."""
    words = (*catalogue.words["part"], *catalogue.words["becomes"])
    said = "|".join(re.escape(fold(word)) for word in sorted(words, key=len, reverse=True))
    return re.compile(rf"(?<!\w)(?:{said})(?!\w)")


@cache
def _until(catalogue: Catalogue) -> re.Pattern[str]:
    """A dash between two numbers, or a word for “until”."""
    words = "|".join(re.escape(fold(word)) for word in catalogue.words["bounds"]["until"])
    return re.compile(rf"\.?(?:\s?[^\W\d]+\.?)?\s*(?:-|\b(?:{words})\b)\s*")


@lru_cache(maxsize=2_000)
def _has_between(catalogue: Catalogue, first: str, last: str) -> bool:
    codes = catalogue.codes["article"]
    low, high = (tuple(map(int, code.split("."))) for code in (first, last))
    known = (tuple(map(int, code.split("."))) for code in codes if code.replace(".", "").isdigit())
    return any(low < code < high for code in known)
