"""Labels of which every word is understood, and which still do not say what their words say one by one."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING

from thb_analysis.definitions import TOTAL
from thb_analysis.ingest.words.article_numbers import not_both
from thb_analysis.ingest.words.fold import fold
from thb_analysis.ingest.words.meanings import PEOPLE

if TYPE_CHECKING:
    from thb_analysis.ingest.words.labels import Vocabulary

_PARTED = re.compile(r"\s*[,;]\s*|\s+-\s+")


def says_two(words: Vocabulary, text: str) -> bool:
    """Whether a label has two articles, or people of two kinds, and its figures are not of who or what is both."""
    return bool(words.articles and not_both(words.catalogue, text)) or lists_people(words, text)


def lists_people(words: Vocabulary, text: str) -> bool:
    """Whether a comma parts people from others that a noun names: “women, minor” are girls, “women, children” both."""
    parts = _PARTED.split(fold(text))
    for one, other in pairwise(parts) if len(parts) > 1 else ():
        before, after = words.stems(one)[-1:], words.stems(other)[:1]
        for noun, beside in ((before, after), (after, before)):
            kinds = {m.name for _, m in words.phrases.get(beside, ()) if m.kind == "member"}
            named = {m.name for _, m in words.phrases.get(noun, ()) if m.kind == "member"}
            if noun in _nouns(words) and PEOPLE & named and PEOPLE & kinds - named:
                return True
    return False


def is_other(words: Vocabulary, dims: Iterable[tuple[str, str]], mostly: bool = False) -> bool:
    """Whether figures are of an article that is not the field's own; or `mostly` have nothing to do with it."""
    codes = set(dict(dims).get(words.articles, TOTAL).split("+")) - {TOTAL}
    if not mostly:
        return not codes <= set(words.catalogue.words["subject"])
    members = words.catalogue.codes[words.table.dimension(words.articles).codes] if codes else {}
    return any(members[code].group in words.catalogue.words["partly"] for code in codes)


@cache
def _nouns(words: Vocabulary) -> frozenset[tuple[str, ...]]:
    return frozenset(words.stems(text) for text in words.catalogue.words["nouns"])
