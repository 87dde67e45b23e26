"""The key of a figure: what its headings, titles, sheet and file say of it, for one table."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import repeat

from thb_analysis.definitions import TOTAL, Catalogue, Table
from thb_analysis.ingest.recognition.axes import Axes, Part
from thb_analysis.ingest.recognition.called import called
from thb_analysis.ingest.recognition.fields import of_all_years
from thb_analysis.ingest.recognition.gaps import WHOLE, gap
from thb_analysis.ingest.recognition.grid import Grid, Place
from thb_analysis.ingest.recognition.hearing import Hearing
from thb_analysis.ingest.recognition.keys import (
    Block,
    Claim,
    Key,
    Over,
    Refusal,
    fill_defaults,
    from_its_year,
)
from thb_analysis.ingest.recognition.lone import lone_year
from thb_analysis.ingest.recognition.naming import (
    members_in_part,
    parents,
    since_own_year,
)
from thb_analysis.ingest.recognition.outer import own_name
from thb_analysis.ingest.recognition.scene import LEFT, UP
from thb_analysis.ingest.recognition.surroundings import Surroundings
from thb_analysis.ingest.recognition.totals import unsound_total
from thb_analysis.ingest.words.beside import PEOPLE
from thb_analysis.ingest.words.fold import fold
from thb_analysis.ingest.words.labels import Vocabulary, vocabulary
from thb_analysis.ingest.words.meanings import Reading, plain_title
from thb_analysis.ingest.words.mentions import says_once

_ROLES = ("column", "row")  #: what a heading is called, by axis


@dataclass
class Resolver(Surroundings):
    """Finds keys in one scene."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.axes = Axes(self.source, self.scene)

    # the key ---------------------------------------------------------------------------------------

    def resolve(self, place: Place, table: Table) -> Claim | Refusal:
        """The key of a figure as one of the table's, or why it has none.

        A heading whose words are a member's name and the table's title as well is the title where it would
        contradict another heading.
        """
        result = self._resolve(place, table, frozenset())
        if isinstance(result, Refusal) and result.code == "headings_conflict":
            words = vocabulary(self.source.catalogue, table.id)
            cells = [*self.scene.stack(place, UP), *self.scene.stack(place, LEFT)]
            titles = frozenset(cell for cell in cells if plain_title(words.read(self.grid.text(cell))))
            if len(titles) == 1:
                return self._resolve(place, table, titles)
        return result

    def _resolve(self, place: Place, table: Table, titles: frozenset[Place]) -> Claim | Refusal:
        words = vocabulary(self.source.catalogue, table.id)
        key = Key()
        along = self.axes.along
        parts = along(place, UP, words, titles), along(place, LEFT, words, titles)
        for part in parts:
            for cell, reading in part.entries:
                refusal = self._merge(key, reading, cell)
                if refusal:
                    return refusal
            if part.refusal:
                return part.refusal
        named = self._only_names(place, words, parts, key)
        if named is not None:
            return Refusal("heading_names", named, self.grid.text(named), tables=(table.id,))
        totals = {axis for axis in (UP, LEFT) if parts[axis].total}
        for axis in (UP, LEFT):
            missing = gap(self.axes, place, axis, words, parts[axis], titles)
            if missing == WHOLE:
                totals.add(axis)
            elif isinstance(missing, Refusal):
                return missing
        for axis in totals | {axis for axis in (UP, LEFT) if parts[axis].of_total}:
            unsound = unsound_total(self.axes, place, axis, words, parts, key.dims, self.over(place))
            if unsound:
                return unsound
            whole, years, parts_of_year = self.axes.totals(place, axis, words)
            for name, code in whole:
                key.dims.setdefault(name, code)
            if parts_of_year and key.year is None:
                key.year = years[0]
            key.year_total = key.year_total or (bool(years) and key.year is None)
        for name in self.of_all(place).intersection(table.dimension_names):
            if not table.dimension(name).default:
                key.dims.setdefault(name, TOTAL)
        return self._finish(place, table, key, parts, totals, words)

    def _only_names(self, place: Place, words: Vocabulary, parts: tuple[Part, ...], key: Key) -> Place | None:
        """A figure's nearest label that names the table, but asks what those are whom it counts: “Age of the victims”.

        Not where it says by what they are divided (“by age”), or what stands across or right below it does.
        """
        people = PEOPLE | {*words.catalogue.words["codes_alone"]}
        for axis, part in zip((UP, LEFT), parts, strict=True):
            for cell, reading in part.entries[:1]:
                asked = reading.names & people - key.dims.keys() if reading.title else frozenset()
                if not asked or by_what(words.catalogue, self.grid.text(cell)):
                    continue
                below = self.grid.at((cell[0] + 1, cell[1]))
                told = words.read(self.grid.text(below)) if axis == LEFT and below is not None else ()
                if asked.isdisjoint(name for one in told for name, _ in one.dims):
                    return cell
        return None

    def _merge(self, key: Key, reading: Reading, cell: Place) -> Refusal | None:
        # “For trafficking” in a title that a heading is short for is the article where nothing names another.
        weak = reading.worded if self.grid.measured and cell in self.grid.full else frozenset[str]()
        for name, code in reading.dims:
            if name in weak:
                key.worded.setdefault(name, code)
            elif (known := key.dims.setdefault(name, code)) != code and code not in parents(
                self.source.catalogue, known
            ):  # “NGOs” over “MARTA” says no more
                return Refusal("headings_conflict", cell, self.grid.text(cell), f"{name}={key.dims[name]}")
        reading = since_own_year(self.source, reading)
        if len(reading.years) > 1 and (reading.share or reading.compared or _titles(reading, key.year)):
            reading = reading._replace(years=())  # a change between two years, or the years of the whole list
        if len(reading.years) > 1:
            return Refusal("year_range", cell, self.grid.text(cell))
        if reading.years:
            if key.year is not None and key.year != reading.years[0]:
                return Refusal("headings_conflict", cell, self.grid.text(cell), str(key.year))
            key.year = reading.years[0]
        if reading.sender and not key.sender:
            key.sender = reading.sender
        return None

    def _finish(
        self,
        place: Place,
        table: Table,
        key: Key,
        parts: tuple[Part, ...],
        totals: set[int],
        words: Vocabulary,
    ) -> Claim | Refusal:
        if not self.scene.stack(place, UP) and not self.scene.stack(place, LEFT):
            missing = ", ".join(table.dimension_names)
            return Refusal("heading_missing", place, self.grid.text(place), missing, tables=(table.id,))
        stated_year = key.year is not None or key.year_total
        for cell in () if stated_year else (*self.scene.stack(place, UP), *self.scene.stack(place, LEFT)):
            if of_all_years(self.grid, cell, self.source.catalogue):
                return Refusal("year_range", cell, self.grid.text(cell), tables=(table.id,))
        key.aside = parts[UP].aside or parts[LEFT].aside
        key.full = parts[UP].full or parts[LEFT].full
        context = self._context(place, table, key, words)
        if isinstance(context, Refusal):
            return context
        headings = [
            (name, cell) for name, part in zip(_ROLES, parts, strict=True) for cell, _ in part.entries
        ]
        headings += [("title", cell) for cell in context.cells]
        institution = key.sender or self.source.institution
        said_once = self.grid.once(_saying_once, self.source.catalogue)
        # “Proceedings for trafficking”: the article, if nothing else is.
        for name, code in (*key.worded.items(), *context.worded.items()):
            if not table.dimension(name).default:
                key.dims.setdefault(name, code)
        stated = frozenset(key.dims)
        missing = fill_defaults(self.source, table, key.dims, key.aside)
        where = self.scene.stack(place, LEFT) or self.scene.stack(place, UP) or (place,)
        if missing:
            return Refusal("heading_missing", where[0], self.grid.text(place), missing, tables=(table.id,))
        if key.year is None and not key.year_total:
            return Refusal("year_missing", place, self.grid.text(place), tables=(table.id,))
        if from_its_year(table, key.dims, key.year):
            said = (self.grid.text(where[0]), str(key.year or TOTAL))
            return Refusal("headings_conflict", where[0], *said, tables=(table.id,))
        return Claim(
            place=place,
            table=table,
            year=key.year,
            dims=key.dims,
            stated=stated,
            own={axis: parts[axis].sets for axis in (UP, LEFT)},
            institution=institution,
            headings=tuple(headings),
            year_from="heading" if stated_year else context.year_from,
            total=frozenset(totals),
            part=frozenset(axis for axis in (UP, LEFT) if parts[axis].part),
            titles=tuple(self.grid.text(cell) for cell in context.cells),
            title_years=tuple(context.spans),
            block=self._block(place),
            aside=context.aside or key.aside,
            once=any(cell in said_once for _, cell in headings) if said_once else False,
            lone_year=lone_year(self.axes, self.source.year, place, key.year, context.spans, words),
        )

    def _block(self, place: Place) -> Block:
        key = ("block", self.scene.fills(place, UP), self.scene.fills(place, LEFT))
        if key not in self._known:
            self._known[key] = Block(self.scene.region.top, self.scene.region.left, key[1], key[2])
        return self._known[key]  # type: ignore[no-any-return]

    # what stands over it ---------------------------------------------------------------------------

    def _context(self, place: Place, table: Table, key: Key, words: Vocabulary) -> Refusal | Over:
        """What the labels over a figure add to its key; worked out once for all figures to which they say the same."""
        inside = self.inside(place)
        touched = self._touched(inside, words)
        bands = (self.scene.band(place, UP), self.scene.band(place, LEFT))
        state = tuple((name, key.dims.get(name)) for name in touched)
        measured = self.grid.measured
        spelled = any(self.scene.spelled(place, cell) for cell in measured) if measured else False
        stated = (key.year is None, key.year_total, key.sender, key.aside, key.full, spelled)
        memo = ("context", table.id, inside, self._block(place), bands, state, stated)
        known = self._known.get(memo)
        if known is None:
            made = Key(
                {n: c for n, c in state if c is not None},
                key.year,
                key.year_total,
                key.sender,
                key.aside,
                key.full,
            )
            cells = (*inside, *self.outer.cells)
            heard = Hearing(self, self.axes, place, words, made).hear(cells)
            known = self._known[memo] = (heard, made)
        over, made = known
        for name, code in made.dims.items():
            key.dims.setdefault(name, code)
        if key.year is None:
            key.year = made.year
        key.sender = key.sender or made.sender
        return over

    def _touched(self, cells: tuple[Place, ...], words: Vocabulary) -> tuple[str, ...]:
        """The dimensions that these labels, those outside the region, or the sheet's name may set."""
        memo = ("touched", words.table.id, cells)
        known = self._known.get(memo)
        if known is None:
            outside = ("set outside", words.table.id)
            if outside not in self._known:
                name = called(words.catalogue, own_name(self.source, self.grid.sheet.name))
                said = _sets(words, (name, *map(self.grid.text, self.outer.cells)))
                self._known[outside] = said | members_in_part(name, words)
            names = self._known[outside] | _sets(words, map(self.grid.text, cells))
            known = self._known[memo] = tuple(sorted(names))
        return known


@lru_cache(maxsize=20_000)
def by_what(catalogue: Catalogue, text: str) -> bool:
    """Whether a text has a word before what things are divided by: “by age”."""
    words = "|".join(re.escape(fold(word)) for word in catalogue.words["by"])
    return re.search(rf"(?<!\w)(?:{words})\s", fold(text)) is not None


def _saying_once(grid: Grid, catalogue: Catalogue) -> frozenset[Place]:
    """The cells of a sheet that say that nobody is counted twice."""
    return frozenset(place for place in grid.cells if says_once(catalogue, grid.text(place)))


def _titles(reading: Reading, year: int | None) -> bool:
    """Whether a heading is the title of a list of years, right over the first, which has this one."""
    return reading.title and year is not None and reading.years[0] <= year <= reading.years[-1]


def _sets(words: Vocabulary, texts: Iterable[str]) -> frozenset[str]:
    """The dimensions that texts may set."""
    return frozenset().union(*map(_set_by, repeat(words), texts))


@lru_cache(maxsize=20_000)
def _set_by(words: Vocabulary, text: str) -> frozenset[str]:
    return frozenset(name for r in words.read(text) for name in (*dict(r.listed), *dict(r.dims)))
