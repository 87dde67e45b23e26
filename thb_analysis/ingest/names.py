"""Which files of a folder are workbooks, by their names alone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from thb_analysis.listing import files_under

SUFFIXES = (".xlsx", ".xlsm", ".xls", ".ods", ".csv")


def named(raw: Path) -> list[str]:
    """Every file under `raw` that may be a workbook, in order of its path; locks and hidden files are passed over."""
    return sorted(file for file in files_under(raw) if not file.rpartition("/")[2].startswith(("~$", ".")))


def sorted_out(raw: Path, wanted: Callable[[Path], bool] | None = None) -> tuple[list[str], list[str]]:
    """The names of workbooks under `raw`, and those of files that are none; of those only that are `wanted`."""
    files = named(raw)
    if wanted is not None:
        files = [file for file in files if wanted(raw / file)]
    own = [file for file in files if file.lower().endswith(SUFFIXES)]
    known = set(own)
    return own, [file for file in files if file not in known]
