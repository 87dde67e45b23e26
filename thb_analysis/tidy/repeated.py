"""Figures that workbooks give again: an institution that answers for five years tells each figure five times.

Where all that say a figure say the same number, it needs no reconciling: the latest workbook's stands, and of one
year's the first.  What each of them says is evidence all the same, a line each.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from typing import Any

from thb_analysis.definitions import TOTAL, Table
from thb_analysis.observations import Plate, of_row
from thb_analysis.tidy.columns import Figures, quoted, quoted_once
from thb_analysis.tidy.distinct import among, in_order

_OPEN, _ROW = "\1", "\2"  #: what is to be filled, and the row's number in the cells of its labels
_ODD = re.compile(r'[,"\r\n]')  #: what a field is quoted for


def agreed(
    plates: Sequence[Plate],
    figures: Figures,
    of_plates: Any,
    alone: Any,
    of_others: Any,
    versions: Collection[str],
) -> tuple[Any, Any]:
    """Of each figure of plates whether all that tell it agree, and of these whether it is the one that stands.

    `of_plates` are the numbers of their keys, `of_others` those of figures that come one by one.  Figures that are
    `alone` are none of these, nor are those of files that are `versions` of an answer.
    """
    import numpy as np

    agree, stand = np.zeros(len(alone), dtype=bool), np.zeros(len(alone), dtype=bool)
    at = np.flatnonzero(~alone)
    if not len(at):
        return agree, stand
    templates = [template for plate in plates for template in plate.templates]
    sizes = [len(plate.rows) for plate in plates for _ in plate.templates]
    starts = np.concatenate([[0], np.cumsum(sizes)])
    of = np.searchsorted(starts, at, side="right") - 1  # whose figure it is, of the templates
    places = {place: rank for rank, place in enumerate(sorted({(t.file, t.sheet) for t in templates}))}
    letters = {text: rank for rank, text in enumerate(sorted({t.cell for t in templates}))}
    late = np.array([-t.vintage for t in templates], dtype=np.int64)[of]
    place = np.array([places[(t.file, t.sheet)] for t in templates], dtype=np.int64)[of]
    letter = np.array([letters[t.cell] for t in templates], dtype=np.int64)[of]
    first_row = np.cumsum([0, *(len(plate.rows) for plate in plates)])
    row_of = np.repeat(first_row[:-1], [len(plate.templates) for plate in plates])
    rows = np.array([row for plate in plates for row in plate.rows], dtype=np.int64)[
        row_of[of] + at - starts[of]
    ]
    order = np.lexsort((letter, rows, place, late, of_plates[at]))
    at, of = at[order], of[order]
    number, text = of_plates[at], figures.index[at]
    begins = np.concatenate([[True], number[1:] != number[:-1]])
    group = np.cumsum(begins) - 1
    marked = np.array([said in figures.marks for said in figures.texts], dtype=bool)
    odd = np.repeat(
        [_is_odd(plate, versions) for plate in plates], [len(plate.templates) for plate in plates]
    )
    other = (text != text[begins][group]) | marked[text] | odd[of] | among(number, in_order(of_others))
    good = (np.bincount(group, weights=other) == 0)[group]
    agree[at[good]] = True
    stand[at[good & begins]] = True
    return agree, stand


def _is_odd(plate: Plate, versions: Collection[str]) -> bool:
    """Whether a plate is of a version of an answer, or has codes that a line quotes."""
    said = "".join(["".join(codes) for codes in plate.codes])
    return plate.templates[0].file in versions or _ODD.search(said) is not None


def repeated_lines(plate: Plate, agree: Any, stand: Any, table: Table) -> Iterator[tuple[int, str]]:
    """The evidence for those of a plate's figures that agree with all others, each with its index."""
    size = len(plate.rows)
    names = [name for name in table.key_columns if name in plate.names]
    codes = [plate.codes[plate.names.index(name)] for name in names]
    numbers = list(map(str, plate.rows))
    for column in range(len(plate.templates)):
        start = column * size
        rows = agree[start : start + size].nonzero()[0].tolist()
        if not rows:
            continue
        form, labels = _form(plate, column, table)
        told = ["yes" if stands else "no" for stands in stand[start : start + size][rows].tolist()]
        wanted: list[Sequence[str]] = [*codes, plate.figures[column], numbers]
        if len(rows) < size:
            wanted = [[each[row] for row in rows] for each in wanted]
        *own, text, number = wanted
        fields = zip(*own, text, told, number, text, *[number] * labels, strict=True)
        yield from zip([start + row for row in rows], map(form.__mod__, fields), strict=True)


def _form(plate: Plate, column: int, table: Table) -> tuple[str, int]:
    """A line of the evidence for a column of a plate, and how many labels of rows it names: to be filled are its rows'
    codes, the figure, whether it stands, the row's number, the figure again, and the row's number for each label."""
    t = plate.templates[column]
    said = {"institution": t.institution, **dict(t.dims)}
    said["year"] = TOTAL if t.year is None else str(t.year)
    said |= dict.fromkeys(plate.names, _OPEN)
    key = quoted_once(";".join([f"{name}={said[name]}" for name in table.key_columns]))
    where = ",".join(map(quoted, (t.institution, t.file, t.sheet)))
    headings = quoted_once(of_row(t.headings, _ROW))
    start, middle, end = [
        text.replace("%", "%%").replace(_OPEN, "%s").replace(_ROW, "%s")
        for text in (f"{table.id},{key},", f",{where},{t.cell}", headings)
    ]
    return f"{start}%s,{t.status},{t.vintage or ''},%s{middle}%s,%s,{end}\n", headings.count(_ROW)
