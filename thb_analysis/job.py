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
from typing import Any

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
    tasks, findings = tasks_under(raw, catalogue, wanted)
    cards = work.read(tasks, progress)
    sent, remarks = sent_versions([card.file for card in cards], catalogue)
    lines = corrections(catalogue.folder / "corrections.csv")
    settled = work.settle(cards, lines, sent)
    found = {place for part in settled.values() for place in part.corrected}
    findings += [finding for card in cards for finding in card.findings] + remarks
    findings += [void(line) for line in lines if place_of(line) not in found]
    findings += [finding for part in settled.values() for finding in part.findings]
    checked: dict[str, list[Observation]] = {table: [] for table in catalogue.tables}
    for (name, _), part in settled.items():
        checked[name] += part.checked
    findings = list(dict.fromkeys([*findings, *check_tables(checked, catalogue)]))
    for name, table in catalogue.tables.items():
        own = [part.text for (own_name, _), part in settled.items() if own_name == name]
        store.write_table(table, own, processed)
    store.write_findings(findings, processed, lang)
    store.write_ledger((work.shelf.ledger(card) for card in cards if card.name), processed)
    store.write_evidence(
        [row for _, part in _by_text(settled) for row in part.revisions],
        [row for _, part in _by_text(settled) for row in part.evidence],
        processed,
    )
    work.shelf.sweep(card.name for card in cards)
    return IngestSummary(
        files=len(cards),
        figures=sum(part.rows for part in settled.values()),
        cells=sum(card.cells for card in cards),
        severities=Counter(finding.severity for finding in findings),
        findings=tuple(findings),
    )


def _program(catalogue: Catalogue) -> str:
    """What decides, besides its content, what a workbook comes to."""
    files = package_files(SHIPPED.parent)
    return stamp(files if catalogue.folder == SHIPPED else [*files, *package_files(catalogue.folder)], "")


def _by_text(settled: Mapping[SectionKey, Settled]) -> list[tuple[SectionKey, Settled]]:
    """Tables and years in the order in which revisions and evidence are listed."""
    return sorted(
        settled.items(), key=lambda item: (item[0][0], TOTAL if item[0][1] is None else str(item[0][1]))
    )


@dataclass(frozen=True, slots=True)
class _Room:
    """One year of one table to settle, as it is sent to a process."""

    key: SectionKey
    cards: tuple[Card, ...]
    catalogue: Path
    shelf: Shelf
    lines: tuple[Line, ...]
    sent: Mapping[str, tuple[str, int]]


def _settle_room(room: _Room) -> Settled:
    catalogue = load_catalogue(room.catalogue)
    section = Section()
    for card in room.cards:
        section += room.shelf.section(card, room.key)
    return settle(section, catalogue.tables[room.key[0]], catalogue, room.lines, room.sent)


@dataclass(slots=True)
class _Work:
    """Who does the work, and where it is put."""

    catalogue: Catalogue
    shelf: Shelf
    workers: int
    executor: Executor | None

    def read(self, tasks: Sequence[Task], progress: Callable[[str], None] | None) -> list[Card]:
        """The card of every workbook, in order; what stands on the shelf already is not read again."""
        known: list[Card | None] = [self._known(task) for task in tasks]
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

    def _known(self, task: Task) -> Card | None:
        try:
            with task.path.open("rb") as stream:
                digest = hashlib.file_digest(stream, "sha256").hexdigest()
        except OSError:
            return None
        return self.shelf.card(self.shelf.name(task.file, digest))

    def settle(
        self, cards: Sequence[Card], lines: Sequence[Line], sent: Mapping[str, tuple[str, int]]
    ) -> dict[SectionKey, Settled]:
        """Every year of every table, table by table, a total over years last."""
        by_room: dict[SectionKey, list[Card]] = {}
        for card in cards:
            for key in card.sections:
                by_room.setdefault(key, []).append(card)
        order = {name: number for number, name in enumerate(self.catalogue.tables)}
        keys = sorted(by_room, key=lambda key: (order[key[0]], key[1] is None, key[1] or 0))
        rooms = [
            _Room(key, tuple(by_room[key]), self.catalogue.folder, self.shelf, tuple(lines), sent)
            for key in keys
        ]
        done: dict[SectionKey, Settled] = {}
        for key, part in zip(
            keys, self._done(_settle_room, rooms, seconds=3_600, megabytes=8_000), strict=True
        ):
            if isinstance(part, Stopped):
                raise RuntimeError(f"{key[0]} {key[1]} could not be settled: {part.code} {part.found}")
            done[key] = part
        return done

    def _done(self, work: Callable[[Any], Any], items: Sequence[Any], **bounds: int) -> Iterator[Any]:
        if self.executor is not None:
            return iter(self.executor.map(work, items))
        return guarded(work, items, min(self.workers, max(1, len(items))), **bounds)
