"""What the labels over a figure say of it: corners, subtitles, titles, the sheet's name, from the nearest outwards."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from thb_analysis.ingest.recognition.axes import Axes
from thb_analysis.ingest.recognition.called import called, names_some, sender_of, told_over
from thb_analysis.ingest.recognition.fields import (
    divided_by_field,
    field_narrows,
    filters,
    is_span_field,
    may_narrow,
    of_all_years,
    of_everything,
)
from thb_analysis.ingest.recognition.grid import Grid, Place, stands_alone
from thb_analysis.ingest.recognition.home import (
    abroad,
    home_heading,
    home_over,
    is_letterhead,
    is_state,
    lists_others,
    sheet_of_home,
)
from thb_analysis.ingest.recognition.keys import Key, Over, Refusal, Source, tables_named
from thb_analysis.ingest.recognition.keys import readings as readings_of
from thb_analysis.ingest.recognition.letterheads import of_letter
from thb_analysis.ingest.recognition.lone import is_data_row
from thb_analysis.ingest.recognition.naming import (
    agrees,
    ambiguous,
    figures_between,
    members_of_sheet,
    misleading,
    names_in_part,
    narrower,
    narrows_whole,
    of_else,
    of_others,
    of_table,
    parted,
    says_nothing,
    sheet_narrows,
    speaks_of,
    tells_of_others,
    title_reading,
    unclear,
)
from thb_analysis.ingest.recognition.of_lists import of_list
from thb_analysis.ingest.recognition.outer import outer_year, own_name, year_outside
from thb_analysis.ingest.recognition.scene import LEFT, UP, Scene
from thb_analysis.ingest.recognition.stacked import (
    adds,
    begins_list,
    explains_mark,
    is_idle,
    parts_other,
    says_more,
    says_unknown,
    stands_on,
)
from thb_analysis.ingest.recognition.surroundings import Surroundings
from thb_analysis.ingest.recognition.titles import (
    is_note,
    names_other_unit,
    narrows,
    of_the_country,
    without_address,
)
from thb_analysis.ingest.words.as_of import without_last_day
from thb_analysis.ingest.words.labels import Vocabulary
from thb_analysis.ingest.words.meanings import Reading
from thb_analysis.ingest.words.mentions import bare_rest, foreign
from thb_analysis.ingest.words.near import slipped
from thb_analysis.ingest.words.openings import stateless
from thb_analysis.ingest.words.spans import named_year


class Label(NamedTuple):
    """A label over a figure, and where it stands."""

    cell: Place
    corner: bool  #: on a line of headings and of labels at once
    outer: bool  #: outside the region of the figure
    far: bool  #: another region's figures stand in between
    other: bool  #: it speaks of another table
    between: bool  #: and has figures of its own before those that it stands over


@dataclass(slots=True)
class Hearing:
    """The labels over one figure, heard one after the other; what they add goes into its `key` and into `over`."""

    around: Surroundings
    axes: Axes
    place: Place
    words: Vocabulary
    key: Key
    over: Over = field(default_factory=Over)
    named: bool = False  #: a label named a table: what stands beyond it is about others
    titled: Place | None = None  #: the label that named the figure's own
    dated: Place | None = None  #: the label that gave its year
    spanned: Place | None = None  #: a line of a few words, not understood, about more than one year
    replaced: bool = False  #: what is left has been replaced by nearer labels
    sections: dict[int, set[str]] = field(default_factory=dict)
    """Column → what nearer labels in it, that part rows, have said."""
    unknown: list[Place] = field(default_factory=list)  #: labels between the title and the figures
    added: set[str] = field(
        default_factory=set
    )  #: the dimensions of which a label over the figure named the member
    source: Source = field(init=False)
    scene: Scene = field(init=False)
    grid: Grid = field(init=False)
    corners: tuple[Place, ...] = field(init=False)
    own: frozenset[str] = field(init=False)  #: the tables that the figure's headings name
    year: int | None = field(init=False)  #: of the sheet's name, else the file's

    def __post_init__(self) -> None:
        around, place = self.around, self.place
        self.source, self.scene, self.grid = around.source, around.scene, around.grid
        self.corners = self.scene.corners(place)
        self.year = year_outside(self.source, self.grid.sheet.name)
        self.own = around.named((*self.scene.stack(place, UP), *self.scene.stack(place, LEFT)))

    def hear(self, cells: Iterable[Place]) -> Refusal | Over:
        """All labels, the nearest first, and the sheet's name after them; the first that contradicts refuses it."""
        outer = self.around.outer
        told = self.words.table.id in self.own  # what the figures are of, nearer than a label
        for cell in cells:
            if stands_on(self.grid, cell, self.titled) and self._of_all_years(cell):
                continue
            told = told or (cell not in outer.far and self.words.table.id in self.around.named((cell,)))
            if cell in outer.far:
                earlier = cell in outer.earlier if self.named else told
                if earlier and adds(self.words, self.grid.text(cell), self.key):
                    return self._contradicts(cell)
                if self.named and cell not in outer.whole:
                    continue
            label = self._placed(cell)
            if label is None:
                continue
            if self._of_all_years(cell):
                continue
            text = self._worded(label)
            if isinstance(text, Refusal):
                return text
            refusal = None if text is None else self._heard(label, text)
            if refusal is not None:
                return refusal
            if self.replaced:
                break
        return self._astray() or self._sheet() or self.over

    # one label -------------------------------------------------------------------------------------

    def _placed(self, cell: Place) -> Label | None:
        """Where a label stands; None where what stands there is about other figures."""
        far, of_sheet = cell in self.around.outer.far, cell in self.around.outer.whole
        text = self.grid.text(cell)
        other = of_others(self.words, text)
        between = other and (far or figures_between(self.scene, cell, self.titled, self.place))
        alone = self.titled is None and begins_list(self.scene, cell, self.place)
        between = between and (far or not alone)
        if between and self.titled is not None and (self.key.year or not named_year(text)):
            return None
        beyond = self.named and not of_sheet and (far or not self.scene.heads_region(cell))
        beyond = beyond or (
            cell not in self.around.unfilled.doubted
            and parts_other(self.scene, self.words, cell, self.titled, self.corners)
        )
        if beyond or self.scene.spelled(self.place, cell):
            return None
        return Label(cell, cell in self.corners, cell in self.around.outer.cells, far, other, between)

    def _of_all_years(self, cell: Place) -> bool:
        """Whether a label says that figures are of all years: a span, where nothing nearer gives one."""
        told = of_all_years(self.grid, cell, self.source.catalogue)
        if told and self.key.year is None and not self.key.year_total:
            self.over.ranged = self.over.ranged or cell
        return told

    def _worded(self, label: Label) -> str | Refusal | None:
        """A label's text without what says nothing of figures; None where nothing is left, or only their unit."""
        source, words = self.source, self.words
        text = stateless(words.catalogue, without_address(self.grid.text(label.cell), words.catalogue))
        text = without_last_day(words.catalogue, self.year, text)
        if not label.corner and (
            says_nothing(source, self.year, text, words)
            or of_everything(self.grid, label.cell, source.catalogue)
            or explains_mark(self.grid, label.cell, words)
        ):
            return None
        other_unit = names_other_unit(text, words)
        if other_unit is not None:
            return Refusal("unit_not_tables", label.cell, text, words.table.unit) if other_unit else None
        entitled = any(reading.title for reading in words.read(text))
        if entitled and (label.corner or not stands_alone(self.grid, label.cell)):
            beside = (self.grid.text(heading) for heading in self.scene.used)
            return home_heading(source, self.grid, label.cell, words, ((), beside))
        if label.corner:
            return text
        if self.named and is_state(words.catalogue, text):
            return None
        home = home_over(source, self.grid, label.cell, words, self._below_title(label))
        if isinstance(home, Refusal):
            return home
        return None if home == "" else home or text

    def _below_title(self, label: Label) -> bool:
        """Whether figures below a label are known to be the table's without it."""
        alone = stands_alone(self.grid, label.cell)
        over = label.outer or (alone and self.scene.heads_region(label.cell))
        return self.named or (over and self.words.table.id in self.own)

    def _heard(self, label: Label, text: str) -> Refusal | None:
        """Take what a label says of the figure."""
        words = self.words
        plain = of_the_country(text, words)
        plain = text if plain != text and abroad(self.source, self.grid, words) else plain
        said = readings_of(words.catalogue, words.table.id, plain)
        readings = of_table(words.catalogue, words, text, said)
        if label.between:
            readings = [reading for reading in readings if reading.title]
        if self.named and of_letter(self.source, text, readings, self.key, words):
            return None
        if label.other and self.titled is not None and narrows_whole(words.table, self.key, readings):
            return self.not_understood(label.cell)
        if not readings:
            return self._unread(label, text, said)
        reading = self._chosen(label, readings)
        if reading is None or isinstance(reading, Refusal):
            return reading
        return self._taken(label, text, reading, readings, said)

    def _unread(self, label: Label, text: str, said: Sequence[Reading]) -> Refusal | None:
        """A label that is not understood: the figure is refused where it may say something of it."""
        cell, words, source = label.cell, self.words, self.source
        self.over.aside = self.over.aside or (label.corner and any(r.period for r in said))  # “1.-3. quarter”
        titles = any(reading.title for reading in said) and not label.between
        if titles or slipped(source.catalogue, words.table.id, text):
            return self.not_understood(cell)  # its number is no figure: “2024/25”; or “womne”
        over = label.other and not (self.own or label.far or label.between or self.titled in self.corners)
        if over and is_idle(self.scene, cell, self.titled, self.place):
            return self.not_understood(cell)
        if self.named and is_letterhead(words.catalogue, source.institution, text):
            return None
        measured = cell in self.grid.measured and not tables_named(source, text)
        if (label.other or measured) and not (self.named or label.far or label.between):
            heard = of_list(self, cell, text)
            if isinstance(heard, Refusal):
                return heard
            if heard and measured:
                return None
        if not label.far and foreign(source.catalogue, words.table.id, text):
            return self.not_understood(cell)
        if self._below_title(label) and (
            filters(self.grid, cell, words, self.key.year is not None)
            or field_narrows(text, words, source.institution)
            or divided_by_field(text, words) - self.key.dims.keys()
        ):
            return self.not_understood(cell)
        undated = self.key.year is None and not self.key.year_total
        if undated and not label.far and is_span_field(text, words):
            self.spanned = self.spanned or cell
        if label.outer and self.named:
            return None
        if speaks_of(text, words, source.institution) and not tables_named(source, text):
            return self.not_understood(cell)
        if is_note(text, source.catalogue):
            return None  # where figures are from, whatever their source is called
        near = self.around.named(tuple(c for c in self.over.cells if c not in self.corners))
        if not label.far and tells_of_others(words, text, self.own | near):
            return self.not_understood(cell)
        if label.outer and tables_named(source, text):
            self.named = True  # another table's title
        if label.corner:
            more = names_in_part(text, words) or of_else(text, words) or narrows(text, words.catalogue)
            return self.not_understood(cell) if more else None
        if not label.outer and self.scene.parts_rows(cell, self.place):
            return self.not_understood(cell)
        self.unknown.append(cell)
        return None

    def _chosen(self, label: Label, readings: list[Reading]) -> Reading | Refusal | None:
        """Which meaning of a label holds for the figure; None where none adds anything to it."""
        cell, words, key, catalogue = label.cell, self.words, self.key, self.source.catalogue
        titles = any(reading.title for reading in readings)
        if self.named and titles and cell not in self.around.outer.whole:
            without = label.far or figures_between(self.scene, cell, self.titled, self.place)
            if not without and self._of_another(readings):
                return self._contradicts(cell)
            if not (stands_on(self.grid, cell, self.titled) and says_more(self.source, words, readings, key)):
                return None
            if not self._lacked_in_corner(readings):
                return self._contradicts(cell)
        if is_data_row(self.axes, cell, self.place, readings, words) or all(map(says_unknown, readings)):
            return None
        if label.corner and all(reading.descriptor and reading.dims for reading in readings):
            return None
        unsure = unclear(self.grid, cell, readings, key, words)
        if isinstance(unsure, Refusal):
            return unsure
        exact = narrower(catalogue, readings, key)
        if exact and not exact.items() & self.axes.members_beside(self.place, words):
            return self._contradicts(cell)
        if titles and not label.far and self._of_another(readings):
            return self._contradicts(cell)
        readings = self.axes.without_announced(readings, self.place, words)
        if len(readings) > 1 and not label.outer and self._parts_others(cell, readings):
            return None
        reading = title_reading(self.source, readings, key)
        if unsure or reading is not None:
            return None if unsure else reading
        if not label.outer and parted(catalogue, readings, key, self.sections.get(cell[1], set())):
            return None
        if label.far:
            self.replaced = True  # the heading of an earlier part of the sheet
            return None
        return self._contradicts(cell)

    def _parts_others(self, cell: Place, readings: Iterable[Reading]) -> bool:
        """Whether a label may be of a kind with a nearer one below it in its column: of an earlier part of the list.

        “Latvia, women 3; Ukraine, women 1”: what else the first may say (a place) is not said of the second's.
        """
        nearer = self.sections.get(cell[1], set())
        return any(name in nearer for reading in readings for name, _ in reading.dims)

    def _of_another(self, readings: Iterable[Reading]) -> bool:
        """Whether the words of a title are another member's name than a label below it gave: “Identified victims”."""
        return bool(self.added) and any(
            name in self.added and not agrees(self.source.catalogue, name, code, self.key)
            for reading in readings
            if not reading.title
            for name, code in reading.dims
        )

    def _lacked_in_corner(self, readings: Iterable[Reading]) -> bool:
        """Whether the figure's title is but a corner, and a label over it adds what every figure of the table needs."""
        known = self.words.table.dimension
        return self.titled in self.corners and all(not known(n).default for r in readings for n, _ in r.dims)

    def _taken(
        self, label: Label, text: str, reading: Reading, readings: list[Reading], said: Sequence[Reading]
    ) -> Refusal | None:
        """Add what a label says."""
        cell, key, over = label.cell, self.key, self.over
        if reading.scaled:
            return Refusal("unit_scaled", cell, text, self.words.table.unit)
        if reading.years and not label.far and not self._of_earlier_part(label, reading):
            over.spans.append((reading.years[0], reading.years[-1]))
        if len(reading.years) > 1 and key.year is None:  # nearer than any year
            over.ranged = over.ranged or cell
        lists = label.corner and reading.period and "period" in reading.names
        compared = reading.compared and key.year is None
        share = reading.share and not (reading.accumulated and key.full)
        over.aside = over.aside or (reading.period and not lists) or compared or share
        if self.add(reading):
            over.year_from, self.dated = "title", cell
        if not any(r.number is not None for r in said):  # that number is read as a sentence's
            over.cells.append(cell)
        if reading.title:
            over.worded.update((name, code) for name, code in reading.dims if name in reading.worded)
        if not label.outer:
            self.sections.setdefault(cell[1], set()).update(dict(reading.dims))
        if not self.named and any(r.title for r in (reading, *readings)):
            return self._entitled(cell)
        return None

    def _of_earlier_part(self, label: Label, reading: Reading) -> bool:
        """Whether a label only dates figures above the one that gives this figure's year: “2023”, then “2024”."""
        plain = len(reading.years) == 1 and not (reading.title or reading.dims)
        inner = self.dated is not None and not label.outer and plain
        return inner and figures_between(self.scene, label.cell, self.dated, self.place)

    def _entitled(self, cell: Place) -> Refusal | None:
        """The figure's title has been found: what is not understood below it may narrow it."""
        self.named, self.titled = True, cell
        for unknown in self.unknown:
            if may_narrow(self.grid, unknown, self.words, unknown in self.around.outer.cells):
                return self.not_understood(unknown)
        return None

    def add(self, reading: Reading) -> str:
        """Fill the key with what nothing nearer has said; “title” where that is the year."""
        key = self.key
        for name, code in reading.dims:
            if name not in reading.worded and name not in key.dims:
                key.dims[name] = code
                self.added.add(name)
        key.sender = key.sender or self.source.titled(reading.sender)
        if len(reading.years) == 1 and key.year is None and not key.year_total:
            key.year = reading.years[0]
            return "title"
        return ""

    # after all labels ------------------------------------------------------------------------------

    def _astray(self) -> Refusal | None:
        """A label that may be the title of something else, where none was found that names the table."""
        if self.named:
            return None
        around = (self.unknown, self.around.outer.cells, self.around.outer.far)
        headed = self.words.table.id in self.own and bool(self.words.articles)
        years = (self.key.year, self.year)
        astray = misleading(self.grid, around, self.words, headed, years)
        return None if astray is None else self.not_understood(astray)

    def _sheet(self) -> Refusal | None:
        """What the sheet's name adds, and the year of the sheet or the file where nothing nearer gives one."""
        source, words, key, over = self.source, self.words, self.key, self.over
        sheet, table = self.grid.sheet.name, words.table
        name = called(words.catalogue, own_name(source, sheet))
        readings = members_of_sheet(name, words)
        home = bool(readings) and sheet_of_home(source, self.grid, name, words)
        if home and lists_others(self.grid, words):
            home, readings = False, []
        if readings:
            reading = title_reading(source, readings, key)
            unsaid = bool(bare_rest(words, name))  # others of which kind?
            if home or reading is None or unsaid or ambiguous(readings, key):
                return Refusal("sheet_name_narrows", self.place, tables=(table.id,))
            self.add(reading._replace(years=()))
        elif names_some(sheet, name, words) or sheet_narrows(name, words, self._told(), key.dims):
            return Refusal("sheet_name_narrows", self.place, tables=(table.id,))
        key.sender = key.sender or source.titled(sender_of(name, words))
        outer_year(source, self.grid, key, over, table)
        if self.spanned and over.year_from in ("sheet", "file"):
            return self.not_understood(self.spanned)
        if over.ranged and over.year_from and not key.aside:
            return Refusal("year_range", over.ranged, self.grid.text(over.ranged), tables=(table.id,))
        return None

    def _told(self) -> bool:
        """Whether more than the sheet's name says which table it is."""
        known = self.named or self.words.table.id in self.own
        return known or told_over(self.words, self.grid.sheet.name, map(self.grid.text, self.over.cells))

    def _contradicts(self, cell: Place) -> Refusal:
        told = "; ".join(f"{name}={code}" for name, code in self.key.dims.items())
        return Refusal("title_contradicts", cell, self.grid.text(cell), told)

    def not_understood(self, cell: Place) -> Refusal:
        return Refusal("title_not_understood", cell, self.grid.text(cell), tables=(self.words.table.id,))
