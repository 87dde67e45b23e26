"""Which whole numbers occur in an array.

What numpy has for it first imports its masked arrays, which takes longer than all that is asked of it here.
"""

from __future__ import annotations

from typing import Any


def distinct(numbers: Any) -> Any:
    """Each number once, in order."""
    import numpy as np

    ordered = in_order(numbers)
    return ordered[np.concatenate([np.ones(len(ordered[:1]), dtype=bool), ordered[1:] != ordered[:-1]])]


def in_order(numbers: Any) -> Any:
    """Numbers sorted.  Those of a year of a table come in long stretches that are in order: some ways see that."""
    import numpy as np

    return np.sort(numbers, kind="stable")


def among(numbers: Any, known: Any) -> Any:
    """For each number whether it is one of those known, which are in order."""
    import numpy as np

    if not len(known):
        return np.zeros(len(numbers), dtype=bool)
    return known[np.minimum(np.searchsorted(known, numbers), len(known) - 1)] == numbers
