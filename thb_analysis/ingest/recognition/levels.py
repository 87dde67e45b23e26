"""Lists of several levels, each level's lines marked in a way of their own: which line each one divides.

“154.1”, “- women”, “t.sk. minors”: a mark that was not there before begins a level below the line above it, one that
was there goes on with its level.  What a line is marked with is how far in it stands, its number, its dashes, the words
that it begins with, or a line above it that says no more than “of whom:”.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from thb_analysis.definitions import Catalogue
from thb_analysis.ingest.recognition.by_article import is_total
from thb_analysis.ingest.recognition.coming_to import (
    AT_MOST,
    EXACTLY,
    is_all,
    is_article,
    is_strange,
)
from thb_analysis.ingest.recognition.grid import FIGURE, Grid, Place, by_row
from thb_analysis.ingest.recognition.keys import names_tables
from thb_analysis.ingest.recognition.nested import agreeing, is_part, part_start
from thb_analysis.ingest.recognition.outlines import INDENT, Line, announces, kinds_named
from thb_analysis.ingest.words.readers import readers

AGREES = "agrees"  #: the mark of all words that agree with what they divide: “no tām”, “no tiem”


@dataclass(frozen=True, slots=True)
class _Marked:
    """A line of a list: what it is marked with, and what it says."""

    place: Place
    depth: int  #: how far in it is written
    mark: tuple[object, ...]
    words: str
    kinds: frozenset[str]  #: the dimensions of which it names a member
    said: frozenset[tuple[str, str]]  #: the members
    agrees: tuple[str, str] | None  #: with what it divides
    over: bool  #: it is a total, or names its table: at the first level only
    number: tuple[str, ...]
    part: bool  #: it begins as a part does, or with a dash
    opened: Place | None = None  #: the line right above it that says no more than “of whom:”

    @property
    def strange(self) -> bool:
        """Whether nobody understands it."""
        return not (self.kinds or self.over)


@dataclass(slots=True)
class _Level:
    """A level on the way to a line: its last line, how many there were, and how it began."""

    line: _Marked
    step: _Step
    lines: int = 1


class _Step(NamedTuple):
    """How a level begins: the mark of the line above it, and that of its first, which “of whom:” may open."""

    above: tuple[object, ...] = ()
    first: tuple[object, ...] = ()
    opened: bool = False


def in_levels(
    grid: Grid, catalogue: Catalogue, numbered: Iterable[Sequence[Line]], told: Container[Place]
) -> dict[Place, str]:
    """The lines of such lists below their first level, each as a part of the line that it divides.

    Only where each line is understood, and those of a kind that divide one line come to no more than it.  Where
    several lines stand before a level that only the last of them has, nobody knows whether it is of the last or of
    all, unless it comes to just the last, or others in the list have such a level: else the list is left.  So is one of
    which lines are `told` already.  Where marks tell of three levels and the numbers do not agree, nobody knows of what
    its parts are.  Below nothing but a total the first level is that of the lines that come to it.
    """
    numbers = {line.place: line for column in numbered for line in column}
    found: dict[Place, str] = {}
    start = str(catalogue.words["part"][0])
    neutral = next(str(word) for word in catalogue.words["figure"] if not str(word).startswith("="))
    for lines in _lists(grid, catalogue, numbers):
        if len(lines) < 2 or any(line.place in told for line in lines):
            continue
        levels, unsure = _levels(lines)
        parts = _parts(lines, levels) if levels else {}
        fits = all(_compared(grid, head, own) for (head, _), own in parts.items())
        if parts and not fits and not unsure and max(levels.values()) > 1:
            grid.unplaced |= {line.place for line in lines if levels[line.place]}
        if not parts or not fits:
            continue
        if any(not _comes_to_last(grid, catalogue, heads, parts) for heads in unsure):
            continue
        base = _base(catalogue, lines, levels)
        deepest = max(levels.values())
        if deepest == 0 or (
            deepest == base and not _are_articles_of_total(grid, catalogue, lines, levels, parts)
        ):
            continue
        way: list[Place] = []
        for line in lines:
            level = levels[line.place]
            del way[level:]
            if level > base:
                found[line.place] = f"{INDENT * (level - base - 1)}{start} {line.words}"
                grid.within[line.place] = way[-1]
            else:
                found[line.place] = line.words
            if line.opened is not None:
                found[line.opened] = start if level > base else neutral
            way.append(line.place)
    return found


def _base(catalogue: Catalogue, lines: Sequence[_Marked], levels: Mapping[Place, int]) -> int:
    """The level of the lines that are parts of none: the second below nothing but a total, or below one by articles."""
    first = [line for line in lines if levels[line.place] == 0]
    totals = all(is_total(catalogue, line.words) for line in first) and not lines[1].opened
    return int(all(line.over for line in first) and (totals or _are_articles(catalogue, lines, levels)))


def _are_articles(catalogue: Catalogue, lines: Sequence[_Marked], levels: Mapping[Place, int]) -> bool:
    """Whether all lines of the second level are articles, which are parts of none."""
    second = [line.words for line in lines if levels[line.place] == 1]
    return bool(second) and all(is_article(catalogue, words) for words in second)


def _are_articles_of_total(
    grid: Grid,
    catalogue: Catalogue,
    lines: Sequence[_Marked],
    levels: Mapping[Place, int],
    parts: Mapping[tuple[Place, frozenset[str]], Sequence[_Marked]],
) -> bool:
    """Whether they stand below mere totals and come to just these: lines like any other, below the total of all."""
    first = all(is_total(catalogue, line.words) for line in lines if levels[line.place] == 0)
    exact = all(_compared(grid, head, own) == EXACTLY for (head, _), own in parts.items())
    return first and exact and _are_articles(catalogue, lines, levels)


def _lists(grid: Grid, catalogue: Catalogue, numbers: Mapping[Place, Line]) -> Iterator[list[_Marked]]:
    """The lines of a column that follow each other, with a figure each, but for those that were left blank."""
    lines: list[_Marked] = []
    opened: Place | None = None
    before = 0
    amid = False  #: below lines of a list that something ended which is none
    for row, places in sorted(grid.once(by_row).items()):
        label, *figures = sorted(places)
        line = _marked(grid, catalogue, label, numbers)
        if label in grid.hidden or any(grid.kinds.get(place) != FIGURE for place in figures):
            line = None
        text = grid.written(label)
        opens = bool(lines) and not figures and announces(catalogue, text) and is_part(catalogue, text)
        if line is not None and not figures and not _is_blank(lines, line):
            line = None
        if not lines and (label in grid.hidden or (line is not None and line.strange)):
            amid = (
                amid or line is None or is_strange(catalogue, line.words)
            )  # what follows may be parts of it
            line = None
        apart = row != before + 1
        goes_on = line is not None and _goes_on(lines, line) if apart else (opens or line is not None)
        if lines and not (goes_on and lines[0].place[1] == label[1]):
            yield lines
            lines, amid, opened = [], line is not None or not apart, None
        elif line is None and apart:
            amid = False
        if line is not None and not amid:
            lines.append(replace(line, opened=opened))
        opened = label if opens and lines else None
        before = row
    if lines:
        yield lines


def _goes_on(lines: Sequence[_Marked], line: _Marked) -> bool:
    """Whether a line behind a blank row is the like of the first that such a list divides."""
    first = next((one for one in lines if not one.over), None)
    return first is not None and _like(first, line)


def _is_blank(lines: Sequence[_Marked], line: _Marked) -> bool:
    """Whether a line without a figure was left blank amid a list, and is no title."""
    marked = len(line.mark) > 1 or line.depth > 0
    return bool(lines) and not line.strange and (marked or any(_like(one, line) for one in lines))


def _like(one: _Marked, other: _Marked) -> bool:
    """Whether two lines are marked alike and of one kind."""
    return one.kinds == other.kinds and one.mark == other.mark


def _marked(grid: Grid, catalogue: Catalogue, place: Place, numbers: Mapping[Place, Line]) -> _Marked | None:
    """A line with its mark; None for one without words."""
    text = grid.written(place)
    plain = text.strip()
    depth = len(text) - len(text.lstrip())
    mark: tuple[object, ...] = ()
    number: tuple[str, ...] = ()
    if place in numbers:
        plain, number = numbers[place].words, numbers[place].number
        mark += ("number", len(number))
    dashes = len(plain) - len(plain.lstrip("-–—"))
    if dashes:
        plain = plain[dashes:].strip()
        mark += ("dash", dashes)
    agrees = agreeing(catalogue, plain)
    begins = part_start(catalogue, plain)
    if begins:
        plain = plain[len(begins) :].strip(" :,")
        mark += (AGREES if agrees else begins,)
    if not plain:
        return None
    named = names_tables(catalogue, plain)
    told = [
        r
        for words in readers(catalogue, plain)
        if words.table.id in named
        for r in words.read(plain)
        if r.title
    ]
    kinds = frozenset(n for r in told for n, _ in r.dims) if named else kinds_named(catalogue, plain)
    over = not kinds and (bool(named) or is_total(catalogue, plain))
    said = {pair for words in readers(catalogue, plain) for r in words.read(plain) for pair in r.dims}
    return _Marked(
        place,
        depth,
        (depth, *mark),
        plain,
        kinds,
        frozenset(said),
        agrees,
        over,
        number,
        bool(begins or dashes),
    )


def _levels(lines: Sequence[_Marked]) -> tuple[dict[Place, int], list[list[_Marked]]]:
    """The level of each line, from 0 on, or none where one has no certain place.

    And by step, where it is not told that each line has its own parts, the lines that alone of several have some.
    """
    found: dict[Place, int] = {}
    way: list[_Level] = []
    sure: set[_Step] = set()  #: steps to levels behind which lines go on that are above them
    unsure: dict[_Step, list[_Marked]] = {}
    for line in lines:
        level = _level(way, line)
        if level is None:
            return {}, []
        if level == len(way):
            step = _Step(way[-1].line.mark, line.mark, line.opened is not None) if way else _Step()
            if way and way[-1].lines > 1 and not (line.number and line.number[:-1] == way[-1].line.number):
                unsure.setdefault(step, []).append(way[-1].line)
            else:
                sure.add(step)
            way.append(_Level(line, step))
        else:
            if level + 1 < len(way) and _is_kin(line, way[level].line):
                sure.add(way[level + 1].step)
            way[level].line, way[level].lines = line, way[level].lines + 1
        del way[level + 1 :]
        found[line.place] = level
    return found, [heads for step, heads in unsure.items() if step not in sure]


def _is_kin(one: _Marked, other: _Marked) -> bool:
    """Whether two lines are of one kind, or may be: nobody knows what one of them says."""
    return bool(one.kinds & other.kinds) or one.strange or other.strange


def _level(way: Sequence[_Level], line: _Marked) -> int | None:
    """The level of a line behind those on the way to it; None where nobody can say."""
    if not way:
        return 0
    kin = [at for at, level in enumerate(way) if level.line.kinds & line.kinds]
    if line.opened is not None:
        return None if kin else len(way)
    if line.over:
        return 0 if line.mark == way[0].line.mark else None
    if line.strange:
        alike = [at for at, level in enumerate(way) if level.line.mark == line.mark]
        return alike[-1] if alike else len(way) if line.part else None
    if kin:
        other = way[kin[-1]].line
        return kin[-1] if other.kinds == line.kinds and _go_together(other, line) else None
    above = way[-1].line
    if line.agrees is not None and line.agrees[0] in above.kinds:
        return len(way) if line.agrees in above.said else None
    alike = [at for at, level in enumerate(way) if level.line.mark == line.mark]
    if alike and way[alike[-1]].line.strange:
        return alike[-1]
    if alike:
        return 0 if len(way) == 1 and way[0].line.over else None
    begins = len(line.mark) > 1 or line.depth > above.depth  # a line without a mark begins none
    return len(way) if begins and line.depth >= above.depth else None


def _go_together(one: _Marked, other: _Marked) -> bool:
    """Whether two lines of a kind are marked alike, but for the words that they begin with."""
    return one.mark == other.mark or (one.depth == other.depth and len(one.mark) == len(other.mark) == 2)


def _parts(
    lines: Sequence[_Marked], levels: Mapping[Place, int]
) -> dict[tuple[Place, frozenset[str]], list[_Marked]]:
    """By line and kind, the lines that divide it."""
    way: list[_Marked] = []
    found: dict[tuple[Place, frozenset[str]], list[_Marked]] = {}
    for line in lines:
        del way[levels[line.place] :]
        if way:
            found.setdefault((way[-1].place, line.kinds), []).append(line)
        way.append(line)
    return found


def _compared(grid: Grid, head: Place, parts: Iterable[_Marked]) -> str:
    """How parts compare with the line that they divide, wherever there is a number: "" where they are more."""
    grid.weighed = True  # other numbers may say another thing
    rows = [line.place[0] for line in parts]
    exact = True
    for place in grid.once(by_row)[head[0]]:
        whole = grid.amount(place) if grid.kinds[place] == FIGURE and place > head else None
        if whole is None:
            continue
        numbers = [grid.amount((row, place[1])) for row in rows]
        summed = sum(number or 0 for number in numbers)
        if summed > whole:
            return ""
        exact = exact and summed == whole and None not in numbers
    return EXACTLY if exact else AT_MOST


def _comes_to_last(
    grid: Grid,
    catalogue: Catalogue,
    heads: Iterable[_Marked],
    parts: Mapping[tuple[Place, frozenset[str]], Sequence[_Marked]],
) -> bool:
    """Whether one of some lines has all the parts that there are of a kind, which come to just that line."""
    return any(
        head == line.place
        and is_all(catalogue, frozenset().union(*(part.said for part in own)))
        and _compared(grid, head, own) == EXACTLY
        for line in heads
        for (head, _), own in parts.items()
    )
