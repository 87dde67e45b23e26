"""A release to the public: every table as its policy allows, judged together with all earlier releases."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from thb_analysis.definitions import TOTAL, Catalogue, Table, load_catalogue
from thb_analysis.disclosure.linked import Key, crossed, years_of
from thb_analysis.disclosure.policy import CLOSED, PROTECTED, PUBLIC, Policy, load_policies
from thb_analysis.disclosure.protect import Earlier, Safe, protect
from thb_analysis.disclosure.registry import REGISTRY, Published, cell_name, read_registry
from thb_analysis.tidy.store import load, read_rows

if TYPE_CHECKING:
    import pandas as pd

Row = dict[str, str]
HIDDEN = "Q"  #: the one status of every figure that is withheld, whatever the reason
NOTE = "note"
NEVER = ("source_file", "source_sheet", "source_cell", NOTE)


@dataclass(frozen=True, slots=True)
class Withheld:
    """A breakdown that is not published at all, and why."""

    table: str
    period: str
    part: str  #: codes of the dimensions that divide the table
    attributes: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Release:
    """What may be published: rows by table, those over several years apart, and what is held back."""

    tables: Mapping[str, list[Row]]
    pooled: Mapping[str, list[Row]]
    rounded: Mapping[str, int]  #: table → base, where any figure was rounded
    withheld: tuple[Withheld, ...]
    heuristic: tuple[str, ...]  #: where the optimum took too long
    published: tuple[Published, ...]  #: every figure told, for the registry


def prepare(
    tables: Mapping[str, Sequence[Row]], catalogue: Catalogue, earlier: Sequence[Published] = ()
) -> Release:
    """The release of tidy tables (rows of text, as in `processed/`), given what was released before."""
    policies = load_policies(catalogue)
    found: dict[str, list[Row]] = {}
    pooled: dict[str, list[Row]] = {}
    rounded: dict[str, int] = {}
    withheld: list[Withheld] = []
    heuristic: list[str] = []
    published: list[Published] = []
    for name, table in catalogue.tables.items():
        policy = policies[name]
        if policy.kind == CLOSED:
            continue
        withheld += _wholes_only(name, policy, tables[name])
        if policy.kind == PROTECTED:
            known = [each for each in earlier if each.table == name]
            one = _Protected(table, policy, catalogue, tables[name], known)
            found[name], pooled[name] = one.rows, one.pooled
            withheld += one.withheld
            heuristic += one.heuristic
            if one.is_rounded:
                rounded[name] = policy.base
            published += one.published
        else:
            found[name] = [dict(row) for row in tables[name] if policy.keeps(row)]
            if table.values in ("count", "amount"):
                published += _as_they_are(table, found[name])
    return Release(
        {name: [_stripped(row, policies[name]) for row in rows] for name, rows in found.items()},
        {name: [_stripped(row, policies[name]) for row in rows] for name, rows in pooled.items() if rows},
        rounded,
        tuple(withheld),
        tuple(heuristic),
        tuple(published),
    )


@dataclass(frozen=True, slots=True)
class PublicTables:
    """Every table as a public page may draw on it: rows of text with all columns, and what is held back."""

    rows: Mapping[str, list[Row]]
    protected: frozenset[str]
    withheld: tuple[Withheld, ...]
    released: bool  #: whether every figure told was released before
    closed: tuple[str, ...]  #: tables that have rows, none of which may be told
    rounded: Mapping[str, int]  #: table → base, where figures are rounded


def public_tables(processed: Path | str, registry: Path | str, catalogue: Catalogue) -> PublicTables:
    """The tables of a folder under disclosure control, judged together with all earlier releases.

    A hidden figure has no value and the status `Q`.  What people wrote is not there (of `signs_only` columns figures
    and signs are), nor is the place of a figure about persons.  A table that is closed has no rows.
    """
    folder = Path(processed)
    rows = {
        name: read_rows(path) if (path := folder / f"{name}.csv").is_file() else []
        for name in catalogue.tables
    }
    earlier = read_registry(Path(registry))
    release = prepare(rows, catalogue, earlier)
    policies = load_policies(catalogue)
    found: dict[str, list[Row]] = {}
    for name, table in catalogue.tables.items():
        kept: Sequence[Row] = release.tables.get(name, [])
        if policies[name].kind == PUBLIC:
            kept = [row for row in rows[name] if policies[name].keeps(row)]
        gone, signs = {NOTE, *policies[name].leave_out}, policies[name].signs_only
        found[name] = [
            {
                c: _signs(row.get(c, "")) if c in signs else "" if c in gone else row.get(c, "")
                for c in table.columns
            }
            for row in kept
        ]
    protected = frozenset(name for name, policy in policies.items() if policy.kind != PUBLIC)
    released = {each.figure for each in release.published} <= {each.figure for each in earlier}
    closed = tuple(name for name, policy in policies.items() if policy.kind == CLOSED and rows[name])
    return PublicTables(found, protected, release.withheld, released, closed, release.rounded)


def _signs(text: str) -> str:
    """A text without its words: what is left are figures and signs."""
    kept = (word.strip("();") for word in text.split() if not any(letter.isalpha() for letter in word))
    return " ".join(word for word in kept if word)


def protected_tables(
    processed: Path | str, registry: Path | str = REGISTRY, catalogue: Catalogue | None = None
) -> Mapping[str, pd.DataFrame]:
    """Every table as the public may see it (`public_tables`), with the columns and types of `tidy.store.load`."""
    catalogue = catalogue or load_catalogue()
    public = public_tables(processed, registry, catalogue)
    return {name: _frame(name, rows, Path(processed)) for name, rows in public.rows.items()}


def _frame(name: str, rows: Sequence[Row], folder: Path) -> pd.DataFrame:
    import pandas as pd

    like = load(name, folder)
    frame = pd.DataFrame(
        [{column: row.get(column, "") for column in like.columns} for row in rows],
        columns=like.columns,
        dtype=object,
    )
    if "year" in frame:
        frame["year"] = pd.to_numeric(frame["year"].where(frame["year"] != TOTAL, ""), errors="raise").astype(
            "Int64"
        )
    for column in ("value", "low", "high"):
        if column in frame:
            frame[column] = pd.to_numeric(frame[column], errors="raise").astype("float64")
    return frame.astype({c: like[c].dtype for c in like.columns if c not in ("year", "value", "low", "high")})


def _stripped(row: Row, policy: Policy) -> Row:
    gone = {*NEVER, *policy.leave_out}
    return {name: value for name, value in row.items() if name not in gone}


def _wholes_only(name: str, policy: Policy, rows: Sequence[Row]) -> Iterable[Withheld]:
    """What a decision leaves out because only wholes are published."""
    for rule in policy.wholes_only:
        for code in rule.codes:
            gone = [row for row in rows if row[rule.dimension] == code and rule.leaves_out(row)]
            if gone:
                years = sorted({row["year"] for row in gone})
                period = "/".join(dict.fromkeys((years[0], years[-1])))
                yield Withheld(name, period, cell_name({rule.dimension: code}), rule.of, rule.reason)


def _as_they_are(table: Table, rows: Iterable[Row]) -> Iterable[Published]:
    names = [name for name in table.key_columns if name != "year"]
    for row in rows:
        if row["value"] and "." not in row["value"]:
            cell = cell_name({name: row[name] for name in names})
            yield Published("", table.id, row["year"], cell, int(row["value"]))


class _Protected:
    """One table under disclosure control: divided into parts, each made safe, and put together again."""

    def __init__(
        self,
        table: Table,
        policy: Policy,
        catalogue: Catalogue,
        rows: Sequence[Row],
        known: Sequence[Published],
    ) -> None:
        self._table, self._policy, self._known = table, policy, known
        self._divide = [n for n in table.key_columns if n != "year" and n not in policy.attributes]
        self._parents = [
            {code: member.parent for code, member in codes.items() if member.parent}
            for codes in (catalogue.codes.get(table.dimension(a).codes, {}) for a in policy.attributes)
        ]
        self.rows: list[Row] = []
        self.pooled: list[Row] = []
        self.withheld: list[Withheld] = []
        self.heuristic: list[str] = []
        self.published: list[Published] = []
        self.is_rounded = False
        parts: dict[tuple[str, ...], list[Row]] = {}
        for row in rows:
            if row["year"] != TOTAL and policy.keeps(row):
                parts.setdefault(tuple(row[name] for name in self._divide), []).append(row)
        nested = self._nested(parts)
        for codes, members in sorted(parts.items()):
            told = dict(zip(self._divide, codes, strict=True))
            kept = [row for row in members if (row["year"], codes) not in nested or self._is_whole(row)]
            self._part(told, kept)
            for year in sorted(year for year, part in nested if part == codes):
                attributes = tuple(
                    name
                    for name in policy.attributes
                    if any(row["year"] == year and row[name] != TOTAL for row in members)
                )
                self.withheld.append(Withheld(table.id, year, cell_name(told), attributes, "nested"))
        order = [name for name in table.columns if name in table.key_columns]
        for found in (self.rows, self.pooled):
            found.sort(key=lambda row: [row[name] for name in order])

    def _is_whole(self, row: Row) -> bool:
        return all(row[name] == TOTAL for name in self._policy.attributes)

    def _nested(self, parts: Mapping[tuple[str, ...], Sequence[Row]]) -> set[tuple[str, tuple[str, ...]]]:
        """Parts whose attributes of a year are not told, since they hold other parts that tell theirs.

        Parts are made safe one by one; a whole beside its parts would be one more equation over them.
        """
        telling = {(r["year"], part) for part, rows in parts.items() for r in rows if not self._is_whole(r)}
        known = {
            (year, tuple(each.codes[name] for name in self._divide))
            for each in self._known
            for year in years_of(each.period)
            if any(each.codes[name] != TOTAL for name in self._policy.attributes)
        }
        return {
            (year, part)
            for year, part in telling
            if any(year == at and part != other and _holds(part, other) for at, other in telling | known)
            or any(year == at and part != other and _holds(other, part) for at, other in known)
        }

    def _part(self, codes: Row, members: Sequence[Row]) -> None:
        keys = {self._key(row): row for row in members}
        figures = {key: int(row["value"]) for key, row in keys.items() if row["value"]}
        earlier = [self._earlier(each) for each in self._known if codes.items() <= each.codes.items()]
        safe = protect(figures, self._policy, self._parents, earlier)
        self.is_rounded |= bool(safe.rounded)
        self.heuristic += [f"{self._table.id} {period}" for period in safe.heuristic]
        self._withhold(codes, safe)
        base = self._policy.base if safe.rounded else 1
        told = {**(safe.rounded or safe.shown), **dict.fromkeys(safe.hidden)}
        gone = {(period, axes) for period, axes in safe.withheld}
        for key, row in keys.items():  # marks: a dash or a blank says why there is no figure
            shallow = crossed(key) <= self._policy.yearly
            if not row["value"] and shallow and key not in told and not _inside(key, gone):
                self.rows.append(dict(row))
        for key, value in told.items():
            own = keys.get(key)
            status = own["obs_status"] if own and own["value"] else "A"
            self._add(key, value, codes, own or members[0], status)
            if value is not None:
                cell = cell_name({**codes, **dict(zip(self._policy.attributes, key[1:], strict=True))})
                self.published.append(Published("", self._table.id, key[0], cell, value, base))

    def _add(self, key: Key, value: int | None, codes: Row, like: Row, status: str) -> None:
        row = {
            **like,
            **codes,
            **dict(zip(self._policy.attributes, key[1:], strict=True)),
            "year": key[0],
            "value": "" if value is None else str(value),
            "obs_status": HIDDEN if value is None else status,
        }
        (self.pooled if "/" in key[0] else self.rows).append(row)

    def _withhold(self, codes: Row, safe: Safe) -> None:
        part = cell_name(codes)
        self.withheld += [
            Withheld(
                self._table.id, period, part, tuple(self._policy.attributes[a - 1] for a in axes), reason
            )
            for (period, axes), reason in sorted(safe.withheld.items())
        ]

    def _key(self, row: Row) -> Key:
        return (row["year"], *(row[name] for name in self._policy.attributes))

    def _earlier(self, each: Published) -> Earlier:
        codes = each.codes
        return Earlier((each.period, *(codes[a] for a in self._policy.attributes)), each.value, each.base)


def _holds(whole: tuple[str, ...], part: tuple[str, ...]) -> bool:
    """Whether a part of a table is a whole of another one."""
    return all(code in (TOTAL, other) for code, other in zip(whole, part, strict=True))


def _inside(key: Key, gone: set[tuple[str, tuple[int, ...]]]) -> bool:
    return any(
        key[0] == period and any(code != TOTAL and axis in axes for axis, code in enumerate(key) if axis)
        for period, axes in gone
    )
