"""The evidence of large tables: one line a column, from which every reader finds what each figure's cell says."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
import xlsxwriter
from tall import CATALOGUE, labels

from thb_analysis.analysis import quality
from thb_analysis.door import explain
from thb_analysis.forms.questions import evidence_of
from thb_analysis.forms.status import status_as_read
from thb_analysis.job import run_ingest
from thb_analysis.studies.quality import DataQuality
from thb_analysis.tidy.evidence import areas, told
from thb_analysis.tidy.store import read_rows

TABLE = "persons_convicted"
PEOPLE = labels("citizenship")[:40]
DASH, BLANK, NOT_COLLECTED = 7, 9, 11  # rows of the sheet, counted from one


def book(path: Path, people: list[str], figures: dict[int, int | str | None]) -> None:
    """Convicted women and men by citizenship, rows from the fourth on; some figures are told."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with xlsxwriter.Workbook(str(path)) as made:
        sheet = made.add_worksheet("Dati")
        sheet.write(0, 0, "Notiesātās personas: 154.1. pants, 2022. gads, Seksuālā ekspluatācija")
        sheet.write_row(2, 0, ["Valstspiederība", "Sievietes", "Vīrieši"])
        for row, name in enumerate(people, 4):
            sheet.write(row - 1, 0, name)
            women = figures.get(row, row)
            if women is not None:
                sheet.write(row - 1, 1, women)
            sheet.write(row - 1, 2, row * 2)


@pytest.fixture(scope="module")
def processed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("evidence")
    raw, out = folder / "raw", folder / "processed"
    book(raw / "2022" / "TA_2022.xlsx", PEOPLE, {DASH: "-", BLANK: None, NOT_COLLECTED: "n/a"})
    book(raw / "2022" / "TA_otrs_2022.xlsx", PEOPLE[20:23], {4: 24, 5: 999})  # one the same, one other
    run_ingest(raw, out, CATALOGUE, "en")
    return out


def code(row: int) -> str:
    return next(c for c, m in CATALOGUE.codes["citizenship"].items() if m.label["lv"] == PEOPLE[row - 4])


def said_of(processed: Path, row: int, sex: str) -> list[tuple[str, str, str, str, bool]]:
    found = explain(
        TABLE,
        processed,
        year=2022,
        article="154.1",
        sex=sex,
        citizenship=code(row),
        exploitation_form="sexual",
    )
    assert len(found) == 1
    return [(s.file[5:], s.cell, s.value or s.status, s.text, s.stands) for s in found[0].sayings]


def test_a_column_is_one_line_and_a_text_that_is_no_number_another(processed: Path) -> None:
    rows = [
        row for row in read_rows(processed / "evidence.csv") if row["source_file"].endswith("TA_2022.xlsx")
    ]
    of_columns = [row for row in rows if "=*" in row["key"]]
    places = {(row["source_cell"], row["text"], row["obs_status"]) for row in of_columns}
    assert places == {
        ("B4:B6 B8:B10 B12:B23 B27:B43", "", ""),
        ("B7", "-", "Z"),
        ("B11", "n/a", "L"),
        ("C4:C23 C27:C43", "", ""),
    }
    assert {row["key"] for row in of_columns} == {
        f"year=2022;article=154.1;sex={sex};age_group=_T;citizenship=*;exploitation_form=sexual"
        for sex in "FM"
    }
    assert {(row["stands"], row["value"]) for row in of_columns} == {("yes", "")}
    own = [row["source_cell"] for row in rows if "=*" not in row["key"]]
    assert sorted(own) == ["B24", "B25", "B26", "C24", "C25", "C26"]


def test_a_figure_of_a_column_is_explained(processed: Path) -> None:
    assert said_of(processed, 5, "F") == [("TA_2022.xlsx", "B5", "5", "5", True)]
    assert said_of(processed, 43, "M") == [("TA_2022.xlsx", "C43", "86", "86", True)]
    assert said_of(processed, DASH, "F") == [("TA_2022.xlsx", "B7", "Z", "-", True)]
    assert said_of(processed, BLANK, "F") == [("TA_2022.xlsx", "B9", "M", "", True)]
    assert said_of(processed, NOT_COLLECTED, "F") == [("TA_2022.xlsx", "B11", "L", "n/a", True)]


def test_a_figure_of_which_several_speak_shows_all_that_is_said(processed: Path) -> None:
    same = said_of(processed, 24, "F")
    assert sorted(same) == [
        ("TA_2022.xlsx", "B24", "24", "24", True),
        ("TA_otrs_2022.xlsx", "B4", "24", "24", False),
    ]
    other = said_of(processed, 25, "F")
    assert sorted(entry[:4] for entry in other) == [
        ("TA_2022.xlsx", "B25", "25", "25"),
        ("TA_otrs_2022.xlsx", "B5", "999", "999"),
    ]


def test_every_figure_of_the_table_is_told(processed: Path) -> None:
    """Each row of the table has its line, with what the table says, and no line comes from nowhere."""
    lines = [line for line in told(processed, CATALOGUE.tables) if line["stands"] == "yes"]
    rows = read_rows(processed / f"{TABLE}.csv")
    assert sorted((e["source_file"], e["source_cell"]) for e in lines) == sorted(
        (r["source_file"], r["source_cell"]) for r in rows
    )
    assert len(list(told(processed, CATALOGUE.tables))) == 2 * 40 + 2 * 3
    assert not list(told(processed, CATALOGUE.tables, {"victims"}))


def test_headings_name_the_row(processed: Path, tmp_path: Path) -> None:
    """A heading that each row has for itself is told with the number of the figure's row."""
    for name in (f"{TABLE}.csv", "evidence.csv"):
        (tmp_path / name).write_bytes((processed / name).read_bytes())
    with (tmp_path / "evidence.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.reader(lines))
    for row in rows[1:]:
        row[-1] = "column B3 “Sievietes”; row A “*”; title A1 “B “*””"
    with (tmp_path / "evidence.csv").open("w", encoding="utf-8", newline="") as out:
        csv.writer(out, lineterminator="\n").writerows(rows)
    found = explain(TABLE, tmp_path, year=2022, article="154.1", sex="F", citizenship=code(5))
    assert "    column B3 “Sievietes”\n    row A5\n    title A1 “B “*””" in str(found)


def test_those_who_count_figures_count_those_of_columns(processed: Path) -> None:
    known = evidence_of(processed, CATALOGUE)
    key = f"year=2022;article=154.1;sex=F;age_group=_T;citizenship={code(5)};exploitation_form=sexual"
    assert [(e.value, e.place, e.stands) for e in known[TABLE, key]] == [
        ("5", "2022/TA_2022.xlsx, Dati, B5", True)
    ]
    (own,) = [row for row in status_as_read(processed, CATALOGUE, 2022) if row.institution == "TA"]
    assert TABLE in own.answered
    study = DataQuality.open(processed, 2022)
    found = quality.answers(study.said(), {"TA": [2022]}, [2022]).iloc[0]
    assert (found["state"], found["figures"], found["stated"]) == ("answered", 86, 83)


def test_areas() -> None:
    assert areas("E", [4, 5, 6, 9, 8, 12]) == "E4:E6 E8:E9 E12"
    assert areas("AB", [3]) == "AB3"
