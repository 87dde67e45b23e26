"""What a run did, as JSON lines for machines, beside the few lines that people read."""

from __future__ import annotations

import json
import os
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

FOLDER = ".log"
LARGEST = 1_000_000
"""Bytes after which a log begins anew; the one before is kept as `*.1.jsonl`."""


class RunLog:
    """Appends events of one run to `reports/.log/NAME.jsonl`; without a folder, to nothing.

    Times stand here and in no output.  A log that cannot be written never stops a run.
    """

    def __init__(self, reports: Path | None, name: str) -> None:
        self._path = None if reports is None else reports / FOLDER / f"{name}.jsonl"
        self._start = time.monotonic()
        self._run = f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{os.getpid()}"

    def write(self, event: str, **fields: Any) -> None:
        """Add one event: its name, the time, the seconds since the start, and what belongs to it."""
        if self._path is None:
            return
        entry = {
            "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "run": self._run,
            "seconds": round(time.monotonic() - self._start, 3),
            "event": event,
            **fields,
        }
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            if self._path.exists() and self._path.stat().st_size > LARGEST:
                self._path.replace(self._path.with_name(f"{self._path.stem}.1.jsonl"))
            with self._path.open("a", encoding="utf-8", newline="\n") as file:
                file.write(json.dumps(entry, ensure_ascii=False, default=str) + "\n")
        except OSError:
            self._path = None
