"""Lines amid a table that say nothing of its figures: rules (“———”), numbers of pages, remarks between two lines.

They are taken out before the table is recognised, as if their rows were blank; remarks are heard as notes are.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

from thb_analysis.definitions import Catalogue
from thb_analysis.definitions import figures as figure_tables
from thb_analysis.ingest.recognition.grid import FIGURE, LABEL, Grid, Place, by_row, marks_of
from thb_analysis.ingest.recognition.keys import names_tables
from thb_analysis.ingest.recognition.naming import speaks_of
from thb_analysis.ingest.recognition.qualified import is_remark
from thb_analysis.ingest.recognition.titles import is_note, narrows
from thb_analysis.ingest.words.fold import fold
from thb_analysis.ingest.words.footnotes import footnote_start
from thb_analysis.ingest.words.labels import vocabulary
from thb_analysis.ingest.words.mentions import mentioned
from thb_analysis.ingest.words.readers import kinds_by_table, readers, share_kind
from thb_analysis.ingest.words.spans import YEAR

NEAR = 2  #: rows within which the next line of the list stands
MOST_LINES = 50  #: of a list that are looked at on either side
_dated = re.compile(YEAR).search
_RULE = re.compile(r"\s*[-_*=~•·\s]+\s*")
_SHORT_RULE = re.compile(r"\s*[-\s]{1,2}\s*")  #: it may be a mark for nothing

NOTHING, REMARK, ELSEWHERE = "nothing", "remark", "elsewhere"


def lines_aside(grid: Grid, catalogue: Catalogue) -> dict[Place, bool]:
    """Such lines, each alone on its row, and whether it is a remark."""
    rows = by_row(grid)
    found: dict[Place, bool] = {}
    for line in rows.values():
        place = line[0]
        cell = grid.cells[place]
        if len(line) > 1 or cell.kind != "text" or cell.rows > 1 or place in grid.hidden:
            continue
        kind = _kind(catalogue, cell.text)
        if kind == NOTHING and (
            grid.kinds[place] == LABEL
            or not _SHORT_RULE.fullmatch(fold(cell.text))
            or _parts_title(grid, rows, place, catalogue)
        ):
            found[place] = False
        elif (
            _beyond_figures(grid, place)
            and (is_remark(catalogue, cell.text) or _explains_mark(grid, place, cell.text))
        ) or (kind in (REMARK, ELSEWHERE) and _amid_list(grid, rows, place, catalogue)):
            found[place] = True
    return found


def _beyond_figures(grid: Grid, place: Place) -> bool:
    """Whether a line stands above all figures of its sheet, or below all."""
    first, last = grid.once(_figured)
    return not first <= place[0] <= last


def _figured(grid: Grid) -> tuple[int, int]:
    """The first and the last row with a figure."""
    rows = [row for (row, _), kind in grid.kinds.items() if kind == FIGURE]
    return min(rows, default=0), max(rows, default=0)


def _explains_mark(grid: Grid, place: Place, text: str) -> bool:
    """Whether a line below begins with a footnote's mark with which another cell ends: it is no line of a list."""
    mark = footnote_start(text)
    return bool(mark) and place[0] > grid.once(_figured)[1] and mark in grid.once(marks_of)


@lru_cache(maxsize=20_000)
def _kind(catalogue: Catalogue, text: str) -> str:
    """What a line may be: a rule, a remark, one that says where others are; "" for all else."""
    plain = fold(text)
    if _RULE.fullmatch(plain) or _page(catalogue).fullmatch(plain):
        return NOTHING
    if not any(map(str.isalpha, plain)) or narrows(text, catalogue):
        return ""
    if _refers(catalogue).search(plain) and not any(map(str.isdigit, plain)):
        return ELSEWHERE
    stems = frozenset(vocabulary(catalogue, next(iter(catalogue.tables))).stems(text))
    settled, small = _settles(catalogue)
    settles = stems <= settled | small and not stems.isdisjoint(settled)
    remark = _remark(catalogue).match(plain) and not _dated(plain)
    if not (settles or remark or is_note(text, catalogue)):
        return ""
    tables = figure_tables(catalogue)
    return (
        ""
        if mentioned(catalogue, text)
        or any(speaks_of(text, vocabulary(catalogue, table.id)) for table in tables)
        else REMARK
    )


@cache
def _page(catalogue: Catalogue) -> re.Pattern[str]:
    """The number of a page, as it comes with a table that was copied from a document: “2. lpp.”, “Page 2 of 5”."""
    pages, all_of = ("|".join(map(re.escape, catalogue.words[kind])) for kind in ("pages", "out_of"))
    number = r"\d{1,3}"
    return re.compile(
        rf"[\s(-]*(?:{number}\.?\s*(?:{pages})|(?:{pages})\.?\s*{number})\.?(?:\s*(?:{all_of})\s*{number}\.?)?[\s)-]*"
    )


@cache
def _refers(catalogue: Catalogue) -> re.Pattern[str]:
    """How a part is said to be given elsewhere: “of whom minors – see below”."""
    parts = "|".join(re.escape(fold(word)) for word in catalogue.words["part"])
    see = "|".join(re.escape(fold(word)) for word in catalogue.words["see"])
    return re.compile(rf"^[(\s]*(?:{parts})\s.*(?<!\w)(?:{see})\s")


@cache
def _remark(catalogue: Catalogue) -> re.Pattern[str]:
    """How a remark begins: “Note: …”."""
    words = "|".join(re.escape(fold(word)) for word in catalogue.words["remark"])
    return re.compile(rf"[(*\s]*(?:{words})\s*[:.-]")


@cache
def _settles(catalogue: Catalogue) -> tuple[frozenset[str], frozenset[str]]:
    """The words of remarks that say only that figures were, or will be, put right; and words that say nothing."""
    words = vocabulary(catalogue, next(iter(catalogue.tables)))
    told, small = (
        frozenset(stem for text in texts for stem in words.stems(text))
        for texts in ((*catalogue.words["revised"], *catalogue.words["to_revise"]), catalogue.words["filler"])
    )
    return told - small, small


def _parts_title(grid: Grid, rows: dict[int, list[Place]], place: Place, catalogue: Catalogue) -> bool:
    """Whether a dash stands between a title alone on its row and the headings of its table, which name no other."""
    above = next((rows[row] for row in range(place[0] - 1, place[0] - 1 - NEAR, -1) if row in rows), [])
    below = next((rows[row] for row in range(place[0] + 1, place[0] + 1 + NEAR) if row in rows), [])
    titled = len(above) == 1 and bool(names_tables(catalogue, grid.text(above[0])))
    return (
        titled
        and len(below) > 1
        and all(grid.kinds[cell] != FIGURE for cell in below)
        and not any(names_tables(catalogue, grid.text(cell)) for cell in below)
    )


def _amid_list(grid: Grid, rows: dict[int, list[Place]], place: Place, catalogue: Catalogue) -> bool:
    """Whether a line stands between two lines of one list, none of which is there twice.

    What follows cannot be a part of what was said before: it is of lines that stand only there.
    """
    row, column = place
    above = _lines(grid, rows, row - 1, -1, column)
    below = _lines(grid, rows, row + 1, 1, column)
    if not above or not below or not set(above).isdisjoint(below):
        return False
    one, two = (kinds_by_table(catalogue, text) for text in (above[0], below[0]))
    total = any(
        r.total and not r.dims for words in readers(catalogue, below[0]) for r in words.read(below[0])
    )
    return total or share_kind(one, two)


def _lines(grid: Grid, rows: dict[int, list[Place]], row: int, step: int, column: int) -> list[str]:
    """The labels of the lines with figures that follow a row, the nearest first."""
    found: list[str] = []
    blank = 0
    while blank < NEAR and len(found) < MOST_LINES:
        line = sorted(rows.get(row, ()))
        if not line:
            blank += 1
        elif (
            abs(line[0][1] - column) > 1
            or grid.kinds[line[0]] == FIGURE
            or all(grid.kinds[cell] != FIGURE for cell in line[1:])
        ):
            break
        else:
            found.append(fold(grid.text(line[0])))
            blank = 0
        row += step
    return found
