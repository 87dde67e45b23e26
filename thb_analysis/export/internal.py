"""The internal export: every tidy table with all its evidence, described for whoever works with it."""

from __future__ import annotations

from thb_analysis.export import package
from thb_analysis.export.profiles import Request
from thb_analysis.export.resources import Resource, code_resources, read_tables, table_resource
from thb_analysis.export.safe import csv_bytes
from thb_analysis.tidy.store import read_rows


def internal(request: Request) -> dict[str, bytes]:
    """The files of the export, by their path in it."""
    tables = read_tables(request.processed, request.catalogue)
    resources = [
        table_resource(table, tables[name], request.catalogue, request.words)
        for name, table in request.catalogue.tables.items()
    ]
    resources += code_resources(request.catalogue, used_codes(resources), request.words)
    files = csv_files(resources, request)
    findings = request.processed / f"findings.{request.words.lang}.csv"
    extra = {
        "sources": package.sources(tables, request.raw),
        "warnings": package.warnings(read_rows(findings) if findings.is_file() else ()),
    }
    files[package.FILE] = package.describe(
        "internal", resources, files, request.catalogue, request.words, request.style, extra
    )
    return files


def csv_files(resources: list[Resource], request: Request) -> dict[str, bytes]:
    """Every resource as a CSV, by path."""
    return {each.path: csv_bytes(each.columns, each.rows, request.style, each.numbers) for each in resources}


def used_codes(resources: list[Resource]) -> set[str]:
    """The code lists that fields of the resources name."""
    return {each.codes for resource in resources for each in resource.fields if each.codes}
