"""Text that stays text when a spreadsheet opens the file, and the bytes of a CSV.

A spreadsheet runs a cell as a formula when it begins with one of a few characters.  Such a text gets an apostrophe in
front (the sign by which spreadsheets mark text); numbers and dashes that stand alone as marks are left as they are.
`restore` takes the apostrophes away again, so nothing is lost.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

#: What begins a formula, also in the full-width forms that some systems take for the narrow ones.
_FORMULA = "=+\\-@＝＋－＠"
_RISKY = re.compile(rf"\s*'*[{_FORMULA}]")
_MARKED = re.compile(rf"(\s*)'('*[{_FORMULA}])")
_HARMLESS = re.compile(r"\s*(?:[+-]?\d+(?:[ \u00a0]\d{3})*(?:[.,]\d+)?\s?%?|[-–—]+)?\s*")
#: A file opened with another delimiter than it was written with begins a new cell after each of these.
_CELLS = re.compile(r'([,;|\t\r\n"])')
#: These are dropped by some programs, so that what follows begins the cell.
_DROPPED = re.compile(r"'*[\t\r\n]")


@dataclass(frozen=True, slots=True)
class CsvStyle:
    """How CSV files are written: for machines as it is, for Latvian Excel with BOM, `;` and a decimal comma."""

    delimiter: str = ","
    decimal: str = "."
    bom: bool = False


def neutral(text: str) -> str:
    """The text, so that no spreadsheet runs it, whichever delimiter it takes the file to have."""
    parts = _CELLS.split(text)
    parts[::2] = [_guard(part) for part in parts[::2]]
    return ("'" if _DROPPED.match(text) else "") + "".join(parts)


def restore(text: str) -> str:
    """What `neutral` was given."""
    if text.startswith("'") and _DROPPED.match(text):
        text = text[1:]
    parts = _CELLS.split(text)
    parts[::2] = [_MARKED.sub(r"\1\2", part, count=1) if _MARKED.match(part) else part for part in parts[::2]]
    return "".join(parts)


def csv_bytes(
    columns: Sequence[str],
    rows: Iterable[Sequence[str]],
    style: CsvStyle,
    numbers: frozenset[str] = frozenset(),
) -> bytes:
    """A CSV: UTF-8, one header row, LF.  Columns named in `numbers` hold numbers, the others text."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=style.delimiter, lineterminator="\n")
    writer.writerow(columns)
    numeric = [name in numbers for name in columns]
    for row in rows:
        writer.writerow(
            cell.replace(".", style.decimal) if is_number else neutral(cell)
            for cell, is_number in zip(row, numeric, strict=True)
        )
    return out.getvalue().encode("utf-8-sig" if style.bom else "utf-8")


def _guard(part: str) -> str:
    if _HARMLESS.fullmatch(part) or not _RISKY.match(part):
        return part
    body = part.lstrip()
    return part[: len(part) - len(body)] + "'" + body
