"""What is done to figures before any is hidden: fewer attributes, merged codes, pooled years."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from thb_analysis.definitions import TOTAL
from thb_analysis.disclosure.audit import Contradiction, Told, intervals
from thb_analysis.disclosure.linked import Axes, Inconsistent, Key, crossed, link, years_of
from thb_analysis.disclosure.policy import Merge, Policy

Figures = dict[Key, int]


def reduce(figures: Figures, parents: Sequence[Mapping[str, str]], most: int) -> Figures:
    """The figures that cross at most `most` attributes, with those margins that follow from the others.

    A margin is worked out only where everything that was counted leaves it no choice.
    """
    kept = {key: value for key, value in figures.items() if crossed(key) <= most}
    for period in sorted({key[0] for key in figures}):
        there = {key: value for key, value in figures.items() if key[0] == period}
        axes = sorted(
            {
                axis
                for key in there
                if crossed(key) > most
                for axis in range(1, len(key))
                if key[axis] != TOTAL
            }
        )
        if not axes:
            continue
        inside = {
            (key[0], *(key[axis] for axis in axes)): value
            for key, value in there.items()
            if all(key[axis] == TOTAL for axis in range(1, len(key)) if axis not in axes)
        }
        wanted: dict[str, Key] = {}
        for at, axis in enumerate(axes, start=1):
            for code in sorted({key[at] for key in inside} - {TOTAL}):
                margin = (period, *(code if each == axis else TOTAL for each in range(1, len(parents) + 1)))
                if margin not in kept:
                    wanted["\t".join((str(at), code))] = margin
        for name, value in _forced(inside, [parents[axis - 1] for axis in axes], wanted).items():
            kept[wanted[name]] = value
    return kept


def _forced(
    inside: Figures, parents: Sequence[Mapping[str, str]], wanted: Mapping[str, Key]
) -> dict[str, int]:
    """Those of the wanted margins that can have one value only."""
    period = next(iter(inside))[0]
    sums = {}
    for name in wanted:
        at, code = name.split("\t")
        sums[name] = (period, *(code if each == int(at) else TOTAL for each in range(1, len(parents) + 1)))
    try:
        linked = link(inside, {}, parents, lambda _: 0)
    except Inconsistent:
        return {}
    axes = Axes(inside, parents)
    told = [Told(cell.atoms, cell.value, cell.value) for cell in linked.system.cells]
    try:
        found = intervals(axes.count, told, {name: axes.atoms(key) for name, key in sums.items()})
    except Contradiction:
        return {}
    return {name: round(low) for name, (low, high) in found.items() if high - low < 0.5}


def merge(figures: Figures, at: int, rule: Merge) -> Figures | None:
    """The figures with the codes of one attribute merged; None where parts make up no whole, or none was told."""
    others = {key: value for key, value in figures.items() if key[at] == TOTAL}
    parts = {key: value for key, value in figures.items() if key[at] != TOTAL}
    merged: Figures = {}
    for key, value in parts.items():
        into = rule.into.get(key[at], key[at])
        if (
            into != key[at]
            and (*key[:at], into, *key[at + 1 :]) in parts
            and _is_parent(rule, into, parts, at)
        ):
            continue  # the parent has a figure of its own
        target = (*key[:at], into, *key[at + 1 :])
        merged[target] = merged.get(target, 0) + value
    if not all((*key[:at], TOTAL, *key[at + 1 :]) in others for key in merged):
        return None
    for whole, value in others.items():
        below = [v for key, v in merged.items() if (*key[:at], TOTAL, *key[at + 1 :]) == whole]
        if below and sum(below) != value:
            return None
    return {**others, **merged}


def _is_parent(rule: Merge, into: str, parts: Mapping[Key, int], at: int) -> bool:
    return (
        len(set(rule.into.values())) == 1 and into not in rule.into and any(key[at] == into for key in parts)
    )


def pool(figures: Figures, policy: Policy) -> Figures:
    """Crossed figures over several years, where every year of the window has the same crossing in full.

    Several crossings of a window share margins: each is told once, and crossings that give different ones are not told.
    """
    years = sorted({int(key[0]) for key in figures})
    found: Figures = {}
    if policy.pooled <= policy.yearly or not years or not policy.first_year:
        return found
    for first in range(policy.first_year, years[-1] - policy.years + 2, policy.years):
        period = f"{first}/{first + policy.years - 1}"
        window = years_of(period)
        wholes = [figures.get((year, *(TOTAL for _ in policy.attributes))) for year in window]
        crossings = {_axes(key) for key in figures if key[0] in window and crossed(key) > policy.yearly}
        sums: list[Figures] = []
        for axes in sorted(crossings):
            if len(axes) > policy.pooled:
                continue
            parts = [
                {k: v for k, v in figures.items() if k[0] == year and _axes(k) == axes} for year in window
            ]
            if any(w is None or sum(p.values()) != w for w, p in zip(wholes, parts, strict=True)):
                continue
            own: Figures = {}
            for key, value in (item for each in parts for item in each.items()):
                for margin in _margins(key, axes):
                    pooled = (period, *margin[1:])
                    own[pooled] = own.get(pooled, 0) + value
            sums.append(own)
        for own in sums:
            if all(own[key] == other[key] for other in sums for key in own.keys() & other.keys()):
                found |= own
    return found


def _axes(key: Key) -> tuple[int, ...]:
    return tuple(axis for axis in range(1, len(key)) if key[axis] != TOTAL)


def _margins(key: Key, axes: Sequence[int]) -> list[Key]:
    found = [key]
    for axis in axes:
        found += [(*each[:axis], TOTAL, *each[axis + 1 :]) for each in found]
    return found
