"""All notebooks and the overview in three forms beside the ordinary chain of tools; and a whole `thb build`.

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
    if done.returncode not in (0, 1) or "Traceback" in done.stderr:
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


def ours(processed: Path, place: Path) -> list[Path]:
    """The same notebooks and forms as `thb build` runs them, from the same tables, in a process of their own."""
    call(sys.executable, __file__, "--run", processed, place)
    return [place / "reports" / str(YEAR) / f"overview.lv.{form}" for form in ("html", "docx", "pdf")]


def run_notebooks(processed: Path, place: Path) -> None:
    from thb_analysis.notebooks import Job, kernel_environment, parameters_of, run_all
    from thb_analysis.warm import Nursery

    for name in ("figures", "reports"):
        (place / name).mkdir(parents=True)
    jobs = []
    for notebook in NOTEBOOKS:
        given = {
            "year": YEAR,
            "first_year": FIRST,
            "lang": "lv",
            "formats": ["html", "docx", "pdf"],
            "processed": processed,
            "figures": place / "figures",
            "reports": place / "reports",
        }
        declared = parameters_of(notebook)
        jobs.append(
            Job(
                notebook,
                place / "reports" / notebook.name,
                {name: value for name, value in given.items() if name in declared},
                [name for name in ("processed", "figures", "reports") if name in declared],
            )
        )
    with tempfile.TemporaryDirectory() as home:
        nursery = Nursery(kernel_environment(home))
        try:
            outcomes = run_all(jobs, 2, nursery)
        finally:
            nursery.close()
    for outcome in outcomes:
        if outcome.error is not None:
            raise outcome.error


def whole_build(place: Path) -> list[Path]:
    """Ingest, notebooks, forms, exports: more than the ordinary chain does."""
    folders = [f"--{name}={place / name}" for name in ("processed", "figures", "reports")]
    call(
        sys.executable, "-m", "thb_analysis", "build", "--year", str(YEAR), "--edition", "internal", *folders
    )
    return [place / "reports" / str(YEAR) / f"overview.lv.{form}" for form in ("html", "docx", "pdf")]


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
    parser.add_argument("--other", type=Path, help="Python of the ordinary chain's environment")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--run", type=Path, nargs=2, metavar=("PROCESSED", "PLACE"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.run:
        run_notebooks(*given.run)
        return
    if given.other is None:
        parser.error("name the ordinary chain's Python: --other")
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        raise SystemExit("Chromium is needed for the ordinary chain")
    print(f"thb --help: {help_against_bare_python(15):.1f} times the start of bare Python")
    clock, processors, whole = [], [], []
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        tables = work / "tables"
        call(sys.executable, "-m", "thb_analysis", "ingest", "--processed", tables)
        for number in range(given.rounds):
            place = work / str(number)
            one = measured(lambda place=place: ordinary(given.other, browser, tables, place / "ordinary"))
            two = measured(lambda place=place: ours(tables, place / "ours"))
            all_of_it = measured(lambda place=place: whole_build(place / "build"))
            print(
                f"round {number + 1}: ordinary chain {one[0]:.1f} s ({one[1]:.1f} s of processors), "
                f"ours {two[0]:.1f} s ({two[1]:.1f} s): {two[0] / one[0]:.2f}; "
                f"thb build with ingest and exports {all_of_it[0]:.1f} s ({all_of_it[1]:.1f} s)"
            )
            clock.append(two[0] / one[0])
            processors.append(two[1] / one[1])
            whole.append(all_of_it[0] / one[0])
    print(
        f"{len(NOTEBOOKS)} notebooks, three forms: {statistics.median(clock):.2f} of the time and "
        f"{statistics.median(processors):.2f} of the processors; a whole thb build {statistics.median(whole):.2f} of "
        "the time"
    )


if __name__ == "__main__":
    main()
