"""`thb forms`: the yearly request, one workbook an institution."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from thb_analysis.commands.common import (
    DONE,
    Commands,
    Usage,
    add_folders,
    add_language,
    check_year,
    declare,
    language,
)

if TYPE_CHECKING:
    from thb_analysis.definitions import Catalogue


def add(commands: Commands[argparse.ArgumentParser]) -> None:
    """Declare the command."""
    command = declare(commands, "forms", _forms, "the request workbooks of a year, one per institution")
    command.add_argument("--year", type=int, required=True, help="the year that the figures are for")
    command.add_argument("--out", type=Path, default=Path("forms"), metavar="DIR", help="default: forms/")
    command.add_argument(
        "--compare",
        type=Path,
        metavar="OLD",
        help="do not write forms; say what they ask anew, drop or rename against the older form or folder OLD",
    )
    add_language(command)
    add_folders(command, "processed")


def _forms(arguments: argparse.Namespace) -> int:
    from thb_analysis.definitions import load_catalogue
    from thb_analysis.forms.make import make_forms

    check_year(arguments.year)
    catalogue = load_catalogue(arguments.catalogue)
    lang = language(arguments, "lv")
    if arguments.compare:
        return _compare(arguments, catalogue, lang)
    made = make_forms(catalogue, arguments.year, arguments.out, lang, arguments.processed)
    for path in made:
        print(path)
    return DONE


def _compare(arguments: argparse.Namespace, catalogue: Catalogue, lang: str) -> int:
    from thb_analysis.forms.compare import NoForm, compare_forms
    from thb_analysis.language import Language

    words = Language(lang)
    try:
        changes = compare_forms(catalogue, arguments.year, arguments.compare)
    except NoForm as wrong:
        raise Usage("no_form", file=wrong) from wrong
    if not changes:
        print(words.text("forms.compare.same"))
    for institution in dict.fromkeys(change.institution for change in changes):
        print(words.label("institution", institution))
        for change in changes:
            if change.institution == institution:
                print(f"  {change.told(words)}")
    return DONE
