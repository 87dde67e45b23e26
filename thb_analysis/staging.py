"""All outputs of a run at once or none: made aside, then moved into place by a list that survives a crash.

While a run is at work its outputs grow in `.stage/` below each folder.  When all are there, the list of moves is
written (`.moves.json`), the files are moved, the list is taken away.  A run killed before the list leaves
everything as it was; one killed after it is finished by the next.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from thb_analysis.told import Told

STAGE, MOVES = ".stage", ".moves.json"


class InUse(Told, OSError):
    """A file that cannot be replaced, since a program has it open."""


@dataclass(frozen=True)
class Staging:
    """A run's outputs: the folders by name, and beside each the place where they are made."""

    folders: Mapping[str, Path]

    @property
    def _list(self) -> Path:
        return next(iter(self.folders.values())) / MOVES

    def place(self, name: str) -> Path:
        """Where the outputs of a folder are made."""
        return self.folders[name] / STAGE

    def begin(self) -> bool:
        """Finish what a killed run had begun, and start with nothing.  Whether there was something to finish."""
        recovered = self.recover()
        for name in self.folders:
            self.place(name).mkdir(parents=True, exist_ok=True)
        return recovered

    def recover(self) -> bool:
        """Finish the moves of a killed run; throw away what it had not finished making."""
        finished = False
        if self._list.is_file():
            self._move()
            finished = True
        self.discard()
        return finished

    def unfinished(self) -> bool:
        """Whether a killed run left something to finish."""
        return self._list.is_file()

    def made(self) -> dict[str, list[str]]:
        """What has been made so far, by folder, as relative paths."""
        return {name: sorted(_relative(self.place(name))) for name in self.folders}

    def commit(self, gone: Mapping[str, Iterable[str]] | None = None, last: Iterable[str] = ()) -> None:
        """Put all that was made into place, and take away what is `gone`.

        Files of the first folder named in `last` are moved after all others.  Raises InUse, and leaves the list
        for the next run, where a file is open in a program that does not let go of it.
        """
        final = set(last)
        first = next(iter(self.folders))
        moves = [(name, path) for name, paths in self.made().items() for path in paths]
        moves.sort(key=lambda move: (move[0] == first and move[1] in final, move))
        removals = [(name, path) for name, paths in (gone or {}).items() for path in paths]
        content = json.dumps({"move": moves, "remove": removals}, ensure_ascii=False)
        beside = self._list.with_name(f"{MOVES}.part")
        with beside.open("w", encoding="utf-8", newline="\n") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(self._list)
        self._move()
        self.discard()

    def discard(self) -> None:
        """Throw away what was made and not put into place."""
        for name in self.folders:
            shutil.rmtree(self.place(name), ignore_errors=True)

    def _move(self) -> None:
        listed = json.loads(self._list.read_text(encoding="utf-8"))
        for name, path in listed["move"]:
            source, target = self.place(name) / path, self.folders[name] / path
            if not source.is_file():
                continue  # moved before the run was killed
            try:
                if _same(source, target):
                    source.unlink()  # a file that did not change keeps its time
                    continue
                target.parent.mkdir(parents=True, exist_ok=True)
                source.replace(target)
            except PermissionError as error:
                raise InUse("in_use", file=target) from error
        for name, path in listed["remove"]:
            (self.folders[name] / path).unlink(missing_ok=True)
        self._list.unlink()


def _relative(folder: Path) -> Iterator[str]:
    return (
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and not path.name.endswith(".part")
    )


def _same(one: Path, other: Path) -> bool:
    return (
        other.is_file()
        and one.stat().st_size == other.stat().st_size
        and one.read_bytes() == other.read_bytes()
    )
