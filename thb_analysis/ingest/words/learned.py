"""What follows from the words of the catalogue alone: learned once, and kept as Python keeps its byte code.

To read it again takes a tenth of the time, which is most of what a start takes.  What is kept is of one state of the
program and of its own catalogue, beside the byte code; where that may not be written, all is learned at every start.
"""

from __future__ import annotations

import hashlib
import io
import os
import pickle
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache, wraps
from importlib.util import cache_from_source
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

from thb_analysis.definitions import SHIPPED, Catalogue, Table, load_catalogue
from thb_analysis.shelf import replace_file
from thb_analysis.stamps import program_stamp

P = ParamSpec("P")
T = TypeVar("T")

_SUM = 32  #: bytes of a checksum
_EVERY: list[Callable[[Catalogue], Any]] = []  #: functions of a catalogue and of nothing else


def learned(make: Callable[Concatenate[Catalogue, P], T]) -> Callable[Concatenate[Catalogue, P], T]:
    """A function of a catalogue, and perhaps of the name of one of its tables, that is worked out once.

    What it comes to is kept for the next start, so it must be such that pickle can: no function within a function.
    """
    name = f"{make.__module__}.{make.__qualname__}"

    @cache
    def known(catalogue: Catalogue, *about: Any) -> Any:
        made = _of(catalogue)
        key = (name, *about)
        if key not in made.found:
            made.found[key] = make(catalogue, *about)  # type: ignore[call-arg]
            made.new = True
        return made.found[key]

    if make.__code__.co_argcount == 1:
        _EVERY.append(known)
    return wraps(make)(known)  # type: ignore[return-value]


def keep(catalogue: Catalogue) -> None:
    """Work out what every function of the catalogue alone comes to, and keep all that is known for the next start."""
    for make in _EVERY:
        make(catalogue)
    made = _of(catalogue)
    if made.new and made.lasts:
        made.new = False
        with suppress(OSError):
            _write(made.found)


@dataclass(slots=True)
class _Made:
    """What is known of a catalogue, by function and what else it was asked about."""

    lasts: bool  #: whether it is kept: of the program's own catalogue, as it was loaded
    found: dict[tuple[str, ...], Any] = field(default_factory=dict)
    new: bool = False  #: whether there is more in it than is kept


@cache
def _of(catalogue: Catalogue) -> _Made:
    if catalogue.folder != SHIPPED or catalogue is not load_catalogue():
        return _Made(lasts=False)
    return _Made(lasts=True, found=_read(catalogue))


class _Pickler(pickle.Pickler):
    """Leaves the catalogue and its tables out: they are there already when what was learned is read again."""

    def persistent_id(self, obj: Any) -> str | None:
        if isinstance(obj, Table):
            return obj.id
        return "" if isinstance(obj, Catalogue) else None


class _Unpickler(pickle.Unpickler):
    def __init__(self, content: bytes, catalogue: Catalogue) -> None:
        super().__init__(io.BytesIO(content))
        self._catalogue = catalogue

    def persistent_load(self, table: str) -> Any:
        return self._catalogue.tables[table] if table else self._catalogue


def _write(found: Mapping[tuple[str, ...], Any]) -> None:
    if sys.dont_write_bytecode:
        return
    content = io.BytesIO()
    _Pickler(content, protocol=pickle.HIGHEST_PROTOCOL).dump(found)
    said = content.getvalue()
    place = _place()
    place.parent.mkdir(parents=True, exist_ok=True)
    replace_file(place, [_stamp(), hashlib.sha256(said).digest(), said])


def _read(catalogue: Catalogue) -> dict[tuple[str, ...], Any]:
    """What is kept; nothing where there is nothing, or it is of another state, or damaged."""
    try:
        content = _place().read_bytes()
    except OSError:
        return {}
    stamp, own, said = content[:_SUM], content[_SUM : 2 * _SUM], content[2 * _SUM :]
    if stamp != _stamp() or own != hashlib.sha256(said).digest():
        return {}
    found: dict[tuple[str, ...], Any] = _Unpickler(said, catalogue).load()
    return found


def _place() -> Path:
    """Beside the byte code of a module of the catalogue, if it had one."""
    return Path(cache_from_source(os.fspath(SHIPPED / "words.py"))).with_suffix(".learned")


def _stamp() -> bytes:
    return hashlib.sha256(program_stamp(SHIPPED).encode()).digest()
