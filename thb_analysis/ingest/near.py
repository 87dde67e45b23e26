"""What a misunderstood word might have meant: suggestions for a person, never a reading."""

from __future__ import annotations

import unicodedata
from difflib import SequenceMatcher
from functools import lru_cache

from thb_analysis.definitions import Catalogue
from thb_analysis.ingest.labels import fold, vocabulary

MOST = 3
NEAR = 0.72


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
    scored: dict[str, tuple[float, str]] = {}
    for table in tables:
        for phrase, meaning in vocabulary(catalogue, table).spelled.items():
            if meaning.kind not in ("member", "composite", "title"):
                continue
            plain = bare(phrase)
            matcher.set_seq1(plain)
            if matcher.real_quick_ratio() < NEAR or matcher.quick_ratio() < NEAR:
                continue
            score = matcher.ratio()
            if score >= NEAR:
                stands_for = f"{meaning.name}={meaning.code}" if meaning.kind == "member" else table
                known = scored.get(stands_for)
                if known is None or score > known[0]:
                    scored[stands_for] = (score, phrase)
    best = sorted(scored.items(), key=lambda item: (-item[1][0], item[0]))[:MOST]
    return tuple(f"“{phrase}” ({stands_for})" for stands_for, (_, phrase) in best)


def section_suggestion(catalogue: Catalogue, text: str) -> str:
    """The article that a number without its point may stand for (a lost superscript), "" if none."""
    digits = "".join(c for c in text if c.isdigit())
    for code in catalogue.codes.get("article", {}):
        if "." in code and code.replace(".", "") == digits:
            return code
    return ""
