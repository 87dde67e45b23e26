"""The public export: what policy, disclosure control and audit let through, and nothing that people wrote."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from thb_analysis.disclosure.policy import CLOSED, PROTECTED, Policy, load_policies
from thb_analysis.disclosure.registry import Published, read_registry
from thb_analysis.disclosure.release import NEVER, Release, Withheld, prepare
from thb_analysis.export import package
from thb_analysis.export.internal import csv_files, documents, used_codes
from thb_analysis.export.profiles import Request
from thb_analysis.export.resources import (
    Field,
    Resource,
    code_resources,
    column_field,
    column_words,
    read_tables,
    table_resource,
)


def public(request: Request, draft: bool = False) -> tuple[dict[str, bytes], tuple[Published, ...]]:
    """The files of the export by path, and every figure that they tell (for the registry).

    A draft says in its description and on its cover that it is none that was released.
    """
    catalogue, words = request.catalogue, request.words
    policies = load_policies(catalogue)
    release = prepare(read_tables(request.processed, catalogue), catalogue, read_registry(request.registry))
    resources: list[Resource] = []
    for name, rows in release.tables.items():
        gone = (*NEVER, *policies[name].leave_out)
        resource = table_resource(catalogue.tables[name], rows, catalogue, words, gone)
        told = {"disclosureControl": _told(policies[name], release, words.lang)}
        resources.append(replace(resource, extra=told))
        if pooled := release.pooled.get(name):
            resources.append(_pooled(resource, pooled, request))
    resources.append(_withheld(release.withheld, request))
    resources += code_resources(catalogue, used_codes(resources), words)
    files = csv_files(resources, request)
    closed = {n: p.why[words.lang] for n, p in policies.items() if p.kind == CLOSED}
    extra: dict[str, object] = {"status": "draft"} if draft else {}
    extra |= {"notPublished": closed} if closed else {}
    files[package.FILE] = package.describe("public", resources, files, catalogue, words, request.style, extra)
    return files | documents("public", resources, request, draft), release.published


def _told(policy: Policy, release: Release, lang: str) -> dict[str, object]:
    found: dict[str, object] = {"class": policy.kind, "owner": policy.owner, "reason": policy.why[lang]}
    if policy.kind == PROTECTED:
        found |= {"remedies": list(policy.remedies), "thresholds": list(policy.thresholds)}
    periods = [each.split(" ", 1)[1] for each in release.heuristic if each.split(" ", 1)[0] == policy.table]
    if periods:
        found["moreThanNeededMayBeHidden"] = periods  # the optimum took too long
    if policy.table in release.rounded:
        found["roundedTo"] = release.rounded[policy.table]
    return found


def _pooled(like: Resource, rows: Sequence[dict[str, str]], request: Request) -> Resource:
    """The same table over several years: the first column becomes two."""
    years = tuple(
        Field(name, "integer", *column_words(name, request.words)) for name in ("first_year", "last_year")
    )
    rest = like.fields[1:]
    return replace(
        like,
        name=f"{like.name}_pooled",
        title=request.words.text("export.pooled", title=like.title),
        fields=(*years, *rest),
        rows=tuple((*row["year"].split("/"), *(row[f.name] for f in rest)) for row in rows),
        key=(),
    )


def _withheld(found: Sequence[Withheld], request: Request) -> Resource:
    words = request.words
    columns = ("table", "year", "part", "attributes", "reason")
    return Resource(
        name="withheld",
        title=words.text("export.withheld.title"),
        meaning=words.text("export.withheld.meaning"),
        unit="",
        fields=tuple(column_field(name, None, (), request.catalogue, words) for name in columns),
        rows=tuple(
            (w.table, w.period, w.part, ", ".join(w.attributes), words.text(f"export.withheld.{w.reason}"))
            for w in found
        ),
    )
