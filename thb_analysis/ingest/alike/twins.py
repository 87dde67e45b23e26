"""Sheets that repeat one seen before: the same headings and notes in the same places, with other figures between them.

An institution answers year after year in the same tables.  Such a sheet means what the first of them means, with its
own year and article, as far as its figures are counts and marks in the places where the other's are; what it means does
not hang on how large they are.  So it is not recognised again.  Whatever is out of the ordinary, a total
that differs among it, sends the sheet back to be read by itself.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from thb_analysis.definitions import Catalogue
from thb_analysis.findings import Finding
from thb_analysis.ingest.alike.likeness import (
    Script,
    are_plain,
    articles_of,
    likened,
    members_of,
    script_of,
)
from thb_analysis.ingest.alike.plain import is_plain_number
from thb_analysis.ingest.cells import Look, Sheet
from thb_analysis.ingest.observe import Teller, retold
from thb_analysis.ingest.recognition.complements import complement
from thb_analysis.ingest.recognition.grid import Place, address, is_year
from thb_analysis.ingest.recognition.judge import Reading, is_total, partitions, summed_lines, wholes
from thb_analysis.ingest.recognition.keys import Claim, Source
from thb_analysis.ingest.recognition.notes import Note, says_nothing
from thb_analysis.ingest.recognition.recognise import SheetReading, with_units
from thb_analysis.ingest.recognition.roles import counts_lines
from thb_analysis.ingest.recognition.values import mark_status
from thb_analysis.ingest.shown import is_faithful
from thb_analysis.ingest.words.labels import vocabulary
from thb_analysis.observations import Observation

#: How many are remembered, and of how many cells together: some 100 MB.
MOST_MODELS, MOST_CELLS = 500, 100_000
FEWEST_FIGURES = 4  #: of a sheet that is worth it

_models: dict[object, _Model] = {}


def forget() -> None:
    """Forget every model: the next sheets are recognised by themselves."""
    _models.clear()


@dataclass(frozen=True, slots=True)
class Outline:
    """How a sheet is written, apart from its own year and article and the counts and marks on it."""

    key: object
    script: Script
    figures: dict[Place, str]  #: counts and marks, wherever they stand


@dataclass(frozen=True, slots=True)
class _Check:
    """A total, or a figure with parts (“of whom”), and its parts with their signs."""

    total: Place
    parts: tuple[tuple[int, Place], ...]


@dataclass(frozen=True, slots=True)
class _Model:
    """What the first sheet of its outline came to."""

    script: Script
    roles: Mapping[Place, str]
    tables: Mapping[Place, str]  #: of each figure
    fixed: Mapping[Place, str]  #: counts and marks that are no figures: a number before a row
    checks: tuple[_Check, ...]
    told: tuple[tuple[Place, Observation], ...]  #: what each figure comes to
    ledger: tuple[
        tuple[Place, str], ...
    ]  #: the line of each cell, with a mark in place of the file and the sheet
    samples: tuple[Reading, ...]  #: one of each kind, as far as years are judged by it
    articles: frozenset[str]  #: that the figures are about
    members: Mapping[str, frozenset[str]]  #: by dimension, the codes of their keys
    by_article: Mapping[str, str]  #: table → the dimension that an article sets


@dataclass(slots=True)
class Twin:
    """What a sheet comes to that repeats another."""

    samples: list[Reading]  #: figures by which its years are judged
    observations: list[Observation] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    ledger: str = ""
    cells: int = 0


def outline_of(sheet: Sheet, source: Source) -> Outline | None:
    """How a sheet is written; None for one with hidden cells or hardly a figure."""
    if sheet.hidden or source.year is None:
        return None
    catalogue = source.catalogue
    looks: dict[Look, bool] = {}
    cells: list[object] = []
    texts: list[tuple[Place, str]] = []
    years: list[tuple[Place, str]] = []
    fixed: set[str] = set()
    figures: dict[Place, str] = {}
    for row, column, kind, _, text, look in sheet.cells:
        plain = looks.get(look)
        if plain is None:
            plain = looks[look] = _is_plain_look(look)
        if plain and kind == "number" and is_plain_number(catalogue, text):
            figures[(row, column)] = text
            continue
        if plain and kind == "text" and look.formula is None and mark_status(catalogue, text):
            figures[(row, column)] = text.strip()
            continue
        if look.hidden:
            return None
        said: object = text
        if kind == "text":
            said = len(texts)
            texts.append(((row, column), text))
        elif kind == "number" and is_year(text):
            said = None
            years.append(((row, column), text))
        else:
            fixed.add(text)
        cells.append((row, column, kind, said, look))
    if len(figures) < FEWEST_FIGURES:
        return None
    script = script_of(texts, years, fixed, sheet.name, source)
    return Outline((script.key, tuple(cells), tuple(figures), sheet.merges), script, figures)


def _is_plain_look(look: Look) -> bool:
    return not (
        look.hidden
        or look.struck
        or look.comment is not None
        or not is_faithful(look.number_format)
        or look.rows > 1
        or look.columns > 1
    )


# keeping ----------------------------------------------------------------------------------------------


def remember(
    outline: Outline,
    reading: SheetReading,
    readings: Sequence[Reading],
    notes: Sequence[Note],
    source: Source,
) -> None:
    """Keep what a sheet came to, where all of it can be said of any other sheet of its outline."""
    claims = [*reading.claims, *reading.blanks]
    if reading.refusals or reading.remarks or len(readings) != len(claims) or not reading.claims:
        return
    if not are_plain(claims, source) or not all(says_nothing(note, source) for note in notes):
        return
    if any(reading.grid.covers.get(claim.place) for claim in claims) or not _say_apart(claims):
        return
    if any(one.figure.problem not in ("", "blank") or one.figure.mark for one in readings):
        return
    if any(one.claim.place not in outline.figures for one in readings if one.figure.problem != "blank"):
        return
    cells = reading.sheet.cells
    if any(cell.kind not in ("text", "number") for cell in cells):
        return
    if not all((cell.row, cell.column) in reading.roles for cell in cells):
        return
    if not _have_labels(claims, outline, source.catalogue) or _have_children(readings):
        return
    teller = Teller(reading.grid, notes, source, (), {})
    held = sum([len(model.ledger) for model in _models.values()])
    while _models and (len(_models) >= MOST_MODELS or held > MOST_CELLS):
        held -= len(_models.pop(next(iter(_models))).ledger)
    own = {claim.place for claim in claims}
    samples = {_judged_by(one.claim): one for one in readings}
    _models[outline.key] = _Model(
        outline.script,
        dict(reading.roles),
        {claim.place: claim.table.id for claim in claims},
        {place: text for place, text in outline.figures.items() if place not in own},
        tuple(_checks(readings, source.catalogue)),
        tuple([(one.claim.place, teller.observation(one, one.cell)) for one in readings]),
        tuple(_ledger(reading, claims)),
        tuple(samples.values()),
        articles_of(claims, source.catalogue),
        members_of(claims),
        {table: vocabulary(source.catalogue, table).articles for table in {one.table.id for one in claims}},
    )


def _judged_by(claim: Claim) -> tuple[object, ...]:
    """All by which it is judged whether the years of a table suit its workbook."""
    return (
        claim.table.id,
        claim.block,
        claim.year,
        claim.stated,
        claim.title_years,
        claim.year_from == "title",
        claim.lone_year,
    )


def _have_children(readings: Sequence[Reading]) -> bool:
    """Whether children stand apart from others on a line, so that what the others are hangs on sums."""
    copies = [
        replace(one, claim=replace(one.claim, dims=dict(one.claim.dims), own=dict(one.claim.own)))
        for one in readings
    ]
    return bool(complement(copies).sheets)


def _say_apart(claims: Sequence[Claim]) -> bool:
    """Whether each figure has a place of its own, and each heading speaks of one table."""
    tables: dict[Place, str] = {}
    for claim in claims:
        for _, place in claim.headings:
            if tables.setdefault(place, claim.table.id) != claim.table.id:
                return False
    return len({claim.place for claim in claims}) == len(claims)


def _have_labels(claims: Sequence[Claim], outline: Outline, catalogue: Catalogue) -> bool:
    """Whether every row of figures has a label before it, and nothing counts rows: then no figure can be taken
    for the number of a row or a column, however small it is."""
    labels: dict[int, int] = {}
    for (row, column), text in outline.script.texts:
        if counts_lines(catalogue, text):
            return False
        if len(text.strip()) > 1:
            labels[row] = min(column, labels.get(row, column))
    return all(labels.get(row, column) < column for row, column in (claim.place for claim in claims))


def _checks(readings: Sequence[Reading], catalogue: Catalogue) -> Iterator[_Check]:
    """Every total with each way in which its line divides it, and what has parts with those of each kind."""
    for table, lines in summed_lines(readings):
        for axis, line in lines:
            for total in line:
                if is_total(total.claim, axis) and axis not in total.claim.part:
                    for parts in partitions(table, axis, line, total):
                        if len(parts) > 1:
                            yield _Check(
                                total.claim.place, tuple((sign, one.claim.place) for sign, one in parts)
                            )
            for whole, _, within in wholes(axis, line, catalogue):
                yield _Check(whole.claim.place, tuple((1, one.claim.place) for one in within))


def _ledger(reading: SheetReading, claims: Iterable[Claim]) -> Iterator[tuple[Place, str]]:
    told = {
        (cell.row, cell.column): (
            reading.roles[(cell.row, cell.column)],
            reading.tables.get((cell.row, cell.column), ""),
        )
        for cell in reading.sheet.cells
    }
    told |= {claim.place: ("total" if claim.total else "value", claim.table.id) for claim in claims}
    for place in sorted(told):
        role, table = told[place]
        yield place, f"\1{address(place)},{role},{table}\n"


# repeating --------------------------------------------------------------------------------------------


def twin_of(outline: Outline, sheet: Sheet, source: Source) -> Twin | None:
    """What a sheet comes to by the model of its outline; None where there is none, or it is out of the ordinary."""
    figures, catalogue = outline.figures, source.catalogue
    alike = likened(_models, outline.key, outline.script, catalogue)
    if alike is None:
        return None
    model, change, titles = alike
    if change.articles is not None and any(
        article in with_units(catalogue, table) for table, article in model.by_article.items()
    ):
        return None
    if any(figures.get(place) != text for place, text in model.fixed.items()):
        return None
    blank = [place for place in model.tables if place not in figures]
    if any(_differs(check, figures, catalogue) for check in model.checks):
        return None
    file, name = source.file, sheet.name
    samples = [
        Reading(
            change.claim(one.claim, change.dims(one.claim, source), titles), one.figure, file, name, one.cell
        )
        for one in model.samples
    ]
    found = Twin(samples)
    add = found.observations.append
    for place, one in model.told:
        text = figures.get(place, "")
        status = "A" if text.isdigit() else mark_status(catalogue, text) or "M"
        dims, headings = one.dims, one.headings
        if change.articles is not None or change.members:
            article = model.by_article[one.table]
            dims = tuple([(key, change.pair(key, code, article)) for key, code in dims])
        headings = retold(headings, titles)
        add(
            Observation(
                one.table,
                None if one.year is None else change.year(one.year),
                dims,
                Decimal(text) if status == "A" else None,
                status,
                one.unit,
                one.institution,
                file,
                name,
                one.cell,
                source.year or 0,
                text,
                one.note,
                headings,
                stated=text != "",
            )
        )
    found.findings = list(_findings(model, figures, blank, source, name))
    out = io.StringIO()
    csv.writer(out, lineterminator="").writerow([file, name, ""])
    gone = set(blank)
    lines = (
        [line for place, line in model.ledger if place not in gone] if gone else [x for _, x in model.ledger]
    )
    found.ledger = "".join(lines).replace("\1", out.getvalue())
    found.cells = len(lines)
    return found


def _differs(check: _Check, figures: Mapping[Place, str], catalogue: Catalogue) -> bool:
    """Whether a total may differ from the sum of its parts."""
    total = figures.get(check.total, "")
    if not total.isdigit():
        return False
    complete, summed = True, 0
    for sign, place in check.parts:
        text = figures.get(place)
        if text is None:
            continue
        if text.isdigit():
            summed += sign * int(text)
        else:
            complete = complete and mark_status(catalogue, text) == "Z"
    return summed != int(total) and (complete or summed > int(total))


def _findings(
    model: _Model, figures: Mapping[Place, str], blank: Sequence[Place], source: Source, name: str
) -> Iterator[Finding]:
    for place, text in figures.items():
        if not text.isdigit() and place in model.tables and mark_status(source.catalogue, text) == "Z":
            yield Finding("mark_read", source.file, name, address(place), text)
    by_table: dict[str, list[str]] = {}
    for place in sorted(blank):
        by_table.setdefault(model.tables[place], []).append(address(place))
    for table, cells in by_table.items():
        yield Finding("figures_blank", source.file, name, cells[0], ", ".join(cells), table)
