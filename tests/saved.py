"""Drafts saved in other formats than xlsx: OpenDocument (ods), and text as a spreadsheet saves it here (csv)."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from books import raw_ods
from drafts import RAISED, Draft, Ink, Page, Place, Value

STYLES = (
    '<style:style style:name="T1"><style:text-properties style:text-position="super 58%"/></style:style>'
    '<style:style style:name="ce1" style:family="table-cell">'
    '<style:text-properties style:text-line-through-style="solid"/></style:style>'
    '<style:style style:name="ta2"><style:table-properties table:display="false"/></style:style>'
)


def save_ods(draft: Draft, folder: Path) -> Path:
    """Every sheet with its merged ranges and hidden lines; raised digits as a raised run."""
    path = folder / draft.file
    path.parent.mkdir(parents=True, exist_ok=True)
    return raw_ods(path, "".join(map(_table, draft.pages)), STYLES)


def _table(page: Page) -> str:
    rows, columns = page.extent
    rows = max([rows, *(merge[2] for merge in page.merges)])
    columns = max([columns, *(merge[3] for merge in page.merges)])
    covered = {
        (row, column): (merge[0], merge[1])
        for merge in page.merges
        for row in range(merge[0], merge[2] + 1)
        for column in range(merge[1], merge[3] + 1)
    }
    spans = {merge[:2]: (merge[2] - merge[0] + 1, merge[3] - merge[1] + 1) for merge in page.merges}
    lines = "".join(
        f"<table:table-column{_gone(column in page.hidden_columns)}/>" for column in range(1, columns + 1)
    )
    for row in range(1, rows + 1):
        cells = "".join(_cell(page, (row, c), covered, spans) for c in range(1, columns + 1))
        lines += f"<table:table-row{_gone(row in page.hidden_rows)}>{cells}</table:table-row>"
    style = ' table:style-name="ta2"' if page.hidden else ""
    return f"<table:table table:name={quoteattr(page.name)}{style}>{lines}</table:table>"


def _gone(hidden: bool) -> str:
    return ' table:visibility="collapse"' if hidden else ""


def _cell(page: Page, place: Place, covered: dict[Place, Place], spans: dict[Place, tuple[int, int]]) -> str:
    tag = "table:covered-table-cell" if covered.get(place, place) != place else "table:table-cell"
    ink = page.cells.get(place)
    given = ""
    if place in spans:
        rows, columns = spans[place]
        given = f' table:number-rows-spanned="{rows}" table:number-columns-spanned="{columns}"'
    if ink is None:
        return f"<{tag}{given}/>"
    given += ' table:style-name="ce1"' if ink.struck else ""
    given += f" table:formula={quoteattr('of:=' + ink.formula)}" if ink.formula else ""
    return f"<{tag}{given}{_typed(ink)}><text:p>{_words(ink.value)}</text:p></{tag}>"


def _typed(ink: Ink) -> str:
    value = ink.value
    if isinstance(value, bool):
        return f' office:value-type="boolean" office:boolean-value="{str(value).lower()}"'
    if isinstance(value, (int, float)):
        kind = "percentage" if "%" in ink.number_format else "float"
        return f' office:value-type="{kind}" office:value="{value}"'
    if isinstance(value, date):
        return f' office:value-type="date" office:date-value="{value.isoformat()}"'
    if value.startswith("#"):
        return ' office:value-type="string" calcext:value-type="error"'
    return ' office:value-type="string"'


def _words(value: Value) -> str:
    """The text of a cell: raised digits as a run of their own, spaces as they are."""
    text = str(value)
    out, plain = "", ""
    for character in [*text, ""]:
        if character and character in RAISED:
            digit = character.translate(str.maketrans(RAISED, "0123456789"))
            out, plain = f'{out}{_spaced(plain)}<text:span text:style-name="T1">{digit}</text:span>', ""
        else:
            plain += character
    return out + _spaced(plain)


def _spaced(text: str) -> str:
    return escape(text).replace("\n", "<text:line-break/>")


def save_csv(draft: Draft, folder: Path, encoding: str = "cp1257") -> Path:
    """The first sheet as Excel saves it here: semicolons, decimal commas, the Baltic code page, nothing merged."""
    path = folder / draft.file
    path.parent.mkdir(parents=True, exist_ok=True)
    page = draft.pages[0]
    rows, columns = page.extent
    lines = [
        ";".join(_field(page.cells.get((row, column))) for column in range(1, columns + 1))
        for row in range(1, rows + 1)
    ]
    path.write_bytes("".join(line + "\r\n" for line in lines).encode(encoding))
    return path


def _field(ink: Ink | None) -> str:
    if ink is None:
        return ""
    value = ink.value
    if isinstance(value, bool):
        text = "TRUE" if value else "FALSE"
    elif isinstance(value, (int, float)):
        text = str(value).replace(".", ",")
    elif isinstance(value, date):
        text = value.strftime("%d.%m.%Y")
    else:
        text = value
    return '"' + text.replace('"', '""') + '"' if any(c in text for c in ';"\r\n') else text
