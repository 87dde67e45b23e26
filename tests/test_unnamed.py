"""Large sheets on which nothing names a table: refused in few words, every cell accounted for, the others read."""

from __future__ import annotations

import csv
import tomllib
from pathlib import Path

import pytest
import xlsxwriter

from thb_analysis.cli import main
from thb_analysis.definitions import SHIPPED, load_catalogue
from thb_analysis.ingest.recognition.keys import names_tables
from thb_analysis.ingest.words.telling import can_name, stems_of

ROWS, COLUMNS = 40, 6
HEADS = ["Ēka", "Jumts", "Siltums", "Ūdens", "Remonts", "Katls"]


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def ingest(raw: Path, processed: Path) -> tuple[int, list[dict[str, str]], list[dict[str, str]]]:
    code = main(["ingest", "--raw", str(raw), "--processed", str(processed)])
    return code, rows_of(processed / "findings.csv"), rows_of(processed / "ledger.csv")


def heating(
    sheet: xlsxwriter.worksheet.Worksheet, top: int, title: str, blank: tuple[int, int] = (-1, -1)
) -> None:
    """A table of something else: a title, headings, and rows with numbers."""
    sheet.write(top, 0, title)
    sheet.write_row(top + 2, 0, HEADS)
    for row in range(ROWS):
        sheet.write(top + 3 + row, 0, f"Iela {row}. nams")
        for column in range(1, COLUMNS):
            if (row, column) != blank:
                sheet.write(top + 3 + row, column, row * column + 1)


@pytest.mark.parametrize("blank", [(-1, -1), (20, 3)], ids=["full", "one blank"])
def test_a_large_sheet_about_something_else_is_told_of_by_its_titles(
    tmp_path: Path, blank: tuple[int, int]
) -> None:
    folder = tmp_path / "raw" / "2023"
    folder.mkdir(parents=True)
    with xlsxwriter.Workbook(str(folder / "VP_2023.xlsx")) as book:
        sheet = book.add_worksheet("Siltums")
        heating(sheet, 0, "Patēriņš, 2023. gads", blank)
        sheet.write(ROWS + 4, 0, "Avots: namu pārvalde")
        heating(sheet, ROWS + 6, "Ogles, 2023. gads")
        victims = book.add_worksheet("Upuri")
        victims.write_column(0, 0, ["Aizdomās turētās personas, 2023. gads", "KL pants", "154.1"])
        victims.write_column(1, 1, ["Skaits", 7])
    code, findings, ledger = ingest(tmp_path / "raw", tmp_path / "processed")
    assert code == 1
    told = [(f["code"], f["source_sheet"], f["source_cell"]) for f in findings if f["severity"] == "error"]
    assert told == [
        ("table_unknown", "Siltums", "A1"),
        ("number_unread", "Siltums", f"B4:F{ROWS + 3}"),
        ("table_unknown", "Siltums", f"A{ROWS + 7}"),
        ("number_unread", "Siltums", f"B{ROWS + 10}:F{2 * ROWS + 9}"),
    ]
    roles = [row["role"] for row in ledger if row["source_sheet"] == "Siltums"]
    assert roles.count("unread") == 2 * ROWS * (COLUMNS - 1) - (blank != (-1, -1))
    assert roles.count("label") == 2 * (1 + COLUMNS + ROWS) + 1
    assert len(roles) == roles.count("unread") + roles.count("label")
    places = {row["source_cell"] for row in ledger if row["source_sheet"] == "Siltums"}
    assert len(places) == len(roles)
    (figure,) = rows_of(tmp_path / "processed" / "suspects.csv")
    assert (figure["article"], figure["value"]) == ("154.1", "7")


def test_many_small_parts_are_told_of_at_once(tmp_path: Path) -> None:
    folder = tmp_path / "raw" / "2023"
    folder.mkdir(parents=True)
    with xlsxwriter.Workbook(str(folder / "VP_2023.xlsx")) as book:
        sheet = book.add_worksheet("Siltums")
        for part in range(50):
            sheet.write(3 * part, 0, f"Nams {part}")
            sheet.write_row(3 * part + 1, 0, ["Ūdens", *range(4)])
    code, findings, ledger = ingest(tmp_path / "raw", tmp_path / "processed")
    told = [(f["code"], f["source_cell"]) for f in findings if f["severity"] == "error"]
    assert (code, told) == (1, [("table_unknown", "A1"), ("number_unread", "B2:E149")])
    assert sum(row["role"] == "unread" for row in ledger) == 200


def test_a_hidden_row_of_it_is_ignored_and_said_to_be_hidden(tmp_path: Path) -> None:
    folder = tmp_path / "raw" / "2023"
    folder.mkdir(parents=True)
    with xlsxwriter.Workbook(str(folder / "VP_2023.xlsx")) as book:
        sheet = book.add_worksheet("Siltums")
        heating(sheet, 0, "Patēriņš, 2023. gads")
        sheet.set_row(10, None, None, {"hidden": True})
    _, findings, ledger = ingest(tmp_path / "raw", tmp_path / "processed")
    assert any("hidden" in f["code"] for f in findings)
    assert {row["role"] for row in ledger if row["source_cell"][1:] == "11"} == {"ignored"}


def test_whatever_names_a_table_may_name_one() -> None:
    """Else a sheet with such a text among others could be passed over as a whole."""
    catalogue = load_catalogue(SHIPPED)
    texts = {text for table in catalogue.tables.values() for text in (*table.titles, *table.headings)}
    for path in (Path(__file__).parent / "data").glob("habits*.toml"):
        for case in tomllib.loads(path.read_text(encoding="utf-8"))["case"]:
            for sheet in case.get("sheets", []):
                texts |= {sheet["name"]}
                texts |= {text for row in sheet.get("cells", []) for text in row if isinstance(text, str)}
    naming = [text for text in texts if names_tables(catalogue, text)]
    assert len(naming) > 500
    assert [text for text in naming if not can_name(catalogue, stems_of(catalogue, text))] == []
