"""Years with something beside them, “2024 (provisional)”, “2024/2023” over changes; and years mistyped."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from thb_analysis.definitions import Catalogue, figures
from thb_analysis.ingest.recognition.grid import EITHER, FIGURE, LABEL, Grid, Place
from thb_analysis.ingest.recognition.keys import Source
from thb_analysis.ingest.recognition.outer import year_outside
from thb_analysis.ingest.words.fold import fold
from thb_analysis.ingest.words.labels import vocabulary
from thb_analysis.ingest.words.readers import readers
from thb_analysis.ingest.words.spans import YEAR

_DAY = re.compile(rf"\d{{1,2}}\.\s?\d{{1,2}}\.\s?({YEAR})")
#: A year with a digit too many or too few, another digit in its place, or two of them the wrong way round.
_SLIPPED = re.compile(r"20[0-4]\d\d|20\d[0-4]\d|2[1-9]0\d|[13-9]0[0-4]\d|20[5-9]\d|20\d")
_IN_BRACKETS = re.compile(r"\s*\(([^()]+)\)")
UNSURE = ("P", "E")  #: provisional and estimated figures
_QUALIFIED = re.compile(
    rf"\s*({YEAR})\.?\s*((?:gads|g\.)?)(?:\s*\(([^()]+)\)|\s*[,–-]?\s*([^\W\d]{{3}}[^\d()]*))\s*",
    re.IGNORECASE,
)
_WITH_SHARES = re.compile(r"(.*\S)\s*\(\s*%\s*\)\s*", re.DOTALL)
_COUNT_WITH_SHARE = re.compile(r"\d+\s*\(\s*\d+(?:[.,]\d+)?\s*%\s*\)")
#: A year and what it is, seen from the workbook's, either in brackets.
_SEEN_FROM = re.compile(
    rf"\s*(?:({YEAR})\.?\s*(?:gads|g\.)?\s*\(\s*([^()]+?)\s*\)|([^\d()]+?)\s*\(({YEAR})\.?\s*(?:gads|g\.)?\))\s*",
    re.IGNORECASE,
)


def qualified_years(grid: Grid, catalogue: Catalogue, own_year: int | None) -> dict[Place, str]:
    """Take the remarks from behind the years and from titles, and give what the cells said.

    Only remarks on how sure the figures are: any other may say that they are of something else.  “2023 (previous
    year)” says nothing where the workbook is of the year after it.
    """
    found = {}
    for place, cell in grid.cells.items():
        bracketed = "(" in cell.text
        if cell.kind != "text" or not (bracketed or cell.text[:1].isdigit()):
            continue
        match = _QUALIFIED.fullmatch(cell.text)
        year = match[1] if match and is_remark(catalogue, match[3] or match[4]) else ""
        if year:
            found[place] = cell.text
        elif bracketed and own_year is not None and (known := _SEEN_FROM.fullmatch(cell.text)):
            year = known[1] or known[4]
            year = year if fold(known[2] or known[3]) in _seen_from(catalogue, int(year) - own_year) else ""
        if year:
            grid.cells[place] = cell._replace(text=year)
            grid.kinds[place], grid.series[place] = EITHER, "year"
        elif bracketed and grid.kinds[place] == LABEL:
            title = _without_remark(catalogue, cell.text)
            if title != cell.text:
                found[place] = cell.text
                grid.cells[place] = cell._replace(text=title)
    return found


def counts_with_shares(grid: Grid) -> None:
    """Take “(%)” from behind a heading, “Number (%)”, right over counts with their shares: “13 (46 %)”."""
    for place, cell in grid.cells.items():
        match = _WITH_SHARES.fullmatch(cell.text) if grid.kinds[place] == LABEL else None
        below, row = [], grid.span(place)[2]
        while match and grid.kinds.get((row := row + 1, place[1])) == FIGURE:
            below.append(grid.text((row, place[1])).strip())
        if match and below and all(map(_COUNT_WITH_SHARE.fullmatch, below)):
            grid.cells[place] = cell._replace(text=match[1])


def years_by_name(grid: Grid, source: Source) -> bool:
    """Make years of “previous year” beside “reporting year” where the workbook’s own is known; whether there are any.

    Not where a text on the sheet has another year, nor where the sender has a table in which they are members
    (clients who “started in the previous year”).
    """
    own, catalogue = year_outside(source, grid.sheet.name), source.catalogue
    names = {
        place: n for place in grid.kinds if (n := name_of_year(catalogue, grid.written(place))) is not None
    }
    if own is None or own != source.year or len(set(names.values())) < 2 or _other_year(grid, own):
        return False
    found = {
        place: offset
        for place, offset in names.items()
        if place not in grid.hidden
        and any(n != offset and (p[0] == place[0] or p[1] == place[1]) for p, n in names.items())
        and not _is_member(source, grid.written(place))
    }
    for place, offset in found.items():
        grid.cells[place] = grid.cells[place]._replace(text=str(own + offset))
        grid.kinds[place], grid.series[place] = EITHER, "year"
    return bool(found)


@lru_cache(maxsize=10_000)
def name_of_year(catalogue: Catalogue, text: str) -> int | None:
    """How many years from the workbook's own a label says, in whichever case and without a number."""
    stems = vocabulary(catalogue, next(iter(figures(catalogue))).id).stems
    said = stems(text) if any(map(str.isalpha, text)) else ()
    known = ((int(n), name) for n, names in catalogue.words["seen_from"].items() for name in names)
    return next((n for n, name in known if said and stems(name) == said), None)


def _other_year(grid: Grid, own: int) -> bool:
    """Whether a text on a sheet has another year than this, but for that of a later day, on which it was sent."""
    for place, cell in grid.cells.items():
        if grid.kinds[place] == FIGURE:
            continue
        text = _DAY.sub(lambda found: "" if int(found[1]) > own else found[0], cell.text)
        if any(int(year) != own for year in re.findall(rf"(?<!\d){YEAR}(?!\d)", text)):
            return True
    return False


def _is_member(source: Source, text: str) -> bool:
    """Whether a label is a member of a table that the sender has, or may have."""
    return any(
        reading.dims
        for words in readers(source.catalogue, text)
        if not source.institution or source.institution in words.table.senders
        for reading in words.read(text)
    )


@cache
def _seen_from(catalogue: Catalogue, years: int) -> frozenset[str]:
    """What a year is called so many years from the workbook's own."""
    return frozenset(fold(text) for text in catalogue.words["seen_from"].get(str(years), ()))


def _without_remark(catalogue: Catalogue, text: str) -> str:
    """A title without the remark in brackets in it: “Suspects (provisional data), 2024”."""
    kept = _IN_BRACKETS.sub(lambda found: " " if is_remark(catalogue, found[1]) else found[0], text)
    return " ".join(kept.split()) if kept != text and any(map(str.isalnum, kept)) else text


def is_remark(catalogue: Catalogue, text: str) -> bool:
    """Whether a text says no more than how sure figures are."""
    return fold(text).strip(" .:") in _remarks(catalogue)


def slipped_from(text: str, year: int) -> bool:
    """Whether a text is a year with one slip of the fingers in it."""
    typed, right = text.strip(" ."), str(year)
    if not typed.isdecimal() or typed == right:
        return False
    without = {right[:n] + right[n + 1 :] for n in range(len(right))}
    turned = {right[:n] + right[n + 1] + right[n] + right[n + 2 :] for n in range(len(right) - 1)}
    shorter = {typed[:n] + typed[n + 1 :] for n in range(len(typed))}
    other = len(typed) == len(right) and sum(a != b for a, b in zip(typed, right, strict=True)) == 1
    return typed in without | turned or right in shorter or other


def slipped_years(grid: Grid) -> None:
    """Make a label of a year that was mistyped, where it stands among years that head figures as it does."""
    for place, kind in list(grid.kinds.items()):
        slipped = kind == FIGURE and _SLIPPED.fullmatch(grid.cells[place].text)
        if slipped and any(_among_years(grid, place, axis) for axis in (0, 1)):
            grid.kinds[place] = LABEL


def _among_years(grid: Grid, place: Place, axis: int) -> bool:
    """Whether a cell is one of a stretch along a row or a column that are else years, each with a figure behind it."""
    step, behind = ((0, 1), (1, 0)) if axis == 0 else ((1, 0), (0, 1))
    line = [place]
    for sign in (-1, 1):
        at = place
        while grid.kinds.get(at := (at[0] + sign * step[0], at[1] + sign * step[1]), LABEL) != LABEL:
            line.append(at)
    others = [other for other in line if other != place]
    return len(others) > 1 and all(
        (other == place or grid.series.get(other) == "year")
        and grid.kinds.get((other[0] + behind[0], other[1] + behind[1])) == FIGURE
        for other in line
    )


def compared_years(grid: Grid, catalogue: Catalogue) -> None:
    """Make a change of what sets a year against an earlier one: “2024/2023”, “Change 2024 against 2023, %”.

    And of several words for changes: “Growth (+) / decline (-) against 2023”.
    """
    for place, cell in grid.cells.items():
        match = _against(catalogue).fullmatch(fold(cell.text)) if cell.kind == "text" else None
        if match and (match[1] is None or int(match[1]) > int(match[2])):  # a span of years begins earlier
            grid.cells[place] = cell._replace(text=catalogue.words["share"][0])
            grid.kinds[place] = LABEL
            grid.series.pop(place, None)


@cache
def _against(catalogue: Catalogue) -> re.Pattern[str]:
    words, worded, changes = (
        "|".join(re.escape(fold(word)) for word in said)
        for said in (
            catalogue.words["against"],
            [word for word in catalogue.words["against"] if any(map(str.isalpha, word))],
            sorted(catalogue.words["share"], key=len, reverse=True),
        )
    )
    suffix = r"\.?(?:\s?(?:g\.|gads|gadu|gadam))?"
    change = rf"(?:{changes})(?:\s*\([+–-]\))?"
    several = rf"{change}(?:\s*(?:/|,|{'|'.join(catalogue.words['joint'])})\s*{change})+"
    years = rf"({YEAR}){suffix}\s*(?:{words})\s*({YEAR}){suffix}"
    one = rf"(?:{worded})\s+{YEAR}{suffix}"
    percent = rf"\s*,?\s*\(?(?:%|{changes})?\)?"
    before = rf"(?:{several}|{change})?[\s,:]*\(?"
    return re.compile(rf"{before}(?:{years}|{one})\)?{percent}|{several}{percent}")


@cache
def _remarks(catalogue: Catalogue) -> frozenset[str]:
    said = (text for code in UNSURE for text in catalogue.codes["obs_status"][code].spellings)
    return frozenset(fold(text).strip(" .:") for text in (*said, *catalogue.words["revised"]))
