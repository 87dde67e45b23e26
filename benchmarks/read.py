"""How long reading takes, as a share of the CPU time of pandas with openpyxl in the same run.

    python benchmarks/read.py [COUNT]

Both read the same workbooks in turn, so that a busy machine is unfair to both.  `read_book` returns every
cell with its look, comments, merged ranges and findings; pandas only the values.
"""

from __future__ import annotations

import gc
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import pandas as pd

sys.path.insert(0, str(Path(__file__).parent))
from corpus import write_corpus

from thb_analysis.ingest.book import read_book


def main(count: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        paths = write_corpus(Path(folder), count)
        cells = [sum(1 for _ in read_book(path, path.name).cells()) for path in paths]
        ours, theirs = [], []
        for path in paths:
            ours.append(_cpu(lambda path=path: read_book(path, path.name)))
            theirs.append(
                _cpu(lambda path=path: pd.read_excel(path, engine="openpyxl", sheet_name=None, header=None))
            )
    print(f"{count} workbooks with {sum(cells) / count:,.0f} filled cells on average")
    print(f"read_book             {median(ours) * 1000:7.1f} ms CPU a workbook (median)")
    print(f"pandas with openpyxl  {median(theirs) * 1000:7.1f} ms CPU a workbook (median)")
    print(f"ratio                 {sum(ours) / sum(theirs):7.3f}")


def _cpu(work: Callable[[], object]) -> float:
    gc.collect()
    before = time.process_time()
    work()
    return time.process_time() - before


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100)
