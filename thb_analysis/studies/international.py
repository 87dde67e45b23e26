"""National figures beside another publisher's: country by country, rates, and contradictions by name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import pandas as pd

from thb_analysis.analysis import counts, international, statements
from thb_analysis.analysis.statements import capital
from thb_analysis.charts.countries import countries, written
from thb_analysis.studies.base import Study, joined
from thb_analysis.studies.parts import Part


class International(Study):
    """The publisher's series of the countries that it has, beside the national figures."""

    name: ClassVar[str] = "06_international"

    def comparisons(self) -> pd.DataFrame:
        """Which of the publisher's indicators is which national figure (a list of the catalogue)."""
        return self.list_of("comparisons")

    def series(self) -> pd.DataFrame:
        """The publisher's totals and the national figures, one below the other."""
        rules = self.comparisons()
        tables = {table: self.frame(table) for table in rules["table"].unique()}
        found = [
            international.totals(self.frame("international"), rules),
            international.national(tables, rules),
        ]
        return pd.concat([frame for frame in found if len(frame)] or found[:1], ignore_index=True)

    def by_country(self) -> Part:
        """Each indicator by country and publisher, with what was withheld as an interval."""
        part = self.part("by_country")
        series = self.series()
        for indicator in self.comparisons()["id"]:
            own = series[series["indicator"] == indicator]
            self._draw(part, str(indicator), own, rate=False)
        if part.charts:
            part.say(self.language.text("international.chart.detected"))
        return self.nothing(part)

    def rates(self) -> Part:
        """The same per 100,000 inhabitants, for those indicators that count victims and persons convicted."""
        part = self.part("rates")
        population = self.population()
        rated = international.rates(self.series(), population)
        for indicator in ("detected_victims", "convicted"):
            self._draw(part, indicator, rated[rated["indicator"] == indicator], rate=True)
        if part.charts:
            part.say(*self.population_notes())
        return self.nothing(part)

    def beside(self) -> Part:
        """National and published figures of the same year, one by one."""
        part = self.part("beside")
        series = self.series()
        ours = series["publisher"] == international.NATIONAL
        found = international.beside(series[~ours], series[ours])
        found = found[(found["year"] >= self.first_year) & (found["year"] <= self.year)]
        for indicator in self.comparisons()["id"]:
            own = found[(found["indicator"] == indicator) & (found["verdict"] != "incomplete")]
            if own.empty:
                continue
            tally = own["verdict"].value_counts()
            counted = {
                name: int(tally.get(name, 0)) for name in international.VERDICTS if name != "incomplete"
            }
            named = self._indicator(str(indicator))
            part.say(
                self.language.text("international.beside.summary", indicator=named, both=len(own), **counted)
            )
        told = [(row, statements.comparison(row, self.language)) for row in found.to_dict("records")]
        part.table(
            self.text("international.beside"),
            [self.text("column.year"), self.text("column.comparison")],
            ((str(int(row["year"])), words) for row, words in told if words),
        )
        return self.nothing(part)

    def contradictions(self) -> Part:
        """Where the publisher's own parts exceed their total."""
        part = self.part("contradictions")
        frame = self.frame("international")
        found = international.contradictions(frame, self.comparisons())
        found = found[(found["year"] >= self.first_year) & (found["year"] <= self.year)]
        part.say(
            *(statements.publisher_contradiction(row, self.language) for row in found.to_dict("records"))
        )
        if found.empty and len(self.recent("international")):
            part.say(self.text("international.no_contradiction", first_year=self.first_year, year=self.year))
        return self.nothing(part)

    # -- inside --------------------------------------------------------------------------------------------

    def _indicator(self, indicator: str) -> str:
        return capital(self.language.text(f"international.indicator.{indicator}"))

    def _publisher(self, publisher: str) -> str:
        own = publisher == international.NATIONAL
        return self.language.text("international.national") if own else publisher

    def _draw(self, part: Part, indicator: str, own: pd.DataFrame, *, rate: bool) -> None:
        text = self.language.text
        years = self.shown_years()
        own = own[own["year"].isin(years)]
        if own.empty:
            return
        home = set(self.comparisons()["country"])
        keys = {(str(row["country"]), str(row["publisher"])) for row in own.to_dict("records")}
        order = sorted(keys, key=lambda key: (key[0] not in home, key[0], key[1] != international.NATIONAL))
        names = {
            key: text(
                "international.chart.panel",
                country=text(f"international.country.{key[0]}"),
                publisher=self._publisher(key[1]),
            )
            for key in order
        }
        column, decimals = ("rate", 1) if rate else ("value", None)
        prefix = "rate_" if rate else ""
        chart = countries(
            own,
            self.language,
            names,
            years,
            title=self._finding(indicator, own, column, decimals, prefix),
            subtitle=text(
                f"international.chart.{prefix}subtitle", level=self.language.percent(100 * counts.LEVEL)
            ),
            column=column,
            ends=("rate_low", "rate_high") if rate else ("chance_low", "chance_high"),
            withheld=("rate_low", "rate_high") if rate else ("low", "high"),
            decimals=decimals,
            notes=[text("international.chart.detected")],
        )
        self.draw(part, f"{prefix}{indicator}", chart)

    def _finding(
        self, indicator: str, own: pd.DataFrame, column: str, decimals: int | None, prefix: str
    ) -> str:
        """The latest year in which the publisher has most countries, and what it says of each."""
        text = self.language.text
        named = self._indicator(indicator)
        theirs = own[(own["publisher"] != international.NATIONAL) & (own[column].notna() | own["censored"])]
        if theirs.empty:
            theirs = own[own[column].notna()]
        if theirs.empty:
            return text("international.chart.title_none", indicator=named)
        numbers = theirs.groupby("year")["country"].nunique()
        year = int(numbers[numbers == numbers.max()].index.max())
        parts = [
            text(
                "international.chart.part",
                country=text(f"international.country.{row['country']}"),
                value=written(row, self.language, column, decimals),
            )
            for row in sorted(theirs[theirs["year"] == year].to_dict("records"), key=self._home_first)
        ]
        joined_parts = self.language.enumeration(parts)
        publishers = theirs.loc[theirs["year"] == year, "publisher"]
        return text(
            f"international.chart.{prefix}title",
            indicator=named,
            year=year,
            publisher=joined([self._publisher(str(name)) for name in publishers]),
            parts=joined_parts,
        )

    def _home_first(self, row: Mapping[str, Any]) -> tuple[bool, str]:
        return row["country"] not in set(self.comparisons()["country"]), str(row["country"])
