"""Which files of a folder are workbooks.  Needs nothing that reads one, so that it can be asked in no time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from thb_analysis.definitions import Catalogue
from thb_analysis.findings import Finding
from thb_analysis.ingest.people import masked

SUFFIXES = (".xlsx", ".xlsm", ".xls", ".ods", ".csv")
REFERENCE = "international"  #: the folder of other publishers' series


def workbooks(raw: Path) -> Iterator[Path]:
    """Every file under `raw` that may be a workbook, in order of its path; locks and hidden files are passed over."""
    for path in sorted(raw.rglob("*"), key=lambda p: p.relative_to(raw).as_posix()):
        if path.is_file() and not path.name.startswith(("~$", ".")):
            yield path


@dataclass(frozen=True, slots=True)
class Task:
    """One file to read, as it is sent to a process."""

    path: Path
    file: str  #: its name: relative to the raw folder
    catalogue: Path
    shelf: Path | None = None
    program: str = ""
    run: str = ""


def tasks_under(
    raw: Path, catalogue: Catalogue, wanted: Callable[[Path], bool] = lambda path: True
) -> tuple[list[Task], list[Finding]]:
    """The workbooks under `raw`, and a finding for each file that is none."""
    tasks, findings = [], []
    for path in filter(wanted, workbooks(raw)):
        file = path.relative_to(raw).as_posix()
        if path.suffix.lower() in SUFFIXES:
            tasks.append(Task(path, file, catalogue.folder))
        else:
            findings.append(Finding("file_unknown", masked(file), found=masked(path.suffix)))
    return tasks, findings
