"""Figures beside what nobody understands: what it would say of them is not known."""

from __future__ import annotations

from functools import lru_cache

from thb_analysis.definitions import TOTAL
from thb_analysis.ingest.people import REDACTED
from thb_analysis.ingest.recognition.doubts.case import AXES, Case, titles
from thb_analysis.ingest.recognition.grid import LABEL, Place
from thb_analysis.ingest.recognition.keys import Refusal, said
from thb_analysis.ingest.recognition.nested import is_part, wholes
from thb_analysis.ingest.recognition.scene import LEFT, UP, Scene
from thb_analysis.ingest.words.ages import ages_of
from thb_analysis.ingest.words.labels import Vocabulary, vocabulary
from thb_analysis.ingest.words.meanings import plain_title
from thb_analysis.ingest.words.mentions import another_list, bare_rest, of_unsaid_rest
from thb_analysis.ingest.words.near import suggestions
from thb_analysis.ingest.words.openings import unannounced

MOST_STRANGERS = 2  #: headings not understood beside a single member that make its meaning doubtful
MOST_TOLD = 4
_SENDER = "sender"  #: an institution as the whole of a label: among units of one it is a unit


def among_unknown(case: Case) -> dict[Place, Refusal]:
    """Figures of the one member among headings that nobody understands: in their list its words may mean another thing.

    “Forced labour” is a form of exploitation, and between imprisonment and fines a sentence; of those who are sentenced
    nobody knows which where no other form stands beside it.
    """
    scene, found = case.scene, {}
    for role, axis in AXES.items():
        unknown: dict[tuple[int | None, int], set[Place]] = {}
        for place, refusal in case.refusals.items():
            strange = refusal.code == "label_unknown" and not ages_of(
                case.catalogue, case.grid.text(refusal.place)
            )
            if strange and refusal.place in scene.stack(place, axis):
                for level in scene.levels(refusal.place, axis):
                    unknown.setdefault((scene.band(place, axis), level), set()).add(refusal.place)
        for place, claim in case.claims.items():
            if not (unknown or claim.table.sentenced):
                continue
            words = case.words(claim)
            optional = {d.name for d in claim.table.dimensions if d.default}
            for heading in (cell for name, cell in claim.headings if name == role):
                level = scene.levels(heading, axis)[0]
                others = unknown.get((scene.band(place, axis), level), set())
                here = words.read(case.grid.text(heading))
                set_here = {n for r in here for n, code in r.dims if code != TOTAL} & optional
                set_here |= {_SENDER for r in here if r.sender and not (r.dims or r.title or r.total)}
                both = elsewhere(words, case.grid.text(heading))
                fewest = (0 if claim.table.sentenced else 1) if both else MOST_STRANGERS
                if not set_here or len(others) < fewest:
                    continue
                line = case.resolver.axes.beside(place, axis, words).get(level, ())
                told_here = {
                    (r.dims, r.sender) for r in line if set_here & {*dict(r.dims), r.sender and _SENDER}
                }
                named = set_here & case.resolver.axes.line_names(heading, place, axis, words)
                if len(told_here) == 1 and not named:
                    if not others:
                        found[place] = case.blamed(claim, "label_ambiguous", heading, ", ".join(set_here))
                        continue
                    told = ", ".join(case.grid.text(cell).strip() for cell in sorted(others)[:MOST_TOLD])
                    found[place] = case.blamed(claim, "heading_among_unknown", heading, told)
    return found


@lru_cache(maxsize=20_000)
def elsewhere(words: Vocabulary, text: str) -> bool:
    """Whether a member is called as something is that no table keeps: there one stranger beside it is enough."""
    return words.stems(text) in {words.stems(other) for other in words.catalogue.words["elsewhere"]}


def _asked(case: Case, place: Place) -> bool:
    """Whether a figure answers a numbered question, or a part of one: it has its own label, and nobody else's."""
    labels = (*case.scene.stack(place, LEFT), *wholes(case.catalogue, case.scene, place))
    return not case.grid.numbered.isdisjoint(labels)


def _in_pairs(case: Case) -> bool:
    """Whether all figures stand in one column, each right behind a label of its own, and several of these name tables.

    Or one does, and the others are nothing that its table knows, nor near to it.  Such a list is of questions, though
    nobody numbered them: each label heads its own figure.
    """
    figures = case.scene.figures
    heads = [case.grid.at((row, column - 1)) for row, column in figures]
    own = all(
        head is not None
        and case.scene.own_stack(place, LEFT) == (head,)
        and not case.scene.own_stack(place, UP)
        for head, place in zip(heads, figures, strict=True)
    )
    named = {
        cell
        for claim in case.claims.values()
        for role, cell in claim.headings
        if role == "row" and titles(case.words(claim), case.grid.text(cell))
    }
    tables = tuple(sorted({claim.table.id for claim in case.claims.values()}))
    return (
        own
        and len({column for _, column in figures}) == 1
        and len(set(heads)) == len(heads)
        and (len(named) > 1 or (bool(named) and all(asks_else(case.scene, tables, p) for p in case.untitled)))
    )


def asks_else(scene: Scene, tables: tuple[str, ...], place: Place) -> bool:
    """Whether a figure has but a label of its own right before it, which says nothing to some tables.

    Nor is it near to anything that does.
    """
    own = scene.own_stack(place, LEFT)
    if own != ((place[0], place[1] - 1),) or scene.own_stack(place, UP):
        return False
    catalogue, text = scene.catalogue, scene.grid.text(own[0])
    known = any(vocabulary(catalogue, table).read(text) for table in tables)
    return not known and not suggestions(catalogue, tables, text)


def _divided(case: Case) -> set[Place]:
    """Labels right above one that was found to be a part of theirs."""
    full = ((row, column) for (row, column), text in case.grid.full.items() if is_part(case.catalogue, text))
    return {(row - 1, column) for row, column in full}


def under_title_only(case: Case) -> dict[Place, Refusal]:
    """Figures that only a title heads, in a part of the sheet of which something else was not understood."""
    found: dict[Place, Refusal] = {}
    if not case.refusals:
        return found
    first = case.grid.address(min(case.refusals))
    full, divided = case.grid.full, _divided(case)
    claims = {
        place: claim
        for place, claim in case.claims.items()
        if not any(cell in full or cell in divided for _, cell in claim.headings)
    }
    astray = bool(case.untitled)
    if astray and _in_pairs(case):
        return found
    if astray and all(_asked(case, place) for place in case.untitled):
        claims = {place: claim for place, claim in claims.items() if not _asked(case, place)}
    for place, claim in claims.items():
        words = case.words(claim)
        heads = [cell for role, cell in claim.headings if role == "column" or (astray and role == "row")]
        rows = [cell for role, cell in claim.headings if role == "row"]
        if (not rows or set(rows) <= set(heads)) and all(
            titles(words, case.grid.text(cell)) for cell in heads
        ):
            found[place] = case.refused(claim, "heading_only_title", first)
    return found


def named_among_members(case: Case) -> dict[Place, Refusal]:
    """Figures whose table a heading alone names, among headings of refused ones that are members of another table.

    “Sent to court” is a table, and between “suspended” and “conditional release” a decision whose title was lost.
    """
    scene, catalogue = case.scene, case.catalogue
    found: dict[Place, Refusal] = {}
    for role, axis in (("column", UP), ("row", LEFT)):
        strange: dict[tuple[int | None, int], set[Place]] = {}
        for place, refusal in case.refusals.items():
            for cell in (
                scene.stack(place, axis) if refusal.code in ("label_unknown", "table_unknown") else ()
            ):
                for level in scene.levels(cell, axis):
                    strange.setdefault((scene.band(place, axis), level), set()).add(cell)
        for place, claim in case.claims.items() if strange else ():
            for heading in (cell for name, cell in claim.headings if name == role):
                others = strange.get((scene.band(place, axis), scene.levels(heading, axis)[0]), set())
                written = heading not in case.grid.full  # else its title says what it is of
                if not (others and written and claim.table.id in case.resolver.named((heading,))):
                    continue
                texts = (case.grid.text(heading), *sorted({case.grid.text(cell) for cell in others}))
                other = another_list(catalogue, claim.table.id, texts)
                if other:
                    told = f"{said(claim)} / {other}"
                    found[place] = case.refused(claim, "two_readings", told)
    return found


def rest_of_another(case: Case) -> dict[Place, Refusal]:
    """Figures of “others” of one kind on a line of members of another kind only: they are the others of that kind.

    Beside nothing of their kind, and nothing that names it, “others” in one label with more may be others of what that
    says: “other persons convicted (men)”.
    """
    scene, grid, found = case.scene, case.grid, {}
    codes = frozenset(case.catalogue.words["rest_codes"])
    for place, claim in case.claims.items():
        if codes.isdisjoint(claim.dims.values()):
            continue
        words = case.words(claim)
        for role, heading in claim.headings:
            axis, readings = AXES.get(role), words.read(grid.text(heading))
            readings = tuple(r for r in readings if r.dims and set(r.dims) <= claim.dims.items())
            rest = {name for r in readings for name, code in r.dims if code in codes}
            if not rest:
                continue
            levels = scene.level_map(place, axis) if axis is not None else {}
            line = scene.levels(heading, axis) if axis is not None else ()
            cells = {c for n in line for c in levels.get(n, {}).values()} - {heading}
            members = {
                pair for c in cells for r in words.read(grid.text(c)) if not r.title for pair in r.dims
            }
            beside = {name for name, code in members if code not in codes}  # other “others” tell of no list
            titled = any(r.title for r in readings)
            unsaid = of_unsaid_rest(words, grid.text(heading), readings)
            if axis is None and not unsaid and bare_rest(words, grid.text(heading)) & rest:
                others = (cell for cell in (*scene.loose, *case.resolver.outer.cells) if cell != heading)
                unsaid = not rest & {n for c in others for r in words.read(grid.text(c)) for n, _ in r.dims}
            if unsaid:
                over = (*scene.corners(place), *(cell for _, cell in claim.headings))
                unsaid = rest.isdisjoint(case.resolver.axes.named_for(over, words))
            if not beside & rest and ((beside and not titled) or unsaid):
                own = "; ".join(f"{name}={claim.dims[name]}" for name in sorted(rest))
                told = f"{own} / {', '.join(sorted(beside)) or '—'}"
                found[place] = case.blamed(claim, "label_ambiguous", heading, told)
    return found


def after_announced(case: Case) -> dict[Place, Refusal]:
    """Figures right below a line of a member that ends in “of whom:”: nobody knows where its parts end."""
    grid, found = case.grid, {}
    announced: dict[Place, str] = {}  # a label → what the one above it says before “of whom:”
    for place, claim in case.claims.items():
        for cell in case.scene.own_stack(place, LEFT):
            if cell not in announced:
                above = grid.at((cell[0] - 1, cell[1]))
                text = grid.text(above) if above is not None else ""
                without = unannounced(case.catalogue, text)
                part = without == text or is_part(case.catalogue, grid.text(cell))
                announced[cell] = "" if part else without
            without = announced[cell]
            if not without:
                continue
            words = case.words(claim)
            read = words.read(without)
            if plain_title(read) and not case.scene.labels_row((cell[0] - 1, cell[1])):
                continue  # the title of them all
            said_above = {n for r in read if not r.title for n, _ in r.dims} - {words.articles}
            own = {n for r in words.read(grid.text(cell)) for n, _ in r.dims}
            if said_above and own - said_above:
                found[place] = case.blamed(claim, "label_ambiguous", cell, said(claim))
    return found


def beside_masked(case: Case) -> dict[Place, Refusal]:
    """Figures that only a title tells of, where the corner of their own headings held something personal."""
    scene, grid, found = case.scene, case.grid, {}
    masked = [cell for cell in scene.region.places if REDACTED in grid.text(cell)]
    for place, claim in case.claims.items() if masked else ():
        own = case.resolver.named((*scene.stack(place, UP), *scene.stack(place, LEFT)))
        for cell in scene.corners(place) if claim.table.id not in own else ():
            if cell in masked:
                found[place] = case.blamed(claim, "title_not_understood", cell)
    return found


def beyond_title(case: Case) -> dict[Place, Refusal]:
    """Figures whose table only a title beyond other figures names, farther off than one of another table."""
    resolver, region = case.resolver, case.scene.region
    found: dict[Place, Refusal] = {}
    naming: list[Place] | None = None
    titled = {  # what names the table of the figures by itself
        words.table.id: {
            head
            for head in heads
            if head[1] not in resolver.outer.far and words.table.id in resolver.named(head[1:])
        }
        for words, heads in (case.headings.items() if resolver.outer.far else ())
    }
    for place, claim in case.claims.items() if titled else ():
        if not titled[claim.table.id].isdisjoint(claim.headings):
            continue
        over = [cell for cell in resolver.over(place) if cell in resolver.outer.far]
        far = [cell for cell in over if claim.table.id in resolver.named((cell,))]
        if not far:
            continue
        if naming is None:
            labels = (cell for cell in region.places - case.grid.hidden if case.grid.kinds[cell] == LABEL)
            naming = [cell for cell in labels if resolver.named((cell,))]
        nearer = (cell for cell in naming if max(far)[0] < cell[0] < place[0] and cell[1] <= place[1])
        for cell in nearer:
            if claim.table.id not in resolver.named((cell,)):
                told = f"{said(claim)} / {', '.join(sorted(resolver.named((cell,))))}"
                found[place] = case.refused(claim, "two_readings", told)
    return found
