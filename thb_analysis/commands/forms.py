"""`thb forms`: the yearly request, one workbook an institution."""

from __future__ import annotations

import argparse
from pathlib import Path

from thb_analysis.commands.common import (
    DONE,
    Commands,
    add_folders,
    add_language,
    check_year,
    declare,
    language,
)


def add(commands: Commands[argparse.ArgumentParser]) -> None:
    """Declare the command."""
    command = declare(commands, "forms", _forms, "the request workbooks of a year, one per institution")
    command.add_argument("--year", type=int, required=True, help="the year that the figures are for")
    command.add_argument("--out", type=Path, default=Path("forms"), metavar="DIR", help="default: forms/")
    add_language(command)
    add_folders(command, "processed")


def _forms(arguments: argparse.Namespace) -> int:
    from thb_analysis.definitions import load_catalogue
    from thb_analysis.forms.make import make_forms

    check_year(arguments.year)
    catalogue = load_catalogue(arguments.catalogue)
    lang = language(arguments, "lv")
    made = make_forms(catalogue, arguments.year, arguments.out, lang, arguments.processed)
    for path in made:
        print(path)
    return DONE
