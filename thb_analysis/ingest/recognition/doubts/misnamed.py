"""Figures right below the title of a table that none of them is of: “Persons convicted” over suspects alone."""

from __future__ import annotations

from thb_analysis.ingest.recognition.doubts.case import Case
from thb_analysis.ingest.recognition.grid import Place, stands_alone
from thb_analysis.ingest.recognition.keys import Refusal, names_tables
from thb_analysis.ingest.words.labels import vocabulary


def of_another_title(case: Case) -> dict[Place, Refusal]:
    """All figures of a part of a sheet, where they are of one table and a title of another stands right over them.

    The title may be a copy's, or the heading; below it a list of several tables has its year.
    """
    tables = {claim.table.id for claim in case.claims.values()}
    cell = _right_over(case) if len(tables) == 1 else None
    if cell is None:
        return {}
    named = names_tables(case.catalogue, case.grid.text(cell))
    headed = frozenset().union(
        *(names_tables(case.catalogue, case.grid.text(used)) for used in case.scene.used)
    )
    others = {table for refusal in case.refusals.values() for table in refusal.tables}
    others |= {claim.table.id for claim in case.blanks.values()}
    counted = any(
        reading.number is not None
        for table in named
        for reading in vocabulary(case.catalogue, table).read(case.grid.text(cell))
    )
    if not named or counted or not headed <= tables or named & (tables | others):
        return {}
    return {place: case.blamed(claim, "title_not_understood", cell) for place, claim in case.claims.items()}


def _right_over(case: Case) -> Place | None:
    """The label alone on its row that no other parts from the headings of the first figure."""
    scene = case.scene
    corners = set(scene.corners(scene.figures[0])) if scene.figures else set()
    over = [cell for cell in scene.loose if scene.heads_region(cell) and cell not in corners]
    return over[-1] if over and stands_alone(case.grid, over[-1]) else None
