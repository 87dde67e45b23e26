"""Tables as people lay them out: random observations of any catalogue table, drawn in a random human layout.

`draw(rng)` gives a workbook and the facts that it states.  What a fact's default dimensions are follows from
the catalogue's definitions, worked out here anew so that the reader is not asked about itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import product
from random import Random

from drafts import CATALOGUE, RAISED, Draft, Ink, Key, Page, Place, Value, at

from thb_analysis.definitions import TOTAL, Dimension, Table

NO_BREAK, NARROW = "\u00a0", "\u202f"  #: spaces
YEARS = range(2016, 2025)
GRID_TABLES = [
    t
    for t in CATALOGUE.tables.values()
    if t.values in ("count", "amount", "indicator") and all(d.codes for d in t.dimensions)
]
LETTERHEAD = ["Latvijas Republika", "Rīgā", "14.02.2024. Nr. 1-12/34", "Pielikums", "Atbilde uz pieprasījumu"]
ENDINGS = ["Avots: TIS", "Dati atlasīti 14.01.2024.", "Source: TIS", "Izpildītājs: statistikas nodaļa"]


@dataclass(frozen=True)
class Fact:
    """What one cell says, and where it stands."""

    key: Key
    told: str
    sheet: str
    cell: str


@dataclass
class Block:
    """One table in cells of its own, 1-based from its corner, with what its figures' places mean."""

    cells: dict[Place, Ink] = field(default_factory=dict)
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)
    meant: dict[Place, dict[str, str]] = field(default_factory=dict)  #: a figure's place → codes, with "year"
    notes: list[str] = field(default_factory=list)

    def turned(self) -> Block:
        return Block(
            {(c, r): ink for (r, c), ink in self.cells.items()},
            [(left, top, right, bottom) for top, left, bottom, right in self.merges],
            {(c, r): dims for (r, c), dims in self.meant.items()},
            self.notes,
        )

    @property
    def size(self) -> tuple[int, int]:
        places = [*self.cells, *self.meant]
        return max(r for r, _ in places), max(c for _, c in places)


# what is to be said ------------------------------------------------------------------------------------


@dataclass
class Story:
    """One table's observations before they are drawn: the dimensions of its rows and columns, and the rest."""

    table: Table
    file_year: int
    sender: str
    rows: list[tuple[str, list[str]]]  #: (dimension, codes), the outermost first
    columns: list[tuple[str, list[str]]]
    fixed: dict[str, str]  #: dimensions that the title states

    @property
    def dimensions(self) -> set[str]:
        return {name for name, _ in (*self.rows, *self.columns)} | set(self.fixed)


def tell(rng: Random, table: Table, sender: str, year: int) -> Story:
    """Choose which dimensions a table's rows and columns have, and which members."""
    required = [
        d for d in table.dimensions if not (d.default or d.by_sender or d.by_year or d.open or d.prefix_of)
    ]
    names = [d.name for d in required if not (table.id == "measure_tallies" and d.name == "breakdown")]
    optional = [d.name for d in table.dimensions if d.default and d.name not in ("identification",)]
    rng.shuffle(optional)
    names += optional[: rng.choice([0, 0, 1, 1, 2])]
    fixed: dict[str, str] = {}
    axes: list[tuple[str, list[str]]] = []
    for name in names:
        codes = members(rng, table, name, year)
        if name == "article" and len(names) > 1 and rng.random() < 0.3:
            fixed[name] = codes[0]
        else:
            axes.append((name, codes))
    if rng.random() < 0.45:
        span = rng.choice([2, 2, 3, 4])
        axes.append(("year", [str(y) for y in range(year - span + 1, year + 1)]))
    if not axes:
        axes.append(("year", [str(year)]))
    rng.shuffle(axes)
    cut = rng.randint(1, min(2, len(axes)))
    if table.id == "measure_tallies":
        cut = max(cut, len(axes) - 2)
    return (
        Story(table, year, sender, axes[:cut], axes[cut : cut + 2], fixed)
        if len(axes) - cut <= 2
        else tell(rng, table, sender, year)
    )


def members(rng: Random, table: Table, name: str, year: int) -> list[str]:
    """Some codes of a dimension, as would stand together in a table."""
    dimension = table.dimension(name)
    known = CATALOGUE.codes[dimension.codes]
    codes = [code for code in known if code not in (TOTAL, "_U") and known[code].valid_in(year)]
    if name == "citizenship":
        codes = ["LV", "LV-NC", *rng.sample([c for c in codes if known[c].parent], 4)]
    if name == "registered_by":
        codes = rng.choice([["NGO", "VP", "foreign_authority"], ["MARTA", "DM", "VP"]])
    if name == "member":
        codes = [c for c in codes if c.isdigit() == (rng.random() < 0.5)] or codes
        kind = codes[0].isdigit()
        codes = [c for c in codes if c.isdigit() == kind]
    if name == "age_group":
        return ["child", "adult"]
    if name == "sex":
        return ["F", "M"]
    chosen = rng.sample(codes, min(len(codes), rng.choice([1, 2, 2, 3, 4])))
    if rng.random() < 0.15 and "_U" in known:
        chosen.append("_U")
    return chosen


def full(story: Story, said: dict[str, str]) -> dict[str, str]:
    """Every dimension of a figure, those not said by the catalogue's rules."""
    found = {**story.fixed, **said}
    for dimension in story.table.dimensions:
        if dimension.name not in found:
            found[dimension.name] = _default(dimension, story, found)
    return {name: found[name] for name in ("year", *story.table.dimension_names) if name in found}


def _default(dimension: Dimension, story: Story, found: dict[str, str]) -> str:
    known = CATALOGUE.codes.get(dimension.codes, {})
    if dimension.by_sender and story.sender in known:
        return story.sender
    if dimension.by_year:
        return next(code for code, member in known.items() if member.valid_in(story.file_year))
    if dimension.name == "breakdown":
        return dict(CATALOGUE.codes["member"][found["member"]].implies)["breakdown"]
    return dimension.default


# words ---------------------------------------------------------------------------------------------------


def label(rng: Random, table: Table, name: str, code: str, style: int, lang: str) -> Value:
    """One of the ways to write a member, or a year."""
    if name == "year":
        forms: list[Value] = [int(code), code, f"{code}.", f"{code}. gads", f"{code}.g.", f"{code}. gadā"]
        return forms[style % len(forms)]
    if name == "article" and code != TOTAL:
        return article(code, style)
    member = CATALOGUE.codes[table.dimension(name).codes][code]
    text = member.label[lang] if rng.random() < 0.4 else rng.choice(member.spellings)
    if text == code:
        return text  # a code is written as it is
    return rng.choice(
        [text, text.capitalize(), text.upper() if len(text) > 4 else text, f" {text}", f"{text} "]
    )


def article(code: str, style: int) -> Value:
    """An article's number as one office or another types it."""
    whole, _, point = code.partition(".")
    raised = RAISED[int(point)] if point else ""
    bare: Value = float(code) if point else int(code)
    shown = f"{whole}.{raised}"
    forms: list[Value] = [
        bare,
        code,
        f"KL {code}",
        f"{shown} pants",
        f"{whole}. {raised} pants".replace("  ", " "),
        f"{shown}p." if point else f"{whole}.p.",
        f"KL {shown} pants",
        f"{code}. pants",
        f"Section {shown}" if point else f"Section {whole}",
        CATALOGUE.codes["article"][code].label["lv"],
    ]
    return forms[style % len(forms)]


def title_of(rng: Random, story: Story, year_in: bool) -> str:
    """A title as people write it: a synonym, what is fixed, the year."""
    names = {word for words in CATALOGUE.words["dimensions"].values() for word in words}
    text = rng.choice([t for t in story.table.titles if t not in names])
    for name, code in story.fixed.items():
        fixed = label(rng, story.table, name, code, rng.choice([3, 6, 7]), "lv")
        text += f" ({fixed})" if rng.random() < 0.5 else f", {fixed}"
    if story.table.unit == "EUR" and rng.random() < 0.3:
        text += ", euro"
    if year_in:
        year = story.file_year
        text = rng.choice(
            [f"{text} {year}. gadā", f"{text}, {year}. gads", f"{text} {year}", f"{year}. gads. {text}"]
        )
    return rng.choice([text, text.capitalize(), text.upper()])


# figures -------------------------------------------------------------------------------------------------


def figure(rng: Random, story: Story, dims: dict[str, str]) -> tuple[Ink | None, str]:
    """A value as typed, and what it says."""
    dice = rng.random()
    if dice < 0.06:
        return None, "M"
    if dice < 0.11:
        return Ink(rng.choice(["-", "–", "—", " - "])), "Z"
    if dice < 0.15:
        return Ink(rng.choice(["n/a", "nav datu", "…", "N/A"])), "L"
    if dice < 0.25:
        return Ink(0), "0"
    if story.table.values == "amount":
        return amount(rng)
    count = rng.choice(
        [rng.randint(1, 40), rng.randint(1, 40), rng.randint(41, 999), rng.randint(3000, 40000)]
    )
    dice = rng.random()
    if dice < 0.8 or story.table.values == "indicator":
        return Ink(count), str(count)
    if dice < 0.9:
        return Ink(
            rng.choice([f" {count} ", grouped(count, " "), grouped(count, "\u00a0"), str(count)])
        ), str(count)
    return Ink(f"{count} {unit_word(story, dims)}"), str(count)


def amount(rng: Random) -> tuple[Ink, str]:
    """Money as typed."""
    cents = rng.randint(100_00, 3_000_000_00)
    exact = Decimal(cents) / 100
    told = format(exact.normalize(), "f")
    whole, part = divmod(cents, 100)
    typed = f"{grouped(whole, ' ')},{part:02}"
    forms: list[Value] = [
        float(exact), float(exact), f"{typed} euro", f"EUR {typed}",
        f"{grouped(whole, '.')},{part:02}" if whole > 999 else typed,
        f"{grouped(whole, NO_BREAK)},{part:02} EUR", f"€ {grouped(whole, NARROW)},{part:02}",
    ]  # fmt: skip
    return Ink(rng.choice(forms)), told


def grouped(number: int, mark: str) -> str:
    return f"{number:,}".replace(",", mark)


def unit_word(story: Story, dims: dict[str, str]) -> str:
    unit = story.table.unit
    for name, code in dims.items():
        if name in story.table.dimension_names:
            member = CATALOGUE.member(story.table, name, code)
            unit = member.unit if member is not None and member.unit else unit
    return CATALOGUE.codes["unit"][unit].label["lv"]


# drawing a block -----------------------------------------------------------------------------------------


def crosstab(rng: Random, story: Story, lang: str) -> Block:
    """Rows and columns of headings, one to four levels, with or without totals."""
    block = Block()
    styles = {name: rng.randrange(60) for name in sorted(story.dimensions | {"year"})}
    lead, extra = len(story.rows), 0
    ordinal = rng.random() < 0.12 and len(story.rows) == 1 and len(story.rows[0][1]) > 1
    if ordinal:
        lead, extra = lead + 1, 1
    head = len(story.columns)
    bare = head == 0
    heading = rng.random() < 0.6
    if bare and heading:
        head = 1
    rows = list(product(*(codes for _, codes in story.rows)))
    columns = list(product(*(codes for _, codes in story.columns)))
    total_row, total_column = total_at(rng, story.rows), total_at(rng, story.columns)
    row_at = spread(len(rows), total_row, head)
    column_at = spread(len(columns), total_column, lead)
    _headings(rng, block, story, story.rows, rows, row_at, styles, lang, extra, turned=True)
    _headings(rng, block, story, story.columns, columns, column_at, styles, lang, 0, turned=False)
    if bare and heading:
        block.cells[(1, lead + 1)] = Ink(
            rng.choice(
                ["Skaits", "skaits", "Vērtība"]
                if story.table.values != "amount"
                else ["Vērtība, euro", "Summa (EUR)"]
            )
        )
    if ordinal:
        if head:
            block.cells[(1, 1)] = Ink(rng.choice(["Nr. p. k.", "Nr.", "N.p.k."]))
        for number, line in enumerate(row_at, 1):
            block.cells[(line, 1)] = Ink(rng.choice([number, f"{number}."]))
    if head and rng.random() < 0.5:
        for level, (name, _) in enumerate(story.rows, 1):
            put_word(block, (head, level + extra), dimension_name(rng, name))
    values: dict[Place, int | None] = {}
    for row, codes in zip(row_at, rows, strict=True):
        for column, others in zip(column_at, columns, strict=True):
            said = dict(zip([n for n, _ in story.rows], codes, strict=True))
            said |= dict(zip([n for n, _ in story.columns], others, strict=True))
            dims = full(story, said)
            ink, told = figure(rng, story, dims)
            if ink is not None:
                block.cells[(row, column)] = ink
            block.meant[(row, column)] = {**dims, "": told}
            values[(row, column)] = int(told) if told.isdigit() and story.table.values == "count" else None
    _totals(rng, block, story, values, row_at, column_at, total_row, total_column, head, lead)
    return block


def put_word(block: Block, place: Place, word: str) -> None:
    if word:
        block.cells[place] = Ink(word)


def total_at(rng: Random, axes: list[tuple[str, list[str]]]) -> str:
    names = [name for name, _ in axes]
    summed = {
        "article",
        "sex",
        "age_group",
        "citizenship",
        "exploitation_form",
        "member",
        "registered_by",
        "place",
    }
    if not names or not set(names) <= summed or (len(axes) == 1 and len(axes[0][1]) < 2):
        return ""
    return rng.choice(["", "", "first", "last", "last", "both"])


def spread(count: int, total: str, before: int) -> list[int]:
    start = before + 1 + (total in ("first", "both"))
    return list(range(start, start + count))


def dimension_name(rng: Random, name: str) -> str:
    words = ["gads", "year"] if name == "year" else CATALOGUE.words["dimensions"].get(name, [""])
    return str(rng.choice(words[:2])).capitalize()


def _headings(
    rng: Random,
    block: Block,
    story: Story,
    axes: list[tuple[str, list[str]]],
    lines: list[tuple[str, ...]],
    at_lines: list[int],
    styles: dict[str, int],
    lang: str,
    extra: int,
    turned: bool,
) -> None:
    way = rng.choice(["merged", "merged", "blank", "repeated"])
    texts = {
        (name, code): label(rng, story.table, name, code, styles[name], lang)
        for name, codes in axes
        for code in codes
    }
    for level, (name, _) in enumerate(axes):
        before: tuple[str, ...] | None = None
        start = 0
        for line, codes in zip(at_lines, lines, strict=True):
            same = before == codes[: level + 1] and level < len(axes) - 1
            if not same:
                start = line
            if not same or way == "repeated":
                place = (line, level + 1 + extra) if turned else (level + 1, line)
                block.cells[place] = Ink(texts[(name, codes[level])], rich=rng.random() < 0.5)
            elif way == "merged":
                merge = (
                    (start, level + 1 + extra, line, level + 1 + extra)
                    if turned
                    else (level + 1, start, level + 1, line)
                )
                block.merges = [m for m in block.merges if m[:2] != merge[:2]] + [merge]
            before = codes[: level + 1]


def _totals(
    rng: Random,
    block: Block,
    story: Story,
    values: dict[Place, int | None],
    row_at: list[int],
    column_at: list[int],
    total_row: str,
    total_column: str,
    head: int,
    lead: int,
) -> None:
    """Totals that are right, only where every part is a number."""
    word = rng.choice(["Kopā", "kopā", "Pavisam", "KOPĀ:", "Total"])
    whole = story.table.values == "count" and all(v is not None for v in values.values())
    if not whole:
        block_shift(block, total_row, total_column, head, lead)
        return
    at_rows = [(head + 1, "first"), (row_at[-1] + 1, "last")]
    at_columns = [(lead + 1, "first"), (column_at[-1] + 1, "last")]
    rows = [r for r, where in at_rows if total_row in (where, "both")]
    columns = [c for c, where in at_columns if total_column in (where, "both")]
    row_names, column_names = {n for n, _ in story.rows}, {n for n, _ in story.columns}
    sums: dict[Place, int] = {}
    for row in rows:
        block.cells[(row, lead - len(story.rows) + 1)] = Ink(word)
        for column in column_at:
            sums[(row, column)] = sum(values[(r, column)] or 0 for r in row_at)
            meant = dict(block.meant[(row_at[0], column)])
            block.meant[(row, column)] = {**meant, **dict.fromkeys(row_names, TOTAL)}
    for column in columns:
        block.cells[(1, column)] = Ink(word)
        for row in row_at:
            sums[(row, column)] = sum(values[(row, c)] or 0 for c in column_at)
            meant = dict(block.meant[(row, column_at[0])])
            block.meant[(row, column)] = {**meant, **dict.fromkeys(column_names, TOTAL)}
    for row, column in product(rows, columns):
        sums[(row, column)] = sum(value or 0 for value in values.values())
        meant = dict(block.meant[(row_at[0], column_at[0])])
        block.meant[(row, column)] = {**meant, **dict.fromkeys(row_names | column_names, TOTAL)}
    for place, number in sums.items():
        block.cells[place] = Ink(number)
        block.meant[place][""] = str(number)


def block_shift(block: Block, total_row: str, total_column: str, head: int, lead: int) -> None:
    """Close the gap that was kept for totals which are not written."""
    down, right = int(total_row in ("first", "both")), int(total_column in ("first", "both"))

    def moved(place: Place) -> Place:
        return (
            place[0] - down if place[0] > head else place[0],
            place[1] - right if place[1] > lead else place[1],
        )

    block.cells = {moved(place): ink for place, ink in block.cells.items()}
    block.meant = {moved(place): dims for place, dims in block.meant.items()}
    block.merges = [(*moved(m[:2]), *moved(m[2:])) for m in block.merges]


def long_list(rng: Random, story: Story, lang: str) -> Block:
    """One line a figure, a column a dimension: `Gads | Pants | Skaits`."""
    block = Block()
    axes = [*story.rows, *story.columns]
    styles = {name: rng.randrange(60) for name in sorted(story.dimensions | {"year"})}
    for column, (name, _) in enumerate(axes, 1):
        put_word(block, (1, column), dimension_name(rng, name))
    block.cells[(1, len(axes) + 1)] = Ink("Summa, euro" if story.table.values == "amount" else "Skaits")
    for row, codes in enumerate(product(*(c for _, c in axes)), 2):
        said = dict(zip([n for n, _ in axes], codes, strict=True))
        dims = full(story, said)
        for column, (name, code) in enumerate(said.items(), 1):
            block.cells[(row, column)] = Ink(label(rng, story.table, name, code, styles[name], lang))
        ink, told = figure(rng, story, dims)
        if ink is not None:
            block.cells[(row, len(axes) + 1)] = ink
        block.meant[(row, len(axes) + 1)] = {**dims, "": told}
    return block


# drawing a sheet -----------------------------------------------------------------------------------------


def place_block(
    page: Page, block: Block, title: str, corner: Place, how: str, gap: int
) -> tuple[Place, list[tuple[Place, dict[str, str]]]]:
    """Put a block on a page with its title over it; gives the corner and the figures' places."""
    top, left = corner
    if title and how in ("cell", "merged"):
        page.put((top, left), title)
        if how == "merged" and block.size[1] > 1:
            page.merges.append((top, left, top, left + block.size[1] - 1))
        top += 1 + gap
    for (row, column), ink in block.cells.items():
        page.cells[(top + row - 1, left + column - 1)] = ink
    for first_row, first_column, last_row, last_column in block.merges:
        page.merges.append(
            (top + first_row - 1, left + first_column - 1, top + last_row - 1, left + last_column - 1)
        )
    placed = [((top + r - 1, left + c - 1), dims) for (r, c), dims in block.meant.items()]
    return (top, left), placed


def facts(story: Story, placed: list[tuple[Place, dict[str, str]]], page: Page) -> Iterator[Fact]:
    """What the figures on a page say."""
    for (row, column), dims in placed:
        said = {name: code for name, code in dims.items() if name}
        year = said.pop("year", str(story.file_year))
        sender = story.sender if story.table.by_institution else ""
        yield Fact(
            (story.table.id, year, tuple(sorted(said.items())), sender), dims[""], page.name, at(row, column)
        )


def draw(rng: Random) -> tuple[Draft, list[Fact]]:
    """A workbook in a random layout, and the facts in it."""
    year = rng.choice(YEARS)
    table = rng.choice(GRID_TABLES)
    sender = rng.choice(table.senders)
    lang = rng.choice(["lv", "lv", "lv", "en"])
    file = f"{year}/{sender}_{year}.xlsx"
    if table.by_institution or not rng.random() < 0.3:
        file = rng.choice([file, f"{sender}_{year}.xlsx", f"{year}/{sender}_{year}.xlsx"])
    pages: list[Page] = []
    stated: dict[Key, Fact] = {}
    stories = [tell(rng, table, sender, year)]
    if rng.random() < 0.35:
        others = [t for t in GRID_TABLES if sender in t.senders and t.id != table.id]
        if others:
            stories.append(tell(rng, rng.choice(others), sender, year))
    apart = rng.choice(["sheets", "beside", "stacked"])
    for story in stories:
        new = not pages or apart == "sheets"
        if new:
            pages.append(Page(f"Lapa{len(pages) + 1}"))
        page = pages[-1]
        _draw_on(rng, page, story, lang, new, apart, len(stories), stated)
    return Draft(file, pages), list(stated.values())


def _draw_on(
    rng: Random,
    page: Page,
    story: Story,
    lang: str,
    new: bool,
    apart: str,
    many: int,
    stated: dict[Key, Fact],
) -> None:
    block = long_list(rng, story, lang) if rng.random() < 0.12 else crosstab(rng, story, lang)
    if rng.random() < 0.25:
        block = block.turned()
    own_year = any(name == "year" for name, _ in (*story.rows, *story.columns))
    year_in = not own_year and rng.random() < 0.5
    title = title_of(rng, story, year_in)
    how = rng.choice(["cell", "cell", "cell", "merged", "sheet", "corner"])
    alone = new and (many == 1 or apart == "sheets")
    if how == "sheet":
        if alone and len(title) <= 31 and not set(title) & set("[]:*?/\\"):
            page.name = title.strip("'")
        else:
            how = "cell"
    if how == "corner":
        if (1, 1) in block.cells or (1, 1) in block.meant or (1, 2) not in block.cells:
            how = "cell"
        else:
            block.cells[(1, 1)] = Ink(title)
    if new:
        corner = (rng.choice([1, 1, 2, 4]), rng.choice([1, 1, 2, 3]))
        if rng.random() < 0.3:
            for line in rng.sample(LETTERHEAD, rng.randint(1, 3)):
                page.put(corner, line)
                corner = (corner[0] + 1, corner[1])
            corner = (corner[0] + rng.choice([1, 2]), corner[1])
    elif apart == "beside":
        top = min(row for row, _ in page.cells)
        corner = (top, page.extent[1] + rng.choice([2, 3]))
    else:
        corner = (page.extent[0] + rng.choice([2, 3]), min(column for _, column in page.cells))
    if not new and how == "sheet":
        how = "cell"
    _, placed = place_block(page, block, title, corner, how, rng.choice([0, 0, 1]))
    for fact in facts(story, placed, page):
        stated.setdefault(fact.key, fact)
    if rng.random() < 0.3 and (many == 1 or apart != "beside"):
        page.put((page.extent[0] + rng.choice([1, 2, 2]), corner[1]), rng.choice(ENDINGS))
    if rng.random() < 0.1:
        last = page.extent
        page.styled |= {(row, last[1] + 1) for row in range(1, last[0] + 1)}
