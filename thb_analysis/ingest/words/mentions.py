"""What a label that nobody understands whole still speaks of: tables, members, and the words that are in the way."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache, lru_cache

from thb_analysis.definitions import TOTAL, UNKNOWN, Catalogue
from thb_analysis.ingest.words.fold import fold, folded
from thb_analysis.ingest.words.labels import Vocabulary, vocabulary
from thb_analysis.ingest.words.meanings import Reading
from thb_analysis.ingest.words.names import any_vocabulary
from thb_analysis.ingest.words.telling import can_name

COUNTED = ("count", "amount")  #: the values of tables of which a heading may speak


@lru_cache(maxsize=20_000)
def mentioned(catalogue: Catalogue, text: str) -> frozenset[str]:
    """The tables whose titles stand somewhere in a text, whatever stands around them."""
    tables = [table.id for table in catalogue.tables.values() if table.values in COUNTED]
    if not can_name(catalogue, frozenset(vocabulary(catalogue, tables[0]).stems(text))):
        return frozenset()
    return frozenset(table for table in tables if _has_title(vocabulary(catalogue, table), text))


def _has_title(words: Vocabulary, text: str) -> bool:
    tokens = words.tokens(text)
    pieces = set()
    for start in range(len(tokens)):
        for _, meanings in words.steps(tokens, start):
            if any(meaning.kind == "title" for meaning, _ in meanings):
                return True
            pieces |= {piece for meaning, _ in meanings for piece in meaning.pieces}
    compounds = enumerate(words.table.compounds)
    return any(all((n, at) in pieces for at in range(len(groups))) for n, groups in compounds)


@lru_cache(maxsize=20_000)
def understood(catalogue: Catalogue, text: str) -> bool:
    """Whether any table understands every word of a label."""
    tables = (table.id for table in catalogue.tables.values() if table.values in COUNTED)
    return any(vocabulary(catalogue, table).read(text) for table in tables)


@lru_cache(maxsize=20_000)
def tells(catalogue: Catalogue, text: str) -> bool:
    """Whether a label says of figures what they are of, to any table."""
    tables = (table.id for table in catalogue.tables.values() if table.values in COUNTED)
    return any(reading.tells for table in tables for reading in vocabulary(catalogue, table).read(text))


@lru_cache(maxsize=20_000)
def foreign(catalogue: Catalogue, table: str, text: str) -> bool:
    """Whether a label is a member's name that other tables know and this one does not: “Appeal” over persons.

    It narrows the figures to what the table cannot tell apart.  The country that reports narrows nothing, nor
    does the article that all tables are about.
    """
    if fold(text).strip(" .:") in folded(catalogue, "home"):
        return False
    known = {TOTAL, *catalogue.words["subject"]}
    others = {table, *(t.id for t in catalogue.tables.values() if t.values in COUNTED)}
    said = {other: vocabulary(catalogue, other).read(text) for other in others}
    readings = {other: [r for r in read if r.number is None] for other, read in said.items()}
    if readings[table] or any(r.title or r.sender for read in readings.values() for r in read):
        return False  # an institution is who sends it, or whom it is sent to
    return any(code not in known for read in readings.values() for r in read for _, code in r.dims)


@lru_cache(maxsize=4096)
def divides(catalogue: Catalogue, text: str) -> bool:
    """Whether a label is a member of a list by which some table is divided (“women”)."""
    return bool(_dividing(catalogue, text))


@lru_cache(maxsize=20_000)
def divides_others(catalogue: Catalogue, text: str) -> bool:
    """Whether figures of any table can be divided so: by women and men, and not by when something began.

    With what began before the year, what began in it adds up to something else than the year's own.
    """
    return not all(_dividing(catalogue, text))


def _dividing(catalogue: Catalogue, text: str) -> list[bool]:
    """For each dimension of a table of which a label is a member, whether that is told by years."""
    return [
        bool(table.dimension(name).relative)
        for table in catalogue.tables.values()
        if table.values in COUNTED
        for reading in vocabulary(catalogue, table.id).read(text)
        if not reading.title
        for name, _ in reading.dims
    ]


@lru_cache(maxsize=4096)
def in_the_way(catalogue: Catalogue, tables: tuple[str, ...], text: str) -> tuple[str, ...]:
    """The words of a label that the table that knows most of them does not know, as they are written."""
    tried = [_unknown(vocabulary(catalogue, table), text) for table in tables]
    return min(tried, key=len, default=())


def _unknown(words: Vocabulary, text: str) -> tuple[str, ...]:
    tokens = words.tokens(text)
    found: list[str] = []
    start = 0
    while start < len(tokens):
        length = max((length for length, _ in words.steps(tokens, start)), default=0)
        if not length and tokens[start].kind == "word":
            found.append(tokens[start].exact)
        start += max(length, 1)
    return tuple(dict.fromkeys(found))


@lru_cache(maxsize=4096)
def another_list(catalogue: Catalogue, table: str, texts: tuple[str, ...]) -> str:
    """Another table of which the first label is a member, in one list with another of the labels; "" if none."""
    for other in catalogue.tables.values():
        if other.id != table and other.values in COUNTED:
            own, *beside = (_members(vocabulary(catalogue, other.id), text) for text in texts)
            if any(name == n and code != c for name, code in own for said in beside for n, c in said):
                return other.id
    return ""


def _members(words: Vocabulary, text: str) -> set[tuple[str, str]]:
    """What a label says as a member of lists, and not as the table's title."""
    return {pair for reading in words.read(text) if not reading.title for pair in reading.dims}


@lru_cache(maxsize=4096)
def says_how_many(catalogue: Catalogue, text: str) -> bool:
    """Whether a label says how many there are (“number”): over an amount it tells of something else."""
    return not _counting(catalogue).isdisjoint(any_vocabulary(catalogue).stems(text))


@cache
def _counting(catalogue: Catalogue) -> frozenset[str]:
    stems = any_vocabulary(catalogue).stems
    return frozenset(stem for said in catalogue.words["how_many"] for stem in stems(said))


@lru_cache(maxsize=20_000)
def says_once(catalogue: Catalogue, text: str) -> bool:
    """Whether a label says that nobody is counted twice in its figures."""
    plain = fold(text)
    return any(fold(word) in plain for word in catalogue.words["once"])


@lru_cache(maxsize=20_000)
def is_nationwide(catalogue: Catalogue, text: str) -> bool:
    """Whether a label says that its figures are of all of the country, whoever gives them."""
    plain = " ".join(re.findall(r"[^\W_]+", fold(text)))
    return any(f" {fold(said)} " in f" {plain} " for said in catalogue.words["nationwide"])


@lru_cache(maxsize=4096)
def counts_units(catalogue: Catalogue, table: str, text: str) -> bool:
    """Whether a label says no more than what a table counts: “Proceedings”, “Number of proceedings”."""
    words = vocabulary(catalogue, table)
    neutral = {
        stem
        for kind in ("figure", "how_many")
        for said in catalogue.words[kind]
        for stem in words.stems(said)
    }
    rest = tuple(stem for stem in words.stems(text) if stem not in neutral)
    unit = catalogue.codes["unit"].get(words.table.unit)
    short = [title for title in words.table.titles if title.isupper()]  # “KP”
    return unit is not None and rest in {words.stems(said) for said in (*unit.spellings, *short)}


@lru_cache(maxsize=20_000)
def counts_others(words: Vocabulary, text: str) -> bool:
    """Whether a label says no more than what other tables count, to which this one has another meaning or none."""
    readings = words.read(text)
    articles = {words.articles}
    if any(r.title or not dict(r.dims).keys() <= articles or r.years or r.total or r.share for r in readings):
        return False
    catalogue = words.catalogue
    kinds = ("figure", "how_many", "law")
    neutral = {stem for kind in kinds for said in catalogue.words[kind] for stem in words.stems(said)}
    rest = tuple(
        token.stem for token in words.tokens(text) if token.kind == "word" and token.stem not in neutral
    )
    units = catalogue.codes["unit"].items()
    said = {code for code, unit in units if rest and any(rest == words.stems(s) for s in unit.spellings)}
    members = (m for d in words.table.dimensions for m in catalogue.codes.get(d.codes, {}).values())
    return bool(said) and said.isdisjoint({words.table.unit, *(m.unit for m in members if m.unit)})


@lru_cache(maxsize=20_000)
def counts_years(words: Vocabulary, text: str) -> bool:
    """Whether a heading says how many years there are, and of which it is not: “Number, years” of a sentence."""
    lasting = words.catalogue.words["lasting"]
    return any(token.exact in lasting for token in words.tokens(text)) and any(
        reading.figure and reading.names == {"year"} and reading.neutral for reading in words.read(text)
    )


@lru_cache(maxsize=4096)
def partners_in(words: Vocabulary, text: str) -> frozenset[str]:
    """The institutions with whom something was done; none where others may be meant as well (“and with others”)."""
    tokens = words.tokens(text)
    company = [n for n, token in enumerate(tokens) if token.exact in words.catalogue.words["company"]]
    found: set[str] = set()
    start = company[0] + 1 if company else len(tokens)
    while start < len(tokens):
        length, meanings = max(words.steps(tokens, start), key=lambda step: step[0], default=(0, []))
        if not length:
            return frozenset()
        found |= {meaning.code for meaning, _ in meanings if meaning.kind == "sender"}
        start += length
    return frozenset(found)


@lru_cache(maxsize=4096)
def bare_rest(words: Vocabulary, text: str) -> frozenset[str]:
    """The dimensions whose rest (“others”) a text names by that word alone: others of which kind it does not say."""
    tokens, codes = words.tokens(text), words.catalogue.words["rest_codes"]
    found: set[str] = set()
    start = 0
    while start < len(tokens):
        length, meanings = max(words.steps(tokens, start), key=lambda step: step[0], default=(1, []))
        said = {m.name for m, _ in meanings if m.code in codes and (length == 1 or m.code == UNKNOWN)}
        found |= said
        start += length
    return frozenset(found)


def of_unsaid_rest(words: Vocabulary, text: str, readings: Iterable[Reading]) -> bool:
    """Whether a text that says more than “others” does not say others of which kind: “other persons convicted”."""
    rest = bare_rest(words, text)
    return bool(rest) and any(
        rest & dict(reading.dims).keys() and not rest & reading.names and (reading.title or reading.dims[1:])
        for reading in readings
    )


@lru_cache(maxsize=4096)
def spells(words: Vocabulary, text: str, member: tuple[str, str]) -> bool:
    """Whether a member is named in a text by a word of its own, and not only meant by others."""
    tokens = words.tokens(text)
    steps = (meanings for start in range(len(tokens)) for _, meanings in words.steps(tokens, start))
    return any((meaning.name, meaning.code) == member for meanings in steps for meaning, _ in meanings)
