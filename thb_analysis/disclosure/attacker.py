"""The attacker as the optimiser sees him: how far a hidden cell stays open, and which cells would keep it open.

Model of Fischetti and Salazar-González (2001): a cell with x = 0 is published and fixed, one with x = 1 may lie
anywhere from nothing to a bound.  The dual solution bounds the width for every other pattern as well: a cut.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linprog

from thb_analysis.disclosure.effort import Effort
from thb_analysis.disclosure.system import Requirement, System

TOLERANCE = 1e-6


class Unprotectable(Exception):
    """No pattern keeps the attacker away: the table cannot be published in this form."""


@dataclass(frozen=True, slots=True)
class Cut:
    """Every safe pattern x has coefficients · x >= need."""

    coefficients: np.ndarray
    need: float


class Attacker:
    """The linear programmes of one system, and the tables that were found to fit (each shows what is possible)."""

    def __init__(self, system: System, effort: Effort) -> None:
        self.system, self.effort = system, effort
        self._below = system.values  # a hidden cell can be anything from nothing …
        self._above = 3.0 * system.largest + 10.0 - system.values  # … to more than can be
        owner = np.full(system.atoms, -1)
        for i, cell in enumerate(system.cells):
            if len(cell.atoms) == 1 and owner[cell.atoms[0]] < 0:
                owner[cell.atoms[0]] = i
        self._bounded = owner >= 0  # atoms that are cells themselves need no row, only bounds
        self._owner = owner[self._bounded]
        self._rows = np.setdiff1d(np.arange(len(system.cells)), self._owner)
        self._dense = system.matrix.toarray()
        part = self._dense[self._rows]
        self._matrix = np.vstack([part, -part])
        self._witnesses = np.zeros((0, len(system.cells)))
        self._truth = self._some_truth()

    def unmet(self, requirements: Sequence[Requirement], x: np.ndarray) -> list[Requirement]:
        """Those of the requirements that the tables found before do not yet show to hold."""
        hidden = x > TOLERANCE
        fitting = self._witnesses[~np.any(self._witnesses[:, ~hidden], axis=1)]
        by_known: dict[int | None, list[Requirement]] = {}
        for requirement in requirements:
            by_known.setdefault(requirement.known, []).append(requirement)
        found = []
        for known, group in by_known.items():
            rows = fitting if known is None else fitting[fitting[:, known] == 0]
            if not len(rows):
                found += group
                continue
            for requirement in group:
                moved = sum(factor * rows[:, cell] for cell, factor in requirement.target)
                if max(np.max(moved), 0.0) - min(np.min(moved), 0.0) < requirement.width - TOLERANCE:
                    found.append(requirement)
        return found

    def show(self, requirements: Sequence[Requirement], x: np.ndarray) -> bool:
        """Look for other tables that fit the whole-number pattern x and in which targets lie `width` off.

        The requirements share what is known.  One programme moves as many targets as it can, changing little else;
        what it finds is kept and serves other requirements too.  False where it moved none.
        """
        hidden = x > 0.5
        known = requirements[0].known
        if known is not None:
            hidden[known] = False
        free = ~self._bounded
        free[np.flatnonzero(self._bounded)[hidden[self._owner]]] = True
        chosen = np.flatnonzero(free)
        rows = self._rows[~hidden[self._rows]]
        matrix = self._dense[:, chosen]
        kept = matrix[rows][np.any(matrix[rows], axis=1)]
        toward = np.array([self._target(each) @ matrix for each in requirements])
        widths = np.array([each.width for each in requirements])
        count, atoms = len(requirements), len(chosen)
        bounds = np.zeros((2 * atoms + count, 2))
        bounds[:atoms, 1] = np.inf
        bounds[atoms : 2 * atoms, 1] = self._truth[chosen]
        bounds[2 * atoms :, 1] = widths
        found_any = False
        for sign in (1.0, -1.0):
            self.effort.spend()
            found = linprog(
                np.concatenate([np.full(2 * atoms, 1e-3), -np.ones(count)]),
                A_eq=np.hstack([kept, -kept, np.zeros((len(kept), count))]) if len(kept) else None,
                b_eq=np.zeros(len(kept)) if len(kept) else None,
                A_ub=np.hstack([-sign * toward, sign * toward, np.eye(count)]),
                b_ub=np.zeros(count),
                bounds=bounds,
                method="highs-ds",
            )
            if found.status != 0:
                continue
            self._keep(matrix @ (found.x[:atoms] - found.x[atoms : 2 * atoms]))
            if np.any(found.x[2 * atoms :] >= widths - TOLERANCE):
                return True
            found_any = found_any or bool(np.any(found.x[2 * atoms :] > TOLERANCE))
        return found_any and len(self.unmet(requirements, x)) < count

    def violated(self, requirement: Requirement, x: np.ndarray) -> Cut | None:
        """A cut that the pattern x breaks, or None where the requirement holds."""
        allowed = np.clip(x, 0.0, 1.0)
        if requirement.known is not None:
            allowed = allowed.copy()
            allowed[requirement.known] = 0.0
        whole = bool(np.all((allowed < TOLERANCE) | (allowed > 1 - TOLERANCE)))
        target = self._target(requirement)
        coefficients, need = np.zeros(len(x)), requirement.width
        for sign in (-1.0, 1.0):
            slopes, constant = self._bound(sign * target, allowed, whole)
            coefficients += slopes
            need -= constant
            if coefficients @ allowed >= need - TOLERANCE:
                return None  # one side alone is wide enough
        if requirement.known is not None:
            coefficients[requirement.known] = 0.0
        if coefficients @ np.clip(x, 0.0, 1.0) >= need - TOLERANCE * max(1.0, requirement.width):
            return None
        return Cut(np.minimum(coefficients, need), need)

    def _target(self, requirement: Requirement) -> np.ndarray:
        target = np.zeros(len(self.system.cells))
        for cell, factor in requirement.target:
            target[cell] += factor
        return target

    def _bound(self, target: np.ndarray, allowed: np.ndarray, whole: bool) -> tuple[np.ndarray, float]:
        """How far below its value the target can go: at most constant + slopes · x for every pattern x."""
        up, down = self._above * allowed, self._below * allowed
        values = self.system.values
        rows, owner = self._rows, self._owner
        b = np.concatenate([values[rows] + up[rows], -(values[rows] - down[rows])])
        bounds = np.zeros((self.system.atoms, 2))
        bounds[:, 1] = np.inf
        bounds[self._bounded, 0] = values[owner] - down[owner]
        bounds[self._bounded, 1] = values[owner] + up[owner]
        self.effort.spend()
        found = linprog(target @ self._dense, A_ub=self._matrix, b_ub=b, bounds=bounds, method="highs-ds")
        if found.status != 0:
            raise ArithmeticError(f"the attacker's programme could not be solved: {found.message}")
        upper, lower = np.split(found.ineqlin.marginals, 2)
        slopes = np.zeros(len(values))
        slopes[rows] = -self._above[rows] * upper - self._below[rows] * lower
        floor, ceiling = found.lower.marginals[self._bounded], found.upper.marginals[self._bounded]
        slopes[owner] = self._below[owner] * floor - self._above[owner] * ceiling
        fixed = values[rows] @ (upper - lower) + values[owner] @ (floor + ceiling)
        if whole:
            self._keep(self._dense @ found.x - values)
        constant = float(target @ values - fixed)
        return np.maximum(slopes, 0.0), constant

    def _keep(self, moved: np.ndarray) -> None:
        moved[np.abs(moved) < TOLERANCE] = 0.0
        self._witnesses = np.vstack([self._witnesses, moved])

    def _some_truth(self) -> np.ndarray:
        """Atoms that add up to every cell: the true table where it is complete, else one that could be."""
        truth = np.zeros(self.system.atoms)
        truth[self._bounded] = self.system.values[self._owner]
        if self._bounded.all():
            return truth
        found = linprog(
            np.zeros(self.system.atoms),
            A_eq=self._dense,
            b_eq=self.system.values,
            method="highs-ds",
        )
        if found.status != 0:
            raise Unprotectable("the figures contradict each other")
        return np.asarray(found.x)
