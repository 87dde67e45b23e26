"""Lines over the title of a table that say who sends it and when, in words that its figures could be of as well."""

from __future__ import annotations

from collections.abc import Sequence

from thb_analysis.ingest.recognition.keys import Key, Source
from thb_analysis.ingest.words.labels import Vocabulary
from thb_analysis.ingest.words.meanings import Reading

MONTH_WORDS = 3  #: “2025. gada janvāris”


def of_letter(source: Source, text: str, readings: Sequence[Reading], key: Key, words: Vocabulary) -> bool:
    """Whether a line is about the letter in which a table stands."""
    return _is_own_kind(source, readings, key, words) or later_month(words, text, key.year)


def _is_own_kind(source: Source, readings: Sequence[Reading], key: Key, words: Vocabulary) -> bool:
    """Whether a line says no more than what the sender is: “NGO” over the figures of one of them."""
    by = {dimension.name for dimension in words.table.dimensions if dimension.by_sender} - key.dims.keys()
    members = {name: source.catalogue.member(words.table, name, source.institution) for name in by}
    kinds = {(name, found.parent) for name, found in members.items() if found is not None and found.parent}
    plain = [r for r in readings if r.dims and not (r.title or r.years or r.part or r.total or r.period)]
    return bool(plain) and len(plain) == len(readings) and all(kinds >= {*r.dims} for r in plain)


def later_month(words: Vocabulary, text: str, year: int | None) -> bool:
    """Whether a line is no more than a month after the year of the figures: that of the letter in which they stand."""
    if year is None or len(words.tokens(text)) > MONTH_WORDS:
        return False
    readings = words.read(text)
    later = [r for r in readings if r.period and r.years and r.years[0] > year]
    other = any(r.title or r.dims or r.part or r.total or r.share for r in readings)
    return bool(later) and len(later) == len(readings) and not other
