"""Shared formulas: a workbook writes one out and the others as “the same, moved”."""

from __future__ import annotations

import re

from thb_analysis.ingest.cells import column_letters


def moved(formula: str, rows: int, columns: int) -> str:
    """The formula as it stands `rows` further down and `columns` further right.

    Relative references move, those with $ stay; text in quotes and names of sheets are left alone.
    A reference that would leave the sheet becomes #REF!.

    >>> moved('SUM(A1:B$2)+"A1"', 1, 2)
    'SUM(C2:D$2)+"A1"'
    """
    return _PIECE.sub(lambda match: _reference(match, rows, columns) if match["row"] else match[0], formula)


def _reference(match: re.Match[str], rows: int, columns: int) -> str:
    letters, row = match["column"], int(match["row"])
    if not match["fixed_column"]:
        number = 0
        for letter in letters.upper():
            number = number * 26 + ord(letter) - 64
        if number + columns < 1:
            return "#REF!"
        letters = column_letters(number + columns)
    if not match["fixed_row"]:
        row += rows
        if row < 1:
            return "#REF!"
    return f"{match['fixed_column']}{letters}{match['fixed_row']}{row}"


# What is not a reference comes first: texts, quoted sheet names, bracketed parts, then names and functions.
_PIECE = re.compile(
    r'"[^"]*"|\'[^\']*\'|\[[^\]]*\]'
    r"|(?<![\w.$])(?P<fixed_column>\$?)(?P<column>[A-Za-z]{1,3})(?P<fixed_row>\$?)(?P<row>[0-9]{1,7})(?![\w.(!])"
)
