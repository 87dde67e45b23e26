"""`thb export`: the tables as files for others, by profile."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from thb_analysis.commands.common import (
    DONE,
    Commands,
    add_folders,
    add_language,
    declare,
    language,
)

if TYPE_CHECKING:
    from thb_analysis.export.profiles import Request

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
    command.add_argument(
        "--release", default="", metavar="NAME", help="name of a public release (default: the next number)"
    )
    add_language(command)
    add_folders(command, "raw", "processed")


def _export(arguments: argparse.Namespace) -> int:
    from thb_analysis.definitions import load_catalogue
    from thb_analysis.export.profiles import Request
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
    made = {"internal": _internal, "public": _public, "eu": _eu}[arguments.profile]
    for path in made(request, out, arguments.release):
        print(path)
    return DONE


def _internal(request: Request, out: Path, _: str) -> list[Path]:
    from thb_analysis.export.internal import internal
    from thb_analysis.export.profiles import write_files

    return write_files(internal(request), out)


def _public(request: Request, out: Path, release: str) -> list[Path]:
    from thb_analysis.disclosure.registry import read_registry, record
    from thb_analysis.export.profiles import write_files
    from thb_analysis.export.public import public

    files, published = public(request)
    # First the registry: a figure that is recorded and not published does no harm, the reverse would.
    record(request.registry, read_registry(request.registry), published, release)
    return write_files(files, out)


def _eu(request: Request, out: Path, _: str) -> list[Path]:
    from thb_analysis.export.eu import eu
    from thb_analysis.export.profiles import write_files

    return write_files(eu(request), out)
