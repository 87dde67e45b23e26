"""A publication as a tagged PDF (PDF/UA-1) by typst: the same bytes every time, no network, no system fonts."""

from __future__ import annotations

import re
import tempfile
from functools import cache
from pathlib import Path
from typing import assert_never

from thb_analysis.publish.document import (
    Block,
    Bullets,
    Cards,
    Paragraph,
    Picture,
    Publication,
    Row,
    Runs,
    Section,
    Strong,
    Subheading,
    Table,
    Terms,
    plain,
    typeset,
)


class PdfError(RuntimeError):
    """A document that does not meet PDF/UA-1; the message is the compiler's."""


def pdf(publication: Publication) -> bytes:
    """The whole document.  Raises PdfError where the standard for accessible PDF is not met."""
    import typst

    pictures = [block for part in publication.sections for block in part.blocks if isinstance(block, Picture)]
    with tempfile.TemporaryDirectory(prefix="thb-") as name:
        folder = Path(name)
        for picture in pictures:
            (folder / f"{picture.key}.svg").write_text(picture.svg, encoding="utf-8", newline="\n")
        (folder / "main.typ").write_text(source(publication), encoding="utf-8", newline="\n")
        try:
            made = typst.compile(
                folder / "main.typ",
                root=folder,
                ignore_system_fonts=True,
                format="pdf",
                pdf_standards=["ua-1"],
                timestamp=0,
            )
        except typst.TypstError as error:
            raise PdfError(f"{error.message}\n{error.diagnostic}".strip().replace(f"{folder}", "")) from None
    assert isinstance(made, bytes)
    return made


def source(publication: Publication) -> str:
    """The document in typst's own language: the template, then the contents in order."""
    language, _, region = publication.locale.partition("-")
    settings = {
        "title": publication.title,
        "subtitle": publication.subtitle,
        "publisher": publication.publisher,
        "description": publication.description,
        "contents": publication.contents_title,
        "lang": language,
        "region": region,
    }
    given = "\n".join(f"  {name}: {_string(value)}," for name, value in settings.items())
    body = "\n\n".join(map(_section, publication.sections))
    footer = "\n\n".join(f"#closing[{_runs(runs)}]" for runs in publication.footer)
    return f"{_template()}\n#show: overview.with(\n{given}\n)\n\n{body}\n\n{footer}\n"


@cache
def _template() -> str:
    return (Path(__file__).parent / "page.typ").read_text(encoding="utf-8")


def _section(part: Section) -> str:
    blocks = "\n\n".join(map(_block, part.blocks))
    return f"#heading(level: 1)[{_text(part.title)}] <{_label(part.key)}>\n\n{blocks}"


def _block(block: Block) -> str:
    match block:
        case Paragraph(runs, role):
            return f"#{role}[{_runs(runs)}]" if role else _runs(runs)
        case Subheading(text):
            return f"#heading(level: 2)[{_text(text)}]"
        case Bullets(items):
            return "#list(\n" + "".join(f"  [{_runs(item)}],\n" for item in items) + ")"
        case Terms(items):
            return "\n\n".join(f"#term[{_text(term)}][{_runs(runs)}]" for term, runs in items)
        case Cards():
            return _cards(block)
        case Table():
            return _table(block)
        case Picture():
            return (
                f"#chart({_string(block.key + '.svg')}, {_string(block.alt)}, "
                f"[{_text(block.caption)}], [{_text(block.source)}])"
            )
    assert_never(block)


def _cards(cards: Cards) -> str:
    made = []
    for card in cards.items:
        lines = ", ".join(f"[{_runs(line)}]" for line in card.lines)
        made.append(
            f"  card([{_text(card.label)}], [{_runs(card.number)}], [{_text(card.unit)}], ({lines},)),\n"
            if lines
            else f"  card([{_text(card.label)}], [{_runs(card.number)}], [{_text(card.unit)}], ()),\n"
        )
    return "#cards(\n" + "".join(made) + ")"


def _table(table: Table) -> str:
    columns = ", ".join(_tracks(table))
    alignment = ", ".join(
        "left" if i == 0 or i in table.words else "right" for i in range(len(table.columns))
    )
    cells = [f"table.header({', '.join(f'[{_text(name)}]' for name in table.columns)}),"]
    for group in table.groups:
        if group.head:
            cells.append(f"group-head({len(table.columns)}, [{_text(group.head)}]),")
        cells += [_row(row) for row in group.rows]
    inner = "\n  ".join(cells)
    notes = "".join(f"\n#table-note[{_runs(note)}]" for note in table.notes)
    small = "true" if len(table.columns) > WIDE or _many_words(table) else "false"
    rows = sum(bool(group.head) + len(group.rows) for group in table.groups)
    whole = "true" if rows <= WHOLE else "false"
    noted = "true" if table.notes else "false"
    numbers = "".join(f"{_string(entry)}, " for entry in _longest_numbers(table))
    return (
        f"#data-table([{_text(table.caption)}], ({columns},), ({alignment},), numbers: ({numbers}), "
        f"small: {small}, whole: {whole}, noted: {noted},\n  {inner}\n){notes}"
    )


def _longest_numbers(table: Table) -> list[str]:
    """Of each column of numbers its heading and its longest entry."""
    found: list[str] = []
    for column, name in enumerate(table.columns):
        if column and column not in table.words:
            entries = [plain(row.cells[column - 1]) for group in table.groups for row in group.rows]
            found += [name, max(entries, key=len, default="")]
    return list(dict.fromkeys(filter(None, found)))


WHOLE = 16
"""Rows up to which a table is never broken between pages."""

WIDE = 8
"""Columns from which a table is set smaller."""

TEXT_TABLE = 300
"""Letters in a row from which a table is one of texts, set smaller."""


def _many_words(table: Table) -> bool:
    return any(
        sum(len(plain(runs)) for runs in (row.head, *row.cells)) > TEXT_TABLE
        for group in table.groups
        for row in group.rows
    )


def _row(row: Row) -> str:
    cells = [_runs(row.head), *map(_runs, row.cells)]
    return " ".join(f"[*{cell}*]," if row.total and cell else f"[{cell}]," for cell in cells)


def _tracks(table: Table) -> list[str]:
    """Columns of words by their share of the text; those of numbers (`none`) are measured by the template."""
    longest = {column: len(table.columns[column]) * 3 // 2 + 2 for column in {0, *table.words}}  # bold
    for group in table.groups:
        for row in group.rows:
            for column in longest:
                runs = row.head if column == 0 else row.cells[column - 1]
                longest[column] = max(longest[column], min(len(plain(runs)), MOST_WORDS))
    if len(longest) == len(table.columns):
        most = max(longest.values())
        return (
            ["1fr" if length == most else "auto" for length in longest.values()]
            if most < SHORT
            else [f"{length}fr" for _, length in sorted(longest.items())]
        )
    return [
        ("auto" if i and longest[i] < SHORT else f"{longest[i]}fr") if i in longest else "none"
        for i in range(len(table.columns))
    ]


SHORT = 24
"""Letters up to which columns of words need no more room than they take."""

MOST_WORDS = 60
"""Letters after which a column of words gets no wider."""


def _runs(runs: Runs) -> str:
    out = []
    for run in runs:
        text = _text(run if isinstance(run, str) else run.text)
        out.append(f"#strong[{text}]" if isinstance(run, Strong) else text)
    return "".join(out)


_MARKUP = re.compile(r"""([\\`*_#$\[\]<>@~=+/"'-])""")


def _text(text: str) -> str:
    """Words that typst takes as nothing but words."""
    escaped = _MARKUP.sub(r"\\\1", " ".join(re.split("[ \n\t]+", typeset(text))))
    return re.sub(r"^( ?)(\d+)\.", r"\1\2\\.", escaped)


def _string(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ") + '"'


def _label(key: str) -> str:
    return re.sub(r"[^A-Za-z0-9_-]", "-", key)
