"""What a heading says: its words, matched whole against what the catalogue knows of one table.

Every word of a label must be understood.  Words meet by their stems: grammar does not matter, spelling does.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache, cached_property, lru_cache, partial
from typing import Any

from thb_analysis.definitions import Catalogue, Table, article_dimension
from thb_analysis.edited import CatalogueError
from thb_analysis.ingest.words.any_year import read_of_any_year, years_named
from thb_analysis.ingest.words.article_numbers import SUPERSCRIPTS, another_in_brackets, with_points
from thb_analysis.ingest.words.fold import fold
from thb_analysis.ingest.words.learned import learned
from thb_analysis.ingest.words.meanings import (
    PRICES,
    SLASH,
    SMALL_WORDS,
    WEAK,
    Meaning,
    Reading,
    Token,
    combine,
    meant,
    of_kind,
)
from thb_analysis.ingest.words.not_taken import is_other, people_begin, says_two, unlike
from thb_analysis.ingest.words.openings import ORDINAL, openings, unannounced
from thb_analysis.ingest.words.scattered import scattered
from thb_analysis.ingest.words.shortened import spelled
from thb_analysis.ingest.words.spans import BOUNDS, YEAR, bounded, dates_itself, full_date_span, worded_dates

_TOKENS = re.compile(
    rf"""(?P<dates>\d{{1,2}}\.\s?\d{{1,2}}\.\s?{YEAR}|{YEAR}-\d\d-\d\d)
    |(?P<years>(?<![\d.,]){YEAR}\.?\s?-\s?{YEAR}(?!\d))
    |(?P<raised>\d{{2,4}}\s?\.?\s?[⁰¹²³⁴⁵⁶⁷⁸⁹]+\.?)
    |(?P<odd>{YEAR}(?:[^\W\d_gG](?![^\W_])|[.\s]*\(?[pP]\)?[.\s]*$)|(?<![\d.,/:-])00+(?![\d.,/:-]))
    |(?P<grouped>(?<![\d.,])\d{{1,3}}(?:\ \d{{3}})+(?:,\d+)?(?!\d))
    |(?P<number>\d+(?:[.,]\d+)*)
    |(?P<word>[^\W\d_]+(?:\.[^\W\d_]+)*)
    |(?P<symbol>\+/-|\(\?+\)|\?\?+|!=|[≠¬∉]|[±%‰€$£¥₤₽₴<>≤≥≈~×=+&]|(?<=[^\W\d_])\s?/\s?(?=[^\W\d_]))""",
    re.VERBOSE,
)
_SLIPPED = re.compile(r"20[0-2]\d\d|20\d[0-2]\d")  #: a year with a digit too many
_NUMBER = re.compile(r"\D*\d{2,}")
TYPED = re.compile(r"[^\W_]+(?:-[^\W_]+)*")
MOST_WORDS = 48
COUNTED = ("unit", "heading", "figure")  #: meanings of what is counted
_Tokens = tuple[Token, ...]
_Words = tuple[_Tokens, tuple[str, ...], tuple[str, ...]]  #: of a text; their stems; as written
_MADE_READY = frozenset({"_stems", "_cut", "_small", "_dated", "read"})
MOST_KEPT, LONGEST_KEPT = 20_000, 300  #: so many texts are kept cut into words, none longer


class Vocabulary:
    """Every phrase that may stand in a label of one table, by the stems of its words."""

    def __init__(self, catalogue: Catalogue, table: Table) -> None:
        self.table, self.catalogue = table, catalogue
        lengths = sorted({len(ending) for ending in catalogue.words["endings"]}, reverse=True)
        self._endings = [(n, {e for e in catalogue.words["endings"] if len(e) == n}) for n in lengths]
        self._shortest = int(catalogue.words["stem"])
        self._inside = frozenset(catalogue.words["places"]["before"])
        self._bounds = frozenset(word for kind in BOUNDS for word in catalogue.words["bounds"][kind])
        self._places = {name: tuple(ends) for name, ends in catalogue.words["places"]["endings"].items()}
        self.phrases: dict[tuple[str, ...], list[tuple[tuple[str, ...], Meaning]]] = {}
        self.spelled: dict[str, Meaning] = {}
        self.joint: set[tuple[str, str]] = set()  #: members of what is done with others, who may be named
        self.articles = article_dimension(catalogue, table)
        articles = catalogue.codes[self.table.dimension(self.articles).codes] if self.articles else ()
        self._pointless = frozenset(code.replace(".", "") for code in articles if "." in code)
        self._make_ready()
        self._learn()
        self.years_named = years_named(self.phrases, [code.replace(".", "") for code in articles])
        self.people = people_begin(self.phrases)
        self.reach: dict[str, int] = {}  #: by its first word's stem, how long a phrase may be
        for phrase in self.phrases:
            self.reach[phrase[0]] = max(self.reach.get(phrase[0], 0), len(phrase))
        #: Not what stands only in phrases with which no label is understood: without it, it is not either.
        telling = (p for p, known in self.phrases.items() if any(m.free or m.pieces for _, m in known))
        self.known = {stem for phrase in telling for stem in phrase}

    def _make_ready(self) -> None:
        """What is not kept with what was learned."""
        self._stems, self._cut, self._small = _shared(self.catalogue)
        self._dated = worded_dates(self.catalogue)
        #: Every way in which the whole label makes sense, the plainest; none if a word is not understood.
        self.read = lru_cache(maxsize=20_000)(partial(read_of_any_year, self))

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if name not in _MADE_READY}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state)
        self._make_ready()

    @cached_property
    def by_first(self) -> dict[str, list[tuple[int, tuple[str, ...]]]]:
        """Phrases by their first word, each with its place among all."""
        found: dict[str, list[tuple[int, tuple[str, ...]]]] = {}
        for place, phrase in enumerate(self.phrases):
            found.setdefault(phrase[0], []).append((place, phrase))
        return found

    # learning -----------------------------------------------------------------------------------

    def _learn(self) -> None:
        table, words = self.table, self.catalogue.words
        small, with_whom, alone = self._small_words(), set(words["company"]), words["codes_alone"]
        for dimension in table.dimensions:
            for member in self.catalogue.codes.get(dimension.codes, {}).values():
                for text in member.spellings:
                    if text == member.code and fold(text) in small:
                        continue  # a code that is also a preposition or “No.”: nobody means the code
                    if f"={text}" in member.spellings:
                        continue  # its label, which counts in this form only
                    bare = text == member.code and text != text.lower()
                    meaning = meant("member", dimension.name, member.code, member.implies, bare)
                    if bare and dimension.name in alone:
                        meaning = meaning._replace(alone=True)
                    if dimension.name == self.articles and _NUMBER.match(text):
                        meaning = meaning._replace(coded=True)
                    if dates_itself(self.catalogue, dimension, member.code, text):
                        meaning = meaning._replace(dated=True)
                    if not with_whom.isdisjoint(text.split()):
                        meaning = meaning._replace(joined=True)
                        self.joint.add((dimension.name, member.code))
                    self._add(text, meaning)
            for text, code in dimension.spelled:
                self._add(text, meant("member", dimension.name, code))
            for text in words["dimensions"].get(dimension.name, ()):
                self._add(text, meant("name", dimension.name))
        names = set(table.dimension_names)
        for member in self.catalogue.codes.get("composite", {}).values():
            if all(name in names for name, _ in member.implies):
                for text in member.spellings:
                    self._add(text, meant("composite", "", "", member.implies))
        for text in table.titles:
            self._add(text, meant("title"))
        for texts in table.record.values():
            for text in texts:
                self._add(text, meant("heading"))
        if not {"institution", "registered_by"} & names:
            for member in self.catalogue.codes.get("institution", {}).values():
                for text in member.spellings:
                    # “KM” is an institution, “Km” a letter that slipped
                    bare = text == member.code and text.isupper()
                    self._add(text, meant("sender", "", member.code, bare=bare))
        units = self.catalogue.codes.get("unit", {})
        own = {table.unit} | {
            member.unit
            for dimension in table.dimensions
            for member in self.catalogue.codes.get(dimension.codes, {}).values()
            if member.unit
        }
        for code in sorted(own & set(units)):
            for text in units[code].spellings:
                self._add(text, meant("unit", "", code), weak=True)
        for text in table.headings:
            self._add(text, meant("heading"), weak=True)
        for text in words["year"]:
            self._add(text, meant("name", "year")._replace(counts=" " in text))  # “the year reported”
        for text in unlike(words, own):
            self._add(text, meant("heading", free=False))  # with it a label is not understood
        for kind in SMALL_WORDS:
            if kind == "law" and not self.articles:
                continue
            if kind in ("scaled", "share", "accumulated") and table.values == "indicator":
                continue
            for text in words[kind]:
                self._add(text, of_kind(kind, text in words["either"]), kind in WEAK)
        for text in () if table.of_plan else words["planned"]:
            self._add(f"={text}", meant("share"), weak=True)
        for text in table.subject:
            self._add(text, meant("subject"), weak=True)
        for text in sorted(self._bounds):
            self._add(text, meant("bound"), weak=True)
        for text, pieces in table.pieces.items():
            self._add_piece(text, pieces)
        for text in table.own:
            self._add(text, meant("heading"), weak=True)
            within = [pieces for piece, pieces in table.pieces.items() if f" {piece} " in f" {text} "]
            known = self.phrases[self._words(text)[1]]
            known[:] = [(e, m._replace(own=True, pieces=m.pieces.union(*within))) for e, m in known]
        self._share()

    def _share(self) -> None:
        """Note of members whose phrase is a member of another dimension as well, which that is."""
        for known in self.phrases.values():
            dims = {meaning.name for _, meaning in known if meaning.kind == "member"}
            for n, (exact, meaning) in enumerate(known if len(dims) > 1 else ()):
                if meaning.kind == "member" and not meaning.exact:
                    known[n] = exact, meaning._replace(shared=frozenset(dims - {meaning.name}))

    def _add_piece(self, text: str, pieces: frozenset[tuple[int, int]]) -> None:
        """Learn a piece of compound titles: what it means already, it means still."""
        only = text.startswith("=")
        _, stems, exact = self._words(text.removeprefix("="))
        known = self.phrases.setdefault(stems, [])
        same = [
            n for n, (spelled, meaning) in enumerate(known) if spelled == exact or not (only or meaning.exact)
        ]
        for n in same:
            known[n] = known[n][0], known[n][1]._replace(pieces=known[n][1].pieces | pieces)
        general = [] if same else [meaning for _, meaning in known if not meaning.exact]
        for meaning in general or ([] if same else [Meaning("heading", free=False)]):
            known.append((exact, meaning._replace(exact=only, pieces=meaning.pieces | pieces)))

    def _small_words(self) -> set[str]:
        """Every single small word, without its point."""
        if not self._small:
            texts = (text for kind in (*SMALL_WORDS, "year") for text in self.catalogue.words[kind])
            found = (self._words(text.removeprefix("="))[2] for text in texts)
            self._small.update(exact[0] for exact in found if len(exact) == 1)
        return self._small

    def _add(self, text: str, meaning: Meaning, weak: bool = False) -> None:
        """Learn a phrase; “=” before it: in this form only.  A weak meaning yields to any that the phrase has."""
        if text.startswith("="):
            text, meaning = text[1:], meaning._replace(exact=True)
        _, stems, exact = self._words(text)
        if not stems:
            return
        known = self.phrases.get(stems)
        if known is None:
            self.phrases[stems] = [(exact, meaning)]
            self.spelled.setdefault(text, meaning)
            return
        if weak and any(not other.exact or spelled == exact for spelled, other in known):
            if meaning.kind in COUNTED:
                known[:] = [(e, m._replace(counts=True) if m.kind == "name" else m) for e, m in known]
            return
        for other_exact, other in known:
            if other == meaning and other_exact == exact:
                return
            clash = other.kind == meaning.kind == "member" and other.name == meaning.name
            if clash and other.code != meaning.code and other_exact == exact:
                said = {"text": text, "one": other.code, "other": meaning.code}
                raise CatalogueError("catalogue.spelling_twice", list=meaning.name, **said)
        known.append((exact, meaning))
        self.spelled.setdefault(text, meaning)

    def begins(self, text: str, kind: str) -> bool:
        """Whether a label's first words mean this, whatever the others are: “(How many) of whom …”."""
        counted = ORDINAL.match(text)
        stems = self.stems(text[counted.end() :] if counted else text)
        while stems:
            starts = (self.phrases.get(stems[:n], ()) for n in range(1, self.reach.get(stems[0], 0) + 1))
            if any(meaning.kind == kind for entries in starts for _, meaning in entries):
                return True
            filler = any(meaning.kind == "filler" for _, meaning in self.phrases.get(stems[:1], ()))
            stems = stems[1:] if filler else ()
        return False

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
        plain = fold(text)
        if plain.replace(" ", "").isalpha():
            yield from [Token("word", word, self._stem(word)) for word in plain.split()]
            return
        text = with_points(self.catalogue, spelled(self.catalogue, text))
        for found in _TOKENS.finditer(self._dated(text)):
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
                first, last = re.findall(YEAR, word)
                yield Token("years", f"{first}-{last}", f"#{first}-{last}")
            elif kind == "dates":
                yield Token("date", word, "#date")
            elif kind == "grouped":
                yield Token("grouped", word.replace(" ", ""), "#" + word.replace(" ", ""))
            elif kind in ("symbol", "odd"):  # “2024P” is no year, “EUR 000” no figure
                yield Token("symbol", word.strip(), word.strip())
            else:
                yield Token("number", word, "#" + word)

    def _stem(self, word: str) -> str:
        stem = self._stems.get(word)
        if stem is None:
            longest = len(word) - self._shortest
            cut = next((n for n, ends in self._endings if n <= longest and word[-n:] in ends), 0)
            stem = self._stems[word] = word[: len(word) - cut]
        return stem

    def read_by_itself(self, text: str) -> tuple[Reading, ...]:
        """What a label says, worked out for its own year."""
        without = unannounced(self.catalogue, text)
        said = self.read_by_itself(without) if without != text else ()
        if any(reading.title or self.articles in dict(reading.dims) for reading in said):
            return said  # what a member announces (“women, of whom:”) stays a part itself
        whole, counted, roman = openings(self.catalogue, text)
        readings = self._parse(whole)
        if counted and all(reading.number is not None for reading in readings):
            readings = self._parse(whole[counted.end() :])
        if roman and all(reading.period for reading in readings):
            named = [r for r in self._parse(whole[roman.end() :]) if not r.period]
            readings = tuple([r for r in named if r.tells] or [r for r in named if not r.names]) or readings
        several = any("+" in dict(reading.dims).get(self.articles, "") for reading in readings)
        return () if several and another_in_brackets(whole, self.read, self.articles) else readings

    def _parse(self, text: str) -> tuple[Reading, ...]:
        tokens = self.tokens(text)
        if not tokens or len(tokens) > MOST_WORDS or says_two(self, text):
            return ()
        for token in tokens:
            if token.kind == "word" and token.stem not in self.known:
                return ()
        tokens = bounded(self.catalogue, tokens)
        span = full_date_span(token.exact for token in tokens if token.kind == "date")
        if span:
            tokens = (*(t for t in tokens if t.kind != "date"), Token("number", str(span), f"#{span}"))
        typed = set(TYPED.findall(text))
        cut = self.states(tokens, typed)
        readings = self._combined(cut)
        if readings:
            return readings
        apart = scattered(self, tokens, cut)
        states = [(m, *rest) for left, ms in apart for rest in self.states(left, typed) for m in ms]
        return tuple(reading for reading in self._combined(states) if reading.number is None)

    def _combined(self, states: Iterable[tuple[Meaning, ...]]) -> tuple[Reading, ...]:
        readings = (combine(state, self.table, self.articles, self.joint) for state in states)
        found = dict.fromkeys(reading for reading in readings if reading is not None)
        return tuple(r for r in found if not (r.linked and is_other(self, r.dims)))

    def states(self, tokens: _Tokens, typed: set[str]) -> list[tuple[Meaning, ...]]:
        """The cheapest ways of cutting the words into phrases, by what the phrases mean."""
        best: list[tuple[float, list[tuple[Meaning, ...]]]] = [(0.0, [()])]
        best += [(float("inf"), [])] * len(tokens)
        for start in range(len(tokens)):
            cost, states = best[start]
            if not states:
                continue
            for length, meanings in self.steps(tokens, start):
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
        return best[-1][1]

    def steps(self, tokens: _Tokens, start: int) -> Iterator[tuple[int, list[tuple[Meaning, float]]]]:
        """The phrases that begin at a word: how many words each takes, its meanings and their prices."""
        for length in range(1, min(self.reach.get(tokens[start].stem, 0), len(tokens) - start) + 1):
            window = tokens[start : start + length]
            entries = self.phrases.get(tuple([token.stem for token in window]))
            if entries:
                exact = tuple([token.exact for token in window])
                same = [meaning for spelled, meaning in entries if spelled == exact]
                meanings = same or [m for s, m in entries if not m.exact and not self._is_where(m, s, exact)]
                if start and tokens[start - 1].exact in self._inside:
                    meanings = [m for m in meanings if m.name not in self._places]
                if meanings:
                    yield length, [(m, PRICES.get(m.kind, 1.0)) for m in dict.fromkeys(meanings)]
        if tokens[start].kind == "word":
            return
        lawful = start + 1 < len(tokens) and self._is_of_law(tokens[start + 1])
        if start and tokens[start].exact in self._pointless:
            lawful = lawful or self._is_of_law(tokens[start - 1])
        # an article's that lost its point, a year with a digit too few or too many (“202. gads”), “from 14”: no figure
        lawful = lawful or (start > 0 and tokens[start - 1].exact in self._bounds)
        lawful = lawful or (start + 1 < len(tokens) and self._is_year_word(tokens[start + 1]))
        for size, numbers in self._numbers(tokens[start]):
            if numbers[0][0].kind != "number" or not (lawful or _SLIPPED.fullmatch(tokens[start].exact)):
                yield size, numbers

    def _is_year_word(self, token: Token) -> bool:
        return any(m.kind == "name" and m.name == "year" for _, m in self.phrases.get((token.stem,), ()))

    def _is_of_law(self, token: Token) -> bool:
        """Whether a word stands beside the number of an article."""
        meanings = [meaning for _, meaning in self.phrases.get((token.stem,), ())]
        return any(m.kind == "law" or (m.kind == "name" and m.name == self.articles) for m in meanings)

    def _is_where(self, meaning: Meaning, spelled: tuple[str, ...], exact: tuple[str, ...]) -> bool:
        """Whether a name stands in the case that says where: no citizenship of a country, no division by regions."""
        divides = meaning.kind == "name" and meaning.name in self.catalogue.words["places"]["divided"]
        ends = self._places.get("division" if divides else meaning.name or meaning.kind, ())
        return bool(ends) and exact[-1].endswith(ends) and not spelled[-1].endswith(ends)

    def _numbers(self, token: Token) -> Iterator[tuple[int, list[tuple[Meaning, float]]]]:
        if token.kind == "years":
            yield 1, [(Meaning("years", "", token.exact), 0.5)]
            return
        if token.kind == "date":
            yield 1, [(Meaning("period"), 0.5)]
            return
        if token.exact == SLASH:
            yield 1, [(Meaning("joint"), PRICES["joint"])]
            return
        if token.exact == "+" and self.articles:
            yield 1, [(Meaning("plus"), 0.1)]
            return
        if token.kind in ("number", "raised") and self.articles:
            code = token.exact.rstrip(".")
            if code in self.catalogue.codes[self.table.dimension(self.articles).codes]:
                yield 1, [(Meaning("article", self.articles, code), 0.4)]
                return
        if token.kind == "number" and re.fullmatch(YEAR, token.exact):
            yield 1, [(Meaning("years", "", token.exact), 0.5)]
        elif token.kind in ("number", "grouped"):
            yield 1, [(Meaning("number", "", token.exact), 2.0)]


@cache
def _shared(catalogue: Catalogue) -> tuple[dict[str, str], dict[str, _Words], set[str]]:
    """What all vocabularies of a catalogue have in common: stems of words, texts cut into words, the small words."""
    return {}, {}, set()


@learned
def vocabulary(catalogue: Catalogue, table: str) -> Vocabulary:
    """The vocabulary of one table, built once."""
    return Vocabulary(catalogue, catalogue.tables[table])
