"""`thb explain`: from a figure back to its cell."""

from __future__ import annotations

import argparse

from thb_analysis.commands.common import (
    DONE,
    Commands,
    Usage,
    add_folders,
    add_language,
    declare,
    language,
)


def add(commands: Commands[argparse.ArgumentParser]) -> None:
    """Declare the command."""
    command = declare(commands, "explain", _explain, "from a figure back to the cell that it came from")
    command.add_argument("table", metavar="TABLE")
    command.add_argument("key", nargs="*", metavar="KEY=VALUE")
    add_language(command)
    add_folders(command, "processed")


def _explain(arguments: argparse.Namespace) -> int:
    from thb_analysis.definitions import load_catalogue
    from thb_analysis.door import explain
    from thb_analysis.language import Language

    words = Language(language(arguments, "en"))
    key = {}
    for pair in arguments.key:
        name, equals, value = pair.partition("=")
        if not equals:
            raise Usage("pair", found=pair)
        key[name] = value
    catalogue = load_catalogue(arguments.catalogue)
    try:
        found = explain(arguments.table, arguments.processed, catalogue, **key)
    except (KeyError, LookupError) as wrong:
        raise Usage("as_it_is", problem=wrong.args[0]) from wrong
    print(found.told(words))
    return DONE
