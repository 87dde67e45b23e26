"""What stands around a sheet, in names and on a title page, is heard also where the sheet is like others."""

from __future__ import annotations

import csv
from pathlib import Path

from openpyxl import Workbook, load_workbook

from thb_analysis.cli import main
from thb_analysis.ingest.people import REDACTED

COUNTRIES = [
    "Latvija",
    "Lietuva",
    "Igaunija",
    "Polija",
    "Krievija",
    "Ukraina",
    "Baltkrievija",
    "Moldova",
    "Gruzija",
]
ROWS = 3 * COUNTRIES  # large enough to be read by some of its rows


def save(path: Path, sheet: str = "Lapa1", year: int | None = None) -> None:
    """A large table that is the same in every workbook; with `year` behind a title page of that year."""
    path.parent.mkdir(parents=True, exist_ok=True)
    book = Workbook()
    page = book.active
    assert page is not None
    page.title = sheet
    page.append(["Aizdomās turētās personas"])
    page.append(["Pants", "Valstspiederība", "Vīrieši", "Sievietes"])
    for number, country in enumerate(ROWS):
        page.append([["154.1", "164", "285.2"][number // len(COUNTRIES)], country, number + 1, number % 4])
    if year is not None:
        cover = book.create_sheet("Titullapa", 0)
        cover.append(["Pārskata gads:", year])
    book.save(path)


def test_sheets_of_a_part_of_a_year_are_not_read_like_those_of_a_year(tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    save(raw / "2021" / "VP_2021.xlsx")
    save(raw / "2022" / "VP_2022.xlsx")
    save(raw / "2023" / "VP_2023_Q1.xlsx")
    save(raw / "2024" / "I pusgads" / "VP_2024.xlsx")
    save(raw / "2025" / "VP_2025.xlsx", sheet="1. ceturksnis")
    save(raw / "2026" / "VP_2026.xlsx", year=2026)
    save(raw / "2027" / "VP_2027.xlsx", year=2026)
    assert main(["ingest", "--raw", str(raw), "--processed", str(tmp_path / "processed")]) == 1
    with (tmp_path / "processed" / "suspects.csv").open(encoding="utf-8", newline="") as file:
        years = [row["year"] for row in csv.DictReader(file)]
    assert {year: years.count(year) for year in years} == dict.fromkeys(
        ["2021", "2022", "2026"], 2 * len(ROWS)
    )
    with (tmp_path / "processed" / "findings.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["severity"] == "error"]
    assert {(row["source_file"], row["code"]) for row in rows} == {
        ("2023/VP_2023_Q1.xlsx", "figure_aside_alone"),
        ("2024/I pusgads/VP_2024.xlsx", "figure_aside_alone"),
        ("2025/VP_2025.xlsx", "figure_aside_alone"),
        ("2027/VP_2027.xlsx", "cover_year_differs"),
        ("2027/VP_2027.xlsx", "year_disagrees"),
    }


PERSON = "120385-11990"
HEADS = {  # year of the workbook: (what stands at the head of its pages, whether it says anything of its figures)
    2021: ("Provizoriski dati", True),
    2022: ("Dati par 2021. gadu", True),
    2023: ("I pusgads", True),
    2024: ("tūkst. euro", True),
    2025: ("Latgales reģions", True),
    2026: ("Valsts policija, 2026. gads", False),
    2027: ("Rīgā, 2028. gada 15. janvārī", False),
    2028: ("&P. lapa no &N  &D", False),
    2029: ('&"Arial,Bold"&14Aizdomās turētās personas && upuri', False),
    2030: (f"Sagatavoja J. Bērziņš {PERSON}, provizoriski", True),
}


def test_what_stands_at_the_head_of_pages_is_told_where_it_says_what_figures_are(tmp_path: Path) -> None:
    raw, processed = tmp_path / "raw", tmp_path / "processed"
    for year, (text, _) in HEADS.items():
        path = raw / str(year) / f"VP_{year}.xlsx"
        save(path)
        book = load_workbook(path)
        margin = book.worksheets[0].oddHeader if year % 2 else book.worksheets[0].oddFooter
        margin.center.text = text
        book.save(path)
    assert main(["ingest", "--raw", str(raw), "--processed", str(processed)]) == 0
    with (processed / "findings.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    told = {row["source_file"]: row["found"] for row in rows if row["code"] == "page_margin_says"}
    assert told == {
        f"{year}/VP_{year}.xlsx": text.replace(PERSON, REDACTED)
        for year, (text, says) in HEADS.items()
        if says
    }
    assert {row["severity"] for row in rows} == {"warning"}
    assert not any(PERSON.encode() in path.read_bytes() for path in processed.rglob("*") if path.is_file())
    with (processed / "suspects.csv").open(encoding="utf-8", newline="") as file:
        assert len(list(csv.DictReader(file))) == len(HEADS) * 2 * len(ROWS)
