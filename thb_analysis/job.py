"""The ingest from end to end: a folder of workbooks in, `processed/` out.

Two rounds of independent work, for as many processes as there are: each workbook is read onto the shelf, then each year
of each table is settled from what the shelf holds of it.  What was done before and would come out the same is not done
again.  Whatever order the work is done in, the outputs are the same.
"""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar

from thb_analysis.definitions import SHIPPED, TOTAL, Catalogue, load_catalogue
from thb_analysis.findings import Finding
from thb_analysis.ingest.guard import Stopped, guarded
from thb_analysis.ingest.pipeline import Task, learn, read_packed, stopped_card, tasks_under
from thb_analysis.ingest.versions import sent_versions
from thb_analysis.memory import package_files, stamp
from thb_analysis.observations import Observation
from thb_analysis.shelf import Card, Section, SectionKey, Shelf, beside
from thb_analysis.tidy import store
from thb_analysis.tidy.checks import check_tables
from thb_analysis.tidy.reconcile import Line, corrections, place_of, void
from thb_analysis.tidy.settle import Settled, settle


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
    work = _Work(catalogue, Shelf(folder, _program(catalogue)), workers or os.cpu_count() or 1, executor)
    tasks, strangers = tasks_under(raw, catalogue, wanted)
    names = [work.name(task) for task in tasks]
    asked = (work.shelf.program, lang, tuple(names), tuple(strangers))
    before = _Before.on(work.shelf)
    if before.asked == asked and before.stands(processed):
        return before.summary
    cards = work.read(tasks, names, progress)
    rooms, findings = work.settle(cards)
    checked: dict[str, list[Observation]] = {table: [] for table in catalogue.tables}
    for room in rooms:
        checked[room.table] += room.settled.checked
    findings = [*strangers, *(finding for card in cards for finding in card.findings), *findings]
    findings = list(dict.fromkeys([*findings, *check_tables(checked, catalogue)]))
    made = {table: tuple(room.name for room in rooms if room.table == table) for table in catalogue.tables}
    for table, own in made.items():
        if before.made.get(table) != own or not before.stands(processed, table):
            parts = [work.shelf.rows(name) for name in own]
            store.write_table(catalogue.tables[table], parts, processed)
    store.write_findings(findings, processed, lang)
    store.write_ledger((work.shelf.ledger(card) for card in cards if card.name), processed)
    listed = sorted(rooms, key=lambda room: (room.table, room.year_text))
    store.write_evidence(
        [row for room in listed for row in room.settled.revisions],
        (work.shelf.evidence(room.name).read_bytes() for room in listed),
        processed,
    )
    summary = IngestSummary(
        files=len(cards),
        figures=sum(room.settled.rows for room in rooms),
        cells=sum(card.cells for card in cards),
        severities=Counter(finding.severity for finding in findings),
        findings=tuple(findings),
    )
    complete = all(card.name for card in cards)
    _Before(asked if complete else None, made, _outputs(processed), summary).put(work.shelf)
    work.shelf.sweep(
        {card.name for card in cards} | {name for room in rooms for name in (room.name, f"{room.name}.rows")}
    )
    return summary


@dataclass(slots=True)
class _Before:
    """What the last ingest was asked for, and what it made of it."""

    asked: object
    made: dict[str, tuple[str, ...]]  #: by table, the names of its years on the shelf
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


@dataclass(frozen=True, slots=True)
class Room:
    """One year of one table, and what it came to."""

    table: str
    year: int | None
    name: str  #: on the shelf
    settled: Settled

    @property
    def year_text(self) -> str:
        return TOTAL if self.year is None else str(self.year)


@dataclass(frozen=True, slots=True)
class _Order:
    """One year of one table to settle, as it is sent to a process."""

    key: SectionKey
    name: str
    cards: tuple[Card, ...]
    catalogue: Path
    shelf: Shelf
    lines: tuple[Line, ...]
    sent: Mapping[str, tuple[str, int]]


def _settle_room(order: _Order) -> Settled:
    catalogue = load_catalogue(order.catalogue)
    section = Section()
    for card in order.cards:
        section += order.shelf.section(card, order.key)
    table = catalogue.tables[order.key[0]]
    done, rows, evidence = settle(section, table, catalogue, order.lines, order.sent)
    order.shelf.keep(order.name, done, rows.encode(), evidence.encode())
    return done


@dataclass(slots=True)
class _Work:
    """Who does the work, and where it is put."""

    catalogue: Catalogue
    shelf: Shelf
    workers: int
    executor: Executor | None

    def name(self, task: Task) -> str:
        """The name of a workbook's parcel; "" for a file that cannot be opened."""
        try:
            with task.path.open("rb") as stream:
                return self.shelf.name(task.file, hashlib.file_digest(stream, "sha256").hexdigest())
        except OSError:
            return ""

    def read(
        self, tasks: Sequence[Task], names: Sequence[str], progress: Callable[[str], None] | None
    ) -> list[Card]:
        """The card of every workbook, in order; what stands on the shelf already is not read again."""
        known = [self.shelf.card(name) if name else None for name in names]
        missing = [
            replace(task, shelf=self.shelf.folder, program=self.shelf.program)
            for task, card in zip(tasks, known, strict=True)
            if card is None
        ]
        if missing:
            learn(self.catalogue)
        fresh = self._done(read_packed, missing)
        cards = []
        for task, card in zip(tasks, known, strict=True):
            if card is None:
                result = next(fresh)
                card = stopped_card(task, result) if isinstance(result, Stopped) else result
            if progress:
                progress(card.file)
            cards.append(card)
        return cards

    def settle(self, cards: Sequence[Card]) -> tuple[list[Room], list[Finding]]:
        """Every year of every table, table by table, a total over years last; and what is to be said of it."""
        sent, findings = sent_versions([card.file for card in cards], self.catalogue)
        lines = corrections(self.catalogue.folder / "corrections.csv")
        by_key: dict[SectionKey, list[Card]] = {}
        for card in cards:
            for key in card.sections:
                by_key.setdefault(key, []).append(card)
        order = {name: number for number, name in enumerate(self.catalogue.tables)}
        keys = sorted(by_key, key=lambda key: (order[key[0]], key[1] is None, key[1] or 0))
        orders = [self._order(key, by_key[key], lines, sent) for key in keys]
        kept = [self.shelf.kept(order.name) for order in orders]
        fresh = self._done(
            _settle_room,
            [order for order, part in zip(orders, kept, strict=True) if part is None],
            seconds=3_600,
            megabytes=8_000,
        )
        rooms = []
        for order_, part in zip(orders, kept, strict=True):
            done = next(fresh) if part is None else part
            if isinstance(done, Stopped):
                raise RuntimeError(f"{order_.key} could not be settled: {done.code} {done.found}")
            rooms.append(Room(*order_.key, order_.name, done))
        found = {place for room in rooms for place in room.settled.corrected}
        findings += [void(line) for line in lines if place_of(line) not in found]
        return rooms, findings + [finding for room in rooms for finding in room.settled.findings]

    def _order(
        self,
        key: SectionKey,
        cards: Sequence[Card],
        lines: Sequence[Line],
        sent: Mapping[str, tuple[str, int]],
    ) -> _Order:
        files = {card.file for card in cards}
        own = tuple(line for line in lines if line["file"] in files)
        several = {file: version for file, version in sent.items() if file in files}
        told = repr((key, [card.name for card in cards], own, sorted(several.items()), self.shelf.program))
        name = hashlib.sha256(told.encode()).hexdigest()[:32]
        return _Order(key, name, tuple(cards), self.catalogue.folder, self.shelf, own, several)

    def _done(self, work: Callable[[Any], Any], items: Sequence[Any], **bounds: int) -> Iterator[Any]:
        if self.executor is not None:
            return iter(self.executor.map(work, items))
        return guarded(work, items, min(self.workers, max(1, len(items))), **bounds)
