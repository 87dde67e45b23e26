"""Charts in the overview: drawn by the charts room, saved beside the page, shown in it with their text."""

from __future__ import annotations

from thb_analysis.publish.context import Context
from thb_analysis.publish.document import Block


def picture(context: Context, name: str) -> list[Block]:
    """The chart of a table, or nothing when there is none to draw."""
    return []
