"""What stands above the regions of a sheet and may be their title, without heading figures of another."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from functools import cache
from operator import itemgetter
from typing import NamedTuple

from thb_analysis.definitions import Catalogue
from thb_analysis.definitions import figures as figure_tables
from thb_analysis.ingest.recognition.grid import EITHER, FIGURE, LABEL, Grid, Place
from thb_analysis.ingest.recognition.islands import Region
from thb_analysis.ingest.recognition.keys import Source, tables_named
from thb_analysis.ingest.recognition.titles import narrows
from thb_analysis.ingest.words.fold import fold
from thb_analysis.ingest.words.footnotes import footnote
from thb_analysis.ingest.words.labels import vocabulary
from thb_analysis.ingest.words.mentions import understood
from thb_analysis.ingest.words.readers import kinds_by_table, share_kind
from thb_analysis.ingest.words.spans import YEAR

_YEAR = re.compile(rf"(?<!\d){YEAR}(?!\d)")

NEAR = 3  #: rows above a table in which a title is surely its own


class Titles(NamedTuple):
    """Labels above a region that may be its titles, the nearest first, and which of them are what."""

    cells: tuple[Place, ...] = ()
    whole: frozenset[Place] = frozenset()  #: those over the whole sheet
    far: frozenset[Place] = frozenset()  #: those with another region's figures in between
    earlier: frozenset[Place] = frozenset()  #: the title of the sheet's first table, of several


class Above:
    """What may stand over the regions of one sheet: what is asked again for every region is worked out once."""

    def __init__(self, grid: Grid, source: Source) -> None:
        self.grid, self.source, self.catalogue = grid, source, source.catalogue
        figures = sorted(place for place in grid.cells if grid.kinds[place] == FIGURE)
        self._figure_rows = sorted({row for row, _ in figures})
        self._first_row = min(self._figure_rows, default=0)
        self._first_in = {column: row for row, column in reversed(figures)}  #: the first row of each column
        self._with_figures: dict[Region, bool] = {}
        self._fields: dict[Region, dict[Place, Place]] = {}
        self._labels: dict[Region, list[Place]] = {}
        self._alone: dict[tuple[Region, Place], bool] = {}
        self._titling: dict[Region, list[Place]] = {}
        self._named: dict[Place, frozenset[str]] = {}
        self._rows: dict[Region, list[int]] = {}
        self._lasts: dict[Region, tuple[int, int]] = {}
        self._strange: dict[Region, int] = {}

    def has_figures(self, region: Region) -> bool:
        """Whether a region holds anything that may be a figure."""
        known = self._with_figures.get(region)
        if known is None:
            known = self._with_figures[region] = has_figures(self.grid, region)
        return known

    def _parts(self, region: Region) -> bool:
        """Whether figures of a region part what stands above it from what stands below: no fields, with a year."""
        return self.has_figures(region) and not holds_fields(self.grid, region, self.catalogue)

    def titles(self, region: Region, found: list[Region]) -> Titles:
        """Labels above the region that may be its titles."""
        by_row: dict[int, list[Place]] = {}
        pairs: dict[Place, Place] = {}
        homes: dict[Place, Region] = {}  #: of the labels that stand in a region wholly above
        for other in found:
            if other.top >= region.top:
                continue
            if other.bottom < region.top:
                standing = self._titling.get(other)
                if standing is None:
                    standing = self._titling[other] = self._standing(other)
                if not standing:
                    continue
                pairs |= self._pairs(other)
                homes |= dict.fromkeys(standing, other)
            elif other.places.isdisjoint(region.places):
                cells = (place for place in self._labels_of(other) if place[0] < region.top)
                standing = [place for place in cells if self._is_alone(other, place)]
            else:
                continue
            for place in standing:
                by_row.setdefault(place[0], []).append(place)
        titles: list[Place] = []
        whole: set[Place] = set()
        near = [place for row in range(region.top - NEAR, region.top) for place in by_row.get(row, ())]
        own_titles = [row for row, column in near if region.left <= column <= region.right]
        for row in sorted(by_row, reverse=True):
            places = by_row[row]
            if len(places) == 1:
                place = places[0]
                if place[1] > region.right:
                    continue
            else:
                fitting = [place for place in places if place[1] <= region.right]
                if not fitting:
                    continue
                left = [place for place in fitting if place[1] <= region.left]
                place = max(left, key=itemgetter(1)) if left else min(fitting)
            beyond = min((column for _, column in places if column > place[1]), default=0)
            over_all = row < self._first_row if not beyond else self._is_first(place, beyond, region)
            beside = bool(own_titles) and place[1] < region.left and not (over_all and row < min(own_titles))
            if beside and self._of_left(place, region, found):
                continue
            if over_all or (region.left - 2 <= place[1]) or not self._between(place, region, found):
                said = [place, *([pairs[place]] if place in pairs else [])]
                titles += said
                if over_all:
                    whole.update(said)
        naming = sorted(filter(self._names, titles))
        rows = sorted({*map(itemgetter(0), naming), *self._own_titles(region)})
        ended = {t for t in titles if t in homes and self._ended(t, homes[t], region, naming, rows)}
        titles = [title for title in titles if title not in ended]
        earlier = {title for title in naming if title in whole and self._is_over(title, rows)}
        far = self._far(titles, region, found)
        return Titles(tuple(titles), frozenset(whole - ended - earlier), far, frozenset(earlier))

    def _is_first(self, label: Place, beyond: int, region: Region) -> bool:
        """Whether a label stands over all figures of its columns, up to where another begins beside it."""
        firsts = (self._first_in[column] for column in range(label[1], beyond) if column in self._first_in)
        return label[1] <= region.left and region.right < beyond and label[0] < min(firsts, default=0)

    def _names(self, label: Place) -> frozenset[str]:
        """The tables that a label names in this workbook."""
        known = self._named.get(label)
        if known is None:
            known = self._named[label] = tables_named(self.source, self.grid.text(label))
        return known

    def _own_titles(self, region: Region) -> list[int]:
        """The rows of titles that stand within a region over all its figures, each alone on its row."""
        first = min(self._rows_of(region), default=region.top)
        over = [place for place in self._labels_of(region) if place[0] < first and self._names(place)]
        rows = Counter(row for row, _ in region.places if row < first) if over else {}
        return [row for row, _ in over if rows[row] == 1]

    def _rows_of(self, region: Region) -> list[int]:
        """The rows of a region's figures."""
        known = self._rows.get(region)
        if known is None:
            rows = {place[0] for place in region.places if self.grid.kinds[place] == FIGURE}
            known = self._rows[region] = sorted(rows)
        return known

    def _is_over(self, title: Place, rows: list[int]) -> bool:
        """Whether a title that names a table stands over figures that end before the next such title, in `rows`."""
        figure, following = _after(title[0], self._figure_rows), _after(title[0], rows)
        return bool(figure and following) and figure < following

    def _ended(self, label: Place, own: Region, region: Region, naming: list[Place], rows: list[int]) -> bool:
        """Whether a label parts the lines of a table above, which ends before a region with a table of its own.

        Where lines go on below a blank row, it may still part them; so may one that stands last above a table without a
        title, and a note (“only women”).  A year is not looked at here: the next table may be without one.  `naming`
        are the titles above that name tables, `rows` those of all such titles.
        """
        text, figures = self.grid.text(label), self._rows_of(own)
        if not figures or _YEAR.search(text) or self._names(label) or narrows(text, self.catalogue):
            return False
        amid = figures[0] < label[0]
        titled = bool(naming and naming[0][0] < label[0]) or self._below_strange(label, own)
        if not titled and not amid:
            return False
        end = label[0] if amid else _after(label[0], figures)
        if end and _after(end, rows):
            return True
        lowest, last_named = self._reach(own)
        divides = titled and last_named <= label[0] < lowest
        return divides and any(map(self._names, self._labels_of(region)))

    def _below_strange(self, label: Place, own: Region) -> bool:
        """Whether what nobody understands stands over a label where a title should: perhaps a title misspelt."""
        known = self._strange.get(own)
        if known is None:
            first, text = min(self._rows_of(own), default=0), self.grid.text
            over = [place for place in self._labels_of(own) if place[0] < first]
            strange = (row for row, column in over if not understood(self.catalogue, text((row, column))))
            known = self._strange[own] = 0 if any(map(self._names, over)) else min(strange, default=0)
        return 0 < known < label[0]

    def _reach(self, region: Region) -> tuple[int, int]:
        """The rows of a region's last label, and of the last that names a table."""
        known = self._lasts.get(region)
        if known is None:
            labels = self._labels_of(region)
            naming = (row for row, column in labels if self._names((row, column)))
            known = self._lasts[region] = max(labels, default=(0, 0))[0], max(naming, default=0)
        return known

    def _of_left(self, title: Place, region: Region, found: list[Region]) -> bool:
        """Whether a title left of a region stands over figures in a table beside it, of which it is a part."""
        return any(
            title in other.places
            and other.right < region.left
            and any(p[0] > title[0] and self.grid.kinds[p] == FIGURE for p in other.places)
            for other in found
        )

    def _far(self, titles: list[Place], region: Region, found: list[Region]) -> frozenset[Place]:
        """Those titles of a region between which and the region another region's figures stand."""
        parting = [
            other
            for other in found
            if other.bottom < region.top
            and other.left <= region.right
            and self._parts(other)
            and other.places.isdisjoint(region.places)
        ]
        lowest: dict[int, int] = {}  #: by where a title begins, the last row of what stands between
        for left in {min(column, region.left) for _, column in titles}:
            lowest[left] = max((other.bottom for other in parting if other.right >= left), default=0)
        return frozenset(t for t in titles if t[0] < lowest[min(t[1], region.left)])

    def _pairs(self, region: Region) -> dict[Place, Place]:
        known = self._fields.get(region)
        if known is None:
            known = self._fields[region] = _pairs(self.grid, region, self.catalogue)
        return known

    def _standing(self, region: Region) -> list[Place]:
        """The labels of a region that may be titles of what stands below all of it."""
        own = self._pairs(region)
        beside = {place[0] for place in region.places if self.grid.kinds[place] != LABEL}
        values = set(own.values())
        return [
            place
            for place in self._labels_of(region)
            if place not in values
            and (place in own or (place[0] not in beside and self._is_alone(region, place)))
        ]

    def _labels_of(self, region: Region) -> list[Place]:
        known = self._labels.get(region)
        if known is None:
            grid = self.grid
            known = [
                place for place in region.places if grid.kinds[place] == LABEL and place not in grid.hidden
            ]
            self._labels[region] = known
        return known

    def _is_alone(self, region: Region, place: Place) -> bool:
        known = self._alone.get((region, place))
        if known is None:
            known = (
                _heads_nothing(self.grid, region, place)
                and not _of_list(self.grid, region, place, self.catalogue)
                and not _begins_lines(self.grid, region, place)
                and not _before_blank(self.grid, place, self.catalogue)
            )
            self._alone[region, place] = known
        return known

    def _between(self, title: Place, region: Region, found: list[Region]) -> bool:
        """Whether another region with figures stands under the title: then the title is that region's."""
        return any(
            other is not region
            and other.top > title[0]
            and other.left <= title[1] <= other.right
            and other.places.isdisjoint(region.places)
            and self._parts(other)
            for other in found
        )


def _after(row: int, rows: list[int]) -> int:
    """The first of some rows in order that is lower than a row, 0 where there is none."""
    at = bisect_right(rows, row)
    return rows[at] if at < len(rows) else 0


def _pairs(grid: Grid, region: Region, catalogue: Catalogue) -> dict[Place, Place]:
    """Names of fields with what stands beside them, in a region of such pairs: `Year | 2021`, `Sex | women`.

    They are filters and particulars of the table below.  Empty for a region that holds figures.
    """
    if any(grid.kinds[place] == FIGURE for place in region.places) or region.right - region.left != 1:
        return {}
    found = {}
    for row in range(region.top, region.bottom + 1):
        name, value = grid.at((row, region.left)), grid.at((row, region.right))
        if name is not None and value is not None and name != value and grid.kinds[name] == LABEL:
            field = fold(footnote(grid.text(name))[0]).strip(": ")
            if grid.kinds[value] == LABEL or field in _field_names(catalogue):
                found[name] = value
    return found


def holds_fields(grid: Grid, region: Region, catalogue: Catalogue) -> bool:
    """Whether a region is a list of fields with their values, which head no columns of a table below them."""
    if any(grid.kinds[place] == FIGURE for place in region.places) or region.right - region.left != 1:
        return False
    names = []
    for row in range(region.top, region.bottom + 1):
        name, value = grid.at((row, region.left)), grid.at((row, region.right))
        if name is None or value is None or name == value or grid.kinds[name] != LABEL:
            return False
        names.append(fold(footnote(grid.text(name))[0]))
    known = _field_names(catalogue)
    return len(names) > 1 and any(name.endswith(":") or name in known for name in names)


@cache
def _field_names(catalogue: Catalogue) -> frozenset[str]:
    """What years and the members of dimensions are called."""
    years = (*catalogue.words["year"], *catalogue.words["period_field"])
    texts = (*years, *(t for ts in catalogue.words["dimensions"].values() for t in ts))
    return frozenset(fold(text) for text in texts)


def has_figures(grid: Grid, region: Region) -> bool:
    """Whether a region holds anything that may be a figure."""
    return any(grid.kinds[place] in (FIGURE, EITHER) for place in region.places)


def _heads_nothing(grid: Grid, region: Region, place: Place) -> bool:
    """A label with no figure on its row and none right below it."""
    bottom = grid.span(place)[2]
    if _in_list(grid, region, place):
        return False
    if _over_headings(grid, region, place):
        return True
    if place[1] > region.left and any(
        other[0] == place[0] and other != place and grid.kinds[other] == LABEL and _heads(grid, region, other)
        for other in region.places
    ):
        return False  # a heading over an empty column
    for other in region.places:
        if grid.kinds[other] == LABEL:
            continue
        merged = grid.covers and other[0] < place[0] <= grid.span(other)[2]  # a figure of this row as well
        if (
            other[0] == place[0]
            or merged
            or (other[1] == place[1] and other[0] > bottom and _clear(grid, region, place, other))
        ):
            return False
    return True


def _over_headings(grid: Grid, region: Region, place: Place) -> bool:
    """Whether a label stands alone over all of a region, right above a line of several headings without a figure."""
    line = [other for other in region.places if other[0] == place[0] + 1]
    first = place[0] == region.top and not any(o[0] == place[0] and o != place for o in region.places)
    return first and len(line) > 1 and all(grid.kinds[other] == LABEL for other in line)


def _heads(grid: Grid, region: Region, place: Place) -> bool:
    """Whether a figure stands right below a label."""
    return any(
        other[1] == place[1] and other[0] > place[0] and _clear(grid, region, place, other)
        for other in region.places
        if grid.kinds[other] != LABEL
    )


def _in_list(grid: Grid, region: Region, place: Place) -> bool:
    """Whether a label is one of several on a line of a list whose figure is blank, below lines that have theirs."""
    alone = not any(
        other[0] == place[0] and other != place and grid.kinds[other] == LABEL for other in region.places
    )
    return not alone and any(
        other[0] < place[0] and grid.kinds[other] == FIGURE and grid.kinds.get((other[0], place[1])) == LABEL
        for other in region.places
    )


def _of_list(grid: Grid, region: Region, place: Place, catalogue: Catalogue) -> bool:
    """Whether a label is a line without figures of a list: others in its column have figures and are of its kind."""
    rows = {row for row, _ in region.places if row > place[0] and grid.kinds.get((row, place[1])) == LABEL}
    told = [p for p in region.places if p[0] in rows and p[1] > place[1] and grid.kinds[p] == FIGURE]
    near = min((row for row, _ in told), default=0)
    if not near:
        return False
    own, other = (kinds_by_table(catalogue, grid.text(cell)) for cell in (place, (near, place[1])))
    return share_kind(own, other)


def _begins_lines(grid: Grid, region: Region, place: Place) -> bool:
    """Whether a label right below a line of headings stands right over a line with a label and a figure.

    It begins a part of that list, and is no title of what stands elsewhere.
    """
    row, column = place
    below = {c for r, c in region.places if r == row + 1 and grid.kinds[r, c] != LABEL}
    above = {c for r, c in region.places if r == row - 1 and grid.kinds[r, c] != FIGURE}
    alone = not any(r == row and c != column for r, c in region.places)
    labelled = grid.kinds.get((row + 1, column)) == LABEL and bool(below)
    return alone and labelled and bool(above & below)


def _before_blank(grid: Grid, place: Place, catalogue: Catalogue) -> bool:
    """Whether a member's name stands before a figure, with an empty column between, or in a list of such lines."""
    end = grid.span(place)[3]
    lines = [row for row in range(place[0] - 1, place[0] + 2) if grid.at((row, place[1])) is not None]
    if not any(grid.at((r, end + 1)) is None and grid.kinds.get((r, end + 2)) == FIGURE for r in lines):
        return False
    words = [vocabulary(catalogue, table.id) for table in figure_tables(catalogue)]
    readings = [reading for one in words for reading in one.read(grid.text(place))]
    return any(reading.dims for reading in readings) and not any(reading.title for reading in readings)


def _clear(grid: Grid, region: Region, place: Place, other: Place) -> bool:
    """Whether nothing parts a label from a figure below it: no label between them, or headings all the way."""
    between = [p[0] for p in region.places if p[1] == place[1] and place[0] < p[0] < other[0]]
    labels = {row for row in between if grid.kinds[(row, place[1])] == LABEL}
    return labels <= set(range(grid.span(place)[2] + 1, grid.span(place)[2] + 1 + len(labels)))
