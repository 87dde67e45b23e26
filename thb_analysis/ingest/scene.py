"""One region of a sheet under one assumption of what is a heading: who heads whom, along both axes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from thb_analysis.ingest.grid import EITHER, FIGURE, LABEL, Grid, Place, Region, look_left, look_up

UP, LEFT = 0, 1


@dataclass(eq=False)
class Scene:
    """A region, and which of its years and article numbers are taken for headings."""

    grid: Grid
    region: Region
    headings: frozenset[Place]  #: either-cells that are headings here
    aside: frozenset[Place]  #: cells that number or describe rows and head nothing

    def is_heading(self, place: Place) -> bool:
        if place in self.aside:
            return False
        return self.grid.kinds[place] == LABEL or place in self.headings

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

    @cached_property
    def _stacks(self) -> dict[tuple[Place, int], tuple[Place, ...]]:
        return {}

    def stack(self, place: Place, axis: int) -> tuple[Place, ...]:
        """The headings of a place along an axis, the nearest first, with those that an open heading lends."""
        known = self._stacks.get((place, axis))
        if known is None:
            known = self._own_stack(place, axis)
            lent = self._lent(place, axis, known)
            known = (*known, *lent)
            self._stacks[(place, axis)] = known
        return known

    @cached_property
    def _own(self) -> dict[tuple[Place, int], tuple[Place, ...]]:
        return {}

    def _own_stack(self, place: Place, axis: int) -> tuple[Place, ...]:
        found = self._own.get((place, axis))
        if found is None:
            searcher = look_up if axis == UP else look_left
            found = searcher(self.grid, self.region, place, self.is_heading)
            self._own[(place, axis)] = found
        return found

    def levels(self, heading: Place, axis: int) -> range:
        """The rows (up) or columns (left) that a heading's cell fills."""
        top, left, bottom, right = self.grid.span(heading)
        return range(top, bottom + 1) if axis == UP else range(left, right + 1)

    def along(self, heading: Place, axis: int) -> range:
        """The columns (up) or rows (left) that a heading's cell stands over."""
        top, left, bottom, right = self.grid.span(heading)
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

        for place in self.figures:
            group = within[place]
            line = root((group, "line", place[axis]))
            headings = self._own_stack(place, axis)
            for heading in headings:
                parent[root((group, "heading", heading))] = line
            beside = (place[0] - 1, place[1]) if axis == UP else (place[0], place[1] - 1)
            if not headings and within.get(beside) == group and not self._own_stack(beside, axis):
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

    def band(self, place: Place, axis: int) -> int | None:
        """The number of the band of headings that a place belongs to; a blank place belongs to its line's."""
        known = self._bands[axis].get(place)
        if known is not None:
            return known
        for heading in self._own_stack(place, axis):
            for figure, number in self._bands[axis].items():
                if heading in self._own_stack(figure, axis):
                    return number
        for figure, number in self._bands[axis].items():
            if figure[axis] == place[axis]:
                return number
        return None

    def mates(self, place: Place, axis: int) -> list[Place]:
        """The figures that share the headings' lines."""
        band = self.band(place, axis)
        return self._mates[axis].get(band, []) if band is not None else []

    @cached_property
    def _level_maps(self) -> dict[tuple[int, int | None], dict[int, dict[int, Place]]]:
        return {}

    def level_map(self, place: Place, axis: int) -> dict[int, dict[int, Place]]:
        """Level → position → heading, over all figures beside this one."""
        key = (axis, self.band(place, axis))
        known = self._level_maps.get(key)
        if known is None:
            known = {}
            for mate in self.mates(place, axis):
                for heading in self._own_stack(mate, axis):
                    for level in self.levels(heading, axis):
                        known.setdefault(level, {})[mate[1 - axis]] = heading
            self._level_maps[key] = known
        return known

    def _lent(self, place: Place, axis: int, own: tuple[Place, ...]) -> tuple[Place, ...]:
        """Headings written once over a group whose cells were not merged: `2021 | (blank) | 2022 | (blank)`.

        Lent only where it cannot be anything else: one group that begins with the first figure, or groups
        whose lower headings repeat exactly.
        """
        if not own:
            return ()
        filled = {level for heading in own for level in self.levels(heading, axis)}
        position = place[1 - axis]
        lent = []
        for level, heads in sorted(self.level_map(place, axis).items(), reverse=True):
            if level in filled or level > min(filled) or position in heads:
                continue
            if self._merged_blank(level, position, axis):
                continue
            starts = sorted(heads)
            before = [start for start in starts if start < position]
            if not before or any(len(self.along(heads[start], axis)) > 1 for start in starts):
                continue
            if self._groups_repeat(place, axis, starts, max(filled)):
                lent.append(heads[before[-1]])
        return tuple(lent)

    def _merged_blank(self, level: int, position: int, axis: int) -> bool:
        where = (level, position) if axis == UP else (position, level)
        return where in self.grid.covers

    def _groups_repeat(self, place: Place, axis: int, starts: list[int], lowest: int) -> bool:
        positions = sorted({mate[1 - axis] for mate in self.mates(place, axis)})
        if starts[0] != positions[0]:
            return False
        lower = self.level_map(place, axis).get(lowest, {})
        groups: list[list[str]] = []
        for start, end in zip(starts, [*starts[1:], positions[-1] + 1], strict=True):
            names = [self.grid.text(lower[p]) if p in lower else "" for p in positions if start <= p < end]
            groups.append(names)
        return all("" not in names for names in groups) and all(names == groups[0] for names in groups)

    @cached_property
    def used(self) -> frozenset[Place]:
        """Headings that head at least one figure."""
        return frozenset(
            heading for place in self.figures for axis in (UP, LEFT) for heading in self.stack(place, axis)
        )

    @cached_property
    def loose(self) -> tuple[Place, ...]:
        """Labels that head no figure: titles, sections, corners, notes; in reading order."""
        return tuple(
            sorted(place for place in self.region.places if self.is_heading(place) and place not in self.used)
        )

    def corners(self, place: Place) -> Iterable[Place]:
        """Labels where the heading rows and the heading columns of a figure cross."""
        rows = {level for heading in self.stack(place, UP) for level in self.levels(heading, UP)}
        columns = {level for heading in self.stack(place, LEFT) for level in self.levels(heading, LEFT)}
        found = []
        for row in rows:
            for column in columns:
                corner = self.grid.at((row, column))
                if corner is not None and corner in self.region.places and self.is_heading(corner):
                    found.append(corner)
        return dict.fromkeys(found)
