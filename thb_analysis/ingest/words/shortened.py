"""Words cut short as they are typed: “sk.” for “number”, “vid.” for “on average”."""

from __future__ import annotations

import re
from functools import cache

from thb_analysis.definitions import Catalogue
from thb_analysis.ingest.words.fold import fold

_BEHIND = (
    r"(?:(?<=\w\w )(?<!\w\.)|(?<=\w\w\w\. )){0}(?!\w)"  #: also behind another word cut short, not “t. sk.”
)


def spelled(catalogue: Catalogue, text: str) -> str:
    """A text as it is compared, with words spelled out that are cut short.

    Letters in capitals are an institution's; and some words are short for their kind behind another only, or alone.
    """
    alone = catalogue.words["shortened"].get(text.strip())
    if alone:
        return str(alone)
    lower, behind = _shortened(catalogue)
    for short, (pattern, word) in lower.items():
        if short in text:
            text = pattern.sub(word, text)
    text = fold(text)
    for short, (pattern, word) in behind.items():
        if short in text:  # “number of victims”, and no “t. sk.”
            text = pattern.sub(word, text)
    return text


_Found = dict[str, tuple[re.Pattern[str], str]]


@cache
def _shortened(catalogue: Catalogue) -> tuple[_Found, _Found]:
    """Without their first letter those in small letters, and all others; each with what stands for it."""
    lower = {
        short[1:]: (
            re.compile(rf"(?<![\w.])[{short[0].upper()}{short[0]}]{re.escape(short[1:])}"),
            f"{word} ",
        )
        for short, word in catalogue.words["shortened_small"].items()
    }
    behind = {
        fold(short): (re.compile(_BEHIND.format(re.escape(fold(short)))), word)
        for short, word in catalogue.words["shortened"].items()
    }
    return lower, behind
