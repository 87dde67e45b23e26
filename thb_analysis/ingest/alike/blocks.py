"""Rows that are written alike, as one block: what its figures mean, and what all blocks of a sheet come to."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from thb_analysis.definitions import Table
from thb_analysis.findings import Finding
from thb_analysis.ingest.alike.plain import Group
from thb_analysis.ingest.alike.thin import Thinned
from thb_analysis.ingest.recognition.grid import Place
from thb_analysis.ingest.recognition.judge import Reading
from thb_analysis.observations import Observation

#: For each total of a row, and each way in which the row divides it: its index, and index → sign of its parts.
Checks = Sequence[tuple[int, Mapping[int, int]]]
Shape = tuple[tuple[str, ...], ...]  #: the dimensions that each label of a row sets


@dataclass(slots=True)
class Block:
    """One group of rows with what its figures mean: a reading for each column, from a row that stands for others."""

    group: Group
    told: Sequence[Reading] | Callable[[], Sequence[Reading]]  #: the readings, or what makes them
    places: Sequence[Place]  #: of the readings
    origin: tuple[str, str]  #: file and sheet
    names: tuple[str, ...]  #: the dimensions that the labels set
    codes: tuple[tuple[str, ...], ...]  #: by name, each row's code
    shape: Shape  #: the dimensions that each label sets
    table: Table
    checks: Checks
    apart: bool  #: no two of its columns mean the same
    templates: tuple[Observation, ...] = ()  #: what the readings come to, where that is known
    unlike: frozenset[str] = frozenset()  #: figures that are no numbers
    bare: frozenset[int] = frozenset()  #: rows with a blank, by index
    blanks: int = 0  #: how many figures are blank
    spelled: bool = False  #: each of its figures is told with its label, as one that was read by itself
    parts: Sequence[
        tuple[int, str, str]
    ] = ()  #: column, role and table of a row's cells, where they are known

    @property
    def readings(self) -> Sequence[Reading]:
        """One a figure column; made when they are asked for, which is seldom where a mould says what they come to."""
        if callable(self.told):
            self.told = self.told()
        return self.told


@dataclass(slots=True)
class Expansion:
    """What the rows left out of a sheet come to, and those that stand for them."""

    thinned: Thinned
    blocks: list[Block] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    blanks: dict[str, list[Place]] = field(default_factory=dict)  #: by table, as true places
    sums: list[Reading] = field(default_factory=list)  #: the rows' figures added up, for totals of columns
    beside: list[tuple[int, str, str, str]] = field(
        default_factory=list
    )  #: cells of tables that were left out, without the groups': row, address, role and table
