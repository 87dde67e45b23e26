"""Labels right below or right of one that names its table, or its article, and whose figures are its parts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise

from thb_analysis.definitions import Catalogue
from thb_analysis.ingest.recognition.grid import EITHER, FIGURE, LABEL, Grid, Place, by_row
from thb_analysis.ingest.recognition.keys import names_tables
from thb_analysis.ingest.recognition.nested import part_start
from thb_analysis.ingest.recognition.scene import LEFT, UP
from thb_analysis.ingest.words.labels import Vocabulary, vocabulary
from thb_analysis.ingest.words.readers import readers

DASHES = ("-", "–", "—")
EXACTLY, AT_MOST = "exactly", "at most"

Numbers = Mapping[int, int]  #: the whole numbers that a label heads, by where they stand along its line


def come_to(
    grid: Grid,
    catalogue: Catalogue,
    axis: int,
    cells: Sequence[Place],
    named: Mapping[Place, frozenset[str]],
    articles: bool = False,
) -> dict[Place, str]:
    """The labels right behind one that names its table and has the sums of their figures, up to where they end.

    They end before another such label, a blank place, and one that nobody understands.

    “Victims, 47”, below it “men, 39” and “women, 8”; only the first may say “of whom”.  Where the first of a kind come
    to it, it is divided by others behind them as well (“minors, 3”): which come to it as well, or to no more
    where those are all that there are of their kind.  Or all of them together come to it.

    With `articles`, so are those behind an article, which they lack, in a table whose every figure is of one.
    """
    found: dict[Place, str] = {}
    start = str(catalogue.words["part"][0])
    for at, head in enumerate(cells):
        of_article = articles and not named[head] and _ends(catalogue, grid.text(head))
        if len(named[head]) != 1 and not of_article:
            continue
        run: list[Place] = []
        for step, cell in enumerate(cells[at + 1 :], 1):
            ends = named[cell] or (of_article and _ends(catalogue, grid.text(cell)))
            if cell[1 - axis] != head[1 - axis] + step or ends:
                break
            if run[1:] and is_strange(catalogue, grid.written(cell)):
                break
            run.append(cell)
        texts = {cell: grid.written(cell).strip() for cell in run}
        if len(run) < 2 or any(text[:1] in DASHES for text in texts.values()):
            continue
        marks = {cell: part_start(catalogue, text) for cell, text in texts.items()}
        plain = {cell: texts[cell][len(marks[cell]) :].strip() for cell in run}
        tables = _of_articles(catalogue, plain[run[0]]) if of_article else named[head]
        kinds = [as_member(catalogue, tables, plain[cell]) if tables else frozenset() for cell in run]
        first = next((n for n, kind in enumerate(kinds) if kind != kinds[0]), len(run))
        if first < 2 or not all(kinds) or any(marks[cell] for cell in run[1:first]):
            continue
        others = [
            [cell for cell, other in zip(run[first:], kinds[first:], strict=True) if other == kind]
            for kind in dict.fromkeys(kinds[first:])
        ]
        apart = all(
            not kinds[0] & kinds[n] and (marks[run[n]] or _once(kinds, n)) for n in range(first, len(run))
        )
        closed = _all_there_are(catalogue, tables, [plain[cell] for cell in run[:first]])
        divided = compared(grid, axis, head, run[:first]) == EXACTLY and all(
            compared(grid, axis, head, own) in ((EXACTLY, AT_MOST) if closed else (EXACTLY,))
            for own in others
        )
        unmarked = [cell for n, cell in enumerate(run) if n < first or not marks[cell]]
        if apart and (divided or (unmarked == run and compared(grid, axis, head, run) == EXACTLY)):
            indents = {cell: _indent(grid.written(run[0] if of_article else cell)) for cell in unmarked}
            found |= {cell: f"{indents[cell]}{start} {plain[cell]}" for cell in unmarked}
    return found


def below_articles(grid: Grid, catalogue: Catalogue) -> dict[Place, str]:
    """The same for the first labels of lines, below those of articles and of their total: below all of them, or none.

    Not below several articles of which none has parts of its own: there they may be parts of all.
    """
    found: dict[Place, str] = {}
    columns: dict[int, list[Place]] = {}
    for line in grid.once(by_row).values():
        first, *behind = sorted(line)
        plain = grid.kinds[first] in (LABEL, EITHER) and first not in grid.hidden
        if plain and all(grid.kinds[place] == FIGURE for place in behind):
            columns.setdefault(first[1], []).append(first)
    for cells in columns.values():
        cells.sort()
        named = {cell: names_tables(catalogue, grid.text(cell)) for cell in cells}
        heads = [_ends(catalogue, grid.text(cell)) and not named[cell] for cell in cells]
        if all(heads) or not any(is_article(catalogue, grid.text(cell)) for cell in cells):
            continue
        parts = come_to(grid, catalogue, LEFT, cells, named, articles=True)
        for n, (head, cell) in enumerate(pairwise(cells)):
            divides = heads[n] and not heads[n + 1] and cell[0] == head[0] + 1
            of_all = n and heads[n - 1] and cells[n - 1][0] + 1 == head[0]
            if divides and (of_all or cell not in parts) and _is_member(catalogue, grid.text(cell)):
                break
        else:
            found |= parts
    return found


def beside_named(grid: Grid, catalogue: Catalogue) -> dict[Place, str]:
    """The same for headings of columns: “Suspects | of whom women | men”, right over their figures."""
    found: dict[Place, str] = {}
    for row, line in grid.once(by_row).items():
        labels = sorted(p for p in line if grid.kinds[p] == LABEL and p not in grid.hidden)
        heads = [p for p in labels if grid.kinds.get((row + 1, p[1])) == FIGURE and grid.span(p)[3] == p[1]]
        if len(heads) < 3:
            continue
        named = {cell: names_tables(catalogue, grid.written(cell)) for cell in heads}
        if any(named.values()) and not all(named.values()):
            found |= come_to(grid, catalogue, UP, heads, named)
    return found


@lru_cache(maxsize=10_000)
def is_article(catalogue: Catalogue, text: str) -> bool:
    """Whether a label is an article and says no more."""
    said = [(words, r) for words in readers(catalogue, text) for r in words.read(text) if words.articles]
    return bool(said) and all({*dict(r.dims)} == {w.articles} and not (r.title or r.part) for w, r in said)


@lru_cache(maxsize=10_000)
def _is_member(catalogue: Catalogue, text: str) -> bool:
    """Whether a label may name a member of something, and names no table."""
    return not names_tables(catalogue, text) and any(
        reading.dims for words in readers(catalogue, text) for reading in words.read(text)
    )


@lru_cache(maxsize=10_000)
def _of_articles(catalogue: Catalogue, text: str) -> frozenset[str]:
    """The first table that understands a label and whose every figure is of an article."""
    for words in readers(catalogue, text):
        if _needs_article(words) and as_member(catalogue, frozenset({words.table.id}), text):
            return frozenset({words.table.id})
    return frozenset()


def _needs_article(words: Vocabulary) -> bool:
    return bool(words.articles) and not words.table.dimension(words.articles).default


@lru_cache(maxsize=10_000)
def _ends(catalogue: Catalogue, text: str) -> bool:
    """Whether a label is an article, or the total of all: it ends the lines below another, and has some of its own."""
    readings = [r for words in readers(catalogue, text) for r in words.read(text)]
    total = any(r.total and not (r.sets or r.title or r.part) for r in readings)
    return total or is_article(catalogue, text)


def is_strange(catalogue: Catalogue, text: str) -> bool:
    """Whether nobody understands a label, which does not say “of whom” either."""
    return not part_start(catalogue, text) and not any(words.read(text) for words in readers(catalogue, text))


def _all_there_are(catalogue: Catalogue, tables: frozenset[str], texts: list[str]) -> bool:
    """Whether labels name all members of their kind, as women and men: what is behind is no part of the last one."""
    (table,) = tables
    read = vocabulary(catalogue, table).read
    return is_all(catalogue, frozenset(pair for text in texts for r in read(text) for pair in r.dims))


def is_all(catalogue: Catalogue, said: frozenset[tuple[str, str]]) -> bool:
    """Whether members are all that there are of their one kind."""
    names = {name for name, _ in said}
    if len(names) != 1:
        return False
    (name,) = names
    lists = {t.dimension(name).codes for t in catalogue.tables.values() if name in t.dimension_names}
    codes = {code for one in lists for code in catalogue.codes.get(one, {}) if not code.startswith("_")}
    return bool(codes) and codes <= {code for _, code in said}


def _once(kinds: list[frozenset[str]], at: int) -> bool:
    """Whether the lines of the kind of one stand together, and say nothing of the kinds of others."""
    alike = [n for n, kind in enumerate(kinds) if kind & kinds[at]]
    return alike == [*range(alike[0], alike[-1] + 1)] and all(kinds[n] == kinds[at] for n in alike)


def compared(grid: Grid, axis: int, head: Place, cells: Sequence[Place]) -> str:
    """Whether the figures of some labels come to those of another at every place of their lines, or to no more."""
    grid.weighed = True
    whole = _numbers(grid, axis, head)
    parts = [_numbers(grid, axis, cell) for cell in cells]
    if not whole or any(own.keys() != whole.keys() for own in parts):
        return ""
    sums = {at: sum(own[at] for own in parts) for at in whole}
    if any(sums[at] > number for at, number in whole.items()):
        return ""
    return EXACTLY if sums == whole else AT_MOST


def _numbers(grid: Grid, axis: int, label: Place) -> Numbers:
    """The whole numbers of a label's row, or right below it down to where its column ends."""
    return grid.once(_of_rows).get(label[0], {}) if axis == LEFT else dict(_below(grid, label))


def _below(grid: Grid, label: Place) -> Iterator[tuple[int, int]]:
    """Row and whole number of the figures below a label, up to the next label or a blank place."""
    row, column = label
    while grid.kinds.get((row := row + 1, column)) == FIGURE:
        text = grid.text((row, column)).strip()
        if text.isdecimal():
            yield row, int(text)


def _of_rows(grid: Grid) -> dict[int, dict[int, int]]:
    """Row → column → the whole number that stands there."""
    found: dict[int, dict[int, int]] = {}
    for place, kind in grid.kinds.items():
        text = grid.text(place).strip() if kind == FIGURE else ""
        if text.isdecimal():
            found.setdefault(place[0], {})[place[1]] = int(text)
    return found


def as_member(catalogue: Catalogue, tables: frozenset[str], text: str) -> frozenset[str]:
    """The dimensions of which a label is a member for the one table, where it is understood in one way."""
    (table,) = tables
    readings = [r for r in vocabulary(catalogue, table).read(text.lstrip("-–— ")) if r.dims and not r.title]
    return frozenset(dict(readings[0].dims)) if len(readings) == 1 else frozenset()


def _indent(text: str) -> str:
    return text[: len(text) - len(text.lstrip())]
