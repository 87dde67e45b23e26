"""The reading room's door: a file of any spreadsheet format becomes a Book of cells and findings.

Whatever the file is, a Book comes back.  What could not be read is a finding in words, never an exception.
"""

from __future__ import annotations

import gc
import hashlib
import os
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from thb_analysis.findings import Finding
from thb_analysis.ingest.cells import Book, Sheet
from thb_analysis.ingest.composed import composed
from thb_analysis.ingest.formats.delimited import read_delimited
from thb_analysis.ingest.formats.legacy import read_xls
from thb_analysis.ingest.formats.ods import read_ods
from thb_analysis.ingest.formats.refused import Refused
from thb_analysis.ingest.formats.xlsx import read_xlsx
from thb_analysis.ingest.guard import MEGABYTES, Stopped, guarded
from thb_analysis.ingest.people import masked
from thb_analysis.ingest.redact import redacted

MAX_FILE_BYTES = 200_000_000  #: a larger file is not opened
HELD_BYTES = 8_000_000  #: a smaller file is read once and held
MANY_MADE = 20_000  #: objects that are too many to look for garbage among
TEXT_SUFFIXES = (".csv", ".tsv", ".txt")

Reader = Callable[[Path, str], tuple[list[Sheet], list[Finding]]]


def read_book(path: Path, file: str) -> Book:
    """Read one file.  `file` is the name for findings: relative to the raw folder, with forward slashes.

    A file that cannot be read gives a Book without sheets and an error finding.  Personal data is replaced
    before anything else sees it, also in the names of the file and of its sheets.
    """
    shown = masked(file)
    digest = ""
    try:
        content = _held(path)
        digest = _digest(path) if content is None else hashlib.sha256(content).hexdigest()
        with uncollected():
            sheets, findings = _reader(path, content)(path, shown)
    except Refused as refused:
        sheets, findings = [], [Finding(refused.code, shown, found=refused.found, expected=refused.expected)]
    except OSError as error:
        sheets, findings = [], [Finding("file_unopened", shown, found=error.strerror or "")]
    except MemoryError:
        sheets, findings = [], [Finding("file_heavy", shown, expected=f"{MEGABYTES} MB")]
    except Exception as error:  # the last guard: a fault of the reader must not cost the other files
        sheets, findings = [], [Finding("file_broke_reader", shown, found=type(error).__name__)]
    if shown != file:
        findings.append(Finding("personal_in_name", shown))
    sheets, findings = redacted(composed(sheets), findings, shown)
    return Book(shown, digest, tuple(sheets), tuple(findings))


def _held(path: Path) -> bytes | None:
    """The whole of a small file; None for a larger one.  Raises Refused for one that is not opened."""
    with path.open("rb", buffering=0) as stream:
        size = os.fstat(stream.fileno()).st_size
        if size > MAX_FILE_BYTES:
            limit = f"≤ {MAX_FILE_BYTES // 1_000_000} MB"
            raise Refused("file_large", found=f"{size // 1_000_000} MB", expected=limit)
        if size > HELD_BYTES:
            return None
        content = stream.read(size)
        return content if len(content) == size else content + stream.readall()


def read_books(files: Iterable[tuple[Path, str]], workers: int = 1) -> Iterator[Book]:
    """Read many files, given as for `read_book`, each within bounds of time and memory; in the order given.

    The books do not depend on the number of workers.
    """
    given = list(files)
    for (path, file), book in zip(given, guarded(_read_book, given, workers), strict=True):
        yield stopped_book(path, file, book) if isinstance(book, Stopped) else book


def _read_book(given: tuple[Path, str]) -> Book:
    return read_book(*given)


def stopped_book(path: Path, file: str, stopped: Stopped) -> Book:
    """The book of a file that could not be read within bounds."""
    shown = masked(file)
    finding = Finding(stopped.code, shown, found=stopped.found, expected=stopped.expected)
    try:
        digest = _digest(path)
    except OSError:
        digest = ""
    return Book(shown, digest, (), (finding,))


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


@contextmanager
def uncollected() -> Iterator[None]:
    """Keep the garbage collector from walking over cells while they are made: none of them is garbage.

    Nor is what was learned of them and stays.  Where anything is frozen for good, as in a process that reads many
    workbooks, it is frozen too, and never walked over.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            if gc.get_count()[0] > MANY_MADE:
                others = _is_frozen()
                gc.freeze()
                if not others:
                    gc.unfreeze()  # frozen and unfrozen they are old: it is long before any of them is walked over
            gc.enable()


def _is_frozen() -> bool:
    """Whether anything is frozen for good: asked until it is, since all that is frozen is counted."""
    _FROZEN[0] = _FROZEN[0] or gc.get_freeze_count() > 0
    return _FROZEN[0]


_FROZEN = [False]


def _reader(path: Path, content: bytes | None) -> Reader:
    """The reader for what the file is; its name counts only where the content cannot tell."""
    if content is None:
        with path.open("rb") as stream:
            head = stream.read(4096)
    else:
        head = content[:4096]
    if not head:
        raise Refused("file_empty")
    if head[30:49] == b"[Content_Types].xml":
        return partial(read_xlsx, content=content)
    if head.startswith(b"PK"):
        return read_ods if _is_ods(path) else partial(read_xlsx, content=content)
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return _compound_reader(path)
    if path.suffix.lower() in TEXT_SUFFIXES:
        return read_delimited
    raise Refused("file_type", found=_guess(head))


def _is_ods(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as package:
            names = package.namelist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return False
    return "content.xml" in names and not any(name.lower().startswith("xl/") for name in names)


def _compound_reader(path: Path) -> Reader:
    """For the old container: it holds an xls workbook, an encrypted xlsx, or something else."""
    content = path.read_bytes()
    if "EncryptedPackage".encode("utf-16-le") in content:
        raise Refused("file_encrypted")
    if any(name.encode("utf-16-le") in content for name in ("Workbook", "Book", "WORKBOOK", "BOOK")):
        return read_xls
    raise Refused("file_type", found="OLE")


def _guess(head: bytes) -> str:
    """A word for a file that is not read; none for one that is like no other."""
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    for mark, word in _MARKS.items():
        if start.startswith(mark):
            return word
    return ""


_MARKS = {
    b"%pdf": "PDF",
    b"<!doctype html": "HTML",
    b"<html": "HTML",
    b"<table": "HTML",
    b"<?xml": "XML",
    b"{\\rtf": "RTF",
}
