"""A safe pattern quickly: for each requirement the least that must move, then what turns out not to be needed is shown.

For a requirement not yet met, a linear programme looks for two tables that both fit what is published, that lie far
enough apart in the target, and that differ from the true one at the least cost; every cell in which they differ is
hidden.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import bmat, csr_array, eye_array

from thb_analysis.disclosure.attacker import TOLERANCE, Attacker, Unprotectable
from thb_analysis.disclosure.risks import Risks
from thb_analysis.disclosure.system import Requirement, System


def safe_pattern(system: System, risks: Risks, attacker: Attacker) -> frozenset[int]:
    """Cells to hide so that every requirement holds in the linear programme; not always the fewest.

    Raises Unprotectable where hiding all does not do, or where the time limit comes first: then nothing is told.
    """
    x = np.zeros(len(system.cells))
    x[list(risks.primary)] = 1.0
    while requirement := _first_broken(attacker, risks.requirements, x):
        if attacker.effort.is_over:
            raise Unprotectable("no safe pattern within the time limit")
        for cell in _moved(system, requirement, x):
            x[cell] = 1.0
        attacker.effort.spend(3)
    return frozenset(int(i) for i in np.flatnonzero(x))


def without_unneeded(
    pattern: frozenset[int], system: System, risks: Risks, attacker: Attacker, share: float
) -> frozenset[int]:
    """A safe pattern without the cells that turn out not to be needed, as far as a share of the effort goes."""
    x = np.zeros(len(system.cells))
    x[list(pattern)] = 1.0
    for i in sorted(pattern - risks.primary, key=lambda i: (-system.weights[i], i)):
        if not attacker.effort.within(share):
            break
        x[i] = 0.0
        if _first_broken(attacker, risks.requirements, x):
            x[i] = 1.0
    return frozenset(int(i) for i in np.flatnonzero(x))


def _first_broken(
    attacker: Attacker, requirements: Sequence[Requirement], x: np.ndarray
) -> Requirement | None:
    waiting = list(requirements)
    while waiting := attacker.unmet(waiting, x):
        alike = [each for each in waiting if each.known == waiting[0].known]
        if not attacker.show(alike, x):
            requirement = waiting.pop(0)
            if attacker.violated(requirement, x):
                return requirement
    return None


def _moved(system: System, requirement: Requirement, x: np.ndarray) -> list[int]:
    """The cells that differ in the cheapest two tables far enough apart (variables: both, and their distances)."""
    cells, atoms = len(system.cells), system.atoms
    matrix, identity = system.matrix, eye_array(cells)
    none = csr_array((cells, atoms))
    # |A z - values| <= t for both tables
    rows = bmat(
        [
            [matrix, none, -identity],
            [-matrix, none, -identity],
            [none, matrix, -identity],
            [none, -matrix, -identity],
        ],
        format="csr",
    )
    values = system.values
    sides = np.concatenate([values, -values, values, -values])
    target = np.zeros(cells)
    for cell, factor in requirement.target:
        target[cell] += factor
    toward = target @ matrix
    apart = csr_array(np.concatenate([-toward, toward, np.zeros(cells)])[None, :])
    fixed = np.array([not cell.open for cell in system.cells])
    if requirement.known is not None:
        fixed[requirement.known] = True
    price = np.where(x > 0.5, 1e-6, system.weights)
    bounds = [(0.0, None)] * (2 * atoms) + [(0.0, 0.0 if f else None) for f in fixed]
    found = linprog(
        np.concatenate([np.zeros(2 * atoms), price]),
        A_ub=bmat([[rows], [apart]], format="csr"),
        b_ub=np.concatenate([sides, [-requirement.width]]),
        bounds=bounds,
        method="highs",
    )
    if found.status != 0:
        raise Unprotectable("/".join("+".join(system.cells[i].key) for i in requirement.label))
    return [int(i) for i in np.flatnonzero(found.x[2 * atoms :] > TOLERANCE)]
