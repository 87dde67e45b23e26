"""Workbooks changed as accidents change them, and what the ingest must make of the change.

The promise under test: the same figures, or a finding; never other figures without a word.
`python -m tests.mutations 10000` tries that many and prints the count by family and of silent errors.
"""

from __future__ import annotations

import re
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).parent))

from drafts import (
    CATALOGUE,
    RAISED,
    Answer,
    Draft,
    Ink,
    Key,
    Page,
    Place,
    Value,
    answer,
    at,
    draft_of,
    key_of,
    numbered,
    told,
)
from layouts import draw

from thb_analysis.findings import Finding
from thb_analysis.ingest.book import read_book
from thb_analysis.ingest.labels import vocabulary
from thb_analysis.ingest.values import mark_status
from thb_analysis.observations import Observation, plain

RAW = Path(__file__).parent.parent / "raw"
GENERATED = 120  #: how many drawn workbooks are changed beside the shipped ones
_HEADING = re.compile(r"(row|column) ([A-Z]+)(\d+) ")
_CELL = re.compile(r"(?<![A-Z0-9])[A-Z]{1,3}\d+(?!\d)")
_YEAR = re.compile(r"(?<!\d)20[012]\d(?!\d)")


Where = tuple[str, str]  #: sheet and cell


@dataclass
class Change:
    """A changed workbook, and what may follow from the change without a word."""

    draft: Draft
    what: str
    gone: set[Where] = field(default_factory=set)  #: whose figures were taken out, by their old place
    added: set[Where] = field(default_factory=set)  #: whose figures are rightly new
    must_say: bool = False  #: a new error or warning has to be there
    sheet: str = ""  #: the sheet that was changed, by its new name; "" for all
    move: Callable[[str, Place], tuple[str, Place]] = lambda sheet, place: (sheet, place)  #: old place → new
    copies: dict[str, str] = field(default_factory=dict)  #: sheet → its copy, which says the same

    def places(self, sheet: str, cell: str) -> set[Where]:
        """Where a figure of the workbook before may stand in the one after."""
        new, place = self.move(sheet, _place(cell))
        return {(new, at(*place))} | ({(self.copies[new], at(*place))} if new in self.copies else set())


@dataclass(frozen=True)
class Base:
    """A workbook before the change and what the ingest made of it."""

    draft: Draft
    answer: Answer


@dataclass(frozen=True)
class Verdict:
    """What became of one change: same, said, or silent, with the particulars."""

    family: str
    outcome: str
    detail: str = ""


Mutation = Callable[[Base, Random], Change | None]


# where things stand --------------------------------------------------------------------------------------


def headings(base: Base) -> list[tuple[str, str, Place]]:
    """(sheet, row or column, place) of every heading that heads a figure."""
    found = {
        (o.sheet, kind, (int(row), _column(letters)))
        for o in base.answer.said
        for kind, letters, row in _HEADING.findall(o.headings)
    }
    return sorted(found)


def figures(base: Base) -> list[tuple[str, Place, Key]]:
    """(sheet, place, key) of every plain number."""
    found = []
    for key, o in base.answer.rows.items():
        letters, row = re.match(r"([A-Z]+)(\d+)", o.cell).groups()  # type: ignore[union-attr]
        place = (int(row), _column(letters))
        ink = page_of(base.draft, o.sheet).cells.get(place)
        if o.value is not None and ink is not None and ink.is_number:
            found.append((o.sheet, place, key))
    return sorted(found)


def page_of(draft: Draft, name: str) -> Page:
    return next(page for page in draft.pages if page.name == name)


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def _pick(rng: Random, found: list) -> object:  # type: ignore[type-arg]
    return rng.choice(found) if found else None


def _with(base: Base, sheet: str, place: Place, value: Value | None, **how: object) -> Draft:
    draft = base.draft.copy()
    page = page_of(draft, sheet)
    if value is None:
        page.cells.pop(place)
    else:
        page.cells[place] = Ink(value, **how)  # type: ignore[arg-type]
    return draft


# changes of headings -------------------------------------------------------------------------------------


def _text_heading(base: Base, rng: Random) -> tuple[str, str, Place, str] | None:
    found = []
    for sheet, kind, place in headings(base):
        ink = page_of(base.draft, sheet).cells.get(place)
        if ink is not None and isinstance(ink.value, str) and any(c.isalpha() for c in ink.value):
            found.append((sheet, kind, place, ink.value))
    return _pick(rng, found)  # type: ignore[return-value]


def rename_letter(base: Base, rng: Random) -> Change | None:
    chosen = _text_heading(base, rng)
    if chosen is None:
        return None
    sheet, _, place, text = chosen
    spots = [n for n, c in enumerate(text) if c.isalpha()]
    spot = rng.choice(spots)
    new = (
        text[:spot]
        + rng.choice([c for c in "abdeiklmnoprstuvz" if c != text[spot].lower()])
        + text[spot + 1 :]
    )
    if rng.random() < 0.3:
        new = text[:spot] + text[spot + 1 :]
    if _another_member(base, sheet, text, new):
        return None
    return Change(_with(base, sheet, place, new), f"{at(*place)} {text!r} → {new!r}")


def _another_member(base: Base, sheet: str, old: str, new: str) -> bool:
    """Whether a heading with another letter is sound and says another thing, as B6 after A6: no accident to be seen."""
    tables = {o.table for o in base.answer.said if o.sheet == sheet}
    readings = ((words.read(old), words.read(new)) for words in (vocabulary(CATALOGUE, t) for t in tables))
    return any(was and now and {r.dims for r in was}.isdisjoint(r.dims for r in now) for was, now in readings)


def rename_unknown(base: Base, rng: Random) -> Change | None:
    chosen = _text_heading(base, rng)
    if chosen is None:
        return None
    sheet, _, place, text = chosen
    new = rng.choice(["Pārējie dati", "Zilonis", "Apgriezieni, t", "cits rādītājs", "?"])
    return Change(_with(base, sheet, place, new), f"{at(*place)} {text!r} → {new!r}")


def _siblings(base: Base, rng: Random) -> tuple[str, Place, Place] | None:
    """Two headings of one line, of which the second gets the first's words or none."""
    found = headings(base)
    pairs = [
        (sheet, one, other)
        for sheet, kind, one in found
        for sheet_2, kind_2, other in found
        if sheet == sheet_2
        and kind == kind_2
        and one != other
        and one[kind == "row"] == other[kind == "row"]
        and abs(one[kind != "row"] - other[kind != "row"]) == 1
    ]
    return _pick(rng, pairs)  # type: ignore[return-value]


def rename_known(base: Base, rng: Random) -> Change | None:
    pair = _siblings(base, rng)
    if pair is None:
        return None
    sheet, one, other = pair
    ink = page_of(base.draft, sheet).cells[one]
    return Change(_with(base, sheet, other, ink.value), f"{at(*other)} ← {ink.value!r}")


def blank_heading(base: Base, rng: Random) -> Change | None:
    pair = _siblings(base, rng)
    if pair is None:
        return None
    sheet, _, place = pair
    return Change(_with(base, sheet, place, None), f"{at(*place)} blank")


def year_in_title(base: Base, rng: Random) -> Change | None:
    heads = {(sheet, place) for sheet, _, place in headings(base)}
    heads |= {(o.sheet, _place(o.cell)) for o in base.answer.said}  # a year in a figure is the figure's
    spots = [
        (page, place, ink.value)
        for page in base.draft.pages
        for place, ink in page.cells.items()
        if isinstance(ink.value, str)
        and _YEAR.search(ink.value)
        and any(c.isalpha() for c in ink.value)
        and (page.name, place) not in heads  # another year over a column is another column
    ]
    chosen = _pick(rng, spots)
    if chosen is None:
        return None
    page, place, text = chosen  # type: ignore[misc]
    year = int(_YEAR.search(text).group())  # type: ignore[union-attr]
    new = text.replace(str(year), str(year + rng.choice([-1, 1, 2])), 1)
    return Change(_with(base, page.name, place, new), f"{at(*place)} {text!r} → {new!r}")


def drop_superscript(base: Base, rng: Random) -> Change | None:
    spots = []
    for page in base.draft.pages:
        for place, ink in page.cells.items():
            text = str(ink.value)
            found = re.search(rf"(\d{{3}})\.\s?([{RAISED}]|\d(?!\d))", text)
            if found and found.group().replace(" ", "")[:3] in ("154", "165", "285"):
                digit = found.group(2).translate(str.maketrans(RAISED, "0123456789"))
                new = text.replace(found.group(), found.group(1) + digit, 1)
                spots.append((page.name, place, text, new if isinstance(ink.value, str) else int(new)))
    chosen = _pick(rng, spots)
    if chosen is None:
        return None
    sheet, place, text, new = chosen  # type: ignore[misc]
    return Change(_with(base, sheet, place, new), f"{at(*place)} {text!r} → {new!r}")


# changes of place ----------------------------------------------------------------------------------------


def _moved(page: Page, move: Callable[[Place], Place]) -> Page:
    new = page.copy()
    new.cells = {move(place): ink for place, ink in page.cells.items()}
    new.styled = {move(place) for place in page.styled}
    new.merges = [(*move((t, left)), *move((b, right))) for t, left, b, right in page.merges]
    return new


def _replaced(base: Base, page: Page, *new: Page) -> Draft:
    pages: list[Page] = []
    for old in base.draft.pages:
        pages += list(new) if old is page else [old.copy()]
    return Draft(base.draft.file, pages)


def _moved_change(base: Base, page: Page, move: Callable[[Place], Place], what: str) -> Change:
    return Change(_replaced(base, page, _moved(page, move)), what, sheet=page.name, move=_on(page.name, move))


def _on(sheet: str, move: Callable[[Place], Place]) -> Callable[[str, Place], tuple[str, Place]]:
    return lambda name, place: (name, move(place) if name == sheet else place)


def shift(base: Base, rng: Random) -> Change | None:
    page = rng.choice(base.draft.pages)
    if page.hidden_rows or page.hidden_columns:
        return None
    down, right = rng.randint(0, 6), rng.randint(0, 5)

    def move(place: Place) -> Place:
        return place[0] + down, place[1] + right

    return _moved_change(base, page, move, f"{page.name} +{down} +{right}")


def insert_line(base: Base, rng: Random) -> Change | None:
    page = rng.choice(base.draft.pages)
    axis = rng.randrange(2)
    if not page.cells or page.hidden_rows or page.hidden_columns:
        return None
    where = rng.randint(1, page.extent[axis])

    def move(place: Place) -> Place:
        row, column = place
        return (row + (axis == 0 and row >= where), column + (axis == 1 and column >= where))

    return _moved_change(base, page, move, f"{page.name} blank {'row' if axis == 0 else 'column'} {where}")


def delete_line(base: Base, rng: Random) -> Change | None:
    """Delete a column, or a row, that holds figures."""
    chosen = _pick(rng, figures(base))
    if chosen is None:
        return None
    sheet, place, _ = chosen  # type: ignore[misc]
    page = page_of(base.draft, sheet)
    axis = rng.randrange(2)
    where = place[axis]
    heads = {p[axis] for s, kind, p in headings(base) if s == sheet and (kind == "column") == (axis == 0)}
    if where in heads or any(m[axis] <= where <= m[axis + 2] for m in page.merges):
        return None
    kept = page.copy()
    gone = {(sheet, at(*p)) for p in page.cells if p[axis] == where}
    gone |= {(sheet, o.cell) for o in base.answer.said if o.sheet == sheet and _place(o.cell)[axis] == where}
    kept.cells = {p: ink for p, ink in page.cells.items() if p[axis] != where}

    def move(p: Place) -> Place:
        return (p[0] - (axis == 0 and p[0] > where), p[1] - (axis == 1 and p[1] > where))

    return Change(
        _replaced(base, page, _moved(kept, move)),
        f"{sheet} delete {'row' if axis == 0 else 'column'} {where}",
        gone,
        sheet=sheet,
        move=_on(sheet, move),
    )


def _place(cell: str) -> Place:
    letters, row = re.match(r"([A-Z]+)(\d+)", cell).groups()  # type: ignore[union-attr]
    return int(row), _column(letters)


def transpose(base: Base, rng: Random) -> Change | None:
    page = rng.choice(base.draft.pages)
    if page.hidden_rows or page.hidden_columns:
        return None
    return _moved_change(base, page, lambda place: (place[1], place[0]), f"{page.name} turned")


def split_sheet(base: Base, rng: Random) -> Change | None:
    """Move what stands below a blank row to a sheet of its own, where figures stand on either side of it."""
    spots = [
        (page, row)
        for page in base.draft.pages
        for row in range(2, page.extent[0])
        if not any(r == row for r, _ in page.cells)
        and not page.hidden_rows
        and {r > row for s, (r, _), _ in figures(base) if s == page.name} == {True, False}
    ]
    chosen = _pick(rng, spots)
    if chosen is None:
        return None
    page, row = chosen  # type: ignore[misc]
    upper, lower = page.copy(), page.copy()
    upper.cells = {p: ink for p, ink in page.cells.items() if p[0] < row}
    lower.cells = {p: ink for p, ink in page.cells.items() if p[0] > row}
    upper.merges = [m for m in page.merges if m[2] < row]
    lower.merges = [m for m in page.merges if m[0] > row]
    lower.name = f"Lapa {len(base.draft.pages) + 7}"

    def move(sheet: str, place: Place) -> tuple[str, Place]:
        return (lower.name if sheet == page.name and place[0] > row else sheet), place

    return Change(_replaced(base, page, upper, lower), f"{page.name} split at {row}", move=move)


# merging, hiding -----------------------------------------------------------------------------------------


def unmerge(base: Base, rng: Random) -> Change | None:
    pages = [page for page in base.draft.pages if page.merges]
    page = _pick(rng, pages)
    if not isinstance(page, Page):
        return None
    new = page.copy()
    new.merges = [] if rng.random() < 0.5 else rng.sample(page.merges, len(page.merges) - 1)
    # a mark in a merged cell stood for every place, and now stands for one
    gone = {(page.name, at(*merge[:2])) for merge in page.merges if merge not in new.merges}
    return Change(_replaced(base, page, new), f"{page.name} unmerged", gone)


def merge(base: Base, rng: Random) -> Change | None:
    """Merge a cell with the blank ones beside or below it; not a heading with a blank one of its own line.

    Figures behind the blank then have a heading that everybody sees: another workbook, and a sound one.
    """
    page = rng.choice(base.draft.pages)
    free = []
    rows, columns = ({_place(o.cell)[n] for o in base.answer.said if o.sheet == page.name} for n in (0, 1))
    heads = {(kind, place) for sheet, kind, place in headings(base) if sheet == page.name}
    taken = {
        (r, c) for t, left, b, right in page.merges for r in range(t, b + 1) for c in range(left, right + 1)
    }
    for row, column in page.cells:
        for down, right in ((0, 1), (1, 0), (0, 2)):
            area = [(row + i, column + j) for i in range(down + 1) for j in range(right + 1)]
            lengthened = ("row", (row, column)) in heads and down and row + 1 in rows
            widened = ("column", (row, column)) in heads and right and column + 1 in columns
            if lengthened or widened:
                continue
            if all(p not in taken for p in area) and all(p not in page.cells for p in area[1:]):
                free.append((row, column, row + down, column + right))
    chosen = _pick(rng, free)
    if chosen is None:
        return None
    new = page.copy()
    new.merges.append(chosen)  # type: ignore[arg-type]
    first: Place = chosen[:2]  # type: ignore[index]
    mark = mark_status(CATALOGUE, str(page.cells[first].value))  # it stands for all that it now covers
    added = {(page.name, at(*first))} if mark else set()
    return Change(_replaced(base, page, new), f"{page.name} merged {chosen}", added=added)


def hide(base: Base, rng: Random) -> Change | None:
    draft = base.draft.copy()
    page = rng.choice(draft.pages)
    kind = rng.choice(["row", "column", "sheet"])
    if not page.cells:
        return None
    if kind == "row":
        page.hidden_rows.add(rng.choice(sorted(page.cells))[0])
    elif kind == "column":
        page.hidden_columns.add(rng.choice(sorted(page.cells))[1])
    elif len(draft.pages) > 1:
        page.hidden = True
    else:
        return None
    return Change(
        draft,
        f"{page.name} hidden {page.hidden_rows or page.hidden_columns or 'sheet'}",
        must_say=True,
        sheet=page.name,
    )


# numbers -------------------------------------------------------------------------------------------------


def retype(base: Base, rng: Random) -> Change | None:
    """A number as text, with a mark, as a fraction, a date, a truth value, negative, about, struck through."""
    chosen = _pick(rng, figures(base))
    if chosen is None:
        return None
    sheet, place, _ = chosen  # type: ignore[misc]
    number = page_of(base.draft, sheet).cells[place].value
    assert isinstance(number, (int, float))
    text = str(number).replace(".", ",")
    new: dict[str, tuple[Value, dict[str, object], bool]] = {
        "text": (text, {}, False),
        "spaces": (f" {text}\u00a0", {}, False),
        "marked": (f"{text}*", {}, False),
        "fraction": (number + 0.375, {}, True),
        "date": (date(2021, 3, 5), {}, True),
        "bool": (True, {}, True),
        "negative": (-number - 1, {}, True),
        "about": (f"aptuveni {text}", {}, True),
        "range": (f"{text}-{int(number) + 2}", {}, True),
        "struck": (number, {"struck": True}, True),
        "percent": (0.25, {"number_format": "0%"}, True),
        "error": ("#REF!", {"formula": "1/0"}, True),
    }
    kind = rng.choice(sorted(new))
    value, how, must_say = new[kind]
    table = next(o.table for o in base.answer.said if (o.sheet, o.cell) == (sheet, at(*place)))
    if table == "indicators" or (table in ("seized_assets", "budget") and kind == "percent"):
        return None
    what = f"{at(*place)} {kind} {value!r}"
    return Change(_with(base, sheet, place, value, **how), what, must_say=must_say, sheet=sheet)


def stray_number(base: Base, rng: Random) -> Change | None:
    """A number in a blank cell in or near the used part of a sheet that no heading cell could mean."""
    page = rng.choice(base.draft.pages)
    if not page.cells:
        return None
    last = page.extent
    place = (rng.randint(1, last[0] + 2), rng.randint(1, last[1] + 2))
    blank = {_place(o.cell) for o in base.answer.said if o.sheet == page.name and o.status == "M"}
    covered = any(t <= place[0] <= b and left <= place[1] <= right for t, left, b, right in page.merges)
    if place in page.cells or place in blank or covered:
        return None
    row = [ink for (r, c), ink in page.cells.items() if r == place[0]]
    if row and all(isinstance(ink.value, str) for ink in row) and len(row) == 1:
        return None  # a label and a number beside it are a table of their own
    number = rng.choice([7, 13, 58, 2019, 164])
    plain = number < 100  # a year or an article may be a heading that heads nothing
    what = f"{page.name} {at(*place)} = {number}"
    return Change(_with(base, page.name, place, number), what, must_say=plain, sheet=page.name)


def add_total(base: Base, rng: Random) -> Change | None:
    """A total under a column of figures that differ in one dimension; a wrong one must be named."""
    columns: dict[tuple[str, int], list[tuple[Place, Key]]] = {}
    for sheet, place, key in figures(base):
        columns.setdefault((sheet, place[1]), []).append((place, key))
    fit = []
    for (sheet, column), found in columns.items():
        rows = [place[0] for place, _ in found]
        differing = {
            name for _, key in found for name, code in key[2] if code != dict(found[0][1][2]).get(name)
        }
        last = max(rows)
        page = page_of(base.draft, sheet)
        clear = not any(last < r <= last + 2 for r, _ in page.cells) and not page.merges
        whole = all("_T" not in [dict(key[2]).get(n) for n in differing] for _, key in found)
        plain = len({key[:2] for _, key in found}) == 1 and len(differing) == 1 and whole
        summed = differing <= {"article", "sex", "age_group", "citizenship", "exploitation_form", "place"}
        if len(rows) > 1 and rows == list(range(rows[0], last + 1)) and clear and plain and summed:
            heads = [p[1] for s, kind, p in headings(base) if s == sheet and kind == "row" and p[0] in rows]
            others = [c for s, c in columns if s == sheet and c != column]
            if heads and not others:
                fit.append((sheet, column, rows, min(heads)))
    chosen = _pick(rng, fit)
    if chosen is None:
        return None
    sheet, column, rows, head = chosen  # type: ignore[misc]
    draft = base.draft.copy()
    page = page_of(draft, sheet)
    wrong = rng.random() < 0.5
    total = sum(page.cells[(row, column)].value for row in rows)  # type: ignore[misc]
    page.put((rows[-1] + 1, head), rng.choice(["Kopā", "KOPĀ", "Pavisam", "Total"]))
    page.put((rows[-1] + 1, column), total + (rng.choice([-1, 1, 10]) if wrong else 0))
    added = {(sheet, at(rows[-1] + 1, column))}
    what = f"{sheet} total {'wrong' if wrong else 'right'}"
    return Change(draft, what, added=added, must_say=wrong, sheet=sheet)


def duplicate(base: Base, rng: Random) -> Change | None:
    """The same table once more on another sheet, with the same figures or one of them other."""
    chosen = _pick(rng, figures(base))
    if chosen is None:
        return None
    sheet, place, _ = chosen  # type: ignore[misc]
    draft = base.draft.copy()
    again = page_of(draft, sheet).copy()
    again.name = f"{sheet[:24]} (2)"
    other = rng.random() < 0.5
    if other:
        value = again.cells[place].value
        assert isinstance(value, (int, float))
        again.cells[place] = Ink(value + 3)
    draft.pages.append(again)
    what = f"{sheet} twice, {'other' if other else 'same'} figures"
    return Change(draft, what, must_say=other, copies={sheet: again.name})


FAMILIES: dict[str, Mutation] = {
    function.__name__: function
    for function in (
        rename_letter, rename_unknown, rename_known, blank_heading, year_in_title, drop_superscript, shift,
        insert_line, delete_line, transpose, split_sheet, unmerge, merge, hide, retype, stray_number, add_total,
        duplicate,
    )
}  # fmt: skip


# the judgement -------------------------------------------------------------------------------------------


def judge(base: Base, change: Change, after: Answer, family: str) -> Verdict:
    """The same figures of the same cells, or a finding for each that is not; anything else is a silent error.

    A figure is the same if its key, its year, its value, its unit and its status are, and if it comes from the
    cell that the change has moved it to.  One that is other has to be excused by a new error that names its
    cell or a heading of it; one that is gone, by a new error or warning about its sheet or the file.
    """
    before = base.answer
    new = numbered(after.findings) - numbered(before.findings)
    fresh = [f for f in after.findings if (f.code, f.found) in new]
    errors = [f for f in fresh if f.severity == "error"]
    said = [f for f in fresh if f.severity in ("error", "warning")]
    other, lost, silent = [], [], change.must_say and not any(_about(f, change.sheet) for f in said)
    places: dict[tuple[Key, tuple[str, ...]], set[Where]] = {}
    for o in before.said:
        places.setdefault((key_of(o), _content(o)), set()).update(change.places(o.sheet, o.cell))
    for key, o in after.rows.items():
        if not _stated(o) or (o.sheet, o.cell) in change.added:
            continue
        if (o.sheet, o.cell) not in places.get((key, _content(o)), set()):
            was = before.rows.get(key)
            told_before = f"{_content(was)} at {was.cell}" if was else "nothing"
            other.append(f"{key[0]} {key[1]} {_brief(key)} = {_content(o)} at {o.cell}, was {told_before}")
            silent = silent or not any(_names(f, o) for f in errors)
    for key, o in before.rows.items():
        now = after.rows.get(key)
        if _stated(o) and (o.sheet, o.cell) not in change.gone and (now is None or not _stated(now)):
            lost.append(f"{key[0]} {key[1]} {_brief(key)} = {told(o)}")
            sheets = {sheet for sheet, _ in change.places(o.sheet, o.cell)}
            silent = silent or not any(_about(f, sheet) for f in said for sheet in sheets)
    codes = ", ".join(sorted({code for code, _ in new}))
    detail = f"{change.what}; other: {other[:3]}; lost: {lost[:3]}; new findings: {codes}"
    if silent:
        return Verdict(family, "silent", detail)
    if other:
        return Verdict(family, "other, with an error", detail)
    return Verdict(family, "lost, with a finding" if lost else "same", detail)


def _stated(o: Observation) -> bool:
    """Whether a row says something: a figure, or that there is none; a blank cell and a contradiction do not."""
    return o.status not in ("M", "X")


def _content(o: Observation) -> tuple[str, ...]:
    """Everything that a row says beside its key."""
    return (told(o), o.unit, o.status, plain(o.value), plain(o.low), plain(o.high), str(o.relative_to or ""))


def _about(finding: Finding, sheet: str) -> bool:
    return not sheet or finding.sheet in (sheet, "")


def _names(finding: Finding, o: Observation) -> bool:
    """Whether a finding points to a figure: to its cell or to one of its headings, or tells of its cell."""
    if not _about(finding, o.sheet):
        return False
    headings = {letters + row for _, letters, row in _HEADING.findall(o.headings)}
    told_of = set(_CELL.findall(" ".join((finding.cell, finding.found, finding.expected, finding.hint))))
    return o.cell in told_of or finding.cell in headings


def _brief(key: Key) -> str:
    return ",".join(f"{name}={code}" for name, code in key[2] if code != "_T")


def bases(folder: Path, generated: int = GENERATED) -> list[Base]:
    """The shipped workbooks and drawn ones that are read without an error."""
    found = [*_shipped(folder)]
    for seed in range(generated):
        draft, _ = draw(Random(seed))
        said = answer(draft, folder)
        if not said.errors:
            found.append(Base(draft, said))
    return found


@cache
def _shipped(folder: Path) -> tuple[Base, ...]:
    found = []
    for path in sorted(RAW.glob("20*/*.xlsx")):
        draft = draft_of(read_book(path, path.relative_to(RAW).as_posix()))
        found.append(Base(draft, answer(draft, folder)))
    return tuple(found)


def run(count: int, folder: Path, seed: int = 0, generated: int = GENERATED) -> list[Verdict]:
    """Try that many changes, each family in turn."""
    rng = Random(seed)
    known = bases(folder, generated)
    verdicts: list[Verdict] = []
    names = sorted(FAMILIES)
    tries = 0
    while len(verdicts) < count:
        family = names[tries % len(names)]
        tries += 1
        base = rng.choice(known)
        change = FAMILIES[family](base, rng)
        if change is None:
            continue
        after = answer(change.draft, folder)
        verdict = judge(base, change, after, family)
        verdicts.append(Verdict(family, verdict.outcome, f"{base.draft.file}: {verdict.detail}"))
    return verdicts


def report(verdicts: list[Verdict]) -> str:
    """The counts by family, the silent ones in full."""
    outcomes = ("same", "lost, with a finding", "other, with an error", "silent")
    lines = [f"{'family':18}" + "".join(f"{name:>22}" for name in outcomes)]
    for family in sorted({v.family for v in verdicts}):
        counts = Counter(v.outcome for v in verdicts if v.family == family)
        lines.append(f"{family:18}" + "".join(f"{counts[name]:>22}" for name in outcomes))
    silent = [v for v in verdicts if v.outcome == "silent"]
    lines += [f"  SILENT {v.family}: {v.detail}" for v in silent[:40]]
    lines.append(f"changes: {len(verdicts)}; silent errors: {len(silent)}")
    return "\n".join(lines)


if __name__ == "__main__":
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    start = int(sys.argv[2]) if len(sys.argv) > 2 else 0
    with tempfile.TemporaryDirectory() as name:
        results = run(wanted, Path(name), start)
    print(report(results))
    sys.exit(any(v.outcome == "silent" for v in results))
