"""All notebooks and the overview in three forms: `thb build` side by side with the ordinary chain of tools.

The ordinary chain: papermill's command line once for each notebook, then nbconvert to HTML, pandoc to DOCX and
Chromium to PDF for the overview.  Both start from the same tidy tables, run in turn, and must leave their
outputs; ratios are medians of pairs.

    python benchmarks/publish.py --other OTHER/bin/python [--rounds 3]

OTHER is an environment with this package, nbconvert and pypandoc-binary (`pip install -e . nbconvert
pypandoc-binary`), so that the ordinary chain has what it wants and `thb` is not slowed by it.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = [ROOT / "notebooks" / "overview.ipynb", *sorted((ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb"))]
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
YEAR, FIRST = 2023, 2017


def call(*command: str | Path, **more: str) -> None:
    environment = os.environ | {"PYTHONWARNINGS": "ignore"} | more
    done = subprocess.run(
        [str(part) for part in command], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    if done.returncode not in (0, 1):
        raise SystemExit(f"{command[0]} failed:\n{done.stderr[-2000:]}")


def ordinary(python: Path, browser: str, processed: Path, work: Path) -> list[Path]:
    """papermill's command line for each notebook, then one tool for each form of the overview."""
    for name in ("figures", "reports"):
        (work / name).mkdir(parents=True)
    for notebook in NOTEBOOKS:
        given = {
            "processed": processed,
            "figures": work / "figures",
            "reports": work / "reports",
        }
        options = [part for name, value in given.items() for part in ("-r", name, str(value))]
        options += ["-p", "year", str(YEAR), "-p", "first_year", str(FIRST), "-r", "lang", "lv"]
        out = work / notebook.name
        call(
            python, "-m", "papermill", notebook, out, *options, "--cwd", notebook.parent, "--no-progress-bar"
        )
    copy = work / "overview.ipynb"
    call(python, "-m", "nbconvert", "--to", "html", "--no-input", copy, "--output", work / "overview.html")
    pandoc = "import pypandoc,sys; pypandoc.convert_file(sys.argv[1], 'docx', outputfile=sys.argv[2])"
    call(python, "-c", pandoc, work / "overview.html", work / "overview.docx")
    flags = ["--headless", "--disable-gpu", "--no-first-run", f"--user-data-dir={work / 'browser'}"]
    flags += ["--disable-background-networking", "--disable-sync", "--disable-component-update"]
    flags += ["--no-sandbox"] if os.geteuid() == 0 else []
    page = (work / "overview.html").as_uri()
    call(browser, *flags, f"--print-to-pdf={work / 'overview.pdf'}", page)
    return [work / f"overview.{form}" for form in ("html", "docx", "pdf")]


def ours(folders: list[str], reports: Path) -> list[Path]:
    command = (sys.executable, "-m", "thb_analysis", "build", "--year", str(YEAR), "--edition", "internal")
    call(*command, *folders)
    return [reports / str(YEAR) / f"overview.lv.{form}" for form in ("html", "docx", "pdf")]


def measured(what: Callable[[], list[Path]]) -> tuple[float, float]:
    """Seconds on the clock and of all processors; the outputs must be there."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    for path in what():
        if path.stat().st_size < 10_000:
            raise SystemExit(f"{path} is not what it should be")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return time.perf_counter() - start, used


def help_against_bare_python(rounds: int) -> float:
    def once(*command: str) -> float:
        start = time.perf_counter()
        subprocess.run([sys.executable, *command], cwd=ROOT, stdout=subprocess.DEVNULL, check=True)
        return time.perf_counter() - start

    pairs = [(once("-c", "pass"), once("-m", "thb_analysis", "--help")) for _ in range(rounds)]
    return statistics.median(two / one for one, two in pairs)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--other", type=Path, required=True, help="Python of the ordinary chain's environment"
    )
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        raise SystemExit("Chromium is needed for the ordinary chain")
    print(f"thb --help: {help_against_bare_python(15):.1f} times the start of bare Python")
    clock, processors = [], []
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        tables = work / "tables"
        call(sys.executable, "-m", "thb_analysis", "ingest", "--processed", tables)
        for number in range(given.rounds):
            place = work / str(number)
            folders = [f"--{n}={place / 'ours' / n}" for n in ("processed", "figures", "reports")]
            one = measured(lambda place=place: ordinary(given.other, browser, tables, place / "ordinary"))
            two = measured(lambda place=place, folders=folders: ours(folders, place / "ours" / "reports"))
            print(
                f"round {number + 1}: ordinary chain {one[0]:.1f} s ({one[1]:.1f} s of processors), "
                f"thb build with ingest {two[0]:.1f} s ({two[1]:.1f} s): {two[0] / one[0]:.2f}"
            )
            clock.append(two[0] / one[0])
            processors.append(two[1] / one[1])
    print(
        f"{len(NOTEBOOKS)} notebooks, three forms: thb build takes {statistics.median(clock):.2f} of the time "
        f"and {statistics.median(processors):.2f} of the processors"
    )


if __name__ == "__main__":
    main()
