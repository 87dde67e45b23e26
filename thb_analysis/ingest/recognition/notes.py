"""What notes say of figures: what they narrow, how sure they are, and which footnotes point to which."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from thb_analysis.definitions import Catalogue
from thb_analysis.ingest.recognition.grid import Grid, Place
from thb_analysis.ingest.recognition.judge import Reading
from thb_analysis.ingest.recognition.keys import Claim, Source, from_its_year
from thb_analysis.ingest.recognition.qualified import UNSURE
from thb_analysis.ingest.recognition.recognise import SheetReading
from thb_analysis.ingest.recognition.titles import is_note, without_unchanged
from thb_analysis.ingest.recognition.values import Figure
from thb_analysis.ingest.words.as_of import stands_before_end
from thb_analysis.ingest.words.fold import fold
from thb_analysis.ingest.words.footnotes import footnote
from thb_analysis.ingest.words.labels import Vocabulary, vocabulary
from thb_analysis.ingest.words.meanings import Reading as WordReading
from thb_analysis.ingest.words.spans import full_date_span, named_year

_CLAUSE = re.compile(r"[,;()]")
_FIELD = re.compile(r":|\s-\s")


@dataclass(slots=True)
class Note:
    """A cell of plain text, the footnote mark that it begins with, and the figures beside which it is a remark."""

    place: Place
    text: str
    mark: str
    about: frozenset[Place] | None = None


def part_of_year(words: Vocabulary, text: str) -> bool:
    """Whether a text speaks of a part of a year: two dates that are not its first and last day, or a quarter."""
    tokens = list(words.tokens(text))
    dates = [token.exact for token in tokens if token.kind == "date"]
    if dates:
        return len(dates) > 1 and not full_date_span(dates)
    return any(reading.period for reading in words.read(text))


@lru_cache(maxsize=20_000)
def told_about(words: Vocabulary, text: str) -> str:
    """What a note says of when its figures are that is not understood whole: “Data prepared for 2022: A. Berg”.

    Behind the word for what it is about, where it begins as notes do; else behind the sign of a field.
    """
    plain = fold(text)
    noted = is_note(text, words.catalogue)
    if not (noted or any(map(str.isdigit, plain))) or words.read(text):
        return ""
    if noted:
        behind = (plain[found.end() :] for found in _about(words.catalogue).finditer(plain))
        rests = [_CLAUSE.split(rest)[0] for rest in behind]
    else:
        rests = _FIELD.split(plain, maxsplit=1)[1:]
    said = ((rest, words.read(rest)) for rest in rests if rest.strip())
    return next((rest for rest, readings in said if readings and all(_dates_only(r) for r in readings)), "")


def _dates_only(reading: WordReading) -> bool:
    return bool(reading.years or reading.period) and not (reading.sets - {"year"} or reading.title)


@cache
def _about(catalogue: Catalogue) -> re.Pattern[str]:
    words = "|".join(re.escape(fold(word)) for word in catalogue.words["about_what"])
    return re.compile(rf"(?<!\w)(?:{words})(?!\w)")


def apply_notes(
    readings: Sequence[Reading], notes: Sequence[Note], source: Source, grid: Grid
) -> dict[int, str]:
    """Let notes on a sheet qualify its figures: a scope that they state, provisional figures.

    A note under a footnote's mark is about the figures that bear the mark, on a heading or themselves; one
    without is about the sheet, and narrows it only if it says so (“only”, “without”): a label that heads
    nothing narrows nothing.  Changes the claims' dimensions where nothing nearer states them; gives status
    letters by id of the reading.
    """
    letters: dict[int, str] = {}
    bearing = _bearing(readings, notes, grid)
    for note in notes:
        about: Sequence[Reading] = bearing.get(note.mark, ()) if note.mark else readings
        if note.about is not None:
            about = [r for r in readings if r.claim.place in note.about]
        if note.mark or restricting(note.text, source):
            for reading in about:
                reading.claim.dims.update(_narrowed(reading, note, source))
        letter = status_told(source.catalogue, note.text)
        year = named_year(note.text)
        if letter:
            for reading in about:
                marked = note.mark and reading.figure.mark == note.mark  # whichever year it is of
                fits = marked or reading.claim.year in (year or source.year, None)
                if reading.figure.number is not None and fits:
                    letters[id(reading)] = letter
    return letters


def of_doubtful_reach(
    readings: Sequence[Reading], notes: Sequence[Note], source: Source
) -> list[tuple[Note, list[Reading]]]:
    """Notes that narrow figures, and nobody knows which, with those that they may narrow.

    One below the first figures of a sheet with several tables, or right of a figure of several lines: it may be of
    that line, or of all.
    """
    found = []
    for note in notes:
        if note.mark or note.about is not None or not restricting(note.text, source):
            continue
        narrowed = [reading for reading in readings if _narrowed(reading, note, source)]
        places = [reading.claim.place for reading in narrowed]
        first = min((reading.claim.place[0] for reading in readings), default=0)
        several = len({(r.claim.table.id, *r.claim.block[:2]) for r in narrowed}) > 1
        several = several or len({r.claim.table.id for r in readings}) > 1
        beside = any(row == note.place[0] and column < note.place[1] for row, column in places)
        if (several and note.place[0] >= first) or (beside and len({row for row, _ in places}) > 1):
            found.append((note, narrowed))
    return found


def on_years(reading: SheetReading) -> list[Note]:
    """The remarks behind years (“2024 (provisional)”), each about the figures that the year heads."""
    heads: dict[Place, set[Place]] = {}
    for claim in reading.claims if reading.qualified else ():
        for _, cell in claim.headings:
            heads.setdefault(cell, set()).add(claim.place)
    return [
        Note(place, text, "", frozenset(heads[place]))
        for place, text in reading.qualified.items()
        if place in heads
    ]


def astray(readings: Sequence[Reading], notes: Sequence[Note], source: Source, grid: Grid) -> list[Note]:
    """Footnotes that say something of a table's figures, and whose mark no figure or heading bears."""
    tables = {reading.claim.table.id for reading in readings}
    bearing = _bearing(readings, notes, grid)
    return [
        note
        for note in notes
        if note.mark
        and note.about is None
        and note.mark not in bearing
        and any(
            words.dims for table in tables for words in vocabulary(source.catalogue, table).read(note.text)
        )
    ]


def unexplained(readings: Sequence[Reading], notes: Sequence[Note], grid: Grid) -> dict[str, list[Place]]:
    """Footnotes' marks on figures and their headings that no note on the sheet explains, and where they stand."""
    told = {note.mark.strip() for note in notes}
    found: dict[str, list[Place]] = {}
    for reading in readings:
        mark = reading.figure.mark.strip()
        if mark and mark not in told:
            found.setdefault(mark, []).append(reading.claim.place)
    for place in sorted({place for reading in readings for _, place in reading.claim.headings}):
        mark = footnote(grid.text(place))[1].strip()
        if mark and mark not in told:
            found.setdefault(mark, []).append(place)
    return found


def of_part_of_year(claim: Claim, figure: Figure, marked: Sequence[Note], grid: Grid, source: Source) -> bool:
    """Whether a footnote to which a figure or its headings point says that it is of a part of the year."""
    words = vocabulary(source.catalogue, claim.table.id)
    marks = {figure.mark, *_marks(claim, grid)}
    return any(
        part_of_year(words, note.text)
        or stands_before_end(source.catalogue, claim.year, note.text, of_figures=True)
        for note in marked
        if note.mark in marks
    )


def says_nothing(note: Note, source: Source) -> bool:
    """Whether a note qualifies no figure, whatever figures there are."""
    return (
        not note.mark
        and note.about is None
        and not restricting(note.text, source)
        and not status_told(source.catalogue, note.text)
    )


def _bearing(readings: Sequence[Reading], notes: Sequence[Note], grid: Grid) -> dict[str, list[Reading]]:
    """By the mark of a footnote, the figures that point to it themselves or by any of their headings."""
    told = {note.mark for note in notes if note.mark}
    found: dict[str, list[Reading]] = {}
    for reading in readings if told else ():
        for mark in told & {reading.figure.mark, *_marks(reading.claim, grid)}:
            found.setdefault(mark, []).append(reading)
    return found


def _marks(claim: Claim, grid: Grid) -> set[str]:
    """The footnotes' marks on a figure's headings."""
    return {footnote(grid.text(place))[1].strip() for _, place in claim.headings}


def restricting(text: str, source: Source) -> list[str]:
    """The words of a text that narrow what figures mean."""
    return list(_restricting(source.catalogue, text))


@lru_cache(maxsize=20_000)
def _restricting(catalogue: Catalogue, text: str) -> tuple[str, ...]:
    plain = without_unchanged(catalogue, fold(text))
    return tuple([word for word, pattern in _narrowing(catalogue) if pattern.search(plain)])


@cache
def _narrowing(catalogue: Catalogue) -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((w, re.compile(rf"\b{re.escape(fold(w))}\b")) for w in catalogue.words["restricting"])


def _narrowed(reading: Reading, note: Note, source: Source) -> dict[str, str]:
    """What a note says of a figure that nothing nearer states."""
    table = reading.claim.table
    found = vocabulary(source.catalogue, table.id).read(note.text)
    if len(found) != 1 or found[0].number is not None:
        return {}
    said = dict(found[0].dims)
    if found[0].listed or found[0].part or from_its_year(table, said, reading.claim.year):
        return {}
    stated = reading.claim.stated
    return {name: code for name, code in said.items() if name not in stated and table.dimension(name).default}


def status_told(catalogue: Catalogue, text: str) -> str:
    """The status, if any, that a text gives figures: provisional, estimated."""
    plain = fold(text)
    return next((code for code, pattern in _statuses(catalogue) if pattern.search(plain)), "")


@cache
def _statuses(catalogue: Catalogue) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """How provisional and estimated figures are spoken of."""
    found = []
    for code in UNSURE:
        member = catalogue.codes["obs_status"].get(code)
        spellings = [re.escape(fold(text)) for text in (member.spellings if member else ()) if len(text) > 3]
        if spellings:
            found.append((code, re.compile(rf"\b(?:{'|'.join(spellings)})")))
    return tuple(found)


def footnotes(claim: Claim, grid: Grid, notes: Sequence[Note]) -> str:
    """The texts of the footnotes that a claim's headings point to, and of the remark beside it."""
    beside = [note.text.strip() for note in notes if note.about is not None and claim.place in note.about]
    return " | ".join([*beside, *_marked(claim, grid, notes)])


def _marked(claim: Claim, grid: Grid, notes: Sequence[Note]) -> list[str]:
    by_mark = {note.mark: note.text for note in notes if note.mark and note.about is None}
    if not by_mark:
        return []
    found: list[str] = []
    for _, place in claim.headings:
        mark = footnote(grid.text(place))[1].strip()
        if mark and mark in by_mark and by_mark[mark].strip() not in found:
            found.append(by_mark[mark].strip())
    return found
