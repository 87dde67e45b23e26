"""Marks that lead from a label or a figure to a footnote, and those with which footnotes begin."""

from __future__ import annotations

import re
from functools import lru_cache

from thb_analysis.ingest.words.spans import YEAR as _YEAR

#: Marks at the end that point to a footnote: asterisks, also "*)", daggers, a raised digit, "1)".
_FOOTNOTE = re.compile(
    rf"(?:(?:(?<=[^\W\d_)\].,:])|(?<={_YEAR}))[⁰¹²³⁴⁵⁶⁷⁸⁹]+|\*+\)?|[†‡]+|(?<=[\w).⁰¹²³⁴⁵⁶⁷⁸⁹])\s+\d\)|(?<=[^\W\d_])\d\))\s*[:.]?\s*$"
)
MARKS = "*)†‡⁰¹²³⁴⁵⁶⁷⁸⁹"  #: with what a mark ends
_FOOTNOTE_START = re.compile(r"^\s*(\*+\)?|[†‡]+|[⁰¹²³⁴⁵⁶⁷⁸⁹]+|\d\))\s*(?=\S)")


@lru_cache(maxsize=50_000)
def footnote(text: str) -> tuple[str, str]:
    """A label without the mark of a footnote at its end, and the mark ("" if none)."""
    end = text.rstrip()
    end = end[:-1].rstrip() if end.endswith((":", ".")) else end
    found = _FOOTNOTE.search(text) if end.endswith(tuple(MARKS)) else None
    if not found:
        return text, ""
    return text[: found.start()].rstrip(), mark_of(found.group())


def mark_of(written: str) -> str:
    """A mark as figures, labels and notes have it in common: `*` and `*)` are one."""
    mark = written.strip(" :.")
    return mark.rstrip(")") if mark.startswith("*") else mark


def footnote_start(text: str) -> str:
    """The mark with which a note begins, "" if none."""
    found = _FOOTNOTE_START.match(text)
    return mark_of(found.group(1)) if found else ""
