"""`thb ingest`: raw workbooks to tidy tables."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from thb_analysis.commands.common import (
    DONE,
    FAILED,
    FINDINGS,
    Commands,
    add_folders,
    add_language,
    clear,
    declare,
    language,
    progress,
)

if TYPE_CHECKING:
    from thb_analysis.job import IngestSummary


def add(commands: Commands[argparse.ArgumentParser]) -> None:
    """Declare the command."""
    command = declare(commands, "ingest", _ingest, "raw workbooks to tidy tables, findings and ledger")
    add_language(command)
    add_folders(command, "raw", "processed")


def _ingest(arguments: argparse.Namespace) -> int:
    from thb_analysis.job import run_ingest
    from thb_analysis.runlock import Locked, locked
    from thb_analysis.stamps import SHIPPED

    messages = language(arguments, "en")
    try:
        with locked(arguments.processed):
            summary = run_ingest(
                arguments.raw, arguments.processed, arguments.catalogue or SHIPPED, messages, progress()
            )
    except Locked as other:
        clear()
        print(f"thb: {other}", file=sys.stderr)
        return FAILED
    clear()
    told(summary, arguments.processed, messages)
    return FINDINGS if summary.failed else DONE


def told(summary: IngestSummary, processed: Path, messages: str) -> None:
    """What was read and found, in two lines."""
    from thb_analysis.language import Language

    words = Language(messages)
    read = {name: getattr(summary, name) for name in ("files", "cells", "figures")}
    parts = {name: words.text(f"commands.read.{name}", n=number) for name, number in read.items()}
    print(words.text("commands.read.told", **parts, folder=str(processed)))
    errors, warnings, notices = (
        words.text(f"commands.findings.{name}", n=summary.severities[name])
        for name in ("error", "warning", "info")
    )
    found = {"errors": errors, "warnings": warnings, "notices": notices}
    print(words.text("commands.findings.told", **found, path=str(processed / "findings.csv")))
