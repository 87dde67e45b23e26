"""Letters whose marks were stored apart, as some programs write them, put together: “ē” typed as “e” and a macron.

They look alike and are compared as they look.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final
from unicodedata import is_normalized, normalize

from thb_analysis.ingest.cells import Cell, Sheet

FORM: Final = "NFC"


def composed(sheets: Sequence[Sheet]) -> list[Sheet]:
    """The sheets with each letter and its marks as one sign."""
    return [sheet if _is_composed(sheet) else _composed(sheet) for sheet in sheets]


def _is_composed(sheet: Sheet) -> bool:
    new = sheet.texts() - _known
    if not is_normalized(FORM, "\0".join((sheet.name, *new))):
        return False
    if len(_known) + len(new) < MOST_KNOWN:
        _known.update([text for text in new if len(text) < SHORT])
    return True


_known: set[str] = set()  #: texts that are so: most come again on the next sheet
MOST_KNOWN, SHORT = 50_000, 200


def _composed(sheet: Sheet) -> Sheet:
    return replace(sheet, name=normalize(FORM, sheet.name), cells=tuple(_cells(sheet)))


def _cells(sheet: Sheet) -> Iterator[Cell]:
    for cell in sheet.cells:
        value = normalize(FORM, cell.value) if isinstance(cell.value, str) else cell.value
        yield cell._replace(text=normalize(FORM, cell.text), value=value)
