"""Texts as they are compared: lower case, plain signs, nothing unseen, no letters that only look Latin."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from thb_analysis.definitions import Catalogue

_QUOTES = str.maketrans(dict.fromkeys("\"'“”„‟«»’‘`´", " "))
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—−", "-"))
_SPACES = str.maketrans(dict.fromkeys("\xa0\u2007\u2009\u202f\t\r\n", " "))
#: What nobody sees in a text: soft hyphens, joiners, marks of direction.
_UNSEEN = dict.fromkeys(
    [0xAD, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0xFEFF]
)
#: Letters of other alphabets that look like Latin ones, as a keyboard left in another language writes them.
_LOOKALIKES = str.maketrans(
    "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0456\u0458\u0455\u043a\u043c\u0442\u043d\u0432",
    "aeopcyxijskmthb",
)
_PLAIN = _SPACES | _DASHES | _QUOTES
#: To look whether a text has any such sign takes a tenth of the time that it takes to replace them.
_ODD = re.compile(f"[{re.escape(''.join(map(chr, _PLAIN)))}]")
_HIDDEN = re.compile(f"[{re.escape(''.join(map(chr, _UNSEEN)))}]")
_CYRILLIC = re.compile(r"[\u0400-\u04ff]")
_HYPHENATED = re.compile(r"(?<=[^\W\d_])-[ \r]*\n\s*(?=[^\W\d_A-Z])")  #: a word divided at the end of a line
_FOREIGN = re.compile(r"[^\W\d_]*[\u0400-\u04ff][^\W\d_]*")
_LATIN = re.compile(r"[a-z\u00df-\u024f]")


@lru_cache(maxsize=50_000)
def fold(text: str) -> str:
    """Lower case, plain spaces and dashes, no quotation marks, no letters that only look Latin, nothing unseen."""
    text = _HYPHENATED.sub("", text) if "-" in text and "\n" in text else text
    plain = (text if _ODD.search(text) is None else text.translate(_PLAIN)).lower().strip()
    if plain.isascii():
        return plain
    plain = plain if _HIDDEN.search(plain) is None else plain.translate(_UNSEEN).strip()
    return plain if _CYRILLIC.search(plain) is None else _FOREIGN.sub(_unmixed, plain)


def visible(text: str) -> str:
    """A text without what nobody sees in it."""
    return text if _HIDDEN.search(text) is None else text.translate(_UNSEEN)


@cache
def folded(catalogue: Catalogue, kind: str) -> frozenset[str]:
    """The catalogue's words of one kind, as texts are compared."""
    return frozenset(fold(word) for word in catalogue.words[kind])


def _unmixed(found: re.Match[str]) -> str:
    """A word of two alphabets with Latin letters in the place of those that look the same."""
    word = found.group()
    latin = word.translate(_LOOKALIKES)
    return latin if _LATIN.search(word) and not _FOREIGN.search(latin) else word
