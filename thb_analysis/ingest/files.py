"""Which files of a folder are workbooks.  Needs nothing that reads one, so that it can be asked in no time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path, PurePath

from thb_analysis.findings import Finding
from thb_analysis.ingest.names import named, sorted_out

REFERENCE = "international"  #: the folder of other publishers' series


def workbooks(raw: Path) -> Iterator[Path]:
    """Every file under `raw` that may be a workbook, in order of its path; locks and hidden files are passed over."""
    return (raw / file for file in named(raw))


@dataclass(frozen=True, slots=True)
class Task:
    """One file to read, as it is sent to a process."""

    path: Path
    file: str  #: its name: relative to the raw folder
    catalogue: Path
    shelf: Path | None = None
    program: str = ""
    run: str = ""

    def __reduce__(self) -> tuple[Callable[..., Task], tuple[str, ...]]:
        """For pickle: what all tasks have in common is made once."""
        shelf = "" if self.shelf is None else str(self.shelf)
        return _task, (str(self.path), self.file, str(self.catalogue), shelf, self.program, self.run)


def _task(path: str, file: str, catalogue: str, shelf: str, program: str, run: str) -> Task:
    return Task(Path(path), file, _folder(catalogue), _folder(shelf) if shelf else None, program, run)


_folder = lru_cache(maxsize=16)(Path)


def tasks_under(
    raw: Path, catalogue: Path, wanted: Callable[[Path], bool] | None = None
) -> tuple[list[Task], list[Finding]]:
    """The workbooks under `raw`, to be read by the catalogue in a folder, and a finding for each file that is none."""
    return tasks_of(raw, catalogue, *sorted_out(raw, wanted))


def tasks_of(
    raw: Path, catalogue: Path, names: Iterable[str], others: Iterable[str]
) -> tuple[list[Task], list[Finding]]:
    """The same where it is known which files there are."""
    return [Task(raw / file, file, catalogue) for file in names], [_stranger(file) for file in others]


def _stranger(file: str) -> Finding:
    from thb_analysis.ingest.people import masked

    shown = file.encode("utf-8", "backslashreplace").decode("utf-8")
    if file.endswith("/"):
        return Finding("folder_unread", masked(shown))
    if shown != file:
        return Finding("name_no_text", masked(shown))
    return Finding("file_unknown", masked(file), found=masked(PurePath(file).suffix))
