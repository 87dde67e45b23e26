"""Questions that are answered in words, amid questions of which each names its own table: no headings of figures."""

from __future__ import annotations

import re
from functools import cache

from thb_analysis.definitions import Catalogue
from thb_analysis.ingest.recognition.grid import FIGURE, LABEL, Grid, Place, by_row
from thb_analysis.ingest.recognition.keys import names_tables
from thb_analysis.ingest.recognition.titles import narrows
from thb_analysis.ingest.words.fold import fold
from thb_analysis.ingest.words.readers import readers

PAIR = 2  #: the question and its answer, behind its number
_COUNTED = re.compile(r"\s*(\d{1,3})\s?[.)]?\s*")

Line = tuple[Place, ...]


def answered_in_words(grid: Grid, catalogue: Catalogue) -> tuple[set[Place], set[Place]]:
    """Such questions with their answers; and the numbers of the questions of their lists, which head nothing either.

    They stand where a column is called one of answers, or where questions are numbered on from one to the next; and the
    question after them names its table itself, so that what is left out says nothing of it.  An answer in words to one
    that somebody understands is taken for a figure, which it is not.
    """
    rows = by_row(grid)
    said, counted = set[Place](), list[list[Place]]()
    headed: set[int] = set()  #: columns of answers
    before: Line = ()
    numbers: list[Place] = []  #: of the list so far, one on each of its rows
    lists: dict[Place, list[Place]] = {}  #: each number's list
    waiting: list[Line] = []  #: such lines, up to the next question
    for row in sorted(rows):
        line = tuple(sorted(rows[row]))
        headed |= {place[1] for place in line if _of_answers(catalogue, grid.written(place))}
        if before and line[0][0] != before[0][0] + 1:
            headed, waiting, numbers = set(), [], []  # beyond a blank row another list begins
        if _number(grid, line[0]) != len(numbers) + 1 or (numbers and numbers[0][1] != line[0][1]):
            numbers = []
        if _number(grid, line[0]) == len(numbers) + 1:
            numbers.append(line[0])
            lists[line[0]] = numbers
        on = len(numbers) > 1 and before[-1][1] >= line[-1][1]
        numbered = line[0] in lists
        in_list = line[-1][1] in headed or (numbered and on)
        if in_list and len(line) == PAIR + numbered and _in_words(grid, catalogue, line[-PAIR:]):
            waiting.append(line)
        elif waiting and not _asks_itself(grid, catalogue, line, waiting[-1]):
            waiting = []
        elif waiting:
            for asked in waiting:
                question, answer = asked[-PAIR:]
                if _understood(catalogue, grid.written(question)):
                    grid.kinds[answer] = FIGURE  # refused in its place, and it heads nothing
                else:
                    said |= {question, answer}
                    counted.append(lists.get(asked[0], []))
            waiting = []
        before = line
    return said, set[Place]().union(*counted)


def _number(grid: Grid, place: Place) -> int:
    found = _COUNTED.fullmatch(grid.written(place))
    return int(found[1]) if found else 0


def _in_words(grid: Grid, catalogue: Catalogue, pair: Line) -> bool:
    """Whether a line is a question and an answer that nobody understands, and neither narrows a figure."""
    if any(
        grid.kinds[place] != LABEL
        or place in grid.hidden
        or grid.cells[place].kind != "text"
        or grid.cells[place].rows > 1
        for place in pair
    ):
        return False
    texts = [grid.written(place) for place in pair]
    return not any(narrows(text, catalogue) for text in texts) and not _understood(catalogue, texts[1])


def _understood(catalogue: Catalogue, text: str) -> bool:
    return any(words.read(text) for words in readers(catalogue, text))


def _asks_itself(grid: Grid, catalogue: Catalogue, line: Line, above: Line) -> bool:
    """Whether a line names its table where the questions stand, and has a figure where the answers do."""
    question, answer = ((line[0][0], place[1]) for place in above[-PAIR:])
    return grid.kinds.get(answer) == FIGURE and bool(names_tables(catalogue, grid.written(question)))


def _of_answers(catalogue: Catalogue, text: str) -> bool:
    return _answers(catalogue).match(fold(text)) is not None


@cache
def _answers(catalogue: Catalogue) -> re.Pattern[str]:
    """How the name of a column of answers begins."""
    words = "|".join(re.escape(fold(word)) for word in catalogue.words["answers"])
    return re.compile(rf"\s*(?:{words})(?!\w)")


def submissions(grid: Grid, catalogue: Catalogue) -> dict[Place, str]:
    """What web forms write of each answer by themselves, “Start time | Email”, with its heading: no heading, no figure.

    Each cell with its role.
    """
    known, others = of_submissions(catalogue)
    found: dict[Place, str] = {}
    for row, line in by_row(grid).items():
        told = {place: fold(grid.text(place)).strip(" .:") for place in line}
        if known.isdisjoint(told.values()):
            continue
        for place in (place for place, text in told.items() if text in known | others):
            found[place] = "label"
            at = row + 1
            while any((at, column) in grid.cells for _, column in line):
                if (at, place[1]) in grid.cells:
                    found[at, place[1]] = "ignored"
                at += 1
    return found


@cache
def of_submissions(catalogue: Catalogue) -> tuple[frozenset[str], frozenset[str]]:
    """Headings that only web forms have, and those that they have beside them."""
    words = catalogue.words["submission"]
    known, others = (frozenset(fold(text) for text in words[kind]) for kind in ("known", "beside"))
    return known, others
