"""The two rounds of an ingest: each workbook is read onto the shelf, then each year of each table is settled from it.

All work of a round is independent of the rest, for as many processes as there are.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from thb_analysis.definitions import TOTAL, Catalogue, load_catalogue
from thb_analysis.findings import Finding
from thb_analysis.ingest.files import Task
from thb_analysis.ingest.guard import Stopped, guarded
from thb_analysis.ingest.pipeline import learn, read_packed, stopped_card
from thb_analysis.ingest.versions import sent_versions
from thb_analysis.observations import Observation
from thb_analysis.shelf import Card, Section, SectionKey, Shelf
from thb_analysis.tidy import store
from thb_analysis.tidy.checks import check_tables
from thb_analysis.tidy.reconcile import Line, corrections, place_of, void
from thb_analysis.tidy.settle import Settled, settle

Made = dict[str, tuple[str, ...]]  #: by table, the names of its years on the shelf


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the rounds came to."""

    cards: list[Card]
    findings: list[Finding]
    figures: int
    made: Made


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
    found = settle(section, table, catalogue, order.lines, order.sent)
    order.shelf.keep(order.name, found.said, found.lines, found.evidence)
    return found.said


@dataclass(slots=True)
class Work:
    """Who does the work, and where it is put."""

    catalogue: Catalogue
    shelf: Shelf
    workers: int
    executor: Executor | None

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


def write_all(
    work: Work,
    tasks: Sequence[Task],
    names: Sequence[str],
    strangers: Sequence[Finding],
    processed: Path,
    lang: str,
    stands: Callable[[str, tuple[str, ...]], bool],
    progress: Callable[[str], None] | None,
) -> Outcome:
    """Do both rounds and write what they come to; a table that `stands` as it was made of these parcels is left."""
    catalogue, shelf = work.catalogue, work.shelf
    cards = work.read(tasks, names, progress)
    rooms, findings = work.settle(cards)
    checked: dict[str, list[Observation]] = {table: [] for table in catalogue.tables}
    for room in rooms:
        checked[room.table] += room.settled.checked
    findings = [*strangers, *(finding for card in cards for finding in card.findings), *findings]
    findings = list(dict.fromkeys([*findings, *check_tables(checked, catalogue)]))
    made = {table: tuple(room.name for room in rooms if room.table == table) for table in catalogue.tables}
    for table, own in made.items():
        if not stands(table, own):
            store.write_table(catalogue.tables[table], [shelf.rows(name) for name in own], processed)
    store.write_findings(findings, processed, lang)
    store.write_ledger((shelf.ledger(card) for card in cards if card.name), processed)
    listed = sorted(rooms, key=lambda room: (room.table, room.year_text))
    store.write_evidence(
        [row for room in listed for row in room.settled.revisions],
        (shelf.evidence(room.name).read_bytes() for room in listed),
        processed,
    )
    shelf.sweep([*(card.name for card in cards), *(room.name for room in rooms)])
    return Outcome(cards, findings, sum(room.settled.rows for room in rooms), made)
