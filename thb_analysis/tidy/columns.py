"""A year of a table by columns: what plates and observations say, as lines of its CSV and as an Arrow table.

A column is a list of texts and each row's index in it, so that a text is quoted and encoded once however many rows it
stands in.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from itertools import accumulate, product
from math import prod
from typing import Any

from thb_analysis.definitions import TOTAL, Table
from thb_analysis.observations import Observation, Plate, plain
from thb_analysis.tidy.distinct import distinct
from thb_analysis.tidy.numbers import Numbers

_PLAIN = re.compile(r"[^\",\r\n]*")
_NEW_LINE = ord("\n")
_TOGETHER = 500_000  #: rows that are written together
_TAIL = ("unit", "obs_status", "institution", "source_file", "source_sheet", "note")
Tail = tuple[str, str, str, str, str, str]


class Figures:
    """The figures of plates, plate by plate and column by column: each is an index of a text."""

    def __init__(self, plates: Sequence[Plate], marks: Mapping[str, str]) -> None:
        import numpy as np
        from pyarrow._compute import call_function

        lines = _lines("".join([f"{plate.text}\n" for plate in plates]))
        known = call_function("dictionary_encode", [lines])
        self.texts = [line[:-1] for line in known.dictionary.to_pylist()]
        self.index = np.frombuffer(known.indices.buffers()[1], dtype=np.int32, count=len(lines))
        self.marks = marks

    @property
    def plain(self) -> bool:
        """Whether all texts that are no marks are whole numbers."""
        return all(text.isdecimal() or text in self.marks for text in self.texts)

    def marked(self) -> list[int]:
        """Where texts stand that are no numbers."""
        import numpy as np

        marked = np.array([text in self.marks and text != "" for text in self.texts], dtype=bool)
        found: list[int] = np.flatnonzero(marked[self.index]).tolist()
        return found

    def values(self, known: dict[str, int]) -> Any:
        """For each figure the index of its value, as `known` has it then."""
        import numpy as np

        shown = ["" if text in self.marks else text for text in self.texts]
        return np.array([known.setdefault(t, len(known)) for t in shown], dtype=np.int32)[self.index]

    def statuses(self) -> tuple[list[str], Any]:
        """The statuses that marks give, behind one for none, and for each figure the index of its own."""
        import numpy as np

        statuses = ["", *dict.fromkeys(self.marks.values())]
        ranks = {text: statuses.index(status) for text, status in self.marks.items()}
        return statuses, np.array([ranks.get(t, 0) for t in self.texts], dtype=np.int32)[self.index]


class Columns:
    """The rows of one year of a table: those figures of plates that are `alone`, and observations."""

    def __init__(
        self,
        table: Table,
        numbers: Numbers,
        plates: Sequence[Plate],
        of_plates: Any,
        figures: Figures,
        alone: Any,
        others: Sequence[Observation],
    ) -> None:
        import numpy as np

        self.table, self.numbers = table, numbers
        self.year = plates[0].templates[0].year
        self.tails: dict[Tail, int] = {}
        self.values: dict[str, int] = {}
        value = figures.values(self.values)
        letters: dict[str, int] = {}
        base: list[int] = []
        letter: list[int] = []
        row: list[Any] = []
        rows = np.array([number for plate in plates for number in plate.rows], dtype=np.int64)
        start = 0
        for plate in plates:
            base += [self.tails.setdefault(_tail(t), len(self.tails)) for t in plate.templates]
            letter += [letters.setdefault(t.cell, len(letters)) for t in plate.templates]
            row += [rows[start : start + len(plate.rows)]] * len(plate.templates)
            start += len(plate.rows)
        sizes = [len(plate.rows) for plate in plates for _ in plate.templates]
        self.statuses, status = figures.statuses()
        tail = np.repeat(np.array(base, dtype=np.int32), sizes) * len(self.statuses) + status
        self.cells, cell = _cells(
            list(letters), np.repeat(np.array(letter, dtype=np.int32), sizes), np.concatenate(row)
        )
        if alone is not None:
            of_plates, value, tail, cell = of_plates[alone], value[alone], tail[alone], cell[alone]
        if others:
            own = [self.tails.setdefault(_tail(o), len(self.tails)) * len(self.statuses) for o in others]
            said = [self.values.setdefault(plain(o.value), len(self.values)) for o in others]
            value = np.concatenate([value, np.array(said, dtype=np.int32)])
            tail = np.concatenate([tail, np.array(own, dtype=np.int32)])
            known = {text: at for at, text in enumerate(self.cells)}
            there = [known.setdefault(o.cell, len(known)) for o in others]
            self.cells, cell = list(known), np.concatenate([cell, np.array(there, dtype=np.int32)])
            of_plates = np.concatenate([of_plates, np.array([numbers.of(o) for o in others], dtype=np.int64)])
        order = np.argsort(of_plates, kind="stable")  # no two are the same; this way sees what is in order
        self.number, self.value = of_plates[order], value[order]
        self.tail, self.cell = tail[order], cell[order]
        self.groups = list(self._grouped())

    def __len__(self) -> int:
        return len(self.number)

    def _tails(self) -> Iterator[Tail]:
        """Every tail with the statuses that marks may give it."""
        for unit, own, *rest in self.tails:
            for status in self.statuses:
                yield (unit, status or own, *rest)  # type: ignore[misc]

    def _grouped(self) -> Iterator[tuple[list[int], Any]]:
        """The dimensions in groups, as few as may be: their places, and each row's index among their codes."""
        import numpy as np

        most = 500
        found: list[list[int]] = []
        size = 0
        for at in range(len(self.table.dimension_names)):
            own = len(self.numbers.codes[at])
            if found and size * own <= most:
                found[-1].append(at)
                size *= own
            else:
                found.append([at])
                size = own
        index = []
        step = self.numbers.steps[found[-1][-1]] if found else 1
        left = self.number // step if step > 1 else self.number
        for group in reversed(found):
            size = prod(len(self.numbers.codes[at]) for at in group)
            above = left // size
            index.append((left - above * size).astype(np.int32))
            left = above
        yield from zip(found, reversed(index), strict=True)

    def stated(self, row: int) -> tuple[Decimal, str, str, str]:
        """The value of one of the rows, with its file, sheet and cell."""
        tail = list(self.tails)[self.tail[row] // len(self.statuses)]
        value = list(self.values)[self.value[row]]
        return Decimal(value), *tail[3:5], self.cells[self.cell[row]]

    def below(self, names: Sequence[str]) -> Iterator[tuple[int, int]]:
        """Rows that are less than a part of them, each with that part; of several the nearest to it."""
        import numpy as np

        value = np.array([float(text) if text else np.nan for text in self.values])[self.value]
        divided = np.zeros(len(self), dtype=np.int64)  # a bit for each dimension by which a row is a part
        off: list[Any] = []  # how far a row's number is from that of its whole, by dimension
        for at, name in enumerate(self.numbers.columns):
            codes, step = self.numbers.codes[at], self.numbers.steps[at]
            if name in names and TOTAL in codes and len(codes) > 1:
                apart = (self.number // step) % len(codes) - codes.index(TOTAL)
                divided |= (apart != 0).astype(np.int64) << len(off)
                off.append(apart * step)
        kinds = distinct(divided).tolist()
        rows = {kind: np.flatnonzero(divided == kind) for kind in kinds}
        pairs = [(part, whole) for part in kinds for whole in kinds if part & whole == whole != part]
        pairs.sort(key=lambda pair: (pair[0] ^ pair[1]).bit_count())
        told: dict[int, int] = {}  # by part, in how many dimensions its whole differs
        for part, whole in pairs:
            parts, wholes = rows[part], rows[whole]
            left = part ^ whole
            wanted = self.number[parts] - sum(own[parts] for bit, own in enumerate(off) if left >> bit & 1)
            there = self.number[wholes]
            at = np.minimum(np.searchsorted(there, wanted), len(there) - 1)
            less = (there[at] == wanted) & (value[wholes][at] < value[parts])
            for one in np.flatnonzero(less).tolist():
                row = int(parts[one])
                if told.setdefault(row, left.bit_count()) == left.bit_count():
                    yield int(wholes[at[one]]), row

    def lines(self) -> list[memoryview]:
        """The rows as lines of the table's CSV, in pieces."""
        import numpy as np

        year = TOTAL if self.year is None else str(self.year)
        tails, ends = [], []
        shown = [at for at, name in enumerate(_TAIL[:-1]) if name not in self.table.dimension_names]
        for said in self._tails():
            tails.append("," + ",".join([quoted(said[at]) for at in shown]) + ",")
            ends.append(f",{quoted(said[-1])}\n")
        same = ends[0] if len(set(ends)) == 1 else ""  # what stands behind every cell
        columns: list[tuple[list[str], Any]] = []
        for group, index in self.groups:
            codes = [list(map(quoted, self.numbers.codes[at])) for at in group]
            before = "" if columns else f"{year},"
            columns.append(([before + ",".join(each) + "," for each in product(*codes)], index))
        columns.append((list(map(quoted, self.values)), self.value))
        columns.append((tails, self.tail))
        cells = self.cells if _PLAIN.fullmatch("".join(self.cells)) else map(quoted, self.cells)
        columns.append(([cell + same for cell in cells], self.cell))
        if not same:
            columns.append((ends, self.tail))
        every = _texts([text for texts, _ in columns for text in texts])
        first = accumulate([len(texts) for texts, _ in columns], initial=0)
        found = []
        places = np.empty(
            (len(self), len(columns)), dtype=np.int32
        )  # row by row, so that what is taken are the lines
        for column, ((_, index), start) in enumerate(zip(columns, first, strict=False)):
            np.add(index, start, out=places[:, column])
        for start in range(0, len(self), _TOGETHER):
            here = places[start : start + _TOGETHER].ravel()
            found.append(_content(_taken(every, here)))
        return found

    def arrow(self) -> Any:
        """The rows as an Arrow table."""
        import numpy as np
        import pyarrow as pa

        same = np.full(len(self), self.year or 0, dtype=np.int64)
        years = pa.Array.from_buffers(pa.int64(), len(self), [None, pa.py_buffer(same)])
        if self.year is None:
            years = pa.nulls(len(self), pa.int64())
        found: dict[str, Any] = {"year": years, "source_cell": _dictionary(self.cells, self.cell)}
        for group, index in self.groups:
            sizes = [len(self.numbers.codes[at]) for at in group]
            ranks_of = np.indices(sizes, dtype=np.int32).reshape(len(group), -1)
            for at, ranks in zip(group, ranks_of, strict=True):
                name = self.table.dimension_names[at]
                found[name] = _dictionary(self.numbers.codes[at], ranks[index])
        found["value"] = _taken(_floats(list(self.values)), self.value)
        for name, texts in zip(_TAIL, zip(*self._tails(), strict=True), strict=True):
            known = {text: at for at, text in enumerate(dict.fromkeys(texts))}
            rank = np.array([known[text] for text in texts], dtype=np.int32)
            index = rank[self.tail] if len(known) > 1 else np.zeros(len(self), dtype=np.int32)
            found.setdefault(name, _dictionary(list(known), index))
        return pa.Table.from_arrays([found[name] for name in self.table.columns], list(self.table.columns))


def quoted_once(text: str) -> str:
    """A field of a CSV as the csv module writes it."""
    if "\r" not in text and "\n" not in text:
        if '"' in text:
            return '"' + text.replace('"', '""') + '"'
        return f'"{text}"' if "," in text else text
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="").writerow([text, ""])
    return out.getvalue()[:-1]


#: The same, where it is asked for again.
quoted = lru_cache(maxsize=1 << 16)(quoted_once)


def _cells(letters: Sequence[str], letter: Any, number: Any) -> tuple[list[str], Any]:
    """The cells of columns and rows, and for each pair the index of its own."""
    import numpy as np

    size = int(number.max()) + 1
    key = letter * size + number
    if len(letters) * size > 10 * len(key):
        known = distinct(key)
        index = np.searchsorted(known, key).astype(np.int32)
    else:
        there = np.zeros(len(letters) * size, dtype=np.int32)
        there[key] = 1
        known = np.flatnonzero(there)
        index = (np.cumsum(there, dtype=np.int32) - 1)[key]
    return [f"{letters[one // size]}{one % size}" for one in known.tolist()], index


def _tail(o: Observation) -> Tail:
    return (o.unit, o.status, o.institution, o.file, o.sheet, o.note)


def _taken(values: Any, index: Any) -> Any:
    """The values of an Arrow array at some places."""
    # Not from pyarrow.compute, which first makes hundreds of functions that nobody here asks for.
    from pyarrow._compute import TakeOptions, call_function

    return call_function("take", [values, _numbers(index)], TakeOptions(boundscheck=False))


# What pyarrow makes of a list or an array of numpy by itself would first import pandas.


def _texts(texts: Sequence[str]) -> Any:
    """An Arrow array of texts."""
    import numpy as np
    import pyarrow as pa

    content = "".join(texts)
    lengths = map(len, texts if content.isascii() else [text.encode() for text in texts])
    ends = np.fromiter(accumulate(lengths, initial=0), dtype=np.int32, count=len(texts) + 1)
    buffers = [None, pa.py_buffer(ends), pa.py_buffer(content.encode())]
    return pa.Array.from_buffers(pa.string(), len(texts), buffers)


def _lines(text: str) -> Any:
    """An Arrow array of the lines of a text, each with its end."""
    import numpy as np
    import pyarrow as pa

    content = np.frombuffer(text.encode(), dtype=np.uint8)
    ends = np.concatenate([[0], np.flatnonzero(content == _NEW_LINE) + 1]).astype(np.int32)
    return pa.Array.from_buffers(
        pa.string(), len(ends) - 1, [None, pa.py_buffer(ends), pa.py_buffer(content)]
    )


def _numbers(values: Any) -> Any:
    """An Arrow array of whole numbers."""
    import numpy as np
    import pyarrow as pa

    return pa.Array.from_buffers(
        pa.int32(), len(values), [None, pa.py_buffer(np.ascontiguousarray(values, dtype=np.int32))]
    )


def _floats(texts: Sequence[str]) -> Any:
    """An Arrow array of the numbers that texts are; an empty one is none."""
    import numpy as np
    import pyarrow as pa

    there = np.packbits([text != "" for text in texts], bitorder="little")
    numbers = np.array([float(text or 0) for text in texts])
    return pa.Array.from_buffers(pa.float64(), len(texts), [pa.py_buffer(there), pa.py_buffer(numbers)])


def _dictionary(texts: Sequence[str], index: Any) -> Any:
    """An Arrow array of texts.  Each is given once: of one given twice Parquet leaves a gap with anything in it."""
    import pyarrow as pa

    return pa.DictionaryArray.from_arrays(_numbers(index), _texts(texts), safe=False)


def _content(lines: Any) -> memoryview:
    """The texts of an array one behind the other."""
    import numpy as np

    _, offsets, data = lines.buffers()
    at = np.frombuffer(offsets, dtype=np.int32)
    first, last = at[lines.offset], at[lines.offset + len(lines)]
    return memoryview(data)[int(first) : int(last)] if last > first else memoryview(b"")
