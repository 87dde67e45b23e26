"""Rehabilitation as a flow, amounts seized."""

from __future__ import annotations

import frames
import pandas as pd
import pytest

from thb_analysis.analysis.frames import AmbiguousTableError
from thb_analysis.analysis.sentences import sentence
from thb_analysis.analysis.support import rehabilitation, seized, seized_totals
from thb_analysis.language import Language


def flow(*rows: tuple[int, str, object]) -> pd.DataFrame:
    return rehabilitation(frames.tidy(rows, ["started"], "persons"))


def test_carried_over_and_new_make_the_total_and_leavers_follow() -> None:
    table = rehabilitation(frames.rehabilitation_clients())
    assert table["total"].tolist() == table["parts"].tolist() == [79, 65, 35]
    assert table["leavers"].tolist() == [35, 51, pd.NA]
    assert set(table["verdict"]) == {"closes"}
    assert table["source_cell"].tolist() == ["B4", "B7", "B10"]


def test_a_total_that_was_not_published_is_not_invented() -> None:
    table = flow(
        (2022, "previous_year", 44), (2022, "this_year", 21), (2022, "_T", ""), (2023, "previous_year", 14)
    )
    first = table.iloc[0]
    assert pd.isna(first["total"]) and first["parts"] == 65 and first["leavers"] == 51
    assert table["verdict"].tolist() == ["no_total", "incomplete"]


def test_a_gap_leaves_the_leavers_unknown() -> None:
    table = flow((2020, "_T", 10), (2022, "previous_year", 3), (2022, "this_year", 3), (2022, "_T", 6))
    assert pd.isna(table["leavers"].iloc[0])


@pytest.mark.parametrize(
    "rows",
    [
        [(2022, "previous_year", 44), (2022, "this_year", 21), (2022, "_T", 66)],
        [(2022, "previous_year", 4), (2022, "this_year", 2), (2022, "_T", 6), (2023, "previous_year", 7)],
    ],
)
def test_contradictions_are_said(rows: list[tuple[int, str, object]]) -> None:
    found = flow(*rows).iloc[0]
    assert found["verdict"] == "contradiction"
    assert "pretrunā" in sentence(found, Language("lv"))


def test_a_figure_given_twice_is_refused() -> None:
    with pytest.raises(AmbiguousTableError, match="twice"):
        flow((2022, "_T", 5), (2022, "_T", 6))


@pytest.mark.parametrize(
    ("left", "words"),
    [(0, "0 klientu"), (1, "1 klients"), (2, "2 klienti"), (11, "11 klientu"), (21, "21 klients")],
)
def test_leavers_in_words(left: int, words: str) -> None:
    table = flow(
        (2022, "previous_year", 0),
        (2022, "this_year", 40),
        (2022, "_T", 40),
        (2023, "previous_year", 40 - left),
    )
    assert sentence(table.iloc[0], Language("lv")).endswith(f"pakalpojumu beidza saņemt {words}.")


def test_seized_amounts_stay_as_published() -> None:
    table = seized(frames.seized_assets())
    assert table["value"].tolist() == [512294.47, 291609.0, 6000.0]
    assert set(table["verdict"]) == {"amount"}
    assert not {"low", "high", "p_value", "percent"} & set(table.columns)


def test_a_published_total_is_compared_with_its_years() -> None:
    frame = frames.seized_assets()
    (found,) = seized_totals(frame).to_dict("records")
    assert found["verdict"] == "agrees" and found["summed"] == pytest.approx(809903.47)
    frame.loc[frame["year"].isna(), "value"] += 0.01
    assert seized_totals(frame)["verdict"].tolist() == ["differs"]
    frame.loc[0, "value"] = float("nan")
    assert seized_totals(frame)["verdict"].tolist() == ["incomplete"]
    for lang in ("lv", "en"):
        assert "{" not in sentence(seized_totals(frame).iloc[0], Language(lang))
