"""A year of a table by columns: what plates and observations say, as lines of its CSV and as an Arrow table.

A column is a list of texts and each row's index in it, so that a text is quoted and encoded once however many rows it
stands in.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, product
from math import prod
from typing import Any

from thb_analysis.definitions import TOTAL, Table
from thb_analysis.observations import Observation, Plate, plain
from thb_analysis.tidy.numbers import Numbers

_PLAIN = re.compile(r"[^\",\r\n]*")
_TOGETHER = 500_000  #: rows that are written together
_TAIL = ("unit", "obs_status", "institution", "source_file", "source_sheet", "note")
Tail = tuple[str, str, str, str, str, str]


class Columns:
    """The rows of one year of a table: those figures of plates that are `alone`, and observations."""

    def __init__(
        self,
        table: Table,
        numbers: Numbers,
        plates: Sequence[Plate],
        of_plates: Any,
        alone: Any,
        others: Sequence[Observation],
        marks: Mapping[str, str],
    ) -> None:
        import numpy as np
        import pyarrow as pa
        import pyarrow.compute as pc

        self.table, self.numbers = table, numbers
        self.year = next(chain((p.templates[0].year for p in plates), (o.year for o in others)))
        self.tails: dict[Tail, int] = {}
        self.values: dict[str, int] = {}
        value, status = self._figures(plates, marks)
        letters: dict[str, int] = {}
        base, letter, row = [], [], []
        for plate in plates:
            base += [self.tails.setdefault(_tail(t), len(self.tails)) for t in plate.templates]
            letter += [letters.setdefault(t.cell, len(letters)) for t in plate.templates]
            row.append(np.tile(np.array(plate.rows, dtype=np.int32), len(plate.templates)))
        sizes = [len(plate.rows) for plate in plates for _ in plate.templates]
        self.statuses = ["", *dict.fromkeys(marks.values())]
        tail = np.repeat(np.array(base, dtype=np.int32), sizes) * len(self.statuses) + status
        cells = pc.binary_join_element_wise(
            _taken(list(letters), np.repeat(np.array(letter, dtype=np.int32), sizes)),
            _numbers(np.concatenate(row)).cast(pa.string()),
            _text(""),
        )
        if alone is not None:
            of_plates, value, tail = of_plates[alone], value[alone], tail[alone]
            cells = cells.take(_numbers(np.flatnonzero(alone)))
        own = [self.tails.setdefault(_tail(o), len(self.tails)) * len(self.statuses) for o in others]
        said = [self.values.setdefault(plain(o.value), len(self.values)) for o in others]
        number = np.concatenate([of_plates, np.array([numbers.of(o) for o in others], dtype=np.int64)])
        order = np.argsort(number, kind="stable")
        self.number = number[order]
        self.value = np.concatenate([value, np.array(said, dtype=np.int32)])[order]
        self.tail = np.concatenate([tail, np.array(own, dtype=np.int32)])[order]
        self.groups = list(self._grouped())
        self.cells = pa.concat_arrays([cells, _texts([o.cell for o in others])]).take(_numbers(order))

    def __len__(self) -> int:
        return len(self.number)

    def _figures(self, plates: Sequence[Plate], marks: Mapping[str, str]) -> tuple[Any, Any]:
        """For each figure of the plates the index of its value, and that of the status that its mark gives it."""
        import numpy as np

        texts: list[str] = []
        for plate in plates:
            for figures in plate.figures:
                texts += figures
        known = {text: at for at, text in enumerate(set(texts))}
        index = np.fromiter(map(known.__getitem__, texts), dtype=np.int32, count=len(texts))
        shown = ["" if text in marks else text for text in known]
        value = np.array([self.values.setdefault(t, len(self.values)) for t in shown], dtype=np.int32)
        ranks = {status: at for at, status in enumerate(dict.fromkeys(marks.values()), start=1)}
        status = np.array([ranks[marks[t]] if t in marks else 0 for t in known], dtype=np.int32)
        return value[index], status[index]

    def _tails(self) -> Iterator[Tail]:
        """Every tail with the statuses that marks may give it."""
        for unit, own, *rest in self.tails:
            for status in self.statuses:
                yield (unit, status or own, *rest)  # type: ignore[misc]

    def _grouped(self) -> Iterator[tuple[list[int], Any]]:
        """The dimensions in groups, as few as may be: their places, and each row's index among their codes."""
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
        for group in found:
            step = self.numbers.steps[group[-1]]
            size = prod(len(self.numbers.codes[at]) for at in group)
            yield group, self.number // step % size

    def lines(self) -> list[memoryview]:
        """The rows as lines of the table's CSV, in pieces."""
        import pyarrow.compute as pc

        year = TOTAL if self.year is None else str(self.year)
        values = [quoted(text) for text in self.values]
        tails, ends = [], []
        shown = [at for at, name in enumerate(_TAIL[:-1]) if name not in self.table.dimension_names]
        written = {text: quoted(text) for text in set(chain.from_iterable(self._tails()))}
        for said in self._tails():
            tails.append("," + ",".join([written[said[at]] for at in shown]) + ",")
            ends.append(f",{written[said[-1]]}\n")
        heads = []
        for group, index in self.groups:
            codes = [list(map(quoted, self.numbers.codes[at])) for at in group]
            heads.append(([",".join(each) + "," for each in product(*codes)], index))
        cells = self.cells
        if any(quoted(cell) != cell for cell in cells.unique().to_pylist()):
            cells = _texts([quoted(cell) for cell in cells.to_pylist()])
        found = []
        for start in range(0, len(self), _TOGETHER):
            here = slice(start, start + _TOGETHER)
            tail = self.tail[here]
            parts = [_taken(texts, index[here]) for texts, index in heads]
            parts += [_taken(values, self.value[here]), _taken(tails, tail), cells[here]]
            parts.append(_text(ends[0]) if len(set(ends)) == 1 else _taken(ends, tail))
            found.append(_content(pc.binary_join_element_wise(_text(f"{year},"), *parts, _text(""))))
        return found

    def arrow(self) -> Any:
        """The rows as an Arrow table."""
        import numpy as np
        import pyarrow as pa

        years = _numbers(np.full(len(self), self.year or 0)).cast(pa.int64())
        if self.year is None:
            years = pa.nulls(len(self), pa.int64())
        found: dict[str, Any] = {"year": years, "source_cell": self.cells}
        for group, index in self.groups:
            sizes = [len(self.numbers.codes[at]) for at in group]
            ranks_of = np.indices(sizes, dtype=np.int32).reshape(len(group), -1)
            for at, ranks in zip(group, ranks_of, strict=True):
                name = self.table.dimension_names[at]
                found[name] = _dictionary(self.numbers.codes[at], ranks[index])
        found["value"] = _floats(list(self.values)).take(_numbers(self.value))
        for name, texts in zip(_TAIL, zip(*self._tails(), strict=True), strict=True):
            known = {text: at for at, text in enumerate(dict.fromkeys(texts))}
            rank = np.array([known[text] for text in texts], dtype=np.int32)
            found.setdefault(name, _dictionary(list(known), rank[self.tail]))
        return pa.Table.from_arrays([found[name] for name in self.table.columns], list(self.table.columns))


def quoted(text: str) -> str:
    """A field of a CSV as the csv module writes it."""
    if _PLAIN.fullmatch(text):
        return text
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="").writerow([text, ""])
    return out.getvalue()[:-1]


def _tail(o: Observation) -> Tail:
    return (o.unit, o.status, o.institution, o.file, o.sheet, o.note)


# What pyarrow makes of a list or an array of numpy by itself would first import pandas.


def _texts(texts: Sequence[str]) -> Any:
    """An Arrow array of texts."""
    import numpy as np
    import pyarrow as pa

    content = [text.encode() for text in texts]
    ends = np.cumsum([0, *map(len, content)], dtype=np.int32)
    buffers = [None, pa.py_buffer(ends), pa.py_buffer(b"".join(content))]
    return pa.Array.from_buffers(pa.string(), len(content), buffers)


def _text(text: str) -> Any:
    """One text, as Arrow has it."""
    return _texts([text])[0]


def _numbers(values: Any) -> Any:
    """An Arrow array of whole numbers."""
    import numpy as np
    import pyarrow as pa

    return pa.Array.from_buffers(pa.int32(), len(values), [None, pa.py_buffer(values.astype(np.int32))])


def _floats(texts: Sequence[str]) -> Any:
    """An Arrow array of the numbers that texts are; an empty one is none."""
    import numpy as np
    import pyarrow as pa

    there = np.packbits([text != "" for text in texts], bitorder="little")
    numbers = np.array([float(text or 0) for text in texts])
    return pa.Array.from_buffers(pa.float64(), len(texts), [pa.py_buffer(there), pa.py_buffer(numbers)])


def _taken(texts: Sequence[str], index: Any) -> Any:
    return _texts(texts).take(_numbers(index))


def _dictionary(texts: Sequence[str], index: Any) -> Any:
    import pyarrow as pa

    return pa.DictionaryArray.from_arrays(_numbers(index), _texts(texts))


def _content(lines: Any) -> memoryview:
    """The texts of an array one behind the other."""
    import numpy as np

    _, offsets, data = lines.buffers()
    at = np.frombuffer(offsets, dtype=np.int32)
    first, last = at[lines.offset], at[lines.offset + len(lines)]
    return memoryview(data)[int(first) : int(last)] if last > first else memoryview(b"")
