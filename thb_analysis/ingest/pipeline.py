"""From a folder of workbooks to observations: which files there are, who sent them, and for which year."""

from __future__ import annotations

import gc
import os
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from itertools import pairwise
from pathlib import Path

from thb_analysis.definitions import Catalogue, figures, load_catalogue
from thb_analysis.edited import CatalogueError
from thb_analysis.findings import Finding
from thb_analysis.ingest.book import read_book, stopped_book, uncollected
from thb_analysis.ingest.cells import Book
from thb_analysis.ingest.files import REFERENCE, Task, tasks_under
from thb_analysis.ingest.flush import flush
from thb_analysis.ingest.form import form_of, read_answer
from thb_analysis.ingest.guard import MEGABYTES, Stopped, guarded
from thb_analysis.ingest.outcome import LedgerRow, WorkbookReading
from thb_analysis.ingest.people import masked
from thb_analysis.ingest.recognition.keys import Pages, Source
from thb_analysis.ingest.series import read_series
from thb_analysis.ingest.versions import marked_versions, month_told, repeated_files, unversioned
from thb_analysis.ingest.words.fold import fold
from thb_analysis.ingest.words.labels import vocabulary
from thb_analysis.ingest.words.learned import keep
from thb_analysis.ingest.words.near import bare
from thb_analysis.ingest.words.periods import of_part_of_year
from thb_analysis.ingest.words.spans import named_year
from thb_analysis.ingest.words.unaccented import as_typed
from thb_analysis.observations import Observation
from thb_analysis.shelf import Card, Section, SectionKey, Shelf, packed

SENDER_UNKNOWN = "institution_unknown"  #: of a file whose name tells no sender
MOST_WORDS = 8  #: of an institution's name in a file's name
MANY_YOUNG = 20_000  #: objects made since garbage was last looked for
_GLUED = re.compile(r"(?<=[^\W\d_])(?=(?:19|20)\d\d(?!\d))")  #: where a year follows a code at once: “TA2024”


@dataclass(slots=True)
class Ingest:
    """Everything that a folder of workbooks holds."""

    observations: list[Observation] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    ledger: list[LedgerRow] = field(default_factory=list)
    files: dict[str, str] = field(default_factory=dict)  #: file → its checksum


def learn(catalogue: Catalogue) -> None:
    """Learn all words here, so that every process that is forked knows them."""
    for table in figures(catalogue):
        vocabulary(catalogue, table.id)
    keep(catalogue)
    gc.freeze()  # what is learned is never garbage: no collection need look at it, not even now
    gc.set_threshold(MANY_YOUNG)  # there are next to no cycles: what is read goes when nobody holds it


def ingest(
    raw: Path,
    catalogue: Catalogue,
    progress: Callable[[str], None] | None = None,
    wanted: Callable[[Path], bool] = lambda path: True,
    workers: int | None = None,
) -> Ingest:
    """Read every workbook under `raw` that is `wanted`, all into memory.  One file's trouble never stops the others.

    Files are read side by side in processes of their own, each within bounds of time and memory; the result
    does not depend on their number (`workers`, by default one a core).
    """
    result = Ingest()
    tasks, result.findings = tasks_under(raw, catalogue.folder, wanted)
    learn(catalogue)
    crew = min(workers or os.cpu_count() or 1, max(1, len(tasks)))
    for task, reading in zip(tasks, guarded(_read_task, tasks, crew), strict=True):
        if isinstance(reading, Stopped):
            reading = _stopped(task, reading)
        if progress:
            progress(reading.file)
        result.observations += reading.observations
        result.findings += reading.findings
        result.ledger += reading.ledger_rows()
        result.files[reading.file] = reading.sha256
    result.observations, remarks = marked_versions(result.observations, result.files, catalogue)
    result.findings += [*remarks, *repeated_files(result.files, catalogue)]
    return result


def _read_task(task: Task) -> WorkbookReading:
    return read_file(task.path, task.file, load_catalogue(task.catalogue))


def _stopped(task: Task, stopped: Stopped) -> WorkbookReading:
    book = stopped_book(task.path, task.file, stopped)
    return WorkbookReading(book.file, book.sha256, findings=list(book.findings))


def stopped_card(task: Task, stopped: Stopped) -> Card:
    """The card of a file that could not be read within bounds: never put onto the shelf."""
    reading = _stopped(task, stopped)
    return packed(reading.file, reading.sha256, reading.findings, b"", 0, {})[0]


def read_packed(task: Task) -> Card:
    """Read one file and put what it came to onto the shelf; only its card comes back."""
    assert task.shelf is not None
    with uncollected():
        return _read_packed(task, task.shelf)


def _read_packed(task: Task, folder: Path) -> Card:
    reading = read_file(task.path, task.file, load_catalogue(task.catalogue), thin=True)
    sections: dict[SectionKey, Section] = {}
    for observation in reading.observations:
        key = (observation.table, observation.year)
        sections.setdefault(key, Section()).observations.append(observation)
    for plate in reading.plates:
        key = (plate.templates[0].table, plate.templates[0].year)
        sections.setdefault(key, Section()).plates.append(plate)
    text, cells = reading.ledger_text()
    card, pieces = packed(reading.file, reading.sha256, reading.findings, text, cells, sections)
    shelf = Shelf(folder, task.program)
    shelf.put(shelf.name(task.file, reading.sha256), card, pieces, task.run)
    return card


def read_file(path: Path, file: str, catalogue: Catalogue, thin: bool = False) -> WorkbookReading:
    """Read one file.  `file` is its name for findings and rows, with the folders that tell its year.

    With `thin`, large tables come as plates (see `read_workbook`).
    """
    book = flush(read_book(path, file))
    if file.split("/")[0] == REFERENCE:
        return read_series(book, catalogue)
    source, findings = _named_by_form(book, *source_of(file, catalogue))
    source = source._replace(
        file=book.file, pages=Pages(book.sheets)
    )  # without what a file's name must not tell
    findings = [finding._replace(file=book.file, found=masked(finding.found)) for finding in findings]
    typed = as_typed(catalogue, book)
    if typed is not catalogue:
        source, thin = source._replace(catalogue=typed), False  # what is alike is kept by the usual words
    try:
        reading = read_answer(book, source, thin)
    except CatalogueError:
        raise  # no file could be read
    except Exception as error:  # the last guard of "one file never stops the others"; it is an error finding
        told = Finding("file_not_understood", book.file, found=type(error).__name__)
        if isinstance(error, MemoryError):
            told = Finding("file_heavy", book.file, expected=f"{MEGABYTES} MB")
        return WorkbookReading(
            book.file,
            book.sha256,
            findings=[*book.findings, told],
            ledger=[
                LedgerRow(book.file, sheet.name, cell.address, "unread", "") for sheet, cell in book.cells()
            ],
        )
    if findings:
        named = _named_inside(reading)
        findings = [f._replace(hint=named) if f.code == SENDER_UNKNOWN else f for f in findings]
        reading = _withheld(reading)
        reading.findings = [*findings, *reading.findings]
    if not reading.says_something and all(finding.severity != "error" for finding in reading.findings):
        reading.findings.append(Finding("nothing_read", book.file))
    return reading


def _named_by_form(book: Book, source: Source, findings: list[Finding]) -> tuple[Source, list[Finding]]:
    """What the file's name does not say, a request form says itself; where both speak, they must agree."""
    found = form_of(book)
    if found is None or found[0].institution not in source.catalogue.codes["institution"]:
        return source, findings
    form = found[0]
    if not source.institution:
        findings = [finding for finding in findings if finding.code != SENDER_UNKNOWN]
        return source._replace(
            institution=form.institution, topic="", year=source.year or form.year
        ), findings
    return source._replace(year=source.year or form.year), findings


def _named_inside(reading: WorkbookReading) -> str:
    """The institution whose figures they are by the workbook's own titles and headings; "" for none and for several."""
    rows = (*reading.observations, *(row for plate in reading.plates for row in plate.templates))
    named = {row.institution for row in rows}
    return named.pop() if len(named) == 1 else ""


def _withheld(reading: WorkbookReading) -> WorkbookReading:
    """Nothing of a file whose sender or year is in doubt is taken."""
    reading.observations, reading.plates = [], []
    reading.ledger = [
        LedgerRow(
            row.file, row.sheet, row.cell, "unread" if row.role in ("value", "total") else row.role, row.table
        )
        for row in reading.ledger_rows()
    ]
    return reading


def source_of(file: str, catalogue: Catalogue) -> tuple[Source, list[Finding]]:
    """Sender, topic and year from a file's name and folder, and what is wrong with them."""
    parts = file.split("/")
    stem = _GLUED.sub("_", unversioned(parts[-1].rsplit(".", 1)[0], catalogue)[0])
    words = [word for word in stem.replace("-", "_").replace(" ", "_").split("_") if word]
    words = _sender_first(words[_opening(words, catalogue) :], catalogue)
    sender, long = sender_named(words, catalogue)
    if _joined(words[long:], catalogue):
        sender, words = "", [" ".join(words)]
    named, folder = named_year(stem), next((y for y in map(named_year, reversed(parts[:-1])) if y), None)
    findings = []
    if not sender:
        known = ", ".join(catalogue.codes["institution"])
        findings.append(Finding(SENDER_UNKNOWN, file, found=words[0] if words else stem, expected=known))
    if named and folder and named != folder:
        findings.append(Finding("file_year_disagrees", file, found=str(named), expected=str(folder)))
    sent = _month_sent(words, named or folder, catalogue)
    behind = [word for word in words[max(1, long) :] if named_year(word) is None and word not in sent]
    topic = " ".join(word for word in behind if not word.isdigit())
    if of_part_of_year(catalogue, " ".join(behind)):
        topic = " ".join(behind)  # “9 men” is nine months
    year, month = month_told(parts[-1].rsplit(".", 1)[0]) or month_told("_".join(parts[:-1])) or (0, 0)
    topic += f" {year}.{month:02}" if year and year == (named or folder) else ""
    return Source(catalogue, file, sender, fold(topic), named or folder), findings


def _month_sent(words: Sequence[str], year: int | None, catalogue: Catalogue) -> set[str]:
    """The months in a file's name that are of a later year than its figures: when it was sent, “2025_January”."""
    months = tuple(bare(month) for month in catalogue.words["months"])
    beside = {
        word
        for pair in pairwise(words)
        for word, other in (pair, pair[::-1])
        if year is not None and named_year(other) in (year + 1, year + 2)
    }
    return {word for word in beside if bare(word).startswith(months)}


def _sender_first(words: list[str], catalogue: Catalogue) -> list[str]:
    """The words of a name with the sender's code before its topic: “Convicted_TA_2024”; only where it has one code."""
    if sender_named(words, catalogue)[0]:
        return words
    codes = [
        at for at, word in enumerate(words) if word in catalogue.codes["institution"] and word[-1].isupper()
    ]
    if len(codes) != 1:
        return words
    (at,) = codes
    return [words[at], *words[:at], *words[at + 1 :]]


def _joined(words: Sequence[str], catalogue: Catalogue) -> bool:
    """Whether a name goes on with another sender: “VRS and VP”; the figures may be of either or of both."""
    joint = len(words) > 1 and bare(words[0]) in catalogue.words["joint"]
    return joint and bool(sender_named(words[1:], catalogue)[0])


def _opening(words: Sequence[str], catalogue: Catalogue) -> int:
    """How many words stand before the sender in a file's name and say nothing of its figures: “2024”, “Copy of”.

    None of them do where the name begins with a sender, or no sender follows them.
    """
    small = _small_words(catalogue)
    at = 0
    while at < len(words) and not sender_named(words[at:], catalogue)[0]:
        if not (words[at].isdigit() or bare(words[at]) in small):
            return 0
        at += 1
    return at if at < len(words) else 0


@cache
def _small_words(catalogue: Catalogue) -> frozenset[str]:
    """Words that say nothing, as file names write them, and those by which computers call copies."""
    texts = (*catalogue.words["filler"], *catalogue.words["version"]["copied"])
    return frozenset(bare(text) for text in texts if " " not in text)


def sender_named(words: Sequence[str], catalogue: Catalogue) -> tuple[str, int]:
    """The sender with whom a file's name begins, by code or by name, and how many of its words that takes.

    Without regard to case and diacritics, which file names often lack; "" and 0 where it begins with none.
    """
    return _sender_named(tuple(words), catalogue)


@lru_cache(maxsize=100)  # it is asked several times of one name
def _sender_named(words: tuple[str, ...], catalogue: Catalogue) -> tuple[str, int]:
    known = _senders(catalogue)
    for long in range(min(len(words), MOST_WORDS), 0, -1):
        codes = known.get(bare(" ".join(words[:long])), frozenset())
        if len(codes) == 1:
            return next(iter(codes)), long
    return "", 0


@cache
def _senders(catalogue: Catalogue) -> Mapping[str, frozenset[str]]:
    """Each institution's code and names as file names write them, and of whom they are; a code is of its own only."""
    found: dict[str, frozenset[str]] = {}
    for code, member in catalogue.codes["institution"].items():
        for text in member.spellings:
            found[bare(text)] = found.get(bare(text), frozenset()) | {code}
    return found | {bare(code): frozenset({code}) for code in catalogue.codes["institution"]}


def files_named(paths: Iterable[Path], raw: Path) -> list[str]:
    """Paths as findings name them: relative to the raw folder where they lie in it."""
    return [path.relative_to(raw).as_posix() if path.is_relative_to(raw) else path.name for path in paths]
