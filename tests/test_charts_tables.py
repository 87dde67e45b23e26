"""Charts in rows of marks and by country: nothing cut, nothing lost, shapes for every meaning."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from thb_analysis.analysis import international, measures
from thb_analysis.charts import check, save
from thb_analysis.charts.countries import countries
from thb_analysis.charts.grid import MARKS, Cell, Column, Row, grid
from thb_analysis.charts.lights import LIGHTS, lights
from thb_analysis.language import Language

LANGUAGES = ("lv", "en")
DATA = pd.DataFrame({"a": [1], "source_file": ["f.xlsx"]})


def marks_drawn(chart: object) -> list[str]:
    return [
        str(line.get_marker())
        for axes in chart.axes  # type: ignore[attr-defined]
        for line in axes.lines
        if line.get_marker() not in ("None", "", None)
    ]


def test_every_mark_has_a_shape_of_its_own() -> None:
    """Colour only repeats what the shape says: marker and filling differ for every pair."""
    seen = {
        (how["marker"], how.get("fillstyle", "full"), how.get("markerfacecolor") == "#FFFFFF")
        for how in MARKS.values()
    }
    assert len(seen) == len(MARKS)
    assert len(set(LIGHTS.values())) == len(LIGHTS)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_grid_with_hard_words(lang: str, tmp_path: Path) -> None:
    long = "Ļoti garš nosaukums, kas neietilpst nevienā slejā un jāpārnes vairākās rindās"
    columns = [Column(long, 0.9), Column("2023", 0.6, "right"), Column("x", 0.5, "center")]
    cells = (Cell(long, "up"), Cell("1 234/5 678", "half_square"), Cell("", "dash", muted=True))
    rows = [Row(long, cells, long), Row("kort", (Cell(), Cell("0"), Cell("7", "box")))]
    legend = [(name, long) for name in ("up", "half_square", "dash")]
    chart = grid(
        columns, rows, Language(lang), title=long, subtitle=long, data=DATA, legend=legend, notes=[long]
    )
    check(chart)
    assert len(save(chart, tmp_path / "grid", chart.data, chart.alt)) == 4
    assert "1 234/5 678" in chart.alt and "f.xlsx" not in chart.alt


def test_a_grid_refuses_what_it_cannot_draw() -> None:
    language = Language("en")
    with pytest.raises(ValueError, match="no rows"):
        grid([], [], language, title="t", subtitle="s", data=DATA)
    with pytest.raises(ValueError, match="cell for each column"):
        grid([Column("a", 1)], [Row("r", ())], language, title="t", subtitle="s", data=DATA)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_one_mark_for_every_measure(lang: str) -> None:
    status = ["done"] * 60 + ["partly_done"] * 3 + ["not_done"] * 2 + ["not_needed"] + [""]
    plan = pd.DataFrame({"measure": range(len(status)), "direction": "1", "status": status})
    tally = measures.tally(plan)
    chart = lights(tally, Language(lang), "direction", title="Plan", names={"1": "Direction 1"}, source="f")
    check(chart)
    assert len(marks_drawn(chart)) == len(status) + 5  # and one of each in the head
    assert "60" in chart.alt
    with pytest.raises(ValueError, match="no measures"):
        lights(tally.iloc[:0], Language(lang), "direction", title="Plan", names={})


def series(years: range, withheld: int) -> pd.DataFrame:
    rules = pd.DataFrame([{"id": "detected_victims", "publisher": "UNODC", "indicator": "Detected"}])
    rows = [
        {
            "year": year, "publisher": "UNODC", "country": country, "indicator": "Detected", "dimension": "_T",
            "category": "_T", "sex": "_T", "age_group": "_T", "value": np.nan if year == withheld else value,
            "unit": "Counts", "obs_status": "Q" if year == withheld else "A", "institution": "UNODC",
            "source_file": "f.csv", "source_sheet": "f", "source_cell": f"L{year}",
            "note": "<5" if year == withheld else "",
        }
        for country, value in (("LVA", 48.0), ("EST", 1234.0))
        for year in years
    ]  # fmt: skip
    return international.totals(pd.DataFrame(rows).astype({"year": "Int64"}), rules)


@pytest.mark.parametrize("first", [2003, 2017, 2023])
@pytest.mark.parametrize("lang", LANGUAGES)
def test_countries_over_long_and_short_stretches(first: int, lang: str) -> None:
    years = range(first, 2024)
    frame = series(years, withheld=2022)
    names = {("LVA", "UNODC"): "Latvija, UNODC", ("EST", "UNODC"): "Igaunija, UNODC"}
    chart = countries(frame, Language(lang), names, years, title="T", subtitle="S")
    check(chart)
    dots = marks_drawn(chart).count("o")
    assert dots == int(frame["value"].notna().sum())  # what was withheld is never a dot
    if first < 2023:
        assert chart.alt.count("2022: <5") == 2
    with pytest.raises(ValueError, match="no series"):
        countries(frame, Language(lang), names, [1999], title="T", subtitle="S")
