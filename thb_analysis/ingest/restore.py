"""What comes of rows that were put back: their figures as a plate, and their cells' lines in the ledger."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from itertools import repeat
from operator import itemgetter

from thb_analysis.definitions import Catalogue
from thb_analysis.ingest.cells import column_letters
from thb_analysis.ingest.expand import Block, Expansion
from thb_analysis.ingest.recognise import SheetReading
from thb_analysis.ingest.thin import Thinned
from thb_analysis.ingest.values import mark_status
from thb_analysis.observations import Observation, Plate


def plate(block: Block, templates: Sequence[Observation], catalogue: Catalogue) -> Plate:
    """The figures of a block; `templates` are the observations of its readings, at their columns' letters."""
    group = block.group
    texts = set().union(*group.figures)
    marks = {text: mark_status(catalogue, text) or "M" for text in texts if not text.isdigit()}
    return Plate(
        tuple(templates),
        block.names,
        tuple(group.numbers),
        block.codes,
        tuple(map(tuple, group.figures)),
        tuple(sorted(marks.items())),
    )


def ledger_text(
    expansion: Expansion, reading: SheetReading, others: Sequence[tuple[int, str, str, str]], file: str
) -> tuple[str, int]:
    """The ledger of a sheet: the rows of its groups, and its `other` cells, in the sheet's order.

    Each of the others with its row's number, its address, its role and its table.  And how many cells that are.
    """
    out = io.StringIO()
    csv.writer(out, lineterminator="").writerow([file, reading.sheet.name, ""])
    start = out.getvalue()
    lines = [(row, f"{start}{where},{role},{table}\n") for row, where, role, table in others]
    count = len(others)
    for block in expansion.blocks:
        lines += _block_lines(block, expansion.thinned, reading, start)
        group = block.group
        count += sum(map(sum, group.own)) + sum([len(texts) - texts.count("") for texts in group.figures])
    lines.sort(key=itemgetter(0))
    return "".join([text for _, text in lines]), count


def _block_lines(block: Block, thinned: Thinned, reading: SheetReading, start: str) -> list[tuple[int, str]]:
    """The ledger's lines of a block's rows; rows with the same cells differ in their number only."""
    group = block.group
    first = thinned.renumbered(group.standing[0])
    parts = []  # a column's line with a place for the row's number
    for column in thinned.label_columns:
        place = reading.grid.covers.get((first, column), (first, column))
        parts.append((column, reading.roles[place], reading.tables.get(place, "")))
    for figure in block.readings:
        place = figure.claim.place
        parts.append((place[1], reading.roles[place], reading.tables[place]))
    written = [f"{start}{column_letters(column)}\0,{role},{table}\n" for column, role, table in parts]
    columns: list[Sequence[object]] = [*group.own, *group.figures]
    varying = [at for at, column in enumerate(columns) if not all(column)]
    shapes: dict[tuple[bool, ...], str] = {}
    keys = zip(*(map(bool, columns[at]) for at in varying), strict=True) if varying else repeat(())
    lines = []
    for number, there in zip(group.numbers, keys):  # noqa: B905 (the second may be endless)
        shape = shapes.get(there)
        if shape is None:
            absent = {at for at, filled in zip(varying, there, strict=True) if not filled}
            shape = shapes[there] = "".join([text for at, text in enumerate(written) if at not in absent])
        lines.append((number, shape.replace("\0", str(number))))
    return lines
