"""Workbooks changed as accidents change them, and what the ingest must make of the change.

The promise under test: the same figures, or a finding; never other figures without a word.
`python -m tests.mutations 10000` tries that many and prints the count by family and of silent errors.
"""

from __future__ import annotations

import re
import sys
import tempfile
from collections import Counter
from datetime import date
from functools import cache
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).parent))

from accidents import ACCIDENTS
from changes import (
    HEADING,
    YEAR,
    Base,
    Change,
    Mutation,
    Verdict,
    column_of,
    figures,
    headings,
    heads_of,
    judge,
    moved,
    moved_change,
    on,
    page_of,
    pick,
    place_of,
    replaced,
    with_value,
)
from drafts import (
    CATALOGUE,
    RAISED,
    Ink,
    Key,
    Page,
    Place,
    Value,
    answer,
    at,
    draft_of,
)
from layouts import draw
from mishaps import MISHAPS
from strangers import draw as draw_strange

from thb_analysis.ingest.book import read_book
from thb_analysis.ingest.recognition.values import mark_status
from thb_analysis.ingest.words.labels import vocabulary

RAW = Path(__file__).parent.parent / "raw"
TRIES = 30  #: workbooks that are tried for a change
GENERATED = 120  #: how many drawn workbooks are changed beside the shipped ones
_ONLY_YEAR = re.compile(r"\s*20[012]\d\W*(?:g|gads|gadā)?\W*")


# changes of headings -------------------------------------------------------------------------------------


def _text_heading(base: Base, rng: Random) -> tuple[str, str, Place, str] | None:
    found = []
    for sheet, kind, place in headings(base):
        ink = page_of(base.draft, sheet).cells.get(place)
        if ink is not None and isinstance(ink.value, str) and any(c.isalpha() for c in ink.value):
            found.append((sheet, kind, place, ink.value))
    return pick(rng, found)  # type: ignore[return-value]


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
    return Change(with_value(base, sheet, place, new), f"{at(*place)} {text!r} → {new!r}")


def _another_member(base: Base, sheet: str, old: str, new: str) -> bool:
    """Whether a heading with another letter is sound and says another thing, as B6 after A6: no accident to be seen."""
    tables = {o.table for o in base.answer.said if o.sheet == sheet}
    readings = ((words.read(old), words.read(new)) for words in (vocabulary(CATALOGUE, t) for t in tables))
    members = (({r.dims for r in was if r.dims}, {r.dims for r in now if r.dims}) for was, now in readings)
    return any(was and now and was.isdisjoint(now) for was, now in members)


def rename_unknown(base: Base, rng: Random) -> Change | None:
    chosen = _text_heading(base, rng)
    if chosen is None:
        return None
    sheet, _, place, text = chosen
    new = rng.choice(["Pārējie dati", "Zilonis", "Apgriezieni, t", "cits rādītājs", "?"])
    return Change(with_value(base, sheet, place, new), f"{at(*place)} {text!r} → {new!r}")


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
    return pick(rng, pairs)  # type: ignore[return-value]


def _free(base: Base, sheet: str, words: Value, other: Place) -> bool:
    """Whether no figure has what those of a heading would say under other words."""
    every = [{**dict(o.dims), "year": str(o.year), "table": o.table} for o in base.answer.said]
    headed = [o for o in base.answer.said if o.sheet == sheet and f" {at(*other)} " in o.headings]
    for o in headed:
        for reading in vocabulary(CATALOGUE, o.table).read(str(words)):
            new = dict(reading.dims) | ({"year": str(reading.years[0])} if len(reading.years) == 1 else {})
            if not new or {**dict(o.dims), "year": str(o.year), "table": o.table, **new} in every:
                return False
    return bool(headed)


def rename_known(base: Base, rng: Random) -> Change | None:
    pair = _siblings(base, rng)
    if pair is None:
        return None
    sheet, one, other = pair
    ink = page_of(base.draft, sheet).cells[one]
    tables = {o.table for o in base.answer.said if o.sheet == sheet}
    total = any(r.total for t in tables for r in vocabulary(CATALOGUE, t).read(str(ink.value)))
    headed = [o.headings for o in base.answer.said if f" {at(*other)} " in o.headings]
    if total and any(max(text.count("column "), text.count("row ")) > 1 for text in headed):
        return None  # the total of what the other headings of its line say: a sound workbook
    if _free(base, sheet, ink.value, other):
        return None  # a list with a line for each figure may well have that line
    return Change(with_value(base, sheet, other, ink.value), f"{at(*other)} ← {ink.value!r}")


def blank_heading(base: Base, rng: Random) -> Change | None:
    pair = _siblings(base, rng)
    if pair is None:
        return None
    sheet, _, place = pair
    if _only_under_its_own(base, sheet, place):
        return None
    return Change(with_value(base, sheet, place, None), f"{at(*place)} blank")


def _only_under_its_own(base: Base, sheet: str, place: Place) -> bool:
    """Whether a heading stands beside others that head nothing else: without it, its line is all of theirs.

    So is the line “granted” of a budget, whose other lines name institutions as well: a sound workbook.
    """
    heads: dict[tuple[str, Place], set[str]] = {}
    for o in base.answer.said:
        if o.sheet == sheet:
            for kind, letters, row in HEADING.findall(o.headings):
                heads.setdefault((kind, (int(row), column_of(letters))), set()).add(o.cell)
    own = {key: cells for key, cells in heads.items() if key[1] == place}
    for (kind, _), cells in own.items():
        beside = [c for (k, other), c in heads.items() if k == kind and other != place and c & cells]
        if beside and all(c <= cells for c in beside):
            return True
    return False


def _of_earlier(base: Base, text: str) -> bool:
    """Whether a title names one year that is not the workbook's."""
    years = set(YEAR.findall(text))
    return len(years) == 1 and not years & set(YEAR.findall(base.draft.file))


def year_in_title(base: Base, rng: Random) -> Change | None:
    heads = {(sheet, place) for sheet, _, place in headings(base)}
    heads |= {(o.sheet, place_of(o.cell)) for o in base.answer.said}  # a year in a figure is the figure's
    spots = [
        (page, place, ink.value)
        for page in base.draft.pages
        for place, ink in page.cells.items()
        if isinstance(ink.value, str)
        and YEAR.search(ink.value)
        and any(c.isalpha() for c in ink.value)
        and (page.name, place) not in heads  # another year over a column is another column
        and not _ONLY_YEAR.fullmatch(ink.value)  # nor over a part of a list
        and not _of_earlier(base, ink.value)  # a table of another earlier year may be meant
    ]
    chosen = pick(rng, spots)
    if chosen is None:
        return None
    page, place, text = chosen  # type: ignore[misc]
    year = int(YEAR.search(text).group())  # type: ignore[union-attr]
    new = text.replace(str(year), str(year + rng.choice([-1, 1, 2])), 1)
    return Change(with_value(base, page.name, place, new), f"{at(*place)} {text!r} → {new!r}")


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
    chosen = pick(rng, spots)
    if chosen is None:
        return None
    sheet, place, text, new = chosen  # type: ignore[misc]
    return Change(with_value(base, sheet, place, new), f"{at(*place)} {text!r} → {new!r}")


# changes of place ----------------------------------------------------------------------------------------


def shift(base: Base, rng: Random) -> Change | None:
    page = rng.choice(base.draft.pages)
    if page.hidden_rows or page.hidden_columns:
        return None
    down, right = rng.randint(0, 6), rng.randint(0, 5)

    def move(place: Place) -> Place:
        return place[0] + down, place[1] + right

    return moved_change(base, page, move, f"{page.name} +{down} +{right}")


def insert_line(base: Base, rng: Random) -> Change | None:
    page = rng.choice(base.draft.pages)
    axis = rng.randrange(2)
    if not page.cells or page.hidden_rows or page.hidden_columns:
        return None
    where = rng.randint(1, page.extent[axis])

    def move(place: Place) -> Place:
        row, column = place
        return (row + (axis == 0 and row >= where), column + (axis == 1 and column >= where))

    return moved_change(base, page, move, f"{page.name} blank {'row' if axis == 0 else 'column'} {where}")


def delete_line(base: Base, rng: Random) -> Change | None:
    """Delete a column, or a row, that holds figures."""
    chosen = pick(rng, figures(base))
    if chosen is None:
        return None
    sheet, place, _ = chosen  # type: ignore[misc]
    page = page_of(base.draft, sheet)
    axis = rng.randrange(2)
    where = place[axis]
    heads = {p[axis] for s, kind, p in headings(base) if s == sheet and (kind == "column") == (axis == 0)}
    apart = {code for table in CATALOGUE.tables.values() for _, code, _ in table.complements}
    if any(
        apart & {c for _, c in o.dims}
        for o in base.answer.said
        if (o.sheet, place_of(o.cell)[axis]) == (sheet, where)
    ):
        return None  # the minors: without them the men and women are of any age
    others = [o for o in base.answer.said if o.sheet == sheet and place_of(o.cell)[axis] != where]
    heads |= {p[axis] for o in others for p in heads_of(o)}  # one of a group, which the group is known by
    if where in heads or any(m[axis] <= where <= m[axis + 2] for m in page.merges):
        return None
    kept = page.copy()
    gone = {(sheet, at(*p)) for p in page.cells if p[axis] == where}
    gone |= {
        (sheet, o.cell) for o in base.answer.said if o.sheet == sheet and place_of(o.cell)[axis] == where
    }
    kept.cells = {p: ink for p, ink in page.cells.items() if p[axis] != where}

    def move(p: Place) -> Place:
        return (p[0] - (axis == 0 and p[0] > where), p[1] - (axis == 1 and p[1] > where))

    return Change(
        replaced(base, page, moved(kept, move)),
        f"{sheet} delete {'row' if axis == 0 else 'column'} {where}",
        gone,
        sheet=sheet,
        move=on(sheet, move),
    )


def transpose(base: Base, rng: Random) -> Change | None:
    page = rng.choice(base.draft.pages)
    if page.hidden_rows or page.hidden_columns:
        return None
    return moved_change(base, page, lambda place: (place[1], place[0]), f"{page.name} turned")


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
    chosen = pick(rng, spots)
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

    return Change(replaced(base, page, upper, lower), f"{page.name} split at {row}", move=move)


# merging, hiding -----------------------------------------------------------------------------------------


def unmerge(base: Base, rng: Random) -> Change | None:
    pages = [page for page in base.draft.pages if page.merges]
    page = pick(rng, pages)
    if not isinstance(page, Page):
        return None
    new = page.copy()
    new.merges = [] if rng.random() < 0.5 else rng.sample(page.merges, len(page.merges) - 1)
    # a mark in a merged cell stood for every place, and now stands for one
    gone = {(page.name, at(*merge[:2])) for merge in page.merges if merge not in new.merges}
    return Change(replaced(base, page, new), f"{page.name} unmerged", gone)


def merge(base: Base, rng: Random) -> Change | None:
    """Merge a cell with the blank ones beside or below it; not a heading with a blank one of its own line.

    Figures behind the blank then have a heading that everybody sees: another workbook, and a sound one.
    """
    page = rng.choice(base.draft.pages)
    free = []
    rows, columns = ({place_of(o.cell)[n] for o in base.answer.said if o.sheet == page.name} for n in (0, 1))
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
    chosen = pick(rng, free)
    if chosen is None:
        return None
    new = page.copy()
    new.merges.append(chosen)  # type: ignore[arg-type]
    first: Place = chosen[:2]  # type: ignore[index]
    mark = mark_status(CATALOGUE, str(page.cells[first].value))  # it stands for all that it now covers
    added = {(page.name, at(*first))} if mark else set()
    return Change(replaced(base, page, new), f"{page.name} merged {chosen}", added=added)


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
    """A number as text, with a mark, as a fraction, a date, a truth value, negative, about, a word, struck through."""
    chosen = pick(rng, figures(base))
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
        "word": (rng.choice(("tiks precizēts", "Konfidenciāli", "sk. pielikumu", "nē", "TRUE")), {}, True),
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
    return Change(with_value(base, sheet, place, value, **how), what, must_say=must_say, sheet=sheet)


def stray_number(base: Base, rng: Random) -> Change | None:
    """A number in a blank cell in or near the used part of a sheet that no heading cell could mean."""
    page = rng.choice(base.draft.pages)
    if not page.cells:
        return None
    last = page.extent
    place = (rng.randint(1, last[0] + 2), rng.randint(1, last[1] + 2))
    blank = {place_of(o.cell) for o in base.answer.said if o.sheet == page.name and o.status == "M"}
    covered = any(t <= place[0] <= b and left <= place[1] <= right for t, left, b, right in page.merges)
    if place in page.cells or place in blank or covered:
        return None
    row = [ink for (r, c), ink in page.cells.items() if r == place[0]]
    if row and all(isinstance(ink.value, str) for ink in row) and len(row) == 1:
        return None  # a label and a number beside it are a table of their own
    over = [o for o in base.answer.said if o.sheet == page.name and (place[0] - 1, place[1]) in heads_of(o)]
    if over and all(o.status == "M" for o in over):
        return None  # nor is a label, of a figure not stated, with a number right below it any other
    number = rng.choice([7, 13, 58, 2019, 164])
    plain = number < 100  # a year or an article may be a heading that heads nothing
    what = f"{page.name} {at(*place)} = {number}"
    return Change(with_value(base, page.name, place, number), what, must_say=plain, sheet=page.name)


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
    chosen = pick(rng, fit)
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
    told_of = [o for o in base.answer.said if o.sheet == sheet and place_of(o.cell)[1] == column]
    whole_list = all(o.value is not None for o in told_of)  # what is not stated may be the difference
    return Change(draft, what, added=added, must_say=wrong and whole_list, sheet=sheet)


def duplicate(base: Base, rng: Random) -> Change | None:
    """The same table once more on another sheet, with the same figures or one of them other."""
    chosen = pick(rng, figures(base))
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


SINGLE: dict[str, Mutation] = {
    function.__name__: function
    for function in (
        *ACCIDENTS, *MISHAPS,
        rename_letter, rename_unknown, rename_known, blank_heading, year_in_title, drop_superscript, shift,
        insert_line, delete_line, transpose, split_sheet, unmerge, merge, hide, retype, stray_number, add_total,
        duplicate,
    )
}  # fmt: skip


def two_changes(base: Base, rng: Random, folder: Path) -> Change | None:
    """Two changes, one after the other; not two that together make another sound workbook or undo each other."""
    first, second = rng.choice(sorted(SINGLE)), rng.choice(sorted(SINGLE))
    if {first, second} & UNPAIRED or {first, second} <= OF_HEADINGS or first in LAST:
        return None
    if first in HIDING and second == "save_as_csv":
        return None  # the text file shows what was hidden
    if first == "merge_figures" and second in ("unmerge", "save_as_csv"):
        return None  # what is left of two figures is one and a blank place: a sound workbook
    one = SINGLE[first](base, rng)
    if one is None:
        return None
    middle = Base(one.draft, answer(one.draft, folder))
    two = SINGLE[second](middle, rng)
    if two is None or (one.must_say and second == "delete_line"):
        return None  # what had to be told of may be gone
    typed = {(p.name, at(*cell)) for p in two.draft.pages for cell in p.cells} - {
        (p.name, at(*cell)) for p in middle.draft.pages for cell in p.cells
    }
    if second == "stray_number" and typed & one.gone:
        return None  # a number in the place of a figure that was deleted: another sound workbook
    renamed = {where for place in one.added for where in two.places(*place)}
    gone = {
        (o.sheet, o.cell)
        for o in base.answer.said
        if (o.sheet, o.cell) in one.gone or one.places(o.sheet, o.cell) & two.gone
    }
    return Change(
        two.draft,
        f"{first}: {one.what}; {second}: {two.what}",
        gone,
        renamed | two.added,
        one.must_say or two.must_say,
        move=lambda sheet, place: two.move(*one.move(sheet, place)),
        save=two.save,
    )


#: Changes whose figures may rightly be said twice, or of another year: with another change, nobody can say of which.
UNPAIRED = {"duplicate", "copy_below", "copy_sheet", "row_twice", "column_twice"}
#: Changes of which two can make the headings those of another sound workbook: one taken out, another renamed to it.
OF_HEADINGS = {
    "rename_letter", "rename_known", "blank_heading", "delete_line", "drop_superscript", "hide", "filter_rows",
    "merge_heading", "merge", "unmerge", "rename_unknown", "date_heading", "year_in_title",
    "mistype_year", "label_pasted",
}  # fmt: skip
HIDING = {"hide", "filter_rows"}
LAST = {"save_as_ods", "save_as_csv"}  #: the draft after them would be saved as xlsx again
FAMILIES = {*SINGLE, "two_changes"}


def bases(folder: Path, generated: int = GENERATED, first: int = 0) -> list[Base]:
    """The shipped workbooks and drawn ones, from the draw `first` on, that are read without an error.

    Those are drawn by two hands in turn.
    """
    found = [*_shipped(folder)]
    for number in range(first, first + generated):
        rng = Random(number)
        draft = draw_strange(rng)[0] if number % 2 else draw(rng)[0]
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
    """Try that many changes, each family in turn; every seed draws workbooks of its own."""
    rng = Random(seed)
    known = bases(folder, generated, seed * GENERATED)
    verdicts: list[Verdict] = []
    names = sorted(FAMILIES)
    tries = 0
    while len(verdicts) < count:
        family = names[tries % len(names)]
        tries += 1
        for _ in range(TRIES):  # few workbooks have what a family changes
            base = rng.choice(known)
            change = SINGLE[family](base, rng) if family in SINGLE else two_changes(base, rng, folder)
            if change is not None:
                break
        if change is None:
            continue
        after = answer(change.draft, folder, change.save)
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
