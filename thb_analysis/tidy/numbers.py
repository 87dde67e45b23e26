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
        self._keys = [[key_of(template, table)[2:] for template in plate.templates] for plate in plates]
        self.columns = table.key_columns[1:]
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

        return np.concatenate([self._of_plate(*each) for each in zip(self.plates, self._keys, strict=True)])

    def _of_plate(self, plate: Plate, keys: Sequence[tuple[str, ...]]) -> Any:
        import numpy as np

        rows = np.zeros(len(plate.rows), dtype=np.int64)
        for name, codes in zip(plate.names, plate.codes, strict=True):
            ranks, step = self._ranks[self._at[name]], self.steps[self._at[name]]
            rows += np.fromiter(map(ranks.__getitem__, codes), dtype=np.int64, count=len(codes)) * step
        fixed = [
            (at, ranks, step)
            for at, (name, ranks, step) in enumerate(zip(self.columns, self._ranks, self.steps, strict=True))
            if name not in plate.names
        ]
        own = [sum([ranks[key[at]] * step for at, ranks, step in fixed]) for key in keys]
        return np.add.outer(np.array(own, dtype=np.int64), rows).ravel()
