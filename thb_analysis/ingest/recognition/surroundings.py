"""What stands over figures without heading them: titles, sections, corners; and the tables that these name."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from thb_analysis.ingest.recognition.above import Titles
from thb_analysis.ingest.recognition.called import called
from thb_analysis.ingest.recognition.grid import Grid, Place
from thb_analysis.ingest.recognition.keys import Source, tables_named
from thb_analysis.ingest.recognition.listed import Listed
from thb_analysis.ingest.recognition.naming import topical
from thb_analysis.ingest.recognition.nested import wholes
from thb_analysis.ingest.recognition.scene import LEFT, UP, Scene
from thb_analysis.ingest.recognition.sections import after_sections
from thb_analysis.ingest.recognition.unfilled import Unfilled


@dataclass
class Surroundings:
    """What stands over the figures of one scene, and which tables it names."""

    source: Source
    scene: Scene
    outer: Titles  #: the labels outside the region that stand over it

    def __post_init__(self) -> None:
        self.grid: Grid = self.scene.grid
        self._known: dict[Any, Any] = {}
        self._near: dict[Place, tuple[Place, ...]] = {}
        self._over: dict[tuple[Place, ...], tuple[Place, ...]] = {(): self.outer.cells}
        listed = Listed(self.scene, self.source.catalogue)
        self.unfilled = Unfilled(listed)
        blank = self.unfilled.lines | listed.captions
        loose = (cell for cell in self.scene.loose if cell not in blank and not self.scene.labels_row(cell))
        self.after = after_sections(listed)
        self._ended = {row: after for after in self.after if after.of_all for row in after.rows}
        self._inside = sorted(loose, key=lambda cell: (-cell[0], -cell[1]))
        self._depths = {cell: self.scene.depth(cell) for cell in self._inside}

    # which table -----------------------------------------------------------------------------------

    def tables_of(self, place: Place) -> list[str]:
        """The tables that the nearest headings name, narrowed by farther ones that title no other figures."""
        chosen = self.named(self.scene.stack(place, UP)) | self.named(self.scene.stack(place, LEFT))
        if len(chosen) == 1:
            return list(chosen)
        whole = wholes(self.source.catalogue, self.scene, place)
        corners = self.scene.corners(place)
        memo = ("tables", chosen, whole, corners, self.near(place))
        if memo not in self._known:
            for named, far in self._farther(whole, corners, self.over(place)):
                chosen = (chosen if far else chosen & named or chosen) if chosen else named
                if len(chosen) == 1:
                    break
            self._known[memo] = sorted(chosen)
        found: list[str] = self._known[memo]
        return found

    def named(self, cells: tuple[Place, ...]) -> frozenset[str]:
        """The tables that labels name."""
        known = self._known.get(cells)
        if known is None:
            names = (tables_named(self.source, self.grid.text(cell)) for cell in cells)
            known = self._known[cells] = frozenset().union(*names)
        return known

    def titled(self, place: Place) -> list[str]:
        """The tables that the nearest title names, whatever the headings name."""
        memo = ("titled", self.scene.corners(place), self.near(place))
        if memo not in self._known:
            over = (*self.scene.corners(place), *self.over(place))
            cells = sorted(over, key=itemgetter(0), reverse=True)
            names = (tables_named(self.source, self.grid.text(cell)) for cell in cells)
            self._known[memo] = sorted(next((named for named in names if named), ()))
        found: list[str] = self._known[memo]
        return found

    def _farther(self, *cells: tuple[Place, ...]) -> Iterable[tuple[frozenset[str], bool]]:
        catalogue = self.source.catalogue
        *near, over = cells
        yield from ((self.named(those), False) for those in near)
        for cell in over:
            yield self.named((cell,)), cell in self.outer.far
        name = called(catalogue, self.grid.sheet.name)
        yield tables_named(self.source, name) or topical(catalogue, name), False
        if self.source.topic:
            yield topical(catalogue, self.source.topic), False

    def over(self, place: Place) -> tuple[Place, ...]:
        """Labels that stand over a figure without heading it, the nearest first, inside the region and out."""
        near = self.near(place)
        known = self._over.get(near)
        if known is None:
            known = self._over[near] = (*near, *self.outer.cells)
        return known

    def inside(self, place: Place) -> tuple[Place, ...]:
        """Corners and labels inside the region over a figure; those that part the rows below a corner come first."""
        corners, near = self.scene.corners(place), self.near(place)
        lowest = max((row for row, _ in corners), default=0)
        parting = tuple(cell for cell in near if cell[0] > lowest) if lowest else ()
        return (*parting, *corners, *near[len(parting) :])

    def of_all(self, place: Place) -> frozenset[str]:
        """By what the sections are told apart that a figure below the last of them is the whole of."""
        return self._ended[place[0]].kinds if place[0] in self._ended else frozenset()

    def near(self, place: Place) -> tuple[Place, ...]:
        """Those of them that stand inside the region: on these alone it depends which stand over a figure."""
        known = self._near.get(place) if self._inside else ()
        if known is None:
            corners = self.scene.corners(place)
            start = bisect_right(self._inside, -place[0], key=_row_from_below)
            ended = (*corners, *(self._ended[place[0]].labels if place[0] in self._ended else ()))
            scene, rows = self.scene, self.scene.fills(place, UP)
            depths: dict[int, int] = {}  #: column → how far in the label of the place's line is written there
            for head in scene.own_stack(place, LEFT):
                depths[head[1]] = min(scene.depth(head), depths.get(head[1], scene.depth(head)))
            known = tuple(
                cell
                for cell in self._inside[start:]
                if cell[1] <= place[1]
                and cell not in ended
                and (cell[0] not in rows or not scene.beside_heading(cell, place))
                # not further in than that label, by more than a blank that slipped in
                and (cell[1] not in depths or self._depths[cell] <= depths[cell[1]] + 1)
            )
            self._near[place] = known
        return known


def _row_from_below(place: Place) -> int:
    """What labels are sorted by that are asked from the lowest up."""
    return -place[0]
