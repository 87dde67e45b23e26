"""From evaluation, comparison and quality results to sentences.

The words are in `catalogue/texts/<language>/evaluation.toml`, `international.toml` and `quality.toml`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from thb_analysis.analysis.frames import MONEY, TOTAL, absent
from thb_analysis.analysis.scorecard import ACHIEVED, DISCONTINUED, NOT_ASSESSABLE, STATES
from thb_analysis.analysis.sentences import Words, nothing, quantity

Row = Mapping[str, Any]


class Labels(Words, Protocol):
    """What is asked of a language here: texts, numbers, and names of codes."""

    def label(self, dimension: str, code: str) -> str: ...
    def short(self, dimension: str, code: str) -> str: ...
    def signed(self, x: Any, decimals: int | None = None) -> str: ...


def capital(words: str) -> str:
    """With a capital first letter."""
    return words[:1].upper() + words[1:]


def state(row: Row) -> str:
    """Which of the five states of a summary a row of a scorecard is in."""
    return DISCONTINUED if row["reason"] == DISCONTINUED else str(row["verdict"])


def as_written(row: Row, side: str, language: Words) -> str:
    """The `result` or `forecast` of a scorecard row as written in the workbook; in words where it is empty.

    The year that it compares with is named in the language of the text.
    """
    text, base = " ".join(str(row[f"raw_{side}"]).split()), row[f"{side}_base_year"]
    if not text:
        return language.text("evaluation.indicator.none")
    if absent(base) or not str(base):
        return text
    change = text.partition("(")[0].strip()
    return language.text("evaluation.indicator.against", change=change, year=int(float(str(base))))


def indicator(row: Row, language: Labels) -> str:
    """A row of `scorecard.scorecard`: the literal verdict, then what it is worth."""
    params: dict[str, Any] = {
        "name": capital(language.label("indicator", str(row["indicator"]))),
        "year": int(row["year"]),
        "result": as_written(row, "result", language),
        "forecast": as_written(row, "forecast", language),
    }
    if row["verdict"] == NOT_ASSESSABLE:
        said = [
            language.text(
                "evaluation.indicator.open",
                reason=language.text(f"evaluation.reason.{row['reason']}"),
                **params,
            )
        ]
    else:
        verdict = language.text(f"evaluation.verdict.{row['verdict']}")
        said = [
            language.text("evaluation.indicator.judged", verdict=verdict, size=_size(row, language), **params)
        ]
    return " ".join([*said, *evidence(row, language)])


def evidence(row: Row, language: Labels) -> list[str]:
    """What a literal verdict is worth, in sentences; empty where there is nothing to add."""
    said = []
    if not absent(row["position"]) and row["verdict"] != ACHIEVED:
        position = language.text(f"evaluation.position.{row['position']}")
        said.append(language.text("evaluation.indicator.neutral", position=position))
    if not absent(row["chance_compatible"]) and row["chance_compatible"]:
        if not row["resolvable"]:
            said.append(language.text("evaluation.indicator.unresolvable"))
        key = "chance_work" if row["own_work"] else "chance"
        low, high = (language.number(row[name], 1) for name in ("chance_low", "chance_high"))
        said.append(language.text(f"evaluation.indicator.{key}", low=low, high=high))
    if not absent(row["cumulative"]):
        said.append(language.text(f"evaluation.cumulative.{row['cumulative']}"))
    if not absent(row["readings"]) and row["readings"]:
        same = row["reason"] != "depends_on_reading"
        key = "readings" if same else "readings_differ"
        said.append(language.text(f"evaluation.indicator.{key}", readings=_readings(row, language)))
    return said


def summary(row: Row, language: Labels) -> str:
    """A row of `scorecard.summary`: how many indicators are in each state."""
    counts = {name: int(row[name]) for name in STATES}
    plan = language.label("plan", str(row["plan"]))
    return language.text(
        "evaluation.summary", plan=plan, year=int(row["year"]), n=int(row["total"]), **counts
    )


def measures(row: Row, plan: str, language: Labels) -> str:
    """A row of `measures.tally` over all measures of a plan."""
    counts = {name: int(row[name]) for name in ("done", "partly_done", "not_done", "not_needed")}
    return language.text(
        "evaluation.measures", plan=language.label("plan", plan), n=int(row["total"]), **counts
    )


def contradiction(row: Row, language: Labels) -> str:
    """A row of `measures.contradictions`: which published tallies contradict each other."""
    return language.text(
        f"evaluation.contradiction.{row['kind']}",
        plan=language.label("plan", str(row["plan"])),
        status=language.label("status", str(row["status"])),
        member=language.label("member", str(row["member"])) if row["member"] else "",
        one=language.label("breakdown", str(row["one"])),
        one_sum=int(row["one_sum"]),
        other=language.label("breakdown", str(row["other"])),
        other_sum=int(row["other_sum"]),
    )


def milestone_contradiction(row: Row, language: Labels) -> str:
    """A milestone that is achieved in its year by the letter, and not achieved over all years."""
    return language.text(
        "evaluation.contradiction.milestone",
        name=capital(language.label("indicator", str(row["indicator"]))),
        year=int(row["year"]),
        result=as_written(row, "result", language),
        forecast=as_written(row, "forecast", language),
    )


def budget_sum(row: Row, language: Labels) -> str:
    """A row of `measures.budget_sums`: a published sum beside the sum of its years."""
    whole = row["institution"] == TOTAL
    return language.text(
        f"evaluation.budget.sum_{row['verdict']}",
        institution=language.text("evaluation.budget.together")
        if whole
        else language.label("institution", str(row["institution"])),
        kind=language.label("budget_kind", str(row["kind"])),
        published=language.money(row["published"]),
        summed=language.money(row["summed"]),
    )


def comparison(row: Row, language: Labels) -> str:
    """A row of `international.beside`: a national figure beside the publisher's; empty where a side is absent."""
    if row["verdict"] == "incomplete":
        return ""
    params: dict[str, Any] = {
        "indicator": capital(language.text(f"international.indicator.{row['indicator']}")),
        "year": int(row["year"]),
        "publisher": str(row["publisher"]),
        "national": _number(row["national"], language),
        "published": "" if absent(row["published"]) else _number(row["published"], language),
        "difference": "" if absent(row["difference"]) else _number(abs(row["difference"]), language),
        "low": _number(row["published_low"], language),
        "high": _number(row["published_high"], language),
    }
    return language.text(f"international.beside.{row['verdict']}", **params)


def publisher_contradiction(row: Row, language: Labels) -> str:
    """A row of `international.contradictions`: parts that exceed their total."""
    return language.text(
        f"international.contradiction.{row['dimension']}",
        country=language.text(f"international.country.{row['country']}"),
        indicator=language.text(f"international.indicator.{row['indicator']}"),
        year=int(row["year"]),
        publisher=str(row["publisher"]),
        parts=str(row["parts"]),
        least=int(row["least"]),
        total=int(row["total"]),
    )


def reconciliation(row: Row, language: Labels) -> str:
    """A row of `quality.reconcile`: what two institutions say, and whether it can be."""
    code = f" ({language.short(str(row['each']), str(row['code']))})" if row["each"] else ""
    sides = {
        side: nothing("", language)
        if absent(row[f"{side}_value"])
        else quantity(row[f"{side}_value"], str(row[f"{side}_unit"]), language)
        for side in ("left", "right")
    }
    rule = language.text(f"quality.rule.{row['rule']}")
    return language.text(
        f"quality.reconcile.{row['verdict']}", rule=rule, code=code, year=int(row["year"]), **sides
    )


def finding(row: Row, language: Labels) -> str:
    """A row of `quality.findings_by_kind`: how often, and what the first one says."""
    severity = capital(language.text(f"quality.severity.{row['severity']}"))
    return language.text(
        "quality.finding", n=int(row["number"]), severity=severity, message=str(row["message"])
    )


def _size(row: Row, language: Labels) -> str:
    if row["verdict"] == ACHIEVED or absent(row["difference"]):
        return ""
    money = row["unit"] == MONEY
    written = language.signed(row["difference"], 0 if money else None)
    percent = ""
    if not absent(row["percent"]):
        sign = "+" if row["percent"] > 0 else ""
        percent = language.text(
            "evaluation.indicator.percent", percent=sign + language.percent(row["percent"], 1)
        )
    return language.text("evaluation.indicator.size", difference=written, percent=percent)


def _readings(row: Row, language: Labels) -> str:
    told = []
    for part in str(row["readings"]).split("; "):
        name, _, rest = part.partition("=")
        value, _, verdict = rest.partition(": ")
        words = f"{language.text(f'evaluation.reading.{name}')} {language.number(float(value))}"
        same = row["reason"] != "depends_on_reading"
        told.append(words if same else f"{words} – {language.text(f'evaluation.verdict.{verdict}')}")
    return "; ".join(told)


def _number(value: float, language: Words) -> str:
    return nothing("", language) if absent(value) else language.number(value)
