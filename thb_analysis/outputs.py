"""The outputs by their parts: what did not change is copied from the outputs written last; nothing is kept twice.

Every part has a name that tells what it was made from.  Of each output is remembered where its parts stand in it, and
its size and time as the proof that nobody has touched it since.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO

from thb_analysis.shelf import Damaged, Place, replaced
from thb_analysis.stamps import about

_OPEN = 64  #: so many files are open at a time
_ROOM = 1 << 24  #: bytes for which a file that replaces another is given room at a time

Part = bytes | Place  #: the bytes themselves, or where they stand


@dataclass(slots=True)
class Output:
    """An output as it was written."""

    size: int = -1
    time: int = -1
    parts: dict[str, tuple[int, int]] = field(default_factory=dict)  #: in their order: offset and length

    def named(self, names: Iterable[str]) -> Output:
        """The same bytes, its parts by other names."""
        return Output(self.size, self.time, dict(zip(names, self.parts.values(), strict=True)))


class Standing:
    """The outputs of a folder as they were written last; those that were touched since are none."""

    def __init__(self, folder: Path, known: dict[str, Output]) -> None:
        self.folder = folder
        self._paths = {name: folder / name for name in known}
        self.known = {name: output for name, output in known.items() if _stands(folder / name, output)}

    def part(self, output: str, name: str) -> Place | None:
        """Where a part stands in an output."""
        known = self.known.get(output)
        place = None if known is None else known.parts.get(name)
        return None if known is None or place is None else Place(self._paths[output], *place, known.time)

    def parts(self, output: str, head: bytes) -> list[Place]:
        """Where all parts of an output stand, in order; none where it begins with something else."""
        known = self.known.get(output)
        if known is None or not same(head, Place(self._paths[output], 0, len(head), known.time)):
            return []
        return [Place(self._paths[output], *place, known.time) for place in known.parts.values()]

    def are(self, output: str, names: Sequence[str]) -> bool:
        """Whether an output is made of these parts and no others."""
        known = self.known.get(output)
        return known is not None and list(known.parts) == list(names)


def _stands(path: Path, output: Output) -> bool:
    return about(path) == (output.size, output.time)


class Writing:
    """An output as it is written, part by part.  Parts that follow each other in one file are copied together."""

    def __init__(self, out: IO[bytes], replaces: bool = False) -> None:
        self.parts: dict[str, tuple[int, int]] = {}
        self._out = out
        #: How far there is room.  A file that has all its room when it replaces another need not be written to the disk
        #: before that: with others some systems (ext4) wait for it, to be safe from a power failure.
        self._room = 0 if replaces and hasattr(os, "posix_fallocate") else None
        self._at = 0
        self._waiting: Place | None = None  #: what is to be copied next, from where it starts
        self._long = 0  #: so many bytes of it
        self._sources: dict[Path, IO[bytes]] = {}  #: the last few

    def text(self, content: bytes) -> None:
        """Bytes that are no part: a first line, an end."""
        self._copy()
        self._make_room(len(content))
        self._out.write(content)
        self._at += len(content)

    def part(self, name: str, part: Part) -> None:
        """The next part."""
        if isinstance(part, bytes):
            self.parts[name] = (self._at, len(part))
            self.text(part)
            return
        self.parts[name] = (self._at, part.length)
        waiting = self._waiting
        if waiting and waiting.offset + self._long == part.offset and _same(waiting.path, part.path):
            self._long += part.length
        else:
            self._copy()
            self._waiting, self._long = part, part.length
        self._at += part.length

    def end(self) -> None:
        """Nothing more comes."""
        self._copy()
        self._close()
        if self._room:
            self._out.truncate(self._at)

    def _make_room(self, length: int) -> None:
        if self._room is not None and self._at + length > max(self._room, _ROOM):
            more = max(_ROOM, self._at + length - self._room)
            try:
                os.posix_fallocate(self._out.fileno(), self._room, more)
                self._room += more
            except OSError:
                self._room = None

    def _copy(self) -> None:
        place, self._waiting = self._waiting, None
        if place is None or not self._long:
            return
        place = replace(place, length=self._long)
        self._make_room(0)
        source = self._sources.get(place.path)
        if source is None:
            if len(self._sources) == _OPEN:
                self._close()
            source = self._sources[place.path] = _opened(place)
        _check(source, place)
        _copy(source, place, self._out)

    def _close(self) -> None:
        for source in self._sources.values():
            source.close()
        self._sources.clear()


def _same(one: Path, other: Path) -> bool:
    return one is other or one == other


@contextmanager
def writing(path: Path, known: dict[str, Output]) -> Iterator[Writing]:
    """An output that takes the place of the old one in one step, once all is written; then it is `known`."""
    with replaced(path) as out:
        made = Writing(out, path.exists())
        try:
            yield made
            made.end()
        finally:
            made._close()
    known[path.name] = Output(*about(path), made.parts)


def _opened(place: Place) -> IO[bytes]:
    try:
        source = place.path.open("rb", buffering=0)
    except OSError as error:
        raise Damaged(str(place.path)) from error
    return source


def _check(source: IO[bytes], place: Place) -> None:
    """Whether nobody has changed a file since."""
    if place.time and os.fstat(source.fileno()).st_mtime_ns != place.time:
        raise Damaged(str(place.path))


def _copy(source: IO[bytes], place: Place, out: IO[bytes]) -> None:
    """Copy by the system alone where it can."""
    offset, left = place.offset, place.length
    out.flush()
    copy = getattr(os, "copy_file_range", None)
    while copy is not None and left:
        try:
            done = copy(source.fileno(), out.fileno(), left, offset)
        except OSError:  # not between these two files
            break
        if not done:
            break
        offset, left = offset + done, left - done
    if left:
        out.seek(os.lseek(out.fileno(), 0, os.SEEK_CUR))
        source.seek(offset)
    while left:
        content = source.read(min(left, 1 << 20))
        if not content:
            raise Damaged(str(place.path))
        out.write(content)
        left -= len(content)


def same(part: Part, other: Place) -> bool:
    """Whether a part is the bytes that stand somewhere."""
    if not isinstance(part, bytes):
        if (part.offset, part.length) == (other.offset, other.length) and _same(part.path, other.path):
            return True
        return part.length == other.length and joined([part]) == joined([other])
    return len(part) == other.length and part == joined([other])


def joined(parts: Sequence[Part]) -> bytes:
    """The bytes of parts."""
    found = []
    for part in parts:
        if isinstance(part, bytes):
            found.append(part)
            continue
        with _opened(part) as source:
            _check(source, part)
            source.seek(part.offset)
            found.append(source.read(part.length))
        if len(found[-1]) != part.length:
            raise Damaged(str(part.path))
    return b"".join(found)
