"""What stands at the head and the foot of a sheet's pages: nobody sees it in its cells, everybody does on paper."""

from __future__ import annotations

import re
from html import unescape

_ROWS = b"sheetData"
_MARGIN = re.compile(rb"<(?:\w+:)?((?:odd|even|first)(?:Header|Footer))(?: [^>]*)?>([^<]*)</(?:\w+:)?\1>")
_PART = re.compile(r"&[LCR]")  #: a page's left, middle, and right
#: The font, size, colour, and look of what follows; the number of the page, the day, the file, and the like.
_CODE = re.compile(r'&(?:"[^"]*"|\d+|K[0-9A-Fa-f]{6}|K\d\d[+-]\d{3}|[A-Za-z])')


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
