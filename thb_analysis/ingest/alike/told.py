"""Tables that were left out of a sheet, told by those that are alike: what these mean, they mean, but for their titles.

Every condition under which that could be untrue sends the sheet back to be read with all of its tables.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from thb_analysis.ingest.alike.blocks import Block, Expansion
from thb_analysis.ingest.alike.expand import codes_of, expanded, filled, tables_named
from thb_analysis.ingest.alike.likeness import Change, are_plain, articles_of, members_of, says_the_same
from thb_analysis.ingest.alike.pieces import MOST_MODELS, Fewer, Model, Piece
from thb_analysis.ingest.alike.restore import parts_of
from thb_analysis.ingest.cells import column_letters
from thb_analysis.ingest.covers import narrowed_titles, narrowing
from thb_analysis.ingest.observe import Teller, quoted
from thb_analysis.ingest.recognition.grid import Place, address
from thb_analysis.ingest.recognition.judge import Reading
from thb_analysis.ingest.recognition.keys import Claim, Source
from thb_analysis.ingest.recognition.notes import Note, says_nothing
from thb_analysis.ingest.recognition.recognise import SheetReading, with_units
from thb_analysis.ingest.words.labels import vocabulary


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
    if expansion is None:
        return None
    models = few.known.models | _models(few, expansion, reading, source)
    if not all(piece.key in models for piece in few.left_out):
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
    if len(models) <= MOST_MODELS:
        few.known.models, few.known.ways = models, few.known.ways | few.ways
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


def _models(few: Fewer, expansion: Expansion, reading: SheetReading, source: Source) -> dict[object, Model]:
    """By their keys, the tables that were read and may tell others: all of their figures are in their rows."""
    blocks = {block.group.numbers[0]: block for block in expansion.blocks}
    by_top: dict[int, list[Claim]] = {}
    for claim in reading.claims:
        by_top.setdefault(claim.block.top, []).append(claim)
    found: dict[object, Model] = {}
    for top, piece in few.kept[1:]:
        if not piece.is_regular:
            continue
        block, own = blocks[few.whole.groups[piece.group].numbers[0]], by_top.get(top, [])
        first = top + few.whole.standing[2 * piece.group] - piece.top
        headed = any(
            role != "row" and place[0] in (first, first + 1)
            for claim in own
            for role, place in claim.headings
        )
        if headed or len(own) != 2 * len(block.readings):
            continue
        places = [(cell.row - piece.top, cell.column) for cell in piece.cells]
        found[piece.key] = Model(
            piece,
            top,
            source.year or 0,
            replace(block, parts=parts_of(block, few.thinned, reading)),
            frozenset((row, column) for row in (first, first + 1) for column in few.thinned.label_columns),
            {
                (row, column): (reading.roles[top + row, column], reading.tables.get((top + row, column), ""))
                for row, column in places
            },
            articles_of(own, source.catalogue),
            members_of(own),
        )
    return found


class _Teller:
    """Tells tables of one sheet by others."""

    def __init__(self, few: Fewer, reading: SheetReading, source: Source) -> None:
        self.few, self.grid, self.source = few, reading.grid, source
        self.teller = Teller(reading.grid, (), source, (), {})

    def block(self, piece: Piece, model: Model) -> Block | None:
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
        file, sheet = self.source.file, self.grid.sheet.name
        readings, templates = [], []
        written = {(cell.row - piece.top, cell.column): cell.text for cell in piece.cells}
        for one in known.readings:
            dims = change.dims(one.claim, self.source) | own
            claim = change.claim(one.claim, dims, {model.piece.text: piece.text})
            heads = self._heads(claim, model, piece, written)
            said = [*((place, text) for _, place, _, text in heads), ((0, 0), sheet)]
            if any(narrowing(claim, said, catalogue)):
                return None
            told = Reading(claim, one.figure, file, sheet, "")
            parts = [f"{role} {where} {quoted(text)}" for role, _, where, text in heads]
            if claim.year_from in ("sheet", "file"):
                parts.append(f"year from {claim.year_from}")
            readings.append(told)
            templates.append(self.teller.template(told, (), "; ".join(parts)))
        return replace(
            known,
            group=group,
            told=readings,
            origin=(file, sheet),
            codes=codes,
            templates=tuple(templates),
            unlike=frozenset(),
            bare=frozenset(),
            blanks=0,
        )

    def _heads(
        self, claim: Claim, model: Model, piece: Piece, written: Mapping[Place, str]
    ) -> list[tuple[str, Place, str, str]]:
        """The headings of a table that is told by another: role, place there, where it stands here, and what it says.

        Of its rows' labels there is one for all of them.  `written` is what its cells say.
        """
        found = []
        for role, place in dict.fromkeys(claim.headings):
            row, column = place[0] - model.top, place[1]
            if place in model.labels:
                found.append((role, place, column_letters(column), "*"))
            elif row >= 0:
                where = address((self._true(piece.top + row), column))
                found.append((role, place, where, written[row, column]))
            else:  # of the first table, and said to stand over all of the sheet
                found.append((role, place, self.grid.address(place), self.grid.written(place)))
        return found

    def _change(self, piece: Piece, model: Model) -> Change | None:
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
        change = Change((self.source.year or 0) - model.year, articles, members)
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

    def beside(self, piece: Piece, model: Model) -> list[tuple[int, str, str, str]]:
        """What becomes of the cells of a table that are not its rows': row, address, role and table."""
        found = []
        for row, column, *_ in piece.cells:
            true = self._true(row)
            found.append((true, address((true, column)), *model.cells[row - piece.top, column]))
        return found
