"""Dates in labels: written in words, two of them that span a year, and a year that is only a bound."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from thb_analysis.definitions import Catalogue, Dimension
from thb_analysis.ingest.words.meanings import EARLIEST, LATEST, Token

FEW_MONTHS = 2
YEAR = r"(?:19[89]\d|20[0-4]\d)"
_YEAR = re.compile(YEAR)
#: A year and the last digits of the next: “2023/24”, “23/24”.
_SHORT_SPAN = re.compile(r"(?<![\d.,/-])(?:19|20)?(\d\d)\.?\s?[/\-_\N{EN DASH}]\s?(\d\d)(?![\d/-])")
BOUNDS = (
    "since",
    "after",
    "until",
    "before",
)  #: kinds of words before a year that is the first or last of several


@cache
def worded_dates(catalogue: Catalogue) -> Callable[[str], str]:
    """Writes dates in words as dates in figures: `2022. gada 1. janvāris` and `1 January 2022` become 1.1.2022.

    Of two days with one year between or behind them, both are of it: “1.1. - 31.12.2022”.
    """
    stems, foreign = catalogue.words["months"], catalogue.words["months_in_english"]
    month, year = "|".join(stems), "|".join(catalogue.words["year"])
    day = rf"(?P<day>\d{{1,2}})\.\s*(?P<month>(?:{month})\w*)"
    pattern = re.compile(rf"(?P<year>{YEAR})\.?\s*(?:{year})\s*{day}")
    to = "|".join(re.escape(word) for word in (*catalogue.words["bounds"]["until"], *catalogue.words["to"]))
    to = rf"(?P<to>\s*(?:{to})\s*)"
    named = rf"(?P<{{0}}>\d{{{{1,2}}}})\s+(?P<{{1}}>{'|'.join(foreign)})"
    in_english = re.compile(
        named.format("first", "start") + to + named.format("day", "month") + rf"\s+(?P<year>{YEAR})"
    )
    either = rf"(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s+(?P<month>{'|'.join(foreign)})"
    one = re.compile(rf"{either},?\s+(?P<year>{YEAR})(?!\d)")
    turned = re.compile(
        rf"(?P<month>{'|'.join(foreign)})\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<year>{YEAR})(?!\d)"
    )
    behind = re.compile(rf"(?P<start>\d{{1,2}}\.\d{{1,2}}\.(?P<year>{YEAR}))\.?{to}{day}(?!\s*{YEAR})")
    before = re.compile(
        rf"(?<![\d.])(?P<start>\d{{1,2}}\.\s?\d{{1,2}})\.?{to}(?P<end>\d{{1,2}}\.\s?\d{{1,2}}\.\s?(?P<year>{YEAR}))"
    )

    def number(word: str) -> int:
        every = stems if word.startswith(tuple(stems)) else foreign
        return next(n for n, stem in enumerate(every, 1) if word.startswith(stem))

    def figures(found: re.Match[str]) -> str:
        return f"{found['day']}.{number(found['month'])}.{found['year']}"

    def both(found: re.Match[str]) -> str:
        return f"{found['start']}{found['to']}{figures(found)}"

    def english(found: re.Match[str]) -> str:
        return f"{found['first']}.{number(found['start'])}.{found['year']} - {figures(found)}"

    def told(text: str) -> str:
        if _YEAR.search(text) is None:
            return text  # none of them is without a year
        text = behind.sub(both, pattern.sub(figures, text))
        text = before.sub(r"\g<start>.\g<year>\g<to>\g<end>", text)
        return turned.sub(figures, one.sub(figures, in_english.sub(english, text)))

    return told


def bounded(catalogue: Catalogue, tokens: Sequence[Token]) -> tuple[Token, ...]:
    """A label whose only year is a bound (“since 2019”, “until 2022”) with the years that it spans, open at one end.

    “From the data of 2022” bounds nothing: there the word speaks of what follows the year.
    """
    dated = [n for n, token in enumerate(tokens) if token.kind == "years" or _is_year(token)]
    if len(dated) != 1 or tokens[at := dated[0]].kind == "years":
        return tuple(tokens)
    bounds = _bounds(catalogue)
    behind = at + 1
    while behind < len(tokens) and tokens[behind].exact in bounds.called:
        behind += 1
    if behind < len(tokens) and tokens[behind].exact.startswith(bounds.sources):
        return tuple(tokens)
    before = [token.exact for token in tokens[max(0, at - 2) : at]]
    said, year = {" ".join(before), *before[-1:]}, int(tokens[at].exact)
    span = next((span for span, words in bounds.spans(year) if said & words), "")
    return (*tokens[:at], Token("years", span, f"#{span}"), *tokens[at + 1 :]) if span else tuple(tokens)


def _is_year(token: Token) -> bool:
    return token.kind == "number" and re.fullmatch(YEAR, token.exact) is not None


@dataclass(frozen=True)
class _Bounds:
    """Words before a year that make it the first or the last of several, and what they may stand before."""

    words: Mapping[str, frozenset[str]]
    sources: tuple[str, ...]  #: how what is no bound begins: “data of 2022”
    called: frozenset[str]  #: what years are called

    def spans(self, year: int) -> Iterator[tuple[str, frozenset[str]]]:
        """What the words come to, each with its words."""
        yield f"{year}-{LATEST}", self.words["since"]
        yield f"{year + 1}-{LATEST}", self.words["after"]
        yield f"{EARLIEST}-{year}", self.words["until"]
        yield f"{EARLIEST}-{year - 1}", self.words["before"]


@cache
def _bounds(catalogue: Catalogue) -> _Bounds:
    words, bounds = catalogue.words, catalogue.words["bounds"]
    called = frozenset(word.rstrip(".") for text in words["year"] for word in text.split())
    known = {kind: frozenset(bounds[kind]) for kind in BOUNDS}
    return _Bounds(known, tuple(bounds["sources"]), called)


def full_date_span(dates: Iterable[str]) -> int:
    """The year that two dates span from its first to its last day; 0 if they do not."""
    found = [re.findall(r"\d+", date) for date in dates]
    found = [date[::-1] if len(date[0]) == 4 else date for date in found]
    if len(found) != 2 or any(len(date[-1]) != 4 for date in found):
        return 0
    (day, month, year), (last_day, last_month, last_year) = ([int(part) for part in date] for date in found)
    whole = (day, month) == (1, 1) and (last_day, last_month) == (31, 12) and year == last_year
    return year if whole else 0


@lru_cache(maxsize=20_000)
def of_several_years(text: str) -> bool:
    """Whether a text names several years: “2020–2024”, “2023/24”, “FY23/24”, “2023 or 2024”."""
    short = any((int(last) - int(first)) % 100 == 1 for first, last in _SHORT_SPAN.findall(text))
    return short or len(set(re.findall(rf"(?<!\d){YEAR}(?!\d)", text))) > 1


def day_after(catalogue: Catalogue, tokens: Sequence[Token]) -> tuple[int, int, int]:
    """The one day that a label tells, as year, month, day; all 0 where it tells none, several, or one since which."""
    dates = [n for n, token in enumerate(tokens) if token.kind == "date"]
    since = {word for kind in ("since", "after") for word in catalogue.words["bounds"][kind]}
    if len(dates) != 1 or (dates[0] and tokens[dates[0] - 1].exact in since):
        return 0, 0, 0
    first, second, third = (int(part) for part in re.findall(r"\d+", tokens[dates[0]].exact))
    return (first, second, third) if first > third else (third, second, first)


@lru_cache(maxsize=4096)
def ends_year(catalogue: Catalogue, texts: frozenset[str]) -> bool:
    """Whether one of some parts of a year is its last: December, the fourth quarter, the second half.

    Bare Roman numerals are quarters, unless there are more than four; a few months may be those that had any figure.
    """
    plain = {text.casefold().strip(" .") for text in texts}
    if len(plain) <= FEW_MONTHS and all(text.startswith(tuple(catalogue.words["months"])) for text in plain):
        return True
    words = (re.escape(word.casefold()).replace(r"\ ", r"\s*") for word in catalogue.words["last_part"])
    last = "|".join(words)
    if any(re.search(rf"(?<!\w)(?:{last})", text) for text in plain):
        return True
    numerals = {text for text in plain if re.fullmatch(r"[ivx]{1,4}", text)}
    return "iv" in numerals and "v" not in numerals


def dates_itself(catalogue: Catalogue, dimension: Dimension, code: str, text: str) -> bool:
    """Whether a member's name says that it is of another year than the figures, and no year can follow it (“from”).

    Beside “carried over from” a year is the one from which; beside “last year's” it is the one of the figures.
    """
    other = dict(dimension.relative).get(code, 0) != 0
    return other and text.split()[-1] not in catalogue.words["bounds"]["since"]


@lru_cache(maxsize=20_000)
def named_year(text: str) -> int | None:
    """The one year that a file name, a folder or a sheet name holds; None if none or several."""
    found = {int(year) for year in re.findall(rf"(?<!\d){YEAR}(?!\d)", text)}
    return found.pop() if len(found) == 1 else None
