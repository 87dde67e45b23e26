"""Who owes which tables of a year, and what has come."""

from __future__ import annotations

from collections.abc import Iterable

from thb_analysis.definitions import Catalogue
from thb_analysis.formplan import asked_of
from thb_analysis.observations import Observation


def tables_owed(catalogue: Catalogue, institution: str) -> list[str]:
    """The tables that an institution is asked for, in the order of the form."""
    return list(dict.fromkeys(request.table.id for request in asked_of(catalogue, institution)))


def tables_answered(rows: Iterable[Observation], institution: str, year: int) -> set[str]:
    """The tables of which an institution's own workbooks state at least one figure of the year."""
    return {row.table for row in rows if row.stated and row.year == year and row.institution == institution}


def still_owed(catalogue: Catalogue, institution: str, year: int, rows: Iterable[Observation]) -> list[str]:
    """Tables that are asked for and of which nothing has come."""
    answered = tables_answered(rows, institution, year)
    return [table for table in tables_owed(catalogue, institution) if table not in answered]
