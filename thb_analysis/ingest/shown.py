"""What a number format shows of a number: a person reads that, and not what is stored."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from operator import eq, ge, gt, le, lt, ne

NOTHING = (
    ";;;"  #: the format that shows nothing; letters in the colour of their ground are no more to be seen
)
_BETWEEN_DIGITS = re.compile("(?<=[0-9])[ .,'’\xa0\u2009\u202f](?=[0-9])")
_FAITHFUL = re.compile(r"-?(?:General|(?:[#?]+[ ,\xa0]?)*[#?]*0+(?:\.0+)?)", re.IGNORECASE)
#: A piece of a format: text in quotes, one character, room for one, a filling, a bracket, the places of digits.
_PIECE = re.compile(
    r'"(?P<quoted>[^"]*)"?|\\(?P<one>.)|_(?P<room>.)|\*(?P<filling>.)|\[(?P<bracket>[^\]]*)\]|(?P<general>General|@)'
    r"|(?P<places>[0#?.](?:[0#?., \xa0]*[0#?.,])?)|(?P<end>;)|(?P<plain>.)",
    re.IGNORECASE | re.DOTALL,
)
_CONDITION = re.compile(r"(<=|>=|<>|<|>|=)\s*(-?\d+(?:\.\d+)?)")
_TESTS: dict[str, Callable[[Decimal, Decimal], bool]] = {
    "<=": le, ">=": ge, "<>": ne, "<": lt, ">": gt, "=": eq,
}  # fmt: skip


class _Section:
    """One part of a format, between semicolons."""

    def __init__(self) -> None:
        self.pieces: list[tuple[str, str]] = []  #: literal text, or the places of the digits
        self.condition: tuple[str, Decimal] | None = None
        self.percents = 0
        self.white = False

    @property
    def places(self) -> list[str]:
        return [text for kind, text in self.pieces if kind == "places"]


@lru_cache(maxsize=2_000)
def is_faithful(code: str) -> bool:
    """Whether a format shows each number as itself, at most rounded: nothing hidden, scaled or written beside it."""
    return code == "" or all(_FAITHFUL.fullmatch(section) for section in code.split(";"))


@lru_cache(maxsize=20_000)
def shown(code: str, number: Decimal) -> str | None:
    """The text that a cell of this format shows for a number; None where it is more than digits and text.

    >>> shown('"<"0', Decimal(5)), shown("0;;", Decimal(0)), shown("#,##0,", Decimal(12000))
    ('<5', '', '12')
    """
    section, signed = _section(_sections(code), number)
    if section.white:
        return ""
    if len(section.places) > 1 or ("plain", "/") in section.pieces or ("plain", "E") in section.pieces:
        return None
    size = abs(number) * 100**section.percents
    text = "".join(
        _digits(text, size) if kind == "places" else _general(size) if kind == "general" else text
        for kind, text in section.pieces
    )
    return ("-" if number < 0 and signed else "") + text.strip()


@lru_cache(maxsize=2_000)
def hides_texts(code: str) -> bool:
    """Whether a format shows nothing of a text: its fourth section is empty."""
    sections = _sections(code)
    return len(sections) > 3 and not any(text.strip() for _, text in sections[3].pieces)


def is_whole(code: str, text: str) -> bool:
    """Whether a format shows all decimals of a stored number."""
    return code == "" or "." not in text or rounded(code, Decimal(text)) == Decimal(text)


def is_rounded(text: str, number: str) -> bool:
    """Whether a text is a number as people write it, at most rounded, whatever they part its digits by."""
    digits = _BETWEEN_DIGITS.sub("", text.strip())
    if not digits.removeprefix("-").isdigit():
        return False
    stored = Decimal(number)
    most = min(len(digits), 15)
    return any(
        format(stored.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP), "f").replace(".", "") == digits
        for places in range(most)
    )


def rounded(code: str, number: Decimal) -> Decimal:
    """The number with as many decimals as the format shows."""
    section, _ = _section(_sections(code), number)
    if len(section.places) != 1 or section.places[0].rstrip().endswith(","):
        return number
    return number.quantize(Decimal(1).scaleb(-_decimals(section.places[0])), ROUND_HALF_UP)


def _general(size: Decimal) -> str:
    """A number without a format of its own."""
    return format(size.normalize(), "f")


@lru_cache(maxsize=2_000)
def _sections(code: str) -> tuple[_Section, ...]:
    found = [_Section()]
    for match in _PIECE.finditer(code):
        kind, text = str(match.lastgroup), match[str(match.lastgroup)]
        section = found[-1]
        if kind == "end":
            found.append(_Section())
        elif kind == "bracket":
            tested = _CONDITION.fullmatch(text.strip())
            if tested:
                section.condition = tested[1], Decimal(tested[2])
            elif text.lower() == "white":
                section.white = True
            elif text.startswith("$"):
                section.pieces.append(("text", text[1:].split("-")[0]))
        elif kind == "room":
            section.pieces.append(("text", " "))
        elif kind in ("places", "general"):
            section.pieces.append((kind, text))
        elif kind != "filling":
            section.percents += kind == "plain" and text == "%"
            section.pieces.append((kind if kind == "plain" else "text", text))
    return tuple(found)


def _section(sections: tuple[_Section, ...], number: Decimal) -> tuple[_Section, bool]:
    """The section that a number falls into, and whether its sign is written before it."""
    if any(section.condition for section in sections):
        for section in sections:
            if section.condition is None or _TESTS[section.condition[0]](number, section.condition[1]):
                return section, True
        return sections[-1], True
    if number == 0 and len(sections) > 2:
        return sections[2], False
    if number < 0 and len(sections) > 1:
        return sections[1], False
    return sections[0], True


def _decimals(places: str) -> int:
    return sum(character in "0#?" for character in places.partition(".")[2])


def _digits(places: str, size: Decimal) -> str:
    """The digits of a number in their places: rounded, scaled by the commas behind the last one."""
    bare = places.rstrip()
    whole = bare.partition(".")[0]
    thousands = len(bare) - len(bare.rstrip(",")) or (len(whole) - len(whole.rstrip(",")))
    size = (size / 1000**thousands).quantize(Decimal(1).scaleb(-_decimals(places)), ROUND_HALF_UP)
    first, _, rest = format(size, "f").partition(".")
    first = first.lstrip("0").rjust(whole.count("0"), "0")
    behind = bare.partition(".")[2]
    while rest.endswith("0") and behind.rstrip(",")[len(rest) - 1 : len(rest)] in ("#", "?"):
        rest = rest[:-1]
    return first + (f".{rest}" if rest else "")
