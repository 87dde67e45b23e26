"""What several tests share: the shipped workbooks, ingested once."""

from __future__ import annotations

from pathlib import Path

import pytest

from thb_analysis.definitions import load_catalogue
from thb_analysis.job import IngestSummary, run_ingest

ROOT = Path(__file__).parent.parent
RAW = ROOT / "raw"


@pytest.fixture(scope="session")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, IngestSummary]:
    """The folder of tables made from the shipped workbooks, and the summary of that ingest."""
    processed = tmp_path_factory.mktemp("processed")
    return processed, run_ingest(RAW, processed, load_catalogue(), "en")
