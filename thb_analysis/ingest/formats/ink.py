"""Whether anybody sees what is written in a cell: the colour of its letters on its ground, and their size."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

Colour = (
    tuple[float, ...] | str | None
)  #: red, green, blue; a name where only the theme knows; None for none known

BLACK, WHITE = (0.0, 0.0, 0.0), (255.0, 255.0, 255.0)
NEAREST = 16  #: of 255: letters that differ from their ground by no more are not seen
SMALLEST = 3.0  #: points: smaller letters are specks
#: The theme's first colours and those of the old palette that are black and white.
_BY_THEME = {"0": WHITE, "1": BLACK}
_BY_INDEX = {"0": BLACK, "8": BLACK, "1": WHITE, "9": WHITE}


def colour_of(attributes: Mapping[str, str]) -> Colour:
    """A colour as an xlsx workbook names it; letters without any are black."""
    tint = _number(attributes.get("tint", "0"))
    if "rgb" in attributes:
        plain = hexadecimal(attributes["rgb"])
    elif "theme" in attributes:
        plain = _BY_THEME.get(attributes["theme"], f"theme {attributes['theme']} {tint}")
    elif "indexed" in attributes:
        plain = _BY_INDEX.get(attributes["indexed"], f"indexed {attributes['indexed']} {tint}")
    else:
        plain = None
    if not tint or not isinstance(plain, tuple):
        return plain
    towards = 255 if tint > 0 else 0  # a tint is so much of the way to white, or to black
    return tuple(part + (towards - part) * abs(tint) for part in plain)


def hexadecimal(text: str) -> Colour:
    """The colour of six digits, such as `#FFFFFF`; what stands before them says how much shines through."""
    digits = text.lstrip("#")[-6:]
    try:
        return tuple(float(int(digits[at : at + 2], 16)) for at in (0, 2, 4)) if len(digits) == 6 else None
    except ValueError:
        return None


def is_unseen(letters: Colour, ground: Sequence[Colour], points: str) -> bool:
    """Whether letters of that colour and size are lost on a ground of all these colours."""
    if 0 < _number(points) < SMALLEST:
        return True
    return bool(ground) and all(_alike(letters, colour) for colour in ground)


def _alike(one: Colour, other: Colour) -> bool:
    if isinstance(one, tuple) and isinstance(other, tuple):
        return all(abs(a - b) <= NEAREST for a, b in zip(one, other, strict=True))
    return one is not None and one == other


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0
