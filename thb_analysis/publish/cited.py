"""Sentences of the analyses with their numbers led back to cells: as read, or as worked out from cells."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from thb_analysis.language import Language, Number
from thb_analysis.publish.document import Figured, Run, Runs
from thb_analysis.publish.facts import Facts, Observation, plain_number

RULES = frozenset({"base", "minimum", "minimum_years", "level"})
"""Parameters of texts that are limits of a method, not numbers from the data."""

_OPEN, _MIDDLE, _CLOSE = "\ue010", "\ue011", "\ue012"
"""Marks that no text has (private use), around a number: its value, then how it is written."""

_MARKED = re.compile(f"{_OPEN}([^{_MIDDLE}]*){_MIDDLE}([^{_CLOSE}]*){_CLOSE}")


def _bare(text: str) -> str:
    return _MARKED.sub(r"\2", text)


class MarkingLanguage(Language):
    """A language that marks every number which it writes into a sentence, but years and limits of methods."""

    def number(self, x: Number, decimals: int | None = None) -> str:
        return self._mark(x, super().number(x, decimals))

    def money(self, x: Number, decimals: int | None = None) -> str:
        return self._mark(x, super().money(x, decimals))

    def percent(self, x: Number, decimals: int = 0) -> str:
        return self._mark(x, super().percent(x, decimals))

    def _mark(self, x: Number, written: str) -> str:
        return f"{_OPEN}{plain_number(float(x))}{_MIDDLE}{_bare(written)}{_CLOSE}"

    def _written(self, key: str, name: str, value: Any) -> str:
        written = super()._written(key, name, value)
        return _bare(written) if name in RULES else written


def cited_sentence(
    facts: Facts, say: Callable[[Language], str], rows: Sequence[Observation], how: str = "compared"
) -> Runs:
    """A sentence whose numbers lead to their cells.

    `say` words the sentence in the language that it is given.  A number equal to a figure of `rows` (each
    figure once, in their order) is that figure; any other is worked out from them, as `how` says.
    """
    said = say(MarkingLanguage(facts.language.lang))
    waiting = [row for row in rows if row.value is not None]
    runs: list[Run] = []
    end = 0
    for match in _MARKED.finditer(said):
        runs.append(said[end : match.start()])
        end = match.end()
        value, text = match[1], match[2]
        row = next((row for row in waiting if plain_number(row.value or 0) == value), None)
        if row is None:
            runs.append(facts.derive(text, float(value), how, rows))
            continue
        waiting.remove(row)
        source = facts.cite(row)
        runs.append(Figured(text, value, source, facts.describe(source)))
    runs.append(said[end:])
    return tuple(run for run in runs if run)
