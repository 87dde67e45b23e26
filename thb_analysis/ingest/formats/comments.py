"""What a comment says, without what spreadsheet programs write around it."""

from __future__ import annotations

import re

#: What Excel writes before a comment that others can answer, for programs that show none such, in its own language.
_SHELL = re.compile(r"^\s*\[[^\]]*\][^\[]*linkid=870924\s*[^\n:]*:\s*")


def said(words: str, author: str = "") -> str:
    """A comment's text without the name of who wrote it, with which Excel begins a new one."""
    words = _SHELL.sub("", words)
    name = author.strip()
    return words.removeprefix(f"{name}:").lstrip() if name else words
