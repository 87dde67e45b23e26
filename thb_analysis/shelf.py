"""The shelf: what each workbook came to, kept by its content, so that no workbook is read twice.

`.processed.shelf/` beside `processed/` holds a parcel for every workbook: its findings, and what it says of each year
of each table, each of which can be taken out by itself.  Its part of the ledger, and the rows of a year of a table, lie
here only until the outputs that hold them are written.  Nothing here is an output: whoever deletes the folder loses
time only.  A parcel is found by the checksum of all that it was made from, the program too.

Whoever reads workbooks puts the parcels of a run one behind the other into a bundle of its own, and their parts of the
ledger into a file beside it: to make a file for each would take longer than to fill it.  A parcel's card stands behind
it, so that one that was cut short is none.
"""

from __future__ import annotations

import hashlib
import os
import pickle
import struct
import threading
import zlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field, replace
from itertools import accumulate
from pathlib import Path
from typing import IO, Any

from thb_analysis.findings import LANGUAGES, Finding, csv_lines, once_by_severity, pack, unpack
from thb_analysis.observations import Observation, Plate

SectionKey = tuple[str, int | None]  #: a table and a year; None for totals over several years

Stretch = tuple[int, int, int]  #: of a bundle: offset, length, checksum

_HEAD = struct.Struct("<QQL")  #: how far behind it what is said stands, its length and its checksum
BUNDLE, LEDGER, ROOM = ".bundle", ".ledger", ".room"


class Damaged(RuntimeError):
    """Something on the shelf, or an output, is not what it was."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where bytes stand."""

    path: Path
    offset: int
    length: int
    time: int = 0  #: of the file, where it must not have changed since


@dataclass(slots=True)
class Section:
    """What workbooks say of one year of one table."""

    observations: list[Observation] = field(default_factory=list)
    plates: list[Plate] = field(default_factory=list)

    def __iadd__(self, other: Section) -> Section:
        self.observations += other.observations
        self.plates += other.plates
        return self


@dataclass(slots=True)
class Card:
    """What is known of a workbook without opening its parcel."""

    file: str
    sha256: str
    told: bytes  #: its findings, packed
    severities: dict[str, int]  #: how many findings there are of each
    cells: int
    sections: dict[SectionKey, Stretch]  #: where each stands in the bundle
    ledger: tuple[int, int]  #: where its part of the ledger stands beside the bundle, and its length
    bundle: str = ""
    place: tuple[int, int] = (0, 0)  #: of the parcel in the bundle, and its length
    name: str = ""  #: of the parcel; "" for a workbook that could not be read and is tried again every time
    #: By language and severity, the findings as lines of their CSV; only of a workbook that was just read.
    lines: dict[tuple[str, str], bytes] = field(default_factory=dict)

    @property
    def findings(self) -> list[Finding]:
        return unpack(self.told)


def packed(
    file: str,
    sha256: str,
    findings: Iterable[Finding],
    ledger: bytes,
    cells: int,
    sections: Mapping[SectionKey, Section],
) -> tuple[Card, list[bytes]]:
    """A workbook's card and its parcel in pieces, the part of the ledger last."""
    pieces = []
    places: dict[SectionKey, Stretch] = {}
    at = 0
    for key, section in sections.items():
        piece = pickle.dumps((section.observations, section.plates), protocol=5)
        places[key] = (at, len(piece), zlib.crc32(piece))
        pieces.append(piece)
        at += len(piece)
    found = list(dict.fromkeys(findings))
    sorted_ = once_by_severity(found)
    lines = {(lang, name): csv_lines(own, lang) for name, own in sorted_.items() for lang in LANGUAGES}
    told = pack(found)
    severities = {name: len(own) for name, own in sorted_.items()}
    card = Card(file, sha256, told, severities, cells, places, (0, len(ledger)), lines=lines)
    return card, [*pieces, ledger]


class _Own(threading.local):
    """The bundle that this thread of this process fills, and for which run."""

    run: tuple[Path, str, int] | None = None
    bundle = ""


_OWN = _Own()


class Shelf:
    """The folder of parcels."""

    def __init__(self, folder: Path, program: str) -> None:
        self.folder = folder
        self.program = program

    def name(self, file: str, sha256: str) -> str:
        """What the parcel of a workbook of this name and content is called."""
        return hashlib.sha256(f"{self.program}\0{file}\0{sha256}".encode()).hexdigest()[:32]

    # -- workbooks -----------------------------------------------------------------------------------------

    def put(self, name: str, card: Card, pieces: Sequence[bytes], run: str) -> None:
        """Put a parcel onto the shelf, whole or not at all: into the bundle that is filled here in this run."""
        own = (self.folder, run, os.getpid())  # a process that was forked has a bundle of its own
        if own != _OWN.run:
            _OWN.run, _OWN.bundle = own, os.urandom(16).hex()
        *sections, ledger = pieces
        with _appended(self.folder / f"{_OWN.bundle}{LEDGER}") as out:
            card.ledger = (out.tell(), len(ledger))
            out.write(ledger)
        with _appended(self.folder / f"{_OWN.bundle}{BUNDLE}") as out:
            start = out.tell()
            first, size = start + _HEAD.size, sum(map(len, sections))
            card.name, card.bundle = name, _OWN.bundle
            card.sections = {key: (first + at, own, check) for key, (at, own, check) in card.sections.items()}
            said = pickle.dumps(replace(card, lines={}), protocol=5)
            card.place = (start, _HEAD.size + size + len(said))
            out.write(b"".join([_HEAD.pack(size, len(said), zlib.crc32(said)), *sections, said]))

    def cards(self, but: Collection[str]) -> dict[str, Card]:
        """The cards of whole parcels by name; of all bundles but some."""
        found: dict[str, Card] = {}
        for path in sorted(self.folder.glob(f"*{BUNDLE}")):
            if path.stem not in but:
                found |= _cards(path)
        return found

    def has_ledger(self, card: Card) -> bool:
        """Whether a workbook's part of the ledger is here."""
        try:
            return (self.folder / f"{card.bundle}{LEDGER}").stat().st_size >= sum(card.ledger)
        except OSError:
            return False

    def ledger(self, card: Card) -> Place:
        """Where a workbook's part of the ledger stands, until an output has it."""
        return Place(self.folder / f"{card.bundle}{LEDGER}", *card.ledger)

    def sections(self, stretches: Iterable[tuple[str, Stretch]]) -> Iterator[Section]:
        """What workbooks say of one year of one table, by bundle.  Raises Damaged where a bundle does not hold it."""
        opened: dict[str, IO[bytes]] = {}
        with ExitStack() as stack:
            for bundle, (at, length, checksum) in stretches:
                path = self.folder / f"{bundle}{BUNDLE}"
                try:
                    if bundle not in opened:
                        opened[bundle] = stack.enter_context(path.open("rb", buffering=0))
                    opened[bundle].seek(at)
                    content = opened[bundle].read(length)
                except OSError as error:
                    raise Damaged(str(path)) from error
                if len(content) != length or zlib.crc32(content) != checksum:
                    raise Damaged(str(path))
                yield Section(*pickle.loads(content))

    # -- rooms ---------------------------------------------------------------------------------------------

    def keep(self, name: str, head: object, pieces: Sequence[Sequence[bytes | memoryview]]) -> list[Place]:
        """Keep what a year of a table came to until the outputs are written: what is said of it, and its rows."""
        path = self.folder / f"{name}{ROOM}"
        lengths = [sum(map(len, piece)) for piece in pieces]
        said = pickle.dumps((head, lengths), protocol=5)
        start = _HEAD.pack(_HEAD.size, len(said), zlib.crc32(said))
        replace_file(path, [start, said, *(each for piece in pieces for each in piece)])
        return _places(path, len(start) + len(said), lengths)

    def kept(self, name: str) -> tuple[Any, list[Place]] | None:
        """What was kept by a name; None where nothing is, or nothing that can be read."""
        path = self.folder / f"{name}{ROOM}"
        try:
            with path.open("rb") as parcel:
                at, length, checksum = _HEAD.unpack(parcel.read(_HEAD.size))
                said = parcel.read(length)
                if zlib.crc32(said) != checksum:
                    return None
                head, lengths = pickle.loads(said)
                whole = os.fstat(parcel.fileno()).st_size == at + length + sum(lengths)
                return (head, _places(path, at + length, lengths)) if whole else None
        except Exception:  # whatever is wrong with it, it is made anew
            return None

    # -- the rest ------------------------------------------------------------------------------------------

    def remember(self, name: str, what: object) -> None:
        """Keep a thing by its name."""
        content = pickle.dumps(what, protocol=5)
        replace_file(self.folder / name, [zlib.crc32(content).to_bytes(4, "little"), content])

    def recall(self, name: str) -> Any:
        """What was kept by a name; None where nothing is, or nothing that can be read."""
        try:
            content = (self.folder / name).read_bytes()
            whole = zlib.crc32(content[4:]).to_bytes(4, "little") == content[:4]
            return pickle.loads(content[4:]) if whole else None
        except Exception:  # whatever is wrong with it, it is made anew
            return None

    def sweep(self, kept: Iterable[str], cards: Iterable[Card] = (), ledger: bool = False) -> None:
        """Take away whatever nobody needs any more: all but what is kept, and the parcels of some cards.

        With `ledger` their parts of the ledger are needed too.
        """
        bundles: dict[str, list[tuple[int, int]]] = {}
        for card in cards:
            bundles.setdefault(card.bundle, []).append(card.place)
        known = {*kept, *(f"{bundle}{BUNDLE}" for bundle in bundles)}
        if ledger:
            known |= {f"{bundle}{LEDGER}" for bundle in bundles}
        with os.scandir(self.folder) as entries:
            for entry in entries:
                if entry.name not in known and entry.is_file(follow_symlinks=False):
                    Path(entry.path).unlink(missing_ok=True)
        for bundle, places in bundles.items():
            with suppress(OSError):
                _blank(self.folder / f"{bundle}{BUNDLE}", places)


def _cards(path: Path) -> dict[str, Card]:
    """The cards of a bundle, up to its end or to what is no parcel: whatever is wrong there, it is made anew."""
    found: dict[str, Card] = {}
    with suppress(Exception), path.open("rb") as bundle:
        at = 0
        while True:
            size, length, checksum = _HEAD.unpack(bundle.read(_HEAD.size))
            bundle.seek(size, os.SEEK_CUR)
            said = bundle.read(length)
            if len(said) != length or zlib.crc32(said) != checksum:
                break
            card: Card = pickle.loads(said)
            card.place = (at, _HEAD.size + size + length)
            found[card.name] = card
            at += card.place[1]
    return found


def _blank(path: Path, places: Iterable[tuple[int, int]]) -> None:
    """Blank what stands in a bundle outside of some places: nothing is kept of a workbook that is gone."""
    at = 0
    with path.open("r+b", buffering=0) as bundle:
        for start, length in [*sorted(places), (bundle.seek(0, os.SEEK_END), 0)]:
            bundle.seek(at)
            there = bundle.read(start - at) if start > at else b""
            if there and there.count(0) != len(there):
                bundle.seek(at)
                bundle.write(bytes(len(there)))
            at = start + length


@contextmanager
def _appended(path: Path) -> Iterator[IO[bytes]]:
    """A file to write at its end; what is not written whole is taken away again."""
    with path.open("ab") as out:
        start = out.tell()
        try:
            yield out
            out.flush()
        except BaseException:
            with suppress(OSError):
                os.truncate(path, start)
            raise


def _places(path: Path, at: int, lengths: Sequence[int]) -> list[Place]:
    starts = accumulate(lengths, initial=at)
    return [Place(path, start, length) for start, length in zip(starts, lengths, strict=False)]


def replace_file(path: Path, pieces: Iterable[bytes | memoryview]) -> None:
    """Write a file in one step; a killed run leaves the old one."""
    with replaced(path) as out:
        for piece in pieces:
            out.write(piece)


@contextmanager
def replaced(path: Path) -> Iterator[IO[bytes]]:
    """A file to write that takes the place of another in one step, once all is written.

    Not forced onto the disk: what a power failure takes is made anew.
    """
    aside = path.with_name(f".{path.name[:40]}.{os.urandom(8).hex()}")
    try:
        with aside.open("xb") as out:
            yield out
        aside.chmod(0o644)
        aside.replace(path)
    except BaseException:
        aside.unlink(missing_ok=True)
        raise
