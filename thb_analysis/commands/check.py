"""`thb check`: what is wrong in a returned workbook, and where."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

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

if TYPE_CHECKING:
    from thb_analysis.definitions import Catalogue
    from thb_analysis.findings import Finding
    from thb_analysis.observations import Observation

#: Findings about whole tables of a form; the letter lists such tables once, among those that have not come.
EMPTY = ("form_table_empty", "form_table_missing")


def add(commands: Commands[argparse.ArgumentParser]) -> None:
    """Declare the command."""
    command = declare(commands, "check", _check, "a returned workbook: what is wrong in it, and where")
    command.add_argument(
        "files", nargs="+", type=Path, metavar="FILE", help="or a folder: all workbooks in it"
    )
    command.add_argument(
        "--annotate",
        type=Path,
        metavar="OUT.xlsx",
        help="a marked copy with comments and a summary, to send back",
    )
    command.add_argument("--letter", type=Path, metavar="OUT.docx", help="a letter with the open questions")
    add_language(command)
    add_folders(command, "processed")


def _check(arguments: argparse.Namespace) -> int:
    from thb_analysis.definitions import load_catalogue
    from thb_analysis.forms.questions import questions
    from thb_analysis.ingest.people import masked
    from thb_analysis.ingest.pipeline import read_file
    from thb_analysis.ingest.words.spans import named_year
    from thb_analysis.language import Language

    messages = language(arguments, "en")
    words = Language(messages)
    files = _named(arguments.files)
    for option, suffix in (("annotate", ".xlsx"), ("letter", ".docx")):
        _check_output(getattr(arguments, option), option, suffix, files)
    catalogue = load_catalogue(arguments.catalogue)
    worst = DONE
    for path in files:
        parent = path.resolve().parent.name
        file = f"{parent}/{path.name}" if parent.isdigit() and named_year(parent) else path.name
        reading = read_file(path, file, catalogue)
        findings = list(
            dict.fromkeys([*reading.findings, *questions(reading, catalogue, arguments.processed)])
        )
        figures = sum(1 for observation in reading.observations if observation.stated)
        counted = (
            words.text("forms.check.figures", n=figures),
            words.text("forms.check.findings", n=len(findings)),
        )
        print(f"{path.with_name(masked(path.name))}: {', '.join(counted)}")
        for finding in findings:
            worded = finding.worded(messages)
            where = " ".join(text for text in (finding.sheet, finding.cell) if text)
            said = [words.text(f"commands.severity.{finding.severity}"), where, worded["message"]]
            print(f"  {': '.join(filter(None, said))} {worded['suggestion']}")
            if finding.severity == "error":
                worst = FINDINGS
        _write(arguments, path, file, reading.observations, findings, catalogue)
    return worst


def _named(given: Sequence[Path]) -> list[Path]:
    """The files that were named, and the workbooks of folders that were."""
    from thb_analysis.ingest.files import workbooks

    found: list[Path] = []
    for path in given:
        if path.is_dir():
            here = list(workbooks(path))
            if not here:
                raise Usage("no_books", folder=path)
            found += here
        elif path.is_file():
            found.append(path)
        else:
            raise Usage("no_file", file=path)
    return found


def _check_output(out: Path | None, option: str, suffix: str, files: list[Path]) -> None:
    if out is None:
        return
    if len(files) > 1:
        raise Usage("one_file", option=option)
    if out.suffix.lower() != suffix:
        raise Usage("suffix", option=option, suffix=suffix, file=out.name)
    if out.exists() and files[0].exists() and out.samefile(files[0]):
        raise Usage("overwrite", option=option, file=files[0])


def _write(
    arguments: argparse.Namespace,
    path: Path,
    file: str,
    rows: Sequence[Observation],
    findings: Sequence[Finding],
    catalogue: Catalogue,
) -> None:
    """The marked copy and the letter, where asked for; in Latvian unless --lang says otherwise."""
    from thb_analysis.forms.annotate import CannotAnnotate, annotated
    from thb_analysis.forms.letter import letter
    from thb_analysis.forms.owed import still_owed
    from thb_analysis.ingest.people import masked
    from thb_analysis.ingest.pipeline import source_of
    from thb_analysis.tidy.store import write_bytes

    lang = language(arguments, "lv")
    if arguments.annotate:
        try:
            write_bytes(arguments.annotate, annotated(path, findings, lang))
        except CannotAnnotate as error:
            raise Usage("no_copy", file=error) from error
        print(f"  {arguments.annotate}")
    if arguments.letter:
        named, _ = source_of(file, catalogue)
        institution = next((row.institution for row in rows if row.institution), named.institution)
        year = max((row.vintage for row in rows), default=0) or named.year
        if not year:
            raise Usage("letter_year", suffix=path.suffix)
        owed = still_owed(catalogue, institution, year, rows) if institution else []
        missing = [catalogue.tables[table].label[lang] for table in owed]
        asked = [f for f in findings if not (f.code in EMPTY and {f.expected, f.hint} & set(owed))]
        write_bytes(arguments.letter, letter(institution, year, masked(path.name), asked, missing, lang))
        print(f"  {arguments.letter}")
