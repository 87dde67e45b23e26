"""The data dictionary: one page that says what every table, column and code means."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from thb_analysis.definitions import Catalogue
from thb_analysis.export.resources import Resource
from thb_analysis.language import Language

FILE = "dictionary.html"
_STYLE = """
:root { color-scheme: light dark; }
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 60rem; margin: 0 auto; padding: 1rem; }
table { border-collapse: collapse; width: 100%; margin: .5rem 0 1.5rem; }
caption { text-align: left; font-weight: 600; padding: .25rem 0; }
th, td { text-align: left; vertical-align: top; border-bottom: 1px solid #8886; padding: .3rem .6rem .3rem 0; }
code { font-size: .95em; }
.wide { overflow-x: auto; }
"""


def dictionary(resources: Sequence[Resource], catalogue: Catalogue, words: Language, name: str) -> bytes:
    """The page as HTML."""
    title = words.text("export.dictionary.title")
    tables = [each for each in resources if not each.folder]
    lists = [each for each in resources if each.folder]
    body = [
        f"<h1>{escape(title)}</h1>",
        f"<p>{escape(words.text(f'export.{name}.description'))}</p>",
        f"<p>{escape(words.text('export.missing'))}</p>",
        _links(words.text("export.dictionary.tables"), tables),
        _links(words.text("export.dictionary.codes"), lists),
        *(_described(each, words) for each in tables),
        *(_listed(each) for each in lists),
    ]
    page = (
        f'<!doctype html>\n<html lang="{words.lang}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>{escape(title)}</title>\n'
        f"<style>{_STYLE}</style>\n</head>\n<body>\n<main>\n"
        + "\n".join(body)
        + "\n</main>\n</body>\n</html>\n"
    )
    return page.encode()


def _links(title: str, resources: Sequence[Resource]) -> str:
    items = "".join(f'<li><a href="#{each.name}">{escape(each.title)}</a></li>' for each in resources)
    return f"<nav><h2>{escape(title)}</h2><ul>{items}</ul></nav>"


def _described(resource: Resource, words: Language) -> str:
    head = "".join(
        f'<th scope="col">{escape(words.text(f"export.dictionary.{each}"))}</th>'
        for each in ("column", "called", "type", "meaning", "code_list")
    )
    rows = []
    for each in resource.fields:
        codes = f'<a href="#codes_{each.codes}">{escape(each.codes)}</a>' if each.codes else ""
        kind = escape(words.text(f"export.dictionary.{each.type}"))
        rows.append(
            f'<tr><th scope="row"><code>{escape(each.name)}</code></th><td>{escape(each.title)}</td>'
            f"<td>{kind}</td><td>{escape(each.meaning)}</td><td>{codes}</td></tr>"
        )
    count = escape(words.text("export.dictionary.rows", n=len(resource.rows)))
    unit = f" {escape(words.text('export.dictionary.unit', unit=resource.unit))}" if resource.unit else ""
    return (
        f'<section id="{resource.name}"><h2>{escape(resource.title)}</h2><p>{escape(resource.meaning)}</p>'
        f"<p>{count}{unit} <code>{escape(resource.path)}</code></p>"
        f'<div class="wide"><table><caption>{escape(resource.name)}</caption><thead><tr>{head}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div></section>"
    )


def _listed(resource: Resource) -> str:
    head = "".join(f'<th scope="col">{escape(each.title)}</th>' for each in resource.fields)
    rows = "".join(
        "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in resource.rows
    )
    return (
        f'<section id="{resource.name}"><h2>{escape(resource.title)}</h2><div class="wide"><table>'
        f"<caption>{escape(resource.path)}</caption><thead><tr>{head}</tr></thead><tbody>{rows}</tbody>"
        "</table></div></section>"
    )
