"""Regions of a sheet: cells that touch, which blank rows and columns set apart from the others."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import NamedTuple

from thb_analysis.ingest.recognition.grid import Grid, Place


class Region(NamedTuple):
    """Cells that belong together, and the rectangle around them."""

    places: frozenset[Place]
    top: int
    left: int
    bottom: int
    right: int

    def join(self, other: Region) -> Region:
        return Region(
            self.places | other.places,
            min(self.top, other.top),
            min(self.left, other.left),
            max(self.bottom, other.bottom),
            max(self.right, other.right),
        )


def regions(grid: Grid) -> list[Region]:
    """Groups of cells that touch, also at a corner, or whose rectangles cross; in reading order."""
    return uncrossed(_touching(grid, grid.cells))


def regions_among(grid: Grid, places: Collection[Place]) -> list[Region]:
    """The same of some of its cells."""
    return uncrossed(_touching(grid, places))


def uncrossed(found: list[Region]) -> list[Region]:
    """Regions joined until no two rectangles cross: a sparse table may hold cells that touch nothing."""
    done: list[Region] = []
    for region in found:
        crossing = [other for other in done if _cross(region, other)]
        while crossing:
            for other in crossing:
                done.remove(other)
                region = region.join(other)
            crossing = [other for other in done if _cross(region, other)]
        done.append(region)
    return sorted(done, key=lambda region: (region.top, region.left))


def _cross(one: Region, other: Region) -> bool:
    return (
        one.top <= other.bottom
        and other.top <= one.bottom
        and one.left <= other.right
        and other.left <= one.right
    )


def _touching(grid: Grid, places: Collection[Place]) -> list[Region]:
    owner: dict[Place, Place] = {}
    for place in places:
        owner[place] = place
    for place, first in grid.covers.items():
        if first in places:
            owner[place] = first
    seen: set[Place] = set()
    found = []
    by_first: dict[Place, list[Place]] = {}
    for place, first in owner.items():
        by_first.setdefault(first, []).append(place)
    for start in sorted(places):
        if start in seen:
            continue
        group = {start}
        stack = [start]
        seen.add(start)
        while stack:
            for row, column in by_first[stack.pop()]:
                for near in _around(row, column):
                    first_place = owner.get(near)
                    if first_place is not None and first_place not in seen:
                        seen.add(first_place)
                        group.add(first_place)
                        stack.append(first_place)
        found.append(region_of(grid, group))
    return found


def region_of(grid: Grid, places: Iterable[Place]) -> Region:
    """The region of some cells."""
    group = frozenset(places)
    spans = [grid.span(place) for place in group]
    return Region(
        group,
        min(span[0] for span in spans),
        min(span[1] for span in spans),
        max(span[2] for span in spans),
        max(span[3] for span in spans),
    )


def _around(row: int, column: int) -> list[Place]:
    return [
        (row + down, column + right) for down in (-1, 0, 1) for right in (-1, 0, 1) if (down, right) != (0, 0)
    ]
