"""Labels with a figure on either side, “7 | adults | 2”, of which nobody can say whose they are."""

from __future__ import annotations

from thb_analysis.ingest.recognition.grid import LABEL, Grid, Place, by_row
from thb_analysis.ingest.recognition.keys import Refusal
from thb_analysis.ingest.recognition.recognise import SheetReading

#: Why figures have no key where labels may be those of the figures before them or behind them.
_OF_EITHER = frozenset({"table_unknown", "key_twice", "heading_gap", "heading_two_ways"})


def between_figures(reading: SheetReading) -> dict[Place, Refusal]:
    """Refused figures before labels of one column and behind them, where one of these labels has both."""
    grid = reading.grid
    lost = {place for place, refusal in reading.refusals.items() if refusal.code in _OF_EITHER}
    lists: dict[
        int, list[Place]
    ] = {}  # column → the labels on which no other stands, with a refused figure beside
    between: dict[int, Place] = {}
    for row, line in grid.once(by_row).items() if lost else ():
        labels = [at for at in line if grid.kinds[at] == LABEL]
        if len(labels) != 1 or lost.isdisjoint(line):
            continue
        column = labels[0][1]
        lists.setdefault(column, []).append(labels[0])
        if {(row, column - 1), (row, column + 1)} <= lost:
            between.setdefault(column, labels[0])
    found: dict[Place, Refusal] = {}
    headed = _under_headings(grid)
    for column, label in between.items():
        row = label[0]
        if headed.get(column - 1, row) < row:
            continue  # what the first figures are a heading says
        told = ", ".join(grid.text((row, at)).strip() for at in (column - 1, column + 1))
        refusal = Refusal("label_between", label, grid.text(label), told)
        sides = ((place[0], at) for place in lists[column] for at in (column - 1, column + 1))
        found |= dict.fromkeys(lost.intersection(sides), refusal)
    return found


def _under_headings(grid: Grid) -> dict[int, int]:
    """The first row of each column in which a label stands beside others, as headings do."""
    found: dict[int, int] = {}
    for row, line in grid.once(by_row).items():
        labels = [column for at, column in line if grid.kinds[at, column] == LABEL]
        for column in labels if len(labels) > 1 else ():
            found[column] = min(row, found.get(column, row))
    return found
