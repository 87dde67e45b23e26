"""The rows and cells of an xlsx sheet as tokens, by two lanes that give the same.

The wide lane is expat: it takes any XML.  The quick lane is one regular expression over the form in which
Excel and its kin write (`<c r="A1" s="2" t="s"><v>7</v></c>`), and several times as fast.  It is taken a
stretch of rows at a time, only where a count of the tags proves that the expression has seen all of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from xml.parsers import expat

from thb_analysis.ingest.cells import Cell, Merge, RowRun, column_letters
from thb_analysis.ingest.formats.arrange import SheetPart
from thb_analysis.ingest.formats.package import guarded_parser, local
from thb_analysis.ingest.formats.refused import Refused
from thb_analysis.ingest.formats.richtext import Wording, wording
from thb_analysis.ingest.formats.xlsx_parts import TextReader, is_true

MAX_ROW, MAX_COLUMN = 1_048_576, 16_384  #: what the format can name
LONG_FRAME = 20_000  #: bytes around the rows that are worth remembering
STRETCH = 1 << 21  #: bytes of rows that the quick lane takes at a time; bounds its memory

#: A cell: its address, "", the key of its look, the <f> tag or "", the formula, the stored result.
#: A row: "", its number, the key of its look, and nothing.
#: A key is the attributes as written, or what they say: (style, type) of a cell, whether a row is hidden.
Key = str | tuple[str, str] | bool
Token = tuple[str, str, Key, str, str, str]
#: Takes tokens, and the inline texts to which cells of the type "inline" refer by index.
Take = Callable[[list[Token], list[Wording | None]], None]


#: Takes whole plain rows apart: runs and rows as cells where it can, the rest as it was given.
Split = Callable[[str], Iterable[RowRun | list[Cell] | str]]


class Nested(Exception):
    """Rows stand inside something else: only the wide lane can read the sheet."""


def read_tokens(chunks: Iterable[bytes], sheet: SheetPart, take: Take, split: Split | None) -> None:
    """Hand the sheet's tokens to `take` in stretches; runs, merged ranges and hidden columns go to `sheet`.

    Without `split` every row goes the wide lane.

    Raises Refused `xml_doctype`, `xml_damaged`, and Nested where it must be called anew without `split`.
    """
    with _WideLane(sheet, take) as wide:
        _read_tokens(iter(chunks), sheet, take, split, wide)
        wide.close()


def _read_tokens(
    parts: Iterator[bytes], sheet: SheetPart, take: Take, split: Split | None, wide: _WideLane
) -> None:
    begun = b""
    for chunk in parts:  # what stands before the rows: a document type would
        begun += chunk
        if _ROWS_BEGIN in begun or len(begun) > STRETCH:
            break
    head, found, rest = begun.partition(_ROWS_BEGIN)
    if not found or b"<!" in head or not _is_plain_utf8(head):
        wide.feed(begun)
        for chunk in parts:
            wide.feed(chunk)
        return
    wide.feed(head + found)
    wide.level = 0
    for stretch, ended in _stretches(rest, parts):
        pieces = None if ended or split is None else _pieces(stretch, split)
        if pieces is not None:
            _take_rows(pieces, sheet, take, wide)
            continue
        wide.feed(stretch)
        if not ended:
            wide.flush()
            split = None  # a comment may go on in the next stretch


def read_plain(content: bytes, sheet: SheetPart, take: Take, split: Split) -> bool:
    """Read a whole sheet without an XML parser, but for what stands around its rows; False where that cannot be.

    Then `sheet` may have been begun.
    """
    begin, end = content.find(_ROWS_BEGIN) + len(_ROWS_BEGIN), content.rfind(_ROWS_END)
    head, tail = content[:begin], content[end:]
    if not len(_ROWS_BEGIN) <= begin <= end or b"<!" in head or b"<!" in tail or b"<?" in tail:
        return False
    merges = _MERGES.search(tail)
    if merges is not None:
        sheet.merges.extend(map(_merge, _MERGE.findall(merges[1].decode())))
        tail = tail[: merges.start()] + b"<mergeCells/>" + tail[merges.end() :]
    frame = _DIMENSION.sub(b'<dimension ref=""/>', head) + tail
    hidden = _frame(frame) if len(frame) < LONG_FRAME else None
    if hidden is None:
        return False
    sheet.hidden_columns, sheet.zeros_unseen = set(hidden[0]), hidden[1]
    pieces = _pieces(memoryview(content)[begin:end], split)
    if pieces is None:
        return False
    for piece in pieces:
        if isinstance(piece, RowRun):
            sheet.add_run(piece)
        elif isinstance(piece, list):
            sheet.add_row(piece)
        elif (tokens := _quick(piece)) is not None:
            take(tokens, [])
        else:
            return False
    return True


@lru_cache(maxsize=256)
def _frame(frame: bytes) -> tuple[frozenset[int], bool] | None:
    """The hidden columns of a sheet without rows and merged ranges, and whether it hides zeros; None if not sound.

    Remembered: a program writes many sheets into the same frame.
    """
    sheet = SheetPart()
    tokens: list[Token] = []
    if not _is_plain_utf8(frame):
        return None
    try:
        with _WideLane(sheet, lambda some, _: tokens.extend(some)) as wide:
            wide.feed(frame)
            wide.close()
    except (expat.ExpatError, LookupError, Refused):
        return None
    return None if tokens or sheet.merges else (frozenset(sheet.hidden_columns), sheet.zeros_unseen)


def _take_rows(
    pieces: Iterable[RowRun | list[Cell] | str], sheet: SheetPart, take: Take, wide: _WideLane
) -> None:
    """Whole rows by the quickest lane that takes them."""
    for piece in pieces:
        if isinstance(piece, RowRun):
            sheet.add_run(piece)
            wide.row = sheet.last_row
        elif isinstance(piece, list):
            sheet.add_row(piece)
            wide.row = sheet.last_row
        elif (tokens := _quick(piece)) is not None:
            wide.skip(tokens)
            take(tokens, [])
        else:
            wide.feed(piece.encode())
            wide.flush()
            if wide.level:
                raise Nested


def _pieces(stretch: bytes | memoryview, split: Split) -> list[RowRun | list[Cell] | str] | None:
    """Whole rows taken apart, where tags are tags and texts are what they say: no comments, sections, references.

    What `split` takes out is so by its form.  It gets and gives back text with a letter for each byte.
    """
    pieces = list(split(str(stretch, "latin-1")))
    for at, piece in enumerate(pieces):
        if isinstance(piece, str):
            loose = piece.encode("latin-1")
            if b"<!" in loose or b"<?" in loose or b"]]>" in loose:
                return None
            if len(loose.translate(None, _CONTROL)) != len(loose):
                return None
            try:
                pieces[at] = loose.decode()
            except UnicodeDecodeError:
                return None
    return pieces


def _is_plain_utf8(head: bytes) -> bool:
    """Whether the document is UTF-8 and its elements have no prefix."""
    match = _ENCODING.match(head)
    encoding = match[1].lower() if match else b"utf-8"
    return encoding == b"utf-8" and not head.startswith((b"\xff\xfe", b"\xfe\xff"))


def _stretches(rest: bytes, parts: Iterator[bytes]) -> Iterator[tuple[bytes, bool]]:
    """Whole rows, many at a time, as (bytes, False); then whatever follows the last row as (bytes, True)."""
    searched = 0  # so much of the rest does not hold the end of the rows
    while True:
        end = rest.find(_ROWS_END, searched)
        if end >= 0:
            if end:
                yield rest[:end], False
            yield rest[end:], True
            for chunk in parts:
                yield chunk, True
            return
        searched = max(0, len(rest) - len(_ROWS_END))
        if len(rest) >= STRETCH and (cut := rest.rfind(_ROW_END)) >= 0:
            cut += len(_ROW_END)
            yield rest[:cut], False
            rest = rest[cut:]
            searched = max(0, searched - cut)
        chunk = next(parts, b"")
        if not chunk:
            yield rest, True
            return
        rest += chunk


def _quick(text: str) -> list[Token] | None:
    """The tokens of whole rows, or None where they are written in any other way than the plain one.

    In plain text without a `&`, and with as many `>` as `<`, these two are tags and each text is what it says.
    Then the tags are counted: all of them must be rows, cells with an address, results and formulas, each closed,
    and each result and formula must have been matched as part of its cell.
    """
    if "&" in text:
        return None
    tokens: list[Token] = _TOKEN.findall(text)
    results, formulas = text.count("<v>"), text.count("<f")
    rows, rows_closed = text.count("<row "), text.count("</row>")
    closed = rows_closed + text.count("</c>") + (text.count("</f>") if formulas else 0)
    if not text.count(">") == text.count("<") == len(tokens) + formulas + closed + 2 * results:
        return None
    if len(tokens) + formulas != closed + text.count("/>"):
        return None
    if rows != rows_closed + sum([1 for token in tokens if token[1] and str(token[2]).endswith("/")]):
        return None
    if not all(map(is_sound, {str(token[2]) for token in tokens})):
        return None
    filled = [token for token in tokens if token[5] or token[1] or token[3]]
    if formulas:
        matched = sum([1 for token in filled if token[5]])
        tags = [token[3] for token in filled if token[3]]
        if len(tags) != formulas or not all(is_sound(tag[2:-1]) for tag in tags):
            return None
    else:
        matched = len(filled) - rows
    return filled if matched == results - text.count("<v></v>") else None


@lru_cache(maxsize=4096)
def is_sound(attributes: str) -> bool:
    """Whether attributes are written as the quick lane reads them, each once; the address or number stood before."""
    names = [name for name, _ in _ATTRIBUTE.findall(attributes)]
    return _ATTRIBUTES.fullmatch(attributes) is not None and len({"r", *names}) == len(names) + 1


class _WideLane:
    """Gathers tokens from expat's events and hands them over at the end of a row, if there are many."""

    def __init__(self, sheet: SheetPart, take: Take) -> None:
        self.sheet = sheet
        self.take = take
        self.tokens: list[Token] = []
        self.inline: list[Wording | None] = []
        self.parts: list[str] = []
        self.rich = TextReader()
        self.attributes: dict[str, str] = {}
        self.stored = ""
        self.is_inline = False
        self.formula_tag = self.formula = ""
        self.row = 0
        self.level = 0  #: how many elements are open, those of a rich text not counted
        self.reference = ""
        self.prefixed = False
        self.parser = guarded_parser()
        self.parser.StartElementHandler = self.root

    def __enter__(self) -> _WideLane:
        return self

    def __exit__(self, *_: object) -> None:
        """Let go of the parser, which holds this lane and with it the sheet: then both are freed at once."""
        self.parser.StartElementHandler = self.parser.EndElementHandler = None
        self.parser.CharacterDataHandler = None

    def feed(self, data: bytes) -> None:
        self.parser.Parse(data, False)

    def close(self) -> None:
        self.parser.Parse(b"", True)
        self.flush()

    def flush(self) -> None:
        if self.tokens:
            self.take(self.tokens, self.inline)
            self.tokens, self.inline = [], []

    def skip(self, tokens: list[Token]) -> None:
        """Rows went by on the quick lane: a row without a number of its own follows the last of them."""
        self.row = next((_index(token[1], MAX_ROW) for token in reversed(tokens) if token[1]), self.row)

    def root(self, tag: str, _: dict[str, str]) -> None:
        self.prefixed = ":" in tag  # some programs write <x:c> for <c>
        self.listen(self.start, self.end, self.parts.append)

    def listen(
        self,
        start: Callable[[str, dict[str, str]], None],
        end: Callable[[str], None],
        text: Callable[[str], None],
    ) -> None:
        parser: expat.XMLParserType = self.parser
        if self.prefixed:
            parser.StartElementHandler = lambda tag, attributes: start(local(tag), attributes)
            parser.EndElementHandler = lambda tag: end(local(tag))
        else:
            parser.StartElementHandler = start
            parser.EndElementHandler = end
        parser.CharacterDataHandler = text

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self.level += 1
        if tag == "c":
            self.attributes = attributes
            self.stored = ""
            self.is_inline = False
            self.formula_tag = self.formula = ""
        elif tag == "v":
            self.parts.clear()
        elif tag == "row":
            self.row = _index(attributes["r"], MAX_ROW) if "r" in attributes else self.row + 1
            self.reference = ""
            self.tokens.append(("", str(self.row), _is_hidden(attributes, "ht"), "", "", ""))
        elif tag == "f":
            self.parts.clear()
            shared = attributes.get("t") == "shared"
            self.formula_tag = f'<f t="shared" si="{attributes.get("si", "")}">' if shared else "<f>"
        elif tag == "is":
            self.listen(self.rich.start, self.rich_end, self.rich.text)
        elif tag == "mergeCell":
            self.sheet.merges.append(_merge(attributes.get("ref", "")))
        elif tag == "col" and _is_hidden(attributes, "width"):
            first, last = _index(attributes.get("min"), MAX_COLUMN), _index(attributes.get("max"), MAX_COLUMN)
            self.sheet.hidden_columns.update(range(first, last + 1))
        elif tag == "sheetView" and not is_true(attributes.get("showZeros", "1")):
            self.sheet.zeros_unseen = True

    def end(self, tag: str) -> None:
        self.level -= 1
        if tag == "v":
            self.stored, self.is_inline = "".join(self.parts), False
        elif tag == "c":
            attributes = self.attributes
            self.reference = attributes["r"] if "r" in attributes else _after(self.reference, self.row)
            if self.stored or self.formula_tag:
                look = attributes.get("s", "0"), "inline" if self.is_inline else attributes.get("t", "n")
                self.tokens.append((self.reference, "", look, self.formula_tag, self.formula, self.stored))
        elif tag == "row":
            if len(self.tokens) > 10_000:
                self.flush()
        elif tag == "f":
            self.formula = "".join(self.parts)

    def rich_end(self, tag: str) -> None:
        if tag == "is":
            self.level -= 1
            self.stored = str(len(self.inline))
            self.is_inline = True
            self.inline.append(wording(self.rich.take()))
            self.listen(self.start, self.end, self.parts.append)
        else:
            self.rich.end(tag)


def read_look(written: str) -> tuple[str, str]:
    """The style and the type of a cell from its attributes as written."""
    attributes = dict(_ATTRIBUTE.findall(written))
    return attributes.get("s", "0"), attributes.get("t", "n")


def is_plain_row(written: str) -> bool:
    """Whether attributes are written as the quick lanes read them, and hide nothing."""
    return is_sound(written) and not read_row_hidden(written)


def read_row_hidden(written: str) -> bool:
    """Whether a row's attributes as written hide it."""
    if "hidden" not in written and ' ht="0' not in written:
        return False
    return _is_hidden(dict(_ATTRIBUTE.findall(written)), "ht")


def read_formula_group(tag: str) -> str | None:
    """The group of a shared formula from its tag as written, or None for one that stands alone."""
    attributes = dict(_ATTRIBUTE.findall(tag))
    return attributes.get("si", "") if attributes.get("t") == "shared" else None


@lru_cache(maxsize=20_000)
def column_number(letters: str) -> int:
    """A → 1, AA → 27."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def _is_hidden(attributes: dict[str, str], size: str) -> bool:
    """Whether a row or column is hidden, or too small for anyone to see (below one point or character)."""
    if is_true(attributes.get("hidden", "0")):
        return True
    try:
        return float(attributes.get(size, "15")) < 1
    except ValueError:
        return False


def _index(text: str | None, limit: int) -> int:
    """A row or column number, refused where the format cannot have it."""
    if text is None or _INDEX.fullmatch(text) is None or not 1 <= int(text) <= limit:
        raise Refused("xml_damaged", found=f"row or column {(text or '')[:20]}")
    return int(text)


def _after(reference: str, row: int) -> str:
    """The address right of `reference` in the same row, for cells that do not name theirs."""
    match = ADDRESS.fullmatch(reference)
    return f"{column_letters(column_number(match[1]) + 1 if match else 1)}{row}"


@lru_cache(maxsize=10_000)
def _merge(reference: str) -> Merge:
    match = _RANGE.fullmatch(reference)
    if match is None:
        raise Refused("xml_damaged", found=f"merged range {reference[:30]}")
    left, top, right, bottom = match.groups()
    merge = Merge(int(top), column_number(left), int(bottom or top), column_number(right or left))
    if not 1 <= merge.top <= merge.bottom <= MAX_ROW or not merge.left <= merge.right <= MAX_COLUMN:
        raise Refused("xml_damaged", found=f"merged range {reference[:30]}")
    return merge


ADDRESS = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_RANGE = re.compile(r"\$?([A-Z]{1,3})\$?([0-9]{1,7})(?::\$?([A-Z]{1,3})\$?([0-9]{1,7}))?")
_INDEX = re.compile(r"[0-9]{1,7}")
_ATTRIBUTE = re.compile(r'([\w.:-]+)="([^"]*)"')
_ATTRIBUTES = re.compile(r'(?: [A-Za-z_][\w.:-]*="[^"<]*")* ?/?')
_CONTROL = bytes(code for code in range(32) if code not in (9, 10))
_ENCODING = re.compile(rb"""(?:\xef\xbb\xbf)?<\?xml[^>]*encoding=["']([A-Za-z0-9_-]+)["']""")
_ROWS_BEGIN, _ROWS_END, _ROW_END = b"<sheetData>", b"</sheetData>", b"</row>"
_DIMENSION = re.compile(rb'<dimension ref="[A-Z0-9:]*"/>')
_MERGES = re.compile(rb'<mergeCells(?: count="[0-9]+")?>((?:<mergeCell ref="[A-Z0-9:$]+"/>)*)</mergeCells>')
_MERGE = re.compile(r'"([^"]*)"')
_TOKEN = re.compile(
    r'<(?:c r="([A-Z]{1,3}[0-9]{1,7})"|row r="([0-9]{1,7})")([^>]*)>'
    r"(?:(?:(<f[^>]*>)(?:([^<]*)</f>)?)?<v>([^<]*)</v></c>|</c>)?"
)
