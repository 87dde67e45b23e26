"""The command line: `thb COMMAND`.  Heavy parts are imported inside the commands that need them."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module

from thb_analysis.commands.common import DONE, FAILED, USAGE, Usage, spoken
from thb_analysis.told import Told

#: Modules of `thb_analysis.commands`, in the order of the help; each declares one command.
COMMANDS = ("build", "ingest", "check", "forms", "status", "overview", "export", "explain", "diff")


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; gives the exit code: 0 well, 1 findings of severity error, 2 wrong usage, 3 the run failed."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    given = sys.argv[1:] if argv is None else argv
    arguments = _parser(given[:1]).parse_args(given)
    try:
        return int(arguments.run(arguments))
    except Told as error:
        print(f"thb: {error.in_words(spoken(arguments))}", file=sys.stderr)
        return USAGE if isinstance(error, Usage) else FAILED
    except KeyboardInterrupt:
        stopped = Told("stopped")
        print(f"thb: {stopped.in_words(spoken(arguments))}", file=sys.stderr)
        return FAILED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except Exception as error:
        if os.environ.get("THB_TRACEBACK"):
            raise
        print(f"thb: {type(error).__name__}: {error}", file=sys.stderr)
        return FAILED


class _Version(argparse.Action):
    """Tells the version: to know it takes an import that nothing else needs."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        print(f"thb {import_module('importlib.metadata').version('thb-analysis')}")
        parser.exit()


def _parser(first: Sequence[str]) -> argparse.ArgumentParser:
    """The parser of the command that comes first, or of all: to declare those that are not asked for takes time."""
    parser = argparse.ArgumentParser(
        prog="thb",
        description="Institutions' workbooks on trafficking in human beings: tidy tables, charts, the overview.",
        epilog="Exit codes: 0 all well; 1 done, and findings of severity error exist; 2 wrong usage; 3 failed.",
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="tell the version and stop")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name in first if set(first) & set(COMMANDS) else COMMANDS:
        import_module(f"thb_analysis.commands.{name}").add(commands)
    return parser


if __name__ == "__main__":
    sys.exit(main())
