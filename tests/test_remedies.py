"""Remedies in their order: reduce, merge, pool, round, suppress; and what is withheld where none helps."""

from __future__ import annotations

from dataclasses import replace

import pytest

from thb_analysis.definitions import TOTAL as T
from thb_analysis.disclosure.audit import Secret, Told, audit
from thb_analysis.disclosure.policy import PROTECTED, Merge, Policy
from thb_analysis.disclosure.protect import Earlier, protect
from thb_analysis.disclosure.remedies import pool, reduce

POLICY = Policy(
    table="t",
    kind=PROTECTED,
    owner="ZZ",
    why={},
    attributes=("sex", "country"),
    thresholds=(3, 5),
    remedies=("reduce", "merge", "pool", "suppress"),
    yearly=1,
    pooled=2,
    years=3,
    first_year=2018,
)
PARENTS: list[dict[str, str]] = [{}, {"EE": "foreign", "IN": "foreign", "UZ": "foreign"}]


def year(number: int, women: tuple[int, int], men: tuple[int, int]) -> dict[tuple[str, ...], int]:
    """Sex by country (LV, IN) in full, with the total and nothing else."""
    y = str(number)
    return {
        (y, "F", "LV"): women[0],
        (y, "F", "IN"): women[1],
        (y, "M", "LV"): men[0],
        (y, "M", "IN"): men[1],
        (y, T, T): sum(women) + sum(men),
    }


def test_margins_that_follow_are_worked_out_and_crossings_go() -> None:
    found = reduce(year(2020, (9, 4), (7, 5)), PARENTS, 1)
    assert found == {
        ("2020", T, T): 25,
        ("2020", "F", T): 13,
        ("2020", "M", T): 12,
        ("2020", T, "LV"): 16,
        ("2020", T, "IN"): 9,
    }


def test_margins_that_do_not_follow_are_not() -> None:
    """34 men and 12 women who are adults, 2 children whose sex nobody wrote down."""
    figures = {
        ("2020", "F", "adult"): 12,
        ("2020", "M", "adult"): 34,
        ("2020", T, "child"): 2,
        ("2020", T, T): 48,
    }
    found = reduce(figures, [{}, {}], 1)
    assert found == {("2020", T, "child"): 2, ("2020", T, "adult"): 46, ("2020", T, T): 48}


def test_countries_become_foreign_where_that_helps() -> None:
    figures = {("2020", T, T): 40, ("2020", T, "LV"): 30, ("2020", T, "EE"): 8, ("2020", T, "IN"): 2}
    policy = replace(POLICY, merges=(Merge("country", {"EE": "foreign", "IN": "foreign"}),))
    safe = protect(figures, policy, PARENTS, [])
    assert safe.shown == {("2020", T, T): 40, ("2020", T, "LV"): 30, ("2020", T, "foreign"): 10}
    assert not safe.hidden
    kept = {**figures, ("2020", T, "IN"): 5, ("2020", T, T): 43}
    assert protect(kept, policy, PARENTS, []).shown == kept


def test_crossings_are_pooled_over_whole_windows_only() -> None:
    figures = year(2018, (6, 2), (9, 5)) | year(2019, (7, 3), (4, 6)) | year(2020, (8, 1), (6, 5))
    found = pool(figures, POLICY)
    assert found["2018/2020", "F", "IN"] == 6
    assert found["2018/2020", T, T] == 62
    assert pool({k: v for k, v in figures.items() if k != ("2019", "F", "IN")}, POLICY) == {}
    safe = protect(figures, POLICY, PARENTS, [])
    assert safe.shown["2018/2020", "F", "IN"] == 6
    assert not any(key[0] == "2019" and T not in key[1:] for key in [*safe.shown, *safe.hidden])


def test_a_hidden_year_is_not_told_by_its_period() -> None:
    """The years of a window and the window are one system: hiding must hold across them."""
    figures = year(2018, (6, 1), (9, 1)) | year(2019, (7, 8), (4, 6)) | year(2020, (8, 7), (6, 5))
    safe = protect(figures, POLICY, PARENTS, [])
    assert ("2018", T, "IN") in safe.hidden
    known = safe.shown
    told_all = all((y, T, "IN") in known for y in ("2019", "2020")) and ("2018/2020", T, "IN") in known
    assert not told_all


def test_rounding_is_tried_before_suppression_and_kept() -> None:
    policy = replace(POLICY, remedies=("reduce", "round", "suppress"), base=7)
    figures = {
        ("2020", T, T): 61,
        ("2020", "F", T): 12,
        ("2020", "M", T): 49,
        ("2020", T, "LV"): 59,
        ("2020", T, "EE"): 2,
    }
    safe = protect(figures, policy, PARENTS, [])
    assert set(safe.rounded) == set(figures) and not safe.hidden
    assert all(value % 7 == 0 for value in safe.rounded.values())
    assert safe.rounded["2020", "F", T] + safe.rounded["2020", "M", T] == safe.rounded["2020", T, T]
    before = [Earlier(key, value, 7) for key, value in safe.rounded.items()]
    assert protect(figures, policy, PARENTS, before).rounded == safe.rounded
    exact = [Earlier(("2020", T, T), 61)]
    assert not protect(figures, policy, PARENTS, exact).rounded


def test_what_nothing_protects_is_withheld_and_the_total_stays() -> None:
    figures = {("2020", T, T): 2, ("2020", "F", T): 1, ("2020", "M", T): 1}
    safe = protect(figures, POLICY, PARENTS, [])
    assert safe.shown == {("2020", T, T): 2}
    assert safe.withheld == {("2020", (1,)): "unprotectable"}


@pytest.mark.parametrize("told_before", [("2020", T, "IN"), ("2020", T, "EE"), ("2020", T, "LV")])
def test_no_release_joins_an_earlier_one_into_a_disclosure(told_before: tuple[str, ...]) -> None:
    figures = {("2020", T, T): 40, ("2020", T, "LV"): 30, ("2020", T, "EE"): 8, ("2020", T, "IN"): 2}
    safe = protect(figures, POLICY, PARENTS, [Earlier(told_before, figures[told_before])])
    if safe.withheld:
        assert told_before == ("2020", T, "IN")
        return
    atoms = {("2020", T, "LV"): 0, ("2020", T, "EE"): 1, ("2020", T, "IN"): 2}
    shown = {k: v for k, v in safe.shown.items() if k in atoms} | {told_before: figures[told_before]}
    told = [Told((0, 1, 2), 40, 40), *(Told((atoms[k],), v, v) for k, v in shown.items())]
    assert audit(3, told, [Secret("IN", (2,), 3)]) == []
