"""Words that stand where a figure belongs: among the figures of a line, beside a label of the kind that theirs have."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from thb_analysis.definitions import Catalogue
from thb_analysis.ingest.recognition.grid import FIGURE, LABEL, Grid, Place
from thb_analysis.ingest.recognition.keys import names_tables
from thb_analysis.ingest.recognition.scene import LEFT, UP
from thb_analysis.ingest.words.beside import SENDING
from thb_analysis.ingest.words.meanings import Reading
from thb_analysis.ingest.words.readers import readers

MOST_BLANK = 2  #: blank places between a word and the next figure of its line
MOST_WORDS = 4  #: of an answer in words; what is longer is a note
Labels = tuple[Place, Place] | None
Known = dict[int, dict[tuple[Place, Place], Labels]]  #: by the axis that they are looked for along
UNKNOWN = "_U"  #: a member of many lists, and what an answer may say of one figure
_NUMBER_FIRST = re.compile(r"[^\w\s]*\s*\d")
_COUNT_FIRST = re.compile(r"\s*\d{1,5}(?:,|\s+)\s*[^\W\d]")
_SUM = re.compile(r"\s*\d+(?:\s*[+−–-]\s*\d+)+\s*(?:=\s*\d+)?\s*")
_LOOKALIKE = re.compile(r"(?=\D*\d)(?=[^lIoO]*[lIoO])[\dlIoO]{2,}")  #: a number typed with letters in it


def words_for_figures(grid: Grid, catalogue: Catalogue) -> None:
    """Take such words for figures, which they are not: each is refused in its place, and heads nothing.

    “To be confirmed” in the place of a number, between or after numbers.
    """
    rows = {row for (row, _), kind in grid.kinds.items() if kind == FIGURE}
    columns = {column for (_, column), kind in grid.kinds.items() if kind == FIGURE}
    known: Known = {UP: {}, LEFT: {}}
    found = [
        place
        for place, kind in grid.kinds.items()
        if kind == LABEL
        and (place[0] in rows or place[1] in columns)
        and grid.cells[place].kind == "text"
        and place not in grid.hidden
        and any(_for_figure(grid, catalogue, place, axis, known) for axis in (UP, LEFT))
    ]
    found += [place for place in _answers(grid, catalogue) if place not in found]
    grid.kinds.update(dict.fromkeys(found, FIGURE))


def _answers(grid: Grid, catalogue: Catalogue) -> list[Place]:
    """Words right behind a label that asks for a figure, below a table's title, with nothing behind or below them."""
    found = []
    titles = _titles(grid, catalogue)
    for place, kind in grid.kinds.items() if titles else ():
        row, column = place
        label = grid.at((row, column - 1)) if kind == LABEL and place not in grid.hidden else None
        if label is None or grid.kinds[label] == FIGURE or grid.cells[place].kind not in ("text", "bool"):
            continue
        under = grid.at((label[0] + grid.cells[label].rows, label[1]))
        if under is not None and grid.kinds[under] == FIGURE:
            continue  # a line of headings, of which nobody understands the last: a column for remarks
        text = grid.text(place)
        ends = grid.at((row, column + grid.cells[place].columns)) is None
        told = _COUNT_FIRST.match(text) is not None  # “4 persons, one of them a woman”, whatever stands below
        ends = ends and (told or grid.at((row + grid.cells[place].rows, column)) is None)
        if ends and (told or len(text.split()) <= MOST_WORDS) and not _read(catalogue, text):
            asked = _asks(catalogue, grid.text(label), alone=grid.at((row, label[1] - 1)) is None)
            if asked and any(label[0] >= top and label[1] >= left for left, top in titles.items()):
                found.append(place)
    return found


def _asks(catalogue: Catalogue, text: str, *, alone: bool) -> bool:
    """Whether a label says of which figure it is, or that it is one."""
    return any(r.sets - SENDING or r.total or (r.figure and alone) or r.title for r in _read(catalogue, text))


def _titles(grid: Grid, catalogue: Catalogue) -> dict[int, int]:
    """By column, the first row in which a label names a table."""
    found: dict[int, int] = {}
    for (row, column), kind in grid.kinds.items():
        first = kind == LABEL and row < found.get(column, row + 1)
        if first and names_tables(catalogue, grid.text((row, column))):
            found[column] = row
    return found


def _for_figure(grid: Grid, catalogue: Catalogue, place: Place, axis: int, known: Known) -> bool:
    """Whether figures stand before or after a word on its line, along `axis`, and the labels across it are alike.

    A word that is understood may be a label: it must stand right behind a figure, and nothing behind it.
    """
    said = _as_heading(catalogue, grid.text(place))
    if said and not _is_behind_figure(grid, place, axis):
        return False
    if any(reading.title or not reading.sets for reading in said):
        return False  # a heading, whatever stands beside it
    head = _heading(grid, place, axis)
    if head is not None and any(r.descriptor and not r.sets for r in _read(catalogue, grid.text(head))):
        return False  # a column for remarks
    for step in (-1, 1):
        passed, figure = _next_figure(grid, place, axis, step)
        sum_typed = _SUM.fullmatch(grid.text(place)) is not None  # “4+9=13” heads nothing
        if figure is None or (step > 0 and (said or (head is None and not sum_typed))):
            continue
        labels = _labels(grid, place, figure, 1 - axis, known[1 - axis])
        if labels is None or (said and _goes_on(grid, place, 1 - axis)):
            continue
        level = labels[0][1 - axis]
        listed = ((other[0], level) if axis == UP else (level, other[1]) for other in passed)
        if all(grid.at(cell) is not None for cell in listed):
            one, two = map(grid.text, labels)
            return _of_one_kind(catalogue, one, two, totals=not said)
    return False


def _is_behind_figure(grid: Grid, place: Place, axis: int) -> bool:
    """Whether a figure stands right before a place on its column (up) or its row (left)."""
    row, column = place
    before = grid.at((row - 1, column) if axis == UP else (row, column - 1))
    return before is not None and grid.kinds[before] == FIGURE


def _along(place: Place, axis: int, step: int) -> Iterator[Place]:
    """The places before or after one on its column (up) or its row (left)."""
    row, column = place
    while row > 0 and column > 0:
        row, column = (row + step, column) if axis == UP else (row, column + step)
        yield row, column


def _next_figure(grid: Grid, place: Place, axis: int, step: int) -> tuple[list[Place], Place | None]:
    """The next figure on a line, and the few blank places before it."""
    passed: list[Place] = []
    for other in _along(place, axis, step):
        first = grid.at(other)
        if first is not None:
            return passed, first if grid.kinds[first] == FIGURE else None
        passed.append(other)
        if len(passed) > MOST_BLANK:
            break
    return passed, None


def _heading(grid: Grid, place: Place, axis: int) -> Place | None:
    """The last cell before one on its line that is no figure, beyond a few blank places."""
    blank = 0
    for other in _along(place, axis, -1):
        first = grid.at(other)
        if first is not None and grid.kinds[first] != FIGURE:
            return first
        blank = blank + 1 if first is None else 0
        if blank > MOST_BLANK:
            break
    return None


def _labels(
    grid: Grid, one: Place, other: Place, axis: int, known: dict[tuple[Place, Place], Labels]
) -> Labels:
    """The labels before two places, side by side, with figures between on at least one of their lines.

    One blank line may stand between, as an empty column behind the labels does.
    `known` keeps what was found for each pair on the way: a long column of words is gone up once, not once a word.
    """
    found: Labels = None
    passed = []
    blank = False
    for both in zip(_along(one, axis, -1), _along(other, axis, -1), strict=False):
        cells = [grid.at(place) for place in both]
        labels = [cell for cell in cells if cell is not None and grid.kinds[cell] != FIGURE]
        if len(labels) == 2:
            found = (labels[0], labels[1]) if labels[0] != labels[1] else None
            break
        if not any(cell is not None and grid.kinds[cell] == FIGURE for cell in cells):
            if blank or labels:
                break
            blank = True
        if both in known:
            found = known[both]
            break
        passed.append(both)
    known.update(dict.fromkeys([(one, other), *passed], found))
    return found


def _goes_on(grid: Grid, place: Place, axis: int) -> bool:
    """Whether something that is no label stands after a word on its line."""
    after = (grid.at(other) for _, other in zip(range(MOST_BLANK + 1), _along(place, axis, 1), strict=False))
    return any(first is not None and grid.kinds[first] != LABEL for first in after)


def _of_one_kind(catalogue: Catalogue, one: str, other: str, *, totals: bool) -> bool:
    """Whether two labels say the same of figures to a table, as two articles do; with `totals`, or one is a total."""
    said, theirs = ({r for r in _read(catalogue, text) if not r.title} for text in (one, other))
    if any(r.total for r in (*said, *theirs)):
        return totals and all(any(r.total or r.sets for r in each) for each in (said, theirs))
    return not {r.sets for r in said if r.sets}.isdisjoint(r.sets for r in theirs)


@lru_cache(maxsize=20_000)
def _as_heading(catalogue: Catalogue, text: str) -> Sequence[Reading]:
    """What a text would say as a heading: nothing if it is a number, or that something is unknown."""
    said = _read(catalogue, text)
    if _NUMBER_FIRST.match(text) and not any(r.title or r.sets for r in said):
        return []
    if all(r.dims and not r.title and {code for _, code in r.dims} == {UNKNOWN} for r in said):
        return []
    return said


def _read(catalogue: Catalogue, text: str) -> list[Reading]:
    """What a text says to any table."""
    return [reading for words in readers(catalogue, text) for reading in words.read(text)]


def is_mistyped(catalogue: Catalogue, text: str) -> bool:
    """Whether a text is a number but for letters that look like digits, “76l33”, and nothing that any table knows."""
    word = text.strip()
    if _LOOKALIKE.fullmatch(word) is None:
        return False
    said = (reading for words in readers(catalogue, word) for reading in words.read(word))
    return not any(reading.number is None and (reading.sets or reading.title) for reading in said)
