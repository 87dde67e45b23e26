"""What comes of rows that were put back: their figures as a plate, and their cells' lines in the ledger."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import lru_cache
from operator import itemgetter

from thb_analysis.definitions import Catalogue
from thb_analysis.ingest.alike.blocks import Block, Expansion
from thb_analysis.ingest.alike.plain import where
from thb_analysis.ingest.alike.thin import Thinned
from thb_analysis.ingest.cells import column_letters
from thb_analysis.ingest.observe import quoted
from thb_analysis.ingest.recognition.grid import Place
from thb_analysis.ingest.recognition.recognise import SheetReading
from thb_analysis.ingest.recognition.values import mark_status
from thb_analysis.observations import Observation, Plate, of_row

_QUOTED = re.compile(r'[,"\r\n]')  #: what a field is quoted for
Shape = tuple[tuple[int, str, str], ...]  #: column, role and table of the cells of a row


def plates(block: Block, templates: Sequence[Observation], catalogue: Catalogue) -> list[Plate]:
    """The figures of a block, of each year by itself; `templates` are the observations of its readings, at their
    columns' letters.
    """
    group = block.group
    marks = {text: mark_status(catalogue, text) or "M" for text in block.unlike}
    by_year: dict[int | None, list[int]] = {}
    for at, template in enumerate(templates):
        by_year.setdefault(template.year, []).append(at)
    return [
        Plate(
            tuple([templates[at] for at in own]),
            block.names,
            group.numbers,
            block.codes,
            "\n".join(["\n".join(group.figures[at]) for at in own]),
            tuple(sorted(marks.items())),
        )
        for own in by_year.values()
    ]


def spelled(
    block: Block, templates: Sequence[Observation], columns: Sequence[int]
) -> Iterator[tuple[Place, Observation]]:
    """The figures of a block one by one with their true places, each with its label; `columns` are the labels'."""
    group = block.group
    letters = [column_letters(column) for column in columns]
    for at, number in enumerate(group.numbers):
        own = {name: codes[at] for name, codes in zip(block.names, block.codes, strict=True)}
        labels = {each: quoted(texts[at]) for each, texts in zip(letters, group.labels, strict=True)}
        for column, template, figures in zip(group.columns, templates, group.figures, strict=True):
            yield (
                (number, column),
                template._replace(
                    dims=tuple([(name, own.get(name, code)) for name, code in template.dims]),
                    value=Decimal(figures[at]),
                    cell=f"{template.cell}{number}",
                    text=figures[at],
                    headings=of_row(template.headings, number, labels),
                ),
            )


def ledger_text(
    expansion: Expansion, reading: SheetReading, others: Sequence[tuple[int, str, str, str]], file: str
) -> tuple[str, int]:
    """The ledger of a sheet: the rows of its groups, and its `other` cells, in the sheet's order.

    Each of the others with its row's number, its address, its role and its table.  And how many cells that are.
    """
    others = [*others, *expansion.beside]
    pieces = [(row, f"\1{where},{role},{table}\n") for row, where, role, table in others]
    count = len(others)
    for block in expansion.blocks:
        group = block.group
        pieces.append((group.numbers[0], _block_lines(block, expansion.thinned, reading)))
        count += sum([own.count(True) for own in group.own])
        count += len(group.numbers) * len(group.figures) - block.blanks
    pieces.sort(key=itemgetter(0))
    return "".join([text for _, text in pieces]).replace("\1", line_start(file, reading.sheet.name)), count


def line_start(file: str, sheet: str) -> str:
    """What each line of a sheet begins with in the ledger."""
    if _QUOTED.search(file) is None and _QUOTED.search(sheet) is None:
        return f"{file},{sheet},"
    out = io.StringIO()
    csv.writer(out, lineterminator="").writerow([file, sheet, ""])
    return out.getvalue()


def parts_of(block: Block, thinned: Thinned, reading: SheetReading) -> list[tuple[int, str, str]]:
    """Column, role and table of the cells of a block's rows."""
    first = thinned.renumbered(block.group.standing[0])
    parts = []
    for column in thinned.label_columns:
        place = reading.grid.covers.get((first, column), (first, column))
        parts.append((column, reading.roles[place], reading.tables.get(place, "")))
    return parts + [(place[1], reading.roles[place], reading.tables[place]) for place in block.places]


def _block_lines(block: Block, thinned: Thinned, reading: SheetReading) -> str:
    """The ledger's lines of a block's rows, with a mark in place of the file and the sheet."""
    group, parts = block.group, block.parts or parts_of(block, thinned, reading)
    columns: list[Sequence[object]] = [*group.own, *group.figures]
    usual = [column.count(False) * 2 <= len(column) for column in group.own] + [True] * len(group.figures)
    shape = tuple([part for part, there in zip(parts, usual, strict=True) if there])
    lines = list(_row_lines(shape, group.numbers[0], len(group.numbers)))
    odd = set(block.bare)
    for own, there in zip(group.own, usual, strict=False):
        odd.update(where(own, (not there,)))
    for at in odd:
        filled = tuple([part for part, column in zip(parts, columns, strict=True) if column[at]])
        lines[at] = _row_line(filled, group.numbers[at])
    return "".join(lines)


@lru_cache(maxsize=200)
def _row_lines(shape: Shape, first: int, rows: int) -> tuple[str, ...]:
    """The ledger's lines of rows that are filled alike: tables of one kind begin in the same row."""
    line = _row_line(shape, "\2")
    return tuple([line.replace("\2", str(number)) for number in range(first, first + rows)])


def _row_line(shape: Shape, number: int | str) -> str:
    return "".join([f"\1{column_letters(column)}{number},{role},{table}\n" for column, role, table in shape])
