"""Words cut short with a point, “Reg. offences”: written out where all that they can stand for comes to the same.

A word of the catalogue is a candidate if it begins with the letters before the point.  A label is written out only
where it says nothing as it stands, and whatever its candidates make of it for any table is one and the same.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from functools import cache, lru_cache
from itertools import product
from math import prod
from typing import Any

from thb_analysis.definitions import Catalogue, figures
from thb_analysis.ingest.words.fold import fold
from thb_analysis.ingest.words.labels import vocabulary
from thb_analysis.ingest.words.learned import learned
from thb_analysis.ingest.words.meanings import Reading
from thb_analysis.ingest.words.readers import readers

MOST_LETTERS = 120  #: of a label; a longer one is a sentence
TELLING = 4  #: letters before the point; a word of fewer is written out in the name of a table only
MOST_WAYS = 600  #: of writing a label out; where there are more, nobody can tell
_CUT = re.compile(r"(?<!\w)([^\W\d_]{3,})\.(?!\d)")
_WORD = re.compile(r"\s*([^\W\d_]+)(\.?)")

#: What a label may say and say nothing of the figures that it heads.
_SAYING_NOTHING: Any = {"names": frozenset(), "worded": frozenset()} | dict.fromkeys(
    ("figure", "mere", "descriptor", "ordinal", "subject", "divided"), False
)
_Meaning = frozenset[tuple[str, Reading]]  #: what a label says, and to which tables


@lru_cache(maxsize=20_000)
def written_out(catalogue: Catalogue, text: str) -> str:
    """A label with its words written out; "" where none is cut short, or it may be more than one thing."""
    if len(text) > MOST_LETTERS or not (cuts := [*_CUT.finditer(text)]) or readers_of(catalogue, text):
        return ""
    parts = _joint(catalogue).split(text)
    if len(parts) > 1:  # each names something by itself
        told = [
            part if n % 2 or readers_of(catalogue, part) else written_out(catalogue, part)
            for n, part in enumerate(parts)
        ]
        return "".join(told) if all(told) else ""
    pieces = [*_pieces(catalogue, text, cuts)]
    if prod(map(len, pieces)) > MOST_WAYS:
        return ""
    ways = [told for told in map("".join, product(*pieces)) if readers_of(catalogue, told)]
    if any(len(cut[1]) < TELLING for cut in cuts) and not any(_is_title(catalogue, told) for told in ways):
        return ""
    for meaning in (_of_figures, _of_lists):
        meant = {told: said for told in ways if (said := meaning(catalogue, told))}
        if meant:
            most = max(meant.values(), key=len)
            names = {told: _of_lists(catalogue, told) for told, said in meant.items() if said == most}
            plainest = min(names, key=lambda told: len(names[told]))
            return plainest if all(said <= most for said in meant.values()) else ""
    return ""


@cache
def _joint(catalogue: Catalogue) -> re.Pattern[str]:
    """What joins the names of two things, with the space around it."""
    words = "|".join(re.escape(word) for word in catalogue.words["joint"])
    return re.compile(rf"(\s+(?:{words})\s+)")


def _pieces(catalogue: Catalogue, text: str, cuts: list[re.Match[str]]) -> Iterator[tuple[str, ...]]:
    """The pieces of a label in order, each with all that may stand there."""
    at = 0
    for cut in cuts:
        if cut.start() < at:
            continue  # it is a part of the word before it
        yield (text[at : cut.start()],)
        behind = _WORD.match(text, cut.end())
        rest = fold(behind[1]) if behind else ""
        whole = _joined(catalogue, fold(cut[1]), rest, bool(behind and behind[2])) if rest else ()
        if whole and behind:
            at = behind.end()
            yield _spaced(text, at, whole)
        else:
            at = cut.end()
            yield _spaced(text, at, (cut[0], *_beginning(catalogue, fold(cut[1]))))
    yield (text[at:],)


def _spaced(text: str, at: int, words: tuple[str, ...]) -> tuple[str, ...]:
    """Words that stand in a text up to here, with a space behind them where a word follows at once."""
    return tuple(f"{word} " for word in words) if text[at : at + 1].isalnum() else words


def _beginning(catalogue: Catalogue, letters: str) -> tuple[str, ...]:
    """The catalogue's words that begin with some letters, one of each stem."""
    words = _words(catalogue)
    found = []
    for word, stem in words[bisect_left(words, (letters, "")) :]:
        if not word.startswith(letters):
            break
        if len(word) > len(letters):
            found.append(_form(catalogue, stem))
    return tuple(dict.fromkeys(word for word in found if word))


def _joined(catalogue: Catalogue, letters: str, rest: str, cut: bool) -> tuple[str, ...]:
    """The words made of two of which the first, or both, are cut short: “crim. proc.” for one word."""
    words = vocabulary(catalogue, next(iter(catalogue.tables)))
    (stem,) = words.stems(rest)[:1] or (rest,)
    return tuple(
        word
        for word in _beginning(catalogue, letters)
        if (word.find(rest, len(letters)) > 0 if cut else words.stems(word)[0].endswith(stem))
        and not word.startswith(rest)
    )


@learned
def _words(catalogue: Catalogue) -> tuple[tuple[str, str], ...]:
    """Every word of every phrase with its stem, sorted."""
    return tuple(sorted({(word, stem) for stem, words in _forms(catalogue)[0].items() for word in words}))


@cache
def _form(catalogue: Catalogue, stem: str) -> str:
    """The form of a stem that a word cut short is written out with; "" where there is none.

    Not one of those forms that mean something by themselves where others of the stem do not (“labour”): of a word cut
    short nobody knows in which it was.
    """
    forms, alone = _forms(catalogue)
    others = (stem + ending for ending in sorted(catalogue.words["endings"]))
    stems_of = vocabulary(catalogue, next(iter(catalogue.tables))).stems
    fitting = (word for word in (*forms[stem], *others) if word not in alone and stems_of(word) == (stem,))
    return next(fitting, "")


@learned
def _forms(catalogue: Catalogue) -> tuple[dict[str, list[str]], set[str]]:
    """The words of each stem in all phrases, and those that mean something in that form only."""
    forms: dict[str, list[str]] = {}
    alone: set[str] = set()
    for table in figures(catalogue):
        for stems, entries in vocabulary(catalogue, table.id).phrases.items():
            for exact, meaning in entries:
                alone.update(exact if meaning.exact and len(exact) == 1 else ())
                for stem, word in zip(stems, exact, strict=True):
                    if word.isalpha():
                        forms.setdefault(stem, []).append(word)
    return forms, alone


def readers_of(catalogue: Catalogue, text: str) -> bool:
    """Whether any table understands a label."""
    return any(words.read(text) for words in readers(catalogue, text))


def _is_title(catalogue: Catalogue, text: str) -> bool:
    return any(reading.title for words in readers(catalogue, text) for reading in words.read(text))


def _of_figures(catalogue: Catalogue, text: str) -> _Meaning:
    """What a label says of figures, by table; what goes without saying is left out."""
    said = set()
    for words in readers(catalogue, text):
        usual = {(dimension.name, dimension.default) for dimension in words.table.dimensions}
        for reading in words.read(text):
            dims = tuple(pair for pair in reading.dims if pair not in usual)
            plain = reading._replace(dims=dims, **_SAYING_NOTHING)
            if reading.dims or plain != Reading(years=reading.years):
                said.add((words.table.id, plain))
    return frozenset(said)


def _of_lists(catalogue: Catalogue, text: str) -> _Meaning:
    """What lists a label names (“sex”), by table."""
    return frozenset(
        (words.table.id, Reading(names=reading.names))
        for words in readers(catalogue, text)
        for reading in words.read(text)
        if reading.names - {"year"}
    )
