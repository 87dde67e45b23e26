"""The reference document: a DOCX whose styles, page, header and footer every DOCX of the overview has."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from html import escape
from pathlib import Path
from xml.etree import ElementTree

from thb_analysis.definitions import SHIPPED

DOCUMENT = "word/document.xml"
RELATIONS = "word/_rels/document.xml.rels"
STYLES = "word/styles.xml"
CORE = "docProps/core.xml"
TYPES = "[Content_Types].xml"
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"

ROLES: Mapping[str, tuple[str, ...]] = {
    "normal": ("normal",),
    "title": ("title",),
    "subtitle": ("subtitle", "normal"),
    "publisher": ("publisher", "normal"),
    "contents": ("toc heading", "heading 2"),
    "toc 1": ("toc 1", "normal"),
    "heading 1": ("heading 1",),
    "heading 2": ("heading 2",),
    "caption": ("caption",),
    "lead": ("lead", "normal"),
    "note": ("note", "normal"),
    "comment": ("comment text", "comment", "note", "normal"),
    "list bullet": ("list bullet", "normal"),
    "table": ("overview table", "table grid", "normal table"),
    "table text": ("table text", "normal"),
    "table note": ("table note", "normal"),
    "figure": ("figure", "normal"),
}
"""What a paragraph is for, and the names of the styles that may serve, the first that is there."""

OPENING = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    ' xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
    ' xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"'
    ' xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
    ' xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"><w:body>'
)


class ReferenceError(ValueError):
    """A file that cannot serve as the reference document; the message says what is missing."""


@dataclass(frozen=True)
class Reference:
    """The parts of a reference document, its styles by name, and the width of its text in twips."""

    parts: Mapping[str, bytes]
    styles: Mapping[str, str]
    section: str
    text_width: int

    @classmethod
    def open(cls, path: Path | None = None) -> Reference:
        """Read a reference document; the shipped one where none is named."""
        return _read(path or SHIPPED / "reference.docx")

    def style(self, role: str) -> str:
        """The id of the style for a role."""
        return next(self.styles[name] for name in ROLES[role] if name in self.styles)

    def package(
        self, body: str, pictures: Sequence[bytes], title: str, description: str, locale: str
    ) -> bytes:
        """The DOCX with this body: the reference's parts, the pictures, no times."""
        parts = dict(self.parts)
        parts[DOCUMENT] = f"{OPENING}{body}{self.section}</w:body></w:document>".encode()
        related = "".join(
            f'<Relationship Id="rIdPicture{n}" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
            f'relationships/image" Target="media/overview{n}.png"/>'
            for n in range(1, len(pictures) + 1)
        )
        parts[RELATIONS] = _inserted(parts[RELATIONS], related, "</Relationships>")
        for number, content in enumerate(pictures, 1):
            parts[f"word/media/overview{number}.png"] = content
        if pictures and b'Extension="png"' not in parts[TYPES]:
            png = '<Default Extension="png" ContentType="image/png"/>'
            parts[TYPES] = _inserted(parts[TYPES], png, "<Override")
        parts[STYLES] = re.sub(
            rb'(<w:lang\b[^>]*?w:val=")[^"]*(")', rb"\g<1>" + locale.encode() + rb"\2", parts[STYLES]
        )
        if CORE in parts:
            parts[CORE] = _core(title, description, locale)
        return _zipped(parts)


@cache
def _read(path: Path) -> Reference:
    try:
        with zipfile.ZipFile(path) as archive:
            parts = {name: archive.read(name) for name in archive.namelist() if not name.endswith("/")}
        document = parts[DOCUMENT].decode("utf-8")
        tree = ElementTree.fromstring(parts[STYLES])
    except (OSError, zipfile.BadZipFile, KeyError, UnicodeDecodeError, ElementTree.ParseError) as error:
        raise ReferenceError(f"{path} is no DOCX that can serve as the reference document: {error}") from None
    styles = {}
    for style in tree.iter(f"{W}style"):
        name = style.find(f"{W}name")
        if name is not None:
            styles[name.get(f"{W}val", "").lower()] = style.get(f"{W}styleId", "")
    missing = [names[0] for names in ROLES.values() if not any(name in styles for name in names)]
    if missing:
        raise ReferenceError(f"{path} lacks the styles {', '.join(missing)}")
    found = re.search(r"<w:sectPr\b.*?</w:sectPr>|<w:sectPr\b[^>]*/>", document, re.DOTALL)
    section = found[0] if found else "<w:sectPr/>"
    sizes = {name: _twips(section, name) for name in ("w:w", "w:left", "w:right")}
    width = (sizes["w:w"] or PAGE) - (sizes["w:left"] or MARGIN) - (sizes["w:right"] or MARGIN)
    return Reference(parts, styles, section, width)


PAGE, MARGIN = 11_906, 1_417
"""An A4 page and its margins in twips, where the reference document does not say."""


def _twips(section: str, name: str) -> int:
    found = re.search(rf'\b{name}="(\d+)"', section)
    return int(found[1]) if found else 0


def _inserted(part: bytes, text: str, before: str) -> bytes:
    place = part.index(before.encode())
    return part[:place] + text.encode() + part[place:]


def _core(title: str, description: str, locale: str) -> bytes:
    """Title and language of the document; neither author nor time."""
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<dc:title>{escape(title)}</dc:title><dc:description>{escape(description)}</dc:description>"
        f"<dc:language>{escape(locale)}</dc:language></cp:coreProperties>"
    ).encode()


def _zipped(parts: Mapping[str, bytes]) -> bytes:
    """A zip with fixed times, the list of types first as readers want it."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(parts, key=lambda name: (name != TYPES, name)):
            entry = zipfile.ZipInfo(name, EARLIEST)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 0
            archive.writestr(entry, parts[name])
    return out.getvalue()


EARLIEST = (1_980, 1, 1, 0, 0, 0)
"""The first moment that a zip can name."""
