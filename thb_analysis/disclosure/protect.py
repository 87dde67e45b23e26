"""One part of a protected table made safe to publish: the remedies in their order, then the audit.

What comes out is either safe in the eyes of an attacker who has every earlier release, or withheld.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from thb_analysis.definitions import TOTAL
from thb_analysis.disclosure.attacker import Unprotectable
from thb_analysis.disclosure.audit import Contradiction, Secret, Told, audit, intervals
from thb_analysis.disclosure.linked import Inconsistent, Key, Linked, crossed, link, years_of
from thb_analysis.disclosure.optimum import suppress
from thb_analysis.disclosure.policy import Policy
from thb_analysis.disclosure.remedies import Figures, merge, pool, reduce
from thb_analysis.disclosure.rounding import CannotRound, controlled_rounding

EXACT = 1e-3  #: an interval that leaves no choice between whole numbers

Member = TypeVar("Member", int, str)


@dataclass(frozen=True, slots=True)
class Earlier:
    """A figure of an earlier release: exact, or between two values where it was rounded."""

    key: Key
    value: int
    base: int = 1


@dataclass(slots=True)
class Safe:
    """What can be published: figures, those hidden, those rounded, and what is withheld with the reason."""

    shown: Figures = field(default_factory=dict)
    hidden: set[Key] = field(default_factory=set)
    rounded: Figures = field(default_factory=dict)
    withheld: dict[tuple[str, tuple[int, ...]], str] = field(default_factory=dict)
    heuristic: list[str] = field(default_factory=list)  #: periods for which the optimum took too long


def protect(
    figures: Figures, policy: Policy, parents: Sequence[Mapping[str, str]], earlier: Sequence[Earlier]
) -> Safe:
    """Figures of one part of a table (keys: year and a code for each attribute) as they can be published."""
    kept = reduce(figures, parents, policy.yearly) if "reduce" in policy.remedies else dict(figures)
    if "merge" in policy.remedies:
        kept = _merged(kept, policy, parents)
    if "pool" in policy.remedies:
        kept |= pool(figures, policy)
    safe = Safe()
    earlier = [*earlier, *_implied(kept, parents)]
    for axes, periods in _groups(kept, earlier):
        part = {k: v for k, v in kept.items() if k[0] in periods and _within(k, axes)}
        known = [e for e in earlier if set(years_of(e.key[0])) & _all_years(periods) and _within(e.key, axes)]
        _settle(part, known, axes, policy, parents, safe)
    if "round" in policy.remedies and (safe.hidden or safe.withheld):
        return _rounded(kept, policy, parents, earlier) or safe
    return safe


def _implied(figures: Figures, parents: Sequence[Mapping[str, str]]) -> list[Earlier]:
    """Wholes that nobody told and that a breakdown gives away to who looks at another one of the same year."""
    found = []
    for period in sorted({key[0] for key in figures}):
        whole = (period, *(TOTAL for _ in parents))
        sums = []
        for axis, above in enumerate(parents, start=1):
            parts = {k[axis]: v for k, v in figures.items() if k[0] == period and k[axis] != TOTAL}
            parts = {
                code: figures[alone]
                for code in parts
                if (alone := (*whole[:axis], code, *whole[axis + 1 :])) in figures
            }
            if parts:
                sums.append(sum(value for code, value in parts.items() if above.get(code) not in parts))
        if whole not in figures and len(sums) > 1:
            found.append(Earlier(whole, max(sums)))
    return found


def _settle(
    part: Figures,
    earlier: Sequence[Earlier],
    axes: tuple[int, ...],
    policy: Policy,
    parents: Sequence[Mapping[str, str]],
    safe: Safe,
) -> None:
    """Hide what must be hidden in one linked group of figures; withhold the group where that does not do."""
    periods = "/".join(sorted({key[0] for key in part}))
    exact = {_short(e.key, axes): e.value for e in earlier if e.base == 1}
    small = {_short(key, axes): key for key in part}
    try:
        linked = link(
            {s: part[k] for s, k in small.items()}, exact, [parents[a - 1] for a in axes], policy.threshold
        )
        pattern = suppress(linked.system, linked.risks, policy.limit)
        told = _told(linked, pattern.suppressed) + _loosely(linked, earlier, axes)
        if audit(linked.system.atoms, told, _secrets(linked)):
            raise Unprotectable("the audit found a way")
    except Unprotectable:
        reason = "unprotectable"
    except Inconsistent as why:
        reason = "revised" if "before" in str(why) or "after" in str(why) else "overlap"
    except Contradiction:
        reason = "revised"
    else:
        suppressed = pattern.suppressed
        if not pattern.optimal:
            suppressed -= _following(linked, told, suppressed)
        hidden = {small[linked.keys[i]] for i in suppressed}
        safe.hidden |= hidden
        safe.shown |= {key: value for key, value in part.items() if key not in hidden}
        if not pattern.optimal:
            safe.heuristic.append(periods)
        return
    safe.shown |= {key: value for key, value in part.items() if not crossed(key)}
    for key in part:
        if crossed(key):
            safe.withheld[key[0], axes] = reason


def _told(linked: Linked, suppressed: frozenset[int]) -> list[Told]:
    return [
        Told(cell.atoms, cell.value, cell.value)
        for i, cell in enumerate(linked.system.cells)
        if i not in suppressed
    ]


def _following(linked: Linked, told: Sequence[Told], suppressed: frozenset[int]) -> set[int]:
    """Hidden cells that follow from what is told: hiding them keeps nobody from anything."""
    cells = linked.system.cells
    sums = {str(i): cells[i].atoms for i in suppressed - linked.risks.primary}
    found = intervals(linked.system.atoms, told, sums, whole_numbers=False)
    return {int(name) for name, (low, high) in found.items() if high - low < EXACT}


def _loosely(linked: Linked, earlier: Sequence[Earlier], axes: tuple[int, ...]) -> list[Told]:
    """What earlier rounded figures tell about cells of this system."""
    place = {key: i for i, key in enumerate(linked.keys)}
    return [
        Told(linked.system.cells[place[key]].atoms, max(0, e.value - e.base + 1), e.value + e.base - 1)
        for e in earlier
        if e.base > 1 and (key := _short(e.key, axes)) in place
    ]


def _secrets(linked: Linked) -> list[Secret]:
    cells = linked.system.cells
    return [
        Secret(
            name=" − ".join("/".join(cells[i].key) for i in r.label),
            plus=tuple(a for i, factor in r.target if factor > 0 for a in cells[i].atoms),
            minus=tuple(a for i, factor in r.target if factor < 0 for a in cells[i].atoms),
            width=r.width,
            own=None if r.known is None else (cells[r.known].atoms, cells[r.known].value),
        )
        for r in linked.risks.requirements
    ]


def _merged(figures: Figures, policy: Policy, parents: Sequence[Mapping[str, str]]) -> Figures:
    """The figures with codes merged where that alone takes the risk away."""
    found = dict(figures)
    for rule in policy.merges:
        at = policy.attributes.index(rule.dimension) + 1
        for period in sorted({key[0] for key in figures}):
            block = {k: v for k, v in found.items() if k[0] == period and _within(k, (at,))}
            if not _risky(block, at, policy, parents):
                continue
            merged = merge(block, at, rule)
            if merged is not None and not _risky(merged, at, policy, parents):
                found = {k: v for k, v in found.items() if k not in block} | merged
    return found


def _risky(block: Figures, at: int, policy: Policy, parents: Sequence[Mapping[str, str]]) -> bool:
    small = {_short(key, (at,)): value for key, value in block.items()}
    try:
        return bool(link(small, {}, [parents[at - 1]], policy.threshold).risks)
    except Inconsistent:
        return False


def _rounded(
    kept: Figures, policy: Policy, parents: Sequence[Mapping[str, str]], earlier: Sequence[Earlier]
) -> Safe | None:
    """Every figure rounded, totals included; None where that is not possible or not safe."""
    safe = Safe()
    for axes, periods in _groups(kept, earlier):
        part = {k: v for k, v in kept.items() if k[0] in periods and _within(k, axes)}
        small = {_short(key, axes): key for key in part}
        before = {e.key: e.value for e in earlier if e.base == policy.base} | safe.rounded
        if any(e.base == 1 and e.key in part for e in earlier):
            return None
        try:
            linked = link(
                {s: part[k] for s, k in small.items()}, {}, [parents[a - 1] for a in axes], policy.threshold
            )
            places = {i: before[small[key]] for i, key in enumerate(linked.keys) if small[key] in before}
            values = controlled_rounding(linked.system, policy.base, places, policy.limit)
            told = [
                Told(cell.atoms, max(0, value - policy.base + 1), value + policy.base - 1)
                if cell.released
                else Told(cell.atoms, cell.value, cell.value)
                for cell, value in zip(linked.system.cells, values, strict=True)
            ]
            if audit(linked.system.atoms, told, _secrets(linked)):
                return None
        except (CannotRound, Inconsistent, Contradiction):
            return None
        safe.rounded |= {small[key]: values[i] for i, key in enumerate(linked.keys)}
    return safe


def _groups(figures: Figures, earlier: Sequence[Earlier]) -> list[tuple[tuple[int, ...], frozenset[str]]]:
    """Attributes that occur crossed belong together; periods that share a year and an attribute do too.

    Groups tell nothing of each other but what the totals tell, and those are known.
    """
    keys = [*figures, *(each.key for each in earlier)]
    axes = _joined([{a for a in range(1, len(key)) if key[a] != TOTAL} for key in keys])
    found = []
    for group in axes:
        names = tuple(sorted(group))
        inside = [key for key in keys if crossed(key) and _within(key, names)]
        for years in _joined([set(years_of(key[0])) for key in inside]):
            periods = frozenset(key[0] for key in figures if set(years_of(key[0])) <= years)
            if any(key[0] in periods and crossed(key) and _within(key, names) for key in figures):
                found.append((names, periods))
    lonely = {key[0] for key in figures} - {p for _, periods in found for p in periods}
    return [*found, *(((), frozenset((period,))) for period in sorted(lonely))]


def _joined(sets: Sequence[set[Member]]) -> list[set[Member]]:
    """Sets that share a member become one."""
    found: list[set[Member]] = []
    for each in sets:
        if not each:
            continue
        sharing = [other for other in found if other & each]
        found = [other for other in found if not other & each] + [set(each).union(*sharing)]
    return sorted(found, key=sorted)


def _within(key: Key, axes: tuple[int, ...]) -> bool:
    return all(code == TOTAL for axis, code in enumerate(key) if axis and axis not in axes)


def _short(key: Key, axes: tuple[int, ...]) -> Key:
    return (key[0], *(key[axis] for axis in axes))


def _all_years(periods: frozenset[str]) -> set[str]:
    return {year for period in periods for year in years_of(period)}
