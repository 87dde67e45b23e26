"""Warm kernels: one process that has imported what notebooks need, and forks a kernel whenever it is asked.

A kernel of its own for each notebook, without its half second of start and second of imports.  Only where
processes can be forked safely (Linux); elsewhere kernels start as usual.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

IMPORTED = (
    "ipykernel.kernelapp",
    "ipykernel.ipkernel",
    "pandas",
    "thb_analysis.publish.overview",
    "thb_analysis.charts",
    "matplotlib.backends.backend_svg",
    "typst",
)
"""What nearly every notebook needs; a module that is not there is passed over."""

THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
"""A process with threads cannot be forked safely."""

POSSIBLE = sys.platform == "linux"


class Kernels:
    """The kernels of a run that start as usual; `close` ends them, so that a run that is stopped leaves none."""

    def __init__(self) -> None:
        self.closed = False
        self._usual: list[Any] = []

    def fork(self, arguments: Sequence[str], folder: str, environment: Mapping[str, str]) -> Forked | None:
        """A kernel at once; None where there is no such thing (then start one as usual, and tell `started`)."""
        return None

    def started(self, process: Any) -> None:
        """Remember the process of a kernel that was started as usual."""
        self._usual.append(process)
        if self.closed:
            process.kill()

    def close(self) -> None:
        self.closed = True
        for process in self._usual:
            with contextlib.suppress(OSError):
                process.kill()


class Nursery(Kernels):
    """The process from which kernels are forked; `close` ends it and whatever it has forked."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        super().__init__()
        single = dict.fromkeys(THREADS, "1")
        self._asking = threading.Lock()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "thb_analysis.warm"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, **environment, **single},
            start_new_session=True,
        )

    def fork(self, arguments: Sequence[str], folder: str, environment: Mapping[str, str]) -> Forked | None:
        """A new kernel; None where the nursery has died (then start one as usual)."""
        changed = {name: value for name, value in environment.items() if os.environ.get(name) != value}
        answer = self.ask({"arguments": list(arguments), "folder": folder, "environment": changed})
        return None if answer is None else Forked(int(answer["process"]), self)

    def ask(self, question: Mapping[str, Any]) -> dict[str, Any] | None:
        """One question, one answer; None from a nursery that has died."""
        with self._asking:
            assert self._process.stdin is not None and self._process.stdout is not None
            try:
                self._process.stdin.write(json.dumps(question).encode() + b"\n")
                self._process.stdin.flush()
                line = self._process.stdout.readline()
            except (OSError, ValueError):
                return None
        return json.loads(line) if line else None

    def close(self) -> None:
        super().close()
        with contextlib.suppress(OSError):
            if self._process.stdin is not None:
                self._process.stdin.close()
        try:
            self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()


class Forked:
    """A forked kernel, with the manners of a subprocess.Popen."""

    stdin = stdout = stderr = None

    def __init__(self, pid: int, nursery: Nursery) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._nursery = nursery

    def poll(self) -> int | None:
        if self.returncode is None:
            answer = self._nursery.ask({"poll": self.pid})
            code = -signal.SIGKILL if answer is None else answer["code"]
            self.returncode = None if code is None else int(code)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        end = None if timeout is None else time.monotonic() + timeout
        while (code := self.poll()) is None:
            if end is not None and time.monotonic() > end:
                raise subprocess.TimeoutExpired(f"kernel {self.pid}", timeout or 0)
            time.sleep(0.01)
        return code

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)


def _serve() -> None:
    """Answer until there is nobody to ask: fork a kernel, or say whether one has ended."""
    for name in IMPORTED:
        with contextlib.suppress(ImportError):
            import_module(name)
    gc.collect()
    gc.freeze()  # what is imported is never garbage: no kernel need look at it, and none needs pages of its own for it
    children: dict[int, int | None] = {}
    for line in sys.stdin.buffer:
        question = json.loads(line)
        if "poll" in question:
            answer: dict[str, Any] = {"code": _ended(question["poll"], children)}
        else:
            process = os.fork()
            if process == 0:
                _become_kernel(question)
            children[process] = None
            answer = {"process": process}
        sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n")
        sys.stdout.buffer.flush()
    for process in children:
        if _ended(process, children) is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)


def _ended(process: int, children: dict[int, int | None]) -> int | None:
    if children.get(process, 0) is None:
        found, status = os.waitpid(process, os.WNOHANG)
        if found:
            children[process] = os.waitstatus_to_exitcode(status)
    return children.get(process, 0)


def _become_kernel(question: Mapping[str, Any]) -> None:
    """In the forked process: let go of the pipes, then be a kernel until told to end."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for channel in (0, 1, 2):
        os.dup2(nothing, channel)
    os.environ.update(question["environment"])
    os.environ["JPY_PARENT_PID"] = str(os.getppid())
    os.chdir(question["folder"])
    sys.path[0] = str(Path(question["folder"]))
    code = 1
    try:
        from ipykernel.kernelapp import IPKernelApp

        IPKernelApp.launch_instance(argv=question["arguments"])
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 0
    finally:
        os._exit(code)


if __name__ == "__main__":
    _serve()
