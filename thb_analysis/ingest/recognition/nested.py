"""Parts of parts: which line a heading such as “of whom …” divides, where another part stands before it."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence, Set
from functools import cache, lru_cache

from thb_analysis.definitions import TOTAL, Catalogue
from thb_analysis.ingest.recognition.grid import Grid, Place
from thb_analysis.ingest.recognition.scene import LEFT, UP, Scene
from thb_analysis.ingest.words.fold import fold
from thb_analysis.ingest.words.labels import Vocabulary, vocabulary
from thb_analysis.ingest.words.meanings import Reading


def divided(catalogue: Catalogue, whole: Reading, parts: Sequence[tuple[str, Reading]]) -> Reading | None:
    """What the last of these parts, in their order, is a part of: the whole, or a part before it; None if unclear.

    A level is told by how far its labels are indented, else by the kind of the word that they begin with
    (“t.sk.”, then “no tām”), which must agree with what it divides.
    """
    indented = len({_indent(text) for text, _ in parts}) > 1
    outer: list[tuple[int, Reading]] = [(-1, whole)]
    for at, (text, reading) in enumerate(parts):
        agrees = agreeing(catalogue, text)
        level = _indent(text) if indented else int(agrees is not None)
        if level and not indented and agrees is not None and _of_both(parts[:at], agrees):
            level = 0
            del outer[1:]  # whatever words they begin with
        if level in [known for known, _ in outer[1:]]:
            while outer.pop()[0] != level:
                pass
        elif len(outer) > 1:
            deeper = level > outer[-1][0] if indented else agrees in outer[-1][1].dims
            alike = {
                frozenset(inherit(reading, each).dims) for _, each in outer
            }  # “girls” of children, and of all
            if not deeper and len(alike) > 1:
                return None
        outer.append((level, inherit(reading, outer[-1][1])))
    return outer[-2][1]


def _of_both(before: Sequence[tuple[str, Reading]], agrees: tuple[str, str]) -> bool:
    """Whether women and men stand right before a part: “of them” is then of both, whatever it agrees with."""
    name, code = agrees
    pair = [dict(reading.dims).get(name) for _, reading in before[-2:]]
    return len(pair) == 2 and pair[1] == code and pair[0] not in (None, code)


def of_all(
    scene: Scene,
    words: Vocabulary,
    axis: int,
    part: Reading,
    parent: tuple[Place, Reading],
    nested: Container[Place] = (),
) -> Reading | None:
    """What a part is a part of where its line follows several that divide a whole: `women | men | of whom minors`.

    `parent` is the line right before it, `nested` are the labels that are parts by where they stand.  Where the lines
    are all that there are of their kind, the part is of their whole; where others may be missing, nobody can say.
    A line with parts of its own among them shows that each part is of the line right before it.
    """
    cell, whole = parent
    own, dims = dict(part.dims), dict(whole.dims)
    before = _lines_before(scene, words, axis, cell, dims.keys(), nested)
    taken_off = any(own.get(name) == code for name, code in words.table.deduct)
    if not before or taken_off or any(r.part and not _opens(before[n:]) for n, r in enumerate(before)):
        return whole
    nearest = dict(before[0].dims)
    other = [name for name, code in dims.items() if name not in own and nearest.get(name, code) != code]
    if len(other) != 1:
        return None if other else whole
    name = other[0]
    codes = {dims[name], *(dict(reading.dims).get(name, "") for reading in before)}
    known = words.catalogue.codes.get(words.table.dimension(name).codes, {})
    members = {code for code in known if not code.startswith("_")}
    rest = tuple(pair for pair in whole.dims if pair[0] != name)
    return whole._replace(dims=rest) if members and members <= codes else None


def _opens(lines: Sequence[Reading]) -> bool:
    """Whether a part begins the list of all parts (“total | of whom women | men”): those behind it are its like."""
    return len(lines) > 1 and all(code.startswith("_") for _, code in lines[1].dims)


def _lines_before(
    scene: Scene, words: Vocabulary, axis: int, cell: Place, kinds: Set[str], nested: Container[Place]
) -> list[Reading]:
    """What the headings before one on its line say, the nearest first; as members of these kinds if they can be."""
    found: list[Reading] = []
    row, column = cell
    while True:
        at = scene.grid.at((scene.row_above(row), column) if axis == LEFT else (row, column - 1))
        if axis == LEFT and (at is None or at in scene.aside):
            at = scene.grid.at(
                (scene.row_above(row) - 1, column)
            )  # past a blank row or a remark amid the list
            apart = at is not None and at not in scene.region.places
        else:
            apart = False
        if at is None or not (apart or (at in scene.region.places and scene.is_heading(at))):
            return found
        readings = [reading for reading in words.read(scene.grid.text(at)) if reading.number is None]
        if not readings:
            return found
        nearest = max(readings, key=lambda reading: len(kinds & dict(reading.dims).keys()))
        if nearest.part and not nearest.sets:
            return found  # “of whom:” alone begins the list
        found.append(nearest._replace(part=nearest.part or at in nested))
        row, column = at


def wholes(catalogue: Catalogue, scene: Scene, place: Place) -> tuple[Place, ...]:
    """What the parts (“of whom …”) that head a figure are parts of: the labels before them, past other parts."""
    parts = scene.grid.once(_parts, catalogue)
    if not parts:
        return ()
    heads = [(axis, cell) for axis in (UP, LEFT) for cell in scene.stack(place, axis) if cell in parts]
    found = (_whole(catalogue, scene, cell, axis) for axis, cell in heads)
    return tuple(cell for cell in found if cell is not None)


def _parts(grid: Grid, catalogue: Catalogue) -> frozenset[Place]:
    """The cells of a sheet that begin as labels of parts do."""
    return frozenset(place for place in grid.cells if is_part(catalogue, grid.text(place)))


def _whole(catalogue: Catalogue, scene: Scene, cell: Place, axis: int) -> Place | None:
    row, column = cell
    while is_part(catalogue, scene.grid.text((row, column))):
        before = scene.grid.at((scene.row_above(row), column) if axis == LEFT else (row, column - 1))
        if before is None or before not in scene.region.places or not scene.is_heading(before):
            return None
        row, column = before
    return (row, column) if (row, column) != cell else None


@lru_cache(maxsize=20_000)
def is_part(catalogue: Catalogue, text: str) -> bool:
    """Whether a label begins as that of a part does: the same for every table."""
    return next(vocabulary(catalogue, table) for table in catalogue.tables).begins(text, "part")


def inherit(reading: Reading, parent: Reading, told: Set[str] = frozenset()) -> Reading:
    """A part with what the whole says and the part does not; of a total of what others tell (`told`) it is no total."""
    whole = {name: code for name, code in parent.dims if name not in told or code != TOTAL}
    dims = {**whole, **dict(reading.dims)}
    return reading._replace(dims=tuple(sorted(dims.items())), years=reading.years or parent.years)


def said_of(words: Vocabulary, texts: Iterable[str]) -> frozenset[str]:
    """The kinds of things of which texts name a member."""
    return frozenset(name for text in texts for reading in words.read(text) for name, _ in reading.dims)


def told_alike(catalogue: Catalogue, one: str, other: str) -> bool:
    """Whether two labels begin as parts of the same: both with “t.sk.”, not with a word that agrees with a line.

    The second is not, if it is written further in: a part of the first.
    """
    first = part_start(catalogue, one)
    within = _indent(other) > _indent(one)
    return (
        bool(first)
        and not within
        and first == part_start(catalogue, other)
        and agreeing(catalogue, one) is None
    )


def parts_of_lines(catalogue: Catalogue, lines: Sequence[tuple[str, frozenset[str]]]) -> list[bool]:
    """Which parts of a list are parts of the line before them, by what each label begins with and is divided by.

    Those that say so among lines that do not, and stand between two of these: “women, t.sk. minors, men”.  Where all
    begin alike, those that every line of the first kind has: “t.sk. women, t.sk. minors, t.sk. men, t.sk. minors”.
    """
    found = [False] * len(lines)
    starts = [part_start(catalogue, text) for text, _ in lines]
    alike = len(set(starts)) == 1
    main = [
        kinds == lines[0][1] if alike else not start for (_, kinds), start in zip(lines, starts, strict=True)
    ]
    mains = [at for at, is_main in enumerate(main) if is_main]
    if len(mains) < 2 or not main[0]:
        return found
    groups = [range(at + 1, end) for at, end in zip(mains, [*mains[1:], len(lines)], strict=True)]
    between = any(groups[:-1]) if not alike else all(groups)
    if between:
        for at in (at for group in groups for at in group):
            found[at] = not (lines[at][1] & lines[0][1]) and agreeing(catalogue, lines[at][0]) is None
    return found


@cache
def part_start(catalogue: Catalogue, text: str) -> str:
    plain = fold(text).lstrip("- ")
    starts = (fold(word) for word in catalogue.words["part"])
    return max((start for start in starts if plain.startswith(start)), key=len, default="")


def _indent(text: str) -> int:
    return len(text) - len(text.lstrip())


@cache
def agreeing(catalogue: Catalogue, text: str) -> tuple[str, str] | None:
    """What a part's first words agree with (“no tām”: women), None where they agree with nothing."""
    plain = fold(text).lstrip("- ")
    for words, pair in catalogue.words["agreeing"].items():
        if plain.startswith(fold(words)):
            name, _, code = str(pair).partition("=")
            return name, code
    return None
