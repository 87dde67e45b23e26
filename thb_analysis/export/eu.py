"""The tables that the European Union and the United Nations ask for, as `catalogue/eu.toml` maps them.

What cannot be filled is `:` with a reason, never a zero; the coverage report says what the next request form must ask.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from thb_analysis.edited import toml
from thb_analysis.export import package
from thb_analysis.export.fill import Filled, Source
from thb_analysis.export.internal import csv_files
from thb_analysis.export.profiles import Request
from thb_analysis.export.resources import Field, Resource, column_words, read_tables

MAPPING = "eu.toml"
ABSENT = ":"
WHOLE = ("T", "TOTAL", "ICCS0204")  #: codes that stand for everybody


@dataclass(frozen=True, slots=True)
class Asked:
    """One figure of an output: its codes, what is counted, and what answers it."""

    codes: Mapping[str, str]
    counted: str
    axes: tuple[str, ...]
    year: str
    filled: Filled


def eu(request: Request) -> dict[str, bytes]:
    """The files of the export, by their path in it."""
    mapping = toml(request.catalogue.folder / MAPPING)
    tables = read_tables(request.processed, request.catalogue)
    sources = {
        name: Source(request.catalogue.tables[c["table"]], tables[c["table"]], c["where"], request.catalogue)
        for name, c in mapping["counts"].items()
    }
    years = sorted({year for source in sources.values() for year in source.years if year.isdigit()})
    resources, coverage = [], []
    for output in mapping["output"]:
        asked = list(_asked(output, mapping, sources, years))
        resources.append(_resource(output, asked, mapping, tables, request))
        coverage += _coverage(output, asked, mapping, request)
    resources.append(_coverage_resource(coverage, request))
    files = csv_files(resources, request)
    extra = {
        "sources": package.sources(tables, request.raw),
        "basis": {output["id"]: output["basis"][request.words.lang] for output in mapping["output"]},
        "missingMark": {ABSENT: request.words.text("export.absent")},
    }
    files[package.FILE] = package.describe(
        "eu", resources, files, request.catalogue, request.words, request.style, extra
    )
    return files


def _asked(
    output: Mapping[str, Any], mapping: Mapping[str, Any], sources: Mapping[str, Source], years: Sequence[str]
) -> Iterator[Asked]:
    counted = output["counted"]
    for code, name in counted["codes"].items():
        crossings = output["by"].get(code) or output["by"].get("all") or [[]]
        seen = set()
        for axes in crossings:
            for choice in product(*(mapping["axes"][axis]["codes"] for axis in axes)):
                codes = {counted["column"]: code} | {
                    mapping["axes"][axis]["column"]: each for axis, each in zip(axes, choice, strict=True)
                }
                total = {c: v for c, v in codes.items() if v not in WHOLE}
                if (mark := tuple(sorted(total.items()))) in seen and len(crossings) > 1:
                    continue  # the total stands once, not with every breakdown
                seen.add(mark)
                wanted = {
                    mapping["axes"][axis]["dimension"]: mapping["axes"][axis]["codes"][each]
                    for axis, each in zip(axes, choice, strict=True)
                }
                for year in years:
                    yield Asked(codes, name, tuple(axes), year, sources[name].ask(year, wanted))


def _resource(
    output: Mapping[str, Any],
    asked: Sequence[Asked],
    mapping: Mapping[str, Any],
    tables: Mapping[str, Sequence[Mapping[str, str]]],
    request: Request,
) -> Resource:
    words = request.words
    axes = dict.fromkeys(
        mapping["axes"][axis]["column"]
        for crossings in output["by"].values()
        for axes in crossings
        for axis in axes
    )
    whole = {
        mapping["axes"][axis]["column"]: next(iter(mapping["axes"][axis]["codes"]))
        for axis in mapping["axes"]
    }
    names = [*output["fixed"], output["counted"]["column"], *axes, "time_period", "obs_value", "obs_flag"]
    names += ["reason", "article", "source"]
    published = output.get("published")
    if published:
        names += ["published_value", "difference"]
    rows = []
    for each in asked:
        row = {
            **dict.fromkeys(names, ""),
            **output["fixed"],
            **{axis: whole[axis] for axis in axes},
            **each.codes,
        }
        row |= _answer(each.filled, mapping["flags"], words)
        row["time_period"] = each.year
        row["article"] = mapping["counts"][each.counted]["where"].get("article", "")
        if published:
            row |= _beside(row, each, output, tables["international"])
        rows.append(tuple(row[name] for name in names))
    return Resource(
        name=output["id"],
        title=output["title"][words.lang],
        meaning=output["basis"][words.lang],
        unit="",
        fields=tuple(Field(name, "string", *column_words(name, words)) for name in names),
        rows=tuple(rows),
    )


def _answer(filled: Filled, flags: Mapping[str, str], words: Any) -> dict[str, str]:
    reason = words.text(f"export.reason.{filled.reason}") if filled.reason else ""
    if filled.derived and filled.value is not None:
        reason = words.text("export.reason.added" if filled.added else "export.reason.derived")
    return {
        "obs_value": ABSENT if filled.value is None else str(filled.value),
        "obs_flag": flags.get(filled.status, ""),
        "reason": reason,
        "source": "; ".join(dict.fromkeys(filled.sources)),
    }


def _beside(
    row: Mapping[str, str], each: Asked, output: Mapping[str, Any], rows: Sequence[Mapping[str, str]]
) -> dict[str, str]:
    """What the publisher printed for the same series, and how ours differs from it."""
    published = output["published"]
    wanted = {
        "publisher": published["publisher"],
        "country": published["country"],
        "indicator": row[output["counted"]["column"]],
        "year": each.year,
        "dimension": "_T",
        "category": "_T",
        "sex": "_T",
        "age_group": "_T",
    }
    for axis in each.axes:
        column = {"group": "citizenship"}.get(axis, axis)
        code = published["codes"].get(axis, {}).get(row[column])
        if code is None:
            if row[column] in WHOLE:
                continue
            return {"published_value": "", "difference": ""}
        if axis in published["dimensions"] and code != "_T":
            wanted |= {"dimension": published["dimensions"][axis], "category": code}
        elif axis in ("sex", "age"):
            wanted["age_group" if axis == "age" else axis] = code
    found = [r for r in rows if all(r[name] in _any_of(value) for name, value in wanted.items())]
    if len(found) != 1:
        return {"published_value": "", "difference": ""}
    value = found[0]["value"]
    if not value:
        return {"published_value": found[0]["note"] or ABSENT, "difference": ""}
    told = "" if each.filled.value is None else str(each.filled.value - int(float(value)))
    return {"published_value": value, "difference": told}


def _any_of(value: str | Sequence[str]) -> Sequence[str]:
    return [value] if isinstance(value, str) else value


def _coverage(
    output: Mapping[str, Any], asked: Sequence[Asked], mapping: Mapping[str, Any], request: Request
) -> list[tuple[str, ...]]:
    """One row for each breakdown of each count: how much is there, and whom to ask for what."""
    words, catalogue = request.words, request.catalogue
    found: list[tuple[str, ...]] = []
    for name, axes in dict.fromkeys((each.counted, each.axes) for each in asked):
        mine = [each for each in asked if (each.counted, each.axes) == (name, axes)]
        table = catalogue.tables[mapping["counts"][name]["table"]]
        filled = [each for each in mine if each.filled.value is not None]
        gaps = sorted({each.year for each in mine} - {each.year for each in filled})
        partly = sorted({e.year for e in mine if e.filled.value is None} - set(gaps))
        reasons = dict.fromkeys(
            words.text(f"export.reason.{e.filled.reason}")
            for e in mine
            if e.filled.value is None and e.filled.reason
        )
        dimensions = ", ".join(column_words(mapping["axes"][axis]["dimension"], words)[0] for axis in axes)
        ask = ""
        if len(filled) < len(mine):
            ask = words.text(
                "export.ask",
                table=table.label[words.lang],
                by=dimensions or "–",
                senders=", ".join(table.senders),
            )
        found.append(
            (
                output["id"], table.id, name, dimensions, str(len(filled)), str(len(mine)),
                ", ".join(gaps), ", ".join(partly), "; ".join(reasons), ask,
            )
        )  # fmt: skip
    return found


def _coverage_resource(rows: Sequence[tuple[str, ...]], request: Request) -> Resource:
    words = request.words
    names = (
        *("output", "table", "counted", "attributes", "filled", "asked"),
        *("years_without", "years_in_part", "reason", "ask"),
    )
    return Resource(
        name="coverage",
        title=words.text("export.coverage.title"),
        meaning=words.text("export.coverage.meaning"),
        unit="",
        fields=tuple(
            Field(n, "integer" if n in ("filled", "asked") else "string", *column_words(n, words))
            for n in names
        ),
        rows=tuple(rows),
    )
