"""What to ask about an answer: jumps against earlier years, sheets that disagree, others that say otherwise.

A jump is a question and never an error: the later count is held against the earlier years pooled, by the exact
comparison of two Poisson counts, and the p-values are adjusted for how many figures were looked at (Holm).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from thb_analysis.analysis.counts import LEVEL, Comparison, compare, holm
from thb_analysis.definitions import Catalogue
from thb_analysis.findings import Finding
from thb_analysis.ingest.outcome import WorkbookReading
from thb_analysis.observations import Observation, plain
from thb_analysis.tidy.checks import check_tables
from thb_analysis.tidy.evidence import told
from thb_analysis.tidy.reconcile import key_text, reconcile, value_text
from thb_analysis.tidy.shifted import tells_copies
from thb_analysis.tidy.wholes import untold, wholes_below

YEARS = 5  #: how many earlier years a figure is held against
LEAPS = ("count_leaps", "amount_leaps")  #: not asked about again where a figure jumps
AMOUNTS = "amount"  #: sums of money are no counts of events; no exact method fits them


@dataclass(frozen=True, slots=True)
class Earlier:
    """One figure of `evidence.csv`."""

    value: str
    institution: str
    file: str
    place: str
    stands: bool


Evidence = Mapping[tuple[str, str], Sequence[Earlier]]  #: by table and key


def evidence_of(processed: Path, catalogue: Catalogue, wanted: Collection[str] | None = None) -> Evidence:
    """What is known already of all tables or some; nothing where nothing has been ingested."""
    found: dict[tuple[str, str], list[Earlier]] = {}
    for row in told(processed, catalogue.tables, wanted):
        place = f"{row['source_file']}, {row['source_sheet']}, {row['source_cell']}"
        entry = Earlier(row["value"], row["institution"], row["source_file"], place, row["stands"] == "yes")
        found.setdefault((row["table"], row["key"]), []).append(entry)
    return found


def questions(reading: WorkbookReading, catalogue: Catalogue, processed: Path) -> list[Finding]:
    """Everything to ask about one answer beyond what reading it has found."""
    tidy = reconcile(reading.observations, catalogue)
    standing = [row for rows in tidy.standing.values() for row in rows if row.stated]
    evidence = evidence_of(processed, catalogue, {row.table for row in standing})
    findings = [finding for finding in tidy.findings if finding.code == "contradiction"]
    jumping = jumps(standing, catalogue, evidence)
    asked = {(finding.sheet, finding.cell) for finding in jumping}
    own = [f for f in check_tables(tidy.standing, catalogue) if f.file == reading.file]
    findings += [f for f in own if f.code not in LEAPS or (f.sheet, f.cell) not in asked]
    below = [f for table, rows in tidy.standing.items() for f in wholes_below(catalogue.tables[table], rows)]
    findings += untold(below, lambda file: reading.findings)
    findings += jumping
    findings += repeated(standing, catalogue, evidence)
    findings += others(standing, catalogue, evidence)
    return list(dict.fromkeys(findings))


def jumps(rows: Iterable[Observation], catalogue: Catalogue, evidence: Evidence) -> list[Finding]:
    """Counts of the answer's own year that differ from the years before by more than chance explains."""
    looked_at: list[tuple[Observation, dict[int, int], Comparison]] = []
    for row in rows:
        if row.value is None or row.year is None or row.year != row.vintage:
            continue
        if catalogue.tables[row.table].values == AMOUNTS:
            continue
        before = _before(row, catalogue, evidence)
        if before:
            compared = compare(sum(before.values()), int(row.value), t_old=len(before), t_new=1)
            looked_at.append((row, before, compared))
    adjusted = holm([c.p_value if c.p_value is not None else 1.0 for _, _, c in looked_at])
    findings = []
    for (row, before, _), p_value in zip(looked_at, adjusted, strict=True):
        if p_value < 1 - LEVEL:
            told = "; ".join(f"{year}: {count}" for year, count in sorted(before.items()))
            place = (row.file, row.sheet, row.cell)
            findings.append(Finding("figure_jump", *place, plain(row.value), told, _key(row, catalogue)))
    return findings


def repeated(rows: Iterable[Observation], catalogue: Catalogue, evidence: Evidence) -> list[Finding]:
    """Tables of which the answer says of its own year just what is known of the year before."""
    by_table: dict[str, list[Observation]] = {}
    for row in rows:
        if row.value is not None and row.year is not None and row.year == row.vintage:
            by_table.setdefault(row.table, []).append(row)
    findings = []
    for table, own in by_table.items():
        before = [_standing(row, row.vintage - 1, catalogue, evidence) for row in own]
        same = all(entry and entry.value == value_text(row) for entry, row in zip(before, own, strict=True))
        if same and before[0] is not None and tells_copies([row.value for row in own if row.value]):
            first = own[0]
            place = (first.file, first.sheet, first.cell)
            findings.append(Finding("year_repeated", *place, str(first.year), before[0].place, table))
    return findings


def _standing(row: Observation, year: int, catalogue: Catalogue, evidence: Evidence) -> Earlier | None:
    """What stands of a figure in another year."""
    key = _key(row, catalogue).replace(f"year={row.year}", f"year={year}", 1)
    return next((entry for entry in evidence.get((row.table, key), ()) if entry.stands), None)


def _before(row: Observation, catalogue: Catalogue, evidence: Evidence) -> dict[int, int]:
    """The same figure in the years before, where it was a whole number."""
    assert row.year is not None
    found = {}
    for year in range(row.year - YEARS, row.year):
        known = _standing(row, year, catalogue, evidence)
        if known is not None and known.value.isdecimal():
            found[year] = int(known.value)
    return found


def others(rows: Iterable[Observation], catalogue: Catalogue, evidence: Evidence) -> list[Finding]:
    """Figures that another institution's workbook gives differently."""
    findings = []
    for row in rows:
        own = value_text(row)
        for entry in evidence.get((row.table, _key(row, catalogue)), ()):
            if entry.institution != row.institution and entry.value and own and entry.value != own:
                place = (row.file, row.sheet, row.cell)
                told = f"{entry.value} ({entry.institution}: {entry.place})"
                findings.append(Finding("other_says", *place, own, told, _key(row, catalogue)))
    return findings


def _key(row: Observation, catalogue: Catalogue) -> str:
    return key_text(row, catalogue.tables[row.table])
