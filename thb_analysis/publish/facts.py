"""The figures that a publication draws on: looked up by meaning, shown with their source or with a mark."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from thb_analysis.definitions import EVIDENCE_COLUMNS, OF_WHOM
from thb_analysis.language import Language
from thb_analysis.publish.document import Absent, Derived, Figured, Link, Run, Runs, Source, Strong

if TYPE_CHECKING:
    import pandas as pd

COMMON = ("year", *EVIDENCE_COLUMNS)
"""The columns of every tidy table that are not dimensions."""

TOTAL = "_T"
NOT_APPLICABLE, HIDDEN = "Z", "Q"
NOT_RECEIVED = "none"
"""What no workbook says anything about."""


@dataclass(frozen=True, slots=True)
class Observation:
    """One row of a tidy table."""

    table: str
    year: int
    codes: Mapping[str, str]
    value: float | None
    text: str
    unit: str
    status: str
    institution: str
    file: str
    sheet: str
    cell: str
    note: str = ""

    def code(self, dimension: str) -> str:
        return self.codes.get(dimension, TOTAL)


@dataclass
class Facts:
    """The tidy tables as observations, and the register of those that were cited."""

    tables: Mapping[str, pd.DataFrame]
    language: Language
    revised: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """Of a cell that gave a figure anew (`file!sheet!cell`): the figure before, and where that stands."""
    _rows: dict[str, list[Observation]] = field(default_factory=dict)
    _sources: dict[tuple[str, str, str], Source] = field(default_factory=dict)
    _cited: dict[Source, list[Observation]] = field(default_factory=dict)
    _calculations: dict[tuple[str, str, tuple[Source, ...]], str] = field(default_factory=dict)
    _behind: dict[str, list[Observation]] = field(default_factory=dict)

    # -- looking up ----------------------------------------------------------------------------------------

    def rows(self, table: str) -> list[Observation]:
        """Every observation of a table; none when there is no such table."""
        if table not in self._rows:
            frame = self.tables.get(table)
            self._rows[table] = [] if frame is None else list(_observations(table, frame))
        return self._rows[table]

    def select(self, table: str, **codes: Any) -> list[Observation]:
        """Observations with these codes (`year=`, `institution=`, any dimension); others at will."""
        return [row for row in self.rows(table) if _matches(row, codes)]

    def only(self, table: str, **codes: Any) -> Observation | None:
        """The observation with these codes and the total in every other dimension; None when there is none.

        A dimension that has but one code in the whole table is no breakdown and need not be named, unless it says
        of whom the figures are: those of one organization are not the country's because no other has sent any.
        Raises LookupError when several answer: a publication does not pick one in silence.
        """
        constant = self._constant(table)
        found = [
            row
            for row in self.select(table, **codes)
            if all(
                code in (TOTAL, "identified")
                for name, code in row.codes.items()
                if name not in codes and name not in constant
            )
        ]
        if len(found) > 1:
            raise LookupError(f"{table}: {len(found)} rows answer to {codes}")
        return found[0] if found else None

    def _constant(self, table: str) -> set[str]:
        """The dimensions in which all rows of a table are alike, without those that say of whom they are."""
        found: dict[str, set[str]] = {}
        for row in self.rows(table):
            for name, code in row.codes.items():
                found.setdefault(name, set()).add(code)
        return {name for name, codes in found.items() if len(codes) == 1 and name not in OF_WHOM}

    def at(self, table: str, row: Mapping[str, Any] | None) -> Observation | None:
        """The observation that a row of an analysis (with its source columns) was taken from."""
        if row is None:
            return None
        if not _text(row.get("source_file")):
            return self._unnamed(table, row)
        place = tuple(_text(row[name]) for name in ("source_file", "source_sheet", "source_cell"))
        for one in self.select(table, year=int(row["year"])):
            same = all(_text(row[name]) == code for name, code in one.codes.items() if name in row)
            if (one.file, one.sheet, one.cell) == place and same:
                return one
        raise LookupError(f"{table}: no row was read from {', '.join(place)}")

    def _unnamed(self, table: str, row: Mapping[str, Any]) -> Observation | None:
        """The observation that a row was taken from where no place is named: the one with its codes."""
        found = [
            one
            for one in self.select(table, year=int(row["year"]))
            if not one.file
            and one.institution == _text(row.get("institution", one.institution))
            and all(
                code == _text(row[name]) if name in row else code in (TOTAL, "identified")
                for name, code in one.codes.items()
            )
        ]
        return found[0] if len(found) == 1 else None

    def years(self, table: str, first_year: int, year: int, **codes: Any) -> list[int]:
        """The years from `first_year` to `year` of which the table has a row with these codes."""
        return sorted({row.year for row in self.select(table, **codes) if first_year <= row.year <= year})

    # -- showing -------------------------------------------------------------------------------------------

    def show(self, row: Observation | None, decimals: int | None = None, bare: bool = False) -> Runs:
        """A figure with its source, or the mark that says why there is none; `bare` money has no unit."""
        return (self.run(row, decimals, bare),)

    def run(self, row: Observation | None, decimals: int | None = None, bare: bool = False) -> Run:
        if row is None:
            return self.absent(NOT_RECEIVED)
        source = self.cite(row)
        description = self.describe(source)
        if row.value is None:
            return self.absent(row.status, source, description)
        return Figured(self.written(row, decimals, bare), plain_number(row.value), source, description)

    def written(self, row: Observation, decimals: int | None = None, bare: bool = False) -> str:
        """A figure as people read it; money with its unit unless `bare`, and with cents where there are any.

        Raises ValueError when there is none.
        """
        if row.value is None:
            raise ValueError(f"{row.table}, {row.year}: there is no figure to write")
        if row.unit != "EUR":
            return self.language.number(row.value, decimals)
        if not bare:
            return self.language.money(row.value, decimals)
        if decimals is None and not float(row.value).is_integer():
            decimals = 2
        return self.language.number(row.value, decimals)

    def word(self, text: str, code: str, row: Observation) -> Figured:
        """A word of the data (a status) with its source."""
        source = self.cite(row)
        return Figured(text, code, source, self.describe(source))

    def absent(self, status: str, source: Source | None = None, description: str = "") -> Absent:
        """The mark of a figure that is not there."""
        meaning = self.meaning(status)
        marks = {NOT_APPLICABLE: "–", HIDDEN: self.language.text("analysis.hidden.mark")}
        text = marks.get(status, meaning)
        return Absent(text, status, meaning, source, f"{meaning}: {description}" if description else "")

    def meaning(self, status: str) -> str:
        if status == NOT_RECEIVED:
            return self.language.text("overview.marks.not_received")
        return self.language.label("obs_status", status)

    def describe(self, source: Source) -> str:
        """File, sheet and cell in one line, and what was revised."""
        if not source.file:
            return self.language.text("edition.unnamed")
        place = place_on_sheet(source)
        name = PurePosixPath(source.file).name
        revised = self.revision_of(source)
        return (f"{name}, {place}" if place else name) + (f"; {revised}" if revised else "")

    def revision_of(self, source: Source) -> str:
        """What a revised figure was before, in words; nothing for any other."""
        before = self.revised.get(f"{source.file}!{source.sheet}!{source.cell}")
        if before is None:
            return ""
        value, place = before[0] or self.meaning("M"), before[1]
        return self.language.text("overview.revisions.was", value=value, place=place)

    # -- sources -------------------------------------------------------------------------------------------

    def cite(self, row: Observation) -> Source:
        """Enter a figure's cell in the register."""
        place = (row.file, row.sheet, row.cell) if row.file else ("", row.table, "")
        if place not in self._sources:
            named = (PurePosixPath(row.file).stem, row.sheet, row.cell) if row.file else (row.table,)
            key = base = "src-" + _slug("-".join(named))
            taken = {source.key for source in self._sources.values()}
            number = 1
            while key in taken:
                number += 1
                key = f"{base}-{number}"
            self._sources[place] = Source(key, *place, row.institution if row.file else "")
        source = self._sources[place]
        cited = self._cited.setdefault(source, [])
        if row not in cited:
            cited.append(row)
        return source

    def derive(self, text: str, value: float, how: str, rows: Iterable[Observation]) -> Run:
        """A number worked out from figures, with what was done (`overview.derived.HOW`) and from which cells.

        Without figures behind it, it is plain text.
        """
        behind = list(rows)
        sources = tuple(dict.fromkeys(self.cite(row) for row in behind))
        if not sources:
            return text
        calculation = (how, text, sources)
        key = self._calculations.setdefault(calculation, f"calc-{len(self._calculations) + 1}")
        self._behind.setdefault(key, behind)
        named = places(one for one in sources if one.file) or self.describe(sources[0])
        description = self.language.text("overview.derived.title", how=self.how(how), places=named)
        return Derived(text, plain_number(value), key, description)

    def how(self, how: str) -> str:
        return self.language.text(f"overview.derived.{how}")

    def calculations(self) -> list[tuple[str, str, str, tuple[Source, ...]]]:
        """Every number worked out: its key, what was done, the number as written, the cells."""
        return [(key, how, text, sources) for (how, text, sources), key in self._calculations.items()]

    def behind(self, key: str) -> list[Observation]:
        """The figures that a number was worked out from."""
        return self._behind[key]

    def cited(self) -> list[tuple[Source, list[Observation]]]:
        """Every cited cell with the observations read from it, by file, sheet and place on the sheet."""
        return sorted(self._cited.items(), key=lambda item: (not item[0].file, _reading_order(item[0])))

    def cells_cited(self, file: str) -> list[Source]:
        return [source for source, _ in self.cited() if source.file == file]

    # -- words ---------------------------------------------------------------------------------------------

    def say(self, key: str, **params: Any) -> Runs:
        """A text of the overview whose parameters may be figures, marks or links.

        The plural form follows `n`, or the figure given as `count`.
        """
        runs: list[Run] = []
        plain: dict[str, Any] = {}
        for name, value in params.items():
            if isinstance(value, Figured | Derived | Absent | Link | Strong):
                plain[name] = f"{_OPEN}{len(runs)}{_CLOSE}"
                runs.append(value)
            else:
                plain[name] = value
        count = params.get("count")
        if "n" not in plain and isinstance(count, Figured | Derived):
            plain["n"] = float(count.value)
        parts = re.split(f"{_OPEN}(\\d+){_CLOSE}", self.language.text(f"overview.{key}", **plain))
        return tuple(
            runs[int(part)] if place % 2 else part for place, part in enumerate(parts) if part or place % 2
        )


_OPEN, _CLOSE = "\ue000", "\ue001"
"""Marks that no text has (private use), around the number of a run."""


def plain_number(value: float) -> str:
    """A number as machines read it."""
    return str(int(value)) if float(value).is_integer() else repr(float(value))


def place_on_sheet(source: Source) -> str:
    """Sheet and cell; a file without sheets has but the cell."""
    return ", ".join(part for part in (_sheet(source), source.cell) if part)


def _sheet(source: Source) -> str:
    """The sheet's name; that of a text file is only the file's again."""
    return "" if source.sheet == PurePosixPath(source.file).stem else source.sheet


def places(sources: Iterable[Source]) -> str:
    """Cells by file and sheet, runs down a column as one range."""
    found: dict[tuple[str, str], list[str]] = {}
    for source in sorted(sources, key=_reading_order):
        found.setdefault((PurePosixPath(source.file).name, _sheet(source)), []).append(source.cell)
    return "; ".join(
        ", ".join(part for part in (file, sheet, *_ranges(cells)) if part)
        for (file, sheet), cells in found.items()
    )


def _ranges(cells: Sequence[str]) -> list[str]:
    """`C5`, `C6`, `C7` as `C5–C7`; other cells as they are."""
    out: list[list[str]] = []
    for cell in sorted(filter(None, dict.fromkeys(cells)), key=_cell_place):
        column, row = _cell_place(cell)
        if out and row and _cell_place(out[-1][-1]) == (column, row - 1):
            out[-1].append(cell)
        else:
            out.append([cell])
    return [part[0] if len(part) == 1 else f"{part[0]}\N{EN DASH}{part[-1]}" for part in out]


def _cell_place(cell: str) -> tuple[int, int]:
    """Column and row of a cell's address; zeros for anything else."""
    match = re.fullmatch(r"([A-Z]+)([0-9]+)", cell)
    if not match:
        return 0, 0
    return sum((ord(x) - 64) * 26**i for i, x in enumerate(reversed(match[1]))), int(match[2])


def _observations(table: str, frame: pd.DataFrame) -> Iterable[Observation]:
    dimensions = [name for name in frame.columns if name not in COMMON]
    for row in frame.to_dict("records"):
        year = _number(row["year"])
        if year is None:
            continue
        value = _number(row.get("value"))
        yield Observation(
            table=table,
            year=int(year),
            codes={name: _text(row[name]) for name in dimensions},
            value=value,
            text=_text(row.get("value")) if value is None else "",
            unit=_text(row.get("unit")),
            status=_text(row.get("obs_status")),
            institution=_text(row.get("institution")),
            file=_text(row.get("source_file")),
            sheet=_text(row.get("source_sheet")),
            cell=_text(row.get("source_cell")),
            note=_text(row.get("note")),
        )


def _number(value: Any) -> float | None:
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return None if math.isnan(number) else number


def _text(value: Any) -> str:
    return value if isinstance(value, str) else "" if value is None or value != value else str(value)


def _matches(row: Observation, codes: Mapping[str, Any]) -> bool:
    for name, code in codes.items():
        found: Any = (
            row.year if name == "year" else row.institution if name == "institution" else row.code(name)
        )
        if found != code:
            return False
    return True


def _slug(text: str) -> str:
    """Plain letters for an address within the page."""
    folded = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode("ascii")
    return re.sub(r"[^A-Za-z0-9_]+", "-", folded).strip("-")


def _reading_order(source: Source) -> tuple[str, str, int, int, str]:
    column, row = _cell_place(source.cell)
    return source.file, source.sheet, row, column, source.cell
