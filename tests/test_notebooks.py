"""The runner is strict: parameters are checked first, failures are named, copies are the same everywhere."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from thb_analysis import notebooks
from thb_analysis.notebooks import CellFailure, Job, NotebookError, ParameterError

NOTEBOOKS = Path(__file__).parent.parent / "notebooks"
PARAMETERS = "year: int = 2023\nlang: str = 'lv'\nprocessed: str = '../processed'"


def _write(path: Path, *cells: str, parameters: str = PARAMETERS) -> Path:
    def code(key: str, source: str, *tags: str) -> dict[str, object]:
        metadata = {"tags": list(tags)} if tags else {}
        return {
            "cell_type": "code",
            "execution_count": None,
            "id": key,
            "metadata": metadata,
            "outputs": [],
            "source": source,
        }

    made = [code("parameters", parameters, "parameters")]
    made += [code(f"cell-{place}", source) for place, source in enumerate(cells, start=1)]
    book = {"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(book), encoding="utf-8")
    return path


def test_unknown_parameter_is_an_error_with_suggestions(tmp_path: Path) -> None:
    book = _write(tmp_path / "book.ipynb", "open('ran', 'w').close()")
    with pytest.raises(ParameterError, match=r"unknown parameter yaer \(did you mean year\?\)"):
        notebooks.run(book, tmp_path / "out.ipynb", {"yaer": 2023})
    assert not (tmp_path / "ran").exists() and not (tmp_path / "out.ipynb").exists()


@pytest.mark.parametrize("parameters", [{"year": "2023"}, {"year": True}, {"lang": 3}, {"year": None}])
def test_wrong_type_is_an_error(tmp_path: Path, parameters: dict[str, object]) -> None:
    book = _write(tmp_path / "book.ipynb")
    with pytest.raises(ParameterError, match=f"parameter {next(iter(parameters))} is"):
        notebooks.check(book, parameters)


def test_every_problem_is_told_at_once(tmp_path: Path) -> None:
    book = _write(tmp_path / "book.ipynb")
    with pytest.raises(ParameterError) as caught:
        notebooks.check(book, {"yaer": 1, "lang": 2, "processed": tmp_path / "none"}, ["processed"])
    assert len(caught.value.problems) == 3


def test_a_type_not_declared_is_that_of_the_default(tmp_path: Path) -> None:
    book = _write(tmp_path / "book.ipynb", parameters="years = [2021]\nratio = 0.5")
    assert notebooks.check(book, {"years": [2022], "ratio": 1}) == {"years": [2022], "ratio": 1}
    with pytest.raises(ParameterError):
        notebooks.check(book, {"years": "2022"})


def test_a_notebook_without_parameters_is_refused(tmp_path: Path) -> None:
    book = _write(tmp_path / "book.ipynb", parameters="")
    with pytest.raises(NotebookError, match="parameters"):
        notebooks.check(book, {})
    with pytest.raises(NotebookError, match="no notebook"):
        notebooks.check(tmp_path / "none.ipynb", {})


def test_run_leaves_no_trace_of_the_machine(tmp_path: Path) -> None:
    source = "import sys\nprint(year, processed)\nprint(sys.executable == interpreter)\nobject()"
    copies = []
    for place in ("a", "b"):
        folder = tmp_path / place
        (folder / "data").mkdir(parents=True)
        book = _write(folder / "book.ipynb", source, parameters=PARAMETERS + "\ninterpreter: str = ''")
        given = {"year": 2022, "processed": folder / "data", "interpreter": os.sys.executable}  # type: ignore[attr-defined]
        output = notebooks.run(book, folder / "out" / "book.ipynb", given, folders=["processed"])
        copies.append(output.read_bytes())
    assert copies[0] == copies[1]
    text = copies[0].decode("utf-8")
    assert str(tmp_path) not in text and "0x" not in text
    assert "2022 ../processed" in text and "True" in text


def test_failing_cell_is_named_and_the_last_good_copy_stays(tmp_path: Path) -> None:
    book = _write(tmp_path / "book.ipynb", "x = 1", "if year == 1999:\n    raise KeyError('nope')")
    output = tmp_path / "out" / "book.ipynb"
    notebooks.run(book, output)
    good = output.read_bytes()
    with pytest.raises(CellFailure, match=r"book\.ipynb, cell 3 \(cell-2\): KeyError: 'nope'") as caught:
        notebooks.run(book, output, {"year": 1999})
    assert output.read_bytes() == good
    assert caught.value.copy.is_file() and "nope" in caught.value.copy.read_text(encoding="utf-8")
    notebooks.run(book, output)
    assert not caught.value.copy.exists()


@pytest.mark.slow
def test_several_run_side_by_side_and_one_does_not_stop_another(tmp_path: Path) -> None:
    books = {
        "fine": _write(tmp_path / "fine.ipynb", "1 + 1"),
        "slow": _write(tmp_path / "slow.ipynb", "import time\ntime.sleep(60)"),
        "dead": _write(tmp_path / "dead.ipynb", "import os\nos._exit(3)"),
    }
    jobs = [Job(book, tmp_path / "out" / book.name, time_limit=20) for book in books.values()]
    jobs[1] = Job(books["slow"], tmp_path / "out" / "slow.ipynb", time_limit=4)
    outcomes = dict(zip(books, notebooks.run_all(jobs), strict=True))
    assert outcomes["fine"].error is None
    assert "out of time" in str(outcomes["slow"].error)
    assert "kernel died" in str(outcomes["dead"].error)


def test_a_misfit_stops_all_before_the_first_starts(tmp_path: Path) -> None:
    good = Job(_write(tmp_path / "good.ipynb", "1"), tmp_path / "good.out.ipynb")
    bad = Job(_write(tmp_path / "bad.ipynb", "1"), tmp_path / "bad.out.ipynb", {"lagn": "lv"})
    with pytest.raises(ParameterError, match="lagn"):
        notebooks.run_all([good, bad])
    assert not good.output.exists()


@pytest.mark.parametrize("path", sorted(NOTEBOOKS.glob("*.ipynb")), ids=lambda path: path.name)
def test_notebooks_are_committed_clean(path: Path) -> None:
    book = json.loads(path.read_text(encoding="utf-8"))
    assert notebooks.parameters_of(path)
    ids = [cell["id"] for cell in book["cells"]]
    assert len(set(ids)) == len(ids)
    for cell in book["cells"]:
        if cell["cell_type"] == "code":
            assert cell["outputs"] == [] and cell["execution_count"] is None
