"""The charts of the newest year that are kept in the repository are those that a build makes."""

from __future__ import annotations

from pathlib import Path

import pytest

from thb_analysis.build import newest_year
from thb_analysis.cli import main

ROOT = Path(__file__).parent.parent


def test_the_kept_charts_equal_a_rebuild(tmp_path: Path) -> None:
    year = str(newest_year(ROOT / "raw"))
    charts = [p for p in (ROOT / "figures" / year).glob("*.lv.svg") if ".public." not in p.name]
    kept = {path.name: path.read_bytes() for path in charts}
    if not kept:
        pytest.skip(f"no charts of {year} are kept in figures/{year}: run `thb build` and commit them")
    folders = [f"--{name}={tmp_path / name}" for name in ("processed", "figures", "reports")]
    assert main(
        [
            "build",
            "--format",
            "html",
            "--edition",
            "internal",
            "--lang",
            "lv",
            f"--raw={ROOT / 'raw'}",
            *folders,
        ]
    ) in (0, 1)
    made = {path.name: path.read_bytes() for path in (tmp_path / "figures" / year).glob("*.lv.svg")}
    different = sorted(name for name in kept.keys() | made.keys() if kept.get(name) != made.get(name))
    assert different == [], "a change of charts? then run `thb build` and commit figures/"
