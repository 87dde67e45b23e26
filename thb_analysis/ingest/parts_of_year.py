"""All months or quarters of a year beside its figure: what they come to, where that is another number."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from thb_analysis.findings import Finding
from thb_analysis.ingest.recognition.judge import Reading
from thb_analysis.ingest.recognition.keys import Claim, Source, claim_key
from thb_analysis.ingest.recognition.recognise import SheetReading, figure_of, unit_of
from thb_analysis.ingest.words.labels import vocabulary
from thb_analysis.observations import plain

PERSONS = "persons"  #: the unit
WHOLE_YEARS = (4, 12)  #: quarters and months; of two nobody knows whether they are halves


def differing_parts(reading: SheetReading, figures: Sequence[Reading], source: Source) -> list[Finding]:
    """A finding for each yearly figure of a sheet that is not the sum of all parts of its year there.

    Not where one of them adds up those before it, or is not a count: nobody can say what they come to then.
    """
    parts: dict[object, list[Claim]] = {}
    for claim in reading.claims:
        if claim.aside and _is_part(reading, claim, source):
            parts.setdefault(claim_key(claim), []).append(claim)
    found = []
    for figure in figures if parts else ():
        own = parts.get(claim_key(figure.claim), [])
        if len(own) not in WHOLE_YEARS or figure.figure.number is None:
            continue
        numbers = [figure_of(source, reading.grid, claim).number for claim in own]
        summed = sum((number for number in numbers if number is not None), Decimal(0))
        if None in numbers or summed == figure.figure.number:
            continue
        most = max(number for number in numbers if number is not None)
        if unit_of(source, figure.claim) == PERSONS and most <= figure.figure.number <= summed:
            continue  # who is there in two of them is counted once a year
        cells = ", ".join(reading.grid.address(claim.place) for claim in own)
        told = f"{plain(summed)} = {' + '.join(plain(number) for number in numbers if number is not None)}"
        total = plain(figure.figure.number)
        where = figure.file, figure.sheet, figure.cell
        found.append(Finding("total_differs", *where, total, told, cells))
    return found


def _is_part(reading: SheetReading, claim: Claim, source: Source) -> bool:
    """Whether a figure is of a part of a year: no share, nothing that adds up those before it, no state on a day."""
    words = vocabulary(source.catalogue, claim.table.id)
    texts = [reading.grid.text(cell) for role, cell in claim.headings if role != "title"]
    if any(token.kind == "date" for text in texts for token in words.tokens(text)):
        return False
    said = [one for text in texts for one in words.read(text)]
    return any(one.period for one in said) and not any(one.share or one.accumulated for one in said)
