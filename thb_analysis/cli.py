"""The command line: `thb COMMAND`.  Heavy parts are imported inside the commands that need them."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from thb_analysis.findings import LANGUAGES

DONE, FINDINGS, USAGE, FAILED = 0, 1, 2, 3


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; gives the exit code: 0 well, 1 findings of severity error, 2 wrong usage, 3 the run failed."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    arguments = _parser().parse_args(argv)
    try:
        return int(arguments.run(arguments))
    except _Usage as wrong:
        print(f"thb: {wrong}", file=sys.stderr)
        return USAGE
    except KeyboardInterrupt:
        print("thb: stopped", file=sys.stderr)
        return FAILED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except Exception as error:
        if os.environ.get("THB_TRACEBACK"):
            raise
        print(f"thb: {type(error).__name__}: {error}", file=sys.stderr)
        return FAILED


class _Usage(Exception):
    """What was asked for cannot be asked for."""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="thb",
        description="Institutions' workbooks on trafficking in human beings: tidy tables, charts, the overview.",
        epilog="Exit codes: 0 all well; 1 done, and findings of severity error exist; 2 wrong usage; 3 failed.",
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    command = _command(commands, "build", _build, "everything: ingest, tables, figures, the overview")
    command.add_argument("--year", type=int, help="the overview's year (default: the newest with workbooks)")
    _language(command)
    _folders(command, "raw", "processed", "figures", "reports")

    command = _command(commands, "ingest", _ingest, "raw workbooks to tidy tables, findings and ledger")
    _language(command)
    _folders(command, "raw", "processed")

    command = _command(commands, "check", _check, "a returned workbook: what is wrong in it, and where")
    command.add_argument("files", nargs="+", type=Path, metavar="FILE")
    _language(command)
    _folders(command)

    command = _command(commands, "overview", _overview, "the situation overview from tables that are there")
    command.add_argument("--year", type=int, required=True)
    _language(command)
    _folders(command, "raw", "processed", "figures", "reports")

    command = _command(commands, "explain", _explain, "from a figure back to the cell that it came from")
    command.add_argument("table", metavar="TABLE")
    command.add_argument("key", nargs="*", metavar="KEY=VALUE")
    _folders(command, "processed")
    return parser


def _command(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
    name: str,
    run: Callable[[argparse.Namespace], int],
    summary: str,
) -> argparse.ArgumentParser:
    command = commands.add_parser(name, help=summary, description=summary[0].upper() + summary[1:] + ".")
    command.set_defaults(run=run)
    return command


def _language(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--lang", choices=LANGUAGES, help="language (default: THB_LANG, else lv for reports and en for messages)"
    )


def _folders(command: argparse.ArgumentParser, *names: str) -> None:
    for name in names:
        command.add_argument(f"--{name}", type=Path, default=Path(name), metavar="DIR", help=f"default: {name}/")
    command.add_argument("--catalogue", type=Path, metavar="DIR", help="another catalogue than the one shipped")


def _lang(arguments: argparse.Namespace, default: str) -> str:
    chosen = arguments.lang or os.environ.get("THB_LANG") or default
    if chosen not in LANGUAGES:
        raise _Usage(f"THB_LANG is {chosen}; it can be {' or '.join(LANGUAGES)}")
    return str(chosen)


def _progress() -> Callable[[str], None]:
    """Plain lines; on a terminal, one line that is written over."""
    if sys.stderr.isatty():
        return lambda text: print(f"\r\x1b[2K{text}", end="", file=sys.stderr, flush=True)
    return lambda text: None


def _clear() -> None:
    if sys.stderr.isatty():
        print("\r\x1b[2K", end="", file=sys.stderr, flush=True)


# commands ----------------------------------------------------------------------------------------------


def _build(arguments: argparse.Namespace) -> int:
    from thb_analysis.build import BuildError, Folders, build
    from thb_analysis.definitions import load_catalogue

    folders = Folders(arguments.raw, arguments.processed, arguments.figures, arguments.reports)
    lang, messages = _lang(arguments, "lv"), _lang(arguments, "en")
    _check_year(arguments.year)
    try:
        summary = build(folders, load_catalogue(arguments.catalogue), arguments.year, lang, messages, _progress())
    except BuildError as error:
        _clear()
        print(f"thb: {error}", file=sys.stderr)
        return FAILED
    _clear()
    if summary.ingest is None:
        print("Nothing has changed since the last build.")
    else:
        _told(summary.ingest, folders.processed)
    for path in summary.made:
        print(f"  {path}")
    return FINDINGS if summary.errors else DONE


def _ingest(arguments: argparse.Namespace) -> int:
    from thb_analysis.definitions import load_catalogue
    from thb_analysis.job import run_ingest

    messages = _lang(arguments, "en")
    summary = run_ingest(
        arguments.raw, arguments.processed, load_catalogue(arguments.catalogue), messages, _progress()
    )
    _clear()
    _told(summary, arguments.processed)
    return FINDINGS if summary.failed else DONE


def _told(summary: object, processed: Path) -> None:
    from thb_analysis.job import IngestSummary

    assert isinstance(summary, IngestSummary)
    counted = ", ".join(f"{summary.severities[name]} {name}" for name in ("error", "warning", "info"))
    print(f"Read {summary.files} files, {summary.cells} cells, {summary.figures} figures into {processed}")
    print(f"Findings: {counted} ({processed / 'findings.csv'})")


def _check(arguments: argparse.Namespace) -> int:
    from thb_analysis.definitions import load_catalogue
    from thb_analysis.ingest.labels import named_year
    from thb_analysis.ingest.pipeline import read_file

    messages = _lang(arguments, "en")
    catalogue = load_catalogue(arguments.catalogue)
    worst = DONE
    for path in arguments.files:
        if not path.is_file():
            raise _Usage(f"there is no file {path}")
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


def _overview(arguments: argparse.Namespace) -> int:
    from thb_analysis.build import Folders, overview

    _check_year(arguments.year)
    folders = Folders(arguments.raw, arguments.processed, arguments.figures, arguments.reports)
    made = overview(folders, arguments.year, _lang(arguments, "lv"), _progress())
    _clear()
    for path in made:
        print(path)
    return DONE


def _check_year(year: int | None) -> None:
    from thb_analysis.ingest.labels import named_year

    if year is not None and named_year(str(year)) != year:
        raise _Usage(f"{year} is not a year of this series")


def _explain(arguments: argparse.Namespace) -> int:
    from thb_analysis.door import explain

    key = {}
    for pair in arguments.key:
        name, equals, value = pair.partition("=")
        if not equals:
            raise _Usage(f"{pair} is not of the form KEY=VALUE")
        key[name] = value
    try:
        print(explain(arguments.table, processed=arguments.processed, **key))
    except (KeyError, LookupError) as wrong:
        raise _Usage(str(wrong.args[0])) from wrong
    return DONE


if __name__ == "__main__":
    sys.exit(main())
