"""Totals below labels without a figure: of all lines of their list, and not of the blank one alone."""

from __future__ import annotations

from thb_analysis.definitions import TOTAL
from thb_analysis.ingest.recognition.doubts.case import Case, titles
from thb_analysis.ingest.recognition.grid import FIGURE, Place, by_row
from thb_analysis.ingest.recognition.keys import Refusal, said
from thb_analysis.ingest.recognition.scene import LEFT
from thb_analysis.ingest.words.labels import Vocabulary

MOST_BLANK = 2  #: rows up to the line of a list above a label without a figure


def below_blank_lines(case: Case) -> dict[Place, Refusal]:
    """A total right below lines of a list of which none has a figure: of all of them, and not of the last alone.

    So is one below the last line, or below what divides that, where it is the only one without a figure; but not one
    that is the sum of the lines below that.  Nor is a total of the one line without a figure that a list has.
    """
    grid, scene = case.grid, case.scene
    loose = {*scene.loose, *(cell for cell in scene.used if not scene.labels_row(cell))}
    found: dict[Place, Refusal] = {}
    for place, claim in case.claims.items() if loose else ():
        words = case.words(claim)
        own = [cell for role, cell in claim.headings if role == "row"]
        for role, cell in claim.headings if LEFT in claim.total else ():
            if role == "row" or cell not in loose:
                continue
            kind = _named(words, grid.text(cell))
            above = grid.at((cell[0] - 1, cell[1]))
            said_above = words.read(grid.text(above)) if above is not None else ()
            if any(reading.dims and reading in said_above for reading in words.read(grid.text(cell))):
                continue  # the same title in two languages
            blank = above in loose and above is not None and bool(kind & _named(words, grid.text(above)))
            below = bool(own) and own[0][1] == cell[1]
            only = below and kind and not titles(words, grid.text(cell)) and _only(case, cell, own[0])
            if blank or only or (below and _of_list(case, words, cell, place, kind)):
                told = f"{said(claim)} / —"
                found[place] = case.blamed(claim, "label_unfilled", cell, told)
    return found


def _only(case: Case, cell: Place, total: Place) -> bool:
    """Whether a label without a figure and the total right below it are all that a list holds."""
    row, column = total
    below = case.grid.at((row + 1, column))
    return cell[0] == row - 1 and (below is None or not case.scene.labels_row(below))


def _of_list(case: Case, words: Vocabulary, cell: Place, total: Place, kind: set[str]) -> bool:
    """Whether a label without a figure is one of a list that has figures, and a total below it no sum of its own lines.

    `kind` is what the label is.
    """
    grid, labels, row, blank = case.grid, case.grid.once(by_row), cell[0] - 1, 0
    while row > 0 and blank <= MOST_BLANK:
        above = grid.at((row, cell[1]))
        blank = blank + 1 if above is None else 0
        if above is not None and kind & _named(words, grid.text(above)):
            break
        if above is not None and not case.scene.labels_row(above) and titles(words, grid.text(above)):
            return False  # another list begins with it
        row -= 1
    else:
        return False
    inner = [grid.at((n, cell[1])) for n in range(cell[0] + 1, total[0])]
    if any(label is None or kind & _named(words, grid.text(label)) for label in inner):
        return False
    parts = [grid.number((n, total[1])) or 0 for n in range(cell[0] + 1, total[0])]
    if not inner:  # the total stands first
        below = total[0] + 1
        while grid.kinds.get((below, total[1])) == FIGURE and not kind & _named(
            words, grid.text(grid.at((below, cell[1])) or cell)
        ):
            parts.append(grid.number((below, total[1])) or 0)
            below += 1
    has_figure = any(grid.kinds[p] == FIGURE and p[1] > cell[1] for p in labels.get(row, ()))
    return has_figure and sum(parts) != (grid.number(total) or 0)


def past_blank_lines(case: Case) -> dict[Place, Refusal]:
    """Totals of what the lines below one without a figure say alike, where those above it say another thing.

    “Women, men (blank), girls, boys, total”: the total is of all of them, not of the children alone.
    """
    grid, scene, found = case.grid, case.scene, {}
    begun: set[int] = set()
    first_blank: dict[int, int] = {}  #: column → the first line without a figure below one that has some
    for row, column in sorted(scene.region.places) if scene.loose else ():
        if scene.labels_row((row, column)):
            begun.add(column)
        elif column in begun and scene.is_heading((row, column)):
            first_blank.setdefault(column, row)
    for place, claim in case.claims.items() if first_blank else ():
        words = case.words(claim)
        heads = [cell for role, cell in claim.headings if role == "row" and LEFT in claim.total]
        for head in heads[:1]:
            if first_blank.get(head[1], head[0]) >= head[0]:
                continue
            above, first, blank = grid.at((head[0] - 1, head[1])), head, False
            alike_below: dict[str, str] = {}
            while above is not None and above in scene.region.places and scene.is_heading(above):
                readings = [reading for reading in words.read(grid.text(above)) if reading.dims]
                if first == head and scene.labels_row(above):
                    said_by = (pair for reading in readings for pair in reading.dims)
                    alike_below = {n: c for n, c in said_by if claim.dims.get(n) == c != TOTAL}
                other = any(
                    all(dict(reading.dims).get(name) != code for reading in readings)
                    for name, code in alike_below.items()
                )
                if blank and readings and other and scene.labels_row(above):
                    found[place] = case.refused(claim, "heading_gap", case.grid.address(above))
                first, blank = above, blank or not scene.labels_row(above)
                above = grid.at((above[0] - 1, above[1]))
    return found


def _named(words: Vocabulary, text: str) -> set[str]:
    """The kinds of things of which a label names a member."""
    return {name for reading in words.read(text) for name, _ in reading.dims}
