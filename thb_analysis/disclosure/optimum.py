"""The cheapest set of further cells to hide: an integer programme with the attacker's bounds as cutting planes.

The relaxed programme is solved first, with a cut for every requirement that it breaks; then the integer one, until the
attacker finds nothing.  Where that takes too long the heuristic takes over.  Nothing here is trusted: `audit` looks at
every pattern with code of its own.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from thb_analysis.disclosure.attacker import TOLERANCE, Attacker, Cut, Unprotectable
from thb_analysis.disclosure.effort import WHOLE, Effort
from thb_analysis.disclosure.heuristic import safe_pattern, without_unneeded
from thb_analysis.disclosure.risks import Risks
from thb_analysis.disclosure.system import Requirement, System, cost

CUTS_A_ROUND = 40
FIRST, SECOND, LAST = 0.3, 0.5, 1.0  #: shares of the effort that are spent when a part of the search ends


@dataclass(frozen=True, slots=True)
class Pattern:
    """The cells that are hidden (primary ones among them), what it costs, and whether less is known not to do."""

    suppressed: frozenset[int]
    cost: float
    optimal: bool
    bound: float  #: no pattern costs less


def suppress(
    system: System, risks: Risks, limit: float = 30.0, clock: Callable[[], float] = time.monotonic
) -> Pattern:
    """The pattern that keeps every requirement at the least cost, or the heuristic's within the limit (seconds).

    A first part of the effort is the optimum's; then a safe pattern is made, so that one is at hand; then the optimum
    goes on; what is left takes from the safe pattern what it does not need.
    Raises Unprotectable where even hiding every open cell does not do, or no safe pattern was found in time.
    """
    if not risks:
        return Pattern(frozenset(), 0.0, True, 0.0)
    attacker = Attacker(system, Effort(limit, clock))
    master = _Master(system, risks, attacker.effort)
    chosen = _optimum(attacker, master, risks, FIRST)
    if chosen is None:
        safe = safe_pattern(system, risks, attacker)
        chosen = _optimum(attacker, master, risks, SECOND)
        if chosen is None:
            chosen = without_unneeded(safe, system, risks, attacker, LAST)
            if (least := cost(system, chosen)) > master.bound + TOLERANCE:
                return Pattern(chosen, least, False, master.bound)
    return Pattern(chosen, cost(system, chosen), True, cost(system, chosen))


def _optimum(attacker: Attacker, master: _Master, risks: Risks, share: float) -> frozenset[int] | None:
    """The cheapest safe pattern; None where it was not found within a share of the effort."""
    while attacker.effort.within(share):
        x = master.solve(share)
        if x is None:
            return None
        cuts = _separate(attacker, risks.requirements, x, share)
        if cuts is None:
            return None
        if not cuts and bool(np.all(np.abs(x - np.round(x)) < TOLERANCE)):
            return frozenset(int(i) for i in np.flatnonzero(x > 0.5))
        master.add(cuts)
        master.relaxed = master.relaxed and bool(cuts) and not master.stalled
    return None


def _separate(
    attacker: Attacker, requirements: tuple[Requirement, ...], x: np.ndarray, share: float
) -> list[Cut] | None:
    """Cuts that x breaks; None when the effort was spent before all requirements were looked at."""
    whole = bool(np.all(np.abs(x - np.round(x)) < TOLERANCE))
    x = np.round(x) if whole else x
    waiting: list[Requirement] = list(requirements)
    cuts: list[Cut] = []
    if not whole:  # what persons know of themselves is looked at when the pattern is a pattern
        waiting = [each for each in waiting if each.known is None]
    while waiting and len(cuts) < CUTS_A_ROUND:
        if not attacker.effort.within(share):
            return None
        if whole:
            waiting = attacker.unmet(waiting, x)
            alike = [each for each in waiting if each.known == waiting[0].known]
            if not waiting or attacker.show(alike, x):
                continue
        requirement = waiting.pop(0)
        if cut := attacker.violated(requirement, x):
            cuts.append(cut)
    return cuts


class _Master:
    """The choice of cells to hide, with the cuts known so far."""

    def __init__(self, system: System, risks: Risks, effort: Effort) -> None:
        self._effort = effort
        self.relaxed = True
        self._weights = system.weights
        self._floor = np.zeros(len(system.cells))
        self._floor[list(risks.primary)] = 1.0
        self._ceiling = np.array([float(cell.open) for cell in system.cells])
        self._rows: list[np.ndarray] = []
        self._needs: list[float] = []
        self.bound = 0.0
        self.stalled = False
        for parts, whole in system.lines:  # no cell is hidden alone in its line
            line = [*parts, whole]
            for i in risks.primary.intersection(line):
                row = np.zeros(len(system.cells))
                row[line] = 1.0
                row[i] = 0.0
                self.add([Cut(row, 1.0)])

    def add(self, cuts: list[Cut]) -> None:
        self._rows += [cut.coefficients / max(cut.need, TOLERANCE) for cut in cuts]
        self._needs += [1.0] * len(cuts)

    def solve(self, share: float) -> np.ndarray | None:
        """The cheapest x under the cuts, in whole numbers unless `relaxed`; None when it was not found in time."""
        relaxed = self.relaxed
        self._effort.spend(1 if relaxed else WHOLE)
        constraints = [LinearConstraint(np.array(self._rows), lb=np.array(self._needs))] if self._rows else []
        found = milp(
            self._weights,
            integrality=np.zeros(len(self._weights)) if relaxed else np.ones(len(self._weights)),
            bounds=Bounds(self._floor, self._ceiling),
            constraints=constraints,
            options={"time_limit": max(self._effort.seconds(share), 0.01), "mip_rel_gap": 0.0},
        )
        if found.status == 2:
            raise Unprotectable("no pattern meets the cuts")
        if found.status != 0:
            return None
        self.stalled = relaxed and found.fun < self.bound + 1e-3
        self.bound = max(self.bound, float(found.fun))
        return np.asarray(found.x)
