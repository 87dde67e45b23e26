"""`thb overview`: the situation overview from tables that are there."""

from __future__ import annotations

import argparse

from thb_analysis.commands.common import (
    DONE,
    Commands,
    add_folders,
    add_language,
    check_year,
    clear,
    declare,
    language,
    progress,
)


def add(commands: Commands[argparse.ArgumentParser]) -> None:
    """Declare the command."""
    command = declare(commands, "overview", _overview, "the situation overview from tables that are there")
    command.add_argument("--year", type=int, required=True)
    add_language(command)
    add_folders(command, "raw", "processed", "figures", "reports")


def _overview(arguments: argparse.Namespace) -> int:
    from thb_analysis.build import Folders, overview

    check_year(arguments.year)
    folders = Folders(arguments.raw, arguments.processed, arguments.figures, arguments.reports)
    made = overview(folders, arguments.year, language(arguments, "lv"), progress())
    clear()
    for path in made:
        print(path)
    return DONE
