"""Notes that narrow what is below them (“only women”) and were heard over some tables of a sheet only."""

from __future__ import annotations

from collections.abc import Sequence

from thb_analysis.definitions import TOTAL, Catalogue
from thb_analysis.ingest.recognition.grid import Grid, Place
from thb_analysis.ingest.recognition.keys import Refusal
from thb_analysis.ingest.recognition.rivals import RegionReading
from thb_analysis.ingest.recognition.titles import narrows
from thb_analysis.ingest.words.labels import vocabulary


def heard_by_some(
    grid: Grid, catalogue: Catalogue, readings: Sequence[RegionReading]
) -> dict[Place, Refusal]:
    """Figures below such a note, in a table that begins in the same column, of which nobody says what it says."""
    claims = [claim for reading in readings for claim in reading.claims.values()]
    heard: dict[tuple[Place, int], set[str]] = {}
    for claim in claims:
        words = vocabulary(catalogue, claim.table.id)
        for role, cell in claim.headings:
            if role == "title" and narrows(grid.text(cell), catalogue):
                said = words.read(grid.text(cell))
                names = heard.setdefault((cell, claim.block.left), set())
                names.update(name for reading in said for name, _ in reading.dims)
    divided = {(claim.block, name) for claim in claims for name in claim.stated} if heard else set()
    return {
        claim.place: Refusal("title_not_understood", cell, grid.text(cell), tables=(claim.table.id,))
        for (cell, left), names in heard.items()
        for claim in claims
        if claim.place[0] > cell[0] and claim.block.left == left
        if all(cell != heading for _, heading in claim.headings)
        if any(claim.dims.get(name) == TOTAL and (claim.block, name) not in divided for name in names)
    }
