"""A letter as docx: headings, paragraphs and one table, the same bytes every time.  No more of the format than that."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from xml.sax.saxutils import escape

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
DECLARED = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
STAMP = (1_980, 1, 1, 0, 0, 0)
A4 = '<w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1134" w:right="1134" w:bottom="1134" w:left="1701"/>'
LINES = "".join(
    f'<w:{side} w:val="single" w:sz="4" w:color="808080"/>'
    for side in ("top", "left", "bottom", "right", "insideH", "insideV")
)


def paragraph(text: str, style: str = "") -> str:
    """A paragraph; a line break in the text is one in the letter."""
    named = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    lines = (f'<w:t xml:space="preserve">{escape(_clean(line))}</w:t>' for line in text.split("\n"))
    return f"<w:p>{named}<w:r>{'<w:br/>'.join(lines)}</w:r></w:p>"


def table(head: Sequence[str], rows: Sequence[Sequence[str]], widths: Sequence[int]) -> str:
    """A table whose first row is a heading that repeats on every page; widths in twentieths of a point."""
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    marked = "<w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>"
    lines = [_row(head, widths, marked, "TableHead")]
    lines += [_row(row, widths, "<w:trPr><w:cantSplit/></w:trPr>", "TableText") for row in rows]
    about = (
        f'<w:tblPr><w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:tblBorders>{LINES}</w:tblBorders></w:tblPr>'
    )
    return f"<w:tbl>{about}<w:tblGrid>{grid}</w:tblGrid>{''.join(lines)}</w:tbl>"


def _row(cells: Sequence[str], widths: Sequence[int], about: str, style: str) -> str:
    made = (
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr>{paragraph(cell, style)}</w:tc>'
        for cell, width in zip(cells, widths, strict=True)
    )
    return f"<w:tr>{about}{''.join(made)}</w:tr>"


def _clean(text: str) -> str:
    """Without signs that XML does not allow."""
    return "".join(sign for sign in text if sign >= " " or sign == "\t")


def document(body: Sequence[str], title: str, lang: str) -> bytes:
    """The file: parts made by `paragraph` and `table`."""
    content = (
        f'<w:document xmlns:w="{WORD}"><w:body>{"".join(body)}<w:sectPr>{A4}</w:sectPr></w:body></w:document>'
    )
    types = "".join(
        f'<Override PartName="/{name}" ContentType="application/{kind}+xml"/>'
        for name, kind in (
            ("word/document.xml", "vnd.openxmlformats-officedocument.wordprocessingml.document.main"),
            ("word/styles.xml", "vnd.openxmlformats-officedocument.wordprocessingml.styles"),
            ("docProps/core.xml", "vnd.openxmlformats-package.core-properties"),
        )
    )
    default = (
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    )
    core = (
        f'<cp:coreProperties xmlns:cp="{PACKAGE}/metadata/core-properties" '
        f'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>{escape(title)}</dc:title>'
        f"<dc:language>{lang}</dc:language></cp:coreProperties>"
    )
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types">{default}{types}</Types>',
        "_rels/.rels": _relations(
            (f"{OFFICE}/officeDocument", "word/document.xml"),
            (f"{PACKAGE}/relationships/metadata/core-properties", "docProps/core.xml"),
        ),
        "docProps/core.xml": core,
        "word/_rels/document.xml.rels": _relations((f"{OFFICE}/styles", "styles.xml")),
        "word/document.xml": content,
        "word/styles.xml": _styles(lang),
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, text in parts.items():
            package.writestr(zipfile.ZipInfo(name, STAMP), DECLARED + text, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _relations(*targets: tuple[str, str]) -> str:
    lines = "".join(
        f'<Relationship Id="rId{number}" Type="{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets, start=1)
    )
    return f'<Relationships xmlns="{PACKAGE}/relationships">{lines}</Relationships>'


def _styles(lang: str) -> str:
    fonts = '<w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman" w:cs="Times New Roman"/>'
    spoken = f'<w:lang w:val="{lang}"/>'
    defaults = (
        f'<w:docDefaults><w:rPrDefault><w:rPr>{fonts}<w:sz w:val="24"/>{spoken}</w:rPr></w:rPrDefault>'
        '<w:pPrDefault><w:pPr><w:spacing w:after="160"/></w:pPr></w:pPrDefault></w:docDefaults>'
    )
    styles = [
        ("Normal", "Normal", "", ""),
        ("Title", "Title", '<w:keepNext/><w:outlineLvl w:val="0"/>', '<w:b/><w:sz w:val="28"/>'),
        ("Right", "Right", '<w:jc w:val="right"/>', ""),
        ("TableHead", "Table Head", '<w:spacing w:after="40"/>', '<w:b/><w:sz w:val="20"/>'),
        ("TableText", "Table Text", '<w:spacing w:after="40"/>', '<w:sz w:val="20"/>'),
    ]
    made = "".join(_style(*style) for style in styles)
    return f'<w:styles xmlns:w="{WORD}">{defaults}{made}</w:styles>'


def _style(name: str, label: str, about: str, look: str) -> str:
    default = ' w:default="1"' if name == "Normal" else ""
    inner = f'<w:name w:val="{label}"/><w:pPr>{about}</w:pPr><w:rPr>{look}</w:rPr>'
    return f'<w:style w:type="paragraph"{default} w:styleId="{name}">{inner}</w:style>'
