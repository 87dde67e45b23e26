"""What goes wrong while people type and paste: lines and columns twice, letters for digits, years and units mistyped.

Each gives a `Change` for the judgement in `changes.py`, or None where the workbook has nothing to do it to.
"""

from __future__ import annotations

import re
from dataclasses import replace
from random import Random

from accidents import List, lined, lists, right_below_headings
from changes import (
    YEAR,
    Base,
    Change,
    Said,
    Where,
    content,
    figures,
    headings,
    heads_of,
    page_of,
    pick,
    place_of,
    replaced,
    with_value,
)
from drafts import CATALOGUE, Ink, Page, Place, Value, at, key_of

from thb_analysis.ingest.words.labels import vocabulary
from thb_analysis.ingest.words.near import bare

#: Dimensions of which a title is narrowed so, or is a member itself: “victims identified (presumed)”.
NARROWED = ("measure", "identification", "activity", "status", "registered_by")
_TITLE = re.compile(r"title ([A-Z]+\d+) ")


def second_cover(base: Base, rng: Random) -> Change | None:
    """A title page more, with the workbook's own year or another."""
    found = YEAR.search(base.draft.file)
    if found is None or any(page.name == "Titullapa" for page in base.draft.pages):
        return None
    year = int(found.group()) + rng.choice([-1, -1, 0])
    cover = Page("Titullapa")
    cover.put(
        (2, 2), rng.choice([f"Pārskats par {year}. gadu", f"{year}. gada dati", f"Dati par {year}. gadu"])
    )
    draft = base.draft.copy()
    draft.pages.insert(rng.choice([0, len(draft.pages)]), cover)
    undated = any(o.value is not None and "year from file" in o.headings for o in base.answer.said)
    astray = undated and str(year) != found.group()
    return Change(draft, f"a title page of {year}", must_say=astray)


def header_again(base: Base, rng: Random) -> Change | None:
    """The headings of a list once more, half-way down, as where a page begins."""
    chosen = pick(rng, [one for one in right_below_headings(base) if len(one.rows) > 2])
    if not isinstance(chosen, List):
        return None
    page, row = chosen.page, rng.choice(chosen.rows[1:])
    over = chosen.rows[0] - 1
    cells: dict[Place, Value] = {(row, c): ink.value for (r, c), ink in page.cells.items() if r == over}
    return lined(base, page, 0, row, cells, f"{page.name} headings again in row {row}")


def _copied(base: Base, page: Page, axis: int, where: int) -> dict[Said, set[Where]]:
    """What a copy of a line right behind it says: the same, one place on."""
    more: dict[Said, set[Where]] = {}
    for o in base.answer.said:
        place = place_of(o.cell)
        if o.sheet == page.name and place[axis] == where:
            new = (place[0] + (axis == 0), place[1] + (axis == 1))
            more.setdefault((key_of(o), content(o)), set()).add((page.name, at(*new)))
    return more


def row_twice(base: Base, rng: Random) -> Change | None:
    """A line of a list copied and put in right below itself."""
    chosen = pick(rng, lists(base))
    if not isinstance(chosen, List):
        return None
    page, row = chosen.page, rng.choice(chosen.rows)
    cells: dict[Place, Value] = {(row + 1, c): ink.value for (r, c), ink in page.cells.items() if r == row}
    change = lined(base, page, 0, row + 1, cells, f"{page.name} row {row} twice")
    return replace(change, more=_copied(base, page, 0, row))


def column_twice(base: Base, rng: Random) -> Change | None:
    """A column of figures with its headings copied beside itself, and one figure of it typed anew."""
    chosen = pick(rng, [one for one in right_below_headings(base) if not one.page.merges])
    if not isinstance(chosen, List):
        return None
    page, column = chosen.page, rng.choice(chosen.figures)
    cells: dict[Place, Value] = {(r, column + 1): i.value for (r, c), i in page.cells.items() if c == column}
    numbers = [(row, column + 1) for row in chosen.rows if isinstance(cells.get((row, column + 1)), int)]
    spot = pick(rng, numbers)
    if spot is None:
        return None
    cells[spot] = int(str(cells[spot])) + 3  # type: ignore[index]
    change = lined(base, page, 1, column + 1, cells, f"{page.name} column {column} twice, {spot} other")
    return replace(change, must_say=True, more=_copied(base, page, 1, column))


def letter_for_digit(base: Base, rng: Random) -> Change | None:
    """A figure typed with a letter that looks like a digit: O for 0, l for 1."""
    spots = []
    for sheet, place, _ in figures(base):
        ink = page_of(base.draft, sheet).cells[place]
        if isinstance(ink.value, int) and not ink.formula and set("01") & set(str(ink.value)):
            spots.append((sheet, place, str(ink.value)))
    chosen = pick(rng, spots)
    if chosen is None:
        return None
    sheet, place, text = chosen  # type: ignore[misc]
    spot = rng.choice([n for n, digit in enumerate(text) if digit in "01"])
    letter = rng.choice("OoО" if text[spot] == "0" else "lI|")
    new = text[:spot] + letter + text[spot + 1 :]
    what = f"{at(*place)} {text} → {new!r}"
    return Change(with_value(base, sheet, place, new), what, must_say=True, sheet=sheet)


def block_as_text(base: Base, rng: Random) -> Change | None:
    """All figures of a sheet pasted as text."""
    draft = base.draft.copy()
    page = rng.choice(draft.pages)
    told = {place for sheet, place, _ in figures(base) if sheet == page.name}
    if not told or any(page.cells[place].formula for place in told):
        return None
    for place in told:
        text = str(page.cells[place].value).replace(".", ",")
        page.cells[place] = replace(page.cells[place], value=text, number_format="@")
    return Change(draft, f"{page.name} as text", sheet=page.name)


def subtotal(base: Base, rng: Random) -> Change | None:
    """A sum of the lines above it, put in between the lines of a list: it is of these only."""
    fit = [
        one for one in lists(base, 3) if not any(one.is_total(row) or one.is_part(row) for row in one.rows)
    ]
    chosen = pick(rng, fit)
    if not isinstance(chosen, List):
        return None
    apart = {code for _, code, _ in CATALOGUE.tables[chosen.table].complements}
    lines = {(chosen.page.name, row) for row in chosen.rows}
    if any(
        apart & {c for _, c in o.dims} for o in base.answer.said if (o.sheet, place_of(o.cell)[0]) in lines
    ):
        return None  # a sum of men and women shows that the minors below are among them
    page, row = chosen.page, rng.choice(chosen.rows[2:])
    cells: dict[Place, Value] = {
        (row, chosen.labels[0]): rng.choice(["Kopā", "Starpsumma", "Subtotal", "Kopā:"])
    }
    for column in chosen.figures:
        inks = [page.cells.get((n, column)) for n in chosen.rows]
        if any(ink is None or not ink.is_number for ink in inks):
            return None
        values = [ink.value for ink in inks if ink is not None]
        above = values[: row - chosen.rows[0]]
        if not any(values[row - chosen.rows[0] :]):
            return None
        cells[(row, column)] = sum(above)  # type: ignore[arg-type]
    change = lined(base, page, 0, row, cells, f"{page.name} a sum in row {row}")
    return replace(change, must_say=True)


def mistype_year(base: Base, rng: Random) -> Change | None:
    """A year in a heading or a title with a digit too many, too few, or a letter for one."""
    told = {(o.sheet, place_of(o.cell)) for o in base.answer.said}
    spots = [
        (page.name, place, ink.value, found.group())
        for page in base.draft.pages
        for place, ink in page.cells.items()
        if (page.name, place) not in told and (found := YEAR.search(str(ink.value)))
    ]
    chosen = pick(rng, spots)
    if chosen is None:
        return None
    sheet, place, value, year = chosen  # type: ignore[misc]
    wrong = rng.choice(
        [year + year[-1], year[:3], year[:2] + "O" + year[3], year[:1] + year[2:], year[:2] + " " + year[2:]]
    )
    text = str(value).replace(year, wrong, 1)
    new: Value = int(text) if isinstance(value, int) and text.isdecimal() else text
    return Change(with_value(base, sheet, place, new), f"{at(*place)} {value!r} → {new!r}", sheet=sheet)


def in_thousands(base: Base, rng: Random) -> Change | None:
    """A title that comes to say that its figures are in thousands."""
    money = {o.sheet for o in base.answer.said if CATALOGUE.tables[o.table].values == "amount"}
    spots = []
    for o in base.answer.said:
        if o.value is not None and CATALOGUE.tables[o.table].values in ("count", "amount"):
            spots += [(o.sheet, place_of(cell)) for cell in _TITLE.findall(o.headings)]
    spots = [s for s in sorted(set(spots)) if isinstance(_ink(base, *s), str)]
    chosen = pick(rng, spots)
    if chosen is None:
        return None
    sheet, place = chosen  # type: ignore[misc]
    unit = rng.choice(
        ["(tūkst. EUR)", ", tūkst. euro"] if sheet in money else ["(tūkst.)", ", tūkst.", "(tūkstošos)"]
    )
    new = f"{_ink(base, sheet, place)} {unit}"
    what = f"{at(*place)} → {new!r}"
    return Change(with_value(base, sheet, place, new), what, must_say=True, sheet=sheet)


def _ink(base: Base, sheet: str, place: Place) -> Value | None:
    ink = page_of(base.draft, sheet).cells.get(place)
    return ink.value if ink is not None else None


def label_pasted(base: Base, rng: Random) -> Change | None:
    """A heading's words pasted over a figure."""
    chosen = pick(rng, figures(base))
    if chosen is None:
        return None
    sheet, place, _ = chosen  # type: ignore[misc]
    if len([other for other, *_ in figures(base) if other == sheet]) < 2:
        return None  # without a figure, a sheet with words only holds no table
    texts = [value for s, _, p in headings(base) if s == sheet and isinstance(value := _ink(base, s, p), str)]
    text = pick(rng, [text for text in texts if any(c.isalpha() for c in text)])
    if text is None:
        return None
    what = f"{at(*place)} ← {text!r}"
    return Change(with_value(base, sheet, place, text), what, must_say=True, sheet=sheet)  # type: ignore[arg-type]


def merge_figures(base: Base, rng: Random) -> Change | None:
    """Two figures merged into one cell: the second is gone, the first stands under the headings of both."""
    spots = []
    found = {(sheet, place) for sheet, place, _ in figures(base)}
    for sheet, (row, column) in sorted(found):
        for other in ((row + 1, column), (row, column + 1)):
            covers = page_of(base.draft, sheet).merges
            free = not any(
                t <= r <= b and left <= c <= right
                for t, left, b, right in covers
                for r, c in ((row, column), other)
            )
            if (sheet, other) in found and free:
                spots.append((sheet, (row, column), other))
    chosen = pick(rng, spots)
    if chosen is None:
        return None
    sheet, place, other = chosen  # type: ignore[misc]
    draft = base.draft.copy()
    page = page_of(draft, sheet)
    del page.cells[other]
    page.merges.append((*place, *other))
    gone = {(sheet, at(*other))}
    return Change(draft, f"{sheet} {at(*place)}:{at(*other)} merged", gone, must_say=True, sheet=sheet)


def paste_right(base: Base, rng: Random) -> Change | None:
    """The figures of a list one column too far right, past the last heading: all of them are wrong."""
    heads = {(s, p) for s, kind, p in headings(base) if kind == "column"}
    fit = []
    for one in right_below_headings(base):
        right = one.figures[-1] + 1
        over = one.rows[0] - 1
        every = all((one.page.name, (over, column)) in heads for column in one.figures)
        touching = list(one.figures) == list(range(one.figures[0], right))
        free = not any(c == right and over - 1 <= r <= one.rows[-1] for r, c in one.page.cells)
        filled = all((row, one.figures[0]) in one.page.cells for row in one.rows)
        filled = filled and all((row, right - 1) in one.page.cells for row in one.rows)
        if every and touching and free and filled and len(one.figures) > 1 and not one.page.merges:
            fit.append(one)
    chosen = pick(rng, fit)
    if not isinstance(chosen, List):
        return None
    page = chosen.page.copy()
    for column in reversed(chosen.figures):
        for row in chosen.rows:
            ink = page.cells.pop((row, column), None)
            if ink is not None:
                page.cells[(row, column + 1)] = Ink(
                    ink.value, ink.number_format, ink.rich, ink.formula, ink.struck
                )
    what = f"{page.name} figures of columns {chosen.figures} one further right"
    return Change(replaced(base, chosen.page, page), what, must_say=True, sheet=page.name)


def other_in_brackets(base: Base, rng: Random) -> Change | None:
    """Another member of the same list in brackets behind a heading, or its number: “Section 164 (trafficking)”."""
    spots = []
    heading = {(o.sheet, cell) for o in base.answer.said if o.value is not None for cell in heads_of(o)}
    for sheet, place in sorted(heading):
        text = _ink(base, sheet, place)
        tables = sorted({o.table for o in base.answer.said if o.sheet == sheet})
        for table in tables if isinstance(text, str) and "(" not in text else ():
            said = {pair for r in vocabulary(CATALOGUE, table).read(str(text)) for pair in r.dims}
            for name, code in said if len(said) == 1 else ():
                members = CATALOGUE.codes.get(CATALOGUE.tables[table].dimension(name).codes, {}).values()
                others = [
                    s
                    for m in members
                    if m.code not in (code, "_T")
                    for s in m.spellings
                    if s[0] != "=" and bare(f"{text} {s}") not in map(bare, m.spellings)  # its own name
                ]
                if others and "+" not in code and name not in NARROWED:
                    spots.append((sheet, place, text, others))
    chosen = pick(rng, spots)
    if chosen is None:
        return None
    sheet, place, text, spellings = chosen  # type: ignore[misc]
    new = f"{text} ({rng.choice(spellings)})"  # type: ignore[arg-type]
    return Change(with_value(base, sheet, place, new), f"{at(*place)} ← {new!r}", must_say=True, sheet=sheet)  # type: ignore[arg-type]


MISHAPS = (
    second_cover, header_again, row_twice, column_twice, letter_for_digit, block_as_text, subtotal, mistype_year,
    in_thousands, label_pasted, merge_figures, paste_right, other_in_brackets,
)  # fmt: skip
