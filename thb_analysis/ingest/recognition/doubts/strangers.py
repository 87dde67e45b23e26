"""Lines of a list that may be parts of another: of one that nobody understands, or as they are elsewhere in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import groupby
from typing import NamedTuple

from thb_analysis.ingest.recognition.doubts.case import AXES, Case
from thb_analysis.ingest.recognition.grid import Place
from thb_analysis.ingest.recognition.keys import Claim, Refusal, said
from thb_analysis.ingest.recognition.scene import LEFT
from thb_analysis.ingest.recognition.titles import is_division
from thb_analysis.ingest.words.fold import fold
from thb_analysis.ingest.words.labels import Vocabulary

MOST_TOLD = 4


class _Line(NamedTuple):
    """A line of a list as its label is understood."""

    label: Place
    text: str
    strange: bool  #: no table of the list understands it
    sets: frozenset[str]  #: the dimensions of which it names members
    total: bool
    claims: tuple[Claim, ...]  #: its figures that were read
    nested: bool  #: these are of a part that another label begins
    refused: bool  #: one of its figures was not read

    @property
    def loose(self) -> bool:
        """Whether its figures are of the whole list, as far as its own label says."""
        return bool(self.claims) and not self.nested


def below_strangers(case: Case) -> dict[Place, Refusal]:
    """Lines below one that nobody understands and may be parts of it: further in, or such as others have below them.

    Below one that is further in itself, those as far in are parts of what it is a part of.

    “Moldawia 7, women 5, men 2, Ukraine 3, women 1, men 2”: of a country that is misspelt, not of everybody.
    """
    found: dict[Place, Refusal] = {}
    for lines in _lists(case):
        nested = {line.text for line in lines if line.nested}
        head: _Line | None = None
        least, further = 0, False  #: how far in a line is written, and whether the stranger is further
        for line in lines:
            depth = case.scene.depth(line.label)
            least = depth if line is lines[0] else min(least, depth)
            if line.strange:
                head, further = line, depth > least
            elif head is None or not (
                depth > case.scene.depth(head.label) - further or (line.text in nested and not line.nested)
            ):
                head = None
            elif line.loose:
                over = case.grid.text(head.label).strip()
                found |= {c.place: case.blamed(c, "below_unknown", line.label, over) for c in line.claims}
    return found


def totals_of_senders(case: Case) -> dict[Place, Refusal]:
    """Totals of figures of several institutions, of which one is not understood: they are of none that is known.

    “State Police 6, Border Gaurd 1, total 7”.
    """
    found: dict[Place, Refusal] = {}
    strange = [place for place, refusal in case.refusals.items() if refusal.code == "label_unknown"]
    for place, claim in case.claims.items() if strange else ():
        for axis in claim.total if claim.table.by_institution else ():
            mates = set(case.scene.mates(place, axis))
            others = {case.claims[mate].institution for mate in mates & case.claims.keys()}
            if others - {claim.institution} and not mates.isdisjoint(strange):
                told = " / ".join(sorted(others))
                found[place] = case.refused(claim, "two_readings", f"{said(claim)} / {told}")
    return found


def among_offices(case: Case) -> dict[Place, Refusal]:
    """The sender by its name alone in a list of its offices: its head office, and not all of it.

    “Riga Regional Department 3, Main Criminal Police Department 11”.
    """
    sender, text, found = case.resolver.source.institution, case.grid.text, {}
    for place, claim in case.claims.items() if sender else ():
        words = case.words(claim)
        for role, cell in claim.headings if claim.institution == sender else ():
            axis = AXES.get(role)
            if axis is None or axis in claim.total or not _is_only(words, text(cell), sender):
                continue
            level = case.scene.level_map(place, axis).get(case.scene.levels(cell, axis)[0], {})
            others = sorted({other for other in level.values() if _is_office(words, text(other))} - {cell})
            over = case.resolver.axes.line_corners(cell, place, axis)
            others += [corner for corner in over if is_division(case.catalogue, text(corner))]
            if others:
                told = ", ".join(text(other).strip() for other in others[:MOST_TOLD])
                found[place] = case.blamed(claim, "heading_among_unknown", cell, told)
    return found


def _is_only(words: Vocabulary, text: str, sender: str) -> bool:
    """Whether a label names an institution and says no more."""
    said_by = [reading for reading in words.read(text) if not reading.title]
    codes = ({reading.sender, *(code for _, code in reading.dims)} - {""} for reading in said_by)
    return any(named == {sender} for named in codes)


@lru_cache(maxsize=20_000)
def _is_office(words: Vocabulary, text: str) -> bool:
    """Whether a label that says nothing to a table is the name of an office."""
    stems = "|".join(re.escape(fold(stem)) for stem in words.catalogue.words["offices"])
    known = any(reading.sets or reading.sender or reading.total for reading in words.read(text))
    return not known and re.search(rf"(?<!\w)(?:{stems})", fold(text)) is not None


def parts_elsewhere(case: Case) -> dict[Place, Refusal]:
    """Lines right below a member that elsewhere in their list are parts of another, or were refused there.

    “Ukraine 45, adults 20, children 25, Moldova, adults 22, ?”: what tells parts from the whole is not understood.
    """
    found: dict[Place, Refusal] = {}
    for lines in _lists(case):
        texts = {line.text for line in lines if line.nested or (line.refused and not line.strange)}
        if not any(line.strange for line in lines) or not texts:
            continue
        head: _Line | None = None
        for (loose, _), group in groupby(lines, key=lambda line: (line.loose, line.sets)):
            own = list(group)
            if (
                loose
                and head is not None
                and head.sets
                and not head.total
                and not texts.isdisjoint(_texts(own))
            ):
                other = case.grid.text(head.label)
                for claim in [claim for line in own for claim in line.claims]:
                    found[claim.place] = case.refused(claim, "two_readings", f"{said(claim)} / {other}")
            head = own[-1]
    return found


def _texts(lines: list[_Line]) -> set[str]:
    return {line.text for line in lines}


def _lists(case: Case) -> Iterator[list[_Line]]:
    """The lines of each column of labels that heads figures, from the top."""
    rows: dict[int, list[Claim]] = {}
    labels: dict[int, Place] = {}
    for place, claim in case.claims.items():
        label = next((cell for role, cell in claim.headings if role == "row"), None)
        if label is not None and label[0] == place[0]:
            rows.setdefault(place[0], []).append(claim)
            labels[place[0]] = label
    over = [frozenset(cell for role, cell in c.headings if role == "title") for c in case.claims.values()]
    shared = frozenset.intersection(*over) if over else frozenset()
    lost = {stack[0] for place in case.refusals if (stack := case.scene.own_stack(place, LEFT))}
    every = [case.words(claim) for claim in {c.table.id: c for c in case.claims.values()}.values()]
    for column in sorted({label[1] for label in labels.values()}):
        cells = sorted(cell for cell in case.scene.region.places if cell[1] == column)
        found = []
        for cell in cells:
            claims = tuple(rows.get(cell[0], ())) if labels.get(cell[0]) == cell else ()
            if not claims and (not case.scene.is_heading(cell) or cell in shared):
                continue
            text = case.grid.text(cell)
            readings = [reading for words in every for reading in words.read(text)]
            sets = frozenset().union(*(reading.sets for reading in readings))
            sections = {c for claim in claims for role, c in claim.headings if role == "title"} - shared
            begun = any(r.dims for c in sections for words in every for r in words.read(case.grid.text(c)))
            nested = begun or any(claim.own[LEFT] - sets for claim in claims)
            total = any(reading.total for reading in readings)
            strange = not claims and not readings
            found.append(_Line(cell, fold(text), strange, sets, total, claims, nested, cell in lost))
        yield found
