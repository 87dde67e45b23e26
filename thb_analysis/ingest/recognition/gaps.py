"""Lines on which other figures have a heading and this one has none: it was left blank, or is no heading."""

from __future__ import annotations

from thb_analysis.ingest.recognition.axes import Axes, Part
from thb_analysis.ingest.recognition.grid import Place
from thb_analysis.ingest.recognition.keys import Refusal, names_tables
from thb_analysis.ingest.recognition.scene import UP, place_at
from thb_analysis.ingest.recognition.values import count_of
from thb_analysis.ingest.words.labels import Vocabulary
from thb_analysis.ingest.words.meanings import Reading, plain_title

FEW = 3  #: a number of several others that is hardly their sum by chance
MOST_CHANCE = 2  #: lines, and such numbers of them, that may be sums by chance
WHOLE = "whole"  #: a neutral heading beside parts: it stands for the whole


def gap(
    axes: Axes,
    place: Place,
    axis: int,
    words: Vocabulary,
    part: Part,
    titles: frozenset[Place] = frozenset(),
) -> Refusal | str | None:
    """Why a figure lacks a heading along an axis, WHOLE where it is of all that its neighbours are parts of."""
    if part.total or part.aside:
        return None
    scene, text = axes.scene, axes.grid.text
    line = (place[1 - axis], scene.stack(place, axis), scene.band(place, axis))
    key = ("gap", words.table.id, axis, line, part.sets, titles)
    if key not in axes.known:
        apart = {cell for cell, _ in part.entries if not plain_title(words.read(text(cell)))}
        named = frozenset().union(*(reading.sets for cell, reading in part.entries if cell in apart))
        axes.known[key] = _gap(axes, place, axis, words, (part.sets, named), titles)
    missing = axes.known[key]
    if isinstance(missing, frozenset):
        return Refusal("heading_gap", place, text(place), ", ".join(sorted(missing)))
    return missing  # type: ignore[no-any-return]


def _gap(
    axes: Axes,
    place: Place,
    axis: int,
    words: Vocabulary,
    said: tuple[frozenset[str], frozenset[str]],
    titles: frozenset[Place],
) -> frozenset[str] | str | None:
    """`said` is what the figure's own headings fix, and what those of them do that are no titles."""
    scene = axes.scene
    heads = scene.level_map(place, axis)
    own, named = said
    for level, fixed in axes.fixed_sets(place, axis, words).items():
        label = heads.get(level, {}).get(place[1 - axis])
        nearest = max(scene.fills(place, axis), default=level)
        inner = label is None and level > nearest
        beyond = [place_at(axis, n, place[1 - axis]) for n in range(nearest + 1, level)] if inner else []
        if beyond and not set(scene.mates(place, 1 - axis)).isdisjoint(beyond):
            named = frozenset()  # what is beyond another figure heads that one
        told = named if inner else own
        if told & fixed and label is None and not inner:
            told = told - _overruled(axes, place, axis, level, words)
        if not fixed or told & fixed or label in titles:
            continue
        if label is not None and _beside_others(axes, heads, label, axis, level, words):
            continue
        if fixed == {"year"} and _beside_spans(axes, place, axis, level, words):
            continue
        if label is not None:
            apart = any(reading.sets for reading in words.read(axes.grid.text(label)))
        else:
            apart = not (
                scene.divided(place, axis, level)
                or _alone(axes, place, axis, level, words)
                or _spread(axes, place, axis, level, words)
                or _grouped(axes, place, axis, level, own, words)
            )
        if own and apart and "year" not in fixed:
            continue
        beside = axes.beside(place, axis, words)[level]
        setting = [r for r in beside if r.sets and not (r.share or r.compared)]
        parts = all(reading.part for reading in setting)
        if scene.stack(place, axis) and (parts or (inner and _announced(axes, place, axis, level, words))):
            return WHOLE
        if label is not None and "year" not in fixed and _is_sum(axes, place, axis, level, words):
            return WHOLE
        return fixed
    return None


def _beside_spans(axes: Axes, place: Place, axis: int, level: int, words: Vocabulary) -> bool:
    """Whether only spans of years stand beside a figure whose line has one year: “Number”, “in all since 2014”."""
    heads = axes.scene.level_map(place, axis)[level].values()
    said = [r.years for cell in heads for r in words.read(axes.grid.text(cell)) if r.years]
    own = (axes.grid.text(cell) for cell in axes.scene.stack(place, 1 - axis))
    dated = any(len(reading.years) == 1 for text in own for reading in words.read(text))
    return dated and all(len(set(years)) > 1 for years in said)


def _announced(axes: Axes, place: Place, axis: int, level: int, words: Vocabulary) -> bool:
    """Whether all that have a heading at a level stand behind “of whom”, or “by sex”, beside the own heading."""
    heads = axes.scene.level_map(place, axis)
    outer = heads[max(set(axes.scene.fills(place, axis)) & heads.keys(), default=level)]
    over = {max((start for start in outer if start <= n), default=place[1 - axis]) for n in heads[level]}
    said = [words.read(axes.grid.text(outer[start])) for start in over if start > place[1 - axis]]
    return len(said) == len(over) and all(
        own and all((r.part or r.mere) and not r.sets for r in own) for own in said
    )


def _beside_others(
    axes: Axes, heads: dict[int, dict[int, Place]], label: Place, axis: int, level: int, words: Vocabulary
) -> bool:
    """Whether a table's name is merged over a level and one farther out, where those beside it name other tables.

    “Victims” beside “Suspects”, below which are women and men: they divide the suspects alone.
    """
    text, table = axes.grid.text, words.table.id
    outer = min(axes.scene.levels(label, axis))
    if outer == level or table not in names_tables(axes.catalogue, text(label)):
        return False
    beside = [n for n, cell in heads[level].items() if any(r.sets for r in words.read(text(cell)))]
    named = [names_tables(axes.catalogue, text(heads[outer][n])) for n in beside if n in heads[outer]]
    return len(named) == len(beside) and all(named) and not any(table in tables for tables in named)


def _overruled(axes: Axes, place: Place, axis: int, level: int, words: Vocabulary) -> frozenset[str]:
    """What only headings farther out say of a figure, which for all that have one at a level this one overrules."""
    scene = axes.scene
    heads, own = scene.level_map(place, axis)[level], scene.stack(place, axis)
    beside = [scene.stack(mate, axis) for mate in scene.mates(place, axis) if mate[1 - axis] in heads]
    shared = {cell for cell in own if cell[axis] < level and beside and all(cell in one for one in beside)}
    said: dict[str, set[Place]] = {}
    for cell in own:
        for name in frozenset().union(*(reading.sets for reading in words.read(axes.grid.text(cell)))):
            said.setdefault(name, set()).add(cell)
    return frozenset(name for name, cells in said.items() if cells <= shared)


def _is_sum(axes: Axes, place: Place, axis: int, level: int, words: Vocabulary) -> bool:
    """Whether the figures under a neutral heading are the sums of those beside them: “Number”, “women”, “men”.

    In every line; that the children are among the women and men is a sum as well.  Of few lines it may be one by
    chance, but not of the first, which the table's own name heads: “Victims”, “adults”, “minors”.
    """
    scene, position = axes.scene, place[1 - axis]
    heads = scene.level_map(place, axis)[level]
    label = axes.grid.text(heads[position])
    named = position == min(heads) and any(reading.title or reading.own for reading in words.read(label))
    parts: dict[int, bool] = {}  # position → whether children stand there
    for other, cell in scene.level_map(place, axis)[level].items():
        every = words.read(axes.grid.text(cell))
        readings = [reading for reading in every if reading.sets]
        if other == position or any(r.share or r.compared or (r.sets and r.total) for r in every):
            continue
        # “Started in 2021” names a year and is of a member
        plain = [
            Reading(r.dims, r.names & {"year"}, part=r.part, figure=r.figure, worded=r.worded)
            for r in readings
        ]
        if len(readings) != 1 or readings != plain:
            return False
        parts[other] = any((n, c) in readings[0].dims for n, c, _ in words.table.complements)
    lines = {mate[axis] for mate in scene.mates(place, axis) if mate[1 - axis] == position}
    sums: dict[str, set[bool]] = {"all": set(), "adults": set()}
    told = 0
    for line in lines:
        places = {n: place_at(axis, line, n) for n in (position, *parts)}
        texts = {n: axes.grid.text(axes.grid.at(at) or at) for n, at in places.items()}
        numbers = {n: count_of(axes.catalogue, text) for n, text in texts.items()}
        if None in numbers.values():
            return False
        whole, inner = numbers.pop(position), {n: number or 0 for n, number in numbers.items()}
        sums["all"].add(sum(inner.values()) == whole)
        sums["adults"].add(sum(number for n, number in inner.items() if not parts[n]) == whole)
        told += bool(whole and whole >= FEW and sum(map(bool, inner.values())) > 1)
    sure = named or (told > 0 and len(lines) + told > MOST_CHANCE)
    return len(parts) > 1 and sure and {True} in sums.values()


def _spread(axes: Axes, place: Place, axis: int, level: int, words: Vocabulary) -> bool:
    """Whether a member over a line is merged over others, of which one has a heading at the level below it."""
    stack = axes.scene.stack(place, axis)
    if not stack or level <= max(axes.scene.levels(stack[0], axis)):
        return False
    if not any(reading.sets and not reading.title for reading in words.read(axes.grid.text(stack[0]))):
        return False
    found = (axes.grid.at(place_at(axis, level, n)) for n in axes.scene.along(stack[0], axis))
    return any(cell is not None and axes.scene.is_heading(cell) for cell in found)


def _alone(axes: Axes, place: Place, axis: int, level: int, words: Vocabulary) -> bool:
    """Whether a line alone has nothing at a level where every other but totals has a heading, and one beside its own.

    At an inner level only for columns none of which is divided: else one without may stand for the whole.
    """
    scene = axes.scene
    own = scene.fills(place, axis)
    heads = scene.level_map(place, axis)
    inner = heads.get(own[-1] if own else 0, {})
    totals = {
        n for n, cell in inner.items() if any(reading.total for reading in words.read(axes.grid.text(cell)))
    }
    others = {mate[1 - axis] for mate in scene.mates(place, axis)} - {place[1 - axis]} - totals
    if not own or not others or not all(o in heads[level] and o in inner for o in others):
        return False
    single = axis == UP and len({inner[o] for o in others}) == len(others)
    return level < min(own) or (level > max(own) and single)


def _grouped(axes: Axes, place: Place, axis: int, level: int, own: frozenset[str], words: Vocabulary) -> bool:
    """Whether an outer heading before a line stands over one like it: then it may hold for this one as well."""
    scene = axes.scene
    fills = sorted(n for cell in scene.own_stack(place, axis) for n in scene.levels(cell, axis))
    if not fills or level >= min(fills):
        return False
    heads = scene.level_map(place, axis)
    inner = heads.get(fills[-1], {})
    before = [p for p in heads[level] if p < place[1 - axis] and p in inner]
    return any(r.sets & own for p in before for r in words.read(axes.grid.text(inner[p])))
