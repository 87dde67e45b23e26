"""The country that reports, in what stands over a table: it goes without saying, and may be whose citizens they are."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from functools import cache, lru_cache
from itertools import count, takewhile

from thb_analysis.definitions import Catalogue
from thb_analysis.ingest.cells import Sheet
from thb_analysis.ingest.recognition.grid import LABEL, Grid, Place, by_row, stands_alone, tables_abreast
from thb_analysis.ingest.recognition.keys import Refusal, Source
from thb_analysis.ingest.recognition.titles import of_the_country
from thb_analysis.ingest.recognition.turned import may_be_turned, turned
from thb_analysis.ingest.words.fold import fold, folded
from thb_analysis.ingest.words.labels import Vocabulary, vocabulary
from thb_analysis.ingest.words.mentions import understood
from thb_analysis.ingest.words.openings import in_any_case

_AROUND = " :.,()-–—/"  #: what may stand between the country's name and other words
ALONE, FIELD = "", ":"  #: beside nothing, and beside the name of a field


@lru_cache(maxsize=20_000)
def is_state(catalogue: Catalogue, text: str) -> bool:
    """Whether a line is no more than the name of the state, whatever its letters are a code of, or where it was signed.

    “LR”; “Rīga, Latvia”.
    """
    words = catalogue.words
    if fold(text).strip(" .:") in folded(catalogue, "state"):
        return True
    pieces = [fold(piece).strip(" .") for piece in text.split(",")]
    seats, home = (folded(catalogue, kind) for kind in ("seat", "home"))
    postcode = re.compile("|".join(words["postcode"]))
    return pieces[0] in seats and all(piece in home or postcode.fullmatch(piece) for piece in pieces[1:])


def is_letterhead(catalogue: Catalogue, institution: str, text: str) -> bool:
    """Whether a line is no more than the name of the state, of the sender or of the office over it."""
    said = fold(text).strip(" .:")
    offices = [institution]
    while offices[-1] in catalogue.words["superior"]:
        offices.append(str(catalogue.words["superior"][offices[-1]]))
    members = catalogue.codes["institution"]
    names = [name for code in offices if code in members for name in members[code].spellings]
    own = {fold(name) for name in (*catalogue.words["state"], *names)}
    name, comma, place = said.partition(",")  # “Shelter, Riga, Latvia”
    if said in own or (comma and name in own and place.strip() in _places(catalogue)):
        return True
    cut = vocabulary(catalogue, next(iter(catalogue.tables))).stems  # “To the Ministry …” in another case
    return cut(said) in {cut(name) for name in names if " " in name}


@cache
def _places(catalogue: Catalogue) -> frozenset[str]:
    """Where an office may be, as a letterhead has it: the town where such offices are, and the country."""
    seats, home = (tuple(map(fold, catalogue.words[kind])) for kind in ("seat", "home"))
    return frozenset((*seats, *home, *(f"{seat}, {country}" for seat in seats for country in home)))


def home_over(
    source: Source, grid: Grid, cell: Place, words: Vocabulary, named: bool
) -> Refusal | str | None:
    """What a label over a table says beside the country that reports, None where it does not speak of that.

    “Statistics of Latvia”, “Latvia” above the title of the table (`named`), “Victims, Latvia, 2024”.  Amid the words of
    the title or below it, and in a field “Country”, it may be whose citizens the figures are of: refused.  Where
    another country stands over a part of the workbook, it is; and what stands beside a label says what the label is.
    """
    text = of_the_country(grid.text(cell), words)
    if not _codes(words):  # a table that knows no countries
        without = _spelled(words.catalogue).sub(" ", text) if _set_off(words, text) else ""
        return without if without and words.read(without) else None
    listed = grid.once(_listed_below, cell[0], words)
    rest = _beside_home(words, text, listed)
    if rest is None or not stands_alone(grid, cell):
        return None
    if abroad(source, grid, words):
        if not _reports(words, text, rest) or _in_same_words(source, grid, text, words):
            return None
        named = False
    entitled = _set_off(words, text) and any(reading.title for reading in words.read(rest))
    doubted = _is_field(words, text) if listed else _behind_list(words, text)
    if rest == FIELD or not (named or entitled) or doubted:
        told = "; ".join(f"{name}={code}" for name, code in sorted(_codes(words)))
        return Refusal("label_ambiguous", cell, grid.text(cell), f"{told} / —", tables=(words.table.id,))
    return rest


def home_heading(
    source: Source, grid: Grid, cell: Place, words: Vocabulary, beside: tuple[Iterable[str], Iterable[str]]
) -> Refusal | str:
    """What a heading that names the table says beside the country that reports: “Victims identified in Latvia”.

    All of its text where a heading of its own level is of another country or place, or of all of them; the other
    headings are `beside` it, those of its level first.
    """
    text = grid.text(cell)
    if abroad(source, grid, words):
        return text
    level, inner = beside
    if any(_is_other(words, other) for other in level):
        return text
    if any(_may_be_other(words, text, other) for other in level):
        told = "; ".join(f"{name}={code}" for name, code in sorted(_codes(words)))
        return Refusal("label_ambiguous", cell, text, f"{told} / —", tables=(words.table.id,))
    listed = any(_is_other(words, other) for other in inner)
    said = of_the_country(text, words)
    rest = _beside_home(words, said, listed)
    if rest == FIELD:
        return text
    if rest and (_is_field(words, said) if listed else _behind_list(words, said)):
        told = "; ".join(f"{name}={code}" for name, code in sorted(_codes(words)))
        return Refusal("label_ambiguous", cell, text, told, tables=(words.table.id,))
    said = rest if rest and _set_off(words, said) else said
    return text if any(_is_whole(words, said, other) for other in level) else said


def _may_be_other(words: Vocabulary, text: str, other: str) -> bool:
    """Whether a heading beside one begins as it does, and nobody understands how it ends: “Victims abraod”."""
    if understood(words.catalogue, other) or _spelled(words.catalogue).search(other):
        return False
    return bool(words.stems(text)[:1]) and words.stems(text)[:1] == words.stems(other)[:1]


def _is_whole(words: Vocabulary, text: str, other: str) -> bool:
    """Whether a heading beside one says the same without the country, or a total: the country is what parts them."""
    if _spelled(words.catalogue).search(other):
        return False
    own = {reading.dims for reading in words.read(text)}
    return any(reading.total or reading.dims in own for reading in words.read(other))


@lru_cache(maxsize=20_000)
def titles_home(words: Vocabulary, text: str) -> bool:
    """Whether a text names the table and the country that reports."""
    return bool(_spelled(words.catalogue).search(text)) and any(r.title for r in words.read(text))


def _set_off(words: Vocabulary, text: str) -> bool:
    """Whether a comma, a colon, a dash or a bracket parts the country from the other words of a title."""
    found = _spelled(words.catalogue).search(text)
    before, behind = (text[: found.start()].rstrip(), text[found.end() :].lstrip()) if found else ("", "")
    ends = (before[-1:] or ",") + (behind[:1] or ",")
    return found is not None and all(mark in ",;:(–—-)" for mark in ends) and bool(before + behind)


def sheet_of_home(source: Source, grid: Grid, name: str, words: Vocabulary) -> bool:
    """Whether a sheet is named for the country, and nothing says that it is for those of its citizens."""
    return _beside_home(words, name) is not None and not abroad(source, grid, words)


def lists_others(grid: Grid, words: Vocabulary) -> bool:
    """Whether a sheet has labels that name other countries: what is on it is not of the country's citizens alone."""
    return grid.once(_any_other, words)


def _any_other(grid: Grid, words: Vocabulary) -> bool:
    return any(_is_other(words, grid.text(place)) for place, kind in grid.kinds.items() if kind == LABEL)


@lru_cache(maxsize=20_000)
def _beside_home(words: Vocabulary, text: str, listed: bool = False) -> str | None:
    """What a label says beside the country, where that is nothing of citizens or places; None where it speaks of these.

    Or of no country.  What divides the figures, “by citizenship”, is nothing of these, nor the name of a list of which
    others are `listed`.
    """
    codes, pattern = _codes(words), _spelled(words.catalogue)
    if not codes or not pattern.search(text):
        return None
    rest = pattern.sub(" ", text)
    plain = fold(rest).strip(_AROUND)
    fields = folded(words.catalogue, "country_field")
    if plain in folded(words.catalogue, "reporting"):
        return ALONE if text.strip() != plain else None
    if not any(codes & {*reading.dims} for reading in words.read(text)):
        return None
    if plain in fields:
        return FIELD
    if not any(map(str.isalpha, plain)):
        return rest if any(map(str.isdigit, plain)) else ALONE
    kinds = {name for name, _ in codes}
    said = words.read(rest)
    if not said or any(kinds & reading.sets for reading in said):
        return None
    return rest if listed or not _names_list(words, rest) or _divides(words, rest) else None


def _reports(words: Vocabulary, text: str, rest: str) -> bool:
    """Whether a label is the country's with what it reports, and no more: “Statistics of Latvia”."""
    said = fold(_spelled(words.catalogue).sub(" ", text)).strip(_AROUND)
    says = any(r.title or r.names or r.sets or r.years for r in words.read(rest))
    return said != fold(text).strip(_AROUND) and any(map(str.isalpha, said)) and rest != FIELD and not says


def _divides(words: Vocabulary, rest: str) -> bool:
    """Whether lists in which the country is are named in a title as what divides the figures: “by citizenship”."""
    by = _by(words.catalogue).search(rest)
    return by is not None and not _names_list(words, rest[: by.start()])


@cache
def _by(catalogue: Catalogue) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, catalogue.words['by']))})\s", re.IGNORECASE)


def _is_field(words: Vocabulary, text: str) -> bool:
    """Whether a colon parts the country from a list in which it is: “citizenship of victims: Latvia”."""
    found = _spelled(words.catalogue).search(text)
    before = text[: found.start()].rstrip() if found else ""
    return before.endswith(":") and _names_list(words, before)


def _names_list(words: Vocabulary, text: str) -> bool:
    """Whether a text names a list in which the country is."""
    kinds = {name for name, _ in _codes(words)}
    return any(kinds & reading.names for reading in words.read(text))


def _behind_list(words: Vocabulary, text: str) -> bool:
    """Whether the country stands right behind the name of a list in which it is: “by citizenship, Latvia”."""
    found, by = _spelled(words.catalogue).search(text), _by(words.catalogue).search(text)
    between = text[by.end() : found.start()] if found and by else ""
    return _names_list(words, between) and not any(map(str.isdigit, between))


def _listed_below(grid: Grid, row: int, words: Vocabulary) -> bool:
    """Whether others of the list stand in the rows right below a title: its figures are not of the country's alone."""
    rows = grid.once(by_row)
    first = next((at for at in sorted(rows) if at > row), row)
    below = takewhile(rows.__contains__, count(first)) if first > row else iter(())
    return any(_is_other(words, grid.text(place)) for at in below for place in rows[at])


@lru_cache(maxsize=1_000)
def _codes(words: Vocabulary) -> frozenset[tuple[str, str]]:
    """What the country's names are members of."""
    names = words.catalogue.words["home"]
    return frozenset(pair for name in names for reading in words.read(name) for pair in reading.dims)


@cache
def _spelled(catalogue: Catalogue) -> re.Pattern[str]:
    """The country's names, in any case, with what joins them to other words."""
    words = catalogue.words
    spelled = {*words["of_state"]["before"], *words["of_state"]["behind"], *words["home"]} - {*words["state"]}
    names = (r"\s+".join(map(in_any_case, name.split())) for name in sorted(spelled, key=len, reverse=True))
    return re.compile(rf"(?<!\w)(?:{'|'.join(names)})(?!\w)", re.IGNORECASE)


def abroad(source: Source, grid: Grid, words: Vocabulary) -> bool:
    """Whether another country stands over a part of the workbook: alone on its row, or as the name of a sheet."""
    if source.pages.several:
        grid.short = True  # another workbook's sheet that is written alike may stand among others
    return grid.once(_others, source, words)


def _in_same_words(source: Source, grid: Grid, text: str, words: Vocabulary) -> bool:
    """Whether another country is named with the same word behind it: “Data of Ukraine” beside “Data of Latvia”."""
    stems = frozenset(words.stems(_spelled(words.catalogue).sub(" ", text)))
    sheets = source.pages.sheets or (grid.sheet,)
    others = (other for sheet in sheets for other in sheet.texts() if _is_other(words, other))
    return any(stems <= {*words.stems(other)} for other in others)


def _others(grid: Grid, source: Source, words: Vocabulary) -> bool:
    own, sheets = grid.sheet, list[Sheet]()
    for sheet in source.pages.sheets or (own,):
        if sheet.name != own.name:
            sheets += [sheet, *([turned(sheet)] if may_be_turned(sheet, source) else [])]
        else:
            sheets.append(turned(sheet) if sheet.turned != own.turned else sheet)
    return any(_is_other(words, sheet.name) or _lone(sheet, words) for sheet in sheets)


def _lone(sheet: Sheet, words: Vocabulary) -> bool:
    """Whether a text that names another country is all its row holds of its table, and no blank line of a list."""
    named = {text for text in sheet.texts() if _is_other(words, text)}
    if not named:
        return False
    places = {(cell.row, cell.column): cell for cell in sheet.cells}
    figures = {place for place, cell in places.items() if cell.is_number}
    tables = tables_abreast(figures, places.keys() - figures)
    lines = Counter((row, tables[column]) for row, column in places)
    texts = {place: cell.text for place, cell in places.items() if cell.kind == "text"}
    alone = [(r, c) for (r, c), text in texts.items() if text in named and lines[r, tables[c]] == 1]

    def filled(row: int, column: int, step: int) -> bool:
        """Whether a line like it, that holds more than its label, stands in the list that a label stands in."""
        while (text := texts.get((row, column))) is not None:
            if lines[row, tables[column]] > 1 and _is_listed(words, text):
                return True
            row += step
        return False

    return any(not (filled(*place, -1) or filled(*place, 1)) for place in alone)


def _is_listed(words: Vocabulary, text: str) -> bool:
    """Whether a label is a member of a list that the country is in, be it the country."""
    kinds = {name for name, _ in _codes(words)}
    return any(name in kinds for r in words.read(text) if not r.title for name, _ in r.dims)


def _is_other(words: Vocabulary, text: str) -> bool:
    """Whether a label is another member of a list that the country is in."""
    codes = _codes(words)
    kinds = {name for name, _ in codes}
    return any(name in kinds and (name, code) not in codes for r in words.read(text) for name, code in r.dims)
