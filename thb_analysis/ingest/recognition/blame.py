"""Which table a figure is of where several may have it, and which label to look at where none does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from thb_analysis.ingest.recognition.called import called
from thb_analysis.ingest.recognition.grid import LABEL, Place
from thb_analysis.ingest.recognition.keys import Claim, Refusal, names_tables, readings, said
from thb_analysis.ingest.recognition.naming import figures_between, topical
from thb_analysis.ingest.recognition.nested import wholes
from thb_analysis.ingest.recognition.resolve import Resolver
from thb_analysis.ingest.recognition.scene import LEFT, UP
from thb_analysis.ingest.recognition.titles import is_note
from thb_analysis.ingest.words.labels import vocabulary
from thb_analysis.ingest.words.mentions import counts_units, mentioned, tells, understood

FEW = 3  #: headings that are told of one by one where nothing names a table


def untitled(resolver: Resolver, place: Place) -> Place:
    """The label that should name a figure's table and is not understood; without one, the first figure there is.

    Where headings of their own name its neighbours, it is its heading among theirs.  Else a title that speaks of some
    table comes first, then the headings of its column, other titles, those of its row.
    """
    catalogue, scene, grid = resolver.source.catalogue, resolver.scene, resolver.grid
    over = [cell for cell in resolver.over(place) if cell not in resolver.outer.far]
    titles = [cell for cell in (*scene.corners(place), *over) if not understood(catalogue, grid.text(cell))]

    def asked() -> Iterator[Place]:
        measured = [cell for cell in over if cell in grid.measured]
        for axis in (UP, LEFT) if measured else ():
            yield from _unnamed(resolver, place, axis)
        yield from measured
        for axis in (UP, LEFT):
            levels = _naming(resolver, place, axis).get(place[axis], set())
            yield from (cell for cell in scene.stack(place, axis) if scene.levels(cell, axis)[0] in levels)
        yield from (cell for cell in titles if mentioned(catalogue, grid.text(cell)))
        yield from (cell for cell in scene.stack(place, UP) if not understood(catalogue, grid.text(cell)))
        yield from (cell for cell in titles if not is_note(grid.text(cell), catalogue))
        yield from (cell for cell in scene.stack(place, LEFT) if not understood(catalogue, grid.text(cell)))
        whole = wholes(catalogue, scene, place)  # of “of whom …”
        yield from (cell for cell in whole if not understood(catalogue, grid.text(cell)))
        if _naming(resolver, place, UP).get(place[UP]):  # the name over its heading is missing
            yield from scene.stack(place, UP)
        yield from (cell for cell in over if not is_note(grid.text(cell), catalogue))
        if any(resolver.tables_of(figure) for figure in scene.figures):  # each line names its own
            yield from scene.stack(place, LEFT)
        yield from (cell for cell in scene.stack(place, UP) if not tells(catalogue, grid.text(cell)))
        yield from (cell for cell in scene.stack(place, LEFT) if grid.kinds[cell] == LABEL)
        yield from (cell for cell in (*whole, *scene.stack(place, UP)) if grid.kinds[cell] == LABEL)
        yield from (figure for figure in scene.figures if not resolver.tables_of(figure))

    return next(asked(), place)


def _unnamed(resolver: Resolver, place: Place, axis: int) -> Iterator[Place]:
    """The heading of a figure that is short for no measure of a title, where others of its line are."""
    scene, grid = resolver.scene, resolver.grid
    levels = scene.level_map(place, axis)
    for cell in scene.stack(place, axis):
        others = levels.get(scene.levels(cell, axis)[0], {})
        if cell not in grid.full and any(other in grid.full for other in others.values()):
            yield cell


def _naming(resolver: Resolver, place: Place, axis: int) -> dict[int, set[int]]:
    """Of the lines of a part of a sheet, on which levels headings of this axis name the tables of figures there."""
    scene, known = resolver.scene, resolver.axes.known
    memo = ("naming", axis, scene.band(place, axis))
    if memo not in known:
        levels: dict[int, set[int]] = {}
        for mate in scene.mates(place, axis):
            naming = (cell for cell in scene.stack(mate, axis) if resolver.named((cell,)))
            levels.setdefault(mate[axis], set()).update(scene.levels(cell, axis)[0] for cell in naming)
        known[memo] = levels
    found: dict[int, set[int]] = known[memo]
    return found


def under_one_title(resolver: Resolver, refusals: Mapping[Place, Refusal]) -> dict[Place, Refusal]:
    """Figures of a part of a sheet in which nothing names a table, all refused for its title.

    To tell of each of its headings would be to tell of what nobody can put right there.
    """
    catalogue, grid = resolver.source.catalogue, resolver.grid
    lost = [
        (place, refusal.place)
        for place, refusal in sorted(refusals.items())
        if refusal.code == "table_unknown" and not mentioned(catalogue, grid.text(refusal.place))
    ]
    causes = dict.fromkeys(cause for _, cause in lost)
    if len(causes) <= FEW:
        return {}
    above = {(resolver.over(place), resolver.scene.stack(place, UP)) for place, _ in lost}
    shared = set.intersection(*({*over, *heads} for over, heads in above))
    titles = [
        cell
        for cell in sorted(shared - resolver.outer.far, reverse=True)
        if not understood(catalogue, grid.text(cell)) and not is_note(grid.text(cell), catalogue)
    ]
    cause = next(iter((*titles, *causes)))
    refusal = Refusal("table_unknown", cause, grid.text(cause))
    return dict.fromkeys([place for place, _ in lost], refusal)


def lacking_under_title(resolver: Resolver, refusals: Mapping[Place, Refusal]) -> dict[Place, Refusal]:
    """Figures of a part of a sheet that all lack the same, refused for the title that names their table.

    To tell of each line what its list lacks would be to ask for it at every one of them.
    """
    lost = {p: r for p, r in refusals.items() if r.code == "heading_missing" and len(r.tables) == 1}
    lacking = {(refusal.expected, refusal.tables) for refusal in lost.values()}
    if len(lost) < len(refusals) or len(lacking) != 1 or len({r.place for r in lost.values()}) <= FEW:
        return {}
    ((expected, tables),) = lacking
    shared = set.intersection(*(set(over) for over in {resolver.over(place) for place in lost}))
    naming = [cell for cell in shared - resolver.outer.far if tables[0] in resolver.named((cell,))]
    if not naming:
        return {}
    title = max(naming)
    return dict.fromkeys(
        lost, Refusal("heading_missing", title, resolver.grid.text(title), expected, tables=tables)
    )


def weighed(resolver: Resolver, place: Place, claims: list[Claim]) -> list[Claim] | Refusal:
    """Of several tables that the headings of a figure name: the one that uses all the labels that any other does.

    A title of other figures beyond them tells nothing more of this one, one that names them both nothing for either.
    A table that claims it alone must understand every label between it and its title, and be named by more than words
    that are another table's as well.
    """
    if len(claims) == 1:
        if _named_by_others(resolver, place, claims[0]):
            own, others = claims[0].table.id, resolver.tables_of(place)
            told = " / ".join([said(claims[0]), *(name for name in others if name != own)])
            return Refusal("two_readings", place, resolver.grid.text(place), told, tables=tuple(others))
        return [] if _passes_over(resolver, place, claims[0]) else claims
    catalogue, cells = resolver.source.catalogue, {cell for claim in claims for _, cell in claim.headings}
    named = {cell: names_tables(catalogue, resolver.grid.text(cell)) for cell in cells - resolver.outer.far}
    used = [
        {cell for _, cell in claim.headings} - resolver.outer.far
        | {cell for cell, tables in named.items() if claim.table.id in tables}
        | _by_sheet(resolver, claim)
        for claim in claims
    ]
    best = [c for c, own in zip(claims, used, strict=True) if all(own >= other for other in used)]
    return best if len(best) == 1 else _of_parts(resolver, place, claims)


def _by_sheet(resolver: Resolver, claim: Claim) -> set[Place]:
    """The place that stands for the sheet's name, where that names a claim's table or a member of its key."""
    catalogue = resolver.source.catalogue
    said = readings(catalogue, claim.table.id, called(catalogue, resolver.grid.sheet.name))
    told = any(r.title or (r.dims and set(r.dims) <= claim.dims.items()) for r in said)
    return {(0, 0)} if told else set()


def _of_parts(resolver: Resolver, place: Place, claims: list[Claim]) -> list[Claim]:
    """Of several tables that claim a total, the only one that its parts are of; all, where that does not decide."""
    telling = []
    for claim in claims:
        parts = [mate for axis in claim.total for mate in resolver.scene.mates(place, axis) if mate != place]
        results = (resolver.resolve(part, claim.table) for part in parts)
        if any(isinstance(result, Claim) and not result.total for result in results):
            telling.append(claim)
    return telling if len(telling) == 1 and all(claim.total for claim in claims) else claims


def _named_by_others(resolver: Resolver, place: Place, claim: Claim) -> bool:
    """Whether nothing names a figure's table but a member of it that is another table's name, without what that needs.

    “Proceedings started” are those from checks only among checks: where a title, the sheet or a heading beside says so.
    """
    scene, catalogue = resolver.scene, resolver.source.catalogue

    def names_it(cell: Place) -> bool:
        named = resolver.named((cell,))
        read = readings(catalogue, claim.table.id, resolver.grid.text(cell))
        return claim.table.id in named and (len(named) == 1 or any(reading.title for reading in read))

    around = (scene.band(place, UP), scene.band(place, LEFT), scene.corners(place), resolver.near(place))
    memo = ("named around", claim.table.id, around)
    if memo not in resolver.axes.known:
        levels = (level for axis in (UP, LEFT) for level in scene.level_map(place, axis).values())
        cells = {cell for level in levels for cell in level.values()}
        cells |= {*scene.corners(place), *resolver.over(place)}
        resolver.axes.known[memo] = any(map(names_it, cells))
    if resolver.axes.known[memo] or any(names_it(cell) for _, cell in claim.headings):
        return False
    name = called(catalogue, resolver.grid.sheet.name)
    named = names_tables(catalogue, name)
    titled = any(reading.title for reading in readings(catalogue, claim.table.id, name))
    if claim.table.id in named and (len(named) == 1 or titled):
        return False
    topics = (topical(catalogue, text) for text in (name, resolver.source.topic))
    return all(claim.table.id not in topic for topic in topics)


def _passes_over(resolver: Resolver, place: Place, claim: Claim) -> bool:
    """Whether a label nearer than the table's title, or any without one, is not understood."""
    catalogue, scene = resolver.source.catalogue, resolver.scene
    for cell in resolver.over(place):
        text = resolver.grid.text(cell)
        if claim.table.id in names_tables(catalogue, text):
            return False
        if cell in scene.region.places and not readings(catalogue, claim.table.id, text):
            return not is_note(text, catalogue)
    return False


def as_titled(resolver: Resolver, place: Place, claim: Claim | Refusal) -> Claim | Refusal:
    """A figure's reading by the table of its title, where a heading that names another is a member of that one.

    “Suspects” is a table, and a stage of another: below the title of that other, it is the stage.  Where the title's
    table is told from the heading's only by a label between the two (an article's number), it may be either.
    """
    if isinstance(claim, Refusal):
        return _rid_of(resolver, place, claim)
    titled = resolver.titled(place)
    corners = resolver.scene.corners(place)
    sheet = names_tables(
        resolver.source.catalogue, called(resolver.source.catalogue, resolver.grid.sheet.name)
    )
    titled = titled or sorted(sheet)
    if not titled or claim.table.id in titled:
        return claim
    results = [resolver.resolve(place, resolver.source.catalogue.tables[name]) for name in titled]
    between = {
        cell for cell in _before_title(resolver, place) if claim.table.id not in resolver.named((cell,))
    }
    between &= {cell for role, cell in claim.headings if role == "title"}
    lost = [result.place for result in results if isinstance(result, Refusal)]
    if between.intersection(lost) or (len(lost) == len(results) and _stages(resolver, place, claim, titled)):
        told = f"{said(claim)} / {', '.join(titled)}"
        return Refusal("two_readings", place, resolver.grid.text(place), told, tables=(claim.table.id,))
    if _like_neighbours(resolver, place, claim) or (
        len(lost) == len(results) and _only_counts(resolver, claim)
    ):
        told = f"{said(claim)} / {', '.join(titled)}"
        return Refusal("two_readings", place, resolver.grid.text(place), told, tables=(claim.table.id,))
    rivals = [result for result in results if isinstance(result, Claim)]
    used = {cell for role, cell in claim.headings if role != "title" or cell in corners}
    fitting = [rival for rival in rivals if used <= {cell for _, cell in rival.headings}]
    if fitting and (_title_is_far(resolver, place, titled) or _counts_else(resolver, claim, fitting)):
        told = f"{said(claim)} / {', '.join(titled)}"
        return Refusal("two_readings", place, resolver.grid.text(place), told, tables=(claim.table.id,))
    return fitting[0] if len(fitting) == 1 else claim


def as_of_corner(resolver: Resolver, place: Place, result: Claim | Refusal) -> Claim | Refusal:
    """What is told of a line that nobody understands, where but a corner (“Indicators”) names a table for all lines.

    Below it other lines name tables of their own: so should this one, whichever table the corner names.
    """
    scene = resolver.scene
    if (
        isinstance(result, Claim)
        or result.code != "label_unknown"
        or result.place not in scene.stack(place, LEFT)
    ):
        return result
    heads = (*scene.stack(place, UP), *scene.stack(place, LEFT), *resolver.over(place))
    if resolver.named(heads) or not resolver.named(scene.corners(place)):
        return result
    lines = frozenset().union(*(resolver.named(scene.stack(mate, LEFT)) for mate in scene.mates(place, UP)))
    if not lines or not lines.isdisjoint(resolver.named(scene.corners(place))):
        return result
    return Refusal("table_unknown", result.place, result.found)


def as_over_corner(resolver: Resolver, place: Place, result: Claim | Refusal) -> Claim | Refusal:
    """A figure's reading where but a corner names its table, and the title over that another.

    “Criminal proceedings by section” over the articles of “Assets seized”: of which of the two the figures are, only
    what one of them alone understands can tell.
    """
    titled = _over_corner(resolver, place)
    if not titled:
        return result
    catalogue = resolver.source.catalogue
    results = [resolver.resolve(place, catalogue.tables[name]) for name in titled]
    fitting = [rival for rival in results if isinstance(rival, Claim)]
    if isinstance(result, Refusal):
        return fitting[0] if len(fitting) == 1 else result
    told = " / ".join((result.table.id, *titled))
    corner = next(c for c in resolver.scene.corners(place) if resolver.named((c,)))
    return Refusal("two_readings", corner, resolver.grid.text(corner), told, tables=(result.table.id,))


def _over_corner(resolver: Resolver, place: Place) -> tuple[str, ...]:
    """The tables that the nearest title over a corner names, where only the corner names that of a figure: another."""
    scene = resolver.scene
    corners = tuple(cell for cell in scene.corners(place) if resolver.named((cell,)))
    if not corners or resolver.named(scene.stack(place, UP)) or resolver.named(scene.stack(place, LEFT)):
        return ()
    memo = ("over corner", corners, resolver.near(place))
    if memo not in resolver.axes.known:
        over = (cell for cell in resolver.over(place) if resolver.named((cell,)))
        title = next(over, None)
        about = title is not None and title not in resolver.outer.far
        if title is not None and about and not figures_between(scene, title, corners[0], place):
            named = resolver.named((title,))
            found = () if named & resolver.named(corners) else tuple(sorted(named))
        else:
            found = ()
        resolver.axes.known[memo] = found
    told: tuple[str, ...] = resolver.axes.known[memo]
    return told


def _counts_else(resolver: Resolver, claim: Claim, rivals: Sequence[Claim]) -> bool:
    """Whether headings that name a figure's table say nothing to the title's: “number of offences” below “suspects”."""
    naming = [
        cell
        for role, cell in claim.headings
        if role in ("column", "row") and claim.table.id in resolver.named((cell,))
    ]
    catalogue = resolver.source.catalogue
    words = [vocabulary(catalogue, rival.table.id) for rival in rivals]
    said = [r for w in words for cell in naming for r in w.read(resolver.grid.text(cell))]
    return bool(naming) and bool(said) and not any(reading.sets or reading.title for reading in said)


def _only_counts(resolver: Resolver, claim: Claim) -> bool:
    """Whether a column is headed by no more than what the figures count: “Number of proceedings” below “Assets seized”.

    It may be of all of them, or of those that the title is about.
    """
    grid, catalogue = resolver.grid, resolver.source.catalogue
    naming = [c for role, c in claim.headings if role == "column" and claim.table.id in resolver.named((c,))]
    return bool(naming) and all(counts_units(catalogue, claim.table.id, grid.text(cell)) for cell in naming)


def _title_is_far(resolver: Resolver, place: Place, titled: Sequence[str]) -> bool:
    """Whether another part's figures stand between a figure and the nearest title of these tables: it is theirs."""
    naming = (
        cell
        for cell in resolver.over(place)
        if names_tables(resolver.source.catalogue, resolver.grid.text(cell)) & set(titled)
    )
    return next(naming, None) in resolver.outer.far


def _stages(resolver: Resolver, place: Place, claim: Claim, titled: Sequence[str]) -> bool:
    """Whether the headings that name a figure's table are members of the title's, which another heading keeps out.

    So is “convicted” below “Use of services”, in a line of an article, by which that table is not divided.
    """
    own = {*resolver.scene.stack(place, UP), *resolver.scene.stack(place, LEFT)}
    naming = [cell for _, cell in claim.headings if cell in own and claim.table.id in resolver.named((cell,))]
    words = [vocabulary(resolver.source.catalogue, name) for name in titled]
    texts = [resolver.grid.text(cell) for cell in naming]
    return bool(naming) and all(
        any(
            table.begins(text, "member") or any(r.dims and not r.title for r in table.read(text))
            for table in words
        )
        for text in texts
    )


def _before_title(resolver: Resolver, place: Place) -> set[Place]:
    """The labels over a figure that stand nearer than the title which names a table."""
    found = set(resolver.scene.corners(place))
    for cell in resolver.over(place):
        if names_tables(resolver.source.catalogue, resolver.grid.text(cell)):
            break
        found.add(cell)
    return found


def _like_neighbours(resolver: Resolver, place: Place, claim: Claim) -> bool:
    """Whether a heading that names another table than the title says what its neighbours say, which name none.

    “Kp 285.2” among “KL 154.1” and “KL 164”: a table of its own, or a misspelt label.
    """
    catalogue, scene, grid = resolver.source.catalogue, resolver.scene, resolver.grid
    words = vocabulary(catalogue, claim.table.id)
    for axis, role in ((UP, "column"), (LEFT, "row")):
        naming = [c for name, c in claim.headings if name == role and claim.table.id in resolver.named((c,))]
        for cell in naming:
            sets = {name for reading in words.read(grid.text(cell)) for name, _ in reading.dims}
            level = scene.level_map(place, axis).get(scene.levels(cell, axis)[0], {})
            others = [(other, words.read(grid.text(other))) for other in set(level.values()) - {cell}]
            parts = [(other, said) for other, said in others if not any(reading.total for reading in said)]
            like = (sets & {name for reading in said for name, _ in reading.dims} for _, said in parts)
            if parts and not any(resolver.named((other,)) for other, _ in parts) and all(like):
                return True
    return False


def _rid_of(resolver: Resolver, place: Place, refusal: Refusal) -> Claim | Refusal:
    """A refused figure's reading by the table of a title that stands nearer than the label for which it was refused."""
    over = resolver.over(place)
    titles = [cell for cell in over if names_tables(resolver.source.catalogue, resolver.grid.text(cell))]
    if refusal.place not in over or not titles or over.index(titles[0]) >= over.index(refusal.place):
        return refusal
    tables = (resolver.source.catalogue.tables[name] for name in resolver.titled(place))
    results = [resolver.resolve(place, table) for table in tables]
    own = {*resolver.scene.stack(place, UP), *resolver.scene.stack(place, LEFT)}
    claims = [r for r in results if isinstance(r, Claim) and own <= {cell for _, cell in r.headings}]
    return claims[0] if len(results) == len(claims) == 1 else refusal
