"""Workbooks of one sheet that are read without an error, and what their cells say: to be changed and compared."""

from __future__ import annotations

from drafts import Answer, told
from test_habits import HABITS
from test_layouts import short

PLAIN = {
    name: habit.draft
    for name, habit in HABITS.items()
    if habit.read and not habit.says and len(habit.draft.pages) == 1
    if not habit.draft.pages[0].hidden_rows and not habit.draft.pages[0].hidden_columns
}
Cell = tuple[str, int, int]  #: sheet, row, column
Said = dict[Cell, tuple[str, str]]


def figures(found: Answer) -> Said:
    """What each cell of a workbook says of what."""
    said = {}
    for key, one in found.rows.items():
        letters = one.cell.rstrip("0123456789")
        column = sum((ord(letter) - 64) * 26**power for power, letter in enumerate(reversed(letters)))
        if told(one) != "M":
            said[one.sheet, int(one.cell.removeprefix(letters)), column] = short(key), told(one)
    return said
