"""Figures below labels that may name parts of a list, or be lines of it; and below the last part, of it or of all."""

from __future__ import annotations

from thb_analysis.ingest.recognition.doubts.case import Case
from thb_analysis.ingest.recognition.grid import Place
from thb_analysis.ingest.recognition.keys import Refusal, said
from thb_analysis.ingest.words.meanings import Reading


def in_sections(case: Case) -> dict[Place, Refusal]:
    """Figures of which nobody can say whether they are of the part of a list whose name stands over them.

    “Women:”, “Men:”, each over its forms of exploitation, then “Citizenship:”: of the men, or of everybody.
    """
    found: dict[Place, Refusal] = {}
    doubted = case.resolver.unfilled.doubted
    last = {(row, after.labels[-1]) for after in case.resolver.after for row in after.rows}
    for place, claim in case.claims.items() if doubted or last else ():
        for cell in [cell for role, cell in claim.headings if role == "title"]:
            if (place[0], cell) in last:
                found[place] = case.refused(claim, "two_readings", f"{said(claim)} / —")
            said_by = case.words(claim).read(case.grid.text(cell)) if cell in doubted else ()
            if pairs := {pair for reading in said_by for pair in (*reading.dims, *_years(reading))}:
                told = "; ".join(f"{name}={code}" for name, code in sorted(pairs))
                found[place] = case.blamed(claim, "label_unfilled", cell, f"{told} / —")
    return found


def _years(reading: Reading) -> list[tuple[str, str]]:
    return [("year", str(year)) for year in reading.years]
