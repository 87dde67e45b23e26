"""Writing `processed/` from parts: only outputs that have changed, and of these only the parts that did anew."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from thb_analysis.definitions import Table
from thb_analysis.findings import FINDING_COLUMNS, LANGUAGES, SEVERITIES, Finding, by_severity, csv_lines
from thb_analysis.outputs import Output, Part, Standing, Writing, joined, same, writing
from thb_analysis.shelf import Card, Place
from thb_analysis.tidy import parquet
from thb_analysis.tidy.store import (
    EVIDENCE_COLUMNS,
    LEDGER_COLUMNS,
    REVISION_COLUMNS,
    csv_bytes,
    write_bytes,
)

TOGETHER = 30_000_000  #: bytes of rows that are turned into Parquet together


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of one year of a table."""

    name: str
    lines: Part
    footer: parquet.Footer | None = None  #: of its piece of Parquet, where it has one
    body: Part = b""


@dataclass(slots=True)
class Writer:
    """Outputs as they are written to a folder, some of their parts from those that stand."""

    folder: Path
    standing: Standing
    footers: dict[str, parquet.Footer]  #: of pieces of Parquet that hold several years
    program: str  #: its stamp: another one may word the same findings in another way
    made: dict[str, Output] = field(default_factory=dict)
    kept: dict[str, parquet.Footer] = field(
        default_factory=dict
    )  #: of such pieces, those of the outputs made

    def stands(self, output: str, names: Sequence[str]) -> bool:
        """Whether an output is there as it would be made of these parts: then it is left as it is."""
        there = self.folder == self.standing.folder and self.standing.are(output, names)
        if there:
            self.made[output] = self.standing.known[output]
        return there

    def csv(
        self, output: str, columns: Sequence[str], names: Sequence[str], parts: Iterable[Part]
    ) -> Generator[None]:
        """A CSV of parts, `names` of which are known before these are; after each part others may do something."""
        if self.stands(output, names):
            for _ in parts:
                yield
            return
        head = csv_bytes(columns, ())
        old = self.standing.parts(output, head) if self.folder == self.standing.folder else []
        kept: dict[
            str, Part
        ] = {}  # parts that are the bytes that stand there already: the output may stay as it is
        with ExitStack() as stack:
            out = None
            for name, part in zip(names, parts, strict=True):
                if out is None and len(kept) < len(old) and same(part, old[len(kept)]):
                    kept[name] = old[len(kept)]
                else:
                    out = out or self._begun(output, head, kept, stack)
                    out.part(name, part)
                yield
            if not kept or len(kept) < len(old):
                out = out or self._begun(output, head, kept, stack)
            if out is None:
                self.made[output] = self.standing.known[output].named(kept)

    def _begun(self, output: str, head: bytes, parts: Mapping[str, Part], stack: ExitStack) -> Writing:
        """A CSV that begins with some parts."""
        out = stack.enter_context(writing(self.folder / output, self.made))
        out.text(head)
        for name, part in parts.items():
            out.part(name, part)
        return out

    def table(self, table: Table, names: Sequence[str], rows: Iterator[Rows]) -> None:
        """A table as CSV and Parquet, also one without rows."""
        done: list[Rows] = []

        def lines() -> Iterator[Part]:
            for each in rows:
                done.append(each)
                yield each.lines

        for _ in self.csv(f"{table.id}.csv", table.columns, names, lines()):
            pass
        self._parquet(table, done)

    def _parquet(self, table: Table, rows: Sequence[Rows]) -> None:
        """The same rows as Parquet: what is large has its piece already, what is small is one with its neighbours."""
        output, text = f"{table.id}.parquet", f"{table.id}.csv"
        head = csv_bytes(table.columns, ())
        lines = self.made[text].parts
        groups: list[tuple[str, list[Rows]]] = []
        for own in _together(rows):
            name = own[0].name if own[0].footer else _digest(*(each.name for each in own))
            groups.append((name, own))
        if self.stands(output, [name for name, _ in groups]):
            self.kept |= {name: self.footers[name] for name, own in groups if not own[0].footer}
            return
        with writing(self.folder / output, self.made) as out:
            out.text(parquet.MAGIC)
            footers = []
            for name, own in groups:
                body, footer = own[0].body, own[0].footer
                if footer is None:
                    there = self.standing.part(output, name)
                    if there is not None and name in self.footers:
                        body, footer = there, self.footers[name]
                    else:
                        content = joined([Place(self.folder / text, *lines[each.name]) for each in own])
                        piece = parquet.from_csv(table, head, content)
                        body, footer = piece.body, piece.footer
                    self.kept[name] = footer
                out.part(name, body)
                footers.append((footer, len(body) if isinstance(body, bytes) else body.length))
            out.text(parquet.joined(footers or [(parquet.encoded(table, []).footer, 0)]))

    def ledger(self, cards: Sequence[Card], parts: Iterable[Part]) -> Generator[None]:
        """`ledger.csv`: one row for every non-blank cell, in the order of the workbooks."""
        yield from self.csv("ledger.csv", LEDGER_COLUMNS, [card.name for card in cards], parts)

    def evidence(self, names: Sequence[str], parts: Iterable[Part]) -> None:
        """`evidence.csv`: what workbooks say of each figure, whether it stands or was replaced."""
        for _ in self.csv("evidence.csv", EVIDENCE_COLUMNS, names, parts):
            pass

    def revisions(self, rows: Iterable[Sequence[str]]) -> None:
        """`revisions.csv`."""
        write_bytes(self.folder / "revisions.csv", csv_bytes(REVISION_COLUMNS, rows))

    def findings(self, cards: Sequence[Card], others: Sequence[Finding], lang: str) -> Counter[str]:
        """`findings.csv` in the language of the run, and one file a language; the gravest first, then by place.

        How many there are of each severity.
        """
        by_file: dict[str, _Told] = {}
        for card in cards:
            by_file.setdefault(card.file, _Told()).cards.append(card)
        for finding in others:
            by_file.setdefault(finding.file, _Told()).others.append(finding)
        severities: Counter[str] = Counter()
        by_severity: dict[str, list[tuple[str, _Told]]] = {severity: [] for severity in SEVERITIES}
        for file in sorted(by_file):
            told = by_file[file]
            name = _digest(self.program, told.said)
            for severity, number in told.severities.items():
                severities[severity] += number
                if number:
                    by_severity[severity].append((name, told))
        blocks = [(severity, *each) for severity, own in by_severity.items() for each in own]
        for each, output in [*((one, f"findings.{one}.csv") for one in LANGUAGES), (lang, "findings.csv")]:
            names = [f"{each} {severity} {name}" for severity, name, _ in blocks]
            parts = (
                self.standing.part(output, name) or told.lines(each, severity)
                for name, (severity, _, told) in zip(names, blocks, strict=True)
            )
            for _ in self.csv(output, FINDING_COLUMNS, names, parts):
                pass
        return severities


@dataclass(slots=True)
class _Told:
    """What is told of one file: by its workbook, and by what others say."""

    cards: list[Card] = field(default_factory=list)
    others: list[Finding] = field(default_factory=list)
    _sorted: dict[str, list[Finding]] | None = None

    def alone(self) -> Card | None:
        """The workbook, where all was told as it was read."""
        only = len(self.cards) == 1 and not self.others and self.cards[0].name
        return self.cards[0] if only else None

    @property
    def sorted(self) -> dict[str, list[Finding]]:
        if self._sorted is None:
            own = [finding for card in self.cards for finding in card.findings]
            self._sorted = by_severity([*_unsettled(own, self.others), *self.others])
        return self._sorted

    @property
    def severities(self) -> dict[str, int]:
        alone = self.alone()
        return alone.severities if alone else {name: len(own) for name, own in self.sorted.items()}

    @property
    def said(self) -> bytes:
        """All that is told and nothing else: a workbook that was corrected is mostly told what it was told before."""
        alone = self.alone()
        return alone.told if alone else repr(self.sorted).encode()

    def lines(self, lang: str, severity: str) -> bytes:
        alone = self.alone()
        known = alone.lines.get((lang, severity)) if alone else None
        return csv_lines(self.sorted[severity], lang) if known is None else known


def _unsettled(own: Sequence[Finding], others: Sequence[Finding]) -> list[Finding]:
    """What a workbook was told, but errors of cells that a correction settled: it says what they hold, and why.

    A correction that was taken gave the figure of a cell whose key is known: only its value was in doubt.
    """
    settled = {(f.file, f.sheet, f.cell) for f in others if f.code == "corrected"}
    return [f for f in own if (f.file, f.sheet, f.cell) not in settled or f.severity != "error"]


def _together(rows: Iterable[Rows]) -> Iterator[list[Rows]]:
    """Rows that have a piece of Parquet each by itself; the others so many at a time that they are worth one."""
    waiting: list[Rows] = []
    size = 0
    for each in rows:
        if waiting and (each.footer or size > TOGETHER):
            yield waiting
            waiting, size = [], 0
        if each.footer:
            yield [each]
        else:
            waiting.append(each)
            size += len(each.lines) if isinstance(each.lines, bytes) else each.lines.length
    if waiting:
        yield waiting


def _digest(*said: str | bytes) -> str:
    told = (each if isinstance(each, bytes) else each.encode() for each in said)
    return hashlib.sha256(b"\0".join(told)).hexdigest()[:32]
