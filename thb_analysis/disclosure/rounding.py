"""Controlled rounding: every cell to one of the two nearest multiples, so that parts still add up to their wholes."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from thb_analysis.disclosure.system import System


class CannotRound(Exception):
    """No additive rounding exists (or none that keeps what was rounded in earlier releases)."""


def controlled_rounding(
    system: System, base: int, kept: Mapping[int, int] | None = None, limit: float = 30.0
) -> list[int]:
    """The additive table of multiples of `base` nearest to the true one; a multiple stays as it is.

    `kept` holds what a cell was rounded to before: it stays.  The least sum of absolute differences, as one integer
    programme.  Every zero stays zero, and the true value lies less than `base` from the rounded one.
    """
    values = system.values.astype(int)
    floors = values // base * base
    gap = values - floors
    low, high = np.zeros(len(values)), (gap > 0).astype(float)
    for cell, rounded in (kept or {}).items():
        up = (rounded - floors[cell]) // base
        if rounded % base or up not in (0, 1) or up > high[cell]:
            raise CannotRound(f"{'/'.join(system.cells[cell].key)} was {rounded} before")
        low[cell] = high[cell] = up
    rows, sides = [], []
    for parts, whole in system.lines:
        row = np.zeros(len(values))
        row[list(parts)] = 1.0
        row[whole] -= 1.0
        rows.append(row)
        sides.append((floors[whole] - floors[list(parts)].sum()) / base)
    found = milp(
        np.where(gap > 0, base - 2 * gap, 0).astype(float),
        integrality=np.ones(len(values)),
        bounds=Bounds(low, high),
        constraints=[LinearConstraint(np.array(rows), sides, sides)] if rows else [],
        options={"time_limit": limit, "mip_rel_gap": 0.0},
    )
    if found.x is None:
        raise CannotRound(found.message)
    return [int(f + base * round(up)) for f, up in zip(floors, found.x, strict=True)]
