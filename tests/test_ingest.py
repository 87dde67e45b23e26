"""The ingest of the shipped workbooks: every cell accounted for, every finding true, every figure led back."""

from __future__ import annotations

import csv
import os
import shutil
import sys
from collections import Counter
from pathlib import Path

import openpyxl
import pytest

import thb_analysis as thb
from thb_analysis.cli import main
from thb_analysis.definitions import load_catalogue
from thb_analysis.ingest.pipeline import ingest
from thb_analysis.job import IngestSummary, run_ingest

ROOT = Path(__file__).parent.parent
RAW = ROOT / "raw"
Shipped = tuple[Path, IngestSummary]
ROLES = {"value", "label", "title", "total", "note", "ignored", "unread"}


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def non_blank(path: Path) -> Counter[tuple[str, str, str]]:
    """The non-blank cells of a file, counted by another library."""
    file = path.relative_to(RAW).as_posix()
    found: Counter[tuple[str, str, str]] = Counter()
    if path.suffix == ".csv":
        with path.open(encoding="utf-8-sig", newline="") as lines:
            for number, line in enumerate(csv.reader(lines), start=1):
                for column, text in enumerate(line):
                    if text.strip():
                        found[(file, path.stem, f"{chr(65 + column)}{number}")] += 1
        return found
    for sheet in openpyxl.load_workbook(path).worksheets:
        for line in sheet.iter_rows():
            for cell in line:
                if cell.value is not None and str(cell.value).strip():
                    found[(file, sheet.title, cell.coordinate)] += 1
    return found


def test_the_ledger_has_every_non_blank_cell_once(shipped: Shipped) -> None:
    ledger = rows(shipped[0] / "ledger.csv")
    counted = Counter((row["source_file"], row["source_sheet"], row["source_cell"]) for row in ledger)
    expected: Counter[tuple[str, str, str]] = Counter()
    for path in sorted(RAW.rglob("*.*")):
        expected += non_blank(path)
    assert len(expected) > 20_000
    assert counted == expected
    assert {row["role"] for row in ledger} <= ROLES
    assert [row for row in ledger if row["role"] == "unread"] == []


def test_every_figure_of_a_workbook_is_a_figure_of_the_ledger(shipped: Shipped) -> None:
    roles = {
        (row["source_file"], row["source_sheet"], row["source_cell"]): row["role"]
        for row in rows(shipped[0] / "ledger.csv")
    }
    for name in load_catalogue().tables:
        for row in rows(shipped[0] / f"{name}.csv"):
            place = (row["source_file"], row["source_sheet"], row["source_cell"])
            blank = row["obs_status"] == "M"
            assert roles.get(place, "blank" if blank else "absent") in ("value", "total", "blank"), (
                name,
                row,
            )


def test_the_findings_are_true_ones_and_no_noise(shipped: Shipped) -> None:
    findings = rows(shipped[0] / "findings.csv")
    errors = [(f["code"], f["source_file"], f["source_cell"]) for f in findings if f["severity"] == "error"]
    assert errors == [("formula_not_calculated", "2022/SIVA_2022.xlsx", "B4")]
    counted = Counter(f["code"] for f in findings if f["severity"] != "error")
    assert counted == {
        "breakdowns_disagree": 2,
        "parts_exceed_total": 9,
        "series_contradiction": 6,
        "mark_read": 5,
        "figures_blank": 8,
        "revised": 1,
    }
    told = [f["found"] for f in findings if f["code"] == "breakdowns_disagree"]
    assert any("direction: 39" in text and "sector: 40" in text for text in told)
    assert any("direction: 33" in text and "sector: 34" in text for text in told)
    assert any(
        "LVA 2020" in f["found"] and "16 + 34 = 50" in f["found"] and f["expected"] == "at most 48"
        for f in findings
    )
    assert all(f["message"] and f["suggestion"] for f in findings)


def test_findings_speak_both_languages(shipped: Shipped) -> None:
    latvian, english = (rows(shipped[0] / f"findings.{lang}.csv") for lang in ("lv", "en"))
    assert len(latvian) == len(english)
    places = ("severity", "code", "source_file", "source_sheet", "source_cell", "found")
    for one, other in zip(latvian, english, strict=True):
        assert [one[name] for name in places] == [other[name] for name in places]
        assert one["message"] != other["message"]
        assert "{" not in one["message"] + one["suggestion"] + one["expected"]


def test_nothing_has_several_kinds(shipped: Shipped) -> None:
    convicted = {(r["year"], r["article"]): r for r in rows(shipped[0] / "persons_convicted.csv")}
    sent = {(r["year"], r["article"]): r for r in rows(shipped[0] / "cases_sent_to_court.csv")}
    offences = {(r["year"], r["article"]): r for r in rows(shipped[0] / "registered_offences.csv")}
    indicators = [r for r in rows(shipped[0] / "indicators.csv") if r["raw_value"] == "n/a"]
    assert (convicted["2021", "164"]["value"], convicted["2021", "164"]["obs_status"]) == ("", "M")
    assert (sent["2023", "165.1"]["value"], sent["2023", "165.1"]["obs_status"]) == ("", "Z")
    assert (offences["2023", "165.1"]["value"], offences["2023", "165.1"]["obs_status"]) == ("0", "A")
    assert {r["obs_status"] for r in indicators} == {"L"}


def test_columns_are_those_of_the_contract(shipped: Shipped) -> None:
    evidence = [
        "value",
        "unit",
        "obs_status",
        "institution",
        "source_file",
        "source_sheet",
        "source_cell",
        "note",
    ]
    for name, dimensions in {
        "registered_offences": ["article"],
        "suspects": ["article", "sex", "age_group", "citizenship", "exploitation_form"],
        "inspections": ["measure"],
        "international": ["publisher", "country", "indicator", "dimension", "category", "sex", "age_group"],
    }.items():
        header = (shipped[0] / f"{name}.csv").read_text(encoding="utf-8").splitlines()[0]
        assert header.split(",") == ["year", *dimensions, *evidence]
    header = (shipped[0] / "plan_measures.csv").read_text(encoding="utf-8").splitlines()[0]
    assert header.startswith("year,plan,measure,direction,responsible,status,unit,obs_status,institution,")
    assert (shipped[0] / "revisions.csv").read_text(encoding="utf-8").splitlines() == [
        "table,key,old_value,old_source,new_value,new_source",
        "rehabilitation_clients,year=2022;started=_T,,2022/SIVA_2022.xlsx!Soc. rehabilitācija!B4,"
        "65,2023/SIVA_2023.xlsx!Soc. rehabilitācija!C4",
    ]


def test_two_ingests_give_the_same_bytes(shipped: Shipped, tmp_path: Path) -> None:
    run_ingest(RAW, tmp_path, load_catalogue(), "en")
    made = sorted(path.name for path in tmp_path.iterdir())
    assert made == sorted(path.name for path in shipped[0].iterdir())
    for name in made:
        assert (tmp_path / name).read_bytes() == (shipped[0] / name).read_bytes(), name


def test_the_committed_tables_are_those_of_the_shipped_workbooks(shipped: Shipped) -> None:
    committed = {path.name for path in (ROOT / "processed").glob("*.csv")}
    assert committed == {path.name for path in shipped[0].glob("*.csv")}
    for name in committed:
        assert (ROOT / "processed" / name).read_bytes() == (shipped[0] / name).read_bytes(), name


def test_parquet_holds_what_the_csv_holds(shipped: Shipped) -> None:
    import pandas as pd

    frame = pd.read_parquet(shipped[0] / "seized_assets.parquet")
    loaded = thb.load("seized_assets", processed=shipped[0])
    assert list(frame.columns) == list(loaded.columns)
    assert frame["value"].tolist() == loaded["value"].tolist() == [512294.47, 291609.0, 6000.0, 809903.47]
    assert loaded["year"].isna().sum() == 1


def test_explain_leads_back_to_the_cell(shipped: Shipped, capsys: pytest.CaptureFixture[str]) -> None:
    code = main(
        ["explain", "persons_convicted", "year=2023", "article=154.1", "--processed", str(shipped[0])]
    )
    told = capsys.readouterr().out
    assert code == 0
    assert "2023/TA_2023.xlsx, sheet “Notiesātie”, cell B7: “6”" in told
    assert "row A7 “2023”" in told and "column B4 “KL 154.¹”" in told and "B3 “Notiesāto skaits”" in told
    explained = thb.explain("persons_convicted", processed=shipped[0], year=2021, article="165")
    assert [saying.file for saying in explained[0].sayings] == [
        "2023/TA_2023.xlsx",
        "2022/TA_2022.xlsx",
        "2021/TA_2021.xlsx",
    ]
    assert [saying.stands for saying in explained[0].sayings] == [True, False, False]


def test_explain_refuses_what_it_does_not_know(shipped: Shipped, capsys: pytest.CaptureFixture[str]) -> None:
    processed = ["--processed", str(shipped[0])]
    assert main(["explain", "persons_convicted", "artcle=154.1", *processed]) == 2
    assert main(["explain", "persons", "year=2023", *processed]) == 2
    assert main(["explain", "persons_convicted", "year=1999", *processed]) == 2
    assert "persons_convicted" in capsys.readouterr().err


def test_a_folder_of_one_broken_file_and_one_good_reads_the_good(tmp_path: Path) -> None:
    (tmp_path / "raw" / "2023").mkdir(parents=True)
    (tmp_path / "raw" / "2023" / "TA_2023.xlsx").write_bytes(b"PK\x03\x04 broken")
    shutil.copy(RAW / "2023" / "IC_2023.xlsx", tmp_path / "raw" / "2023")
    (tmp_path / "raw" / "2023" / "notes.docx").write_bytes(b"x")
    code = main(["ingest", "--raw", str(tmp_path / "raw"), "--processed", str(tmp_path / "out")])
    assert code == 1
    assert len(rows(tmp_path / "out" / "registered_offences.csv")) == 15
    codes = {(f["code"], f["source_file"]) for f in rows(tmp_path / "out" / "findings.csv")}
    assert ("file_unknown", "2023/notes.docx") in codes
    assert any(file == "2023/TA_2023.xlsx" for _, file in codes)


@pytest.mark.parametrize("place", ["A2", "E2", "B2"])
def test_a_number_alone_over_a_list_is_no_title_of_it(tmp_path: Path, place: str) -> None:
    book = openpyxl.load_workbook(RAW / "2023" / "IeM_plans_2023.xlsx")
    book["Pasākumi"][place] = 2
    path = tmp_path / "raw" / "2023" / "IeM_plans_2023.xlsx"
    path.parent.mkdir(parents=True)
    book.save(path)
    read, shipped_one = ingest(tmp_path / "raw", load_catalogue()), ingest(RAW, load_catalogue())
    told = [finding for finding in read.findings if finding.sheet == "Pasākumi"]
    assert [(finding.severity, finding.cell) for finding in told] == [("error", place)]
    (role,) = [row.role for row in read.ledger if (row.sheet, row.cell) == ("Pasākumi", place)]
    assert role == "unread"
    file = "2023/IeM_plans_2023.xlsx"
    wanted = [(o.dims, o.code) for o in shipped_one.observations if o.file == file]
    assert [(o.dims, o.code) for o in read.observations if o.file == file] == wanted


def test_a_table_of_something_else_is_refused_at_its_title_and_not_at_every_heading(tmp_path: Path) -> None:
    path = tmp_path / "raw" / "2023" / "VP_2023.xlsx"
    path.parent.mkdir(parents=True)
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["Ūdens patēriņš ēkās 2023. gadā"])
    sheet.append([])
    sheet.append(["Ēka", "Janvāra rēķins", "Maija rēķins", "Siltuma rēķins", "Avansa maksa", "Parāds"])
    for number in range(40):
        sheet.append([f"Ēka Brīvības ielā {number}", *(7 * number + 3 * column for column in range(5))])
    book.save(path)
    assert main(["ingest", "--raw", str(tmp_path / "raw"), "--processed", str(tmp_path / "out")]) == 1
    told = [(f["code"], f["source_cell"]) for f in rows(tmp_path / "out" / "findings.csv")]
    assert told == [("table_unknown", "A1"), ("number_unread", "B4:F43")]


def test_a_long_list_of_texts_is_looked_at_within_the_bounds_of_a_file(tmp_path: Path) -> None:
    """What stands over each of its cells is every cell before: kept whole, it would take gigabytes."""
    path = tmp_path / "raw" / "2023" / "VP_2023.xlsx"
    path.parent.mkdir(parents=True)
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Lietas")
    sheet.append(["Lieta", "Iela", "Ēka", "Stāvs"])
    for number in range(9_000):
        sheet.append([f"lieta {number}", f"iela {number % 70}", f"ēka {number % 9}", number % 13])
    book.save(path)
    assert main(["ingest", "--raw", str(tmp_path / "raw"), "--processed", str(tmp_path / "out")]) == 1
    told = {f["code"] for f in rows(tmp_path / "out" / "findings.csv")}
    assert not told & {"file_slow", "file_heavy", "file_broke_reader"}
    assert sum(row["role"] == "unread" for row in rows(tmp_path / "out" / "ledger.csv")) >= 9_000


def test_exit_codes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "raw" / "2023").mkdir(parents=True)
    shutil.copy(RAW / "2023" / "IC_2023.xlsx", tmp_path / "raw" / "2023")
    out = ["--processed", str(tmp_path / "out")]
    assert main(["ingest", "--raw", str(tmp_path / "raw"), *out]) == 0
    assert main(["ingest", "--raw", str(tmp_path / "nothing"), *out]) == 3
    with pytest.raises(SystemExit) as usage:
        main(["ingest", "--rwa", "x"])
    assert usage.value.code == 2
    assert main(["check", str(RAW / "2022" / "SIVA_2022.xlsx")]) == 1
    assert "=SUM(B5:B6)" in capsys.readouterr().out
    assert main(["check", str(RAW / "2023" / "IC_2023.xlsx")]) == 0
    later = tmp_path / "raw" / "2024" / "VP_2024.xlsx"
    later.parent.mkdir()
    shutil.copy(RAW / "2023" / "VP_2023.xlsx", later)
    assert main(["check", str(later), "--lang", "lv"]) == 1
    told = capsys.readouterr().out
    assert "3 skaitļi, 5 piezīmes" in told and "Gads 2021–2023 ir pretrunā ar gadu 2024" in told


@pytest.mark.skipif(sys.platform == "win32", reason="links need a right there that few have")
def test_a_link_that_leads_nowhere_or_to_a_folder_is_no_silence(tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    (raw / "2024").mkdir(parents=True)
    (raw / "2024" / "TA_2024.xlsx").symlink_to(tmp_path / "gone.xlsx")
    (raw / "2023").symlink_to(RAW / "2023")
    assert main(["ingest", "--raw", str(raw), "--processed", str(tmp_path / "out"), "--lang", "en"]) == 1
    told = [(f["severity"], f["code"], f["source_file"]) for f in rows(tmp_path / "out" / "findings.csv")]
    assert sorted(told) == [
        ("error", "file_unopened", "2024/TA_2024.xlsx"),
        ("error", "folder_unread", "2023/"),
    ]


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")
def test_a_name_in_another_encoding_costs_its_file_only(tmp_path: Path) -> None:
    """As an archive from another system leaves it."""
    raw = tmp_path / "raw"
    (raw / "2023").mkdir(parents=True)
    shutil.copy(RAW / "2023" / "TA_2023.xlsx", raw / "2023")
    other = os.fsencode(raw / "2023") + "/Patvērums_2023.xlsx".encode("cp1257")
    shutil.copy(RAW / "2023" / "TA_2023.xlsx", other)
    assert main(["ingest", "--raw", str(raw), "--processed", str(tmp_path / "out"), "--lang", "en"]) == 1
    told = [(f["code"], f["source_file"]) for f in rows(tmp_path / "out" / "findings.csv")]
    assert ("name_no_text", "2023/Patv\\udce7rums_2023.xlsx") in told
    assert rows(tmp_path / "out" / "persons_convicted.csv")


def test_check_of_a_folder_checks_its_workbooks(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(RAW / "2022"), "--lang", "en"]) == 1
    told = [line.partition(":")[0] for line in capsys.readouterr().out.splitlines() if line[0] != " "]
    assert told == [str(path) for path in sorted((RAW / "2022").glob("*.xlsx"))]
    (tmp_path / "2022").mkdir()
    assert main(["check", str(tmp_path / "2022"), "--lang", "en"]) == 2
    assert "There is no workbook in" in capsys.readouterr().err


def test_a_later_workbook_revises_and_the_change_is_kept(tmp_path: Path) -> None:
    for year, file in (("2022", "TA_2022.xlsx"), ("2023", "TA_2023.xlsx")):
        (tmp_path / "raw" / year).mkdir(parents=True)
        shutil.copy(RAW / year / file, tmp_path / "raw" / year)
    later = tmp_path / "raw" / "2023" / "TA_2023.xlsx"
    book = openpyxl.load_workbook(later, rich_text=True)
    book["Notiesātie"]["D6"] = 14
    book.save(later)
    run_ingest(tmp_path / "raw", tmp_path / "out", load_catalogue(), "en")
    (revision,) = rows(tmp_path / "out" / "revisions.csv")
    assert (revision["table"], revision["old_value"], revision["new_value"]) == (
        "persons_convicted",
        "15",
        "14",
    )
    assert revision["key"].startswith("year=2022;article=165;")
    assert revision["old_source"] == "2022/TA_2022.xlsx!Notiesātie!D6"
    (standing,) = [
        r
        for r in rows(tmp_path / "out" / "persons_convicted.csv")
        if (r["year"], r["article"]) == ("2022", "165")
    ]
    assert (standing["value"], standing["source_file"]) == ("14", "2023/TA_2023.xlsx")
    assert "revised" in {f["code"] for f in rows(tmp_path / "out" / "findings.csv")}


def test_two_workbooks_of_a_year_that_disagree_leave_no_number(tmp_path: Path) -> None:
    folder = tmp_path / "raw" / "2023"
    folder.mkdir(parents=True)
    shutil.copy(RAW / "2023" / "IC_2023.xlsx", folder)
    book = openpyxl.load_workbook(folder / "IC_2023.xlsx", rich_text=True)
    book["IC"]["B6"] = 3
    book.save(folder / "IC_labots_2023.xlsx")
    run_ingest(tmp_path / "raw", tmp_path / "out", load_catalogue(), "en")
    (row,) = [
        r
        for r in rows(tmp_path / "out" / "registered_offences.csv")
        if (r["year"], r["article"]) == ("2023", "154.1")
    ]
    assert (row["value"], row["obs_status"]) == ("", "X")
    assert (
        "2 (2023/IC_2023.xlsx!IC!B6)" in row["note"] and "3 (2023/IC_labots_2023.xlsx!IC!B6)" in row["note"]
    )
    errors = [f for f in rows(tmp_path / "out" / "findings.csv") if f["severity"] == "error"]
    assert [f["code"] for f in errors] == ["contradiction"]


@pytest.mark.parametrize("theirs", [3, 10])
def test_suspects_of_two_who_investigate_stand_side_by_side(tmp_path: Path, theirs: int) -> None:
    """Not even where both have as many are they the same persons."""
    folder = tmp_path / "raw" / "2024"
    folder.mkdir(parents=True)
    for sender, count in (("VP", 10), ("VRS", theirs)):
        book = openpyxl.Workbook()
        book.active.append(["Aizdomās turētās personas 2024. gadā"])
        book.active.append(["KL 154.1", count])
        book.save(folder / f"{sender}_2024.xlsx")
    run_ingest(tmp_path / "raw", tmp_path / "out", load_catalogue(), "en")
    found = [(r["institution"], r["value"]) for r in rows(tmp_path / "out" / "suspects.csv")]
    assert found == [("VP", "10"), ("VRS", str(theirs))]
    assert not [f for f in rows(tmp_path / "out" / "findings.csv") if f["severity"] == "error"]


def own_catalogue(place: Path) -> Path:
    """A catalogue that a test may correct, beside a folder with the shipped offences of one year."""
    folder, catalogue = place / "raw" / "2023", place / "catalogue"
    folder.mkdir(parents=True)
    shutil.copy(RAW / "2023" / "IC_2023.xlsx", folder)
    shutil.copytree(ROOT / "thb_analysis" / "catalogue", catalogue)
    return catalogue


def test_a_correction_settles_and_expires(tmp_path: Path) -> None:
    catalogue = own_catalogue(tmp_path)
    header = "file,sheet,cell,expected,value,reason\n"
    (catalogue / "corrections.csv").write_text(
        header + "2023/IC_2023.xlsx,IC,B6,2,4,letter of the institution\n"
        "2023/IC_2023.xlsx,IC,C6,99,1,stale\n",
        encoding="utf-8",
    )
    run_ingest(tmp_path / "raw", tmp_path / "out", load_catalogue(catalogue), "en")
    found = {(r["year"], r["article"]): r for r in rows(tmp_path / "out" / "registered_offences.csv")}
    assert found["2023", "154.1"]["value"] == "4"
    assert "letter of the institution" in found["2023", "154.1"]["note"]
    assert found["2023", "164"]["value"] == "9"
    codes = Counter(f["code"] for f in rows(tmp_path / "out" / "findings.csv"))
    assert codes == {"corrected": 1, "correction_void": 1}


def test_a_correction_that_is_no_figure_or_one_of_two_is_not_taken(tmp_path: Path) -> None:
    """A cell that two lines correct differently keeps its figure; two lines that say the same are one."""
    catalogue = own_catalogue(tmp_path)
    book = openpyxl.load_workbook(RAW / "2023" / "IC_2023.xlsx")
    held = {cell: str(book["IC"][cell].value) for cell in ("B6", "C6", "D6", "E6", "F6")}
    given = {"B6": ("4", "4"), "C6": ("4", "5"), "D6": ("-3",), "E6": ("2.5",), "F6": ("NaN",)}
    lines = [
        f"2023/IC_2023.xlsx,IC,{cell},{held[cell]},{value},letter\n"
        for cell, values in given.items()
        for value in values
    ]
    (catalogue / "corrections.csv").write_text(
        "file,sheet,cell,expected,value,reason\n" + "".join(lines), encoding="utf-8"
    )
    run_ingest(tmp_path / "raw", tmp_path / "out", load_catalogue(catalogue), "en")
    told = {r["source_cell"]: r["value"] for r in rows(tmp_path / "out" / "registered_offences.csv")}
    assert {cell: told[cell] for cell in held} == {**held, "B6": "4"}
    findings = [(f["code"], f["source_cell"]) for f in rows(tmp_path / "out" / "findings.csv")]
    assert sorted(findings) == [
        ("corrected", "B6"), *(("correction_unusable", cell) for cell in ("C6", "D6", "E6", "F6")),
    ]  # fmt: skip


@pytest.mark.parametrize("expected", ["=SUM(B5:B6)", "something else"])
def test_a_corrected_cell_has_no_error_any_more(tmp_path: Path, expected: str) -> None:
    """The example of docs/analyst.md: a run ends well once somebody decided; where that fails, the error stays."""
    folder, catalogue = tmp_path / "raw" / "2022", tmp_path / "catalogue"
    folder.mkdir(parents=True)
    shutil.copy(RAW / "2022" / "SIVA_2022.xlsx", folder)
    shutil.copytree(ROOT / "thb_analysis" / "catalogue", catalogue)
    line = f"2022/SIVA_2022.xlsx,Soc. rehabilitācija,B4,{expected},65,letter\n"
    (catalogue / "corrections.csv").write_text(
        f"file,sheet,cell,expected,value,reason\n{line}", encoding="utf-8"
    )
    summary = run_ingest(tmp_path / "raw", tmp_path / "out", load_catalogue(catalogue), "en")
    found = {
        f["code"]: f["severity"] for f in rows(tmp_path / "out" / "findings.csv") if f["source_cell"] == "B4"
    }
    if expected.startswith("="):
        assert found == {"corrected": "info"} and not summary.failed
    else:
        assert found == {"formula_not_calculated": "error", "correction_void": "error"} and summary.failed


def test_a_file_named_for_nobody_is_told_whom_it_names_itself(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for line in (
        ["Prokuratūras informācija"],
        ["Iztiesāšanai nodotas krimināllietas 2023. gadā"],
        ["KL 154.1", 4],
    ):
        book.active.append(line)
    (tmp_path / "raw" / "2023").mkdir(parents=True)
    book.save(tmp_path / "raw" / "2023" / "atbilde.xlsx")
    run_ingest(tmp_path / "raw", tmp_path / "out", load_catalogue(), "lv")
    (told,) = rows(tmp_path / "out" / "findings.csv")
    assert "pašā darbgrāmatā nosaukta iestāde “Prokuratura”" in told["suggestion"]


@pytest.mark.parametrize(
    "lang, line, label", [("lv", "Nolasīts: 1 datne,", "kļūda"), ("en", "Read 1 file,", "error")]
)
def test_commands_print_in_the_language_that_is_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], lang: str, line: str, label: str
) -> None:
    """What was read is told alike where nothing has changed."""
    folder = tmp_path / "raw" / "2022"
    folder.mkdir(parents=True)
    shutil.copy(RAW / "2022" / "SIVA_2022.xlsx", folder)
    command = ["ingest", "--raw", str(tmp_path / "raw"), "--processed", str(tmp_path / "out"), "--lang", lang]
    for _ in range(2):
        assert main(command) == 1
        printed = capsys.readouterr().out
        assert printed.startswith(line) and f"1 {label}," in printed and str(tmp_path / "out") in printed
    assert main(["check", str(folder / "SIVA_2022.xlsx"), "--lang", lang]) == 1
    assert f"  {label}: Soc. rehabilitācija B4" in capsys.readouterr().out


def test_diff_names_the_biggest_change_first_with_both_cells(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for year, file in (("2022", "TA_2022.xlsx"), ("2023", "TA_2023.xlsx")):
        (tmp_path / "raw" / year).mkdir(parents=True)
        shutil.copy(RAW / year / file, tmp_path / "raw" / year)
    later = tmp_path / "raw" / "2023" / "TA_2023.xlsx"
    book = openpyxl.load_workbook(later, rich_text=True)
    book["Notiesātie"]["D6"] = 14
    book["Notiesātie"]["F6"] = 21
    book.save(later)
    assert main(["diff", "--raw", str(tmp_path / "raw")]) == 0
    told = capsys.readouterr().out.splitlines()
    assert told[0] == "Workbooks up to 2022 and up to 2023: 2 figures differ"
    assert told[1].startswith("revised: persons_convicted year=2022;article=285.2;") and told[1].endswith(
        "(10)"
    )
    assert told[2] == "  was 11  2022/TA_2022.xlsx, sheet “Notiesātie”, cell F6"
    assert told[3] == "  is 21  2023/TA_2023.xlsx, sheet “Notiesātie”, cell F6"
    assert told[4].endswith("(-1)")
    assert main(["diff", "--raw", str(tmp_path / "raw"), "--lang", "lv"]) == 0
    told = capsys.readouterr().out.splitlines()
    assert told[0] == "Darbgrāmatas līdz 2022. un līdz 2023. gadam: atšķiras 2 skaitļi"
    assert told[1].startswith("mainīts: persons_convicted year=2022;article=285.2;")
    assert told[3] == "  tagad 21  2023/TA_2023.xlsx, lapa “Notiesātie”, šūna F6"


def test_results_do_not_depend_on_the_number_of_workers(tmp_path: Path) -> None:
    folder = tmp_path / "raw" / "2023"
    folder.mkdir(parents=True)
    for name in ("IC_2023.xlsx", "TA_2023.xlsx", "VP_2023.xlsx"):
        shutil.copy(RAW / "2023" / name, folder)
    shutil.copy(ROOT / "tests" / "data" / "sheet_damaged.xls", folder / "SIVA_2023.xls")
    one, three = (ingest(tmp_path / "raw", load_catalogue(), workers=workers) for workers in (1, 3))
    assert one == three
    assert {finding.file for finding in one.findings if finding.severity == "error"} == {"2023/SIVA_2023.xls"}
    assert {observation.file for observation in one.observations} == {
        "2023/IC_2023.xlsx",
        "2023/TA_2023.xlsx",
        "2023/VP_2023.xlsx",
    }


def test_personal_data_reaches_no_output(tmp_path: Path) -> None:
    folder = tmp_path / "raw" / "2023"
    folder.mkdir(parents=True)
    book = openpyxl.load_workbook(RAW / "2023" / "IC_2023.xlsx", rich_text=True)
    book["IC"]["H4"] = "Anna Paraudziņa, 010190-12345, anna@example.com"
    book["Paskaidrojumi"]["A3"] = "cietušais 320123-45678"
    book.save(folder / "IC_2023.xlsx")
    summary = run_ingest(tmp_path / "raw", tmp_path / "out", load_catalogue(), "lv")
    for path in (tmp_path / "out").iterdir():
        content = path.read_bytes()
        for secret in ("010190", "12345", "320123", "Paraudzi", "anna@"):
            assert secret.encode() not in content, (path.name, secret)
    places = {(f.sheet, f.cell) for f in summary.findings if f.severity == "error"}
    assert {("IC", "H4"), ("Paskaidrojumi", "A3")} <= places
    assert len(rows(tmp_path / "out" / "registered_offences.csv")) == 15
