"""Institutions beside figures that are not theirs: with whom something was done, of whose work it came, countries."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import takewhile

from thb_analysis.definitions import TOTAL
from thb_analysis.ingest.recognition.doubts.case import AXES, Case
from thb_analysis.ingest.recognition.doubts.unknown import elsewhere
from thb_analysis.ingest.recognition.grid import Place
from thb_analysis.ingest.recognition.keys import Claim, Refusal, names_tables, said
from thb_analysis.ingest.recognition.scene import LEFT, UP
from thb_analysis.ingest.words.fold import fold, folded
from thb_analysis.ingest.words.labels import Vocabulary

SEVERAL = 3  #: other codes beside one that is as often short for something else
LETTERS = len("XX")  #: of a code
FEW = 2  #: letters that happen to be codes of countries


def of_institutions(case: Case) -> dict[Place, Refusal]:
    """Figures that a sender gives of other institutions, of which nobody knows whose they are.

    Joint checks beside a partner's name, where no line is the sender's own.  The total of several institutions' lines,
    unless they divide the sender's own figure.  What the other never gives itself: “cases sent to court (Border Guard)”
    in the prosecutors' workbook are those that the Border Guard had begun.
    """
    sender = case.resolver.source.institution
    found: dict[Place, Refusal] = {}
    lines: dict[tuple[object, ...], set[str]] = {}
    for claim in case.claims.values():
        if claim.table.by_institution and not claim.total:
            lines.setdefault(_what(claim), set()).add(claim.institution)
    ordered: dict[tuple[int, int, str], list[Claim]] = {}  #: the figures of a line, by axis and table
    for _, claim in sorted(case.claims.items()):
        for axis in (UP, LEFT) if claim.table.by_institution else ():
            ordered.setdefault((axis, claim.place[axis], claim.table.id), []).append(claim)
    for place, claim in case.claims.items():
        senders, own = claim.table.senders, claim.institution == sender
        if claim.table.by_institution:
            others = lines.get(_what(claim), set())
            parts = [
                one
                for axis in claim.total
                for one in _parts(ordered[axis, place[axis], claim.table.id], claim, axis)
            ]
            whose = {one.institution for one in parts}
            mine = sum(case.grid.number(one.place) or 0 for one in parts if one.institution == sender)
            known = sender in senders and (sender not in whose or mine == case.grid.number(place))
            if own and whose - {sender} and not known:
                heading, told = next(_totals(case, claim), place), ", ".join(sorted(whose))
                found[place] = case.blamed(claim, "label_ambiguous", heading, told)
                continue
            if own and claim.total and len(others) > 1 and not (sender in senders and sender not in others):
                heading = next(_totals(case, claim), place)
                found[place] = case.blamed(claim, "label_ambiguous", heading, ", ".join(sorted(others)))
            joint = sender in senders and not case.words(claim).joint.isdisjoint(claim.dims.items())
            if joint and not own and sender not in others:
                found[place] = case.refused(claim, "two_readings", said(claim))
        elif sender in senders and claim.institution not in senders and "institution" not in claim.dims:
            telling = (cell for _, cell in claim.headings if _names(case, claim, cell))
            found[place] = case.blamed(claim, "title_not_understood", next(telling, place))
    return found


def _parts(line: Sequence[Claim], total: Claim, axis: int) -> list[Claim]:
    """The figures on a line that a total may be of: those before it from the last total on, else those behind it."""
    at = bisect_left(line, total.place, key=lambda one: one.place)
    for places in (range(at - 1, -1, -1), range(at + 1, len(line))):
        parts = list(takewhile(lambda one: axis not in one.total, map(line.__getitem__, places)))
        if parts:
            return parts
    return []


def parts_of_others(case: Case) -> dict[Place, Refusal]:
    """What one who counts says of its own whole that another counted, too: no figure of all that the other counted."""
    sender = case.resolver.source.institution
    found: dict[Place, Refusal] = {}
    for place, claim in case.claims.items():
        for name in claim.table.sent_by if claim.part else ():
            members = case.catalogue.codes.get(claim.table.dimension(name).codes, {})
            if sender in members and name in claim.stated and claim.dims[name] not in (TOTAL, sender):
                found[place] = case.refused(claim, "two_readings", said(claim))
    return found


def from_others(case: Case) -> dict[Place, Refusal]:
    """“Victims from the police” in the workbook of another who registers them: whom the police sent, or registered.

    And the total of such lines, which is the sender's or that of all.
    """
    sender, catalogue = case.resolver.source.institution, case.catalogue
    found: dict[Place, Refusal] = {}
    wholes: dict[str, Refusal] = {}  #: by what is divided so, why its totals are refused
    for place, claim in case.claims.items():
        for name in claim.table.sent_by:
            members, pair = (
                catalogue.codes.get(claim.table.dimension(name).codes, {}),
                (name, claim.dims[name]),
            )
            if sender not in members or name not in claim.stated or pair[1] in (TOTAL, sender):
                continue
            heads = [
                cell for _, cell in claim.headings if _is_from(case.words(claim), case.grid.text(cell), pair)
            ]
            for cell in heads[:1]:
                found[place] = wholes[name] = case.blamed(
                    claim, "two_readings", cell, f"{name}={pair[1]} / —"
                )
    for place, claim in case.claims.items() if wholes else ():
        for name in wholes.keys() & claim.table.sent_by if claim.total else ():
            if claim.dims[name] == TOTAL:
                found[place] = wholes[name]
    return found


@lru_cache(maxsize=20_000)
def _is_from(words: Vocabulary, text: str, member: tuple[str, str]) -> bool:
    """Whether a label says of a member that something comes from it."""
    pieces = re.split(rf"(?<!\w)(?:{'|'.join(words.catalogue.words['from'])})\s+", text, flags=re.IGNORECASE)
    return any(member in reading.dims for piece in pieces[1:] for reading in words.read(piece))


def _names(case: Case, claim: Claim, cell: Place) -> bool:
    return any(r.sender == claim.institution for r in case.words(claim).read(case.grid.text(cell)))


def _totals(case: Case, claim: Claim) -> Iterator[Place]:
    """The headings that make a figure a total, the plainest first; then its others."""
    heads = [cell for role, cell in claim.headings if AXES.get(role) in claim.total]
    words, text = case.words(claim), case.grid.text
    yield from (cell for cell in heads if any(r.total for r in words.read(text(cell))))
    yield from (cell for role, cell in claim.headings if role != "title")


def letters(case: Case) -> dict[Place, Refusal]:
    """Letters that are a country's code, where they may be short for something else.

    “AM” under “Institution”, beside the police, is a ministry; “PK | NA” may be short for what people do, and the “ID”
    of a title (“Persona ID”) for a number.
    """
    found: dict[Place, Refusal] = {}
    doubtful = case.catalogue.words["codes_doubtful"]
    texts = (case.grid.text(cell) for heads in case.headings.values() for _, cell in heads)
    for place, claim in case.claims.items() if any(map(_has_letters, texts)) else ():
        for kind in case.catalogue.words["codes_alone"]:
            code = claim.dims.get(kind, "").upper()
            for role, heading in claim.headings if len(code) == LETTERS and code.isalpha() else ():
                if not _is_code(case.words(claim), text := case.grid.text(heading), code):
                    if role in AXES and code in doubtful and code in re.findall(r"\w+", text):
                        found[place] = case.blamed(claim, "label_ambiguous", heading, kind)  # “women (ES)”
                    continue
                told = {kind} if role == "title" and not _names_kind(case, claim, kind) else set[str]()
                if role in AXES and claim.dims[kind] == code:
                    told = _astray(case, claim, kind, heading, role)
                    if told and code in doubtful:  # it is short for something else as often
                        told = {f"{kind}={code} / —"}
                if told:
                    found[place] = case.blamed(claim, "label_ambiguous", heading, ", ".join(sorted(told)))
    return found


@lru_cache(maxsize=20_000)
def _has_letters(text: str) -> bool:
    """Whether a label has a word of as many capital letters as a code."""
    return any(len(word) == LETTERS and word.isupper() for word in re.findall(r"\w+", text))


def _is_code(words: Vocabulary, text: str, code: str) -> bool:
    """Whether a label says no more than a code: “ID”, “Count of ID”."""
    rest = re.sub(rf"(?<!\w){code}(?!\w)", " ", text) if code in text else text
    if rest == text or not rest.strip():
        return rest != text
    return any(r._replace(years=()).neutral and not r.names and not r.title for r in words.read(rest))


def _names_kind(case: Case, claim: Claim, kind: str) -> bool:
    """Whether a heading or a title names the kind of things that a code is of."""
    over = (*case.scene.corners(claim.place), *case.resolver.over(claim.place))
    cells = (*(cell for _, cell in claim.headings), *over)
    return any(kind in r.names for cell in cells for r in case.words(claim).read(case.grid.text(cell)))


def _astray(case: Case, claim: Claim, kind: str, heading: Place, role: str) -> set[str]:
    """What a heading of letters may be instead of a code, where its line or corner does not say that it is one.

    Its corner does, or a title; one of the kind in words beside it, the country that reports, or several codes.
    """
    words, text, axis, code = case.words(claim), case.grid.text, AXES[role], claim.dims[kind]
    level = case.scene.levels(heading, axis)[0]
    line = case.resolver.axes.beside(claim.place, axis, words).get(level, ())
    # a corner over columns names what its rows are
    named = case.resolver.axes.line_names(heading, claim.place, axis, words) if axis == LEFT else set()
    others = {name for reading in line for name, _ in reading.dims} - {kind}
    kin = {dict(r.dims)[kind] for r in line if kind in dict(r.dims)} - {code}
    table = not (kin or named) and bool(
        names_tables(case.catalogue, text(heading).strip())
    )  # “KP”: proceedings
    several = sum(len(other) == len(code) for other in kin) >= SEVERAL
    table = table or (code in case.catalogue.words["codes_doubtful"] and not several)  # “ES”: the Union
    table = table or (code in case.catalogue.words["state"] and kin.isdisjoint(case.catalogue.words["home"]))
    if not table and named:
        return named | others | {kind} if kind not in named else set()
    heads = {text(cell).strip() for cell in case.scene.level_map(claim.place, axis).get(level, {}).values()}
    of_kind = (said for said in heads if any(kind in dict(r.dims) for r in words.read(said)))
    like = {code if _is_code(words, said, code) else said for said in of_kind}
    bare = {said for said in like if len(said) <= LETTERS and said not in case.catalogue.words["home"]}
    vouched = len(bare) > FEW or len(bare) < len(like) or _names_kind(case, claim, kind)
    return named | others | {kind} if table or (others and not kin) or not vouched else set()


def places_named(case: Case) -> dict[Place, Refusal]:
    """Countries under a heading that says where something was: nobody's citizenship, and kept by no table.

    “Place of exploitation” or “country of birth” over Germany and Italy.
    """
    found: dict[Place, Refusal] = {}
    named = case.catalogue.words["places"]["named"]
    fields = folded(case.catalogue, "country_field")  # whose country it does not say
    known: dict[tuple[Place, str], set[str]] = {}

    def names_of(cell: Place, claim: Claim) -> set[str]:
        key = (cell, claim.table.id)
        if key not in known:
            said = case.resolver.axes.named_for([cell], case.words(claim))
            vague = fold(case.grid.text(cell)).strip(" .:") in fields
            known[key] = said - named.keys() if vague else said
        return known[key]

    anywhere = not all(reading.names.isdisjoint(named.values()) for reading in case.heard)
    for place, claim in case.claims.items() if anywhere else ():
        for own, other in named.items():
            if claim.stated.isdisjoint((own, other)):
                continue
            over = (*case.scene.stack(place, UP), *case.scene.stack(place, LEFT), *case.scene.corners(place))
            cells = dict.fromkeys((*over, *(cell for _, cell in claim.headings)))
            names = {cell: names_of(cell, claim) for cell in cells}
            told = {name for each in names.values() for name in each} & {own, other}
            for cell, each in names.items():
                if other in each and told == {other} and not claim.stated & {other}:
                    codes = "; ".join(f"{n}={claim.dims[n]}" for n in (own, other) if n in claim.stated)
                    found[place] = case.blamed(claim, "label_ambiguous", cell, codes)
    return found


def under_division(case: Case) -> dict[Place, Refusal]:
    """Members under the name of something that no table keeps, which may be its members as well: no citizenship.

    “Country of birth” over Germany and Italy, or “Sentence” over forced labour; in a title, a corner, a heading or the
    sheet's name.
    """
    found: dict[Place, Refusal] = {}
    vague = folded(case.catalogue, "country_field")  # whose country it does not say
    places = {name for pair in case.catalogue.words["places"]["named"].items() for name in pair}
    text, sheet = case.grid.text, case.grid.sheet.name
    said = [*case.heard, *(reading for words in case.headings for reading in words.read(sheet))]
    anywhere = any(reading.divided for reading in said)
    for place, claim in case.claims.items() if anywhere else ():
        words, heads = case.words(claim), [cell for role, cell in claim.headings if role in AXES]
        doubtful = {name for name in places & claim.stated if claim.dims[name] != TOTAL}
        for cell in heads:
            if elsewhere(words, text(cell)):
                doubtful |= {name for reading in words.read(text(cell)) for name, _ in reading.dims}
        if not doubtful:
            continue
        over = (*case.scene.stack(place, UP), *case.scene.stack(place, LEFT), *case.scene.corners(place))
        cells = list(dict.fromkeys((*over, *(cell for _, cell in claim.headings))))
        said = [
            r for cell in cells if fold(text(cell)).strip(" .:") not in vague for r in words.read(text(cell))
        ]
        said = [reading for reading in said if not reading.divided]
        if not doubtful.isdisjoint(name for reading in said for name in reading.names):
            continue
        for cell in cells:
            if any(reading.divided for reading in words.read(text(cell))):
                found[place] = case.blamed(
                    claim, "label_ambiguous", cell, " / ".join([*sorted(doubtful), "—"])
                )
        if any(reading.divided for reading in words.read(sheet)):
            found[place] = case.refused(claim, "sheet_name_narrows", "")
    return found


def under_strange_name(case: Case) -> dict[Place, Refusal]:
    """Other institutions that register victims, in the workbook of one, below a name that nobody understands.

    “Who told us” over the police and the border guard: they are not who registered them, nor is the total of all.
    """
    sender, found = case.resolver.source.institution, {}
    registered = {  # by table, what says who registered, where the sender is one of them
        words.table.id: {
            d.name for d in words.table.dimensions if d.by_sender and sender in case.catalogue.codes[d.codes]
        }
        for words in case.headings
    }
    for place, claim in case.claims.items() if any(registered.values()) else ():
        words, own = case.words(claim), registered[claim.table.id]
        if own.isdisjoint(name for name in claim.stated if claim.dims[name] != sender):
            continue
        for role, cell in claim.headings:
            axis = AXES.get(role)
            readings = words.read(case.grid.text(cell)) if axis is not None else []
            if axis is None or not (axis in claim.total or own & {n for r in readings for n, _ in r.dims}):
                continue
            for corner in case.resolver.axes.line_corners(cell, place, axis):
                if case.grid.text(corner).strip() and not words.read(case.grid.text(corner)):
                    found[place] = case.blamed(claim, "label_unknown", corner)
    return found


def of_reporting(case: Case) -> dict[Place, Refusal]:
    """Figures of the home country in a column “Country” that has no other: it may be the country that reports."""
    text = case.grid.text
    home, fields = (folded(case.catalogue, name) for name in ("home", "country_field"))
    found: dict[Place, Refusal] = {}
    for place, claim in case.claims.items():
        for role, cell in claim.headings:
            if role != "row" or fold(text(cell)).strip(" .") not in home:
                continue
            level = case.scene.levels(cell, LEFT)[0]
            line = case.scene.level_map(place, LEFT).get(level, {}).values()
            over = case.resolver.axes.line_corners(cell, place, LEFT)
            named = any(fold(text(corner)).strip(" .:") in fields for corner in over)
            if named and len(line) > 1 and all(fold(text(each)).strip(" .") in home for each in line):
                found[place] = case.blamed(claim, "label_ambiguous", cell, said(claim))
    return found


def _what(claim: Claim) -> tuple[object, ...]:
    """What a figure counts, whoever did it."""
    return claim.table.id, claim.year, tuple(sorted(claim.dims.items()))
