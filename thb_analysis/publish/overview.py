"""The yearly situation overview: opened on the tidy tables, made section by section, written as one page."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from thb_analysis.definitions import load_catalogue
from thb_analysis.language import Language
from thb_analysis.publish import html, justice, notes, people, policy, results
from thb_analysis.publish.context import Context
from thb_analysis.publish.document import Publication, Section
from thb_analysis.publish.facts import Facts

if TYPE_CHECKING:
    import pandas as pd


@dataclass
class Overview:
    """The overview of a year; each method makes one section, shown in a notebook and kept for the page.

    The page has the sections in the order in which they were made; one made again replaces the earlier.
    """

    context: Context
    sections: dict[str, Section] = field(default_factory=dict)

    @classmethod
    def open(
        cls,
        processed: str | Path,
        year: int,
        first_year: int | None = None,
        lang: str = "lv",
        figures: str | Path | None = None,
    ) -> Overview:
        """The overview of `year` from the folder of tidy tables; charts are saved below `figures`.

        Raises FileNotFoundError when the folder has no tables.
        """
        tables, findings, revisions = read_tables(Path(processed), lang)
        folder = Path(figures) / str(year) if figures is not None else None
        return cls.of(tables, findings, revisions, year, first_year, lang, folder)

    @classmethod
    def of(
        cls,
        tables: Mapping[str, pd.DataFrame],
        findings: pd.DataFrame,
        revisions: pd.DataFrame,
        year: int,
        first_year: int | None = None,
        lang: str = "lv",
        figures: Path | None = None,
    ) -> Overview:
        """The overview from frames, as `open` reads them; ValueError for years the wrong way round."""
        first = EARLIER_YEARS if first_year is None else year - first_year
        if first < 0:
            raise ValueError(f"the first year {first_year} is after the year {year}")
        language = Language(lang)
        return cls(
            Context(year, year - first, language, Facts(tables, language), findings, revisions, figures)
        )

    # -- sections, in the order of the page ----------------------------------------------------------------

    def key_results(self) -> Section:
        return self._keep(results.key_results(self.context))

    def what_changed(self) -> Section:
        return self._keep(results.what_changed(self.context))

    def victims(self) -> Section:
        return self._keep(people.victims(self.context))

    def justice_chain(self) -> Section:
        return self._keep(justice.justice_chain(self.context))

    def assets(self) -> Section:
        return self._keep(justice.assets(self.context))

    def support(self) -> Section:
        return self._keep(people.support(self.context))

    def checks(self) -> Section:
        return self._keep(justice.checks(self.context))

    def measures(self) -> Section:
        return self._keep(policy.measures(self.context))

    def limits(self) -> Section:
        return self._keep(notes.limits(self.context))

    def definitions(self) -> Section:
        return self._keep(notes.definitions(self.context))

    def quality(self) -> Section:
        return self._keep(notes.quality(self.context))

    def revisions(self) -> Section:
        return self._keep(notes.revisions(self.context))

    def sources(self) -> Section:
        return self._keep(notes.sources(self.context))

    def all_sections(self) -> list[Section]:
        """Every section, in the order in which the overview has them."""
        return [getattr(self, name)() for name in ORDER]

    # -- the page ------------------------------------------------------------------------------------------

    def page(self) -> str:
        """The HTML page of the sections made so far; the list of sources is brought up to date first."""
        context = self.context
        if context.facts.cited():
            self.sources()
        text = context.text
        publication = Publication(
            lang=context.language.lang,
            title=text("page.title", year=context.year),
            subtitle=text("page.subtitle"),
            publisher=text("page.publisher"),
            description=text("page.description", year=context.year),
            sections=tuple(self.sections.values()),
            contents_title=text("page.contents"),
            skip_text=text("page.skip"),
            footer=(context.say("page.footer"),),
        )
        return html.page(publication)

    def publish(self, reports: str | Path) -> Path:
        """Write the page to `reports/<year>/overview.<lang>.html` in one step and return its path."""
        path = Path(reports) / str(self.context.year) / f"overview.{self.context.language.lang}.html"
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_name(f".{path.name}.{os.getpid()}.part")
        try:
            beside.write_text(self.page(), encoding="utf-8", newline="\n")
            beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)
        return path

    def _keep(self, section: Section) -> Section:
        self.sections[section.key] = section
        return section


EARLIER_YEARS = 6
"""How many earlier years an overview looks back to when nobody says."""

ORDER = (
    "key_results",
    "what_changed",
    "victims",
    "justice_chain",
    "assets",
    "support",
    "checks",
    "measures",
    "limits",
    "definitions",
    "quality",
    "revisions",
    "sources",
)
"""The sections in the order of the overview."""


def read_tables(
    processed: Path, lang: str = "en"
) -> tuple[dict[str, pd.DataFrame], pd.DataFrame, pd.DataFrame]:
    """The tidy tables of a folder by name, its findings worded in a language, and its revisions."""
    import pandas as pd

    known = load_catalogue().tables
    paths = {path.stem: path for path in sorted(processed.glob("*.csv"))}
    if not set(paths) & set(known):
        raise FileNotFoundError(f"no tidy tables in {processed}: run the ingest first")
    tables = {}
    for name, path in paths.items():
        if name in known:
            frame = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8")
            for column in ("year", "value"):
                if column in frame.columns:
                    frame[column] = pd.to_numeric(frame[column], errors="coerce")
            tables[name] = frame

    def plain(name: str) -> pd.DataFrame:
        if name not in paths:
            return pd.DataFrame()
        return pd.read_csv(paths[name], dtype=str, keep_default_na=False, encoding="utf-8")

    worded = f"findings.{lang}"
    return tables, plain(worded if worded in paths else "findings"), plain("revisions")
