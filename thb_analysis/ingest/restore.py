"""What comes of rows that were put back: their figures as a plate, and their cells' lines in the ledger."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import replace
from operator import itemgetter

from thb_analysis.definitions import Catalogue
from thb_analysis.ingest.cells import column_letters
from thb_analysis.ingest.expand import Block, Expansion
from thb_analysis.ingest.recognise import SheetReading
from thb_analysis.ingest.thin import Thinned
from thb_analysis.ingest.values import mark_status
from thb_analysis.observations import Observation, Plate


def plate(block: Block, templates: Sequence[Observation], catalogue: Catalogue) -> Plate:
    """The figures of a block, those of the two rows that were kept among them.

    `templates` are the observations of its readings.
    """
    rows = (block.group.first, block.group.last, *block.group.rows)
    figures = tuple(zip(*(row.figures for row in rows), strict=True))
    texts = set().union(*figures)
    marks = {text: mark_status(catalogue, text) or "M" for text in texts if not text.isdigit()}
    return Plate(
        tuple(
            replace(template, cell=column_letters(reading.claim.place[1]), headings="", stated=True)
            for template, reading in zip(templates, block.readings, strict=True)
        ),
        block.names,
        tuple(row.number for row in rows),
        block.codes,
        figures,
        tuple(sorted(marks.items())),
    )


def ledger_text(
    expansion: Expansion, reading: SheetReading, kept: Sequence[tuple[str, str, str, str, str]]
) -> tuple[str, int]:
    """The ledger of a sheet: its kept cells' rows, and those of the rows that were left out, in the sheet's order.

    And how many cells that are.
    """
    lines: list[tuple[int, str]] = []
    for cells in kept:
        line = io.StringIO()
        csv.writer(line, lineterminator="\n").writerow(cells)
        lines.append((int("".join(c for c in cells[2] if c.isdigit())), line.getvalue()))
    for block in expansion.blocks:
        lines += _block_lines(block, expansion.thinned, reading)
    lines.sort(key=itemgetter(0))
    text = "".join([text for _, text in lines])
    left_out = sum(
        sum(row.own) + len(row.figures) - row.figures.count("")
        for b in expansion.blocks
        for row in b.group.rows
    )
    return text, len(kept) + left_out


def _block_lines(block: Block, thinned: Thinned, reading: SheetReading) -> list[tuple[int, str]]:
    """The ledger's lines of a block's rows; rows with the same cells differ in their number only."""
    one = block.readings[0]
    start = io.StringIO()
    csv.writer(start, lineterminator="").writerow([one.file, one.sheet, ""])
    first = thinned.renumbered(block.group.first.number)
    parts = []  # a column's line with a place for the row's number
    for column in thinned.label_columns:
        place = reading.grid.covers.get((first, column), (first, column))
        parts.append((column, reading.roles[place], reading.tables.get(place, "")))
    for figure in block.readings:
        place = figure.claim.place
        parts.append((place[1], reading.roles[place], reading.tables[place]))
    written = [
        f"{start.getvalue()}{column_letters(column)}\0,{role},{table}\n" for column, role, table in parts
    ]
    shapes: dict[tuple[bool, ...], str] = {}
    lines = []
    for row in block.group.rows:
        there = (*row.own, *map(bool, row.figures))
        shape = shapes.get(there)
        if shape is None:
            shape = shapes[there] = "".join([text for text, own in zip(written, there, strict=True) if own])
        lines.append((row.number, shape.replace("\0", str(row.number))))
    return lines
