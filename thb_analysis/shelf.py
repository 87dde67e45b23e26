"""The shelf: what each workbook came to, kept by its content, so that no workbook is read twice.

`.processed.shelf/` beside `processed/` holds a parcel for every workbook: its findings, and what it says of each year
of each table, each of which can be taken out by itself.  Its part of the ledger, and the rows of a year of a table, lie
here only until the outputs that hold them are written.  Nothing here is an output: whoever deletes the folder loses
time only.  A parcel is found by the checksum of all that it was made from, the program too.
"""

from __future__ import annotations

import hashlib
import os
import pickle
import struct
import tempfile
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from itertools import accumulate
from pathlib import Path
from typing import IO, Any

from thb_analysis.findings import LANGUAGES, Finding, by_severity, csv_lines
from thb_analysis.observations import Observation, Plate

SectionKey = tuple[str, int | None]  #: a table and a year; None for totals over several years

Stretch = tuple[int, int, int]  #: of a parcel: offset, length, checksum

_HEAD = struct.Struct("<QQL")  #: of a parcel: where what is said of it stands, its length and its checksum
ROOM = ".room"


class Damaged(RuntimeError):
    """Something on the shelf, or an output, is not what it was."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where bytes stand."""

    path: Path
    offset: int
    length: int
    time: int = 0  #: of the file, where it must not have changed since


def beside(processed: Path) -> Path:
    """Where the shelf of a folder of tables stands: beside it, or in it where nothing can be put beside it."""
    processed = processed.absolute()
    place = processed.with_name(f".{processed.name}.shelf")
    try:
        place.mkdir(parents=True, exist_ok=True)
    except OSError:
        place = processed / ".shelf"
        place.mkdir(parents=True, exist_ok=True)
    return place


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
    sections: dict[
        SectionKey, tuple[int, int, int]
    ]  #: where each stands in the parcel, its length and its checksum
    ledger: int  #: the length of its part of the ledger
    end: int = 0  #: where that stands in the parcel, until it is trimmed
    name: str = ""  #: of the parcel; "" for a workbook that could not be read and is tried again every time
    #: By language and severity, the findings as lines of their CSV; only of a workbook that was just read.
    lines: dict[tuple[str, str], bytes] = field(default_factory=dict)

    @property
    def findings(self) -> list[Finding]:
        return [Finding(*each) for each in pickle.loads(self.told)]


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
    at = _HEAD.size
    for key, section in sections.items():
        piece = pickle.dumps((section.observations, section.plates), protocol=5)
        places[key] = (at, len(piece), zlib.crc32(piece))
        pieces.append(piece)
        at += len(piece)
    found = list(dict.fromkeys(findings))
    sorted_ = by_severity(found)
    lines = {(lang, name): csv_lines(own, lang) for name, own in sorted_.items() for lang in LANGUAGES}
    told = pickle.dumps([each.fields() for each in found], protocol=5)
    severities = {name: len(own) for name, own in sorted_.items()}
    card = Card(file, sha256, told, severities, cells, places, len(ledger), lines=lines)
    return card, [*pieces, ledger]


class Shelf:
    """The folder of parcels."""

    def __init__(self, folder: Path, program: str) -> None:
        self.folder = folder
        self.program = program

    def name(self, file: str, sha256: str) -> str:
        """Where the parcel of a workbook of this name and content stands."""
        return hashlib.sha256(f"{self.program}\0{file}\0{sha256}".encode()).hexdigest()[:32]

    # -- workbooks -----------------------------------------------------------------------------------------

    def put(self, name: str, card: Card, pieces: Sequence[bytes]) -> None:
        """Put a parcel onto the shelf, whole or not at all."""
        card.name = name
        *sections, ledger = pieces
        said = pickle.dumps(replace(card, lines={}), protocol=5)
        at = _HEAD.size + sum(map(len, sections))
        head = _HEAD.pack(at, len(said), zlib.crc32(said))
        card.end = at + len(said)
        replace_file(self.folder / name, [head, *sections, said, ledger])

    def card(self, name: str) -> Card | None:
        """The card of a parcel that still has its part of the ledger; None where there is none that can be read."""
        try:
            with (self.folder / name).open("rb") as parcel:
                at, length, checksum = _HEAD.unpack(parcel.read(_HEAD.size))
                parcel.seek(at)
                said = parcel.read(length)
                if zlib.crc32(said) != checksum:
                    return None
                card: Card = pickle.loads(said)
                card.end = at + length
                return card if os.fstat(parcel.fileno()).st_size == card.end + card.ledger else None
        except Exception:  # whatever is wrong with a parcel, it is made anew
            return None

    def ledger(self, card: Card) -> Place:
        """Where a workbook's part of the ledger stands in its parcel, until that is trimmed."""
        return Place(self.folder / card.name, card.end, card.ledger)

    def trim(self, card: Card) -> None:
        """Take a workbook's part of the ledger out of its parcel: it stands in an output now."""
        path = self.folder / card.name
        with suppress(OSError):
            if path.stat().st_size == card.end + card.ledger:
                os.truncate(path, card.end)

    def section(self, name: str, stretch: Stretch) -> Section:
        """What a workbook says of one year of one table.  Raises Damaged where its parcel does not hold it."""
        at, length, checksum = stretch
        path = self.folder / name
        try:
            with path.open("rb") as parcel:
                parcel.seek(at)
                content = parcel.read(length)
        except OSError as error:
            raise Damaged(str(path)) from error
        if len(content) != length or zlib.crc32(content) != checksum:
            raise Damaged(str(path))
        return Section(*pickle.loads(content))

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

    def sweep(self, kept: Iterable[str]) -> None:
        """Take away whatever nobody needs any more."""
        known = set(kept)
        with os.scandir(self.folder) as entries:
            for entry in entries:
                if entry.name not in known and entry.is_file(follow_symlinks=False):
                    Path(entry.path).unlink(missing_ok=True)


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
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:40]}.")
    try:
        with os.fdopen(handle, "wb") as out:
            yield out
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
