"""The two rounds of an ingest: each workbook is read onto the shelf, then each year of each table is settled from it.

All work of a round is independent of the rest, for as many processes as there are.
"""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib import import_module
from itertools import takewhile
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any

from thb_analysis.aside import Aside
from thb_analysis.definitions import TOTAL, Catalogue, load_catalogue
from thb_analysis.findings import Finding, wordings
from thb_analysis.ingest.book import uncollected
from thb_analysis.ingest.files import Task
from thb_analysis.ingest.guard import Stopped, guarded
from thb_analysis.ingest.versions import repeated_files, sent_versions
from thb_analysis.observations import Observation
from thb_analysis.outputs import Output, Part, Standing
from thb_analysis.shelf import Card, Damaged, Place, Section, SectionKey, Shelf, Stretch
from thb_analysis.tidy.checks import check_tables
from thb_analysis.tidy.parquet import Footer
from thb_analysis.tidy.reconcile import Line, corrections, place_of, void
from thb_analysis.tidy.settle import Settled, settle
from thb_analysis.tidy.shifted import years_repeated, years_shifted
from thb_analysis.tidy.wholes import untold
from thb_analysis.tidy.write import Rows, Writer

if TYPE_CHECKING:
    from concurrent.futures import Executor

#: From so many workbooks, or bytes of parcels, on it pays to make ready before processes are forked.
MANY, ENOUGH = 50, 1_000_000


@dataclass(slots=True)
class Known:
    """What is known of the outputs written last: all that they are made of."""

    cards: dict[str, Card] = field(default_factory=dict)
    rooms: dict[str, Head] = field(default_factory=dict)
    footers: dict[str, Footer] = field(default_factory=dict)  #: of pieces of Parquet that hold several years
    outputs: dict[str, Output] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Head:
    """One year of a table without its rows."""

    said: Settled
    footer: Footer | None = None  #: of its piece of Parquet, where it has one


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the rounds came to."""

    cards: list[Card]
    others: list[Finding]  #: those that are not a workbook's own
    severities: Counter[str]
    figures: int
    known: Known


@dataclass(frozen=True, slots=True)
class Order:
    """One year of one table to settle, as it is sent to a process."""

    key: SectionKey
    name: str
    sections: tuple[tuple[str, Stretch], ...]  #: by bundle
    catalogue: Path
    shelf: Shelf
    lines: tuple[Line, ...]
    sent: Mapping[str, tuple[str, int]]


@dataclass(frozen=True, slots=True)
class Room:
    """One year of one table: what it came to, and where its rows, its evidence and its Parquet stand."""

    head: Head
    places: Sequence[Place]


def _read(task: Task) -> Card:
    from thb_analysis.ingest.pipeline import read_packed  # by whoever reads: others need not know how

    return read_packed(task)


def _sender(task: Task) -> str:
    """What a file's name begins with, mostly who sent it: such files have most in common."""
    return "".join(takewhile(str.isalpha, task.path.name))


def _settle_room(order: Order) -> Room:
    with uncollected():
        return _settled_room(order)


def _settled_room(order: Order) -> Room:
    catalogue = load_catalogue(order.catalogue)
    section = Section()
    for each in order.shelf.sections(order.sections):
        section += each
    table = catalogue.tables[order.key[0]]
    found = settle(section, table, catalogue, order.lines, order.sent)
    body, footer = (found.parquet.body, found.parquet.footer) if found.parquet else (b"", None)
    head = Head(found.said, footer)
    return Room(head, order.shelf.keep(order.name, head, [found.lines, [found.evidence], [body]]))


@dataclass(slots=True)
class Work:
    """Who does the work, and where it is put."""

    catalogue: Catalogue
    shelf: Shelf
    workers: int
    executor: Executor | None
    known: Known
    standing: Standing

    def read(
        self, tasks: Sequence[Task], names: Sequence[str], progress: Callable[[str], None] | None
    ) -> list[Card]:
        """The card of every workbook, in order; what stands on the shelf already is not read again."""
        known = self._cards(names)
        run = os.urandom(8).hex()
        missing = [
            replace(task, shelf=self.shelf.folder, program=self.shelf.program, run=run)
            for task, card in zip(tasks, known, strict=True)
            if card is None
        ]
        if len(missing) > self.workers:
            _learn(self.catalogue)
        # In a thread: whoever reads must not wait for it.
        ready = Thread(target=_make_ready, args=(missing, [card for card in known if card]))
        fresh = self._done(_read, missing, ready.start, kind=_sender)
        cards = []
        for task, card in zip(tasks, known, strict=True):
            if card is None:
                result = next(fresh)
                card = _stopped(task, result) if isinstance(result, Stopped) else result
            if progress:
                progress(card.file)
            cards.append(card)
        if missing:
            ready.join()
        return cards

    def _cards(self, names: Sequence[str]) -> list[Card | None]:
        """By name the card of a parcel whose part of the ledger is still there; None where there is none."""
        known = self.known.cards
        if any(name and name not in known for name in names):  # a run that was killed may have left it
            known = self.shelf.cards({card.bundle for card in known.values()}) | known
        return [
            card
            if (card := known.get(name)) is not None
            and (self.standing.part("ledger.csv", name) is not None or self.shelf.has_ledger(card))
            else None
            for name in names
        ]

    def ledger(self, card: Card) -> Part:
        """A workbook's part of the ledger."""
        return self.standing.part("ledger.csv", card.name) or self.shelf.ledger(card)

    def orders(
        self, cards: Sequence[Card], lines: Sequence[Line], sent: Mapping[str, tuple[str, int]]
    ) -> list[Order]:
        """Every year of every table, table by table, a total over years last."""
        by_key: dict[SectionKey, list[Card]] = {}
        for card in cards:
            for key in card.sections:
                by_key.setdefault(key, []).append(card)
        order = {name: number for number, name in enumerate(self.catalogue.tables)}
        keys = sorted(by_key, key=lambda key: (order[key[0]], key[1] is None, key[1] or 0))
        return [self._order(key, by_key[key], lines, sent) for key in keys]

    def settle(self, orders: Sequence[Order], meanwhile: Callable[[], None]) -> Iterator[Room]:
        """What they come to, in order; what stands is not settled again.  Raises Damaged where one cannot be.

        `meanwhile` is done once all who settle are at work.
        """
        known = [self._room(order) for order in orders]
        missing = [order for order, room in zip(orders, known, strict=True) if room is None]
        fresh = self._done(_settle_room, missing, meanwhile, seconds=3_600, megabytes=8_000)
        for order, room in zip(orders, known, strict=True):
            done = next(fresh) if room is None else room
            if isinstance(done, Stopped):
                raise Damaged(f"{order.key} could not be settled: {done.code} {done.found}")
            yield done

    def _room(self, order: Order) -> Room | None:
        head = self.known.rooms.get(order.name)
        if head is not None:
            outputs = [f"{order.key[0]}.csv", "evidence.csv"]
            outputs += [f"{order.key[0]}.parquet"] if head.footer else []
            places = [self.standing.part(output, order.name) for output in outputs]
            there = [place for place in places if place is not None]
            if len(there) == len(places):
                return Room(head, there)
        kept = self.shelf.kept(order.name)
        return None if kept is None else Room(*kept)

    def _order(
        self,
        key: SectionKey,
        cards: Sequence[Card],
        lines: Sequence[Line],
        sent: Mapping[str, tuple[str, int]],
    ) -> Order:
        files = {card.file for card in cards}
        own = tuple(line for line in lines if line["file"] in files)
        several = {file: version for file, version in sent.items() if file in files}
        told = repr((key, [card.name for card in cards], own, sorted(several.items()), self.shelf.program))
        name = hashlib.sha256(told.encode()).hexdigest()[:32]
        sections = tuple((card.bundle, card.sections[key]) for card in cards)
        return Order(key, name, sections, self.catalogue.folder, self.shelf, own, several)

    def _done(
        self, work: Callable[[Any], Any], items: Sequence[Any], then: Callable[[], None], **how: Any
    ) -> Iterator[Any]:
        """What each item comes to; `then` is done once all workers are at work."""
        if self.executor is not None:
            done = self.executor.map(work, items)
            then()
            return iter(done)
        return guarded(work, items, self.workers, then=then, **how)


def _learn(catalogue: Catalogue) -> None:
    """Learn all words, so that every process that is forked knows them."""
    from thb_analysis.ingest.pipeline import learn

    wordings()
    learn(catalogue)


def _stopped(task: Task, stopped: Stopped) -> Card:
    from thb_analysis.ingest.pipeline import stopped_card

    return stopped_card(task, stopped)


def _make_ready(tasks: Sequence[Task], known: Sequence[Card]) -> None:
    """Import what settling needs, so that every process that is forked has it; where there is much to settle."""
    much = len(tasks) > MANY or sum(s[1] for card in known for s in card.sections.values()) > ENOUGH
    if not tasks or not much:
        return
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # threads that would wait for work that never comes
    import_module("numpy")
    import_module("pyarrow._compute")
    import_module("pyarrow._parquet")


def write_all(
    work: Work,
    tasks: Sequence[Task],
    names: Sequence[str],
    strangers: Sequence[Finding],
    processed: Path,
    lang: str,
    progress: Callable[[str], None] | None,
) -> Outcome:
    """Do both rounds and write what they come to, the tables and the ledger while others are still being settled."""
    catalogue = work.catalogue
    cards = work.read(tasks, names, progress)
    sent, findings = sent_versions([card.file for card in cards], catalogue)
    findings += repeated_files({card.file: card.sha256 for card in cards}, catalogue)
    lines = corrections(catalogue.folder / "corrections.csv")
    orders = work.orders(cards, lines, sent)
    writer = Writer(processed, work.standing, work.known.footers, work.shelf.program)
    whole = [card for card in cards if card.name]
    rooms: list[Room] = []

    def rows(own: Sequence[Order]) -> Iterator[Rows]:
        for order, room in zip(own, settled, strict=False):
            rooms.append(room)
            yield Rows(order.name, room.places[0], room.head.footer, room.places[-1])

    with Aside(writer.ledger(whole, map(work.ledger, whole))) as ledger:
        settled = work.settle(orders, ledger.start)
        for table in catalogue.tables.values():
            own = [order for order in orders if order.key[0] == table.id]
            writer.table(table, [order.name for order in own], rows(own))
        listed = sorted(zip(orders, rooms, strict=True), key=lambda each: _listed(each[0].key))
        writer.revisions(row for _, room in listed for row in room.head.said.revisions)
        writer.evidence([order.name for order, _ in listed], (room.places[1] for _, room in listed))
        others = _others(strangers, findings, lines, orders, rooms, catalogue)
        others = untold(
            others, lambda file: (f for card in cards if card.file == file for f in card.findings)
        )
        severities = writer.findings(cards, others, lang)
    known = Known(
        {card.name: replace(card, lines={}) if card.lines else card for card in whole},
        {order.name: room.head for order, room in zip(orders, rooms, strict=True)},
        writer.kept,
        writer.made,
    )
    return Outcome(cards, others, severities, sum(room.head.said.rows for room in rooms), known)


def _others(
    strangers: Sequence[Finding],
    findings: Sequence[Finding],
    lines: Sequence[Line],
    orders: Sequence[Order],
    rooms: Sequence[Room],
    catalogue: Catalogue,
) -> list[Finding]:
    """What was found beside what workbooks tell of themselves."""
    checked: dict[str, list[Observation]] = {table: [] for table in catalogue.tables}
    for order, room in zip(orders, rooms, strict=True):
        checked[order.key[0]] += room.head.said.checked
    found = {place for room in rooms for place in room.head.said.corrected}
    findings = [*findings, *[void(line) for line in lines if place_of(line) not in found]]
    findings += [finding for room in rooms for finding in room.head.said.findings]
    findings += years_shifted(row for room in rooms for row in room.head.said.revisions)
    findings += years_repeated(
        {order.key: room.head.said.told for order, room in zip(orders, rooms, strict=True)}
    )
    return list(dict.fromkeys([*strangers, *findings, *check_tables(checked, catalogue)]))


def _listed(key: SectionKey) -> tuple[str, str]:
    table, year = key
    return table, TOTAL if year is None else str(year)
