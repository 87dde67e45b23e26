"""Sheets turned round: what was a row is a column.  The same figures, or refused in words.

`python tests/test_turned.py` turns every workbook of `data/habits*.toml` that has one sheet and is read without an
error, and prints where a figure is then said to be of something else, and how many are refused.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from drafts import Answer, Draft, Page, answer, told
from test_habits import HABITS, Habit
from test_layouts import short

from thb_analysis.definitions import load_catalogue
from thb_analysis.ingest.cells import column_letters
from thb_analysis.ingest.recognition import either_way

STEP = 16  #: of so many workbooks one is turned where all tests are run


def _whole(habit: Habit) -> bool:
    page, *others = habit.draft.pages
    return bool(habit.read) and not (habit.says or others or page.hidden_rows or page.hidden_columns)


NAMES = sorted(name for name, habit in HABITS.items() if _whole(habit))


def turned(page: Page) -> Page:
    """A page with its rows as columns."""
    other = Page(page.name, {(column, row): ink for (row, column), ink in page.cells.items()})
    other.merges = [(left, top, right, bottom) for top, left, bottom, right in page.merges]
    return other


def by_cell(found: Answer) -> dict[str, tuple[str, str]]:
    """Address → the key and the value of its figure."""
    return {o.cell: (short(key), told(o)) for key, o in found.rows.items() if told(o) != "M"}


def other_figures(name: str, folder: Path) -> tuple[dict[str, tuple[str, str]], int, int]:
    """The figures of a turned workbook that were not told so before, how many it had, and how many of them are lost."""
    draft = HABITS[name].draft
    own = {}
    for cell, said in by_cell(answer(draft, folder)).items():
        letters = cell.rstrip("0123456789")
        column = next(n for n in range(1, 1_000) if column_letters(n) == letters)
        own[f"{column_letters(int(cell[len(letters) :]))}{column}"] = said
    now = by_cell(answer(Draft(draft.file, [turned(draft.pages[0])]), folder))
    return (
        {cell: said for cell, said in now.items() if own.get(cell) != said},
        len(own),
        len(own.keys() - now),
    )


def test_a_turned_sheet_says_the_same_or_is_refused(tmp_path: Path) -> None:
    several = [other_figures(name, tmp_path) for name in NAMES[::STEP]]
    assert not any(other for other, _, _ in several)
    assert sum(lost for _, _, lost in several) * 10 < sum(all_ for _, all_, _ in several)


def test_a_long_list_is_not_read_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A line under its title, an empty row and its headings are no doubt worth the time that a second look takes."""
    monkeypatch.setattr(either_way, "recognise", None)
    countries = [member.label["lv"] for member in load_catalogue().codes["citizenship"].values()][3:33]
    page = Page("Lapa1")
    page.put((1, 1), "Aizdomās turētās personas pēc 154.1 panta 2023. gadā")
    page.put((2, 1), "Informācija par gadu")
    page.put((4, 1), "Valstspiederība")
    page.put((4, 2), "Skaits")
    for row, country in enumerate(countries, 5):
        page.put((row, 1), country)
        page.put((row, 2), row)
    found = answer(Draft("2023/VP_2023.xlsx", [page]), tmp_path)
    assert len(by_cell(found)) == len(countries) and not found.codes()


def main() -> None:
    figures = gone = 0
    with tempfile.TemporaryDirectory() as folder:
        for name in NAMES:
            other, own, lost = other_figures(name, Path(folder))
            figures, gone = figures + own, gone + lost
            if other or lost:
                print(name, *other.items(), f"{lost} of {own} refused")
    print(f"{len(NAMES)} workbooks; of {figures} figures {gone} refused")


if __name__ == "__main__":
    main()
