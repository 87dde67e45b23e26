"""The reading room's door: a file of any spreadsheet format becomes a Book of cells and findings.

Whatever the file is, a Book comes back.  What could not be read is a finding in words, never an exception.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from thb_analysis.findings import Finding
from thb_analysis.ingest.cells import Book, Sheet
from thb_analysis.ingest.refused import Refused
from thb_analysis.ingest.xlsx import read_xlsx

MAX_FILE_BYTES = 200_000_000  #: a larger file is not opened


def read_book(path: Path, file: str) -> Book:
    """Read one file.  `file` is the name for findings: relative to the raw folder, with forward slashes.

    A file that cannot be read gives a Book without sheets and an error finding.  Personal data is replaced
    before anything else sees it.
    """
    digest = ""
    try:
        size = path.stat().st_size
        if size > MAX_FILE_BYTES:
            limit = f"≤ {MAX_FILE_BYTES // 1_000_000} MB"
            raise Refused("file_large", found=f"{size // 1_000_000} MB", expected=limit)
        with path.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
        sheets, findings = _read(path, file)
    except Refused as refused:
        finding = Finding(refused.code, file, found=refused.found, expected=refused.expected)
        return Book(file, digest, (), (finding,))
    except OSError as error:
        return Book(file, digest, (), (Finding("file_unopened", file, found=error.strerror or ""),))
    return Book(file, digest, tuple(sheets), tuple(findings))


def _read(path: Path, file: str) -> tuple[list[Sheet], list[Finding]]:
    return read_xlsx(path, file)
