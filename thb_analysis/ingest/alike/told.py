"""Tables that were left out of a sheet, told by those that are alike: what these mean, they mean, but for their titles.

Every condition under which that could be untrue sends the sheet back to be read with all of its tables.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from thb_analysis.definitions import Catalogue
from thb_analysis.ingest.alike.blocks import Block, Expansion
from thb_analysis.ingest.alike.expand import codes_of, expanded, filled, tables_named
from thb_analysis.ingest.alike.likeness import Change, are_plain, articles_of, members_of, says_the_same
from thb_analysis.ingest.alike.pieces import Fewer, Piece
from thb_analysis.ingest.alike.thin import row_labels
from thb_analysis.ingest.covers import narrowed_titles, narrowing
from thb_analysis.ingest.observe import Teller
from thb_analysis.ingest.recognition.grid import Place, address
from thb_analysis.ingest.recognition.judge import Reading
from thb_analysis.ingest.recognition.keys import Claim, Source
from thb_analysis.ingest.recognition.notes import Note, says_nothing
from thb_analysis.ingest.recognition.recognise import SheetReading, with_units
from thb_analysis.ingest.words.labels import vocabulary


@dataclass(slots=True)
class _Model:
    """A table that was kept and may tell others, and where its title stands on the sheet that was read."""

    piece: Piece
    top: int
    block: Block
    claims: Sequence[Claim]
    articles: frozenset[str]
    members: Mapping[str, frozenset[str]]

    @property
    def title(self) -> Place:
        return self.top, self.piece.cells[0].column


def told(
    few: Fewer, reading: SheetReading, figures: Sequence[Reading], notes: Sequence[Note], source: Source
) -> Expansion | None:
    """All tables of a sheet by those that were kept; None where these leave any doubt about what they mean."""
    if (
        reading.blanks
        or reading.remarks
        or len(figures) != len(reading.claims)
        or narrowed_titles(reading, source)
    ):
        return None
    if not are_plain(reading.claims, source) or not all(says_nothing(note, source) for note in notes):
        return None
    if any(reading.roles.get((cell.row, cell.column), "unread") == "unread" for cell in reading.sheet.cells):
        return None
    if not _of_their_own(few, reading):
        return None
    expansion = expanded(few.thinned, reading, figures, source)
    models = None if expansion is None else _models(few, expansion, reading.claims, source.catalogue)
    if expansion is None or models is None:
        return None
    teller = _Teller(few, reading, source)
    blocks = {block.group.numbers[0]: block for block in expansion.blocks}
    beside = []
    for piece in few.left_out:
        block = teller.block(piece, models[piece.key])
        if block is None:
            return None
        blocks[block.group.numbers[0]] = block
        beside += teller.beside(piece, models[piece.key])
    standing = set(few.thinned.standing)
    others = [figure for figure in figures if figure.claim.place[0] not in standing]
    whole = filled(few.thinned, [blocks[row] for row in sorted(blocks)], others, source.catalogue)
    if whole is None:
        return None
    whole.beside = beside
    for block in whole.blocks:
        block.spelled = block.group.numbers[0] not in few.grouped
    if any(block.spelled for block in whole.blocks) and (whole.findings or whole.blanks):
        return None
    return whole


def _of_their_own(few: Fewer, reading: SheetReading) -> bool:
    """Whether each figure has headings along both axes and a title in its own table, the title in the first row of it.

    Headings of the first table of a sheet may be said to stand over all of it; they say the same of each.
    """
    owner: dict[int, tuple[int, int]] = {}
    for top, piece in few.kept:
        last = top + piece.end - piece.top
        owner |= dict.fromkeys(range(top, last + 1), (top, last))
    first, figures = few.kept[0][0], few.thinned.standing[0]
    for claim in reading.claims:
        top, last = owner.get(claim.place[0], (0, -1))
        roles = {role for role, (row, _) in claim.headings if row == top or role != "title"}
        if claim.block.top != top or roles != {"column", "row", "title"}:
            return False
        for role, (row, _) in claim.headings:
            over = role == "title" and row < figures and row != first
            if not (top <= row <= last or over):
                return False
    return True


def _models(
    few: Fewer, expansion: Expansion, claims: Sequence[Claim], catalogue: Catalogue
) -> dict[object, _Model] | None:
    """By their keys, the tables that tell those that were left out; None where one has figures beside its rows."""
    wanted = {piece.key for piece in few.left_out}
    blocks = {block.group.numbers[0]: block for block in expansion.blocks}
    by_top: dict[int, list[Claim]] = {}
    for claim in claims:
        by_top.setdefault(claim.block.top, []).append(claim)
    found: dict[object, _Model] = {}
    for top, piece in few.kept:
        if piece.key not in wanted or not piece.is_regular:
            continue
        block = blocks[few.whole.groups[piece.group].numbers[0]]
        own = by_top.get(top, [])
        if len(own) != 2 * len(block.readings):
            return None
        last = top + few.whole.standing[2 * piece.group] - piece.top
        rows = {last, last + 1}
        for claim in own:
            if any(role != "row" and place[0] in rows for role, place in claim.headings):
                return None
        found[piece.key] = _Model(piece, top, block, own, articles_of(own, catalogue), members_of(own))
    return found if found.keys() == wanted else None


class _Teller:
    """Tells tables of one sheet by others."""

    def __init__(self, few: Fewer, reading: SheetReading, source: Source) -> None:
        self.few, self.reading, self.source = few, reading, source
        self.labels = row_labels(few.thinned, reading.grid)

    def block(self, piece: Piece, model: _Model) -> Block | None:
        """What the rows of a table mean; None where it may be anything else than what the other's mean."""
        catalogue, known, table = self.source.catalogue, model.block, model.block.table
        change = self._change(piece, model)
        if change is None:
            return None
        group = self.few.whole.groups[piece.group]
        codes = codes_of(group, known.names, known.shape, table, catalogue)
        if codes is None:
            return None
        for texts, others in zip(group.labels, known.group.labels, strict=True):
            named = tables_named(catalogue, tuple(texts))
            if len(named) != 1 or named != tables_named(catalogue, tuple(others)):
                return None
        own = dict(zip(known.names, [column[group.first] for column in codes], strict=True))
        file, sheet = known.origin
        readings = []
        for one in known.readings:
            dims = change.dims(one.claim, self.source) | own
            claim = change.claim(one.claim, dims, {model.piece.text: piece.text})
            if any(narrowing(claim, self._over(claim, model, piece), catalogue)):
                return None
            readings.append(Reading(claim, one.figure, file, sheet, ""))
        teller = Teller(
            self.reading.grid,
            (),
            self.source,
            (),
            {},
            since=model.top,
            down=self._true(piece.top) - self.reading.sheet.row(model.top),
            titles={model.title: piece.text},
        )
        return Block(
            group,
            readings,
            known.places,
            known.origin,
            known.names,
            codes,
            known.shape,
            table,
            known.checks,
            known.apart,
            tuple([teller.template(one, self.labels) for one in readings]),
            like=known.group,
        )

    def _over(self, claim: Claim, model: _Model, piece: Piece) -> Iterator[tuple[Place, str]]:
        """What the headings of a table say that is told by another, but for the labels of its rows."""
        for _, place in claim.headings:
            if place not in self.labels:
                yield place, piece.text if place == model.title else self.reading.grid.text(place)
        yield (0, 0), self.reading.sheet.name

    def _change(self, piece: Piece, model: _Model) -> Change | None:
        """What a table's title says otherwise; None where it says more, or where that is more than a name."""
        catalogue, known, title, own = self.source.catalogue, model.block, piece.title, model.piece.title
        articles = None if title.article == own.article else (own.article, title.article)
        if title.members.keys() != own.members.keys() or (articles is not None and not all(articles)):
            return None
        members = tuple(
            [
                (name, code, title.members[name])
                for name, code in own.members.items()
                if title.members[name] != code
            ]
        )
        change = Change(0, articles, members)
        if not says_the_same(catalogue, model.piece.text, piece.text, change):
            return None
        law = vocabulary(catalogue, known.table.id).articles
        if articles is not None and (
            model.articles != {own.article}
            or law in known.names
            or law in with_units(catalogue, known.table.id)
        ):
            return None
        if any(
            name in known.names or model.members.get(name) != frozenset({code}) for name, code, _ in members
        ):
            return None
        return change

    def _true(self, row: int) -> int:
        """The number in the workbook of a row of the thinned sheet with all of its tables."""
        return self.few.whole.bare.row(row)

    def beside(self, piece: Piece, model: _Model) -> list[tuple[int, str, str, str]]:
        """What becomes of the cells of a table that are not its rows': row, address, role and table."""
        roles, tables, found = self.reading.roles, self.reading.tables, []
        for row, column, *_ in piece.cells:
            place = (model.top + row - piece.top, column)
            true = self._true(row)
            found.append((true, address((true, column)), roles[place], tables.get(place, "")))
        return found
