"""The country that reports, in what stands over a table: it goes without saying, and may be whose citizens they are."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from thb_analysis.definitions import Catalogue
from thb_analysis.ingest.recognition.grid import Grid, Place, by_row
from thb_analysis.ingest.recognition.keys import Refusal
from thb_analysis.ingest.recognition.titles import of_the_country
from thb_analysis.ingest.words.fold import fold
from thb_analysis.ingest.words.labels import Vocabulary
from thb_analysis.ingest.words.openings import in_any_case

ALONE, BESIDE = "alone", "beside"  #: with a year or the name of a field at most; beside other words


@lru_cache(maxsize=20_000)
def is_state(catalogue: Catalogue, text: str) -> bool:
    """Whether a line is no more than the name of the state, whatever its letters are a code of, or where it was signed.

    “LR”; “Rīga, Latvia”.
    """
    words = catalogue.words
    if fold(text).strip(" .:") in {fold(name) for name in words["state"]}:
        return True
    pieces = [fold(piece).strip(" .") for piece in text.split(",")]
    seats, home = ({fold(name) for name in words[kind]} for kind in ("seat", "home"))
    postcode = re.compile("|".join(words["postcode"]))
    return pieces[0] in seats and all(piece in home or postcode.fullmatch(piece) for piece in pieces[1:])


def home_over(grid: Grid, cell: Place, words: Vocabulary, named: bool) -> Refusal | bool:
    """Whether a label over a table says no more than which country reports; a refusal where nobody can say.

    “Statistics of Latvia” above the title of a table (`named`) says so.  “Latvia” alone, or in the title itself, may
    say as well whose citizens the figures are of.  Where another country stands over a part of the sheet, it does; and
    what stands beside a label says what it is.
    """
    kind = _home(words, of_the_country(grid.text(cell), words))
    if not kind or len(grid.once(by_row)[cell[0]]) > 1 or grid.once(_other_countries, words):
        return False
    if kind == BESIDE and named:
        return True
    told = "; ".join(f"{name}={code}" for name, code in sorted(_codes(words)))
    return Refusal("label_ambiguous", cell, grid.text(cell), f"{told} / —", tables=(words.table.id,))


@lru_cache(maxsize=20_000)
def _home(words: Vocabulary, text: str) -> str:
    """How a label speaks of the country and not of citizens or places; "" where it says more, or nothing of it."""
    codes, pattern = _codes(words), _spelled(words.catalogue)
    if not codes or not pattern.search(text):
        return ""
    rest = pattern.sub(" ", text)
    plain = fold(rest).strip(" :.,()-–—/")
    fields = {
        fold(word) for word in (*words.catalogue.words["reporting"], *words.catalogue.words["country_field"])
    }
    if plain in {fold(word) for word in words.catalogue.words["reporting"]}:
        return BESIDE
    if not any(codes & {*reading.dims} for reading in words.read(text)):
        return ""
    if plain in fields or not any(map(str.isalpha, plain)):
        return ALONE
    kinds = {name for name, _ in codes}
    said = words.read(rest)
    if not said or any(kinds & (reading.names | reading.sets) for reading in said):
        return ""
    return BESIDE


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


def _other_countries(grid: Grid, words: Vocabulary) -> bool:
    """Whether a label alone on its row is another member of a list that the country is in."""
    codes = _codes(words)
    kinds = {name for name, _ in codes}
    lone = (line[0] for line in grid.once(by_row).values() if len(line) == 1)
    said = (reading.dims for place in lone for reading in words.read(grid.text(place)))
    return any(name in kinds and (name, code) not in codes for dims in said for name, code in dims)
