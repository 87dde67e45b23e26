"""The key of a figure: what its headings, titles, sheet and file say of it, for one table."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from thb_analysis.definitions import TOTAL, Table
from thb_analysis.ingest.recognition.axes import Axes, Part
from thb_analysis.ingest.recognition.called import called, cut_at_member, sender_of, told_over
from thb_analysis.ingest.recognition.fields import field_narrows, filters, may_narrow
from thb_analysis.ingest.recognition.gaps import WHOLE, gap
from thb_analysis.ingest.recognition.grid import Place
from thb_analysis.ingest.recognition.home import home_over, is_state, sheet_of_home
from thb_analysis.ingest.recognition.keys import (
    Block,
    Claim,
    Key,
    Over,
    Refusal,
    fill_defaults,
    from_its_year,
    tables_named,
)
from thb_analysis.ingest.recognition.keys import readings as readings_of
from thb_analysis.ingest.recognition.letterheads import of_letter
from thb_analysis.ingest.recognition.lone import is_data_row, lone_year
from thb_analysis.ingest.recognition.naming import (
    ambiguous,
    figures_between,
    is_letterhead,
    members_in_part,
    members_of_sheet,
    misleading,
    names_in_part,
    narrower,
    narrows_whole,
    of_else,
    of_others,
    of_table,
    parted,
    says_nothing,
    sheet_narrows,
    since_own_year,
    speaks_of,
    tells_of_others,
    title_reading,
    unclear,
)
from thb_analysis.ingest.recognition.outer import outer_year, own_name, year_outside
from thb_analysis.ingest.recognition.scene import LEFT, UP
from thb_analysis.ingest.recognition.stacked import says_more, says_unknown
from thb_analysis.ingest.recognition.surroundings import Surroundings
from thb_analysis.ingest.recognition.titles import (
    is_note,
    names_other_unit,
    narrows,
    of_the_country,
    without_address,
)
from thb_analysis.ingest.recognition.totals import unsound_total
from thb_analysis.ingest.words.as_of import without_last_day
from thb_analysis.ingest.words.labels import Vocabulary, named_year, vocabulary
from thb_analysis.ingest.words.meanings import Reading, plain_title
from thb_analysis.ingest.words.mentions import bare_rest, foreign, says_once
from thb_analysis.ingest.words.openings import stateless

_ROLES = ("column", "row")  #: what a heading is called, by axis


@dataclass
class Resolver(Surroundings):
    """Finds keys in one scene."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.axes = Axes(self.source.catalogue, self.scene)

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
        parts = tuple(self.axes.along(place, axis, words, titles) for axis in (UP, LEFT))
        for part in parts:
            for cell, reading in part.entries:
                refusal = self._merge(key, reading, cell)
                if refusal:
                    return refusal
            if part.refusal:
                return part.refusal
        totals = {axis for axis in (UP, LEFT) if parts[axis].total}
        for axis in (UP, LEFT):
            missing = gap(self.axes, place, axis, words, parts[axis], titles)
            if missing == WHOLE:
                totals.add(axis)
            elif isinstance(missing, Refusal):
                return missing
        for axis in totals | {axis for axis in (UP, LEFT) if parts[axis].of_total}:
            unsound = unsound_total(self.axes, place, axis, words, parts, key.dims)
            if unsound:
                return unsound
            whole, years, parts_of_year = self.axes.totals(place, axis, words)
            for name, code in whole:
                key.dims.setdefault(name, code)
            if parts_of_year and key.year is None:
                key.year = years[0]
            key.year_total = key.year_total or (bool(years) and key.year is None)
        return self._finish(place, table, key, parts, totals, words)

    def _merge(self, key: Key, reading: Reading, cell: Place) -> Refusal | None:
        for name, code in reading.dims:
            if key.dims.setdefault(name, code) != code:
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
        key.aside = any(part.aside for part in parts)
        key.full = any(part.full for part in parts)
        context = self._context(place, table, key, words)
        if isinstance(context, Refusal):
            return context
        headings = [
            (name, cell) for name, part in zip(_ROLES, parts, strict=True) for cell, _ in part.entries
        ]
        headings += [("title", cell) for cell in context.cells]
        institution = key.sender or self.source.institution
        # “Proceedings for trafficking”: the article, if nothing else is.
        for name, code in context.worded.items():
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
            aside=context.aside or any(part.aside for part in parts),
            once=any(says_once(self.source.catalogue, self.grid.text(cell)) for _, cell in headings),
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
        inside = (*self.scene.corners(place), *self.near(place))
        touched = self._touched(inside, words)
        bands = (self.scene.band(place, UP), self.scene.band(place, LEFT))
        state = tuple((name, key.dims.get(name)) for name in touched)
        spelled = any(self.scene.spelled(place, cell) for cell in self.grid.measured)
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
            cells = (*inside, *self._outside)
            known = self._known[memo] = (self._over_context(cells, place, table, made, words), made)
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
                said = _sets(words, (name, *map(self.grid.text, self._outside)))
                self._known[outside] = said | members_in_part(name, words)
            names = self._known[outside] | _sets(words, map(self.grid.text, cells))
            known = self._known[memo] = tuple(sorted(names))
        return known

    def _over_context(
        self, cells: tuple[Place, ...], place: Place, table: Table, key: Key, words: Vocabulary
    ) -> Refusal | Over:
        over = Over()
        corners = self.scene.corners(place)
        own = self.named((*self.scene.stack(place, UP), *self.scene.stack(place, LEFT)))
        named = False
        titled: Place | None = None  #: the label that names the table
        sections: dict[int, set[str]] = {}  #: column → what nearer labels in it, that part rows, have said
        unknown: list[Place] = []  #: between the title and the figures
        for cell in cells:
            if named and cell in self.far_titles and cell not in self.sheet_titles:
                continue
            outer = cell in self.titles
            beyond = cell in self.far_titles or not self.scene.heads_region(cell)
            other = of_others(words, self.grid.text(cell))
            between = other and (cell in self.far_titles or figures_between(self.scene, cell, titled, place))
            if between and titled is not None and (key.year or not named_year(self.grid.text(cell))):
                continue
            if self.scene.spelled(place, cell) or (named and cell not in self.sheet_titles and beyond):
                continue
            text = stateless(words.catalogue, without_address(self.grid.text(cell), words.catalogue))
            text = without_last_day(words.catalogue, year_outside(self.source, self.grid.sheet.name), text)
            if cell not in corners and says_nothing(self.source, self.grid.sheet.name, text, words):
                continue
            if names_other_unit(text, words):
                return Refusal("unit_not_tables", cell, text, table.unit)
            if names_other_unit(text, words) is not None:
                continue  # its own
            if named and cell not in corners and is_state(words.catalogue, text):
                continue
            below = named or (outer and table.id in own)
            home = None if cell in corners else home_over(self.source, self.grid, cell, words, below)
            if isinstance(home, Refusal):
                return home
            if home == "":
                continue
            text = home or text
            said = readings_of(words.catalogue, table.id, of_the_country(text, words))
            readings = of_table(words.catalogue, words, text, said)
            readings = [r for r in readings if r.title] if between else readings
            if named and of_letter(self.source, text, readings, key, words):
                continue
            if other and titled is not None and narrows_whole(words.table, key, readings):
                return self._unknown_title(cell, words)
            if not readings:
                if any(r.title for r in said) and not between:
                    return self._unknown_title(cell, words)  # its number is no figure: “2024/25”
                if named and is_letterhead(words.catalogue, self.source.institution, text):
                    continue
                if cell not in self.far_titles and foreign(self.source.catalogue, table.id, text):
                    return self._unknown_title(cell, words)
                filtered = filters(self.grid, cell, words) or field_narrows(
                    text, words, self.source.institution
                )
                if filtered and (named or (outer and table.id in own)):
                    return self._unknown_title(cell, words)
                if outer and named:
                    continue
                if speaks_of(text, words, self.source.institution) and not tables_named(self.source, text):
                    return self._unknown_title(cell, words)
                if is_note(text, self.source.catalogue):
                    continue  # where figures are from, whatever their source is called
                near = self.named(tuple(c for c in over.cells if c not in corners))
                if cell not in self.far_titles and tells_of_others(words, text, own | near):
                    return self._unknown_title(cell, words)
                if tables_named(self.source, text) and cell in self.titles:
                    named = True  # another table's title: what stands beyond it is not about this figure
                parts = (
                    names_in_part(text, words) or of_else(text, words) or narrows(text, words.catalogue)
                    if cell in corners
                    else not outer and self.scene.parts_rows(cell, place)
                )
                if parts:
                    return self._unknown_title(cell, words)
                unknown += [cell] if cell not in corners else []
                continue
            if named and cell not in self.sheet_titles and any(reading.title for reading in readings):
                right_over = (
                    titled is not None and titled[0] - self.grid.span(cell)[2] == 1 and titled[1] == cell[1]
                )
                if right_over and says_more(self.source, readings, key):
                    return self._contradicts(cell, key)
                continue
            if is_data_row(self.axes, cell, place, readings, words) or all(says_unknown(r) for r in readings):
                continue
            if cell in corners and all(r.descriptor and r.dims for r in readings):
                continue
            unsure = unclear(self.grid, cell, readings, key, words)
            if isinstance(unsure, Refusal):
                return unsure
            exact = narrower(self.source.catalogue, readings, key)
            if exact and not exact.items() & self.axes.members_beside(place, words):
                return self._contradicts(cell, key)
            readings = self.axes.without_announced(readings, place, words)
            reading = title_reading(self.source, readings, key)
            apart = sections.get(cell[1], set())
            if unsure or (
                reading is None and not outer and parted(self.source.catalogue, readings, key, apart)
            ):
                continue
            if reading is None and cell in self.far_titles:
                break  # the heading of an earlier part of the sheet, which nearer ones have replaced
            if reading is None:
                return self._contradicts(cell, key)
            if reading.scaled:
                return Refusal("unit_scaled", cell, text, table.unit)
            if reading.years and cell not in self.far_titles:
                over.spans.append((reading.years[0], reading.years[-1]))
            if len(reading.years) > 1 and key.year is None:  # nearer than any year
                over.ranged = over.ranged or cell
            lists = cell in corners and reading.period and "period" in reading.names
            compared = reading.compared and key.year is None
            over.aside = over.aside or (reading.period and not lists) or compared
            over.aside = over.aside or (reading.share and not (reading.accumulated and key.full))
            over.year_from = self._take_title(key, reading) or over.year_from
            if not any(r.number is not None for r in said):  # that number is read as a sentence's
                over.cells.append(cell)
            if reading.title:
                over.worded.update((name, code) for name, code in reading.dims if name in reading.worded)
            if not outer:
                sections.setdefault(cell[1], set()).update(dict(reading.dims))
            if not named and any(r.title for r in (reading, *readings)):
                named, titled = True, cell
                if doubtful := [c for c in unknown if may_narrow(self.grid, c, words, c in self.titles)]:
                    return self._unknown_title(doubtful[0], words)
        if not named:
            around = (unknown, self.titles, self.far_titles)
            headed = table.id in own and bool(words.articles)
            astray = misleading(
                self.grid, around, words, headed, (key.year, year_outside(self.source, self.grid.sheet.name))
            )
            if astray is not None:
                return self._unknown_title(astray, words)
        titles = map(self.grid.text, over.cells)
        told = named or table.id in own or told_over(words, self.grid.sheet.name, titles)
        return self._outermost(place, key, over, words, told) or over

    def _contradicts(self, cell: Place, key: Key) -> Refusal:
        told = "; ".join(f"{n}={c}" for n, c in key.dims.items())
        return Refusal("title_contradicts", cell, self.grid.text(cell), told)

    def _unknown_title(self, cell: Place, words: Vocabulary) -> Refusal:
        return Refusal("title_not_understood", cell, self.grid.text(cell), tables=(words.table.id,))

    def _outermost(self, place: Place, key: Key, over: Over, words: Vocabulary, told: bool) -> Refusal | None:
        """What the sheet's name adds, and the year of the sheet or the file where nothing nearer gives one."""
        name = called(words.catalogue, own_name(self.source, self.grid.sheet.name))
        readings = members_of_sheet(name, words)
        home = bool(readings) and sheet_of_home(self.source, self.grid, name, words)
        if readings:
            reading = title_reading(self.source, readings, key)
            unsaid = bool(bare_rest(words, name))  # others of which kind?
            if home or reading is None or unsaid or ambiguous(readings, key):
                return Refusal("sheet_name_narrows", place, tables=(words.table.id,))
            self._take_title(key, reading._replace(years=()))
        elif cut_at_member(name, words) or sheet_narrows(name, words, told, key.dims):
            return Refusal("sheet_name_narrows", place, tables=(words.table.id,))
        key.sender = key.sender or self.source.titled(sender_of(name, words))
        outer_year(self.source, self.grid, key, over, words.table)
        if over.ranged and over.year_from and not key.aside:
            return Refusal("year_range", over.ranged, self.grid.text(over.ranged), tables=(words.table.id,))
        return None

    def _take_title(self, key: Key, reading: Reading) -> str:
        for name, code in reading.dims:
            if name not in reading.worded:
                key.dims.setdefault(name, code)
        key.sender = key.sender or self.source.titled(reading.sender)
        if len(reading.years) == 1 and key.year is None and not key.year_total:
            key.year = reading.years[0]
            return "title"
        return ""


def _titles(reading: Reading, year: int | None) -> bool:
    """Whether a heading is the title of a list of years, right over the first, which has this one."""
    return reading.title and year is not None and reading.years[0] <= year <= reading.years[-1]


def _sets(words: Vocabulary, texts: Iterable[str]) -> frozenset[str]:
    """The dimensions that texts may set."""
    return frozenset().union(*filter(None, (_set_by(words, text) for text in texts)))


@lru_cache(maxsize=20_000)
def _set_by(words: Vocabulary, text: str) -> frozenset[str]:
    return frozenset(name for r in words.read(text) for name in (*dict(r.listed), *dict(r.dims)))
