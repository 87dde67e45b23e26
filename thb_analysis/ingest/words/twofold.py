"""Labels that name two members of one kind, “165.1 (pimping)”, or join two kinds: which two a person is told of."""

from __future__ import annotations

from functools import lru_cache

from thb_analysis.definitions import TOTAL, UNKNOWN, Catalogue
from thb_analysis.ingest.words.beside import are_joined
from thb_analysis.ingest.words.labels import MOST_WORDS, TYPED, Vocabulary, vocabulary
from thb_analysis.ingest.words.meanings import Meaning


@lru_cache(maxsize=4096)
def twofold(catalogue: Catalogue, table: str, text: str) -> tuple[str, str]:
    """The two things that a label says and of which a figure can be but one, as codes; “” twice if there are none.

    Of an article's number and the name of another the number comes first.
    """
    words = vocabulary(catalogue, table)
    if any(not reading.listed for reading in words.read(text)):
        return "", ""
    for way in _ways(words, text):
        if any(meaning.kind in ("part", "total") for meaning in way):
            continue
        members = [meaning for meaning in way if meaning.kind in ("member", "article") and meaning.name]
        members.sort(key=lambda meaning: meaning.kind != "article")
        for at, one in enumerate(members):
            for other in members[at + 1 :]:
                codes = {one.code, other.code}
                if one.name == other.name and len(codes) == 2 and codes.isdisjoint((TOTAL, UNKNOWN)):
                    return _code(one), _code(other)
        before, after = _joined(way)
        if before and after and UNKNOWN not in (before.code, after.code):
            return _code(before), _code(after)
    return "", ""


def _ways(words: Vocabulary, text: str) -> list[tuple[Meaning, ...]]:
    """What the phrases of a label mean one by one, though together they make no sense."""
    tokens = words.tokens(text)
    known = all(token.kind != "word" or token.stem in words.known for token in tokens)
    return words.states(tokens, set(TYPED.findall(text))) if known and len(tokens) <= MOST_WORDS else []


def _joined(meanings: tuple[Meaning, ...]) -> tuple[Meaning | None, Meaning | None]:
    """The members on both sides of what joins them, where they are of different kinds and nobody is both."""
    for at, meaning in enumerate(meanings) if are_joined(meanings) else ():
        if meaning.kind == "joint":
            sides = (reversed(meanings[:at]), meanings[at + 1 :])
            before, after = (next((one for one in side if one.kind == "member"), None) for side in sides)
            return (before, after) if before and after and before.name != after.name else (None, None)
    return None, None


def _code(meaning: Meaning) -> str:
    return f"{meaning.name}={meaning.code}"
