"""Workbooks on trafficking in human beings, read by meaning: tidy tables, charts and the yearly overview.

    import thb_analysis as thb

    thb.tables()                        # which tables there are, and what they mean
    thb.load("persons_convicted")       # one of them as a plain DataFrame
    thb.trend("registered_offences")    # counts, differences, exact intervals, a verdict
    thb.explain("persons_convicted", year=2023, article="154.1")   # the way back to the cell

Every name is loaded when it is first used, so that importing the package costs nothing.
"""

from __future__ import annotations

from importlib import import_module

TYPE_CHECKING = False  # what the library has for it takes longer to import than all else here
if TYPE_CHECKING:
    from thb_analysis.door import explain, justice_chain, load, tables, trend, trend_chart

__all__ = ["explain", "justice_chain", "load", "tables", "trend", "trend_chart"]


def __getattr__(name: str) -> object:
    if name in __all__:
        return getattr(import_module("thb_analysis.door"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
