"""Tables of a second hand: every figure that is read means what was meant, and of what is not read a finding tells."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from random import Random

from drafts import answer, describe
from strangers import draw

from thb_analysis.observations import Observation

WORKBOOKS = 260
SENDERS = {"registered_by", "identification", "scope", "instance"}  #: what the sender or nothing at all says


def said(o: Observation) -> tuple[str, int | None, frozenset[tuple[str, str]]]:
    """What a figure was read as, without what stands for all and without what the workbook need not say."""
    return (
        o.table,
        o.year,
        frozenset((name, code) for name, code in o.dims if code != "_T" and name not in SENDERS),
    )


def test_what_is_read_is_what_was_meant(tmp_path: Path) -> None:
    outcomes: Counter[str] = Counter()
    for number in range(WORKBOOKS):
        draft, meant = draw(Random(number))
        found = answer(draft, tmp_path)
        read = {(o.sheet, o.cell): o for o in found.said}
        for place, o in read.items():
            assert place in meant, f"{place} is no figure\n{describe(draft)}"
            fact, count = meant[place]
            assert (said(o), o.value) == (fact, count), f"{place} is {fact}\n{describe(draft)}"
        lost = meant.keys() - read.keys()
        assert not lost or found.errors, f"{sorted(lost)} went without a word\n{describe(draft)}"
        outcomes["read"] += len(read)
        outcomes["meant"] += len(meant)
    assert outcomes["read"] >= outcomes["meant"] * 0.95, outcomes
