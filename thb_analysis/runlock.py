"""One run at a time: a lock on a folder that the system itself lets go when its holder ends, however it ends."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from thb_analysis.told import Told

TYPE_CHECKING = False  # what the library has for it takes longer to import than all else here
if TYPE_CHECKING:
    from typing import IO

NAME = ".lock"


class Locked(Told):
    """Another run is at work in a folder; `folder` and the number of its process, where known."""

    def __init__(self, folder: Path, process: str) -> None:
        self.folder, self.process = folder, process
        super().__init__("locked_by" if process else "locked", folder=folder, process=process)


@contextmanager
def locked(*folders: Path, raw: Path) -> Iterator[None]:
    """Hold the lock of every folder that is written to, in one order for all runs; Locked where another run holds one.

    Raises Told where one cannot be a folder, or lies within `raw`, which is never changed.
    """
    spare(raw, *folders)
    with ExitStack() as stack:
        for folder in sorted({folder.resolve() for folder in folders}):
            make(folder)
            stack.enter_context(_held(folder))
        yield


def spare(raw: Path, *folders: Path) -> None:
    """Raise Told for a folder within `raw`: what is written there would be read as an answer, or over one."""
    kept = f"{os.path.realpath(raw)}{os.sep}"
    for folder in folders:
        if f"{os.path.realpath(folder)}{os.sep}".startswith(kept):
            raise Told("in_raw", folder=folder, raw=raw)


def make(folder: Path) -> None:
    """Make a folder with those above it where they are not there; raise Told where a file is in its way."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError) as error:
        raise Told("no_place", folder=folder) from error


@contextmanager
def _held(folder: Path) -> Iterator[None]:
    with (folder / NAME).open("a+", encoding="ascii", newline="\n") as file:
        if not _take(file):
            file.seek(0)
            raise Locked(folder, file.read(20).strip())
        try:
            file.seek(0)
            file.truncate()
            file.write(f"{os.getpid()}\n")
            file.flush()
            yield
        finally:
            file.seek(0)
            file.truncate()


if sys.platform == "win32":
    import msvcrt

    def _take(file: IO[str]) -> bool:
        file.seek(FAR)
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    FAR = 1_000_000
    """A byte far behind the contents, so that they can be read while the lock is held."""

else:
    import fcntl

    def _take(file: IO[str]) -> bool:
        try:
            fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True
