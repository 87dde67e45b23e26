"""From a figure back to its cell, in the reader's language."""

from __future__ import annotations

from pathlib import Path

import pytest

import thb_analysis as thb
from thb_analysis.cli import main

PROCESSED = Path(__file__).parent.parent / "processed"
REVISED = """\
rehabilitation_clients: year=2022, started=_T
  spēkā: 65 personas, statuss A (paziņots)
    2023/SIVA_2023.xlsx, lapa “Soc. rehabilitācija”, šūna C4: “65”
    kolonna C3 “2022”
    rinda A4 “Personu skaits kopā”
    virsraksts A1 “Valsts finansētais sociālās rehabilitācijas pakalpojums cilvēku tirdzniecības upuriem”
  teikts arī: skaitļa nav, statuss M (nav norādīts)
    2022/SIVA_2022.xlsx, lapa “Soc. rehabilitācija”, šūna B4: “=SUM(B5:B6)”
    kolonna B3 “2022”
    rinda A4 “Personu skaits kopā”
    virsraksts A1 “Valsts finansētais sociālās rehabilitācijas pakalpojums cilvēku tirdzniecības upuriem”
"""


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(["explain", *arguments, "--processed", str(PROCESSED)]) == 0
    return capsys.readouterr().out


def test_the_way_back_in_latvian(capsys: pytest.CaptureFixture[str]) -> None:
    asked = ("rehabilitation_clients", "year=2022", "started=_T")
    assert told(capsys, *asked, "--lang", "lv") == REVISED


def test_in_english_it_is_what_python_shows(capsys: pytest.CaptureFixture[str]) -> None:
    said = told(capsys, "cases_sent_to_court", "year=2023", "article=165.1")
    assert said == f"{thb.explain('cases_sent_to_court', PROCESSED, year=2023, article='165.1')}\n"
    assert said.splitlines()[1:4] == [
        "  stands: no number, status Z (not applicable)",
        "    2023/Prokuratura_2023.xlsx, sheet “Lapa1”, cell D7: “-”",
        "    column D3 “2023”",
    ]


def test_every_role_of_the_evidence_has_a_word(capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing of what is printed in Latvian begins with an English word."""
    for table in thb.tables()["table"]:
        path = PROCESSED / f"{table}.csv"
        if path.exists() and len(path.read_text(encoding="utf-8").splitlines()) > 1:
            for line in told(capsys, table, "--lang", "lv").splitlines():
                assert line.split()[0] not in (
                    "title",
                    "column",
                    "row",
                    "year",
                    "record",
                    "sentence",
                    "form",
                ), line


def test_many_are_cut_short(capsys: pytest.CaptureFixture[str]) -> None:
    assert told(capsys, "indicators", "--lang", "lv").splitlines()[-1].startswith("… un vēl 1")
