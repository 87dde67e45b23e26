"""Trends over five years and more: a quasi-Poisson log-linear slope.

With three or four points no test of a trend keeps its promise on clustered counts, so none is made.
Method: Poisson regression with log link; the dispersion is Pearson's, at least 1; Student's t with n - 2
degrees. Source: McCullagh and Nelder (1989), Generalized Linear Models, 2nd ed., chapter 6.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import special

from thb_analysis.analysis import counts
from thb_analysis.analysis.frames import MONEY, groups, series
from thb_analysis.analysis.trends import since_last_break

MINIMUM_POINTS: Final = 5
"""Fewer points are too short for a trend."""


@dataclass(frozen=True, slots=True)
class Slope:
    """The trend of one series.

    `first_year`, `last_year`, `n`: the points used (since the last break in series; absent values left out).
    `percent_per_year`, `low`, `high`: the yearly change in per cent and its range; NaN where there is none.
    `p_value`: two-sided; `dispersion`: Pearson's, at least 1.
    `verdict`: `increase`, `decrease`, `no_evidence`, `too_short`, `all_zero`, `not_estimable` (all events lie
    in the first or the last year), `amount` (money has no trend), `no_count`.
    """

    first_year: int | None
    last_year: int | None
    n: int
    percent_per_year: float
    low: float
    high: float
    p_value: float
    dispersion: float
    verdict: str


def slope(
    years: Sequence[int] | NDArray[np.int64],
    values: Sequence[float] | NDArray[np.float64],
    level: float = counts.LEVEL,
) -> Slope:
    """The quasi-Poisson slope of yearly counts; absent values (NaN) are left out.

    Raises ValueError if the two differ in length or a year comes twice.
    """
    x, y = np.asarray(years, dtype=float), np.asarray(values, dtype=float)
    if x.shape != y.shape or len(np.unique(x)) != len(x):
        raise ValueError("one value for each year is expected, and each year once")
    x, y = x[~np.isnan(y)], y[~np.isnan(y)]
    if any(value < 0 or value != int(value) for value in y):
        return _without(x, "no_count")
    if len(x) < MINIMUM_POINTS:
        return _without(x, "too_short")
    if not y.any():
        return _without(x, "all_zero")
    if np.isin(x[y > 0], (x.min(), x.max())).all() and len(x[y > 0]) == 1:
        return _without(x, "not_estimable")
    design = np.column_stack([np.ones_like(x), x - x.mean()])
    coefficients = _fit(design, y)
    mean = np.exp(design @ coefficients)
    freedom = len(x) - 2
    dispersion = max(1.0, float(((y - mean) ** 2 / mean).sum()) / freedom)
    covariance = np.linalg.inv(design.T @ (design * mean[:, None])) * dispersion
    beta, error = float(coefficients[1]), math.sqrt(covariance[1, 1])
    p_value = 2 * float(special.stdtr(freedom, -abs(beta / error)))
    reach = float(special.stdtrit(freedom, (1 + level) / 2)) * error
    verdict = "no_evidence" if p_value >= 1 - level else ("increase" if beta > 0 else "decrease")
    return Slope(
        first_year=int(x.min()),
        last_year=int(x.max()),
        n=len(x),
        percent_per_year=_percent(beta),
        low=_percent(beta - reach),
        high=_percent(beta + reach),
        p_value=p_value,
        dispersion=dispersion,
        verdict=verdict,
    )


def slopes(
    frame: pd.DataFrame, by: Sequence[str] = ("article",), level: float = counts.LEVEL
) -> pd.DataFrame:
    """The slope of each group of a tidy table, one row per group: the columns of `by`, `unit`, those of
    `Slope`.

    A break in series splits the series; only the part since the last one counts.
    """
    results = []
    for codes, group in groups(series(frame, by), by):
        part = since_last_break(group)
        money = (part["unit"] == MONEY).any()
        years, values = part["year"].to_numpy(), part["value"].to_numpy(dtype=float)
        found = _without(years, "amount") if money else slope(years, values, level)
        unit = part["unit"].iloc[0]
        results.append({**dict(zip(by, codes, strict=True)), "unit": unit, **asdict(found)})
    return pd.DataFrame(results, columns=[*by, "unit", *(field.name for field in fields(Slope))])


def _percent(log_change: float) -> float:
    return 100 * math.expm1(log_change) if log_change < 700 else math.inf


def _without(years: NDArray[np.float64], verdict: str) -> Slope:
    nothing = math.nan
    first, last = (int(np.min(years)), int(np.max(years))) if len(years) else (None, None)
    return Slope(first, last, len(years), nothing, nothing, nothing, nothing, nothing, verdict)


def _fit(design: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
    """Newton's steps on the Poisson likelihood, halved whenever one would make it worse."""
    coefficients = np.array([math.log(y.mean()), 0.0])

    def likelihood(at: NDArray[np.float64]) -> float:
        with np.errstate(over="ignore"):
            linear = design @ at
            return float(y @ linear - np.exp(linear).sum())

    for _ in range(100):
        mean = np.exp(design @ coefficients)
        step = np.linalg.solve(design.T @ (design * mean[:, None]), design.T @ (y - mean))
        size = 1.0
        while likelihood(coefficients + size * step) < likelihood(coefficients) and size > 1e-9:
            size /= 2
        coefficients = coefficients + size * step
        if np.abs(step).max() < 1e-10:
            break
    return coefficients
