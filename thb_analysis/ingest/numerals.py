"""Numbers and dates as workbooks store them, and as a person would type them.

A workbook stores binary doubles and shows 15 significant digits; dates are day counts with a format.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from math import isfinite

from thb_analysis.ingest.cells import CellValue

DAY_SECONDS = 86_400
_PLAIN_FROM, _PLAIN_BELOW = 1e-15, 1e21  # beyond these a person writes an exponent too


def number(raw: str) -> tuple[int | float, str] | None:
    """A stored number as (value, text), or None where `raw` is no number.

    The value is an int where nothing follows the point.  The text is the shortest decimal form.

    >>> number("285.2"), number("5.0"), number("0.30000000000000004")
    ((285.2, '285.2'), (5, '5'), (0.30000000000000004, '0.3'))
    """
    if raw.isdigit() and raw.isascii() and len(raw) <= 15:
        return int(raw), raw if raw[0] != "0" else str(int(raw))
    if "_" in raw:  # Python's own digit separator, which no workbook has
        return None
    try:
        stored = float(raw)
    except ValueError:
        return None
    if not isfinite(stored):
        return None
    return (int(stored) if stored.is_integer() else stored), number_text(stored)


def number_text(stored: int | float) -> str:
    """The shortest decimal form of a number within 15 significant digits."""
    text = repr(stored)
    if len(text) > 15 or "e" in text or text.endswith(".0"):
        text = format(stored, ".15g")
        if "e" in text:
            plain = _PLAIN_FROM <= abs(stored) < _PLAIN_BELOW
            text = format(Decimal(text), "f") if plain else text.replace("e", "E")
    return "0" if text == "-0" else text


def is_date_format(code: str) -> bool:
    """Whether a number format shows a date or a time: a d, m, y, h or s outside quotes, escapes, brackets."""
    if _DATE_LETTER.search(code) is None:
        return False
    bare = _NOT_SHOWN.sub("", code.split(";")[0])
    return _DATE_LETTER.search(bare) is not None


def shows_year(code: str) -> bool:
    """Whether a date format shows the year and nothing else of the date."""
    return {letter.lower() for letter in _DATE_LETTER.findall(_NOT_SHOWN.sub("", code.split(";")[0]))} == {
        "y"
    }


def is_elapsed_format(code: str) -> bool:
    """Whether a format counts hours, minutes or seconds beyond a day: `[h]:mm`."""
    return _ELAPSED.search(code) is not None


_DATE_LETTER = re.compile(r"[dmyhs]", re.IGNORECASE)
_NOT_SHOWN = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!(?:h+|m+|s+)\])[^\]]*\]|General', re.IGNORECASE | re.DOTALL)
_ELAPSED = re.compile(r"\[(?:h+|m+|s+)\]", re.IGNORECASE)


def date_of_serial(serial: float, epoch_1904: bool, elapsed: bool = False) -> tuple[CellValue, str] | None:
    """A day count as (value, text), or None where Excel shows ##### (negative, beyond the year 9999).

    A whole day is a `date`, below one day a `time`, else a `datetime`.  The text is ISO 8601; an elapsed time
    is hours:minutes:seconds.  The 29 February 1900 that Excel invents is None: no calendar has it.
    """
    if serial < 0 or serial >= 2_958_466:
        return None
    seconds = round(serial * DAY_SECONDS)
    days, rest = divmod(seconds, DAY_SECONDS)
    clock = (datetime.min + timedelta(seconds=rest)).time()
    if elapsed:
        hours, within = divmod(seconds, 3600)
        shown = f"{hours}:{within // 60:02}:{within % 60:02}"
        return (clock if days == 0 else datetime(1899, 12, 31) + timedelta(seconds=seconds)), shown
    if days == 0 and not epoch_1904:
        return clock, clock.isoformat()
    if epoch_1904:
        if days == 0 and rest:
            return clock, clock.isoformat()
        base = date(1904, 1, 1)
    elif days == 60:
        return None
    else:
        base = date(1899, 12, 31) if days < 60 else date(1899, 12, 30)
    try:
        day = base + timedelta(days=days)
    except OverflowError:
        return None
    if rest == 0:
        return day, day.isoformat()
    moment = datetime.combine(day, clock)
    return moment, moment.isoformat(sep=" ")


def date_of_text(raw: str) -> tuple[CellValue, str] | None:
    """An ISO 8601 date or time, as strict workbooks and ods store them, as (value, text)."""
    raw = raw.strip().removesuffix("Z")
    for read in (date.fromisoformat, time.fromisoformat, datetime.fromisoformat):
        try:
            value = read(raw)
        except ValueError:
            continue
        if isinstance(value, datetime) and value.time() == time():
            value = value.date()
        return value, value.isoformat(sep=" ") if isinstance(value, datetime) else value.isoformat()
    return None
