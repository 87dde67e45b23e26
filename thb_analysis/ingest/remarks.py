"""Findings about what was refused, passed over or comes from another sender, made from a reading."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence, Set
from datetime import date
from decimal import Decimal
from functools import lru_cache

from thb_analysis.definitions import TOTAL, UNKNOWN, Catalogue
from thb_analysis.findings import BAR, Finding
from thb_analysis.ingest.filenames import other_topic
from thb_analysis.ingest.outcome import WorkbookReading
from thb_analysis.ingest.recognition.grid import Place, address
from thb_analysis.ingest.recognition.judge import Reading
from thb_analysis.ingest.recognition.keys import Block, Refusal, Source, claim_key
from thb_analysis.ingest.recognition.recognise import SheetReading
from thb_analysis.ingest.words.ages import within
from thb_analysis.ingest.words.labels import vocabulary
from thb_analysis.ingest.words.mentions import in_the_way, mentioned, partners_in, spells
from thb_analysis.ingest.words.near import section_suggestion, suggestions
from thb_analysis.ingest.words.paragraphs import is_bare, section_of
from thb_analysis.observations import Observation

FEWEST_YEARS = 1  #: more than so many tell that they were meant to follow each other
MOST_UNREAD = 60  #: numbers that a finding tells one by one
_WORDED = ("label_unknown", "title_not_understood", "table_unknown")  #: what says which words nobody knows


def refusals(reading: SheetReading, source: Source) -> list[Finding]:
    """One finding for each cause, at the cell to look at, and one for each block of numbers that it left unread."""
    by_cause: dict[Refusal, list[Place]] = {}
    for place, refusal in reading.refusals.items():
        alike = refusal._replace(found=reading.grid.written(refusal.place))
        by_cause.setdefault(alike, []).append(place)
    findings = []
    beside = _beside_wholes(reading, source.catalogue)
    for cause, places in by_cause.items():
        others = [place for place in sorted(places) if place != cause.place]
        group = within(source.catalogue, cause.found) if cause.code == "label_unknown" else ""
        given = beside.keys() >= set(places)
        section = beside[places[0]] if given else _paragraph_of(cause, source.catalogue)
        if section:
            code = "paragraph_within" if given else "paragraph_alone"
            where = reading.grid.address(cause.place)
            findings.append(
                Finding(code, source.file, reading.sheet.name, where, cause.found.strip(), section)
            )
            if given:
                reading.roles.update(dict.fromkeys(places, "ignored"))
                continue
            findings += _unread(reading, source, cause, others)
            continue
        code = "label_of_others" if _of_others(cause, source.catalogue) else cause.code
        findings.append(
            Finding(
                "band_within" if group else code,
                source.file,
                reading.sheet.name,
                reading.grid.address(cause.place),
                cause.found.strip(),
                group or cause.expected or ", ".join(cause.tables),
                hint(cause, source) or _as_typed(reading, cause.place),
            )
        )
        findings += _unread(reading, source, cause, others)
    return findings


def _unread(reading: SheetReading, source: Source, cause: Refusal, places: Sequence[Place]) -> list[Finding]:
    """A finding for each block of numbers that a cause left unread."""
    found = []
    for block in _blocks(places):
        where = address(block[0]) if len(block) == 1 else f"{address(block[0])}:{address(block[-1])}"
        texts = ", ".join(reading.grid.text(place).strip() for place in block[:MOST_UNREAD])
        texts += ", …" if len(block) > MOST_UNREAD else ""
        found.append(
            Finding(
                "number_unread",
                source.file,
                reading.sheet.name,
                where,
                texts,
                "",
                reading.grid.address(cause.place),
            )
        )
    return found


def _paragraph_of(cause: Refusal, catalogue: Catalogue) -> str:
    """The article of which a label that was not understood names a paragraph."""
    told = cause.code == "label_unknown" and len(cause.tables) == 1
    return section_of(catalogue, cause.tables[0], cause.found) if told else ""


def _beside_wholes(reading: SheetReading, catalogue: Catalogue) -> dict[Place, str]:
    """Refused figures of paragraphs that stand in one list right beside the figure of their whole article.

    A paragraph alone, “2. daļa”, is of the line before it.
    """
    own = {
        place: _paragraph_of(refusal, catalogue)
        for place, refusal in reading.refusals.items()
        if _paragraph_of(refusal, catalogue) or _is_bare(refusal, catalogue)
    }
    if not own:
        return {}
    known = {
        claim.place: (
            claim.table.id,
            claim.dims.get(vocabulary(catalogue, claim.table.id).articles, ""),
            claim.place,
        )
        for claim in reading.claims
        if not claim.aside
    }
    found: dict[Place, str] = {}
    for order in (sorted(own), sorted(own, reverse=True)):
        for place in order:
            (row, column), refusal = place, reading.refusals[place]
            down, right = (1, 0) if refusal.place[0] == row else (0, 1)
            before, after = (row - down, column - right), (row + down, column + right)
            for other in (before, after) if own[place] else (before,):
                table, section, whole = known.get(other, ("", "", other))
                fits = table == refusal.tables[0] and own[place] in (section, "")
                if section and place not in found and fits and not _is_more(reading, place, whole):
                    known[place] = table, section, whole
                    found[place] = section
    return found


def _is_more(reading: SheetReading, part: Place, whole: Place) -> bool:
    """Whether both are numbers and the part is the greater one."""
    cells = [reading.grid.cells.get(place) for place in (part, whole)]
    texts = [cell.text for cell in cells if cell is not None and cell.kind == "number"]
    return len(texts) == 2 and Decimal(texts[0]) > Decimal(texts[1])


def _is_bare(cause: Refusal, catalogue: Catalogue) -> bool:
    return cause.code == "heading_names" and len(cause.tables) == 1 and is_bare(catalogue, cause.found)


def _of_others(cause: Refusal, catalogue: Catalogue) -> bool:
    """Whether a label is a member of a list by which other tables are divided, and the figures' own is not."""
    if cause.code != "label_unknown" or len(cause.tables) != 1:
        return False
    own = set(catalogue.tables[cause.tables[0]].dimension_names)
    if vocabulary(catalogue, cause.tables[0]).read(cause.found):
        return False
    others = (
        t for t in catalogue.tables.values() if t.values in ("count", "amount") and t.id not in cause.tables
    )
    said = [reading for table in others for reading in vocabulary(catalogue, table.id).read(cause.found)]
    rest = {TOTAL, *catalogue.words["rest_codes"]}  # “others” says nothing of what
    said = [r for r in said if not r.title and r.number is None and not {c for _, c in r.dims} <= rest]
    dims = [set(dict(reading.dims)) for reading in said]
    return bool(dims) and all(names and own.isdisjoint(names) for names in dims)


def _as_typed(reading: SheetReading, place: Place) -> str:
    """What a date may have been before the spreadsheet made a date of it."""
    cell = reading.grid.cells.get(reading.grid.covers.get(place, place))
    value = cell.value if cell is not None else None
    return f"{value.day}.{value.month}" if isinstance(value, date) else ""


def hint(cause: Refusal, source: Source) -> str:
    """What may have been meant: names that are near, words that nobody knows."""
    if cause.code not in ("label_unknown", "table_unknown", "title_not_understood", "heading_missing"):
        return cause.hint
    lost = section_suggestion(source.catalogue, cause.found)
    if lost:
        return lost
    tables = cause.tables or tuple(
        t.id for t in source.catalogue.tables.values() if t.values in ("count", "amount")
    )
    near = suggestions(source.catalogue, tables, cause.found)
    if cause.code == "heading_missing":
        understood = any(vocabulary(source.catalogue, table).read(cause.found) for table in tables)
        return f"{_examples(cause, source)}{BAR}{'' if understood else '; '.join(near)}"
    if cause.code in ("table_unknown", "title_not_understood"):
        about = tuple(sorted(mentioned(source.catalogue, cause.found)))
        near, tables = near or about, about or tables
    unknown = in_the_way(source.catalogue, tables, cause.found if cause.code in _WORDED else "")
    told = "; ".join(near)
    return f"{', '.join(f'“{word}”' for word in unknown)}{BAR}{told}" if unknown else told


def _examples(cause: Refusal, source: Source) -> str:
    """Two members of the first dimension that nothing states."""
    name = cause.expected.split(", ")[0]
    for table in (source.catalogue.tables[each] for each in cause.tables):
        if name in table.dimension_names:
            members = source.catalogue.codes.get(table.dimension(name).codes, {}).values()
            own = [member for member in members if member.code not in (TOTAL, UNKNOWN)][:2]
            texts = (one.code if one.code[0].isdigit() else one.spellings[0] for one in own)
            return ", ".join(f"“{text}”" for text in texts)
    return ""


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
        if len(years) > FEWEST_YEARS and len(missing) == 1:
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
    perhaps the sender's part of it.
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
                    findings.append(
                        Finding("note_restricts", source.file, reading.sheet.name, where, text.strip())
                    )
        name = watched[claim.table.id]
        code = claim.dims.get(name, TOTAL)
        other = name in claim.stated and code not in (TOTAL, source.institution)
        if other and not any(spells(words, text, (name, code)) for text in texts.values()):
            told = (figure.cell, code, source.institution, claim.table.id)
            findings.append(Finding("sender_differs", source.file, reading.sheet.name, *told))
    return list(dict.fromkeys(findings))


@lru_cache(maxsize=1_000)
def _watched(catalogue: Catalogue, sender: str) -> dict[str, str]:
    """The tables of what is done jointly, or of which the sender registers a part: that dimension, or ""."""
    found = {}
    for table in catalogue.tables.values():
        by = (d.name for d in table.dimensions if d.by_sender and sender in catalogue.codes.get(d.codes, {}))
        name = next(by, "")
        if name or (table.by_institution and vocabulary(catalogue, table.id).joint):
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
    blocks: dict[tuple[str, Block], list[Reading]] = {}
    for reading in readings:
        if reading.figure.problem != "blank":
            blocks.setdefault((reading.sheet, reading.claim.block), []).append(reading)
    return [
        Finding(code, own[0].file, sheet, ":".join(dict.fromkeys((address(run[0]), address(run[-1])))), found)
        for (sheet, _), own in blocks.items()
        for run in _blocks(sorted({reading.claim.place for reading in own}))
    ]


def days_told(reading: SheetReading, source: Source) -> list[Finding]:
    """Dates that were taken for the day on which a sheet was signed or sent."""
    name, cells = reading.sheet.name, {(cell.row, cell.column): cell for cell in reading.sheet.cells}
    return [
        Finding("date_noted", source.file, name, reading.grid.address(place), cells[place].text.strip())
        for place in reading.days
    ]


def _runs(places: Sequence[Place]) -> Iterable[list[Place]]:
    run: list[Place] = []
    for place in places:
        if run and (place[0] != run[-1][0] or place[1] != run[-1][1] + 1):
            yield run
            run = []
        run.append(place)
    if run:
        yield run


def _blocks(places: Sequence[Place]) -> list[list[Place]]:
    """Runs that stand right below each other in the same columns, together."""
    found: list[list[Place]] = []
    open_: dict[tuple[int, int], list[Place]] = {}  # by the first and the last column
    for run in _runs(places):
        columns = run[0][1], run[-1][1]
        above = open_.get(columns)
        if above is not None and above[-1][0] == run[0][0] - 1:
            above += run
        else:
            found.append(run)
            open_[columns] = run
    return found


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
        for run in _blocks(sorted(reading.claim.place for reading in group)):
            where = address(run[0]) if len(run) == 1 else f"{address(run[0])}:{address(run[-1])}"
            findings.append(
                Finding(
                    "year_disagrees",
                    first.file,
                    first.sheet,
                    where,
                    told,
                    expected,
                    first.claim.table.id,
                )
            )
    for (sheet, heading), group in lone.items():
        cells = [reading.cell for reading in group if reading.figure.problem != "blank"]
        first = group[0]
        if cells:
            year, expected = str(first.claim.year), next(e for r, _, e in bad if r is first)
            where = address(heading)
            findings.append(Finding("year_alone", first.file, sheet, where, year, expected, ", ".join(cells)))
    return findings


def of_other_topic(tables: Collection[str], source: Source) -> list[Finding]:
    """What the name of a file says that it is about, and its sheets do not."""
    said = other_topic(source, tables)
    return [Finding("file_name_differs", source.file, found=said, expected=", ".join(tables))] if said else []


def tables_in(result: WorkbookReading) -> list[str]:
    """The tables of which a workbook has figures."""
    templates = (template for plate in result.plates for template in plate.templates)
    return sorted({o.table for o in (*result.observations, *templates)})


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
        other = o.institution != source.institution and "institution" not in dict(o.dims)
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
