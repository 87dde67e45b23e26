"""Tables as a second hand lays them out, in words of its own: what is meant is written down before anything reads it.

`draw(rng)` gives a workbook and what each of its figures means.  Nothing here is taken from the catalogue, nor from the
layouts of `layouts.py`: the two hands were not told of each other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random

from drafts import Draft, Page, Place, Value, at

#: Table, year, and what is said beside: `("suspects", 2024, {("sex", "F")})`.
Meant = tuple[str, int, frozenset[tuple[str, str]]]
Labels = Sequence[tuple[str, Sequence[str]]]  #: the members of a dimension, each in several wordings
Line = tuple[Value, dict[str, str]]  #: a label and what it says

TITLES: dict[str, tuple[str, tuple[str, ...]]] = {
    "suspects": (
        "VP",
        (
            "Par aizdomās turētajiem atzīto personu skaits",
            "Personas, kurām noteikts aizdomās turētā statuss",
            "Aizdomās turēto personu skaits",
            "Aizdomās turētie",
            "Aizdomās turēto skaits pa pantiem",
        ),
    ),
    "persons_prosecuted": (
        "Prokuratura",
        (
            "Personas, kurām celta apsūdzība",
            "Apsūdzēto personu skaits",
            "Apsūdzētie",
            "Pie kriminālatbildības saukto personu skaits",
        ),
    ),
    "persons_convicted": (
        "TA",
        (
            "Notiesāto personu skaits",
            "Notiesātās personas pirmās instances tiesās",
            "Notiesātie",
            "Pirmajā instancē notiesāto personu skaits",
        ),
    ),
    "registered_offences": (
        "IC",
        ("Reģistrēto noziedzīgo nodarījumu skaits", "Reģistrētie noziedzīgie nodarījumi"),
    ),
    "criminal_proceedings": ("VP", ("Uzsākto kriminālprocesu skaits", "Uzsāktie kriminālprocesi")),
    "cases_sent_to_court": (
        "Prokuratura",
        ("Tiesai nodoto krimināllietu skaits", "Iztiesāšanai nodotās krimināllietas"),
    ),
    "cases_adjudicated": ("TA", ("Izskatītās krimināllietas", "Izskatīto krimināllietu skaits")),
    "victims": (
        "MARTA",
        (
            "Cilvēku tirdzniecības upuri",
            "Identificēto cilvēku tirdzniecības upuru skaits",
            "Cilvēku tirdzniecības upuru skaits",
            "Identificētie upuri",
        ),
    ),
}
PERSONS = ("suspects", "persons_prosecuted", "persons_convicted")
ARTICLES = ("154.1", "164", "165", "165.1", "195", "280", "285.2")
MEMBERS: dict[str, Labels] = {
    "sex": [("F", ("Sievietes", "sievietes", "siev.")), ("M", ("Vīrieši", "vīrieši", "vīr."))],
    "age_group": [
        ("adult", ("Pilngadīgie", "pilngadīgie", "Pilngadīgas personas")),
        ("child", ("Nepilngadīgie", "nepilngadīgie", "Nepilngadīgas personas")),
    ],
    "citizenship": [
        ("LV", ("Latvija", "Latvija", "Latvijas pilsoņi")),
        ("LT", ("Lietuva", "Lietuva", "Lietuvas pilsoņi")),
        ("UA", ("Ukraina", "Ukraina", "Ukrainas pilsoņi")),
        ("IN", ("Indija", "Indija", "Indijas pilsoņi")),
        ("PK", ("Pakistāna", "Pakistāna", "Pakistānas pilsoņi")),
        ("LV-NC", ("Latvijas nepilsoņi", "nepilsoņi", "Latvijas nepilsoņi")),
    ],
    "exploitation_form": [
        ("sexual", ("Seksuālā ekspluatācija", "seksuālā ekspluatācija", "Seksuālās ekspluatācijas nolūkā")),
        ("labour", ("Darba ekspluatācija", "darbaspēka ekspluatācija", "Darbaspēka ekspluatācijas nolūkā")),
        ("sham_marriage", ("Fiktīvās laulības", "fiktīvas laulības", "Fiktīvu laulību nolūkā")),
    ],
}
NAMES = {
    "sex": "Dzimums",
    "age_group": "Vecums",
    "citizenship": "Valstspiederība",
    "exploitation_form": "Ekspluatācijas veids",
}
BY = {
    "sex": "dzimuma",
    "age_group": "vecuma",
    "citizenship": "valstspiederības",
    "exploitation_form": "ekspluatācijas veida",
}
CORNERS = ("KL pants", "Pants", "Krimināllikuma pants", "KL panti")
TOTALS = ("Kopā", "KOPĀ", "Pavisam kopā", "Kopā:", "Pavisam")
OF_WHOM = ("t.sk. ", "tai skaitā ", "no tiem ", "t. sk. ")
LETTERHEADS = (
    "Latvijas Republika",
    "STATISTIKAS PĀRSKATS",
    "Pielikums 2",
    "Nr. 1-12/345",
    "Atbilde uz vēstuli Nr. 1-28/345",
    "Sagatavots: 12.02.2025.",
    "Dati no informācijas sistēmas",
    "Iesniedzējs: statistikas nodaļa",
    "Rīgā, 2025. gada 12. februārī",
)
ENDINGS = ("Avots: KRASS", "Piezīme. Dati precizēti.", "Izpildītājs: statistikas nodaļa", "Ar cieņu")
COUNTS = (0, 0, 1, 1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 15, 23, 48)


@dataclass
class Sheet:
    """What is drawn, and what its figures mean."""

    rng: Random
    table: str
    year: int
    page: Page = field(default_factory=lambda: Page("Lapa1"))
    meant: dict[Place, Meant] = field(default_factory=dict)
    counts: dict[Meant, int] = field(default_factory=dict)
    row: int = 1  #: the next one
    wording: int = 0

    def fact(self, year: int, *said: Mapping[str, str], table: str = "") -> Meant:
        every = {name: code for one in said for name, code in one.items()}
        return table or self.table, year, frozenset(every.items())

    def count(self, fact: Meant) -> int:
        return self.counts.setdefault(fact, self.rng.choice(COUNTS))

    def write(self, column: int, value: Value) -> None:
        self.page.put((self.row, column), value)

    def figure(self, column: int, fact: Meant, count: int | None = None) -> None:
        if count is not None:
            self.counts[fact] = count
        self.page.put((self.row, column), self.count(fact))
        self.meant[self.row, column] = fact

    def title(self, extra: str = "", year: int | None = None) -> None:
        said = self.rng.choice(TITLES[self.table][1]) + extra
        caption = self.rng.choice(("", "", "", "1. tabula. ", "1. "))
        if year is not None and self.rng.random() < 0.3:
            self.lines(caption + said, self.rng.choice((f"{year}. gads", f"par {year}. gadu")))
        else:
            ends = ("",) if year is None else (f" {year}. gadā", f", {year}. gads", f" ({year}. gads)")
            self.lines(caption + said + self.rng.choice(ends))
        self.row += self.rng.choice((0, 0, 1))

    def lines(self, *texts: str) -> None:
        for text in texts:
            self.write(1, text)
            self.row += 1

    def years(self) -> list[int]:
        return list(range(self.year - self.rng.randint(1, 4), self.year + 1))

    def members(self, name: str) -> list[Line]:
        some = list(MEMBERS[name])
        if name not in ("sex", "age_group"):
            some = self.rng.sample(some, self.rng.randint(2, len(some)))
        return [(texts[self.wording], {name: code}) for code, texts in some]

    def articles(self) -> list[Line]:
        others = self.rng.sample(ARTICLES[1:], self.rng.randint(1, 4))
        style = self.rng.randrange(6)
        return [(_article(code, style), {"article": code}) for code in sorted({"154.1", *others})]

    def subject(self) -> tuple[list[Line], str]:
        """What the lines of a table are, and what stands over them."""
        if self.table == "victims":
            name = self.rng.choice(("citizenship", "exploitation_form"))
            return self.members(name), NAMES[name]
        return self.articles(), self.rng.choice(CORNERS)

    def grid(self, corner: str, lines: Sequence[Line], columns: Sequence[Line], total: bool = False) -> None:
        """A label each line, a heading each column, maybe the sums of the lines."""
        numbered, counted = self.rng.random() < 0.2, self.rng.random() < 0.15
        first = 2 if numbered else 1
        if numbered:
            self.write(1, "Nr. p. k.")
        for column, (text, _) in enumerate([(corner, {}), *columns], first):
            self.write(column, text)
        self.row += 1
        if counted:
            for column in range(1, first + len(columns) + 1):
                self.write(column, column)
            self.row += 1
        for number, (text, said) in enumerate(lines, 1):
            if numbered:
                self.write(1, number)
            self.write(first, text)
            for column, (_, over) in enumerate(columns, first + 1):
                self.figure(column, self.of(said, over))
            self.row += 1
        if total:
            self.write(first, self.rng.choice(TOTALS))
            for column, (_, over) in enumerate(columns, first + 1):
                self.figure(column, self.of({}, over), sum(self.count(self.of(s, over)) for _, s in lines))
            self.row += 1

    def of(self, *said: Mapping[str, str]) -> Meant:
        """The fact that a line and a column say together; either may say the year or the table."""
        every = {name: code for one in said for name, code in one.items()}
        year, table = every.pop("year", str(self.year)), every.pop("table", "")
        return self.fact(int(year), every, table=table)

    def dated(self) -> list[Line]:
        style = self.rng.choice(("{}", "{}. gads", "{}.g.", "{}. gadā"))
        every = [(style.format(year), {"year": str(year)}) for year in self.years()]
        if style == "{}" and self.rng.random() < 0.7:
            return [(int(text), said) for text, said in every]
        return list(every)


def _article(code: str, style: int) -> Value:
    number, _, raised = code.partition(".")
    up = number + {"": "", "1": "¹", "2": "²"}[raised]
    plain = (code, f"KL {code}", f"KL {up}p." if raised else f"KL {number}.p.", f"{code}. pants")
    return (*plain, f"{number}.{up.removeprefix(number)} pants" if raised else f"{number}. pants", up)[style]


# layouts -------------------------------------------------------------------------------------------------


def lines_by_years(sheet: Sheet) -> None:
    sheet.title()
    lines, corner = sheet.subject()
    sheet.grid(corner, lines, sheet.dated(), sheet.rng.random() < 0.4)


def years_by_lines(sheet: Sheet) -> None:
    sheet.title()
    lines, _ = sheet.subject()
    sheet.grid("Gads", sheet.dated(), lines)


def lines_by_members(sheet: Sheet) -> None:
    sheet.title(year=sheet.year)
    lines, corner = sheet.subject()
    own = next(iter(lines[0][1]))
    name = sheet.rng.choice([name for name in MEMBERS if name != own])
    columns = sheet.members(name) if sheet.table in (*PERSONS, "victims") else [("Skaits", {})]
    sheet.grid(corner, lines, columns, sheet.rng.random() < 0.4)


def several_tables(sheet: Sheet) -> None:
    """Articles by what is counted: everything that one sender sends."""
    sender = TITLES[sheet.table][0]
    alike = [table for table, (other, _) in TITLES.items() if other == sender and table != "victims"]
    sheet.lines(f"Kriminālprocesu statistika {sheet.year}. gadā")
    sheet.grid(
        "Pants",
        sheet.articles(),
        [(sheet.rng.choice(TITLES[t][1]), {"table": t}) for t in alike or ["suspects"]],
    )


def questions(sheet: Sheet) -> None:
    sender = TITLES[sheet.table][0]
    alike = [table for table, (other, _) in TITLES.items() if other == sender and table != "victims"]
    sheet.lines(f"Informācija par cilvēku tirdzniecību {sheet.year}. gadā")
    for column, text in enumerate(("Nr.", "Rādītājs", "Skaits"), 1):
        sheet.write(column, text)
    sheet.row += 1
    for number, table in enumerate(alike or ["suspects"], 1):
        sheet.write(1, f"{number}.")
        sheet.write(2, sheet.rng.choice(TITLES[table][1]) + sheet.rng.choice((":", "", ", t.sk.:")))
        sheet.row += 1
        for part, (_, said) in enumerate(sheet.articles(), 1):
            sheet.write(1, f"{number}.{part}.")
            sheet.write(
                2, sheet.rng.choice(("pēc KL {} panta", "KL {}", "KL {} pants")).format(said["article"])
            )
            sheet.figure(3, sheet.fact(sheet.year, said, table=table))
            sheet.row += 1


def one_line_each(sheet: Sheet) -> None:
    """A list with a line for every figure."""
    sheet.title()
    names = ["article"] if sheet.table != "victims" else []
    if sheet.table in (*PERSONS, "victims"):
        names += sheet.rng.sample(list(MEMBERS), sheet.rng.randint(1, 2))
    for column, text in enumerate(("Gads", *("KL pants" if n == "article" else NAMES[n] for n in names)), 1):
        sheet.write(column, text)
    sheet.write(len(names) + 2, "Skaits")
    sheet.row += 1
    lines = {name: sheet.articles() if name == "article" else sheet.members(name) for name in names}
    told: set[Meant] = set()
    for year in [*sheet.years(), *sheet.years()]:
        chosen = [sheet.rng.choice(lines[name]) for name in names]
        fact = sheet.fact(year, *(said for _, said in chosen))
        if fact not in told:
            told.add(fact)
            for column, text in enumerate((year, *(text for text, _ in chosen)), 1):
                sheet.write(column, text)
            sheet.figure(len(names) + 2, fact)
            sheet.row += 1


def parts_of_lines(sheet: Sheet) -> None:
    """Articles, below each its women and men, and its minors."""
    sheet.title(year=sheet.year)
    sheet.write(1, "Rādītājs")
    sheet.write(2, "Skaits")
    sheet.row += 1
    start = sheet.rng.choice(OF_WHOM)
    for text, said in sheet.articles():
        whole = sheet.rng.randint(3, 40)
        women = sheet.rng.randint(1, whole - 1)
        parts = [
            (str(text), said, whole),
            (start + "sievietes", {**said, "sex": "F"}, women),
            (start + "vīrieši", {**said, "sex": "M"}, whole - women),
            (start + "nepilngadīgie", {**said, "age_group": "child"}, sheet.rng.randint(0, women)),
        ]
        for label, dims, count in parts[: sheet.rng.choice((2, 3, 4))]:
            sheet.write(1, label)
            sheet.figure(2, sheet.fact(sheet.year, dims), count)
            sheet.row += 1


def parts_in_columns(sheet: Sheet) -> None:
    sheet.title(year=sheet.year)
    lines, corner = sheet.subject()
    start = sheet.rng.choice(OF_WHOM)
    columns: list[Line] = [(sheet.rng.choice(TOTALS), {}), (start + "sievietes", {"sex": "F"})]
    columns.append((start + "nepilngadīgie", {"age_group": "child"}))
    for column, (text, _) in enumerate([(corner, {}), *columns], 1):
        sheet.write(column, text)
    sheet.row += 1
    for text, said in lines:
        sheet.write(1, text)
        whole = sheet.rng.choice(COUNTS)
        for column, (_, over) in enumerate(columns, 2):
            sheet.figure(column, sheet.of(said, over), sheet.rng.randint(0, whole) if over else whole)
        sheet.row += 1


def blocks(sheet: Sheet) -> None:
    """By sex, by age, by citizenship, each below its own subtitle."""
    said = {} if sheet.table == "victims" else {"article": "154.1"}
    sheet.title(" (KL 154.1)" if said else "", sheet.year)
    for name in sheet.rng.sample(list(MEMBERS), sheet.rng.randint(2, 4)):
        sheet.write(1, sheet.rng.choice((f"Pēc {BY[name]}", f"Sadalījumā pēc {BY[name]}", NAMES[name])))
        if sheet.rng.random() < 0.5:
            sheet.write(2, "Skaits")
        sheet.row += 1
        for text, own in sheet.members(name):
            sheet.write(1, text)
            sheet.figure(2, sheet.fact(sheet.year, said, own))
            sheet.row += 1
        sheet.row += sheet.rng.choice((0, 1, 1))


def two_levels(sheet: Sheet) -> None:
    """Years over women, men and their sum, merged or not."""
    sheet.title()
    lines, corner = sheet.subject()
    merged, wide = sheet.rng.random() < 0.5, [*sheet.members("sex"), (sheet.rng.choice(TOTALS), {})]
    top, columns = sheet.row, []
    sheet.write(1, corner)
    for number, (text, said) in enumerate(sheet.dated()):
        first = 2 + number * len(wide)
        sheet.page.put((top, first), text)
        for column, (label, own) in enumerate(wide, first):
            sheet.page.put((top + 1, column), label)
            columns.append((column, {**said, **own}, own))
        if merged:
            sheet.page.merges.append((top, first, top, first + len(wide) - 1))
    if merged:
        sheet.page.merges.append((top, 1, top + 1, 1))
    sheet.row += 2
    for text, said in lines:
        sheet.write(1, text)
        left = 0
        for column, over, own in columns:
            fact = sheet.of(said, over)
            left = left + sheet.count(fact) if own else left
            sheet.figure(column, fact, None if own else left)
            left = left if own else 0
        sheet.row += 1


def groups_of_rows(sheet: Sheet) -> None:
    """Each line's women and men on rows of their own, the line's label merged, repeated or written once."""
    sheet.title()
    lines, corner = sheet.subject()
    how = sheet.rng.choice(("merged", "once", "repeated"))
    dated = sheet.dated()
    for column, text in enumerate((corner, NAMES["sex"], *(text for text, _ in dated)), 1):
        sheet.write(column, text)
    sheet.row += 1
    for text, said in lines:
        first = sheet.row
        for label, own in sheet.members("sex"):
            if sheet.row == first or how == "repeated":
                sheet.write(1, text)
            sheet.write(2, label)
            for column, (_, year) in enumerate(dated, 3):
                sheet.figure(column, sheet.of(said, own, year))
            sheet.row += 1
        if how == "merged":
            sheet.page.merges.append((first, 1, sheet.row - 1, 1))


def stacked(sheet: Sheet) -> None:
    """A table of its own for each of the last years."""
    lines, corner = sheet.subject()
    for year in sheet.years()[-3:]:
        sheet.title(year=year)
        sheet.grid(corner, lines, [("Skaits", {"year": str(year)})], sheet.rng.random() < 0.4)
        sheet.row += sheet.rng.randint(0, 2)


def sections_of_years(sheet: Sheet) -> None:
    """The years on rows of their own between the lines."""
    sheet.title()
    lines, corner = sheet.subject()
    columns = sheet.members("sex")
    for column, (text, _) in enumerate([(corner, {}), *columns], 1):
        sheet.write(column, text)
    sheet.row += 1
    for year in sheet.years():
        sheet.lines(f"{year}. gads")
        for text, said in lines:
            sheet.write(1, text)
            for column, (_, over) in enumerate(columns, 2):
                sheet.figure(column, sheet.fact(year, said, over))
            sheet.row += 1


LAYOUTS: tuple[Callable[[Sheet], None], ...] = (
    lines_by_years,
    years_by_lines,
    lines_by_members,
    several_tables,
    questions,
    one_line_each,
    parts_of_lines,
    parts_in_columns,
    blocks,
    two_levels,
    groups_of_rows,
    stacked,
    sections_of_years,
)
#: What only tables of persons by articles have, what those of victims have not, and what is of persons.
OF_ARTICLES, DIVIDED = (several_tables, questions), (parts_in_columns, blocks, two_levels, groups_of_rows)


def draw(rng: Random) -> tuple[Draft, dict[tuple[str, str], tuple[Meant, int]]]:
    """A workbook, and by sheet and cell what each figure means and how many it says there are."""
    layout = rng.choice(LAYOUTS)
    tables = list(TITLES)
    if layout in OF_ARTICLES:
        tables.remove("victims")
    elif layout is parts_of_lines:
        tables = list(PERSONS)
    elif layout in (*DIVIDED, sections_of_years):
        tables = [*PERSONS, "victims"]
    table = rng.choice(tables)
    sheet = Sheet(rng, table, rng.choice((2021, 2022, 2023, 2024)), wording=rng.randrange(3))
    if rng.random() < 0.35:
        sheet.lines(*rng.sample(LETTERHEADS, rng.randint(1, 3)))
        sheet.row += rng.randint(0, 1)
    layout(sheet)
    if rng.random() < 0.4:
        sheet.row += rng.randint(0, 1)
        sheet.lines(*rng.sample(ENDINGS, rng.randint(1, 2)))
    sheet.page.name = rng.choice(("Lapa1", "Dati", "Sheet1", "Statistika"))
    sender = TITLES[table][0] if table != "victims" else rng.choice(("MARTA", "DM", "VP"))
    meant = {(sheet.page.name, at(*place)): (fact, sheet.counts[fact]) for place, fact in sheet.meant.items()}
    return Draft(f"{sheet.year}/{sender}_{sheet.year}.xlsx", [sheet.page]), meant
