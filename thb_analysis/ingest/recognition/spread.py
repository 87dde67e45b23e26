"""Tables that were spread out by blank rows and blank columns at once: none of their cells touches another."""

from __future__ import annotations

from thb_analysis.ingest.recognition.grid import Grid, Place
from thb_analysis.ingest.recognition.islands import Region, region_of, uncrossed


def spread(grid: Grid, found: list[Region]) -> list[Region]:
    """Regions of which those in one column, with a blank row between them and a single cell below it, are joined.

    Where several columns are such, a table was spread out by blank rows and blank columns at once.
    """
    columns: list[list[Region]] = []
    ends: dict[Place, list[Region]] = {}  #: by the last place, the regions that are one column so far
    for region in found:
        line = ends.pop((region.top - 2, region.left), []) if len(region.places) == 1 else []
        if region.left == region.right:
            if not line:
                columns.append(line)
            line.append(region)
            ends[region.bottom, region.left] = line
    apart = [line for line in columns if len(line) > 1]
    if len(apart) < 2:
        return found
    joined = {region for line in apart for region in line}
    wholes = [region_of(grid, (place for part in line for place in part.places)) for line in apart]
    return uncrossed([*(region for region in found if region not in joined), *wholes])
