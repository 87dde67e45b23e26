"""Sentences that state a figure in words, and what stands over them says of it."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, partial
from itertools import chain
from typing import NamedTuple

from thb_analysis.definitions import Catalogue, article_dimension
from thb_analysis.ingest.recognition.called import called, names_some
from thb_analysis.ingest.recognition.grid import FIGURE, LABEL, Grid, Place, by_row
from thb_analysis.ingest.recognition.islands import Region, regions
from thb_analysis.ingest.recognition.keys import (
    Block,
    Claim,
    Source,
    fill_defaults,
    from_its_year,
    names_tables,
)
from thb_analysis.ingest.recognition.naming import members_of_sheet, sheet_narrows, speaks_of
from thb_analysis.ingest.recognition.outer import own_name, set_aside, year_of_sheet, year_outside
from thb_analysis.ingest.recognition.recognise import SheetReading
from thb_analysis.ingest.recognition.scene import LEFT, UP
from thb_analysis.ingest.recognition.titles import is_note, of_area, without_address
from thb_analysis.ingest.recognition.values import Figure
from thb_analysis.ingest.words.labels import Vocabulary, vocabulary
from thb_analysis.ingest.words.meanings import SENDER
from thb_analysis.ingest.words.meanings import Reading as Words
from thb_analysis.ingest.words.mentions import bare_rest, foreign, of_unsaid_rest
from thb_analysis.ingest.words.near import slipped
from thb_analysis.ingest.words.paragraphs import section_of
from thb_analysis.ingest.words.references import without_references
from thb_analysis.ingest.words.spans import YEAR

YEARS_BEGUN = ("200", "201", "202")
_NO_COUNT = re.compile(rf"(?<![\w.,])[-–−]\d|(?<!\d){YEAR}[-–/]\d|\d\s*\(?\?")


def sentence(
    reading: SheetReading, source: Source, place: Place
) -> tuple[list[tuple[Claim, Figure]], set[str]]:
    """Readings of a cell that states a figure in words: `In the year 2021: 728 checks`; and the tables it may be of.

    One of which it has the title may be meant although it lacks what that needs (an article), if no label over it
    tells: “Proceedings started: 17” are those from checks only among checks.
    """
    grid = reading.grid
    text = grid.text(place)
    if not any(character.isdigit() for character in text) or not any(map(str.isalpha, text)):
        return [], set()
    over = _over(grid, place)
    found: dict[object, tuple[Claim, Figure]] = {}
    named = _named(source, reading, over)
    titled = _titled(source, reading, over, named)
    for table in sorted(named):
        for words in vocabulary(source.catalogue, table).read(text):
            if words.number is None or words.part or not _tells_of(words) or _cut(words, reading, place):
                continue
            if _counts_else(source.catalogue, table, text, words):
                continue
            claim = _claim(reading, source, table, place, words, over)
            if claim is not None:
                key = (table, claim.year, tuple(sorted(claim.dims.items())))
                crossed = Figure(None, "M", text.strip(), "value_struck")
                found[key] = (claim, crossed if grid.cells[place].struck else Figure(words.number, "", text))
    return list(found.values()), titled | {claim.table.id for claim, _ in found.values()}


def _tells_of(words: Words) -> bool:
    """Whether a sentence says itself what its number is of: “Annex 2” does not."""
    return bool(words.title or words.sets or words.total or words.figure or words.names)


def _counts_else(catalogue: Catalogue, table: str, text: str, words: Words) -> bool:
    """Whether a number counts or numbers something else: “Victims, table 12”, “No. 12”, “paragraph 3”, “-12”.

    Also what the members of a list are called: “Age of victims: 32”, “victims of 12 nationalities”.
    """
    own = vocabulary(catalogue, table)
    if f"{words.number}" in _articles(catalogue) and not _laws(own).isdisjoint(own.stems(text)):
        return True  # “Victims (KL 154.1 and 164)”
    bare = without_references(catalogue, text)
    if bare != text and not any(reading.number == words.number for reading in own.read(bare)):
        return True
    if _NO_COUNT.search(text) or section_of(catalogue, table, text) or of_unsaid_rest(own, text, [words]):
        return True
    return not words.names.isdisjoint(set(own.table.dimension_names) - dict(words.dims).keys())


@cache
def _articles(catalogue: Catalogue) -> frozenset[str]:
    """The numbers of articles in any table."""
    named = ((table, article_dimension(catalogue, table)) for table in catalogue.tables.values())
    return frozenset(
        code for table, name in named if name for code in catalogue.codes[table.dimension(name).codes]
    )


@cache
def _laws(words: Vocabulary) -> frozenset[str]:
    """The words of the law."""
    return frozenset(stem for said in words.catalogue.words["law"] for stem in words.stems(said))


def _cut(words: Words, reading: SheetReading, place: Place) -> bool:
    """Whether a number right over a line of headings is perhaps a year that lost its last digit: “… 201”."""
    begun = words.number is not None and f"{words.number}" in YEARS_BEGUN and not words.years
    return begun and any(row == place[0] + 1 and role == "label" for (row, _), role in reading.roles.items())


class _Over(NamedTuple):
    """What stands over a sentence: labels down from where another list ends, none that begins further right.

    Nor one of a table with figures that stands beside what the sentence stands in, beyond an empty column.
    """

    place: Place  #: of the sentence
    stop: Place
    own: Region
    tables: Mapping[Place, Region]  #: those with figures or a line of headings

    def those(self, said: Sequence[Place]) -> Iterator[Place]:
        """Those of some labels, which come in reading order, the nearest first."""
        begin, end = bisect_left(said, self.stop), bisect_left(said, self.place)
        return (said[at] for at in range(end - 1, begin - 1, -1) if self.may(said[at]))

    def may(self, place: Place) -> bool:
        """Whether a place is neither further right nor beside."""
        table = self.tables.get(place)
        beside = table is not None and place[0] >= self.own.top and table.right < self.own.left
        return place[1] <= self.place[1] and not beside


def _over(grid: Grid, place: Place) -> _Over:
    """A label with a figure right of it is a line of a list, which ends there as well."""
    _, stops = grid.once(_labels_and_stops)
    of, tables = grid.once(_regions)
    over = _Over(place, (0, 0), of[place], tables)
    before = reversed(range(bisect_left(stops, (place[0], 0))))
    return over._replace(stop=next((stops[at] for at in before if over.may(stops[at])), (0, 0)))


def _regions(grid: Grid) -> tuple[dict[Place, Region], dict[Place, Region]]:
    """By place, the regions of a sheet; and those that hold figures, or a line of headings."""
    found = regions(grid)
    lines = grid.once(by_row)
    figured = [
        region
        for region in found
        if any(grid.kinds[place] == FIGURE for place in region.places)
        or any(
            len(region.places.intersection(lines.get(row, ()))) > 1
            for row in {row for row, _ in region.places}
        )
    ]
    all_of, with_figures = ({p: one for one in some for p in one.places} for some in (found, figured))
    return all_of, with_figures


def _named(source: Source, reading: SheetReading, over: _Over) -> set[str]:
    """The tables that a sentence names, or else the nearest labels over it, narrowed by those farther."""
    names, places = reading.grid.once(_names, source.catalogue)
    said = chain([over.place] if over.place in names else (), over.those(places))
    chosen: set[str] = set()
    for named in chain(
        (names[place] for place in said), [names_tables(source.catalogue, reading.sheet.name)]
    ):
        chosen = chosen & named or chosen or set(named)
        if len(chosen) == 1:
            break  # nothing farther can say another
    return chosen


def _titled(source: Source, reading: SheetReading, over: _Over, named: set[str]) -> set[str]:
    """Those of the tables that a sentence, or else the nearest label over it that names any, has the title of."""
    names, places = reading.grid.once(_names, source.catalogue)
    said = chain([over.place] if over.place in names else (), over.those(places))
    nearest = next(said, None)
    text = reading.sheet.name if nearest is None else reading.grid.text(nearest)
    return {t for t in named if any(words.title for words in vocabulary(source.catalogue, t).read(text))}


def _names(grid: Grid, catalogue: Catalogue) -> tuple[dict[Place, frozenset[str]], list[Place]]:
    """The tables that cells name, of those that name any; and which of these are labels, in reading order."""
    found = {place: names_tables(catalogue, grid.text(place)) for place in grid.cells}
    labels, _ = grid.once(_labels_and_stops)
    return {place: named for place, named in found.items() if named}, [p for p in labels if found[p]]


def _labels_and_stops(grid: Grid) -> tuple[list[Place], list[Place]]:
    """The labels that may stand over what is below them, and what ends them; both in reading order."""
    lists: dict[int, int] = {}  # row → its last figure
    for row, column in (other for other, kind in grid.kinds.items() if kind == FIGURE):
        lists[row] = max(column, lists.get(row, 0))
    labels: list[Place] = []
    stops: list[Place] = []
    for other in sorted(grid.cells):
        year = grid.series.get(other) == "year" and len(grid.once(by_row)[other[0]]) == 1
        may = (year or grid.kinds[other] == LABEL) and other[1] >= lists.get(other[0], 0)
        (labels if may else stops).append(other)
    return labels, stops


def _wordings(grid: Grid, words: Vocabulary) -> dict[Place, list[Words]]:
    """What labels say of a table's figures without stating one, of those that say anything; in reading order."""
    labels, _ = grid.once(_labels_and_stops)
    found = {place: [r for r in words.read(grid.text(place)) if r.number is None] for place in labels}
    return {place: readings for place, readings in found.items() if readings}


def _worded(grid: Grid, words: Vocabulary) -> list[Place]:
    return list(grid.once(_wordings, words))


def _narrowing(grid: Grid, words: Vocabulary, sender: str) -> list[Place]:
    """Labels that are not understood and may say of figures below them that they are of less; in reading order."""
    labels, _ = grid.once(_labels_and_stops)
    known = grid.once(_wordings, words)
    return [
        place
        for place in labels
        if place not in known and _narrows(words, without_address(grid.text(place), words.catalogue), sender)
    ]


def _narrows(words: Vocabulary, text: str, sender: str) -> bool:
    catalogue = words.catalogue
    if words.read(text) or is_note(text, catalogue) or names_tables(catalogue, text):
        return False
    other = foreign(catalogue, words.table.id, text) or speaks_of(text, words, sender)
    return other or of_area(text, catalogue) or slipped(catalogue, words.table.id, text)


def _list_of(grid: Grid, place: Place, words: Vocabulary) -> tuple[int, int]:
    """The axis along which sentences of one list (women, men, girls) follow each other, and their first column."""
    (row, column), states = place, partial(_states, grid, words)
    if states((row - 1, column)) or states((row + 1, column)):
        return LEFT, column
    beside = states((row, column - 1)) or states((row, column + 1))
    while states((row, column - 1)):
        column -= 1
    return (UP if beside else LEFT), column


def _states(grid: Grid, words: Vocabulary, place: Place) -> bool:
    """Whether a cell states a figure in words."""
    return any(reading.number is not None for reading in words.read(grid.text(place)))


def _by_sheet(
    source: Source, grid: Grid, words: Vocabulary, dims: Mapping[str, str]
) -> dict[str, str] | None:
    """What the sheet's name says of its figures, None where that is not clear or contradicts the sentence."""
    name = called(source.catalogue, own_name(source, grid.sheet.name))
    readings = members_of_sheet(name, words)
    said = next((dict(r.dims) for r in readings), {})
    doubtful = len(readings) > 1 or (bool(readings) and bool(bare_rest(words, name)))
    doubtful = (
        doubtful
        or names_some(grid.sheet.name, name, words)
        or sheet_narrows(name, words, told=True, stated=dims)
    )
    return None if doubtful or any(dims.get(n, code) != code for n, code in said.items()) else said


def _claim(
    reading: SheetReading, source: Source, table_id: str, place: Place, words: Words, over: _Over
) -> Claim | None:
    table = source.catalogue.tables[table_id]
    dims = dict(words.dims)
    years = words.years
    if words.period or words.scaled or words.share or words.compared or words.listed or len(years) > 1:
        return None
    if set_aside(source, reading.grid, table, words.full):
        return None
    sender, titles, year_from = words.sender, [], "heading" if years else ""
    on_sheet = year_of_sheet(source, reading.sheet.name)
    spans = [] if on_sheet is None else [(on_sheet, on_sheet)]
    own = vocabulary(source.catalogue, table_id)
    wordings = reading.grid.once(_wordings, own)
    if next(over.those(reading.grid.once(_narrowing, own, source.institution)), None) is not None:
        return None
    for title in over.those(reading.grid.once(_worded, own)):
        for outer in wordings[title]:
            lists = {n: {c for other, c in outer.listed if other == n} for n, _ in outer.listed}
            fits = all("" in codes or dims.get(name) in codes for name, codes in lists.items())
            apart = (n for n, c in outer.dims if dict(words.dims).get(n, c) != c)
            other = any(not table.dimension(name).identifies for name in apart)
            several = not fits and SENDER in lists  # of which of them?
            if several or outer.scaled or outer.period or outer.share or outer.compared or other:
                return None
            if fits and all(dims.get(name, code) == code for name, code in outer.dims):
                for name, code in outer.dims:
                    dims.setdefault(name, code)
                sender = sender or source.titled(outer.sender)
                if len(outer.years) == 1 and not years:
                    years, year_from = outer.years, "title"
                spans += [(outer.years[0], outer.years[-1])] if outer.years else []
                titles.append(title)
                break
    year = years[0] if years else None
    if year is None:
        year = year_outside(source, reading.sheet.name)
        year_from = "file"
    named = _by_sheet(source, reading.grid, own, dims)
    if named is None:
        return None
    dims = {**named, **dims}
    stated = frozenset(dims)
    if year is None or fill_defaults(source, table, dims) or from_its_year(table, dims, year):
        return None
    if any(dimension.identifies and dimension.name not in stated for dimension in table.dimensions):
        return None
    axis, first = _list_of(reading.grid, place, own)
    return Claim(
        place=place,
        table=table,
        year=year,
        dims=dims,
        stated=stated,
        own={UP: frozenset(), LEFT: frozenset(), axis: frozenset(words.sets)},
        institution=sender or source.institution,
        headings=(("sentence", place), *(("title", title) for title in titles)),
        year_from=year_from,
        total=frozenset({axis}) if words.total else frozenset(),
        block=Block((titles[0] if titles else over.stop)[0], first),
        title_years=tuple(spans),
    )
