"""Which files of a folder are workbooks, by their names alone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from thb_analysis.listing import files_under

SUFFIXES = (".xlsx", ".xlsm", ".xls", ".ods", ".csv")


def named(raw: Path, unread: list[str] | None = None) -> list[str]:
    """Every file under `raw` that may be a workbook, in order of its path; locks and hidden files are passed over.

    Folders that were not looked into are told to `unread`, and so are files with a name that is no text: it is in
    another encoding, and could stand in no table.
    """
    found = []
    for file in files_under(raw, unread=unread):
        if file.rpartition("/")[2].startswith(("~$", ".")):
            continue
        if is_text(file):
            found.append(file)
        elif unread is not None:
            unread.append(file)
    return sorted(found)


def is_text(name: str) -> bool:
    """Whether a name holds characters only, and no bytes that are none."""
    return name.isascii() or not any("\ud800" <= character <= "\udfff" for character in name)


def sorted_out(raw: Path, wanted: Callable[[Path], bool] | None = None) -> tuple[list[str], list[str]]:
    """The names of workbooks under `raw`, and those of files that are none; of those only that are `wanted`.

    Among the others are folders that were not looked into, each with a slash at its end, and names that are no text.
    """
    unread: list[str] = []
    files = named(raw, unread)
    if wanted is not None:
        files = [file for file in files if wanted(raw / file)]
    own = [file for file in files if file.lower().endswith(SUFFIXES)]
    known = set(own)
    return own, [*(file for file in files if file not in known), *sorted(unread)]
