"""The justice chain: stages by year and article, changes, ratios where they may be given, seized assets."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any, ClassVar

import pandas as pd

from thb_analysis.analysis import quality, statements
from thb_analysis.analysis.cases import large_cases
from thb_analysis.analysis.frames import MONEY, AmbiguousTableError, of_all
from thb_analysis.analysis.groups import pooled_years
from thb_analysis.analysis.justice_chain import ORDER, pooled_ratio, stages
from thb_analysis.analysis.sentences import sentence
from thb_analysis.analysis.slopes import slopes
from thb_analysis.analysis.support import seized, seized_totals
from thb_analysis.analysis.trends import rates, trend
from thb_analysis.charts import amounts, stage_table, trend_panels
from thb_analysis.studies.base import Study
from thb_analysis.studies.parts import Part

TRAFFICKING = "trafficking"
ASSETS = "seized_assets"
TRENDS = ("registered_offences", "cases_sent_to_court", "cases_adjudicated", "persons_convicted")
"""The stages whose changes are told."""

RATIOS = (
    ("cases_adjudicated", "cases_sent_to_court"),
    ("persons_convicted", "persons_prosecuted"),
    ("persons_convicted", "cases_adjudicated"),
)
"""Stages set against each other (the later first); where units differ, the counts and the reason are given."""


class JusticeChain(Study):
    """From registered offence to conviction: separate flows, each in its own unit."""

    name: ClassVar[str] = "02_justice_chain"

    def stages(self) -> Part:
        """Stages by year and article: trafficking, related and linked offences apart."""
        part = self.part("stages")
        table = self.stage_frame
        if table.empty or not table["value"].notna().any():
            return self.nothing(part)
        codes = self.list_of("codes/article")
        for group in dict.fromkeys(code for code in codes["group"] if code):
            own = table[(table["group"] == group) & (table["unit"] != MONEY)]
            if own["value"].notna().any():
                self.draw(part, f"stages_{group}", stage_table(own, self.language))
        part.say(self.text("justice_chain.flows"))
        return part

    def changes(self) -> Part:
        """Each stage beside the year before, with exact intervals."""
        part = self.part("changes")
        for stage in TRENDS:
            frame = of_all(self.recent(stage), ("article",))
            if frame.empty or not frame["value"].notna().any():
                continue
            try:
                found = trend(frame)
            except AmbiguousTableError:
                part.say(self.text("ambiguous", table=self.language.text(f"analysis.stage.{stage}")))
                continue
            found = found[found["year"].isin(self.shown_years())]
            if found.empty:
                continue
            subject = statements.capital(self.language.text(f"analysis.stage.{stage}"))
            shown, cases = self.marked(found, stage, subject)
            self.draw(
                part,
                f"trend_{stage}",
                trend_panels(shown, self.language, subject, cases=cases, until=self.year),
            )
            part.say(*self.sentences(found, lambda row, s=subject: self._subject(s, row)))  # type: ignore[misc]
        return self.nothing(part)

    def slopes(self) -> Part:
        """Rise or fall over five years and more, where there are as many."""
        part = self.part("slopes")
        for stage in TRENDS:
            frame = of_all(self.recent(stage), ("article",))
            if frame.empty:
                continue
            subject = statements.capital(self.language.text(f"analysis.stage.{stage}"))
            try:
                found = slopes(frame)
            except AmbiguousTableError:
                continue
            verdicts = set(found["verdict"])
            if verdicts == {"too_short"}:
                part.say(sentence(found.iloc[0], self.language, subject))
                continue
            part.say(
                *(
                    sentence(row, self.language, self._subject(subject, row))
                    for row in found.to_dict("records")
                )
            )
        return self.nothing(part)

    def ratios(self) -> Part:
        """Later stages per 100 of earlier ones over three years; both counts where no ratio may be given."""
        part = self.part("ratios")
        table = self.stage_frame
        periods = pooled_years(self.year, self.first_year)
        if table.empty or not table["value"].notna().any() or not periods:
            return self.nothing(part)
        present = set(table.loc[table["value"].notna(), "stage"])
        for numerator, denominator in RATIOS:
            if not {numerator, denominator} <= present:
                continue
            for article in self._articles(table, (numerator, denominator)):
                try:
                    found = pooled_ratio(table, numerator, denominator, article, periods[0])
                except ValueError:
                    continue  # several institutions: shown side by side in the stages
                if found.numerator is not None:
                    part.say(sentence(found, self.language, self.named("article", article)))
        return self.nothing(part)

    def linked(self) -> Part:
        """Proceedings that the border guard says are linked, beside all registered offences of that article."""
        part = self.part("linked")
        rules = self.list_of("reconciliations")
        own = rules[rules["left"] == "criminal_proceedings"]
        found = quality.reconcile(self.frames(), own)
        found = found[(found["year"] >= self.first_year) & (found["year"] <= self.year)]
        part.say(*(statements.reconciliation(row, self.language) for row in found.to_dict("records")))
        if part.sentences:
            part.say(self.text("justice_chain.linked_note"))
        return self.nothing(part)

    def rates(self) -> Part:
        """Registered trafficking offences and persons convicted per 100,000 inhabitants."""
        part = self.part("rates")
        population = self.home()
        rows = []
        for stage in ("registered_offences", "persons_convicted"):
            frame = of_all(self.recent(stage), ("article",))
            codes = self.list_of("codes/article")
            own = frame[frame["article"].isin(codes.loc[codes["group"] == TRAFFICKING, "code"])]
            if own.empty:
                continue
            try:
                rated = rates(trend(own), population)
            except AmbiguousTableError:
                continue
            subject = statements.capital(self.language.text(f"analysis.stage.{stage}"))
            rows += [
                [
                    self._subject(subject, row),
                    str(int(row["year"])),
                    self.number(row["value"], row["obs_status"]),
                    self.text("too_few_for_rate")
                    if row["value"] < 3
                    else self.number(row["rate"], "", 2)
                    + (
                        f" ({self.language.interval(row['rate_low'], row['rate_high'], 2)})"
                        if row["rate"] == row["rate"]
                        else ""
                    ),
                ]
                for row in rated.to_dict("records")
            ]
        heads = [self.text(f"column.{name}") for name in ("series", "year", "count", "rate")]
        part.table(self.text("justice_chain.rates_caption"), heads, rows)
        if rows:
            part.say(*self.population_notes(population))
        return self.nothing(part)

    def assets(self) -> Part:
        """Amounts seized: never an interval, never a trend."""
        part = self.part("assets")
        frame = self.frame(ASSETS)
        own = self.recent(ASSETS)
        if own.empty or not own["value"].notna().any():
            return self.nothing(part)
        found = seized(own)
        found = found[found["year"].isin(self.shown_years())]
        if len(found):
            subject = statements.capital(self.language.text(f"analysis.stage.{ASSETS}"))
            self.draw(part, "assets", amounts(found, self.language, subject))
            part.say(*self.sentences(found, lambda row: self._subject(subject, row)))
        complete = frame[frame["year"].isna()]
        if len(complete) and int(frame["year"].max()) == self.year:
            part.say(
                *(
                    sentence(row, self.language, self.named("article", str(row["article"])))
                    for row in seized_totals(frame).to_dict("records")
                )
            )
        return part

    def large_cases(self) -> Part:
        """Single cases that make a year's figure, as the catalogue names them."""
        part = self.part("large_cases")
        cases = self.list_of("large_cases")
        for stage in ORDER:
            named = self.language.text(f"analysis.stage.{stage}")
            part.say(
                *self.case_sentences(large_cases(cases, stage, self.frame(stage), self.language.lang), named)
            )
        if not part.sentences:
            part.say(self.text("no_large_cases"))
        return part

    # -- inside --------------------------------------------------------------------------------------------

    @cached_property
    def stage_frame(self) -> pd.DataFrame:
        """The stages of the years that charts show, from the first one on that any stage has a figure for."""
        years = self.shown_years()
        tables = {stage: self.frame(stage) for stage in ORDER}
        present = {name: frame for name, frame in tables.items() if len(frame)}
        known = [
            int(year)
            for frame in present.values()
            for year in frame.loc[frame["value"].notna(), "year"].dropna()
        ]
        first = min((year for year in known if year >= years[0]), default=years[0])
        return stages(present, self.list_of("codes/article"), first, years[-1])

    def _subject(self, subject: str, row: Mapping[str, Any]) -> str:
        named = self.language.text(
            "charts.short.article", code=self.language.short("article", row["article"])
        )
        return f"{subject}, {named}"

    def _articles(self, table: pd.DataFrame, pair: tuple[str, str]) -> list[str]:
        own = table[table["stage"].isin(pair) & table["value"].notna()]
        both = [set(own.loc[own["stage"] == stage, "article"]) for stage in pair]
        return [article for article in dict.fromkeys(own["article"]) if article in both[0] & both[1]]
