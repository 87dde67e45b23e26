"""Data quality: who answered and with what, what is missing, found, revised, and whether institutions agree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import pandas as pd

from thb_analysis.analysis import quality, statements
from thb_analysis.charts.grid import Cell, Column, Row, grid
from thb_analysis.forms.status import ANSWERED, NOTHING, PARTLY, SHOWN, UNASKED, status_as_read
from thb_analysis.studies.base import Study
from thb_analysis.studies.parts import Part

STATE_MARKS: Mapping[str, str] = {
    quality.ANSWERED: "square",
    quality.SILENT: "box",
    quality.NOT_ASKED: "dash",
}
REFERENCE = "international"
"""The folder of other publishers' series: no workbooks of institutions."""


class DataQuality(Study):
    """What the study's year and the years before it were told by whom, and how well."""

    name: ClassVar[str] = "01_data_quality"

    def answers(self) -> Part:
        """Who answered, with what, by year of the workbook."""
        part = self.part("answers")
        evidence = self.said()
        if evidence.empty:
            return self.nothing(part)
        years = self.shown_years()
        known = evidence[~evidence["source_file"].str.startswith(f"{REFERENCE}/")]
        found = quality.answers(known, self._asked(years), years)
        existing = set(found.loc[found["state"] != quality.NOT_ASKED, "institution"])
        order = {code: place for place, code in enumerate(self.catalogue.codes["institution"])}
        found = found[found["institution"].isin(existing)]
        found = found.sort_values("institution", key=lambda codes: codes.map(order), kind="stable")
        latest = found[found["year"] == self.year]
        answered = int((latest["state"] == quality.ANSWERED).sum())
        asked = int((latest["state"] != quality.NOT_ASKED).sum())
        title = self.language.text("quality.answers.title", year=self.year, answered=answered, asked=asked)
        part.say(title + ".")
        rows = [
            Row(self.named("institution", str(code)), self._answer_cells(own, years))
            for code, own in found.groupby("institution", sort=False)
        ]
        legend = [
            (STATE_MARKS[state], self.language.text(f"quality.state.{state}"))
            for state in STATE_MARKS
            if (found["state"] == state).any()
        ]
        chart = grid(
            [Column(str(year), self._width(years), "center") for year in years],
            rows,
            self.language,
            title=title,
            subtitle=self.language.text("quality.answers.subtitle"),
            notes=[self.language.text("quality.answers.note")],
            data=found,
            source=self.text("data_quality.evidence"),
            legend=legend,
        )
        self.draw(part, "answers", chart)
        part.table(
            self.text("data_quality.received", year=self.year),
            [self.text(f"column.{name}") for name in ("institution", "files", "tables", "figures", "stated")],
            (
                (
                    self.named("institution", row["institution"]),
                    row["files"],
                    "; ".join(self._table(name) for name in row["tables"].split("; ")),
                    self.language.number(row["figures"]),
                    self.language.number(row["stated"]),
                )
                for row in latest[latest["state"] == quality.ANSWERED].to_dict("records")
            ),
        )
        return part

    def request(self) -> Part:
        """Where the year's request stands: who owes what, what came in which versions, what is open."""
        part = self.part("request")
        found = status_as_read(self.processed, self.catalogue, self.year)
        if not any(row.files for row in found):
            return self.nothing(part)
        asked = [row for row in found if row.state != UNASKED]
        states = {state: sum(row.state == state for row in asked) for state in (ANSWERED, PARTLY, NOTHING)}
        owed, came = sum(len(row.owed) for row in asked), sum(len(row.answered) for row in asked)
        part.say(self.text("data_quality.stands", owed=owed, came=came, asked=len(asked), **states))
        part.table(
            self.text("data_quality.request_table", year=self.year),
            [self.language.text(f"forms.status.{name}") for name in SHOWN if name != "missing"],
            (
                (
                    self.named("institution", row.institution),
                    self.language.text(f"forms.status.{row.state}"),
                    f"{len(row.answered)}/{len(row.owed)}",
                    "; ".join(row.files),
                    self.language.number(row.errors),
                    self.language.number(row.warnings),
                )
                for row in found
            ),
        )
        part.table(
            self.text("data_quality.missing_table", year=self.year),
            [self.language.text(f"forms.status.{name}") for name in ("institution", "missing")],
            (
                (self.named("institution", row.institution), "; ".join(self._table(n) for n in row.missing))
                for row in found
                if row.missing
            ),
        )
        return part

    def completeness(self) -> Part:
        """How complete each table is for each year."""
        part = self.part("completeness")
        years = self.shown_years()
        own = {name: frame for name, frame in self.frames().items() if name != REFERENCE}
        found = quality.completeness(own, years)
        if not int(found["figures"].sum()):
            return self.nothing(part)
        latest = found[found["year"] == self.year]
        stated = int((latest["stated"] > 0).sum())
        title = self.language.text(
            "quality.completeness.title", year=self.year, stated=stated, tables=len(latest)
        )
        part.say(title + ".")
        rows = [
            Row(self._table(str(name)), self._completeness_cells(part_of, years))
            for name, part_of in found.groupby("table", sort=False)
        ]
        kinds = {"square": "stated", "half_square": "partly", "box": "none_stated", "dash": "nothing"}
        used = {cell.mark for row in rows for cell in row.cells}
        chart = grid(
            [Column(str(year), self._width(years), "center") for year in years],
            rows,
            self.language,
            title=title,
            subtitle=self.language.text("quality.completeness.subtitle"),
            data=found,
            source=self.text("data_quality.tables"),
            legend=[(m, self.language.text(f"quality.kind.{k}")) for m, k in kinds.items() if m in used],
        )
        self.draw(part, "completeness", chart)
        gaps = latest[latest["figures"] > latest["stated"]]
        part.table(
            self.text("data_quality.absent", year=self.year),
            [
                self.text("column.table"),
                self.text("column.stated"),
                *(self.named("obs_status", kind) for kind in quality.ABSENT),
            ],
            (
                (
                    self._table(row["table"]),
                    self.language.number(row["stated"]),
                    *(self.language.number(row[kind]) for kind in quality.ABSENT),
                )
                for row in gaps.to_dict("records")
            ),
        )
        return part

    def findings(self) -> Part:
        """What was found in the workbooks of the years shown, by kind."""
        part = self.part("findings")
        frame = self.rows(f"findings.{self.language.lang}")
        if frame.empty:
            return self.nothing(part)
        years = {str(year) for year in range(self.first_year, self.year + 1)} | {REFERENCE}
        own = frame[[str(name).partition("/")[0] in years for name in frame["source_file"]]]
        found = quality.findings_by_kind(own)
        for severity, rows in found.groupby("severity", sort=False):
            named = self.language.text(f"quality.severity.{severity}")
            part.say(
                self.text(
                    "data_quality.found", severity=named, kinds=len(rows), number=int(rows["number"].sum())
                )
            )
        part.table(
            self.text("data_quality.findings"),
            [self.text(f"column.{name}") for name in ("noticed", "first_place", "suggestion")],
            (
                (statements.finding(row, self.language), row["first_place"], row["suggestion"])
                for row in found.to_dict("records")
            ),
        )
        return self.nothing(part)

    def revisions(self) -> Part:
        """Which figures a later workbook changed."""
        part = self.part("revisions")
        frame = self.rows("revisions")
        if frame.empty:
            if self.rows("evidence").size:
                part.say(self.language.text("quality.revision.none"))
            return self.nothing(part)
        for row in quality.revised(frame).to_dict("records"):
            part.say(
                self.language.text(
                    "quality.revision.changed",
                    table=self._table(row["table"]),
                    year=str(row["year"]),
                    old=str(row["old_value"]) or self.number(None),
                    new=str(row["new_value"]) or self.number(None),
                    source=str(row["new_source"]),
                )
            )
        return part

    def reconciliation(self) -> Part:
        """What institutions say of the same things, side by side."""
        part = self.part("reconciliation")
        found = quality.reconcile(self.frames(), self.list_of("reconciliations"))
        found = found[(found["year"] >= self.first_year) & (found["year"] <= self.year)]
        wrong = found[found["verdict"] == "contradiction"]
        checked = int(found["verdict"].isin(("holds", "contradiction")).sum())
        if len(found):
            part.say(self.text("data_quality.reconciled", checked=checked, wrong=len(wrong)))
        ordered = pd.concat(
            [wrong, found[(found["year"] == self.year) & (found["verdict"] != "contradiction")]]
        )
        part.table(
            self.text("data_quality.reconciliation", year=self.year),
            [self.text("column.comparison")],
            ([statements.reconciliation(row, self.language)] for row in ordered.to_dict("records")),
        )
        return self.nothing(part)

    # -- inside --------------------------------------------------------------------------------------------

    def _asked(self, years: Sequence[int]) -> dict[str, list[int]]:
        """Who is asked in which years: those that some table names as senders, while they exist."""
        institutions = self.catalogue.codes["institution"]
        senders = {code for table in self.catalogue.tables.values() for code in table.senders}
        return {
            code: [year for year in years if institutions[code].valid_in(year)]
            for code in sorted(senders)
            if code in institutions
        }

    def _table(self, name: str) -> str:
        known = self.catalogue.tables.get(name)
        return name if known is None else known.label[self.language.lang]

    def _width(self, years: Sequence[int]) -> float:
        return min(0.72, 4.4 / max(len(years), 1))

    def _answer_cells(self, own: pd.DataFrame, years: Sequence[int]) -> list[Cell]:
        by_year: dict[int, dict[str, Any]] = {int(row["year"]): row for row in own.to_dict("records")}
        cells = []
        for year in years:
            row = by_year[year]
            number = self.language.number(row["figures"]) if row["state"] == quality.ANSWERED else ""
            cells.append(Cell(number, STATE_MARKS[row["state"]]))
        return cells

    def _completeness_cells(self, own: pd.DataFrame, years: Sequence[int]) -> list[Cell]:
        by_year: dict[int, dict[str, Any]] = {int(row["year"]): row for row in own.to_dict("records")}
        cells = []
        for year in years:
            row = by_year[year]
            stated, figures = int(row["stated"]), int(row["figures"])
            if not figures:
                cells.append(Cell("", "dash"))
            elif stated == figures:
                cells.append(Cell(self.language.number(stated), "square"))
            else:
                both = f"{self.language.number(stated)}/{self.language.number(figures)}"
                cells.append(Cell(both, "half_square" if stated else "box"))
        return cells
