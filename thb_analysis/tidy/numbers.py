"""Figures by the numbers of their keys: the order of the numbers is the order of a table's rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from thb_analysis.definitions import Table
from thb_analysis.observations import Observation, Plate
from thb_analysis.tidy.reconcile import key_of, natural

MOST_KEYS = 1 << 62  #: where that many numbers would not do, figures are looked at one by one


class Numbers:
    """What number each key of a year of a table has, that occurs in it."""

    def __init__(self, table: Table, loose: Iterable[Observation], plates: Sequence[Plate]) -> None:
        self.table, self.plates = table, plates
        self.columns = table.key_columns[1:]
        self._keys = [[_key(template, self.columns) for template in plate.templates] for plate in plates]
        self._at = {name: at for at, name in enumerate(self.columns)}
        found: list[set[str]] = [set() for _ in self.columns]
        for observation in loose:
            for known, code in zip(found, key_of(observation, table)[2:], strict=True):
                known.add(code)
        for plate, keys in zip(plates, self._keys, strict=True):
            rows = dict(zip(plate.names, plate.codes, strict=True))
            for at, name in enumerate(self.columns):
                found[at].update(rows[name] if name in rows else [key[at] for key in keys])
        self.codes = [sorted(codes, key=lambda code: (natural(code), code)) for codes in found]
        self._ranks = [{code: rank for rank, code in enumerate(codes)} for codes in self.codes]
        self.steps: list[int] = []
        size = 1
        for codes_ in reversed(self.codes):
            self.steps.insert(0, size)
            size *= len(codes_)
        self.fit = size < MOST_KEYS

    def of(self, observation: Observation) -> int:
        """The number of an observation's key."""
        key = key_of(observation, self.table)[2:]
        return sum(ranks[code] * step for ranks, code, step in zip(self._ranks, key, self.steps, strict=True))

    def of_plates(self) -> Any:
        """The numbers of all plates' keys, plate by plate and column by column."""
        import numpy as np

        rows = np.zeros(sum([len(plate.rows) for plate in self.plates]), dtype=np.int64)
        for at, ranks, step in zip(self._at.values(), self._ranks, self.steps, strict=True):
            self._add_rows(self.columns[at], ranks, step, rows)
        fixed = {names: self._fixed(names) for names in {plate.names for plate in self.plates}}
        own, parts, sizes = [], [], []
        start = 0
        for plate, keys in zip(self.plates, self._keys, strict=True):
            here = fixed[plate.names]
            own += [sum([ranks[key[at]] * step for at, ranks, step in here]) for key in keys]
            size = len(plate.rows)
            parts += [rows[start : start + size]] * len(keys)
            sizes += [size] * len(keys)
            start += size
        return np.concatenate(parts) + np.repeat(np.array(own, dtype=np.int64), sizes)

    def _add_rows(self, name: str, ranks: dict[str, int], step: int, rows: Any) -> None:
        """Add to the rows of all plates what the codes of one column are worth, where plates have one for each row."""
        import numpy as np

        codes: list[str] = []
        there: list[Any] = []
        start = 0
        for plate in self.plates:
            size = len(plate.rows)
            if name in plate.names:
                codes += plate.codes[plate.names.index(name)]
                there.append(slice(start, start + size))
            start += size
        if there:
            values = np.fromiter(map(ranks.__getitem__, codes), dtype=np.int64, count=len(codes)) * step
            at = 0
            for here in there:
                size = here.stop - here.start
                rows[here] += values[at : at + size]
                at += size

    def _fixed(self, names: Sequence[str]) -> list[tuple[int, dict[str, int], int]]:
        """Of the columns that plates' rows do not set: the place, the ranks of the codes, and what a rank is worth."""
        every = zip(self.columns, self._ranks, self.steps, strict=True)
        return [(at, ranks, step) for at, (name, ranks, step) in enumerate(every) if name not in names]


def _key(template: Observation, columns: Sequence[str]) -> list[str]:
    """The same as `key_of` behind the year."""
    said = dict(template.dims)
    said.setdefault("institution", template.institution)
    return [said[name] for name in columns]
