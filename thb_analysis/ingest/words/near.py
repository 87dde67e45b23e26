"""What a misunderstood word might have meant: suggestions for a person, never a reading."""

from __future__ import annotations

import unicodedata
from bisect import bisect_left, bisect_right
from difflib import SequenceMatcher
from functools import lru_cache

from thb_analysis.definitions import Catalogue
from thb_analysis.ingest.words.fold import fold
from thb_analysis.ingest.words.labels import vocabulary

MOST = 3
NEAR = 0.72
ROUNDING = 1e-9
KINDS, OFTEN = 61, 7  #: so many letters, and times that each stands in a text, are told apart


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
    if not wanted or len(wanted) > 200:
        return ()
    matcher = SequenceMatcher(autojunk=False)
    matcher.set_seq2(wanted)
    size, letters, stand = len(wanted), _letters(wanted), _places(wanted)
    lacking = ~letters
    scores: dict[str, float] = {}
    scored: dict[str, tuple[float, int, str]] = {}
    phrases, lengths = _phrases(catalogue, tables)
    shortest, longest = size * NEAR / (2 - NEAR) - ROUNDING, size * (2 - NEAR) / NEAR + ROUNDING
    for at in range(bisect_left(lengths, shortest), bisect_right(lengths, longest)):
        plain, own, others, place, phrase, stands_for = phrases[at]
        length = lengths[at]
        least = (length + size) * NEAR / 2 - ROUNDING  # characters that they must share to be near
        if length - (own & lacking).bit_count() < least:
            continue  # it has too many that the label has not
        if size - (letters & others).bit_count() < least:
            continue
        score = scores.get(plain)
        if score is None:
            score = 0.0
            if _in_order(plain, stand, size) >= least:
                matcher.set_seq1(plain)
                score = matcher.ratio()
            scores[plain] = score
        if score >= NEAR:
            best = scored.get(stands_for)
            if best is None or (score, -place) > best[:2]:
                scored[stands_for] = (score, -place, phrase)
    nearest = sorted(scored.items(), key=lambda item: (-item[1][0], item[0]))[:MOST]
    return tuple(f"“{phrase}” ({stands_for})" for stands_for, (_, _, phrase) in nearest)


@lru_cache(maxsize=64)
def _phrases(
    catalogue: Catalogue, tables: tuple[str, ...]
) -> tuple[list[tuple[str, int, int, int, str, str]], list[int]]:
    """Known phrases by their length, and these lengths.

    Each bare, the letters that it has and has not, its place among all, as spelled, and what it stands for.
    """
    found: dict[tuple[str, str], str] = {}
    for table in tables:
        for phrase, meaning in vocabulary(catalogue, table).spelled.items():
            if meaning.kind in ("member", "composite", "title"):
                stands_for = f"{meaning.name}={meaning.code}" if meaning.kind == "member" else table
                found.setdefault((bare(phrase), stands_for), phrase)
    phrases = [
        (plain, letters := _letters(plain), ~letters, place, phrase, stands_for)
        for place, ((plain, stands_for), phrase) in enumerate(found.items())
    ]
    phrases.sort(key=lambda phrase: len(phrase[0]))
    return phrases, [len(phrase[0]) for phrase in phrases]


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
