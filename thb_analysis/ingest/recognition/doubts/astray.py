"""Figures of a line that came to stand one place too far: the line has a blank place, and later a figure too many."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from thb_analysis.definitions import Catalogue
from thb_analysis.ingest.recognition.grid import LABEL, Grid, Place, by_column, by_row
from thb_analysis.ingest.recognition.keys import Claim, Refusal
from thb_analysis.ingest.recognition.rivals import RegionReading
from thb_analysis.ingest.recognition.scene import LEFT, UP, Scene, place_at
from thb_analysis.ingest.recognition.titles import is_note
from thb_analysis.ingest.words.labels import vocabulary

MOST_BLANK = 2  #: blank places within a line of one list

_Line = dict[
    int, tuple[Claim | None, bool]
]  #: what stands where on a line: its claim, and whether it is blank


def slid_on_line(grid: Grid, catalogue: Catalogue, readings: Sequence[RegionReading]) -> dict[Place, Refusal]:
    """Figures after a blank place of their list's line, on which a figure follows that no heading of theirs is for.

    As many labels as figures, and each figure one place too far: whatever parts the list, and whatever groups it has.
    """
    found: dict[Place, Refusal] = {}
    for axis in (UP, LEFT):
        bare = {place for reading in readings for place in _bare_first(reading, catalogue, axis)}
        blank = {place[axis] for reading in readings for place in reading.blanks}
        blank |= {place[axis] for place in bare}
        ends = [
            (place, reading) for reading in readings for place in reading.refusals if place[axis] in blank
        ]
        lines: dict[int, _Line] = {}
        across = {place[axis] for place, _ in ends}
        for reading in readings if ends else ():
            for is_blank, claims in ((True, reading.blanks), (False, reading.claims)):
                for place, claim in claims.items():
                    if place[axis] in across:
                        lines.setdefault(place[axis], {})[place[1 - axis]] = (claim, is_blank)
            for place in reading.refusals:
                if place[axis] in across:
                    lines.setdefault(place[axis], {}).setdefault(place[1 - axis], (None, False))
        for place in bare:
            if place[axis] in across:
                lines[place[axis]].setdefault(place[1 - axis], (None, True))
        for end, reading in ends:
            line = _before(grid, lines[end[axis]], end, axis)
            first = min((n for n, (_, is_blank) in line.items() if is_blank), default=end[1 - axis])
            slipped = [c for n, (c, is_blank) in line.items() if c is not None and n > first and not is_blank]
            if slipped and _stands_out(reading.scene, catalogue, end, axis, slipped):
                for claim in slipped:
                    text, tables = grid.text(claim.place), (claim.table.id,)
                    found[claim.place] = Refusal(
                        "figures_slid", claim.place, text, grid.address(end), tables=tables
                    )
    return found


def _bare_first(reading: RegionReading, catalogue: Catalogue, axis: int) -> Iterator[Place]:
    """Empty places before the first figure of a line, beside a label of the kind that heads figures of that line.

    Not beside one that heads those figures: a title, or what is said once for the lines below it.  The label may be
    a number of an article that passes for a figure, since none stands beside it.
    """
    grid, lines = reading.scene.grid, dict[int, list[Claim]]()
    firsts: dict[int, Place] = {}
    for place in (*reading.claims, *reading.refusals) if reading.refusals else ():
        known = firsts.setdefault(place[axis], place)
        firsts[place[axis]] = min(known, place, key=lambda one: one[1 - axis])
        if place in reading.claims:
            lines.setdefault(place[axis], []).append(reading.claims[place])
    for number, claims in lines.items():
        first = firsts[number]
        before = place_at(axis, first[axis], first[1 - axis] - 1)
        if grid.at(before) is not None or min(before) < 1:
            continue
        words = vocabulary(catalogue, claims[0].table.id)
        across = grid.once(by_row if axis == LEFT else by_column).get(before[1 - axis], ())
        own = frozenset().union(*(claim.own[axis] for claim in claims))
        heads = {cell for claim in claims for _, cell in claim.headings}
        labels = [cell for cell in across if cell < before and cell not in heads]
        if any(r.sets & own and not r.title for cell in labels for r in words.read(grid.text(cell))):
            yield before


def _before(grid: Grid, line: _Line, end: Place, axis: int) -> _Line:
    """What stands on a line before a place, back to where its list begins: at a label, or behind many blank places."""
    found: _Line = {}
    table, near = None, end[1 - axis]
    for position in sorted((n for n in line if n < near), reverse=True):
        claim = line[position][0]
        between = (place_at(axis, end[axis], n) for n in range(position, near))
        if near - position > MOST_BLANK + 1 or (claim and table and claim.table is not table):
            break
        if any(grid.kinds.get(cell) == LABEL for cell in between):
            break
        near = position
        found[position] = line[position]
        table = claim.table if claim else table
    return found


def _stands_out(scene: Scene, catalogue: Catalogue, end: Place, axis: int, line: Sequence[Claim]) -> bool:
    """Whether nothing heads a figure along an axis as it heads the others of its line: but a note or another list's.

    A label may stand far left; one that nobody understands may be one of theirs.
    """
    grid = scene.grid
    row = grid.once(by_row)[end[0]] if axis == LEFT else ()
    heads = scene.own_stack(end, axis) or [cell for cell in row if cell < end and grid.kinds[cell] == LABEL]
    own = frozenset().union(*(claim.own[axis] for claim in line))
    words = vocabulary(catalogue, line[0].table.id)
    for cell in heads:
        told = [r for r in words.read(grid.text(cell)) if r.sets or r.names or r.title or r.total]
        alike = any(
            (r.sets & own and ("year" in own or not r.years)) or (r.total and not r.title) for r in told
        )
        if alike or not (told or is_note(grid.text(cell), catalogue)):
            return False
    return True
