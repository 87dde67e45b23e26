"""What a forecast can mean: a number, a range, or a change against a named year in one or more readings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

from thb_analysis.analysis.frames import absent

PER_CENT: Final = "%"
CHANGE: Final = "change"
SHARES: Final = frozenset({"percent"})
"""Units in which “+2 %” may mean two points or two hundredths of the base."""


@dataclass(frozen=True, slots=True)
class Span:
    """A number, or a range with an end that may be open (None), in exact arithmetic."""

    low: Fraction | None
    high: Fraction | None

    @property
    def single(self) -> Fraction | None:
        """The number, where it is one."""
        return self.low if self.low is not None and self.low == self.high else None


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read a forecast: `as_written`, `points` (added to the base) or `percent` (of the base)."""

    name: str
    span: Span


def exact(value: float) -> Fraction:
    """A decimal number as written: 0.1 is one tenth, not the nearest binary number."""
    return Fraction(str(value))


def span_of(row: Mapping[str, Any]) -> Span | None:
    """The number or range of a row with `value`, `low` and `high`; None where it has neither."""
    if not absent(row["value"]):
        number = exact(row["value"])
        return Span(number, number)
    ends = [None if absent(row[name]) else exact(row[name]) for name in ("low", "high")]
    return None if ends == [None, None] else Span(ends[0], ends[1])


def readings(forecast: Mapping[str, Any], nature: str, base: Fraction | None) -> list[Reading]:
    """Every way to read a forecast; empty when it needs a base that is not there.

    `forecast`: a row with `raw_value`, `relative_to_year`, `unit`, `value`, `low`, `high`.  `nature`: of the
    indicator; where it is a change itself, the forecast may also be compared as written.
    `base`: the result of the year that the forecast names.
    """
    span = span_of(forecast)
    if span is None:
        return []
    named = forecast["relative_to_year"]
    if absent(named) or not str(named).strip():
        return [Reading("as_written", span)]
    found = [Reading("as_written", span)] if nature == CHANGE else []
    if base is None or span.single is None:
        return found
    signed = PER_CENT in str(forecast["raw_value"])
    either = forecast["unit"] in SHARES or not signed
    ways = {"points": base + span.single, "percent": base * (1 + span.single / 100)}
    return found + [
        Reading(name, Span(number, number)) for name, number in ways.items() if either or name == "percent"
    ]
