"""The yearly situation overview: opened on the tidy tables, made section by section, written as one page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from thb_analysis.definitions import load_catalogue
from thb_analysis.disclosure.registry import REGISTRY
from thb_analysis.language import Language
from thb_analysis.publish import (
    abroad,
    annex,
    changes,
    html,
    justice,
    notes,
    people,
    policy,
    results,
    sources,
)
from thb_analysis.publish.comments import placed, read_comments
from thb_analysis.publish.context import Context
from thb_analysis.publish.document import Block, Publication, Section
from thb_analysis.publish.edition import INTERNAL, PUBLIC, Edition, check_edition, comments_file
from thb_analysis.publish.facts import Facts
from thb_analysis.tidy.store import write_bytes
from thb_analysis.told import Missing

if TYPE_CHECKING:
    import pandas as pd


@dataclass
class Overview:
    """The overview of a year; each method makes one section, shown in a notebook and kept for the page.

    The page has the sections in the order in which they were made; one made again replaces the earlier.
    """

    context: Context
    sections: dict[str, Section] = field(default_factory=dict)
    comments: Mapping[str, tuple[Block, ...]] = field(default_factory=dict)
    as_of: int | None = None

    @classmethod
    def open(
        cls,
        processed: str | Path,
        year: int,
        first_year: int | None = None,
        lang: str = "lv",
        figures: str | Path | None = None,
        comments: str | Path | None = None,
        as_of: int | None = None,
        edition: str = INTERNAL,
        registry: str | Path = REGISTRY,
    ) -> Overview:
        """The overview of `year` from the folder of tidy tables; charts are saved below `figures`.

        `comments` is the folder of reports, in which the analyst's paragraphs lie (`<year>/comments.<lang>.md`).
        `as_of` says on the page that only workbooks received by then were read (the tables hold no others).
        The public edition draws on the tables under disclosure control, judged together with what the file `registry`
        says was released before; it has paragraphs of its own (`comments.public.<lang>.md`).
        Raises FileNotFoundError when the folder has no tables, CommentsError for comments without a place.
        """
        tables, findings, revisions = read_tables(Path(processed), lang)
        own = Edition(check_edition(edition))
        if own.is_public:
            tables, own = protected(Path(processed), Path(registry))
        folder = Path(figures) / str(year) if figures is not None else None
        made = cls.of(tables, findings, revisions, year, first_year, lang, folder, own)
        made.as_of = as_of
        if comments is not None:
            path = Path(comments) / str(year) / comments_file(own, lang)
            made.comments = read_comments(path, [name.replace("_", "-") for name in ORDER])
        return made

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
        edition: Edition | None = None,
    ) -> Overview:
        """The overview from frames, as `open` reads them; ValueError for years the wrong way round."""
        first = EARLIER_YEARS if first_year is None else year - first_year
        if first < 0:
            raise ValueError(f"the first year {first_year} is after the year {year}")
        language = Language(lang)
        edition = edition or Edition()
        if edition.protected and len(revisions):
            revisions = revisions[~revisions["table"].isin(edition.protected)]
        facts = Facts(tables, language, _revised(revisions))
        return cls(Context(year, year - first, language, facts, findings, revisions, figures, edition))

    # -- sections, in the order of the page ----------------------------------------------------------------

    def key_results(self) -> Section:
        return self._keep(results.key_results(self.context))

    def what_changed(self) -> Section:
        return self._keep(changes.what_changed(self.context))

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

    def international(self) -> Section:
        return self._keep(abroad.international(self.context))

    def limits(self) -> Section:
        return self._keep(notes.limits(self.context))

    def definitions(self) -> Section:
        return self._keep(notes.definitions(self.context))

    def revisions(self) -> Section:
        return self._keep(notes.revisions(self.context))

    def sources(self) -> Section:
        return self._keep(sources.sources(self.context))

    def annex(self) -> Section:
        return self._keep(annex.annex(self.context))

    def all_sections(self) -> list[Section]:
        """Every section, in the order in which the overview has them."""
        return [getattr(self, name)() for name in ORDER]

    # -- the whole -----------------------------------------------------------------------------------------

    def publication(self) -> Publication:
        """The sections made so far in the order of the overview; the annex is brought up to date first."""
        context = self.context
        if context.facts.cited():
            self.annex()
        text, edition = context.text, context.edition
        subtitle = text("page.subtitle" if self.as_of is None else "page.as_of", as_of_year=self.as_of or 0)
        if edition.is_public:
            key = "edition.draft" if edition.is_draft else "edition.subtitle"
            subtitle = context.language.text(key, subtitle=subtitle)
        return Publication(
            lang=context.language.lang,
            locale=context.language.text("language.locale"),
            title=text("page.title", year=context.year),
            subtitle=subtitle,
            publisher=text("page.publisher"),
            description=text("page.description", year=context.year),
            sections=tuple(self.sections.values()),
            contents_title=text("page.contents"),
            skip_text=text("page.skip"),
            footer=(
                (context.language.text("edition.footer"),)
                if edition.is_public
                else context.say("page.footer"),
            ),
        )

    def page(self) -> str:
        """The HTML page of the sections made so far."""
        return html.page(self.publication())

    def publish(
        self, reports: str | Path, formats: Iterable[str] = ("html",), own: str | Path | None = None
    ) -> list[Path]:
        """Write `reports/<year>/overview.<lang>.<format>` for each format, and give their paths.

        The public edition is called `overview.public.<lang>.<format>`.

        A DOCX looks like `reference.docx` in the folder `own` (else that of the reports), where there is one.
        All forms are made before the first is written; each is replaced in one step.
        Raises ValueError for a format that is none of FORMATS.
        """
        wanted = list(dict.fromkeys(formats))
        if unknown := set(wanted) - set(FORMATS):
            raise ValueError(f"no format {', '.join(sorted(unknown))}; there are {', '.join(FORMATS)}")
        publication = self.publication()
        made = {name: _form(name, publication, Path(own or reports)) for name in wanted}
        folder = Path(reports) / str(self.context.year)
        paths = []
        for name, content in made.items():
            path = folder / f"{self.context.edition.file('overview', self.context.language.lang)}.{name}"
            write_bytes(path, content)
            paths.append(path)
        return paths

    def _keep(self, section: Section) -> Section:
        section = placed(section, self.comments, self.context.text("page.comment"))
        self.sections[section.key] = section
        return section


def _form(name: str, publication: Publication, reports: Path) -> bytes:
    """A publication in one form; a ministry's own reference document lies beside the reports."""
    if name == "html":
        return html.page(publication).encode("utf-8")
    if name == "docx":
        from thb_analysis.publish.docx import docx

        own = reports / "reference.docx"
        return docx(publication, own if own.is_file() else None)
    from thb_analysis.publish.pdf import pdf

    return pdf(publication)


def _revised(revisions: pd.DataFrame) -> dict[str, tuple[str, str]]:
    """By the cell that gave a figure anew: the figure before, and where that stands."""
    return {
        str(row["new_source"]): (str(row["old_value"]), str(row["old_source"]).replace("!", ", "))
        for row in revisions.to_dict("records")
        if "new_source" in row
    }


FORMATS = ("html", "docx", "pdf")
"""The forms of the overview."""

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
    "international",
    "limits",
    "definitions",
    "revisions",
    "sources",
    "annex",
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
        raise Missing("no_tables", folder=processed)
    tables = {
        name: _typed(pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8"))
        for name, path in paths.items()
        if name in known
    }

    def plain(name: str) -> pd.DataFrame:
        if name not in paths:
            return pd.DataFrame()
        return pd.read_csv(paths[name], dtype=str, keep_default_na=False, encoding="utf-8")

    worded = f"findings.{lang}"
    return tables, plain(worded if worded in paths else "findings"), plain("revisions")


def protected(processed: Path, registry: Path) -> tuple[dict[str, pd.DataFrame], Edition]:
    """The tidy tables of a folder as the public may see them, and the public edition that they make."""
    import pandas as pd

    from thb_analysis.disclosure.release import public_tables

    catalogue = load_catalogue()
    public = public_tables(processed, registry, catalogue)
    tables = {
        name: _typed(pd.DataFrame(rows, columns=catalogue.tables[name].columns, dtype=str))
        for name, rows in public.rows.items()
    }
    return tables, Edition(
        PUBLIC, public.protected, public.withheld, public.closed, public.rounded, not public.released
    )


def _typed(frame: pd.DataFrame) -> pd.DataFrame:
    """A table of text with numbers where there are any; absent ones are NaN."""
    import pandas as pd

    for column in ("year", "value", "low", "high"):
        if column in frame.columns:
            frame[column] = pd.to_numeric(frame[column], errors="coerce")
    return frame
