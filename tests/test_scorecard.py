"""The evaluation's own statements, reproduced from its own figures; the rule in exact arithmetic."""

from __future__ import annotations

import re
from fractions import Fraction
from pathlib import Path

import pandas as pd
import pytest

from thb_analysis.analysis.readings import Span, readings
from thb_analysis.analysis.scorecard import (
    STATES,
    literal,
    literal_of_spans,
    scorecard,
    summary,
    too_small,
)
from thb_analysis.analysis.statements import indicator
from thb_analysis.job import IngestSummary
from thb_analysis.language import Language
from thb_analysis.tidy.store import load

CODES = Path(__file__).parent.parent / "thb_analysis" / "catalogue" / "codes"


def code_list(name: str) -> pd.DataFrame:
    return pd.read_csv(CODES / f"{name}.csv", dtype=str, keep_default_na=False, encoding="utf-8")


def judge(indicators: pd.DataFrame) -> pd.DataFrame:
    return scorecard(indicators, code_list("indicator"), code_list("result"))


@pytest.fixture(scope="module")
def judged(shipped: tuple[Path, IngestSummary]) -> pd.DataFrame:
    return judge(load("indicators", shipped[0]))


def row(judged: pd.DataFrame, year: int, code: str) -> pd.Series:
    found = judged[(judged["year"] == year) & (judged["indicator"] == code)]
    assert len(found) == 1
    return found.iloc[0]


# -- the rule ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("result", "forecast", "verdict"),
    [
        ("98", "100", "achieved"),
        ("102", "100", "achieved"),
        ("97.99", "100", "worse"),
        ("102.01", "100", "better"),
        ("0", "0", "achieved"),
        ("1", "0", "better"),
        ("0", "1", "worse"),
        ("0.0588", "0.06", "achieved"),  # 2 % of 0.06 is 0.0012 exactly, which floats miss
        ("-98", "-100", "achieved"),
    ],
)
def test_the_boundary_is_included_and_exact(result: str, forecast: str, verdict: str) -> None:
    assert literal(Fraction(result), Fraction(forecast)) == verdict


def test_less_can_be_better() -> None:
    assert literal(Fraction(5), Fraction(10), "lower") == "better"
    assert literal(Fraction(15), Fraction(10), "lower") == "worse"


def span(low: int | None, high: int | None) -> Span:
    return Span(None if low is None else Fraction(low), None if high is None else Fraction(high))


@pytest.mark.parametrize(
    ("result", "forecast", "verdict"),
    [
        ((35, 82), (35, None), "achieved"),
        ((35, None), (35, None), "achieved"),
        ((10, 20), (35, None), "worse"),
        ((20, 60), (35, None), "not_assessable"),
        ((35, None), (35, 70), "not_assessable"),
        ((80, 90), (35, 70), "better"),
        ((40, 40), (35, 70), "achieved"),
        ((100, 100), (99, 99), "achieved"),
    ],
)
def test_ranges_are_compared_end_to_end(
    result: tuple[int | None, int | None], forecast: tuple[int | None, int | None], verdict: str
) -> None:
    assert literal_of_spans(span(*result), span(*forecast)) == verdict


def test_an_ambiguous_forecast_has_every_reading() -> None:
    forecast = {"raw_value": "+3 (2012)", "relative_to_year": "2012", "unit": "percent", "value": 3.0}
    forecast |= {"low": None, "high": None}
    ways = {way.name: way.span.single for way in readings(forecast, "share", Fraction(15))}
    assert ways == {"points": 18, "percent": Fraction("15.45")}
    assert readings(forecast, "share", None) == []


# -- the published evaluation ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("year", "code", "forecast", "result", "verdict"),
    [
        (2020, "trafficking_related_offences_detected_proceedings_started", 33, 15, "worse"),
        (2020, "proceedings_sent_to_court", 20, 10, "worse"),
        (2020, "joint_investigation_teams", 3, 1, "worse"),
        (2020, "legal_assistance_requests_received_and_sent", 19, 6, "worse"),
        (2020, "eu_operational_action_plan_activities_joined", 5, 2, "worse"),
        (2020, "immigration_checks", 4300, 1866, "worse"),
        (2020, "possible_trafficking_cases_found_by_vdi_checks", 4, 4, "achieved"),
        (2020, "pupils_educated", 37000, 38574, "better"),
        (2016, "pupils_educated", 36000, 35782, "achieved"),
        (2020, "extradition_requests_received_and_sent", 3, 4, "better"),
    ],
)
def test_the_evaluations_verdicts(
    judged: pd.DataFrame, year: int, code: str, forecast: float, result: float, verdict: str
) -> None:
    found = row(judged, year, code)
    assert (found["forecast"], found["value"], found["verdict"]) == (forecast, result, verdict)


def test_pupils_are_four_point_three_per_cent_better(judged: pd.DataFrame) -> None:
    assert row(judged, 2020, "pupils_educated")["percent"] == pytest.approx(100 * 1574 / 37000, abs=1e-6)
    assert row(judged, 2016, "pupils_educated")["percent"] == pytest.approx(-100 * 218 / 36000, abs=1e-6)
    told = indicator(row(judged, 2020, "pupils_educated").to_dict(), Language("en"))
    assert "+4.3%" in told and "better than forecast" in told


def test_exactly_the_four_operational_indicators_of_line_b_are_missed(judged: pd.DataFrame) -> None:
    operational = (judged["year"] == 2020) & (judged["goal"] == "B") & (judged["level"] == "activity")
    missed = judged[operational & (judged["verdict"] == "worse")]
    assert set(missed["indicator"]) == {
        "joint_investigation_teams",
        "legal_assistance_requests_received_and_sent",
        "eu_operational_action_plan_activities_joined",
        "immigration_checks",
    }


def test_the_mechanism_is_achieved_by_the_letter_and_not_cumulatively(judged: pd.DataFrame) -> None:
    found = row(judged, 2020, "co_operation_mechanism_legal_act")
    assert (found["verdict"], found["cumulative"]) == ("achieved", "not_achieved")
    assert row(judged, 2020, "guidelines_developed_and_introduced")["cumulative"] == "achieved"
    assert row(judged, 2016, "action_plan_developed")["cumulative"] == "not_due"


def test_counts_of_verdicts_on_plain_numbers(judged: pd.DataFrame) -> None:
    plain = judged[judged["forecast"].notna() & judged["value"].notna() & (judged["unit"] != "percent")]
    by_year = {
        year: part["verdict"].value_counts().reindex(["better", "worse", "achieved"], fill_value=0).to_list()
        for year, part in plain.groupby("year")
    }
    assert by_year == {2016: [5, 13, 4], 2020: [11, 8, 3]}


def test_every_indicator_is_in_one_state(judged: pd.DataFrame) -> None:
    table = summary(judged)
    assert (table[list(STATES)].sum(axis=1) == table["total"]).all()
    assert table["total"].to_list() == [27, 27]
    assert table["discontinued"].to_list() == [2, 2]
    gone = judged[judged["reason"] == "discontinued"]
    assert set(gone["indicator"]) == {
        "share_of_proceedings_investigated_jointly_with_other_states",
        "checks_of_modelling_agencies",
    }
    assert (gone["verdict"] == "not_assessable").all()


def test_chance_and_the_narrow_band(judged: pd.DataFrame) -> None:
    own = judged[(judged["year"] == 2020) & (judged["nature"] == "flow") & (judged["unit"] != "EUR")]
    small = own[own["verdict"].isin(["better", "worse"]) & (own["forecast"] <= 80)]
    assert len(small) == 12
    assert set(small.loc[small["chance_compatible"] == True, "indicator"]) == {  # noqa: E712
        "joint_investigation_teams",
        "eu_operational_action_plan_activities_joined",
        "studies",
        "extradition_requests_received_and_sent",
        "informative_activities",
    }
    assert too_small(judged[judged["year"] == 2020]) == (18, 13)
    found = row(judged, 2020, "joint_investigation_teams")
    assert found["chance_low"] == pytest.approx(0.0253178, abs=1e-6)
    assert found["chance_high"] == pytest.approx(5.5716434, abs=1e-6)


def test_both_readings_of_the_share_stand(judged: pd.DataFrame) -> None:
    found = row(judged, 2020, "share_of_victims_identified_by_state_and_municipal_staff")
    assert found["verdict"] == "better"
    assert found["readings"] == "points=18: better; percent=15.45: better"


def test_the_range_is_achieved(judged: pd.DataFrame) -> None:
    found = row(judged, 2020, "educational_events_lessons_in_social_studies")
    assert (found["verdict"], found["forecast_low"], found["low"], found["high"]) == ("achieved", 35, 35, 82)
    assert pd.isna(found["forecast_high"])


# -- what does not occur in the published one --------------------------------------------------------------


def made(results: dict[int, object], forecasts: dict[int, object], code: str, **more: str) -> pd.DataFrame:
    rows = []
    for kind, values in (("result", results), ("forecast", forecasts)):
        for year, value in values.items():
            missing = isinstance(value, str)
            rows.append(
                {
                    "year": year,
                    "plan": "2021-2023",
                    "result": "A1",
                    "indicator": code,
                    "kind": kind,
                    "raw_value": str(value),
                    "value": float("nan") if missing else value,
                    "low": float("nan"),
                    "high": float("nan"),
                    "relative_to_year": more.get(kind, ""),
                    "unit": more.get("unit", "count"),
                    "obs_status": "L" if missing else "A",
                    "institution": "ZZ",
                    "source_file": "f.xlsx",
                    "source_sheet": "s",
                    "source_cell": "A1",
                    "note": "",
                }
            )
    return pd.DataFrame(rows).astype({"year": "Int64", "value": "float64"})


def test_a_verdict_that_depends_on_the_reading_is_none() -> None:
    code = "share_of_victims_identified_by_state_and_municipal_staff"
    frame = made({2012: 15.0, 2020: 17.0}, {2020: 3.0}, code, forecast="2012", unit="percent")
    frame["relative_to_year"] = frame["relative_to_year"].where(frame["kind"] == "forecast", "")
    found = judge(frame).iloc[0]
    assert (found["verdict"], found["reason"]) == ("not_assessable", "depends_on_reading")
    for lang in ("lv", "en"):
        assert indicator(found.to_dict(), Language(lang))


def test_a_base_that_is_not_there_leaves_no_verdict() -> None:
    found = judge(made({2020: 17.0}, {2020: 3.0}, "studies", forecast="2012")).iloc[0]
    assert (found["verdict"], found["reason"]) == ("not_assessable", "base_missing")


def test_not_collected_once_is_not_discontinued() -> None:
    found = judge(made({2019: 3.0, 2020: "n/a", 2021: 4.0}, {2020: 3.0}, "studies")).iloc[0]
    assert found["reason"] == "not_collected"


@pytest.mark.parametrize("lang", ["lv", "en"])
def test_every_indicator_has_its_sentence(judged: pd.DataFrame, lang: str) -> None:
    for found in judged.to_dict("records"):
        told = indicator(found, Language(lang))
        assert str(found["year"]) in told and "{" not in told
        assert not re.search(r"\bnan\b", told)
