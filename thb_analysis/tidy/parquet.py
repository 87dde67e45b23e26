"""Tables as Parquet: pieces made side by side, and put together into one file without being read again.

A piece is a Parquet file of some rows without its ends.  What a file says of its contents stands at its end, in the
compact protocol of Thrift: there, the pieces' places are moved to where they have come to stand.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from thb_analysis.definitions import TOTAL, Table

MAGIC = b"PAR1"
WORTH = 60_000  #: bytes of rows that are worth a group of their own in a file
_NUMBERS = ("value", "low", "high")
_END = struct.Struct("<I")


@dataclass(frozen=True, slots=True)
class Piece:
    """Rows of a table as Parquet."""

    body: bytes
    footer: Footer


@dataclass(frozen=True, slots=True)
class Footer:
    """What is said of rows at the end of a file: texts, between them places, as if the rows alone were the file's."""

    start: bytes
    rows: int
    groups: tuple[tuple[tuple[tuple[bytes, int], ...], bytes], ...]
    end: bytes


def schema(table: Table) -> Any:
    """The columns of a table: numbers as numbers, the rest as text; a total over years has no year."""
    import pyarrow as pa

    kinds = {name: pa.float64() if name in _NUMBERS else pa.string() for name in table.columns}
    kinds["year"] = pa.int64()
    return pa.schema(kinds)


def from_csv(table: Table, head: bytes, rows: bytes) -> Piece:
    """Rows that are lines of the table's CSV, of which `head` is the first line."""
    import pyarrow as pa
    import pyarrow.csv

    convert = pa.csv.ConvertOptions(
        column_types=schema(table),
        null_values=["", TOTAL],
        strings_can_be_null=False,
        quoted_strings_can_be_null=False,
    )
    parse = pa.csv.ParseOptions(newlines_in_values=True)
    content = pa.BufferReader(head + rows)
    return encoded(table, [pa.csv.read_csv(content, parse_options=parse, convert_options=convert)])


def encoded(table: Table, groups: Iterable[Any]) -> Piece:
    """Arrow tables, each a group of rows; columns of text may be given by dictionaries."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    out = pa.BufferOutputStream()
    writer = None
    for group in groups:
        if writer is None:
            writer = _writer(pq, out, group.schema)
        writer.write_table(group)
    writer = writer or _writer(pq, out, schema(table))
    writer.close()
    content = memoryview(out.getvalue())
    (length,) = _END.unpack(content[-8:-4])
    return Piece(bytes(content[4 : -8 - length]), footer_of(bytes(content[-8 - length : -8])))


def _writer(pq: Any, out: Any, kinds: Any) -> Any:
    return pq.ParquetWriter(out, kinds, compression="snappy", store_schema=False, write_statistics=["year"])


def joined(footers: Sequence[tuple[Footer, int]]) -> bytes:
    """The end of a file of several pieces: for each its footer and the length of its body, in their order."""
    first = footers[0][0]
    groups = bytearray()
    rows = number = shift = 0
    for footer, length in footers:
        if (footer.start, footer.end) != (first.start, first.end):
            raise ValueError("pieces of one Parquet file must have the same columns")
        rows += footer.rows
        number += len(footer.groups)
        for texts, last in footer.groups:
            for text, place in texts:
                groups += text
                _write_number(place + shift << 1, groups)
            groups += last
        shift += length
    out = bytearray(first.start)
    out.append(1 << 4 | _I64)
    _write_number(rows << 1, out)
    out.append(1 << 4 | _LIST)
    _write_size(number, _STRUCT, out)
    out += groups
    out += first.end
    return bytes(out) + _END.pack(len(out)) + MAGIC


# The fields of FileMetaData, RowGroup, ColumnChunk and ColumnMetaData that name rows or places.
_NUM_ROWS, _ROW_GROUPS = 3, 4
_COLUMNS, _GROUP_OFFSET, _ORDINAL = 1, 5, 7
_CHUNK_OFFSET, _META = 2, 3
_PAGES = (9, 10, 11)
_KNOWN_CHUNK = {_CHUNK_OFFSET, _META}


def footer_of(content: bytes) -> Footer:
    """What a file says at its end of what is in it."""
    said, _ = _read_struct(content, 0)
    start, end = bytearray(), bytearray()
    _write_fields({field: value for field, value in said.items() if field < _NUM_ROWS}, 0, start)
    _write_fields({field: value for field, value in said.items() if field > _ROW_GROUPS}, _ROW_GROUPS, end)
    end.append(0)
    groups = tuple([_group(group) for group in said[_ROW_GROUPS][1][1]])
    return Footer(bytes(start), said[_NUM_ROWS][1], groups, bytes(end))


def _group(group: dict[int, Any]) -> tuple[tuple[tuple[bytes, int], ...], bytes]:
    group.pop(_ORDINAL, None)  # the number of the group in its file
    for chunk in group[_COLUMNS][1][1]:
        if not chunk.keys() <= _KNOWN_CHUNK:
            raise ValueError("a column of a Parquet file names places that are not known here")
        if chunk[_CHUNK_OFFSET][1]:
            chunk[_CHUNK_OFFSET] = (_PLACE, chunk[_CHUNK_OFFSET][1])
        meta = chunk[_META][1]
        for field in _PAGES:
            if field in meta:
                meta[field] = (_PLACE, meta[field][1])
    if _GROUP_OFFSET in group:
        group[_GROUP_OFFSET] = (_PLACE, group[_GROUP_OFFSET][1])
    out = _Pieces()
    _write_struct(group, out)
    return tuple(out.places), bytes(out)


class _Pieces(bytearray):
    """Bytes that are cut where a place is named."""

    def __init__(self) -> None:
        super().__init__()
        self.places: list[tuple[bytes, int]] = []


# thrift ------------------------------------------------------------------------------------------------

_PLACE = 0x16  #: a number that names a place: written as _I64
_TRUE, _FALSE, _BYTE, _I16, _I32, _I64, _DOUBLE, _BINARY, _LIST, _SET, _MAP, _STRUCT = range(1, 13)


def _read_number(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7


def _read_struct(data: bytes, at: int) -> tuple[dict[int, Any], int]:
    """Field → (its kind, its value)."""
    found: dict[int, Any] = {}
    field = 0
    while data[at]:
        kind, step = data[at] & 0x0F, data[at] >> 4
        at += 1
        if step:
            field += step
        else:
            number, at = _read_number(data, at)
            field = (number >> 1) ^ -(number & 1)
        value, at = _read(data, at, kind)
        found[field] = (kind, value)
    return found, at + 1


def _read(data: bytes, at: int, kind: int) -> tuple[Any, int]:
    if kind in (_I16, _I32, _I64):
        number, at = _read_number(data, at)
        return (number >> 1) ^ -(number & 1), at
    if kind == _BINARY:
        length, at = _read_number(data, at)
        return data[at : at + length], at + length
    if kind == _STRUCT:
        return _read_struct(data, at)
    if kind == _LIST:
        length, inner = data[at] >> 4, data[at] & 0x0F
        at += 1
        if length == 15:
            length, at = _read_number(data, at)
        values = []
        for _ in range(length):
            value, at = _read(data, at, inner)
            values.append(value)
        return (inner, values), at
    if kind in (_TRUE, _FALSE):
        return None, at
    raise ValueError(f"a Parquet file's end holds a value of kind {kind}")


def _write_number(value: int, out: bytearray) -> None:
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)


def _write_size(size: int, kind: int, out: bytearray) -> None:
    """The head of a list."""
    if size < 15:
        out.append(size << 4 | kind)
    else:
        out.append(0xF0 | kind)
        _write_number(size, out)


def _write_struct(fields: dict[int, Any], out: bytearray) -> None:
    _write_fields(fields, 0, out)
    out.append(0)


def _write_fields(fields: dict[int, Any], before: int, out: bytearray) -> None:
    for field in sorted(fields):
        kind, value = fields[field]
        step = field - before
        if step < 16:
            out.append(step << 4 | kind & 0x0F)
        else:
            out.append(kind & 0x0F)
            _write_number(field << 1, out)
        _write(kind, value, out)
        before = field


def _write(kind: int, value: Any, out: bytearray) -> None:
    if kind in (_I16, _I32, _I64):
        _write_number(value << 1 ^ value >> 63, out)
    elif kind == _BINARY:
        _write_number(len(value), out)
        out += value
    elif kind == _STRUCT:
        _write_struct(value, out)
    elif kind == _LIST:
        inner, values = value
        _write_size(len(values), inner, out)
        for one in values:
            _write(inner, one, out)
    elif kind == _PLACE:
        assert isinstance(out, _Pieces)
        out.places.append((bytes(out), value))
        out.clear()
