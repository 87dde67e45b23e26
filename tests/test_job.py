"""The main job can be trusted: one run at a time, all outputs or none, every failure named, nothing done twice."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from thb_analysis import build as job
from thb_analysis.asked import Folders, Request
from thb_analysis.build import BuildError, NotebooksFailed, WrongRequest
from thb_analysis.commands.bar import Bar
from thb_analysis.definitions import load_catalogue
from thb_analysis.job import run_ingest
from thb_analysis.memory import Memory
from thb_analysis.runlock import Locked, locked
from thb_analysis.runlog import RunLog
from thb_analysis.staging import MOVES, STAGE, InUse, Staging
from thb_analysis.told import Told

ROOT = Path(__file__).parent.parent
FAST = (
    "from pathlib import Path\nplace = Path(reports) / str(year)\nplace.mkdir(parents=True, exist_ok=True)\n"
)
WRITE = (
    FAST
    + "_ = (place / f'overview.{lang}.html').write_text(f'{year} {len(list(Path(processed).iterdir())) > 9}')"
)
PARAMETERS = "year: int = 1\nlang: str = 'lv'\nprocessed: str = 'p'\nreports: str = 'r'\nfigures: str = 'f'"


class Quiet:
    def __init__(self) -> None:
        self.steps: list[str] = []
        self.planned = 0
        self.events: list[str] = []

    def plan(self, steps: int) -> None:
        self.planned = steps

    def step(self, name: str) -> None:
        self.steps.append(name)

    def event(self, name: str, **fields: object) -> None:
        self.events.append(name)


def notebook(path: Path, *cells: str) -> None:
    made = [
        {
            "cell_type": "code",
            "execution_count": None,
            "id": f"cell-{place}",
            "metadata": {"tags": ["parameters"]} if place == 0 else {},
            "outputs": [],
            "source": source,
        }
        for place, source in enumerate((PARAMETERS, *cells))
    ]
    path.write_text(json.dumps({"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Folders]:
    """A small raw folder and a notebook that is quick; the warm process is left out."""
    (tmp_path / "books").mkdir()
    notebook(tmp_path / "books" / "overview.ipynb", WRITE)
    monkeypatch.setattr(job, "notebooks_folder", lambda: tmp_path / "books")
    monkeypatch.setattr("thb_analysis.warm.POSSIBLE", False)
    raw = tmp_path / "raw"
    for name in ("2022/IC_2022.xlsx", "2023/IC_2023.xlsx", "2023/IeM_upuri_2023.xlsx"):
        (raw / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / "raw" / name, raw / name)
    yield Folders(raw, tmp_path / "processed", tmp_path / "figures", tmp_path / "reports")


def run(folders: Folders, analyses: bool = False, **asked: object) -> tuple[job.BuildSummary, Quiet]:
    """A build that is quick: without exports, which have their own tests, unless analyses are asked for."""
    quiet = Quiet()
    request = Request(formats=("html",), analyses=analyses, **asked)  # type: ignore[arg-type]
    return job.build(folders, load_catalogue(), request, quiet), quiet


def contents(folders: Folders) -> dict[str, bytes]:
    """Every output but locks and logs."""
    return {
        f"{name}/{path.relative_to(folder).as_posix()}": path.read_bytes()
        for name, folder in folders.outputs().items()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != ".lock" and ".log" not in path.parts
    }


# --- what is done, and not done twice ------------------------------------------------------------------------


def test_a_build_makes_everything_and_a_second_nothing(place: Folders) -> None:
    first, told = run(place, analyses=True)
    assert first.fresh and first.year == 2023 and first.notebooks == 1 and first.ingest is not None
    assert told.planned == 5 and len(told.steps) == 5 and "exports" in told.steps
    assert (place.reports / "2023" / "overview.lv.html").read_text() == "2023 True"
    before = contents(place)
    second, told = run(place, analyses=True)
    assert not second.fresh and second.made == first.made and told.steps == [] and contents(place) == before
    assert job.unchanged(place, load_catalogue(), Request(formats=("html",))) == first.errors
    assert not any((folder / STAGE).exists() for folder in place.outputs().values())


def test_a_build_makes_every_export_and_releases_nothing(place: Folders, tmp_path: Path) -> None:
    folders = replace(place, registry=tmp_path / "releases" / "published.csv")
    run(folders, analyses=True)
    made = {path.name: path for path in (place.reports / "exports").iterdir()}
    assert set(made) == {"internal.lv", "eu.lv", "public-draft.lv"}
    described = json.loads((made["public-draft.lv"] / "datapackage.json").read_text(encoding="utf-8"))
    assert described["status"] == "draft"
    assert not folders.registry.exists(), "only an export records a release"
    assert not run(folders, analyses=True)[0].fresh
    shutil.rmtree(made["eu.lv"])
    assert run(folders, analyses=True)[0].fresh and made["eu.lv"].is_dir(), "what is gone is made again"
    columns = "release,table,period,cell,value,base\n"
    folders.registry.parent.mkdir()
    folders.registry.write_text(columns, encoding="utf-8", newline="")
    after, _ = run(folders, analyses=True)
    assert after.fresh and after.ingest is None, "a release changes the draft, not the tables"


def test_editions_are_made_side_by_side_and_kept_apart(place: Folders) -> None:
    path = job.notebooks_folder() / "overview.ipynb"
    with pytest.raises(BuildError, match="edition"):
        run(place, editions=("public",))
    with pytest.raises(WrongRequest, match="internal, public"):
        run(place, editions=("secret",))
    stem = 'f\'overview{".public" if edition == "public" else ""}.{lang}.html\''
    notebook(path, WRITE.replace("f'overview.{lang}.html'", stem))
    text = path.read_text(encoding="utf-8").replace(
        "figures: str = 'f'", "figures: str = 'f'\\nedition: str = 'internal'"
    )
    path.write_text(text, encoding="utf-8", newline="")
    assert run(place, editions=("internal", "public"))[0].notebooks == 2
    there = {path.name for path in (place.reports / "2023").glob("overview.*")}
    assert {
        "overview.lv.html",
        "overview.lv.ipynb",
        "overview.public.lv.html",
        "overview.public.lv.ipynb",
    } <= there
    assert run(place, editions=("internal",))[0].fresh
    assert {path.name for path in (place.reports / "2023").glob("overview.*")} == there, (
        "one edition leaves the other"
    )


def test_another_language_reads_no_workbook_again(place: Folders) -> None:
    run(place)
    second, _ = run(place, lang="en")
    assert second.fresh and second.ingest is None
    assert (place.reports / "2023" / "overview.lv.html").is_file()
    assert not run(place)[0].fresh, "the first language is still as it was"


def test_a_touched_workbook_is_looked_into_and_a_changed_one_built(place: Folders) -> None:
    run(place)
    book = place.raw / "2023" / "IC_2023.xlsx"
    os.utime(book, (1, 1))
    asked = Request(formats=("html",), analyses=False)
    assert job.unchanged(place, load_catalogue(), asked) is None
    assert not run(place)[0].fresh
    assert job.unchanged(place, load_catalogue(), asked) is not None, "the new time is remembered"
    shutil.copy(ROOT / "raw" / "2022" / "IC_2022.xlsx", book)
    assert job.unchanged(place, load_catalogue(), asked) is None
    assert run(place)[0].fresh


def test_comments_and_damaged_outputs_are_noticed(place: Folders) -> None:
    run(place)
    (place.reports / "2023" / "comments.lv.md").write_text("## victims\n\nA word.\n")
    assert run(place)[0].fresh
    page = place.reports / "2023" / "overview.lv.html"
    page.write_text("damaged")
    assert run(place)[0].fresh and page.read_text() == "2023 True"
    assert (place.reports / "2023" / "comments.lv.md").is_file(), "comments survive rebuilds"


def test_a_workbook_that_is_gone_is_named(place: Folders) -> None:
    run(place)
    (place.raw / "2023" / "IeM_upuri_2023.xlsx").unlink()
    assert run(place)[0].vanished == ("2023/IeM_upuri_2023.xlsx",)


def test_as_of_reads_only_what_had_been_received(place: Folders) -> None:
    summary, told = run(place, analyses=True, as_of=2022)
    assert summary.year == 2022 and told.planned == 3
    assert (place.reports / "as-of-2022" / "2022" / "overview.lv.html").is_file()
    assert not (place.reports / "2022").exists() and not (place.processed / "victims.csv").exists()


# --- failures ------------------------------------------------------------------------------------------------


def test_a_wrong_request_is_refused_before_anything_is_done(place: Folders) -> None:
    for asked in ({"year": 1999}, {"year": 2023, "as_of": 2022}):
        with pytest.raises(WrongRequest, match="2022"):
            run(place, **asked)
    with pytest.raises(WrongRequest, match="html, docx, pdf"):
        job.build(place, load_catalogue(), Request(formats=("odt",)), Quiet())
    assert not place.processed.exists()


def test_no_workbooks_and_no_folder_are_told(place: Folders, tmp_path: Path) -> None:
    with pytest.raises(BuildError, match="There is no folder"):
        run(Folders(tmp_path / "nowhere"))
    (tmp_path / "empty").mkdir()
    with pytest.raises(BuildError, match="No workbook"):
        run(Folders(tmp_path / "empty"))


def test_a_notebook_that_does_not_know_its_parameters_stops_the_build(place: Folders) -> None:
    books = job.notebooks_folder()
    notebook(books / "01_more.ipynb", "1")
    text = (books / "01_more.ipynb").read_text().replace("year: int = 1", "year: str = 'x'")
    (books / "01_more.ipynb").write_text(text)
    with pytest.raises(BuildError, match=r"01_more\.ipynb: parameter year is str"):
        run(place, analyses=True)


def test_a_failing_cell_is_named_its_copy_kept_and_the_report_left_standing(place: Folders) -> None:
    run(place, analyses=True)
    before = contents(place)
    notebook(job.notebooks_folder() / "01_more.ipynb", "x = 1", "raise ValueError('no such thing')")
    with pytest.raises(NotebooksFailed, match=r"01_more\.ipynb, cell 3 \(cell-2\): ValueError: no such"):
        run(place, analyses=True)
    copy = place.reports / "2023" / "01_more.lv.failed.ipynb"
    assert "no such thing" in copy.read_text(encoding="utf-8")
    after = contents(place)
    del after["reports/2023/01_more.lv.failed.ipynb"]
    assert after == before
    notebook(job.notebooks_folder() / "01_more.ipynb", "x = 1")
    assert run(place, analyses=True)[0].notebooks == 2 and not copy.exists()


def test_a_notebook_without_end_is_stopped(place: Folders) -> None:
    notebook(job.notebooks_folder() / "overview.ipynb", "import time\ntime.sleep(60)")
    with pytest.raises(NotebooksFailed, match="out of time"):
        run(place, time_limit=4.0)


def test_a_kernel_that_dies_once_is_forgiven(place: Folders, tmp_path: Path) -> None:
    once = f"import os\nfrom pathlib import Path\nmark = Path({str(tmp_path / 'mark')!r})\nif not mark.exists():\n"
    notebook(job.notebooks_folder() / "overview.ipynb", once + "    mark.touch()\n    os._exit(1)", WRITE)
    assert run(place)[0].fresh


def test_a_second_run_is_turned_away(place: Folders) -> None:
    with locked(place.processed, raw=place.raw), pytest.raises(Locked, match=str(os.getpid())):
        run(place)
    assert run(place)[0].fresh, "the lock goes with its holder"


def test_nothing_is_written_where_the_workbooks_are_nor_over_a_file(place: Folders, tmp_path: Path) -> None:
    """Tables among the workbooks would be read as answers the next time."""
    before = sorted(place.raw.rglob("*"))
    with pytest.raises(Told, match="nothing is ever written"):
        run(replace(place, figures=place.raw / "figures"))
    with pytest.raises(Told, match="nothing is ever written"):
        run_ingest(place.raw, place.raw / "processed", load_catalogue(), "en")
    assert sorted(place.raw.rglob("*")) == before
    (tmp_path / "file").touch()
    for folder in (tmp_path / "file", tmp_path / "file" / "processed"):
        with pytest.raises(Told, match="a file is in its way"):
            run(replace(place, processed=folder))


@pytest.mark.skipif(sys.platform == "win32", reason="limits on the size of files are for the other systems")
@pytest.mark.parametrize("largest", [2_000, 60_000, 900_000])
def test_a_disk_that_takes_no_more_leaves_what_was_there(place: Folders, largest: int) -> None:
    """A limit on the size of files stands for the full disk: the write fails in the middle."""
    import resource

    run(place)
    before = contents(place)
    notebook(
        job.notebooks_folder() / "overview.ipynb", WRITE.replace("f'{year}", "'x' * 2_000_000 + f'{year}")
    )
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (largest, limits[1]))
    try:
        with pytest.raises((OSError, BuildError)):
            run(place, messages="lv")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, handler)
    after = {name: content for name, content in contents(place).items() if ".failed." not in name}
    assert after == before
    assert run(place)[0].fresh


FULL = """
import shutil, subprocess, sys
from pathlib import Path
from thb_analysis import build as job, warm
from thb_analysis.definitions import load_catalogue
warm.POSSIBLE = False
root, disk, other = map(Path, sys.argv[1:])
subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "none", str(disk)], check=True)
job.notebooks_folder = lambda: root / "books"
class Quiet:
    plan = step = event = lambda self, *a, **k: None
folders = job.Folders(root / "raw", *(disk / name for name in ("processed", "figures", "reports")))
def build():
    job.build(folders, load_catalogue(), job.Request(formats=("html",), analyses=False), Quiet())
def state():
    found = (p for p in sorted(disk.rglob("*")) if p.is_file() and p.name != ".lock")
    return {str(p): p.read_bytes() for p in found if not any(part.endswith(".shelf") for part in p.parts)}
build()
before = state()
shutil.copy(other, root / "raw" / "2023" / "IC_2023.xlsx")
used = sum(p.stat().st_blocks * 512 for p in disk.rglob("*"))
full = f"remount,size={used + 40_000}"
subprocess.run(["mount", "-o", full, str(disk)], check=True)
try:
    build()
except (OSError, job.BuildError) as error:
    print("failed:", error)
after = {name: content for name, content in state().items() if ".failed." not in name}
print("same" if after == before else "different")
subprocess.run(["mount", "-o", "remount,size=16m", str(disk)], check=True)
build()
print("recovered" if state() != before else "not built")
"""


@pytest.mark.slow
def test_a_disk_that_is_really_full(place: Folders, tmp_path: Path) -> None:
    """A file system of its own that holds no more; needs Linux and the right to make one."""
    unshare = shutil.which("unshare")
    may = (
        unshare and subprocess.run([unshare, "-rm", "true"], capture_output=True, check=False).returncode == 0
    )
    if not unshare or not may:
        pytest.skip("no file system of one's own can be made here")
    disk = tmp_path / "disk"
    disk.mkdir()
    other = ROOT / "raw" / "2022" / "IC_2022.xlsx"
    command = [unshare, "-rm", sys.executable, "-c", FULL, str(tmp_path), str(disk), str(other)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "failed:" in done.stdout and "No space left" in done.stdout
    assert "same" in done.stdout and "recovered" in done.stdout


# --- killed at any moment ------------------------------------------------------------------------------------

CHILD = """
import sys
from pathlib import Path
from thb_analysis import build as job, warm
from thb_analysis.definitions import load_catalogue
warm.POSSIBLE = False
root = Path(sys.argv[1])
job.notebooks_folder = lambda: root / "books"
class Quiet:
    plan = step = event = lambda self, *a, **k: None
folders = job.Folders(*(root / name for name in ("raw", "processed", "figures", "reports")))
job.build(folders, load_catalogue(), job.Request(formats=("html",), analyses=False), Quiet())
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is for the other systems")
def test_killed_at_random_moments_the_state_is_the_old_or_the_new(place: Folders, tmp_path: Path) -> None:
    """Every time: what is there is wholly one build's, or the next run makes it so."""
    run(place)
    books = [ROOT / "raw" / "2022" / "IC_2022.xlsx", ROOT / "raw" / "2023" / "IC_2023.xlsx"]
    target = place.raw / "2023" / "IC_2023.xlsx"
    states = []
    for book in books:
        shutil.copy(book, target)
        run(place)
        states.append({k: v for k, v in contents(place).items() if not k.endswith(Memory.NAME)})
    assert states[0] != states[1]
    dice = random.Random(5)
    whole = None
    for attempt in range(8):
        shutil.copy(books[attempt % 2], target)
        start = time.monotonic()
        child = subprocess.Popen([sys.executable, "-c", CHILD, str(tmp_path)], cwd=ROOT)
        try:
            child.wait(timeout=None if whole is None else dice.random() * whole)
        except subprocess.TimeoutExpired:
            child.send_signal(signal.SIGKILL)
            child.wait()
        else:
            whole = whole or time.monotonic() - start
        if not Staging(place.outputs()).unfinished():
            assert _made(place) in states
    shutil.copy(books[0], target)
    run(place)
    assert _made(place) == states[0]


def _made(folders: Folders) -> dict[str, bytes]:
    return {
        name: content
        for name, content in contents(folders).items()
        if f"/{STAGE}/" not in name and not name.endswith((Memory.NAME, ".part")) and "/." not in name
    }


def test_moves_that_were_begun_are_finished_by_the_next_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for stop in range(4):
        folder = tmp_path / str(stop)
        staging = Staging({"a": folder / "a", "b": folder / "b"})
        for name in ("a", "b"):
            (folder / name).mkdir(parents=True)
            (folder / name / "x").write_text("old")
        (folder / "a" / "gone").write_text("old")
        staging.begin()
        for name in ("a", "b"):
            (staging.place(name) / "x").write_text("new")
        left = [stop]

        def replace(self: Path, target: Path, left: list[int] = left, real: object = Path.replace) -> Path:
            if target.name == "x":
                if not left[0]:
                    raise KeyboardInterrupt
                left[0] -= 1
            return real(self, target)  # type: ignore[operator,no-any-return]

        monkeypatch.setattr(Path, "replace", replace)
        try:
            staging.commit({"a": ["gone"]})
        except KeyboardInterrupt:
            assert staging.unfinished() and stop < 2
        monkeypatch.undo()
        staging.recover()
        assert [(folder / name / "x").read_text() for name in ("a", "b")] == ["new", "new"]
        assert not (folder / "a" / "gone").exists() and not (folder / "a" / MOVES).exists()


def test_a_file_open_elsewhere_is_named_and_replaced_by_the_next_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    staging = Staging({"a": tmp_path})
    staging.begin()
    (staging.place("a") / "x.docx").write_text("new")
    real = Path.replace

    def refuse(self: Path, target: Path) -> Path:
        if target.name == "x.docx":
            raise PermissionError(13, "in use")
        return real(self, target)

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(InUse, match=r"x\.docx cannot be replaced: close it"):
        staging.commit()
    monkeypatch.undo()
    assert staging.recover() and (tmp_path / "x.docx").read_text() == "new"


def test_what_is_not_ready_is_thrown_away(tmp_path: Path) -> None:
    staging = Staging({"a": tmp_path})
    staging.begin()
    (staging.place("a") / "half").write_text("half")
    assert not staging.recover() and list(tmp_path.iterdir()) == []


# --- what is told --------------------------------------------------------------------------------------------


def test_the_log_has_one_event_a_line_and_never_stops_a_run(tmp_path: Path) -> None:
    log = RunLog(tmp_path, "build")
    log.write("start", year=2023)
    log.write("end", made=["š"])
    lines = (tmp_path / ".log" / "build.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["event"] for line in lines] == ["start", "end"]
    (tmp_path / "file").write_text("")
    RunLog(tmp_path / "file", "build").write("start")


def _command(folders: Folders, *arguments: str) -> list[str]:
    places = [f"--{name}={folder}" for name, folder in folders.outputs().items()]
    return ["build", f"--raw={folders.raw}", *places, "--format=html", "--edition=internal", *arguments]


def test_a_run_tells_people_and_machines_and_an_unchanged_one_nobody(
    place: Folders, capsys: pytest.CaptureFixture[str]
) -> None:
    from thb_analysis.cli import main

    assert main(_command(place, "--if-changed")) == 0
    said = capsys.readouterr()
    assert said.out.count("Overview of 2023") == 1 and said.err == ""
    log = place.reports / ".log" / "build.jsonl"
    entries = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    assert [entry["event"] for entry in entries] == [
        "start",
        "ingest",
        "ingested",
        "notebook",
        "exported",
        "end",
    ]
    assert len({entry["run"] for entry in entries}) == 1 and entries[2]["files"] == 3
    before = log.read_bytes()
    assert main(_command(place, "--if-changed")) == 0
    said = capsys.readouterr()
    assert (said.out, said.err, log.read_bytes()) == ("", "", before)
    shutil.copy(ROOT / "raw" / "2022" / "SIVA_2022.xlsx", place.raw / "2022")
    for _ in range(2):  # a finding is told at every run, in its exit code
        assert main(_command(place, "--if-changed")) == 1
    assert capsys.readouterr().out.count("Overview of 2023") == 1


STOPPED = """
import sys
from pathlib import Path
from thb_analysis import build as job, warm
from thb_analysis.cli import main
warm.POSSIBLE = False
job.notebooks_folder = lambda: Path(sys.argv[1]) / "books"
sys.exit(main(sys.argv[2:]))
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Windows ends a process without asking it")
def test_a_polite_request_to_end_is_followed_at_once(place: Folders, tmp_path: Path) -> None:
    """What systemd sends: the run ends, its kernels too, and what it had begun is thrown away."""
    run(place)
    before = contents(place)
    began, kernel = tmp_path / "began", "import os, time\nfrom pathlib import Path\n"
    notebook(
        tmp_path / "books" / "overview.ipynb",
        f"{kernel}Path({str(began)!r}).write_text(str(os.getpid()))\ntime.sleep(600)",
    )
    command = [sys.executable, "-c", STOPPED, str(tmp_path), *_command(place)]
    child = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL)
    while not (began.is_file() and began.read_text()):
        assert child.poll() is None
        time.sleep(0.1)
    child.send_signal(signal.SIGTERM)
    assert child.wait(timeout=60) != 0
    assert contents(place) == before and not any((f / STAGE).exists() for f in place.outputs().values())
    for _ in range(100):
        try:
            os.kill(int(began.read_text()), 0)
        except ProcessLookupError:
            break
        time.sleep(0.1)
    else:
        pytest.fail("the kernel lives on")


class Terminal:
    def __init__(self, shown: bool) -> None:
        self.shown, self.text = shown, ""

    def isatty(self) -> bool:
        return self.shown

    def write(self, text: str) -> int:
        self.text += text
        return len(text)

    def flush(self) -> None: ...


@pytest.mark.parametrize("shown", [True, False])
def test_progress_is_for_terminals(shown: bool) -> None:
    terminal = Terminal(shown)
    bar = Bar(terminal)  # type: ignore[arg-type]
    bar.plan(4)
    bar.step("a.xlsx")
    bar.clear()
    assert ("1/4 a.xlsx" in terminal.text) is shown
    assert shown or terminal.text == ""


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["--year", "1899"], 2, "1899"),
        (["--year", "2030"], 2, "There is no workbook of 2030"),
        (["--format", "odt"], 2, "There is no format odt"),
        (["--time-limit", "0"], 2, "above 0"),
        (["--raw", "nowhere"], 3, "There is no folder"),
    ],
)
def test_exit_codes(
    place: Folders, capsys: pytest.CaptureFixture[str], arguments: list[str], code: int, said: str
) -> None:
    from thb_analysis.cli import main

    folders = [f"--{name}={folder}" for name, folder in place.outputs().items()]
    given = ["build", f"--raw={place.raw}", *folders, *arguments]
    assert main(given) == code
    assert said in capsys.readouterr().err


def test_the_help_is_light() -> None:
    code = (
        "import sys; from thb_analysis.cli import main\ntry: main(['--help'])\nexcept SystemExit: pass\n"
        "print({'pandas', 'matplotlib', 'pyarrow', 'numpy'} & set(sys.modules))"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.rstrip().endswith("set()")
