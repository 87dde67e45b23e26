"""What the names of sheets and files, and titles, say of a table: whether it is clear."""

from __future__ import annotations

import re
from collections.abc import Collection, Container, Iterable, Iterator
from functools import cache, lru_cache

from thb_analysis.definitions import TOTAL, UNKNOWN, Catalogue, Table, figures
from thb_analysis.ingest.recognition.grid import FIGURE, Grid, Place, by_row
from thb_analysis.ingest.recognition.keys import Key, Refusal, Source, names_tables
from thb_analysis.ingest.recognition.scene import UP, Scene
from thb_analysis.ingest.recognition.titles import is_note, narrows
from thb_analysis.ingest.recognition.unfilled import ends_named_list
from thb_analysis.ingest.words.beside import SENDING
from thb_analysis.ingest.words.fold import fold, folded
from thb_analysis.ingest.words.labels import Vocabulary, vocabulary
from thb_analysis.ingest.words.meanings import LATEST, SENDER, Meaning, Reading
from thb_analysis.ingest.words.mentions import counts_others, foreign, mentioned, says_how_many, understood
from thb_analysis.ingest.words.near import bare
from thb_analysis.ingest.words.not_taken import of_another_article
from thb_analysis.ingest.words.spans import YEAR, day_after, named_year

_TYPED = re.compile(r"[^\W_]+(?:-[^\W_]+)*")  #: words as they are written
_COPY = re.compile(r"(?<=[^\W\d_])\s*\(\d{1,2}\)\s*$")
_PART_OF_SPAN = re.compile(rf"(?<!\d){YEAR}[-–/]\d")  #: “2024/25”: the second number is a year
_ORDER = re.compile(r"^\s*\d{1,2}[.)]?\s+")


@cache
def topical(catalogue: Catalogue, topic: str) -> frozenset[str]:
    """The tables for which a topic in a file's name stands, or a sheet's name; such names lack diacritics."""
    tables = catalogue.tables.values()
    return frozenset(t.id for t in tables if bare(topic) in {bare(word) for word in (*t.topics, *t.titles)})


def without_order(name: str) -> str:
    """A sheet's name without the number that it begins with, and without the one that copies of a sheet end with."""
    return _COPY.sub("", _ORDER.sub("", name))


def members_of_sheet(name: str, words: Vocabulary) -> list[Reading]:
    """What a sheet's name says of members; nothing where it is a bare code (“F”), which any sheet may be called.

    The number of an article is no such code, nor are the letters of an institution.  Beside the table's name, the
    country goes without saying.
    """
    said = words.read(without_home(name, words))
    readings = [r for r in said if r.number is None and r.dims]
    if any(r.title for r in said):  # the table's own name may be a member's: only what is beside it narrows
        readings = [r for r in readings if r.title or dict(r.dims).keys() == {words.articles}]
    own = {words.articles, *(dimension.name for dimension in words.table.dimensions if dimension.by_sender)}
    bare = {code.casefold() for r in readings[:1] for dimension, code in r.dims if dimension not in own}
    return [] if name.strip().casefold() in bare else readings


@lru_cache(maxsize=1_000)
def without_home(name: str, words: Vocabulary) -> str:
    """A sheet's name without the country, where what is left names the table: “Victims LV”."""
    catalogue = words.catalogue
    names = sorted((*catalogue.words["country"], *catalogue.words["home"]), key=len, reverse=True)
    home = "|".join(map(re.escape, names))
    without = re.sub(rf"(?<!\w)(?:{home})(?!\w)", " ", name)
    return without if any(reading.title for reading in words.read(without)) else name


def unclear(grid: Grid, cell: Place, readings: list[Reading], key: Key, words: Vocabulary) -> Refusal | bool:
    """Whether what a title may say is not clear; True where it says nothing of the figures.

    The value of a field is what the field's name says: “Citizenship | Latvia”.  A “Country” may be the one that
    reports; and what a field of an unknown name holds nobody can say.
    """
    text = grid.text(cell)
    field = grid.at((cell[0], cell[1] - 1))
    name = fold(grid.text(field)).strip(" :") if field is not None else ""
    home = fold(text).strip(" .") in folded(words.catalogue, "home")
    if home and name in folded(words.catalogue, "reporting"):
        return True
    dims = {(n, c) for reading in readings for n, c in reading.dims if key.dims.get(n) != c}
    if dims and ends_named_list(grid, words.catalogue, cell):
        return True
    said = ambiguous(readings, key)
    if said:
        return Refusal("label_ambiguous", cell, text, said, tables=(words.table.id,))
    if dims and _ends_list(grid, cell, {n for n, _ in dims}, words):
        told = " / ".join(f"{n}={c}" for n, c in sorted(dims))
        code = "label_ambiguous" if narrows(text, words.catalogue) else "label_unfilled"
        return Refusal(code, cell, text, f"{told} / —", tables=(words.table.id,))
    if field is None or not dims or any(reading.title for reading in readings):
        return False
    if home and name in folded(words.catalogue, "country_field"):
        told = " / ".join(f"{n}={c}" for n, c in sorted(dims))
        return Refusal("label_ambiguous", cell, text, f"{told} / —", tables=(words.table.id,))
    said_by = words.read(grid.text(field))
    pair = grid.at((cell[0], cell[1] + 1)) is None and grid.at((field[0], field[1] - 1)) is None
    of_total = pair and all(reading.total and not reading.sets for reading in said_by)
    if not said_by or of_total:  # whatever stands beside a total is no name of it
        return Refusal("title_not_understood", field, grid.text(field), tables=(words.table.id,))
    return False


def _ends_list(grid: Grid, cell: Place, names: set[str], words: Vocabulary) -> bool:
    """Whether a label over a blank row is of a kind with the lines of a list right above: it may be one of them.

    So it may below a line that nobody understands.
    """
    row, column = cell
    if grid.at((row + 1, column)) is not None or grid.at((row + 1, column + 1)) is not None:
        return False
    while (above := grid.at((row - 1, column))) is not None and grid.kinds[above] != FIGURE:
        row = above[0]
        kind = any({n for n, _ in reading.dims} & names for reading in words.read(grid.text(above)))
        kind = kind or not understood(words.catalogue, grid.text(above))
        if not kind and not narrows(grid.text(cell), words.catalogue):
            return False
        line = grid.once(by_row).get(row, ())
        if any(place[1] > column and grid.kinds[place] == FIGURE for place in line):
            return True
    return False


def ambiguous(readings: list[Reading], key: Key) -> str:
    """What a title may say of a figure in several ways of which none says all of another, "" where it is clear.

    A country may be where it happened, and whose citizens they are; what headings or the title itself name decides.
    """
    said = []
    for reading in readings:
        dims = {(n, c) for n, c in reading.dims if n not in reading.worded and c not in (TOTAL, UNKNOWN)}
        if all(key.dims.get(n, c) == c for n, c in dims) and {n for n, _ in dims} - key.dims.keys():
            said.append((bool(reading.names & {n for n, _ in dims}), dims))
    named = [dims for named, dims in said if named] or [dims for _, dims in said]
    if all(one <= other or other <= one for one in named for other in named):
        return ""
    return " / ".join(sorted({"; ".join(f"{n}={c}" for n, c in sorted(dims)) for dims in named}))


def agrees(catalogue: Catalogue, name: str, code: str, key: Key) -> bool:
    """Whether what a title says of a dimension fits what nearer headings say: the same, a whole, or what is over it."""
    nearer = key.dims.get(name)
    if nearer is None or nearer == code or code == TOTAL:
        return True
    return code in parents(catalogue, nearer)


@lru_cache(maxsize=5_000)
def parents(catalogue: Catalogue, code: str) -> frozenset[str]:
    """What a code is a part of, in whichever list."""
    found: set[str] = set()
    for members in catalogue.codes.values():
        if (member := members.get(code)) is not None:
            found |= {member.parent} | {
                head.code for head in members.values() if head.heads_group and head.group == member.group
            }
    return frozenset(found - {code})


def misleading(
    grid: Grid,
    over: tuple[Iterable[Place], Container[Place], Container[Place]],
    words: Vocabulary,
    headed: bool,
    years: tuple[int | None, int | None],
) -> Place | None:
    """The first label that nobody understands over a figure and that may make another of it, where no title is known.

    `over` are those labels, the titles of the region, and those of them that are far.  One of the table itself with
    more than its name, or, unless the headings name the table (`headed`), a title of something else.  `years` are
    what the headings say and what the sheet or the file does.
    """
    unknown, titles, far = over
    for cell in unknown:
        text = grid.text(cell)
        astray = cell not in far and _narrowed(text, words, *years)
        if not (headed or astray):
            astray = _tells_of_else(text, words, cell not in titles and not words.articles)
        if astray:
            return cell
    return None


def _tells_of_else(text: str, words: Vocabulary, inside: bool) -> bool:
    """Whether a label that nobody understands may be a title of something else: with a year, or right over a table.

    One that speaks of the field, of a table or an institution is none, nor is a note or a line with a date.
    """
    catalogue, kinds = words.catalogue, {token.kind for token in words.tokens(text)}
    if "word" not in kinds or "date" in kinds or is_note(text, catalogue) or mentioned(catalogue, text):
        return False
    if of_field(catalogue, text):
        return False
    return inside or "years" in kinds or named_year(text) is not None


def _narrowed(text: str, words: Vocabulary, year: int | None, outside: int | None) -> bool:
    """Whether a title of the table that is not understood whole has a part that changes what figures mean.

    A part of the year, a word that narrows, or years that are not the figures'.
    """
    if words.table.id not in mentioned(words.catalogue, text) or is_note(text, words.catalogue):
        return False
    if narrows(text, words.catalogue) or any(part.kind == "period" for part in _within(text, words)):
        return True
    told = {int(found) for found in re.findall(rf"(?<!\d){YEAR}(?!\d)", text)}
    return bool(told) and (told != {outside} if year is None else not min(told) <= year <= max(told))


def elsewhere(catalogue: Catalogue, name: str) -> bool:
    """Whether a sheet's name has words that nobody understands and is none that sheets have by themselves."""
    plain = fold(without_order(name))
    own = "|".join(re.escape(fold(word)) for word in catalogue.words["sheet"])
    bare = re.fullmatch(rf"(?:{own})?[\s_]*(?:\(?\d*\)?)*", plain)
    known = understood(catalogue, without_order(name)) or topical(catalogue, without_order(name))
    return not bare and any(map(str.isalpha, plain)) and not known


@lru_cache(maxsize=4096)
def of_field(catalogue: Catalogue, text: str) -> bool:
    """Whether a text speaks of the field or of an institution, as what letters and reports are about does."""
    if _of_field(catalogue).search(fold(text)):
        return True
    vocabularies = (vocabulary(catalogue, table.id) for table in figures(catalogue))
    return any(meaning.kind == "sender" for words in vocabularies for meaning in _within(text, words))


@cache
def _of_field(catalogue: Catalogue) -> re.Pattern[str]:
    return re.compile("|".join(re.escape(fold(word)) for word in catalogue.words["field"]))


def title_reading(source: Source, readings: list[Reading], key: Key) -> Reading | None:
    """The reading of a title that fits what nearer headings say: one that lists members needs one of them there."""
    for reading in readings:
        told: dict[str, set[str]] = {}
        for name, code in reading.listed:
            told.setdefault(name, {TOTAL}).add(code)
        senders = set(filter(None, map(source.titled, told.pop(SENDER, set()) - {TOTAL})))
        if len(senders) > 1 and key.sender not in senders:
            continue
        if len(senders) == 1:
            reading = reading._replace(sender=senders.pop())
        listed = all(key.dims.get(name) in codes for name, codes in told.items())
        dims = (pair for pair in reading.dims if pair[0] not in reading.worded)
        if listed and all(agrees(source.catalogue, *pair, key) for pair in dims):
            return since_own_year(source, reading)
    return None


def narrower(catalogue: Catalogue, readings: list[Reading], key: Key) -> dict[str, str]:
    """What a title that names the table says more exactly than a heading: “Joint checks” over “Number of checks”.

    Nobody can say then whether the figure is of all or of those that the title names.
    """
    if not any(reading.title and not reading.dims for reading in readings):
        return {}
    return {
        name: code
        for reading in readings
        for name, code in reading.dims
        for members in catalogue.codes.values()
        if name in key.dims and code in members and members[code].parent == key.dims[name]
    }


def since_own_year(source: Source, reading: Reading) -> Reading:
    """A label that says “since” the workbook's own year: that year, since no workbook is of later ones."""
    if source.year is None or reading.years != (source.year, LATEST):
        return reading
    return reading._replace(years=(source.year,))


def parted(catalogue: Catalogue, readings: list[Reading], key: Key, said: set[str]) -> bool:
    """Whether a label begins an earlier part of a list: it contradicts only what a nearer one of its kind says.

    The title of the table begins none.
    """
    return any(
        all(name in said or agrees(catalogue, name, code, key) for name, code in reading.dims)
        for reading in readings
        if reading.dims and not reading.title
    )


def of_others(words: Vocabulary, text: str) -> bool:
    """Whether a label names other tables, and not this one."""
    others = names_tables(words.catalogue, text)
    return bool(others) and words.table.id not in others


def tells_of_others(words: Vocabulary, text: str, told: frozenset[str]) -> bool:
    """Whether a label that is not understood speaks of another table; `told` is what titles and headings name."""
    others = mentioned(words.catalogue, text) - {words.table.id}
    return bool(others) and not names_tables(words.catalogue, text) and words.table.id not in told


def figures_between(scene: Scene, cell: Place, titled: Place | None, place: Place) -> bool:
    """Whether figures stand between a label and what names the table of a figure, else its headings.

    Then the label is about those: it begins an earlier part of a list, or an earlier table.
    """
    below = titled[0] if titled is not None else min(scene.fills(place, UP), default=place[0])
    return any(cell[0] < row < below and column >= cell[1] for row, column in scene.figures)


def narrows_whole(table: Table, key: Key, readings: Iterable[Reading]) -> bool:
    """Whether a label, by its words another table's title, says of a figure what is all of a dimension without it."""
    members = (reading for reading in readings if not reading.title)
    return any(n not in key.dims and table.dimension(n).default for r in members for n, _ in r.dims)


def says_nothing(source: Source, year: int | None, text: str, words: Vocabulary) -> bool:
    """Whether a line over a table is about the letter that it stands in, or its sender, and not about the figures.

    Nothing beside an address; a field that names the sender (“Institution: State Police”); and a day on which all
    of the `year` was known: that of the letter, or of the data (“data as of 31.12.2024”).
    """
    if not text:
        return True
    if year is not None and day_after(words.catalogue, words.tokens(text)) >= (year, 12, 31):
        readings = words.read(text)
        return bool(readings) and not any(r.title or r.sets or r.part or not r.period for r in readings)
    name, colon, value = text.partition(":")
    if not colon or fold(name).strip() not in _sender_fields(words.catalogue):
        return False
    return any(reading.sender == source.institution for reading in words.read(value) if source.institution)


@lru_cache(maxsize=20_000)
@cache
def _sender_fields(catalogue: Catalogue) -> frozenset[str]:
    named = catalogue.words["dimensions"]
    return frozenset(fold(word) for name in ("institution", "registered_by") for word in named[name])


@lru_cache(maxsize=20_000)
def of_table(catalogue: Catalogue, words: Vocabulary, text: str, said: Iterable[Reading]) -> list[Reading]:
    """What a label over figures says of their table: no figure in a sentence, and no mere code in another's title.

    A title that states a figure is one of those below it as well: “Women convicted in 2024: 6” over their articles.
    “KP” is short for criminal proceedings, and the code of a country.
    """
    whole = _PART_OF_SPAN.search(text) is None
    readings = [r._replace(number=None) for r in said if r.number is None or (r.title and whole)]
    tables = names_tables(catalogue, text)
    if not tables or words.table.id in tables:
        return readings
    return [r for r in readings if r.title or not any(code in text.split() for _, code in r.dims)]


def names_in_part(text: str, words: Vocabulary) -> bool:
    """Whether a corner that is not understood whole has the name of a dimension: “Country of exploitation”."""
    stems = words.stems(text)
    countries = (words.stems(country) for country in words.catalogue.words["country_field"])
    named = named_in(text, words) - {"year"}
    return bool(named) or any(set(country) <= set(stems) for country in countries)


@lru_cache(maxsize=20_000)
def of_else(text: str, words: Vocabulary) -> bool:
    """Whether a corner is people who are none of the table's: over women and men, “perpetrator” may say of whom."""
    if counts_others(words, text) and says_how_many(words.catalogue, text):
        return True  # “number of cases”
    strange = {stem for stem in words.stems(text) if stem not in words.known}
    people = (
        {stem for said in words.catalogue.words["people"] for stem in words.stems(said)} if strange else {}
    )
    return not strange.isdisjoint(people)


@lru_cache(maxsize=20_000)
def named_in(text: str, words: Vocabulary) -> frozenset[str]:
    """The dimensions whose names stand somewhere in a label: “all sections”."""
    return frozenset(meaning.name for meaning in _within(text, words) if meaning.kind == "name")


@lru_cache(maxsize=20_000)
def speaks_of(text: str, words: Vocabulary, sender: str = "") -> bool:
    """Whether a label that is not understood whole holds a member's name: then it may narrow the figures.

    Who sends them (`sender`) does not, where figures are the sender's anyway; nor do letters that are as often short
    for something else (“MK”: the Cabinet).
    """
    own = {(dimension.name, sender) for dimension in words.table.dimensions if dimension.by_sender}
    doubtful = words.catalogue.words["codes_doubtful"]
    members = (meaning for meaning in _within(text, words) if meaning.kind in ("member", "composite"))
    return any((m.name, m.code) not in own for m in members if not (m.bare and m.code in doubtful))


@lru_cache(maxsize=1_000)
def members_in_part(name: str, words: Vocabulary) -> frozenset[str]:
    """The dimensions of which a sheet's name that is not understood whole holds a member: “Victims – sexual expl.”."""
    return frozenset() if words.read(name) else frozenset(dim for dim, _ in members_within(name, words))


@lru_cache(maxsize=1_000)
def members_within(text: str, words: Vocabulary) -> frozenset[tuple[str, str]]:
    """The members whose names stand somewhere in a text; no mere codes."""
    said = [m for m in _within(text, words) if m.kind in ("member", "composite") and not m.bare]
    return frozenset(pair for m in said for pair in ((m.name, m.code), *m.implies) if pair[0])


def sheet_narrows(name: str, words: Vocabulary, told: bool, stated: Collection[str]) -> bool:
    """Whether a sheet's name that the table does not understand may change what its figures mean.

    One of some of the words that name the table, “Prosecuted”, does not; `told` is whether nearer labels name it,
    `stated` the dimensions of which they name a member.
    """
    if said := words.read(name):  # of which of several?
        several = {SENDER, *SENDING} - set(stated)
        return all(not several.isdisjoint(dict(reading.listed)) for reading in said)
    if not members_in_part(name, words) <= set(stated) or of_another_article(words, name):
        return True
    if _begins_title(name, words):
        return False
    catalogue = words.catalogue
    other = narrows(name, catalogue) or foreign(catalogue, words.table.id, name) or _says_fate(name, words)
    return other or (not told and elsewhere(catalogue, name))


@lru_cache(maxsize=1_000)
def _begins_title(name: str, words: Vocabulary) -> bool:
    """Whether a sheet's name is some of the words that name the table."""
    stems = set(words.stems(name))
    return bool(stems) and any(stems <= set(words.stems(title)) for title in words.table.titles)


@lru_cache(maxsize=1_000)
def _says_fate(name: str, words: Vocabulary) -> bool:
    """Whether a sheet's name has a word for what became of persons or cases."""
    become = {word for text in words.catalogue.words["become"] for word in words.stems(text)}
    return not become.isdisjoint(words.stems(name))


def _within(text: str, words: Vocabulary) -> Iterator[Meaning]:
    """What the phrases within a label mean; letters are a code only in capitals, and “No.” is no country."""
    tokens, stems, typed = words.tokens(text), words.stems(text), set(_TYPED.findall(text))
    for start, stem in enumerate(stems):
        for end in range(start + 1, start + 1 + min(words.reach.get(stem, 0), len(stems) - start)):
            written = tuple(token.exact for token in tokens[start:end])
            for spelled, meaning in words.phrases.get(stems[start:end], ()):
                if (not meaning.bare or meaning.code in typed) and (not meaning.exact or spelled == written):
                    yield meaning
