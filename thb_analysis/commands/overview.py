"""`thb overview`: the situation overview alone, without the other analyses."""

from __future__ import annotations

import argparse

from thb_analysis.commands.build import add_making, asked, made
from thb_analysis.commands.common import Commands, add_folders, add_language, declare


def add(commands: Commands[argparse.ArgumentParser]) -> None:
    """Declare the command."""
    command = declare(
        commands, "overview", _overview, "the situation overview, tables included where they changed"
    )
    command.add_argument("--year", type=int, help="default: that of --as-of, else the newest with workbooks")
    add_making(command)
    add_language(command)
    add_folders(command, "raw", "processed", "figures", "reports")


def _overview(arguments: argparse.Namespace) -> int:
    folders, request = asked(arguments, analyses=False)
    return made(arguments, folders, request, "overview")
