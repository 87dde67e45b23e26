"""`thb ingest`: raw workbooks to tidy tables."""

from __future__ import annotations

import argparse

from thb_analysis.commands.common import (
    DONE,
    FINDINGS,
    Commands,
    add_folders,
    add_language,
    clear,
    declare,
    language,
    progress,
)


def add(commands: Commands[argparse.ArgumentParser]) -> None:
    """Declare the command."""
    command = declare(commands, "ingest", _ingest, "raw workbooks to tidy tables, findings and ledger")
    add_language(command)
    add_folders(command, "raw", "processed")


def _ingest(arguments: argparse.Namespace) -> int:
    from thb_analysis.job import run_ingest
    from thb_analysis.runlock import locked
    from thb_analysis.stamps import SHIPPED

    messages = language(arguments, "en")
    try:
        with locked(arguments.processed, raw=arguments.raw):
            summary = run_ingest(
                arguments.raw, arguments.processed, arguments.catalogue or SHIPPED, messages, progress()
            )
    finally:
        clear()
    print(summary.lines(arguments.processed))
    return FINDINGS if summary.failed else DONE
