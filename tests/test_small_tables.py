"""Several small tables on one sheet, in the formats that people save: whose table and which year a figure is of."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

import openpyxl
import pytest

from thb_analysis.cli import main

Line = Sequence[object]


def ingest(path: Path, lines: Sequence[Line], merged: str = "", delimiter: str = "") -> Path:
    """The outputs of a folder with one workbook; `path` is its place below raw/ in the folder of the test."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if delimiter:
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, delimiter=delimiter).writerows(lines)
    else:
        book = openpyxl.Workbook()
        for line in lines:
            book.active.append(list(line))
        if merged:
            book.active.merge_cells(merged)
        book.save(path)
    processed = path.parents[2] / "out"
    main(["ingest", "--raw", str(path.parents[1]), "--processed", str(processed)])
    return processed


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def errors(processed: Path) -> list[tuple[str, str]]:
    found = rows(processed / "findings.csv")
    return [(row["code"], row["source_cell"]) for row in found if row["severity"] == "error"]


@pytest.mark.parametrize("name", ["IC_2021.csv", "IC_2021.xlsx"])
def test_blocks_of_several_years_in_a_text_file_are_each_of_its_year(tmp_path: Path, name: str) -> None:
    """A text file's one sheet is named after the file, which says nothing against the years of its titles."""
    lines = []
    for year in (2019, 2020, 2021):
        lines += [(f"Reģistrētie noziedzīgie nodarījumi {year}. gadā", ""), ("Pants", "Skaits")]
        lines += [("154.1. pants", year % 100), ("164. pants", 5), ("", "")]
    out = ingest(tmp_path / "raw" / "2021" / name, lines, delimiter=";" if name.endswith("csv") else "")
    assert errors(out) == []
    assert [(row["year"], row["article"], row["value"]) for row in rows(out / "registered_offences.csv")] == [
        (year, article, value)
        for year in ("2019", "2020", "2021")
        for article, value in (("154.1", year[2:]), ("164", "5"))
    ]


@pytest.mark.parametrize("merged", ["", "A7:C7"])
def test_a_title_over_the_row_labels_as_well_is_the_tables_own(tmp_path: Path, merged: str) -> None:
    """“Cases sent to court” is also a decision of the table above: the title of a table of its own it stays."""
    lines = [
        ("Prokuroru lēmumi",),
        ("", "celta apsūdzība", "kriminālprocess izbeigts"),
        ("KL 195", 55, 7),
        ("KL 275", 50, 7),
        (),
        (),
        ("Tiesai nodotās lietas",),
        ("Pants", "2021. gads", "2022. gads"),
        ("KL 164", 29, 26),
        ("KL 154.1", 28, 12),
    ]
    out = ingest(tmp_path / "raw" / "2022" / "Prokuratura_2022.xlsx", lines, merged)
    assert errors(out) == []
    assert [row["value"] for row in rows(out / "cases_sent_to_court.csv")] == ["28", "29", "12", "26"]
    assert {row["source_cell"] for row in rows(out / "prosecution_decisions.csv")} == {"B3", "C3", "B4", "C4"}


def test_titles_of_other_blocks_do_not_decide_of_which_table_a_total_is(tmp_path: Path) -> None:
    """“Proceedings started” may be a table and a result of checks; titles farther up say the same of both."""
    lines: list[Line] = []
    for year, total in ((2021, 40), (2022, 44), (2023, 30)):
        lines += [(f"Uzsāktie kriminālprocesi {year}. gadā", "Skaits"), ("Kopā", total)]
        lines += [("KL 154.1", total - 3), ("KL 195", 3), ()]
    out = ingest(tmp_path / "raw" / "2023" / "VRS_2023.xlsx", lines)
    assert rows(out / "inspections.csv") == errors(out) == []
    told = {row["source_cell"]: row["article"] for row in rows(out / "criminal_proceedings.csv")}
    assert told == {
        f"B{first + line}": article
        for first in (2, 7, 12)
        for line, article in enumerate(("_T", "154.1", "195"))
    }


def test_a_block_below_another_table_is_of_the_table_that_its_lines_are_of(tmp_path: Path) -> None:
    lines = [
        ("Pārbaudes, 2020. gads",),
        ("", "Skaits"),
        ("kopīgās pārbaudes", 5),
        ("pārbaudes", 31),
        (),
        ("Uzsāktie kriminālprocesi",),
        ("Pants", "Skaits"),
        ("Kopā", 635),
        ("KL 280", 202),
        ("KL 285.2", 433),
    ]
    out = ingest(tmp_path / "raw" / "2020" / "VP_2020.xlsx", lines)
    assert errors(out) == []
    assert {row["source_cell"] for row in rows(out / "inspections.csv")} == {"B3", "B4"}
    assert {row["source_cell"] for row in rows(out / "criminal_proceedings.csv")} == {"B8", "B9", "B10"}


def test_a_heading_level_that_not_every_line_has_does_not_stop_the_reader(tmp_path: Path) -> None:
    lines = [
        ("Personas, kas atzītas par aizdomās turētām", None, None, None, "Suspects"),
        (None, "sievietes", "vīrieši", None, "2019"),
        ("KL 195", 40, 51, None, None, "Number"),
        ("KL 154.1", 41, 46, None, "285.2. pants", 54),
        (None, None, None, None, "285. pants", 26),
        (None, None, None, None, "154.1. pants", 7),
    ]
    out = ingest(tmp_path / "raw" / "2019" / "VRS_2019.xlsx", lines)
    assert "file_not_understood" not in dict(errors(out))
    assert {"B3", "C3", "B4", "C4"} <= {row["source_cell"] for row in rows(out / "suspects.csv")}


def test_a_title_beside_rows_of_another_table_is_of_the_table_below_it(tmp_path: Path) -> None:
    """What stands left of a table that has labels of its own is no label of its rows."""
    left: list[Line] = []
    for year in (2018, 2019, 2020):
        left += [(f"Identificētie upuri {year}. gadā",), (), ("", "Latvijā", "ārvalstīs")]
        left += [("Vācija", year % 100, 1), ("Uzbekistāna", 2, 3), ()]
    right: list[Line] = [
        ("Aizdomās turētie 2020. gadā, KL 154.1",),
        ("Ekspluatācijas veids", "sievietes", "vīrieši"),
    ]
    right += [(form, 1, 2) for form in ("kalpība", "ubagošana", "seksuālā ekspluatācija", "piespiedu darbs")]
    right += [("piespiedu fiktīvās laulības", 3, 4), ("orgānu izņemšana", 5, 6), ("surogācija", 7, 8)]
    lines = [
        (*beside, *[None] * (4 - len(beside)), *(right[at] if at < len(right) else ()))
        for at, beside in enumerate(left)
    ]
    out = ingest(tmp_path / "raw" / "2020" / "MARTA_2020.xlsx", lines)
    assert errors(out) == []
    told = {row["source_cell"]: (row["year"], row["value"]) for row in rows(out / "victims.csv")}
    assert told.keys() == {f"{column}{row}" for column in "BC" for row in (4, 5, 10, 11, 16, 17)}
    assert (told["B4"], told["B10"], told["B16"]) == (("2018", "18"), ("2019", "19"), ("2020", "20"))
    assert len(rows(out / "suspects.csv")) == 14


def test_the_workbooks_year_below_a_title_is_no_count_of_another_year(tmp_path: Path) -> None:
    lines: list[Line] = []
    for year in (2021, 2022, 2023):
        lines += [(f"Aizdomās turētās personas, {year}. gads",), ("", "Skaits")]
        lines += [("Kopā", 10), ("KL 165.1", 6), ("KL 195", 4), ()]
    lines += [
        ("Cilvēku tirdzniecības upuri 2023. gadā",),
        ("", "Latvijā", "ārvalstīs"),
        ("bērni", 4, 4),
        ("pieaugušie", 8, 7),
        (),
    ]
    lines += [
        ("Suspects, KL 165.1. pants",),
        (2023,),
        ("", "women", "men"),
        ("Estonia", 182, 494),
        ("Latvia", 2, 3),
    ]
    out = ingest(tmp_path / "raw" / "2023" / "VP_2023.xlsx", lines)
    found = {row["source_cell"] for row in rows(out / "suspects.csv")}
    assert {"B3", "B9", "B15"} < found
    assert "A25" not in found
    assert found >= {"B27", "C27", "B28", "C28"}  # it dates them


def test_a_line_of_the_table_to_the_left_gives_no_year_to_a_table_with_a_title_of_its_own(
    tmp_path: Path,
) -> None:
    title = "Notiesātās personas, KL 195, 2019. gads"
    right = ("Tiesas nolēmumi, 2018. gads", "notiesājošs spriedums")
    lines: list[Line] = [
        ("Izskatītās krimināllietas, KL 285", "", "", "", title, "", "", *right),
        ("2020. gads", "", "", "", "", "", "", "KL 285", 47),
        ("Instance", "Skaits", "", "", "", "Skaits", "", "", None),
        ("pirmā instance", 82, "", "", "sievietes", 19, ""),
        (
            "apelācijas instance",
            33,
            "",
            "",
            "vīrieši",
            9,
            "",
            "Tiesas nolēmumi, 2020. gads",
            "notiesājošs spriedums",
        ),
        ("", "", "", "", "", "", "", "KL 285", 17),
        ("", "", "", "", "Notiesātās personas, KL 195, 2020. gads"),
        ("", "", "", "", "", "Skaits"),
        ("", "", "", "", "sievietes", 29),
        ("", "", "", "", "vīrieši", 8),
    ]
    out = ingest(tmp_path / "raw" / "2020" / "TA_2020.xlsx", lines)
    told = {row["source_cell"]: row["year"] for row in rows(out / "persons_convicted.csv")}
    lost = {cell for _, cell in errors(out)}
    assert told.items() <= {"F4": "2019", "F5": "2019", "F9": "2020", "F10": "2020"}.items()
    assert told.keys() | lost >= {"F4", "F5", "F9", "F10"}


@pytest.mark.parametrize("names", [("KL 275", "KL 164"), ("KL 154.1", "KL 164", "KL 195")])
def test_a_total_below_blank_lines_is_not_the_last_lines(tmp_path: Path, names: tuple[str, ...]) -> None:
    lines: list[Line] = [
        ("Aizdomās turētās personas",),
        ("Pants", "Skaits"),
        *((name,) for name in names),
        ("Kopā", 5),
    ]
    out = ingest(tmp_path / "raw" / "2020" / "VRS_2020.xlsx", lines)
    assert "5" not in {row["value"] for row in rows(out / "suspects.csv") if row["article"] != "_T"}
    assert rows(out / "suspects.csv") or errors(out)
