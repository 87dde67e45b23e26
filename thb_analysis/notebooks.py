"""Runs notebooks strictly: parameters checked first, failures named, no trace of the machine in the copies.

papermill accepts a parameter that it does not know and ignores it.  Here a misspelt name is an error before
anything runs.  The kernel is always the interpreter that runs this program, whatever kernels are installed.
"""

from __future__ import annotations

import ast
import difflib
import os
import re
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import suppress
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from thb_analysis.warm import Kernels

INJECTED_TAG = "injected-parameters"
PARAMETERS_TAG = "parameters"
TIME_LIMIT = 120.0
WORKERS = 2


class NotebookError(Exception):
    """A notebook that could not be run, or failed."""


class ParameterError(NotebookError):
    """Parameters that do not fit the notebook; `problems` has one sentence for each."""

    def __init__(self, notebook: Path, problems: Sequence[str]) -> None:
        self.notebook = notebook
        self.problems = tuple(problems)
        super().__init__(f"{notebook.name}: " + "; ".join(self.problems))


class CellFailure(NotebookError):
    """A cell raised, ran out of time or lost its kernel.

    `cell` counts from 1 as the notebook is read, `cell_id` is its lasting id, `copy` the executed copy.
    """

    def __init__(self, notebook: Path, cell: int, cell_id: str, reason: str, copy: Path) -> None:
        self.notebook, self.cell, self.cell_id, self.reason, self.copy = notebook, cell, cell_id, reason, copy
        super().__init__(f"{notebook.name}, cell {cell} ({cell_id}): {reason}; executed copy: {copy}")


@dataclass(frozen=True, slots=True)
class Parameter:
    """One line of a notebook's parameters cell: its name, its type as written (or that of its default)."""

    name: str
    type_name: str
    default: Any


@dataclass(frozen=True, slots=True)
class Job:
    """One notebook to run; see `run` for the fields."""

    notebook: Path
    output: Path
    parameters: Mapping[str, Any] = field(default_factory=dict)
    folders: Sequence[str] = ()
    time_limit: float = TIME_LIMIT
    failed: Path | None = None
    """Where the executed copy of a failing notebook is kept; beside the output unless said."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a job: the executed copy, or the error."""

    job: Job
    seconds: float
    error: NotebookError | None = None


def parameters_of(notebook: Path) -> dict[str, Parameter]:
    """The parameters that a notebook declares in its cell tagged `parameters`.

    Raises NotebookError if there is no such notebook or it declares none.
    """
    import papermill

    if not notebook.is_file():
        raise NotebookError(f"no notebook {notebook}")
    found: dict[str, Parameter] = {}
    for name, entry in papermill.inspect_notebook(_read(notebook)).items():
        try:
            default = ast.literal_eval(entry["default"])
        except (ValueError, SyntaxError):
            raise NotebookError(f"{notebook.name}: the default of {name} is no plain value") from None
        declared = entry["inferred_type_name"]
        type_name = type(default).__name__ if declared in (None, "None") else str(declared)
        found[name] = Parameter(name, type_name, default)
    if not found:
        raise NotebookError(f"{notebook.name} has no cell tagged {PARAMETERS_TAG} that declares parameters")
    return found


def check(notebook: Path, parameters: Mapping[str, Any], folders: Sequence[str] = ()) -> dict[str, Any]:
    """The parameters as the notebook will get them, paths as text; ParameterError names every problem.

    `folders` names the parameters that must be existing folders; a relative default counts from the notebook.
    """
    declared = parameters_of(notebook)
    problems: list[str] = []
    given: dict[str, Any] = {}
    for name, value in parameters.items():
        if name not in declared:
            close = difflib.get_close_matches(name, declared, n=3)
            hint = f"did you mean {' or '.join(close)}?" if close else f"it knows {', '.join(declared)}"
            problems.append(f"unknown parameter {name} ({hint})")
            continue
        plain = os.fspath(value) if isinstance(value, os.PathLike) else value
        if not _fits(plain, declared[name].type_name):
            problems.append(f"parameter {name} is {declared[name].type_name}, not {value!r}")
        given[name] = plain
    for name in folders:
        if name not in declared:
            problems.append(f"unknown parameter {name} (wanted as a folder)")
        elif isinstance(folder := given.get(name, declared[name].default), str):
            place = notebook.parent / folder if name not in given else Path(folder)
            if not place.is_dir():
                problems.append(f"parameter {name}: no folder {os.path.normpath(place)}")
    if problems:
        raise ParameterError(notebook, problems)
    return given


def run(
    notebook: Path,
    output: Path,
    parameters: Mapping[str, Any] | None = None,
    *,
    folders: Sequence[str] = (),
    time_limit: float = TIME_LIMIT,
    failed: Path | None = None,
    kernels: Kernels | None = None,
) -> Path:
    """Run a notebook and keep its executed copy as `output`, which is replaced only when all went well.

    Parameters are checked before anything starts (`check`).  The notebook runs in its own folder, within
    `time_limit` seconds in all; a kernel that dies is started once more.  The copy holds no times and no
    folders of this machine: a path given as a parameter (a `Path`, or one of `folders`) is made absolute for
    the run and appears in the copy as the notebook's own default.
    Kernels come from `kernels`, if given.
    Raises ParameterError, or CellFailure with the executed copy kept as `failed` (beside `output` as
    `*.failed.ipynb` unless said).
    """
    import papermill

    nbformat: Any = import_module("nbformat")
    given = check(notebook, parameters or {}, folders)
    paths = {name for name, value in (parameters or {}).items() if name in folders or _is_path(value)}
    absolute = {name: _absolute(value) if name in paths else value for name, value in given.items()}
    source = _read(notebook)
    deadline = time.monotonic() + time_limit
    kept = failed or output.with_name(f"{output.stem}.failed.ipynb")
    for attempt in (1, 2):
        book = papermill.execute_notebook(
            source,
            None,
            parameters=absolute,
            prepare_only=True,
            kernel_name="python3",
            language="python",
            progress_bar=False,
        )
        try:
            problem = _execute(book, notebook, deadline, kernels)
        except _KernelDied as death:
            if attempt == 1 and (kernels is None or not kernels.closed):
                continue
            problem = death.problem
        break
    defaults = {name: parameter.default for name, parameter in parameters_of(notebook).items()}
    _strip(book, {str(absolute[name]): str(defaults[name]) for name in sorted(paths)})
    text = nbformat.writes(book, version=4) + "\n"
    if problem is not None:
        if kernels is None or not kernels.closed:  # a run that was stopped has not failed
            with suppress(OSError):  # on a full disk the failure matters more than its copy
                _replace(kept, text)
        cell, cell_id, reason = problem
        raise CellFailure(notebook, cell, cell_id, reason, kept)
    try:
        _replace(output, text)
    except OSError as error:
        raise NotebookError(f"{notebook.name}: its executed copy could not be written: {error}") from error
    kept.unlink(missing_ok=True)
    return output


def run_all(
    jobs: Iterable[Job],
    workers: int = WORKERS,
    kernels: Kernels | None = None,
    ended: Callable[[Outcome], None] = lambda outcome: None,
) -> list[Outcome]:
    """Run several notebooks side by side; one that fails does not stop the others.  Outcomes in order.

    Every job's parameters are checked before the first one starts; ParameterError tells of the first misfit.
    `ended` is told of each outcome as it comes.  When the run is stopped from outside, the kernels are too.
    """
    queue = list(jobs)
    for job in queue:
        check(job.notebook, job.parameters, job.folders)
    from thb_analysis.warm import Kernels

    kernels = kernels or Kernels()
    pool = ThreadPoolExecutor(max_workers=max(1, workers))
    try:
        under_way = [pool.submit(_outcome, job, kernels) for job in queue]
        for done in as_completed(under_way):
            ended(done.result())
        return [done.result() for done in under_way]
    except BaseException:
        kernels.close()
        raise
    finally:
        pool.shutdown(cancel_futures=True)


ANALYSES = "[0-9][0-9]_*.ipynb"
"""The names of the notebooks that a build runs beside the overview."""


def analyses(folder: Path) -> list[Path]:
    """The notebooks of analyses in a folder, in the order of their names."""
    return sorted(folder.glob(ANALYSES))


def _read(notebook: Path) -> Any:
    """The notebook as an object; whatever kernel it was saved with, it is one of this interpreter."""
    nbformat: Any = import_module("nbformat")
    book = nbformat.read(notebook, as_version=4)
    book.metadata["kernelspec"] = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return book


def _outcome(job: Job, kernels: Kernels | None = None) -> Outcome:
    start = time.monotonic()
    try:
        run(
            job.notebook,
            job.output,
            job.parameters,
            folders=job.folders,
            time_limit=job.time_limit,
            failed=job.failed,
            kernels=kernels,
        )
    except NotebookError as error:
        return Outcome(job, time.monotonic() - start, error)
    return Outcome(job, time.monotonic() - start)


Problem = tuple[int, str, str]
"""Cell number, cell id, what happened."""


class _KernelDied(Exception):
    def __init__(self, problem: Problem) -> None:
        self.problem = problem


def _execute(book: Any, notebook: Path, deadline: float, kernels: Kernels | None) -> Problem | None:
    """Run the cells of `book` in place; what went wrong, if anything did."""
    from jupyter_client.manager import AsyncKernelManager
    from jupyter_client.provisioning.local_provisioner import LocalProvisioner
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

    class Warm(LocalProvisioner):
        """Has kernels forked where that can be; starts them as usual where not."""

        async def launch_kernel(self, cmd: list[str], **settings: Any) -> Any:
            environment = settings.get("env") or {}
            forked = kernels and kernels.fork(cmd[cmd.index("-f") :], settings["cwd"], environment)
            if not forked:
                connection = await super().launch_kernel(cmd, **settings)
                if kernels is not None:
                    kernels.started(self.process)
                return connection
            self.process, self.pid, self.pgid = forked, forked.pid, None  # type: ignore[assignment]  # as good as Popen
            return self.connection_info

    class OwnInterpreter(AsyncKernelManager):
        """Starts the interpreter that runs this program, never a kernel found elsewhere by its name."""

        def __init__(self, **settings: Any) -> None:
            super().__init__(**settings)
            self.connection_file = str(Path(home) / "kernel.json")
            if os.name == "posix" and len(home) < SOCKET_PATH_LIMIT:
                self.transport, self.ip = "ipc", str(Path(home) / "ipc")  # no network at all

            if kernels is not None:
                self.provisioner = Warm(kernel_id=self.kernel_id, kernel_spec=self.kernel_spec, parent=self)

        def format_kernel_cmd(self, extra_arguments: list[str] | None = None) -> list[str]:
            return [sys.executable, "-m", "ipykernel_launcher", "-f", self.connection_file, *LEAN]

    current = [0]

    def started(cell: Any, cell_index: int) -> None:
        current[0] = cell_index

    with tempfile.TemporaryDirectory(prefix="thb-", ignore_cleanup_errors=True) as home:
        client = NotebookClient(
            book,
            kernel_manager_class=OwnInterpreter,
            kernel_name="python3",
            resources={"metadata": {"path": str(notebook.parent.resolve())}},
            timeout_func=lambda cell: max(1, round(deadline - time.monotonic())),
            startup_timeout=60,
            shutdown_kernel="immediate",
            coalesce_streams=True,
            store_widget_state=False,
            record_timing=False,
            on_cell_start=started,
        )
        try:
            client.execute(env={**os.environ, **kernel_environment(home)})
        except CellExecutionError as error:
            return _problem(book, current[0], f"{error.ename}: {error.evalue}")
        except CellTimeoutError:
            return _problem(book, current[0], "it ran out of time")
        except DeadKernelError:
            raise _KernelDied(_problem(book, current[0], "the kernel died")) from None
    return None


LEAN = ("--HistoryManager.enabled=False", "--IPKernelApp.quiet=True", "--IPKernelApp.log_level=40")
"""A run needs no history, and no word of the kernel short of an error."""

SOCKET_PATH_LIMIT = 80
"""A local socket's path may have about a hundred characters, its file name included."""


def kernel_environment(home: str) -> dict[str, str]:
    """A person's own IPython start-up files and matplotlib window play no part in a run."""
    return {
        "IPYTHONDIR": home,
        "MPLBACKEND": "Agg",
        "PYTHONHASHSEED": "0",
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",
    }


def _problem(book: Any, index: int, reason: str) -> Problem:
    """Where it happened, as the person who opens the notebook counts: without the cell that was injected."""
    cell = book.cells[index]
    before = sum(INJECTED_TAG in c.metadata.get("tags", ()) for c in book.cells[:index])
    return index + 1 - before, _cell_id(cell), reason


def _cell_id(cell: Any) -> str:
    return INJECTED_TAG if INJECTED_TAG in cell.metadata.get("tags", ()) else str(cell.get("id", ""))


def _strip(book: Any, paths: Mapping[str, str]) -> None:
    """Take out what another run or another machine would write differently."""
    book.metadata.pop("papermill", None)
    book.metadata["language_info"] = {"name": "python"}
    for cell in book.cells:
        cell["id"] = _cell_id(cell)
        for name in ("papermill", "execution"):
            cell.metadata.pop(name, None)
        cell.source = _with_defaults(cell.source, paths)
        for output in cell.get("outputs", ()):
            output.get("metadata", {}).pop("papermill", None)
            if "text" in output:
                output.text = _with_defaults(output.text, paths)
            for kind, content in output.get("data", {}).items():
                if isinstance(content, str):
                    output.data[kind] = _with_defaults(content, paths)


def _with_defaults(text: str, paths: Mapping[str, str]) -> str:
    """Folders of this machine as the notebook's defaults, longest first; addresses of objects left out."""
    for path in sorted(paths, key=len, reverse=True):
        for written in {path, path.replace("\\", "\\\\"), Path(path).as_posix()}:
            text = text.replace(written, paths[path])
    return re.sub(r" at 0x[0-9A-Fa-f]{6,}>", ">", text)


def _is_path(value: Any) -> bool:
    return isinstance(value, os.PathLike)


def _absolute(path: str) -> str:
    return str(Path(path).resolve())


_TYPES: dict[str, type | tuple[type, ...]] = {
    "str": str,
    "int": int,
    "float": (int, float),
    "bool": bool,
    "list": list,
    "dict": dict,
    "None": type(None),
    "NoneType": type(None),
}


def _fits(value: Any, type_name: str) -> bool:
    """Whether a value is of a type as written in a notebook: `int`, `str | None`, `list[str]`."""
    for part in type_name.split("|"):
        name = part.strip().split("[")[0]
        if name not in _TYPES:
            return True
        if isinstance(value, _TYPES[name]) and (name == "bool" or not isinstance(value, bool)):
            return True
    return False


def _replace(path: Path, text: str) -> None:
    """Write beside, then put in place, so that a reader sees the old file or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        beside.write_text(text, encoding="utf-8", newline="\n")
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
