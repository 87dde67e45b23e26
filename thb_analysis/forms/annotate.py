"""A marked copy of an answer, to send back: coloured cells, comments, a summary.  The original is never touched."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from copy import copy
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils.exceptions import InvalidFileException

from thb_analysis.findings import Finding
from thb_analysis.formmap import CHECKED
from thb_analysis.ingest.book import read_book
from thb_analysis.ingest.people import BIRTH, CODE, EMAIL, PHONE, REDACTED, masked
from thb_analysis.language import Language

CONSEQUENCES = frozenset({"number_unread"})  #: findings of which another one names the cause
PERSONAL = frozenset({CODE, EMAIL, PHONE, BIRTH})  #: findings of cells whose content must not travel further
MARKED = ("error", "warning")  #: what a sender is asked about; the rest stays in the house
COLOURS = {"error": "FFF4B6B6", "warning": "FFFFE08A"}
KEPT_BY_OPENPYXL = (".xlsx", ".xlsm")
#: Parts of a package that openpyxl does not write again → the word for them.
LOST = {
    "xl/charts/": "charts",
    "xl/media/": "pictures",
    "xl/pivotTables/": "pivots",
    "xl/slicers/": "slicers",
    "xl/ctrlProps/": "controls",
    "xl/diagrams/": "diagrams",
    "xl/threadedComments/": "threads",
}
WIDTHS = (6, 14, 30, 14, 92)
FIRST = 5  #: the summary's first row of findings
STAMP = datetime(2_000, 1, 1)
PACKED = (1_980, 1, 1, 0, 0, 0)  #: the oldest time that a package can name
FONT = "Calibri"
LINE_HEIGHT = 15.5  #: points
MOST_CELLS = 500  #: of one finding that are coloured


class CannotAnnotate(Exception):
    """The copy cannot be made; the message says why."""


def annotated(path: Path, findings: Sequence[Finding], lang: str) -> bytes:
    """The marked copy of a workbook as bytes of an xlsx.  Raises CannotAnnotate where the file cannot be opened.

    An xlsx keeps everything that openpyxl can keep, and the summary names what it cannot; of another format the
    copy holds the values, and the summary says so.  Personal data that were found are taken out of the copy.
    """
    language = Language(lang)
    told = [finding for finding in findings if finding.severity in MARKED]
    try:
        book, lost = _copy(path)
    except (OSError, KeyError, ValueError, zipfile.BadZipFile, InvalidFileException) as error:
        raise CannotAnnotate(f"{masked(path.name)}: {type(error).__name__}") from error
    for finding in told:
        _mark(book, finding, language)
    _summary(book, masked(path.name), told, lost, language)
    book.properties.modified = book.properties.created = STAMP
    out = io.BytesIO()
    book.save(out)
    return _timeless(out.getvalue())


def _timeless(content: bytes) -> bytes:
    """The same package without the time at which it was written: the same bytes every time."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as written,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package,
    ):
        for name in written.namelist():
            part = written.read(name)
            if name == "docProps/core.xml":
                stamp = STAMP.isoformat().encode() + b"Z"
                part = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>" + stamp, part)
            package.writestr(zipfile.ZipInfo(name, PACKED), part, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _copy(path: Path) -> tuple[Any, list[str]]:
    """The workbook to be marked, and words for what it has lost on the way."""
    if path.suffix.lower() in KEPT_BY_OPENPYXL:
        with zipfile.ZipFile(path) as package:
            names = package.namelist()
        lost = [word for start, word in LOST.items() if any(name.startswith(start) for name in names)]
        return openpyxl.load_workbook(path, keep_vba=path.suffix.lower() == ".xlsm"), lost
    book = openpyxl.Workbook()
    book.remove(book.active)
    for sheet in read_book(path, path.name).sheets:
        page = book.create_sheet(sheet.name[:31])
        page.sheet_state = "hidden" if sheet.hidden else "visible"
        for cell in sheet.cells:
            value = cell.value if cell.kind in ("number", "date", "bool") else cell.text
            page.cell(cell.row, cell.column).value = value
            if isinstance(value, str) and value.startswith("="):
                page.cell(cell.row, cell.column).data_type = "s"
    return book, ["looks"]


def asked(finding: Finding, language: Language) -> str:
    """A finding as it is put to the sender: what was found, and what to do about it, without the house's own words."""
    worded = finding.worded(language.lang)
    key = f"forms.ask.{finding.code}"
    key = key if language.has(key) else "forms.ask.default"
    return f"{worded['message']} {language.text(key, **{n: worded[n] for n in language.parameters(key)})}"


def _mark(book: Any, finding: Finding, language: Language) -> None:
    if finding.sheet not in book.sheetnames or not finding.cell:
        return
    page = book[finding.sheet]
    cells = _cells(page, finding.cell)
    for cell in cells[:MOST_CELLS]:
        if finding.severity == "error" or cell.fill.fgColor.rgb != COLOURS["error"]:
            cell.fill = PatternFill("solid", fgColor=COLOURS[finding.severity])
    if not cells:
        return
    first = cells[0]
    if finding.code in PERSONAL:
        first.value, first.comment = REDACTED, None
    before = f"{first.comment.text}\n\n" if first.comment is not None else ""
    text = before + asked(finding, language)
    comment = Comment(text, language.text("forms.check.author"))
    comment.width, comment.height = 320, 60 + 18 * (len(text) // 45)
    first.comment = comment


def _cells(page: Any, place: str) -> list[Any]:
    """The cells of an address or a range that can be marked; covered cells of a merged range cannot."""
    if not re.fullmatch(r"[A-Z]{1,3}\d{1,7}(:[A-Z]{1,3}\d{1,7})?", place):
        return []
    found = page[place]
    rows = found if isinstance(found, tuple) else ((found,),)
    return [cell for row in rows for cell in row if not isinstance(cell, openpyxl.cell.cell.MergedCell)]


def _summary(
    book: Any, name: str, findings: Sequence[Finding], lost: Sequence[str], language: Language
) -> None:
    def text(key: str, **params: Any) -> str:
        return language.text(f"forms.check.{key}", **params)

    title = text("sheet")
    while title in book.sheetnames:
        title += "_"
    page = book.create_sheet(title, 0)
    book.active = 0
    for other in book.worksheets[1:]:
        other.sheet_view.tabSelected = False
    page["A1"] = text("title", file=name)
    page["A1"].font = Font(name=FONT, bold=True, size=14)
    page.cell(1, len(WIDTHS) + 1).value = CHECKED
    page.cell(1, len(WIDTHS) + 1).font = Font(name=FONT, color="FFBFBFBF", size=8)
    page["A2"] = text("about", n=len(findings))
    page["A3"] = (
        text("lost", what=language.enumeration(text(f"what.{word}") for word in lost)) if lost else None
    )
    heads = ("number", "severity", "place_sheet", "place_cell", "question")
    for column, (head, width) in enumerate(zip(heads, WIDTHS, strict=True), start=1):
        cell = page.cell(FIRST - 1, column)
        cell.value = text(f"head.{head}")
        cell.font = Font(name=FONT, bold=True, color="FFFFFFFF")
        cell.fill = PatternFill("solid", fgColor="FF1F3864")
        page.column_dimensions[cell.column_letter].width = width
    for number, finding in enumerate(findings, start=1):
        _line(page, FIRST - 1 + number, number, finding, language)
    for row in (2, 3):
        page.cell(row, 1).font = Font(name=FONT)
    page.print_area = f"A1:{openpyxl.utils.get_column_letter(len(WIDTHS))}{FIRST + len(findings)}"
    page.freeze_panes = f"A{FIRST}"
    page.print_title_rows = f"{FIRST - 1}:{FIRST - 1}"
    page.page_setup.orientation, page.page_setup.paperSize, page.page_setup.fitToHeight = "landscape", 9, 0
    page.sheet_properties.pageSetUpPr = copy(page.sheet_properties.pageSetUpPr)
    page.sheet_properties.pageSetUpPr.fitToPage = True


def _line(page: Any, row: int, number: int, finding: Finding, language: Language) -> None:
    severity = language.text(f"forms.check.severity.{finding.severity}")
    question = asked(finding, language)
    values = (str(number), severity, finding.sheet, finding.cell, question)
    page.row_dimensions[row].height = LINE_HEIGHT * max(1, -(-len(question) // (WIDTHS[-1] - 8)))
    for column, value in enumerate(values, start=1):
        cell = page.cell(row, column)
        cell.value = value
        cell.data_type = "s"
        cell.font = Font(name=FONT)
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    page.cell(row, 2).fill = PatternFill("solid", fgColor=COLOURS[finding.severity])
    if finding.sheet and finding.cell:
        target = finding.sheet.replace("'", "''")
        page.cell(row, 4).hyperlink = f"#'{target}'!{finding.cell.split(':')[0]}"
        page.cell(row, 4).font = Font(name=FONT, underline="single", color="FF0B5394")
