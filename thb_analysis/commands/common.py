"""What every command shares: exit codes, languages, folders, progress, and how a command is declared."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path

from thb_analysis.told import Told

DONE, FINDINGS, USAGE, FAILED = 0, 1, 2, 3

LANGUAGES = tuple(sorted(path.name for path in (Path(__file__).parents[1] / "catalogue" / "texts").iterdir()))
"""The languages that there are words in; looked up here, since the help should not wait for more."""

Commands = argparse._SubParsersAction  # the type that argparse gives; it has no public name


class Usage(Told):
    """What was asked for cannot be asked for; the message says why."""


def declare(
    commands: Commands[argparse.ArgumentParser],
    name: str,
    run: Callable[[argparse.Namespace], int],
    summary: str,
) -> argparse.ArgumentParser:
    """A command's parser; `run` gets the arguments and gives the exit code."""
    command = commands.add_parser(name, help=summary, description=summary[0].upper() + summary[1:] + ".")
    command.set_defaults(run=run)
    return command


def add_language(command: argparse.ArgumentParser) -> None:
    """The option --lang."""
    command.add_argument(
        "--lang",
        choices=LANGUAGES,
        help="language (default: THB_LANG, else lv for reports and en for messages)",
    )


def add_folders(command: argparse.ArgumentParser, *names: str) -> None:
    """The options for folders, each with its default, and --catalogue."""
    for name in names:
        command.add_argument(
            f"--{name}", type=Path, default=Path(name), metavar="DIR", help=f"default: {name}/"
        )
    command.add_argument(
        "--catalogue", type=Path, metavar="DIR", help="another catalogue than the one shipped"
    )


def language(arguments: argparse.Namespace, default: str) -> str:
    """The language asked for: the option, else THB_LANG, else the default."""
    chosen = arguments.lang or os.environ.get("THB_LANG") or default
    if chosen not in LANGUAGES:
        raise Usage("language", found=chosen, known=", ".join(LANGUAGES))
    return str(chosen)


def spoken(arguments: argparse.Namespace) -> str:
    """The language of what goes wrong: as asked for, English where that cannot be."""
    chosen = getattr(arguments, "lang", None) or os.environ.get("THB_LANG")
    return chosen if chosen in LANGUAGES else "en"


def check_year(year: int | None) -> None:
    """Raise Usage for a year that cannot be one of this series."""
    from thb_analysis.ingest.words.spans import named_year

    if year is not None and named_year(str(year)) != year:
        raise Usage("year", year=year)


def progress() -> Callable[[str], None]:
    """What is under way: on a terminal one line that is written over, elsewhere nothing."""
    if sys.stderr.isatty():
        return lambda text: print(f"\r\x1b[2K{text}", end="", file=sys.stderr, flush=True)
    return lambda text: None


def clear() -> None:
    """Take the line of progress away."""
    if sys.stderr.isatty():
        print("\r\x1b[2K", end="", file=sys.stderr, flush=True)
