"""Families of workbooks that differ in little: none comes to what another means, whichever was read before."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from drafts import CATALOGUE, Draft, Page, Value, write
from tall import labels

from thb_analysis.ingest import pages
from thb_analysis.ingest.alike import mould, twins
from thb_analysis.ingest.outcome import WorkbookReading
from thb_analysis.ingest.pipeline import read_file

Rows = list[list[Value]]
Family = Callable[[], Iterator[Draft]]
PEOPLE, FORMS = labels("citizenship"), labels("exploitation_form")
TITLE = "Notiesātās personas: {} pants, {}. gads"
FORM, PERSON = "Ekspluatācijas veids", "Valstspiederība"


def book(rows: Rows, year: int = 2022, name: str = "Tabula", more: Rows | None = None) -> Draft:
    """A workbook of one sheet, and of another where there is `more`."""
    pages = []
    for sheet, lines in ((name, rows), ("Vēl", more)):
        page = Page(sheet)
        for row, line in enumerate(lines or (), 1):
            for column, value in enumerate(line, 1):
                if value != "":
                    page.put((row, column), value)
        if lines is not None:
            pages.append(page)
    return Draft(f"{year}/TA_{year}.xlsx", pages)


def small(
    article: str = "154.1.", year: int = 2022, name: str = "Tabula", extra: Rows | None = None
) -> Draft:
    """A table too short to be thinned."""
    rows: Rows = [[TITLE.format(article, year)], [], [FORM, "Sievietes", "Vīrieši"]]
    return book([*rows, [FORMS[0], 3, 5], [FORMS[1], 4, 6], *(extra or [])], year, name)


def people(start: int, columns: int = 2, count: int = 14) -> Rows:
    """Plain rows."""
    return [[name, *range(at, at + columns)] for at, name in enumerate(PEOPLE[start : start + count], start)]


def tall(
    rows: Rows, article: str = "154.1.", heads: tuple[str, ...] = (PERSON, "Sievietes", "Vīrieši")
) -> Draft:
    return book([[TITLE.format(article, 2022)], list(heads), *rows])


# families -------------------------------------------------------------------------------------------------


def an_article_in_the_name() -> Iterator[Draft]:
    yield from (small(article, name="164. pants") for article in ("164.", "165.", "275."))


def an_article_in_words() -> Iterator[Draft]:
    for article in ("154.1.", "165.1.", "285.2."):
        yield small(article, extra=[[], ["Cilvēku tirdzniecība"], ["Sievietes", 7], ["Vīrieši", 8]])


def years_that_are_codes() -> Iterator[Draft]:
    for year in (2021, 2022, 2023):
        head: Rows = [
            ["Izskatītās krimināllietas pēc reģistrēšanas gada"],
            ["Pants / reģistrēts", f"{year}. gadā", "agrāk"],
        ]
        yield book([*head, ["154.1. pants", 3, 4], ["164. pants", 5, 6]], year)


def parts_of_the_row_before() -> Iterator[Draft]:
    for start in (0, 28, 56):
        rows = [*people(start, 1), ["t.sk. sievietes", 2], *people(start + 14, 1)]
        rows[13][1] = "-" if start == 28 else 3
        yield tall(rows, heads=(PERSON, "Skaits"))


def labels_written_once() -> Iterator[Draft]:
    for step in (0, 20):
        rows: Rows = []
        for at, form in enumerate(FORMS[:3]):
            middle = PEOPLE[10 + step * at : 20 + step * at]
            found = [["", name, 3, 4] for name in (*PEOPLE[:2], *middle, PEOPLE[90])]
            rows += [[form, *found[0][1:]], *found[1:]]
        yield tall(rows, heads=(FORM, PERSON, "Sievietes", "Vīrieši"))


def numbers_that_count() -> Iterator[Draft]:
    for start in (0, 20):
        yield tall(
            [[name, at] for at, name in enumerate(PEOPLE[start : start + 20], 1)], heads=(PERSON, "Nr.")
        )


def numbers_that_count_below() -> Iterator[Draft]:
    for start, one, other in ((0, 1, 2), (14, 1, 3), (28, 5, 7)):
        for label, head in ((FORMS[0], "Nr."), ("A", "Sievietes")):
            below: Rows = [[], [TITLE.format("164.", 2022)], [FORM, head, "Vīrieši"]]
            yield tall([*people(start), *below, [label, one, other], [FORMS[1], other, 6]])


def a_heading_over_blanks() -> Iterator[Draft]:
    """Under the last heading no row has a figure, or only rows apart have: the others' are blanks."""
    for kept in (False, True):
        rows = people(0, 1, 20)
        rows[7] = [rows[7][0], 2019, 5] if kept else rows[7]
        yield tall(rows)


def groups_of_one_label() -> Iterator[Draft]:
    """Rows apart under the labels of two groups: where these are the same, so are their keys."""
    for forms in ((0, 1), (0, 0), (2, 3)):
        rows: Rows = []
        for form, start in zip(forms, (0, 20), strict=True):
            found = [["", *row] for row in people(start)]
            found[5][1:3] = [PEOPLE[100], 2019]
            rows += [[FORMS[form], *found[0][1:]], *found[1:]]
        draft = tall(rows, heads=(FORM, PERSON, "Sievietes", "Vīrieši"))
        draft.pages[0].merges = [(3, 1, 16, 1), (17, 1, 30, 1)]
        yield draft


def children_among_the_rows() -> Iterator[Draft]:
    for age in ("Pilngadīgas personas", "Nepilngadīgas personas"):
        ages = ["Pilngadīgas personas", *[age] * 12, "Pilngadīgas personas"]
        rows: Rows = [[name, said, 3] for name, said in zip(PEOPLE, ages, strict=False)]
        yield tall([*rows, [PEOPLE[40], "Sievietes", 2019]], heads=(PERSON, "Vecums", "Skaits"))


def columns_that_a_blank_one_parts() -> Iterator[Draft]:
    """Where many cells are blank, rows may not touch each other: of the lower ones nobody sees the headings."""
    for start in (0, 20):
        rows = people(start, 4, 20)
        for at in range(3, 17):
            rows[at] = [
                "" if 0 < column != 1 + 3 * (at % 2) else text for column, text in enumerate(rows[at])
            ]
        rows = [[*row[:3], "", *row[3:]] for row in rows]
        heads = ("Pilngadīgas sievietes", "Pilngadīgi vīrieši", "", "Zēni", "Meitenes")
        draft = tall(rows, heads=(PERSON, *heads))
        draft.pages[0].styled = {(row, column) for row in range(3, 23) for column in range(2, 7)}
        yield draft


def blanks_in_other_places() -> Iterator[Draft]:
    for gap in ((3, 1), (3, 2), (4, 1), (4, 2), (5, 2)):
        rows: Rows = [[TITLE.format("164.", 2022)], [], [FORM, "Sievietes", "Vīrieši", "Kopā"]]
        rows += [[form, 1, 2, 3] for form in FORMS[:4]]
        rows[gap[0]][gap[1]] = ""
        yield book(rows)


def a_year_that_another_table_makes_fit() -> Iterator[Draft]:
    """Last year's table stands beside this year's: of the same shape it is taken, else not."""
    sexes: Rows = [["Sievietes", 1], ["Vīrieši", 2]]
    for now in ([[FORMS[0], 2], [FORMS[1], 1], *sexes], sexes):
        heads: list[Rows] = [[[TITLE.format("164.", year)], [], ["", "Skaits"]] for year in (2022, 2021)]
        yield book([*heads[0], *now], more=[*heads[1], [FORMS[0], 2], [FORMS[1], 1], *sexes])


def totals_with_fewer_labels() -> Iterator[Draft]:
    """A total that is compared with its column only, since its parts have a label more."""
    for total in (5, 6):
        heads: Rows = [[TITLE.format("164.", 2022)], [], ["Dzimums", FORM, "Skaits"]]
        yield book(
            [
                *heads,
                *[["Sievietes", form, number] for number, form in enumerate(FORMS[:3], 1)],
                ["Kopā", "", total],
            ]
        )


SEVERAL = "Notiesātās personas: 164. pants, {}.–{}. gads"


def several(year: int, heads: list[Value], rows: Rows, title: str = "", name: str = "Tabula") -> Draft:
    """A table of several years up to that of its workbook."""
    said = title or SEVERAL.format(year - 2, year)
    return book([[said], [], [PERSON, *heads], *rows], year, name)


def years_that_move_on() -> Iterator[Draft]:
    """The last three years, as numbers and as words, in few rows and in many."""
    for year in (2020, 2021, 2023):
        numbers: list[Value] = [year - 2, year - 1, year]
        for count in (3, 14):
            yield several(year, numbers, people(count, 3, count))
            yield several(
                year, [f"{each}. gads" for each in numbers], people(count, 3, count), name=str(year)
            )


def years_of_which_one_stays() -> Iterator[Draft]:
    for year in (2021, 2022):
        for count in (3, 14):
            yield several(
                year, [2018, year - 1, year], people(0, 3, count), "Notiesātās personas: 164. pants"
            )
            yield several(year, [2018, 2019, 2020], people(0, 3, count), SEVERAL.format(2018, 2020))
            yield several(year, [year - 1, year], people(0, 2, count), f"{TITLE.format('164.', 2020)}")


def years_of_before_there_was_anything() -> Iterator[Draft]:
    """A number that is a year in one workbook and none in the other."""
    for year in (1983, 1982, 1981, 2022, 2049):
        for count in (3, 14):
            yield several(year, [year - 2, year - 1, year], people(0, 3, count))
            yield several(year, [year - 1, year, year + 1], people(0, 3, count))


def figures_like_years() -> Iterator[Draft]:
    """A figure that is as far from its workbook's year as another is from its own, or that year itself."""
    for year, figures in ((2021, (2018, 2021)), (2022, (2019, 2022)), (2022, (2018, 2021))):
        for count in (4, 14):
            rows = people(0, 3, count)
            yield several(year, [year - 2, year - 1, year], [*rows, ["Kopā", figures[0], 7, 8]])
            yield several(year, [year - 2, year - 1, year], [*rows, ["Kopā", 7, 8, figures[1]]])
            rows[2][2] = figures[0]
            yield several(year, [year - 2, year - 1, year], rows)


def years_down_the_rows() -> Iterator[Draft]:
    for year in (2021, 2022):
        for bare in (True, False):
            rows: Rows = [
                [each if bare else f"{each}. gads", each % 7, each % 5] for each in range(year - 4, year + 1)
            ]
            yield book(
                [["Notiesātās personas: 164. pants"], [], ["Gads", "Sievietes", "Vīrieši"], *rows], year
            )


def years_since_and_until() -> Iterator[Draft]:
    """A span without an end: since the workbook's own year it is that year."""
    for year in (2021, 2022):
        for said in (f"kopš {year}. gada", f"kopš {year - 1}. gada", f"līdz {year}. gadam"):
            yield several(
                year, ["Sievietes", "Vīrieši"], people(0), f"Notiesātās personas: 164. pants, {said}"
            )


def names_that_say_a_year() -> Iterator[Draft]:
    for year, name in ((2021, "2021"), (2022, "2022"), (2022, "2021"), (2023, "2023. gads")):
        rows: Rows = [["Notiesātās personas: 164. pants"], [], [FORM, "Sievietes", "Vīrieši"]]
        yield book([*rows, [FORMS[0], 3, 5], [FORMS[1], 4, 6]], year, name)
        yield book([*rows[:2], [PERSON, "Sievietes", "Vīrieši"], *people(0)], year, name)


def members_in_the_title() -> Iterator[Draft]:
    """Another form of exploitation or citizenship in the title, the country that reports among them."""
    for form in (FORMS[1], FORMS[3], FORMS[1]):
        for title in (f"{TITLE.format('164.', 2022)}, {form}", f"{form}: {TITLE.format('164.', 2022)}"):
            yield several(2022, ["Sievietes", "Vīrieši"], people(0), title)
            yield several(2022, ["Sievietes", "Vīrieši"], people(0, count=3), title)
    for person in ("Igaunija", "Latvija", "Lietuva", "Latvijā", "Krievija", "Citas valstis"):
        for count in (2, 10):
            rows: Rows = [[form, at, at + 1] for at, form in enumerate(FORMS[:count])]
            head: Rows = [[f"{TITLE.format('164.', 2022)}, {person}"], [], [FORM, "Sievietes", "Vīrieši"]]
            yield book([*head, *rows])


def members_in_the_title_and_elsewhere() -> Iterator[Draft]:
    """A heading, a row, a note or the sheet's name that names a member, too."""
    for form in (FORMS[1], FORMS[3]):
        title, heads = f"{TITLE.format('164.', 2022)}, {form}", ["Sievietes", "Vīrieši"]
        yield several(2022, [*heads, FORMS[1]], people(0, 3), title)
        yield several(2022, heads, [*people(0), [FORMS[1], 4, 5]], title)
        yield several(2022, heads, people(0), title, name=FORMS[1][:31])
        yield several(2022, heads, [*people(0), [], [f"Tikai {FORMS[1]}."]], title)
        rows = [[form, 3, 4] for form in FORMS[:9]]
        yield book([[title], [], [FORM, *heads], *rows])
        more: Rows = [[f"{TITLE.format('165.', 2022)}, {FORMS[2]}"], [], ["", *heads], ["Kopā", 1, 2]]
        yield book([[title], [], [PERSON, *heads], *people(0), [], *more])


def members_that_stand_for_more() -> Iterator[Draft]:
    """Members that set other dimensions as well, or that a rule is about."""
    for who in ("sievietes", "vīrieši", "zēni", "meitenes", "nepilngadīgas personas", "pilngadīgas personas"):
        yield several(2022, ["Skaits"], people(0, 1), f"{TITLE.format('164.', 2022)}, {who}")
        yield several(2022, ["Skaits"], people(0, 1, 4), f"{TITLE.format('164.', 2022)}, {who}")
        yield several(2022, ["Sievietes", "Nepilngadīgie"], people(0), f"{TITLE.format('164.', 2022)}, {who}")


def lines_below_the_last_section() -> Iterator[Draft]:
    """They are of all sections, of the last one, or of neither, by what they come to."""
    for ours, theirs in ((6, 4), (3, 2), (5, 5), (1, 1)):
        rows: Rows = [
            line for who in ("Sievietes:", "Vīrieši:") for line in ([who], [FORMS[0], 3], [FORMS[1], 2])
        ]
        below: Rows = [["Latvijas pilsoņi", ours], ["Ukrainas pilsoņi", theirs]]
        yield book([["Notiesātās personas 2022. gadā (KL 154.1)"], *rows, *below])


def sections_and_a_total_below_them() -> Iterator[Draft]:
    """The lines below the total are of all sections only where they come to all."""
    for women, men in ((5, 13), (5, 14), (2, 4)):
        rows: Rows = [
            ["KL 154.1"],
            ["vīrieši", 9],
            ["sievietes", 3],
            ["KL 164"],
            ["vīrieši", 4],
            ["sievietes", 2],
        ]
        yield book(
            [["Notiesātās personas 2022. gadā"], *rows, ["Kopā"], ["vīrieši", men], ["sievietes", women]]
        )


FAMILIES: tuple[Family, ...] = (
    members_in_the_title, members_in_the_title_and_elsewhere, members_that_stand_for_more,
    years_that_move_on, years_of_which_one_stays, years_of_before_there_was_anything, figures_like_years,
    years_since_and_until, years_down_the_rows, names_that_say_a_year,
    an_article_in_the_name, an_article_in_words, years_that_are_codes, parts_of_the_row_before, labels_written_once,
    numbers_that_count, numbers_that_count_below, children_among_the_rows, columns_that_a_blank_one_parts,
    groups_of_one_label, a_heading_over_blanks, blanks_in_other_places, totals_with_fewer_labels,
    a_year_that_another_table_makes_fit, lines_below_the_last_section, sections_and_a_total_below_them,
)  # fmt: skip


def told(reading: WorkbookReading, headings: bool) -> tuple[object, ...]:
    """All that a workbook comes to; the text of headings is told only where every row is read."""
    rows = [*reading.observations, *(o for plate in reading.plates for o in plate.observations())]
    kept = rows if headings else [row._replace(headings="") for row in rows]
    return sorted(kept, key=repr), sorted(reading.findings, key=repr), list(reading.ledger_rows())


@pytest.mark.parametrize("family", FAMILIES)
def test_a_workbook_comes_to_what_it_comes_to_alone(tmp_path: Path, family: Family) -> None:
    """Each member of a family is the first that is read once, and after it come all."""
    files = []
    for number, draft in enumerate(family()):
        path = write(draft, tmp_path / str(number))
        mould.forget()
        twins.forget()
        alone = read_file(path, draft.file, CATALOGUE, thin=True).plates
        files.append((path, draft.file, alone, read_file(path, draft.file, CATALOGUE)))
    assert len(files) > 1
    for first in files:
        mould.forget()
        twins.forget()
        for path, file, plates, every in (first, *files):
            some = read_file(path, file, CATALOGUE, thin=True)
            assert told(some, not some.plates) == told(every, not some.plates), path
            assert some.plates == plates, path  # with the text of their headings


def test_the_quick_ways_are_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else nothing here would be tried: another year, article and people are told by the first of their kind."""
    taken: list[str] = []
    for module, name in ((pages, "cast"), (twins, "twin_of")):
        whole = getattr(module, name)

        def wrapped(*given: object, whole: Callable[..., object] = whole, name: str = name) -> object:
            found = whole(*given)
            taken.extend([name] if found is not None else [])
            return found

        monkeypatch.setattr(module, name, wrapped)
    mould.forget()
    twins.forget()
    alike = [small("154.1.", 2021), small("165.1.", 2022), tall(people(0)), tall(people(20), "165.1.")]
    moving = list(years_that_move_on())
    alike += [moving[0], moving[4], moving[2], moving[6]]
    titled = list(members_in_the_title())
    alike += [titled[1], titled[5], titled[0], titled[4]]
    for number, draft in enumerate(alike):
        path = write(draft, tmp_path / str(number))
        some, every = (read_file(path, draft.file, CATALOGUE, thin=thin) for thin in (True, False))
        assert told(some, False) == told(every, False)
    assert taken == ["twin_of", "cast"] * 3
