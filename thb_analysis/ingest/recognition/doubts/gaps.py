"""Figures that lack a heading which a refused one, a blank or an empty line beside them has: one is astray."""

from __future__ import annotations

import sys
from bisect import bisect_left
from collections.abc import Sequence
from itertools import pairwise

from thb_analysis.ingest.recognition.doubts.bare import alone
from thb_analysis.ingest.recognition.doubts.case import AXES, Case, says
from thb_analysis.ingest.recognition.grid import LABEL, MOST_BLANK, Place, by_column, by_row
from thb_analysis.ingest.recognition.keys import Claim, Refusal
from thb_analysis.ingest.recognition.neighbours import written_out
from thb_analysis.ingest.recognition.resolve import Resolver
from thb_analysis.ingest.recognition.scene import LEFT, UP, Scene, place_at
from thb_analysis.ingest.words.fold import fold, folded
from thb_analysis.ingest.words.labels import Vocabulary, vocabulary


def beside_name(case: Case) -> dict[Place, Refusal]:
    """Figures headed by no more than the name of what lines say (“Year”): one beside the headings of an empty table."""
    scene, found = case.scene, {}
    for place, claim in case.claims.items():
        for axis in (UP, LEFT) if not (claim.block.rows and claim.block.columns) else ():
            stack = scene.own_stack(place, axis)
            if stack and not scene.stack(place, 1 - axis) and _only_names(case, claim, stack, axis):
                found[place] = case.refused(claim, "heading_gap", case.grid.text(stack[0]).strip())
    return found


def _only_names(case: Case, claim: Claim, stack: Sequence[Place], axis: int) -> bool:
    """Whether headings say nothing of a figure, and one of them is no more than the name of what others say."""
    texts = (written_out(case.catalogue, case.scene, cell, claim.place, axis) for cell in stack)
    readings = [case.words(claim).read(text) for text in texts]
    return not any(reading.sets for own in readings for reading in own) and any(
        own and all(reading.names and not (reading.title or reading.total) for reading in own)
        for own in readings
    )


def beside_blank_label(case: Case) -> dict[Place, Refusal]:
    """Figures on a row without a label, below the name of what such labels say: “Citizenship”, and nothing below it.

    Nothing but another heading, or a title, says what the label would have.
    """
    scene, grid, found = case.scene, case.grid, {}
    idle = [cell for cell in scene.loose if not scene.labels_row(cell)]
    for place, claim in case.claims.items() if idle else ():
        if scene.stack(place, LEFT):
            continue
        stated = claim.stated | ({"year"} if claim.year_from in ("heading", "title") else set())
        for cell in idle:
            blank = (place[0], cell[1])
            said = case.words(claim).read(grid.text(cell)) if cell[0] in claim.block.rows else ()
            names = frozenset[str]().union(*(reading.names for reading in said if reading.mere))
            if names and not names & stated and cell[1] < place[1] and grid.at(blank) is None:
                found[place] = case.refused(claim, "blank_decides", grid.address(blank))
    return found


def beside_idle(case: Case) -> dict[Place, Refusal]:
    """Figures that a label which heads nothing may be the heading of: it, or the figure, stands a line too far.

    The label stands over the empty line beside a figure that no more than a title or “total” heads, nearer than that.
    Or it says “Number” or a member, and its own column, right of the figure, stands empty.
    """
    scene, text, found = case.scene, case.grid.text, {}
    idle = [cell for cell in scene.loose if not scene.labels_row(cell)]
    outside: dict[
        tuple[int, int, int], list[Place]
    ] = {}  # axis and levels → what stands before or behind them
    doubtful = {key for key, own in case.blocks.items() if idle and _may_head(case, own[0], idle)}
    for place, claim in case.claims.items() if doubtful else ():
        if (claim.block, claim.table.id) not in doubtful:
            continue
        words = case.words(claim)
        for axis in (UP, LEFT):
            at, line, fills = place[axis], place[1 - axis], scene.fills(place, axis)
            across = scene.fills(place, 1 - axis)
            beyond = (axis, min(fills, default=at), sys.maxsize if across else at)
            if beyond not in outside:
                outside[beyond] = [c for c in idle if c[axis] < beyond[1] or c[axis] > beyond[2]]
            near: list[Place] = []
            heads = (words.read(text(head)) for head in scene.stack(place, axis))
            if all(any(r.title or r.total for r in said) for said in heads):
                last, behind = max(fills, default=0), max(across, default=line)
                near = [c for c in idle if last < c[axis] < at and behind < c[1 - axis] != line]
            for cell in near:
                if says(words, text(cell)) and not _begins_list(case, words, cell):
                    found[place] = case.refused(claim, "heading_gap", text(cell).strip())
            for cell in (cell for cell in outside[beyond] if cell[1 - axis] > line):
                if _tells_more(words, text(cell), claim.stated):
                    found[place] = case.refused(claim, "heading_gap", text(cell).strip())
    return found


def _begins_list(case: Case, words: Vocabulary, cell: Place) -> bool:
    """Whether a label is the title of the list beside, right over the first of its labels."""
    below = (cell[0] + 1, cell[1])
    labelled = below in case.scene.used and case.scene.labels_row(below)
    return labelled and any(reading.title for reading in words.read(case.grid.text(cell)))


def _may_head(case: Case, claim: Claim, idle: Sequence[Place]) -> bool:
    """Whether a label that heads nothing stands where it may be a heading of a figure's block, and says something."""
    words, text, block = case.words(claim), case.grid.text, claim.block
    for axis, fills, across in ((UP, block.rows, block.columns), (LEFT, block.columns, block.rows)):
        last, behind = max(fills, default=0), max(across, default=0)
        for cell in idle:
            if last < cell[axis] and behind < cell[1 - axis] and says(words, text(cell)):
                return True
            beyond = not (fills and across) or cell[axis] < fills[0]
            if beyond and _tells_more(words, text(cell), frozenset()):
                return True
    return False


def _tells_more(words: Vocabulary, text: str, stated: frozenset[str]) -> bool:
    """Whether a label is but a word for figures, or a member of what is not stated, and no title."""
    readings = [r for r in words.read(text) if not r.title]
    plain = all(r.figure and r.neutral for r in readings)
    return bool(readings) and (plain or any(n not in stated for r in readings for n, _ in r.dims))


def bare_beside_headed(case: Case) -> dict[Place, Refusal]:
    """Figures without a heading along an axis, on the line of others, of blanks or of refused ones, that have one."""
    scene, found = case.scene, {}
    for axis in (UP, LEFT) if not case.even else ():
        lines: dict[object, list[Place]] = {}
        for place in (*case.claims, *case.blanks, *case.refusals, *case.spanned):
            across = scene.stack(place, 1 - axis)
            if across:
                lines.setdefault(across, []).append(place)
        for line in lines.values():
            headed = [place for place in line if scene.stack(place, axis)]
            for place in line if headed else ():
                if place in case.claims and not scene.stack(place, axis):
                    found[place] = case.refused(
                        case.claims[place], "heading_gap", case.grid.address(headed[0])
                    )
    return found


def before_groups(case: Case) -> dict[Place, Refusal]:
    """Figures before the first of several groups' headings, where the last group is as many short: they slid aside.

    “(blank) | Adults | (blank) | Children” over “men | women | boys | girls”.
    """
    scene, found = case.scene, {}
    slid: dict[int | None, dict[int, int]] = {}  # band → column → the level that it lacks
    for place, claim in case.claims.items():
        band = scene.band(place, UP)
        if band not in slid:
            slid[band] = _slid(scene, place)
        level = slid[band].get(place[1])
        if level is not None and claim.own[UP] and UP not in claim.total:
            first = min(scene.level_map(place, UP)[level].items())[1]
            found[place] = case.refused(claim, "heading_gap", case.grid.text(first).strip())
    return found


def _slid(scene: Scene, place: Place) -> dict[int, int]:
    """The columns before the first heading of an outer level whose groups are alike but for the last one."""
    found: dict[int, int] = {}
    levels = scene.level_map(place, UP)
    positions = sorted({column for _, column in scene.mates(place, UP)}) if len(levels) > 1 else []
    for level in sorted(levels)[:-1] if positions else ():
        starts = [bisect_left(positions, start) for start in sorted(levels[level])]
        sizes = [end - start for start, end in pairwise([*starts, len(positions)])]
        even = len(sizes) > 1 and starts[0] > 0 and len({*sizes[:-1]}) == 1
        if even and sizes[-1] + starts[0] == sizes[0]:
            found |= dict.fromkeys(positions[: starts[0]], level)
    return found


def under_lost(case: Case) -> dict[Place, Refusal]:
    """Figures that nothing heads along an axis but a text like a figure (“2022/2023”) or a date: their heading."""
    scene, found = case.scene, {}
    kinds = {place: case.grid.cells[place].kind for place in scene.figures}
    lost = [place for place in case.lost if kinds.get(place) == "text"]
    lost += [place for place, kind in kinds.items() if kind == "date"]
    for axis in (UP, LEFT) if lost else ():
        first: dict[int, int] = {}
        for place in lost:
            for line in scene.along(place, axis):
                first[line] = min(first.get(line, place[axis]), place[axis])
        for place, claim in case.claims.items():
            before = first.get(place[1 - axis], place[axis])
            bare = all(
                cell in scene.headings and cell[axis] < before and alone(scene, cell, place, axis)
                for cell in scene.stack(place, axis)
            )  # a number on a line of its own, farther out, is none of their headings
            if before < place[axis] and bare:
                found[place] = case.refused(claim, "heading_gap", case.grid.text(place))
    return found


def lacking_alike(case: Case) -> dict[Place, Refusal]:
    """Figures that lack a heading where a refused one beside them has it and the other way round, or as that lacks it.

    Whether others of their words have that heading does not matter: what parts the lines is not known here.
    """
    scene, found = case.scene, {}
    gaps = {p: refusal.expected for p, refusal in case.refusals.items() if refusal.code == "heading_gap"}
    for axis in (UP, LEFT):
        kinds = {
            (scene.band(other, axis), scene.fills(other, axis), gaps.get(other, "")): other
            for other in reversed([*case.lost, *case.untitled])
            if not _is_total(case, other, axis)
        }
        for (_, fills, told), other in kinds.items():
            for place in scene.mates(other, axis):
                claim = case.claims.get(place)
                if claim is None or axis in claim.total:
                    continue
                own, theirs = set(scene.fills(place, axis)), set(fills)
                lacks = bool(own - theirs and theirs - own)
                if own == theirs and told and axis not in claim.part:
                    levels = case.resolver.axes.level_sets(place, axis, case.words(claim)).items()
                    lacks = any(n not in own and ", ".join(sorted(sets)) == told for n, sets in levels)
                if lacks:
                    found[place] = case.refused(claim, "heading_gap", case.grid.address(other))
    return found


def _is_total(case: Case, place: Place, axis: int) -> bool:
    """Whether the refused figure is a mere total's, whose label may stand anywhere on its line."""
    texts = [case.grid.text(cell) for cell in case.scene.own_stack(place, axis)[:1]]
    said = [
        reading
        for name in case.refusals[place].tables
        for text in texts
        for reading in vocabulary(case.catalogue, name).read(text)
    ]
    return any(reading.total and not reading.sets for reading in said)


def under_total(case: Case) -> dict[Place, Refusal]:
    """Figures under nothing but a merged total (“In the year”) that others below it divide further, of some of a kind.

    One kind of member may be missing over them; where all stand beside them, they are the total of these, but not under
    a merged “of whom”.
    """
    scene, grid = case.scene, case.grid
    found: dict[Place, Refusal] = {}
    under: dict[Place, list[Place]] = {}
    for place, claim in case.claims.items() if grid.covers else ():
        heads = (cell for cell in scene.own_stack(place, UP) if UP in claim.total | claim.part)
        for cell in (cell for cell in heads if grid.span(cell)[1] < grid.span(cell)[3]):
            under.setdefault(cell, []).append(place)
    for head, places in under.items():
        inner = {place: [c for c in scene.own_stack(place, UP) if c[0] > head[0]] for place in places}
        told = {cell for cells in inner.values() for cell in cells}
        bare = [place for place in places if not inner[place]]
        if not told or not bare:
            continue
        words = case.words(case.claims[bare[0]])
        said: dict[str, set[str]] = {}
        for reading in (r for cell in told for r in words.read(grid.text(cell)) if not (r.part or r.total)):
            for name, code in reading.dims:
                said.setdefault(name, set()).add(code)
        parts = any(UP in case.claims[place].part for place in bare)
        if any(parts or not _all_of(words, name, codes) for name, codes in said.items()):
            lacking = ", ".join(sorted(said))
            found |= {place: case.refused(case.claims[place], "heading_gap", lacking) for place in bare}
    return found


def _all_of(words: Vocabulary, name: str, codes: set[str]) -> bool:
    """Whether these are all members of their kind."""
    known = words.catalogue.codes.get(words.table.dimension(name).codes, {})
    return {code for code in known if not code.startswith("_")} <= codes


def twins_of_lost(case: Case) -> dict[Place, Refusal]:
    """Figures that a refused one would stand beside under the very same headings, if its group's were lent to it."""
    scene, found = case.scene, {}
    for axis in (UP, LEFT):
        lines = {(other[1 - axis], scene.stack(other, axis)): other for other in reversed(case.lost)}
        under: dict[object, list[Place]] = {}  # a heading and the words of the others → its figures
        for place in case.claims if lines else ():
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
                    told = f"{case.grid.address(place)}, {case.grid.address(other)}"
                    found[place] = case.refused(case.claims[place], "key_twice", told)
    return found


def labelled_elsewhere(case: Case) -> dict[Place, Refusal]:
    """Figures whose label stands before the labels that the figures right above them under the same headings have."""
    scene, found = case.scene, {}
    for place, claim in case.claims.items() if not case.even else ():
        for axis in (UP, LEFT):
            beside = place_at(axis, place[axis], place[1 - axis] - 1)
            across, own = scene.stack(place, 1 - axis), scene.fills(place, axis)
            known = beside in case.refusals or beside in case.claims
            if not known or not across or not own or axis in claim.total:
                continue
            if beside in case.claims and axis in case.claims[beside].part:
                continue  # it divides a line farther up, whose label stands before its own
            theirs = scene.fills(beside, axis)
            if across == scene.stack(beside, 1 - axis) and theirs and max(own) < min(theirs):
                told = case.grid.address(beside)
                found[place] = case.refused(claim, "heading_gap", told)
    return found


def parted_headings(case: Case) -> dict[Place, Refusal]:
    """Figures under a line of labels that a blank row parts from their headings and that would say more of them."""
    grid, region = case.grid, case.scene.region
    found: dict[Place, Refusal] = {}
    reporting = folded(case.catalogue, "reporting")
    for row in range(region.top - 1, region.top - MOST_BLANK - 2, -1):
        line = [place for place in grid.once(by_row).get(row, ()) if place not in grid.hidden]
        if not line:
            continue
        if len(line) < 2 or any(grid.kinds[place] != LABEL for place in line):
            break
        if len(line) == 2 and fold(grid.text(min(line))).strip(" :") in reporting:
            continue  # the country that reports
        for place, claim in case.claims.items():
            if any(
                cell[0] > row and claim.table.id in case.resolver.named((cell,)) for _, cell in claim.headings
            ):
                continue  # its table begins below that line
            words = case.words(claim)
            nearest = max((cell for cell in line if cell[1] <= place[1]), default=None)
            field = len(line) == 2 and grid.text(min(line)).rstrip().endswith(":")
            if field and ("title", nearest) in claim.headings:
                continue  # the value of a field, which the figure has already
            readings = words.read(grid.text(nearest)) if nearest is not None else ()
            over = grid.at((row, place[1]))
            more = over == nearest is not None and any(
                (r.years and claim.year_from != "heading")
                or any(claim.dims.get(name) != code or name not in claim.stated for name, code in r.dims)
                for r in readings
            )
            if nearest is not None and (
                more or _of_another_label(case.resolver, claim, line, nearest, words)
            ):
                told = grid.text(nearest).strip()
                found[place] = case.refused(claim, "heading_gap", told)
        break
    return found


def _of_another_label(
    resolver: Resolver, claim: Claim, line: Sequence[Place], nearest: Place, words: Vocabulary
) -> bool:
    """Whether a figure takes for a title a label of a line on which a nearer one says that it is of something else."""
    text = resolver.grid.text
    titles = [cell for role, cell in claim.headings if role == "title" and cell in line and cell != nearest]
    said = {pair for cell in titles for reading in words.read(text(cell)) for pair in reading.dims}
    return bool(said) and any(
        reading.total or any(name == n and code != c for name, code in reading.dims for n, c in said)
        for reading in words.read(text(nearest))
    )


def alike_lost(case: Case) -> dict[Place, Refusal]:
    """Figures under the very words that head one which lacks a heading: they may be that one's."""
    texts: dict[Place, tuple[tuple[str, ...], ...]] = {}
    for place in (*case.claims, *case.lost) if case.lost else ():
        stacks = tuple(case.scene.own_stack(place, axis) for axis in (UP, LEFT))
        texts[place] = tuple(tuple(case.grid.text(cell) for cell in stack) for stack in stacks)
    missing = {texts[place]: place for place in case.lost if any(texts[place])}
    return {
        place: case.refused(
            claim, "key_twice", f"{case.grid.address(place)}, {case.grid.address(missing[texts[place]])}"
        )
        for place, claim in case.claims.items()
        if missing and texts[place] in missing and not claim.total and not claim.aside
    }


def twice_on_line(case: Case) -> dict[Place, Refusal]:
    """Figures whose outer heading stands twice on its line, apart, where others there lack one: it may have strayed.

    `164 | | 285 | 164` over pairs: the last may stand where nothing did, so that no pair is whole any more.
    """
    scene, found = case.scene, {}
    for role, axis in AXES.items():
        lacking = {
            scene.band(p, axis) for p, refusal in case.refusals.items() if refusal.code == "heading_gap"
        }
        lines: dict[tuple[int | None, int, str], set[Place]] = {}
        heads: dict[Place, tuple[int | None, int, str]] = {}
        for place, claim in case.claims.items() if lacking else ():
            band = scene.band(place, axis)
            cells = [cell for name, cell in claim.headings if name == role]
            outer = min(cells, key=lambda cell: cell[axis], default=place)
            if band in lacking and len(cells) > 1 and outer in scene.headings:
                heads[place] = (band, scene.levels(outer, axis)[0], case.grid.text(outer).strip())
                lines.setdefault(heads[place], set()).add(outer)
        for place, key in heads.items():
            if len(lines[key]) > 1 and _parted(case, lines[key], axis):
                told = ", ".join(case.grid.address(cell) for cell in sorted(lines[key]))
                found[place] = case.refused(case.claims[place], "key_twice", told)
    return found


def _parted(case: Case, twins: set[Place], axis: int) -> bool:
    """Whether another heading stands between the first and the last of these on their line."""
    first, last = min(twins), max(twins)
    texts = {case.grid.text(cell).strip() for cell in twins}
    line = case.grid.once(by_row if axis == UP else by_column)[first[axis]]
    between = (cell for cell in line if first < cell < last)
    return any(case.grid.text(cell).strip() not in texts for cell in between)


def headings_again(case: Case) -> dict[Place, Refusal]:
    """Figures under a line of headings that is there once more, without an outer one that the first has over it."""
    scene, grid, found = case.scene, case.grid, {}
    known: dict[tuple[Place, ...], tuple[Place, ...]] = {}  # headings → those that the first have over them
    for place, claim in case.claims.items():
        stack = scene.own_stack(place, UP)
        if stack and stack not in known:
            first = scene.own_stack(stack[-1], UP)
            alike = [grid.text(cell) for cell in first[: len(stack)]] == [grid.text(cell) for cell in stack]
            parted = alike and any(first[0][0] < cell[0] < stack[-1][0] for cell in scene.loose)
            known[stack] = first[len(stack) :] if alike and not parted else ()
        for cell in known.get(stack, ()):
            if any(reading.sets - claim.stated for reading in case.words(claim).read(grid.text(cell))):
                found[place] = case.refused(claim, "heading_gap", grid.text(cell).strip())
    lines = {scene.fills(place, UP): place for place in found}
    for place, claim in case.claims.items() if lines else ():
        twin = lines.get(scene.fills(place, UP))  # of a line that is there again, all lack it
        if twin is not None and place not in found:
            found[place] = case.refused(claim, "heading_gap", found[twin].expected)
    return found
