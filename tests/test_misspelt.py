"""A misspelt label or a missing figure costs what may hang on it: no other figure becomes that of something else.

`python tests/test_misspelt.py` tries every label of every workbook in `data/habits*.toml`, and prints what it did; with
`figures` it takes out every figure instead.
"""

from __future__ import annotations

import random
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from drafts import Answer, Draft, Ink, answer, told
from test_habits import HABITS
from test_layouts import short

SHORTEST = 6  #: letters of a word that is misspelt
EVERY = 9  #: of how many workbooks one is tried

#: Where a label decides what the others mean, and nothing shows that it is one: told in words, but not refused.
LEFT = {
    "women, girls and men in sentences one below the other": "a sentence with an unknown word is no line of a list",
    "presumed victims in a title that states their number": "a title that is not understood is a remark",
    "of whom women, then men and minors, below their sum": "whether girls are among the women, only the men tell",
    "parts of whom the children stand apart by their sum": "whether girls are among the women, only the men tell",
    "a heading that begins like a note, beside one for remarks": "a column of remarks",
    "a member that is called like another table": "a title that is not understood ends at the one above it",
    "a title merged down to the headings beside it": "a title that is not understood ends at the one above it",
    "a list of persons below a table of judgments": "a title that is not understood ends at the one above it",
    "lines numbered beyond an empty column, and a column of remarks in the next table": "so does it there",
    "combined articles in rows": "a title that is not understood is a remark, where the headings name the table",
    "a blank row between groups of columns and what divides them": "one group of columns is none",
    "a total of lines of which all but one are hidden": "the total is of one line, and says no more",
    "headings once more right before a part": "the part is of the line above it, which is refused",
    "by sex below the minors whom a blank row parts from the adults": "the minors are no list by themselves",
    "age groups over women and men, and citizens of them all below the last": "only their sum tells of whom",
    "where in a heading that stands beside all of them": "all stand beside what is in the country",
    "who is responsible, in two lines of one cell": "a column of remarks",
    "a plan in English with its columns in another order": "a column of remarks",
    "measures by their numbers under their name, and directions by theirs": "a column of remarks",
    "the country over one part of a sheet, another over the next": "one of the two parts shows what the other is",
    "the country's data on one sheet, another's on the next": "a line that is not understood is a remark",
    "a named list without any figure above a blank row and another list": "a list without figures is a title",
    "headings once more below a blank line, before the minors": "headings that differ are no repetition",
    "a blank column for minors amid two articles": "whether women are adults, only the minors tell",
}

#: Where a missing figure makes another of its neighbours, without a word.
BLANK = {
    "minors among men and women in one year and apart in another": "how they are counted another year tells",
    "minors among men and women in one year and none in the others": "where there are no minors, adults are all",
    "an article “of the CL” in an English title": "without the minors, the total says that the others are all",
    "no minors stated in a year between others without any": "without the minors, the others are all",
    "numbered parts of which the children are among women and men": "a line without its figure is a title",
    "parts written with dashes below the one line of their table": "a line without its figure is a title",
    "a blank line for a country below a part of the line above it": "countries without figures part a sheet",
    "“of whom” over columns that are not merged, another table beside them": "whether men are adults, the women tell",
    "an empty column amid “of whom” over columns that are not merged": "whether men are adults, the women tell",
}


def misspelt(text: str, draw: random.Random) -> str:
    """A text with two letters of a word in each other's place; the same where it has no long word."""
    words = [word for word in text.split() if sum(map(str.isalpha, word)) >= SHORTEST]
    if not words:
        return text
    word = draw.choice(words)
    at = draw.randrange(1, SHORTEST - 2)
    return text.replace(word, word[:at] + word[at + 1] + word[at] + word[at + 2 :], 1)


def changed(draft: Draft, draw: random.Random, most: int) -> Iterator[tuple[str, Draft]]:
    """Workbooks in each of which one label is misspelt."""
    places = [
        (number, place)
        for number, page in enumerate(draft.pages)
        for place, ink in page.cells.items()
        if isinstance(ink.value, str) and misspelt(ink.value, draw) != ink.value
    ]
    for number, place in draw.sample(places, min(most, len(places))):
        other = draft.copy()
        old = other.pages[number].cells[place]
        new = misspelt(str(old.value), draw)
        if new != old.value:
            other.pages[number].cells[place] = Ink(new, rich=old.rich)
            yield new, other


def figures(found: Answer) -> dict[tuple[str, str], tuple[str, str]]:
    """What each cell of a workbook says of what."""
    rows = {(o.sheet, o.cell): (short(key), told(o)) for key, o in found.rows.items()}
    return {place: said for place, said in rows.items() if said[1] not in ("M", "X")}


def lacking(draft: Draft, draw: random.Random, most: int) -> Iterator[tuple[str, Draft]]:
    """Workbooks in each of which one figure is missing."""
    places = [
        (number, place)
        for number, page in enumerate(draft.pages)
        for place, ink in page.cells.items()
        if ink.is_number
    ]
    for number, place in draw.sample(places, min(most, len(places))):
        other = draft.copy()
        old = other.pages[number].cells.pop(place)
        yield f"{old.value} at {place}", other


def astray(
    name: str, folder: Path, most: int, change: Callable[..., Iterator[tuple[str, Draft]]] = changed
) -> tuple[int, list[str]]:
    """How many changes of a workbook were tried, and what became of figures then that is not told."""
    habit, draw = HABITS[name], random.Random(name)
    before, wrong, tried = figures(answer(habit.draft, folder)), [], 0
    for text, other in change(habit.draft, draw, most):
        tried += 1
        found = answer(other, folder)
        after = figures(found)
        errors = change is lacking and found.codes()
        if not errors and [said for place, said in after.items() if before.get(place, said) != said]:
            wrong.append(f"{name}: {text!r} makes other figures of some")
        if change is changed and before.keys() - after.keys() and not found.findings:
            wrong.append(f"{name}: {text!r} loses figures without a word")
    return tried, wrong


READ = [name for name, habit in HABITS.items() if habit.read and not habit.says]


@pytest.mark.parametrize("name", [name for name in READ if name not in LEFT][::EVERY])
def test_a_misspelt_label_makes_nothing_else_of_a_figure(tmp_path: Path, name: str) -> None:
    assert astray(name, tmp_path, 2)[1] == []


@pytest.mark.parametrize("name", [name for name in READ if name not in BLANK][::EVERY])
def test_a_missing_figure_makes_nothing_else_of_another(tmp_path: Path, name: str) -> None:
    assert astray(name, tmp_path, 2, lacking)[1] == []


if __name__ == "__main__":
    change, left = (lacking, BLANK) if sys.argv[1:] == ["figures"] else (changed, LEFT)
    total, every, known = 0, [], 0
    for name in READ:
        with tempfile.TemporaryDirectory() as folder:
            tried, wrong = astray(name, Path(folder), 1_000, change)
        total, every, known = total + tried, every + wrong, known + len(wrong) * (name in left)
    told = f"changes: {total}; in which a figure became another's without a word: {len(every)}"
    print(*every, f"{told}, {known} of them in workbooks that are left", sep="\n")
