"""Titles of several measures of one noun, “recorded and solved offences”: what a heading below means in full."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache

from thb_analysis.definitions import Catalogue, figures
from thb_analysis.ingest.recognition.grid import FIGURE, LABEL, Grid, Place
from thb_analysis.ingest.recognition.islands import Region, regions
from thb_analysis.ingest.recognition.keys import names_tables
from thb_analysis.ingest.recognition.titles import is_note
from thb_analysis.ingest.words.fold import fold
from thb_analysis.ingest.words.labels import Vocabulary, vocabulary
from thb_analysis.ingest.words.readers import readers

MOST_NAMING = 3  #: words that may tell a measure from the others of its title
MOST_BLANK = 2  #: blank rows between such a title and its table


def in_full(grid: Grid, catalogue: Catalogue) -> tuple[dict[Place, str], set[Place]]:
    """The headings that are short for a measure of the title over them: “Recorded” for “recorded offences, 2021”.

    Only a measure of a title that nobody understands as it stands, and that names a table when written in full; of a
    title of a flow, “Movement of cases”, any that does.  With the titles that are such ones.
    """
    labels = [place for place, kind in grid.kinds.items() if kind == LABEL and place not in grid.hidden]
    titles = {place: told for place in labels if (told := _measures(catalogue, grid.text(place)))}
    flows = {place: rest for place in labels if (rest := _flow(catalogue, grid.text(place)))}
    rows = _by_row(labels)
    figured = {row for (row, _), kind in grid.kinds.items() if kind == FIGURE}
    lone = [line[0] for row, line in rows.items() if len(line) == 1 and row not in figured]
    corners = {min(line) for row, line in rows.items() if len(line) > 1 and _is_corner(grid, min(line))}
    groups = {place for place in labels if grid.span(place)[3] > place[1] and place not in lone}
    nouns = {place for place in (*lone, *corners, *groups) if _is_noun(catalogue, grid.text(place))}
    flows |= {place: grid.text(place) for place in nouns}
    parts = regions(grid) if titles or flows else []
    found: dict[Place, str] = {}
    for title in sorted({*titles, *flows}):
        table = _table_under(grid, title, parts)
        for place in labels if table else ():
            text = grid.text(place)
            below = table and place in table.places and place[0] > title[0]
            if title in corners:  # it says what the headings beside it count
                below = table and place in table.places and place[0] == title[0] and place != title
            elif title in groups:  # and so of those below it
                _, first, bottom, last = grid.span(title)
                below = below and place[0] == bottom + 1 and first <= place[1] <= last
            if not below or place in titles or place in flows or names_tables(catalogue, text):
                continue
            meant = {full for naming, full in titles.get(title, ()) if _short_for(catalogue, text, naming)}
            if title in flows and _is_title(catalogue, f"{text} {flows[title]}"):
                meant.add(f"{text} {flows[title]}")
            if len(meant) == 1:
                found[place] = meant.pop()
    rests = {title: rest for title, rest in flows.items() if not names_tables(catalogue, rest)}
    return rests | {place: full for place, full in found.items() if full}, {*titles, *flows}


@lru_cache(maxsize=10_000)
def _flow(catalogue: Catalogue, text: str) -> str:
    """What is left of a title of a flow, “Movement of cases, 2021”, without the word for it; "" for any other."""
    words = "|".join(re.escape(word) for word in catalogue.words["flow"])
    rest, times = re.subn(rf"(?<!\w)(?:{words})(?!\w)", " ", text, flags=re.IGNORECASE)
    known = times == 1 and not is_note(text, catalogue) and not names_tables(catalogue, text)
    return " ".join(rest.split()) if known else ""


def _by_row(labels: list[Place]) -> dict[int, list[Place]]:
    rows: dict[int, list[Place]] = {}
    for place in labels:
        rows.setdefault(place[0], []).append(place)
    return rows


@lru_cache(maxsize=10_000)
def _is_noun(catalogue: Catalogue, text: str) -> bool:
    """Whether a text is but the noun of measures, with an article or members: “Cases (154.1)”, over “Sent to court”."""
    if names_tables(catalogue, text):
        return False
    for words in readers(catalogue, text):
        nouns = {noun for groups in words.table.compounds for noun in groups[-1]} - {
            *catalogue.words["figure"]
        }
        said = set(words.stems(text))
        named = any(set(words.stems(noun.removeprefix("="))) <= said for noun in nouns)
        readings = words.read(text) if named else ()
        if any(not (r.title or r.total or r.part or r.number is not None) for r in readings):
            return True
    return False


def _is_corner(grid: Grid, place: Place) -> bool:
    """Whether a label stands left of headings that have figures below them, over the labels of these."""
    row, column = place
    beside, below = grid.at((row, column + 1)), grid.at((row + 1, column))
    figures = grid.kinds.get((row + 1, column + 1)) == FIGURE
    named = below is not None and grid.kinds[below] != FIGURE
    return figures and named and beside is not None and grid.kinds[beside] == LABEL


def _is_title(catalogue: Catalogue, text: str) -> bool:
    return any(reading.title for words in readers(catalogue, text) for reading in words.read(text))


def _table_under(grid: Grid, title: Place, parts: list[Region]) -> Region | None:
    """The table that a title stands over: in its own region or the next below it."""
    for region in parts:
        if region.bottom <= title[0] or region.top - title[0] > MOST_BLANK + 1:
            continue
        if region.left <= title[1] + 1 and any(
            grid.kinds[place] == FIGURE and place[0] > title[0] for place in region.places
        ):
            return region
    return None


def _short_for(catalogue: Catalogue, text: str, naming: str) -> bool:
    """Whether a heading has the word that names a measure, and no other than the measure's."""
    words = _any(catalogue)
    own, whole = words.stems(text), words.stems(naming)
    return bool(own) and bool(whole) and whole[-1] in own and set(own) <= set(whole)


@lru_cache(maxsize=10_000)
def _measures(catalogue: Catalogue, text: str) -> tuple[tuple[str, str], ...]:
    """What names each measure of a title, and the measure in full, "" where no table knows it.

    The noun stands behind the last of them: “recorded, solved and sent offences”.
    """
    parts = [part.strip() for part in _between(catalogue).split(text)]
    if len(parts) < 2 or not all(parts) or is_note(text, catalogue) or names_tables(catalogue, text):
        return ()
    if any(names_tables(catalogue, part) for part in parts[:-1]):
        return ()  # nouns of their own
    for named in _namings(parts):
        told = tuple((naming, full if names_tables(catalogue, full) else "") for naming, full in named)
        if any(full for _, full in told):
            return told
    return ()


def _namings(parts: list[str]) -> Iterator[list[tuple[str, str]]]:
    """The ways of parting the words that name the last measure from the noun: each measure's words, and it in full."""
    last = parts[-1].split()
    for size in range(1, min(MOST_NAMING, len(last) - 1) + 1):
        noun = " ".join(last[size:])
        yield [(part, f"{part} {noun}") for part in [*parts[:-1], " ".join(last[:size])]]


@lru_cache(maxsize=10_000)
def parts_of(catalogue: Catalogue, text: str) -> tuple[str, ...]:
    """What stands beside each other in a title, “suspects and victims”; none where nothing does."""
    parts = [piece.strip() for part in _between(catalogue).split(text) for piece in part.split("/")]
    return tuple(parts) if len(parts) > 1 else ()


@cache
def _between(catalogue: Catalogue) -> re.Pattern[str]:
    words = "|".join(re.escape(fold(word)) for word in catalogue.words["joint"])
    return re.compile(rf"\s+(?:{words})\s+|,\s+(?!\d)", re.IGNORECASE)


@cache
def _any(catalogue: Catalogue) -> Vocabulary:
    """A vocabulary, for its way of cutting words into stems: they have it in common."""
    return vocabulary(catalogue, next(iter(figures(catalogue))).id)
