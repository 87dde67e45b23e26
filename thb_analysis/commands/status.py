"""`thb status`: who owes what, who answered, and what is open."""

from __future__ import annotations

import argparse
import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from thb_analysis.commands.common import (
    DONE,
    Commands,
    add_folders,
    add_language,
    check_year,
    declare,
    language,
)

if TYPE_CHECKING:
    from thb_analysis.definitions import Catalogue
    from thb_analysis.forms.status import Standing

LONGEST = 46  #: a column of the table on the terminal is broken there


def add(commands: Commands[argparse.ArgumentParser]) -> None:
    """Declare the command."""
    command = declare(commands, "status", _status, "who owes what for a year, who answered, what is open")
    command.add_argument("--year", type=int, required=True)
    command.add_argument("--csv", type=Path, metavar="OUT.csv", help="the same as a CSV")
    add_language(command)
    add_folders(command, "raw", "processed")


def _status(arguments: argparse.Namespace) -> int:
    from thb_analysis.definitions import load_catalogue
    from thb_analysis.forms.status import COLUMNS, status
    from thb_analysis.tidy.store import csv_bytes, write_bytes

    check_year(arguments.year)
    catalogue = load_catalogue(arguments.catalogue)
    rows = status(arguments.raw, arguments.processed, catalogue, arguments.year)
    for line in _table(rows, catalogue, language(arguments, "en")):
        print(line)
    if arguments.csv:
        write_bytes(arguments.csv, csv_bytes(COLUMNS, [row.row() for row in rows]))
        print(arguments.csv)
    return DONE


def _table(rows: Sequence[Standing], catalogue: Catalogue, lang: str) -> list[str]:
    """The table in plain characters; a text that is too long goes on below."""
    from thb_analysis.forms.status import SHOWN
    from thb_analysis.language import Language

    words = Language(lang)
    lines = [[words.text(f"forms.status.{name}") for name in SHOWN]]
    for row in rows:
        missing = ", ".join(catalogue.tables[table].label[lang] for table in row.missing)
        files = ", ".join([*row.files, *(words.text("forms.status.unread", file=f) for f in row.unread)])
        tables = f"{len(row.answered)}/{len(row.owed)}"
        state = words.text(f"forms.status.{row.state}")
        lines.append([row.institution, state, tables, files, missing, str(row.errors), str(row.warnings)])
    broken = [[textwrap.wrap(text, LONGEST) or [""] for text in line] for line in lines]
    widths = [max(len(part) for line in broken for part in line[column]) for column in range(len(SHOWN))]
    out = []
    for number, line in enumerate(broken):
        for part in range(max(len(cell) for cell in line)):
            texts = (cell[part] if part < len(cell) else "" for cell in line)
            out.append(
                "  ".join(f"{text:<{width}}" for text, width in zip(texts, widths, strict=True)).rstrip()
            )
        if number == 0:
            out.append("  ".join("-" * width for width in widths))
    return out
