"""Figures of one table with one key: nobody can tell them apart, so none is taken."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from thb_analysis.ingest.recognition.doubts.case import Case
from thb_analysis.ingest.recognition.grid import FIGURE, Grid, Place
from thb_analysis.ingest.recognition.keys import Claim, Refusal, claim_key, names_tables, readings, said
from thb_analysis.ingest.recognition.resolve import Resolver
from thb_analysis.ingest.recognition.rivals import RegionReading
from thb_analysis.ingest.recognition.scene import LEFT, UP, Scene, place_at
from thb_analysis.ingest.words.fold import fold

MOST_BLANK = 2  #: places between a figure and the label of its line that is parted from it


def refuse_doubles(resolver: Resolver, reading: RegionReading) -> None:
    """Figures of one table, or under one heading, with one key cannot be told apart: none is taken but totals.

    A total may be given twice, and what is given twice on a sheet is compared; but within a table a heading
    that is there twice is a heading that should be another.
    """
    _refuse_subtotals(resolver, reading)
    _refuse_twin_totals(resolver, reading)
    alike: dict[object, list[Place]] = {}
    for place, claim in [*reading.claims.items(), *reading.blanks.items()]:
        if resolver.grid.at(place) in (place, None) and not claim.aside:
            shared: list[object] = [] if claim.total else [claim.block]
            for axis in (UP, LEFT):
                stack = resolver.scene.stack(place, axis)
                if stack and 1 - axis not in claim.total:  # a total of the columns is no total of the rows
                    shared.append((axis, stack))
            key = claim_key(claim)
            for one in shared:
                alike.setdefault((key, one), []).append(place)
    for place, claim in _spanned(resolver, reading):
        alike.setdefault((claim_key(claim), claim.block), []).append(place)
    for places in alike.values():
        if len(places) == 1:
            continue
        taken = [place for place in places if place in reading.claims]
        blank = [place for place in places if place not in reading.claims]
        if len(taken) == 1 and all(_is_section(resolver, reading, place, taken[0]) for place in blank):
            for place in blank:
                reading.blanks.pop(place, None)
        elif len(places) > 1:
            told = ", ".join(resolver.grid.address(place) for place in sorted(places))
            for place in taken:
                claim = reading.claims.pop(place)
                reading.refusals[place] = Refusal(
                    "key_twice", place, resolver.grid.text(place), told, tables=(claim.table.id,)
                )


def _spanned(resolver: Resolver, reading: RegionReading) -> Iterator[tuple[Place, Claim]]:
    """What a figure would be that is merged over several, at each place: it may be any of them."""
    for place, refusal in reading.refusals.items():
        top, left, bottom, right = (
            resolver.grid.span(place) if refusal.code == "figure_spans" else (1, 1, 0, 0)
        )
        for at in [(row, column) for row in range(top, bottom + 1) for column in range(left, right + 1)]:
            result = resolver.resolve(at, resolver.source.catalogue.tables[refusal.tables[0]])
            if isinstance(result, Claim):
                yield at, result


def of_blank(case: Case) -> dict[Place, Refusal]:
    """Figures alone in their block that touch a list of which a blank place has their words: they may be its figure."""
    blanks = {claim_key(blank): blank for blank in case.blanks.values()}
    found: dict[Place, Refusal] = {}
    for members in case.blocks.values() if blanks else ():
        blank = blanks.get(claim_key(members[0])) if len(members) == 1 else None
        if blank is not None and blank.block != members[0].block:
            told = f"{case.grid.address(members[0].place)}, {case.grid.address(blank.place)}"
            found[members[0].place] = case.refused(members[0], "key_twice", told)
    return found


def beside_doubles(case: Case) -> dict[Place, Refusal]:
    """Figures of one of two lines that nothing tells apart, where what stands in the other is no figure that was read.

    Had it been read, both would have been refused: “1” on the one line, and “I” on the other.
    """
    twins: dict[str, list[Place]] = {}
    for place, refusal in case.refusals.items():
        if refusal.code == "key_twice":
            twins.setdefault(refusal.expected, []).append(place)
    lines: dict[tuple[int, int], Place] = {}  #: an axis and a line → a figure of its twin
    for places in twins.values():
        for axis in (UP, LEFT) if len(places) == 2 else ():
            one, other = places
            if one[1 - axis] == other[1 - axis]:
                lines[axis, one[axis]], lines[axis, other[axis]] = other, one
    found: dict[Place, Refusal] = {}
    for place, claim in case.claims.items() if lines else ():
        for axis in (UP, LEFT):
            twin = lines.get((axis, place[axis]))
            beside = place_at(axis, twin[axis], place[1 - axis]) if twin is not None else place
            if beside not in case.claims and case.grid.at(beside) is not None:
                told = f"{case.grid.address(place)}, {case.grid.address(beside)}"
                found[place] = case.refused(claim, "key_twice", told)
    return found


def _is_section(resolver: Resolver, reading: RegionReading, blank: Place, place: Place) -> bool:
    """Whether a blank place stands beside the name of a table right over the first line of its list: a subtitle.

    “Checks”, below it “Number of checks”: whatever stands there, the figure below is of the same.  The very same words
    twice that are no table's title are two lines of which one has another's label.
    """
    scene, grid, claim = resolver.scene, resolver.grid, reading.claims[place]
    heads = scene.stack(blank, LEFT)
    alone = not any(cell[0] == blank[0] and cell not in heads for cell in grid.kinds)
    named = len(heads) == 1 and claim.table.id in names_tables(resolver.source.catalogue, grid.text(heads[0]))
    near = place not in grid.series and (blank[0] + 1, blank[1]) == place
    own = [fold(grid.text(cell)) for cell in scene.stack(place, LEFT)]
    twice = bool(heads) and [fold(grid.text(cell)) for cell in heads] == own
    told = readings(resolver.source.catalogue, claim.table.id, grid.text(heads[0])) if twice else ()
    twice = twice and not any(reading.title for reading in told)
    return named and alone and near and not twice and not scene.stack(blank, UP)


def _refuse_twin_totals(resolver: Resolver, reading: RegionReading) -> None:
    """Two totals side by side under the very same words: one of them is what became of another heading."""
    scene, grid = resolver.scene, resolver.grid
    for place, claim in list(reading.claims.items()):
        for axis in claim.total:
            near = place_at(axis, place[axis], place[1 - axis] + 1)
            other = reading.claims.get(near)
            if other is None or axis not in other.total or claim_key(other) != claim_key(claim):
                continue
            texts = [[grid.text(cell) for cell in scene.stack(one, axis)] for one in (place, near)]
            if texts[0] == texts[1] and scene.stack(place, axis) != scene.stack(near, axis):
                told = f"{grid.address(place)}, {grid.address(near)}"
                for one in (place, near):
                    reading.refusals[one] = Refusal(
                        "key_twice", one, grid.text(one), told, tables=(claim.table.id,)
                    )
    for place in reading.refusals.keys() & reading.claims.keys():
        del reading.claims[place]


def _refuse_subtotals(resolver: Resolver, reading: RegionReading) -> None:
    """A total with a member's name that differs from the member's own figure is of a group that nobody names.

    `Total trafficking` below the articles of which one is trafficking.
    """
    lines = ((place, claim) for place, claim in reading.claims.items() if not (claim.total or claim.aside))
    own = {(claim.block, claim_key(claim)): place for place, claim in lines}
    for place, claim in list(reading.claims.items()):
        other = own.get((claim.block, claim_key(claim)))
        headings = [cell for role, cell in claim.headings if role == "row"]
        if LEFT not in claim.total or other is None or not claim.own[LEFT] or not headings:
            continue
        if resolver.grid.text(place).strip() != resolver.grid.text(other).strip():
            text, told = resolver.grid.text(headings[0]), resolver.grid.address(other)
            del reading.claims[place]
            reading.refusals[place] = Refusal(
                "label_ambiguous", headings[0], text, f"{said(claim)} ({told})", tables=(claim.table.id,)
            )


def heads_apart(scene: Scene, place: Place, span: tuple[int, int, int, int]) -> bool:
    """Whether a figure is merged over lines that have a heading each, or of which the first has none that the last has.

    A figure stands under the first of its lines; that its heading stands over the last alone is an accident.
    """
    top, left, bottom, right = span
    for axis, ends in ((UP, [(top, left), (top, right)]), (LEFT, [(top, left), (bottom, left)])):
        first, last = (scene.own_stack(end, axis)[:1] for end in ends)
        if not first and not last:
            first, last = (_beyond_blank(scene.grid, end, axis) for end in ends)
        if last and first != last:
            return True
    return False


def _beyond_blank(grid: Grid, place: Place, axis: int) -> tuple[Place, ...]:
    """The label on a place's own line beyond a few blank places, which a blank row or column parts from it."""
    row, column = place
    for step in range(1, MOST_BLANK + 2):
        before = grid.at((row - step, column) if axis == UP else (row, column - step))
        if before is not None:
            return () if grid.kinds[before] == FIGURE else (before,)
    return ()


def like_doubles(grid: Grid, readings: Sequence[RegionReading]) -> dict[Place, Refusal]:
    """Figures beside the very words of others of their column, beyond a blank row, that nothing tells apart.

    `sham marriages, women, men`, a blank row, `sexual exploitation, women, men`: each is a part of the line above.
    """
    told: dict[tuple[int, str], tuple[Scene, str]] = {}
    for reading in readings:
        for place, refusal in reading.refusals.items():
            heads = reading.scene.own_stack(place, LEFT) if refusal.code == "key_twice" else ()
            if len(heads) == 1:
                told.setdefault((place[1], fold(grid.text(heads[0]))), (reading.scene, refusal.expected))
    found: dict[Place, Refusal] = {}
    for reading in readings if told else ():
        for place, claim in reading.claims.items():
            heads = reading.scene.own_stack(place, LEFT)
            twin = told.get((place[1], fold(grid.text(heads[0])))) if len(heads) == 1 else None
            if twin is None or twin[0] is reading.scene:
                continue
            lower = max(twin[0].region, reading.scene.region, key=lambda region: region.top)
            if (lower.top, place[1]) in (
                *twin[0].figures,
                *reading.scene.figures,
            ):  # it has no title of its own
                text, tables = grid.text(place), (claim.table.id,)
                where = f"{grid.address(place)}, {twin[1]}"
                found[place] = Refusal("key_twice", place, text, where, tables=tables)
    return found
