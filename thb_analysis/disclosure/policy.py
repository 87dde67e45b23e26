"""What may be published of each table, as `catalogue/disclosure.toml` declares it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from thb_analysis.definitions import TOTAL, Catalogue
from thb_analysis.edited import CatalogueError, toml

FILE = "disclosure.toml"
PUBLIC, PROTECTED, CLOSED = CLASSES = ("public", "protected", "closed")
REMEDIES = ("reduce", "merge", "pool", "round", "suppress")


@dataclass(frozen=True, slots=True)
class Merge:
    """Codes of a dimension that become one where they are too small apart."""

    dimension: str
    into: Mapping[str, str]  #: code → code; codes that are not named stay


@dataclass(frozen=True, slots=True)
class Parts:
    """Rows that are published as wholes only: those with one of the codes, where they are a part of anything."""

    dimension: str
    codes: tuple[str, ...]
    of: tuple[str, ...]  #: the dimensions in which a whole has the total
    reason: str  #: as in `Withheld`

    def leaves_out(self, row: Mapping[str, str]) -> bool:
        return row[self.dimension] in self.codes and any(row[name] != TOTAL for name in self.of)


@dataclass(frozen=True, slots=True)
class Policy:
    """How one table is published, and who decided so."""

    table: str
    kind: str
    owner: str
    why: Mapping[str, str]
    leave_out: tuple[str, ...] = ()  #: columns that do not travel
    signs_only: tuple[
        str, ...
    ] = ()  #: columns of which a public page may show digits and signs, but no words
    attributes: tuple[str, ...] = ()  #: dimensions that describe persons; the others divide the table
    drop: tuple[tuple[str, str], ...] = ()  #: (dimension, code): rows that are not published at all
    wholes_only: tuple[Parts, ...] = ()
    thresholds: tuple[int, ...] = ()  #: by the number of attributes that a cell crosses, from one on
    remedies: tuple[str, ...] = ()
    yearly: int = 1  #: attributes that may be crossed in a yearly table
    pooled: int = 0  #: and in one over several years
    years: int = 3
    first_year: int = 0  #: where the windows of several years begin
    base: int = 0  #: of controlled rounding
    merges: tuple[Merge, ...] = ()
    limit: float = 30.0  #: seconds for the optimum before the heuristic takes over

    def keeps(self, row: Mapping[str, str]) -> bool:
        """Whether a row may be looked at for publication at all."""
        return not any(row[dimension] == code for dimension, code in self.drop) and not any(
            parts.leaves_out(row) for parts in self.wholes_only
        )

    def threshold(self, crossed: int) -> int:
        """Counts from 1 to below this are a risk in a cell that crosses so many attributes."""
        return self.thresholds[min(crossed, len(self.thresholds)) - 1] if crossed else 0


def load_policies(catalogue: Catalogue) -> dict[str, Policy]:
    """A policy for every table; one without a decision is closed.  CatalogueError where one is malformed."""
    path = catalogue.folder / FILE
    content = toml(path)
    undecided = {"class": CLOSED, "why": content["undecided"]}
    return {
        name: _policy(name, content["tables"].get(name, undecided), content["owner"], catalogue, path)
        for name in catalogue.tables
    }


def _policy(name: str, entry: Mapping[str, Any], owner: str, catalogue: Catalogue, path: Path) -> Policy:
    place = f"{path.name}, {name}"
    if entry.get("class") not in CLASSES:
        raise CatalogueError("catalogue.policy_class", place=place, known=", ".join(CLASSES))
    policy = Policy(
        table=name,
        kind=entry["class"],
        owner=entry.get("owner", owner),
        why=entry["why"],
        leave_out=tuple(entry.get("leave_out", ())),
        signs_only=tuple(entry.get("signs_only", ())),
        attributes=tuple(entry.get("attributes", ())),
        drop=tuple((dimension, code) for dimension, codes in entry.get("drop", {}).items() for code in codes),
        wholes_only=tuple(
            Parts(each["dimension"], tuple(each["codes"]), tuple(each["of"]), each["reason"])
            for each in entry.get("wholes_only", ())
        ),
        thresholds=tuple(entry.get("thresholds", ())),
        remedies=tuple(entry.get("remedies", ())),
        yearly=entry.get("yearly", 1),
        pooled=entry.get("pooled", 0),
        years=entry.get("years", 3),
        first_year=entry.get("first_year", 0),
        base=entry.get("base", 0),
        merges=tuple(_merge(each, catalogue, name) for each in entry.get("merge", ())),
        limit=float(entry.get("limit", 30)),
    )
    if not policy.owner:
        raise CatalogueError("catalogue.policy_owner", place=place)
    if policy.kind == PROTECTED:
        order = [REMEDIES.index(each) for each in policy.remedies if each in REMEDIES]
        if len(order) != len(policy.remedies) or order != sorted(order) or not order:
            raise CatalogueError("catalogue.policy_remedies", place=place, known=", ".join(REMEDIES))
        if not policy.thresholds or not policy.attributes or min(policy.thresholds) < 2:
            raise CatalogueError("catalogue.policy_protected", place=place)
        if "round" in policy.remedies and policy.base <= max(policy.thresholds):
            raise CatalogueError("catalogue.policy_base", place=place)
    return policy


def _merge(entry: Mapping[str, Any], catalogue: Catalogue, table: str) -> Merge:
    """`by = "parent"` merges codes into their parents; else `keep` stays and all others become `into`."""
    dimension = entry["dimension"]
    codes = catalogue.codes[catalogue.tables[table].dimension(dimension).codes]
    if entry.get("by") == "parent":
        return Merge(dimension, {code: member.parent for code, member in codes.items() if member.parent})
    into = entry["into"]
    kept = {*entry["keep"], into}
    return Merge(dimension, {c: into for c in codes if c not in kept and not c.startswith("_")})
