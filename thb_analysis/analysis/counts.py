"""Exact intervals and comparisons for very small counts.

Counts of a year are taken as Poisson: an interval is the range compatible with chance if events were
independent. Nothing here is approximate; zeros need no special care from the caller.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import special

LEVEL: Final = 0.95
"""The confidence level used unless another is asked for."""

NO_PERCENT_BELOW: Final = 20
"""No percentage is given on a smaller base (the limit below which ONS marks a rate unreliable)."""

FREE_PERCENT_FROM: Final = 50
"""A percentage on a base below this is given with a flag."""

RELATIVE_TOLERANCE: Final = 1e-7
"""Outcomes as probable as the one observed count as equally extreme (as in R's binom.test)."""


@dataclass(frozen=True, slots=True)
class Interval:
    """A closed range; `high` is infinite where there is no upper limit."""

    low: float
    high: float

    def __contains__(self, value: float) -> bool:
        return self.low <= value <= self.high


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two counts side by side.

    `old`, `new`: the counts, None where absent.  `difference`: new less old, in units.
    `ratio`: the rate of `new` over that of `old`; None where `old` is 0 or a side is absent (never infinite).
    `interval`: its exact range, None where a side is absent; the upper end is infinite when `old` is 0.
    `p_value`: exact, two-sided; None where a side is absent.
    `percent`: the change in per cent of `old`, None where the base is too small for one.
    `percent_flag`: `shown`, `small_base` (given, but on a base of 20 to 49), `not_shown` (base under 20),
    `none`.
    `verdict`: `rise`, `fall`, `unchanged`, `no_reliable_change`, `both_zero`, `not_comparable`.
    """

    old: int | None
    new: int | None
    difference: int | None
    ratio: float | None
    interval: Interval | None
    p_value: float | None
    percent: float | None
    percent_flag: str
    verdict: str


def as_count(value: float | int | None) -> int | None:
    """The value as a count, None where it is absent.

    Raises ValueError for a value that is no count (negative, or with a fraction).
    """
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return None
    count = int(value) if math.isfinite(value) else -1
    if count != value or count < 0:
        raise ValueError(f"not a count: {value!r} (expected a whole number, zero or more)")
    return count


def garwood(k: float | int, level: float = LEVEL) -> Interval:
    """The exact interval for the mean of a Poisson count `k`.

    Source: Garwood, F. (1936), Biometrika 28, 437-442; the same as chi-squared quantiles halved.
    Raises ValueError if `k` is no count or `level` is not between 0 and 1.
    """
    count = as_count(k)
    if count is None:
        raise ValueError("not a count: the value is absent")
    tail = _tail(level)
    low = float(special.gammaincinv(count, tail)) if count else 0.0
    return Interval(low, float(special.gammainccinv(count + 1, tail)))


def compare(
    old: float | int | None,
    new: float | int | None,
    t_old: float = 1,
    t_new: float = 1,
    level: float = LEVEL,
) -> Comparison:
    """Compare a later count with an earlier one, exactly, given how many events there were in all.

    `t_old`, `t_new` are the exposures (years pooled, population); a percentage is given only where they are
    equal. Method: given old + new, the later count is binomial (Przyborowski and Wilenski 1940); the p-value
    adds up all outcomes no more probable than the one observed; the range is that of Clopper and Pearson
    (1934) for the share, turned into a ratio.  With a base of 5 or less no fall, not even to zero, can be
    told from chance. Raises ValueError if a value is no count or an exposure is not positive.
    """
    if not (t_old > 0 and t_new > 0):
        raise ValueError(f"exposures must be positive, not {t_old!r} and {t_new!r}")
    before, after = as_count(old), as_count(new)
    tail = _tail(level)
    if before is None or after is None:
        return Comparison(before, after, None, None, None, None, None, "none", "not_comparable")
    total = before + after
    share = t_new / (t_old + t_new)
    p_value = _binomial_p(after, total, share)
    percent, flag = _percent(before, after) if t_old == t_new else (None, "none")
    return Comparison(
        before,
        after,
        after - before,
        (after / t_new) / (before / t_old) if before else None,
        _ratio_interval(before, after, t_old / t_new, tail),
        p_value,
        percent,
        flag,
        _verdict(before, after, t_old, t_new, p_value, level),
    )


def holm(p_values: Sequence[float] | NDArray[np.float64]) -> NDArray[np.float64]:
    """The p-values adjusted for their number (Holm 1979, Scandinavian Journal of Statistics 6, 65-70).

    An absent p-value (NaN) stays absent and does not count.
    """
    values = np.asarray(p_values, dtype=float)
    adjusted = np.full(values.shape, np.nan)
    present = np.flatnonzero(~np.isnan(values))
    order = present[np.argsort(values[present], kind="stable")]
    steps = values[order] * np.arange(len(order), 0, -1)
    adjusted[order] = np.minimum(np.maximum.accumulate(steps), 1.0)
    return adjusted


def dispersion_index(values: Sequence[float] | NDArray[np.float64]) -> float:
    """The variance of the counts over their mean: about 1 for independent events, more for batches.

    Absent values are left out; NaN with fewer than three counts or none above zero.
    """
    present = np.asarray(values, dtype=float)
    present = present[~np.isnan(present)]
    if len(present) < 3 or present.sum() == 0:
        return math.nan
    return float(present.var(ddof=1) / present.mean())


def _tail(level: float) -> float:
    if not 0 < level < 1:
        raise ValueError(f"the level must lie between 0 and 1, not {level!r}")
    return (1 - level) / 2


def _percent(before: int, after: int) -> tuple[float | None, str]:
    if before < NO_PERCENT_BELOW:
        return None, "not_shown"
    flag = "small_base" if before < FREE_PERCENT_FROM else "shown"
    return 100 * (after - before) / before, flag


def _verdict(before: int, after: int, t_old: float, t_new: float, p_value: float, level: float) -> str:
    if before == after == 0:
        return "both_zero"
    rates = after * t_old, before * t_new
    if rates[0] == rates[1]:
        return "unchanged"
    if p_value >= 1 - level:
        return "no_reliable_change"
    return "rise" if rates[0] > rates[1] else "fall"


def _ratio_interval(before: int, after: int, exposure: float, tail: float) -> Interval:
    low, high = 0.0, math.inf
    if after:
        share = float(special.betaincinv(after, before + 1, tail))
        low = share / (1 - share) * exposure
    if before:
        share = float(special.betainccinv(after + 1, before, tail))
        high = share / (1 - share) * exposure
    return Interval(low, high)


def _log_probability(k: int, n: int, share: float) -> float:
    choose = special.gammaln(n + 1) - special.gammaln(k + 1) - special.gammaln(n - k + 1)
    return float(choose + special.xlogy(k, share) + special.xlog1py(n - k, -share))


def _binomial_p(k: int, n: int, share: float) -> float:
    """The probability of all outcomes no more probable than `k`, on both sides of the most probable one."""
    limit = _log_probability(k, n, share) + math.log1p(RELATIVE_TOLERANCE)
    mode = min(math.floor((n + 1) * share), n)
    if _log_probability(mode, n, share) <= limit:
        return 1.0
    below, above = (
        (k, _first_rare(mode, n + 1, n, share, limit))
        if k < mode
        else (_first_rare(mode, -1, n, share, limit), k)
    )
    lower = float(special.bdtr(below, n, share)) if below >= 0 else 0.0
    upper = float(special.bdtrc(above - 1, n, share)) if above <= n else 0.0
    return min(lower + upper, 1.0)


def _first_rare(common: int, rare: int, n: int, share: float, limit: float) -> int:
    """Going from an outcome above the limit outwards: the first at or below it, found by halving."""
    while abs(rare - common) > 1:
        middle = (common + rare) // 2
        if _log_probability(middle, n, share) <= limit:
            rare = middle
        else:
            common = middle
    return rare
