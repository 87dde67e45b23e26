"""What this year's form asks anew, drops or renames against an older one, for the covering letter."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from thb_analysis.definitions import Catalogue
from thb_analysis.formmap import FIXED, FormMap, SheetMap
from thb_analysis.formplan import institutions, plan_form
from thb_analysis.ingest.book import read_book
from thb_analysis.ingest.form import form_of
from thb_analysis.language import Language

NEW, DROPPED, RENAMED = "new", "dropped", "renamed"


class NoForm(Exception):
    """A file or folder holds no request form; the message names it."""


@dataclass(frozen=True, slots=True)
class Change:
    """One difference between two forms of an institution; `table` is the title of the table in the newer form."""

    institution: str
    kind: str  #: new, dropped or renamed
    what: str  #: form, table, row or title
    table: str
    old: str = ""
    new: str = ""

    def told(self, language: Language) -> str:
        """The change as a sentence."""
        key = f"forms.compare.{self.what}_{self.kind}"
        return language.text(key, table=self.table, old=self.old, new=self.new)


def old_forms(path: Path) -> dict[str, FormMap]:
    """The forms in a file or a folder, by institution.  Raises NoForm where there is none."""
    files = (
        sorted(p for p in path.rglob("*.xlsx") if not p.name.startswith("~$")) if path.is_dir() else [path]
    )
    found = {}
    for file in files:
        form = form_of(read_book(file, file.name)) if file.is_file() else None
        if form is not None:
            found[form[0].institution] = form[0]
    if not found:
        raise NoForm(str(path))
    return found


def compare_forms(catalogue: Catalogue, year: int, old: Path) -> list[Change]:
    """What changes for each institution whose older form is in `old`, and which institutions are asked anew."""
    before = old_forms(old)
    changes: list[Change] = []
    asked = institutions(catalogue, year)
    for institution in asked:
        known = before.get(institution)
        if known is not None:
            changes += differences(known, plan_form(catalogue, institution, year, known.lang))
        elif old.is_dir():
            changes.append(Change(institution, NEW, "form", ""))
    changes += [Change(name, DROPPED, "form", "") for name in sorted(set(before) - set(asked))]
    return changes


def differences(old: FormMap, new: FormMap) -> list[Change]:
    """The differences of two forms of one institution, table by table."""
    before = {sheet.key: sheet for sheet in old.sheets}
    after = {sheet.key: sheet for sheet in new.sheets}
    found = []
    for key, sheet in after.items():
        if key not in before:
            found.append(Change(new.institution, NEW, "table", sheet.title, new=sheet.title))
        else:
            found += _rows(old, new, before[key], sheet)
    for key, sheet in before.items():
        if key not in after:
            found.append(Change(new.institution, DROPPED, "table", sheet.title, old=sheet.title))
    return found


def _rows(old: FormMap, new: FormMap, was: SheetMap, now: SheetMap) -> Iterator[Change]:
    institution = new.institution
    if was.title != now.title:
        yield Change(institution, RENAMED, "title", now.title, was.title, now.title)
    if was.kind != now.kind or was.choose != now.choose:
        yield Change(institution, NEW, "shape", now.title)
        return
    before, after = _labelled(was, old.year), _labelled(now, new.year)
    for kind, mine, others in ((NEW, after, before), (DROPPED, before, after)):
        for text in _told(mine, others):
            yield Change(institution, kind, "row", now.title, text, text)
    renamed = {
        (one, other)
        for key in before
        if key in after
        for one, other in zip(before[key], after[key], strict=False)
        if one != other and not (one.isdecimal() and other.isdecimal())
    }
    for one, other in sorted(renamed):
        yield Change(institution, RENAMED, "row", now.title, one, other)


Rows = dict[tuple[tuple[str, str], ...], tuple[str, ...]]


def _labelled(sheet: SheetMap, year: int) -> Rows:
    """Key → labels of what is asked, years counted back from the form's own; choices are not listed in a form."""
    if sheet.kind != FIXED:
        return {}
    return {
        tuple(
            (name, str(int(code) - year) if _is_year(code, year) else code) for name, code in row.dims
        ): row.labels
        for row in sheet.rows
        if not row.total
    }


def _is_year(code: str, year: int) -> bool:
    return code.isdecimal() and len(code) == len(str(year))


def _told(mine: Rows, others: Rows) -> list[str]:
    """What rows that only one form has are about: the label that is new, or the whole row where none of it is."""
    columns = [set(labels) for labels in zip(*others.values(), strict=True)] if others else []
    told = []
    for key, labels in mine.items():
        if key in others:
            continue
        fresh = [label for label, known in zip(labels, columns, strict=False) if label not in known]
        told.append(" / ".join(fresh or labels))
    return list(dict.fromkeys(told))
