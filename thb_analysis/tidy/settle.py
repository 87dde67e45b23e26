"""One year of one table: all that workbooks say of it, settled and written as lines of its CSV.

A table's year is a room of its own: no figure of another year or table has a say in it.  So a collection of any size
is settled piece by piece.  Figures that come as plates and that nobody else speaks of are written at once; all others
are reconciled one by one.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from operator import itemgetter
from typing import Any

from thb_analysis.definitions import TOTAL, Catalogue, Table
from thb_analysis.findings import Finding
from thb_analysis.observations import Observation, Plate
from thb_analysis.shelf import Section
from thb_analysis.tidy.evidence import column_rows
from thb_analysis.tidy.reconcile import REFERENCE, Line, Tidy, key_of, natural, place_of, reconcile
from thb_analysis.tidy.store import evidence_row, revision_rows, table_row

_PLAIN = re.compile(r"[^\",\r\n]*")
MOST_KEYS = 1 << 62  #: keys are numbered; where that many would not do, figures are looked at one by one


@dataclass(slots=True)
class Settled:
    """One year of one table as it stands."""

    rows: int = 0
    findings: list[Finding] = field(default_factory=list)
    revisions: list[list[str]] = field(default_factory=list)
    #: What figures of other places are compared with.
    checked: list[Observation] = field(default_factory=list)
    corrected: set[tuple[str, str, str]] = field(default_factory=set)  #: places that corrections found


Outcome = tuple[Settled, str, str]  #: what is said, the table's rows and the evidence's as lines of their CSV


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
    if plates:
        done, text, evidence = _Numbered(table, loose, plates, several, own).settled(catalogue)
    else:
        done, text, evidence = _one_by_one(loose, table, catalogue, own)
    done.corrected = {place_of(line) for line in own}
    return done, text, evidence if table.values != REFERENCE else ""


def _versioned(observation: Observation, several: Mapping[str, tuple[str, int]]) -> Observation:
    found = several.get(observation.file)
    return observation if found is None else replace(observation, answer=found[0], version=found[1])


def _one_by_one(
    observations: Sequence[Observation], table: Table, catalogue: Catalogue, lines: Sequence[Line]
) -> Outcome:
    tidy = reconcile(observations, catalogue, lines)
    standing = tidy.standing[table.id]
    done = _said(tidy)
    done.rows = len(standing)
    done.checked = standing
    text = _lines(table_row(o, table) for o in standing)
    return done, text, _lines(evidence_row(o, stands, table) for o, stands in tidy.evidence)


def _said(tidy: Tidy) -> Settled:
    return Settled(findings=list(tidy.findings), revisions=revision_rows(tidy))


def _lines(rows: Iterable[Sequence[str]]) -> str:
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue()


class _Numbered:
    """Figures by the numbers of their keys: the order of the numbers is the order of the rows."""

    def __init__(
        self,
        table: Table,
        loose: Sequence[Observation],
        plates: Sequence[Plate],
        several: Mapping[str, tuple[str, int]],
        lines: Sequence[Line],
    ) -> None:
        self.table, self.loose, self.plates, self.several, self.lines = table, loose, plates, several, lines
        self.columns = table.key_columns[1:]
        self.ranks = [self._ranked(column) for column in self.columns]
        self.steps: list[int] = []
        size = 1
        for ranks in reversed(self.ranks):
            self.steps.insert(0, size)
            size *= len(ranks)
        self.fits = size < MOST_KEYS

    def _ranked(self, column: str) -> dict[str, int]:
        found = {_field(o, column) for o in self.loose}
        for plate in self.plates:
            if column in plate.names:
                found.update(plate.codes[plate.names.index(column)])
            else:
                found.update(_field(template, column) for template in plate.templates)
        return {code: rank for rank, code in enumerate(sorted(found, key=lambda code: (natural(code), code)))}

    def settled(self, catalogue: Catalogue) -> Outcome:
        import numpy as np

        if not self.fits:
            return self._exploded(catalogue)
        loose = np.array([self._number(o) for o in self.loose], dtype=np.int64)
        numbers = [loose, *(part for plate in self.plates for part in self._numbers(plate))]
        every = np.concatenate(numbers)
        ordered = np.sort(every)
        double = np.unique(ordered[1:][ordered[1:] == ordered[:-1]])
        spoken = np.isin(every, np.concatenate([double, loose]))
        lines: list[str] = []
        told: list[tuple[int, str]] = []  # with the number of its first figure
        again = list(self.loose)
        at = len(self.loose)
        for plate in self.plates:
            for column in range(len(plate.templates)):
                other = spoken[at : at + len(plate.rows)]
                alone = np.flatnonzero(~other).tolist()
                for row in np.flatnonzero(other).tolist():
                    again.append(_versioned(plate.observation(row, column), self.several))
                own = plate_lines(plate, column, self.table)
                lines += own if len(alone) == len(own) else [own[row] for row in alone]
                said = column_rows(plate, column, alone, self.table)
                told += [(int(every[at + first]), _lines([fields])) for first, fields in said]
                at += len(other)
        tidy = reconcile(again, catalogue, self.lines)
        standing = tidy.standing[self.table.id]
        done = _said(tidy)
        lines += [_lines([table_row(o, self.table)]) for o in standing]
        text = self._sorted(lines, every[~spoken], standing)
        told += [(self._number(o), _lines([evidence_row(o, s, self.table)])) for o, s in tidy.evidence]
        told.sort(key=itemgetter(0))
        done.rows = len(lines)
        done.checked = [*standing, *self._checked(spoken)]
        return done, text, "".join([line for _, line in told])

    def _sorted(self, lines: Sequence[str], numbers: Any, others: Sequence[Observation]) -> str:
        """Lines by the numbers of their keys: first those of plates, then those of observations."""
        import numpy as np

        own = np.array([self._number(o) for o in others], dtype=np.int64)
        order = np.argsort(np.concatenate([numbers, own]), kind="stable")
        return "".join([lines[index] for index in order.tolist()])

    def _exploded(self, catalogue: Catalogue) -> Outcome:
        figures = (_versioned(o, self.several) for plate in self.plates for o in plate.observations())
        return _one_by_one([*self.loose, *figures], self.table, catalogue, self.lines)

    def _number(self, observation: Observation) -> int:
        key = key_of(observation, self.table)[2:]
        return sum(ranks[code] * step for ranks, code, step in zip(self.ranks, key, self.steps, strict=True))

    def _numbers(self, plate: Plate) -> Iterable[Any]:
        """The numbers of a plate's keys, column by column."""
        import numpy as np

        rows = np.zeros(len(plate.rows), dtype=np.int64)
        for name, codes in zip(plate.names, plate.codes, strict=True):
            at = self.columns.index(name)
            ranks, step = self.ranks[at], self.steps[at]
            rows += np.array([ranks[code] for code in codes], dtype=np.int64) * step
        for template in plate.templates:
            own = sum(
                ranks[_field(template, column)] * step
                for column, ranks, step in zip(self.columns, self.ranks, self.steps, strict=True)
                if column not in plate.names
            )
            yield rows + own

    def _checked(self, spoken: Any) -> Iterable[Observation]:
        """Figures of plates that are a breakdown by one dimension: those are compared with totals elsewhere."""
        import numpy as np

        fixed = {name for name, _ in self.table.deduct}
        at = len(self.loose)
        for plate in self.plates:
            for column, template in enumerate(plate.templates):
                other = spoken[at : at + len(plate.rows)]
                at += len(other)
                divided = [
                    n for n, code in template.dims if n not in fixed and (code != TOTAL or n in plate.names)
                ]
                if len(divided) < 2 or self.table.agree:
                    alone = np.flatnonzero(~other).tolist()
                    yield from (plate.observation(row, column) for row in alone)


def _field(observation: Observation, column: str) -> str:
    return next((code for name, code in observation.dims if name == column), observation.institution)


def plate_lines(plate: Plate, column: int, table: Table) -> list[str]:
    """The rows of the table's CSV for one column of a plate."""
    template = plate.templates[column]
    at = {name: position for position, name in enumerate(table.columns)}
    slots: dict[int, Sequence[Any]] = {
        at[name]: codes for name, codes in zip(plate.names, plate.codes, strict=True)
    }
    slots |= _said_in(plate, column, at["value"], at["obs_status"])
    return _filled(table_row(template, table), slots, at["source_cell"], plate, column)


def _said_in(plate: Plate, column: int, value: int, status: int) -> dict[int, Sequence[Any]]:
    """What the figures of a column say, by the positions of their value and their status in a row."""
    figures, marks = plate.figures[column], dict(plate.marks)
    if not marks:
        return {value: figures}
    template = plate.templates[column]
    return {
        value: ["" if text in marks else text for text in figures],
        status: [marks.get(text, template.status) for text in figures],
    }


def _filled(
    fields: Sequence[str], slots: dict[int, Sequence[Any]], cell: int, plate: Plate, column: int
) -> list[str]:
    """One line a row of a plate: `fields` where they are the same for all, `slots` where each has its own."""
    parts = [
        "%s" if position in slots else _quoted(text).replace("%", "%%")
        for position, text in enumerate(fields)
    ]
    parts[cell] = f"{plate.templates[column].cell}%d"
    line = ",".join(parts) + "\n"
    own = {**slots, cell: plate.rows}
    return list(map(line.__mod__, zip(*(own[position] for position in sorted(own)), strict=True)))


def _quoted(text: str) -> str:
    """A field of a CSV as the csv module writes it."""
    if _PLAIN.fullmatch(text):
        return text
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="").writerow([text, ""])
    return out.getvalue()[:-1]
