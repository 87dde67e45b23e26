"""What the rows of a block add up to, and what is told of each: totals that differ, marks, blanks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import compress, count
from operator import add, sub

from thb_analysis.definitions import Catalogue, Table
from thb_analysis.findings import Finding
from thb_analysis.ingest.alike.blocks import Block, Checks, Expansion
from thb_analysis.ingest.alike.plain import is_count
from thb_analysis.ingest.cells import column_letters
from thb_analysis.ingest.recognition.judge import Reading, check_total, exceeded, is_total, partitions, wholes
from thb_analysis.ingest.recognition.keys import Claim
from thb_analysis.ingest.recognition.scene import LEFT, UP
from thb_analysis.ingest.recognition.values import Figure, mark_status


def sums_of(blocks: Sequence[Block], totals: Sequence[Claim], catalogue: Catalogue) -> list[Reading]:
    """The rows' figures added up by column, so that totals of columns can be compared with them.

    Added up apart by whatever a total's own labels fix.
    """
    sums: list[Reading] = []
    row = 10_000_000  # beyond any sheet: a line of its own
    for block in blocks:
        fixed = {name for claim in totals for name in claim.own[LEFT]}
        by = [at for at, name in enumerate(block.names) if name in fixed]
        parts: dict[tuple[str, ...], list[int]] = {}
        every = list(zip(*block.codes, strict=True))
        for number, said in enumerate(every):
            parts.setdefault(tuple([said[at] for at in by]), []).append(number)
        for numbers in parts.values():
            codes = every[numbers[0]]
            for column, reading in enumerate(block.readings):
                figures = block.group.figures[column]
                texts = figures if len(parts) == 1 else [figures[number] for number in numbers]
                filled = list(filter(None, texts))
                for at, part in enumerate((filled[:1], filled[1:])):  # a total of one part is not compared
                    sums += _sum(reading, row + 3 * at, block, codes, part, catalogue)
            row += 6
    return sums


def _sum(
    reading: Reading,
    row: int,
    block: Block,
    codes: tuple[str, ...],
    texts: Sequence[str],
    catalogue: Catalogue,
) -> list[Reading]:
    claim = reading.claim
    dims = claim.dims | dict(zip(block.names, codes, strict=True))
    different = set(texts)
    numbers = {text: int(text) if is_count(text) else 0 for text in different}
    marks = {mark_status(catalogue, text) for text in different} - {""}
    counted = any(map(is_count, different))
    figures = [Figure(Decimal(sum(map(numbers.__getitem__, texts))), "", "")] if counted else []
    figures += [Figure(None, "Z", "")] if "Z" in marks else []
    figures += [Figure(None, "M", "")] if marks - {"Z"} else []
    return [
        replace(reading, claim=replace(claim, place=(row + at, claim.place[1]), dims=dims), figure=figure)
        for at, figure in enumerate(figures)
    ]


def look_at_rows(block: Block, found: Expansion, catalogue: Catalogue) -> None:
    """What is to be said of each row that was left out: totals that differ, marks, blanks."""
    group = block.group
    every = set().union(*group.figures)
    unlike = block.unlike = frozenset([text for text in every if not text.isdigit()])
    odd: list[tuple[int, int]] = []  # rows and columns of what is no number
    for number, texts in enumerate(group.figures) if unlike else ():
        odd += [(at, number) for at in compress(count(), map(unlike.__contains__, texts))]
    odd.sort()
    blanks, bare, columns = [], set(), group.columns
    statuses = {text: mark_status(catalogue, text) for text in unlike}
    for at, number in odd:
        text = group.figures[number][at]
        if not text:
            blanks.append((group.numbers[at], columns[number]))
            bare.add(at)
        elif statuses[text] == "Z":
            found.findings.append(_about(block, "mark_read", group.numbers[at], columns[number], text))
    if block.checks:
        value = {text: 0 if text in unlike else int(text) for text in every}
        numbers = [list(map(value.__getitem__, texts)) for texts in group.figures]
        doubtful = set()
        for total, signs in block.checks:
            stated = group.figures[total]
            first = next((at for at, sign in signs.items() if sign > 0), None)
            sums = [0] * len(group.numbers) if first is None else numbers[first]
            for at, sign in signs.items():
                if at != first:
                    sums = list(map(add if sign > 0 else sub, sums, numbers[at]))
            if sums != numbers[total]:
                pairs = enumerate(zip(sums, numbers[total], strict=True))
                doubtful |= {at for at, (one, other) in pairs if one != other and stated[at] not in unlike}
            # a total with a mark or a blank among its parts is for a closer look
            doubtful |= {at for at, number in odd if number in signs and stated[at] not in unlike}
        for at in sorted(doubtful):
            found.findings += _total_findings(block, at, catalogue)
    if blanks:
        block.bare, block.blanks = frozenset(bare), len(blanks)
        found.blanks.setdefault(block.table.id, []).extend(blanks)


def _about(block: Block, code: str, row: int, column: int, text: str) -> Finding:
    file, sheet = block.origin
    return Finding(code, file, sheet, f"{column_letters(column)}{row}", text)


def checks_of(line: Sequence[Reading], table: Table, catalogue: Catalogue) -> Checks:
    """How the totals of a row are divided by its parts, and what has parts (“of whom”)."""
    checks = []
    index = {id(reading): at for at, reading in enumerate(line)}
    for at, total in enumerate(line):
        if is_total(total.claim, UP) and UP not in total.claim.part:
            for parts in partitions(table, UP, list(line), total):
                if len(parts) > 1:
                    checks.append((at, {index[id(reading)]: sign for sign, reading in parts}))
    for whole, _, within in wholes(UP, line, catalogue):
        checks.append((index[id(whole)], {index[id(reading)]: 1 for reading in within}))
    return checks


def _total_findings(block: Block, at: int, catalogue: Catalogue) -> list[Finding]:
    """The totals of one row, looked at as on any other sheet."""
    line = []
    for reading, texts in zip(block.readings, block.group.figures, strict=True):
        if text := texts[at]:
            status = mark_status(catalogue, text)
            figure = Figure(None, status, text) if status else Figure(Decimal(text), "", text)
            letters = column_letters(reading.claim.place[1])
            line.append(replace(reading, figure=figure, cell=f"{letters}{block.group.numbers[at]}"))
    found = []
    for total in line:
        if is_total(total.claim, UP) and UP not in total.claim.part:
            finding = check_total(catalogue, block.table, UP, line, total)
            if finding is not None:
                found.append(finding)
    return [*found, *exceeded(UP, line, catalogue)]
