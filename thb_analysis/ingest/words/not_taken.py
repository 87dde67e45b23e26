"""Labels of which every word is understood, and which still do not say what their words say one by one."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Mapping
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from thb_analysis.definitions import TOTAL
from thb_analysis.ingest.words.article_numbers import not_both
from thb_analysis.ingest.words.beside import PEOPLE
from thb_analysis.ingest.words.fold import fold
from thb_analysis.ingest.words.spans import YEAR

if TYPE_CHECKING:
    from thb_analysis.ingest.words.labels import Vocabulary
    from thb_analysis.ingest.words.meanings import Meaning

_COUNTED = re.compile(rf"(?<![\d.,])(?!{YEAR}\s)(\d+)\s+([^\W\d_]+)")
_CLAUSES = re.compile(r"[^\w\s.]+|\.(?=\s|$)")
_OF_PEOPLE = PEOPLE | {"citizenship"}
_LISTED = re.compile(r"\s*[,;]\s+")
_PARTED = re.compile(r"\s*[,;\n]\s*|\s+[-–—]\s+")


def says_two(words: Vocabulary, text: str) -> bool:
    """Whether a label has two articles, or people of two kinds, and its figures are not of who or what is both.

    Or a number that counts something else: “suspects in 5 proceedings”; or people to whom something was done.
    """
    apart = bool(words.articles and not_both(words.catalogue, text))
    apart = apart or lists_people(words, text) or lists_titles(words, text)
    return apart or counts_else(words, text) or tells_of_others(words, text)


def of_another_article(words: Vocabulary, text: str) -> bool:
    """Whether a label of a table that is of one article names another one: “victims CL 164”."""
    if words.articles or not words.table.subject:
        return False
    own, codes = set(words.catalogue.words["subject"]), words.catalogue.codes["article"].keys()
    numbers = {token.exact for token in words.tokens(text) if token.kind != "word"}
    if not numbers & (codes - own):
        return False
    laws = {stem for said in words.catalogue.words["law"] for stem in words.stems(said)}
    return bool(numbers & own) or not laws.isdisjoint(words.stems(text))


def tells_of_others(words: Vocabulary, text: str) -> bool:
    """Whether people in a label are not those whom its table counts: “suspects of trafficking in women” are no women.

    Nor are they where the deed is said to be theirs, “women’s trafficking”, or done by them or against them.
    """
    stems = words.stems(text)
    if words.people.isdisjoint(stems):
        return False
    said = [token.exact for token in words.tokens(text)]
    for at, stem in enumerate(stems):
        if stem in words.people and any(said[max(at - len(w), 0) : at] == w for w in _toward(words)):
            return True
    if not words.articles:
        return False
    for part in _CLAUSES.split(fold(text)):
        for meanings in words.states(words.tokens(part), set())[:1]:
            before: Meaning | None = None
            between = False
            for meaning in meanings:
                if meaning.kind == "filler":
                    between = True
                    continue
                if before is not None and _is_of_people(meaning) and _is_deed(words, before) and between:
                    return True
                if before is not None and _is_of_people(before) and _is_deed(words, meaning) and not between:
                    return True
                before, between = meaning, False
    return False


@cache
def _toward(words: Vocabulary) -> tuple[list[str], ...]:
    return tuple(text.split() for text in words.catalogue.words["toward"])


def _is_of_people(meaning: Meaning) -> bool:
    """Whether a phrase tells of what sex, age or citizenship somebody is."""
    if meaning.kind not in ("member", "composite"):
        return False
    return meaning.name in _OF_PEOPLE or any(name in _OF_PEOPLE for name, _ in meaning.implies)


def _is_deed(words: Vocabulary, meaning: Meaning) -> bool:
    """Whether a phrase tells in words what was done."""
    return (
        meaning.kind == "member"
        and meaning.name in (words.articles, "exploitation_form")
        and not meaning.coded
    )


def people_begin(phrases: Mapping[tuple[str, ...], Iterable[tuple[object, Meaning]]]) -> frozenset[str]:
    """The words with which the names of sexes, ages and citizenships begin."""
    found: set[str] = set()
    for phrase, known in phrases.items():
        if phrase[0] not in found and any(_is_of_people(meaning) for _, meaning in known):
            found.add(phrase[0])
    return frozenset(found)


def counts_else(words: Vocabulary, text: str) -> bool:
    """Whether a number, of no article and no year, stands right before a unit in which the table does not count."""
    found = _COUNTED.findall(fold(text)) if any(map(str.isdigit, text)) else ()
    articles = words.catalogue.codes["article"]
    return any(number not in articles and words.stems(word) in _other_units(words) for number, word in found)


@cache
def _other_units(words: Vocabulary) -> frozenset[tuple[str, ...]]:
    """The units, as single words, in which nothing of a table is counted."""
    units, table = words.catalogue.codes["unit"], words.table
    members = (m for d in table.dimensions for m in words.catalogue.codes.get(d.codes, {}).values())
    own = {table.unit, *(member.unit for member in members)}
    stems = {code: {words.stems(text) for text in unit.spellings} for code, unit in units.items()}
    mine = {stem for code in own & stems.keys() for stem in stems[code]}
    return frozenset(stem for code in stems.keys() - own for stem in stems[code] if stem) - mine


def unlike(words: Mapping[str, Any], units: Container[str]) -> Iterator[str]:
    """What no figure of a table in these units is of: relatives, service providers, what is counted in another unit."""
    yield from (*words["relatives"], *words["something_else"])
    yield from (text for unit, texts in words["counted"].items() if unit not in units for text in texts)


def lists_people(words: Vocabulary, text: str) -> bool:
    """Whether a comma parts people from others that a noun names: “women, minor” are girls, “women, children” both."""
    parts = _PARTED.split(text.strip())
    for one, other in pairwise(parts) if len(parts) > 1 else ():
        before, after = words.stems(one)[-1:], words.stems(other)[:1]
        for noun, beside in ((before, after), (after, before)):
            kinds = {m.name for _, m in words.phrases.get(beside, ()) if m.kind == "member"}
            named = {m.name for _, m in words.phrases.get(noun, ()) if m.kind == "member"}
            if noun in _nouns(words) and PEOPLE & named and PEOPLE & kinds - named:
                return True
    return False


def lists_titles(words: Vocabulary, text: str) -> bool:
    """Whether a comma parts names of the table of which one says more: “victims, presumed victims” are both."""
    parts = _LISTED.split(text) if "," in text or ";" in text else []
    stems = words.stems(text) if len(parts) > 1 else ()
    if len(set(stems)) == len(stems):
        return False
    said = [{reading.dims for reading in words.read(part) if reading.title} for part in parts]
    return any(one and other and one.isdisjoint(other) for one, other in pairwise(said))


def is_other(words: Vocabulary, dims: Iterable[tuple[str, str]], mostly: bool = False) -> bool:
    """Whether figures are of an article that is not the field's own; or `mostly` have nothing to do with it."""
    codes = set(dict(dims).get(words.articles, TOTAL).split("+")) - {TOTAL}
    if not mostly:
        return not codes <= set(words.catalogue.words["subject"])
    members = words.catalogue.codes[words.table.dimension(words.articles).codes] if codes else {}
    return any(members[code].group in words.catalogue.words["partly"] for code in codes)


@cache
def _nouns(words: Vocabulary) -> frozenset[tuple[str, ...]]:
    return frozenset(words.stems(text) for text in words.catalogue.words["nouns"])
