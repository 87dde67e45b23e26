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
    group = block.group
    texts = set().union(*group.figures)
    marks = {text: mark_status(catalogue, text) or "M" for text in texts if not text.isdigit()}
    return Plate(
        tuple(
            replace(template, cell=column_letters(reading.claim.place[1]), stated=True)
            for template, reading in zip(templates, block.readings, strict=True)
        ),
        block.names,
        tuple(group.numbers),
        block.codes,
        tuple(map(tuple, group.figures)),
        tuple(sorted(marks.items())),
    )


def ledger_text(
    expansion: Expansion, reading: SheetReading, others: Sequence[tuple[int, tuple[str, str, str, str, str]]]
) -> tuple[str, int]:
    """The ledger of a sheet: the rows of its groups, and its `other` cells with their rows' numbers, in their order.

    And how many cells that are.
    """
    lines: list[tuple[int, str]] = []
    for row, cells in others:
        line = io.StringIO()
        csv.writer(line, lineterminator="\n").writerow(cells)
        lines.append((row, line.getvalue()))
    count = len(others)
    for block in expansion.blocks:
        lines += _block_lines(block, expansion.thinned, reading)
        group = block.group
        count += sum(map(sum, group.own)) + sum(len(texts) - texts.count("") for texts in group.figures)
    lines.sort(key=itemgetter(0))
    return "".join([text for _, text in lines]), count


def _block_lines(block: Block, thinned: Thinned, reading: SheetReading) -> list[tuple[int, str]]:
    """The ledger's lines of a block's rows; rows with the same cells differ in their number only."""
    one, group = block.readings[0], block.group
    start = io.StringIO()
    csv.writer(start, lineterminator="").writerow([one.file, one.sheet, ""])
    first = thinned.renumbered(group.standing[0])
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
    filled = [*group.own, *(list(map(bool, texts)) for texts in group.figures)]
    if all(map(all, filled)):
        shape = "".join(written)
        return [(number, shape.replace("\0", str(number))) for number in group.numbers]
    shapes: dict[tuple[bool, ...], str] = {}
    lines = []
    for number, there in zip(group.numbers, zip(*filled, strict=True), strict=True):
        known = shapes.get(there)
        if known is None:
            known = shapes[there] = "".join([text for text, own in zip(written, there, strict=True) if own])
        lines.append((number, known.replace("\0", str(number))))
    return lines
