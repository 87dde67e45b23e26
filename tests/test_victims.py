"""Victims: totals, breakdowns as each year has them, and who registered them."""

from __future__ import annotations

import frames
import pandas as pd
import pytest
from frames import VICTIM_DIMENSIONS, victim

from thb_analysis.analysis.sentences import sentence
from thb_analysis.analysis.victims import Breakdown, breakdowns, by_year, grouped, pooled, registration
from thb_analysis.language import Language


def found(year: int) -> dict[tuple[str, ...], Breakdown]:
    return {one.dimensions: one for one in breakdowns(frames.victims(), year)}


def values(one: Breakdown) -> dict[tuple[str, ...], float]:
    return {tuple(row[d] for d in one.dimensions): row["value"] for row in one.rows.to_dict("records")}


def table(*rows: tuple[object, ...]) -> pd.DataFrame:
    return frames.tidy(rows, VICTIM_DIMENSIONS, "persons")


def test_totals_by_year_identified_beside_presumed() -> None:
    totals = by_year(frames.victims())
    listed = {(r["year"], r["identification"]): r["value"] for r in totals.to_dict("records")}
    assert listed == {
        (2017, "identified"): 20,
        (2018, "identified"): 23,
        (2019, "identified"): 39,
        (2020, "identified"): 48,
        (2020, "presumed"): 50,
        (2021, "identified"): 61,
        (2022, "identified"): 26,
        (2023, "identified"): 24,
    }
    assert ((totals["low"] < totals["value"]) & (totals["value"] < totals["high"])).all()


def test_a_year_has_the_breakdowns_that_were_published() -> None:
    year = found(2017)
    assert {one for one, what in year.items() if not what.derived} == {
        ("registered_by",),
        ("citizenship",),
        ("place",),
        ("sex", "age_group"),
    }
    assert values(year[("sex", "age_group")])[("F", "adult")] == 15
    assert all(one.covers == "all" for one in year.values())


def test_one_way_sums_of_a_complete_two_way_breakdown_are_marked() -> None:
    year = found(2021)
    assert year[("exploitation_form",)].derived and not year[("sex", "exploitation_form")].derived
    assert values(year[("exploitation_form",)]) == {("labour",): 53, ("sexual",): 7, ("sham_marriage",): 1}
    assert [one.dimensions for one in breakdowns(frames.victims(), 2021, derive=False)] == [
        ("sex", "exploitation_form")
    ]


def test_men_women_and_minors_are_one_mixed_breakdown() -> None:
    mixed = found(2020)[("sex", "age_group")]
    assert mixed.mixed and mixed.covers == "all" and mixed.total == mixed.parts == 48
    assert values(mixed) == {("M", "adult"): 34, ("F", "adult"): 12, ("_T", "child"): 2}
    assert ("age_group",) not in found(2020)


def test_parts_that_do_not_make_the_total_say_so() -> None:
    part = found(2020)[("registered_by",)]
    assert (part.covers, part.parts, part.not_covered) == ("partly", 15, 33)
    more = found(2018)[("registered_by",)]
    assert (more.covers, more.parts, more.total) == ("more", 25, 23)


def test_unknown_is_counted_and_shown() -> None:
    frame = table(victim(2020, 10), victim(2020, 7, sex="F"), victim(2020, 3, sex="_U"))
    (one,) = breakdowns(frame, 2020)
    assert one.covers == "all" and one.unknown == 3
    assert "3" in sentence(one, Language("en")).split("Unknown")[1]


def test_no_total_is_invented() -> None:
    (one,) = breakdowns(table(victim(2020, 7, sex="F"), victim(2020, 3, sex="M")), 2020)
    assert (one.covers, one.total, one.parts) == ("no_total", None, 10)


def test_a_year_without_rows_has_no_breakdowns() -> None:
    assert breakdowns(frames.victims(), 2030) == []


def test_registration_of_2018() -> None:
    """13 by NGOs, 5 by the police of whom 2 already counted, 7 abroad: 23 persons."""
    year = registration(frames.victims(), 2018)
    assert (year.total_of_rows, year.overlap, year.computed, year.total) == (25, 2, 23, 23)
    assert year.verdict == "deduplicated" and year.lower == year.upper == 23
    assert sentence(year, Language("lv")).endswith("tātad 23 upuri.")


@pytest.mark.parametrize(
    ("rows", "verdict", "bounds"),
    [
        ([victim(2020, 13, registered_by="NGO"), victim(2020, 5, registered_by="VP")], "bounds", (13, 18)),
        (
            [victim(2020, 13, registered_by="NGO"), victim(2020, 5, registered_by="VP"), victim(2020, 16)],
            "implied_overlap",
            (13, 18),
        ),
        (
            [victim(2020, 13, registered_by="NGO"), victim(2020, 5, registered_by="VP"), victim(2020, 12)],
            "contradiction",
            (13, 18),
        ),
        (
            [
                victim(2020, 13, registered_by="NGO"),
                victim(2020, 5, registered_by="VP"),
                victim(2020, 2, "overlap", registered_by="VP"),
                victim(2020, 17),
            ],
            "contradiction",
            (16, 16),
        ),
        (
            [
                victim(2020, 13, registered_by="NGO"),
                victim(2020, 5, registered_by="VP"),
                victim(2020, 0, "overlap", registered_by="VP"),
            ],
            "computed",
            (18, 18),
        ),
        ([victim(2020, 15, registered_by="VP"), victim(2020, 48)], "partial", (15, 15)),
        ([victim(2020, 48)], "none", (0, 0)),
        ([victim(2020, 13, registered_by="NGO")], "single", (13, 13)),
        (
            [
                victim(2020, 13, registered_by="DM"),
                victim(2020, 14, registered_by="MARTA", sex="F"),
                victim(2020, 1, registered_by="MARTA", sex="M"),
                victim(2020, 9, registered_by="MARTA", exploitation_form="labour"),
            ],
            "incomplete",
            (15, 13),
        ),
        (
            [
                victim(2020, 13, registered_by="DM"),
                victim(2020, 4, registered_by="MARTA", sex="F"),
                victim(2020, 2, "overlap"),
            ],
            "incomplete",
            (11, 11),
        ),
        ([victim(2020, 4, registered_by="MARTA", sex="F")], "incomplete", (4, 0)),
        ([victim(2020, 4, registered_by="MARTA", sex="F"), victim(2020, 9)], "incomplete", (4, 0)),
    ],
)
def test_bounds_and_verdicts(rows: list[tuple[object, ...]], verdict: str, bounds: tuple[int, int]) -> None:
    year = registration(table(*rows), 2020)
    assert year.verdict == verdict and (year.lower, year.upper) == bounds
    for lang in ("lv", "en"):
        assert "{" not in sentence(year, Language(lang))


def test_sum_equal_to_the_total_needs_no_overlap() -> None:
    year = registration(frames.victims(), 2017)
    assert (year.verdict, year.total_of_rows, year.overlap) == ("no_overlap", 20, None)


def test_a_part_beside_its_whole_is_not_added() -> None:
    rows = [
        victim(2020, 13, registered_by="NGO"),
        victim(2020, 4, registered_by="MARTA"),
        victim(2020, 9, registered_by="DM"),
    ]
    parents = {"MARTA": "NGO", "DM": "NGO"}
    assert registration(table(*rows), 2020, parents=parents).total_of_rows == 13
    assert registration(table(*rows[1:]), 2020, parents=parents).total_of_rows == 13


def test_citizenship_by_groups() -> None:
    groups = {"LV": "national", "TJ": "third_country", "IN": "third_country"}
    breakdown = found(2020)[("citizenship",)]
    table_of_groups = grouped(breakdown, "citizenship", groups)
    assert dict(zip(table_of_groups["group"], table_of_groups["value"], strict=True)) == {
        "national": 17,
        "third_country": 25,
        "UZ": 6,
    }
    assert table_of_groups["value"].sum() == breakdown.parts
    with pytest.raises(ValueError, match="by sex is expected"):
        grouped(breakdown, "sex", groups)


def test_pooling_names_the_years_it_could_use() -> None:
    together = pooled(frames.victims(), [2017, 2018, 2019, 2020, 2021], "sex")
    assert dict(zip(together["sex"], together["value"], strict=True)) == {"M": 3 + 11 + 49, "F": 17 + 12 + 12}
    assert set(together["years"]) == {"2017,2018,2021"}
