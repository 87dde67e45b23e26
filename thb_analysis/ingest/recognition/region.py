"""One region of a sheet: which of its years and articles are headings, and the key of every figure.

Every way of taking them is tried; the reading stands that leaves least unexplained.
"""

from __future__ import annotations

from dataclasses import replace

from thb_analysis.ingest.recognition.above import Above
from thb_analysis.ingest.recognition.again import headings_again
from thb_analysis.ingest.recognition.blame import (
    as_of_corner,
    as_over_corner,
    as_titled,
    lacking_under_title,
    under_one_title,
    untitled,
    weighed,
)
from thb_analysis.ingest.recognition.doubts.case import Case
from thb_analysis.ingest.recognition.doubts.doubles import heads_apart, refuse_doubles
from thb_analysis.ingest.recognition.doubts.order import doubted
from thb_analysis.ingest.recognition.grid import Grid, Place
from thb_analysis.ingest.recognition.islands import Region
from thb_analysis.ingest.recognition.keys import Block, Claim, Refusal, Source, claim_key, said
from thb_analysis.ingest.recognition.listed import read
from thb_analysis.ingest.recognition.resolve import Resolver
from thb_analysis.ingest.recognition.rivals import RegionReading, undecided
from thb_analysis.ingest.recognition.roles import assumptions, beside, remarks
from thb_analysis.ingest.recognition.scene import LEFT, UP, Scene
from thb_analysis.ingest.recognition.values import mark_status

MOST_SPANNED = 200  #: places of one merged figure that are looked at


def read_region(
    grid: Grid, region: Region, found: list[Region], source: Source, above: Above
) -> RegionReading:
    noted = remarks(grid, region, source.catalogue)
    again = headings_again(grid, region, source.catalogue)
    aside = beside(grid, region, source.catalogue) | noted.keys() | again
    titles = above.titles(region, found)
    tried: list[RegionReading] = []
    for headings in assumptions(grid, region, source.catalogue, aside):
        scene = Scene(source.catalogue, grid, region, headings, aside, noted, again)
        tried.append(_read_scene(Resolver(source, scene, titles)))
        if tried[-1].price == 0 and len(tried) == 1 and not headings:
            break
    if len(tried) == 1:
        return tried[0]
    best = min(tried, key=lambda reading: reading.price)
    if best.claims:
        best = min(
            (r for r in tried if r.without_idle(best)), key=lambda reading: reading.price, default=best
        )
    rivals = [r for r in tried if r.price == best.price and r.outcome != best.outcome]
    if rivals and best.claims:
        return undecided(best, rivals[0])
    return best


def _read_scene(resolver: Resolver) -> RegionReading:
    scene = resolver.scene
    reading = RegionReading(scene)
    for first in scene.figures:
        for place, result in _read_spanned(resolver, first):
            if isinstance(result, Claim):
                reading.claims[place] = result
                reading.titles |= {cell for role, cell in result.headings if role == "title"}
            else:
                reading.refusals[place] = result
    reading.idle = sum(
        1 for place in scene.headings if place not in scene.used and not _is_corner(scene, place)
    )
    reading.blanks = _blanks(resolver, reading)
    refuse_doubles(resolver, reading)
    for place, refusal in doubted(Case(resolver, reading.claims, reading.blanks, reading.refusals)).items():
        del reading.claims[place]
        reading.refusals[place] = refusal
        reading.doubted += 1
    if not reading.claims:
        reading.refusals |= under_one_title(resolver, reading.refusals)
        reading.refusals |= lacking_under_title(resolver, reading.refusals)
    return reading


def _is_corner(scene: Scene, place: Place) -> bool:
    return any(place in scene.corners(figure) for figure in scene.figures[:50])


def _read_spanned(resolver: Resolver, first: Place) -> list[tuple[Place, Claim | Refusal]]:
    """A figure's reading; a mark in a merged range stands for every place that the range covers."""
    grid = resolver.grid
    result = _read_place(resolver, first)
    top, left, bottom, right = grid.span(first)
    if (top, left) == (bottom, right) or not isinstance(result, Claim):
        return [(first, result)]
    places = [(row, column) for row in range(top, bottom + 1) for column in range(left, right + 1)]
    readings = [(place, _read_place(resolver, place)) for place in places[:MOST_SPANNED]]
    keys = {claim_key(claim) for _, claim in readings if isinstance(claim, Claim)}
    if len(keys) < 2 and not heads_apart(resolver.scene, first, (top, left, bottom, right)):
        return [(first, result)]
    if mark_status(resolver.source.catalogue, grid.text(first)):
        return [(place, claim) for place, claim in readings if isinstance(claim, Claim)]
    return [(first, Refusal("figure_spans", first, grid.text(first), tables=(result.table.id,)))]


def _read_place(resolver: Resolver, place: Place) -> Claim | Refusal:
    tables = resolver.tables_of(place)
    if not tables:
        cause = untitled(resolver, place)
        return Refusal("table_unknown", cause, resolver.grid.written(cause))
    known = resolver.source.catalogue.tables
    results = [resolver.resolve(place, known[name]) for name in tables]
    if len(tables) == 1:
        results[0] = as_of_corner(resolver, place, as_over_corner(resolver, place, results[0]))
    if len(tables) == 1 and (isinstance(results[0], Claim) or results[0].code == "label_ambiguous"):
        return as_titled(resolver, place, results[0])
    if all(isinstance(result, Refusal) and result.code == "heading_missing" for result in results):
        others = set(resolver.titled(place)) - set(tables)  # a member named like a table
        results += [resolver.resolve(place, known[name]) for name in sorted(others)]
    claims = [result for result in results if isinstance(result, Claim)]
    weighted = weighed(resolver, place, claims) if len(tables) > 1 else claims
    if isinstance(weighted, Refusal):
        return weighted
    if len(weighted) == 1:
        return weighted[0]
    if weighted:
        return Refusal("two_readings", place, resolver.grid.text(place), " / ".join(map(said, weighted)))
    return next(result for result in results if isinstance(result, Refusal))


def _blanks(resolver: Resolver, reading: RegionReading) -> dict[Place, Claim]:
    """Blank cells where a heading of each axis meets: figures that were not stated."""
    scene, grid = resolver.scene, resolver.grid
    by_block: dict[Block, list[Claim]] = {}
    for claim in reading.claims.values():
        by_block.setdefault(claim.block, []).append(claim)
    found: dict[Place, Claim] = {}
    start = resolver.source.catalogue.words["part"][0]
    labels_only = {column for block in by_block for column in block.columns}
    labels_only -= {claim.place[1] for claim in reading.claims.values()}
    first = min((claim.place[0] for claim in reading.claims.values()), default=0)
    for block, claims in by_block.items():
        lines = _by_line(claims)
        rows = {claim.place[0] for claim in claims}
        columns = {claim.place[1] for claim in claims}
        stated = {axis: frozenset().union(*(claim.own[axis] for claim in claims)) for axis in (UP, LEFT)}
        if block.columns:
            low, high = min(rows), max(rows)
            labels = {
                p[0]
                for p in scene.region.places
                if p[1] in block.columns
                and scene.is_heading(p)
                and (p not in reading.titles or _is_line(resolver, p, block))
            }
            labels -= {p[0] for p in grid.full if grid.full[p] == start}  # they only announce parts
            rows |= _stretch(labels, low, high)
        if block.rows:
            headings = [p for p in scene.region.places if p[0] in block.rows and scene.is_heading(p)]
            heads = {column for heading in headings for column in scene.along(heading, UP)}
            columns |= {column for column in heads - labels_only if column > max(block.columns, default=0)}
        for row in rows:
            for column in columns:
                place = (row, column)
                if grid.at(place) is None and place not in grid.covers:
                    examples = _examples(lines, place).values() if lines else claims[:1]
                    tried = (_blank(resolver, place, one, stated) for one in examples)
                    blank = next((one for one in tried if one is not None), None)
                    if blank is not None and row < first and blank.table.id not in resolver.tables_of(place):
                        continue  # a title of lines that name their tables themselves
                    if blank is not None and _of_block(scene, blank, block):
                        found[place] = replace(blank, block=block)
    return found


def _of_block(scene: Scene, blank: Claim, block: Block) -> bool:
    """Whether a blank place is of a block; a title that stands over its column is over the others as well."""
    own = blank.block
    over = [cell for cell in scene.own_stack(blank.place, UP) if cell[0] not in block.rows]
    rows = tuple(row for row in own.rows if row in block.rows) if block.rows else own.rows
    return own._replace(rows=rows) == block and all(scene.heads_region(cell) for cell in over)


def _is_line(resolver: Resolver, title: Place, block: Block) -> bool:
    """Whether a title of figures is a total below their headings: “Victims, total”."""
    said = read(resolver.source.catalogue, resolver.grid.text(title))
    return bool(block.rows) and title[0] > block.rows[-1] and any(reading.total for reading in said)


def _by_line(claims: list[Claim]) -> dict[tuple[int, int], dict[str, Claim]]:
    """By row (0) and by column (1), a figure of each table that has any there; empty where all are of one table."""
    found: dict[tuple[int, int], dict[str, Claim]] = {}
    several = len({claim.table.id for claim in claims}) > 1
    for claim in claims if several else ():
        for axis in (0, 1):
            found.setdefault((axis, claim.place[axis]), {}).setdefault(claim.table.id, claim)
    return found


def _examples(lines: dict[tuple[int, int], dict[str, Claim]], place: Place) -> dict[str, Claim]:
    """A figure of each table that a blank place may be of where tables stand side by side: its column's, its row's."""
    return {**lines.get((1, place[1]), {}), **lines.get((0, place[0]), {})}


def _stretch(labels: set[int], low: int, high: int) -> set[int]:
    """The rows with labels that touch the figures' rows without a gap."""
    rows = {row for row in labels if low <= row <= high}
    for step, row in ((1, high + 1), (-1, low - 1)):
        while row in labels:
            rows.add(row)
            row += step
    return rows


def _blank(
    resolver: Resolver, place: Place, example: Claim, stated: dict[int, frozenset[str]]
) -> Claim | None:
    result = resolver.resolve(place, example.table)
    if not isinstance(result, Claim) or result.aside:
        return None
    for axis in (UP, LEFT):
        if stated[axis] and not (result.own[axis] & stated[axis]) and axis not in result.total:
            return None
    return result
