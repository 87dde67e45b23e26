"""Which years and article numbers are headings: the assumptions under which a region may be read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from itertools import pairwise, product

from thb_analysis.definitions import Catalogue
from thb_analysis.definitions import figures as tables
from thb_analysis.ingest.recognition.grid import EITHER, FIGURE, LABEL, MOST_BLANK, Grid, Place, by_row
from thb_analysis.ingest.recognition.islands import Region
from thb_analysis.ingest.recognition.keys import names_tables
from thb_analysis.ingest.recognition.titles import is_note, narrows
from thb_analysis.ingest.words.fold import fold, folded
from thb_analysis.ingest.words.footnotes import footnote
from thb_analysis.ingest.words.labels import vocabulary
from thb_analysis.ingest.words.mentions import divides, says_how_many
from thb_analysis.ingest.words.spans import named_year

#: “a)” by itself counts lines, and so does “2.a)”.
_LETTER = re.compile(r"^\s*(?:\d{1,2}(?:\.\d{1,2})*\.?)?(?:([a-z])\)|(?<=[\d.])([a-c])\.)\s*$")
_SUMMED = re.compile(
    r"=(?:[\d\s.()+]+|[a-zA-Z](?:\s*\+\s*[a-zA-Z])*)$"
)  #: how one column comes from others: “4=2+3”
MANY = 4  #: numbers from 1 on, that are hardly the counts of a line
_COLUMN = re.compile(r"\s*[A-Z]\s*")  #: below its heading, a column that is no figures' bears a letter
_FIRST = (["1."], ["1)"])
MOST_OPEN = 5  #: runs that may be headings or figures, in every combination; beyond, all of them or none


def assumptions(
    grid: Grid, region: Region, catalogue: Catalogue, aside: frozenset[Place]
) -> Iterator[frozenset[Place]]:
    """Sets of either-cells that may be headings, the likeliest first."""
    certain: set[Place] = set()
    unsure: dict[frozenset[Place], None] = {}
    for run, sure in _runs(grid, region, catalogue, aside):
        if sure:
            certain |= run
        else:
            unsure[run] = None
    owners: dict[Place, list[frozenset[Place]]] = {}
    for run in unsure:
        if not run <= certain:
            for place in run:
                owners.setdefault(place, []).append(run)
    open_runs = [
        run
        for run in unsure
        if not run <= certain and not any(run < longer for longer in owners[next(iter(run))])  # all or none
    ]
    if len(open_runs) > MOST_OPEN:
        yield frozenset(certain.union(*open_runs))
        yield frozenset(certain)
        return
    seen = set()
    for choice in product((True, False), repeat=len(open_runs)):
        chosen = frozenset(
            certain.union(*(run for run, taken in zip(open_runs, choice, strict=True) if taken))
        )
        if chosen not in seen:
            seen.add(chosen)
            yield chosen


def _runs(
    grid: Grid, region: Region, catalogue: Catalogue, aside: frozenset[Place]
) -> Iterator[tuple[frozenset[Place], bool]]:
    names = {
        fold(text)
        for texts in (catalogue.words["year"], catalogue.words["dimensions"].get("article", ()))
        for text in texts
    }
    for axis in (0, 1):
        lines: dict[int, list[Place]] = {}
        for place in region.places:
            if place not in aside:
                lines.setdefault(place[axis], []).append(place)
        last, counts = _behind_figures(grid, region, axis)
        for places in lines.values():
            yield from _runs_of_line(grid, sorted(places), names, last, counts)


def _behind_figures(grid: Grid, region: Region, axis: int) -> tuple[frozenset[Place], frozenset[Place]]:
    """Numbers that may be articles and stand right behind a figure, across a line, with nothing behind them.

    And those with a figure behind them, too, where the number before them on the line stands behind another that may
    be an article, as on the line before: “165.1 | 12” above “165 | 164” and a total.  These are counts.
    """
    down, right = (1, 0) if axis == 0 else (0, 1)

    def may_be_article(row: int, column: int) -> bool:
        return grid.kinds.get((row, column)) == EITHER and grid.series[(row, column)] != "year"

    last, counts = set(), set()
    for row, column in region.places:
        if may_be_article(row, column) and grid.kinds.get((row - down, column - right)) == FIGURE:
            before = (row - right, column - down)
            over = (before[0] - down, before[1] - right)
            behind = (row + down, column + right)
            if grid.at(behind) is None:
                last.add((row, column))
            elif grid.kinds.get(behind) == FIGURE and may_be_article(*before) and may_be_article(*over):
                counts.add((row, column))
    return frozenset(last), frozenset(counts)


def _runs_of_line(
    grid: Grid, places: list[Place], names: set[str], last: frozenset[Place], counts: frozenset[Place]
) -> Iterator[tuple[frozenset[Place], bool]]:
    """Stretches of years, or of article numbers, with no figure beside them on the line, and which are certain.

    A stretch that repeats itself (a list with a line for every figure, years under several members) is certain
    only under a heading that says so.
    """
    stretch: list[Place] = []
    before: Place | None = None
    for place in [*places, None]:
        kind = LABEL if place is None else FIGURE if place in counts else _kind_in_run(grid, place)
        if place is not None and kind == EITHER:
            if stretch and grid.series[stretch[-1]] != grid.series[place]:
                yield from _judged(grid, stretch, before, names, last)
                before, stretch = stretch[-1], []
            stretch.append(place)
            continue
        if stretch and kind != FIGURE:
            yield from _judged(grid, stretch, before, names, last)
        stretch = []
        before = place


def _kind_in_run(grid: Grid, place: Place) -> str:
    """What a cell is among years and numbers: a date is no figure beside them, and a hidden year is one of them."""
    if place in grid.hidden and place in grid.series:
        return EITHER
    return LABEL if grid.cells[place].kind == "date" else grid.kinds[place]


def _judged(
    grid: Grid, stretch: list[Place], before: Place | None, names: set[str], last: frozenset[Place]
) -> Iterator[tuple[frozenset[Place], bool]]:
    if before is not None and _kind_in_run(grid, before) == FIGURE:
        return
    texts = [grid.text(place) for place in stretch]
    named = before is not None and fold(footnote(grid.text(before))[0]).strip(":") in names
    distinct = len(set(texts)) == len(texts)
    several = (
        distinct
        and len(stretch) > 1
        and not last.issuperset(stretch[1:])  # they may be counts beside an article
        and (grid.series[stretch[0]] != "year" or texts in (sorted(texts), sorted(texts)[::-1]))
    )
    seen = frozenset(place for place in stretch if place not in grid.hidden)
    if seen:
        yield seen, named or several


def beside(grid: Grid, region: Region, catalogue: Catalogue) -> frozenset[Place]:
    """Cells that number the rows: under a heading that says so, or 1, 2, 3, … left of the labels."""
    words = folded(catalogue, "ordinal")
    columns = _column_numbers(grid, region, catalogue)
    found = columns | _particulars(grid, region, catalogue)
    for place in region.places:
        if grid.kinds[place] == LABEL and fold(grid.text(place)) in words:
            coded = fold(grid.text(place)).strip(" .:") in catalogue.words["line_code"]
            for step in ((1, 0), (0, 1)):
                found |= _counting(grid, region, place, step, columns, coded)
    column = sorted(place for place in region.places - columns if place[1] == region.left)
    numbers = [place for place in column if grid.kinds[place] != LABEL]
    labelled = all(_is_label(grid, region, (row, column + 1)) for row, column in numbers)
    how_many = folded(catalogue, "figure")
    over = next((p for n in range(1, MOST_BLANK + 2) if (p := grid.at((region.top - n, region.left)))), None)
    labels = (place for place in (*column, over) if place is not None and grid.kinds[place] == LABEL)
    if any(fold(grid.text(place)).strip(" .:") in how_many for place in labels):
        labelled = False  # “Number” over them: figures, right of which stand their labels
    parts = [numbers] if _counts(grid, numbers) else _parts(grid, column)
    if labelled and all(_counts(grid, part) if len(part) > 1 else _is_first(grid, part) for part in parts):
        found |= set(numbers)
    letters = [place for place in column if _LETTER.match(grid.text(place))]
    if len(letters) > 1 and all(_is_label(grid, region, (row, column + 1)) for row, column in letters):
        told = [ord(said[1] or said[2]) for place in letters if (said := _LETTER.match(grid.text(place)))]
        if all(b in (a + 1, told[0]) for a, b in pairwise(told)):
            found |= set(letters)
    return frozenset(found)


def _parts(grid: Grid, column: list[Place]) -> list[list[Place]]:
    """The numbers of a column by the labels that part them, such as names of sections: each part counts anew."""
    parts: list[list[Place]] = [[]]
    for place in column:
        if grid.kinds[place] == LABEL:
            parts.append([])
        else:
            parts[-1].append(place)
    return [part for part in parts if part]


def _is_first(grid: Grid, numbers: list[Place]) -> bool:
    """Whether the one number of a column counts the one question of a sheet: “1.”, typed with its point."""
    return [grid.written(place).strip() for place in numbers if grid.cells[place].kind == "text"] in _FIRST


@cache
def _counting_words(catalogue: Catalogue) -> frozenset[str]:
    return frozenset(fold(text).strip(" .:") for text in catalogue.words["ordinal"])


def counts_lines(catalogue: Catalogue, text: str) -> bool:
    """Whether a label may say that the numbers beside it count rows or columns."""
    return fold(text).strip(" .:") in _counting_words(catalogue)


@cache
def remark_words(catalogue: Catalogue) -> frozenset[str]:
    """What a column for remarks is called."""
    return frozenset(fold(text).strip(" .:") for text in catalogue.words["remark"])


def marks_as_remarks(grid: Grid, catalogue: Catalogue) -> None:
    """Marks for nothing (“-”, “no data”) below a heading for remarks say that there are none: they are no figures."""
    words = remark_words(catalogue)
    labels = [place for place, kind in grid.kinds.items() if kind == LABEL]
    headings = [place for place in labels if fold(grid.written(place)).strip(" .:") in words]
    rows = {row for row, _ in grid.kinds} if headings else set()
    for row, column in headings:
        while (row := row + 1) in rows:
            place = (row, column)
            if grid.kinds.get(place, LABEL) == LABEL:
                continue
            if grid.cells[place].kind != "text" or re.search(r"\d", grid.written(place)):
                break
            grid.kinds[place] = LABEL


def remarks(grid: Grid, region: Region, catalogue: Catalogue) -> dict[Place, Place]:
    """Texts in a column for remarks, each with its column's heading: they head nothing.

    The column stands right of figures, or between labels and figures if its texts say nothing that a heading could.
    It ends where a label stands in a column of figures: there another table begins.
    """
    words = remark_words(catalogue)
    figures = [place for place in region.places if grid.kinds[place] == FIGURE]
    found: dict[Place, Place] = {}
    for heading in region.places:
        if grid.kinds[heading] != LABEL or fold(grid.text(heading)).strip(" .:") not in words:
            continue
        below = [place for place in figures if place[0] > heading[0]]
        before = {column for _, column in below if column < heading[1]}
        texts, end = _texts_under(grid, region, heading, before)
        if not any(row < end and column < heading[1] for row, column in below):
            texts, end = _texts_under(grid, region, heading, {c for _, c in below if c > heading[1]})
            texts = [text for text in texts if _has_label(grid, region, text)]
            if any(_says_of_figures(catalogue, grid.text(text)) for text in texts):
                continue
        found |= dict.fromkeys(texts, heading)
    return found


def _texts_under(grid: Grid, region: Region, heading: Place, columns: set[int]) -> tuple[list[Place], int]:
    """The labels under a heading, down to the first row with a label in one of these columns, and that row."""
    labels = [place for place in region.places if place[0] > heading[0] and grid.kinds[place] == LABEL]
    end = min((row for row, column in labels if column in columns), default=region.bottom + 1)
    return sorted(place for place in labels if place[1] == heading[1] and place[0] < end), end


def _has_label(grid: Grid, region: Region, place: Place) -> bool:
    """Whether another label stands left of a text on its row, and a figure right of it."""
    line = [other for other in region.places if other[0] == place[0]]
    left = any(grid.kinds[other] != FIGURE for other in line if other[1] < place[1])
    return left and any(grid.kinds[other] == FIGURE for other in line if other[1] > place[1])


@lru_cache(maxsize=10_000)
def _says_of_figures(catalogue: Catalogue, text: str) -> bool:
    """Whether a text could be a heading, or narrows what figures mean."""
    said = [r for table in tables(catalogue) for r in vocabulary(catalogue, table.id).read(text)]
    sent = any(reading.sender for reading in said)  # whose figures they are is what a remark may say
    return narrows(text, catalogue) or (not sent and any(reading.sets for reading in said))


def _particulars(grid: Grid, region: Region, catalogue: Catalogue) -> set[Place]:
    """Who filled in a form, with what stands beside it (`Filled in by: | …`), above the figures: they head nothing."""
    first = min((row for row, column in region.places if grid.kinds[(row, column)] == FIGURE), default=0)
    lines: dict[int, list[Place]] = {}
    for place in region.places:
        if place[0] < first:
            lines.setdefault(place[0], []).append(place)
    pairs = [sorted(line) for line in lines.values() if len(line) == 2]
    labels = [pair for pair in pairs if all(grid.kinds[place] == LABEL for place in pair)]
    notes = [pair for pair in labels if is_note(grid.text(pair[0]), catalogue)]
    # a member's name may begin like a note: an injunction that is “prepared”
    return {place for pair in notes if not divides(catalogue, grid.text(pair[0])) for place in pair}


def _column_numbers(grid: Grid, region: Region, catalogue: Catalogue) -> set[Place]:
    """Lines under headings that number the columns: `1 | 2 | 3`, or `A | 1 | 2` as statistical forms have it.

    With no figure below it, under names of figures, they are figures themselves.  The place below the name of the
    labels may be blank, where there are too many numbers to be those of a line that lost its label.
    """
    found: set[Place] = set()
    lines: dict[int, list[Place]] = {}
    for place in sorted(region.places):
        lines.setdefault(place[0], []).append(place)
    for row, line in lines.items():
        if grid.text(line[0]).strip(" .()") not in ("A", "a", "1", "2"):
            continue
        above = lines.get(row - 1, [])
        blank = line[0][1] == region.left + 1 and len(line) >= MANY
        texts = [_SUMMED.sub("", grid.text(place)).strip(" .()") for place in line]
        letters = sum(text.isalpha() for text in texts)
        first_number = 2 if texts[0] == "2" and blank else 1
        names = [chr(ord("a" if texts[0] == "a" else "A") + n) for n in range(letters)] + [
            str(n + first_number) for n in range(len(texts) - letters)
        ]
        headed = bool(above) and all(grid.kinds[place] != FIGURE for place in above)
        below = (place for other, places in lines.items() if other > row for place in places)
        if all(grid.kinds[place] == LABEL for place in below) and above and above[0][1] == line[0][1]:
            first = grid.text(above[0])  # what a figure is of, or what the lines are called
            headed = headed and not _heads_figures(catalogue, first)
        whole = [p[1] for p in line] == [*range(region.left + blank, region.right + 1)]
        if len(texts) > 1 and texts == names and headed and whole:
            found |= set(line)
    return found


@lru_cache(maxsize=10_000)
def _heads_figures(catalogue: Catalogue, text: str) -> bool:
    """Whether a heading is of figures, and not what the labels below it are called: a table, a member, a year."""
    if names_tables(catalogue, text) or divides(catalogue, text) or named_year(text) is not None:
        return True
    said = [r for table in tables(catalogue) for r in vocabulary(catalogue, table.id).read(text)]
    of_labels = any(r.names or r.figure or r.ordinal or r.descriptor for r in said)
    return says_how_many(catalogue, text) or (bool(said) and not of_labels)


def _counting(
    grid: Grid, region: Region, start: Place, step: Place, passed: set[Place], coded: bool
) -> set[Place]:
    """The numbers after a label that says that they count, if they do; those `passed` count something else.

    The codes of lines (`coded`) only go up, beside figures: 10, 11, 20.
    """
    places: list[Place] = []
    row, column = start[0] + step[0], start[1] + step[1]
    while row <= region.bottom and column <= region.right:
        place = grid.at((row, column))
        if place is not None and place in region.places and place not in passed:
            if grid.kinds[place] == LABEL:
                if places or not _COLUMN.fullmatch(grid.text(place)):
                    break
            else:
                places.append(place)
        row, column = row + step[0], column + step[1]
    years = all(grid.series.get(place) == "year" for place in places)  # “Line code | 2022 | 2023”, over codes
    if _are_codes(grid, places) or (coded and not years and _go_up(grid, places, step)):
        return set(places)
    if places and not _counts(grid, places) and not _counts_on(grid, start, places, step):
        return set()
    return set(places)


def _go_up(grid: Grid, places: list[Place], step: Place) -> bool:
    """Whether whole numbers are each greater than the one before, with a figure behind each, or behind its label."""
    texts = [grid.text(place).strip(" .)") for place in places]
    up = all(text.isdecimal() for text in texts) and all(int(a) < int(b) for a, b in pairwise(texts))
    behind = [
        [grid.kinds.get((row + n * step[1], column + n * step[0]), LABEL) for row, column in places]
        for n in (1, 2)
    ]
    labelled = all(kind == LABEL for kind in behind[0])
    return up and len(texts) > 1 and all(kind != LABEL for kind in behind[labelled])


def _are_codes(grid: Grid, places: list[Place]) -> bool:
    """Whether numbers are the codes of a form's lines, which leave room between them: 010, 020, 030."""
    texts = [grid.text(place).strip(" .)") for place in places]
    numbers = [int(text) for text in texts if re.fullmatch(r"\d{1,3}0", text)]
    even = len(numbers) == len(texts) > 1 and all(a < b for a, b in pairwise(numbers))
    return even and len({*map(len, texts)}) == 1


def _counts_on(grid: Grid, start: Place, places: list[Place], step: Place) -> bool:
    """Whether numbers count lines of which some are hidden: 2, 3, 5 after a hidden 1, and a hidden 4."""
    texts = [grid.text(place).strip(" .)") for place in places]
    axis = step.index(1)
    hidden = {
        (cell.row, cell.column)[axis]
        for cell in grid.sheet.cells
        if cell.hidden and (cell.row, cell.column)[1 - axis] == start[1 - axis]
    }
    before = [sum(start[axis] < line < place[axis] for line in hidden) for place in places]
    return texts == [str(n + skipped) for n, skipped in enumerate(before, 1)]


def _counts(grid: Grid, places: list[Place]) -> bool:
    """Whether numbers count lines: 1, 2, 3, from 0 on as programs do, or as the parts of a form: 1, 1.1, 1.2, 2."""
    texts = [grid.text(place).strip(" .)") for place in places]
    if counts_up(texts) and (texts[:1] != ["0"] or all(_has_figure(grid, place) for place in places)):
        return True
    if len(texts) < 2 or not all(re.fullmatch(r"\d{1,2}(\.\d{1,2})*", text) for text in texts):
        return False
    numbers = [tuple(int(n) for n in text.split(".")) for text in texts]
    outlined = any(len(number) > 1 for number in numbers) and set(numbers[0][1:]) <= {1}
    return outlined and all(_follows(*pair) for pair in pairwise(numbers))


def counts_up(texts: Sequence[str]) -> bool:
    """Whether texts are 1, 2, 3 and so on, or at least three of 0, 1, 2."""
    count = len(texts)
    return texts == [*map(str, range(1, count + 1))] or (count > 2 and texts == [*map(str, range(count))])


def _has_figure(grid: Grid, number: Place) -> bool:
    """Whether a figure stands right of a number on its line: else the number may be one."""
    return any(place > number and grid.kinds[place] == FIGURE for place in grid.once(by_row)[number[0]])


def _follows(before: tuple[int, ...], after: tuple[int, ...]) -> bool:
    """Whether a number of an outline may follow another: its first part, or the next of it or of what it is in."""
    if after == (*before, 1):
        return True
    return any({after, after[:-1]} & {(*before[:k], before[k] + 1)} for k in range(len(before)))


def _is_label(grid: Grid, region: Region, place: Place) -> bool:
    found = grid.at(place)
    return found is not None and found in region.places and grid.kinds[found] in (LABEL, EITHER)
