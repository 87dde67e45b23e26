"""`datapackage.json`: the description that travels with the files, by the Data Package standard of Frictionless Data.

Version 1 of the standard, which every validator reads; what it has no word for (units, the meaning of an absent value,
warnings) stands in properties of our own, which the standard allows.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from thb_analysis.definitions import Catalogue
from thb_analysis.export.resources import Field, Resource
from thb_analysis.export.safe import CsvStyle
from thb_analysis.language import Language

FILE = "datapackage.json"


def describe(
    name: str,
    resources: Sequence[Resource],
    files: Mapping[str, bytes],
    catalogue: Catalogue,
    words: Language,
    style: CsvStyle,
    extra: Mapping[str, Any],
) -> bytes:
    """The description of the given files, as the bytes of `datapackage.json`."""
    names = {resource.name for resource in resources}
    package: dict[str, Any] = {
        "profile": "tabular-data-package",
        "name": f"thb-{name}",
        "title": words.text(f"export.{name}.title"),
        "description": words.text(f"export.{name}.description"),
        "keywords": words.text("export.keywords").split(", "),
        "languages": [words.lang],
        **extra,
        "missingMeaning": _missing(catalogue, words),
        "resources": [_resource(each, files[each.path], names, style) for each in resources],
    }
    return (json.dumps(package, ensure_ascii=False, indent=1) + "\n").encode()


def sources(tables: Mapping[str, Iterable[Mapping[str, str]]], raw: Path | None) -> list[dict[str, str]]:
    """Every workbook that a figure came from, with its checksum where `raw` holds it."""
    files = sorted({row["source_file"] for rows in tables.values() for row in rows if row.get("source_file")})
    found = []
    for file in files:
        source = {"title": Path(file).name, "path": f"raw/{file}"}
        if raw is not None and (raw / file).is_file():
            source["hash"] = f"sha256:{hashlib.sha256((raw / file).read_bytes()).hexdigest()}"
        found.append(source)
    return found


def warnings(findings: Iterable[Mapping[str, str]]) -> list[dict[str, str]]:
    """Findings that a user of the data should know: errors and warnings, without what people wrote in cells."""
    kept = ("severity", "code", "source_file", "source_sheet", "source_cell", "message")
    return [{name: f[name] for name in kept} for f in findings if f["severity"] in ("error", "warning")]


def _missing(catalogue: Catalogue, words: Language) -> dict[str, Any]:
    """What an empty value can mean, by the letter in `obs_status`."""
    meanings = {code: member.label[words.lang] for code, member in catalogue.codes["obs_status"].items()}
    return {"field": "obs_status", "description": words.text("export.missing"), "codes": meanings}


def _resource(resource: Resource, content: bytes, names: set[str], style: CsvStyle) -> dict[str, Any]:
    schema: dict[str, Any] = {
        "fields": [_field(each, style) for each in resource.fields],
        "missingValues": [""],
    }
    if resource.key:
        schema["primaryKey"] = list(resource.key)
    keys = [
        {"fields": [each.name], "reference": {"resource": f"codes_{each.codes}", "fields": ["code"]}}
        for each in resource.fields
        if each.codes and not each.combined and f"codes_{each.codes}" in names
    ]
    if keys:
        schema["foreignKeys"] = keys
    return {
        "profile": "tabular-data-resource",
        "name": resource.name,
        "path": resource.path,
        "title": resource.title,
        **({"description": resource.meaning} if resource.meaning else {}),
        **({"unit": resource.unit} if resource.unit else {}),
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": len(content),
        "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
        "dialect": {
            "delimiter": style.delimiter,
            "lineTerminator": "\n",
            "quoteChar": '"',
            "doubleQuote": True,
        },
        "schema": schema,
        **resource.extra,
    }


def _field(each: Field, style: CsvStyle) -> dict[str, Any]:
    described: dict[str, Any] = {"name": each.name, "type": each.type, "title": each.title}
    if each.meaning:
        described["description"] = each.meaning
    if each.type == "number" and style.decimal != ".":
        described["decimalChar"] = style.decimal
    if each.codes:
        described["codeList"] = f"codes/{each.codes}.csv"
    return described
