"""The same tables in one SQLite file, with code lists and views that carry labels; the same bytes every time."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from thb_analysis.export.resources import Resource

FILE = "thb.sqlite"
_TYPES = {"number": "REAL", "integer": "INTEGER", "string": "TEXT"}
#: Where the header names the version of the library that wrote the file; no reader needs it.
_WRITTEN_BY = slice(96, 100)


def database(resources: Sequence[Resource]) -> bytes:
    """A database of the given tables; `labelled_<table>` is a view with the labels of codes beside them."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    try:
        connection.execute("PRAGMA page_size = 4096")
        connection.execute("PRAGMA encoding = 'UTF-8'")
        names = {resource.name for resource in resources}
        connection.execute("CREATE TABLE about (name TEXT PRIMARY KEY, title TEXT, meaning TEXT, unit TEXT)")
        for each in resources:
            _table(connection, each, names)
            row = (each.name, each.title, each.meaning, each.unit)
            connection.execute("INSERT INTO about VALUES (?, ?, ?, ?)", row)
        for each in resources:
            _view(connection, each, names)
        connection.execute("VACUUM")
        content = bytearray(connection.serialize())
    finally:
        connection.close()
    content[_WRITTEN_BY] = bytes(4)
    return bytes(content)


def _table(connection: sqlite3.Connection, resource: Resource, names: set[str]) -> None:
    columns = [f"{_quoted(each.name)} {_TYPES[each.type]}" for each in resource.fields]
    if resource.key:
        columns.append(f"PRIMARY KEY ({', '.join(map(_quoted, resource.key))})")
    for each in resource.fields:
        if each.codes and not each.combined and f"codes_{each.codes}" in names:
            columns.append(
                f"FOREIGN KEY ({_quoted(each.name)}) REFERENCES {_quoted(f'codes_{each.codes}')} (code)"
            )
    connection.execute(f"CREATE TABLE {_quoted(resource.name)} ({', '.join(columns)})")
    marks = ", ".join("?" for _ in resource.fields)
    numeric = [each.type != "string" for each in resource.fields]
    connection.executemany(
        f"INSERT INTO {_quoted(resource.name)} VALUES ({marks})",
        (
            [_number(cell) if n else cell for cell, n in zip(row, numeric, strict=True)]
            for row in resource.rows
        ),
    )


def _view(connection: sqlite3.Connection, resource: Resource, names: set[str]) -> None:
    """The table with the labels of its codes, in both languages."""
    joins, columns = [], []
    for number, each in enumerate(resource.fields):
        columns.append(f"t.{_quoted(each.name)}")
        if each.codes and f"codes_{each.codes}" in names:
            other = f"c{number}"
            joins.append(
                f"LEFT JOIN {_quoted(f'codes_{each.codes}')} {other} ON {other}.code = t.{_quoted(each.name)}"
            )
            columns += [f"{other}.label_{lang} AS {_quoted(f'{each.name}_{lang}')}" for lang in ("lv", "en")]
    if joins:
        connection.execute(
            f"CREATE VIEW {_quoted(f'labelled_{resource.name}')} AS "
            f"SELECT {', '.join(columns)} FROM {_quoted(resource.name)} t {' '.join(joins)}"
        )


def _number(text: str) -> float | int | None:
    if not text:
        return None
    return int(text) if text.lstrip("-").isdigit() else float(text)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
