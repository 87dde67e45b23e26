"""The part of docs/reading.md that lists every finding with its words.  `python -m tests.reading` writes it anew."""

from __future__ import annotations

import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "reading.md"
START, END = "<!-- messages -->\n", "<!-- end -->\n"
PARTS = {
    "book": "Files and cells",
    "recognise": "Tables and figures",
    "tidy": "What workbooks say together",
    "forms": "Request forms",
}


def messages() -> str:
    """Tables of code, severity and message in both languages, one a file of findings."""
    lines = []
    for part, name in PARTS.items():
        path = ROOT / "thb_analysis" / "catalogue" / "findings" / f"{part}.toml"
        lines += [f"### {name}", "", "| code | | in English | latviski |", "|---|---|---|---|"]
        for code, finding in tomllib.loads(path.read_text(encoding="utf-8")).items():
            said = (finding[lang]["message"].replace("|", r"\|") for lang in ("en", "lv"))
            lines.append(f"| `{code}` | {finding['severity']} | {' | '.join(said)} |")
        lines.append("")
    return "\n".join(lines)


def page_with_messages() -> str:
    """The page as it has to be."""
    before, rest = PAGE.read_text(encoding="utf-8").split(START)
    return before + START + "\n" + messages() + "\n" + END + rest.split(END)[1]


if __name__ == "__main__":
    PAGE.write_text(page_with_messages(), encoding="utf-8", newline="\n")
