"""Findings about figures that were passed over, whose years are in doubt, or that come from another sender."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence, Set
from functools import lru_cache

from thb_analysis.definitions import TOTAL, Catalogue
from thb_analysis.findings import Finding
from thb_analysis.ingest.addresses import blocks, spelled
from thb_analysis.ingest.filenames import of_one_sender, other_topic
from thb_analysis.ingest.outcome import WorkbookReading
from thb_analysis.ingest.recognition.called import called
from thb_analysis.ingest.recognition.grid import Place
from thb_analysis.ingest.recognition.judge import Reading
from thb_analysis.ingest.recognition.keys import Block, Source, claim_key
from thb_analysis.ingest.recognition.naming import elsewhere, members_of_sheet
from thb_analysis.ingest.recognition.outer import own_name
from thb_analysis.ingest.recognition.recognise import SheetReading
from thb_analysis.ingest.words.fold import fold
from thb_analysis.ingest.words.labels import vocabulary
from thb_analysis.ingest.words.mentions import COUNTED, is_nationwide, mentioned, partners_in, spells
from thb_analysis.ingest.words.names import words_of
from thb_analysis.ingest.words.readers import readers
from thb_analysis.ingest.words.spans import named_year
from thb_analysis.observations import Observation

LONG_ENOUGH, SHORTEST = (
    5,
    3,
)  #: letters of a word in a sheet's name that is no mere abbreviation; beside its table's
FEWEST_YEARS = 1  #: more than so many tell that they were meant to follow each other


def years_left_out(reading: SheetReading, figures: Sequence[Reading], source: Source) -> list[Finding]:
    """The one year that is missing among those of a table, or that breaks their order: it may be mistyped."""
    tables: dict[str, dict[int, Place]] = {}
    for figure in figures:
        claim = figure.claim
        if claim.year is not None and claim.year_from in ("heading", "title") and not claim.table.later_years:
            tables.setdefault(claim.table.id, {}).setdefault(claim.year, claim.place)
    findings = []
    for table, places in tables.items():
        years = sorted(places)
        missing = sorted(set(range(years[0], years[-1] + 1)).difference(years))
        if len(years) > FEWEST_YEARS and len(missing) == 1 and not _stands(reading, missing[0]):
            where = reading.grid.address(places[missing[0] + 1])
            told = ", ".join(map(str, years))
            findings.append(
                Finding("year_left_out", source.file, reading.sheet.name, where, told, str(missing[0]), table)
            )
        elif len(years) > FEWEST_YEARS and (astray := _out_of_order(places)):
            where = reading.grid.address(places[astray])
            told = ", ".join(map(str, places))
            findings.append(
                Finding("year_out_of_order", source.file, reading.sheet.name, where, told, str(astray), table)
            )
    return findings


def _stands(reading: SheetReading, year: int) -> bool:
    """Whether a cell of a sheet says a year: it is not missing, its figures were refused."""
    return any(named_year(reading.grid.text(place)) == year for place in reading.grid.cells)


def _out_of_order(places: Mapping[int, Place]) -> int:
    """The first year of a line, or a column, without which the others would be in order; 0 where they all are."""
    along = [axis for axis in (0, 1) if len({place[1 - axis] for place in places.values()}) == 1]
    years = sorted(places, key=lambda year: places[year][along[0]]) if along else []
    if _ordered(years):
        return 0
    return next((year for year in years if _ordered([other for other in years if other != year])), 0)


def _ordered(years: Sequence[int]) -> bool:
    return list(years) in (sorted(years), sorted(years, reverse=True))


def narrowed_by_sender(figures: Sequence[Reading], reading: SheetReading, source: Source) -> list[Finding]:
    """Labels over figures that may be of less than they were read as, as the sender uses them.

    Joint checks with one of several who do them may be a part of all; what another registers and no label names is
    perhaps the sender's part of it.  Or of more: the victims in all of the country are not the sender's alone.
    """
    findings = []
    watched = _watched(source.catalogue, source.institution)
    for figure in figures:
        claim = figure.claim
        if claim.table.id not in watched:
            continue
        words = vocabulary(source.catalogue, claim.table.id)
        texts = {cell: reading.grid.text(cell) for _, cell in claim.headings}
        if not words.joint.isdisjoint(claim.dims.items()):
            others = set(claim.table.senders) - {source.institution, claim.institution}
            for cell, text in texts.items():
                partners = partners_in(words, text)
                if partners and not others <= partners:
                    where = reading.grid.address(cell)
                    told = (where, text.strip(), "", text.strip())
                    findings.append(Finding("note_restricts", source.file, reading.sheet.name, *told))
        name = watched[claim.table.id]
        code = claim.dims.get(name, TOTAL)
        other = source.institution and name in claim.stated and code not in (TOTAL, source.institution)
        if other and not any(spells(words, text, (name, code)) for text in texts.values()):
            told = (figure.cell, code, source.institution, claim.table.id)
            findings.append(Finding("sender_differs", source.file, reading.sheet.name, *told))
        whose = code if name else claim.institution
        for cell, text in texts.items() if source.institution and whose == source.institution else ():
            if is_nationwide(source.catalogue, text):
                where = reading.grid.address(cell)
                told = (where, text.strip(), source.institution, claim.table.id)
                findings.append(Finding("sender_differs", source.file, reading.sheet.name, *told))
    return list(dict.fromkeys(findings))


@lru_cache(maxsize=1_000)
def _watched(catalogue: Catalogue, sender: str) -> dict[str, str]:
    """The tables of what each sender gives its own of, or registers a part: then that dimension, else ""."""
    found = {}
    for table in catalogue.tables.values():
        by = (d.name for d in table.dimensions if d.by_sender and sender in catalogue.codes.get(d.codes, {}))
        name = next(by, "")
        own = sender in table.senders or vocabulary(catalogue, table.id).joint
        if name or (table.by_institution and own):
            found[table.id] = name
    return found


def yearly(readings: Iterable[SheetReading]) -> set[object]:
    """The keys of the figures that are of a whole year."""
    return {claim_key(claim) for reading in readings for claim in reading.claims if not claim.aside}


def asides(reading: SheetReading, source: Source, yearly: Set[object]) -> list[Finding]:
    """Figures of a part of a year, and shares: passed over, and an error where no sheet gives the yearly figure."""
    groups: dict[tuple[str, str], list[Place]] = {}
    for claim in reading.claims:
        if claim.aside:
            code = "figure_aside" if claim_key(claim) in yearly else "figure_aside_alone"
            groups.setdefault((code, claim.table.id), []).append(claim.place)
            if code == "figure_aside_alone":
                reading.roles[reading.grid.covers.get(claim.place, claim.place)] = "unread"
    return [
        Finding(
            code,
            source.file,
            reading.sheet.name,
            reading.grid.address(min(places)),
            ", ".join(reading.grid.address(place) for place in sorted(places)),
            table,
        )
        for (code, table), places in groups.items()
    ]


def by_block(code: str, readings: Iterable[Reading], found: str) -> list[Finding]:
    """The same finding for figures of any sheets, one for each block of them."""
    groups: dict[tuple[str, Block], list[Reading]] = {}
    for reading in readings:
        if reading.figure.problem != "blank":
            groups.setdefault((reading.sheet, reading.claim.block), []).append(reading)
    return [
        Finding(code, own[0].file, sheet, spelled(run, own[0].address), found)
        for (sheet, _), own in groups.items()
        for run in blocks(sorted({reading.claim.place for reading in own}))
    ]


def days_told(reading: SheetReading, source: Source) -> list[Finding]:
    """Dates that were taken for the day on which a sheet was signed or sent."""
    name, cells = reading.sheet.name, {(cell.row, cell.column): cell for cell in reading.sheet.cells}
    return [
        Finding("date_noted", source.file, name, reading.grid.address(place), cells[place].text.strip())
        for place in reading.days
    ]


def year_findings(bad: Sequence[tuple[Reading, str, str]]) -> list[Finding]:
    """Figures whose years do not suit their workbook: one a block, or one at the bare number that heads them."""
    groups: dict[tuple[str, Block, str, str], list[Reading]] = {}
    lone: dict[tuple[str, Place], list[Reading]] = {}
    findings = []
    for reading, found, expected in bad:
        if reading.claim.lone_year is not None:
            lone.setdefault((reading.sheet, reading.claim.lone_year), []).append(reading)
        elif reading.figure.problem != "blank":
            key = (reading.sheet, reading.claim.block, found, expected)
            groups.setdefault(key, []).append(reading)
    for (_, _, told, expected), group in groups.items():
        first = group[0]
        for run in blocks(sorted(reading.claim.place for reading in group)):
            findings.append(
                Finding(
                    "year_disagrees",
                    first.file,
                    first.sheet,
                    spelled(run, first.address),
                    told,
                    expected,
                    _says_year(first, told),
                )
            )
    for (sheet, heading), group in lone.items():
        cells = [reading.cell for reading in group if reading.figure.problem != "blank"]
        first = group[0]
        if cells:
            year, expected = str(first.claim.year), next(e for r, _, e in bad if r is first)
            where = first.address(heading)
            findings.append(Finding("year_alone", first.file, sheet, where, year, expected, ", ".join(cells)))
    return findings


def _says_year(reading: Reading, year: str) -> str:
    """The title over a figure that has a year in it, with its address; "" where none of them has."""
    claim = reading.claim
    cells = (cell for role, cell in claim.headings if role == "title")
    said = (
        f"{reading.address(cell)} “{text.strip()}”"
        for cell, text in zip(cells, claim.titles, strict=False)
        if year in text
    )
    return next(said, "")


def of_other_topic(tables: Collection[str], result: WorkbookReading, source: Source) -> list[Finding]:
    """What the names of a file and of its sheets say that they are about, and their titles do not."""
    catalogue, by_sheet = source.catalogue, dict[str, set[str]]()
    for o in _all(result):
        if catalogue.tables[o.table].values in COUNTED:
            by_sheet.setdefault(o.sheet, set()).add(o.table)
    findings = []
    if said := other_topic(catalogue, source.topic, tables):
        findings = [Finding("file_name_differs", source.file, found=said, expected=", ".join(tables))]
    sent = {table.id for table in catalogue.tables.values() if source.institution in table.senders}
    for sheet, own in by_sheet.items():
        if said := other_topic(catalogue, sheet, own, sent):
            told = ", ".join(sorted(own))
            findings.append(Finding("sheet_name_differs", source.file, sheet, found=said, expected=told))
        elif _is_strange(
            catalogue, called(catalogue, own_name(source, sheet)), frozenset(own), source.institution
        ):
            findings.append(Finding("sheet_name_unknown", source.file, sheet, found=sheet))
    return findings


@lru_cache(maxsize=1_000)
def _is_strange(catalogue: Catalogue, name: str, own: frozenset[str], sender: str) -> bool:
    """Whether a sheet is named by a word that nobody understands: “attempts”, over what is called convictions.

    Or by the name of its table and a word that only others know: “Proceedings started (NGO)”; by a piece of an
    institution's name; by an institution that its table does not know; or by a mere code, of which
    nothing is taken (“UA”), but for the home country's, which may be a language.
    """
    said = [(words, words.read(name)) for words in (vocabulary(catalogue, table) for table in own)]
    senders = {r.sender for words in readers(catalogue, name) for r in words.read(name) if r.sender}
    if senders - {sender} and not any(read for _, read in said):
        return True
    coded = name.strip() not in {*catalogue.words["home"], *catalogue.words["state"]} and any(
        read and all(r.dims and not r.title for r in read) and not members_of_sheet(name, words)
        for words, read in said
    )
    if coded:
        return True
    named = bool(own & mentioned(catalogue, name))
    known = [vocabulary(catalogue, table) for table in own]
    shortest = SHORTEST if named else LONG_ENOUGH
    letters = {fold(word) for word in re.findall(r"[^\W\d_]+", name) if word.isupper()}  # “IOM”
    words = [w for w in words_of(name) if len(w) >= (SHORTEST if fold(w) in letters else shortest)]
    strange = (word for word in words if word.isalpha())
    return elsewhere(catalogue, name) and any(
        of_one_sender(catalogue).issuperset(known[0].stems(word))
        or all(one.known.isdisjoint(one.stems(word)) for one in known)
        for word in strange
    )


def tables_in(result: WorkbookReading) -> list[str]:
    """The tables of which a workbook has figures."""
    return sorted({o.table for o in _all(result)})


def _all(result: WorkbookReading) -> Iterator[Observation]:
    """Everything that a workbook says; of a plate, which is of one table and one sheet, one."""
    yield from result.observations
    yield from (plate.templates[0] for plate in result.plates)


def unusual_senders(tables: Iterable[str], source: Source) -> list[Finding]:
    """Figures of tables that their sender does not give."""
    findings = []
    for table in tables:
        known = source.catalogue.tables[table].senders
        if known and source.institution and source.institution not in known:
            findings.append(
                Finding(
                    "sender_unusual",
                    source.file,
                    found=source.institution,
                    expected=", ".join(known),
                    hint=table,
                )
            )
    return findings


def other_senders(observations: Sequence[Observation], source: Source) -> list[Finding]:
    """Figures that a heading or a title gives to another institution than the one that the file is named for."""
    found: dict[tuple[str, str, str], list[str]] = {}
    for o in observations:
        other = (
            source.institution and o.institution != source.institution and "institution" not in dict(o.dims)
        )
        if other and o.stated:
            found.setdefault((o.sheet, o.table, o.institution), []).append(o.cell)
    return [
        Finding(
            "sender_differs",
            source.file,
            sheet,
            cells[0],
            other,
            source.institution,
            f"{table}: {', '.join(cells)}",
        )
        for (sheet, table, other), cells in found.items()
    ]
