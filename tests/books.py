"""Workbooks for tests: the smallest that make a point, written by real writers or byte by byte."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path

from thb_analysis.ingest.book import read_book
from thb_analysis.ingest.cells import Book, Cell

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


def read(path: Path) -> Book:
    """Read a file under a name such as the pipeline gives."""
    return read_book(path, f"2021/{path.name}")


def cells(book: Book, sheet: int = 0) -> dict[str, Cell]:
    """The cells of one sheet by address."""
    return {cell.address: cell for cell in book.sheets[sheet].cells}


def codes(book: Book) -> list[str]:
    """The codes of the findings, each worded in both languages on the way."""
    for finding in book.findings:
        for lang in ("lv", "en"):
            assert all(finding.worded(lang)[part] for part in ("message", "expected", "suggestion"))
    return [finding.code for finding in book.findings]


def raw_xlsx(
    path: Path, data: str = "", *, sheet: str = "", parts: Mapping[str, str | bytes | None] = {}
) -> Path:
    """A workbook put together by hand: `data` goes into <sheetData>, or `sheet` is the whole sheet part.

    `parts` adds or replaces parts; None leaves one out.
    """
    everything: dict[str, str | bytes | None] = {
        "[Content_Types].xml": "<Types/>",
        "_rels/.rels": relations({"rId1": ("officeDocument", "xl/workbook.xml")}),
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>'
        '<sheet name="Dati" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": relations(
            {
                "rId1": ("worksheet", "worksheets/sheet1.xml"),
                "rId2": ("styles", "styles.xml"),
                "rId3": ("sharedStrings", "sharedStrings.xml"),
            }
        ),
        "xl/styles.xml": f'<styleSheet xmlns="{MAIN}"><fonts><font/></fonts>'
        '<cellXfs><xf numFmtId="0" fontId="0"/></cellXfs></styleSheet>',
        "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}"></sst>',
        "xl/worksheets/sheet1.xml": sheet or worksheet(data),
        **parts,
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in everything.items():
            if content is not None:
                package.writestr(name, content)
    return path


def worksheet(data: str, before: str = "", after: str = "") -> str:
    return f'<worksheet xmlns="{MAIN}">{before}<sheetData>{data}</sheetData>{after}</worksheet>'


def relations(targets: Mapping[str, tuple[str, str]]) -> str:
    lines = "".join(
        f'<Relationship Id="{name}" Type="{OFFICE}/{kind}" Target="{target}"/>'
        for name, (kind, target) in targets.items()
    )
    return f'<Relationships xmlns="{PACKAGE}">{lines}</Relationships>'


def raw_ods(path: Path, body: str, styles: str = "", parts: Mapping[str, str] = {}) -> Path:
    """An ods workbook put together by hand: `body` holds the tables."""
    names = ("office", "style", "text", "table", "fo", "calcext", "dc")
    declared = " ".join(f'xmlns:{name}="urn:test:{name}"' for name in names)
    content = (
        f"<office:document-content {declared}><office:automatic-styles>{styles}</office:automatic-styles>"
        f"<office:body><office:spreadsheet>{body}</office:spreadsheet></office:body></office:document-content>"
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        package.writestr("content.xml", content)
        for name, text in parts.items():
            package.writestr(name, text)
    return path
