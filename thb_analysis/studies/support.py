"""Support and prevention: rehabilitation clients as a flow; checks, joint operations, prevention and training."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import pandas as pd

from thb_analysis.analysis.frames import AmbiguousTableError
from thb_analysis.analysis.sentences import sentence
from thb_analysis.analysis.support import rehabilitation
from thb_analysis.analysis.trends import trend
from thb_analysis.charts import flow, trend_panels
from thb_analysis.studies.base import Study
from thb_analysis.studies.parts import Part


class SupportAndPrevention(Study):
    """What institutions did for victims and against trafficking, each by its own count."""

    name: ClassVar[str] = "04_support_and_prevention"

    def clients(self) -> Part:
        """Clients of state-paid rehabilitation: carried over, new, in total, and how many left."""
        part = self.part("clients")
        frame = self.recent("rehabilitation_clients")
        if frame.empty or not frame["value"].notna().any():
            return self.nothing(part)
        try:
            found = rehabilitation(frame)
        except AmbiguousTableError:
            part.say(self.text("ambiguous", table=self.text("support_and_prevention.clients")))
            return part
        shown = found[found["year"].isin(self.shown_years())]
        if len(shown):
            chart = flow(shown, self.language, self.text("support_and_prevention.subject_clients"))
            self.draw(part, "clients", chart)
        part.say(*(sentence(row, self.language) for row in found.to_dict("records")))
        return part

    def inspections(self) -> Part:
        """Checks and what came of them, by institution."""
        return self._by_institution("inspections", "measure")

    def activities(self) -> Part:
        """Joint operations, prevention and training, by institution."""
        return self._by_institution("activities", "activity")

    # -- inside --------------------------------------------------------------------------------------------

    def _by_institution(self, table: str, dimension: str) -> Part:
        """One chart an institution and unit: what each counts its own way is never added nor put on one scale."""
        part = self.part(table)
        frame = self.recent(table)
        if frame.empty or not frame["value"].notna().any():
            return self.nothing(part)
        for institution, own in frame.groupby("institution", sort=True):
            for unit, same in own.groupby("unit", sort=True):
                self._draw(part, table, dimension, str(institution), str(unit), same)
        part.say(self.text("support_and_prevention.own_count"))
        return part

    def _draw(
        self, part: Part, table: str, dimension: str, institution: str, unit: str, rows: pd.DataFrame
    ) -> None:
        try:
            found = trend(rows, (dimension,))
        except AmbiguousTableError:
            part.say(self.text("ambiguous", table=self.named("institution", institution)))
            return
        shown = found[found["year"].isin(self.shown_years())]
        subject = self.named("institution", institution)
        if len(shown) and shown["value"].notna().any():
            single = shown[dimension].nunique() == 1
            named = self._subject(subject, dimension, shown.iloc[0].to_dict()) if single else subject
            chart = trend_panels(shown, self.language, named, until=self.year)
            self.draw(part, f"{table}_{institution}_{unit}", chart)
        part.say(*self.sentences(found, lambda row: self._subject(subject, dimension, row)))

    def _subject(self, subject: str, dimension: str, row: Mapping[str, Any]) -> str:
        return f"{subject}, {self.language.label(dimension, str(row[dimension]))}"
