"""Work that is done beside other work, in a thread of its own."""

from __future__ import annotations

from collections.abc import Generator
from threading import Thread
from types import TracebackType


class Aside:
    """Steps of one piece of work.  All are done when the context ends; where it ends with an error, no more are."""

    def __init__(self, steps: Generator[None]) -> None:
        self._steps = steps
        self._thread: Thread | None = None
        self._given_up = False
        self._error: BaseException | None = None

    def start(self) -> None:
        """Begin: for when no process is forked any more, or hardly one."""
        if self._thread is None:
            self._thread = Thread(target=self._all, daemon=True)
            self._thread.start()

    def __enter__(self) -> Aside:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._given_up = error is not None
        if self._thread is not None:
            self._thread.join()
        elif error is None:
            self._all()
        self._steps.close()
        if error is None and self._error is not None:
            raise self._error

    def _all(self) -> None:
        try:
            for _ in self._steps:
                if self._given_up:
                    return
        except BaseException as error:
            self._error = error
