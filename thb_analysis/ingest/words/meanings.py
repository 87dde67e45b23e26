"""What the words of a label mean: single meanings, and how they combine into one reading of the label."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence, Set
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple

from thb_analysis.definitions import TOTAL, Table
from thb_analysis.ingest.words.beside import (
    SENDING,
    accompanied,
    are_joined,
    by_law,
    called_another,
    including,
    may_be_another,
    together_with,
)

#: The ends of a span of years that is open there: “since 2019”.
EARLIEST, LATEST = 1, 9_999
EITHER = "or"  #: the code of what joins, where it joins what is not counted together
SLASH = "/"  #: between words, it joins them as “and” does
#: Kinds of meaning that a reading only notes.
SENDER = "sender"  #: as whose figures several are named that a title lists
#: The lists of small words that every table understands.
SMALL_WORDS = (
    "total",
    "part",
    "descriptor",
    "ordinal",
    "period",
    "period_name",
    "scaled",
    "share",
    "accumulated",
    "compared",
    "division",
    "law",
    "figure",
    "joint",
    "company",
    "full",
    "linked",
    "foreseen",
    "filler",
)
WEAK = (
    "law",
    "figure",
    "filler",
    "linked",
    "foreseen",
    "ordinal",
    "descriptor",
)  #: what yields to any other meaning
#: What the phrases of a label may be that says nothing of figures; without a name it is a neutral heading.
NAMING = frozenset({"name", "division", "law", "filler", "linked", "joint", "company"})
FLAGS = (
    "title",
    "total",
    "part",
    "figure",
    "descriptor",
    "ordinal",
    "period",
    "scaled",
    "share",
    "compared",
    "full",
    "subject",
    "linked",
)


class Token(NamedTuple):
    kind: str  #: word, number, raised, years, date, symbol
    exact: str
    stem: str


class Reading(NamedTuple):
    """One way in which every word of a label makes sense for one table."""

    dims: tuple[tuple[str, str], ...] = ()
    names: frozenset[str] = frozenset()  #: dimensions that are named, not set
    title: bool = False  #: it names the table
    years: tuple[int, ...] = ()  #: one year, or the first and the last of a range
    total: bool = False
    part: bool = False
    figure: bool = False  #: a neutral word over figures
    descriptor: bool = False
    ordinal: bool = False
    period: bool = False  #: a part of a year
    scaled: bool = False  #: thousands or millions
    share: bool = False  #: a share or a rate: no count
    accumulated: bool = False  #: it adds up what was before, and is a share but at the end of a year
    full: bool = False  #: the year to its last month
    subject: bool = False  #: the article that a table without articles is about: a title's, no heading's
    linked: bool = False  #: of what is linked to the field: of an article that is mostly not, a part
    own: bool = False  #: it names the table in workbooks of those who send it, and elsewhere nothing
    compared: bool = False  #: what is said is compared with another year
    listed: tuple[
        tuple[str, str], ...
    ] = ()  #: several members of which a line has one, or “” for any: a title's, no heading's
    number: Decimal | None = None  #: a figure in the sentence itself
    sender: str = ""  #: an institution that is mentioned
    mere: bool = (
        False  #: it only names what its line holds (“age”, “court”), and not that anything is counted
    )
    divided: bool = (
        False  #: it names something by which wholes are divided and which no table keeps (“court”)
    )
    worded: frozenset[str] = (
        frozenset()
    )  #: dimensions set by describing words, not by a code: weak in a title

    @property
    def sets(self) -> frozenset[str]:
        """The fields this label fixes: dimensions, and the year."""
        return _sets(self.dims, bool(self.years))

    @property
    def tells(self) -> bool:
        """Whether it says of figures what they are of, or by what they are divided."""
        named = self.names - {"year", "period"}
        return bool(self.title or self.total or self.sets or self.sender or named)

    @property
    def neutral(self) -> bool:
        """Whether it fixes nothing."""
        return not (self.dims or self.years or self.total or self.number is not None)


@lru_cache(maxsize=10_000)
def _sets(dims: tuple[tuple[str, str], ...], dated: bool) -> frozenset[str]:
    return frozenset([name for name, _ in dims] + ["year"] * dated)


class Meaning(NamedTuple):
    kind: str
    name: str = ""
    code: str = ""
    implies: tuple[tuple[str, str], ...] = ()
    bare: bool = False  #: the code itself, which counts only as it is written in its list (capitals)
    alone: bool = (
        False  #: letters that are a code only where no table, article or institution is named with them
    )
    exact: bool = False  #: only in the form in which it is written, not in another case
    pieces: frozenset[tuple[int, int]] = frozenset()  #: of which compound titles it is a piece, and which one
    free: bool = True  #: it may stand in a heading without the other pieces
    counts: bool = False  #: a name that is also what is counted: “decisions”
    own: bool = False  #: it names the table where one who sends it writes
    coded: bool = False  #: the member's code stands in its name
    joined: bool = False  #: it says with whom something was done: “joint checks with the police”
    dated: bool = False  #: it says by itself of which year it is: “last year”
    shared: frozenset[str] = frozenset()  #: dimensions of which it may be a member as well: “Latvia”, a place


#: One object for a meaning, whatever spellings of whatever tables have it: to make it takes longer than to find it.
meant = lru_cache(maxsize=None)(Meaning)


def of_kind(kind: str, either: bool) -> Meaning:
    """The meaning of a small word; of one that joins, whether it does so `either` the one or the other."""
    if kind == "period_name":
        return meant("period", "period")
    return meant(kind, "", EITHER) if either else meant(kind)


def combine(
    meanings: tuple[Meaning, ...], table: Table, articles_of: str, joint: Set[tuple[str, str]] = frozenset()
) -> Reading | None:
    """What the meanings of a label's phrases come to together; None where they contradict each other.

    `articles_of` is the dimension of the table whose codes are articles, `joint` are the members of what is done with
    others.
    """
    dims: dict[str, str] = {}
    several: dict[str, set[str]] = {}
    articles: list[str] = []
    years: list[int] = []
    told: dict[str, Any] = {}  # what the reading notes beside members, years and names
    names: set[str] = set()
    numbers: list[str] = []
    coded = any(meaning.coded for meaning in meanings)
    worded: tuple[str, ...] = (articles_of,) if articles_of and not coded else ()
    beside = False  #: what follows is with whom
    announced = _announced(meanings, table)
    for at, meaning in enumerate(meanings):
        joins = beside and meaning.kind in ("sender", "joint", "filler")
        beside = meaning.joined or joins or meaning.kind == "company"
        if meaning.kind in ("member", "composite"):
            own = ((meaning.name, meaning.code),) if meaning.kind == "member" else ()
            for name, code in (*own, *meaning.implies):
                if at > announced:
                    several.setdefault(name, set()).add("")
                    continue
                if dims.setdefault(name, code) == code:
                    continue
                if name == articles_of:
                    articles.append(code)
                elif meaning.kind == "member" and name == meaning.name and TOTAL not in (code, dims[name]):
                    several.setdefault(name, {dims[name]}).add(code)
                else:
                    return None
        elif meaning.kind == "article" and at > announced:
            several.setdefault(articles_of, set()).add("")
        elif meaning.kind == "article":
            articles.append(meaning.code)
        elif meaning.kind == "years":
            years += [int(year) for year in meaning.code.split("-")]
        elif meaning.kind == "number":
            numbers.append(meaning.code)
        elif meaning.kind == "name":
            names.add(meaning.name)
        elif meaning.kind == "sender" and not beside:
            if told.setdefault("sender", meaning.code) != meaning.code:
                several.setdefault(SENDER, {told["sender"]}).add(meaning.code)
        elif meaning.kind == "accumulated":
            told["share"] = told["accumulated"] = True
        elif meaning.kind in FLAGS:
            told[meaning.kind] = True
            if meaning.name:
                names.add(meaning.name)
    kinds = {meaning.kind for meaning in meanings}
    if (
        are_joined(meanings)
        or ("company" in kinds and (together_with(meanings, joint) or accompanied(meanings)))
        or ("part" in kinds and including(meanings))
        or may_be_another(meanings)
        or ("bound" in kinds and "period" not in kinds and not {EARLIEST, LATEST} & set(years))
    ):
        return None
    if "foreseen" in kinds and not (table.of_plan or by_law(meanings, articles_of)):
        told["share"] = True
    pieces = {piece for meaning in meanings for piece in meaning.pieces}
    whole = {
        n for n, groups in enumerate(table.compounds) if all((n, g) in pieces for g in range(len(groups)))
    }
    if any(not m.free and not any(n in whole for n, _ in m.pieces) for m in meanings):
        return None  # a piece of a title whose other pieces are not there
    if whole:
        told["title"] = True
    if any(meaning.own for meaning in meanings):
        told["own"] = True
    if "plus" in kinds and len({*articles, dims.get(articles_of, "")} - {""}) < 2:
        return None  # “+” joins the numbers of articles and nothing else
    if any(m.alone for m in meanings) and (articles or told.keys() & {"title", "sender"}):
        return None  # letters in a title are short for something
    if articles and called_another(meanings, articles_of):
        return None
    if articles:
        described = {dims[articles_of]} if articles_of in dims else set()
        worded = ()
        codes = sorted({*articles, *described}, key=lambda code: [int(part) for part in code.split(".")])
        if len(codes) > 1 and told.get("total"):
            return None  # a sum of articles, which are no combination
        either = any(meaning.kind == "joint" and meaning.code == EITHER for meaning in meanings)
        if len(codes) > 1 and (either or not table.dimension(articles_of).combined):
            several[articles_of] = set(codes)
        else:
            dims[articles_of] = "+".join(codes)
    if len(numbers) > 1:
        return None
    if numbers:
        number = _decimal(numbers[0])
        if number is None:
            return None
        told["number"] = number
    for name in several:
        dims.pop(name, None)
    if SENDER in several:
        del told["sender"]  # of one of them, where a line says of which
    _date_relative(table, dims, names, years, {m.name for m in meanings if m.dated})
    span = tuple(sorted(set(years)))
    return Reading(
        dims=tuple(sorted(dims.items())),
        listed=tuple(sorted((name, code) for name, codes in several.items() for code in codes)),
        names=frozenset(names),
        worded=frozenset(name for name in worded if name in dims),
        mere=_is_mere(meanings, names),
        divided=any(meaning.kind == "division" for meaning in meanings),
        years=span if len(span) <= 1 else (span[0], span[-1]),
        **told,
    )


def _announced(meanings: tuple[Meaning, ...], table: Table) -> int:
    """Where a title begins to tell of parts: “persons convicted, of whom women” are all, and the women a part."""
    for at, meaning in enumerate(meanings):
        if meaning.kind == "part":
            before = meanings[:at]
            pieces = {piece for one in before for piece in one.pieces}
            whole = any(
                all((n, g) in pieces for g in range(len(groups))) for n, groups in enumerate(table.compounds)
            )
            return at if whole or any(one.kind == "title" for one in before) else len(meanings)
    return len(meanings)


def _is_mere(meanings: tuple[Meaning, ...], names: set[str]) -> bool:
    """Whether phrases that name these dimensions only name what a line holds.

    A sender is one that an institution's name tells of; a year with other words is the one that is reported.
    """
    kinds = {meaning.kind for meaning in meanings}
    if "ordinal" in kinds:
        return kinds <= {*NAMING, "ordinal", "unit", "heading", "title"}  # “No. of the victim”
    if any(meaning.counts for meaning in meanings) or ("sender" in kinds and not names.isdisjoint(SENDING)):
        return False
    if names == {"year"} and not kinds <= {"name", "division"}:
        return False
    return bool(kinds & {"name", "division"}) and kinds <= {*NAMING, *(("sender",) if names else ())}


def _date_relative(
    table: Table, dims: dict[str, str], names: set[str], years: list[int], dated: set[str]
) -> None:
    """“Started in 2021” says when, and nothing of the year of the figures: the year is then the dimension's code.

    So it is where the dimension is only named: “Start of the service: 2021”.

    Which of its codes that is, seen from the year of a figure, `keys.from_its_year` says.  Not where the label says by
    itself of which year it is (`dated`).
    """
    said = [year for year in dict.fromkeys(years) if EARLIEST < year < LATEST]
    for dimension in table.dimensions if len(said) == 1 else ():
        own = TOTAL if dimension.name in dims or dimension.name not in names else ""
        if dimension.dated and dims.get(dimension.name, own) != TOTAL and dimension.name not in dated:
            dims[dimension.name] = str(said[0])
            years.clear()


def alike(readings: Sequence[Reading]) -> dict[str, str]:
    """What several lines all say alike (“linked” beside each article): their total is of that as well.

    Parts right behind the total (“total | of whom women”) are its own, and must say it too.
    """
    parts: list[dict[str, str]] = []
    own: list[dict[str, str]] = []
    behind = False  #: whether nothing but parts stands between a line and a total before it
    for reading in readings:
        behind = (behind and reading.part) or (reading.total and not reading.sets)
        if reading.dims and not reading.part:
            parts.append(dict(reading.dims))
        elif reading.dims and behind:
            own.append(dict(reading.dims))
    first = parts[0] if len(parts) > 1 else {}
    return {name: code for name, code in first.items() if all(each.get(name) == code for each in parts + own)}


def plain_title(readings: Iterable[Reading]) -> Reading | None:
    """The reading of a label as a title that fixes nothing but a year."""
    return next((reading for reading in readings if reading.title and reading.sets <= {"year"}), None)


#: A phrase costs one, small words little: the fewest and longest phrases win.
PRICES = {
    "filler": 0.1,
    "linked": 0.1,
    "foreseen": 0.1,
    "joint": 0.1,
    "company": 0.1,
    "bound": 0.1,
    "full": 0.1,
    "subject": 0.1,
    "law": 0.1,
    "figure": 0.15,
    "heading": 0.9,
    "unit": 0.2,
    "total": 0.9,
    "part": 0.5,
    "sender": 1.0,
    "name": 0.95,
}


def _decimal(text: str) -> Decimal | None:
    return Decimal(text.replace(",", ".")) if re.fullmatch(r"\d+(,\d{1,2})?", text) else None
