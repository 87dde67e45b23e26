"""What a scene lists: lines that have figures, and the labels amid them that name a member and have none."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import pairwise
from operator import attrgetter, itemgetter
from typing import NamedTuple

from thb_analysis.definitions import Catalogue
from thb_analysis.ingest.recognition.fields import of_all_years
from thb_analysis.ingest.recognition.grid import Place
from thb_analysis.ingest.recognition.keys import names_tables
from thb_analysis.ingest.recognition.scene import LEFT, Scene
from thb_analysis.ingest.words.labels import vocabulary
from thb_analysis.ingest.words.meanings import Reading
from thb_analysis.ingest.words.readers import readers

SPLIT = "sex"  #: the dimension that minors stand beside
_ROW = attrgetter("row")


class Line(NamedTuple):
    """A row with figures, and what its labels say."""

    first: Place  #: its first figure
    labels: tuple[Place, ...]
    kinds: frozenset[str]  #: of what they name members
    members: frozenset[tuple[str, str]]
    total: bool
    part: bool  #: of the line above it

    @property
    def row(self) -> int:
        return self.first[0]


class Section(NamedTuple):
    """A label alone on its row that names a member, among those of its kind one below the other in its column."""

    run: tuple[Place, ...]  #: all of these
    end: int  #: the row of the next of them, or where the last one's lines end


@dataclass
class Listed:
    """The lists of one scene."""

    scene: Scene
    catalogue: Catalogue

    @cached_property
    def _rows(self) -> dict[int, int]:
        """How many cells but remarks stand on each row; those of another table beside it are not of the scene."""
        return Counter(place[0] for place in self.scene.region.places if place not in self.scene.remarks)

    def alone(self, cell: Place) -> bool:
        """Whether nothing but remarks stands on the row of a label."""
        return self._rows[cell[0]] == 1

    @cached_property
    def bare(self) -> dict[Place, frozenset[str]]:
        """The labels without a figure that name members, in reading order, with the kinds of these."""
        texts = ((cell, self.scene.grid.text(cell)) for cell in self.scene.loose)
        members = ((c, text) for c, text in texts if not any(r.title for r in read(self.catalogue, text)))
        return {cell: kinds for cell, text in members if (kinds := kinds_of(self.catalogue, text))}

    @cached_property
    def sections(self) -> dict[Place, Section]:
        """Those of them that nothing but remarks stands beside, by column and from the top down."""
        alone = [cell for cell in self.bare if cell not in self.begins and self.alone(cell)]
        runs: list[list[Place]] = [[]]
        for cell in sorted(alone, key=itemgetter(1, 0)):
            first = runs[-1][0] if runs[-1] else cell
            if cell[1] != first[1] or self.bare[cell].isdisjoint(self.bare[first]):
                runs.append([])
            runs[-1].append(cell)
        found: dict[Place, Section] = {}
        for run, after in pairwise([*runs, []]):
            last = after[0][0] if after and after[0][1] == run[0][1] else self.scene.region.bottom + 1
            ends = [*(row for row, _ in run[1:]), last]
            found |= {cell: Section(tuple(run), end) for cell, end in zip(run, ends, strict=False)}
        return found

    @cached_property
    def begins(self) -> frozenset[Place]:
        """Those of them with which a list begins: right below them, others of their kind have figures."""
        found = set[Place]()
        for row, column in reversed(self.bare):
            below = (row + 1, column)
            goes_on = below in found or (below in self.scene.used and self.scene.labels_row(below))
            kinds = self.named((row, column)) if goes_on else frozenset[str]()
            if kinds and "year" not in kinds and kinds == self.named(below):
                found.add((row, column))
        return frozenset(found)

    def named(self, cell: Place) -> frozenset[str]:
        """The kinds of things of which a label names a member."""
        return named_by(self.catalogue, self.scene.grid.text(cell))

    @cached_property
    def captions(self) -> frozenset[Place]:
        """Labels alone on their rows that say no more than each line below them, up to the next, says itself.

        “Proceedings” over “Proceedings started”, “Proceedings terminated”, in a list of several tables.
        """
        text = self.scene.grid.text
        alone = sorted(cell for cell in self.scene.loose if self.alone(cell))
        found = set[Place]()
        for cell, (end, _) in pairwise([*alone, (self.scene.region.bottom + 1, 0)]):
            below = [text(line.labels[0]) for line in self.between(cell[0], end) if line.labels]
            told = of_all_years(self.scene.grid, cell, self.catalogue)
            if (
                below
                and not told
                and all(_adds_nothing(self.catalogue, text(cell), other) for other in below)
            ):
                found.add(cell)
        return frozenset(found)

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        """The rows with figures, from the top down."""
        first = {place[0]: place for place in reversed(self.scene.figures)}
        return tuple([self._line(first[row]) for row in sorted(first)])

    def _line(self, place: Place) -> Line:
        cells = self.scene.own_stack(place, LEFT)
        texts = [self.scene.grid.text(cell) for cell in cells]
        said = [reading for text in texts for reading in read(self.catalogue, text)]
        own = [reading for reading in said if not reading.title]
        members = {pair for reading in own for pair in reading.dims}
        members |= {("year", str(year)) for reading in own for year in reading.years}
        kinds = frozenset(name for name, _ in members)
        total = not kinds and any(reading.total for reading in said)
        return Line(place, cells, kinds, frozenset(members), total, any(r.part for r in said))

    @cached_property
    def begun(self) -> dict[str, Place]:
        """By kind, the first label without a figure that names one of it."""
        return {kind: cell for cell in reversed(self.bare) for kind in self.bare[cell]}

    @cached_property
    def told(self) -> dict[frozenset[tuple[str, str]], int]:
        """By what lines say, the row of the first that says it."""
        return {line.members: line.row for line in reversed(self.lines)}

    def on(self, row: int) -> Line | None:
        """The line on a row."""
        at = bisect_left(self.lines, row, key=_ROW)
        return self.lines[at] if at < len(self.lines) and self.lines[at].row == row else None

    def between(self, first: int, last: int) -> list[Line]:
        """The lines between two rows, but for those that are a part of the line above them."""
        begin, end = bisect_right(self.lines, first, key=_ROW), bisect_left(self.lines, last, key=_ROW)
        return [line for line in self.lines[begin:end] if not line.part]

    def within(self, first: int, last: int) -> list[Line]:
        """The same below a label without a figure: where all but totals are parts, they are parts of that label."""
        own = self.between(first, last)
        if not all(line.total for line in own):
            return own
        begin, end = bisect_right(self.lines, first, key=_ROW), bisect_left(self.lines, last, key=_ROW)
        return list(self.lines[begin:end])


@lru_cache(maxsize=20_000)
def _adds_nothing(catalogue: Catalogue, text: str, other: str) -> bool:
    """Whether each word of a label stands in another, which names its table, or the label is neutral to that table."""
    if any(reading.sets or reading.total or reading.part for reading in read(catalogue, text)):
        return False
    return any(
        set(words.stems(text)) < set(words.stems(other))
        or {reading._replace(figure=False) for reading in words.read(text)} == {Reading()}
        for words in (vocabulary(catalogue, table) for table in names_tables(catalogue, other))
    )


@lru_cache(maxsize=20_000)
def read(catalogue: Catalogue, text: str) -> tuple[Reading, ...]:
    """What a text says to any table."""
    return tuple(reading for words in readers(catalogue, text) for reading in words.read(text))


@lru_cache(maxsize=20_000)
def named_by(catalogue: Catalogue, text: str) -> frozenset[str]:
    """The kinds of things of which a text names a member, to any table to which it is no title."""
    return frozenset(n for reading in read(catalogue, text) if not reading.title for n in reading.sets)


@lru_cache(maxsize=20_000)
def kinds_of(catalogue: Catalogue, text: str) -> frozenset[str]:
    """The kinds of things of which a label names a member, to any table to which it is no title.

    Minors are of the kind of women and men, too: they stand in one list with them.
    """
    found = set[str]()
    for words in readers(catalogue, text):
        named = {name for reading in words.read(text) if not reading.title for name in reading.sets}
        aged = not named.isdisjoint(name for name, _, _ in words.table.complements)
        found |= named | ({SPLIT} if aged else set())
    return frozenset(found)
