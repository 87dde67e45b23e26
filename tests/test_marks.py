"""Footnotes' marks: what no note explains is told, and what a note says of marked figures holds for every year."""

from __future__ import annotations

from pathlib import Path

from drafts import Draft, Page, answer


def sheet(*notes: str) -> Draft:
    page = Page("Lapa1")
    lines = [
        ["Notiesātās personas"],
        ["KL pants", "2023*", 2024],
        ["154.1", "8**", 3],
        *[[note] for note in notes],
    ]
    for row, line in enumerate(lines, 1):
        for column, value in enumerate(line, 1):
            page.put((row, column), value)
    return Draft("2024/TA_2024.xlsx", [page])


def test_a_mark_without_a_note_is_told(tmp_path: Path) -> None:
    found = answer(sheet("* precizēts"), tmp_path)
    assert [(f.found, f.cell) for f in found.findings if f.code == "mark_unexplained"] == [("**", "B3")]
    found = answer(sheet(), tmp_path)
    assert {f.found for f in found.findings if f.code == "mark_unexplained"} == {"*", "**"}
    assert not found.errors


def test_a_marked_figure_of_another_year_is_provisional_where_its_note_says_so(tmp_path: Path) -> None:
    found = answer(sheet("* precizēts", "** provizoriski dati"), tmp_path)
    assert {o.cell: o.status for o in found.said} == {"B3": "P", "C3": "A"}
    assert "mark_unexplained" not in found.codes("warning")
