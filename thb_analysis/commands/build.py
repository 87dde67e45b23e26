"""`thb build`: everything in one go."""

from __future__ import annotations

import argparse
import sys

from thb_analysis.commands.common import (
    DONE,
    FAILED,
    FINDINGS,
    Commands,
    add_folders,
    add_language,
    check_year,
    clear,
    declare,
    language,
    progress,
)
from thb_analysis.commands.ingest import told


def add(commands: Commands[argparse.ArgumentParser]) -> None:
    """Declare the command."""
    command = declare(commands, "build", _build, "everything: ingest, tables, figures, the overview")
    command.add_argument("--year", type=int, help="the overview's year (default: the newest with workbooks)")
    add_language(command)
    add_folders(command, "raw", "processed", "figures", "reports")


def _build(arguments: argparse.Namespace) -> int:
    from thb_analysis.build import BuildError, Folders, build
    from thb_analysis.definitions import load_catalogue

    folders = Folders(arguments.raw, arguments.processed, arguments.figures, arguments.reports)
    lang, messages = language(arguments, "lv"), language(arguments, "en")
    check_year(arguments.year)
    try:
        summary = build(
            folders, load_catalogue(arguments.catalogue), arguments.year, lang, messages, progress()
        )
    except BuildError as error:
        clear()
        print(f"thb: {error}", file=sys.stderr)
        return FAILED
    clear()
    if summary.ingest is None:
        print("Nothing has changed since the last build.")
    else:
        told(summary.ingest, folders.processed)
    for path in summary.made:
        print(f"  {path}")
    return FINDINGS if summary.errors else DONE
