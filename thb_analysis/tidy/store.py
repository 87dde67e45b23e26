"""Writing and reading `processed/`: the same bytes every time, replaced in one step."""

from __future__ import annotations

import csv
import io
import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from thb_analysis.definitions import TOTAL, Table
from thb_analysis.observations import Observation, plain
from thb_analysis.tidy.reconcile import Tidy, key_text, value_text

if TYPE_CHECKING:
    import pandas as pd

LEDGER_COLUMNS = ("source_file", "source_sheet", "source_cell", "role", "table")
REVISION_COLUMNS = ("table", "key", "old_value", "old_source", "new_value", "new_source")
EVIDENCE_COLUMNS = (
    "table",
    "key",
    "value",
    "obs_status",
    "vintage",
    "stands",
    "institution",
    "source_file",
    "source_sheet",
    "source_cell",
    "text",
    "headings",
)


def write_bytes(path: Path, content: bytes) -> None:
    """Replace a file in one step; a killed run leaves the old one.  An equal file is left alone."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists() and path.read_bytes() == content:
        return
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def csv_bytes(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """A CSV: UTF-8, comma, one header row, LF."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return out.getvalue().encode("utf-8")


def table_row(observation: Observation, table: Table) -> list[str]:
    """One row of a tidy table, in the order of its columns."""
    fields: dict[str, str] = dict(observation.dims)
    fields.setdefault("institution", observation.institution)
    fields |= {
        "year": TOTAL if observation.year is None else str(observation.year),
        "value": plain(observation.value),
        "raw_value": observation.text,
        "low": plain(observation.low),
        "high": plain(observation.high),
        "relative_to_year": "" if observation.relative_to is None else str(observation.relative_to),
        "unit": observation.unit,
        "obs_status": observation.status,
        "source_file": observation.file,
        "source_sheet": observation.sheet,
        "source_cell": observation.cell,
        "note": observation.note,
    }
    if table.values == "status":
        fields["status"] = observation.code
    return [fields[column] for column in table.columns]


def revision_rows(tidy: Tidy) -> list[list[str]]:
    """Rows of `revisions.csv`."""
    return [
        [r.table, r.key, value_text(r.old), r.old.place, value_text(r.new), r.new.place]
        for r in tidy.revisions
    ]


def evidence_row(o: Observation, stands: bool, table: Table) -> list[str]:
    """A row of `evidence.csv`: what a workbook says of a figure, and whether it stands."""
    return [
        o.table,
        key_text(o, table),
        value_text(o),
        o.status,
        str(o.vintage or ""),
        "yes" if stands else "no",
        o.institution,
        o.file,
        o.sheet,
        o.cell,
        o.text,
        o.headings,
    ]


def load(table: str, processed: Path, columns: Mapping[str, Sequence[str]] | None = None) -> pd.DataFrame:
    """A tidy table as a plain DataFrame: year as Int64 (missing for a total over years), value as float, rest text.

    Raises FileNotFoundError, in words, where the table has not been made.
    """
    import pandas as pd

    path = processed / f"{table}.csv"
    if not path.exists():
        raise FileNotFoundError(
            f"{path} is not there: run `thb ingest` first, or pass processed=… to another folder"
        )
    frame = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8")
    if "year" in frame:
        years = frame["year"].where(frame["year"] != TOTAL, "")
        frame["year"] = pd.to_numeric(years, errors="raise").astype("Int64")
    for name in ("value", "low", "high"):
        if name in frame:
            frame[name] = pd.to_numeric(frame[name], errors="raise").astype("float64")
    return frame


def rows_of(path: Path) -> Iterator[dict[str, str]]:
    """The rows of a CSV of `processed/` as dictionaries of text, one after the other."""
    with path.open(encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines)


def read_rows(path: Path) -> list[dict[str, str]]:
    """A CSV of `processed/` as dictionaries of text."""
    return list(rows_of(path))
