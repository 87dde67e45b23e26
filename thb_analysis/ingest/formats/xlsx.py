"""xlsx and xlsm workbooks: from the package to sheets and findings.

Macros are never run and external links never followed: both are only named.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

from thb_analysis.findings import Finding
from thb_analysis.ingest.cells import Sheet
from thb_analysis.ingest.formats.arrange import SheetPart, gathered
from thb_analysis.ingest.formats.package import Package, Relations, relations
from thb_analysis.ingest.formats.refused import Refused
from thb_analysis.ingest.formats.richtext import Wording
from thb_analysis.ingest.formats.styles import Style
from thb_analysis.ingest.formats.xlsx_parts import (
    read_comments,
    read_contents,
    read_drawn,
    read_shared_strings,
    read_styles,
)
from thb_analysis.ingest.formats.xlsx_sheet import SheetReader

EMBEDDED = ("oleObject", "package")  #: links of a sheet to what other programs put onto it


def read_xlsx(path: Path, file: str, content: bytes | None = None) -> tuple[list[Sheet], list[Finding]]:
    """The sheets of a workbook with the findings about it; `content` is the file where it is held already.

    Raises Refused where nothing of it can be read; a sheet that cannot be read is a finding instead.
    """
    package = Package(path, content)
    try:
        return _read(package, file)
    finally:
        package.close()


def _read(package: Package, file: str) -> tuple[list[Sheet], list[Finding]]:
    main = _target(relations(package, ""), "officeDocument")
    if main not in package:
        main = "xl/workbook.xml"
    if main not in package:
        known = any(name.startswith("xl/") for name in package.names())
        raise Refused("workbook_missing") if known else Refused("file_type", found="zip")
    if main.endswith(".bin"):
        raise Refused("file_type", found="xlsb")
    contents = read_contents(package, main)
    links = relations(package, main)
    parts = {kind: target for kind, target, external in links.values() if not external}
    styles: Sequence[Style] = (
        read_styles(package, parts["styles"]) if parts.get("styles", "") in package else ()
    )
    strings: list[Wording | None] = []
    if "sharedStrings" in parts:
        strings = read_shared_strings(package, parts["sharedStrings"])
    findings = list(_about_the_file(file, package, parts))
    reader = SheetReader(package, strings, styles, contents.epoch_1904)
    targets: set[str] = set()
    formulas = 0

    def read(link: str, hidden: bool) -> SheetPart:
        nonlocal formulas
        kind, target, _ = links.get(link, ("worksheet", "", False))
        if kind != "worksheet":
            raise Refused("sheet_not_cells", found=kind)
        if target in targets:
            raise Refused("xml_damaged", found=f"{target} twice")
        targets.add(target)
        try:
            part = reader.read(target, hidden)
            beside = relations(package, target)
            comments, drawing = _target(beside, "comments"), _target(beside, "drawing")
            if comments in package:
                part.comments = read_comments(package, comments)
            if drawing in package:
                part.drawn, part.pictures = read_drawn(package, drawing)
            part.pictures += sum(kind in EMBEDDED for kind, *_ in beside.values())
        except Refused as refused:
            if refused.code == "part_missing":
                raise Refused("sheet_missing", refused.found, refused.expected) from refused
            raise
        formulas += part.formulas
        return part

    sheets, about_sheets = gathered(
        ((name, hidden, partial(read, link, hidden)) for name, link, hidden in contents.sheets), file
    )
    findings += about_sheets
    if contents.uncalculated and formulas:
        findings.append(Finding("formulas_stale", file, found=str(formulas)))
    return sheets, findings


def _target(links: Relations, wanted: str) -> str:
    """The part that a part's links name as its `wanted`, or "" where they name none."""
    named = (target for kind, target, external in links.values() if kind == wanted and not external)
    return next(named, "")


def _about_the_file(file: str, package: Package, parts: dict[str, str]) -> Iterator[Finding]:
    if "externalLink" in parts:
        yield Finding("external_links", file)
    if any(name.endswith("vbaproject.bin") for name in package.names()):
        yield Finding("macros", file)
