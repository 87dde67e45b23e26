"""Totals that may be of anything: of lines that nobody understands, or over a list that has no total."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from thb_analysis.definitions import TOTAL, Catalogue
from thb_analysis.ingest.recognition.axes import Axes, Part
from thb_analysis.ingest.recognition.grid import Place
from thb_analysis.ingest.recognition.keys import Refusal, names_tables
from thb_analysis.ingest.recognition.naming import named_in
from thb_analysis.ingest.recognition.titles import is_division, is_of_division, narrows
from thb_analysis.ingest.words.ages import ages_of
from thb_analysis.ingest.words.labels import Vocabulary
from thb_analysis.ingest.words.mentions import divides_others
from thb_analysis.ingest.words.paragraphs import section_of


def unsound_total(
    axes: Axes,
    place: Place,
    axis: int,
    words: Vocabulary,
    parts: Sequence[Part],
    known: Mapping[str, str],
    over: Iterable[Place] = (),
) -> Refusal | None:
    """Why a total along an axis is not taken.  `known` is what the headings of the figure say already.

    Where the headings name what is counted, or a title `over` the figure by what no table is divided (“by penalty”),
    a total of lines that nobody understands is of that.
    """
    table = words.table
    cell = next((cell for cell, reading in parts[axis].entries if reading.total), place)
    said = (cell, axes.grid.text(cell))
    stated = (parts[0].sets | parts[1].sets) - {"year"}
    named = any(table.dimension(name).identifies for name in stated)
    section = next((c for _, r in parts[axis].entries for n, c in r.dims if n == words.articles), "")
    said_by = (reading.divided for title in over for reading in words.read(axes.grid.text(title)))
    if (
        parts[axis].total
        and not named
        and _of_unknown(axes, place, axis, words, section)
        and not any(said_by)
    ):
        return Refusal("total_of_unknown", *said, tables=(table.id,))
    doubted = axes.shared_in_doubt(place, axis, words) if parts[axis].total else {}
    doubted = {name: code for name, code in doubted.items() if name not in known}
    if doubted:
        told = " / ".join((*(f"{name}={code}" for name, code in sorted(doubted.items())), TOTAL))
        return Refusal("label_ambiguous", *said, told, tables=(table.id,))
    of = named_in(axes.grid.written(cell), words) - {"year"} if parts[axis].total else frozenset()
    if of and of.isdisjoint(axes.line_sets(place, axis, words)):
        told = " / ".join(sorted(of))  # “all sections” below women and men of one
        return Refusal("label_ambiguous", *said, told, tables=(table.id,))
    for name, code in axes.totals(place, axis, words)[0]:
        members = axes.catalogue.codes.get(table.dimension(name).codes, {})
        summed = TOTAL in members or table.dimension(name).default == TOTAL
        if known.get(name, code) == TOTAL and members and not summed:
            return Refusal("heading_missing", *said, name, tables=(table.id,))  # planned and granted: no sum
    return None


def _of_unknown(axes: Axes, place: Place, axis: int, words: Vocabulary, section: str) -> bool:
    """Whether none of the lines beside a total is understood, and none is a region or a kind of property.

    Lines that are parts (“of whom …”) of it, such by which another table is divided (women and men), bands of ages, and
    paragraphs of the article that the total itself names (`section`) are sound.
    """
    scene = axes.scene
    key = ("of unknown", words.table.id, axis, scene.band(place, axis), scene.corners(place), section)
    known: bool | None = axes.known.get(key)
    if known is None:
        known = axes.known[key] = _are_unknown(axes, place, axis, words, section)
    return known


def _are_unknown(axes: Axes, place: Place, axis: int, words: Vocabulary, section: str) -> bool:
    heads = {cell for cells in axes.scene.level_map(place, axis).values() for cell in cells.values()}
    corners = {corner for cell in heads for corner in axes.line_corners(cell, place, axis)}
    if any(is_division(axes.catalogue, axes.grid.text(corner)) for corner in corners):
        return False  # whatever the parts are, it is said by what the whole is divided
    in_full = [cell for cell in heads if cell in axes.grid.full]  # these may name another table
    others = {axes.grid.text(cell) for cell in in_full if names_tables(axes.catalogue, axes.grid.text(cell))}
    texts = [axes.grid.text(cell) for cell in heads if axes.grid.text(cell) not in others]
    parts = [text for text in texts if not any(r.total or r.title for r in words.read(text))]
    return bool(parts) and not any(
        words.begins(text, "part")
        or words.read(text)
        or narrows(text, axes.catalogue)
        or is_of_division(words, text)
        or divides_others(axes.catalogue, text)
        or _of_young(axes.catalogue, text)
        or (section and section_of(axes.catalogue, words.table.id, text) == section)
        for text in parts
    )


def _of_young(catalogue: Catalogue, text: str) -> bool:
    """Whether a line is of an age below the eldest group's: bands that begin with one are of all ages."""
    found = ages_of(catalogue, text)
    return found is not None and found[0] < max(low for low, _ in catalogue.words["ages"].values())
