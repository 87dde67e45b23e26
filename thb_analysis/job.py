"""The ingest from end to end: a folder of workbooks in, `processed/` out.

What was done before and would come out the same is not done again; where nothing changed, nothing that reads or writes
tables is even imported.  Whatever order the work is done in, and by whom, the outputs are the same.
"""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from thb_analysis.definitions import SHIPPED, Catalogue
from thb_analysis.findings import Finding
from thb_analysis.ingest.files import Task, tasks_under
from thb_analysis.memory import package_files, stamp
from thb_analysis.shelf import Shelf, beside

if TYPE_CHECKING:
    from thb_analysis.rounds import Made


@dataclass(frozen=True, slots=True)
class IngestSummary:
    """What an ingest came to."""

    files: int
    figures: int
    cells: int
    severities: Counter[str]
    findings: tuple[Finding, ...]

    @property
    def failed(self) -> bool:
        """Whether findings of severity error exist."""
        return self.severities["error"] > 0


def run_ingest(
    raw: Path,
    processed: Path,
    catalogue: Catalogue,
    lang: str,
    progress: Callable[[str], None] | None = None,
    wanted: Callable[[Path], bool] = lambda path: True,
    *,
    workers: int | None = None,
    executor: Executor | None = None,
    shelf: Path | None = None,
) -> IngestSummary:
    """Read every workbook under `raw` and write tables, findings, ledger, revisions and evidence to `processed`.

    Only files that are `wanted` are read.  Work is done by `workers` processes (by default one a core), or by an
    executor of `concurrent.futures` whose workers see the same folders.  What was read stays on the `shelf` (by default
    a folder beside `processed`).  Raises FileNotFoundError where there is no raw folder.
    """
    if not raw.is_dir():
        raise FileNotFoundError(f"There is no folder {raw}")
    folder = shelf or beside(processed)
    folder.mkdir(parents=True, exist_ok=True)
    processed.mkdir(parents=True, exist_ok=True)
    own = Shelf(folder, _program(catalogue))
    tasks, strangers = tasks_under(raw, catalogue, wanted)
    names = [_name(task, own) for task in tasks]
    asked = (own.program, lang, tuple(names), tuple(strangers))
    before = _Before.on(own)
    if before.asked == asked and before.stands(processed):
        return before.summary
    from thb_analysis.ingest.book import uncollected
    from thb_analysis.rounds import Work, write_all

    work = Work(catalogue, own, workers or os.cpu_count() or 1, executor)
    with (
        uncollected()
    ):  # what is gathered here is kept to the end: looking for garbage in it takes longer each time
        done = write_all(
            work, tasks, names, strangers, processed, lang, before.stands_of(processed), progress
        )
    summary = IngestSummary(
        files=len(done.cards),
        figures=done.figures,
        cells=sum(card.cells for card in done.cards),
        severities=Counter(finding.severity for finding in done.findings),
        findings=tuple(done.findings),
    )
    complete = all(card.name for card in done.cards)
    _Before(asked if complete else None, done.made, _outputs(processed), summary).put(own)
    return summary


def _name(task: Task, shelf: Shelf) -> str:
    """The name of a workbook's parcel on the shelf; "" for a file that cannot be opened."""
    try:
        with task.path.open("rb") as stream:
            return shelf.name(task.file, hashlib.file_digest(stream, "sha256").hexdigest())
    except OSError:
        return ""


@dataclass(slots=True)
class _Before:
    """What the last ingest was asked for, and what it made of it."""

    asked: object
    made: Made
    outputs: dict[str, tuple[int, int]]
    summary: IngestSummary

    NAME: ClassVar[str] = "last"

    @classmethod
    def on(cls, shelf: Shelf) -> _Before:
        """What is remembered; nothing where there is nothing that can be read."""
        known = shelf.recall(cls.NAME)
        if isinstance(known, tuple) and len(known) == 4:
            return cls(*known)
        return cls(None, {}, {}, IngestSummary(0, 0, 0, Counter(), ()))

    def put(self, shelf: Shelf) -> None:
        shelf.remember(self.NAME, (self.asked, self.made, self.outputs, self.summary))

    def stands(self, processed: Path, table: str = "") -> bool:
        """Whether the outputs, or those of one table, are there as they were made."""
        wanted = [name for name in self.outputs if not table or name.partition(".")[0] == table]
        return bool(wanted) and all(_about(processed / name) == self.outputs[name] for name in wanted)

    def stands_of(self, processed: Path) -> Callable[[str, tuple[str, ...]], bool]:
        """Whether a table is there as it was made, of these years."""
        return lambda table, own: self.made.get(table) == own and self.stands(processed, table)


def _outputs(processed: Path) -> dict[str, tuple[int, int]]:
    """Size and time of every output."""
    found = {}
    for path in sorted(processed.iterdir()):
        if path.suffix in (".csv", ".parquet") and not path.name.startswith("."):
            found[path.name] = _about(path)
    return found


def _about(path: Path) -> tuple[int, int]:
    try:
        about = path.stat()
    except OSError:
        return (-1, -1)
    return (about.st_size, about.st_mtime_ns)


def _program(catalogue: Catalogue) -> str:
    """What decides, besides its content, what a workbook comes to."""
    files = package_files(SHIPPED.parent)
    return stamp(files if catalogue.folder == SHIPPED else [*files, *package_files(catalogue.folder)], "")
