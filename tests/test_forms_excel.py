"""Excel takes what is made for it without a complaint, as far as its limits and the format's schema tell."""

from __future__ import annotations

import io
import random
import warnings
import zipfile
from pathlib import Path

import excel_rules
import openpyxl
import pytest
from excel_rules import complaints
from form_filling import fill

from thb_analysis.definitions import TOTAL, load_catalogue
from thb_analysis.formmap import CHOSEN
from thb_analysis.formplan import institutions, plan_form
from thb_analysis.forms.annotate import annotated
from thb_analysis.forms.last_year import Known
from thb_analysis.forms.workbook import draw_form
from thb_analysis.ingest.pipeline import read_file

CATALOGUE = load_catalogue()
YEAR = 2026


def package(content: bytes) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(content))


@pytest.mark.parametrize("lang", ["lv", "en"])
@pytest.mark.parametrize("institution", institutions(CATALOGUE, YEAR))
def test_a_form_is_what_excel_accepts(institution: str, lang: str) -> None:
    plain = plan_form(CATALOGUE, institution, YEAR, lang)
    known = {
        (sheet.table, row.dims): Known(None, "Z", "")
        for sheet in plain.sheets
        for row in sheet.rows
        if TOTAL not in dict(row.dims).values() or sheet.kind == CHOSEN
    }
    form = plan_form(CATALOGUE, institution, YEAR, lang, known)
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # the writer leaves out, with a warning, what Excel would not take
        content = draw_form(form, CATALOGUE, known)
    assert complaints(package(content)) == []
    book = openpyxl.load_workbook(io.BytesIO(content))
    for sheet in form.sheets:
        rules = book[sheet.name].data_validations.dataValidation
        assert {str(rule.type) for rule in rules} >= {"custom", "list"}


@pytest.mark.parametrize("lang", ["lv", "en"])
def test_a_marked_copy_of_a_form_is_what_excel_accepts(lang: str, tmp_path: Path) -> None:
    form = plan_form(CATALOGUE, "TA", YEAR, lang)
    book = openpyxl.load_workbook(io.BytesIO(draw_form(form, CATALOGUE)))
    for (sheet, row, column), value in fill(form, CATALOGUE, random.Random(3)).cells.items():
        book[sheet].cell(row, column).value = value
    book[form.sheets[0].name].cell(7, 3).value = "divi"
    path = tmp_path / str(YEAR) / f"TA_{YEAR}.xlsx"
    path.parent.mkdir()
    book.save(path)
    reading = read_file(path, f"{YEAR}/{path.name}", CATALOGUE)
    assert complaints(package(annotated(path, reading.findings, lang))) == []


def test_what_excel_refuses_is_seen() -> None:
    form = plan_form(CATALOGUE, "TA", YEAR, "lv")
    content = draw_form(form, CATALOGUE)

    def changed(part: str, old: str, new: str) -> list[str]:
        out = io.BytesIO()
        with package(content) as source, zipfile.ZipFile(out, "w") as target:
            for name in source.namelist():
                text = source.read(name)
                if name == part:
                    assert old.encode() in text, old
                    text = text.replace(old.encode(), new.encode(), 1)
                target.writestr(name, text)
        return complaints(package(out.getvalue()))

    assert changed("xl/workbook.xml", "1. Izskatītās lietas", "1. Izskatītās lietas pa visām instancēm")
    assert changed("xl/workbook.xml", 'name="list_citizenship"', 'name="AB12"')
    assert changed("xl/worksheets/sheet3.xml", "<formula1>IF(", "<formula1>XLOOKUP(")
    assert changed("xl/worksheets/sheet3.xml", "<formula1>IF(", "<formula1>IF((")
    assert changed("xl/worksheets/sheet3.xml", '<formula1>"', '<formula1>"' + "garš " * 60)
    assert changed("xl/worksheets/sheet3.xml", "<pageMargins", "<dimension/><pageMargins")
    assert changed("[Content_Types].xml", "/xl/worksheets/sheet3.xml", "/xl/worksheets/sheet99.xml")
    assert excel_rules.complaints(package(content)) == []
