"""What a workbook came to: observations, findings, and the ledger with a role for every cell."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from types import SimpleNamespace

from thb_analysis.findings import Finding
from thb_analysis.observations import Observation, Plate


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """What became of one non-blank cell."""

    file: str
    sheet: str
    cell: str
    role: str
    table: str


@dataclass(frozen=True, slots=True)
class LedgerLines:
    """What became of the cells of a sheet of which rows were left out, as lines of the ledger's CSV."""

    sheet: str
    text: str
    cells: int

    def rows(self) -> Iterator[LedgerRow]:
        return (LedgerRow(*row) for row in csv.reader(io.StringIO(self.text, newline="")))


@dataclass(slots=True)
class WorkbookReading:
    """What a workbook came to."""

    file: str
    sha256: str
    observations: list[Observation] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    ledger: list[LedgerRow | LedgerLines] = field(default_factory=list)
    plates: list[Plate] = field(default_factory=list)

    @property
    def says_something(self) -> bool:
        """Whether any cell states a figure."""
        return bool(self.plates) or any(observation.stated for observation in self.observations)

    def ledger_text(self) -> tuple[bytes, int]:
        """The ledger as lines of its CSV, and how many cells it accounts for."""
        texts: list[str] = []
        writer = csv.writer(SimpleNamespace(write=texts.append), lineterminator="\n")
        cells = 0
        for entry in self.ledger:
            if isinstance(entry, LedgerLines):
                texts.append(entry.text)
                cells += entry.cells
            else:
                writer.writerow((entry.file, entry.sheet, entry.cell, entry.role, entry.table))
                cells += 1
        return "".join(texts).encode(), cells

    def ledger_rows(self) -> Iterator[LedgerRow]:
        """The ledger row by row."""
        for entry in self.ledger:
            if isinstance(entry, LedgerRow):
                yield entry
            else:
                yield from entry.rows()
