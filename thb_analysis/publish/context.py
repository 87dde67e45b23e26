"""What every section of the overview works from: the years, the words, the figures, the charts' folder."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from thb_analysis.edited import rows
from thb_analysis.language import CATALOGUE, Language
from thb_analysis.publish.document import Absent, Paragraph, Row, RowGroup, Runs, Section, Strong, Table
from thb_analysis.publish.edition import Edition
from thb_analysis.publish.facts import HIDDEN, NOT_RECEIVED, Facts, Observation

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Context:
    """One overview: `year` is its year, `first_year` the earliest that it looks back to."""

    year: int
    first_year: int
    language: Language
    facts: Facts
    findings: pd.DataFrame
    revisions: pd.DataFrame
    figures: Path | None = None
    edition: Edition = field(default_factory=Edition)

    def frame(self, table: str) -> pd.DataFrame | None:
        """A table up to the overview's year, from its first year on; None when there is none."""
        frame = self.facts.tables.get(table)
        if frame is None:
            return None
        years = frame["year"].astype("Float64")
        kept = frame[(years >= self.first_year) & (years <= self.year)]
        return kept if len(kept) else None

    def years(self, table: str, **codes: Any) -> list[int]:
        return self.facts.years(table, self.first_year, self.year, **codes)

    def text(self, key: str, **params: Any) -> str:
        written = self.language.text(f"overview.{key}", **params)
        return _SAME_YEARS.sub(r"\1", written)

    def say(self, key: str, **params: Any) -> Runs:
        return self.facts.say(key, **params)

    def paragraph(self, key: str, role: str = "", **params: Any) -> Paragraph:
        return Paragraph(self.say(key, **params), role)

    def section(self, key: str, blocks: Sequence[Any], **params: Any) -> Section:
        """A section under its title; one without contents says so in a sentence."""
        name = key.replace("-", "_")
        contents = tuple(blocks) or (self.paragraph(f"{name}.no_data", year=self.year),)
        return Section(key, self.text(f"{name}.title", **params), contents)

    def article(self, code: str) -> str:
        """An article as a heading: number and name; a combined one by its numbers."""
        if code in self.language.codes("article"):
            return self.language.label("article", code)
        return self.text("words.article", article=self.language.short("article", code))

    def stage(self, table: str) -> str:
        """What a table counts, by the overview's words, else by the catalogue's label."""
        if self.language.has(f"overview.stages.{table}"):
            return self.text(f"stages.{table}")
        from thb_analysis.definitions import load_catalogue

        return str(load_catalogue().tables[table].label[self.language.lang])

    def articles(self, group: str) -> list[str]:
        """The articles of a group of the code list, in its order."""
        return [code for code, entry in code_list("article").items() if entry["group"] == group]


_SAME_YEARS = re.compile(r"\b(\d{4})\.?–\1\b")
"""From a year to the same year: one year."""


def code_list(dimension: str) -> dict[str, Mapping[str, str]]:
    """A code list of the catalogue by code, with all its columns."""
    return {row["code"]: row for _, row in rows(CATALOGUE / "codes" / f"{dimension}.csv", ("code",))}


def strip(
    context: Context,
    head: str,
    years: Iterable[int],
    find: Callable[[int], Observation | None],
    *,
    total: bool = False,
    decimals: int | None = None,
    bare: bool = False,
) -> Row:
    """A row of one series over the years; `bare` money leaves its unit to the caption."""
    facts = context.facts
    return Row((head,), tuple(facts.show(find(year), decimals, bare) for year in years), total=total)


def yearly_table(
    context: Context,
    key: str,
    caption: str,
    first_column: str,
    years: Sequence[int],
    groups: Sequence[RowGroup],
    notes: Sequence[Runs] = (),
) -> Table:
    """A table with a column for each year, and a note on every mark that occurs in it."""
    columns = (first_column, *(str(year) for year in years))
    return Table(key, caption, columns, tuple(groups), (*notes, *legend(context, groups)))


def legend(context: Context, groups: Sequence[RowGroup]) -> list[Runs]:
    """What the marks of a table mean, those that occur."""
    seen: dict[str, Absent] = {}
    for group in groups:
        for row in group.rows:
            for runs in row.cells:
                for run in runs:
                    if isinstance(run, Absent):
                        seen.setdefault(run.status, run)
    notes: list[Runs] = []
    for status in sorted(seen):
        name = "not_received" if status == NOT_RECEIVED else status
        if context.language.has(f"overview.legend.{name}"):
            mark = context.language.text("analysis.hidden.mark")
            if status == HIDDEN and context.edition.is_public and seen[status].text == mark:
                meaning = context.language.text("edition.hidden_meaning")
                notes.append((Strong(f"“{seen[status].text}”"), f" – {meaning[:1].lower()}{meaning[1:]}"))
            else:
                notes.append((Strong(seen[status].text), f": {context.text(f'legend.{name}')}"))
    return notes


def series(context: Context, table: str, **codes: Any) -> Callable[[int], Observation | None]:
    """Finds the observation of a year with these codes and totals otherwise."""
    return lambda year: context.facts.only(table, year=year, **codes)


def has_value(rows: Iterable[Row]) -> bool:
    """Whether any cell of the rows is more than “no workbook says anything”."""
    return any(
        not (isinstance(run, Absent) and run.status == NOT_RECEIVED)
        for row in rows
        for runs in row.cells
        for run in runs
    )
