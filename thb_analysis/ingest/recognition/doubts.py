"""Figures whose headings fit and are still to be doubted: what a stray number would look like is not taken."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from thb_analysis.definitions import TOTAL
from thb_analysis.ingest.recognition.bare import alone, bare_headings
from thb_analysis.ingest.recognition.grid import Place, address
from thb_analysis.ingest.recognition.keys import Claim, Refusal, claim_key, said
from thb_analysis.ingest.recognition.lacking import (
    before_twin,
    beside_empty,
    beside_lost,
    beside_masked,
    idle_beside,
    lacking_alike,
    named_among_members,
    of_another_table,
    totals_of_no_years,
    totals_of_twins,
    twins_of_lost,
    under_ordinal,
)
from thb_analysis.ingest.recognition.nested import told_alike, wholes
from thb_analysis.ingest.recognition.parted import (
    alike_lost,
    labelled_elsewhere,
    named_level,
    parted_headings,
)
from thb_analysis.ingest.recognition.resolve import Resolver
from thb_analysis.ingest.recognition.scene import LEFT, UP
from thb_analysis.ingest.recognition.slips import (
    behind_lost_years,
    below_blank_lines,
    below_hidden,
    refused,
    slid,
    under_dates,
    under_hidden_title,
    years_among_headings,
    years_in_a_row,
)
from thb_analysis.ingest.recognition.titles import narrows
from thb_analysis.ingest.words.labels import Vocabulary, vocabulary
from thb_analysis.ingest.words.meanings import alike

_AXES = {"column": UP, "row": LEFT}
_HEADING_LOST = ("heading_gap", "heading_missing")
_LABEL_LOST = (*_HEADING_LOST, "label_unknown", "label_ambiguous", "key_twice")
MOST_STRANGERS = 2  #: headings not understood beside a single member that make its meaning doubtful
MOST_TOLD = 4
SPLIT = "sex"  #: the dimension that minors stand beside


def doubted(
    resolver: Resolver,
    claims: Mapping[Place, Claim],
    blanks: Mapping[Place, Claim],
    refusals: Mapping[Place, Refusal],
) -> dict[Place, Refusal]:
    """The figures that must not be taken although their headings give them a key, and why."""
    lost = [place for place, refusal in refusals.items() if refusal.code in _HEADING_LOST]
    untitled = [place for place, refusal in refusals.items() if refusal.code == "table_unknown"]
    return {
        **under_ordinal(resolver, claims),
        **_borrowed(resolver, claims, blanks),
        **_two_ways(resolver, claims, refusals),
        **_parts_of_lost(resolver, claims, refusals),
        **_hidden_sibling(resolver, claims),
        **under_hidden_title(resolver, claims),
        **below_hidden(resolver, claims),
        **bare_headings(resolver, claims),
        **_heading_beside(resolver, claims),
        **_bare_beside_headed(resolver, claims, blanks, refusals),
        **_under_lost(resolver, claims, refusals),
        **under_dates(resolver, claims),
        **_beside_unknown(resolver, claims, refusals),
        **_among_unknown(resolver, claims, refusals),
        **_under_title_only(resolver, claims, refusals),
        **beside_lost(resolver, claims, [*lost, *untitled]),
        **lacking_alike(resolver, claims, refusals),
        **beside_empty(resolver, claims),
        **of_another_table(resolver, claims),
        **beside_masked(resolver, claims),
        **totals_of_no_years(resolver, claims),
        **before_twin(resolver, claims),
        **totals_of_twins(resolver, claims, refusals),
        **named_among_members(resolver, claims, refusals),
        **twins_of_lost(resolver, claims, lost),
        **_totals_in_doubt(resolver, claims, refusals),
        **parted_headings(resolver, claims),
        **alike_lost(resolver, claims, lost),
        **named_level(resolver, claims),
        **labelled_elsewhere(resolver, claims, refusals),
        **slid(resolver, claims, blanks, refusals),
        **below_blank_lines(resolver, claims),
        **years_in_a_row(resolver, claims),
        **years_among_headings(resolver, claims),
        **behind_lost_years(resolver, claims, [*refusals]),
    }


def _borrowed(
    resolver: Resolver, claims: Mapping[Place, Claim], blanks: Mapping[Place, Claim]
) -> dict[Place, Refusal]:
    """A heading is not lent to a figure that would then say what a blank cell leaves unsaid: one of them is wrong."""
    blank = {claim_key(claim) for claim in blanks.values()}
    scene = resolver.scene
    return {
        place: refused(resolver, claim, "heading_gap", said(claim))
        for place, claim in claims.items()
        if any(scene.stack(place, axis) != scene.own_stack(place, axis) for axis in (UP, LEFT))
        and claim_key(claim) in blank
    }


def _heading_beside(resolver: Resolver, claims: Mapping[Place, Claim]) -> dict[Place, Refusal]:
    """Figures without a heading along an axis, where one stands over an empty line beside theirs."""
    scene, found = resolver.scene, {}
    for place, claim, axis, cell in idle_beside(resolver, claims):
        own, nearest = place[1 - axis], max(scene.fills(place, axis), default=0)
        behind = max(scene.fills(place, 1 - axis), default=own)
        over = cell[1 - axis] > own or behind < cell[1 - axis] < own
        if not (over and nearest < cell[axis] < place[axis]):
            continue
        words, text = vocabulary(resolver.source.catalogue, claim.table.id), resolver.grid.text(cell)
        stack = scene.stack(place, axis)
        titled = all(any(r.title for r in words.read(resolver.grid.text(head))) for head in stack)
        if titled and _says(words, text):
            found[place] = refused(resolver, claim, "heading_gap", text.strip())
    return found


def _says(words: Vocabulary, text: str) -> bool:
    return any(reading.sets for reading in words.read(text))


def _bare_beside_headed(
    resolver: Resolver,
    claims: Mapping[Place, Claim],
    blanks: Mapping[Place, Claim],
    refusals: Mapping[Place, Refusal],
) -> dict[Place, Refusal]:
    """Figures without a heading along an axis, on the line of others, of blanks or of refused ones, that have one."""
    scene, found = resolver.scene, {}
    for axis in (UP, LEFT):
        lines: dict[object, list[Place]] = {}
        for place in (*claims, *blanks, *refusals):
            across = scene.stack(place, 1 - axis)
            if across:
                lines.setdefault(across, []).append(place)
        for line in lines.values():
            headed = [place for place in line if scene.stack(place, axis)]
            for place in line if headed else ():
                if place in claims and not scene.stack(place, axis):
                    found[place] = refused(resolver, claims[place], "heading_gap", address(headed[0]))
    return found


def _under_lost(
    resolver: Resolver, claims: Mapping[Place, Claim], refusals: Mapping[Place, Refusal]
) -> dict[Place, Refusal]:
    """Figures that nothing heads along an axis but a refused text like a figure (“2022/2023”): it is their heading."""
    scene, found = resolver.scene, {}
    for axis in (UP, LEFT):
        lines: dict[int, int] = {}
        for place, refusal in refusals.items():
            cell = resolver.grid.cells.get(place)
            if refusal.code not in _HEADING_LOST or cell is None or cell.kind not in ("text", "date"):
                continue
            for line in scene.along(place, axis):
                lines[line] = min(lines.get(line, place[axis]), place[axis])
        for place, claim in claims.items() if lines else ():
            before = lines.get(place[1 - axis], place[axis])
            stack = scene.stack(place, axis)
            bare = all(
                cell in scene.headings and cell[axis] < before and alone(scene, cell, place, axis)
                for cell in stack
            )  # a number on a line of its own, farther out, is none of their headings
            if before < place[axis] and bare:
                found[place] = refused(resolver, claim, "heading_gap", resolver.grid.text(place))
    return found


def _beside_unknown(
    resolver: Resolver, claims: Mapping[Place, Claim], refusals: Mapping[Place, Refusal]
) -> dict[Place, Refusal]:
    """Women and men beside a line that nobody understands: it may be the minors, and then they are the adults."""
    scene, found = resolver.scene, {}
    doubles = [place for place, refusal in refusals.items() if refusal.code == "key_twice"]
    for axis in (UP, LEFT):
        twins = Counter(place[axis] for place in doubles)
        bands: dict[int | None, Place] = {}
        for other, refusal in refusals.items():
            headings = scene.stack(other, axis)
            twin = refusal.code == "key_twice" and twins[other[axis]] > 1
            if refusal.code in _LABEL_LOST and (not headings or refusal.place in headings or twin):
                bands.setdefault(scene.band(other, axis), other)
        for other in bands.values():
            for place in scene.mates(other, axis):
                claim = claims.get(place)
                if claim is None or axis in claim.total or axis in claim.part or SPLIT not in claim.own[axis]:
                    continue
                if any(dimension not in claim.stated for dimension, _, _ in claim.table.complements):
                    found[place] = refused(resolver, claim, "heading_gap", address(other))
    return found


def _among_unknown(
    resolver: Resolver, claims: Mapping[Place, Claim], refusals: Mapping[Place, Refusal]
) -> dict[Place, Refusal]:
    """Figures of the one member among headings that nobody understands: in their list its words may mean another thing.

    “Forced labour” is a form of exploitation, and between imprisonment and fines a sentence.
    """
    scene, found = resolver.scene, {}
    for role, axis in _AXES.items():
        unknown: dict[tuple[int | None, int], set[Place]] = {}
        for place, refusal in refusals.items():
            if refusal.code == "label_unknown" and refusal.place in scene.stack(place, axis):
                for level in scene.levels(refusal.place, axis):
                    unknown.setdefault((scene.band(place, axis), level), set()).add(refusal.place)
        for place, claim in claims.items() if unknown else ():
            words = vocabulary(resolver.source.catalogue, claim.table.id)
            optional = {d.name for d in claim.table.dimensions if d.default}
            for heading in (cell for name, cell in claim.headings if name == role):
                level = scene.levels(heading, axis)[0]
                others = unknown.get((scene.band(place, axis), level), set())
                set_here = {n for r in words.read(resolver.grid.text(heading)) for n, _ in r.dims} & optional
                line = resolver.axes.beside(place, axis, words).get(level, ())
                alone = len({reading.dims for reading in line if set_here & set(dict(reading.dims))}) == 1
                named = set_here & resolver.axes.line_names(heading, place, axis, words)
                if set_here and alone and not named and len(others) >= MOST_STRANGERS:
                    told = ", ".join(resolver.grid.text(cell).strip() for cell in sorted(others)[:MOST_TOLD])
                    text = resolver.grid.text(heading)
                    found[place] = Refusal(
                        "heading_among_unknown", heading, text, told, tables=(claim.table.id,)
                    )
    return found


def _asked(resolver: Resolver, place: Place) -> bool:
    """Whether a figure answers a numbered question, or a part of one: it has its own label, and nobody else's."""
    labels = (*resolver.scene.stack(place, LEFT), *wholes(resolver.source.catalogue, resolver.scene, place))
    return not resolver.grid.numbered.isdisjoint(labels)


def _under_title_only(
    resolver: Resolver, claims: Mapping[Place, Claim], refusals: Mapping[Place, Refusal]
) -> dict[Place, Refusal]:
    """Figures that only a title heads, in a part of the sheet of which something else was not understood."""
    found: dict[Place, Refusal] = {}
    if not refusals:
        return found
    first = address(min(refusals))
    full = resolver.grid.full
    claims = {p: c for p, c in claims.items() if not any(cell in full for _, cell in c.headings)}
    lost = [place for place, refusal in refusals.items() if refusal.code == "table_unknown"]
    astray = bool(lost)
    if astray and all(_asked(resolver, place) for place in lost):
        claims = {place: claim for place, claim in claims.items() if not _asked(resolver, place)}
    for place, claim in claims.items():
        words = vocabulary(resolver.source.catalogue, claim.table.id)
        heads = [cell for role, cell in claim.headings if role == "column" or (astray and role == "row")]
        rows = [cell for role, cell in claim.headings if role == "row"]
        if (not rows or set(rows) <= set(heads)) and all(
            any(r.title for r in words.read(resolver.grid.text(cell))) for cell in heads
        ):
            found[place] = refused(resolver, claim, "heading_missing", first)
    return found


def _totals_in_doubt(
    resolver: Resolver, claims: Mapping[Place, Claim], refusals: Mapping[Place, Refusal]
) -> dict[Place, Refusal]:
    """Totals that may be of what all their parts say alike at a level where they say nothing themselves.

    Of parts that nothing tells apart, or of which one says nothing there that is understood, nobody knows whether
    they do; nor of a single one.
    """
    scene, found = resolver.scene, {}
    strange = {refusal.place for refusal in refusals.values() if refusal.code == "label_unknown"}
    twins = [place for place, refusal in refusals.items() if refusal.code == "key_twice"]
    lost = [place for place, refusal in refusals.items() if refusal.code in _HEADING_LOST]
    contradicted = {place for place, refusal in refusals.items() if refusal.code == "title_contradicts"}
    hidden = scene.region.places & resolver.grid.hidden
    for axis in (UP, LEFT):
        bands = {scene.band(place, axis): place for place in reversed(twins)}
        for place, claim in claims.items():
            twin = bands.get(scene.band(place, axis))
            if axis not in claim.total:
                continue
            words = vocabulary(resolver.source.catalogue, claim.table.id)
            mates = set(scene.mates(place, axis))
            beside = resolver.axes.beside(place, axis, words)
            for level, readings in beside.items():
                by_line = scene.level_map(place, axis).get(level, {})
                heads = set(by_line.values())
                told = {line for line, cell in by_line.items() if _says(words, resolver.grid.text(cell))}
                bare = (p for p in mates & set(lost) if p[1 - axis] not in told)
                unseen = any(cell[axis] == level for cell in hidden)
                only = next(iter(heads)) if len(by_line) == 1 and not unseen else None
                apart = min(
                    mates & contradicted, default=None
                )  # what told the parts apart is taken for a title
                other = twin or apart or min(heads & strange, default=min(bare, default=only))
                if level in scene.fills(place, axis):  # it says nothing there but that it is a total
                    inner = (
                        len({r.dims for r in rs if r.dims}) > 1 for n, rs in beside.items() if n != level
                    )
                    other = min(heads & strange, default=None) if any(inner) else None
                if other is None:
                    continue
                same = alike(readings if twin or apart else [*readings, *readings]).items()
                if any(claim.dims.get(name) == TOTAL != code for name, code in same):
                    code = "key_twice" if twin else "heading_gap"
                    where = f"{address(place)}, {address(other)}" if twin else address(other)
                    found[place] = refused(resolver, claim, code, where)
    return found


def _two_ways(
    resolver: Resolver, claims: Mapping[Place, Claim], refusals: Mapping[Place, Refusal]
) -> dict[Place, Refusal]:
    """Figures beside a heading that heads a column of others, or the other way round: one of them is astray."""
    served: dict[Place, tuple[list[Place], list[Place]]] = {}
    for place, claim in claims.items():
        for role, heading in claim.headings:
            if role in _AXES:
                served.setdefault(heading, ([], []))[_AXES[role]].append(place)
    refused: tuple[Counter[Place], Counter[Place]] = (Counter(), Counter())
    for axis in (UP, LEFT):
        for place in refusals:
            refused[axis].update(resolver.scene.own_stack(place, axis))
    found: dict[Place, Refusal] = {}
    for heading, ways in served.items():
        text = resolver.grid.text(heading)
        sizes = [len(way) + refused[axis][heading] for axis, way in enumerate(ways)]
        astray = [p for way, size in zip(ways, sizes, strict=True) for p in way if size == min(sizes)]
        astray = astray if all(ways) else []
        for axis in (UP, LEFT):
            if ways[axis] and not ways[1 - axis] and heading in refused[1 - axis]:
                astray = ways[axis]
        for place in astray:
            found[place] = Refusal("heading_two_ways", heading, text, tables=(claims[place].table.id,))
    return found


def _parts_of_lost(
    resolver: Resolver, claims: Mapping[Place, Claim], refusals: Mapping[Place, Refusal]
) -> dict[Place, Refusal]:
    """Parts (“of whom …”) of a line with a figure that was refused."""
    found: dict[Place, Refusal] = {}
    scene, catalogue = resolver.scene, resolver.source.catalogue
    lines = {
        (axis, place[1 - axis])
        for place, refusal in refusals.items()
        for axis in (UP, LEFT)
        if refusal.code != "label_unknown" or refusal.place not in scene.stack(place, 1 - axis)
    }  # not the lines of a figure that only a heading across them puts in doubt
    parts = [(place, axis) for place, claim in claims.items() for axis in claim.part] if refusals else []
    for place, axis in parts:
        line = [f for f in resolver.scene.figures if f[axis] == place[axis] and f[1 - axis] < place[1 - axis]]
        for before in sorted(line, key=lambda figure: -figure[1 - axis]):
            if before in claims and axis in claims[before].part:
                continue
            heads = [scene.stack(figure, axis)[:1] for figure in (before, place)]
            if all(heads) and told_alike(catalogue, *(scene.grid.text(head[0]) for head in heads)):
                continue
            if before in refusals or (axis, before[1 - axis]) in lines:
                found[place] = refused(resolver, claims[place], "heading_gap", address(before))
            break
    return found


def _hidden_sibling(resolver: Resolver, claims: Mapping[Place, Claim]) -> dict[Place, Refusal]:
    """Women and men on a line that has hidden minors, or figures that a hidden note narrows: nobody sees it."""
    scene, found = resolver.scene, {}
    catalogue = resolver.source.catalogue
    hidden = [cell for cell in scene.region.places if cell in resolver.grid.hidden]
    notes = [cell for cell in sorted(resolver.grid.hidden) if narrows(resolver.grid.text(cell), catalogue)]
    for place, claim in claims.items() if hidden or notes else ():
        words = vocabulary(catalogue, claim.table.id)
        for cell in notes:
            readings = words.read(resolver.grid.text(cell))
            if any(name not in claim.stated for reading in readings for name, _ in reading.dims):
                told = resolver.grid.text(cell)
                found[place] = Refusal("heading_hidden", cell, told, tables=(claim.table.id,))
        for axis in (UP, LEFT):
            for dimension, sibling, _ in claim.table.complements:
                if SPLIT not in claim.own[axis] or dimension in claim.stated:
                    continue
                for cell in hidden:
                    readings = words.read(resolver.grid.text(cell))
                    minors = any(dict(reading.dims).get(dimension) == sibling for reading in readings)
                    if minors and cell[axis] in scene.fills(place, axis):
                        told = resolver.grid.text(cell)
                        found[place] = Refusal("heading_hidden", cell, told, tables=(claim.table.id,))
    return found
