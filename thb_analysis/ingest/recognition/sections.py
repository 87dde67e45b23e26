"""Lists in sections, each below a label of its own (“Women:”, “Men:”): what in the last one may be of all of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import chain, pairwise
from typing import NamedTuple

from thb_analysis.ingest.recognition.grid import Place
from thb_analysis.ingest.recognition.listed import Line, Listed, read
from thb_analysis.ingest.recognition.scene import Scene

FEW = 3  #: a number that is hardly the sum of others by chance


class After(NamedTuple):
    """Rows below the lines of the last of several sections: a total that is not theirs, or lines of another kind."""

    labels: tuple[Place, ...]  #: those of the sections
    rows: tuple[int, ...]
    of_all: bool  #: they come to just what all sections do, and not to what the last does
    kinds: frozenset[str]  #: of what the sections' labels name members


def after_sections(listed: Listed) -> list[After]:
    """What stands in the last section of a list and need not be of it."""
    found: list[After] = []
    for cell, (run, end) in listed.sections.items():
        if cell == run[-1]:
            begins = *_begin(listed, run), *(row for row, _ in run)
            whole = _whole(listed, run, end)
            sections = [listed.within(first, last) for first, last in pairwise((*begins, whole))]
            filled = [section for section in sections if section]  # one without a line may be a line itself
            if len(filled) > 1 and sections[-1]:
                found += _after(listed, run, filled)
            beyond = listed.within(whole, end)
            if all(sections) and beyond:
                found.append(_below_total(listed, run, sections, (whole, beyond)))
    return found


def _whole(listed: Listed, run: Sequence[Place], end: int) -> int:
    """The row of a mere total without a figure below the last of several sections: over the same lines once more."""
    scene = listed.scene
    for row, column in scene.loose if len(run) > 1 else ():
        if run[-1][0] < row < end and column == run[-1][1] and listed.alone((row, column)):
            said = read(listed.catalogue, scene.grid.text((row, column)))
            if said and all(r.total and not (r.sets or r.title or r.part) for r in said):
                return row
    return end


def _below_total(
    listed: Listed,
    run: tuple[Place, ...],
    sections: Sequence[Sequence[Line]],
    total: tuple[int, Sequence[Line]],
) -> After:
    """The lines below such a total, and the total: of all sections, where they come to just what these do."""
    row, beyond = total
    kinds = frozenset.intersection(*(listed.bare[label] for label in run))
    some, every = ([line.row for line in lines if not line.total] for lines in (beyond, chain(*sections)))
    rows = (row, *(line.row for line in beyond))
    return After(run, rows, _of_all(listed.scene, some, every, kinds), kinds)


def _begin(listed: Listed, run: Sequence[Place]) -> tuple[int, ...]:
    """Where the lines begin that stand before a section which is the only one of its kind: below the list's title."""
    if len(run) > 1:
        return ()
    scene = listed.scene
    over = ((cell[0], read(listed.catalogue, scene.grid.text(cell))) for cell in scene.loose if cell < run[0])
    titles = (row for row, said in over if any(reading.title for reading in said))
    return (max(titles, default=scene.region.top - 1),)


def _after(listed: Listed, labels: tuple[Place, ...], sections: Sequence[Sequence[Line]]) -> Iterator[After]:
    """Totals amid the first lines of the last section; and all from the first line of a kind that no other has."""
    last, scene = sections[-1], listed.scene
    told = frozenset[str]().union(
        last[0].kinds, *(line.kinds for section in sections[:-1] for line in section)
    )
    own = _first(last)
    # What stands before the only one may be with it or without.
    several = [listed.bare[label] for label in labels] if len(labels) > 1 else [frozenset[str]()]
    kinds = frozenset.intersection(*several)
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


def _first(section: Sequence[Line]) -> list[int]:
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
