"""What people do to whole tables: rows moved, lines put in, copies with another year, other formats.

Each gives a `Change` for the judgement in `changes.py`, or None where the workbook has nothing to do it to.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from random import Random

from changes import (
    YEAR,
    Base,
    Change,
    Said,
    Where,
    content,
    figures,
    headings,
    moved,
    on,
    page_of,
    pick,
    place_of,
    replaced,
    with_value,
)
from drafts import CATALOGUE, Draft, Page, Place, Value, at, key_of
from saved import save_csv, save_ods

from thb_analysis.ingest.words.labels import vocabulary


@dataclass(frozen=True)
class List:
    """Rows that touch, each with its own labels and figures and nothing else."""

    page: Page
    table: str
    rows: range
    labels: tuple[int, ...]  #: columns
    figures: tuple[int, ...]

    def texts(self, row: int) -> list[str]:
        return [str(self.page.cells[(row, column)].value) for column in self.labels]

    def is_total(self, row: int) -> bool:
        words = vocabulary(CATALOGUE, self.table)
        return any(reading.total for text in self.texts(row) for reading in words.read(text))

    def is_part(self, row: int) -> bool:
        words = vocabulary(CATALOGUE, self.table)
        return any(reading.part for text in self.texts(row) for reading in words.read(text))


def lists(base: Base, shortest: int = 2) -> list[List]:
    """The lists of a workbook whose rows could change places."""
    found = []
    for page in base.draft.pages:
        if page.hidden_rows or page.hidden_columns:
            continue
        told = {place_of(o.cell): o.table for o in base.answer.said if o.sheet == page.name}
        heads = {place for sheet, kind, place in headings(base) if sheet == page.name and kind == "row"}
        lines: dict[int, tuple[object, ...]] = {}
        for row in {row for row, _ in told}:
            cells = [place for place in page.cells if place[0] == row]
            tables = {told[place] for place in cells if place in told}
            labels = tuple(sorted(c for r, c in cells if (r, c) in heads and (r, c) not in told))
            columns = tuple(sorted(c for r, c in told if r == row))
            whole = all(place in told or place in heads for place in cells)
            merged = any(merge[0] <= row <= merge[2] for merge in page.merges)
            if whole and not merged and labels and len(tables) == 1 and max(labels) < min(columns):
                lines[row] = (tables.pop(), labels, columns)
        for first in sorted(lines):
            last = first
            while lines.get(last + 1) == lines[first]:
                last += 1
            if lines.get(first - 1) != lines[first] and last - first + 1 >= shortest:
                table, labels, columns = lines[first]
                found.append(List(page, table, range(first, last + 1), labels, columns))  # type: ignore[arg-type]
    return found


def _reordered(base: Base, page: Page, order: dict[int, int], what: str) -> Change:
    def move(place: Place) -> Place:
        return order.get(place[0], place[0]), place[1]

    return Change(replaced(base, page, moved(page, move)), what, sheet=page.name, move=on(page.name, move))


def sort_rows(base: Base, rng: Random) -> Change | None:
    """The rows of a list in another order, each whole; no list with parts, which belong to the row before them."""
    fit = [one for one in lists(base) if not any(map(one.is_part, one.rows))]
    chosen = pick(rng, fit)
    if not isinstance(chosen, List):
        return None
    free = [row for row in chosen.rows if not chosen.is_total(row)]
    mixed = rng.sample(free, len(free))
    return _reordered(
        base, chosen.page, dict(zip(free, mixed, strict=True)), f"{chosen.page.name} {free} → {mixed}"
    )


def move_total(base: Base, rng: Random) -> Change | None:
    """The row of a total between the others."""
    fit = [
        (one, row)
        for one in lists(base, 3)
        for row in one.rows
        if one.is_total(row) and not any(map(one.is_part, one.rows))
    ]
    chosen = pick(rng, fit)
    if chosen is None:
        return None
    one, row = chosen  # type: ignore[misc]
    rest = [other for other in one.rows if other != row]
    spot = rng.randrange(len(rest) + 1)
    order = dict(zip([*rest[:spot], row, *rest[spot:]], one.rows, strict=True))
    return _reordered(base, one.page, order, f"{one.page.name} total {row} → {order[row]}")


def paste_lower(base: Base, rng: Random) -> Change | None:
    """The figures of a list one row lower than their labels: all of them are wrong, and it must be said."""
    fit = []
    for one in lists(base):
        below = one.rows[-1] + 1
        taken = any((below, column) in one.page.cells for column in one.figures)
        merged = any(merge[0] <= below <= merge[2] for merge in one.page.merges)
        filled = all((one.rows[0], column) in one.page.cells for column in one.figures)
        told = {place_of(o.cell) for o in base.answer.said if o.sheet == one.page.name}
        heads = {place for sheet, _, place in headings(base) if sheet == one.page.name}
        listed = any((below, column) in told for column in one.figures)  # a blank place of the list
        listed = listed or any((below, column) in heads for column in one.labels)
        whole = all((below, column) in one.page.cells for column in one.labels)
        words = vocabulary(CATALOGUE, one.table)
        said = [
            r for column in one.labels if whole for r in words.read(str(one.page.cells[below, column].value))
        ]
        # another line, whatever its labels say, or one that lies fallow
        listed = listed or (whole and len(one.labels) > 1) or any(reading.dims for reading in said)
        if not taken and not merged and filled and not listed:
            fit.append(one)
    chosen = pick(rng, fit)
    if not isinstance(chosen, List):
        return None
    page = chosen.page.copy()
    for row in reversed(chosen.rows):
        for column in chosen.figures:
            ink = page.cells.pop((row, column), None)
            if ink is not None:
                page.cells[(row + 1, column)] = ink
    what = f"{page.name} figures of rows {chosen.rows[0]}-{chosen.rows[-1]} one lower"
    return Change(replaced(base, chosen.page, page), what, must_say=True, sheet=page.name)


def merge_heading(base: Base, rng: Random) -> Change | None:
    """A heading merged over one column more, which has a heading of its own there, or over one less."""
    spots = []
    for sheet, kind, (row, column) in headings(base):
        page = page_of(base.draft, sheet)
        if kind != "column":
            continue
        known = next((m for m in page.merges if m[:2] == (row, column)), (row, column, row, column))
        top, left, bottom, right = known
        beside = {(r, right + 1) for r in range(top, bottom + 1)}
        free = not any(
            m != known and any(m[0] <= r <= m[2] and m[1] <= c <= m[3] for r, c in beside)
            for m in page.merges
        )
        if free and beside & page.cells.keys():
            spots.append((page, known, (top, left, bottom, right + 1)))
        if right > left:
            spots.append((page, known, (top, left, bottom, right - 1)))
    chosen = pick(rng, spots)
    if chosen is None:
        return None
    page, old, new = chosen  # type: ignore[misc]
    other = page.copy()
    other.merges = [merge for merge in page.merges if merge != old]
    if new[:2] != new[2:]:
        other.merges.append(new)
    return Change(replaced(base, page, other), f"{page.name} merged {old} → {new}")


def separators(base: Base, rng: Random) -> Change | None:
    """Thousands separators in some cells, as text."""
    large = [
        (sheet, place)
        for sheet, place, _ in figures(base)
        if abs(page_of(base.draft, sheet).cells[place].value) >= 1000  # type: ignore[arg-type]
        and not page_of(base.draft, sheet).cells[place].formula
    ]
    if not large:
        return None
    draft, told = base.draft.copy(), []
    for sheet, place in rng.sample(large, min(len(large), rng.randint(1, 3))):
        value = page_of(draft, sheet).cells[place].value
        separator = rng.choice([" ", "\u00a0", "\u202f", ".", ",", "'"])
        whole, _, rest = str(value).partition(".")
        text = f"{int(whole):,}".replace(",", separator) + (f",{rest}" if rest else "")
        page_of(draft, sheet).put(place, text)
        told.append(f"{at(*place)} {text!r}")
    return Change(draft, ", ".join(told))


def footnote_mark(base: Base, rng: Random) -> Change | None:
    """Footnote marks at some numbers."""
    plain = [f for f in figures(base) if not page_of(base.draft, f[0]).cells[f[1]].formula]
    if not plain:
        return None
    draft, told = base.draft.copy(), []
    mark = rng.choice(["*", "**", " *", "*)", " 1)", "1)", "¹", "¹⁾", " ¹", "†", " (1)", "a"])
    for sheet, place, _ in rng.sample(plain, min(len(plain), rng.randint(1, 3))):
        value = str(page_of(draft, sheet).cells[place].value).replace(".", ",")
        page_of(draft, sheet).put(place, value + mark, rich=rng.random() < 0.5)
        told.append(f"{at(*place)} {value + mark!r}")
    return Change(draft, ", ".join(told))


def lined(base: Base, page: Page, axis: int, where: int, cells: dict[Place, Value], what: str) -> Change:
    """A line put in before the row (axis 0) or the column `where`, with what stands on it."""

    def move(place: Place) -> Place:
        row, column = place
        return (row + (axis == 0 and row >= where), column + (axis == 1 and column >= where))

    new = moved(page, move)
    for place, value in cells.items():
        new.put(place, value)
    return Change(replaced(base, page, new), what, sheet=page.name, move=on(page.name, move))


def right_below_headings(base: Base) -> list[List]:
    """Lists whose first row stands right below the headings of their columns."""
    over = {(sheet, place[0] + 1) for sheet, kind, place in headings(base) if kind == "column"}
    return [one for one in lists(base, 1) if (one.page.name, one.rows[0]) in over]


def unit_row(base: Base, rng: Random) -> Change | None:
    """A row of units between headings and figures, right or in thousands."""
    chosen = pick(rng, right_below_headings(base))
    if not isinstance(chosen, List):
        return None
    own = CATALOGUE.codes["unit"][CATALOGUE.tables[chosen.table].unit].spellings
    word = rng.choice([*own, "skaits", "tūkst. euro", "%"])
    wrong = word in ("tūkst. euro", "%")
    if wrong and CATALOGUE.tables[chosen.table].values == "indicator":
        return None
    text = rng.choice([word, f"({word})"])
    row = chosen.rows[0]
    what = f"{chosen.page.name} row {row} of {text!r}"
    change = lined(base, chosen.page, 0, row, {(row, column): text for column in chosen.figures}, what)
    return replace(change, must_say=wrong)


def comment_column(base: Base, rng: Random) -> Change | None:
    """A column of remarks between or beside the figures of a list, with a number among them now and then."""
    chosen = pick(rng, right_below_headings(base))
    if not isinstance(chosen, List):
        return None
    column = rng.choice([*chosen.figures, chosen.figures[-1] + 1])
    cells: dict[Place, Value] = {
        (chosen.rows[0] - 1, column): rng.choice(["Piezīmes", "Komentāri", "Piezīme", "Notes"])
    }
    numbered = rng.random() < 0.25
    for row in chosen.rows:
        if rng.random() < 0.6:
            cells[(row, column)] = rng.choice(
                ["precizēts", "bez izmaiņām", "sk. pielikumu", "dati no IC", "pārbaudīts atkārtoti", "ok"]
            )
    if numbered:
        cells[(rng.choice(chosen.rows), column)] = rng.choice([5, 12])
    change = lined(
        base, chosen.page, 1, column, cells, f"{chosen.page.name} remarks in column {column}: {cells}"
    )
    return replace(change, must_say=numbered)


def _dated(page: Page, base: Base) -> int | None:
    """The one year of a page's figures, where its texts name that year and no other."""
    years = {o.year for o in base.answer.said if o.sheet == page.name}
    named = {int(year) for ink in page.cells.values() for year in YEAR.findall(str(ink.value))}
    return years.pop() if len(years) == 1 and named == years else None  # type: ignore[return-value]


def _earlier(page: Page, year: int) -> Page:
    """A copy of a page about the year before."""
    new = page.copy()
    for place, ink in page.cells.items():
        if isinstance(ink.value, str):
            new.cells[place] = replace(ink, value=ink.value.replace(str(year), str(year - 1)))
        elif ink.value == year:
            new.cells[place] = replace(ink, value=year - 1)
    return new


def _said_earlier(
    base: Base, page: Page, year: int, where: Callable[[Place], Where], left: bool = False
) -> dict[Said, set[Where]]:
    """What a copy of a page says of the year before; `left` as it was, only what no title and no heading dates."""
    more: dict[Said, set[Where]] = {}
    for o in base.answer.said:
        if o.sheet == page.name and not (left and "year from" not in o.headings):
            told = o._replace(year=year - 1)
            more.setdefault((key_of(told), content(told)), set()).add(where(place_of(o.cell)))
    return more


def copy_below(base: Base, rng: Random) -> Change | None:
    """The table of a sheet once more under it, with the year before in its title."""
    fit = [(page, year) for page in base.draft.pages if (year := _dated(page, base)) is not None]
    chosen = pick(
        rng, [(page, year) for page, year in fit if not page.hidden_rows and not page.hidden_columns]
    )
    if chosen is None:
        return None
    page, year = chosen  # type: ignore[misc]
    down = page.extent[0] + rng.randint(1, 3)
    lower = moved(_earlier(page, year), lambda place: (place[0] + down, place[1]))
    both = page.copy()
    both.cells |= lower.cells
    both.merges += lower.merges
    more = _said_earlier(base, page, year, lambda place: (page.name, at(place[0] + down, place[1])))
    return Change(replaced(base, page, both), f"{page.name} again at {down}, of {year - 1}", more=more)


def copy_sheet(base: Base, rng: Random) -> Change | None:
    """A sheet copied and named for the year before: its title changed with it, or left as it was."""
    fit = [(page, year) for page in base.draft.pages if (year := _dated(page, base)) is not None]
    chosen = pick(rng, [(page, year) for page, year in fit if not YEAR.search(page.name)])
    if chosen is None:
        return None
    page, year = chosen  # type: ignore[misc]
    left = rng.random() < 0.6
    new = page.copy() if left else _earlier(page, year)
    new.name = rng.choice([str(year - 1), f"{year - 1}. gads", f"{page.name[:20]} {year - 1}"])
    if any(other.name.lower() == new.name.lower() for other in base.draft.pages):
        return None
    draft = base.draft.copy()
    draft.pages.append(new)
    more = _said_earlier(base, page, year, lambda place: (new.name, at(*place)), left)
    what = f"{page.name} copied as {new.name}, its title {'left' if left else 'changed'}"
    dated = [o for o in base.answer.said if o.sheet == page.name and "year from" not in o.headings]
    # without a year in a title or heading, the sheet's name is all that dates it: a sound workbook
    return Change(draft, what, must_say=left and bool(dated), sheet=new.name if left else "", more=more)


def filter_rows(base: Base, rng: Random) -> Change | None:
    """Some rows of a list hidden by a filter."""
    chosen = pick(rng, lists(base, 3))
    if not isinstance(chosen, List):
        return None
    draft = base.draft.copy()
    page = page_of(draft, chosen.page.name)
    rows = rng.sample(chosen.rows, rng.randint(1, len(chosen.rows) - 1))
    page.hidden_rows |= set(rows)
    return Change(draft, f"{page.name} filtered {sorted(rows)}", must_say=True, sheet=page.name)


def date_heading(base: Base, rng: Random) -> Change | None:
    """A heading that the program took for a date."""
    found = [(s, p) for s, _, p in headings(base) if p in page_of(base.draft, s).cells]
    chosen = pick(rng, found)
    if chosen is None:
        return None
    sheet, place = chosen  # type: ignore[misc]
    text = page_of(base.draft, sheet).cells[place].value
    new = rng.choice([date(2021, 1, 15), date(2154, 1, 1), date(2022, 4, 15)])
    return Change(
        with_value(base, sheet, place, new), f"{at(*place)} {text!r} → {new}", must_say=True, sheet=sheet
    )


def save_as_ods(base: Base, rng: Random) -> Change | None:
    """The workbook saved as OpenDocument."""
    if any(ink.formula for page in base.draft.pages for ink in page.cells.values()):
        return None
    draft = base.draft.copy()
    draft.file = draft.file.replace(".xlsx", ".ods")
    return Change(draft, "as ods", save=save_ods)


def save_as_csv(base: Base, rng: Random) -> Change | None:
    """The first sheet saved as text: nothing is merged, hidden or a formula any more."""
    page = base.draft.pages[0]
    if len(base.draft.pages) > 1 or any(ink.formula or ink.struck for ink in page.cells.values()):
        return None
    try:
        "".join(str(ink.value) for ink in page.cells.values()).encode("cp1257")
    except UnicodeEncodeError:
        return None
    draft = Draft(base.draft.file.replace(".xlsx", ".csv"), [page.copy()])
    name = draft.file.rpartition("/")[2].removesuffix(".csv")
    # a mark in a merged cell stood for every place, and now stands for one
    gone = {(page.name, at(*merge[:2])) for merge in page.merges}
    return Change(draft, "as csv", gone, save=save_csv, move=lambda sheet, place: (name, place))


ACCIDENTS = (
    sort_rows, move_total, paste_lower, merge_heading, separators, footnote_mark, unit_row, comment_column, copy_below,
    copy_sheet, filter_rows, date_heading, save_as_ods, save_as_csv,
)  # fmt: skip
