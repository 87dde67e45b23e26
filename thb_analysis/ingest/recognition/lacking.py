"""Figures that lack a heading which a refused one, or an empty line beside them, has: one of the two is astray."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from thb_analysis.ingest.people import REDACTED
from thb_analysis.ingest.recognition.grid import Place, address
from thb_analysis.ingest.recognition.keys import Claim, Refusal, said
from thb_analysis.ingest.recognition.resolve import Resolver
from thb_analysis.ingest.recognition.roles import counts_lines
from thb_analysis.ingest.recognition.scene import LEFT, UP, Scene
from thb_analysis.ingest.recognition.slips import refused
from thb_analysis.ingest.words.labels import Vocabulary, vocabulary
from thb_analysis.ingest.words.mentions import another_list

_ADDRESS = re.compile(r"([A-Z]+)(\d+)")
MOST_ALIKE = 20  #: lines under the very same words that are looked at


def beside_lost(
    resolver: Resolver, claims: Mapping[Place, Claim], lost: Sequence[Place]
) -> dict[Place, Refusal]:
    """Figures that lack a heading where a refused one beside them has it, and the other way round."""
    scene, found = resolver.scene, {}
    for axis in (UP, LEFT):
        kinds = {(scene.band(other, axis), scene.fills(other, axis)): other for other in reversed(lost)}
        for (_, fills), other in kinds.items():
            theirs = set(fills)
            for place in scene.mates(other, axis):
                claim = claims.get(place)
                if claim is not None and axis not in claim.total:
                    own = set(scene.fills(place, axis))
                    if own - theirs and theirs - own:
                        found[place] = refused(resolver, claim, "heading_gap", address(other))
    return found


def lacking_alike(
    resolver: Resolver, claims: Mapping[Place, Claim], refusals: Mapping[Place, Refusal]
) -> dict[Place, Refusal]:
    """Figures without a heading at the very level at which one beside them was refused for lack of one.

    Whether others of their words have that heading does not matter: what parts the lines is not known here.
    """
    scene, found = resolver.scene, {}
    gaps = {place: refusal.expected for place, refusal in refusals.items() if refusal.code == "heading_gap"}
    for axis in (UP, LEFT):
        kinds = {
            (scene.band(other, axis), scene.fills(other, axis), told): other
            for other, told in reversed(gaps.items())
        }
        for (_, fills, told), other in kinds.items():
            for place in scene.mates(other, axis):
                claim = claims.get(place)
                if claim is None or axis in claim.total | claim.part or scene.fills(place, axis) != fills:
                    continue
                words = vocabulary(resolver.source.catalogue, claim.table.id)
                levels = resolver.axes.level_sets(place, axis, words).items()
                if any(level not in fills and ", ".join(sorted(sets)) == told for level, sets in levels):
                    found[place] = refused(resolver, claim, "heading_gap", address(other))
    return found


def twins_of_lost(
    resolver: Resolver, claims: Mapping[Place, Claim], lost: Sequence[Place]
) -> dict[Place, Refusal]:
    """Figures that a refused one would stand beside under the very same headings, if its group's were lent to it."""
    scene, found = resolver.scene, {}
    for axis in (UP, LEFT):
        lines = {(other[1 - axis], scene.stack(other, axis)): other for other in reversed(lost)}
        under: dict[object, list[Place]] = {}  # a heading and the words of the others → its figures
        for place in claims if lines else ():
            stack = scene.stack(place, axis)
            for group in stack:
                inner = tuple(scene.grid.text(cell) for cell in stack if cell != group)
                under.setdefault((group, inner), []).append(place)
        for (position, own), other in lines.items():
            texts = tuple(scene.grid.text(cell) for cell in own)
            for level, heads in scene.level_map(other, axis).items():
                before = [start for start in heads if start < position]
                if not own or level in scene.fills(other, axis) or not before:
                    continue
                for place in under.get((heads[max(before)], texts), ()):
                    told = f"{address(place)}, {address(other)}"
                    found[place] = refused(resolver, claims[place], "key_twice", told)
    return found


def idle_beside(
    resolver: Resolver, claims: Mapping[Place, Claim]
) -> Iterator[tuple[Place, Claim, int, Place]]:
    """Every figure with each axis and each label of its part of the sheet that heads nothing, and labels no row."""
    scene = resolver.scene
    idle = [cell for cell in scene.loose if not scene.labels_row(cell)]
    for place, claim in claims.items() if idle else ():
        for axis in (UP, LEFT):
            for cell in idle:
                yield place, claim, axis, cell


def beside_empty(resolver: Resolver, claims: Mapping[Place, Claim]) -> dict[Place, Refusal]:
    """Figures among the labels of a list whose own column, headed “Number” or by a member, stands empty."""
    scene, found = resolver.scene, {}
    for place, claim, axis, cell in idle_beside(resolver, claims):
        nearest = min(scene.fills(place, axis), default=place[axis])
        below = cell[axis] > place[axis] and not scene.stack(place, 1 - axis)
        if cell[1 - axis] <= place[1 - axis] or not (cell[axis] < nearest or below):
            continue
        words, text = vocabulary(resolver.source.catalogue, claim.table.id), resolver.grid.text(cell)
        readings = [r for r in words.read(text) if not r.title]
        plain = all(r.figure and r.neutral for r in readings)
        if readings and (plain or any(n not in claim.stated for r in readings for n, _ in r.dims)):
            found[place] = refused(resolver, claim, "heading_gap", text.strip())
    return found


def of_another_table(resolver: Resolver, claims: Mapping[Place, Claim]) -> dict[Place, Refusal]:
    """Figures of one of the tables that their title may name, with a heading less than figures of another beside.

    “Proceedings started” are a table by articles, and a line of the inspections where no article is named.
    """
    scene = resolver.scene
    found: dict[Place, Refusal] = {}
    if len({claim.table.id for claim in claims.values()}) < 2:
        return found
    lines: dict[tuple[int, int | None, int], set[tuple[str, tuple[int, ...]]]] = {}
    for place, claim in claims.items():
        for axis in (UP, LEFT):
            line = lines.setdefault((axis, scene.band(place, axis), place[axis]), set())
            line.add((claim.table.id, scene.fills(place, axis)))
    for place, claim in claims.items():
        others = set(resolver.tables_of(place)) - {claim.table.id}
        for axis in (UP, LEFT) if others else ():
            own = set(scene.fills(place, axis))
            for table, fills in lines[axis, scene.band(place, axis), place[axis]]:
                if table in others and own < set(fills):
                    text, told = resolver.grid.text(place), f"{said(claim)} / {table}"
                    found[place] = Refusal("two_readings", place, text, told, tables=(claim.table.id,))
    return found


def named_among_members(
    resolver: Resolver, claims: Mapping[Place, Claim], refusals: Mapping[Place, Refusal]
) -> dict[Place, Refusal]:
    """Figures whose table a heading alone names, among headings of refused ones that are members of another table.

    “Sent to court” is a table, and between “suspended” and “conditional release” a decision whose title was lost.
    """
    scene, catalogue = resolver.scene, resolver.source.catalogue
    found: dict[Place, Refusal] = {}
    for role, axis in (("column", UP), ("row", LEFT)):
        strange: dict[tuple[int | None, int], set[Place]] = {}
        for place, refusal in refusals.items():
            for cell in (
                scene.stack(place, axis) if refusal.code in ("label_unknown", "table_unknown") else ()
            ):
                for level in scene.levels(cell, axis):
                    strange.setdefault((scene.band(place, axis), level), set()).add(cell)
        for place, claim in claims.items() if strange else ():
            for heading in (cell for name, cell in claim.headings if name == role):
                others = strange.get((scene.band(place, axis), scene.levels(heading, axis)[0]), set())
                written = heading not in resolver.grid.full  # else its title says what it is of
                if not (others and written and claim.table.id in resolver.named((heading,))):
                    continue
                texts = (resolver.grid.text(heading), *sorted({resolver.grid.text(cell) for cell in others}))
                other = another_list(catalogue, claim.table.id, texts)
                if other:
                    text, told = resolver.grid.text(place), f"{said(claim)} / {other}"
                    found[place] = Refusal("two_readings", place, text, told, tables=(claim.table.id,))
    return found


def beside_masked(resolver: Resolver, claims: Mapping[Place, Claim]) -> dict[Place, Refusal]:
    """Figures that only a title tells of, where the corner of their own headings held something personal."""
    scene, grid, found = resolver.scene, resolver.grid, {}
    masked = [cell for cell in scene.region.places if REDACTED in grid.text(cell)]
    for place, claim in claims.items() if masked else ():
        own = resolver.named((*scene.stack(place, UP), *scene.stack(place, LEFT)))
        for cell in scene.corners(place) if claim.table.id not in own else ():
            if cell in masked:
                found[place] = Refusal(
                    "title_not_understood", cell, grid.text(cell), tables=(claim.table.id,)
                )
    return found


def under_ordinal(resolver: Resolver, claims: Mapping[Place, Claim]) -> dict[Place, Refusal]:
    """Figures headed by what only numbers lines (“No.”), or beside the name of what lines say (“Year”) and no more."""
    scene, found = resolver.scene, {}
    known: dict[tuple[str, tuple[Place, ...]], tuple[bool, bool]] = {}
    for place, claim in claims.items():
        for axis in (UP, LEFT):
            stack = scene.own_stack(place, axis)
            key = (claim.table.id, stack)
            if key not in known:
                known[key] = _counts_or_names(resolver, claim, stack)
            counting, naming = known[key]
            if counting or (naming and not scene.stack(place, 1 - axis)):
                found[place] = refused(resolver, claim, "heading_gap", resolver.grid.text(stack[0]).strip())
    return found


def _counts_or_names(resolver: Resolver, claim: Claim, stack: Sequence[Place]) -> tuple[bool, bool]:
    """Whether headings say nothing of a figure: they number lines, or name what lines say."""
    catalogue = resolver.source.catalogue
    words = vocabulary(catalogue, claim.table.id)
    texts = [resolver.grid.text(cell) for cell in stack]
    if not texts or any(reading.sets for text in texts for reading in words.read(text)):
        return False, False
    return len(texts) == 1 and counts_lines(catalogue, texts[0]), any(_names(words, text) for text in texts)


def _names(words: Vocabulary, text: str) -> bool:
    """Whether a label is no more than the name of what others say."""
    readings = words.read(text)
    return bool(readings) and all(
        reading.names and not (reading.title or reading.total) for reading in readings
    )


def totals_of_no_years(resolver: Resolver, claims: Mapping[Place, Claim]) -> dict[Place, Refusal]:
    """Totals of all years beside figures none of which has a year in its headings: the years are another table's."""
    scene = resolver.scene
    found: dict[Place, Refusal] = {}
    if all(claim.year is not None for claim in claims.values()):
        return found
    dated = {
        (axis, scene.band(place, axis), place[axis], claim.table.id)
        for place, claim in claims.items()
        if claim.year is not None and claim.year_from == "heading"
        for axis in (UP, LEFT)
    }
    for place, claim in claims.items():
        lines = ((axis, scene.band(place, axis), place[axis], claim.table.id) for axis in claim.total)
        if claim.year is None and claim.total and dated.isdisjoint(lines):
            found[place] = refused(resolver, claim, "heading_gap", claim.table.id)
    return found


def before_twin(resolver: Resolver, claims: Mapping[Place, Claim]) -> dict[Place, Refusal]:
    """Figures whose words head a line without a figure as well: one of the two should say another thing.

    So may the line right after the first of a group, that has no label of the group's kind.
    """
    scene, grid = resolver.scene, resolver.grid
    found: dict[Place, Refusal] = {}
    lines: dict[tuple[int, tuple[int, ...]], dict[tuple[str, ...], list[int]]] = {}
    known: dict[tuple[int, tuple[int, ...], int], list[int]] = {}  # the lines like one
    for place, claim in claims.items():
        for axis in (UP, LEFT):
            levels, at = scene.fills(place, axis), place[1 - axis]
            if len(levels) < 2 or axis in claim.total | claim.part:
                continue
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
                other = (place[0], n) if axis == UP else (n, place[1])
                if grid.at(other) is None and other not in grid.covers:
                    found[place] = refused(
                        resolver, claim, "key_twice", f"{address(place)}, {address(other)}"
                    )
    return found


def _positions(scene: Scene, axis: int) -> range:
    """The columns (up) or rows (left) of a part of a sheet."""
    region = scene.region
    return range(region.left, region.right + 1) if axis == UP else range(region.top, region.bottom + 1)


def _words_at(scene: Scene, axis: int, levels: Sequence[int], position: int) -> tuple[str, ...]:
    """What stands at some levels of headings over, or beside, a line."""
    cells = ((level, position) if axis == UP else (position, level) for level in levels)
    found = (scene.grid.at(cell) for cell in cells)
    return tuple("" if cell is None else scene.grid.text(cell).strip() for cell in found)


def totals_of_twins(
    resolver: Resolver, claims: Mapping[Place, Claim], refusals: Mapping[Place, Refusal]
) -> dict[Place, Refusal]:
    """Totals on lines whose figures nothing tells from those of another line: they are of one of the two as well."""
    scene = resolver.scene
    found: dict[Place, Refusal] = {}
    groups: dict[str, list[Place]] = {}
    for place, refusal in refusals.items():
        if refusal.code == "key_twice":
            groups.setdefault(refusal.expected, []).append(place)
    for axis in (UP, LEFT) if groups else ():
        lines: dict[tuple[Place, ...], str] = {}
        for told, places in groups.items():
            found_in = {cell[axis == UP] for cell in _ADDRESS.findall(told)}  # a twin may be blank
            apart = {cell[axis == LEFT] for cell in _ADDRESS.findall(told)}
            stacks = {scene.stack(place, axis) for place in places}
            lines |= dict.fromkeys(stacks if len(apart) > 1 == len(found_in) else (), told)
        for place, claim in claims.items() if lines else ():
            if 1 - axis in claim.total and scene.stack(place, axis) in lines:
                found[place] = refused(resolver, claim, "key_twice", lines[scene.stack(place, axis)])
    return found
