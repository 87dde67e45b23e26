"""Figures of which a line that heads none of them says that they are in thousands, or in another currency."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from thb_analysis.definitions import Catalogue
from thb_analysis.ingest.recognition.doubts.case import AXES, Case
from thb_analysis.ingest.recognition.grid import FIGURE, LABEL, Grid, Place, by_row, seen_labels
from thb_analysis.ingest.recognition.keys import Refusal
from thb_analysis.ingest.recognition.titles import is_unit, names_other_unit
from thb_analysis.ingest.recognition.values import says_unit
from thb_analysis.ingest.words.fold import fold, folded
from thb_analysis.ingest.words.labels import Vocabulary
from thb_analysis.ingest.words.mentions import counts_others, counts_years, says_how_many

_TITLE = re.compile(r"[:–—(]\s*([^\W\d][^:–—()\d]+)\)?\s*$")  #: what stands behind a title's last sign
MOST_APART = 3  #: rows between a table and what is said below it
NOWHERE = (1_000_000_000, 0)  #: behind every cell


def scaled_aside(case: Case) -> dict[Place, Refusal]:
    """Figures beside, below or above whose table stands “thousand euro” or “in lats”, over one of its columns or none.

    A heading among others of its line is its own column's, and a label before a figure its own line's.
    """
    catalogue, grid = case.catalogue, case.grid
    cells, claims = grid.once(_of_money, catalogue), case.claims.items()
    found = _by_comments(case)
    if not cells:
        return found
    lines = {cell[0] for _, claim in claims for role, cell in claim.headings if role == "column"}
    loose = sorted(cell for cell in cells if cell[0] not in lines and not _before_figure(grid, cell))
    for place, claim in claims:
        words = case.words(claim)
        cell = next((cell for cell in loose if _is_about(words, grid.text(cell))), None)
        if cell is not None:
            code = "unit_scaled" if scales(catalogue, grid.text(cell)) else "unit_not_tables"
            found[place] = case.blamed(claim, code, cell, claim.table.unit)
    return found


def _by_comments(case: Case) -> dict[Place, Refusal]:
    """Figures of which a comment on them or on one of their headings says so."""
    catalogue, found = case.catalogue, {}
    told = case.grid.once(_commented, catalogue)
    for place, claim in case.claims.items() if told else ():
        for cell in (place, *(cell for _, cell in claim.headings)):
            text = told.get(cell, "")
            if text and _is_about(case.words(claim), text):
                code = "unit_scaled" if scales(catalogue, text) else "unit_not_tables"
                found[place] = Refusal(code, cell, text, claim.table.unit, tables=(claim.table.id,))
    return found


def how_many(case: Case) -> dict[Place, Refusal]:
    """Amounts below a title, or on a sheet, that says how many things there are, and no nearer heading of amounts."""
    catalogue, text, found = case.catalogue, case.grid.text, {}
    sheet = case.grid.sheet.name
    for place, claim in case.claims.items():
        heads = [cell for role, cell in claim.headings if role in AXES]
        if claim.table.values != "amount" or any(_of_amount(case.words(claim), text(cell)) for cell in heads):
            continue
        titles = [cell for role, cell in claim.headings if role == "title"]
        cell = next((cell for cell in titles if says_how_many(catalogue, text(cell))), None)
        if cell is not None:
            found[place] = case.blamed(claim, "unit_not_tables", cell, claim.table.unit)
        elif says_how_many(catalogue, sheet) and any(r.title for r in case.words(claim).read(sheet)):
            found[place] = case.refused(claim, "sheet_name_narrows", "")
    return found


def counting_else(case: Case) -> dict[Place, Refusal]:
    """Figures under a heading that only says that something else is counted: “Number of offences” over persons.

    So may a title end: “Persons convicted: number of offences”.  Or years are counted, over figures that are of none by
    their headings.
    """
    found = {}
    telling = {
        (words.table.id, role, cell): counts_others(words, text)
        for words, heads in case.headings.items()
        for role, cell in heads
        if role in AXES and (counts_others(words, text := case.grid.text(cell)) or counts_years(words, text))
    } | {
        (words.table.id, role, cell): True
        for words, heads in case.headings.items()
        for role, cell in heads
        if role == "title" and (ends := _TITLE.search(case.grid.text(cell))) and counts_others(words, ends[1])
    }
    for place, claim in case.claims.items() if telling else ():
        for role, cell in claim.headings:
            others = telling.get((claim.table.id, role, cell))
            if others or (others is False and claim.year_from != "heading"):
                found[place] = case.blamed(claim, "unit_not_tables", cell, claim.table.unit)
    return found


def _of_amount(words: Vocabulary, text: str) -> bool:
    """Whether a heading says that it is over amounts: by the name of their table, their unit, or as “value”."""
    named = any((r.title and not r.dims) or r.figure for r in words.read(text))
    return named or says_unit(words, text)


def shares_aside(case: Case) -> dict[Place, Refusal]:
    """Figures right behind which stands what they are instead of counts: “%”, “per 100 000”, “yearly average”.

    Or another unit than their table's, be it a known one or below “Unit”.
    """
    scene, grid = case.scene, case.grid
    units = grid.once(_of_units, case.catalogue)
    found = {}
    for cell in scene.region.places:
        place = grid.at((cell[0], cell[1] - 1)) if grid.kinds[cell] == LABEL else None
        claim = case.claims.get(place) if place is not None else None
        if place is None or claim is None or claim.aside or cell in scene.used:
            continue
        words, text = case.words(claim), grid.text(cell)
        share = any((r.share or r.accumulated or r.compared) and r.number is None for r in words.read(text))
        head = units.get(cell[1], NOWHERE)
        below = head < cell and names_other_unit(f"{grid.text(head)}: {text}", words) is True
        if cell in scene.remarks and fold(text).strip(" .!") in folded(case.catalogue, "moved"):
            continue
        if share or below or _is_other_unit(words, text):
            found[place] = case.blamed(claim, "unit_not_tables", cell, claim.table.unit)
    return found


def shares_below(case: Case) -> dict[Place, Refusal]:
    """Figures of the last table of a sheet, where a line below it says no more than that they are shares: “(percent)”.

    Where a sheet has other tables as well, of which of them it speaks nobody knows; of shares that are told to be some
    it explains these.
    """
    grid, claims = case.grid, case.claims
    last = grid.once(_last_figure)
    one = len({(claim.table.id, claim.year) for claim in claims.values()}) == 1
    if not one or last[0] not in {row for row, _ in claims} or any(c.aside for c in claims.values()):
        return {}
    cells = [cell for cell in grid.once(seen_labels) if last[0] < cell[0] <= last[0] + MOST_APART]
    words = case.words(next(iter(claims.values())))
    told = [cell for cell in cells if _only_share(words, grid.text(cell))]
    whole = told and min(row for row, _ in claims) == last[1]
    return {
        place: case.blamed(claim, "unit_not_tables", told[0], claim.table.unit)
        for place, claim in (claims.items() if whole else ())
    }


def _last_figure(grid: Grid) -> tuple[int, int]:
    """The last row with a figure, and the first."""
    rows = [row for (row, _), kind in grid.kinds.items() if kind == FIGURE]
    return max(rows, default=0), min(rows, default=0)


@lru_cache(maxsize=20_000)
def _only_share(words: Vocabulary, text: str) -> bool:
    """Whether a line says that figures are shares or averages, and nothing else."""
    readings = words.read(text)
    return bool(readings) and all(
        (r.share or r.accumulated) and not (r.title or r.dims or r.years or r.number is not None)
        for r in readings
    )


def _of_units(grid: Grid, catalogue: Catalogue) -> dict[int, Place]:
    """The first heading “Unit” of a column, by column."""
    heads = (place for place in grid.once(seen_labels) if is_unit(catalogue, grid.text(place)))
    return {place[1]: place for place in sorted(heads, reverse=True)}


def _is_other_unit(words: Vocabulary, text: str) -> bool:
    """Whether a text is a unit that the table does not count in: “EUR” behind persons."""
    said, catalogue = fold(text).strip(" .()"), words.catalogue
    known = said in _units(catalogue)
    return known and names_other_unit(f"{catalogue.words['unit'][0]}: {said}", words) is True


@cache
def _units(catalogue: Catalogue) -> frozenset[str]:
    return frozenset(
        fold(text).strip(" .") for unit in catalogue.codes["unit"].values() for text in unit.spellings
    )


def _of_money(grid: Grid, catalogue: Catalogue) -> list[Place]:
    """The labels that speak of thousands or another currency."""
    return [place for place in grid.once(seen_labels) if other_money(catalogue, grid.text(place))]


def _commented(grid: Grid, catalogue: Catalogue) -> dict[Place, str]:
    """The comments that do so, by the cells on which they are."""
    told = ((place, cell.comment or "") for place, cell in grid.cells.items() if place not in grid.hidden)
    return {place: text for place, text in told if text and other_money(catalogue, text)}


def _before_figure(grid: Grid, cell: Place) -> bool:
    """Whether a figure stands in the line of a cell, right of it."""
    row, column = cell
    line = grid.once(by_row).get(row, ())
    return any(beside > column and grid.kinds[at, beside] == FIGURE for at, beside in line)


def _is_about(words: Vocabulary, text: str) -> bool:
    """Whether a line gives the scale of a table's figures; one that nobody understands gives that of amounts."""
    rest = _signs(words.catalogue).sub(" ", plain := fold(text))
    readings = words.read(text) if rest == plain else ()
    if readings:
        return any(reading.scaled and reading.number is None for reading in readings)
    return words.table.values == "amount" and not any(map(str.isdigit, rest))


@lru_cache(maxsize=20_000)
def other_money(catalogue: Catalogue, text: str) -> bool:
    """Whether a text speaks of thousands or millions, or of another currency."""
    return scales(catalogue, text) or _currencies(catalogue).search(fold(text)) is not None


@lru_cache(maxsize=20_000)
def scales(catalogue: Catalogue, text: str) -> bool:
    """Whether a text speaks of thousands or millions."""
    plain = fold(text)
    return any(known(catalogue).search(plain) is not None for known in (_words, _signs))


@cache
def _signs(catalogue: Catalogue) -> re.Pattern[str]:
    """The signs for thousands and millions, each by itself."""
    signs = sorted(map(fold, catalogue.words["scaled_signs"]), key=len, reverse=True)
    return re.compile(rf"(?<![\w.,])(?<!\d )(?:{'|'.join(map(re.escape, signs))})(?!\w)")


@cache
def _words(catalogue: Catalogue) -> re.Pattern[str]:
    """The words for thousands and millions, however they end."""
    stems = {re.escape(fold(text).split()[0].rstrip(".")) for text in catalogue.words["scaled"]}
    return re.compile(rf"(?<!\w)(?:{'|'.join(sorted(stems))})")


@cache
def _currencies(catalogue: Catalogue) -> re.Pattern[str]:
    """Other currencies than the tables', as whole words: “lats” begins many others."""
    return re.compile(
        rf"(?<!\w)(?:{'|'.join(re.escape(fold(text)) for text in catalogue.words['currencies'])})(?!\w)"
    )
