"""What every study has: tidy tables up to a year, a language, a place for figures, and its parts in order."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any, ClassVar, Self

import pandas as pd

from thb_analysis.analysis.cases import large_cases, marked
from thb_analysis.analysis.frames import TOTAL, absent
from thb_analysis.analysis.sentences import nothing, sentence
from thb_analysis.analysis.statements import capital
from thb_analysis.charts.save import save
from thb_analysis.charts.sheet import Chart
from thb_analysis.definitions import Catalogue, load_catalogue
from thb_analysis.language import Language
from thb_analysis.studies.parts import Part, Picture, page, write
from thb_analysis.tidy import store
from thb_analysis.tidy.evidence import told
from thb_analysis.told import Missing

FROM_MEMORY = "from_memory"
"""The mark of a population figure that was not read in a source."""

YEARS_SHOWN = 7
"""Charts go back so many years at most; tables and slopes use all."""


@dataclass
class Study:
    """A study of a year: each method makes one part, shown in a notebook and kept for the page.

    A part made again replaces the earlier one.  A part without data says so; it never fails for want of them.
    """

    processed: Path
    year: int
    first_year: int
    language: Language
    figures: Path | None = None
    parts: dict[str, Part] = field(default_factory=dict)
    _read: dict[str, pd.DataFrame] = field(default_factory=dict, repr=False)
    """Tables that were read already: a study asks for the same one many times."""

    name: ClassVar[str] = ""
    """The notebook's name: what its figures and its page are called."""

    @classmethod
    def open(
        cls,
        processed: str | Path,
        year: int,
        first_year: int | None = None,
        lang: str = "lv",
        figures: str | Path | None = None,
    ) -> Self:
        """The study of `year`, with figures from `first_year` on, from the folder of tidy tables.

        Charts are saved in `figures/<year>/`.  Raises FileNotFoundError when the folder has no tables, ValueError
        when the first year is after the year.
        """
        folder = Path(processed)
        first = year if first_year is None else first_year
        if first > year:
            raise ValueError(f"the first year {first} is after the year {year}")
        if not any((folder / f"{table}.csv").is_file() for table in load_catalogue().tables):
            raise Missing("no_tables", folder=folder)
        place = None if figures is None else Path(figures) / str(year)
        return cls(folder, year, first, Language(lang), place)

    # -- data ----------------------------------------------------------------------------------------------

    @cached_property
    def catalogue(self) -> Catalogue:
        return load_catalogue()

    def frame(self, table: str) -> pd.DataFrame:
        """A tidy table without the years after the study's; empty where it was not made."""
        if table not in self._read:
            try:
                frame = store.load(table, self.processed)
            except FileNotFoundError:
                columns = list(self.catalogue.tables[table].columns)
                frame = pd.DataFrame({column: pd.Series(dtype="object") for column in columns})
                frame = frame.astype({"year": "Int64"} | ({"value": "float64"} if "value" in columns else {}))
            known = frame["year"].isna() | (frame["year"] <= self.year).fillna(False)
            self._read[table] = frame[known].reset_index(drop=True)
        return self._read[table].copy()

    def recent(self, table: str) -> pd.DataFrame:
        """The rows of single years from the first year of the study on."""
        frame = self.frame(table)
        return frame[(frame["year"] >= self.first_year).fillna(False)].reset_index(drop=True)

    def frames(self) -> dict[str, pd.DataFrame]:
        """Every tidy table by its name."""
        return {table: self.frame(table) for table in self.catalogue.tables}

    def rows(self, name: str) -> pd.DataFrame:
        """A CSV of `processed/` that is no table (findings, evidence, revisions) as text; empty where absent."""
        path = self.processed / f"{name}.csv"
        if not path.is_file():
            return pd.DataFrame()
        return pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8")

    def said(self) -> pd.DataFrame:
        """What workbooks say of each figure, as `tidy.evidence.told` tells it; empty where nothing was ingested."""
        lines = told(self.processed, self.catalogue.tables)
        return pd.DataFrame(lines, columns=list(store.EVIDENCE_COLUMNS))

    def list_of(self, name: str) -> pd.DataFrame:
        """A list of the catalogue with all its columns, as text (`codes/article`, `population`)."""
        return _list(self.catalogue.folder / f"{name}.csv").copy()

    def population(self) -> pd.DataFrame:
        """Inhabitants on 1 January by country and year, with the source (a list of the catalogue)."""
        return self.list_of("population").astype({"year": "int64", "persons": "int64"})

    def home(self) -> pd.DataFrame:
        """The population of the country whose national figures these are."""
        frame = self.population()
        return frame[frame["country"].isin(set(self.list_of("comparisons")["country"]))]

    def population_notes(self, frame: pd.DataFrame | None = None) -> list[str]:
        """Where the population figures of the study's years come from, and which still have to be checked."""
        frame = self.population() if frame is None else frame
        used = frame[(frame["year"] >= self.first_year) & (frame["year"] <= self.year)]
        if used.empty:
            return []
        text = self.language.text
        said = [text("international.population.sources", sources="; ".join(sorted(set(used["source"]))))]
        unsure = used[used["checked"] == FROM_MEMORY]
        if len(unsure):
            years = [
                f"{text(f'international.country.{country}')} {', '.join(map(str, part['year']))}"
                for country, part in unsure.groupby("country", sort=True)
            ]
            said.append(text("international.population.from_memory", years="; ".join(years)))
        return said

    def shown_years(self) -> list[int]:
        """The years that charts show: from the first year on, the latest ones where these are too many."""
        return list(range(max(self.first_year, self.year - YEARS_SHOWN + 1), self.year + 1))

    # -- words ---------------------------------------------------------------------------------------------

    def text(self, key: str, **params: Any) -> str:
        return self.language.text(f"studies.{key}", **params)

    def of_years(self, key: str) -> str:
        """A text on all years of the study, in other words where it is but one."""
        several = self.first_year < self.year
        return self.text(key if several else f"{key}_one", first_year=self.first_year, year=self.year)

    def named(self, dimension: str, code: str) -> str:
        """What a code is called, with a capital; as written where no list knows it."""
        if code == TOTAL:
            return self.language.text("studies.total")
        try:
            return capital(self.language.label(dimension, code))
        except LookupError:
            return code

    def number(self, value: Any, status: Any = "", decimals: int | None = None) -> str:
        """A number as people write it, or why there is none."""
        if absent(value):
            return nothing(str(status or ""), self.language)
        return self.language.number(value, decimals)

    def sentences(self, frame: pd.DataFrame, subject: Callable[[Mapping[str, Any]], str]) -> list[str]:
        """The sentence of each row of a result table for the study's year, with its subject."""
        rows = frame[frame["year"] == self.year] if "year" in frame.columns else frame
        return [sentence(row, self.language, subject(row)) for row in rows.to_dict("records")]

    def case_sentences(self, found: pd.DataFrame, subject: str) -> list[str]:
        """The large cases of a table (`analysis.cases.large_cases`) in the years of the study, in sentences."""
        rows = found[(found["year"] >= self.first_year) & (found["year"] <= self.year)]
        return [
            self.text(
                f"case.{row['verdict']}",
                subject=subject,
                year=int(row["year"]),
                case=str(row["case"]),
                value=self.number(row["value"]),
                total=self.number(row["total"]),
                without=self.number(row["without"]),
                source=str(row["source"]),
            )
            for row in rows.to_dict("records")
        ]

    def marked(self, trend_frame: pd.DataFrame, table: str, subject: str) -> tuple[pd.DataFrame, list[str]]:
        """A trend frame with its large cases marked, and what each mark means."""
        found = large_cases(self.list_of("large_cases"), table, self.frame(table), self.language.lang)
        found = found[(found["year"] >= self.first_year) & (found["year"] <= self.year)]
        if found.empty:
            return trend_frame, []
        frame, marks = marked(trend_frame, found)
        told = self.case_sentences(found, subject)
        return frame, [f"{mark} {words}" for mark, words in zip(marks, told, strict=True) if mark]

    # -- parts ---------------------------------------------------------------------------------------------

    def part(self, key: str) -> Part:
        """A new part under a heading of the texts, kept in the study's order."""
        made = Part(self.text(f"{self.name[3:]}.{key}"))
        self.parts[key] = made
        return made

    def nothing(self, part: Part) -> Part:
        """The part with the words that there are no data, unless it says something."""
        if not (part.sentences or part.tables or part.charts):
            part.say(self.of_years("no_data"))
        return part

    def draw(self, part: Part, key: str, chart: Chart) -> None:
        """Put a chart into a part, and save it where the study has a place for figures."""
        saved = b""
        if self.figures is not None:
            stem = self.figures / f"{self.name}_{key}.{self.language.lang}"
            paths = save(chart, stem, chart.data, chart.alt)
            saved = next((path.read_bytes() for path in paths if path.suffix == ".png"), b"")
        part.pictures.append(Picture(chart, saved))

    def publish(self, reports: str | Path) -> Path:
        """Write the parts made so far as one page, `reports/<year>/<name>.<language>.html`."""
        title = self.text(f"{self.name[3:]}.title", year=self.year)
        lead = self.of_years("lead")
        folder = Path(reports) / str(self.year)
        text = page(title, self.language.lang, lead, self.parts.values())
        return write(folder / f"{self.name}.{self.language.lang}.html", text)


@cache
def _list(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")


def joined(values: Sequence[str]) -> str:
    """Values that are there, once each, joined by commas."""
    return ", ".join(dict.fromkeys(value for value in values if value))
