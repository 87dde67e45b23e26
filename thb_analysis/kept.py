"""What follows from the program's own files alone: worked out once, and kept as Python keeps its byte code.

To read it again takes a tenth of the time.  What is kept is of one state of the program and of its own catalogue; where
byte code may not be written, all is worked out at every start.
"""

from __future__ import annotations

import os
import pickle
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from hashlib import sha256
from importlib.util import cache_from_source
from pathlib import Path
from typing import TypeVar

from thb_analysis.stamps import SHIPPED, program_stamp

T = TypeVar("T")

_SUM = 32  #: bytes of a checksum


def kept(name: str, make: Callable[[], T]) -> T:
    """What is made, or was made before and is kept by a name."""
    said = read(name)
    if said is not None:
        found: T = pickle.loads(said)
        return found
    made = make()
    write(name, pickle.dumps(made, protocol=pickle.HIGHEST_PROTOCOL))
    return made


def read(name: str) -> bytes | None:
    """What is kept by a name; None where there is nothing, or it is of another state, or damaged."""
    try:
        content = _place(name).read_bytes()
    except OSError:
        return None
    stamp, own, said = content[:_SUM], content[_SUM : 2 * _SUM], content[2 * _SUM :]
    return said if (stamp, own) == (_stamp(), sha256(said).digest()) else None


def write(name: str, said: bytes) -> None:
    """Keep something by a name, if it may be kept."""
    if sys.dont_write_bytecode:
        return
    from thb_analysis.shelf import replace_file

    place = _place(name)
    with suppress(OSError):
        place.parent.mkdir(parents=True, exist_ok=True)
        replace_file(place, [_stamp(), sha256(said).digest(), said])


def _place(name: str) -> Path:
    """Beside the byte code of a module of the catalogue, if it had one."""
    return Path(cache_from_source(os.fspath(SHIPPED / f"{name}.py"))).with_suffix(".kept")


@cache
def _stamp() -> bytes:
    return sha256(program_stamp(SHIPPED).encode()).digest()
