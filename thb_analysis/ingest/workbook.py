"""One workbook from cells to observations, with a role for every cell and a finding for all that was refused."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence

from thb_analysis.ingest.account import account
from thb_analysis.ingest.cells import Book
from thb_analysis.ingest.covers import margins_told, narrowed_titles
from thb_analysis.ingest.outcome import WorkbookReading
from thb_analysis.ingest.outside import Outside, outside
from thb_analysis.ingest.pages import Page, page_of
from thb_analysis.ingest.recognition.complements import complement, siblings
from thb_analysis.ingest.recognition.judge import Reading, check_totals, numbers_at, years_that_fit
from thb_analysis.ingest.recognition.keys import Source
from thb_analysis.ingest.remarks import (
    asides,
    by_block,
    of_other_topic,
    other_senders,
    tables_in,
    unusual_senders,
    year_findings,
    yearly,
)

Astray = tuple[Reading, str, str]  #: a figure whose year is in doubt, and the two years


def read_workbook(book: Book, source: Source, thin: bool = False) -> WorkbookReading:
    """Observations, ledger and findings of one workbook.  Never raises for what a workbook holds.

    With `thin`, large tables are read by some of their rows, and their figures come as plates without the text of
    their headings; a sheet of which that leaves a doubt is read in full.  The result is the same.
    """
    in_full: set[int] = set() if thin else set(range(len(book.sheets)))
    while True:
        attempt = _Attempt(book, source, in_full)
        try:
            return attempt.reading()
        except _InFull as doubt:
            in_full |= doubt.sheets


class _InFull(Exception):
    """Sheets that were read by some of their cells must be read in full."""

    def __init__(self, sheets: set[int]) -> None:
        super().__init__(sheets)
        self.sheets = sheets


class _Attempt:
    """The sheets of a workbook, judged together: what one says may bear upon the figures of another."""

    def __init__(self, book: Book, source: Source, in_full: Collection[int]) -> None:
        self.source, self.in_full = source, in_full
        self.pages = [page_of(sheet, source, number in in_full) for number, sheet in enumerate(book.sheets)]
        self.result = WorkbookReading(book.file, book.sha256, findings=list(book.findings))

    def reading(self) -> WorkbookReading:
        """What the workbook comes to.  Raises _InFull where a short way of reading leaves a doubt."""
        result, source, pages = self.result, self.source, self.pages
        around = outside((page.reading for page in pages if page.is_cover()), source)
        if around.matters or any(page.lacks_year() for page in pages):
            self._read_in_full(
                lambda page: True
            )  # what is said of figures is known once all of them are read
        for page in pages if around.part else ():
            page.set_aside()
        for page in pages:
            result.findings += page.findings
            result.observations += page.records
        known_years = yearly(page.reading for page in pages)
        for page in pages:
            result.findings += asides(page.reading, source, known_years)
            result.findings += narrowed_titles(page.reading, source)
        good, astray = self._of_their_years()
        good, astray = self._heard(around, good, astray)
        result.findings += margins_told([page.reading.sheet for page in pages], source)
        self._judge(good, astray)
        for page in pages:
            account(page, source, result)
        tables = tables_in(result)
        result.findings += [*unusual_senders(tables, source), *of_other_topic(tables, result, source)]
        result.findings += other_senders(result.observations, source)
        result.findings = list(dict.fromkeys(result.findings))
        return result

    def _read_in_full(self, doubtful: Callable[[Page], bool]) -> None:
        """Raise _InFull where a sheet is doubtful that was read by some of its cells."""
        short = {n for n, page in enumerate(self.pages) if page.is_short and n not in self.in_full}
        sheets = {number for number in short if doubtful(self.pages[number])}
        if sheets:
            raise _InFull(sheets)

    def _of_their_years(self) -> tuple[list[Reading], list[Astray]]:
        """The figures whose years fit the workbook's, and those whose years do not."""
        if all(page.own_year for page in self.pages):
            return [figure for page in self.pages for figure in page.figures], []
        told = {key: years for page in self.pages for key, years in page.years.items()}
        return years_that_fit(
            [figure for page in self.pages for figure in page.judged()], self.source.year, told
        )

    def _heard(
        self, around: Outside, good: Sequence[Reading], astray: Sequence[Astray]
    ) -> tuple[list[Reading], list[Astray]]:
        """The same once what is said outside of tables is heard: some figures must not be taken for it."""
        of_other_year, refused = around.of_other_year(good), around.refused(good)
        for code, said, own in refused:
            self.result.findings += by_block(code, own, said)
            self._pass_over(own)
        self.result.findings += around.findings(bool(of_other_year))
        lost = {id(one) for one, *_ in of_other_year} | {id(one) for *_, own in refused for one in own}
        return [one for one in good if id(one) not in lost], [*astray, *of_other_year]

    def _judge(self, good: Sequence[Reading], astray: Sequence[Astray]) -> None:
        """Hold figures against one another, parts with their wholes and totals with their sums; hear the notes."""
        result, source, pages = self.result, self.source, self.pages
        read = [page.reading for page in pages if page.reading.refusals]
        lost = {one.sheet.name: numbers_at(one.grid, one.refusals) for one in read}
        children = {one.sheet.name: siblings(one.grid, source.catalogue, one.refusals) for one in read}
        known = {page.name for page in pages if page.is_known}
        apart = complement([one for one in good if one.sheet not in known], lost, children)
        uneven = apart.sheets | {reading.sheet for reading, *_ in astray}
        self._read_in_full(lambda page: page.name in uneven)
        sums = [one for page in pages if page.expansion is not None for one in page.expansion.sums]
        differing = check_totals([*self._single(good), *sums], source.catalogue, lost)
        summed = {one.sheet for one in sums} & {finding.sheet for finding in differing}
        self._read_in_full(lambda page: page.expansion is not None and page.name in summed)
        self._pass_over([*apart.undecided, *(reading for reading, *_ in astray)])
        result.findings += [*year_findings(astray), *apart.findings()]
        for page in pages:
            if not page.is_known:
                result.findings += page.heed_notes(source)
        result.findings += differing

    def _single(self, good: Iterable[Reading]) -> list[Reading]:
        """The figures that speak for themselves only."""
        own_year = all(
            page.own_year for page in self.pages
        )  # then those that speak for others are not among them
        spoken = set() if own_year else {id(one) for page in self.pages for one in page.spoken_for()}
        return [one for one in good if id(one) not in spoken and one.figure.problem != "blank"]

    def _pass_over(self, readings: Iterable[Reading]) -> None:
        """Take none of some figures."""
        pages = {page.name: page for page in self.pages}
        for reading in readings:
            pages[reading.sheet].pass_over(reading)
