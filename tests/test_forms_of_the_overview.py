"""HTML, DOCX and PDF of the overview say the same: numbers in order, headings, pictures with words, same bytes."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import docx as python_docx
import overview_frames
import pypdf
import pytest

from thb_analysis.publish import html, pdf
from thb_analysis.publish.comments import CommentsError, read_comments
from thb_analysis.publish.document import Paragraph, Picture, Publication
from thb_analysis.publish.docx import WHOLE, docx
from thb_analysis.publish.overview import ORDER, Overview
from thb_analysis.publish.reference import ReferenceError

NUMBER = re.compile(r"[<+−]?\d[\d\u00a0]*(?:[.,]\d+)*")
LANGUAGES = ("lv", "en")
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def overview(lang: str) -> Overview:
    made = Overview.of(
        overview_frames.tables(),
        overview_frames.findings(lang),
        overview_frames.revisions(),
        2023,
        2021,
        lang,
    )
    made.all_sections()
    return made


@pytest.fixture(scope="module")
def publications() -> dict[str, Publication]:
    return {lang: overview(lang).publication() for lang in LANGUAGES}


class Words(HTMLParser):
    """The text of the main part of a page, without what is only for the screen."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self._inside = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._inside |= tag == "main"
        if tag in ("td", "th", "p", "li", "dt", "dd", "h2", "h3", "caption", "span", "small"):
            self.words.append(" ")

    def handle_endtag(self, tag: str) -> None:
        self._inside &= tag != "main"
        if tag == "small":
            self.words.append(" ")

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.words.append(data)


def of_html(page: str) -> list[str]:
    return NUMBER.findall("".join(Words(page).words))


def of_docx(content: bytes, first: str) -> list[str]:
    tree = ElementTree.fromstring(zipfile.ZipFile(io.BytesIO(content)).read("word/document.xml"))
    paragraphs = ["".join(t.text or "" for t in p.iter(f"{W}t")) for p in tree.iter(f"{W}p")]
    start = len(paragraphs) - 1 - paragraphs[::-1].index(first)
    return NUMBER.findall("\n".join(paragraphs[start:-1]))


def of_pdf(content: bytes) -> list[str]:
    """Numbers of the text that is no artifact: page numbers and repeated header rows are."""
    found: list[str] = []
    for page in pypdf.PdfReader(io.BytesIO(content)).pages[1:]:
        nested = [0, 0]

        def before(
            operator: bytes, operands: list[object], matrix: object, text: object, nested: list[int] = nested
        ) -> None:
            if operator in (b"BDC", b"BMC"):
                nested[0] += 1
                if nested[1] or operands[0] == "/Artifact":
                    nested[1] += 1
            elif operator == b"EMC":
                nested[0] -= 1
                nested[1] = max(0, nested[1] - 1)

        parts: list[str] = []

        def text(
            part: str,
            matrix: object,
            line: object,
            font: object,
            size: object,
            nested: list[int] = nested,
            parts: list[str] = parts,
        ) -> None:
            if not nested[1]:
                parts.append(part)

        page.extract_text(visitor_operand_before=before, visitor_text=text)
        found.append("".join(parts))
    return NUMBER.findall("\n".join(found))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_same_numbers_in_the_same_order(publications: dict[str, Publication], lang: str) -> None:
    one = publications[lang]
    page = of_html(html.page(one))
    assert len(page) > 300
    assert of_docx(docx(one), one.sections[0].title) == page


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_pdf_has_the_numbers_of_the_page(publications: dict[str, Publication], lang: str) -> None:
    """Line breaks part some numbers from their neighbours, so these are compared as one row of digits."""
    one = publications[lang]
    page, printed = of_html(html.page(one)), of_pdf(pdf.pdf(one))
    digits = ["".join(re.findall(r"\d", "".join(numbers))) for numbers in (page, printed)]
    assert digits[0] == digits[1]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_docx_is_made_for_readers(publications: dict[str, Publication], lang: str) -> None:
    one = publications[lang]
    document = python_docx.Document(io.BytesIO(docx(one)))
    headings = [p.text for p in document.paragraphs if p.style.name == "Heading 1"]
    assert headings == [section.title for section in one.sections]
    assert any(p.style.name == "Caption" for p in document.paragraphs)
    for table in document.tables:
        assert table.rows[0]._tr.trPr.findall(f"{W}tblHeader"), "a header row that repeats"
    pictures = [block for part in one.sections for block in part.blocks if isinstance(block, Picture)]
    described = [shape._inline.docPr.get("descr") for shape in document.inline_shapes]
    assert described == [picture.alt for picture in pictures]
    styles = document.styles.element.xml
    assert f'w:val="{one.locale}"' in styles
    assert document.core_properties.title == one.title and document.core_properties.author == ""


def test_no_chart_of_the_overview_is_followed_by_another(publications: dict[str, Publication]) -> None:
    """Two of them fill no page: each would leave much of its own blank."""
    for part in publications["lv"].sections:
        charts = [isinstance(block, Picture) for block in part.blocks]
        assert (True, True) not in pairwise(charts)


def test_tables_of_the_docx_break_between_groups_of_rows(publications: dict[str, Publication]) -> None:
    document = python_docx.Document(io.BytesIO(docx(publications["lv"])))
    tied = [
        [row.cells[0].paragraphs[0].paragraph_format.keep_with_next is True for row in table.rows]
        for table in document.tables
    ]
    assert all(rows[0] for rows in tied), "a header row is never left alone"
    assert {rows[-1] for rows in tied} == {True, False}, (
        "the last row stays with the notes, where there are any"
    )
    assert all(all(rows[:-1]) for rows in tied if len(rows) <= 10), "a small table stays whole"
    assert all(rows.count(False) > 1 for rows in tied if len(rows) > 2 * WHOLE), "a large one may break"


def test_the_pdf_is_accessible_and_in_its_language(publications: dict[str, Publication]) -> None:
    reader = pypdf.PdfReader(io.BytesIO(pdf.pdf(publications["lv"])))
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"] and root["/Lang"] == "lv-LV" and "/StructTreeRoot" in root
    assert b"pdfuaid:part" in root["/Metadata"].get_data()
    assert "/CreationDate" not in (reader.metadata or {})


def test_a_picture_without_words_cannot_be_published(publications: dict[str, Publication]) -> None:
    """The compiler is the gate: it refuses what a screen reader could not tell."""
    one = publications["lv"]
    bad = [
        replace(part, blocks=tuple(replace(b, alt="") if isinstance(b, Picture) else b for b in part.blocks))
        for part in one.sections
    ]
    with pytest.raises(pdf.PdfError, match="alt"):
        pdf.pdf(replace(one, sections=tuple(bad)))


def test_same_bytes_twice(publications: dict[str, Publication]) -> None:
    one = publications["lv"]
    assert docx(one) == docx(one) and pdf.pdf(one) == pdf.pdf(one)


def test_every_derived_number_has_its_row(publications: dict[str, Publication]) -> None:
    page = html.page(publications["lv"])
    targets = set(re.findall(r'href="#(calc-\d+)"', page))
    assert targets and targets == set(re.findall(r'id="(calc-\d+)"', page))


# --- the reference document ----------------------------------------------------------------------------------


def test_a_ministry_may_replace_the_reference_document(
    publications: dict[str, Publication], tmp_path: Path
) -> None:
    own = tmp_path / "reference.docx"
    document = python_docx.Document()  # another program's own template
    document.styles["Heading 1"].font.name = "Georgia"
    document.save(str(own))
    made = python_docx.Document(io.BytesIO(docx(publications["lv"], own)))
    assert made.styles["Heading 1"].font.name == "Georgia"
    assert of_docx(docx(publications["lv"], own), publications["lv"].sections[0].title)


def test_a_file_that_is_no_document_is_refused_in_words(
    publications: dict[str, Publication], tmp_path: Path
) -> None:
    (tmp_path / "reference.docx").write_bytes(b"PK nothing")
    with pytest.raises(ReferenceError, match="reference document"):
        docx(publications["lv"], tmp_path / "reference.docx")


# --- the analyst's comments ----------------------------------------------------------------------------------


def test_comments_stand_at_their_places(tmp_path: Path) -> None:
    path = tmp_path / "2023" / "comments.lv.md"
    path.parent.mkdir()
    path.write_text(
        "# Comments\n\n## victims.start\n\nFirst **word**.\n\n- one\n- two\n\n## assets\n\nLast.\n", "utf-8"
    )
    made = overview("lv")
    made.comments = read_comments(path, [name.replace("_", "-") for name in ORDER])
    victims, assets = made.victims(), made.assets()
    assert any(isinstance(block, Paragraph) and block.role == "comment" for block in victims.blocks[1:3])
    assert isinstance(assets.blocks[-1], Paragraph) and assets.blocks[-1].runs[-1] == "Last."
    assert '<p class="comment"><strong>Analītiķa piezīme:</strong>' in html.section(victims)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("## nowhere\n\nWords.", "there is no place nowhere"),
        ("Words.\n\n## victims\n", "before the first place"),
        ("## victims\n\nCode 120385-12345.", "personal data"),
    ],
)
def test_comments_that_cannot_be_placed_are_refused(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "comments.lv.md"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CommentsError, match=said):
        read_comments(path, ["victims", "assets"])
