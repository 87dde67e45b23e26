"""Series of other publishers: one observation a line, columns as `sources.toml` names them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from fnmatch import fnmatch
from functools import cache
from pathlib import Path
from typing import Any

from thb_analysis.definitions import Catalogue
from thb_analysis.edited import toml
from thb_analysis.findings import Finding
from thb_analysis.ingest.cells import Book, Cell, Sheet
from thb_analysis.ingest.outcome import LedgerRow, WorkbookReading
from thb_analysis.observations import Observation

TABLE = "international"


def read_series(book: Book, catalogue: Catalogue) -> WorkbookReading:
    """Observations of a publisher's file; an unknown publisher, column or code is a finding."""
    result = WorkbookReading(book.file, book.sha256, findings=list(book.findings))
    name = book.file.rsplit("/", 1)[-1]
    publisher = next((p for p in _sources(catalogue.folder) if fnmatch(name, p["files"])), None)
    for sheet in book.sheets:
        if publisher is None:
            result.findings.append(Finding("publisher_unknown", book.file, found=name))
            result.ledger += [LedgerRow(book.file, sheet.name, c.address, "unread", "") for c in sheet.cells]
            continue
        _read_sheet(book, sheet, publisher, catalogue, result)
    return result


@cache
def _sources(folder: Path) -> tuple[Mapping[str, Any], ...]:
    path = folder / "sources.toml"
    found = toml(path) if path.exists() else {}
    return tuple({**entry, "id": name} for name, entry in found.items())


def _read_sheet(
    book: Book, sheet: Sheet, publisher: Mapping[str, Any], catalogue: Catalogue, result: WorkbookReading
) -> None:
    rows: dict[int, dict[int, Cell]] = {}
    for cell in sheet.cells:
        rows.setdefault(cell.row, {})[cell.column] = cell
    if not rows:
        return
    first = min(rows)
    titles = {cell.text.strip(): column for column, cell in rows[first].items()}
    columns = {field: titles.get(title) for field, title in publisher["columns"].items()}
    missing = [publisher["columns"][field] for field, column in columns.items() if column is None]
    if missing:
        result.findings.append(
            Finding(
                "column_missing", book.file, sheet.name, found=", ".join(titles), expected=", ".join(missing)
            )
        )
        result.ledger += [LedgerRow(book.file, sheet.name, c.address, "unread", "") for c in sheet.cells]
        return
    vintage = _vintage(book.file)
    for number in sorted(rows):
        for column, cell in sorted(rows[number].items()):
            role = "value" if number > first and column == columns["value"] else "label"
            result.ledger.append(LedgerRow(book.file, sheet.name, cell.address, role, TABLE))
        if number > first:
            _read_row(book, sheet, rows[number], columns, publisher, catalogue, vintage, result)


def _read_row(
    book: Book,
    sheet: Sheet,
    row: Mapping[int, Cell],
    columns: Mapping[str, int | None],
    publisher: Mapping[str, Any],
    catalogue: Catalogue,
    vintage: int,
    result: WorkbookReading,
) -> None:
    def text(field: str) -> str:
        cell = row.get(columns[field] or 0)
        return cell.text.strip() if cell is not None else ""

    dims = {"publisher": str(publisher["publisher"])}
    for field in columns:
        if field in ("year", "value", "unit"):
            continue
        recoded = publisher.get("recode", {}).get(field)
        if recoded is not None and text(field) not in recoded:
            cell = row.get(columns[field] or 0)
            where = cell.address if cell is not None else ""
            expected = ", ".join(recoded)
            result.findings.append(
                Finding("label_unknown", book.file, sheet.name, where, text(field), expected)
            )
            return
        replaced = publisher.get("replace", {}).get(field, {})
        dims[field] = recoded[text(field)] if recoded is not None else replaced.get(text(field), text(field))
    place = row.get(columns["value"] or 0)
    year = text("year")
    if place is None or not re.fullmatch(r"\d{4}", year):
        where = place.address if place is not None else ""
        result.findings.append(Finding("year_missing", book.file, sheet.name, where, year, TABLE))
        return
    raw = place.text.strip()
    number = Decimal(raw) if re.fullmatch(r"\d+(\.\d+)?", raw) else None
    table = catalogue.tables[TABLE]
    result.observations.append(
        Observation(
            table=TABLE,
            year=int(year),
            dims=tuple((name, dims.get(name, "")) for name in table.dimension_names),
            value=number,
            status="A" if number is not None else "Q" if raw.startswith("<") else "L",
            unit=text("unit"),
            institution=str(publisher["publisher"]),
            file=book.file,
            sheet=sheet.name,
            cell=place.address,
            vintage=vintage,
            text=raw,
            note="" if number is not None else raw,
            headings=f"row {place.row}",
        )
    )


def _vintage(file: str) -> int:
    found = re.findall(r"(?<!\d)(?:19|20)\d\d(?!\d)", file)
    return int(found[0]) if found else 0
