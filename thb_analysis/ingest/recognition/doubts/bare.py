"""Figures under a bare number: it heads them with a year or an article, or is a figure that got there by accident."""

from __future__ import annotations

from collections.abc import Mapping

from thb_analysis.ingest.recognition.doubts.case import AXES, Case
from thb_analysis.ingest.recognition.grid import LABEL, Place
from thb_analysis.ingest.recognition.keys import Claim, Refusal, claim_key, said
from thb_analysis.ingest.recognition.resolve import Resolver
from thb_analysis.ingest.recognition.scene import Scene, place_at
from thb_analysis.ingest.words.labels import vocabulary


def bare_headings(case: Case) -> dict[Place, Refusal]:
    """Figures under a bare number, where its neighbours have words and one of them would head the figures as well.

    `KL 285.2 pants | (blank)` with 164 in the blank: a heading, or a number that got there by accident.
    """
    scene = case.scene
    headed: dict[Place, list[tuple[Place, int]]] = {}
    for place, claim in case.claims.items():
        for role, heading in claim.headings:
            if heading in scene.headings and role in AXES:
                headed.setdefault(heading, []).append((place, AXES[role]))
    found: dict[Place, Refusal] = {}
    wordless: dict[tuple[object, ...], tuple[bool, set[Place]]] = {}
    for heading, places in headed.items():
        if _among_figures(case.resolver, heading, case.claims[places[0][0]], places[0][1]):
            for place, _ in places:
                text = case.grid.text(heading)
                told = said(case.claims[place])
                found[place] = Refusal(
                    "two_readings", heading, text, told, tables=(case.claims[place].table.id,)
                )
            continue
        if not _among_words(scene, heading, *places[0], wordless) and not _besides(
            case.resolver, heading, *places[0], case.claims
        ):
            continue
        other = Resolver(
            case.resolver.source,
            Scene(
                case.catalogue, case.grid, scene.region, scene.headings - {heading}, scene.aside | {heading}
            ),
            case.resolver.outer,
        )
        for place, _ in places:
            claim = case.claims[place]
            known = case.catalogue.tables
            tables = [
                claim.table,
                *(known[name] for name in case.resolver.titled(place) if name != claim.table.id),
            ]
            found_too = (other.resolve(place, table) for table in tables)
            without = next((one for one in found_too if isinstance(one, Claim)), claim)
            if claim_key(without) != claim_key(claim):
                told = f"{said(claim)} / {said(without)}"
                text = case.grid.text(place)
                found[place] = case.refused(claim, "two_readings", told)
    return found


def bare_sections(case: Case) -> dict[Place, Refusal]:
    """Figures under a bare number alone on its row, as if a section's, where a title over it names another article."""
    grid, found = case.grid, {}
    for place, claim in case.claims.items():
        for role, cell in claim.headings:
            if role != "title" or grid.series.get(cell) != "code":
                continue
            words = case.words(claim)
            own = claim.dims.get(words.articles)
            over = [p for p in case.resolver.outer.cells if p[0] < cell[0]]
            over += [p for p in case.scene.region.places if p[0] < cell[0] and grid.kinds[p] == LABEL]
            said_over = {
                dict(r.dims).get(words.articles, own) for p in over for r in words.read(grid.text(p))
            }
            if said_over - {own}:
                found[place] = case.blamed(claim, "label_ambiguous", cell, said(claim))
    return found


def _among_figures(resolver: Resolver, heading: Place, claim: Claim, axis: int) -> bool:
    """Whether the one article of its line that heads figures behind it stands right after a figure, as one of these.

    Not beside the name of what the next lines say (“Article”): it begins another table there.
    """
    scene = resolver.scene
    before = place_at(axis, heading[axis] - 1, heading[1 - axis])
    year = scene.grid.series.get(heading) == "year"
    if year or before not in scene.figures or sum(cell[axis] == heading[axis] for cell in scene.headings) > 1:
        return False
    words = vocabulary(resolver.source.catalogue, claim.table.id)
    beside = scene.own_stack(heading, 1 - axis)
    return not any(r.names or r.title for cell in beside for r in words.read(scene.grid.text(cell)))


def _besides(
    resolver: Resolver, heading: Place, place: Place, axis: int, claims: Mapping[Place, Claim]
) -> bool:
    """Whether a heading stands alone on its line, and another line of headings says what it says (of another year)."""
    scene = resolver.scene
    words = vocabulary(resolver.source.catalogue, claims[place].table.id)
    own = scene.levels(heading, axis)
    said = frozenset().union(*(reading.sets for reading in words.read(scene.grid.text(heading))))
    levels = resolver.axes.level_sets(place, axis, words).items()
    return alone(scene, heading, place, axis) and any(
        said & sets for level, sets in levels if level not in own
    )


def _among_words(
    scene: Scene,
    heading: Place,
    place: Place,
    axis: int,
    known: dict[tuple[object, ...], tuple[bool, set[Place]]],
) -> bool:
    """Whether every other heading on a heading's line is written in words; `known` is what lines were found to hold."""
    level = scene.levels(heading, axis)[0]
    key = axis, scene.band(place, axis), level
    if key not in known:
        line = set(scene.level_map(place, axis).get(level, {}).values())
        known[key] = (
            len(line) > 1,
            {cell for cell in line if not any(map(str.isalpha, scene.grid.text(cell)))},
        )
    several, wordless = known[key]
    return several and wordless <= {heading}


def alone(scene: Scene, heading: Place, place: Place, axis: int) -> bool:
    """Whether a heading is the only one on its line."""
    line = scene.level_map(place, axis).get(scene.levels(heading, axis)[0], {})
    return bool(line) and all(cell == heading for cell in line.values())
