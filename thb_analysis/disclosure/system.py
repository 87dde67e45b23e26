"""Tables as one linear system: every cell is a sum of atoms, the smallest groups of persons that are told apart.

An attacker knows that atoms are not negative, and the cells that were published.  Margins, linked tables and earlier
releases are more cells over the same atoms and need no code of their own.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import product

import numpy as np
from scipy.sparse import csr_array


@dataclass(frozen=True, slots=True)
class Cell:
    """One figure: its name, which atoms it adds up, its value and what may be done with it."""

    key: tuple[str, ...]
    atoms: tuple[int, ...]
    value: int
    weight: float = 1.0  #: what suppressing it costs
    open: bool = True  #: whether it may be suppressed
    released: bool = True  #: part of this release; False for what an earlier one made known


@dataclass(frozen=True)
class System:
    """Cells over atoms, and the lines in which cells add up (parts, then their whole)."""

    cells: tuple[Cell, ...]
    atoms: int
    lines: tuple[tuple[tuple[int, ...], int], ...] = field(default=())

    @cached_property
    def matrix(self) -> csr_array:
        """Cells by atoms, 1 where an atom is part of a cell."""
        rows = [i for i, cell in enumerate(self.cells) for _ in cell.atoms]
        columns = [atom for cell in self.cells for atom in cell.atoms]
        shape = (len(self.cells), self.atoms)
        return csr_array((np.ones(len(rows)), (rows, columns)), shape=shape)

    @cached_property
    def values(self) -> np.ndarray:
        return np.array([cell.value for cell in self.cells], dtype=float)

    @cached_property
    def weights(self) -> np.ndarray:
        return np.array([cell.weight for cell in self.cells])

    @cached_property
    def largest(self) -> float:
        """No cell can hold more, as far as the release tells."""
        return float(self.values.max(initial=0.0))


@dataclass(frozen=True, slots=True)
class Requirement:
    """What an attacker must not come close to: a sum of cells must stay open over at least `width`.

    `target` holds (cell, factor).  `known` is a cell that the attacker knows besides what is published, because the
    one person in it is the attacker.
    """

    target: tuple[tuple[int, int], ...]
    width: float
    known: int | None = None

    @property
    def label(self) -> tuple[int, ...]:
        return tuple(cell for cell, _ in self.target)


def weight(value: int, margins: int) -> float:
    """What it costs to hide a cell: more for large ones, and for each dimension that it is a total of."""
    return 1.0 + math.log1p(value) + 3.0 * margins


def complete(values: np.ndarray) -> System:
    """A complete table of any number of dimensions with all its margins; the grand total is always published."""
    table = np.asarray(values, dtype=int)
    positions = {index: number for number, index in enumerate(np.ndindex(*table.shape))}
    cells: list[Cell] = []
    numbers: dict[tuple[int, ...], int] = {}
    for index in product(*(range(size + 1) for size in table.shape)):
        inner = product(
            *(range(size) if each == size else (each,) for each, size in zip(index, table.shape, strict=True))
        )
        atoms = tuple(positions[each] for each in inner)
        value = int(sum(table.flat[atom] for atom in atoms))
        margins = sum(each == size for each, size in zip(index, table.shape, strict=True))
        key = tuple(
            "_T" if each == size else str(each) for each, size in zip(index, table.shape, strict=True)
        )
        numbers[index] = len(cells)
        cells.append(Cell(key, atoms, value, weight(value, margins), margins < table.ndim))
    lines = []
    for index in numbers:
        for axis, size in enumerate(table.shape):
            if index[axis] == size:
                parts = [(*index[:axis], each, *index[axis + 1 :]) for each in range(size)]
                lines.append((tuple(numbers[part] for part in parts), numbers[index]))
    return System(tuple(cells), table.size, tuple(lines))


def cost(system: System, suppressed: Sequence[int] | frozenset[int]) -> float:
    """The weight of a pattern."""
    return float(sum(system.cells[i].weight for i in suppressed))
