"""Figures that a line on their sheet explains to stand for none: “0 – no data”, “999 = not collected”."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache

from thb_analysis.definitions import Catalogue
from thb_analysis.ingest.recognition.doubts.case import Case
from thb_analysis.ingest.recognition.grid import Grid, Place, seen_labels
from thb_analysis.ingest.recognition.keys import Refusal
from thb_analysis.ingest.words.fold import fold

LONGEST = 200  #: letters of a legend
WORDY = 5  #: letters of what is no mere sign


def standing_for_none(case: Case) -> dict[Place, Refusal]:
    """Figures with a number of which a line says that it was typed where there are no data."""
    told = case.grid.once(_legends, case.catalogue)
    numbers = ((place, case.grid.number(place)) for place in case.claims) if told else ()
    return {
        place: case.refused(case.claims[place], "number_for_none", case.grid.text(told[number]).strip())
        for place, number in numbers
        if number in told
    }


def _legends(grid: Grid, catalogue: Catalogue) -> dict[Decimal | None, Place]:
    """The numbers that lines of a sheet explain, with the first of these lines."""
    found: dict[Decimal | None, Place] = {}
    for place in seen_labels(grid):
        text = grid.text(place)
        if len(text) <= LONGEST and any(map(str.isdigit, text)):
            for line in text.splitlines():
                for said in _explained(catalogue).finditer(fold(line)):
                    found.setdefault(Decimal(said[1] or said[2]), place)
    return found


@cache
def _explained(catalogue: Catalogue) -> re.Pattern[str]:
    """How a line explains a number that nobody counts to, or nought, by what stands for none."""
    marks = {
        fold(text) for texts in catalogue.words["marks"].values() for text in texts if len(text) >= WORDY
    }
    none = "|".join(map(re.escape, sorted(marks, key=len, reverse=True)))
    stands, marked, by = (
        "|".join(re.escape(fold(word)) for word in catalogue.words[kind])
        for kind in ("stands_for", "marked_by", "marked_with")
    )
    number = r"(0|-1|8{2,}|9{1,})"
    first = rf"{number}(?:\s+[^\W\d]+){{0,3}}?\s*(?:[-:]\s|=|(?:{stands})(?!\w))"
    with_it = rf"(?:{by})\s+{number}\s+(?:\w+\s+)?(?:{marked})\w*"
    return re.compile(rf"(?:^|[;,(])\s*(?:{first}|{with_it})[^;]*?(?<!\w)(?:{none})(?!\w)")
