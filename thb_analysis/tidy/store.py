"""Writing and reading `processed/`: the same bytes every time, replaced in one step."""

from __future__ import annotations

import csv
import io
import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import IO, TYPE_CHECKING

from thb_analysis.definitions import TOTAL, Table
from thb_analysis.findings import FINDING_COLUMNS, LANGUAGES, SEVERITIES, Finding
from thb_analysis.observations import Observation, plain
from thb_analysis.shelf import replace_file, replaced
from thb_analysis.tidy.reconcile import Tidy, key_text, value_text

if TYPE_CHECKING:
    import pandas as pd

LEDGER_COLUMNS = ("source_file", "source_sheet", "source_cell", "role", "table")
GROUP_BYTES = 30_000_000  #: rows of a table that are turned into Parquet together
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


def write_table(table: Table, parts: Sequence[Path], processed: Path) -> None:
    """A table of the catalogue as CSV and Parquet, also one without rows; `parts` are files with its rows as lines."""
    head = csv_bytes(table.columns, ())
    replace_file(processed / f"{table.id}.csv", chain([head], map(Path.read_bytes, parts)))
    with replaced(processed / f"{table.id}.parquet") as out:
        _write_parquet(table, head, parts, out)


def _write_parquet(table: Table, head: bytes, parts: Iterable[Path], out: IO[bytes]) -> None:
    """The same rows as Parquet: numbers as numbers, and a total over years without a year."""
    import pyarrow as pa
    import pyarrow.csv
    import pyarrow.parquet as pq

    numbers = {"value", "low", "high"} & set(table.columns)
    kinds = {name: pa.float64() if name in numbers else pa.string() for name in table.columns}
    kinds["year"] = pa.int64()
    convert = pa.csv.ConvertOptions(
        column_types=kinds,
        null_values=["", TOTAL],
        strings_can_be_null=False,
        quoted_strings_can_be_null=False,
    )
    parse = pa.csv.ParseOptions(newlines_in_values=True)
    with pq.ParquetWriter(out, pa.schema(kinds), compression="snappy") as writer:
        for rows in _enough(parts):
            content = pa.BufferReader(head + rows)
            read = pa.csv.read_csv(content, parse_options=parse, convert_options=convert)
            writer.write_table(read)


def _enough(parts: Iterable[Path]) -> Iterator[bytes]:
    """The rows of a table, so many at a time that they are worth a group of a Parquet file."""
    rows: list[bytes] = []
    for part in parts:
        rows.append(part.read_bytes())
        if sum(map(len, rows)) > GROUP_BYTES:
            yield b"".join(rows)
            rows = []
    if rows:
        yield b"".join(rows)


def write_findings(findings: Sequence[Finding], processed: Path, lang: str) -> None:
    """`findings.csv` in the language of the run, and one file a language; the gravest first, then by place."""
    ordered = sorted(
        findings,
        key=lambda f: (SEVERITIES.index(f.severity), f.file, f.sheet, _by_cell(f.cell), f.code, f.found),
    )
    for each in LANGUAGES:
        worded = (finding.worded(each) for finding in ordered)
        rows = ([row[column] for column in FINDING_COLUMNS] for row in worded)
        content = csv_bytes(FINDING_COLUMNS, rows)
        write_bytes(processed / f"findings.{each}.csv", content)
        if each == lang:
            write_bytes(processed / "findings.csv", content)


def _by_cell(cell: str) -> tuple[int, int, str]:
    first = cell.split(":")[0]
    digits = "".join(c for c in first if c.isdigit())
    return (int(digits or 0), len(first), first)


def write_ledger(parts: Iterable[bytes], processed: Path) -> None:
    """`ledger.csv`: one row for every non-blank cell, in the order of the workbooks; `parts` are lines."""
    replace_file(processed / "ledger.csv", chain([csv_bytes(LEDGER_COLUMNS, ())], parts))


def write_evidence(revisions: Iterable[Sequence[str]], evidence: Iterable[bytes], processed: Path) -> None:
    """`revisions.csv`, and `evidence.csv`: every figure of every workbook, whether it stands or was replaced.

    `evidence` are its rows as lines, a piece at a time.
    """
    write_bytes(processed / "revisions.csv", csv_bytes(REVISION_COLUMNS, revisions))
    replace_file(processed / "evidence.csv", chain([csv_bytes(EVIDENCE_COLUMNS, ())], evidence))


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
