"""Measures tallied, contradictions of a published evaluation noticed, budgets compared to the cent."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from thb_analysis.analysis import measures
from thb_analysis.analysis.statements import budget_sum, contradiction
from thb_analysis.definitions import load_catalogue
from thb_analysis.job import IngestSummary
from thb_analysis.language import Language
from thb_analysis.tidy.store import load

SPELLINGS = {
    spelling: code
    for code, member in load_catalogue().codes["institution"].items()
    for spelling in member.spellings
}


@pytest.fixture(scope="module")
def processed(shipped: tuple[Path, IngestSummary]) -> Path:
    return shipped[0]


def test_thirty_one_measures(processed: Path) -> None:
    plan = load("plan_measures", processed)
    whole = measures.tally(plan, ()).iloc[0]
    assert [whole[name] for name in ("done", "partly_done", "not_done", "total")] == [22, 4, 5, 31]
    by_direction = measures.tally(plan).set_index("direction")
    assert by_direction["total"].to_dict() == {"1": 9, "2": 5, "3": 8, "4": 9}
    assert (by_direction[list(measures.TALLY_COLUMNS[:-1])].sum(axis=1) == by_direction["total"]).all()


def test_a_measure_counts_for_each_of_its_institutions(processed: Path) -> None:
    by_institution = measures.tally(
        measures.by_responsible(load("plan_measures", processed), SPELLINGS), ["responsible"]
    ).set_index("responsible")
    assert by_institution.loc["AM", "total"] == 4  # written with a long vowel in the plan
    assert by_institution.loc["IeM", "done"] == 11
    assert by_institution["total"].sum() > 31
    assert measures.responsibles("ĀM,  IeM ,somebody else", SPELLINGS) == ("AM", "IeM", "somebody else")


def test_an_unknown_status_is_refused_and_none_is_counted() -> None:
    plan = pd.DataFrame({"measure": ["1.1", "1.2"], "direction": ["1", "1"], "status": ["done", ""]})
    assert measures.tally(plan).iloc[0][measures.NO_STATUS] == 1
    with pytest.raises(ValueError, match="halfway"):
        measures.tally(plan.assign(status=["done", "halfway"]))


def test_forty_against_thirty_nine(processed: Path) -> None:
    found = measures.contradictions(load("measure_tallies", processed))
    told = {row["status"]: (row["one_sum"], row["other_sum"]) for row in found.to_dict("records")}
    assert told == {"_T": (40, 39), "done": (34, 33)}
    sentences = [contradiction(row, Language("en")) for row in found.to_dict("records")]
    assert "40 by sector, but 39 by direction" in sentences[0]
    for row in found.to_dict("records"):
        assert "pretrunā" in contradiction(row, Language("lv"))


def test_a_members_statuses_must_make_its_total(processed: Path) -> None:
    tallies = load("measure_tallies", processed)
    wrong = (tallies["member"] == "welfare") & (tallies["status"] == "done")
    tallies.loc[wrong, "value"] = 7
    found = measures.contradictions(tallies)
    own = found[found["kind"] == "status_sum"].iloc[0]
    assert (own["member"], own["one_sum"], own["other_sum"]) == ("welfare", 8, 10)
    assert own["source_cell"] == "F4"
    assert "8" in contradiction(own.to_dict(), Language("lv"))


def test_budget(processed: Path) -> None:
    frame = load("budget", processed)
    table = measures.budget(frame)
    whole = table[table["year"].isna()].set_index("institution")
    assert whole.loc["IeM", "planned"] == 108476 and whole.loc["LM", "planned"] == 51224
    assert pd.isna(whole.loc["_T", "granted"]) and whole.loc["_T", "granted_status"] == "Z"
    sums = measures.budget_sums(frame)
    assert set(sums["verdict"]) == {"agrees"}
    for lang in ("lv", "en"):
        assert all(budget_sum(row, Language(lang)) for row in sums.to_dict("records"))


def test_budget_to_the_cent() -> None:
    def row(year: object, value: float, kind: str = "planned") -> dict[str, object]:
        return {
            "year": year,
            "plan": "p",
            "institution": "ZZ",
            "kind": kind,
            "value": value,
            "obs_status": "A",
        }

    rows = [row(2021, 0.1), row(2022, 0.2), row(None, 0.3), row(2021, 0.05, "granted")]
    frame = pd.DataFrame(rows).astype({"year": "Int64"})
    assert measures.budget_sums(frame)["verdict"].to_list() == ["agrees"]
    frame.loc[2, "value"] = 0.31
    assert measures.budget_sums(frame)["verdict"].to_list() == ["differs"]
    found = measures.budget(frame)
    assert found.loc[found["year"] == 2021, "difference"].iloc[0] == pytest.approx(-0.05)
