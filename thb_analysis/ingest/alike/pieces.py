"""Sheets of many tables made small: of tables that are written alike a few are kept, the others are left out.

A piece is a table with its title, its headings and what stands below it, up to the next.  Two are alike if all of it
stands in the same places and says the same, but for the article and the members that the title names, the labels of
the rows, and the figures.  `told` tells those that were left out by those that were kept.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import NamedTuple

from thb_analysis.definitions import Catalogue
from thb_analysis.ingest.alike.blocks import Block
from thb_analysis.ingest.alike.likeness import (
    articles_in,
    blanked,
    named_by,
    names_article,
    script_of,
    years_in,
)
from thb_analysis.ingest.alike.plain import is_plain_look
from thb_analysis.ingest.alike.thin import Thinned, thinned
from thb_analysis.ingest.cells import Cell, RowRun, Segments
from thb_analysis.ingest.recognition.grid import Place
from thb_analysis.ingest.recognition.keys import Source
from thb_analysis.ingest.words.about import about, named_in, without

KEPT = 2  #: of the tables with the same headings and notes
FEWEST_PIECES = 4  #: that are left out: for fewer it is not worth it
MOST_KNOWN, MOST_MODELS = 200, 100  #: kinds of sheets that are remembered, and tables of each


class Title(NamedTuple):
    """What a title says, apart from one article and the members that it names."""

    key: str
    article: str  #: "" where it names none or several
    members: Mapping[str, str]  #: dimension → code


@dataclass(frozen=True, slots=True)
class Piece:
    """A table of a thinned sheet with the blank rows above it and all that stands below it, up to the next."""

    group: int  #: its rows, by index; -1 where it has several groups
    start: int  #: its rows on the thinned sheet, with the blank ones above it
    top: int  #: of which this has its title
    end: int
    cells: Sequence[Cell]  #: without those of the group
    key: object  #: the same of pieces that are alike but for their titles
    text: str  #: of its title, "" where it has none
    title: Title

    @property
    def is_regular(self) -> bool:
        """Whether it may be told by another: a title, headings, rows of one group, and texts."""
        return self.group >= 0 and self.text != ""


@dataclass(frozen=True, slots=True)
class Model:
    """A table that was read and tells others."""

    piece: Piece
    top: int  #: the row of its title on the sheet that was read, as its claims have it
    year: int  #: of its workbook
    block: Block
    labels: frozenset[Place]  #: of the rows that were read
    cells: Mapping[
        Place, tuple[str, str]
    ]  #: of those that are not its rows', by row from its title on: role, table
    articles: frozenset[str]
    members: Mapping[str, frozenset[str]]


@dataclass(slots=True)
class Known:
    """What sheets of a kind, which begin with the same table, came to: tables that tell others, and ways of titles."""

    models: dict[object, Model] = field(default_factory=dict)
    ways: set[object] = field(default_factory=set)


_known: dict[object, Known] = {}


def forget() -> None:
    """Forget every table: the next are recognised by themselves."""
    _known.clear()


@dataclass(slots=True)
class Fewer:
    """A thinned sheet without some of its tables; its rows are numbered anew."""

    thinned: Thinned  #: with the groups that are left
    kept: Sequence[tuple[int, Piece]]  #: each with the row of its title now
    left_out: Sequence[Piece]
    whole: Thinned
    grouped: Collection[int]  #: by the first of them, the rows that are told without their labels' texts
    known: Known
    ways: set[object]  #: in which the titles of those that were kept differ from the first


def fewer(small: Thinned, source: Source) -> Fewer | None:
    """A thinned sheet without the tables that others tell; None where there are too few of them.

    Tables with more columns than the longest have may have been left as they are: they are thinned, too.
    """
    segments = small.whole.cells
    assert isinstance(segments, Segments)
    ends = [part.columns[-1].column for part in segments.parts if isinstance(part, RowRun)]
    grouped = {group.numbers[0]: group.numbers for group in small.groups}
    if max(ends) <= small.figure_columns[-1]:
        return _fewer(small, source, grouped)
    parts = [
        part if not isinstance(part, RowRun) or part.columns[-1].column == max(ends) else list(part.cells())
        for part in segments.parts
    ]
    wide = thinned(replace(small.whole, cells=Segments(parts)), source.catalogue)
    if wide is None:
        return None
    now = {group.numbers[0]: group.numbers for group in wide.groups}
    return _fewer(wide, source, grouped) if grouped.items() <= now.items() else None


def _fewer(small: Thinned, source: Source, grouped: Collection[int]) -> Fewer | None:
    if len(small.groups) <= FEWEST_PIECES or small.bare.merges or small.moved:
        return None
    pieces = _pieces(small, source)
    if not pieces[0].text:
        return None
    known = _known_of(small, pieces, source)
    kept, left_out, ways = _chosen(pieces, known)
    if len(left_out) < FEWEST_PIECES or _said_beside(small, pieces, left_out, source):
        return None
    dropped = [row for piece in left_out for row in range(piece.start, piece.end + 1)]  # on the thinned sheet
    bare = small.bare
    true = {
        row for piece in left_out for row in range(bare.row(piece.start - 1) + 1, bare.row(piece.end) + 1)
    }
    gone = sorted(true.union(small.gone))
    absent = {piece.group for piece in left_out}
    groups = [group for at, group in enumerate(small.groups) if at not in absent]
    cells = [
        cell._replace(row=cell.row - bisect_left(dropped, cell.row)) for piece in kept for cell in piece.cells
    ]
    few = Thinned(
        small.whole,
        replace(bare, cells=tuple(cells), shifts=_shifts(gone)),
        groups,
        small.label_columns,
        small.figure_columns,
        gone,
        {},
        [row - bisect_left(gone, row) for group in groups for row in group.standing],
    )
    now = [(piece.top - bisect_left(dropped, piece.top), piece) for piece in kept]
    return Fewer(few, now, left_out, small, grouped, known, ways)


def _shifts(gone: Sequence[int]) -> tuple[tuple[int, int], ...]:
    """How the rows of a sheet are numbered anew without some, as `Sheet.shifts` has it."""
    return tuple(
        [
            (row - count, count + 1)
            for count, row in enumerate(gone)
            if count + 1 == len(gone) or gone[count + 1] != row + 1
        ]
    )


def _pieces(small: Thinned, source: Source) -> list[Piece]:
    """The pieces of a sheet, from its first row to its last."""
    lines: dict[int, list[Cell]] = {}
    for cell in small.bare.cells:
        lines.setdefault(cell.row, []).append(cell)
    standing = {row: at // 2 for at, row in enumerate(small.standing)}
    blocks: list[list[int]] = []  # rows that follow each other
    for row in sorted(lines.keys() | standing.keys()):
        if not blocks or blocks[-1][-1] + 1 < row:
            blocks.append([])
        blocks[-1].append(row)
    parts: list[list[list[int]]] = []  # a block with a group, and those below it without one
    before: list[list[int]] = []
    for block in blocks:
        if any(row in standing for row in block):
            parts.append([block])
        else:
            (parts[-1] if parts else before).append(block)
    found, start = [], 1
    for part in parts:
        end = part[-1][-1]
        rows = [row for block in [*(before if start == 1 else []), *part] for row in block]
        cells = [cell for row in rows for cell in lines.get(row, ())]
        groups = sorted({standing[row] for row in part[0] if row in standing})
        found.append(_piece(small, groups, start, part[0][0], end, cells, source))
        start = end + 1
    return found


def _piece(
    small: Thinned,
    groups: Sequence[int],
    start: int,
    top: int,
    end: int,
    cells: Sequence[Cell],
    source: Source,
) -> Piece:
    first = [cell for cell in cells if cell.row == top]
    head = first[0] if len(first) == 1 else None
    titled = head is not None and head.kind == "text" and head.column == small.label_columns[0]
    text = head.text if head is not None and titled else ""
    plain = all(cell.kind == "text" and is_plain_look(cell.look) for cell in cells if cell.row >= top)
    own = tuple(
        [
            (
                tuple([row - top for row in small.standing[2 * at : 2 * at + 2]]),
                small.groups[at].columns,
                tuple(map(all, small.groups[at].own)),
            )
            for at in groups
        ]
    )
    key = (
        top - start,
        own,
        tuple(
            [
                (row - top, column, kind, "" if row == top else said, look)
                for row, column, kind, _, said, look in cells
            ]
        ),
    )
    single = groups[0] if len(groups) == 1 and plain and all(own[0][2]) else -1
    return Piece(single, start, top, end, cells, key, text, title_of(source.catalogue, text, source.year))


@lru_cache(maxsize=20_000)
def title_of(catalogue: Catalogue, text: str, year: int | None) -> Title:
    """What a title says, apart from its article, its members, and its workbook's year."""
    named = named_in(catalogue, text)
    members = about([named])
    articles = articles_in(catalogue, text)
    article = next(iter(articles)) if len(articles) == 1 else ""
    told = without(text, [one for one in named if one[0] in members])
    return Title(blanked(told, year, article), article, members)


def _known_of(small: Thinned, pieces: Sequence[Piece], source: Source) -> Known:
    """What is known of sheets of this kind; of one that names years beside its titles nothing is kept."""
    texts = {cell.text for piece in pieces for cell in piece.cells if cell.row != piece.top}
    if source.year is None or any(map(years_in, texts)):
        return Known()
    context = script_of((), (), (), small.bare.name, source).key
    first = pieces[0].key, pieces[0].title.key
    if len(_known) > MOST_KNOWN:
        _known.clear()
    return _known.setdefault((context, first, small.label_columns, small.figure_columns), Known())


def _chosen(pieces: Sequence[Piece], known: Known) -> tuple[list[Piece], list[Piece], set[object]]:
    """The pieces that are kept, those that are left out, and the ways in which titles differ from the first.

    The first title of a sheet stands over all of it.  So some are kept of each way in which a title differs from it.
    Kept are the neighbours of a piece that is like no other, too: it is read between those between which it stands.
    """
    first, last = pieces[0].title, len(pieces) - 1
    every = Counter(piece.key for piece in pieces)
    odd = {
        at
        for at, one in enumerate(pieces)
        if not one.is_regular or (every[one.key] < KEPT and one.key not in known.models)
    }
    near = {0, last} | {at + step for at in odd - {0, last} for step in (-1, 0, 1)}
    kept, left_out = [], []
    alike: Counter[object] = Counter(dict.fromkeys(known.models, KEPT))
    met: set[object] = set()
    for at, piece in enumerate(pieces):
        title = piece.title
        same = tuple([(name, first.members.get(name) == code) for name, code in title.members.items()])
        ways = (title.key, title.article == first.article, same)
        if at in near or alike[piece.key] < KEPT or ways not in met | known.ways:
            kept.append(piece)
            alike[piece.key] += piece.is_regular and at > 0
            met.add(ways)
        else:
            left_out.append(piece)
    return kept, left_out, met


def _said_beside(small: Thinned, pieces: Sequence[Piece], left_out: Iterable[Piece], source: Source) -> bool:
    """Whether anything but the titles names an article, or a member, where these name others; or two are the same."""
    catalogue = source.catalogue
    said = [(piece.title.key, piece.title.article, tuple(piece.title.members.items())) for piece in pieces]
    if len(set(said)) < len(said):
        return True
    moved = len({piece.title.article for piece in pieces}) > 1
    names = {name for piece in pieces for name in piece.title.members}
    texts = {small.bare.name, source.topic}
    for piece in pieces:
        texts.update(cell.text for cell in piece.cells if cell.row != piece.top and cell.kind == "text")
    return any(
        (moved and names_article(catalogue, text)) or not names.isdisjoint(named_by(catalogue, text))
        for text in texts
    )
