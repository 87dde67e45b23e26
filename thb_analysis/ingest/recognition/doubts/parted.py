"""Figures whose headings stand where they do not reach them: beyond a blank row, or at a figure that was refused."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Mapping, Sequence
from itertools import pairwise

from thb_analysis.definitions import TOTAL, Catalogue
from thb_analysis.ingest.recognition.grid import LABEL, MOST_BLANK, Grid, Place
from thb_analysis.ingest.recognition.keys import Claim, Refusal, claim_key, said
from thb_analysis.ingest.recognition.rivals import RegionReading
from thb_analysis.ingest.recognition.scene import LEFT, UP, Scene
from thb_analysis.ingest.words.labels import vocabulary


def parted(grid: Grid, catalogue: Catalogue, readings: Sequence[RegionReading]) -> dict[Place, Refusal]:
    """Figures of a sheet that a blank line may part from what they belong to; `readings` are of its regions."""
    return {
        **_level_lost(grid, readings),
        **_parted_totals(grid, readings),
        **_beyond_blank(grid, readings),
        **_parted_labels(grid, catalogue, readings),
        **_parted_lines(grid, catalogue, readings),
        **_below_headed(grid, readings),
        **_indented_beyond(grid, readings),
        **_twin_beyond(grid, readings),
        **_titled_by_blank(grid, readings),
        **_below_other_title(grid, readings),
    }


def _level_lost(grid: Grid, readings: Sequence[RegionReading]) -> dict[Place, Refusal]:
    """Figures that lack a level of headings which the next place of their list has, beyond blank lines if need be.

    What is headed along one axis only is no longer one list beyond a blank place, so nothing else compares the two.
    """
    found: dict[Place, Refusal] = {}
    for axis in (UP, LEFT):
        lists: dict[int, list[tuple[Claim, Scene]]] = {}
        for reading in readings:
            for place, claim in [*reading.claims.items(), *reading.blanks.items()]:
                if not reading.scene.stack(place, 1 - axis):
                    lists.setdefault(place[axis], []).append((claim, reading.scene))
        taken: dict[int, list[int]] = {}  #: by line across the lists, where on it something stands
        for place in grid.cells.keys() - grid.hidden if any(len(line) > 1 for line in lists.values()) else ():
            taken.setdefault(place[1 - axis], []).append(place[axis])
        found |= _beside_refused(grid, readings, lists, axis)
        for line in lists.values():
            pairs = [
                (first, second)
                for first, second in pairwise(sorted(line, key=lambda one: one[0].place[1 - axis]))
                if _near(
                    first[0].place[1 - axis], second[0].place[1 - axis], _between(first, second, axis, taken)
                )
            ]
            lost: dict[Place, Place] = {}  #: a place without the level → one that has it
            for first, second in pairs:
                for one, other in ((first, second), (second, first)):
                    if _lacks_level(*one, *other, axis):
                        lost[one[0].place] = other[0].place
            for first, second in (*pairs, *((two, one) for one, two in reversed(pairs))):
                if first[0].place in lost and _lacks_alike(*first, *second, axis):
                    lost.setdefault(second[0].place, lost[first[0].place])
            for claim, _ in line:
                place = claim.place
                if place in lost and grid.at(place) is not None:
                    text, told = grid.text(place), grid.address(lost[place])
                    found[place] = Refusal("heading_gap", place, text, told, tables=(claim.table.id,))
    return found


def _indented_beyond(grid: Grid, readings: Sequence[RegionReading]) -> dict[Place, Refusal]:
    """Figures whose label is written as far in as a part of a line beyond a blank row: they are parts of that line."""
    found: dict[Place, Refusal] = {}
    heads: dict[Place, bool] = {}  #: labels of rows with figures → whether they are parts, or may be
    for reading in readings:
        heads |= {cell: True for p in reading.refusals for cell in reading.scene.own_stack(p, LEFT)[:1]}
        for claim in reading.claims.values():
            heads |= {cell: LEFT in claim.part for role, cell in claim.headings if role == "row"}
    for reading in readings if any(grid.text(cell)[:1].isspace() for cell in heads) else ():
        for place, claim in reading.claims.items():
            for cell in (cell for role, cell in claim.headings if role == "row" and LEFT not in claim.part):
                before = _label_beyond(grid, cell)
                if before in heads and before not in reading.scene.region.places:
                    own, other = (_indent(grid.text(label)) for label in (cell, before))
                    if own > other or (own and own == other and heads[before]):
                        text, told = grid.text(place), grid.text(before).strip()
                        found[place] = Refusal("heading_gap", place, text, told, tables=(claim.table.id,))
    return found


def _label_beyond(grid: Grid, cell: Place) -> Place:
    """The label above another in its column, past labels as far in and a few blank rows; the cell itself if none."""
    row, blank, depth = cell[0] - 1, 0, _indent(grid.text(cell))
    while row > 0 and blank <= MOST_BLANK:
        above = grid.at((row, cell[1]))
        if above is None:
            blank += 1
        elif blank or _indent(grid.text(above)) < depth:
            return above
        row -= 1
    return cell


def _indent(text: str) -> int:
    return len(text) - len(text.lstrip())


def _below_headed(grid: Grid, readings: Sequence[RegionReading]) -> dict[Place, Refusal]:
    """Figures without a heading over them, below a blank row from others of their column whose heading says more.

    Nobody can tell whether it ends at the blank row.  Not where they have a title of their own.
    """
    found: dict[Place, Refusal] = {}
    for upper, lower in _neighbours(grid, readings):
        headed = sorted((*upper.claims.items(), *upper.blanks.items()), key=lambda one: one[0])
        above = {(other.table.id, place[1]): other for place, other in headed}
        for place, claim in lower.claims.items():
            over = above.get((claim.table.id, place[1]))
            if over is None or lower.scene.stack(place, UP):
                continue
            titled = any(role == "title" and cell[0] > over.place[0] for role, cell in claim.headings)
            levels = (set(part.scene.fills(p, LEFT)) for part, p in ((upper, over.place), (lower, place)))
            fewer = _has_fewer(*levels) and not (over.total | claim.total | claim.part) & {LEFT}
            less = fewer and over.own[LEFT] - claim.own[LEFT]
            if not titled and (over.own[UP] - claim.stated - {"year"} or less):
                told, tables = grid.address(over.place), (claim.table.id,)
                found[place] = Refusal("heading_gap", place, grid.text(place), told, tables=tables)
    return found


def _has_fewer(levels: set[int], own: set[int]) -> bool:
    """Whether a line has labels in some of the columns in which another has them."""
    return bool(own) and own < levels


def _neighbours(grid: Grid, readings: Sequence[RegionReading]) -> list[tuple[RegionReading, RegionReading]]:
    """The regions that only a few blank rows part, upper and lower."""
    taken = {row for row, _ in grid.cells.keys() - grid.hidden}
    begun: dict[int, list[RegionReading]] = {}
    for reading in readings:
        begun.setdefault(reading.scene.region.top, []).append(reading)
    return [
        (one, other)
        for one in readings
        for top in range(one.scene.region.bottom + 1, one.scene.region.bottom + MOST_BLANK + 2)
        for other in begun.get(top, ())
        if _near(one.scene.region.bottom, top, taken)
    ]


def _twin_beyond(grid: Grid, readings: Sequence[RegionReading]) -> dict[Place, Refusal]:
    """Figures under the words of a blank place of their column, beyond a blank row: one of the two is astray."""
    found: dict[Place, Refusal] = {}
    pairs = _neighbours(grid, readings)
    for one, other in (*pairs, *((lower, upper) for upper, lower in pairs)):
        known = {(place[1], claim_key(claim)): place for place, claim in one.blanks.items()}
        for place, claim in other.claims.items() if known else ():
            blank = known.get((place[1], claim_key(claim)))
            own = blank and max(blank[0], place[0]) > min(
                cell[0] for _, cell in claim.headings or [("", place)]
            )
            first, last = sorted((blank or place, place))
            titled = any(role == "title" and first[0] < cell[0] < last[0] for role, cell in claim.headings)
            if own and not titled:
                told, tables = f"{grid.address(first)}, {grid.address(last)}", (claim.table.id,)
                found[place] = Refusal("key_twice", place, grid.text(place), told, tables=tables)
    return found


def _titled_by_blank(grid: Grid, readings: Sequence[RegionReading]) -> dict[Place, Refusal]:
    """Figures with a title on the line of their own headings that heads a blank place: it says nothing of them."""
    heads: dict[Place, Claim] = {}
    for reading in readings:
        for claim in reading.blanks.values():
            heads.update((cell, claim) for role, cell in claim.headings if role != "title")
    found: dict[Place, Refusal] = {}
    for reading in readings if heads else ():
        for place, claim in reading.claims.items():
            own = {cell for role, cell in claim.headings if role != "title"}
            levels = [reading.scene.fills(place, axis) for axis in (UP, LEFT)]
            for role, cell in claim.headings:
                blank = heads.get(cell) if role == "title" and cell not in own else None
                beside = any(cell[axis] in filled for axis, filled in zip((UP, LEFT), levels, strict=True))
                if blank is not None and blank.block != claim.block and beside:
                    text, told = grid.text(place), grid.text(cell)
                    found[place] = Refusal("two_readings", place, text, told, tables=(claim.table.id,))
    return found


def _below_other_title(grid: Grid, readings: Sequence[RegionReading]) -> dict[Place, Refusal]:
    """Figures whose column's headings stand above the title of another table, of which their own line is a part."""
    found: dict[Place, Refusal] = {}
    lines: dict[
        Place, list[tuple[Claim, int]]
    ] = {}  # row label → figures, and the row of their nearest title
    claims = [claim for reading in readings for claim in reading.claims.values()]
    for claim in claims if len({claim.table.id for claim in claims}) > 1 else ():
        over = [cell[0] for role, cell in claim.headings if role == "title" and cell[0] < claim.place[0]]
        for role, cell in claim.headings:
            if role == "row":
                lines.setdefault(cell, []).append((claim, max(over, default=0)))
    for claim in claims if lines else ():
        heads = [cell[0] for role, cell in claim.headings if role == "column"]
        beside = [one for role, cell in claim.headings if role == "row" for one in lines[cell]]
        if heads and any(o.table is not claim.table and max(heads) < title for o, title in beside):
            place, table = claim.place, claim.table.id
            found[place] = Refusal("two_readings", place, grid.text(place), said(claim), tables=(table,))
    return found


def _near(near: int, far: int, taken: Collection[int]) -> bool:
    """Whether no more than a few blank lines part two places of a list."""
    return far - near <= MOST_BLANK + 1 and not any(n in taken for n in range(near + 1, far))


def _between(
    one: tuple[Claim, Scene], other: tuple[Claim, Scene], axis: int, taken: Mapping[int, Sequence[int]]
) -> list[int]:
    """The lines between two figures on which something stands that is as high up, or as far left, as their lists."""
    (first, own), (second, beside) = one, other
    lines = range(first.place[1 - axis] + 1, second.place[1 - axis])
    parts = (own.region, beside.region)
    low = min(part.top if axis == UP else part.left for part in parts)
    high = max(part.bottom if axis == UP else part.right for part in parts)
    return [n for n in lines[: MOST_BLANK + 1] if any(low <= at <= high for at in taken.get(n, ()))]


def _lacks_alike(one: Claim, own: Scene, other: Claim, beside: Scene, axis: int) -> bool:
    """Whether the next figure has headings at the very levels of one that lacks a level."""
    plain = one.table is other.table and not other.aside and axis not in other.total | other.part
    return plain and own.fills(one.place, axis) == beside.fills(other.place, axis)


def _beside_refused(
    grid: Grid,
    readings: Sequence[RegionReading],
    lists: Mapping[int, Sequence[tuple[Claim, Scene]]],
    axis: int,
) -> dict[Place, Refusal]:
    """The next figures of a list after one that lacks a heading, under headings at the very same levels."""
    found: dict[Place, Refusal] = {}
    for reading in readings:
        for place, refusal in sorted(reading.refusals.items()):
            line = lists.get(place[axis], ()) if refusal.code == "heading_gap" else ()
            end = place[1 - axis]
            for claim, scene in sorted(line, key=lambda one: one[0].place[1 - axis]):
                at = claim.place
                alike = claim.table.id in (refusal.tables or (claim.table.id,)) and axis not in claim.total
                alike = alike and scene.fills(at, axis) == reading.scene.fills(place, axis)
                if alike and end < at[1 - axis] <= end + MOST_BLANK + 1:
                    end = at[1 - axis]
                    if grid.at(at) is not None:
                        found[at] = Refusal(
                            "heading_gap", at, grid.text(at), grid.address(place), tables=refusal.tables
                        )
    return found


def _lacks_level(one: Claim, own: Scene, other: Claim, beside: Scene, axis: int) -> bool:
    """Whether another figure has headings at a level where this one has none, which say what nothing says of this.

    Of two figures in one list the headings decide as of all figures.
    """
    if one.table is not other.table or one.aside or axis in one.total | one.part | other.part | other.total:
        return False
    if not set(own.fills(one.place, axis)) < set(beside.fills(other.place, axis)):
        return False
    if (
        own is beside
        and own.grid.at(other.place)
        and own.band(one.place, axis) == own.band(other.place, axis)
    ):
        return False
    dated = one.year_from in ("heading", "title")
    return bool(other.own[axis] - one.own[axis] - one.stated - ({"year"} if dated else set()))


def _parted_totals(grid: Grid, readings: Sequence[RegionReading]) -> dict[Place, Refusal]:
    """Totals without any part, where figures right beyond a blank line were refused: these may be the parts.

    A total says of all its parts what they say alike; without them nobody knows what that is.  So do figures whose
    own line says more: it may be the total's line as well.
    """
    found: dict[Place, Refusal] = {}
    for axis in (UP, LEFT):
        single: list[tuple[Claim, RegionReading]] = []
        for reading in readings:
            totals = [claim for claim in reading.claims.values() if axis in claim.total]
            bands: dict[int | None, set[int]] = {}  # the lines of each band of headings
            for place in (*reading.claims, *reading.refusals) if totals else ():
                bands.setdefault(reading.scene.band(place, axis), set()).add(place[1 - axis])
            single += [
                (claim, reading) for claim in totals if len(bands[reading.scene.band(claim.place, axis)]) == 1
            ]
        others: dict[
            int, list[tuple[Place, RegionReading, str]]
        ] = {}  # line → what stands on it, and its table
        for reading in readings if single else ():
            given = [(place, claim.table.id) for place, claim in reading.claims.items()]
            for place, table in (*given, *((place, "") for place in reading.refusals)):
                others.setdefault(place[axis], []).append((place, reading, table))
        for claim, reading in single:
            place = claim.place
            for other, part, table in others.get(place[axis], ()):
                near = part is not reading and abs(other[1 - axis] - place[1 - axis]) <= MOST_BLANK + 1
                more = not table or (table == claim.table.id and _says_more(part.claims[other], claim, axis))
                if near and more:
                    text, told = grid.text(place), grid.address(other)
                    found[place] = Refusal("heading_gap", place, text, told, tables=(claim.table.id,))
    return found


def _says_more(other: Claim, total: Claim, axis: int) -> bool:
    """Whether another's headings say what a total's do not, which is then not of all of it."""
    across = other.own[1 - axis] - total.stated - {"year"}
    along = {name for name in other.own[axis] - total.stated - {"year"} if total.dims.get(name) != TOTAL}
    return bool(across or along)


def _beyond_blank(grid: Grid, readings: Sequence[RegionReading]) -> dict[Place, Refusal]:
    """The one figure of a sheet, which a blank line parts from the label of a list: a stray number looks so."""
    figures = [(place, reading) for reading in readings for place in reading.scene.figures]
    found: dict[Place, Refusal] = {}
    for place, reading in figures if len(figures) == 1 else ():
        claim = reading.claims.get(place)
        nearest = [(axis, max(f)) for axis in (UP, LEFT) if (f := reading.scene.fills(place, axis))]
        if claim is None or len(nearest) != 1:
            continue
        axis, level = nearest[0]
        if level < place[axis] - 1 and claim.own[axis] - {"year"}:
            found[place] = Refusal("heading_gap", place, grid.text(place), "", tables=(claim.table.id,))
    return found


def _parted_labels(
    grid: Grid, catalogue: Catalogue, readings: Sequence[RegionReading]
) -> dict[Place, Refusal]:
    """Figures of a list left of which, beyond a blank column, stands a label that would say more of them.

    So may one over a column without a heading, beyond a blank place of it, whether anybody understands it or not.
    """
    parts = [reading.scene for reading in readings]
    held = grid.hidden.union(*(scene.region.places.difference(scene.loose) for scene in parts))
    labels = sorted(cell for cell, kind in grid.kinds.items() if kind == LABEL and cell not in held)
    found: dict[Place, Refusal] = {}
    for reading in readings if labels else ():
        region = reading.scene.region
        columns = range(region.left - MOST_BLANK - 1, region.left - 1)
        within = labels[bisect_left(labels, (region.top, 0)) : bisect_left(labels, (region.bottom + 1, 0))]
        near = [cell for cell in within if cell[1] in columns]
        over: dict[int, Place] = {}  # column → the last label over its figures, with nothing between
        tops: dict[int, int] = {}  # column → its first row
        for row, column in region.places if within else ():
            tops[column] = min(row, tops.get(column, row))
        for cell in within:
            if cell[1] in tops and cell[0] < tops[cell[1]] <= cell[0] + MOST_BLANK:
                over[cell[1]] = cell
        for place, claim in reading.claims.items() if over else ():
            label = over.get(place[1])
            if label is None or reading.scene.stack(place, UP):
                continue
            told_of = vocabulary(catalogue, claim.table.id).read(grid.text(label))
            if not told_of or any(name not in claim.stated for r in told_of for name, _ in r.dims):
                text, told = grid.text(place), grid.text(label).strip()
                found[place] = Refusal("heading_gap", place, text, told, tables=(claim.table.id,))
        lines: dict[int, list[str]] = {}  # row → what the part's own labels say there
        for cell in region.places if near else ():
            if grid.kinds[cell] == LABEL:
                lines.setdefault(cell[0], []).append(grid.text(cell))
        for place, claim in reading.claims.items() if near else ():
            words = vocabulary(catalogue, claim.table.id)
            for cell in near:
                said = [r for r in words.read(grid.text(cell)) if r.dims]
                more = any(
                    name not in claim.stated or claim.dims.get(name) != code
                    for r in said
                    for name, code in r.dims
                )
                own = lines.get(cell[0], ())
                if any(
                    {name for r in said for name, _ in r.dims} <= r.sets for t in own for r in words.read(t)
                ):
                    continue  # side by side, each part with a label of its own on that line
                if cell[0] <= place[0] and more and ("row", cell) not in claim.headings:
                    told = grid.text(cell).strip()
                    text = grid.text(place)
                    found[place] = Refusal("heading_gap", place, text, told, tables=(claim.table.id,))
    return found


def _parted_lines(
    grid: Grid, catalogue: Catalogue, readings: Sequence[RegionReading]
) -> dict[Place, Refusal]:
    """Figures without a row label beyond a blank column from others of their table that have one: it may be theirs.

    So may the label of refused ones.  Not where a title of their own stands over them.  Nor are those others taken
    where a refused one has their words.
    """
    labelled: dict[int, list[tuple[Place, RegionReading]]] = {}  # row → figures with a label
    for reading in readings:
        for place in (*reading.claims, *reading.refusals):
            claim = reading.claims.get(place)
            if claim.own[LEFT] or LEFT in claim.total if claim else reading.scene.stack(place, LEFT):
                labelled.setdefault(place[0], []).append((place, reading))
    found: dict[Place, Refusal] = {}
    for reading in readings if labelled else ():
        left = reading.scene.region.left
        for place in (*reading.claims, *reading.refusals):
            if place[0] not in labelled or reading.scene.stack(place, LEFT):
                continue
            own = reading.claims.get(place)
            if own and any(role == "title" and cell[1] >= left for role, cell in own.headings):
                continue
            for other, part in labelled[place[0]]:
                if part is reading or not 0 < left - other[1] <= MOST_BLANK + 1:
                    continue
                theirs = part.claims.get(other)
                if own is None and theirs and _texts(reading.scene, place) == _texts(part.scene, other):
                    told = f"{grid.address(other)}, {grid.address(place)}"
                    text, tables = grid.text(other), (theirs.table.id,)
                    found[other] = Refusal("key_twice", other, text, told, tables=tables)
                elif own and _label_says(part, other, own, catalogue) - own.stated - {"year"}:
                    text, told = grid.text(place), grid.address(other)
                    found[place] = Refusal("heading_gap", place, text, told, tables=(own.table.id,))
    return found


def _label_says(part: RegionReading, other: Place, own: Claim, catalogue: Catalogue) -> frozenset[str]:
    """What the row's label of another figure says of one of this table; nothing where it is of another table."""
    claim = part.claims.get(other)
    if claim:
        return claim.own[LEFT] if claim.table is own.table else frozenset()
    words = vocabulary(catalogue, own.table.id)
    readings = (r for cell in part.scene.stack(other, LEFT) for r in words.read(part.scene.grid.text(cell)))
    return frozenset(name for reading in readings if not reading.title for name, _ in reading.dims)


def _texts(scene: Scene, place: Place) -> list[str]:
    """The words over a figure."""
    return [scene.grid.text(cell) for cell in scene.own_stack(place, UP)]
