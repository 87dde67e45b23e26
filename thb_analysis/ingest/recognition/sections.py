"""Lists in sections, each below a label of its own (“Women:”, “Men:”): what in the last one may be of all of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from thb_analysis.definitions import Catalogue
from thb_analysis.ingest.recognition.grid import Place, by_row
from thb_analysis.ingest.recognition.scene import LEFT, UP, Scene
from thb_analysis.ingest.words.meanings import Reading
from thb_analysis.ingest.words.readers import readers

FEW = 3  #: a number that is hardly the sum of others by chance


class After(NamedTuple):
    """Rows below the lines of the last of several sections: a total that is not theirs, or lines of another kind."""

    labels: tuple[Place, ...]  #: those of the sections
    rows: tuple[int, ...]
    of_all: bool  #: they come to just what all sections do, and not to what the last does
    kinds: frozenset[str]  #: of what the sections' labels name members


class _Line(NamedTuple):
    row: int
    kinds: frozenset[str]  #: of what its labels name members
    total: bool


def after_sections(scene: Scene, catalogue: Catalogue) -> list[After]:
    """What stands in the last section of a list and need not be of it."""
    found: list[After] = []
    rows = scene.grid.once(by_row)
    heads = [cell for cell in scene.loose if not {*rows[cell[0]]} - {cell, *scene.remarks}]
    for labels, end in _runs(scene, catalogue, heads):
        bounds = [*_begin(scene, catalogue, labels), *(row for row, _ in labels), end]
        sections = [list(_lines(scene, catalogue, first, last)) for first, last in pairwise(bounds)]
        if all(sections) and _may_be_blank(scene, catalogue, labels, sections[-1]):
            found.append(After(labels, tuple(line.row for line in sections[-1]), False, frozenset()))
        found += _after(scene, catalogue, labels, sections) if all(sections) else ()
    return found


def _runs(
    scene: Scene, catalogue: Catalogue, heads: Sequence[Place]
) -> Iterator[tuple[tuple[Place, ...], int]]:
    """Labels of one kind in one column, one below the other, and the row where the last one's section ends."""
    for column in sorted({column for _, column in heads}):
        begun: list[Place] = []
        for cell in heads:
            kinds = _kinds(catalogue, scene.grid.text(cell)) if cell[1] == column else None
            if not kinds:
                continue  # in another column, or it only says by what the lines below it are divided
            if begun and kinds.isdisjoint(_kinds(catalogue, scene.grid.text(begun[0]))):
                yield tuple(begun), cell[0]
                begun = []
            begun.append(cell)
        if begun:
            yield tuple(begun), scene.region.bottom + 1


def _may_be_blank(
    scene: Scene, catalogue: Catalogue, labels: Sequence[Place], lines: Sequence[_Line]
) -> bool:
    """Whether a label, the only one of its kind, may be a blank line: right below one, under headings of columns."""
    (row, column), text = labels[0], scene.grid.text(labels[0]).rstrip()
    first = next(place for place in scene.figures if place[0] == lines[0].row)
    above = scene.labels_row((row - 1, column)) and (row - 1, column) in scene.used
    member = "year" not in _kinds(catalogue, text) and not any(r.title for r in _read(catalogue, text))
    return len(labels) == 1 and above and member and text[-1] != ":" and bool(scene.fills(first, UP))


def _begin(scene: Scene, catalogue: Catalogue, labels: Sequence[Place]) -> tuple[int, ...]:
    """Where the lines begin that stand before a section which is the only one of its kind: below the list's title."""
    if len(labels) > 1:
        return ()
    over = (cell for cell in scene.loose if cell < labels[0])
    titles = (
        row for row, column in over if any(r.title for r in _read(catalogue, scene.grid.text((row, column))))
    )
    return (max(titles, default=scene.region.top - 1),)


def _lines(scene: Scene, catalogue: Catalogue, first: int, last: int) -> Iterator[_Line]:
    """The lines of figures between two rows; those that are a part of the line above them are left out."""
    seen: set[int] = set()
    for place in scene.figures:
        if first < place[0] < last and place[0] not in seen:
            seen.add(place[0])
            texts = [scene.grid.text(cell) for cell in scene.own_stack(place, LEFT)]
            said = [reading for text in texts for reading in _read(catalogue, text)]
            if not any(reading.part for reading in said):
                kinds = frozenset[str]().union(*(_kinds(catalogue, text) for text in texts))
                yield _Line(place[0], kinds, not kinds and any(reading.total for reading in said))


def _after(
    scene: Scene, catalogue: Catalogue, labels: tuple[Place, ...], sections: Sequence[Sequence[_Line]]
) -> Iterator[After]:
    """Totals amid the first lines of the last section; and all from the first line of a kind that no other has."""
    last = sections[-1]
    told = frozenset[str]().union(
        last[0].kinds, *(line.kinds for section in sections[:-1] for line in section)
    )
    own = _first(last)
    kinds = frozenset.intersection(*(_kinds(catalogue, scene.grid.text(label)) for label in labels))
    kinds = (
        kinds if len(labels) > 1 else frozenset()
    )  # what stands before the only one may be with it or without
    every = [row for section in sections for row in _first(section)]
    begun = next(
        (at for at, line in enumerate(last) if line.kinds and line.kinds.isdisjoint(told)), len(last)
    )
    for line in last[:begun]:
        if line.total and not _same(scene, [line.row], own):
            yield After(labels, (line.row,), _of_all(scene, [line.row], every, kinds), kinds)
    parts = [line.row for line in last[begun:] if not line.total]
    if parts and not _same(scene, parts, own):
        rows = tuple(line.row for line in last[begun:])
        yield After(labels, rows, _of_all(scene, parts, every, kinds), kinds)


def _first(section: Sequence[_Line]) -> list[int]:
    """The rows of the lines that come to all of a section: those of the kind that it begins with."""
    return [line.row for line in section if not line.total and line.kinds & section[0].kinds]


def _of_all(scene: Scene, rows: Sequence[int], every: Sequence[int], kinds: frozenset[str]) -> bool:
    """Whether lines come to just what all sections do; those of several years are of none of them."""
    return bool(kinds) and "year" not in kinds and _same(scene, rows, every, FEW)


def _same(scene: Scene, some: Sequence[int], others: Sequence[int], least: int = 0) -> bool:
    """Whether lines come to just the same in every column, and to a number of some size in one."""
    columns = {column for row, column in scene.figures if row in some}
    sums = [(_sum(scene, some, column), _sum(scene, others, column)) for column in columns]
    return all(one == other for one, other in sums) and max(sums, default=(0, 0))[0] >= least


def _sum(scene: Scene, rows: Sequence[int], column: int) -> Decimal:
    return sum((scene.grid.number((row, column)) or Decimal(0) for row in rows), Decimal(0))


@lru_cache(maxsize=20_000)
def _kinds(catalogue: Catalogue, text: str) -> frozenset[str]:
    """The kinds of things of which a label names a member, to any table to which it is no title."""
    return frozenset(name for reading in _read(catalogue, text) if not reading.title for name in reading.sets)


@lru_cache(maxsize=20_000)
def _read(catalogue: Catalogue, text: str) -> tuple[Reading, ...]:
    return tuple(reading for words in readers(catalogue, text) for reading in words.read(text))
