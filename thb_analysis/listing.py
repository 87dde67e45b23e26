"""The files of a folder, listed fast: it is done at every run, also where nothing has changed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path


def files_under(folder: Path, but: str = "") -> Iterator[str]:
    """Every file in a folder and in folders below it, in any order, by its path from there.

    A link to a file is a file; one to a folder is not followed.  A folder that may not be read is passed over, and so
    are folders of the name `but`.
    """
    waiting = [("", os.fspath(folder))] if folder.is_dir() else []
    while waiting:
        before, place = waiting.pop()
        try:
            with os.scandir(place) as found:
                entries = list(found)
        except PermissionError:
            continue
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                if entry.name != but:
                    waiting.append((f"{before}{entry.name}/", entry.path))
            elif Path(entry.path).is_file() if entry.is_symlink() else entry.is_file():
                yield before + entry.name
