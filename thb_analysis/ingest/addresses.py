"""Addresses of many cells: one for each block that they make up."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from thb_analysis.ingest.recognition.grid import Place


def blocks(places: Sequence[Place]) -> list[list[Place]]:
    """Runs that stand right below each other in the same columns, together."""
    found: list[list[Place]] = []
    open_: dict[tuple[int, int], list[Place]] = {}  # by the first and the last column
    for run in _runs(places):
        columns = run[0][1], run[-1][1]
        above = open_.get(columns)
        if above is not None and above[-1][0] == run[0][0] - 1:
            above += run
        else:
            found.append(run)
            open_[columns] = run
    return found


def spelled(block: Sequence[Place], address: Callable[[Place], str]) -> str:
    """The address of a block: “B4”, “B4:C6”."""
    return ":".join(dict.fromkeys((address(block[0]), address(block[-1]))))


def _runs(places: Sequence[Place]) -> Iterable[list[Place]]:
    run: list[Place] = []
    for place in places:
        if run and (place[0] != run[-1][0] or place[1] != run[-1][1] + 1):
            yield run
            run = []
        run.append(place)
    if run:
        yield run
