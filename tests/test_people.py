"""Personal data is found by its form, and figures are not taken for it."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from unicodedata import normalize

import openpyxl
import pytest
import xlsxwriter
from books import cells, codes, read
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.comments import Comment

from thb_analysis.ingest.people import BIRTH, CODE, EMAIL, PHONE, REDACTED, masked, personal, suspicious


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("010180-12345", CODE),
        ("Personas kods: 311299–20001.", CODE),
        ("010180 - 12345", CODE),
        ("321234-56789", CODE),
        ("32123456789", CODE),
        ("01018012345", CODE),
        ("010180 12345", CODE),
        ("vieta (p. k. 150390-11111), Rīga", CODE),
        ("anna.kalnina@vp.gov.lv", EMAIL),
        ("e-pasts: kanceleja@tm.gov.lv, tālr. 67036801", EMAIL),
        ("+371 67208400", PHONE),
        ("+371 26 123 456", PHONE),
        ("(+371) 67219263", PHONE),
        ("0037126123456", PHONE),
        ("67208400", PHONE),
        ("2612 3456", PHONE),
        ("29 12 34 56", PHONE),
        ("26 123 456", PHONE),
        ("Tālr. 67 208 400", PHONE),
        ("mob.: 20221231", PHONE),
        ("+49 30 1234567", PHONE),
        ("Jānis Bērziņš, dz. 12.03.1985", BIRTH),
        ("Jānis Bērziņš (12.03.1985.)", BIRTH),
        ("Anna Kalniņa-Ozola 1985-03-12", BIRTH),
        ("dzimusi 1985. gada 12. martā", BIRTH),
        ("Dzimšanas datums: 12/03/1985", BIRTH),
        ("dzimšanas dati 5.5.90", BIRTH),
        ("BĒRZIŅŠ JĀNIS 12.03.1985", BIRTH),
        ("J. Bērziņš 12.03.1985.", BIRTH),
        ("Jānis Bērziņš 12.03.85", BIRTH),
        ("120385\u200b-11234", CODE),
        ("120385\xad-11234", CODE),
        ("120385-\n11234", CODE),
        ("120385/11234", CODE),
        ("120385_11234", CODE),
        ("12.03.85-11234", CODE),
        ("１２０３８５-１１２３４", CODE),
        ("anna.kalnina @ inbox.lv", EMAIL),
        ("anna.kalnina(at)inbox.lv", EMAIL),
        ("anna\u200b@inbox.lv", EMAIL),
        ("dz.12.03.1985", BIRTH),
        ("dz.1985-03-12", BIRTH),
        ("Anna Kalniņa 1985.03.12.", BIRTH),
        ("dz. 1985. g. 12. martā", BIRTH),
        ("Anna Kalniņa, 12. marts 1985", BIRTH),
        ("born 12 March 1985", BIRTH),
        ("Bērziņš J., dzim. 12/03/85", BIRTH),
        ("dz. 12-3-85, Rīga", BIRTH),
        ("Jānis Bērziņš, 12.03.85.", BIRTH),
    ],
)
def test_personal_data_is_found_and_can_be_masked(text: str, kind: str) -> None:
    assert personal(text) == kind
    assert personal(masked(text)) is None
    assert REDACTED in masked(text)


@pytest.mark.parametrize(
    "text",
    [
        *("2021", "291609", "512 294,47", "1 204 511,07 euro", "EUR 88 940,50", "€ 12.345,60", "12.345.678"),
        *("28123456 euro", "EUR 28123456", "28123456,50", "28 123 456 EUR", "2.8123456", "61234567 %"),
        *("2021 2022", "2021-2022", "2019.–2020.", "2020 2021 2022", "20230115", "2023 01 15"),
        *("154.1", "154.¹ pants", "275., 285.2", "KL 154.1+165.1", "195. un 285.²"),
        *("99998012345", "11816000817", "Reģ. Nr. 90000042457", "LV90HABA0551000000000", "Nr. 12-3/4567"),
        *("990180-12345", "123456-1234", "0101801-12345", "010180-123456", "35-70>", "3-5", "+10% (2012)"),
        *("Rīga, 12.01.2024", "Rīgas apgabaltiesa 12.01.2024.", "01.01.2023.–31.12.2023.", "12. martā"),
        *(
            "Rīgas Tiesa 5 lietas 2019",
            "Nr. 120385/77",
            "120385/98765",
            "Da\xadti",
            "2023.03.12.",
            "12. marts 1985",
            "Rīgas Tiesa, lieta Nr. 11-12/03-85",
            "Notiesātās Personas 2.1.10.4",
        ),
        *("2017. gada 12. janvāris", "Valsts policija", "Anna Kalniņa", "@", "a@b", "", " ", "Vecums 18-25"),
    ],
)
def test_figures_dates_and_labels_are_not_personal(text: str) -> None:
    assert personal(text) is None
    assert masked(text) == text


@pytest.mark.parametrize("texts", ["154.1. pants, 1980. gads", "Rīgas tiesa", "1980. gads", "12345\x0067890"])
def test_titles_and_figures_beside_each_other_deserve_no_closer_look(texts: str) -> None:
    """Else every cell of every sheet is looked at by itself, which took as long as all the rest together."""
    assert suspicious().search(texts) is None


@given(st.text(alphabet="0123456789 -.@+()/aāZ\u00a0", max_size=40))
def test_nothing_personal_passes_the_quick_look(text: str) -> None:
    """The quick look may see too much, never too little; it may look at many texts at once."""
    if suspicious().search(f"x\0{text}\0y") is None:
        assert masked(text) == text


@given(st.text(max_size=60))
def test_masking_ends_and_leaves_nothing(text: str) -> None:
    assert personal(masked(text)) is None


def test_a_dated_signature_is_no_date_of_birth() -> None:
    """A date in the year that a workbook is about, or later, is when it was signed."""
    for text in ("Tiesnesis Jānis Bērziņš 15.02.2024.", "Valsts Policija, 12.01.2023"):
        assert personal(text, 2023) is None
        assert personal(text) == personal(text, 2025) == BIRTH
    assert personal("Anna Kalniņa, 05.02.24.", 2023) is None
    assert personal("Anna Kalniņa, 05.02.25.", 2023) == BIRTH
    assert personal("Anna Kalniņa, dzimusi 15.02.2024.", 2023) == BIRTH
    assert personal("Jānis Bērziņš 12.03.2010", 2023) == BIRTH


def test_a_signature_leaves_a_workbook_as_it_is(tmp_path: Path) -> None:
    book, path = openpyxl.Workbook(), tmp_path / "TA_2021.xlsx"
    sheet = book.active
    sheet["A1"], sheet["B1"] = "Anna Kalniņa", date(2022, 1, 20)
    sheet["A2"], sheet["B2"] = "Jānis Bērziņš", date(1985, 1, 20)
    sheet["A3"] = "Priekšnieks Jānis Bērziņš 20.01.2022."
    book.save(path)
    assert [(f.code, f.cell) for f in read(path).findings] == [(BIRTH, "A2"), (BIRTH, "B2")]


def test_a_number_under_or_beside_the_word_for_a_phone_is_one(tmp_path: Path) -> None:
    """As a number it has no form of its own; an amount of as many digits is left alone."""
    book, path = openpyxl.Workbook(), tmp_path / "VP_2021.xlsx"
    sheet = book.active
    for row in (
        ["Tālrunis", 29123456],
        ["Mob. tālr.:", 37126111222],
        ["Kontaktpersona", "Tel."],
        ["Nodaļa", 26555444],
    ):
        sheet.append(row)
    sheet["D5"], sheet["E5"] = "Arestētā manta, EUR", 29123456
    book.save(path)
    told = {f.cell for f in read(path).findings if f.code == PHONE}
    assert told == {"B1", "B2", "B4"}
    assert "29123456" not in repr([cell for s in read(path).sheets for cell in s.cells if cell.row == 1])


# --- in workbooks ---------------------------------------------------------------------------------

SECRETS = ("010180-12345", "anna@inbox.lv", "26123456", "Jānis Bērziņš", "12.03.1985", "15018512345")


def test_cells_with_personal_data_are_emptied_and_named(tmp_path: Path) -> None:
    book, path = openpyxl.Workbook(), tmp_path / "VP_2021.xlsx"
    sheet = book.active
    sheet["A1"] = "Cietušais: 010180-12345"
    sheet["A2"] = "anna@inbox.lv"
    sheet["A3"] = "26123456"
    sheet["A4"], sheet["A4"].comment = 5, Comment("p.k. 010180-12345", "x")
    sheet["A5"], sheet["B5"] = "Jānis Bērziņš", date(1985, 3, 12)
    sheet["A6"] = 15018512345
    sheet["A7"] = '=IF(B1,"010180-12345","")'
    sheet["D1"], sheet["D2"] = "Dzimšanas datums", date(1985, 3, 12)
    sheet["E1"], sheet["E2"] = "Lēmuma datums", date(2021, 3, 12)
    sheet["C1"], sheet["C2"], sheet["C3"] = 28123456, 67208400.5, 291609
    book.save(path)
    found = read(path)
    assert {(f.code, f.cell) for f in found.findings} == {
        (CODE, "A1"),
        (EMAIL, "A2"),
        (PHONE, "A3"),
        ("personal_in_comment", "A4"),
        (BIRTH, "A5"),
        (BIRTH, "B5"),
        (CODE, "A6"),
        (CODE, "A7"),
        (BIRTH, "D2"),
    }
    assert {f.severity for f in found.findings if f.code in (CODE, BIRTH)} == {"error"}
    assert {f.severity for f in found.findings if f.code in (EMAIL, PHONE)} == {"warning"}
    assert not any(secret in repr(found) for secret in SECRETS)
    kept = {a: c.value for a, c in cells(found).items() if c.text != REDACTED}
    assert kept == {
        **{"A4": 5, "C1": 28123456, "C2": 67208400.5, "C3": 291609, "D1": "Dzimšanas datums"},
        **{"E1": "Lēmuma datums", "E2": date(2021, 3, 12)},
    }
    assert len(codes(found)) == 9


def test_letters_with_their_marks_apart_hide_nothing(tmp_path: Path) -> None:
    """A name, a word for a birthday or a phone, and a comment, as a Mac may store them."""
    book, path = openpyxl.Workbook(), tmp_path / "VP_2021.xlsx"
    sheet = book.active
    name, born, phone = (normalize("NFD", text) for text in ("Jānis Bērziņš", "Dzimšanas diena", "Tālrunis"))
    sheet["A1"], sheet["B1"] = name, "12.03.1985"
    sheet["A2"], sheet["B2"] = born, date(1985, 3, 12)
    sheet["A3"], sheet["B3"] = phone, 26123456
    sheet["A4"], sheet["A4"].comment = 5, Comment(f"{name}, 12.03.1985", "x")
    book.save(path)
    found = read(path)
    assert {(f.code, f.cell) for f in found.findings} == {
        (BIRTH, "A1"),
        (BIRTH, "B1"),
        (BIRTH, "B2"),
        (PHONE, "B3"),
        (BIRTH, "A4"),
    }
    assert not any(secret in repr(found) for secret in (*SECRETS, name))
    assert masked(f"{name} 12.03.1985") == masked("Jānis Bērziņš 12.03.1985")


@pytest.mark.parametrize("rows", [1, 30])
def test_a_code_in_raised_digits_is_a_code(tmp_path: Path, rows: int) -> None:
    path = tmp_path / "VP_2021.xlsx"
    book = xlsxwriter.Workbook(str(path))
    raised = book.add_format({"font_script": 1})
    sheet = book.add_worksheet()
    for row in range(rows):
        sheet.write_row(row, 0, ["Latvija", row])
    sheet.write_string(rows - 1, 0, "010190-12345", raised)
    book.close()
    found = read(path)
    cell = cells(found)[f"A{rows}"]
    assert (cell.text, cell.value) == (REDACTED, REDACTED)
    assert codes(found) == [CODE]


def test_names_of_sheets_and_files_are_masked(tmp_path: Path) -> None:
    book, path = openpyxl.Workbook(), tmp_path / "VP_010180-12345_2021.xlsx"
    book.active.title = "Lieta 010180-12345"
    book.active["A1"] = 1
    book.active.row_dimensions[1].hidden = True
    other = book.create_sheet("Lieta 010180-12346")
    other["A1"] = 2
    book.save(path)
    found = read(path)
    assert found.file == f"2021/VP_{REDACTED}_2021.xlsx"
    assert [sheet.name for sheet in found.sheets] == [f"Lieta {REDACTED}", f"Lieta {REDACTED} (2)"]
    assert codes(found) == [
        "personal_in_name",
        "rows_hidden",
        "personal_in_name",
        "personal_in_name",
    ] or sorted(codes(found)) == ["personal_in_name", "personal_in_name", "personal_in_name", "rows_hidden"]
    assert "12345" not in repr(found) and "12346" not in repr(found)


def test_nothing_is_told_of_a_text_box_or_a_comment_with_personal_data(tmp_path: Path) -> None:
    """Not the name beside a code either, nor the half of one where a long text is cut."""
    path = tmp_path / "VP_2021.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Dati")
        sheet.write(0, 0, 1)
        sheet.insert_textbox("C3", "Anna Kalniņa, 010180-12345: sievietes 3")
        sheet.write_comment("B9", "x" * 109 + " 010180-12345")
        sheet.write_comment("B10", "Tikai Rīgā")
    told = {(f.code, f.cell): f.found for f in read(path).findings}
    assert told == {
        ("drawing_text", ""): REDACTED,
        ("comment_on_blank", "B9"): REDACTED,
        ("comment_on_blank", "B10"): "Tikai Rīgā",
    }


def test_a_broken_file_is_masked_too(tmp_path: Path) -> None:
    path = tmp_path / "VP_010180-12345_2021.xlsx"
    path.write_bytes(b"PK")
    assert "12345" not in repr(read(path))


def test_csv_cells_are_masked(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("Vārds;Kods\nAnna;010180-12345\n", encoding="utf-8")
    found = read(path)
    assert [(f.code, f.cell) for f in found.findings] == [(CODE, "B2")]
    assert "12345" not in repr(found)
