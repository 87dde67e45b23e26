"""`thb export`: the tables as files for others, by profile."""

from __future__ import annotations

import argparse
from pathlib import Path

from thb_analysis.commands.common import (
    DONE,
    Commands,
    add_folders,
    add_language,
    declare,
    language,
)

PROFILES = ("internal", "public", "eu")


def add(commands: Commands[argparse.ArgumentParser]) -> None:
    """Declare the command."""
    command = declare(commands, "export", _export, "the tables as files for others")
    command.add_argument(
        "--profile",
        choices=PROFILES,
        required=True,
        help="internal: all; public: under disclosure control; eu: as Eurostat and UNODC ask",
    )
    command.add_argument("--out", type=Path, metavar="DIR", help="default: exports/PROFILE/")
    command.add_argument("--bom", action="store_true", help="begin CSV files with a byte order mark")
    command.add_argument(
        "--delimiter", choices=(",", ";", "tab"), default=",", help="between cells of CSV files (default: ,)"
    )
    command.add_argument(
        "--decimal", choices=(".", ","), default=".", help="decimal sign in CSV files (default: .)"
    )
    command.add_argument(
        "--registry",
        type=Path,
        default=Path("releases/published_cells.csv"),
        metavar="FILE",
        help="what was ever released to the public (default: releases/published_cells.csv)",
    )
    add_language(command)
    add_folders(command, "raw", "processed")


def _export(arguments: argparse.Namespace) -> int:
    from thb_analysis.definitions import load_catalogue
    from thb_analysis.export.profiles import Request, write_files
    from thb_analysis.export.safe import CsvStyle
    from thb_analysis.language import Language

    delimiter = {"tab": "\t"}.get(arguments.delimiter, arguments.delimiter)
    request = Request(
        processed=arguments.processed,
        raw=arguments.raw,
        catalogue=load_catalogue(arguments.catalogue),
        words=Language(language(arguments, "lv")),
        style=CsvStyle(delimiter, arguments.decimal, arguments.bom),
        registry=arguments.registry,
    )
    out = arguments.out or Path("exports") / arguments.profile
    files = _internal(request)
    for path in write_files(files, out):
        print(path)
    return DONE


def _internal(request: object) -> dict[str, bytes]:
    from thb_analysis.export.internal import internal
    from thb_analysis.export.profiles import Request

    assert isinstance(request, Request)
    return internal(request)
