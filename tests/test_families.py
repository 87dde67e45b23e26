"""Each family of trouble through `thb ingest`: what comes into the tables, and which finding names which cell."""

from __future__ import annotations

import csv
import shutil
import zipfile
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from books import raw_ods, raw_xlsx, worksheet
from drafts import Draft, Page, write
from openpyxl.comments import Comment
from openpyxl.styles import Font

from thb_analysis.cli import main

RAW = Path(__file__).parent.parent / "raw"
Rows = list[dict[str, str]]


def ingested(folder: Path, capsys: pytest.CaptureFixture[str], code: int) -> tuple[dict[str, Rows], str]:
    """Everything that `thb ingest` writes about the folder's `raw`, by file, and what it prints."""
    assert main(["ingest", "--raw", str(folder / "raw"), "--processed", str(folder / "out")]) == code
    found = {}
    for path in (folder / "out").glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as lines:
            found[path.stem] = list(csv.DictReader(lines))
    told = capsys.readouterr()
    return found, told.out + told.err


def errors(found: dict[str, Rows]) -> set[tuple[str, str]]:
    """(code, cell) of every error."""
    return {(f["code"], f["source_cell"]) for f in found["findings"] if f["severity"] == "error"}


def page(name: str, *rows: list[object]) -> Page:
    made = Page(name)
    for row, line in enumerate(rows, 1):
        for column, value in enumerate(line, 1):
            if value is not None:
                made.put((row, column), value)  # type: ignore[arg-type]
    return made


TITLE, LIST = "Notiesātās personas", [["KL 154.1", 3], ["KL 164", 5]]
YEARS = {  # where the year stands: file, sheet, rows over the list
    "title": ("TA.xlsx", "Lapa1", [[f"{TITLE} 2022. gadā"]]),
    "heading": ("TA.xlsx", "Lapa1", [[TITLE], ["Pants", 2022]]),
    "sheet": ("TA.xlsx", "2022", [[TITLE]]),
    "file": ("TA_2022.xlsx", "Lapa1", [[TITLE]]),
    "folder": ("2022/TA.xlsx", "Lapa1", [[TITLE]]),
}


@pytest.mark.parametrize("where", YEARS)
def test_layout_the_year_is_taken_from_wherever_it_stands(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], where: str
) -> None:
    file, sheet, over = YEARS[where]
    write(Draft(file, [page(sheet, *over, *LIST)]), tmp_path / "raw")
    found, _ = ingested(tmp_path, capsys, 0)
    rows = {(r["year"], r["article"], r["value"], r["source_cell"]) for r in found["persons_convicted"]}
    first = len(over) + 1
    assert rows == {("2022", "154.1", "3", f"B{first}"), ("2022", "164", "5", f"B{first + 1}")}


@pytest.mark.parametrize(
    ("file", "sheet", "over"),
    [
        ("2022/TA_2021.xlsx", "Lapa1", [[TITLE]]),
        ("2022/TA_2022.xlsx", "2021", [[TITLE]]),
        ("2022/TA_2022.xlsx", "Lapa1", [[f"{TITLE} 2021. gadā"]]),
        ("2022/TA_2022.xlsx", "Lapa1", [[TITLE], ["Pants", 2021]]),
        ("2022/TA_2022.xlsx", "Lapa1", [[f"{TITLE} 2021. gadā"], ["Pants", 2022]]),
        ("2022/TA_2022.xlsx", "Lapa1", [["Gads", 2021], [], [TITLE]]),
    ],
)
def test_layout_years_that_disagree_are_named_and_nothing_lands_in_a_wrong_year(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], file: str, sheet: str, over: list[list[object]]
) -> None:
    write(Draft(file, [page(sheet, *over, *LIST)]), tmp_path / "raw")
    found, _ = ingested(tmp_path, capsys, 1)
    assert {code for code, _ in errors(found)} <= {
        "year_disagrees",
        "file_year_disagrees",
        "title_contradicts",
    }
    assert found["persons_convicted"] == []
    assert {row["role"] for row in found["ledger"]} >= {"unread"}


def test_cells_as_people_type_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    amounts = ["1 204 511,07 euro", "315\u00a0134", "1\u202f000,50", "EUR 88 940,50", "€ 12.345,60", "1.234"]
    articles = ["KL 154.1", "164.p.", "165.¹ pants", "195. pants", 280, 285.2]
    counts = [" 4 ", "11 personas", "aptuveni 20", "3-5", "seši", "<5", "12*", "3 1)", 0.25, -3, "-", "n/a"]
    many = ["154.1", "164", "165", "165.1", "195", "275", "280", "285", "285.1", "285.2", "154.2"]
    write(
        Draft(
            "2022/VP_2022.xlsx",
            [
                page("Arests", ["Arestētie līdzekļi"], *map(list, zip(articles, amounts, strict=True))),
                page("Personas", ["Aizdomās turētie"], *map(list, zip(many, counts, strict=False))),
                page("Citi", ["Kriminālprocesi"], [1541, 3], ["154.¹", 2], [date(2022, 2, 28), 9]),
            ],
        ),
        tmp_path / "raw",
    )
    found, _ = ingested(tmp_path, capsys, 1)
    seized = {r["article"]: r["value"] for r in found["seized_assets"]}
    assert seized == {
        **{"154.1": "1204511.07", "164": "315134", "165.1": "1000.5", "195": "88940.5", "280": "12345.6"},
        "285.2": "",
    }
    suspects = {r["article"]: r["value"] or r["obs_status"] for r in found["suspects"]}
    assert suspects["154.1"] == "4" and suspects["164"] == "11"
    assert suspects["280"] == "12" and suspects["285"] == "3"
    assert suspects["154.2"] == "Z"
    assert [suspects[a] for a in ("165", "165.1", "195", "285.1", "285.2")] == ["M"] * 5
    assert suspects["275"] == "Q"
    told = errors(found)
    assert {("number_ambiguous", "B7"), ("number_fraction", "B10"), ("number_negative", "B11")} <= told
    assert {("number_as_text", f"B{row}") for row in (4, 5, 6, 7)} <= told
    lost = next(f for f in found["findings"] if f["source_cell"] == "A2" and f["source_sheet"] == "Citi")
    assert lost["code"] == "label_unknown" and "154.1" in lost["suggestion"]


def test_cells_that_hold_no_figure(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    for row, (article, value) in enumerate(
        [
            ("154.1", "=SUM(1)"),
            ("164", "#REF!"),
            ("165", 5),
            ("165.1", 6),
            ("195", True),
            ("275", 7),
            ("280", 8),
        ],
        2,
    ):
        sheet[f"A{row}"], sheet[f"B{row}"] = f"KL {article}", value
    sheet["A1"] = TITLE
    sheet["B4"].font = Font(strike=True)
    sheet["B5"].number_format = "0%"
    sheet["B7"].comment = Comment("pārbaudīts", "x")
    sheet.row_dimensions[8].hidden = True
    hidden = book.create_sheet("Slepeni")
    hidden["A1"], hidden["B1"], hidden.sheet_state = "KL 285", 9, "hidden"
    (tmp_path / "raw" / "2022").mkdir(parents=True)
    book.save(tmp_path / "raw" / "2022" / "TA_2022.xlsx")
    found, _ = ingested(tmp_path, capsys, 1)
    assert {r["article"]: r["value"] for r in found["persons_convicted"] if r["value"]} == {"275": "7"}
    assert errors(found) == {
        ("formula_not_calculated", "B2"),
        ("value_error", "B3"),
        ("value_struck", "B4"),
        ("number_percent", "B5"),
        ("value_not_number", "B6"),
    }
    warned = {f["code"] for f in found["findings"] if f["severity"] == "warning"}
    assert {"rows_hidden", "sheet_hidden"} <= warned
    roles = {(r["source_sheet"], r["source_cell"]): r["role"] for r in found["ledger"]}
    assert roles["Slepeni", "B1"] == roles["Sheet", "B8"] == "ignored"


SHOWN = [  # the format, what is stored, and what comes of it: a figure, or a finding's code
    ("#,##0", 1204, "1204"),
    ("# ##0", 1204, "1204"),
    ("0.00", 6, "6"),
    ("#,##0 ;(#,##0)", 7, "7"),
    ('0" pers."', 8, "8"),
    ('"<"0', 5, "shown_otherwise"),
    ('0"+"', 5, "shown_otherwise"),
    ("0,", 12000, "shown_otherwise"),
    (";;;", 9, "shown_otherwise"),
    ('[>4]"daudz";0', 6, "shown_otherwise"),
    ('0" procesi"', 3, "unit_differs"),
    ("yyyy", 45000, "value_not_number"),
    ("0;;", 0, "zero_unseen"),
    ('0;-0;"-"', 0, "zero_as_mark"),
    ('0;-0;"n/a"', 0, "shown_otherwise"),
]


def test_a_cell_that_shows_something_else_than_it_holds(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["Notiesātās personas 2022. gadā pēc KL 154.1"])
    countries = ["AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HU", "IE", "IT"]
    for row, (code, value, _) in enumerate(SHOWN, 2):
        sheet[f"A{row}"], sheet[f"B{row}"] = countries[row - 2], value
        sheet[f"B{row}"].number_format = code
    sheet["A16"], sheet["B16"] = "IT", 4
    sheet["B16"].font = Font(color="FFFFFFFF")
    (tmp_path / "raw" / "2022").mkdir(parents=True)
    book.save(tmp_path / "raw" / "2022" / "TA_2022.xlsx")
    found, _ = ingested(tmp_path, capsys, 1)
    told = {f["source_cell"]: f["code"] for f in found["findings"] if f["source_cell"].startswith("B")}
    expected = {f"B{row}": said for row, (*_, said) in enumerate(SHOWN, 2) if not said.isdigit()}
    assert told == {**expected, "B16": "shown_otherwise"}
    values = {r["source_cell"]: r["value"] for r in found["persons_convicted"] if r["value"]}
    assert values == {f"B{row}": said for row, (*_, said) in enumerate(SHOWN, 2) if said.isdigit()} | {
        cell: "0" for cell, code in expected.items() if code.startswith("zero")
    }


@pytest.mark.parametrize(
    ("code", "value", "said"),
    [
        ('#,##0.00\\ "€"', 1204.5, "1204.5"),
        ("[$€-426] #,##0", 1204.5, "1204.5"),
        ("#,##0.00 [$USD]", 1204.5, "unit_differs"),
        ('"$"#,##0.00', 1204.5, "unit_differs"),
        ("0%", 0.25, "unit_differs"),
        ("#,##0,", 1204500, "shown_otherwise"),
    ],
)
def test_money_in_another_currency_than_the_tables_by_its_format_only(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], code: str, value: float, said: str
) -> None:
    book = openpyxl.Workbook()
    book.active.append(["Arestētie līdzekļi pēc KL 154.1", value])
    book.active["B1"].number_format = code
    (tmp_path / "raw" / "2022").mkdir(parents=True)
    book.save(tmp_path / "raw" / "2022" / "VP_2022.xlsx")
    found, _ = ingested(tmp_path, capsys, 0 if said[0].isdigit() else 1)
    assert [r["value"] or said for r in found["seized_assets"]] == [said]
    assert said[0].isdigit() or errors(found) == {(said, "B1")}


def test_files_of_every_kind_and_broken_ones(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Good ones are read, bad ones are named in words, and none stops another."""
    raw = tmp_path / "raw" / "2022"
    raw.mkdir(parents=True)
    lines = ["Notiesātās personas 2022. gadā", "Pants{0}Skaits", "KL 154.1{0}3"]
    for name, mark, encoding in (
        ("TA_a_2022.csv", ";", "utf-8"), ("TA_b_2022.csv", ";", "utf-8-sig"), ("TA_c_2022.csv", "\t", "cp1257"),
    ):  # fmt: skip
        (raw / name).write_text("\n".join(lines).format(mark), encoding=encoding)
    raw_ods(
        raw / "TA_d_2022.ods",
        '<table:table table:name="A"><table:table-row><table:table-cell office:value-type="string"><text:p>'
        "Notiesātās personas 2022. gadā</text:p></table:table-cell></table:table-row><table:table-row>"
        '<table:table-cell office:value-type="string"><text:p>KL 154.1</text:p></table:table-cell>'
        '<table:table-cell office:value-type="float" office:value="3"><text:p>3</text:p></table:table-cell>'
        "</table:table-row></table:table>",
    )
    shutil.copy(RAW / "2022" / "TA_2022.xlsx", raw / "TA_e_2022.xlsm")
    whole = (RAW / "2022" / "IC_2022.xlsx").read_bytes()
    (raw / "IC_2022.xlsx").write_bytes(b"")
    (raw / "VP_2022.xlsx").write_bytes(whole[: len(whole) // 2])
    (raw / "VRS_2022.xlsx").write_bytes(b"%PDF-1.7")
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
    (raw / "SIVA_2022.xlsx").write_bytes(ole + "EncryptedPackage".encode("utf-16-le"))
    raw_xlsx(raw / "VDI_2022.xlsx", parts={"xl/worksheets/sheet1.xml": None})
    raw_xlsx(raw / "LM_2022.xlsx", '<row r="1048576"><c r="XFD1048576"><v>2</v></c></row>')
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><worksheet/>'
    raw_xlsx(raw / "TM_2022.xlsx", parts={"xl/worksheets/sheet1.xml": bomb})
    with zipfile.ZipFile(raw / "KM_2022.xlsx", "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("xl/workbook.xml", b" " * 300_000_000)
    raw_xlsx(raw / "FM_2022.xlsx", parts={"xl/worksheets/sheet1.xml": worksheet("")})
    found, _ = ingested(tmp_path, capsys, 1)
    told = {(f["source_file"].split("/")[1].split("_2022")[0], f["code"]) for f in found["findings"]}
    assert told >= {
        ("IC", "file_empty"), ("VP", "file_damaged"), ("VRS", "file_type"), ("SIVA", "file_encrypted"),
        ("VDI", "sheet_missing"), ("LM", "sheet_spread"), ("TM", "xml_doctype"), ("KM", "file_bomb"),
        ("FM", "nothing_read"),
    }  # fmt: skip
    read = {row["source_file"].split("/")[1][:4] for row in found["ledger"]}
    assert read == {"TA_a", "TA_b", "TA_c", "TA_d", "TA_e"}
    assert all(f["message"] and f["suggestion"] for f in found["findings"])


def test_people_reach_no_output_and_no_message(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [
        [TITLE, None, "Jānis Bērziņš, dz. 12.03.1985"], ["KL 154.1", 3, "010180-12345"], ["KL 164", 5, "32123456789"],
        ["Kontakts", None, "anna.kalnina@inbox.lv"], [None, None, "tālr. 26 123 456"],
        ["BĒRZIŅŠ JĀNIS", None, date(1985, 3, 12)],
    ]  # fmt: skip
    draft = Draft("2022/TA_010180-12345_2022.xlsx", [page("Lieta 150390-11111", *rows)])
    write(draft, tmp_path / "raw")
    found, printed = ingested(tmp_path, capsys, 1)
    secrets = ("12345", "32123456789", "anna.", "26 123", "1985", "11111")
    for path in (tmp_path / "out").rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert not [s for s in secrets if s.encode() in content], path.name
    assert not [s for s in secrets if s in printed]
    told = {(f["code"], f["source_cell"]) for f in found["findings"]}
    assert told >= {
        ("personal_birth", "C1"), ("personal_code", "C2"), ("personal_code", "C3"), ("personal_email", "C4"),
        ("personal_phone", "C5"), ("personal_birth", "C6"), ("personal_in_name", ""),
    }  # fmt: skip


def test_a_person_in_the_name_of_a_file_reaches_no_output(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nor the marked copy, the letter, the list of answers, the page, or what is remembered of them."""
    sent = write(
        Draft("2022/TA_010180-12345_2022.xlsx", [page("Dati", [TITLE], ["KL 154.1", 3])]), tmp_path / "raw"
    )
    raw, out = ["--raw", str(tmp_path / "raw")], tmp_path / "out"
    tables = ["--processed", str(out / "processed")]
    made = [*raw, *tables, "--figures", str(out / "figures"), "--reports", str(out / "reports")]
    out.mkdir()
    assert main(["overview", "--year", "2022", "--format", "html", *made]) == 1
    copy, letter, answers = (str(out / name) for name in ("marked.xlsx", "letter.docx", "answers.csv"))
    assert main(["check", str(sent), "--annotate", copy, "--letter", letter, *tables]) == 1
    assert main(["status", "--year", "2022", "--csv", answers, *raw, *tables]) == 0
    sent.unlink()
    main(["overview", "--year", "2022", "--format", "html", *made])
    told = capsys.readouterr()
    contents = {"printed": (told.out + told.err).encode()}
    for path in out.rglob("*"):
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as package:
                contents |= {f"{path.name} {name}": package.read(name) for name in package.namelist()}
        elif path.is_file():
            contents[path.name] = path.read_bytes()
    assert contents.keys() >= {"letter.docx word/document.xml", ".build.json", "overview.lv.html"}
    assert [name for name, content in contents.items() if b"12345" in content] == []
    with (out / "answers.csv").open(encoding="utf-8", newline="") as lines:
        (row,) = [row for row in csv.DictReader(lines) if row["institution"] == "TA"]
    assert (row["files"], row["unread"]) == ("TA_■_2022.xlsx", "")


def test_layout_dates_that_show_only_their_year_are_years(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A person sees 2021 and 2022; a date that shows its day stands for no year of figures."""
    for name, shown, code in (("years", "yyyy", 0), ("days", "dd.mm.yyyy", 1)):
        book = openpyxl.Workbook()
        sheet = book.active
        sheet["A1"], sheet["A2"] = TITLE, "Pants"
        for column, year in (("B", 2021), ("C", 2022)):
            sheet[f"{column}2"], sheet[f"{column}3"] = date(year, 12, 31), year - 2_000
            sheet[f"{column}2"].number_format = shown
        sheet["A3"] = "KL 154.1"
        (tmp_path / name / "raw" / "2022").mkdir(parents=True)
        book.save(tmp_path / name / "raw" / "2022" / "TA_2022.xlsx")
        found, _ = ingested(tmp_path / name, capsys, code)
        read = {(row["year"], row["value"], row["source_cell"]) for row in found.get("persons_convicted", [])}
        assert read == ({("2021", "21", "B3"), ("2022", "22", "C3")} if name == "years" else set())
    assert ("value_not_number", "B2") in errors(found) or ("heading_gap", "B2") in errors(found)
