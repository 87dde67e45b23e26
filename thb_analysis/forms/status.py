"""Where a year's request stands: who owes what, who answered, with which versions, and what is open."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from thb_analysis.definitions import Catalogue
from thb_analysis.formplan import institutions
from thb_analysis.forms.owed import tables_owed
from thb_analysis.ingest.files import REFERENCE, workbooks
from thb_analysis.ingest.names import SUFFIXES
from thb_analysis.ingest.people import masked
from thb_analysis.ingest.pipeline import source_of
from thb_analysis.ingest.versions import version_of
from thb_analysis.tidy.evidence import told
from thb_analysis.tidy.store import read_rows

COLUMNS = (
    "institution",
    "state",
    "tables_owed",
    "tables_answered",
    "missing",
    "files",
    "unread",
    "errors",
    "warnings",
)
SHOWN = ("institution", "state", "tables", "files", "missing", "errors", "warnings")  #: to a person
ANSWERED, PARTLY, NOTHING, UNASKED = "answered", "partly", "nothing", "unasked"


@dataclass(frozen=True, slots=True)
class Standing:
    """One institution's standing."""

    institution: str
    state: str  #: answered, partly, nothing; unasked for one that sent figures nobody asked it for
    owed: tuple[str, ...]
    answered: tuple[str, ...]  #: of the tables owed, those with at least one figure stated
    files: tuple[str, ...]  #: what came, with the number of the version where there are several
    unread: tuple[str, ...]  #: files that came after the last ingest
    errors: int  #: findings that are open: a sheet that was sent again settles what was found on it before
    warnings: int

    @property
    def missing(self) -> tuple[str, ...]:
        return tuple(table for table in self.owed if table not in self.answered)

    def row(self) -> list[str]:
        """As a row of the CSV."""
        counts = [str(len(self.owed)), str(len(self.answered))]
        lists = ["; ".join(self.missing), "; ".join(self.files), "; ".join(self.unread)]
        return [self.institution, self.state, *counts, *lists, str(self.errors), str(self.warnings)]


def status(raw: Path, processed: Path, catalogue: Catalogue, year: int) -> list[Standing]:
    """Every institution that is asked for something or has sent something, in the order of the code list.

    Says what the last ingest has found; files that it has not read are named as such.
    """
    files = (masked(path.relative_to(raw).as_posix()) for path in (workbooks(raw) if raw.is_dir() else ()))
    return _standings(files, processed, catalogue, year)


def status_as_read(processed: Path, catalogue: Catalogue, year: int) -> list[Standing]:
    """The same from the tables alone: the files are those that the last ingest has met."""
    lists = (processed / "ledger.csv", processed / "findings.csv")
    files = {row["source_file"] for path in lists if path.exists() for row in read_rows(path)}
    return _standings(sorted(files - {""}), processed, catalogue, year)


def _standings(files: Iterable[str], processed: Path, catalogue: Catalogue, year: int) -> list[Standing]:
    came = _came(files, catalogue, year)
    ledger = processed / "ledger.csv"
    sheets = {
        (row["source_file"], row["source_sheet"]) for row in (read_rows(ledger) if ledger.exists() else ())
    }
    read = {file for file, _ in sheets}
    answered = _answered(processed, catalogue, year)
    open_findings = _findings(processed / "findings.csv", came, sheets, catalogue)
    asked = institutions(catalogue, year)
    return [
        _standing(code, asked, came.get(code, []), read, answered.get(code, set()), open_findings, catalogue)
        for code in catalogue.codes["institution"]
        if code in asked or code in came
    ]


def _standing(
    code: str,
    asked: Sequence[str],
    files: Sequence[str],
    read: set[str],
    answered: set[str],
    findings: Mapping[str, Mapping[str, int]],
    catalogue: Catalogue,
) -> Standing:
    owed = tuple(tables_owed(catalogue, code)) if code in asked else ()
    done = tuple(table for table in owed if table in answered)
    state = NOTHING if not done else ANSWERED if len(done) == len(owed) else PARTLY
    return Standing(
        institution=code,
        state=state if owed else UNASKED,
        owed=owed,
        answered=done,
        files=tuple(_named(file, files, catalogue) for file in files),
        unread=tuple(file for file in files if file not in read),
        errors=sum(findings.get(file, {}).get("error", 0) for file in files),
        warnings=sum(findings.get(file, {}).get("warning", 0) for file in files),
    )


def _named(file: str, files: Sequence[str], catalogue: Catalogue) -> str:
    own = version_of(file, catalogue)
    several = sum(1 for other in files if version_of(other, catalogue).answer == own.answer) > 1
    name = file.rpartition("/")[2]
    return f"{name} [{own.number}]" if several else name


def _came(names: Iterable[str], catalogue: Catalogue, year: int) -> dict[str, list[str]]:
    """The year's files by sender, the earlier versions first."""
    found: dict[str, list[str]] = {}
    for file in names:
        if PurePosixPath(file).suffix.lower() in SUFFIXES and file.split("/")[0] != REFERENCE:
            source, _ = source_of(file, catalogue)
            if source.year == year and source.institution:
                found.setdefault(source.institution, []).append(file)
    for files in found.values():
        files.sort(key=lambda file: (version_of(file, catalogue).answer, version_of(file, catalogue).number))
    return found


def _answered(processed: Path, catalogue: Catalogue, year: int) -> dict[str, set[str]]:
    """Institution → tables of which its workbooks of the year state a figure of the year."""
    found: dict[str, set[str]] = {}
    for row in told(processed, catalogue.tables):
        stated = row["value"] or row["obs_status"] in ("Z", "L", "X")
        if stated and row["vintage"] == str(year) and row["key"].startswith(f"year={year};"):
            found.setdefault(row["institution"], set()).add(row["table"])
    return found


def _findings(
    path: Path, came: Mapping[str, Sequence[str]], sheets: set[tuple[str, str]], catalogue: Catalogue
) -> dict[str, dict[str, int]]:
    """File → how many findings of each severity are open: those of a sheet that was sent again are not."""
    later: dict[str, list[str]] = {}
    for file in (file for files in came.values() for file in files):
        own = version_of(file, catalogue)
        versions = ((other, version_of(other, catalogue)) for files in came.values() for other in files)
        later[file] = [o for o, v in versions if v.answer == own.answer and v.number > own.number]
    found: dict[str, dict[str, int]] = {}
    for row in read_rows(path) if path.exists() else ():
        place = row["source_sheet"]
        again = later.get(row["source_file"], ())
        if any(not place or (other, place) in sheets for other in again):
            continue
        counts = found.setdefault(row["source_file"], {})
        counts[row["severity"]] = counts.get(row["severity"], 0) + 1
    return found
