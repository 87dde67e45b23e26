"""What one heading means on its line: its words, as the headings beside it and the corners over them make them mean.

Worked out once for all figures that share the line, and remembered.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Set
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from thb_analysis.definitions import Catalogue
from thb_analysis.ingest.recognition import neighbours
from thb_analysis.ingest.recognition.grid import Grid, Place
from thb_analysis.ingest.recognition.home import home_heading, titles_home
from thb_analysis.ingest.recognition.keys import Refusal, Source, names_tables
from thb_analysis.ingest.recognition.scene import LEFT, UP, Scene, place_at
from thb_analysis.ingest.recognition.sublists import nested
from thb_analysis.ingest.words.fold import fold
from thb_analysis.ingest.words.labels import Vocabulary
from thb_analysis.ingest.words.meanings import Reading


@dataclass
class Lines:
    """Reads headings as their lines in one scene make them mean."""

    source: Source
    scene: Scene
    known: dict[tuple[Any, ...], Any] = field(default_factory=dict)  #: what was worked out, by what asked

    def __post_init__(self) -> None:
        self.catalogue: Catalogue = self.source.catalogue
        self.grid: Grid = self.scene.grid

    def beside(self, place: Place, axis: int, words: Vocabulary) -> dict[int, list[Reading]]:
        """Level → readings of the headings on this one's lines."""
        key = ("beside", words.table.id, axis, self.scene.band(place, axis))
        known = self.known.get(key)
        if known is None:
            known = self.known[key] = self._beside(place, axis, words)
        return known

    def line_sets(self, place: Place, axis: int, words: Vocabulary) -> frozenset[str]:
        """Everything that the headings on this one's lines fix."""
        return frozenset().union(*self.level_sets(place, axis, words).values())

    def level_sets(self, place: Place, axis: int, words: Vocabulary) -> dict[int, frozenset[str]]:
        """Level → what the headings on this one's lines fix."""
        key = ("level sets", words.table.id, axis, self.scene.band(place, axis))
        known: dict[int, frozenset[str]] | None = self.known.get(key)
        if known is None:
            known = self.known[key] = {
                level: frozenset().union(*(reading.sets for reading in readings))
                for level, readings in self.beside(place, axis, words).items()
            }
        return known

    def fixed_sets(self, place: Place, axis: int, words: Vocabulary) -> dict[int, frozenset[str]]:
        """The same without shares and comparisons, such as “change on 2021”."""
        key = ("fixed sets", words.table.id, axis, self.scene.band(place, axis))
        known: dict[int, frozenset[str]] | None = self.known.get(key)
        if known is None:
            known = self.known[key] = {
                level: frozenset().union(*(r.sets for r in readings if not (r.share or r.compared)))
                for level, readings in self.beside(place, axis, words).items()
            }
        return known

    def members_beside(self, place: Place, words: Vocabulary) -> set[tuple[str, str]]:
        """Every member that the headings on a figure's lines name, its own and its neighbours'."""
        levels = (level for axis in (UP, LEFT) for level in self.beside(place, axis, words).values())
        return {pair for readings in levels for reading in readings for pair in reading.dims}

    def line_names(self, cell: Place, place: Place, axis: int, words: Vocabulary) -> set[str]:
        """The dimensions that the corners over a heading's line name."""
        return self.named_for(self.line_corners(cell, place, axis), words)

    def line_corners(self, cell: Place, place: Place, axis: int) -> list[Place]:
        """The corners over the line in which a heading stands: they say what the line holds."""
        levels = set(self.scene.levels(cell, axis))
        return [c for c in self.scene.corners(place) if levels & set(self.scene.levels(c, axis))]

    def named_for(self, cells: Iterable[Place], words: Vocabulary) -> set[str]:
        """The dimensions that labels name."""
        return {name for cell in cells for r in words.read(self.grid.text(cell)) for name in r.names}

    def reading_of(self, cell: Place, place: Place, axis: int, words: Vocabulary) -> Reading | Refusal:
        text = neighbours.written_out(self.catalogue, self.scene, cell, place, axis)
        if titles_home(words, text):
            home = home_heading(self.source, self.grid, cell, words, self._levels_beside(cell, place, axis))
            if isinstance(home, Refusal):
                return home
            text = home
        readings = [reading for reading in words.read(text) if reading.number is None]
        if len(readings) > 1:  # what its senders call the table, and what everybody does
            readings = [r for r in readings if not r.own or r._replace(own=False) not in readings]
        if not readings or self._stray_date(cell, place, axis, words):
            return Refusal("label_unknown", cell, text, tables=(words.table.id,))
        if len(readings) > 1:
            readings = self._by_line(readings, cell, place, axis, words)
        if len(readings) > 1:
            dims = " / ".join(sorted({"; ".join(f"{n}={c}" for n, c in r.dims) or "—" for r in readings}))
            return Refusal("label_ambiguous", cell, text, dims, tables=(words.table.id,))
        if self._is_where(readings[0], text, cell, place, axis, words):
            dims = "; ".join(f"{name}={code}" for name, code in readings[0].dims)
            return Refusal("label_ambiguous", cell, text, dims, tables=(words.table.id,))
        reading = self._of_pattern(readings[0], cell, place, axis, words)
        return reading._replace(part=True) if axis == LEFT and cell in self.nested_rows(words) else reading

    def _levels_beside(self, cell: Place, place: Place, axis: int) -> tuple[set[str], set[str]]:
        """What the other headings say that stand beside one, on its own level and on others."""
        own = self.scene.levels(cell, axis)
        beside, others = set[str](), set[str]()
        for level, heads in self.scene.level_map(place, axis).items():
            (beside if level in own else others).update(map(self.grid.text, {*heads.values()} - {cell}))
        return beside, others

    def _by_line(
        self, readings: list[Reading], cell: Place, place: Place, axis: int, words: Vocabulary
    ) -> list[Reading]:
        """The readings that suit the line: the dimension it is named for, else the one its other labels have."""
        setting = [
            one
            for one in readings
            if one.dims and not (one.title and any(_tells_more(other, one) for other in readings))
        ]
        if setting and len(setting) < len(readings):
            readings = setting  # a member's name says more than the same words as a title
        if len(readings) == 1:
            return readings
        like = self._nested(words)[1].get(cell, frozenset()) if axis == LEFT else frozenset()
        over = self.named_for(self.scene.stack(place, axis), words)
        mates, beside = neighbours.kinds_beside(self.scene, cell, place, axis, words)
        of_line = self.named_for(self.line_corners(cell, place, axis), words)
        around = self.named_for(self.scene.corners(place), words)
        part = neighbours.part_named(self.scene, cell, words) if axis == LEFT else set()
        nearer = (mates, beside, of_line) if axis == UP else (part, of_line, mates, beside)
        for named in (like, over, *nearer, around):  # a corner speaks of what is below it
            fitting = [r for r in readings if {name for name, _ in r.dims} & named]
            if len(fitting) == 1:
                return fitting
        return readings

    def _is_where(
        self, reading: Reading, text: str, cell: Place, place: Place, axis: int, words: Vocabulary
    ) -> bool:
        """Whether a label says where, on a line that is named for whose citizens they are: “in Latvia”."""
        if not reading.dims:
            return False
        others, ends = _endings(words)
        apart = bool(ends) and others.isdisjoint(dict(reading.dims))
        return (
            apart
            and text.strip().endswith(ends)
            and any(m.name in others for _, m in words.phrases.get(words.stems(text), ()))
            and not others.isdisjoint(self.line_names(cell, place, axis, words))
        )

    def _of_pattern(
        self, reading: Reading, cell: Place, place: Place, axis: int, words: Vocabulary
    ) -> Reading:
        """A year in a line that is named for a dimension of years (“registered”) is a code of that dimension."""
        if reading.dims or len(reading.years) != 1:
            return reading
        patterned = [dimension for dimension in words.table.dimensions if dimension.pattern]
        if not patterned:
            return reading
        code = str(reading.years[0])
        corners = self.line_corners(cell, place, axis)
        if axis == UP:  # a corner speaks of the labels below it, if these are years; else of those beside it
            columns = self.scene.level_map(place, LEFT)
            below = {
                c
                for corner in corners
                for level in self.scene.levels(corner, LEFT)
                for c in columns.get(level, {}).values()
            }
            if any(r.years for c in below for r in words.read(self.grid.text(c))):
                return reading
        over = [other for other in self.scene.stack(place, axis) if other != cell]
        named = self.named_for((*corners, *over), words)
        fitting = [d.name for d in patterned if d.name in named and re.fullmatch(d.pattern, code)]
        if len(fitting) != 1:
            return reading
        return reading._replace(dims=((fitting[0], code),), years=())

    def _stray_date(self, cell: Place, place: Place, axis: int, words: Vocabulary) -> bool:
        """Whether a cell is a date among other headings: no part of a year, but what became of a label."""
        if not self.is_date(cell):
            return False
        level = self.scene.levels(cell, axis)[0]
        others = set(self.scene.level_map(place, axis).get(level, {}).values()) - {cell}
        parts = [any(r.period or r.total for r in words.read(self.grid.text(other))) for other in others]
        return not parts or not all(parts)

    def is_date(self, cell: Place) -> bool:
        return self.grid.cells[cell].kind == "date"

    def nested_rows(self, words: Vocabulary) -> dict[Place, Place | None]:
        """The labels of rows that divide the row above them, with that row where it is sure."""
        return self._nested(words)[0]

    def _nested(self, words: Vocabulary) -> tuple[dict[Place, Place | None], dict[Place, frozenset[str]]]:
        key = ("nested", words.table.id)
        if key not in self.known:
            found, kinds = nested(self.scene, words)
            self.known[key] = {**found, **self.grid.within}, kinds
        return self.known[key]  # type: ignore[no-any-return]

    def is_described(
        self, cell: Place, place: Place, axis: int, words: Vocabulary, names: frozenset[str] | None = None
    ) -> bool:
        """Whether a label stands in a line for remarks ("name", "notes") beside another line of headings.

        With `names`, only in a line of one of these names.
        """
        lines = {level for other in self.scene.stack(place, axis) for level in self.scene.levels(other, axis)}
        if len(lines) < 2:
            return False
        for corner in self.scene.corners(place):
            if set(self.scene.levels(corner, axis)) & set(self.scene.levels(cell, axis)):
                text = self.grid.text(corner)
                readings = words.read(text) if names is None or fold(text).strip(" .:") in names else ()
                if readings and all(reading.descriptor and not reading.sets for reading in readings):
                    return True
        return False

    def _beside(self, place: Place, axis: int, words: Vocabulary) -> dict[int, list[Reading]]:
        """Level → readings of the headings beside this one."""
        found: dict[int, list[Reading]] = {}
        for level, heads in self.scene.level_map(place, axis).items():
            positions = {other: position for position, other in heads.items()}
            for other, position in positions.items():
                below = place_at(axis, place[axis], position)
                reading = self.reading_of(other, below, axis, words)
                if isinstance(reading, Reading) and not self._of_another(
                    other, reading, positions.keys(), words
                ):
                    found.setdefault(level, []).append(reading)
        return found

    def _of_another(self, cell: Place, reading: Reading, heads: Set[Place], words: Vocabulary) -> bool:
        """Whether letters that are a member's code name another table, and no other heading beside is of their kind.

        “KP” beside “ATP” are proceedings beside suspects, and no country's.
        """
        doubtful = self.catalogue.words["codes_doubtful"]
        kinds = {name for name, code in reading.dims if code in doubtful}
        if not kinds or words.table.id in (named := names_tables(self.catalogue, self.grid.text(cell))):
            return False
        others = {self.grid.text(other) for other in heads} - {self.grid.text(cell)}
        return bool(named) and not any(r.sets & kinds for text in others for r in words.read(text))


@cache
def _endings(words: Vocabulary) -> tuple[frozenset[str], tuple[str, ...]]:
    """The dimensions of a table whose members' names say where with another ending, and these endings."""
    endings = words.catalogue.words["places"]["endings"]
    others = frozenset(endings.keys() & words.table.dimension_names)
    return others, tuple(end for name in others for end in endings[name])


def _tells_more(reading: Reading, title: Reading) -> bool:
    """Whether a reading of the same words tells more than one that takes some of them for a title."""
    more, less = set(reading.dims), set(title.dims)
    return less < more or (less == more and not reading.title)
