"""A publication as one self-contained HTML page: no script, no request, the same bytes every time."""

from __future__ import annotations

import base64
from functools import cache
from html import escape
from pathlib import Path
from typing import assert_never

from thb_analysis.publish.document import (
    Absent,
    Block,
    Bullets,
    Cards,
    Derived,
    Figured,
    Link,
    Paragraph,
    Picture,
    Publication,
    Row,
    RowGroup,
    Run,
    Runs,
    Section,
    Source,
    Strong,
    Subheading,
    Table,
    Terms,
    plain,
    typeset,
)


def page(publication: Publication) -> str:
    """The whole page."""
    title = escape(f"{publication.title}. {publication.subtitle}")
    contents = "\n".join(
        f'<li><a href="#{escape(section.key)}">{escape(section.title)}</a></li>'
        for section in publication.sections
    )
    sections = "\n".join(section_html for section_html in map(section, publication.sections))
    footer = "\n".join(f"<p>{_runs(runs)}</p>" for runs in publication.footer)
    return f"""<!DOCTYPE html>
<html lang="{escape(publication.lang)}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="description" content="{escape(publication.description)}">
<title>{title}</title>
<style>
{_style()}</style>
</head>
<body>
<a class="skip" href="#main">{escape(publication.skip_text)}</a>
<header>
<p class="publisher">{escape(publication.publisher)}</p>
<h1>{escape(publication.title)}</h1>
<p class="subtitle">{escape(publication.subtitle)}</p>
</header>
<nav aria-labelledby="contents-title">
<h2 id="contents-title">{escape(publication.contents_title)}</h2>
<ol>
{contents}
</ol>
</nav>
<main id="main">
{sections}
</main>
<footer>
{footer}
</footer>
</body>
</html>
"""


def section(part: Section) -> str:
    """One section of the page."""
    blocks = "\n".join(map(_block, part.blocks))
    key = escape(part.key)
    return (
        f'<section id="{key}" aria-labelledby="{key}-title">\n'
        f'<h2 id="{key}-title">{escape(part.title)}</h2>\n{blocks}\n</section>'
    )


def _block(block: Block) -> str:
    match block:
        case Paragraph(runs, role):
            return f'<p class="{escape(role)}">{_runs(runs)}</p>' if role else f"<p>{_runs(runs)}</p>"
        case Subheading(text, key):
            return f'<h3 id="{escape(key)}">{escape(text)}</h3>' if key else f"<h3>{escape(text)}</h3>"
        case Bullets(items):
            return "<ul>\n" + "\n".join(f"<li>{_runs(item)}</li>" for item in items) + "\n</ul>"
        case Terms(items):
            pairs = (f"<div><dt>{escape(term)}</dt><dd>{_runs(runs)}</dd></div>" for term, runs in items)
            return "<dl>\n" + "\n".join(pairs) + "\n</dl>"
        case Cards():
            return _cards(block)
        case Table():
            return _table(block)
        case Picture():
            return _picture(block)
    assert_never(block)


def _cards(cards: Cards) -> str:
    out = []
    for card in cards.items:
        lines = "".join(f'<p class="context">{_runs(line)}</p>' for line in card.lines)
        out.append(
            f'<li><h3>{escape(card.label)}</h3><p class="headline"><span>{_runs(card.number)}</span> '
            f"<small>{escape(card.unit)}</small></p>{lines}</li>"
        )
    return '<ul class="cards">\n' + "\n".join(out) + "\n</ul>"


def _table(table: Table) -> str:
    key, caption = escape(table.key), escape(typeset(table.caption))
    head = "".join(
        f'<th scope="col"{_column_class(table, i)}>{escape(name)}</th>'
        for i, name in enumerate(table.columns)
    )
    bodies = "\n".join(_row_group(table, group) for group in table.groups)
    notes = "".join(f"<p>{_runs(note)}</p>" for note in table.notes)
    return (
        f'<div class="table" role="region" aria-labelledby="{key}-caption" tabindex="0">\n'
        f'<table id="{key}"{_number_width(table)}>\n<caption id="{key}-caption"><span>{caption}</span></caption>\n'
        f"<thead><tr>{head}</tr></thead>\n"
        f"{bodies}\n</table>\n</div>" + (f'\n<div class="notes">{notes}</div>' if notes else "")
    )


def _number_width(table: Table) -> str:
    """The letters of the longest entry in the columns of numbers: the style sheet makes them all as wide."""
    columns = [i for i in range(1, len(table.columns)) if i not in table.words]
    entries = [table.columns[i] for i in columns]
    for cell in (row.cells[i - 1] for group in table.groups for row in group.rows for i in columns):
        whole = not any(isinstance(run, Absent) for run in cell)
        entries += [plain(cell)] if whole else plain(cell).split()  # why there is none may take two lines
    return f' style="--letters: {max(map(len, entries))}"' if entries else ""


def _row_group(table: Table, group: RowGroup) -> str:
    rows = "\n".join(_row(table, row) for row in group.rows)
    if group.head:
        width = len(table.columns)
        head = f'<tr class="group"><th scope="rowgroup" colspan="{width}">{escape(group.head)}</th></tr>\n'
        return f"<tbody>\n{head}{rows}\n</tbody>"
    return f"<tbody>\n{rows}\n</tbody>"


def _row(table: Table, row: Row) -> str:
    key = f' id="{escape(row.key)}"' if row.key else ""
    kind = ' class="total"' if row.total else ""
    cells = "".join(f"<td{_column_class(table, i)}>{_runs(runs)}</td>" for i, runs in enumerate(row.cells, 1))
    return f'<tr{key}{kind}><th scope="row">{_runs(row.head)}</th>{cells}</tr>'


def _column_class(table: Table, column: int) -> str:
    return "" if column == 0 or column in table.words else ' class="n"'


def _picture(picture: Picture) -> str:
    data = base64.b64encode(picture.svg.encode("utf-8")).decode("ascii")
    return (
        f'<figure id="{escape(picture.key)}">\n<div class="picture" role="region" tabindex="0" '
        f'aria-labelledby="{escape(picture.key)}-caption">'
        f'<img src="data:image/svg+xml;base64,{data}" alt="{escape(picture.alt)}"></div>\n'
        f'<figcaption id="{escape(picture.key)}-caption"><strong>{escape(picture.caption)}</strong> '
        f"<span>{escape(picture.source)}</span></figcaption>\n</figure>"
    )


def _runs(runs: Runs) -> str:
    return "".join(map(_run, runs))


def _run(run: Run) -> str:
    match run:
        case str():
            return escape(typeset(run), quote=False)
        case Figured(text, value, source, description):
            number = f'<data value="{escape(value)}">{escape(text)}</data>'
            return _cited(number, source, description)
        case Derived(text, value, key, description):
            return (
                f'<a class="q d" href="#{escape(key)}" title="{escape(description)}">'
                f'<data value="{escape(value)}">{escape(text)}</data></a>'
            )
        case Absent(text, status, meaning, source, description):
            mark = f'<span class="absent {escape(status)}" title="{escape(meaning)}">{escape(text)}</span>'
            return _cited(mark, source, description) if source else mark
        case Link(text, target):
            return f'<a href="#{escape(target)}">{escape(text)}</a>'
        case Strong(text):
            return f"<strong>{escape(typeset(text))}</strong>"
    assert_never(run)


def _cited(inner: str, source: Source, description: str) -> str:
    return f'<a class="q" href="#{escape(source.key)}" title="{escape(description)}">{inner}</a>'


@cache
def _style() -> str:
    return (Path(__file__).parent / "page.css").read_text(encoding="utf-8")
