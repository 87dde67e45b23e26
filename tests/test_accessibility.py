"""The overview in a real headless browser, looked at by axe-core: no violation, on a desktop and on a phone.

Needs Chromium and npm; skipped, in words, where they are missing.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from html import unescape
from pathlib import Path

import overview_frames
import pytest

from thb_analysis.publish.comments import read_comments
from thb_analysis.publish.overview import ORDER, Overview

AXE = "4.10.3"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome", "msedge")
OPTIONS = (
    "--headless",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--virtual-time-budget=20000",
    "--dump-dom",
)


RUN = """
axe.run(document, {runOnly: RULES}).then(found => {
  const pre = document.createElement('pre');
  pre.id = 'axe-found';
  pre.textContent = JSON.stringify({
    passes: found.passes.length,
    violations: found.violations.map(v => [v.id, v.nodes.length, v.nodes[0].html]),
  });
  document.body.append(pre);
});
"""


@pytest.fixture(scope="module")
def browser() -> str:
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        pytest.skip("no Chromium on this machine: accessibility was not checked in a browser")
    return found


@pytest.fixture(scope="module")
def axe(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The checker's source, fetched once to a cache."""
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("no npm on this machine: axe-core could not be fetched")
    cache = Path(__file__).parent.parent / ".cache" / f"axe-{AXE}"
    source = cache / "node_modules" / "axe-core" / "axe.min.js"
    if not source.is_file():
        command = [npm, "install", "--no-audit", "--no-fund", "--prefix", str(cache), f"axe-core@{AXE}"]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
        except subprocess.TimeoutExpired:
            pytest.skip("axe-core could not be fetched in two minutes")
        if done.returncode or not source.is_file():
            pytest.skip("axe-core could not be fetched: is there a network?")
    return source.read_text(encoding="utf-8")


def look(browser: str, page: Path, folder: Path, width: int) -> dict[str, object]:
    """What axe finds on a page in a window of a width."""
    options = [*OPTIONS, f"--window-size={width},900", f"--user-data-dir={folder / str(width)}"]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        options.append("--no-sandbox")  # a browser run by root has none
    done = subprocess.run(
        [browser, *options, page.as_uri()], capture_output=True, encoding="utf-8", timeout=180, check=False
    )
    found = re.search(r'<pre id="axe-found">(.*?)</pre>', done.stdout, re.DOTALL)
    assert found, "the checker did not run"
    return dict(json.loads(unescape(found[1])))


@pytest.mark.slow
@pytest.mark.parametrize("lang", ["lv", "en"])
def test_no_violation_in_a_real_browser(browser: str, axe: str, tmp_path: Path, lang: str) -> None:
    made = Overview.of(
        overview_frames.tables(),
        overview_frames.findings(lang),
        overview_frames.revisions(),
        2023,
        2021,
        lang,
    )
    comments = tmp_path / "comments.md"
    comments.write_text("## victims.start\n\nOne **word**.\n\n- a\n- b\n", encoding="utf-8")
    made.comments = read_comments(comments, [name.replace("_", "-") for name in ORDER])
    made.all_sections()
    text = made.page()
    page = tmp_path / "page.html"
    run = RUN.replace("RULES", json.dumps(RULES))
    page.write_text(
        text.replace("</body>", f"<script>{axe}</script><script>{run}</script></body>"), encoding="utf-8"
    )
    for width in (1280, 390):
        found = look(browser, page, tmp_path, width)
        assert found["violations"] == [], width
        assert isinstance(found["passes"], int) and found["passes"] > 25
