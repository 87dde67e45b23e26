"""Labels that may be titles: which stand over a region without heading figures of another."""

from __future__ import annotations

import re

from thb_analysis.ingest.grid import EITHER, FIGURE, LABEL, Grid, Place, Region
from thb_analysis.ingest.labels import Vocabulary, fold

COUNT = "count"  #: the unit of anything that is counted


def titles_over(grid: Grid, region: Region, found: list[Region]) -> tuple[list[Place], frozenset[Place]]:
    """Labels above the region that may be its titles, the nearest first, and which stand over the whole sheet."""
    figures = [place for place in grid.cells if grid.kinds[place] == FIGURE]
    first_row = min((place[0] for place in figures), default=0)
    by_row: dict[int, list[Place]] = {}
    for other in found:
        if other is region or other.places & region.places:
            continue
        for place in other.places:
            label = grid.kinds[place] == LABEL and place not in grid.hidden
            if label and place[0] < region.top and _heads_nothing(grid, other, place):
                by_row.setdefault(place[0], []).append(place)
    titles, whole = [], set()
    for row in sorted(by_row, reverse=True):
        fitting = [place for place in by_row[row] if place[1] <= region.right]
        if not fitting:
            continue
        place = max((p for p in fitting if p[1] <= region.left), default=min(fitting), key=lambda p: p[1])
        over_all = row < first_row and len(by_row[row]) == 1
        if over_all or (region.left - 2 <= place[1]) or not _between(grid, place, region, found):
            titles.append(place)
            if over_all:
                whole.add(place)
    return titles, frozenset(whole)


def names_other_unit(text: str, words: Vocabulary) -> bool | None:
    """Whether a line such as “Unit: persons” names a unit that is not the table's; None where it is no such line."""
    table, catalogue, said = words.table, words.catalogue, fold(text).strip(" ()")
    start = next((fold(w) for w in catalogue.words["unit"] if re.match(rf"{fold(w)}\s*[:-]", said)), None)
    if start is None:
        return None
    members = (m for d in table.dimensions for m in catalogue.codes.get(d.codes, {}).values())
    own = {table.unit, COUNT} | {member.unit for member in members if member.unit}
    spellings = [t for code in sorted(own) for t in catalogue.codes["unit"][code].spellings]
    allowed = {
        token.stem for text in (*spellings, *catalogue.words["filler"]) for token in words.tokens(text)
    }
    rest = [token.stem for token in words.tokens(said.removeprefix(start))]
    return not rest or not set(rest) <= allowed


def has_figures(grid: Grid, region: Region) -> bool:
    """Whether a region holds anything that may be a figure."""
    return any(grid.kinds[place] in (FIGURE, EITHER) for place in region.places)


def _heads_nothing(grid: Grid, region: Region, place: Place) -> bool:
    """A label with no figure on its row and none right below it."""
    bottom = grid.span(place)[2]
    for other in region.places:
        if grid.kinds[other] == LABEL:
            continue
        if other[0] == place[0] or (
            other[1] == place[1] and other[0] > bottom and _clear(grid, region, place, other)
        ):
            return False
    return True


def _clear(grid: Grid, region: Region, place: Place, other: Place) -> bool:
    """Whether nothing parts a label from a figure below it: no label between them, or headings all the way."""
    between = [p[0] for p in region.places if p[1] == place[1] and place[0] < p[0] < other[0]]
    labels = {row for row in between if grid.kinds[(row, place[1])] == LABEL}
    return labels <= set(range(grid.span(place)[2] + 1, grid.span(place)[2] + 1 + len(labels)))


def _between(grid: Grid, title: Place, region: Region, found: list[Region]) -> bool:
    """Whether another region with figures stands under the title: then the title is that region's."""
    return any(
        other is not region
        and other.top > title[0]
        and other.left <= title[1] <= other.right
        and not other.places & region.places
        and has_figures(grid, other)
        for other in found
    )


def figures_between(grid: Grid, title: Place, region: Region, found: list[Region]) -> bool:
    """Whether another region's figures stand between a title and the region."""
    return any(
        title[0] < other.bottom < region.top and has_figures(grid, other) and not other.places & region.places
        for other in found
    )
