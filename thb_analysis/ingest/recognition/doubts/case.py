"""A part of a sheet that was read, as those see it who doubt what it came to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from thb_analysis.definitions import Catalogue
from thb_analysis.ingest.recognition.grid import Grid, Place
from thb_analysis.ingest.recognition.keys import Block, Claim, Refusal
from thb_analysis.ingest.recognition.resolve import Resolver
from thb_analysis.ingest.recognition.scene import LEFT, UP, Scene
from thb_analysis.ingest.words.labels import Vocabulary, vocabulary
from thb_analysis.ingest.words.meanings import Reading

AXES = {"column": UP, "row": LEFT}
HEADING_LOST = ("heading_gap", "heading_missing", "heading_only_title")
MOST_SPANNED = 200  #: places of one merged figure that are looked at


@dataclass(frozen=True)
class Case:
    """What one part of a sheet came to under one assumption: figures with a key, blank places, and what was refused."""

    resolver: Resolver
    claims: Mapping[Place, Claim]
    blanks: Mapping[Place, Claim]
    refusals: Mapping[Place, Refusal]

    @cached_property
    def scene(self) -> Scene:
        return self.resolver.scene

    @cached_property
    def grid(self) -> Grid:
        return self.resolver.grid

    @cached_property
    def catalogue(self) -> Catalogue:
        return self.resolver.source.catalogue

    @cached_property
    def blocks(self) -> dict[tuple[Block, str], list[Claim]]:
        """The figures by block and table: those of one block have headings at the same levels."""
        found: dict[tuple[Block, str], list[Claim]] = {}
        for claim in self.claims.values():
            found.setdefault((claim.block, claim.table.id), []).append(claim)
        return found

    @cached_property
    def even(self) -> bool:
        """Whether no figure was refused and all places have headings at the same levels: none can lack one alone."""
        levels = {block for block, _ in self.blocks} | {claim.block for claim in self.blanks.values()}
        return not self.refusals and len(levels) < 2

    @cached_property
    def headings(self) -> dict[Vocabulary, set[tuple[str, Place]]]:
        """What heads or titles the figures of each table, once for all of them."""
        found: dict[str, set[tuple[str, Place]]] = {}
        for claim in self.claims.values():
            found.setdefault(claim.table.id, set()).update(claim.headings)
        return {vocabulary(self.catalogue, table): cells for table, cells in found.items()}

    @cached_property
    def heard(self) -> list[Reading]:
        """All that labels in and over this part of the sheet say to the tables of its figures."""
        inner = {place for place in self.scene.region.places if self.scene.is_heading(place)}
        return [
            reading
            for words, heads in self.headings.items()
            for cell in inner.union([cell for _, cell in heads])
            for reading in words.read(self.grid.text(cell))
        ]

    @cached_property
    def lost(self) -> list[Place]:
        """Figures that were refused because a heading is missing."""
        return [place for place, refusal in self.refusals.items() if refusal.code in HEADING_LOST]

    @cached_property
    def spanned(self) -> list[Place]:
        """The places that refused figures cover which are merged over several: any of them may be theirs."""
        spans = [(place, self.grid.span(place)) for place in self.refusals if place in self.grid.cells]
        return [
            (row, column)
            for place, (top, left, bottom, right) in spans
            if (bottom - top + 1) * (right - left + 1) in range(2, MOST_SPANNED)
            for row in range(top, bottom + 1)
            for column in range(left, right + 1)
            if (row, column) != place
        ]

    @cached_property
    def untitled(self) -> list[Place]:
        """Figures that no table is named for."""
        return [place for place, refusal in self.refusals.items() if refusal.code == "table_unknown"]

    def without(self, refused: Mapping[Place, Refusal]) -> Case:
        """The same where some figures more are refused."""
        claims = {place: claim for place, claim in self.claims.items() if place not in refused}
        return Case(self.resolver, claims, self.blanks, {**self.refusals, **refused})

    def words(self, claim: Claim) -> Vocabulary:
        """The words of a figure's table."""
        return vocabulary(self.catalogue, claim.table.id)

    def refused(self, claim: Claim, code: str, expected: str) -> Refusal:
        """The refusal of a figure that had a key; its own cell is the one to look at."""
        return self.blamed(claim, code, claim.place, expected)

    def blamed(self, claim: Claim, code: str, cell: Place, expected: str = "") -> Refusal:
        """The refusal of a figure that had a key, for the sake of another cell."""
        return Refusal(code, cell, self.grid.text(cell), expected, tables=(claim.table.id,))


def says(words: Vocabulary, text: str) -> bool:
    """Whether a label says anything of a figure."""
    return any(reading.sets for reading in words.read(text))


def titles(words: Vocabulary, text: str) -> bool:
    """Whether a label may be the name of a table."""
    return any(reading.title for reading in words.read(text))
