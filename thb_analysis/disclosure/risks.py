"""Which cells give somebody away: small counts, rows where all share an attribute, and persons who know themselves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from thb_analysis.disclosure.system import Requirement, System


@dataclass(frozen=True, slots=True)
class Risks:
    """What must be hidden, and how far the attacker must be kept from it."""

    primary: frozenset[int]
    requirements: tuple[Requirement, ...]

    def __bool__(self) -> bool:
        return bool(self.requirements)


def find_risks(
    system: System, thresholds: Sequence[int] | Mapping[int, int], groups: bool = True, selves: bool = True
) -> Risks:
    """The risks of publishing a system; `thresholds` holds one by cell, 0 for a cell that is no risk by its size.

    A cell from 1 to below its threshold k is hidden, and k is the least width of the attacker's interval.  In a line
    with a single cell that is not zero everybody shares its attribute: how many are outside of it stays open over k.
    The one person in a hidden cell of 1 must come no closer to the others than k either.
    """
    primary = [
        i
        for i, cell in enumerate(system.cells)
        if cell.released and cell.open and 0 < cell.value < thresholds[i]
    ]
    requirements = [Requirement(((i, 1),), float(thresholds[i])) for i in primary]
    if groups:
        requirements += _shared(system, thresholds)
    if selves:
        ones = [i for i in primary if system.cells[i].value == 1]
        requirements += [
            Requirement(each.target, each.width, one)
            for each in tuple(requirements)
            for one in ones
            if one not in each.label
        ]
    return Risks(frozenset(primary), tuple(requirements))


def _shared(system: System, thresholds: Sequence[int] | Mapping[int, int]) -> list[Requirement]:
    found = {}
    for parts, whole in system.lines:
        filled = [i for i in parts if system.cells[i].value]
        if len(filled) != 1:
            continue
        alone = filled[0]
        if thresholds[alone] and system.cells[alone].value == system.cells[whole].value:
            found[whole, alone] = Requirement(((whole, 1), (alone, -1)), float(thresholds[alone]))
    return list(found.values())
