"""Small zip files as most programs write them, read from memory: the directory in one walk, each part in one call.

Whatever is not plain to the byte is left to zipfile: then `directory` and `Entry.inflated` give None.
"""

from __future__ import annotations

import struct
import zlib
from functools import lru_cache
from typing import NamedTuple

SMALL, LARGE = 800, 10_000  #: bytes of a part that is remembered, packed and inflated


class Entry(NamedTuple):
    """One part, as the directory has it."""

    filename: str
    flag_bits: int
    method: int
    checksum: int
    compress_size: int
    file_size: int
    offset: int
    directory: int  #: where the directory begins: no part reaches into it

    def inflated(self, content: bytes) -> bytes | None:
        """The part, which the file holds whole and sound; else None."""
        start = self.offset + _LOCAL.size
        if start > self.directory or self.flag_bits & ~_HARMLESS:
            return None
        mark, flags, method, name, extra = _LOCAL.unpack_from(content, self.offset)
        begin = start + name + extra
        end = begin + self.compress_size
        if (mark, flags, method) != (b"PK\3\4", self.flag_bits, self.method) or end > self.directory:
            return None
        if content[start : start + name] != self.filename.encode("ascii"):
            return None
        inflate = _again if self.compress_size < SMALL and self.file_size < LARGE else _inflated
        return inflate(content[begin:end], self.method, self.file_size, self.checksum)


def _inflated(packed: bytes, method: int, size: int, checksum: int) -> bytes | None:
    """What was packed, where it is so long and has that checksum; else None."""
    if method == zlib.DEFLATED:
        inflater = zlib.decompressobj(-zlib.MAX_WBITS)
        try:
            # one byte more than declared: a part that is longer must not be inflated, nor pass
            inflated = inflater.decompress(packed, size + 1)
        except zlib.error:
            return None
        if not inflater.eof or inflater.unused_data:
            return None
    elif method == 0:
        inflated = packed
    else:
        return None
    return inflated if len(inflated) == size and zlib.crc32(inflated) == checksum else None


_again = lru_cache(maxsize=128)(
    _inflated
)  # a program writes the same styles and relations into all its workbooks


def directory(content: bytes) -> list[Entry] | None:
    """The entries of a zip file that begins with its first part and ends with its directory."""
    end = len(content) - _END.size
    if end < 0:
        return None
    mark, disk, first_disk, here, count, size, start, comment = _END.unpack_from(content, end)
    if mark != b"PK\5\6" or disk or first_disk or here != count or comment or start + size != end:
        return None
    entries = []
    at = start
    for _ in range(count):
        if at + _ENTRY.size > end:
            return None
        mark, version, flags, method, checksum, packed, inflated, name, extra, note, disk, offset = (
            _ENTRY.unpack_from(content, at)
        )
        at += _ENTRY.size
        written = content[at : at + name]
        at += name + extra + note
        if (
            extra
            or mark != b"PK\1\2"
            or version > _NEWEST
            or disk
            or at > end
            or max(packed, inflated, offset) == _LARGE
        ):
            return None
        if not written.isascii() or b"\0" in written:
            return None
        entries.append(
            Entry(written.decode("ascii"), flags, method, checksum, packed, inflated, offset, start)
        )
    return entries if at == end else None


_END = struct.Struct("<4s4H2IH")
_ENTRY = struct.Struct("<4s2xH2H4x3I3HH6xI")
_LOCAL = struct.Struct("<4s2x2H16x2H")
_HARMLESS = 0x80E  #: how well it is packed, sizes that follow the part, a name in UTF-8
_LARGE = 0xFFFFFFFF  #: stands where the true number is elsewhere
_NEWEST = 63  #: of what a part needs to be read, ten times the version
