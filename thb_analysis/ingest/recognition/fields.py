"""Fields over a table, and lines between it and its title, that nobody understands: may they narrow its figures?"""

from __future__ import annotations

import re
from functools import cache, lru_cache

from thb_analysis.definitions import Catalogue
from thb_analysis.ingest.recognition.grid import Grid, Place
from thb_analysis.ingest.recognition.qualified import name_of_year
from thb_analysis.ingest.recognition.titles import is_division, is_note, narrows, of_area
from thb_analysis.ingest.words.ages import ages_of
from thb_analysis.ingest.words.fold import fold
from thb_analysis.ingest.words.labels import Vocabulary, vocabulary
from thb_analysis.ingest.words.spans import of_several_years

#: The name of a field and its value: “Sex: F”, “Sex <> F”, “sex == 'F'”.
_FIELD = re.compile(r"([^:=<>≠!]{2,40}?)\s*(?:[:=≠]|!=|<>|[<>]=?)=?\s*(\S.*)", re.DOTALL)
PEOPLE = frozenset(("sex", "age_group", "citizenship"))  #: what tells which people are counted

DATELINE = 3  #: “Rīga, 12.01.2024.” has fewer words


def filters(grid: Grid, cell: Place, words: Vocabulary, dated: bool = False) -> bool:
    """Whether a label is the value of a field that narrows a table: “Court | Riga City Court”.

    Or an office, or another year by its name, “previous year”, over figures that are not `dated`.
    """
    field, text = grid.at((cell[0], cell[1] - 1)), grid.text(cell)
    name = "" if field is None else grid.text(field)
    divided = any(reading.names for reading in words.read(name)) or is_division(words.catalogue, name)
    another = not dated and bool(name_of_year(words.catalogue, text))
    return divided or another or of_area(text, words.catalogue)


@lru_cache(maxsize=20_000)
def divided_by_field(text: str, words: Vocabulary) -> frozenset[str]:
    """Of what kinds of people a field with its value in one cell may tell: “Age: 18–29”, “Sex <> F”, “Filter: M”.

    Of none where its value is everything.
    """
    found = _FIELD.match(text)
    if found is None or fold(found[2]).strip(" ().") in _every(words.catalogue):
        return frozenset()
    name = _filter_field(words.catalogue).sub("", fold(found[1])).strip()
    names = [reading.names for reading in words.read(name) if reading.neutral]
    return PEOPLE if not name else PEOPLE & frozenset().union(*names)


@cache
def _filter_field(catalogue: Catalogue) -> re.Pattern[str]:
    words = sorted(map(fold, catalogue.words["filter_field"]), key=len, reverse=True)
    return re.compile(rf"^(?:{'|'.join(map(re.escape, words))})\b")


def of_everything(grid: Grid, cell: Place, catalogue: Catalogue) -> bool:
    """Whether a label is the value of a field by which wholes are divided, and says all: “Court | All courts”."""
    field = grid.at((cell[0], cell[1] - 1))
    if field is None or not is_division(catalogue, grid.text(field)):
        return False
    words = vocabulary(catalogue, next(iter(catalogue.tables)))
    every = {stem for text in catalogue.words["sums"] for stem in words.stems(text)}
    said = {*words.stems(grid.text(cell))}
    return bool(said & every) and said - every <= {*words.stems(grid.text(field))}


def of_all_years(grid: Grid, cell: Place, catalogue: Catalogue) -> bool:
    """Whether a label says that figures are of all years together: “Year: All”, in one cell or in two; “All years”."""
    beside = grid.at((cell[0], cell[1] - 1))
    return _of_all_years(catalogue, grid.text(cell), "" if beside is None else grid.text(beside))


@lru_cache(maxsize=20_000)
def _of_all_years(catalogue: Catalogue, text: str, beside: str) -> bool:
    text = fold(text).strip(" .:()")
    if text in _all_years(catalogue):
        return True
    field, sign, value = text.partition(":") if ":" in text else text.partition("=")
    field, value = (field, value) if sign else (fold(beside), text)
    return value.strip(" ().") in _every(catalogue) and field.strip(" .:") in _year_fields(catalogue)


@cache
def _all_years(catalogue: Catalogue) -> frozenset[str]:
    return frozenset(fold(text) for text in catalogue.words["all_years"])


@cache
def _every(catalogue: Catalogue) -> frozenset[str]:
    return _all_years(catalogue) | {fold(text) for text in catalogue.words["every"]}


@cache
def _year_fields(catalogue: Catalogue) -> frozenset[str]:
    """What a field with a year, or a part of one, is called."""
    words = catalogue.words
    return frozenset(fold(text).strip(" .:") for name in ("year", "period_field") for text in words[name])


@lru_cache(maxsize=20_000)
def field_narrows(text: str, words: Vocabulary, sender: str) -> bool:
    """Whether a field and its value stand in one cell, and the value is a member: “Filter: women”."""
    name, colon, value = text.partition(":")
    said = (
        {pair for reading in words.read(value) if not reading.title for pair in reading.dims}
        if colon
        else set()
    )
    own = {(dimension.name, sender) for dimension in words.table.dimensions if dimension.by_sender}
    return bool(name.strip() and said - own) and not is_note(text, words.catalogue)


def is_span_field(text: str, words: Vocabulary) -> bool:
    """Whether a line of a few words is about more than one year: “Fiscal year 2023/24”, “Timeframe: 2020–2024”."""
    said = sum(token.kind == "word" for token in words.tokens(text))
    return said < DATELINE and of_several_years(text) and not is_note(text, words.catalogue)


def may_narrow(grid: Grid, cell: Place, words: Vocabulary, outer: bool) -> bool:
    """Whether a label between title and figures that nobody understands may change what they mean.

    It may where it stands within the table (not `outer`), where it is the value of a filter or a year mistyped, and
    where one of its words narrows; a line of its own with a place and a date does not.
    """
    text = grid.text(cell)
    kinds = [token.kind for token in words.tokens(text)]
    if ("date" in kinds and kinds.count("word") < DATELINE) or is_note(text, words.catalogue):
        return False
    aged = ages_of(words.catalogue, text) is not None
    year = _broken_year(words.catalogue).fullmatch(fold(text).strip(" .:()")) is not None
    return not outer or aged or year or filters(grid, cell, words) or narrows(text, words.catalogue)


@cache
def _broken_year(catalogue: Catalogue) -> re.Pattern[str]:
    """A number that is called a year and is none, with letters that look like digits: “202. gads”, “20 23. gads”."""
    names = "|".join(re.escape(fold(name).strip(" .")) for name in catalogue.words["year"])
    number = r"(?=\D*\d)[\doilz. ]+"
    return re.compile(rf"{number}\b(?:{names})|(?:{names})\b[ :]*{number}")
