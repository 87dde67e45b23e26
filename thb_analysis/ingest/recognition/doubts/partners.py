"""Institutions beside figures that are not theirs: with whom something was done, of whose work it came, countries."""

from __future__ import annotations

import re
from collections.abc import Iterable

from thb_analysis.ingest.recognition.doubts.case import AXES, Case
from thb_analysis.ingest.recognition.grid import Place
from thb_analysis.ingest.recognition.keys import Claim, Refusal, names_tables, said
from thb_analysis.ingest.recognition.scene import LEFT, UP
from thb_analysis.ingest.recognition.titles import is_division
from thb_analysis.ingest.words.fold import fold
from thb_analysis.ingest.words.labels import Vocabulary

SEVERAL = 3  #: other codes beside one that is as often short for something else
FEW = 2  #: letters that happen to be codes of countries


def with_whom(case: Case) -> dict[Place, Refusal]:
    """Joint checks on another institution's line, in the workbook of one that does them: its partner, and not theirs.

    Where a line is the sender's own, the lines say whose they are.
    """
    sender = case.resolver.source.institution
    found: dict[Place, Refusal] = {}
    mine = [claim for claim in case.claims.values() if claim.institution == sender and not claim.total]
    own = {_what(claim) for claim in mine}
    for place, claim in case.claims.items():
        joint = claim.table.by_institution and not case.words(claim).joint.isdisjoint(claim.dims.items())
        other = claim.institution != sender and sender in claim.table.senders
        if joint and other and _what(claim) not in own:
            found[place] = case.refused(claim, "two_readings", said(claim))
    return found


def of_anothers(case: Case) -> dict[Place, Refusal]:
    """Figures that a sender gives of an institution that never gives them: a part that came of the other's work.

    “Cases sent to court (Border Guard)” in the prosecutors' workbook are those that the Border Guard had begun.
    """
    sender = case.resolver.source.institution
    found: dict[Place, Refusal] = {}
    for place, claim in case.claims.items():
        senders = claim.table.senders
        if claim.table.by_institution or claim.institution == sender or "institution" in claim.dims:
            continue
        if sender in senders and claim.institution not in senders:
            telling = (cell for _, cell in claim.headings if _names(case, claim, cell))
            found[place] = case.blamed(claim, "title_not_understood", next(telling, place))
    return found


def _names(case: Case, claim: Claim, cell: Place) -> bool:
    return any(r.sender == claim.institution for r in case.words(claim).read(case.grid.text(cell)))


def letters_among(case: Case) -> dict[Place, Refusal]:
    """Letters that are a country's code, under the name of another kind or beside its members: short for one of those.

    “AM” under “Institution”, beside the police, is a ministry.
    """
    found: dict[Place, Refusal] = {}
    alone, doubtful = case.catalogue.words["codes_alone"], case.catalogue.words["codes_doubtful"]
    for place, claim in case.claims.items():
        words = case.words(claim)
        for role, axis in AXES.items():
            for heading in (cell for name, cell in claim.headings if name == role):
                text = _letters(words, case.grid.text(heading).strip(), claim, alone)
                own = {name for name in alone if claim.dims.get(name) == text}
                if not own:
                    continue
                level = case.scene.levels(heading, axis)[0]
                line = case.resolver.axes.beside(place, axis, words).get(level, ())
                corner = role == "row"  # a corner over columns names what its rows are
                named = case.resolver.axes.line_names(heading, place, axis, words) if corner else set()
                others = {name for reading in line for name, _ in reading.dims} - own
                kin = any(own & dict(r.dims).keys() and text not in dict(r.dims).values() for r in line)
                table = not (kin or named) and bool(names_tables(case.catalogue, text))  # “KP”: proceedings
                codes = {c for r in line for n, c in r.dims if n in own and len(c) == len(text)} - {text}
                table = table or (text in doubtful and len(codes) < SEVERAL)  # “ES”: the Union
                astray = table or (named and not named & own) or (others and not kin and not named)
                if astray or not (named or _vouched(case, claim, own, axis, level)):
                    found[place] = case.blamed(
                        claim, "label_ambiguous", heading, ", ".join(sorted(named | others | own))
                    )
    return found


def _letters(words: Vocabulary, text: str, claim: Claim, alone: Iterable[str]) -> str:
    """A label without what says nothing beside letters that are a code: “Count of ID”; the label where others do."""
    for code in {claim.dims.get(name, "").upper() for name in alone} - {"", text}:
        if len(code) == len("XX") and code in text and re.search(rf"(?<!\w){code}(?!\w)", text):
            rest = words.read(re.sub(rf"(?<!\w){code}(?!\w)", " ", text))
            if any(r._replace(years=()).neutral and not r.names and not r.title for r in rest):
                return code
    return text


def titled_by_letters(case: Case) -> dict[Place, Refusal]:
    """Letters that are a country's code in a title that says nothing else (“Persona ID”): short for something.

    Not where a title or a heading names the kind: “By citizenship”, below it “LV”.
    """
    alone, found = case.catalogue.words["codes_alone"], dict[Place, Refusal]()
    for place, claim in case.claims.items():
        words = case.words(claim)
        for heading in [cell for role, cell in claim.headings if role == "title"]:
            text = case.grid.text(heading).strip()
            letters = _letters(words, text, claim, alone)
            own = {name for name in alone if claim.dims.get(name, "").upper() == letters}
            cells = (*(cell for _, cell in claim.headings), *case.resolver.over(claim.place))
            if own and not any(own & r.names for cell in cells for r in words.read(case.grid.text(cell))):
                found[place] = case.blamed(claim, "label_ambiguous", heading, ", ".join(sorted(own)))
    return found


def places_named(case: Case) -> dict[Place, Refusal]:
    """Countries under a heading that says where something was: nobody's citizenship, and kept by no table.

    “Place of exploitation” or “country of birth” over Germany and Italy.
    """
    found: dict[Place, Refusal] = {}
    named = case.catalogue.words["places"]["named"]
    known: dict[tuple[Place, str], set[str]] = {}

    def names_of(cell: Place, claim: Claim) -> set[str]:
        key = (cell, claim.table.id)
        if key not in known:
            known[key] = case.resolver.axes.named_for([cell], case.words(claim))
        return known[key]

    for place, claim in case.claims.items():
        for own, other in named.items():
            if claim.stated.isdisjoint((own, other)):
                continue
            over = (*case.scene.stack(place, UP), *case.scene.stack(place, LEFT), *case.scene.corners(place))
            cells = dict.fromkeys((*over, *(cell for _, cell in claim.headings)))
            names = {cell: names_of(cell, claim) for cell in cells}
            told = {name for each in names.values() for name in each} & {own, other}
            for cell, each in names.items():
                divided = not told and is_division(case.catalogue, case.grid.text(cell))
                if divided or (other in each and told == {other} and not claim.stated & {other}):
                    codes = "; ".join(f"{n}={claim.dims[n]}" for n in (own, other) if n in claim.stated)
                    found[place] = case.blamed(claim, "label_ambiguous", cell, codes)
    return found


def of_reporting(case: Case) -> dict[Place, Refusal]:
    """Figures of the home country in a column “Country” that has no other: it may be the country that reports."""
    text, words = case.grid.text, case.catalogue.words
    home, fields = ({fold(word) for word in words[name]} for name in ("home", "country_field"))
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


def _vouched(case: Case, claim: Claim, own: set[str], axis: int, level: int) -> bool:
    """Whether anything but one or two codes says that they are codes: “PK | NA” may be short for what people do.

    A heading or a title that names the kind, one of it in words, the country that reports, or several codes.
    """
    words, text = case.words(claim), case.grid.text
    heads = case.scene.level_map(claim.place, axis).get(level, {}).values()
    told = {text(cell).strip(): words.read(text(cell)) for cell in heads}
    kind = [said for said, readings in told.items() if any(own & dict(r.dims).keys() for r in readings)]
    letters = {_letters(words, said, claim, own) for said in kind}
    bare = {said for said in letters if len(said) <= len("XX") and said not in case.catalogue.words["home"]}
    cells = (
        *(cell for _, cell in claim.headings),
        *case.scene.corners(claim.place),
        *case.resolver.over(claim.place),
    )
    named = any(own & r.names for cell in cells for r in words.read(text(cell)))
    return named or len(bare) > FEW or len(bare) < len(letters)


def of_totals(case: Case) -> dict[Place, Refusal]:
    """A total of several institutions' lines: it is of all of them, and of none.

    Of one that gives such figures itself and has no line there, the lines are what its own figure divides.
    """
    sender = case.resolver.source.institution
    found: dict[Place, Refusal] = {}
    lines: dict[tuple[object, ...], set[str]] = {}
    for claim in case.claims.values():
        if claim.table.by_institution and not claim.total:
            lines.setdefault(_what(claim), set()).add(claim.institution)
    for place, claim in case.claims.items():
        others = lines.get(_what(claim), set()) if claim.table.by_institution and claim.total else set()
        divided = sender in claim.table.senders and sender not in others
        if claim.institution == sender and len(others) > 1 and not divided:
            heading = next((cell for role, cell in claim.headings if role != "title"), place)
            found[place] = case.blamed(claim, "label_ambiguous", heading, ", ".join(sorted(others)))
    return found


def _what(claim: Claim) -> tuple[object, ...]:
    """What a figure counts, whoever did it."""
    return claim.table.id, claim.year, tuple(sorted(claim.dims.items()))
