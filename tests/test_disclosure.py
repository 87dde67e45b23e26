"""Disclosure control: the reference cases, brute force against the optimum, and an attacker with code of his own."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations, count

import numpy as np
import pytest

from thb_analysis.disclosure.attacker import Unprotectable
from thb_analysis.disclosure.audit import Contradiction, Secret, Told, audit, intervals
from thb_analysis.disclosure.linked import Inconsistent, link
from thb_analysis.disclosure.optimum import suppress
from thb_analysis.disclosure.risks import Risks, find_risks
from thb_analysis.disclosure.rounding import CannotRound, controlled_rounding
from thb_analysis.disclosure.system import Cell, Requirement, System, complete, cost

T = "_T"


def told(system: System, hidden: frozenset[int] | set[int]) -> list[Told]:
    return [Told(c.atoms, c.value, c.value) for i, c in enumerate(system.cells) if i not in hidden]


def secrets(system: System, risks: Risks) -> list[Secret]:
    found = []
    for number, need in enumerate(risks.requirements):
        sums = {
            sign: tuple(a for i, f in need.target if f == sign for a in system.cells[i].atoms)
            for sign in (1, -1)
        }
        own = None if need.known is None else (system.cells[need.known].atoms, system.cells[need.known].value)
        found.append(Secret(str(number), sums[1], need.width, sums[-1], own))
    return found


def limits(system: System, k: int) -> list[int]:
    return [k if cell.open else 0 for cell in system.cells]


def place(system: System, *key: str) -> int:
    return next(i for i, cell in enumerate(system.cells) if cell.key == key)


WILLENBORG = np.array([[20, 50, 10], [8, 19, 22], [17, 32, 12]])


def test_the_table_of_willenborg_and_de_waal() -> None:
    table = complete(WILLENBORG)
    hidden = {place(table, r, c) for r in "12" for c in "02"}
    found = intervals(
        table.atoms, told(table, hidden), {"/".join(table.cells[i].key): table.cells[i].atoms for i in hidden}
    )
    assert found == {"1/2": (5, 30), "1/0": (0, 25), "2/0": (0, 25), "2/2": (4, 29)}


def test_its_optimum_weighted_by_value() -> None:
    plain = complete(WILLENBORG)
    table = System(
        tuple(Cell(c.key, c.atoms, c.value, float(c.value), c.open) for c in plain.cells), 9, plain.lines
    )
    sensitive = place(table, "1", "2")
    risks = Risks(frozenset({sensitive}), (Requirement(((sensitive, 1),), 14.0),))
    found = suppress(table, risks)
    assert found.optimal and found.cost == 59
    assert {table.cells[i].key for i in found.suppressed} == {("1", "0"), ("1", "2"), ("2", "0"), ("2", "2")}


def test_one_small_cell_of_a_region_by_sex_takes_three_more() -> None:
    """The example of sdcTable (region by sex, 100 persons): two women in the first region; optimal: three more."""
    table = complete(np.array([[18, 2], [14, 19], [12, 10], [11, 14]]))
    risks = find_risks(table, limits(table, 3))
    found = suppress(table, risks)
    assert risks.primary == {place(table, "0", "1")} and found.optimal
    assert len(found.suppressed - risks.primary) == 3
    assert not audit(table.atoms, told(table, found.suppressed), secrets(table, risks))


def test_who_knows_himself_learns_his_neighbour() -> None:
    """1 6 9 / 1 7 8 / 9 12 10: safe from outsiders at 2, not from the one person in a cell."""
    table = complete(np.array([[1, 6, 9], [1, 7, 8], [9, 12, 10]]))
    block = {place(table, r, c) for r in "01" for c in "01"}
    alone, other = table.cells[place(table, "0", "0")], table.cells[place(table, "1", "0")]
    outsider = Secret("outsider", other.atoms, 2)
    insider = Secret("insider", other.atoms, 2, own=(alone.atoms, 1))
    assert [d.name for d in audit(table.atoms, told(table, block), [outsider, insider])] == ["insider"]
    risks = find_risks(table, limits(table, 2))
    found = suppress(table, risks)
    assert audit(table.atoms, told(table, found.suppressed), secrets(table, risks)) == []
    assert len(found.suppressed) > 4


def test_two_tables_safe_alone_disclose_together() -> None:
    """Both hide sex within a form; the second shows the age of the same women, and they add up."""
    parents = [{}, {}]
    first = {("2020", T, T): 20, ("2020", "F", T): 2, ("2020", "M", T): 18}
    second = {("2020", T, T): 20, ("2020", T, "child"): 4, ("2020", T, "adult"): 16}
    crossing = {
        ("2020", "F", "child"): 0,
        ("2020", "M", "child"): 4,
        ("2020", "F", "adult"): 2,
        ("2020", "M", "adult"): 14,
    }
    both = link(first | second | crossing, {}, parents, lambda ways: 3 if ways else 0)
    alone = link(first | second, {}, parents, lambda ways: 3 if ways else 0)
    hidden_alone = {i for i, key in enumerate(alone.keys) if key[1] != T}
    risk = [Secret("women", both.system.cells[both.keys.index(("2020", "F", T))].atoms, 3)]
    assert not audit(
        alone.system.atoms,
        told(alone.system, hidden_alone),
        [Secret("women", alone.system.cells[alone.keys.index(("2020", "F", T))].atoms, 3)],
    )
    open_crossing = {i for i, key in enumerate(both.keys) if key[1] != T and key[2] == T}
    assert audit(both.system.atoms, told(both.system, open_crossing), risk)
    found = suppress(both.system, both.risks)
    assert not audit(both.system.atoms, told(both.system, found.suppressed), secrets(both.system, both.risks))


def test_whole_numbers_say_more_than_real_ones() -> None:
    """Three pairs of atoms, each pair with one person: the sum of all is 3 at 1.5 each only in halves."""
    pairs = [(0, 1), (1, 2), (0, 2)]
    facts = [Told(pair, 0, 1) for pair in pairs]
    real = intervals(3, facts, {"sum": (0, 1, 2)}, whole_numbers=False)["sum"]
    whole = intervals(3, facts, {"sum": (0, 1, 2)})["sum"]
    assert (real, whole) == ((0, 1.5), (0, 1))
    assert audit(3, facts, [Secret("sum", (0, 1, 2), 1.5)])


def brute_force(system: System, risks: Risks) -> float | None:
    """The cost of the cheapest pattern that the audit (in real numbers) lets through, by trying all in order."""
    free = [i for i, cell in enumerate(system.cells) if cell.open and i not in risks.primary]
    patterns = [
        risks.primary | set(more) for size in range(len(free) + 1) for more in combinations(free, size)
    ]
    wanted = secrets(system, risks)
    for pattern in sorted(patterns, key=lambda pattern: cost(system, pattern)):
        facts = told(system, pattern)
        broken = next((s for s in wanted if audit(system.atoms, facts, [s], whole_numbers=False)), None)
        if broken is None:
            return cost(system, pattern)
        wanted.sort(key=lambda s: s is not broken)  # what broke one is likely to break the next
    return None


@pytest.mark.parametrize(
    ("seed", "shape"),
    [
        *((seed, (2, 3)) for seed in range(4)),
        *((seed, (3, 2)) for seed in range(4, 6)),
        *(pytest.param(seed, (3, 3), marks=pytest.mark.slow) for seed in range(6, 9)),
    ],
)
def test_brute_force_agrees_with_the_optimum(seed: int, shape: tuple[int, int]) -> None:
    dice = np.random.default_rng(seed)
    while True:
        table = complete(dice.poisson(dice.gamma(1.2, 4.0, size=shape)))
        risks = find_risks(table, limits(table, 3), groups=seed % 3 == 0, selves=seed % 2 == 0)
        if 1 <= len(risks.primary) <= 3:
            break
    best = brute_force(table, risks)
    if best is None:
        with pytest.raises(Unprotectable):
            suppress(table, risks)
        return
    found = suppress(table, risks)
    assert found.optimal
    assert found.cost == pytest.approx(best)


@pytest.mark.parametrize(("shape", "mean"), [((6, 6), 3), ((2, 3, 4), 12)])
def test_on_the_time_limit_the_heuristic_is_safe_and_no_cheaper(shape: tuple[int, ...], mean: float) -> None:
    dice = np.random.default_rng(5)
    table = complete(dice.poisson(dice.gamma(0.8, mean / 0.8, size=shape)))
    risks = find_risks(table, limits(table, 3), selves=False)
    hurried = suppress(table, risks, limit=1e-3, clock=lambda: 0.0)
    assert not hurried.optimal
    assert not audit(table.atoms, told(table, hurried.suppressed), secrets(table, risks))
    assert suppress(table, risks, limit=20).cost <= hurried.cost + 1e-9


def test_a_busy_machine_gets_the_same_pattern_and_the_limit_holds() -> None:
    """Work is counted, not timed; where the limit itself is over and nothing safe is at hand, nothing is told."""
    dice = np.random.default_rng(5)
    table = complete(dice.poisson(dice.gamma(0.8, 12 / 0.8, size=(2, 3, 4))))
    risks = find_risks(table, limits(table, 3), selves=False)

    def slow(step: float) -> Callable[[], float]:
        ticks = count()
        return lambda: step * next(ticks)

    idle, busy = (suppress(table, risks, limit=0.3, clock=slow(step)) for step in (1e-9, 2e-6))
    assert not idle.optimal and idle == busy
    with pytest.raises(Unprotectable):
        suppress(table, risks, limit=1e-3, clock=slow(1.0))


def test_a_row_where_all_are_alike_is_a_risk() -> None:
    table = complete(np.array([[9, 0], [20, 15], [11, 30]]))
    risks = find_risks(table, limits(table, 3))
    assert not risks.primary and risks.requirements
    found = suppress(table, risks)
    assert {place(table, "0", "0"), place(table, "0", "1")} <= found.suppressed
    assert not audit(table.atoms, told(table, found.suppressed), secrets(table, risks))


def test_what_cannot_be_protected_is_refused() -> None:
    figures = {("2020", T): 2, ("2020", "F"): 2, ("2020", "M"): 0}
    linked = link(figures, {}, [{}], lambda ways: 3 if ways else 0)
    with pytest.raises(Unprotectable):
        suppress(linked.system, linked.risks)


def test_a_rest_that_follows_is_a_risk_too() -> None:
    """One of 48 is missing from the list: the difference tells him, though no cell does."""
    figures = {("2020", T): 48, ("2020", "labour"): 37, ("2020", "sexual"): 10}
    linked = link(figures, {}, [{}], lambda ways: 3 if ways else 0)
    found = suppress(linked.system, linked.risks)
    assert {linked.keys[i][1] for i in found.suppressed} & {"labour", "sexual"}


def test_earlier_releases_are_part_of_the_system() -> None:
    def threshold(ways: int) -> int:
        return 3 if ways else 0

    figures = {("2020", T): 40, ("2020", "LV"): 30, ("2020", "EE"): 8, ("2020", "IN"): 2}
    fresh = link(figures, {}, [{}], threshold)
    first = {fresh.keys[i][1] for i in suppress(fresh.system, fresh.risks).suppressed}
    assert first == {"IN", "EE"}  # the cheapest
    known = {("2020", "EE"): 8}
    later = link(figures, known, [{}], threshold)
    assert {later.keys[i][1] for i in suppress(later.system, later.risks).suppressed} == {"IN", "LV"}
    with pytest.raises(Inconsistent):
        link(figures, {("2020", "EE"): 9}, [{}], threshold)
    with pytest.raises(Contradiction):
        audit(2, [Told((0,), 3, 3), Told((0, 1), 2, 2)], [])


def test_more_parts_than_the_whole_is_refused() -> None:
    with pytest.raises(Inconsistent):
        link({("2018", T): 23, ("2018", "A"): 13, ("2018", "B"): 12}, {}, [{}], lambda _: 3)


# --- rounding -------------------------------------------------------------------------------------

OFFENCES = np.array([[4, 12, 13, 3, 48], [10, 5, 1, 0, 5], [2, 9, 2, 0, 13]])


def test_the_registered_offences_rounded_to_three() -> None:
    table = complete(OFFENCES)
    found = controlled_rounding(table, 3)
    by_key = {cell.key: value for cell, value in zip(table.cells, found, strict=True)}
    assert [by_key[str(year), T] for year in range(3)] == [78, 21, 27]
    assert [by_key[T, str(article)] for article in range(5)] == [15, 27, 15, 3, 66]


@pytest.mark.parametrize("seed", range(4))
def test_rounding_adds_up_and_stays_near(seed: int) -> None:
    dice = np.random.default_rng(seed)
    table = complete(dice.poisson(4, size=[(4, 5), (3, 3, 3), (6, 2), (2, 3, 4)][seed]))
    found = controlled_rounding(table, 5)
    for cell, value in zip(table.cells, found, strict=True):
        assert value % 5 == 0 and abs(value - cell.value) < 5
        assert cell.value % 5 or value == cell.value
    for parts, whole in table.lines:
        assert sum(found[i] for i in parts) == found[whole]


def test_a_rounding_once_made_stays() -> None:
    table = complete(OFFENCES)
    at = place(table, "0", "0")
    for kept in (3, 6):
        assert controlled_rounding(table, 3, {at: kept})[at] == kept
    with pytest.raises(CannotRound):
        controlled_rounding(table, 3, {at: 9})
