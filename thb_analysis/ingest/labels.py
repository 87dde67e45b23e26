"""What a heading says: its words, matched whole against what the catalogue knows of one table.

A label is understood only if every word of it is.  Words meet by their stems (case endings cut), so that
grammar does not matter and spelling does.  Nothing here looks at positions.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache, lru_cache
from typing import Any

from thb_analysis.definitions import Catalogue, CatalogueError, Table
from thb_analysis.ingest.footnotes import footnote
from thb_analysis.ingest.spans import YEAR as _YEAR
from thb_analysis.ingest.spans import full_date_span, worded_dates

SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_QUOTES = str.maketrans(dict.fromkeys("\"'“”„‟«»’‘`´", " "))
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—−", "-"))
_SPACES = str.maketrans(dict.fromkeys("\xa0\u2007\u2009\u202f\t\r\n", " "))
_TOKENS = re.compile(
    rf"""(?P<dates>\d{{1,2}}\.\s?\d{{1,2}}\.\s?{_YEAR}|{_YEAR}-\d\d-\d\d)
    |(?P<years>(?<![\d.,]){_YEAR}\.?\s?-\s?{_YEAR}(?!\d))
    |(?P<raised>\d{{2,4}}\s?\.?\s?[⁰¹²³⁴⁵⁶⁷⁸⁹]+\.?)
    |(?P<grouped>(?<![\d.,])\d{{1,3}}(?:\ \d{{3}})+(?:,\d+)?(?!\d))
    |(?P<number>\d+(?:[.,]\d+)*)
    |(?P<word>[^\W\d_]+(?:\.[^\W\d_]+)*)
    |(?P<symbol>\+/-|[±%€<>≤≥~=+&])""",
    re.VERBOSE,
)
#: "7. " or "7) " before words counts the headings and is no figure.
_ORDINAL = re.compile(r"^\s*\d{1,2}[.)]\s+(?=[^\W\d])")
_TYPED = re.compile(r"[^\W_]+(?:-[^\W_]+)*")
MOST_WORDS = 48
#: Kinds of meaning that a reading only notes.
FLAGS = ("title", "total", "part", "figure", "descriptor", "ordinal", "period", "scaled", "share")
#: The lists of small words that every table understands.
SMALL_WORDS = (
    "total",
    "part",
    "descriptor",
    "ordinal",
    "period",
    "period_name",
    "scaled",
    "share",
    "law",
    "figure",
    "filler",
)


@dataclass(frozen=True, slots=True)
class Token:
    kind: str  #: word, number, raised, years, date, symbol
    exact: str
    stem: str


@dataclass(frozen=True, slots=True)
class Reading:
    """One way in which every word of a label makes sense for one table."""

    dims: tuple[tuple[str, str], ...] = ()
    names: frozenset[str] = frozenset()  #: dimensions that are named, not set
    title: bool = False  #: it names the table
    years: tuple[int, ...] = ()  #: one year, or the first and the last of a range
    total: bool = False
    part: bool = False
    figure: bool = False  #: a neutral word over figures
    descriptor: bool = False
    ordinal: bool = False
    period: bool = False  #: a part of a year
    scaled: bool = False  #: thousands or millions
    share: bool = False  #: a share or a rate: no count
    listed: tuple[str, ...] = ()  #: several articles of a table that has one a line: a title's, no heading's
    number: Decimal | None = None  #: a figure in the sentence itself
    sender: str = ""  #: an institution that is mentioned
    worded: frozenset[str] = (
        frozenset()
    )  #: dimensions set by describing words, not by a code: weak in a title

    @property
    def sets(self) -> frozenset[str]:
        """The fields this label fixes: dimensions, and the year."""
        fields = {name for name, _ in self.dims}
        if self.years:
            fields.add("year")
        return frozenset(fields)

    @property
    def neutral(self) -> bool:
        """Whether it fixes nothing."""
        return not (self.dims or self.years or self.total or self.number is not None)


@dataclass(frozen=True, slots=True)
class Meaning:
    kind: str
    name: str = ""
    code: str = ""
    implies: tuple[tuple[str, str], ...] = ()
    bare: bool = False  #: the code itself, which counts only as it is written in its list (capitals)


@lru_cache(maxsize=50_000)
def fold(text: str) -> str:
    """Lower case, plain spaces and dashes, no quotation marks."""
    return text.translate(_SPACES).translate(_DASHES).translate(_QUOTES).lower().strip()


_Tokens = tuple[Token, ...]
_Words = tuple[_Tokens, tuple[str, ...], tuple[str, ...]]  #: of a text; their stems; as written
MOST_KEPT, LONGEST_KEPT = 20_000, 300  #: so many texts are kept cut into words, none longer


class Vocabulary:
    """Every phrase that may stand in a label of one table, by the stems of its words."""

    def __init__(self, catalogue: Catalogue, table: Table) -> None:
        self.table = table
        self.catalogue = catalogue
        self._stems, self._cut = _shared(catalogue)
        self._endings = tuple(sorted(catalogue.words["endings"], key=len, reverse=True))
        self._shortest = int(catalogue.words["stem"])
        self.phrases: dict[tuple[str, ...], list[tuple[tuple[str, ...], Meaning]]] = {}
        self.spelled: dict[str, Meaning] = {}
        self.articles = self._article_dimension()
        self._dated = worded_dates(catalogue)
        self._learn()
        self.longest = max(len(phrase) for phrase in self.phrases)
        self.known = {stem for phrase in self.phrases for stem in phrase}
        self._read = lru_cache(maxsize=20_000)(self._read_uncached)

    # learning -----------------------------------------------------------------------------------

    def _article_dimension(self) -> str:
        for dimension in self.table.dimensions:
            members = self.catalogue.codes.get(dimension.codes, {})
            numbers = [code for code in members if not code.startswith("_")]
            whole = all(code[0].isdigit() for code in numbers)
            if numbers and whole and any("." in code for code in numbers):
                return dimension.name
        return ""

    def _learn(self) -> None:
        table, words = self.table, self.catalogue.words
        small = self._small_words()
        for dimension in table.dimensions:
            for member in self.catalogue.codes.get(dimension.codes, {}).values():
                for text in member.spellings:
                    if text == member.code and fold(text) in small:
                        continue  # a code that is also a preposition or “No.”: nobody means the code
                    bare = text == member.code and text != text.lower()
                    self._add(text, Meaning("member", dimension.name, member.code, member.implies, bare))
            for text, code in dimension.spelled:
                self._add(text, Meaning("member", dimension.name, code))
            for text in words["dimensions"].get(dimension.name, ()):
                self._add(text, Meaning("name", dimension.name))
        names = set(table.dimension_names)
        for member in self.catalogue.codes.get("composite", {}).values():
            if all(name in names for name, _ in member.implies):
                for text in member.spellings:
                    self._add(text, Meaning("composite", "", "", member.implies))
        for text in table.titles:
            self._add(text, Meaning("title"))
        for texts in table.record.values():
            for text in texts:
                self._add(text, Meaning("heading"))
        if not {"institution", "registered_by"} & names:
            for member in self.catalogue.codes.get("institution", {}).values():
                for text in member.spellings:
                    self._add(text, Meaning("sender", "", member.code))
        units = self.catalogue.codes.get("unit", {})
        own = {table.unit} | {
            member.unit
            for dimension in table.dimensions
            for member in self.catalogue.codes.get(dimension.codes, {}).values()
            if member.unit
        }
        for code in own & set(units):
            for text in units[code].spellings:
                self._add(text, Meaning("unit", "", code), weak=True)
        for text in table.headings:
            self._add(text, Meaning("heading"), weak=True)
        for text in words["year"]:
            self._add(text, Meaning("name", "year"))
        for kind in SMALL_WORDS:
            if kind == "law" and not self.articles:
                continue
            if kind in ("scaled", "share") and table.values == "indicator":
                continue
            for text in words[kind]:
                named = kind == "period_name"
                self._add(
                    text,
                    Meaning("period", "period") if named else Meaning(kind),
                    weak=kind in ("law", "figure", "filler", "ordinal", "descriptor"),
                )

    def _small_words(self) -> set[str]:
        """Every single small word, without its point."""
        words = self.catalogue.words
        found = (self._words(text)[2] for kind in (*SMALL_WORDS, "year") for text in words[kind])
        return {exact[0] for exact in found if len(exact) == 1}

    def _add(self, text: str, meaning: Meaning, weak: bool = False) -> None:
        """Learn a phrase.  A weak meaning yields to any that the phrase has already."""
        _, stems, exact = self._words(text)
        if not stems:
            return
        known = self.phrases.setdefault(stems, [])
        if weak and known:
            return
        for other_exact, other in known:
            if other == meaning and other_exact == exact:
                return
            clash = other.kind == meaning.kind == "member" and other.name == meaning.name
            if clash and other.code != meaning.code and other_exact == exact:
                raise CatalogueError(
                    f"{self.table.id}.{meaning.name}: “{text}” stands for both {other.code} and {meaning.code}"
                )
        known.append((exact, meaning))
        self.spelled.setdefault(text, meaning)

    # reading ------------------------------------------------------------------------------------

    def tokens(self, text: str) -> _Tokens:
        """The words, numbers and signs of a label; punctuation is passed over."""
        return self._words(text)[0]

    def stems(self, text: str) -> tuple[str, ...]:
        """The stems of a label's words."""
        return self._words(text)[1]

    def _words(self, text: str) -> _Words:
        known = self._cut.get(text)
        if known is None:
            tokens = tuple(self._tokens(text))
            known = tokens, tuple([t.stem for t in tokens]), tuple([t.exact for t in tokens])
            if len(text) <= LONGEST_KEPT:
                if len(self._cut) >= MOST_KEPT:
                    self._cut.clear()
                self._cut[text] = known
        return known

    def _tokens(self, text: str) -> Iterator[Token]:
        for found in _TOKENS.finditer(self._dated(fold(text))):
            kind = str(found.lastgroup)
            word = found.group()
            if kind == "word":
                word = word.replace(".", "")
                yield Token("word", word, self._stem(word))
            elif kind == "raised":
                number, raised = re.findall(r"\d+|[⁰¹²³⁴⁵⁶⁷⁸⁹]+", word)
                code = f"{number}.{raised.translate(SUPERSCRIPTS)}"
                yield Token("raised", code, "#" + code)
            elif kind == "years":
                first, last = re.findall(_YEAR, word)
                yield Token("years", f"{first}-{last}", f"#{first}-{last}")
            elif kind == "dates":
                yield Token("date", word, "#date")
            elif kind == "grouped":
                yield Token("grouped", word.replace(" ", ""), "#" + word.replace(" ", ""))
            elif kind == "symbol":
                yield Token("symbol", word, word)
            else:
                yield Token("number", word, "#" + word)

    def _stem(self, word: str) -> str:
        stem = self._stems.get(word)
        if stem is None:
            longest = len(word) - self._shortest
            ending = next((e for e in self._endings if word.endswith(e) and len(e) <= longest), "")
            stem = self._stems[word] = word.removesuffix(ending)
        return stem

    def read(self, text: str) -> tuple[Reading, ...]:
        """Every way in which the whole label makes sense, the plainest; none if a word is not understood."""
        return self._read(text)

    def _read_uncached(self, text: str) -> tuple[Reading, ...]:
        whole = footnote(text)[0]
        readings = self._parse(whole)
        counted = _ORDINAL.match(whole)
        if counted and all(reading.number is not None for reading in readings):
            readings = self._parse(whole[counted.end() :])
        return readings

    def _parse(self, text: str) -> tuple[Reading, ...]:
        tokens = self.tokens(text)
        if not tokens or len(tokens) > MOST_WORDS:
            return ()
        for token in tokens:
            if token.kind == "word" and token.stem not in self.known:
                return ()
        span = full_date_span(token.exact for token in tokens if token.kind == "date")
        if span:
            tokens = (*(t for t in tokens if t.kind != "date"), Token("number", str(span), f"#{span}"))
        typed = set(_TYPED.findall(text))
        best: list[tuple[float, list[tuple[Meaning, ...]]]] = [(0.0, [()])]
        best += [(float("inf"), [])] * len(tokens)
        for start in range(len(tokens)):
            cost, states = best[start]
            if not states:
                continue
            for length, meanings in self._steps(tokens, start):
                for meaning, price in meanings:
                    if meaning.bare and meaning.code not in typed:
                        continue
                    total = cost + price
                    at, kept = best[start + length]
                    grown = [(*state, meaning) for state in states]
                    if total < at - 1e-9:
                        best[start + length] = (total, grown)
                    elif abs(total - at) < 1e-9:
                        best[start + length] = (at, [*kept, *grown][:32])
        readings = (self._combine(state) for state in best[-1][1])
        return tuple(dict.fromkeys(reading for reading in readings if reading is not None))

    def _steps(self, tokens: _Tokens, start: int) -> Iterator[tuple[int, list[tuple[Meaning, float]]]]:
        for length in range(1, min(self.longest, len(tokens) - start) + 1):
            window = tokens[start : start + length]
            entries = self.phrases.get(tuple(token.stem for token in window))
            if entries:
                exact = tuple(token.exact for token in window)
                same = [meaning for spelled, meaning in entries if spelled == exact]
                meanings = same or [meaning for _, meaning in entries]
                yield length, [(m, _PRICES.get(m.kind, 1.0)) for m in dict.fromkeys(meanings)]
        yield from self._numbers(tokens[start])

    def _numbers(self, token: Token) -> Iterator[tuple[int, list[tuple[Meaning, float]]]]:
        if token.kind == "years":
            yield 1, [(Meaning("years", "", token.exact), 0.5)]
            return
        if token.kind == "date":
            yield 1, [(Meaning("period"), 0.5)]
            return
        if token.exact == "+" and self.articles:
            yield 1, [(Meaning("plus"), 0.1)]
            return
        if token.kind in ("number", "raised") and self.articles:
            code = token.exact.rstrip(".")
            if code in self.catalogue.codes[self.table.dimension(self.articles).codes]:
                yield 1, [(Meaning("article", self.articles, code), 0.4)]
                return
        if token.kind == "number" and re.fullmatch(_YEAR, token.exact):
            yield 1, [(Meaning("years", "", token.exact), 0.5)]
        elif token.kind in ("number", "grouped"):
            yield 1, [(Meaning("number", "", token.exact), 2.0)]

    def _combine(self, meanings: tuple[Meaning, ...]) -> Reading | None:
        dims: dict[str, str] = {}
        articles: list[str] = []
        years: list[int] = []
        reading = Reading()
        names: set[str] = set()
        numbers: list[str] = []
        worded: tuple[str, ...] = (self.articles,) if self.articles else ()
        for meaning in meanings:
            if meaning.kind in ("member", "composite"):
                pairs = ((meaning.name, meaning.code),) if meaning.kind == "member" else ()
                for name, code in (*pairs, *meaning.implies):
                    if dims.setdefault(name, code) != code:
                        if name != self.articles:
                            return None
                        articles.append(code)
            elif meaning.kind == "article":
                articles.append(meaning.code)
            elif meaning.kind == "years":
                years += [int(year) for year in meaning.code.split("-")]
            elif meaning.kind == "number":
                numbers.append(meaning.code)
            elif meaning.kind == "name":
                names.add(meaning.name)
            elif meaning.kind == "sender":
                reading = replace(reading, sender=meaning.code)
            elif meaning.kind in FLAGS:
                flags: dict[str, Any] = {meaning.kind: True}
                reading = replace(reading, **flags)
                names |= {meaning.name} - {""}
        joined = any(meaning.kind == "plus" for meaning in meanings)
        if joined and len({*articles, dims.get(self.articles, "")} - {""}) < 2:
            return None  # “+” joins the numbers of articles and nothing else
        if articles:
            described = {dims[self.articles]} if self.articles in dims else set()
            worded = ()
            codes = sorted({*articles, *described}, key=lambda code: [int(part) for part in code.split(".")])
            if len(codes) > 1 and not self.table.dimension(self.articles).combined:
                dims.pop(self.articles, None)
                reading = replace(reading, listed=tuple(codes))
            else:
                dims[self.articles] = "+".join(codes)
        if len(numbers) > 1:
            return None
        if numbers:
            number = _decimal(numbers[0])
            if number is None:
                return None
            reading = replace(reading, number=number)
        span = tuple(sorted(set(years)))
        return replace(
            reading,
            dims=tuple(sorted(dims.items())),
            names=frozenset(names),
            worded=frozenset(name for name in worded if name in dims),
            years=span if len(span) <= 1 else (span[0], span[-1]),
        )


#: A phrase costs one, small words little: the fewest and longest phrases win.
_PRICES = {
    "filler": 0.1,
    "law": 0.1,
    "figure": 0.15,
    "heading": 0.9,
    "unit": 0.2,
    "total": 0.9,
    "part": 0.5,
    "sender": 1.0,
    "name": 0.95,
}


def _decimal(text: str) -> Decimal | None:
    return Decimal(text.replace(",", ".")) if re.fullmatch(r"\d+(,\d{1,2})?", text) else None


@cache
def _shared(catalogue: Catalogue) -> tuple[dict[str, str], dict[str, _Words]]:
    """What all vocabularies of a catalogue have in common: the stems of words, and texts cut into words."""
    return {}, {}


@cache
def vocabulary(catalogue: Catalogue, table: str) -> Vocabulary:
    """The vocabulary of one table, built once."""
    return Vocabulary(catalogue, catalogue.tables[table])


def named_year(text: str) -> int | None:
    """The one year that a file name, a folder or a sheet name holds; None if none or several."""
    found = {int(year) for year in re.findall(rf"(?<!\d){_YEAR}(?!\d)", text)}
    return found.pop() if len(found) == 1 else None
