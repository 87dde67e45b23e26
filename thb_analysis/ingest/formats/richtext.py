"""Text as a cell holds it and as a person sees it: runs with a look of their own, superscripts, escapes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

RAISED, LOWERED = "superscript", "subscript"  #: where a text stands that is not on the line
#: Digits as they read there: a person never takes a 9 with a small 2 for 92.
SET_OFF = {
    RAISED: str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹"),
    LOWERED: str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉"),
}

UNSEEN = (
    "ʘ"  #: in place of a sign that nobody sees: a letter, so that it is no word or number that anybody knows
)


class Run(NamedTuple):
    """A stretch of text.  None for a property means: as the cell's style says."""

    text: str
    level: str | None = None  #: RAISED, LOWERED, or "" on the line
    struck: bool | None = None
    bold: bool | None = None
    pale: bool = False  #: nobody sees it on white


class Wording(NamedTuple):
    """A text that a cell holds, before the cell's style is known.

    `raised` and `lowered` are how it reads where the cell's style sets it off the line; `struck` and `bold` are
    None where the cell's style decides.  `pale` is how it reads on white where some of its letters are lost there.
    """

    value: str
    shown: str
    raised: str
    lowered: str
    struck: bool | None = None
    bold: bool | None = None
    pale: str = ""

    def at(self, level: str, white: bool = True) -> str:
        """How it reads in a cell whose style is raised, lowered or on the line, and whose ground is white or is not."""
        if self.pale and white:
            return self.pale
        return self.raised if level == RAISED else self.lowered if level == LOWERED else self.shown


def wording(runs: Sequence[Run]) -> Wording | None:
    """The runs of one text put together, or None where nothing but white space is left."""
    if len(runs) == 1 and runs[0][1:] == (None, None, None, False):
        value = runs[0].text
        if not value or value.isspace():
            return None
        if "_x" in value:
            value = unescaped(value)
        shown = printable(value)
        if _DIGIT.search(shown) is None:
            return Wording(value, shown, shown, shown)
        return Wording(value, shown, shown.translate(SET_OFF[RAISED]), shown.translate(SET_OFF[LOWERED]))
    value = unescaped("".join(run.text for run in runs))
    if not value or value.isspace():
        return None
    inked = [run for run in runs if run.text and not run.text.isspace()]
    return Wording(
        value,
        _shown(runs, ""),
        _shown(runs, RAISED),
        _shown(runs, LOWERED),
        True if any(run.struck for run in inked) else _whole([run.struck for run in inked]),
        _whole([run.bold for run in inked]),
        _shown([_blotted(run) for run in runs], "") if any(run.pale for run in inked) else "",
    )


def _blotted(run: Run) -> Run:
    """A run as it reads on white: of letters that are lost there no more is known than that they are there."""
    return run._replace(text=_INKED.sub(UNSEEN, run.text)) if run.pale else run


def _shown(runs: Sequence[Run], style: str) -> str:
    """How the runs read in a cell of that style."""
    parts = []
    for run in runs:
        digits = SET_OFF.get(style if run.level is None else run.level)
        text = unescaped(run.text)
        parts.append(text if digits is None else text.translate(digits))
    return printable("".join(parts))


def _whole(marks: list[bool | None]) -> bool | None:
    """What holds for a whole text: None (the style decides) where any run leaves it open."""
    return None if None in marks else all(marks)


def unescaped(text: str) -> str:
    """Decode `_x000D_`, the workbook's way to store characters that XML cannot hold."""
    if "_x" not in text:
        return text
    decoded = _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text)
    # Two halves of a character beyond the first plane belong together; a half alone no file can hold.
    return decoded.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def printable(text: str) -> str:
    """Line ends as one kind, control characters left out: they would spoil every file written later."""
    if text.isprintable():
        return text
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


_DIGIT = re.compile("[0-9]")
_INKED = re.compile(r"[^\s\x00-\x1f]")
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
