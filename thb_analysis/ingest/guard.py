"""Work on many files in processes of their own, each file within bounds of time and memory.

A file that takes too long, needs too much memory or brings its process down costs that file only.  Memory is
bounded where the system can (Linux); elsewhere the time is.  Where the system tells how long a process has worked
(Linux), a file may wait for its turn on a busy machine: what is read there and what is not would else depend on who
else is at work.
"""

from __future__ import annotations

import math
import multiprocessing
import os
import sys
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from multiprocessing.reduction import ForkingPickler
from typing import Any, Generic, TypeVar

from thb_analysis.told import Told

SECONDS = 20.0  #: for one file
PATIENCE = 3  #: times as long on the clock, where it had to wait for processors
MEGABYTES = 500  #: for one file, beyond what the process has before
AHEAD = 16  #: how many items for each worker, from the one that is waited for on, may be in hand or done
SMALL = 4_000  #: bytes of an item that every system's pipe holds: it may be sent to a worker who is sending himself

Item = TypeVar("Item")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Stopped:
    """Why there is no result: a finding's code and its particulars."""

    code: str
    found: str = ""
    expected: str = ""


def guarded(
    work: Callable[[Item], Result],
    items: Sequence[Item],
    workers: int = 1,
    seconds: float = SECONDS,
    megabytes: int = MEGABYTES,
    kind: Callable[[Item], str] = lambda item: "",
    then: Callable[[], None] = lambda: None,
) -> Iterator[Result | Stopped]:
    """The result of `work` for each item, in the order of the items, whatever the number of workers.

    Those of one `kind` go to one worker where nobody has to wait for that: it has learned what they have in common.
    `then` is done once all workers are at work.
    `work` must be a function of a module, items and results must be picklable.  In place of a result comes
    Stopped: `file_slow`, `file_heavy`, or `file_broke_reader` where `work` raised or its process died.  Raises what
    `work` raises where that is no fault of an item (Told).
    """
    crew = _Crew(work, max(workers, 1), seconds, megabytes)
    kinds = list(map(kind, items))
    waiting: list[int] = []
    done: dict[int, Result | Stopped | Told] = {}
    taken = 0
    begun = False
    try:
        if not items:
            then()
        for following in range(len(items)):
            while True:
                end = min(following + AHEAD * crew.size, len(items))
                waiting += range(taken, end)
                taken = end
                while waiting and crew.has_room(len(waiting)):
                    crew.give(waiting, items, kinds)
                if not begun:
                    begun = True
                    then()
                if following in done:
                    break
                done.update(crew.results())
                waiting += crew.returned()
            result = done.pop(following)
            if isinstance(result, Told):
                raise result
            yield result
    finally:
        crew.dismiss()


@dataclass(slots=True)
class _Worker:
    process: BaseProcess
    connection: Connection[Any, Any]
    items: list[int] = field(default_factory=list)  #: the item at work, and the one that follows it
    held: bytes = b""  #: the one that follows, where it was not sent yet
    kinds: set[str] = field(default_factory=set)  #: of the items that it was given
    deadline: float = 0.0
    worked: float = 0.0  #: what its process had taken of processors before the item
    last: float = 0.0  #: the deadline that no waiting moves


@dataclass(slots=True)
class _Crew(Generic[Item, Result]):
    """Some processes, each with an item at work and, while there are many, the next in hand; one that fails is
    replaced when it is needed."""

    work: Callable[[Item], Result]
    size: int
    seconds: float
    megabytes: int
    workers: list[_Worker] = field(default_factory=list)
    left: list[int] = field(default_factory=list)  #: items of which a worker that failed had not begun

    def has_room(self, waiting: int) -> bool:
        """Whether somebody has nothing to do, or should have another item in hand while so many are waiting."""
        if len(self.workers) < self.size:
            return True
        return min(len(worker.items) for worker in self.workers) < (2 if waiting > self.size else 1)

    def give(self, waiting: list[int], items: Sequence[Item], kinds: Sequence[str]) -> None:
        """Give one of the waiting items away: of a kind that the worker had before, else of one that nobody had."""
        if len(self.workers) < self.size:
            self._hire()
        worker = min(self.workers, key=lambda worker: len(worker.items))
        had = {kind for worker in self.workers for kind in worker.kinds}
        index = min(waiting, key=lambda index: (kinds[index] not in worker.kinds, kinds[index] in had, index))
        waiting.remove(index)
        worker.kinds.add(kinds[index])
        worker.items.append(index)
        worker.held = bytes(ForkingPickler.dumps(items[index]))
        if len(worker.items) == 1:
            self._begin(worker)
        elif len(worker.held) < SMALL:
            self._send(worker)

    def _begin(self, worker: _Worker) -> None:
        """Its time begins for the item that a worker has now."""
        worker.deadline = time.monotonic() + self.seconds
        worker.last = time.monotonic() + self.seconds * PATIENCE
        worker.worked = _worked(worker.process.pid)
        self._send(worker)

    def _send(self, worker: _Worker) -> None:
        if worker.held:
            with suppress(OSError):  # it died while it had nothing to do; the next look finds it dead
                worker.connection.send_bytes(worker.held)
            worker.held = b""

    def results(self) -> Iterator[tuple[int, Result | Stopped | Told]]:
        """Wait until something happens; what is done, and what will not be."""
        busy = [worker for worker in self.workers if worker.items]
        patience = max(0.0, min(worker.deadline for worker in busy) - time.monotonic())
        ready = set(wait([worker.connection for worker in busy], timeout=patience))
        for worker in busy:
            if worker.connection in ready:
                index = worker.items.pop(0)
                try:
                    result = worker.connection.recv()
                except (EOFError, OSError):
                    self._dismiss(worker)
                    result = Stopped("file_broke_reader", found=_fate(worker.process.exitcode))
                else:
                    if worker.items:
                        self._begin(worker)
                yield index, result
            elif time.monotonic() >= worker.deadline and not self._waits(worker):
                index = worker.items.pop(0)
                self._dismiss(worker)
                yield index, Stopped("file_slow", expected=f"{self.seconds:g} s")

    def returned(self) -> list[int]:
        """The items that workers had in hand who failed at another: they are for others."""
        left, self.left = self.left, []
        return left

    def _waits(self, worker: _Worker) -> bool:
        """Whether a worker has had less of the processors than its time: then its deadline is put off."""
        had = _worked(worker.process.pid) - worker.worked
        now = time.monotonic()
        if math.isnan(had) or had >= self.seconds or now >= worker.last:
            return False
        worker.deadline = min(worker.last, now + max(self.seconds - had, 0.05))
        return True

    def dismiss(self) -> None:
        for worker in list(self.workers):
            self._dismiss(worker)

    def _dismiss(self, worker: _Worker) -> None:
        self.workers.remove(worker)
        self.left += worker.items
        worker.connection.close()
        worker.process.kill()
        worker.process.join()

    def _hire(self) -> None:
        forks = sys.platform == "linux"  # nothing to import again; other systems start from nothing
        context: Any = multiprocessing.get_context("fork" if forks else "spawn")
        ours, theirs = context.Pipe()
        # A forked process has the others' ends too; were they left open, no one would see a parent die.
        others = [worker.connection for worker in self.workers] + [ours] if forks else []
        arguments = (self.work, theirs, others, self.megabytes)
        process = context.Process(target=_serve, args=arguments, daemon=True)
        with warnings.catch_warnings():
            # Python 3.12 warns of threads: those of numpy, idle and never used here
            warnings.simplefilter("ignore", DeprecationWarning)
            process.start()
        theirs.close()
        self.workers.append(_Worker(process, ours))


def _serve(
    work: Callable[[Any], Any],
    connection: Connection[Any, Any],
    others: list[Connection[Any, Any]],
    megabytes: int,
) -> None:
    """What a worker does until its connection is closed."""
    for other in others:
        other.close()
    _hold_memory()
    heavy = Stopped("file_heavy", expected=f"{megabytes} MB")
    while True:
        try:
            item = connection.recv()
        except (EOFError, OSError):
            return
        _bound_memory(megabytes)
        result: object
        try:
            result = work(item)
        except MemoryError:
            result = heavy
        except Told as error:  # not of the item: all others would end in the same
            result = error
        except Exception as error:  # whatever it is, it must not cost the other files
            result = Stopped("file_broke_reader", found=type(error).__name__)
        try:
            connection.send(result)
        except MemoryError:
            del result
            connection.send(heavy)
        except OSError:
            return


def _hold_memory() -> None:
    """Keep some of what is freed for the next item: to ask the system for it each time takes longer than to use it."""
    if sys.platform != "linux":
        return
    import ctypes

    trim_threshold, mmap_threshold = -1, -3
    with suppress(AttributeError, OSError):  # another library of C
        set_option = ctypes.CDLL(None).mallopt
        set_option(trim_threshold, 64_000_000)
        set_option(mmap_threshold, 16_000_000)


def _bound_memory(megabytes: int) -> None:
    """Let this process take so much more memory than it has now, where the system knows such a bound."""
    if sys.platform != "linux":
        return
    import resource

    with open("/proc/self/statm", "rb", buffering=0) as about:  # noqa: PTH123 -- for every file
        pages = int(about.read(200).split()[5])  # data and stack
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    bound = pages * resource.getpagesize() + megabytes * 1_000_000
    if hard == resource.RLIM_INFINITY or bound < hard:
        resource.setrlimit(resource.RLIMIT_DATA, (bound, hard))


def _worked(process: int | None) -> float:
    """How many seconds of processors a process has taken so far; not a number where the system does not tell."""
    if sys.platform != "linux":
        return math.nan
    try:
        with open(f"/proc/{process}/stat", "rb", buffering=0) as about:  # noqa: PTH123 -- for every file
            own, system = about.read(1_000).rpartition(b")")[2].split()[11:13]
        return (int(own) + int(system)) / os.sysconf("SC_CLK_TCK")
    except (OSError, ValueError, IndexError):
        return math.nan


def _fate(exit_code: int | None) -> str:
    """How a process ended, in a word."""
    return f"signal {-exit_code}" if exit_code is not None and exit_code < 0 else f"exit {exit_code}"
