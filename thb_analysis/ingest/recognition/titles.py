"""Labels that may be titles: which stand over a region without heading figures of another."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from operator import itemgetter

from thb_analysis.definitions import Catalogue
from thb_analysis.definitions import figures as figure_tables
from thb_analysis.ingest.recognition.grid import EITHER, FIGURE, LABEL, Grid, Place
from thb_analysis.ingest.recognition.islands import Region
from thb_analysis.ingest.words.fold import fold
from thb_analysis.ingest.words.footnotes import footnote
from thb_analysis.ingest.words.labels import Vocabulary, vocabulary
from thb_analysis.ingest.words.readers import kinds_by_table, share_kind

COUNT = "count"  #: the unit of anything that is counted


NEAR = 3  #: rows above a table in which a title is surely its own


class Above:
    """What may stand over the regions of one sheet: what is asked again for every region is worked out once."""

    def __init__(self, grid: Grid, catalogue: Catalogue) -> None:
        self.grid, self.catalogue = grid, catalogue
        figures = [place[0] for place in grid.cells if grid.kinds[place] == FIGURE]
        self._first_row = min(figures, default=0)
        self._with_figures: dict[Region, bool] = {}
        self._fields: dict[Region, dict[Place, Place]] = {}
        self._labels: dict[Region, list[Place]] = {}
        self._alone: dict[tuple[Region, Place], bool] = {}
        self._titling: dict[Region, list[Place]] = {}

    def has_figures(self, region: Region) -> bool:
        """Whether a region holds anything that may be a figure."""
        known = self._with_figures.get(region)
        if known is None:
            known = self._with_figures[region] = has_figures(self.grid, region)
        return known

    def titles(self, region: Region, found: list[Region]) -> tuple[list[Place], frozenset[Place]]:
        """Labels above the region that may be its titles, the nearest first, and which are over the whole sheet."""
        by_row: dict[int, list[Place]] = {}
        pairs: dict[Place, Place] = {}
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
            elif other.places.isdisjoint(region.places):
                cells = (place for place in self._labels_of(other) if place[0] < region.top)
                standing = [place for place in cells if self._is_alone(other, place)]
            else:
                continue
            for place in standing:
                by_row.setdefault(place[0], []).append(place)
        titles, whole = [], set()
        near = [place for row in range(region.top - NEAR, region.top) for place in by_row.get(row, ())]
        own_title = any(region.left <= place[1] <= region.right for place in near)
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
            over_all = row < self._first_row and len(by_row[row]) == 1
            beside = own_title and not over_all and place[1] < region.left
            if beside and self._of_left(place, region, found):
                continue
            if over_all or (region.left - 2 <= place[1]) or not self._between(place, region, found):
                said = [place, *([pairs[place]] if place in pairs else [])]
                titles += said
                if over_all:
                    whole.update(said)
        return titles, frozenset(whole)

    def _of_left(self, title: Place, region: Region, found: list[Region]) -> bool:
        """Whether a title left of a region stands over figures in a table beside it, of which it is a part."""
        return any(
            title in other.places
            and other.right < region.left
            and any(p[0] > title[0] and self.grid.kinds[p] == FIGURE for p in other.places)
            for other in found
        )

    def far(self, titles: list[Place], region: Region, found: list[Region]) -> frozenset[Place]:
        """Those titles of a region between which and the region another region's figures stand."""
        lowest = max(
            (
                other.bottom
                for other in found
                if other.bottom < region.top
                and self.has_figures(other)
                and other.places.isdisjoint(region.places)
            ),
            default=0,
        )
        return frozenset(title for title in titles if title[0] < lowest)

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
            and self.has_figures(other)
            for other in found
        )


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


@lru_cache(maxsize=20_000)
def names_other_unit(text: str, words: Vocabulary) -> bool | None:
    """Whether a line such as “Unit: persons” names a unit that is not the table's; None where it is no such line."""
    table, catalogue, said = words.table, words.catalogue, fold(text).strip(" ()")
    start = next((start for start in _unit_starts(catalogue) if re.match(rf"{start}\s*[:-]", said)), None)
    if start is None:
        return None
    members = (m for d in table.dimensions for m in catalogue.codes.get(d.codes, {}).values())
    own = {table.unit, COUNT} | {member.unit for member in members if member.unit}
    spellings = [t for code in sorted(own) for t in catalogue.codes["unit"][code].spellings]
    small = [text for text in catalogue.words["filler"] if " " not in text]
    allowed = {token.stem for text in (*spellings, *small) for token in words.tokens(text)}
    rest = [token.stem for token in words.tokens(said.removeprefix(start))]
    return not rest or not set(rest) <= allowed


@lru_cache(maxsize=4096)
def is_unit(catalogue: Catalogue, text: str) -> bool:
    """Whether a label is what units are called."""
    return fold(text).strip(" .:") in _unit_starts(catalogue)


@cache
def _unit_starts(catalogue: Catalogue) -> tuple[str, ...]:
    return tuple(fold(word) for word in catalogue.words["unit"])


@lru_cache(maxsize=20_000)
def narrows(text: str, catalogue: Catalogue) -> bool:
    """Whether a text that nobody understands whole has a word that narrows what figures mean: “only”, a region."""
    rest = without_address(text, catalogue)
    plain = without_unchanged(catalogue, fold(rest))
    return not is_note(text, catalogue) and _narrowing(catalogue).search(plain) is not None


def without_unchanged(catalogue: Catalogue, plain: str) -> str:
    """A folded text without what narrows nothing though it begins so: “without changes”, “without double counting”."""
    for said in (*catalogue.words["unchanged"], *catalogue.words["once"]):
        plain = plain.replace(fold(said), " ")
    return plain


@lru_cache(maxsize=20_000)
def of_area(text: str, catalogue: Catalogue) -> bool:
    """Whether a line of a letterhead names an office of a part of the country, and not the town and day of a letter."""
    seats = "|".join(re.escape(fold(word)) for word in catalogue.words["seat"])
    rest = re.sub(rf"(?<!\w)(?:{seats})(?!\w)", " ", fold(_beside_address(text, catalogue)))
    dated = any(map(str.isdigit, rest)) or is_note(text, catalogue)
    return not dated and narrows(rest, catalogue)


@lru_cache(maxsize=20_000)
def without_address(text: str, catalogue: Catalogue) -> str:
    """A line without the postal address in it: from a street with its number to the town and the postcode.

    One that names a part of the country beside its address is left as it is.
    """
    rest = _beside_address(text, catalogue)
    return text if _narrowing(catalogue).search(fold(rest)) else rest


def _beside_address(text: str, catalogue: Catalogue) -> str:
    """What a line says beside a postal address."""
    street, postcode = _address(catalogue)
    pieces = text.split(",")
    streets = {n for n, piece in enumerate(pieces) if street.search(fold(piece))}
    codes = {n for n, piece in enumerate(pieces) if postcode.search(fold(piece))}
    told = streets | codes if streets else set()
    if streets and not codes:
        told |= {n + 1 for n in streets if n + 1 < len(pieces) and _is_area(pieces[n + 1], catalogue)}
    kept = (piece for n, piece in enumerate(pieces) if not told or not min(told) <= n <= max(told))
    return ",".join(kept).strip(" ,") if told else text


@cache
def _address(catalogue: Catalogue) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """How streets with a number, and postcodes, are written."""
    streets = "|".join(re.escape(fold(word)) for word in catalogue.words["street"])
    return re.compile(rf"(?<!\w)(?:{streets})\s+(?:\w+\.?\s+)?\d"), re.compile(
        "|".join(catalogue.words["postcode"])
    )


def _is_area(text: str, catalogue: Catalogue) -> bool:
    """Whether a text is one word, and that of a part of the country."""
    word = fold(text).strip(" .")
    return bool(word) and word.isalpha() and _narrowing(catalogue).fullmatch(word) is not None


def is_division(catalogue: Catalogue, text: str) -> bool:
    """Whether a label names something by which wholes are divided and which no table keeps: “Court”."""
    return fold(text).strip(" .:") in _divisions(catalogue)


@cache
def _divisions(catalogue: Catalogue) -> frozenset[str]:
    return frozenset(fold(word) for word in catalogue.words["division"])


def is_note(text: str, catalogue: Catalogue) -> bool:
    """Whether a text begins as notes do that need no look: a source, a date of extraction, who wrote it."""
    return fold(text).lstrip("( ").startswith(_note_starts(catalogue))


@cache
def _note_starts(catalogue: Catalogue) -> tuple[str, ...]:
    return tuple(fold(start) for start in catalogue.words["note"])


@cache
def _narrowing(catalogue: Catalogue) -> re.Pattern[str]:
    words = "|".join(re.escape(fold(word)) for word in catalogue.words["restricting"])
    areas = "|".join(rf"{re.escape(fold(word))}\w*" for word in catalogue.words["area"])
    return re.compile(rf"(?<!\w)(?:{words}|{areas})(?!\w)")


@lru_cache(maxsize=20_000)
def of_the_country(text: str, words: Vocabulary) -> str:
    """A title without the country that it names beside other words: “Victims in Latvia” are all of them.

    Not one that says what the country is to them: “place of exploitation: Latvia”; nor “in Latvia and abroad”.
    """
    said = words.read(text)
    if said and all(r.listed or not r.dims or r.names & dict(r.dims).keys() for r in said):
        return text
    without = _country(words).sub(" ", text)
    return without if words.read(without) else text


@lru_cache(maxsize=1_000)
def _country(words: Vocabulary) -> re.Pattern[str]:
    """How titles name the country, but for where its name is a piece of a member's: “LR citizens”."""
    names = sorted(words.catalogue.words["country"], key=len, reverse=True)
    spelled = {
        fold(text)
        for dimension in words.table.dimensions
        for member in words.catalogue.codes.get(dimension.codes, {}).values()
        for text in member.spellings
    }
    pieces = [text.partition(fold(name)) for text in sorted(spelled) for name in names]
    behind = {words.stems(after)[0] for before, _, after in pieces if not before and after.startswith(" ")}
    before = {piece for piece, name, after in pieces if piece.endswith(" ") and name and not after}
    apart = rf"(?!\s+(?:{'|'.join(map(re.escape, sorted(behind)))}))" if behind else ""
    begun = "".join(rf"(?<!{re.escape(piece)})" for piece in sorted(before))
    country = "|".join(map(re.escape, names))
    return re.compile(rf"(?<!\w){begun}(?:{country})(?!\w){apart}", re.IGNORECASE)


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
