"""How a cell's style makes its text look: its format, what is struck or raised, and what nobody sees."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from thb_analysis.ingest.cells import Look, Typed
from thb_analysis.ingest.formats.ink import WHITE, Colour, is_unseen
from thb_analysis.ingest.formats.richtext import Wording
from thb_analysis.ingest.numerals import date_of_serial, is_date_format, is_elapsed_format
from thb_analysis.ingest.shown import NOTHING, hides_texts


class Style(NamedTuple):
    """What a cell's style says, as far as a reader of figures cares."""

    number_format: str = ""
    date: bool = False
    elapsed: bool = False
    bold: bool = False
    struck: bool = False
    level: str = ""  #: raised above the line or lowered below it
    unseen: bool = False  #: nobody sees a text in it
    white: bool = True  #: its ground is white


def style_of(
    code: str, bold: bool, struck: bool, level: str, letters: Colour, points: str, ground: Sequence[Colour]
) -> Style:
    """The style of a number format, with letters of that look on a ground of all these colours."""
    if code.lower() == "general":
        code = ""
    lost = is_unseen(letters, ground, points)
    date = is_date_format(code)
    return Style(
        NOTHING if lost and not date else code,
        date,
        is_elapsed_format(code),
        bold,
        struck,
        level,
        lost or hides_texts(code),
        all(is_unseen(WHITE, [colour], "") for colour in ground),
    )


def worded(words: Wording | None, style: Style, look: Look) -> tuple[Typed, Look]:
    """A text in the style of its cell, with what its runs say otherwise."""
    if words is None:
        return ("text", "", ""), look
    if words.struck is not None:
        look = look._replace(struck=words.struck)
    if words.bold is not None:
        look = look._replace(bold=words.bold)
    return ("text", words.value, words.at(style.level, style.white)), look


def dated(typed: Typed, style: Style, epoch_1904: bool) -> Typed:
    """A number in the style of its cell: a date where that counts days, an error where it is no day."""
    kind, count, text = typed
    if not style.date or kind != "number" or not isinstance(count, int | float):
        return typed
    day = date_of_serial(count, epoch_1904, style.elapsed)
    return ("error", text, "#####") if day is None else ("date", *day)
