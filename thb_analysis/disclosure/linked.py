"""Figures of a table as one system: codes under codes, parts that add up, years in periods, and earlier releases.

A key is a tuple: the period, then a code for each attribute.  A period is a year, or `first/last`, whose parts are its
years.  Where listed codes add up to their whole, the attacker knows that there is nothing else; where they do not, the
rest is an atom of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from thb_analysis.definitions import TOTAL
from thb_analysis.disclosure.risks import Risks, find_risks
from thb_analysis.disclosure.system import Cell, Requirement, System, weight

Key = tuple[str, ...]
REST = "\0rest of "


class Inconsistent(Exception):
    """Parts come to more than their whole, or a figure is not the one that was published before."""


@dataclass(frozen=True, slots=True)
class Linked:
    """A system, where each figure stands in it, and what it risks."""

    system: System
    keys: tuple[Key, ...]  #: of the first cells of the system, those of this release
    risks: Risks


def years_of(period: str) -> list[str]:
    """The years of a period."""
    first, _, last = period.partition("/")
    return [str(year) for year in range(int(first), int(last or first) + 1)]


def crossed(key: Key) -> int:
    """How many attributes a figure crosses."""
    return sum(code != TOTAL for code in key[1:])


def link(
    figures: Mapping[Key, int],
    known: Mapping[Key, int],
    parents: Sequence[Mapping[str, str]],
    threshold: Callable[[int], int],
) -> Linked:
    """The system of figures to be released, `known` ones from earlier releases included.

    `parents` gives the parent of a code, by attribute.  Raises Inconsistent.
    """
    for key, value in known.items():
        if figures.get(key, value) != value:
            raise Inconsistent("revised after it was published")
        if key in figures and 0 < value < threshold(crossed(key)):
            raise Inconsistent("published before with fewer than the threshold")
    values = {**known, **figures}
    axes = Axes(values, parents)
    keys = tuple(sorted(figures))
    cells = [
        Cell(
            key,
            axes.atoms(key),
            figures[key],
            weight(figures[key], sum(c == TOTAL for c in key[1:])),
            crossed(key) > 0 and key not in known,
        )
        for key in keys
    ]
    cells += [
        Cell(key, axes.atoms(key), value, open=False, released=False)
        for key, value in sorted(known.items())
        if key not in figures
    ]
    place = {key: i for i, key in enumerate(keys)}
    lines, rests, zeros = [], [], []
    for key in sorted(values):
        for axis in range(1, len(key)):
            cover = axes.cover(key, axis, values)
            if not cover:
                continue
            rest = values[key] - sum(values[each] for each in cover)
            inside = {atom for each in cover for atom in axes.atoms(each)}
            if rest < 0:
                raise Inconsistent("parts come to more than their whole")
            if rest == 0:
                zeros.append(tuple(sorted(set(axes.atoms(key)) - inside)))
            if key in place and all(each in place for each in cover):
                parts = tuple(place[each] for each in cover)
                if rest == 0:
                    lines.append((parts, place[key]))
                elif rest < (k := threshold(max(crossed(each) for each in cover))):
                    target = ((place[key], 1), *((part, -1) for part in parts))
                    rests.append(Requirement(target, float(k)))
    cells += [Cell(("",), atoms, 0, open=False, released=False) for atoms in zeros if atoms]
    system = System(tuple(cells), axes.count, tuple(lines))
    limits = {i: threshold(crossed(cell.key)) if cell.released else 0 for i, cell in enumerate(cells)}
    risks = find_risks(system, limits)
    ones = [i for i in risks.primary if cells[i].value == 1]
    rests += [Requirement(each.target, each.width, one) for each in tuple(rests) for one in ones]
    return Linked(system, keys, Risks(risks.primary, (*risks.requirements, *rests)))


class Axes:
    """The codes of each attribute and the atoms under them."""

    def __init__(self, keys: Iterable[Key], parents: Sequence[Mapping[str, str]]) -> None:
        keys = list(keys)
        years = sorted({year for key in keys for year in years_of(key[0])})
        self._parents = [{}, *parents]
        self._codes = [
            sorted({key[axis] for key in keys} - {TOTAL}) if axis else years
            for axis in range(len(self._parents))
        ]
        self._categories = [years] + [
            [*(self._own(axis, code) for code in self._codes[axis]), REST + TOTAL]
            for axis in range(1, len(self._parents))
        ]
        self._numbers = {atom: i for i, atom in enumerate(product(*self._categories))}
        self._known: dict[Key, tuple[int, ...]] = {}

    @property
    def count(self) -> int:
        return len(self._numbers)

    def atoms(self, key: Key) -> tuple[int, ...]:
        """The atoms that a figure adds up."""
        if key not in self._known:
            parts = [years_of(key[0])] + [self._under(axis, key[axis]) for axis in range(1, len(key))]
            self._known[key] = tuple(self._numbers[atom] for atom in product(*parts))
        return self._known[key]

    def cover(self, key: Key, axis: int, values: Mapping[Key, int]) -> list[Key]:
        """The figures directly below another one along an attribute, the highest ones that there are."""
        found: list[Key] = []
        for code in self._children(axis, key[axis]):
            below = (*key[:axis], code, *key[axis + 1 :])
            found += [below] if below in values else self.cover(below, axis, values)
        return found

    def _children(self, axis: int, code: str) -> list[str]:
        return [each for each in self._codes[axis] if self._above(axis, each) == code]

    def _above(self, axis: int, code: str) -> str:
        """The nearest code above that occurs."""
        above = self._parents[axis].get(code, "")
        while above and above not in self._codes[axis]:
            above = self._parents[axis].get(above, "")
        return above or TOTAL

    def _own(self, axis: int, code: str) -> str:
        return REST + code if self._children(axis, code) else code

    def _under(self, axis: int, code: str) -> list[str]:
        if code == TOTAL:
            return self._categories[axis]
        return [
            self._own(axis, code),
            *(c for child in self._children(axis, code) for c in self._under(axis, child)),
        ]
