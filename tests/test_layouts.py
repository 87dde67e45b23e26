"""Round trip: tables drawn in human layouts are read back right, or refused with an error; and named layouts."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from random import Random

import pytest
from drafts import Answer, Draft, Key, Page, Value, answer, describe, draft_of, is_figure, told
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from layouts import Fact, draw

from thb_analysis.ingest.book import read_book

Rows = list[list[Value | None]]
RAW = Path(__file__).resolve().parents[1] / "raw"
DRAWN = 240


def wrong(facts: list[Fact], found: Answer) -> list[str]:
    """Rows that say other than the workbook states, or say it of another cell."""
    stated = {fact.key: fact for fact in facts}
    bad = []
    for key, o in found.rows.items():
        fact = stated.get(key)
        if fact is None and told(o) not in ("M", "X"):
            bad.append(f"{key} = {told(o)} at {o.cell}: nobody stated it")
        elif (
            fact is not None
            and told(o) != "X"
            and (told(o), o.sheet, o.cell) != (fact.told, fact.sheet, fact.cell)
        ):
            bad.append(f"{key} = {told(o)} at {o.cell}, stated {fact.told} at {fact.cell}")
    return bad


def lost(facts: list[Fact], found: Answer) -> list[str]:
    """Figures that the workbook states and no row has."""
    return [
        f"{fact.key} = {fact.told} at {fact.cell}"
        for fact in facts
        if fact.told != "M" and (fact.key not in found.rows or told(found.rows[fact.key]) == "X")
    ]


@settings(
    max_examples=DRAWN, derandomize=True, deadline=None, database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(st.integers(0, 10**9))
def test_a_drawn_workbook_is_read_right_or_refused(tmp_path: Path, seed: int) -> None:
    draft, facts = draw(Random(seed))
    found = answer(draft, tmp_path)
    if not found.errors:
        assert not wrong(facts, found), f"{wrong(facts, found)}\n{describe(draft)}"
        assert not lost(facts, found), f"{lost(facts, found)}\n{describe(draft)}"


def test_most_drawn_workbooks_are_read_in_full(tmp_path: Path) -> None:
    """Refusing everything would be safe and useless: what a person reads without doubt is read."""
    outcomes = Counter()
    for seed in range(100):
        draft, facts = draw(Random(seed))
        found = answer(draft, tmp_path)
        outcomes["read" if not wrong(facts, found) and not lost(facts, found) else "refused"] += 1
    assert outcomes["read"] >= 78, outcomes


# named layouts ---------------------------------------------------------------------------------------------


def sheet(rows: Rows, name: str = "Lapa1", merges: tuple[tuple[int, int, int, int], ...] = ()) -> Page:
    page = Page(name, merges=list(merges))
    for row, line in enumerate(rows, 1):
        for column, value in enumerate(line, 1):
            if value is not None:
                page.put((row, column), value, rich=True)
    return page


def read(folder: Path, file: str, *pages: Page) -> tuple[dict[str, str], list[str]]:
    """What each row says, under its shortest name, and the codes of the error findings."""
    found = answer(Draft(file, list(pages)), folder)
    rows = {short(key): told(o) for key, o in found.rows.items() if told(o) != "M"}
    return rows, found.codes()


def short(key: Key) -> str:
    table, year, dims, _ = key
    said = " ".join(code for name, code in dims if code not in ("_T", "identified", "TA", "VP"))
    return f"{table} {year} {said}".strip()


CONVICTED = {"persons_convicted 2022 154.1": "3", "persons_convicted 2022 164": "5"}
TWO_YEARS = {
    "persons_convicted 2021 154.1": "3",
    "persons_convicted 2021 164": "5",
    "persons_convicted 2022 154.1": "4",
    "persons_convicted 2022 164": "6",
}
SIX = (164, 165, 195, 275, 280, 285)
LAYOUTS: dict[str, tuple[Rows, dict[str, str]]] = {
    "list": ([["Notiesātās personas 2022. gadā"], ["KL 154.1", 3], ["KL 164.", 5]], CONVICTED),
    "across": ([["Notiesātās personas 2022. gadā"], ["154.¹", "164."], [3, 5]], CONVICTED),
    "letterhead": (
        [["Tiesu administrācija"], [None, "Rīgā"], [], [], [None, None, "Notiesātie"], [], [None, None, "154.1. pants", 3],  # noqa: E501
         [None, None, "164. pants", 5], [], [None, None, "Avots: TIS"]],
        CONVICTED,
    ),
    "years down": ([["Notiesātās personas"], ["Gads", "154.1", "164"], [2021, 3, 5], [2022, 4, 6]], TWO_YEARS),
    "years across": ([["Notiesātās personas"], ["Pants", 2021, 2022], [154.1, 3, 4], [164, 5, 6]], TWO_YEARS),
    "long list": (
        [["Notiesātās personas"], ["Gads", "Pants", "Skaits"], [2021, "154.¹", 3], [2021, "164.", 5],
         [2022, "154.¹", 4], [2022, "164.", 6]],
        TWO_YEARS,
    ),
    "long list of bare numbers": (
        [["Notiesātās personas"], ["Gads", "Pants", "Skaits"], [2021, 154.1, 3], [2021, 164, 5],
         [2022, 154.1, 4], [2022, 164, 6]],
        TWO_YEARS,
    ),
    "groups with blanks below": (
        [["Notiesātās personas"], ["2021. gads", "154.¹", 3], [None, "164.", 5], ["2022. gads", "154.¹", 4],
         [None, "164.", 6]],
        TWO_YEARS,
    ),
    "an empty column among the headings": (
        [["Notiesātās personas"], ["2021. gads", None, "154.¹", 3], ["2021. gads", None, "164.", 5],
         ["2022. gads", None, "154.¹", 4], ["2022. gads", None, "164.", 6]],
        TWO_YEARS,
    ),
    "a total without a heading over it": (
        [["Notiesātās personas"], [], ["KL 154.1", 3], ["KL 164.", 5], ["Kopā", 8]],
        {**CONVICTED, "persons_convicted 2022": "8"},
    ),
    "total first": (
        [["Notiesātās personas"], ["Kopā", 8], ["KL 154.1", 3], ["KL 164.", 5]],
        {**CONVICTED, "persons_convicted 2022": "8"},
    ),
    "English with a preposition": ([["Persons convicted in 2022"], ["154.1", 3], ["164", 5]], CONVICTED),
    "Latvian with a preposition": ([["Notiesātās personas no 2022. gada"], ["154.1", 3], ["164", 5]], CONVICTED),
    "a column of numbers beside the labels": (
        [["Notiesātās personas"], ["Nr.", "Pants", "Skaits"], [1, "154.¹", 3], [2, "164.", 5]],
        CONVICTED,
    ),
    "title in the corner": ([["Notiesātās personas", "2022. gads"], ["154.¹", 3], ["164.", 5]], CONVICTED),
    "numbers as text": ([["Notiesātās personas"], ["154.¹", " 3 "], ["164.", "5 personas"]], CONVICTED),
    "a column for remarks": (
        [["Notiesātās personas"], ["Pants", "Skaits", "Piezīme"], ["154.¹", 3, "nav"], ["164.", 5, "dati precizēti"]],
        CONVICTED,
    ),
    "the table's unit": (
        [["Notiesātās personas"], ["Mērvienība: personas."], ["154.¹", 3], ["164.", 5]],
        CONVICTED,
    ),
    "articles joined with a plus": (
        [["Uzsāktie kriminālprocesi"], ["154.¹ pants", 3], ["275. pants + 285.² pants. Ļaunprātīga nodrošināšana ar "
         "iespēju likumīgi iegūt tiesības uzturēties Latvijas Republikā", 5]],
        {"criminal_proceedings 2022 154.1": "3", "criminal_proceedings 2022 275+285.2": "5"},
    ),
    "years of registration down": (
        [["Izskatītās krimināllietas pēc reģistrēšanas gada"], ["Pants", "Lieta reģistrēta", "2022. gads"],
         ["154.¹", 2022, 3], ["154.¹", 2021, None], ["154.¹", "agrāk", 5], ["154.¹", "kopā", 8]],
        {f"cases_adjudicated_by_registration 2022 154.1{when}": n
         for when, n in ((" 2022", "3"), (" earlier", "5"), ("", "8"))},
    ),
    "years of registration across": (
        [["Izskatītās krimināllietas pēc reģistrēšanas gada"], ["Lieta reģistrēta", 2022, 2021], ["154.¹", 3, 5]],
        {f"cases_adjudicated_by_registration 2022 154.1 {when}": n for when, n in (("2022", "3"), ("2021", "5"))},
    ),
    "a list of contents with a table's name": (
        [["Notiesātās personas"], ["Pants", "Skaits"], ["154.¹", 3], ["164.", 5], [], [], ["Saturs"], ["1. Lietas"]],
        CONVICTED,
    ),
    "many figures that are like years": (
        [["Notiesātās personas"], ["Pants", "Skaits"], *([f"{n}. pants", 2001 + n % 3] for n in SIX)],
        {f"persons_convicted 2022 {n}": str(2001 + n % 3) for n in SIX},
    ),
    "a blank label with an ambiguous name": (
        [["Notiesātās personas"], ["KL 154.1", 3], ["KL 164.", 5], ["nav zināms", None]],
        CONVICTED,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", LAYOUTS)
def test_a_layout_is_read(tmp_path: Path, name: str) -> None:
    rows, expected = LAYOUTS[name]
    found, errors = read(tmp_path, "2022/TA_2022.xlsx", sheet(rows))
    assert (found, errors) == (expected, [])


def test_a_title_that_is_also_a_members_name(tmp_path: Path) -> None:
    rows: Rows = [["Pārbaudes"], ["kopīgie pārbaužu pasākumi", 7], ["uzsāktie kriminālprocesi", 2]]
    found, errors = read(tmp_path, "2022/VRS_2022.xlsx", sheet(rows, merges=((1, 1, 1, 2),)))
    assert errors == []
    assert sorted(found.values()) == ["2", "7"]


def test_side_by_side_and_stacked(tmp_path: Path) -> None:
    beside: Rows = [
        ["Notiesātie", None, None, "Izskatītās lietas"],
        ["154.¹", 3, None, "154.¹", 4],
        ["164.", 5, None, "164.", 6],
    ]
    stacked: Rows = [*(line[:2] for line in beside), [], *(line[3:] for line in beside)]
    expected = {**CONVICTED, "cases_adjudicated 2022 154.1": "4", "cases_adjudicated 2022 164": "6"}
    assert read(tmp_path, "2022/TA_2022.xlsx", sheet(beside)) == (expected, [])
    assert read(tmp_path, "2022/TA_2022.xlsx", sheet(stacked)) == (expected, [])


REFUSED: dict[str, tuple[Rows, str]] = {
    "a lost superscript": ([["Notiesātās personas"], ["KL 1541", 3], ["KL 164.", 5]], "label_unknown"),
    "a misspelt article": ([["Notiesātās personas"], ["sutenēri", 3], ["KL 164.", 5]], "label_unknown"),
    "a blank heading": ([["Notiesātās personas"], ["Pants", 2021, None], ["154.1", 3, 4]], "heading_gap"),
    "a number that nothing heads": (
        [["Notiesātās personas"], [], [None, "sievietes"], ["154.¹", 3], [], [None, None, None, 58]],
        "heading_missing",
    ),
    "a heading twice": ([["Notiesātās personas"], ["154.¹", 3], ["154.¹", 5]], "key_twice"),
    "a heading twice, one of them blank": ([["Notiesātās personas"], ["Pants", "Skaits"], ["154.¹", 3], ["154.¹", None], ["164.", 2]], "key_twice"),  # noqa: E501
    "another year in the title": ([["Notiesātās personas 2020. gadā"], ["154.¹", 3]], "year_disagrees"),
    "a wrong total": ([["Notiesātās personas"], ["154.¹", 3], ["164.", 5], ["Kopā", 9]], "total_differs"),
    "an ambiguous number": ([["Notiesātās personas"], ["154.¹", "1.234"], ["164.", 5]], "number_ambiguous"),
    "another unit": ([["Notiesātās personas"], ["Mērvienība: lietas"], ["154.¹", 3]], "unit_not_tables"),
    "a unit of thousands": ([["Notiesātās personas"], ["Mērvienība: tūkst."], ["154.¹", 3]], "unit_not_tables"),
    "a number among remarks": (
        [["Notiesātās personas"], ["Pants", "Skaits", "Piezīmes"], ["154.¹", 3, "precizēts"], ["164.", 5, 7]],
        "heading_not_figures",
    ),
    "a table begun below a column for remarks": (
        [["Notiesātās personas"], ["Pants", "Skaits", "Piezīmes"], ["154.¹", 3, "precizēts"],
         ["Pants", "sievietes", "vīrišķi"], ["164.", 5, 7]],
        "label_unknown",
    ),
    "about": ([["Notiesātās personas"], ["154.¹", "aptuveni 20"], ["164.", 5]], "number_as_text"),
    "a range": ([["Notiesātās personas"], ["154.¹", "3-5"], ["164.", 5]], "number_as_text"),
    "a word": ([["Notiesātās personas"], ["154.¹", "seši"], ["164.", 5]], "number_as_text"),
    "a fraction": ([["Notiesātās personas"], ["154.¹", 3.5], ["164.", 5]], "number_fraction"),
    "a negative": ([["Notiesātās personas"], ["154.¹", -3], ["164.", 5]], "number_negative"),
    "a footnote whose mark is nowhere": (
        [["Izskatītās lietas"], ["154.¹", 3], ["164.", 5], [], ["* pēc galīgā nolēmuma pirmajā instancē"]],
        "note_astray",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_a_layout_is_refused(tmp_path: Path, name: str) -> None:
    rows, code = REFUSED[name]
    _, errors = read(tmp_path, "2022/TA_2022.xlsx", sheet(rows))
    assert code in errors


def test_a_country_code_counts_only_in_capitals(tmp_path: Path) -> None:
    rows: Rows = [["Notiesātās personas (KL 154.1)"], ["Valsts", "Skaits"], ["LV", 3], ["EE", 4]]
    found, errors = read(tmp_path, "2022/TA_2022.xlsx", sheet(rows))
    assert (found, errors) == (
        {"persons_convicted 2022 154.1 LV": "3", "persons_convicted 2022 154.1 EE": "4"},
        [],
    )
    rows = [["Notiesātās personas"], ["Ki 154.1", 3], ["KL 164.", 4]]
    found, errors = read(tmp_path, "2022/TA_2022.xlsx", sheet(rows))
    assert "label_unknown" in errors
    assert not any("KI" in key for key in found)


def test_a_line_without_its_figure_is_no_title_of_the_table_below(tmp_path: Path) -> None:
    rows: Rows = [
        ["Notiesātās personas (KL 154.1)"],
        ["Dzimums", "Vecums", "Skaits"],
        ["sievietes", "pieaugušie", 3],
        ["vīrieši", "bērni", None],
        ["nav zināms", "nav zināms", None],
        [],
        [],
        ["Notiesātās personas"],
        ["154.¹", 9],
        ["164.", 5],
    ]
    found, errors = read(tmp_path, "2022/TA_2022.xlsx", sheet(rows))
    assert found == {
        "persons_convicted 2022 adult 154.1 F": "3",
        "persons_convicted 2022 154.1": "9",
        "persons_convicted 2022 164": "5",
    }
    assert errors == []


def test_a_remark_is_a_note_on_its_row_alone(tmp_path: Path) -> None:
    rows: Rows = [
        ["Izskatītās lietas"],
        ["Pants", "Skaits", "Piezīmes"],
        ["154.¹ pants", 3, "tikai pirmajā instancē"],
        ["164. pants", 5],
    ]
    found = answer(Draft("2022/TA_2022.xlsx", [sheet(rows)]), tmp_path)
    notes = {dict(o.dims)["article"]: o.note for o in found.rows.values()}
    assert notes == {"154.1": "tikai pirmajā instancē", "164": ""}
    assert found.codes("warning") == ["note_restricts"]


def test_a_marked_note_is_only_about_what_bears_the_mark(tmp_path: Path) -> None:
    rows: Rows = [["Izskatītās lietas"], ["154.¹ pants*", 3], ["164. pants", 5], [], ["* pirmajā instancē"]]
    found, errors = read(tmp_path, "2022/TA_2022.xlsx", sheet(rows))
    assert errors == []
    assert found == {"cases_adjudicated 2022 154.1 first": "3", "cases_adjudicated 2022 164": "5"}


def test_the_oracle_sees_a_figure_moved_to_another_key() -> None:
    """The round trip's judgement can fail."""
    draft, facts = draw(Random(1))
    assert facts
    assert is_figure("0")
    assert not is_figure("M")
    nothing = Answer({}, [], [], Counter())
    assert lost(facts, nothing)
    assert describe(draft)


def test_a_number_below_a_title_is_not_taken_where_a_formula_without_result_gives_the_same(
    tmp_path: Path,
) -> None:
    draft = draft_of(read_book(RAW / "2022" / "SIVA_2022.xlsx", "2022/SIVA_2022.xlsx"))
    draft.pages[0].put((2, 1), 7)
    found, errors = read(tmp_path, draft.file, *draft.pages)
    assert found == {
        "rehabilitation_clients 2022 previous_year": "44",
        "rehabilitation_clients 2022 this_year": "21",
    }
    assert sorted(errors) == ["formula_not_calculated", "two_readings"]
