"""`thb build`: everything in one go, as a person asks for it or a scheduler."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from thb_analysis.commands.common import (
    DONE,
    FAILED,
    FINDINGS,
    Commands,
    Usage,
    add_folders,
    add_language,
    check_year,
    declare,
    language,
    spoken,
)
from thb_analysis.told import Told

REGISTRY = Path("releases/published_cells.csv")
LISTING = "files.txt"
"""The list of its files that every export holds."""

if TYPE_CHECKING:
    from thb_analysis.asked import BuildSummary, Folders, Request
    from thb_analysis.commands.bar import Bar
    from thb_analysis.runlog import RunLog


def add(commands: Commands[argparse.ArgumentParser]) -> None:
    """Declare the command."""
    command = declare(
        commands, "build", _build, "everything: ingest, tables, figures, analyses, the overview, exports"
    )
    command.add_argument("--year", type=int, help="the overview's year (default: the newest with workbooks)")
    add_making(command)
    command.add_argument(
        "--if-changed", action="store_true", help="end at once and silently where no file has changed"
    )
    add_language(command)
    add_folders(command, "raw", "processed", "figures", "reports")


def add_making(command: argparse.ArgumentParser) -> None:
    """The options of whatever makes an overview."""
    command.add_argument("--format", default="", metavar="LIST", help="html,docx,pdf (default: all three)")
    command.add_argument(
        "--as-of",
        type=int,
        metavar="YEAR",
        help="only from workbooks received by then, in folders of its own",
    )
    command.add_argument(
        "--edition",
        default="",
        metavar="LIST",
        help="internal: every figure with its cell; public: under disclosure control "
        "(default: both from build, internal from overview)",
    )
    command.add_argument(
        "--registry",
        type=Path,
        default=REGISTRY,
        metavar="FILE",
        help="what was ever released to the public (default: releases/published_cells.csv)",
    )
    command.add_argument(
        "--time-limit", type=float, metavar="SECONDS", help="for one notebook (default: 300)"
    )


def _build(arguments: argparse.Namespace) -> int:
    from thb_analysis.build import unchanged
    from thb_analysis.definitions import load_catalogue

    folders, request = asked(arguments, analyses=True)
    if arguments.if_changed:
        errors = unchanged(folders, load_catalogue(arguments.catalogue), request)
        if errors is not None:
            return FINDINGS if errors else DONE
    return made(arguments, folders, request, "build")


def asked(arguments: argparse.Namespace, analyses: bool) -> tuple[Folders, Request]:
    """What the options ask for; Usage where they cannot."""
    from thb_analysis.asked import FORMATS, TIME_LIMIT, Folders, Request
    from thb_analysis.publish.edition import EDITIONS, INTERNAL

    places = (arguments.raw, arguments.processed, arguments.figures, arguments.reports)
    folders = Folders(*places, arguments.registry)
    for year in (arguments.year, arguments.as_of):
        check_year(year)
    if arguments.time_limit is not None and arguments.time_limit <= 0:
        raise Usage("time_limit")
    formats, editions = _listed(arguments.format), _listed(arguments.edition)
    request = Request(
        year=arguments.year,
        lang=language(arguments, "lv"),
        messages=language(arguments, "en"),
        formats=formats or FORMATS,
        as_of=arguments.as_of,
        analyses=analyses,
        editions=editions or (EDITIONS if analyses else (INTERNAL,)),
        time_limit=arguments.time_limit or TIME_LIMIT,
    )
    return folders, request


def _listed(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))


def made(arguments: argparse.Namespace, folders: Folders, request: Request, name: str) -> int:
    """Make what was asked for, tell people in a few lines and machines in the log; the exit code."""
    from thb_analysis.build import BuildError, WrongRequest, build
    from thb_analysis.commands.bar import Bar
    from thb_analysis.definitions import load_catalogue
    from thb_analysis.runlock import Locked
    from thb_analysis.runlog import RunLog

    signal.signal(signal.SIGTERM, _stop)
    bar = Bar()
    log = RunLog(folders.reports if folders.raw.is_dir() else None, name)
    teller = _Teller(bar, log)
    log.write("start", year=request.year, lang=request.lang, formats=request.formats, as_of=request.as_of)
    try:
        summary = build(folders, load_catalogue(arguments.catalogue), request, teller)
    except WrongRequest as wrong:
        log.write("refused", reason=str(wrong))
        raise Usage(wrong.key, **wrong.about) from None
    except (BuildError, Locked, OSError) as error:
        bar.clear()
        log.write("failed", kind=type(error).__name__, reason=str(error))
        lang = spoken(arguments)
        said = [error.in_words(lang) if isinstance(error, Told) else str(error)]
        if isinstance(error, OSError):
            said.append(Told("left_standing").in_words(lang))
        print(f"thb: {'. '.join(said)}", file=sys.stderr)
        return FAILED
    except BaseException as error:
        bar.clear()
        log.write("stopped", kind=type(error).__name__, reason=str(error))
        raise
    bar.clear()
    log.write(
        "end", fresh=summary.fresh, errors=summary.errors, made=[path.as_posix() for path in summary.made]
    )
    _tell(summary, request, folders.processed)
    return FINDINGS if summary.errors else DONE


class _Teller:
    """Tells the bar and the log."""

    def __init__(self, bar: Bar, log: RunLog) -> None:
        self._bar, self._log = bar, log

    def plan(self, steps: int) -> None:
        self._bar.plan(steps)

    def step(self, name: str) -> None:
        self._bar.step(name)

    def event(self, name: str, **fields: Any) -> None:
        self._log.write(name, **fields)


def _tell(summary: BuildSummary, request: Request, processed: Path) -> None:
    """The one summary at the end."""
    from thb_analysis.language import Language

    words = Language(request.messages)
    if summary.recovered:
        print(words.text("commands.build.recovered"))
    if summary.vanished:
        print(words.text("commands.build.vanished", files=", ".join(summary.vanished)))
    if not summary.fresh:
        print(words.text("commands.build.unchanged"))
    elif summary.ingest is None:
        print(words.text("commands.build.remade"))
    else:
        print(summary.ingest.lines(processed))
    print(words.text("commands.build.made", year=summary.year, lang=request.lang, n=summary.notebooks))
    shown = [path for path in summary.made if path.suffix != ".ipynb"]
    exports = [path for path in shown if path.name == LISTING]
    for path in shown:
        if not any(path.is_relative_to(each.parent) for each in exports):
            print(f"  {path}")
    for path in exports:
        print(f"  {path.parent}{os.sep}")


def _stop(number: int, frame: object) -> None:
    """A polite request to end is like a key press: kernels are ended, what was begun is thrown away."""
    raise KeyboardInterrupt
