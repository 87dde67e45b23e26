"""Filling request forms at random, within what their validation allows, and what must come back."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from decimal import Decimal

from thb_analysis.definitions import Catalogue
from thb_analysis.formmap import CHOSEN, DASH, NO_DATA, ZERO, FormMap, SheetMap
from thb_analysis.forms.formulas import ANSWER, BLANKS, FIRST
from thb_analysis.forms.workbook import HIDDEN, choices
from thb_analysis.language import Language
from thb_analysis.observations import Observation, plain

Entry = int | float | str
Key = tuple[str, int, tuple[tuple[str, str], ...]]


@dataclass
class Filling:
    """What is typed where, and what every figure must then say: a number or a letter, and its note."""

    cells: dict[tuple[str, int, int], Entry] = field(default_factory=dict)  #: (sheet, row, column), from 1
    expected: dict[Key, set[tuple[str, str]]] = field(
        default_factory=dict
    )  #: a key may be asked in two tables

    def expect(
        self, table: str, year: int, dims: tuple[tuple[str, str], ...], value: str, note: str = ""
    ) -> None:
        self.expected.setdefault((table, year, dims), set()).add((value, note))


def fill(form: FormMap, catalogue: Catalogue, chance: random.Random, years: bool = True) -> Filling:
    """A random filling of every table; with `years`, some figures are the form's own year, the worst of numbers."""
    filling = Filling()
    for sheet in form.sheets:
        amount = catalogue.tables[sheet.table].values == "amount"
        if sheet.kind == CHOSEN:
            _choose(filling, form, sheet, catalogue, chance)
        else:
            _fill_rows(filling, form, sheet, chance, amount, years)
    return filling


def said(observation: Observation) -> tuple[str, str]:
    """What an observation says, to be compared with what was entered."""
    value = plain(observation.value) if observation.value is not None else observation.status
    return value, observation.note


def key(observation: Observation) -> Key:
    return observation.table, observation.year or 0, tuple(sorted(observation.dims))


def marks(lang: str) -> dict[str, str]:
    return {mark: Language(lang).text(f"forms.mark.{mark}") for mark in (DASH, NO_DATA)}


def _entry(form: FormMap, chance: random.Random, amount: bool, years: bool) -> tuple[Entry | None, str]:
    kind = chance.choices(("number", "zero", DASH, NO_DATA, "blank"), (5, 4, 2, 1, 1))[0]
    if kind == "number":
        if amount:
            cents = chance.randrange(1, 10_000_000)
            return cents / 100, plain(Decimal(cents) / 100)
        number = chance.choice(
            (chance.randrange(1, 80), chance.randrange(1, 80), 9_999, form.year if years else 7)
        )
        return number, str(number)
    if kind == "zero":
        return 0, "0"
    return (None, "M") if kind == "blank" else (marks(form.lang)[kind], kind)


NOTES = ("", "", "", "Skat. pielikumu", "dati precizēti", "tikai pirmais pusgads", "=nav", "12")


def _fill_rows(
    filling: Filling, form: FormMap, sheet: SheetMap, chance: random.Random, amount: bool, years: bool
) -> None:
    column = len(sheet.heads) + 1
    answer = chance.choice(("", "", ZERO, DASH, NO_DATA))
    if answer:
        text = next(text for text, code in sheet.blanks if code == answer)
        filling.cells[(sheet.name, BLANKS + 1, ANSWER + 1)] = text
    full = chance.random() < 0.5  # half of the tables without gaps and "no data", so that totals show
    values: dict[int, str] = {}
    for position, row in enumerate(sheet.rows):
        if row.total:
            continue
        entry, value = _entry(form, chance, amount, years)
        while full and value in ("M", NO_DATA):
            entry, value = _entry(form, chance, amount, years)
        at = FIRST + 1 + position
        if entry is not None:
            filling.cells[(sheet.name, at, column)] = entry
        note = chance.choice(NOTES).lstrip("=")
        if note:
            filling.cells[(sheet.name, at, column + 1)] = note
        if value == "M":
            value = {ZERO: "0", DASH: DASH, NO_DATA: NO_DATA, "": "M"}[answer]
        values[position] = value
        filling.expect(sheet.table, form.year, row.dims, value, note)
    _expect_totals(filling, form, sheet, values, chance, column)


def _expect_totals(
    filling: Filling,
    form: FormMap,
    sheet: SheetMap,
    values: dict[int, str],
    chance: random.Random,
    column: int,
) -> None:
    waiting = [position for position, row in enumerate(sheet.rows) if row.total]
    while waiting:
        position = next(p for p in waiting if all(part in values for part in sheet.rows[p].parts))
        waiting.remove(position)
        parts = [values[part] for part in sheet.rows[position].parts]
        numbers = [Decimal(part) for part in parts if part not in ("M", DASH, NO_DATA)]
        if "M" in parts or NO_DATA in parts:
            values[position] = "M"
            if chance.random() < 0.3:  # only the total is known, and typed over the formula
                number = int(sum(numbers)) + chance.randrange(0, 5)
                values[position] = str(number)
                filling.cells[(sheet.name, FIRST + 1 + position, column)] = number
        else:
            values[position] = plain(sum(numbers, Decimal(0))) if numbers else DASH
        if values[position] != "M":
            row = sheet.rows[position]
            filling.expect(sheet.table, form.year, row.dims, values[position])


def _choose(
    filling: Filling, form: FormMap, sheet: SheetMap, catalogue: Catalogue, chance: random.Random
) -> None:
    (name,) = sheet.choose
    labels = choices(catalogue, form, name)
    codes = {m.label[form.lang]: m.code for m in catalogue.codes[name].values()}
    known = len(sheet.rows) - 1
    numbers = []
    for offset in range(known):
        number = chance.randrange(0, 9)
        filling.cells[(sheet.name, FIRST + 1 + offset, 2)] = number
        filling.expect(sheet.table, form.year, sheet.rows[offset].dims, str(number))
        numbers.append(number)
    taken = {dict(row.dims)[name] for row in sheet.rows}
    free = [label for label in labels if codes[label] not in taken]
    for offset, label in enumerate(chance.sample(free, chance.randrange(0, sheet.slots + 1)), start=known):
        number = chance.randrange(0, 30)
        filling.cells[(sheet.name, FIRST + 1 + offset, 1)] = label
        filling.cells[(sheet.name, FIRST + 1 + offset, 2)] = number
        dims = tuple(sorted({**dict(sheet.dims), name: codes[label]}.items()))
        filling.expect(sheet.table, form.year, dims, str(number))
        numbers.append(number)
    if numbers:
        filling.expect(sheet.table, form.year, sheet.rows[-1].dims, str(sum(numbers)))


__all__ = ["HIDDEN", "Filling", "fill", "key", "marks", "said"]
