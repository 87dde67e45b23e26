"""Who answered, what is missing, what was found, and whether a part exceeds its whole; citizenship; cases."""

from __future__ import annotations

from pathlib import Path

import frames
import pandas as pd
import pytest

from thb_analysis.analysis import quality, statements
from thb_analysis.analysis.cases import large_cases, marked
from thb_analysis.analysis.frames import DEMOGRAPHIC, of_all
from thb_analysis.analysis.groups import citizenship_groups, group_of, pooled_years, present
from thb_analysis.analysis.trends import trend
from thb_analysis.analysis.victims import breakdowns
from thb_analysis.analysis.where import chosen, conditions, figures
from thb_analysis.charts import check, trend_panels
from thb_analysis.definitions import load_catalogue
from thb_analysis.job import IngestSummary
from thb_analysis.language import Language
from thb_analysis.tidy.evidence import told
from thb_analysis.tidy.store import load

CATALOGUE = Path(__file__).parent.parent / "thb_analysis" / "catalogue"


def listed(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8")


@pytest.fixture(scope="module")
def processed(shipped: tuple[Path, IngestSummary]) -> Path:
    return shipped[0]


@pytest.fixture(scope="module")
def tables(processed: Path) -> dict[str, pd.DataFrame]:
    return {name: load(name, processed) for name in load_catalogue().tables}


# -- who answered ------------------------------------------------------------------------------------------


def test_who_answered_and_with_what(processed: Path) -> None:
    asked = {"TA": [2020, 2021, 2022, 2023], "MARTA": [2023], "VBTAI": [2020]}
    found = quality.answers(pd.DataFrame(told(processed, load_catalogue().tables)), asked, [2020, 2023])
    states = found.set_index(["institution", "year"])["state"]
    assert states["TA", 2023] == "answered" and states["TA", 2020] == "no_answer"
    assert states["MARTA", 2023] == "no_answer" and states["MARTA", 2020] == "not_asked"
    own = found[(found["institution"] == "TA") & (found["year"] == 2023)].iloc[0]
    assert (own["files"], own["tables"]) == ("2023/TA_2023.xlsx", "cases_adjudicated; persons_convicted")
    assert (own["figures"], own["stated"]) == (30, 28)


def test_completeness_tells_the_kinds_of_nothing_apart(tables: dict[str, pd.DataFrame]) -> None:
    found = quality.completeness(tables, [2020, 2022, 2023]).set_index(["table", "year"])
    assert found.loc[("measure_tallies", 2020), ["figures", "stated", "M"]].to_list() == [55, 34, 21]
    assert found.loc[("inspections", 2022), ["figures", "stated", "Z"]].to_list() == [5, 4, 1]
    assert found.loc[("plan_measures", 2023), ["figures", "stated"]].to_list() == [31, 31]
    assert found.loc[("indicators", 2020), ["figures", "stated", "L"]].to_list() == [54, 52, 2]
    assert (found["stated"] + found[[*quality.ABSENT, "other"]].sum(axis=1) == found["figures"]).all()
    assert (found["other"] == 0).all()


def test_findings_by_kind(processed: Path) -> None:
    found = quality.findings_by_kind(listed(processed / "findings.en.csv"))
    assert found["number"].sum() == len(listed(processed / "findings.en.csv"))
    assert found["severity"].map({"error": 0, "warning": 1, "info": 2}).is_monotonic_increasing
    for row in found.to_dict("records"):
        assert statements.finding(row, Language("lv")) and statements.finding(row, Language("en"))


def test_revisions_have_a_size() -> None:
    rows = [["t", "year=2021;article=1", "4", "a", "6", "b"], ["t", "year=2022;article=1", "", "a", "6", "b"]]
    frame = pd.DataFrame(rows, columns=["table", "key", "old_value", "old_source", "new_value", "new_source"])
    found = quality.revised(frame)
    assert found["year"].to_list() == ["2021", "2022"]
    assert found["difference"].iloc[0] == 2 and pd.isna(found["difference"].iloc[1])


# -- reconciliation ----------------------------------------------------------------------------------------


def test_linked_proceedings_are_at_most_all_registered(tables: dict[str, pd.DataFrame]) -> None:
    found = quality.reconcile(tables, listed(CATALOGUE / "reconciliations.csv"))
    linked = found[found["rule"] == "linked_within_registered"].set_index("year")
    assert linked.loc[2021, ["left_value", "right_value", "verdict"]].to_list() == [7, 48, "holds"]
    assert set(found.loc[found["relation"] == "beside", "verdict"]) <= {"beside", "incomplete"}
    own = found[
        (found["rule"] == "adjudicated_beside_sent") & (found["code"] == "165") & (found["year"] == 2023)
    ]
    assert own[["left_value", "right_value"]].iloc[0].to_list() == [7, 1]
    for row in found.to_dict("records"):
        assert statements.reconciliation(row, Language("lv")) and statements.reconciliation(
            row, Language("en")
        )


def test_a_part_larger_than_its_whole_is_named(tables: dict[str, pd.DataFrame]) -> None:
    offences = tables["registered_offences"].copy()
    offences.loc[(offences["article"] == "285.2") & (offences["year"] == 2021), "value"] = 6
    rules = listed(CATALOGUE / "reconciliations.csv")
    found = quality.reconcile(tables | {"registered_offences": offences}, rules)
    own = found[(found["rule"] == "linked_within_registered") & (found["year"] == 2021)].iloc[0]
    assert own["verdict"] == "contradiction" and own["left_place"].count("VRS_2021.xlsx") == 2
    assert "a contradiction" in statements.reconciliation(own.to_dict(), Language("en"))


def test_every_rule_names_what_is_there() -> None:
    catalogue = load_catalogue()
    for rule in listed(CATALOGUE / "reconciliations.csv").to_dict("records"):
        assert rule["relation"] in (quality.AT_MOST, quality.BESIDE)
        for side in ("left", "right"):
            table = catalogue.tables[rule[side]]
            known = {*table.columns}
            assert {name for name, _, _ in conditions(rule[f"{side}_where"])} <= known
            assert rule["each"] in ("", *known)
        for lang in ("lv", "en"):
            assert Language(lang).has(f"quality.rule.{rule['rule']}")


def test_conditions() -> None:
    frame = frames.by_article({"285.2": (6,), "275+285.2": (1,), "275": (3,)}, "proceedings")
    assert len(chosen(frame, "article=285.2")) == 1 and len(chosen(frame, "article~285.2")) == 2
    assert figures(frame, "article~285.2")[(2021,)].value == 7
    assert pd.isna(figures(frame.assign(article="285.2"), "article=285.2")[(2021,)].value)
    with pytest.raises(ValueError, match="article285"):
        conditions("article285")
    with pytest.raises(ValueError, match="nothing"):
        chosen(frame, "nothing=1")


# -- citizenship groups, periods, cases --------------------------------------------------------------------


def test_citizenship_groups_of_2020() -> None:
    codes = listed(CATALOGUE / "codes" / "citizenship.csv")
    one = present(breakdowns(frames.victims(), 2020), ("citizenship",), "identified")
    assert one is not None
    merged = citizenship_groups(one, codes)
    assert dict(zip(merged.rows["citizenship"], merged.rows["value"], strict=True)) == {
        "national": 17,
        "third_country": 31,
    }
    assert merged.derived and merged.parts == one.parts == 48
    assert [group_of(code, codes) for code in ("LV", "LV-NC", "EE", "GB", "foreign", "_U")] == [
        "national", "non_citizen", "other_eu", "third_country", "foreign", "_U",
    ]  # fmt: skip
    older = present(breakdowns(frames.victims(), 2017), ("citizenship",), "identified")
    assert older is not None
    assert citizenship_groups(older, codes).rows["citizenship"].to_list() == ["national", "foreign"]
    with pytest.raises(ValueError, match="sex"):
        citizenship_groups(
            next(b for b in breakdowns(frames.victims(), 2018) if b.dimensions == ("sex",)), codes
        )


def test_periods_do_not_overlap() -> None:
    assert pooled_years(2023, 2017) == [(2021, 2022, 2023), (2018, 2019, 2020)]
    assert pooled_years(2018, 2017) == []


def test_large_cases_are_set_against_their_figure() -> None:
    cases = pd.DataFrame(
        [
            ["victims", "2021", "identification=identified", "40", "lieta", "a case", "a register"],
            ["victims", "2020", "identification=identified", "4", "lieta", "a case", "a register"],
            ["victims", "2023", "identification=identified", "25", "lieta", "a case", "a register"],
            ["victims", "2010", "identification=identified", "2", "lieta", "a case", "a register"],
            ["suspects", "2021", "", "2", "lieta", "a case", "a register"],
        ],
        columns=["table", "year", "where", "value", "case_lv", "case_en", "source"],
    )
    found = large_cases(cases, "victims", frames.victims(), "en").set_index("year")
    assert found["verdict"].to_dict() == {
        2021: "makes_figure",
        2020: "part",
        2023: "contradiction",
        2010: "no_figure",
    }
    assert found.loc[2021, ["total", "without", "case"]].to_list() == [61, 21, "a case"]
    totals = frames.victims()
    totals = totals[(totals[frames.VICTIM_DIMENSIONS[1:]] == "_T").all(axis=1)]
    marked_frame, marks = marked(trend(totals, ("identification",)), found.reset_index())
    assert marks == ["a)", "b)", "c)", ""]
    own = marked_frame[marked_frame["identification"] == "identified"].set_index("year")["mark"]
    assert own[[2019, 2020, 2021, 2023]].to_list() == ["", "b)", "a)", "c)"]
    chart = trend_panels(marked_frame, Language("en"), "Victims", cases=["a) 40 of 61 are in one case."])
    check(chart)
    assert "61 a)" in chart.alt and "40 of 61" in chart.alt
    shipped = listed(CATALOGUE / "large_cases.csv")
    assert list(shipped.columns) == list(cases.columns)


@pytest.mark.parametrize(
    ("total", "people", "expected"),
    [
        (9, {"LV": 3, "eu": 6, "LT": 2, "PL": 4}, {"national": 3, "other_eu": 6}),
        (15, {"LV": 3, "eu": 6, "LT": 2, "PL": 4}, {"national": 3, "other_eu": 12}),
        (10, {"LV": 3, "eu": 6, "LT": 2, "PL": 4}, {"national": 3, "other_eu": None}),
        (9, {"LV": 3, "foreign": 6, "UA": 2}, {"national": 3, "third_country": 2, "foreign": None}),
    ],
)
def test_a_group_beside_its_countries_counts_once_or_is_absent(
    total: int, people: dict[str, int], expected: dict[str, int | None]
) -> None:
    codes = pd.read_csv(CATALOGUE / "codes" / "citizenship.csv", dtype=str, keep_default_na=False)
    said = {"_T": total, **people}
    rows = [(2023, "identified", "_T", "_T", "_T", code, "_T", "_T", value) for code, value in said.items()]
    (one,) = breakdowns(frames.tidy(rows, frames.VICTIM_DIMENSIONS, "persons"), 2023)
    found = citizenship_groups(one, codes).rows
    assert {
        code: None if value != value else int(value)
        for code, value in zip(found["citizenship"], found["value"], strict=True)
    } == expected


def test_the_women_alone_are_no_whole() -> None:
    """Neither where a rule of the catalogue asks for all, nor where a series is drawn."""
    rows = [(2023, "154.1", "F", "_T", "_T", "_T", 2), (2023, "164", "F", "_T", "_T", "_T", 1)]
    table = frames.tidy(rows, ["article", *DEMOGRAPHIC], "persons")
    assert figures(table, "article=154.1") == {}
    assert of_all(table, ("article",)).empty and len(of_all(table, ("article", "sex"))) == 2
