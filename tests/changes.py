"""What a change of a workbook is, what may follow from it without a word, and the judgement of what did."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from drafts import Answer, Draft, Ink, Key, Page, Place, Value, at, key_of, numbered, told, write

from thb_analysis.findings import Finding
from thb_analysis.observations import Observation, plain

YEAR = re.compile(r"(?<!\d)20[012]\d(?!\d)")
HEADING = re.compile(r"(row|column) ([A-Z]+)(\d+) ")
_CELL = re.compile(r"(?<![A-Z0-9])[A-Z]{1,3}\d+(?!\d)")

Where = tuple[str, str]  #: sheet and cell
Said = tuple[Key, tuple[str, ...]]  #: what a figure is known by, and all that it says


@dataclass
class Change:
    """A changed workbook, and what may follow from the change without a word."""

    draft: Draft
    what: str
    gone: set[Where] = field(default_factory=set)  #: whose figures were taken out, by their old place
    added: set[Where] = field(default_factory=set)  #: whose figures are rightly new
    must_say: bool = False  #: a new error or warning has to be there
    sheet: str = ""  #: the sheet that was changed, by its new name; "" for all
    move: Callable[[str, Place], tuple[str, Place]] = lambda sheet, place: (sheet, place)  #: old place → new
    copies: dict[str, str] = field(default_factory=dict)  #: sheet → its copy, which says the same
    more: dict[Said, set[Where]] = field(default_factory=dict)  #: what may be said as well, and where
    save: Callable[[Draft, Path], Path] = write  #: how the workbook is saved

    def places(self, sheet: str, cell: str) -> set[Where]:
        """Where a figure of the workbook before may stand in the one after."""
        new, place = self.move(sheet, place_of(cell))
        return {(new, at(*place))} | ({(self.copies[new], at(*place))} if new in self.copies else set())


@dataclass(frozen=True)
class Base:
    """A workbook before the change and what the ingest made of it."""

    draft: Draft
    answer: Answer


@dataclass(frozen=True)
class Verdict:
    """What became of one change: same, said, or silent, with the particulars."""

    family: str
    outcome: str
    detail: str = ""


Mutation = Callable[[Base, Random], Change | None]


# where things stand --------------------------------------------------------------------------------------


def headings(base: Base) -> list[tuple[str, str, Place]]:
    """(sheet, row or column, place) of every heading that heads a figure."""
    found = {
        (o.sheet, kind, (int(row), column_of(letters)))
        for o in base.answer.said
        for kind, letters, row in HEADING.findall(o.headings)
    }
    return sorted(found)


def heads_of(o: Observation) -> set[Place]:
    """The places of a figure's own headings."""
    return {(int(row), column_of(letters)) for _, letters, row in HEADING.findall(o.headings)}


def figures(base: Base) -> list[tuple[str, Place, Key]]:
    """(sheet, place, key) of every plain number."""
    found = []
    for key, o in base.answer.rows.items():
        letters, row = re.match(r"([A-Z]+)(\d+)", o.cell).groups()  # type: ignore[union-attr]
        place = (int(row), column_of(letters))
        ink = page_of(base.draft, o.sheet).cells.get(place)
        if o.value is not None and ink is not None and ink.is_number:
            found.append((o.sheet, place, key))
    return sorted(found)


def page_of(draft: Draft, name: str) -> Page:
    return next(page for page in draft.pages if page.name == name)


def column_of(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def pick(rng: Random, found: list) -> object:  # type: ignore[type-arg]
    return rng.choice(found) if found else None


def with_value(base: Base, sheet: str, place: Place, value: Value | None, **how: object) -> Draft:
    draft = base.draft.copy()
    page = page_of(draft, sheet)
    if value is None:
        page.cells.pop(place)
    else:
        page.cells[place] = Ink(value, **how)  # type: ignore[arg-type]
    return draft


# changes of place ----------------------------------------------------------------------------------------


def moved(page: Page, move: Callable[[Place], Place]) -> Page:
    new = page.copy()
    new.cells = {move(place): ink for place, ink in page.cells.items()}
    new.styled = {move(place) for place in page.styled}
    new.merges = [(*move((t, left)), *move((b, right))) for t, left, b, right in page.merges]
    return new


def replaced(base: Base, page: Page, *new: Page) -> Draft:
    pages: list[Page] = []
    for old in base.draft.pages:
        pages += list(new) if old is page else [old.copy()]
    return Draft(base.draft.file, pages)


def moved_change(base: Base, page: Page, move: Callable[[Place], Place], what: str) -> Change:
    return Change(replaced(base, page, moved(page, move)), what, sheet=page.name, move=on(page.name, move))


def on(sheet: str, move: Callable[[Place], Place]) -> Callable[[str, Place], tuple[str, Place]]:
    return lambda name, place: (name, move(place) if name == sheet else place)


def place_of(cell: str) -> Place:
    letters, row = re.match(r"([A-Z]+)(\d+)", cell).groups()  # type: ignore[union-attr]
    return int(row), column_of(letters)


# the judgement -------------------------------------------------------------------------------------------


CRASHED = ("file_not_understood", "file_broke_reader")


def judge(base: Base, change: Change, after: Answer, family: str) -> Verdict:
    """The same figures of the same cells, or a finding for each that is not; anything else is a silent error.

    A figure is the same if its key, its year, its value, its unit and its status are, and if it comes from the
    cell that the change has moved it to.  One that is other has to be excused by a new error that names its
    cell or a heading of it; one that is gone, by a new error or warning about its sheet or the file.
    """
    before = base.answer
    new = numbered(after.findings) - numbered(before.findings)
    fresh = [f for f in after.findings if (f.code, f.found) in new]
    errors = [f for f in fresh if f.severity == "error"]
    said = [f for f in fresh if f.severity in ("error", "warning")]
    aside = [f for f in fresh if f.code == "figure_aside"]  # among shares a number is passed over as they are
    heard = [*said, *aside]
    other, lost, silent = [], [], change.must_say and not any(_about(f, change.sheet) for f in heard)
    silent = silent or any(f.code in CRASHED for f in fresh)  # a finding does not excuse a program that fails
    places: dict[Said, set[Where]] = {}
    for o in before.said:
        places.setdefault((key_of(o), content(o)), set()).update(change.places(o.sheet, o.cell))
    for what, where in change.more.items():
        places.setdefault(what, set()).update(where)
    for key, o in after.rows.items():
        if not _stated(o) or (o.sheet, o.cell) in change.added:
            continue
        if (o.sheet, o.cell) not in places.get((key, content(o)), set()) and not _said_twice(
            o, after, places
        ):
            was = before.rows.get(key)
            told_before = f"{content(was)} at {was.cell}" if was else "nothing"
            other.append(f"{key[0]} {key[1]} {_brief(key)} = {content(o)} at {o.cell}, was {told_before}")
            enough = said if was is not None and _but_for_status(was, o) else errors
            silent = silent or not any(_names(f, o) for f in enough)
    for key, o in before.rows.items():
        now = after.rows.get(key)
        if _stated(o) and (o.sheet, o.cell) not in change.gone and (now is None or not _stated(now)):
            lost.append(f"{key[0]} {key[1]} {_brief(key)} = {told(o)}")
            sheets = {sheet for sheet, _ in change.places(o.sheet, o.cell)}
            silent = silent or not any(_about(f, sheet) for f in said for sheet in sheets)
    codes = ", ".join(sorted({code for code, _ in new}))
    detail = f"{change.what}; other: {other[:3]}; lost: {lost[:3]}; new findings: {codes}"
    if silent:
        return Verdict(family, "silent", detail)
    if other:
        return Verdict(family, "other, with an error", detail)
    return Verdict(family, "lost, with a finding" if lost else "same", detail)


def _but_for_status(one: Observation, other: Observation) -> bool:
    """Whether two rows say the same but for the status: of that a warning tells enough."""
    return content(one._replace(status="")) == content(other._replace(status=""))


def _said_twice(o: Observation, after: Answer, places: dict[Said, set[Where]]) -> bool:
    """Whether the figure's own cell says just the same: of two that agree it does not matter which one is told."""
    own = places.get((key_of(o), content(o)), set())
    alike = {
        (other.sheet, other.cell)
        for other in after.said
        if key_of(other) == key_of(o) and content(other) == content(o)
    }
    return (o.sheet, o.cell) in alike and bool(own & alike)


def _stated(o: Observation) -> bool:
    """Whether a row says something: a figure, or that there is none; a blank cell and a contradiction do not."""
    return o.status not in ("M", "X")


def content(o: Observation) -> tuple[str, ...]:
    """Everything that a row says beside its key."""
    return (told(o), o.unit, o.status, plain(o.value), plain(o.low), plain(o.high), str(o.relative_to or ""))


def _about(finding: Finding, sheet: str) -> bool:
    return not sheet or finding.sheet in (sheet, "")


def _names(finding: Finding, o: Observation) -> bool:
    """Whether a finding points to a figure: to its cell or to one of its headings, or tells of its cell."""
    if not _about(finding, o.sheet):
        return False
    headings = {letters + row for _, letters, row in HEADING.findall(o.headings)}
    told_of = set(_CELL.findall(" ".join((finding.cell, finding.found, finding.expected, finding.hint))))
    return o.cell in told_of or finding.cell in headings


def _brief(key: Key) -> str:
    return ",".join(f"{name}={code}" for name, code in key[2] if code != "_T")
