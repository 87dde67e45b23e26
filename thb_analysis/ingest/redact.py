"""Personal data taken out of sheets that were just read: the place is named, the content is gone."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from operator import itemgetter

from thb_analysis.findings import Finding
from thb_analysis.ingest.cells import Cell, Look, RowRun, Segments, Sheet
from thb_analysis.ingest.formats.richtext import SET_OFF
from thb_analysis.ingest.people import (
    BIRTH,
    CODE,
    PHONE,
    REDACTED,
    asks_births,
    is_birth_heading,
    is_date,
    is_name,
    is_personal_number,
    is_phone_heading,
    masked,
    may_be_birth,
    names_unit,
    personal,
    seen,
    suspicious,
)

SHORTEST_NUMBER = 8  #: digits of a number that can be personal
SHORTEST = 3  #: characters of a text that cannot be personal
COMMENT = "personal_in_comment"  #: beside a figure, which stays
LONG = 100  #: characters of a text that is not worth remembering
LONGEST_TOLD = 120  #: characters of a text box or a comment that a finding tells
MOST_SEEN = 50_000  #: texts that are remembered
STRETCH = 50_000  #: how many cells are looked at together; bounds the memory of a long list


_LOOK: Callable[[Cell], Look] = itemgetter(5)
_PLAIN_DIGITS = {shown: chr(digit) for digits in SET_OFF.values() for digit, shown in digits.items()}
_RAISED = re.compile("[⁰¹²³⁴-⁹₀-₉]")
_LETTER = re.compile(r"[^\W\d_]")
_APART = (
    "\0"  #: between texts that are looked at together: a code may be parted by a line's end within a text
)
_seen_clear: set[str] = set()  #: texts in which nothing looks personal, from whatever workbook


def redacted(sheets: list[Sheet], findings: list[Finding], file: str) -> tuple[list[Sheet], list[Finding]]:
    """The sheets without personal data, and the findings with one for each cell or name that held any."""
    years = set(re.findall(r"(?<!\d)(?:19|20)\d\d(?!\d)", file))
    year = int(years.pop()) if len(years) == 1 else None
    names: dict[str, str] = {}
    clean: list[Sheet] = []
    found: list[Finding] = []
    for sheet in sheets:
        name = sheet.name
        if name not in names:
            names[name] = _other_name(name, names)
        if names[name] != name:
            found.append(Finding("personal_in_name", file, names[name]))
        kinds = _personal_cells(sheet.cells, year)
        if kinds:
            cells = list(sheet.cells)
            for index, kind in sorted(kinds.items()):
                cells[index] = _without(cells[index], kind)
                kept = cells[index].text != REDACTED
                found.append(Finding(COMMENT if kept else kind, file, names[name], cells[index].address))
            sheet = replace(sheet, cells=tuple(cells))
        if sheet.margins:
            sheet = replace(sheet, margins=tuple(map(masked, sheet.margins)))
        clean.append(sheet if names[name] == name else replace(sheet, name=names[name]))
    return clean, [_renamed(finding, names) for finding in findings] + found


def _looks_personal(texts: Iterable[str]) -> bool:
    """A cheap first look at many texts."""
    worth = (text for text in texts if not (len(text) < SHORTEST_NUMBER and text.isdigit()))
    return suspicious().search(_plain(_APART.join(worth))) is not None


def _plain(text: str) -> str:
    """The text as a person sees it; raised digits are digits, for the cell may hold them as such."""
    text = seen(text)
    return text if _RAISED.search(text) is None else text.translate(_PLAIN_DIGITS)


def _is_clear(cells: Segments) -> bool:
    """Whether nothing in a sheet of runs deserves a closer look: each text is looked at once, not once a cell."""
    for part in cells.parts:
        if not isinstance(part, RowRun):
            looks = {id(look): look for look in map(_LOOK, part)}.values()
            if any(look.comment is not None or look.formula is not None for look in looks):
                return False
            if any(personal(look.number_format) for look in looks):
                return False
    texts = cells.texts() - _seen_clear
    longer = [text for text in texts if len(text) > SHORTEST]
    suspects: list[str] = []
    if _looks_personal(longer):
        suspects = [text for text in longer if suspicious().search(_plain(text))]
    if asks_births(longer):
        suspects += [text for text in longer if is_birth_heading(text)]
    if not _are_clear_among(suspects, cells):
        return False
    if len(_seen_clear) > MOST_SEEN:
        _seen_clear.clear()
    _seen_clear.update([text for text in texts.difference(suspects) if len(text) < LONG])
    return True


def _are_clear_among(suspects: Sequence[str], cells: Segments) -> bool:
    """Whether texts that look personal are nothing of the kind, wherever on their sheet they stand.

    A date is a date of birth beside a name or where it is asked for, and a number a phone's only where it is.
    """
    dates = numbers = False
    if any(map(is_birth_heading, suspects)) and any(map(may_be_birth, cells.texts())):
        return False
    for text in suspects:
        plain = _plain(text)
        if personal(text) or personal(plain):
            return False
        if plain.isdigit():
            numbers = True
            if is_personal_number(int(plain)):
                return False
        else:
            dates = dates or is_date(plain) or _LETTER.search(plain) is None
    if numbers and any(map(is_phone_heading, cells.texts())):
        return False
    return not dates or not any(is_birth_heading(other) or is_name(other) for other in cells.texts())


def _personal_cells(cells: Sequence[Cell], year: int | None) -> dict[int, str]:
    """Index → kind for the cells that hold personal data."""
    if isinstance(cells, Segments) and _is_clear(cells):
        return {}
    kinds: dict[int, str] = {}
    any_dates = any_phones = any_births = False
    for first in range(0, len(cells), STRETCH):
        stretch = cells[first : first + STRETCH]
        texts = {cell[4] for cell in stretch if cell[2] != "number" or len(cell[4]) >= SHORTEST_NUMBER}
        any_births = any_births or asks_births(texts)
        if _looks_personal(texts):
            for index, cell in enumerate(stretch, first):
                kind = _kind(cell, year)
                if kind is not None:
                    kinds[index] = kind
                any_dates = any_dates or _is_day(cell)
                any_phones = any_phones or _may_be_phone(cell)
        for look in {id(cell[5]): cell[5] for cell in stretch}.values():
            if look.comment is not None or look.formula is not None or look.number_format:
                written = (look.comment or "", look.formula or "", look.number_format)
                kind = next((kind for text in written if (kind := personal(text, year))), None)
                if kind is not None:
                    at = [index for index, cell in enumerate(stretch, first) if cell[5] is look]
                    kinds.update((index, kind) for index in at if index not in kinds)
    if any_dates:
        kinds.update(dict.fromkeys(_births(cells, year), BIRTH))
    if any_births:
        numbers = [index for index, cell in enumerate(cells) if may_be_birth(cell.text)]
        kinds.update(dict.fromkeys(_asked_for(cells, numbers, is_birth_heading), BIRTH))
    if any_phones:
        numbers = [index for index, cell in enumerate(cells) if _may_be_phone(cell)]
        kinds.update(dict.fromkeys(_asked_for(cells, numbers, is_phone_heading), PHONE))
    return kinds


def _may_be_phone(cell: Cell) -> bool:
    """Whether a number is as long as a phone number, with the country's or without."""
    return cell.kind == "number" and len(cell.text) in (SHORTEST_NUMBER, 11) and cell.text.isdigit()


def _kind(cell: Cell, year: int | None) -> str | None:
    """What a cell holds by itself; of a number nothing tells that it is a phone's, but it can be a code."""
    if cell.kind == "number":
        return CODE if isinstance(cell.value, int) and is_personal_number(cell.value) else None
    if cell.kind == "text":
        typed = str(cell.value) if cell.value != cell.text else ""
        return personal(cell.text, year) or personal(typed, year)
    return None


def _births(cells: Sequence[Cell], year: int | None) -> Iterator[int]:
    """Dates that stand beside a name or under or beside a heading that asks for a date of birth."""
    dates = [index for index, cell in enumerate(cells) if _is_day(cell)]
    if not dates:
        return
    yield from _asked_for(cells, dates, is_birth_heading)
    for index in dates:
        row = cells[index].row
        if not _is_day(cells[index], year):
            continue
        for beside in (index - 1, index + 1):
            if 0 <= beside < len(cells) and cells[beside].row == row and is_name(cells[beside].text):
                yield from (index, beside)


def _asked_for(cells: Sequence[Cell], wanted: Iterable[int], asks: Callable[[str], bool]) -> Iterator[int]:
    """Those of some cells that stand under a heading that asks for them, or right beside it.

    What a heading asks for ends at the next one in its column that names a unit: below that stand amounts.
    """
    headings: dict[int, list[tuple[int, bool]]] = {}  # column → rows of headings, and whether they ask
    beside: set[tuple[int, int]] = set()
    for cell in cells:
        if cell.kind == "text" and asks(cell.text):
            headings.setdefault(cell.column, []).append((cell.row, True))
            beside.add((cell.row, cell.column + cell.columns))
        elif cell.kind == "text" and cell.column in headings and names_unit(cell.text):
            headings[cell.column].append((cell.row, False))
    for index in wanted:
        row, column = cells[index].row, cells[index].column
        above = [told for told in headings.get(column, ()) if told[0] < row]
        if (above and above[-1][1]) or (row, column) in beside:
            yield index


def _is_day(cell: Cell, year: int | None = None) -> bool:
    """Whether a cell holds a date, before a year if one is given."""
    if cell.kind == "date":
        return isinstance(cell.value, date) and (year is None or cell.value.year < year)
    return cell.kind == "text" and is_date(cell.text, year)


def _without(cell: Cell, kind: str) -> Cell:
    """The cell with everything in it that could be personal replaced; a plain figure below a comment stays."""
    look = cell.look._replace(
        formula=None if cell.formula is None else REDACTED,
        comment=None if cell.comment is None else REDACTED,
    )
    count = cell.kind == "number" and len(cell.text) < SHORTEST_NUMBER and kind != BIRTH
    if count and not personal(look.number_format) and not personal(cell.formula or ""):
        return cell._replace(look=look)
    return cell._replace(kind="text", value=REDACTED, text=REDACTED, look=look._replace(number_format=""))


def _other_name(name: str, taken: dict[str, str]) -> str:
    """The sheet's name without what is personal in it, told apart from other such sheets."""
    other = plain = masked(name)
    number = 1
    while other != name and other in taken.values():
        number += 1
        other = f"{plain} ({number})"
    return other


def _renamed(finding: Finding, names: dict[str, str]) -> Finding:
    """What the readers found, with nothing of a text that held personal data, cut to what can be told."""
    found = REDACTED if personal(finding.found) else finding.found[:LONGEST_TOLD]
    return finding._replace(sheet=names.get(finding.sheet) or masked(finding.sheet), found=found)
