"""The observation: one figure of one year with its key, its status and the way back to its cell."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Observation:
    """One figure as one workbook gives it.

    `year` is None for a published total over several years.  `value` is None where there is no number, then
    `status` says why (M blank, Z not applicable, L not collected, Q suppressed, X contradictory).
    """

    table: str
    year: int | None
    dims: tuple[tuple[str, str], ...]
    value: Decimal | None
    status: str
    unit: str
    institution: str
    file: str
    sheet: str
    cell: str
    vintage: int  #: the year of the workbook
    text: str = ""  #: the cell as a person reads it
    note: str = ""
    headings: str = ""  #: the heading cells that gave the key, as text
    code: str = ""  #: a coded value, where the table holds no numbers
    low: Decimal | None = None
    high: Decimal | None = None
    relative_to: int | None = None
    answer: str = ""  #: the answer that the file is a version of; "" where it was sent once
    version: int = 1  #: which sending of the answer the file is
    stated: bool = True  #: a cell says it; False for a blank cell under headings

    @property
    def place(self) -> str:
        """File, sheet and cell as one text."""
        return f"{self.file}!{self.sheet}!{self.cell}"


def plain(number: Decimal | None) -> str:
    """A number as the tidy tables write it: no exponent, no trailing zeros after a point."""
    if number is None:
        return ""
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
