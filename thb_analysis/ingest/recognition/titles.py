"""What titles and the lines around tables say beside their words: units, addresses, parts of the country, notes."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from thb_analysis.definitions import Catalogue
from thb_analysis.ingest.words.fold import fold
from thb_analysis.ingest.words.labels import Vocabulary

COUNT = "count"  #: the unit of anything that is counted


@lru_cache(maxsize=20_000)
def names_other_unit(text: str, words: Vocabulary) -> bool | None:
    """Whether a line such as “Unit: persons” names a unit that is not the table's; None where it is no such line."""
    table, catalogue, said = words.table, words.catalogue, fold(text).strip(" ()")
    start = next((start for start in _unit_starts(catalogue) if re.match(rf"{start}\s*[:-]", said)), None)
    if start is None:
        return None
    members = (m for d in table.dimensions for m in catalogue.codes.get(d.codes, {}).values())
    own = {table.unit, COUNT} | {member.unit for member in members if member.unit}
    spellings = [t for code in sorted(own) for t in catalogue.codes["unit"][code].spellings]
    small = [text for text in catalogue.words["filler"] if " " not in text]
    allowed = {token.stem for text in (*spellings, *small) for token in words.tokens(text)}
    rest = [token.stem for token in words.tokens(said.removeprefix(start))]
    return not rest or not set(rest) <= allowed


@lru_cache(maxsize=4096)
def is_unit(catalogue: Catalogue, text: str) -> bool:
    """Whether a label is what units are called."""
    return fold(text).strip(" .:") in _unit_starts(catalogue)


@cache
def _unit_starts(catalogue: Catalogue) -> tuple[str, ...]:
    return tuple(fold(word) for word in catalogue.words["unit"])


@lru_cache(maxsize=20_000)
def narrows(text: str, catalogue: Catalogue) -> bool:
    """Whether a text that nobody understands whole has a word that narrows what figures mean: “only”, a region."""
    rest = without_address(text, catalogue)
    plain = without_unchanged(catalogue, fold(rest))
    return not is_note(text, catalogue) and _narrowing(catalogue).search(plain) is not None


def without_unchanged(catalogue: Catalogue, plain: str) -> str:
    """A folded text without what narrows nothing though it begins so: “without changes”, “without double counting”."""
    for said in (*catalogue.words["unchanged"], *catalogue.words["once"]):
        plain = plain.replace(fold(said), " ")
    return plain


@lru_cache(maxsize=20_000)
def of_area(text: str, catalogue: Catalogue) -> bool:
    """Whether a line of a letterhead names an office of a part of the country, and not the town and day of a letter."""
    seats = "|".join(re.escape(fold(word)) for word in catalogue.words["seat"])
    rest = re.sub(rf"(?<!\w)(?:{seats})(?!\w)", " ", fold(_beside_address(text, catalogue)))
    dated = any(map(str.isdigit, rest)) or is_note(text, catalogue)
    return not dated and narrows(rest, catalogue)


@lru_cache(maxsize=20_000)
def without_address(text: str, catalogue: Catalogue) -> str:
    """A line without the postal address in it: from a street with its number to the town and the postcode.

    One that names a part of the country beside its address is left as it is.
    """
    rest = _beside_address(text, catalogue)
    return text if _narrowing(catalogue).search(fold(rest)) else rest


def _beside_address(text: str, catalogue: Catalogue) -> str:
    """What a line says beside a postal address."""
    street, postcode = _address(catalogue)
    pieces = text.split(",")
    streets = {n for n, piece in enumerate(pieces) if street.search(fold(piece))}
    codes = {n for n, piece in enumerate(pieces) if postcode.search(fold(piece))}
    told = streets | codes if streets else set()
    if streets and not codes:
        told |= {n + 1 for n in streets if n + 1 < len(pieces) and _is_area(pieces[n + 1], catalogue)}
    kept = (piece for n, piece in enumerate(pieces) if not told or not min(told) <= n <= max(told))
    return ",".join(kept).strip(" ,") if told else text


@cache
def _address(catalogue: Catalogue) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """How streets with a number, and postcodes, are written."""
    streets = "|".join(re.escape(fold(word)) for word in catalogue.words["street"])
    return re.compile(rf"(?<!\w)(?:{streets})\s+(?:\w+\.?\s+)?\d"), re.compile(
        "|".join(catalogue.words["postcode"])
    )


def _is_area(text: str, catalogue: Catalogue) -> bool:
    """Whether a text is one word, and that of a part of the country."""
    word = fold(text).strip(" .")
    return bool(word) and word.isalpha() and _narrowing(catalogue).fullmatch(word) is not None


def is_division(catalogue: Catalogue, text: str) -> bool:
    """Whether a label names something by which wholes are divided and which no table keeps: “Court”."""
    return fold(text).strip(" .:") in _divisions(catalogue)


def is_of_division(words: Vocabulary, text: str) -> bool:
    """Whether a label is one of those into which wholes are so divided: “Real estate”, “Imprisonment”."""
    return words.stems(text) in _of_divisions(words)


@cache
def _of_divisions(words: Vocabulary) -> frozenset[tuple[str, ...]]:
    return frozenset(words.stems(text) for text in words.catalogue.words["of_division"])


@cache
def _divisions(catalogue: Catalogue) -> frozenset[str]:
    return frozenset(fold(word) for word in catalogue.words["division"])


def is_note(text: str, catalogue: Catalogue) -> bool:
    """Whether a text begins as notes do that need no look: a source, a date of extraction, who wrote it."""
    return fold(text).lstrip("( ").startswith(_note_starts(catalogue))


@cache
def _note_starts(catalogue: Catalogue) -> tuple[str, ...]:
    return tuple(fold(start) for start in catalogue.words["note"])


@cache
def _narrowing(catalogue: Catalogue) -> re.Pattern[str]:
    words = "|".join(re.escape(fold(word)) for word in catalogue.words["restricting"])
    areas = "|".join(rf"{re.escape(fold(word))}\w*" for word in catalogue.words["area"])
    return re.compile(rf"(?<!\w)(?:{words}|{areas})(?!\w)")


@lru_cache(maxsize=20_000)
def of_the_country(text: str, words: Vocabulary) -> str:
    """A title without the country that it names beside other words: “Victims in Latvia” are all of them.

    Not one that says what the country is to them: “place of exploitation: Latvia”; nor “in Latvia and abroad”.
    """
    said = words.read(text)
    if said and all(r.listed or not r.dims or r.names & dict(r.dims).keys() for r in said):
        return text
    without = _country(words).sub(" ", text)
    return without if words.read(without) else text


@lru_cache(maxsize=1_000)
def _country(words: Vocabulary) -> re.Pattern[str]:
    """How titles name the country, but for where its name is a piece of a member's: “LR citizens”."""
    names = sorted(words.catalogue.words["country"], key=len, reverse=True)
    spelled = {
        fold(text)
        for dimension in words.table.dimensions
        for member in words.catalogue.codes.get(dimension.codes, {}).values()
        for text in member.spellings
    }
    pieces = [text.partition(fold(name)) for text in sorted(spelled) for name in names]
    behind = {words.stems(after)[0] for before, _, after in pieces if not before and after.startswith(" ")}
    before = {piece for piece, name, after in pieces if piece.endswith(" ") and name and not after}
    apart = rf"(?!\s+(?:{'|'.join(map(re.escape, sorted(behind)))}))" if behind else ""
    begun = "".join(rf"(?<!{re.escape(piece)})" for piece in sorted(before))
    country = "|".join(map(re.escape, names))
    return re.compile(rf"(?<!\w){begun}(?:{country})(?!\w){apart}", re.IGNORECASE)
