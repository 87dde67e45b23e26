"""What the last builds were made from and came to, so that nothing is done twice."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

from thb_analysis.staging import Staging
from thb_analysis.stamps import environment, package_names

File = tuple[Path, Path]
"""A folder and a file in it: the name counts from the folder."""


@dataclass
class Memory:
    """`processed/.build.json`: the last ingest, and the last run of each year and language."""

    NAME: ClassVar[str] = ".build.json"
    ingest: dict[str, Any] = field(default_factory=dict)
    runs: dict[str, dict[str, Any]] = field(default_factory=dict)

    @classmethod
    def read(cls, processed: Path) -> Memory:
        """What is remembered; nothing where the file is missing or cannot be understood."""
        try:
            found = json.loads((processed / cls.NAME).read_text(encoding="utf-8"))
            return cls(dict(found["ingest"]), dict(found["runs"]))
        except (OSError, ValueError, KeyError, TypeError):
            return cls()

    def write(self, processed: Path) -> None:
        from thb_analysis.tidy.store import write_bytes

        content = json.dumps({"ingest": self.ingest, "runs": self.runs}, indent=1, sort_keys=True)
        write_bytes(processed / self.NAME, content.encode())

    @staticmethod
    def digests(staging: Staging, names: Iterable[str]) -> dict[str, str]:
        """The checksums of what has been made, by folder and path."""
        made = staging.made()
        return {
            f"{name}/{path}": _digest(staging.place(name) / path)
            for name in names
            for path in made[name]
            if not Path(path).name.startswith(".")
        }

    @staticmethod
    def holds(outputs: Mapping[str, str], folders: Mapping[str, Path]) -> bool:
        """Whether all outputs are there as they were made."""
        for name, digest in outputs.items():
            folder, _, relative = name.partition("/")
            path = folders[folder] / relative
            if not path.is_file() or _digest(path) != digest:
                return False
        return True


def package_files(folder: Path) -> list[File]:
    """The program or a catalogue: every file but what Python writes itself."""
    return [(folder, folder.joinpath(*name.split("/"))) for name in package_names(folder)]


def fingerprint(files: Iterable[File], settings: str) -> str:
    """One checksum over names and contents of files, the settings, and the versions of what is installed."""
    digest = hashlib.sha256(f"{settings}\0{environment()}\0".encode())
    for root, path in files:
        digest.update(path.relative_to(root).as_posix().encode() + b"\0")
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def stamp(files: Iterable[File], settings: str) -> str:
    """The same by sizes and times only: cheap, and changed by every change that a program makes."""
    digest = hashlib.sha256(f"{settings}\0{environment()}\0".encode())
    for root, path in files:
        about = os.stat(path)  # noqa: PTH116 -- hundreds of files, and nothing else to do
        name = path.as_posix()[len(root.as_posix()) + 1 :]
        digest.update(f"{name}\0{about.st_size} {about.st_mtime_ns}\0".encode())
    return digest.hexdigest()


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
