"""Cells that head nothing: notes that narrow or qualify, plain notes, and what is left of sentences."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from functools import cached_property, lru_cache, partial

from thb_analysis.findings import Finding
from thb_analysis.ingest.people import is_date
from thb_analysis.ingest.recognition.commented import on_comments
from thb_analysis.ingest.recognition.fields import of_everything
from thb_analysis.ingest.recognition.grid import LABEL, Place, by_row, marks_of
from thb_analysis.ingest.recognition.home import is_letterhead, is_state
from thb_analysis.ingest.recognition.keys import Claim, Source, names_tables
from thb_analysis.ingest.recognition.letterheads import later_month
from thb_analysis.ingest.recognition.lone import is_year_alone
from thb_analysis.ingest.recognition.misplaced import is_mistyped
from thb_analysis.ingest.recognition.notes import Note, part_of_year, restricting, status_told, told_about
from thb_analysis.ingest.recognition.outer import names_over, own_name
from thb_analysis.ingest.recognition.qualified import is_remark
from thb_analysis.ingest.recognition.recognise import SheetReading
from thb_analysis.ingest.recognition.scene import LEFT
from thb_analysis.ingest.recognition.sentences import sentence
from thb_analysis.ingest.recognition.subtitles import (
    corners_of,
    is_prose,
    is_short,
    is_unheard,
    title_rows,
    titled_more,
)
from thb_analysis.ingest.recognition.titles import COUNT, of_area
from thb_analysis.ingest.recognition.values import Figure
from thb_analysis.ingest.words.as_of import earlier_year, stands_before_end
from thb_analysis.ingest.words.fold import fold
from thb_analysis.ingest.words.footnotes import footnote_start
from thb_analysis.ingest.words.labels import Vocabulary, vocabulary
from thb_analysis.ingest.words.mentions import foreign
from thb_analysis.ingest.words.references import numbers_in
from thb_analysis.ingest.words.spans import named_year

MOST_APART = 3  #: lines between two figures of one list


class _Figures:
    """The figures of a sheet, as every note on it asks for them; those in sentences (`said`) as well."""

    def __init__(self, reading: SheetReading, said: Iterable[Claim], source: Source) -> None:
        self._grid, self._source = reading.grid, source
        self._claims, self._blanks = [*reading.claims, *said], reading.blanks

    @cached_property
    def tables(self) -> list[str]:
        return sorted({claim.table.id for claim in self._claims})

    @cached_property
    def years(self) -> frozenset[int | None]:
        return frozenset(claim.year for claim in (*self._claims, *self._blanks))

    @cached_property
    def last(self) -> dict[int, int]:
        """Row → the column of its last figure."""
        found: dict[int, int] = {}
        for claim in self._claims:
            row, column = claim.place
            found[row] = max(column, found.get(row, 0))
        return found

    @cached_property
    def kinds(self) -> dict[tuple[str, int], set[str]]:
        """Of which kinds the labels of lines in a column are, and the headings in a row."""
        labels = {(role, cell, claim.table.id) for claim in self._claims for role, cell in claim.headings}
        found = defaultdict[tuple[str, int], set[str]](set)
        for role, cell, table in labels:
            found[role, cell[role == "row"]] |= _kinds(self._source, (table,), self._grid.text(cell))
        return found

    @cached_property
    def by_column(self) -> dict[int, list[Claim]]:
        found: dict[int, list[Claim]] = {}
        for claim in self._claims:
            found.setdefault(claim.place[1], []).append(claim)
        return found


def read_loose(
    reading: SheetReading, source: Source
) -> tuple[list[tuple[Claim, Figure]], list[Note], list[Finding]]:
    """Account for every label that heads nothing.  Gives figures in sentences, notes and findings."""
    said: list[tuple[Claim, Figure]] = []
    notes = _in_names(reading, source)
    findings: list[Finding] = []
    grid = reading.grid
    heads = {cell for claim in reading.claims for _, cell in claim.headings}
    stated = _stated(reading, source)
    sure = [found[0][0] for found, of in stated.values() if len(found) == len(of) == 1]
    over = {cell for claim in sure for _, cell in claim.headings if cell != claim.place}
    figures = _Figures(reading, sure, source)
    findings += on_comments(reading, source, figures.tables, partial(_remarks, reading, source, figures))
    between, corners = title_rows(reading), corners_of(reading)
    for place in sorted(grid.cells):
        text = grid.text(place)
        if place not in heads and is_year_alone(grid, place):
            findings += _remarks(reading, source, figures, place, text)
        if place in grid.hidden or grid.kinds[place] != LABEL:
            continue
        if place not in heads and place not in reading.refusals and is_mistyped(source.catalogue, text):
            findings.append(_finding("number_as_text", reading, source, place, text, COUNT))
            reading.roles[place] = "unread"
            continue
        if place in reading.roles:
            if place not in heads and restricting(text, source):
                notes.append(Note(place, text, footnote_start(text)))  # it heads only what was refused
            elif place in corners and is_unheard(reading, source, place, figures.tables):
                findings.append(_finding("note_restricts", reading, source, place, text, hint=text.strip()))
            continue
        found, of = stated.get(place, ([], set()))
        if len(found) == len(of) == 1:
            claim, number = found[0]
            said.append((claim, number))
            if place in reading.qualified:
                notes.append(Note(place, reading.qualified[place], "", frozenset({place})))
            reading.roles[place] = "value"
            reading.tables[place] = claim.table.id
            continue
        if found:
            told = " / ".join(sorted(of))
            findings.append(_finding("two_readings", reading, source, place, text, told))
            reading.roles[place] = "unread"
            continue
        if place in over:
            reading.roles[place] = "title"
            continue
        alike = _in_place_of(reading, source, place, figures)
        if alike is not None:
            findings.append(_finding("number_as_text", reading, source, place, text, alike.table.unit))
            reading.roles[place] = "unread"
            continue
        role = reading.roles[place] = _role(reading, source, place, figures)
        notes.append(Note(place, text, footnote_start(text), reading.remarks.get(place)))
        heard = _remarks(reading, source, figures, place, text)
        apart = not heard and not restricting(text, source) and _stands_apart(reading, place, heads, figures)
        kinds = _kinds(source, figures.tables, text) if apart else ()
        if kinds and not kinds <= figures.kinds["column", place[0]] | figures.kinds["row", place[1]]:
            heard = [_finding("note_restricts", reading, source, place, text, hint=text.strip())]
        elif not heard and role == "note" and figures.tables:
            below_title = any(over < place[0] < top for over, top in between)
            heard = _not_understood(reading, source, place, figures, below_title)
            unread = () if heard else _unread(reading, source, place, text)
            if not (heard or unread) and (below_title or _by_figures(reading, place, figures)):
                heard = _prose(reading, source, place, text)
        findings += heard or _unread(reading, source, place, text)
    return said, notes, findings


def _in_names(reading: SheetReading, source: Source) -> list[Note]:
    """What the names of a sheet, its file and its folders say of how sure figures are, as a note over all of them."""
    names = names_over(source, own_name(source, reading.sheet.name))
    return [Note((0, 0), name, "") for name in names if status_told(source.catalogue, name)]


def _stands_apart(reading: SheetReading, place: Place, heads: set[Place], figures: _Figures) -> bool:
    """Whether a label stands right of a figure, or by itself where nothing over figures stands.

    Not one of a line, or of a list, without figures; nor a footnote, which the tables keep.
    """
    grid, (row, column) = reading.grid, place
    if 0 < figures.last.get(row, 0) < column:
        return True
    near = [grid.at((row + 1, column)), grid.at((row - 1, column))]
    line = [cell for cell in grid.once(by_row).get(row, ()) if cell != place]
    return (
        not any(
            cell is not None and grid.kinds[cell] == LABEL and cell not in heads for cell in (*near, *line)
        )
        and (bool(line) or row > min(figures.last, default=row))
        and footnote_start(grid.text(place)) not in grid.once(marks_of)
    )


def _kinds(source: Source, tables: Iterable[str], text: str) -> set[str]:
    """Of which kinds the members are that a label names to these tables, or to others alone (“”)."""
    if any(foreign(source.catalogue, table, text) for table in tables):
        return {""}
    said = (r for table in tables for r in vocabulary(source.catalogue, table).read(text))
    return {name for reading in said if not reading.title for name, _ in reading.dims}


def _stated(
    reading: SheetReading, source: Source
) -> dict[Place, tuple[list[tuple[Claim, Figure]], set[str]]]:
    """What labels that head nothing state in sentences, with the tables that each may be of."""
    grid, found = reading.grid, {}
    for place in sorted(grid.cells):
        loose = grid.kinds[place] == LABEL and place not in grid.hidden and place not in reading.roles
        if loose and place not in reading.remarks:
            readings, tables = sentence(reading, source, place)
            if readings:
                found[place] = readings, tables
    return found


def _unread(reading: SheetReading, source: Source, place: Place, text: str) -> list[Finding]:
    """A label that names a table and ends in what is no plain number: “Proceedings: 3-4”, “three”, “none”."""
    before, colon, value = text.rpartition(":")
    plain = fold(value).strip(" .*?!")
    words = source.catalogue.words
    known = plain in words["numbers"] or plain in {
        fold(mark) for kind in words["marks"].values() for mark in kind
    }
    if not colon or not (known or any(map(str.isdigit, plain))) or not names_tables(source.catalogue, before):
        return []
    return [_finding("number_in_text", reading, source, place, text, hint=value.strip())]


def _not_understood(
    reading: SheetReading, source: Source, place: Place, figures: _Figures, below_title: bool
) -> list[Finding]:
    """What is told of a note in which nothing was heard: where it stands in the way, or that it may narrow figures."""
    text = reading.grid.text(place)
    state = is_state(source.catalogue, text)  # where a letter is from
    state = state or is_letterhead(source.catalogue, source.institution, text)
    if of_everything(reading.grid, place, source.catalogue):
        return []
    if below_title and not state and is_short(source, text):
        return [_finding("note_between", reading, source, place, text)]
    more = not state and not is_remark(source.catalogue, text)
    if is_unheard(reading, source, place) or (more and titled_more(reading, source, place, figures.tables)):
        return [_finding("note_restricts", reading, source, place, text, hint=text.strip())]
    return []


def _by_figures(reading: SheetReading, place: Place, figures: _Figures) -> bool:
    """Whether a line stands right of figures, or below the last of them within a few rows: it may be about them."""
    row, column = place
    beside = 0 < figures.last.get(row, 0) < column
    amid = figures.last.get(row + 1, 0) >= column
    below = not amid and any(figures.last.get(row - step, 0) >= column for step in range(1, MOST_APART + 1))
    return place not in reading.remarks and (beside or below)


def _prose(reading: SheetReading, source: Source, place: Place, text: str) -> list[Finding]:
    """A sentence by figures that nobody understands, but for a footnote to some, which the tables keep."""
    mark = footnote_start(text)
    kept = mark and mark.strip() in reading.grid.once(marks_of)
    if kept or is_state(source.catalogue, text) or not is_prose(source, text):
        return []
    return [_finding("note_restricts", reading, source, place, text, hint=text.strip())]


def _in_place_of(reading: SheetReading, source: Source, place: Place, figures: _Figures) -> Claim | None:
    """A figure of the list in which a text stands where a figure should: in its column, beside a label like its own.

    Next to figures a text is refused at once; here blank lines part them.
    """
    grid, (row, column) = reading.grid, place
    near = [c for c in figures.by_column.get(column, ()) if 0 < abs(c.place[0] - row) <= MOST_APART]
    for claim in sorted(near, key=lambda claim: abs(claim.place[0] - row)):
        words = vocabulary(source.catalogue, claim.table.id)
        labels = (grid.at((row, at)) for at in claim.block.columns if at < column)
        said = (r for cell in labels if cell is not None for r in words.read(grid.text(cell)))
        if any(reading_.sets & claim.own[LEFT] for reading_ in said):
            return claim
    return None


def _role(reading: SheetReading, source: Source, place: Place, figures: _Figures) -> str:
    """A blank table's heading, a title that headed nothing, or a note."""
    text = reading.grid.text(place)
    if names_tables(source.catalogue, text):
        return "title"
    tables = {*figures.tables, *(claim.table.id for claim in reading.blanks)}
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


def _remarks(
    reading: SheetReading, source: Source, figures: _Figures, place: Place, text: str
) -> list[Finding]:
    """What a text says of figures, as a whole and line by line: a line may say more than a number in a text."""
    lines = text.splitlines() if text.count("\n") else []
    by_line = [
        one for line in lines if line.strip() for one in _remark(reading, source, place, line, figures)
    ]
    more = [one for one in by_line if one.code != "number_in_text"]
    whole = _remark(reading, source, place, text, figures)
    codes = {one.code for one in more}
    kept = [one for one in whole if one.code not in codes and not (more and one.code == "number_in_text")]
    return [*kept, *more]


def _remark(
    reading: SheetReading, source: Source, place: Place, text: str, figures: _Figures
) -> list[Finding]:
    """A number in a text that was not read, a date that was a label, or a word that narrows what figures mean."""
    plain = fold(text)
    known = any(plain.startswith(fold(start)) for start in source.catalogue.words["note"])
    tables = figures.tables
    dated = reading.grid.cells[place].kind == "date" or is_date(text)
    if dated and place[1] < figures.last.get(place[0], 0):
        return [_finding("label_unknown", reading, source, place, text, tables[0])]
    vocabularies = [vocabulary(source.catalogue, table) for table in tables]
    last = max((year for year in figures.years if year), default=None)
    if place[0] < min(figures.last, default=0) and any(later_month(v, text, last) for v in vocabularies):
        return []
    about = next(filter(None, (told_about(words, text) for words in vocabularies)), "")
    if not known and (named_year(about) or 0) > (last or 0):
        about = ""  # “Next report: 2026”, “Run date: 12 January 2026”
    parts = any(part_of_year(words, one) for words in vocabularies for one in (text, about))
    marked = bool(footnote_start(text)) or place in reading.remarks
    if parts or (tables and stands_before_end(source.catalogue, source.year, text, of_figures=marked)):
        return [_finding("note_part_of_year", reading, source, place, text)]
    ours = ", ".join(str(year) for year in sorted(year for year in figures.years if year))
    day = earlier_year(source.catalogue, source.year, text, of_figures=marked)
    if ours and day is not None and day not in figures.years:
        return [_finding("note_of_year", reading, source, place, text, ours)]
    read = [r for words in vocabularies for r in words.read(text)]
    if any(r.scaled for r in read):
        return [_finding("note_restricts", reading, source, place, text)]
    of_time = [r for words in vocabularies for r in words.read(about)] if about else read
    told = {r.years for r in of_time if not (r.title or r.compared or r.number is not None)}
    if len(figures.years) == 1 and any(len(years) > 1 for years in told):
        return [_finding("note_restricts", reading, source, place, text, hint=text.strip())]
    if len(told) == 1 and len(other := told.pop()) == 1 and other[0] not in figures.years:
        return [_finding("note_of_year", reading, source, place, text, ours)] if ours else []
    if not (read or known) and (giver := _field_of_other(source, text, vocabularies)):
        return [_finding("sender_differs", reading, source, place, giver, source.institution, text.strip())]
    if any(reading.number is None for reading in read) and place not in reading.remarks:
        apart = any((r.share or r.accumulated or (r.part and r.dims)) and not r.title for r in read)
        return [_finding("note_restricts", reading, source, place, text, hint=text.strip())] if apart else []
    if not any(map(str.isalpha, text)) and (bare := re.findall(r"\d+", text)):
        return [_finding("number_in_text", reading, source, place, text, hint=", ".join(bare))]
    numbers = numbers_in(source.catalogue, text)
    if numbers and not known:
        return [_finding("number_in_text", reading, source, place, text, hint=", ".join(numbers))]
    narrowing = restricting(text, source)
    limits = [word for word in narrowing if not status_told(source.catalogue, word)]  # a status is told so
    if not narrowing:
        limits = _area_over(figures, source, place, text) or fates(source, tables, text)
    if limits:
        return [_finding("note_restricts", reading, source, place, text, hint=", ".join(limits))]
    return []


def _field_of_other(source: Source, text: str, vocabularies: Iterable[Vocabulary]) -> str:
    """The institution that a field with a name that nobody knows gives, if it is not the sender: “Giver: Court”."""
    value = text.partition(":")[2]
    said = (r for words in vocabularies for r in (words.read(value) if value.strip() else ()))
    others = (source.titled(r.sender) for r in said if r.sender and not (r.title or r.sets or r.years))
    return next((one for one in others if source.institution and one not in ("", source.institution)), "")


def fates(source: Source, tables: list[str], text: str) -> list[str]:
    """What a text says of what became of persons or cases, where no table that it may be about divides by that."""
    own = [vocabulary(source.catalogue, table) for table in tables]
    told = _fates_within(own[0], text) if own else ()
    return [word for word in told if not any(words.read(word) for words in own)]


@lru_cache(maxsize=20_000)
def _fates_within(words: Vocabulary, text: str) -> tuple[str, ...]:
    """The words for what became of something that a text has."""
    said = set(words.stems(text))
    found = [word for word in words.catalogue.words["become"] if " " not in word]
    return tuple([word for word in found if not said.isdisjoint(words.stems(word))])


def _area_over(figures: _Figures, source: Source, place: Place, text: str) -> list[str]:
    """A line over all figures that speaks of a part of the country, and is no place and day of a letter."""
    first = min(figures.last, default=0)
    return [text.strip()] if place[0] < first and of_area(text, source.catalogue) else []
