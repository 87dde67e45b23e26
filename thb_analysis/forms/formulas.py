"""Where the rows of a form's table stand, and its formulas: sums, and witnesses that no cell was moved by itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from xlsxwriter.utility import xl_col_to_name, xl_rowcol_to_cell

from thb_analysis.formmap import CHOSEN, DASH, WORD, ZERO, RowMap, SheetMap

TITLE, ABOUT, BLANKS, AGREES, HEADS, FIRST = 0, 1, 2, 3, 5, 6  #: rows of a table, counted from 0
ANSWER = 1  #: the column of the answers over a table


def total_formula(
    sheet: SheetMap, row: RowMap, rows: Sequence[RowMap | None], answers: Mapping[str, str]
) -> str:
    """The sum of a total's parts, where every part is a number or does not apply; else a word that says so."""
    column = xl_col_to_name(len(sheet.heads))
    if sheet.kind == CHOSEN:
        cells = f"{column}{FIRST + 1}:{column}{FIRST + len(rows) - 1}"
        return f'=IF(COUNT({cells})=0,"{sheet.unsummed}",SUM({cells}))'
    places = [FIRST + 1 + part for part in row.parts]
    if places == list(range(places[0], places[-1] + 1)):
        cells = f"{column}{places[0]}:{column}{places[-1]}"
        dashes = f'COUNTIF({cells},"-")'
    else:
        cells = ",".join(f"{column}{place}" for place in places)
        dashes = "+".join(f'({column}{place}="-")' for place in places)
    said = f"${xl_col_to_name(ANSWER)}${BLANKS + 1}"
    zero, dash = f'{said}="{answers[ZERO]}"', f'{said}="{answers[DASH]}"'
    n = len(places)
    answered = f"COUNT({cells})+{dashes}+IF(OR({zero},{dash}),{n}-COUNTA({cells}),0)={n}"
    nothing = f"AND(COUNT({cells})=0,OR(NOT({zero}),COUNTA({cells})={n}))"
    return f'=IF({answered},IF({nothing},"-",SUM({cells})),"{sheet.unsummed}")'


def extent(sheet: SheetMap) -> str:
    """How many rows a table has, from its first to its last: fewer than were drawn if some were taken out."""
    quoted = "'" + sheet.name.replace("'", "''") + "'!"
    return f"=ROWS({quoted}A{FIRST + 1}:A{FIRST + len(sheet.rows) + sheet.slots})"


def witness(sheet: SheetMap, row: int) -> str:
    """How far the cells of a row have come apart: 0, for a spreadsheet moves the references along with the cells.

    Cells that are pushed down, up or aside, and cells that are dragged elsewhere, leave the row of their label and
    the column of their heading; rows and columns that are inserted whole do not.  A total that says a word adds
    `WORD`, for an old file format can keep a formula's number and not its word.
    """
    quoted = "'" + sheet.name.replace("'", "''") + "'!"
    label = f"{quoted}A{FIRST + 1 + row}"
    told = [*range(len(sheet.heads) + 1), *([len(sheet.heads) + 3] if sheet.fix else [])]
    apart = []
    for column in told:
        cell = f"{quoted}{xl_rowcol_to_cell(FIRST + row, column)}"
        head = f"{quoted}{xl_rowcol_to_cell(HEADS, column)}"
        apart.append(f"ABS(COLUMN({cell})-COLUMN({head}))")
        if column:
            apart.append(f"ABS(ROW({cell})-ROW({label}))")
    figure = f"{quoted}{xl_rowcol_to_cell(FIRST + row, len(sheet.heads))}"
    entry = row if sheet.kind != CHOSEN else row - sheet.slots
    if 0 <= entry < len(sheet.rows) and sheet.rows[entry].total:
        apart.append(f"IF(ISNUMBER({figure}),0,{WORD})")
    return "=" + "+".join(apart)
