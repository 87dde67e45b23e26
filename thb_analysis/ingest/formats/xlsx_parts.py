"""The parts of an xlsx workbook that its sheets share: workbook.xml, styles, shared strings, comments."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TypeVar

from thb_analysis.ingest.formats.comments import said
from thb_analysis.ingest.formats.ink import BLACK, WHITE, Colour, colour_of, is_unseen
from thb_analysis.ingest.formats.package import Package, local, parse
from thb_analysis.ingest.formats.richtext import SET_OFF, Run, Wording, unescaped, wording
from thb_analysis.ingest.formats.styles import Style, style_of

Read = TypeVar("Read")

LARGE = 1_000_000  #: bytes of a part that is not remembered
SHORT = 200  #: characters of a text that is remembered from workbook to workbook


def _remembered(read: Callable[[bytes], Read]) -> Callable[[bytes], Read]:
    """Remembers what was read from a part; a large one is read anew."""
    short = lru_cache(maxsize=64)(read)
    return lambda content: short(content) if len(content) < LARGE else read(content)


@dataclass(slots=True)
class Contents:
    """What workbook.xml says: the sheets as (name, relationship, hidden) and how to read them."""

    sheets: list[tuple[str, str, bool]] = field(default_factory=list)
    epoch_1904: bool = False
    uncalculated: bool = False  #: asks to be calculated when opened: stored results may be stale


def read_contents(package: Package, part: str) -> Contents:
    content = package.content(part)
    with package.guarded(part):
        return _contents(content)


@_remembered
def _contents(content: bytes) -> Contents:
    contents = Contents()

    def start(tag: str, attributes: dict[str, str]) -> None:
        name = local(tag)
        if name == "sheet":
            link = next((value for key, value in attributes.items() if key.endswith(":id")), "")
            hidden = attributes.get("state", "visible") != "visible"
            contents.sheets.append((unescaped(attributes.get("name", "")), link, hidden))
        elif name == "workbookPr":
            contents.epoch_1904 = is_true(attributes.get("date1904", "0"))
        elif name == "calcPr":
            contents.uncalculated = is_true(attributes.get("fullCalcOnLoad", "0"))

    parse([content], start)
    return contents


def is_true(flag: str) -> bool:
    """An XML boolean."""
    return flag in ("1", "true", "on")


def read_styles(package: Package, part: str) -> tuple[Style, ...]:
    """The cell styles by index."""
    content = package.content(part)
    with package.guarded(part):
        return _styles(content)


@_remembered
def _styles(content: bytes) -> tuple[Style, ...]:
    """Remembered: a program writes the same styles into all its workbooks."""
    formats: dict[str, str] = {}
    fonts: list[_Font] = []
    grounds: list[list[Colour]] = []  # the colours of each fill
    cells: list[tuple[str, str, str]] = []
    inside = coloured = ""

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal inside, coloured
        name = local(tag)
        if name in ("fonts", "fills", "cellXfs", "numFmts", "dxfs", "cellStyleXfs", "extLst"):
            inside = name
        elif inside == "fonts":
            if name == "font":
                fonts.append(_Font())
            elif fonts:
                fonts[-1].take(name, attributes)
        elif inside == "fills":
            if name == "fill":
                grounds.append([])
            elif grounds and name == "patternFill":
                pattern = attributes.get("patternType", "none")
                grounds[-1] = [] if pattern == "solid" else [WHITE if pattern == "none" else None]
                coloured = "fgColor" if pattern == "solid" else ""
            elif name == "gradientFill":
                coloured = "color"
            elif grounds and name == coloured:
                grounds[-1].append(colour_of(attributes))
        elif inside == "cellXfs" and name == "xf":
            number, font, fill = (attributes.get(part, "0") for part in ("numFmtId", "fontId", "fillId"))
            cells.append((number, font, fill))
        elif inside == "numFmts" and name == "numFmt":
            formats[attributes.get("numFmtId", "")] = unescaped(attributes.get("formatCode", ""))

    parse([content], start)
    return tuple(_style(formats, fonts, grounds, *cell) for cell in cells)


@dataclass(slots=True)
class _Font:
    """How letters look."""

    bold: bool = False
    struck: bool = False
    level: str = ""
    colour: Colour = BLACK
    points: str = ""

    def take(self, name: str, attributes: dict[str, str]) -> None:
        """One property of it."""
        if name == "b":
            self.bold = is_true(attributes.get("val", "1"))
        elif name == "strike":
            self.struck = is_true(attributes.get("val", "1"))
        elif name == "vertAlign":
            self.level = _level(attributes)
        elif name == "color":
            self.colour = colour_of(attributes) or BLACK
        elif name == "sz":
            self.points = attributes.get("val", "")


def _style(
    formats: Mapping[str, str],
    fonts: Sequence[_Font],
    grounds: Sequence[Sequence[Colour]],
    number_format: str,
    font_id: str,
    fill_id: str,
) -> Style:
    code = formats.get(number_format)
    if code is None:
        code = BUILT_IN_FORMATS.get(number_format, "")
    index, fill = (int(text) if text.isdecimal() else 0 for text in (font_id, fill_id))
    font = fonts[index] if index < len(fonts) else _Font()
    ground = grounds[fill] if fill < len(grounds) else [WHITE]
    return style_of(code, font.bold, font.struck, font.level, font.colour, font.points, ground)


def _level(attributes: dict[str, str]) -> str:
    """Whether letters stand above the line or below it."""
    written = attributes.get("val", "")
    return written if written in SET_OFF else ""


class TextReader:
    """Handlers for text with runs (`si`, `is`, comment `text`): hand it the events, take the runs.

    Phonetic runs are left out: they are a reading aid, not part of the text.
    """

    __slots__ = ("_font", "_formatted", "_keep", "_parts", "_phonetic", "runs")

    def __init__(self) -> None:
        self.runs: list[Run] = []
        self._parts: list[str] = []
        self._keep = False
        self._phonetic = False
        self._formatted = False
        self._font = _Font()

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "t":
            self._keep = not self._phonetic
            self._parts.clear()
        elif name == "r":
            self._formatted = False
        elif name == "rPr":
            self._formatted = not self._phonetic
            self._font = _Font()
        elif name == "rPh":
            self._phonetic = True
        else:
            self._font.take(name, attributes)

    def end(self, name: str) -> None:
        if name == "t" and self._keep:
            text = "".join(self._parts)
            self._keep = False
            if self._formatted:
                font = self._font
                pale = is_unseen(font.colour, [WHITE], font.points)
                self.runs.append(Run(text, font.level, font.struck, font.bold, pale))
            else:
                self.runs.append(Run(text))
        elif name == "r":
            self._formatted = False
        elif name == "rPh":
            self._phonetic = False

    def text(self, data: str) -> None:
        if self._keep:
            self._parts.append(data)

    def take(self) -> list[Run]:
        runs, self.runs = self.runs, []
        return runs


def read_shared_strings(package: Package, part: str) -> list[Wording | None]:
    """The shared strings by index; None stands for a blank one."""
    content = package.content(part)
    begin, end = content.find(b"<si>"), content.rfind(b"</sst>")
    if 0 <= begin < end and b"&" not in content and b"<!" not in content and _is_utf8(content[:begin]):
        with package.guarded(part):
            texts = _plain_strings(content[begin:end])
        if texts is not None:
            with package.guarded(part):
                _frame(_COUNTS.sub(rb'\1""', content[:begin]) + content[end:])
            return [plain_wording(text) if len(text) < SHORT else wording((Run(text),)) for text in texts]
    with package.guarded(part):
        return _strings(content)


def _plain_strings(written: bytes) -> list[str] | None:
    """The texts of shared strings that are one plain text each; None where one is not."""
    body = written.decode()
    begin, between, end = "<si><t>", "</t></si><si><t>", "</t></si>"
    if (
        body.startswith(begin)
        and body.endswith(end)
        and len(written.translate(None, _CONTROL)) == len(written)
    ):
        texts = body[len(begin) : -len(end)].split(between)
        if body.count("<") == body.count(">") == 4 * len(texts):  # no tags but these
            return texts
    return _PLAIN_STRING.findall(body) if _PLAIN_STRINGS.fullmatch(body) else None


@_remembered
def _frame(content: bytes) -> None:
    """What stands around the texts must be XML, and no document type."""
    parse([content], None)


plain_wording = lru_cache(maxsize=20_000)(lambda text: wording((Run(text),)))


def _is_utf8(head: bytes) -> bool:
    """Whether a document's first lines name no other encoding."""
    return b"encoding=" not in head or re.search(rb"""encoding=["'][uU][tT][fF]-8["']""", head) is not None


def _strings(content: bytes) -> list[Wording | None]:
    strings: list[Wording | None] = []
    reader = TextReader()
    # Most strings are one plain <t>: those never meet the run reader.
    parts: list[str] = []
    plain = ""
    rich = False
    names: dict[str, str] = {}

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal rich, plain
        name = names.get(tag)
        if name is None:
            name = names[tag] = local(tag)
        if name == "t":
            if rich:
                reader.start(name, attributes)
            else:
                parts.clear()
        elif name == "si":
            rich = False
            plain = ""
        else:
            if not rich and name in ("r", "rPh"):
                rich = True
                if name == "rPh":  # a plain text with a reading aid after it
                    reader.runs.append(Run(plain))
            reader.start(name, attributes)

    def text(data: str) -> None:
        if rich:
            reader.text(data)
        else:
            parts.append(data)

    def end(tag: str) -> None:
        nonlocal plain
        name = names[tag]
        if name == "si":
            strings.append(wording(reader.take() if rich else (Run(plain),)))
        elif rich:
            reader.end(name)
        elif name == "t":
            plain = "".join(parts)

    parse([content], start, end, text)
    return strings


def read_comments(package: Package, part: str) -> dict[str, str]:
    """Cell address → comment.  Threaded comments stand here too, as the text that older programs show."""
    comments: dict[str, str] = {}
    authors: list[str] = []
    reader = TextReader()
    address = author = ""
    naming = False

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal address, author, naming
        name = local(tag)
        if name == "author":
            authors.append("")
            naming = True
        if name == "comment":
            address = attributes.get("ref", "").upper().replace("$", "")
            number = attributes.get("authorId", "")
            author = authors[int(number)] if number.isdecimal() and int(number) < len(authors) else ""
        reader.start(name, attributes)

    def text(data: str) -> None:
        if naming:
            authors[-1] += data
        reader.text(data)

    def end(tag: str) -> None:
        nonlocal naming
        name, naming = local(tag), False
        reader.end(name)
        if name == "comment":
            words = wording(reader.take())
            if words is not None:
                comments[address] = said(words.shown, author)

    package.parse(part, start, end, text)
    return comments


def read_drawn(package: Package, part: str) -> tuple[list[str], int]:
    """The texts of the text boxes on a sheet, and how many pictures, charts and the like stand there."""
    texts: list[str] = []
    within, pictures = [False], 0

    def start(tag: str, _: dict[str, str]) -> None:
        nonlocal pictures
        name = local(tag)
        within[0] = name == "t"
        pictures += name in PICTURES

    def end(tag: str) -> None:
        if local(tag) == "p":
            texts.append("\n")
        within[0] = False

    def text(data: str) -> None:
        if within[0]:
            texts.append(data)

    package.parse(part, start, end, text)
    return texts, pictures


PICTURES = ("pic", "graphicFrame")
#: Shared strings as most programs write them: one plain text each, no control characters.
_PLAIN_STRINGS = re.compile(r"""(?:<si><t(?: xml:space="preserve")?>[^<>\x00-\x08\x0b-\x1f]*</t></si>)*""")
_CONTROL = bytes(code for code in range(32) if code not in (9, 10))
_COUNTS = re.compile(rb"""( (?:unique)?[cC]ount=)"[0-9]+\"""")
_PLAIN_STRING = re.compile(r"<t[^>]*>([^<]*)</t>")

#: Format codes that files name by number only (ECMA-376 part 1, 18.8.30); 27 to 36 and 50 to 58 are dates.
BUILT_IN_FORMATS = {
    "1": "0",
    "2": "0.00",
    "3": "#,##0",
    "4": "#,##0.00",
    "9": "0%",
    "10": "0.00%",
    "11": "0.00E+00",
    "12": "# ?/?",
    "13": "# ??/??",
    "14": "mm-dd-yy",
    "15": "d-mmm-yy",
    "16": "d-mmm",
    "17": "mmm-yy",
    "18": "h:mm AM/PM",
    "19": "h:mm:ss AM/PM",
    "20": "h:mm",
    "21": "h:mm:ss",
    "22": "m/d/yy h:mm",
    "37": "#,##0 ;(#,##0)",
    "38": "#,##0 ;[Red](#,##0)",
    "39": "#,##0.00;(#,##0.00)",
    "40": "#,##0.00;[Red](#,##0.00)",
    "45": "mm:ss",
    "46": "[h]:mm:ss",
    "47": "mmss.0",
    "48": "##0.0E+0",
    "49": "@",
    **{str(number): "yyyy-mm-dd" for number in (*range(27, 37), *range(50, 59))},
}
