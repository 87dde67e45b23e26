"""Lines below those of the last of several sections: of that section, or of all of them."""

from __future__ import annotations

from thb_analysis.ingest.recognition.doubts.case import Case
from thb_analysis.ingest.recognition.grid import Place
from thb_analysis.ingest.recognition.keys import Refusal, said


def beyond_sections(case: Case) -> dict[Place, Refusal]:
    """Figures of a total or of lines of another kind that may be of the last section or of all.

    “Women:”, “Men:”, each over its forms of exploitation, then “Citizenship:”: of the men, or of everybody.
    """
    found: dict[Place, Refusal] = {}
    for after in case.resolver.after:
        label = after.labels[-1]
        for place, claim in case.claims.items():
            if place[0] in after.rows and ("title", label) in claim.headings:
                told = f"{said(claim)} / —"
                found[place] = case.refused(claim, "two_readings", told)
    return found
