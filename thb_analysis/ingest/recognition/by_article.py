"""Lists of articles below a line that names their table and holds their sum: “Proceedings, 9”, “154.1, 6”, “164, 3”."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache, lru_cache

from thb_analysis.definitions import Catalogue
from thb_analysis.ingest.recognition.grid import EITHER, FIGURE, LABEL, Grid, Place, by_row
from thb_analysis.ingest.recognition.keys import names_tables
from thb_analysis.ingest.recognition.nested import part_start
from thb_analysis.ingest.recognition.scene import LEFT, UP
from thb_analysis.ingest.recognition.values import count_of
from thb_analysis.ingest.words.labels import vocabulary
from thb_analysis.ingest.words.readers import readers

FEW = 3  #: a number of several others that is hardly their sum by chance
_COUNTED = re.compile(r"^\s*\d{1,2}(?:\.\d{1,2})*[.)]\s+(?=\S)")  #: how an outline numbers its lines


def articles_below(grid: Grid, catalogue: Catalogue) -> dict[Place, str]:
    """The labels of such lists in full, each article with the name of its table, and the line over them as the total.

    Only where nothing but these articles stands below that line, and its every figure is the sum of theirs.  Below a
    mere “total” they are the lines that it adds up, not parts (“of whom”) of nobody knows what.
    """
    rows = grid.once(by_row)
    found: dict[Place, str] = {}
    for row in sorted(rows):
        head = _label(grid, rows, row)
        table = "" if head is None else of_articles(catalogue, grid.text(head))
        whole = head is not None and not table and is_total(catalogue, grid.text(head))
        if head is None or not (table or whole):
            continue
        lines: list[Place] = []
        last = row + _announces(grid, rows, row + 1, catalogue)
        while (line := _label(grid, rows, last + len(lines) + 1)) is not None and line[1] == head[1]:
            if not _is_article(catalogue, table, grid.text(line)):
                break
            if whole and not part_start(catalogue, grid.text(line)):
                break
            lines.append(line)
        follows = _label(grid, rows, last + len(lines) + 1)
        if follows is not None and not names_tables(catalogue, grid.text(follows)):
            continue  # a line of the list that nobody understands
        if not whole:
            found |= in_full(grid, catalogue, head, lines)
        elif len(lines) > 1 and _adds_up(grid, rows, head, lines, catalogue):
            found |= {line: _alone(catalogue, grid.text(line)) for line in lines}
    return found


def articles_beside(grid: Grid, catalogue: Catalogue) -> dict[Place, str]:
    """The same for headings of columns, right over their figures: “Proceedings | 154.1 | 164”."""
    rows = grid.once(by_row)
    found: dict[Place, str] = {}
    for row in sorted(rows):
        line = [place for place in sorted(rows[row]) if place not in grid.hidden]
        if any(grid.kinds[place] == FIGURE or grid.span(place) != (*place, *place) for place in line):
            continue
        for at, head in enumerate(line):
            table = of_articles(catalogue, grid.text(head))
            behind: list[Place] = []
            for step, place in enumerate(line[at + 1 :] if table else (), 1):
                if place[1] != head[1] + step or not _is_article(catalogue, table, grid.text(place)):
                    break
                behind.append(place)
            follows = grid.at((row, head[1] + len(behind) + 1))
            if follows is None or names_tables(catalogue, grid.text(follows)):
                found |= in_full(grid, catalogue, head, behind, UP)
    return found


def in_full(
    grid: Grid, catalogue: Catalogue, head: Place, lines: Sequence[Place], axis: int = LEFT
) -> dict[Place, str]:
    """Lines of articles with the name of their table, and the line over them as their total, if it is their sum."""
    table = of_articles(catalogue, grid.text(head))
    name = _total(catalogue).sub(" ", grid.text(head)).strip(" :,-–—")
    articles = table and all(_is_article(catalogue, table, grid.text(line)) for line in lines)
    if not articles or len(lines) < 2 or of_articles(catalogue, name) != table:
        return {}
    if axis == UP and not _columns_add_up(grid, head, lines, catalogue):
        return {}
    if axis == LEFT and not _adds_up(grid, grid.once(by_row), head, lines, catalogue):
        return {}
    told = {line: f"{name} {_alone(catalogue, grid.text(line))}" for line in lines}
    return {**told, head: f"{name} {catalogue.words['total'][0]}"}


def _label(grid: Grid, rows: dict[int, list[Place]], row: int) -> Place | None:
    """The label of a row that is a label and figures right of it."""
    line = sorted(rows.get(row, ()))
    if len(line) < 2 or line[0] in grid.hidden or grid.kinds[line[0]] not in (LABEL, EITHER):
        return None
    return line[0] if all(grid.kinds[place] == FIGURE for place in line[1:]) else None


def _announces(grid: Grid, rows: dict[int, list[Place]], row: int, catalogue: Catalogue) -> bool:
    """Whether a row only announces the parts below it: “of whom:”."""
    line = rows.get(row, ())
    if len(line) != 1 or grid.kinds[line[0]] != LABEL:
        return False
    text = grid.text(line[0]).strip(" :")
    return bool(text) and part_start(catalogue, text).strip(" :") == text


@lru_cache(maxsize=20_000)
def of_articles(catalogue: Catalogue, text: str) -> str:
    """The one table by articles that a label names without saying of which, and whether it is of all; "" if none."""
    named = set()
    for words in readers(catalogue, text):
        for reading in words.read(text):
            if reading.title and words.articles and not words.table.dimension(words.articles).default:
                if words.articles in dict(reading.dims) or reading.part or reading.period:
                    return ""
                named.add(words.table.id)
    return named.pop() if len(named) == 1 else ""


@cache
def _total(catalogue: Catalogue) -> re.Pattern[str]:
    """Words for a total in the name of a table: “Proceedings, total”."""
    words = sorted(catalogue.words["total"], key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, words))})(?!\w)", re.IGNORECASE)


def _alone(catalogue: Catalogue, text: str) -> str:
    """An article's label without its number in an outline, and without “of which”."""
    plain = _COUNTED.sub("", text).strip(" -–—")
    return plain[len(part_start(catalogue, plain)) :].strip()


@lru_cache(maxsize=20_000)
def _is_article(catalogue: Catalogue, table: str, text: str) -> bool:
    """Whether a label is an article's and says no more, to a table or to all that know it."""
    plain = _alone(catalogue, text)
    every = (vocabulary(catalogue, table),) if table else readers(catalogue, plain)
    said = [(words, reading) for words in every if words.articles for reading in words.read(plain)]
    return bool(said) and all({*dict(r.dims)} == {words.articles} and not r.title for words, r in said)


@lru_cache(maxsize=20_000)
def is_total(catalogue: Catalogue, text: str) -> bool:
    """Whether a label is a total's and says no more."""
    said = [reading for words in readers(catalogue, text) for reading in words.read(text)]
    return bool(said) and all(r.total and not (r.sets or r.title or r.part) for r in said)


def _columns_add_up(grid: Grid, head: Place, columns: Sequence[Place], catalogue: Catalogue) -> bool:
    """The same for the figures below headings, down to the first line without one."""
    lines: list[list[Place]] = []
    row = head[0]
    while grid.kinds.get((row := row + 1, head[1])) == FIGURE:
        lines.append([(row, column) for _, column in (head, *columns)])
    return _are_sums(grid, lines, catalogue)


def _adds_up(
    grid: Grid, rows: dict[int, list[Place]], head: Place, lines: Sequence[Place], catalogue: Catalogue
) -> bool:
    """Whether every figure of a line is the sum of those below it in a list."""
    columns = [place[1] for place in sorted(rows[head[0]])[1:]]
    return _are_sums(grid, [[(row, c) for row, _ in (head, *lines)] for c in columns], catalogue)


def _are_sums(grid: Grid, lists: Sequence[Sequence[Place]], catalogue: Catalogue) -> bool:
    """Whether the first figure of each of some lists is the sum of the others, and of one hardly by chance."""
    told = False
    for cells in lists:
        counts = [count_of(catalogue, grid.written(cell)) for cell in cells if cell in grid.cells]
        numbers = [count for count in counts if count is not None]
        if len(numbers) != len(cells) or numbers[0] != sum(numbers[1:]):
            return False
        told = told or (numbers[0] >= FEW and sum(map(bool, numbers[1:])) > 1)
    return told
