"""Withheld counts stay intervals; national and published figures are compared by name."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from thb_analysis.analysis import international, statements
from thb_analysis.analysis.counts import Interval
from thb_analysis.job import IngestSummary
from thb_analysis.language import Language
from thb_analysis.tidy.store import load

CATALOGUE = Path(__file__).parent.parent / "thb_analysis" / "catalogue"


def listed(name: str) -> pd.DataFrame:
    return pd.read_csv(CATALOGUE / f"{name}.csv", dtype=str, keep_default_na=False, encoding="utf-8")


def population() -> pd.DataFrame:
    return listed("population").astype({"year": "int64", "persons": "int64"})


@pytest.fixture(scope="module")
def published(shipped: tuple[Path, IngestSummary]) -> pd.DataFrame:
    return load("international", shipped[0])


@pytest.fixture(scope="module")
def series(published: pd.DataFrame) -> pd.DataFrame:
    return international.totals(published, listed("comparisons"))


@pytest.fixture(scope="module")
def compared(series: pd.DataFrame, shipped: tuple[Path, IngestSummary]) -> pd.DataFrame:
    rules = listed("comparisons")
    own = international.national({table: load(table, shipped[0]) for table in rules["table"]}, rules)
    return international.beside(series, own)


def test_less_than_five_is_nought_to_four() -> None:
    assert international.censored_interval("Q", "<5") == Interval(0.0, 4.0)
    assert international.censored_interval("A", "<5") is None
    assert international.censored_interval("Q", "") is None


def test_the_publisher_shows_no_zero_so_that_withheld_includes_it(published: pd.DataFrame) -> None:
    """Why “<5” starts at 0: no 0 is ever shown, and women + men often make the total without the withheld."""
    assert not (published["value"] == 0).any()
    plain = published[(published[["dimension", "category", "age_group"]] == "_T").all(axis=1)]
    noughts = 0
    for _, group in plain.groupby(["year", "country", "indicator"]):
        by_sex = group.set_index("sex")
        if {"F", "M", "_T"} <= set(by_sex.index) and by_sex.loc["M", "obs_status"] == "Q":
            noughts += by_sex.loc["_T", "value"] == by_sex.loc["F", "value"]
    assert noughts >= 5


def test_a_withheld_count_never_becomes_a_number(series: pd.DataFrame) -> None:
    withheld = series[series["censored"]]
    assert len(withheld) > 20
    assert withheld["value"].isna().all() and withheld["chance_low"].isna().all()
    assert (withheld["low"] == 0).all() and (withheld["high"] == 4).all()
    rated = international.rates(withheld, population())
    assert rated["rate"].isna().all()


def test_national_figures_beside_the_publishers(compared: pd.DataFrame) -> None:
    victims = compared[compared["indicator"] == "detected_victims"].set_index("year")
    assert victims.loc[2017, ["national", "published", "verdict"]].to_list() == [20, 25, "differs"]
    assert victims.loc[2018:2022, "verdict"].to_list() == ["agrees"] * 5
    assert victims.loc[2023, "verdict"] == "incomplete"
    offences = compared[compared["indicator"] == "offences"].set_index("year")
    assert offences.loc[2021, "verdict"] == "compatible"
    for lang in ("lv", "en"):
        said = [statements.comparison(row, Language(lang)) for row in compared.to_dict("records")]
        assert all(said[place] for place in (compared["verdict"] != "incomplete").to_numpy().nonzero()[0])


def test_a_national_figure_outside_the_withheld_range_is_a_contradiction(series: pd.DataFrame) -> None:
    own = series[series["censored"] & (series["country"] == "LVA")].head(1).assign(value=9.0, censored=False)
    found = international.beside(series, own)
    assert "outside_interval" in set(found["verdict"])


def test_women_and_men_exceed_the_total_of_2020(published: pd.DataFrame) -> None:
    found = international.contradictions(published, listed("comparisons"))
    own = found[(found["country"] == "LVA") & (found["year"] == 2020)].iloc[0]
    assert (own["parts"], own["least"], own["total"], own["dimension"]) == ("16 + 34", 50, 48, "sex")
    for lang in ("lv", "en"):
        assert "48" in statements.publisher_contradiction(own.to_dict(), Language(lang))


def test_rates_by_population_of_the_first_of_january(series: pd.DataFrame) -> None:
    rated = international.rates(series, population(), per=1_000_000)
    own = rated[(rated["indicator"] == "detected_victims") & (rated["country"] == "LVA")].set_index("year")
    assert own.loc[2020, "rate"] == pytest.approx(48 / 1.907675, abs=1e-6)
    assert own.loc[2020, "rate"] == pytest.approx(25.16, abs=5e-3)
    assert own.loc[2020, "rate_low"] == pytest.approx(35.391615 / 1.907675, abs=1e-3)
    assert own.loc[2020, "population_source"]


def test_the_population_table_says_what_was_read() -> None:
    table = listed("population")
    assert not table.duplicated(["country", "year"]).any()
    assert set(table["checked"]) == {"read", "from_memory"}
    assert (table["source"] != "").all()
    latvia = table[table["country"] == "LVA"].set_index("year")
    assert latvia.loc["2020", ["persons", "checked"]].to_list() == ["1907675", "read"]


def test_every_country_and_indicator_has_a_name(series: pd.DataFrame) -> None:
    for lang in ("lv", "en"):
        language = Language(lang)
        assert all(language.text(f"international.country.{code}") for code in series["country"].unique())
        assert all(language.text(f"international.indicator.{code}") for code in listed("comparisons")["id"])
