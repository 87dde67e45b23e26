"""The notebooks and the studies behind them: they run for every year, in both languages, and without data."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from thb_analysis import notebooks, warm
from thb_analysis.job import IngestSummary
from thb_analysis.notebooks import Job, run_all
from thb_analysis.studies.base import Study
from thb_analysis.studies.international import International
from thb_analysis.studies.justice import JusticeChain
from thb_analysis.studies.policy import PolicyEvaluation
from thb_analysis.studies.quality import DataQuality
from thb_analysis.studies.support import SupportAndPrevention
from thb_analysis.studies.victims import Victims

ROOT = Path(__file__).parent.parent
NOTEBOOKS = ROOT / "notebooks"
ANALYSES = sorted(NOTEBOOKS.glob("[0-9][0-9]_*.ipynb"))
STUDIES: tuple[type[Study], ...] = (
    DataQuality,
    JusticeChain,
    Victims,
    SupportAndPrevention,
    PolicyEvaluation,
    International,
)
YEARS = range(2017, 2024)
LANGUAGES = ("lv", "en")


def parts_of(study: type[Study]) -> list[str]:
    """The methods that the study's notebook calls, in order."""
    book = json.loads((NOTEBOOKS / f"{study.name}.ipynb").read_text(encoding="utf-8"))
    source = "\n".join("".join(cell["source"]) for cell in book["cells"] if cell["cell_type"] == "code")
    return list(re.findall(r"^\w+\.(\w+)\(\)$", source, re.MULTILINE))


def run_study(study: type[Study], processed: Path, year: int, lang: str, figures: Path | None) -> Study:
    opened = study.open(processed, year, min(2017, year), lang, figures)
    for part in parts_of(study):
        made = getattr(opened, part)()
        assert made.title and (made.sentences or made.tables or made.charts), (
            f"{study.name}, {part}: says nothing"
        )
        text = repr(made)
        assert not re.search(r"\bnan\b|\{\w*\}|<NA>", text), text
        assert all(chart.alt and chart.finding for chart in made.charts)
    return opened


def jobs(processed: Path, folder: Path, years: range, langs: tuple[str, ...], pattern: str) -> Iterator[Job]:
    for path in sorted(NOTEBOOKS.glob(f"{pattern}.ipynb")):
        declared = notebooks.parameters_of(path)
        for year in years:
            for lang in langs:
                given = {
                    "year": year,
                    "first_year": min(2017, year),
                    "lang": lang,
                    "processed": processed,
                    "figures": folder / "figures",
                    "reports": folder / "reports",
                }
                known = {name: value for name, value in given.items() if name in declared}
                places = [name for name in ("processed", "figures", "reports") if name in known]
                output = folder / "runs" / f"{path.stem}.{year}.{lang}.ipynb"
                yield Job(path, output, known, places)


@pytest.fixture(scope="module")
def kernels(tmp_path_factory: pytest.TempPathFactory) -> Iterator[warm.Kernels]:
    """Kernels as a build has them: forked from one warm process where that can be."""
    home = tmp_path_factory.mktemp("kernels")
    made = warm.Nursery(notebooks.kernel_environment(str(home))) if warm.POSSIBLE else warm.Kernels()
    yield made
    made.close()


def run_notebooks(
    processed: Path,
    folder: Path,
    years: range,
    langs: tuple[str, ...],
    pattern: str = "*",
    kernels: warm.Kernels | None = None,
) -> None:
    for name in ("figures", "reports"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    outcomes = run_all(jobs(processed, folder, years, langs, pattern), kernels=kernels)
    assert [str(outcome.error) for outcome in outcomes if outcome.error] == []


def test_every_study_has_its_notebook_with_the_same_parameters() -> None:
    assert [path.stem for path in ANALYSES] == [study.name for study in STUDIES]
    declared = [notebooks.parameters_of(path) for path in ANALYSES]
    assert all(list(one) == list(declared[0]) for one in declared)
    assert list(declared[0]) == ["year", "first_year", "lang", "processed", "figures", "reports"]


def test_notebooks_are_thin() -> None:
    """Calls and words only: no loop, no arithmetic, no function, at most one call a cell after the opening."""
    for path in ANALYSES:
        book = json.loads(path.read_text(encoding="utf-8"))
        cells = ["".join(cell["source"]) for cell in book["cells"] if cell["cell_type"] == "code"]
        assert len(cells) == 3 + len(parts_of(next(s for s in STUDIES if s.name == path.stem)))
        for source in cells[2:-1]:
            assert re.fullmatch(r"\w+\.\w+\(\)", source), source


@pytest.mark.parametrize("study", STUDIES, ids=lambda study: study.name)
def test_a_study_of_a_full_year(
    study: type[Study], shipped: tuple[Path, IngestSummary], tmp_path: Path
) -> None:
    opened = run_study(study, shipped[0], 2023, "en", tmp_path)
    assert any(part.charts for part in opened.parts.values())
    saved = sorted(path.name for path in (tmp_path / "2023").iterdir())
    assert saved and all(
        re.fullmatch(rf"{study.name}_\w+\.en\.(svg|png|csv|alt\.txt)", name) for name in saved
    )
    page = opened.publish(tmp_path / "reports").read_text(encoding="utf-8")
    assert page.count("<section>") == len(parts_of(study)) and str(tmp_path) not in page
    assert page.count("<img") == sum(len(part.charts) for part in opened.parts.values())


@pytest.mark.parametrize("study", STUDIES, ids=lambda study: study.name)
def test_a_study_of_a_year_with_hardly_any(study: type[Study], shipped: tuple[Path, IngestSummary]) -> None:
    run_study(study, shipped[0], 2012, "lv", None)


def test_a_study_of_nothing(tmp_path: Path, shipped: tuple[Path, IngestSummary]) -> None:
    with pytest.raises(FileNotFoundError):
        Victims.open(tmp_path, 2023)
    with pytest.raises(ValueError, match="after"):
        Victims.open(shipped[0], 2020, 2021)
    header = (shipped[0] / "victims.csv").read_text(encoding="utf-8").splitlines()[0]
    (tmp_path / "victims.csv").write_text(header + "\n", encoding="utf-8", newline="\n")
    for study in STUDIES:
        run_study(study, tmp_path, 2023, "en", None)


def test_later_years_do_not_enter(shipped: tuple[Path, IngestSummary]) -> None:
    study = Victims.open(shipped[0], 2021, 2017, "en")
    assert study.frame("victims")["year"].max() == 2021
    assert PolicyEvaluation.open(shipped[0], 2019, 2017, "en").scorecard()["year"].unique().tolist() == [2016]


def test_statements_of_the_evaluation(shipped: tuple[Path, IngestSummary]) -> None:
    study = PolicyEvaluation.open(shipped[0], 2023, 2017, "en")
    assert any(
        "31 measures, of which done 22, partly done 4, not done 5" in s for s in study.measures().sentences
    )
    told = study.contradictions().sentences
    assert any("40 by sector, but 39 by direction" in s for s in told)
    assert any("not achieved over all years" in s for s in told)


def test_analysis_notebooks_run_side_by_side(shipped: tuple[Path, IngestSummary], tmp_path: Path) -> None:
    run_notebooks(shipped[0], tmp_path, range(2019, 2020), ("lv",), "0*")
    pages = {path.name for path in (tmp_path / "reports" / "2019").glob("0*.html")}
    assert pages == {f"{study.name}.lv.html" for study in STUDIES}
    copy = tmp_path / "runs" / "05_policy_evaluation.2019.lv.ipynb"
    assert str(tmp_path) not in copy.read_text(encoding="utf-8")


@pytest.mark.slow
@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("year", YEARS)
def test_every_notebook_for_every_year(
    year: int, lang: str, shipped: tuple[Path, IngestSummary], tmp_path: Path, kernels: warm.Kernels
) -> None:
    run_notebooks(shipped[0], tmp_path, range(year, year + 1), (lang,), kernels=kernels)


@pytest.mark.slow
@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_notebook_for_a_year_with_hardly_any(
    lang: str, shipped: tuple[Path, IngestSummary], tmp_path: Path, kernels: warm.Kernels
) -> None:
    run_notebooks(shipped[0], tmp_path, range(2012, 2013), (lang,), kernels=kernels)


@pytest.mark.slow
@pytest.mark.parametrize("first_year", [2003, 2023])
@pytest.mark.parametrize("study", STUDIES, ids=lambda study: study.name)
def test_long_and_short_stretches_of_years(
    study: type[Study], first_year: int, shipped: tuple[Path, IngestSummary], tmp_path: Path
) -> None:
    opened = study.open(shipped[0], 2023, first_year, "lv", tmp_path)
    for part in parts_of(study):
        getattr(opened, part)()


@pytest.mark.parametrize(
    ("lang", "several", "one"), [("lv", "no 2021", "2023. gada"), ("en", "from 2021", "of 2023")]
)
def test_a_study_of_one_year_names_it_once(
    lang: str, several: str, one: str, shipped: tuple[Path, IngestSummary]
) -> None:
    assert several in Victims.open(shipped[0], 2023, 2021, lang, None).of_years("lead")
    assert one in Victims.open(shipped[0], 2023, 2023, lang, None).of_years("lead")
