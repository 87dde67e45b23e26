"""Tables side by side right below one title: it is of them all, though no blank row sets it apart."""

from __future__ import annotations

import re

from thb_analysis.ingest.recognition.grid import LABEL, Grid, by_row
from thb_analysis.ingest.recognition.islands import Region, region_of, regions_among

FEWEST = 2  #: tables that stand abreast
_DIGITS = re.compile(r"\d+")


def set_apart(grid: Grid, found: list[Region]) -> list[Region]:
    """The regions of a sheet with such a title as one of its own, and the tables below it as others."""
    rows = by_row(grid)
    for region in found:
        first = rows[region.top]
        if len(first) != 1 or grid.kinds[first[0]] != LABEL or first[0][1] != region.left:
            continue
        title = region_of(grid, first)
        start = title.bottom + 1
        below = regions_among(grid, region.places - title.places) if region.bottom > title.bottom else []
        abreast = below + [other for other in found if other is not region and other.top == start]
        if (
            below
            and len(abreast) >= FEWEST
            and all(table.top == start for table in abreast)
            and len({_head(grid, table) for table in abreast}) == 1
        ):
            others = [other for other in found if other is not region and other not in abreast]
            return sorted([title, *abreast, *others], key=lambda r: (r.top, r.left))
    return found


def _head(grid: Grid, table: Region) -> tuple[tuple[int, int, str], ...]:
    """What a table's first two rows say but for numbers, and where; a year over each may be another."""
    rows = (table.top, table.top + 1)
    cells = [place for place in table.places if place[0] in rows]
    said = [(r - table.top, c - table.left, _DIGITS.sub("#", grid.text((r, c)))) for r, c in cells]
    return tuple(sorted(said))
