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

    out = pa.BufferOutputStream()
    writer = None
    for group in groups:
        if writer is None:
            writer = _writer(out, group.schema)
        writer.write_table(group)
    writer = writer or _writer(out, schema(table))
    writer.close()
    content = memoryview(out.getvalue())
    (length,) = _END.unpack(content[-8:-4])
    return Piece(bytes(content[4 : -8 - length]), footer_of(bytes(content[-8 - length : -8])))


def _writer(out: Any, kinds: Any) -> Any:
    # Not from pyarrow.parquet, which first imports what reads from the net; but as it writes if nothing is said.
    from pyarrow._parquet import ParquetWriter

    return ParquetWriter(
        out,
        kinds,
        version="2.6",
        compression="snappy",
        use_dictionary=True,
        data_page_version="1.0",
        writer_engine_version="V2",
        store_schema=False,
        write_statistics=["year"],
    )


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


def footer_of(content: bytes) -> Footer:
    """What a file says at its end of what is in it: its bytes, cut where rows or places are named."""
    start = next((known for known in _STARTS if content.startswith(known)), b"")
    at, field = len(start), _NUM_ROWS - 1 if start else 0
    rows = 0
    groups: list[tuple[tuple[tuple[bytes, int], ...], bytes]] = []
    end = at
    while True:
        head = at
        field, kind, at = _field(content, at, field)
        if not kind:
            return Footer(start, rows, tuple(groups), content[end:at])
        if field == _NUM_ROWS:
            if not start:
                start = content[:head]
                _STARTS.append(start)
            number, end = _read_number(content, at)
            rows, at = number >> 1, end
        elif field == _ROW_GROUPS:
            size, _, at = _list(content, at)
            for _ in range(size):
                group, at = _group(content, at)
                groups.append(group)
            end = at
        else:
            at = _skip(content, at, kind)


_STARTS: list[bytes] = []  #: what stands before the number of rows: the columns, which are those of a table


def _group(data: bytes, at: int) -> tuple[tuple[tuple[tuple[bytes, int], ...], bytes], int]:
    """A group, cut where places are named, and where it ends."""
    cut = _Cut(data, at)
    field = 0
    while True:
        head = at
        field, kind, at = _field(data, at, field)
        if not kind:
            return (tuple(cut.places), data[cut.at : at]), at
        if field == _COLUMNS:
            size, _, at = _list(data, at)
            for _ in range(size):
                at = _chunk(data, at, cut)
        elif field == _GROUP_OFFSET:
            at = cut.place(at)
        elif field == _ORDINAL:  # the number of the group in its file
            at = _skip(data, at, kind)
            if data[at]:
                raise ValueError("a group of a Parquet file says more than is known here")
            return (tuple(cut.places), data[cut.at : head] + b"\0"), at + 1
        else:
            at = _skip(data, at, kind)


def _chunk(data: bytes, at: int, cut: _Cut) -> int:
    """A column of a group: where it ends."""
    field = 0
    while True:
        field, kind, at = _field(data, at, field)
        if not kind:
            return at
        if field == _CHUNK_OFFSET:
            at = cut.place(at) if data[at] else at + 1
        elif field == _META:
            own = 0
            while True:
                own, kind, at = _field(data, at, own)
                if not kind:
                    break
                at = cut.place(at) if own in _PAGES else _skip(data, at, kind)
        else:
            raise ValueError("a column of a Parquet file names places that are not known here")


class _Cut:
    """Bytes that are cut where a place is named: `at` is where the last cut was."""

    def __init__(self, data: bytes, at: int) -> None:
        self.data, self.at = data, at
        self.places: list[tuple[bytes, int]] = []

    def place(self, at: int) -> int:
        """Cut out the place that is named here; where it ends."""
        number, end = _read_number(self.data, at)
        self.places.append((self.data[self.at : at], number >> 1))
        self.at = end
        return end


# thrift ------------------------------------------------------------------------------------------------

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


def _field(data: bytes, at: int, before: int) -> tuple[int, int, int]:
    """The next field of a struct, its kind and where its value starts; behind the last a field of no kind."""
    head = data[at]
    if not head:
        return 0, 0, at + 1
    if head >> 4:
        return before + (head >> 4), head & 0x0F, at + 1
    number, at = _read_number(data, at + 1)
    return (number >> 1) ^ -(number & 1), head & 0x0F, at


def _list(data: bytes, at: int) -> tuple[int, int, int]:
    """How many values a list has, of which kind, and where the first starts."""
    size, inner = data[at] >> 4, data[at] & 0x0F
    if size < 15:
        return size, inner, at + 1
    size, at = _read_number(data, at + 1)
    return size, inner, at


def _skip(data: bytes, at: int, kind: int) -> int:
    """Where a value ends."""
    if kind in (_I16, _I32, _I64):
        while data[at] >= 0x80:
            at += 1
        return at + 1
    if kind == _BINARY:
        length, at = _read_number(data, at)
        return at + length
    if kind == _STRUCT:
        field = 0
        while True:
            field, kind, at = _field(data, at, field)
            if not kind:
                return at
            at = _skip(data, at, kind)
    if kind == _LIST:
        size, inner, at = _list(data, at)
        if inner not in (_I16, _I32, _I64, _BINARY, _STRUCT, _LIST):
            raise ValueError(f"a Parquet file's end holds a list of kind {inner}")
        for _ in range(size):
            at = _skip(data, at, inner)
        return at
    if kind in (_TRUE, _FALSE):
        return at
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
