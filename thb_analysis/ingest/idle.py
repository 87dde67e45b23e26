"""Titles that head nothing although figures stand behind them, which take their table from a title farther off."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from thb_analysis.definitions import Catalogue
from thb_analysis.ingest.grid import LABEL, Grid, Place
from thb_analysis.ingest.keys import Claim, Refusal, names_tables, said
from thb_analysis.ingest.labels import vocabulary

Part = tuple[Mapping[Place, Claim], Mapping[Place, Claim], frozenset[Place]]
"""What a region came to: its figures, its blank places, and the labels that head any of its places or are remarks."""


def titles_passed(grid: Grid, catalogue: Catalogue, parts: Sequence[Part]) -> dict[Place, Refusal]:
    """Figures of a table that only a title or the sheet names, where another table's idle title is nearer."""
    given = [claim for claims, _, _ in parts for claim in claims.values()]
    blank = [claim for _, blanks, _ in parts for claim in blanks.values()]
    used = {cell for claim in (*given, *blank) for _, cell in claim.headings}.union(
        *(heads for *_, heads in parts)
    )
    idle = {
        place: names_tables(catalogue, grid.text(place))
        for place, kind in grid.kinds.items()
        if kind == LABEL and place not in used and place not in grid.hidden
    }
    idle = {place: tables for place, tables in idle.items() if tables and not _counts(grid, catalogue, place)}
    found: dict[Place, Refusal] = {}
    for claim in given if idle else ():
        naming = [h for h in claim.headings if claim.table.id in names_tables(catalogue, grid.text(h[1]))]
        if any(role != "title" for role, _ in naming):
            continue
        nearest = max((cell[0] for _, cell in naming), default=0)
        row, column = claim.place
        for place, tables in idle.items():
            nearer = nearest < place[0] <= row and place[1] <= column
            if nearer and claim.table.id not in tables:
                told = f"{said(claim)} / {', '.join(sorted(tables))}"
                text = grid.text(claim.place)
                found[claim.place] = Refusal(
                    "two_readings", claim.place, text, told, tables=(claim.table.id,)
                )
    return found


def _counts(grid: Grid, catalogue: Catalogue, place: Place) -> bool:
    """Whether a label states a figure itself."""
    tables = names_tables(catalogue, grid.text(place))
    return any(
        reading.number is not None
        for table in tables
        for reading in vocabulary(catalogue, table).read(grid.text(place))
    )
