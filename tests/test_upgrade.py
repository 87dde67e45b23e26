"""An edited program words anew what an older one told of the same workbooks."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import openpyxl

ROOT = Path(__file__).parent.parent


def test_what_is_told_of_unchanged_workbooks_is_worded_by_the_program_that_runs(tmp_path: Path) -> None:
    program, raw, processed = (tmp_path / name for name in ("program", "raw", "processed"))
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "thb_analysis", program / "thb_analysis", ignore=ignored)
    shutil.copytree(ROOT / "raw" / "2023", raw / "2023")
    book = openpyxl.load_workbook(raw / "2023" / "IC_2023.xlsx", rich_text=True)
    book["IC"]["B6"] = 3
    book.save(
        raw / "2023" / "IC_labots_2023.xlsx"
    )  # the two contradict each other: neither tells of it alone

    def told() -> list[str]:
        folders = ("--raw", str(raw), "--processed", str(processed))
        done = subprocess.run(
            [sys.executable, "-m", "thb_analysis", "ingest", *folders],
            cwd=program,
            env={**os.environ, "PYTHONPATH": str(program)},
            capture_output=True,
            check=False,
        )
        assert done.returncode == 1, done.stderr
        return (processed / "findings.en.csv").read_text(encoding="utf-8").splitlines()[1:]

    first = told()
    assert any("contradiction" in line for line in first)
    for path in (program / "thb_analysis" / "catalogue" / "findings").iterdir():
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace('suggestion = "', 'suggestion = "Please: '), encoding="utf-8")
    assert [line.replace("Please: ", "") for line in told()] == first
    assert all("Please: " in line for line in told())
