"""Policy evaluation: indicators against forecasts, measures by status, budget, and contradictions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import pandas as pd

from thb_analysis.analysis import measures, scorecard, statements
from thb_analysis.analysis.frames import TOTAL, absent
from thb_analysis.analysis.sentences import nothing
from thb_analysis.charts.grid import Cell, Column, Row, grid
from thb_analysis.charts.lights import lights
from thb_analysis.studies.base import Study, joined
from thb_analysis.studies.parts import Part

VERDICT_MARKS: Mapping[str, str] = {
    "better": "up",
    "achieved": "full",
    "worse": "down",
    "discontinued": "dash",
    "not_assessable": "hollow",
}
LEVELS = ("policy", "activity")


class PolicyEvaluation(Study):
    """The evaluation of the latest plan that has one, not later than the study's year."""

    name: ClassVar[str] = "05_policy_evaluation"

    def scorecard(self) -> pd.DataFrame:
        """The scorecard of the latest year with forecasts."""
        judged = scorecard.scorecard(
            self.frame("indicators"), self.list_of("codes/indicator"), self.list_of("codes/result")
        )
        return judged[judged["year"] == judged["year"].max()].reset_index(drop=True)

    def indicators(self) -> Part:
        """Every indicator against its forecast, with the evidence beside the verdict."""
        part = self.part("indicators")
        judged = self.scorecard()
        if judged.empty:
            return self.nothing(part)
        self._earlier(part, judged)
        for row in scorecard.summary(judged).to_dict("records"):
            part.say(statements.summary(row, self.language))
        counted, small = scorecard.too_small(judged)
        part.say(self.language.text("evaluation.indicator.too_small", counted=counted, small=small))
        for level in LEVELS:
            rows = judged[judged["level"] == level]
            if len(rows):
                self._draw_scorecard(part, rows, level)
        part.table(
            self.text("policy_evaluation.each"),
            [self.text("column.indicator"), self.text("column.verdict")],
            (
                (self.named("indicator", row["indicator"]), statements.indicator(row, self.language))
                for row in judged.to_dict("records")
            ),
        )
        return part

    def measures(self) -> Part:
        """The plan's measures by direction, responsible institution and status."""
        part = self.part("measures")
        rows = self._latest(self.frame("plan_measures"))
        if rows.empty:
            return self.nothing(part)
        self._earlier(part, rows)
        for plan, own in rows.groupby("plan", sort=True):
            self._measures_of(part, str(plan), own)
        return part

    def tallies(self) -> Part:
        """The tallies of measures as a published evaluation has them, by sector and by direction."""
        part = self.part("tallies")
        rows = self._latest(self.frame("measure_tallies"))
        if rows.empty:
            return self.nothing(part)
        self._earlier(part, rows)
        statuses = [
            code
            for code in (*measures.STATUSES, TOTAL)
            if rows.loc[rows["status"] == code, "value"].notna().any()
        ]
        heads = [self.named("status", code) if code != TOTAL else self.text("total") for code in statuses]
        for (plan, breakdown), own in rows.groupby(["plan", "breakdown"], sort=True):
            by_member = {
                str(member): {str(row["status"]): row for row in group.to_dict("records")}
                for member, group in own.groupby("member", sort=False)
            }
            table = [
                [self.named("member", member), *(self._cell(found.get(code)) for code in statuses)]
                for member, found in by_member.items()
            ]
            sums = measures.tally_totals(own).set_index("status")["value"]
            table.append(
                [
                    self.text("sum_of_rows"),
                    *(self.language.number(int(sums.get(code, 0))) for code in statuses),
                ]
            )
            caption = f"{self.language.label('plan', str(plan))}, {self.language.label('breakdown', str(breakdown))}"
            part.table(caption, [self.text("column.member"), *heads], table)
        return part

    def budget(self) -> Part:
        """Money planned against money granted."""
        part = self.part("budget")
        frame = self.frame("budget")
        table = measures.budget(frame)
        if table.empty:
            return self.nothing(part)
        for row in measures.budget_sums(frame).to_dict("records"):
            part.say(statements.budget_sum(row, self.language))
        granted = frame[frame["kind"] == measures.GRANTED]
        if granted["value"].isna().all():
            why = nothing(str(granted["obs_status"].iloc[0]) if len(granted) else "", self.language)
            part.say(self.language.text("evaluation.budget.no_granted", why=why))
            part.say(*self._quotes(granted))
        for plan, own in table.groupby("plan", sort=True):
            self._draw_budget(part, str(plan), own)
        return part

    def contradictions(self) -> Part:
        """Where the published evaluation contradicts itself."""
        part = self.part("contradictions")
        tallies, judged = self.frame("measure_tallies"), self.scorecard()
        found = [
            statements.contradiction(row, self.language)
            for row in measures.contradictions(tallies).to_dict("records")
        ]
        odd = judged[(judged["verdict"] == scorecard.ACHIEVED) & (judged["cumulative"] == "not_achieved")]
        found += [statements.milestone_contradiction(row, self.language) for row in odd.to_dict("records")]
        if found:
            part.say(*found)
        elif len(tallies) or len(judged):
            part.say(self.language.text("evaluation.contradiction.none"))
        return self.nothing(part)

    # -- inside --------------------------------------------------------------------------------------------

    def _latest(self, frame: pd.DataFrame) -> pd.DataFrame:
        return frame[(frame["year"] == frame["year"].max()).fillna(False)].reset_index(drop=True)

    def _earlier(self, part: Part, rows: pd.DataFrame) -> None:
        """Say so where the latest figures are those of an earlier year."""
        latest = int(rows["year"].max())
        if latest != self.year:
            part.say(self.text("policy_evaluation.earlier", year=latest, asked_year=self.year))

    def _cell(self, row: Mapping[str, Any] | None) -> str:
        return self.number(None) if row is None else self.number(row["value"], row["obs_status"])

    def _draw_scorecard(self, part: Part, judged: pd.DataFrame, level: str) -> None:
        text = self.language.text
        states = [statements.state(row) for row in judged.to_dict("records")]
        plan, year = str(judged["plan"].iloc[0]), int(judged["year"].iloc[0])
        counts = {name: states.count(name) for name in ("better", "achieved", "worse")}
        rows, seen = [], ""
        ordered = judged.sort_values("goal", kind="stable").to_dict("records")
        for row in ordered:
            goal = "" if row["goal"] == seen else str(row["goal"])
            seen = str(row["goal"])
            state = statements.state(row)
            cells = (
                Cell(statements.as_written(row, "forecast", self.language)),
                Cell(statements.as_written(row, "result", self.language)),
                Cell(text(f"evaluation.verdict.{state}"), VERDICT_MARKS[state]),
                Cell(joined(self._worth(row)), muted=True),
            )
            heading = text(f"evaluation.goal.{goal}") if goal and judged["goal"].nunique() > 1 else ""
            rows.append(Row(self.named("indicator", row["indicator"]), cells, heading))
        columns = [
            Column(text("evaluation.scorecard.forecast"), 0.85),
            Column(text("evaluation.scorecard.result"), 0.85),
            Column(text("evaluation.scorecard.verdict"), 1.35),
            Column(text("evaluation.scorecard.evidence"), 1.45),
        ]
        chart = grid(
            columns,
            rows,
            self.language,
            title=text(
                "evaluation.scorecard.title",
                plan=self.language.label("plan", plan),
                year=year,
                level=text(f"evaluation.scorecard.level_{level}"),
                **counts,
            ),
            subtitle=text("evaluation.scorecard.subtitle"),
            notes=[text("evaluation.scorecard.caution")],
            data=judged,
        )
        self.draw(part, f"scorecard_{level}", chart)

    def _worth(self, row: Mapping[str, Any]) -> list[str]:
        """The evidence of a row in few words."""
        keys = []
        if not absent(row["position"]) and row["verdict"] != scorecard.ACHIEVED:
            keys.append("neutral")
        if not absent(row["chance_compatible"]) and row["chance_compatible"]:
            keys.append("chance_work" if row["own_work"] else "chance")
            if not row["resolvable"]:
                keys.append("unresolvable")
        if not absent(row["cumulative"]):
            keys.append(f"cumulative_{row['cumulative']}")
        if not absent(row["readings"]) and row["readings"]:
            keys.append("readings")
        return [self.language.text(f"evaluation.scorecard.{key}") for key in keys]

    def _measures_of(self, part: Part, plan: str, rows: pd.DataFrame) -> None:
        text = self.language.text
        whole = measures.tally(rows, ()).to_dict("records")[0]
        part.say(statements.measures(whole, plan, self.language))
        sources = rows["source_file"].iloc[0]
        by_direction = measures.tally(rows, ("direction",))
        named_plan = self.language.label("plan", plan)
        chart = lights(
            by_direction,
            self.language,
            "direction",
            title=text(
                "evaluation.lights.title_direction", plan=named_plan, done=whole["done"], total=whole["total"]
            ),
            names={code: self.named("direction", code) for code in by_direction["direction"]},
            source=sources,
        )
        self.draw(part, "measures_direction", chart)
        spellings = {
            spelling: code
            for code, member in self.catalogue.codes["institution"].items()
            for spelling in member.spellings
        }
        by_institution = measures.tally(measures.by_responsible(rows, spellings), ("responsible",))
        by_institution = by_institution.sort_values(["total", "responsible"], ascending=[False, True])
        chart = lights(
            by_institution,
            self.language,
            "responsible",
            title=text("evaluation.lights.title_responsible", plan=named_plan),
            names={code: self.named("institution", code) for code in by_institution["responsible"]},
            notes=[text("evaluation.lights.several", total=whole["total"])],
            source=sources,
        )
        self.draw(part, "measures_responsible", chart)
        unfinished = rows[rows["status"] != "done"]
        part.table(
            self.text("policy_evaluation.unfinished"),
            [self.text(f"column.{name}") for name in ("measure", "responsible", "status")],
            (
                (
                    row["measure"],
                    row["responsible"],
                    self.language.label("status", row["status"])
                    if row["status"] in measures.STATUSES
                    else self.language.text("evaluation.no_status"),
                )
                for row in unfinished.to_dict("records")
            ),
        )

    def _quotes(self, granted: pd.DataFrame) -> list[str]:
        """What the workbook says in words in the cells of the budget."""
        evidence = self.said()
        if evidence.empty:
            return []
        own = evidence[
            (evidence["table"] == "budget")
            & evidence["source_cell"].isin(granted["source_cell"])
            & evidence["source_file"].isin(granted["source_file"])
        ]
        said = [text for text in dict.fromkeys(own["text"]) if any(letter.isalpha() for letter in text)]
        return [self.language.text("evaluation.budget.quoted", words=text) for text in said]

    def _draw_budget(self, part: Part, plan: str, own: pd.DataFrame) -> None:
        text = self.language.text
        years = sorted({int(year) for year in own["year"].dropna()})
        rows = []
        for side in (measures.PLANNED, measures.GRANTED):
            for institution, group in own.groupby("institution", sort=True):
                by_year = {None if absent(r["year"]) else int(r["year"]): r for r in group.to_dict("records")}
                if all(absent(r[side]) and not r[f"{side}_status"] for r in by_year.values()):
                    continue
                label = (
                    text("evaluation.budget.together")
                    if institution == TOTAL
                    else self.named("institution", str(institution))
                )
                cells = [self._amount(by_year.get(year), side) for year in (*years, None)]
                rows.append(Row(text(f"evaluation.budget.row_{side}", institution=label), cells))
        whole = own[own["year"].isna()]
        planned, granted = (whole[side].sum(min_count=1) for side in (measures.PLANNED, measures.GRANTED))
        named_plan = self.language.label("plan", plan)
        if absent(planned):
            planned = own[measures.PLANNED].sum()
        money = self.language.money(planned)
        title = text("evaluation.budget.title", plan=named_plan, planned=money)
        if not absent(granted):
            title = text(
                "evaluation.budget.title_granted",
                plan=named_plan,
                planned=money,
                granted=self.language.money(granted),
            )
        width = min(0.62, 4.9 / (len(years) + 1))
        columns = [Column(str(year), width, "right") for year in years]
        columns.append(Column(text("evaluation.budget.total"), max(width, 0.7), "right"))
        statuses = [*own[f"{measures.PLANNED}_status"], *own[f"{measures.GRANTED}_status"]]
        absences = dict.fromkeys(
            nothing(str(status), self.language) for status in statuses if status not in ("", "A")
        )
        chart = grid(
            columns,
            rows,
            self.language,
            title=title,
            subtitle=text("evaluation.budget.subtitle"),
            notes=self._quotes(own),
            data=own,
            legend=[("dash", " / ".join(absences))] if absences else [],
        )
        self.draw(part, "budget", chart)

    def _amount(self, row: Mapping[str, Any] | None, side: str) -> Cell:
        if row is None or absent(row[side]):
            return Cell("", "dash")
        return Cell(self.language.number(row[side]))
