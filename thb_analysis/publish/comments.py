"""The analyst's own paragraphs: read from a Markdown file beside the report, placed in named sections.

`reports/<year>/comments.<language>.md` has a heading for each place (`## victims`), then paragraphs, lists
with `-`, and words in `**bold**`.  A place is the key of a section; its paragraphs stand at the section's end,
or right after its opening with `## victims.start`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from thb_analysis.ingest.people import personal
from thb_analysis.publish.document import Block, Bullets, Paragraph, Runs, Section, Strong

START = ".start"


class CommentsError(ValueError):
    """A file of comments that cannot be placed or must not be published; the message says what to do."""


def read_comments(path: Path, places: Sequence[str]) -> dict[str, tuple[Block, ...]]:
    """The paragraphs of a file by place; none when there is no file.

    Raises CommentsError for a place that the overview has not, for words before the first place, and for
    personal codes.
    """
    if not path.is_file():
        return {}
    text = path.read_text(encoding="utf-8-sig")
    text = re.sub(r"<!--.*?-->", "", text, flags=re.DOTALL)
    parts = re.split(r"^##[ \t]+(.+?)[ \t]*$", text, flags=re.MULTILINE)
    opening = re.sub(r"^#[ \t].*$", "", parts[0], flags=re.MULTILINE).strip()
    if opening:
        raise CommentsError(
            f"{path.name}: words before the first place: “{opening[:40]}”. Put ## PLACE above"
        )
    found: dict[str, tuple[Block, ...]] = {}
    for place, body in zip(parts[1::2], parts[2::2], strict=True):
        if place.removesuffix(START) not in places:
            raise CommentsError(f"{path.name}: there is no place {place}; there are {', '.join(places)}")
        if personal(body):
            raise CommentsError(f"{path.name}, {place}: personal data do not belong in a public overview")
        found[place] = (*found.get(place, ()), *_blocks(body))
    return found


def placed(section: Section, comments: Mapping[str, tuple[Block, ...]], label: str) -> Section:
    """A section with the analyst's paragraphs after its opening and at its end, each group under a label."""
    first, last = (_labelled(comments.get(place, ()), label) for place in (section.key + START, section.key))
    if not first and not last:
        return section
    blocks = section.blocks
    lead = 1 if blocks and isinstance(blocks[0], Paragraph) else 0
    return replace(section, blocks=(*blocks[:lead], *first, *blocks[lead:], *last))


def _labelled(blocks: tuple[Block, ...], label: str) -> tuple[Block, ...]:
    """Said once before the paragraphs, so that nobody takes them for the program's."""
    if blocks and isinstance(blocks[0], Paragraph):
        return (replace(blocks[0], runs=(Strong(label), " ", *blocks[0].runs)), *blocks[1:])
    return (Paragraph((Strong(label),), "comment"), *blocks) if blocks else ()


def _blocks(body: str) -> tuple[Block, ...]:
    made: list[Block] = []
    for part in re.split(r"\n[ \t]*\n", body.strip()):
        lines = [line.strip() for line in part.splitlines() if line.strip()]
        if lines and all(line.startswith(("- ", "* ")) for line in lines):
            made.append(Bullets(tuple(_runs(line[2:]) for line in lines)))
        elif lines:
            made.append(Paragraph(_runs(" ".join(lines)), "comment"))
    return tuple(made)


def _runs(text: str) -> Runs:
    parts = re.split(r"\*\*(.+?)\*\*", text)
    return tuple(Strong(part) if place % 2 else part for place, part in enumerate(parts) if part)
