"""Titles and what stands right by them: whose table figures are of, and which numbers stray ones may be."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache

from thb_analysis.definitions import Catalogue
from thb_analysis.ingest.recognition.doubts.unknown import asks_else
from thb_analysis.ingest.recognition.grid import FIGURE, LABEL, Grid, Place
from thb_analysis.ingest.recognition.home import is_state
from thb_analysis.ingest.recognition.keys import Block, Claim, Refusal, claim_key, names_tables, said
from thb_analysis.ingest.recognition.naming import members_within
from thb_analysis.ingest.recognition.rivals import RegionReading
from thb_analysis.ingest.recognition.scene import LEFT, UP
from thb_analysis.ingest.recognition.titles import is_note
from thb_analysis.ingest.words.fold import fold, folded
from thb_analysis.ingest.words.labels import Vocabulary, vocabulary
from thb_analysis.ingest.words.spans import named_year

NEAR = 3  #: rows between a title and a label that may be a heading below it
_UNTITLED = (
    "table_unknown",
    "heading_missing",
    "heading_only_title",
)  #: what becomes of figures that have lost their title


def of_titles(grid: Grid, catalogue: Catalogue, parts: Sequence[RegionReading]) -> dict[Place, Refusal]:
    """Figures of a sheet of which a title leaves in doubt what they are; `parts` are what its regions came to."""
    return (
        _passed(grid, catalogue, parts)
        | _beside_titled(grid, catalogue, parts)
        | _taken(grid, catalogue, parts)
        | _beyond_lost(grid, catalogue, parts)
        | _captioned(grid, catalogue, parts)
        | _right_of_title(grid, catalogue, parts)
    )


def _two(grid: Grid, claim: Claim, other: str = "") -> Refusal:
    told = " / ".join(filter(None, (said(claim), other)))
    return Refusal("two_readings", claim.place, grid.text(claim.place), told, tables=(claim.table.id,))


def _beyond_lost(grid: Grid, catalogue: Catalogue, parts: Sequence[RegionReading]) -> dict[Place, Refusal]:
    """Figures below a label that names their table and stands beside a number, with a title of the table farther off.

    The number was refused, so that the label may have slid beside their title; or the label says another year.  Parts
    are of the line above them, whatever that says.
    """
    lost = {cell for part in parts for p in part.refusals for cell in part.scene.own_stack(p, LEFT)[:1]}
    beside: dict[Place, list[Claim]] = {}  # a label with a year → the figures beside it that were read
    for claim in (claim for part in parts for claim in part.claims.values()):
        for role, cell in claim.headings:
            if role == "row" and cell not in lost and named_year(grid.text(cell)):
                beside.setdefault(cell, []).append(claim)
    every = ((cell, names_tables(catalogue, grid.text(cell))) for cell in (*lost, *beside))
    named = {cell: tables for cell, tables in every if tables}
    found: dict[Place, Refusal] = {}
    for claim in (claim for part in parts if named for claim in part.claims.values()):
        if LEFT in claim.part:
            continue
        place, table = claim.place, claim.table.id
        titles = (cell for role, cell in claim.headings if role == "title")
        last = max((c[0] for c in titles if table in names_tables(catalogue, grid.text(c))), default=0)
        for cell, tables in named.items():
            if table not in tables or not last < cell[0] < place[0] or cell[1] > place[1]:
                continue
            year = named_year(grid.text(cell))
            other = claim.year_from != "heading" and year not in (None, claim.year)
            top = min(claim.block.rows, default=place[0] if year else claim.block.top)
            if other or (cell in lost and cell[0] < top):
                found[place] = _two(grid, claim, grid.text(cell).strip())
                found |= {own.place: _two(grid, own, said(claim)) for own in beside.get(cell, ())}
    return found


# titles that figures are beside or below ------------------------------------------------------------------


def _taken(grid: Grid, catalogue: Catalogue, parts: Sequence[RegionReading]) -> dict[Place, Refusal]:
    """A figure alone right below or beside a label that names a table, where it cannot be told from a stray number.

    Figures below it have no title, so that the label may be theirs, or one farther off; or a list of the same table
    stands below and does not sum up to it, or between the columns of the two; or the same is given below by a formula
    that was never calculated, so that nothing can be compared.
    """
    every = [item for part in parts for item in part.refusals.items()]
    tables = tuple(sorted({claim.table.id for part in parts for claim in part.claims.values()}))
    bare = [
        (part.scene, place) for part in parts for place, r in part.refusals.items() if r.code in _UNTITLED
    ]
    lost = max((place[0] for scene, place in bare if not asks_else(scene, tables, place)), default=0)
    strange = [(place, refusal.tables) for place, refusal in every if refusal.tables]
    given = [claim for part in parts for claim in part.claims.values()]
    heads = {claim.place: _own_heads(grid, catalogue, claim) for claim in given}
    used = Counter(cell for cells in heads.values() for cell in cells)
    fellows = Counter((claim.block.top, claim.block.left) for claim in given)
    formulas = {place for place, cell in grid.cells.items() if not cell.kind}  # without a result
    unknown = {claim_key(claim) for claim in given if claim.place in formulas}
    found: dict[Place, Refusal] = {}
    for claim in given:
        place, own = claim.place, heads[claim.place]
        measure = own and any(title < own[0] for title in grid.measured)
        if len(own) != 1 or used[own[0]] > 1 or place in formulas or measure:
            continue
        above = own[0][0] < place[0]
        alone = fellows[claim.block.top, claim.block.left] == 1
        if not names_tables(catalogue, grid.text(own[0])):
            continue
        farther = _titled_farther(grid, catalogue, own[0], claim, given) if alone else []
        doubtful = bool(farther) or ((above or alone) and place[0] < lost)
        doubtful = doubtful or (alone and _misses_title(grid, catalogue, own[0], claim, strange))
        if above:
            doubtful = (
                doubtful or claim_key(claim) in unknown or _titles_list(grid, catalogue, own[0], claim, given)
            )
        else:
            doubtful = doubtful or any(
                other.table is claim.table
                and other.block.top > place[0]
                and own[0][1] <= other.place[1] < place[1]
                for other in given
            )
        if doubtful:
            found[place] = _two(grid, claim)
        found |= {other.place: _two(grid, other, claim.table.id) for other in farther}
    return found


def _own_heads(grid: Grid, catalogue: Catalogue, claim: Claim) -> list[Place]:
    """The headings of a figure beside its titles; a year between it and what names its table is none of them."""
    own = [cell for role, cell in claim.headings if role != "title"]
    words = vocabulary(catalogue, claim.table.id)
    years = [cell for cell in own if _only_dates(words, grid.text(cell))]
    rest = [cell for cell in own if cell not in years]
    between = len(rest) == 1 and all(cell[1] == rest[0][1] and cell[0] > rest[0][0] for cell in years)
    return rest if between else own


@lru_cache(maxsize=20_000)
def _only_dates(words: Vocabulary, text: str) -> bool:
    """Whether a heading says a year and nothing else."""
    return any(reading.sets == {"year"} and not reading.title for reading in words.read(text))


def _captioned(grid: Grid, catalogue: Catalogue, parts: Sequence[RegionReading]) -> dict[Place, Refusal]:
    """Figures whose title stands right below other figures that have none, beyond a blank row from its own: a caption.

    Whoever writes the names of tables below them does so throughout.
    """
    bare = {
        place[0] for part in parts for place, refusal in part.refusals.items() if refusal.code in _UNTITLED
    }
    found: dict[Place, Refusal] = {}
    for claim in (claim for part in parts if bare for claim in part.claims.values()):
        titles = [cell for role, cell in claim.headings if role == "title"]
        naming = [c for c in titles if claim.table.id in names_tables(catalogue, grid.text(c))]
        nearest = max(naming, default=None)
        if nearest is None or nearest[0] - 1 not in bare or claim.place[0] <= nearest[0] + 1:
            continue
        if not any(row == nearest[0] + 1 for row, _ in grid.kinds):
            found[claim.place] = _two(grid, claim)
    return found


def _right_of_title(grid: Grid, catalogue: Catalogue, parts: Sequence[RegionReading]) -> dict[Place, Refusal]:
    """Figures below a title that has a member's name right of it, over no figure: “Convicted | Minors” is of these.

    So is one above the title, where letters have their dates and offices.
    """
    given = [claim for part in parts for claim in part.claims.values()]
    last = {cell: claim for claim in given for role, cell in claim.headings if role == "title"}
    right = max((place[1] for place, kind in grid.kinds.items() if kind != LABEL), default=0)
    top = min((place[0] for place, kind in grid.kinds.items() if kind == FIGURE), default=0)
    lowest = max((cell[0] for cell in last if cell[0] < top), default=0)
    used = {cell for part in parts for cell in part.scene.used} | last.keys()
    idle = [
        place
        for place, kind in grid.kinds.items()
        if place[1] > right and place[0] <= lowest and kind == LABEL and not {place} & (used | grid.hidden)
    ]
    found: dict[Place, Refusal] = {}
    for cell in idle:
        text = grid.text(cell)
        for claim in given if not is_state(catalogue, text) else ():
            words = vocabulary(catalogue, claim.table.id)
            said = members_within(text, words) | {pair for r in words.read(text) for pair in r.dims}
            sender = any(claim.table.dimension(name).by_sender for name, _ in said)
            home = fold(text).strip(" .") in folded(catalogue, "home")
            apart = sender or home or is_note(text, catalogue) or cell[0] in claim.block.rows
            if not said <= claim.dims.items() and not apart:
                found[claim.place] = Refusal("title_not_understood", cell, text, tables=(claim.table.id,))
    return found


def _misses_title(
    grid: Grid,
    catalogue: Catalogue,
    title: Place,
    claim: Claim,
    lost: Sequence[tuple[Place, tuple[str, ...]]],
) -> bool:
    """Whether figures below a label, with no title nearer, were refused as those of another table."""
    below = [
        place
        for place, tables in lost
        if place[0] > claim.place[0] and place[1] >= title[1] and claim.table.id not in tables
    ]
    return any(
        not any(
            title[0] < cell[0] < place[0] and cell[1] <= place[1] and names_tables(catalogue, grid.text(cell))
            for cell, kind in grid.kinds.items()
            if kind == LABEL
        )
        for place in below
    )


def _titled_farther(
    grid: Grid, catalogue: Catalogue, title: Place, claim: Claim, given: Sequence[Claim]
) -> list[Claim]:
    """The figures of other regions below a label that have their table from a title beyond it."""
    found = []
    for other in given:
        naming = [h for h in other.headings if other.table.id in names_tables(catalogue, grid.text(h[1]))]
        below = other.block.top > title[0] and other.place[0] > claim.place[0] and other.place[1] >= title[1]
        titled = other.table.id != claim.table.id and all(role == "title" for role, _ in naming)
        if below and titled and max((cell for _, cell in naming), default=(0, 0)) < title:
            found.append(other)
    return found


def _titles_list(
    grid: Grid, catalogue: Catalogue, title: Place, claim: Claim, given: Sequence[Claim]
) -> bool:
    """Whether a label right over a figure may be the title of a list below, which has another sum or none."""
    table = claim.table.id
    columns: dict[int, list[str]] = {}
    for other in given:
        rows = [cell for role, cell in other.headings if role == "row"]
        if other.table.id != table or other.place[0] <= claim.place[0] or not rows:
            continue
        naming = [cell for _, cell in other.headings if table in names_tables(catalogue, grid.text(cell))]
        if other.block.top <= title[0]:
            naming = [cell for cell in naming if cell not in rows]
        if all(cell[0] <= title[0] for cell in naming):
            columns.setdefault(other.place[1], []).append(grid.text(other.place).strip())
    own = grid.text(claim.place).strip()
    grid.weighed = grid.weighed or bool(columns)
    sums = {str(sum(int(text) for text in texts if text.isdecimal())) for texts in columns.values()}
    return bool(columns) and own not in {*sums, *(text for texts in columns.values() for text in texts)}


# titles that head nothing ---------------------------------------------------------------------------------


def _passed(grid: Grid, catalogue: Catalogue, parts: Sequence[RegionReading]) -> dict[Place, Refusal]:
    """Figures of a table that only a title or the sheet names, where another table's title is nearer.

    It heads nothing, or no more than one number below it, which may be a stray one.
    """
    given = [claim for part in parts for claim in part.claims.values()]
    blank = [claim for part in parts for claim in part.blanks.values()]
    used = {cell for claim in (*given, *blank) for _, cell in claim.headings}
    heads: set[Place] = set()  # of figures that were refused
    columns: set[Place] = set()  # those of them that stand over such figures
    for part in parts:
        used |= part.scene.aside | part.scene.remarks.keys()
        heads |= part.scene.used - used
        columns |= {cell for place in part.refusals for cell in part.scene.own_stack(place, UP)}
    once = Counter(h for claim in given for h in claim.headings)
    single = {cell for (role, cell), number in once.items() if role == "column" and number == 1}
    idle = {
        place: names_tables(catalogue, grid.text(place))
        for place, kind in grid.kinds.items()
        if kind == LABEL and (place not in used or place in single) and place not in grid.hidden
    }
    idle = {place: tables for place, tables in idle.items() if tables and not _counts(grid, catalogue, place)}
    found: dict[Place, Refusal] = {}
    rows: dict[str, list[int]] = {}  #: table → the rows of its figures
    for claim in given if idle else ():
        rows.setdefault(claim.table.id, []).append(claim.place[0])
    for own_rows in rows.values():
        own_rows.sort()
    for claim in given if idle else ():
        naming = [h for h in claim.headings if claim.table.id in names_tables(catalogue, grid.text(h[1]))]
        own = [cell for role, cell in naming if role != "title"]
        if LEFT in claim.part and not naming:
            continue  # a part is of the line above it, whatever names its table
        if own:
            within = _title_within(grid, catalogue, claim, own, idle)
            if within:
                found[claim.place] = _two(grid, claim, within)
            continue
        nearest = max((cell for _, cell in naming), default=(0, 0))
        named = [cell for _, cell in naming]
        over_it = {p: t for p, t in idle.items() if claim.table.id not in t and _right_over(p, named)}
        over_it = {p: t for p, t in over_it.items() if not _served(catalogue, p, t, claim, nearest, rows)}
        farther = _title_of_title(grid, catalogue, over_it, named)
        if farther:
            found[claim.place] = _two(grid, claim, farther)
        for place, tables in idle.items():
            nearer = (
                nearest < place and place[0] <= claim.place[0] and nearest[1] <= place[1] <= claim.place[1]
            )
            over = bool(claim.block.rows) and place[0] < min(claim.block.rows) and place in columns
            if place in heads and place[0] >= claim.block.top and not over:
                continue
            if place in single and (place[0] in claim.block.rows or ("column", place) in claim.headings):
                continue
            if nearer and claim.table.id not in tables:
                found[claim.place] = _two(grid, claim, ", ".join(sorted(tables)))
    return found


def _title_within(
    grid: Grid, catalogue: Catalogue, claim: Claim, own: Sequence[Place], idle: Mapping[Place, frozenset[str]]
) -> str:
    """The table of a title over or between the headings of a figure, of which what names its table is a member.

    So stands “Use of services” below the number of an article that heads “convicted” and “prosecuted” with it.
    """
    for place, tables in idle.items():
        within = claim.block.top - NEAR <= place[0] < claim.place[0]
        within = within and claim.block.left <= place[1] <= claim.place[1]
        for table in sorted(tables) if within and claim.table.id not in tables else ():
            words = vocabulary(catalogue, table)
            if all(any(r.dims and not r.title for r in words.read(grid.text(cell))) for cell in own):
                return table
    return ""


def _served(
    catalogue: Catalogue,
    title: Place,
    tables: frozenset[str],
    claim: Claim,
    nearest: Place,
    rows: Mapping[str, Sequence[int]],
) -> bool:
    """Whether a title has figures of its own before the next one, and a figure's lines say what its tables lack.

    “Checks” over their number; then “Proceedings started”, over articles of the law.
    """
    own = any(
        bisect_right(rows[table], title[0]) < bisect_left(rows[table], nearest[0])
        for table in tables & rows.keys()
    )
    said = frozenset().union(*claim.own.values()) - {"year"}
    return own and all(said - set(catalogue.tables[table].dimension_names) for table in tables)


def _right_over(title: Place, cells: Sequence[Place]) -> bool:
    """Whether a title stands right over one of these."""
    return any(0 < cell[0] - title[0] <= NEAR and title[1] <= cell[1] for cell in cells)


def _title_of_title(
    grid: Grid, catalogue: Catalogue, over: Mapping[Place, frozenset[str]], named: Sequence[Place]
) -> str:
    """The table of a title right over the one that names a figure's table and is a member of it as well.

    So is “Suspects” below “Use of services”, where it no longer reaches the figures that it headed.
    """
    for tables in over.values():
        for table in sorted(tables):
            words = vocabulary(catalogue, table)
            if all(any(r.dims and not r.title for r in words.read(grid.text(cell))) for cell in named):
                return table
    return ""


def _beside_titled(grid: Grid, catalogue: Catalogue, parts: Sequence[RegionReading]) -> dict[Place, Refusal]:
    """Figures of a table that only a title names, below the same lines of headings as figures with a nearer title.

    A blank column parts them from those, and their own title is that of a table farther up: they may be one table.
    """
    given = [claim for part in parts for claim in part.claims.values() if claim.block.rows]
    if len({claim.table.id for claim in given}) < 2:
        return {}
    naming: dict[Place, list[tuple[str, Place]]] = {}
    nearer: dict[Place, tuple[str, set[int]]] = {}  #: title → its table, the lines of headings below it
    headed: dict[Place, set[Block]] = {}  #: heading of a column → the blocks in which it is one
    for claim in given:
        named = [h for h in claim.headings if claim.table.id in names_tables(catalogue, grid.text(h[1]))]
        naming[claim.place] = named
        over = [
            cell
            for _, cell in named
            if cell[0] < min(claim.block.rows) or grid.span(cell)[2] < claim.place[0]
        ]
        columns = {cell for role, cell in named if role == "column"}
        if over:
            nearer.setdefault(max(over), (claim.table.id, set()))[1].update(claim.block.rows)
            for cell in columns:
                headed.setdefault(cell, set()).add(claim.block)
    found: dict[Place, Refusal] = {}
    for claim in given:
        named = naming[claim.place]
        if not named or any(role != "title" for role, _ in named):
            continue
        own = max(cell for _, cell in named)
        for title, (table, rows) in nearer.items():
            beside = own[0] <= title[0] <= claim.place[0] and own[1] <= title[1] <= claim.place[1]
            beside = beside and claim.block not in headed.get(title, ())  # no title: another column's heading
            if beside and title != own and table != claim.table.id and rows.intersection(claim.block.rows):
                found[claim.place] = _two(grid, claim, table)
    return found


def _counts(grid: Grid, catalogue: Catalogue, place: Place) -> bool:
    """Whether a label states a figure itself."""
    tables = names_tables(catalogue, grid.text(place))
    return any(
        reading.number is not None
        for table in tables
        for reading in vocabulary(catalogue, table).read(grid.text(place))
    )


def titled_by_pasted(grid: Grid, readings: Sequence[RegionReading]) -> dict[Place, Refusal]:
    """Figures under a title that ends a column of figures beside the label of its line: it lies over a figure."""
    found: dict[Place, Refusal] = {}
    known: dict[Place, bool] = {}
    for reading in readings:
        for place, claim in reading.claims.items():
            for role, cell in claim.headings:
                if role == "title" and cell not in known:
                    known[cell] = _for_figure(grid, cell)
                if role == "title" and known[cell]:
                    tables = (claim.table.id,)
                    found[place] = Refusal(
                        "value_not_number", cell, grid.text(cell), claim.table.id, tables=tables
                    )
    return found


def _for_figure(grid: Grid, place: Place) -> bool:
    """Whether a label stands right below a figure, beside a label as that does."""
    row, column = place
    over, beside, above = (grid.at(p) for p in ((row - 1, column), (row, column - 1), (row - 1, column - 1)))
    if over is None or beside is None or above is None:
        return False
    kinds = grid.kinds
    return kinds[over] == FIGURE and kinds[beside] == LABEL and kinds[above] == LABEL
