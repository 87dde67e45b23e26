"""What a misunderstood word might have meant: suggestions for a person, never a reading."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from functools import lru_cache
from math import ceil
from typing import NamedTuple

from thb_analysis.definitions import Catalogue
from thb_analysis.ingest.words.fold import fold
from thb_analysis.ingest.words.labels import vocabulary

MOST = 3
NEAR = 0.72
ROUNDING = 1e-9
LONGEST = 200  #: characters of a label that may be a phrase's name misspelt
SHORTEST = 6  #: letters of a name that is known though one of them has slipped
KINDS, OFTEN = 32, 3  #: so many letters, and times that each stands in a text, are told apart


@lru_cache(maxsize=50_000)
def bare(text: str) -> str:
    """Without diacritics, case and punctuation."""
    decomposed = unicodedata.normalize("NFKD", fold(text))
    return "".join(c for c in decomposed if c.isalnum() or c == " ").strip()


def suggestions(catalogue: Catalogue, tables: tuple[str, ...], text: str) -> tuple[str, ...]:
    """Up to three known phrases that are near to a label, the nearest first, each with what it stands for."""
    return _suggestions(catalogue, tuple(sorted(tables)), text)


@lru_cache(maxsize=4096)
def _suggestions(catalogue: Catalogue, tables: tuple[str, ...], text: str) -> tuple[str, ...]:
    wanted = bare(text)
    size = len(wanted)
    if not wanted or size > LONGEST:
        return ()
    matcher = SequenceMatcher(autojunk=False)
    matcher.set_seq2(wanted)
    letters, stand = _letters(wanted), _places(wanted)
    lacking = ~letters
    scores: dict[str, float] = {}
    scored: dict[str, tuple[float, int, str]] = {}
    phrases = _phrases(catalogue, tables)
    for length in range(
        ceil(size * NEAR / (2 - NEAR) - ROUNDING), int(size * (2 - NEAR) / NEAR + ROUNDING) + 1
    ):
        least = (length + size) * NEAR / 2 - ROUNDING  # characters that they must share to be near
        for phrase in phrases.get(length, ()):
            if (phrase.letters & lacking).bit_count() > length - least:
                continue  # it has too many that the label has not
            if (letters & ~phrase.letters).bit_count() > size - least:
                continue
            score = scores.get(phrase.plain)
            if score is None:
                score = 0.0
                if _in_order(phrase.plain, stand, size) >= least:
                    matcher.set_seq1(phrase.plain)
                    score = matcher.ratio()
                scores[phrase.plain] = score
            if score >= NEAR:
                best = scored.get(phrase.stands_for)
                if best is None or (score, -phrase.place) > best[:2]:
                    scored[phrase.stands_for] = (score, -phrase.place, phrase.spelled)
    nearest = sorted(scored.items(), key=lambda item: (-item[1][0], item[0]))[:MOST]
    return tuple(f"“{phrase}” ({stands_for})" for stands_for, (_, _, phrase) in nearest)


@lru_cache(maxsize=20_000)
def slipped(catalogue: Catalogue, table: str, text: str) -> bool:
    """Whether a label is one that a table knows but for one letter, or for two in each other's place."""
    wanted = bare(text)
    if not SHORTEST <= len(wanted) <= LONGEST or any(map(str.isdigit, wanted)):
        return False  # another number is another thing
    letters, phrases = _letters(wanted), _phrases(catalogue, (table,))
    return any(
        (phrase.letters ^ letters).bit_count() <= 2 and _one_slip(wanted, phrase.plain)
        for length in (len(wanted) - 1, len(wanted), len(wanted) + 1)
        for phrase in phrases.get(length, ())
    )


def _one_slip(one: str, other: str) -> bool:
    """Whether one letter parts two texts, or two that stand in each other's place."""
    shorter, longer = sorted((one, other), key=len)
    at = next((n for n, (a, b) in enumerate(zip(shorter, longer, strict=False)) if a != b), len(shorter))
    if len(shorter) < len(longer):
        return shorter[at:] == longer[at + 1 :]
    swapped = shorter[:at] + shorter[at : at + 2][::-1] + shorter[at + 2 :]
    return one != other and (shorter[at + 1 :] == longer[at + 1 :] or swapped == longer)


class _Phrase(NamedTuple):
    """A phrase that is known."""

    plain: str  #: bare
    letters: int  #: which it has, and how often
    place: int  #: among all
    spelled: str
    stands_for: str


@lru_cache(maxsize=64)
def _phrases(catalogue: Catalogue, tables: tuple[str, ...]) -> Mapping[int, Sequence[_Phrase]]:
    """Known phrases by their length."""
    found: dict[tuple[str, str], str] = {}
    for table in tables:
        for phrase, meaning in vocabulary(catalogue, table).spelled.items():
            if meaning.kind in ("member", "composite", "title"):
                stands_for = f"{meaning.name}={meaning.code}" if meaning.kind == "member" else table
                found.setdefault((bare(phrase), stands_for), phrase)
    phrases: dict[int, list[_Phrase]] = {}
    for place, ((plain, stands_for), phrase) in enumerate(found.items()):
        known = _Phrase(plain, _letters(plain), place, phrase, stands_for)
        phrases.setdefault(len(plain), []).append(known)
    return phrases


def _letters(text: str) -> int:
    """Which letters a text has and how often, as bits: one for the first of its kind, another for the second.

    Some letters share their bits, so two texts may have more in common than these say, and never less.
    """
    bits, seen = 0, dict[str, int]()
    for character in text:
        seen[character] = often = seen.get(character, -1) + 1
        bits |= 1 << (ord(character) % KINDS + KINDS * min(often, OFTEN))
    return bits


def _places(text: str) -> dict[str, int]:
    """Where each letter of a text stands, as bits."""
    places: dict[str, int] = {}
    for at, character in enumerate(text):
        places[character] = places.get(character, 0) | 1 << at
    return places


def _in_order(text: str, stand: dict[str, int], size: int) -> int:
    """How many letters a text shares in order with one of that size: as many at least as the matcher finds.

    The longest common subsequence by whole rows of bits, after Hyyrö (2004), Bit-parallel LCS-length computation
    revisited.
    """
    every = (1 << size) - 1
    row = every
    for character in text:
        met = row & stand.get(character, 0)
        row = (row + met | row - met) & every
    return size - row.bit_count()


def section_suggestion(catalogue: Catalogue, text: str) -> str:
    """The article that a number without its point may stand for (a lost superscript), "" if none."""
    digits = "".join(c for c in text if c.isdigit())
    for code in catalogue.codes.get("article", {}):
        if "." in code and code.replace(".", "") == digits:
            return code
    return ""
