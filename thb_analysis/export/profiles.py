"""The profiles of `thb export`: which files each makes, and the one way in which they are written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from thb_analysis.definitions import Catalogue
from thb_analysis.export.safe import CsvStyle
from thb_analysis.language import Language
from thb_analysis.tidy.store import write_bytes


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked for: where the tables are, in which words and how files are to be written."""

    processed: Path
    raw: Path
    catalogue: Catalogue
    words: Language
    style: CsvStyle
    registry: Path  #: what was ever released to the public


def write_files(files: Mapping[str, bytes], out: Path) -> list[Path]:
    """Write an export, and take away what an earlier one left there and this one does not have.

    Only files that the earlier export lists in its `files.txt` are taken away.
    """
    listing = out / "files.txt"
    earlier = listing.read_text(encoding="utf-8").splitlines() if listing.is_file() else []
    for name in earlier:
        old = (out / name).resolve()
        if name not in files and old.is_relative_to(out.resolve()) and old.is_file():
            old.unlink()
    for name, content in files.items():
        write_bytes(out / name, content)
    write_bytes(listing, "".join(f"{name}\n" for name in sorted(files)).encode())
    return [out / name for name in sorted(files)]
