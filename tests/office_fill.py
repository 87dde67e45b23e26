"""Run by an interpreter that has LibreOffice's bridge (`uno`), not by pytest: fill workbooks and save them.

Usage: office_fill.py PIPE JOBS.json.  A job: source, cells [[sheet, row, column, value]] counted from 1, inserts
[[sheet, row]], damages [[sheet, how, row, column, last row]] (see `damaged`), saves [[path, filter]].  Typed cells
that are protected are an error, as they would be for a person.
"""

import contextlib
import json
import pathlib
import sys
import time

import uno
from com.sun.star.beans import PropertyValue
from com.sun.star.table import TableSortField


def connect(pipe):
    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
    for _ in range(240):
        try:
            return resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
        except Exception:
            time.sleep(0.25)
    raise SystemExit("LibreOffice did not answer")


def setting(name, value):
    made = PropertyValue()
    made.Name, made.Value = name, value
    return made


def damaged(sheet, how, row, column, last):
    """What people do to a sheet that they have unprotected; rows and columns from 1."""
    sheet.unprotect("")
    cells = sheet.getCellRangeByPosition(column - 1, row - 1, column - 1, last - 1).RangeAddress
    if how == "push":
        sheet.insertCells(cells, uno.Enum("com.sun.star.sheet.CellInsertMode", "DOWN"))
    elif how == "push aside":
        sheet.insertCells(cells, uno.Enum("com.sun.star.sheet.CellInsertMode", "RIGHT"))
    elif how == "pull":
        sheet.removeRange(cells, uno.Enum("com.sun.star.sheet.CellDeleteMode", "UP"))
    elif how == "drag":
        sheet.moveRange(sheet.getCellByPosition(column - 1, row).CellAddress, cells)
    elif how == "paste":
        sheet.copyRange(sheet.getCellByPosition(column - 1, row).CellAddress, cells)
    elif how == "insert rows":
        sheet.Rows.insertByIndex(row - 1, 2)
    elif how == "delete rows":
        sheet.Rows.removeByIndex(row - 1, 1)
    elif how == "insert columns":
        sheet.Columns.insertByIndex(column - 1, 1)
    elif how == "delete columns":
        sheet.Columns.removeByIndex(column - 1, 1)
    elif how == "rename":
        sheet.Name = f"Lapa {row}-{column}"
    elif how == "hide":
        sheet.Rows.getByIndex(row - 1).IsVisible = False
    elif how == "sort":
        block = sheet.getCellRangeByPosition(0, row - 1, 5, last - 1)
        block.sort((setting("SortFields", uno.Any("[]com.sun.star.table.TableSortField", (field(column),))),))
    elif how == "clear":
        sheet.getCellRangeByPosition(0, row - 1, column - 1, last - 1).clearContents(1 | 2 | 4 | 16)
    else:
        raise SystemExit(f"nobody does this: {how}")


def field(column):
    made = TableSortField()
    made.Field, made.IsAscending = column - 1, False
    return made


def main(pipe, jobs):
    context = connect(pipe)
    desktop = context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
    rules = []
    for job in json.loads(pathlib.Path(jobs).read_text(encoding="utf-8")):
        url = pathlib.Path(job["source"]).as_uri()
        book = desktop.loadComponentFromURL(url, "_blank", 0, (setting("Hidden", True),))
        for name, row, column, value in job["cells"]:
            sheet = book.Sheets.getByName(name)
            cell = sheet.getCellByPosition(column - 1, row - 1)
            if sheet.isProtected() and cell.CellProtection.IsLocked:
                raise SystemExit(f"{name}, row {row}, column {column} is locked")
            rules.append(cell.Validation.Type.value.lower())
            if isinstance(value, str):
                cell.setString(value)
            else:
                cell.setValue(value)
        for name, row in job.get("inserts", ()):
            sheet = book.Sheets.getByName(name)
            sheet.unprotect("")
            sheet.Rows.insertByIndex(row - 1, 1)
        for sheet, *damage in job.get("damages", ()):
            damaged(book.Sheets.getByName(sheet), *damage)
        book.calculateAll()
        for path, filter_name in job["saves"]:
            book.storeToURL(pathlib.Path(path).as_uri(), (setting("FilterName", filter_name),))
        book.close(True)
    print(json.dumps({rule: rules.count(rule) for rule in sorted(set(rules))}))
    with contextlib.suppress(Exception):
        desktop.terminate()


main(*sys.argv[1:])
