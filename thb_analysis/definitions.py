"""The catalogue as objects: tables, dimensions, code lists and small words, loaded from data files.

One definition serves the reader, the request form, the data dictionary and the exports.  Nothing here knows
what the words say; a new spelling is a cell in a code list, a new table is one TOML file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache, cached_property, partial
from pathlib import Path
from typing import Any

from thb_analysis.edited import CatalogueError, rows, toml
from thb_analysis.kept import kept
from thb_analysis.stamps import SHIPPED as SHIPPED

TOTAL = "_T"
UNKNOWN = "_U"
NEEDED = ("status", "measure")  #: the fields without which there is no list of records

DEMOGRAPHIC = ("sex", "age_group", "citizenship", "exploitation_form")  #: by what persons are broken down
#: Dimensions that say of whom figures are: those of one organization, or of the women, are never all of them.
OF_WHOM = frozenset({*DEMOGRAPHIC, "identification", "registered_by", "place", "scope", "started"})

#: Columns of every tidy table after its dimensions, in this order.
EVIDENCE_COLUMNS = (
    "value",
    "unit",
    "obs_status",
    "institution",
    "source_file",
    "source_sheet",
    "source_cell",
    "note",
)


@dataclass(frozen=True, slots=True)
class Member:
    """One code of a list with its labels, its spellings and what it stands for."""

    code: str
    label: Mapping[str, str]
    spellings: tuple[str, ...]
    parent: str = ""
    implies: tuple[tuple[str, str], ...] = ()
    unit: str = ""
    group: str = ""
    heads_group: bool = False  #: stands for its whole group: others of it beside it may be parts of it
    valid_from: str = ""
    valid_to: str = ""

    def valid_in(self, year: int) -> bool:
        """Whether the code was in use at any time of the year."""
        return (not self.valid_from or int(self.valid_from[:4]) <= year) and (
            not self.valid_to or year <= int(self.valid_to[:4])
        )


@dataclass(frozen=True, slots=True)
class Dimension:
    """One dimension of a table: where its codes come from and what holds when a workbook does not state it."""

    name: str
    codes: str = ""  #: name of the code list; empty for an open or patterned dimension
    default: str = ""  #: the code where nothing is stated; empty: it must be stated
    identifies: bool = False  #: a member's name alone tells the table
    combined: bool = False  #: several codes may be joined by "+"
    by_year: bool = False  #: where not stated, the one code valid in the workbook's year
    by_sender: bool = False  #: where not stated, the sender when it is one of the codes
    open: bool = False  #: any text
    pattern: str = ""  #: a regular expression of its codes
    spelled: tuple[tuple[str, str], ...] = ()  #: words for codes of a pattern: (text, code)
    relative: tuple[
        tuple[str, int], ...
    ] = ()  #: codes that are told by years: (code, years after the figure's)
    prefix_of: str = ""  #: where not stated, the part before the first point of this other dimension

    @property
    def dated(self) -> bool:
        """Whether its codes are years or told by years: a year beside its name is of it, not of the figures."""
        return bool(self.relative) or re.fullmatch(self.pattern or "$", "0000") is not None


@dataclass(frozen=True, eq=False)  # one object a table, and no slots: what is worked out once stays with it
class Table:
    """One tidy table: its meaning, its words, its dimensions and its rules."""

    id: str
    unit: str
    values: str  #: count, amount, status, indicator or series
    label: Mapping[str, str]
    meaning: Mapping[str, str]
    senders: tuple[str, ...]
    by_institution: bool
    later_years: bool
    titles: tuple[str, ...]
    own: tuple[str, ...]  #: what names it in workbooks of its senders only
    headings: tuple[str, ...]
    compounds: tuple[
        tuple[tuple[str, ...], ...], ...
    ]  #: titles by their pieces, one of each group, in any order
    topics: tuple[str, ...]
    subject: tuple[str, ...]  #: what its titles may say that it is about, and its headings may not
    narrowed: tuple[str, ...]  #: what its titles may narrow it to and no dimension keeps: it is told
    sentenced: bool  #: its persons are sentenced: the name of a sentence is nothing else by itself
    dimensions: tuple[Dimension, ...]
    complements: tuple[tuple[str, str, str], ...] = ()  #: (dimension, code of a sibling, code of the rest)
    deduct: tuple[tuple[str, str], ...] = ()  #: parts with this code are taken from the sum of the others
    agree: tuple[tuple[str, str], ...] = ()  #: (summed over, compared between)
    record: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  #: headings of a record list

    @cached_property
    def dimension_names(self) -> tuple[str, ...]:
        return tuple(dimension.name for dimension in self.dimensions)

    @cached_property
    def sent_by(self) -> frozenset[str]:
        """The dimensions that tell who gives a figure: one's own figures are a whole to be divided by others."""
        return frozenset(dimension.name for dimension in self.dimensions if dimension.by_sender)

    @cached_property
    def of_plan(self) -> bool:
        """Whether it tells how a plan is carried out: what was planned is then a thing of its own."""
        return "plan" in self.dimension_names

    @cached_property
    def pieces(self) -> dict[str, frozenset[tuple[int, int]]]:
        """Every piece of a compound title, with the number of the compound and of its group in it."""
        found: dict[str, set[tuple[int, int]]] = {}
        for number, groups in enumerate(self.compounds):
            for at, group in enumerate(groups):
                for text in group:
                    found.setdefault(text, set()).add((number, at))
        return {text: frozenset(places) for text, places in found.items()}

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The columns of the tidy CSV, in order."""
        evidence: list[str] = [c for c in EVIDENCE_COLUMNS if c not in self.dimension_names]
        if self.values == "status":
            evidence[0] = "status"
        if self.values == "indicator":
            evidence[0:1] = ["raw_value", "value", "low", "high", "relative_to_year"]
        return ("year", *self.dimension_names, *evidence)

    @cached_property
    def key_columns(self) -> tuple[str, ...]:
        """What makes a figure the same figure in two workbooks."""
        names = self.dimension_names
        extra = ("institution",) if self.by_institution and "institution" not in names else ()
        return ("year", *names, *extra)

    @cached_property
    def by_name(self) -> dict[str, Dimension]:
        return {dimension.name: dimension for dimension in self.dimensions}

    def dimension(self, name: str) -> Dimension:
        return self.by_name[name]


@dataclass(frozen=True, slots=True, eq=False)
class Catalogue:
    """Everything that is known before a workbook is opened."""

    folder: Path
    tables: Mapping[str, Table]
    codes: Mapping[str, Mapping[str, Member]]
    words: Mapping[str, Any]

    def member(self, table: Table, dimension: str, code: str) -> Member | None:
        """The member behind a code of a table's dimension; None for open dimensions and combined codes."""
        known = table.by_name.get(dimension)
        return None if known is None else self.codes.get(known.codes, {}).get(code)

    def counted_within(self, table: Table, figures: Sequence[tuple[Mapping[str, str], Decimal]]) -> set[int]:
        """Which of these figures others have in them: the countries beside “EU countries”, where they have its sum."""
        found: set[int] = set()
        for dimension in table.dimensions:
            members = [
                self.member(table, dimension.name, dims.get(dimension.name, "")) for dims, _ in figures
            ]
            rests = [
                frozenset(pair for pair in dims.items() if pair[0] != dimension.name) for dims, _ in figures
            ]
            for of_group in (True, False):  # a group may be one of several in a greater whole
                inner: dict[tuple[object, str], list[int]] = {}
                for at, (member, rest) in enumerate(zip(members, rests, strict=True)):
                    if member is not None and at not in found and not (of_group and member.heads_group):
                        inner.setdefault((rest, member.group if of_group else member.parent), []).append(at)
                for whole, rest, (_, number) in zip(members, rests, figures, strict=True):
                    if whole is not None and (whole.heads_group or not of_group):
                        within = inner.get((rest, whole.group if of_group else whole.code), ())
                        if within and sum(figures[at][1] for at in within) == number:
                            found |= set(within)
        return found


def load_catalogue(folder: Path | None = None) -> Catalogue:
    """The catalogue in `folder` (the shipped one by default).

    Raises CatalogueError where a file is malformed, names an unknown list or says a thing twice.
    """
    return _load(Path(folder) if folder else SHIPPED)


@cache
def _load(folder: Path) -> Catalogue:
    said = kept("catalogue", partial(_said, folder)) if folder == SHIPPED else _said(folder)
    return Catalogue(folder, *said)


def _said(folder: Path) -> tuple[dict[str, Table], dict[str, dict[str, Member]], Mapping[str, Any]]:
    """The tables, the lists of codes and the words of a catalogue."""
    codes = {path.stem: _code_list(path) for path in sorted((folder / "codes").glob("*.csv"))}
    words = toml(folder / "words.toml")
    tables = {}
    for path in sorted((folder / "tables").glob("*.toml")):
        table = _table(path, codes)
        tables[table.id] = table
    return tables, codes, words


def _code_list(path: Path) -> dict[str, Member]:
    members: dict[str, Member] = {}
    for line, row in rows(path, ("code", "label_lv", "label_en")):
        code = row["code"].strip()
        if not code:
            raise CatalogueError("catalogue.code_none", file=path.name, line=line)
        if code in members:
            raise CatalogueError("catalogue.code_twice", file=path.name, line=line, code=code)
        members[code] = _member(code, {k: v.strip() for k, v in row.items() if k and v})
        for day in (members[code].valid_from, members[code].valid_to):
            if day and not re.fullmatch(r"\d{4}(-\d\d-\d\d)?", day):
                raise CatalogueError("catalogue.day", file=path.name, line=line, found=day)
    return members


def _member(code: str, row: Mapping[str, str]) -> Member:
    label = {"lv": row.get("label_lv", code), "en": row.get("label_en", code)}
    spellings = [label["lv"], label["en"], *row.get("synonyms", "").split("|")]
    if any(letter.isalpha() for letter in code) and not code.startswith("_"):
        spellings.append(code)  # a bare number is no word: it could be a figure
    implies = [pair.partition("=") for pair in row.get("implies", "").split(";") if pair]
    return Member(
        code=code,
        label=label,
        spellings=tuple(dict.fromkeys(text.strip() for text in spellings if text.strip())),
        parent=row.get("parent", ""),
        implies=tuple((name.strip(), value.strip()) for name, _, value in implies),
        unit=row.get("unit", ""),
        group=row.get("group", ""),
        heads_group=row.get("heads_group", "") == "yes",
        valid_from=row.get("valid_from", ""),
        valid_to=row.get("valid_to", ""),
    )


def _table(path: Path, codes: Mapping[str, Mapping[str, Member]]) -> Table:
    raw = toml(path)
    try:
        words = raw["words"]
        dimensions = tuple(_dimension(entry, path, codes) for entry in raw["dimensions"])
        return Table(
            id=raw["id"],
            unit=raw["unit"],
            values=raw["values"],
            label=raw["label"],
            meaning=raw["meaning"],
            senders=tuple(raw.get("senders", ())),
            by_institution=bool(raw.get("by_institution", False)),
            later_years=bool(raw.get("later_years", False)),
            titles=tuple(words["titles"]),
            own=tuple(words.get("own", ())),
            headings=tuple(words.get("headings", ())),
            compounds=tuple(tuple(tuple(group) for group in groups) for groups in words.get("compounds", ())),
            topics=tuple(words.get("topics", ())),
            subject=tuple(words.get("subject", ())),
            narrowed=tuple(words.get("narrowed", ())),
            sentenced=bool(raw.get("sentenced", False)),
            dimensions=dimensions,
            complements=tuple(
                (entry["dimension"], entry["sibling"], entry["becomes"])
                for entry in raw.get("complements", ())
            ),
            deduct=tuple(raw.get("deduct", {}).items()),
            agree=tuple((entry["over"], entry["between"]) for entry in raw.get("agree", ())),
            record={name: tuple(texts) for name, texts in raw.get("record", {}).items()},
        )
    except KeyError as missing:
        raise CatalogueError("catalogue.missing", file=path.name, missing=missing) from missing


def _dimension(entry: Mapping[str, Any], path: Path, codes: Mapping[str, Mapping[str, Member]]) -> Dimension:
    fields = {name: value for name, value in entry.items() if name != "required"}
    words = fields.get("spelled", {}).items()
    fields["relative"] = tuple(fields.get("relative", {}).items())
    fields["spelled"] = tuple((text, code) for code, texts in words for text in texts)
    dimension = Dimension(**fields)
    if dimension.codes and dimension.codes not in codes:
        raise CatalogueError("catalogue.no_list", file=path.name, codes=dimension.codes)
    if entry.get("required") and dimension.default:
        raise CatalogueError("catalogue.default", file=path.name, dimension=dimension.name)
    return dimension


def figures(catalogue: Catalogue) -> Iterator[Table]:
    """The tables that workbooks feed by headings (not record lists, not other publishers' series)."""
    return (table for table in catalogue.tables.values() if table.values in ("count", "amount", "indicator"))


def article_dimension(catalogue: Catalogue, table: Table) -> str:
    """The dimension of a table whose codes are the numbers of articles, "" where it has none."""
    for dimension in table.dimensions:
        members = catalogue.codes.get(dimension.codes, {})
        numbers = [code for code in members if not code.startswith("_")]
        whole = all(code[0].isdigit() for code in numbers)
        if numbers and whole and any("." in code for code in numbers):
            return dimension.name
    return ""
