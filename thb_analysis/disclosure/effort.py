"""How much work a search may take: counted in programmes solved, with a clock behind it.

The count is the same on every machine, so that a table gets the same pattern on a busy one.  It is set so that an idle
machine is done long before the time limit; the clock only holds the limit where a machine is so busy that it is not.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

A_SECOND = 40
"""Programmes for each second of the limit: a sixth of what one core solves (tables of 400 cells)."""

WHOLE = 120
"""An integer programme counts as so many linear ones."""

FOR_THE_SEARCH = 0.8
"""The part of the time limit that the search may have; the rest is for what it has under way, and for the audit."""


@dataclass
class Effort:
    """What was spent of a time limit (seconds)."""

    limit: float
    clock: Callable[[], float]
    spent: int = 0

    def __post_init__(self) -> None:
        self._start = self.clock()

    def spend(self, programmes: int = 1) -> None:
        self.spent += programmes

    def within(self, share: float) -> bool:
        """Whether less than a share of both was spent: of the programmes and of the time."""
        return self.spent < share * self.limit * A_SECOND and self.seconds(share) > 0

    def seconds(self, share: float) -> float:
        """The seconds left of a share of the search's part of the limit."""
        return share * FOR_THE_SEARCH * self.limit - (self.clock() - self._start)

    @property
    def is_over(self) -> bool:
        """Whether the time limit itself has come."""
        return self.clock() - self._start > self.limit
