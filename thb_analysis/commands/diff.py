"""`thb diff`: what the workbooks of one year changed in what earlier ones had said."""

from __future__ import annotations

import argparse

from thb_analysis.commands.common import (
    DONE,
    Commands,
    Usage,
    add_folders,
    add_language,
    clear,
    declare,
    language,
    progress,
)


def add(commands: Commands[argparse.ArgumentParser]) -> None:
    """Declare the command."""
    command = declare(commands, "diff", _diff, "what was revised between the workbooks of two years")
    command.add_argument(
        "--from",
        type=int,
        dest="before",
        metavar="YEAR",
        help="workbooks up to this year (default: the one before)",
    )
    command.add_argument(
        "--to", type=int, dest="after", metavar="YEAR", help="and up to this one (default: the newest)"
    )
    command.add_argument("--added", action="store_true", help="also figures that were not known before")
    add_language(command)
    add_folders(command, "raw")


def _diff(arguments: argparse.Namespace) -> int:
    from thb_analysis.definitions import load_catalogue
    from thb_analysis.ingest.pipeline import ingest
    from thb_analysis.language import Language
    from thb_analysis.observations import plain
    from thb_analysis.tidy.changes import changes
    from thb_analysis.tidy.reconcile import value_text

    words = Language(language(arguments, "en"))
    catalogue = load_catalogue(arguments.catalogue)
    if not arguments.raw.is_dir():
        raise Usage("no_folder", folder=arguments.raw)
    observations = ingest(arguments.raw, catalogue, progress()).observations
    clear()
    series = {table.id for table in catalogue.tables.values() if table.values == "series"}
    vintages = sorted({o.vintage for o in observations if o.vintage and o.table not in series})
    if not vintages:
        raise Usage("no_year", folder=arguments.raw)
    after = arguments.after or vintages[-1]
    before = arguments.before or max((year for year in vintages if year < after), default=after)
    found = changes(observations, before, after, catalogue, arguments.added)
    print(words.text("diff.head", before=str(before), after=str(after), n=len(found)))
    for change in found:
        size = f" ({plain(change.size)})" if change.size is not None else ""
        print(f"{words.text(f'diff.{change.kind}')}: {change.table} {change.key}{size}")
        for name, said in (("was", change.old), ("is", change.new)):
            if said is not None:
                where = {"file": said.file, "sheet": said.sheet, "cell": said.cell}
                value = value_text(said) or said.status
                print(words.text("diff.place", name=words.text(f"diff.{name}"), value=value, **where))
    return DONE
