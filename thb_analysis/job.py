"""The ingest from end to end: a folder of workbooks in, `processed/` out.

What was done before and would come out the same is not done again; where nothing changed, nothing that reads or writes
tables is even imported.  Whatever order the work is done in, and by whom, the outputs are the same.
"""

from __future__ import annotations

import hashlib
import os
import pickle
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from thb_analysis.definitions import SHIPPED, Catalogue, load_catalogue
from thb_analysis.findings import Finding
from thb_analysis.ingest.files import tasks_under
from thb_analysis.memory import package_files, stamp
from thb_analysis.outputs import Standing, about
from thb_analysis.shelf import Damaged, Shelf, beside

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from thb_analysis.rounds import Known, Work

LAST, KNOWN, MADE = (
    "last",
    "known",
    "made",
)  #: on the shelf: for what is unchanged, for what is not, for what is new
_AT_ONCE = 1_000_000  #: bytes of a file that are read at once


@dataclass(frozen=True, slots=True)
class IngestSummary:
    """What an ingest came to."""

    files: int
    figures: int
    cells: int
    severities: Counter[str]
    told: tuple[bytes, ...] = field(default=(), repr=False)  #: findings of workbooks, packed
    others: tuple[Finding, ...] = field(default=(), repr=False)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All that was found."""
        own = (Finding(*each) for packed in self.told for each in pickle.loads(packed))
        return tuple(dict.fromkeys([*own, *self.others]))

    @property
    def failed(self) -> bool:
        """Whether findings of severity error exist."""
        return self.severities["error"] > 0


def run_ingest(
    raw: Path,
    processed: Path,
    catalogue: Catalogue | Path,
    lang: str,
    progress: Callable[[str], None] | None = None,
    wanted: Callable[[Path], bool] = lambda path: True,
    *,
    workers: int | None = None,
    executor: Executor | None = None,
    shelf: Path | None = None,
    standing: Path | None = None,
) -> IngestSummary:
    """Read every workbook under `raw` and write tables, findings, ledger, revisions and evidence to `processed`.

    A catalogue that is given by its folder is loaded only where something has changed.
    Only files that are `wanted` are read.  Work is done by `workers` processes (by default one a core), or by an
    executor of `concurrent.futures` whose workers see the same folders.  What was read stays on the `shelf` (by default
    a folder beside `processed`).  Where outputs are made aside, `standing` is the folder where those of the last ingest
    are, and `put_into_place` is to be called once these are there.
    Raises FileNotFoundError where there is no raw folder.
    """
    if not raw.is_dir():
        raise FileNotFoundError(f"There is no folder {raw}")
    folder = shelf or beside(processed)
    folder.mkdir(parents=True, exist_ok=True)
    processed.mkdir(parents=True, exist_ok=True)
    words = catalogue if isinstance(catalogue, Path) else catalogue.folder
    own = Shelf(folder, _program(words))
    tasks, strangers = tasks_under(raw, words, wanted)
    sums = [_checksum(task.path) for task in tasks]
    asked = (own.program, lang, tuple(sums), tuple([task.file for task in tasks]), tuple(strangers))
    place = processed if standing is None else standing
    before = own.recall(LAST)
    if (
        isinstance(before, _Last)
        and before.asked == asked
        and place == processed
        and before.stands(processed)
    ):
        return before.summary
    from thb_analysis.ingest.book import uncollected
    from thb_analysis.rounds import write_all

    catalogue = load_catalogue(words) if isinstance(catalogue, Path) else catalogue
    names = [own.name(task.file, one) if one else "" for task, one in zip(tasks, sums, strict=True)]
    with (
        uncollected()
    ):  # what is gathered here is kept to the end: looking for garbage takes longer each time
        try:
            work = _work(catalogue, own, workers, executor, place)
            done = write_all(work, tasks, names, strangers, processed, lang, progress)
        except Damaged:  # the shelf or an output is not what it was: all is made anew, once
            own.sweep(())
            work = _work(catalogue, own, workers, executor, place)
            done = write_all(work, tasks, names, strangers, processed, lang, progress)
    summary = IngestSummary(
        files=len(done.cards),
        figures=done.figures,
        cells=sum(card.cells for card in done.cards),
        severities=done.severities,
        told=tuple(card.told for card in done.cards),
        others=tuple(done.others),
    )
    complete = all(card.name for card in done.cards)
    made = _Made(done.known, _Last(asked if complete else None, summary))
    if standing is None:
        _in_place(own, made, processed)
    else:
        own.remember(MADE, made)
    return summary


def put_into_place(shelf: Path, processed: Path) -> None:
    """Remember that the outputs of the last ingest stand in their folder now; what they hold leaves the shelf."""
    own = Shelf(shelf, "")
    made = own.recall(MADE)
    if isinstance(made, _Made):
        _in_place(own, made, processed)


def _in_place(own: Shelf, made: _Made, processed: Path) -> None:
    known, last = made.known, made.last
    sizes = {name: output.size for name, output in known.outputs.items()}
    for name, output in list(known.outputs.items()):
        output.size, output.time = about(processed / name)
        if output.size != sizes[name]:
            del known.outputs[name]
    own.remember(KNOWN, known)
    last.outputs = _outputs(processed)
    own.remember(LAST, last)
    own.sweep({KNOWN, LAST}, known.cards.values(), ledger="ledger.csv" not in known.outputs)


def _checksum(path: Path) -> str:
    """The checksum of a file's bytes; "" for one that cannot be opened."""
    try:
        with path.open("rb", buffering=0) as stream:
            if os.fstat(stream.fileno()).st_size < _AT_ONCE:
                return hashlib.sha256(stream.read()).hexdigest()
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError:
        return ""


def _work(
    catalogue: Catalogue, shelf: Shelf, workers: int | None, executor: Executor | None, place: Path
) -> Work:
    from thb_analysis.rounds import Known, Work

    found = shelf.recall(KNOWN)
    known = found if isinstance(found, Known) else Known()
    standing = Standing(place, known.outputs)
    return Work(catalogue, shelf, workers or os.cpu_count() or 1, executor, known, standing)


@dataclass(slots=True)
class _Last:
    """What the last ingest was asked for, what it came to, and the outputs as it left them."""

    asked: object
    summary: IngestSummary
    outputs: dict[str, tuple[int, int]] = field(default_factory=dict)

    def stands(self, processed: Path) -> bool:
        """Whether the outputs are there as they were made."""
        found = self.outputs.items()
        return bool(found) and all(about(processed / name) == known for name, known in found)


@dataclass(frozen=True, slots=True)
class _Made:
    """What an ingest has made, until it is in its place."""

    known: Known
    last: _Last


def _outputs(processed: Path) -> dict[str, tuple[int, int]]:
    """Size and time of every output."""
    found = {}
    for path in sorted(processed.iterdir()):
        if path.suffix in (".csv", ".parquet") and not path.name.startswith("."):
            found[path.name] = about(path)
    return found


def _program(catalogue: Path) -> str:
    """What decides, besides its content, what a workbook comes to."""
    files = package_files(SHIPPED.parent)
    return stamp(files if catalogue == SHIPPED else [*files, *package_files(catalogue)], "")
