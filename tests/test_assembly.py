"""Tables that blank rows or columns part: the quick ways of joining their parts come to what the long way does."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from changes import moved
from drafts import Answer, Draft, Page, Place, answer, describe
from layouts import draw
from strangers import draw as draw_strange

from thb_analysis.ingest.alike import mould, twins
from thb_analysis.ingest.recognition.assembly import Assembly

WORKBOOKS = 80


def spread(page: Page, rng: Random) -> Page:
    """A page with one or two blank rows, or columns, after every one, or after every few from somewhere on."""
    axis, blank = rng.choice((0, 0, 1)), rng.choice((1, 1, 2))
    first, step = rng.randint(1, 6), rng.choice((1, 1, 2, 3))

    def move(place: Place) -> Place:
        behind = max(place[axis] - first, 0)
        at = place[axis] + blank * (behind // step)
        return (at, place[1]) if axis == 0 else (place[0], at)

    return moved(page, move)


def told(draft: Draft, folder: Path) -> tuple[list[str], list[str]]:
    """All that is made of a workbook by itself: its figures with their keys and cells, and the findings."""
    twins.forget()
    mould.forget()
    found: Answer = answer(draft, folder)
    return sorted(map(repr, found.said)), sorted(map(repr, found.findings))


@pytest.mark.parametrize("drawn", [draw, draw_strange])
def test_quick_ways_of_joining_come_to_what_the_long_way_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, drawn: object
) -> None:
    drafts = []
    for number in range(WORKBOOKS):
        rng = Random(number)
        draft = drawn(rng)[0]  # type: ignore[operator]
        drafts.append(Draft(draft.file, [spread(page, rng) for page in draft.pages]))
    quick = [told(draft, tmp_path) for draft in drafts]
    monkeypatch.setattr(Assembly, "_go_on", lambda self, joined, *_: joined)
    monkeypatch.setattr(Assembly, "_goes_with", lambda *_: False)
    for draft, found in zip(drafts, quick, strict=True):
        assert told(draft, tmp_path) == found, describe(draft)
