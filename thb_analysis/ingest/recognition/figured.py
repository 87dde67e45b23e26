"""Figures of a workbook by tables, rows and columns, so that totals can be compared with their parts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from thb_analysis.definitions import Table
from thb_analysis.ingest.recognition.grid import Place, address
from thb_analysis.ingest.recognition.keys import Block, Claim
from thb_analysis.ingest.recognition.scene import LEFT, UP
from thb_analysis.ingest.recognition.values import Figure


@dataclass(slots=True)
class Reading:
    """A claim with its figure and the sheet that it stands on."""

    claim: Claim
    figure: Figure
    file: str
    sheet: str
    cell: str  #: its address in the workbook
    turned: bool = False  #: whether its sheet was turned round before it was read

    def address(self, place: Place) -> str:
        """The address in the workbook of another cell of its sheet."""
        return address(place[::-1] if self.turned else place)


def lines_of(readings: Sequence[Reading]) -> Iterable[tuple[Table, list[tuple[int, list[Reading]]]]]:
    """Each table's lines: the readings that share a block and a column (looking left) or a row (looking up)."""
    for block in _tables(readings):
        lines: dict[tuple[int, int], list[Reading]] = defaultdict(list)
        for reading in block:
            for axis in (UP, LEFT):
                lines[axis, reading.claim.place[axis]].append(reading)
        found = [
            (axis, sorted(line, key=lambda r: r.claim.place)) for (axis, _), line in sorted(lines.items())
        ]
        yield block[0].claim.table, found


def _columns(readings: Sequence[Reading]) -> Iterable[tuple[Table, list[tuple[int, list[Reading]]]]]:
    """Columns of a list in which a total has fewer labels than its parts have: it stands in the same column."""
    columns: dict[object, list[Reading]] = {}
    for reading in readings:
        block = reading.claim.block
        key = (
            reading.sheet,
            reading.claim.table.id,
            block.top,
            block.left,
            block.rows,
            reading.claim.place[1],
        )
        columns.setdefault(key, []).append(reading)
    for column in columns.values():
        if len({reading.claim.block for reading in column}) > 1:
            yield column[0].claim.table, [(LEFT, sorted(column, key=lambda r: r.claim.place))]


def summed_lines(readings: Sequence[Reading]) -> Iterable[tuple[Table, list[tuple[int, list[Reading]]]]]:
    """Every table's lines in which a total may stand with its parts."""
    return [*lines_of(readings), *_columns(readings)]


def _tables(readings: Sequence[Reading]) -> list[list[Reading]]:
    """The figures of each table: of one block, with those of blocks beside it beyond an empty column.

    Their headings end in the same row, and they have labels of rows in common.
    """
    blocks: dict[object, dict[Block, list[Reading]]] = {}
    for reading in readings:
        claim = reading.claim
        abreast = blocks.setdefault((reading.sheet, claim.table.id, claim.block.rows[-1:]), {})
        abreast.setdefault(claim.block, []).append(reading)
    found: list[list[Reading]] = []
    for abreast in blocks.values():
        if len(abreast) == 1:
            found += abreast.values()
            continue
        labelled: dict[Place, list[Reading]] = {}  #: by the label of a row, the table that it is of
        for block in abreast.values():
            labels = {cell for one in block for role, cell in one.claim.headings if role == "row"}
            beside = None
            if block[0].claim.block.rows:
                beside = next((labelled[cell] for cell in sorted(labels) if cell in labelled), None)
            if beside is None:
                found.append(beside := [])
            beside += block
            labelled |= dict.fromkeys(labels, beside)
    return found
