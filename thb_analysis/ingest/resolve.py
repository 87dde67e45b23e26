"""The key of a figure: what its headings, titles, sheet and file say of it, for one table."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from thb_analysis.definitions import TOTAL, Table
from thb_analysis.ingest.grid import Grid, Place
from thb_analysis.ingest.keys import Block, Claim, Key, Refusal, Source, fill_defaults, names_tables
from thb_analysis.ingest.labels import Reading, Vocabulary, named_year, vocabulary
from thb_analysis.ingest.scene import LEFT, UP, Scene

WHOLE = "whole"  #: a neutral heading beside parts: it stands for the whole
_ORDER = re.compile(r"^\s*\d{1,2}[.)]?\s+")


@dataclass(slots=True)
class _Over:
    """What stands over a figure: the cells that say something of it, and the spans of years that they name."""

    cells: list[Place] = field(default_factory=list)
    spans: list[tuple[int, int]] = field(default_factory=list)
    year_from: str = ""
    aside: bool = False


@dataclass
class Resolver:
    """Finds keys in one scene.  `titles` are the labels outside the region that stand over it, the nearest first."""

    source: Source
    scene: Scene
    titles: Sequence[Place]
    sheet_titles: frozenset[Place]  #: those of them that stand over the whole sheet
    far_titles: frozenset[Place] = frozenset()  #: those with another region's figures in between

    @property
    def grid(self) -> Grid:
        return self.scene.grid

    # which table -----------------------------------------------------------------------------------

    def tables_of(self, place: Place) -> list[str]:
        """The tables that the headings name: the nearest level that names any, narrowed by those farther out."""
        chosen: set[str] = set()
        for named in self._levels_of_names(place):
            if not chosen:
                chosen = set(named)
            elif len(chosen) > 1 and chosen & named:
                chosen &= named
        return sorted(chosen)

    def _levels_of_names(self, place: Place) -> Iterable[set[str]]:
        catalogue = self.source.catalogue
        stack = [*self.scene.stack(place, UP), *self.scene.stack(place, LEFT)]
        yield set().union(*(names_tables(catalogue, self.grid.text(cell)) for cell in stack))
        yield set().union(
            *(names_tables(catalogue, self.grid.text(cell)) for cell in self.scene.corners(place))
        )
        for cell in self.over(place):
            yield set(names_tables(catalogue, self.grid.text(cell)))
        yield set(names_tables(catalogue, _ORDER.sub("", self.grid.sheet.name)))
        topic = self.source.topic.lower()
        if topic:
            yield {
                table.id for table in catalogue.tables.values() if topic in (t.lower() for t in table.topics)
            }

    def over(self, place: Place) -> list[Place]:
        """Labels that stand over a figure without heading it, the nearest first, inside the region and out."""
        inside = [
            cell
            for cell in self.scene.loose
            if cell[0] < place[0] and cell[1] <= place[1] and cell not in self.scene.corners(place)
        ]
        inside.sort(key=lambda cell: (-cell[0], -cell[1]))
        return [*inside, *self.titles]

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
            titles = frozenset(cell for cell in cells if _plain_title(words.read(self.grid.text(cell))))
            if len(titles) == 1:
                return self._resolve(place, table, titles)
        return result

    def _resolve(self, place: Place, table: Table, titles: frozenset[Place]) -> Claim | Refusal:
        words = vocabulary(self.source.catalogue, table.id)
        key = Key()
        own: dict[int, frozenset[str]] = {}
        totals, parts, aside = set(), set(), False
        headings: list[tuple[str, Place]] = []
        for axis, name in ((UP, "column"), (LEFT, "row")):
            fixed: set[str] = set()
            for cell in self.scene.stack(place, axis):
                reading = (
                    _plain_title(words.read(self.grid.text(cell)))
                    if cell in titles
                    else self._reading(cell, place, axis, words)
                )
                if reading is None:
                    continue
                if isinstance(reading, Refusal):
                    if reading.code == "label_unknown" and self._described(cell, place, axis, words):
                        continue
                    return reading
                if reading.descriptor and not reading.sets:
                    return Refusal("heading_not_figures", cell, self.grid.text(cell), tables=(table.id,))
                headings.append((name, cell))
                aside = aside or reading.period or reading.share
                if reading.scaled:
                    return Refusal("unit_scaled", cell, self.grid.text(cell), table.unit)
                if reading.part:
                    parts.add(axis)
                    parent = self._parent(cell, axis, words)
                    if parent is not None:
                        reading = _inherit(reading, parent)
                if reading.total:
                    totals.add(axis)
                refusal = self._merge(key, reading, cell)
                if refusal:
                    return refusal
                fixed |= reading.sets
            own[axis] = frozenset(fixed)
        for axis in (UP, LEFT):
            gap = self._gap(place, axis, words, own[axis], axis in totals)
            if gap == WHOLE:
                totals.add(axis)
            elif isinstance(gap, Refusal):
                return gap
        for axis in totals:
            self._totalise(key, place, axis, words)
        return self._finish(place, table, key, own, totals, parts, aside, headings, words)

    def _finish(
        self,
        place: Place,
        table: Table,
        key: Key,
        own: dict[int, frozenset[str]],
        totals: set[int],
        parts: set[int],
        aside: bool,
        headings: list[tuple[str, Place]],
        words: Vocabulary,
    ) -> Claim | Refusal:
        stated_year = key.year is not None or key.year_total
        context = self._context(place, table, key, words)
        if isinstance(context, Refusal):
            return context
        headings += [("title", cell) for cell in context.cells]
        institution = key.sender or self.source.institution
        stated = frozenset(key.dims)
        missing = fill_defaults(self.source, table, key.dims)
        if missing:
            where = self.scene.stack(place, LEFT) or self.scene.stack(place, UP) or (place,)
            return Refusal("heading_missing", where[0], self.grid.text(place), missing, tables=(table.id,))
        if key.year is None and not key.year_total:
            return Refusal("year_missing", place, self.grid.text(place), tables=(table.id,))
        return Claim(
            place=place,
            table=table,
            year=key.year,
            dims=key.dims,
            stated=stated,
            own=own,
            institution=institution,
            headings=tuple(headings),
            year_from="heading" if stated_year else context.year_from,
            total=frozenset(totals),
            part=frozenset(parts),
            titles=tuple(self.grid.text(cell) for cell in context.cells),
            title_years=tuple(context.spans),
            block=self._block(place),
            aside=aside or context.aside,
        )

    def _block(self, place: Place) -> Block:
        rows = {lv for cell in self.scene.stack(place, UP) for lv in self.scene.levels(cell, UP)}
        columns = {lv for cell in self.scene.stack(place, LEFT) for lv in self.scene.levels(cell, LEFT)}
        region = self.scene.region
        return Block(region.top, region.left, tuple(sorted(rows)), tuple(sorted(columns)))

    # one heading -----------------------------------------------------------------------------------

    def _described(self, cell: Place, place: Place, axis: int, words: Vocabulary) -> bool:
        """Whether a label stands in a line for remarks ("name", "notes") beside another line of headings."""
        lines = {level for other in self.scene.stack(place, axis) for level in self.scene.levels(other, axis)}
        if len(lines) < 2:
            return False
        for corner in self.scene.corners(place):
            if set(self.scene.levels(corner, axis)) & set(self.scene.levels(cell, axis)):
                readings = words.read(self.grid.text(corner))
                if readings and all(reading.descriptor and not reading.sets for reading in readings):
                    return True
        return False

    def _reading(self, cell: Place, place: Place, axis: int, words: Vocabulary) -> Reading | Refusal:
        text = self.grid.text(cell)
        readings = [reading for reading in words.read(text) if reading.number is None]
        if not readings:
            return Refusal("label_unknown", cell, text, tables=(words.table.id,))
        if len(readings) > 1:
            readings = self._by_line(readings, cell, place, axis, words)
        if len(readings) > 1:
            dims = " / ".join(sorted({"; ".join(f"{n}={c}" for n, c in r.dims) or "—" for r in readings}))
            return Refusal("label_ambiguous", cell, text, dims, tables=(words.table.id,))
        return readings[0]

    def _by_line(
        self, readings: list[Reading], cell: Place, place: Place, axis: int, words: Vocabulary
    ) -> list[Reading]:
        """The readings that suit the line: the dimension it is named for, else the one its other labels have."""
        setting = [reading for reading in readings if reading.dims]
        if setting and len(setting) < len(readings):
            readings = setting  # a member's name says more than the same words as a title
        if len(readings) == 1:
            return readings
        levels = set(self.scene.levels(cell, axis))
        corners = list(self.scene.corners(place))
        of_line = [corner for corner in corners if levels & set(self.scene.levels(corner, axis))]
        for cells in (of_line, [*corners, *self.scene.stack(place, axis)]):
            named = {name for other in cells for r in words.read(self.grid.text(other)) for name in r.names}
            fitting = [r for r in readings if {name for name, _ in r.dims} & named]
            if len(fitting) == 1:
                return fitting
        beside: set[str] = set()
        for heads in self.scene.level_map(place, axis).values():
            for other in set(heads.values()) - {cell}:
                plain = words.read(self.grid.text(other))
                if len(plain) == 1:
                    beside |= {name for name, _ in plain[0].dims}
        fitting = [r for r in readings if {name for name, _ in r.dims} & beside]
        return fitting if len(fitting) == 1 else readings

    def _parent(self, cell: Place, axis: int, words: Vocabulary) -> Reading | None:
        """The label before a part on its line, of which it is a part."""
        row, column = cell
        while row > 0 and column > 0:
            row, column = (row - 1, column) if axis == LEFT else (row, column - 1)
            before = self.grid.at((row, column))
            if before is None or before not in self.scene.region.places or not self.scene.is_heading(before):
                return None
            readings = [reading for reading in words.read(self.grid.text(before)) if reading.number is None]
            if len(readings) != 1:
                return None
            if not readings[0].part:
                return readings[0]
        return None

    def _merge(self, key: Key, reading: Reading, cell: Place) -> Refusal | None:
        for name, code in reading.dims:
            if key.dims.setdefault(name, code) != code:
                return Refusal("headings_conflict", cell, self.grid.text(cell), f"{name}={key.dims[name]}")
        if len(reading.years) > 1:
            return Refusal("year_range", cell, self.grid.text(cell))
        if reading.years:
            if key.year is not None and key.year != reading.years[0]:
                return Refusal("headings_conflict", cell, self.grid.text(cell), str(key.year))
            key.year = reading.years[0]
        if reading.sender and not key.sender:
            key.sender = reading.sender
        return None

    # what the line says ----------------------------------------------------------------------------

    def _fixed_beside(self, place: Place, axis: int, words: Vocabulary) -> dict[int, list[Reading]]:
        """Level → readings of the headings beside this one."""
        found: dict[int, list[Reading]] = {}
        for level, heads in self.scene.level_map(place, axis).items():
            for other, position in {other: position for position, other in heads.items()}.items():
                below = (place[0], position) if axis == UP else (position, place[1])
                reading = self._reading(other, below, axis, words)
                if isinstance(reading, Reading):
                    found.setdefault(level, []).append(reading)
        return found

    def _gap(
        self, place: Place, axis: int, words: Vocabulary, own: frozenset[str], total: bool
    ) -> Refusal | str | None:
        """A line on which others fix something and this one nothing: a heading was left blank or is no heading."""
        if total:
            return None
        for readings in self._fixed_beside(place, axis, words).values():
            fixed = frozenset().union(*(reading.sets for reading in readings)) if readings else frozenset()
            if not fixed or own & fixed or (own and "year" not in fixed):
                continue
            setting = [reading for reading in readings if reading.sets]
            if all(reading.part for reading in setting) and self.scene.stack(place, axis):
                return WHOLE
            return Refusal("heading_gap", place, self.grid.text(place), ", ".join(sorted(fixed)))
        return None

    def _totalise(self, key: Key, place: Place, axis: int, words: Vocabulary) -> None:
        """A total is one over everything that the line around it divides."""
        for readings in self._fixed_beside(place, axis, words).values():
            whole = self._implied_by_all(readings, words.table)
            for reading in readings:
                if reading.part:
                    continue
                for name, _ in reading.dims:
                    key.dims.setdefault(name, whole.get(name, TOTAL))
                if reading.years and key.year is None:
                    key.year_total = True

    def _implied_by_all(self, readings: list[Reading], table: Table) -> dict[str, str]:
        """What the parts' members imply alike: it holds of their total too."""
        shared: dict[str, set[str]] = {}
        for reading in readings:
            for name, code in reading.dims:
                member = self.source.catalogue.member(table, name, code)
                for other, implied in member.implies if member is not None else ():
                    shared.setdefault(other, set()).add(implied)
        return {name: codes.pop() for name, codes in shared.items() if len(codes) == 1}

    # what stands over it ---------------------------------------------------------------------------

    def _context(self, place: Place, table: Table, key: Key, words: Vocabulary) -> Refusal | _Over:
        over = _Over()
        named = False
        for cell in [*self.scene.corners(place), *self.over(place)]:
            outer = cell in self.titles
            if named and cell not in self.sheet_titles and not self._heads_region(cell):
                continue
            text = self.grid.text(cell)
            readings = [r for r in words.read(text) if r.number is None]
            if not readings:
                if outer and named:
                    continue
                if self._speaks_of(cell, words) and not names_tables(self.source.catalogue, text):
                    return Refusal("title_not_understood", cell, text, tables=(table.id,))
                if names_tables(self.source.catalogue, text) and cell in self.titles:
                    named = True  # another table's title: what stands beyond it is not about this figure
                continue
            if named and any(reading.title for reading in readings):
                continue
            if self._is_data_row(cell, place, readings, words):
                continue
            reading = self._title_reading(readings, key)
            if reading is None and cell in self.far_titles:
                break  # the heading of an earlier part of the sheet, which nearer ones have replaced
            if reading is None:
                return Refusal(
                    "title_contradicts", cell, text, "; ".join(f"{n}={c}" for n, c in key.dims.items())
                )
            if reading.scaled:
                return Refusal("unit_scaled", cell, text, table.unit)
            if reading.years and cell not in self.far_titles:
                over.spans.append((reading.years[0], reading.years[-1]))
            over.aside = over.aside or reading.period or reading.share
            over.year_from = self._take_title(key, reading) or over.year_from
            over.cells.append(cell)
            named = named or reading.title
        self._outer_year(key, over)
        return over

    def _heads_region(self, cell: Place) -> bool:
        """Whether a label stands over every figure of the region."""
        return bool(self.scene.figures) and cell[0] < self.scene.figures[0][0]

    def _title_reading(self, readings: list[Reading], key: Key) -> Reading | None:
        for reading in readings:
            if all(
                self._agrees(name, code, key) for name, code in reading.dims if name not in reading.worded
            ):
                return reading
        return None

    def _agrees(self, name: str, code: str, key: Key) -> bool:
        nearer = key.dims.get(name)
        if nearer is None or nearer == code or code == TOTAL:
            return True
        for members in self.source.catalogue.codes.values():
            member = members.get(nearer)
            if member is not None and member.parent == code:
                return True
        return False

    def _take_title(self, key: Key, reading: Reading) -> str:
        for name, code in reading.dims:
            if name not in reading.worded:
                key.dims.setdefault(name, code)
        if reading.sender and not key.sender:
            key.sender = reading.sender
        if len(reading.years) == 1 and key.year is None and not key.year_total:
            key.year = reading.years[0]
            return "title"
        return ""

    def _is_data_row(self, cell: Place, place: Place, readings: list[Reading], words: Vocabulary) -> bool:
        """A label on the line of this figure's own headings whose figures are all blank: no title."""
        if any(reading.title for reading in readings):
            return False
        rows = {level for head in self.scene.stack(place, UP) for level in self.scene.levels(head, UP)}
        columns = {level for head in self.scene.stack(place, LEFT) for level in self.scene.levels(head, LEFT)}
        if cell[1] in columns and cell[0] > max(rows, default=0):
            axis = LEFT
        elif cell[0] in rows and cell[1] > max(columns, default=0):
            axis = UP
        else:
            return False
        sets = frozenset().union(*(reading.sets for reading in readings))
        beside = self._fixed_beside(place, axis, words).values()
        line = frozenset().union(*(reading.sets for found in beside for reading in found))
        return bool(sets & line) or any(reading.total or reading.part for reading in readings)

    def _speaks_of(self, cell: Place, words: Vocabulary) -> bool:
        """Whether a label that is not understood whole holds a member's name: then it may narrow the figures."""
        tokens = list(words.tokens(self.grid.text(cell)))
        for start in range(len(tokens)):
            for length in range(1, min(words.longest, len(tokens) - start) + 1):
                entries = words.phrases.get(tuple(token.stem for token in tokens[start : start + length]), ())
                if any(meaning.kind in ("member", "composite") for _, meaning in entries):
                    return True
        return False

    def _outer_year(self, key: Key, over: _Over) -> None:
        """The year of the sheet's name, else the file's, where nothing nearer gives one."""
        on_sheet = named_year(self.grid.sheet.name)
        if on_sheet is not None:
            over.spans.append((on_sheet, on_sheet))
        if key.year is None and not key.year_total:
            key.year = on_sheet if on_sheet is not None else self.source.year
            over.year_from = "sheet" if on_sheet is not None else "file"


def _plain_title(readings: Iterable[Reading]) -> Reading | None:
    """The reading of a label as a title that fixes nothing."""
    return next((reading for reading in readings if reading.title and not reading.sets), None)


def _inherit(reading: Reading, parent: Reading) -> Reading:
    """A part with what the whole says and the part does not."""
    dims = {**dict(parent.dims), **dict(reading.dims)}
    return replace(reading, dims=tuple(sorted(dims.items())), years=reading.years or parent.years)
