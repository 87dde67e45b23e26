"""The statistics workbook: cover, contents, notes, then one table a sheet, for people and for screen readers.

After the UK Analysis Function's list for accessible spreadsheets: every sheet has a title in A1 and begins there, one
marked-up table a sheet, no merged cells, no blank rows within, nothing told by colour or by an empty cell alone, notes
in words on a sheet of their own, and links back.
"""

from __future__ import annotations

import io
import math
import textwrap
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import xlsxwriter

from thb_analysis.definitions import Catalogue
from thb_analysis.export.resources import Field, Resource
from thb_analysis.language import Language, LanguageError

FILE = "statistics.xlsx"
#: No clock enters the file; a workbook must name some moment.
_CREATED = datetime(2_000, 1, 1)
_WIDEST, _NARROWEST = 60, 10
_LINE = 16.0  # height in points
_LETTER = 1.2  # width of a letter of the sheets' font, in those of columns
_LONGEST_NAME = 31  # of a sheet, in the format


def workbook(
    resources: Sequence[Resource],
    catalogue: Catalogue,
    words: Language,
    name: str,
    facts: Mapping[str, str],
) -> bytes:
    """The workbook of the given tables; `facts` are lines of the cover (who publishes, where to ask)."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    title = words.text(f"export.{name}.title")
    book.set_properties({"title": title, "created": _CREATED, "author": words.text("export.workbook.author")})
    _Writer(book, catalogue, words).write(title, words.text(f"export.{name}.description"), resources, facts)
    book.close()
    return out.getvalue()


class _Writer:
    """The sheets of one workbook."""

    def __init__(self, book: Any, catalogue: Catalogue, words: Language) -> None:
        self._book, self._catalogue, self._words = book, catalogue, words
        plain = {"font_name": "Arial", "font_size": 12, "valign": "top"}
        self._plain = book.add_format(plain)
        self._wrapped = book.add_format({**plain, "text_wrap": True})
        self._title = book.add_format({**plain, "font_size": 15, "bold": True})
        self._head = book.add_format({**plain, "bold": True, "text_wrap": True, "bottom": 1})
        self._number = book.add_format({**plain, "num_format": "#,##0.##", "align": "right"})
        self._whole = book.add_format({**plain, "num_format": "#,##0", "align": "right"})
        self._mark = book.add_format({**plain, "align": "right"})
        self._link = book.add_format({**plain, "font_color": "#0000EE", "underline": 1})

    def write(self, title: str, about: str, resources: Sequence[Resource], facts: Mapping[str, str]) -> None:
        names = [self._word("cover"), self._word("contents"), self._word("notes")]
        sheets = self._names(resources, names)
        cover = self._sheet(names[0], title)
        lines = [
            about,
            self._words.text("export.missing"),
            *(f"{key}: {value}" for key, value in facts.items()),
        ]
        for row, line in enumerate(lines, start=1):
            cover.write_string(row, 0, line, self._wrapped)
            cover.set_row(row, _LINE * _lines(line, 90))
        cover.set_column(0, 0, 90)
        contents = self._sheet(names[1], names[1])
        contents.write_string(1, 0, self._word("contents_about"), self._plain)
        rows = [(names[2], self._word("notes_about"))]
        rows += [(sheets[each.name], each.title) for each in resources]
        self._table(contents, 2, "contents", (self._word("sheet"), self._word("title")), rows, (42, 80))
        for row, (sheet, _) in enumerate(rows, start=3):
            contents.write_url(row, 0, f"internal:'{sheet}'!A1", self._link, sheet)
        notes = self._sheet(names[2], names[2])
        notes.write_string(1, 0, self._word("notes_about"), self._plain)
        self._table(notes, 2, "notes", (self._word("mark"), self._word("meaning")), self._notes(), (16, 80))
        for each in resources:
            self._data(sheets[each.name], each, names[1])

    def _data(self, name: str, resource: Resource, contents: str) -> None:
        sheet = self._sheet(name, resource.title)
        lead = [text for text in (resource.meaning, self._unit(resource)) if text]
        for row, text in enumerate(lead, start=1):
            sheet.write_string(row, 0, text, self._plain)
        top = len(lead) + 2
        sheet.write_url(top - 1, 0, f"internal:'{contents}'!A1", self._link, self._word("back"))
        status = resource.columns.index("obs_status") if "obs_status" in resource.columns else None
        rows = [
            tuple(
                self._cell(cell, field, status is not None and row[status])
                for cell, field in zip(row, resource.fields, strict=True)
            )
            for row in resource.rows
        ]
        heads = self._heads(resource)
        widths = tuple(
            min(_WIDEST, max(_NARROWEST, *(_width(str(row[at])) for row in rows), _longest_word(head)))
            if rows
            else max(18, _longest_word(head))
            for at, head in enumerate(heads)
        )
        self._table(
            sheet, top, resource.name, heads, rows or [tuple(self._mark_word("empty") for _ in heads)], widths
        )
        sheet.freeze_panes(top + 1, 0)

    def _cell(self, cell: str, field: Field, status: str | bool) -> object:
        """A number as a number; where there is none a mark in brackets, never an empty cell."""
        if field.type != "string" and cell:
            return float(cell) if "." in cell else int(cell)
        if cell and field.codes:
            return self._label(field.codes, cell)
        if cell:
            return cell
        if field.type == "number" and status:
            return f"[{str(status).lower()}]"
        return self._mark_word("nothing")

    def _label(self, codes: str, code: str) -> str:
        """A code in words: its short name where it has one."""
        try:
            return self._words.short(codes, code)
        except LanguageError:
            return code

    def _heads(self, resource: Resource) -> tuple[str, ...]:
        heads: list[str] = []
        for each in resource.fields:
            head = each.title if each.title not in heads else f"{each.title} ({each.name})"
            heads.append(head)
        return tuple(heads)

    def _notes(self) -> list[tuple[str, str]]:
        statuses = self._catalogue.codes["obs_status"]
        marks = [
            (f"[{code.lower()}]", m.label[self._words.lang]) for code, m in statuses.items() if code != "A"
        ]
        return [
            *marks,
            (self._mark_word("nothing"), self._word("nothing_meaning")),
            ("_T", self._word("total_meaning")),
        ]

    def _table(
        self,
        sheet: Any,
        row: int,
        name: str,
        heads: Sequence[str],
        rows: Sequence[Sequence[object]],
        widths: Sequence[int],
    ) -> None:
        sheet.add_table(
            row,
            0,
            row + len(rows),
            len(heads) - 1,
            {
                "name": f"t_{name}",
                "columns": [{"header": head, "header_format": self._head} for head in heads],
                "style": None,
                "autofilter": False,
            },
        )
        right = {at for cells in rows for at, cell in enumerate(cells) if isinstance(cell, int | float)}
        for down, cells in enumerate([heads, *rows], start=row):
            lines = max(_lines(str(cell), width) for cell, width in zip(cells, widths, strict=True))
            if lines > 1:
                sheet.set_row(down, _LINE * lines)  # not every program makes room by itself
        for down, cells in enumerate(rows, start=row + 1):
            for across, cell in enumerate(cells):
                if isinstance(cell, int):
                    sheet.write_number(down, across, cell, self._whole)
                elif isinstance(cell, float):
                    sheet.write_number(down, across, cell, self._number)
                else:
                    form = self._mark if across in right and str(cell).startswith("[") else self._wrapped
                    sheet.write_string(down, across, str(cell), form)
        for across, width in enumerate(widths):
            sheet.set_column(across, across, width)

    def _sheet(self, name: str, title: str) -> Any:
        sheet = self._book.add_worksheet(name)
        sheet.write_string(0, 0, title, self._title)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        return sheet

    def _names(self, resources: Sequence[Resource], taken: Sequence[str]) -> dict[str, str]:
        """A sheet for each table, by its name in the export; as short as the format wants."""
        found: dict[str, str] = {}
        for each in resources:
            name, number = each.name[:_LONGEST_NAME], 2
            while name.lower() in {other.lower() for other in (*taken, *found.values())}:
                name, number = f"{each.name[: _LONGEST_NAME - 3]}_{number}", number + 1
            found[each.name] = name
        return found

    def _unit(self, resource: Resource) -> str:
        return (
            self._words.text("export.dictionary.unit", unit=self._label("unit", resource.unit))
            if resource.unit
            else ""
        )

    def _word(self, key: str) -> str:
        return self._words.text(f"export.workbook.{key}")

    def _mark_word(self, key: str) -> str:
        return f"[{self._words.text(f'export.workbook.{key}')}]"


def _width(text: str) -> int:
    """The width of a column that the text fits into."""
    return math.ceil(len(text) * _LETTER) + 2


def _longest_word(head: str) -> int:
    return max(_width(word) for word in head.split())


def _lines(text: str, width: int) -> int:
    """How many lines a text takes in a column."""
    return max(len(textwrap.wrap(text, max(int((width - 1) / _LETTER), 1))), 1)
