"""A publication as a DOCX: real styles, header rows, text alternatives, the same bytes every time.

The look comes from a reference document, which an editor can replace: its styles, page, header and footer are
taken, its text is not.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html import escape as escape_html
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
from thb_analysis.publish.reference import Reference

EMU_PER_TWIP = 635
WHOLE = 10
"""Rows up to which a table, or a group of its rows, stays on one page."""
APART = 160
"""Twips by which words right after a number stand off from it."""
SHORT = 24
"""Letters up to which words beside numbers stay on one line."""
MOST_WORDS = 48
"""Letters after which a column of words gets no wider."""


def docx(publication: Publication, reference: Path | None = None) -> bytes:
    """The whole document.  Raises ReferenceError for a reference document that cannot serve."""
    writer = _Writer(Reference.open(reference))
    body = "".join(writer.publication(publication))
    return writer.reference.package(
        body, writer.pictures, publication.title, publication.description, publication.locale
    )


@dataclass
class _Writer:
    reference: Reference
    pictures: list[bytes] = field(default_factory=list)
    bookmarks: int = 0

    # -- the whole -----------------------------------------------------------------------------------------

    def publication(self, publication: Publication) -> Iterator[str]:
        yield self.paragraph("publisher", _text(publication.publisher))
        yield self.paragraph("title", _text(publication.title))
        yield self.paragraph("subtitle", _text(publication.subtitle))
        yield self.paragraph("contents", _text(publication.contents_title))
        yield from self.contents(publication.sections)
        for section in publication.sections:
            yield self.heading("heading 1", section.title, section.key)
            for block in section.blocks:
                yield from self.block(block)
        for runs in publication.footer:
            yield self.paragraph("note", _runs(runs))

    def contents(self, sections: tuple[Section, ...]) -> Iterator[str]:
        """A list of contents that a word processor can bring up to date, filled in already."""
        begin = (
            '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
            '<w:r><w:instrText xml:space="preserve"> TOC \\o "1-1" \\n \\h </w:instrText></w:r>'
            '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
        )
        end = '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
        for place, section in enumerate(sections):
            link = f'<w:hyperlink w:anchor="{_anchor(section.key)}">{_text(section.title)}</w:hyperlink>'
            yield self.paragraph(
                "toc 1", (begin if place == 0 else "") + link + (end if place == len(sections) - 1 else "")
            )

    def block(self, block: Block) -> Iterator[str]:
        match block:
            case Paragraph(runs, role):
                yield self.paragraph(role or "normal", _runs(runs))
            case Subheading(text, key):
                yield self.heading("heading 2", text, key)
            case Bullets(items):
                for item in items:
                    yield self.paragraph("list bullet", _runs(item))
            case Terms(items):
                for term, runs in items:
                    yield self.paragraph("normal", _text(f"{term}: ", bold=True) + _runs(runs))
            case Cards():
                yield from self.table(_cards_as_table(block), lead=True)
            case Table():
                yield from self.table(block)
            case Picture():
                yield from self.picture(block)
            case _:
                assert_never(block)

    # -- parts ---------------------------------------------------------------------------------------------

    def paragraph(self, role: str, inner: str, properties: str = "") -> str:
        style = f'<w:pStyle w:val="{self.reference.style(role)}"/>'
        return f"<w:p><w:pPr>{style}{properties}</w:pPr>{inner}</w:p>"

    def heading(self, role: str, text: str, key: str) -> str:
        if not key:
            return self.paragraph(role, _text(text))
        self.bookmarks += 1
        start = f'<w:bookmarkStart w:id="{self.bookmarks}" w:name="{_anchor(key)}"/>'
        return self.paragraph(role, f'{start}{_text(text)}<w:bookmarkEnd w:id="{self.bookmarks}"/>')

    def table(self, table: Table, lead: bool = False) -> Iterator[str]:
        widths = _widths(table, self.reference.text_width)
        if table.caption:
            yield self.paragraph("caption", _text(table.caption), "<w:keepNext/>")
        look = 'w:val="0420" w:firstRow="1" w:lastRow="0" w:firstColumn="0" w:lastColumn="0" w:noHBand="0"'
        caption = escape(table.caption or " / ".join(table.columns))
        properties = (
            f'<w:tblPr><w:tblStyle w:val="{self.reference.style("table")}"/>'
            f'<w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:tblLayout w:type="fixed"/>'
            f'<w:tblLook {look} w:noVBand="1"/><w:tblCaption w:val="{caption}"/></w:tblPr>'
        )
        grid = "<w:tblGrid>" + "".join(f'<w:gridCol w:w="{width}"/>' for width in widths) + "</w:tblGrid>"
        rows = [self.row(table, widths, [(name,) for name in table.columns], header=True)]
        whole = sum(bool(group.head) + len(group.rows) for group in table.groups) <= WHOLE
        tied = _tied([len(group.rows) for group in table.groups], whole, bool(table.notes))
        for group in table.groups:
            if group.head:
                span = f'<w:tcW w:w="{sum(widths)}" w:type="dxa"/><w:gridSpan w:val="{len(widths)}"/>'
                cell = self.paragraph("table text", _text(group.head, bold=True), "<w:keepNext/>")
                rows.append(
                    f"<w:tr><w:trPr><w:cantSplit/></w:trPr><w:tc><w:tcPr>{span}</w:tcPr>{cell}</w:tc></w:tr>"
                )
            rows += [
                self.row(table, widths, [row.head, *row.cells], bold=row.total, tied=next(tied))
                for row in group.rows
            ]
        yield f"<w:tbl>{properties}{grid}{''.join(rows)}</w:tbl>"
        for number, note in enumerate(table.notes, 1):
            keep = "<w:keepNext/>" if number < len(table.notes) else ""
            yield self.paragraph("table note", _runs(note), keep)
        if not table.notes:
            yield self.paragraph("table note", "")

    def row(
        self,
        table: Table,
        widths: list[int],
        cells: list[Runs],
        header: bool = False,
        bold: bool = False,
        tied: bool = False,
    ) -> str:
        """A row; one that is `tied` stays on the page of the next."""
        made = []
        keep = "<w:keepNext/>" if tied or header else ""
        for column, (runs, width) in enumerate(zip(cells, widths, strict=True)):
            right = column > 0 and column not in table.words
            after_number = column > 1 and not right and column - 1 not in table.words
            side = '<w:jc w:val="right"/>' if right else f'<w:ind w:left="{APART}"/>' if after_number else ""
            inner = self.paragraph("table text", _runs(runs, bold=bold or header), keep + side)
            made.append(f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr>{inner}</w:tc>')
        repeat = "<w:tblHeader/>" if header else ""
        return f"<w:tr><w:trPr><w:cantSplit/>{repeat}</w:trPr>{''.join(made)}</w:tr>"

    def picture(self, picture: Picture) -> Iterator[str]:
        self.pictures.append(picture.png)
        number = len(self.pictures)
        pixels = struct.unpack(">II", picture.png[16:24])
        wide = self.reference.text_width * EMU_PER_TWIP
        high = wide * pixels[1] // pixels[0]
        name, alt = escape(picture.key), escape(picture.alt)
        drawing = (
            '<w:r><w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0">'
            f'<wp:extent cx="{wide}" cy="{high}"/>'
            f'<wp:docPr id="{number}" name="{name}" descr="{alt}"/>'
            '<a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture">'
            f'<pic:pic><pic:nvPicPr><pic:cNvPr id="{number}" name="{name}" descr="{alt}"/><pic:cNvPicPr/>'
            f'</pic:nvPicPr><pic:blipFill><a:blip r:embed="rIdPicture{number}"/>'
            "<a:stretch><a:fillRect/></a:stretch></pic:blipFill>"
            f'<pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="{wide}" cy="{high}"/></a:xfrm>'
            '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr></pic:pic>'
            "</a:graphicData></a:graphic></wp:inline></w:drawing></w:r>"
        )
        yield self.paragraph("figure", drawing, "<w:keepNext/>")
        yield self.paragraph("caption", _text(picture.caption), "<w:keepNext/>")
        yield self.paragraph("table note", _text(picture.source))


def _tied(groups: Sequence[int], whole: bool, noted: bool) -> Iterator[bool]:
    """For each row of a table whether it stays with the next: all where the table stays whole, else those of a group,
    and of a long one the first two and the last two; the last of all stays with the notes, where there are any.
    """
    for number, count in enumerate(groups):
        for place in range(count):
            if place == count - 1:
                yield noted if number == len(groups) - 1 else whole
            else:
                yield whole or count <= WHOLE or place in (0, count - 2)


def _cards_as_table(cards: Cards) -> Table:
    """Headline figures as a table: what, how many, and beside what."""
    from thb_analysis.publish.document import RowGroup

    rows = []
    for card in cards.items:
        beside: list[Runs] = []
        for line in card.lines:
            beside += [("; ",)] if beside else []
            beside.append(line)
        number = (*card.number, f" {card.unit}" if card.unit else "")
        rows.append(Row((card.label,), (number, tuple(run for runs in beside for run in runs))))
    return Table("key-figures", "", cards.columns, (RowGroup(tuple(rows)),), words=frozenset({1, 2}))


def _widths(table: Table, whole: int) -> list[int]:
    """Widths in twips by the longest texts of the columns, which fill the page together."""
    lengths = [len(name) for name in table.columns]
    longest_word = [max(map(len, name.split()), default=1) for name in table.columns]
    for group in table.groups:
        for row in group.rows:
            for column, runs in enumerate((row.head, *row.cells)):
                text = plain(runs)
                lengths[column] = max(lengths[column], len(text))
                words = [len(word) for word in re.split(r"[ \n-]", text)]
                longest_word[column] = max(longest_word[column], *words)
    # 110 twips hold a letter of a wide fallback font, 130 a bold digit of a year, 240 the margins: none may break
    least = []
    for column, (word, length) in enumerate(zip(longest_word, lengths, strict=True)):
        if column and column not in table.words:
            room = word * 110 + 80
        elif column and length < SHORT:
            room = length * 105 + APART
        else:
            room = word * 110 + (APART if column else 0)
        least.append(min(room + 240, whole // 2))
    wanted = [max(min(length, MOST_WORDS) * 100, 500) for length in lengths]
    numbers = [i for i in range(1, len(table.columns)) if i not in table.words]
    widest = max((least[i] for i in numbers), default=0)
    if (
        widest * len(numbers) <= whole * 3 // 4
    ):  # columns of numbers as wide as the widest needs, and no wider
        for column in numbers:
            least[column], wanted[column] = widest, widest
    spare = whole - sum(least)
    if spare < 0:
        return [width * whole // sum(least) for width in least]
    more = [max(want - low, 1) for want, low in zip(wanted, least, strict=True)]
    widths = [low + spare * part // sum(more) for low, part in zip(least, more, strict=True)]
    widths[0] += whole - sum(widths)
    return widths


def _runs(runs: Runs, bold: bool = False) -> str:
    return "".join(
        _text(run if isinstance(run, str) else run.text, bold=bold or isinstance(run, Strong)) for run in runs
    )


def _text(text: str, bold: bool = False) -> str:
    if not text:
        return ""
    look = "<w:rPr><w:b/></w:rPr>" if bold else ""
    return f'<w:r>{look}<w:t xml:space="preserve">{escape(typeset(text))}</w:t></w:r>'


_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")


def escape(text: str) -> str:
    """For XML: markup escaped, characters that XML cannot hold left out."""
    return escape_html(_UNWRITABLE.sub("", text))


def _anchor(key: str) -> str:
    """A bookmark's name: letters, digits and underscores, forty at most."""
    return ("_" + re.sub(r"[^A-Za-z0-9]", "_", key))[:40]
