"""What is said of a whole workbook outside its tables: by its title page, by the names of its file and its folders."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from thb_analysis.findings import Finding
from thb_analysis.ingest.covers import Told, told_by
from thb_analysis.ingest.filenames import Narrowing, narrowing
from thb_analysis.ingest.recognition.judge import Reading
from thb_analysis.ingest.recognition.keys import Source
from thb_analysis.ingest.recognition.recognise import SheetReading

FROM_FILE = "file"  #: where a figure's year is from that nothing on its sheet tells
AMOUNT = "amount"  #: the values of tables of money


class Outside(NamedTuple):
    """What is said of all figures of a workbook, as far as it is another thing than their tables say."""

    source: Source
    told: Sequence[Told]  #: all that title pages say
    part: Told | None  #: that the figures are of a part of the year
    year: Told | None  #: that they are of another year
    money: Told | None  #: that amounts are in thousands, or in another currency
    name: Narrowing | None  #: that they are of some persons only, or of a part of the country

    @property
    def matters(self) -> bool:
        """Whether any figure may have to be refused for it."""
        return bool(self.part or self.year or self.money or self.name)

    def of_other_year(self, readings: Iterable[Reading]) -> list[tuple[Reading, str, str]]:
        """The figures whose year is in doubt, each with the year that is told and the one of the file."""
        years = (str(*self.year.years), str(self.source.year)) if self.year else ("", "")
        return [(reading, *years) for reading in readings if self._is_astray(reading)]

    def _is_astray(self, reading: Reading) -> bool:
        return self.year is not None and reading.claim.year_from == FROM_FILE

    def refused(self, readings: Iterable[Reading]) -> list[tuple[str, str, list[Reading]]]:
        """The other figures that must not be taken, by the finding's code, with what was said; each once."""
        of_name: list[Reading] = []
        amounts: list[Reading] = []
        for reading in readings if self.name or self.money else ():
            if self._is_astray(reading):
                continue
            if self.name and self.name.concerns(reading):
                of_name.append(reading)
            elif self.money and reading.claim.table.values == AMOUNT:
                amounts.append(reading)
        found = [("file_name_narrows", self.name.said, of_name)] if self.name else []
        return [*found, *([("cover_unit_differs", self.money.text.strip(), amounts)] if self.money else [])]

    def findings(self, of_other_year: bool) -> list[Finding]:
        """What is said at the title pages' cells; `of_other_year`: whether any figure's year is in doubt."""
        found = [self._at("cover_part_of_year", self.part)] if self.part else []
        found += [self._at("cover_year_differs", self.year)] if self.year and of_other_year else []
        sender = _only(self.told, lambda one: one.sender)
        if sender and self.source.institution and sender.sender != self.source.institution:
            where = sender.sheet, sender.cell
            found.append(
                Finding(
                    "cover_sender_differs", self.source.file, *where, sender.sender, self.source.institution
                )
            )
        narrow = _only(self.told, lambda one: one.text.strip() if one.narrow else "")
        found += [self._at("cover_narrows", narrow)] if narrow else []
        return found

    def _at(self, code: str, told: Told) -> Finding:
        return Finding(
            code, self.source.file, told.sheet, told.cell, told.text.strip(), str(self.source.year)
        )


def outside(covers: Iterable[SheetReading], source: Source) -> Outside:
    """What is said outside of the tables; `covers` are the sheets without figures."""
    told = told_by(covers, source)
    return Outside(
        source,
        told,
        _only(told, lambda one: one.text.strip() if one.part else ""),
        _other_year(told, source),
        next((one for one in told if one.money), None),
        narrowing(source),
    )


def _only(told: Iterable[Told], says: Callable[[Told], str]) -> Told | None:
    """The cell that says something of a kind; None where others say another thing of it, as in a table of contents."""
    found = {said: one for one in told if (said := says(one))}
    return next(iter(found.values())) if len(found) == 1 else None


def _other_year(told: Sequence[Told], source: Source) -> Told | None:
    """The cell that gives a workbook another year than its name, on a sheet where none gives that of its name.

    Of two title pages, each with a year of its own, nobody can say whose the figures are that name no year.
    """
    own = {one.sheet for one in told if source.year in one.years}
    others = (one for one in told if one.years and one.sheet not in own)
    return next(others, None) if source.year is not None else None
