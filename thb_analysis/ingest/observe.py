"""What figures come to: observations, each with the headings that say what it is."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from thb_analysis.ingest.cells import column_letters
from thb_analysis.ingest.recognition.grid import Grid, Place
from thb_analysis.ingest.recognition.judge import Reading
from thb_analysis.ingest.recognition.keys import Claim, Source
from thb_analysis.ingest.recognition.notes import Note, footnotes
from thb_analysis.ingest.recognition.recognise import unit_of
from thb_analysis.observations import Observation

_TURNED = {"row": "column", "column": "row"}


@dataclass(slots=True)
class Teller:
    """Tells what the figures of one sheet come to."""

    grid: Grid
    notes: Sequence[Note]
    source: Source
    figures: Sequence[Reading]
    letters: Mapping[int, str]  #: status letters that notes give, by id of the reading
    told: dict[tuple[str, Place], str] = field(default_factory=dict)

    def observation(self, reading: Reading, cell: str) -> Observation:
        """One figure as its workbook gives it, with the address of its cell."""
        claim, figure = reading.claim, reading.figure
        status = figure.status or self.letters.get(id(reading), "A")
        note = " | ".join([text for text in (footnotes(claim, self.grid, self.notes), figure.note) if text])
        if claim.year is None:
            note = " | ".join([text for text in (self._span(claim), note) if text])
        has_value = figure.number is not None or figure.low is not None
        return Observation(
            claim.table.id,
            claim.year,
            dims_of(claim),
            figure.number,
            status if has_value or figure.status else "M",
            unit_of(self.source, claim),
            claim.institution,
            self.source.file,
            reading.sheet,
            cell,
            self.source.year or 0,
            text=figure.raw,
            note=note,
            headings=self._headings(claim, ()),
            low=figure.low,
            high=figure.high,
            relative_to=figure.relative_to,
            stated=figure.problem != "blank",
        )

    def template(self, reading: Reading, labels: Collection[Place], headings: str = "") -> Observation:
        """What stands for a column of figures: its cell is the column's letters; `labels` are the rows' own.

        `headings` are those of a table that is told by another.
        """
        claim = reading.claim
        note = footnotes(claim, self.grid, self.notes)
        if claim.year is None:
            note = " | ".join([text for text in (self._span(claim), note) if text])
        return Observation(
            claim.table.id,
            claim.year,
            dims_of(claim),
            None,
            self.letters.get(id(reading), "A"),
            unit_of(self.source, claim),
            claim.institution,
            self.source.file,
            reading.sheet,
            column_letters(claim.place[1]),
            self.source.year or 0,
            note=note,
            headings=headings or self._headings(claim, labels),
        )

    def _span(self, claim: Claim) -> str:
        """The years that a total over years covers."""
        block = claim.block
        years = [r.claim.year for r in self.figures if r.claim.block == block and r.claim.year is not None]
        return f"{min(years)}–{max(years)}" if years else ""

    def _headings(self, claim: Claim, labels: Collection[Place]) -> str:
        """The cells that say what a figure is; one of `labels`, which each row has of its own, as `*`."""
        parts = []
        for heading in dict.fromkeys(claim.headings):
            role, place = heading
            if self.grid.sheet.turned:
                role = _TURNED.get(role, role)
            if place in labels:
                parts.append(f"{role} {column_letters(place[1])} {quoted('*')}")
                continue
            text = self.told.get(heading)
            if text is None:
                typed = self.grid.typed.get(place, self.grid.written(place))
                text = f"{role} {self.grid.address(place)} {quoted(typed)}"
                self.told[heading] = text
            parts.append(text)
        if claim.year_from in ("sheet", "file"):
            parts.append(f"year from {claim.year_from}")
        return "; ".join(parts)


def quoted(text: str) -> str:
    """A heading's text as evidence has it."""
    return f"“{' '.join(text.split())}”"


def retold(headings: str, titles: Mapping[str, str]) -> str:
    """Headings as evidence has them, some of the texts replaced by others: all at once, for one may be another's."""
    if len(titles) < 2:
        return next((headings.replace(quoted(one), quoted(other)) for one, other in titles.items()), headings)
    pattern, others = _swapped(tuple(titles.items()))
    return pattern.sub(lambda found: others[found[0]], headings)


@lru_cache(maxsize=1_000)
def _swapped(titles: tuple[tuple[str, str], ...]) -> tuple[re.Pattern[str], dict[str, str]]:
    others = {quoted(own): quoted(other) for own, other in titles}
    return re.compile("|".join(map(re.escape, sorted(others, key=len, reverse=True)))), others


def dims_of(claim: Claim) -> tuple[tuple[str, str], ...]:
    """The dimensions of a figure in the order of its table."""
    return tuple([(name, claim.dims[name]) for name in claim.table.dimension_names])
