"""The figures of a sheet as parts: rows that are alike, told by what they set, so that they may come as plates."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from thb_analysis.ingest.grid import Place
from thb_analysis.ingest.judge import Reading
from thb_analysis.ingest.keys import Claim
from thb_analysis.ingest.observe import Teller
from thb_analysis.ingest.recognise import unit_of
from thb_analysis.observations import Observation


@dataclass(frozen=True, slots=True)
class Part:
    """Figures whose rows are alike, with what stands for each column."""

    claims: tuple[Claim, ...]
    templates: tuple[Observation, ...]
    names: tuple[str, ...]  #: the dimensions that the rows set
    rows: tuple[int, ...]
    codes: tuple[tuple[str, ...], ...]  #: by name
    places: tuple[tuple[Place, ...], ...]  #: by column


def parts_of(readings: Sequence[Reading], teller: Teller) -> tuple[Part, ...] | None:
    """The figures as parts; None where their rows cannot be told by what the rows set."""
    for apart in (False, True):
        groups: dict[object, dict[int, dict[int, Reading]]] = {}
        for one in readings:
            claim = one.claim
            key = (claim.table.id, claim.year, claim.block if apart else None)
            row, column = claim.place
            groups.setdefault(key, {}).setdefault(row, {})[column] = one
        found: list[Part] = []
        for rows in groups.values():
            for alike in _alike(rows, teller):
                part = _part(alike, teller)
                if part is None:
                    break
                found.append(part)
            else:
                continue
            break
        else:
            return tuple(found)
    return None


def _alike(
    rows: Mapping[int, Mapping[int, Reading]], teller: Teller
) -> Iterable[list[tuple[int, list[Reading]]]]:
    """Rows with the same columns, whose figures have headings of the same kinds."""
    groups: dict[object, list[tuple[int, list[Reading]]]] = {}
    for row, own in sorted(rows.items()):
        line = [own[column] for column in sorted(own)]
        kinds = [
            (
                one.claim.place[1],
                one.claim.year_from,
                unit_of(teller.source, one.claim),
                tuple([role for role, _ in dict.fromkeys(one.claim.headings)]),
            )
            for one in line
        ]
        groups.setdefault(tuple(kinds), []).append((row, line))
    return groups.values()


def _part(lines: Sequence[tuple[int, list[Reading]]], teller: Teller) -> Part | None:
    columns = list(zip(*[line for _, line in lines], strict=True))
    base = [column[0].claim for column in columns]
    names = sorted(
        {
            name
            for column, first in zip(columns, base, strict=True)
            for one in column
            for name, code in one.claim.dims.items()
            if code != first.dims[name]
        }
    )
    if not names:
        names = [name for name in base[0].dims if len({claim.dims[name] for claim in base}) == 1][:1]
    codes = []
    for name in names:
        said = [{one.claim.dims[name] for one in line} for _, line in lines]
        if any(len(each) > 1 for each in said):
            return None
        codes.append(tuple([code for each in said for code in each]))
    if not names or len(set(zip(*codes, strict=True))) < len(lines):
        return None
    return Part(
        tuple(base),
        tuple([teller.shared_template(column) for column in columns]),
        tuple(names),
        tuple([row for row, _ in lines]),
        tuple(codes),
        tuple([tuple([one.claim.place for one in column]) for column in columns]),
    )
