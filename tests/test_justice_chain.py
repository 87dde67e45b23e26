"""The chain as stages in their own units; ratios only where they may be given."""

from __future__ import annotations

import frames
import pandas as pd
import pytest

from thb_analysis.analysis.justice_chain import group_of, pooled_ratio, stages
from thb_analysis.analysis.sentences import sentence
from thb_analysis.language import Language

YEARS = (2021, 2022, 2023)


def tables() -> dict[str, pd.DataFrame]:
    return {
        "persons_convicted": frames.persons_convicted(),
        "registered_offences": frames.registered_offences(),
        "cases_sent_to_court": frames.cases_sent_to_court(),
        "cases_adjudicated": frames.cases_adjudicated(),
        "victims": frames.victims(),
    }


@pytest.fixture(scope="module")
def chain() -> pd.DataFrame:
    return stages(tables(), frames.articles(), 2021, 2023)


def test_stages_in_order_with_their_units(chain: pd.DataFrame) -> None:
    units = dict(zip(chain["stage"], chain["unit"], strict=True))
    assert list(units.items()) == [
        ("registered_offences", "offences"),
        ("cases_sent_to_court", "cases"),
        ("cases_adjudicated", "cases"),
        ("persons_convicted", "persons"),
    ]
    assert len(chain) == 4 * 5 * 3
    assert set(chain.loc[chain["stage"] == "cases_adjudicated", "detail"]) == {"instance=first"}


def test_articles_are_grouped_and_keep_their_order(chain: pd.DataFrame) -> None:
    first = chain[(chain["stage"] == "registered_offences") & (chain["year"] == 2021)]
    assert list(zip(first["article"], first["group"], strict=True)) == [
        ("154.1", "trafficking"),
        ("164", "related"),
        ("165", "related"),
        ("165.1", "related"),
        ("285.2", "linked"),
    ]


def test_nothing_is_rated_within_a_year(chain: pd.DataFrame) -> None:
    assert not {"rate", "ratio", "percent", "share"} & set(chain.columns)


def test_absence_keeps_its_kind_and_a_gap_is_a_row() -> None:
    chain = stages(tables(), frames.articles(), 2020, 2023)
    one = chain[(chain["article"] == "165.1") & (chain["stage"] == "cases_sent_to_court")]
    assert list(one["obs_status"]) == ["", "A", "A", "Z"]
    assert one["value"].isna().tolist() == [True, False, False, True]
    assert one["source_cell"].iloc[0] == "" and one["source_cell"].iloc[1] != ""


def test_institutions_that_count_the_same_stand_side_by_side() -> None:
    rows = [(2021, "285.2", "linked", 7), (2021, "285.2", "_T", 48), (2021, "275+285.2", "linked", 1)]
    border = frames.tidy(rows, ["article", "scope"], "proceedings").assign(institution="AA")
    police = frames.tidy(rows[:1], ["article", "scope"], "proceedings").assign(institution="BB", value=3.0)
    chain = stages({"criminal_proceedings": pd.concat([border, police])}, frames.articles(), 2021, 2021)
    linked = chain[(chain["article"] == "285.2") & (chain["detail"] == "scope=linked")]
    assert sorted(zip(linked["institution"], linked["value"], strict=True)) == [("AA", 7), ("BB", 3)]
    assert chain.loc[chain["detail"] == "", "value"].sum() == 48


@pytest.mark.parametrize(
    ("article", "group"), [("154.1+285.2", "trafficking"), ("275+285.2", "linked"), ("999", ""), ("_T", "")]
)
def test_groups_of_combined_and_unknown_articles(article: str, group: str) -> None:
    assert group_of(article, frames.articles()) == group


def test_years_the_wrong_way_round() -> None:
    with pytest.raises(ValueError, match="after the year"):
        stages(tables(), frames.articles(), 2023, 2021)


def test_a_ratio_between_like_units_pooled_over_three_years(chain: pd.DataFrame) -> None:
    found = pooled_ratio(chain, "cases_adjudicated", "cases_sent_to_court", "285.2", YEARS)
    assert (found.verdict, found.numerator, found.denominator) == ("ratio", 20, 16)
    assert found.kind == "pooled_period" and found.per_100 == pytest.approx(125.0)
    assert (found.low, found.high) == pytest.approx((61.544832, 257.968496), abs=1e-5)


@pytest.mark.parametrize(
    ("numerator", "article", "years", "verdict"),
    [
        ("persons_convicted", "165", YEARS, "unlike_units"),
        ("persons_convicted", "165", (2022,), "unlike_units"),
        ("cases_adjudicated", "285.2", (2022, 2023), "too_few_years"),
        ("cases_adjudicated", "165.1", YEARS, "incomplete_years"),
        ("cases_adjudicated", "165", YEARS, "small_denominator"),
    ],
)
def test_ratios_that_are_refused(
    chain: pd.DataFrame, numerator: str, article: str, years: tuple[int, ...], verdict: str
) -> None:
    denominator = "registered_offences" if numerator == "persons_convicted" else "cases_sent_to_court"
    found = pooled_ratio(chain, numerator, denominator, article, years)
    assert found.verdict == verdict
    assert found.per_100 is None and found.low is None and found.high is None


def test_missing_years_are_named(chain: pd.DataFrame) -> None:
    found = pooled_ratio(chain, "cases_adjudicated", "cases_sent_to_court", "165.1", YEARS)
    assert found.missing_years == (2023,) and (found.numerator, found.denominator) == (5, 3)
    assert "(2023)" in sentence(found, Language("lv"))


def test_a_denominator_of_zero_is_not_computable() -> None:
    zero = {
        "cases_sent_to_court": frames.by_article({"165": (0, 0, 0)}, "cases"),
        "cases_adjudicated": frames.by_article({"165": (1, 2, 3)}, "cases"),
    }
    found = pooled_ratio(
        stages(zero, frames.articles(), 2021, 2023), "cases_adjudicated", "cases_sent_to_court", "165", YEARS
    )
    assert found.verdict == "not_computable" and found.per_100 is None


@pytest.mark.parametrize("lang", ["lv", "en"])
def test_refusals_are_put_into_words(chain: pd.DataFrame, lang: str) -> None:
    language = Language(lang)
    said = {
        sentence(pooled_ratio(chain, "cases_adjudicated", below, article, years), language)
        for below, article, years in (
            ("cases_sent_to_court", "285.2", YEARS),
            ("cases_sent_to_court", "165", YEARS),
            ("cases_sent_to_court", "165", (2022, 2023)),
            ("registered_offences", "165", YEARS),
        )
    }
    assert len(said) == 4 and all("{" not in words for words in said)
