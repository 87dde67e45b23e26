"""Exact intervals and comparisons against reference values and against sums done by hand."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thb_analysis.analysis.counts import compare, dispersion_index, garwood, holm

GARWOOD = {
    0: (0, 3.6889),
    1: (0.0253, 5.5716),
    2: (0.2422, 7.2247),
    3: (0.6187, 8.7673),
    4: (1.0899, 10.2416),
    5: (1.6235, 11.6683),
    6: (2.2019, 13.0595),
    7: (2.8144, 14.4227),
    8: (3.4538, 15.7632),
    9: (4.1154, 17.0848),
    10: (4.7954, 18.3904),
}
SIX_PLACES = {0: (0, 3.688879), 1: (0.025318, 5.571643), 3: (0.618672, 8.767273), 10: (4.795389, 18.390356)}


def poisson_at_most(k: int, mean: float) -> float:
    return math.fsum(math.exp(-mean + i * math.log(mean) - math.lgamma(i + 1)) for i in range(k + 1))


def exact_p(old: int, new: int, weight_old: int = 1, weight_new: int = 1) -> Fraction:
    """The conditional p-value in whole numbers: no rounding anywhere."""
    n = old + new
    ways = [math.comb(n, k) * weight_new**k * weight_old ** (n - k) for k in range(n + 1)]
    return Fraction(sum(way for way in ways if way <= ways[new]), sum(ways))


def binomial_at_least(k: int, n: int, share: float) -> float:
    return math.fsum(math.comb(n, i) * share**i * (1 - share) ** (n - i) for i in range(k, n + 1))


@pytest.mark.parametrize(("k", "limits"), GARWOOD.items())
def test_garwood_reference_values(k: int, limits: tuple[float, float]) -> None:
    found = garwood(k)
    assert (found.low, found.high) == pytest.approx(limits, abs=5e-5)


@pytest.mark.parametrize(("k", "limits"), SIX_PLACES.items())
def test_garwood_to_six_places(k: int, limits: tuple[float, float]) -> None:
    found = garwood(k)
    assert (found.low, found.high) == pytest.approx(limits, abs=1e-6)


@given(st.integers(0, 400), st.sampled_from([0.8, 0.9, 0.95, 0.99]))
def test_garwood_leaves_half_the_rest_on_each_side(k: int, level: float) -> None:
    found = garwood(k, level)
    tail = (1 - level) / 2
    assert poisson_at_most(k, found.high) == pytest.approx(tail, abs=1e-9)
    if k:
        assert 1 - poisson_at_most(k - 1, found.low) == pytest.approx(tail, abs=1e-9)
    else:
        assert found.low == 0


@pytest.mark.parametrize("wrong", [-1, 2.5, math.nan, math.inf])
def test_garwood_refuses_what_is_no_count(wrong: float) -> None:
    with pytest.raises(ValueError, match="not a count"):
        garwood(wrong)


@pytest.mark.parametrize("level", [0, 1, 95])
def test_a_level_is_a_share(level: float) -> None:
    with pytest.raises(ValueError, match="level"):
        garwood(3, level)


@pytest.mark.parametrize(
    ("old", "new", "ratio", "low", "high", "p"),
    [
        (4, 10, 2.5, 0.7210660, 10.9204688, 0.1795654),
        (10, 2, 0.2, 0.0213070, 0.9385020, 0.0385742),
        (16, 6, 0.375, 0.1201837, 1.0089245, 0.0524788),
        (3, 0, 0.0, 0.0, 2.4199519, 0.25),
    ],
)
def test_comparison_reference_values(
    old: int, new: int, ratio: float, low: float, high: float, p: float
) -> None:
    found = compare(old, new)
    assert found.interval is not None
    assert (found.ratio, found.interval.low, found.interval.high, found.p_value) == pytest.approx(
        (ratio, low, high, p), abs=1e-6
    )


def test_comparison_with_unequal_exposure() -> None:
    """The example of R's poisson.test: 11 in 800 against 21 in 3011."""
    found = compare(21, 11, t_old=3011, t_new=800)
    assert found.interval is not None
    assert (found.ratio, found.interval.low, found.interval.high, found.p_value) == pytest.approx(
        (1.9714881, 0.8584264, 4.2772659, 0.0796686), abs=1e-6
    )
    assert found.percent is None and found.percent_flag == "none"


@given(st.integers(0, 80), st.integers(0, 80), st.integers(1, 4), st.integers(1, 4))
def test_p_value_is_the_sum_of_what_is_no_more_probable(old: int, new: int, w_old: int, w_new: int) -> None:
    found = compare(old, new, t_old=w_old, t_new=w_new)
    assert found.p_value == pytest.approx(float(exact_p(old, new, w_old, w_new)), abs=1e-9)


@given(st.integers(0, 60), st.integers(0, 60))
def test_the_ends_of_the_ratio_are_those_of_the_share(old: int, new: int) -> None:
    found = compare(old, new)
    assert found.interval is not None
    if new:
        low = found.interval.low / (1 + found.interval.low)
        assert binomial_at_least(new, old + new, low) == pytest.approx(0.025, abs=1e-9)
    else:
        assert found.interval.low == 0
    if old:
        high = found.interval.high / (1 + found.interval.high)
        assert 1 - binomial_at_least(new + 1, old + new, high) == pytest.approx(0.025, abs=1e-9)
    else:
        assert math.isinf(found.interval.high)


def test_large_counts_are_compared_too() -> None:
    assert compare(35_702, 38_574).verdict == "rise"
    assert compare(10**9, 10**9 + 10).verdict == "no_reliable_change"


@pytest.mark.parametrize("base", range(6))
def test_from_a_base_of_five_or_less_no_fall_is_reliable(base: int) -> None:
    assert all(compare(base, new).verdict != "fall" for new in range(base + 1))


@pytest.mark.parametrize(
    ("base", "rise", "fall"),
    [
        (0, 6, None),
        (1, 8, None),
        (5, 15, None),
        (8, 20, 1),
        (10, 23, 2),
        (20, 36, 8),
        (48, 71, 29),
        (80, 108, 56),
    ],
)
def test_how_big_a_change_must_be(base: int, rise: int, fall: int | None) -> None:
    assert compare(base, rise).verdict == "rise"
    assert compare(base, rise - 1).verdict == "no_reliable_change"
    if fall is not None:
        assert compare(base, fall).verdict == "fall"
        assert compare(base, fall + 1).verdict == "no_reliable_change"


@pytest.mark.parametrize(
    ("old", "new", "verdict"),
    [(0, 0, "both_zero"), (7, 7, "unchanged"), (None, 4, "not_comparable"), (4, math.nan, "not_comparable")],
)
def test_verdicts_without_a_change(old: float | None, new: float | None, verdict: str) -> None:
    found = compare(old, new)
    assert found.verdict == verdict
    assert (found.p_value is None) == (verdict == "not_comparable")


def test_nothing_is_divided_by_zero() -> None:
    found = compare(0, 3)
    assert found.ratio is None and found.difference == 3 and found.percent is None
    assert found.interval is not None and found.interval.low == pytest.approx(0.4132314, abs=1e-6)


@pytest.mark.parametrize(
    ("base", "flag"),
    [(0, "not_shown"), (19, "not_shown"), (20, "small_base"), (49, "small_base"), (50, "shown")],
)
def test_percentages_need_a_base(base: int, flag: str) -> None:
    found = compare(base, 30)
    assert found.percent_flag == flag
    assert (found.percent is None) == (flag == "not_shown")
    if found.percent is not None:
        assert found.percent == pytest.approx(100 * (30 - base) / base)


def test_holm_by_hand() -> None:
    assert holm([0.01, 0.04, 0.03, math.nan]) == pytest.approx([0.03, 0.06, 0.06, math.nan], nan_ok=True)
    assert holm([0.9, 0.6]) == pytest.approx([1.0, 1.0])
    assert len(holm([])) == 0


def test_dispersion_index() -> None:
    assert dispersion_index([48, 5, 13]) == pytest.approx(523 / 22)
    assert math.isnan(dispersion_index([1, 2])) and math.isnan(dispersion_index([0, 0, 0]))
