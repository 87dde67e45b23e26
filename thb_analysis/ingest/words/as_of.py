"""Whether a text says as of which day data are: “Data as of 30.09.2024, prepared by the 2nd unit”."""

from __future__ import annotations

import re
from functools import lru_cache

from thb_analysis.definitions import Catalogue
from thb_analysis.ingest.words.labels import vocabulary
from thb_analysis.ingest.words.spans import day_after

_CLAUSE_ENDS = re.compile(r"[,;:()]|\s[-–—]\s|$")


@lru_cache(maxsize=20_000)
def stands_before_end(catalogue: Catalogue, reported: int | None, text: str) -> bool:
    """Whether a text says that data are as of a day of the year reported before its last.

    The day ends what is said of it: “in reply to the letter of 30.09.2024 on data” says nothing of the kind.
    """
    if reported is None or str(reported) not in text:
        return False
    bounds = catalogue.words["bounds"]
    sources, as_of = tuple(bounds["sources"]), frozenset(" ".join(bounds["as_of"]).split())
    words = vocabulary(catalogue, next(iter(catalogue.tables)))
    before, start = False, 0  #: whether the clauses before speak of data
    for end in _CLAUSE_ENDS.finditer(text):
        tokens = words.tokens(text[start : end.start()])
        start = end.end()
        speaks = any(token.exact.startswith(sources) for token in tokens)
        at_end = len(tokens) > 1 and tokens[-1].kind == "date" and tokens[-2].exact in as_of
        if at_end and (speaks or (before and all(token.exact in as_of for token in tokens[:-1]))):
            year, month, day = day_after(catalogue, tokens)
            if year == reported and (month, day) != (12, 31):
                return True
        before = before or speaks
    return False
