"""One region of a sheet under one assumption of what is a heading: who heads whom, along both axes."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import NamedTuple

from thb_analysis.definitions import Catalogue
from thb_analysis.ingest.recognition.banners import banners
from thb_analysis.ingest.recognition.grid import EITHER, FIGURE, LABEL, Grid, Place
from thb_analysis.ingest.recognition.groups import mean_alike
from thb_analysis.ingest.recognition.islands import Region

UP, LEFT = 0, 1
DEEPEST = 100  #: headings in a row; what is farther from a figure heads none (it is a list of texts)

_BEGIN = re.compile(r"\s*(?:[-–—•]+\s+)?")  #: blanks and dashes before a label


def place_at(axis: int, level: int, line: int) -> Place:
    """The place at a level along an axis, on a line across it: looking up, a row and a column."""
    return (level, line) if axis == UP else (line, level)


@lru_cache(maxsize=20_000)
def _depth(text: str) -> int:
    return len(_BEGIN.match(text.replace("\t", "    ")).group())  # type: ignore[union-attr]


class _Line(NamedTuple):
    """The headings along one column or row: where each stands, and the stack that is seen from behind it."""

    ends: tuple[int, ...]
    stacks: tuple[tuple[Place, ...], ...]


def _line(heads: dict[int, Place], stops: set[int] | None) -> _Line:
    """One line's stacks.  With `stops`, headings beyond one blank follow too, if it is none of these positions."""
    stacks: list[tuple[Place, ...]] = []
    ends = sorted(heads)
    for position, before in zip(ends, [0, *ends], strict=False):
        follows = position - 1 == before or (
            stops is not None and position - 2 == before and position - 1 not in stops
        )
        follows = bool(stacks) and follows
        nearer = stacks[-1][: DEEPEST - 1] if follows else ()
        heading = heads[position]
        stacks.append(nearer if heading in nearer else (heading, *nearer))
    return _Line(tuple(ends), tuple(stacks))


@dataclass(eq=False)
class Scene:
    """A region, and which of its years and article numbers are taken for headings."""

    catalogue: Catalogue
    grid: Grid
    region: Region
    headings: frozenset[Place]  #: either-cells that are headings here
    aside: frozenset[Place]  #: cells that number or describe rows and head nothing
    remarks: Mapping[Place, Place] = field(default_factory=dict)  #: those that are notes → their heading
    again: frozenset[Place] = frozenset()  #: headings that are there once more, amid their list

    def __post_init__(self) -> None:
        self._again = {row for row, _ in self.again}
        # What is asked again and again of the same places; by axis where it has one.
        self._stacks: tuple[dict[Place, tuple[Place, ...]], dict[Place, tuple[Place, ...]]] = ({}, {})
        self._fills: tuple[dict[Place, tuple[int, ...]], dict[Place, tuple[int, ...]]] = ({}, {})
        self._corners: dict[Place, tuple[Place, ...]] = {}
        self._crossings: dict[tuple[tuple[int, ...], tuple[int, ...]], tuple[Place, ...]] = {}
        #: Levels at which a heading may be lent to those with such headings, with where its groups begin.
        self._lenders: dict[object, list[tuple[int, dict[int, Place], list[int]]]] = {}
        self._level_maps: dict[tuple[int, int | None], dict[int, dict[int, Place]]] = {}

    def span(self, heading: Place) -> tuple[int, int, int, int]:
        """The first and last row and column of a heading's cell; of a title that is merged, as if it were not."""
        top, left, bottom, right = self.grid.span(heading)
        return (top, left, bottom, left if heading in self._banners else right)

    @cached_property
    def _banners(self) -> frozenset[Place]:
        return banners(self)

    def is_heading(self, place: Place) -> bool:
        if place in self.aside:
            return False
        return self.grid.kinds[place] == LABEL or place in self.headings

    def row_above(self, row: int) -> int:
        """The row above another, past headings that are there once more."""
        row -= 1
        while row in self._again:
            row -= 1
        return row

    def remark_on(self, place: Place) -> Place | None:
        """The remark on a figure: in its row, in the nearest column for remarks to its right."""
        columns = [heading[1] for heading in self.remarks.values() if heading[1] > place[1]]
        beside = (place[0], min(columns)) if columns else None
        return beside if beside in self.remarks else None

    @cached_property
    def figures(self) -> tuple[Place, ...]:
        """Every figure's place, in reading order."""
        return tuple(
            sorted(
                place
                for place in self.region.places
                if place not in self.aside
                and place not in self.headings
                and self.grid.kinds[place] in (FIGURE, EITHER)
            )
        )

    def stack(self, place: Place, axis: int) -> tuple[Place, ...]:
        """The headings of a place along an axis, the nearest first, with those that an open heading lends."""
        known = self._stacks[axis]
        if place not in known:
            own = self.own_stack(place, axis)
            lent = self._lent(place, axis, own)
            known[place] = (*own, *lent) if lent else own
        return known[place]

    @cached_property
    def _lines(self) -> tuple[dict[int, _Line], dict[int, _Line]]:
        """Per axis, the headings along each column (looking up) and each row (looking left)."""
        found: tuple[dict[int, dict[int, Place]], dict[int, dict[int, Place]]] = ({}, {})
        for heading in self.region.places:
            if self.is_heading(heading):
                top, left, bottom, right = self.span(heading)
                for row in range(top, bottom + 1):
                    for column in range(left, right + 1):
                        found[UP].setdefault(column, {})[row] = heading
                        found[LEFT].setdefault(row, {})[column] = heading
        stops: dict[int, set[int]] = {}
        for row, column in self.region.places:
            if not self.is_heading((row, column)):
                stops.setdefault(row, set()).add(column)
        up = {column: _line(heads, None) for column, heads in found[UP].items()}
        return up, {row: _line(heads, stops.get(row, set())) for row, heads in found[LEFT].items()}

    def own_stack(self, place: Place, axis: int) -> tuple[Place, ...]:
        """Past figures and blanks to the nearest heading, then all headings that follow it.

        Looking left, one empty column between headings parts nothing; two set tables side by side.
        """
        lines = self._lines[axis]
        if place[1 - axis] not in lines:
            return ()
        line = lines[place[1 - axis]]
        at = bisect_left(line.ends, place[axis]) - 1
        return line.stacks[at] if at >= 0 else ()

    def fills(self, place: Place, axis: int) -> tuple[int, ...]:
        """The rows (up) or columns (left) that all headings of a place fill along an axis."""
        known = self._fills[axis]
        if place not in known:
            levels = {level for heading in self.stack(place, axis) for level in self.levels(heading, axis)}
            known[place] = tuple(sorted(levels))
        return known[place]

    def depth(self, cell: Place) -> int:
        """How far in a label is written; dashes before it are as good as blanks."""
        return _depth(self.grid.text(cell))

    def spelled(self, place: Place, title: Place) -> bool:
        """Whether a heading of a figure, which is short for a measure of a title, says all of it."""
        if title not in self.grid.measured:
            return False
        return any(cell in self.grid.full for axis in (UP, LEFT) for cell in self.stack(place, axis))

    def labels_row(self, cell: Place) -> bool:
        """Whether figures stand on the cell's row behind it: then it is about them and no title of other rows."""
        return self._row_ends.get(cell[0], 0) > cell[1]

    @cached_property
    def _row_ends(self) -> dict[int, int]:
        """Row → the column of its last figure, also of one that is merged over several rows."""
        found: dict[int, int] = {}
        for row, column in self.figures:
            for line in range(row, self.grid.span((row, column))[2] + 1):
                found[line] = max(column, found.get(line, 0))
        return found

    def heads_region(self, cell: Place) -> bool:
        """Whether a label stands over every figure of the region."""
        return bool(self.figures) and cell[0] < self.figures[0][0]

    def beside_heading(self, cell: Place, place: Place) -> bool:
        """Whether a label stands on a line of a place's own column headings, and over other columns of figures."""
        if cell[0] not in self.fills(place, UP):
            return False
        columns = self.along(cell, UP)
        return place[1] not in columns and not self._figure_columns.isdisjoint(columns)

    @cached_property
    def _figure_columns(self) -> frozenset[int]:
        return frozenset(column for _, column in self.figures)

    def parts_rows(self, cell: Place, place: Place) -> bool:
        """Whether a label stands below the column headings of a figure: it begins a part of the rows."""
        heads = self.fills(place, UP)
        return bool(heads) and cell[0] > max(heads)

    def levels(self, heading: Place, axis: int) -> range:
        """The rows (up) or columns (left) that a heading's cell fills."""
        top, left, bottom, right = self.span(heading)
        return range(top, bottom + 1) if axis == UP else range(left, right + 1)

    def along(self, heading: Place, axis: int) -> range:
        """The columns (up) or rows (left) that a heading's cell stands over."""
        top, left, bottom, right = self.span(heading)
        return range(left, right + 1) if axis == UP else range(top, bottom + 1)

    @cached_property
    def _bands(self) -> tuple[dict[Place, int], dict[Place, int]]:
        """Per axis, which figures share their heading lines: a row or a column, or any heading."""
        up = self._grouped(UP, dict.fromkeys(self.figures, 0))
        return up, self._grouped(LEFT, up)

    def _grouped(self, axis: int, within: dict[Place, int]) -> dict[Place, int]:
        parent: dict[object, object] = {}

        def root(key: object) -> object:
            while parent.setdefault(key, key) != key:
                parent[key] = parent[parent[key]]
                key = parent[key]
            return key

        seen: set[tuple[int, int, int]] = set()
        for place in self.figures:
            group = within[place]
            stack = self.own_stack(place, axis)
            if stack and (group, place[axis], id(stack)) in seen:
                continue
            seen.add((group, place[axis], id(stack)))
            line = root((group, "line", place[axis]))
            for heading in stack:
                parent[root((group, "heading", heading))] = line
            beside = place_at(axis, place[axis] - 1, place[1 - axis])
            if not stack and within.get(beside) == group and not self.own_stack(beside, axis):
                parent[root((group, "line", beside[axis]))] = line  # nothing heads either: they touch
        numbers: dict[object, int] = {}
        return {
            place: numbers.setdefault(root((within[place], "line", place[axis])), len(numbers))
            for place in self.figures
        }

    @cached_property
    def _mates(self) -> tuple[dict[int, list[Place]], dict[int, list[Place]]]:
        found: tuple[dict[int, list[Place]], dict[int, list[Place]]] = ({}, {})
        for axis in (UP, LEFT):
            for place in self.figures:
                found[axis].setdefault(self._bands[axis][place], []).append(place)
        return found

    @cached_property
    def _band_index(self) -> tuple[dict[object, int], dict[object, int]]:
        """Per axis, the first band of a heading and of a line: for places that are no figures."""
        found: tuple[dict[object, int], dict[object, int]] = ({}, {})
        for axis in (UP, LEFT):
            for figure, number in self._bands[axis].items():
                found[axis].setdefault(("line", figure[axis]), number)
                for heading in self.own_stack(figure, axis):
                    found[axis].setdefault(heading, number)
        return found

    def band(self, place: Place, axis: int) -> int | None:
        """The number of the band of headings that a place belongs to; a blank place belongs to its line's."""
        known = self._bands[axis]
        if place in known:
            return known[place]
        index = self._band_index[axis]
        for heading in self.own_stack(place, axis):
            if heading in index:
                return index[heading]
        return index.get(("line", place[axis]))

    def mates(self, place: Place, axis: int) -> list[Place]:
        """The figures that share the headings' lines."""
        band = self.band(place, axis)
        return self._mates[axis].get(band, []) if band is not None else []

    def level_map(self, place: Place, axis: int) -> dict[int, dict[int, Place]]:
        """Level → position → heading, over all figures beside this one."""
        key = (axis, self.band(place, axis))
        known = self._level_maps.get(key)
        if known is None:
            known = {}
            seen: set[tuple[int, int]] = set()
            for mate in self.mates(place, axis):
                stack = self.own_stack(mate, axis)
                if (mate[1 - axis], id(stack)) in seen:
                    continue
                seen.add((mate[1 - axis], id(stack)))
                for heading in stack:
                    for level in self.levels(heading, axis):
                        known.setdefault(level, {})[mate[1 - axis]] = heading
            self._level_maps[key] = known
        return known

    def divided(self, place: Place, axis: int, level: int) -> bool:
        """Whether headings at a level divide what a figure's own headings, with none at that level, stand for."""
        for seen in (self.stack, self.own_stack):
            mine = [self.grid.text(cell) for cell in seen(place, axis)]
            for mate in self.mates(place, axis) if mine or seen == self.stack else ():
                stack = seen(mate, axis)
                outer = [self.grid.text(cell) for cell in stack if level not in self.levels(cell, axis)]
                if len(outer) < len(stack) and outer == mine:
                    return True
        return False

    def _lent(self, place: Place, axis: int, own: tuple[Place, ...]) -> tuple[Place, ...]:
        """Headings written once over a group whose cells were not merged: `2021 | (blank) | 2022 | (blank)`.

        Lent only where it cannot be anything else: one group that begins with the first figure, groups whose lower
        headings repeat exactly or mean the same, or groups that all begin with the same one and have none twice.
        """
        if not own:
            return ()
        key = (axis, self.band(place, axis), own)
        known = self._lenders.get(key)
        if known is None:
            filled = frozenset(level for heading in own for level in self.levels(heading, axis))
            alike = (*key[:2], filled)
            known = self._lenders.get(alike)
            if known is None:
                known = self._lenders[alike] = self._levels_that_lend(place, axis, filled)
            self._lenders[key] = known
        if not known:
            return ()
        position = place[1 - axis]
        return tuple(
            heads[starts[bisect_left(starts, position) - 1]]
            for level, heads, starts in known
            if position not in heads
            and starts[0] < position
            and place_at(axis, level, position) not in self.grid.covers
        )

    def _levels_that_lend(
        self, place: Place, axis: int, filled: frozenset[int]
    ) -> list[tuple[int, dict[int, Place], list[int]]]:
        """The levels farther out than those filled whose headings may be lent, with where their groups begin."""
        every = self._with_blanks(place, axis)
        levels = sorted(every.items(), reverse=True)
        lower = every.get(max(filled), {})
        return [
            (level, heads, starts)
            for level, heads in levels
            if level not in filled
            and level < min(filled)
            and not any(len(self.along(heading, axis)) > 1 for heading in heads.values())
            and self._groups_repeat(
                place,
                axis,
                starts := sorted(heads),
                lower,
                heads,
                {p for n, own in levels if n < level for p in own},
            )
        ]

    def _with_blanks(self, place: Place, axis: int) -> dict[int, dict[int, Place]]:
        """The level map with the headings of blank places among the figures: a group may begin with one."""
        known = self.level_map(place, axis)
        found = {level: dict(heads) for level, heads in known.items()}
        positions = {mate[1 - axis] for mate in self.mates(place, axis)}
        between = range(min(positions, default=0), max(positions, default=0))
        for n in (n for n in between if n not in positions):
            blank = place_at(axis, place[axis], n)
            heads = self.own_stack(blank, axis)
            own = {level for heading in heads for level in self.levels(heading, axis)}
            if not own <= known.keys() and self.band(blank, axis) != self.band(place, axis):
                continue
            for heading in heads:
                for level in self.levels(heading, axis):
                    found.setdefault(level, {})[n] = heading
        return found

    def _groups_repeat(
        self,
        place: Place,
        axis: int,
        starts: list[int],
        lower: dict[int, Place],
        heads: dict[int, Place],
        outer: set[int],
    ) -> bool:
        whole = outer - set(lower) - set(heads)  # a total of all groups, with no heading on these levels
        positions = sorted(({mate[1 - axis] for mate in self.mates(place, axis)} | set(lower)) - whole)
        if starts[0] != positions[0]:
            return False
        groups: list[list[str]] = []
        over: list[str] = []
        for start, end in zip(starts, [*starts[1:], positions[-1] + 1], strict=True):
            those = positions[bisect_left(positions, start) : bisect_left(positions, end)]
            names = [self.grid.text(lower[p]) if p in lower else "" for p in those]
            if names != [""]:  # a total of its group
                groups.append(names)
                over.append(self.grid.text(heads[start]))
        if any(not names or "" in names for names in groups):
            return False
        alike = all(names == groups[0] for names in groups)
        return (
            alike
            or all(names[0] == groups[0][0] and len(set(names)) == len(names) for names in groups)
            or mean_alike(self.catalogue, over, groups)
        )  # a group that lost its own label would begin within the one before

    @cached_property
    def used(self) -> frozenset[Place]:
        """Headings that head at least one figure."""
        return frozenset().union(*(self.stack(place, axis) for place in self.figures for axis in (UP, LEFT)))

    @cached_property
    def loose(self) -> tuple[Place, ...]:
        """Labels that head no figure: titles, sections, corners, notes; in reading order."""
        return tuple(
            sorted(
                place
                for place in self.region.places
                if self.is_heading(place) and place not in self.used and place not in self.grid.hidden
            )
        )

    def corners(self, place: Place) -> tuple[Place, ...]:
        """Labels where the heading rows and the heading columns of a figure cross."""
        known = self._corners
        if place not in known:
            lines = (self.fills(place, UP), self.fills(place, LEFT))
            if lines not in self._crossings:
                self._crossings[lines] = tuple(dict.fromkeys(self._crossing(*lines)))
            known[place] = self._crossings[lines]
        return known[place]

    def _crossing(self, rows: tuple[int, ...], columns: tuple[int, ...]) -> Iterable[Place]:
        for row in rows:
            for column in columns:
                corner = self.grid.at((row, column))
                if corner is not None and corner in self.region.places and self.is_heading(corner):
                    yield corner
