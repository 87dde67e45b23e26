"""Rows that were left out of a sheet, put back: what their neighbours mean, they mean, but for their own labels.

Every condition under which that could be untrue sends the sheet back to be read in full.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache, lru_cache

from thb_analysis.definitions import Catalogue, Table
from thb_analysis.ingest.alike.blocks import Block, Expansion, Shape
from thb_analysis.ingest.alike.plain import Group, plain_dims
from thb_analysis.ingest.alike.tally import checks_of, look_at_rows, sums_of
from thb_analysis.ingest.alike.thin import Thinned
from thb_analysis.ingest.alike.ties import hang_together, touch_others
from thb_analysis.ingest.recognition.grid import Place
from thb_analysis.ingest.recognition.judge import Reading, is_total
from thb_analysis.ingest.recognition.keys import Claim, Source, claim_key, names_tables
from thb_analysis.ingest.recognition.recognise import SheetReading
from thb_analysis.ingest.recognition.scene import LEFT, UP
from thb_analysis.ingest.words.labels import vocabulary


def expanded(
    thinned: Thinned, reading: SheetReading, figures: Sequence[Reading], source: Source
) -> Expansion | None:
    """The rows of the groups, or None where those that stand for them leave any doubt about what they mean."""
    if any(figure.claim.institution != source.institution for figure in figures):
        return None
    if reading.refusals or any(claim.aside for claim in reading.claims):
        return None
    if hang_together(figures, thinned, reading.grid, source.catalogue):
        return None
    at: dict[Place, Reading] = {}
    for figure in figures:
        if figure.claim.place in at:
            return None
        at[figure.claim.place] = figure
    blocks = []
    said_beside = _beside(reading, thinned, source.catalogue)
    for group in thinned.groups:
        block = _block(group, thinned, reading, at, source.catalogue, said_beside)
        if block is None:
            return None
        blocks.append(block)
    standing = set(thinned.standing)
    others = [figure for figure in figures if figure.claim.place[0] not in standing]
    return filled(thinned, blocks, others, source.catalogue)


def filled(
    thinned: Thinned, blocks: list[Block], others: Sequence[Reading], catalogue: Catalogue
) -> Expansion | None:
    """What blocks come to beside the `other` figures of their sheet; None where any of them has another's key."""
    found = Expansion(thinned, blocks)
    if not _are_apart(found, others):
        return None
    totals = [figure.claim for figure in others if is_total(figure.claim, LEFT)]
    if totals:
        found.sums = sums_of(found.blocks, totals, catalogue)
    for block in found.blocks:
        look_at_rows(block, found, catalogue)
    return found


def _block(
    group: Group,
    thinned: Thinned,
    reading: SheetReading,
    at: Mapping[Place, Reading],
    catalogue: Catalogue,
    said_beside: Callable[[str], frozenset[str]],
) -> Block | None:
    kept = []
    for row in group.standing:
        number = thinned.renumbered(row)
        found = [at.get((number, column)) for column in group.columns]
        line = [figure for figure in found if figure is not None]
        if len(line) != len(found):
            return None
        kept.append(line)
    first, last = kept
    if not _same_roles(group, thinned, reading):
        return None
    table = first[0].claim.table
    if table.values not in ("count", "amount") or any(
        not _alike(*pair, table) for pair in zip(first, last, strict=True)
    ):
        return None
    if len({figure.claim.block for figure in first}) > 1:
        return None  # a total is compared with what stands in its own table only
    shape = _shape(group, table, catalogue)
    if shape is None:
        return None
    names = tuple(sorted(name for part in shape for name in part))
    codes = codes_of(group, names, shape, table, catalogue)
    if codes is None or len(set(names)) != len(names):
        return None
    for index, line in zip((group.first, group.last), kept, strict=True):
        own = tuple(column[index] for column in codes)
        for figure in line:
            if not _predicted(figure.claim, first, names, own):
                return None
    if not _is_separable(group, names, table, catalogue, said_beside):
        return None
    if touch_others(names, table, at.values(), catalogue):
        return None
    readings = tuple(
        one if one.figure.number is not None else other for one, other in zip(first, last, strict=True)
    )
    if any(figure.figure.number is None for figure in readings):
        return None
    keys = {_rest(figure.claim, names) for figure in readings}
    apart = len(keys) == len(readings)
    places = [reading.claim.place for reading in readings]
    origin = readings[0].file, readings[0].sheet
    return Block(
        group,
        readings,
        places,
        origin,
        names,
        codes,
        shape,
        table,
        checks_of(readings, table, catalogue),
        apart,
    )


def _same_roles(group: Group, thinned: Thinned, reading: SheetReading) -> bool:
    """Whether the labels of the two rows that were kept, and their figures, have the same parts to play."""
    lines = []
    for row in group.standing:
        number = thinned.renumbered(row)
        places = [(number, column) for column in (*thinned.label_columns, *group.columns)]
        covering = [reading.grid.covers.get(place, place) for place in places]
        lines.append(
            [(reading.roles.get(p), reading.tables.get(p)) for p in covering if p in reading.grid.cells]
        )
    return len(lines[0]) != len(lines[1]) or lines[0] == lines[1]


def _alike(one: Reading, other: Reading, table: Table) -> bool:
    """Whether the figures of two rows in one column mean the same but for their rows' labels."""
    a, b = one.claim, other.claim
    return (
        (a.table.id, a.year, a.institution, a.year_from) == (b.table.id, b.year, b.institution, b.year_from)
        and (a.stated, a.own, a.total, a.part, a.block) == (b.stated, b.own, b.total, b.part, b.block)
        and (a.titles, a.title_years) == (b.titles, b.title_years)
        and a.table is table
        and not {a.aside, b.aside, is_total(a, LEFT), LEFT in a.part} & {True}
        and all(figure.figure.problem in ("", "blank") and not figure.figure.mark for figure in (one, other))
    )


def _shape(group: Group, table: Table, catalogue: Catalogue) -> Shape | None:
    """The dimensions that each label of a group's rows sets, by the first row that stands for all."""
    found = [plain_dims(catalogue, table.id, texts[group.first]) for texts in group.labels]
    return tuple(tuple(name for name, _ in dims or ()) for dims in found) if all(found) else None


def codes_of(
    group: Group, names: tuple[str, ...], shape: Shape, table: Table, catalogue: Catalogue
) -> tuple[tuple[str, ...], ...] | None:
    """By name, each row's code; None where a label is not what the others of its column are."""
    by_name: dict[str, tuple[str, ...]] = {}
    for texts, expected in zip(group.labels, shape, strict=True):
        codes = _column_codes(catalogue, table.id, tuple(texts), expected)
        if codes is None:
            return None
        by_name |= zip(expected, codes, strict=True)
    return tuple([by_name[name] for name in names])


@lru_cache(maxsize=200)
def _column_codes(
    catalogue: Catalogue, table: str, texts: tuple[str, ...], expected: tuple[str, ...]
) -> tuple[tuple[str, ...], ...] | None:
    """The codes that a column of labels sets, by dimension; None where one of them sets other dimensions."""
    known: dict[str, tuple[str, ...]] = {}
    for text in set(texts):
        names, codes = _names_and_codes(catalogue, table, text)
        if names != expected:
            return None
        known[text] = codes
    return tuple(zip(*[known[text] for text in texts], strict=True))


@lru_cache(maxsize=50_000)
def _names_and_codes(catalogue: Catalogue, table: str, text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The dimensions that a plain label sets, and their codes; none where it is not plain."""
    dims = plain_dims(catalogue, table, text) or ()
    return tuple([name for name, _ in dims]), tuple([code for _, code in dims])


@lru_cache(maxsize=200)
def tables_named(catalogue: Catalogue, texts: tuple[str, ...]) -> frozenset[frozenset[str]]:
    """The tables that labels name by themselves, each way of it once."""
    return frozenset([names_tables(catalogue, text) for text in set(texts)])


def _predicted(
    claim: Claim, first: Sequence[Reading], names: tuple[str, ...], codes: tuple[str, ...]
) -> bool:
    """Whether a kept figure's key is what its row's labels and its column say."""
    column = next(figure.claim for figure in first if figure.claim.place[1] == claim.place[1])
    dims = column.dims | dict(zip(names, codes, strict=True))
    return claim.dims == dims and not set(names) & claim.own[UP] and set(names) <= claim.own[LEFT]


def _is_separable(
    group: Group,
    names: tuple[str, ...],
    table: Table,
    catalogue: Catalogue,
    said_beside: Callable[[str], frozenset[str]],
) -> bool:
    """Whether nothing but the rows' own labels has to do with what these set."""
    if any(d.prefix_of in names and d.name not in names for d in table.dimensions):
        return False
    if set(names) & set(dict(table.deduct)):
        return False
    if any(len(tables_named(catalogue, tuple(texts))) > 1 for texts in group.labels):
        return False
    return said_beside(table.id).isdisjoint(names)


def _beside(reading: SheetReading, thinned: Thinned, catalogue: Catalogue) -> Callable[[str], frozenset[str]]:
    """By table, the dimensions that a sheet's name and its texts speak of, but for the labels of rows."""
    heads: dict[str, set[Place]] = {"row": set(), "title": set()}
    for claim in (*reading.claims, *reading.blanks):
        for role, place in claim.headings:
            if role in heads:
                heads[role].add(place)
    of_rows = heads["row"] - heads["title"]
    others = {
        cell.text
        for place, cell in reading.grid.cells.items()
        if place not in of_rows and cell.kind == "text"
    }

    @cache
    def said(table: str) -> frozenset[str]:
        words = vocabulary(catalogue, table)
        readings = (each for text in (*others, thinned.bare.name) for each in words.read(text))
        return frozenset(name for each in readings for name, _ in each.dims)

    return said


def _are_apart(found: Expansion, others: Sequence[Reading]) -> bool:
    """Whether no figure of a block has the key of another on the sheet."""
    names = found.blocks[0].names
    taken: dict[object, set[tuple[str, ...]]] = {}
    single = len(found.blocks) == 1
    for block in found.blocks:
        codes = _said(block.codes)
        if single and not others:
            return block.apart and len(codes) == len(block.codes[0])
        if block.names != names or len(codes) != len(block.codes[0]):
            return False
        for figure in block.readings:
            known = taken.setdefault(_rest(figure.claim, names), set())
            if known & codes:
                return False
            known |= codes
    for figure in others:
        claim = figure.claim
        if all(name in claim.dims for name in names):
            said = tuple(claim.dims[name] for name in names)
            if said in taken.get(_rest(claim, names), ()):
                return False
    return True


@lru_cache(maxsize=200)
def _said(codes: tuple[tuple[str, ...], ...]) -> frozenset[tuple[str, ...]]:
    """What the labels of rows say, row by row, each once."""
    return frozenset(zip(*codes, strict=True))


def _rest(claim: Claim, names: tuple[str, ...]) -> object:
    """A key without what the rows' labels say."""
    table, year, dims, sender = claim_key(claim)
    assert isinstance(dims, tuple)
    return table, year, tuple(pair for pair in dims if pair[0] not in names), sender
