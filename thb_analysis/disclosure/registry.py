"""What was ever released to the public: `published_cells.csv`, which every new release is judged together with."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from thb_analysis.tidy.store import csv_bytes, read_rows, write_bytes

REGISTRY = Path("releases") / "published_cells.csv"
COLUMNS = ("release", "table", "period", "cell", "value", "base")


@dataclass(frozen=True, slots=True)
class Published:
    """One figure of an earlier release; `base` is above 1 where it was rounded."""

    release: str
    table: str
    period: str
    cell: str  #: KEY=VALUE;…
    value: int
    base: int = 1

    @property
    def codes(self) -> dict[str, str]:
        return dict(pair.split("=", 1) for pair in self.cell.split(";") if pair)

    @property
    def figure(self) -> tuple[str, str, str, int, int]:
        """What was told, whenever it was."""
        return self.table, self.period, self.cell, self.value, self.base


def cell_name(codes: dict[str, str]) -> str:
    return ";".join(f"{name}={code}" for name, code in codes.items())


def read_registry(path: Path) -> list[Published]:
    """Every figure ever released; none where there was no release."""
    if not path.exists():
        return []
    return [
        Published(r["release"], r["table"], r["period"], r["cell"], int(r["value"]), int(r["base"]))
        for r in read_rows(path)
    ]


def record(path: Path, earlier: Sequence[Published], now: Iterable[Published], release: str) -> str:
    """Add what was not yet known under the name of this release; nothing is ever taken out.  Gives the name.

    Without a name releases are numbered.  A release that tells nothing new is not recorded again.
    """
    known = {each.figure for each in earlier}
    new = sorted((each for each in now if each.figure not in known), key=lambda each: each.figure)
    names = {each.release for each in earlier}
    if not new:
        return ""
    name = release or str(len(names) + 1)
    rows = [
        (r.release, r.table, r.period, r.cell, str(r.value), str(r.base))
        for r in [*earlier, *(Published(name, *each.figure) for each in new)]
    ]
    write_bytes(path, csv_bytes(COLUMNS, rows))
    return name
