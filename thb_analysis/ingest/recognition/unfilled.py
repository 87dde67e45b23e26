"""Labels without a figure amid lists: names of what stands behind them, lines left blank, or nobody knows which."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import count, takewhile

from thb_analysis.definitions import Catalogue
from thb_analysis.ingest.recognition.grid import LABEL, Grid, Place
from thb_analysis.ingest.recognition.listed import Line, Listed, kinds_of, read
from thb_analysis.ingest.recognition.scene import LEFT, UP, place_at

MOST_BLANK = 2  #: rows between two lists, and between such a label and the line above it


class Unfilled:
    """What each label is that names a member and heads no figure.

    It is the name of what stands behind it, unless something speaks for a line of the list before it.
    """

    def __init__(self, listed: Listed) -> None:
        self.lines: set[Place] = set()  #: lines that were left blank
        self.doubted: set[Place] = set()  #: such lines, or names
        self._listed, self._scene = listed, listed.scene
        self._grid, self._catalogue = listed.scene.grid, listed.catalogue
        self._loose = frozenset(self._scene.loose)
        self._ends: dict[int, int] = {}  #: by column, the row of the last cell in it
        for row, column in self._scene.region.places:
            self._ends[column] = max(row, self._ends.get(column, row))
        self.lines |= listed.begins
        for cell in self._scene.loose if self._scene.figures else ():
            known = self._heads_blank(cell) or self._ends_list(cell, UP) or self._ends_list(cell, LEFT)
            known or self._begins_list(cell) or self._beyond_blank(cell)
        for cell, section in listed.sections.items():
            below = listed.between(cell[0], section.end)
            if not below and (self._ends_like(cell) or self._beside_blank(cell)):
                self.lines.add(cell)
            elif below and (
                self._amid_list(cell, below)
                or self._below_like(cell, below)
                or self._may_be_blank(cell, below)
            ):
                self.doubted.add(cell)

    def _heads_blank(self, cell: Place) -> bool:
        """Whether a label stands among the headings of columns and has no figure below it; if of another kind, perhaps.

        “Women | minors | total”: nothing behind the minors is theirs.  Where they stand first, they may be a title.
        """
        (row, column), kinds = cell, self._kinds(cell)
        if self._ends[column] > row:
            return False
        before, behind = ((row, column + step) for step in (-1, 1))
        if self._heads_column(before) and kinds:
            (self.lines if kinds & self._kinds(before) else self.doubted).add(cell)
        elif (
            self._heads_column(behind)
            and kinds & self._kinds(behind)
            and not self._grid.at((row, column - 1))
        ):
            self.doubted.add(cell)
        return cell in self.lines or cell in self.doubted

    def _heads_column(self, place: Place) -> bool:
        """Whether a label is the heading of a column, with figures below it or without."""
        used = place in self._scene.used and not self._scene.labels_row(place)
        return used or place in self.lines

    def _ends_list(self, cell: Place, axis: int) -> bool:
        """Whether a label ends a list of its kind, and what stands behind it is none of that list.

        “Forced begging” above “By sex”: a line, where the list is called “By form of exploitation”; else in doubt.
        """
        before, kinds = next(self._before(cell, axis), None), self._kinds(cell)
        behind = place_at(axis, cell[axis] + 1, cell[1 - axis])
        if before is None or behind not in self._scene.region.places:
            return False
        if not (before in self._scene.used or before in self.lines or before in self.doubted):
            return False
        alike = not kinds.isdisjoint(self._kinds(before))
        if not (alike or self._strange(before)):
            return False
        named = not kinds.isdisjoint(_named(self._catalogue, self._grid, self._before(cell, axis)))
        if not (alike or named):
            return False
        if behind in self._loose or _divided_by(self._catalogue, self._grid.text(behind)):
            (self.lines if named else self.doubted).add(cell)
        elif kinds.isdisjoint(self._kinds(behind)) and not self._beside(cell, axis):
            only = all(kinds.isdisjoint(self._kinds(other)) for other in self._loose - {cell})
            if named or (only and not self._total_behind(cell, axis)):
                self.doubted.add(cell)
        return cell in self.lines or cell in self.doubted

    def _begins_list(self, cell: Place) -> bool:
        """Whether a label stands right below the name of its list, above a line that nobody understands.

        Or above the name of another list: then it is all of its own, unless it is one of several that have that below.
        """
        above, below = (self._grid.at((cell[0] + step, cell[1])) for step in (-1, 1))
        kinds = self._kinds(cell)
        named = above is not None and kinds & _divided_by(self._catalogue, self._grid.text(above))
        if named and below in self._scene.used and self._strange(below):
            self.doubted.add(cell)
        elif named and "year" not in kinds and below is not None:
            other = _divided_by(self._catalogue, self._grid.text(below))
            if (
                other
                and not other & kinds
                and sum(bool(self._kinds(one) & kinds) for one in self._loose) == 1
            ):
                self.lines.add(cell)
        return cell in self.doubted or cell in self.lines

    def _beyond_blank(self, cell: Place) -> bool:
        """Whether blank rows part a label from the last line of a list named for its kind, above another's name."""
        row, column = cell
        over = [place for n in range(1, MOST_BLANK + 2) if (place := self._grid.at((row - n, column)))]
        kinds, below = self._listed.named(cell), self._grid.at((row + 1, column))
        other = _divided_by(self._catalogue, self._grid.text(below)) if below else frozenset[str]()
        if over and over[0][0] < row - 1 and other and not other & kinds:
            line = self._listed.on(over[0][0])
            named = _named(self._catalogue, self._grid, self._before((over[0][0], column), UP))
            if line is not None and kinds == line.kinds and named & kinds:
                self.doubted.add(cell)
        return cell in self.doubted

    def _amid_list(self, cell: Place, below: list[Line]) -> bool:
        """Whether a list of another kind goes on below a label, or another such label of its kind stands above it.

        “KL 154.1, 3; women; men; KL 164, 4”: the four are not the men of the other article.
        """
        (row, column), kinds = cell, self._listed.bare[cell]
        over = (self._grid.at((row - n, column)) for n in range(1, MOST_BLANK + 2))
        above = next(filter(None, over), None)
        if above is None or any(label[1] != column for label in below[0].labels[-1:]):
            return False
        if above in self._loose:
            return not kinds.isdisjoint(self._listed.bare.get(above, ()))
        last = self._listed.on(above[0])
        if last is None or last.total or last.kinds.isdisjoint(below[0].kinds):
            return False
        whole = any(kind not in last.kinds and self._listed.begun[kind] == cell for kind in kinds)
        return whole and not any(self._listed.told[line.members] < row for line in below if not line.total)

    def _below_like(self, cell: Place, below: list[Line]) -> bool:
        """Whether a line of its kind stands right above a label, and a list of another kind below: “women 6; men”.

        A total at the end of that list is the label's own, whose name it then is.
        """
        kinds = self._ends_like(cell)
        return bool(kinds) and not any(line.total or kinds & line.kinds for line in below)

    def _ends_like(self, cell: Place) -> frozenset[str]:
        """The kinds that a label has in common with the line right above it."""
        above = self._listed.on(cell[0] - 1)
        if above is None or above.total or (cell[0] - 1, cell[1]) not in above.labels[:1]:
            return frozenset()
        return self._listed.bare[cell] & above.kinds

    def _beside_blank(self, cell: Place) -> bool:
        """Whether a label without a figure and of the same kind stands right above one, or right below it."""
        beside = ((cell[0] + step, cell[1]) for step in (-1, 1))
        named = self._listed.named
        return any(place in self._listed.bare and named(place) == named(cell) for place in beside)

    def _may_be_blank(self, cell: Place, below: list[Line]) -> bool:
        """Whether a label, the only one of its kind, stands right below a line, under headings of columns."""
        above, text = (cell[0] - 1, cell[1]), self._grid.text(cell).rstrip()
        if len(self._listed.sections[cell].run) > 1 or "year" in self._listed.bare[cell] or text[-1] == ":":
            return False
        line = above in self._scene.used and self._scene.labels_row(above)
        return line and bool(self._scene.fills(below[0].first, UP))

    def _before(self, cell: Place, axis: int) -> Iterator[Place]:
        """The labels before one in its row or column, the nearest first, up to what is none."""
        if axis == UP:
            line: Iterable[Place] = _labels_above(self._grid, cell)
        else:
            line = ((cell[0], cell[1] - n) for n in count(1))
        places = self._scene.region.places
        return takewhile(lambda place: place in places and self._scene.is_heading(place), line)

    def _total_behind(self, cell: Place, axis: int) -> bool:
        """Whether a total stands among the labels behind one: then it is the name of what that is the total of."""
        behind = (p for p in self._scene.used if p[axis] > cell[axis] and p[1 - axis] == cell[1 - axis])
        return any(r.total for place in behind for r in read(self._catalogue, self._grid.text(place)))

    def _beside(self, cell: Place, axis: int) -> bool:
        """Whether anything else stands on a label's row, or in its column where it is one of a list along a row."""
        return any(place[axis] == cell[axis] for place in self._scene.region.places if place != cell)

    def _strange(self, cell: Place | None) -> bool:
        """Whether no table understands a label."""
        return cell is not None and not read(self._catalogue, self._grid.text(cell))

    def _kinds(self, cell: Place) -> frozenset[str]:
        return kinds_of(self._catalogue, self._grid.text(cell))


def ends_named_list(grid: Grid, catalogue: Catalogue, cell: Place) -> bool:
    """Whether a label ends a list that begins with a name for its kind, with another such list beyond a blank row.

    Or is one of several without a figure that end it.
    """
    row, column = cell
    kinds = kinds_of(catalogue, grid.text(cell))
    while (at := grid.at((row + 1, column))) and kinds & kinds_of(catalogue, grid.text(at)):
        row += 1
    below = ((row + n, column) for n in range(1, MOST_BLANK + 2))
    behind = next((place for place in below if grid.at(place) is not None), None)
    if (
        behind is None
        or behind[0] == row + 1
        or not (other := _divided_by(catalogue, grid.text(behind)))
        or other & kinds
    ):
        return False
    return not kinds.isdisjoint(_named(catalogue, grid, _labels_above(grid, cell)))


def _labels_above(grid: Grid, cell: Place) -> Iterator[Place]:
    """The labels above one in its column, the nearest first, beyond some blank rows as well."""
    blank = 0
    for row in range(cell[0] - 1, 0, -1):
        place = grid.at((row, cell[1]))
        blank = blank + 1 if place is None else 0
        if blank > MOST_BLANK or (place is not None and grid.kinds[place] != LABEL):
            return
        if place is not None:
            yield place


def _named(catalogue: Catalogue, grid: Grid, before: Iterable[Place]) -> frozenset[str]:
    """By what a list is divided, as the nearest of the labels before its last line says."""
    names = (_divided_by(catalogue, grid.text(place)) for place in before)
    return next(filter(None, names), frozenset())


@lru_cache(maxsize=20_000)
def _divided_by(catalogue: Catalogue, text: str) -> frozenset[str]:
    """The dimensions by which a label says that what follows is divided: “By sex”, “Victims by sex”."""
    said = read(catalogue, text)
    return frozenset(name for reading in said if reading.mere or reading.title for name in reading.names)
