"""Cells that head nothing: sentences with a figure in them, notes that narrow or qualify, and plain notes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from thb_analysis.definitions import Catalogue
from thb_analysis.findings import Finding
from thb_analysis.ingest.people import is_date
from thb_analysis.ingest.recognition.grid import LABEL, Grid, Place
from thb_analysis.ingest.recognition.judge import Reading
from thb_analysis.ingest.recognition.keys import (
    Block,
    Claim,
    Source,
    fill_defaults,
    from_its_year,
    names_tables,
)
from thb_analysis.ingest.recognition.naming import year_of_sheet
from thb_analysis.ingest.recognition.qualified import UNSURE
from thb_analysis.ingest.recognition.recognise import SheetReading
from thb_analysis.ingest.recognition.values import Figure
from thb_analysis.ingest.words.fold import fold
from thb_analysis.ingest.words.footnotes import footnote, footnote_start
from thb_analysis.ingest.words.labels import Vocabulary, named_year, vocabulary
from thb_analysis.ingest.words.meanings import Reading as Words
from thb_analysis.ingest.words.spans import day_after, full_date_span, worded_dates

_HARMLESS = re.compile(
    r"\d{2,4}\s?\.\s?[⁰¹²³⁴⁵⁶⁷⁸⁹]+|\d{1,2}\.\s?\d{1,2}\.\s?\d{4}\.?|\d{4}-\d\d-\d\d"
    r"|(?<!\d)(?:19|20)\d\d(?!\d)|^\s*\d{1,2}[.)]|[⁰¹²³⁴⁵⁶⁷⁸⁹]+|\d\)"
)


@dataclass(slots=True)
class Note:
    """A cell of plain text, the footnote mark that it begins with, and the figures beside which it is a remark."""

    place: Place
    text: str
    mark: str
    about: frozenset[Place] | None = None


def read_loose(
    reading: SheetReading, source: Source
) -> tuple[list[tuple[Claim, Figure]], list[Note], list[Finding]]:
    """Account for every label that heads nothing.  Gives figures in sentences, notes and findings."""
    said: list[tuple[Claim, Figure]] = []
    notes: list[Note] = []
    findings: list[Finding] = []
    grid = reading.grid
    heads = {cell for claim in reading.claims for _, cell in claim.headings}
    findings += _on_comments(reading, source)
    for place in sorted(grid.cells):
        if place in grid.hidden or grid.kinds[place] != LABEL:
            continue
        text = grid.text(place)
        if place in reading.roles:
            if place not in heads and _restricting(text, source):
                notes.append(Note(place, text, footnote_start(text)))  # it heads only what was refused
            continue
        found = _sentence(reading, source, place) if place not in reading.remarks else []
        if len(found) == 1:
            claim, number = found[0]
            said.append((claim, number))
            reading.roles[place] = "value"
            reading.tables[place] = claim.table.id
            for _, title in claim.headings:
                if title != place:
                    reading.roles.setdefault(title, "title")
            continue
        if len(found) > 1:
            told = " / ".join(sorted(claim.table.id for claim, _ in found))
            findings.append(_finding("two_readings", reading, source, place, text, told))
            reading.roles[place] = "unread"
            continue
        if place in reading.roles:
            continue
        reading.roles[place] = _role(reading, source, place)
        notes.append(Note(place, text, footnote_start(text), reading.remarks.get(place)))
        findings += _remarks(reading, source, place, text)
    return said, notes, findings


def _on_comments(reading: SheetReading, source: Source) -> list[Finding]:
    """What comments on figures and headings say of them, as notes do: another year, a part of it, less than all.

    Numbers in them are how a figure came about, but for one alone that is not the figure.
    """
    grid, found = reading.grid, []
    told = [place for place, cell in grid.cells.items() if cell.comment is not None]
    for place in sorted(told):
        cell = grid.cells[place]
        if cell.comment is None or place in grid.hidden:
            continue
        others = set(re.findall(r"\d+", cell.comment)) - {cell.text}
        corrected = cell.kind == "number" and len(others) == 1
        found += [
            finding
            for finding in _remarks(reading, source, place, cell.comment)
            if corrected or finding.code != "number_in_text"
        ]
    return found


def _role(reading: SheetReading, source: Source, place: Place) -> str:
    """A blank table's heading, a title that headed nothing, or a note."""
    text = reading.grid.text(place)
    if names_tables(source.catalogue, text):
        return "title"
    tables = {claim.table.id for claim in (*reading.claims, *reading.blanks)}
    if any(vocabulary(source.catalogue, table).read(text) for table in tables):
        return "label"
    return "note"


def _finding(
    code: str,
    reading: SheetReading,
    source: Source,
    place: Place,
    found: str,
    expected: str = "",
    hint: str = "",
) -> Finding:
    return Finding(
        code, source.file, reading.sheet.name, reading.grid.address(place), found.strip(), expected, hint
    )


def _remarks(reading: SheetReading, source: Source, place: Place, text: str) -> list[Finding]:
    """A number in a text that was not read, a date that was a label, or a word that narrows what figures mean."""
    plain = fold(text)
    known = any(plain.startswith(fold(start)) for start in source.catalogue.words["note"])
    tables = {claim.table.id for claim in reading.claims}
    figures = [claim.place for claim in reading.claims if claim.place[0] == place[0]]
    dated = reading.grid.cells[place].kind == "date" or is_date(text)
    if dated and any(place[1] < column for _, column in figures):
        return [_finding("label_unknown", reading, source, place, text, min(tables))]
    parts = any(_part_of_year(vocabulary(source.catalogue, table), text) for table in sorted(tables))
    if parts or (tables and _stands_before_end(source, text)):
        return [_finding("note_part_of_year", reading, source, place, text)]
    read = [r for table in tables for r in vocabulary(source.catalogue, table).read(text)]
    told = {r.years for r in read if not (r.title or r.compared or r.number is not None)}
    years = {claim.year for claim in (*reading.claims, *reading.blanks)}
    if (
        place not in reading.remarks
        and len(told) == 1
        and len(other := told.pop()) == 1
        and other[0] not in years
    ):
        ours = ", ".join(str(year) for year in sorted(year for year in years if year))
        return [_finding("note_of_year", reading, source, place, text, ours)] if ours else []
    understood = any(vocabulary(source.catalogue, table).read(text) for table in tables)
    if understood and place not in reading.remarks:
        return []
    if not any(map(str.isalpha, text)) and (bare := re.findall(r"\d+", text)):
        return [_finding("number_in_text", reading, source, place, text, hint=", ".join(bare))]
    rest = _HARMLESS.sub(" ", _reference(source.catalogue).sub(" ", worded_dates(source.catalogue)(text)))
    codes = {code for code in source.catalogue.codes.get("article", {}) if code[0].isdigit()}
    numbers = [n for n in re.findall(r"(?<![\w-])\d+(?:[.,]\d+)?(?![\w-])", rest) if n not in codes]
    if numbers and not known:
        return [_finding("number_in_text", reading, source, place, text, hint=", ".join(numbers))]
    restricting = _restricting(text, source)
    if restricting and not known:
        return [_finding("note_restricts", reading, source, place, text, hint=", ".join(restricting))]
    return []


@cache
def _reference(catalogue: Catalogue) -> re.Pattern[str]:
    """The number of a letter or an annex: “No. 1-28/345”."""
    words = "|".join(re.escape(word) for word in catalogue.words["ordinal"] if " " not in word)
    return re.compile(rf"(?<!\w)(?:{words})\s*\d[\w./-]*", re.IGNORECASE)


def _part_of_year(words: Vocabulary, text: str) -> bool:
    """Whether a text speaks of a part of a year: two dates that are not its first and last day, or a quarter."""
    tokens = list(words.tokens(text))
    dates = [token.exact for token in tokens if token.kind == "date"]
    if dates:
        return len(dates) > 1 and not full_date_span(dates)
    return any(reading.period for reading in words.read(text))


def _stands_before_end(source: Source, text: str) -> bool:
    """Whether a text says that data are as of a day of the year reported before its last: “Data as of 30.09.2024”."""
    bounds = source.catalogue.words["bounds"]
    tokens = vocabulary(source.catalogue, next(iter(source.catalogue.tables))).tokens(text)
    year, month, day = day_after(source.catalogue, tokens)
    if year != source.year or (month, day) == (12, 31) or tokens[-1].kind != "date":
        return False
    before = " ".join(token.exact for token in tokens[:-1])
    return before.startswith(tuple(bounds["sources"])) and before.endswith(
        tuple(f" {word}" for word in bounds["as_of"])
    )


def _sentence(reading: SheetReading, source: Source, place: Place) -> list[tuple[Claim, Figure]]:
    """Readings of a cell that states a figure in words: `In the year 2021: 728 checks`."""
    grid = reading.grid
    text = grid.text(place)
    if not any(character.isdigit() for character in text) or not any(map(str.isalpha, text)):
        return []
    over = _over(grid, reading, place)
    found: dict[object, tuple[Claim, Figure]] = {}
    named = _named(source, reading, [place, *over])
    for table in sorted(named):
        for words in vocabulary(source.catalogue, table).read(text):
            if words.number is None or words.part:
                continue
            claim = _claim(reading, source, table, place, words, over)
            if claim is not None:
                key = (table, claim.year, tuple(sorted(claim.dims.items())))
                crossed = Figure(None, "M", text.strip(), "value_struck")
                found[key] = (claim, crossed if grid.cells[place].struck else Figure(words.number, "", text))
    return list(found.values())


def _named(source: Source, reading: SheetReading, places: Sequence[Place]) -> set[str]:
    chosen: set[str] = set()
    texts = [reading.grid.text(place) for place in places] + [reading.sheet.name]
    for text in texts:
        named = names_tables(source.catalogue, text)
        if not chosen:
            chosen = set(named)
        elif chosen & named:
            chosen &= named
    return chosen


def _over(grid: Grid, reading: SheetReading, place: Place) -> list[Place]:
    """Labels above in the same column, or wide ones, nearest first, down from the last figure above."""
    above = []
    for other in sorted(grid.cells, reverse=True):
        if other[0] >= place[0] or other[1] > place[1]:
            continue
        if grid.kinds[other] != LABEL:
            break
        above.append(other)
    return above


def _claim(
    reading: SheetReading, source: Source, table_id: str, place: Place, words: Words, over: Sequence[Place]
) -> Claim | None:
    table = source.catalogue.tables[table_id]
    dims = dict(words.dims)
    years = words.years
    if words.period or words.scaled or words.share or words.compared or words.listed or len(years) > 1:
        return None
    sender, titles, year_from = words.sender, [], "heading" if years else ""
    on_sheet = year_of_sheet(source, reading.sheet.name)
    spans = [] if on_sheet is None else [(on_sheet, on_sheet)]
    for title in over:
        readings = [
            r
            for r in vocabulary(source.catalogue, table_id).read(reading.grid.text(title))
            if r.number is None
        ]
        for outer in readings:
            lists = {n: {c for other, c in outer.listed if other == n} for n, _ in outer.listed}
            fits = all(dims.get(name) in codes for name, codes in lists.items())
            if fits and all(dims.get(name, code) == code for name, code in outer.dims):
                for name, code in outer.dims:
                    dims.setdefault(name, code)
                sender = sender or source.titled(outer.sender)
                if len(outer.years) == 1 and not years:
                    years, year_from = outer.years, "title"
                spans += [(outer.years[0], outer.years[-1])] if outer.years else []
                titles.append(title)
                break
    year = years[0] if years else None
    if year is None:
        year = on_sheet or source.year
        year_from = "file"
    stated = frozenset(dims)
    if year is None or fill_defaults(source, table, dims) or from_its_year(table, dims, year):
        return None
    if any(dimension.identifies and dimension.name not in stated for dimension in table.dimensions):
        return None
    return Claim(
        place=place,
        table=table,
        year=year,
        dims=dims,
        stated=stated,
        own={0: frozenset(), 1: frozenset(words.sets)},
        institution=sender or source.institution,
        headings=(("sentence", place), *(("title", title) for title in titles)),
        year_from=year_from,
        block=Block(*place),
        title_years=tuple(spans),
    )


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
    for note in notes:
        about = [r for r in readings if _bears(r, note.mark, grid)] if note.mark else list(readings)
        if note.about is not None:
            about = [r for r in readings if r.claim.place in note.about]
        if note.mark or _restricting(note.text, source):
            for reading in about:
                _narrow(reading, note, source)
        letter = _status(source, note.text)
        year = named_year(note.text)
        if letter:
            for reading in about:
                if reading.figure.number is not None and reading.claim.year in (year or source.year, None):
                    letters[id(reading)] = letter
    return letters


def on_years(reading: SheetReading) -> list[Note]:
    """The remarks behind years (“2024 (provisional)”), each about the figures that the year heads."""
    heads: dict[Place, set[Place]] = {}
    for claim in reading.claims:
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
    return [
        note
        for note in notes
        if note.mark
        and note.about is None
        and not any(_bears(reading, note.mark, grid) for reading in readings)
        and any(
            words.dims for table in tables for words in vocabulary(source.catalogue, table).read(note.text)
        )
    ]


def of_part_of_year(claim: Claim, figure: Figure, notes: Sequence[Note], grid: Grid, source: Source) -> bool:
    """Whether a footnote to which a figure or its headings point says that it is of a part of the year."""
    words = vocabulary(source.catalogue, claim.table.id)
    marked = (note for note in notes if note.mark and note.about is None and _part_of_year(words, note.text))
    return any(figure.mark == note.mark or note.mark in _marks(claim, grid) for note in marked)


def says_nothing(note: Note, source: Source) -> bool:
    """Whether a note qualifies no figure, whatever figures there are."""
    return (
        not note.mark
        and note.about is None
        and not _restricting(note.text, source)
        and not _status(source, note.text)
    )


def _bears(reading: Reading, mark: str, grid: Grid) -> bool:
    """Whether a figure, or any of its headings, points to a footnote."""
    return mark in _marks(reading.claim, grid) or reading.figure.mark == mark


def _marks(claim: Claim, grid: Grid) -> set[str]:
    """The footnotes' marks on a figure's headings."""
    return {footnote(grid.text(place))[1].strip() for _, place in claim.headings}


def _restricting(text: str, source: Source) -> list[str]:
    """The words of a text that narrow what figures mean."""
    plain = fold(text)
    return [word for word, pattern in _narrowing(source.catalogue) if pattern.search(plain)]


@cache
def _narrowing(catalogue: Catalogue) -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((w, re.compile(rf"\b{re.escape(fold(w))}\b")) for w in catalogue.words["restricting"])


def _narrow(reading: Reading, note: Note, source: Source) -> None:
    table = reading.claim.table
    found = vocabulary(source.catalogue, table.id).read(note.text)
    if len(found) != 1 or found[0].number is not None:
        return
    said = dict(found[0].dims)
    if found[0].listed or from_its_year(table, said, reading.claim.year):
        return
    for name, code in said.items():
        if name not in reading.claim.stated and table.dimension(name).default:
            reading.claim.dims[name] = code


def _status(source: Source, text: str) -> str:
    plain = fold(text)
    return next((code for code, pattern in _statuses(source.catalogue) if pattern.search(plain)), "")


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
