"""The shelf: what each workbook came to, kept by its content, so that no workbook is read twice.

`.processed.shelf/` beside `processed/` holds a parcel for every workbook: its findings, its part of the ledger, and
what it says of each year of each table, each of which can be taken out by itself.  Nothing here is an output: whoever
deletes the folder loses time only.  A parcel is found by the checksum of all that it was made from, the program too.
"""

from __future__ import annotations

import hashlib
import os
import pickle
import struct
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from thb_analysis.findings import Finding
from thb_analysis.observations import Observation, Plate

SectionKey = tuple[str, int | None]  #: a table and a year; None for totals over several years

_LENGTH = struct.Struct("<Q")


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
    """What is known of a workbook without opening its parcel: the places of its parts in it among it."""

    file: str
    sha256: str
    findings: list[Finding]
    cells: int
    ledger: tuple[int, int]
    sections: dict[SectionKey, tuple[int, int]]
    name: str = ""  #: of the parcel; "" for a workbook that could not be read and is tried again every time


def packed(
    file: str,
    sha256: str,
    findings: Iterable[Finding],
    ledger: bytes,
    cells: int,
    sections: Mapping[SectionKey, Section],
) -> tuple[Card, list[bytes]]:
    """A workbook's card and its parcel in pieces."""
    pieces = [ledger]
    places: dict[SectionKey, tuple[int, int]] = {}
    at = len(ledger)
    for key, section in sections.items():
        piece = pickle.dumps((section.observations, section.plates), protocol=5)
        places[key] = (at, len(piece))
        pieces.append(piece)
        at += len(piece)
    return Card(file, sha256, list(findings), cells, (0, len(ledger)), places), pieces


class Shelf:
    """The folder of parcels."""

    def __init__(self, folder: Path, program: str) -> None:
        self.folder = folder
        self.program = program

    def name(self, file: str, sha256: str) -> str:
        """Where the parcel of a workbook of this name and content stands."""
        return hashlib.sha256(f"{self.program}\0{file}\0{sha256}".encode()).hexdigest()[:32]

    def put(self, name: str, card: Card, pieces: Iterable[bytes]) -> None:
        """Put a parcel onto the shelf, whole or not at all."""
        card.name = name
        head = pickle.dumps(card, protocol=5)
        replace_file(self.folder / card.name, [_LENGTH.pack(len(head)), head, *pieces])

    def card(self, name: str) -> Card | None:
        """The card of a parcel; None where there is none that can be read."""
        try:
            with (self.folder / name).open("rb") as parcel:
                return _card(parcel)
        except Exception:  # whatever is wrong with a parcel, it is made anew
            return None

    def ledger(self, card: Card) -> bytes:
        """A workbook's part of the ledger, as lines of its CSV."""
        return self._part(card, card.ledger)

    def section(self, card: Card, key: SectionKey) -> Section:
        """What a workbook says of one year of one table."""
        return Section(*pickle.loads(self._part(card, card.sections[key])))

    def _part(self, card: Card, place: tuple[int, int]) -> bytes:
        at, length = place
        with (self.folder / card.name).open("rb") as parcel:
            (head,) = _LENGTH.unpack(parcel.read(_LENGTH.size))
            parcel.seek(_LENGTH.size + head + at)
            return parcel.read(length)

    def keep(self, name: str, head: object, rows: bytes, evidence: bytes) -> None:
        """Keep what a year of a table came to: what is said of it, and apart its rows and the evidence for them."""
        replace_file(self.rows(name), [rows])
        replace_file(self.evidence(name), [evidence])
        self.remember(name, head)

    def kept(self, name: str) -> Any:
        """What was kept by a name; None where nothing is, or its rows are gone."""
        there = self.rows(name).is_file() and self.evidence(name).is_file()
        return self.recall(name) if there else None

    def remember(self, name: str, what: object) -> None:
        """Keep a thing by its name."""
        replace_file(self.folder / name, [pickle.dumps(what, protocol=5)])

    def recall(self, name: str) -> Any:
        """What was kept by a name; None where nothing is, or nothing that can be read."""
        try:
            return pickle.loads((self.folder / name).read_bytes())
        except Exception:  # whatever is wrong with it, it is made anew
            return None

    def rows(self, name: str) -> Path:
        """The file with the rows of a year of a table."""
        return self.folder / f"{name}.rows"

    def evidence(self, name: str) -> Path:
        """The file with the evidence for a year of a table."""
        return self.folder / f"{name}.evidence"

    def sweep(self, kept: Iterable[str]) -> None:
        """Take away whatever nobody needs any more."""
        known = {*kept, "last"}
        for path in self.folder.iterdir():
            if path.name.partition(".")[0] not in known and path.is_file():
                path.unlink(missing_ok=True)


def _card(parcel: Any) -> Card:
    (head,) = _LENGTH.unpack(parcel.read(_LENGTH.size))
    card = pickle.loads(parcel.read(head))
    ends = [card.ledger, *card.sections.values()]
    size = _LENGTH.size + head + max(at + length for at, length in ends)
    if os.fstat(parcel.fileno()).st_size != size:
        raise ValueError("a parcel that was cut short")
    return card  # type: ignore[no-any-return]


def replace_file(path: Path, pieces: Iterable[bytes]) -> None:
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
