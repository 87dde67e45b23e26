"""Text files with a delimiter (csv): encoding and delimiter found out safely, every cell a text."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice, pairwise
from pathlib import Path, PurePosixPath

from thb_analysis.findings import Finding
from thb_analysis.ingest.cells import Cell, Sheet
from thb_analysis.ingest.formats.arrange import SheetPart, arranged
from thb_analysis.ingest.formats.refused import Refused
from thb_analysis.ingest.formats.richtext import printable

DELIMITERS = (";", "\t", ",")
RARE = ("|", ":")  #: cut only what nothing else does: they stand in texts as well
SAMPLE_ROWS = 300  #: what the delimiter is judged by
_NAMES = {";": "semicolon", "\t": "tab", ",": "comma"}


def read_delimited(path: Path, file: str) -> tuple[list[Sheet], list[Finding]]:
    """The one sheet of a text file, named after the file.

    Raises Refused: `file_type` for what is no text, `csv_encoding`, `csv_delimiter` where two readings fit,
    `csv_decimal_comma` where the delimiter stands within numbers as well.
    """
    text = _decoded(path.read_bytes())
    delimiter, text = _declared(text)
    delimiter = delimiter or _delimiter(text)
    part = SheetPart()
    try:
        if delimiter == "," and (cut := _cut_in_two(text)):
            raise Refused("csv_decimal_comma", found=cut)
        for row, record in enumerate(_records(text, delimiter), 1):
            for column, value in enumerate(record, 1):
                if value and not value.isspace():
                    part.cells.append(Cell(row, column, "text", value, printable(value)))
    except csv.Error as error:
        raise Refused("file_damaged", found="csv") from error
    sheet, findings = arranged(part, PurePosixPath(file).stem, False, file)
    return [sheet], findings


def _decoded(data: bytes) -> str:
    """UTF-8 with or without its mark, UTF-16 with its mark, else the Baltic code page."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    elif b"\x00" in data:
        raise Refused("file_type")
    else:
        encodings = ["utf-8-sig", "cp1257"]
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Refused("csv_encoding")


def _declared(text: str) -> tuple[str, str]:
    """The delimiter that a first line `sep=;` names, and the text after that line, as Excel has it."""
    match = re.match(r"sep=([;,\t|])\r?\n", text, re.IGNORECASE)
    return (match[1], text[match.end() :]) if match else ("", text)


def _delimiter(text: str) -> str:
    """The one delimiter that fits.

    It fits where it cuts all rows into equally many cells, more than one; where none does (titles and notes
    around a table), it is the one that cuts most rows.  A comma between two digits is a decimal comma if the
    text can be cut otherwise; a comma before a space belongs to a sentence.
    """
    shapes = {delimiter: _shape(text, delimiter) for delimiter in DELIMITERS}
    if shapes[","] and any(shapes[other] for other in (";", "\t")) and _only_within(text):
        shapes[","] = Counter()
    cutting = [delimiter for delimiter in DELIMITERS if any(size > 1 for size in shapes[delimiter])]
    if not cutting or (cutting == [","] and _only_within(text)):
        for rare in RARE:
            shape = _shape(text, rare)
            if 2 * shape[1] < shape.total():
                return rare
    if not cutting or (cutting == [","] and _only_sentences(text)):
        return ";"  # nothing to cut: one column
    even = [delimiter for delimiter in cutting if len(shapes[delimiter]) == 1]
    if even:
        best = even
    else:
        cut = {d: sum(count for size, count in shapes[d].items() if size > 1) for d in cutting}
        best = [delimiter for delimiter in cutting if cut[delimiter] == max(cut.values())]
    if len(best) > 1:
        raise Refused("csv_delimiter", found=", ".join(_NAMES[delimiter] for delimiter in best))
    return best[0]


def _shape(text: str, delimiter: str) -> Counter[int]:
    """How many rows of the sample have how many cells; nothing where the quotes do not come out even."""
    shape: Counter[int] = Counter()
    try:
        for record in _records(text, delimiter):
            if any(value.strip() for value in record):
                shape[len(record)] += 1
            if shape.total() == SAMPLE_ROWS:
                break
    except csv.Error:
        return Counter()
    return shape if set(shape) != {1} else Counter()


def _records(text: str, delimiter: str) -> Iterator[list[str]]:
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)


def _cut_in_two(text: str) -> str:
    """A number that its decimal comma cut in two: only the rows with one are longer than all others of the table."""
    within: list[tuple[int, str]] = []
    longest = 0
    for record in islice(_records(text, ","), SAMPLE_ROWS):
        pairs = [
            f"{a.strip()},{b}" for a, b in pairwise(record) if _WHOLE.fullmatch(a) and _PART.fullmatch(b)
        ]
        if pairs:
            within.append((len(record), pairs[0]))
        else:
            longest = max(longest, len(record))
    cut = [pair for size, pair in within if size > longest]
    return cut[0] if longest > 1 and len(cut) == len(within) and cut else ""


def _only_within(text: str) -> bool:
    """Whether every comma stands between two digits or before a space."""
    return _CUTTING_COMMA.search(text) is None


def _only_sentences(text: str) -> bool:
    return re.search(r",(?! )", text) is None


_WHOLE = re.compile(r"\s*\d[\d\s]*")
_PART = re.compile(r"\d{1,2}")
_CUTTING_COMMA = re.compile(r"(?<!\d),(?! )|,(?![\d ])")
