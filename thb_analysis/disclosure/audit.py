"""The attacker, in code of its own: what can be worked out of everything ever published.

Nothing is shared with what chose the cells: the audit is given what the public is given, asks for the least and the
greatest value of every hidden figure, first over real, then over whole numbers, and reports what lies too close.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import csc_array

OPEN_OR_NOT = 4  #: the solver does not say whether nothing bounds a goal or nothing is possible


@dataclass(frozen=True, slots=True)
class Told:
    """A figure that the attacker has: the atoms that it adds up, and between what it lies (equal when exact)."""

    atoms: tuple[int, ...]
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Secret:
    """A sum of atoms (some with a minus) of which too much must not be known, even to who knows `own` as well."""

    name: str
    plus: tuple[int, ...]
    width: float
    minus: tuple[int, ...] = ()
    own: tuple[tuple[int, ...], int] | None = None  #: atoms and value of a figure that the attacker is in


@dataclass(frozen=True, slots=True)
class Disclosure:
    """A secret that the attacker gets too close to, and the interval he is left with."""

    name: str
    low: float
    high: float
    width: float


class Contradiction(Exception):
    """What was told cannot all be true; the attacker learns of a revision."""


def audit(
    atoms: int, told: Sequence[Told], secrets: Iterable[Secret], whole_numbers: bool = True
) -> list[Disclosure]:
    """The secrets that are given away; an empty list where nothing is.

    Raises Contradiction where the figures told do not fit together.
    """
    knowledge = _Knowledge(atoms, told)
    if not knowledge.possible():
        raise Contradiction
    found = []
    for secret in secrets:
        if whole_numbers and knowledge.shows_open(secret):
            continue
        low, high, reached = knowledge.interval(secret, whole=False)
        if high - low >= secret.width - 1e-6 and whole_numbers and not reached:
            low, high, _ = knowledge.interval(secret, whole=True)
        if high - low < secret.width - 1e-6:
            found.append(Disclosure(secret.name, round(low, 6), round(high, 6), secret.width))
    return found


def intervals(
    atoms: int, told: Sequence[Told], sums: Mapping[str, tuple[int, ...]], whole_numbers: bool = True
) -> dict[str, tuple[float, float]]:
    """The least and the greatest value that each sum of atoms can have."""
    knowledge = _Knowledge(atoms, told)
    return {
        name: knowledge.interval(Secret(name, plus, 0.0), whole_numbers)[:2] for name, plus in sums.items()
    }


class _Knowledge:
    """What is told, as rows over the atoms that it leaves open."""

    def __init__(self, atoms: int, told: Sequence[Told]) -> None:
        self._low, self._high = np.zeros(atoms), np.full(atoms, np.inf)
        sums = []
        for each in told:
            if len(each.atoms) == 1:
                atom = each.atoms[0]
                self._low[atom] = max(self._low[atom], each.low)
                self._high[atom] = min(self._high[atom], each.high)
            elif each.high == 0:
                self._high[list(each.atoms)] = 0.0
            else:
                sums.append(each)
        places = np.repeat(np.arange(len(sums)), [len(each.atoms) for each in sums])
        columns = np.array([atom for each in sums for atom in each.atoms], dtype=int)
        self._rows = csc_array((np.ones(len(columns)), (places, columns)), shape=(len(sums), atoms))
        self._tables = np.zeros((0, atoms))  # of whole numbers, each of which could be the true one
        self._floor = np.array([each.low for each in sums], dtype=float)
        self._ceiling = np.array([each.high for each in sums], dtype=float)

    def possible(self) -> bool:
        if np.any(self._low > self._high):
            return False
        return self._solve(np.zeros(len(self._low)), None, whole=False) is not None

    def shows_open(self, secret: Secret) -> bool:
        """Whether two tables found before fit all that is told and lie far enough apart in a secret."""
        tables = self._tables
        if secret.own is not None:
            tables = tables[tables[:, list(secret.own[0])].sum(axis=1) == secret.own[1]]
        if len(tables) < 2:
            return False
        values = tables[:, list(secret.plus)].sum(axis=1) - tables[:, list(secret.minus)].sum(axis=1)
        return bool(np.ptp(values) >= secret.width)

    def interval(self, secret: Secret, whole: bool) -> tuple[float, float, bool]:
        """The least and the greatest value, and whether tables of whole numbers reach both."""
        goal = np.zeros(len(self._low))
        goal[list(secret.plus)] += 1.0
        goal[list(secret.minus)] -= 1.0
        low = self._solve(goal, secret.own, whole)
        high = self._solve(-goal, secret.own, whole)
        if low is None or high is None:
            raise Contradiction
        return low[0], -high[0], low[1] and high[1]

    def _solve(
        self, goal: np.ndarray, own: tuple[tuple[int, ...], int] | None, whole: bool
    ) -> tuple[float, bool] | None:
        """The least value of a goal (minus infinity where nothing bounds it), and whether a table of whole numbers
        has it; None where nothing is possible.
        """
        rows, floor, ceiling = self._rows, self._floor, self._ceiling
        if own is not None:
            extra = np.zeros((1, len(goal)))
            extra[0, list(own[0])] = 1.0
            rows = csc_array(np.vstack([rows.toarray(), extra]))
            floor, ceiling = np.append(floor, own[1]), np.append(ceiling, own[1])
        if whole:
            found = milp(
                goal,
                integrality=np.ones(len(goal)),
                bounds=Bounds(self._low, self._high),
                constraints=[LinearConstraint(rows, floor, ceiling)] if len(floor) else [],
                options={"mip_rel_gap": 0.0},
            )
        else:
            equal = floor == ceiling
            found = linprog(
                goal,
                A_eq=rows[equal] if equal.any() else None,
                b_eq=floor[equal] if equal.any() else None,
                A_ub=_both_sides(rows[~equal]) if (~equal).any() else None,
                b_ub=np.concatenate([ceiling[~equal], -floor[~equal]]) if (~equal).any() else None,
                bounds=np.column_stack([self._low, self._high]),
                method="highs",
            )
        if found.status == 0:
            table = np.round(found.x)
            is_whole = bool(np.all(np.abs(found.x - table) < 1e-7))
            if is_whole:
                self._tables = np.vstack([self._tables, table])
            return float(found.fun), is_whole
        if found.status == 3:
            return float("-inf"), False
        if found.status == 2:
            return None
        if found.status == OPEN_OR_NOT and goal.any():  # unbounded, if anything is possible
            return None if self._solve(np.zeros(len(goal)), own, whole) is None else (float("-inf"), False)
        raise ArithmeticError(f"the audit could not be finished: {found.message}")


def _both_sides(rows: csc_array) -> csc_array:
    return csc_array(np.vstack([rows.toarray(), -rows.toarray()]))
