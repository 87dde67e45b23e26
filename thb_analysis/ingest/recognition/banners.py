"""Labels alone in their rows and merged over labels and figures: titles of all below them, that head no column."""

from __future__ import annotations

from typing import TYPE_CHECKING

from thb_analysis.ingest.recognition.grid import Place

if TYPE_CHECKING:
    from thb_analysis.ingest.recognition.scene import Scene


def banners(scene: Scene) -> frozenset[Place]:
    """Those of a region; merged or not, such a label says the same.

    None where figures stand in the first column: there what is merged over them may head them.
    """
    grid, region = scene.grid, scene.region
    columns = {column for _, column in scene.figures}
    if not grid.covers or not columns or region.left in columns:
        return frozenset()
    rows: dict[int, set[Place]] = {}
    for place in region.places:
        top, _, bottom, _ = grid.span(place)
        for row in range(top, bottom + 1):
            rows.setdefault(row, set()).add(place)
    alone = {next(iter(places)) for places in rows.values() if len(places) == 1}
    first = min(columns)
    return frozenset(
        cell
        for cell in alone
        if cell[1] == region.left and grid.span(cell)[3] >= first and scene.is_heading(cell)
    )
