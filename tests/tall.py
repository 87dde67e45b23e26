"""Tall tables as people keep them, at random: what may be left out of a reading, and what stands in the way of it."""

from __future__ import annotations

from pathlib import Path
from random import Random

import xlsxwriter

from thb_analysis.definitions import load_catalogue

CATALOGUE = load_catalogue()
MARKS = ("-", "–", "n/a", "nav datu", "…")
NOTES = (
    "Piezīme. Persona skaitīta vienu reizi.",
    "Dati ir provizoriski.",
    "* Tikai pilngadīgas personas.",
    "Avots: iestādes reģistrs, 2024",
    "Avots: iestādes informācijas sistēma",
    "Persona skaitīta pēc smagākā nodarījuma",
    "Dati par 2021. gada I pusgadu.",
)
#: table, sender, title; the rows' labels are citizenships
TABLES = (
    ("persons_convicted", "TA", "Notiesātās personas: {article} pants"),
    ("persons_prosecuted", "Prokuratura", "Apsūdzētās personas: {article} pants"),
    ("suspects", "VP", "Aizdomās turētās personas: {article} pants"),
    ("victims", "MARTA", "Identificētie cilvēku tirdzniecības upuri"),
)
ARTICLES = ("154.1.", "154.1.", "154.¹", "164.", "285.2.", "195. un 285.2.")
AGES = ("Pilngadīgas personas", "Nepilngadīgas personas", "Kopā")
#: headings over headings; a number is a year, counted from the workbook's own
Head = str | int
HEADS: tuple[tuple[tuple[Head, tuple[Head, ...]], ...], ...] = (
    (("Sievietes", AGES), ("Vīrieši", AGES)),
    (("", ("Sievietes", "Vīrieši", "Kopā")),),
    (("", ("Vīrieši", "Sievietes", "Nepilngadīgie")),),
    (("", ("Kopā", "Sievietes", "Vīrieši")),),
    (("", ("Skaits",)),),
    (("", (-2, -1, 0)),),
    ((-1, ("Sievietes", "Vīrieši", "Kopā")), (0, ("Sievietes", "Vīrieši", "Kopā"))),
    (("Sievietes", (-1, 0)), ("Vīrieši", (-1, 0))),
)
LONG, SHORT = (12, 40), (2, 7)  #: rows of a table
ACCIDENTS = (
    "mark", "marks", "blank", "blanks", "wrong", "unknown", "year", "code", "twice", "total_row",
    "wrong_total_row", "hidden", "text_number", "fraction", "negative", "footnote", "bold", "remark",
    "blank_row", "foreign", "struck", "percent", "slid",
)  # fmt: skip


def labels(codes: str) -> list[str]:
    """The Latvian names of a list's members."""
    return [m.label["lv"] for code, m in CATALOGUE.codes[codes].items() if code[:1] != "_" and code.isalpha()]


def tall(folder: Path, dice: Random, plan: Random | None = None, short: bool = False) -> Path:
    """A workbook with one to three tall tables, and some accidents.

    Workbooks of the same `plan` are written in the same way, each with its own year, article, labels and figures.
    `short` ones have few rows, and those of the same plan have the same labels.
    """
    plan = plan or dice
    rows = SHORT if short else LONG
    _, sender, title = plan.choice(TABLES)
    title = title.format(article=dice.choice(ARTICLES))
    year = dice.choice((2021, 2022, 2023))
    path = folder / str(year) / f"{sender}_{year}.xlsx"
    path.parent.mkdir(parents=True, exist_ok=True)
    book = xlsxwriter.Workbook(str(path))
    looks = {
        "head": book.add_format({"bold": True, "border": 1}),
        "label": book.add_format({"border": 1}),
        "number": book.add_format({"border": 1, "num_format": "#,##0"}),
        "bold": book.add_format({"bold": True}),
        "struck": book.add_format({"font_strikeout": True}),
        "percent": book.add_format({"num_format": "0%"}),
    }
    accidents = {
        (plan.randrange(3), plan.randrange(14)): plan.choice(ACCIDENTS)
        for _ in range(plan.choice((0, 0, 1, 1, 2, 4)))
    }
    heads = plan.choice(HEADS)
    for number in range(plan.choice((1, 1, 2, 3))):
        sheet = book.add_worksheet(f"{number + 1}. lapa" if plan.random() < 0.7 else f"Tabula {number}")
        _sheet(sheet, looks, dice, plan, rows, title, year, heads, accidents)
    book.close()
    return path


def _sheet(sheet, looks, dice, plan, rows, title, year, heads, accidents) -> None:  # type: ignore[no-untyped-def]
    chosen = plan if rows == SHORT else dice
    people = chosen.sample(labels("citizenship"), chosen.randint(*rows))
    forms = chosen.sample(labels("exploitation_form"), plan.choice((1, 2, 3)))
    grouped = plan.random() < 0.5
    merged = plan.random() < 0.7
    row = plan.choice((0, 0, 3))
    heads = tuple((_head(over, year), tuple(_head(each, year) for each in under)) for over, under in heads)
    dated = any(isinstance(each, int) for over, under in heads for each in (over, *under))
    span = f"{year - 2}.–{year}. gads" if dated else f"{year}. gads"
    stated = f"{title}, {span}" if plan.random() < 0.8 else title
    sheet.write(row, 0, stated + ("" if grouped else f", {forms[0]}"))
    row += plan.choice((1, 2))
    first = 2 if grouped else 1
    two = any(over for over, _ in heads)
    sheet.write(row + two, first - 1, "Valstspiederība", looks["head"])
    if grouped:
        sheet.write(row + two, 0, "Ekspluatācijas veids", looks["head"])
    column = first
    names: list[Head] = []
    for over, under in heads:
        if over:
            sheet.merge_range(row, column, row, column + len(under) - 1, over, looks["head"])
        for name in under:
            sheet.write(row + two, column, name, looks["head"])
            names.append(name)
            column += 1
    row += 1 + two
    for number, form in enumerate(forms if grouped else forms[:1]):
        lines = people if plan.random() < 0.8 else people[: len(people) // 2]
        start = row
        sums = [0] * len(names)
        kept: list[object] | None = None  # of figures that slid, those for the next row
        for index, person in enumerate(lines):
            values = _values(names, dice)
            sums = [one + other for one, other in zip(sums, values, strict=True)]
            shown: list[object] = list(values)
            label, look = person, looks["label"]
            if kind := accidents.get((number, index), ""):
                where = Random(index)
                label, shown, look = _accident(kind, label, shown, names, looks, where, sheet, row, column)
                if kind == "blank_row":
                    row += 1
                if kind == "slid" and kept is None:
                    kept = [""] * len(names)
            if kept is not None:
                shown, kept = kept, shown
            if grouped and not (merged and len(lines) > 1):
                sheet.write(row, 0, form, looks["label"])
            sheet.write_string(row, first - 1, label, look)
            for at, value in enumerate(shown):
                own = looks["struck"] if kind == "struck" and at == 0 else looks["number"]
                own = looks["percent"] if kind == "percent" and at == 0 else own
                if value == "":
                    sheet.write_blank(row, first + at, None, looks["label"])
                elif isinstance(value, str):
                    sheet.write_string(row, first + at, value, looks["label"])
                else:
                    sheet.write_number(row, first + at, value, own)
            row += 1
        if grouped and merged and len(lines) > 1:
            sheet.merge_range(start, 0, row - 1, 0, form, looks["label"])
        for at, value in enumerate(kept or ()):
            sheet.write(row, first + at, value, looks["number"])
        row += kept is not None
        if {"total_row", "wrong_total_row"} & set(accidents.values()):
            wrong = "wrong_total_row" in accidents.values()
            if grouped:
                sheet.write(row, 0, form, looks["label"])
            sheet.write_string(row, first - 1, "Kopā", looks["bold"])
            for at, value in enumerate(sums):
                sheet.write_number(row, first + at, value + (1 if wrong and at == 0 else 0), looks["number"])
            row += 1
    for _ in range(plan.choice((0, 0, 1, 2))):
        row += 1
        sheet.write(row, 0, plan.choice(NOTES))


def _head(head: Head, year: int) -> Head:
    return year + head if isinstance(head, int) else head


def _values(names: list[Head], dice: Random) -> list[int]:
    values: list[int] = []
    for at, name in enumerate(names):
        if name == "Kopā" and at:
            values.append(sum(values[max(0, at - 2) : at]))
        else:
            values.append(int(dice.paretovariate(1.1)) - 1)
    if names[:1] == ["Kopā"]:
        values[0] = sum(values[1:])
    return values


def _accident(kind, label, shown, names, looks, dice, sheet, row, column):  # type: ignore[no-untyped-def]
    at = dice.randrange(len(names))
    look = looks["label"]
    simple = {
        "mark": dice.choice(MARKS), "blank": "", "year": 2019, "code": 164, "text_number": "7",
        "fraction": 2.5, "negative": -3, "footnote": "4*",
    }  # fmt: skip
    if kind in simple:
        shown[at] = simple[kind]
    elif kind == "wrong":
        shown[at] = int(shown[at]) + 1
    elif kind in ("marks", "blanks"):
        shown[:] = [dice.choice((*MARKS, "") if kind == "marks" else ("",)) for _ in shown]
    elif kind == "unknown":
        label = "Vāczeme"
    elif kind == "twice":
        label = "Vācija"
    elif kind == "foreign":
        label = "ārvalstnieki"
    elif kind == "bold":
        look = looks["bold"]
    elif kind == "hidden":
        sheet.set_row(row, None, None, {"hidden": True})
    elif kind == "remark":
        sheet.write_string(row, column, "precizēts")
    return label, shown, look
