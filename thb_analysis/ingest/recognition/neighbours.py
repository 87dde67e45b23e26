"""Headings that mean something only beside others: letters that stand for words, Roman numerals, the last month."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache

from thb_analysis.definitions import Catalogue
from thb_analysis.ingest.cells import Cell
from thb_analysis.ingest.recognition.grid import FIGURE, LABEL, Grid, Place
from thb_analysis.ingest.recognition.scene import Scene
from thb_analysis.ingest.words.fold import fold
from thb_analysis.ingest.words.labels import Vocabulary
from thb_analysis.ingest.words.meanings import SLASH
from thb_analysis.ingest.words.spans import YEAR

MOST_SHORT = 20  #: characters of a letter with the word for a part before it
MOST_LINES = 300  #: of a part of a list, over which its name is looked for
#: The number of a part of a year, also with its year before or behind it.
_PART = re.compile(rf"(?:(?:({YEAR})\s?[-./]\s?)?0?(\d{{1,2}})\.?|0?(\d{{1,2}})\s?[-./]\s?({YEAR})\.?)")
_ROMAN = re.compile(r"[IVX]{1,4}\.?", re.IGNORECASE)


def written_out(catalogue: Catalogue, scene: Scene, cell: Place, place: Place, axis: int) -> str:
    """The text of a heading in full words; a letter stands for one where all of its kind are there: “S” beside “V”.

    Also behind the word for a part: “of whom S”.
    """
    text = catalogue.words["shortened"].get(scene.grid.text(cell).strip(), scene.grid.text(cell))
    before, short = _letter(catalogue, text)
    for letters in catalogue.words["abbreviated"] if short else ():
        if short in letters:
            level = scene.level_map(place, axis).get(scene.levels(cell, axis)[0], {})
            if letters.keys() <= {_letter(catalogue, scene.grid.text(other))[1] for other in level.values()}:
                return f"{before}{letters[short]}"
    return str(text)


@lru_cache(maxsize=20_000)
def _letter(catalogue: Catalogue, text: str) -> tuple[str, str]:
    """The letter that is all of a label, with the word for a part that may stand before it; "" where it is more."""
    if len(text.strip()) > MOST_SHORT:
        return "", ""
    parts = "|".join(re.escape(fold(word)) for word in catalogue.words["part"])
    match = re.fullmatch(rf"\s*((?:{parts})\s*)?(\w)[\s.]*", fold(text))
    return (match[1] or "", match[2]) if match else ("", "")


def beside_parts(scene: Scene, cell: Place, place: Place, axis: int, words: Vocabulary) -> bool:
    """Whether a heading stands beside parts of the year, on its own level."""
    level = scene.level_map(place, axis).get(scene.levels(cell, axis)[0], {})
    return any(_periods(scene, set(level.values()), words))


def lone_numeral(scene: Scene, cell: Place, place: Place, axis: int, words: Vocabulary) -> bool:
    """Whether a Roman numeral stands among headings that are no parts of a year: an abbreviation, not a month."""
    text = scene.grid.text(cell).strip()
    if not (_ROMAN.fullmatch(text) or _ROMAN.fullmatch(_letter(words.catalogue, text)[1] or "-")):
        return False
    levels = scene.level_map(place, axis).values()
    return not any(any(_periods(scene, set(heads.values()) - {cell}, words)) for heads in levels)


def ten_of_months(grid: Grid) -> None:
    """An “X” right of “IX” or below it is the tenth month, and no mark for nothing."""
    for place, cell in grid.cells.items():
        if cell.text == "X" and cell.kind == "text":
            row, column = place
            before = (grid.at((row, column - 1)), grid.at((row - 1, column)))
            if any(other is not None and grid.text(other).strip(" .") == "IX" for other in before):
                grid.kinds[place] = LABEL


def numbered_parts(grid: Grid, catalogue: Catalogue) -> None:
    """Numbers from one on below the name of parts of a year (“Month”), or right of it, are these parts: no figures.

    So are those with their year, “2024-01”, and those under a name that stands over all of them.
    """
    known = _parts_by_name(catalogue)
    named = [
        (place, known[name])
        for place, cell in grid.cells.items()
        for name in (fold(cell.text), *map(str.strip, fold(cell.text).split(SLASH)))
        if name in known and grid.kinds[place] == LABEL
    ]
    for (row, column), parts in dict(named).items():
        starts = (row + 1, column), (row, column + 1)
        down, along, right = (
            _numbered(grid, start, step, parts)
            for start, step in ((starts[0], (1, 0)), (starts[0], (0, 1)), (starts[1], (0, 1)))
        )
        for line in (max(down, along, key=len) if len(down) != len(along) else {}, right):
            for at, told in line.items():
                grid.cells[at] = grid.cells[at]._replace(text=told, kind="text")
                grid.kinds[at] = LABEL
                grid.series.pop(at, None)


def _numbered(grid: Grid, start: Place, step: Place, parts: Sequence[str]) -> dict[Place, str]:
    """The numbers of parts from one on, each beside a figure and with nothing like them behind, as what they say."""
    found: dict[Place, str] = {}
    row, column = start
    while (cell := grid.cells.get((row, column))) and (told := _part_told(cell, parts, len(found))):
        found[(row, column)] = told
        row, column = row + step[0], column + step[1]
    whole = len(found) > 1 and grid.kinds.get((row, column), LABEL) == LABEL
    behind = (grid.kinds.get((r + step[1], c + step[0])) == FIGURE for r, c in found)
    return found if whole and all(behind) else {}


def _part_told(cell: Cell, parts: Sequence[str], count: int) -> str:
    """The next of these parts of a year in words, with its year, if a cell says its number; else ""."""
    match = _PART.fullmatch(cell.text.strip()) if cell.kind in ("text", "number") else None
    number = int(match[2] or match[3]) if match else 0
    return (
        f"{match[1] or match[4] or ''} {parts[count]}".strip()
        if match and number == count + 1 <= len(parts)
        else ""
    )


@cache
def _parts_by_name(catalogue: Catalogue) -> dict[str, tuple[str, ...]]:
    lists = catalogue.words["numbered_parts"]
    return {fold(name): tuple(one["parts"]) for one in lists for name in one["names"]}


def _periods(scene: Scene, cells: set[Place], words: Vocabulary) -> Iterator[bool]:
    return (reading.period for cell in cells for reading in words.read(scene.grid.text(cell)))


def over_columns(scene: Scene, cell: Place, stack: tuple[Place, ...]) -> bool:
    """Whether a label is all that its row holds, over nearer headings of columns: a title over all of them."""
    above = cell != stack[0] and cell[0] < stack[0][0]
    return above and sum(row == cell[0] for row, _ in scene.region.places) == 1


def kinds_beside(
    scene: Scene, cell: Place, place: Place, axis: int, words: Vocabulary
) -> tuple[set[str], set[str]]:
    """The dimensions of the other headings of a line that mean one thing: those of a heading's own level, and all."""
    mates, beside = set[str](), set[str]()
    levels = scene.levels(cell, axis)
    for level, heads in scene.level_map(place, axis).items():
        for other in set(heads.values()) - {cell}:
            readings = words.read(written_out(words.catalogue, scene, other, place, axis))
            if len(readings) == 1:
                named = {name for name, _ in readings[0].dims}
                beside |= named
                mates |= named if level in levels else set()
    return mates, beside


def part_named(scene: Scene, cell: Place, words: Vocabulary) -> set[str]:
    """What the nearest label over a row's label says that this part of the list is divided by: “… by citizenship”.

    It stands in the same column, with no figure behind it and no blank place in between.
    """
    row, column = cell
    for above in range(row - 1, max(row - MOST_LINES, scene.region.top - 1), -1):
        place = scene.grid.at((above, column))
        if place is None:
            break
        if scene.grid.kinds[place] == LABEL and not scene.labels_row(place):
            told = [r for r in words.read(scene.grid.text(place)) if r.mere or r.title]
            named = {name for reading in told for name in reading.names}
            if named:
                return named
    return set()
