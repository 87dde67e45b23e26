"""The internal export: every tidy table with all its evidence, described for whoever works with it."""

from __future__ import annotations

from thb_analysis.export import dictionary, package, sqlite, workbook
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
    return files | documents("internal", resources, request)


def documents(
    name: str, resources: list[Resource], request: Request, draft: bool = False
) -> dict[str, bytes]:
    """What is made of the tables beside the CSV files: the dictionary, the workbook and the database."""
    catalogue, words = request.catalogue, request.words
    tables = [each for each in resources if not each.folder]
    years = {row[0] for each in tables if each.columns[0] == "year" for row in each.rows if row[0].isdigit()}
    facts = {
        words.text("export.workbook.publisher"): words.text("export.workbook.publisher_name"),
        words.text("export.workbook.years"): "–".join(sorted({min(years), max(years)})) if years else "–",
        words.text("export.workbook.tables"): str(len(tables)),
    }
    if draft:
        facts[words.text("export.workbook.status")] = words.text("export.workbook.draft")
    return {
        dictionary.FILE: dictionary.dictionary(resources, catalogue, words, name),
        workbook.FILE: workbook.workbook(resources, catalogue, words, name, facts),
        sqlite.FILE: sqlite.database(resources),
    }


def csv_files(resources: list[Resource], request: Request) -> dict[str, bytes]:
    """Every resource as a CSV, by path."""
    return {each.path: csv_bytes(each.columns, each.rows, request.style, each.numbers) for each in resources}


def used_codes(resources: list[Resource]) -> set[str]:
    """The code lists that fields of the resources name."""
    return {each.codes for resource in resources for each in resource.fields if each.codes}
