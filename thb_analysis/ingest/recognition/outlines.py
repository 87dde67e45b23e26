"""Lists whose lines are numbered as an outline, “2.”, “2.1.”, or named with parts below: what a line divides."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from thb_analysis.definitions import Catalogue
from thb_analysis.ingest.recognition.coming_to import (
    DASHES,
    as_member,
    below_articles,
    beside_named,
    come_to,
)
from thb_analysis.ingest.recognition.grid import FIGURE, LABEL, Grid, Place, by_row
from thb_analysis.ingest.recognition.keys import names_tables
from thb_analysis.ingest.recognition.nested import agreeing, part_start, parts_of_lines, told_alike
from thb_analysis.ingest.recognition.scene import LEFT
from thb_analysis.ingest.words.labels import vocabulary
from thb_analysis.ingest.words.readers import readers

INDENT = "  "  #: by which a part of a part is written further in

_NUMBER = r"\d{1,2}(?:\.\d{1,2})*(?:\.?(?:[a-z](?=\))|[a-c](?=\.)))?"
_LEVEL = re.compile(r"\d+|[a-z]")
_NUMBERED = re.compile(rf"^\s*(?:({_NUMBER})[.)]|({_NUMBER})(?=\s)|([^\W\d_])\))\s*(?=[^\W\d])")
_ALONE = re.compile(rf"^\s*(?:({_NUMBER})[.)]?|([^\W\d_])\))\s*$")


@dataclass(frozen=True, slots=True)
class Line:
    """A label with its number in the outline, and its words."""

    place: Place
    number: tuple[str, ...]
    words: str


def outlined(grid: Grid, catalogue: Catalogue, columns: list[list[Line]]) -> dict[Place, str]:
    """The labels that divide a line with a figure by their numbers and do not say so: as parts of that line.

    A line that names a table is a question of its own, whatever its number.
    """
    found: dict[Place, str] = {}
    figured = {place[0] for place, kind in grid.kinds.items() if kind == FIGURE}
    for lines in columns:
        if all(len(line.number) < 2 for line in lines):
            found |= _counted_parts(catalogue, lines)
            continue
        divided = {line.number[:-1] for line in lines}  #: what has parts of its own may have no figure
        last: dict[tuple[str, ...], Line] = {}  #: the last line of each number
        parts: dict[tuple[str, ...], list[Line]] = {}  #: by the question that they belong to
        for line in lines:
            parent = last.get(line.number[:-1])
            last = {number: other for number, other in last.items() if len(number) < len(line.number)}
            last[line.number] = line
            if parent is None or parent.place[0] not in figured:
                continue
            if line.place[0] not in figured and line.number in divided:
                continue
            if not names_tables(catalogue, line.words):
                parts.setdefault(line.number[:1], []).append(line)
        for own in parts.values():
            depths = {len(line.number) for line in own}
            for before, line in zip([None, *own], own, strict=False):
                indent = INDENT * (len(line.number) - 1) if len(depths) > 1 else ""
                found[line.place] = indent + _as_part(catalogue, line, before)
    return found


def _counted_parts(catalogue: Catalogue, lines: list[Line]) -> dict[Place, str]:
    """Parts that say so, numbered on from the line that they divide: “4. Suspects”, “5. of whom women”."""
    return {
        line.place: line.words
        for before, line in pairwise(lines)
        if part_start(catalogue, line.words)
        and line.place[0] == before.place[0] + 1
        and _next(before.number) == line.number
    }


def _next(number: tuple[str, ...]) -> tuple[str, ...]:
    return (str(int(number[0]) + 1),) if number[0].isdigit() else ()


def announced(grid: Grid, catalogue: Catalogue) -> dict[Place, str]:
    """The lines below one that only announces parts of the line over it (“of whom:”, “by sex”), each as such a part.

    They end at a line of the same kind as the one over them, of a table's name, or without a figure; not at one
    that is of their kind and was left blank.
    """
    figured = {place[0] for place, kind in grid.kinds.items() if kind == FIGURE}
    rows = {place[0] for place in grid.kinds}
    start = str(catalogue.words["part"][0])
    found: dict[Place, str] = {}
    wholes: dict[Place, frozenset[str]] = {}  #: of each part, the kinds that the line over all of them has
    for place in sorted(grid.kinds):
        row, column = place
        head = grid.at((row - 1, column)) or grid.at((row - 1, column + 1))
        if grid.kinds[place] != LABEL or row in figured or row - 1 not in figured or head is None:
            continue
        if (
            grid.kinds[head] == FIGURE
            or place in grid.hidden
            or not announces(catalogue, grid.written(place))
        ):
            continue
        of_whom = head in wholes or _is_part(catalogue, grid.written(place))
        if not of_whom and _in_list(grid, catalogue, head, figured):
            continue  # “by age” below a list begins the next one, of the same whole
        alone = not any(r == row and c != column for r, c in grid.kinds)
        whole = wholes.get(head, kinds_named(catalogue, grid.written(head)))
        parts, first, kinds = {}, "", frozenset[str]()
        lines: list[tuple[str, frozenset[str]]] = []
        while alone and (row := row + 1) in rows:
            cell = grid.at((row, column)) or grid.at((row, column + 1))
            text = "" if cell is None or grid.kinds[cell] == FIGURE else grid.written(cell)
            said = kinds_named(catalogue, text)
            inner = _NUMBERED.sub("", text).lstrip("-–— ").strip()
            if cell is None or not said or said & whole or names_tables(catalogue, text):
                break
            if row not in figured and not (
                said == kinds and _closes(grid, catalogue, (row + 1, column), kinds)
            ):
                break
            first, kinds = first or text, kinds or said
            further = " " * (_depth(text) - _depth(first))
            parts[cell] = further + (inner if part_start(catalogue, inner) else f"{start} {inner}")
            lines.append((inner, said))
            wholes[cell] = whole
        for cell, of_line in zip(parts, parts_of_lines(catalogue, lines), strict=True):
            parts[cell] = INDENT * of_line + parts[cell]
        if parts and (of_whom or not _more_than(grid, head, parts)):
            found |= {place: start, **parts}
    return found


def _closes(grid: Grid, catalogue: Catalogue, behind: Place, kinds: frozenset[str]) -> bool:
    """Whether what stands below a label is none of its own: nothing, one of its kind, or “of whom”."""
    text = grid.written(behind)
    return not text or kinds_named(catalogue, text) == kinds or bool(part_start(catalogue, text))


def _more_than(grid: Grid, head: Place, parts: Iterable[Place]) -> bool:
    """Whether the counts of some lines come to more than that of the line over them: then they are no parts of it."""
    counts = [next(_counts(grid, line), 0) for line in (head, *parts)]
    return sum(counts[1:]) > counts[0]


def _counts(grid: Grid, label: Place) -> Iterator[int]:
    """The whole numbers right of a label, from the left."""
    row = grid.once(by_row).get(label[0], ())
    numbers = (grid.amount(place) for place in row if place > label and grid.kinds[place] == FIGURE)
    return (int(number) for number in numbers if number is not None and number % 1 == 0)


def _in_list(grid: Grid, catalogue: Catalogue, head: Place, figured: Set[int]) -> bool:
    """Whether a line names a member and is one of a list: below another of its kind, or below that list's own name.

    So it may be below one that nobody understands, or that lost its label.
    """
    kinds = kinds_named(catalogue, grid.written(head))
    above = grid.at((head[0] - 1, head[1]))
    text = grid.written(above) if above is not None and grid.kinds[above] != FIGURE else ""
    if not kinds:
        return False
    before = grid.at((head[0] - 2, head[1])) if above is None else None
    if before is not None and before[0] in figured and kinds_named(catalogue, grid.written(before)) & kinds:
        return True  # a blank row parts it from the others
    if head[0] - 1 in figured:
        other = kinds_named(catalogue, text)
        return not other or bool(other & kinds)
    alone = not any(row == head[0] - 1 and column != head[1] for row, column in grid.kinds)
    return (alone or _by_kind(catalogue, text)) and bool(text) and announces(catalogue, text)


@lru_cache(maxsize=10_000)
def _by_kind(catalogue: Catalogue, text: str) -> bool:
    """Whether a label says by what its list is divided, beginning with “by”, and does not only name it."""
    words = vocabulary(catalogue, next(iter(catalogue.tables)))
    return any(meaning.kind == "filler" for _, meaning in words.phrases.get(words.stems(text)[:1], ()))


@lru_cache(maxsize=10_000)
def _is_part(catalogue: Catalogue, text: str) -> bool:
    """Whether a label says “of whom”."""
    return any(r.part for words in readers(catalogue, text) for r in words.read(text))


@lru_cache(maxsize=10_000)
def announces(catalogue: Catalogue, text: str) -> bool:
    """Whether a label says no more than that parts follow, or by what the line over it is divided."""
    readings = [r for words in readers(catalogue, text) for r in words.read(text)]
    more = any(
        r.sets or r.title or r.total or r.period or r.share or r.scaled or r.compared or r.number is not None
        for r in readings
    )
    return not more and any(r.part or r.names for r in readings)


@lru_cache(maxsize=10_000)
def kinds_named(catalogue: Catalogue, text: str) -> frozenset[str]:
    """The dimensions of which a label may name a member."""
    return frozenset(n for words in readers(catalogue, text) for r in words.read(text) for n, _ in r.dims)


def _as_part(catalogue: Catalogue, line: Line, before: Line | None) -> str:
    """A line as a part of the one that its number says; “of them” may be of the line before, if that is so numbered."""
    start = part_start(catalogue, line.words)
    agrees = agreeing(catalogue, line.words)
    alike = before is not None and part_start(catalogue, before.words) == start
    if start and agrees and before and not alike and len(before.number) == len(line.number):
        said = (r for words in readers(catalogue, before.words) for r in words.read(before.words))
        if any(agrees in reading.dims for reading in said):
            return line.words
    return f"{catalogue.words['part'][0]} {line.words.lstrip('- ')[len(start) :].strip()}"


def numbered(grid: Grid) -> list[list[Line]]:
    """The numbered labels of each column, from above; a letter counts within the number over it."""
    columns: dict[int, list[Line]] = {}
    for place in sorted(grid.kinds):
        if grid.kinds[place] != LABEL or place in grid.hidden:
            continue
        text = grid.written(place)
        before = columns.get(place[1])
        within = _NUMBERED.match(text)
        number, letter, words = "", "", text.strip()
        if within:
            number, letter, words = (
                within[1] or within[2] or "",
                within[3] or "",
                text[within.end() :].strip(),
            )
        else:
            beside = _ALONE.match(grid.written((place[0], place[1] - 1)))
            if beside:
                number, letter = beside[1] or "", beside[2] or ""
        if letter and before:
            numbers = next((line.number for line in reversed(before) if line.number[-1].isdigit()), ())
            columns[place[1]].append(Line(place, (*numbers, letter), words))
        elif number:
            columns.setdefault(place[1], []).append(Line(place, tuple(_LEVEL.findall(number)), words))
    return list(columns.values())


def below_named(grid: Grid, catalogue: Catalogue) -> dict[Place, str]:
    """Labels below a line that names a table, in a list of several such lines: as parts of that line.

    They are written further in, begin with a dash, or follow one of their kind that says so (“of whom women”, “men”).
    Below the only line that names a table they begin with a dash, or come to its figures.
    """
    figured = {place[0] for place, kind in grid.kinds.items() if kind == FIGURE}
    columns: dict[int, list[Place]] = {}
    for place, kind in sorted(grid.kinds.items()):
        if kind == LABEL and place[0] in figured and place not in grid.hidden:
            columns.setdefault(place[1], []).append(place)
    found: dict[Place, str] = {}
    for cells in columns.values():
        named = {cell: names_tables(catalogue, grid.written(cell)) for cell in cells}
        if len({tables for tables in named.values() if len(tables) == 1}) < 2:
            found |= _dashed(grid, catalogue, cells, named) or come_to(grid, catalogue, LEFT, cells, named)
            continue
        head, start, kinds = None, "", frozenset[str]()
        for before, cell in zip([None, *cells], cells, strict=False):
            text = grid.written(cell)
            if before is None or before[0] + 1 != cell[0] or named[cell]:
                head, start, kinds = (cell if len(named[cell]) == 1 else None), "", frozenset()
                continue
            said = as_member(catalogue, named[head], text) if head is not None else frozenset()
            if head is None or not said or (kinds and said != kinds):
                head = None
                continue
            marked = part_start(catalogue, text)
            within = _depth(text) > _depth(grid.written(head))
            if not marked and (within or start):
                found[cell] = f"{start or catalogue.words['part'][0]} {text.lstrip('-–— ').strip()}"
            elif not marked:
                head = None
            start, kinds = start or marked, said
        summed = come_to(grid, catalogue, LEFT, cells, named)
        found |= summed if found.keys().isdisjoint(summed) else {}
    for cells in columns.values():
        found |= {**_dashed_twice(grid, catalogue, cells), **_in_turns(grid, catalogue, cells)}
    return {**below_articles(grid, catalogue), **found, **beside_named(grid, catalogue)}


def _dashed(
    grid: Grid, catalogue: Catalogue, cells: list[Place], named: dict[Place, frozenset[str]]
) -> dict[Place, str]:
    """The lines with a dash right below a line that names the table of the list, as parts of it.

    Not where one of them, or the line after them, says itself whose part it is: that may be of the one before.
    """
    found: dict[Place, str] = {}
    for at, head in enumerate(cells):
        if len(named[head]) != 1 or grid.written(head).lstrip()[:1] in DASHES:
            continue
        run = []
        for step, cell in enumerate(cells[at + 1 :], 1):
            if cell[0] != head[0] + step or named[cell]:
                break
            run.append(cell)
        plain = {cell: grid.written(cell).strip().lstrip("-–— ") for cell in run}
        lines = [cell for cell in run if grid.written(cell).lstrip()[:1] in DASHES]
        outer = [cell for cell in run if grid.written(cell).strip()[1:2] not in DASHES]  # of “--” see below
        told = any(part_start(catalogue, plain[cell]) for cell in outer) or lines != run[: len(lines)]
        lines = [cell for cell in lines if not part_start(catalogue, plain[cell])]
        if not told and all(as_member(catalogue, named[head], plain[cell]) for cell in lines):
            found |= {cell: f"{catalogue.words['part'][0]} {plain[cell]}" for cell in lines}
    return found


def _dashed_twice(grid: Grid, catalogue: Catalogue, cells: list[Place]) -> dict[Place, str]:
    """The lines with two dashes below one with a dash, as parts of it: “- of whom women”, “-- minors”."""
    found: dict[Place, str] = {}
    over: Place | None = None
    for cell in cells:
        text = grid.written(cell).strip()
        dashes = len(text) - len(text.lstrip("-–—"))
        if dashes == 1:
            over = cell
        elif dashes == 0 or (
            over is not None and cell[0] != over[0] + 1 and (cell[0] - 1, cell[1]) not in found
        ):
            over = None
        elif over is not None:
            plain = [one.strip("-–— ") for one in (grid.written(over), text)]
            said, own = (one[len(part_start(catalogue, one)) :].strip() for one in plain)
            both = own if _says_more(catalogue, own, said) else f"{said} {own}"
            found[cell] = f"{part_start(catalogue, plain[0]) or catalogue.words['part'][0]} {both}"
    return found


def _in_turns(grid: Grid, catalogue: Catalogue, cells: list[Place]) -> dict[Place, str]:
    """The lines that are parts of the one before, though all begin alike: “t.sk. women, t.sk. minors, t.sk. men, …”."""
    found: dict[Place, str] = {}
    run: list[Place] = []
    for cell in [*cells, None]:
        text = "" if cell is None else grid.written(cell)
        before = grid.written(run[-1]) if run else ""
        if (
            cell is not None
            and run
            and told_alike(catalogue, before, text)
            and _depth(before) == _depth(text)
        ):
            run.append(cell)
            continue
        lines = [(part_start(catalogue, t), kinds_named(catalogue, t)) for t in map(grid.written, run)]
        of_line = parts_of_lines(catalogue, lines)
        found |= {one: INDENT + grid.written(one) for one, is_one in zip(run, of_line, strict=True) if is_one}
        run = [cell] if cell is not None and part_start(catalogue, text) else []
    return found


@lru_cache(maxsize=10_000)
def _says_more(catalogue: Catalogue, text: str, whole: str) -> bool:
    """Whether a label says by itself what its whole says: “girls” of women."""
    return any(
        set(outer.dims) < set(reading.dims)
        for words in readers(catalogue, text)
        for reading in words.read(text)
        for outer in words.read(whole)
        if outer.dims
    )


def _depth(text: str) -> int:
    """How far in a label is written; a dash before it counts as well."""
    return len(text) - len(text.lstrip("-–— "))
