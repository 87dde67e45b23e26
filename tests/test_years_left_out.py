"""A year that is missing among those of a table: told, and nothing is lost."""

from __future__ import annotations

from pathlib import Path

import pytest
from drafts import Draft, Page, answer

TITLE = "Reģistrētie noziedzīgie nodarījumi"


@pytest.mark.parametrize(
    ("years", "told"),
    [
        ((2021, 2022, 2024), ["2023"]),
        ((2019, 2020, 2022, 2023, 2024), ["2021"]),
        ((2022, 2023, 2024), []),
        ((2015, 2020, 2024), []),  # picked
        ((2022, 2024), ["2023"]),
        ((2020, 2024), []),
    ],
)
@pytest.mark.parametrize("across", [True, False])
def test_the_one_year_that_is_missing_is_told(
    tmp_path: Path, years: tuple[int, ...], told: list[str], across: bool
) -> None:
    page = Page("Lapa1")
    page.put((1, 1), TITLE)
    for at, year in enumerate(years, 2):
        heading, figure = ((2, at), (3, at)) if across else ((2 * at, 1), (2 * at + 1, 2))
        page.put(heading, f"{year}. gads")
        page.put((figure[0], 1), "KL 154.1")
        page.put(figure, at)
    found = answer(Draft("2024/IC_2024.xlsx", [page]), tmp_path)
    assert [f.expected for f in found.findings if f.code == "year_left_out"] == told
    assert not found.errors
    assert len(found.rows) == len(years)
