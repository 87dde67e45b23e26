"""Figures where something slipped: pasted a line too far, beside the wrong one of two alike, read along two axes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence

from thb_analysis.ingest.recognition.doubts.case import AXES, Case
from thb_analysis.ingest.recognition.grid import (
    EITHER,
    FIGURE,
    LABEL,
    MOST_BLANK,
    Place,
    by_column,
    by_row,
)
from thb_analysis.ingest.recognition.keys import Block, Claim, Refusal, names_tables
from thb_analysis.ingest.recognition.resolve import Resolver
from thb_analysis.ingest.recognition.scene import LEFT, UP, Scene, place_at
from thb_analysis.ingest.recognition.titles import is_note
from thb_analysis.ingest.words.labels import Vocabulary, vocabulary

MOST_ALIKE = 20  #: lines under the very same words that are looked at
_STRANGERS = frozenset({"label_unknown", "label_of_others", "label_ambiguous"})


def slid(case: Case) -> dict[Place, Refusal]:
    """Figures after a blank place and before one that nothing heads: they may stand one place too far."""
    found: dict[Place, Refusal] = {}
    noted = _beside_notes(case) if case.blanks else set()
    lost = {*case.refusals, *case.grid.unseen, *noted, *_words_past(case)}
    if not lost:
        return found
    blocks: dict[tuple[Block, str], list[Claim]] = {}
    for place, claim in (*case.claims.items(), *case.blanks.items()):
        if place not in noted:
            blocks.setdefault((claim.block, claim.table.id), []).append(claim)
    for members in blocks.values():
        for axis in (UP, LEFT):
            lines = {claim.place[1 - axis] for claim in members}
            end, filled = max(lines) + 1, _filled(case.resolver, members, axis) | {p[1 - axis] for p in lost}
            end = next((n for n in range(end, end + MOST_BLANK) if n in filled), end)
            while any(p[1 - axis] == end for p in lost) and _kindred(case.resolver, members, axis, end):
                end += 1
            past = {p[axis]: p for p in lost if p[1 - axis] == end}
            if not past:
                continue
            empty = lines - {claim.place[1 - axis] for claim in members if claim.place in case.claims}
            before = min(lines) - 1
            nearest = _filled_before(case.resolver, members, axis, before)
            could = axis == LEFT and _could_hold(case, members[0], before, list(past.values()))
            own = axis == LEFT and _have_labels(case, past.values()) and _is_over(case, members, nearest)
            if could or (not own and _headed_only(case.resolver, members, axis, nearest)):
                empty.add(before)
            empty |= {
                n
                for n in range(before + 1, max(lines))
                if n not in lines and _like(case.resolver, members, axis, n)
            }
            last: dict[int, int] = {}  # the first blank place before such a figure
            for claim in members:
                if claim.place in case.blanks and claim.place[axis] in past:
                    across, position = claim.place[axis], claim.place[1 - axis]
                    last[across] = min(last.get(across, position), position)
            for across in (
                past.keys() - last.keys()
            ):  # nor may be trusted what stands after another that was refused
                others = [
                    p[1 - axis] for p in case.refusals if p[axis] == across and before <= p[1 - axis] < end
                ]
                if others and not _labelled(case, past[across], axis):
                    last[across] = min(others)
            for claim in members:
                across, position = claim.place[axis], claim.place[1 - axis]
                start = min(empty, default=last.get(across, position))
                if claim.place in case.claims and position > start:
                    first = past.get(across, min(past.values()))
                    found[claim.place] = case.refused(claim, "figures_slid", case.grid.address(first))
    return found


def _could_hold(case: Case, claim: Claim, row: int, past: Sequence[Place]) -> bool:
    """Whether a row above a list has nothing but a label, and a figure may have slid from it to the list's end.

    Any label, where the last figure stands beside a note; where nothing labels that, the name of what is counted.
    """
    cells = case.grid.once(by_row).get(row, [])
    if not cells or any(place[1] not in claim.block.columns for place in cells):
        return False
    if any(_noted(case, place) for place in past):
        return True
    readings = [r for cell in cells for r in case.words(claim).read(case.grid.text(cell))]
    named = any((reading.title or reading.total) and not reading.years for reading in readings)
    return named and not any(_labelled(case, place, LEFT) for place in past)


def _have_labels(case: Case, past: Collection[Place]) -> bool:
    """Whether figures past a list have a label each, whatever it says, that is no note: it is their own."""
    codes = {case.refusals[place].code if place in case.refusals else "" for place in past}
    return codes <= _STRANGERS and all(_labelled(case, p, LEFT) and not _noted(case, p) for p in past)


def _is_over(case: Case, members: Sequence[Claim], row: int) -> bool:
    """Whether a row without figures has the table's title, or labels over the figures of a list: no line of it."""
    catalogue, kinds, table = case.catalogue, case.grid.kinds, members[0].table.id
    cells = [(row, column) for column in members[0].block.columns]
    heads = any(kinds.get((row, claim.place[1])) == LABEL for claim in members)
    return heads or any(table in names_tables(catalogue, case.grid.text(cell)) for cell in cells)


def _noted(case: Case, place: Place) -> bool:
    """Whether the row of a place is labelled by a note: a source, a signature."""
    cells = case.grid.once(by_row).get(place[0], ())
    return any(is_note(case.grid.text(cell), case.catalogue) for cell in cells)


def _labelled(case: Case, place: Place, axis: int) -> bool:
    """Whether anything but figures stands on the line of a place, before it."""
    line = case.grid.once(by_column if axis == UP else by_row).get(place[1 - axis], ())
    return any(p[axis] < place[axis] and case.grid.kinds[p] == LABEL for p in line)


def headings_slid(case: Case) -> dict[Place, Refusal]:
    """Figures between one without a heading and a heading that has none: as many headings as figures, all one too far.

    So a column of labels stands after cells were put in above it, and a line of headings after its corner moved.
    """
    found: dict[Place, Refusal] = {}
    bare = {
        place: refusal
        for place, refusal in case.refusals.items()
        if refusal.code in ("heading_gap", "heading_names")
    }
    blocks: dict[tuple[Block, str], list[Claim]] = {}
    for claim in (*case.claims.values(), *case.blanks.values()) if bare and case.blanks else ():
        blocks.setdefault((claim.block, claim.table.id), []).append(claim)
    for members in blocks.values():
        for axis in (UP, LEFT):
            filled = {claim.place[1 - axis] for claim in members if claim.place in case.claims}
            across = {claim.place[axis] for claim in members}
            begin = min(claim.place[1 - axis] for claim in members) - 1
            lost = [p[1 - axis] for p in bare if p[axis] in across and p[1 - axis] >= begin]
            others = [p[1 - axis] for p in (*case.claims, *case.refusals) if p[axis] in across]
            end = max(filled, default=0)
            past = [claim.place for claim in members if claim.place[1 - axis] > end]
            if (
                not past
                or not lost
                or max(lost) > end
                or {n for n in others if n > end} & _next_to(past, axis)
            ):
                continue
            for claim in members:
                if claim.place in case.claims and claim.place[1 - axis] > min(lost):
                    found[claim.place] = case.refused(claim, "figures_slid", case.grid.address(min(past)))
    return found


def _next_to(places: Sequence[Place], axis: int) -> set[int]:
    """The lines on which some places stand, and those right behind them."""
    return {place[1 - axis] + n for place in places for n in (0, 1)}


def slid_alone(case: Case) -> dict[Place, Refusal]:
    """Figures alone on their row and without a label, some rows below headings under which nothing else stands."""
    found: dict[Place, Refusal] = {}
    rows = Counter(place[0] for place in case.scene.figures)
    columns: dict[int, list[int]] = {}
    for row, column in case.scene.figures:
        columns.setdefault(column, []).append(row)
    for place, claim in case.claims.items():
        if claim.block.columns or rows[place[0]] > 1:
            continue
        heads = case.scene.own_stack(place, UP)
        first = max((max(case.scene.levels(cell, UP)) for cell in heads), default=place[0]) + 1
        if place[0] - first >= MOST_BLANK and not any(first <= row < place[0] for row in columns[place[1]]):
            found[place] = case.refused(claim, "figures_slid", case.grid.address((first, place[1])))
    return found


def _beside_notes(case: Case) -> set[Place]:
    """Figures that are set aside since their row's label names a day: “Data as of 01.02.2025” is a note."""
    found = set()
    for place, claim in case.claims.items():
        for cell in case.scene.own_stack(place, LEFT) if claim.aside else ():
            tokens = case.words(claim).tokens(case.grid.text(cell))
            if sum(token.kind == "date" for token in tokens) == 1:
                found.add(place)
    return found


def _words_past(case: Case) -> list[Place]:
    """Words right after the last figure of a list that begins with a blank place, where nothing labels their line."""
    found = []
    for axis in (UP, LEFT):
        last: dict[int, int] = {}
        for place in case.claims if case.blanks else ():
            last[place[axis]] = max(last.get(place[axis], 0), place[1 - axis])
        for across, line in last.items():
            cell = place_at(axis, across, line + 1)
            labels = [p for p in case.scene.region.places if p[1 - axis] == line + 1 and p != cell]
            if case.grid.kinds.get(cell) == LABEL and cell in case.scene.region.places and not labels:
                found.append(cell)
    return found


def _headed_only(resolver: Resolver, members: Sequence[Claim], axis: int, line: int) -> bool:
    """Whether the line before those of a block has a heading like theirs and no figure."""
    scene, block = resolver.scene, members[0].block
    levels, others = (block.columns, block.rows) if axis == LEFT else (block.rows, block.columns)
    places = [place_at(axis, level, line) for level in levels]
    dates = {place for place in places if place in scene.figures and scene.grid.cells[place].kind == "date"}
    heads = [place for place in places if place in scene.region.places and scene.is_heading(place)]
    if any(figure[1 - axis] == line and figure not in dates for figure in scene.figures):
        return False
    if not heads:
        return bool(dates) or _like(
            resolver, members, axis, line
        )  # a label that became a date, or of another part
    before = others or [figure[1 - axis] for figure in scene.figures if figure[1 - axis] < line]
    like = _kindred(resolver, members, axis, line) if dates else _like(resolver, members, axis, line)
    return like or (bool(before) and line > max(before))


def _filled_before(resolver: Resolver, members: Sequence[Claim], axis: int, line: int) -> int:
    """The last line up to this one with a cell where a block has figures or headings, not beyond a few blank ones."""
    filled = _filled(resolver, members, axis)
    return next((n for n in range(line, line - MOST_BLANK, -1) if n in filled), line)


def _filled(resolver: Resolver, members: Sequence[Claim], axis: int) -> set[int]:
    block = members[0].block
    across = {claim.place[axis] for claim in members} | set(block.columns if axis == LEFT else block.rows)
    lines = resolver.grid.once(by_row if axis == UP else by_column)
    return {place[1 - axis] for line in across for place in lines.get(line, ())}


def _like(resolver: Resolver, members: Sequence[Claim], axis: int, line: int) -> bool:
    """Whether a line has no figure, and a heading like those of a block."""
    kinds = resolver.grid.kinds
    if any(figure[1 - axis] == line for figure in resolver.scene.figures):
        return False
    crossed = {claim.place[axis] for claim in members}
    if any(kinds.get(place_at(axis, n, line), LABEL) != LABEL for n in crossed):
        return False
    return _kindred(resolver, members, axis, line)


def _kindred(resolver: Resolver, members: Sequence[Claim], axis: int, line: int) -> bool:
    """Whether a line has, in the headings' place, a label that says of a figure what those of a block do.

    One that says a year as well, as none of those does, is a title.
    """
    scene, block, kinds = resolver.scene, members[0].block, resolver.grid.kinds
    levels = block.columns if axis == LEFT else block.rows
    places = [place_at(axis, level, line) for level in levels]
    words = vocabulary(resolver.source.catalogue, members[0].table.id)
    own = frozenset().union(*(claim.own[axis] for claim in members))
    heads = [
        p for p in places if kinds.get(p) == LABEL or (kinds.get(p) == EITHER and p not in scene.figures)
    ]
    readings = [r for head in heads for r in words.read(scene.grid.text(head))]
    return any(
        (r.sets & own and ("year" in own or not r.years)) or (r.total and not r.title) for r in readings
    )


def before_twin(case: Case) -> dict[Place, Refusal]:
    """Figures whose words head a line without a figure as well: one of the two should say another thing.

    So may the line right after the first of a group, that has no label of the group's kind.  A number that was taken
    for a heading may be the figure of its line, and one that an empty column parted from its headings is.
    """
    scene, grid = case.scene, case.grid
    found: dict[Place, Refusal] = {}
    lines: dict[tuple[int, tuple[int, ...]], dict[tuple[str, ...], list[int]]] = {}
    known: dict[tuple[int, tuple[int, ...], int], list[int]] = {}  # the lines like one
    for place, claim in case.claims.items():
        for axis in (UP, LEFT):
            levels, at = scene.fills(place, axis), place[1 - axis]
            if not levels or axis in claim.total | claim.part or not (levels[1:] or scene.headings):
                continue  # of lines with one heading, blank ones are compared as all are
            if (axis, levels) not in lines:
                words = lines[axis, levels] = {}
                for n in _positions(scene, axis):
                    words.setdefault(_words_at(scene, axis, levels, n), []).append(n)
            if (axis, levels, at) not in known:
                own, after = (_words_at(scene, axis, levels, n) for n in (at, at + 1))
                alike = lines[axis, levels].get(own, [])[:MOST_ALIKE] if all(own) else []
                first = all(own) and after == (*[""] * (len(own) - 1), own[-1])
                known[axis, levels, at] = [n for n in alike if n != at] + [at + 1] * first
            for n in known[axis, levels, at]:
                other = place_at(axis, place[axis], n)
                blank = bool(levels[1:]) and grid.at(other) is None and other not in grid.covers
                number = other in scene.headings and other not in scene.stack(place, 1 - axis)
                apart = other not in scene.region.places and grid.kinds.get(other) == FIGURE
                if blank or number or apart or other in case.lost:
                    found[place] = case.refused(
                        claim, "key_twice", f"{case.grid.address(place)}, {case.grid.address(other)}"
                    )
    return found


def _positions(scene: Scene, axis: int) -> range:
    """The columns (up) or rows (left) of a part of a sheet."""
    region = scene.region
    return range(region.left, region.right + 1) if axis == UP else range(region.top, region.bottom + 1)


def _words_at(scene: Scene, axis: int, levels: Sequence[int], position: int) -> tuple[str, ...]:
    """What stands at some levels of headings over, or beside, a line."""
    found = (scene.grid.at(place_at(axis, level, position)) for level in levels)
    return tuple("" if cell is None else scene.grid.text(cell).strip() for cell in found)


def two_ways(case: Case) -> dict[Place, Refusal]:
    """Figures beside a heading that heads a column of others, or the other way round: one of them is astray."""
    heads = [(words, role, cell) for words, own in case.headings.items() for role, cell in own]
    up, left = ({cell for _, name, cell in heads if name == role} for role in AXES)
    bare = any(role == "column" and _is_bare(words, case.grid.text(cell)) for words, role, cell in heads)
    if not case.refusals and up.isdisjoint(left) and not bare:
        return {}
    served: dict[Place, tuple[list[Place], list[Place]]] = {}
    for place, claim in case.claims.items():
        for role, heading in claim.headings:
            if role in AXES:
                served.setdefault(heading, ([], []))[AXES[role]].append(place)
    refused: tuple[Counter[Place], Counter[Place]] = (Counter(), Counter())
    for axis in (UP, LEFT):
        for place in case.refusals:
            refused[axis].update(case.scene.own_stack(place, axis))
    found: dict[Place, Refusal] = {}
    for heading, ways in served.items():
        text = case.grid.text(heading)
        sizes = [len(way) + refused[axis][heading] for axis, way in enumerate(ways)]
        astray = [p for way, size in zip(ways, sizes, strict=True) for p in way if size == min(sizes)]
        astray = astray if all(ways) else []
        for axis in (UP, LEFT):
            if ways[axis] and not ways[1 - axis] and heading in refused[1 - axis]:
                astray = ways[axis]
        if ways[UP] and not ways[LEFT] and _before_empty(case, heading, case.claims[ways[UP][0]]):
            astray = ways[UP]
        for place in astray:
            found[place] = Refusal("heading_two_ways", heading, text, tables=(case.claims[place].table.id,))
    return found


def _before_empty(case: Case, heading: Place, claim: Claim) -> bool:
    """Whether a bare “Number” alone on its row stands before the empty place below a heading that says more.

    It is the label of that place, then, and what stands below it a number that got there by accident.
    """
    row, column = heading
    words, text = case.words(claim), case.grid.text
    if not _is_bare(words, text(heading)):
        return False
    lines = case.grid.once(by_row)
    idle = {cell for cell in lines.get(row - 1, ()) if cell[1] > column and cell in case.scene.loose}
    said = (reading for cell in idle for reading in words.read(text(cell)))
    return len(lines[row]) == 1 and any(not set(r.dims) <= claim.dims.items() for r in said)


def _is_bare(words: Vocabulary, text: str) -> bool:
    """Whether a label is no more than a word for figures, or not understood."""
    return all(reading.figure and reading.neutral for reading in words.read(text))
