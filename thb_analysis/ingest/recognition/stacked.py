"""Labels over titles of the same table: those that say more than the nearer title does, and those that say nothing."""

from __future__ import annotations

from collections.abc import Iterable

from thb_analysis.definitions import UNKNOWN
from thb_analysis.ingest.recognition.keys import Key, Source
from thb_analysis.ingest.recognition.naming import since_own_year
from thb_analysis.ingest.words.meanings import Reading


def says_more(source: Source, readings: Iterable[Reading], key: Key) -> bool:
    """Whether a second title of the same table says another thing of a figure than all nearer labels do, or more."""
    titles = [since_own_year(source, reading) for reading in readings if reading.title]
    return all(
        any(name not in r.worded and key.dims.get(name) != code for name, code in r.dims)
        or (bool(r.years) and key.year is not None and not r.years[0] <= key.year <= r.years[-1])
        or (bool(r.years) and key.year is None and r.years[0] == r.years[-1] and r.years[0] != source.year)
        or source.titled(r.sender) not in ("", key.sender or source.institution)
        for r in titles
    )


def says_unknown(reading: Reading) -> bool:
    """Whether a label says no more than “unknown”: a line of some list, and nothing that a table is about."""
    return not reading.title and bool(reading.dims) and all(code == UNKNOWN for _, code in reading.dims)
