"""Trends: what is compared with what, and what is not said."""

from __future__ import annotations

import math

import frames
import numpy as np
import pandas as pd
import pytest

from thb_analysis.analysis.frames import AmbiguousTableError
from thb_analysis.analysis.sentences import brief, sentence
from thb_analysis.analysis.slopes import Slope, slope, slopes
from thb_analysis.analysis.trends import RESULT_COLUMNS, rates, trend
from thb_analysis.language import Language


def row(table: pd.DataFrame, article: str, year: int) -> pd.Series:
    found = table[(table["article"] == article) & (table["year"] == year)]
    assert len(found) == 1
    return found.iloc[0]


def test_columns_and_one_row_for_each_group_and_year() -> None:
    table = trend(frames.registered_offences())
    assert list(table.columns) == ["article", *RESULT_COLUMNS]
    assert len(table) == 15
    assert row(table, "154.1", 2022)["source_cell"] == "B3"


def test_holm_over_the_articles_of_one_pair_of_years() -> None:
    """The values that were worked out for 2021 and 2022, with batches left out of account."""
    table = trend(frames.registered_offences(), batched=())
    assert row(table, "285.2", 2022)["p_holm"] < 1e-5
    assert row(table, "165", 2022)["p_holm"] == pytest.approx(0.007324, abs=1e-6)
    verdicts = {article: row(table, article, 2022)["verdict"] for article in frames.ARTICLES}
    assert verdicts == {
        "154.1": "no_reliable_change",
        "164": "no_reliable_change",
        "165": "fall",
        "165.1": "no_reliable_change",
        "285.2": "fall",
    }


def test_a_change_that_only_stands_alone_is_not_reliable_among_several() -> None:
    table = trend(frames.registered_offences(), batched=())
    found = row(table, "154.1", 2023)
    assert found["p_value"] < 0.05 < found["p_holm"]
    assert found["verdict"] == "no_reliable_change"


def test_offences_in_batches_are_not_tested() -> None:
    table = trend(frames.registered_offences())
    found = row(table, "285.2", 2022)
    assert found["verdict"] == "batches" and found["dispersion"] == pytest.approx(523 / 22)
    assert found[["p_value", "p_holm", "ratio", "ratio_low"]].isna().all()
    assert found["difference"] == -43 and found["percent_flag"] == "small_base"
    assert row(table, "164", 2022)["verdict"] == "no_reliable_change"  # dispersion 1.4


def test_batches_concern_offences_only() -> None:
    table = trend(frames.by_article({"165": (3, 15, 1)}, "persons"))
    assert table["dispersion"].iloc[0] > 2 and table["p_value"].notna().sum() == 2


def test_only_neighbouring_years_are_compared() -> None:
    frame = frames.by_article({"154.1": (4, 10, 2)}, "persons")
    table = trend(frame[frame["year"] != 2022])
    found = row(table, "154.1", 2023)
    assert found["verdict"] == "no_earlier_year" and pd.isna(found["previous_year"])
    assert pd.isna(found["difference"]) and pd.isna(found["p_value"])


def test_absent_values_stay_absent() -> None:
    table = trend(frames.persons_convicted())
    missing, after = row(table, "164", 2021), row(table, "164", 2022)
    assert missing["obs_status"] == "M" and pd.isna(missing["value"]) and pd.isna(missing["low"])
    assert missing["verdict"] == after["verdict"] == "not_comparable"
    assert after["previous_year"] == 2021 and pd.isna(after["difference"])
    dash = row(trend(frames.cases_sent_to_court()), "165.1", 2023)
    assert dash["obs_status"] == "Z" and pd.isna(dash["value"])


def test_zero_is_a_count() -> None:
    found = row(trend(frames.registered_offences()), "165.1", 2023)
    assert (found["value"], found["low"]) == (0, 0) and found["high"] == pytest.approx(3.688879, abs=1e-6)
    assert found["verdict"] == "both_zero"


def test_money_has_neither_interval_nor_test() -> None:
    table = trend(frames.seized_assets())
    assert list(table["verdict"]) == ["amount"] * 3  # the total of three years is no year
    assert table[["low", "high", "ratio", "p_value", "p_holm", "percent", "dispersion"]].isna().all(axis=None)
    assert table["difference"].iloc[1] == pytest.approx(-220685.47)


@pytest.mark.parametrize("unit", ["activities", "checks"])
def test_planned_work_is_not_tested(unit: str) -> None:
    found = trend(frames.by_article({"154.1": (61, 253, 253)}, unit)).iloc[1:]
    assert found["verdict"].tolist() == ["planned", "unchanged"]
    assert found["difference"].tolist() == [192, 0] and found["percent_flag"].tolist() == ["shown"] * 2
    assert found[["low", "high", "ratio", "p_value", "p_holm"]].isna().all(axis=None)
    assert "192" in sentence(found.iloc[0], Language("lv"))


@pytest.mark.parametrize("status", ["B", "D"])
def test_a_break_is_not_bridged(status: str) -> None:
    frame = frames.by_article({"154.1": (4, 30, 2)}, "persons")
    frame.loc[frame["year"] == 2022, "obs_status"] = status
    table = trend(frame)
    assert row(table, "154.1", 2022)["verdict"] == "break"
    assert pd.isna(row(table, "154.1", 2022)["p_value"])
    assert row(table, "154.1", 2023)["verdict"] == ("fall" if status == "B" else "break")


def test_totals_are_taken_of_other_dimensions() -> None:
    frame = frames.persons_convicted()
    women = frame.assign(sex="F", value=1.0)
    together = trend(pd.concat([women, frame], ignore_index=True))
    pd.testing.assert_frame_equal(together, trend(frame))


def test_two_figures_for_one_year_are_refused_by_name() -> None:
    frame = frames.registered_offences()
    other = frame.assign(institution="YY")
    with pytest.raises(AmbiguousTableError, match=r"article=154\.1, year=2021: they differ by institution"):
        trend(pd.concat([frame, other]))
    assert len(trend(pd.concat([frame, other]), by=("institution", "article"))) == 30


def test_a_missing_column_is_named() -> None:
    with pytest.raises(ValueError, match="no column article"):
        trend(frames.rehabilitation_clients())


def test_no_count_is_said_to_be_none() -> None:
    table = trend(frames.by_article({"154.1": (4, 2.5)}, "persons"))
    assert row(table, "154.1", 2022)["verdict"] == "no_count"


def test_empty_table_gives_an_empty_trend() -> None:
    table = trend(frames.registered_offences().iloc[:0])
    assert table.empty and list(table.columns) == ["article", *RESULT_COLUMNS]


def test_rates_from_three_on() -> None:
    frame = frames.tidy([(2020, "154.1", 48), (2021, "154.1", 2), (2022, "154.1", 5)], ["article"], "persons")
    people = pd.DataFrame({"year": [2020, 2021], "persons": [1_907_675, 1_893_223], "source": "register"})
    table = rates(trend(frame), people, per=1_000_000)
    assert table["rate"].iloc[0] == pytest.approx(25.16, abs=0.005)
    assert table["rate_low"].iloc[0] < table["rate"].iloc[0] < table["rate_high"].iloc[0]
    assert table["rate"].iloc[1:].isna().all()  # a count of 2; a year whose population is not known


# -- slopes ------------------------------------------------------------------------------------------------


def test_the_slope_solves_the_equations_of_the_likelihood() -> None:
    """Whatever way it was found: the residuals are orthogonal to the design."""
    years, values = np.arange(2014, 2024), np.array([5, 8, 9, 12, 10, 15, 20, 18, 25, 22])
    found = slope(years, values)
    beta = math.log1p(found.percent_per_year / 100)
    x = years - years.mean()
    level = math.log(values.sum() / np.exp(beta * x).sum())
    mean = np.exp(level + beta * x)
    assert (values - mean).sum() == pytest.approx(0, abs=1e-7)
    assert ((values - mean) * x).sum() == pytest.approx(0, abs=1e-6)
    information = (mean * x**2).sum() - (mean * x).sum() ** 2 / mean.sum()
    t_quantile = 2.306004135  # Student's t, 8 degrees, 97.5 %
    reach = t_quantile * math.sqrt(found.dispersion / information)
    assert found.low == pytest.approx(100 * math.expm1(beta - reach), abs=1e-5)
    assert found.high == pytest.approx(100 * math.expm1(beta + reach), abs=1e-5)
    assert found.dispersion == 1.0 and found.verdict == "increase"


def test_clustered_counts_widen_the_range() -> None:
    calm = slope(range(2017, 2024), [10, 11, 9, 12, 10, 13, 12])
    wild = slope(range(2017, 2024), [1, 25, 2, 30, 1, 28, 12])
    assert calm.dispersion == 1.0 < 3 < wild.dispersion
    assert wild.high - wild.low > 3 * (calm.high - calm.low)
    assert wild.verdict == calm.verdict == "no_evidence"


@pytest.mark.parametrize(
    ("values", "verdict"),
    [
        ([4, 10, 2], "too_short"),
        ([4, math.nan, 2, 3, 5], "too_short"),
        ([0, 0, 0, 0, 0], "all_zero"),
        ([0, 0, 0, 0, 5], "not_estimable"),
        ([5, 0, 0, 0, 0], "not_estimable"),
        ([0, 0, 5, 0, 0], "no_evidence"),
        ([1, 0, 0, 0, 1], "no_evidence"),
        ([90, 60, 30, 12, 5], "decrease"),
        ([1, 2.5, 3, 4, 5], "no_count"),
    ],
)
def test_verdicts_on_slopes(values: list[float], verdict: str) -> None:
    found = slope(range(2019, 2019 + len(values)), values)
    assert found.verdict == verdict
    assert math.isnan(found.percent_per_year) == (verdict not in ("no_evidence", "decrease"))


def test_a_break_splits_the_series() -> None:
    frame = frames.by_article({"154.1": (50, 60, 70, 10, 11, 9, 10)}, "persons", 2017)
    assert slopes(frame)["n"].iloc[0] == 7
    frame.loc[frame["year"] == 2020, "obs_status"] = "B"
    found = slopes(frame).iloc[0]
    assert (found["first_year"], found["n"], found["verdict"]) == (2020, 4, "too_short")


def test_money_has_no_slope() -> None:
    frame = frames.by_article({"154.1": (1.5, 2.5, 3.5, 4.5, 5.5)}, "EUR")
    assert slopes(frame)["verdict"].tolist() == ["amount"]


def test_slope_wants_each_year_once() -> None:
    with pytest.raises(ValueError, match="each year once"):
        slope([2020, 2020], [1, 2])


# -- sentences ---------------------------------------------------------------------------------------------

LATVIAN = {
    0: "0 personu",
    1: "1 persona",
    2: "2 personas",
    11: "11 personu",
    21: "21 persona",
    101: "101 persona",
}
ENGLISH = {
    0: "0 persons",
    1: "1 person",
    2: "2 persons",
    11: "11 persons",
    21: "21 persons",
    101: "101 persons",
}


@pytest.mark.parametrize(("lang", "forms"), [("lv", LATVIAN), ("en", ENGLISH)])
def test_plural_forms_in_sentences(lang: str, forms: dict[int, str]) -> None:
    for value, words in forms.items():
        table = trend(frames.by_article({"154.1": (5, value)}, "persons"))
        said = sentence(table.iloc[1], Language(lang))
        assert words in said and "2022" in said


def test_sentences_by_verdict() -> None:
    language = Language("lv")
    table = trend(frames.persons_convicted())
    assert sentence(row(table, "165", 2022), language) == (
        "2022. gadā 15 personu, par 12 vairāk nekā 2021. gadā (3); pieaugums ir statistiski nozīmīgs."
    )
    assert sentence(row(table, "164", 2021), language) == "2021. gads: nav norādīts."
    assert "nav konstatējama" in sentence(row(table, "154.1", 2023), language)
    money = trend(frames.seized_assets())
    assert sentence(money.iloc[2], language, subject="154.1") == (
        "154.1: 2023. gadā 6\u00a0000\u00a0euro, par 285\u00a0609\u00a0euro mazāk "
        "nekā 2022. gadā (291\u00a0609\u00a0euro)."
    )


def test_two_years_cannot_show_whether_offences_come_in_batches() -> None:
    """What two years call significant, a third may show to be a batch: the sentence says on what it hangs."""
    two = trend(frames.by_article({"285.2": (48, 5)}, "offences")).iloc[1]
    three = trend(frames.by_article({"285.2": (30, 30, 5)}, "offences")).iloc[1:]
    persons = trend(frames.by_article({"285.2": (48, 5)}, "persons")).iloc[1]
    assert two["verdict"] == persons["verdict"] == "fall"
    assert "independently" in sentence(two, Language("en"))
    assert "independently" not in sentence(persons, Language("en"))
    assert set(three["verdict"]) == {"unchanged", "batches"}


@pytest.mark.parametrize("lang", ["lv", "en"])
def test_in_few_words(lang: str) -> None:
    language = Language(lang)
    table = trend(frames.by_article({"154.1": (4, 30, 30, "", 2)}, "persons"))
    for _, found in table.iterrows():
        said = brief(found, language, "154.1")
        assert said.startswith("154.1 – ") and "{" not in said and "nan" not in said
    assert brief(table.iloc[1], Language("lv")) == "30 personu, par 26 vairāk (2021. gadā 4)"
    batches = trend(frames.by_article({"285.2": (48, 5, 13)}, "offences")).iloc[2]
    assert "23,8" in brief(batches, Language("lv")) and "23.8" in brief(batches, Language("en"))


@pytest.mark.parametrize("lang", ["lv", "en"])
def test_every_verdict_has_its_sentence(lang: str) -> None:
    language = Language(lang)
    frame = frames.by_article({"154.1": (4, 30, 30, "", 2, 2.5, "X", 0, 0)}, "persons")
    offences = frames.by_article({"285.2": (48, 5, 13)}, "offences")
    broken = frames.by_article({"154.1": (4, 30)}, "persons")
    broken.loc[1, "obs_status"] = "B"
    tables = [trend(f) for f in (frame, offences, broken, frames.seized_assets())]
    assert {v for table in tables for v in table["verdict"]} == {
        "no_earlier_year",
        "rise",
        "unchanged",
        "not_comparable",
        "no_count",
        "both_zero",
        "batches",
        "break",
        "amount",
    }
    for table in tables:
        for _, found in table.iterrows():
            said = sentence(found, language)
            assert said.endswith(".") and "{" not in said and "nan" not in said
    for values in ([4, 10], [0] * 5, [0, 0, 0, 0, 5], [5, 5, 4, 5, 6], [1, 4, 9, 20, 40], [40, 20, 9, 4, 1]):
        said = sentence(slope(range(2010, 2010 + len(values)), values), language)
        assert said.endswith(".") and "nan" not in said


def test_a_sentence_of_nothing_known_is_refused() -> None:
    with pytest.raises(TypeError, match="no sentence"):
        sentence({"colour": "blue"}, Language("en"))
    assert isinstance(slope([2020], [1]), Slope)
