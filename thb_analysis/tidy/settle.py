"""One year of one table: all that workbooks say of it, settled and written as lines of its CSV.

A table's year is a room of its own: no figure of another year or table has a say in it.  So a collection of any size
is settled piece by piece.  Figures that come as plates and that nobody else speaks of are written at once; all others
are reconciled one by one.
"""

from __future__ import annotations

import csv
import io
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any

from thb_analysis.definitions import TOTAL, Catalogue, Table
from thb_analysis.findings import Finding
from thb_analysis.observations import Observation, Plate
from thb_analysis.shelf import Section
from thb_analysis.tidy.columns import Columns, Figures, quoted
from thb_analysis.tidy.distinct import among, in_order
from thb_analysis.tidy.evidence import plate_lines
from thb_analysis.tidy.numbers import Numbers
from thb_analysis.tidy.parquet import WORTH, Piece, encoded, from_csv
from thb_analysis.tidy.reconcile import REFERENCE, Line, Tidy, place_of, reconcile
from thb_analysis.tidy.repeated import agreed, repeated_lines
from thb_analysis.tidy.shifted import Told, told_by
from thb_analysis.tidy.store import csv_bytes, evidence_row, revision_rows, table_row
from thb_analysis.tidy.wholes import columns_below, wholes_below


@dataclass(slots=True)
class Settled:
    """One year of one table as it stands."""

    rows: int = 0
    findings: list[Finding] = field(default_factory=list)
    revisions: list[list[str]] = field(default_factory=list)
    #: What figures of other places are compared with.
    checked: list[Observation] = field(default_factory=list)
    corrected: set[tuple[str, str, str]] = field(default_factory=set)  #: places that corrections found
    told: list[Told] = field(default_factory=list)  #: by workbook, where it is enough to know a copy by


@dataclass(slots=True)
class Outcome:
    """What is said of one year of one table, and its rows."""

    said: Settled
    lines: Sequence[bytes | memoryview] = ()  #: the table's rows as lines of its CSV, in pieces
    evidence: bytes = b""  #: those of the evidence
    parquet: Piece | None = None  #: the table's rows, where they are many


def settle(
    section: Section,
    table: Table,
    catalogue: Catalogue,
    lines: Sequence[Line] = (),
    sent: Mapping[str, tuple[str, int]] | None = None,
) -> Outcome:
    """Settle one year of one table: what is said of it, its rows, and those of the evidence for them.

    `lines` are the catalogue's corrections; `sent` says of files that are versions of an answer which answer and which
    version.
    """
    several = dict(sent or {})
    loose = [_versioned(o, several) for o in section.observations]
    again = {line["file"] for line in lines}
    plates = []
    for plate in section.plates:
        if plate.templates[0].file in again:
            loose += [_versioned(o, several) for o in plate.observations()]
        else:
            plates.append(plate)
    places = {(o.file, o.sheet, o.cell) for o in loose} if lines else set()
    own = [line for line in lines if place_of(line) in places]
    found = _by_columns(loose, plates, table, catalogue, own, several) if plates else None
    if found is None:
        loose += [_versioned(o, several) for plate in plates for o in plate.observations()]
        found = _one_by_one(loose, table, catalogue, own)
    found.said.corrected = {place_of(line) for line in own}
    if table.values == REFERENCE:
        found.evidence = b""
    return found


def _versioned(observation: Observation, several: Mapping[str, tuple[str, int]]) -> Observation:
    found = several.get(observation.file)
    return observation if found is None else observation._replace(answer=found[0], version=found[1])


def _one_by_one(
    observations: Sequence[Observation], table: Table, catalogue: Catalogue, lines: Sequence[Line]
) -> Outcome:
    tidy = reconcile(observations, catalogue, lines)
    standing = tidy.standing[table.id]
    done = _said(tidy)
    done.findings += wholes_below(table, standing)
    done.rows = len(standing)
    done.checked = _compared(standing, table)
    done.told = told_by(standing)
    text = _lines(table_row(o, table) for o in standing)
    parquet = from_csv(table, csv_bytes(table.columns, ()), text) if len(text) > WORTH else None
    evidence = _lines(evidence_row(o, stands, table) for o, stands in tidy.evidence)
    return Outcome(done, [text], evidence, parquet)


def _said(tidy: Tidy) -> Settled:
    return Settled(findings=list(tidy.findings), revisions=revision_rows(tidy))


def _lines(rows: Iterable[Sequence[str]]) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue().encode()


def _by_columns(
    loose: Sequence[Observation],
    plates: Sequence[Plate],
    table: Table,
    catalogue: Catalogue,
    lines: Sequence[Line],
    several: Mapping[str, tuple[str, int]],
) -> Outcome | None:
    """The same where many figures come as plates; None where they had better be looked at one by one."""
    import numpy as np

    numbers = Numbers(table, loose, plates)
    marks = _marks(plates)
    if not numbers.fit or marks is None or table.values not in ("count", "amount"):
        return None
    figures = Figures(plates, marks)
    if not figures.plain:
        return None
    of_plates = numbers.of_plates()
    of_loose = np.array([numbers.of(o) for o in loose], dtype=np.int64)
    alone = _alone(of_plates, of_loose)
    agree: Any = None
    stand: Any = None
    taken: Any = None
    if alone is not None:
        agree, stand = agreed(plates, figures, of_plates, alone, of_loose, several)
        taken = alone | stand
    again = list(loose)
    told: list[tuple[int, str]] = []  # with the number of its first figure
    checked: list[Observation] = []
    at, marked = 0, figures.marked()
    next_mark = 0
    for plate in plates:
        all_of_it = slice(at, at + len(plate))
        own, kept = (None if mask is None else mask[all_of_it] for mask in (alone, taken))
        size = len(plate.rows)
        if own is not None:
            spoken = np.flatnonzero(~(own | agree[all_of_it])).tolist()
            again += [_versioned(plate.observation(i % size, i // size), several) for i in spoken]
            same = repeated_lines(plate, agree[all_of_it], stand[all_of_it], table)
            ranks = of_plates[all_of_it].tolist()
            told += [(ranks[index], line) for index, line in same]
        end = bisect_left(marked, at + len(plate), next_mark)
        here = [mark - at for mark in marked[next_mark:end]]
        lines_ = plate_lines(plate, own, here, table)
        told += [(int(of_plates[at + first]), line) for first, line in lines_]
        checked += _compared_of(plate, kept, table)
        at, next_mark = at + len(plate), end
    tidy = reconcile(again, catalogue, lines)
    standing = tidy.standing[table.id]
    for o, stands in tidy.evidence:
        told.append((numbers.of(o), ",".join(map(quoted, evidence_row(o, stands, table))) + "\n"))
    told.sort(key=itemgetter(0))
    rows = Columns(table, numbers, plates, of_plates, figures, taken, standing)
    done = _said(tidy)
    done.findings += columns_below(rows)
    done.rows = len(rows)
    done.checked = [*_compared(standing, table), *checked]
    text = rows.lines()
    parquet = encoded(table, [rows.arrow()]) if sum(map(len, text)) > WORTH else None
    return Outcome(done, text, "".join([line for _, line in told]).encode(), parquet)


def _alone(of_plates: Any, of_others: Any) -> Any:
    """For each number of a plate's figure whether it is the only one; None where each is."""
    import numpy as np

    every = in_order(np.concatenate([of_plates, of_others]))
    double = every[1:][every[1:] == every[:-1]]
    return ~among(of_plates, double) if len(double) else None


def _marks(plates: Sequence[Plate]) -> dict[str, str] | None:
    """The texts that are no numbers, with their statuses; None where plates take one text differently."""
    marks: dict[str, str] = {}
    for plate in plates:
        for text, status in plate.marks:
            if marks.setdefault(text, status) != status:
                return None
    return marks


def _compared(standing: Iterable[Observation], table: Table) -> list[Observation]:
    """The rows that are compared with those of other places: totals, breakdowns by one dimension, other series."""
    if table.agree or table.values == REFERENCE:
        return list(standing)
    return [o for o in standing if len(_divided(o, (), table)) < 2]


def _compared_of(plate: Plate, alone: Any, table: Table) -> Iterator[Observation]:
    size = len(plate.rows)
    if not table.agree and len(set(plate.names) - table.sent_by - {name for name, _ in table.deduct}) > 1:
        return  # parts by more than one dimension
    for column, template in enumerate(plate.templates):
        if table.agree or len(_divided(template, plate.names, table)) < 2:
            for row in range(size):
                if alone is None or alone[column * size + row]:
                    yield plate.observation(row, column)


def _divided(o: Observation, names: Sequence[str], table: Table) -> list[str]:
    """The dimensions by which a figure, or rows that set `names`, is a part; not who gives it."""
    apart = table.sent_by.union(name for name, _ in table.deduct)
    return [name for name, code in o.dims if name not in apart and (code != TOTAL or name in names)]
