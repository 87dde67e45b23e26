"""An ingest where something has changed: what is known of the outputs, the work, and what is known then."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from thb_analysis.definitions import Catalogue, load_catalogue
from thb_analysis.findings import SEVERITIES, pack
from thb_analysis.ingest.book import uncollected
from thb_analysis.ingest.files import tasks_of
from thb_analysis.language import Language
from thb_analysis.last import FINDINGS, FOLDER, LAST, IngestSummary, Last
from thb_analysis.outputs import Standing
from thb_analysis.rounds import Known, Work, write_all
from thb_analysis.shelf import Damaged, Shelf, replace_file
from thb_analysis.stamps import about

if TYPE_CHECKING:
    from concurrent.futures import Executor

KNOWN, MADE = (
    "known",
    "made",
)  #: on the shelf: of the outputs in their place, and of those that are not there yet


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be ingested, and where to."""

    raw: Path
    processed: Path
    lang: str
    asked: str  #: the checksum of all that it is asked of
    seen: str  #: that of how the files look
    files: list[str]
    sums: list[str]  #: of the files' bytes; "" for one that cannot be opened
    strangers: list[str]  #: files that are no workbooks
    shelf: Path
    program: str
    standing: Path | None  #: where the outputs of the last ingest are, if these are made aside


@dataclass(frozen=True, slots=True)
class _Made:
    """What an ingest has made, until it is in its place."""

    known: Known
    last: bytes  #: packed


def ingest(
    wish: Wish,
    catalogue: Catalogue | Path,
    progress: Callable[[str], None] | None,
    workers: int | None,
    executor: Executor | None,
) -> IngestSummary:
    """Do what is not done yet, and write the outputs."""
    own = Shelf(wish.shelf, wish.program)
    catalogue = load_catalogue(catalogue) if isinstance(catalogue, Path) else catalogue
    tasks, strangers = tasks_of(wish.raw, catalogue.folder, wish.files, wish.strangers)
    names = [own.name(file, one) if one else "" for file, one in zip(wish.files, wish.sums, strict=True)]
    place = wish.standing or wish.processed
    with (
        uncollected()
    ):  # what is gathered here is kept to the end: looking for garbage takes longer each time
        try:
            work = _work(catalogue, own, workers, executor, place)
            done = write_all(work, tasks, names, strangers, wish.processed, wish.lang, progress)
        except Damaged:  # the shelf or an output is not what it was: all is made anew, once
            own.sweep(())
            work = _work(catalogue, own, workers, executor, place)
            done = write_all(work, tasks, names, strangers, wish.processed, wish.lang, progress)
    counted = {"files": len(done.cards), "figures": done.figures, "cells": sum(c.cells for c in done.cards)}
    told = (*(card.told for card in done.cards), pack(done.others))
    words = _in_words(counted, done.severities, wish.lang)
    summary = IngestSummary(**counted, severities=done.severities, told=told, words=words)
    complete = all(card.name for card in done.cards)
    made = _Made(done.known, Last(wish.asked if complete else "", wish.seen, summary, {}).packed())
    if wish.standing is None:
        _in_place(own, made, wish.processed)
    else:
        own.remember(MADE, made)
    return summary


def _in_words(counted: Mapping[str, int], severities: Mapping[str, int], lang: str) -> str:
    """What was read and found, worded once: the next run, where nothing has changed, prints it as it is."""
    words = Language(lang)
    read = {name: words.text(f"commands.read.{name}", n=number) for name, number in counted.items()}
    found = {name: words.text(f"commands.findings.{name}", n=severities[name]) for name in SEVERITIES}
    lines = (
        words.text("commands.read.told", **read, folder=f"\0{FOLDER}\0"),
        words.text("commands.findings.told", **found, path=f"\0{FINDINGS}\0"),
    )
    return "\n".join(lines)


def put_into_place(shelf: Path, processed: Path) -> None:
    """Remember that the outputs of the last ingest stand in their folder now; what they hold leaves the shelf."""
    own = Shelf(shelf, "")
    made = own.recall(MADE)
    if isinstance(made, _Made):
        _in_place(own, made, processed)


def _in_place(own: Shelf, made: _Made, processed: Path) -> None:
    known, last = made.known, Last.unpacked(made.last)
    sizes = {name: output.size for name, output in known.outputs.items()}
    for name, output in list(known.outputs.items()):
        output.size, output.time = about(processed / name)
        if output.size != sizes[name]:
            del known.outputs[name]
    own.remember(KNOWN, known)
    last.outputs = _outputs(processed)
    replace_file(own.folder / LAST, [last.packed()])
    own.sweep({KNOWN, LAST}, known.cards.values(), ledger="ledger.csv" not in known.outputs)


def _work(
    catalogue: Catalogue, shelf: Shelf, workers: int | None, executor: Executor | None, place: Path
) -> Work:
    found = shelf.recall(KNOWN)
    known = found if isinstance(found, Known) else Known()
    standing = Standing(place, known.outputs)
    return Work(catalogue, shelf, workers or os.cpu_count() or 1, executor, known, standing)


def _outputs(processed: Path) -> dict[str, tuple[int, int]]:
    """Size and time of every output."""
    found = {}
    for path in sorted(processed.iterdir()):
        if path.suffix in (".csv", ".parquet") and not path.name.startswith("."):
            found[path.name] = about(path)
    return found
