"""A real LibreOffice for tests: where it is, and how to let it fill and save workbooks.  Not needed to run."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

FILTERS = {".xlsx": "Calc MS Excel 2007 XML", ".ods": "calc8", ".xls": "MS Excel 97"}
SECONDS = 1_200
TRIES = 3
_calls = count()


@cache
def soffice() -> str:
    """LibreOffice's command, "" where there is none."""
    return shutil.which("soffice") or shutil.which("libreoffice") or ""


@cache
def bridge() -> str:
    """A Python that can talk to LibreOffice: its own or the system's; "" where there is none."""
    own = Path(os.path.realpath(soffice())).parent / "python" if soffice() else None
    for candidate in (str(own) if own else "", shutil.which("python3", path="/usr/bin") or "", "python3"):
        if candidate and shutil.which(candidate):
            tried = subprocess.run([candidate, "-c", "import uno"], capture_output=True, check=False)
            if tried.returncode == 0:
                return candidate
    return ""


def missing() -> str:
    """Why LibreOffice cannot be used here, in words; "" where it can."""
    if not soffice():
        return "LibreOffice (soffice) is not installed"
    return "" if bridge() else "no Python here can import uno, LibreOffice's bridge (python3-uno)"


def fill(jobs: Sequence[Mapping[str, Any]], folder: Path) -> dict[str, int]:
    """Let LibreOffice do the jobs (see `office_fill.py`); gives how many typed cells had which kind of validation.

    Its bridge now and then ends by a signal on a busy machine, without a word: then all is done once more, from the
    beginning.  What the script itself has to say is never passed over.
    """
    folder.mkdir(parents=True, exist_ok=True)
    plan = folder / "jobs.json"
    plan.write_text(json.dumps(jobs), encoding="utf-8")
    for number in range(TRIES):
        done = _filled(plan, folder / f"profile{number}", f"thb{os.getpid()}n{next(_calls)}")
        if done.returncode >= 0:
            break
    assert done.returncode == 0, f"ended with {done.returncode}: {done.stderr}"
    rules: dict[str, int] = json.loads(done.stdout.splitlines()[-1])
    return rules


def _filled(plan: Path, profile: Path, pipe: str) -> subprocess.CompletedProcess[str]:
    """One go: a LibreOffice of its own with a profile of its own."""
    command = [soffice(), "--headless", "--norestore", "--nologo", f"--accept=pipe,name={pipe};urp;"]
    office = subprocess.Popen(
        [*command, f"-env:UserInstallation={profile.absolute().as_uri()}"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        script = Path(__file__).with_name("office_fill.py")
        environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
        return subprocess.run(
            [bridge(), str(script), pipe, str(plan)],
            capture_output=True,
            encoding="utf-8",
            timeout=SECONDS,
            env=environment,
            check=False,
        )
    finally:
        try:
            office.wait(timeout=20)
        except subprocess.TimeoutExpired:
            office.terminate()
            office.wait(timeout=20)


def convert(path: Path, kind: str, folder: Path) -> Path:
    """A file in another format, by LibreOffice."""
    profile = (folder / "profile").absolute().as_uri()
    subprocess.run(
        [
            soffice(),
            "--headless",
            f"-env:UserInstallation={profile}",
            "--convert-to",
            kind,
            "--outdir",
            folder,
            path,
        ],
        capture_output=True,
        timeout=SECONDS,
        check=True,
    )
    return folder / f"{path.stem}.{kind.partition(':')[0]}"
