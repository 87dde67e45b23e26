"""What a build is asked for, where it reads and writes, what it comes to, and who is told of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from thb_analysis.disclosure.registry import REGISTRY
from thb_analysis.publish.edition import INTERNAL

if TYPE_CHECKING:
    from thb_analysis.job import IngestSummary

FORMATS = ("html", "docx", "pdf")
TIME_LIMIT = 300.0
"""Seconds that one notebook may take."""


@dataclass(frozen=True, slots=True)
class Folders:
    """Where a run reads and writes."""

    raw: Path = Path("raw")
    processed: Path = Path("processed")
    figures: Path = Path("figures")
    reports: Path = Path("reports")
    registry: Path = REGISTRY  #: what was ever released to the public; read, never written

    def outputs(self) -> dict[str, Path]:
        return {"processed": self.processed, "figures": self.figures, "reports": self.reports}

    def as_of(self, year: int) -> Folders:
        """Folders of their own for what was known at a time: `as-of-YEAR` below each."""
        name = f"as-of-{year}"
        places = (self.processed / name, self.figures / name, self.reports / name)
        return Folders(self.raw, *places, self.registry)


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be made.  `as_of` leaves out workbooks of later years; without `analyses`, only the overview.

    `editions` of the overview are made one beside the other.
    """

    year: int | None = None
    lang: str = "lv"
    messages: str = "en"
    formats: tuple[str, ...] = FORMATS
    as_of: int | None = None
    analyses: bool = True
    editions: tuple[str, ...] = (INTERNAL,)
    time_limit: float = TIME_LIMIT
    workers: int = 2


@dataclass(frozen=True, slots=True)
class BuildSummary:
    """What a build came to; `ingest` is None where tables had not to be made anew, `fresh` says what was made."""

    year: int
    made: tuple[Path, ...]
    ingest: IngestSummary | None
    errors: int
    fresh: bool
    notebooks: int = 0
    recovered: bool = False
    vanished: tuple[str, ...] = ()


class Teller(Protocol):
    """Who is told how a build goes on."""

    def plan(self, steps: int) -> None: ...
    def step(self, name: str) -> None: ...
    def event(self, name: str, **fields: Any) -> None: ...
