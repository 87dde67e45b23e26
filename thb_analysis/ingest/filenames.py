"""What the name of a file, or of its folder, says of the figures in it: only minors, only one region.

A name says it of the whole file, as a title would; but nobody can tell whether it is meant so.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping
from functools import cache, lru_cache
from typing import NamedTuple

from thb_analysis.definitions import Catalogue, figures
from thb_analysis.ingest.recognition.judge import Reading
from thb_analysis.ingest.recognition.keys import Source
from thb_analysis.ingest.recognition.naming import topical
from thb_analysis.ingest.recognition.qualified import UNSURE
from thb_analysis.ingest.words.beside import SENDING
from thb_analysis.ingest.words.fold import fold
from thb_analysis.ingest.words.labels import vocabulary
from thb_analysis.ingest.words.learned import learned
from thb_analysis.ingest.words.names import Phrase, any_vocabulary, holds, phrases_of, plain, ways, words_of
from thb_analysis.ingest.words.readers import readers
from thb_analysis.ingest.words.spans import YEAR
from thb_analysis.ingest.words.telling import can_name

_DAY = re.compile(
    rf"(?<!\d)(?:(?P<day>0?[1-9]|[12]\d|3[01])([._-])(?P<month>0?[1-9]|1[0-2])\2(?P<year>{YEAR})"
    rf"|(?P<first>{YEAR})([._-]?)(?P<middle>0[1-9]|1[0-2])\6(?P<last>0[1-9]|[12]\d|3[01]))(?!\d)"
)
SHARED = 3  #: tables that a list divides, at the least, for what a file's name may say of all of them
SHORTEST = 5  #: letters of a member's name in a file's; shorter ones stand for too much


class Narrowing(NamedTuple):
    """A word in a name that may narrow figures: a member of a list, or a part of the country."""

    said: str
    dimension: str = ""
    codes: frozenset[str] = frozenset()
    tables: frozenset[str] = frozenset()  #: those that it says nothing of

    def concerns(self, reading: Reading) -> bool:
        """Whether a figure is not said to be of that anyway."""
        code = reading.claim.dims.get(self.dimension)
        return code not in self.codes and reading.claim.table.id not in self.tables


def narrowing(source: Source) -> Narrowing | None:
    """What the name of a file or a folder may narrow its figures to."""
    *folders, file = source.file.split("/")
    found = (_narrowing(source.catalogue, name) for name in (source.topic, *folders))
    return _before_end(file, source.year) or next(filter(None, found), None)


@lru_cache(maxsize=2_000)
def _before_end(file: str, year: int | None) -> Narrowing | None:
    """The one day in a file's name, where it is of the year of its figures and not the last: all of it was not over."""
    days = list(_DAY.finditer(file)) if year is not None else []
    if len(days) != 1 or int(days[0]["year"] or days[0]["first"]) != year:
        return None
    day, month = days[0]["day"] or days[0]["last"], days[0]["month"] or days[0]["middle"]
    return Narrowing(days[0].group()) if (int(day), int(month)) != (31, 12) else None


@lru_cache(maxsize=2_000)
def _narrowing(catalogue: Catalogue, name: str) -> Narrowing | None:
    if not name or topical(catalogue, name):
        return None
    said = ways(catalogue, [word for word in words_of(name) if plain(word) not in _senders(catalogue)])
    area = next((word for word in said[0] if word.startswith(_areas(catalogue))), "")
    if area:
        return Narrowing(area)
    limit = holds(said[0], _limits(catalogue))
    if limit is not None:
        return Narrowing(" ".join(limit))
    article = _article(catalogue, name)
    if article:
        return Narrowing(name, *article)
    became = _became(catalogue)
    fate = next(filter(None, (holds(way, became) for way in said)), None)
    if fate is not None:
        tables = _telling(catalogue, became[fate], said[1])
        dimension, codes, own = _dividing(catalogue, became[fate])
        return Narrowing(" ".join(fate), dimension, codes, tables - own)
    known = _members(catalogue)
    phrase = next(filter(None, (holds(way, known) for way in said)), None)
    if phrase is None:
        known = _registrars(catalogue)
        whole = ways(catalogue, words_of(name))
        phrase = next(filter(None, (holds(way, known) for way in whole)), None)
    return None if phrase is None else Narrowing(" ".join(phrase), *known[phrase])


@learned
def _limits(catalogue: Catalogue) -> frozenset[Phrase]:
    """Words that narrow, in these forms: “only”.  Not how sure figures are, nor what stands for no counts at all."""
    words = catalogue.words
    unsure = {text for code in UNSURE for text in catalogue.codes["obs_status"][code].spellings}
    apart = {fold(text) for text in (*unsure, *words["unlike"])}
    kept = (word for word in words["restricting"] if not any(fold(word).startswith(one) for one in apart))
    return frozenset(tuple(map(plain, words_of(word))) for word in kept)


@learned
def _registrars(catalogue: Catalogue) -> Mapping[Phrase, tuple[str, frozenset[str], frozenset[str]]]:
    """Who may have registered persons, as a name has it, for the tables that keep it: “victims NGO”."""
    tables = figures(catalogue)
    found: dict[Phrase, tuple[str, frozenset[str], frozenset[str]]] = {}
    for dimension in {d.name: d for table in tables for d in table.dimensions if d.by_sender}.values():
        others = _without(catalogue, dimension.name)
        for code, member in catalogue.codes.get(dimension.codes, {}).items():
            spellings = () if code.startswith("_") else member.spellings
            pieces = [word for text in spellings for word in words_of(text) if _is_piece(catalogue, word)]
            for phrase in phrases_of(catalogue, (*pieces, *spellings)):
                found[phrase] = (dimension.name, frozenset({code}), others)
    return found


def _is_piece(catalogue: Catalogue, word: str) -> bool:
    """Whether a word stands for the one institution in whose name it is: “Shelter”."""
    stems = any_vocabulary(catalogue).stems(word)
    return len(word) >= SHORTEST and bool(stems) and of_one_sender(catalogue).issuperset(stems)


@learned
def of_one_sender(catalogue: Catalogue) -> frozenset[str]:
    """The stems of words that only one institution's name has, and nothing else that is understood."""
    codes = {d.codes for table in catalogue.tables.values() for d in table.dimensions if d.name in SENDING}
    one, own = any_vocabulary(catalogue), dict[str, set[str]]()
    for members in (catalogue.codes[name] for name in ("institution", *codes)):
        for code, member in members.items():
            for stem in (stem for text in member.spellings for stem in one.stems(text)):
                own.setdefault(stem, set()).add(code)
    phrases = (entry for table in catalogue.tables for entry in vocabulary(catalogue, table).phrases.items())
    other = {
        stem
        for phrase, known in phrases
        for stem in phrase
        if any(m.kind != "sender" and m.name not in SENDING for _, m in known)
    }
    groups = {member.parent for name in codes for member in catalogue.codes[name].values()}
    return frozenset(stem for stem, named in own.items() if len(named - groups) == 1) - other


def _without(catalogue: Catalogue, dimension: str) -> frozenset[str]:
    """The tables that are not divided by something."""
    return frozenset(t.id for t in catalogue.tables.values() if dimension not in t.dimension_names)


@cache
def _senders(catalogue: Catalogue) -> frozenset[str]:
    texts = (text for member in catalogue.codes["institution"].values() for text in member.spellings)
    return frozenset(map(plain, texts))


@cache
def _areas(catalogue: Catalogue) -> tuple[str, ...]:
    """How the names of parts of the country begin; “regions” alone may be all of them."""
    return tuple(sorted({plain(area) for area in catalogue.words["area"] if not area.islower()}))


def _article(catalogue: Catalogue, name: str) -> tuple[str, frozenset[str]] | None:
    """The dimension of articles and the one that a name is about; not the one that all tables are about."""
    for words in readers(catalogue, name):
        codes = {dict(reading.dims).get(words.articles, "") for reading in words.read(name)} - {""}
        if words.articles and codes and not codes <= set(catalogue.words["subject"]):
            return words.articles, frozenset(codes)
    return None


@cache
def _became(catalogue: Catalogue) -> Mapping[Phrase, str]:
    """What became of some (“discontinued”), as it may stand in a name, each with its text."""
    texts = catalogue.words["become"]
    return {phrase: text for text in texts for phrase in phrases_of(catalogue, (text,))}


def _telling(catalogue: Catalogue, text: str, name: Phrase) -> frozenset[str]:
    """The tables that know a word themselves, and those of which a name has another such word: “started, ended”."""
    found = set()
    for table in figures(catalogue):
        own = vocabulary(catalogue, table.id).read(text)
        beside = {word for phrase in phrases_of(catalogue, table.headings) for word in phrase}
        if any(reading.dims or reading.title for reading in own) or not beside.isdisjoint(name):
            found.add(table.id)
    return frozenset(found)


def _dividing(catalogue: Catalogue, text: str) -> tuple[str, frozenset[str], frozenset[str]]:
    """The one dimension of which a word names members, with these and the tables that have it: “appeal”."""
    known = {table.id: vocabulary(catalogue, table.id).read(text) for table in figures(catalogue)}
    found = {pair for readings in known.values() for reading in readings for pair in reading.dims}
    names = {name for name, _ in found}
    if len(names) != 1:
        return "", frozenset(), frozenset()
    own = frozenset(table for table, readings in known.items() if any(reading.dims for reading in readings))
    return names.pop(), frozenset(code for _, code in found), own


def other_topic(catalogue: Catalogue, name: str, tables: Collection[str], among: Collection[str] = ()) -> str:
    """What a name says that a file or a sheet is about, where its figures are of other tables, and none of that one.

    With `among`, only what one of these tables is called.
    """
    phrase = _title_in(catalogue, name)
    if phrase is None or not tables:
        return ""
    of = _titles(catalogue)[phrase]
    return " ".join(phrase) if of.isdisjoint(tables) and not (among and of.isdisjoint(among)) else ""


@lru_cache(maxsize=1_000)
def _title_in(catalogue: Catalogue, name: str) -> Phrase | None:
    """What a table is called that a name has among its words."""
    said = ways(catalogue, [word for word in words_of(name) if plain(word) not in _senders(catalogue)])
    titles = _titles(catalogue)
    return next(filter(None, (holds(way, titles) for way in said)), None)


@learned
def _titles(catalogue: Catalogue) -> Mapping[Phrase, frozenset[str]]:
    """What tables are called, with those in whose names it stands: not a noun that is in many, such as “cases”."""
    named: dict[Phrase, set[str]] = {}
    for table in catalogue.tables.values():
        for phrase in phrases_of(catalogue, (*table.titles, *table.topics)):
            if len("".join(phrase)) >= SHORTEST:
                named.setdefault(phrase, set()).add(table.id)
    for table in catalogue.tables.values():
        own = {
            w for phrase in phrases_of(catalogue, (*table.titles, *table.own, *table.pieces)) for w in phrase
        }
        for phrase, tables in named.items():
            if own.issuperset(phrase):
                tables.add(table.id)
    return {phrase: frozenset(tables) for phrase, tables in named.items() if len(tables) < SHARED}


@learned
def _members(catalogue: Catalogue) -> Mapping[Phrase, tuple[str, frozenset[str], frozenset[str]]]:
    """What names members of the lists by which tables are divided, with the dimension, the codes and other tables.

    Not what names a table, the article that all are about, or the country that reports.  Of a list by which but few
    tables are divided (presumed victims), nothing is said of the others.
    """
    tables = [table for table in figures(catalogue) if table.values == "count"]
    shared = Counter(dimension.name for table in tables for dimension in table.dimensions)
    home = phrases_of(catalogue, catalogue.words["home"])
    stems = any_vocabulary(catalogue).stems
    found: dict[Phrase, tuple[str, set[str]]] = {}
    for dimension in {d.name: d for table in tables for d in table.dimensions}.values():
        few = shared[dimension.name] < SHARED
        if dimension.name in SENDING or (few and (dimension.identifies or not dimension.default)):
            continue
        for code, member in catalogue.codes.get(dimension.codes, {}).items():
            if code.startswith("_") or code in catalogue.words["subject"]:
                continue
            texts = [t for t in member.spellings if not can_name(catalogue, frozenset(stems(t)))]
            for phrase in phrases_of(catalogue, texts) - home:
                if len("".join(phrase)) >= SHORTEST:
                    found.setdefault(phrase, (dimension.name, set()))[1].add(code)
    return {
        phrase: (name, frozenset(codes), _without(catalogue, name) if shared[name] < SHARED else frozenset())
        for phrase, (name, codes) in found.items()
    }
