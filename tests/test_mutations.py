"""Hundreds of accidents in every run: the same figures, or a finding.  Ten thousand: `python -m tests.mutations`."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from pathlib import Path

from drafts import Answer
from mutations import FAMILIES, Base, Change, bases, judge, report, run

from thb_analysis.findings import Finding

CHANGES = 300


def test_no_change_gives_other_figures_without_a_word(tmp_path: Path) -> None:
    verdicts = run(CHANGES, tmp_path, seed=20, generated=40)
    silent = [verdict for verdict in verdicts if verdict.outcome == "silent"]
    assert not silent, report(verdicts)
    assert set(Counter(verdict.family for verdict in verdicts)) == set(FAMILIES)


def test_most_harmless_changes_leave_the_figures_as_they_are(tmp_path: Path) -> None:
    verdicts = [
        v for v in run(180, tmp_path, seed=1, generated=0) if v.family in ("shift", "insert_line", "merge")
    ]
    outcomes = Counter(verdict.outcome for verdict in verdicts)
    assert outcomes["same"] >= len(verdicts) * 0.8, report(verdicts)


def test_the_judgement_can_fail(tmp_path: Path) -> None:
    """A reader that gives one figure otherwise, or leaves one out, is caught."""
    base = bases(tmp_path, 0)[5]
    change = Change(base.draft, "nothing")
    assert judge(base, change, base.answer, "none").outcome == "same"
    rows = dict(base.answer.rows)
    key = next(key for key, o in rows.items() if o.value is not None)
    o = rows[key]
    wrong = {
        "value": o._replace(value=Decimal(999)),
        "unit": o._replace(unit="EUR"),
        "status": o._replace(status="P"),
        "cell": o._replace(cell="ZZ99"),
        "sheet": o._replace(sheet="Other"),
    }
    missing = {other: o for other, o in rows.items() if other != key}
    for broken in (*({**rows, key: other} for other in wrong.values()), missing):
        after = Answer(broken, base.answer.said, base.answer.findings, base.answer.ledger)
        assert judge(base, change, after, "none").outcome == "silent"
    # an error elsewhere excuses no figure
    for place, outcome in (("ZZ98", "silent"), (o.cell, "other, with an error")):
        error = Finding("value_error", o.file, o.sheet, place, found="new")
        after = Answer(
            {**rows, key: wrong["value"]}, base.answer.said, [*base.answer.findings, error], Counter()
        )
        assert judge(base, change, after, "none").outcome == outcome
    said = Change(base.draft, "must say", must_say=True)
    assert judge(Base(base.draft, base.answer), said, base.answer, "none").outcome == "silent"
