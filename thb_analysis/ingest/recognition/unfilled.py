"""Lines of a list without a figure, right above the next list: they begin no part of the lines below them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import count, takewhile

from thb_analysis.definitions import Catalogue
from thb_analysis.ingest.recognition.grid import LABEL, Grid, Place
from thb_analysis.ingest.recognition.scene import Scene
from thb_analysis.ingest.words.readers import readers

MOST_BLANK = 2  #: rows between two lists
SPLIT = "sex"  #: the dimension that minors stand beside


def unfilled(scene: Scene, catalogue: Catalogue) -> tuple[frozenset[Place], frozenset[Place]]:
    """The last lines of lists that no figure stands on, and labels that may be such lines.

    Each stands right behind a label of its kind with a figure, and right before a label that says by what the next list
    is divided: “Forced begging” above “By sex”.  It is a line where the list before it began with such a label, too.
    """
    sure, doubted = set[Place](), set[Place]()
    loose = frozenset(scene.loose)
    for cell in scene.loose:
        for row, column in ((1, 0), (0, 1)):
            behind = (cell[0] + row, cell[1] + column)
            before = next(_before(scene, cell, row, column), None)
            if behind not in scene.region.places or before is None:
                continue
            if before not in scene.used and before not in sure and before not in doubted:
                continue
            kinds, last, next_ = (
                _kinds(catalogue, scene.grid.text(place)) for place in (cell, before, behind)
            )
            if kinds.isdisjoint(last):
                continue
            texts = (scene.grid.text(other) for other in _before(scene, cell, row, column))
            divided = next((names for text in texts if (names := _divided_by(catalogue, text))), frozenset())
            named = not kinds.isdisjoint(divided)
            if behind in loose or _divided_by(catalogue, scene.grid.text(behind)):
                (sure if named else doubted).add(cell)
            elif kinds.isdisjoint(next_) and len(_beside(scene, cell, row)) == 1:
                others = (scene.grid.text(other) for other in scene.loose if other != cell)
                alone = all(kinds.isdisjoint(_kinds(catalogue, text)) for text in others)
                if named or (alone and not _ends_in_total(scene, catalogue, cell, row)):
                    doubted.add(cell)
    return frozenset(sure), frozenset(doubted)


def ends_named_list(grid: Grid, catalogue: Catalogue, cell: Place) -> bool:
    """Whether a label ends a list that begins with a name for its kind, with another such list beyond a blank row."""
    row, column = cell
    below = ((row + n, column) for n in range(2, MOST_BLANK + 2))
    behind = next((place for place in below if grid.at(place) is not None), None)
    kinds = _kinds(catalogue, grid.text(cell))
    if behind is None or not (other := _divided_by(catalogue, grid.text(behind))) or other & kinds:
        return False
    above = takewhile(lambda place: grid.kinds.get(place) == LABEL, ((row - n, column) for n in count(1)))
    names = (_divided_by(catalogue, grid.text(place)) for place in above)
    return not kinds.isdisjoint(next(filter(None, names), ()))


def _before(scene: Scene, cell: Place, row: int, column: int) -> Iterator[Place]:
    """The labels before one in its row or column, the nearest first, up to what is none."""
    line = ((cell[0] - n * row, cell[1] - n * column) for n in count(1))
    places = scene.region.places
    return takewhile(lambda place: place in places and scene.is_heading(place), line)


def _ends_in_total(scene: Scene, catalogue: Catalogue, cell: Place, down: int) -> bool:
    """Whether a total stands among the labels behind one: then it is the name of what that is the total of."""
    axis = 0 if down else 1
    behind = (p for p in scene.used if p[axis] > cell[axis] and p[1 - axis] == cell[1 - axis])
    texts = [scene.grid.text(place) for place in behind]
    return any(
        reading.total for text in texts for words in readers(catalogue, text) for reading in words.read(text)
    )


def _beside(scene: Scene, cell: Place, down: int) -> frozenset[Place]:
    """What stands on the row of a label of a list that goes down, or in the column of one that goes along."""
    axis = 0 if down else 1
    return frozenset(place for place in scene.region.places if place[axis] == cell[axis])


@lru_cache(maxsize=20_000)
def _kinds(catalogue: Catalogue, text: str) -> frozenset[str]:
    """The dimensions of which a label is a member; minors stand in one list with women and men."""
    found = set[str]()
    for words in readers(catalogue, text):
        named = {name for reading in words.read(text) if not reading.title for name, _ in reading.dims}
        aged = named & {name for name, _, _ in words.table.complements}
        found |= named | ({SPLIT} if aged else set())
    return frozenset(found)


@lru_cache(maxsize=20_000)
def _divided_by(catalogue: Catalogue, text: str) -> frozenset[str]:
    """The dimensions by which a label says that what follows is divided: “By sex”, “Victims by sex”."""
    said = (reading for words in readers(catalogue, text) for reading in words.read(text))
    return frozenset(name for reading in said if reading.mere or reading.title for name in reading.names)
