"""Charts: nothing lost, nothing cut, the same bytes at every run, words for those who cannot see them."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from xml.etree import ElementTree

import frames
import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from thb_analysis.analysis.justice_chain import stages
from thb_analysis.analysis.support import rehabilitation, seized
from thb_analysis.analysis.trends import trend
from thb_analysis.analysis.victims import DIMENSIONS, breakdowns
from thb_analysis.charts import (
    Chart,
    ChartError,
    amounts,
    bars,
    check,
    flow,
    save,
    stage_table,
    style,
    trend_panels,
)
from thb_analysis.charts.sheet import text_width, wrap
from thb_analysis.language import Language

LANGUAGES = ("lv", "en")
ENDINGS = (".svg", ".png", ".csv", ".alt.txt")
SVG = "{http://www.w3.org/2000/svg}"


def panels(lang: str, frame: pd.DataFrame | None = None) -> Chart:
    frame = frames.persons_convicted() if frame is None else frame
    return trend_panels(trend(frame), Language(lang), "Notiesātās personas")


def chain(first_year: int = 2021) -> pd.DataFrame:
    tables = {
        "registered_offences": frames.registered_offences(),
        "cases_sent_to_court": frames.cases_sent_to_court(),
        "cases_adjudicated": frames.cases_adjudicated(),
        "persons_convicted": frames.persons_convicted(),
        "seized_assets": frames.seized_assets(),
    }
    return stages(tables, frames.articles(), first_year, 2023)


def hard_flow() -> pd.DataFrame:
    rows = [
        (2019, "previous_year", 1),
        (2019, "this_year", 90),
        (2019, "_T", 91),
        (2021, "_T", ""),
        (2022, "previous_year", 0),
        (2022, "this_year", 3),
    ]
    return frames.tidy(rows, ["started"], "persons")


TREND_CASES: dict[str, pd.DataFrame] = {
    "five articles": frames.registered_offences(),
    "one article": frames.by_article({"154.1": (4, 10, 2)}, "offences"),
    "one year": frames.by_article({"154.1": (4,), "165": (0,)}, "persons"),
    "all missing": frames.by_article({"154.1": ("", "-", "n/a"), "165": ("", "X", "")}, "cases"),
    "all zero": frames.by_article({"154.1": (0, 0, 0)}, "cases"),
    "large outlier": frames.by_article({"154.1": (3, 5, 2400), "165": (120_000, 9000, 3)}, "persons"),
    "seven years": frames.by_article(
        {"154.1": (3, 5, 8, "", 9, 14, "-"), "164": (0, 0, 1, 0, 2, "-", 5)}, "persons"
    ),
    "twenty years": frames.by_article({"154.1": tuple(range(20)), "285.2": (300,) * 20}, "persons", 2004),
    "wide numbers": frames.by_article(
        dict.fromkeys(frames.ARTICLES, (1430340, 414556, 462529, 999999, 1261006)), "persons"
    ),
    "wide numbers, many years": frames.by_article({"154.1": (1_573_083, 768_749) * 10}, "cases", 2004),
    "money": frames.by_article({"154.1": (512294.47, "", 6000.0), "164": ("", "-", 0.0)}, "EUR"),
}


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("case", TREND_CASES)
def test_trend_panels_hold_whatever_comes(case: str, lang: str) -> None:
    figure = panels(lang, TREND_CASES[case])
    check(figure)
    assert figure.get_size_inches()[0] == style.WIDTH
    assert figure.alt.startswith(figure.finding) and not figure.data.empty


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("year", [2017, 2018, 2020, 2021])
def test_every_breakdown_can_be_drawn(year: int, lang: str) -> None:
    found = breakdowns(frames.victims(), year)
    assert found
    for one in found:
        check(bars(one, Language(lang), "Upuri"))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_other_charts_hold(lang: str) -> None:
    language = Language(lang)
    for frame in (frames.rehabilitation_clients(), hard_flow()):
        check(flow(rehabilitation(frame), language, "Sociālā rehabilitācija"))
    check(amounts(seized(frames.seized_assets()), language, "Arestētie līdzekļi"))
    for first_year in (2016, 2021, 2023):
        check(stage_table(chain(first_year), language))


# -- what is drawn -----------------------------------------------------------------------------------------


def dots(figure: Figure) -> list[tuple[float, float]]:
    return [
        (float(x), float(y))
        for axes in figure.axes
        for line in axes.lines
        if line.get_marker() == "o"
        for x, y in line.get_xydata()
    ]


def words(figure: Figure) -> list[str]:
    found = [text.get_text() for text in figure.texts]
    for axes in figure.axes:
        found += [text.get_text() for text in axes.texts]
    return found


def test_every_figure_is_a_dot_with_its_number() -> None:
    frame = frames.registered_offences()
    figure = panels("lv", frame)
    assert sorted(y for _, y in dots(figure)) == sorted(frame["value"])
    printed = words(figure)
    for value in frame["value"]:
        assert f"{value:.0f}" in printed


def test_all_panels_have_one_scale_from_zero() -> None:
    for case in ("five articles", "large outlier", "seven years"):
        limits = {axes.get_ylim() for axes in panels("en", TREND_CASES[case]).axes}
        assert len(limits) == 1 and limits.pop()[0] == 0


def test_ticks_are_whole_numbers_and_years_are_categories() -> None:
    for axes in panels("en", frames.by_article({"154.1": (1, 2, 0)}, "persons")).axes:
        assert all(float(tick).is_integer() for tick in axes.get_yticks())
        assert [label.get_text() for label in axes.get_xticklabels()] == ["2021", "2022", "2023"]


def joins(figure: Figure) -> int:
    return sum(
        line.get_color() == style.DARK_BLUE and line.get_linewidth() == 1 and len(line.get_xdata()) == 2
        for axes in figure.axes
        for line in axes.lines
    )


def test_no_line_below_five_points_and_none_over_a_gap() -> None:
    assert joins(panels("lv", frames.by_article({"154.1": (1, 2, 3, 4)}, "persons"))) == 0
    assert joins(panels("lv", frames.by_article({"154.1": (1, 2, 3, 4, 5)}, "persons"))) == 4
    assert joins(panels("lv", frames.by_article({"154.1": (1, 2, "", 3, 4, 5)}, "persons"))) == 3
    broken = frames.by_article({"154.1": (1, 2, 3, 4, 5)}, "persons")
    broken.loc[2, "obs_status"] = "B"
    assert joins(panels("lv", broken)) == 3


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("lv", {"nav\nnorādīts", "nav\nattiecināms", "nav\ndatu"}),
        ("en", {"not\nstated", "not\napplicable", "no\ndata"}),
    ],
)
def test_nothing_says_which_nothing_it_is(lang: str, said: set[str]) -> None:
    figure = panels(lang, frames.by_article({"154.1": ("", "-", "n/a")}, "persons"))
    assert said <= set(words(figure))
    assert dots(figure) == []


def test_institutions_keep_panels_of_their_own() -> None:
    one = frames.by_article({"154.1": (1, "-", 1)}, "proceedings").assign(institution="VP")
    other = frames.by_article({"154.1": ("", 0, 0)}, "proceedings").assign(institution="VRS")
    table = trend(pd.concat([one, other]), by=("institution", "article"))
    figure = trend_panels(table, Language("lv"), "Kriminālprocesi")
    assert len(figure.axes) == 2 and len(dots(figure)) == 4
    with pytest.raises(ValueError, match="do not tell the series apart"):
        trend_panels(table.drop(columns="institution"), Language("lv"), "Kriminālprocesi")


def test_a_year_without_a_row_says_so_and_zero_is_a_dot() -> None:
    frame = frames.by_article({"154.1": (4, 1, 0)}, "persons")
    figure = panels("lv", frame[frame["year"] != 2022])
    assert "skaitļa\nnav" in words(figure)
    assert (2.0, 0.0) in dots(figure)


def test_figures_that_are_not_final_are_hollow() -> None:
    frame = frames.by_article({"154.1": (4, 1, 3)}, "persons")
    frame.loc[2, "obs_status"] = "P"
    figure = panels("en", frame)
    faces = [line.get_markerfacecolor() for line in figure.axes[0].lines if line.get_marker() == "o"]
    assert faces == [style.DARK_BLUE, style.DARK_BLUE, style.PAPER]
    assert "figures are not final" in " ".join(words(figure))


def test_money_has_no_interval() -> None:
    figure = amounts(seized(frames.seized_assets()), Language("lv"), "Arestētie līdzekļi")
    assert len(dots(figure)) == 3
    assert not [line for axes in figure.axes for line in axes.lines if line.get_color() == style.INTERVAL]
    assert "512\u00a0294,47\u00a0euro" in words(figure)


def test_bars_are_as_long_as_their_numbers() -> None:
    (one,) = [b for b in breakdowns(frames.victims(), 2020) if b.dimensions == ("registered_by",)]
    figure = bars(one, Language("lv"), "Upuri")
    assert [patch.get_width() for patch in figure.axes[0].patches] == [15, 33]  # the second: not stated
    assert "nav ziņu" in [label.get_text() for label in figure.axes[0].get_yticklabels()]


def test_sex_and_age_make_one_word() -> None:
    (one,) = [b for b in breakdowns(frames.victims(), 2017) if b.dimensions == ("sex", "age_group")]
    figure = bars(one, Language("lv"), "Upuri")
    labels = [[text.get_text() for text in axes.get_yticklabels()] for axes in figure.axes]
    assert labels == [["sievietes", "vīrieši"], ["meitenes", "zēni"]]
    (mixed,) = [b for b in breakdowns(frames.victims(), 2020) if b.mixed]
    (axes,) = bars(mixed, Language("en"), "Victims").axes
    assert [text.get_text() for text in axes.get_yticklabels()] == ["men", "women", "children"]


def test_flow_parts_stand_end_to_end() -> None:
    figure = flow(rehabilitation(frames.rehabilitation_clients()), Language("lv"), "Rehabilitācija")
    parts = [(patch.get_x(), patch.get_width()) for patch in figure.axes[0].patches]
    assert parts == [(0, 23), (23, 56), (0, 44), (44, 21), (0, 14), (14, 21)]
    assert {"79", "65", "35", "51", "vēl nav zināms"} <= set(words(figure))


def test_stage_dots_grow_in_area_and_money_is_left_out() -> None:
    figure = stage_table(chain(), Language("lv"))
    sizes = {}
    for axes in figure.axes:
        for line, label in zip([x for x in axes.lines if x.get_marker() == "o"], axes.texts, strict=False):
            sizes.setdefault(label.get_text(), line.get_markersize())
    assert (sizes["48"] / sizes["12"]) ** 2 == pytest.approx(4)
    assert "seized_assets" not in set(figure.data["stage"])
    assert "Cilvēku tirdzniecība" in words(figure)


def test_years_that_do_not_fit_are_left_out_and_that_is_said() -> None:
    many = frames.by_article({"154.1": (1_234, "-", 7_572, "X") * 4}, "persons", 2008)
    figure = stage_table(stages({"persons_convicted": many}, frames.articles(), 2008, 2023), Language("en"))
    check(figure)
    drawn = sorted(set(figure.data["year"]))
    assert drawn[-1] == 2023 and 2 <= len(drawn) < 16
    assert f"The page has room for the years {drawn[0]} to 2023." in words(figure)
    assert not any("has room" in text for text in words(stage_table(chain(), Language("en"))))


def contrast(one: str, other: str) -> float:
    def luminance(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_colours_can_be_told_apart() -> None:
    for mark in (style.DARK_BLUE, style.ORANGE, style.INTERVAL, style.AXIS):
        assert contrast(mark, style.PAPER) >= 3
    assert contrast(style.DARK_BLUE, style.ORANGE) >= 3
    for ink in (style.TEXT, style.MUTED):
        assert contrast(ink, style.PAPER) >= 4.5
    assert contrast(style.TEXT, style.ORANGE) >= 4.5 and contrast(style.PAPER, style.DARK_BLUE) >= 4.5


# -- words -------------------------------------------------------------------------------------------------


def test_the_title_states_what_the_verdicts_allow() -> None:
    assert panels("lv").finding == "Notiesātās personas: 2023. gadā droša izmaiņa nav konstatējama"
    until_2022 = frames.persons_convicted().query("year < 2023")
    assert panels("lv", until_2022).finding.endswith("statistiski nozīmīgs pieaugums – 165. pants")
    assert panels("lv", TREND_CASES["all missing"]).finding == "Notiesātās personas: datu nav"
    assert "285.² pants (13 noziedzīgu nodarījumu)" in panels("lv", frames.registered_offences()).finding


def test_the_text_alternative_tells_every_figure_and_every_gap() -> None:
    alt = panels("lv").alt
    assert "154.¹ pants: 2021: 1; 2022: 1; 2023: 6." in alt
    assert "164. pants: 2021: nav norādīts; 2022: 1; 2023: 2." in alt
    assert "2021.–2023. gads; vērtības no 1 līdz 15." in alt
    english = flow(rehabilitation(frames.rehabilitation_clients()), Language("en"), "Rehabilitation").alt
    assert "2022: 44 carried over, 21 started in the year, 65 in total, left: 51." in english


def test_the_source_line_names_the_files_or_what_is_said() -> None:
    assert "Avots: 2021/ZZ_2021.xlsx, 2022/ZZ_2022.xlsx, 2023/ZZ_2023.xlsx." in words(panels("lv"))
    said = trend_panels(trend(frames.persons_convicted()), Language("en"), "Persons", source="Courts")
    assert "Source: Courts." in words(said)


def test_a_title_of_ones_own() -> None:
    own = trend_panels(trend(frames.persons_convicted()), Language("en"), "Persons", title="A title")
    assert own.finding == "A title" and own.alt.startswith("A title. ")


def test_text_is_broken_where_it_does_not_fit() -> None:
    lines = wrap("Ļaunprātīga nodrošināšana ar iespēju", 1.2, 9)
    assert len(lines) > 1 and all(text_width(line, 9) <= 1.2 for line in lines)
    assert " ".join(lines) == "Ļaunprātīga nodrošināšana ar iespēju"
    assert "".join(line.rstrip("-") for line in wrap("x" * 60, 1.2, 9)) == "x" * 60


@pytest.mark.parametrize(
    "draw",
    [
        lambda: trend_panels(trend(frames.registered_offences().iloc[:0]), Language("lv"), "Nekas"),
        lambda: flow(rehabilitation(frames.rehabilitation_clients().iloc[:0]), Language("lv"), "Nekas"),
        lambda: stage_table(chain().iloc[:0], Language("lv")),
        lambda: amounts(seized(frames.seized_assets().iloc[:0]), Language("lv"), "Nekas"),
    ],
)
def test_a_chart_of_no_rows_is_refused(draw: Callable[[], Chart]) -> None:
    with pytest.raises(ValueError, match="nothing to draw"):
        draw()


# -- saving ------------------------------------------------------------------------------------------------


def plain(points: list[tuple[float, float]], top: float) -> Figure:
    figure = Figure(figsize=(4, 3))
    axes = figure.add_subplot()
    axes.plot([x for x, _ in points], [y for _, y in points], "o")
    axes.set_ylim(0, top)
    return figure


DATA = pd.DataFrame({"year": [2021], "value": [48]})


def test_a_point_outside_its_axes_is_not_saved(tmp_path: Path) -> None:
    with pytest.raises(ChartError, match=r"the point \(2, 48\) lies outside its axes"):
        save(plain([(1, 3), (2, 48)], top=40), tmp_path / "lost", DATA, "Alt.")
    assert list(tmp_path.iterdir()) == []
    assert len(save(plain([(1, 3), (2, 48)], top=48), tmp_path / "kept", DATA, "Alt.")) == 4


@pytest.mark.parametrize("kind", ["scatter", "bar", "interval", "vlines"])
def test_other_marks_outside_are_found_too(kind: str) -> None:
    figure = Figure()
    axes = figure.add_subplot()
    if kind == "scatter":
        axes.scatter([1], [9])
    elif kind == "bar":
        axes.bar([1], [9])
    elif kind == "interval":
        axes.errorbar([1], [5], yerr=[[1], [4]])
    else:
        axes.vlines([1], [0], [9])
    axes.set_ylim(0, 10)
    check(figure)
    axes.set_ylim(0, 8)
    with pytest.raises(ChartError, match="outside"):
        check(figure)


def test_an_absent_value_is_no_point() -> None:
    check(plain([(1, 3), (2, np.nan)], top=5))


@pytest.mark.parametrize(("x", "y"), [(0.9, 0.5), (-0.05, 0.5), (0.5, 0.995), (0.5, -0.01)])
def test_a_label_over_the_edge_is_not_saved(x: float, y: float, tmp_path: Path) -> None:
    figure = plain([(1, 3)], top=5)
    figure.text(x, y, "a label of some length")
    with pytest.raises(ChartError, match="cut by the edge"):
        save(figure, tmp_path / "cut", DATA, "Alt.")


def test_a_label_upon_another_is_not_saved() -> None:
    figure = plain([(1, 3)], top=5)
    figure.text(0.3, 0.94, "one label")
    check(figure)
    figure.text(0.32, 0.945, "another label")
    with pytest.raises(ChartError, match="“one label” and “another label” overlap"):
        check(figure)


def test_a_label_clipped_by_its_panel_is_found() -> None:
    figure = plain([(1, 3)], top=5)
    axes = figure.axes[0]
    axes.text(axes.get_xlim()[1], 2, "long label", clip_on=True, ha="center", fontsize=6)
    with pytest.raises(ChartError, match="edge of its panel"):
        check(figure)


def test_checking_leaves_the_canvas_alone() -> None:
    figure = panels("en")
    own = figure.canvas
    check(figure)
    assert figure.canvas is own


def test_a_chart_needs_words_and_data(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="text alternative"):
        save(plain([(1, 3)], 5), tmp_path / "x", DATA, "  ")
    with pytest.raises(ValueError, match="the data that it shows"):
        save(plain([(1, 3)], 5), tmp_path / "x", DATA.iloc[:0], "Alt.")
    assert list(tmp_path.iterdir()) == []


def test_what_is_saved(tmp_path: Path) -> None:
    figure = panels("lv")
    paths = save(figure, tmp_path / "new" / "persons.lv", figure.data, figure.alt)
    assert [path.name for path in paths] == [f"persons.lv{ending}" for ending in ENDINGS]
    assert sorted(p.name for p in (tmp_path / "new").iterdir()) == sorted(p.name for p in paths)
    svg, png, csv, alt = (path.read_bytes() for path in paths)
    root = ElementTree.fromstring(svg)
    assert root.get("role") == "img"
    assert root[0].tag == f"{SVG}title" and root[0].text == figure.finding
    assert root[1].tag == f"{SVG}desc" and root[1].text == figure.alt
    assert not root.findall(f".//{SVG}text")  # outlines, no fonts
    assert png[:8] == b"\x89PNG\r\n\x1a\n" and b"tEXt" not in png
    assert alt.decode() == figure.alt + "\n"
    assert b"\r" not in csv and b"\r" not in svg
    again = pd.read_csv(StringIO(csv.decode()), dtype={"article": str})
    assert again["value"].tolist() == pytest.approx(figure.data["value"].tolist(), nan_ok=True)
    assert {"article", "year", "value", "obs_status", "source_cell"} <= set(again.columns)


def test_nothing_of_the_moment_or_the_place_gets_in(tmp_path: Path) -> None:
    figure = panels("en")
    for path in save(figure, tmp_path / "x", figure.data, figure.alt):
        content = path.read_bytes()
        assert str(tmp_path).encode() not in content
        assert not re.search(rb"<dc:date>|tIME|matplotlib\.org", content)


SCRIPT = """
import sys
from pathlib import Path
sys.path.insert(0, {tests!r})
import test_charts as t
from thb_analysis.charts import save
for name, figure in t.samples().items():
    save(figure, Path(sys.argv[1]) / name, figure.data, figure.alt)
"""


def samples() -> dict[str, Chart]:
    language = Language("lv")
    one = breakdowns(frames.victims(), 2021)[-1]
    return {
        "trend": panels("lv", frames.registered_offences()),
        "bars": bars(one, language, "Upuri"),
        "flow": flow(rehabilitation(frames.rehabilitation_clients()), language, "Rehabilitācija"),
        "stages": stage_table(chain(), language),
        "amounts": amounts(seized(frames.seized_assets()), language, "Arestētie līdzekļi"),
    }


def test_two_processes_write_the_same_bytes(tmp_path: Path) -> None:
    root = Path(__file__).resolve().parents[1]
    script = SCRIPT.format(tests=str(root / "tests"))
    folders = [tmp_path / seed for seed in ("1", "2")]
    running = [
        subprocess.Popen(
            [sys.executable, "-c", script, str(folder)],
            cwd=root,
            env={**os.environ, "PYTHONHASHSEED": folder.name},
        )
        for folder in folders
    ]
    assert [process.wait() for process in running] == [0, 0]
    sums = [
        {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in folder.iterdir()} for folder in folders
    ]
    assert len(sums[0]) == 5 * len(ENDINGS)
    assert sums[0] == sums[1]


def test_the_same_bytes_whatever_the_reader_has_set(tmp_path: Path) -> None:
    import matplotlib as mpl

    first = panels("lv")
    paths = save(first, tmp_path / "a", first.data, first.alt)
    with mpl.rc_context(
        {"font.size": 20, "svg.fonttype": "none", "lines.linewidth": 9, "savefig.bbox": "tight"}
    ):
        second = panels("lv")
        others = save(second, tmp_path / "b", second.data, second.alt)
    assert [p.read_bytes() for p in paths] == [p.read_bytes() for p in others]


def test_a_notebook_shows_a_chart_without_pyplot() -> None:
    assert panels("lv")._repr_png_()[:4] == b"\x89PNG"


def test_charts_are_drawn_with_the_fonts_of_matplotlib(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever a list kept from another run names, or lacks."""
    from matplotlib import font_manager, get_data_path

    monkeypatch.setattr(font_manager.fontManager, "ttflist", [])
    style._own_fonts_only.cache_clear()
    with style.applied():
        assert font_manager.findfont("DejaVu Sans").startswith(get_data_path())
        assert font_manager.findfont("DejaVu Sans:bold").startswith(get_data_path())
    style._own_fonts_only.cache_clear()


def test_a_chart_ends_with_the_year_it_is_drawn_for() -> None:
    found = trend(frames.victims()[lambda f: (f[list(DIMENSIONS)] == "_T").all(axis=1)], ("identification",))
    last = int(found["year"].max())

    def years(until: int | None) -> list[str]:
        chart = trend_panels(found, Language("lv"), "Upuri", until=until)
        return [tick.get_text() for tick in chart.axes[0].get_xticklabels()]

    assert years(None)[-1] == years(last - 1)[-1] == str(last) and years(last + 1)[-1] == str(last + 1)
