"""Findings about figures that were refused: what to look at, what nobody knows, what may have been meant."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from thb_analysis.definitions import TOTAL, UNKNOWN, Catalogue
from thb_analysis.findings import BAR, Finding
from thb_analysis.ingest.addresses import blocks, spelled
from thb_analysis.ingest.age_bands import bands_in_totals
from thb_analysis.ingest.between import between_figures
from thb_analysis.ingest.recognition.grid import LABEL, Grid, Place, by_row
from thb_analysis.ingest.recognition.keys import Claim, Refusal, Source
from thb_analysis.ingest.recognition.recognise import SheetReading
from thb_analysis.ingest.recognition.titles import is_division, is_of_division
from thb_analysis.ingest.words.ages import within
from thb_analysis.ingest.words.labels import vocabulary
from thb_analysis.ingest.words.mentions import in_the_way, mentioned
from thb_analysis.ingest.words.near import section_suggestion, suggestions
from thb_analysis.ingest.words.paragraphs import is_bare, section_of
from thb_analysis.ingest.words.readers import readers
from thb_analysis.ingest.words.twofold import twofold
from thb_analysis.observations import plain

MOST_UNREAD = 60  #: numbers that a finding tells one by one
#: Why totals of what no table adds up have no key.
_OF_TOTALS = frozenset({"table_unknown", "heading_missing", "label_ambiguous"})
_WORDED = ("label_unknown", "title_not_understood", "table_unknown")  #: what says which words nobody knows


def refusals(reading: SheetReading, source: Source) -> list[Finding]:
    """One finding for each cause, at the cell to look at, and one for each block of numbers that it left unread."""
    by_cause: dict[Refusal, list[Place]] = {}
    first: dict[tuple[str, ...], Place] = {}  #: of figures that nothing tells apart, the one that is told of
    for place, refusal in (reading.refusals | between_figures(reading)).items():
        told = refusal.place
        if refusal.code == "key_twice":
            told = first.setdefault((refusal.expected, *refusal.tables), told)
        alike = refusal._replace(place=told, found=reading.grid.written(told))
        by_cause.setdefault(alike, []).append(place)
    findings = []
    beside = _beside_wholes(reading, source.catalogue)
    bands = bands_in_totals(reading, source.catalogue)
    mixed = set[Place]()
    for place, parts in _totals_apart(reading, source.catalogue).items():
        where, text = reading.grid.address(place), reading.grid.text(place)
        if _sum(reading, parts) == reading.grid.number(place):
            findings.append(Finding("total_of_tables", source.file, reading.sheet.name, where, text))
            reading.roles[place] = "ignored"
        elif not _are_of_several(parts):
            findings.append(_differing(reading, source, place, parts))
        else:
            continue
        mixed.add(place)
    for cause, places in by_cause.items():
        places = [place for place in places if place not in mixed]
        if not places:
            continue
        others = [place for place in sorted(places) if place != cause.place]
        group = within(source.catalogue, cause.found) if cause.code == "label_unknown" else ""
        if group and bands.issuperset(places):
            where, text = reading.grid.address(cause.place), cause.found.strip()
            findings.append(Finding("band_in_total", source.file, reading.sheet.name, where, text, group))
            reading.roles.update(dict.fromkeys(places, "ignored"))
            continue
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
        two = _twofold(cause, source.catalogue)
        if any(two):
            where = reading.grid.address(cause.place)
            said = (cause.found.strip(), *two)
            findings.append(Finding("label_twofold", source.file, reading.sheet.name, where, *said))
            findings += _unread(reading, source, cause, others)
            continue
        others_list = _of_others(cause, source.catalogue) or _is_of_division(reading, cause, source.catalogue)
        code = "label_of_others" if others_list else cause.code
        findings.append(
            Finding(
                "band_within" if group else code,
                source.file,
                reading.sheet.name,
                reading.grid.address(cause.place),
                cause.found.strip(),
                group or cause.expected or ", ".join(cause.tables),
                hint(cause, source) or _as_typed(reading, cause.place) or _begin_with(reading, cause),
            )
        )
        findings += _unread(reading, source, cause, others)
    return findings


def _begin_with(reading: SheetReading, cause: Refusal) -> str:
    """The cell with which to begin, where a figure is refused for the sake of one that lost more than a heading."""
    if cause.code != "heading_gap":
        return ""
    lost = reading.refusals.get(reading.grid.once(_by_address).get(cause.expected, cause.place))
    return reading.grid.address(lost.place) if lost is not None and lost.code != "heading_gap" else ""


def _by_address(grid: Grid) -> dict[str, Place]:
    """The cells of a sheet by their addresses."""
    return {grid.address(place): place for place in grid.cells}


def _unread(reading: SheetReading, source: Source, cause: Refusal, places: Sequence[Place]) -> list[Finding]:
    """A finding for each block of numbers that a cause left unread."""
    found = []
    for block in blocks(places):
        texts = ", ".join(reading.grid.text(place).strip() for place in block[:MOST_UNREAD])
        texts += ", …" if len(block) > MOST_UNREAD else ""
        found.append(
            Finding(
                "number_unread",
                source.file,
                reading.sheet.name,
                spelled(block, reading.grid.address),
                texts,
                "",
                reading.grid.address(cause.place),
            )
        )
    return found


def _twofold(cause: Refusal, catalogue: Catalogue) -> tuple[str, str]:
    """The two things that a label says which was not understood, where a figure can be of but one of them."""
    tables = cause.tables if cause.code == "label_unknown" else ()
    if cause.code in ("table_unknown", "title_not_understood"):
        text = cause.found.strip()  # a title may list several of which each line has one
        about = sorted(mentioned(catalogue, text))
        tables = tuple([table for table in about if not vocabulary(catalogue, table).read(text)])
    each = (twofold(catalogue, table, cause.found.strip()) for table in tables)
    return next((two for two in each if any(two)), ("", ""))


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


def _totals_apart(reading: SheetReading, catalogue: Catalogue) -> dict[Place, list[Claim]]:
    """Refused totals, each with the figures before it, which no table adds up: of several tables or institutions."""
    grid, found = reading.grid, dict[Place, list[Claim]]()
    lost = {place: refusal for place, refusal in reading.refusals.items() if refusal.code in _OF_TOTALS}
    claims = {claim.place: claim for claim in reading.claims if not claim.aside} if lost else {}
    for place, refusal in lost.items():
        line = sorted(grid.once(by_row)[place[0]])
        first = next((at for at in line if grid.kinds[at] == LABEL), place)
        label = refusal.place if grid.kinds.get(refusal.place) == LABEL else first
        label = first if place[1] != label[1] else label  # a label over all lines is none of a total
        said = [one for words in readers(catalogue, grid.text(label)) for one in words.read(grid.text(label))]
        if not any(one.total and not one.sets for one in said):
            continue
        down, right = (1, 0) if label[0] == place[0] else (0, 1)
        before: list[Claim] = []
        at = (place[0] - down, place[1] - right)
        while (claim := claims.get(at)) is not None:
            before.append(claim)
            at = (at[0] - down, at[1] - right)
        last = (place[0] + down, place[1] + right) not in claims
        if _are_of_several(before) or (last and _are_kept_apart(before, catalogue)):
            found[place] = before
    return found


def _differing(reading: SheetReading, source: Source, place: Place, parts: Sequence[Claim]) -> Finding:
    """That a total of figures which are kept apart is not their sum."""
    grid = reading.grid
    where, cells = grid.address(place), ", ".join(sorted(grid.address(claim.place) for claim in parts))
    told = (grid.text(place).strip(), plain(_sum(reading, parts)), cells)
    return Finding("total_differs", source.file, reading.sheet.name, where, *told)


def _sum(reading: SheetReading, parts: Sequence[Claim]) -> Decimal:
    numbers = [reading.grid.number(claim.place) for claim in parts]
    return sum((number for number in numbers if number is not None), Decimal(0))


def _are_of_several(claims: Sequence[Claim]) -> bool:
    """Whether figures are of several tables."""
    return len({claim.table.id for claim in claims}) > 1


def _are_kept_apart(claims: Sequence[Claim], catalogue: Catalogue) -> bool:
    """Whether figures of a table differ in nothing but in what it has no total over: kinds of one thing, institutions.

    Not in what is counted: checks and joint checks, which are among these, come to nothing.
    """
    if not claims or _are_of_each_other(claims, catalogue):
        return False
    table = claims[0].table
    whole = {
        d.name
        for d in table.dimensions
        if d.default == TOTAL or TOTAL in catalogue.codes.get(d.codes, {}) or not d.codes
    }
    keys = {
        (
            tuple(sorted((n, c) for n, c in claim.dims.items() if n not in whole)),
            claim.institution if table.by_institution else "",
        )
        for claim in claims
    }
    alike = {(c.year, *sorted((n, v) for n, v in c.dims.items() if n in whole)) for c in claims}
    taken_off = any(claim.dims.get(name) == code for claim in claims for name, code in table.deduct)
    return len(claims) == len(keys) > 1 and len(alike) == 1 and not taken_off


def _are_of_each_other(claims: Sequence[Claim], catalogue: Catalogue) -> bool:
    """Whether what some figures count is among what others do."""
    table = claims[0].table
    pairs = {
        (d.name, claim.dims.get(d.name, "")) for d in table.dimensions if d.identifies for claim in claims
    }
    members = (catalogue.member(table, *pair) for pair in pairs)
    return any(
        (name, m.parent) in pairs for (name, _), m in zip(pairs, members, strict=True) if m is not None
    )


def _is_more(reading: SheetReading, part: Place, whole: Place) -> bool:
    """Whether both are numbers and the part is the greater one."""
    more, less = (reading.grid.amount(place) for place in (part, whole))
    return more is not None and less is not None and more > less


def _is_bare(cause: Refusal, catalogue: Catalogue) -> bool:
    return cause.code == "heading_names" and len(cause.tables) == 1 and is_bare(catalogue, cause.found)


def _of_others(cause: Refusal, catalogue: Catalogue) -> bool:
    """Whether a label is a member of a list by which other tables are divided, and the figures' own is not."""
    if cause.code != "label_unknown" or len(cause.tables) != 1:
        return False
    own = set(catalogue.tables[cause.tables[0]].dimension_names)
    words = vocabulary(catalogue, cause.tables[0])
    if any(reading.number is None for reading in words.read(cause.found)):
        return False
    if is_of_division(words, cause.found):
        return True
    others = (
        t for t in catalogue.tables.values() if t.values in ("count", "amount") and t.id not in cause.tables
    )
    said = [reading for table in others for reading in vocabulary(catalogue, table.id).read(cause.found)]
    rest = {TOTAL, *catalogue.words["rest_codes"]}  # “others” says nothing of what
    said = [r for r in said if not r.title and r.number is None and not {c for _, c in r.dims} <= rest]
    dims = [set(dict(reading.dims)) for reading in said]
    return bool(dims) and all(names and own.isdisjoint(names) for names in dims)


def _is_of_division(reading: SheetReading, cause: Refusal, catalogue: Catalogue) -> bool:
    """Whether a label that nobody understands stands in a list headed by what no table is divided by (“Industry”)."""
    known = cause.code == "label_unknown" and len(cause.tables) == 1
    return known and cause.place in reading.grid.once(_below_divisions, catalogue)


def _below_divisions(grid: Grid, catalogue: Catalogue) -> frozenset[Place]:
    """The labels that stand below the name of such a division, or right of it, without a gap."""
    found: set[Place] = set()
    labels = [place for place, kind in grid.kinds.items() if kind == LABEL]
    for down, right in ((1, 0), (0, 1)):
        below: set[Place] = set()
        for row, column in sorted(labels, key=lambda place: place[::-1] if down else place):
            before = (row - down, column - right)
            if before in below or (
                grid.kinds.get(before) == LABEL and is_division(catalogue, grid.text(before))
            ):
                below.add((row, column))
        found |= below
    return frozenset(found)


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
