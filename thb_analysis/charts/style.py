"""The one style: colours, sizes and settings shared by every chart.

Colours: the categorical palette of the UK Government Analysis Function, of which dark blue and orange stand
at 3:1 against white and against each other.  Nothing is told by colour alone: every mark has its label.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any, Final

import matplotlib as mpl

DARK_BLUE: Final = "#12436D"
ORANGE: Final = "#F46A25"
INTERVAL: Final = "#8A8A8A"
TEXT: Final = "#1A1A1A"
MUTED: Final = "#505050"
GRID: Final = "#E2E2E2"
AXIS: Final = "#6E6E6E"
PAPER: Final = "#FFFFFF"

WIDTH: Final = 7.2
"""Width of every chart in inches: the text width of an A4 page."""

MARGIN: Final = 0.12
"""Free space around everything, in inches."""

TITLE_SIZE: Final = 12.0
SUBTITLE_SIZE: Final = 9.0
PANEL_SIZE: Final = 9.0
LABEL_SIZE: Final = 9.0
TICK_SIZE: Final = 8.0
NOTE_SIZE: Final = 7.5

LINE_HEIGHT: Final = 1.3
"""Distance of lines as a multiple of the font size."""

POINTS: Final = 72.0
"""Points in an inch."""

PNG_DPI: Final = 160

SETTINGS: Final[dict[str, Any]] = {
    # DejaVu Sans comes with matplotlib: the same shapes on every machine, with every Latvian letter.
    "font.family": ["DejaVu Sans"],
    "font.size": LABEL_SIZE,
    "text.color": TEXT,
    "text.parse_math": False,  # a dollar sign is a dollar sign
    "axes.unicode_minus": True,
    "axes.formatter.use_locale": False,
    "figure.facecolor": PAPER,
    "savefig.facecolor": PAPER,
    "figure.dpi": 100,
    "savefig.dpi": PNG_DPI,
    "savefig.bbox": "standard",
    # Text as outlines: the same picture everywhere, whatever fonts a reader has, so that the check that no
    # label is cut holds there too.  Screen readers get the title and the description instead (see save).
    "svg.fonttype": "path",
    "svg.hashsalt": "thb_analysis",
    "path.simplify": False,
}
"""Settings of matplotlib under which charts are drawn and saved."""


@cache
def _own_fonts_only() -> None:
    """Draw with the fonts that come with matplotlib, whatever the machine or a list kept from another run has.

    Of another version of the same font the pictures have other bytes.
    """
    from matplotlib.font_manager import fontManager

    family = SETTINGS["font.family"]
    fontManager.ttflist = [font for font in fontManager.ttflist if font.name not in family]
    for kind in ("", "-Bold", "-Oblique", "-BoldOblique"):
        fontManager.addfont(f"{mpl.get_data_path()}/fonts/ttf/DejaVuSans{kind}.ttf")


@contextmanager
def applied() -> Iterator[None]:
    """Draw and save under these settings, whatever a notebook or a user's own file has set."""
    _own_fonts_only()
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(SETTINGS)
        yield
