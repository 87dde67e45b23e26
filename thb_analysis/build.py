"""Everything in one go: ingest, tables, notebooks, figures, the overview; no work where nothing changed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from thb_analysis.definitions import SHIPPED, Catalogue
from thb_analysis.ingest.labels import named_year
from thb_analysis.ingest.pipeline import REFERENCE, workbooks
from thb_analysis.job import IngestSummary, run_ingest
from thb_analysis.tidy.store import write_bytes

STATE = ".build.json"


@dataclass(frozen=True, slots=True)
class Folders:
    """Where a run reads and writes."""

    raw: Path = Path("raw")
    processed: Path = Path("processed")
    figures: Path = Path("figures")
    reports: Path = Path("reports")

    def outputs(self) -> Mapping[str, Path]:
        return {"processed": self.processed, "figures": self.figures, "reports": self.reports}


@dataclass(frozen=True, slots=True)
class BuildSummary:
    """What a build came to; `ingest` is None where nothing had changed."""

    year: int
    made: tuple[Path, ...]
    ingest: IngestSummary | None
    errors: int


class BuildError(Exception):
    """A build that could not be finished; the message says what to do."""


def newest_year(raw: Path) -> int:
    """The latest year that a workbook's folder or name holds.  BuildError where there is none."""
    years = raw_years(raw)
    if not years:
        raise BuildError(f"No workbook with a year in its name or folder under {raw}")
    return max(years)


def raw_years(raw: Path) -> set[int]:
    """The years of the institutions' workbooks."""
    found = set()
    for path in workbooks(raw):
        parts = path.relative_to(raw).parts
        if parts[0] != REFERENCE:
            year = named_year(path.stem) or next((y for y in map(named_year, parts[:-1]) if y), None)
            if year:
                found.add(year)
    return found


def notebooks_folder() -> Path:
    """The notebooks that come with the program: beside the package in a checkout."""
    return SHIPPED.parent.parent / "notebooks"


def build(
    folders: Folders,
    catalogue: Catalogue,
    year: int | None,
    lang: str,
    log_lang: str,
    progress: Callable[[str], None],
) -> BuildSummary:
    """Ingest, tables, and the overview of a year.

    Does nothing where the inputs are those of the last build and its outputs are still there, unchanged.
    Raises BuildError, or a NotebookError that names the notebook and the cell.
    """
    if not folders.raw.is_dir():
        raise BuildError(f"There is no folder {folders.raw}")
    chosen = year or newest_year(folders.raw)
    state_path = folders.processed / STATE
    wanted = f"{chosen} {lang} {log_lang} {_fingerprint(folders.raw, catalogue)}"
    known = _read_state(state_path)
    entry = known.get(f"{chosen} {lang}")
    if entry and entry["inputs"] == wanted and _unchanged(entry["outputs"], folders):
        made = tuple(_place(name, folders) for name in entry["made"])
        return BuildSummary(chosen, made, None, entry["errors"])
    ingested = run_ingest(folders.raw, folders.processed, catalogue, log_lang, progress)
    made = _overview(folders, chosen, lang, progress)
    outputs = _outputs(folders)
    known[f"{chosen} {lang}"] = {
        "inputs": wanted,
        "outputs": outputs,
        "made": [_name(path, folders) for path in made],
        "errors": ingested.severities["error"],
    }
    write_bytes(state_path, json.dumps(known, indent=1, sort_keys=True).encode())
    return BuildSummary(chosen, made, ingested, ingested.severities["error"])


def overview(folders: Folders, year: int, lang: str, progress: Callable[[str], None]) -> tuple[Path, ...]:
    """The overview of a year from tables that are there.  Gives what was made."""
    return _overview(folders, year, lang, progress)


def _overview(folders: Folders, year: int, lang: str, progress: Callable[[str], None]) -> tuple[Path, ...]:
    from thb_analysis.notebooks import run

    report = folders.reports / str(year)
    for folder in (folders.figures, folders.reports):
        folder.mkdir(parents=True, exist_ok=True)
    progress(f"overview {year} {lang}")
    years = raw_years(folders.raw) if folders.raw.is_dir() else set()
    copy = report / f"overview.{lang}.ipynb"
    copy.parent.mkdir(parents=True, exist_ok=True)
    run(
        notebooks_folder() / "overview.ipynb",
        copy,
        {
            "year": year,
            "first_year": min([*years, year]),
            "lang": lang,
            "processed": folders.processed,
            "figures": folders.figures,
            "reports": folders.reports,
        },
        folders=("processed", "figures", "reports"),
    )
    return (report / f"overview.{lang}.html", copy)


def _fingerprint(raw: Path, catalogue: Catalogue) -> str:
    """One checksum over every byte that a build depends on: workbooks, the package, its data, the notebooks."""
    digest = hashlib.sha256()
    package = SHIPPED.parent
    for root, paths in (
        (raw, workbooks(raw)),
        (package, (p for p in sorted(package.rglob("*")) if p.is_file() and "__pycache__" not in p.parts)),
        (catalogue.folder, (p for p in sorted(catalogue.folder.rglob("*")) if p.is_file())),
        (notebooks_folder(), sorted(notebooks_folder().glob("*.ipynb"))),
    ):
        for path in paths:
            digest.update(path.relative_to(root).as_posix().encode() + b"\0")
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _outputs(folders: Folders) -> dict[str, str]:
    found = {}
    for name, folder in folders.outputs().items():
        for path in _files(folder):
            relative = path.relative_to(folder).as_posix()
            found[f"{name}/{relative}"] = hashlib.sha256(path.read_bytes()).hexdigest()
    return found


def _files(folder: Path) -> Iterable[Path]:
    return (p for p in sorted(folder.rglob("*")) if p.is_file() and not p.name.startswith("."))


def _unchanged(outputs: Mapping[str, str], folders: Folders) -> bool:
    for name, digest in outputs.items():
        path = _place(name, folders)
        if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != digest:
            return False
    return True


def _place(name: str, folders: Folders) -> Path:
    folder, _, relative = name.partition("/")
    return folders.outputs()[folder] / relative


def _name(path: Path, folders: Folders) -> str:
    for name, folder in folders.outputs().items():
        if path.is_relative_to(folder):
            return f"{name}/{path.relative_to(folder).as_posix()}"
    raise ValueError(path)


def _read_state(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
