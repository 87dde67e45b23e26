"""Texts that say the same but for their years, all as far from the workbook's own, an article and a title's members.

What a sheet means does not hang on which years and which article it names, nor on which form of exploitation its title
names: of others the same is said, as in tables of the last five years.  A text that tells any table more than that is
not alike.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any, NamedTuple, Protocol, TypeVar

from thb_analysis.definitions import Catalogue
from thb_analysis.ingest.recognition.grid import Place, section_numbers, text_kind
from thb_analysis.ingest.recognition.keys import Claim, Source, names_tables
from thb_analysis.ingest.recognition.naming import topical, without_order
from thb_analysis.ingest.recognition.outer import OF_NAMES, names_over, own_name
from thb_analysis.ingest.words.about import about, named_in, without
from thb_analysis.ingest.words.article_numbers import SUPERSCRIPTS
from thb_analysis.ingest.words.labels import vocabulary
from thb_analysis.ingest.words.meanings import EARLIEST, LATEST, Reading
from thb_analysis.ingest.words.mentions import says_how_many
from thb_analysis.ingest.words.readers import readers

_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
#: A number as that of an article is written: with a raised digit, with a point and a digit, or plain.
_NUMBER = re.compile(
    r"(?<![\d.,])(\d{2,4})(?:\s?\.?\s?([⁰¹²³⁴⁵⁶⁷⁸⁹]+)|\.(\d)(?![\d,])|(?![\d,⁰¹²³⁴⁵⁶⁷⁸⁹])(?!\.\d))"
)
_ZEROS = str.maketrans("0123456789⁰¹²³⁴⁵⁶⁷⁸⁹", "0000000000⁰⁰⁰⁰⁰⁰⁰⁰⁰⁰")


@dataclass(frozen=True, slots=True)
class Script:
    """The texts of a sheet with marks in place of years and its article: sheets of one script may be alike."""

    key: object
    name: str
    texts: tuple[tuple[Place, str], ...]  #: as they are, in order
    years: tuple[tuple[Place, str], ...]  #: numbers that are years
    year: int | None  #: of the workbook
    dated: bool  #: other years than this are named, too
    article: str  #: the one article whose number the texts name, "" where they name none or several
    members: Mapping[str, str]  #: dimension → code: what the titles are about
    #: Models that its texts were held against, by their id, with what came of it; the same whatever its name.
    known: dict[int, tuple[Any, Change, dict[str, str] | None]] = field(default_factory=dict, compare=False)

    def named(self, name: str) -> Script:
        """The script of a sheet that differs in its name only, and not in what of the name counts."""
        return replace(self, name=name)


def script_of(
    texts: Sequence[tuple[Place, str]],
    years: Sequence[tuple[Place, str]],
    fixed: Collection[str],
    name: str,
    source: Source,
) -> Script:
    """The script of a sheet of some name; `years` are numbers, `fixed` is what else may be an article's number."""
    catalogue = source.catalogue
    said = [text for _, text in texts]
    named = {year for text in (*said, *(text for _, text in years), *fixed, name) for year in years_in(text)}
    dated = source.year is None or not named <= {str(source.year)}
    articles = {article for text in said for article in articles_in(catalogue, text)}
    alone = len(articles) == 1 and not section_numbers(catalogue).intersection(fixed)
    article = articles.pop() if alone else ""
    year = source.year
    titles = [named_in(catalogue, text) for text in said]
    members = about(titles)
    told = [
        without(text, [each for each in named if each[0] in members]) if named else text
        for text, named in zip(said, titles, strict=True)
    ]
    key = (
        catalogue,
        source.institution,
        topical(catalogue, source.topic) if source.topic else frozenset(),
        year is None,
        source.pages.several,
        source.pages.dated,
        blanked(without_order(name), year, ""),
        *(any(says(catalogue, over) for over in names_over(source, name)) for says in OF_NAMES),
        own_name(source, name) == name,
        tuple([blanked(text, year, article) for text in told]),
        tuple([(place, blanked(text, year, "")) for place, text in years]),
    )
    return Script(key, name, tuple(texts), tuple(years), year, dated, article, members)


@lru_cache(maxsize=20_000)
def years_in(text: str) -> tuple[str, ...]:
    """The years that a text names, as written."""
    return tuple(_YEAR.findall(text))


@lru_cache(maxsize=20_000)
def articles_in(catalogue: Catalogue, text: str) -> frozenset[str]:
    """The codes of articles that a text names by their numbers."""
    known = catalogue.codes.get("article", {})
    return frozenset(code for code in map(_code, _NUMBER.finditer(text)) if code in known)


def _code(found: re.Match[str]) -> str:
    number, raised = found[1], found[2] or found[3]
    return f"{number}.{raised.translate(SUPERSCRIPTS)}" if raised else number


@lru_cache(maxsize=20_000)
def blanked(text: str, year: int | None, article: str) -> str:
    """A text with how far from the workbook's year its years are, and without an article's number.

    Of the number only where it stands, and how it is written, is left.
    """
    if article:
        text = _NUMBER.sub(
            lambda found: f"\0{found[0].translate(_ZEROS)}" if _code(found) == article else found[0], text
        )
    return text if year is None else _YEAR.sub(lambda found: f"\1{int(found[0]) - year}", text)


class Change(NamedTuple):
    """What is said of other years, of another article, and of other members."""

    years: int = 0  #: by how many they differ
    articles: tuple[str, str] | None = None
    members: tuple[tuple[str, str, str], ...] = ()  #: dimension, a code of it, and the other

    def year(self, year: int) -> int:
        """A year with this change; the first and the last that there are stay what they are."""
        return year if year in (EARLIEST, LATEST) else year + self.years

    def code(self, code: str) -> str:
        return self.articles[1] if self.articles is not None and code == self.articles[0] else code

    def pair(self, name: str, code: str, article: str) -> str:
        """A code of a dimension with this change; `article` is the dimension that an article sets."""
        if name == article:
            return self.code(code)
        return next((new for own, old, new in self.members if own == name and old == code), code)

    def words(self, words: Reading, article: str) -> Reading:
        """What a text says with this change; `article` is the dimension of its table that an article sets."""
        dims = tuple([(name, self.pair(name, code, article)) for name, code in words.dims])
        years = tuple(map(self.year, words.years))
        listed = tuple((name, self.code(code) if name == article else code) for name, code in words.listed)
        return words._replace(dims=dims, years=years, listed=listed)

    def dims(self, claim: Claim, source: Source) -> dict[str, str]:
        """A claim's dimensions with this change."""
        if self.articles is None and not self.members:
            return dict(claim.dims)
        article = vocabulary(source.catalogue, claim.table.id).articles
        return {name: self.pair(name, code, article) for name, code in claim.dims.items()}

    def claim(self, claim: Claim, dims: dict[str, str], titles: Mapping[str, str]) -> Claim:
        """A claim with this change and other dimensions; `titles` are the texts that differ."""
        spans, said = claim.title_years, claim.titles
        if self.years:
            spans = tuple([(self.year(one), self.year(other)) for one, other in spans])
        if titles:
            said = tuple([titles.get(text, text) for text in said])
        return Claim(
            claim.place,
            claim.table,
            None if claim.year is None else self.year(claim.year),
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
            claim.once,
            claim.lone_year,
        )


class Model(Protocol):
    """What the first of some alike sheets came to, as far as likeness asks."""

    @property
    def script(self) -> Script: ...
    @property
    def roles(self) -> Mapping[Place, str]: ...  # of its cells: a note may not differ
    @property
    def articles(
        self,
    ) -> Collection[str]: ...  # that its figures are about: of others only the whole can be said
    @property
    def members(self) -> Mapping[str, Collection[str]]: ...  # the same of members, by dimension


Key = TypeVar("Key")
Kept = TypeVar("Kept", bound=Model)


def likened(
    models: Mapping[Key, Kept], key: Key, other: Script, catalogue: Catalogue
) -> tuple[Kept, Change, dict[str, str]] | None:
    """The model that is kept for a sheet, what is another in the sheet, and the texts that differ.

    None where there is no model, or where the sheet is not alike.
    """
    model = models.get(key)
    if model is None:
        return None
    known = other.known.get(id(model))
    if known is None or known[0] is not model:
        known = other.known[id(model)] = model, *_held_against(model, other, catalogue)
    _, change, titles = known
    if titles is None or not _alike_by_name(model.script, other, change, catalogue):
        return None
    return model, change, titles


def _held_against(model: Model, other: Script, catalogue: Catalogue) -> tuple[Change, dict[str, str] | None]:
    """What is another in a sheet than in a model, and the texts that differ; None where these are not alike."""
    change = _change_between(model.script, other)
    titles = _differences(model.script, other, change, model.roles, catalogue)
    if change.articles is not None and set(model.articles) != {change.articles[0]}:
        titles = None
    if any(set(model.members.get(name, ())) != {code} for name, code, _ in change.members):
        titles = None
    return change, titles


def _change_between(model: Script, other: Script) -> Change:
    """What is another in a sheet of the same script."""
    years = other.year - model.year if model.year is not None and other.year is not None else 0
    articles = None if model.article == other.article else (model.article, other.article)
    members = tuple(
        [
            (name, code, other.members[name])
            for name, code in model.members.items()
            if other.members.get(name, code) != code
        ]
    )
    return Change(years, articles, members)


def _differences(
    model: Script, other: Script, change: Change, fixed: Mapping[Place, str], catalogue: Catalogue
) -> dict[str, str] | None:
    """The texts that differ from those of the model; None where one says more than the change.

    `fixed` are the roles of the model's cells: a note may not differ.  Where the article is another, a text that is
    the same may name none, in words neither: it would agree with the one and contradict the other.
    """
    found: dict[str, str] = {}
    moved = change.articles is not None
    others = frozenset(name for name, _, _ in change.members)
    both = zip((*other.texts, *other.years), (*model.texts, *model.years), strict=True)
    for (place, text), (_, own) in both:
        if text != own:
            if fixed.get(place) == "note" or not says_the_same(catalogue, own, text, change):
                return None
            found[own] = text
        elif (moved and names_article(catalogue, text)) or (
            others and not others.isdisjoint(named_by(catalogue, text))
        ):
            return None
    return found


def _alike_by_name(model: Script, other: Script, change: Change, catalogue: Catalogue) -> bool:
    """Whether a sheet's name says what that of the model does, and nothing of what is another."""
    if model.name != other.name and not says_the_same(
        catalogue, model.name, other.name, Change(change.years)
    ):
        return False
    name = without_order(other.name)
    if change.articles is not None and names_article(catalogue, name):
        return False
    return named_by(catalogue, name).isdisjoint([name for name, _, _ in change.members])


@lru_cache(maxsize=20_000)
def named_by(catalogue: Catalogue, text: str) -> frozenset[str]:
    """The dimensions of which a text names a member to any table."""
    return frozenset(
        name
        for words in readers(catalogue, text)
        for reading in words.read(text)
        for name, _ in (*reading.listed, *reading.dims)
    )


@lru_cache(maxsize=20_000)
def names_article(catalogue: Catalogue, text: str) -> bool:
    """Whether a text names an article to any table, by its number or in words."""
    return any(
        words.articles in {**dict(reading.listed), **dict(reading.dims)}
        for words in readers(catalogue, text)
        for reading in words.read(text)
    )


@lru_cache(maxsize=20_000)
def says_the_same(catalogue: Catalogue, model: str, text: str, change: Change) -> bool:
    """Whether a text says to every table what another says with a change."""
    if text_kind(catalogue, model) != text_kind(catalogue, text):
        return False
    if names_tables(catalogue, model) != names_tables(catalogue, text):
        return False
    if says_how_many(catalogue, model) != says_how_many(catalogue, text):
        return False
    for words in dict.fromkeys((*readers(catalogue, model), *readers(catalogue, text))):
        expected = tuple([change.words(one, words.articles) for one in words.read(model)])
        if words.read(text) != expected:
            return False
    return True


def are_plain(claims: Iterable[Claim], source: Source) -> bool:
    """Whether keys may be said of other years and another article."""
    return source.year is not None and all(
        claim.year is not None
        and not claim.aside
        and claim.institution == source.institution
        and not any(dimension.by_year or dimension.pattern for dimension in claim.table.dimensions)
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


def members_of(claims: Iterable[Claim]) -> Mapping[str, frozenset[str]]:
    """By dimension, the codes that keys have."""
    found: dict[str, set[str]] = {}
    for claim in claims:
        for name, code in claim.dims.items():
            found.setdefault(name, set()).add(code)
    return {name: frozenset(codes) for name, codes in found.items()}
