"""Labels one over another above a list: what a farther one adds to the nearer title, or leaves as it is."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence

from thb_analysis.definitions import UNKNOWN
from thb_analysis.ingest.recognition.grid import Grid, Place, marks_of, stands_alone
from thb_analysis.ingest.recognition.keys import Key, Source
from thb_analysis.ingest.recognition.naming import figures_between, of_others, since_own_year
from thb_analysis.ingest.recognition.scene import LEFT, UP, Scene
from thb_analysis.ingest.words.footnotes import footnote_start
from thb_analysis.ingest.words.labels import Vocabulary
from thb_analysis.ingest.words.meanings import Reading
from thb_analysis.ingest.words.readers import kinds_by_table, share_kind


def says_more(source: Source, words: Vocabulary, readings: Iterable[Reading], key: Key) -> bool:
    """Whether a second title of the same table says another thing of a figure than all nearer labels do, or more."""
    titles = [since_own_year(source, reading) for reading in readings if reading.title]
    usual = {d.name: d.default for d in words.table.dimensions}  # “identified victims” are all
    return all(
        any(n not in r.worded and key.dims.get(n, usual.get(n)) != code for n, code in r.dims)
        or (bool(r.years) and key.year is not None and not r.years[0] <= key.year <= r.years[-1])
        or (bool(r.years) and key.year is None and r.years[0] == r.years[-1] and r.years[0] != source.year)
        or source.titled(r.sender) not in ("", key.sender or source.institution)
        for r in titles
    )


def adds(words: Vocabulary, title: str, key: Key) -> bool:
    """Whether the title of a table above says of which of all the figure would be one, if it were meant of it too."""
    known = words.table.dimension
    readings = [reading for reading in words.read(title) if reading.title]
    return bool(readings) and all(
        any(n not in key.dims and known(n).default not in ("", code) for n, code in r.dims) for r in readings
    )


def says_unknown(reading: Reading) -> bool:
    """Whether a label says no more than “unknown”: a line of some list, and nothing that a table is about."""
    return not reading.title and bool(reading.dims) and all(code == UNKNOWN for _, code in reading.dims)


def parts_other(
    scene: Scene, words: Vocabulary, cell: Place, titled: Place | None, corners: Sequence[Place]
) -> bool:
    """Whether a label parts another table's list, which ends at the figure's own title below it.

    A line of that list which was left blank parts nothing.
    """
    places = scene.region.places
    if titled is None or any(one not in places or one in corners for one in (cell, titled)):
        return False
    at = bisect_left(scene.figures, (cell[0] + 1, 0))
    first = scene.figures[at] if at < len(scene.figures) else titled
    if first[0] >= titled[0]:
        return False
    text, catalogue = scene.grid.text, words.catalogue
    own = kinds_by_table(catalogue, text(cell))
    if any(share_kind(own, kinds_by_table(catalogue, text(line))) for line in scene.own_stack(first, LEFT)):
        return False
    over = (other for other in scene.loose if other[0] < first[0] and of_others(words, text(other)))
    return max(over, default=cell) < cell


def begins_list(scene: Scene, title: Place, place: Place) -> bool:
    """Whether a title stands alone over a list without headings of columns, in which no other title stands."""
    return (
        not scene.fills(place, UP)
        and scene.heads_region(title)
        and stands_alone(scene.grid, title)
        and not any(title[0] < other[0] for other in scene.loose)
    )


def explains_mark(grid: Grid, cell: Place, words: Vocabulary) -> bool:
    """Whether a line that no one understands begins with a star that others bear: it is the footnote of those."""
    text = grid.text(cell)
    mark = footnote_start(text)
    stars = bool(mark) and not any(map(str.isalnum, mark)) and mark in grid.once(marks_of)
    return stars and not words.read(text.strip().removeprefix(mark))


def is_idle(scene: Scene, cell: Place, titled: Place | None, place: Place) -> bool:
    """Whether a title of another table has no figures before the title of a figure, which stands below it."""
    return titled is not None and titled[1] == cell[1] and not figures_between(scene, cell, titled, place)


def stands_on(grid: Grid, cell: Place, titled: Place | None) -> bool:
    """Whether a label stands in the row right above a figure's title, and begins where that does."""
    return titled is not None and titled[0] - grid.span(cell)[2] == 1 and titled[1] == cell[1]
