"""`thb check`: what is wrong in a returned workbook, and where."""

from __future__ import annotations

import argparse
from pathlib import Path

from thb_analysis.commands.common import (
    DONE,
    FINDINGS,
    Commands,
    Usage,
    add_folders,
    add_language,
    declare,
    language,
)


def add(commands: Commands[argparse.ArgumentParser]) -> None:
    """Declare the command."""
    command = declare(commands, "check", _check, "a returned workbook: what is wrong in it, and where")
    command.add_argument("files", nargs="+", type=Path, metavar="FILE")
    add_language(command)
    add_folders(command)


def _check(arguments: argparse.Namespace) -> int:
    from thb_analysis.definitions import load_catalogue
    from thb_analysis.ingest.labels import named_year
    from thb_analysis.ingest.pipeline import read_file

    messages = language(arguments, "en")
    catalogue = load_catalogue(arguments.catalogue)
    worst = DONE
    for path in arguments.files:
        if not path.is_file():
            raise Usage(f"there is no file {path}")
        parent = path.resolve().parent.name
        file = f"{parent}/{path.name}" if parent.isdigit() and named_year(parent) else path.name
        reading = read_file(path, file, catalogue)
        figures = sum(1 for observation in reading.observations if observation.stated)
        print(f"{path}: {figures} figures, {len(reading.findings)} findings")
        for finding in reading.findings:
            worded = finding.worded(messages)
            where = " ".join(text for text in (finding.sheet, finding.cell) if text)
            print(f"  {finding.severity}: {where}: {worded['message']} {worded['suggestion']}")
            if finding.severity == "error":
                worst = FINDINGS
    return worst
