"""Groups of headings that repeat below the headings over them: in their words, or in what they mean."""

from __future__ import annotations

from thb_analysis.definitions import Catalogue
from thb_analysis.ingest.words.readers import beyond


def mean_alike(catalogue: Catalogue, over: list[str], groups: list[list[str]]) -> bool:
    """Whether groups repeat in what they mean: “men | women” under “Adults”, “boys | girls” under “Children”.

    A heading may be there again, as under each article, with just the same group.
    """
    once = dict(zip(over, groups, strict=True))
    if len({*map(len, groups)}) > 1 or [once[head] for head in over] != groups:
        return False
    over, groups = list(once), list(once.values())
    told = [
        [beyond(catalogue, head, name) for name in names] for head, names in zip(over, groups, strict=True)
    ]
    tables = set.intersection(*(set(one) for group in told for one in group)) if told else set()
    return bool(tables) and all(
        len({one[table] for one in column}) == 1 for column in zip(*told, strict=True) for table in tables
    )
