"""Sheets of one workbook that are alike: the same headings over the same columns, with other members in their rows.

Such a sheet means what the first of them means, but for its rows' labels and numbers, just as a row of a table means
what its neighbours mean.  So it is not recognised again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from thb_analysis.ingest.cells import Sheet
from thb_analysis.ingest.judge import Reading
from thb_analysis.ingest.keys import Claim, Source, names_tables
from thb_analysis.ingest.labels import vocabulary
from thb_analysis.ingest.recognise import SheetReading, figure_of
from thb_analysis.ingest.resolve import without_order
from thb_analysis.ingest.thin import Row, Thinned, plain_dims


def frame(thinned: Thinned) -> object:
    """What two sheets must have in common: every cell but the labels and numbers of the rows that stand for others."""
    standing = {row for row, _ in _standing(thinned)}
    free = {(row, column) for row in standing for column in (*thinned.label_columns, *thinned.figure_columns)}
    free |= {place for place in thinned.moved if place[1] in thinned.label_columns}
    cells = tuple(
        (
            (cell.row, cell.column),
            cell.kind,
            None if (cell.row, cell.column) in free else cell.text,
            cell.look,
        )
        for cell in thinned.sheet.cells
    )
    return (
        without_order(thinned.sheet.name),
        cells,
        thinned.sheet.merges,
        thinned.label_columns,
        thinned.figure_columns,
        tuple(_standing(thinned)[at][0] for at in range(2 * len(thinned.groups))),
    )


def _standing(thinned: Thinned) -> list[tuple[int, Row]]:
    """The rows that stand for others, with their numbers on the thinned sheet."""
    return [
        (thinned.renumbered(row.number), row) for group in thinned.groups for row in (group.first, group.last)
    ]


def alike(
    thinned: Thinned, model: SheetReading, figures: Sequence[Reading], of: Thinned, source: Source
) -> tuple[SheetReading, list[Reading]] | None:
    """The reading of a sheet with the frame of another, and its figures, by the other's; None where it is not the same.

    `model` and `figures` are the other's, `of` is what was left of it.
    """
    if not figures or model.claims == [] or model.blanks or model.refusals:
        return None
    table = figures[0].claim.table
    if not _names_alike(thinned.sheet, of.sheet, table.id, source):
        return None
    codes: dict[int, dict[str, str]] = {}
    for (number, row), (_, other) in zip(_standing(thinned), _standing(of), strict=True):
        said = _said(row, other, table.id, source)
        if said is None:
            return None
        codes[number] = said
    grid = replace(
        model.grid,
        sheet=thinned.sheet,
        cells={(cell.row, cell.column): cell for cell in thinned.sheet.cells},
    )
    found: list[Reading] = []
    for figure in figures:
        claim = _of_row(figure.claim, codes.get(figure.claim.place[0]))
        if claim is None or claim.table is not table:
            return None
        cell = grid.address(claim.place)
        found.append(Reading(claim, figure_of(source, grid, claim), source.file, thinned.sheet.name, cell))
    reading = SheetReading(
        thinned.sheet,
        grid,
        [figure.claim for figure in found],
        roles=dict(model.roles),
        tables=dict(model.tables),
    )
    return reading, found


def _names_alike(one: Sheet, other: Sheet, table: str, source: Source) -> bool:
    """Whether the names of two sheets say the same."""
    words = vocabulary(source.catalogue, table)
    named = [names_tables(source.catalogue, sheet.name) for sheet in (one, other)]
    return named[0] == named[1] and words.read(one.name) == words.read(other.name)


def _said(row: Row, other: Row, table: str, source: Source) -> dict[str, str] | None:
    """What a row's labels say; None where they are not of the kind of the other's."""
    said: dict[str, str] = {}
    for text, model in zip(row.labels, other.labels, strict=True):
        dims, known = plain_dims(source.catalogue, table, text), plain_dims(source.catalogue, table, model)
        if dims is None or known is None or [name for name, _ in dims] != [name for name, _ in known]:
            return None
        if names_tables(source.catalogue, text) != names_tables(source.catalogue, model):
            return None
        said |= dims
    return said


def _of_row(claim: Claim, said: dict[str, str] | None) -> Claim | None:
    """A claim with what its row's labels say; a claim of any other row is as it was."""
    if said is None:
        return replace(claim, dims=dict(claim.dims), own=dict(claim.own))
    if not said.keys() <= claim.dims.keys():
        return None
    return replace(claim, dims=claim.dims | said, own=dict(claim.own))
