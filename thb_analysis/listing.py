"""The files of a folder, listed fast: it is done at every run, also where nothing has changed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path


def files_under(folder: Path, but: str = "", unread: list[str] | None = None) -> Iterator[str]:
    """Every file in a folder and in folders below it, in any order, by its path from there.

    A link to a file is a file, and one to nothing, too; one to a folder is not followed.  Such folders, and those that
    may not be read, are told to `unread`.  Folders of the name `but` are passed over.
    """
    unread = [] if unread is None else unread
    waiting = [("", os.fspath(folder))] if folder.is_dir() else []
    while waiting:
        before, place = waiting.pop()
        try:
            with os.scandir(place) as found:
                entries = list(found)
        except PermissionError:
            unread.append(before or "./")
            continue
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                if entry.name != but:
                    waiting.append((f"{before}{entry.name}/", entry.path))
            elif entry.is_symlink() and Path(entry.path).is_dir():
                unread.append(f"{before}{entry.name}/")
            elif entry.is_symlink() or entry.is_file():
                yield before + entry.name
