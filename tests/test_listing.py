"""What is done fast at every run comes to what the plain way comes to: files listed, findings worded."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from random import Random

import pytest

from thb_analysis.findings import LANGUAGES, Finding, csv_lines, wordings
from thb_analysis.ingest.files import workbooks
from thb_analysis.listing import files_under

TEXTS = ["", "a", "a,b", 'q"x', "l\nm", "c\rd", " sp ", "{found}", "ā;“x”", "'", 'é,"\n', "A1:B2"]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_lines_of_findings_are_those_of_the_csv_module(lang: str) -> None:
    random = Random(1)
    found = [
        Finding(code, *[random.choice(TEXTS) for _ in range(6)]) for code in wordings() for _ in range(40)
    ]
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n").writerows([each.worded(lang).values() for each in found])
    assert csv_lines(found, lang) == out.getvalue().encode()


def test_files_are_listed_as_the_library_lists_them(tmp_path: Path) -> None:
    for name in (
        "b/x.xlsx",
        "b/.hidden",
        "b/~$x.xlsx",
        "a.xlsx",
        "b.xlsx",
        ".c/y.ods",
        "b/d/e/z.csv",
        "b-/w.csv",
    ):
        path = tmp_path / "raw" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"")
    raw = tmp_path / "raw"
    (raw / "empty").mkdir()
    try:
        (raw / "linked").symlink_to(raw / "b")
        (raw / "link.xlsx").symlink_to(raw / "a.xlsx")
        (raw / "broken.xlsx").symlink_to(raw / "nowhere")
    except OSError:
        pass  # a system without links
    links = {path for path in raw.rglob("*") if path.is_symlink()}
    files = {path for path in raw.rglob("*") if path.is_file()} | {
        link for link in links if not link.is_dir()
    }
    plain = {path.relative_to(raw).as_posix() for path in files}
    unread: list[str] = []
    assert set(files_under(raw, unread=unread)) == plain
    assert unread == (["linked/"] if links else [])
    visible = sorted(name for name in plain if not name.rpartition("/")[2].startswith((".", "~$")))
    assert [path.relative_to(raw).as_posix() for path in workbooks(raw)] == visible
    assert list(files_under(tmp_path / "gone")) == []
