"""Parts of parts: which line a heading such as “of whom …” divides, where another part stands before it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache

from thb_analysis.definitions import Catalogue
from thb_analysis.ingest.grid import Place
from thb_analysis.ingest.labels import Vocabulary, fold, vocabulary
from thb_analysis.ingest.meanings import Reading
from thb_analysis.ingest.scene import LEFT, UP, Scene


def divided(catalogue: Catalogue, whole: Reading, parts: Sequence[tuple[str, Reading]]) -> Reading | None:
    """What the last of these parts, in their order, is a part of: the whole, or a part before it; None if unclear.

    A level is told by how far its labels are indented, else by the kind of the word that they begin with
    (“t.sk.”, then “no tām”), which must agree with what it divides.
    """
    indented = len({_indent(text) for text, _ in parts}) > 1
    outer: list[tuple[int, Reading]] = [(-1, whole)]
    for text, reading in parts:
        agrees = _agreeing(catalogue, text)
        level = _indent(text) if indented else int(agrees is not None)
        if level in [known for known, _ in outer[1:]]:
            while outer.pop()[0] != level:
                pass
        elif len(outer) > 1:
            deeper = level > outer[-1][0] if indented else agrees in outer[-1][1].dims
            if not deeper:
                return None
        outer.append((level, inherit(reading, outer[-1][1])))
    return outer[-2][1]


def wholes(catalogue: Catalogue, scene: Scene, place: Place) -> tuple[Place, ...]:
    """What the parts (“of whom …”) that head a figure are parts of: the labels before them, past other parts."""
    words = next(vocabulary(catalogue, table) for table in catalogue.tables)
    heads = [(axis, cell) for axis in (UP, LEFT) for cell in scene.stack(place, axis)]
    found = (_whole(words, scene, cell, axis) for axis, cell in heads)
    return tuple(cell for cell in found if cell is not None)


def _whole(words: Vocabulary, scene: Scene, cell: Place, axis: int) -> Place | None:
    row, column = cell
    while words.begins(scene.grid.text((row, column)), "part"):
        before = scene.grid.at((row - 1, column) if axis == LEFT else (row, column - 1))
        if before is None or before not in scene.region.places or not scene.is_heading(before):
            return None
        row, column = before
    return (row, column) if (row, column) != cell else None


def inherit(reading: Reading, parent: Reading) -> Reading:
    """A part with what the whole says and the part does not."""
    dims = {**dict(parent.dims), **dict(reading.dims)}
    return replace(reading, dims=tuple(sorted(dims.items())), years=reading.years or parent.years)


def _indent(text: str) -> int:
    return len(text) - len(text.lstrip())


@cache
def _agreeing(catalogue: Catalogue, text: str) -> tuple[str, str] | None:
    """What a part's first words agree with (“no tām”: women), None where they agree with nothing."""
    plain = fold(text).lstrip("- ")
    for words, pair in catalogue.words["agreeing"].items():
        if plain.startswith(fold(words)):
            name, _, code = str(pair).partition("=")
            return name, code
    return None
