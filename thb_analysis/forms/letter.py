"""A polite letter with the questions about an answer."""

from __future__ import annotations

from collections.abc import Sequence

from thb_analysis.findings import Finding
from thb_analysis.forms.annotate import CONSEQUENCES, MARKED, asked
from thb_analysis.forms.docx import document, paragraph, table
from thb_analysis.language import Language

WIDTHS = (600, 2200, 6200)  #: of the table of questions


def letter(
    institution: str, year: int, file: str, findings: Sequence[Finding], missing: Sequence[str], lang: str
) -> bytes:
    """The letter as docx.  `missing` are the titles of tables that are still owed."""
    language = Language(lang)

    def text(key: str, **params: object) -> str:
        return language.text(f"forms.letter.{key}", **params)

    told = [f for f in findings if f.severity in MARKED and f.code not in CONSEQUENCES]
    addressee = language.label("institution", institution) if institution else text("addressee")
    title = text("subject", year=year)
    body = [
        paragraph(text("from"), "Right"),
        paragraph(addressee, "Right"),
        paragraph(text("date"), "Right"),
        paragraph(title, "Title"),
        paragraph(text("greeting")),
        paragraph(text("thanks", year=year, file=file)),
    ]
    if told:
        body.append(paragraph(text("questions", n=len(told))))
        rows = [
            (str(n), _place(finding, language), asked(finding, language)) for n, finding in enumerate(told, 1)
        ]
        head = (text("head.number"), text("head.place"), text("head.question"))
        body += [table(head, rows, WIDTHS), paragraph("")]
    else:
        body.append(paragraph(text("no_questions")))
    if missing:
        body.append(paragraph(text("missing", n=len(missing))))
        body += [paragraph(f"– {name}") for name in missing]
    if told or missing:
        body.append(paragraph(text("reply")))
    body += [paragraph(text("no_personal")), paragraph(text("closing"))]
    return document(body, title, lang)


def _place(finding: Finding, language: Language) -> str:
    if not finding.sheet:
        return language.text("forms.letter.whole")
    return f"{finding.sheet}\n{finding.cell}" if finding.cell else finding.sheet
