"""What an institution's form asks: from the catalogue and `catalogue/forms.toml` to the map of the form.

`forms` draws a form by its map; `ingest` takes the map from here again where a form has lost its own.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

from thb_analysis.definitions import TOTAL, UNKNOWN, Catalogue, Table
from thb_analysis.edited import CatalogueError, toml
from thb_analysis.formmap import CHOSEN, DASH, FIXED, NO_DATA, ZERO, FormMap, RowMap, SheetMap
from thb_analysis.ingest.recognition.keys import Source, fill_defaults
from thb_analysis.language import Language

Key = tuple[str, tuple[tuple[str, str], ...]]  #: of a figure: its table, and its dimensions sorted by name

FILE = "forms.toml"
EARLIER = "earlier"  #: all years before those that are listed
JOIN = "+"


@dataclass(frozen=True, slots=True)
class Request:
    """One entry of `forms.toml`: a table as it is asked for."""

    key: str
    table: Table
    axes: tuple[str, ...]
    members: Mapping[str, Sequence[str]]
    fixed: Mapping[str, str]
    totals: tuple[str, ...]
    choose: tuple[str, ...]
    slots: int
    senders: tuple[str, ...]
    only: Mapping[str, Sequence[str]]
    years: Mapping[str, int]
    directive: bool
    name: Mapping[str, str]
    title: Mapping[str, str]


def requests(catalogue: Catalogue) -> tuple[Request, ...]:
    """Every table that some form asks for.  Raises CatalogueError where an entry names what does not exist."""
    return _requests(catalogue)


@cache
def _requests(catalogue: Catalogue) -> tuple[Request, ...]:
    path = catalogue.folder / FILE
    entries = toml(path)["sheet"] if path.exists() else []
    return tuple(_request(entry, catalogue) for entry in entries)


def _request(entry: Mapping[str, Any], catalogue: Catalogue) -> Request:
    key = entry["key"]
    table = catalogue.tables.get(entry["table"])
    if table is None:
        raise CatalogueError("catalogue.no_table", file=FILE, entry=key, table=entry["table"])
    axes, choose = tuple(entry.get("rows", ())), tuple(entry.get("choose", ()))
    fixed = dict(entry.get("fixed", {}))
    named = [name for axis in (*axes, *choose) for name in axis.split(JOIN)] + list(fixed)
    for name in named:
        if name not in table.dimension_names:
            raise CatalogueError(
                "catalogue.no_dimension", file=FILE, entry=key, table=table.id, dimension=name
            )
    years = dict(entry.get("years", {}))
    members = {
        axis: entry.get("members", {}).get(axis) or _all_codes(catalogue, table, axis)
        for axis in axes
        if axis not in years
    }
    for axis, codes in members.items():
        for joined in codes:
            _check_codes(catalogue, table, key, axis, joined)
    return Request(
        key=key,
        table=table,
        axes=axes,
        members=members,
        fixed=fixed,
        totals=tuple(entry.get("totals", ())),
        choose=choose,
        slots=int(entry.get("slots", 0)),
        senders=tuple(entry.get("senders", table.senders)),
        only=dict(entry.get("only", {})),
        years=years,
        directive=bool(entry.get("directive", False)),
        name=entry["name"],
        title=entry["title"],
    )


def _all_codes(catalogue: Catalogue, table: Table, axis: str) -> list[str]:
    known = catalogue.codes[table.dimension(axis).codes]
    return [code for code in known if code not in (TOTAL, UNKNOWN)]


def _check_codes(catalogue: Catalogue, table: Table, key: str, axis: str, joined: str) -> None:
    names = axis.split(JOIN)
    codes = joined.split(JOIN) if len(names) > 1 else [joined]
    for name, code in zip(names, codes, strict=True):
        dimension = table.dimension(name)
        parts = code.split(JOIN) if dimension.combined else [code]
        if any(part not in catalogue.codes[dimension.codes] for part in parts):
            raise CatalogueError("catalogue.no_code", file=FILE, entry=key, code=code, dimension=name)


def institutions(catalogue: Catalogue, year: int) -> list[str]:
    """Who is asked for something, in the order of the code list."""
    asked = {sender for request in requests(catalogue) for sender in request.senders}
    return [c for c, member in catalogue.codes["institution"].items() if c in asked and member.valid_in(year)]


def asked_of(catalogue: Catalogue, institution: str) -> list[Request]:
    """The tables that an institution is asked for, in the order of `forms.toml`."""
    return [request for request in requests(catalogue) if institution in request.senders]


def plan_form(
    catalogue: Catalogue, institution: str, year: int, lang: str, last: Collection[Key] = ()
) -> FormMap:
    """The form of an institution for a year, with everything that its hidden sheet will say.

    `last` are the figures known of the year before; a table of which none is known has no columns for them.
    """
    language = Language(lang)
    sheets = [
        _sheet(catalogue, request, institution, year, language, number, last)
        for number, request in enumerate(asked_of(catalogue, institution), start=1)
    ]
    return FormMap(
        form=f"{institution}-{year}",
        catalogue=version(catalogue),
        institution=institution,
        year=year,
        lang=lang,
        plain=(language.text("forms.cover.title", year=year), language.text("forms.how.title")),
        sheets=tuple(sheets),
    )


def version(catalogue: Catalogue) -> str:
    """The version of the catalogue's definitions: the same letters as long as they are the same."""
    return _version(catalogue.folder)


@cache
def _version(folder: Path) -> str:
    digest = hashlib.sha256()
    for path in (*sorted((folder / "codes").glob("*.csv")), *sorted((folder / "tables").glob("*.toml"))):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    if (folder / "forms.toml").exists():
        digest.update((folder / "forms.toml").read_bytes())
    # Letters only: a run of digits could be taken for somebody's personal code.
    return digest.hexdigest()[:10].translate(str.maketrans("0123456789abcdef", "ghijklmnopabcdef"))


# one table -------------------------------------------------------------------------------------------


def _sheet(
    catalogue: Catalogue,
    request: Request,
    institution: str,
    year: int,
    language: Language,
    number: int,
    last: Collection[Key],
) -> SheetMap:
    lang = language.lang
    table, dims = request.table, _fixed(catalogue, request, institution)
    rows: tuple[RowMap, ...]
    if request.choose:
        heads: list[str] = list(request.choose)
        rows = (*_known_choices(request, dims, language, last), _chosen_total(request, dims, language))
    else:
        heads = [name for axis in request.axes for name in axis.split(JOIN)]
        rows = tuple(_rows(catalogue, request, institution, year, dims, language))
    text = language.text
    sheet = SheetMap(
        key=request.key,
        table=table.id,
        name=f"{number}. {request.name[lang]}",
        title=request.title[lang],
        kind=CHOSEN if request.choose else FIXED,
        heads=tuple(text(f"forms.dimension.{name}") for name in heads),
        figure=text("forms.table.figure", year=year),
        note=text("forms.table.note"),
        last="",
        fix="",
        dims=tuple(sorted(dims.items())),
        rows=rows,
        choose=request.choose,
        slots=request.slots,
        unsummed=text("forms.table.unsummed"),
        blank_label="" if request.choose else text("forms.table.blank"),
        blanks=() if request.choose else tuple((text(f"forms.blank.{n}"), n) for n in (ZERO, DASH, NO_DATA)),
    )
    known = any((table.id, row.dims) in last for row in rows)
    return with_last_year(sheet, language, year - 1) if known else sheet


def with_last_year(sheet: SheetMap, language: Language, year: int) -> SheetMap:
    """The same table with columns for the figures of `year` as they are known, and for their corrections."""
    text = language.text
    return replace(
        sheet,
        last=text("forms.table.last", year=year),
        fix=text("forms.table.fix", year=year),
        agree_label=text("forms.table.agree", year=year),
        agrees=tuple((text(f"forms.agree.{answer}"), answer) for answer in ("yes", "no")),
    )


def _fixed(catalogue: Catalogue, request: Request, institution: str) -> dict[str, str]:
    """What holds for every figure of the table: what the request fixes and what the catalogue fills in."""
    varying = {name for axis in (*request.axes, *request.choose) for name in axis.split(JOIN)}
    dims = dict(request.fixed) | dict.fromkeys(varying, "")
    source = Source(catalogue, "", institution, "", None)
    missing = fill_defaults(source, request.table, dims)
    if missing:
        raise CatalogueError(
            "catalogue.not_said", file=FILE, entry=request.key, table=request.table.id, missing=missing
        )
    return {name: code for name, code in dims.items() if name not in varying}


def _rows(
    catalogue: Catalogue,
    request: Request,
    institution: str,
    year: int,
    dims: Mapping[str, str],
    language: Language,
) -> Iterator[RowMap]:
    choices = []
    for axis in request.axes:
        codes = list(_members(request, axis, institution, year))
        if axis in request.totals:
            codes.append(JOIN.join(TOTAL for _ in axis.split(JOIN)))
        choices.append(codes)
    keys = list(product(*choices))
    place = {key: position for position, key in enumerate(keys)}
    wholes = {axis: JOIN.join(TOTAL for _ in axis.split(JOIN)) for axis in request.totals}
    for key in keys:
        summed = [i for i, axis in enumerate(request.axes) if key[i] == wholes.get(axis)]
        parts: tuple[int, ...] = ()
        if summed:
            at = summed[-1]
            parts = tuple(place[(*key[:at], code, *key[at + 1 :])] for code in choices[at][:-1])
        own: dict[str, str] = {}
        for axis, joined in zip(request.axes, key, strict=True):
            names = axis.split(JOIN)
            own |= dict(zip(names, joined.split(JOIN) if len(names) > 1 else [joined], strict=True))
        labels = tuple(label(request.table, name, code, language) for name, code in own.items())
        yield RowMap(labels, tuple(sorted({**dims, **own}.items())), parts)


def _members(request: Request, axis: str, institution: str, year: int) -> Sequence[str]:
    if axis in request.years:
        return [str(year - back) for back in range(request.years[axis])] + [EARLIER]
    return request.only.get(institution) or request.members[axis]


def _known_choices(
    request: Request, dims: Mapping[str, str], language: Language, last: Collection[Key]
) -> Iterator[RowMap]:
    """A row for each code of last year, so that it can be confirmed."""
    for table, key in sorted(last):
        own = {name: dict(key)[name] for name in request.choose} if table == request.table.id else {}
        if own and TOTAL not in own.values() and key == tuple(sorted({**dims, **own}.items())):
            labels = tuple(label(request.table, name, code, language) for name, code in own.items())
            yield RowMap(labels, key)


def _chosen_total(request: Request, dims: Mapping[str, str], language: Language) -> RowMap:
    own = dict.fromkeys(request.choose, TOTAL)
    labels = tuple(label(request.table, name, TOTAL, language) for name in request.choose)
    return RowMap(labels, tuple(sorted({**dims, **own}.items())), (-1,))


def label(table: Table, name: str, code: str, language: Language) -> str:
    """What a code is called in a form."""
    codes = table.dimension(name).codes
    if codes:
        return language.label(codes, code)
    key = f"forms.code.{code}"
    return language.text(key) if language.has(key) else code
