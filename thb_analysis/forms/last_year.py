"""What is known of the year before, so that a form can show it beside the new figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path

from thb_analysis.definitions import Catalogue, Table
from thb_analysis.formplan import Key
from thb_analysis.tidy.store import read_rows


@dataclass(frozen=True, slots=True)
class Known:
    """A figure as it stands: a number, or the letter that says why there is none."""

    value: Decimal | None
    status: str
    place: str  #: file, sheet and cell


def known_of(processed: Path, catalogue: Catalogue, institution: str, year: int) -> Mapping[Key, Known]:
    """Every figure of a year that an institution could confirm; none where nothing has been ingested."""
    found: dict[Key, Known] = {}
    for table in catalogue.tables.values():
        if table.values not in ("count", "amount"):
            continue
        for row in _rows(processed / f"{table.id}.csv"):
            if row["year"] != str(year) or (table.by_institution and row["institution"] != institution):
                continue
            known = _known(row)
            if known is not None:
                found[(table.id, _dims(table, row))] = known
    return found


@cache
def _read(path: Path, changed: int) -> list[dict[str, str]]:
    return read_rows(path)


def _rows(path: Path) -> list[dict[str, str]]:
    """The rows of a tidy table, read once for all institutions as long as the file is the same."""
    return _read(path, path.stat().st_mtime_ns) if path.exists() else []


def _dims(table: Table, row: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted((name, row[name]) for name in table.dimension_names))


def _known(row: Mapping[str, str]) -> Known | None:
    place = f"{row['source_file']}!{row['source_sheet']}!{row['source_cell']}"
    if row["value"]:
        return Known(Decimal(row["value"]), row["obs_status"], place)
    return Known(None, row["obs_status"], place) if row["obs_status"] in ("Z", "L") else None
