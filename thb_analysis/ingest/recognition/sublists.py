"""Lines that divide the line above them: an article, below it its women and men, and so with every article."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from thb_analysis.ingest.recognition.grid import Place
from thb_analysis.ingest.recognition.groups import mean_alike
from thb_analysis.ingest.recognition.scene import Scene
from thb_analysis.ingest.words.fold import fold
from thb_analysis.ingest.words.labels import Vocabulary
from thb_analysis.ingest.words.meanings import Reading

Line = tuple[Place, Reading | None]  #: a label, and the one way in which it is read


def nested(scene: Scene, words: Vocabulary) -> tuple[dict[Place, Place | None], dict[Place, frozenset[str]]]:
    """Labels of rows that divide the row above them, which says what they do not; with that row where it is sure.

    They divide it where they are written further in than that row and those between, or where one list of labels
    stands again and again, each time below another label of its own kind.  And of which kind those are that may be of
    several: “unknown” below women and men.
    """
    columns: dict[int, list[Place]] = {}
    kinds: dict[Place, frozenset[str]] = {}
    first = scene.figures[0][0] if scene.figures else 0
    above = scene.row_above(first) if scene.figures else 0
    for cell in sorted(scene.region.places) if scene.figures else ():
        if (above or first) <= cell[0] <= scene.figures[-1][0] and scene.is_heading(cell):
            columns.setdefault(cell[1], []).append(cell)
    found: dict[Place, Place | None] = {}
    for cells in columns.values():
        if cells[0][0] < first and (not cells[1:] or scene.depth(cells[0]) >= scene.depth(cells[1])):
            del cells[0]  # a title, and no line without a figure that has parts
        lines = _settled(scene, words, cells)
        kinds |= {cell: _names(reading) for cell, reading in lines if len(_ways(scene, words, cell)) > 1}
        for stretch in _stretches(scene, lines):
            found |= _repeated(scene, stretch) | _indented(scene, words, stretch)
    found |= _stepped(scene, words)
    return found, {cell: kind for cell, kind in kinds.items() if cell in found}


def _stepped(scene: Scene, words: Vocabulary) -> dict[Place, Place | None]:
    """Labels that stand a column further right than those of the lines that they divide, which have none there.

    So they do where that holds of every such line of the list, and no part is more than its whole.
    """
    grid = scene.grid
    rows = sorted({figure[0] for figure in scene.figures})
    labels: dict[int, list[Place]] = {row: [] for row in rows}
    for place in scene.region.places:
        if place[0] in labels and scene.is_heading(place) and grid.span(place) == (*place, *place):
            labels[place[0]].append(place)
    columns = {place[1] for line in labels.values() for place in line}
    if len(columns) < 2 or any(len(line) != 1 for line in labels.values()):
        return {}
    first = min(columns)
    found: dict[Place, Place | None] = {}
    outer: list[Place] = []
    for row in rows:
        place = labels[row][0]
        if outer and scene.row_above(row) not in labels:
            outer = []
        while outer and outer[-1][1] >= place[1]:
            outer.pop()
        if outer:
            found[place] = outer[-1]
        elif place[1] != first:
            return {}
        outer.append(place)
    return found if _within(scene, words, found) else {}


def _within(scene: Scene, words: Vocabulary, found: Mapping[Place, Place | None]) -> bool:
    """Whether each line's parts say what it does not, all of one kind, and come to no more than it."""
    parts: dict[Place, list[Place]] = {}
    for cell, head in found.items():
        if head is not None:
            parts.setdefault(head, []).append(cell)
    for head, cells in parts.items():
        own, *kinds = (_names(_plain(scene, words, cell)) for cell in (head, *cells))
        if not own or any(not kind or kind & own or kind != kinds[0] for kind in kinds):
            return False
        for column in {column for row, column in scene.figures if row == head[0]}:
            whole, *numbers = (scene.grid.number((cell[0], column)) for cell in (head, *cells))
            if whole is None or sum(number or 0 for number in numbers) > whole:
                return False
    return bool(parts)


def _plain(scene: Scene, words: Vocabulary, cell: Place) -> Reading | None:
    """The one way in which a label is read; None where there are several, or none."""
    readings = _ways(scene, words, cell)
    return readings[0] if len(readings) == 1 else None


def _ways(scene: Scene, words: Vocabulary, cell: Place) -> list[Reading]:
    """The ways in which a label may be read; a member's name says more than the same words as a title."""
    readings = [reading for reading in words.read(scene.grid.text(cell)) if reading.number is None]
    return [reading for reading in readings if reading.dims] if len(readings) > 1 else readings


def _settled(scene: Scene, words: Vocabulary, cells: Sequence[Place]) -> list[Line]:
    """The labels of a column, each as it is read; one that may be of several kinds as its like are.

    Its like are those as far in that follow the same line, else all of the column: “Latvia” above “Ukraine” is whose
    citizens they are, and “unknown” below women and men their sex.  One that has none may be any of them: it is as
    sure to have parts.
    """
    ways = [(cell, _ways(scene, words, cell)) for cell in cells]
    plain = {cell: readings[0] for cell, readings in ways if len(readings) == 1}
    found: list[Line] = []
    before: dict[int, frozenset[str]] = {}  #: how far in, what the last label there is
    for cell, readings in ways:
        depth, reading = scene.depth(cell), plain.get(cell)
        before = {known: kind for known, kind in before.items() if known <= depth}
        if len(readings) > 1:
            nearest = {before[depth]} if depth in before else set()
            for kinds in (nearest, {_names(one) for one in plain.values()}):
                fitting = [one for one in readings if _names(one) in kinds]
                if len(fitting) == 1:
                    reading = fitting[0]
                    break
            else:
                every = sorted({pair for one in readings for pair in one.dims})
                reading = readings[0]._replace(dims=tuple(every))
        before[depth] = _names(reading)
        found.append((cell, reading))
    return found


def _stretches(scene: Scene, lines: Sequence[Line]) -> list[list[Line]]:
    """The lines that follow each other without a gap and of which each is understood.

    One that is written further in than the first of them goes on with them past a blank row.  A label without a figure
    that may have parts of its own is one of them where others like it have figures; else it is a title.
    """
    found: list[list[Line]] = [[]]
    heads = {(scene.depth(cell), _names(reading)) for cell, reading in lines if scene.labels_row(cell)}
    for cell, reading in lines:
        before = found[-1][-1][0] if found[-1] else None
        further = scene.depth(cell) - scene.depth(found[-1][0][0]) if found[-1] else 0
        deeper = further > 0
        begins = not deeper and (not found[-1] or further or _names(reading) & _names(found[-1][0][1]))
        if begins and not scene.labels_row(cell) and (scene.depth(cell), _names(reading)) not in heads:
            found.append([])
            continue
        apart = before is not None and scene.row_above(cell[0]) != before[0]
        if reading is None or (apart and not deeper):
            found.append([])
        if reading is not None:
            found[-1].append((cell, reading))
    return [stretch for stretch in found if len(stretch) > 1]


def _names(reading: Reading | None) -> frozenset[str]:
    return frozenset(dict(reading.dims)) if reading is not None else frozenset()


def _repeated(scene: Scene, lines: Sequence[Line]) -> dict[Place, Place | None]:
    """The labels below each of several of one kind, where these are the same below every one.

    The first may be written as a part (“of whom women”, then “men”) where all of them are of one kind: then each is
    a part of the line over all of them.
    """
    kind = _names(lines[0][1])
    if not kind:
        return {}
    groups: list[list[Line]] = []
    ending: list[Line] = []  #: the total of all of them, and what stands below it
    for cell, reading in lines:
        if ending or (reading is not None and reading.total and not reading.dims and groups):
            ending.append((cell, reading))
            continue
        if _names(reading) & kind and not (groups and _says_more(reading, groups[-1][0][1])):
            groups.append([])
        groups[-1].append((cell, reading))
    lists = [[fold(scene.grid.text(cell)) for cell, _ in group[1:]] for group in groups]
    heads = [fold(scene.grid.text(group[0][0])) for group in groups]
    below = [line for group in groups for line in group[1:]]
    alike = all(names == lists[0] and len(set(names)) == len(names) for names in lists)
    like = not alike and all(lists) and len(groups) > 1 and mean_alike(scene.catalogue, heads, lists)
    if like and all(_comes_to(scene, group) for group in groups):
        return {cell: group[0][0] for group in groups for cell, _ in group[1:]}
    if len(groups) < 2 or not lists[0] or not alike or len(set(heads)) < len(heads):
        return {}
    if any(reading is None or not reading.dims for _, reading in below):
        return {}
    first = [group[1][1] for group in groups]
    if all(reading is not None and reading.part for reading in first) and len(lists[0]) > 1:
        below = [line for group in groups for line in group[2:]]
        apart = {_names(reading) for group in groups for _, reading in group[1:]}
        if len(apart) > 1 or any(reading is None or reading.part for _, reading in below):
            return {}
        if [fold(scene.grid.text(cell)) for cell, _ in ending[1:]] == lists[0]:
            groups.append(ending)
        return {cell: group[0][0] for group in groups for cell, _ in group[2:]}
    if any(reading is None or reading.part for _, reading in below):
        return {}
    return {cell: None for cell, _ in below}


def _comes_to(scene: Scene, group: Sequence[Line]) -> bool:
    """Whether the lines below the first of some come to just what that is, which is not nought in every column."""
    (row, _), *below = (cell for cell, _ in group)
    sums = [
        (scene.grid.number((row, at)), sum(scene.grid.number((cell[0], at)) or 0 for cell in below))
        for line, at in scene.figures
        if line == row
    ]
    return any(whole for whole, _ in sums) and all(whole == parts for whole, parts in sums)


def _indented(scene: Scene, words: Vocabulary, lines: Sequence[Line]) -> dict[Place, Place | None]:
    """Labels that are written further in than one above them that says what they do not; with it where it is sure."""
    found: dict[Place, Place | None] = {}
    parts: dict[Place, list[Place]] = {}
    outer: list[Line] = []
    for cell, reading in lines:
        while outer and scene.depth(outer[-1][0]) >= scene.depth(cell):
            outer.pop()
        if outer:
            parts.setdefault(outer[-1][0], []).append(cell)
        member = reading is not None and reading.dims and not reading.part
        if outer and member and (_names(outer[0][1]) - _names(reading) or _says_more(reading, outer[-1][1])):
            found[cell] = None
        outer.append((cell, reading))
    for head, cells in parts.items():
        if _are_of(scene, words, lines, head, parts):
            found |= {cell: head for cell in cells if cell in found}
    return found


def _says_more(reading: Reading | None, outer: Reading | None) -> bool:
    """Whether a label says all that the one over it does, and more: “girls” below “children”."""
    return reading is not None and outer is not None and bool(outer.dims) and {*outer.dims} < {*reading.dims}


def _are_of(
    scene: Scene,
    words: Vocabulary,
    lines: Sequence[Line],
    head: Place,
    parts: Mapping[Place, Sequence[Place]],
) -> bool:
    """Whether lines written further in are parts of the line above them, and not of those before it as well.

    They come to no more than it; to just as much, where those are all that there are of their kind (women, men) and
    none before it has parts of its own.
    """
    columns = {column for row, column in scene.figures if row == head[0]}
    sums = []
    for column in columns:
        whole, *numbers = (scene.grid.number((cell[0], column)) for cell in (head, *parts[head]))
        sums.append((whole, sum(number or 0 for number in numbers)))
    if not sums or any(whole is None or summed > whole for whole, summed in sums):
        return False
    before: list[Reading] = []
    for cell, reading in lines[: [cell for cell, _ in lines].index(head) + 1]:
        if scene.depth(cell) < scene.depth(head):
            before = []
        elif scene.depth(cell) == scene.depth(head) and reading is not None:
            before.append(reading)
            if cell != head and cell in parts:
                return True
    codes = {pair for reading in before for pair in reading.dims}
    names = {name for name, _ in codes}
    all_told = any(
        {(name, code) for code in members if not code.startswith("_")} <= codes
        for name in names
        for members in (words.catalogue.codes.get(words.table.dimension(name).codes, {}),)
    )
    return not all_told or all(whole == summed for whole, summed in sums)
