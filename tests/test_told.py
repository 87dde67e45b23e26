"""What a command says where it cannot do what was asked: in both languages, with the exit code that belongs to it."""

from __future__ import annotations

import pickle
import re
import tomllib
from pathlib import Path

import pytest

from thb_analysis.cli import main
from thb_analysis.runlock import Locked, locked
from thb_analysis.staging import InUse
from thb_analysis.told import Missing

ROOT = Path(__file__).parent.parent
TEXTS = ROOT / "thb_analysis" / "catalogue" / "texts"
LATVIAN = {
    "ingest --raw nekur": (3, "Nav mapes nekur"),
    "diff --raw nekur": (2, "Nav mapes nekur"),
    "build --raw nekur": (3, "Nav mapes nekur"),
    "build --year 1850": (2, "1850 nav šīs datu rindas gads"),
    "build --year 1990": (
        2,
        "Mapē raw nav darbgrāmatu par 1990. gadu; ir par šādiem gadiem: 2017, 2018, 2019, 2020, 2021, 2022, 2023",
    ),
    "build --format doc": (2, "Nav formāta doc; ir html, docx, pdf"),
    "check nekas.xlsx": (2, "Nav datnes nekas.xlsx"),
    "check raw/2023/VP_2023.xlsx --letter out.txt": (2, "--letter raksta .docx datni, nevis out.txt"),
    "forms --year 2024 --compare README.md": (2, "Datnē README.md nav pieprasījuma veidlapas"),
    "export --profile internal --processed nekur": (
        3,
        f"Nav datnes {Path('nekur') / 'activities.csv'}: vispirms izpildiet `thb ingest`",
    ),
}


@pytest.fixture(autouse=True)
def at_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.delenv("THB_LANG", raising=False)


@pytest.mark.parametrize("asked", LATVIAN)
def test_in_latvian(asked: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, said = LATVIAN[asked]
    assert main([*asked.split(), "--lang", "lv"]) == code
    assert capsys.readouterr().err == f"thb: {said}\n"


def test_the_language_of_the_environment_counts(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["ingest", "--raw", "nowhere"]) == 3
    assert capsys.readouterr().err == "thb: There is no folder nowhere\n"
    monkeypatch.setenv("THB_LANG", "lv")
    assert main(["explain", "victims", "2023"]) == 2
    assert capsys.readouterr().err == "thb: 2023 nav pierakstīts kā ATSLĒGA=VĒRTĪBA\n"
    monkeypatch.setenv("THB_LANG", "de")
    assert main(["ingest"]) == 2
    assert capsys.readouterr().err == "thb: THB_LANG is de; it can be one of en, lv\n"


def test_another_run_is_told_in_latvian(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with locked(tmp_path, raw=tmp_path / "raw"):
        assert main(["ingest", "--processed", str(tmp_path), "--lang", "lv"]) == 3
    said = capsys.readouterr().err
    assert re.fullmatch(
        rf"thb: Mapē {re.escape(str(tmp_path.resolve()))} strādā cita izpilde \(process \d+\); "
        r"mēģiniet vēlreiz, kad tā būs beigusies\n",
        said,
    )


def test_they_are_what_they_were_and_go_from_process_to_process() -> None:
    missing = pickle.loads(pickle.dumps(Missing("no_folder", folder=Path("a"))))
    assert isinstance(missing, FileNotFoundError)
    assert str(missing) == "There is no folder a"
    in_use = InUse("in_use", file="b.docx")
    assert isinstance(in_use, OSError)
    assert in_use.in_words("lv").startswith("Datni b.docx nevar aizstāt")
    assert str(Locked(Path("c"), "")).startswith("Another run is at work in c")


def test_every_sentence_is_used_and_every_one_used_is_there() -> None:
    code = "\n".join(
        path.read_text(encoding="utf-8") for path in sorted((ROOT / "thb_analysis").rglob("*.py"))
    )
    kinds = "Usage|Told|Missing|InUse|BuildError|CatalogueError|WrongRequest"
    raised = rf'(?:{kinds}|super\(\)\.__init__)\(\s*"([a-z_.]+)"'
    used = {*re.findall(raised, code), "locked"}  # which is one of two
    for lang in ("en", "lv"):
        known = tomllib.loads((TEXTS / lang / "errors.toml").read_text(encoding="utf-8"))
        of_catalogue = {f"catalogue.{key}" for key in known.pop("catalogue")}
        assert known.keys() | of_catalogue == used
