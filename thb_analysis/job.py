"""The ingest from end to end: a folder of workbooks in, `processed/` out.

What was done before and would come out the same is not done again; where nothing changed, nothing is imported here but
what it takes to see that.  Whatever order the work is done in, and by whom, the outputs are the same.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from thb_analysis.ingest.names import sorted_out
from thb_analysis.last import IngestSummary, Last, beside
from thb_analysis.runlock import make, spare
from thb_analysis.stamps import Checksums, looks, program_stamp
from thb_analysis.told import Missing

TYPE_CHECKING = False  # what the library has for it takes longer to import than all else here
if TYPE_CHECKING:
    from concurrent.futures import Executor

    from thb_analysis.definitions import Catalogue

__all__ = ["IngestSummary", "put_into_place", "run_ingest"]


def run_ingest(
    raw: Path,
    processed: Path,
    catalogue: Catalogue | Path,
    lang: str,
    progress: Callable[[str], None] | None = None,
    wanted: Callable[[Path], bool] | None = None,
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
    Raises FileNotFoundError where there is no raw folder, Told where the tables would be written into it.
    """
    if not raw.is_dir():
        raise Missing("no_folder", folder=raw)
    spare(raw, processed)
    files, strangers = sorted_out(raw, wanted)
    place = os.fspath(raw)
    checksums = Checksums([f"{place}/{file}" for file in files])
    folder = shelf or beside(processed)
    make(folder)
    make(processed)
    program = program_stamp(catalogue if isinstance(catalogue, Path) else catalogue.folder)
    last = Last.kept(folder)
    seen = looks([f"{place}/{file}" for file in files])
    if last is None or last.seen != seen:
        import_module("thb_analysis.afresh")  # it will be needed, and the checksums are not there yet
    sums = checksums.all()
    told = "\0".join([program, lang, *map(" ".join, zip(sums, files, strict=True)), "", *strangers])
    asked = hashlib.sha256(os.fsencode(told)).hexdigest()
    if last is not None and last.asked == asked and standing in (None, processed) and last.stands(processed):
        return last.summary
    from thb_analysis.afresh import Wish, ingest

    wish = Wish(raw, processed, lang, asked, seen, files, sums, strangers, folder, program, standing)
    return ingest(wish, catalogue, progress, workers, executor)


def put_into_place(shelf: Path, processed: Path) -> None:
    """Remember that the outputs of the last ingest stand in their folder now; what they hold leaves the shelf."""
    from thb_analysis import afresh

    afresh.put_into_place(shelf, processed)
