"""Record lists: one line a record, under headings that name its fields (plan measures with their status).

Read along rows or, when the list is turned round, along columns.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from thb_analysis.definitions import NEEDED, TOTAL, Catalogue, Table
from thb_analysis.findings import Finding
from thb_analysis.ingest.cells import Cell, Sheet
from thb_analysis.ingest.recognition.grid import Place
from thb_analysis.ingest.recognition.keys import Source, fill_defaults
from thb_analysis.ingest.recognition.persons import PersonList, person_lists
from thb_analysis.ingest.words.fold import fold
from thb_analysis.ingest.words.labels import Vocabulary, vocabulary
from thb_analysis.ingest.words.near import suggestions
from thb_analysis.observations import Observation

FEWEST_FIELDS = 2
STATUS, MEASURE = NEEDED


@dataclass(slots=True)
class RecordReading:
    """What the record lists of a sheet came to."""

    observations: list[Observation] = field(default_factory=list)
    roles: dict[Place, str] = field(default_factory=dict)
    tables: dict[Place, str] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)


def read_records(sheet: Sheet, source: Source) -> RecordReading:
    """Every record list on a sheet."""
    reading = RecordReading()
    if sheet.hidden:
        return reading
    cells = {(cell.row, cell.column): cell for cell in sheet.cells if not cell.hidden}
    hidden = [cell for cell in sheet.cells if cell.hidden]
    for table in source.catalogue.tables.values():
        if table.values != "status" or not _may_hold(cells.values(), table, source.catalogue):
            continue
        ways = []
        for turned in (False, True):
            ways.append(RecordReading())
            _read_turned(sheet, source, table, cells, turned, ways[-1], hidden)
            if ways[-1].observations:
                break
        telling = [way for way in ways if way.observations] or [way for way in ways if way.findings]
        for way in telling[
            :1
        ]:  # a list of which nothing was read nor said is none: its headings are another's
            reading.observations += way.observations
            reading.findings += way.findings
            reading.roles |= way.roles
            reading.tables |= way.tables
    left = {place: cell for place, cell in cells.items() if place not in reading.roles}
    for each in person_lists(left, source.catalogue):
        _refuse(each, sheet, source, reading)
    return reading


def _refuse(found: PersonList, sheet: Sheet, source: Source, reading: RecordReading) -> None:
    """Take nothing of a list of single persons or cases, and say so."""
    for cell in (cell for line in (found.header, *found.rows) for cell in line):
        reading.roles[(cell.row, cell.column)] = "label" if cell.kind == "text" else "unread"
    heads = ", ".join(cell.text.strip() for cell in found.header)
    first, last = found.header[0], found.rows[-1][-1]
    where = f"{sheet.address(first.row, first.column)}:{sheet.address(last.row, found.header[-1].column)}"
    told = Finding("persons_listed", source.file, sheet.name, where, heads, str(len(found.rows)))
    reading.findings.append(told)


@cache
def _field_names(catalogue: Catalogue, table: str) -> Mapping[tuple[str, ...], str]:
    """The fields of a record by the stems of what they are called, the surest name first."""
    words = vocabulary(catalogue, table)
    fields = catalogue.tables[table].record.items()
    return {words.stems(text): name for name, texts in fields for text in texts}


def _may_hold(cells: Iterable[Cell], table: Table, catalogue: Catalogue) -> bool:
    """Whether the headings without which there is no list are on a sheet at all."""
    words, names = vocabulary(catalogue, table.id), _field_names(catalogue, table.id)
    return {STATUS, MEASURE} <= {names.get(words.stems(cell.text)) for cell in cells}


def _read_turned(
    sheet: Sheet,
    source: Source,
    table: Table,
    cells: Mapping[Place, Cell],
    turned: bool,
    reading: RecordReading,
    hidden: Sequence[Cell],
) -> None:
    """Read with rows as records, or with columns as records if turned."""
    lines: dict[int, dict[int, Cell]] = {}
    for (row, column), cell in cells.items():
        at, position = (column, row) if turned else (row, column)
        lines.setdefault(at, {})[position] = cell
    words = vocabulary(source.catalogue, table.id)
    names = _field_names(source.catalogue, table.id)
    fields: dict[str, int] = {}
    header = 0
    section: dict[str, str] = {}
    before = 0
    for number, line in sorted(lines.items()):
        if any(before < (cell.column if turned else cell.row) < number for cell in hidden):
            section = {}  # it may be over what nobody sees
        before = number
        found = _header(line, words, names)
        unseen = [
            cell for cell in hidden if found and (cell.column if turned else cell.row) == number
            and words.stems(cell.text) in names
        ]  # fmt: skip
        if unseen:
            first = unseen[0]
            told = Finding(
                "heading_hidden",
                source.file,
                sheet.name,
                sheet.address(first.row, first.column),
                first.text.strip(),
            )
            reading.findings.append(told)
            return
        if found:
            fields, header, section = found, number, {}
            above = {n: c for n, c in lines.items() if n < number}
            _claim_titles(above, words, reading, table)
            for cell in filter(_has_words, line.values()):  # a number among the headings is told
                _mark(reading, cell, "label", table)
            continue
        if not header:
            continue
        if _is_section(line, fields, words):
            for cell in line.values():
                section = dict(words.read(cell.text)[0].dims)
                _mark(reading, cell, "label", table)
            continue
        _record(sheet, source, table, words, line, fields, section, reading, lines[header])


def _header(
    line: Mapping[int, Cell], words: Vocabulary, names: Mapping[tuple[str, ...], str]
) -> dict[str, int]:
    found: dict[str, int] = {}
    said = {words.stems(cell.text): position for position, cell in reversed([*line.items()])}
    for stems, name in names.items():
        if stems in said:
            found.setdefault(name, said[stems])
    return found if STATUS in found and len(found) > FEWEST_FIELDS - 1 and MEASURE in found else {}


def _claim_titles(
    before: Mapping[int, Mapping[int, Cell]], words: Vocabulary, reading: RecordReading, table: Table
) -> None:
    """Those from the list up to the nearest line with a number: above it stand tables with headings of their own."""
    for _, line in sorted(before.items(), reverse=True):
        if len({cell.is_number for cell in line.values()}) > 1:
            return
        for cell in line.values():
            if (cell.row, cell.column) not in reading.roles and _has_words(cell) and words.read(cell.text):
                _mark(reading, cell, "title", table)


def _is_section(line: Mapping[int, Cell], fields: Mapping[str, int], words: Vocabulary) -> bool:
    if len(line) != 1 or fields[STATUS] in line:
        return False
    (cell,) = line.values()
    readings = words.read(cell.text) if _has_words(cell) else ()
    return len(readings) == 1 and bool(readings[0].dims)


def _has_words(cell: Cell) -> bool:
    """Whether a cell may name something: a number that stands alone names nothing."""
    return cell.kind == "text" and any(character.isalpha() for character in cell.text)


def _mark(reading: RecordReading, cell: Cell, role: str, table: Table) -> None:
    reading.roles[(cell.row, cell.column)] = role
    reading.tables[(cell.row, cell.column)] = table.id


def _record(
    sheet: Sheet,
    source: Source,
    table: Table,
    words: Vocabulary,
    line: Mapping[int, Cell],
    fields: Mapping[str, int],
    section: Mapping[str, str],
    reading: RecordReading,
    header: Mapping[int, Cell],
) -> None:
    dims: dict[str, str] = dict(section)
    dims.pop(STATUS, None)
    key = line.get(fields["measure"])
    if key is None:
        return
    for dimension in table.dimensions:
        cell = line.get(fields.get(dimension.name, -1))
        if cell is None:
            continue
        text = " ".join(cell.text.split())  # a line broken within a cell is no other text
        if dimension.pattern:
            begun = re.match(rf"({dimension.pattern})\.?(?:\s+(?!(?:\w+\s+)?\d)|$)", text)
            if begun is None:
                if re.match(dimension.pattern, text):  # several: “1.3 and 1.4”
                    _refuse_line(reading, line, _unknown(source, sheet, table, cell), table)
                return
            text = begun[1]
        if dimension.codes:
            readings = [r for r in words.read(cell.text) if dict(r.dims).get(dimension.name)]
            if not readings and _called_so(text, dims.get(dimension.prefix_of, "")):
                continue
            if len(readings) != 1:
                _refuse_line(reading, line, _unknown(source, sheet, table, cell), table)
                return
            text = dict(readings[0].dims)[dimension.name]
        dims[dimension.name] = text
    if "responsible" in fields and fields["responsible"] not in line:
        dims["responsible"] = ""
    missing = fill_defaults(source, table, dims)
    if missing and missing != "responsible":
        reading.findings.append(
            Finding(
                "heading_missing",
                source.file,
                sheet.name,
                sheet.address(key.row, key.column),
                key.text,
                missing,
                table.id,
            )
        )
        return
    dims.setdefault("responsible", "")
    status = line.get(fields[STATUS])
    code, letter = "", "M"
    if status is not None:
        crossed = next((line[at] for at in sorted(fields.values()) if at in line and line[at].struck), None)
        code = "" if crossed else _status_code(source, status.text)
        letter = "A" if code else "M"
        if crossed:
            told = "value_struck" if crossed is status else "heading_struck"
            where = source.file, sheet.name, sheet.address(crossed.row, crossed.column)
            reading.findings.append(Finding(told, *where, crossed.text.strip(), table.id))
        elif not code:
            known_ones = (m for m in source.catalogue.codes[STATUS].values() if m.code != TOTAL)
            told = ", ".join(f"“{member.label['lv']}”" for member in known_ones)
            where = source.file, sheet.name, sheet.address(status.row, status.column)
            reading.findings.append(Finding("status_unknown", *where, status.text.strip(), told))
    known = {fields[name] for name in fields}
    note = " | ".join(
        cell.text.strip()
        for position, cell in sorted(line.items())
        if position not in known and cell.kind == "text"
    )
    for position, cell in line.items():
        if position not in known and cell.kind != "text":
            _mark(reading, cell, "unread", table)
            reading.findings.append(
                Finding(
                    "cell_unread",
                    source.file,
                    sheet.name,
                    sheet.address(cell.row, cell.column),
                    cell.text.strip(),
                )
            )
            continue
        _mark(reading, cell, "label" if position in known else "note", table)
    if status is not None:
        _mark(reading, status, "value" if code else "unread", table)
    place = status or key
    heads = "; ".join(
        f"{sheet.address(cell.row, cell.column)} “{cell.text.strip()}”" for _, cell in sorted(header.items())
    )
    reading.observations.append(
        Observation(
            table=table.id,
            year=source.year,
            dims=tuple((name, dims[name]) for name in table.dimension_names),
            value=None,
            status=letter,
            unit=table.unit,
            institution=source.institution,
            file=source.file,
            sheet=sheet.name,
            cell=sheet.address(place.row, place.column),
            vintage=source.year or 0,
            text=status.text if status is not None else "",
            note=note,
            headings=f"record {sheet.address(key.row, key.column)} “{key.text}”; {heads}",
            code=code,
            stated=status is not None,
        )
    )


def _refuse_line(reading: RecordReading, line: Mapping[int, Cell], finding: Finding, table: Table) -> None:
    """Take nothing of a record, and say why once."""
    reading.findings.append(finding)
    for cell in line.values():
        _mark(reading, cell, "label" if cell.kind == "text" else "unread", table)


def _called_so(text: str, code: str) -> bool:
    """Whether a text is the name of what a code's first number says: “Prevention” or “1. Prevention” beside “1.2”."""
    number, name = re.match(r"(\d*)\W*(.*)", text.strip(), re.DOTALL).groups()  # type: ignore[union-attr]
    own = code.partition(".")[0]
    return bool(own) and not any(map(str.isdigit, name)) and (number == own or bool(name and not number))


def _status_code(source: Source, text: str) -> str:
    wanted = fold(text).strip(" .")
    for member in source.catalogue.codes[STATUS].values():
        if wanted in {fold(spelling) for spelling in member.spellings}:
            return member.code
    return ""


def _unknown(source: Source, sheet: Sheet, table: Table, cell: Cell) -> Finding:
    near = suggestions(source.catalogue, (table.id, "measure_tallies"), cell.text)
    return Finding(
        "label_unknown",
        source.file,
        sheet.name,
        sheet.address(cell.row, cell.column),
        cell.text.strip(),
        table.id,
        "; ".join(near),
    )
