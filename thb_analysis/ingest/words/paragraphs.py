"""Paragraphs of articles, “154.1 panta 1. daļa”: parts of what tables keep one figure of."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from thb_analysis.definitions import Catalogue
from thb_analysis.ingest.words.fold import fold
from thb_analysis.ingest.words.labels import vocabulary

_NUMBER = re.compile(r"\(?\d{1,2}[.)]{0,2}")


@lru_cache(maxsize=10_000)
def section_of(catalogue: Catalogue, table: str, text: str) -> str:
    """The article of which a label names a paragraph; "" where it names none, or something else as well."""
    words = vocabulary(catalogue, table)
    found = _paragraph(catalogue).search(fold(text)) if words.articles else None
    if found is None:
        return ""
    said = {reading.dims for reading in words.read(fold(text)[: found.start()].strip(" ,("))}
    if len(said) != 1 or len(dims := dict(said.pop())) != 1:
        return ""
    return dims.get(words.articles, "")


@lru_cache(maxsize=10_000)
def is_bare(catalogue: Catalogue, text: str) -> bool:
    """Whether a label names a paragraph and no article: “2. daļa”."""
    found = _paragraph(catalogue).search(f" {fold(text)}")
    return found is not None and found.start() == 1


def numbers(catalogue: Catalogue, text: str) -> bool:
    """Whether a text is the number of a paragraph and nothing else: “2”, “2.”, “(2)”, “2. daļa”."""
    return _NUMBER.fullmatch(text.strip()) is not None or is_bare(catalogue, text)


@cache
def _paragraph(catalogue: Catalogue) -> re.Pattern[str]:
    """How a paragraph is named at the end of a label: “part 1”, “(2)”, “1.d.”."""
    words = "|".join(re.escape(fold(word)) for word in catalogue.words["paragraph"])
    number = r"\(?\d{1,2}[.)]{0,2}"
    return re.compile(
        rf"(?<=[\s.,)])(?:{number}\s*(?:{words})|(?:{words})\s*{number}|\(\d{{1,2}}\))[\s.,)]*$"
    )
