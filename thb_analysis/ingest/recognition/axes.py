"""What the headings along one axis come to for a figure, and what a total on their line is a total of.

All figures of a line share their headings, so everything here is worked out once a line and remembered.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from thb_analysis.definitions import TOTAL, Table
from thb_analysis.ingest.recognition import neighbours
from thb_analysis.ingest.recognition.grid import Place
from thb_analysis.ingest.recognition.keys import Refusal
from thb_analysis.ingest.recognition.lines import Lines
from thb_analysis.ingest.recognition.naming import members_within
from thb_analysis.ingest.recognition.nested import agreeing, divided, inherit, of_all, said_of, told_alike
from thb_analysis.ingest.recognition.roles import remark_words
from thb_analysis.ingest.recognition.scene import LEFT, UP, place_at
from thb_analysis.ingest.recognition.titles import is_unit, names_other_unit, narrows
from thb_analysis.ingest.recognition.values import says_unit, split_unit
from thb_analysis.ingest.words.labels import Vocabulary
from thb_analysis.ingest.words.meanings import Reading, alike, plain_title
from thb_analysis.ingest.words.mentions import says_how_many

Whole = tuple[tuple[tuple[str, str], ...], tuple[int, ...], bool]


@dataclass(slots=True)
class Part:
    """What the headings along one axis come to; `refusal` says why they come to nothing."""

    entries: list[tuple[Place, Reading]] = field(default_factory=list)
    sets: frozenset[str] = frozenset()
    total: bool = False
    of_total: bool = False  #: a part of a total: “Total”, below it “of whom women”
    part: bool = False
    aside: bool = False
    full: bool = False  #: the whole year beside parts of it: “12 months” after 3, 6 and 9
    refusal: Refusal | None = None


@dataclass
class Axes(Lines):
    """Puts together the headings along the axes of a scene, once a line."""

    def along(self, place: Place, axis: int, words: Vocabulary, titles: frozenset[Place]) -> Part:
        """The headings of a place along an axis, as the table's words; `titles` are taken for titles only."""
        stack = self.scene.stack(place, axis)
        key = (
            "along",
            words.table.id,
            axis,
            stack,
            self.scene.corners(place),
            self.scene.band(place, axis),
            titles,
        )
        known = self.known.get(key)
        if known is None:
            known = self.known[key] = self._along(place, axis, words, titles)
        if axis == UP and words.table.values == "amount" and known.refusal is None:
            return self._counting(place, stack, words) or known
        return known

    def _counting(self, place: Place, stack: tuple[Place, ...], words: Vocabulary) -> Part | None:
        """Amounts under a heading that says how many, but where they or their lines tell the unit: “Assets, EUR”."""
        grid = self.grid
        over = next((cell for cell in stack if says_how_many(self.catalogue, grid.text(cell))), None)
        lines = self.scene.stack(place, LEFT) if over is not None else ()
        if over is None or any(says_unit(words, grid.text(cell)) for cell in lines):
            return None
        if words.table.unit in split_unit(self.catalogue, grid.text(place).strip())[1]:
            return None
        return Part(refusal=Refusal("unit_not_tables", over, grid.text(over), words.table.unit))

    def _along(self, place: Place, axis: int, words: Vocabulary, titles: frozenset[Place]) -> Part:
        part = Part()
        fixed: set[str] = set()
        joined: Place | None = None
        stack = self.scene.stack(place, axis)
        for cell, outer in zip(stack, (*stack[1:], None), strict=False):
            if cell == joined or (cell in self.grid.measured and self._says_in_full(stack)):
                continue
            text = self.grid.text(cell)
            if cell in self.grid.hidden:
                part.refusal = Refusal("heading_hidden", cell, text, tables=(words.table.id,))
                return part
            reading = (
                plain_title(words.read(text)) if cell in titles else self.reading_of(cell, place, axis, words)
            )
            if reading is None:
                continue
            if axis == LEFT and len(stack) > 1 and self._of_other_unit(cell, place, words):
                part.refusal = Refusal(
                    "unit_not_tables", cell, text, words.table.unit, tables=(words.table.id,)
                )
                return part
            if self.is_described(cell, place, axis, words, remark_words(self.catalogue)):
                if narrows(text, self.catalogue):
                    part.refusal = Refusal("label_unknown", cell, text, tables=(words.table.id,))
                    return part
                if not any(one.sets for one in words.read(text)):
                    continue
            if isinstance(reading, Refusal):
                described = reading.code == "label_unknown" and not self.is_date(cell)
                if described and self.is_described(cell, place, axis, words):
                    continue
                phrase = self._with_outer(cell, outer, words) if reading.code == "label_unknown" else None
                if phrase is None:
                    part.refusal = reading
                    return part
                reading, joined = phrase, outer
            if (
                reading.total
                and len(reading.years) > 1
                and self._spans_line(reading, cell, place, axis, words)
            ):
                reading = reading._replace(years=())
            part.refusal = self._unfit(reading, cell, place, axis, words)
            if part.refusal is not None:
                return part
            part.full = part.full or (
                reading.full and neighbours.beside_parts(self.scene, cell, place, axis, words)
            )
            added = reading.accumulated and part.full
            part.aside = part.aside or reading.period or (reading.share and not added) or reading.compared
            if reading.part:
                part.part = True
                parent = self._parent(cell, reading, place, axis, words)
                if isinstance(parent, Refusal):
                    part.refusal = parent
                    return part
                if parent is not None:
                    part.of_total = part.of_total or (axis == LEFT and parent.total and not parent.dims)
                    told = said_of(words, (self.grid.text(other) for other in stack if other != cell))
                    reading = inherit(reading, parent, told)
            part.total = part.total or reading.total
            fixed |= reading.sets
            part.entries.append((cell, reading))
        part.sets = frozenset(fixed)
        return part

    def _says_in_full(self, stack: tuple[Place, ...]) -> bool:
        """Whether a heading says itself what the noun over it says: “Sent to court” below “Cases”."""
        return any(cell in self.grid.full and cell not in self.grid.measured for cell in stack)

    def _spans_line(self, reading: Reading, cell: Place, place: Place, axis: int, words: Vocabulary) -> bool:
        """Whether a total says just of which years it is: all those that stand beside it."""
        heads = self.scene.level_map(place, axis).get(self.scene.levels(cell, axis)[0], {})
        said = (
            one.years for other in {*heads.values()} - {cell} for one in words.read(self.grid.text(other))
        )
        beside = {years[0] for years in said if len(years) == 1}
        return beside == {*range(reading.years[0], reading.years[-1] + 1)}

    def _unfit(
        self, reading: Reading, cell: Place, place: Place, axis: int, words: Vocabulary
    ) -> Refusal | None:
        """Why a heading that is understood may head no figure of the table."""
        text, stack = self.grid.text(cell), self.scene.stack(place, axis)

        def refused(code: str) -> Refusal:
            return Refusal(code, cell, text, tables=(words.table.id,))

        if cell == stack[0] and reading.mere and not self._may_head(reading, cell, place, axis, words):
            return refused("heading_names")
        if axis == LEFT and words.table.values == "amount" and says_how_many(self.catalogue, text):
            return Refusal("unit_not_tables", cell, text, words.table.unit)
        if reading.descriptor and not reading.sets:
            return refused("heading_not_figures")
        alone = (
            reading.subject and not reading.title
        )  # “trafficking”: of which measure, only what is over it says
        if reading.listed or (alone and not neighbours.over_columns(self.scene, cell, stack)):
            return refused("label_unknown")
        if reading.title and reading.subject and (told := self._where(cell, place, axis, words)):
            return Refusal("label_ambiguous", cell, text, told, tables=(words.table.id,))
        if reading.scaled:
            return Refusal("unit_scaled", cell, text, words.table.unit)
        if reading.period and neighbours.lone_numeral(self.scene, cell, place, axis, words):
            return refused("label_ambiguous")
        return None

    def _of_other_unit(self, cell: Place, place: Place, words: Vocabulary) -> bool:
        """Whether a label stands in a column “Unit” and names another than the table's."""
        over = (self.grid.text(corner) for corner in self.line_corners(cell, place, LEFT))
        units = [name for name in over if is_unit(self.catalogue, name)]
        return any(names_other_unit(f"{name}: {self.grid.text(cell)}", words) for name in units)

    def without_announced(self, readings: list[Reading], place: Place, words: Vocabulary) -> list[Reading]:
        """What a title says without the parts that it announces and that stand below it: “persons, of whom women”."""
        if not any(not code for reading in readings for _, code in reading.listed):
            return readings
        there = {name for name, _ in self.members_beside(place, words)}
        kept = [tuple(one for one in r.listed if one[1] or one[0] not in there) for r in readings]
        return [reading._replace(listed=listed) for reading, listed in zip(readings, kept, strict=True)]

    def _where(self, cell: Place, place: Place, axis: int, words: Vocabulary) -> str:
        """What a heading may say that is passed over in a title: “in Latvia (victims)”, or beside “abroad”.

        “Victims identified in Latvia” are all; before a bracket, or beside others of its kind, a part of them.
        """
        said = members_within(self.grid.text(cell), words)
        levels = self.scene.level_map(place, axis)
        others = {c for n in self.scene.levels(cell, axis) for c in levels.get(n, {}).values()} - {cell}
        beside = (r for other in others for r in words.read(self.grid.text(other)))
        told = {name for reading in beside for name, _ in reading.dims} & {name for name, _ in said}
        before, bracket, _ = self.grid.text(cell).partition("(")
        alone = {pair for r in words.read(before) if not r.title for pair in r.dims} if bracket else set()
        told |= {name for name, _ in alone & said}
        return "; ".join(f"{name}={code}" for name, code in sorted(said) if name in told)

    def _may_head(self, reading: Reading, cell: Place, place: Place, axis: int, words: Vocabulary) -> bool:
        """Whether a label that only names what its line holds may head figures.

        “Year” beside quarters is the whole year; left of a line of years or articles it is no heading of theirs; and
        what stands over the labels as well begins a part of the lines (“By sex”).
        """
        if axis == LEFT:
            return bool(reading.names) and reading.names <= {"year", words.articles}
        over = self.scene.along(cell, UP)
        labels = (at for label in self.scene.stack(place, LEFT) for at in self.scene.levels(label, LEFT))
        if any(at in over for at in labels):
            return True
        return reading.names == {"year"} and neighbours.beside_parts(self.scene, cell, place, axis, words)

    def _with_outer(self, cell: Place, outer: Place | None, words: Vocabulary) -> Reading | None:
        """A heading that means nothing by itself, read on from the one over it: “Workshops on …”, “participants”."""
        if outer is None or outer in self.grid.hidden:
            return None
        texts = (self.grid.text(outer), self.grid.text(cell))
        if "?" in texts[1] and not any(map(str.isalnum, texts[1])):
            return None  # who wrote it did not know
        if any(reading.number is None for reading in words.read(texts[1])):
            return None  # a stray date means something by itself
        if any(texts[1].strip() in members for members in self.catalogue.codes.values()):
            return None  # a code (“UZ”) means something by itself, and its letters no small word
        whole, first = (words.read(text) for text in (" ".join(texts), texts[0]))
        said = [reading for reading in whole if reading.dims and not reading.title and reading.number is None]
        return said[0] if len(said) == 1 and first and not any(r.part or r.total for r in first) else None

    def totals(self, place: Place, axis: int, words: Vocabulary) -> Whole:
        """What a total on this line is a total of: each dimension with its code, and which years.

        The last says whether all are parts of the one year that it is then a total of.
        """
        first = place not in self.grid.kinds and self._stands_first(place, axis)
        key = ("totals", words.table.id, axis, self.scene.band(place, axis), first)
        known = self.known.get(key)
        if known is None:
            known = self.known[key] = self._totals(place, axis, words, first)
        return known

    def _stands_first(self, place: Place, axis: int) -> bool:
        """Whether a place stands before the figures of its line."""
        return all(place[1 - axis] < mate[1 - axis] for mate in self.scene.mates(place, axis))

    def _totals(self, place: Place, axis: int, words: Vocabulary, first: bool) -> Whole:
        """`first`: the total has no figure, and all of its parts stand behind it."""
        dims: dict[str, str] = {}
        years: set[int] = set()
        parts = True  #: whether each is a part of a year
        levels = self._with_hidden(place, axis, words)
        # What tells the lines apart may be what nobody understands; else one of two labels alike is a mistake.
        divided = bool(self._strange(place, axis, words)) or any(
            len({dict(r.dims).get(name) for r in level} - {None}) > 1
            for level in levels
            for name in frozenset().union(*(r.sets for r in level))
        )
        for readings in levels:
            lines = [Reading(total=True), *readings] if first else readings
            whole = {**(alike(lines) if divided else {}), **self._implied_by_all(readings, words.table)}
            for reading in readings:
                if not reading.part:
                    for name, code in reading.dims:
                        if (
                            name,
                            code,
                        ) not in words.table.deduct:  # what is taken off is no part of the whole
                            dims.setdefault(name, whole.get(name, TOTAL))
                    years.update(reading.years)
                    parts = parts and (reading.period or not reading.years)
        return tuple(dims.items()), tuple(sorted(years)), parts and len(years) == 1

    def shared_in_doubt(self, place: Place, axis: int, words: Vocabulary) -> dict[str, str]:
        """What all lines beside a total say alike but for some that nobody understands and that may be of others."""
        strange = self._strange(place, axis, words)
        doubted: dict[str, str] = {}
        for readings in self._with_hidden(place, axis, words) if strange else ():
            said = alike(readings).items()
            doubted |= {
                name: code
                for name, code in said
                if not all(
                    (name, code) in members_within(self.grid.text(cell), words)
                    or any((name, code) in reading.dims for other in line for reading in words.read(other))
                    for cell, line in strange
                )
            }
        return doubted

    def _strange(self, place: Place, axis: int, words: Vocabulary) -> list[tuple[Place, list[str]]]:
        """The headings beside a total that are not understood, each with what others of its line say."""
        key = ("strange", words.table.id, axis, self.scene.band(place, axis))
        if key not in self.known:
            levels = self.scene.level_map(place, axis)
            self.known[key] = [
                (
                    cell,
                    [self.grid.text(heads[at]) for heads in levels.values() if heads.get(at, cell) != cell],
                )
                for cells in levels.values()
                for at, cell in cells.items()
                if self._is_strange(cell, place_at(axis, place[axis], at), axis, words)
            ]
        return self.known[key]  # type: ignore[no-any-return]

    def _is_strange(self, cell: Place, place: Place, axis: int, words: Vocabulary) -> bool:
        """Whether a heading says nothing, several things, or two at once of which a figure can be but one."""
        reading = self.reading_of(cell, place, axis, words)
        return isinstance(reading, Refusal) or bool(reading.listed)

    def _with_hidden(self, place: Place, axis: int, words: Vocabulary) -> list[list[Reading]]:
        """The readings of the headings beside a total, with those of hidden lines: it is of these as well."""
        first = max(self.scene.fills(place, 1 - axis), default=0)
        found = {level: list(readings) for level, readings in self.beside(place, axis, words).items()}
        seen = {level: frozenset().union(*(r.sets for r in readings)) for level, readings in found.items()}
        merged = {cell for cells in self.scene.level_map(place, axis).values() for cell in cells.values()}
        for cell in (self.grid.hidden & self.scene.region.places) - merged:
            readings = words.read(self.grid.text(cell))
            if cell[axis] in found and cell[1 - axis] > first:
                fitting = [reading for reading in readings if reading.sets & seen[cell[axis]]]
                found[cell[axis]] += (
                    fitting if len(readings) > 1 else readings
                )  # “unknown” what the others say
        return list(found.values())

    def _parent(
        self, cell: Place, reading: Reading, place: Place, axis: int, words: Vocabulary
    ) -> Reading | Refusal | None:
        """What a part is a part of: the label before the parts on its line, or a part that it divides further.

        Past a blank line nobody can say whether it is a part of the line before or of all of them.
        """
        row, column = cell
        if axis == LEFT and cell in self.grid.unplaced:
            return Refusal("label_ambiguous", cell, self.grid.text(cell), tables=(words.table.id,))
        head = self.nested_rows(words).get(cell) if axis == LEFT else None
        if head is not None:
            behind = (head[0], place[1])
            whole = self.reading_of(head, behind, axis, words)
            if isinstance(whole, Refusal) or not whole.part:
                return whole
            over = self._parent(head, whole, behind, axis, words)
            return inherit(whole, over) if isinstance(over, Reading) else over
        first = self.scene.region.top if axis == LEFT else self.scene.region.left
        parted = False
        parts: list[tuple[str, Reading]] = []
        while (row if axis == LEFT else column) > first:
            row, column = (self.scene.row_above(row), column) if axis == LEFT else (row, column - 1)
            before = self.grid.at((row, column))
            line = row if axis == LEFT else column
            if before is None:
                if any(figure[1 - axis] == line for figure in self.scene.figures):
                    return Refusal("heading_gap", cell, self.grid.text(cell), tables=(words.table.id,))
                parted = True
                continue
            if before not in self.scene.region.places or not self.scene.is_heading(before):
                return Refusal("heading_gap", cell, self.grid.text(cell), tables=(words.table.id,))
            behind = place_at(axis, place[axis], line)
            parent = self.reading_of(before, behind, axis, words)
            if isinstance(parent, Refusal):
                if told_alike(self.catalogue, self.grid.text(before), self.grid.text(cell)):
                    continue  # a part that nobody understands, of the same line
                return parent
            if parent.part:
                parts.insert(0, (self.grid.text(before), parent))
                continue
            if parted and before in self.scene.used and inherit(reading, parent) != reading:
                told = self.grid.text(before).strip()
                return Refusal("heading_gap", cell, self.grid.text(cell), told, tables=(words.table.id,))
            nested = self.nested_rows(words) if axis == LEFT else {}
            within = self.scene.depth(cell) > self.scene.depth(before)
            if within and agreeing(self.catalogue, self.grid.text(cell)) in parent.dims:
                return parent  # “no tām”, written further in than the women
            all_of = of_all(self.scene, words, axis, reading, (before, parent), nested)
            if cell in nested and all_of not in (None, parent):
                all_of = (
                    None  # written further in than one of them, without a word: of that one or of them all
                )
            outer = all_of and divided(self.catalogue, all_of, [*parts, (self.grid.text(cell), reading)])
            if outer is None:
                return Refusal("label_ambiguous", cell, self.grid.text(cell), tables=(words.table.id,))
            return outer
        return Refusal("heading_gap", cell, self.grid.text(cell), tables=(words.table.id,))

    def _implied_by_all(self, readings: list[Reading], table: Table) -> dict[str, str]:
        """What the parts' members imply alike: it holds of their total too."""
        shared: dict[str, set[str]] = {}
        for reading in readings:
            for name, code in reading.dims:
                member = self.catalogue.member(table, name, code)
                for other, implied in member.implies if member is not None else ():
                    shared.setdefault(other, set()).add(implied)
        return {name: codes.pop() for name, codes in shared.items() if len(codes) == 1}
