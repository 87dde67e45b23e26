"""Files of the catalogue as people edit them: TOML, and lists as spreadsheet programs save them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from thb_analysis.told import Told

#: The second is what a spreadsheet program writes where the comma is for decimals.
DELIMITERS = (",", ";", "\t")
BALTIC = "cp1257"  #: in what it writes where it is not asked for UTF-8


class CatalogueError(Told, ValueError):
    """The catalogue contradicts itself or cannot be read: the file, the entry and what to mend are in the message."""


def toml(path: Path) -> dict[str, Any]:
    """What a TOML file holds.  Raises CatalogueError where it is not there or cannot be read."""
    import tomllib

    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError as error:
        raise CatalogueError("catalogue.no_file", file=path) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CatalogueError("catalogue.unreadable", file=path.name, problem=error) from error


def rows(path: Path, columns: Sequence[str]) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows of a list by the names of its columns, each with the line that it ends in; blank lines are left out.

    UTF-8 with or without its mark, UTF-16 with it, else the Baltic code page; parted by commas, semicolons or tabs.
    Raises CatalogueError where the file has not all of `columns`, or a line more fields than there are columns.
    """
    try:
        text = _decoded(path.read_bytes())
        delimiter = next((sign for sign in DELIMITERS if set(columns) <= {*_head(text, sign, columns)}), None)
        if delimiter is None:
            raise CatalogueError("catalogue.columns", file=path.name, columns=", ".join(columns))
        head = _head(text, delimiter, columns)
        lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        next(lines, None)
        for fields in lines:
            if any(fields[len(head) :]):
                raise CatalogueError("catalogue.line_long", file=path.name, line=lines.line_num)
            if any(fields):
                blanks = [""] * (len(head) - len(fields))
                yield lines.line_num, dict(zip(head, [*fields, *blanks], strict=False))
    except (csv.Error, UnicodeDecodeError) as error:
        raise CatalogueError("catalogue.unreadable", file=path.name, problem=error) from error


def _head(text: str, delimiter: str, columns: Sequence[str]) -> list[str]:
    """The names of the columns, as a delimiter parts them: none where it does not; all of them in an empty file."""
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        return [name.strip() for name in next(lines, columns)]
    except csv.Error:  # “"a";"b"”
        return []


def _decoded(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode(BALTIC)
