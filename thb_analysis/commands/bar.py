"""Progress on a terminal: one line that is written over.  Elsewhere nothing, so that a schedule stays silent."""

from __future__ import annotations

import shutil
import sys
from typing import TextIO

WIDTH = 24
"""Characters of the bar itself."""


class Bar:
    """Counts steps; the line shows how many of how many, and what ended last."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stderr
        self._shown = self._stream.isatty()
        self._done = self._steps = 0

    def plan(self, steps: int) -> None:
        """Say how many steps lie ahead."""
        self._done, self._steps = 0, steps
        self._draw("")

    def step(self, name: str) -> None:
        """One step more has ended, or is under way."""
        self._done += 1
        self._draw(name)

    def clear(self) -> None:
        """Take the line away."""
        if self._shown:
            print("\r\x1b[2K", end="", file=self._stream, flush=True)

    def _draw(self, name: str) -> None:
        if not self._shown:
            return
        part = min(1.0, self._done / self._steps) if self._steps else 0.0
        full = round(WIDTH * part)
        line = f"[{'#' * full}{'.' * (WIDTH - full)}] {min(self._done, self._steps)}/{self._steps} {name}"
        print(
            f"\r\x1b[2K{line[: shutil.get_terminal_size().columns - 1]}",
            end="",
            file=self._stream,
            flush=True,
        )
