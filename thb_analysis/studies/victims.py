"""Victims: totals, who registered them, breakdowns as published, citizenship groups, several years together."""

from __future__ import annotations

from typing import ClassVar

import pandas as pd

from thb_analysis.analysis.cases import large_cases
from thb_analysis.analysis.frames import TOTAL
from thb_analysis.analysis.groups import CITIZENSHIP, ORDER, citizenship_groups, pooled_years, present
from thb_analysis.analysis.sentences import sentence
from thb_analysis.analysis.slopes import slopes
from thb_analysis.analysis.trends import rates, trend
from thb_analysis.analysis.victims import (
    DIMENSIONS,
    IDENTIFIED,
    OVERLAP,
    REGISTRATION,
    breakdowns,
    pooled,
    registration,
)
from thb_analysis.charts import bars, trend_panels
from thb_analysis.charts.grid import Cell, Column, Row, grid
from thb_analysis.studies.base import Study
from thb_analysis.studies.parts import Part

TABLE = "victims"
POOLED = ("sex", "age_group", "exploitation_form", "place", CITIZENSHIP)


class Victims(Study):
    """Victims identified and presumed; as published, never repaired."""

    name: ClassVar[str] = "03_victims"

    def by_year(self) -> Part:
        """Identified and presumed victims by year, with the change and, from five years on, the trend."""
        part = self.part("by_year")
        totals = self._totals()
        if totals.empty or not totals["value"].notna().any():
            return self.nothing(part)
        found = trend(totals, ("identification",))
        shown = found[found["year"].isin(self.shown_years())]
        if len(shown):
            subject = self.text("victims.subject")
            shown, cases = self.marked(shown, TABLE, subject)
            self.draw(
                part, "by_year", trend_panels(shown, self.language, subject, cases=cases, until=self.year)
            )
        part.say(*self.sentences(found, lambda row: self.named("identification", str(row["identification"]))))
        part.say(
            *(
                sentence(row, self.language, self.named("identification", str(row["identification"])))
                for row in slopes(totals, ("identification",)).to_dict("records")
            )
        )
        part.say(self.text("detected"))
        return part

    def registration(self) -> Part:
        """Who registered the victims: sum, overlap and the total without double counting, year by year."""
        part = self.part("registration")
        frame = self.frame(TABLE)
        parents = self.list_of("codes/registered_by").set_index("code")["parent"].to_dict()
        for year in sorted({int(y) for y in self.recent(TABLE)["year"].dropna()}):
            found = registration(frame, year, parents=parents)
            if found.verdict != "none" or year == self.year:
                part.say(sentence(found, self.language))
        years = self.shown_years()
        table = frame[frame["year"].isin(years) & (frame["identification"].isin((IDENTIFIED, OVERLAP)))]
        rest = [dimension for dimension in DIMENSIONS if dimension != REGISTRATION]
        table = table[(table[rest] == TOTAL).all(axis=1)]
        if (table[REGISTRATION] != TOTAL).any():
            self._draw_registration(part, table, years)
        return self.nothing(part)

    def breakdowns(self) -> Part:
        """Every breakdown that the year has, as published."""
        part = self.part("breakdowns")
        subject = self.text("victims.subject")
        frame = self.frame(TABLE)
        files = sorted(set(frame.loc[(frame["year"] == self.year).fillna(False), "source_file"]))
        for one in breakdowns(frame, self.year):
            if (
                one.dimensions == (REGISTRATION,)
                or len(one.dimensions) > 2
                or not one.rows["value"].notna().any()
            ):
                continue
            if REGISTRATION in one.dimensions:
                continue  # told by the registration part, overlap and all
            own = "" if one.identification == IDENTIFIED else f"{one.identification}_"
            source = ", ".join(files) if one.derived else ""
            chart = bars(one, self.language, self._named(one.identification, subject), source=source)
            self.draw(part, f"{own}{'_'.join(one.dimensions)}", chart)
        return self.nothing(part)

    def citizenship(self) -> Part:
        """Nationals, non-citizens, other EU and third countries."""
        part = self.part("citizenship")
        codes = self.list_of("codes/citizenship")
        rows, heads = [], [self.text(f"victims.group.{code}") for code in ORDER]
        for year in sorted({int(y) for y in self.recent(TABLE)["year"].dropna()}):
            one = present(breakdowns(self.frame(TABLE), year), (CITIZENSHIP,), IDENTIFIED)
            if one is None:
                continue
            merged = citizenship_groups(one, codes)
            found = {str(row[CITIZENSHIP]): row for row in merged.rows.to_dict("records")}
            cells = [
                self.number(found[code]["value"], found[code]["obs_status"]) if code in found else "–"
                for code in ORDER
            ]
            rows.append([str(year), *cells, "" if one.total is None else self.language.number(one.total)])
            if year == self.year:
                part.say(sentence(merged, self.language))
        part.table(
            self.text("victims.citizenship_caption"),
            [self.text("column.year"), *heads, self.text("total")],
            rows,
        )
        if rows:
            part.say(self.text("victims.citizenship_note"))
        return self.nothing(part)

    def pooled(self) -> Part:
        """Breakdowns over three years together, none overlapping another."""
        part = self.part("pooled")
        frame = self.frame(TABLE)
        for years in pooled_years(self.year, self.first_year):
            for dimension in POOLED:
                found = pooled(frame, list(years), dimension)
                if found.empty or "," not in str(found["years"].iloc[0]):
                    continue  # one complete year is no pooling
                used = str(found["years"].iloc[0]).replace(",", ", ")
                caption = self.text("victims.pooled_caption", by=self.text(f"column.{dimension}"), years=used)
                part.table(
                    caption,
                    [self.text(f"column.{dimension}"), self.text("column.count")],
                    (
                        (self.named(dimension, str(row[dimension])), self.language.number(row["value"]))
                        for row in found.to_dict("records")
                    ),
                )
        if part.tables:
            part.say(self.text("victims.pooled_note"))
        return self.nothing(part)

    def rates(self) -> Part:
        """Identified victims per 100,000 inhabitants on 1 January."""
        part = self.part("rates")
        totals = self._totals()
        own = totals[totals["identification"] == IDENTIFIED]
        population = self.home()
        if own.empty:
            return self.nothing(part)
        rated = rates(trend(own, ("identification",)), population)
        persons = population.set_index("year")["persons"].to_dict()
        part.say(*self.population_notes(population))
        part.table(
            self.text("victims.rates_caption"),
            [
                self.text(f"column.{name}")
                for name in ("year", "count", "population", "rate", "range", "source")
            ],
            (
                (
                    str(int(row["year"])),
                    self.number(row["value"], row["obs_status"]),
                    self.number(persons.get(int(row["year"]))),
                    self.text("too_few_for_rate") if row["value"] < 3 else self.number(row["rate"], "", 2),
                    "–"
                    if row["rate"] != row["rate"]
                    else self.language.interval(row["rate_low"], row["rate_high"], 2),
                    "–" if row["population_source"] != row["population_source"] else row["population_source"],
                )
                for row in rated.to_dict("records")
            ),
        )
        return self.nothing(part)

    def large_cases(self) -> Part:
        """Single cases that make a year's figure, as the catalogue names them."""
        part = self.part("large_cases")
        found = large_cases(self.list_of("large_cases"), TABLE, self.frame(TABLE), self.language.lang)
        part.say(*self.case_sentences(found, self.text("victims.subject")))
        if not part.sentences:
            part.say(self.text("no_large_cases"))
        return part

    # -- inside --------------------------------------------------------------------------------------------

    def _totals(self) -> pd.DataFrame:
        frame = self.recent(TABLE)
        whole = (frame[list(DIMENSIONS)] == TOTAL).all(axis=1)
        return frame[whole & (frame["identification"] != OVERLAP)].reset_index(drop=True)

    def _named(self, identification: str, subject: str) -> str:
        return subject if identification == IDENTIFIED else self.named("identification", identification)

    def _draw_registration(self, part: Part, table: pd.DataFrame, years: list[int]) -> None:
        """A table of who registered how many: registrars, the overlap, the published total."""
        labels = {
            (IDENTIFIED, code): self.named("registered_by", code)
            for code in self.list_of("codes/registered_by")["code"]
            if code != TOTAL
        }
        overlap = table[table["identification"] == OVERLAP]
        rows = []
        for (identification, code), label in labels.items():
            own = table[(table["identification"] == identification) & (table[REGISTRATION] == code)]
            if len(own):
                rows.append(Row(label, self._yearly(own, years)))
        if len(overlap):
            summed = overlap.groupby("year", as_index=False).agg({"value": "sum", "obs_status": "first"})
            rows.append(Row(self.text("victims.overlap"), self._yearly(summed, years, sign="−")))
        whole = table[(table["identification"] == IDENTIFIED) & (table[REGISTRATION] == TOTAL)]
        rows.append(Row(self.text("victims.deduplicated"), self._yearly(whole, years)))
        width = min(0.72, 4.4 / len(years))
        chart = grid(
            [Column(str(year), width, "right") for year in years],
            rows,
            self.language,
            title=self.text("victims.registration_title", first_year=years[0], year=years[-1]),
            subtitle=self.text("victims.registration_subtitle"),
            data=table,
        )
        self.draw(part, "registration", chart)

    def _yearly(self, own: pd.DataFrame, years: list[int], sign: str = "") -> list[Cell]:
        found = {int(row["year"]): row for row in own.to_dict("records")}
        cells = []
        for year in years:
            row = found.get(year)
            if row is None:
                cells.append(Cell("–", muted=True))
            else:
                missing = row["value"] != row["value"]
                words = self.number(row["value"], row["obs_status"])
                cells.append(Cell(words if missing else sign + words, muted=missing))
        return cells
