"""What something is made from: checksums of many files, and stamps by size and time.  Done at every run, so it is fast.

Nothing is imported here that takes longer than the work.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterable, Sequence
from hashlib import sha256
from pathlib import Path

from thb_analysis.listing import files_under

SHIPPED = Path(__file__).parent / "catalogue"
_AT_ONCE = 1 << 16  #: bytes of a file that are read at once
_BINARY = os.O_RDONLY | getattr(os, "O_BINARY", 0)


class Checksums:
    """The checksum of every byte of each of some files, taken in a thread from the start; "" where none can be."""

    def __init__(self, paths: Sequence[str]) -> None:
        self._paths = paths
        self._found = [""] * len(paths)
        self._left = iter(range(len(paths)))
        self._thread = threading.Thread(target=self._take, daemon=True)
        self._thread.start()

    def _take(self) -> None:
        for at in self._left:
            self._found[at] = checksum(self._paths[at])

    def all(self) -> list[str]:
        """Those of all files, in order; here, too, until none is left."""
        self._take()
        self._thread.join()
        return self._found


def checksum(path: str) -> str:
    """The checksum of a file's bytes; "" for one that cannot be opened."""
    try:
        file = os.open(path, _BINARY)
        try:
            digest = sha256()
            while content := os.read(file, _AT_ONCE):
                digest.update(content)
        finally:
            os.close(file)
    except OSError:
        return ""
    return digest.hexdigest()


def looks(paths: Iterable[str]) -> str:
    """One checksum of the sizes and times of files: what it tells of them may be wrong, but it tells it at once."""
    return sha256(repr(list(map(about, paths))).encode()).hexdigest()


def program_stamp(catalogue: Path) -> str:
    """What decides, besides its content, what a workbook comes to: the program, a catalogue, and what is installed."""
    digest = sha256(f"\0{environment()}\0".encode())
    for folder in [SHIPPED.parent] if catalogue == SHIPPED else [SHIPPED.parent, catalogue]:
        place = os.fspath(folder)
        for name in package_names(folder):
            about = os.stat(f"{place}/{name}")  # noqa: PTH116 -- hundreds of files, and nothing else to do
            digest.update(f"{name}\0{about.st_size} {about.st_mtime_ns}\0".encode())
    return digest.hexdigest()


def package_names(folder: Path) -> Iterable[str]:
    """The files of the program or of a catalogue: all but what Python writes itself."""
    names = sorted(name.split("/") for name in files_under(folder, but="__pycache__"))
    return map("/".join, names)


def environment() -> str:
    """This Python and the packages beside it, by the names of their records."""
    names: set[str] = set()
    for place in sys.path:
        if place.endswith("-packages"):
            try:
                names.update(name for name in os.listdir(place) if name.endswith(".dist-info"))  # noqa: PTH208
            except OSError:
                continue
    return f"{sys.version} {' '.join(sorted(names))}"


def about(path: str | Path) -> tuple[int, int]:
    """Size and time of a file; of one that is not there, none."""
    try:
        found = os.stat(path)  # noqa: PTH116 -- at every run
    except OSError:
        return (-1, -1)
    return (found.st_size, found.st_mtime_ns)
