"""What Excel refuses or repairs in a workbook, as far as its published limits and the file format's schema say it.

Excel is not at hand where the tests run.  Sources: “Excel specifications and limits” and “Names in formulas”
(Microsoft Support), ECMA-376 part 1, 18.3.1.99 (the order of a worksheet's elements), 18.3.1.32 (data validation).
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any

from lxml import etree

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
NS = {"m": MAIN, "r": REL, "p": f"{PACKAGE}/relationships", "t": f"{PACKAGE}/content-types"}

ORDER = [
    "sheetPr",
    "dimension",
    "sheetViews",
    "sheetFormatPr",
    "cols",
    "sheetData",
    "sheetCalcPr",
    "sheetProtection",
    "protectedRanges",
    "scenarios",
    "autoFilter",
    "sortState",
    "dataConsolidate",
    "customSheetViews",
    "mergeCells",
    "phoneticPr",
    "conditionalFormatting",
    "dataValidations",
    "hyperlinks",
    "printOptions",
    "pageMargins",
    "pageSetup",
    "headerFooter",
    "rowBreaks",
    "colBreaks",
    "customProperties",
    "cellWatches",
    "ignoredErrors",
    "smartTags",
    "drawing",
    "legacyDrawing",
    "legacyDrawingHF",
    "picture",
    "oleObjects",
    "controls",
    "webPublishItems",
    "tableParts",
    "extLst",
]
BOOK_ORDER = [
    "fileVersion",
    "fileSharing",
    "workbookPr",
    "workbookProtection",
    "bookViews",
    "sheets",
    "functionGroups",
    "externalReferences",
    "definedNames",
    "calcPr",
    "oleSize",
    "customWorkbookViews",
    "pivotCaches",
    "smartTagPr",
    "smartTagTypes",
    "webPublishing",
    "fileRecoveryPr",
    "webPublishObjects",
    "extLst",
]
#: Functions that every Excel since 2007 knows; any other would need a prefix and a newer one.
FUNCTIONS = {
    "IF",
    "AND",
    "OR",
    "NOT",
    "COUNT",
    "COUNTA",
    "COUNTIF",
    "SUM",
    "ISNUMBER",
    "INT",
    "ROUND",
    "ABS",
    "ROW",
    "ROWS",
    "COLUMN",
}
CELL = re.compile(r"[A-Za-z]{1,3}[0-9]{1,7}|[Rr][0-9]*[Cc][0-9]*")
NAME = re.compile(r"[^\W\d][\w.]*|_xlnm\.\w+")


def complaints(content: zipfile.ZipFile) -> list[str]:
    """Everything that Excel would refuse, repair or cut in a workbook; none for a good one."""
    return [
        *_package(content),
        *_book(content),
        *(c for name in _sheets(content) for c in _sheet(content, name)),
    ]


def _sheets(content: zipfile.ZipFile) -> list[str]:
    return [name for name in content.namelist() if re.fullmatch(r"xl/worksheets/[^/]+\.xml", name)]


def _root(content: zipfile.ZipFile, name: str) -> Any:
    return etree.fromstring(content.read(name))


def _package(content: zipfile.ZipFile) -> Iterator[str]:
    """Every part has a type, every relation a target."""
    names = content.namelist()
    if len(names) != len({name.lower() for name in names}):
        yield "a part stands twice"
    types = _root(content, "[Content_Types].xml")
    defaults = {e.get("Extension").lower() for e in types.iterfind("t:Default", NS)}
    overrides = {e.get("PartName") for e in types.iterfind("t:Override", NS)}
    for name in names:
        known = f"/{name}" in overrides or name.rpartition(".")[2].lower() in defaults
        if name != "[Content_Types].xml" and not known:
            yield f"{name} has no type"
    yield from (f"{part} is named and is not there" for part in overrides if part[1:] not in names)
    for name in names:
        if not name.endswith(".rels"):
            continue
        folder = PurePosixPath(name).parent.parent
        for relation in _root(content, name).iterfind("p:Relationship", NS):
            target = relation.get("Target")
            if relation.get("TargetMode") == "External":
                continue
            path = PurePosixPath(target[1:]) if target.startswith("/") else folder / target
            parts: list[str] = []
            for part in path.parts:
                parts = parts[:-1] if part == ".." else [*parts, part]
            if "/".join(parts) not in names:
                yield f"{name}: {target} is not there"


def _book(content: zipfile.ZipFile) -> Iterator[str]:
    """Names of sheets and defined names."""
    book = _root(content, "xl/workbook.xml")
    yield from _in_order(book, BOOK_ORDER, "workbook.xml")
    sheets = [e.get("name") for e in book.iterfind("m:sheets/m:sheet", NS)]
    if len({name.lower() for name in sheets}) != len(sheets):
        yield "two sheets of one name"
    for name in sheets:
        wrong = not 1 <= len(name) <= 31 or re.search(r"[\[\]:*?/\\]", name) or name.strip("'") != name
        if wrong or name.lower() == "history":
            yield f"sheet “{name}” has a name that is not allowed"
    seen = set()
    for defined in book.iterfind("m:definedNames/m:definedName", NS):
        name = defined.get("name")
        if not NAME.fullmatch(name) or CELL.fullmatch(name) or len(name) > 255:
            yield f"“{name}” is no name"
        if (name.lower(), defined.get("localSheetId")) in seen:
            yield f"the name {name} stands twice"
        seen.add((name.lower(), defined.get("localSheetId")))
        target = re.fullmatch(r"(?:'((?:[^']|'')+)'|([^\W\d][\w.]*))!.*", defined.text or "")
        if target is None or (target.group(1) or target.group(2)).replace("''", "'") not in sheets:
            yield f"the name {name} leads nowhere: {defined.text}"
    visible = [e for e in book.iterfind("m:sheets/m:sheet", NS) if e.get("state", "visible") == "visible"]
    if not visible:
        yield "no sheet can be seen"


def _in_order(element: Any, order: list[str], where: str) -> Iterator[str]:
    tags = [etree.QName(child).localname for child in element if isinstance(child.tag, str)]
    strange = [tag for tag in tags if tag not in order]
    if strange:
        yield f"{where}: {strange} do not belong there"
    elif [order.index(tag) for tag in tags] != sorted(order.index(tag) for tag in tags):
        yield f"{where}: wrong order of {tags}"
    once = [tag for tag in set(tags) if tags.count(tag) > 1 and tag != "conditionalFormatting"]
    if once:
        yield f"{where}: {once} may stand once"


def _sheet(content: zipfile.ZipFile, name: str) -> Iterator[str]:
    root = _root(content, name)
    yield from _in_order(root, ORDER, name)
    places = [cell.get("r") for cell in root.iterfind("m:sheetData/m:row/m:c", NS)]
    if len(places) != len(set(places)):
        yield f"{name}: a cell stands twice"
    for text in root.iterfind(".//m:f", NS):
        yield from (f"{name}: {c}" for c in _formula(text.text or "", 8192))
    for text in root.iterfind(".//m:t", NS):
        if len(text.text or "") > 32_767:
            yield f"{name}: a text of more than 32 767 signs"
    for part in root.iterfind("m:headerFooter/*", NS):
        if len(part.text or "") > 255:
            yield f"{name}: a header or footer of more than 255 signs"
    yield from (f"{name}: {c}" for c in _validations(root))
    relations = content.namelist()
    for link in root.iterfind("m:hyperlinks/m:hyperlink", NS):
        if len(link.get("location", "")) > 255 or not (link.get("location") or link.get(f"{{{REL}}}id")):
            yield f"{name}: a link that leads nowhere"
    own = f"xl/worksheets/_rels/{PurePosixPath(name).name}.rels"
    used = {value for e in root.iter() for key, value in e.attrib.items() if key == f"{{{REL}}}id"}
    known = (
        {e.get("Id") for e in _root(content, own).iterfind("p:Relationship", NS)}
        if own in relations
        else set()
    )
    if not used <= known:
        yield f"{name}: {used - known} are no relations"


def _validations(root: Any) -> Iterator[str]:
    rules = root.find("m:dataValidations", NS)
    if rules is None:
        return
    listed = rules.findall("m:dataValidation", NS)
    if int(rules.get("count", len(listed))) != len(listed):
        yield "the number of validations is wrong"
    covered: set[tuple[int, int]] = set()
    for rule in listed:
        for key, most in (("errorTitle", 32), ("error", 255), ("promptTitle", 32), ("prompt", 255)):
            if len(rule.get(key, "")) > most:
                yield f"a validation's {key} of more than {most} signs"
        for formula in (rule.find("m:formula1", NS), rule.find("m:formula2", NS)):
            if formula is not None:
                yield from _formula(formula.text or "", 255)
        text = rule.findtext("m:formula1", "", NS)
        if (
            rule.get("type") == "list"
            and text.startswith('"')
            and any(not p.strip() for p in text[1:-1].split(","))
        ):
            yield f"a list with an empty choice: {text}"
        for area in rule.get("sqref").split():
            for place in _places(area):
                if place in covered:
                    yield f"two validations for one cell of {area}"
                covered.add(place)


def _places(area: str) -> Iterator[tuple[int, int]]:
    corners = [re.fullmatch(r"([A-Z]+)([0-9]+)", corner) for corner in area.split(":")]
    spots = [(int(c.group(2)), _column(c.group(1))) for c in corners if c is not None]
    for row in range(spots[0][0], spots[-1][0] + 1):
        for column in range(spots[0][1], spots[-1][1] + 1):
            yield row, column


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def _formula(text: str, most: int) -> Iterator[str]:
    """A formula's length, brackets, functions and how many arguments each takes."""
    if len(text) > most:
        yield f"a formula of {len(text)} signs, {most} allowed: {text[:60]}"
    if any(len(literal) > 257 for literal in re.findall(r'"(?:[^"]|"")*"', text)):
        yield f"a text of more than 255 signs in a formula: {text[:60]}"
    bare = re.sub(r'"(?:[^"]|"")*"', '""', text)
    unknown = set(re.findall(r"([A-Z][A-Z0-9.]*)\(", bare)) - FUNCTIONS
    if unknown:
        yield f"functions that not every Excel knows: {unknown}"
    if bare.count('"') % 2 or bare.startswith("="):
        yield f"no formula: {text[:60]}"
    depth, arguments = 0, [0]
    for sign in bare:
        if sign == "(":
            depth += 1
            arguments.append(1)
        elif sign == ")":
            depth -= 1
            arguments.pop()
        elif sign == ",":
            arguments[-1] += 1
        if depth < 0 or depth > 64 or arguments[-1] > 255:
            yield f"brackets or arguments that Excel refuses: {text[:60]}"
            return
    if depth:
        yield f"brackets that do not close: {text[:60]}"
