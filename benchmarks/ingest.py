"""How long the whole ingest takes, as a share of what pandas with openpyxl takes only to load the same workbooks.

    python benchmarks/ingest.py [COUNT] [--rounds 3] [--scale] [--list] [--others]

Whole processes in turn, so that a busy machine is unfair to both; ratios are medians of pairs.  `thb ingest` reads,
recognises, accounts for every cell, reconciles and writes; pandas loads every sheet and writes nothing.  With --scale
three hundred workbooks beside three thousand, with --list one list of 100,000 rows by 20 columns, with --others
workbooks of each of four other kinds.
"""

from __future__ import annotations

import argparse
import io
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path
from statistics import median
from typing import NamedTuple

import xlsxwriter

sys.path.insert(0, str(Path(__file__).parent))
from corpus import write_corpus
from others import write_flat, write_small, write_strange, write_varied, write_years

ROOT = Path(__file__).resolve().parents[1]
FEW = 200  #: workbooks of kinds of which there are no more with so many cells
PANDAS = (
    "import sys, pandas as pd\n"
    "from pathlib import Path\n"
    "for path in sorted(Path(sys.argv[1]).rglob('*.xlsx')):\n"
    "    pd.read_excel(path, engine='openpyxl', sheet_name=None)\n"
)
READ = (
    "import sys\n"
    "from pathlib import Path\n"
    "from thb_analysis.ingest.book import read_book\n"
    "for path in sorted(Path(sys.argv[1]).rglob('*.xlsx')):\n"
    "    assert sum(len(sheet.cells) for sheet in read_book(path, path.name).sheets)\n"
)


class Cost(NamedTuple):
    """What a process took: seconds of all processors, seconds on the clock, megabytes of its largest process."""

    processors: float
    clock: float
    memory: float


def cost(*command: str | Path) -> Cost:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    process = subprocess.Popen([str(part) for part in command], cwd=ROOT, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    clock = time.perf_counter() - start
    if os.waitstatus_to_exitcode(status) not in (0, 1):
        raise SystemExit(f"{command} failed")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Cost(spent or used.ru_utime + used.ru_stime, clock, used.ru_maxrss / 1000)


class Ingest:
    """Ingests of one folder into one place."""

    def __init__(self, raw: Path, place: Path) -> None:
        self.raw, self.place = raw, place

    def cold(self) -> Cost:
        shutil.rmtree(self.place, ignore_errors=True)
        self.place.mkdir(parents=True)
        return self.again()

    def again(self) -> Cost:
        processed = self.place / "processed"
        thb = (sys.executable, "-m", "thb_analysis", "ingest")
        return cost(*thb, "--raw", self.raw, "--processed", processed)


def shares(raw: Path, work: Path, rounds: int, what: str) -> Cost:
    """Ratios to pandas, printed; the last cold ingest comes back."""
    pairs = []
    for _ in range(rounds):
        theirs = cost(sys.executable, "-c", PANDAS, raw)
        ours = Ingest(raw, work / "out").cold()
        pairs.append((ours, theirs))
        print(
            f"  pandas {theirs.processors:.2f} s of processors, {theirs.clock:.2f} s on the clock; "
            f"thb ingest {ours.processors:.2f} s and {ours.clock:.2f} s, {ours.memory:.0f} MB"
        )
    processors = median(ours.processors / theirs.processors for ours, theirs in pairs)
    clock = median(ours.clock / theirs.clock for ours, theirs in pairs)
    print(f"{what}: {processors:.2f} of the processors, {clock:.2f} of the clock")
    return pairs[-1][0]


def repeated(raw: Path, work: Path, cold: Cost) -> None:
    """Unchanged; one figure of one workbook of all corrected; one workbook that is another."""
    ingest = Ingest(raw, work / "out")
    again = [ingest.again() for _ in range(3)]
    print(f"unchanged: {median(one.clock for one in again) / cold.clock:.1%} of a cold ingest on the clock")
    first, *_, last = sorted(raw.rglob("*.xlsx"))
    kept = first.read_bytes()
    for what, contents in (
        ("one figure corrected", [corrected(kept, by) for by in (1, 2, 3)]),
        ("one workbook in another's place", [last.read_bytes(), kept, last.read_bytes()]),
    ):
        found = []
        for content in contents:
            first.write_bytes(content)
            found.append(ingest.again())
        print(f"{what}: {median(one.clock for one in found) / cold.clock:.1%} of a cold ingest on the clock")
    first.write_bytes(kept)


def corrected(content: bytes, by: int) -> bytes:
    """A workbook with its last figure another."""
    sheet, out = "xl/worksheets/sheet1.xml", io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            said = old.read(part)
            if part.filename == sheet:
                *_, figure = re.finditer(rb'<c r="[A-Z]+\d+" s="\d+"><v>(\d+)</v>', said)
                start, end = figure.span(1)
                said = said[:start] + str(int(figure[1]) + by).encode() + said[end:]
            new.writestr(part.filename, said)
    return out.getvalue()


def scale(work: Path) -> None:
    few, many = (work / name for name in ("few", "many"))
    write_corpus(few, 300)
    write_corpus(many, 3_000)
    one, ten = Ingest(few, work / "one").cold(), Ingest(many, work / "ten").cold()
    print(
        f"3,000 workbooks: {ten.clock / one.clock:.1f} times the clock of 300, {ten.processors / one.processors:.1f} "
        f"times the processors; largest process {one.memory:.0f} and {ten.memory:.0f} MB"
    )


def long_list(work: Path) -> None:
    folder = work / "list" / "2023"
    folder.mkdir(parents=True)
    with xlsxwriter.Workbook(str(folder / "VP_2023.xlsx"), {"constant_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, [f"Lauks {number}" for number in range(20)])
        for row in range(1, 100_001):
            sheet.write_row(row, 0, [f"vērtība {row % 97}", *(row * number % 1_009 for number in range(19))])
    theirs = cost(sys.executable, "-c", PANDAS, folder)
    ours = cost(sys.executable, "-c", READ, folder)
    print(
        f"100,000 rows by 20 columns: pandas takes {theirs.clock / ours.clock:.1f} times as long as read_book"
    )
    whole = Ingest(folder.parent, work / "out").cold()
    print(f"  and {theirs.clock / whole.clock:.1f} times as long as thb ingest, {whole.memory:.0f} MB")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("count", type=int, nargs="?", default=1_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--scale", action="store_true")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--others", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        raw = work / "raw"
        write_corpus(raw, given.count)
        cold = shares(raw, work, given.rounds, f"{given.count} workbooks of about 2,500 cells")
        repeated(raw, work, cold)
        shares(ROOT / "raw", work, given.rounds, "the shipped workbooks")
        if given.scale:
            scale(work)
        if given.list:
            long_list(work)
        if given.others:
            for write, what, most in (
                (write_years, "of the last five years", given.count),
                (write_varied, "that vary", given.count),
                (write_small, "that are small, many on a sheet", FEW),
                (write_strange, "of something else", FEW),
                (write_flat, "of one figure a line", FEW),
            ):
                many = min(most, given.count)
                write(work / what, many)
                shares(work / what, work, given.rounds, f"{many} workbooks with tables {what}")


if __name__ == "__main__":
    main()
