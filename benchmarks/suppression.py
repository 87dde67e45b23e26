"""How long disclosure control takes on random tables: the optimum, or the heuristic at the time limit, and the audit.

    python benchmarks/suppression.py [SECONDS]

Wall and CPU seconds; on a busy machine only the CPU seconds compare.  Every pattern is audited in whole numbers.
"""

from __future__ import annotations

import sys
import time

import numpy as np

from thb_analysis.disclosure.attacker import Unprotectable
from thb_analysis.disclosure.audit import Secret, Told, audit
from thb_analysis.disclosure.optimum import Pattern, suppress
from thb_analysis.disclosure.risks import Risks, find_risks
from thb_analysis.disclosure.rounding import controlled_rounding
from thb_analysis.disclosure.system import System, complete

#: shape, mean, shape of the gamma distribution of the means, threshold
CASES = (
    ((5, 5), 3, 0.6, 3),
    ((10, 10), 3, 0.6, 3),
    ((20, 20), 3, 0.6, 3),
    ((20, 20), 25, 2.0, 5),
    ((3, 4, 6), 3, 0.6, 3),
    ((8, 8, 4), 3, 0.6, 3),
    ((8, 8, 4), 25, 2.0, 5),
)


def main(limit: float) -> None:
    print(f"time limit {limit:g} s; suppress (wall, CPU), audit (wall), rounding (wall)")
    for shape, mean, spread, k in CASES:
        for seed in range(3):
            dice = np.random.default_rng(seed)
            table = complete(dice.poisson(dice.gamma(spread, mean / spread, size=shape)))
            risks = find_risks(table, [k if c.open else 0 for c in table.cells], groups=False, selves=False)
            wall, cpu = time.perf_counter(), time.process_time()
            try:
                found = suppress(table, risks, limit)
            except Unprotectable:
                print(f"{'x'.join(map(str, shape)):8} mean {mean:2} k {k}: cannot be protected")
                continue
            wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
            start = time.perf_counter()
            broken = _audit(table, risks, found)
            audited = time.perf_counter() - start
            start = time.perf_counter()
            controlled_rounding(table, k)
            rounded = time.perf_counter() - start
            kind = (
                "optimum" if found.optimal else f"heuristic, at most {found.cost / found.bound - 1:.0%} above"
            )
            print(
                f"{'x'.join(map(str, shape)):8} mean {mean:2} k {k}: {len(risks.primary):3} primary, "
                f"{len(found.suppressed):3} hidden, {kind}, {wall:.2f} s ({cpu:.2f}), "
                f"audit {audited:.2f} s ({broken} broken), rounding {rounded:.2f} s",
                flush=True,
            )


def _audit(table: System, risks: Risks, found: Pattern) -> int:
    told = [Told(c.atoms, c.value, c.value) for i, c in enumerate(table.cells) if i not in found.suppressed]
    secrets = [Secret(str(i), table.cells[i].atoms, r.width) for r in risks.requirements for i in r.label]
    return len(audit(table.atoms, told, secrets))


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 30.0)
