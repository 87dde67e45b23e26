"""Totals and parts of which nobody knows what they are of."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence

from thb_analysis.definitions import TOTAL
from thb_analysis.ingest.recognition.doubts.case import AXES, Case, says
from thb_analysis.ingest.recognition.grid import Grid, Place
from thb_analysis.ingest.recognition.keys import Claim, Refusal, said
from thb_analysis.ingest.recognition.nested import told_alike
from thb_analysis.ingest.recognition.rivals import RegionReading
from thb_analysis.ingest.recognition.scene import LEFT, UP
from thb_analysis.ingest.words.beside import PEOPLE
from thb_analysis.ingest.words.labels import vocabulary
from thb_analysis.ingest.words.meanings import alike
from thb_analysis.ingest.words.near import suggestions
from thb_analysis.ingest.words.not_taken import is_other
from thb_analysis.ingest.words.spans import ends_year, named_year

Said = tuple[tuple[str, str], ...]  #: dimensions with their codes


def parts_of_lost(case: Case) -> dict[Place, Refusal]:
    """Parts (“of whom …”) of a line with a figure that was refused.

    Or after a part that is there twice: between the two another whole may have lost its name.
    """
    lines = {
        (axis, place[1 - axis])
        for place, refusal in case.refusals.items()
        for axis in (UP, LEFT)
        if refusal.code != "label_unknown" or refusal.place not in case.scene.stack(place, 1 - axis)
    }  # not the lines of a figure that only a heading across them puts in doubt
    return _parts_after(case, lines)


def parts_of_doubted(case: Case) -> dict[Place, Refusal]:
    """The same right after a figure that was refused for whatever reason."""
    return _parts_after(case, set())


def _parts_after(case: Case, lines: set[tuple[int, int]]) -> dict[Place, Refusal]:
    """Parts after refused figures, and after such lines."""
    found: dict[Place, Refusal] = {}
    scene, catalogue = case.scene, case.catalogue
    parts = (
        [(place, axis) for place, claim in case.claims.items() for axis in claim.part]
        if case.refusals
        else []
    )
    for place, axis in parts:
        line = [f for f in case.scene.figures if f[axis] == place[axis] and f[1 - axis] < place[1 - axis]]
        for before in sorted(line, key=lambda figure: -figure[1 - axis]):
            if before in case.claims and axis in case.claims[before].part:
                continue
            heads = [scene.stack(figure, axis)[:1] for figure in (before, place)]
            twin = before in case.refusals and case.refusals[before].code == "key_twice"
            same = all(heads) and told_alike(catalogue, *(scene.grid.text(head[0]) for head in heads))
            if same and not twin:
                continue
            if before in case.refusals or (axis, before[1 - axis]) in lines:
                found[place] = case.refused(case.claims[place], "heading_gap", case.grid.address(before))
            break
    return found


def parts_of_others(case: Case) -> dict[Place, Refusal]:
    """Parts (“of whom …”) that are none of the line before them, and that line: “EU citizens, of whom Latvians”.

    Where a list has other EU citizens apart from its own, one of the two is not what it is called.  Nor are
    “suspects, of whom convicted” all who were convicted, in a list of nothing else that was.
    """
    found: dict[Place, Refusal] = {}
    member = case.catalogue.member
    wholes: dict[
        tuple[int, int], list[Place]
    ] = {}  # by axis and line those that are no parts along it, in order
    if any(claim.part for claim in case.claims.values()):
        for place, claim in sorted(case.claims.items()):
            for axis in {UP, LEFT} - claim.part:
                wholes.setdefault((axis, place[axis]), []).append(place)
    for place, claim, axis in [(p, c, axis) for p, c in case.claims.items() for axis in c.part]:
        line = wholes.get((axis, place[axis]), [])
        before = bisect_left(line, place) - 1
        whole = line[before] if before >= 0 else None
        if whole is None:
            continue
        other = case.claims[whole]
        if other.table is not claim.table:
            if all(case.claims[before].table is not claim.table for before in line if before < place):
                nearest = next(iter(case.scene.stack(place, axis)), place)
                found[place] = case.blamed(claim, "two_readings", nearest, said(claim))
            continue
        heads = (case.grid.text(cell) for cell in case.scene.stack(place, axis)[:1])
        said_here = {name for text in heads for r in case.words(claim).read(text) for name, _ in r.dims}
        for name in said_here & claim.own[axis] & other.own[axis]:
            codes = claim.dims.get(name, TOTAL), other.dims.get(name, TOTAL)
            one, two = (member(claim.table, name, code) for code in codes)
            if (
                TOTAL in codes
                or one is two
                or one is None
                or two is None
                or claim.table.dimension(name).identifies
            ):
                continue
            if one.parent != two.code and not (one.group and one.group == two.group):
                told = " / ".join(f"{name}={code}" for code in codes)
                for refused in (place, whole):
                    found[refused] = case.refused(case.claims[refused], "two_readings", told)
    return found


def some_beside_whole(case: Case) -> dict[Place, Refusal]:
    """A figure and one of some whom it would have in it, where their total has both: “154.1, 4; 154.1 (minors), 1”.

    The four are all, and the total counts the minor twice; or only the others.
    """
    found: dict[Place, Refusal] = {}
    for axis, line in _summed_lists(case):
        known = {tuple(sorted(claim.dims.items())): claim for claim in line}
        for claim in line:
            for name in claim.own[axis] & PEOPLE if case.grid.number(claim.place) else ():
                whole = known.get(tuple(sorted({**claim.dims, name: TOTAL}.items())))
                if whole is None or whole is claim:
                    continue
                told = f"{said(whole)} / {said(whole)} − {said(claim)}"
                for one in (whole, claim):
                    found[one.place] = case.blamed(one, "two_readings", whole.place, told)
    return found


def _summed_lists(case: Case) -> Iterator[tuple[int, list[Claim]]]:
    """Figures before a total, or behind it, that just have it as their sum, with the axis of their labels.

    Not where they are told apart by what people are alone: there, women are the adults.
    """
    lines: dict[tuple[int, int, str, int | None], list[Claim]] = {}
    for axis in {axis for claim in case.claims.values() for axis in claim.total}:
        for place, claim in sorted(case.claims.items()):
            if axis not in claim.part:
                lines.setdefault((axis, place[axis], claim.table.id, claim.year), []).append(claim)
    for (axis, *_), line in lines.items():
        ends = [at for at, claim in enumerate(line) if axis in claim.total]
        for before, at, after in zip([-1, *ends], ends, [*ends[1:], len(line)], strict=False):
            for parts in (line[before + 1 : at], line[at + 1 : after]):
                if len(parts) < 2 or not _tell_people(parts, axis):
                    continue  # before any number is asked: of others, sheets that are written alike are told by one
                number = case.grid.number(line[at].place)
                if sum(case.grid.number(one.place) or 0 for one in parts) == number:
                    yield axis, parts


def _tell_people(parts: Sequence[Claim], axis: int) -> bool:
    """Whether figures of a list are told apart by more than what people are, and some by that as well."""
    varied = {name for name in parts[0].dims if len({claim.dims[name] for claim in parts}) > 1}
    return not varied <= PEOPLE and any(claim.own[axis] & PEOPLE for claim in parts)


def totals_in_doubt(case: Case) -> dict[Place, Refusal]:
    """Totals that may be of what all their parts say alike at a level where they say nothing themselves.

    Of parts that nothing tells apart, or of which one says nothing there that is understood, nobody knows whether
    they do; nor of a single one.
    """
    scene, found = case.scene, {}
    twins = [place for place, refusal in case.refusals.items() if refusal.code == "key_twice"]
    for axis in (UP, LEFT):
        bands = {scene.band(place, axis): place for place in reversed(twins)}
        known: dict[object, list[tuple[Place, Said]]] = {}  # the same of all totals of a band and level
        for place, claim in case.claims.items():
            if axis not in claim.total:
                continue
            band = scene.band(place, axis)
            twin, key = bands.get(band), (band, claim.table.id, scene.fills(place, axis))
            if key not in known:
                known[key] = [*_said_by_parts(case, claim, axis, twin)]
            for other, same in known[key]:
                if any(claim.dims.get(name) == TOTAL != code for name, code in same):
                    code = "key_twice" if twin else "heading_gap"
                    where = (
                        f"{case.grid.address(place)}, {case.grid.address(other)}"
                        if twin
                        else case.grid.address(other)
                    )
                    found[place] = case.refused(claim, code, where)
    return found


def _said_by_parts(case: Case, claim: Claim, axis: int, twin: Place | None) -> Iterator[tuple[Place, Said]]:
    """What the parts of a total say alike at a level where it says nothing, with the cell that puts it in doubt.

    `twin` is a figure of its band that nothing tells from another.
    """
    scene, place = case.scene, claim.place
    strange = {refusal.place for refusal in case.refusals.values() if refusal.code == "label_unknown"}
    contradicted = {place for place, refusal in case.refusals.items() if refusal.code == "title_contradicts"}
    hidden = scene.region.places & case.grid.hidden
    words = case.words(claim)
    mates = set(scene.mates(place, axis))
    beside = case.resolver.axes.beside(place, axis, words)
    for level, readings in beside.items():
        by_line = scene.level_map(place, axis).get(level, {})
        heads = set(by_line.values())
        told = {line for line, cell in by_line.items() if says(words, case.grid.text(cell))}
        bare = (p for p in mates & set(case.lost) if p[1 - axis] not in told)
        unseen = any(cell[axis] == level for cell in hidden)
        only = next(iter(heads)) if len(heads) == 1 and not unseen else None
        apart = min(mates & contradicted, default=None)  # what told the parts apart is taken for a title
        other = twin or apart or min(heads & strange, default=min(bare, default=only))
        if level in scene.fills(place, axis):  # it says nothing there but that it is a total
            inner = [
                len({r.dims for r in beside.get(n, ()) if r.dims}) + len(strange.intersection(cells.values()))
                for n, cells in scene.level_map(place, axis).items()
                if n != level
            ]
            whole = {cell for cell in heads if says(words, case.grid.text(cell))}
            lone = next(iter(whole)) if len(whole) == 1 and not unseen else None
            divided = max(inner, default=0) > 1  # of that one alone, or of all of its kind
            other = min(heads & strange, default=lone) if divided else None
            other = twin if any(inner) and not other else other
        if other is not None:
            yield other, tuple(alike(readings if twin or apart else [*readings, *readings]).items())


def of_other_articles(case: Case) -> dict[Place, Refusal]:
    """Totals of lines of several articles in a table that is of one: “154.1”, “164”, “Total” over victims."""
    found: dict[Place, Refusal] = {}
    whole = {p: claim for p, claim in case.claims.items() if claim.total and claim.table.subject}
    lines: dict[tuple[int, int], Place] = {}
    for place, refusal in case.refusals.items() if whole else ():
        for axis in (UP, LEFT):
            if refusal.place in case.scene.own_stack(place, axis) and _of_another_article(
                case, refusal.found
            ):
                lines.setdefault((axis, place[axis]), refusal.place)
    for place, claim in whole.items() if lines else ():
        for axis in claim.total:
            if (axis, place[axis]) in lines:
                found[place] = case.blamed(claim, "label_unknown", lines[axis, place[axis]])
    return found


def _of_another_article(case: Case, text: str) -> bool:
    """Whether a label is that of an article that is not the field's own."""
    tables = (vocabulary(case.catalogue, table) for table in case.catalogue.tables)
    return any(
        is_other(words, reading.dims) and reading.number is None
        for words in tables
        if words.articles
        for reading in words.read(text)
    )


def totals_amid_lost(case: Case) -> dict[Place, Refusal]:
    """Totals that say no more, amid lines of which one was refused: of how many of them they are, nobody knows.

    Lines amid which a total stands are those above it and one below; or more below, or one whose label is near to a
    known one: it is of their list as well.
    """
    scene, found = case.scene, {}
    for axis in (UP, LEFT) if case.refusals else ():
        lines: dict[tuple[int | None, int], list[Place]] = {}
        others = (p for p, claim in case.claims.items() if axis not in claim.part | claim.total)
        for place in sorted((*others, *case.refusals)):
            lines.setdefault((scene.band(place, axis), place[axis]), []).append(place)
        for place, claim in case.claims.items():
            if axis not in claim.total or claim.own[axis] or case.resolver.named(scene.stack(place, axis)):
                continue
            line, at = lines.get((scene.band(place, axis), place[axis]), []), place[1 - axis]
            after = [other for other in line if other[1 - axis] > at]
            lost = [other for other in line if other in case.refusals and (other[1 - axis] < at or after[1:])]
            lost += [other for other in after[:1] if other in case.refusals and _misspelt(case, claim, other)]
            if after and lost and line[0][1 - axis] < at and not _sums_up(case, claim, line, axis):
                found[place] = case.refused(claim, "heading_gap", case.grid.address(lost[0]))
    return found


def _sums_up(case: Case, claim: Claim, line: Sequence[Place], axis: int) -> bool:
    """Whether a total is the sum of all before it on its line, and nothing behind it is like a member's name."""
    at = claim.place[1 - axis]
    before = [place for place in line if place[1 - axis] < at]
    numbers = [case.grid.number(place) or 0 for place in before if place in case.claims]
    told = sum(map(bool, numbers)) > 1 and len(numbers) == len(before)
    found = (case.refusals[p].found for p in line if p in case.refusals)
    near = (suggestions(case.catalogue, (claim.table.id,), text) for text in found)
    members = any("=" in phrase for phrases in near for phrase in phrases)
    return told and sum(numbers) == case.grid.number(claim.place) and not members


def _misspelt(case: Case, claim: Claim, place: Place) -> bool:
    """Whether the label of a refused figure is not known and near to one that is."""
    refusal = case.refusals[place]
    near = refusal.code == "label_unknown" and suggestions(case.catalogue, (claim.table.id,), refusal.found)
    return bool(near)


def totals_of_no_years(case: Case) -> dict[Place, Refusal]:
    """Totals of all years beside figures that have none in their headings, or one: the years are another table's.

    So are those beside figures that were refused for want of their year: it may be theirs as well.  One whose heading
    stands on a line below the years is of one of them.
    """
    scene = case.scene
    found: dict[Place, Refusal] = {}
    if all(claim.year is not None for claim in case.claims.values()):
        return found
    dated: dict[tuple[int, int | None, int, str], set[int]] = {}
    levels: dict[tuple[int, int | None], set[int]] = {}  # axis and band → where years stand
    for place, claim in [*case.claims.items(), *case.blanks.items()]:
        for axis in (UP, LEFT):
            if claim.year is not None and claim.year_from == "heading":
                band = scene.band(place, axis)
                line = (axis, band, place[axis], claim.table.id)
                dated.setdefault(line, set()).add(claim.year)
                heads = (cell for cell in scene.stack(place, axis) if named_year(case.grid.text(cell)))
                levels.setdefault((axis, band), set()).update(cell[axis] for cell in heads)
    undated = {
        (axis, scene.band(place, axis), place[axis])
        for place in case.lost
        for axis in (UP, LEFT)
        if "year" in case.refusals[place].expected.split(", ")
    }
    for place, claim in case.claims.items():
        lines = [(axis, scene.band(place, axis), place[axis], claim.table.id) for axis in claim.total]
        doubted = all(len(dated.get(line, ())) < 2 for line in lines) or any(
            line[:3] in undated
            or max(levels.get(line[:2], [0]), default=0) < min(scene.fills(place, line[0]), default=0)
            for line in lines
            if len(dated.get(line, ())) > 1
        )
        if claim.year is None and claim.total and doubted:
            found[place] = case.refused(claim, "heading_gap", claim.table.id)
    return found


def totals_of_only_twins(case: Case) -> dict[Place, Refusal]:
    """Totals on a line of which nothing heads the others, which nothing tells apart: what they divide is lost."""
    found: dict[Place, Refusal] = {}
    twins = [place for place, refusal in case.refusals.items() if refusal.code == "key_twice"]
    for axis in (UP, LEFT) if twins else ():
        lines = {place[axis]: place for place in twins if not case.scene.own_stack(place, axis)}
        read = {place[axis] for place, claim in case.claims.items() if axis not in claim.total}
        for place, claim in case.claims.items():
            if axis in claim.total and place[axis] in lines and place[axis] not in read:
                found[place] = case.refused(claim, "heading_gap", case.grid.address(lines[place[axis]]))
    return found


def of_part_of_year(case: Case) -> dict[Place, Refusal]:
    """Totals beside parts of a year of which none is the last: of three quarters, of the first half.

    Not a total that says which year it is of (“total in the year”), nor one of which the parts are only examples
    (“of which first half”).
    """
    asides = [place for place, claim in case.claims.items() if claim.aside]
    found: dict[Place, Refusal] = {}
    parts: dict[tuple[int, int | None, int], set[str]] = {}
    for place in asides:
        for axis in (UP, LEFT):
            for cell in case.scene.stack(place, axis):
                text = case.grid.text(cell)
                readings = case.words(case.claims[place]).read(text)
                if any(r.period and not r.part for r in readings):
                    line = (axis, case.scene.band(place, axis), place[axis])
                    parts.setdefault(line, set()).add(text)
    for place, claim in case.claims.items() if parts else ():
        for axis in () if claim.aside else claim.total:
            told = parts.get((axis, case.scene.band(place, axis), place[axis]), set())
            heads = [case.grid.text(cell) for cell in case.scene.stack(place, axis)]
            named = any("year" in r.names or r.years for text in heads for r in case.words(claim).read(text))
            if told and not named and not ends_year(case.catalogue, frozenset(told)):
                found[place] = case.refused(
                    claim, "two_readings", said(claim) + " / " + ", ".join(sorted(told))
                )
    return found


def under_contradicted(case: Case) -> dict[Place, Refusal]:
    """Totals under a heading that contradicts the headings of what they are totals of."""
    blamed = {refusal.place for refusal in case.refusals.values() if refusal.code == "headings_conflict"}
    found: dict[Place, Refusal] = {}
    for place, claim in case.claims.items() if blamed else ():
        for role, cell in claim.headings:
            if cell in blamed and AXES.get(role) in claim.total:
                found[place] = case.blamed(claim, "headings_conflict", cell, said(claim))
    return found


def totals_of_more(grid: Grid, readings: Sequence[RegionReading]) -> dict[Place, Refusal]:
    """Totals that are taken for those of the last lines above them, and are the sum of all down from the total before.

    “Women 5, men 4; girls 1, boys 0; total 10”, with a blank row amid them: no total of the children.
    """
    columns: dict[int, list[Claim]] = {}
    for reading in readings:
        for place, claim in reading.claims.items():
            columns.setdefault(place[1], []).append(claim)
    found: dict[Place, Refusal] = {}
    for column in columns.values():
        above: list[Claim] = []
        for claim in sorted(column, key=lambda one: one.place):
            if LEFT not in claim.total:
                above += [claim] if LEFT not in claim.part else []
                continue
            parts = [one for one in above if one.table is claim.table and one.year == claim.year]
            own = [one for one in parts if _has_all(one, claim)]
            sums = [sum(grid.number(one.place) or 0 for one in some) for some in (own, parts)]
            number = grid.number(claim.place)
            if own and number and sums[0] != number == sums[1] and len(parts) > len(own):
                told = f"{said(claim)} / {grid.address(parts[0].place)}:{grid.address(parts[-1].place)}"
                text, tables = grid.text(claim.place), (claim.table.id,)
                found[claim.place] = Refusal("two_readings", claim.place, text, told, tables=tables)
            above = []
    return found


def _has_all(part: Claim, total: Claim) -> bool:
    """Whether a figure is of all that a total says."""
    return all(part.dims.get(name) == code for name, code in total.dims.items() if code != TOTAL)
