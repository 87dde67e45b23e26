"""What follows from the words of the catalogue alone: learned once, and kept for the next start."""

from __future__ import annotations

import io
import pickle
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache, wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from thb_analysis.definitions import SHIPPED, Catalogue, Table, load_catalogue
from thb_analysis.kept import read, write

P = ParamSpec("P")
T = TypeVar("T")

_NAME = "words"  #: by which it is kept
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
        content = io.BytesIO()
        _Pickler(content, protocol=pickle.HIGHEST_PROTOCOL).dump(made.found)
        write(_NAME, content.getvalue())


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
    said = read(_NAME)
    return _Made(lasts=True, found={} if said is None else _Unpickler(said, catalogue).load())


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
