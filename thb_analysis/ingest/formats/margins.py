"""What stands at the head and the foot of a sheet's pages: nobody sees it in its cells, everybody does on paper."""

from __future__ import annotations

import re
from html import unescape

_ROWS = b"sheetData"
_MARGIN = re.compile(rb"<(?:\w+:)?((?:odd|even|first)(?:Header|Footer))(?: [^>]*)?>([^<]*)</(?:\w+:)?\1>")
_PART = re.compile(r"&[LCR]")  #: a page's left, middle, and right
#: The font, size, colour, and look of what follows; the number of the page, the day, the file, and the like.
_CODE = re.compile(r'&(?:"[^"]*"|\d+|K[0-9A-Fa-f]{6}|K\d\d[+-]\d{3}|[A-Za-z])')
_HEAD_OR_FOOT = {
    f"style:{margin}{pages}" for margin in ("header", "footer") for pages in ("", "-left", "-first")
}
_OF_WORDS, _BETWEEN_WORDS = {"text:span", "text:a"}, {"text:s", "text:tab", "text:line-break"}


def margins_of(content: bytes) -> tuple[str, ...]:
    """The texts at the head and foot of the pages of a worksheet's part, each once, without codes."""
    after = content.rfind(_ROWS)
    tail = content[after:] if after >= 0 else b""
    if b"eader" not in tail and b"ooter" not in tail:
        return ()
    texts = [unescape(found[1].decode("utf-8", "replace")) for found in _MARGIN.findall(tail)]
    parts = (part for text in texts for part in _PART.split(text.replace("&&", "\0")))
    plain = (" ".join(_CODE.sub(" ", part).replace("\0", "&").split()) for part in parts)
    return tuple(dict.fromkeys(filter(None, plain)))


class MasterPages:
    """What OpenDocument's master pages have at their head and foot: handlers for the part that holds them."""

    def __init__(self) -> None:
        self._texts: dict[str, dict[str, None]] = {}
        self._page = ""
        self._margin = ""  # the head or foot that is open, unless it is not shown
        self._words: list[str] = []
        self._counted = 0  # fields that are open: the number of the page, the name of the sheet

    def of(self, page: str) -> tuple[str, ...]:
        """The texts of a page, each once."""
        return tuple(self._texts.get(page, ()))

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "style:master-page":
            self._page = attributes.get("style:name", "")
        elif tag in _HEAD_OR_FOOT and attributes.get("style:display") != "false":
            self._margin = tag
        elif tag == "text:p":
            self._words = []
        elif tag in _BETWEEN_WORDS:
            self._words.append(" ")
        elif tag.startswith("text:"):
            self._counted += tag not in _OF_WORDS

    def text(self, data: str) -> None:
        if self._margin and not self._counted:
            self._words.append(data)

    def end(self, tag: str) -> None:
        if tag == self._margin:
            self._margin = ""
        elif tag == "text:p" and self._margin:
            if plain := " ".join("".join(self._words).split()):
                self._texts.setdefault(self._page, {})[plain] = None
        elif tag.startswith("text:"):
            self._counted -= tag not in (*_OF_WORDS, *_BETWEEN_WORDS, "text:p")
