"""The collection that the benchmark reads: it is read whole, without a word, and by some of its rows."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from drafts import CATALOGUE

from thb_analysis.ingest.pipeline import read_file

sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks"))

from corpus import write_corpus
from others import write_varied, write_years


@pytest.mark.parametrize("write", [write_corpus, write_varied, write_years])
def test_every_figure_of_large_tables_is_read_by_some_of_their_rows(tmp_path: Path, write: object) -> None:
    write(tmp_path, 6)  # type: ignore[operator]
    paths = sorted(tmp_path.rglob("*.xlsx"))
    for path in paths:
        reading = read_file(path, path.relative_to(tmp_path).as_posix(), CATALOGUE, thin=True)
        assert [f for f in reading.findings if f.severity in ("error", "warning")] == []
        assert {row.role for row in reading.ledger_rows()} <= {
            "value",
            "total",
            "label",
            "title",
            "note",
            "ignored",
        }
        plates = sum(len(plate.rows) * len(plate.templates) for plate in reading.plates)
        assert plates > len(reading.observations), "read row by row"
    assert len(paths) == 6
