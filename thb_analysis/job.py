"""The ingest from end to end: a folder of workbooks in, `processed/` out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from thb_analysis.definitions import Catalogue
from thb_analysis.findings import Finding
from thb_analysis.ingest.pipeline import ingest
from thb_analysis.tidy import store
from thb_analysis.tidy.checks import check_tables
from thb_analysis.tidy.reconcile import reconcile


@dataclass(frozen=True, slots=True)
class IngestSummary:
    """What an ingest came to."""

    files: int
    figures: int
    cells: int
    severities: Counter[str]
    findings: tuple[Finding, ...]

    @property
    def failed(self) -> bool:
        """Whether findings of severity error exist."""
        return self.severities["error"] > 0


def run_ingest(
    raw: Path,
    processed: Path,
    catalogue: Catalogue,
    lang: str,
    progress: Callable[[str], None] | None = None,
    wanted: Callable[[Path], bool] = lambda path: True,
) -> IngestSummary:
    """Read every workbook under `raw` and write tables, findings, ledger, revisions and evidence to `processed`.

    Only files that are `wanted` are read.  Raises FileNotFoundError where there is no raw folder.
    """
    if not raw.is_dir():
        raise FileNotFoundError(f"There is no folder {raw}")
    read = ingest(raw, catalogue, progress, wanted)
    tidy = reconcile(read.observations, catalogue)
    findings = list(dict.fromkeys([*read.findings, *tidy.findings, *check_tables(tidy.standing, catalogue)]))
    store.write_tables(tidy, catalogue, processed)
    store.write_findings(findings, processed, lang)
    store.write_ledger(((r.file, r.sheet, r.cell, r.role, r.table) for r in read.ledger), processed)
    store.write_evidence(tidy, catalogue, processed)
    return IngestSummary(
        files=len(read.files),
        figures=sum(len(rows) for rows in tidy.standing.values()),
        cells=len(read.ledger),
        severities=Counter(finding.severity for finding in findings),
        findings=tuple(findings),
    )
