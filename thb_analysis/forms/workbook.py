"""A form drawn as a workbook: the same bytes every time, for spreadsheets, paper, keyboard and screen reader."""

from __future__ import annotations

import io
import textwrap
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name, xl_rowcol_to_cell

from thb_analysis.definitions import TOTAL, Catalogue
from thb_analysis.formmap import (
    CHOSEN,
    DASH,
    LISTS_FROM,
    NO_DATA,
    WITNESSES_FROM,
    FormMap,
    RowMap,
    SheetMap,
)
from thb_analysis.formplan import Key, asked_of
from thb_analysis.forms.formulas import (
    ABOUT,
    AGREES,
    ANSWER,
    BLANKS,
    FIRST,
    HEADS,
    TITLE,
    extent,
    total_formula,
    witness,
)
from thb_analysis.forms.last_year import Known
from thb_analysis.language import Language

HIDDEN = "thb_form"  #: the hidden sheet
CREATED = datetime(2_000, 1, 1)  #: no form says when it was drawn: the same bytes every time
BIGGEST = 9_999_999
A4 = 9  #: the paper
LINE_HEIGHT = 15  #: points
NARROWEST, WIDEST, FIRST_LABEL = 16, 58, 34  #: of label columns, in characters
COVER = (27, 45, 62, 14)  #: the cover's columns, together as wide as the paper
HOW = 112  #: the width of the sheet on how to fill in the form
CONTENTS_FROM = 11  #: the cover's row of the list of tables


def draw_form(form: FormMap, catalogue: Catalogue, last: Mapping[Key, Known] | None = None) -> bytes:
    """The workbook of a form.  `last` are last year's figures, as in `plan_form`."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "default_date_format": "dd.mm.yyyy"})
    _Drawing(book, form, catalogue, last or {}).draw()
    book.close()
    return out.getvalue()


class _Drawing:
    def __init__(self, book: Any, form: FormMap, catalogue: Catalogue, last: Mapping[Key, Known]) -> None:
        self.book, self.form, self.catalogue, self.last = book, form, catalogue, last
        self.language = Language(form.lang)
        self.looks = _looks(book)

    def text(self, key: str, **params: Any) -> str:
        return self.language.text(f"forms.{key}", **params)

    def draw(self) -> None:
        about = self.text("cover.title", year=self.form.year)
        institution = self.language.label("institution", self.form.institution)
        self.book.set_properties(
            {"title": f"{about}. {institution}", "subject": self.form.form, "created": CREATED}
        )
        cover = self.book.add_worksheet(self.text("table.sheet"))
        how = self.book.add_worksheet(self.text("how.name"))
        pages = [self.book.add_worksheet(sheet.name) for sheet in self.form.sheets]
        hidden = self.book.add_worksheet(HIDDEN)
        self._hidden(hidden)
        self._cover(cover, institution)
        self._how(how)
        for number, (page, sheet) in enumerate(zip(pages, self.form.sheets, strict=True), start=1):
            self._table(page, sheet, number)
        cover.activate()

    # pages without figures ---------------------------------------------------------------------------

    def _hidden(self, page: Any) -> None:
        for row, line in enumerate(self.form.lines()):
            for column, piece in enumerate(line):
                page.write_string(row, column, piece)
        names = sorted({name for sheet in self.form.sheets for name in sheet.choose})
        for offset, name in enumerate(names):
            labels = list(choices(self.catalogue, self.form, name))
            for row, label in enumerate(labels):
                page.write_string(row, LISTS_FROM + offset, label)
            column = xl_col_to_name(LISTS_FROM + offset)
            self.book.define_name(f"list_{name}", f"={HIDDEN}!${column}$1:${column}${len(labels)}")
        for offset, sheet in enumerate(self.form.sheets):
            for row in range(len(_drawn_rows(sheet))):
                page.write_formula(row, WITNESSES_FROM + offset, witness(sheet, row), None, 0)
            drawn = len(_drawn_rows(sheet))
            page.write_formula(drawn, WITNESSES_FROM + offset, extent(sheet), None, drawn)
        page.hide()
        page.protect()

    def _cover(self, page: Any, institution: str) -> None:
        looks, form = self.looks, self.form
        self._page(page)
        for column, width in enumerate(COVER):
            page.set_column(column, column, width)
        page.write_string(0, 0, self.text("cover.title", year=form.year), looks["title"])
        said = {
            "institution": institution,
            "year": form.year,
            "role": None,
            "date": None,
            "form": form.form,
            "catalogue": form.catalogue,
            "personal": self.text("cover.warning"),
            "send": self.text("cover.reply"),
        }
        for row, (name, value) in enumerate(said.items(), start=2):
            label = self.text(f"cover.{name}")
            page.write_string(row, 0, label, looks["label"])
            if value is None:
                page.write_blank(row, 1, None, looks["date" if name == "date" else "text"])
                page.data_validation(row, 1, row, 1, self._cover_rule(name))
            else:
                look = {"personal": "warning", "send": "label"}.get(name, "said")
                page.write(row, 1, value, looks[look])
            page.set_row(row, LINE_HEIGHT * _lines([label, str(value or "")], COVER))
        directive = {
            request.key for request in asked_of(self.catalogue, form.institution) if request.directive
        }
        page.write_string(CONTENTS_FROM, 0, self.text("cover.contents"), looks["head"])
        page.write_string(CONTENTS_FROM, 1, self.text("cover.table"), looks["head"])
        page.write_string(CONTENTS_FROM, 2, self.text("cover.meaning"), looks["head"])
        page.write_string(CONTENTS_FROM, 3, self.text("cover.directive"), looks["head"])
        for row, sheet in enumerate(form.sheets, start=CONTENTS_FROM + 1):
            page.write_url(row, 0, f"internal:'{sheet.name}'!A1", looks["link"], sheet.name)
            page.write_string(row, 1, sheet.title, looks["label"])
            marked = self.text("cover.marked") if sheet.key in directive else ""
            meaning = self.catalogue.tables[sheet.table].meaning[form.lang]
            page.write_string(row, 2, meaning, looks["label"])
            page.write(row, 3, marked or None, looks["label"])
            page.set_row(row, LINE_HEIGHT * _lines([sheet.name, sheet.title, meaning], COVER))
        page.set_row(CONTENTS_FROM, LINE_HEIGHT * _lines([self.text("cover.directive")], COVER[3:]))
        page.repeat_rows(CONTENTS_FROM)
        page.set_selection(4, 1, 4, 1)

    def _cover_rule(self, name: str) -> dict[str, Any]:
        rule: dict[str, Any] = {"validate": "any"}
        if name == "date":
            first = datetime(self.form.year, 1, 1)
            rule = {"validate": "date", "criteria": ">=", "value": first}
        return rule | {
            "input_title": self.text(f"prompt.{name}_title"),
            "input_message": self.text(f"prompt.{name}"),
        }

    def _how(self, page: Any) -> None:
        self._page(page)
        page.set_column(0, 0, HOW)
        page.write_string(0, 0, self.text("how.title"), self.looks["title"])
        page.set_row(0, 2 * LINE_HEIGHT)
        keys = [key for key in self.language.in_order() if key.startswith("forms.how.l")]
        for row, key in enumerate(keys, start=1):
            needs = {"year": self.form.year} if "year" in self.language.parameters(key) else {}
            page.write_string(row, 0, self.language.text(key, **needs), self.looks["about"])
            page.set_row(row, LINE_HEIGHT * _lines([self.language.text(key, **needs)], [HOW]) + 6)

    def _page(self, page: Any) -> None:
        page.set_paper(A4)
        page.set_landscape()
        page.fit_to_pages(1, 0)
        page.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
        page.hide_gridlines(2)
        footer = self.text("table.footer", form=self.form.form, page="&P / &N")
        page.set_footer(f"&L{footer}&R&A")
        page.protect("", {"format_columns": True, "format_rows": True})

    # a table -----------------------------------------------------------------------------------------

    def _table(self, page: Any, sheet: SheetMap, number: int) -> None:
        looks = self.looks
        heads = len(sheet.heads)
        columns = len(sheet.headings)
        amount = self.catalogue.tables[sheet.table].values == "amount"
        rows = _drawn_rows(sheet)
        end = FIRST + len(rows) - 1
        self._page(page)
        for column, width in enumerate(_widths(sheet)):
            page.set_column(column, column, width)
        page.write_string(TITLE, 0, sheet.title, looks["title"])
        table = self.catalogue.tables[sheet.table]
        unit = self.language.label("unit", table.unit)
        page.write_string(ABOUT, 0, self.text("table.about", unit=unit), looks["small"])
        self._question(page, BLANKS, sheet.blank_label, sheet.blanks, "blank")
        self._question(page, AGREES, sheet.agree_label, sheet.agrees, "agree")
        for column, text in enumerate(sheet.headings):
            page.write_string(HEADS, column, text, looks["head"])
        page.set_row(HEADS, 32)
        for offset, row in enumerate(rows):
            self._row(page, sheet, FIRST + offset, row, rows, amount)
        self._rules(page, sheet, rows, end, amount)
        page.freeze_panes(FIRST, heads)
        page.repeat_rows(HEADS)
        page.print_area(0, 0, end, columns - 1)
        page.set_selection(
            FIRST, 0 if sheet.kind == CHOSEN else heads, FIRST, 0 if sheet.kind == CHOSEN else heads
        )
        corner, last = xl_rowcol_to_cell(HEADS, 0), xl_rowcol_to_cell(end, columns - 1)
        quoted = "'" + sheet.name.replace("'", "''") + "'"
        name = (
            f"TitleRegion{number}.{corner}.{last}.{number + 2}"  # screen readers look for names of this shape
        )
        self.book.define_name(name, f"={quoted}!${corner[0]}${HEADS + 1}")
        figures = f"${xl_col_to_name(heads)}${FIRST + 1}:${xl_col_to_name(heads)}${end + 1}"
        self.book.define_name(f"figures_{sheet.key}", f"={quoted}!{figures}")

    def _question(
        self, page: Any, row: int, label: str, answers: Sequence[tuple[str, str]], name: str
    ) -> None:
        if not label:
            return
        page.write_string(row, 0, label, self.looks["label"])
        page.write_blank(row, ANSWER, None, self.looks["choice"])
        rule = self._list([text for text, _ in answers]) | self._prompt(name)
        page.data_validation(row, ANSWER, row, ANSWER, rule)

    def _list(self, source: list[str] | str) -> dict[str, Any]:
        wrong = self.text("prompt.wrong_choice")
        return {"validate": "list", "source": source, "error_message": wrong}

    def _prompt(self, name: str) -> dict[str, Any]:
        return {
            "input_title": self.text(f"prompt.{name}_title"),
            "input_message": self.text(f"prompt.{name}"),
        }

    def _row(
        self,
        page: Any,
        sheet: SheetMap,
        at: int,
        row: RowMap | None,
        rows: Sequence[RowMap | None],
        amount: bool,
    ) -> None:
        looks, heads = self.looks, len(sheet.heads)
        kind = "amount" if amount else "count"
        if row is None:
            for column in range(heads):
                page.write_blank(at, column, None, looks["choice"])
        else:
            page.set_row(at, LINE_HEIGHT * _lines(row.labels, _widths(sheet)))
            for column, label in enumerate(row.labels):
                page.write_string(at, column, label, looks["total_label" if row.total else "label"])
        if row is not None and row.total:
            formula = total_formula(sheet, row, rows, self._answers(sheet))
            page.write_formula(at, heads, formula, looks[f"total_{kind}"], sheet.unsummed)
        else:
            page.write_blank(at, heads, None, looks[kind])
        page.write_blank(at, heads + 1, None, looks["text"])
        if sheet.last:
            known = self.last.get((sheet.table, row.dims)) if row is not None else None
            self._known(page, at, heads + 2, known, kind)
            page.write_blank(at, heads + 3, None, looks[kind])

    def _known(self, page: Any, at: int, column: int, known: Known | None, kind: str) -> None:
        look = self.looks[f"last_{kind}"]
        if known is None:
            page.write_blank(at, column, None, look)
        elif known.value is None:
            page.write_string(at, column, self.text(f"mark.{known.status}"), look)
        else:
            page.write_number(at, column, float(known.value), look)

    def _answers(self, sheet: SheetMap) -> dict[str, str]:
        return {answer: text for text, answer in sheet.blanks}

    def _rules(
        self, page: Any, sheet: SheetMap, rows: Sequence[RowMap | None], end: int, amount: bool
    ) -> None:
        heads, kind = len(sheet.heads), "amount" if amount else "count"
        wrong = {"error_message": self.text("prompt.wrong")}
        for first, last, total in _stretches(rows):
            prompt = self._prompt("total" if total else kind)
            rule = self._figure_rule(FIRST + first, heads, amount) | wrong | prompt
            page.data_validation(FIRST + first, heads, FIRST + last, heads, rule)
        page.data_validation(FIRST, heads + 1, end, heads + 1, {"validate": "any"} | self._prompt("note"))
        if sheet.last:
            rule = self._figure_rule(FIRST, heads + 3, amount) | wrong | self._prompt("fix")
            page.data_validation(FIRST, heads + 3, end, heads + 3, rule)
        free = [FIRST + offset for offset, row in enumerate(rows) if row is None]
        for column, name in enumerate(sheet.choose if free else ()):
            rule = self._list(f"=list_{name}") | self._prompt("choose")
            page.data_validation(free[0], column, free[-1], column, rule)

    def _figure_rule(self, row: int, column: int, amount: bool) -> dict[str, Any]:
        cell = xl_rowcol_to_cell(row, column)
        whole = f"ROUND({cell},2)={cell}" if amount else f"INT({cell})={cell}"
        marks = ",".join(f'{cell}="{self.text(f"mark.{mark}")}"' for mark in (DASH, NO_DATA))
        formula = f"=IF(ISNUMBER({cell}),AND({cell}>=0,{cell}<={BIGGEST},{whole}),OR({marks}))"
        return {"validate": "custom", "value": formula}


def choices(catalogue: Catalogue, form: FormMap, name: str) -> list[str]:
    """The labels of a drop-down list: codes with a group of their own first, then by name, then groups."""
    sheet = next(sheet for sheet in form.sheets if name in sheet.choose)
    members = catalogue.codes[catalogue.tables[sheet.table].dimension(name).codes].values()
    open_codes = [member for member in members if member.code != TOTAL]
    groups = {member.group for member in open_codes}
    sizes = {group: sum(1 for member in open_codes if member.group == group) for group in groups}

    def order(label: str) -> tuple[str, str]:
        return unicodedata.normalize("NFKD", label).encode("ascii", "ignore").decode().lower(), label

    def rank(code: str, group: str) -> int:
        if code.isupper() and group and sizes[group] == 1:
            return 0
        return 1 if code.isupper() and code.isalpha() else 2

    ranked = [(rank(m.code, m.group), order(m.label[form.lang]), m.label[form.lang]) for m in open_codes]
    return [label for _, _, label in sorted(ranked)]


def _drawn_rows(sheet: SheetMap) -> list[RowMap | None]:
    """Every row as drawn; None is a row whose codes are chosen."""
    if sheet.kind != CHOSEN:
        return list(sheet.rows)
    return [*sheet.rows[:-1], *([None] * sheet.slots), sheet.rows[-1]]


def _stretches(rows: Sequence[RowMap | None]) -> list[tuple[int, int, bool]]:
    """Runs of rows that are totals, or are not: first, last, whether totals."""
    runs: list[tuple[int, int, bool]] = []
    for at, row in enumerate(rows):
        total = row is not None and row.total
        if runs and runs[-1][2] == total:
            runs[-1] = (runs[-1][0], at, total)
        else:
            runs.append((at, at, total))
    return runs


def _lines(texts: Sequence[str], widths: Sequence[int]) -> int:
    """How many lines the longest of the texts needs in columns of these widths.

    A width counts digits; letters take about an eighth less room, of which this uses the half.
    """
    pairs = zip(texts, widths, strict=False)
    return max(len(textwrap.wrap(text, width * 17 // 16)) or 1 for text, width in pairs)


def _widths(sheet: SheetMap) -> list[int]:
    widest = [max(len(row.labels[column]) for row in sheet.rows) for column in range(len(sheet.heads))]
    labels = [min(max(NARROWEST, width + 2), WIDEST) for width in widest]
    labels[0] = max(labels[0], FIRST_LABEL)  # the questions over the table stand there
    figure, last = 26 if len(sheet.heads) == 1 else 14, 28 if sheet.last else 0
    note = max(
        34, len(sheet.title) * 5 // 4 - sum(labels) - figure - last
    )  # so that paper does not cut the title
    return [*labels, figure, note, 14, 14]


def _looks(book: Any) -> dict[str, Any]:
    base = {"font_name": "Calibri", "font_size": 11, "valign": "vcenter"}
    line = {"border": 1, "border_color": "#7F7F7F"}
    entry = base | line | {"bg_color": "#FFF8D6", "locked": False}
    number = {"align": "right", "indent": 1}
    known = base | line | {"font_color": "#595959", "italic": True, "bg_color": "#F2F2F2"}
    total = base | line | {"bold": True, "bg_color": "#E7EEF7", "locked": False}
    formats = {
        "title": base | {"bold": True, "font_size": 14},
        "warning": base | line | {"bold": True, "text_wrap": True, "font_color": "#9C0006"},
        "about": base | {"text_wrap": True, "valign": "top"},
        "small": base | {"font_size": 10, "font_color": "#404040"},
        "label": base | line | {"text_wrap": True},
        "total_label": base | line | {"text_wrap": True, "bold": True, "bg_color": "#E7EEF7"},
        "said": base | line | {"bold": True, "align": "left", "text_wrap": True},
        "head": base
        | line
        | {"bold": True, "text_wrap": True, "bg_color": "#1F3864", "font_color": "#FFFFFF"},
        "link": base | line | {"underline": 1, "font_color": "#0B5394"},
        "choice": entry | {"text_wrap": True},
        "text": entry | {"text_wrap": True},
        "date": entry | {"num_format": "dd.mm.yyyy", "align": "left"},
        "count": entry | number | {"num_format": "0"},
        "amount": entry | number | {"num_format": "#,##0.00"},
        "total_count": total | number | {"num_format": "0"},
        "total_amount": total | number | {"num_format": "#,##0.00"},
        "last_count": known | number | {"num_format": "0"},
        "last_amount": known | number | {"num_format": "#,##0.00"},
    }
    return {name: book.add_format(settings) for name, settings in formats.items()}
