"""What changed between two states of knowledge: the figures as the workbooks of one year gave them, and of another."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from thb_analysis.definitions import Catalogue
from thb_analysis.observations import Observation
from thb_analysis.tidy.reconcile import Tidy, key_of, key_text, reconcile, value_text


@dataclass(frozen=True, slots=True)
class Change:
    """One figure that differs: `old` is None where it was not known before, `new` where it is no longer said."""

    table: str
    key: str
    old: Observation | None
    new: Observation | None

    @property
    def kind(self) -> str:
        """revised, added or withdrawn."""
        if self.old is None:
            return "added"
        return "withdrawn" if self.new is None else "revised"

    @property
    def size(self) -> Decimal | None:
        """The difference in units; None where one side is no number."""
        if self.old is None or self.new is None or self.old.value is None or self.new.value is None:
            return None
        return self.new.value - self.old.value


def as_known(observations: Iterable[Observation], vintage: int, catalogue: Catalogue) -> Tidy:
    """The tables as they stood when the workbooks of `vintage` and before were known."""
    return reconcile((o for o in observations if o.vintage <= vintage), catalogue)


def changes(
    observations: Iterable[Observation], before: int, after: int, catalogue: Catalogue, added: bool = False
) -> list[Change]:
    """Figures that differ between two vintages, the biggest change first; new years' figures only if `added`."""
    known = list(observations)
    old, new = (_by_key(as_known(known, vintage, catalogue), catalogue) for vintage in (before, after))
    found = []
    for key in sorted(old.keys() | new.keys()):
        one, other = old.get(key), new.get(key)
        said = one or other
        assert said is not None
        if (
            one is not None
            and other is not None
            and (value_text(one), one.status) == (value_text(other), other.status)
        ):
            continue
        if one is None and not added:
            continue
        table = catalogue.tables[said.table]
        found.append(Change(said.table, key_text(said, table), one, other))
    return sorted(found, key=_biggest_first)


def _biggest_first(change: Change) -> tuple[int, Decimal, str, str]:
    size = change.size
    return (0 if size is not None else 1, -abs(size or Decimal(0)), change.table, change.key)


def _by_key(tidy: Tidy, catalogue: Catalogue) -> dict[tuple[str, ...], Observation]:
    return {
        key_of(row, catalogue.tables[row.table]): row
        for rows in tidy.standing.values()
        for row in rows
        if catalogue.tables[row.table].values != "series"
    }
