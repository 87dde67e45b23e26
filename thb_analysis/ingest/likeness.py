"""Texts that say the same but for the year of the workbook and the number of one article.

What a sheet means does not hang on which year and which article it names: of another year and another article the
same is said.  A text that tells any table more than that is not alike.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from thb_analysis.definitions import Catalogue
from thb_analysis.ingest.grid import Place, section_numbers, text_kind
from thb_analysis.ingest.keys import Claim, Source, names_tables
from thb_analysis.ingest.labels import SUPERSCRIPTS, vocabulary
from thb_analysis.ingest.meanings import Reading
from thb_analysis.ingest.naming import without_order, without_sender
from thb_analysis.ingest.readers import readers

_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
#: A number as that of an article is written: with a raised digit, with a point and a digit, or plain.
_NUMBER = re.compile(
    r"(?<![\d.,])(\d{2,4})(?:\s?\.?\s?([⁰¹²³⁴⁵⁶⁷⁸⁹]+)|\.(\d)(?![\d,])|(?![\d,⁰¹²³⁴⁵⁶⁷⁸⁹])(?!\.\d))"
)
_ZEROS = str.maketrans("0123456789⁰¹²³⁴⁵⁶⁷⁸⁹", "0000000000⁰⁰⁰⁰⁰⁰⁰⁰⁰⁰")


@dataclass(frozen=True, slots=True)
class Script:
    """The texts of a sheet with marks in place of its own year and article: sheets of one script may be alike."""

    key: object
    name: str
    texts: tuple[tuple[Place, str], ...]  #: as they are, in order
    year: int | None  #: of the workbook
    dated: bool  #: other years are named, too: alike is only what is of the same year
    article: str  #: the one article whose number the texts name, "" where they name none or several

    def named(self, name: str) -> Script:
        """The script of a sheet that differs in its name only, and not in what of the name counts."""
        return Script(self.key, name, self.texts, self.year, self.dated, self.article)


def script_of(
    texts: Sequence[tuple[Place, str]], fixed: Collection[str], name: str, source: Source
) -> Script:
    """The script of a sheet of some name; `fixed` is what else may be a year or an article's number."""
    catalogue = source.catalogue
    said = [text for _, text in texts]
    years = {year for text in (*said, *fixed, name) for year in years_in(text)}
    dated = source.year is None or not years <= {str(source.year)}
    articles = {article for text in said for article in _articles(catalogue, text)}
    alone = len(articles) == 1 and not section_numbers(catalogue).intersection(fixed)
    article = articles.pop() if alone else ""
    year = None if dated else source.year
    key = (
        catalogue,
        source.institution,
        source.topic,
        source.year if dated else None,
        without_order(name),
        without_sender(source, name) == name,
        tuple([_blanked(text, year, article) for text in said]),
    )
    return Script(key, name, tuple(texts), source.year, dated, article)


@lru_cache(maxsize=20_000)
def years_in(text: str) -> tuple[str, ...]:
    """The years that a text names, as written."""
    return tuple(_YEAR.findall(text))


@lru_cache(maxsize=20_000)
def _articles(catalogue: Catalogue, text: str) -> frozenset[str]:
    """The codes of articles that a text names by their numbers."""
    known = catalogue.codes.get("article", {})
    return frozenset(code for code in map(_code, _NUMBER.finditer(text)) if code in known)


def _code(found: re.Match[str]) -> str:
    number, raised = found[1], found[2] or found[3]
    return f"{number}.{raised.translate(SUPERSCRIPTS)}" if raised else number


@lru_cache(maxsize=20_000)
def _blanked(text: str, year: int | None, article: str) -> str:
    """A text without a year and an article's number: only where they stand, and how they are written, is left."""
    if article:
        text = _NUMBER.sub(
            lambda found: f"\0{found[0].translate(_ZEROS)}" if _code(found) == article else found[0], text
        )
    return text if year is None else _YEAR.sub("\1", text)


@dataclass(frozen=True, slots=True)
class Change:
    """What is said of another year, and of another article."""

    years: tuple[int, int] | None = None
    articles: tuple[str, str] | None = None

    def year(self, year: int | None) -> int | None:
        return self.years[1] if self.years is not None and year == self.years[0] else year

    def code(self, code: str) -> str:
        return self.articles[1] if self.articles is not None and code == self.articles[0] else code

    def words(self, words: Reading, article: str) -> Reading:
        """What a text says with this change; `article` is the dimension of its table that an article sets."""
        dims = tuple((name, self.code(code) if name == article else code) for name, code in words.dims)
        years = tuple([self.year(year) or year for year in words.years])
        listed = tuple((name, self.code(code) if name == article else code) for name, code in words.listed)
        return replace(words, dims=dims, years=years, listed=listed)

    def dims(self, claim: Claim, source: Source) -> dict[str, str]:
        """A claim's dimensions with this change."""
        if self.articles is None:
            return dict(claim.dims)
        article = vocabulary(source.catalogue, claim.table.id).articles
        return {name: self.code(code) if name == article else code for name, code in claim.dims.items()}

    def claim(self, claim: Claim, dims: dict[str, str], titles: Mapping[str, str]) -> Claim:
        """A claim with this change and other dimensions; `titles` are the texts that differ."""
        spans, said = claim.title_years, claim.titles
        if self.years is not None:
            spans = tuple([(self.year(one) or one, self.year(other) or other) for one, other in spans])
        if titles:
            said = tuple([titles.get(text, text) for text in said])
        return Claim(
            claim.place,
            claim.table,
            self.year(claim.year),
            dims,
            claim.stated,
            dict(claim.own),
            claim.institution,
            claim.headings,
            claim.year_from,
            claim.total,
            claim.part,
            said,
            claim.block,
            spans,
            claim.aside,
            claim.marks,
            claim.lone_year,
        )


def likened(
    model: Script, other: Script, roles: Mapping[Place, str], articles: Collection[str], catalogue: Catalogue
) -> tuple[Change, dict[str, str]] | None:
    """What is another in a sheet of the model's script, and the texts that differ; None where it is not alike.

    `roles` are those of the model's cells: a note may not differ.  `articles` are what the model's figures are about:
    of another article only the whole can be said.
    """
    change = _change_between(model, other)
    titles = _differences(model, other, change, roles, catalogue)
    if titles is None or (change.articles is not None and set(articles) != {change.articles[0]}):
        return None
    return change, titles


def _change_between(model: Script, other: Script) -> Change:
    """What is another in a sheet of the same script."""
    years = articles = None
    if model.year is not None and other.year is not None and model.year != other.year:
        years = model.year, other.year
    if model.article != other.article:
        articles = model.article, other.article
    return Change(years, articles)


def _differences(
    model: Script, other: Script, change: Change, fixed: Mapping[Place, str], catalogue: Catalogue
) -> dict[str, str] | None:
    """The texts that differ from those of the model; None where one says more than the change.

    `fixed` are the roles of the model's cells: a note may not differ.  Where the article is another, a text that is
    the same may name none, in words neither: it would agree with the one and contradict the other.
    """
    found: dict[str, str] = {}
    moved = change.articles is not None
    for (place, text), (_, own) in zip(other.texts, model.texts, strict=True):
        if text != own:
            if fixed.get(place) == "note" or not _same(catalogue, own, text, change):
                return None
            found[own] = text
        elif (moved and _names_article(catalogue, text)) or (change.years and _tells_when(catalogue, text)):
            return None
    if model.name != other.name and not _same(catalogue, model.name, other.name, Change()):
        return None
    return None if moved and _names_article(catalogue, without_order(other.name)) else found


@lru_cache(maxsize=20_000)
def _names_article(catalogue: Catalogue, text: str) -> bool:
    """Whether a text names an article to any table, by its number or in words."""
    return any(
        words.articles in {**dict(reading.listed), **dict(reading.dims)}
        for words in readers(catalogue, text)
        for reading in words.read(text)
    )


@lru_cache(maxsize=20_000)
def _tells_when(catalogue: Catalogue, text: str) -> bool:
    """Whether a text tells a dimension by a year: seen from another year it means another code."""
    return any(
        dict(reading.dims).get(dimension.name, "").isdigit()
        for words in readers(catalogue, text)
        for dimension in words.table.dimensions
        if dimension.relative
        for reading in words.read(text)
    )


@lru_cache(maxsize=20_000)
def _same(catalogue: Catalogue, model: str, text: str, change: Change) -> bool:
    """Whether a text says to every table what another says with a change."""
    if text_kind(catalogue, model) != text_kind(catalogue, text):
        return False
    if names_tables(catalogue, model) != names_tables(catalogue, text):
        return False
    for words in dict.fromkeys((*readers(catalogue, model), *readers(catalogue, text))):
        expected = tuple([change.words(one, words.articles) for one in words.read(model)])
        if words.read(text) != expected:
            return False
    return True


def are_plain(claims: Iterable[Claim], script: Script, source: Source) -> bool:
    """Whether keys may be said of another year and another article."""
    own = source.year
    return own is not None and all(
        claim.year is not None
        and not claim.aside
        and claim.institution == source.institution
        and not any(dimension.by_year or dimension.pattern for dimension in claim.table.dimensions)
        and (script.dated or (claim.year == own and set(claim.title_years) <= {(own, own)}))
        for claim in claims
    )


def articles_of(claims: Iterable[Claim], catalogue: Catalogue) -> frozenset[str]:
    """The articles that keys are about."""
    return frozenset(
        code
        for claim in claims
        for name, code in claim.dims.items()
        if name == vocabulary(catalogue, claim.table.id).articles
    )
