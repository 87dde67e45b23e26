"""Frames: how sheets are written, apart from their years, their article, and the labels and numbers of their rows."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count

from thb_analysis.ingest.alike.likeness import Script, script_of, years_in
from thb_analysis.ingest.alike.plain import is_plain_number
from thb_analysis.ingest.alike.thin import Thinned
from thb_analysis.ingest.recognition.grid import Place, is_year
from thb_analysis.ingest.recognition.keys import Source
from thb_analysis.ingest.recognition.naming import without_order

MOST_FRAMES, MOST_KEYS = 30, 20_000  #: how many are remembered


@dataclass(frozen=True, slots=True)
class Frame:
    """How a sheet is written, apart from its own year and article and the labels and numbers of its rows."""

    key: int  #: the same of sheets that are written alike
    script: Script
    free: frozenset[Place]  #: numbers of rows apart that may be others


_NUMBERS = count()
_keys: dict[object, int] = {}  #: one number for all that are equal: it is found faster
_frames: dict[
    object, Frame
] = {}  #: the last ones: the sheets of a workbook have headings and notes in common


def forget_frames() -> None:
    """Forget every frame: the next sheets are like none before them."""
    _keys.clear()
    _frames.clear()


def frame_of(thinned: Thinned, source: Source) -> Frame:
    """How a sheet of which rows were left out is written."""
    bare = thinned.bare
    beside = (
        bare.merges,
        thinned.label_columns,
        thinned.figure_columns,
        tuple([group.columns for group in thinned.groups]),
        tuple(thinned.standing),
        tuple([(own[group.first], own[group.last]) for group in thinned.groups for own in group.own]),
        tuple([(row, column) for (_, column), row in thinned.moved.items()]),
    )
    named = without_order(bare.name), years_in(bare.name)
    whole = named, bare.cells, beside, source.around
    frame = _frames.get(whole)
    if frame is None:
        if len(_frames) >= MOST_FRAMES:
            _frames.clear()
        frame = _frames[whole] = _frame(thinned, source, beside)
    if frame.script.name != bare.name:
        return Frame(frame.key, frame.script.named(bare.name), frame.free)
    return frame


def _frame(thinned: Thinned, source: Source, beside: tuple[object, ...]) -> Frame:
    catalogue = source.catalogue
    labels, numbers = set(thinned.label_columns), set(thinned.figure_columns)
    first = thinned.standing[0]
    cells: list[object] = []
    texts: list[tuple[Place, str]] = []
    years: list[tuple[Place, str]] = []
    fixed: set[str] = set()
    labelled: set[int] = set()
    free: list[Place] = []
    for row, column, kind, _, text, look in thinned.bare.cells:
        said: object = None
        if kind == "text":
            if column in labels:
                labelled.add(row)
            said = len(texts)
            texts.append(((row, column), text))
        elif (
            kind != "number"
            or column not in numbers
            or row < first
            or row not in labelled
            or not is_plain_number(catalogue, text)
        ):  # not a total's figure
            if kind == "number" and is_year(text):
                years.append(((row, column), text))
            else:
                said = text
                fixed.add(text)
        else:
            free.append((row, column))
        cells.append((row, column, kind, said, look))
    script = script_of(texts, years, fixed, thinned.bare.name, source)
    if len(_keys) >= MOST_KEYS:
        forget_frames()
    whole = script.key, tuple(cells), beside
    key = _keys.get(whole)
    if key is None:
        key = _keys[whole] = next(_NUMBERS)
    return Frame(key, script, frozenset(free))
