"""A member's name whose words stand in another order, or apart: “policemen were trained” for “trained policemen”.

Latvian has a free order of words.  Every other word of the label must be understood without them, so that nothing
that changes the meaning is passed over.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from operator import itemgetter
from typing import TYPE_CHECKING

from thb_analysis.ingest.words.beside import including
from thb_analysis.ingest.words.meanings import SLASH, Meaning, Token

if TYPE_CHECKING:
    from thb_analysis.ingest.words.labels import Vocabulary

FEWEST = 2  #: words of a name that may stand apart
_KINDS = ("member", "composite")


def scattered(
    words: Vocabulary, tokens: Sequence[Token], cut: Iterable[tuple[Meaning, ...]]
) -> Iterator[tuple[tuple[Token, ...], list[Meaning]]]:
    """The longest names whose words are all in a label: the words that are left, and what the name may mean.

    `cut` are the label's phrases in order: a part of somebody else's (“men, including minors”) is no name apart.
    """
    if any(map(including, cut)) or any(not m.free and not m.pieces for state in cut for m in state):
        return  # it is not understood, whatever stands around it
    there = Counter([token.stem for token in tokens])
    near = [each for stem in there for each in words.by_first.get(stem, ())]
    found: dict[tuple[str, ...], list[Meaning]] = {}
    for _, phrase in sorted(near, key=itemgetter(0)):
        if FEWEST <= len(phrase) <= len(tokens) and there.keys() >= set(phrase):
            if not Counter(phrase) <= there or _joined(words, tokens, phrase):
                continue
            meanings = [m for _, m in words.phrases[phrase] if m.kind in _KINDS and not (m.exact or m.bare)]
            if meanings:
                found[phrase] = list(dict.fromkeys(meanings))
    longest = max(map(len, found), default=0)
    for phrase, meanings in found.items():
        if len(phrase) == longest:
            yield _without(tokens, phrase), meanings


def _joined(words: Vocabulary, tokens: Sequence[Token], phrase: Sequence[str]) -> bool:
    """Whether “and” parts the words of a name that has none: “women and minors” are not the women under age."""
    joint = {text for text in (*words.catalogue.words["joint"], SLASH) if text not in phrase}
    places = [n for n, token in enumerate(tokens) if token.stem in phrase]
    return any(token.exact in joint for token in tokens[places[0] : places[-1]])


def _without(tokens: Sequence[Token], phrase: Sequence[str]) -> tuple[Token, ...]:
    taken = Counter(phrase)
    left = []
    for token in tokens:
        if taken[token.stem]:
            taken[token.stem] -= 1
        else:
            left.append(token)
    return tuple(left)
