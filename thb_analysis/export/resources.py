"""What an export consists of: tables of text with fields that say what they mean, read from `processed/`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from thb_analysis.definitions import Catalogue, Table
from thb_analysis.language import Language
from thb_analysis.tidy.store import read_rows
from thb_analysis.told import Missing

NUMBERS = frozenset({"value", "low", "high"})
WHOLE_NUMBERS = frozenset({"relative_to_year", "first_year", "last_year"})
#: Where a cell came from, and what people wrote beside it; never in a public file.
PLACES = ("source_file", "source_sheet", "source_cell", "note")


@dataclass(frozen=True, slots=True)
class Field:
    """One column: its name, its type in a data package, and words for people."""

    name: str
    type: str
    title: str
    meaning: str
    codes: str = ""  #: the code list that every value is a member of; empty for none
    combined: bool = False  #: several codes may be joined by "+"


@dataclass(frozen=True, slots=True)
class Resource:
    """One table of an export."""

    name: str
    title: str
    meaning: str
    unit: str
    fields: tuple[Field, ...]
    rows: tuple[tuple[str, ...], ...]
    key: tuple[str, ...] = ()
    folder: str = ""
    extra: Mapping[str, Any] = field(default_factory=dict)  #: more for the package's description

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(each.name for each in self.fields)

    @property
    def numbers(self) -> frozenset[str]:
        return frozenset(each.name for each in self.fields if each.type == "number")

    @property
    def path(self) -> str:
        return f"{self.folder}/{self.name.removeprefix('codes_')}.csv" if self.folder else f"{self.name}.csv"

    def records(self) -> list[dict[str, str]]:
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]


def read_tables(processed: Path, catalogue: Catalogue) -> dict[str, list[dict[str, str]]]:
    """Every tidy table as it was written.  FileNotFoundError, in words, where one has not been made."""
    found = {}
    for name in catalogue.tables:
        path = processed / f"{name}.csv"
        if not path.exists():
            raise Missing("no_table", file=path)
        found[name] = read_rows(path)
    return found


def table_resource(
    table: Table,
    rows: Sequence[Mapping[str, str]],
    catalogue: Catalogue,
    words: Language,
    leave_out: Iterable[str] = (),
) -> Resource:
    """A tidy table as a resource; `leave_out` names columns that do not travel."""
    columns = [name for name in table.columns if name not in set(leave_out)]
    return Resource(
        name=table.id,
        title=table.label[words.lang],
        meaning=table.meaning[words.lang],
        unit=table.unit,
        fields=tuple(column_field(name, table, rows, catalogue, words) for name in columns),
        rows=tuple(tuple(row[name] for name in columns) for row in rows),
        key=_key(table, columns, rows),
    )


def column_field(
    name: str, table: Table | None, rows: Sequence[Mapping[str, str]], catalogue: Catalogue, words: Language
) -> Field:
    """The field of a column: its type, its words, and the code list where every value is in it."""
    codes, combined = "", False
    if table is not None and name in table.dimension_names:
        dimension = table.dimension(name)
        codes, combined = dimension.codes, dimension.combined
    elif name in ("unit", "obs_status", "institution", "status"):
        codes = name
    if codes and not combined and not _closed(name, rows, set(catalogue.codes[codes])):
        codes = ""
    kind = "number" if name in NUMBERS else "integer" if name in WHOLE_NUMBERS else "string"
    title, meaning = column_words(name, words)
    return Field(name, kind, title, meaning, codes, combined)


def column_words(name: str, words: Language) -> tuple[str, str]:
    """What a column is called and what it means; the name itself where nobody has said."""
    title, meaning = f"export.column.{name}.title", f"export.column.{name}.meaning"
    return (
        words.text(title) if words.has(title) else name,
        words.text(meaning) if words.has(meaning) else "",
    )


def code_resources(catalogue: Catalogue, used: Iterable[str], words: Language) -> list[Resource]:
    """The code lists that are used, each a table of codes and labels in both languages."""
    columns = ("code", "label_lv", "label_en", "parent", "group", "valid_from", "valid_to")
    found = []
    for name in sorted(set(used)):
        rows = tuple(
            (m.code, m.label["lv"], m.label["en"], m.parent, m.group, m.valid_from, m.valid_to)
            for m in catalogue.codes[name].values()
        )
        kept = [i for i, column in enumerate(columns) if i < 3 or any(row[i] for row in rows)]
        title = column_words(name, words)[0]
        found.append(
            Resource(
                name=f"codes_{name}",
                title=words.text("export.code_list", name=title),
                meaning="",
                unit="",
                fields=tuple(column_field(columns[i], None, (), catalogue, words) for i in kept),
                rows=tuple(tuple(row[i] for i in kept) for row in rows),
                key=("code",),
                folder="codes",
            )
        )
    return found


def _closed(name: str, rows: Sequence[Mapping[str, str]], codes: set[str]) -> bool:
    return all(row[name] in codes or not row[name] for row in rows)


def _key(table: Table, columns: Sequence[str], rows: Sequence[Mapping[str, str]]) -> tuple[str, ...]:
    """The columns that tell rows apart, where they do."""
    key = tuple(name for name in table.key_columns if name in columns)
    seen = {tuple(row[name] for name in key) for row in rows}
    return key if len(seen) == len(rows) else ()
