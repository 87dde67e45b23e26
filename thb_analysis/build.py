"""The main job: ingest, tables, notebooks, figures and the overview in all its forms, put into place at once.

No work is done twice: what was made is remembered by checksums of all that it was made from.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from thb_analysis.asked import FORMATS, BuildSummary, Folders, Request, Teller
from thb_analysis.definitions import SHIPPED, Catalogue
from thb_analysis.ingest.files import REFERENCE, workbooks
from thb_analysis.ingest.people import masked
from thb_analysis.ingest.words.spans import named_year
from thb_analysis.last import beside
from thb_analysis.memory import Memory, fingerprint, package_files, stamp
from thb_analysis.publish.edition import EDITIONS, INTERNAL, Edition, comments_file
from thb_analysis.runlock import locked
from thb_analysis.staging import Staging
from thb_analysis.told import Told

if TYPE_CHECKING:
    from thb_analysis.job import IngestSummary
    from thb_analysis.notebooks import Job, Outcome
    from thb_analysis.warm import Nursery

OWN_REFERENCE = "reference.docx"


class BuildError(Told):
    """A build that could not be finished; the message says what to do."""


class WrongRequest(BuildError):
    """A build that cannot be asked for: a year without workbooks, an unknown format."""


class NotebooksFailed(BuildError):
    """Notebooks that failed; `failures` has the error of each."""

    def __init__(self, failures: Sequence[Exception]) -> None:
        self.failures = tuple(failures)
        told = "\n".join(f"  {failure}" for failure in failures)
        super().__init__("notebooks_failed", failures=told)


def build(folders: Folders, catalogue: Catalogue, request: Request, teller: Teller) -> BuildSummary:
    """Everything asked for, or nothing: outputs are put into place when all of them are made.

    Does nothing where all that it would be made from is as at the last build and the outputs are still there.
    Raises WrongRequest, BuildError, NotebooksFailed, Locked or OSError; what was there before is left standing.
    """
    request = _checked(folders, request)
    own = folders
    if request.as_of is not None:
        folders = folders.as_of(request.as_of)
    with locked(*folders.outputs().values(), raw=folders.raw):
        staging = Staging(folders.outputs())
        recovered = staging.recover()
        if recovered:
            teller.event("recovered")
        made = _Build(folders, own, catalogue, request, teller, staging).run()
        return replace(made, recovered=recovered)


def unchanged(folders: Folders, catalogue: Catalogue, request: Request) -> int | None:
    """The errors of the last build where no input has another size or time since, by a look at the files only."""
    if not folders.raw.is_dir() or (request.year or newest_year(folders.raw)) is None:
        return None
    request = replace(request, year=request.year or request.as_of or newest_year(folders.raw))
    place = folders if request.as_of is None else folders.as_of(request.as_of)
    if Staging(place.outputs()).unfinished():
        return None
    remembered = Memory.read(place.processed).runs.get(_key(request), {})
    if remembered.get("stamp") != stamp(_inputs(folders, catalogue, request), _settings(request)):
        return None
    outputs = place.outputs()
    if not all(_place(name, outputs).is_file() for name in remembered["outputs"]):
        return None
    return int(remembered["errors"])


def newest_year(raw: Path) -> int | None:
    """The latest year that a workbook's folder or name holds."""
    return max(raw_years(raw), default=None)


def raw_years(raw: Path) -> set[int]:
    """The years of the institutions' workbooks."""
    found = {received(raw, path) for path in workbooks(raw) if path.relative_to(raw).parts[0] != REFERENCE}
    return {year for year in found if year}


def received(raw: Path, path: Path) -> int | None:
    """The year of a file: by its name, else by its folder."""
    return named_year(path.stem) or next(
        (year for year in map(named_year, reversed(path.relative_to(raw).parts[:-1])) if year), None
    )


def notebooks_folder() -> Path:
    """The notebooks that come with the program: beside the package in a checkout."""
    return SHIPPED.parent.parent / "notebooks"


def _checked(folders: Folders, request: Request) -> Request:
    """The request with its year; everything that can be wrong is found before anything is done."""
    if not folders.raw.is_dir():
        raise BuildError("no_folder", folder=folders.raw)
    years = raw_years(folders.raw)
    if not years:
        raise BuildError("no_year", folder=folders.raw)
    year = request.year or request.as_of or max(years)
    told = ", ".join(map(str, sorted(years)))
    if year not in years:
        raise WrongRequest("no_workbook", year=year, folder=folders.raw, known=told)
    if request.as_of is not None and request.as_of < year:
        raise WrongRequest("as_of", year=year, as_of=str(request.as_of))
    if strange := set(request.formats) - set(FORMATS):
        raise WrongRequest("format", found=", ".join(sorted(strange)), known=", ".join(FORMATS))
    if strange := set(request.editions) - set(EDITIONS):
        raise WrongRequest("edition", found=", ".join(sorted(strange)), known=", ".join(EDITIONS))
    if not request.formats:
        raise WrongRequest("no_format", known=", ".join(FORMATS))
    return replace(request, year=year)


def _wanted(raw: Path, request: Request) -> Callable[[Path], bool]:
    """Whether a workbook had been received by the time asked about."""
    return lambda path: request.as_of is None or (received(raw, path) or 0) <= request.as_of


def _inputs(folders: Folders, catalogue: Catalogue, request: Request) -> list[tuple[Path, Path]]:
    """Every file that the outputs are made from, with the folder that its name is counted from."""
    wanted = _wanted(folders.raw, request)
    files = [(folders.raw, path) for path in workbooks(folders.raw) if wanted(path)]
    files += package_files(SHIPPED.parent)
    if catalogue.folder != SHIPPED:
        files += package_files(catalogue.folder)
    files += [(notebooks_folder(), path) for path in sorted(notebooks_folder().glob("*.ipynb"))]
    year = folders.reports / str(request.year)
    own = [year / comments_file(Edition(name), request.lang) for name in request.editions]
    own.append(folders.reports / OWN_REFERENCE)
    files += [(folders.reports, path) for path in own if path.is_file()]
    return files + [(folders.registry.parent, path) for path in (folders.registry,) if path.is_file()]


def _settings(request: Request) -> str:
    what = "all" if request.analyses else "overview"
    made = f"{','.join(request.formats)} {','.join(request.editions)}"
    return f"{request.year} {request.lang} {request.messages} {made} {request.as_of} {what}"


def _key(request: Request) -> str:
    what = "" if request.analyses else " overview"
    editions = "" if request.editions == (INTERNAL,) else f" {','.join(request.editions)}"
    return f"{request.year} {request.lang}{what}{editions}"


def _place(name: str, outputs: dict[str, Path]) -> Path:
    folder, _, relative = name.partition("/")
    return outputs[folder] / relative


class _Build:
    """One build under its locks: decides what has to be made, makes it aside, puts it into place."""

    def __init__(
        self,
        folders: Folders,
        own: Folders,
        catalogue: Catalogue,
        request: Request,
        teller: Teller,
        staging: Staging,
    ) -> None:
        self.folders, self.own, self.catalogue = folders, own, catalogue
        self.request, self.teller, self.staging = request, teller, staging
        self.memory = Memory.read(folders.processed)
        self.inputs = _inputs(own, catalogue, request)

    def run(self) -> BuildSummary:
        request, year = self.request, self.request.year or 0
        everything = fingerprint(self.inputs, _settings(request))
        before = self.memory.runs.get(_key(request), {})
        outputs = self.folders.outputs()
        if before.get("inputs") == everything and self.memory.holds(before["outputs"], outputs):
            self._remember_stamp(before)
            made = tuple(_place(name, outputs) for name in before["made"])
            return BuildSummary(year, made, None, int(before["errors"]), fresh=False)
        made_of = (self.own.raw, SHIPPED.parent, self.catalogue.folder)
        raw = [(root, path) for root, path in self.inputs if root in made_of]
        tables = fingerprint(raw, request.messages)
        vanished = self._vanished()
        stale = self.memory.ingest.get("inputs") != tables or not self.memory.holds(
            self.memory.ingest["outputs"], outputs
        )
        jobs_ahead = len(request.editions) + len(self._analyses()) + request.analyses
        self.teller.plan(jobs_ahead + (sum(root == self.own.raw for root, _ in raw) if stale else 0))
        self.staging.begin()
        try:
            with ThreadPoolExecutor(1) as meanwhile, _warm() as nursery:
                ingested = self._ingest(tables) if stale else None
                exported = meanwhile.submit(self._export, stale) if request.analyses else None
                outcomes = self._run_notebooks(nursery, stale)
                if exported is not None:
                    exported.result()
                    self.teller.step("exports")
                    self.teller.event("exported")
            summary = self._commit(everything, before, ingested, len(outcomes))
        except BaseException:
            self.staging.discard()
            raise
        return replace(summary, vanished=vanished)

    # -- steps ---------------------------------------------------------------------------------------------

    def _ingest(self, tables: str) -> IngestSummary:
        from thb_analysis.job import run_ingest

        self.teller.event("ingest")
        summary = run_ingest(
            self.own.raw,
            self.staging.place("processed"),
            self.catalogue,
            self.request.messages,
            self.teller.step,
            _wanted(self.own.raw, self.request),
            shelf=beside(self.folders.processed),
            standing=self.folders.processed,
        )
        self.memory.ingest = {
            "inputs": tables,
            "files": self._named(),
            "outputs": self.memory.digests(self.staging, ["processed"]),
            "errors": summary.severities["error"],
        }
        self.teller.event(
            "ingested",
            files=summary.files,
            cells=summary.cells,
            figures=summary.figures,
            findings=dict(summary.severities),
        )
        return summary

    def _run_notebooks(self, nursery: Nursery | None, stale: bool) -> list[Outcome]:
        from thb_analysis.notebooks import ParameterError, run_all

        processed = self._tables(stale)
        overview = notebooks_folder() / "overview.ipynb"
        jobs = [self._job(overview, processed, Edition(name)) for name in self.request.editions]
        jobs += [self._job(path, processed, Edition()) for path in self._analyses()]
        try:
            outcomes = run_all(jobs, self.request.workers, nursery, self._ended)
        except ParameterError as error:
            raise BuildError("as_it_is", problem=error) from error
        failures = [outcome.error for outcome in outcomes if outcome.error is not None]
        if failures:
            raise NotebooksFailed(failures)
        return outcomes

    def _tables(self, stale: bool) -> Path:
        return self.staging.place("processed") if stale else self.folders.processed

    def _export(self, stale: bool) -> None:
        """The exports of the tables, while kernels are at work; the public one as a draft, which is not recorded."""
        from thb_analysis.export.made import make_exports
        from thb_analysis.export.profiles import Request as Export
        from thb_analysis.export.safe import CsvStyle
        from thb_analysis.language import Language

        words, registry = Language(self.request.lang), self.own.registry
        asked = Export(self._tables(stale), self.own.raw, self.catalogue, words, CsvStyle(), registry)
        make_exports(asked, self.staging.place("reports"))

    def _job(self, notebook: Path, processed: Path, edition: Edition) -> Job:
        from thb_analysis.notebooks import Job, parameters_of

        request, reports = self.request, self.staging.place("reports")
        name = edition.file(notebook.stem, request.lang)
        given: dict[str, Any] = {
            "year": request.year,
            "first_year": min([*raw_years(self.own.raw), request.year or 0]),
            "lang": request.lang,
            "formats": list(request.formats),
            "as_of": request.as_of,
            "processed": processed,
            "figures": self.staging.place("figures"),
            "reports": reports,
            "comments": self.own.reports,
            "edition": edition.name,
            "registry": self.own.registry,
        }
        declared = parameters_of(notebook)
        if edition.is_public and "edition" not in declared:
            raise BuildError("notebook_edition", notebook=notebook.name)
        return Job(
            notebook,
            reports / str(request.year) / f"{name}.ipynb",
            {key: value for key, value in given.items() if key in declared},
            [key for key in ("processed", "figures", "reports", "comments") if key in declared],
            request.time_limit,
            self.folders.reports / str(request.year) / f"{name}.failed.ipynb",
        )

    def _ended(self, outcome: Outcome) -> None:
        name, seconds = outcome.job.notebook.name, round(outcome.seconds, 3)
        self.teller.step(name)
        error = None if outcome.error is None else str(outcome.error)
        self.teller.event("notebook", notebook=name, took=seconds, error=error)

    def _commit(
        self, everything: str, before: dict[str, Any], ingested: IngestSummary | None, notebooks: int
    ) -> BuildSummary:
        """Remember what was made and from what, and put it all into place."""
        request, year = self.request, self.request.year or 0
        produced = self.memory.digests(self.staging, ["figures", "reports"])
        made = sorted((name for name in produced if name.startswith("reports/")), key=_form_order)
        errors = int(self.memory.ingest["errors"])
        outputs = produced | self.memory.ingest["outputs"]
        gone: dict[str, list[str]] = {}
        for name in sorted(set(before.get("outputs", ())) - set(outputs)):
            folder, _, relative = name.partition("/")
            gone.setdefault(folder, []).append(relative)
        self.memory.runs[_key(request)] = {
            "inputs": everything,
            "stamp": stamp(self.inputs, _settings(request)),
            "outputs": outputs,
            "made": made,
            "errors": errors,
        }
        self.memory.write(self.staging.place("processed"))
        self.staging.commit(gone, last=[Memory.NAME])
        if ingested is not None:
            from thb_analysis.job import put_into_place

            put_into_place(beside(self.folders.processed), self.folders.processed)
        places = self.folders.outputs()
        return BuildSummary(
            year, tuple(_place(name, places) for name in made), ingested, errors, True, notebooks
        )

    # -- what there is -------------------------------------------------------------------------------------

    def _raw(self) -> list[Path]:
        return [path for root, path in self.inputs if root == self.own.raw]

    def _vanished(self) -> tuple[str, ...]:
        """Workbooks that the last build read and that are no longer there."""
        return tuple(sorted(set(self.memory.ingest.get("files", ())) - set(self._named())))

    def _named(self) -> list[str]:
        """The workbooks' names without what they must not tell."""
        return [masked(path.relative_to(self.own.raw).as_posix()) for path in self._raw()]

    def _analyses(self) -> list[Path]:
        from thb_analysis.notebooks import analyses

        return analyses(notebooks_folder()) if self.request.analyses else []

    def _remember_stamp(self, before: dict[str, Any]) -> None:
        """The contents are the same though sizes or times are not: next time a look at the files will do."""
        now = stamp(self.inputs, _settings(self.request))
        if before.get("stamp") != now:
            before["stamp"] = now
            self.memory.write(self.folders.processed)


def _form_order(name: str) -> tuple[bool, bool, int, str]:
    """The overview first, the internal edition before the public one; executed copies last."""
    return name.endswith(".ipynb"), "/overview." not in name, name.count("."), name


@contextmanager
def _warm() -> Iterator[Nursery | None]:
    """A process that kernels are forked from, where that can be; it imports while the ingest runs."""
    from thb_analysis import warm
    from thb_analysis.notebooks import kernel_environment

    if not warm.POSSIBLE:
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="thb-", ignore_cleanup_errors=True) as home:
        nursery = warm.Nursery(kernel_environment(home))
        try:
            yield nursery
        finally:
            nursery.close()
