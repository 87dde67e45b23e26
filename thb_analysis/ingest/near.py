"""What a misunderstood word might have meant: suggestions for a person, never a reading."""

from __future__ import annotations

import unicodedata
from difflib import SequenceMatcher
from functools import lru_cache

from thb_analysis.definitions import Catalogue
from thb_analysis.ingest.labels import fold, vocabulary

MOST = 3
NEAR = 0.72
ROUNDING = 1e-9


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
    size, letters = len(wanted), _letters(wanted)
    scores: dict[str, float] = {}
    scored: dict[str, tuple[float, str]] = {}
    for plain, phrase, stands_for, own, others in _phrases(catalogue, tables):
        least = (len(plain) + size) * NEAR / 2 - ROUNDING  # characters that they must share to be near
        if len(plain) - (own & ~letters).bit_count() < least:
            continue  # it has too many that the label has not
        if size - (letters & others).bit_count() < least:
            continue
        score = scores.get(plain)
        if score is None:
            matcher.set_seq1(plain)
            score = scores[plain] = matcher.ratio() if matcher.quick_ratio() >= NEAR else 0.0
        if score >= NEAR:
            best = scored.get(stands_for)
            if best is None or score > best[0]:
                scored[stands_for] = (score, phrase)
    nearest = sorted(scored.items(), key=lambda item: (-item[1][0], item[0]))[:MOST]
    return tuple(f"“{phrase}” ({stands_for})" for stands_for, (_, phrase) in nearest)


@lru_cache(maxsize=64)
def _phrases(catalogue: Catalogue, tables: tuple[str, ...]) -> tuple[tuple[str, str, str, int, int], ...]:
    """Known phrases: bare, as spelled, what each stands for, and as bits the letters that it has and has not."""
    found: dict[tuple[str, str], tuple[str, str, str, int, int]] = {}
    for table in tables:
        for phrase, meaning in vocabulary(catalogue, table).spelled.items():
            if meaning.kind in ("member", "composite", "title"):
                stands_for = f"{meaning.name}={meaning.code}" if meaning.kind == "member" else table
                plain = bare(phrase)
                letters = _letters(plain)
                found.setdefault((plain, stands_for), (plain, phrase, stands_for, letters, ~letters))
    return tuple(found.values())


def _letters(text: str) -> int:
    """Which letters a text has, as bits; some share one."""
    bits = 0
    for character in text:
        bits |= 1 << (ord(character) % 61)
    return bits


def section_suggestion(catalogue: Catalogue, text: str) -> str:
    """The article that a number without its point may stand for (a lost superscript), "" if none."""
    digits = "".join(c for c in text if c.isdigit())
    for code in catalogue.codes.get("article", {}):
        if "." in code and code.replace(".", "") == digits:
            return code
    return ""
