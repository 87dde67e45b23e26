"""Many workbooks, one figure: corrections, contradictions within a year, revisions across years."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path

from thb_analysis.definitions import TOTAL, Catalogue, Table
from thb_analysis.edited import rows
from thb_analysis.findings import Finding
from thb_analysis.observations import Observation, plain

REFERENCE = "series"  #: the kind of values of other publishers' tables
CONTRADICTORY = "X"
_UNITS = {"count": Decimal(1), "amount": Decimal("0.01")}  #: what figures are multiples of, and not negative
BLANK = "(M)"
"""How a finding writes a blank."""


@dataclass(frozen=True, slots=True)
class Revision:
    """A figure that a later year's workbook gives differently."""

    table: str
    key: str
    old: Observation
    new: Observation


@dataclass(slots=True)
class Tidy:
    """What stands, table by table, and what it replaced."""

    standing: dict[str, list[Observation]] = field(default_factory=dict)
    revisions: list[Revision] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    evidence: list[tuple[Observation, bool]] = field(default_factory=list)


Line = Mapping[str, str]  #: of a corrections file
CORRECTION = ("file", "sheet", "cell", "expected", "value", "reason")


def reconcile(
    observations: Iterable[Observation], catalogue: Catalogue, lines: Sequence[Line] | None = None
) -> Tidy:
    """One observation a key: the latest workbook's, unless two of one year disagree.

    `lines` are the corrections to apply, by default all of the catalogue's.
    """
    if lines is None:
        lines = corrections(catalogue.folder / "corrections.csv")
    tidy = Tidy(standing={table: [] for table in catalogue.tables})
    corrected, findings = _corrected(list(observations), lines, catalogue)
    tidy.findings += findings
    by_key: dict[tuple[str, ...], list[Observation]] = {}
    for observation in corrected:
        by_key.setdefault(key_of(observation, catalogue.tables[observation.table]), []).append(observation)
    for key in sorted(by_key):
        table = catalogue.tables[key[0]]
        tidy.standing[table.id].append(_settle(key, by_key[key], table, tidy))
    for standing in tidy.standing.values():
        standing.sort(key=lambda o: order_of(o, catalogue.tables[o.table]))
    return tidy


def key_of(observation: Observation, table: Table) -> tuple[str, ...]:
    """The table and the key columns of an observation, as text."""
    dims = dict(observation.dims)
    dims.setdefault("institution", observation.institution)
    year = TOTAL if observation.year is None else str(observation.year)
    return (table.id, *(year if name == "year" else dims[name] for name in table.key_columns))


def order_of(observation: Observation, table: Table) -> tuple[object, ...]:
    """Rows stand by year, a total over years last, then by their dimensions; numbers in names count as numbers."""
    key = key_of(observation, table)[2:]
    year = observation.year if observation.year is not None else 9999
    return (year, tuple(natural(text) for text in key))


def natural(text: str) -> tuple[tuple[int, int, str], ...]:
    """A code as it is sorted: numbers in it count as numbers."""
    parts: list[tuple[int, int, str]] = []
    for piece in text.replace("+", ".").split("."):
        parts.append((0, int(piece), "") if piece.isdecimal() else (1, 0, piece))
    return tuple(parts)


def key_text(observation: Observation, table: Table) -> str:
    """The key as `KEY=VALUE;…`."""
    return ";".join(
        f"{n}={v}" for n, v in zip(table.key_columns, key_of(observation, table)[1:], strict=True)
    )


def value_text(observation: Observation) -> str:
    """The value as a person compares it: the number, the code, or the text as written."""
    if observation.code:
        return observation.code
    if observation.value is not None and observation.low is None:
        return plain(observation.value)
    return observation.text if observation.low is not None or observation.status == "A" else ""


def _answer(observation: Observation) -> str:
    """What an observation says; a mark says something too, a blank does not."""
    said = value_text(observation)
    return said or ("" if observation.status in ("M", "L") else f"({observation.status})")


def _mark(observation: Observation) -> str:
    """What is shown for an observation; of one year's answers “n/a” gives way to any other, but it is shown."""
    return value_text(observation) or ("" if observation.status == "M" else f"({observation.status})")


def _settle(key: tuple[str, ...], found: Sequence[Observation], table: Table, tidy: Tidy) -> Observation:
    """The observation that stands for a key, from all workbooks that give it."""
    by_vintage: dict[int, list[Observation]] = {}
    for observation in found:
        by_vintage.setdefault(observation.vintage, []).append(observation)
    standing: Observation | None = None
    for vintage in sorted(by_vintage):
        said = _of_one_year(_latest(by_vintage[vintage], table, tidy), table, tidy)
        if standing is None:
            standing = said
        elif (not _answer(said) and _answer(standing)) or (not _mark(said) and _mark(standing)):
            continue  # a later blank takes nothing back
        else:
            if _mark(said) != _mark(standing) and said.status != CONTRADICTORY:
                _revise(standing, said, table, tidy)
            standing = said
    assert standing is not None
    for observation in found:
        tidy.evidence.append((observation, observation.place == standing.place))
    return standing


def _revise(old: Observation, new: Observation, table: Table, tidy: Tidy) -> None:
    revision = Revision(table.id, key_text(new, table), old, new)
    tidy.revisions.append(revision)
    told = f"{_mark(old) or BLANK} ({old.place})"
    tidy.findings.append(
        Finding("revised", new.file, new.sheet, new.cell, found=told, expected=_mark(new), hint=revision.key)
    )


def _latest(found: Sequence[Observation], table: Table, tidy: Tidy) -> list[Observation]:
    """Of each answer that was sent more than once, its latest version that says something; the rest as they are."""
    kept = [observation for observation in found if not observation.answer]
    answers: dict[str, dict[int, list[Observation]]] = {}
    for observation in found:
        if observation.answer:
            answers.setdefault(observation.answer, {}).setdefault(observation.version, []).append(observation)
    for versions in answers.values():
        spoke = [number for number in sorted(versions) if any(map(_answer, versions[number]))]
        last = spoke[-1] if spoke else max(versions)
        for earlier in spoke[:-1]:
            old = next(o for o in versions[earlier] if _answer(o))
            new = next(o for o in versions[last] if _answer(o))
            if _answer(old) != _answer(new):
                _revise(old, new, table, tidy)
        kept += versions[last]
    return kept


def _of_one_year(found: Sequence[Observation], table: Table, tidy: Tidy) -> Observation:
    """One year's observation: all that say the same are one; those that say different things stand as X."""
    ordered = sorted(found, key=lambda o: (o.file, o.sheet, _cell_order(o.cell)))
    answers: dict[str, Observation] = {}
    for observation in ordered:
        said = _answer(observation)
        if said:
            answers.setdefault(said, observation)
    if not answers:
        return ordered[0]
    first = next(iter(answers.values()))
    if len(answers) == 1:
        tidy.findings += _beside_marks(first, ordered, table)
        return first
    told = "; ".join(f"{said} ({observation.place})" for said, observation in answers.items())
    code = "series_contradiction" if table.values == REFERENCE else "contradiction"
    tidy.findings.append(
        Finding(code, first.file, first.sheet, first.cell, told, "", f"{table.id}: {key_text(first, table)}")
    )
    note = " | ".join(text for text in (told, first.note) if text)
    return first._replace(value=None, low=None, high=None, code="", status=CONTRADICTORY, note=note)


def _beside_marks(said: Observation, found: Sequence[Observation], table: Table) -> list[Finding]:
    """A figure of which its own workbook says elsewhere that it is not collected: one of the two is a slip."""
    if said.value is None:
        return []
    marks = [o for o in found if o.status == "L" and o.stated and o.file == said.file]
    if not marks:
        return []
    told = ", ".join(f"{o.text.strip()} ({o.sheet}!{o.cell})" for o in marks)
    place = (said.file, said.sheet, said.cell)
    return [
        Finding("figure_beside_mark", *place, value_text(said), told, f"{table.id}: {key_text(said, table)}")
    ]


def _cell_order(cell: str) -> tuple[int, str]:
    digits = "".join(c for c in cell if c.isdigit())
    return int(digits or 0), cell


# corrections -------------------------------------------------------------------------------------------


def place_of(line: Line) -> tuple[str, str, str]:
    """The cell that a correction is about."""
    return line["file"], line["sheet"], line["cell"]


def void(line: Line) -> Finding:
    """A correction whose cell says nothing that could be corrected."""
    return Finding("correction_void", *place_of(line), expected=line["expected"].strip())


def _corrected(
    observations: list[Observation], lines: Sequence[Line], catalogue: Catalogue
) -> tuple[list[Observation], list[Finding]]:
    """Observations with the catalogue's corrections; a correction whose cell has changed is an error.

    So is one that gives no figure of the table, and are several that give a cell different ones: none is taken.
    """
    findings: list[Finding] = []
    given: dict[tuple[str, str, str], dict[str, Line]] = {}
    for line in lines:
        given.setdefault(place_of(line), {}).setdefault(line["value"].strip(), line)
    for place, values in given.items():
        at = [i for i, o in enumerate(observations) if (o.file, o.sheet, o.cell) == place]
        if not at:
            findings += map(void, values.values())
            continue
        text = observations[at[0]].text
        changed = {line["expected"].strip() for line in values.values()} - {text.strip()}
        if changed:
            findings += [Finding("correction_void", *place, found=text, expected=e) for e in sorted(changed)]
            continue
        if len(values) > 1:
            findings.append(Finding("correction_unusable", *place, found="; ".join(values)))
            continue
        ((value, line),) = values.items()
        reason = line["reason"].strip()
        for i in at:
            new = _with_value(observations[i], value, reason, catalogue.tables[observations[i].table])
            if new is None:
                findings.append(Finding("correction_unusable", *place, found=value))
                continue
            observations[i] = new
            findings.append(Finding("corrected", *place, found=text.strip(), expected=value, hint=reason))
    return observations, findings


def corrections(path: Path) -> list[Line]:
    """The lines of a corrections file: file, sheet, cell, expected, value, reason; none if there is no file."""
    if not path.exists():
        return []
    return [row for _, row in rows(path, CORRECTION)]


def _with_value(observation: Observation, value: str, reason: str, table: Table) -> Observation | None:
    """The observation with a corrected value; None where that is no figure of its table."""
    note = " | ".join(text for text in (reason, observation.note) if text)
    if value in ("M", "Z", "L"):
        return observation._replace(value=None, status=value, note=note)
    try:
        number = Decimal(value)
    except InvalidOperation:
        return None
    if not number.is_finite() or (table.values in _UNITS and (number < 0 or number % _UNITS[table.values])):
        return None
    return observation._replace(value=number, status="A", note=note)
