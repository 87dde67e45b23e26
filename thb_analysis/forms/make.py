"""Every institution's form of a year, written to a folder."""

from __future__ import annotations

from pathlib import Path

from thb_analysis.definitions import Catalogue
from thb_analysis.formplan import institutions, plan_form
from thb_analysis.forms.last_year import known_of
from thb_analysis.forms.workbook import draw_form
from thb_analysis.tidy.store import write_bytes


def make_forms(catalogue: Catalogue, year: int, out: Path, lang: str, processed: Path) -> list[Path]:
    """Write the forms under `out`/`year`; gives their paths, one an institution."""
    made = []
    for institution in institutions(catalogue, year):
        last = known_of(processed, catalogue, institution, year - 1)
        form = plan_form(catalogue, institution, year, lang, last)
        path = out / str(year) / f"{institution}_{year}.xlsx"
        write_bytes(path, draw_form(form, catalogue, last))
        made.append(path)
    return made
