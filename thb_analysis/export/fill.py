"""A figure that somebody asks for, worked out of a tidy table, or the reason why it cannot be.

A sum is given only where its parts are all there; nothing becomes a zero because no row speaks of it, except where the
codes that are listed already make up the whole.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from thb_analysis.definitions import TOTAL, Catalogue, Member, Table

Row = Mapping[str, str]
#: Reasons, as keys of the texts.
NO_TABLE, NO_YEAR, NO_BREAKDOWN, INCOMPLETE = "no_table", "no_year", "no_breakdown", "incomplete"


@dataclass(frozen=True, slots=True)
class Filled:
    """A value and where it came from; or none, and why."""

    value: int | None
    status: str = "A"
    reason: str = ""  #: a key of the texts, or `status_x` by the letter of the row
    sources: tuple[str, ...] = ()
    derived: bool = False  #: worked out of other figures
    added: bool = False  #: of several institutions' figures, each of its own cases


class Source:
    """The rows of one table that are counted, ready to be asked."""

    def __init__(
        self, table: Table, rows: Sequence[Row], where: Mapping[str, str], catalogue: Catalogue
    ) -> None:
        self._catalogue, self._table = catalogue, table
        self._names = [n for n in table.dimension_names if n not in where]
        chosen = [row for row in rows if all(row[n] == code for n, code in where.items())]
        self._rows: dict[tuple[str, ...], list[Row]] = {}
        for row in chosen:
            self._rows.setdefault((row["year"], *(row[n] for n in self._names)), []).append(row)
        self.empty = not rows
        self.years = {row["year"] for row in chosen}

    def ask(self, year: str, wanted: Mapping[str, Sequence[str]]) -> Filled:
        """The figure of a year; `wanted` gives the codes of dimensions, to be added up; others are at their total."""
        if self.empty:
            return Filled(None, "M", NO_TABLE)
        if year not in self.years:
            return Filled(None, "M", NO_YEAR)
        if any(name not in self._names for name in wanted):
            return Filled(None, "M", NO_BREAKDOWN)
        choices = [self._codes(name, wanted[name]) for name in wanted]
        found, absent = [], 0
        for codes in product(*choices):
            one = self._one(year, dict(zip(wanted, codes, strict=True)))
            if one is None:
                absent += 1
            else:
                found.append(one)
        if self._overlap(year, wanted) and not self._complete(year, wanted):
            return Filled(None, "M", INCOMPLETE)
        if len(found) == 1 and not absent:
            return found[0]
        if not found and not self._listed(year, wanted):
            return Filled(None, "M", NO_BREAKDOWN)
        if absent and not self._complete(year, wanted):
            return Filled(None, "M", INCOMPLETE if found else NO_BREAKDOWN)
        if any(each.value is None and each.status != "Z" for each in found):
            return next(each for each in found if each.value is None and each.status != "Z")
        sources = tuple(source for each in found for source in each.sources)
        added = any(each.added for each in found)
        return Filled(sum(each.value or 0 for each in found), "A", "", sources, True, added)

    def _overlap(self, year: str, wanted: Mapping[str, Sequence[str]]) -> bool:
        """Whether a year has a group's own row beside countries that may be in it."""
        for name, asked in wanted.items():
            at = 1 + self._names.index(name)
            members = self._members(name)
            for each in (one for one in asked if one.startswith("group:")):
                known = {key[at] for key in self._rows if key[0] == year}
                own = [code for code in self._codes(name, [each]) if code in known]
                if len({members[code].heads_group for code in own}) > 1:
                    return True
        return False

    def _members(self, name: str) -> Mapping[str, Member]:
        return self._catalogue.codes.get(self._table.dimension(name).codes, {})

    def _codes(self, name: str, asked: Sequence[str]) -> list[str]:
        """The codes asked for; a group stands for its codes."""
        codes: list[str] = []
        members = self._members(name)
        for each in asked:
            if each.startswith("group:"):
                present = {key[1 + self._names.index(name)] for key in self._rows}
                codes += [c for c, m in members.items() if m.group == each[6:] and c in present]
            else:
                codes.append(each)
        return codes

    def _one(self, year: str, codes: Mapping[str, str]) -> Filled | None:
        """One row (institutions added up), else its parts along one more dimension; None where neither is there."""
        key = (year, *(codes.get(name, TOTAL) for name in self._names))
        if rows := self._rows.get(key):
            return _added(rows)
        for name in self._names:
            if name not in codes:
                parts = self._parts(key, name)
                if parts and self._whole_year(year, name, codes):
                    return _added(parts, derived=True)
        return None

    def _parts(self, key: tuple[str, ...], name: str) -> list[Row]:
        at = 1 + self._names.index(name)
        return [
            row
            for other, rows in sorted(self._rows.items())
            if other[at] != TOTAL and (*other[:at], TOTAL, *other[at + 1 :]) == key
            for row in rows
        ]

    def _whole_year(self, year: str, name: str, codes: Mapping[str, str]) -> bool:
        """Whether the crossing of these dimensions with one more adds up to the year's total."""
        crossing = {*codes, name}
        total = _added(self._rows.get((year, *(TOTAL for _ in self._names)), []))
        parts = [
            row
            for key, rows in self._rows.items()
            if key[0] == year
            and {n for n, c in zip(self._names, key[1:], strict=True) if c != TOTAL} == crossing
            for row in rows
        ]
        return total.value is not None and _added(parts).value == total.value

    def _listed(self, year: str, wanted: Mapping[str, Sequence[str]]) -> bool:
        return any(
            key[0] == year and all(key[1 + self._names.index(name)] != TOTAL for name in wanted)
            for key in self._rows
        )

    def _complete(self, year: str, wanted: Mapping[str, Sequence[str]]) -> bool:
        """Whether the rows that cross just these dimensions make up the total, so that what is absent is none."""
        broken = [name for name, codes in wanted.items() if list(codes) != [TOTAL]]
        total = _added(self._rows.get((year, *(TOTAL for _ in self._names)), []))
        parts = [
            row
            for key, rows in self._rows.items()
            if key[0] == year
            and all((c != TOTAL) == (n in broken) for n, c in zip(self._names, key[1:], strict=True))
            for row in rows
        ]
        return bool(parts) and total.value is not None and _added(parts).value == total.value


def _added(rows: Sequence[Row], derived: bool = False) -> Filled:
    """The sum of rows; a dash adds nothing, any other absence makes the sum absent."""
    sources = tuple(f"{r['source_file']} {r['source_sheet']}!{r['source_cell']}" for r in rows)
    absent = [row for row in rows if not row["value"]]
    if len(absent) == len(rows) or any(row["obs_status"] != "Z" for row in absent):
        status = absent[0]["obs_status"] if absent else "M"
        return Filled(None, status, f"status_{status}", sources)
    if any("." in row["value"] for row in rows):
        return Filled(None, "M", INCOMPLETE, sources)
    status = next((row["obs_status"] for row in rows if row["value"] and row["obs_status"] != "A"), "A")
    summed = sum(int(r["value"]) for r in rows if r["value"])
    added = len({row["institution"] for row in rows}) > 1
    return Filled(summed, status, "", sources, derived or len(rows) > 1, added)
