"""A text that names one year, or two, is read once for all years: held to reading each text for itself."""

from __future__ import annotations

import re
import tomllib
from functools import partial
from pathlib import Path

import pytest

from thb_analysis.definitions import Catalogue, figures, load_catalogue
from thb_analysis.ingest.words.any_year import in_any_year
from thb_analysis.ingest.words.labels import vocabulary
from thb_analysis.ingest.words.readers import readers
from thb_analysis.ingest.words.spans import YEAR

DATA = Path(__file__).parent / "data"
YEARS = ("1991", "2014", "2023", "2024", "2049")


def _texts() -> set[str]:
    """Every text of the habits, and what the catalogue itself calls its tables, with a year in some places."""
    found: set[str] = set()

    def gather(what: object) -> None:
        if isinstance(what, str):
            found.add(what)
        elif isinstance(what, dict):
            for each in what.values():
                gather(each)
        elif isinstance(what, list):
            for each in what:
                gather(each)

    for path in sorted(DATA.glob("habits*.toml")):
        gather(tomllib.loads(path.read_text(encoding="utf-8")))
    catalogue = load_catalogue()
    for table in catalogue.tables.values():
        for title in table.titles:
            found |= {
                f"{title} 2019. gadā",
                f"2019. {title}",
                f"{title}, 164.¹ pants, no 2019",
                f"{title} 2019/1712",
                f"{title}, 2015.–2019. gads",
                f"{title}, no 2015. līdz 2019. gadam",
                f"{title} 2019/2018",
            }
    return {text for text in found if len(text) < 200 and in_any_year(text) is not None}


def _moved(years: dict[str, str], found: re.Match[str]) -> str:
    return years[found[0]]


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue()


@pytest.mark.parametrize("year", YEARS)
def test_any_year_says_what_each_year_says(catalogue: Catalogue, year: str) -> None:
    tried = 0
    for text in sorted(_texts()):
        dated = in_any_year(text)
        assert dated is not None
        first = int(next(iter(dated[1])))
        moved = {said: str(int(said) - first + int(year)) for said in dated[1]}
        if not all(re.fullmatch(YEAR, each) for each in moved.values()):
            continue
        own = re.sub(rf"(?<!\d){YEAR}(?!\d)", partial(_moved, moved), text)
        knowing = readers(catalogue, own)
        for table in figures(catalogue):
            words = vocabulary(catalogue, table.id)
            expected = words.read_by_itself(own)
            assert words.read(own) == expected, (table.id, own)
            assert not expected or words in knowing, (table.id, own)
            tried += bool(expected)
    assert tried > 1_500
