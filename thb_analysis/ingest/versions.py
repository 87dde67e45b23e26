"""Answers that were sent more than once: by their names, which files are one answer, and which of them is later.

The rule: two files of one folder are versions of one answer if their names are the same up to a mark of the version
at the end: `_v2`, ` (1)` (a second download), `_2`, or a word such as `_labots` (words in `catalogue/words.toml`).
A month behind a year, `2023_09`, is no such mark.
A name without a mark is the first version, a word without a number is the second.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from thb_analysis.definitions import Catalogue
from thb_analysis.findings import Finding
from thb_analysis.ingest.words.fold import fold
from thb_analysis.ingest.words.near import bare
from thb_analysis.ingest.words.spans import YEAR
from thb_analysis.observations import Observation

_COPY = re.compile(r"\s*\((\d{1,2})\)$")
_MONTH, _PLAIN = r"(?:0[1-9]|1[0-2])", r"(?:0?[1-9]|1[0-2])"
#: The last month that a name ends with, behind its year or before it: “2023_09”, “2023_01-09”, “09_2023”; no day.
_MONTHS = re.compile(
    rf"(?<![\d.,/-])(?:(?P<year>{YEAR})(?:[ ._M-]?(?P<month>{_MONTH})|[ ._]{_PLAIN}-(?P<last>{_PLAIN}))"
    rf"|(?<!\d[_ ])(?:{_MONTH}-)?(?P<first>{_MONTH})[ ._](?P<second>{YEAR}))$"
)
_ALL_YEAR = re.compile(r"(?<!\d)0?1-12(?!\d)")
_MARK = re.compile(r"[_\- ]+([^\W\d_]*)[_\- .]*(\d{1,2})?$")


@dataclass(frozen=True, slots=True)
class Version:
    """Which answer a file is, and which sending of it."""

    answer: str
    number: int


def unversioned(stem: str, catalogue: Catalogue) -> tuple[str, int]:
    """A file's name (without its ending) without the mark of its version, and the number of the version."""
    copied = _COPY.search(stem)
    if copied:
        base, number = unversioned(stem[: copied.start()], catalogue)
        return base, number + int(copied.group(1))
    marked = _MARK.search(stem)
    if marked is None or not stem[: marked.start()]:
        return stem, 1
    word, digits = bare(marked.group(1)), marked.group(2)
    words = catalogue.words["version"]
    if digits and not word and month_told(stem):
        return stem, 1
    if digits and (not word or word in {bare(each) for each in words["numbered"]}):
        return stem[: marked.start()], int(digits)
    if word in {bare(each) for each in words["corrected"]}:
        return stem[: marked.start()], int(digits or 1) + 1
    return stem, 1


def month_told(stem: str) -> tuple[int, int] | None:
    """The year and the month, the last of several, that a file's name ends with: its figures are of no whole year."""
    found = None if _ALL_YEAR.search(stem) else _MONTHS.search(stem)
    if found is None:
        return None
    year, month, last, first, second = found.groups()
    return int(year or second), int(month or last or first)


def version_of(file: str, catalogue: Catalogue) -> Version:
    """The answer and the version that a file is, by its name in its folder."""
    folder, _, name = file.rpartition("/")
    base, number = unversioned(name.rpartition(".")[0] or name, catalogue)
    return Version(f"{folder}/{fold(base)}", number)


def sent_versions(
    files: Iterable[str], catalogue: Catalogue
) -> tuple[dict[str, tuple[str, int]], list[Finding]]:
    """Files of answers that were sent several times → (answer, version), and a finding for each earlier file."""
    answers: dict[str, dict[str, int]] = {}
    for file in files:
        version = version_of(file, catalogue)
        answers.setdefault(version.answer, {})[file] = version.number
    several = {
        file: (answer, number)
        for answer, versions in answers.items()
        if len(set(versions.values())) > 1
        for file, number in versions.items()
    }
    findings = []
    for file, (answer, number) in several.items():
        later = sorted((n, other) for other, n in answers[answer].items() if n > number)
        if later:
            findings.append(Finding("version_earlier", file, found=file, expected=later[-1][1]))
    return several, findings


def repeated_files(sums: Mapping[str, str], catalogue: Catalogue) -> list[Finding]:
    """A finding for each file with just the bytes of one before it that is another answer; `sums` are their checksums.

    Somebody saved one institution's workbook, or last year's, under the name of another.
    """
    alike: dict[str, list[str]] = {}
    for file, checksum in sums.items():
        if checksum:
            alike.setdefault(checksum, []).append(file)
    findings = []
    for first, *others in alike.values():
        answer = version_of(first, catalogue).answer
        findings += [
            Finding("file_repeated", file, found=file, expected=first)
            for file in others
            if version_of(file, catalogue).answer != answer
        ]
    return findings


def marked_versions(
    observations: Sequence[Observation], files: Iterable[str], catalogue: Catalogue
) -> tuple[list[Observation], list[Finding]]:
    """The observations of answers with several versions marked as such, and a finding for each earlier file."""
    several, findings = sent_versions(files, catalogue)
    if not several:
        return list(observations), []
    marked = [
        o._replace(answer=several[o.file][0], version=several[o.file][1]) if o.file in several else o
        for o in observations
    ]
    return marked, findings
