"""Figures below labels that may name parts of a list, or be lines of it; and below the last part, of it or of all."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from thb_analysis.definitions import TOTAL, Catalogue
from thb_analysis.ingest.recognition.doubts.case import Case
from thb_analysis.ingest.recognition.grid import Place
from thb_analysis.ingest.recognition.keys import Claim, Refusal, said
from thb_analysis.ingest.recognition.naming import parents
from thb_analysis.ingest.recognition.scene import LEFT
from thb_analysis.ingest.words.meanings import Reading


def in_sections(case: Case) -> dict[Place, Refusal]:
    """Figures of which nobody can say whether they are of the part of a list whose name stands over them.

    “Women:”, “Men:”, each over its forms of exploitation, then “Citizenship:”: of the men, or of everybody.
    """
    found: dict[Place, Refusal] = {}
    doubted = case.resolver.unfilled.doubted
    last = {(row, after.labels[-1]) for after in case.resolver.after for row in after.rows}
    for place, claim in case.claims.items() if doubted or last else ():
        for cell in [cell for role, cell in claim.headings if role == "title"]:
            if (place[0], cell) in last:
                found[place] = case.refused(claim, "two_readings", f"{said(claim)} / —")
            said_by = case.words(claim).read(case.grid.text(cell)) if cell in doubted else ()
            if pairs := {pair for reading in said_by for pair in (*reading.dims, *_years(reading))}:
                told = "; ".join(f"{name}={code}" for name, code in sorted(pairs))
                found[place] = case.blamed(claim, "label_unfilled", cell, f"{told} / —")
    return found


def of_group_or_all(case: Case) -> dict[Place, Refusal]:
    """Totals below the name of a group without a figure (“Foreigners”), all of whose lines down to them are of it.

    They are of the group, or of everybody, and the group is a blank line; of everybody for sure where they come to
    what stands above that name as well.
    """
    found: dict[Place, Refusal] = {}
    groups = [*_groups(case)] if any(LEFT in claim.total for claim in case.claims.values()) else []
    lines: dict[tuple[str, int, int | None], list[Claim]] = {}
    for claim in case.claims.values() if groups else ():
        lines.setdefault((claim.table.id, claim.place[1], claim.year), []).append(claim)
    for cell, table, name, code in groups:
        for line in (line for (own, *_), line in lines.items() if own == table):
            parts = [one for one in line if name in one.own[LEFT] and LEFT not in one.total | one.part]
            for total in (one for one in line if LEFT in one.total and one.dims[name] == TOTAL):
                above, below = (
                    [one for one in parts if one.place[0] in rows]
                    for rows in (range(cell[0]), range(cell[0] + 1, total.place[0]))
                )
                within = all(code in parents(case.catalogue, one.dims[name]) for one in below)
                lost = [p for p in case.refusals if p[1] == total.place[1] and p[0] < cell[0]]
                every = sum(
                    case.grid.number(p) or 0 for p in (*lost, *(one.place for one in (*above, *below)))
                )
                if below and within and not ((above or lost) and every == case.grid.number(total.place)):
                    told = f"{name}={code} / {name}={TOTAL}"
                    found[total.place] = case.blamed(total, "label_unfilled", cell, told)
    return found


def _groups(case: Case) -> Iterator[tuple[Place, str, str, str]]:
    """The labels without figures that name what others are a part of, each with its table and what it says."""
    tables = {claim.table.id: claim for claim in case.claims.values() if LEFT in claim.total}
    for cell in case.scene.loose:
        for table, claim in tables.items() if not case.scene.labels_row(cell) else ():
            for reading in case.words(claim).read(case.grid.text(cell)):
                for name, code in () if reading.title else reading.dims:
                    if code in _wholes(case.catalogue):
                        yield cell, table, name, code


@cache
def _wholes(catalogue: Catalogue) -> frozenset[str]:
    """The codes of which others are a part."""
    lists = catalogue.codes.values()
    return frozenset().union(*(parents(catalogue, code) for members in lists for code in members)) - {""}


def _years(reading: Reading) -> list[tuple[str, str]]:
    return [("year", str(year)) for year in reading.years]
